//! `/mijn-leveringen`: where do my leveringen stand, and what must I do now?

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lake::{Filter, Levering};
use schema::levering::datum_nl;
use schema::{Definitie, Ernst, Toestand};

use super::{Menu, geteld, page, toestand_klasse, toestand_label};
use crate::leveringen::{Stand, aantal, refusal, volgende_stap};
use crate::problem::Problem;
use crate::toegang::{Rolnaam, Wie};
use crate::{Staat, klok};

#[derive(Template)]
#[template(path = "mijn_leveringen.html")]
pub(super) struct MijnLeveringen {
    pub(super) menu: Menu,
    pub(super) naam: String,
    pub(super) kvk: String,
    pub(super) uitvragen: Vec<Uitvraag>,
}

pub(super) struct Uitvraag {
    pub(super) titel: String,
    pub(super) jaar: i32,
    pub(super) nu: String,
    pub(super) open: bool,
    pub(super) leveringen: Vec<Rij>,
}

pub(super) struct Rij {
    id: String,
    titel: String,
    toestand: &'static str,
    klasse: &'static str,
    volgende_stap: String,
    geopend: String,
    rijen: String,
    gevonden: String,
    ondertekenaar: Option<String>,
    bekijken: bool,
    bekijken_tekst: &'static str,
    bewijs: bool,
}

/// The aanbieder's own page.
pub async fn tonen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
) -> Result<Response, Problem> {
    let kvk = wie.kvk().unwrap_or_default();
    let naam = staat
        .lake
        .aanbieder(kvk)
        .await?
        .map_or_else(|| "Uw organisatie".to_owned(), |a| a.naam);
    let leveringen = staat
        .lake
        .leveringen(Filter {
            kvk: Some(kvk),
            ..Filter::default()
        })
        .await?;
    let mut uitvragen = Vec::new();
    for definitie in staat.definities.iter().rev() {
        let van: Vec<&Levering> = leveringen
            .iter()
            .filter(|l| l.uitvraag == definitie.uitvraag && l.jaar == definitie.jaar)
            .collect();
        uitvragen.push(section(
            definitie,
            &van,
            Stand::of(&staat, kvk, &definitie.uitvraag, definitie.jaar).await?,
        ));
    }
    let pagina = MijnLeveringen {
        menu: Menu::of(&wie),
        naam,
        kvk: kvk.to_owned(),
        uitvragen,
    };
    Ok(page(StatusCode::OK, &pagina))
}

/// One uitvraag with the leveringen of it, newest first.
pub(super) fn section(definitie: &Definitie, leveringen: &[&Levering], stand: Stand) -> Uitvraag {
    Uitvraag {
        titel: definitie.titel.clone(),
        jaar: definitie.jaar,
        nu: now(definitie, leveringen, stand),
        open: !stand.bevroren,
        leveringen: leveringen
            .iter()
            .map(|l| row(l, definitie, stand))
            .collect(),
    }
}

/// The one sentence that counts: what is signed decides, unless something newer wants attention.
fn now(definitie: &Definitie, leveringen: &[&Levering], stand: Stand) -> String {
    let telt = leveringen
        .iter()
        .find(|l| matches!(l.toestand, Toestand::Ingediend | Toestand::Gepubliceerd));
    let bezig = leveringen.iter().find(|l| {
        matches!(
            l.toestand,
            Toestand::Geopend
                | Toestand::Ontvangen
                | Toestand::Afgekeurd
                | Toestand::TeBevestigen
                | Toestand::Akkoord
        )
    });
    match (telt, bezig) {
        (None, None) if stand.bevroren => {
            format!(
                "Leveren over {} kan niet meer: de gegevens zijn bevroren. Van u telt er niets mee. Neem contact op met de coördinator als dat niet klopt.",
                definitie.jaar
            )
        }
        (None, None) => {
            let kern = format!(
                "Lever uw gegevens over {}, uiterlijk {}.",
                definitie.jaar,
                datum_nl(definitie.klok.inleveren)
            );
            if leveringen.is_empty() {
                kern
            } else {
                format!("Er telt nu geen levering van u mee. {kern}")
            }
        }
        (None, Some(levering)) => volgende_stap(levering, Some(&definitie.klok), stand),
        (Some(levering), None) => volgende_stap(levering, Some(&definitie.klok), stand),
        (Some(geteld), Some(nieuwer)) if nieuwer.volgnummer > geteld.volgnummer => {
            format!(
                "Uw eerdere levering telt mee. U bent ook aan een nieuwe begonnen. {}",
                volgende_stap(nieuwer, Some(&definitie.klok), stand)
            )
        }
        (Some(levering), Some(_)) => volgende_stap(levering, Some(&definitie.klok), stand),
    }
}

fn row(levering: &Levering, definitie: &Definitie, stand: Stand) -> Rij {
    let datum = datum_nl(schema::klok::local(levering.geopend).date());
    let geweigerd = refusal(levering).is_some();
    let beoordeeld = !geweigerd
        && levering.beoordeeld.is_some()
        && !levering.nulopgave
        && levering.toestand != Toestand::Gewist;
    let intrekbaar = levering.may_be_withdrawn(stand.bevroren).is_ok();
    let wil_iets = matches!(
        levering.toestand,
        Toestand::TeBevestigen | Toestand::Akkoord
    );
    Rij {
        id: levering.id.to_string(),
        titel: if levering.nulopgave {
            format!("Nulopgave van {datum}")
        } else {
            format!("Levering van {datum}")
        },
        toestand: if geweigerd {
            "Geweigerd"
        } else {
            toestand_label(levering.toestand)
        },
        klasse: if geweigerd {
            "fout"
        } else {
            toestand_klasse(levering.toestand)
        },
        volgende_stap: volgende_stap(levering, Some(&definitie.klok), stand),
        geopend: klok::moment_nl(levering.geopend),
        rijen: content(levering, definitie),
        gevonden: if beoordeeld {
            found(levering)
        } else {
            String::new()
        },
        ondertekenaar: levering.ondertekenaar.as_ref().map(ToString::to_string),
        bekijken: (beoordeeld && (wil_iets || !levering.regels.is_empty())) || intrekbaar,
        bekijken_tekst: match (wil_iets, beoordeeld, intrekbaar) {
            (true, ..) => "Bekijk de bevindingen en ga verder",
            (false, true, false) => "Bekijk de bevindingen",
            (false, true, true) => "Bekijk de bevindingen of trek de levering in",
            (false, false, _) => "Trek de levering in",
        },
        bewijs: levering.heeft_ontvangstbewijs,
    }
}

/// `72 trajecten, 3 voorzieningen`, in the order of the definition.
pub(super) fn content(levering: &Levering, definitie: &Definitie) -> String {
    if levering.nulopgave {
        return "Niets te melden".to_owned();
    }
    let delen = definitie.tabellen.iter().filter_map(|t| {
        levering.rijen.get(&t.naam).map(|n| {
            format!(
                "{}: {}",
                t.titel.to_lowercase(),
                schema::tekst::duizendtal(*n)
            )
        })
    });
    delen.collect::<Vec<_>>().join(", ")
}

fn found(levering: &Levering) -> String {
    let delen = [
        (Ernst::Fout, "fout", "fouten"),
        (Ernst::Signaal, "signaal", "signalen"),
        (Ernst::Opmerking, "opmerking", "opmerkingen"),
    ];
    let gevonden: Vec<String> = delen
        .into_iter()
        .map(|(e, een, meer)| (aantal(levering, e), een, meer))
        .filter(|(n, ..)| *n > 0)
        .map(|(n, een, meer)| geteld(n, een, meer))
        .collect();
    if gevonden.is_empty() {
        "Niets gevonden".to_owned()
    } else {
        gevonden.join(", ")
    }
}
