//! `POST /v1/leveringen/{id}/indienen`: a named person signs, and gets an ontvangstbewijs.
//!
//! Owns who may stand under a levering and what the receipt says. Signing again gives the same receipt. Leaves when one
//! may sign, and replacing the levering that counted until now, to `lake`, in the same transaction.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{LakeFout, Levering, Ondertekenaar, Refusal, Signing};
use schema::Definitie;
use schema::pakket::Ontvangstbewijs;
use serde::Deserialize;

use super::toelichtingen::visible;
use super::{answer, find, refuse_if_erased, stempel};
use crate::Staat;
use crate::inhoud::{self, InhoudFout};
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// Who signs.
#[derive(Debug, Clone)]
pub struct Handtekening {
    /// Name of the person.
    pub naam: String,
    /// Function of the person.
    pub functie: String,
}

/// What is sent to sign a levering.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Indiening {
    /// Name of the person.
    naam: String,
    /// Function of the person.
    functie: String,
    /// That a levering made with another key than the one that counts is meant to take its place.
    #[serde(default)]
    andere_sleutel: bool,
}

/// Why a signature is not one. What the register refuses is [`lake::Refusal`].
#[derive(Debug, thiserror::Error)]
pub enum TekenFout {
    /// The body is not right.
    #[error(transparent)]
    Inhoud(#[from] InhoudFout),
    /// No name or no function.
    #[error("Vul uw naam en uw functie in: elk 1 tot 120 tekens, zonder nummers van personen.")]
    Ondertekenaar,
}

const BYTES: usize = 4 * 1024;

/// Signs a levering: from now on it counts.
#[utoipa::path(post, path = "/v1/leveringen/{id}/indienen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    request_body(content = Indiening, content_type = "application/json"),
    responses((status = 200, description = "Signed, now or before", body = super::Weergave), (status = 409, description = "NOT_READY with the list, KEY_CHANGED, STATE or FROZEN"), (status = 422, description = "SIGNER or JSON_INVALID")))]
pub async fn indienen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let Indiening {
        naam,
        functie,
        andere_sleutel,
    } = inhoud::json(&headers, body, BYTES)
        .await
        .map_err(TekenFout::from)?;
    let levering = sign(
        &staat,
        &wie,
        &levering,
        &Handtekening { naam, functie },
        andere_sleutel,
    )
    .await?;
    answer(&staat, StatusCode::OK, &levering).await
}

/// Signs, or gives back what was signed before.
///
/// # Errors
/// When the person is not named, or the register refuses: a fout stands, a signaal is unanswered, it would replace a
/// levering made with another key and that was not said to be meant, or it is too early or too late.
pub async fn sign(
    staat: &Staat,
    wie: &Wie,
    levering: &Levering,
    handtekening: &Handtekening,
    andere_sleutel: bool,
) -> Result<Levering, Problem> {
    refuse_if_erased(levering)?;
    if levering.heeft_ontvangstbewijs {
        return Ok(levering.clone());
    }
    let signer = signer(handtekening)?;
    let definitie = staat
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(Soort::PERIOD, "Deze uitvraag loopt niet meer."))?;
    let signing = Signing {
        signer: &signer,
        klok: &definitie.klok,
        receipt: &|signed| staat.sleutel.sign(&receipt(staat, definitie, signed)),
    };
    let stempel = stempel(staat, wie);
    let lake = &staat.lake;
    match lake
        .indienen(levering.id, &signing, andere_sleutel, &stempel)
        .await
    {
        Ok(ingediend) => {
            tracing::info!(levering = %levering.id, "levering signed");
            Ok(ingediend)
        }
        // Two at once: the other one was first, and its receipt is the one.
        Err(LakeFout::Refused(refusal @ Refusal::State { .. })) => {
            let signed = lake.levering(levering.id).await?;
            signed
                .filter(|l| l.heeft_ontvangstbewijs)
                .ok_or_else(|| refusal.into())
        }
        Err(fout) => Err(fout.into()),
    }
}

/// The person, fit to stand in a receipt.
///
/// # Errors
/// When name or function is missing, too long, or holds what may not be there.
pub fn signer(handtekening: &Handtekening) -> Result<Ondertekenaar, TekenFout> {
    let fit = |tekst: &str| {
        let lengte = tekst.chars().count();
        (1..=120).contains(&lengte)
            && visible(tekst)
            && !tekst.contains(['\n', '\r', '\t'])
            && !pakket::bsn::in_tekst(tekst)
    };
    let (naam, functie) = (handtekening.naam.trim(), handtekening.functie.trim());
    if fit(naam) && fit(functie) {
        Ok(Ondertekenaar {
            naam: naam.to_owned(),
            functie: functie.to_owned(),
        })
    } else {
        Err(TekenFout::Ondertekenaar)
    }
}

/// What the receipt of a levering says, as the register holds it once signed.
pub fn receipt(staat: &Staat, definitie: &Definitie, signed: &Levering) -> Ontvangstbewijs {
    let bestanden = signed.bestanden.iter();
    let moment = signed.ingediend.unwrap_or_else(|| staat.nu());
    Ontvangstbewijs {
        iss: staat.naam.clone(),
        iat: moment.timestamp(),
        levering: signed.id.to_string(),
        aanbieder: signed.kvk.clone(),
        uitvraag: signed.uitvraag.clone(),
        jaar: signed.jaar,
        nulopgave: signed.nulopgave,
        bestanden: bestanden
            .map(|b| (b.tabel.clone(), b.hash.clone()))
            .collect(),
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
