//! Content types of the tables that leave the service, and who wants which. The CSV itself is `schema::SafeCsv`.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Content type of a table as CSV.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";
/// Content type of a table as a workbook.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Whether who asks takes CSV and does not name JSON, which goes before it.
pub(crate) fn prefers_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/csv") && !accept.contains("json"))
}
