//! What all requests share of what is published: known hashes, and the turn to make a compressed copy.
//!
//! Leaves filling it to `published_file`.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use crate::protection_rule::ProtectionRule;
use crate::stamp::Time;

/// Uitvraag, reporting year and version.
pub(crate) type PublicatieKey = (String, i32, u32);

/// What is known of the publications that were asked for, and who may make a copy.
pub(crate) struct Shelf {
    /// Publications never change, so this stays true.
    pub(crate) listings: Mutex<HashMap<PublicatieKey, Arc<Listing>>>,
    /// Nor does the rule by which their counts were protected.
    pub(crate) rules: Mutex<HashMap<PublicatieKey, ProtectionRule>>,
    /// One copy at a time: what compresses is a core that nobody else has meanwhile.
    pub(crate) turn: Arc<Semaphore>,
    /// Whether the program is stopping, which waits for no copy.
    pub(crate) closing: Arc<AtomicBool>,
}

/// A publication, and the SHA-256 of each of its files by path.
pub(crate) struct Listing {
    pub(crate) made: Time,
    pub(crate) sums: BTreeMap<String, String>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            listings: Mutex::default(),
            rules: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            closing: Arc::default(),
        }
    }
}

impl Shelf {
    /// Gives up the copy that is being made.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }
}
