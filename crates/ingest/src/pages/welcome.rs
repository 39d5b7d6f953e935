//! `/`: what this is, for whom, and where to go.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schema::Situation;
use schema::dutch_time::datum_nl;

use super::{Menu, page};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    menu: Menu,
    publicaties: Vec<PublicatieLink>,
    uitvragen: Vec<UitvraagIntroduction>,
}

struct PublicatieLink {
    titel: String,
    adres: String,
    datum: String,
}

struct UitvraagIntroduction {
    titel: String,
    inleiding: String,
    delivering: String,
    pad: String,
}

/// The landing page.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    let title = |uitvraag: &str, jaar: i32| {
        app.definitie(uitvraag, jaar)
            .map_or_else(|| format!("{uitvraag} {jaar}"), |d| d.titel.clone())
    };
    let publicaties = app.lake.publicaties().await?.into_iter().rev().map(|p| {
        let version = if p.versie > 1 {
            format!(", versie {}", p.versie)
        } else {
            String::new()
        };
        PublicatieLink {
            titel: format!("{}{version}", title(&p.uitvraag, p.jaar)),
            adres: format!("/v1/publicaties/{}/{}/{}/", p.uitvraag, p.jaar, p.versie),
            datum: datum_nl(schema::dutch_time::local(p.gemaakt).date()),
        }
    });
    let mut uitvragen = Vec::new();
    for d in app.definities.iter().rev() {
        let frozen = app
            .lake
            .is_frozen(None, &d.uitvraag, d.jaar, &d.klok, app.nu())
            .await?;
        let situation = Situation {
            calendar: &d.klok,
            jaar: d.jaar,
            today: app.today(),
            frozen,
            published: app.lake.next_version(&d.uitvraag, d.jaar).await? > 1,
            uitstel: None,
            nothing_counts: false,
        };
        uitvragen.push(UitvraagIntroduction {
            titel: d.titel.clone(),
            inleiding: d.inleiding.clone(),
            delivering: situation.delivering(),
            pad: d.name(),
        });
    }
    let page_data = Welcome {
        menu: Menu::of(&caller),
        publicaties: publicaties.collect(),
        uitvragen,
    };
    Ok(page(StatusCode::OK, &page_data))
}
