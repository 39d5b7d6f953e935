//! What a definition knows about columns: the names of its fields, the words of its codes, and what values prove.
//!
//! Owns the evidence that the values of a column give for a field. Leaves weighing it with the header to `header_likeness`,
//! choosing to `placement`.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, VeldType};

use crate::code_words::CodeWords;
use crate::everyday_words::yes_no;
use crate::gemeente::GemeenteFinder;
use crate::header_likeness::VeldNames;
use crate::qualifiers::Qualifiers;
use crate::survey::ColumnSurvey;
use crate::units::TimeUnit;
use crate::weights::{
    DATES_FROM, DAYS, DISTINCT_CODES, MOSTLY_DATES, NUMBERS, SHORT_ENOUGH, TOO_MANY_VALUES,
    WORDS_FIT,
};

/// What the definition knows, prepared for comparing.
pub(crate) struct Evidence<'a> {
    pub(crate) definitie: &'a Definitie,
    names: BTreeMap<(String, String), VeldNames<'a>>,
    woorden: BTreeMap<(String, String), CodeWords>,
    pub(crate) gemeenten: std::sync::Arc<GemeenteFinder>,
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(definitie: &'a Definitie) -> Self {
        let mut names = BTreeMap::new();
        let mut words = BTreeMap::new();
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                let place = (tabel.naam.clone(), veld.naam.clone());
                names.insert(
                    place.clone(),
                    VeldNames::new(veld, Qualifiers::of(definitie)),
                );
                if let VeldType::Code { list } = &veld.veldtype {
                    words.insert(
                        place,
                        CodeWords::new(
                            &definitie.codelijsten[list],
                            veld,
                            &definitie.mapping_words,
                        ),
                    );
                }
            }
        }
        Self {
            definitie,
            names,
            woorden: words,
            gemeenten: GemeenteFinder::before(definitie.jaar),
        }
    }

    pub(crate) fn words(&self, tabel: &str, veld: &str) -> Option<&CodeWords> {
        self.woorden.get(&(tabel.to_owned(), veld.to_owned()))
    }

    pub(crate) fn names(&self, tabel: &str, veld: &str) -> &VeldNames<'a> {
        &self.names[&(tabel.to_owned(), veld.to_owned())]
    }

    /// The share of a column's values that fit a field, if they can say anything; and whether a good fit says more
    /// than "of the right type".
    pub(crate) fn evidence(
        &self,
        tabel: &Tabel,
        veld: &Veld,
        column: &ColumnSurvey,
        derived: bool,
    ) -> (Option<f64>, bool) {
        if column.filled == 0 {
            return (None, false);
        }
        let part = |n: u64| Some(n as f64 / column.filled as f64);
        let over_values = |past: &dyn Fn(&str) -> bool| {
            let (good, all) = column.waarden.iter().fold((0, 0), |(good, all), (w, n)| {
                (good + if past(w) { *n } else { 0 }, all + n)
            });
            (all > 0).then(|| good as f64 / all as f64)
        };
        match &veld.veldtype {
            _ if derived => (Some(column.datums.share()), true),
            VeldType::Datum => (Some(column.datums.share_without_words()), false),
            // Hours have decimals.
            VeldType::Whole if TimeUnit::matters_for(veld) => (part(column.numbers), false),
            VeldType::Whole => (part(column.whole_numbers), false),
            VeldType::Decimal => (part(column.numbers), false),
            VeldType::YesNo => (over_values(&|w| yes_no(w).is_some()), true),
            VeldType::Gemeente => {
                let cijfers = column.whole_numbers * 2 > column.filled;
                (over_values(&|w| self.gemeenten.knows(w)), !cijfers)
            }
            VeldType::Code { .. } => {
                let words = self
                    .words(&tabel.naam, &veld.naam)
                    .expect("every code field has its words");
                if column.more_values || column.waarden.len() > DISTINCT_CODES {
                    return (Some(TOO_MANY_VALUES), false);
                }
                let system = words.system(column.waarden.iter().map(|(w, _)| w.as_str()));
                let past = |w: &str| words.knows(w) || (system.is_some() && w.len() <= 2);
                let distinct = column
                    .waarden
                    .iter()
                    .filter(|(w, _)| words.knows(w))
                    .count();
                // Words that are nearly known are no evidence against.
                let part = over_values(&past).filter(|part| {
                    distinct > 0 || system.is_some() || *part > 0.0 || !few_words(column)
                });
                (part, distinct >= 2)
            }
            VeldType::Pseudoniem => {
                let sentences = column
                    .waarden
                    .iter()
                    .filter(|(w, _)| w.split_whitespace().count() > 3)
                    .count();
                let no_number = (column.datums.share() > MOSTLY_DATES
                    && column.whole_numbers < column.filled)
                    || sentences * 2 > column.waarden.len();
                (no_number.then_some(0.0), false)
            }
            VeldType::Tekst { lengte: length } => (
                over_values(&|w| w.chars().count() <= *length).filter(|d| *d < SHORT_ENOUGH),
                false,
            ),
        }
    }
}

/// Whether the values alone say which field this may be, whatever stands above them.
pub(crate) fn values_tell(
    evidence: &Evidence<'_>,
    tabel: &Tabel,
    veld: &Veld,
    column: &ColumnSurvey,
) -> bool {
    let known: Box<dyn Fn(&str) -> bool + '_> = match &veld.veldtype {
        VeldType::Code { .. } => {
            let Some(words) = evidence.words(&tabel.naam, &veld.naam) else {
                return false;
            };
            Box::new(|w| words.knows_telling(w))
        }
        // Places stand in many a file: worth a question only where the uitvraag can't do without.
        VeldType::Gemeente if veld.verplicht => {
            Box::new(|w| w.chars().any(char::is_alphabetic) && evidence.gemeenten.knows(w))
        }
        _ => return false,
    };
    let fitting: Vec<u64> = column
        .waarden
        .iter()
        .filter(|(w, _)| known(w))
        .map(|(_, n)| *n)
        .collect();
    !column.more_values && fitting.len() >= 2 && fitting.iter().sum::<u64>() * 2 >= column.filled
}

/// Whether the values of a column are of the kind a field asks: enough for a question where the field has no column.
pub(crate) fn values_fit(
    evidence: &Evidence<'_>,
    tabel: &Tabel,
    veld: &Veld,
    column: &ColumnSurvey,
) -> bool {
    if column.filled == 0 {
        return false;
    }
    let share = |n: u64| n as f64 / column.filled as f64;
    let known = |past: &dyn Fn(&str) -> bool| {
        let fitting = column.waarden.iter().filter(|(w, _)| past(w));
        share(fitting.map(|(_, n)| *n).sum()) >= WORDS_FIT
    };
    match &veld.veldtype {
        VeldType::Datum => column.datums.share() > DAYS,
        VeldType::Whole => share(column.whole_numbers) >= NUMBERS && !are_own_numbers(column),
        VeldType::Decimal => share(column.numbers) >= NUMBERS && !are_own_numbers(column),
        VeldType::YesNo => known(&|w| yes_no(w).is_some()),
        VeldType::Gemeente => {
            known(&|w| w.chars().any(char::is_alphabetic) && evidence.gemeenten.knows(w))
        }
        VeldType::Code { .. } => {
            let words = evidence.words(&tabel.naam, &veld.naam);
            words.is_some_and(|words| known(&|w| words.knows_telling(w)))
        }
        VeldType::Pseudoniem | VeldType::Tekst { .. } => false,
    }
}

/// Numbers that tell rows apart, of people or papers: each stands there once, all are as long.
fn are_own_numbers(column: &ColumnSurvey) -> bool {
    let mut lengths = column.waarden.iter().map(|(w, _)| w.len());
    let first = lengths.next().unwrap_or_default();
    let zeros = column
        .waarden
        .iter()
        .any(|(w, _)| w.len() > 1 && w.starts_with('0') && w.bytes().all(|b| b.is_ascii_digit()));
    let once = column.waarden.iter().all(|(_, n)| *n == 1);
    zeros
        || (first >= 4
            && once
            && column.waarden.len() >= 2
            && lengths.all(|length| length == first))
}

/// Words that are asked one by one; more are a text.
const WORDS: usize = 25;

/// A column of few words that recur: what a coded column looks like.
fn few_words(column: &ColumnSurvey) -> bool {
    column.waarden.len() <= WORDS
        && column.numbers * 2 < column.filled
        && column.datums.share() < DATES_FROM
}

/// Whether every value of a column can be asked: under the field's own name that is better than asking the column.
pub(crate) fn can_be_asked(veld: &Veld, column: &ColumnSurvey) -> bool {
    match veld.veldtype {
        VeldType::Code { .. } => {
            few_words(column)
                || (column.waarden.len() <= WORDS
                    && column.waarden.iter().all(|(w, _)| w.len() <= 3))
        }
        VeldType::Gemeente | VeldType::YesNo => few_words(column),
        _ => false,
    }
}
