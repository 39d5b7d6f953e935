//! The log of a delivery that goes by itself: one event per step, with a stable name.
//!
//! Owns the names of the events, the JSON line (to stderr, and to a file when asked), and the never-log rule: counts,
//! states and identifiers of leveringen go in; values from files, tokens and passwords do not. Without [`start`] every
//! event is silent: a person at a terminal hears sentences from the commands.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use schema::tekst::json_regel;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::fout::Fout;
use crate::terminal;

static LOGBOEK: OnceLock<Logboek> = OnceLock::new();

struct Logboek {
    vorm: Logvorm,
    bestand: Option<Mutex<File>>,
}

/// Form of the log on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Logvorm {
    /// Sentences.
    Tekst,
    /// One JSON object per line.
    Json,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gebeurtenis {
    /// A run begins.
    Start,
    /// One thing was looked at beforehand.
    Voorcontrole,
    /// Something unfinished is taken up again.
    Hervat,
    /// The source was read.
    BronGelezen,
    /// The data were judged here.
    Gecontroleerd,
    /// A pakket was written and read back.
    Verpakt,
    /// The same data were delivered before.
    Ongewijzigd,
    /// The pakket is in the outbox, durable.
    Klaargezet,
    /// The service knows the levering.
    Aangemeld,
    /// All bytes were sent.
    Verstuurd,
    /// The service gave its verdict.
    Oordeel,
    /// Answers to signalen were sent.
    Beantwoord,
    /// Signalen want an answer of a person.
    Vragen,
    /// The levering wants the signature of a person.
    Ondertekenen,
    /// The levering was signed.
    Ondertekend,
    /// The receipt was proven and kept.
    Ontvangstbewijs,
    /// The data hold fouten, here or at the service.
    Afgekeurd,
    /// The levering is part of a publication.
    Gepubliceerd,
    /// A levering that a newer one follows was taken back.
    Ingetrokken,
    /// A levering that cannot go on any more.
    Vervallen,
    /// The copy of a pakket was removed.
    Opgeruimd,
    /// Something to know, such as an attempt that failed.
    Bericht,
    /// The run ends because it could not go on.
    Fout,
    /// The run is done.
    Klaar,
}

impl Gebeurtenis {
    /// Every event.
    #[cfg(test)]
    pub const ALLE: [Self; 24] = [
        Self::Start,
        Self::Voorcontrole,
        Self::Hervat,
        Self::BronGelezen,
        Self::Gecontroleerd,
        Self::Verpakt,
        Self::Ongewijzigd,
        Self::Klaargezet,
        Self::Aangemeld,
        Self::Verstuurd,
        Self::Oordeel,
        Self::Beantwoord,
        Self::Vragen,
        Self::Ondertekenen,
        Self::Ondertekend,
        Self::Ontvangstbewijs,
        Self::Afgekeurd,
        Self::Gepubliceerd,
        Self::Ingetrokken,
        Self::Vervallen,
        Self::Opgeruimd,
        Self::Bericht,
        Self::Fout,
        Self::Klaar,
    ];

    /// The stable name.
    pub fn naam(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Voorcontrole => "voorcontrole",
            Self::Hervat => "hervat",
            Self::BronGelezen => "bron_gelezen",
            Self::Gecontroleerd => "gecontroleerd",
            Self::Verpakt => "verpakt",
            Self::Ongewijzigd => "ongewijzigd",
            Self::Klaargezet => "klaargezet",
            Self::Aangemeld => "aangemeld",
            Self::Verstuurd => "verstuurd",
            Self::Oordeel => "oordeel",
            Self::Beantwoord => "beantwoord",
            Self::Vragen => "vragen",
            Self::Ondertekenen => "ondertekenen",
            Self::Ondertekend => "ondertekend",
            Self::Ontvangstbewijs => "ontvangstbewijs",
            Self::Afgekeurd => "afgekeurd",
            Self::Gepubliceerd => "gepubliceerd",
            Self::Ingetrokken => "ingetrokken",
            Self::Vervallen => "vervallen",
            Self::Opgeruimd => "opgeruimd",
            Self::Bericht => "bericht",
            Self::Fout => "fout",
            Self::Klaar => "klaar",
        }
    }

    fn niveau(self) -> &'static str {
        match self {
            Self::Fout => "fout",
            Self::Vragen | Self::Ondertekenen | Self::Afgekeurd | Self::Vervallen => "let_op",
            _ => "info",
        }
    }
}

/// Begins to log, for the rest of this run.
pub fn start(vorm: Logvorm, bestand: Option<&Path>) -> Result<(), Fout> {
    let bestand = bestand.map(|pad| {
        let open = File::options().create(true).append(true).open(pad);
        open.map(Mutex::new)
            .map_err(|e| Fout::bestand("kan het logboek niet openen", pad, &e))
    });
    let logboek = Logboek {
        vorm,
        bestand: bestand.transpose()?,
    };
    // A second start in one run would be a mistake of ours; the first stands.
    let _ = LOGBOEK.set(logboek);
    Ok(())
}

/// True where stderr is for machines: then nothing else may be written there.
pub fn is_json() -> bool {
    LOGBOEK.get().is_some_and(|l| l.vorm == Logvorm::Json)
}

/// Logs an event with what belongs to it.
pub fn meld(gebeurtenis: Gebeurtenis, bericht: &str, velden: &[(&str, Value)]) {
    if let Some(logboek) = LOGBOEK.get() {
        logboek.write(gebeurtenis, bericht, velden);
    }
    breekpunt(gebeurtenis.naam());
}

/// Logs a sentence that a command would say; false where there is no log.
pub fn bericht(tekst: &str) -> bool {
    let Some(logboek) = LOGBOEK.get() else {
        return false;
    };
    logboek.write(Gebeurtenis::Bericht, tekst.trim(), &[]);
    true
}

/// Logs what stopped the run; false where there is no log.
pub fn fout(fout: &Fout) -> bool {
    let Some(logboek) = LOGBOEK.get() else {
        return false;
    };
    logboek.write(
        Gebeurtenis::Fout,
        fout.bericht(),
        &[
            ("oorzaken", json!(fout.oorzaken())),
            ("tip", json!(fout.wat_nu())),
        ],
    );
    true
}

/// A place where a test may stop the program as a power cut would. Nothing in a release.
pub fn breekpunt(naam: &str) {
    if cfg!(debug_assertions) && std::env::var("UITVRAAG_BREUK").is_ok_and(|waar| waar == naam) {
        std::process::abort();
    }
}

/// Now, in UTC, to the second.
pub fn nu() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Logboek {
    fn write(&self, gebeurtenis: Gebeurtenis, bericht: &str, velden: &[(&str, Value)]) {
        let mut regel = Map::new();
        regel.insert("tijd".to_owned(), json!(nu()));
        regel.insert("niveau".to_owned(), json!(gebeurtenis.niveau()));
        regel.insert("gebeurtenis".to_owned(), json!(gebeurtenis.naam()));
        regel.insert("bericht".to_owned(), json!(bericht));
        regel.extend(
            velden
                .iter()
                .map(|(naam, waarde)| ((*naam).to_owned(), waarde.clone())),
        );
        let tekst = json_regel(&regel);
        if let Some(bestand) = &self.bestand
            && let Ok(mut bestand) = bestand.lock()
        {
            // A full disk must not stop a delivery; stderr has the same line.
            let _ = writeln!(bestand, "{tekst}");
        }
        match self.vorm {
            Logvorm::Json => terminal::stderr(&tekst),
            Logvorm::Tekst if gebeurtenis == Gebeurtenis::Fout => {
                terminal::stderr(&as_text(bericht, velden))
            }
            Logvorm::Tekst => terminal::stderr(bericht),
        }
    }
}

fn as_text(bericht: &str, velden: &[(&str, Value)]) -> String {
    let mut uit = format!("fout: {bericht}");
    for (naam, waarde) in velden {
        match waarde {
            Value::Array(lijst) => lijst
                .iter()
                .filter_map(Value::as_str)
                .for_each(|reden| uit += &format!("\n  oorzaak: {reden}")),
            Value::String(tekst) => uit += &format!("\n  {naam}: {tekst}"),
            _ => {}
        }
    }
    uit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_in_the_guide_under_its_own_name() {
        let gids = include_str!("../../../deploy/uitvraag/README.md");
        let mut namen: Vec<&str> = Gebeurtenis::ALLE.iter().map(|g| g.naam()).collect();
        for naam in &namen {
            assert!(gids.contains(&format!("| `{naam}` |")), "{naam}");
        }
        namen.sort_unstable();
        namen.dedup();
        assert_eq!(namen.len(), Gebeurtenis::ALLE.len());
    }
}
