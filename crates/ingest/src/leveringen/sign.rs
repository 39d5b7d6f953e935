//! `POST /v1/leveringen/{id}/indienen`: a named person signs, and gets an ontvangstbewijs.
//!
//! Owns who may stand under a levering and what the receipt says. Signing again gives the same receipt. Leaves when one
//! may sign, and replacing the levering that counted until now, to `lake`, in the same transaction.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{LakeError, Levering, Refusal, Signatory, Signing};
use pakket::toelichting::is_visible;
use schema::pakket::Ontvangstbewijs;
use schema::{Confirmation, Definitie};
use serde::Deserialize;

use super::confirm::unconfirmed;
use super::{answer, find, refuse_if_erased, stamp};
use crate::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemKind};
use crate::request_body::{self, BodyError};
use crate::wording;

/// Who signs.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    /// Name of the person.
    pub naam: String,
    /// Function of the person.
    pub functie: String,
}

/// What is sent to sign a levering.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submission {
    /// Name of the person.
    naam: String,
    /// Function of the person.
    functie: String,
    /// What may be lost when it replaces the levering that counts, by name, as the refusal asked: `andere_sleutel`,
    /// `minder_rijen`, `minder_tabellen`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    bevestig: Vec<Confirmation>,
}

/// Why a signature is not one. What the register refuses is [`lake::Refusal`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    /// The body is not right.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// No name or no function.
    #[error("Vul uw naam en uw functie in: elk 1 tot 120 tekens, zonder nummers van personen.")]
    Signatory,
}

const BYTES: usize = 4 * 1024;

/// Signs a levering: from now on it counts.
#[utoipa::path(post, path = "/v1/leveringen/{id}/indienen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    request_body(content = Submission, content_type = "application/json"),
    responses((status = 200, description = "Signed, now or before", body = super::LeveringView), (status = 409, description = "NOT_READY with the list, REPLACEMENT_UNCONFIRMED with what must be confirmed, STATE or FROZEN"), (status = 422, description = "SIGNER or JSON_INVALID")))]
pub(crate) async fn submit(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let Submission {
        naam: name,
        functie: job_title,
        bevestig: confirmed,
    } = request_body::json(&headers, body, BYTES)
        .await
        .map_err(SignError::from)?;
    let levering = sign(
        &app,
        &caller,
        &levering,
        &Signature {
            naam: name,
            functie: job_title,
        },
        &confirmed,
    )
    .await?;
    answer(&app, StatusCode::OK, &levering).await
}

/// Signs, or gives back what was signed before.
///
/// # Errors
/// When the person is not named, or the register refuses: a fout stands, a signaal is unanswered, it would lose
/// something by replacing what counts and that was not confirmed, or it is too early or too late.
pub(crate) async fn sign(
    app: &App,
    caller: &Caller,
    levering: &Levering,
    signature: &Signature,
    confirmed: &[Confirmation],
) -> Result<Levering, Problem> {
    refuse_if_erased(levering)?;
    if levering.has_ontvangstbewijs {
        return Ok(levering.clone());
    }
    let signer = signer(signature)?;
    let definitie = app
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?;
    let signing = Signing {
        signer: &signer,
        klok: &definitie.klok,
        receipt: &|signed| app.sleutel.sign(&receipt(app, definitie, signed)),
    };
    let stamp = stamp(app, caller);
    let lake = &app.lake;
    match lake.submit(levering.id, &signing, confirmed, &stamp).await {
        Ok(submitted) => {
            tracing::info!(levering = %levering.id, "levering signed");
            Ok(submitted)
        }
        // Two at once: the other one was first, and its receipt is the one.
        Err(LakeError::Refused(refusal @ Refusal::State { .. })) => {
            let signed = lake.levering(levering.id).await?;
            signed
                .filter(|l| l.has_ontvangstbewijs)
                .ok_or_else(|| refusal.into())
        }
        Err(LakeError::Refused(Refusal::Unconfirmed(losses))) => {
            Err(unconfirmed(&losses, Some(definitie)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The person, fit to stand in a receipt.
///
/// # Errors
/// When name or function is missing, too long, or holds what may not be there.
pub(crate) fn signer(signature: &Signature) -> Result<Signatory, SignError> {
    let fit = |text: &str| {
        let length = text.chars().count();
        (1..=120).contains(&length)
            && is_visible(text)
            && !text.contains(['\n', '\r', '\t'])
            && !pakket::bsn::in_text(text)
    };
    let (name, job_title) = (signature.naam.trim(), signature.functie.trim());
    if fit(name) && fit(job_title) {
        Ok(Signatory {
            naam: name.to_owned(),
            functie: job_title.to_owned(),
        })
    } else {
        Err(SignError::Signatory)
    }
}

/// What the receipt of a levering says, as the register holds it once signed.
pub(crate) fn receipt(app: &App, definitie: &Definitie, signed: &Levering) -> Ontvangstbewijs {
    let files = signed.bestanden.iter();
    let moment = signed.ingediend.unwrap_or_else(|| app.nu());
    Ontvangstbewijs {
        iss: app.naam.clone(),
        iat: moment.timestamp(),
        levering: signed.id.to_string(),
        aanbieder: signed.kvk.clone(),
        uitvraag: signed.uitvraag.clone(),
        jaar: signed.jaar,
        nulopgave: signed.nulopgave,
        bestanden: files.map(|b| (b.tabel.clone(), b.hash.clone())).collect(),
        rijen: signed.rijen.clone(),
        // A nulopgave is not judged: its receipt names the rules that there were.
        regels: if signed.nulopgave {
            definitie.regelhash.clone()
        } else {
            signed.regelhash.clone()
        },
        ondertekenaar: signed
            .ondertekenaar
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}
