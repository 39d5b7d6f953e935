//! What one cell of an OpenDocument spreadsheet becomes.
//!
//! Owns taking the stored value and not what is shown, the text of one without a value, and a day of a moment. Comments
//! and drawings are passed over. Leaves where a cell stands to `sheet`.

use std::io::BufRead;

use chrono::NaiveDate;
use quick_xml::events::{BytesStart, Event};
use rows::FileRefusal;

use super::{OdsEvent, aside, judge_aside, skip};
use crate::cell::{Cell, CellKind};
use crate::oddities::Oddity;
use crate::workbook::bounds::{is_too_long, write_number};
use crate::xml::{WorkbookKind, Xml, attr_met_prefix, attr_number, push_entity};

/// Blanks that `<text:s>` may stand for at once.
const SPACES: u32 = 32_767;

/// A truth value out of an Excel workbook: `LibreOffice` keeps it as a formula, of which the answer is 1 or 0.
pub(super) fn constant(formula: &str) -> Option<bool> {
    match formula {
        "of:=TRUE()" => Some(true),
        "of:=FALSE()" => Some(false),
        _ => None,
    }
}

/// The stored value of a cell, and of what kind it is.
pub(super) fn value(
    tag: &BytesStart<'_>,
    value_type: Option<&str>,
    shown: String,
    characters: &mut Vec<Oddity>,
) -> Result<(CellKind, String), FileRefusal> {
    let stored = |name: &str| attr_met_prefix(tag, name).map(std::borrow::Cow::into_owned);
    if attr_met_prefix(tag, "calcext:value-type").is_some_and(|s| s == "error") {
        characters.push(Oddity::Fout);
        return Ok((CellKind::Error, shown));
    }
    Ok(match value_type {
        Some("float" | "percentage" | "currency") => {
            let Some(value) = stored("office:value") else {
                return Ok((CellKind::Text, shown));
            };
            let number: f64 = value
                .trim()
                .parse()
                .map_err(|_| WorkbookKind::Ods.broken())?;
            if value_type == Some("percentage") {
                characters.push(Oddity::Percent);
            }
            if is_too_long(number) {
                characters.push(Oddity::TooLong);
            }
            let cijfers = shown.bytes().all(|b| b.is_ascii_digit());
            if cijfers && shown.len() > 1 && shown.starts_with('0') && shown.parse() == Ok(number) {
                // Zeros before it belong to a number of somebody's own.
                return Ok((CellKind::Text, shown));
            }
            if shown.chars().any(char::is_alphabetic) {
                characters.push(Oddity::Formatting);
            }
            let mut text = String::new();
            write_number(&mut text, number);
            (CellKind::Number, text)
        }
        Some("date") => {
            characters.push(Oddity::Datum);
            let value = stored("office:date-value").unwrap_or(shown);
            (CellKind::Date, shown_day(value))
        }
        Some("time") => {
            characters.push(Oddity::Duration);
            let time = stored("office:time-value");
            (CellKind::Text, time.unwrap_or(shown))
        }
        Some("boolean") => match stored("office:boolean-value").as_deref() {
            Some("true") => (CellKind::Truth, Cell::Truth(true).text().to_owned()),
            Some("false") => (CellKind::Truth, Cell::Truth(false).text().to_owned()),
            _ => (CellKind::Text, shown),
        },
        _ => {
            let text = stored("office:string-value").filter(|t| !t.is_empty());
            (CellKind::Text, text.unwrap_or(shown))
        }
    })
}

/// The text inside a cell: its paragraphs, without comments and drawings.
pub(super) fn shown<R: BufRead>(xml: &mut Xml<R>) -> Result<String, FileRefusal> {
    let mut out = String::new();
    let mut paragraphs = 0;
    // Depth inside the cell, and inside a paragraph.
    let (mut depth, mut in_paragraph) = (1_usize, 0_usize);
    loop {
        let (event, name, spaces) = match xml.next()? {
            Event::Start(tag) => (
                Some(OdsEvent::Begin),
                tag.name().as_ref().to_owned(),
                attr_number(&tag, "c"),
            ),
            Event::Empty(tag) => (
                Some(OdsEvent::Empty),
                tag.name().as_ref().to_owned(),
                attr_number(&tag, "c"),
            ),
            Event::End(_) => (None, String::new(), None),
            Event::Text(text) if in_paragraph > 0 => {
                push_text(&mut out, &text.into_inner());
                continue;
            }
            Event::CData(text) if in_paragraph > 0 => {
                push_text(&mut out, &text.into_inner());
                continue;
            }
            Event::GeneralRef(reference) if in_paragraph > 0 => {
                push_entity(&mut out, &reference, WorkbookKind::Ods)?;
                continue;
            }
            Event::Eof => return Err(WorkbookKind::Ods.broken()),
            _ => continue,
        };
        match (event, name.as_str()) {
            (None, _) => {
                depth -= 1;
                in_paragraph = in_paragraph.saturating_sub(1);
                if depth == 0 {
                    return Ok(out);
                }
            }
            (Some(_), "text:s") if in_paragraph > 0 => {
                (0..spaces.unwrap_or(1).min(SPACES)).for_each(|_| out.push(' '));
            }
            (Some(_), "text:tab") if in_paragraph > 0 => out.push('\t'),
            (Some(_), "text:line-break") if in_paragraph > 0 => out.push('\n'),
            (Some(OdsEvent::Begin), "text:p" | "text:h") if in_paragraph == 0 => {
                if paragraphs > 0 {
                    out.push('\n');
                }
                (paragraphs, depth, in_paragraph) = (paragraphs + 1, depth + 1, 1);
                continue;
            }
            (Some(OdsEvent::Begin), "text:span" | "text:a" | "text:ruby" | "text:ruby-base")
                if in_paragraph > 0 =>
            {
                (depth, in_paragraph) = (depth + 1, in_paragraph + 1);
                continue;
            }
            (Some(OdsEvent::Begin), "text:list" | "text:list-item" | "text:section")
                if in_paragraph == 0 =>
            {
                depth += 1;
                continue;
            }
            (Some(OdsEvent::Begin), "office:annotation") => {
                judge_aside(&aside(xml)?)?;
                continue;
            }
            (Some(OdsEvent::Begin), _) => {
                skip(xml)?;
                continue;
            }
            (Some(OdsEvent::Empty), _) => continue,
        }
        // What began and stands for a blank ends again as well.
        if event == Some(OdsEvent::Begin) {
            skip(xml)?;
        }
    }
}

/// Adds text. Where a line was broken off to keep the XML readable, a run of blanks counts as one; otherwise blanks
/// stay, as LibreOffice has them.
fn push_text(out: &mut String, text: &str) {
    if !text.contains('\n') {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        if !matches!(character, ' ' | '\t' | '\n' | '\r') {
            out.push(character);
        } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
            out.push(' ');
        }
    }
}

/// The day that is shown of a moment: a hair under midnight it is the next, as with Excel. Else the time says nothing.
fn shown_day(value: String) -> String {
    let Some((day, time)) = value.split_once('T') else {
        return value;
    };
    let hair = time
        .strip_prefix("23:59:59.")
        .is_some_and(|part| part >= "9995");
    let next = hair
        .then(|| day.parse::<NaiveDate>().ok()?.succ_opt())
        .flatten();
    next.map_or_else(|| day.to_owned(), |next| next.to_string())
}
