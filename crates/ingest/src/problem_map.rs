//! Which error goes where: every error of this crate and of `lake`, and the problem it becomes.
//!
//! Expected errors (the sender's) tell the sender what to do. Internal ones (ours) are logged with what went wrong
//! and answered without it.

use axum::http::HeaderName;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use lake::{LakeError, Refusal};
use schema::Toestand;

use crate::auth::AccessError;
use crate::figure_filter::FilterError;
use crate::figure_source::FigureError;
use crate::leveringen::confirm::unconfirmed;
use crate::leveringen::open::OpenError;
use crate::leveringen::sign::SignError;
use crate::leveringen::toelichtingen::AnswerError;
use crate::leveringen::upload::{TUS_VERSION, TusError};
use crate::nulopgaven::unexplained;
use crate::problem::{Problem, ProblemKind};
use crate::request_body::BodyError;
use crate::wording;

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let kind = match &error {
            BodyError::ProblemKind(_) => ProblemKind::MEDIA_TYPE,
            BodyError::Encoding => ProblemKind::CONTENT_ENCODING,
            BodyError::TooBig(_) => ProblemKind::BODY_TOO_LARGE,
            BodyError::Aborted => ProblemKind::BODY_INCOMPLETE,
            BodyError::Slow => ProblemKind::BODY_TOO_SLOW,
            BodyError::Json { .. } | BodyError::Missing { .. } => ProblemKind::JSON_INVALID,
            BodyError::Deep => ProblemKind::JSON_DEPTH,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let kind = match error {
            AccessError::Geen | AccessError::Onbekend => ProblemKind::UNAUTHENTICATED,
            AccessError::TokenRole => ProblemKind::FORBIDDEN_ROLE,
            AccessError::Origin => ProblemKind::FORBIDDEN_ORIGIN,
            AccessError::Lake(error) => return error.into(),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        let text = error.to_string();
        match error {
            OpenError::Body(error) => error.into(),
            OpenError::Lake(error) => error.into(),
            OpenError::Sleutel => Self::new(ProblemKind::IDEMPOTENCY_KEY, text),
            OpenError::OtherAanbieder => Self::new(ProblemKind::PROVIDER_MISMATCH, text),
            OpenError::Uitvraag => Self::new(ProblemKind::SCHEMA_VERSION, text),
            OpenError::Jaar => Self::new(ProblemKind::PERIOD, text),
            OpenError::Outdated {
                definitie,
                verwacht: expected,
            } => Self::new(ProblemKind::DEFINITION_OUTDATED, text)
                .with("definitie", format!("/v1/uitvragen/{definitie}"))
                .with("regels", expected),
            OpenError::Future { today } => {
                Self::new(ProblemKind::DELIVERY_DATE, text).with("vandaag", today.to_string())
            }
            OpenError::Label => Self::new(ProblemKind::KEY_LABEL, text),
            OpenError::Files(_) => Self::new(ProblemKind::MANIFEST, text),
            OpenError::Bsn => Self::new(ProblemKind::BSN_SUSPECTED, text),
            OpenError::Toelichting => Self::new(ProblemKind::TOELICHTING, text),
        }
    }
}

impl From<TusError> for Problem {
    fn from(error: TusError) -> Self {
        let text = error.to_string();
        match error {
            TusError::Version => Self::new(ProblemKind::TUS_VERSION, text).header(
                HeaderName::from_static("tus-version"),
                HeaderValue::from_static(TUS_VERSION),
            ),
            TusError::Header(_) | TusError::Lengte { .. } => {
                Self::new(ProblemKind::UPLOAD_HEADER, text)
            }
            TusError::TooMany { .. } => Self::new(ProblemKind::BODY_TOO_LARGE, text),
            TusError::Body(error) => error.into(),
            TusError::TakenOver => Self::new(ProblemKind::UPLOAD_BUSY, text),
            TusError::Lake(error) => error.into(),
        }
    }
}

/// Says where to go on, in the body and in the header that tus clients read.
fn at_offset(text: String, expected: u64) -> Problem {
    Problem::new(ProblemKind::OFFSET, text)
        .with("offset", expected)
        .header(HeaderName::from_static("upload-offset"), expected.into())
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        let text = error.to_string();
        match error {
            AnswerError::Body(error) => error.into(),
            AnswerError::NoSignaal
            | AnswerError::Duplicate
            | AnswerError::NoWords
            | AnswerError::TooLong
            | AnswerError::Characters => Self::new(ProblemKind::TOELICHTING, text),
            AnswerError::Bsn => Self::new(ProblemKind::BSN_SUSPECTED, text),
            AnswerError::Lake(error) => error.into(),
        }
    }
}

impl From<SignError> for Problem {
    fn from(error: SignError) -> Self {
        let text = error.to_string();
        match error {
            SignError::Body(error) => error.into(),
            SignError::Signatory => Self::new(ProblemKind::SIGNER, text),
        }
    }
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        let kind = if error == FilterError::Token {
            ProblemKind::PAGE_TOKEN
        } else {
            ProblemKind::PARAMETER
        };
        Self::new(kind, error.to_string())
    }
}

impl From<FigureError> for Problem {
    fn from(error: FigureError) -> Self {
        tracing::error!(%error, "figures could not be given");
        Self::new(ProblemKind::INTERNAL, wording::refused::FIGURES_UNREADABLE)
    }
}

/// What the register does not let happen, in words for the aanbieder: one sentence for each refusal.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::State { from, to } => {
                let sentence = match to {
                    Toestand::Ontvangen => wording::refused::TAKES_NO_FILES,
                    Toestand::Ingediend => wording::refused::NOT_TO_SIGN,
                    Toestand::Akkoord => wording::refused::NOT_TO_EXPLAIN,
                    _ => wording::refused::NOT_NOW,
                };
                Self::new(ProblemKind::STATE, sentence).with("toestand", from.name())
            }
            Refusal::Quarantined(_) => {
                Self::new(ProblemKind::QUARANTINE, wording::refused::QUARANTINED)
            }
            Refusal::OpenErrors { codes } => {
                Self::new(ProblemKind::NOT_READY, wording::refused::OPEN_ERRORS)
                    .with("fouten", codes)
            }
            Refusal::OpenSignalen { codes } => {
                Self::new(ProblemKind::NOT_READY, wording::refused::OPEN_SIGNALEN)
                    .with("open_signalen", codes)
            }
            Refusal::Frozen => Self::new(ProblemKind::FROZEN, wording::refused::FROZEN),
            Refusal::Unconfirmed(losses) => unconfirmed(&losses, None),
            Refusal::TooManyOpen { .. } => {
                Self::new(ProblemKind::TOO_MANY_OPEN, wording::refused::TOO_MANY_OPEN)
            }
            Refusal::NulopgaveBesideLevering { levering } => Self::new(
                ProblemKind::NIL_CONFLICT,
                wording::refused::NULOPGAVE_BESIDE_LEVERING,
            )
            .with("levering", format!("/v1/leveringen/{levering}")),
            Refusal::NulopgaveUnexplained { levering, rows } => unexplained(levering, rows, None),
            // What only a beheerder asks, and never over HTTP.
            Refusal::ExtensionPast { .. }
            | Refusal::ExtensionWithoutReason
            | Refusal::TooSoonToFreeze { .. }
            | Refusal::NotFrozen
            | Refusal::Published
            | Refusal::TakenBack(_)
            | Refusal::ErasedSince(_) => internal(&refusal.into()),
        }
    }
}

impl From<LakeError> for Problem {
    fn from(error: LakeError) -> Self {
        match error {
            LakeError::UnknownLevering(_) => {
                Self::new(ProblemKind::NOT_FOUND, wording::refused::UNKNOWN_LEVERING)
            }
            LakeError::UnknownTabel(_) => {
                Self::new(ProblemKind::NOT_FOUND, wording::refused::NO_FILE)
            }
            LakeError::UnknownAanbieder => {
                Self::new(ProblemKind::NOT_FOUND, wording::refused::UNKNOWN_AANBIEDER)
            }
            LakeError::Refused(refusal) => refusal.into(),
            LakeError::Conflict => Self::new(
                ProblemKind::IDEMPOTENCY_CONFLICT,
                wording::refused::KEY_USED,
            ),
            LakeError::WrongOffset { verwacht: expected } => {
                at_offset(wording::refused::go_on_at(expected), expected)
            }
            LakeError::UploadBusy => {
                Self::new(ProblemKind::UPLOAD_BUSY, wording::refused::UPLOAD_BUSY)
            }
            LakeError::TooManyBytes { announced } => Self::new(
                ProblemKind::BODY_TOO_LARGE,
                TusError::TooMany { announced }.to_string(),
            ),
            LakeError::Incomplete { tabellen } => {
                Self::new(ProblemKind::STATE, wording::refused::INCOMPLETE)
                    .with("tabellen", tabellen)
            }
            LakeError::HashDiffers { tabel } => Self::new(
                ProblemKind::HASH_MISMATCH,
                wording::refused::other_hash(&tabel),
            )
            .with("tabel", tabel),
            error => internal(&error),
        }
    }
}

fn internal(error: &LakeError) -> Problem {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, "storage failed");
    if error.is_full() {
        return Problem::new(ProblemKind::STORAGE_FULL, wording::refused::STORAGE_FULL);
    }
    if error.is_busy() {
        return Problem::new(ProblemKind::UNAVAILABLE, wording::refused::BUSY)
            .header(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    Problem::our_fault()
}
