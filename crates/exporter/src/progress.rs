//! Progress on long work: a line on stderr that moves, only where a terminal can show it.
//!
//! Owns the look of it. Leaves what is counted to the caller.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::event_log;
use crate::wording;

/// A moving line; gone when dropped.
pub(crate) struct ProgressDisplay(ProgressBar);

impl ProgressDisplay {
    /// Counts rows of which nobody knows how many there are.
    pub(crate) fn rows(what: &str) -> Self {
        let balk = ProgressBar::new_spinner();
        balk.set_style(
            ProgressStyle::with_template("{spinner} {msg}: {human_pos} rijen")
                .expect("a fixed template"),
        );
        Self::start(balk, what)
    }

    /// Counts bytes of a known total.
    pub(crate) fn bytes(what: &str, total: u64) -> Self {
        let balk = ProgressBar::new(total);
        balk.set_style(
            ProgressStyle::with_template(wording::files::BYTES_BAR).expect("a fixed template"),
        );
        Self::start(balk, what)
    }

    /// Waits for something that has no measure.
    pub(crate) fn wait(what: &str) -> Self {
        let balk = ProgressBar::new_spinner();
        balk.set_style(
            ProgressStyle::with_template("{spinner} {msg} ({elapsed})").expect("a fixed template"),
        );
        Self::start(balk, what)
    }

    fn start(balk: ProgressBar, what: &str) -> Self {
        if event_log::is_json() {
            return Self(ProgressBar::hidden());
        }
        balk.set_message(what.to_owned());
        balk.enable_steady_tick(Duration::from_millis(120));
        Self(balk)
    }

    /// So much more was done.
    pub(crate) fn advance(&self, n: u64) {
        self.0.inc(n);
    }

    /// So much was done in all.
    pub(crate) fn progress(&self, n: u64) {
        self.0.set_position(n);
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
