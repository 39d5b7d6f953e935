//! `GET /v1/cijfers`: protected figures by filter, as JSON or CSV, a page at a time.
//!
//! Owns the parameters, the pages and the forms: JSON, CSV, and the CSV that a Dutch spreadsheet opens. Leaves the filter
//! to `figure_filter`, where figures come from to `figure_source`, and making the answer bit by bit to `streamed_answer`.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LINK, VARY};
use axum::response::{IntoResponse, Response};
use schema::Cijfer;
use schema::safe_csv::{CsvForm, SafeCsv};
use serde::Serialize;

use crate::App;
use crate::answer_origin::{AnswerOrigin, name_mark, tell};
use crate::content_type::{CSV, prefers_csv};
use crate::figure_filter::{FigureFilter, FilterError, FilterValues, key};
use crate::figure_schema::FigureRow;
use crate::figure_source::FigureTable;
use crate::problem::Problem;
use crate::published_file::IMMUTABLE;
use crate::streamed_answer::{body, json_list, tag, tagged};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FigureOutput {
    Json,
    Csv,
    Excel,
}

impl FigureOutput {
    /// Its name as a value of `formaat`.
    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Excel => "excel",
        }
    }
}

/// What is asked for.
struct FigureQuery {
    filter: FigureFilter,
    /// A version, in the place of the newest.
    version: Option<u32>,
    /// Most rows; a CSV has no place for the address of a next page, so without `limit` it is whole.
    at_most: Option<usize>,
    token: Option<String>,
    output: FigureOutput,
}

const DEFAULT: usize = 1_000;
/// Most rows of one page.
pub(crate) const MOST: usize = 10_000;
/// For how long a page of the newest figures may be kept.
const NEWEST_CACHE: &str = "public, max-age=60";

/// Which publication figures are from.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FigureOrigin {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
    /// Version.
    versie: u32,
    /// By which rule its counts were protected: `vijftallen` (each is rounded at random to a multiple of 5) or, in older
    /// publications, `drempel` (small ones are left out, the others are exact).
    regel: &'static str,
}

/// A page of figures.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct FigurePage {
    /// The publications that were looked in.
    publicaties: Vec<FigureOrigin>,
    /// How many figures fit, on all pages together.
    aantal: usize,
    /// Where the next page is; absent on the last.
    volgende: Option<String>,
    /// The figures. Last, so that they can be added while the answer is on its way.
    cijfers: Vec<FigureRow>,
}

/// Published figures by filter: the newest version of each uitvraag and year, or the version that is asked for.
#[utoipa::path(
    get, path = "/v1/cijfers", tag = "cijfers",
    params(
        FigureFilter,
        ("versie" = Option<String>, Query, description = "Version of the publication, or `nieuwste`; a version needs one uitvraag and one jaar"),
        ("limit" = Option<usize>, Query, description = "Most rows, 1 to 10000; if absent 1000 for JSON, and all for CSV"),
        ("na" = Option<String>, Query, description = "Paging token from the previous page"),
        ("formaat" = Option<String>, Query, description = "json, csv or excel (a CSV with semicolons and decimal commas); goes before Accept"),
        ("if-none-match" = Option<String>, Header, description = "ETags that are known"),
    ),
    responses((status = 200, description = "A page of figures", content((FigurePage = "application/json"), (String = "text/csv")), headers(("Publicaties" = String, description = "Which publications were looked in and by which rule each was protected, as `omgang/2020/1;regel=vijftallen`; the name of a CSV says it too"))), (status = 304, description = "Not changed"),
        (status = 400, description = "PARAMETER or PAGE_TOKEN"), (status = 429, description = "TOO_MANY_DOWNLOADS")),
)]
pub(crate) async fn cijfers(
    State(app): State<App>,
    headers: HeaderMap,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = parse(&parameters, &headers)?;
    let tables = tables(&app, &query).await?;
    let values = tables.iter().map(|table| &table.values);
    FilterValues::judge(&values, &query.filter)?;
    let hashes: Vec<&str> = tables.iter().map(|table| table.hash.as_str()).collect();
    let basis = hashes.join(" ");
    let from = match &query.token {
        Some(token) => query.filter.read_token(&basis, token),
        None => Some(0),
    };
    let from = from.ok_or(FilterError::Token)?;
    let at_most = query.at_most.unwrap_or(usize::MAX);
    let output = query.output.name();
    let words = format!("{basis} {} {from} {at_most} {output}", query.filter.query());
    let looked_in = tables.clone();
    let cache = match query.version {
        Some(_) => IMMUTABLE,
        None => NEWEST_CACHE,
    };
    let mut response = tagged(&headers, &tag(&words), cache, || {
        let page = Page::of(tables, query.filter.clone(), from, at_most);
        let next = page.next.map(|start| {
            let token = query.filter.token(&basis, start);
            let version = query.version.map(|version| format!("versie={version}&"));
            format!(
                "/v1/cijfers?{}{}limit={at_most}&na={token}&formaat={output}",
                query.filter.query(),
                version.unwrap_or_default()
            )
        });
        let mark = name_mark(page.tables.iter().map(|table| table.rule));
        let name = format!("{mark}cijfers.csv");
        answer(page, query.output, next, &name)
    });
    let origins: Vec<AnswerOrigin<'_>> = looked_in.iter().map(|table| table.origin()).collect();
    tell(&mut response, &origins);
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// The whole table of one publication as a Dutch spreadsheet opens it; `None` where there is no such publication.
///
/// # Errors
/// When the table could not be read.
pub(crate) async fn excel_view(
    app: &App,
    uitvraag: &str,
    jaar: i32,
    version: u32,
    name: &str,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    let table = app.cijfers.version(uitvraag.to_owned(), jaar, version);
    let Some(table) = table.await? else {
        return Ok(None);
    };
    let tag = tag(&format!("{} excel", table.hash));
    Ok(Some(tagged(headers, &tag, IMMUTABLE, || {
        let page = Page::of(vec![table], FigureFilter::default(), 0, usize::MAX);
        answer(page, FigureOutput::Excel, None, name)
    })))
}

/// The tables that are asked.
async fn tables(app: &App, query: &FigureQuery) -> Result<Vec<Arc<FigureTable>>, Problem> {
    let Some(version) = query.version else {
        return Ok(app.cijfers.newest().await?);
    };
    let (uitvraag, jaar) = (query.filter.only("uitvraag"), query.filter.only("jaar"));
    let (Some(uitvraag), Some(Ok(jaar))) = (uitvraag, jaar.map(str::parse)) else {
        return Err(FilterError::VersionOfWhat.into());
    };
    let table = app.cijfers.version(uitvraag.to_owned(), jaar, version);
    match table.await? {
        Some(table) => Ok(vec![table]),
        None => {
            let last = app.lake.last_version(uitvraag, jaar).await?;
            let known = last.map_or("geen".to_owned(), |last| format!("1 tot en met {last}"));
            Err(FilterError::UnknownValue {
                veld: "versie",
                known,
            }
            .into())
        }
    }
}

/// Some rows of some tables.
struct Page {
    tables: Vec<Arc<FigureTable>>,
    filter: FigureFilter,
    /// The table and the row to go on at.
    at: (usize, usize),
    /// Rows still to give.
    left: usize,
    /// Rows that fit in all.
    total: usize,
    /// Where the next page starts, if there is one.
    next: Option<usize>,
}

impl Page {
    fn of(
        tables: Vec<Arc<FigureTable>>,
        filter: FigureFilter,
        from: usize,
        at_most: usize,
    ) -> Self {
        if filter.values.is_empty() {
            return Self::whole(tables, from, at_most);
        }
        let mut total = 0;
        let mut start = (tables.len(), 0);
        for (number, table) in tables.iter().enumerate() {
            for (row, cijfer) in table.cijfers.iter().enumerate() {
                if filter.fits(cijfer) {
                    if total == from {
                        start = (number, row);
                    }
                    total += 1;
                }
            }
        }
        Self::starting(tables, filter, start, total, (from, at_most))
    }

    /// Without a filter every row fits: none need be looked at to know how many there are.
    fn whole(tables: Vec<Arc<FigureTable>>, from: usize, at_most: usize) -> Self {
        let total = tables.iter().map(|table| table.cijfers.len()).sum();
        let mut before = 0;
        let mut start = (tables.len(), 0);
        for (number, table) in tables.iter().enumerate() {
            let end = before + table.cijfers.len();
            if (before..end).contains(&from) {
                start = (number, from - before);
            }
            before = end;
        }
        let all = FigureFilter::default();
        Self::starting(tables, all, start, total, (from, at_most))
    }

    fn starting(
        tables: Vec<Arc<FigureTable>>,
        filter: FigureFilter,
        at: (usize, usize),
        total: usize,
        (from, at_most): (usize, usize),
    ) -> Self {
        let left = total.saturating_sub(from).min(at_most);
        let next = from.saturating_add(left);
        Self {
            tables,
            filter,
            at,
            left,
            total,
            next: (next < total).then_some(next),
        }
    }

    /// Gives the next row to `take`; `false` when there is none.
    fn next_row(&mut self, take: impl FnOnce(&Cijfer)) -> bool {
        while self.left > 0 {
            let (number, row) = self.at;
            let Some(table) = self.tables.get(number) else {
                return false;
            };
            let Some(cijfer) = table.cijfers.get(row) else {
                self.at = (number + 1, 0);
                continue;
            };
            self.at.1 += 1;
            if self.filter.fits(cijfer) {
                self.left -= 1;
                take(cijfer);
                return true;
            }
        }
        false
    }
}

fn answer(mut page: Page, output: FigureOutput, next: Option<String>, name: &str) -> Response {
    let link = next
        .as_ref()
        .and_then(|url| format!("<{url}>; rel=\"next\"").parse().ok());
    let form = match output {
        FigureOutput::Json => None,
        FigureOutput::Csv => Some(CsvForm::Plain),
        FigureOutput::Excel => Some(CsvForm::Dutch),
    };
    let mut response = if let Some(form) = form {
        let beginning = SafeCsv::new_in(form, Cijfer::COLUMN_NAMES).finish();
        let row = move |piece: &mut Vec<u8>| {
            page.next_row(|cijfer| piece.extend(SafeCsv::figure_row(form, cijfer)))
        };
        let disposition = format!("attachment; filename=\"{name}\"");
        let headers = [
            (CONTENT_TYPE, CSV),
            (CONTENT_DISPOSITION, disposition.as_str()),
        ];
        (headers, body(beginning, row, Vec::new())).into_response()
    } else {
        let empty = without_figures(&page, next);
        let item = move |piece: &mut Vec<u8>| {
            page.next_row(|cijfer| {
                serde_json::to_writer(piece, cijfer).expect("a figure is texts and numbers");
            })
        };
        let headers = [(CONTENT_TYPE, "application/json")];
        (headers, json_list(&empty, item)).into_response()
    };
    if let Some(link) = link {
        response.headers_mut().insert(LINK, link);
    }
    response
}

/// The page but for its figures.
fn without_figures(page: &Page, next: Option<String>) -> FigurePage {
    let publicaties = page.tables.iter().map(|table| FigureOrigin {
        uitvraag: table.uitvraag.clone(),
        jaar: table.jaar,
        versie: table.versie,
        regel: table.rule.name(),
    });
    FigurePage {
        publicaties: publicaties.collect(),
        aantal: page.total,
        volgende: next,
        cijfers: Vec::new(),
    }
}

fn parse(parameters: &[(String, String)], headers: &HeaderMap) -> Result<FigureQuery, FilterError> {
    let mut query = FigureQuery {
        filter: FigureFilter::default(),
        version: None,
        at_most: None,
        token: None,
        output: accepted(headers),
    };
    for (name, value) in parameters {
        match name.as_str() {
            "limit" => query.at_most = Some(limit(value)?),
            "na" => query.token = Some(value.clone()),
            "versie" if value == "nieuwste" => query.version = None,
            "versie" => {
                let version = value.parse().map_err(|_| FilterError::Waarde("versie"))?;
                query.version = Some(version);
            }
            "formaat" => {
                let outputs = [FigureOutput::Json, FigureOutput::Csv, FigureOutput::Excel];
                let named = outputs.into_iter().find(|output| output.name() == value);
                query.output = named.ok_or(FilterError::Waarde("formaat"))?;
            }
            name => query
                .filter
                .add(key(name).ok_or(FilterError::Onbekend)?, value)?,
        }
    }
    if query.output == FigureOutput::Json {
        query.at_most.get_or_insert(DEFAULT);
    }
    Ok(query)
}

/// How many rows a page may have.
pub(crate) fn limit(text: &str) -> Result<usize, FilterError> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or(FilterError::Waarde("limit"))
}

fn accepted(headers: &HeaderMap) -> FigureOutput {
    if prefers_csv(headers) {
        FigureOutput::Csv
    } else {
        FigureOutput::Json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Result<FigureQuery, FilterError> {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        parse(&pairs, &HeaderMap::new())
    }

    fn refusal(pairs: &[(&str, &str)]) -> Option<FilterError> {
        query(pairs).err()
    }

    #[test]
    fn lists_may_be_comma_separated_or_repeated() {
        let loaded = query(&[
            ("gebied", "JZ13,JZ14"),
            ("gebied", "NL00"),
            ("jaar", "2020,2021"),
        ]);
        let filter = loaded.map(|query| query.filter).unwrap();
        assert_eq!(filter.values["gebied"], ["JZ13", "JZ14", "NL00"]);
        assert_eq!(filter.values["jaar"], ["2020", "2021"]);
    }

    /// HOSTILE 109: a token of another filter or of other tables, or made up, is refused rather than read.
    #[test]
    fn a_token_fits_one_filter_only() {
        let filter = |gebied| {
            query(&[("gebied", gebied)])
                .map(|query| query.filter)
                .unwrap()
        };
        let token = filter("JZ13").token("a", 7);
        assert_eq!(filter("JZ13").read_token("a", &token), Some(7));
        assert_eq!(filter("JZ14").read_token("a", &token), None);
        assert_eq!(filter("JZ13").read_token("b", &token), None);
        for made_up in ["AAAA", "../../x", "", "é"] {
            assert_eq!(filter("JZ13").read_token("a", made_up), None);
        }
    }

    #[test]
    fn unknown_parameters_and_values_are_refused() {
        assert_eq!(refusal(&[("order_by", "1")]), Some(FilterError::Onbekend));
        for (name, value) in [
            ("limit", "0"),
            ("limit", "10001"),
            ("jaar", "2020;drop"),
            ("versie", "-1"),
            ("versie", "laatste"),
            ("formaat", "xml"),
        ] {
            assert_eq!(
                refusal(&[(name, value)]),
                Some(FilterError::Waarde(name)),
                "{name}={value}"
            );
        }
    }

    /// A page is the rows that fit from its start on, over the end of one table into the next.
    #[test]
    fn pages_go_on_over_tables() {
        let row = |gebied: &str| {
            let text = format!(
                "{{\"uitvraag\":\"omgang\",\"jaar\":2020,\"indicator\":\"a\",\"niveau\":\"gemeente\",\"gebied\":\"{gebied}\",\"uitsplitsing\":\"totaal\",\"categorie\":\"totaal\",\"status\":\"A\",\"vertrouwelijk\":\"F\",\"momentopname\":\"m\"}}"
            );
            serde_json::from_str::<Cijfer>(&text).unwrap()
        };
        let table = |version, gebieden: &[&str]| {
            let publicatie = lake::Publicatie {
                uitvraag: "omgang".to_owned(),
                jaar: 2020,
                versie: version,
                momentopname: "m".to_owned(),
                gemaakt: chrono::DateTime::UNIX_EPOCH,
                hash: String::new(),
                paden: Vec::new(),
            };
            let cijfers = gebieden.iter().map(|gebied| row(gebied)).collect();
            Arc::new(FigureTable::new(
                &publicatie,
                lake::ProtectionRule::Fives,
                cijfers,
            ))
        };
        let tables = vec![table(1, &["a", "b"]), table(2, &[]), table(3, &["c", "a"])];
        let given = |filter: &FigureFilter, from, at_most| {
            let mut page = Page::of(tables.clone(), filter.clone(), from, at_most);
            let mut seen = String::new();
            while page.next_row(|cijfer| seen.push_str(&cijfer.gebied)) {}
            (seen, page.total, page.next)
        };
        let all = FigureFilter::default();
        assert_eq!(given(&all, 0, 9), ("abca".to_owned(), 4, None));
        assert_eq!(given(&all, 1, 2), ("bc".to_owned(), 4, Some(3)));
        assert_eq!(given(&all, 3, 2), ("a".to_owned(), 4, None));
        assert_eq!(given(&all, 7, 2), (String::new(), 4, None));
        let one = query(&[("gebied", "a")]).map(|query| query.filter).unwrap();
        assert_eq!(given(&one, 1, 5), ("a".to_owned(), 2, None));
    }
}
