//! A session of someone who is logged in: simple and extended queries, and copying out.
//!
//! Owns the order of messages, prepared statements and portals. There is nothing to change, so a transaction is only
//! the words for it. Leaves the rows of an answer to `send_answer`.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use analysis::query::{AnswerFormat, PgType, SqlAsked};
use ingest::SqlError;
use lake::Lake;

use super::cancel::SessionStop;
use super::error::{Ended, PgError};
use super::login::is_analyst;
use super::message::{Fields, MESSAGE, Outgoing, PgStream, next, text};
use super::send_answer::{AnswerReader, copy_out, form_of, row_description, send_rows};
use super::statement::{PgStatement, SETTINGS, parameters, pieces};
use super::value;
use crate::sql_process::SqlQuestioner;
use crate::sql_service::SqlService;

/// Longest silence before a session is ended.
const SILENCE: Duration = Duration::from_hours(1);
/// Prepared statements, and portals, that a session may have.
const MOST: usize = 200;

struct Prepared {
    sql: String,
    /// Types of parameters that the client named; 0 or nothing where it did not.
    types: Vec<i32>,
}

struct Portal {
    statement: PgStatement,
    parameters: Vec<Option<String>>,
    forms: Vec<i16>,
    rows: Option<AnswerReader>,
}

/// How far the words of a transaction are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None = b'I' as isize,
    Open = b'T' as isize,
    Failed = b'E' as isize,
}

pub(super) struct PgSession {
    stream: Box<dyn PgStream>,
    out: Outgoing,
    service: Arc<SqlService>,
    lake: Lake,
    token: i64,
    stop: SessionStop,
    transaction: Transaction,
    prepared: HashMap<String, Prepared>,
    portals: HashMap<String, Portal>,
}

impl PgSession {
    pub(super) fn new(
        stream: Box<dyn PgStream>,
        service: Arc<SqlService>,
        lake: Lake,
        token: i64,
        stop: SessionStop,
    ) -> Self {
        Self {
            stream,
            out: Outgoing::default(),
            service,
            lake,
            token,
            stop,
            transaction: Transaction::None,
            prepared: HashMap::new(),
            portals: HashMap::new(),
        }
    }

    /// Holds it to its end.
    pub(super) async fn hold(mut self) -> io::Result<()> {
        // The names as PostgreSQL writes them: some clients look for these very letters.
        for (name, as_told) in [
            ("datestyle", "DateStyle"),
            ("timezone", "TimeZone"),
            ("intervalstyle", "IntervalStyle"),
        ]
        .into_iter()
        .chain(SETTINGS[..3].iter().map(|(name, _)| (*name, *name)))
        .chain(SETTINGS[6..12].iter().map(|(name, _)| (*name, *name)))
        {
            let value = SETTINGS.iter().find(|(setting, _)| *setting == name);
            self.out.message(b'S', |out| {
                text(out, as_told);
                text(out, value.map_or("", |(_, value)| value));
            });
        }
        let key = self.stop.key;
        self.out.message(b'K', |out| out.extend(key));
        self.ready().await?;
        let (mut skip, mut idle) = (false, true);
        loop {
            let message = tokio::time::timeout(SILENCE, next(&mut *self.stream, MESSAGE)).await;
            let (kind, message) =
                message.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            let mut fields = Fields(&message);
            if idle {
                self.stop.begin();
            }
            idle = matches!(kind, b'S' | b'Q');
            let outcome = match kind {
                b'X' => return Ok(()),
                b'S' => {
                    skip = false;
                    self.ready().await?;
                    continue;
                }
                b'Q' => {
                    skip = false;
                    let outcome = self.simple(fields.text()?).await;
                    self.told(outcome)?;
                    self.ready().await?;
                    continue;
                }
                _ if skip => continue,
                b'P' => self.parse(&mut fields),
                b'B' => self.bind(&mut fields),
                b'D' => self.describe(&mut fields).await,
                b'E' => self.execute(&mut fields).await,
                b'C' => self.close(&mut fields),
                b'H' => self.out.send(&mut *self.stream).await.map_err(Ended::Gone),
                // What is left of a copying in that was refused.
                b'd' | b'c' | b'f' => continue,
                _ => Err(PgError::new("08P01", "this message is not known here").into()),
            };
            skip = !self.told(outcome)?;
        }
    }

    /// Tells an error, if it is one; false when it was.
    fn told(&mut self, outcome: Result<(), Ended>) -> io::Result<bool> {
        match outcome {
            Ok(()) => Ok(true),
            Err(Ended::Gone(error)) => Err(error),
            Err(Ended::Error(PgError(code, words))) => {
                self.out.error("ERROR", code, &words);
                if self.transaction == Transaction::Open {
                    self.transaction = Transaction::Failed;
                }
                Ok(false)
            }
        }
    }

    async fn ready(&mut self) -> io::Result<()> {
        let status = self.transaction as u8;
        self.out.message(b'Z', |out| out.push(status));
        self.out.send(&mut *self.stream).await
    }

    async fn simple(&mut self, sql: &str) -> Result<(), Ended> {
        let pieces = pieces(sql);
        if pieces.is_empty() {
            self.out.message(b'I', |_| {});
        }
        for piece in pieces {
            let mut portal = Portal {
                statement: PgStatement::parse(piece),
                parameters: Vec::new(),
                forms: Vec::new(),
                rows: None,
            };
            if let Some(columns) = self.columns(&mut portal).await? {
                row_description(&mut self.out, &columns, &portal.forms)?;
            }
            self.carry_out(&mut portal, 0).await?;
        }
        Ok(())
    }

    fn parse(&mut self, fields: &mut Fields<'_>) -> Result<(), Ended> {
        let (name, sql) = (fields.text()?.to_owned(), fields.text()?.to_owned());
        let types = fields.list(Fields::i32)?;
        bounded(self.prepared.len())?;
        self.prepared.insert(name, Prepared { sql, types });
        self.out.message(b'1', |_| {});
        Ok(())
    }

    fn bind(&mut self, fields: &mut Fields<'_>) -> Result<(), Ended> {
        let (name, prepared) = (fields.text()?.to_owned(), fields.text()?);
        let prepared = self.prepared.get(prepared).ok_or_else(no_statement)?;
        let forms = fields.list(Fields::i16)?;
        let mut place = 0;
        let parameters = fields.list(|fields| {
            let form = form_of(&forms, place);
            let oid = prepared.types.get(place).copied().unwrap_or(0);
            place += 1;
            let length = fields.i32()?;
            let Ok(length) = usize::try_from(length) else {
                return Ok(Ok(None));
            };
            let bytes = fields.take(length)?;
            Ok(form
                .and_then(|form| value::parameter(form, oid, bytes))
                .map(Some)
                .ok_or_else(|| {
                    PgError::new(
                        "42804",
                        "a parameter of this type can't be read: send it as text",
                    )
                }))
        })?;
        let portal = Portal {
            statement: PgStatement::parse(&prepared.sql),
            parameters: parameters.into_iter().collect::<Result<_, _>>()?,
            forms: fields.list(Fields::i16)?,
            rows: None,
        };
        bounded(self.portals.len())?;
        self.portals.insert(name, portal);
        self.out.message(b'2', |_| {});
        Ok(())
    }

    async fn describe(&mut self, fields: &mut Fields<'_>) -> Result<(), Ended> {
        let (kind, name) = (fields.take(1)?[0], fields.text()?);
        if kind == b'P' {
            let mut portal = self.portals.remove(name).ok_or_else(no_portal)?;
            let columns = self.columns(&mut portal).await;
            let forms = portal.forms.clone();
            self.portals.insert(name.to_owned(), portal);
            return self.columns_or_none(columns?.as_deref(), &forms);
        }
        let prepared = self.prepared.get(name).ok_or_else(no_statement)?;
        let (statement, count) = (PgStatement::parse(&prepared.sql), parameters(&prepared.sql));
        let types: Vec<i32> = (0..count.max(prepared.types.len()))
            .map(|place| prepared.types.get(place).copied().filter(|oid| *oid != 0))
            .map(|oid| oid.unwrap_or(25))
            .collect();
        let columns = match &statement {
            PgStatement::Question(sql) => {
                let asked = SqlAsked {
                    only_columns: true,
                    ..SqlAsked::of(sql.as_str())
                };
                Some(self.ask(asked).await?.columns)
            }
            PgStatement::Show(name, _) => Some(setting(name)),
            _ => None,
        };
        self.out.message(b't', |out| {
            out.extend((types.len() as i16).to_be_bytes());
            out.extend(types.iter().flat_map(|oid| oid.to_be_bytes()));
        });
        self.columns_or_none(columns.as_deref(), &[])
    }

    async fn execute(&mut self, fields: &mut Fields<'_>) -> Result<(), Ended> {
        let (name, most) = (fields.text()?, fields.i32()?);
        let mut portal = self.portals.remove(name).ok_or_else(no_portal)?;
        if portal.rows.is_none() {
            self.columns(&mut portal).await?;
        }
        let most = usize::try_from(most).unwrap_or(0);
        self.carry_out(&mut portal, most).await?;
        self.portals.insert(name.to_owned(), portal);
        Ok(())
    }

    fn close(&mut self, fields: &mut Fields<'_>) -> Result<(), Ended> {
        let (kind, name) = (fields.take(1)?[0], fields.text()?);
        if kind == b'P' {
            self.portals.remove(name);
        } else {
            self.prepared.remove(name);
        }
        self.out.message(b'3', |_| {});
        Ok(())
    }

    /// Asks, if it is a question and was not asked yet: the columns of what it gives.
    async fn columns(
        &mut self,
        portal: &mut Portal,
    ) -> Result<Option<Vec<(String, PgType)>>, Ended> {
        let over = matches!(
            portal.statement,
            PgStatement::Commit | PgStatement::Rollback | PgStatement::RollbackTo
        );
        if self.transaction == Transaction::Failed && !over {
            let words = "the transaction ended in an error: ROLLBACK first";
            return Err(PgError::new("25P02", words).into());
        }
        match &portal.statement {
            PgStatement::Question(sql) => {
                if portal.rows.is_none() {
                    let asked = SqlAsked {
                        parameters: portal.parameters.clone(),
                        ..SqlAsked::of(sql.as_str())
                    };
                    portal.rows = Some(self.ask(asked).await?);
                }
                Ok(portal.rows.as_ref().map(|rows| rows.columns.clone()))
            }
            PgStatement::Show(name, _) => Ok(Some(setting(name))),
            _ => Ok(None),
        }
    }

    async fn ask(&mut self, asked: SqlAsked) -> Result<AnswerReader, Ended> {
        let works = is_analyst(&self.lake, self.token).await;
        if !works.map_err(|error| SqlError::Failed(format!("{error:#}")))? {
            return Err(PgError::new("28000", "your access was revoked").into());
        }
        let questioner = SqlQuestioner {
            who: format!("analist {}", self.token),
            way: "postgresql",
        };
        let of_catalogue = asked.sql.contains("pg_catalog.");
        let answered = self.service.ask(asked, AnswerFormat::Arrow, questioner);
        let file = tokio::select! {
            file = answered => file.map_err(|error| refused(error, of_catalogue))?,
            cancelled = self.stop.wait() => return Err(cancelled.into()),
        };
        Ok(AnswerReader::open(file)?)
    }

    /// Carries out a statement of which the columns were told; of a question at most so many rows, 0 for all.
    async fn carry_out(&mut self, portal: &mut Portal, most: usize) -> Result<(), Ended> {
        match &portal.statement {
            PgStatement::Empty => self.out.message(b'I', |_| {}),
            PgStatement::Begin => {
                self.transaction = Transaction::Open;
                self.out.complete("BEGIN");
            }
            PgStatement::Commit if self.transaction == Transaction::Failed => {
                self.transaction = Transaction::None;
                self.out.complete("ROLLBACK");
            }
            PgStatement::Commit => {
                self.transaction = Transaction::None;
                self.out.complete("COMMIT");
            }
            PgStatement::Rollback => {
                self.transaction = Transaction::None;
                self.out.complete("ROLLBACK");
            }
            PgStatement::RollbackTo => {
                self.transaction = Transaction::Open;
                self.out.complete("ROLLBACK");
            }
            PgStatement::Ignored(tag) => self.out.complete(tag),
            PgStatement::Show(_, value) => {
                self.out.message(b'D', |out| {
                    out.extend(1_i16.to_be_bytes());
                    value::field(out, Some(value.as_bytes()));
                });
                self.out.complete("SHOW");
            }
            PgStatement::OtherCopy => {
                let words =
                    "the one COPY here is COPY (SELECT …) TO STDOUT, as text, csv or binary";
                return Err(PgError::new("42501", words).into());
            }
            PgStatement::Copy(sql, form) => {
                let rows = self.ask(SqlAsked::of(sql.as_str())).await?;
                let (stream, stop) = (&mut *self.stream, &self.stop);
                copy_out(&mut self.out, stream, stop, rows, *form).await?;
            }
            PgStatement::Question(_) => {
                if let Some(rows) = &mut portal.rows {
                    let (stream, stop) = (&mut *self.stream, &self.stop);
                    send_rows(&mut self.out, stream, stop, rows, (&portal.forms, most)).await?;
                }
            }
        }
        Ok(())
    }

    fn columns_or_none(
        &mut self,
        columns: Option<&[(String, PgType)]>,
        forms: &[i16],
    ) -> Result<(), Ended> {
        match columns {
            Some(columns) => row_description(&mut self.out, columns, forms),
            None => {
                self.out.message(b'n', |_| {});
                Ok(())
            }
        }
    }
}

fn setting(name: &str) -> Vec<(String, PgType)> {
    vec![(
        name.to_owned(),
        PgType::of(&arrow::datatypes::DataType::Utf8),
    )]
}

fn bounded(number: usize) -> Result<(), PgError> {
    if number < MOST {
        return Ok(());
    }
    Err(PgError::new(
        "53400",
        "too many prepared statements or portals: close some",
    ))
}

/// The error of a question that was refused; who asked `pg_catalog`, as `\d` of psql does, is told what does answer.
fn refused(error: SqlError, of_catalogue: bool) -> PgError {
    let PgError(code, words) = error.into();
    if of_catalogue && code.starts_with("42") {
        let instead = "pg_catalog is here in part: \\dt lists the relations, DESCRIBE cijfers the columns of one, and information_schema.columns those of all";
        return PgError(code, format!("{instead} ({words})"));
    }
    PgError(code, words)
}

fn no_statement() -> PgError {
    PgError::new("26000", "there is no prepared statement of this name")
}

fn no_portal() -> PgError {
    PgError::new("34000", "there is no portal of this name")
}
