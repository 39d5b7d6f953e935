//! Bytes one after another, that can be read back anywhere.

use super::{SpillStore, StoredBlock};

/// A roll of bytes. All blocks but the last are full, and of one size.
#[derive(Debug, Default)]
pub(crate) struct SpillRun {
    blocks: Vec<StoredBlock>,
    tail: Vec<u8>,
    blok: usize,
}

impl SpillRun {
    /// Number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len() * self.blok + self.tail.len()
    }

    /// Writes behind all others.
    pub(crate) fn append(&mut self, mut bytes: &[u8], storage: &mut SpillStore) {
        while bytes.len() > self.room() {
            let (nu, later) = bytes.split_at(self.room());
            self.tail.extend_from_slice(nu);
            bytes = later;
            self.grow(storage);
        }
        self.tail.extend_from_slice(bytes);
    }

    fn room(&self) -> usize {
        self.tail.capacity().min(self.blok) - self.tail.len()
    }

    /// Makes room behind a tail that is full: a larger tail, up to the size of a block.
    #[cold]
    fn grow(&mut self, storage: &mut SpillStore) {
        if self.blok == 0 {
            self.blok = storage.block();
        }
        if self.tail.len() == self.blok {
            self.blocks.push(storage.keep(&mut self.tail));
        }
        if self.tail.capacity() == 0 && !self.blocks.is_empty() {
            self.tail.reserve_exact(self.blok);
        } else if self.tail.len() == self.tail.capacity() {
            let extra = self.tail.len().max(64).min(self.blok - self.tail.len());
            self.tail.reserve_exact(extra);
        }
    }

    /// Reads as many bytes as `uit` holds, from `begin` on. There must be as many.
    pub(crate) fn read(&self, mut begin: usize, mut out: &mut [u8], storage: &mut SpillStore) {
        while !out.is_empty() {
            let block = begin / self.blok;
            let offset_in = begin - block * self.blok;
            let (nu, later) = out.split_at_mut(out.len().min(self.blok - offset_in));
            match self.blocks.get(block) {
                Some(block) => storage.read(block, offset_in, nu),
                None => nu.copy_from_slice(&self.tail[offset_in..offset_in + nu.len()]),
            }
            begin += nu.len();
            out = later;
        }
    }
}
