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

use crate::conversation::MappingTalk;
use crate::job::{Job, Progress, start};

/// There is more to do.
const BUSY: u32 = 0;
/// The answer is there.
const DONE: u32 = 1;
/// A sentence is there that says why there is no answer.
const FAILED: u32 = 2;

struct Mailbox {
    bericht: Vec<u8>,
    work: Option<Job>,
    talk: Option<MappingTalk>,
    rijen: u64,
}

static MAILBOX: Mutex<Mailbox> = Mutex::new(Mailbox {
    bericht: Vec::new(),
    work: None,
    talk: None,
    rijen: 0,
});

fn mailbox() -> MutexGuard<'static, Mailbox> {
    MAILBOX.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    fn settle(&mut self, (work, progress): (Option<Job>, Progress)) -> u32 {
        self.work = work;
        match progress {
            Progress::Busy(rows) => {
                self.rijen = rows;
                BUSY
            }
            Progress::Done(answer) => {
                self.bericht = answer;
                DONE
            }
            Progress::Failed(sentence) => {
                self.bericht = sentence.into_bytes();
                FAILED
            }
        }
    }
}

/// Room for a question of this many bytes; where it begins.
#[unsafe(no_mangle)]
extern "C" fn room(length: usize) -> *mut u8 {
    let mut mailbox = mailbox();
    mailbox.work = None;
    mailbox.bericht = vec![0; length];
    mailbox.bericht.as_mut_ptr()
}

/// Starts on the question that was written into the room: 0 more to do, 1 done, 2 failed.
#[unsafe(no_mangle)]
extern "C" fn begin() -> u32 {
    let mut mailbox = mailbox();
    let message = std::mem::take(&mut mailbox.bericht);
    let started = start(message, &mut mailbox.talk);
    mailbox.settle(started)
}

/// Does the next piece of work: 0 more to do, 1 done, 2 failed.
#[unsafe(no_mangle)]
extern "C" fn step() -> u32 {
    let mut mailbox = mailbox();
    match mailbox.work.take() {
        Some(work) => mailbox.settle(work.step()),
        None => FAILED,
    }
}

/// Rows read so far.
#[unsafe(no_mangle)]
extern "C" fn rows() -> f64 {
    // Counts stay far below 2^53, where a double is exact.
    mailbox().rijen as f64
}

/// Where the answer begins.
#[unsafe(no_mangle)]
extern "C" fn answer() -> *const u8 {
    mailbox().bericht.as_ptr()
}

/// How long the answer is.
#[unsafe(no_mangle)]
extern "C" fn answer_length() -> usize {
    mailbox().bericht.len()
}
