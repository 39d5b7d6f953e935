//! Who asks: a Bearer token, or the session of a page; and which roles a route is for.
//!
//! Owns reading credentials, sessions (in memory, eight hours) and the guard that every route stands behind. The
//! token itself is kept hashed by `lake`. A session only opens pages and reading: what changes something over the
//! API wants the token. Leaves tenancy (whose levering is it) to `leveringen`.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lake::{Holder, LakeError, TokenRole};
use schema::hash::hex;
use sha2::{Digest, Sha256};

use crate::App;
use crate::problem::Problem;

/// Why someone may not pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccessError {
    /// No credential at all.
    #[error("Stuur uw toegangscode mee in de header `Authorization: Bearer …`.")]
    Geen,
    /// A credential nobody gave out.
    #[error(
        "Deze toegangscode kennen wij niet, of hij is ingetrokken. Vraag de coördinator om een nieuwe."
    )]
    Onbekend,
    /// A known credential of another role.
    #[error("Uw toegangscode is hier niet voor bedoeld.")]
    TokenRole,
    /// A form from another site.
    #[error("Open de pagina opnieuw en vul het formulier daar in.")]
    Origin,
    /// The register failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Which roles there are, without whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleName {
    /// Delivers for one aanbieder.
    Aanbieder,
    /// Runs the uitvraag.
    Coordinator,
    /// Queries figures.
    Analist,
}

impl RoleName {
    /// The role of a token, without whose it is.
    pub fn of(role: &TokenRole) -> Self {
        match role {
            TokenRole::Aanbieder(_) => Self::Aanbieder,
            TokenRole::Coordinator => Self::Coordinator,
            TokenRole::Analist => Self::Analist,
        }
    }
}

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anyone.
    Everyone,
    /// A token or session of one of these roles.
    Roles(&'static [RoleName]),
    /// As [`Audience::Roles`], but a page: who is not logged in is sent to `/inloggen`.
    Page(&'static [RoleName]),
    /// A form that anyone may send, from our own pages.
    Form,
}

/// Who asks; in the request's extensions behind the guard.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub Option<Holder>);

impl Caller {
    /// The KvK number, for an aanbieder.
    pub(crate) fn kvk(&self) -> Option<&str> {
        match self.0.as_ref().map(|holder| &holder.rol) {
            Some(TokenRole::Aanbieder(kvk)) => Some(kvk),
            _ => None,
        }
    }

    /// The role.
    pub(crate) fn role(&self) -> Option<RoleName> {
        self.0.as_ref().map(|holder| RoleName::of(&holder.rol))
    }

    /// How the register's log names who did it.
    pub(crate) fn name(&self) -> String {
        match self.0.as_ref() {
            None => "iedereen".to_owned(),
            Some(holder) => match &holder.rol {
                TokenRole::Aanbieder(kvk) => format!("aanbieder {kvk}, token {}", holder.token),
                role => format!("{} {}", role.name(), holder.token),
            },
        }
    }
}

/// The guard before a route.
pub(crate) async fn guard(
    State((app, before)): State<(App, Audience)>,
    mut request: Request,
    next: Next,
) -> Response {
    // A body may not be shared between threads, so what is looked at is copied out of the request.
    let (method, headers) = (request.method().clone(), request.headers().clone());
    match admit(&app, before, &method, &headers).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(AccessError::Geen | AccessError::Onbekend) if matches!(before, Audience::Page(_)) => {
            to_login()
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

fn to_login() -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, HeaderValue::from_static("/inloggen"))],
    )
        .into_response()
}

async fn admit(
    app: &App,
    before: Audience,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, AccessError> {
    let reading = method == Method::GET || method == Method::HEAD;
    let page = matches!(before, Audience::Page(_) | Audience::Form);
    if page && !reading && !own_origin(headers, app.adres.as_deref()) {
        return Err(AccessError::Origin);
    }
    let holder = identify(app, headers, page || reading).await;
    let roles = match before {
        Audience::Everyone | Audience::Form => {
            return match holder {
                Ok(holder) => Ok(Caller(Some(holder))),
                Err(AccessError::Geen) => Ok(Caller(None)),
                // A stale cookie must not keep anyone from a public page; a wrong token is told so.
                Err(AccessError::Onbekend) if !headers.contains_key(AUTHORIZATION) => {
                    Ok(Caller(None))
                }
                Err(error) => Err(error),
            };
        }
        Audience::Roles(roles) | Audience::Page(roles) => roles,
    };
    let holder = holder?;
    if roles.contains(&RoleName::of(&holder.rol)) {
        Ok(Caller(Some(holder)))
    } else {
        Err(AccessError::TokenRole)
    }
}

async fn identify(
    app: &App,
    headers: &HeaderMap,
    session_allowed: bool,
) -> Result<Holder, AccessError> {
    let token = match bearer(headers)? {
        Some(token) => token,
        None if session_allowed => match session_id(headers) {
            Some(id) => app.sessions.token(&id).ok_or(AccessError::Onbekend)?,
            None => return Err(AccessError::Geen),
        },
        None => return Err(AccessError::Geen),
    };
    app.lake
        .holder(&token.0)
        .await?
        .ok_or(AccessError::Onbekend)
}

/// A credential on its way to the register; does not print itself.
#[derive(Clone)]
pub(crate) struct AccessCode(String);

impl fmt::Debug for AccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Toegangscode(…)")
    }
}

impl AccessCode {
    /// From a form; spaces around it come with copying.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whose it is.
    ///
    /// # Errors
    /// When the register fails.
    pub(crate) async fn holder(&self, app: &App) -> Result<Option<Holder>, LakeError> {
        if plausible(&self.0) {
            app.lake.holder(&self.0).await
        } else {
            Ok(None)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<AccessCode>, AccessError> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(AccessError::Onbekend);
    }
    let text = value.to_str().map_err(|_| AccessError::Onbekend)?;
    let (schema, token) = text.split_once(' ').ok_or(AccessError::Onbekend)?;
    if !schema.eq_ignore_ascii_case("bearer") || !plausible(token) {
        return Err(AccessError::Onbekend);
    }
    Ok(Some(AccessCode(token.to_owned())))
}

/// Keeps nonsense away from the register: no token is that long.
fn plausible(token: &str) -> bool {
    (1..=256).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a form was sent from our own pages. Browsers send `Origin` with every POST; one without it is refused.
fn own_origin(headers: &HeaderMap, address: Option<&str>) -> bool {
    let Some(origin) = headers.get(ORIGIN).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    match address {
        Some(address) => origin.eq_ignore_ascii_case(address.trim_end_matches('/')),
        None => {
            let host = origin.split_once("://").map(|(_, rest)| rest);
            host.is_some() && host == headers.get(HOST).and_then(|v| v.to_str().ok())
        }
    }
}

const COOKIE_NAME: &str = "omgang_sessie";
/// How long one stays logged in.
const DURATION: Duration = Duration::from_hours(8);
/// Beyond this many, the one that expires first makes place.
const MOST: usize = 10_000;

/// The sessions of pages. In memory: after a restart one logs in again.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    /// By the hash of the cookie's value, so that a memory dump holds no cookie.
    open: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Debug)]
struct Session {
    token: AccessCode,
    tot: Instant,
}

impl Sessions {
    /// Starts a session; the answer is the cookie to set.
    pub(crate) fn start(&self, token: AccessCode, is_secure: bool) -> Option<HeaderValue> {
        let mut random_bytes = [0_u8; 32];
        getrandom::fill(&mut random_bytes).ok()?;
        let id = hex(&random_bytes);
        let nu = Instant::now();
        let mut open = self.open.lock().expect("no one panics while holding it");
        open.retain(|_, session| session.tot > nu);
        if open.len() >= MOST
            && let Some(first) = open
                .iter()
                .min_by_key(|(_, session)| session.tot)
                .map(|(key, _)| *key)
        {
            open.remove(&first);
        }
        open.insert(
            Sha256::digest(id.as_bytes()).into(),
            Session {
                token,
                tot: nu + DURATION,
            },
        );
        HeaderValue::from_str(&cookie(&id, DURATION.as_secs(), is_secure)).ok()
    }

    /// Ends the session of this request; the answer is the cookie that clears the browser's.
    pub(crate) fn stop(&self, headers: &HeaderMap, is_secure: bool) -> Option<HeaderValue> {
        if let Some(id) = session_id(headers) {
            self.open
                .lock()
                .expect("no one panics while holding it")
                .remove(&<[u8; 32]>::from(Sha256::digest(id.as_bytes())));
        }
        HeaderValue::from_str(&cookie("", 0, is_secure)).ok()
    }

    fn token(&self, id: &str) -> Option<AccessCode> {
        let open = self.open.lock().expect("no one panics while holding it");
        let session = open.get(&<[u8; 32]>::from(Sha256::digest(id.as_bytes())))?;
        (session.tot > Instant::now()).then(|| session.token.clone())
    }
}

fn cookie(id: &str, seconds: u64, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

fn session_id(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let value = cookies
        .flat_map(|v| v.split(';'))
        .find_map(|part| part.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))?;
    (value.len() == 64).then(|| value.to_owned())
}
