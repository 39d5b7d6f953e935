//! `GET /v1/leveringen/{id}/proef`: what signing would change, before it is done.
//!
//! Owns with what a levering is compared (the one that counts, and last year's), the words for it, the same in API,
//! page and command, and that one comparison runs at a time and is kept: leveringen do not change. Leaves counting to
//! `compare_leveringen` and what must be confirmed to `confirm`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use lake::{LakeError, Levering, LeveringId, Refusal};
use schema::Definitie;
use schema::text::grouped_thousands;
use serde::Serialize;

use super::confirm::{AskedConfirmation, asked};
use super::{find, refuse_if_erased};
use crate::App;
use crate::auth::Caller;
use crate::compare_leveringen::{self, ReadLevering, RowComparison, TabelComparison};
use crate::problem::{Problem, ProblemKind};
use crate::stored_levering;
use crate::wording;

/// What signing would change.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PreviewView {
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// With the levering that counts, and with last year's.
    pub vergelijkingen: Vec<ComparisonView>,
    /// What must be confirmed by name when it is signed.
    pub bevestig: Vec<AskedConfirmation>,
}

/// A levering beside another one.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct ComparisonView {
    /// `geldende_levering` or `vorig_jaar`.
    pub met: &'static str,
    /// The other levering.
    pub levering: String,
    /// The year of the other levering.
    pub jaar: i32,
    /// Above the sentences, in Dutch.
    pub kop: String,
    /// Table by table.
    pub tabellen: Vec<TabelView>,
}

/// One table beside its counterpart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TabelView {
    /// Name of the table.
    pub tabel: String,
    /// Rows in the other levering.
    pub was: u64,
    /// Rows in this one.
    pub wordt: u64,
    /// Rows that only this one has; absent where rows can't be recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nieuw: Option<u64>,
    /// Rows that only the other one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weg: Option<u64>,
    /// Rows in both with another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veranderd: Option<u64>,
    /// In how many rows each field changed.
    pub velden: BTreeMap<String, u64>,
    /// The same in Dutch.
    pub zin: String,
}

/// Two leveringen beside each other.
type ComparedPair = (LeveringId, LeveringId);

/// Comparisons that were made, of two leveringen each.
#[derive(Default)]
pub(crate) struct Previews {
    made: Mutex<HashMap<ComparedPair, Arc<Vec<TabelComparison>>>>,
    /// One at a time: a comparison reads two leveringen whole.
    turn: tokio::sync::Mutex<()>,
}

/// Comparisons that are kept; then all are forgotten.
const KEPT: usize = 256;

/// What signing would change.
#[utoipa::path(get, path = "/v1/leveringen/{id}/proef", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "Counts, changes, and what must be confirmed", body = PreviewView), (status = 404, description = "NOT_FOUND: none, or not judged yet"), (status = 410, description = "GONE")))]
pub(crate) async fn preview(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    refuse_if_erased(&levering)?;
    if levering.beoordeeld.is_none() {
        return Err(Problem::new(
            ProblemKind::NOT_FOUND,
            wording::refused::NOT_JUDGED,
        ));
    }
    let view = of(&app, &levering).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(view)).into_response())
}

/// What signing this levering would change, as it stands now.
///
/// # Errors
/// When the register fails, or there is no definition any more.
pub(crate) async fn of(app: &App, levering: &Levering) -> Result<PreviewView, Problem> {
    let definitie = app
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?;
    let mut comparisons = Vec::new();
    for (with, jaar) in [
        ("geldende_levering", levering.jaar),
        ("vorig_jaar", levering.jaar - 1),
    ] {
        let other = app
            .lake
            .in_force(&levering.kvk, &levering.uitvraag, jaar)
            .await?;
        let Some(other) = other.filter(|other| other.id != levering.id && !other.nulopgave) else {
            continue;
        };
        if let Some(tables) = compared(app, &other, levering).await? {
            comparisons.push(ComparisonView {
                met: with,
                levering: other.id.to_string(),
                jaar,
                kop: heading(levering, &other),
                tabellen: tables.iter().map(|t| tabel_view(t, definitie)).collect(),
            });
        }
    }
    let may = app
        .lake
        .may_sign(levering, &definitie.klok, app.nu())
        .await?;
    let confirmations = match may {
        Err(Refusal::Unconfirmed(losses)) => asked(&losses, Some(definitie)),
        _ => Vec::new(),
    };
    Ok(PreviewView {
        rijen: levering.rijen.clone(),
        vergelijkingen: comparisons,
        bevestig: confirmations,
    })
}

/// The comparison of two leveringen; `None` where one can't be read any more: that never stands in the way of signing.
async fn compared(
    app: &App,
    before: &Levering,
    now: &Levering,
) -> Result<Option<Arc<Vec<TabelComparison>>>, LakeError> {
    let pair = (before.id, now.id);
    let kept = || {
        let made = app.previews.made.lock();
        made.unwrap_or_else(PoisonError::into_inner)
            .get(&pair)
            .cloned()
    };
    if let Some(tables) = kept() {
        return Ok(Some(tables));
    }
    let _turn = app.previews.turn.lock().await;
    if let Some(tables) = kept() {
        return Ok(Some(tables));
    }
    let (Some(then), Some(these)) = (read(app, before).await?, read(app, now).await?) else {
        return Ok(None);
    };
    let done =
        tokio::task::spawn_blocking(move || compare_leveringen::compare(&then, &these)).await;
    match done {
        Ok(Ok(tables)) => {
            let tables = Arc::new(tables);
            let made = app.previews.made.lock();
            let mut made = made.unwrap_or_else(PoisonError::into_inner);
            if made.len() >= KEPT {
                made.clear();
            }
            made.insert(pair, Arc::clone(&tables));
            Ok(Some(tables))
        }
        error => {
            let error = error.map(|read| read.err().unwrap_or_default());
            tracing::warn!(levering = %now.id, other = %before.id, ?error, "could not be compared");
            Ok(None)
        }
    }
}

async fn read(app: &App, levering: &Levering) -> Result<Option<ReadLevering>, LakeError> {
    let (Some(definitie), Some(pakket)) = (
        app.definitie(&levering.uitvraag, levering.jaar),
        app.lake.pakket(levering.id).await?,
    ) else {
        return Ok(None);
    };
    match stored_levering::files(&app.lake, levering.id, definitie, &pakket).await {
        Ok(files) => Ok(Some(ReadLevering {
            definitie: definitie.clone(),
            pseudoniem: pakket.pseudoniem,
            bestanden: files,
        })),
        Err(error) => {
            tracing::warn!(levering = %levering.id, %error, "could not be read to compare");
            Ok(None)
        }
    }
}

fn heading(levering: &Levering, other: &Levering) -> String {
    if other.jaar == levering.jaar {
        wording::levering::COMPARED_WITH_NOW.to_owned()
    } else {
        wording::levering::compared_with_year(other.jaar)
    }
}

fn tabel_view(found: &TabelComparison, definitie: &Definitie) -> TabelView {
    let rows = found.rows.as_ref();
    TabelView {
        tabel: found.tabel.clone(),
        was: found.was,
        wordt: found.becomes,
        nieuw: rows.map(|r| r.new),
        weg: rows.map(|r| r.gone),
        veranderd: rows.map(|r| r.changed),
        velden: rows.map_or_else(BTreeMap::new, |r| r.velden.iter().cloned().collect()),
        zin: sentence(found, definitie),
    }
}

/// `Trajecten: 70, dat waren er 190. Nieuw: 2. Verdwenen: 122. Veranderd: 5 (Startdatum: 4, Kader: 1).`
fn sentence(found: &TabelComparison, definitie: &Definitie) -> String {
    let tabel = definitie.tabel(&found.tabel);
    let title = tabel.map_or(found.tabel.as_str(), |t| t.titel.as_str());
    let n = grouped_thousands;
    let counts = wording::levering::row_counts(title, found.becomes, found.was);
    let Some(RowComparison {
        new,
        gone,
        changed,
        velden,
    }) = &found.rows
    else {
        return wording::levering::other_numbers(&counts);
    };
    if (*new, *gone, *changed) == (0, 0, 0) {
        return wording::levering::nothing_changed(&counts);
    }
    let label = |name: &str| {
        let veld = tabel.and_then(|t| t.veld(name));
        veld.map_or_else(|| name.to_owned(), |v| v.label.clone())
    };
    let per_veld: Vec<String> = velden
        .iter()
        .map(|(name, count)| format!("{}: {}", label(name), n(*count)))
        .collect();
    let per_veld = if per_veld.is_empty() {
        String::new()
    } else {
        format!(" ({})", per_veld.join(", "))
    };
    format!(
        "{counts} Nieuw: {}. Verdwenen: {}. Veranderd: {}{per_veld}.",
        n(*new),
        n(*gone),
        n(*changed)
    )
}
