//! `omgangsmonitor admin aanbieders import`: who is expected, from a CSV.
//!
//! Owns that a list is judged whole before a row of it is kept, and that nobody's token changes because a list came
//! again. Leaves keeping it to `lake`, in one step.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use lake::{Aanbieder, Lake, Rol, Stand, Stempel, Verwachting};
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
struct AanbiederRij {
    kvk: String,
    naam: String,
    werkgebied: String,
    #[serde(default)]
    uitkomst: String,
}

impl Import {
    /// Carries out the command, for the uitvraag that was named.
    pub async fn run(self, lake: &Lake, definitie: &Definitie, stempel: &Stempel) -> Result<()> {
        let csv = std::fs::read(&self.bestand)
            .with_context(|| format!("could not read {}", self.bestand.display()))?;
        let lijst = read_list(&csv, definitie)
            .with_context(|| format!("nothing of {} was imported", self.bestand.display()))?;
        lake.zet_lijst(&lijst, stempel).await?;
        output::talk(&format!("{}: {}", self.uitvraag, summary(&lijst)));
        match &self.tokens {
            Some(map) => make_tokens(lake, &lijst, map, stempel).await,
            None => Ok(()),
        }
    }
}

/// How many aanbieders stand in the list, by what is known of them.
fn summary(lijst: &[(Aanbieder, Verwachting)]) -> String {
    let (mut expected, mut stopped, mut refused) = (0, 0, 0);
    for (_, verwachting) in lijst {
        match verwachting.stand {
            Stand::Verwacht => expected += 1,
            Stand::Gestopt => stopped += 1,
            Stand::Geweigerd => refused += 1,
        }
    }
    format!("{expected} aanbieders are expected, {stopped} stopped, {refused} refused")
}

/// Every row, or all that is wrong with them.
fn read_list(csv: &[u8], definitie: &Definitie) -> Result<Vec<(Aanbieder, Verwachting)>> {
    let mut lijst = Vec::new();
    let mut fouten = Vec::new();
    let mut gezien = BTreeSet::new();
    for (nummer, rij) in csv::Reader::from_reader(csv)
        .deserialize::<AanbiederRij>()
        .enumerate()
    {
        match rij
            .map_err(anyhow::Error::from)
            .and_then(|rij| read_row(rij, definitie))
        {
            Ok((aanbieder, _)) if !gezien.insert(aanbieder.kvk.clone()) => {
                fouten.push(format!("row {}: this kvk stands there twice", nummer + 2))
            }
            Ok(rij) => lijst.push(rij),
            Err(fout) => fouten.push(format!("row {}: {fout:#}", nummer + 2)),
        }
    }
    if fouten.is_empty() {
        Ok(lijst)
    } else {
        bail!("{}", fouten.join("\n"))
    }
}

fn read_row(rij: AanbiederRij, definitie: &Definitie) -> Result<(Aanbieder, Verwachting)> {
    let stand = match rij.uitkomst.as_str() {
        "" => Stand::Verwacht,
        naam => Stand::parse(naam).context("uitkomst is verwacht, gestopt or geweigerd")?,
    };
    if rij.kvk.len() != 8 || !rij.kvk.bytes().all(|b| b.is_ascii_digit()) {
        bail!("a kvk has 8 digits");
    }
    if rij.naam.trim().is_empty() {
        bail!("naam is empty");
    }
    let werkgebied: Vec<String> = rij
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
        kvk: rij.kvk.clone(),
        naam: rij.naam,
    };
    Ok((
        aanbieder,
        Verwachting {
            uitvraag: definitie.uitvraag.clone(),
            jaar: definitie.jaar,
            kvk: rij.kvk,
            stand,
            werkgebied,
        },
    ))
}

/// A token for who has none. One that is in use stays the only one, and no file is written over.
async fn make_tokens(
    lake: &Lake,
    lijst: &[(Aanbieder, Verwachting)],
    map: &Path,
    stempel: &Stempel,
) -> Result<()> {
    std::fs::create_dir_all(map).with_context(|| format!("could not make {}", map.display()))?;
    let geldig: BTreeSet<String> = lake
        .tokens()
        .await?
        .into_iter()
        .filter(|token| token.ingetrokken.is_none())
        .filter_map(|token| {
            if let Rol::Aanbieder(kvk) = token.rol {
                Some(kvk)
            } else {
                None
            }
        })
        .collect();
    let mut hadden = 0;
    for (Aanbieder { kvk, .. }, _) in lijst {
        if geldig.contains(kvk) {
            hadden += 1;
            continue;
        }
        let pad = map.join(format!("{kvk}.token"));
        let bestand = new_secret(&pad)?;
        let token = lake
            .maak_token(&Rol::Aanbieder(kvk.clone()), "made at import", stempel)
            .await?;
        write_secret(bestand, token.toon())
            .with_context(|| format!("could not write {}", pad.display()))?;
    }
    if hadden > 0 {
        output::talk(&format!(
            "{hadden} of them have a token already: `admin token new` makes another"
        ));
    }
    Ok(())
}

/// A new file that only its owner can read.
fn new_secret(pad: &Path) -> Result<std::fs::File> {
    let mut opties = std::fs::OpenOptions::new();
    opties.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opties, 0o600);
    opties
        .open(pad)
        .with_context(|| format!("could not make {}: is there an older token?", pad.display()))
}

fn write_secret(mut bestand: std::fs::File, geheim: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(bestand, "{geheim}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rijen: &str) -> Result<Vec<(Aanbieder, Verwachting)>> {
        let definitie = Definitie::load("omgang/2020").unwrap();
        read_list(
            format!("kvk,naam,werkgebied,uitkomst\n{rijen}").as_bytes(),
            &definitie,
        )
    }

    #[test]
    fn a_good_list_is_read() {
        let lijst = list("12345678,De Brug,JZ13 GM0344,\n87654321,Noord,NL00,gestopt\n").unwrap();
        assert_eq!(lijst[0].1.werkgebied, ["JZ13", "GM0344"]);
        assert_eq!(lijst[1].1.stand, Stand::Gestopt);
    }

    /// Who stopped or refused is not said to be expected.
    #[test]
    fn the_summary_counts_by_what_is_known() {
        let lijst = list(
            "12345678,A,NL00,gestopt\n11111111,B,NL00,\n22222222,C,NL00,verwacht\n33333333,D,NL00,geweigerd\n",
        )
        .unwrap();
        assert_eq!(
            summary(&lijst),
            "2 aanbieders are expected, 1 stopped, 1 refused"
        );
    }

    /// All that is wrong is said at once, with its row.
    #[test]
    fn every_wrong_row_is_named() {
        let fout = list(
            "12345678,De Brug,JZ13,\n12345678,De Brug,JZ13,\n1234,Kort,JZ13,\n11111111,,JZ13,\n22222222,Leeg,,\n33333333,Ver,JZ99,\n44444444,X,NL00,misschien\n",
        )
        .unwrap_err()
        .to_string();
        for rij in 3..=8 {
            assert!(fout.contains(&format!("row {rij}: ")), "{fout}");
        }
        assert!(!fout.contains("row 2") && fout.contains("JZ99"), "{fout}");
    }

    #[test]
    fn a_secret_is_never_written_over() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("12345678.token");
        write_secret(new_secret(&pad).unwrap(), "eerste").unwrap();
        assert!(new_secret(&pad).is_err());
        assert_eq!(std::fs::read_to_string(&pad).unwrap(), "eerste\n");
    }
}
