//! Pseudonyms, and the key they hang on.
//!
//! Owns the key file (private, made and kept at the aanbieder), its label, its text form for backup and
//! transfer, and turning an aanbieder's own numbers into pseudonyms: HMAC-SHA256 over field and number, first
//! 16 bytes, base32. A lost key makes everything that was numbered look new; a leaked one makes numbers that can be guessed known.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use data_encoding::{BASE32_NOPAD, Specification};
use hmac::{Hmac, KeyInit, Mac};
use schema::{Tabel, VeldType};
use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::private_file;
use crate::wording;

/// First word of the text form.
const VORM: &str = "omgangsmonitor-sleutel-1";
/// Scheme and version in the label.
const SCHEMA: &str = "hmac-sha256.1";

/// What makes a key file private again: command, and what follows the name.
const RESTRICT: &str = if cfg!(windows) { "icacls" } else { "chmod 600" };
const RESTRICT_WITH: &str = if cfg!(windows) {
    " /inheritance:r /grant:r *S-1-3-4:F"
} else {
    ""
};

/// A key. Its `Debug` shows the label only.
#[derive(Clone)]
pub struct PseudonymKey {
    bytes: [u8; PseudonymKey::LENGTH],
    mac: Hmac<Sha256>,
}

/// What can go wrong with a key.
#[derive(Debug, thiserror::Error)]
pub enum PseudonymKeyError {
    /// The file is there already: a key is never overwritten.
    #[error("er staat al een sleutel in {0}")]
    Exists(String),
    /// The file can't be read or written.
    #[error("de sleutel in {0} kan niet worden gelezen of geschreven")]
    File(String, #[source] std::io::Error),
    /// Others on this computer can read the file.
    #[error("anderen kunnen de sleutel in {0} lezen; geef: {RESTRICT} \"{0}\"{RESTRICT_WITH}")]
    TooOpen(String),
    /// The text is no key, or a letter in it is wrong.
    #[error("dit is geen sleutel, of er is een teken verkeerd overgenomen")]
    Unreadable,
    /// The operating system gave no randomness.
    #[error("het besturingssysteem gaf geen willekeurige getallen")]
    Randomness,
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sleutel({})", self.label())
    }
}

impl PseudonymKey {
    /// Bytes in a key.
    pub const LENGTH: usize = 32;

    /// The key of these bytes; who makes a new one answers for their randomness.
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        let mac = Hmac::new_from_slice(&bytes).expect("HMAC takes a key of any length");
        Self { bytes, mac }
    }

    /// Makes a new key and writes it to `pad`, readable by the owner alone. Never overwrites.
    ///
    /// Not in a browser, which has no files: the page hands its own randomness to [`PseudonymKey::from_bytes`].
    ///
    /// # Errors
    /// When there is a file already, or it can't be written.
    #[cfg(not(target_family = "wasm"))]
    pub fn create(path: &Path) -> Result<Self, PseudonymKeyError> {
        let mut bytes = [0; Self::LENGTH];
        getrandom::fill(&mut bytes).map_err(|_| PseudonymKeyError::Randomness)?;
        let key = Self::from_bytes(bytes);
        key.save(path)?;
        Ok(key)
    }

    /// Writes this key to a new file, readable by the owner alone: for a key that was imported.
    ///
    /// # Errors
    /// When there is a file already, or it can't be written.
    pub fn save(&self, path: &Path) -> Result<(), PseudonymKeyError> {
        let error = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                PseudonymKeyError::Exists(path.display().to_string())
            }
            _ => PseudonymKeyError::File(path.display().to_string(), e),
        };
        let mut file = private_file::create(path).map_err(error)?;
        let text = self.file_text();
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(error)
    }

    /// Reads the key at `pad`.
    ///
    /// # Errors
    /// When it can't be read, others may read it, or it is no key.
    pub fn read(path: &Path) -> Result<Self, PseudonymKeyError> {
        let error = |e| PseudonymKeyError::File(path.display().to_string(), e);
        if !private_file::is_private(path).map_err(error)? {
            return Err(PseudonymKeyError::TooOpen(path.display().to_string()));
        }
        Self::import(&std::fs::read_to_string(path).map_err(error)?)
    }

    /// What names this key in a pakket: `hmac-sha256.1.<keyid>`. Says nothing about the key itself.
    pub fn label(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"omgangsmonitor sleutel-id\0")
            .chain_update(self.bytes)
            .finalize();
        format!(
            "{SCHEMA}.{}",
            BASE32_NOPAD.encode(&hash[..5]).to_lowercase()
        )
    }

    /// What stands in a key file.
    pub fn file_text(&self) -> String {
        wording::key_file(&self.export())
    }

    /// The key as text, for backup and transfer: groups of four letters, the last group being a checksum.
    pub fn export(&self) -> String {
        let letters = BASE32_NOPAD.encode(&self.bytes).to_lowercase();
        let groups: Vec<&str> = (0..letters.len())
            .step_by(4)
            .map(|i| &letters[i..letters.len().min(i + 4)])
            .collect();
        format!("{VORM} {} {}", groups.join("-"), self.checksum())
    }

    /// Reads the text form back; spaces, dashes, line ends and capitals don't matter.
    ///
    /// # Errors
    /// When it is no key or a letter is wrong.
    pub fn import(text: &str) -> Result<Self, PseudonymKeyError> {
        let regels: Vec<&str> = text
            .trim_start_matches('\u{feff}')
            .lines()
            .filter(|r| !r.trim_start().starts_with('#'))
            .collect();
        let content = regels.join(" ").to_lowercase();
        let rest = content
            .trim()
            .strip_prefix(VORM)
            .ok_or(PseudonymKeyError::Unreadable)?;
        let letters: String = rest.chars().filter(char::is_ascii_alphanumeric).collect();
        let key_part = letters
            .len()
            .checked_sub(4)
            .ok_or(PseudonymKeyError::Unreadable)?;
        let (key, judge) = letters.split_at(key_part);
        let bytes = BASE32_NOPAD
            .decode(key.to_uppercase().as_bytes())
            .map_err(|_| PseudonymKeyError::Unreadable)?;
        let key = Self::from_bytes(
            bytes
                .try_into()
                .map_err(|_| PseudonymKeyError::Unreadable)?,
        );
        if key.checksum() == judge {
            Ok(key)
        } else {
            Err(PseudonymKeyError::Unreadable)
        }
    }

    fn checksum(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"omgangsmonitor sleutel-controle\0")
            .chain_update(self.bytes)
            .finalize();
        BASE32_NOPAD.encode(&hash[..3]).to_lowercase()[..4].to_owned()
    }

    /// The same batch with every pseudonym field of `tabel` replaced; empty stays empty.
    pub fn with_pseudonyms(&self, tabel: &Tabel, batch: &RecordBatch) -> RecordBatch {
        let schema = batch.schema();
        let columns = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(veld, column)| {
                let pseudonym = tabel
                    .veld(veld.name())
                    .is_some_and(|v| v.veldtype == VeldType::Pseudoniem);
                match column.as_string_opt::<i32>() {
                    Some(texts) if pseudonym => Arc::new(self.pseudonyms(veld.name(), texts)),
                    _ => column.clone(),
                }
            });
        RecordBatch::try_new(schema.clone(), columns.collect())
            .expect("same schema and length as the batch it comes from")
    }

    /// The pseudonyms of the identifiers of one field; empty stays empty.
    pub fn pseudonyms(&self, veld: &str, texts: &StringArray) -> StringArray {
        let mut base32 = Specification::new();
        base32.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
        let base32 = base32.encoding().expect("the alphabet has 32 symbols");
        let mut begin = self.mac.clone();
        begin.update(veld.as_bytes());
        begin.update(&[0]);
        let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 26);
        let mut letters = String::with_capacity(32);
        for text in texts {
            let Some(text) = text else {
                out.append_null();
                continue;
            };
            let mut mac = begin.clone();
            if is_nfc_quick(text.chars()) == IsNormalized::Yes {
                mac.update(text.as_bytes());
            } else {
                mac.update(text.nfc().collect::<String>().as_bytes());
            }
            letters.clear();
            base32.encode_append(&mac.finalize().into_bytes()[..16], &mut letters);
            out.append_value(&letters);
        }
        out.finish()
    }
}
