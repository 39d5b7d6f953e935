//! Rows of a query on their way to `sheets`.
//!
//! Owns what every database does alike: the header, the numbers of rows, what can't be read. Leaves keeping the rows to
//! `sheets`, turning a value into a cell to each database.

use std::io;
use std::path::PathBuf;

use sheets::{Cell, QueryRows, QueryWriter};

use super::in_query;
use crate::error::Failure;
use crate::progress::ProgressDisplay;
use crate::wording;

/// Most columns that are read; as for a file.
const COLUMNS: usize = 1024;

/// The rows under way.
pub(super) struct RowsFile {
    naam: String,
    /// Where they go once they are many; the system's place for such where none is given.
    map: Option<PathBuf>,
    rijen: Option<QueryWriter>,
    progress: ProgressDisplay,
}

impl RowsFile {
    /// Starts; once they are many they go to a file without a name in `map`.
    pub(super) fn new(name: &str, dir: Option<PathBuf>) -> Self {
        Self {
            naam: name.to_owned(),
            map: dir,
            rijen: None,
            progress: ProgressDisplay::rows("Lezen"),
        }
    }

    /// What an error says of where it was.
    pub(super) fn location(&self) -> String {
        in_query(&self.naam)
    }

    /// The names of the columns.
    pub(super) fn header<'a>(
        &mut self,
        names: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<(), Failure> {
        if names.len() == 0 {
            return Err(not_a_select(&self.location()));
        }
        if names.len() > COLUMNS {
            return Err(Failure::new(format!(
                "{} geeft meer dan {COLUMNS} kolommen",
                self.location()
            ))
            .tip(wording::database::ONLY_NEEDED_COLUMNS));
        }
        // A name that a database left out: `koppel` and a finding must be able to say which column it is.
        let name = |(number, name): (usize, &str)| match name {
            "" => format!("kolom {}", number + 1),
            name => name.to_owned(),
        };
        let dir = self.map.clone();
        let scratch = move || match &dir {
            Some(dir) => tempfile::tempfile_in(dir),
            None => tempfile::tempfile(),
        };
        self.rijen = Some(QueryWriter::new(
            names.enumerate().map(name).collect(),
            scratch,
        ));
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut QueryWriter, Failure> {
        let location = self.location();
        self.rijen.as_mut().ok_or_else(|| not_a_select(&location))
    }

    /// One value.
    pub(super) fn cell(&mut self, cell: Cell<'_>) -> Result<(), Failure> {
        self.writer()?.cell(cell).map_err(|e| disk(&e))
    }

    /// The row is complete.
    pub(super) fn end_row(&mut self) -> Result<(), Failure> {
        let writer = self.writer()?;
        writer.end_row();
        let rows = writer.rows();
        self.progress.progress(rows);
        Ok(())
    }

    /// Number of the row under way, from 1.
    pub(super) fn row(&self) -> u64 {
        1 + self.rijen.as_ref().map_or(0, QueryWriter::rows)
    }

    /// All rows, and how many there are.
    pub(super) fn close(mut self) -> Result<(QueryRows, u64), Failure> {
        let location = self.location();
        let writer = self.rijen.take().ok_or_else(|| not_a_select(&location))?;
        let rows = writer.rows();
        Ok((writer.finish().map_err(|e| disk(&e))?, rows))
    }
}

fn disk(failure: &io::Error) -> Failure {
    Failure::new(wording::database::ROWS_NOT_KEPT)
        .cause(crate::error::io_nl(failure))
        .tip(wording::files::make_room(&std::env::temp_dir().display()))
}

/// What is no query.
pub(super) fn not_a_select(location: &str) -> Failure {
    Failure::new(format!("{location} is geen SELECT"))
        .tip("Schrijf één opdracht die rijen oplevert: SELECT … FROM …")
}

/// A column with bytes, which stand for nothing a person can read.
pub(super) fn not_text(location: &str, column: &str) -> Failure {
    Failure::new(wording::database::bytes_for_text(&location, &column))
        .tip(wording::database::LEAVE_OUT_OR_TEXT)
}
