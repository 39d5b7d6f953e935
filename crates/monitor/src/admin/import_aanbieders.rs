//! `omgangsmonitor admin aanbieders import`: who is expected, from a CSV.
//!
//! Owns that a list is judged whole before a row of it is kept, and that nobody's token changes because a list came
//! again. Leaves keeping it to `lake`, in one step.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use lake::{Aanbieder, Expectancy, Expectation, Lake, Stamp, TokenRole};
use schema::{Definitie, Gebieden};
use serde::Deserialize;

use crate::output;

/// What an import needs.
#[derive(Debug, Args)]
pub struct Import {
    /// The CSV
    bestand: PathBuf,
    /// Uitvraag and year, as in omgang/2020
    #[arg(long)]
    pub(crate) uitvraag: String,
    /// Also makes a token for each aanbieder that has none, in a file `<kvk>.token` in this folder
    #[arg(long)]
    tokens: Option<PathBuf>,
}

#[derive(Deserialize)]
struct ExpectedCsvRow {
    kvk: String,
    naam: String,
    werkgebied: String,
    #[serde(default)]
    uitkomst: String,
}

impl Import {
    /// Carries out the command, for the uitvraag that was named.
    pub async fn run(self, lake: &Lake, definitie: &Definitie, stamp: &Stamp) -> Result<()> {
        let csv = std::fs::read(&self.bestand)
            .with_context(|| format!("could not read {}", self.bestand.display()))?;
        let list = read_list(&csv, definitie)
            .with_context(|| format!("nothing of {} was imported", self.bestand.display()))?;
        lake.set_list(&list, stamp).await?;
        output::talk(&format!("{}: {}", self.uitvraag, summary(&list)));
        match &self.tokens {
            Some(dir) => make_tokens(lake, &list, dir, stamp).await,
            None => Ok(()),
        }
    }
}

/// How many aanbieders stand in the list, by what is known of them.
fn summary(list: &[(Aanbieder, Expectation)]) -> String {
    let (mut expected, mut stopped, mut refused) = (0, 0, 0);
    for (_, expectation) in list {
        match expectation.stand {
            Expectancy::Verwacht => expected += 1,
            Expectancy::Gestopt => stopped += 1,
            Expectancy::Geweigerd => refused += 1,
        }
    }
    format!("{expected} aanbieders are expected, {stopped} stopped, {refused} refused")
}

/// Every row, or all that is wrong with them.
fn read_list(csv: &[u8], definitie: &Definitie) -> Result<Vec<(Aanbieder, Expectation)>> {
    let mut list = Vec::new();
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, row) in csv::Reader::from_reader(csv)
        .deserialize::<ExpectedCsvRow>()
        .enumerate()
    {
        match row
            .map_err(anyhow::Error::from)
            .and_then(|row| read_row(row, definitie))
        {
            Ok((aanbieder, _)) if !seen.insert(aanbieder.kvk.clone()) => {
                errors.push(format!("row {}: this kvk stands there twice", number + 2));
            }
            Ok(row) => list.push(row),
            Err(error) => errors.push(format!("row {}: {error:#}", number + 2)),
        }
    }
    if errors.is_empty() {
        Ok(list)
    } else {
        bail!("{}", errors.join("\n"))
    }
}

fn read_row(row: ExpectedCsvRow, definitie: &Definitie) -> Result<(Aanbieder, Expectation)> {
    let state = match row.uitkomst.as_str() {
        "" => Expectancy::Verwacht,
        name => Expectancy::parse(name).context("uitkomst is verwacht, gestopt or geweigerd")?,
    };
    if row.kvk.len() != 8 || !row.kvk.bytes().all(|b| b.is_ascii_digit()) {
        bail!("a kvk has 8 digits");
    }
    if row.naam.trim().is_empty() {
        bail!("naam is empty");
    }
    let werkgebied: Vec<String> = row
        .werkgebied
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if werkgebied.is_empty() {
        bail!("werkgebied is empty; NL00 is the whole country");
    }
    let unknown = |code: &&String| !Gebieden::get().is_werkgebied(definitie.jaar, code);
    if let Some(code) = werkgebied.iter().find(unknown) {
        bail!(
            "werkgebied {code} is no gemeente, jeugdregio or provincie of {}",
            definitie.jaar
        );
    }
    let aanbieder = Aanbieder {
        kvk: row.kvk.clone(),
        naam: row.naam,
    };
    Ok((
        aanbieder,
        Expectation {
            uitvraag: definitie.uitvraag.clone(),
            jaar: definitie.jaar,
            kvk: row.kvk,
            stand: state,
            werkgebied,
        },
    ))
}

/// A token for who has none. One that is in use stays the only one, and no file is written over.
async fn make_tokens(
    lake: &Lake,
    list: &[(Aanbieder, Expectation)],
    dir: &Path,
    stamp: &Stamp,
) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    let valid: BTreeSet<String> = lake
        .tokens()
        .await?
        .into_iter()
        .filter(|token| token.ingetrokken.is_none())
        .filter_map(|token| {
            if let TokenRole::Aanbieder(kvk) = token.rol {
                Some(kvk)
            } else {
                None
            }
        })
        .collect();
    let mut had_notes = 0;
    for (Aanbieder { kvk, .. }, _) in list {
        if valid.contains(kvk) {
            had_notes += 1;
            continue;
        }
        let path = dir.join(format!("{kvk}.token"));
        let file = new_secret(&path)?;
        let token = lake
            .make_token(&TokenRole::Aanbieder(kvk.clone()), "made at import", stamp)
            .await?;
        write_secret(file, token.reveal())
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    if had_notes > 0 {
        output::talk(&format!(
            "{had_notes} of them have a token already: `admin token new` makes another"
        ));
    }
    Ok(())
}

/// A new file that only its owner can read.
fn new_secret(path: &Path) -> Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| {
        format!(
            "could not make {}: is there an older token?",
            path.display()
        )
    })
}

fn write_secret(mut file: std::fs::File, secret: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(file, "{secret}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &str) -> Result<Vec<(Aanbieder, Expectation)>> {
        let definitie = Definitie::load("omgang/2020").unwrap();
        read_list(
            format!("kvk,naam,werkgebied,uitkomst\n{rows}").as_bytes(),
            &definitie,
        )
    }

    #[test]
    fn a_good_list_is_read() {
        let list = list("12345678,De Brug,JZ13 GM0344,\n87654321,Noord,NL00,gestopt\n").unwrap();
        assert_eq!(list[0].1.werkgebied, ["JZ13", "GM0344"]);
        assert_eq!(list[1].1.stand, Expectancy::Gestopt);
    }

    /// Who stopped or refused is not said to be expected.
    #[test]
    fn the_summary_counts_by_what_is_known() {
        let list = list(
            "12345678,A,NL00,gestopt\n11111111,B,NL00,\n22222222,C,NL00,verwacht\n33333333,D,NL00,geweigerd\n",
        )
        .unwrap();
        assert_eq!(
            summary(&list),
            "2 aanbieders are expected, 1 stopped, 1 refused"
        );
    }

    /// All that is wrong is said at once, with its row.
    #[test]
    fn every_wrong_row_is_named() {
        let error = list(
            "12345678,De Brug,JZ13,\n12345678,De Brug,JZ13,\n1234,Kort,JZ13,\n11111111,,JZ13,\n22222222,Leeg,,\n33333333,Ver,JZ99,\n44444444,X,NL00,misschien\n",
        )
        .unwrap_err()
        .to_string();
        for row in 3..=8 {
            assert!(error.contains(&format!("row {row}: ")), "{error}");
        }
        assert!(
            !error.contains("row 2") && error.contains("JZ99"),
            "{error}"
        );
    }

    #[test]
    fn a_secret_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("12345678.token");
        write_secret(new_secret(&path).unwrap(), "eerste").unwrap();
        assert!(new_secret(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "eerste\n");
    }
}
