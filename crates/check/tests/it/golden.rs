//! Guards: the published examples give the published findings, for ever. `UPDATE_GOLDEN=1` writes them anew.

use std::path::{Path, PathBuf};

use check::{Controle, PakketHerkomst};
use schema::{Definitie, Oordeel, Verdict};

use crate::hulp::{Rij, batch, opties};

fn folder(definitie: &Definitie, naam: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas")
        .join(&definitie.uitvraag)
        .join("examples");
    examples.join(definitie.jaar.to_string()).join(naam)
}

fn read(pad: &Path) -> Vec<Rij> {
    let mut lezer = csv::Reader::from_path(pad).unwrap();
    lezer.deserialize().map(|rij| rij.unwrap()).collect()
}

fn judge(definitie: &Definitie, map: &Path) -> Oordeel {
    let mut controle = Controle::new(definitie, opties(definitie)).unwrap();
    for tabel in &definitie.tabellen {
        let pad = map.join(format!("{}.csv", tabel.naam));
        if pad.exists() {
            controle
                .partij(&tabel.naam, &batch(tabel, &read(&pad)))
                .unwrap();
        }
    }
    controle.afronden(&PakketHerkomst::new(definitie)).unwrap()
}

#[test]
fn failing_examples_give_the_golden_findings() {
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        let map = folder(&definitie, "fout");
        let oordeel = judge(&definitie, &map);
        assert_eq!(oordeel.verdict, Verdict::Afgekeurd, "{naam}");
        let nu = serde_json::to_string_pretty(&oordeel).unwrap() + "\n";
        let pad = map.join("bevindingen.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&pad, &nu).unwrap();
        }
        let golden = std::fs::read_to_string(&pad)
            .unwrap_or_else(|e| panic!("{}: {e}; run with UPDATE_GOLDEN=1", pad.display()));
        if let Some((regel, (was, is))) = golden
            .lines()
            .zip(nu.lines())
            .enumerate()
            .find(|(_, (a, b))| a != b)
        {
            panic!(
                "{} differs at line {}:\n  was {was}\n  is  {is}",
                pad.display(),
                regel + 1
            );
        }
        assert_eq!(golden, nu, "{}", pad.display());
    }
}

#[test]
fn valid_examples_have_no_fout() {
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        let oordeel = judge(&definitie, &folder(&definitie, "geldig"));
        assert_eq!(
            oordeel.verdict,
            Verdict::Akkoord,
            "{naam}: {:#?}",
            oordeel.bevindingen
        );
    }
}
