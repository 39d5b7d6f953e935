//! Where findings stand in the workbook that is made, and what their notes say.
//!
//! Owns the way from a place in the offered file to a cell of a sheet, one note per cell however many findings it has,
//! and how many notes there may be. Leaves writing them to `notes` and `patch_sheet`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rows::bsn;
use schema::bevinding::equal_share;
use schema::{Bevinding, Ernst, Oordeel, Place};

use crate::cell_name::{self, COLUMNS, CellAt, ROWS};
use crate::wording;

/// A rule that spoke more often than this gets short notes.
const SHORT_FROM: u64 = 1000;
/// Findings a note tells; the rest is counted.
const PER_NOTE: usize = 4;
/// Longest piece of text in a note.
const LONGEST: usize = 300;

/// How the rows of a source stand in its sheet.
#[derive(Debug)]
pub(super) enum Layout {
    /// As in the file: cell `F17` is cell `F17`.
    Equal,
    /// Objects below a row with their names.
    Objects(Vec<String>),
    /// Only these rows, with their own numbers in the first column; the names where the rows are objects.
    Excerpt {
        rijen: Vec<u64>,
        header_texts: Vec<String>,
    },
}

/// A sheet of the workbook that findings may stand on.
#[derive(Debug)]
pub(super) struct TargetSheet {
    pub(super) naam: String,
    /// Part of the package.
    pub(super) part: String,
    /// The file it shows.
    pub(super) bestand: String,
    /// The sheet of that file.
    pub(super) bron: Option<String>,
    pub(super) vorm: Layout,
}

/// A place in the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellPlace {
    pub(super) blad: usize,
    /// From 1.
    pub(super) rij: u32,
    /// From 0; absent where the whole row is meant.
    pub(super) kolom: Option<u32>,
}

/// The findings by their place in the workbook.
pub(super) struct CellPlaces {
    /// Per finding.
    pub(super) van: Vec<Option<CellPlace>>,
    /// Per sheet and cell the findings, worst first.
    pub(super) sheets: Vec<BTreeMap<CellAt, Vec<u32>>>,
}

impl CellPlaces {
    pub(super) fn new(oordeel: &Oordeel, targets: &[TargetSheet]) -> Self {
        let index_of: HashMap<(&str, Option<&str>), usize> = targets
            .iter()
            .enumerate()
            .rev()
            .map(|(i, d)| ((d.bestand.as_str(), d.bron.as_deref()), i))
            .collect();
        let mut sheets = vec![BTreeMap::new(); targets.len()];
        let mut van = Vec::with_capacity(oordeel.bevindingen.len());
        for (number, bevinding) in oordeel.bevindingen.iter().enumerate() {
            let place = find(&index_of, targets, &bevinding.plaats);
            if let Some(CellPlace {
                blad: sheet,
                rij: row,
                kolom: Some(column),
            }) = place
            {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                let cell: &mut Vec<u32> = sheets[sheet].entry((row, column)).or_default();
                cell.push(number);
            }
            van.push(place);
        }
        Self { van, sheets }
    }

    /// Moves findings on cells that are covered by a merged area to the cell that shows it.
    pub(super) fn merge_areas(&mut self, sheet: usize, gebieden: &[(CellAt, CellAt)]) {
        let cells = &mut self.sheets[sheet];
        for (van, tot) in gebieden.iter().filter(|(van, tot)| van != tot) {
            let covered = cells
                .range((van.0, 0)..=(tot.0, tot.1))
                .map(|(place, _)| *place);
            let covered: Vec<(u32, u32)> = covered
                .filter(|place| place != van && (van.1..=tot.1).contains(&place.1))
                .collect();
            for place in covered {
                let more = cells.remove(&place).unwrap_or_default();
                let cell: &mut Vec<u32> = cells.entry(*van).or_default();
                cell.extend(more);
                cell.sort_unstable();
            }
        }
    }
}

/// A cell by its name; its row may lie beyond those of a sheet.
fn column_on_sheet(name: &str) -> Option<(u64, u32)> {
    cell_name::parse(name).filter(|(_, column)| *column < COLUMNS)
}

fn find(
    index_of: &HashMap<(&str, Option<&str>), usize>,
    targets: &[TargetSheet],
    place: &Place,
) -> Option<CellPlace> {
    let sheet = *index_of.get(&(place.bestand.as_deref()?, place.blad.as_deref()))?;
    let cell = place
        .cel
        .as_deref()
        .and_then(|cell| column_on_sheet(cell.rsplit('!').next().unwrap_or(cell)));
    let row = place.rij.or(cell.map(|(row, _)| row))?;
    let by_name = |header_texts: &[String]| {
        let column = place
            .kolom
            .as_ref()
            .and_then(|header| header_texts.iter().position(|k| k == header));
        cell.map(|(_, column)| column)
            .or_else(|| u32::try_from(column?).ok())
    };
    let (row, column) = match &targets[sheet].vorm {
        Layout::Equal => (u32::try_from(row).ok()?, by_name(&[])),
        Layout::Objects(header_texts) => (u32::try_from(row + 1).ok()?, by_name(header_texts)),
        Layout::Excerpt {
            rijen: rows,
            header_texts,
        } => (
            u32::try_from(rows.binary_search(&row).ok()? + 2).ok()?,
            by_name(header_texts).map(|k| k + 1),
        ),
    };
    ((1..=ROWS).contains(&row)).then_some(CellPlace {
        blad: sheet,
        rij: row,
        kolom: column.filter(|k| *k < COLUMNS),
    })
}

/// A note on a cell.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) plek: CellAt,
    pub(super) tekst: String,
}

/// Decides which cells get a note, and what it says.
pub(super) struct NoteWriter<'a> {
    oordeel: &'a Oordeel,
    /// Per finding: its rule spoke so often that it is told short.
    kort: Vec<bool>,
    /// Per finding: there is room for a note.
    room: Vec<bool>,
    summary_sheet: &'a str,
}

impl<'a> NoteWriter<'a> {
    /// `summary_sheet` is the name of the sheet with the summary; about so many notes are made.
    pub(super) fn new(oordeel: &'a Oordeel, summary_sheet: &'a str, notes: usize) -> Self {
        let counts: HashMap<&str, u64> = oordeel
            .regels
            .iter()
            .map(|r| (r.code.as_str(), r.aantal))
            .collect();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut per_regel: HashMap<&str, usize> = HashMap::new();
        for bevinding in &oordeel.bevindingen {
            *per_regel.entry(&bevinding.code).or_default() += 1;
        }
        let limit = equal_share(per_regel.values().copied(), notes);
        let mut short = Vec::with_capacity(oordeel.bevindingen.len());
        let mut room = Vec::with_capacity(oordeel.bevindingen.len());
        for bevinding in &oordeel.bevindingen {
            let seen = seen.entry(&bevinding.code).or_default();
            *seen += 1;
            room.push(*seen <= limit);
            short.push(
                counts
                    .get(bevinding.code.as_str())
                    .is_some_and(|count| *count > SHORT_FROM),
            );
        }
        Self {
            oordeel,
            kort: short,
            room,
            summary_sheet,
        }
    }

    /// The worst of the findings on a cell.
    pub(super) fn ernst(&self, numbers: &[u32]) -> Ernst {
        numbers
            .iter()
            .map(|n| self.oordeel.bevindingen[*n as usize].ernst)
            .min()
            .unwrap_or(Ernst::Opmerking)
    }

    /// The note on a cell with these findings; `None` when there are too many notes.
    pub(super) fn note(&self, place: CellAt, numbers: &[u32]) -> Option<Note> {
        if !numbers.iter().any(|n| self.room[*n as usize]) {
            return None;
        }
        let mut text = String::new();
        for number in numbers.iter().take(PER_NOTE) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            self.tell(&mut text, *number as usize);
        }
        if numbers.len() > PER_NOTE {
            let _ = write!(
                text,
                "{}",
                wording::annotate::and_more(&(numbers.len() - PER_NOTE), &self.summary_sheet)
            );
        }
        Some(Note {
            plek: place,
            tekst: text,
        })
    }

    fn tell(&self, out: &mut String, number: usize) {
        let Bevinding {
            code,
            ernst,
            gevonden: found,
            bericht: message,
            verwacht: expected,
            herstel: recover,
            ..
        } = &self.oordeel.bevindingen[number];
        let _ = write!(out, "{}: {}", word(*ernst), short(message));
        if self.kort[number] {
            out.push_str(&wording::annotate::more_often(&self.summary_sheet, &code));
            return;
        }
        // A number that may be a BSN is not written down once more.
        if let Some(found) = found
            .as_deref()
            .filter(|g| !g.is_empty() && !bsn::in_text(g))
        {
            let _ = write!(out, "\nGevonden: {}", short(found));
        }
        for (header, text) in [
            ("Verwacht", expected),
            (wording::annotate::REPAIR_SO, recover),
        ] {
            if !text.is_empty() {
                let _ = write!(out, "\n{header}: {}", short(text));
            }
        }
    }
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// How bad it is, in a word to begin with.
pub(super) fn word(ernst: Ernst) -> &'static str {
    match ernst {
        Ernst::Fout => "Fout",
        Ernst::Signaal => "Signaal",
        Ernst::Opmerking => "Opmerking",
    }
}
