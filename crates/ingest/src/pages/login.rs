//! `/inloggen` and `/uitloggen`: a token becomes a session, and ends again.

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Menu, page};
use crate::App;
use crate::auth::{AccessCode, Caller, RoleName};
use crate::problem::{Problem, ProblemKind};
use crate::request_body;
use crate::wording;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    menu: Menu,
    failed: bool,
}

const BYTES: usize = 4 * 1024;

/// The form.
pub(crate) async fn show(Extension(caller): Extension<Caller>) -> Response {
    page(
        StatusCode::OK,
        &Login {
            menu: Menu::of(&caller),
            failed: false,
        },
    )
}

/// Starts a session for the token in the form.
pub(crate) async fn log_in(
    State(app): State<App>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let velden = request_body::form(&headers, body, BYTES).await?;
    let code = AccessCode::typed(
        velden
            .iter()
            .find(|(name, _)| name == "token")
            .map_or("", |(_, value)| value),
    );
    let Some(holder) = code.holder(&app).await? else {
        return Ok(page(
            StatusCode::UNAUTHORIZED,
            &Login {
                menu: Menu { rol: None },
                failed: true,
            },
        ));
    };
    let to = match RoleName::of(&holder.rol) {
        RoleName::Aanbieder => "/mijn-leveringen",
        RoleName::Coordinator => "/coordinator",
        RoleName::Analist => "/",
    };
    let cookie = app.sessions.start(code, app.is_secure());
    let cookie =
        cookie.ok_or_else(|| Problem::new(ProblemKind::INTERNAL, wording::refused::NO_LOGIN))?;
    tracing::info!(
        token = holder.token,
        role = holder.rol.name(),
        "session started"
    );
    Ok((
        StatusCode::SEE_OTHER,
        [
            (LOCATION, HeaderValue::from_static(to)),
            (SET_COOKIE, cookie),
        ],
    )
        .into_response())
}

/// Ends the session.
pub(crate) async fn log_out(State(app): State<App>, headers: HeaderMap) -> Response {
    let mut response = (
        StatusCode::SEE_OTHER,
        [(LOCATION, HeaderValue::from_static("/"))],
    )
        .into_response();
    if let Some(cookie) = app.sessions.stop(&headers, app.is_secure()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
