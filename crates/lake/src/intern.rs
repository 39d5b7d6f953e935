//! Files under `intern/`: never served, written atomically, replaceable.
//!
//! Owns the writing; leaves the content (unprotected figures, figures per aanbieder) to `analysis` and `monitor`.

use std::io;
use std::path::PathBuf;

use crate::fout::LakeFout;
use crate::lake::{Lake, SCHRIJFSLOT, blokkerend, open_slot};
use crate::pad::{GEHEIM, relatief};

impl Lake {
    /// Writes `intern/<naam>` (mode 0600) durably and whole, replacing what was there. `naam` may have folders.
    pub async fn schrijf_intern(&self, naam: &str, bytes: Vec<u8>) -> Result<PathBuf, LakeFout> {
        let pad = self.intern_pad(naam)?;
        let map = self.kern.map.clone();
        blokkerend(move || {
            // Shared: it only keeps start-up of the service from taking our temporary file for a leftover.
            let slot = open_slot(&map, SCHRIJFSLOT)?;
            let schrijf = || {
                slot.lock_shared()?;
                map.maak(pad.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
                map.schrijf_heel(&pad, &bytes, GEHEIM)
            };
            schrijf().map_err(LakeFout::io("writing an internal file"))?;
            Ok(pad)
        })
        .await
    }

    /// Reads `intern/<naam>`.
    pub async fn lees_intern(&self, naam: &str) -> Result<Option<Vec<u8>>, LakeFout> {
        let pad = self.intern_pad(naam)?;
        blokkerend(move || match std::fs::read(pad) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fout) if fout.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(fout) => Err(LakeFout::io("reading an internal file")(fout)),
        })
        .await
    }

    /// Where `intern/<naam>` is, for a reader that wants a path.
    pub fn intern_pad(&self, naam: &str) -> Result<PathBuf, LakeFout> {
        Ok(self.dir().join("intern").join(relatief(naam)?))
    }
}
