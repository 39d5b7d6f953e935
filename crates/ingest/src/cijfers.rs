//! `GET /v1/cijfers`: protected figures by filter, as JSON or CSV, a page at a time.
//!
//! Owns the pages and both forms. Leaves the filter to `figure_filter`, and where figures come from to [`FigureSource`],
//! which `monitor` fills from the published tables: only protected figures exist here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use schema::Cijfer;
use serde::Serialize;

use crate::App;
use crate::csv::CSV;
use crate::figure_filter::{FigureFilter, FilterError, FilterValues, key};
use crate::problem::Problem;

/// Where published figures come from.
pub trait FigureSource: Send + Sync {
    /// The figures that fit the filter, in the order of the published table: at most `filter.at_most`, from
    /// number `filter.vanaf` (from 0) on. An unknown code gives an empty list.
    fn cijfers(
        &self,
        filter: FigureFilter,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Cijfer>, FigureError>> + Send + '_>>;

    /// Every value that occurs in the published table, to tell a typing error from a question without an answer.
    fn values(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<FilterValues>, FigureError>> + Send + '_>>;
}

/// Why there were no figures to give.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The published tables could not be read.
    #[error("the published figures could not be read: {0}")]
    Unreadable(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FigureOutput {
    Json,
    Csv,
}

const DEFAULT: usize = 1_000;
const MOST: usize = 10_000;
/// A CSV has no place for the address of a next page, so without `limit` it is whole, up to this many rows.
const MOST_CSV: usize = 50_000;

/// A page of figures.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FigurePage {
    /// The figures.
    #[schema(value_type = Vec<Object>)]
    cijfers: Vec<Cijfer>,
    /// Where the next page is; absent on the last.
    volgende: Option<String>,
}

/// Published figures by filter.
#[utoipa::path(
    get, path = "/v1/cijfers", tag = "cijfers",
    params(
        FigureFilter,
        ("limit" = Option<usize>, Query, description = "Most rows, 1 to 10000; if absent 1000 for JSON, and all for CSV"),
        ("na" = Option<String>, Query, description = "Paging token from the previous page"),
        ("formaat" = Option<String>, Query, description = "json or csv; goes before Accept"),
    ),
    responses((status = 200, description = "A page of figures", body = FigurePage), (status = 400, description = "PARAMETER or PAGE_TOKEN")),
)]
pub(crate) async fn cijfers(
    State(app): State<App>,
    headers: HeaderMap,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (filter, vorm) = parse(&parameters, &headers)?;
    app.cijfers.values().await?.judge(&filter)?;
    let asked = FigureFilter {
        at_most: filter.at_most + 1,
        ..filter.clone()
    };
    let mut cijfers = app.cijfers.cijfers(asked).await?;
    let has_more = cijfers.len() > filter.at_most;
    if has_more && filter.at_most == MOST_CSV {
        return Err(FilterError::TooMany { most: MOST_CSV }.into());
    }
    let next = has_more.then(|| {
        let format = if vorm == FigureOutput::Csv {
            "&formaat=csv"
        } else {
            ""
        };
        let token = filter.token(filter.vanaf + filter.at_most);
        format!(
            "/v1/cijfers?{}limit={}&na={token}{format}",
            filter.query(),
            filter.at_most
        )
    });
    cijfers.truncate(filter.at_most);
    let mut response = match vorm {
        FigureOutput::Json => Json(FigurePage {
            cijfers,
            volgende: next.clone(),
        })
        .into_response(),
        FigureOutput::Csv => (
            [
                (CONTENT_TYPE, CSV),
                (CONTENT_DISPOSITION, "attachment; filename=\"cijfers.csv\""),
            ],
            schema::safe_csv::figures(&cijfers),
        )
            .into_response(),
    };
    if let Some(link) = next.and_then(|url| format!("<{url}>; rel=\"next\"").parse().ok()) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

fn parse(
    parameters: &[(String, String)],
    headers: &HeaderMap,
) -> Result<(FigureFilter, FigureOutput), FilterError> {
    let mut filter = FigureFilter {
        at_most: DEFAULT,
        ..FigureFilter::default()
    };
    let mut vorm = accepted(headers);
    let mut token = None;
    for (name, value) in parameters {
        match name.as_str() {
            "limit" => {
                let limit: usize = value.parse().map_err(|_| FilterError::Waarde("limit"))?;
                filter.at_most = if (1..=MOST).contains(&limit) {
                    limit
                } else {
                    return Err(FilterError::Waarde("limit"));
                };
            }
            "na" => token = Some(value),
            "formaat" => {
                vorm = match value.as_str() {
                    "json" => FigureOutput::Json,
                    "csv" => FigureOutput::Csv,
                    _ => return Err(FilterError::Waarde("formaat")),
                };
            }
            name => filter.add(key(name).ok_or(FilterError::Onbekend)?, value)?,
        }
    }
    if vorm == FigureOutput::Csv && !parameters.iter().any(|(name, _)| name == "limit") {
        filter.at_most = MOST_CSV;
    }
    if let Some(token) = token {
        filter.vanaf = filter.read_token(token).ok_or(FilterError::Token)?;
    }
    Ok((filter, vorm))
}

fn accepted(headers: &HeaderMap) -> FigureOutput {
    let accept = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if accept.contains("text/csv") && !accept.contains("json") {
        FigureOutput::Csv
    } else {
        FigureOutput::Json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pairs: &[(&str, &str)]) -> Result<FigureFilter, FilterError> {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        parse(&pairs, &HeaderMap::new()).map(|(filter, _)| filter)
    }

    #[test]
    fn lists_may_be_comma_separated_or_repeated() {
        let loaded = filter(&[
            ("gebied", "JZ13,JZ14"),
            ("gebied", "NL00"),
            ("jaar", "2020,2021"),
        ])
        .unwrap();
        assert_eq!(loaded.values["gebied"], ["JZ13", "JZ14", "NL00"]);
        assert_eq!(loaded.values["jaar"], ["2020", "2021"]);
    }

    /// HOSTILE 109: a token of another filter, or made up, is refused rather than read.
    #[test]
    fn a_token_fits_one_filter_only() {
        let basis = filter(&[("gebied", "JZ13")]).unwrap();
        let token = basis.token(7);
        assert_eq!(
            filter(&[("gebied", "JZ13"), ("na", &token)]).unwrap().vanaf,
            7
        );
        assert_eq!(
            filter(&[("gebied", "JZ14"), ("na", &token)]),
            Err(FilterError::Token)
        );
        assert_eq!(filter(&[("na", "AAAA")]), Err(FilterError::Token));
        assert_eq!(filter(&[("na", "../../x")]), Err(FilterError::Token));
    }

    #[test]
    fn unknown_parameters_and_values_are_refused() {
        assert_eq!(filter(&[("order_by", "1")]), Err(FilterError::Onbekend));
        assert_eq!(filter(&[("limit", "0")]), Err(FilterError::Waarde("limit")));
        assert_eq!(
            filter(&[("limit", "10001")]),
            Err(FilterError::Waarde("limit"))
        );
        assert_eq!(
            filter(&[("jaar", "2020;drop")]),
            Err(FilterError::Waarde("jaar"))
        );
    }
}
