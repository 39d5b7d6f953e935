//! The values of a placed column: which code each stands for, how its dates are written, which gemeente is meant.
//!
//! Owns the questions about values and their remarks. Leaves columns to `propose`, likeness to `code_words`.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, VeldType};

use crate::code_words::{CodeChoice, CodeSystem, CodeWords};
use crate::date_evidence::FormJudgement;
use crate::dates::DateForm;
use crate::everyday_words::{is_empty_word, is_no_day_yet, yes_no};
use crate::field_evidence::Evidence;
use crate::gemeente::GemeenteMatch;
use crate::koppeling::{EMPTY, TabelKoppeling};
use crate::propose::{OpenQuestion, Proposal, ValueProposal, rounded};
use crate::survey::ColumnSurvey;
use crate::units::{Period, TimeUnit, may_be_hours};
use crate::weights::{SURE, WORD_SYNONYM};
use crate::wording;

/// Gemeenten that are written out one by one; more would make the koppeling unreadable.
const GEMEENTEN: usize = 60;

/// Words among days that are asked one by one.
const WORDS_FOR_NONE: usize = 6;

/// Proposes what the values of a column stand for.
pub(crate) fn propose_values(
    evidence: &Evidence<'_>,
    (tabel, veld, column, derived): (&Tabel, &Veld, &ColumnSurvey, bool),
    index: usize,
    koppeling: &mut TabelKoppeling,
    proposal: &mut Proposal,
) {
    let path = format!("{}.{}", tabel.naam, veld.naam);
    let mut place = ColumnPlace {
        pad: path,
        veld,
        kolom: column,
        index,
        koppeling,
        proposal,
    };
    match &veld.veldtype {
        _ if derived => place.dates(),
        VeldType::Datum => place.dates(),
        VeldType::Code { .. } => {
            let words = evidence
                .words(&tabel.naam, &veld.naam)
                .expect("every code field has its words");
            place.codes(words);
        }
        VeldType::Gemeente => place.gemeenten(evidence),
        VeldType::YesNo => place.yes_or_no(),
        VeldType::Whole | VeldType::Decimal => place.numbers(evidence.definitie),
        VeldType::Pseudoniem | VeldType::Tekst { .. } => {}
    }
}

struct ColumnPlace<'a> {
    pad: String,
    veld: &'a Veld,
    kolom: &'a ColumnSurvey,
    index: usize,
    koppeling: &'a mut TabelKoppeling,
    proposal: &'a mut Proposal,
}

impl ColumnPlace<'_> {
    fn values(&self) -> Vec<String> {
        let mut values: Vec<String> = self.kolom.waarden.iter().map(|(w, _)| w.clone()).collect();
        values.sort();
        values
    }

    fn ask(
        &mut self,
        part: &'static str,
        value: &str,
        source: Option<String>,
        candidates: Vec<String>,
        question: String,
    ) {
        self.proposal.koppeling.notities.above(
            self.index,
            part,
            &self.veld.naam,
            value,
            format!("OPEN: {question}"),
        );
        self.proposal.open.push(OpenQuestion {
            bron: source,
            veld: Some(self.pad.clone()),
            plek: None,
            kandidaten: candidates,
            past_niet: Vec::new(),
            voorbeelden: BTreeMap::new(),
            vraag: question,
        });
    }

    fn dates(&mut self) {
        let name = self.veld.naam.clone();
        match self.kolom.datums.oordeel() {
            // Read in one way only, whatever the koppeling says.
            FormJudgement::Vorm(DateForm::Iso, _) => {}
            FormJudgement::Vorm(vorm, _) => {
                self.koppeling
                    .datumvorm
                    .insert(name, vorm.name().to_owned());
            }
            FormJudgement::Question(forms) => self.ask_form(&forms, |names| {
                format!("Ze passen bij {}.", names.join(" en bij "))
            }),
            FormJudgement::Mixed(forms) => {
                let characters: Vec<String> = self
                    .kolom
                    .datums
                    .characters()
                    .map(|character| format!("'{character}'"))
                    .collect();
                self.ask_form(&forms, |names| {
                    wording::proposal::dates_written_with(
                        &characters.join(" en met "),
                        &names.join(" of "),
                    )
                });
            }
            FormJudgement::Reversed(vorm) => self.ask_form(&[vorm, DateForm::Swapped], |names| {
                wording::proposal::dates_swapped(&names[0], &names[1])
            }),
            FormJudgement::Geen => {}
        }
        self.words_for_none();
    }

    /// Words among the days: each may say that there is none, and some surely do. A column of many words is a text, and its cells are
    /// pointed out by the rules.
    fn words_for_none(&mut self) {
        let is_word = |w: &String| !w.bytes().any(|b| b.is_ascii_digit()) && !is_empty_word(w);
        let words: Vec<String> = self.values().into_iter().filter(is_word).collect();
        if words.len() > WORDS_FOR_NONE {
            return;
        }
        for word in words {
            if is_no_day_yet(&word) {
                self.choose(&word, EMPTY, WORD_SYNONYM, true);
                continue;
            }
            let question = wording::proposal::no_date(&word, &self.kolom.naam, &EMPTY);
            let words = self.koppeling.waarden.entry(self.veld.naam.clone());
            words.or_default().insert(word.clone(), String::new());
            let candidates = vec![EMPTY.to_owned()];
            self.ask("waarden", &word, Some(word.clone()), candidates, question);
        }
    }

    /// Asks in which of these forms the dates are written.
    fn ask_form(&mut self, forms: &[DateForm], explanation: impl FnOnce(&[String]) -> String) {
        let candidates: Vec<String> = forms.iter().map(|v| v.name().to_owned()).collect();
        let question =
            wording::proposal::how_are_dates(&self.kolom.naam, &explanation(&candidates));
        self.koppeling
            .datumvorm
            .insert(self.veld.naam.clone(), String::new());
        self.ask(
            "datumvorm",
            "",
            Some(self.kolom.naam.clone()),
            candidates,
            question,
        );
    }

    fn choose(&mut self, source: &str, code: &str, certainty: f64, write: bool) {
        let certainty = rounded(certainty);
        self.proposal.waarden.push(ValueProposal {
            veld: self.pad.clone(),
            bron: source.to_owned(),
            code: code.to_owned(),
            zekerheid: certainty,
        });
        if !write {
            return;
        }
        self.koppeling
            .waarden
            .entry(self.veld.naam.clone())
            .or_default()
            .insert(source.to_owned(), code.to_owned());
        if certainty < SURE {
            let text = wording::proposal::certain(&(certainty * 100.0));
            self.proposal.koppeling.notities.beside(
                self.index,
                "waarden",
                &self.veld.naam,
                source,
                text,
            );
        }
    }

    fn leave_open(&mut self, source: &str, candidates: Vec<String>, choice: &str, opmerking: &str) {
        let question =
            wording::proposal::what_means(&source, &self.kolom.naam, &opmerking, &choice);
        self.koppeling
            .waarden
            .entry(self.veld.naam.clone())
            .or_default()
            .insert(source.to_owned(), String::new());
        self.ask(
            "waarden",
            source,
            Some(source.to_owned()),
            candidates,
            question,
        );
    }

    fn codes(&mut self, words: &CodeWords) {
        let system = words.system(self.kolom.waarden.iter().map(|(w, _)| w.as_str()));
        match system {
            Some(CodeSystem::Cbs) => {
                self.koppeling
                    .codestelsel
                    .insert(self.veld.naam.clone(), "cbs".to_owned());
            }
            Some(foreign @ (CodeSystem::Ijw | CodeSystem::CbsWithoutZero)) => {
                self.ask_system(words, foreign);
            }
            None => {}
        }
        for value in self.values() {
            let cijfers = value.len() <= 2 && value.bytes().all(|b| b.is_ascii_digit());
            let choice = match (words.find(&value), system) {
                (chosen @ CodeChoice::Code(..), _) => chosen,
                (_, Some(CodeSystem::Cbs)) if cijfers => words.translate(&value, CodeSystem::Cbs),
                // Answered in one go by the code system.
                (_, Some(_)) if cijfers => continue,
                (open, _) => open,
            };
            match choice {
                CodeChoice::Code(code, certainty) => {
                    self.choose(&value, &code, certainty, code != value);
                }
                CodeChoice::Open(_) if is_empty_word(&value) => {}
                CodeChoice::Open(candidates) => self.ask_code(words, &value, candidates, system),
            }
        }
    }

    fn ask_system(&mut self, words: &CodeWords, system: CodeSystem) {
        let (name, what) = match system {
            CodeSystem::Ijw => ("ijw", wording::proposal::CODES_OF_IJW),
            CodeSystem::Cbs | CodeSystem::CbsWithoutZero => {
                ("cbs", wording::proposal::CODES_WITHOUT_ZERO)
            }
        };
        let question = wording::proposal::column_holds(
            &self.kolom.naam,
            &what,
            &name,
            &words.translation(system),
            &self.veld.naam,
        );
        self.koppeling
            .codestelsel
            .insert(self.veld.naam.clone(), String::new());
        self.ask(
            "codestelsel",
            "",
            Some(self.kolom.naam.clone()),
            vec![name.to_owned()],
            question,
        );
    }

    fn ask_code(
        &mut self,
        words: &CodeWords,
        value: &str,
        candidates: Vec<String>,
        system: Option<CodeSystem>,
    ) {
        let remark = system.and_then(|_| self.veld.foreign_codes.get(value));
        let opmerking = remark.map_or_else(String::new, |text| format!(" {text}"));
        let all = words.all_codes();
        let choice = if candidates.is_empty() {
            format!("Kies uit: {}, leeg.", all.join(", "))
        } else {
            format!("Misschien: {}.", candidates.join(", "))
        };
        let candidates = if candidates.is_empty() {
            all.to_vec()
        } else {
            candidates
        };
        self.leave_open(value, candidates, &choice, &opmerking);
    }

    fn yes_or_no(&mut self) {
        for value in self
            .values()
            .into_iter()
            .filter(|w| yes_no(w).is_none() && !is_empty_word(w))
        {
            self.leave_open(
                &value,
                vec!["ja".to_owned(), "nee".to_owned()],
                "Kies uit: ja, nee, leeg.",
                "",
            );
        }
    }

    /// In which unit the numbers are, and over which time they count, where that is in doubt.
    fn numbers(&mut self, definitie: &Definitie) {
        let (veld, header) = (self.veld, &self.kolom.naam);
        let source = Some(header.clone());
        if may_be_hours(definitie, veld, header, self.kolom.units) {
            let question = wording::koppeling::hours_or_minutes(header, &veld.naam);
            self.koppeling
                .eenheid
                .insert(veld.naam.clone(), String::new());
            let candidates = TimeUnit::ALL.map(|unit| unit.name().to_owned());
            self.ask("eenheid", "", source.clone(), candidates.to_vec(), question);
        }
        if Period::is_in_doubt(definitie, veld, header) {
            let question = wording::koppeling::over_which_time(header, &definitie.jaar, &veld.naam);
            self.koppeling
                .periode
                .insert(veld.naam.clone(), String::new());
            let candidates = Period::ALL.map(|period| period.name().to_owned());
            self.ask("periode", "", source, candidates.to_vec(), question);
        }
    }

    fn gemeenten(&mut self, evidence: &Evidence<'_>) {
        let values = self.values();
        let write_all = values.len() <= GEMEENTEN;
        for value in values {
            match evidence.gemeenten.find(&value) {
                GemeenteMatch::Code {
                    code,
                    zekerheid: certainty,
                    ..
                } => {
                    let write = code != value && (write_all || certainty < SURE);
                    self.choose(&value, &code, certainty, write);
                }
                GemeenteMatch::ForeignCode => {}
                GemeenteMatch::Open(_) if is_empty_word(&value) => {}
                GemeenteMatch::Open(candidates) => {
                    let names: Vec<String> = candidates
                        .iter()
                        .map(|c| evidence.gemeenten.describe(c))
                        .collect();
                    let choice = if names.is_empty() {
                        wording::proposal::GEMEENTE_CODE.to_owned()
                    } else {
                        format!("Misschien: {}.", names.join(", "))
                    };
                    self.leave_open(&value, candidates, &choice, "");
                }
            }
        }
    }
}
