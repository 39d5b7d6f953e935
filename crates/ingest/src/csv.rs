//! Content types of the tables that leave the service. The CSV itself is `schema::SafeCsv`.

/// Content type of a table as CSV.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";
/// Content type of a table as a workbook.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
