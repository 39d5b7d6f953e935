//! Guards: the published examples give the published findings, for ever. `UPDATE_GOLDEN=1` writes them anew.

use std::path::{Path, PathBuf};

use check::{Judge, PakketOrigin};
use schema::{Definitie, Oordeel, Verdict};

use crate::support::{TextRow, batch, options};

fn folder(definitie: &Definitie, name: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas")
        .join(&definitie.uitvraag)
        .join("examples");
    examples.join(definitie.jaar.to_string()).join(name)
}

fn read(path: &Path) -> Vec<TextRow> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn judge(definitie: &Definitie, dir: &Path) -> Oordeel {
    let mut judge = Judge::new(definitie, options(definitie)).unwrap();
    for tabel in &definitie.tabellen {
        let path = dir.join(format!("{}.csv", tabel.naam));
        if path.exists() {
            judge
                .batch(&tabel.naam, &batch(tabel, &read(&path)))
                .unwrap();
        }
    }
    judge.finish(&PakketOrigin::new(definitie)).unwrap()
}

#[test]
fn failing_examples_give_the_golden_findings() {
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        let dir = folder(&definitie, "fout");
        let oordeel = judge(&definitie, &dir);
        assert_eq!(oordeel.verdict, Verdict::Afgekeurd, "{name}");
        let nu = serde_json::to_string_pretty(&oordeel).unwrap() + "\n";
        let path = dir.join("bevindingen.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &nu).unwrap();
        }
        let golden = std::fs::read_to_string(&path)
            .unwrap_or_else(|e| panic!("{}: {e}; run with UPDATE_GOLDEN=1", path.display()));
        if let Some((regel, (was, is))) = golden
            .lines()
            .zip(nu.lines())
            .enumerate()
            .find(|(_, (a, b))| a != b)
        {
            panic!(
                "{} differs at line {}:\n  was {was}\n  is  {is}",
                path.display(),
                regel + 1
            );
        }
        assert_eq!(golden, nu, "{}", path.display());
    }
}

#[test]
fn valid_examples_have_no_error() {
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        let oordeel = judge(&definitie, &folder(&definitie, "geldig"));
        assert_eq!(
            oordeel.verdict,
            Verdict::Akkoord,
            "{name}: {:#?}",
            oordeel.bevindingen
        );
    }
}
