//! A data directory of its own, the commands as they are typed, and the register to look at afterwards.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use clap::Parser;
use lake::{Access, Lake, LeveringId, NewPublicatie, Nulopgave, Signatory, Signing, Stamp};
use monitor::MonitorCli;
use schema::Cijfer;
use schema::definitie::Calendar;
use tempfile::TempDir;

/// Two aanbieders that are expected; the second one can be left silent.
pub(crate) const AANBIEDERS: &str = "kvk,naam,werkgebied,uitkomst\n\
                              12345678,De Brug,JZ13,\n\
                              87654321,Omgangshuis Noord,GM0344 GM0363,\n";
pub(crate) const BRUG: &str = "12345678";
pub(crate) const NOORD: &str = "87654321";

const FAR: NaiveDate = NaiveDate::from_ymd_opt(2100, 1, 1).expect("a day");

pub(crate) struct Stage {
    dir: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// With these settings beside the data directory.
    pub(crate) fn with(settings: &str) -> Self {
        // In memory where there is such a thing: every step is synced.
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        let stage = Self { dir };
        monitor::sql_process::use_program(env!("CARGO_BIN_EXE_omgangsmonitor"));
        stage.configure(settings);
        stage
    }

    /// With both aanbieders expected for `omgang/2020`.
    pub(crate) fn expecting() -> Self {
        let stage = Self::new();
        stage.import(AANBIEDERS).unwrap();
        stage
    }

    pub(crate) fn configure(&self, settings: &str) {
        let folder = self.path("data");
        let data = format!("[data]\ndir = \"{}\"\n{settings}", folder.display());
        std::fs::write(self.path("c.toml"), data).unwrap();
    }

    /// A path in the folder around the data directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Types a command, split at spaces.
    pub(crate) fn monitor(&self, command: &str) -> anyhow::Result<bool> {
        self.args(&command.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn args(&self, args: &[&str]) -> anyhow::Result<bool> {
        let config = self.path("c.toml");
        let before = ["omgangsmonitor", "--config", utf8(&config)];
        MonitorCli::try_parse_from(before.iter().chain(args))?.run()
    }

    /// A command that must succeed.
    pub(crate) fn does(&self, command: &str) {
        assert!(self.monitor(command).unwrap(), "{command}");
    }

    /// Publishes 2020, with the PDF of one regio: those of all take longer than all else here.
    pub(crate) fn publishes(&self, flags: &str) {
        let flags = flags.split_whitespace();
        let publish = "publish omgang --year 2020 --pdf JZ13".split(' ');
        assert!(
            self.args(&publish.chain(flags).collect::<Vec<_>>())
                .unwrap()
        );
    }

    /// A command that must be refused, and what it says.
    pub(crate) fn refuses(&self, command: &str) -> String {
        format!("{:#}", self.monitor(command).unwrap_err())
    }

    pub(crate) fn import(&self, list: &str) -> anyhow::Result<bool> {
        let list = self.write("aanbieders.csv", list);
        self.args(&[
            "admin",
            "aanbieders",
            "import",
            utf8(&list),
            "--uitvraag",
            "omgang/2020",
        ])
    }

    /// Looks in the register, or does there what an aanbieder would.
    pub(crate) fn lake<T>(&self, look: impl AsyncFnOnce(&Lake) -> T) -> T {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let lake = Lake::open(&self.path("data"), Access::Task).await.unwrap();
            let seen = look(&lake).await;
            lake.close().await;
            seen
        })
    }

    /// The aanbieder signs that there is nothing to report: the shortest levering that counts.
    pub(crate) fn nulopgave(&self, kvk: &str) -> LeveringId {
        let now = Utc::now();
        let signatory = Signatory {
            naam: "J. Jansen".to_owned(),
            functie: "directeur".to_owned(),
        };
        // Far ahead, so that these tests do not freeze with the calendar.
        let clock = Calendar {
            inleveren: FAR,
            bevriezen: FAR,
            publiceren: FAR,
        };
        self.lake(async |lake| {
            let nulopgave = Nulopgave {
                kvk,
                uitvraag: "omgang",
                jaar: 2020,
                main_table: "traject",
                toelichting: None,
                signing: Signing {
                    signer: &signatory,
                    klok: &clock,
                    receipt: &|_| "jws".to_owned(),
                },
            };
            let stamp = Stamp::new("test", now);
            lake.nulopgave(&nulopgave, &stamp)
                .await
                .unwrap()
                .levering()
                .id
        })
    }

    /// The levering of an aanbieder that was signed first.
    pub(crate) fn nulopgave_of(&self, kvk: &str) -> LeveringId {
        let filter = lake::LeveringFilter {
            kvk: Some(kvk),
            ..lake::LeveringFilter::default()
        };
        self.lake(async |lake| lake.leveringen(filter).await.unwrap())[0].id
    }

    /// A publication with one row of figures for each (momentopname, year), without its pages.
    pub(crate) fn publish_table(&self, momentopname: &str, version: u32, rows: &[(&str, i32)]) {
        self.lake(async |lake| Self::publish_in(lake, momentopname, version, rows).await);
    }

    /// The same, in a register that is open already.
    pub(crate) async fn publish_in(
        lake: &Lake,
        momentopname: &str,
        version: u32,
        rows: &[(&str, i32)],
    ) {
        let figures: Vec<Cijfer> = rows.iter().map(|(of, jaar)| figure(of, *jaar)).collect();
        let publicatie = NewPublicatie {
            momentopname,
            erased: &[],
            versie: version,
            bestanden: vec![(
                "cijfers.parquet".to_owned(),
                analysis::cijfers::to_parquet(&figures).unwrap(),
            )],
        };
        let stamp = Stamp::new("test", Utc::now());
        lake.publish(publicatie, &stamp).await.unwrap();
    }

    /// The ids of the momentopnamen of `omgang/2020`.
    pub(crate) fn momentopnamen(&self) -> Vec<String> {
        self.lake(async |lake| lake.momentopnamen("omgang", 2020).await.unwrap())
    }

    /// The versions of `omgang/2020` that were published.
    pub(crate) fn versions(&self) -> Vec<u32> {
        let publicaties = self.lake(async |lake| lake.publicaties().await.unwrap());
        publicaties.iter().map(|p| p.versie).collect()
    }
}

pub(crate) fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// One figure of the whole country.
fn figure(momentopname: &str, jaar: i32) -> Cijfer {
    let figure = serde_json::json!({
        "uitvraag": "omgang", "jaar": jaar, "indicator": "gebruik_trajecten", "niveau": "nederland", "gebied": "NL00",
        "uitsplitsing": "totaal", "categorie": "totaal", "waarde": 10.0, "onder": null, "boven": null, "oordeel": null,
        "teller": 10.0, "noemer": null, "n": 10, "status": "A", "vertrouwelijk": "F", "respons": 1.0,
        "momentopname": momentopname,
    });
    serde_json::from_value(figure).unwrap()
}

/// The rows of a CSV, its header aside.
pub(crate) fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv);
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
