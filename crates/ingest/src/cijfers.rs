//! `GET /v1/cijfers`: protected figures by filter, as JSON or CSV, a page at a time.
//!
//! Owns the filter, the paging token and both forms. Leaves where figures come from to [`Cijferbron`], which
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

use crate::Staat;
use crate::problem::Problem;
use crate::tabeltekst::CSV;

/// What stands for itself nowhere in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Where published figures come from.
pub trait Cijferbron: Send + Sync {
    /// The figures that fit the filter, in the order of the published table: at most `filter.hoogstens`, from
    /// number `filter.vanaf` (from 0) on. An unknown code gives an empty list.
    fn cijfers(
        &self,
        filter: Filter,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Cijfer>, CijferFout>> + Send + '_>>;

    /// Every value that occurs in the published table, to tell a typing error from a question without an answer.
    fn waarden(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Waarden>, CijferFout>> + Send + '_>>;
}

/// The values of each column that can be filtered on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waarden(BTreeMap<&'static str, BTreeSet<String>>);

impl Waarden {
    /// The values in a table.
    pub fn of(cijfers: &[Cijfer]) -> Self {
        let mut waarden: BTreeMap<&'static str, BTreeSet<&str>> = BTreeMap::new();
        let mut jaren = BTreeSet::new();
        for c in cijfers {
            jaren.insert(c.jaar.to_string());
            let tekst = [
                &c.uitvraag,
                &c.indicator,
                c.niveau.naam(),
                &c.gebied,
                &c.uitsplitsing,
                &c.categorie,
            ];
            for (veld, waarde) in TEKSTVELDEN.into_iter().zip(tekst) {
                waarden.entry(veld).or_default().insert(waarde);
            }
        }
        let mut eigen: BTreeMap<_, BTreeSet<String>> = waarden
            .into_iter()
            .map(|(veld, set)| (veld, set.into_iter().map(str::to_owned).collect()))
            .collect();
        eigen.insert("jaar", jaren);
        Self(eigen)
    }

    /// Refuses a filter with a value that no published figure has. Before the first publication nothing is known.
    fn judge(&self, filter: &Filter) -> Result<(), FilterFout> {
        let jaren: Vec<String> = filter.jaar.iter().map(i32::to_string).collect();
        let gevraagd = [
            &filter.uitvraag,
            &filter.indicator,
            &filter.niveau,
            &filter.gebied,
            &filter.uitsplitsing,
            &filter.categorie,
        ];
        for (veld, waarden) in TEKSTVELDEN
            .into_iter()
            .zip(gevraagd)
            .chain([("jaar", &jaren)])
        {
            let Some(bekend) = self.0.get(veld).filter(|bekend| !bekend.is_empty()) else {
                continue;
            };
            if waarden.iter().any(|waarde| !bekend.contains(waarde)) {
                return Err(FilterFout::OnbekendeWaarde {
                    veld,
                    bekend: listed(bekend),
                });
            }
        }
        Ok(())
    }
}

const TEKSTVELDEN: [&str; 6] = [
    "uitvraag",
    "indicator",
    "niveau",
    "gebied",
    "uitsplitsing",
    "categorie",
];

/// The values in one sentence; of very many the first ones.
fn listed(bekend: &BTreeSet<String>) -> String {
    const GENOEMD: usize = 80;
    let namen: Vec<&str> = bekend.iter().take(GENOEMD).map(String::as_str).collect();
    let rest = if bekend.len() > GENOEMD {
        format!(" en nog {} andere", bekend.len() - GENOEMD)
    } else {
        String::new()
    };
    format!("{}{rest}", namen.join(", "))
}

/// Why there were no figures to give.
#[derive(Debug, thiserror::Error)]
pub enum CijferFout {
    /// The published tables could not be read.
    #[error("the published figures could not be read: {0}")]
    Onleesbaar(String),
}

/// Which figures: an empty list means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
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
    pub hoogstens: usize,
}

impl Filter {
    /// Whether a figure fits, the paging aside.
    pub fn fits(&self, cijfer: &Cijfer) -> bool {
        fn past(lijst: &[String], waarde: &str) -> bool {
            lijst.is_empty() || lijst.iter().any(|w| w == waarde)
        }
        past(&self.uitvraag, &cijfer.uitvraag)
            && (self.jaar.is_empty() || self.jaar.contains(&cijfer.jaar))
            && past(&self.indicator, &cijfer.indicator)
            && past(&self.niveau, cijfer.niveau.naam())
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
        for (naam, waarden) in velden {
            for waarde in waarden {
                let _ = write!(query, "{naam}={}&", utf8_percent_encode(waarde, QUERY));
            }
        }
        query
    }

    /// The token for the page that starts at `vanaf`: bound to the filter, so that it can't be used with another.
    fn token(&self, vanaf: usize) -> String {
        let mut bytes = Sha256::digest(self.query().as_bytes())[..8].to_vec();
        bytes.extend_from_slice(&(vanaf as u64).to_be_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn read_token(&self, token: &str) -> Option<usize> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let vanaf = u64::from_be_bytes(bytes.get(8..)?.try_into().ok()?);
        let vanaf = usize::try_from(vanaf).ok()?;
        (self.token(vanaf) == token).then_some(vanaf)
    }
}

/// Why a filter was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FilterFout {
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
        "De waarde van `{veld}` komt in de gepubliceerde cijfers niet voor. Bekend zijn: {bekend}."
    )]
    OnbekendeWaarde {
        /// The parameter.
        veld: &'static str,
        /// What there is.
        bekend: String,
    },
    /// A CSV that would be cut off.
    #[error(
        "Dit zijn meer dan {} rijen. Maak het filter kleiner, vraag pagina's met `limit`, of haal de hele tabel: cijfers.csv bij de publicatie.",
        MEESTE_CSV
    )]
    TeVeel,
    /// A token that was not given for this filter.
    #[error("De waarde van `na` hoort niet bij dit filter. Begin weer bij de eerste pagina.")]
    Token,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vorm {
    Json,
    Csv,
}

const STANDAARD: usize = 1_000;
const MEESTE: usize = 10_000;
/// A CSV has no place for the address of a next page, so without `limit` it is whole, up to this many rows.
const MEESTE_CSV: usize = 50_000;

/// A page of figures.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Cijferpagina {
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
    responses((status = 200, description = "A page of figures", body = Cijferpagina), (status = 400, description = "PARAMETER or PAGE_TOKEN")),
)]
pub async fn cijfers(
    State(staat): State<Staat>,
    headers: HeaderMap,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (filter, vorm) = parse(&parameters, &headers)?;
    staat.cijfers.waarden().await?.judge(&filter)?;
    let gevraagd = Filter {
        hoogstens: filter.hoogstens + 1,
        ..filter.clone()
    };
    let mut cijfers = staat.cijfers.cijfers(gevraagd).await?;
    let verder = cijfers.len() > filter.hoogstens;
    if verder && filter.hoogstens == MEESTE_CSV {
        return Err(FilterFout::TeVeel.into());
    }
    let volgende = verder.then(|| {
        let formaat = if vorm == Vorm::Csv {
            "&formaat=csv"
        } else {
            ""
        };
        let token = filter.token(filter.vanaf + filter.hoogstens);
        format!(
            "/v1/cijfers?{}limit={}&na={token}{formaat}",
            filter.query(),
            filter.hoogstens
        )
    });
    cijfers.truncate(filter.hoogstens);
    let mut antwoord = match vorm {
        Vorm::Json => Json(Cijferpagina {
            cijfers,
            volgende: volgende.clone(),
        })
        .into_response(),
        Vorm::Csv => (
            [
                (CONTENT_TYPE, CSV),
                (CONTENT_DISPOSITION, "attachment; filename=\"cijfers.csv\""),
            ],
            schema::safe_csv::figures(&cijfers),
        )
            .into_response(),
    };
    if let Some(link) = volgende.and_then(|url| format!("<{url}>; rel=\"next\"").parse().ok()) {
        antwoord.headers_mut().insert(LINK, link);
    }
    Ok(antwoord)
}

fn parse(
    parameters: &[(String, String)],
    headers: &HeaderMap,
) -> Result<(Filter, Vorm), FilterFout> {
    let mut filter = Filter {
        hoogstens: STANDAARD,
        ..Filter::default()
    };
    let mut vorm = accepted(headers);
    let mut token = None;
    for (naam, waarde) in parameters {
        match naam.as_str() {
            "uitvraag" => add(&mut filter.uitvraag, waarde, "uitvraag")?,
            "indicator" => add(&mut filter.indicator, waarde, "indicator")?,
            "niveau" => add(&mut filter.niveau, waarde, "niveau")?,
            "gebied" => add(&mut filter.gebied, waarde, "gebied")?,
            "uitsplitsing" => add(&mut filter.uitsplitsing, waarde, "uitsplitsing")?,
            "categorie" => add(&mut filter.categorie, waarde, "categorie")?,
            "jaar" => {
                for jaar in waarde.split(',') {
                    filter
                        .jaar
                        .push(jaar.parse().map_err(|_| FilterFout::Waarde("jaar"))?);
                }
            }
            "limit" => {
                let limit: usize = waarde.parse().map_err(|_| FilterFout::Waarde("limit"))?;
                filter.hoogstens = if (1..=MEESTE).contains(&limit) {
                    limit
                } else {
                    return Err(FilterFout::Waarde("limit"));
                };
            }
            "na" => token = Some(waarde),
            "formaat" => {
                vorm = match waarde.as_str() {
                    "json" => Vorm::Json,
                    "csv" => Vorm::Csv,
                    _ => return Err(FilterFout::Waarde("formaat")),
                };
            }
            _ => return Err(FilterFout::Onbekend),
        }
    }
    if vorm == Vorm::Csv && !parameters.iter().any(|(naam, _)| naam == "limit") {
        filter.hoogstens = MEESTE_CSV;
    }
    if let Some(token) = token {
        filter.vanaf = filter.read_token(token).ok_or(FilterFout::Token)?;
    }
    Ok((filter, vorm))
}

fn add(lijst: &mut Vec<String>, waarde: &str, naam: &'static str) -> Result<(), FilterFout> {
    for deel in waarde.split(',') {
        if deel.is_empty()
            || deel.len() > 64
            || deel.chars().any(char::is_control)
            || lijst.len() >= 500
        {
            return Err(FilterFout::Waarde(naam));
        }
        lijst.push(deel.to_owned());
    }
    Ok(())
}

fn accepted(headers: &HeaderMap) -> Vorm {
    let accept = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if accept.contains("text/csv") && !accept.contains("json") {
        Vorm::Csv
    } else {
        Vorm::Json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(paren: &[(&str, &str)]) -> Result<Filter, FilterFout> {
        let paren: Vec<(String, String)> = paren
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        parse(&paren, &HeaderMap::new()).map(|(filter, _)| filter)
    }

    #[test]
    fn lists_may_be_comma_separated_or_repeated() {
        let gelezen = filter(&[
            ("gebied", "JZ13,JZ14"),
            ("gebied", "NL00"),
            ("jaar", "2020,2021"),
        ])
        .unwrap();
        assert_eq!(gelezen.gebied, ["JZ13", "JZ14", "NL00"]);
        assert_eq!(gelezen.jaar, [2020, 2021]);
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
            Err(FilterFout::Token)
        );
        assert_eq!(filter(&[("na", "AAAA")]), Err(FilterFout::Token));
        assert_eq!(filter(&[("na", "../../x")]), Err(FilterFout::Token));
    }

    #[test]
    fn unknown_parameters_and_values_are_refused() {
        assert_eq!(filter(&[("order_by", "1")]), Err(FilterFout::Onbekend));
        assert_eq!(filter(&[("limit", "0")]), Err(FilterFout::Waarde("limit")));
        assert_eq!(
            filter(&[("limit", "10001")]),
            Err(FilterFout::Waarde("limit"))
        );
        assert_eq!(
            filter(&[("jaar", "2020;drop")]),
            Err(FilterFout::Waarde("jaar"))
        );
    }
}
