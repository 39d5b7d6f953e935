//! The shapes in which practice aanbieders export: each as a real system would, with its own headers and words.
//!
//! Owns layout and encoding; the headers stand in [`headers`], the local words in [`words`], our own tables in
//! [`crate::canonical`].
//! The first four are the shapes of four known exports (a Windows-1252 list, a client system with codes, a system
//! with `sep=;` and iJw codes, a workbook with title and total rows); the others are a JSON export, UTF-16 with tabs,
//! and an aanbieder that follows our own tables. A column stands there where the aanbieder keeps the field.

use std::path::Path;

use anyhow::Result;
use chrono::NaiveDate;
use clap::ValueEnum;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value};

use crate::aanbieders::PracticeAanbieder;
use crate::canonical;
use crate::columns::{self, ExportColumn, ExportValue, GemeenteName, by_code, by_name};
use crate::course::PracticeTraject;
use crate::headers;
use crate::words::{self, LocalWords};

/// A shape of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportShape {
    /// Windows-1252, `;`, birth dates, dd-mm-yyyy.
    Lijst,
    /// UTF-8 with BOM, `,`, gemeentecodes, CBS codes.
    Ecd,
    /// `sep=;`, UTF-8, yyyymmdd, iJw codes.
    Ijw,
    /// XLSX with title rows, a total row and Excel dates.
    Werkmap,
    /// JSON array of objects.
    Json,
    /// UTF-16 with tabs and two-word month names.
    Tab,
    /// Our own tables, canonical headers and codes, with voorziening and wachtlijst.
    Canoniek,
}

/// One canonical row of the truth: field to value.
type TruthRow = Map<String, Value>;

impl ExportShape {
    /// The shape of the aanbieder with this number: the four known exports most often.
    pub(crate) fn take_turns(number: usize) -> Self {
        const TURN: [ExportShape; 11] = [
            ExportShape::Lijst,
            ExportShape::Ecd,
            ExportShape::Werkmap,
            ExportShape::Canoniek,
            ExportShape::Ijw,
            ExportShape::Json,
            ExportShape::Lijst,
            ExportShape::Werkmap,
            ExportShape::Canoniek,
            ExportShape::Tab,
            ExportShape::Ecd,
        ];
        TURN[number % TURN.len()]
    }

    /// Writes the extract into `map` and gives the truth; none for a million rows, where nobody would read it.
    pub(crate) fn write(
        self,
        dir: &Path,
        aanbieder: &PracticeAanbieder,
        trajecten: &[PracticeTraject],
        jaar: i32,
    ) -> Result<Option<Vec<TruthRow>>> {
        let kept: Vec<ExportColumn> = self
            .columns()
            .iter()
            .filter(|(veld, _)| aanbieder.keeps(veld, jaar))
            .copied()
            .collect();
        let export = Export {
            columns: &kept,
            trajecten,
            words: self.words(),
            gemeente: self.gemeente(),
        };
        let file = |name: &str| dir.join(name);
        match self {
            Self::Lijst => std::fs::write(
                file("clienten_export.csv"),
                encoding_rs::WINDOWS_1252
                    .encode(&export.delimited(";", with_hyphens))
                    .0,
            )?,
            Self::Ecd => std::fs::write(
                file("ecd-export.csv"),
                format!("\u{feff}{}", export.delimited(",", iso)),
            )?,
            Self::Ijw => std::fs::write(
                file("trajecten.csv"),
                format!("sep=;\r\n{}", export.delimited(";", digits)),
            )?,
            Self::Werkmap => export.workbook(&file("overzicht.xlsx"), jaar)?,
            Self::Json => std::fs::write(file("export.json"), export.json()?)?,
            Self::Tab => {
                let decimal_comma = |cell: ExportValue| match cell {
                    ExportValue::Cents(cents) => {
                        ExportValue::Text(words::euro(cents).replace('.', ","))
                    }
                    other => other,
                };
                let text = export.delimited_by("\t", words::in_words, decimal_comma);
                std::fs::write(file("omgang.txt"), utf16(&text))?;
            }
            Self::Canoniek => {
                export.canonical(&file("traject.csv"))?;
                canonical::other_tables(dir, aanbieder, trajecten, jaar)?;
            }
        }
        let truth = || trajecten.iter().map(|t| columns::truth(t, &kept)).collect();
        Ok((trajecten.len() <= 100_000).then(truth))
    }

    fn columns(self) -> &'static [ExportColumn] {
        match self {
            Self::Lijst | Self::Ijw => headers::LIST,
            Self::Ecd | Self::Werkmap => headers::CARE_FILE,
            Self::Json => headers::JSON,
            Self::Tab => headers::TAB,
            Self::Canoniek => headers::CANONICAL,
        }
    }

    fn words(self) -> LocalWords {
        match self {
            Self::Lijst => words::list,
            Self::Ijw => words::ijw,
            Self::Ecd | Self::Werkmap => words::care_file,
            Self::Json => words::json,
            Self::Tab => words::tab,
            Self::Canoniek => words::canonical,
        }
    }

    fn gemeente(self) -> GemeenteName {
        match self {
            Self::Lijst | Self::Ijw | Self::Tab => by_name,
            Self::Ecd | Self::Werkmap | Self::Json | Self::Canoniek => by_code,
        }
    }
}

fn with_hyphens(day: NaiveDate) -> String {
    day.format("%d-%m-%Y").to_string()
}

fn digits(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

fn iso(day: NaiveDate) -> String {
    day.to_string()
}

/// What is written: which columns of which trajecten, in which words.
struct Export<'a> {
    columns: &'a [ExportColumn],
    trajecten: &'a [PracticeTraject],
    words: LocalWords,
    gemeente: GemeenteName,
}

impl Export<'_> {
    fn row<'a>(&'a self, traject: &'a PracticeTraject) -> impl Iterator<Item = ExportValue> + 'a {
        self.columns
            .iter()
            .map(|(veld, _)| columns::value(traject, veld, self.words, self.gemeente))
    }

    fn headers(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(_, header)| *header).collect()
    }

    fn delimited(&self, separator: &str, datum: fn(NaiveDate) -> String) -> String {
        self.delimited_by(separator, datum, |cell| cell)
    }

    /// Lines as some systems write them: nothing is quoted, each value first goes through `change`.
    fn delimited_by(
        &self,
        separator: &str,
        datum: fn(NaiveDate) -> String,
        change: fn(ExportValue) -> ExportValue,
    ) -> String {
        let mut text = self.headers().join(separator);
        text.push_str("\r\n");
        for traject in self.trajecten {
            let cells: Vec<String> = self
                .row(traject)
                .map(|cell| change(cell).written(datum))
                .collect();
            text.push_str(&cells.join(separator));
            text.push_str("\r\n");
        }
        text
    }

    fn canonical(&self, path: &Path) -> Result<()> {
        let mut csv = csv::Writer::from_path(path)?;
        csv.write_record(self.headers())?;
        for traject in self.trajecten {
            csv.write_record(self.row(traject).map(|cell| cell.written(iso)))?;
        }
        csv.flush()?;
        Ok(())
    }

    fn json(&self) -> Result<Vec<u8>> {
        let object = |traject| -> Map<String, Value> {
            let names = self.headers().into_iter().map(str::to_owned);
            names
                .zip(self.row(traject).map(|cell| cell.json()))
                .collect()
        };
        let rows: Vec<_> = self.trajecten.iter().map(object).collect();
        Ok(serde_json::to_vec_pretty(&rows)?)
    }

    /// A workbook as made by hand: a sheet with a remark, two title rows, a total row, dates as Excel dates.
    fn workbook(&self, path: &Path, jaar: i32) -> Result<()> {
        let mut book = Workbook::new();
        book.set_properties(
            &rust_xlsxwriter::DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(
                jaar as u16 + 1,
                3,
                12,
            )?),
        );
        book.add_worksheet().set_name("Toelichting")?.write(
            0,
            0,
            "Dit bestand komt uit ons clientsysteem",
        )?;
        let sheet = book.add_worksheet().set_name("Export")?;
        sheet.write(0, 0, format!("Overzicht begeleide omgang {jaar}"))?;
        sheet.write(1, 0, format!("Gemaakt op 12-03-{}", jaar + 1))?;
        for (column, header) in (0u16..).zip(self.headers()) {
            sheet.write(3, column, header)?;
        }
        let datum = Format::new().set_num_format("dd-mm-yyyy");
        let mut row = 4;
        for traject in self.trajecten {
            for (column, cell) in (0u16..).zip(self.row(traject)) {
                match cell {
                    ExportValue::Empty => continue,
                    ExportValue::Text(text) => sheet.write(row, column, text)?,
                    ExportValue::Number(number) => sheet.write(row, column, number as f64)?,
                    ExportValue::Cents(cents) => sheet.write(row, column, cents as f64 / 100.0)?,
                    ExportValue::Day(day) => {
                        let date = ExcelDateTime::parse_from_str(&iso(day))?;
                        sheet.write_with_format(row, column, &date, &datum)?
                    }
                };
            }
            row += 1;
        }
        sheet.write(row, 0, "Totaal")?;
        for (column, (veld, _)) in (0u16..).zip(self.columns) {
            let total: i32 = match *veld {
                "contacten" => self.trajecten.iter().map(|t| t.contacten).sum(),
                "minuten" => self.trajecten.iter().map(|t| t.minuten).sum(),
                _ => continue,
            };
            sheet.write(row, column, total)?;
        }
        book.save(path)?;
        Ok(())
    }
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}
