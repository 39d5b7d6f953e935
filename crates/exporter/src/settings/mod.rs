//! `uitvraag.toml`: how a client system delivers by itself.
//!
//! Owns the format: every key is known or refused, relative paths are relative to this file, and a secret never stands in
//! it, only the name of a file or a variable that holds it. The documented example is `deploy/uitvraag/uitvraag.toml`. Leaves
//! the kinds of sources to `sources`, reading them to `source`, the delivery to `commands::unattended`.

mod sources;

use std::env;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::args::{self, SignatoryArgs};
use crate::client::{Address, BearerToken, Client, Patience};
use crate::error::Failure;
use crate::event_log::LogFormat;
use crate::text_input;
use crate::wording;

pub(crate) use sources::{Files, Newest, Odbc, PostgresSource, SourceSettings, Sqlite, Tls};

const TIP: &str = wording::settings::SETTINGS_EXAMPLE;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Name and year, as in `omgang/2020`.
    pub uitvraag: String,
    /// KvK number; that of the koppeling or the token where absent.
    pub kvk: Option<String>,
    /// The mapping; not needed for a sjabloon.
    pub koppeling: Option<PathBuf>,
    /// The pakket of the year before, to compare with.
    pub vorig: Option<PathBuf>,
    /// Folder that keeps the pakket once it is published.
    pub bewaar: Option<PathBuf>,
    /// The pseudonym key; the usual place where absent.
    pub sleutel: Option<PathBuf>,
    /// Answers to signalen.
    #[serde(default = "toelichtingen")]
    pub toelichtingen: PathBuf,
    /// Folder with what is on its way.
    #[serde(default = "outbox")]
    pub uitbak: PathBuf,
    /// Where it is told.
    #[serde(default)]
    pub logboek: LogSettings,
    /// Where the data come from.
    pub bron: SourceSettings,
    /// Where they go.
    pub server: Option<ServerSettings>,
}

fn toelichtingen() -> PathBuf {
    "toelichtingen.toml".into()
}

fn outbox() -> PathBuf {
    "uitbak".into()
}

/// The log.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// Form on stderr; without it text at a terminal and JSON elsewhere.
    pub vorm: Option<LogFormat>,
    /// A file that gets the same as JSON lines.
    pub bestand: Option<PathBuf>,
}

/// The service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerSettings {
    /// Its address.
    pub adres: String,
    /// File with the token.
    pub token_bestand: Option<PathBuf>,
    /// Variable with the token.
    pub token_variabele: Option<String>,
    /// Plain http within an own network.
    #[serde(default)]
    pub zonder_tls: bool,
    /// `Naam, functie`: signs by itself once the verdict is akkoord.
    pub onderteken: Option<String>,
}

impl Settings {
    /// Reads the file; what is wrong is named with its line.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = text_input::read(path).map_err(|e| {
            Failure::file(wording::settings::SETTINGS_UNREADABLE, path, &e).tip(TIP)
        })?;
        let dir = std::path::absolute(path)
            .ok()
            .and_then(|p| p.parent().map(Path::to_owned))
            .unwrap_or_default();
        let failure = |reason: String| {
            Failure::new(wording::settings::settings_wrong(&path.display()))
                .cause(reason)
                .tip(TIP)
        };
        let mut settings = Self::parse(&text).map_err(failure)?;
        settings.settle(&dir);
        Ok(settings)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = text_input::toml(text)?;
        settings.verify()?;
        Ok(settings)
    }

    fn verify(&self) -> Result<(), String> {
        self.bron.verify()?;
        if let Some(server) = &self.server {
            one_secret(
                "token",
                server.token_bestand.as_ref(),
                server.token_variabele.as_ref(),
                true,
            )?;
            server
                .onderteken
                .as_deref()
                .map(args::signatory)
                .transpose()
                .map_err(|e| format!("onderteken: {e}"))?;
        }
        self.kvk.as_deref().map(args::kvk).transpose()?;
        Ok(())
    }

    /// Makes every path absolute, seen from the folder of the file.
    fn settle(&mut self, dir: &Path) {
        let absolute = |path: &mut PathBuf| *path = dir.join(&*path);
        absolute(&mut self.toelichtingen);
        absolute(&mut self.uitbak);
        let possible = [
            self.koppeling.as_mut(),
            self.vorig.as_mut(),
            self.bewaar.as_mut(),
            self.sleutel.as_mut(),
            self.logboek.bestand.as_mut(),
        ];
        possible.into_iter().flatten().for_each(absolute);
        if let Some(server) = &mut self.server {
            server.token_bestand.iter_mut().for_each(absolute);
        }
        self.bron.settle(dir);
    }

    /// The part about the service; a delivery needs it.
    pub(crate) fn server(&self) -> Result<&ServerSettings, Failure> {
        self.server
            .as_ref()
            .ok_or_else(|| Failure::new(wording::settings::NO_SERVER_SETTINGS).tip(TIP))
    }
}

impl ServerSettings {
    /// The client for this service.
    pub(crate) fn client(&self, patience: Patience) -> Result<Client, Failure> {
        let token = match (&self.token_bestand, &self.token_variabele) {
            (Some(path), _) => BearerToken::read(path)?,
            (None, Some(name)) => BearerToken::parse(&variable(name)?).ok_or_else(|| {
                Failure::new(wording::settings::no_token_in_variable(&name))
                    .tip(wording::settings::TOKEN_ALONE)
            })?,
            (None, None) => unreachable!("verify wants one of the two"),
        };
        Client::new(
            Address::parse(&self.adres, self.zonder_tls)?,
            token,
            patience,
        )
    }

    /// Who signs, where that goes by itself.
    pub(crate) fn signatory(&self) -> Option<SignatoryArgs> {
        self.onderteken
            .as_deref()
            .and_then(|text| args::signatory(text).ok())
    }
}

fn one_secret(
    what: &str,
    file: Option<&PathBuf>,
    variable_name: Option<&String>,
    needed: bool,
) -> Result<(), String> {
    match (file, variable_name) {
        (Some(_), Some(_)) => Err(wording::settings::choose_one_way(&what)),
        (None, None) if needed => Err(wording::settings::one_way_missing(&what)),
        _ => Ok(()),
    }
}

/// A password from its file or variable; `None` where neither is named.
pub(crate) fn password(
    file: Option<&Path>,
    variable_name: Option<&str>,
) -> Result<Option<String>, Failure> {
    let text = match (file, variable_name) {
        (Some(path), _) => text_input::read(path)
            .map_err(|e| Failure::file(wording::settings::PASSWORD_UNREADABLE, path, &e))?,
        (None, Some(name)) => variable(name)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| {
        Failure::new(wording::settings::variable_not_set(&name))
            .tip(wording::settings::SET_VARIABLE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str =
        "uitvraag = \"omgang/2020\"\n[bron.bestanden]\npatronen = [\"export/*.csv\"]\n";

    #[test]
    fn relative_paths_are_seen_from_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("uitvraag.toml");
        let text = format!("koppeling = \"k.toml\"\nuitbak = \"/elders\"\n{SMALL}");
        crate::atomic_file::write_whole(&path, text.as_bytes()).unwrap();
        let out = Settings::read(&path).unwrap();
        assert_eq!(out.koppeling.unwrap(), dir.path().join("k.toml"));
        assert_eq!(out.uitbak, Path::new("/elders"));
        assert_eq!(
            out.bron.bestanden.unwrap().patronen,
            [dir.path().join("export/*.csv").display().to_string()]
        );
    }

    #[test]
    fn every_mistake_is_named_in_dutch() {
        let server = |regels: &str| format!("{SMALL}[server]\nadres = \"https://a.nl\"\n{regels}");
        let source =
            |regels: &str| format!("uitvraag = \"omgang/2020\"\n[bron.postgresql]\n{regels}\n");
        for (text, what) in [
            (format!("kvkk = \"1\"\n{SMALL}"), "regel 1: `kvkk` is hier onbekend; bekend zijn: uitvraag, kvk"),
            ("[bron.bestanden]\npatronen = [\"a\"]\n".to_owned(), "`uitvraag` ontbreekt"),
            (format!("{SMALL}welke = \"oudste\"\n"), "`oudste` kan hier niet; kies uit nieuwste, alle"),
            (format!("{SMALL}[bron.sqlite]\nbestand = \"a\"\n[bron.sqlite.tabellen]\nt = \"SELECT 1\"\n"), "kies één bron"),
            ("uitvraag = \"omgang/2020\"\n[bron]\n".to_owned(), "kies één bron"),
            (source("database = \"a\"\ngebruiker = \"b\"\ntabellen = {}"), "ontbreken de query's"),
            (
                "uitvraag = \"omgang/2020\"\n[bron.odbc]\nverbinding = \"DSN=ecd; Pwd = geheim\"\ntabellen = {t = \"SELECT 1\"}\n"
                    .to_owned(),
                "in verbinding staat een wachtwoord",
            ),
            (server(""), "token_bestand of token_variabele"),
            (server("token_bestand = \"a\"\ntoken_variabele = \"B\"\n"), "niet allebei"),
            (server("token = \"geheim\"\n"), "`token` is hier onbekend"),
            (server("token_bestand = \"a\"\nonderteken = \"J. de Vries\"\n"), "onderteken: schrijf naam en functie"),
            (format!("kvk = \"123\"\n{SMALL}"), "8 cijfers"),
        ] {
            let failure = Settings::parse(&text).unwrap_err();
            assert!(failure.contains(what) && !failure.contains("geheim"), "{failure}");
        }
    }

    /// The example is what people copy: with each of its sources it is read, and every setting stands in it.
    #[test]
    fn the_example_is_true_for_every_source() {
        let example = include_str!("../../../../deploy/uitvraag/uitvraag.toml");
        assert!(Settings::parse(example).unwrap().bron.bestanden.is_some());
        let (before, sources) = example.split_once("# De bron. Kies er één.").unwrap();
        // A setting that is off has its # without a blank behind it; of two ways to give a secret one is on.
        let on = |text: &str| {
            let regels = text.lines().map(|r| {
                r.strip_prefix('#')
                    .filter(|s| !s.starts_with(' '))
                    .unwrap_or(r)
            });
            regels
                .filter(|r| !r.contains("_variabele"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        for (number, name) in [(2, "sqlite"), (3, "postgresql"), (4, "odbc")] {
            let part = sources.split_once(&format!("\n# {number}. ")).unwrap().1;
            let part = part
                .split_once(&format!("\n# {}. ", number + 1))
                .map_or(part, |(part, _)| part);
            let text = format!("{}\n#{}", on(before), on(part));
            let source = Settings::parse(&text)
                .unwrap_or_else(|e| panic!("{name}: {e}\n{text}"))
                .bron;
            let on = [
                source.sqlite.is_some(),
                source.postgresql.is_some(),
                source.odbc.is_some(),
            ];
            assert_eq!(on, ["sqlite", "postgresql", "odbc"].map(|n| n == name));
        }
        for name in [
            "token_variabele",
            "wachtwoord_variabele",
            "zonder_tls",
            "onderteken",
            "ca_bestand",
            "tls",
            "welke",
            "tijdslimiet_s",
            "vorig",
            "begin",
            "bewaar",
        ] {
            assert!(example.contains(name), "{name}");
        }
    }
}
