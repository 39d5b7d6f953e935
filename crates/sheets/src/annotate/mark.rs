//! Marking the findings in the sheets: which cells get a colour and a note, and what could not be shown.
//!
//! Owns deciding what changes in each sheet. Leaves where findings stand to `places`, formats to `styles`, the note parts to
//! `notes`, writing a sheet again to `patch_sheet`.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};

use schema::text::grouped_thousands;

use super::changed_package::OpcPackage;
use super::notes::{self, ShapeNumbers};
use super::patch_sheet::{self, CellSet, SheetPlan, SheetScan};
use super::places::{CellPlaces, Note, NoteWriter, TargetSheet};
use super::styles::Styles;
use super::workbook_part::Book;
use super::{AnnotateError, ReportBuilder};
use crate::cell_name::CellAt;
use crate::wording;

/// What is to happen to the sheets.
#[derive(Default)]
pub(super) struct Plans {
    /// By part.
    pub(super) sheets: HashMap<String, SheetPlan>,
    without_note: u64,
    without_colour: u64,
    in_thread: usize,
}

impl ReportBuilder<'_> {
    /// Looks through the sheets, and decides what changes in each.
    pub(super) fn plan<R: Read + Seek>(
        &self,
        pakket: &mut OpcPackage<R>,
        book: &Book,
        targets: &[TargetSheet],
        places: &mut CellPlaces,
        styles: &mut Styles,
        summary_sheet: &str,
    ) -> Result<Plans, AnnotateError> {
        let writer = NoteWriter::new(self.oordeel, summary_sheet, self.grenzen.notities);
        let mut numbers = ShapeNumbers::after(pakket.drawings()?.iter().map(String::as_str));
        let mut plans = Plans::default();
        for (number, (target, worksheet)) in targets.iter().zip(&book.sheets).enumerate() {
            let part = pakket.name(&target.part)?;
            let cells: CellSet = if worksheet.soort == "worksheet" {
                places.sheets[number].keys().copied().collect()
            } else {
                CellSet::new()
            };
            let mut scan = patch_sheet::scan(pakket.stream(&part)?, &cells)?;
            if cells.is_empty() {
                if scan.selected {
                    plans.sheets.insert(part, SheetPlan::default());
                }
                continue;
            }
            places.merge_areas(number, &scan.merged);
            let found = &places.sheets[number];
            if found.keys().any(|place| !cells.contains(place)) {
                scan = patch_sheet::scan(pakket.stream(&part)?, &found.keys().copied().collect())?;
            }
            let (colours, notes) = plans.mark(found, &scan, &writer, styles);
            let legacy = plans.notes(pakket, &part, &scan, &notes, &mut numbers)?;
            plans
                .sheets
                .insert(part, SheetPlan::new(&colours, &scan, legacy));
        }
        Ok(plans)
    }
}

impl Plans {
    /// A format and, where there is room, a note for every cell with findings.
    fn mark(
        &mut self,
        found: &BTreeMap<CellAt, Vec<u32>>,
        scan: &SheetScan,
        writer: &NoteWriter<'_>,
        styles: &mut Styles,
    ) -> (Vec<(CellAt, u32)>, Vec<Note>) {
        let mut colours = Vec::with_capacity(found.len());
        let mut notes = Vec::new();
        for (place, numbers) in found {
            match styles.coloured(scan.style(*place), writer.ernst(numbers)) {
                Some(style) => colours.push((*place, style)),
                None => self.without_colour += 1,
            }
            match writer.note(*place, numbers) {
                Some(note) => notes.push(note),
                None => self.without_note += 1,
            }
        }
        (colours, notes)
    }

    /// Writes the notes of a sheet; gives the relation the sheet needs, where it has none to a drawing yet.
    fn notes<R: Read + Seek>(
        &mut self,
        pakket: &mut OpcPackage<R>,
        part: &str,
        scan: &SheetScan,
        notes: &[Note],
        numbers: &mut ShapeNumbers,
    ) -> Result<Option<String>, AnnotateError> {
        if notes.is_empty() {
            return Ok(None);
        }
        let relations = pakket.relations(part)?;
        let mut without_shape: Vec<CellAt> = notes.iter().map(|n| n.plek).collect();
        let existing = relations.iter().find(|r| r.soort == "comments");
        let mut had_notes = Vec::new();
        if let Some(relation) = existing {
            let together = notes::merge_comments(
                &pakket
                    .lees(&relation.target)?
                    .ok_or(AnnotateError::Structure)?,
                notes,
            )?;
            pakket.set(&relation.target, together.xml);
            self.in_thread += together.in_thread;
            had_notes = together.had_notes;
        } else {
            let name = pakket.free_name("xl/comments", ".xml");
            pakket.add_kind(
                &name,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
            )?;
            pakket.add_relation(part, "comments", &name)?;
            pakket.set(&name, notes::comments(notes));
        }
        let drawing = scan
            .legacy
            .as_ref()
            .map(|id| {
                relations
                    .iter()
                    .find(|r| r.id == *id)
                    .ok_or(AnnotateError::Structure)
            })
            .transpose()?;
        if let Some(relation) = drawing {
            without_shape.retain(|place| !had_notes.contains(place));
            let vml = String::from_utf8(
                pakket
                    .lees(&relation.target)?
                    .ok_or(AnnotateError::Structure)?,
            )
            .map_err(|_| AnnotateError::Structure)?;
            pakket.set(
                &relation.target,
                notes::drawing(Some(&vml), &without_shape, numbers)?,
            );
            return Ok(None);
        }
        // Notes that never had a shape are not shown: they get one now.
        without_shape.extend(had_notes);
        without_shape.sort_unstable();
        without_shape.dedup();
        let name = pakket.free_name("xl/drawings/vmlDrawing", ".vml");
        pakket.add_extension(
            "vml",
            "application/vnd.openxmlformats-officedocument.vmlDrawing",
        )?;
        pakket.set(&name, notes::drawing(None, &without_shape, numbers)?);
        pakket.add_relation(part, "vmlDrawing", &name).map(Some)
    }

    /// What could not be shown.
    pub(super) fn sentences(&self, list: &str) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.without_note > 0 {
            let count = grouped_thousands(self.without_note);
            sentences.push(wording::annotate::without_note(&count, &list));
        }
        if self.without_colour > 0 {
            let count = grouped_thousands(self.without_colour);
            sentences.push(wording::annotate::without_colour(&count, &list));
        }
        if self.in_thread > 0 {
            let count = grouped_thousands(self.in_thread as u64);
            sentences.push(wording::annotate::conversation_there(&count, &list));
        }
        sentences
    }
}
