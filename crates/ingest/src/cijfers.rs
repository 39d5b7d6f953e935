//! `GET /v1/cijfers`: protected figures by filter, as JSON or CSV, a page at a time.
//!
//! Owns the filter, the paging token and both forms. Leaves where figures come from to [`FigureSource`], which
//! `monitor` fills from the published tables: only protected figures exist here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schema::Cijfer;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::App;
use crate::csv::CSV;
use crate::problem::Problem;

/// What stands for itself nowhere in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

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

/// The values of each column that can be filtered on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterValues(BTreeMap<&'static str, BTreeSet<String>>);

impl FilterValues {
    /// The values in a table.
    pub fn of(cijfers: &[Cijfer]) -> Self {
        let mut values: BTreeMap<&'static str, BTreeSet<&str>> = BTreeMap::new();
        let mut jaren = BTreeSet::new();
        for c in cijfers {
            jaren.insert(c.jaar.to_string());
            let text = [
                &c.uitvraag,
                &c.indicator,
                c.niveau.name(),
                &c.gebied,
                &c.uitsplitsing,
                &c.categorie,
            ];
            for (veld, value) in TEXT_COLUMNS.into_iter().zip(text) {
                values.entry(veld).or_default().insert(value);
            }
        }
        let mut own: BTreeMap<_, BTreeSet<String>> = values
            .into_iter()
            .map(|(veld, set)| (veld, set.into_iter().map(str::to_owned).collect()))
            .collect();
        own.insert("jaar", jaren);
        Self(own)
    }

    /// Refuses a filter with a value that no published figure has. Before the first publication nothing is known.
    fn judge(&self, filter: &FigureFilter) -> Result<(), FilterError> {
        let jaren: Vec<String> = filter.jaar.iter().map(i32::to_string).collect();
        let asked = [
            &filter.uitvraag,
            &filter.indicator,
            &filter.niveau,
            &filter.gebied,
            &filter.uitsplitsing,
            &filter.categorie,
        ];
        for (veld, values) in TEXT_COLUMNS
            .into_iter()
            .zip(asked)
            .chain([("jaar", &jaren)])
        {
            let Some(known) = self.0.get(veld).filter(|known| !known.is_empty()) else {
                continue;
            };
            if values.iter().any(|value| !known.contains(value)) {
                return Err(FilterError::UnknownValue {
                    veld,
                    known: listed(known),
                });
            }
        }
        Ok(())
    }
}

const TEXT_COLUMNS: [&str; 6] = [
    "uitvraag",
    "indicator",
    "niveau",
    "gebied",
    "uitsplitsing",
    "categorie",
];

/// The values in one sentence; of very many the first ones.
fn listed(known: &BTreeSet<String>) -> String {
    const NAMED: usize = 80;
    let names: Vec<&str> = known.iter().take(NAMED).map(String::as_str).collect();
    let rest = if known.len() > NAMED {
        format!(" en nog {} andere", known.len() - NAMED)
    } else {
        String::new()
    };
    format!("{}{rest}", names.join(", "))
}

/// Why there were no figures to give.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The published tables could not be read.
    #[error("the published figures could not be read: {0}")]
    Unreadable(String),
}

/// Which figures: an empty list means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureFilter {
    /// Names of uitvragen.
    pub uitvraag: Vec<String>,
    /// Reporting years.
    pub jaar: Vec<i32>,
    /// Indicator ids.
    pub indicator: Vec<String>,
    /// Levels.
    pub niveau: Vec<String>,
    /// Codes of gebieden.
    pub gebied: Vec<String>,
    /// Breakdowns.
    pub uitsplitsing: Vec<String>,
    /// Codes within a breakdown.
    pub categorie: Vec<String>,
    /// Number of fitting figures to skip.
    pub vanaf: usize,
    /// Most figures to give.
    pub at_most: usize,
}

impl FigureFilter {
    /// Whether a figure fits, the paging aside.
    pub fn fits(&self, cijfer: &Cijfer) -> bool {
        fn past(list: &[String], value: &str) -> bool {
            list.is_empty() || list.iter().any(|w| w == value)
        }
        past(&self.uitvraag, &cijfer.uitvraag)
            && (self.jaar.is_empty() || self.jaar.contains(&cijfer.jaar))
            && past(&self.indicator, &cijfer.indicator)
            && past(&self.niveau, cijfer.niveau.name())
            && past(&self.gebied, &cijfer.gebied)
            && past(&self.uitsplitsing, &cijfer.uitsplitsing)
            && past(&self.categorie, &cijfer.categorie)
    }

    /// The filter as a query string, paging aside: the basis of the token and of the next link.
    fn query(&self) -> String {
        let jaren: Vec<String> = self.jaar.iter().map(i32::to_string).collect();
        let velden = [
            ("uitvraag", &self.uitvraag),
            ("jaar", &jaren),
            ("indicator", &self.indicator),
            ("niveau", &self.niveau),
            ("gebied", &self.gebied),
            ("uitsplitsing", &self.uitsplitsing),
            ("categorie", &self.categorie),
        ];
        let mut query = String::new();
        for (name, values) in velden {
            for value in values {
                let _ = write!(query, "{name}={}&", utf8_percent_encode(value, QUERY));
            }
        }
        query
    }

    /// The token for the page that starts at `vanaf`: bound to the filter, so that it can't be used with another.
    fn token(&self, from: usize) -> String {
        let mut bytes = Sha256::digest(self.query().as_bytes())[..8].to_vec();
        bytes.extend_from_slice(&(from as u64).to_be_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn read_token(&self, token: &str) -> Option<usize> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let from = u64::from_be_bytes(bytes.get(8..)?.try_into().ok()?);
        let from = usize::try_from(from).ok()?;
        (self.token(from) == token).then_some(from)
    }
}

/// Why a filter was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FilterError {
    /// Not a parameter of this route.
    #[error(
        "Een van de parameters is hier niet bekend. Bekend zijn: uitvraag, jaar, indicator, niveau, gebied, uitsplitsing, categorie, limit, na en formaat."
    )]
    Onbekend,
    /// A value that cannot be.
    #[error("De waarde van `{0}` kan niet.")]
    Waarde(&'static str),
    /// A value that no published figure has.
    #[error(
        "De waarde van `{veld}` komt in de gepubliceerde cijfers niet voor. Bekend zijn: {known}."
    )]
    UnknownValue {
        /// The parameter.
        veld: &'static str,
        /// What there is.
        known: String,
    },
    /// A CSV that would be cut off.
    #[error(
        "Dit zijn meer dan {} rijen. Maak het filter kleiner, vraag pagina's met `limit`, of haal de hele tabel: cijfers.csv bij de publicatie.",
        MOST_CSV
    )]
    TooMany,
    /// A token that was not given for this filter.
    #[error("De waarde van `na` hoort niet bij dit filter. Begin weer bij de eerste pagina.")]
    Token,
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
pub struct FigurePage {
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
        ("uitvraag" = Option<String>, Query, description = "Name of the uitvraag; comma separated or repeated, as all filters"),
        ("jaar" = Option<i32>, Query, description = "Reporting year"),
        ("indicator" = Option<String>, Query, description = "Indicator id"),
        ("niveau" = Option<String>, Query, description = "nederland, provincie, jeugdregio, gemeente or grootteklasse"),
        ("gebied" = Option<String>, Query, description = "Code, as in JZ13 or GM0344"),
        ("uitsplitsing" = Option<String>, Query, description = "totaal, or the field of the breakdown"),
        ("categorie" = Option<String>, Query, description = "totaal, or the code within the breakdown"),
        ("limit" = Option<usize>, Query, description = "Most rows, 1 to 10000; if absent 1000 for JSON, and all for CSV"),
        ("na" = Option<String>, Query, description = "Paging token from the previous page"),
        ("formaat" = Option<String>, Query, description = "json or csv; goes before Accept"),
    ),
    responses((status = 200, description = "A page of figures", body = FigurePage), (status = 400, description = "PARAMETER or PAGE_TOKEN")),
)]
pub async fn cijfers(
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
        return Err(FilterError::TooMany.into());
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
            "uitvraag" => add(&mut filter.uitvraag, value, "uitvraag")?,
            "indicator" => add(&mut filter.indicator, value, "indicator")?,
            "niveau" => add(&mut filter.niveau, value, "niveau")?,
            "gebied" => add(&mut filter.gebied, value, "gebied")?,
            "uitsplitsing" => add(&mut filter.uitsplitsing, value, "uitsplitsing")?,
            "categorie" => add(&mut filter.categorie, value, "categorie")?,
            "jaar" => {
                for jaar in value.split(',') {
                    filter
                        .jaar
                        .push(jaar.parse().map_err(|_| FilterError::Waarde("jaar"))?);
                }
            }
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
            _ => return Err(FilterError::Onbekend),
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

fn add(list: &mut Vec<String>, value: &str, name: &'static str) -> Result<(), FilterError> {
    for part in value.split(',') {
        if part.is_empty()
            || part.len() > 64
            || part.chars().any(char::is_control)
            || list.len() >= 500
        {
            return Err(FilterError::Waarde(name));
        }
        list.push(part.to_owned());
    }
    Ok(())
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
        assert_eq!(loaded.gebied, ["JZ13", "JZ14", "NL00"]);
        assert_eq!(loaded.jaar, [2020, 2021]);
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
