//! Running the binary and comparing all three things it gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use schema::pakket::Bestand;
use schema::{Definitie, Pakket};
use sha2::{Digest, Sha256};

/// A folder of its own in which commands run.
pub struct Werkmap {
    map: tempfile::TempDir,
    vervang: Vec<(String, String)>,
}

/// What a command gave.
pub struct Uitslag {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Uitslag {
    /// Exit code, stdout and stderr as one text, for a snapshot.
    pub fn alles(&self) -> String {
        format!(
            "exit: {}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

impl Werkmap {
    pub fn new() -> Self {
        let map = tempfile::tempdir().unwrap();
        let vervang = vec![(map.path().display().to_string(), "[MAP]".to_owned())];
        Self { map, vervang }
    }

    /// Replaces a text that differs from run to run.
    pub fn vervang(mut self, wat: &str, door: &str) -> Self {
        self.vervang.push((wat.to_owned(), door.to_owned()));
        self
    }

    pub fn pad(&self, naam: &str) -> PathBuf {
        self.map.path().join(naam)
    }

    pub fn schrijf(&self, naam: &str, tekst: impl AsRef<[u8]>) -> PathBuf {
        let pad = self.pad(naam);
        fs::create_dir_all(pad.parent().unwrap()).unwrap();
        fs::write(&pad, tekst).unwrap();
        pad
    }

    pub fn lees(&self, naam: &str) -> String {
        fs::read_to_string(self.pad(naam)).unwrap_or_else(|e| panic!("{naam}: {e}"))
    }

    /// All files below the folder, for a test that looks for leftovers.
    pub fn bestanden(&self) -> Vec<String> {
        let mut uit = Vec::new();
        collect(self.map.path(), self.map.path(), &mut uit);
        uit.sort();
        uit
    }

    /// Runs `uitvraag` in this folder, with a home of its own.
    pub fn draai(&self, args: &[&str]) -> Uitslag {
        self.draai_met(&[], args)
    }

    /// The command, ready to be run.
    pub fn opdracht(&self, args: &[&str]) -> Command {
        let mut opdracht = Command::new(env!("CARGO_BIN_EXE_uitvraag"));
        opdracht
            .args(args)
            .current_dir(self.map.path())
            .env_clear()
            .env("HOME", self.map.path().join("thuis"));
        opdracht
    }

    /// The same with variables set.
    pub fn draai_met(&self, variabelen: &[(&str, &str)], args: &[&str]) -> Uitslag {
        let uitvoer = self
            .opdracht(args)
            .envs(variabelen.iter().copied())
            .output()
            .unwrap();
        let tekst = |bytes: Vec<u8>| {
            let mut tekst = String::from_utf8(bytes).unwrap();
            for (wat, door) in &self.vervang {
                tekst = tekst.replace(wat, door);
            }
            tekst
        };
        Uitslag {
            code: uitvoer.status.code().unwrap_or(-1),
            stdout: tekst(uitvoer.stdout),
            stderr: tekst(uitvoer.stderr),
        }
    }
}

fn collect(basis: &Path, map: &Path, uit: &mut Vec<String>) {
    for bestand in fs::read_dir(map).unwrap() {
        let pad = bestand.unwrap().path();
        if pad.is_dir() {
            collect(basis, &pad, uit);
        } else {
            uit.push(pad.strip_prefix(basis).unwrap().display().to_string());
        }
    }
}

/// Writes a pakket with a table of `bytes` random-looking bytes: for a delivery only lengths and hashes matter.
pub fn nep_pakket(werk: &Werkmap, naam: &str, bytes: usize) -> Pakket {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let mut staat = 1_u32;
    let inhoud: Vec<u8> = (0..bytes)
        .map(|_| {
            staat = staat.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (staat >> 24) as u8
        })
        .collect();
    werk.schrijf(&format!("{naam}/traject.csv.zst"), &inhoud);
    let pakket = Pakket {
        name: "omgang-2020-12345678".to_owned(),
        aanbieder: Some("12345678".to_owned()),
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        leverdatum: "2021-03-01".parse().unwrap(),
        definitie: definitie.hash.clone(),
        regels: definitie.regelhash.clone(),
        pseudoniem: "hmac-sha256.1.abcdefgh".to_owned(),
        exporter: "0.1.0".to_owned(),
        resources: vec![Bestand {
            name: "traject".to_owned(),
            path: "traject.csv.zst".to_owned(),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes: inhoud.len() as u64,
            bytes_uitgepakt: inhoud.len() as u64,
            hash: format!(
                "sha256:{}",
                schema::definitie::hex(&Sha256::digest(&inhoud))
            ),
            rijen: 3,
        }],
        toelichtingen: Vec::new(),
    };
    werk.schrijf(
        &format!("{naam}/pakket.json"),
        serde_json::to_vec_pretty(&pakket).unwrap(),
    );
    pakket
}

/// The rows of a pakket, as a receipt tells them.
pub fn rijen(pakket: &Pakket) -> BTreeMap<String, u64> {
    pakket
        .resources
        .iter()
        .map(|b| (b.name.clone(), b.rijen))
        .collect()
}
