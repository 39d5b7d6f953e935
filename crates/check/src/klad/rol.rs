//! Bytes one after another, that can be read back anywhere.

use super::{Blok, Opslag};

/// A roll of bytes. All blocks but the last are full, and of one size.
#[derive(Debug, Default)]
pub(crate) struct Rol {
    blokken: Vec<Blok>,
    staart: Vec<u8>,
    blok: usize,
}

impl Rol {
    /// Number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.blokken.len() * self.blok + self.staart.len()
    }

    /// Writes behind all others.
    pub(crate) fn append(&mut self, mut bytes: &[u8], opslag: &mut Opslag) {
        while bytes.len() > self.room() {
            let (nu, straks) = bytes.split_at(self.room());
            self.staart.extend_from_slice(nu);
            bytes = straks;
            self.grow(opslag);
        }
        self.staart.extend_from_slice(bytes);
    }

    fn room(&self) -> usize {
        self.staart.capacity().min(self.blok) - self.staart.len()
    }

    /// Makes room behind a tail that is full: a larger tail, up to the size of a block.
    #[cold]
    fn grow(&mut self, opslag: &mut Opslag) {
        if self.blok == 0 {
            self.blok = opslag.blok();
        }
        if self.staart.len() == self.blok {
            self.blokken.push(opslag.keep(&mut self.staart));
        }
        if self.staart.capacity() == 0 && !self.blokken.is_empty() {
            self.staart.reserve_exact(self.blok);
        } else if self.staart.len() == self.staart.capacity() {
            let erbij = self.staart.len().max(64).min(self.blok - self.staart.len());
            self.staart.reserve_exact(erbij);
        }
    }

    /// Reads as many bytes as `uit` holds, from `begin` on. There must be as many.
    pub(crate) fn read(&self, mut begin: usize, mut uit: &mut [u8], opslag: &mut Opslag) {
        while !uit.is_empty() {
            let blok = begin / self.blok;
            let binnen = begin - blok * self.blok;
            let (nu, straks) = uit.split_at_mut(uit.len().min(self.blok - binnen));
            match self.blokken.get(blok) {
                Some(blok) => opslag.read(blok, binnen, nu),
                None => nu.copy_from_slice(&self.staart[binnen..binnen + nu.len()]),
            }
            begin += nu.len();
            uit = straks;
        }
    }
}
