//! `/mijn-leveringen/{id}`: what was found in one levering; answer the signalen, sign, or take it back.
//!
//! The forms do what `PUT …/toelichtingen`, `POST …/indienen` and `POST …/intrekken` do, by the same functions.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lake::{Levering, Refusal};
use schema::levering::datum_nl;
use schema::pakket::{Antwoord, Toelichting};
use schema::{Bevinding, Definitie, Ernst, Oordeel, Toestand};

use schema::tekst::duizendtal;

use super::{Menu, page, toestand_klasse, toestand_label};
use crate::leveringen::indienen::{Handtekening, sign};
use crate::leveringen::intrekken::withdraw;
use crate::leveringen::toelichtingen::keep;
use crate::leveringen::{Stand, find, refuse_if_erased, volgende_stap};
use crate::problem::{Problem, Soort};
use crate::toegang::{Rolnaam, Wie};
use crate::{Staat, inhoud};

#[derive(Template)]
#[template(path = "levering.html")]
struct Pagina {
    menu: Menu,
    id: String,
    titel: String,
    toestand: &'static str,
    klasse: &'static str,
    volgende_stap: String,
    melding: Option<String>,
    regels: Vec<Regel>,
    vragen: Vec<Vraag>,
    antwoorden: [(&'static str, &'static str); 4],
    tekenen: bool,
    andere_sleutel: bool,
    intrekken: bool,
    bewijs: bool,
}

struct Regel {
    code: String,
    ernst: &'static str,
    klasse: &'static str,
    titel: String,
    aantal: String,
    herstel: String,
    /// What made many of them at once, as sentences.
    oorzaken: Vec<String>,
    tonen: String,
    bevindingen: Vec<Vondst>,
}

struct Vondst {
    waar: String,
    bericht: String,
    gevonden: Option<String>,
    verwacht: String,
}

struct Vraag {
    code: String,
    titel: String,
    antwoord: &'static str,
    woorden: String,
}

/// Findings of one rule on the page; the downloads have them all.
const PER_REGEL: usize = 20;
/// Causes of one rule on the page.
const OORZAKEN: usize = 5;
const BYTES: usize = 256 * 1024;
const ANTWOORDEN: [(Antwoord, &str, &str); 4] = [
    (Antwoord::Klopt, "klopt", "Het klopt zoals het er staat"),
    (
        Antwoord::RegistratieOnvolledig,
        "registratie_onvolledig",
        "Onze registratie is niet compleet",
    ),
    (
        Antwoord::WordtHersteld,
        "wordt_hersteld",
        "Wij herstellen het in een volgende levering",
    ),
    (Antwoord::Anders, "anders", "Iets anders, zie de uitleg"),
];

/// The words for a coded reason.
pub fn answer_label(antwoord: Antwoord) -> &'static str {
    ANTWOORDEN
        .into_iter()
        .find(|(a, ..)| *a == antwoord)
        .map_or("", |(_, _, tekst)| tekst)
}

/// The page.
pub async fn tonen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    show(&staat, &wie, &levering, None).await
}

/// Keeps the answers in the form.
pub async fn toelichten(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let velden = inhoud::form(&headers, body, BYTES).await?;
    match keep(&staat, &wie, &levering, &answers(&velden)).await {
        Ok(bewaard) => Ok(back_to(&bewaard)),
        Err(problem) => again(&staat, &wie, &levering, problem).await,
    }
}

/// Signs with the name in the form.
pub async fn indienen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let velden = inhoud::form(&headers, body, BYTES).await?;
    let veld = |naam: &str| {
        velden
            .iter()
            .find(|(n, _)| n == naam)
            .map(|(_, w)| w.clone())
            .unwrap_or_default()
    };
    let handtekening = Handtekening {
        naam: veld("naam"),
        functie: veld("functie"),
    };
    let andere_sleutel = veld("andere_sleutel") == "ja";
    match sign(&staat, &wie, &levering, &handtekening, andere_sleutel).await {
        Ok(ingediend) => Ok(back_to(&ingediend)),
        Err(problem) => again(&staat, &wie, &levering, problem).await,
    }
}

/// Takes the levering back.
pub async fn intrekken(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    match withdraw(&staat, &wie, levering.clone()).await {
        Ok(ingetrokken) => Ok(back_to(&ingetrokken)),
        Err(problem) => again(&staat, &wie, &levering, problem).await,
    }
}

fn answers(velden: &[(String, String)]) -> Vec<Toelichting> {
    let mut woorden: BTreeMap<&str, &str> = BTreeMap::new();
    for (naam, waarde) in velden {
        if let Some(code) = naam.strip_prefix("woorden.") {
            woorden.insert(code, waarde);
        }
    }
    let gegeven = velden.iter().filter_map(|(naam, waarde)| {
        let code = naam.strip_prefix("antwoord.")?;
        let (antwoord, ..) = ANTWOORDEN.into_iter().find(|(_, naam, _)| naam == waarde)?;
        let woorden = woorden
            .get(code)
            .map(|w| w.trim().to_owned())
            .unwrap_or_default();
        Some(Toelichting {
            code: code.to_owned(),
            antwoord,
            woorden,
        })
    });
    gegeven.collect()
}

/// After a form, the browser asks for the page anew: reloading sends nothing twice.
fn back_to(levering: &Levering) -> Response {
    let adres = HeaderValue::from_str(&format!("/mijn-leveringen/{}", levering.id))
        .expect("an id is hexadecimal and dashes");
    (StatusCode::SEE_OTHER, [(LOCATION, adres)]).into_response()
}

/// The page once more, with what was wrong on top.
async fn again(
    staat: &Staat,
    wie: &Wie,
    levering: &Levering,
    problem: Problem,
) -> Result<Response, Problem> {
    if problem.soort().status.is_server_error() {
        return Err(problem);
    }
    let mut antwoord = show(staat, wie, levering, Some(problem.detail().to_owned())).await?;
    *antwoord.status_mut() = problem.soort().status;
    Ok(antwoord)
}

async fn show(
    staat: &Staat,
    wie: &Wie,
    levering: &Levering,
    melding: Option<String>,
) -> Result<Response, Problem> {
    refuse_if_erased(levering)?;
    let definitie = staat
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(Soort::PERIOD, "Deze uitvraag loopt niet meer."))?;
    let oordeel = staat.lake.oordeel(levering.id).await?;
    let stand = Stand::of(staat, &levering.kvk, &levering.uitvraag, levering.jaar).await?;
    let klok = &definitie.klok;
    let may_sign = staat.lake.may_sign(levering, klok, staat.nu()).await?;
    let andere_sleutel = may_sign == Err(Refusal::OtherKey);
    let pagina = Pagina {
        menu: Menu::of(wie),
        id: levering.id.to_string(),
        titel: format!(
            "Levering van {}",
            datum_nl(schema::klok::local(levering.geopend).date())
        ),
        toestand: toestand_label(levering.toestand),
        klasse: toestand_klasse(levering.toestand),
        volgende_stap: volgende_stap(levering, Some(klok), stand),
        melding,
        regels: oordeel
            .as_ref()
            .map(|o| rules(o, definitie))
            .unwrap_or_default(),
        vragen: questions(levering, definitie),
        antwoorden: ANTWOORDEN.map(|(_, naam, tekst)| (naam, tekst)),
        tekenen: may_sign.is_ok() || andere_sleutel,
        andere_sleutel,
        intrekken: levering.may_be_withdrawn(stand.bevroren).is_ok(),
        bewijs: levering.heeft_ontvangstbewijs,
    };
    Ok(page(StatusCode::OK, &pagina))
}

fn rules(oordeel: &Oordeel, definitie: &Definitie) -> Vec<Regel> {
    let regels = oordeel.regels.iter().map(|telling| {
        let van: Vec<&Bevinding> = oordeel
            .bevindingen
            .iter()
            .filter(|b| b.code == telling.code)
            .collect();
        let titel = definitie
            .regel(&telling.code)
            .map_or_else(|| telling.code.clone(), |r| r.tekst.titel.clone());
        let getoond = van.len().min(PER_REGEL);
        let (ernst, klasse) = match telling.ernst {
            Ernst::Fout => ("Fout", "fout"),
            Ernst::Signaal => ("Signaal", "let-op"),
            Ernst::Opmerking => ("Opmerking", "rust"),
        };
        Regel {
            code: telling.code.clone(),
            ernst,
            klasse,
            titel,
            aantal: duizendtal(telling.aantal),
            herstel: van.first().map(|b| b.herstel.clone()).unwrap_or_default(),
            oorzaken: oordeel
                .oorzaken
                .iter()
                .filter(|o| o.eerste.code == telling.code)
                .take(OORZAKEN)
                .map(|o| o.zin(oordeel.meer_bestanden))
                .collect(),
            tonen: if telling.aantal > getoond as u64 {
                format!("Toon de eerste {getoond} plaatsen")
            } else {
                "Toon waar".to_owned()
            },
            bevindingen: van
                .into_iter()
                .take(PER_REGEL)
                .map(|b| Vondst {
                    waar: place(b),
                    bericht: b.bericht.clone(),
                    gevonden: b.gevonden.clone(),
                    verwacht: b.verwacht.clone(),
                })
                .collect(),
        }
    });
    regels.collect()
}

fn place(bevinding: &Bevinding) -> String {
    let plaats = &bevinding.plaats;
    let bestand = plaats
        .bestand
        .clone()
        .unwrap_or_else(|| bevinding.tabel.clone());
    match (plaats.rij, &plaats.kolom) {
        (Some(rij), Some(kolom)) => format!("{bestand}, rij {rij}, kolom {kolom}"),
        (Some(rij), None) => format!("{bestand}, rij {rij}"),
        (None, Some(kolom)) => format!("{bestand}, kolom {kolom}"),
        (None, None) => bestand,
    }
}

fn questions(levering: &Levering, definitie: &Definitie) -> Vec<Vraag> {
    if !matches!(
        levering.toestand,
        Toestand::TeBevestigen | Toestand::Akkoord
    ) {
        return Vec::new();
    }
    let signalen = levering
        .regels
        .iter()
        .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
        .map(|telling| {
            let gegeven = levering
                .toelichtingen
                .iter()
                .find(|t| t.code == telling.code);
            let antwoord = gegeven
                .and_then(|g| ANTWOORDEN.into_iter().find(|(a, ..)| *a == g.antwoord))
                .map_or("", |(_, naam, _)| naam);
            Vraag {
                code: telling.code.clone(),
                titel: definitie
                    .regel(&telling.code)
                    .map_or_else(|| telling.code.clone(), |r| r.tekst.titel.clone()),
                antwoord,
                woorden: gegeven.map(|g| g.woorden.clone()).unwrap_or_default(),
            }
        });
    signalen.collect()
}
