//! Rows out of PostgreSQL.
//!
//! Owns one read-only snapshot for all queries, the time limit, and a value as text: the server's own text, so that no
//! digit is lost, with ISO dates in Dutch time; booleans become ja and nee, bytes are refused. What the server says of
//! names is told on; what it says of values is not. Leaves the line to `pgdraad`.

use std::io;
use std::time::Duration;

use fallible_iterator::FallibleIterator;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{DataRowBody, Message, RowDescriptionBody};
use postgres_protocol::message::frontend;
use sheets::Cell;

use super::Databank;
use super::pgdraad::{Draad, DraadFout};
use super::rijen::{Rijen, geen_select, geen_tekst};
use crate::fout::{Fout, io_nl};
use crate::instellingen::{self, Postgresql};

/// Types by the number PostgreSQL gives them.
const BOOL: u32 = 16;
const BYTEA: u32 = 17;
/// int8, int2, int4, float4, float8, numeric.
const GETALLEN: [u32; 6] = [20, 21, 23, 700, 701, 1700];
/// date, timestamp, timestamptz.
const DAGEN: [u32; 3] = [1082, 1114, 1184];

/// A database that let us in.
pub struct Lezer {
    draad: Draad,
}

struct Kolom {
    naam: String,
    soort: u32,
}

impl Lezer {
    /// Connects and begins the snapshot.
    pub fn open(bron: &Postgresql) -> Result<Self, Fout> {
        let wachtwoord = instellingen::wachtwoord(
            bron.wachtwoord_bestand.as_deref(),
            bron.wachtwoord_variabele.as_deref(),
        )?;
        let waar = format!(
            "de database {} op {} laat ons niet binnen",
            bron.database, bron.host
        );
        let fout = |e: DraadFout| explain(waar.clone(), e);
        let mut draad = Draad::open(bron, wachtwoord.as_deref()).map_err(fout)?;
        // A server that hangs is noticed a little after it should have stopped by itself.
        let geduld = Duration::from_secs(bron.tijdslimiet_s.saturating_add(30));
        draad.geduld(geduld).map_err(|e| fout(e.into()))?;
        let begin = format!(
            "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, YMD'; SET TimeZone = 'Europe/Amsterdam'; \
             SET statement_timeout = '{}s'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            bron.tijdslimiet_s
        );
        frontend::query(&begin, &mut draad.uit).map_err(|e| fout(e.into()))?;
        finish(&mut draad, |_| Ok(())).map_err(fout)?;
        Ok(Self { draad })
    }

    /// What a query would give. A text with more than one command is refused by the server here.
    fn describe(&mut self, query: &str) -> Result<Option<Vec<Kolom>>, DraadFout> {
        frontend::parse("", query, [], &mut self.draad.uit)?;
        frontend::describe(b'S', "", &mut self.draad.uit)?;
        frontend::sync(&mut self.draad.uit);
        let mut kolommen = None;
        finish(&mut self.draad, |bericht| {
            if let Message::RowDescription(body) = bericht {
                kolommen = Some(columns(&body)?);
            }
            Ok(())
        })?;
        Ok(kolommen)
    }

    fn stream(
        &mut self,
        mut rij: impl FnMut(&DataRowBody) -> Result<(), Fout>,
    ) -> Result<Result<(), Fout>, DraadFout> {
        let niets = |(), _: &mut bytes::BytesMut| Ok(IsNull::Yes);
        frontend::bind(
            "",
            "",
            [],
            std::iter::empty(),
            niets,
            [0],
            &mut self.draad.uit,
        )
        .map_err(|_| DraadFout::Lijn(io::Error::other("bind")))?;
        frontend::execute("", 0, &mut self.draad.uit)?;
        frontend::sync(&mut self.draad.uit);
        self.draad.zend()?;
        loop {
            match self.draad.ontvang()? {
                Message::DataRow(body) => {
                    if let Err(fout) = rij(&body) {
                        return Ok(Err(fout));
                    }
                }
                Message::ReadyForQuery(_) => return Ok(Ok(())),
                _ => {}
            }
        }
    }
}

impl Databank for Lezer {
    fn lees(&mut self, query: &str, uit: &mut Rijen) -> Result<(), Fout> {
        let waar = uit.waar();
        let lukt_niet = format!("{waar} lukt niet");
        let kolommen = self
            .describe(query)
            .map_err(|e| explain(lukt_niet.clone(), e))?
            .ok_or_else(|| geen_select(&waar))?;
        if let Some(kolom) = kolommen.iter().find(|k| k.soort == BYTEA) {
            return Err(geen_tekst(&waar, &kolom.naam));
        }
        uit.kop(kolommen.iter().map(|k| k.naam.as_str()))?;
        let mut geschreven = |body: &DataRowBody| {
            let mut cellen = body.ranges();
            for kolom in &kolommen {
                let cel = cellen
                    .next()
                    .ok()
                    .flatten()
                    .flatten()
                    .and_then(|plek| body.buffer().get(plek))
                    .unwrap_or_default();
                // The connection was asked for UTF-8.
                let tekst = String::from_utf8_lossy(cel);
                uit.cel(match (kolom.soort, &*tekst) {
                    (_, "") => Cell::Empty,
                    (BOOL, "t") => Cell::Truth(true),
                    (BOOL, "f") => Cell::Truth(false),
                    (soort, getal) if GETALLEN.contains(&soort) => Cell::Number(getal),
                    (soort, dag) if DAGEN.contains(&soort) => Cell::Date(dag),
                    (_, tekst) => Cell::Text(tekst),
                })?;
            }
            uit.einde_rij()
        };
        self.stream(&mut geschreven)
            .map_err(|e| explain(lukt_niet, e))?
    }
}

fn columns(body: &RowDescriptionBody) -> io::Result<Vec<Kolom>> {
    let kolom = |veld: postgres_protocol::message::backend::Field<'_>| {
        Ok(Kolom {
            naam: veld.name().to_owned(),
            soort: veld.type_oid(),
        })
    };
    body.fields().map(kolom).collect()
}

/// Sends, and hears the server out until it is ready for the next question.
fn finish(
    draad: &mut Draad,
    mut zie: impl FnMut(Message) -> io::Result<()>,
) -> Result<(), DraadFout> {
    draad.zend()?;
    loop {
        match draad.ontvang()? {
            Message::ReadyForQuery(_) => return Ok(()),
            bericht => zie(bericht)?,
        }
    }
}

fn explain(bericht: String, fout: DraadFout) -> Fout {
    let uit = Fout::new(bericht);
    match fout {
        DraadFout::Weigert(reden) => uit
            .oorzaak(reden)
            .tip("Controleer [bron.postgresql] in de instellingen."),
        DraadFout::Lijn(e) => {
            let reden = match e.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe => "de database brak de verbinding af".to_owned(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                    "de database antwoordde niet op tijd".to_owned()
                }
                io::ErrorKind::NotFound => "op dat adres luistert geen database".to_owned(),
                _ => io_nl(&e),
            };
            uit.oorzaak(reden).tip("Controleer host en poort, en of de database draait. Er is niets verstuurd; probeer het daarna opnieuw.")
        }
        DraadFout::Server { code, bericht } => refused(uit, &code, &bericht),
    }
}

/// The refusals that people meet. The words of the server are told where they name a table, column or user.
fn refused(fout: Fout, code: &str, bericht: &str) -> Fout {
    let met = |tip: &str| {
        fout.clone()
            .oorzaak(format!("{bericht} (SQLSTATE {code})"))
            .tip(tip)
    };
    match code {
        "28P01" | "28000" => met(
            "Controleer gebruiker en wachtwoord, en of de databasebeheerder deze gebruiker toelaat.",
        ),
        "3D000" => met("Controleer achter database de naam."),
        "42P01" | "3F000" => {
            met("Controleer de naam van de tabel, met het schema ervoor als dat nodig is.")
        }
        "42703" => met(
            "Controleer de naam van de kolom in de query. Is het systeem bijgewerkt? Dan heet de kolom misschien anders.",
        ),
        "42501" => met("Vraag de databasebeheerder om leesrechten (GRANT SELECT) op die tabel."),
        "42601" => met(
            "Schrijf één SELECT per tabel. Probeer de query eerst in uw eigen databaseprogramma.",
        ),
        "25006" => fout
            .oorzaak("de query wil iets veranderen")
            .tip("Schrijf een SELECT die alleen leest."),
        "57014" => fout
            .oorzaak("de query duurt te lang")
            .tip("Maak de query lichter, of verhoog tijdslimiet_s in de instellingen."),
        "57P01" | "57P02" | "57P03" => fout
            .oorzaak("de database stopte of start nog")
            .tip("Er is niets verstuurd. Probeer het opnieuw als de database weer draait."),
        "53300" => fout
            .oorzaak("de database heeft te veel verbindingen")
            .tip("Probeer het later opnieuw."),
        code if code.starts_with("42") => {
            met("Probeer de query eerst in uw eigen databaseprogramma.")
        }
        code => fout
            .oorzaak(format!("de database weigert (SQLSTATE {code})"))
            .tip("Probeer de query eerst in uw eigen databaseprogramma."),
    }
}
