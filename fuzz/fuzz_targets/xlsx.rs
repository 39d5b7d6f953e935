//! A workbook of which one part is anything at all, or a zip that is.
#![no_main]

use sheets::Bestand;
use fuzz::{controleer, explore, koppel, werkmap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&soort, rest)) = data.split_first() else { return };
    let bytes = if soort == 0xff { rest.to_vec() } else { werkmap(soort & 15, rest, soort & 32 != 0) };
    let bestand = Bestand::from_bytes("export.xlsx", bytes);
    if soort & 80 == 80 {
        koppel(&bestand);
    } else if soort & 16 == 16 {
        explore(&bestand);
    } else {
        controleer(&bestand, None);
    }
});
