//! The first of many, whatever order they come in.

use std::collections::BinaryHeap;

/// Counts all and keeps the first ones.
#[derive(Debug)]
pub(crate) struct Firsts<T> {
    limit: usize,
    total: u64,
    hoop: BinaryHeap<T>,
}

impl<T: Ord> Firsts<T> {
    /// Nothing yet; at most `limit` are kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            total: 0,
            hoop: BinaryHeap::new(),
        }
    }

    /// Adds one.
    pub(crate) fn add(&mut self, new: T) {
        self.total += 1;
        if self.hoop.len() < self.limit {
            self.hoop.push(new);
        } else if let Some(mut last) = self.hoop.peek_mut()
            && new < *last
        {
            *last = new;
        }
    }

    /// How many were added.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The first ones in order.
    pub(crate) fn sorted(self) -> Vec<T> {
        self.hoop.into_sorted_vec()
    }
}
