//! A practice aanbieder who types the commands of the README.
//!
//! Owns the walk from extract to receipt and the answers given on the way. The answers are those that the
//! questions of `koppel` and the signalen ask for; nothing is mapped here.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{Toneel, UITVRAAG, run, succeed};

/// A row of `aanbieders.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Aanbieder {
    /// KvK number.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// Folder of its extract and its pakket.
    pub map: String,
    /// `ja`, `nulopgave` or `nee`.
    pub levert: String,
}

impl Aanbieder {
    /// Goes the whole way: mapping, pakket, answers, signature, receipt.
    pub fn deliver(&self, toneel: &Toneel, url: &str) -> Result<()> {
        match self.levert.as_str() {
            "ja" => {
                self.map_and_pack(toneel)?;
                self.push(toneel, url)
            }
            "nulopgave" => self.nulopgave(toneel, url),
            _ => Ok(()),
        }
    }

    /// `koppel` (unless the files are canonical) and `pak`.
    pub fn map_and_pack(&self, toneel: &Toneel) -> Result<()> {
        self.map_and_pack_on(toneel, None)
    }

    /// The same, as on the given day.
    pub fn map_and_pack_on(&self, toneel: &Toneel, leverdatum: Option<String>) -> Result<()> {
        let bestanden = self.bestanden(toneel)?;
        let werkmap = toneel.dir.join("koppelingen").join(&self.map);
        std::fs::create_dir_all(&werkmap)?;
        std::fs::create_dir_all(toneel.dir.join("pakketten"))?;
        let mut pak = toneel.uitvraag();
        pak.arg("pak")
            .args(&bestanden)
            .args(["--uitvraag", UITVRAAG, "--kvk", &self.kvk]);
        pak.arg("--sleutel").arg(werkmap.join("sleutel.toml"));
        if let [extract] = bestanden.as_slice() {
            let koppeling = werkmap.join("koppeling.toml");
            self.map_file(toneel, extract, &koppeling)?;
            pak.arg("--koppeling").arg(&koppeling);
        }
        if let Some(dag) = leverdatum {
            pak.args(["--leverdatum", &dag]);
        }
        let doel = self.pakket(toneel);
        if doel.exists() {
            std::fs::remove_dir_all(&doel)?;
        }
        succeed(pak.arg("--uit").arg(doel)).map(drop)
    }

    /// `koppel`, and its open questions answered.
    fn map_file(&self, toneel: &Toneel, extract: &Path, koppeling: &Path) -> Result<()> {
        if koppeling.exists() {
            std::fs::remove_file(koppeling)?;
        }
        let mut koppel = toneel.uitvraag();
        koppel
            .arg("koppel")
            .arg(extract)
            .args(["--uitvraag", UITVRAAG])
            .arg("--uit")
            .arg(koppeling);
        let uit = run(&mut koppel)?;
        match uit.status.code() {
            Some(0) => Ok(()),
            Some(1) => answer_koppeling(koppeling),
            _ => bail!(
                "{koppel:?} failed\n{}",
                String::from_utf8_lossy(&uit.stderr)
            ),
        }
    }

    /// `lever`, answers to the signalen, signature.
    pub fn push(&self, toneel: &Toneel, url: &str) -> Result<()> {
        let toelichtingen = toneel
            .dir
            .join("koppelingen")
            .join(&self.map)
            .join("toelichtingen.toml");
        if toelichtingen.exists() {
            std::fs::remove_file(&toelichtingen)?;
        }
        let mut lever = self.lever(toneel, url);
        let uit = run(lever.arg("--toelichtingen").arg(&toelichtingen))?;
        match uit.status.code() {
            Some(0) => {}
            Some(1) if toelichtingen.exists() => answer_signalen(&toelichtingen)?,
            _ => bail!(
                "{lever:?} ended with {}\n{}",
                uit.status,
                String::from_utf8_lossy(&uit.stderr)
            ),
        }
        let mut lever = self.lever(toneel, url);
        if toelichtingen.exists() {
            lever.arg("--toelichtingen").arg(&toelichtingen);
        }
        succeed(lever.args(["--onderteken", "M. de Vries, directeur"])).map(drop)
    }

    fn nulopgave(&self, toneel: &Toneel, url: &str) -> Result<()> {
        let mut nulopgave = toneel.uitvraag();
        nulopgave.args([
            "nulopgave",
            "--uitvraag",
            UITVRAAG,
            "--server",
            url,
            "--onderteken",
            "M. de Vries, directeur",
        ]);
        nulopgave.arg("--token-bestand").arg(self.token(toneel));
        succeed(nulopgave.arg("--uit").arg(self.pakket(toneel))).map(drop)
    }

    fn lever(&self, toneel: &Toneel, url: &str) -> std::process::Command {
        let mut lever = toneel.uitvraag();
        lever
            .arg("lever")
            .arg(self.pakket(toneel))
            .args(["--server", url])
            .arg("--token-bestand")
            .arg(self.token(toneel));
        lever
    }

    /// The folder of its pakket.
    pub fn pakket(&self, toneel: &Toneel) -> PathBuf {
        toneel.dir.join("pakketten").join(&self.map)
    }

    /// The file with its token.
    pub fn token(&self, toneel: &Toneel) -> PathBuf {
        toneel
            .dir
            .join("tokens")
            .join(format!("{}.token", self.kvk))
    }

    /// The files of its extract, in order.
    pub fn bestanden(&self, toneel: &Toneel) -> Result<Vec<PathBuf>> {
        let map = toneel.dir.join("extracten").join(&self.map);
        let mut bestanden = Vec::new();
        for bestand in
            std::fs::read_dir(&map).with_context(|| format!("no extract in {}", map.display()))?
        {
            bestanden.push(bestand?.path());
        }
        bestanden.sort();
        Ok(bestanden)
    }
}

/// The questions `koppel` may leave open for the practice extracts, and what this aanbieder answers.
const ANTWOORDEN: &[(&str, &str)] = &[
    ("\nreden_einde = \"\"", "\nreden_einde = \"ijw\""),
    ("\njeugdige_id = \"\"", "\njeugdige_id = \"clientnummer\""),
    ("\ngemeente = \"\"", "\ngemeente = \"woonplaatsgemeente\""),
];

/// Answers what `koppel` left open, by editing the file as a person would. `pak` refuses what is still open then.
fn answer_koppeling(koppeling: &Path) -> Result<()> {
    let mut tekst = std::fs::read_to_string(koppeling)?;
    for (vraag, antwoord) in ANTWOORDEN {
        tekst = tekst.replace(vraag, antwoord);
    }
    Ok(std::fs::write(koppeling, tekst)?)
}

/// Answers every open signaal with `klopt`.
fn answer_signalen(toelichtingen: &Path) -> Result<()> {
    let tekst = std::fs::read_to_string(toelichtingen)?;
    std::fs::write(
        toelichtingen,
        tekst.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    )?;
    Ok(())
}
