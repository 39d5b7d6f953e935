//! Writes what the fuzzers begin with: the hostile cases, the practice extracts, good texts of every kind.

use std::fs;
use std::path::{Path, PathBuf};

use crate::hostile_cases as gevallen;

#[path = "../../../../fuzz/zaad.rs"]
mod teksten;

/// More teaches a fuzzer nothing.
const GROOTSTE: usize = 16 * 1024;

/// Run by fuzz/run.sh. The first byte of a seed tells its target what to do with the rest.
#[test]
#[ignore = "writes the seeds of the fuzzers into the folder that ZAAD names"]
fn zaad() {
    let doel = PathBuf::from(std::env::var_os("ZAAD").expect("ZAAD names a folder"));
    let schrijf = |soort: &str, naam: String, voor: &[u8], bytes: &[u8]| {
        fs::create_dir_all(doel.join(soort)).unwrap();
        if bytes.len() <= GROOTSTE {
            fs::write(doel.join(soort).join(naam), [voor, bytes].concat()).unwrap();
        }
    };
    for (nummer, geval) in gevallen::alle().iter().enumerate() {
        let bytes = (geval.maak)();
        if geval.bestand.ends_with(".json") {
            schrijf("json", format!("geval{nummer}"), &[], &bytes);
        } else {
            schrijf("csv", format!("geval{nummer}"), &[1], &bytes);
            schrijf("csv", format!("geval{nummer}-koppel"), &[25], &bytes);
            schrijf("pakket", format!("geval{nummer}"), &[4, 6], &bytes);
        }
    }
    let extracten = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/extracten");
    for ingang in fs::read_dir(extracten).unwrap() {
        let pad = ingang.unwrap().path();
        let (naam, bytes) = (
            pad.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read(&pad).unwrap(),
        );
        if naam.ends_with(".xlsx") {
            schrijf("xlsx", naam, &[0xff], &bytes);
        } else if naam.ends_with(".csv") {
            schrijf("csv", naam, &[25], &bytes[..bytes.len().min(4096)]);
        }
    }
    for (nummer, (_, tekst)) in (0_u8..).zip(teksten::DELEN) {
        for vlag in [0, 16, 32, 80] {
            schrijf(
                "xlsx",
                format!("deel{nummer}-{vlag}"),
                &[nummer | vlag],
                tekst.as_bytes(),
            );
        }
    }
    schrijf(
        "koppeling",
        "heel".to_owned(),
        &[],
        teksten::KOPPELING.as_bytes(),
    );
    schrijf(
        "pakket",
        "manifest".to_owned(),
        &[0x80, 0],
        teksten::MANIFEST.as_bytes(),
    );
}
