//! Running the binary and comparing all three things it gives.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use schema::pakket::PakketFile;
use schema::{Definitie, Pakket};

/// A folder of its own in which commands run.
pub(crate) struct TestFolder {
    map: tempfile::TempDir,
    replace: Vec<(String, String)>,
}

/// What a command gave.
pub(crate) struct CommandOutput {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl CommandOutput {
    /// Exit code, stdout and stderr as one text, for a snapshot.
    pub(crate) fn everything(&self) -> String {
        format!(
            "exit: {}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

impl TestFolder {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let replace = vec![(dir.path().display().to_string(), "[MAP]".to_owned())];
        Self { map: dir, replace }
    }

    /// Replaces a text that differs from run to run.
    pub(crate) fn replace(mut self, what: &str, door: &str) -> Self {
        self.replace.push((what.to_owned(), door.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.map.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn lees(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// All files below the folder, for a test that looks for leftovers.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut out = Vec::new();
        collect(self.map.path(), self.map.path(), &mut out);
        out.sort();
        out
    }

    /// Runs `uitvraag` in this folder, with a home of its own.
    pub(crate) fn run(&self, args: &[&str]) -> CommandOutput {
        self.run_with(&[], args)
    }

    /// The command, ready to be run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_uitvraag"));
        command
            .args(args)
            .current_dir(self.map.path())
            .env_clear()
            .env("HOME", self.map.path().join("thuis"));
        command
    }

    /// The same with variables set.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> CommandOutput {
        let output = self
            .command(args)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| {
            let mut text = String::from_utf8(bytes).unwrap();
            for (what, door) in &self.replace {
                text = text.replace(what, door);
            }
            text
        };
        CommandOutput {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

fn collect(basis: &Path, dir: &Path, out: &mut Vec<String>) {
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            collect(basis, &path, out);
        } else {
            out.push(path.strip_prefix(basis).unwrap().display().to_string());
        }
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(folder: &TestFolder, name: &str, text: &str) {
    let path = folder.write(name, text);
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// Writes a pakket with a table of `bytes` random-looking bytes: for a delivery only lengths and hashes matter.
pub(crate) fn fake_pakket(folder: &TestFolder, name: &str, bytes: usize) -> Pakket {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let mut app = 1_u32;
    let content: Vec<u8> = (0..bytes)
        .map(|_| {
            app = app.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (app >> 24) as u8
        })
        .collect();
    folder.write(&format!("{name}/traject.csv.zst"), &content);
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
        balans: None,
        resources: vec![PakketFile {
            name: "traject".to_owned(),
            path: "traject.csv.zst".to_owned(),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes: content.len() as u64,
            bytes_uitgepakt: content.len() as u64,
            hash: schema::hash::sha256(&content),
            rijen: 3,
        }],
        toelichtingen: Vec::new(),
    };
    folder.write(
        &format!("{name}/pakket.json"),
        serde_json::to_vec_pretty(&pakket).unwrap(),
    );
    pakket
}

/// The rows of a pakket, as a receipt tells them.
pub(crate) fn rows(pakket: &Pakket) -> BTreeMap<String, u64> {
    pakket
        .resources
        .iter()
        .map(|b| (b.name.clone(), b.rijen))
        .collect()
}
