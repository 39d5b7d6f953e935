//! Request bodies: how much, how fast, of which type, and JSON without surprises.
//!
//! Owns every read of a body, a long one piece by piece ([`PacedBody`]). axum's own limit skips streamed bodies, so bytes
//! are counted here and by who reads a long one. Error texts name a place in the JSON and never what stood there.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

/// Why a body was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// Another type than asked.
    #[error("Stuur dit verzoek met `Content-Type: {0}`.")]
    ProblemKind(&'static str),
    /// A compressed body.
    #[error("Stuur het verzoek zonder `Content-Encoding`.")]
    Encoding,
    /// Too many bytes.
    #[error("Dit verzoek mag hooguit {0} bytes groot zijn.")]
    TooBig(u64),
    /// The connection broke.
    #[error("De verbinding brak af voor het verzoek compleet was.")]
    Aborted,
    /// Nothing came for too long.
    #[error("Het verzoek kwam te langzaam binnen.")]
    Slow,
    /// No JSON, or not of the asked shape.
    #[error("De JSON klopt niet op regel {regel}, teken {kolom} ({pad}).")]
    Json {
        /// JSON path to the place.
        pad: String,
        /// Line, from 1.
        regel: usize,
        /// Column, from 1.
        kolom: usize,
    },
    /// A key that must be there is not.
    #[error("In de JSON ontbreekt `{veld}`.")]
    Missing {
        /// JSON path to the missing key.
        veld: String,
    },
    /// Nested too deeply.
    #[error("De JSON is dieper genest dan 128 lagen.")]
    Deep,
}

/// Longest time for a whole small body.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest silence within a long body.
const SILENCE: Duration = Duration::from_secs(30);
/// After this long, a long body must have come at [`TEMPO`] bytes a second on average.
const WARM_UP: Duration = Duration::from_mins(1);
const TEMPO: u64 = 1024;

/// A long body, that gives up on who is too slow.
pub(crate) struct PacedBody {
    body: Body,
    begin: Instant,
    received: u64,
}

impl PacedBody {
    pub(crate) fn new(body: Body) -> Self {
        Self {
            body,
            begin: Instant::now(),
            received: 0,
        }
    }

    /// The next piece; none at the end. Nothing is lost when it is not waited for.
    ///
    /// # Errors
    /// When the body breaks off, or comes too slowly.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            let duration = self.begin.elapsed();
            if duration > WARM_UP && self.received < TEMPO * duration.as_secs() {
                return Err(BodyError::Slow);
            }
            let frame = match tokio::time::timeout(SILENCE, self.body.frame()).await {
                Err(_) => return Err(BodyError::Slow),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(BodyError::Aborted),
                Ok(Some(Ok(frame))) => frame,
            };
            if let Ok(chunk) = frame.into_data() {
                self.received += chunk.len() as u64;
                return Ok(Some(chunk));
            }
        }
    }
}

/// Reads at most `at_most` bytes.
///
/// # Errors
/// When there is more, or the body breaks off or takes too long.
pub(crate) async fn read(body: Body, at_most: usize) -> Result<Bytes, BodyError> {
    tokio::time::timeout(PATIENCE, collect(body, at_most))
        .await
        .map_err(|_| BodyError::Slow)?
}

async fn collect(mut body: Body, at_most: usize) -> Result<Bytes, BodyError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Aborted)?;
        let Some(part) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + part.len() > at_most {
            return Err(BodyError::TooBig(at_most as u64));
        }
        bytes.extend_from_slice(part);
    }
    Ok(bytes.freeze())
}

/// Reads a JSON body of at most `at_most` bytes: one document, each key once, no unknown keys where `T` says so.
///
/// # Errors
/// When the headers, the size or the JSON are not right.
pub(crate) async fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    at_most: usize,
) -> Result<T, BodyError> {
    expect_type(headers, "application/json")?;
    refuse_encoding(headers)?;
    parse_json(&read(body, at_most).await?)
}

/// Reads the fields of a form of at most `at_most` bytes.
///
/// # Errors
/// When the headers or the size are not right, or it is no form.
pub(crate) async fn form(
    headers: &HeaderMap,
    body: Body,
    at_most: usize,
) -> Result<Vec<(String, String)>, BodyError> {
    const KIND: &str = "application/x-www-form-urlencoded";
    expect_type(headers, KIND)?;
    refuse_encoding(headers)?;
    let bytes = read(body, at_most).await?;
    serde_urlencoded::from_bytes(&bytes).map_err(|_| BodyError::ProblemKind(KIND))
}

/// Reads JSON from bytes.
///
/// # Errors
/// When it is no JSON or not of the asked shape.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        json_error(error.inner(), known_path(&path))
    })?;
    reader
        .end()
        .map_err(|error| json_error(&error, "na het einde".to_owned()))?;
    Ok(value)
}

fn json_error(error: &serde_json::Error, path: String) -> BodyError {
    // serde_json has no kind for this; its text is a constant that holds nothing of the input.
    if error.to_string().starts_with("recursion limit exceeded") {
        return BodyError::Deep;
    }
    if let Some(veld) = missing_field(&error.to_string()) {
        let veld = if matches!(path.as_str(), "." | "?") {
            veld.to_owned()
        } else {
            format!("{path}.{veld}")
        };
        return BodyError::Missing { veld };
    }
    BodyError::Json {
        pad: path,
        regel: error.line(),
        kolom: error.column(),
    }
}

/// The field that serde misses: a name from our own types, never from the body.
fn missing_field(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

/// A path holds the sender's own keys where they are unknown to us: those stay out of the answer.
fn known_path(path: &str) -> String {
    let known = |part: &str| {
        part.chars()
            .all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '[' | ']' | '0'..='9'))
    };
    if path.len() <= 80
        && path.split('.').all(known)
        && !path
            .split('.')
            .any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    {
        path.to_owned()
    } else {
        "onbekende sleutel".to_owned()
    }
}

/// Checks `Content-Type`, parameters aside.
///
/// # Errors
/// When it is missing, there twice, or another.
pub(crate) fn expect_type(headers: &HeaderMap, expected: &'static str) -> Result<(), BodyError> {
    let mut all = headers.get_all(CONTENT_TYPE).iter();
    let (Some(een), None) = (all.next(), all.next()) else {
        return Err(BodyError::ProblemKind(expected));
    };
    let kind = een
        .to_str()
        .ok()
        .and_then(|s| s.split(';').next())
        .map(str::trim);
    if kind.is_some_and(|s| s.eq_ignore_ascii_case(expected)) {
        Ok(())
    } else {
        Err(BodyError::ProblemKind(expected))
    }
}

/// Refuses compressed bodies: what travels is compressed inside the pakket, where it is counted.
///
/// # Errors
/// When there is any `Content-Encoding` but `identity`.
pub(crate) fn refuse_encoding(headers: &HeaderMap) -> Result<(), BodyError> {
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|v| v.as_bytes().eq_ignore_ascii_case(b"identity"));
    if plain {
        Ok(())
    } else {
        Err(BodyError::Encoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ParsedShape {
        #[expect(dead_code, reason = "only parsed")]
        naam: String,
    }

    fn error(text: &str) -> BodyError {
        parse_json::<ParsedShape>(text.as_bytes()).unwrap_err()
    }

    /// HOSTILE 51, 53, 55, 56: a repeated key, trailing text, a wrong type and an unknown key are each refused.
    #[test]
    fn json_with_surprises_is_refused() {
        for text in [
            r#"{"naam":"a","naam":"b"}"#,
            r#"{"naam":"a"} {}"#,
            r#"{"naam":1}"#,
            r#"{"naam":"a","__proto__":{}}"#,
            "\u{feff}{\"naam\":\"a\"}",
            r#"{"naam":"a"}//x"#,
            r#"{"naam":"\ud800"}"#,
            "",
        ] {
            assert!(matches!(error(text), BodyError::Json { .. }), "{text}");
        }
    }

    #[test]
    fn a_missing_key_is_named() {
        assert_eq!(error("{}").to_string(), "In de JSON ontbreekt `naam`.");
        let nested = parse_json::<std::collections::BTreeMap<String, Vec<ParsedShape>>>(
            br#"{"lijst":[{}]}"#,
        )
        .unwrap_err();
        assert_eq!(nested.to_string(), "In de JSON ontbreekt `lijst[0].naam`.");
    }

    /// HOSTILE 50.
    #[test]
    fn deep_json_is_refused_as_such() {
        let deep = format!("{{\"naam\":{}", "[".repeat(100_000));
        assert!(matches!(
            parse_json::<serde_json::Value>(deep.as_bytes()),
            Err(BodyError::Deep)
        ));
    }

    /// Error texts never echo what stood there.
    #[test]
    fn errors_hold_nothing_of_the_body() {
        for text in [
            r#"{"naam":999999990}"#,
            r#"{"999999990":1}"#,
            r#"{"naam":"a","Jan Jansen":1}"#,
        ] {
            let text = error(text).to_string();
            assert!(!text.contains("99999") && !text.contains("Jan"), "{text}");
        }
    }
}
