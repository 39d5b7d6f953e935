//! An answer on its way to the client: what its columns are, and its rows one by one.
//!
//! Owns reading the rows as they are sent, as messages or as copied text. Leaves one value to `value`, the bytes of messages
//! to `message`.

use std::fs::File;
use std::io::BufReader;

use analysis::query::PgType;
use arrow::array::ArrayRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;

use super::cancel::SessionStop;
use super::error::{Ended, PgError};
use super::message::{Outgoing, PgStream, text};
use super::value::{self, CopyForm, Form};

/// The rows of an answer, read as they are sent.
pub(super) struct AnswerReader {
    reader: StreamReader<BufReader<File>>,
    pub(super) columns: Vec<(String, PgType)>,
    batch: Vec<ArrayRef>,
    row: usize,
    rows: usize,
    sent: usize,
}

impl AnswerReader {
    pub(super) fn open(file: File) -> Result<Self, ArrowError> {
        let reader = StreamReader::try_new(BufReader::new(file), None)?;
        let schema = reader.schema();
        let names = schema.fields().iter().map(|field| field.name().clone());
        Ok(Self {
            columns: names.zip(value::types(&schema)).collect(),
            reader,
            batch: Vec::new(),
            row: 0,
            rows: 0,
            sent: 0,
        })
    }

    /// The next row: the columns of its batch and its place in it.
    fn next(&mut self) -> Result<Option<(&[ArrayRef], usize)>, ArrowError> {
        while self.row == self.rows {
            let Some(batch) = self.reader.next().transpose()? else {
                return Ok(None);
            };
            (self.row, self.rows) = (0, batch.num_rows());
            self.batch = value::narrowed(&batch)?;
        }
        self.row += 1;
        self.sent += 1;
        Ok(Some((&self.batch, self.row - 1)))
    }
}

/// Says what the columns of an answer are.
pub(super) fn row_description(
    out: &mut Outgoing,
    columns: &[(String, PgType)],
    forms: &[i16],
) -> Result<(), Ended> {
    if columns.len() > 1_600 {
        return Err(PgError::new("54011", "an answer has at most 1600 columns").into());
    }
    out.message(b'T', |out| {
        out.extend((columns.len() as i16).to_be_bytes());
        for (place, (name, pg_type)) in columns.iter().enumerate() {
            text(out, name);
            // Of no table, at no place in it.
            out.extend([0; 6]);
            out.extend(pg_type.oid.to_be_bytes());
            out.extend(pg_type.length.to_be_bytes());
            out.extend((-1_i32).to_be_bytes());
            out.extend(form_of(forms, place).map_or(0, Form::code).to_be_bytes());
        }
    });
    Ok(())
}

/// Sends rows in the forms that were asked for, at most so many; 0 for all.
pub(super) async fn send_rows(
    out: &mut Outgoing,
    stream: &mut dyn PgStream,
    stop: &SessionStop,
    rows: &mut AnswerReader,
    (forms, most): (&[i16], usize),
) -> Result<(), Ended> {
    let begin = rows.sent;
    loop {
        if most > 0 && rows.sent - begin == most {
            out.message(b's', |_| {});
            return Ok(());
        }
        stop.check()?;
        let Some((columns, row)) = rows.next()? else {
            break;
        };
        let mut values = Vec::with_capacity(columns.len());
        for (place, column) in columns.iter().enumerate() {
            values.push(match form_of(forms, place) {
                Some(Form::Binary) => value::binary(column, row),
                _ => value::text(column, row)?.map(String::into_bytes),
            });
        }
        out.message(b'D', |out| {
            out.extend((values.len() as i16).to_be_bytes());
            for value in values {
                value::field(out, value.as_deref());
            }
        });
        out.send_if_much(stream).await?;
    }
    out.complete(&format!("SELECT {}", rows.sent));
    Ok(())
}

/// The rows of an answer as `COPY … TO STDOUT` gives them.
pub(super) async fn copy_out(
    out: &mut Outgoing,
    stream: &mut dyn PgStream,
    stop: &SessionStop,
    mut rows: AnswerReader,
    form: CopyForm,
) -> Result<(), Ended> {
    let code = if form == CopyForm::Binary {
        Form::Binary
    } else {
        Form::Text
    }
    .code();
    let columns = rows.columns.len();
    out.message(b'H', |out| {
        out.push(code as u8);
        out.extend((columns as i16).to_be_bytes());
        out.extend(std::iter::repeat_n(code.to_be_bytes(), columns).flatten());
    });
    // What stands before the rows: in binary it travels in one message with the first of them, as PostgreSQL sends it.
    let mut line: Vec<u8> = match form {
        CopyForm::Binary => {
            let sign = b"PGCOPY\n\xff\r\n\0".iter();
            sign.copied().chain([0; 8]).collect()
        }
        CopyForm::Csv { header: true } => {
            let names = rows.columns.iter().map(|(name, _)| value::quoted(name));
            (names.collect::<Vec<_>>().join(",") + "\n").into_bytes()
        }
        CopyForm::Csv { header: false } | CopyForm::Text => Vec::new(),
    };
    while let Some((columns, row)) = rows.next()? {
        stop.check()?;
        line.extend(value::copied(columns, row, form)?);
        out.message(b'd', |out| out.append(&mut line));
        out.send_if_much(stream).await?;
    }
    if form == CopyForm::Binary {
        line.extend((-1_i16).to_be_bytes());
    }
    if !line.is_empty() {
        out.message(b'd', |out| out.append(&mut line));
    }
    out.message(b'c', |_| {});
    out.complete(&format!("COPY {}", rows.sent));
    Ok(())
}

/// The form of a column or parameter: none named means text, one named is for all.
pub(super) fn form_of(forms: &[i16], place: usize) -> Option<Form> {
    match forms {
        [] => Some(Form::Text),
        [all] => Form::of(*all),
        each => each.get(place).and_then(|code| Form::of(*code)),
    }
}
