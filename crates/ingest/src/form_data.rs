//! A form with files (`multipart/form-data`), part by part as it comes in: nothing of it is held but what has not been
//! asked for yet.
//!
//! Owns the form of the parts and how many there may be. Leaves how long a part may be, and what becomes of it, to who
//! reads. Strict: what no browser sends is refused.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem;

use crate::request_body::{self, BodyError, PacedBody};

/// Why a form with files was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormDataError {
    /// The body is not right.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// No browser sends it so.
    #[error("Het formulier is niet te lezen. Open de pagina opnieuw en vul het daar in.")]
    Form,
}

const KIND: &str = "multipart/form-data";
/// Parts in a form.
const PARTS: usize = 64;
/// Bytes above the content of a part.
const HEAD: usize = 8 * 1024;

/// Bytes of a refused form that are let in.
const DRAINED: usize = 256 << 20;

/// A form that is coming in.
pub(crate) struct FormData {
    body: PacedBody,
    /// What came and was not asked for yet.
    ahead: BytesMut,
    /// What stands between two parts, the line end before it included.
    border: Vec<u8>,
    parts: usize,
    /// Whether the content of a part is being read.
    inside: bool,
}

impl FormData {
    /// Begins to read.
    ///
    /// # Errors
    /// When the headers are not those of a form with files.
    pub(crate) fn open(headers: &HeaderMap, body: Body) -> Result<Self, FormDataError> {
        request_body::expect_type(headers, KIND)?;
        request_body::refuse_encoding(headers)?;
        let boundary = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(boundary)
            .ok_or(FormDataError::Form)?;
        Ok(Self {
            body: PacedBody::new(body),
            // The first border has no line end before it.
            ahead: BytesMut::from(&b"\r\n"[..]),
            border: [b"\r\n--", boundary.as_bytes()].concat(),
            parts: 0,
            inside: false,
        })
    }

    /// The file name of the next part, empty where a person chose none; `None` at the end. What was not read of the
    /// part before it must be nothing.
    ///
    /// # Errors
    /// When it is no form, or a part is no file.
    pub(crate) async fn next_file(&mut self) -> Result<Option<String>, FormDataError> {
        if self.inside && self.chunk().await?.is_some() {
            return Err(FormDataError::Form);
        }
        self.hold(self.border.len() + 2).await?;
        if !self.ahead.starts_with(&self.border) {
            return Err(FormDataError::Form);
        }
        self.ahead.advance(self.border.len());
        if self.ahead.starts_with(b"--") {
            return Ok(None);
        }
        self.parts += 1;
        if self.parts > PARTS || !self.ahead.starts_with(b"\r\n") {
            return Err(FormDataError::Form);
        }
        let end = loop {
            if let Some(end) = memmem::find(&self.ahead, b"\r\n\r\n") {
                break end;
            }
            if self.ahead.len() > HEAD || !self.more().await? {
                return Err(FormDataError::Form);
            }
        };
        let head = self.ahead.split_to(end + 4);
        // What comes next is content, and an empty one ends at a border at once.
        self.inside = true;
        let head = std::str::from_utf8(&head).map_err(|_| FormDataError::Form)?;
        file_name(head).map(Some).ok_or(FormDataError::Form)
    }

    /// The next piece of the content of this part; none at its end.
    ///
    /// # Errors
    /// When the body breaks off, or comes too slowly.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, FormDataError> {
        while self.inside {
            match memmem::find(&self.ahead, &self.border) {
                Some(0) => self.inside = false,
                Some(end) => return Ok(Some(self.ahead.split_to(end).freeze())),
                None => {
                    // A border may have begun in the last bytes.
                    let sure = self.ahead.len().saturating_sub(self.border.len() - 1);
                    if sure > 0 {
                        return Ok(Some(self.ahead.split_to(sure).freeze()));
                    }
                    if !self.more().await? {
                        return Err(BodyError::Aborted.into());
                    }
                }
            }
        }
        Ok(None)
    }

    /// Lets the rest come in, up to a bound: a browser that may not finish sending shows no answer.
    pub(crate) async fn drain(mut self) {
        let mut rest = DRAINED;
        while let Ok(Some(chunk)) = self.body.next().await {
            match rest.checked_sub(chunk.len()) {
                Some(less) => rest = less,
                None => break,
            }
        }
    }

    /// Waits for at least so many bytes.
    async fn hold(&mut self, count: usize) -> Result<(), FormDataError> {
        while self.ahead.len() < count {
            if !self.more().await? {
                return Err(BodyError::Aborted.into());
            }
        }
        Ok(())
    }

    async fn more(&mut self) -> Result<bool, FormDataError> {
        let chunk = self.body.next().await?;
        if let Some(chunk) = &chunk {
            self.ahead.extend_from_slice(chunk);
        }
        Ok(chunk.is_some())
    }
}

/// The boundary that a `Content-Type` names (RFC 2046, 5.1.1).
fn boundary(kind: &str) -> Option<&str> {
    let mut parameters = kind.split(';').skip(1);
    let value = parameters.find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let value = value
        .strip_prefix('"')
        .map_or(Some(value), |quoted| quoted.strip_suffix('"'))?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=70).contains(&value.len()) && value.bytes().all(fits)).then_some(value)
}

/// The name of a file in the head of its part; a part without one is no file.
fn file_name(head: &str) -> Option<String> {
    const NAME: &str = "content-disposition:";
    let mut lines = head.split("\r\n");
    let line = lines.find(|line| {
        let name = line.get(..NAME.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
    })?;
    let mut rest = line[NAME.len()..].trim().strip_prefix("form-data")?;
    while !rest.is_empty() {
        let (name, value) = rest.trim_start_matches([';', ' ']).split_once("=\"")?;
        let (value, after) = value.split_once('"')?;
        if name == "filename" {
            return Some(value.to_owned());
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::CONTENT_ENCODING;

    use super::*;

    const FORM: &str = "--grens\r\nContent-Disposition: form-data; name=\"bestanden\"; filename=\"a;b.json\"\r\n\
        Content-Type: application/json\r\n\r\n{\r\n--gren}\r\n--grens\r\n\
        content-disposition: form-data; name=\"bestanden\"; filename=\"\"\r\n\r\n\r\n--grens--\r\n";

    fn headers(kind: &str) -> HeaderMap {
        let value = HeaderValue::from_str(kind).unwrap();
        [(CONTENT_TYPE, value)].into_iter().collect()
    }

    async fn read(text: &str, size: usize) -> Result<Vec<(String, Vec<u8>)>, FormDataError> {
        let pieces: Vec<Result<Bytes, std::io::Error>> = text
            .as_bytes()
            .chunks(size)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let mut form = FormData::open(&headers("multipart/form-data; boundary=grens"), body)?;
        let mut out = Vec::new();
        while let Some(name) = form.next_file().await? {
            let mut content = Vec::new();
            while let Some(chunk) = form.chunk().await? {
                content.extend_from_slice(&chunk);
            }
            out.push((name, content));
        }
        Ok(out)
    }

    #[tokio::test]
    async fn parts_are_the_same_wherever_the_network_cuts() {
        let expected = vec![
            ("a;b.json".to_owned(), b"{\r\n--gren}".to_vec()),
            (String::new(), Vec::new()),
        ];
        for size in 1..=FORM.len() {
            assert_eq!(read(FORM, size).await.unwrap(), expected, "{size}");
        }
    }

    /// HOSTILE 74: cut anywhere before its last border it is no form.
    #[tokio::test]
    async fn a_form_that_was_cut_is_refused() {
        for end in 0..FORM.len() - 4 {
            assert!(read(&FORM[..end], 7).await.is_err(), "{end}");
        }
    }

    /// HOSTILE 79 and 80: a packed form, too many parts, no boundary, another type, a head without end, a part that is no
    /// file.
    #[tokio::test]
    async fn what_no_browser_sends_is_refused() {
        let part =
            "--grens\r\nContent-Disposition: form-data; name=\"x\"; filename=\"y\"\r\n\r\n\r\n";
        let text = |middle: &str| format!("{middle}--grens--\r\n");
        assert_eq!(
            read(&text(&part.repeat(PARTS)), 999).await.unwrap().len(),
            PARTS
        );
        let endless = format!("--grens\r\nX: {}", "x".repeat(HEAD * 2));
        for middle in [
            part.repeat(PARTS + 1),
            part.replace("; filename=\"y\"", ""),
            part.replace("form-data", "attachment"),
            format!("voor de eerste{part}"),
            endless,
        ] {
            let answer = read(&text(&middle), 999).await;
            assert!(matches!(answer, Err(FormDataError::Form)), "{middle:.60}");
        }
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a",
            "multipart/form-data; boundary=a\u{9}b",
        ] {
            let form = FormData::open(&headers(kind), Body::empty());
            assert!(matches!(form, Err(FormDataError::Form)), "{kind}");
        }
        let mut packed = headers("multipart/form-data; boundary=grens");
        packed.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let form = FormData::open(&packed, Body::empty());
        assert!(matches!(
            form,
            Err(FormDataError::Body(BodyError::Encoding))
        ));
        let form = FormData::open(&headers("text/html; boundary=x"), Body::empty());
        assert!(matches!(
            form,
            Err(FormDataError::Body(BodyError::ProblemKind(KIND)))
        ));
    }
}
