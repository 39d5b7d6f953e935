//! `POST /v1/nulopgaven`: a signed statement that there is nothing to report. It counts as response.
//!
//! Owns what it asks of who signs. Leaves to `lake` when it may be signed: not beside a signed levering with rows, so
//! that nobody throws away a year's data with one call, and not unexplained where there were rows last year.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{LakeError, Levering, LeveringId, Nulopgave, Opening, Refusal, Signing};
use serde::Deserialize;

use crate::App;
use crate::auth::Caller;
use crate::leveringen::open::OpenError;
use crate::leveringen::sign::{Signature, receipt, signer};
use crate::leveringen::toelichtingen::AnswerError;
use crate::leveringen::{opened, stamp};
use crate::problem::{Problem, ProblemKind};
use crate::request_body;
use crate::wording;

/// A nulopgave, signed.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Name of the person who signs.
    pub naam: String,
    /// Function of the person who signs.
    pub functie: String,
    /// Why there is nothing now, where there was something last year.
    #[serde(default)]
    pub toelichting: String,
}

const BYTES: usize = 4 * 1024;
const WORDS: usize = 1000;

/// Signs a nulopgave.
#[utoipa::path(post, path = "/v1/nulopgaven", tag = "leveringen", security(("token" = [])),
    request_body(content = Statement, content_type = "application/json"),
    responses((status = 201, description = "Signed", body = crate::leveringen::LeveringView), (status = 200, description = "One counted already", body = crate::leveringen::LeveringView), (status = 409, description = "NIL_CONFLICT, NIL_UNEXPLAINED or FROZEN"), (status = 422, description = "SIGNER, PERIOD, SCHEMA_VERSION, BSN_SUSPECTED or JSON_INVALID")))]
pub(crate) async fn nulopgave(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let statement: Statement = request_body::json(&headers, body, BYTES).await?;
    let (status, levering) = declare(&app, &caller, statement).await?;
    opened(&app, status, &levering).await
}

/// Signs a statement: 201, or 200 where one counted already.
///
/// # Errors
/// When who signs is nobody, the year is none, or the register refuses.
pub(crate) async fn declare(
    app: &App,
    caller: &Caller,
    statement: Statement,
) -> Result<(StatusCode, Levering), Problem> {
    let kvk = caller.kvk().ok_or(OpenError::OtherAanbieder)?;
    let Statement {
        uitvraag,
        jaar,
        naam: name,
        functie: job_title,
        toelichting,
    } = statement;
    let signatory = signer(&Signature {
        naam: name,
        functie: job_title,
    })?;
    let definitie = match app.definitie(&uitvraag, jaar) {
        Some(definitie) => definitie,
        None if app.knows_uitvraag(&uitvraag) => return Err(OpenError::Jaar.into()),
        None => return Err(OpenError::Uitvraag.into()),
    };
    let explanation = toelichting.trim();
    if pakket::bsn::in_text(explanation) {
        return Err(AnswerError::Bsn.into());
    }
    let fits = !explanation.is_empty() && explanation.len() <= WORDS;
    let main_table = definitie.tabellen.first();
    let new = Nulopgave {
        kvk,
        uitvraag: &uitvraag,
        jaar,
        main_table: main_table.map_or("", |t| t.naam.as_str()),
        toelichting: fits.then_some(explanation),
        signing: Signing {
            signer: &signatory,
            klok: &definitie.klok,
            receipt: &|signed| app.sleutel.sign(&receipt(app, definitie, signed)),
        },
    };
    match app.lake.nulopgave(&new, &stamp(app, caller)).await {
        Ok(Opening::New(levering)) => {
            tracing::info!(levering = %levering.id, "nulopgave signed");
            Ok((StatusCode::CREATED, levering))
        }
        Ok(Opening::Existing(levering)) => Ok((StatusCode::OK, levering)),
        Err(LakeError::Refused(Refusal::NulopgaveUnexplained { levering, rows })) => {
            let title = main_table.map(|t| t.titel.as_str());
            Err(unexplained(levering, rows, title))
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks to explain why there is nothing now, where there was something last year.
pub(crate) fn unexplained(before: LeveringId, rows: u64, main_table: Option<&str>) -> Problem {
    let question = wording::refused::nulopgave_unexplained(rows, main_table, WORDS);
    Problem::new(ProblemKind::NIL_UNEXPLAINED, question)
        .with("levering", format!("/v1/leveringen/{before}"))
}
