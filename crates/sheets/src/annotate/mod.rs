//! The judgement put back into the aanbieder's own file: coloured cells with notes, a summary, a list.
//!
//! Owns which way a file goes. A workbook comes back as it was: its parts are copied as they were packed, and in the
//! sheets with findings only the found cells change. Anything else becomes a workbook of text, made from what was
//! read. The same judgement gives the same bytes; there is no clock, file system or thread here.
//! Leaves judging to `check`, and opening and writing files to the callers.

mod book;
mod changed_package;
mod notes;
mod places;
mod rebuild;
mod shared_strings;
mod sheet;
mod styles;
mod summary_sheet;
mod write_xml;

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read, Seek};

use rows::FileRefusal;
use schema::bevinding::WaitingFindings;
use schema::text::grouped_thousands;
use schema::{Definitie, Oordeel};

use self::book::Book;
use self::changed_package::OpcPackage;
use self::notes::ShapeNumbers;
use self::places::{CellPlaces, Layout, Note, NoteWriter, TargetSheet};
use self::shared_strings::AddedTexts;
use self::sheet::{CellSet, SheetPlan, SheetScan};
use self::styles::Styles;
use self::summary_sheet::SummarySheet;
use crate::cell_name::{CellAt, ROWS};
use crate::file::{FileKind, SourceFile};
use crate::wording;
use crate::workbook;
use crate::xml::Broken;

/// How every XML part begins.
const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// The file can no longer be read.
    #[error(transparent)]
    FileRefusal(#[from] FileRefusal),
    /// The package is not built as a workbook should be.
    #[error("het Excel-bestand is anders opgebouwd dan verwacht")]
    Structure,
    /// A part is no XML.
    #[error("een onderdeel van het Excel-bestand is niet te lezen")]
    Xml,
    /// The package can't be read or written.
    #[error("het Excel-bestand is niet uit of in te pakken")]
    Zip(#[from] zip::result::ZipError),
    /// Reading or writing failed.
    #[error("het lezen of schrijven van het Excel-bestand mislukte")]
    Io(#[from] std::io::Error),
}

impl From<quick_xml::Error> for AnnotateError {
    fn from(_: quick_xml::Error) -> Self {
        Self::Xml
    }
}

impl From<Broken> for AnnotateError {
    fn from(_: Broken) -> Self {
        Self::Xml
    }
}

/// How much a workbook takes before it is no pleasure any more, or no workbook.
#[derive(Debug, Clone, Copy)]
pub struct AnnotateLimits {
    /// Rows of a sheet that is made here.
    pub rijen: u32,
    /// Notes: a spreadsheet with more of them hardly opens.
    pub notities: usize,
    /// Links in the list; Excel takes 65,530 a sheet.
    pub koppelingen: usize,
}

impl Default for AnnotateLimits {
    fn default() -> Self {
        Self {
            rijen: ROWS,
            notities: 50_000,
            koppelingen: 65_000,
        }
    }
}

/// The report on these files, as a workbook (.xlsx): one workbook comes back as it was, with the findings in it.
///
/// # Errors
/// When a file can no longer be read.
pub fn make(
    files: &[SourceFile],
    oordeel: &Oordeel,
    definitie: &Definitie,
) -> Result<Vec<u8>, AnnotateError> {
    make_within(files, oordeel, definitie, &[], AnnotateLimits::default())
}

/// The same, within other limits, and with what waits for an answer. What does not fit is counted and told on the first
/// sheet, and so is what waits.
///
/// # Errors
/// When a file can no longer be read.
pub fn make_within(
    files: &[SourceFile],
    oordeel: &Oordeel,
    definitie: &Definitie,
    waiting: &[WaitingFindings],
    bounds: AnnotateLimits,
) -> Result<Vec<u8>, AnnotateError> {
    let summary = ReportBuilder {
        oordeel,
        definitie,
        waiting,
        grenzen: bounds,
    };
    let mut sentences = Vec::new();
    if let [file] = files
        && file.kind()? == FileKind::Werkmap
    {
        match summary.own_workbook(file) {
            Err(AnnotateError::FileRefusal(refusal)) => return Err(refusal.into()),
            Err(_) => sentences.push(wording::annotate::REBUILT.to_owned()),
            done => return done,
        }
    }
    let basis = rebuild::make(files, oordeel, bounds.rijen)?;
    sentences.extend(basis.sentences);
    summary.annotate(
        OpcPackage::open(Cursor::new(basis.bytes))?,
        &basis.targets,
        sentences,
    )
}

/// The judgement alone, as a workbook: the summary and the list. No value but those in the findings is in it.
///
/// # Errors
/// When it can't be put together.
pub fn list(oordeel: &Oordeel, definitie: &Definitie) -> Result<Vec<u8>, AnnotateError> {
    make(&[], oordeel, definitie)
}

struct ReportBuilder<'a> {
    oordeel: &'a Oordeel,
    definitie: &'a Definitie,
    /// What is not in the judgement yet, and is said.
    waiting: &'a [WaitingFindings],
    grenzen: AnnotateLimits,
}

/// What is to happen to the sheets.
#[derive(Default)]
struct Plans {
    /// By part.
    sheets: HashMap<String, SheetPlan>,
    without_note: u64,
    without_colour: u64,
    in_thread: usize,
}

impl ReportBuilder<'_> {
    fn own_workbook(&self, file: &SourceFile) -> Result<Vec<u8>, AnnotateError> {
        if !workbook::is_xlsx(file)? {
            return Err(AnnotateError::Structure);
        }
        // They are taken out of its parts, which take room of their own.
        file.forget_sheets();
        let mut pakket = OpcPackage::open(file.open()?)?;
        let book = Book::lees(&mut pakket)?;
        let targets = book.sheets.iter().map(|sheet| TargetSheet {
            naam: sheet.naam.clone(),
            part: sheet.part.clone(),
            bestand: file.naam.clone(),
            bron: Some(sheet.naam.clone()),
            vorm: Layout::Equal,
        });
        let targets: Vec<TargetSheet> = targets.collect();
        self.annotate(pakket, &targets, Vec::new())
    }

    /// Puts the findings into a workbook whose sheets are `targets`, in their order.
    fn annotate<R: Read + Seek>(
        &self,
        mut pakket: OpcPackage<R>,
        targets: &[TargetSheet],
        mut sentences: Vec<String>,
    ) -> Result<Vec<u8>, AnnotateError> {
        let book = Book::lees(&mut pakket)?;
        let (summary_sheet, list) = (book.free_name("Controle"), book.free_name("Bevindingen"));
        let style_part = pakket.part_of(&book.part, "styles", styles::EMPTY)?;
        let mut styles =
            Styles::parse(&pakket.lees(&style_part)?.ok_or(AnnotateError::Structure)?)?;
        let mut places = CellPlaces::new(self.oordeel, targets);
        let mut plans = self.plan(
            &mut pakket,
            &book,
            targets,
            &mut places,
            &mut styles,
            &summary_sheet,
        )?;
        sentences.extend(plans.sentences(&list));
        sentences.extend(self.waiting.iter().map(|waiting| waiting.bericht.clone()));

        let text_part = pakket.part_of(&book.part, "sharedStrings", NO_TEXTS)?;
        let old_texts = pakket.read_large(&text_part)?;
        let mut texts = AddedTexts::after(&old_texts)?;
        let summary = SummarySheet {
            oordeel: self.oordeel,
            definitie: self.definitie,
            places: &places.van,
            targets,
            names: (&summary_sheet, &list),
            koppelingen: self.grenzen.koppelingen,
            sentences,
        };
        let (overview_sheet, list_sheet) = summary.sheets(&mut styles, &mut texts);
        pakket.set(&text_part, texts.xml(&old_texts)?);
        drop((old_texts, texts));
        pakket.set(&style_part, styles.xml());
        let at_front = [
            (summary_sheet.as_str(), overview_sheet),
            (list.as_str(), list_sheet),
        ];
        let mut entries = Vec::new();
        for (name, content) in at_front {
            let part = pakket.free_name("xl/worksheets/uitvraag", ".xml");
            pakket.add_kind(
                &part,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
            )?;
            entries.push((name, pakket.add_relation(&book.part, "worksheet", &part)?));
            pakket.set(&part, content);
        }
        let entries: Vec<(&str, &str)> = entries
            .iter()
            .map(|(name, id)| (*name, id.as_str()))
            .collect();
        pakket.set(&book.part, book.with_sheets(&entries)?);

        let parts: Vec<String> = plans.sheets.keys().cloned().collect();
        let out = pakket.write(
            Cursor::new(Vec::new()),
            |part, van, to| match plans.sheets.get_mut(part) {
                Some(plan) => sheet::patch(van, to, plan),
                None => Err(AnnotateError::Structure),
            },
            |part| parts.iter().any(|d| d == part),
        )?;
        Ok(out.into_inner())
    }

    /// Looks through the sheets, and decides what changes in each.
    fn plan<R: Read + Seek>(
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
            let mut scan = sheet::scan(pakket.stream(&part)?, &cells)?;
            if cells.is_empty() {
                if scan.selected {
                    plans.sheets.insert(part, SheetPlan::default());
                }
                continue;
            }
            places.merge_areas(number, &scan.merged);
            let found = &places.sheets[number];
            if found.keys().any(|place| !cells.contains(place)) {
                scan = sheet::scan(pakket.stream(&part)?, &found.keys().copied().collect())?;
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

const NO_TEXTS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";

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
    fn sentences(&self, list: &str) -> Vec<String> {
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
