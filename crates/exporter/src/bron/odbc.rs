//! Rows out of any database with an ODBC driver; only where the feature `odbc` is on.
//!
//! Owns one transaction that is always taken back, refusing what is more than one SELECT, the time limit, and a value as
//! text: in blocks, in UTF-16, so that no digit and no letter is lost to a code page. What a driver says of names is told
//! on; what it says of connections and values is not. Leaves the drivers to the system.

use std::collections::BTreeSet;

use odbc_api::buffers::{ColumnarBuffer, WCharColumn};
use odbc_api::{
    Connection, ConnectionOptions, Cursor, DataType, Error, ResultSetMetadata, environment,
};
use sheets::Cell;

use super::Databank;
use super::rijen::{Rijen, geen_select, geen_tekst};
use crate::fout::Fout;
use crate::instellingen::{self, Odbc};

/// Longest value that is taken, in UTF-16; what is longer is refused, never cut.
const LANGSTE: usize = 4096;
/// Bytes of a block, and its most rows.
const BLOK: usize = 4 << 20;
const RIJEN: usize = 1024;
const AANMELDEN_S: u32 = 15;

/// A database that let us in.
pub struct Lezer {
    /// There until it is dropped.
    verbinding: Option<Connection<'static>>,
    limiet: usize,
}

struct Kolom {
    naam: String,
    soort: DataType,
    lengte: usize,
}

impl Lezer {
    /// Connects and begins the transaction.
    pub fn open(bron: &Odbc) -> Result<Self, Fout> {
        let wachtwoord = instellingen::wachtwoord(
            bron.wachtwoord_bestand.as_deref(),
            bron.wachtwoord_variabele.as_deref(),
        )?;
        let mut tekst = bron.verbinding.trim().trim_end_matches(';').to_owned();
        if let Some(wachtwoord) = wachtwoord {
            tekst += &format!(";PWD={}", as_attribute(&wachtwoord));
        }
        let fout = |e: Error| explain("de database laat ons niet binnen", &e, false);
        let opties = ConnectionOptions {
            login_timeout_sec: Some(AANMELDEN_S),
            ..ConnectionOptions::default()
        };
        let verbinding = environment()
            .and_then(|omgeving| omgeving.connect_with_connection_string(&tekst, opties))
            .map_err(fout)?;
        verbinding.set_autocommit(false).map_err(fout)?;
        let uit = Self {
            verbinding: Some(verbinding),
            limiet: usize::try_from(bron.tijdslimiet_s).unwrap_or(usize::MAX),
        };
        if let Some(begin) = &bron.begin {
            uit.verbinding()
                .execute(begin, (), None)
                .map_err(|e| explain("de opdracht achter begin lukt niet", &e, true))?;
        }
        Ok(uit)
    }

    fn verbinding(&self) -> &Connection<'static> {
        self.verbinding
            .as_ref()
            .expect("taken when dropped, not before")
    }

    /// The cursor of a query. Not every driver knows a time limit; it then goes without.
    fn cursor(&self, query: &str) -> Result<Option<impl Cursor + '_>, Error> {
        let mut vraag = self.verbinding().preallocate()?;
        match vraag.set_query_timeout_sec(self.limiet) {
            Err(e) if state(&e) != Some("HYC00") => Err(e),
            _ => vraag.into_cursor(query, ()),
        }
    }
}

impl Drop for Lezer {
    fn drop(&mut self) {
        let Some(verbinding) = self.verbinding.take() else {
            return;
        };
        // Taking leave of a server that is gone panics in the library; the system does that for us.
        if verbinding.rollback().is_err() {
            std::mem::forget(verbinding);
        }
    }
}

impl Databank for Lezer {
    fn lees(&mut self, query: &str, uit: &mut Rijen) -> Result<(), Fout> {
        let waar = uit.waar();
        if !reads_only(query) {
            return Err(geen_select(&waar));
        }
        let lukt_niet = format!("{waar} lukt niet");
        // What does not prepare is about names and grammar: no value was read yet.
        self.verbinding()
            .prepare(query)
            .map_err(|e| explain(&lukt_niet, &e, true))?;
        let fout = |e: Error| explain(&lukt_niet, &e, false);
        let mut cursor = self
            .cursor(query)
            .map_err(fout)?
            .ok_or_else(|| geen_select(&waar))?;
        let kolommen = columns(&mut cursor).map_err(fout)?;
        if let Some(kolom) = kolommen.iter().find(|k| is_bytes(k.soort)) {
            return Err(geen_tekst(&waar, &kolom.naam));
        }
        uit.kop(kolommen.iter().map(|k| k.naam.as_str()))?;
        let per_rij: usize = kolommen
            .iter()
            .map(|k| 2 * (k.lengte + 1) + size_of::<isize>())
            .sum();
        let rijen = (BLOK / per_rij).clamp(1, RIJEN);
        let buffer = kolommen
            .iter()
            .zip(1..)
            .map(|(k, nummer)| (nummer, WCharColumn::new(rijen, k.lengte)))
            .collect();
        let mut blokken = cursor
            .bind_buffer(ColumnarBuffer::new(buffer))
            .map_err(fout)?;
        loop {
            match blokken.fetch_with_truncation_check(true) {
                Ok(Some(blok)) => write_block(blok, &kolommen, &waar, uit)?,
                Ok(None) => return Ok(()),
                Err(Error::TooLargeValueForBuffer { buffer_index, .. }) => {
                    return Err(too_long(&waar, &kolommen[buffer_index]));
                }
                Err(e) => return Err(fout(e)),
            }
        }
    }
}

fn columns(cursor: &mut impl ResultSetMetadata) -> Result<Vec<Kolom>, Error> {
    let aantal = u16::try_from(cursor.num_result_cols()?).unwrap_or_default();
    let kolom = |nummer| {
        // 255 is also what drivers say that do not know.
        let gezegd = cursor
            .col_display_size(nummer)?
            .map(usize::from)
            .filter(|n| *n != 255);
        let lengte = gezegd.map_or(LANGSTE, |n| n.min(LANGSTE));
        Ok(Kolom {
            naam: cursor.col_name(nummer)?,
            soort: cursor.col_data_type(nummer)?,
            lengte,
        })
    };
    (1..=aantal).map(kolom).collect()
}

fn write_block(
    blok: &ColumnarBuffer<WCharColumn>,
    kolommen: &[Kolom],
    waar: &str,
    uit: &mut Rijen,
) -> Result<(), Fout> {
    for rij in 0..blok.num_rows() {
        for (nummer, kolom) in kolommen.iter().enumerate() {
            let tekst = String::from_utf16(blok.column(nummer).get(rij).unwrap_or_default()).map_err(|_| {
                Fout::new(format!("{waar} geeft in rij {} in de kolom {} tekst die geen Unicode is", uit.rij(), kolom.naam))
                    .tip("Herstel die rij in het systeem, of maak in de query leesbare tekst van de kolom.")
            })?;
            uit.cel(match (kolom.soort, tekst.as_str()) {
                (_, "") => Cell::Empty,
                (DataType::Bit, "1") => Cell::Truth(true),
                (DataType::Bit, "0") => Cell::Truth(false),
                (soort, getal) if is_number(soort) => Cell::Number(getal),
                (soort, dag) if is_day(soort) => Cell::Date(dag),
                (_, tekst) => Cell::Text(tekst),
            })?;
        }
        uit.einde_rij()?;
    }
    Ok(())
}

fn is_day(soort: DataType) -> bool {
    matches!(soort, DataType::Date | DataType::Timestamp { .. })
}

fn is_number(soort: DataType) -> bool {
    matches!(
        soort,
        DataType::TinyInt
            | DataType::SmallInt
            | DataType::Integer
            | DataType::BigInt
            | DataType::Numeric { .. }
            | DataType::Decimal { .. }
            | DataType::Float { .. }
            | DataType::Real
            | DataType::Double
    )
}

fn is_bytes(soort: DataType) -> bool {
    matches!(
        soort,
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. }
    )
}

/// A password as it stands in a connection string.
fn as_attribute(tekst: &str) -> String {
    let gewoon = tekst
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if gewoon {
        tekst.to_owned()
    } else {
        format!("{{{}}}", tekst.replace('}', "}}"))
    }
}

/// Whether this is one command, and one that reads. Drivers differ in what they make of two; the transaction that is
/// taken back is the second lock.
fn reads_only(query: &str) -> bool {
    const SCHRIJFT: [&str; 8] = [
        "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "EXEC", "EXECUTE", "CALL",
    ];
    let kaal = without_texts(query).to_uppercase();
    let kaal = kaal.trim().trim_end_matches(';');
    let woorden: BTreeSet<&str> = kaal
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .collect();
    let eerste = kaal
        .trim_start_matches('(')
        .split_whitespace()
        .next()
        .unwrap_or_default();
    !kaal.contains(';')
        && matches!(eerste, "SELECT" | "WITH")
        && !SCHRIJFT.iter().any(|woord| woorden.contains(woord))
}

/// A query without its texts, quoted names and comments.
fn without_texts(query: &str) -> String {
    let mut uit = String::new();
    let mut rest = query;
    while let Some(teken) = rest.chars().next() {
        let einde = match teken {
            '\'' | '"' | '`' => Some((1, teken.to_string())),
            '[' => Some((1, "]".to_owned())),
            '-' if rest.starts_with("--") => Some((2, "\n".to_owned())),
            '/' if rest.starts_with("/*") => Some((2, "*/".to_owned())),
            _ => None,
        };
        let Some((begin, einde)) = einde else {
            uit.push(teken);
            rest = &rest[teken.len_utf8()..];
            continue;
        };
        uit.push(' ');
        rest = rest[begin..]
            .split_once(einde.as_str())
            .map_or("", |(_, na)| na);
    }
    uit
}

fn too_long(waar: &str, kolom: &Kolom) -> Fout {
    Fout::new(format!(
        "{waar} geeft in de kolom {} een waarde van meer dan {} tekens",
        kolom.naam, kolom.lengte
    ))
    .tip("Laat die kolom weg uit de query, of kort haar daar in.")
}

fn state(fout: &Error) -> Option<&str> {
    match fout {
        Error::Diagnostics { record, .. } => Some(record.state.as_str()),
        _ => None,
    }
}

/// `vertel`: what the driver says is about names and grammar, not about values.
fn explain(bericht: &str, fout: &Error, vertel: bool) -> Fout {
    let uit = Fout::new(bericht);
    let Error::Diagnostics { record, .. } = fout else {
        return uit
            .oorzaak("ODBC op deze computer werkt niet")
            .tip("Kijk of de ODBC-driver goed is geïnstalleerd.");
    };
    let code = record.state.as_str();
    let probeer = "Probeer de query eerst in uw eigen databaseprogramma.";
    match code {
        "IM002" | "IM003" | "IM004" | "01000" => {
            uit.oorzaak("de ODBC-driver is er niet, of hij is niet te laden").tip("Controleer in verbinding de naam achter Driver of DSN.")
        }
        "HYT00" | "HYT01" | "57014" => {
            uit.oorzaak("de database doet er te lang over").tip("Maak de query lichter, of verhoog tijdslimiet_s in de instellingen.")
        }
        "25006" => uit.oorzaak("de query wil iets veranderen").tip("Schrijf een SELECT die alleen leest."),
        "57P01" | "57P02" | "57P03" => {
            uit.oorzaak("de database stopte of start nog").tip("Er is niets verstuurd. Probeer het opnieuw als de database weer draait.")
        }
        code if code.starts_with("28") => uit
            .oorzaak("de database neemt de gebruiker of het wachtwoord niet aan")
            .tip("Controleer UID in verbinding en het wachtwoord, en of de databasebeheerder deze gebruiker toelaat."),
        code if code.starts_with("08") => uit
            .oorzaak(format!("er is geen verbinding met de database (SQLSTATE {code})"))
            .tip("Controleer verbinding en het wachtwoord, en of de database draait. Er is niets verstuurd; probeer het daarna opnieuw."),
        code if vertel || code.starts_with("42") => {
            let woorden = record.to_string();
            let woorden = woorden.split_once("Message: ").map_or(woorden.as_str(), |(_, woorden)| woorden);
            uit.oorzaak(woorden.lines().next().unwrap_or_default().trim_end_matches([';', ' '])).tip(probeer)
        }
        code => uit.oorzaak(format!("de database weigert (SQLSTATE {code})")).tip(probeer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_select_is_a_query() {
        for goed in [
            "SELECT 1",
            " select a from t where b = 'x; DROP TABLE t' ; ",
            "-- welke; trajecten\nWITH x AS (SELECT 1) SELECT * FROM x",
            "(SELECT 1) UNION (SELECT 2)",
            "SELECT \"update\", [delete], last_update FROM t /* insert; */",
        ] {
            assert!(reads_only(goed), "{goed}");
        }
        for fout in [
            "",
            "UPDATE t SET a = 1",
            "SELECT 1; DROP TABLE t",
            "SELECT * INTO kopie FROM t",
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
            "EXEC wis",
            "-- SELECT\nDROP TABLE t",
            "SELECT 'a''b'; DELETE FROM t",
        ] {
            assert!(!reads_only(fout), "{fout}");
        }
    }

    #[test]
    fn a_password_cannot_add_to_the_connection() {
        assert_eq!(as_attribute("Geheim-1_2.3"), "Geheim-1_2.3");
        assert_eq!(as_attribute("a;Server=b}c"), "{a;Server=b}}c}");
    }
}
