//! The configuration: one file, overridable from the environment, with a working default for everything.
//!
//! Owns every setting and its meaning. Read from `omgangsmonitor.toml` in the working directory (or `--config`), then
//! from `OMGANG__SECTION__KEY`. Unknown keys are errors. There are no secrets in it: keys and tokens live in files.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// A published 2 would tell each of the two about the other.
const LAAGSTE_DREMPEL: u32 = 3;

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the data live.
    pub data: Data,
    /// The HTTP service.
    pub server: Server,
    /// How figures are made.
    pub figures: Figures,
}

/// Where the data live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// The data directory: register, raw pakketten, Parquet, publications. Relative to the working directory.
    pub dir: PathBuf,
    /// A folder laid out as `schemas/`, with definitions of uitvragen that are not compiled in.
    pub schemas: Option<PathBuf>,
    /// A folder laid out as `pipelines/`, with the pipelines of those uitvragen.
    pub pipelines: Option<PathBuf>,
}

/// The HTTP service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address to listen on. Port 0: the system picks one.
    pub listen: SocketAddr,
    /// File to write the chosen address to, once the service listens; for scripts.
    pub address_file: Option<PathBuf>,
    /// Where the service is reached from outside, as in `https://omgang.example`; `https` makes cookies `Secure`.
    pub public_url: Option<String>,
    /// The page that checks a file in the browser, made by `make browser`. Without it: `controleren.html` beside the
    /// program, or one folder up.
    pub check_page: Option<PathBuf>,
}

/// How figures are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Figures {
    /// Smallest count of children that may be published; at least 3.
    pub threshold: u32,
    /// Norm for the wait from aanmelding to start, in days (14 weeks).
    pub wait_norm_days: u32,
    /// CSV with jeugdigen 0-17 per gemeente (CBS table 03759ned; columns gemeentecode, jaar, jeugdigen), where you
    /// have it: the rates per 10,000 jeugdigen need it.
    pub youth_file: Option<PathBuf>,
    /// Said at the top of every page, as for practice data.
    pub notice: Option<String>,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("."),
            schemas: None,
            pipelines: None,
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            address_file: None,
            public_url: None,
            check_page: None,
        }
    }
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            threshold: 5,
            wait_norm_days: 98,
            youth_file: None,
            notice: None,
        }
    }
}

impl Data {
    /// Makes the uitvragen of the named folders known beside those that are compiled in.
    pub fn add_uitvragen(&self) -> Result<()> {
        if let Some(folder) = &self.schemas {
            schema::SCHEMAS.add(folder)?;
        }
        if let Some(folder) = &self.pipelines {
            analysis::pijplijn::PIPELINES.add(folder)?;
        }
        Ok(())
    }
}

impl Figures {
    fn check(&self) -> Result<()> {
        if self.threshold < LAAGSTE_DREMPEL {
            bail!(
                "figures.threshold is {}, and must be at least {LAAGSTE_DREMPEL}",
                self.threshold
            );
        }
        if self.wait_norm_days == 0 {
            bail!("figures.wait_norm_days is 0, and must be at least 1");
        }
        Ok(())
    }
}

impl Config {
    /// Reads the file (an absent default file is fine, an absent named one is not) and the environment.
    pub fn read(named: Option<&Path>) -> Result<Self> {
        let pad = named.unwrap_or_else(|| Path::new("omgangsmonitor.toml"));
        let file = config::File::from(pad)
            .format(config::FileFormat::Toml)
            .required(named.is_some());
        let environment = config::Environment::with_prefix("OMGANG")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let gelezen = config::Config::builder()
            .add_source(file)
            .add_source(environment)
            .build();
        let config: Self = gelezen
            .and_then(config::Config::try_deserialize)
            .with_context(|| format!("the configuration ({}) is not valid", pad.display()))?;
        config
            .figures
            .check()
            .with_context(|| format!("the configuration ({}) is not valid", pad.display()))?;
        Ok(config)
    }

    /// The settings in force, as a file that could be used.
    pub fn to_toml(&self) -> Result<String> {
        Ok(toml::to_string_pretty(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_config_prints_can_be_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let pad = dir.path().join("c.toml");
        std::fs::write(&pad, Config::default().to_toml().unwrap()).unwrap();
        assert_eq!(Config::read(Some(&pad)).unwrap(), Config::default());
    }

    #[test]
    fn unknown_keys_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let pad = dir.path().join("c.toml");
        std::fs::write(&pad, "[figures]\ntreshold = 3\n").unwrap();
        let fout = format!("{:#}", Config::read(Some(&pad)).unwrap_err());
        assert!(fout.contains("treshold"), "{fout}");
    }

    /// A threshold of 0 or 1 would publish every child.
    #[test]
    fn a_threshold_has_a_floor() {
        let dir = tempfile::tempdir().unwrap();
        let pad = dir.path().join("c.toml");
        for (drempel, goed) in [(0, false), (2, false), (3, true), (10, true)] {
            std::fs::write(&pad, format!("[figures]\nthreshold = {drempel}\n")).unwrap();
            assert_eq!(Config::read(Some(&pad)).is_ok(), goed, "{drempel}");
        }
        std::fs::write(&pad, "[figures]\nwait_norm_days = 0\n").unwrap();
        assert!(Config::read(Some(&pad)).is_err());
    }

    #[test]
    fn a_named_file_must_exist() {
        assert!(Config::read(Some(Path::new("nowhere.toml"))).is_err());
    }
}
