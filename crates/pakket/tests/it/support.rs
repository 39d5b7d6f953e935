//! What the tests share: the definition, and a source that gives a few bytes at a time.

use schema::Definitie;

pub(crate) fn omgang() -> Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    OMGANG.clone()
}

/// Gives at most so many bytes at a time.
pub(crate) struct SmallReads<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl<'a> SmallReads<'a> {
    pub(crate) fn new(bytes: &'a [u8], step: usize) -> Self {
        Self { bytes, step }
    }
}

impl std::io::Read for SmallReads<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let n = self.step.min(target.len()).min(self.bytes.len());
        target[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}
