//! The answer to a request that could not be granted: RFC 9457 `application/problem+json` with a stable code.
//!
//! Owns the list of codes with their status and Dutch title, and the form of the answer. Leaves to `problem_map` which
//! error becomes which code. A problem never holds a value from a levering, nor a credential.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::wording;

/// Content type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// What kind of problem: the code in the answer, its status and its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemKind {
    /// Stable code.
    pub code: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// Dutch title, the same for every problem of this kind.
    pub titel: &'static str,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $title:literal;)*) => {
        impl ProblemKind {
            $($(#[$doc])* pub const $name: Self = Self { code: $code, status: StatusCode::$status, titel: $title };)*
            /// Every kind of problem, for the API's documentation and its test.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    /// No token, or one that is not known.
    UNAUTHENTICATED = "UNAUTHENTICATED", UNAUTHORIZED, "U bent niet ingelogd";
    /// The token's role may not do this.
    FORBIDDEN_ROLE = "FORBIDDEN_ROLE", FORBIDDEN, "Dit mag u niet";
    /// A form came from another site.
    FORBIDDEN_ORIGIN = "FORBIDDEN_ORIGIN", FORBIDDEN, "Dit formulier komt van een andere website";
    /// The pakket names another aanbieder than the token.
    PROVIDER_MISMATCH = "PROVIDER_MISMATCH", FORBIDDEN, "Het pakket is van een andere aanbieder";
    /// There is no such thing, or it is another's.
    NOT_FOUND = "NOT_FOUND", NOT_FOUND, "Niet gevonden";
    /// The data are erased.
    GONE = "GONE", GONE, "De gegevens zijn gewist";
    /// The path exists, the method does not.
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "Deze methode kan hier niet";
    /// A body of another type than asked.
    MEDIA_TYPE = "MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "Verkeerd soort inhoud";
    /// A compressed request: bodies travel as they are.
    CONTENT_ENCODING = "CONTENT_ENCODING", UNSUPPORTED_MEDIA_TYPE, "Ingepakte verzoeken worden niet gelezen";
    /// More bytes than allowed or announced.
    BODY_TOO_LARGE = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE, "Te veel gegevens";
    /// The body stopped halfway.
    BODY_INCOMPLETE = "BODY_INCOMPLETE", BAD_REQUEST, "Het verzoek is niet compleet aangekomen";
    /// The body came too slowly.
    BODY_TOO_SLOW = "BODY_TOO_SLOW", REQUEST_TIMEOUT, "Het verzoek duurde te lang";
    /// The answer could not be made in time.
    TIMEOUT = "TIMEOUT", SERVICE_UNAVAILABLE, "Het antwoord liet te lang op zich wachten";
    /// The file is not the one the client has in mind.
    PRECONDITION = "PRECONDITION", PRECONDITION_FAILED, "Het bestand is een ander dan u bedoelt";
    /// There is no such part of the file.
    RANGE = "RANGE", RANGE_NOT_SATISFIABLE, "Dit stuk van het bestand bestaat niet";
    /// One address downloads too many things at once.
    TOO_MANY_DOWNLOADS = "TOO_MANY_DOWNLOADS", TOO_MANY_REQUESTS, "Te veel downloads tegelijk";
    /// The body is not the JSON that was asked.
    JSON_INVALID = "JSON_INVALID", UNPROCESSABLE_ENTITY, "De JSON klopt niet";
    /// The body nests too deeply.
    JSON_DEPTH = "JSON_DEPTH", UNPROCESSABLE_ENTITY, "De JSON is te diep genest";
    /// A query parameter is unknown or has a value that cannot be.
    PARAMETER = "PARAMETER", BAD_REQUEST, "Een parameter klopt niet";
    /// A paging token that the service did not give.
    PAGE_TOKEN = "PAGE_TOKEN", BAD_REQUEST, "De bladwijzer klopt niet";
    /// `Idempotency-Key` is missing or malformed.
    IDEMPOTENCY_KEY = "IDEMPOTENCY_KEY", BAD_REQUEST, "De header Idempotency-Key klopt niet";
    /// The same key came with another pakket.
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT", CONFLICT, "Dezelfde sleutel, een ander pakket";
    /// The pakket was made with other rules than the service judges by.
    DEFINITION_OUTDATED = "DEFINITION_OUTDATED", CONFLICT, "Het pakket is met andere regels gemaakt";
    /// No such year.
    PERIOD = "PERIOD", UNPROCESSABLE_ENTITY, "Over dit jaar is er geen uitvraag";
    /// No such uitvraag.
    SCHEMA_VERSION = "SCHEMA_VERSION", UNPROCESSABLE_ENTITY, "Deze uitvraag is niet bekend";
    /// The pakket claims to be made in the future.
    DELIVERY_DATE = "DELIVERY_DATE", UNPROCESSABLE_ENTITY, "De leverdatum ligt in de toekomst";
    /// The pseudonyms carry no label the service knows, or another aanbieder's.
    KEY_LABEL = "KEY_LABEL", UNPROCESSABLE_ENTITY, "Het label van de pseudoniemen klopt niet";
    /// The list of files in the pakket is not right.
    MANIFEST = "MANIFEST", UNPROCESSABLE_ENTITY, "De inhoudsopgave van het pakket klopt niet";
    /// Something that looks like a BSN, in words or in metadata.
    BSN_SUSPECTED = "BSN_SUSPECTED", UNPROCESSABLE_ENTITY, "Er lijkt een BSN in te staan";
    /// An answer to something that is no signaal.
    TOELICHTING = "TOELICHTING", UNPROCESSABLE_ENTITY, "Een toelichting klopt niet";
    /// The signer's name or function is missing.
    SIGNER = "SIGNER", UNPROCESSABLE_ENTITY, "De ondertekenaar ontbreekt";
    /// The levering is not in a state in which this can be done.
    STATE = "STATE", CONFLICT, "Dit kan nu niet met deze levering";
    /// A fout stands or a signaal is unanswered.
    NOT_READY = "NOT_READY", CONFLICT, "De levering kan nog niet worden ondertekend";
    /// It would replace the levering that counts by much less, or by what can't be compared; not confirmed by name.
    REPLACEMENT_UNCONFIRMED = "REPLACEMENT_UNCONFIRMED", CONFLICT, "Deze levering vervangt er een waarin meer staat";
    /// Its files are damaged; a beheerder must look at them.
    QUARANTINE = "QUARANTINE", CONFLICT, "Deze levering is even niet bruikbaar";
    /// The data of this year are frozen.
    FROZEN = "FROZEN", CONFLICT, "De gegevens van dit jaar staan vast";
    /// A levering with rows stands, so "nothing to report" cannot be.
    NIL_CONFLICT = "NIL_CONFLICT", CONFLICT, "Er is al een levering met gegevens";
    /// A nulopgave while last year's levering held rows, without an explanation.
    NIL_UNEXPLAINED = "NIL_UNEXPLAINED", CONFLICT, "Vorig jaar waren er wel gegevens";
    /// The aanbieder has too many unfinished leveringen.
    TOO_MANY_OPEN = "TOO_MANY_OPEN", TOO_MANY_REQUESTS, "Te veel leveringen die niet af zijn";
    /// No or another version of tus.
    TUS_VERSION = "TUS_VERSION", PRECONDITION_FAILED, "Deze versie van tus wordt niet gesproken";
    /// `Upload-Offset` or `Upload-Length` is missing or no number.
    UPLOAD_HEADER = "UPLOAD_HEADER", BAD_REQUEST, "Een upload-header klopt niet";
    /// `Upload-Offset` is not where the service is.
    OFFSET = "OFFSET", CONFLICT, "De upload gaat op een andere plek verder";
    /// Another request is writing this file.
    UPLOAD_BUSY = "UPLOAD_BUSY", CONFLICT, "Dit bestand wordt al verstuurd";
    /// All bytes are there, but they are not the announced ones; the file starts anew.
    HASH_MISMATCH = "HASH_MISMATCH", UNPROCESSABLE_ENTITY, "Het bestand is niet goed aangekomen";
    /// The statement is no SQL, names what is not there, or can't be computed.
    SQL_STATEMENT = "SQL_STATEMENT", UNPROCESSABLE_ENTITY, "De SQL klopt niet";
    /// The statement is not one that may be asked.
    SQL_NOT_ALLOWED = "SQL_NOT_ALLOWED", FORBIDDEN, "Deze SQL mag hier niet";
    /// The question went beyond a limit on time, memory, rows or nesting.
    SQL_LIMIT = "SQL_LIMIT", UNPROCESSABLE_ENTITY, "De vraag is te groot";
    /// Too many questions at once.
    SQL_BUSY = "SQL_BUSY", TOO_MANY_REQUESTS, "Te veel vragen tegelijk";
    /// The disk is full.
    STORAGE_FULL = "STORAGE_FULL", INSUFFICIENT_STORAGE, "Er is geen ruimte meer";
    /// The store cannot be reached for now.
    UNAVAILABLE = "UNAVAILABLE", SERVICE_UNAVAILABLE, "De dienst is even niet bereikbaar";
    /// Our fault.
    INTERNAL = "INTERNAL", INTERNAL_SERVER_ERROR, "Er ging bij ons iets mis";
}

impl ProblemKind {
    /// Seconds after which the same request may succeed, for who waits: every 429, and every 409 that passes. A 409
    /// about the pakket or the levering itself does not pass by waiting, so it names no time.
    fn retry_after(self) -> Option<u32> {
        match self {
            Self::OFFSET => Some(0),
            Self::UPLOAD_BUSY => Some(1),
            Self::STATE => Some(5),
            Self::QUARANTINE => Some(3600),
            Self::TOO_MANY_DOWNLOADS => Some(5),
            Self { status, .. } if status == StatusCode::TOO_MANY_REQUESTS => Some(60),
            _ => None,
        }
    }
}

/// A problem, ready to be answered.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<ProblemContent>);

#[derive(Debug, Clone)]
struct ProblemContent {
    soort: ProblemKind,
    detail: String,
    extra: Map<String, Value>,
    headers: HeaderMap,
}

/// Stays with the answer for what comes after: the log takes the code, a browser gets a page.
#[derive(Debug, Clone)]
pub(crate) struct ProblemRecord {
    /// Its kind.
    pub soort: ProblemKind,
    /// Its Dutch sentence.
    pub detail: String,
}

impl Problem {
    /// A problem of this kind; `detail` is a Dutch sentence for the person who sent the request.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self(Box::new(ProblemContent {
            soort: kind,
            detail: detail.into(),
            extra: Map::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// Something of ours broke.
    pub(crate) fn our_fault() -> Self {
        let kind = ProblemKind::INTERNAL;
        Self::new(kind, wording::refused::try_later(kind.titel))
    }

    /// Adds a member to the JSON.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> ProblemKind {
        self.0.soort
    }

    /// Its Dutch sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let ProblemContent {
            soort: kind,
            detail,
            extra,
            headers,
        } = *self.0;
        let ProblemKind {
            code,
            status,
            titel: title,
        } = kind;
        let mut content = Map::new();
        content.insert(
            "type".to_owned(),
            format!("urn:omgangsmonitor:probleem:{code}").into(),
        );
        content.insert("title".to_owned(), title.into());
        content.insert("status".to_owned(), status.as_u16().into());
        content.insert("detail".to_owned(), detail.clone().into());
        content.insert("code".to_owned(), code.into());
        content.extend(extra);
        let mut response = (status, headers, Json(Value::Object(content))).into_response();
        if let Some(seconds) = kind.retry_after() {
            let wait = response.headers_mut().entry(RETRY_AFTER);
            wait.or_insert(seconds.into());
        }
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"omgangsmonitor\""),
            );
        }
        response.extensions_mut().insert(ProblemRecord {
            soort: kind,
            detail,
        });
        response
    }
}
