//! `GET /v1/indicatoren` and `GET /v1/gebieden`: what the keys in the figures stand for.
//!
//! Owns both lists as they go out. Leaves what an indicator is to the pipelines (by way of `figure_source`), and the
//! gebieden to `schema`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use schema::gebieden::{Gebieden, Niveau};
use schema::indicator::{Direction, Indicator, Interval, Kind};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::figure_filter::FilterError;
use crate::problem::Problem;
use crate::streamed_answer::{tag, tagged};

const CACHE: &str = "public, max-age=300";

/// Of which uitvraag.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndicatorQuery {
    /// Name of the uitvraag; if absent all of them.
    uitvraag: Option<String>,
}

/// An indicator.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct IndicatorEntry {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Its name in `cijfers.indicator`.
    id: String,
    /// The group it belongs to.
    groep: String,
    /// Title.
    titel: String,
    /// Definition.
    definitie: String,
    /// What its numbers are: aantal, per, aandeel, verdeling, verhouding, kwantiel, curve, uiterste, gemiddelde,
    /// minuten, geld, plaatsen or openbaar.
    #[schema(value_type = String)]
    aard: Kind,
    /// Unit, as in `trajecten`, `dagen`, `aandeel`.
    eenheid: String,
    /// Decimals to show.
    decimalen: u8,
    /// Which way is better: geen, hoger or lager.
    #[schema(value_type = String)]
    richting: Direction,
    /// Method of the 95 % interval: geen, wilson, poisson, orde, `kaplan_meier` or `aalen_johansen`.
    #[schema(value_type = String)]
    interval: Interval,
    /// What is counted.
    teller: String,
    /// Of what; empty where there is no denominator.
    noemer: String,
    /// The fields (`tabel.veld`) it is made of.
    velden: Vec<String>,
    /// The breakdowns besides `totaal`.
    uitsplitsingen: Vec<String>,
    /// The levels at which it is published.
    niveaus: Vec<&'static str>,
    /// What a reader must know beside the figure; may be empty.
    kanttekening: String,
}

impl IndicatorEntry {
    fn new(uitvraag: &str, indicator: Indicator) -> Self {
        let absent = &indicator.absent_at;
        let levels = Niveau::ALL.into_iter().filter(|n| !absent.contains(n));
        Self {
            niveaus: levels.map(Niveau::name).collect(),
            uitvraag: uitvraag.to_owned(),
            id: indicator.id,
            groep: indicator.groep,
            titel: indicator.titel,
            definitie: indicator.definitie,
            aard: indicator.kind,
            eenheid: indicator.eenheid,
            decimalen: indicator.decimalen,
            richting: indicator.richting,
            interval: indicator.interval,
            teller: indicator.teller,
            noemer: indicator.noemer,
            velden: indicator.velden,
            uitsplitsingen: indicator.uitsplitsingen,
            kanttekening: indicator.kanttekening,
        }
    }
}

/// What the figures mean.
#[utoipa::path(get, path = "/v1/indicatoren", tag = "cijfers", params(IndicatorQuery, ("if-none-match" = Option<String>, Header, description = "ETags that are known")),
    responses((status = 200, description = "Every indicator", body = Vec<IndicatorEntry>), (status = 304, description = "Not changed"), (status = 400, description = "PARAMETER"), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn indicators(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<IndicatorQuery>,
) -> Result<Response, Problem> {
    let mut names: Vec<&str> = app.definities.iter().map(|d| d.uitvraag.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if let Some(asked) = &query.uitvraag {
        let known = names.join(", ");
        names.retain(|name| name == asked);
        if names.is_empty() {
            let veld = "uitvraag";
            return Err(FilterError::UnknownValue { veld, known }.into());
        }
    }
    let mut entries = Vec::new();
    for uitvraag in names {
        let indicators = app.cijfers.indicators(uitvraag)?;
        entries.extend(
            indicators
                .into_iter()
                .map(|i| IndicatorEntry::new(uitvraag, i)),
        );
    }
    Ok(listing(&headers, &entries))
}

/// Which gebieden.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct GebiedQuery {
    /// The year of the indeling (1 January); if absent the newest.
    jaar: Option<i32>,
    /// nederland, provincie, jeugdregio, gemeente or grootteklasse; if absent all of them.
    niveau: Option<String>,
}

/// A gebied in a year.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct GebiedEntry {
    /// Year of the indeling.
    jaar: i32,
    /// nederland, provincie, jeugdregio, gemeente or grootteklasse.
    niveau: &'static str,
    /// Its code in `cijfers.gebied`.
    code: String,
    /// Its name in that year.
    naam: String,
    /// The gebieden it lies in as a whole: code by level.
    ligt_in: BTreeMap<&'static str, String>,
    /// Number of gemeenten.
    gemeenten: usize,
    /// Inhabitants on 1 January, where that is known.
    inwoners: Option<u64>,
    /// Households with one parent and children at home on 1 January, where that is known.
    eenouderhuishoudens: Option<u64>,
}

impl GebiedEntry {
    fn new(jaar: i32, gebied: schema::gebieden::Gebied) -> Self {
        let all = Gebieden::get();
        let parts: Vec<_> = all.gemeenten_in(jaar, &gebied.code).collect();
        let mut lies_in = BTreeMap::new();
        for niveau in Niveau::ALL.into_iter().filter(|n| *n != gebied.niveau) {
            let above = parts.first().and_then(|gemeente| gemeente.gebied(niveau));
            let is_whole = |code: &&str| parts.iter().all(|g| g.gebied(niveau) == Some(*code));
            if niveau != Niveau::Gemeente
                && let Some(code) = above.filter(is_whole)
            {
                lies_in.insert(niveau.name(), code.to_owned());
            }
        }
        Self {
            jaar,
            niveau: gebied.niveau.name(),
            inwoners: all.inwoners(jaar, &gebied.code),
            eenouderhuishoudens: all.eenouderhuishoudens(jaar, &gebied.code),
            ligt_in: lies_in,
            gemeenten: parts.len(),
            code: gebied.code,
            naam: gebied.naam,
        }
    }
}

/// The gebieden of a year, with what they lie in.
#[utoipa::path(get, path = "/v1/gebieden", tag = "cijfers", params(GebiedQuery, ("if-none-match" = Option<String>, Header, description = "ETags that are known")),
    responses((status = 200, description = "Every gebied of the year", body = Vec<GebiedEntry>), (status = 304, description = "Not changed"), (status = 400, description = "PARAMETER"), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn gebieden(
    headers: HeaderMap,
    Query(query): Query<GebiedQuery>,
) -> Result<Response, Problem> {
    let years: Vec<i32> = Gebieden::get().jaren().collect();
    let jaar = query.jaar.or(years.last().copied()).unwrap_or_default();
    if !years.contains(&jaar) {
        let known: Vec<String> = years.iter().map(ToString::to_string).collect();
        return Err(FilterError::UnknownValue {
            veld: "jaar",
            known: known.join(", "),
        }
        .into());
    }
    let niveaus = match &query.niveau {
        None => Niveau::ALL.to_vec(),
        Some(name) => match Niveau::parse(name) {
            Some(niveau) => vec![niveau],
            None => {
                let known = Niveau::ALL.map(Niveau::name).join(", ");
                let veld = "niveau";
                return Err(FilterError::UnknownValue { veld, known }.into());
            }
        },
    };
    let all = niveaus
        .into_iter()
        .flat_map(|niveau| Gebieden::get().list(jaar, niveau));
    let entries: Vec<GebiedEntry> = all.map(|gebied| GebiedEntry::new(jaar, gebied)).collect();
    Ok(listing(&headers, &entries))
}

/// A whole list: short, and the same until the program is another.
fn listing<T: Serialize>(headers: &HeaderMap, entries: &[T]) -> Response {
    let text = serde_json::to_string(entries).expect("texts and numbers");
    tagged(headers, &tag(&text), CACHE, || {
        Json(entries).into_response()
    })
}
