//! `GET /v1/openapi.json`: the API's own description, made from the handlers.
//!
//! Owns the list of handlers in it; a test holds it against the table of routes, both ways. Pages are no part of it.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::{cijfers, health, keys, leveringen, nulopgaven, publicaties, respons, sql, uitvragen};

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
        health::healthz,
        health::readyz,
        uitvragen::list,
        uitvragen::een,
        uitvragen::sjabloon,
        uitvragen::codeboek,
        uitvragen::datapackage,
        keys::keys,
        leveringen::open::open,
        leveringen::show::list,
        leveringen::show::een,
        leveringen::files::capabilities,
        leveringen::files::file_capabilities,
        leveringen::files::upload_progress,
        leveringen::files::received,
        leveringen::bevindingen::bevindingen,
        leveringen::toelichtingen::explain,
        leveringen::preview::preview,
        leveringen::sign::submit,
        leveringen::withdraw::withdraw,
        leveringen::ontvangstbewijs::ontvangstbewijs,
        nulopgaven::nulopgave,
        respons::respons,
        cijfers::cijfers,
        sql::sql,
        publicaties::list,
        publicaties::front_page,
        publicaties::file,
    ),
    modifiers(&SecuritySchemes),
)]
struct Api;

struct SecuritySchemes;

impl utoipa::Modify for SecuritySchemes {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        if let Some(components) = api.components.as_mut() {
            components.add_security_scheme(
                "token",
                SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
            );
        }
    }
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "beheer", responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}
