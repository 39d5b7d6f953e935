//! The functions JavaScript calls. One message at a time: room for the question, its bytes, steps until there is an
//! answer, its bytes.
//!
//! Owns the one place where a question, the work on it and its answer are kept. Memory is handed to JavaScript as a
//! place and a length; nothing here follows a pointer, so the only thing `unsafe` about it is that functions have names.

#![expect(
    unsafe_code,
    reason = "a function that JavaScript finds by name needs `no_mangle`; there is no unsafe block"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::werk::{Stand, Werk, start};

/// There is more to do.
const BEZIG: u32 = 0;
/// The answer is there.
const KLAAR: u32 = 1;
/// A sentence is there that says why there is no answer.
const MISLUKT: u32 = 2;

struct Vak {
    bericht: Vec<u8>,
    werk: Option<Werk>,
    rijen: u64,
}

static VAK: Mutex<Vak> = Mutex::new(Vak {
    bericht: Vec::new(),
    werk: None,
    rijen: 0,
});

fn vak() -> MutexGuard<'static, Vak> {
    VAK.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Vak {
    fn settle(&mut self, (werk, stand): (Option<Werk>, Stand)) -> u32 {
        self.werk = werk;
        match stand {
            Stand::Bezig(rijen) => {
                self.rijen = rijen;
                BEZIG
            }
            Stand::Klaar(antwoord) => {
                self.bericht = antwoord;
                KLAAR
            }
            Stand::Mislukt(zin) => {
                self.bericht = zin.into_bytes();
                MISLUKT
            }
        }
    }
}

/// Room for a question of this many bytes; where it begins.
#[unsafe(no_mangle)]
extern "C" fn ruimte(lengte: usize) -> *mut u8 {
    let mut vak = vak();
    vak.werk = None;
    vak.bericht = vec![0; lengte];
    vak.bericht.as_mut_ptr()
}

/// Starts on the question that was written into the room: 0 more to do, 1 done, 2 failed.
#[unsafe(no_mangle)]
extern "C" fn begin() -> u32 {
    let mut vak = vak();
    let bericht = std::mem::take(&mut vak.bericht);
    vak.settle(start(bericht))
}

/// Does the next piece of work: 0 more to do, 1 done, 2 failed.
#[unsafe(no_mangle)]
extern "C" fn stap() -> u32 {
    let mut vak = vak();
    match vak.werk.take() {
        Some(werk) => vak.settle(werk.step()),
        None => MISLUKT,
    }
}

/// Rows read so far.
#[unsafe(no_mangle)]
extern "C" fn rijen() -> f64 {
    // Counts stay far below 2^53, where a double is exact.
    vak().rijen as f64
}

/// Where the answer begins.
#[unsafe(no_mangle)]
extern "C" fn antwoord() -> *const u8 {
    vak().bericht.as_ptr()
}

/// How long the answer is.
#[unsafe(no_mangle)]
extern "C" fn antwoord_lengte() -> usize {
    vak().bericht.len()
}
