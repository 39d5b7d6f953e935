//! Rows out of a SQLite file.
//!
//! Owns opening it for reading only, one snapshot for all queries, the time limit, and a value as text: NULL is empty,
//! numbers keep every digit, BOOLEAN columns become ja and nee, bytes are refused.

use std::time::{Duration, Instant};

use rusqlite::ffi::ErrorCode;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, OpenFlags};
use sheets::Cell;

use super::Databank;
use super::rijen::{Rijen, geen_select, geen_tekst};
use crate::fout::Fout;
use crate::instellingen::Sqlite;

/// Instructions of SQLite between two looks at the clock.
const STAPPEN: i32 = 100_000;

/// An open file.
pub struct Lezer {
    db: Connection,
    limiet: Duration,
}

impl Lezer {
    /// Opens the file and begins the snapshot.
    pub fn open(bron: &Sqlite) -> Result<Self, Fout> {
        let pad = &bron.bestand;
        std::fs::File::open(pad)
            .map_err(|e| Fout::bestand("kan de database niet openen", pad, &e))?;
        let bericht = format!("kan de database niet openen: {}", pad.display());
        let fout = |e: Error| explain(&bericht, &e);
        let db = Connection::open_with_flags(
            pad,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(fout)?;
        db.busy_timeout(Duration::from_secs(30)).map_err(fout)?;
        // The read of the schema is what begins the snapshot, and what shows that this is a database at all.
        db.execute_batch("PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM sqlite_schema;")
            .map_err(fout)?;
        Ok(Self {
            db,
            limiet: Duration::from_secs(bron.tijdslimiet_s),
        })
    }
}

impl Databank for Lezer {
    fn lees(&mut self, query: &str, uit: &mut Rijen) -> Result<(), Fout> {
        let waar = uit.waar();
        let fout = |e: Error| explain(&format!("{waar} lukt niet"), &e);
        let (begin, limiet) = (Instant::now(), self.limiet);
        self.db
            .progress_handler(STAPPEN, Some(move || begin.elapsed() > limiet))
            .map_err(fout)?;
        let mut vraag = self.db.prepare(query).map_err(|e| match e {
            // What does not prepare is about names and grammar: no value was read yet.
            Error::SqliteFailure(_, Some(reden)) => misread(&waar, &reden),
            Error::SqlInputError { msg, .. } => misread(&waar, &msg),
            anders => fout(anders),
        })?;
        if !vraag.readonly() {
            return Err(geen_select(&waar));
        }
        let kolommen: Vec<(String, bool)> = vraag
            .columns()
            .iter()
            .map(|k| (k.name().to_owned(), k.decl_type().is_some_and(is_boolean)))
            .collect();
        uit.kop(kolommen.iter().map(|(naam, _)| naam.as_str()))?;
        let mut rijen = vraag.query([]).map_err(fout)?;
        while let Some(rij) = rijen.next().map_err(fout)? {
            for (nummer, (naam, boolean)) in kolommen.iter().enumerate() {
                match rij.get_ref(nummer).map_err(fout)? {
                    ValueRef::Null => uit.cel(Cell::Empty),
                    ValueRef::Integer(truth @ 0..=1) if *boolean => uit.cel(Cell::Truth(truth == 1)),
                    ValueRef::Integer(getal) => uit.cel(Cell::Number(&getal.to_string())),
                    ValueRef::Real(getal) => uit.cel(Cell::Number(&getal.to_string())),
                    ValueRef::Text(tekst) => match std::str::from_utf8(tekst) {
                        Ok(tekst) => uit.cel(Cell::Text(tekst)),
                        Err(_) => {
                            Err(Fout::new(format!("{waar} geeft in rij {} in de kolom {naam} tekst die geen UTF-8 is", uit.rij()))
                                .tip("Herstel die rij in het systeem, of maak in de query leesbare tekst van de kolom."))
                        }
                    },
                    ValueRef::Blob(_) => Err(geen_tekst(&waar, naam)),
                }?;
            }
            uit.einde_rij()?;
        }
        Ok(())
    }
}

/// As people declare it: SQLite itself has no such type.
fn is_boolean(soort: &str) -> bool {
    matches!(soort.to_uppercase().as_str(), "BOOLEAN" | "BOOL" | "BIT")
}

fn misread(waar: &str, reden: &str) -> Fout {
    Fout::new(format!("{waar} lukt niet"))
        .oorzaak(reden)
        .tip("Controleer de namen van tabellen en kolommen in de query.")
}

fn explain(bericht: &str, fout: &Error) -> Fout {
    let uit = Fout::new(bericht);
    match fout {
        Error::MultipleStatement => uit
            .oorzaak("er staan meer opdrachten in")
            .tip("Schrijf één SELECT per tabel."),
        anders => match anders.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => uit
                .oorzaak("dit is geen SQLite-database")
                .tip("Controleer achter bestand de naam."),
            Some(ErrorCode::CannotOpen) => uit
                .oorzaak("het bestand is niet te openen")
                .tip("Controleer de rechten op het bestand en zijn map."),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => uit
                .oorzaak("een ander programma houdt de database bezet")
                .tip("Probeer het later opnieuw, of lees een kopie van het bestand."),
            Some(ErrorCode::OperationInterrupted) => uit
                .oorzaak("de query duurt te lang")
                .tip("Maak de query lichter, of verhoog tijdslimiet_s in de instellingen."),
            Some(ErrorCode::DatabaseCorrupt) => uit
                .oorzaak("de database is beschadigd")
                .tip("Zet een reservekopie van de database terug."),
            Some(ErrorCode::ReadOnly) => uit
                .oorzaak("de query wil iets veranderen")
                .tip("Schrijf een SELECT die alleen leest."),
            Some(code) => uit
                .oorzaak(format!("SQLite meldt {code:?}"))
                .tip("Probeer de query eerst in uw eigen databaseprogramma."),
            None => uit
                .oorzaak("de query is niet uit te voeren")
                .tip("Probeer de query eerst in uw eigen databaseprogramma."),
        },
    }
}
