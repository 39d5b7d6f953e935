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
use schema::text::json_regel;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Failure;
use crate::terminal;
use crate::wording;

static EVENT_LOG: OnceLock<EventLog> = OnceLock::new();

struct EventLog {
    vorm: LogFormat,
    bestand: Option<Mutex<File>>,
}

/// Form of the log on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Sentences.
    Tekst,
    /// One JSON object per line.
    Json,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogEvent {
    /// A run begins.
    Start,
    /// One thing was looked at beforehand.
    Preflight,
    /// Something unfinished is taken up again.
    Resumed,
    /// The source was read.
    SourceRead,
    /// The data were judged here.
    Checked,
    /// A pakket was written and read back.
    Packed,
    /// The same data were delivered before.
    Unchanged,
    /// The pakket is in the outbox, durable.
    Staged,
    /// The service knows the levering.
    Announced,
    /// All bytes were sent.
    Sent,
    /// The service gave its verdict.
    Oordeel,
    /// Answers to signalen were sent.
    Answered,
    /// Signalen want an answer of a person.
    Vragen,
    /// The levering wants the signature of a person.
    ToSign,
    /// The levering was signed.
    Signed,
    /// The receipt was proven and kept.
    Ontvangstbewijs,
    /// The data hold fouten, here or at the service.
    Afgekeurd,
    /// The levering is part of a publication.
    Gepubliceerd,
    /// A levering that a newer one follows was taken back.
    Ingetrokken,
    /// A levering that cannot go on any more.
    Lapsed,
    /// The copy of a pakket was removed.
    CleanedUp,
    /// Something to know, such as an attempt that failed.
    Message,
    /// The run ends because it could not go on.
    Fout,
    /// The run is done.
    Done,
}

impl LogEvent {
    /// Every event.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 24] = [
        Self::Start,
        Self::Preflight,
        Self::Resumed,
        Self::SourceRead,
        Self::Checked,
        Self::Packed,
        Self::Unchanged,
        Self::Staged,
        Self::Announced,
        Self::Sent,
        Self::Oordeel,
        Self::Answered,
        Self::Vragen,
        Self::ToSign,
        Self::Signed,
        Self::Ontvangstbewijs,
        Self::Afgekeurd,
        Self::Gepubliceerd,
        Self::Ingetrokken,
        Self::Lapsed,
        Self::CleanedUp,
        Self::Message,
        Self::Fout,
        Self::Done,
    ];

    /// The stable name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Preflight => "voorcontrole",
            Self::Resumed => "hervat",
            Self::SourceRead => "bron_gelezen",
            Self::Checked => "gecontroleerd",
            Self::Packed => "verpakt",
            Self::Unchanged => "ongewijzigd",
            Self::Staged => "klaargezet",
            Self::Announced => "aangemeld",
            Self::Sent => "verstuurd",
            Self::Oordeel => "oordeel",
            Self::Answered => "beantwoord",
            Self::Vragen => "vragen",
            Self::ToSign => "ondertekenen",
            Self::Signed => "ondertekend",
            Self::Ontvangstbewijs => "ontvangstbewijs",
            Self::Afgekeurd => "afgekeurd",
            Self::Gepubliceerd => "gepubliceerd",
            Self::Ingetrokken => "ingetrokken",
            Self::Lapsed => "vervallen",
            Self::CleanedUp => "opgeruimd",
            Self::Message => "bericht",
            Self::Fout => "fout",
            Self::Done => "klaar",
        }
    }

    fn niveau(self) -> &'static str {
        match self {
            Self::Fout => "fout",
            Self::Vragen | Self::ToSign | Self::Afgekeurd | Self::Lapsed => "let_op",
            _ => "info",
        }
    }
}

/// Begins to log, for the rest of this run.
pub(crate) fn start(vorm: LogFormat, file: Option<&Path>) -> Result<(), Failure> {
    let file = file.map(|path| {
        let open = File::options().create(true).append(true).open(path);
        open.map(Mutex::new)
            .map_err(|e| Failure::file(wording::files::LOG_NOT_OPENED, path, &e))
    });
    let event_log = EventLog {
        vorm,
        bestand: file.transpose()?,
    };
    // A second start in one run would be a mistake of ours; the first stands.
    let _ = EVENT_LOG.set(event_log);
    Ok(())
}

/// True where stderr is for machines: then nothing else may be written there.
pub(crate) fn is_json() -> bool {
    EVENT_LOG.get().is_some_and(|l| l.vorm == LogFormat::Json)
}

/// Logs an event with what belongs to it.
pub(crate) fn meld(event: LogEvent, message: &str, velden: &[(&str, Value)]) {
    if let Some(event_log) = EVENT_LOG.get() {
        event_log.write(event, message, velden);
    }
    break_point(event.name());
}

/// Logs a sentence that a command would say; false where there is no log.
pub(crate) fn message(text: &str) -> bool {
    let Some(event_log) = EVENT_LOG.get() else {
        return false;
    };
    event_log.write(LogEvent::Message, text.trim(), &[]);
    true
}

/// Logs what stopped the run; false where there is no log.
pub(crate) fn failure(failure: &Failure) -> bool {
    let Some(event_log) = EVENT_LOG.get() else {
        return false;
    };
    event_log.write(
        LogEvent::Fout,
        failure.message(),
        &[
            ("oorzaken", json!(failure.causes())),
            ("tip", json!(failure.what_now())),
        ],
    );
    true
}

/// A place where a test may stop the program as a power cut would. Nothing in a release.
pub(crate) fn break_point(name: &str) {
    if cfg!(debug_assertions)
        && std::env::var("UITVRAAG_BREUK").is_ok_and(|location| location == name)
    {
        std::process::abort();
    }
}

/// Now, in UTC, to the second.
pub(crate) fn nu() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl EventLog {
    fn write(&self, event: LogEvent, message: &str, velden: &[(&str, Value)]) {
        let mut regel = Map::new();
        regel.insert("tijd".to_owned(), json!(nu()));
        regel.insert("niveau".to_owned(), json!(event.niveau()));
        regel.insert("gebeurtenis".to_owned(), json!(event.name()));
        regel.insert("bericht".to_owned(), json!(message));
        regel.extend(
            velden
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        let text = json_regel(&regel);
        if let Some(file) = &self.bestand
            && let Ok(mut file) = file.lock()
        {
            // A full disk must not stop a delivery; stderr has the same line.
            let _ = writeln!(file, "{text}");
        }
        match self.vorm {
            LogFormat::Json => terminal::stderr(&text),
            LogFormat::Tekst if event == LogEvent::Fout => {
                terminal::stderr(&as_text(message, velden));
            }
            LogFormat::Tekst => terminal::stderr(message),
        }
    }
}

fn as_text(message: &str, velden: &[(&str, Value)]) -> String {
    let mut out = format!("fout: {message}");
    for (name, value) in velden {
        match value {
            Value::Array(list) => {
                for reason in list.iter().filter_map(Value::as_str) {
                    out.push_str("\n  oorzaak: ");
                    out.push_str(reason);
                }
            }
            Value::String(text) => out.extend(["\n  ", *name, ": ", text.as_str()]),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_in_the_guide_under_its_own_name() {
        let guide = include_str!("../../../deploy/uitvraag/README.md");
        let mut names: Vec<&str> = LogEvent::ALL.iter().map(|g| g.name()).collect();
        for name in &names {
            assert!(guide.contains(&format!("| `{name}` |")), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LogEvent::ALL.len());
    }
}
