//! The strict door: a canonical CSV cut into pieces of any size gives the same as whole, and a manifest is read or not.
#![no_main]

use std::io::Read;

use judging::Subject;
use pakket::strict::{self, Limieten};
use rows::{WEIGERINGEN, Weigering};
use fuzz::{OMGANG, judge, judging};
use libfuzzer_sys::fuzz_target;
use schema::{Oordeel, Pakket};

/// Gives at most so many bytes at a time.
struct Hapjes<'a>(&'a [u8], usize);

impl Read for Hapjes<'_> {
    fn read(&mut self, doel: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(doel.len()).min(self.0.len());
        doel[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn lees(tabel: usize, bytes: &[u8], stap: usize) -> Result<Oordeel, Weigering> {
    let limieten = Limieten { cel: 4096, kolommen: 64, rijen: 1000, lege_regels: 100, bytes: 1 << 20 };
    let tabel = &OMGANG.tabellen[tabel];
    let mut judging = judging(Subject::Pakket);
    for batch in strict::open(tabel, Hapjes(bytes, stap), limieten)? {
        judging.batch(&tabel.naam, &batch?).expect("what is read is canonical text");
    }
    Ok(judging.finish_pakket().expect("there is no scratch file"))
}

fuzz_target!(|data: &[u8]| {
    let [soort, stap, rest @ ..] = data else { return };
    if soort & 0x80 != 0 {
        if let Ok(pakket) = serde_json::from_slice::<Pakket>(rest) {
            let terug = serde_json::to_vec(&pakket).expect("a manifest can be written");
            assert_eq!(serde_json::from_slice::<Pakket>(&terug).expect("and read back"), pakket);
        }
        return;
    }
    let tabel = usize::from(soort & 3) % OMGANG.tabellen.len();
    // Half of the time under the canonical header, so that its rows are read.
    let bytes = if soort & 4 == 0 {
        let koppen: Vec<&str> = OMGANG.tabellen[tabel].velden.iter().map(|v| v.naam.as_str()).collect();
        [koppen.join(",").as_bytes(), b"\n", rest].concat()
    } else {
        rest.to_vec()
    };
    let stap = usize::from(*stap) + 1;
    match (lees(tabel, &bytes, usize::MAX), lees(tabel, &bytes, stap)) {
        (Ok(heel), Ok(stukken)) => {
            assert_eq!(serde_json::to_string(&heel).unwrap(), serde_json::to_string(&stukken).unwrap(), "in pieces of {stap}");
        }
        (Err(heel), Err(stukken)) => {
            judge(&heel);
            assert_eq!((heel.code(), heel.plaats()), (stukken.code(), stukken.plaats()), "in pieces of {stap}");
        }
        (heel, stukken) => panic!("in pieces of {stap}: {:?} {:?}, of {}", heel.err(), stukken.err(), WEIGERINGEN.len()),
    }
});
