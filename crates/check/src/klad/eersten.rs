//! The first of many, whatever order they come in.

use std::collections::BinaryHeap;

/// Counts all and keeps the first ones.
#[derive(Debug)]
pub(crate) struct Eersten<T> {
    grens: usize,
    totaal: u64,
    hoop: BinaryHeap<T>,
}

impl<T: Ord> Eersten<T> {
    /// Nothing yet; at most `grens` are kept.
    pub(crate) fn new(grens: usize) -> Self {
        Self {
            grens,
            totaal: 0,
            hoop: BinaryHeap::new(),
        }
    }

    /// Adds one.
    pub(crate) fn add(&mut self, nieuw: T) {
        self.totaal += 1;
        if self.hoop.len() < self.grens {
            self.hoop.push(nieuw);
        } else if let Some(mut laatste) = self.hoop.peek_mut()
            && nieuw < *laatste
        {
            *laatste = nieuw;
        }
    }

    /// How many were added.
    pub(crate) fn totaal(&self) -> u64 {
        self.totaal
    }

    /// The first ones in order.
    pub(crate) fn sorted(self) -> Vec<T> {
        self.hoop.into_sorted_vec()
    }
}
