//! `POST /v1/leveringen/{id}/indienen`: a named person signs, and gets an ontvangstbewijs.
//!
//! Owns when one may sign and what the receipt says. Signing again gives the same receipt. Leaves replacing the
//! levering that counted until now to `lake`, in the same transaction.

use std::collections::BTreeMap;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{LakeFout, Levering, LeveringId, Ondertekenaar};
use schema::pakket::Ontvangstbewijs;
use schema::{Ernst, Toestand};
use serde::Deserialize;

use super::toelichtingen::visible;
use super::{answer, find, refuse_if_erased, refuse_if_frozen, stempel};
use crate::Staat;
use crate::inhoud::{self, InhoudFout};
use crate::problem::Problem;
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

/// Why signing was refused.
#[derive(Debug, thiserror::Error)]
pub enum TekenFout {
    /// The body is not right.
    #[error(transparent)]
    Inhoud(#[from] InhoudFout),
    /// No name or no function.
    #[error("Vul uw naam en uw functie in: elk 1 tot 120 tekens, zonder nummers van personen.")]
    Ondertekenaar,
    /// A fout stands.
    #[error("Er staan nog fouten in deze levering. Verbeter uw bestand en lever opnieuw.")]
    Fouten(Vec<String>),
    /// A signaal is unanswered.
    #[error("Beantwoord eerst alle signalen. Daarna kunt u ondertekenen.")]
    Signalen(Vec<String>),
    /// Too early or too late.
    #[error("Deze levering kan nu niet worden ondertekend.")]
    Toestand(Toestand),
    /// Made with another key than what it would replace: it may be another aanbieder's.
    #[error(
        "De levering die nu telt, is met een andere sleutel gemaakt. Controleer of dit pakket van uw organisatie is: dan lijkt straks elk traject nieuw. Klopt het toch? Bevestig dat met `uitvraag lever … --andere-sleutel`, of met het vinkje op de pagina van de levering."
    )]
    AndereSleutel,
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeFout),
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
/// When the person is not named, a fout stands, a signaal is unanswered, it would replace a levering made with another
/// key and that was not said to be meant, or it is too early or too late.
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
    let ondertekenaar = signer(handtekening)?;
    ready(levering)?;
    if let Some(definitie) = staat.definitie(&levering.uitvraag, levering.jaar) {
        refuse_if_frozen(staat, &levering.kvk, definitie).await?;
    }
    if !andere_sleutel && has_other_key(staat, levering).await? {
        return Err(TekenFout::AndereSleutel.into());
    }
    let bewijs = receipt(staat, levering, &ondertekenaar);
    let jws = staat.sleutel.sign(&bewijs);
    match staat
        .lake
        .indienen(levering.id, &ondertekenaar, &jws, &stempel(staat, wie))
        .await
    {
        Ok(ingediend) => {
            tracing::info!(levering = %levering.id, "levering signed");
            Ok(ingediend)
        }
        // Two at once: the other one was first, and its receipt is the one.
        Err(LakeFout::Stap { .. }) => signed_meanwhile(staat, levering.id).await,
        Err(fout) => Err(TekenFout::from(fout).into()),
    }
}

/// Whether the levering that counts now was made with another key than this one.
///
/// # Errors
/// When the register fails.
pub async fn has_other_key(staat: &Staat, levering: &Levering) -> Result<bool, LakeFout> {
    let telt = staat
        .lake
        .in_kracht(&levering.kvk, &levering.uitvraag, levering.jaar)
        .await?;
    Ok(telt.is_some_and(|telt| {
        !telt.nulopgave && telt.id != levering.id && telt.pseudoniem != levering.pseudoniem
    }))
}

async fn signed_meanwhile(staat: &Staat, id: LeveringId) -> Result<Levering, Problem> {
    let levering = staat
        .lake
        .levering(id)
        .await?
        .ok_or(LakeFout::OnbekendeLevering(id))?;
    if levering.heeft_ontvangstbewijs {
        Ok(levering)
    } else {
        Err(TekenFout::Toestand(levering.toestand).into())
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

fn ready(levering: &Levering) -> Result<(), TekenFout> {
    match levering.toestand {
        Toestand::Akkoord => Ok(()),
        Toestand::Afgekeurd => {
            let fouten = levering
                .regels
                .iter()
                .filter(|r| r.ernst == Ernst::Fout)
                .map(|r| r.code.clone());
            Err(TekenFout::Fouten(fouten.collect()))
        }
        Toestand::TeBevestigen => Err(TekenFout::Signalen(levering.open_signalen())),
        toestand => Err(TekenFout::Toestand(toestand)),
    }
}

fn receipt(staat: &Staat, levering: &Levering, ondertekenaar: &Ondertekenaar) -> Ontvangstbewijs {
    let bestanden: BTreeMap<String, String> = levering
        .bestanden
        .iter()
        .map(|b| (b.tabel.clone(), b.hash.clone()))
        .collect();
    Ontvangstbewijs {
        iss: staat.naam.clone(),
        iat: staat.nu().timestamp(),
        levering: levering.id.to_string(),
        aanbieder: levering.kvk.clone(),
        uitvraag: levering.uitvraag.clone(),
        jaar: levering.jaar,
        nulopgave: false,
        bestanden,
        rijen: levering.rijen.clone(),
        regels: levering.regelhash.clone(),
        ondertekenaar: ondertekenaar.to_string(),
    }
}
