//! What is looked at before a delivery that goes by itself: so that a night's work does not fail on its last step.
//!
//! Owns the list of things, in the order in which one would mend them, each with its answer. Nothing is changed, and no
//! data of this year are read. Leaves doing to `commands::unattended`.

use std::path::{Path, PathBuf};

use schema::Definitie;
use serde_json::json;

use crate::client::{Client, ClientError};
use crate::error::{Failure, io_nl};
use crate::event_log::{self, LogEvent};
use crate::open_input::read_koppeling;
use crate::output::size;
use crate::previous_year::PreviousPakket;
use crate::settings::{Settings, SourceSettings, Tls};
use crate::source;
use crate::wording;
use crate::{key_path, toelichtingen};

/// Below this a disk is as good as full.
const AT_LEAST: u64 = 256 << 20;

/// How one thing stands.
pub(crate) enum PreflightOutcome {
    /// In order, and what was seen.
    Good(String),
    /// It goes on, but somebody should know.
    Warning(String),
    /// It cannot go on.
    Fout(Failure),
}

impl From<Result<String, Failure>> for PreflightOutcome {
    fn from(result: Result<String, Failure>) -> Self {
        result.map_or_else(Self::Fout, Self::Good)
    }
}

/// Looks at everything and tells it; gives the first thing that stands in the way.
pub(crate) fn run(
    settings: &Settings,
    definitie: &Definitie,
    client: &Result<Client, Failure>,
) -> Option<Failure> {
    let mut outcomes = vec![
        ("koppeling", mapping(settings, definitie)),
        ("toelichtingen", answers(settings).into()),
        ("sleutel", key(settings).into()),
        ("schijf", disk(settings).into()),
        ("bron", source(&settings.bron)),
    ];
    outcomes.extend(
        settings
            .vorig
            .as_deref()
            .map(|dir| ("vorig", previous(dir, settings, definitie))),
    );
    match client {
        Err(failure) => outcomes.push(("server", PreflightOutcome::Fout(failure.clone()))),
        Ok(client) => outcomes.extend(service(client, definitie)),
    }
    if let Some(path) = settings
        .server
        .as_ref()
        .and_then(|s| s.token_bestand.as_deref())
    {
        outcomes.push(("tokenbestand", readable_by_others(path)));
    }
    let mut first = None;
    for (what, outcome) in outcomes {
        tell(what, &outcome);
        if let PreflightOutcome::Fout(failure) = outcome {
            first.get_or_insert(failure);
        }
    }
    first
}

fn tell(what: &str, outcome: &PreflightOutcome) {
    let (word, niveau, message) = match outcome {
        PreflightOutcome::Good(message) => ("goed", "info", message.clone()),
        PreflightOutcome::Warning(message) => ("let_op", "let_op", message.clone()),
        PreflightOutcome::Fout(failure) => (
            "fout",
            "fout",
            failure.to_string().trim_start_matches("fout: ").to_owned(),
        ),
    };
    let regel = format!("{:<7} {what}: {message}", word.replace('_', " "));
    event_log::meld(
        LogEvent::Preflight,
        &regel,
        &[
            ("wat", json!(what)),
            ("uitkomst", json!(word)),
            ("niveau", json!(niveau)),
        ],
    );
}

fn mapping(settings: &Settings, definitie: &Definitie) -> PreflightOutcome {
    let Some(path) = &settings.koppeling else {
        return PreflightOutcome::Good(wording::files::COLUMNS_OF_SJABLOON.to_owned());
    };
    match read_koppeling(path, definitie).map(|koppeling| koppeling.open()) {
        Err(failure) => PreflightOutcome::Fout(failure),
        Ok(0) => PreflightOutcome::Good(path.display().to_string()),
        Ok(open) => {
            PreflightOutcome::Warning(wording::files::open_questions(&path.display(), &open))
        }
    }
}

fn answers(settings: &Settings) -> Result<String, Failure> {
    let loaded = toelichtingen::read(&settings.toelichtingen)?;
    Ok(format!(
        "{} antwoorden in {}",
        loaded.given.len(),
        settings.toelichtingen.display()
    ))
}

/// A delivery that goes by itself never makes a key: a new one by mistake would make every traject look new.
fn key(settings: &Settings) -> Result<String, Failure> {
    let path = key_path::place(settings.sleutel.as_deref())?;
    if !path.exists() {
        return Err(Failure::new(wording::files::no_key(&path.display()))
            .tip(wording::files::RESTORE_OR_MAKE_KEY));
    }
    Ok(format!(
        "{} in {}",
        key_path::read(&path)?.label(),
        path.display()
    ))
}

fn previous(dir: &Path, settings: &Settings, definitie: &Definitie) -> PreflightOutcome {
    match PreviousPakket::of_own_files(Some(dir), definitie, settings.sleutel.as_deref()) {
        Err(failure) => PreflightOutcome::Fout(failure),
        Ok(Some(last_year)) if !last_year.same_key() => {
            PreflightOutcome::Warning(wording::files::previous_other_key(&dir.display()))
        }
        Ok(_) => PreflightOutcome::Good(wording::files::previous_pakket(
            &(definitie.jaar - 1),
            &dir.display(),
        )),
    }
}

fn disk(settings: &Settings) -> Result<String, Failure> {
    let dir = existing(&settings.uitbak);
    let free = fs4::available_space(&dir)
        .map_err(|e| Failure::file(wording::files::SPACE_UNKNOWN, &dir, &e))?;
    if free < AT_LEAST {
        return Err(Failure::new(wording::files::too_little_space(
            &settings.uitbak.display(),
            &size(free),
        ))
        .tip(wording::files::make_space(&size(AT_LEAST))));
    }
    Ok(format!("{} vrij", size(free)))
}

/// The nearest folder that is there already.
fn existing(path: &Path) -> PathBuf {
    path.ancestors()
        .find(|p| p.is_dir())
        .unwrap_or(Path::new("/"))
        .to_owned()
}

fn source(source: &SourceSettings) -> PreflightOutcome {
    let seen = match source::reachable(source) {
        Ok(seen) => seen,
        Err(failure) => return PreflightOutcome::Fout(failure),
    };
    match source
        .postgresql
        .as_ref()
        .filter(|p| p.tls == Some(Tls::Uit))
    {
        Some(p) => PreflightOutcome::Warning(wording::files::not_encrypted(&seen, &p.host)),
        None => PreflightOutcome::Good(seen),
    }
}

fn service(client: &Client, definitie: &Definitie) -> Vec<(&'static str, PreflightOutcome)> {
    let address = client.address();
    let regels = match client.regels(&definitie.uitvraag, definitie.jaar) {
        Ok(regels) => regels,
        Err(failure) => {
            let message = match failure.problem() {
                // A token that it does not know it refuses everywhere.
                Some(p) if matches!(p.status, 401 | 403) => {
                    return vec![
                        ("server", PreflightOutcome::Good(address.to_owned())),
                        ("token", PreflightOutcome::Fout(token_refused(&failure))),
                    ];
                }
                Some(p) if p.status == 404 => {
                    wording::files::uitvraag_not_asked(&definitie.name(), &address)
                }
                _ => wording::files::server_unreachable(&address),
            };
            return vec![(
                "server",
                PreflightOutcome::Fout(failure.as_failure(&message)),
            )];
        }
    };
    let equal = if regels == definitie.regelhash {
        Ok(wording::files::same_rules(&definitie.name()))
    } else {
        Err(
            Failure::new(wording::files::different_rules(&definitie.name()))
                .tip(wording::files::UPDATE),
        )
    };
    let token = client
        .leveringen(Some(definitie.jaar))
        .map(|l| wording::files::server_knows_us(&definitie.jaar, &l.len()));
    let token = token.map_err(|e| token_refused(&e));
    vec![
        ("server", PreflightOutcome::Good(address.to_owned())),
        ("token", token.into()),
        ("regels", equal.into()),
    ]
}

fn token_refused(error: &ClientError) -> Failure {
    error.as_failure(wording::files::TOKEN_REFUSED)
}

fn readable_by_others(path: &Path) -> PreflightOutcome {
    let hoe = if cfg!(windows) {
        r#"icacls "{}" /inheritance:r /grant:r *S-1-3-4:F"#
    } else {
        "chmod 600 {}"
    };
    match pakket::private_file::is_private(path) {
        Ok(true) => PreflightOutcome::Good(wording::files::OWNER_ONLY.to_owned()),
        Ok(false) => {
            let name = path.display().to_string();
            PreflightOutcome::Warning(format!(
                "anderen kunnen {name} lezen; geef: {}",
                hoe.replace("{}", &name)
            ))
        }
        Err(e) => PreflightOutcome::Warning(io_nl(&e)),
    }
}
