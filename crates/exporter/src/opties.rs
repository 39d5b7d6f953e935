//! Options that several commands share, and what they mean.
//!
//! Owns turning typed text into types (definition, day, signer, server) and writing a file whole or not at all.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use schema::{Definitie, DefinitieFout};

use crate::dienst::{Adres, Dienst, Geduld, Token};
use crate::fout::{Fout, is_in_use};

const GEDULD_MS: u64 = 500;
const ANTWOORD_MS: u64 = 60_000;
const OORDEEL_S: u64 = 900;

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct Server {
    /// Adres van de server, van de coördinator gekregen
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// Bestand met daarin alleen uw token
    #[arg(long, value_name = "BESTAND")]
    pub token_bestand: PathBuf,
    /// Sta http:// toe binnen een eigen netwerk
    #[arg(long)]
    pub zonder_tls: bool,
    /// First pause between attempts, for tests.
    #[arg(long, hide = true, default_value_t = GEDULD_MS)]
    pub geduld_ms: u64,
    /// How long one answer may take, for tests.
    #[arg(long, hide = true, default_value_t = ANTWOORD_MS)]
    pub antwoord_ms: u64,
    /// How long to wait for the verdict, for tests.
    #[arg(long, hide = true, default_value_t = OORDEEL_S)]
    pub oordeel_s: u64,
}

impl Server {
    /// The client for this server.
    pub fn dienst(&self) -> Result<Dienst, Fout> {
        let geduld = geduld(self.geduld_ms, self.antwoord_ms, self.oordeel_s);
        Dienst::new(
            Adres::parse(&self.server, self.zonder_tls)?,
            Token::read(&self.token_bestand)?,
            geduld,
        )
    }
}

fn geduld(eerste_ms: u64, antwoord_ms: u64, oordeel_s: u64) -> Geduld {
    Geduld {
        eerste: Duration::from_millis(eerste_ms),
        langste: Duration::from_secs(15),
        pogingen: 7,
        oordeel: Duration::from_secs(oordeel_s),
        antwoord: Duration::from_millis(antwoord_ms),
    }
}

/// The service, for a command that can do without one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct MisschienServer {
    /// Adres van de server, van de coördinator gekregen
    #[arg(long, value_name = "URL", requires = "token_bestand")]
    server: Option<String>,
    /// Bestand met daarin alleen uw token
    #[arg(long, value_name = "BESTAND")]
    token_bestand: Option<PathBuf>,
    /// Sta http:// toe binnen een eigen netwerk
    #[arg(long)]
    zonder_tls: bool,
    #[arg(long, hide = true, default_value_t = GEDULD_MS)]
    geduld_ms: u64,
    #[arg(long, hide = true, default_value_t = ANTWOORD_MS)]
    antwoord_ms: u64,
    #[arg(long, hide = true, default_value_t = OORDEEL_S)]
    oordeel_s: u64,
}

impl MisschienServer {
    /// The service that was named.
    pub fn server(&self) -> Option<Server> {
        let (server, token_bestand) = (self.server.clone()?, self.token_bestand.clone()?);
        let Self {
            zonder_tls,
            geduld_ms,
            antwoord_ms,
            oordeel_s,
            ..
        } = *self;
        Some(Server {
            server,
            token_bestand,
            zonder_tls,
            geduld_ms,
            antwoord_ms,
            oordeel_s,
        })
    }

    /// How patient to be with a service that is named elsewhere.
    pub fn geduld(&self) -> Geduld {
        geduld(self.geduld_ms, self.antwoord_ms, self.oordeel_s)
    }
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ondertekenaar {
    /// The person's name.
    pub naam: String,
    /// What the person is.
    pub functie: String,
}

/// Reads `Naam, functie`.
pub fn ondertekenaar(tekst: &str) -> Result<Ondertekenaar, String> {
    let delen = tekst
        .split_once(',')
        .map(|(naam, functie)| (naam.trim(), functie.trim()));
    match delen {
        Some((naam, functie)) if !naam.is_empty() && !functie.is_empty() => Ok(Ondertekenaar {
            naam: naam.to_owned(),
            functie: functie.to_owned(),
        }),
        _ => Err(
            "schrijf naam en functie met een komma ertussen, zoals \"J. de Vries, directeur\""
                .to_owned(),
        ),
    }
}

/// Reads a KvK number: 8 digits.
pub fn kvk(tekst: &str) -> Result<String, String> {
    if tekst.len() == 8 && tekst.bytes().all(|b| b.is_ascii_digit()) {
        Ok(tekst.to_owned())
    } else {
        Err("een KvK-nummer heeft 8 cijfers".to_owned())
    }
}

/// Reads a day as `2021-03-01`.
pub fn dag(tekst: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(tekst, "%Y-%m-%d")
        .map_err(|_| "schrijf een datum als jaar-maand-dag, zoals 2021-03-01".to_owned())
}

/// Today (UTC).
pub fn vandaag() -> NaiveDate {
    DateTime::<Utc>::from(SystemTime::now()).date_naive()
}

/// Makes the uitvragen of a folder known beside those that are compiled in.
pub fn add_schemas(map: Option<&Path>) -> Result<(), Fout> {
    map.map_or(Ok(()), |map| schema::SCHEMAS.add(map))
        .map_err(|e| Fout::new("kan de map met uitvragen niet gebruiken").oorzaak(e))
}

/// The definition named as `omgang/2020`.
pub fn definitie(naam: &str) -> Result<Definitie, Fout> {
    Definitie::load(naam).map_err(|e| match e {
        DefinitieFout::Onbekend(naam, bekend) => {
            Fout::new(format!("de uitvraag {naam} is niet bekend")).tip(format!(
                "Bekend zijn: {bekend}. Voorbeeld: --uitvraag omgang/2020"
            ))
        }
        DefinitieFout::Ongeldig(naam, reden) => {
            Fout::new(format!("de uitvraag {naam} is beschadigd")).oorzaak(reden)
        }
    })
}

/// Writes a file whole or not at all: under another name first, then renamed.
pub fn write_whole(pad: &Path, inhoud: &[u8]) -> Result<(), Fout> {
    let fout = |e: &std::io::Error| Fout::bestand("kan het bestand niet schrijven", pad, e);
    let map = match pad.parent() {
        Some(map) if !map.as_os_str().is_empty() => map,
        _ => Path::new("."),
    };
    let mut tijdelijk = tempfile::NamedTempFile::new_in(map).map_err(|e| fout(&e))?;
    tijdelijk
        .write_all(inhoud)
        .and_then(|()| tijdelijk.as_file().sync_all())
        .map_err(|e| fout(&e))?;
    shared_mode(tijdelijk.path()).map_err(|e| fout(&e))?;
    let mut tijdelijk = Some(tijdelijk.into_temp_path());
    let plaats = || {
        let gelukt = tijdelijk
            .take()
            .expect("put back where it failed")
            .persist(pad);
        gelukt.map_err(|e| {
            tijdelijk = Some(e.path);
            e.error
        })
    };
    patiently(plaats).map_err(|e| fout(&e))?;
    sync_dir(map).map_err(|e| fout(&e))
}

/// Renames. On Windows a virus scanner or the search index may have what was just written for a moment: then again.
pub fn rename(van: &Path, naar: &Path) -> std::io::Result<()> {
    patiently(|| fs::rename(van, naar))
}

fn patiently(mut doe: impl FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
    for pauze_ms in [10, 30, 100, 300, 600, 1000] {
        match doe() {
            Err(e)
                if cfg!(windows) && (is_in_use(&e) || e.kind() == ErrorKind::PermissionDenied) =>
            {
                thread::sleep(Duration::from_millis(pauze_ms));
            }
            uitkomst => return uitkomst,
        }
    }
    doe()
}

/// Makes names in a folder as durable as the files.
#[cfg(unix)]
pub fn sync_dir(map: &Path) -> std::io::Result<()> {
    fs::File::open(map)?.sync_all()
}

/// Windows keeps names with the files.
#[cfg(not(unix))]
pub fn sync_dir(_map: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes a record as JSON that a person can read, whole or not at all.
pub fn write_json(pad: &Path, record: &impl serde::Serialize) -> Result<(), Fout> {
    let mut tekst = serde_json::to_vec_pretty(record).expect("plain records");
    tekst.push(b'\n');
    write_whole(pad, &tekst)
}

/// Temporary files are private; a file for colleagues gets the usual mode.
#[cfg(unix)]
fn shared_mode(pad: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(pad, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn shared_mode(_pad: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Keeps an existing file under a free name, `x.vorige` and on. Gives that name where there was one.
pub fn keep_previous(pad: &Path) -> Result<Option<PathBuf>, Fout> {
    if !pad.exists() {
        return Ok(None);
    }
    let naam = pad
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let vrij = (1..)
        .map(|n| {
            pad.with_file_name(if n == 1 {
                format!("{naam}.vorige")
            } else {
                format!("{naam}.vorige-{n}")
            })
        })
        .find(|p| !p.exists())
        .expect("the numbers do not end");
    rename(pad, &vrij)
        .map_err(|e| Fout::bestand("kan het vorige bestand niet bewaren", pad, &e))?;
    Ok(Some(vrij))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_has_a_name_and_a_function() {
        let goed = ondertekenaar(" J. de Vries , hoofd zorg, regio noord").unwrap();
        assert_eq!(
            (goed.naam.as_str(), goed.functie.as_str()),
            ("J. de Vries", "hoofd zorg, regio noord")
        );
        for fout in ["", "J. de Vries", ", directeur", "J. de Vries,"] {
            assert!(ondertekenaar(fout).is_err(), "{fout}");
        }
    }

    #[test]
    fn a_kvk_number_has_eight_digits() {
        assert!(kvk("12345678").is_ok());
        for fout in ["1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"] {
            assert!(kvk(fout).is_err(), "{fout}");
        }
    }

    #[test]
    fn what_was_edited_is_never_lost() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("k.toml");
        assert_eq!(keep_previous(&pad).unwrap(), None);
        for n in 0..3 {
            write_whole(&pad, format!("{n}").as_bytes()).unwrap();
            keep_previous(&pad).unwrap();
        }
        assert_eq!(
            fs::read_to_string(map.path().join("k.toml.vorige")).unwrap(),
            "0"
        );
        assert_eq!(
            fs::read_to_string(map.path().join("k.toml.vorige-3")).unwrap(),
            "2"
        );
    }
}
