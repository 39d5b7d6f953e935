//! Rows out of any database with an ODBC driver; only where the feature `odbc` is on.
//!
//! Owns one transaction that is always taken back, refusing what is more than one SELECT, the time limit, and a value as
//! text: in blocks, in UTF-16, so that no digit and no letter is lost to a code page. What a driver says of names is told
//! on; what it says of connections and values is not. Leaves the drivers to the system.

use std::collections::BTreeSet;

use odbc_api::buffers::{ColumnarBuffer, WCharColumn};
use odbc_api::{
    Connection, ConnectionOptions, Cursor, DataType, Error, ResultSetMetadata, environment,
};
use sheets::Cell;

use super::Database;
use super::rows::{RowsFile, not_a_select, not_text};
use crate::error::Failure;
use crate::settings::{self, Odbc};
use crate::wording;

/// Longest value that is taken, in UTF-16; what is longer is refused, never cut.
const LONGEST: usize = 4096;
/// Bytes of a block, and its most rows.
const BLOCK: usize = 4 << 20;
const ROWS: usize = 1024;
const LOGIN_S: u32 = 15;

/// A database that let us in.
pub(super) struct OdbcReader {
    /// There until it is dropped.
    verbinding: Option<Connection<'static>>,
    limit: usize,
}

struct OdbcColumn {
    naam: String,
    soort: DataType,
    lengte: usize,
}

impl OdbcReader {
    /// Connects and begins the transaction.
    pub(super) fn open(source: &Odbc) -> Result<Self, Failure> {
        let password = settings::password(
            source.wachtwoord_bestand.as_deref(),
            source.wachtwoord_variabele.as_deref(),
        )?;
        let mut text = source.verbinding.trim().trim_end_matches(';').to_owned();
        if let Some(password) = password {
            text.push_str(";PWD=");
            text.push_str(&as_attribute(&password));
        }
        let failure = |e: Error| explain(wording::odbc::ODBC_SHUT, &e, false);
        let options = ConnectionOptions {
            login_timeout_sec: Some(LOGIN_S),
            ..ConnectionOptions::default()
        };
        let connection = environment()
            .and_then(|environment| environment.connect_with_connection_string(&text, options))
            .map_err(failure)?;
        connection.set_autocommit(false).map_err(failure)?;
        let out = Self {
            verbinding: Some(connection),
            limit: usize::try_from(source.tijdslimiet_s).unwrap_or(usize::MAX),
        };
        if let Some(begin) = &source.begin {
            out.connection()
                .execute(begin, (), None)
                .map_err(|e| explain(wording::odbc::BEGIN_FAILED, &e, true))?;
        }
        Ok(out)
    }

    fn connection(&self) -> &Connection<'static> {
        self.verbinding
            .as_ref()
            .expect("taken when dropped, not before")
    }

    /// The cursor of a query. Not every driver knows a time limit; it then goes without.
    fn cursor(&self, query: &str) -> Result<Option<impl Cursor + '_>, Error> {
        let mut statement = self.connection().preallocate()?;
        match statement.set_query_timeout_sec(self.limit) {
            Err(e) if state(&e) != Some("HYC00") => Err(e),
            _ => statement.into_cursor(query, ()),
        }
    }
}

impl Drop for OdbcReader {
    fn drop(&mut self) {
        let Some(connection) = self.verbinding.take() else {
            return;
        };
        // Taking leave of a server that is gone panics in the library; the system does that for us.
        if connection.rollback().is_err() {
            std::mem::forget(connection);
        }
    }
}

impl Database for OdbcReader {
    fn lees(&mut self, query: &str, out: &mut RowsFile) -> Result<(), Failure> {
        let location = out.location();
        if !reads_only(query) {
            return Err(not_a_select(&location));
        }
        let failing = format!("{location} lukt niet");
        // What does not prepare is about names and grammar: no value was read yet.
        self.connection()
            .prepare(query)
            .map_err(|e| explain(&failing, &e, true))?;
        let failure = |e: Error| explain(&failing, &e, false);
        let mut cursor = self
            .cursor(query)
            .map_err(failure)?
            .ok_or_else(|| not_a_select(&location))?;
        let columns = columns(&mut cursor).map_err(failure)?;
        if let Some(column) = columns.iter().find(|k| is_bytes(k.soort)) {
            return Err(not_text(&location, &column.naam));
        }
        out.header(columns.iter().map(|k| k.naam.as_str()))?;
        let per_row: usize = columns
            .iter()
            .map(|k| 2 * (k.lengte + 1) + size_of::<isize>())
            .sum();
        let rows = (BLOCK / per_row).clamp(1, ROWS);
        let buffer = columns
            .iter()
            .zip(1..)
            .map(|(k, index)| (index, WCharColumn::new(rows, k.lengte)))
            .collect();
        let mut blocks = cursor
            .bind_buffer(ColumnarBuffer::new(buffer))
            .map_err(failure)?;
        loop {
            match blocks.fetch_with_truncation_check(true) {
                Ok(Some(block)) => write_block(block, &columns, &location, out)?,
                Ok(None) => return Ok(()),
                Err(Error::TooLargeValueForBuffer { buffer_index, .. }) => {
                    return Err(too_long(&location, &columns[buffer_index]));
                }
                Err(e) => return Err(failure(e)),
            }
        }
    }
}

fn columns(cursor: &mut impl ResultSetMetadata) -> Result<Vec<OdbcColumn>, Error> {
    let count = u16::try_from(cursor.num_result_cols()?).unwrap_or_default();
    let column = |index| {
        // 255 is also what drivers say that do not know.
        let said = cursor
            .col_display_size(index)?
            .map(usize::from)
            .filter(|n| *n != 255);
        let length = said.map_or(LONGEST, |n| n.min(LONGEST));
        Ok(OdbcColumn {
            naam: cursor.col_name(index)?,
            soort: cursor.col_data_type(index)?,
            lengte: length,
        })
    };
    (1..=count).map(column).collect()
}

fn write_block(
    block: &ColumnarBuffer<WCharColumn>,
    columns: &[OdbcColumn],
    location: &str,
    out: &mut RowsFile,
) -> Result<(), Failure> {
    for row in 0..block.num_rows() {
        for (index, column) in columns.iter().enumerate() {
            let text = String::from_utf16(block.column(index).get(row).unwrap_or_default())
                .map_err(|_| {
                    Failure::new(wording::odbc::unreadable_text(
                        &location,
                        &out.row(),
                        &column.naam,
                    ))
                    .tip(wording::database::MEND_ROW)
                })?;
            out.cell(match (column.soort, text.as_str()) {
                (_, "") => Cell::Empty,
                (DataType::Bit, "1") => Cell::Truth(true),
                (DataType::Bit, "0") => Cell::Truth(false),
                (kind, number) if is_number(kind) => Cell::Number(number),
                (kind, day) if is_day(kind) => Cell::Date(day),
                (_, text) => Cell::Text(text),
            })?;
        }
        out.end_row()?;
    }
    Ok(())
}

fn is_day(kind: DataType) -> bool {
    matches!(kind, DataType::Date | DataType::Timestamp { .. })
}

fn is_number(kind: DataType) -> bool {
    matches!(
        kind,
        DataType::TinyInt
            | DataType::SmallInt
            | DataType::Integer
            | DataType::BigInt
            | DataType::Numeric { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Real
            | DataType::Double
    )
}

fn is_bytes(kind: DataType) -> bool {
    matches!(
        kind,
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. }
    )
}

/// A password as it stands in a connection string.
fn as_attribute(text: &str) -> String {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if plain {
        text.to_owned()
    } else {
        format!("{{{}}}", text.replace('}', "}}"))
    }
}

/// Whether this is one command, and one that reads. Drivers differ in what they make of two; the transaction that is
/// taken back is the second lock.
fn reads_only(query: &str) -> bool {
    const WRITES: [&str; 8] = [
        "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "EXEC", "EXECUTE", "CALL",
    ];
    let bare = without_texts(query).to_uppercase();
    let bare = bare.trim().trim_end_matches(';');
    let words: BTreeSet<&str> = bare
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .collect();
    let first = bare
        .trim_start_matches('(')
        .split_whitespace()
        .next()
        .unwrap_or_default();
    !bare.contains(';')
        && matches!(first, "SELECT" | "WITH")
        && !WRITES.iter().any(|word| words.contains(word))
}

/// A query without its texts, quoted names and comments.
fn without_texts(query: &str) -> String {
    let mut out = String::new();
    let mut rest = query;
    while let Some(character) = rest.chars().next() {
        let end = match character {
            '\'' | '"' | '`' => Some((1, character.to_string())),
            '[' => Some((1, "]".to_owned())),
            '-' if rest.starts_with("--") => Some((2, "\n".to_owned())),
            '/' if rest.starts_with("/*") => Some((2, "*/".to_owned())),
            _ => None,
        };
        let Some((begin, end)) = end else {
            out.push(character);
            rest = &rest[character.len_utf8()..];
            continue;
        };
        out.push(' ');
        rest = rest[begin..]
            .split_once(end.as_str())
            .map_or("", |(_, after)| after);
    }
    out
}

fn too_long(location: &str, column: &OdbcColumn) -> Failure {
    Failure::new(wording::odbc::cell_too_long(
        &location,
        &column.naam,
        &column.lengte,
    ))
    .tip(wording::odbc::SHORTEN_COLUMN)
}

fn state(failure: &Error) -> Option<&str> {
    match failure {
        Error::Diagnostics { record, .. } => Some(record.state.as_str()),
        _ => None,
    }
}

/// `tell`: what the driver says is about names and grammar, not about values.
fn explain(message: &str, failure: &Error, tell: bool) -> Failure {
    let out = Failure::new(message);
    let Error::Diagnostics { record, .. } = failure else {
        return out
            .cause(wording::odbc::ODBC_BROKEN)
            .tip(wording::odbc::CHECK_DRIVER);
    };
    let code = record.state.as_str();
    let attempt = wording::database::TRY_QUERY;
    match code {
        "IM002" | "IM003" | "IM004" | "01000" => out
            .cause(wording::odbc::NO_DRIVER)
            .tip(wording::odbc::CHECK_DRIVER_NAME),
        "HYT00" | "HYT01" | "57014" => out
            .cause(wording::odbc::DATABASE_SLOW)
            .tip(wording::database::LIGHTEN_QUERY),
        "25006" => out
            .cause(wording::database::QUERY_WRITES)
            .tip(wording::database::ONLY_SELECT),
        "57P01" | "57P02" | "57P03" => out
            .cause(wording::database::DATABASE_STOPPED)
            .tip(wording::database::NOTHING_SENT),
        code if code.starts_with("28") => out
            .cause(wording::odbc::LOGIN_REFUSED)
            .tip(wording::odbc::CHECK_LOGIN),
        code if code.starts_with("08") => out
            .cause(wording::odbc::no_connection_state(&code))
            .tip(wording::odbc::CHECK_CONNECTION),
        code if tell || code.starts_with("42") => {
            let words = record.to_string();
            let words = words
                .split_once("Message: ")
                .map_or(words.as_str(), |(_, words)| words);
            out.cause(
                words
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches([';', ' ']),
            )
            .tip(attempt)
        }
        code => out
            .cause(wording::database::database_refuses(&code))
            .tip(attempt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_select_is_a_query() {
        for good in [
            "SELECT 1",
            " select a from t where b = 'x; DROP TABLE t' ; ",
            "-- welke; trajecten\nWITH x AS (SELECT 1) SELECT * FROM x",
            "(SELECT 1) UNION (SELECT 2)",
            "SELECT \"update\", [delete], last_update FROM t /* insert; */",
        ] {
            assert!(reads_only(good), "{good}");
        }
        for failure in [
            "",
            "UPDATE t SET a = 1",
            "SELECT 1; DROP TABLE t",
            "SELECT * INTO kopie FROM t",
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
            "EXEC wis",
            "-- SELECT\nDROP TABLE t",
            "SELECT 'a''b'; DELETE FROM t",
        ] {
            assert!(!reads_only(failure), "{failure}");
        }
    }

    #[test]
    fn a_password_cannot_add_to_the_connection() {
        assert_eq!(as_attribute("Geheim-1_2.3"), "Geheim-1_2.3");
        assert_eq!(as_attribute("a;Server=b}c"), "{a;Server=b}}c}");
    }
}
