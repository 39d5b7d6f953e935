//! The source of a delivery that goes by itself: files by a pattern, or the rows of queries.
//!
//! Owns choosing the files, and turning query results into files that `sheets` reads like any other: every query in one
//! snapshot, kept in memory and then in a file without a name, gone when [`ReadSource`] is dropped. So a server that stops
//! half-way leaves nothing half read, and judging and packing see the same rows. Leaves the mapping to `koppeling.toml`.

mod files;
#[cfg(feature = "odbc")]
mod odbc;
mod order;
mod pg_wire;
mod postgres;
mod rows;
mod sqlite;

use std::path::{Path, PathBuf};

use mapping::Koppeling;
use rows::RowsFile;
use schema::Definitie;
use sheets::SourceFile;

use crate::error::Failure;
use crate::open_input::read_koppeling;
use crate::settings::{Odbc, Settings, SourceSettings};
use crate::wording;

/// A source that was read.
pub(crate) struct ReadSource {
    /// The files, in a fixed order.
    pub bestanden: Vec<SourceFile>,
    /// Rows per query; empty for files.
    pub rijen: Vec<(String, u64)>,
    patronen: Vec<String>,
}

/// A database from which queries are read, all in one snapshot.
trait Database {
    /// Streams the rows of a single SELECT.
    fn lees(&mut self, query: &str, out: &mut RowsFile) -> Result<(), Failure>;
}

/// Reads the source; many rows of a query go to a file in `workbook`, or in the system's place for such.
pub(crate) fn lees(
    settings: &Settings,
    definitie: &Definitie,
    workbook: Option<&Path>,
) -> Result<ReadSource, Failure> {
    let source = &settings.bron;
    if let Some(files) = &source.bestanden {
        let paths = files::choose(files)?;
        let loaded = ReadSource::of_files(
            paths
                .iter()
                .map(|path| SourceFile::from_path(path))
                .collect(),
        );
        return Ok(ReadSource {
            patronen: files.patronen.clone(),
            ..loaded
        });
    }
    let mut database = open(source)?;
    let mut out = ReadSource::of_files(Vec::new());
    for (name, query) in source.tabellen().into_iter().flatten() {
        let mut rows = RowsFile::new(name, workbook.map(Path::to_owned));
        database.lees(query, &mut rows)?;
        let (rows, count) = rows.close()?;
        refuse_empty(name, count, definitie)?;
        out.bestanden.push(SourceFile::from_query(name, rows));
        out.rijen.push((name.clone(), count));
    }
    Ok(out)
}

/// The files with data that the settings lead to.
pub(crate) fn files(settings: &Settings) -> Result<Vec<PathBuf>, Failure> {
    let source = &settings.bron;
    let mut out = source
        .bestanden
        .as_ref()
        .map(files::choose)
        .transpose()?
        .unwrap_or_default();
    out.extend(source.sqlite.as_ref().map(|b| b.bestand.clone()));
    Ok(out)
}

/// The same with the koppeling and the key: what nothing may be written over.
pub(crate) fn paths(settings: &Settings) -> Result<Vec<PathBuf>, Failure> {
    let mut out = files(settings)?;
    out.extend(settings.koppeling.iter().chain(&settings.sleutel).cloned());
    Ok(out)
}

/// Whether the source answers: the newest file is there, the database lets us in. Reads no data.
pub(crate) fn reachable(source: &SourceSettings) -> Result<String, Failure> {
    if let Some(files) = &source.bestanden {
        let paths = files::choose(files)?;
        let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        return Ok(format!("gevonden: {}", names.join(", ")));
    }
    open(source).map(|_| wording::settings::DATABASE_OPENS.to_owned())
}

fn open(source: &SourceSettings) -> Result<Box<dyn Database + '_>, Failure> {
    if let Some(sqlite) = &source.sqlite {
        return Ok(Box::new(sqlite::SqliteReader::open(sqlite)?));
    }
    if let Some(odbc) = &source.odbc {
        return open_odbc(odbc);
    }
    let postgres = source
        .postgresql
        .as_ref()
        .expect("the settings hold exactly one source");
    Ok(Box::new(postgres::PostgresReader::open(postgres)?))
}

#[cfg(feature = "odbc")]
fn open_odbc(source: &Odbc) -> Result<Box<dyn Database + '_>, Failure> {
    Ok(Box::new(odbc::OdbcReader::open(source)?))
}

#[cfg(not(feature = "odbc"))]
fn open_odbc(_: &Odbc) -> Result<Box<dyn Database>, Failure> {
    const TIP: &str = wording::settings::ODBC_OR_FILE;
    Err(Failure::new(wording::settings::WITHOUT_ODBC).tip(TIP))
}

/// No rows at all is more often a mistake in the query than a quiet year.
fn refuse_empty(name: &str, count: u64, definitie: &Definitie) -> Result<(), Failure> {
    let may_be_empty = definitie
        .tabel(name)
        .is_some_and(|tabel| tabel.mag_ontbreken);
    if count > 0 || may_be_empty {
        return Ok(());
    }
    Err(Failure::new(wording::settings::no_rows(&name)).tip(wording::settings::CHECK_FILTERS))
}

impl ReadSource {
    /// Files that are read as they stand.
    pub(crate) fn of_files(files: Vec<SourceFile>) -> Self {
        Self {
            bestanden: files,
            rijen: Vec::new(),
            patronen: Vec::new(),
        }
    }

    /// The mapping of the settings, with the file names of today where it was made with those of another day.
    pub(crate) fn koppeling(
        &self,
        settings: &Settings,
        definitie: &Definitie,
    ) -> Result<Option<Koppeling>, Failure> {
        let Some(path) = &settings.koppeling else {
            return Ok(None);
        };
        let mut koppeling = read_koppeling(path, definitie)?;
        let names: Vec<&str> = self.bestanden.iter().map(|b| b.naam.as_str()).collect();
        files::rebind(&mut koppeling, &self.patronen, &names);
        Ok(Some(koppeling))
    }
}

/// A query as a file in a message: its name in the settings.
fn in_query(name: &str) -> String {
    wording::settings::query_for(&name)
}
