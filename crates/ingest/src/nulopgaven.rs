//! `POST /v1/nulopgaven`: a signed statement that there is nothing to report. It counts as response.
//!
//! Owns what it asks of who signs. Leaves to `lake` when it may be signed: not beside a signed levering with rows, so
//! that nobody throws away a year's data with one call, and not unexplained where there were rows last year.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{Geopend, LakeFout, LeveringId, Nulopgave, Refusal, Signing};
use schema::tekst::duizendtal;
use serde::Deserialize;

use crate::Staat;
use crate::inhoud;
use crate::leveringen::indienen::{Handtekening, receipt, signer};
use crate::leveringen::openen::OpenFout;
use crate::leveringen::{opened, stempel};
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
    let explanation = toelichting.trim();
    let fits = !explanation.is_empty() && explanation.len() <= WOORDEN;
    let main_table = definitie.tabellen.first();
    let nieuw = Nulopgave {
        kvk,
        uitvraag: &uitvraag,
        jaar,
        main_table: main_table.map_or("", |t| t.naam.as_str()),
        toelichting: fits.then_some(explanation),
        signing: Signing {
            signer: &ondertekenaar,
            klok: &definitie.klok,
            receipt: &|signed| staat.sleutel.sign(&receipt(&staat, definitie, signed)),
        },
    };
    match staat.lake.nulopgave(&nieuw, &stempel(&staat, &wie)).await {
        Ok(Geopend::Nieuw(levering)) => {
            tracing::info!(levering = %levering.id, "nulopgave signed");
            Ok(opened(&staat, StatusCode::CREATED, &levering))
        }
        Ok(Geopend::Bestaand(levering)) => Ok(opened(&staat, StatusCode::OK, &levering)),
        Err(LakeFout::Refused(Refusal::NulopgaveUnexplained { levering, rows })) => {
            let titel = main_table.map(|t| t.titel.as_str());
            Err(unexplained(levering, rows, titel))
        }
        Err(fout) => Err(fout.into()),
    }
}

/// Asks to explain why there is nothing now, where there was something last year.
pub fn unexplained(before: LeveringId, rows: u64, main_table: Option<&str>) -> Problem {
    let tabel = main_table.map_or_else(String::new, |titel| format!(" in de tabel {titel}"));
    let vraag = format!(
        "Vorig jaar leverde u {} rijen{tabel}. Klopt het dat u nu niets te melden hebt? \
         Doe de nulopgave dan opnieuw, met een korte uitleg (hoogstens {WOORDEN} tekens).",
        duizendtal(rows)
    );
    Problem::new(Soort::NIL_UNEXPLAINED, vraag).with("levering", format!("/v1/leveringen/{before}"))
}
