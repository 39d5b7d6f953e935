//! Rows of a query on their way to a private file.
//!
//! Owns the form in which `sheets` reads them: CSV in UTF-8, the header first, empty for NULL. Leaves turning a value
//! into text to each database.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sheets::machine_number;

use super::in_query;
use crate::fout::Fout;
use crate::voortgang::Voortgang;

/// Most columns that are read; as for a file.
const KOLOMMEN: usize = 1024;

/// The file under way.
pub struct Rijen {
    naam: String,
    pad: PathBuf,
    csv: csv::Writer<File>,
    rijen: u64,
    voortgang: Voortgang,
}

impl Rijen {
    /// Starts a file; only its owner can read it.
    pub fn new(naam: &str, pad: &Path) -> Result<Self, Fout> {
        let bestand = pakket::private_file::create(pad)
            .map_err(|e| Fout::bestand("kan de rijen niet bewaren", pad, &e))?;
        let csv = csv::WriterBuilder::new()
            .buffer_capacity(1 << 17)
            .from_writer(bestand);
        Ok(Self {
            naam: naam.to_owned(),
            pad: pad.to_owned(),
            csv,
            rijen: 0,
            voortgang: Voortgang::rijen("Lezen"),
        })
    }

    /// What an error says of where it was.
    pub fn waar(&self) -> String {
        in_query(&self.naam)
    }

    /// The names of the columns.
    pub fn kop<'a>(&mut self, namen: impl ExactSizeIterator<Item = &'a str>) -> Result<(), Fout> {
        if namen.len() == 0 {
            return Err(geen_select(&self.waar()));
        }
        if namen.len() > KOLOMMEN {
            return Err(Fout::new(format!(
                "{} geeft meer dan {KOLOMMEN} kolommen",
                self.waar()
            ))
            .tip("Vraag alleen de kolommen die nodig zijn."));
        }
        for (nummer, naam) in namen.enumerate() {
            // A name that a database left out: `koppel` and a finding must be able to say which column it is.
            if naam.is_empty() {
                self.cel(format!("kolom {}", nummer + 1))
            } else {
                self.cel(naam)
            }?;
        }
        self.einde_rij()?;
        self.rijen = 0;
        Ok(())
    }

    /// One value; empty for NULL.
    pub fn cel(&mut self, tekst: impl AsRef<[u8]>) -> Result<(), Fout> {
        self.csv
            .write_field(tekst)
            .map_err(|e| self.schijf(e.into()))
    }

    /// A number; it keeps every digit, and its dot stays one.
    pub fn getal(&mut self, tekst: &str) -> Result<(), Fout> {
        self.cel(machine_number(tekst).as_bytes())
    }

    /// The row is complete.
    pub fn einde_rij(&mut self) -> Result<(), Fout> {
        self.rijen += 1;
        self.voortgang.stand(self.rijen);
        self.csv
            .write_record(None::<&[u8]>)
            .map_err(|e| self.schijf(e.into()))
    }

    /// Number of the row under way, from 1.
    pub fn rij(&self) -> u64 {
        self.rijen + 1
    }

    /// Ends the file and tells how many rows it has.
    pub fn sluit(mut self) -> Result<u64, Fout> {
        self.csv.flush().map_err(|e| self.schijf(e))?;
        Ok(self.rijen)
    }

    fn schijf(&self, fout: io::Error) -> Fout {
        Fout::bestand("kan de rijen niet bewaren", &self.pad, &fout)
    }
}

/// What is no query.
pub fn geen_select(waar: &str) -> Fout {
    Fout::new(format!("{waar} is geen SELECT"))
        .tip("Schrijf één opdracht die rijen oplevert: SELECT … FROM …")
}

/// A column with bytes, which stand for nothing a person can read.
pub fn geen_tekst(waar: &str, kolom: &str) -> Fout {
    Fout::new(format!(
        "{waar} geeft in de kolom {kolom} bytes in plaats van tekst"
    ))
    .tip("Laat die kolom weg uit de query, of maak er tekst van.")
}
