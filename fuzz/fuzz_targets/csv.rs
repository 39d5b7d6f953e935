//! Text in any shape through the lenient door: without a mapping, and by one that is proposed for it.
#![no_main]

use fuzz::{OMGANG, check, propose_for};
use libfuzzer_sys::fuzz_target;
use sheets::SourceFile;

fuzz_target!(|data: &[u8]| {
    let Some((&kind, rest)) = data.split_first() else {
        return;
    };
    // Half of the time a known header stands above it, so that its rows are read.
    let bytes = if kind & 1 == 0 {
        let headers: Vec<&str> = OMGANG.tabellen[0]
            .velden
            .iter()
            .map(|v| v.naam.as_str())
            .collect();
        [
            headers
                .join([",", ";", "\t", "|"][usize::from(kind >> 1 & 3)])
                .as_bytes(),
            b"\n",
            rest,
        ]
        .concat()
    } else {
        rest.to_vec()
    };
    let file = SourceFile::from_bytes("export.csv", bytes);
    check(&file, None);
    // A proposal compares every header with every name of every field: ten times the work.
    if kind & 24 == 24 {
        propose_for(&file);
    }
});
