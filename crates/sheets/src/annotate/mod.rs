//! The judgement put back into the aanbieder's own file: coloured cells with notes, a summary, a list.
//!
//! Owns which way a file goes. A workbook comes back as it was: its parts are copied as they were packed, and in the
//! sheets with findings only the found cells change. Anything else becomes a workbook of text, made from what was
//! read. The same judgement gives the same bytes; there is no clock, file system or thread here.
//! Leaves which cells are marked to `mark`, judging to `check`, and opening and writing files to the callers.

mod changed_package;
mod mark;
mod notes;
mod patch_sheet;
mod places;
mod rebuild;
mod styles;
mod summary_sheet;
mod workbook_part;
mod write_sheet;
mod write_xml;

use std::io::{Cursor, Read, Seek};

use rows::FileRefusal;
use schema::bevinding::WaitingFindings;
use schema::{Definitie, Oordeel};

use self::changed_package::OpcPackage;
use self::places::{CellPlaces, Layout, TargetSheet};
use self::styles::Styles;
use self::summary_sheet::SummarySheet;
use self::workbook_part::Book;
use self::write_sheet::AddedTexts;
use crate::cell_name::ROWS;
use crate::source_file::{FileKind, SourceFile};
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
                Some(plan) => patch_sheet::patch(van, to, plan),
                None => Err(AnnotateError::Structure),
            },
            |part| parts.iter().any(|d| d == part),
        )?;
        Ok(out.into_inner())
    }
}

const NO_TEXTS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";
