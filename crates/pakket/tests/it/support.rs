//! What the tests share: the definition, and a source that gives a few bytes at a time.

use schema::Definitie;

pub fn omgang() -> Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    OMGANG.clone()
}

/// Gives at most so many bytes at a time.
pub struct Hapjes<'a> {
    bytes: &'a [u8],
    stap: usize,
}

impl<'a> Hapjes<'a> {
    pub fn new(bytes: &'a [u8], stap: usize) -> Self {
        Self { bytes, stap }
    }
}

impl std::io::Read for Hapjes<'_> {
    fn read(&mut self, doel: &mut [u8]) -> std::io::Result<usize> {
        let n = self.stap.min(doel.len()).min(self.bytes.len());
        doel[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}
