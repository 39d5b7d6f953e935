//! Which open lines are one question.
//!
//! Owns that one cause is asked once: equal sheets, a word in several columns, dates that one program wrote. Leaves
//! finding the lines to `open_lines`, the words to `questions`.

use std::collections::BTreeSet;

use schema::{Definitie, VeldType};

use crate::conversation::open_lines::OpenLine;
use crate::conversation::part_view::SheetView;
use crate::koppeling::TabelKoppeling;

/// A line that is open, with the part of the koppeling it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlacedLine {
    pub(super) part: usize,
    pub(super) line: OpenLine,
}

/// Lines with one answer.
#[derive(Debug, Clone)]
pub(super) struct QuestionCause {
    /// The same for the same question, from step to step.
    pub(super) key: String,
    pub(super) lines: Vec<PlacedLine>,
}

impl QuestionCause {
    /// The line that stands for all.
    pub(super) fn first(&self) -> &PlacedLine {
        &self.lines[0]
    }
}

/// Puts lines together, in the order in which they come.
pub(super) fn group(
    lines: Vec<PlacedLine>,
    key_of: impl Fn(&PlacedLine) -> String,
) -> Vec<QuestionCause> {
    let mut causes: Vec<QuestionCause> = Vec::new();
    for line in lines {
        let key = key_of(&line);
        match causes.iter_mut().find(|cause| cause.key == key) {
            Some(cause) => cause.lines.push(line),
            None => causes.push(QuestionCause {
                key,
                lines: vec![line],
            }),
        }
    }
    causes
}

/// What the lines of one cause have in common. `apart` holds the forms that a person wants to say per column, and the
/// fields that are to be said per sheet.
pub(super) fn key(
    definitie: &Definitie,
    part: &TabelKoppeling,
    view: Option<&SheetView<'_>>,
    place: &PlacedLine,
    apart: &BTreeSet<String>,
) -> String {
    let tabel = &part.naam;
    let headers = || -> Vec<&str> {
        let sheet = view.map(|view| view.sheet.kolommen.iter());
        sheet
            .into_iter()
            .flatten()
            .map(|k| k.naam.as_str())
            .collect()
    };
    let header = |veld: &str| part.source_of(veld).unwrap_or_default().to_owned();
    let form = |kind: &str, veld: &str, choice: String| {
        let together = format!("{kind} {choice}");
        if apart.contains(&together) {
            format!("{together} {}", header(veld))
        } else {
            together
        }
    };
    match &place.line {
        OpenLine::Belongs => format!("belongs {}", place.part),
        OpenLine::NewSheet { bestand, blad, .. } => format!("sheet {bestand} {blad:?}"),
        OpenLine::Veld(veld) => {
            let together = format!("field {tabel} {veld} {:?}", headers());
            if apart.contains(&together) {
                format!("{together} {}", place.part)
            } else {
                together
            }
        }
        OpenLine::Column(column) | OpenLine::NewColumn(column) => {
            format!("column {tabel} {column} {:?}", headers())
        }
        OpenLine::Rest => format!("rest {tabel} {:?}", part.niet_herkend),
        OpenLine::CodeSystem(veld) => format!("system {tabel} {veld} {}", header(veld)),
        OpenLine::DateForm(veld) => {
            let column = view.and_then(|view| view.source(part, veld));
            let judged = column.map(|column| column.datums.oordeel());
            form("dates", veld, format!("{judged:?}"))
        }
        OpenLine::Unit(veld) => format!("unit {tabel} {veld} {}", header(veld)),
        OpenLine::Period(veld) => format!("period {tabel} {veld} {}", header(veld)),
        OpenLine::NumberForm(veld) => form("numbers", veld, String::new()),
        OpenLine::Word(veld, word) => {
            let kind = definitie
                .tabel(tabel)
                .and_then(|tabel| tabel.veld(veld))
                .map(|veld| &veld.veldtype);
            let kind = match kind {
                Some(VeldType::Code { list }) => list.clone(),
                // A day, a number or a gemeente is one in every field.
                other => format!("{other:?}"),
            };
            format!("word {kind} {word}")
        }
    }
}

/// The key of a form that is asked for several columns at once, without the column.
pub(super) fn together(key: &str, header: &str) -> String {
    key.strip_suffix(&format!(" {header}"))
        .unwrap_or(key)
        .to_owned()
}
