//! Rows of a query on their way to `sheets`.
//!
//! Owns what every database does alike: the header, the numbers of rows, what can't be read. Leaves keeping the rows to
//! `sheets`, turning a value into a cell to each database.

use std::io;
use std::path::PathBuf;

use sheets::{Cell, QueryRows, QueryWriter};

use super::in_query;
use crate::fout::Fout;
use crate::voortgang::Voortgang;

/// Most columns that are read; as for a file.
const KOLOMMEN: usize = 1024;

/// The rows under way.
pub struct Rijen {
    naam: String,
    /// Where they go once they are many; the system's place for such where none is given.
    map: Option<PathBuf>,
    rijen: Option<QueryWriter>,
    voortgang: Voortgang,
}

impl Rijen {
    /// Starts; once they are many they go to a file without a name in `map`.
    pub fn new(naam: &str, map: Option<PathBuf>) -> Self {
        Self {
            naam: naam.to_owned(),
            map,
            rijen: None,
            voortgang: Voortgang::rijen("Lezen"),
        }
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
        // A name that a database left out: `koppel` and a finding must be able to say which column it is.
        let name = |(number, name): (usize, &str)| match name {
            "" => format!("kolom {}", number + 1),
            name => name.to_owned(),
        };
        let map = self.map.clone();
        let scratch = move || match &map {
            Some(map) => tempfile::tempfile_in(map),
            None => tempfile::tempfile(),
        };
        self.rijen = Some(QueryWriter::new(
            namen.enumerate().map(name).collect(),
            scratch,
        ));
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut QueryWriter, Fout> {
        let waar = self.waar();
        self.rijen.as_mut().ok_or_else(|| geen_select(&waar))
    }

    /// One value.
    pub fn cel(&mut self, cell: Cell<'_>) -> Result<(), Fout> {
        self.writer()?.cell(cell).map_err(schijf)
    }

    /// The row is complete.
    pub fn einde_rij(&mut self) -> Result<(), Fout> {
        let writer = self.writer()?;
        writer.end_row();
        let rows = writer.rows();
        self.voortgang.stand(rows);
        Ok(())
    }

    /// Number of the row under way, from 1.
    pub fn rij(&self) -> u64 {
        1 + self.rijen.as_ref().map_or(0, QueryWriter::rows)
    }

    /// All rows, and how many there are.
    pub fn sluit(mut self) -> Result<(QueryRows, u64), Fout> {
        let waar = self.waar();
        let writer = self.rijen.take().ok_or_else(|| geen_select(&waar))?;
        let rows = writer.rows();
        Ok((writer.finish().map_err(schijf)?, rows))
    }
}

fn schijf(fout: io::Error) -> Fout {
    Fout::new("kan de rijen niet bewaren")
        .oorzaak(crate::fout::io_nl(&fout))
        .tip(format!(
            "Maak ruimte vrij in de map {}, of zet een andere map in TMPDIR (Windows: TMP).",
            std::env::temp_dir().display()
        ))
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
