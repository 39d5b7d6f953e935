//! Writing a pakket.
//!
//! Owns the canonical bytes: UTF-8, comma, LF, a header with every field in canonical order, zstd; and the moment a
//! pakket comes to be, which is one rename. Leaves pseudonyms and judgement to the caller.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use check::TextColumn;
use schema::pakket::Bestand;
use schema::{Definitie, Pakket, Tabel};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{KOPPELING, LEVERING, MANIFEST, TOELICHTINGEN};
use crate::fout::Fout;
use crate::ontvangstbewijs::{BEWIJS, SLEUTELS};
use crate::opties::{rename, sync_dir};

/// Fast, and within a tenth of the best ratio on these tables.
const NIVEAU: i32 = 3;

/// A pakket under way, in a folder of its own beside its destination.
pub struct Schrijver {
    werk: TempDir,
    uit: PathBuf,
    tabellen: BTreeMap<String, Tabelschrijver>,
}

impl Schrijver {
    /// Starts a pakket that will stand at `uit`.
    pub fn new(uit: &Path) -> Result<Self, Fout> {
        let ouder = match uit.parent() {
            Some(ouder) if !ouder.as_os_str().is_empty() => ouder,
            _ => Path::new("."),
        };
        fs::create_dir_all(ouder).map_err(|e| Fout::bestand("kan de map niet maken", ouder, &e))?;
        let werk = tempfile::Builder::new()
            .prefix(".uitvraag-")
            .tempdir_in(ouder)
            .map_err(|e| Fout::bestand("kan in deze map niet schrijven", ouder, &e))?;
        Ok(Self {
            werk,
            uit: uit.to_owned(),
            tabellen: BTreeMap::new(),
        })
    }

    /// Adds rows to a table.
    pub fn partij(&mut self, tabel: &Tabel, batch: &RecordBatch) -> Result<(), Fout> {
        let pad = self.werk.path().join(format!("{}.csv.zst", tabel.naam));
        let fout = |e: io::Error| Fout::bestand("kan het pakket niet schrijven", &pad, &e);
        if !self.tabellen.contains_key(&tabel.naam) {
            self.tabellen.insert(
                tabel.naam.clone(),
                Tabelschrijver::new(tabel, &pad).map_err(fout)?,
            );
        }
        let schrijver = self.tabellen.get_mut(&tabel.naam).expect("inserted above");
        schrijver.rijen(tabel, batch).map_err(fout)
    }

    /// Closes the tables and writes the manifest. The tables stand in the order of the definition.
    pub fn manifest(&mut self, definitie: &Definitie, mut pakket: Pakket) -> Result<Pakket, Fout> {
        let fout = |e: io::Error| Fout::bestand("kan het pakket niet schrijven", &self.uit, &e);
        for tabel in &definitie.tabellen {
            if let Some(schrijver) = self.tabellen.remove(&tabel.naam) {
                pakket
                    .resources
                    .push(schrijver.sluit(&tabel.naam).map_err(fout)?);
            }
        }
        let mut tekst =
            serde_json::to_vec_pretty(&pakket).expect("a manifest has string keys only");
        tekst.push(b'\n');
        let mut bestand = File::create(self.map().join(MANIFEST)).map_err(fout)?;
        bestand
            .write_all(&tekst)
            .and_then(|()| bestand.sync_all())
            .map_err(fout)?;
        Ok(pakket)
    }

    /// Keeps the koppeling beside it: it does not travel, next year begins with it.
    pub fn keep_koppeling(&self, pad: &Path) -> Result<(), Fout> {
        let naar = self.map().join(KOPPELING);
        fs::copy(pad, &naar)
            .map(|_| ())
            .map_err(|e| Fout::bestand("kan de koppeling niet bij het pakket bewaren", &naar, &e))
    }

    /// Where the pakket stands until it is placed.
    pub fn map(&self) -> &Path {
        self.werk.path()
    }

    /// Puts the pakket where it belongs. An earlier pakket there, made by us and not signed, makes way.
    pub fn plaats(self) -> Result<(), Fout> {
        free_place(&self.uit)?;
        let fout = |e: io::Error| {
            Fout::bestand("kan het pakket niet op zijn plaats zetten", &self.uit, &e)
        };
        let weg = self.werk.path().with_extension("vorige");
        let vervangt = self.uit.exists();
        if vervangt {
            rename(&self.uit, &weg).map_err(fout)?;
            // What the person wrote stays.
            let antwoorden = weg.join(TOELICHTINGEN);
            if antwoorden.exists() {
                fs::copy(&antwoorden, self.werk.path().join(TOELICHTINGEN)).map_err(fout)?;
            }
        }
        shared_mode(self.werk.path()).map_err(fout)?;
        sync_dir(self.werk.path()).map_err(fout)?;
        let klaar = self.werk.keep();
        if let Err(e) = rename(&klaar, &self.uit) {
            let _ = vervangt.then(|| rename(&weg, &self.uit));
            let _ = fs::remove_dir_all(&klaar);
            return Err(fout(e));
        }
        if vervangt {
            fs::remove_dir_all(&weg).map_err(fout)?;
        }
        sync_dir(
            self.uit
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new(".")),
        )
        .map_err(fout)
    }
}

/// Refuses a place that holds something of somebody else, or a signed pakket.
pub fn free_place(uit: &Path) -> Result<(), Fout> {
    let lijst = match fs::read_dir(uit) {
        Ok(lijst) => lijst,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Fout::bestand("kan de map niet lezen", uit, &e)),
    };
    let mut vreemd = 0;
    for bestand in lijst {
        let naam = bestand
            .map_err(|e| Fout::bestand("kan de map niet lezen", uit, &e))?
            .file_name();
        let naam = naam.to_string_lossy();
        if naam == BEWIJS {
            return Err(Fout::new(format!(
                "in {} staat een pakket dat al is ingediend",
                uit.display()
            ))
            .tip(
                "Bewaar die map: daarin staat uw ontvangstbewijs. Kies een andere map met --uit.",
            ));
        }
        let ons = matches!(
            naam.as_ref(),
            MANIFEST | LEVERING | SLEUTELS | TOELICHTINGEN | KOPPELING
        ) || naam.ends_with(".csv.zst");
        vreemd += usize::from(!ons);
    }
    if vreemd > 0 {
        return Err(
            Fout::new(format!("in {} staan andere bestanden", uit.display()))
                .tip("Kies met --uit een nieuwe of lege map."),
        );
    }
    Ok(())
}

#[cfg(unix)]
fn shared_mode(map: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(map, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn shared_mode(_map: &Path) -> io::Result<()> {
    Ok(())
}

type Pijp = Geteld<zstd::Encoder<'static, Gehasht<BufWriter<File>>>>;

struct Tabelschrijver {
    csv: csv::Writer<Pijp>,
    rijen: u64,
}

impl Tabelschrijver {
    fn new(tabel: &Tabel, pad: &Path) -> io::Result<Self> {
        let bestand = Gehasht {
            binnen: BufWriter::new(File::create(pad)?),
            hash: Sha256::new(),
            bytes: 0,
        };
        let mut zstd = zstd::Encoder::new(bestand, NIVEAU)?;
        zstd.include_checksum(true)?;
        let mut csv = csv::WriterBuilder::new()
            .buffer_capacity(1 << 17)
            .from_writer(Geteld {
                binnen: zstd,
                bytes: 0,
            });
        csv.write_record(tabel.velden.iter().map(|v| &v.naam))?;
        Ok(Self { csv, rijen: 0 })
    }

    fn rijen(&mut self, tabel: &Tabel, batch: &RecordBatch) -> io::Result<()> {
        let kolommen: Vec<Option<TextColumn<'_>>> = tabel
            .velden
            .iter()
            .map(|v| batch.column_by_name(&v.naam).and_then(TextColumn::of))
            .collect();
        for rij in 0..batch.num_rows() {
            for kolom in &kolommen {
                let waarde = kolom.map_or("", |k| k.value(rij));
                self.csv.write_field(waarde)?;
            }
            self.csv.write_record(None::<&[u8]>)?;
        }
        self.rijen += batch.num_rows() as u64;
        Ok(())
    }

    fn sluit(self, tabel: &str) -> io::Result<Bestand> {
        let geteld = self
            .csv
            .into_inner()
            .map_err(|e| io::Error::other(e.to_string()))?;
        let bytes_uitgepakt = geteld.bytes;
        let mut gehasht = geteld.binnen.finish()?;
        gehasht.flush()?;
        gehasht.binnen.get_ref().sync_all()?;
        Ok(Bestand {
            name: tabel.to_owned(),
            path: format!("{tabel}.csv.zst"),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes: gehasht.bytes,
            bytes_uitgepakt,
            hash: format!(
                "sha256:{}",
                schema::definitie::hex(&gehasht.hash.finalize())
            ),
            rijen: self.rijen,
        })
    }
}

/// Counts what passes.
struct Geteld<W> {
    binnen: W,
    bytes: u64,
}

impl<W: Write> Write for Geteld<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.binnen.write(buf)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushing zstd ends a block: only the end of the file does that, so that the bytes do not depend on batches.
        Ok(())
    }
}

/// Hashes and counts what passes.
struct Gehasht<W> {
    binnen: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Gehasht<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.binnen.write(buf)?;
        self.hash.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.binnen.flush()
    }
}
