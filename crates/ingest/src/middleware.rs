//! What every answer has, whatever the route: safe headers, the API's version, a time limit, a line in the log.
//!
//! Owns also the answers to paths and methods that do not exist. A log line holds the route as it stands in the
//! table, never the path or query as sent: those may hold anything.

use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
    HeaderValue, IF_NONE_MATCH, IF_RANGE, LINK, RANGE, REFERRER_POLICY, RETRY_AFTER,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use tokio::time::Instant;
use tower_http::cors::{Any, CorsLayer};

use crate::App;
use crate::answer_origin::PUBLICATIES;
use crate::pages;
use crate::pages::deliver_forms::DELIVERY;
use crate::problem::{Problem, ProblemKind, ProblemRecord};
use crate::wording;

/// Longest time for making an answer; uploads have limits of their own.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a browser need not ask again whether it may.
const PREFLIGHT: Duration = Duration::from_hours(1);
/// Pages may load nothing but their own style, and be framed by nobody.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Puts everything around the routes.
pub(crate) fn wrap(router: Router<App>, app: &App) -> Router {
    router
        .fallback(|| async { Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_PAGE) })
        .method_not_allowed_fallback(|| async {
            Problem::new(ProblemKind::METHOD_NOT_ALLOWED, wording::refused::NO_METHOD)
        })
        .layer(from_fn(own_words))
        .layer(from_fn(for_people))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(app.clone(), headers))
        .layer(from_fn(log))
        .with_state(app.clone())
}

/// What is public may be read by scripts on any site, with the headers a reader of files needs; nobody's credentials come
/// along.
pub(crate) fn for_any_site(public: MethodRouter<App>) -> MethodRouter<App> {
    let open = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([ACCEPT, IF_NONE_MATCH, IF_RANGE, RANGE])
        .expose_headers([
            ACCEPT_RANGES,
            CONTENT_DISPOSITION,
            CONTENT_ENCODING,
            CONTENT_LENGTH,
            CONTENT_RANGE,
            ETAG,
            LINK,
            PUBLICATIES,
            RETRY_AFTER,
        ])
        .max_age(PREFLIGHT);
    // The layer answers a browser that asks first; without a handler there is nothing it lies around.
    public
        .options(async || StatusCode::NO_CONTENT)
        .route_layer(open)
}

/// Extractors of axum refuse in English, in plain text, and echo what they could not read: that becomes a problem.
async fn own_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let ours = page || response.extensions().get::<ProblemRecord>().is_some();
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    match status {
        StatusCode::BAD_REQUEST => {
            Problem::new(ProblemKind::PARAMETER, wording::refused::BAD_PARAMETER)
        }
        StatusCode::NOT_FOUND => Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_ADDRESS),
        _ => Problem::our_fault(),
    }
    .into_response()
}

/// Someone with a browser, outside the API, reads a page rather than JSON. The pages of a publication are pages too.
async fn for_people(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let api = path.starts_with("/v1") && !path.starts_with("/v1/publicaties/");
    let browser = request
        .headers()
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/html"));
    let response = next.run(request).await;
    match response.extensions().get::<ProblemRecord>() {
        Some(problem) if browser && !api => pages::problem_page(problem),
        _ => response,
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    let is_upload = request.method() == Method::PATCH || request.uri().path() == DELIVERY;
    if is_upload {
        return next.run(request).await;
    }
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(ProblemKind::TIMEOUT, wording::refused::TOO_SLOW).into_response(),
    }
}

async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let out = response.headers_mut();
    let for_all = out.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN);
    out.insert(
        HeaderName::from_static("api-version"),
        HeaderValue::from_static("1.0.0"),
    );
    out.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: with it a browser sends `Origin: null` along with our own forms, which we then refuse.
    out.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    out.entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CSP));
    out.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static(if for_all {
            "cross-origin"
        } else {
            "same-origin"
        }),
    );
    if app.is_secure() {
        out.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

async fn log(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let code = response
        .extensions()
        .get::<ProblemRecord>()
        .map(|v| v.soort.code);
    let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let method = known_method(&method);
    if status >= 500 {
        tracing::warn!(method, route, status, code, millis, "request");
    } else {
        tracing::info!(method, route, status, code, millis, "request");
    }
    response
}

/// A method may be any word the client makes up.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
