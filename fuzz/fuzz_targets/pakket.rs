//! The strict door: a canonical CSV cut into pieces of any size gives the same as whole, and a manifest is read or not.
#![no_main]

use std::io::Read;

use fuzz::{OMGANG, judge, judging};
use judging::Subject;
use libfuzzer_sys::fuzz_target;
use pakket::strict_door::{self, RecordLimits};
use rows::FileRefusal;
use schema::{Oordeel, Pakket};

/// Gives at most so many bytes at a time.
struct SmallReads<'a>(&'a [u8], usize);

impl Read for SmallReads<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(target.len()).min(self.0.len());
        target[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn lees(tabel: usize, bytes: &[u8], step: usize) -> Result<Oordeel, FileRefusal> {
    let limits = RecordLimits {
        cel: 4096,
        kolommen: 64,
        rijen: 1000,
        empty_lines: 100,
        bytes: 1 << 20,
    };
    let tabel = &OMGANG.tabellen[tabel];
    let mut judging = judging(Subject::Pakket);
    for batch in strict_door::open(tabel, SmallReads(bytes, step), limits)? {
        judging
            .batch(&tabel.naam, &batch?)
            .expect("what is read is canonical text");
    }
    Ok(judging.finish_pakket().expect("there is no scratch file"))
}

fuzz_target!(|data: &[u8]| {
    let [kind, step, rest @ ..] = data else {
        return;
    };
    if kind & 0x80 != 0 {
        if let Ok(pakket) = serde_json::from_slice::<Pakket>(rest) {
            let back = serde_json::to_vec(&pakket).expect("a manifest can be written");
            assert_eq!(
                serde_json::from_slice::<Pakket>(&back).expect("and read back"),
                pakket
            );
        }
        return;
    }
    let tabel = usize::from(kind & 3) % OMGANG.tabellen.len();
    // Half of the time under the canonical header, so that its rows are read.
    let bytes = if kind & 4 == 0 {
        let headers: Vec<&str> = OMGANG.tabellen[tabel]
            .velden
            .iter()
            .map(|v| v.naam.as_str())
            .collect();
        [headers.join(",").as_bytes(), b"\n", rest].concat()
    } else {
        rest.to_vec()
    };
    let step = usize::from(*step) + 1;
    match (lees(tabel, &bytes, usize::MAX), lees(tabel, &bytes, step)) {
        (Ok(heel), Ok(pieces)) => {
            assert_eq!(
                serde_json::to_string(&heel).unwrap(),
                serde_json::to_string(&pieces).unwrap(),
                "in pieces of {step}"
            );
        }
        (Err(heel), Err(pieces)) => {
            judge(&heel);
            assert_eq!(
                (heel.code(), heel.place()),
                (pieces.code(), pieces.place()),
                "in pieces of {step}"
            );
        }
        (heel, pieces) => panic!("in pieces of {step}: {:?} {:?}", heel.err(), pieces.err()),
    }
});
