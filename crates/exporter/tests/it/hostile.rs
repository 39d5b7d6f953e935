//! Every hostile file through the binary: the code of the table, a Dutch sentence, an end, and never more than 64 MiB
//! of memory above what two good rows need.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cases::{self, BSN, ExpectedAnswer, HostileCase, SECRET};

/// What a hostile file may cost above a good one.
const EXTRA: u64 = 64 * 1024;
/// Far beyond what any file takes: this only ends what hangs.
const ENDLESS: Duration = Duration::from_mins(10);

/// Runs `uitvraag controleer` with at most so many KiB of address space. One arena and small stacks: otherwise the
/// room that threads set aside would count, though nothing is in it.
fn check(dir: &Path, file: &str, kib: u64) -> Output {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "ulimit -v \"$1\" && shift && exec \"$@\"",
        "sh",
        &kib.to_string(),
        env!("CARGO_BIN_EXE_uitvraag"),
    ]);
    command.args([
        "controleer",
        file,
        "--uitvraag",
        "omgang/2020",
        "--leverdatum",
        "2021-02-01",
        "--json",
    ]);
    command
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("MALLOC_ARENA_MAX", "1");
    command.output().unwrap()
}

/// The least address space with which two good rows are judged, to the MiB.
fn base(dir: &Path) -> u64 {
    fs::write(dir.join("goed.csv"), cases::good()).unwrap();
    let (mut too_small, mut enough) = (0, 4096);
    while enough - too_small > 1 {
        let midden = u64::midpoint(too_small, enough);
        if check(dir, "goed.csv", midden * 1024).status.success() {
            enough = midden;
        } else {
            too_small = midden;
        }
    }
    enough * 1024
}

fn codes<'a>(oordeel: &'a Value, ernst: Option<&str>) -> Vec<&'a str> {
    let regels = oordeel["regels"].as_array().unwrap().iter();
    regels
        .filter(|r| ernst.is_none_or(|ernst| r["ernst"] == ernst))
        .map(|r| r["code"].as_str().unwrap())
        .collect()
}

/// What is wrong with the answer, if anything.
fn judge(case: &HostileCase, output: &Output) -> Result<(), String> {
    let (text, talk) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("{:?}: {talk}", output.status));
    }
    let does_something = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    if text.chars().chain(talk.chars()).any(does_something) {
        return Err("a control character reaches the terminal".to_owned());
    }
    let oordeel: Value =
        serde_json::from_str(&text).map_err(|e| format!("no judgement: {e}: {text}"))?;
    let (all, errors) = (codes(&oordeel, None), codes(&oordeel, Some("fout")));
    let is_right = match &case.own {
        ExpectedAnswer::FileRefusal(code, _) => {
            let silent =
                !text.contains(SECRET) && (case.bestand.contains(BSN) || !text.contains(BSN));
            all == [*code]
                && oordeel["bevindingen"][0]["bericht"]
                    .as_str()
                    .unwrap()
                    .ends_with('.')
                && silent
        }
        ExpectedAnswer::Bevinding(code, _) => all.contains(code),
        ExpectedAnswer::Said(_) => oordeel["rijen"]["traject"].as_u64() > Some(0),
        ExpectedAnswer::NoBsn => {
            !all.contains(&"BSN_SUSPECTED") && oordeel["rijen"]["traject"].as_u64() > Some(0)
        }
        ExpectedAnswer::Good => errors.is_empty() && output.status.success(),
    };
    is_right
        .then_some(())
        .ok_or_else(|| format!("expected {:?}, heard {all:?}", case.own))
}

#[test]
fn hostile_files_through_the_binary() {
    let dir = tempfile::tempdir().unwrap();
    let limit = base(dir.path()) + EXTRA;
    let mut errors = Vec::new();
    let mut times: Vec<(Duration, String)> = Vec::new();
    let cases = cases::all();
    for case in &cases {
        fs::write(dir.path().join(&case.bestand), (case.make)()).unwrap();
        let begin = Instant::now();
        let output = check(dir.path(), &case.bestand, limit);
        let duration = begin.elapsed();
        fs::remove_file(dir.path().join(&case.bestand)).unwrap();
        if let Err(failure) = judge(case, &output) {
            errors.push(format!("{:>3} {}: {failure}", case.number, case.naam));
        }
        if duration > ENDLESS {
            errors.push(format!(
                "{:>3} {} takes {duration:?}",
                case.number, case.naam
            ));
        }
        times.push((duration, case.naam.clone()));
    }
    times.sort();
    eprintln!(
        "{} files within {limit} KiB, slowest {:?}",
        times.len(),
        times.iter().rev().take(5).collect::<Vec<_>>()
    );
    assert!(
        errors.is_empty(),
        "{} of {}:\n{}",
        errors.len(),
        cases.len(),
        errors.join("\n")
    );
}
