//! `/coordinator`: who was expected, who delivered, what stands open?

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use lake::{Filter, LakeFout, Levering, Respons, ResponsRegel, Uitkomst};
use schema::levering::datum_nl;
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Toestand};

use super::levering::answer_label;
use schema::tekst::duizendtal;

use super::{Menu, geteld, page, toestand_klasse, toestand_label};
use crate::Staat;
use crate::leveringen::aantal;
use crate::problem::Problem;
use crate::toegang::{Rolnaam, Wie};

#[derive(Template)]
#[template(path = "coordinator.html")]
struct Pagina {
    menu: Menu,
    uitvragen: Vec<Uitvraag>,
}

struct Uitvraag {
    titel: String,
    jaar: i32,
    dagen: String,
    tellers: Vec<Teller>,
    rijen: Vec<Rij>,
    toelichtingen: Vec<Uitleg>,
}

/// An answer to a signaal in the levering that counts, or else in the newest one.
struct Uitleg {
    naam: String,
    signaal: String,
    antwoord: &'static str,
    woorden: String,
}

struct Teller {
    aantal: usize,
    naam: &'static str,
}

struct Rij {
    volgorde: u8,
    naam: String,
    kvk: String,
    stand: String,
    klasse: &'static str,
    sinds: String,
    open: String,
    trajecten: String,
}

/// The coördinator's page.
pub async fn tonen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
) -> Result<Response, Problem> {
    let vandaag = staat.vandaag();
    let mut uitvragen = Vec::new();
    for definitie in staat.definities.iter().rev() {
        let respons = staat
            .lake
            .respons(&definitie.uitvraag, definitie.jaar)
            .await?;
        if respons.regels.is_empty() {
            continue;
        }
        let filter = Filter {
            uitvraag: Some(&definitie.uitvraag),
            jaar: Some(definitie.jaar),
            ..Filter::default()
        };
        let leveringen = staat.lake.leveringen(filter).await?;
        let mut sectie = section(definitie, &respons, &leveringen, vandaag);
        if let Some(stand) = frozen(&staat, definitie).await? {
            sectie.dagen = stand;
        }
        uitvragen.push(sectie);
    }
    Ok(page(
        StatusCode::OK,
        &Pagina {
            menu: Menu::of(&wie),
            uitvragen,
        },
    ))
}

/// What became of the year once it was frozen; nothing before.
async fn frozen(staat: &Staat, definitie: &Definitie) -> Result<Option<String>, LakeFout> {
    let (uitvraag, jaar) = (definitie.uitvraag.as_str(), definitie.jaar);
    let (klok, nu) = (&definitie.klok, staat.nu());
    if !staat.lake.is_frozen(None, uitvraag, jaar, klok, nu).await? {
        return Ok(None);
    }
    let Some(id) = staat.lake.momentopnamen(uitvraag, jaar).await?.pop() else {
        return Ok(Some(format!(
            "Bevroren sinds {}, nog zonder momentopname. Leveren kan alleen nog met uitstel.",
            datum_nl(klok.bevriezen)
        )));
    };
    let Some(moment) = staat.lake.momentopname(&id).await? else {
        return Ok(None);
    };
    let dag = |moment| datum_nl(schema::klok::local(moment).date());
    let aantal = geteld(moment.leveringen.len() as u64, "levering", "leveringen");
    let kern = format!(
        "Bevroren op {} als {id}, met {aantal}. Leveren kan alleen nog met uitstel.",
        dag(moment.gemaakt)
    );
    Ok(Some(
        match staat.lake.laatste_publicatie(uitvraag, jaar).await? {
            Some(p) => format!(
                "{kern} Gepubliceerd op {}, versie {}.",
                dag(p.gemaakt),
                p.versie
            ),
            None => format!("{kern} Nog niet gepubliceerd."),
        },
    ))
}

fn section(
    definitie: &Definitie,
    respons: &Respons,
    leveringen: &[Levering],
    vandaag: NaiveDate,
) -> Uitvraag {
    // Newest first in the list, so the first one of an aanbieder is its newest.
    let mut nieuwste: BTreeMap<&str, &Levering> = BTreeMap::new();
    for levering in leveringen {
        nieuwste.entry(levering.kvk.as_str()).or_insert(levering);
    }
    let mut rijen: Vec<Rij> = respons
        .regels
        .iter()
        .map(|regel| {
            let telt = regel
                .levering
                .and_then(|id| leveringen.iter().find(|l| l.id == id));
            row(
                regel,
                nieuwste.get(regel.kvk.as_str()).copied(),
                telt,
                definitie,
            )
        })
        .collect();
    rijen.sort_by(|a, b| {
        a.volgorde
            .cmp(&b.volgorde)
            .then_with(|| a.naam.cmp(&b.naam))
    });
    Uitvraag {
        titel: definitie.titel.clone(),
        jaar: definitie.jaar,
        dagen: days(definitie, vandaag),
        tellers: counters(respons, &rijen),
        rijen,
        toelichtingen: respons
            .regels
            .iter()
            .filter_map(|regel| {
                let telt = regel
                    .levering
                    .and_then(|id| leveringen.iter().find(|l| l.id == id));
                Some((
                    regel,
                    telt.or_else(|| nieuwste.get(regel.kvk.as_str()).copied())?,
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

fn explained(regel: &ResponsRegel, toelichting: &Toelichting, definitie: &Definitie) -> Uitleg {
    let signaal = definitie
        .regel(&toelichting.code)
        .map_or_else(|| toelichting.code.clone(), |r| r.tekst.titel.clone());
    Uitleg {
        naam: regel.naam.clone(),
        signaal,
        antwoord: answer_label(toelichting.antwoord),
        woorden: toelichting.woorden.clone(),
    }
}

fn counters(respons: &Respons, rijen: &[Rij]) -> Vec<Teller> {
    let met = |uitkomst| {
        respons
            .regels
            .iter()
            .filter(|r| r.verwacht && r.uitkomst == uitkomst)
            .count()
    };
    let niet_verwacht = respons
        .regels
        .iter()
        .filter(|r| !r.verwacht && r.uitkomst.is_respons())
        .count();
    let in_quarantaine = respons
        .regels
        .iter()
        .filter(|r| r.onbruikbaar.is_some())
        .count();
    let mut tellers = vec![
        Teller {
            aantal: respons.regels.iter().filter(|r| r.verwacht).count(),
            naam: "verwacht",
        },
        Teller {
            aantal: met(Uitkomst::Geleverd),
            naam: "geleverd",
        },
        Teller {
            aantal: met(Uitkomst::Nulopgave),
            naam: "nulopgave",
        },
        Teller {
            aantal: rijen.iter().filter(|r| matches!(r.volgorde, 1 | 2)).count(),
            naam: "bezig, niet af",
        },
        Teller {
            aantal: rijen.iter().filter(|r| r.volgorde == 3).count(),
            naam: "nog niets ontvangen",
        },
        Teller {
            aantal: met(Uitkomst::Gestopt) + met(Uitkomst::Geweigerd),
            naam: "gestopt of geweigerd",
        },
    ];
    let soms = [
        (in_quarantaine, "in quarantaine"),
        (niet_verwacht, "geleverd zonder verwacht te zijn"),
    ];
    tellers.extend(
        soms.into_iter()
            .filter(|(aantal, _)| *aantal > 0)
            .map(|(aantal, naam)| Teller { aantal, naam }),
    );
    tellers
}

fn row(
    regel: &ResponsRegel,
    nieuwste: Option<&Levering>,
    telt: Option<&Levering>,
    definitie: &Definitie,
) -> Rij {
    let bezig = nieuwste.filter(|l| {
        matches!(
            l.toestand,
            Toestand::Geopend
                | Toestand::Ontvangen
                | Toestand::Afgekeurd
                | Toestand::TeBevestigen
                | Toestand::Akkoord
        )
    });
    let (volgorde, stand, klasse) = match (regel.uitkomst, bezig) {
        _ if regel.onbruikbaar.is_some() => (0, "In quarantaine".to_owned(), "fout"),
        (Uitkomst::Geleverd, _) => (
            4,
            telt.map_or("Geleverd", |l| toestand_label(l.toestand))
                .to_owned(),
            "goed",
        ),
        (Uitkomst::Nulopgave, _) => (4, "Nulopgave".to_owned(), "goed"),
        (Uitkomst::Gestopt, None) => (5, "Gestopt".to_owned(), "rust"),
        (Uitkomst::Geweigerd, None) => (5, "Geweigerd".to_owned(), "rust"),
        (_, Some(l)) if l.toestand == Toestand::Afgekeurd => (
            1,
            toestand_label(l.toestand).to_owned(),
            toestand_klasse(l.toestand),
        ),
        (_, Some(l)) => (
            2,
            toestand_label(l.toestand).to_owned(),
            toestand_klasse(l.toestand),
        ),
        (Uitkomst::Onbekend, None) => match nieuwste {
            Some(l) => (
                3,
                toestand_label(l.toestand).to_owned(),
                toestand_klasse(l.toestand),
            ),
            None => (3, "Nog niets".to_owned(), "let-op"),
        },
    };
    let getoond = telt.filter(|_| regel.uitkomst.is_respons()).or(nieuwste);
    let eerste_tabel = definitie
        .tabellen
        .first()
        .map(|t| t.naam.as_str())
        .unwrap_or_default();
    let onverwacht = if regel.verwacht {
        ""
    } else {
        " (niet verwacht)"
    };
    Rij {
        volgorde,
        naam: format!("{}{onverwacht}", regel.naam),
        kvk: regel.kvk.clone(),
        stand,
        klasse,
        sinds: getoond
            .map(|l| datum_nl(schema::klok::local(l.gewijzigd).date()))
            .unwrap_or_default(),
        open: if regel.onbruikbaar.is_some() {
            QUARANTAINE.to_owned()
        } else {
            open_points(bezig)
        },
        trajecten: getoond
            .and_then(|l| l.rijen.get(eerste_tabel))
            .map(|n| duizendtal(*n))
            .unwrap_or_default(),
    }
}

const QUARANTAINE: &str =
    "De bestanden zijn beschadigd en tellen niet mee. De beheerder moet ernaar kijken.";

/// What the aanbieder still has to do, counted.
fn open_points(bezig: Option<&Levering>) -> String {
    let Some(levering) = bezig else {
        return String::new();
    };
    match levering.toestand {
        Toestand::Geopend => "Bestanden zijn nog niet compleet".to_owned(),
        Toestand::Ontvangen if levering.judging_is_stuck() => {
            "Controle lukt niet. De beheerder moet ernaar kijken.".to_owned()
        }
        Toestand::Ontvangen => "Controle loopt".to_owned(),
        Toestand::Afgekeurd => geteld(aantal(levering, Ernst::Fout), "fout", "fouten"),
        Toestand::TeBevestigen => geteld(
            levering.open_signalen().len() as u64,
            "signaal zonder antwoord",
            "signalen zonder antwoord",
        ),
        _ => "Handtekening".to_owned(),
    }
}

fn days(definitie: &Definitie, vandaag: NaiveDate) -> String {
    let klok = &definitie.klok;
    let nog = (klok.inleveren - vandaag).num_days();
    let kern = format!(
        "Leveren tot en met {}. Bevriezen op {}. Publiceren op {}.",
        datum_nl(klok.inleveren),
        datum_nl(klok.bevriezen),
        datum_nl(klok.publiceren)
    );
    match nog {
        0 => format!("{kern} Vandaag is de laatste dag om te leveren."),
        1 => format!("{kern} Nog 1 dag om te leveren."),
        2.. => format!("{kern} Nog {nog} dagen om te leveren."),
        _ => format!("{kern} De termijn om te leveren is voorbij."),
    }
}
