//! `PUT /v1/leveringen/{id}/toelichtingen`: answers to signalen.
//!
//! Owns what an answer may be, and carrying answers over to a next levering whose findings are the same. The code
//! becomes a footnote; the words stay with the coördinator. Leaves keeping them to `lake`.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use check::toelichting_sleutel;
use lake::{Filter, LakeFout, Levering};
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Oordeel};

use super::{answer, find, refuse_if_erased, stempel};
use crate::Staat;
use crate::inhoud::{self, InhoudFout};
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// Why answers were refused.
#[derive(Debug, thiserror::Error)]
pub enum AntwoordFout {
    /// The body is not right.
    #[error(transparent)]
    Inhoud(#[from] InhoudFout),
    /// No such signaal in the definition.
    #[error("Een van de toelichtingen hoort bij geen enkel signaal van deze uitvraag.")]
    GeenSignaal,
    /// Two answers to one signaal.
    #[error("Een van de signalen heeft twee toelichtingen. Geef er één.")]
    Dubbel,
    /// More words than fit.
    #[error("Een van de toelichtingen is langer dan 2000 tekens.")]
    TeLang,
    /// Control characters.
    #[error(
        "In een van de toelichtingen staan tekens die niet zichtbaar zijn. Typ de tekst opnieuw."
    )]
    Tekens,
    /// A BSN in the words.
    #[error("In een toelichting staat iets dat op een burgerservicenummer lijkt. Haal het weg.")]
    Bsn,
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeFout),
}

const BYTES: usize = 256 * 1024;
const WOORDEN: usize = 2_000;

/// Adds or replaces answers; with every signaal answered the levering becomes akkoord.
#[utoipa::path(put, path = "/v1/leveringen/{id}/toelichtingen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    request_body(content = Vec<Object>, description = "Answers: code, antwoord, woorden", content_type = "application/json"),
    responses((status = 200, description = "Kept", body = super::Weergave), (status = 409, description = "STATE"), (status = 422, description = "TOELICHTING, BSN_SUSPECTED or JSON_INVALID")))]
pub async fn toelichten(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let toelichtingen: Vec<Toelichting> = inhoud::json(&headers, body, BYTES)
        .await
        .map_err(AntwoordFout::from)?;
    let levering = keep(&staat, &wie, &levering, &toelichtingen).await?;
    answer(&staat, StatusCode::OK, &levering).await
}

/// Judges and keeps answers to the signalen of one levering.
///
/// # Errors
/// When an answer is not right or the levering takes none.
pub async fn keep(
    staat: &Staat,
    wie: &Wie,
    levering: &Levering,
    toelichtingen: &[Toelichting],
) -> Result<Levering, Problem> {
    refuse_if_erased(levering)?;
    let definitie = staat
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(Soort::PERIOD, "Deze uitvraag loopt niet meer."))?;
    judge(definitie, toelichtingen)?;
    let bewaard = staat
        .lake
        .toelichten(levering.id, toelichtingen, &stempel(staat, wie))
        .await?;
    tracing::info!(levering = %levering.id, antwoorden = toelichtingen.len(), "signalen answered");
    Ok(bewaard)
}

/// Whether answers are fit to keep, whatever levering they are for.
///
/// # Errors
/// When one of them is not.
pub fn judge(definitie: &Definitie, toelichtingen: &[Toelichting]) -> Result<(), AntwoordFout> {
    let mut gezien = BTreeSet::new();
    for toelichting in toelichtingen {
        if definitie
            .regel(&toelichting.code)
            .is_none_or(|r| r.ernst != Ernst::Signaal)
        {
            return Err(AntwoordFout::GeenSignaal);
        }
        if !gezien.insert(toelichting.code.as_str()) {
            return Err(AntwoordFout::Dubbel);
        }
        if toelichting.woorden.chars().count() > WOORDEN {
            return Err(AntwoordFout::TeLang);
        }
        if !visible(&toelichting.woorden) {
            return Err(AntwoordFout::Tekens);
        }
        if pakket::bsn::in_tekst(&toelichting.woorden) {
            return Err(AntwoordFout::Bsn);
        }
    }
    Ok(())
}

/// Text that shows itself as it is: no control characters but line breaks, no direction overrides.
pub fn visible(tekst: &str) -> bool {
    tekst.chars().all(|c| {
        let richting = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        !richting && (!c.is_control() || matches!(c, '\n' | '\r' | '\t'))
    })
}

/// The answers of earlier leveringen of the same year that still fit: what that signaal found bears the same
/// fingerprint. The newest answer goes first; what travelled with the pakket goes before all.
///
/// # Errors
/// When the register fails.
pub async fn carried_over(
    lake: &lake::Lake,
    levering: &Levering,
    oordeel: &Oordeel,
) -> Result<Vec<Toelichting>, LakeFout> {
    let mut open: Vec<String> = oordeel
        .regels
        .iter()
        .filter(|r| {
            r.ernst == Ernst::Signaal && !levering.toelichtingen.iter().any(|t| t.code == r.code)
        })
        .map(|r| r.code.clone())
        .collect();
    let mut over = Vec::new();
    if open.is_empty() {
        return Ok(over);
    }
    let filter = Filter {
        kvk: Some(&levering.kvk),
        uitvraag: Some(&levering.uitvraag),
        jaar: Some(levering.jaar),
        toestand: None,
    };
    for eerdere in lake.leveringen(filter).await? {
        if eerdere.id == levering.id || eerdere.toelichtingen.is_empty() || open.is_empty() {
            continue;
        }
        let Some(toen) = lake.oordeel(eerdere.id).await? else {
            continue;
        };
        for toelichting in &eerdere.toelichtingen {
            let is_open = open.iter().position(|code| *code == toelichting.code);
            let sleutel = toelichting_sleutel(oordeel, &toelichting.code);
            if let Some(plek) = is_open
                && sleutel.is_some()
                && sleutel == toelichting_sleutel(&toen, &toelichting.code)
            {
                over.push(toelichting.clone());
                open.swap_remove(plek);
            }
        }
    }
    Ok(over)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HOSTILE 9 and 14.
    #[test]
    fn words_show_themselves() {
        assert!(visible("Dat klopt.\nWij hadden één extra groep."));
        for tekst in ["a\u{1b}[31m", "a\u{0}", "a\u{202e}b", "\u{feff}a"] {
            assert!(!visible(tekst), "{tekst:?}");
        }
    }
}
