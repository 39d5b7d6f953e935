//! SHA-256 as it is written everywhere: in receipts, manifests, ETags and provenance.
//!
//! Owns the two spellings of a whole hash, and the hash of what is too long to hold ([`LengthAndHash`]). What needs other
//! than these feeds `sha2` itself and writes the end with [`hex`].

use std::io::{self, BufReader, Read, Write};

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// The hash of these bytes in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The hash of these bytes as a manifest has it, `sha256:<hex>`.
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256_hex(bytes))
}

/// Length and hash of what was written to it so far: a file, or bytes on their way to one.
#[derive(Default)]
pub struct LengthAndHash {
    hasher: Sha256,
    bytes: u64,
}

impl LengthAndHash {
    /// Of all there is to read.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of(source: impl Read) -> io::Result<(u64, String)> {
        let mut source = BufReader::with_capacity(128 * 1024, source);
        let mut whole = Self::default();
        io::copy(&mut source, &mut whole)?;
        Ok(whole.finish())
    }

    /// Length in bytes and `sha256:<hex>`.
    pub fn finish(self) -> (u64, String) {
        (
            self.bytes,
            format!("sha256:{}", hex(&self.hasher.finalize())),
        )
    }
}

impl Write for LengthAndHash {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.hasher.update(buffer);
        self.bytes += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two test values of FIPS 180-2 that everybody has.
    #[test]
    fn hashes_are_those_of_the_standard() {
        assert_eq!(
            sha256(b""),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    /// In parts or whole, the hash is the same.
    #[test]
    fn what_comes_in_parts_has_the_hash_of_the_whole() {
        let mut parts = LengthAndHash::default();
        parts.write_all(b"a").unwrap();
        parts.write_all(b"bc").unwrap();
        assert_eq!(parts.finish(), (3, sha256(b"abc")));
        assert_eq!(LengthAndHash::of(&b"abc"[..]).unwrap(), (3, sha256(b"abc")));
    }
}
