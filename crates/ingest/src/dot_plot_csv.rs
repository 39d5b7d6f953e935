//! `vergelijk/<group>/<indicator>.csv`: what one dot plot shows, out of the `cijfers.csv` of its group.
//!
//! Owns which addresses those are and taking the rows out; nothing of it is stored. Leaves the table to the publication.

use std::io::{BufRead, BufReader};

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lake::PublishedFile;

use crate::App;
use crate::content_type::CSV;
use crate::problem::Problem;
use crate::published_file::IMMUTABLE;
use crate::streamed_answer::{tag, tagged};

/// Where the tables of groups are.
const GROUPS: &str = "vergelijk/";
/// The table out of which rows are taken. Its first column names the indicator.
const TABLE: &str = "cijfers.csv";

/// The indicator and the table that this path asks for.
fn parsed(path: &str) -> Option<(&str, String)> {
    let (folder, name) = path.rsplit_once('/')?;
    let indicator = name.strip_suffix(".csv")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asks = folder.starts_with(GROUPS) && !indicator.is_empty() && indicator.chars().all(plain);
    asks.then(|| (indicator, format!("{folder}/{TABLE}")))
}

/// The rows of one indicator at this path of a publication; `None` where there are none.
pub(crate) async fn figure_rows(
    app: &App,
    [uitvraag, path, name]: [&str; 3],
    jaar: i32,
    version: u32,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    let Some((indicator, table)) = parsed(path) else {
        return Ok(None);
    };
    let opened = app.lake.open_published(uitvraag, jaar, version, &table);
    let Some(table) = opened.await? else {
        return Ok(None);
    };
    let tag = tag(&format!("{} {indicator}", table.sha256));
    let begin = format!("{indicator},");
    let read = tokio::task::spawn_blocking(move || rows(table, &begin)).await;
    let rows = read.map_err(|error| failed(&error))?;
    let Some(rows) = rows.map_err(|error| failed(&error))? else {
        return Ok(None);
    };
    Ok(Some(tagged(headers, &tag, IMMUTABLE, || {
        let disposition = format!("attachment; filename=\"{name}\"");
        let headers = [
            (CONTENT_TYPE, CSV),
            (CONTENT_DISPOSITION, disposition.as_str()),
        ];
        (headers, rows).into_response()
    })))
}

/// The header, and the lines that begin like this; `None` where none does.
fn rows(table: PublishedFile, begin: &str) -> std::io::Result<Option<String>> {
    let mut lines = BufReader::new(table.file).lines();
    let Some(header) = lines.next().transpose()? else {
        return Ok(None);
    };
    let mut out = vec![header];
    for line in lines {
        let line = line?;
        if line.starts_with(begin) {
            out.push(line);
        }
    }
    Ok((out.len() > 1).then(|| out.join("\n") + "\n"))
}

fn failed(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "the rows of a figure could not be read");
    Problem::our_fault()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_figure_of_one_group() {
        let asked = parsed("vergelijk/JZ13/duur_mediaan.csv");
        let table = "vergelijk/JZ13/cijfers.csv".to_owned();
        assert_eq!(asked, Some(("duur_mediaan", table)));
        for path in [
            "spiegel/GM0344/duur_mediaan.csv",
            "vergelijk/JZ13/.csv",
            "vergelijk/JZ13/a,b.csv",
            "vergelijk/JZ13/duur.json",
            "duur.csv",
        ] {
            assert_eq!(parsed(path), None, "{path}");
        }
    }
}
