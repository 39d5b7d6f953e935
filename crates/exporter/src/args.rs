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
use schema::{Definitie, DefinitieError};

use crate::client::{Address, BearerToken, Client, Patience};
use crate::error::{Failure, is_in_use};

const PATIENCE_MS: u64 = 500;
const ANSWER_MS: u64 = 60_000;
const OORDEEL_S: u64 = 900;

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
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
    #[arg(long, hide = true, default_value_t = PATIENCE_MS)]
    pub geduld_ms: u64,
    /// How long one answer may take, for tests.
    #[arg(long, hide = true, default_value_t = ANSWER_MS)]
    pub antwoord_ms: u64,
    /// How long to wait for the verdict, for tests.
    #[arg(long, hide = true, default_value_t = OORDEEL_S)]
    pub oordeel_s: u64,
}

impl ServerArgs {
    /// The client for this server.
    pub fn client(&self) -> Result<Client, Failure> {
        let patience = patience(self.geduld_ms, self.antwoord_ms, self.oordeel_s);
        Client::new(
            Address::parse(&self.server, self.zonder_tls)?,
            BearerToken::read(&self.token_bestand)?,
            patience,
        )
    }
}

fn patience(first_ms: u64, answer_ms: u64, oordeel_s: u64) -> Patience {
    Patience {
        eerste: Duration::from_millis(first_ms),
        longest: Duration::from_secs(15),
        pogingen: 7,
        oordeel: Duration::from_secs(oordeel_s),
        antwoord: Duration::from_millis(answer_ms),
    }
}

/// The service, for a command that can do without one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub struct OptionalServer {
    /// Adres van de server, van de coördinator gekregen
    #[arg(long, value_name = "URL", requires = "token_bestand")]
    server: Option<String>,
    /// Bestand met daarin alleen uw token
    #[arg(long, value_name = "BESTAND")]
    token_bestand: Option<PathBuf>,
    /// Sta http:// toe binnen een eigen netwerk
    #[arg(long)]
    zonder_tls: bool,
    #[arg(long, hide = true, default_value_t = PATIENCE_MS)]
    geduld_ms: u64,
    #[arg(long, hide = true, default_value_t = ANSWER_MS)]
    antwoord_ms: u64,
    #[arg(long, hide = true, default_value_t = OORDEEL_S)]
    oordeel_s: u64,
}

impl OptionalServer {
    /// The service that was named.
    pub fn server(&self) -> Option<ServerArgs> {
        let (server, token_file) = (self.server.clone()?, self.token_bestand.clone()?);
        let Self {
            zonder_tls: without_tls,
            geduld_ms,
            antwoord_ms: answer_ms,
            oordeel_s,
            ..
        } = *self;
        Some(ServerArgs {
            server,
            token_bestand: token_file,
            zonder_tls: without_tls,
            geduld_ms,
            antwoord_ms: answer_ms,
            oordeel_s,
        })
    }

    /// How patient to be with a service that is named elsewhere.
    pub fn patience(&self) -> Patience {
        patience(self.geduld_ms, self.antwoord_ms, self.oordeel_s)
    }
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatoryArgs {
    /// The person's name.
    pub naam: String,
    /// What the person is.
    pub functie: String,
}

/// Reads `Naam, functie`.
pub fn signatory(text: &str) -> Result<SignatoryArgs, String> {
    let parts = text
        .split_once(',')
        .map(|(name, job_title)| (name.trim(), job_title.trim()));
    match parts {
        Some((name, job_title)) if !name.is_empty() && !job_title.is_empty() => Ok(SignatoryArgs {
            naam: name.to_owned(),
            functie: job_title.to_owned(),
        }),
        _ => Err(
            "schrijf naam en functie met een komma ertussen, zoals \"J. de Vries, directeur\""
                .to_owned(),
        ),
    }
}

/// Reads a KvK number: 8 digits.
pub fn kvk(text: &str) -> Result<String, String> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("een KvK-nummer heeft 8 cijfers".to_owned())
    }
}

/// Reads a day as `2021-03-01`.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| "schrijf een datum als jaar-maand-dag, zoals 2021-03-01".to_owned())
}

/// Today (UTC).
pub fn today() -> NaiveDate {
    DateTime::<Utc>::from(SystemTime::now()).date_naive()
}

/// Makes the uitvragen of a folder known beside those that are compiled in.
pub fn add_schemas(dir: Option<&Path>) -> Result<(), Failure> {
    dir.map_or(Ok(()), |dir| schema::SCHEMAS.add(dir))
        .map_err(|e| Failure::new("kan de map met uitvragen niet gebruiken").cause(e))
}

/// The definition named as `omgang/2020`.
pub fn definitie(name: &str) -> Result<Definitie, Failure> {
    Definitie::load(name).map_err(|e| match e {
        DefinitieError::Onbekend(name, known) => {
            Failure::new(format!("de uitvraag {name} is niet bekend")).tip(format!(
                "Bekend zijn: {known}. Voorbeeld: --uitvraag omgang/2020"
            ))
        }
        DefinitieError::Invalid(name, reason) => {
            Failure::new(format!("de uitvraag {name} is beschadigd")).cause(reason)
        }
    })
}

/// Writes a file whole or not at all: under another name first, then renamed.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let failure = |e: &std::io::Error| Failure::file("kan het bestand niet schrijven", path, e);
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::NamedTempFile::new_in(dir).map_err(|e| failure(&e))?;
    temporary
        .write_all(content)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|e| failure(&e))?;
    shared_mode(temporary.path()).map_err(|e| failure(&e))?;
    let mut temporary = Some(temporary.into_temp_path());
    let place = || {
        let succeeded = temporary
            .take()
            .expect("put back where it failed")
            .persist(path);
        succeeded.map_err(|e| {
            temporary = Some(e.path);
            e.error
        })
    };
    patiently(place).map_err(|e| failure(&e))?;
    sync_dir(dir).map_err(|e| failure(&e))
}

/// Renames. On Windows a virus scanner or the search index may have what was just written for a moment: then again.
pub fn rename(van: &Path, to: &Path) -> std::io::Result<()> {
    patiently(|| fs::rename(van, to))
}

fn patiently(mut doe: impl FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
    for pause_ms in [10, 30, 100, 300, 600, 1000] {
        match doe() {
            Err(e)
                if cfg!(windows) && (is_in_use(&e) || e.kind() == ErrorKind::PermissionDenied) =>
            {
                thread::sleep(Duration::from_millis(pause_ms));
            }
            outcome => return outcome,
        }
    }
    doe()
}

/// Makes names in a folder as durable as the files.
#[cfg(unix)]
pub fn sync_dir(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

/// Windows keeps names with the files.
#[cfg(not(unix))]
pub fn sync_dir(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes a record as JSON that a person can read, whole or not at all.
pub fn write_json(path: &Path, record: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(record).expect("plain records");
    text.push(b'\n');
    write_whole(path, &text)
}

/// Temporary files are private; a file for colleagues gets the usual mode.
#[cfg(unix)]
fn shared_mode(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn shared_mode(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Keeps an existing file under a free name, `x.vorige` and on. Gives that name where there was one.
pub fn keep_previous(path: &Path) -> Result<Option<PathBuf>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let free = (1..)
        .map(|n| {
            path.with_file_name(if n == 1 {
                format!("{name}.vorige")
            } else {
                format!("{name}.vorige-{n}")
            })
        })
        .find(|p| !p.exists())
        .expect("the numbers do not end");
    rename(path, &free)
        .map_err(|e| Failure::file("kan het vorige bestand niet bewaren", path, &e))?;
    Ok(Some(free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_has_a_name_and_a_function() {
        let good = signatory(" J. de Vries , hoofd zorg, regio noord").unwrap();
        assert_eq!(
            (good.naam.as_str(), good.functie.as_str()),
            ("J. de Vries", "hoofd zorg, regio noord")
        );
        for failure in ["", "J. de Vries", ", directeur", "J. de Vries,"] {
            assert!(signatory(failure).is_err(), "{failure}");
        }
    }

    #[test]
    fn a_kvk_number_has_eight_digits() {
        assert!(kvk("12345678").is_ok());
        for failure in ["1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨"] {
            assert!(kvk(failure).is_err(), "{failure}");
        }
    }

    #[test]
    fn what_was_edited_is_never_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k.toml");
        assert_eq!(keep_previous(&path).unwrap(), None);
        for n in 0..3 {
            write_whole(&path, format!("{n}").as_bytes()).unwrap();
            keep_previous(&path).unwrap();
        }
        assert_eq!(
            fs::read_to_string(dir.path().join("k.toml.vorige")).unwrap(),
            "0"
        );
        assert_eq!(
            fs::read_to_string(dir.path().join("k.toml.vorige-3")).unwrap(),
            "2"
        );
    }
}
