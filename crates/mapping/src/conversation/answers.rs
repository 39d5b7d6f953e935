//! What an answer does to the koppeling.
//!
//! Owns writing it in every part the question is about, and what follows at once: the values of a column that was placed
//! are proposed as for a new koppeling. Leaves the text of the file to `koppeling::edit`.

use schema::{Veld, VeldType};

use crate::conversation::causes::{PlacedLine, QuestionCause};
use crate::conversation::open_lines::OpenLine;
use crate::conversation::part_view::SheetView;
use crate::conversation::question::MappingAnswer;
use crate::field_evidence::Evidence;
use crate::koppeling::{
    BIRTH_DATE, EMPTY, Koppeling, NO, NONE_OF_THESE, SKIP, TabelKoppeling, YES,
};
use crate::propose::{Proposal, values::propose_values};
use crate::weights::DATES_FROM;
use crate::wording;

/// The koppeling with an answer in it, and the fields that got a column by it.
pub(super) struct Answered {
    pub(super) koppeling: Koppeling,
    /// What was proposed on the way: its notes belong to the new lines.
    pub(super) scratch: Proposal,
    /// Part and field.
    pub(super) placed: Vec<(usize, String)>,
}

/// Writes answers into a koppeling.
pub(super) struct AnswerWriter<'a> {
    pub(super) evidence: &'a Evidence<'a>,
    pub(super) views: &'a [Option<SheetView<'a>>],
    pub(super) answered: Answered,
}

impl AnswerWriter<'_> {
    /// The answer for every line of a question; a sentence where it cannot be.
    pub(super) fn apply(
        &mut self,
        cause: &QuestionCause,
        answer: &MappingAnswer,
    ) -> Result<(), String> {
        for line in &cause.lines {
            self.line(line, answer)?;
        }
        Ok(())
    }

    fn part(&mut self, index: usize) -> &mut TabelKoppeling {
        &mut self.answered.koppeling.tabellen[index]
    }

    fn line(&mut self, place: &PlacedLine, answer: &MappingAnswer) -> Result<(), String> {
        let index = place.part;
        match (&place.line, answer) {
            (OpenLine::Belongs, MappingAnswer::Belongs(yes)) => {
                self.part(index).lezen = Some(if *yes { YES } else { NO }.to_owned());
            }
            (OpenLine::Veld(veld), MappingAnswer::Column(column)) => {
                self.place_column(index, veld, column);
            }
            (OpenLine::Veld(veld), MappingAnswer::FixedValue(value)) => {
                let part = self.part(index);
                part.kolommen.remove(veld);
                part.vast.insert(veld.clone(), value.clone());
            }
            (OpenLine::Veld(veld), MappingAnswer::NotThere) => {
                let part = self.part(index);
                part.kolommen.remove(veld);
                part.te_plaatsen
                    .retain(|_, placed| placed.rsplit('.').next() != Some(veld));
                forget_values(part, veld);
            }
            (
                OpenLine::Column(_) | OpenLine::NewColumn(_) | OpenLine::Rest,
                MappingAnswer::Field { column, veld },
            ) => self.place_column(index, veld, column),
            (OpenLine::Column(column) | OpenLine::NewColumn(column), MappingAnswer::Skip) => {
                let part = self.part(index);
                part.te_plaatsen.insert(column.clone(), SKIP.to_owned());
            }
            (OpenLine::Rest, MappingAnswer::NoneOfThese) => {
                self.part(index).welke_gevraagd = Some(NONE_OF_THESE.to_owned());
            }
            (OpenLine::DateForm(veld), MappingAnswer::DateForm(form)) => {
                let part = self.part(index);
                part.datumvorm.insert(veld.clone(), form.clone());
            }
            (OpenLine::NumberForm(veld), MappingAnswer::NumberForm(form)) => {
                let part = self.part(index);
                part.getalvorm.insert(veld.clone(), form.clone());
            }
            (OpenLine::Unit(veld), MappingAnswer::Unit(unit)) => {
                let part = self.part(index);
                part.eenheid.insert(veld.clone(), unit.clone());
            }
            (OpenLine::Period(veld), MappingAnswer::Period(period)) => {
                let part = self.part(index);
                part.periode.insert(veld.clone(), period.clone());
            }
            (OpenLine::CodeSystem(veld), MappingAnswer::CodeSystem(system)) => {
                let part = self.part(index);
                part.codestelsel.insert(veld.clone(), system.clone());
            }
            (OpenLine::Word(veld, word), MappingAnswer::Meaning(code)) => {
                self.word(index, veld, word, code);
            }
            (OpenLine::Word(veld, word), MappingAnswer::MeansNothing) => {
                self.word(index, veld, word, EMPTY);
            }
            (OpenLine::Word(veld, word), MappingAnswer::Mistake) => {
                let part = self.part(index);
                if let Some(words) = part.waarden.get_mut(veld) {
                    words.remove(word);
                }
                part.waarden.retain(|_, words| !words.is_empty());
            }
            _ => return Err(wording::questions::NO_ANSWER_TO_THIS.to_owned()),
        }
        Ok(())
    }

    fn word(&mut self, index: usize, veld: &str, word: &str, code: &str) {
        let words = self.part(index).waarden.entry(veld.to_owned()).or_default();
        words.insert(word.to_owned(), code.to_owned());
    }

    /// Gives a field its column, and proposes what its values stand for.
    fn place_column(&mut self, index: usize, name: &str, column: &str) {
        let Some(view) = self.views.get(index).and_then(Option::as_ref) else {
            return;
        };
        let (Some(veld), Some(seen)) = (view.tabel.veld(name), view.column(column)) else {
            return;
        };
        let holds_birth_dates = veld.afleiding.is_some()
            && veld.veldtype == VeldType::Whole
            && seen.datums.share() > DATES_FROM;
        let part = &mut self.answered.koppeling.tabellen[index];
        if let Some(gone) = part.source_of(name).map(str::to_owned)
            && part.te_plaatsen.contains_key(&gone)
        {
            part.te_plaatsen.remove(&gone);
        }
        let was_asked = part.te_plaatsen.contains_key(column);
        if was_asked {
            part.te_plaatsen.insert(column.to_owned(), name.to_owned());
        }
        if !was_asked || part.kolommen.contains_key(name) {
            part.kolommen.insert(name.to_owned(), column.to_owned());
        }
        // What was said of another column does not hold for this one.
        part.eenheid.remove(name);
        part.periode.remove(name);
        if holds_birth_dates {
            part.afgeleid.insert(name.to_owned(), BIRTH_DATE.to_owned());
        }
        let mut proposed = TabelKoppeling::default();
        propose_values(
            self.evidence,
            (view.tabel, veld, seen, holds_birth_dates),
            index,
            &mut proposed,
            &mut self.answered.scratch,
        );
        keep_answers(part, proposed, veld);
        self.answered.placed.push((index, name.to_owned()));
    }
}

/// What was proposed for the values of a column, behind what a person said of them before.
fn keep_answers(part: &mut TabelKoppeling, proposed: TabelKoppeling, veld: &Veld) {
    part.datumvorm.extend(proposed.datumvorm);
    part.codestelsel.extend(proposed.codestelsel);
    part.eenheid.extend(proposed.eenheid);
    part.periode.extend(proposed.periode);
    for (word, code) in proposed.waarden.into_values().flatten() {
        let words = part.waarden.entry(veld.naam.clone()).or_default();
        words.entry(word).or_insert(code);
    }
}

/// Takes away what was said of the values of a field that has no column.
fn forget_values(part: &mut TabelKoppeling, veld: &str) {
    for list in [
        &mut part.datumvorm,
        &mut part.getalvorm,
        &mut part.afgeleid,
        &mut part.codestelsel,
        &mut part.eenheid,
        &mut part.periode,
    ] {
        list.remove(veld);
    }
    part.waarden.remove(veld);
}
