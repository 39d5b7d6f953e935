//! The columns that nothing tells of: one question about all of them.
//!
//! Owns that question, with a few values of each to know it by, and its one answer. Not recognising a column is not
//! knowing what it is: it is never left out by itself. Leaves columns of which something tells to `columns`.

use std::collections::BTreeMap;

use rows::bsn;
use rows::invisible_characters::trimmed;

use crate::everyday_words::is_empty_word;
use crate::koppeling::{NONE_OF_THESE, TabelKoppeling};
use crate::propose::{OpenQuestion, Proposal};
use crate::survey::ColumnSurvey;
use crate::wording;

/// Values that a question shows.
pub(crate) const SHOWN: usize = 3;
/// A longer value is a text, and may say more than the aanbieder wants to read in a question.
const SHORT: usize = 24;

/// Asks which of the columns that were not recognised are asked, in place of what was asked before.
pub(crate) fn ask_rest(
    columns: &[ColumnSurvey],
    index: usize,
    part: &mut TabelKoppeling,
    proposal: &mut Proposal,
) {
    proposal
        .open
        .retain(|question| !is_rest_question(question) || question.plek.as_deref() != part.place());
    proposal
        .koppeling
        .notities
        .drop_above(index, "welke_gevraagd");
    if part.niet_herkend.is_empty() {
        part.welke_gevraagd = None;
        return;
    }
    let of_column = |name: &String| columns.iter().find(|k| k.naam == *name);
    let seen: BTreeMap<String, Vec<String>> = part
        .niet_herkend
        .iter()
        .map(|name| {
            (
                name.clone(),
                of_column(name).map(samples).unwrap_or_default(),
            )
        })
        .collect();
    let told: Vec<String> = part
        .niet_herkend
        .iter()
        .map(|name| format!("'{name}'{}", such_as(&seen[name])))
        .collect();
    let question = wording::proposal::asked_of_these(&told.join(", "), &NONE_OF_THESE);
    part.welke_gevraagd = Some(String::new());
    proposal
        .koppeling
        .notities
        .above(index, "welke_gevraagd", "", "", format!("OPEN: {question}"));
    let mut candidates = part.niet_herkend.clone();
    candidates.push(NONE_OF_THESE.to_owned());
    proposal.open.push(OpenQuestion {
        bron: None,
        veld: None,
        plek: part.place().map(str::to_owned),
        kandidaten: candidates,
        past_niet: Vec::new(),
        voorbeelden: seen,
        vraag: question,
    });
}

/// Whether a question is the one about all columns that were not recognised.
pub(crate) fn is_rest_question(question: &OpenQuestion) -> bool {
    question.kandidaten.last().map(String::as_str) == Some(NONE_OF_THESE)
}

/// A few values of a column, to know it by. Never a name, a number of a person or a text.
pub(crate) fn samples(column: &ColumnSurvey) -> Vec<String> {
    let mostly_once = column.waarden.len() as u64 * 2 > column.filled;
    if column.holds_names() && mostly_once {
        return Vec::new();
    }
    let visible = |w: &&str| !is_empty_word(w) && w.chars().count() <= SHORT && !bsn::in_text(w);
    column
        .waarden
        .iter()
        .map(|(w, _)| trimmed(w))
        .filter(visible)
        .take(SHOWN)
        .map(str::to_owned)
        .collect()
}

/// ` (zoals 'a', 'b')`, or nothing.
pub(crate) fn such_as(seen: &[String]) -> String {
    if seen.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = seen.iter().map(|w| format!("'{w}'")).collect();
    format!(" (zoals {})", quoted.join(", "))
}
