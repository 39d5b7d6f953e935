//! A `koppeling.toml` of any shape: read, proven, written, read back, and applied to a file.
#![no_main]

use fuzz::{OMGANG, check};
use libfuzzer_sys::fuzz_target;
use mapping::Koppeling;
use sheets::SourceFile;

const FILE: &str = "Dossiernr;Kind;Gemeente;Geboren op;Kader;Datum aanmelding;Kosten;Dwang
D1;K1;Utrecht;12-03-2012;V;03-04-2020;12,50;ja
D2;K2;Bergen;1 mei 2015;G;25-12-2019;1.234,56;nee
";

fuzz_target!(|data: &str| {
    let Ok(koppeling) = Koppeling::parse(data) else {
        return;
    };
    let back = Koppeling::parse(&koppeling.to_toml()).expect("what is written reads back");
    assert_eq!(
        (&back.uitvraag, &back.aanbieder, &back.tabellen, &back.rijen),
        (
            &koppeling.uitvraag,
            &koppeling.aanbieder,
            &koppeling.tabellen,
            &koppeling.rijen
        )
    );
    if koppeling.verify(&OMGANG).is_ok() {
        check(
            &SourceFile::from_bytes("export.csv", FILE.into()),
            Some(&koppeling),
        );
    }
});
