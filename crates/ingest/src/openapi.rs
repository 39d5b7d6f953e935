//! `GET /v1/openapi.json`: the API's own description, made from the handlers.
//!
//! Owns the list of handlers in it; a test holds it against the table of routes, both ways. Pages are no part of it.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::{
    cijfers, gezondheid, leveringen, nulopgaven, publicaties, respons, sleutels, uitvragen,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Omgangsmonitor",
        version = "1.0.0",
        description = "Leveringen of aanbieders, their judgement and receipt; published figures. Errors are application/problem+json with a stable `code`.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    paths(
        document,
        gezondheid::healthz,
        gezondheid::readyz,
        uitvragen::lijst,
        uitvragen::een,
        uitvragen::sjabloon,
        uitvragen::codeboek,
        uitvragen::datapackage,
        sleutels::sleutels,
        leveringen::openen::openen,
        leveringen::tonen::lijst,
        leveringen::tonen::een,
        leveringen::bestanden::stand,
        leveringen::bestanden::ontvangen,
        leveringen::bevindingen::bevindingen,
        leveringen::toelichtingen::toelichten,
        leveringen::indienen::indienen,
        leveringen::intrekken::intrekken,
        leveringen::ontvangstbewijs::ontvangstbewijs,
        nulopgaven::nulopgave,
        respons::respons,
        cijfers::cijfers,
        publicaties::lijst,
        publicaties::voorpagina,
        publicaties::bestand,
    ),
    modifiers(&Beveiliging),
)]
struct Api;

struct Beveiliging;

impl utoipa::Modify for Beveiliging {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        if let Some(componenten) = api.components.as_mut() {
            componenten.add_security_scheme(
                "token",
                SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
            );
        }
    }
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "beheer", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}
