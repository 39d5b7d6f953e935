//! `GET /v1/sleutels`: the public keys of receipts, those of before a rotation too.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::ontvangstbewijs::{Jwks, PublishedJwk};
use crate::problem::Problem;

/// The key set (JWKS) with which a receipt can be verified offline.
#[utoipa::path(get, path = "/v1/sleutels", tag = "leveringen", responses((status = 200, description = "JWKS: OKP, Ed25519", body = Jwks, content_type = "application/jwk-set+json")))]
pub(crate) async fn keys(State(app): State<App>) -> Result<Response, Problem> {
    let mut keys = vec![PublishedJwk::new(app.sleutel.kid(), &app.sleutel.public())];
    for old in app.lake.keys().await?.into_iter().rev() {
        if keys.iter().all(|k| k.kid != old.kid) {
            keys.push(PublishedJwk::new(&old.kid, &old.public));
        }
    }
    let mut response = Json(Jwks { keys }).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/jwk-set+json"),
    );
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    Ok(response)
}
