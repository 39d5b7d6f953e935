//! A workbook of which one part is anything at all, or a zip that is.
#![no_main]

use fuzz::{check, explore, propose_for, workbook};
use libfuzzer_sys::fuzz_target;
use sheets::SourceFile;

fuzz_target!(|data: &[u8]| {
    let Some((&kind, rest)) = data.split_first() else {
        return;
    };
    let bytes = if kind == 0xff {
        rest.to_vec()
    } else {
        workbook(kind & 15, rest, kind & 32 != 0)
    };
    let file = SourceFile::from_bytes("export.xlsx", bytes);
    if kind & 80 == 80 {
        propose_for(&file);
    } else if kind & 16 == 16 {
        explore(&file);
    } else {
        check(&file, None);
    }
});
