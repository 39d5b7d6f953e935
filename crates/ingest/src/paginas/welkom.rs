//! `/`: what this is, for whom, and where to go.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schema::levering::datum_nl;

use super::{Menu, page};
use crate::problem::Problem;
use crate::toegang::{Rolnaam, Wie};
use crate::{Staat, klok};

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
    inleveren: String,
    pad: String,
}

/// The landing page.
pub async fn tonen(State(staat): State<Staat>, Extension(wie): Extension<Wie>) -> Result<Response, Problem> {
    let titel =
        |uitvraag: &str, jaar: i32| staat.definitie(uitvraag, jaar).map_or_else(|| format!("{uitvraag} {jaar}"), |d| d.titel.clone());
    let publicaties = staat.lake.publicaties().await?.into_iter().rev().map(|p| {
        let versie = if p.versie > 1 { format!(", versie {}", p.versie) } else { String::new() };
        Publicatie {
            titel: format!("{}{versie}", titel(&p.uitvraag, p.jaar)),
            adres: format!("/v1/publicaties/{}/{}/{}/", p.uitvraag, p.jaar, p.versie),
            datum: datum_nl(klok::local(p.gemaakt).date()),
        }
    });
    let uitvragen = staat.definities.iter().rev().map(|d| Uitvraag {
        titel: d.titel.clone(),
        inleiding: d.inleiding.clone(),
        inleveren: datum_nl(d.klok.inleveren),
        pad: d.naam(),
    });
    let pagina = Welkom { menu: Menu::of(&wie), publicaties: publicaties.collect(), uitvragen: uitvragen.collect() };
    Ok(page(StatusCode::OK, &pagina))
}
