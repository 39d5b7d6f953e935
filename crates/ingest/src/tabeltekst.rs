//! CSV that leaves the service: RFC 4180, and never a formula in the reader's spreadsheet.
//!
//! Owns the neutralising of text cells (HOSTILE 31): a text that starts like a formula gets an apostrophe in front.
//! Numbers are written as numbers. Leaves which columns there are to the routes.

use std::borrow::Cow;

/// Content type of a table as CSV.
pub const CSV: &str = "text/csv; charset=utf-8";
/// Content type of a table as a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Builds one CSV text in memory.
pub struct Csv {
    schrijver: csv::Writer<Vec<u8>>,
}

/// One cell.
pub enum Cel<'a> {
    /// Text, neutralised.
    Tekst(&'a str),
    /// A number or a code of our own making, as it is.
    Vast(String),
    /// Nothing.
    Leeg,
}

impl Csv {
    /// A table with this header.
    pub fn new(kop: &[&str]) -> Self {
        let mut schrijver = csv::Writer::from_writer(Vec::new());
        schrijver
            .write_record(kop)
            .expect("writing to memory does not fail");
        Self { schrijver }
    }

    /// Adds a row.
    pub fn row(&mut self, cellen: &[Cel<'_>]) {
        let teksten = cellen.iter().map(|cel| match cel {
            Cel::Tekst(tekst) => neutral(tekst),
            Cel::Vast(tekst) => Cow::Borrowed(tekst.as_str()),
            Cel::Leeg => Cow::Borrowed(""),
        });
        for tekst in teksten {
            self.schrijver
                .write_field(tekst.as_bytes())
                .expect("writing to memory does not fail");
        }
        self.schrijver
            .write_record(None::<&[u8]>)
            .expect("every row has as many cells as the header");
    }

    /// The whole text.
    pub fn finish(self) -> Vec<u8> {
        self.schrijver
            .into_inner()
            .expect("writing to memory does not fail")
    }
}

/// The text, with an apostrophe in front where a spreadsheet would take it for a formula.
pub fn neutral(tekst: &str) -> Cow<'_, str> {
    if schema::tekst::is_formule(tekst) {
        Cow::Owned(format!("'{tekst}"))
    } else {
        Cow::Borrowed(tekst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HOSTILE 31: every way to start a formula is neutralised, other text stays as it is.
    #[test]
    fn formulas_are_neutralised() {
        for tekst in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "-2+3",
            "\tx",
            "\rx",
            " =1",
            "＝1",
        ] {
            assert!(neutral(tekst).starts_with('\''), "{tekst:?}");
        }
        for tekst in ["", "GM0344", "<50.000", "a=b", "2020-01-01"] {
            assert_eq!(neutral(tekst), tekst);
        }
    }

    #[test]
    fn cells_are_quoted_where_needed() {
        let mut csv = Csv::new(&["a", "b", "c"]);
        csv.row(&[
            Cel::Tekst("x,\"y\""),
            Cel::Vast("-1.5".to_owned()),
            Cel::Leeg,
        ]);
        assert_eq!(
            String::from_utf8(csv.finish()).unwrap(),
            "a,b,c\n\"x,\"\"y\"\"\",-1.5,\n"
        );
    }
}
