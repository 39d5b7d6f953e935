//! Progress on long work: a line on stderr that moves, only where a terminal can show it.
//!
//! Owns the look of it. Leaves what is counted to the caller.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::logboek;

/// A moving line; gone when dropped.
pub struct Voortgang(ProgressBar);

impl Voortgang {
    /// Counts rows of which nobody knows how many there are.
    pub fn rijen(wat: &str) -> Self {
        let balk = ProgressBar::new_spinner();
        balk.set_style(
            ProgressStyle::with_template("{spinner} {msg}: {human_pos} rijen")
                .expect("a fixed template"),
        );
        Self::start(balk, wat)
    }

    /// Counts bytes of a known total.
    pub fn bytes(wat: &str, totaal: u64) -> Self {
        let balk = ProgressBar::new(totaal);
        balk.set_style(
            ProgressStyle::with_template(
                "{msg} [{bar:30}] {decimal_bytes} van {decimal_total_bytes}, nog {eta}",
            )
            .expect("a fixed template"),
        );
        Self::start(balk, wat)
    }

    /// Waits for something that has no measure.
    pub fn wacht(wat: &str) -> Self {
        let balk = ProgressBar::new_spinner();
        balk.set_style(
            ProgressStyle::with_template("{spinner} {msg} ({elapsed})").expect("a fixed template"),
        );
        Self::start(balk, wat)
    }

    fn start(balk: ProgressBar, wat: &str) -> Self {
        if logboek::is_json() {
            return Self(ProgressBar::hidden());
        }
        balk.set_message(wat.to_owned());
        balk.enable_steady_tick(Duration::from_millis(120));
        Self(balk)
    }

    /// So much more was done.
    pub fn verder(&self, n: u64) {
        self.0.inc(n);
    }

    /// So much was done in all.
    pub fn stand(&self, n: u64) {
        self.0.set_position(n);
    }
}

impl Drop for Voortgang {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
