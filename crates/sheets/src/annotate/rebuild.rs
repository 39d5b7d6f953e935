//! A workbook made from what was read: for a CSV, JSON, or several files together.
//!
//! Owns that every cell is text as it stood in the file, so that no zero gets lost and nothing turns into a number or
//! a formula, and that row 17 of the file is row 17 of the sheet where that fits. Leaves colours and notes to the rest.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Cursor, Write};

use schema::Oordeel;
use schema::text::grouped_thousands;
use zip::ZipWriter;

use super::changed_package::{KINDS, options};
use super::places::{Layout, TargetSheet};
use super::styles;
use super::write_xml::{CELL_TEXT, escape, push_text};
use super::{AnnotateError, HEADER};
use crate::cell_name::{COLUMNS, ROWS, cell_name};
use crate::open_file::{self, Sheet};
use crate::source_file::SourceFile;
use crate::wording;

/// Rows at the top of a file that come along in any case: among them is the header.
const TOP_ROWS: u64 = 10;

/// A workbook without any findings in it.
pub(super) struct Basis {
    pub(super) bytes: Vec<u8>,
    pub(super) targets: Vec<TargetSheet>,
    /// What is not as it was, as Dutch sentences.
    pub(super) sentences: Vec<String>,
}

/// A workbook of these files.
pub(super) fn make(
    files: &[SourceFile],
    oordeel: &Oordeel,
    most_rows: u32,
) -> Result<Basis, AnnotateError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut targets: Vec<TargetSheet> = Vec::new();
    let mut sentences = Vec::new();
    for file in files {
        let opened = open_file::open(file)?;
        let visible = opened.sheets.iter().filter(|b| !b.hidden);
        for sheet in visible {
            let part = format!("xl/worksheets/blad{}.xml", targets.len() + 1);
            let name = sheet_name(&targets, file, sheet, files.len() > 1);
            let vorm = SourceSheet {
                bestand: file,
                blad: sheet,
                oordeel,
                naam: &name,
                most_rows,
            }
            .write(&mut zip, &part, &mut sentences)?;
            targets.push(TargetSheet {
                naam: name,
                part,
                bestand: file.naam.clone(),
                bron: sheet.naam.clone(),
                vorm,
            });
        }
    }
    for (name, content) in skeleton(&targets) {
        zip.start_file(name, options())?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(Basis {
        bytes: zip.finish()?.into_inner(),
        targets,
        sentences,
    })
}

fn skeleton(targets: &[TargetSheet]) -> Vec<(&'static str, String)> {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut kinds = format!(
        "{HEADER}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{KIND}.styles+xml\"/>"
    );
    let relations =
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    let mut pointers = format!(
        "{HEADER}{relations}<Relationship Id=\"rIdStijl\" Type=\"{KINDS}/styles\" Target=\"styles.xml\"/>"
    );
    let mut sheets = String::new();
    for (target, number) in targets.iter().zip(1..) {
        let TargetSheet {
            naam: name, part, ..
        } = target;
        let _ = write!(
            kinds,
            "<Override PartName=\"/{part}\" ContentType=\"{KIND}.worksheet+xml\"/>"
        );
        let _ = write!(
            pointers,
            "<Relationship Id=\"rId{number}\" Type=\"{KINDS}/worksheet\" Target=\"/{part}\"/>"
        );
        let _ = write!(
            sheets,
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>",
            escape(name)
        );
    }
    let head = format!(
        "{HEADER}{relations}<Relationship Id=\"rId1\" Type=\"{KINDS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "{HEADER}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{KINDS}\">\
         <bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
    );
    vec![
        ("[Content_Types].xml", format!("{kinds}</Types>")),
        ("_rels/.rels", head),
        (
            "xl/_rels/workbook.xml.rels",
            format!("{pointers}</Relationships>"),
        ),
        ("xl/workbook.xml", book),
        ("xl/styles.xml", format!("{HEADER}{}", styles::EMPTY)),
    ]
}

/// A name Excel takes, that no sheet has: after the file, or after the sheet.
fn sheet_name(
    targets: &[TargetSheet],
    file: &SourceFile,
    sheet: &Sheet,
    several_files: bool,
) -> String {
    let stem = file
        .naam
        .rsplit_once('.')
        .map_or(file.naam.as_str(), |(stem, _)| stem);
    let heel = match &sheet.naam {
        Some(name) if several_files => format!("{stem} {name}"),
        Some(name) => name.clone(),
        None => stem.to_owned(),
    };
    let clean = |c: char| {
        if c.is_control() || "[]:*?/\\".contains(c) {
            ' '
        } else {
            c
        }
    };
    let bare: String = heel.chars().map(clean).take(28).collect();
    let bare = bare.trim_matches([' ', '\'']);
    let bare = if bare.is_empty() || bare.eq_ignore_ascii_case("history") {
        "Blad"
    } else {
        bare
    };
    let taken = |name: &str| {
        targets
            .iter()
            .any(|d| d.naam.to_lowercase() == name.to_lowercase())
    };
    let names = std::iter::once(bare.to_owned()).chain((2_u32..100).map(|n| format!("{bare} {n}")));
    names
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or_else(|| format!("Blad {}", targets.len() + 1))
}

/// A sheet that was written.
struct Written {
    layout: Layout,
    /// The last row of the source with anything in it.
    last: u64,
    /// Cells whose text was too long.
    shortened: u64,
}

/// A sheet that is made.
struct SourceSheet<'a> {
    bestand: &'a SourceFile,
    blad: &'a Sheet,
    oordeel: &'a Oordeel,
    naam: &'a str,
    most_rows: u32,
}

impl SourceSheet<'_> {
    /// Writes the sheet: whole, or only the rows with findings where it has more rows than a sheet can hold. Which of the
    /// two is right is known once all rows were read: the likely one is tried first, so that they are read once.
    fn write(
        &self,
        zip: &mut ZipWriter<Cursor<Vec<u8>>>,
        part: &str,
        sentences: &mut Vec<String>,
    ) -> Result<Layout, AnnotateError> {
        let judged: u64 = self.oordeel.rijen.values().sum();
        let likely = self.is_too_long(judged);
        let mut written = self.write_as(zip, part, likely)?;
        if self.is_too_long(written.last) != likely {
            zip.abort_file()?;
            written = self.write_as(zip, part, !likely)?;
        }
        if let Layout::Excerpt { rijen: rows, .. } = &written.layout {
            sentences.push(wording::annotate::rows_left_out(
                &grouped_thousands(written.last),
                &grouped_thousands(u64::from(self.most_rows)),
                &self.naam,
                &grouped_thousands(rows.len() as u64),
            ));
        }
        if written.shortened > 0 {
            let (count, name) = (grouped_thousands(written.shortened), self.naam);
            sentences.push(wording::annotate::text_cut(&name, &count));
        }
        Ok(written.layout)
    }

    /// Whether a sheet can't hold so many rows; those of objects stand below a header.
    fn is_too_long(&self, rows: u64) -> bool {
        rows + u64::from(!self.blad.has_cells()) > u64::from(self.most_rows)
    }

    fn write_as(
        &self,
        zip: &mut ZipWriter<Cursor<Vec<u8>>>,
        part: &str,
        excerpt: bool,
    ) -> Result<Written, AnnotateError> {
        zip.start_file(part, options().compression_level(Some(1)))?;
        let mut writer = SheetWriter {
            zip,
            xml: begin(),
            shortened: 0,
        };
        let (layout, last) = if excerpt {
            self.write_extract(&mut writer)?
        } else {
            self.write_whole(&mut writer)?
        };
        let shortened = writer.shortened;
        writer.finish()?;
        Ok(Written {
            layout,
            last,
            shortened,
        })
    }

    /// All rows, and the number of the last.
    fn write_whole(&self, writer: &mut SheetWriter<'_>) -> Result<(Layout, u64), AnnotateError> {
        let objects = !self.blad.has_cells();
        let (mut header_texts, mut last) = (Vec::new(), 0);
        self.blad.each_row(self.bestand, &mut |row, cells| {
            last = row;
            if row == 0 {
                header_texts = headers(cells);
            }
            writer.row(
                u32::try_from(row + u64::from(objects)).unwrap_or(ROWS),
                cells,
            )
        })?;
        let layout = if objects {
            Layout::Objects(header_texts)
        } else {
            Layout::Equal
        };
        Ok((layout, last))
    }

    /// The rows with findings and those at the top, and the number of the last of all.
    fn write_extract(&self, writer: &mut SheetWriter<'_>) -> Result<(Layout, u64), AnnotateError> {
        let wanted = self.rows_with_findings();
        let (mut rows, mut header_texts, mut last) = (Vec::new(), Vec::new(), 0);
        writer.row(1, &[(0, wording::annotate::ROW_IN_FILE)])?;
        self.blad.each_row(self.bestand, &mut |row, cells| {
            last = row;
            if row == 0 {
                header_texts = headers(cells);
            }
            if row > TOP_ROWS && !wanted.contains(&row) {
                return Ok(());
            }
            rows.push(row);
            let own = row.to_string();
            let shifted = std::iter::once((0, own.as_str()))
                .chain(cells.iter().map(|(column, text)| (column + 1, *text)));
            writer.row(
                u32::try_from(rows.len() + 1).unwrap_or(ROWS),
                &shifted.collect::<Vec<_>>(),
            )
        })?;
        let layout = Layout::Excerpt {
            rijen: rows,
            header_texts,
        };
        Ok((layout, last))
    }

    fn rows_with_findings(&self) -> BTreeSet<u64> {
        let here = self.oordeel.bevindingen.iter().map(|b| &b.plaats);
        let here = here
            .filter(|p| p.bestand.as_ref() == Some(&self.bestand.naam) && p.blad == self.blad.naam);
        let rows: BTreeSet<u64> = here.filter_map(|p| p.rij).collect();
        // With the rows at the top they must fit below the line that says what the first column is.
        let room = u64::from(self.most_rows).saturating_sub(TOP_ROWS + 2);
        rows.into_iter()
            .take(usize::try_from(room).unwrap_or(0))
            .collect()
    }
}

/// The names above the columns, by their position.
fn headers(cells: &[(u32, &str)]) -> Vec<String> {
    cells
        .iter()
        .map(|(_, header)| (*header).to_owned())
        .collect()
}

fn begin() -> String {
    format!(
        "{HEADER}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetViews><sheetView workbookViewId=\"0\"/></sheetViews><sheetFormatPr defaultColWidth=\"16\" defaultRowHeight=\"15\"/><sheetData>"
    )
}

struct SheetWriter<'a> {
    zip: &'a mut ZipWriter<Cursor<Vec<u8>>>,
    xml: String,
    /// Cells whose text was too long.
    shortened: u64,
}

impl SheetWriter<'_> {
    fn row(&mut self, row: u32, cells: &[(u32, &str)]) -> Result<(), AnnotateError> {
        let _ = write!(self.xml, "<row r=\"{row}\">");
        for (column, text) in cells
            .iter()
            .filter(|(column, text)| *column < COLUMNS && !text.is_empty())
        {
            let style = if schema::text::is_formula(text) {
                styles::FORMULA_TEXT
            } else {
                styles::TEXT
            };
            let _ = write!(
                self.xml,
                "<c r=\"{}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
                cell_name(row, *column)
            );
            self.shortened += u64::from(push_text(&mut self.xml, text, CELL_TEXT));
            self.xml.push_str("</t></is></c>");
        }
        self.xml.push_str("</row>");
        if self.xml.len() > 256 * 1024 {
            self.zip.write_all(self.xml.as_bytes())?;
            self.xml.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), AnnotateError> {
        self.xml.push_str("</sheetData></worksheet>");
        Ok(self.zip.write_all(self.xml.as_bytes())?)
    }
}
