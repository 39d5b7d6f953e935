//! `/`: what this is, for whom, and where to go.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use schema::definitie::Klok;
use schema::levering::datum_nl;

use super::{Menu, page};
use crate::Staat;
use crate::problem::Problem;
use crate::toegang::{Rolnaam, Wie};

#[derive(Template)]
#[template(path = "welkom.html")]
struct Welkom {
    menu: Menu,
    publicaties: Vec<Publicatie>,
    uitvragen: Vec<Uitvraag>,
}

struct Publicatie {
    titel: String,
    adres: String,
    datum: String,
}

struct Uitvraag {
    titel: String,
    inleiding: String,
    leveren: String,
    pad: String,
}

/// The landing page.
pub async fn tonen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
) -> Result<Response, Problem> {
    let titel = |uitvraag: &str, jaar: i32| {
        staat
            .definitie(uitvraag, jaar)
            .map_or_else(|| format!("{uitvraag} {jaar}"), |d| d.titel.clone())
    };
    let publicaties = staat.lake.publicaties().await?.into_iter().rev().map(|p| {
        let versie = if p.versie > 1 {
            format!(", versie {}", p.versie)
        } else {
            String::new()
        };
        Publicatie {
            titel: format!("{}{versie}", titel(&p.uitvraag, p.jaar)),
            adres: format!("/v1/publicaties/{}/{}/{}/", p.uitvraag, p.jaar, p.versie),
            datum: datum_nl(schema::klok::local(p.gemaakt).date()),
        }
    });
    let mut uitvragen = Vec::new();
    for d in staat.definities.iter().rev() {
        let bevroren = staat
            .lake
            .is_frozen(None, &d.uitvraag, d.jaar, &d.klok, staat.nu())
            .await?;
        let leveren = until(&d.klok, bevroren, staat.vandaag());
        uitvragen.push(Uitvraag {
            titel: d.titel.clone(),
            inleiding: d.inleiding.clone(),
            leveren,
            pad: d.naam(),
        });
    }
    let pagina = Welkom {
        menu: Menu::of(&wie),
        publicaties: publicaties.collect(),
        uitvragen,
    };
    Ok(page(StatusCode::OK, &pagina))
}

/// Whether one can still deliver, and until when.
fn until(klok: &Klok, bevroren: bool, vandaag: NaiveDate) -> String {
    let inleveren = datum_nl(klok.inleveren);
    if bevroren {
        "Leveren kan niet meer: de gegevens zijn bevroren.".to_owned()
    } else if vandaag > klok.inleveren {
        format!(
            "U moest leveren voor of op {inleveren}. Bent u te laat? Lever dan zo snel mogelijk."
        )
    } else {
        format!("Leveren kan tot en met {inleveren}.")
    }
}
