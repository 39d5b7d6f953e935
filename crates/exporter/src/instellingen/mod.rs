//! `uitvraag.toml`: how a client system delivers by itself.
//!
//! Owns the format: every key is known or refused, relative paths are relative to this file, and a secret never stands in
//! it, only the name of a file or a variable that holds it. The documented example is `deploy/uitvraag/uitvraag.toml`. Leaves
//! the kinds of sources to `bronnen`, reading them to `bron`, the delivery to `commands::bezorg`.

mod bronnen;

use std::env;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::dienst::{Adres, Dienst, Geduld, Token};
use crate::fout::Fout;
use crate::invoer;
use crate::logboek::Logvorm;
use crate::opties::{self, Ondertekenaar};

pub use bronnen::{Bestanden, Bron, Odbc, Postgresql, Sqlite, Tls, Welke};

const TIP: &str = "Een voorbeeld met uitleg bij elke regel staat in deploy/uitvraag/uitvraag.toml.";

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instellingen {
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
    #[serde(default = "uitbak")]
    pub uitbak: PathBuf,
    /// Where it is told.
    #[serde(default)]
    pub logboek: Logboek,
    /// Where the data come from.
    pub bron: Bron,
    /// Where they go.
    pub server: Option<Server>,
}

fn toelichtingen() -> PathBuf {
    "toelichtingen.toml".into()
}

fn uitbak() -> PathBuf {
    "uitbak".into()
}

/// The log.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logboek {
    /// Form on stderr; without it text at a terminal and JSON elsewhere.
    pub vorm: Option<Logvorm>,
    /// A file that gets the same as JSON lines.
    pub bestand: Option<PathBuf>,
}

/// The service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
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

impl Instellingen {
    /// Reads the file; what is wrong is named with its line.
    pub fn read(pad: &Path) -> Result<Self, Fout> {
        let tekst = invoer::read(pad)
            .map_err(|e| Fout::bestand("kan de instellingen niet lezen", pad, &e).tip(TIP))?;
        let map = std::path::absolute(pad)
            .ok()
            .and_then(|p| p.parent().map(Path::to_owned))
            .unwrap_or_default();
        let fout = |reden: String| {
            Fout::new(format!("de instellingen kloppen niet: {}", pad.display()))
                .oorzaak(reden)
                .tip(TIP)
        };
        let mut instellingen = Self::parse(&tekst).map_err(fout)?;
        instellingen.settle(&map);
        Ok(instellingen)
    }

    fn parse(tekst: &str) -> Result<Self, String> {
        let instellingen: Self = invoer::toml(tekst)?;
        instellingen.verify()?;
        Ok(instellingen)
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
                .map(opties::ondertekenaar)
                .transpose()
                .map_err(|e| format!("onderteken: {e}"))?;
        }
        self.kvk.as_deref().map(opties::kvk).transpose()?;
        Ok(())
    }

    /// Makes every path absolute, seen from the folder of the file.
    fn settle(&mut self, map: &Path) {
        let absoluut = |pad: &mut PathBuf| *pad = map.join(&*pad);
        absoluut(&mut self.toelichtingen);
        absoluut(&mut self.uitbak);
        let mogelijk = [
            self.koppeling.as_mut(),
            self.vorig.as_mut(),
            self.bewaar.as_mut(),
            self.sleutel.as_mut(),
            self.logboek.bestand.as_mut(),
        ];
        mogelijk.into_iter().flatten().for_each(absoluut);
        if let Some(server) = &mut self.server {
            server.token_bestand.iter_mut().for_each(absoluut);
        }
        self.bron.settle(map);
    }

    /// The part about the service; a delivery needs it.
    pub fn server(&self) -> Result<&Server, Fout> {
        self.server
            .as_ref()
            .ok_or_else(|| Fout::new("in de instellingen ontbreekt [server]").tip(TIP))
    }
}

impl Server {
    /// The client for this service.
    pub fn dienst(&self, geduld: Geduld) -> Result<Dienst, Fout> {
        let token = match (&self.token_bestand, &self.token_variabele) {
            (Some(pad), _) => Token::read(pad)?,
            (None, Some(naam)) => Token::parse(&variable(naam)?).ok_or_else(|| {
                Fout::new(format!("in de variabele {naam} staat geen token"))
                    .tip("Zet er alleen het token in.")
            })?,
            (None, None) => unreachable!("verify wants one of the two"),
        };
        Dienst::new(Adres::parse(&self.adres, self.zonder_tls)?, token, geduld)
    }

    /// Who signs, where that goes by itself.
    pub fn ondertekenaar(&self) -> Option<Ondertekenaar> {
        self.onderteken
            .as_deref()
            .and_then(|tekst| opties::ondertekenaar(tekst).ok())
    }
}

fn one_secret(
    wat: &str,
    bestand: Option<&PathBuf>,
    variabele: Option<&String>,
    nodig: bool,
) -> Result<(), String> {
    match (bestand, variabele) {
        (Some(_), Some(_)) => Err(format!(
            "kies {wat}_bestand of {wat}_variabele, niet allebei"
        )),
        (None, None) if nodig => Err(format!(
            "er ontbreekt iets: {wat}_bestand of {wat}_variabele"
        )),
        _ => Ok(()),
    }
}

/// A password from its file or variable; `None` where neither is named.
pub fn wachtwoord(bestand: Option<&Path>, variabele: Option<&str>) -> Result<Option<String>, Fout> {
    let tekst = match (bestand, variabele) {
        (Some(pad), _) => invoer::read(pad)
            .map_err(|e| Fout::bestand("kan het wachtwoord niet lezen", pad, &e))?,
        (None, Some(naam)) => variable(naam)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(tekst.trim_end_matches(['\r', '\n']).to_owned()))
}

fn variable(naam: &str) -> Result<String, Fout> {
    env::var(naam).map_err(|_| {
        Fout::new(format!("de variabele {naam} is niet gezet"))
            .tip("Zet haar in de omgeving waarin uitvraag draait.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KLEIN: &str =
        "uitvraag = \"omgang/2020\"\n[bron.bestanden]\npatronen = [\"export/*.csv\"]\n";

    #[test]
    fn relative_paths_are_seen_from_the_file() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("uitvraag.toml");
        std::fs::write(
            &pad,
            format!("koppeling = \"k.toml\"\nuitbak = \"/elders\"\n{KLEIN}"),
        )
        .unwrap();
        let uit = Instellingen::read(&pad).unwrap();
        assert_eq!(uit.koppeling.unwrap(), map.path().join("k.toml"));
        assert_eq!(uit.uitbak, Path::new("/elders"));
        assert_eq!(
            uit.bron.bestanden.unwrap().patronen,
            [map.path().join("export/*.csv").display().to_string()]
        );
    }

    #[test]
    fn every_mistake_is_named_in_dutch() {
        let server = |regels: &str| format!("{KLEIN}[server]\nadres = \"https://a.nl\"\n{regels}");
        let bron =
            |regels: &str| format!("uitvraag = \"omgang/2020\"\n[bron.postgresql]\n{regels}\n");
        for (tekst, wat) in [
            (format!("kvkk = \"1\"\n{KLEIN}"), "regel 1: `kvkk` is hier onbekend; bekend zijn: uitvraag, kvk"),
            ("[bron.bestanden]\npatronen = [\"a\"]\n".to_owned(), "`uitvraag` ontbreekt"),
            (format!("{KLEIN}welke = \"oudste\"\n"), "`oudste` kan hier niet; kies uit nieuwste, alle"),
            (format!("{KLEIN}[bron.sqlite]\nbestand = \"a\"\n[bron.sqlite.tabellen]\nt = \"SELECT 1\"\n"), "kies één bron"),
            ("uitvraag = \"omgang/2020\"\n[bron]\n".to_owned(), "kies één bron"),
            (bron("database = \"a\"\ngebruiker = \"b\"\ntabellen = {}"), "ontbreken de query's"),
            (
                "uitvraag = \"omgang/2020\"\n[bron.odbc]\nverbinding = \"DSN=ecd; Pwd = geheim\"\ntabellen = {t = \"SELECT 1\"}\n"
                    .to_owned(),
                "in verbinding staat een wachtwoord",
            ),
            (server(""), "token_bestand of token_variabele"),
            (server("token_bestand = \"a\"\ntoken_variabele = \"B\"\n"), "niet allebei"),
            (server("token = \"geheim\"\n"), "`token` is hier onbekend"),
            (server("token_bestand = \"a\"\nonderteken = \"J. de Vries\"\n"), "onderteken: schrijf naam en functie"),
            (format!("kvk = \"123\"\n{KLEIN}"), "8 cijfers"),
        ] {
            let fout = Instellingen::parse(&tekst).unwrap_err();
            assert!(fout.contains(wat) && !fout.contains("geheim"), "{fout}");
        }
    }

    /// The example is what people copy: with each of its sources it is read, and every setting stands in it.
    #[test]
    fn the_example_is_true_for_every_source() {
        let voorbeeld = include_str!("../../../../deploy/uitvraag/uitvraag.toml");
        assert!(
            Instellingen::parse(voorbeeld)
                .unwrap()
                .bron
                .bestanden
                .is_some()
        );
        let (voor, bronnen) = voorbeeld.split_once("# De bron. Kies er één.").unwrap();
        // A setting that is off has its # without a blank behind it; of two ways to give a secret one is on.
        let aan = |tekst: &str| {
            let regels = tekst.lines().map(|r| {
                r.strip_prefix('#')
                    .filter(|s| !s.starts_with(' '))
                    .unwrap_or(r)
            });
            regels
                .filter(|r| !r.contains("_variabele"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        for (nummer, naam) in [(2, "sqlite"), (3, "postgresql"), (4, "odbc")] {
            let deel = bronnen.split_once(&format!("\n# {nummer}. ")).unwrap().1;
            let deel = deel
                .split_once(&format!("\n# {}. ", nummer + 1))
                .map_or(deel, |(deel, _)| deel);
            let tekst = format!("{}\n#{}", aan(voor), aan(deel));
            let bron = Instellingen::parse(&tekst)
                .unwrap_or_else(|e| panic!("{naam}: {e}\n{tekst}"))
                .bron;
            let aan = [
                bron.sqlite.is_some(),
                bron.postgresql.is_some(),
                bron.odbc.is_some(),
            ];
            assert_eq!(aan, ["sqlite", "postgresql", "odbc"].map(|n| n == naam));
        }
        for naam in [
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
            assert!(voorbeeld.contains(naam), "{naam}");
        }
    }
}
