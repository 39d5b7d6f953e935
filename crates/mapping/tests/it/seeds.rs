//! Writes what the fuzzers begin with: the hostile cases, the practice extracts, good texts of every kind.

use std::fs;
use std::path::{Path, PathBuf};

use crate::hostile_cases as cases;

#[path = "../../../../fuzz/seed.rs"]
#[expect(unreachable_pub, reason = "the fuzzers reach it")]
mod texts;

/// More teaches a fuzzer nothing.
const LARGEST: usize = 16 * 1024;

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own == extension)
}

/// Run by fuzz/run.sh. The first byte of a seed tells its target what to do with the rest.
#[test]
#[ignore = "writes the seeds of the fuzzers into the folder that ZAAD names"]
fn seed() {
    let target = PathBuf::from(std::env::var_os("ZAAD").expect("ZAAD names a folder"));
    let write = |kind: &str, name: String, before: &[u8], bytes: &[u8]| {
        fs::create_dir_all(target.join(kind)).unwrap();
        if bytes.len() <= LARGEST {
            fs::write(target.join(kind).join(name), [before, bytes].concat()).unwrap();
        }
    };
    for (number, case) in cases::all().iter().enumerate() {
        let bytes = (case.make)();
        if is(case.bestand.as_ref(), "json") {
            write("json", format!("geval{number}"), &[], &bytes);
        } else {
            write("csv", format!("geval{number}"), &[1], &bytes);
            write("csv", format!("geval{number}-koppel"), &[25], &bytes);
            write("pakket", format!("geval{number}"), &[4, 6], &bytes);
        }
    }
    let extracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/extracts");
    for entry in fs::read_dir(extracts).unwrap() {
        let path = entry.unwrap().path();
        let (name, bytes) = (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read(&path).unwrap(),
        );
        if is(&path, "xlsx") {
            write("xlsx", name, &[0xff], &bytes);
        } else if is(&path, "csv") {
            write("csv", name, &[25], &bytes[..bytes.len().min(4096)]);
        }
    }
    for (number, (_, text)) in (0_u8..).zip(texts::PARTS) {
        for flag in [0, 16, 32, 80] {
            write(
                "xlsx",
                format!("deel{number}-{flag}"),
                &[number | flag],
                text.as_bytes(),
            );
        }
    }
    write(
        "koppeling",
        "heel".to_owned(),
        &[],
        texts::KOPPELING.as_bytes(),
    );
    write(
        "pakket",
        "manifest".to_owned(),
        &[0x80, 0],
        texts::MANIFEST.as_bytes(),
    );
}
