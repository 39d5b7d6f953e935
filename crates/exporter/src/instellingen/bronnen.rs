//! `[bron.…]` of `uitvraag.toml`: where the data come from, exactly one of four.
//!
//! Owns what each kind of source may be told, and that a password is told by its file or variable only. Leaves reading
//! to `bron`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::one_secret;

/// Where the data come from: exactly one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bron {
    /// Files.
    pub bestanden: Option<Bestanden>,
    /// A SQLite database.
    pub sqlite: Option<Sqlite>,
    /// A PostgreSQL database.
    pub postgresql: Option<Postgresql>,
    /// Any other database.
    pub odbc: Option<Odbc>,
}

/// Files by pattern.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bestanden {
    /// Patterns with `*`, `?`, `[…]` and `**`.
    pub patronen: Vec<String>,
    /// Which of the files that fit.
    #[serde(default)]
    pub welke: Welke,
}

/// Which of the files that fit a pattern.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Welke {
    /// The one that was changed last.
    #[default]
    Nieuwste,
    /// All of them.
    Alle,
}

/// A SQLite database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sqlite {
    /// Its file.
    pub bestand: PathBuf,
    /// Longest time for one query.
    #[serde(default = "tijdslimiet")]
    pub tijdslimiet_s: u64,
    /// A query per table.
    pub tabellen: BTreeMap<String, String>,
}

/// A PostgreSQL database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Postgresql {
    /// Name or address of the server, or the folder of its socket.
    #[serde(default = "localhost")]
    pub host: String,
    /// Port.
    #[serde(default = "poort")]
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
    #[serde(default = "tijdslimiet")]
    pub tijdslimiet_s: u64,
    /// A query per table.
    pub tabellen: BTreeMap<String, String>,
}

/// A database with an ODBC driver.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odbc {
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
    #[serde(default = "tijdslimiet")]
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
pub enum Tls {
    /// With a certificate that is proven.
    Verplicht,
    /// None: everybody on the network can read along.
    Uit,
}

fn localhost() -> String {
    "localhost".to_owned()
}

fn poort() -> u16 {
    5432
}

fn tijdslimiet() -> u64 {
    600
}

impl Bron {
    /// The queries, for a database.
    pub fn tabellen(&self) -> Option<&BTreeMap<String, String>> {
        let sqlite = self.sqlite.as_ref().map(|b| &b.tabellen);
        let postgresql = self.postgresql.as_ref().map(|b| &b.tabellen);
        let odbc = self.odbc.as_ref().map(|b| &b.tabellen);
        sqlite.or(postgresql).or(odbc)
    }

    pub(super) fn verify(&self) -> Result<(), String> {
        let Self {
            bestanden,
            sqlite,
            postgresql,
            odbc,
        } = self;
        let bronnen = [
            bestanden.is_some(),
            sqlite.is_some(),
            postgresql.is_some(),
            odbc.is_some(),
        ];
        if bronnen.iter().filter(|er| **er).count() != 1 {
            return Err(
                "kies één bron: [bron.bestanden], [bron.sqlite], [bron.postgresql] of [bron.odbc]"
                    .to_owned(),
            );
        }
        if bestanden.as_ref().is_some_and(|b| b.patronen.is_empty()) {
            return Err("bij [bron.bestanden] ontbreekt een patroon".to_owned());
        }
        if self.tabellen().is_some_and(BTreeMap::is_empty) {
            return Err("bij de bron ontbreken de query's: schrijf er minstens één, zoals traject = \"SELECT … FROM …\"".to_owned());
        }
        if let Some(p) = postgresql {
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
                return Err("in verbinding staat een wachtwoord: zet dat in wachtwoord_bestand of wachtwoord_variabele".to_owned());
            }
        }
        Ok(())
    }

    /// Makes every path absolute, seen from the folder of the settings.
    pub(super) fn settle(&mut self, map: &Path) {
        let Self {
            bestanden,
            sqlite,
            postgresql,
            odbc,
        } = self;
        let mut paden: Vec<&mut PathBuf> = Vec::new();
        paden.extend(sqlite.as_mut().map(|s| &mut s.bestand));
        if let Some(p) = postgresql {
            paden.extend(
                p.wachtwoord_bestand
                    .as_mut()
                    .into_iter()
                    .chain(p.ca_bestand.as_mut()),
            );
        }
        paden.extend(odbc.as_mut().and_then(|o| o.wachtwoord_bestand.as_mut()));
        paden.into_iter().for_each(|pad| *pad = map.join(&*pad));
        if let Some(bestanden) = bestanden {
            let vast = glob::Pattern::escape(&map.to_string_lossy());
            for patroon in bestanden
                .patronen
                .iter_mut()
                .filter(|p| Path::new(p).is_relative())
            {
                *patroon = Path::new(&vast)
                    .join(&*patroon)
                    .to_string_lossy()
                    .into_owned();
            }
        }
    }
}

/// Whether a connection string holds a secret of its own.
fn holds_password(verbinding: &str) -> bool {
    let sleutels = verbinding
        .split(';')
        .filter_map(|deel| deel.split_once('='))
        .map(|(sleutel, _)| sleutel.trim().to_lowercase());
    sleutels
        .into_iter()
        .any(|sleutel| ["pwd", "password", "wachtwoord"].contains(&sleutel.as_str()))
}
