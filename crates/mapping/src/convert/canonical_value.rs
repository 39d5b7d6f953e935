//! One value of the source into what stands for it in a canonical field.
//!
//! Owns, per type, what is read, what is empty, what stays as it stands for `check` to name, and what is to be said of it.
//! Leaves the cache and the counts to `column`.

use chrono::Datelike;
use schema::gebieden::spelled_gemeente_code;

use super::own_words::Own;
use crate::code_words::{CodeChoice, CodeSystem, CodeWords};
use crate::dates::{DateForm, moment, read_plain, stands_for_none};
use crate::everyday_words::{is_empty_word, yes_no};
use crate::gemeente::{GemeenteFinder, GemeenteMatch};
use crate::koppeling::EMPTY;
use crate::numbers::ParsedNumber;
use crate::weights::SURE;

/// What is worth saying of a value afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Plain,
    /// A word for nothing.
    Empty,
    /// Recognised though the koppeling does not list it.
    Recognised,
    /// A gemeente by its name.
    ByName,
    /// A code of a foreign system.
    Foreign,
    /// More than two decimals.
    Rounded,
    /// A moment in UTC that is another day here.
    Converted,
    /// A date that stands for none: 9999, 1900-01-01.
    NoDate,
    /// Stands for something, but for what?
    Open,
    /// Day and month could be the other way round.
    Ambiguous,
    /// Proves which is day and which is month.
    Proves,
}
/// The canonical text, where there is one, and what to say of it.
pub(crate) type Translated = (Option<String>, Mark);

/// A word for nothing, or something that stays as it stands for `check` to name.
fn rest(value: &str) -> Translated {
    if is_empty_word(value) {
        (None, Mark::Empty)
    } else {
        (Some(value.to_owned()), Mark::Plain)
    }
}

/// A word that the koppeling says is nothing, or asks about: all that a day or a number can have words for.
pub(super) fn said(value: &str, own: &Own) -> Option<Translated> {
    match own.get(value)? {
        EMPTY => Some((None, Mark::Plain)),
        "" => Some((Some(value.to_owned()), Mark::Open)),
        _ => None,
    }
}

/// `ja` or `nee`, in the aanbieder's own words or everyone's.
pub(crate) fn yes_or_no(value: &str, own: &Own) -> Translated {
    match own.get(value).or_else(|| yes_no(value)) {
        Some("") => (Some(value.to_owned()), Mark::Open),
        Some(EMPTY) => (None, Mark::Plain),
        Some(answer) => (Some(answer.to_owned()), Mark::Plain),
        None => unknown(value),
    }
}

/// The same as [`rest`], for a word that the aanbieder can explain.
fn unknown(value: &str) -> Translated {
    if is_empty_word(value) {
        (None, Mark::Empty)
    } else {
        (Some(value.to_owned()), Mark::Open)
    }
}

pub(crate) fn date(value: &str, vorm: Option<DateForm>, jaar: i32) -> Translated {
    if stands_for_none(value) {
        return (None, Mark::NoDate);
    }
    if let Some((datum, shifted)) = moment(value) {
        return (
            Some(datum.to_string()),
            if shifted {
                Mark::Converted
            } else {
                Mark::Plain
            },
        );
    }
    let chosen = vorm.and_then(|v| v.lees(value, jaar));
    let Some(datum) = chosen.or_else(|| read_plain(value, jaar)) else {
        // Without a form a date that needs one is a question; anything else is for `check`.
        let question = vorm.is_none()
            && DateForm::ALL
                .iter()
                .any(|v| *v != DateForm::Excel && v.lees(value, jaar).is_some());
        return if question {
            (Some(value.to_owned()), Mark::Open)
        } else {
            rest(value)
        };
    };
    if datum.year() == 9999 {
        return (None, Mark::NoDate);
    }
    let reversed = match vorm.filter(|_| chosen.is_some()) {
        Some(DateForm::DayMonthYear) => DateForm::MonthDayYear.lees(value, jaar),
        Some(DateForm::MonthDayYear) => DateForm::DayMonthYear.lees(value, jaar),
        _ => return (Some(datum.to_string()), Mark::Plain),
    };
    let mark = match reversed {
        None => Mark::Proves,
        Some(others) if others == datum => Mark::Plain,
        Some(_) => Mark::Ambiguous,
    };
    (Some(datum.to_string()), mark)
}

pub(crate) fn number(value: &str, number: ParsedNumber) -> Translated {
    match number {
        ParsedNumber::Tekst(text) => (Some(text), Mark::Plain),
        ParsedNumber::Rounded(text) => (Some(text), Mark::Rounded),
        ParsedNumber::Ambiguous => (Some(value.to_owned()), Mark::Open),
        ParsedNumber::Unreadable => rest(value),
    }
}

pub(crate) fn code(
    value: &str,
    words: &CodeWords,
    own: &Own,
    system: Option<CodeSystem>,
) -> Translated {
    match own.get(value) {
        Some("") => return (Some(value.to_owned()), Mark::Open),
        Some(EMPTY) => return (None, Mark::Plain),
        Some(code) => return (Some(code.to_owned()), Mark::Plain),
        None => {}
    }
    if words.is_code(value) {
        return (Some(value.to_owned()), Mark::Plain);
    }
    let cijfers = value.len() <= 2 && value.bytes().all(|b| b.is_ascii_digit());
    if let (Some(system), true) = (system, cijfers) {
        return match words.translate(value, system) {
            CodeChoice::Code(code, _) => (Some(code), Mark::Foreign),
            CodeChoice::Open(_) => (Some(value.to_owned()), Mark::Open),
        };
    }
    match words.find(value) {
        CodeChoice::Code(code, certainty) if certainty >= SURE => (Some(code), Mark::Recognised),
        _ => unknown(value),
    }
}

pub(crate) fn gemeente(value: &str, finder: &GemeenteFinder, own: &Own) -> Translated {
    match own.get(value) {
        Some("") => return (Some(value.to_owned()), Mark::Open),
        Some(EMPTY) => return (None, Mark::Plain),
        Some(code) => {
            // The koppeling may hold a name or a code without its zeros as well.
            let code = match finder.find(code) {
                GemeenteMatch::Code { code, .. } => code,
                _ => code.to_owned(),
            };
            let by_name = value.bytes().any(|b| b.is_ascii_alphabetic())
                && spelled_gemeente_code(value).is_none();
            return (Some(code), if by_name { Mark::ByName } else { Mark::Plain });
        }
        None => {}
    }
    match finder.find(value) {
        GemeenteMatch::Code {
            code,
            zekerheid: certainty,
            by_name,
        } if certainty >= SURE => (Some(code), if by_name { Mark::ByName } else { Mark::Plain }),
        GemeenteMatch::ForeignCode => (Some(value.to_owned()), Mark::Plain),
        _ => unknown(value),
    }
}
