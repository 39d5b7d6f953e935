//! Request bodies: how much, how fast, of which type, and JSON without surprises.
//!
//! Owns every read of a body but the upload of files (`leveringen::bestanden`). axum's own limit skips streamed
//! bodies, so bytes are counted here. Error texts name a place in the JSON and never what stood there.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

/// Why a body was refused.
#[derive(Debug, thiserror::Error)]
pub enum InhoudFout {
    /// Another type than asked.
    #[error("Stuur dit verzoek met `Content-Type: {0}`.")]
    Soort(&'static str),
    /// A compressed body.
    #[error("Stuur het verzoek zonder `Content-Encoding`.")]
    Codering,
    /// Too many bytes.
    #[error("Dit verzoek mag hooguit {0} bytes groot zijn.")]
    TeGroot(u64),
    /// The connection broke.
    #[error("De verbinding brak af voor het verzoek compleet was.")]
    Afgebroken,
    /// Nothing came for too long.
    #[error("Het verzoek kwam te langzaam binnen.")]
    Traag,
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
    Ontbreekt {
        /// JSON path to the missing key.
        veld: String,
    },
    /// Nested too deeply.
    #[error("De JSON is dieper genest dan 128 lagen.")]
    Diep,
}

/// Longest time for a whole small body.
const GEDULD: Duration = Duration::from_secs(20);

/// Reads at most `hoogstens` bytes.
///
/// # Errors
/// When there is more, or the body breaks off or takes too long.
pub async fn read(body: Body, hoogstens: usize) -> Result<Bytes, InhoudFout> {
    tokio::time::timeout(GEDULD, collect(body, hoogstens))
        .await
        .map_err(|_| InhoudFout::Traag)?
}

async fn collect(mut body: Body, hoogstens: usize) -> Result<Bytes, InhoudFout> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| InhoudFout::Afgebroken)?;
        let Some(deel) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + deel.len() > hoogstens {
            return Err(InhoudFout::TeGroot(hoogstens as u64));
        }
        bytes.extend_from_slice(deel);
    }
    Ok(bytes.freeze())
}

/// Reads a JSON body of at most `hoogstens` bytes: one document, each key once, no unknown keys where `T` says so.
///
/// # Errors
/// When the headers, the size or the JSON are not right.
pub async fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    hoogstens: usize,
) -> Result<T, InhoudFout> {
    expect_type(headers, "application/json")?;
    refuse_encoding(headers)?;
    parse_json(&read(body, hoogstens).await?)
}

/// Reads the fields of a form of at most `hoogstens` bytes.
///
/// # Errors
/// When the headers or the size are not right, or it is no form.
pub async fn form(
    headers: &HeaderMap,
    body: Body,
    hoogstens: usize,
) -> Result<Vec<(String, String)>, InhoudFout> {
    const SOORT: &str = "application/x-www-form-urlencoded";
    expect_type(headers, SOORT)?;
    refuse_encoding(headers)?;
    let bytes = read(body, hoogstens).await?;
    serde_urlencoded::from_bytes(&bytes).map_err(|_| InhoudFout::Soort(SOORT))
}

/// Reads JSON from bytes.
///
/// # Errors
/// When it is no JSON or not of the asked shape.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, InhoudFout> {
    let mut lezer = serde_json::Deserializer::from_slice(bytes);
    let waarde = serde_path_to_error::deserialize(&mut lezer).map_err(|fout| {
        let pad = fout.path().to_string();
        json_fout(fout.inner(), known_path(&pad))
    })?;
    lezer
        .end()
        .map_err(|fout| json_fout(&fout, "na het einde".to_owned()))?;
    Ok(waarde)
}

fn json_fout(fout: &serde_json::Error, pad: String) -> InhoudFout {
    // serde_json has no kind for this; its text is a constant that holds nothing of the input.
    if fout.to_string().starts_with("recursion limit exceeded") {
        return InhoudFout::Diep;
    }
    if let Some(veld) = missing_field(&fout.to_string()) {
        let veld = if matches!(pad.as_str(), "." | "?") {
            veld.to_owned()
        } else {
            format!("{pad}.{veld}")
        };
        return InhoudFout::Ontbreekt { veld };
    }
    InhoudFout::Json {
        pad,
        regel: fout.line(),
        kolom: fout.column(),
    }
}

/// The field that serde misses: a name from our own types, never from the body.
fn missing_field(tekst: &str) -> Option<&str> {
    tekst.strip_prefix("missing field `")?.split('`').next()
}

/// A path holds the sender's own keys where they are unknown to us: those stay out of the answer.
fn known_path(pad: &str) -> String {
    let bekend = |deel: &str| {
        deel.chars()
            .all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '[' | ']' | '0'..='9'))
    };
    if pad.len() <= 80
        && pad.split('.').all(bekend)
        && !pad
            .split('.')
            .any(|deel| deel.starts_with(|c: char| c.is_ascii_digit()))
    {
        pad.to_owned()
    } else {
        "onbekende sleutel".to_owned()
    }
}

/// Checks `Content-Type`, parameters aside.
///
/// # Errors
/// When it is missing, there twice, or another.
pub fn expect_type(headers: &HeaderMap, verwacht: &'static str) -> Result<(), InhoudFout> {
    let mut alle = headers.get_all(CONTENT_TYPE).iter();
    let (Some(een), None) = (alle.next(), alle.next()) else {
        return Err(InhoudFout::Soort(verwacht));
    };
    let soort = een
        .to_str()
        .ok()
        .and_then(|s| s.split(';').next())
        .map(str::trim);
    if soort.is_some_and(|s| s.eq_ignore_ascii_case(verwacht)) {
        Ok(())
    } else {
        Err(InhoudFout::Soort(verwacht))
    }
}

/// Refuses compressed bodies: what travels is compressed inside the pakket, where it is counted.
///
/// # Errors
/// When there is any `Content-Encoding` but `identity`.
pub fn refuse_encoding(headers: &HeaderMap) -> Result<(), InhoudFout> {
    let gewoon = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|v| v.as_bytes().eq_ignore_ascii_case(b"identity"));
    if gewoon {
        Ok(())
    } else {
        Err(InhoudFout::Codering)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Vorm {
        #[expect(dead_code, reason = "only parsed")]
        naam: String,
    }

    fn fout(tekst: &str) -> InhoudFout {
        parse_json::<Vorm>(tekst.as_bytes()).unwrap_err()
    }

    /// HOSTILE 51, 53, 55, 56: a repeated key, trailing text, a wrong type and an unknown key are each refused.
    #[test]
    fn json_with_surprises_is_refused() {
        for tekst in [
            r#"{"naam":"a","naam":"b"}"#,
            r#"{"naam":"a"} {}"#,
            r#"{"naam":1}"#,
            r#"{"naam":"a","__proto__":{}}"#,
            "\u{feff}{\"naam\":\"a\"}",
            r#"{"naam":"a"}//x"#,
            r#"{"naam":"\ud800"}"#,
            "",
        ] {
            assert!(matches!(fout(tekst), InhoudFout::Json { .. }), "{tekst}");
        }
    }

    #[test]
    fn a_missing_key_is_named() {
        assert_eq!(fout("{}").to_string(), "In de JSON ontbreekt `naam`.");
        let genest =
            parse_json::<std::collections::BTreeMap<String, Vec<Vorm>>>(br#"{"lijst":[{}]}"#)
                .unwrap_err();
        assert_eq!(genest.to_string(), "In de JSON ontbreekt `lijst[0].naam`.");
    }

    /// HOSTILE 50.
    #[test]
    fn deep_json_is_refused_as_such() {
        let diep = format!("{{\"naam\":{}", "[".repeat(100_000));
        assert!(matches!(
            parse_json::<serde_json::Value>(diep.as_bytes()),
            Err(InhoudFout::Diep)
        ));
    }

    /// Error texts never echo what stood there.
    #[test]
    fn errors_hold_nothing_of_the_body() {
        for tekst in [
            r#"{"naam":999999990}"#,
            r#"{"999999990":1}"#,
            r#"{"naam":"a","Jan Jansen":1}"#,
        ] {
            let tekst = fout(tekst).to_string();
            assert!(
                !tekst.contains("99999") && !tekst.contains("Jan"),
                "{tekst}"
            );
        }
    }
}
