//! `GET /v1/openapi.json`: the API's own description, made from the handlers.
//!
//! Owns the list of handlers in it; a test holds it against the table of routes, both ways. Pages are no part of it.

use axum::Json;
use axum::http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

use crate::problem::PROBLEM_JSON;

use crate::{
    catalogue, cijfers, compare_versions, health, indicators_and_gebieden, leveringen, nulopgaven,
    own_figures, publicaties, receipt_keys, respons, sql, uitvragen,
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
        health::healthz,
        health::readyz,
        uitvragen::list,
        uitvragen::een,
        uitvragen::sjabloon,
        uitvragen::codeboek,
        uitvragen::datapackage,
        receipt_keys::keys,
        leveringen::open::open,
        leveringen::show::list,
        leveringen::show::een,
        leveringen::upload::capabilities,
        leveringen::upload::file_capabilities,
        leveringen::upload::upload_progress,
        leveringen::upload::received,
        leveringen::bevindingen::bevindingen,
        leveringen::toelichtingen::explain,
        leveringen::preview::preview,
        leveringen::sign::submit,
        leveringen::withdraw::withdraw,
        leveringen::ontvangstbewijs::ontvangstbewijs,
        nulopgaven::nulopgave,
        respons::respons,
        own_figures::own_figures,
        cijfers::cijfers,
        indicators_and_gebieden::indicators,
        indicators_and_gebieden::gebieden,
        sql::sql,
        catalogue::catalogue,
        publicaties::list,
        publicaties::front_page,
        publicaties::file,
        compare_versions::changes,
    ),
    components(schemas(ProblemView)),
    modifiers(&SecuritySchemes, &CommonAnswers),
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

/// A request that could not be granted: RFC 9457. `code` never changes its meaning; some codes bring more members.
#[derive(utoipa::ToSchema)]
#[expect(
    dead_code,
    reason = "describes what `problem` writes as an object with more members"
)]
struct ProblemView {
    /// `urn:omgangsmonitor:probleem:` and the code.
    r#type: String,
    /// Dutch title of the kind.
    title: String,
    /// HTTP status.
    status: u16,
    /// Dutch sentence for who asked.
    detail: String,
    /// Stable code.
    code: String,
}

/// What every operation may answer, and the form of everything that is no success.
struct CommonAnswers;

impl CommonAnswers {
    /// The answers that any handler may give, by what it takes.
    fn of(operation: &Operation) -> Vec<(StatusCode, &'static str)> {
        let mut common = vec![
            (StatusCode::BAD_REQUEST, "PARAMETER"),
            (
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED, also with a wrong token where none is asked",
            ),
            (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
            (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE or TIMEOUT"),
        ];
        if operation.security.is_some() {
            common.extend([
                (StatusCode::FORBIDDEN, "FORBIDDEN_ROLE"),
                (StatusCode::NOT_FOUND, "NOT_FOUND"),
                (StatusCode::GONE, "GONE"),
                (StatusCode::CONFLICT, "STATE, FROZEN or QUARANTINE"),
                (StatusCode::INSUFFICIENT_STORAGE, "STORAGE_FULL"),
            ]);
        }
        if operation.request_body.is_some() {
            common.extend([
                (StatusCode::BAD_REQUEST, "BODY_INCOMPLETE"),
                (StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW"),
                (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"),
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "MEDIA_TYPE or CONTENT_ENCODING",
                ),
                (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "JSON_INVALID or JSON_DEPTH",
                ),
            ]);
        }
        common
    }
}

impl utoipa::Modify for CommonAnswers {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        for item in api.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.patch,
                &mut item.head,
                &mut item.options,
            ];
            for operation in operations.into_iter().flatten() {
                let common = Self::of(operation);
                let answers = &mut operation.responses.responses;
                for (status, codes) in common {
                    let answer = answers.entry(status.as_str().to_owned());
                    let answer = answer.or_insert_with(|| ResponseBuilder::new().into());
                    if let RefOr::T(answer) = answer {
                        let own = std::mem::take(&mut answer.description);
                        let parts = [own.as_str(), codes].into_iter();
                        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
                        answer.description = parts.join("; ");
                    }
                }
                for (status, answer) in answers {
                    if let RefOr::T(answer) = answer
                        && status.starts_with(['4', '5'])
                    {
                        let form = Ref::from_schema_name("ProblemView");
                        let content = Content::new(Some(form));
                        answer
                            .content
                            .insert(PROBLEM_JSON.to_owned(), content.into());
                    }
                }
            }
        }
    }
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "beheer", responses((status = 200, description = "OpenAPI 3.1", body = Object), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Api::openapi())
}
