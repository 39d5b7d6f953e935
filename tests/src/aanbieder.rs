//! A practice aanbieder who types the commands of the README.
//!
//! Owns the walk from extract to receipt and the answers given on the way. The answers are those that the
//! questions of `koppel` and the signalen ask for; nothing is mapped here.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{Stage, run, succeed};

/// A row of `aanbieders.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct AanbiederRow {
    /// KvK number.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// What the coördinator knows: `verwacht`, `gestopt` or `geweigerd`.
    pub uitkomst: String,
    /// Folder of its extract and its pakket.
    pub map: String,
    /// `ja`, `nulopgave` or `nee`.
    pub levert: String,
}

impl AanbiederRow {
    /// Goes the whole way: mapping, pakket, answers, signature, receipt.
    pub fn deliver(&self, stage: &Stage, url: &str) -> Result<()> {
        match self.levert.as_str() {
            "ja" => {
                self.map_and_pack(stage)?;
                self.push(stage, url)
            }
            "nulopgave" => self.nulopgave(stage, url),
            _ => Ok(()),
        }
    }

    /// `koppel` (unless the files are canonical) and `pak`.
    pub fn map_and_pack(&self, stage: &Stage) -> Result<()> {
        self.map_and_pack_on(stage, None)
    }

    /// The same, as on the given day.
    pub fn map_and_pack_on(&self, stage: &Stage, leverdatum: Option<String>) -> Result<()> {
        let files = self.files(stage)?;
        let workbook = self.workbook(stage);
        // The key is that of every year: by it a child is the same one.
        let keys = stage.dir.join("sleutels");
        for dir in [&workbook, &keys, &stage.folder("pakketten")] {
            std::fs::create_dir_all(dir)?;
        }
        let uitvraag = stage.uitvraag_name();
        let mut pack = stage.uitvraag();
        pack.arg("pak")
            .args(&files)
            .args(["--uitvraag", &uitvraag, "--kvk", &self.kvk]);
        pack.arg("--sleutel")
            .arg(keys.join(format!("{}.toml", self.map)));
        if let [extract] = files.as_slice() {
            let koppeling = workbook.join("koppeling.toml");
            map_file(stage, extract, &koppeling)?;
            pack.arg("--koppeling").arg(&koppeling);
        }
        if let Some(day) = leverdatum {
            pack.args(["--leverdatum", &day]);
        }
        let target = self.pakket(stage);
        if target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        succeed(pack.arg("--uit").arg(target)).map(drop)
    }

    /// `lever`, answers to the signalen, signature.
    pub fn push(&self, stage: &Stage, url: &str) -> Result<()> {
        let toelichtingen = self.workbook(stage).join("toelichtingen.toml");
        if toelichtingen.exists() {
            std::fs::remove_file(&toelichtingen)?;
        }
        let mut lever = self.lever(stage, url);
        let out = run(lever.arg("--toelichtingen").arg(&toelichtingen))?;
        match out.status.code() {
            Some(0) => {}
            Some(1) if toelichtingen.exists() => answer_signalen(&toelichtingen)?,
            _ => bail!(
                "{lever:?} ended with {}\n{}",
                out.status,
                String::from_utf8_lossy(&out.stderr)
            ),
        }
        let mut lever = self.lever(stage, url);
        if toelichtingen.exists() {
            lever.arg("--toelichtingen").arg(&toelichtingen);
        }
        succeed(lever.args(["--onderteken", "M. de Vries, directeur"])).map(drop)
    }

    fn nulopgave(&self, stage: &Stage, url: &str) -> Result<()> {
        let uitvraag = stage.uitvraag_name();
        let mut nulopgave = stage.uitvraag();
        nulopgave.args([
            "nulopgave",
            "--uitvraag",
            &uitvraag,
            "--server",
            url,
            "--onderteken",
            "M. de Vries, directeur",
        ]);
        nulopgave.arg("--token-bestand").arg(self.token(stage));
        succeed(nulopgave.arg("--uit").arg(self.pakket(stage))).map(drop)
    }

    fn lever(&self, stage: &Stage, url: &str) -> std::process::Command {
        let mut lever = stage.uitvraag();
        lever
            .arg("lever")
            .arg(self.pakket(stage))
            .args(["--server", url])
            .arg("--token-bestand")
            .arg(self.token(stage));
        lever
    }

    /// The folder of its pakket.
    pub fn pakket(&self, stage: &Stage) -> PathBuf {
        stage.folder("pakketten").join(&self.map)
    }

    /// The folder with its koppeling and its answers.
    fn workbook(&self, stage: &Stage) -> PathBuf {
        stage.folder("koppelingen").join(&self.map)
    }

    /// The file with its token.
    pub fn token(&self, stage: &Stage) -> PathBuf {
        stage.dir.join("tokens").join(format!("{}.token", self.kvk))
    }

    /// The files of its extract, in order.
    pub fn files(&self, stage: &Stage) -> Result<Vec<PathBuf>> {
        let folder = stage.folder("extracten").join(&self.map);
        let mut files = Vec::new();
        for file in std::fs::read_dir(&folder)
            .with_context(|| format!("no extract in {}", folder.display()))?
        {
            files.push(file?.path());
        }
        files.sort();
        Ok(files)
    }
}

/// `koppel`, and its open questions answered.
fn map_file(stage: &Stage, extract: &Path, koppeling: &Path) -> Result<()> {
    if koppeling.exists() {
        std::fs::remove_file(koppeling)?;
    }
    let mut propose = stage.uitvraag();
    propose
        .arg("koppel")
        .arg(extract)
        .args(["--uitvraag", &stage.uitvraag_name()])
        .arg("--uit")
        .arg(koppeling);
    let out = run(&mut propose)?;
    match out.status.code() {
        Some(0) => Ok(()),
        Some(1) => answer_koppeling(koppeling),
        _ => bail!(
            "{propose:?} failed\n{}",
            String::from_utf8_lossy(&out.stderr)
        ),
    }
}

/// The questions `koppel` may leave open for the practice extracts, and what this aanbieder answers.
const ANSWERS: &[(&str, &str)] = &[
    ("\nreden_einde = \"\"", "\nreden_einde = \"ijw\""),
    ("\njeugdige_id = \"\"", "\njeugdige_id = \"clientnummer\""),
    ("\ngemeente = \"\"", "\ngemeente = \"woonplaatsgemeente\""),
];

/// Answers what `koppel` left open, by editing the file as a person would. `pak` refuses what is still open then.
fn answer_koppeling(koppeling: &Path) -> Result<()> {
    let mut text = std::fs::read_to_string(koppeling)?;
    for (question, answer) in ANSWERS {
        text = text.replace(question, answer);
    }
    Ok(std::fs::write(koppeling, text)?)
}

/// Answers every open signaal with `klopt`.
fn answer_signalen(toelichtingen: &Path) -> Result<()> {
    let text = std::fs::read_to_string(toelichtingen)?;
    std::fs::write(
        toelichtingen,
        text.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    )?;
    Ok(())
}
