//! `/coordinator`: who was expected, who delivered, what stands open?

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use lake::{LakeError, Levering, LeveringFilter, Outcome, Respons, ResponsRegel};
use schema::dutch_time::datum_nl;
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Toestand};

use super::levering::answer_label;
use schema::text::grouped_thousands;

use super::{Menu, counted, page, toestand_class, toestand_label};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::leveringen::count;
use crate::problem::Problem;
use crate::wording;

#[derive(Template)]
#[template(path = "coordinator.html")]
struct CoordinatorPage {
    menu: Menu,
    uitvragen: Vec<UitvraagStatus>,
}

struct UitvraagStatus {
    titel: String,
    jaar: i32,
    days: String,
    tellers: Vec<CountView>,
    rijen: Vec<AanbiederLine>,
    toelichtingen: Vec<Explanation>,
}

/// An answer to a signaal in the levering that counts, or else in the newest one.
struct Explanation {
    naam: String,
    signaal: String,
    antwoord: &'static str,
    woorden: String,
}

struct CountView {
    aantal: usize,
    naam: &'static str,
}

struct AanbiederLine {
    volgorde: u8,
    naam: String,
    kvk: String,
    stand: String,
    klasse: &'static str,
    since: String,
    open: String,
    trajecten: String,
}

/// The coördinator's page.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    let today = app.today();
    let mut uitvragen = Vec::new();
    for definitie in app.definities.iter().rev() {
        let respons = app
            .lake
            .respons(&definitie.uitvraag, definitie.jaar)
            .await?;
        if respons.regels.is_empty() {
            continue;
        }
        let filter = LeveringFilter {
            uitvraag: Some(&definitie.uitvraag),
            jaar: Some(definitie.jaar),
            ..LeveringFilter::default()
        };
        let leveringen = app.lake.leveringen(filter).await?;
        let mut part = section(definitie, &respons, &leveringen, today);
        if let Some(context) = frozen(&app, definitie).await? {
            part.days = context;
        }
        uitvragen.push(part);
    }
    Ok(page(
        StatusCode::OK,
        &CoordinatorPage {
            menu: Menu::of(&caller),
            uitvragen,
        },
    ))
}

/// What became of the year once it was frozen; nothing before.
async fn frozen(app: &App, definitie: &Definitie) -> Result<Option<String>, LakeError> {
    let (uitvraag, jaar) = (definitie.uitvraag.as_str(), definitie.jaar);
    let (calendar, nu) = (&definitie.klok, app.nu());
    if !app
        .lake
        .is_frozen(None, uitvraag, jaar, calendar, nu)
        .await?
    {
        return Ok(None);
    }
    let Some(id) = app.lake.momentopnamen(uitvraag, jaar).await?.pop() else {
        return Ok(Some(wording::page::frozen_since(&datum_nl(
            calendar.bevriezen,
        ))));
    };
    let Some(moment) = app.lake.momentopname(&id).await? else {
        return Ok(None);
    };
    let day = |moment| datum_nl(schema::dutch_time::local(moment).date());
    let count = counted(moment.leveringen.len() as u64, "levering", "leveringen");
    let key_text = wording::page::frozen_on(&day(moment.gemaakt), &id, &count);
    Ok(Some(
        match app.lake.last_publicatie(uitvraag, jaar).await? {
            Some(p) => wording::page::published_on(&key_text, &day(p.gemaakt), p.versie),
            None => wording::page::not_published(&key_text),
        },
    ))
}

fn section(
    definitie: &Definitie,
    respons: &Respons,
    leveringen: &[Levering],
    today: NaiveDate,
) -> UitvraagStatus {
    // Newest first in the list, so the first one of an aanbieder is its newest.
    let mut newest: BTreeMap<&str, &Levering> = BTreeMap::new();
    for levering in leveringen {
        newest.entry(levering.kvk.as_str()).or_insert(levering);
    }
    let mut rows: Vec<AanbiederLine> = respons
        .regels
        .iter()
        .map(|regel| {
            let counts = regel
                .levering
                .and_then(|id| leveringen.iter().find(|l| l.id == id));
            row(
                regel,
                newest.get(regel.kvk.as_str()).copied(),
                counts,
                definitie,
            )
        })
        .collect();
    rows.sort_by(|a, b| {
        a.volgorde
            .cmp(&b.volgorde)
            .then_with(|| a.naam.cmp(&b.naam))
    });
    UitvraagStatus {
        titel: definitie.titel.clone(),
        jaar: definitie.jaar,
        days: days(definitie, today),
        tellers: counters(respons, &rows),
        rijen: rows,
        toelichtingen: respons
            .regels
            .iter()
            .filter_map(|regel| {
                let counts = regel
                    .levering
                    .and_then(|id| leveringen.iter().find(|l| l.id == id));
                Some((
                    regel,
                    counts.or_else(|| newest.get(regel.kvk.as_str()).copied())?,
                ))
            })
            .flat_map(|(regel, levering)| {
                levering
                    .toelichtingen
                    .iter()
                    .map(move |t| explained(regel, t, definitie))
            })
            .collect(),
    }
}

fn explained(
    regel: &ResponsRegel,
    toelichting: &Toelichting,
    definitie: &Definitie,
) -> Explanation {
    let signaal = definitie
        .regel(&toelichting.code)
        .map_or_else(|| toelichting.code.clone(), |r| r.tekst.titel.clone());
    Explanation {
        naam: regel.naam.clone(),
        signaal,
        antwoord: answer_label(toelichting.antwoord),
        woorden: toelichting.woorden.clone(),
    }
}

fn counters(respons: &Respons, rows: &[AanbiederLine]) -> Vec<CountView> {
    let met = |outcome| {
        respons
            .regels
            .iter()
            .filter(|r| r.verwacht && r.uitkomst == outcome)
            .count()
    };
    let not_expected = respons
        .regels
        .iter()
        .filter(|r| !r.verwacht && r.uitkomst.is_respons())
        .count();
    let in_quarantine = respons
        .regels
        .iter()
        .filter(|r| r.onbruikbaar.is_some())
        .count();
    let mut tellers = vec![
        CountView {
            aantal: respons.regels.iter().filter(|r| r.verwacht).count(),
            naam: "verwacht",
        },
        CountView {
            aantal: met(Outcome::Geleverd),
            naam: "geleverd",
        },
        CountView {
            aantal: met(Outcome::Nulopgave),
            naam: "nulopgave",
        },
        CountView {
            aantal: rows.iter().filter(|r| matches!(r.volgorde, 1 | 2)).count(),
            naam: "bezig, niet af",
        },
        CountView {
            aantal: rows.iter().filter(|r| r.volgorde == 3).count(),
            naam: "nog niets ontvangen",
        },
        CountView {
            aantal: met(Outcome::Gestopt) + met(Outcome::Geweigerd),
            naam: "gestopt of geweigerd",
        },
    ];
    let sometimes = [
        (in_quarantine, "in quarantaine"),
        (not_expected, wording::page::NOT_EXPECTED),
    ];
    tellers.extend(
        sometimes
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| CountView {
                aantal: count,
                naam: name,
            }),
    );
    tellers
}

fn row(
    regel: &ResponsRegel,
    newest: Option<&Levering>,
    counts: Option<&Levering>,
    definitie: &Definitie,
) -> AanbiederLine {
    let busy = newest.filter(|l| {
        matches!(
            l.toestand,
            Toestand::Geopend
                | Toestand::Ontvangen
                | Toestand::Afgekeurd
                | Toestand::TeBevestigen
                | Toestand::Akkoord
        )
    });
    let (order, context, class) = match (regel.uitkomst, busy) {
        _ if regel.onbruikbaar.is_some() => (0, "In quarantaine".to_owned(), "fout"),
        (Outcome::Geleverd, _) => (
            4,
            counts
                .map_or("Geleverd", |l| toestand_label(l.toestand))
                .to_owned(),
            "goed",
        ),
        (Outcome::Nulopgave, _) => (4, "Nulopgave".to_owned(), "goed"),
        (Outcome::Gestopt, None) => (5, "Gestopt".to_owned(), "rust"),
        (Outcome::Geweigerd, None) => (5, "Geweigerd".to_owned(), "rust"),
        (_, Some(l)) if l.toestand == Toestand::Afgekeurd => (
            1,
            toestand_label(l.toestand).to_owned(),
            toestand_class(l.toestand),
        ),
        (_, Some(l)) => (
            2,
            toestand_label(l.toestand).to_owned(),
            toestand_class(l.toestand),
        ),
        (Outcome::Onbekend, None) => match newest {
            Some(l) => (
                3,
                toestand_label(l.toestand).to_owned(),
                toestand_class(l.toestand),
            ),
            None => (3, "Nog niets".to_owned(), "let-op"),
        },
    };
    let shown = counts.filter(|_| regel.uitkomst.is_respons()).or(newest);
    let first_tabel = definitie
        .tabellen
        .first()
        .map(|t| t.naam.as_str())
        .unwrap_or_default();
    let unexpected = if regel.verwacht {
        ""
    } else {
        " (niet verwacht)"
    };
    AanbiederLine {
        volgorde: order,
        naam: format!("{}{unexpected}", regel.naam),
        kvk: regel.kvk.clone(),
        stand: context,
        klasse: class,
        since: shown
            .map(|l| datum_nl(schema::dutch_time::local(l.gewijzigd).date()))
            .unwrap_or_default(),
        open: if regel.onbruikbaar.is_some() {
            wording::page::QUARANTINE.to_owned()
        } else {
            open_points(busy)
        },
        trajecten: shown
            .and_then(|l| l.rijen.get(first_tabel))
            .map(|n| grouped_thousands(*n))
            .unwrap_or_default(),
    }
}

/// What the aanbieder still has to do, counted.
fn open_points(busy: Option<&Levering>) -> String {
    let Some(levering) = busy else {
        return String::new();
    };
    match levering.toestand {
        Toestand::Geopend => wording::page::FILES_MISSING.to_owned(),
        Toestand::Ontvangen if levering.judging_is_stuck() => {
            wording::page::JUDGING_FAILS.to_owned()
        }
        Toestand::Ontvangen => "Controle loopt".to_owned(),
        Toestand::Afgekeurd => counted(count(levering, Ernst::Fout), "fout", "fouten"),
        Toestand::TeBevestigen => counted(
            levering.open_signalen().len() as u64,
            "signaal zonder antwoord",
            "signalen zonder antwoord",
        ),
        _ => "Handtekening".to_owned(),
    }
}

fn days(definitie: &Definitie, today: NaiveDate) -> String {
    let calendar = &definitie.klok;
    let days_left = (calendar.inleveren - today).num_days();
    let days = [calendar.inleveren, calendar.bevriezen, calendar.publiceren].map(datum_nl);
    wording::page::days(&days, days_left)
}
