//! Answers that are made while the client reads them, and what a client knows already.
//!
//! Owns that no answer with rows stands in memory whole, and the entity tag of an answer that is made. Leaves the rows
//! to the handlers.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use schema::hash::sha256_hex;
use serde::Serialize;

/// Bytes of one piece, about: enough to keep a connection busy, and all that waits for a slow reader.
const PIECE: usize = 32 * 1024;

/// A body of a beginning, rows and an end. `row` adds the next row, or says there is none.
pub(crate) fn body(
    beginning: Vec<u8>,
    mut row: impl FnMut(&mut Vec<u8>) -> bool + Send + 'static,
    end: Vec<u8>,
) -> Body {
    let mut begun = Some(beginning);
    let mut end = Some(end);
    let pieces = std::iter::from_fn(move || {
        // The end went out: there is no more.
        end.as_ref()?;
        let mut piece = begun.take().unwrap_or_default();
        while piece.len() < PIECE {
            if !row(&mut piece) {
                piece.extend(end.take()?);
                break;
            }
        }
        Some(Ok::<_, Infallible>(Bytes::from(piece)))
    });
    Body::from_stream(futures_util::stream::iter(pieces))
}

/// A JSON object whose last field is a list: `empty` is the object with none in it, `item` adds the next or says there is
/// none.
pub(crate) fn json_list(
    empty: &impl Serialize,
    mut item: impl FnMut(&mut Vec<u8>) -> bool + Send + 'static,
) -> Body {
    let mut beginning = serde_json::to_vec(empty).expect("texts and numbers");
    // `]}`, behind the last field.
    let end = beginning.split_off(beginning.len() - 2);
    let mut comma = None;
    let row = move |piece: &mut Vec<u8>| {
        let before = piece.len();
        piece.extend(comma);
        let more = item(piece);
        if more {
            comma = Some(b',');
        } else {
            piece.truncate(before);
        }
        more
    };
    body(beginning, row, end)
}

/// The tag of an answer that follows from these words alone. Weak: the bytes may be compressed on their way.
pub(crate) fn tag(basis: &str) -> String {
    format!("W/\"{}\"", &sha256_hex(basis.as_bytes())[..32])
}

/// The answer with its tag, or nothing but the tag where the client has it.
pub(crate) fn tagged(
    headers: &HeaderMap,
    tag: &str,
    cache: &'static str,
    answer: impl FnOnce() -> Response,
) -> Response {
    let opaque = tag.trim_start_matches("W/");
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == opaque || known == "*");
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        answer()
    };
    let out = response.headers_mut();
    out.insert(
        ETAG,
        HeaderValue::from_str(tag).expect("quotes and hexadecimal"),
    );
    out.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// Every row once, in pieces of a bounded size, whatever their number.
    #[tokio::test]
    async fn rows_come_whole_and_in_pieces() {
        for rows in [0, 1, PIECE / 10, PIECE] {
            let mut left = rows;
            let row = move |piece: &mut Vec<u8>| {
                left.checked_sub(1).is_some_and(|less| {
                    left = less;
                    piece.extend_from_slice(b"0123456789");
                    true
                })
            };
            let mut body = body(b"[".to_vec(), row, b"]".to_vec());
            let mut text = Vec::new();
            while let Some(frame) = body.frame().await {
                let piece = frame.unwrap().into_data().unwrap();
                assert!(piece.len() <= PIECE + 10, "{}", piece.len());
                text.extend_from_slice(&piece);
            }
            assert_eq!(text.len(), rows * 10 + 2);
            assert!(text.starts_with(b"[") && text.ends_with(b"]"));
        }
    }
}
