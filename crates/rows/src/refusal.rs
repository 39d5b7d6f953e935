//! A refusal: the file (or this part of it) is not taken at all, and why.
//!
//! Owns the refusals about container and structure, and their Dutch sentences (codes: see [`RefusalCode`]). A
//! sentence never holds a value from a cell: it names places and counts, and a place no BSN. What is wrong *in* the data is no
//! refusal but a finding, and belongs to `check`.

use schema::{Oordeel, Place};

use crate::bsn::hidden;
use crate::refusal_codes::RefusalCode;
use crate::wording;

/// Why a file is refused.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.bericht)]
pub struct FileRefusal(Box<RefusalContent>);

#[derive(Debug, Clone)]
struct RefusalContent {
    code: RefusalCode,
    bericht: String,
    plaats: Place,
    /// Number of the column (from 0), where its header is not known yet.
    number: Option<usize>,
}

impl FileRefusal {
    /// A refusal with this code and Dutch sentence.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self(Box::new(RefusalContent {
            code,
            bericht: message.into(),
            plaats: Place::default(),
            number: None,
        }))
    }

    /// A refusal because a file could not be read at all; where another reader refused it below, that refusal.
    pub fn io(error: &std::io::Error) -> Self {
        if let Some(inner) = error.get_ref().and_then(|e| e.downcast_ref::<Self>()) {
            return inner.clone();
        }
        Self::new(
            RefusalCode::ReadError,
            wording::file_unreadable(&error.kind()),
        )
    }

    /// There is nothing in it.
    pub fn empty() -> Self {
        Self::new(RefusalCode::Empty, wording::EMPTY_FILE)
    }

    /// Why.
    pub fn kind(&self) -> RefusalCode {
        self.0.code
    }

    /// The same as users see it: a stable code, as in `ROW_WIDTH`.
    pub fn code(&self) -> &'static str {
        self.0.code.name()
    }

    /// Where in the offered file.
    pub fn place(&self) -> &Place {
        &self.0.plaats
    }

    /// The refusal in the form of a judgement, for those who read JSON.
    pub fn oordeel(&self) -> Oordeel {
        Oordeel::refused(self.code(), "", self.place().clone(), self.to_string())
    }

    /// Names the file, unless it was named already.
    pub fn in_file(mut self, name: &str) -> Self {
        let place = &mut self.0.plaats;
        place
            .bestand
            .get_or_insert_with(|| hidden(name).into_owned());
        self
    }

    /// Names the sheet, also in the cell (`Trajecten!F17`), unless it was named already.
    pub fn on_sheet(mut self, name: Option<&str>) -> Self {
        let name = name.map(hidden);
        if self.0.plaats.blad.is_none() {
            self.0.plaats.blad = name.as_deref().map(str::to_owned);
            if let (Some(sheet), Some(cell)) = (name, &mut self.0.plaats.cel) {
                *cell = format!("{sheet}!{cell}");
            }
        }
        self
    }

    /// Names the row, from 1; the header of JSON and of a query is in none.
    pub fn at_row(mut self, row: u64) -> Self {
        self.0.plaats.rij = Some(row).filter(|row| *row > 0);
        self
    }

    /// Names the column by its header and its number (from 0).
    pub fn in_column(mut self, header: &str, number: usize) -> Self {
        self.0.plaats.kolom = Some(hidden(header).into_owned());
        if let Some(row) = self.0.plaats.rij {
            self.0.plaats.cel = Some(format!(
                "{}{row}",
                schema::bevinding::column_letters(number)
            ));
        }
        self
    }

    /// Names the column by the header above the cell, where that is known.
    pub fn below_header<'a>(mut self, mut headers: impl Iterator<Item = &'a str>) -> Self {
        if let (None, Some(number)) = (&self.0.plaats.kolom, self.0.number) {
            self.0.plaats.kolom = headers.nth(number).map(|h| hidden(h).into_owned());
        }
        self
    }

    /// Names the cell by its row (from 1) and column (from 0).
    pub fn in_cell(mut self, row: u64, number: usize) -> Self {
        self.0.plaats.rij = Some(row);
        self.0.number = Some(number);
        self.0.plaats.cel = Some(format!(
            "{}{row}",
            schema::bevinding::column_letters(number)
        ));
        self
    }
}
