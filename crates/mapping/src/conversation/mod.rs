//! Koppelen as a conversation: one question at a time, until nothing is open.
//!
//! Owns which question comes next, going back, leaving one for later, and the text of the koppeling after each answer. A
//! question follows from the koppeling and the files alone, so that whoever stops goes on where they were. Knows no
//! terminal, page or file. Leaves what is open to `open_lines`, the words to `questions`, an answer to `answers`.

mod answers;
mod causes;
mod open_lines;
mod part_view;
mod question;
mod questions;
#[cfg(test)]
mod tests;
mod typed_answers;
mod value_questions;

use std::collections::BTreeSet;

use schema::Definitie;

use self::answers::{AnswerWriter, Answered};
use self::causes::{PlacedLine, QuestionCause, group, key, together};
use self::open_lines::{OpenLine, open_lines};
use self::part_view::{SheetView, place_of, sheet_of};
use self::questions::QuestionWriter;
use crate::field_evidence::Evidence;
use crate::koppeling::edit::write_changes;
use crate::koppeling::{Koppeling, KoppelingError, NO, TabelKoppeling, YES};
use crate::placement::best;
use crate::propose::{Proposal, propose};
use crate::survey::{Survey, TabelSurvey};
use crate::wording;

pub use self::question::{AnswerChoice, MappingAnswer, MappingQuestion, NextQuestion};

/// A conversation about one koppeling and the files it is for.
pub struct Conversation<'a> {
    definitie: &'a Definitie,
    surveys: &'a [Survey],
    evidence: Evidence<'a>,
    /// Sheets that look like a table.
    likely: Vec<(&'a str, &'a TabelSurvey, String)>,
    views: Vec<Option<SheetView<'a>>>,
    state: State,
    causes: Vec<QuestionCause>,
    before: Vec<State>,
}

/// Where a conversation is; going back takes up an earlier one.
#[derive(Debug, Clone)]
struct State {
    text: String,
    koppeling: Koppeling,
    /// Questions that were left for later.
    later: BTreeSet<String>,
    /// What a person wants to say per column or per sheet.
    apart: BTreeSet<String>,
    /// The fields that got a column last: what is asked of their values comes next.
    placed: Vec<(usize, String)>,
    /// A question in answer to the question of this cause.
    next: Option<(String, NextQuestion)>,
}

impl<'a> Conversation<'a> {
    /// Begins, or goes on, with the text of a koppeling.
    ///
    /// # Errors
    /// When the text is no koppeling for this uitvraag.
    pub fn new(
        surveys: &'a [Survey],
        definitie: &'a Definitie,
        text: &str,
    ) -> Result<Self, KoppelingError> {
        let koppeling = Koppeling::parse(text)?;
        koppeling.verify(definitie)?;
        let evidence = Evidence::new(definitie);
        let mut likely = Vec::new();
        for survey in surveys {
            for sheet in survey.tabellen.iter().filter(|t| !t.hidden && t.rijen > 0) {
                if let Some(placement) = best(&evidence, &survey.bestand, sheet) {
                    let tabel = placement.tabel.naam.clone();
                    likely.push((survey.bestand.as_str(), sheet, tabel));
                }
            }
        }
        let mut out = Self {
            definitie,
            surveys,
            evidence,
            likely,
            views: Vec::new(),
            state: State {
                text: text.to_owned(),
                koppeling,
                later: BTreeSet::new(),
                apart: BTreeSet::new(),
                placed: Vec::new(),
                next: None,
            },
            causes: Vec::new(),
            before: Vec::new(),
        };
        out.look();
        Ok(out)
    }

    /// The koppeling as it is now.
    pub fn text(&self) -> &str {
        &self.state.text
    }

    /// Questions without an answer, each cause once, those for later among them.
    pub fn open(&self) -> usize {
        self.causes.len()
    }

    /// Questions that are still to be asked.
    pub fn to_ask(&self) -> usize {
        self.waiting().count()
    }

    /// The places that the koppeling names and these files do not have.
    pub fn missing(&self) -> Vec<String> {
        let parts = self.state.koppeling.tabellen.iter().zip(&self.views);
        let missing = parts.filter(|(part, view)| view.is_none() && part.is_read());
        missing.map(|(part, _)| place_of(part)).collect()
    }

    /// The next question; none when nothing is open but what was left for later.
    pub fn question(&self) -> Option<MappingQuestion> {
        self.waiting().find_map(|cause| self.words(cause))
    }

    /// Takes an answer to the question that is asked now.
    ///
    /// # Errors
    /// When it does not fit, as a Dutch sentence; nothing changes then.
    pub fn answer(&mut self, answer: &MappingAnswer) -> Result<(), String> {
        let cause = self.current().ok_or(wording::questions::NO_QUESTION)?;
        let answer = match answer {
            MappingAnswer::Typed(typed) => self.writer().understood(&cause, typed)?,
            chosen => chosen.clone(),
        };
        if let MappingAnswer::Ask(next) = answer {
            self.ask_first(&cause, next);
            return Ok(());
        }
        let Answered {
            koppeling,
            scratch,
            placed,
        } = match &cause.first().line {
            OpenLine::NewSheet { .. } => self.with_sheet(&cause, &answer)?,
            _ => self.with_answer(&cause, &answer)?,
        };
        koppeling
            .verify(self.definitie)
            .map_err(|e| e.to_string())?;
        let notes = &scratch.koppeling.notities;
        let before = &self.state.koppeling;
        let text = write_changes(&self.state.text, before, &koppeling, notes)
            .map_err(|e| e.to_string())?;
        self.keep();
        self.state.text = text;
        self.state.koppeling = koppeling;
        self.state.next = None;
        if !placed.is_empty() {
            self.state.placed = placed;
        }
        self.look();
        Ok(())
    }

    /// Leaves the question that is asked now for later.
    pub fn later(&mut self) {
        if let Some(cause) = self.current() {
            self.keep();
            self.state.next = None;
            self.state.later.insert(cause.key);
        }
    }

    /// Goes back to the question before this one; false where there is none.
    pub fn back(&mut self) -> bool {
        let Some(before) = self.before.pop() else {
            return false;
        };
        self.state = before;
        self.look();
        true
    }

    fn keep(&mut self) {
        self.before.push(self.state.clone());
    }

    fn waiting(&self) -> impl Iterator<Item = &QuestionCause> {
        let later = &self.state.later;
        self.causes.iter().filter(move |c| !later.contains(&c.key))
    }

    fn current(&self) -> Option<QuestionCause> {
        self.waiting()
            .find(|cause| self.words(cause).is_some())
            .cloned()
    }

    fn writer(&self) -> QuestionWriter<'_> {
        QuestionWriter {
            definitie: self.definitie,
            evidence: &self.evidence,
            koppeling: &self.state.koppeling,
            views: &self.views,
        }
    }

    /// A question in words: of every kind of open line there is one.
    fn words(&self, cause: &QuestionCause) -> Option<MappingQuestion> {
        let writer = self.writer();
        let next = self.state.next.as_ref();
        let next = next.filter(|(key, _)| *key == cause.key).map(|(_, n)| n);
        if let Some(NextQuestion::AnyField(column)) = next {
            return writer.any_field(cause, column);
        }
        match &cause.first().line {
            OpenLine::Belongs => {
                let part = self.state.koppeling.tabellen.get(cause.first().part)?;
                Some(writer.belongs(&place_of(part), &part.naam, false))
            }
            OpenLine::NewSheet {
                bestand: file,
                blad: sheet,
                tabel,
            } => {
                let part = unread(file, sheet.as_deref(), tabel);
                Some(writer.belongs(&place_of(&part), tabel, true))
            }
            OpenLine::Veld(veld) => match next {
                Some(NextQuestion::AnyColumn) => writer.any_column(cause, veld),
                Some(NextQuestion::FixedValue) => writer.fixed_value(cause, veld),
                _ => writer.field(cause, veld),
            },
            OpenLine::Column(column) | OpenLine::NewColumn(column) => writer.column(cause, column),
            OpenLine::Rest => writer.rest(cause),
            OpenLine::CodeSystem(veld) => writer.code_system(cause, veld),
            OpenLine::DateForm(veld) => writer.date_form(cause, veld),
            OpenLine::NumberForm(veld) => writer.number_form(cause, veld),
            OpenLine::Unit(veld) => writer.unit(cause, veld),
            OpenLine::Period(veld) => writer.period(cause, veld),
            OpenLine::Word(veld, word) => writer.word(cause, veld, word),
        }
    }

    fn ask_first(&mut self, cause: &QuestionCause, next: NextQuestion) {
        self.keep();
        match next {
            NextQuestion::PerColumn => {
                let first = cause.first();
                let part = &self.state.koppeling.tabellen[first.part];
                let veld = first.line.about_values_of().unwrap_or_default();
                let header = part.source_of(veld).unwrap_or_default();
                self.state.apart.insert(together(&cause.key, header));
                self.look();
            }
            NextQuestion::PerSheet => {
                self.state.apart.insert(cause.key.clone());
                self.look();
            }
            NextQuestion::AnyColumn | NextQuestion::FixedValue | NextQuestion::AnyField(_) => {
                self.state.next = Some((cause.key.clone(), next));
            }
        }
    }

    /// The koppeling with an answer in each part the question is about.
    fn with_answer(
        &self,
        cause: &QuestionCause,
        answer: &MappingAnswer,
    ) -> Result<Answered, String> {
        let mut writer = AnswerWriter {
            evidence: &self.evidence,
            views: &self.views,
            answered: Answered {
                koppeling: self.state.koppeling.clone(),
                scratch: Proposal::empty(self.definitie),
                placed: Vec::new(),
            },
        };
        writer.apply(cause, answer)?;
        Ok(writer.answered)
    }

    /// The koppeling with a part for a sheet that it did not name.
    fn with_sheet(
        &self,
        cause: &QuestionCause,
        answer: &MappingAnswer,
    ) -> Result<Answered, String> {
        let (
            OpenLine::NewSheet {
                bestand: file,
                blad: sheet,
                tabel,
            },
            MappingAnswer::Belongs(yes),
        ) = (&cause.first().line, answer)
        else {
            return Err(wording::questions::NO_ANSWER_TO_THIS.to_owned());
        };
        let mut koppeling = self.state.koppeling.clone();
        let index = koppeling.tabellen.len();
        let mut scratch = Proposal::empty(self.definitie);
        let part = if *yes {
            let mut proposal = propose(self.surveys, self.definitie);
            let is_it =
                |part: &TabelKoppeling| part.bestand.as_ref() == Some(file) && part.blad == *sheet;
            let place = proposal.koppeling.tabellen.iter().position(is_it);
            let place = place.ok_or(wording::questions::SHEET_RESEMBLES_NOTHING)?;
            scratch.koppeling.notities = proposal.koppeling.notities.moved(place, index);
            let mut part = proposal.koppeling.tabellen.swap_remove(place);
            part.lezen = part.lezen.map(|_| YES.to_owned());
            part
        } else {
            unread(file, sheet.as_deref(), tabel)
        };
        koppeling.tabellen.push(part);
        Ok(Answered {
            koppeling,
            scratch,
            placed: Vec::new(),
        })
    }

    /// Finds what is open now, in the order in which it is asked.
    fn look(&mut self) {
        let koppeling = &self.state.koppeling;
        if self.views.len() != koppeling.tabellen.len() {
            self.views = koppeling
                .tabellen
                .iter()
                .map(|part| {
                    let (file, sheet) = sheet_of(self.surveys, koppeling, part)?;
                    let tabel = self.definitie.tabel(&part.naam)?;
                    Some(SheetView::new(&self.evidence, tabel, file, sheet))
                })
                .collect();
        }
        let mut lines = Vec::new();
        for (index, part) in koppeling.tabellen.iter().enumerate() {
            if let Some(view) = &self.views[index] {
                let open = open_lines(&self.evidence, part, view).into_iter();
                lines.extend(open.map(|line| PlacedLine { part: index, line }));
            }
        }
        for (file, sheet, tabel) in &self.likely {
            let same =
                |view: &SheetView<'_>| view.bestand == *file && std::ptr::eq(view.sheet, *sheet);
            if !self.views.iter().flatten().any(same) {
                lines.push(PlacedLine {
                    part: koppeling.tabellen.len(),
                    line: OpenLine::NewSheet {
                        bestand: (*file).to_owned(),
                        blad: sheet.blad.clone(),
                        tabel: tabel.clone(),
                    },
                });
            }
        }
        let nowhere = TabelKoppeling::default();
        let key_of = |line: &PlacedLine| {
            let part = koppeling.tabellen.get(line.part).unwrap_or(&nowhere);
            let view = self.views.get(line.part).and_then(Option::as_ref);
            key(self.definitie, part, view, line, &self.state.apart)
        };
        let mut causes = group(lines, key_of);
        causes.sort_by_key(|cause| self.rank(cause));
        self.causes = causes;
    }

    /// What is asked first: what follows from the last answer, then sheets, columns, and values.
    fn rank(&self, cause: &QuestionCause) -> u8 {
        let is_next = |line: &PlacedLine| {
            let placed = self.state.placed.iter();
            let veld = line.line.about_values_of();
            placed
                .clone()
                .any(|(part, name)| *part == line.part && veld == Some(name.as_str()))
        };
        if cause.lines.iter().any(is_next) {
            return 0;
        }
        match &cause.first().line {
            OpenLine::Belongs | OpenLine::NewSheet { .. } => 1,
            OpenLine::Veld(_) => 2,
            OpenLine::Column(_) | OpenLine::NewColumn(_) => 3,
            OpenLine::Rest => 4,
            OpenLine::CodeSystem(_)
            | OpenLine::DateForm(_)
            | OpenLine::NumberForm(_)
            | OpenLine::Unit(_)
            | OpenLine::Period(_) => 5,
            OpenLine::Word(..) => 6,
        }
    }
}

/// A part for a sheet that is not read.
fn unread(file: &str, sheet: Option<&str>, tabel: &str) -> TabelKoppeling {
    TabelKoppeling {
        naam: tabel.to_owned(),
        bestand: Some(file.to_owned()),
        blad: sheet.map(str::to_owned),
        lezen: Some(NO.to_owned()),
        ..TabelKoppeling::default()
    }
}
