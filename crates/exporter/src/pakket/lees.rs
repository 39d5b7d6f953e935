//! Reading a pakket back.
//!
//! Owns the proof that the folder holds what its manifest says: names, lengths, hashes. Leaves the rows to `pakket::strict`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use schema::pakket::Bestand;
use schema::{Definitie, Pakket};
use sha2::{Digest, Sha256};

use super::MANIFEST;
use crate::fout::Fout;
use crate::opties;

const TIP: &str = "Maak het pakket opnieuw met `uitvraag pak`.";

/// A folder with a manifest.
#[derive(Debug)]
pub struct Pakketmap {
    /// The folder.
    pub map: PathBuf,
    /// What the manifest says.
    pub pakket: Pakket,
    /// The manifest as it travels.
    pub bytes: Vec<u8>,
}

impl Pakketmap {
    /// True where `map` is a folder with a manifest.
    pub fn is_pakket(map: &Path) -> bool {
        map.is_dir() && map.join(MANIFEST).is_file()
    }

    /// Reads the manifest.
    pub fn open(map: &Path) -> Result<Self, Fout> {
        let pad = map.join(MANIFEST);
        let bytes = fs::read(&pad).map_err(|e| {
            let fout = Fout::bestand("hier staat geen pakket", &pad, &e);
            fout.tip("Geef de map die `uitvraag pak` heeft gemaakt.")
        })?;
        let pakket = serde_json::from_slice(&bytes).map_err(|e| {
            Fout::new(format!("het pakket is beschadigd: {}", pad.display()))
                .oorzaak(e)
                .tip(TIP)
        })?;
        Ok(Self {
            map: map.to_owned(),
            pakket,
            bytes,
        })
    }

    /// The definition by which it was made, when that is the one this program has.
    pub fn definitie(&self) -> Result<Definitie, Fout> {
        let definitie =
            opties::definitie(&format!("{}/{}", self.pakket.uitvraag, self.pakket.jaar))?;
        if definitie.regelhash != self.pakket.regels {
            return Err(Fout::new(
                "dit pakket is gemaakt met andere regels dan deze versie van uitvraag kent",
            )
            .oorzaak(format!(
                "het pakket komt van uitvraag {}, dit is {}",
                self.pakket.exporter,
                env!("CARGO_PKG_VERSION")
            ))
            .tip(TIP));
        }
        Ok(definitie)
    }

    /// Proves that every file is there, has the length and hash of the manifest, and is named as it should be.
    pub fn verify(&self, definitie: &Definitie) -> Result<(), Fout> {
        for bestand in &self.pakket.resources {
            let stuk = |reden: &str| {
                Err(
                    Fout::new(format!("het pakket is beschadigd: {}", self.map.display()))
                        .oorzaak(reden)
                        .tip(TIP),
                )
            };
            if definitie.tabel(&bestand.name).is_none()
                || bestand.path != format!("{}.csv.zst", bestand.name)
            {
                return stuk("pakket.json noemt een bestand dat er niet bij hoort");
            }
            let (bytes, hash) = self.measure(bestand)?;
            if bytes != bestand.bytes || hash != bestand.hash {
                return stuk(&format!(
                    "{} is veranderd nadat het pakket is gemaakt",
                    bestand.path
                ));
            }
        }
        Ok(())
    }

    /// Where the file of a table is.
    pub fn pad(&self, bestand: &Bestand) -> PathBuf {
        self.map.join(&bestand.path)
    }

    fn measure(&self, bestand: &Bestand) -> Result<(u64, String), Fout> {
        let pad = self.pad(bestand);
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut lees = || -> io::Result<()> {
            let mut invoer = File::open(&pad)?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                let n = invoer.read(&mut buffer)?;
                if n == 0 {
                    return Ok(());
                }
                hash.update(&buffer[..n]);
                bytes += n as u64;
            }
        };
        lees().map_err(|e| Fout::bestand("kan het pakket niet lezen", &pad, &e).tip(TIP))?;
        Ok((
            bytes,
            format!("sha256:{}", schema::definitie::hex(&hash.finalize())),
        ))
    }
}
