//! The stage (toneel) on which the two binaries play together, for the demo and the whole-system tests.
//!
//! Owns starting and stopping the real server and walking the real exporter through a levering, as an aanbieder
//! would type it. Leaves judging what came of it to its callers.

pub mod aanbieder;
pub mod circles;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

pub use aanbieder::AanbiederRow;
pub use server::TestServer;

/// Where the binaries are and where they work.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Folder with `uitvraag`, `omgangsmonitor` and `practice`.
    pub bin: PathBuf,
    /// The working folder: `extracten/`, `pakketten/<aanbieder>/`, `register.sqlite`, `lake/`, `intern/`, `publicaties/`.
    pub dir: PathBuf,
    /// The year that is asked about.
    pub jaar: i32,
}

/// The year that is played first.
pub const FIRST_YEAR: i32 = 2020;

impl Stage {
    /// A stage with the binaries of the build this program belongs to.
    pub fn of_this_build(dir: &Path) -> Result<Self> {
        let this = std::env::current_exe()?;
        let bin = this
            .ancestors()
            .skip(1)
            .find(|folder| folder.join("omgangsmonitor").is_file());
        let bin = bin
            .context("the binaries are not built: run `cargo build --workspace --bins`")?
            .to_path_buf();
        Ok(Self {
            bin,
            dir: dir.to_path_buf(),
            jaar: FIRST_YEAR,
        })
    }

    /// The same stage a year later: the same service, aanbieders and keys, with extracts and pakketten of that year
    /// beside those of the first.
    pub fn next_year(&self) -> Self {
        Self {
            jaar: self.jaar + 1,
            ..self.clone()
        }
    }

    /// The uitvraag that is played, as in `omgang/2020`.
    pub fn uitvraag_name(&self) -> String {
        format!("omgang/{}", self.jaar)
    }

    /// A folder of this year: `extracten` in the first, `extracten-2021` after it.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.join(if self.jaar == FIRST_YEAR {
            name.to_owned()
        } else {
            format!("{name}-{}", self.jaar)
        })
    }

    /// A call of `uitvraag`, in the working folder.
    pub fn uitvraag(&self) -> Command {
        let mut command = Command::new(self.bin.join("uitvraag"));
        command.current_dir(&self.dir);
        command
    }

    /// A call of `omgangsmonitor`, in the working folder, with the data there too.
    pub fn monitor(&self) -> Command {
        let mut command = Command::new(self.bin.join("omgangsmonitor"));
        command
            .current_dir(&self.dir)
            .env_remove("OMGANG__DATA__DIR");
        command
    }

    /// Makes the practice extracts of the year. `trajecten` counts the first year: the same numbers give the same world.
    pub fn practice(&self, aanbieders: usize, trajecten: usize, seed: u64) -> Result<()> {
        let mut command = Command::new(self.bin.join("practice"));
        command.arg("--out").arg(self.folder("extracten"));
        command.args([
            "--jaar",
            &self.jaar.to_string(),
            "--aanbieders",
            &aanbieders.to_string(),
            "--trajecten",
            &trajecten.to_string(),
            "--seed",
            &seed.to_string(),
        ]);
        succeed(&mut command).map(drop)
    }

    /// Makes the aanbieders known, with a token file for each in `tokens/`.
    pub fn import(&self) -> Result<()> {
        let mut command = self.monitor();
        command
            .args(["admin", "aanbieders", "import"])
            .arg(self.list())
            .args(["--uitvraag", &self.uitvraag_name(), "--tokens", "tokens"]);
        succeed(&mut command).map(drop)
    }

    /// A new token for a role other than aanbieder.
    pub fn token(&self, role: &str) -> Result<String> {
        let out = succeed(
            self.monitor()
                .args(["admin", "token", "new", "--role", role]),
        )?;
        Ok(String::from_utf8(out.stdout)?.trim().to_owned())
    }

    /// Freezes, whatever the date is, and gives the id of the momentopname.
    pub fn freeze(&self) -> Result<String> {
        let out =
            succeed(
                self.monitor()
                    .args(["admin", "freeze", &self.uitvraag_name(), "--early"]),
            )?;
        Ok(String::from_utf8(out.stdout)?.trim().to_owned())
    }

    /// Makes the figures.
    pub fn make_figures(&self) -> Result<()> {
        self.monitor_of_year("run", &[])
    }

    /// Publishes the figures that were made, with three PDFs: of the country, a jeugdregio, and the gemeente whose PDF is the longest
    /// in the practice world: `pdf_check.py` holds them against what a reader has time for.
    pub fn publish(&self) -> Result<()> {
        self.monitor_of_year("publish", &["--pdf", "JZ20", "--pdf", "GM0772"])
    }

    /// Publishes the figures that were made, with every PDF.
    pub fn publish_with_all_papers(&self) -> Result<()> {
        self.monitor_of_year("publish", &[])
    }

    fn monitor_of_year(&self, act: &str, more: &[&str]) -> Result<()> {
        let year = self.jaar.to_string();
        let mut command = self.monitor();
        command.args([act, "omgang", "--year", &year]).args(more);
        succeed(&mut command).map(drop)
    }

    /// The practice aanbieders, as listed beside their extracts.
    pub fn aanbieders(&self) -> Result<Vec<AanbiederRow>> {
        let mut csv = csv::Reader::from_path(self.list())?;
        csv.deserialize()
            .map(|row| row.context("aanbieders.csv"))
            .collect()
    }

    fn list(&self) -> PathBuf {
        self.folder("extracten").join("aanbieders.csv")
    }
}

/// Runs a command that must succeed.
pub fn succeed(command: &mut Command) -> Result<Output> {
    let out = run(command)?;
    if !out.status.success() {
        bail!(
            "{command:?} ended with {}\n{}{}",
            out.status,
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(out)
}

/// Runs a command and takes what it prints, however it ends.
pub fn run(command: &mut Command) -> Result<Output> {
    command
        .output()
        .with_context(|| format!("could not start {command:?}"))
}
