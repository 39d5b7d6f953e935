//! `POST /v1/nulopgaven`: a signed statement that there is nothing to report. It counts as response.
//!
//! Owns that it cannot stand beside a signed levering with rows: that one must be taken back first, by name, so that
//! nobody throws away a year's data with one call. Leaves the states to `lake`.

use std::collections::BTreeMap;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{Geopend, LeveringId, Nulopgave};
use schema::Definitie;
use schema::pakket::Ontvangstbewijs;
use schema::tekst::duizendtal;
use serde::Deserialize;

use crate::Staat;
use crate::inhoud;
use crate::leveringen::indienen::{Handtekening, signer};
use crate::leveringen::openen::OpenFout;
use crate::leveringen::{opened, refuse_if_frozen, stempel};
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// A nulopgave, signed.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verklaring {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
    /// Name of the person who signs.
    naam: String,
    /// Function of the person who signs.
    functie: String,
    /// Why there is nothing now, where there was something last year.
    #[serde(default)]
    toelichting: String,
}

const BYTES: usize = 4 * 1024;
const WOORDEN: usize = 1000;

/// Signs a nulopgave.
#[utoipa::path(post, path = "/v1/nulopgaven", tag = "leveringen", security(("token" = [])),
    request_body(content = Verklaring, content_type = "application/json"),
    responses((status = 201, description = "Signed", body = crate::leveringen::Weergave), (status = 200, description = "One counted already", body = crate::leveringen::Weergave), (status = 409, description = "NIL_CONFLICT, NIL_UNEXPLAINED or FROZEN"), (status = 422, description = "SIGNER, PERIOD, SCHEMA_VERSION or JSON_INVALID")))]
pub async fn nulopgave(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let verklaring: Verklaring = inhoud::json(&headers, body, BYTES).await?;
    let kvk = wie.kvk().ok_or(OpenFout::AndereAanbieder)?;
    let Verklaring {
        uitvraag,
        jaar,
        naam,
        functie,
        toelichting,
    } = verklaring;
    let ondertekenaar = signer(&Handtekening { naam, functie })?;
    let definitie = match staat.definitie(&uitvraag, jaar) {
        Some(definitie) => definitie,
        None if staat.kent_uitvraag(&uitvraag) => return Err(OpenFout::Jaar.into()),
        None => return Err(OpenFout::Uitvraag.into()),
    };
    if let Some(telt) = staat.lake.in_kracht(kvk, &uitvraag, jaar).await? {
        if telt.nulopgave {
            return Ok(opened(&staat, StatusCode::OK, &telt));
        }
        return Err(Problem::new(
            Soort::NIL_CONFLICT,
            "U hebt over dit jaar al een levering met gegevens ingediend. Hebt u echt niets te melden? Trek die levering dan eerst in.",
        )
        .with("levering", format!("/v1/leveringen/{}", telt.id)));
    }
    refuse_if_frozen(&staat, kvk, definitie).await?;
    let toelichting = explained(&staat, kvk, definitie, &toelichting).await?;
    let id = LeveringId::nieuw(staat.nu());
    let bewijs = Ontvangstbewijs {
        iss: staat.naam.clone(),
        iat: staat.nu().timestamp(),
        levering: id.to_string(),
        aanbieder: kvk.to_owned(),
        uitvraag: uitvraag.clone(),
        jaar,
        nulopgave: true,
        bestanden: BTreeMap::new(),
        rijen: BTreeMap::new(),
        regels: definitie.regelhash.clone(),
        ondertekenaar: ondertekenaar.to_string(),
    };
    let jws = staat.sleutel.sign(&bewijs);
    let nieuw = Nulopgave {
        id,
        kvk,
        uitvraag: &uitvraag,
        jaar,
        ondertekenaar: &ondertekenaar,
        jws: &jws,
        toelichting,
    };
    match staat.lake.nulopgave(&nieuw, &stempel(&staat, &wie)).await? {
        Geopend::Nieuw(levering) => {
            tracing::info!(levering = %levering.id, "nulopgave signed");
            Ok(opened(&staat, StatusCode::CREATED, &levering))
        }
        Geopend::Bestaand(levering) => Ok(opened(&staat, StatusCode::OK, &levering)),
    }
}

/// The explanation, where last year's levering held rows: a nulopgave by mistake would erase an aanbieder from the
/// figures unseen.
async fn explained<'a>(
    staat: &Staat,
    kvk: &str,
    definitie: &Definitie,
    toelichting: &'a str,
) -> Result<Option<&'a str>, Problem> {
    let Some(vorig) = staat
        .lake
        .in_kracht(kvk, &definitie.uitvraag, definitie.jaar - 1)
        .await?
    else {
        return Ok(None);
    };
    let Some(tabel) = definitie.tabellen.first() else {
        return Ok(None);
    };
    let rijen = vorig.rijen.get(&tabel.naam).copied().unwrap_or(0);
    let uitleg = toelichting.trim();
    if rijen == 0 || (!uitleg.is_empty() && uitleg.len() <= WOORDEN) {
        return Ok((rijen > 0).then_some(uitleg));
    }
    let vraag = format!(
        "Vorig jaar leverde u {} rijen in de tabel {}. Klopt het dat u nu niets te melden hebt? \
         Doe de nulopgave dan opnieuw, met een korte uitleg (hoogstens {WOORDEN} tekens).",
        duizendtal(rijen),
        tabel.titel
    );
    Err(Problem::new(Soort::NIL_UNEXPLAINED, vraag)
        .with("levering", format!("/v1/leveringen/{}", vorig.id)))
}
