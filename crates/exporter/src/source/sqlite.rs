//! Rows out of a SQLite file.
//!
//! Owns opening it for reading only, one snapshot for all queries, the time limit, and a value as text: NULL is empty,
//! numbers keep every digit, BOOLEAN columns become ja and nee, bytes are refused.

use std::time::{Duration, Instant};

use rusqlite::ffi::ErrorCode;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, OpenFlags};
use sheets::Cell;

use super::Database;
use super::order;
use super::rows::{RowsFile, not_a_select, not_text};
use crate::error::Failure;
use crate::settings::Sqlite;
use crate::wording;

/// Instructions of SQLite between two looks at the clock.
const STEPS: i32 = 100_000;

/// An open file.
pub(super) struct SqliteReader {
    db: Connection,
    limit: Duration,
}

impl SqliteReader {
    /// Opens the file and begins the snapshot.
    pub(super) fn open(source: &Sqlite) -> Result<Self, Failure> {
        let path = &source.bestand;
        std::fs::File::open(path)
            .map_err(|e| Failure::file(wording::database::DATABASE_NOT_OPENED, path, &e))?;
        let message = wording::database::database_not_opened_at(&path.display());
        let failure = |e: Error| explain(&message, &e);
        let db = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(failure)?;
        db.busy_timeout(Duration::from_secs(30)).map_err(failure)?;
        // The read of the schema is what begins the snapshot, and what shows that this is a database at all.
        db.execute_batch("PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_schema;")
            .map_err(failure)?;
        Ok(Self {
            db,
            limit: Duration::from_secs(source.tijdslimiet_s),
        })
    }
}

impl Database for SqliteReader {
    fn lees(&mut self, query: &str, out: &mut RowsFile) -> Result<(), Failure> {
        let location = out.location();
        let failure = |e: Error| explain(&format!("{location} lukt niet"), &e);
        let (begin, limit) = (Instant::now(), self.limit);
        self.db
            .progress_handler(STEPS, Some(move || begin.elapsed() > limit))
            .map_err(failure)?;
        let mut statement = self.db.prepare(query).map_err(|e| match e {
            // What does not prepare is about names and grammar: no value was read yet.
            Error::SqliteFailure(_, Some(reason)) => misread(&location, &reason),
            Error::SqlInputError { msg, .. } => misread(&location, &msg),
            others => failure(others),
        })?;
        if !statement.readonly() {
            return Err(not_a_select(&location));
        }
        let columns: Vec<(String, bool)> = statement
            .columns()
            .iter()
            .map(|k| (k.name().to_owned(), k.decl_type().is_some_and(is_boolean)))
            .collect();
        out.header(columns.iter().map(|(name, _)| name.as_str()))?;
        // What can't be ordered is read as it comes.
        let ordered = order::ordered(query, columns.len(), "", |number| number.to_string());
        if let Some(Ok(ordered)) = ordered.map(|query| self.db.prepare(&query)) {
            statement = ordered;
        }
        let mut rows = statement.query([]).map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            for (index, (name, boolean)) in columns.iter().enumerate() {
                match row.get_ref(index).map_err(failure)? {
                    ValueRef::Null => out.cell(Cell::Empty),
                    ValueRef::Integer(truth @ 0..=1) if *boolean => {
                        out.cell(Cell::Truth(truth == 1))
                    }
                    ValueRef::Integer(number) => out.cell(Cell::Number(&number.to_string())),
                    ValueRef::Real(number) => out.cell(Cell::Number(&number.to_string())),
                    ValueRef::Text(text) => match std::str::from_utf8(text) {
                        Ok(text) => out.cell(Cell::Text(text)),
                        Err(_) => Err(Failure::new(wording::database::not_utf8(
                            &location,
                            &out.row(),
                            &name,
                        ))
                        .tip(wording::database::MEND_ROW)),
                    },
                    ValueRef::Blob(_) => Err(not_text(&location, name)),
                }?;
            }
            out.end_row()?;
        }
        Ok(())
    }
}

/// As people declare it: SQLite itself has no such type.
fn is_boolean(kind: &str) -> bool {
    matches!(kind.to_uppercase().as_str(), "BOOLEAN" | "BOOL" | "BIT")
}

fn misread(location: &str, reason: &str) -> Failure {
    Failure::new(format!("{location} lukt niet"))
        .cause(reason)
        .tip(wording::database::CHECK_NAMES)
}

fn explain(message: &str, failure: &Error) -> Failure {
    let out = Failure::new(message);
    match failure {
        Error::MultipleStatement => out
            .cause(wording::database::MORE_STATEMENTS)
            .tip("Schrijf één SELECT per tabel."),
        others => match others.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => out
                .cause(wording::database::NO_SQLITE)
                .tip(wording::database::CHECK_FILE),
            Some(ErrorCode::CannotOpen) => out
                .cause(wording::database::FILE_SHUT)
                .tip(wording::database::CHECK_RIGHTS),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => out
                .cause(wording::database::DATABASE_HELD)
                .tip(wording::database::TRY_COPY),
            Some(ErrorCode::OperationInterrupted) => out
                .cause(wording::database::QUERY_LONG)
                .tip(wording::database::LIGHTEN_QUERY),
            Some(ErrorCode::DatabaseCorrupt) => out
                .cause(wording::database::DATABASE_BROKEN)
                .tip(wording::database::RESTORE_DATABASE),
            Some(ErrorCode::ReadOnly) => out
                .cause(wording::database::QUERY_WRITES)
                .tip(wording::database::ONLY_SELECT),
            Some(code) => out
                .cause(format!("SQLite meldt {code:?}"))
                .tip(wording::database::TRY_QUERY),
            None => out
                .cause(wording::database::QUERY_FAILED)
                .tip(wording::database::TRY_QUERY),
        },
    }
}
