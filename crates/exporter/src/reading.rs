//! Opening what is judged, and why that may not be possible.
//!
//! Owns the files named on the command line, the koppeling, the tables of a pakket, and the line between what could not be
//! done and what was read and refused. Leaves judging to `beoordeling`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use mapping::Koppeling;
use pakket::strict;
use rows::Weigering;
use schema::Definitie;
use sheets::Bestand;

use crate::fout::Fout;
use crate::invoer;
use crate::pakket::Pakketmap;

/// Why there is no judgement.
#[derive(Debug)]
pub enum Stop {
    /// It could not be done.
    Fout(Fout),
    /// The file was read and refused.
    Geweigerd(Box<Weigering>),
}

impl From<Fout> for Stop {
    fn from(fout: Fout) -> Self {
        Self::Fout(fout)
    }
}

impl From<Weigering> for Stop {
    fn from(weigering: Weigering) -> Self {
        // A disk that fails says nothing about the data.
        if weigering.code() == "READ_ERROR" {
            Self::Fout(refusal(&weigering))
        } else {
            Self::Geweigerd(Box::new(weigering))
        }
    }
}

impl From<Stop> for Fout {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fout(fout) => fout,
            Stop::Geweigerd(weigering) => refusal(&weigering).geweigerd(),
        }
    }
}

/// A refusal as an error: its sentence, its stable code, its place.
pub fn refusal(weigering: &Weigering) -> Fout {
    let plaats = weigering.plaats();
    let delen = [
        plaats.bestand.clone(),
        plaats.blad.as_ref().map(|b| format!("blad {b}")),
        plaats.rij.map(|r| format!("rij {r}")),
        plaats.kolom.as_ref().map(|k| format!("kolom {k}")),
    ];
    let waar: Vec<String> = delen.into_iter().flatten().collect();
    let fout = Fout::new(format!("{weigering} [{}]", weigering.code()));
    if waar.is_empty() {
        fout
    } else {
        fout.oorzaak(format!("gevonden in {}", waar.join(", ")))
    }
}

/// The files named on the command line.
pub fn open_files(paden: &[PathBuf]) -> Result<Vec<Bestand>, Fout> {
    for pad in paden {
        // First, because Windows refuses to open a folder at all.
        if pad.is_dir() {
            return Err(
                Fout::new(format!("dat is een map, geen bestand: {}", pad.display()))
                    .tip("Geef de naam van uw bestand."),
            );
        }
    }
    let open = |pad: &PathBuf| {
        let bestand = Bestand::from_path(pad);
        let opened = bestand.hold();
        opened.map_err(|e| Fout::bestand("kan het bestand niet openen", pad, &e))?;
        Ok(bestand)
    };
    paden.iter().map(open).collect()
}

/// Reads a mapping file made for this uitvraag.
pub fn read_koppeling(pad: &Path, definitie: &Definitie) -> Result<Koppeling, Fout> {
    const TIP: &str = "Verbeter die regel, of maak een nieuwe koppeling met `uitvraag koppel`.";
    let tekst = invoer::read(pad).map_err(|e| {
        Fout::bestand("kan de koppeling niet lezen", pad, &e)
            .tip("Maak een koppeling met `uitvraag koppel`.")
    })?;
    let koppeling = Koppeling::parse(&tekst);
    koppeling
        .and_then(|koppeling| koppeling.verify(definitie).map(|()| koppeling))
        .map_err(|e| {
            Fout::new(format!("de koppeling klopt niet: {}", pad.display()))
                .oorzaak(e)
                .tip(TIP)
        })
}

/// Batches of one table.
pub type Partijen = Box<dyn Iterator<Item = Result<RecordBatch, Weigering>>>;

/// The rows of a table of a pakket, read strictly.
pub fn open_table(
    definitie: &Definitie,
    map: &Pakketmap,
    bestand: &schema::pakket::Bestand,
) -> Result<Partijen, Stop> {
    let pad = map.pad(bestand);
    let tabel = definitie.tabel(&bestand.name).ok_or_else(|| {
        Fout::new(format!(
            "de tabel {} hoort niet bij deze uitvraag",
            bestand.name
        ))
    })?;
    let lezen = |e: std::io::Error| Fout::bestand("kan het pakket niet lezen", &pad, &e);
    let zstd =
        zstd::Decoder::new(BufReader::new(File::open(&pad).map_err(lezen)?)).map_err(lezen)?;
    let rows = strict::open(tabel, zstd, strict::Limieten::default())?;
    // Also a table without rows is a table.
    let present = RecordBatch::new_empty(rows.schema());
    Ok(Box::new(std::iter::once(Ok(present)).chain(rows)))
}
