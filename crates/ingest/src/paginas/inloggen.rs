//! `/inloggen` and `/uitloggen`: a token becomes a session, and ends again.

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Menu, page};
use crate::Staat;
use crate::inhoud;
use crate::problem::{Problem, Soort};
use crate::toegang::{Rolnaam, Toegangscode, Wie};

#[derive(Template)]
#[template(path = "inloggen.html")]
struct Inloggen {
    menu: Menu,
    mislukt: bool,
}

const BYTES: usize = 4 * 1024;

/// The form.
pub async fn tonen(Extension(wie): Extension<Wie>) -> Response {
    page(
        StatusCode::OK,
        &Inloggen {
            menu: Menu::of(&wie),
            mislukt: false,
        },
    )
}

/// Starts a session for the token in the form.
pub async fn inloggen(
    State(staat): State<Staat>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let velden = inhoud::form(&headers, body, BYTES).await?;
    let code = Toegangscode::typed(
        velden
            .iter()
            .find(|(naam, _)| naam == "token")
            .map_or("", |(_, waarde)| waarde),
    );
    let Some(houder) = code.houder(&staat).await? else {
        return Ok(page(
            StatusCode::UNAUTHORIZED,
            &Inloggen {
                menu: Menu { rol: None },
                mislukt: true,
            },
        ));
    };
    let naar = match Rolnaam::of(&houder.rol) {
        Rolnaam::Aanbieder => "/mijn-leveringen",
        Rolnaam::Coordinator => "/coordinator",
        Rolnaam::Analist => "/",
    };
    let koek = staat.sessies.start(code, staat.is_veilig());
    let koek = koek.ok_or_else(|| {
        Problem::new(
            Soort::INTERNAL,
            "Inloggen lukt nu niet. Probeer het later opnieuw.",
        )
    })?;
    tracing::info!(
        token = houder.token,
        rol = houder.rol.naam(),
        "session started"
    );
    Ok((
        StatusCode::SEE_OTHER,
        [
            (LOCATION, HeaderValue::from_static(naar)),
            (SET_COOKIE, koek),
        ],
    )
        .into_response())
}

/// Ends the session.
pub async fn uitloggen(State(staat): State<Staat>, headers: HeaderMap) -> Response {
    let mut antwoord = (
        StatusCode::SEE_OTHER,
        [(LOCATION, HeaderValue::from_static("/"))],
    )
        .into_response();
    if let Some(koek) = staat.sessies.stop(&headers, staat.is_veilig()) {
        antwoord.headers_mut().insert(SET_COOKIE, koek);
    }
    antwoord
}
