//! `POST /v1/sql`: an analyst's question over the published tables, answered as JSON, CSV, Arrow or Parquet.
//!
//! Owns the route, the forms and how a refusal is told. Leaves the answering to [`SqlSource`], which `monitor` fills
//! with a process apart: no engine is compiled in here, and only published figures are asked.

use std::fs::File;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::{Extension, http::HeaderValue};
use bytes::{Bytes, BytesMut};
use hyper::body::Frame;
use serde::Deserialize;
use tokio::io::{AsyncRead, ReadBuf};

use crate::App;
use crate::auth::Caller;
use crate::content_type::CSV;
use crate::problem::{Problem, ProblemKind};
use crate::request_body;
use crate::wording;

/// Who answers SQL.
pub trait SqlSource: Send + Sync {
    /// Answers one statement, or says why not. Ends within the time that is set for a question.
    fn answer(
        &self,
        question: SqlQuestion,
    ) -> Pin<Box<dyn Future<Output = Result<File, SqlError>> + Send + '_>>;
}

/// A question as it came in.
#[derive(Debug, Clone)]
pub struct SqlQuestion {
    /// The statement.
    pub sql: String,
    /// How the answer is to be written.
    pub format: SqlFormat,
    /// Who asks, for the log.
    pub who: String,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlFormat {
    /// An array of objects.
    Json,
    /// Comma-separated with header.
    Csv,
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
}

impl SqlFormat {
    /// Every form.
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Arrow, Self::Parquet];

    /// The name in `formaat`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Arrow => "arrow",
            Self::Parquet => "parquet",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => CSV,
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The form by `formaat`, else the first in `Accept` that we have, else JSON.
    fn asked(parameters: &[(String, String)], headers: &HeaderMap) -> Result<Self, Problem> {
        let unknown = |what: &str| {
            let sentence = wording::refused::known_forms(what);
            Problem::new(ProblemKind::PARAMETER, sentence)
        };
        if let Some((name, value)) = parameters.first() {
            let format = Self::ALL.into_iter().find(|format| format.name() == value);
            return match format {
                Some(format) if name == "formaat" && parameters.len() == 1 => Ok(format),
                _ => Err(unknown(wording::refused::ONE_PARAMETER)),
            };
        }
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        let named = accept.unwrap_or("*/*").split(',').map(str::trim);
        let mut named = named.map(|kind| kind.split(';').next().unwrap_or_default().trim());
        let found = named.find_map(|kind| match kind {
            "*/*" | "application/*" | "application/json" => Some(Self::Json),
            "text/csv" | "text/*" => Some(Self::Csv),
            kind => Self::ALL
                .into_iter()
                .find(|form| form.content_type() == kind),
        });
        found.ok_or_else(|| unknown(wording::refused::UNKNOWN_ACCEPT))
    }
}

/// Why a question got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// The statement is no SQL, names what is not there, or can't be computed.
    #[error("De vraag kan niet worden beantwoord: {0}")]
    Statement(String),
    /// The statement is not one that may be asked.
    #[error("Deze vraag mag hier niet: {0}")]
    NotAllowed(String),
    /// It went beyond a limit.
    #[error("De vraag is te groot: {0}")]
    Limit(String),
    /// Others are asking.
    #[error("Er worden nu te veel vragen tegelijk gesteld. Probeer het over een minuut opnieuw.")]
    Busy,
    /// Our fault.
    #[error("the question could not be answered: {0}")]
    Failed(String),
}

/// What is sent.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SqlBody {
    /// One SELECT, WITH, EXPLAIN, SHOW or DESCRIBE over cijfers, curven, trechters, gebieden, indicatoren, codes and
    /// publicaties.
    sql: String,
}

/// Most bytes of the body; a statement may be half of it.
const MOST: usize = 128 * 1024;

/// Answers one statement.
#[utoipa::path(
    post, path = "/v1/sql", tag = "cijfers", security(("token" = [])),
    params(("formaat" = Option<String>, Query, description = "json, csv, arrow or parquet; goes before Accept")),
    request_body = SqlBody,
    responses(
        (status = 200, description = "The answer: an array of objects, CSV, an Arrow IPC stream or a Parquet file", body = Vec<Object>),
        (status = 400, description = "PARAMETER"),
        (status = 403, description = "FORBIDDEN_ROLE or SQL_NOT_ALLOWED"),
        (status = 422, description = "JSON_INVALID, SQL_STATEMENT or SQL_LIMIT"),
        (status = 429, description = "SQL_BUSY"),
    ),
)]
pub(crate) async fn sql(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let SqlBody { sql } = request_body::json(&headers, body, MOST).await?;
    let format = SqlFormat::asked(&parameters, &headers)?;
    let Some(source) = &app.sql else {
        return Err(Problem::new(
            ProblemKind::UNAVAILABLE,
            wording::refused::NO_SQL,
        ));
    };
    let who = caller.name();
    let file = source.answer(SqlQuestion { sql, format, who }).await?;
    let failed = |error: io::Error| SqlError::Failed(error.to_string());
    let bytes = file.metadata().map_err(failed)?.len();
    let body = Body::new(FileBody(tokio::fs::File::from_std(file)));
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(format.content_type()),
    );
    out.insert(CONTENT_LENGTH, bytes.into());
    out.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl From<SqlError> for Problem {
    fn from(error: SqlError) -> Self {
        let kind = match &error {
            SqlError::Statement(_) => ProblemKind::SQL_STATEMENT,
            SqlError::NotAllowed(_) => ProblemKind::SQL_NOT_ALLOWED,
            SqlError::Limit(_) => ProblemKind::SQL_LIMIT,
            SqlError::Busy => {
                let busy = Self::new(ProblemKind::SQL_BUSY, error.to_string());
                return busy.header(RETRY_AFTER, HeaderValue::from_static("60"));
            }
            SqlError::Failed(_) => {
                tracing::error!(%error, "SQL failed");
                return Self::our_fault();
            }
        };
        Self::new(kind, error.to_string())
    }
}

/// An answer, read from disk as fast as it is taken.
struct FileBody(tokio::fs::File);

/// Bytes that are read at a time.
const PART: usize = 64 * 1024;

impl hyper::body::Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut part = BytesMut::zeroed(PART);
        let mut buffer = ReadBuf::new(&mut part);
        if let Err(error) = ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer)) {
            return Poll::Ready(Some(Err(error)));
        }
        let length = buffer.filled().len();
        part.truncate(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(part.freeze()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_accept(accept: &str) -> Option<SqlFormat> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("a header"));
        SqlFormat::asked(&[], &headers).ok()
    }

    #[test]
    fn the_form_is_what_is_accepted() {
        for (accept, format) in [
            ("*/*", Some(SqlFormat::Json)),
            ("text/csv", Some(SqlFormat::Csv)),
            ("text/csv; charset=utf-8, */*", Some(SqlFormat::Csv)),
            (
                "application/vnd.apache.arrow.stream",
                Some(SqlFormat::Arrow),
            ),
            ("application/vnd.apache.parquet", Some(SqlFormat::Parquet)),
            ("image/png", None),
        ] {
            assert_eq!(by_accept(accept), format, "{accept}");
        }
        let asked = |name: &str, value: &str| {
            let parameters = [(name.to_owned(), value.to_owned())];
            SqlFormat::asked(&parameters, &HeaderMap::new()).ok()
        };
        for format in SqlFormat::ALL {
            assert_eq!(asked("formaat", format.name()), Some(format));
            assert_eq!(asked("format", format.name()), None);
        }
        assert_eq!(asked("formaat", "xlsx"), None);
    }
}
