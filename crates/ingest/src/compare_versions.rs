//! `GET /v1/publicaties/{uitvraag}/{jaar}/{versie}/wijzigingen`: the figures that differ between two versions.
//!
//! Owns the comparison: a figure is the same one when its keys are, and has changed when anything else of it has but the
//! momentopname, which every version names anew. Leaves the filter to `figure_filter`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::response::{IntoResponse, Response};
use schema::Cijfer;
use schema::cijfer::{Column, FigureRole, Value};
use serde::Serialize;

use crate::App;
use crate::cijfers::{MOST, limit};
use crate::figure_filter::{FigureFilter, FilterError, key};
use crate::figure_schema::FigureRow;
use crate::figure_source::{FigureError, FigureTable};
use crate::newer_version::reason;
use crate::problem::Problem;
use crate::publicaties::{canonical, unknown};
use crate::published_file::IMMUTABLE;
use crate::streamed_answer::{json_list, tag, tagged};

/// What became of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChangeKind {
    /// It was not there before.
    Nieuw,
    /// It is there no more.
    Weg,
    /// It has another value, or something else of it is different.
    Anders,
}

/// How many figures changed.
#[derive(Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct ChangeCounts {
    /// Were not there before.
    pub(crate) nieuw: usize,
    /// Are there no more.
    pub(crate) weg: usize,
    /// Are different.
    pub(crate) anders: usize,
}

/// One figure that changed.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Change<'a> {
    /// What became of it.
    pub(crate) soort: ChangeKind,
    /// The columns in which it differs; empty unless it is `anders`.
    kolommen: Vec<&'static str>,
    /// As it was; absent with a new one.
    #[schema(value_type = Option<FigureRow>)]
    pub(crate) oud: Option<&'a Cijfer>,
    /// As it is; absent with one that is gone.
    #[schema(value_type = Option<FigureRow>)]
    pub(crate) nieuw: Option<&'a Cijfer>,
}

/// A page of changes.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ChangePage<'a> {
    /// The version.
    versie: u32,
    /// The version it is compared with.
    sinds: u32,
    /// By which rule the counts of the version were protected: `vijftallen` or, in older publications, `drempel`.
    regel: &'static str,
    /// The same of the version it is compared with. Where the two differ, so do figures that nobody corrected.
    regel_sinds: &'static str,
    /// Why the version was made; absent where that was not said.
    reden: Option<String>,
    /// How many figures changed, on all pages together.
    aantallen: ChangeCounts,
    /// Where the next page is; absent on the last.
    volgende: Option<String>,
    /// The changes. Last, so that they can be added while the answer is on its way.
    wijzigingen: Vec<Change<'a>>,
}

struct ChangeQuery {
    filter: FigureFilter,
    since: Option<u32>,
    at_most: usize,
    token: Option<String>,
}

const DEFAULT: usize = 1_000;

/// The figures that differ from those of an earlier version (the one before, unless `sinds` names another).
#[utoipa::path(
    get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/wijzigingen", tag = "publicaties",
    params(
        ("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = u32, Path, description = "Version"),
        FigureFilter,
        ("sinds" = Option<u32>, Query, description = "The version to compare with; if absent the one before"),
        ("limit" = Option<usize>, Query, description = "Most changes, 1 to 10000; if absent 1000"),
        ("na" = Option<String>, Query, description = "Paging token from the previous page"),
        ("if-none-match" = Option<String>, Header, description = "ETags that are known"),
    ),
    responses((status = 200, description = "A page of changes", body = ChangePage<'_>), (status = 304, description = "Not changed"), (status = 400, description = "PARAMETER or PAGE_TOKEN"), (status = 404, description = "NOT_FOUND"), (status = 429, description = "TOO_MANY_DOWNLOADS")),
)]
pub(crate) async fn changes(
    State(app): State<App>,
    Path((uitvraag, jaar, version)): Path<(String, String, String)>,
    headers: HeaderMap,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let jaar: i32 = canonical(&jaar).ok_or_else(unknown)?;
    let version: u32 = canonical(&version).ok_or_else(unknown)?;
    let new = app.cijfers.version(uitvraag.clone(), jaar, version).await?;
    let new = new.ok_or_else(unknown)?;
    let query = parse(&parameters)?;
    let since = query.since.unwrap_or(version.saturating_sub(1));
    let why = reason(&app.lake, &uitvraag, jaar, version).await?;
    let old = app.cijfers.version(uitvraag, jaar, since).await?;
    let old = old.ok_or(FilterError::Waarde("sinds"))?;
    let basis = format!("{} {}", old.hash, new.hash);
    let from = match &query.token {
        Some(token) => query.filter.read_token(&basis, token),
        None => Some(0),
    };
    let from = from.ok_or(FilterError::Token)?;
    let at_most = query.at_most;
    let tag = tag(&format!(
        "{basis} {} {from} {at_most}",
        query.filter.query()
    ));
    let filter = query.filter.clone();
    let compared = compared(old, new, filter).await?;
    Ok(tagged(&headers, &tag, IMMUTABLE, || {
        let end = from.saturating_add(at_most);
        let next = (end < compared.changed.len()).then(|| {
            format!(
                "/v1/publicaties/{}/{jaar}/{version}/wijzigingen?{}sinds={since}&limit={at_most}&na={}",
                compared.new.uitvraag,
                query.filter.query(),
                query.filter.token(&basis, end)
            )
        });
        answer(compared, why, from, at_most, next)
    }))
}

fn parse(parameters: &[(String, String)]) -> Result<ChangeQuery, FilterError> {
    let mut query = ChangeQuery {
        filter: FigureFilter::default(),
        since: None,
        at_most: DEFAULT.min(MOST),
        token: None,
    };
    for (name, value) in parameters {
        match name.as_str() {
            "sinds" => {
                let since = canonical(value).ok_or(FilterError::Waarde("sinds"))?;
                query.since = Some(since);
            }
            "limit" => query.at_most = limit(value)?,
            "na" => query.token = Some(value.clone()),
            name => query
                .filter
                .add(key(name).ok_or(FilterError::Onbekend)?, value)?,
        }
    }
    Ok(query)
}

/// What differs between two tables. They are long enough to keep others waiting.
pub(crate) async fn compared(
    old: Arc<FigureTable>,
    new: Arc<FigureTable>,
    filter: FigureFilter,
) -> Result<TableComparison, FigureError> {
    let compared = tokio::task::spawn_blocking(move || TableComparison::of(old, new, &filter));
    let compared = compared.await;
    compared.map_err(|error| FigureError::Unreadable(error.to_string()))
}

/// What differs between two tables.
pub(crate) struct TableComparison {
    old: Arc<FigureTable>,
    new: Arc<FigureTable>,
    /// The rows of each that go together, and differ: in the order of the new table, then what is gone.
    changed: Vec<(Option<usize>, Option<usize>)>,
}

impl TableComparison {
    fn of(old: Arc<FigureTable>, new: Arc<FigureTable>, filter: &FigureFilter) -> Self {
        let fitting = |table: &FigureTable| -> Vec<usize> {
            let rows = table.cijfers.iter().enumerate();
            rows.filter(|(_, cijfer)| filter.fits(cijfer))
                .map(|(row, _)| row)
                .collect()
        };
        let mut before: HashMap<String, usize> = fitting(&old)
            .into_iter()
            .map(|row| (name_of(&old.cijfers[row]), row))
            .collect();
        let mut changed = Vec::new();
        for row in fitting(&new) {
            let cijfer = &new.cijfers[row];
            match before.remove(&name_of(cijfer)) {
                None => changed.push((None, Some(row))),
                Some(earlier) if differing(&old.cijfers[earlier], cijfer).next().is_some() => {
                    changed.push((Some(earlier), Some(row)));
                }
                Some(_) => {}
            }
        }
        let mut gone: Vec<usize> = before.into_values().collect();
        gone.sort_unstable();
        changed.extend(gone.into_iter().map(|row| (Some(row), None)));
        Self { old, new, changed }
    }

    /// How many figures differ.
    pub(crate) fn len(&self) -> usize {
        self.changed.len()
    }

    /// One of them.
    pub(crate) fn change(&self, number: usize) -> Option<Change<'_>> {
        let (old, new) = *self.changed.get(number)?;
        let old = old.map(|row| &self.old.cijfers[row]);
        let new = new.map(|row| &self.new.cijfers[row]);
        let (kind, columns) = match (old, new) {
            (Some(old), Some(new)) => (
                ChangeKind::Anders,
                differing(old, new).map(|column| column.name).collect(),
            ),
            (None, _) => (ChangeKind::Nieuw, Vec::new()),
            (_, None) => (ChangeKind::Weg, Vec::new()),
        };
        Some(Change {
            soort: kind,
            kolommen: columns,
            oud: old,
            nieuw: new,
        })
    }

    /// How many of each kind.
    pub(crate) fn counts(&self) -> ChangeCounts {
        let mut counts = ChangeCounts::default();
        for rows in &self.changed {
            match rows {
                (Some(_), Some(_)) => counts.anders += 1,
                (None, _) => counts.nieuw += 1,
                (_, None) => counts.weg += 1,
            }
        }
        counts
    }
}

/// The keys of a figure in one text.
fn name_of(cijfer: &Cijfer) -> String {
    let mut name = String::new();
    for column in Cijfer::COLUMNS
        .iter()
        .filter(|column| column.role == FigureRole::Key)
    {
        match (column.get)(cijfer) {
            Value::Text(text) => name.push_str(text),
            Value::Whole(number) => name.push_str(&number.to_string()),
            // No key is empty or a fraction.
            Value::Empty | Value::Decimal(_) => {}
        }
        name.push('\0');
    }
    name
}

/// The columns in which two figures differ.
fn differing<'a>(old: &'a Cijfer, new: &'a Cijfer) -> impl Iterator<Item = &'static Column> + 'a {
    Cijfer::COLUMNS.iter().filter(move |column| {
        column.name != "momentopname" && (column.get)(old) != (column.get)(new)
    })
}

fn answer(
    compared: TableComparison,
    why: Option<String>,
    from: usize,
    at_most: usize,
    next: Option<String>,
) -> Response {
    let link = next
        .as_ref()
        .and_then(|url| format!("<{url}>; rel=\"next\"").parse().ok());
    let empty = ChangePage {
        versie: compared.new.versie,
        sinds: compared.old.versie,
        regel: compared.new.rule.name(),
        regel_sinds: compared.old.rule.name(),
        reden: why,
        aantallen: compared.counts(),
        volgende: next,
        wijzigingen: Vec::new(),
    };
    let mut numbers = from..from.saturating_add(at_most);
    let item = move |piece: &mut Vec<u8>| {
        let change = numbers.next().and_then(|number| compared.change(number));
        change.is_some_and(|change| {
            serde_json::to_writer(piece, &change).expect("a figure is texts and numbers");
            true
        })
    };
    let headers = [(CONTENT_TYPE, "application/json")];
    let mut response = (headers, json_list(&empty, item)).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(LINK, link);
    }
    response
}
