//! Rows out of PostgreSQL.
//!
//! Owns one read-only snapshot for all queries, the time limit, and a value as text: the server's own text, so that no
//! digit is lost, with ISO dates in Dutch time; booleans become ja and nee, bytes are refused. What the server says of
//! names is told on; what it says of values is not. Leaves the line to `pg_wire`.

use std::io;
use std::time::Duration;

use fallible_iterator::FallibleIterator;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{DataRowBody, Message, RowDescriptionBody};
use postgres_protocol::message::frontend;
use sheets::Cell;

use super::Database;
use super::order;
use super::pg_wire::{Wire, WireError};
use super::rows::{RowsFile, not_a_select, not_text};
use crate::error::{Failure, io_nl};
use crate::settings::{self, PostgresSource};
use crate::wording;

/// Types by the number PostgreSQL gives them.
const BOOL: u32 = 16;
const BYTEA: u32 = 17;
/// int8, int2, int4, float4, float8, numeric.
const NUMBERS: [u32; 6] = [20, 21, 23, 700, 701, 1700];
/// date, timestamp, timestamptz.
const DAYS: [u32; 3] = [1082, 1114, 1184];

/// A database that let us in.
pub(super) struct PostgresReader {
    wire: Wire,
}

struct PgColumn {
    naam: String,
    soort: u32,
}

impl PostgresReader {
    /// Connects and begins the snapshot.
    pub(super) fn open(source: &PostgresSource) -> Result<Self, Failure> {
        let password = settings::password(
            source.wachtwoord_bestand.as_deref(),
            source.wachtwoord_variabele.as_deref(),
        )?;
        let location = wording::database::postgres_shut(&source.database, &source.host);
        let failure = |e: WireError| explain(location.clone(), e);
        let mut wire = Wire::open(source, password.as_deref()).map_err(failure)?;
        // A server that hangs is noticed a little after it should have stopped by itself.
        let patience = Duration::from_secs(source.tijdslimiet_s.saturating_add(30));
        wire.patience(patience).map_err(|e| failure(e.into()))?;
        let begin = format!(
            "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, YMD'; SET TimeZone = 'Europe/Amsterdam'; \
             SET statement_timeout = '{}s'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            source.tijdslimiet_s
        );
        frontend::query(&begin, &mut wire.uit).map_err(|e| failure(e.into()))?;
        finish(&mut wire, |_| Ok(())).map_err(failure)?;
        Ok(Self { wire })
    }

    /// What a query would give. A text with more than one command is refused by the server here.
    fn describe(&mut self, query: &str) -> Result<Option<Vec<PgColumn>>, WireError> {
        frontend::parse("", query, [], &mut self.wire.uit)?;
        frontend::describe(b'S', "", &mut self.wire.uit)?;
        frontend::sync(&mut self.wire.uit);
        let mut described = None;
        finish(&mut self.wire, |message| {
            if let Message::RowDescription(body) = message {
                described = Some(columns(&body)?);
            }
            Ok(())
        })?;
        Ok(described)
    }

    fn stream(
        &mut self,
        mut row: impl FnMut(&DataRowBody) -> Result<(), Failure>,
    ) -> Result<Result<(), Failure>, WireError> {
        let nothing = |(), _: &mut bytes::BytesMut| Ok(IsNull::Yes);
        frontend::bind(
            "",
            "",
            [],
            std::iter::empty(),
            nothing,
            [0],
            &mut self.wire.uit,
        )
        .map_err(|_| WireError::Line(io::Error::other("bind")))?;
        frontend::execute("", 0, &mut self.wire.uit)?;
        frontend::sync(&mut self.wire.uit);
        self.wire.send()?;
        loop {
            match self.wire.receive()? {
                Message::DataRow(body) => {
                    if let Err(failure) = row(&body) {
                        return Ok(Err(failure));
                    }
                }
                Message::ReadyForQuery(_) => return Ok(Ok(())),
                _ => {}
            }
        }
    }
}

impl Database for PostgresReader {
    fn lees(&mut self, query: &str, out: &mut RowsFile) -> Result<(), Failure> {
        let location = out.location();
        let failing = format!("{location} lukt niet");
        let columns = self
            .describe(query)
            .map_err(|e| explain(failing.clone(), e))?
            .ok_or_else(|| not_a_select(&location))?;
        if let Some(column) = columns.iter().find(|k| k.soort == BYTEA) {
            return Err(not_text(&location, &column.naam));
        }
        out.header(columns.iter().map(|k| k.naam.as_str()))?;
        // By the text of each column: not every type can be compared. Names of our own, for a query may give one twice.
        let names: Vec<String> = (1..=columns.len()).map(|n| format!("k{n}")).collect();
        let alias = format!("AS rijen ({})", names.join(", "));
        let by_text = |number| format!("k{number}::text");
        if let Some(ordered) = order::ordered(query, columns.len(), &alias, by_text) {
            self.describe(&ordered)
                .map_err(|e| explain(failing.clone(), e))?;
        }
        let mut written = |body: &DataRowBody| {
            let mut cells = body.ranges();
            for column in &columns {
                let cell = cells
                    .next()
                    .ok()
                    .flatten()
                    .flatten()
                    .and_then(|place| body.buffer().get(place))
                    .unwrap_or_default();
                // The connection was asked for UTF-8.
                let text = String::from_utf8_lossy(cell);
                out.cell(match (column.soort, &*text) {
                    (_, "") => Cell::Empty,
                    (BOOL, "t") => Cell::Truth(true),
                    (BOOL, "f") => Cell::Truth(false),
                    (kind, number) if NUMBERS.contains(&kind) => Cell::Number(number),
                    (kind, day) if DAYS.contains(&kind) => Cell::Date(day),
                    (_, text) => Cell::Text(text),
                })?;
            }
            out.end_row()
        };
        self.stream(&mut written).map_err(|e| explain(failing, e))?
    }
}

fn columns(body: &RowDescriptionBody) -> io::Result<Vec<PgColumn>> {
    let column = |veld: postgres_protocol::message::backend::Field<'_>| {
        Ok(PgColumn {
            naam: veld.name().to_owned(),
            soort: veld.type_oid(),
        })
    };
    body.fields().map(column).collect()
}

/// Sends, and hears the server out until it is ready for the next question.
fn finish(
    wire: &mut Wire,
    mut look: impl FnMut(Message) -> io::Result<()>,
) -> Result<(), WireError> {
    wire.send()?;
    loop {
        match wire.receive()? {
            Message::ReadyForQuery(_) => return Ok(()),
            message => look(message)?,
        }
    }
}

fn explain(message: String, failure: WireError) -> Failure {
    let out = Failure::new(message);
    match failure {
        WireError::Refuses(reason) => out.cause(reason).tip(wording::database::CHECK_SETTINGS),
        WireError::Line(e) => {
            let reason = match e.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe => wording::database::CONNECTION_CUT.to_owned(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                    wording::database::DATABASE_SILENT.to_owned()
                }
                io::ErrorKind::NotFound => "op dat adres luistert geen database".to_owned(),
                _ => io_nl(&e),
            };
            out.cause(reason).tip(wording::database::CHECK_HOST)
        }
        WireError::ServerSettings {
            code,
            bericht: message,
        } => refused(out, &code, &message),
    }
}

/// The refusals that people meet. The words of the server are told where they name a table, column or user.
fn refused(failure: Failure, code: &str, message: &str) -> Failure {
    let met = |tip: &str| {
        failure
            .clone()
            .cause(format!("{message} (SQLSTATE {code})"))
            .tip(tip)
    };
    match code {
        "28P01" | "28000" => met(wording::database::CHECK_USER),
        "3D000" => met(wording::database::CHECK_DATABASE),
        "42P01" | "3F000" => met(wording::database::CHECK_TABLE),
        "42703" => met(wording::database::CHECK_COLUMN),
        "42501" => met(wording::database::ASK_RIGHTS),
        "42601" => met(wording::database::ONE_SELECT),
        "25006" => failure
            .cause(wording::database::QUERY_WRITES)
            .tip(wording::database::ONLY_SELECT),
        "57014" => failure
            .cause(wording::database::QUERY_LONG)
            .tip(wording::database::LIGHTEN_QUERY),
        "57P01" | "57P02" | "57P03" => failure
            .cause(wording::database::DATABASE_STOPPED)
            .tip(wording::database::NOTHING_SENT),
        "53300" => failure
            .cause(wording::database::TOO_MANY_CONNECTIONS)
            .tip(wording::database::TRY_LATER),
        code if code.starts_with("42") => met(wording::database::TRY_QUERY),
        code => failure
            .cause(wording::database::database_refuses(&code))
            .tip(wording::database::TRY_QUERY),
    }
}
