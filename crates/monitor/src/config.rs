//! The configuration: one file, overridable from the environment, with a working default for everything.
//!
//! Owns every setting, its default and its meaning, declared once: from that declaration come the types, the reader
//! and what `omgangsmonitor config` prints. Read from `omgangsmonitor.toml` in the working directory (or `--config`),
//! then from `OMGANG__SECTION__KEY`. Unknown keys are errors. There are no secrets in it: keys and tokens live in files.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use analysis::query::QueryLimits;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// Declares sections of settings: the doc of a key is its meaning, the value behind it its default.
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])+
        $section:ident: $Section:ident {
            $( $(#[doc = $meaning:literal])+ $key:ident: $Type:ty = $default:expr; )+
        }
    )+) => {
        /// All settings.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Config {
            $( $(#[doc = $about])+ pub $section: $Section, )+
        }

        $(
            $(#[doc = $about])+
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $Section {
                $( $(#[doc = $meaning])+ pub $key: $Type, )+
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self { $( $key: $default, )+ }
                }
            }
        )+

        /// Every section with its meaning and its settings, in the order they are printed in.
        pub const SECTIONS: &[Section] = &[$(
            Section {
                name: stringify!($section),
                about: concat!($($about),+),
                settings: &[$(
                    Setting { key: stringify!($key), meaning: concat!($($meaning),+) },
                )+],
            },
        )+];
    };
}

/// Settings that belong together.
#[derive(Debug)]
pub struct Section {
    /// Its name in the file.
    pub name: &'static str,
    /// What they are about.
    pub about: &'static str,
    /// Its settings.
    pub settings: &'static [Setting],
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

settings! {
    /// Where the data live.
    data: Data {
        /// The data directory: register, raw pakketten, Parquet, publications. Relative to the working directory.
        dir: PathBuf = PathBuf::from(".");
        /// A folder laid out as `schemas/`, with definitions of uitvragen that are not compiled in.
        schemas: Option<PathBuf> = None;
        /// A folder laid out as `pipelines/`, with the pipelines of those uitvragen.
        pipelines: Option<PathBuf> = None;
    }
    /// The HTTP service.
    server: ServerConfig {
        /// Address to listen on. Port 0: the system picks one.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
        /// File to write the chosen address to, once the service listens; for scripts.
        address_file: Option<PathBuf> = None;
        /// Where the service is reached from outside, as in `https://omgang.example`; `https` makes cookies `Secure`.
        public_url: Option<String> = None;
        /// The page that checks a file in the browser, made by `make browser`. Without it: `controleren.html` beside
        /// the program, or one folder up.
        check_page: Option<PathBuf> = None;
        /// Answers with published data that one address may be reading at once; the next is told to wait. A proxy on this
        /// machine says in `X-Forwarded-For` for whom it asks.
        downloads_per_client: usize = 32;
    }
    /// SQL for analysts: `omgangsmonitor query`, `POST /v1/sql` and the PostgreSQL protocol.
    sql: SqlConfig {
        /// Address to speak the PostgreSQL protocol on, as in `127.0.0.1:5433`; without it that is off. Beyond loopback
        /// it needs a certificate. Port 0: the system picks one.
        listen: Option<SocketAddr> = None;
        /// File to write the chosen address to; for scripts.
        address_file: Option<PathBuf> = None;
        /// PEM file with the certificate chain for the PostgreSQL protocol.
        certificate_file: Option<PathBuf> = None;
        /// PEM file with the private key of that certificate.
        key_file: Option<PathBuf> = None;
        /// Seconds that a question may take.
        seconds: u32 = 30;
        /// MiB that a question may take for sorting, grouping and joining, and its answer.
        memory_mib: u32 = 512;
        /// Rows that an answer may have.
        rows: u32 = 1_000_000;
        /// Questions answered at once; the next waits ten seconds for a place.
        at_once: usize = 2;
    }
    /// Who publishes, as pages, files and catalogues say it; their address is `server.public_url`. A publication keeps what
    /// was in force when it was made: a wrong address is mended with `publish --again`.
    publisher: PublisherConfig {
        /// Its name.
        name: String = schema::Publisher::default().name;
        /// Where questions go: an e-mail address, or a page with `https://`.
        contact: Option<String> = None;
    }
    /// How figures are made.
    figures: Figures {
        /// Norm for the wait from aanmelding to start, in days (14 weeks).
        wait_norm_days: u32 = 98;
        /// CSV with jeugdigen 0-17 per gemeente (CBS table 03759ned; columns gemeentecode, jaar, jeugdigen), where you
        /// have it: the rates per 10,000 jeugdigen need it.
        youth_file: Option<PathBuf> = None;
        /// Said at the top of every page, as for practice data.
        notice: Option<String> = None;
    }
}

impl Data {
    /// Makes the uitvragen of the named folders known beside those that are compiled in.
    pub fn add_uitvragen(&self) -> Result<()> {
        if let Some(folder) = &self.schemas {
            schema::SCHEMAS.add(folder)?;
        }
        if let Some(folder) = &self.pipelines {
            analysis::pipeline::PIPELINES.add(folder)?;
        }
        Ok(())
    }
}

impl ServerConfig {
    fn check(&self) -> Result<()> {
        if self.downloads_per_client == 0 {
            bail!("server.downloads_per_client is 0, and must be at least 1");
        }
        Ok(())
    }
}

impl Data {
    /// The same, from wherever a program is started.
    pub fn absolute(&self) -> Result<Self> {
        let whole = |folder: &Option<PathBuf>| folder.as_ref().map(std::path::absolute).transpose();
        Ok(Self {
            dir: std::path::absolute(&self.dir)?,
            schemas: whole(&self.schemas)?,
            pipelines: whole(&self.pipelines)?,
        })
    }
}

impl SqlConfig {
    /// How much a question may cost.
    pub fn limits(&self) -> QueryLimits {
        QueryLimits {
            seconds: self.seconds,
            memory_mib: self.memory_mib,
            rows: self.rows,
        }
    }

    fn check(&self) -> Result<()> {
        for (number, name) in [
            (self.seconds as usize, "seconds"),
            (self.memory_mib as usize, "memory_mib"),
            (self.rows as usize, "rows"),
            (self.at_once, "at_once"),
        ] {
            if number == 0 {
                bail!("sql.{name} is 0, and must be at least 1");
            }
        }
        if self.certificate_file.is_some() != self.key_file.is_some() {
            bail!("sql.certificate_file and sql.key_file belong together");
        }
        if self.listen.is_some_and(|to| !to.ip().is_loopback()) && self.certificate_file.is_none() {
            bail!(
                "sql.listen is not on loopback: that needs sql.certificate_file and sql.key_file"
            );
        }
        Ok(())
    }
}

impl Figures {
    fn check(&self) -> Result<()> {
        if self.wait_norm_days == 0 {
            bail!("figures.wait_norm_days is 0, and must be at least 1");
        }
        Ok(())
    }
}

impl Config {
    /// Who publishes.
    pub fn publisher(&self) -> schema::Publisher {
        schema::Publisher {
            name: self.publisher.name.trim().to_owned(),
            contact: self.publisher.contact.clone(),
            address: self.server.public_url.clone(),
        }
    }

    /// Reads the file (an absent default file is fine, an absent named one is not) and the environment.
    pub fn read(named: Option<&Path>) -> Result<Self> {
        Self::read_with(named, None)
    }

    /// The same, with these variables in place of the environment.
    fn read_with(
        named: Option<&Path>,
        variables: Option<config::Map<String, String>>,
    ) -> Result<Self> {
        let path = named.unwrap_or_else(|| Path::new("omgangsmonitor.toml"));
        let file = config::File::from(path)
            .format(config::FileFormat::Toml)
            .required(named.is_some());
        let environment = config::Environment::with_prefix("OMGANG")
            .prefix_separator("__")
            .separator("__")
            .source(variables);
        let config: Self = config::Config::builder()
            .add_source(file)
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(anyhow::Error::from)
            .and_then(|config: Self| {
                config.server.check()?;
                config.figures.check()?;
                config.sql.check()?;
                if let Some(defect) = config.publisher().defect() {
                    bail!(defect);
                }
                Ok(config)
            })
            .with_context(|| format!("the configuration ({}) is not valid", path.display()))?;
        Ok(config)
    }

    /// Every setting in force with its meaning and its default, as a file that can be used.
    pub fn to_toml(&self) -> Result<String> {
        let current = toml::Table::try_from(self)?;
        let default = toml::Table::try_from(Self::default())?;
        let mut text = String::from(PREAMBLE);
        for section in SECTIONS {
            writeln!(text, "\n#{}\n[{}]", section.about, section.name)?;
            for Setting { key, meaning } in section.settings {
                let value = |of: &toml::Table| Some(of.get(section.name)?.get(key)?.to_string());
                let default = value(&default);
                let line = match value(&current) {
                    Some(value) => format!("{key} = {value}"),
                    None => format!("#{key} = \"\""),
                };
                let default = default.as_deref().unwrap_or("none");
                writeln!(text, "#{meaning} Default: {default}.\n{line}")?;
            }
        }
        Ok(text)
    }
}

/// The variable that says what is logged, and what is without it.
pub const LOG: (&str, &str) = ("OMGANG_LOG", "info,sqlx=warn");

/// What stands above the settings.
const PREAMBLE: &str = "\
# omgangsmonitor.toml: every setting, as in force. A setting without a value stands behind a #.
# A variable goes before this file: OMGANG__SECTION__KEY, as in OMGANG__SERVER__LISTEN=127.0.0.1:8080.
# Keys and tokens never stand here: they live in files of their own in the data directory.
# What is logged is set by OMGANG_LOG alone, as in OMGANG_LOG=info,sqlx=warn, which is its default.
";

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads this file with these variables.
    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, file).unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::read_with(Some(&path), Some(variables))
    }

    fn refused(file: &str, variables: &[(&str, &str)]) -> String {
        format!("{:#}", read(file, variables).unwrap_err())
    }

    /// The keys serde knows of a table: it names them when it meets another.
    fn known(table: &str) -> Vec<String> {
        let error = toml::from_str::<Config>(&format!("{table}\nzzz = 1\n")).unwrap_err();
        let error = error.message().to_owned();
        let names = error.split_once("expected").unwrap().1;
        names
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    /// A setting nobody can read of does not exist for a beheerder.
    #[test]
    fn every_setting_is_printed_with_its_meaning_and_default() {
        let printed = Config::default().to_toml().unwrap();
        let mut found = 0;
        for section in known("") {
            let text = printed.split_once(&format!("\n[{section}]\n")).unwrap().1;
            let text = text.split("\n[").next().unwrap();
            for key in known(&format!("[{section}]")) {
                let lines: Vec<&str> = text.lines().collect();
                let place = lines
                    .iter()
                    .position(|line| {
                        line.trim_start_matches('#')
                            .starts_with(&format!("{key} = "))
                    })
                    .unwrap_or_else(|| panic!("{section}.{key} is not printed"));
                let meaning = lines[place - 1];
                assert!(
                    meaning.starts_with("# ") && meaning.contains(" Default: "),
                    "{meaning}"
                );
                found += 1;
            }
        }
        let declared: usize = SECTIONS.iter().map(|s| s.settings.len()).sum();
        assert_eq!(found, declared);
        assert!(printed.contains(&format!("{}={}", LOG.0, LOG.1)));
    }

    #[test]
    fn what_config_prints_can_be_read_again() {
        let all = "[server]\nlisten = \"127.0.0.1:1\"\naddress_file = \"a\"\npublic_url = \"https://b\"\n\
                   check_page = \"c\"\n[figures]\nyouth_file = \"d\"\nnotice = \"Zegt \\\"e\\\"\\nen f\"\nwait_norm_days = 70\n";
        for file in ["", all] {
            let config = read(file, &[]).unwrap();
            assert_eq!(read(&config.to_toml().unwrap(), &[]).unwrap(), config);
        }
    }

    /// The file in `deploy/` is what a beheerder starts from. `UPDATE_GOLDEN=1` makes it anew.
    #[test]
    fn the_example_in_deploy_is_what_config_prints() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/omgangsmonitor.toml");
        let printed = Config::default().to_toml().unwrap();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &printed).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), printed);
    }

    /// Secrets live in files of their own: what is printed may be sent along with a question.
    #[test]
    fn no_setting_holds_a_secret() {
        for setting in SECTIONS.iter().flat_map(|s| s.settings) {
            for word in ["token", "secret", "password", "credential", "key"] {
                assert!(
                    !setting.key.contains(word) || setting.key.ends_with("_file"),
                    "{setting:?}"
                );
            }
        }
    }

    #[test]
    fn unknown_keys_are_errors() {
        let error = refused("[figures]\nwait_norm_day = 3\n", &[]);
        assert!(
            error.contains("wait_norm_day") && error.contains("c.toml"),
            "{error}"
        );
        assert!(refused("[figuren]\nwait_norm_days = 3\n", &[]).contains("figuren"));
        assert!(refused("", &[("OMGANG__FIGURES__WAIT_NORM_DAY", "3")]).contains("wait_norm_day"));
    }

    /// The environment goes before the file, key by key.
    #[test]
    fn a_variable_goes_before_the_file() {
        let file = "[figures]\nnotice = \"Oefening\"\nwait_norm_days = 70\n";
        let config = read(file, &[("OMGANG__FIGURES__WAIT_NORM_DAYS", "9")]).unwrap();
        assert_eq!(
            (
                config.figures.notice.as_deref(),
                config.figures.wait_norm_days
            ),
            (Some("Oefening"), 9)
        );
        let refused = refused(file, &[("OMGANG__FIGURES__WAIT_NORM_DAYS", "veel")]);
        assert!(refused.contains("wait_norm_days"), "{refused}");
    }

    /// What is no setting of ours is left alone, the log's own variable among it.
    #[test]
    fn other_variables_mean_nothing() {
        let variables = [
            ("OMGANG_LOG", "debug"),
            ("PATH", "/bin"),
            ("OMGANGX__DATA__DIR", "x"),
        ];
        assert_eq!(read("", &variables).unwrap(), Config::default());
    }

    /// Words that look like a number or a truth stay words where words are asked: a variable was parsed before its type
    /// was known, and a folder `007` became `7`.
    #[test]
    fn a_text_from_the_environment_stays_text() {
        for words in ["2020", "true", "1.0", "007"] {
            let config = read("", &[("OMGANG__FIGURES__NOTICE", words)]).unwrap();
            assert_eq!(config.figures.notice.as_deref(), Some(words));
        }
    }

    /// A limit of nothing, half a certificate, and a way in from outside without one.
    #[test]
    fn what_sql_cannot_do_with_is_refused() {
        let outside = "[sql]\nlisten = \"0.0.0.0:5433\"\n";
        for file in [
            "[sql]\nseconds = 0\n",
            "[sql]\nrows = 0\n",
            "[sql]\nkey_file = \"k\"\n",
            outside,
        ] {
            assert!(read(file, &[]).is_err(), "{file}");
        }
        let secured = format!("{outside}key_file = \"k\"\ncertificate_file = \"c\"\n");
        assert!(read(&secured, &[]).is_ok());
        assert!(read("[sql]\nlisten = \"127.0.0.1:5433\"\n", &[]).is_ok());
    }

    #[test]
    fn a_service_that_nobody_may_read_is_refused() {
        assert!(read("[server]\ndownloads_per_client = 0\n", &[]).is_err());
    }

    #[test]
    fn a_norm_of_no_days_is_refused() {
        assert!(read("[figures]\nwait_norm_days = 0\n", &[]).is_err());
    }

    #[test]
    fn a_named_file_must_exist_and_the_default_one_need_not() {
        assert!(Config::read_with(Some(Path::new("nowhere.toml")), None).is_err());
        assert!(!Path::new("omgangsmonitor.toml").exists());
        assert_eq!(
            Config::read_with(None, Some(config::Map::new())).unwrap(),
            Config::default()
        );
    }
}
