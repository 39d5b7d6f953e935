//! The key file, for a page that has none and keeps none.
//!
//! Owns making one of the page's random bytes and telling which key a file holds. Leaves the key to `pakket`, keeping the
//! file to the aanbieder.

use pakket::PseudonymKey;
use schema::text::json_text;
use serde::Serialize;
use sheets::{ByteSource, SourceFile};

use crate::wording;

/// A key, as the page shows it.
#[derive(Serialize)]
struct KeyCard {
    /// What names it in a pakket.
    kenmerk: String,
    /// What is to stand in its file.
    sleutel: String,
}

/// A new key of the random bytes in the only file.
pub(crate) fn new_key(files: &[SourceFile]) -> Result<Vec<u8>, String> {
    let bytes = match files {
        [file] => match &file.bron {
            ByteSource::Bytes(bytes) => <[u8; PseudonymKey::LENGTH]>::try_from(&bytes[..]).ok(),
            _ => None,
        },
        _ => None,
    };
    let bytes = bytes.filter(|bytes| bytes.iter().any(|byte| *byte != bytes[0]));
    let bytes = bytes.ok_or(wording::NO_RANDOM)?;
    Ok(key_answer(&PseudonymKey::from_bytes(bytes)))
}

/// The key in a key file or in a backup of it.
pub(crate) fn read_key(text: &str) -> Result<PseudonymKey, String> {
    PseudonymKey::import(text).map_err(|_| wording::NO_KEY.to_owned())
}

/// The key as the page shows it, as JSON.
pub(crate) fn key_answer(key: &PseudonymKey) -> Vec<u8> {
    let card = KeyCard {
        kenmerk: key.label(),
        sleutel: key.file_text(),
    };
    json_text(&card).into_bytes()
}
