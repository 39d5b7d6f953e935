//! Options that several commands share, and what they mean.
//!
//! Owns turning typed text into types (definition, day, signer, server). Leaves what they are used for to the commands.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use schema::{Definitie, DefinitieError};

use crate::client::{Address, BearerToken, Client, Patience};
use crate::error::Failure;
use crate::wording;

const PATIENCE_MS: u64 = 500;
const ANSWER_MS: u64 = 60_000;
const OORDEEL_S: u64 = 900;

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// Adres van de server, van de coördinator gekregen
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// Bestand met daarin alleen uw token
    #[arg(long, value_name = "BESTAND")]
    pub token_bestand: PathBuf,
    /// Sta http:// toe binnen een eigen netwerk
    #[arg(long)]
    pub zonder_tls: bool,
    /// Hoeveel minuten proberen als de server niet antwoordt [standaard: ongeveer een halve minuut]
    #[arg(long, value_name = "MINUTEN", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u64).range(..=10_080))]
    pub geduld: u64,
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
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let patience = patience(
            self.geduld,
            self.geduld_ms,
            self.antwoord_ms,
            self.oordeel_s,
        );
        Client::new(
            Address::parse(&self.server, self.zonder_tls)?,
            BearerToken::read(&self.token_bestand)?,
            patience,
        )
    }
}

fn patience(minutes: u64, first_ms: u64, answer_ms: u64, oordeel_s: u64) -> Patience {
    let persist = Duration::from_secs(60 * minutes);
    Patience {
        persist,
        eerste: Duration::from_millis(first_ms),
        longest: Duration::from_secs(15),
        pogingen: 7,
        oordeel: Duration::from_secs(oordeel_s).max(persist),
        antwoord: Duration::from_millis(answer_ms),
    }
}

/// The service, for a command that can do without one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct OptionalServer {
    /// Adres van de server, van de coördinator gekregen
    #[arg(long, value_name = "URL", requires = "token_bestand")]
    server: Option<String>,
    /// Bestand met daarin alleen uw token
    #[arg(long, value_name = "BESTAND")]
    token_bestand: Option<PathBuf>,
    /// Sta http:// toe binnen een eigen netwerk
    #[arg(long)]
    zonder_tls: bool,
    /// Hoeveel minuten proberen als de server niet antwoordt [standaard: ongeveer een halve minuut]
    #[arg(long, value_name = "MINUTEN", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u64).range(..=10_080))]
    geduld: u64,
    #[arg(long, hide = true, default_value_t = PATIENCE_MS)]
    geduld_ms: u64,
    #[arg(long, hide = true, default_value_t = ANSWER_MS)]
    antwoord_ms: u64,
    #[arg(long, hide = true, default_value_t = OORDEEL_S)]
    oordeel_s: u64,
}

impl OptionalServer {
    /// The service that was named.
    pub(crate) fn server(&self) -> Option<ServerArgs> {
        let (server, token_file) = (self.server.clone()?, self.token_bestand.clone()?);
        let Self {
            zonder_tls: without_tls,
            geduld,
            geduld_ms,
            antwoord_ms: answer_ms,
            oordeel_s,
            ..
        } = *self;
        Some(ServerArgs {
            server,
            token_bestand: token_file,
            zonder_tls: without_tls,
            geduld,
            geduld_ms,
            antwoord_ms: answer_ms,
            oordeel_s,
        })
    }

    /// How patient to be with a service that is named elsewhere.
    pub(crate) fn patience(&self) -> Patience {
        patience(
            self.geduld,
            self.geduld_ms,
            self.antwoord_ms,
            self.oordeel_s,
        )
    }
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatoryArgs {
    /// The person's name.
    pub naam: String,
    /// What the person is.
    pub functie: String,
}

/// Reads `Naam, functie`.
pub(crate) fn signatory(text: &str) -> Result<SignatoryArgs, String> {
    let parts = text
        .split_once(',')
        .map(|(name, job_title)| (name.trim(), job_title.trim()));
    match parts {
        Some((name, job_title)) if !name.is_empty() && !job_title.is_empty() => Ok(SignatoryArgs {
            naam: name.to_owned(),
            functie: job_title.to_owned(),
        }),
        _ => Err(wording::asked::SIGNER_FORM.to_owned()),
    }
}

/// Reads a KvK number: 8 digits.
pub(crate) fn kvk(text: &str) -> Result<String, String> {
    if pakket::packing::is_kvk(text) {
        Ok(text.to_owned())
    } else {
        Err(wording::asked::KVK_FORM.to_owned())
    }
}

/// Reads a day as `2021-03-01`.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wording::asked::DATE_FORM.to_owned())
}

/// Today (UTC).
pub(crate) fn today() -> NaiveDate {
    DateTime::<Utc>::from(SystemTime::now()).date_naive()
}

/// Makes the uitvragen of a folder known beside those that are compiled in.
pub(crate) fn add_schemas(dir: Option<&Path>) -> Result<(), Failure> {
    dir.map_or(Ok(()), |dir| schema::SCHEMAS.add(dir))
        .map_err(|e| Failure::new(wording::asked::NO_DEFINITIONS).cause(e))
}

/// The definition named as `omgang/2020`.
pub(crate) fn definitie(name: &str) -> Result<Definitie, Failure> {
    Definitie::load(name).map_err(|e| match e {
        DefinitieError::Onbekend(name, known) => {
            Failure::new(wording::asked::unknown_uitvraag(&name))
                .tip(wording::asked::known_uitvragen(&known))
        }
        DefinitieError::Invalid(name, reason) => {
            Failure::new(wording::asked::broken_uitvraag(&name)).cause(reason)
        }
    })
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
}
