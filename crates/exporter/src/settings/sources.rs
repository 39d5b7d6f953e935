//! `[bron.…]` of `uitvraag.toml`: where the data come from, exactly one of four.
//!
//! Owns what each kind of source may be told, and that a password is told by its file or variable only. Leaves reading
//! to `source`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::one_secret;
use crate::wording;

/// Where the data come from: exactly one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSettings {
    /// Files.
    pub bestanden: Option<Files>,
    /// A SQLite database.
    pub sqlite: Option<Sqlite>,
    /// A PostgreSQL database.
    pub postgresql: Option<PostgresSource>,
    /// Any other database.
    pub odbc: Option<Odbc>,
}

/// Files by pattern.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    /// Patterns with `*`, `?`, `[…]` and `**`.
    pub patronen: Vec<String>,
    /// Which of the files that fit.
    #[serde(default)]
    pub welke: Newest,
}

/// Which of the files that fit a pattern.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Newest {
    /// The one that was changed last.
    #[default]
    Nieuwste,
    /// All of them.
    Alle,
}

/// A SQLite database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sqlite {
    /// Its file.
    pub bestand: PathBuf,
    /// Longest time for one query.
    #[serde(default = "time_limit")]
    pub tijdslimiet_s: u64,
    /// A query per table.
    pub tabellen: BTreeMap<String, String>,
}

/// A PostgreSQL database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostgresSource {
    /// Name or address of the server, or the folder of its socket.
    #[serde(default = "localhost")]
    pub host: String,
    /// Port.
    #[serde(default = "port")]
    pub poort: u16,
    /// Name of the database.
    pub database: String,
    /// Who reads.
    pub gebruiker: String,
    /// File with the password.
    pub wachtwoord_bestand: Option<PathBuf>,
    /// Variable with the password.
    pub wachtwoord_variabele: Option<String>,
    /// Encryption; without it `verplicht`, except to this machine.
    pub tls: Option<Tls>,
    /// PEM file with the certificate authority of the server; without it those that browsers trust.
    pub ca_bestand: Option<PathBuf>,
    /// Longest time for one query.
    #[serde(default = "time_limit")]
    pub tijdslimiet_s: u64,
    /// A query per table.
    pub tabellen: BTreeMap<String, String>,
}

/// A database with an ODBC driver.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Odbc {
    /// Connection string, without the password.
    pub verbinding: String,
    /// File with the password.
    pub wachtwoord_bestand: Option<PathBuf>,
    /// Variable with the password.
    pub wachtwoord_variabele: Option<String>,
    /// What the database is told before the first query, such as that it may only read.
    #[cfg_attr(
        not(feature = "odbc"),
        expect(dead_code, reason = "read where ODBC is built in")
    )]
    pub begin: Option<String>,
    /// Longest time for one query.
    #[serde(default = "time_limit")]
    #[cfg_attr(
        not(feature = "odbc"),
        expect(dead_code, reason = "read where ODBC is built in")
    )]
    pub tijdslimiet_s: u64,
    /// A query per table.
    pub tabellen: BTreeMap<String, String>,
}

/// Encryption on the way from the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tls {
    /// With a certificate that is proven.
    Verplicht,
    /// None: everybody on the network can read along.
    Uit,
}

fn localhost() -> String {
    "localhost".to_owned()
}

fn port() -> u16 {
    5432
}

fn time_limit() -> u64 {
    600
}

impl SourceSettings {
    /// The queries, for a database.
    pub(crate) fn tabellen(&self) -> Option<&BTreeMap<String, String>> {
        let sqlite = self.sqlite.as_ref().map(|b| &b.tabellen);
        let postgres = self.postgresql.as_ref().map(|b| &b.tabellen);
        let odbc = self.odbc.as_ref().map(|b| &b.tabellen);
        sqlite.or(postgres).or(odbc)
    }

    pub(super) fn verify(&self) -> Result<(), String> {
        let Self {
            bestanden: files,
            sqlite,
            postgresql: postgres,
            odbc,
        } = self;
        let sources = [
            files.is_some(),
            sqlite.is_some(),
            postgres.is_some(),
            odbc.is_some(),
        ];
        if sources.iter().filter(|er| **er).count() != 1 {
            return Err(
                "kies één bron: [bron.bestanden], [bron.sqlite], [bron.postgresql] of [bron.odbc]"
                    .to_owned(),
            );
        }
        if files.as_ref().is_some_and(|b| b.patronen.is_empty()) {
            return Err(wording::settings::NO_PATTERN.to_owned());
        }
        if self.tabellen().is_some_and(BTreeMap::is_empty) {
            return Err(wording::settings::NO_QUERIES.to_owned());
        }
        if let Some(p) = postgres {
            one_secret(
                "wachtwoord",
                p.wachtwoord_bestand.as_ref(),
                p.wachtwoord_variabele.as_ref(),
                false,
            )?;
        }
        if let Some(o) = odbc {
            one_secret(
                "wachtwoord",
                o.wachtwoord_bestand.as_ref(),
                o.wachtwoord_variabele.as_ref(),
                false,
            )?;
            if holds_password(&o.verbinding) {
                return Err(wording::settings::PASSWORD_IN_CONNECTION.to_owned());
            }
        }
        Ok(())
    }

    /// Makes every path absolute, seen from the folder of the settings.
    pub(super) fn settle(&mut self, dir: &Path) {
        let Self {
            bestanden: files,
            sqlite,
            postgresql: postgres,
            odbc,
        } = self;
        let mut paths: Vec<&mut PathBuf> = Vec::new();
        paths.extend(sqlite.as_mut().map(|s| &mut s.bestand));
        if let Some(p) = postgres {
            paths.extend(
                p.wachtwoord_bestand
                    .as_mut()
                    .into_iter()
                    .chain(p.ca_bestand.as_mut()),
            );
        }
        paths.extend(odbc.as_mut().and_then(|o| o.wachtwoord_bestand.as_mut()));
        for path in paths {
            *path = dir.join(&*path);
        }
        if let Some(files) = files {
            let fixed = glob::Pattern::escape(&dir.to_string_lossy());
            for patroon in files
                .patronen
                .iter_mut()
                .filter(|p| Path::new(p).is_relative())
            {
                *patroon = Path::new(&fixed)
                    .join(&*patroon)
                    .to_string_lossy()
                    .into_owned();
            }
        }
    }
}

/// Whether a connection string holds a secret of its own.
fn holds_password(connection: &str) -> bool {
    let keys = connection
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(key, _)| key.trim().to_lowercase());
    keys.into_iter()
        .any(|key| ["pwd", "password", "wachtwoord"].contains(&key.as_str()))
}
