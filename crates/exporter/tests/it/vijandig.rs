//! Every hostile file through the binary: the code of the table, a Dutch sentence, an end, and never more than 64 MiB
//! of memory above what two good rows need.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::gevallen::{self, BSN, GEHEIM, Geval, Verwacht};

/// What a hostile file may cost above a good one.
const EXTRA: u64 = 64 * 1024;
/// Far beyond what any file takes: this only ends what hangs.
const EINDELOOS: Duration = Duration::from_secs(20);

/// Runs `uitvraag controleer` with at most so many KiB of address space. One arena and small stacks: otherwise the
/// room that threads set aside would count, though nothing is in it.
fn controleer(map: &Path, bestand: &str, kib: u64) -> Output {
    let mut opdracht = Command::new("sh");
    opdracht.args([
        "-c",
        "ulimit -v \"$1\" && shift && exec \"$@\"",
        "sh",
        &kib.to_string(),
        env!("CARGO_BIN_EXE_uitvraag"),
    ]);
    opdracht.args([
        "controleer",
        bestand,
        "--uitvraag",
        "omgang/2020",
        "--leverdatum",
        "2021-02-01",
        "--json",
    ]);
    opdracht
        .current_dir(map)
        .env_clear()
        .env("HOME", map)
        .env("MALLOC_ARENA_MAX", "1");
    opdracht.output().unwrap()
}

/// The least address space with which two good rows are judged, to the MiB.
fn base(map: &Path) -> u64 {
    fs::write(map.join("goed.csv"), gevallen::goed()).unwrap();
    let (mut te_klein, mut genoeg) = (0, 4096);
    while genoeg - te_klein > 1 {
        let midden = u64::midpoint(te_klein, genoeg);
        if controleer(map, "goed.csv", midden * 1024).status.success() {
            genoeg = midden
        } else {
            te_klein = midden
        }
    }
    genoeg * 1024
}

fn codes<'a>(oordeel: &'a Value, ernst: Option<&str>) -> Vec<&'a str> {
    let regels = oordeel["regels"].as_array().unwrap().iter();
    regels
        .filter(|r| ernst.is_none_or(|ernst| r["ernst"] == ernst))
        .map(|r| r["code"].as_str().unwrap())
        .collect()
}

/// What is wrong with the answer, if anything.
fn judge(geval: &Geval, uitvoer: &Output) -> Result<(), String> {
    let (tekst, praat) = (
        String::from_utf8_lossy(&uitvoer.stdout),
        String::from_utf8_lossy(&uitvoer.stderr),
    );
    if !matches!(uitvoer.status.code(), Some(0 | 1)) {
        return Err(format!("{:?}: {praat}", uitvoer.status));
    }
    let doet_iets = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if tekst.chars().chain(praat.chars()).any(doet_iets) {
        return Err("a control character reaches the terminal".to_owned());
    }
    let oordeel: Value =
        serde_json::from_str(&tekst).map_err(|e| format!("no judgement: {e}: {tekst}"))?;
    let (alle, fouten) = (codes(&oordeel, None), codes(&oordeel, Some("fout")));
    let klopt = match &geval.eigen {
        Verwacht::Weigering(code, _) => {
            let stil =
                !tekst.contains(GEHEIM) && (geval.bestand.contains(BSN) || !tekst.contains(BSN));
            alle == [*code]
                && oordeel["bevindingen"][0]["bericht"]
                    .as_str()
                    .unwrap()
                    .ends_with('.')
                && stil
        }
        Verwacht::Bevinding(code, _) => alle.contains(code),
        Verwacht::Gezegd(_) => oordeel["rijen"]["traject"].as_u64() > Some(0),
        Verwacht::GeenBsn => {
            !alle.contains(&"BSN_SUSPECTED") && oordeel["rijen"]["traject"].as_u64() > Some(0)
        }
        Verwacht::Goed => fouten.is_empty() && uitvoer.status.success(),
    };
    klopt
        .then_some(())
        .ok_or_else(|| format!("expected {:?}, heard {alle:?}", geval.eigen))
}

#[test]
fn hostile_files_through_the_binary() {
    let map = tempfile::tempdir().unwrap();
    let grens = base(map.path()) + EXTRA;
    let mut fouten = Vec::new();
    let mut tijden: Vec<(Duration, String)> = Vec::new();
    let gevallen = gevallen::alle();
    for geval in &gevallen {
        fs::write(map.path().join(&geval.bestand), (geval.maak)()).unwrap();
        let begin = Instant::now();
        let uitvoer = controleer(map.path(), &geval.bestand, grens);
        let duur = begin.elapsed();
        fs::remove_file(map.path().join(&geval.bestand)).unwrap();
        if let Err(fout) = judge(geval, &uitvoer) {
            fouten.push(format!("{:>3} {}: {fout}", geval.nummer, geval.naam));
        }
        if duur > EINDELOOS {
            fouten.push(format!("{:>3} {} takes {duur:?}", geval.nummer, geval.naam));
        }
        tijden.push((duur, geval.naam.clone()));
    }
    tijden.sort();
    eprintln!(
        "{} files within {grens} KiB, slowest {:?}",
        tijden.len(),
        tijden.iter().rev().take(5).collect::<Vec<_>>()
    );
    assert!(
        fouten.is_empty(),
        "{} of {}:\n{}",
        fouten.len(),
        gevallen.len(),
        fouten.join("\n")
    );
}
