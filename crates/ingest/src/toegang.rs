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
use data_encoding::HEXLOWER;
use lake::{Houder, LakeFout, Rol};
use sha2::{Digest, Sha256};

use crate::Staat;
use crate::problem::Problem;

/// Why someone may not pass.
#[derive(Debug, thiserror::Error)]
pub enum ToegangFout {
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
    Rol,
    /// A form from another site.
    #[error("Open de pagina opnieuw en vul het formulier daar in.")]
    Herkomst,
    /// The register failed.
    #[error(transparent)]
    Lake(#[from] LakeFout),
}

/// Which roles there are, without whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rolnaam {
    /// Delivers for one aanbieder.
    Aanbieder,
    /// Runs the uitvraag.
    Coordinator,
    /// Queries figures.
    Analist,
}

impl Rolnaam {
    /// The role of a token, without whose it is.
    pub fn of(rol: &Rol) -> Self {
        match rol {
            Rol::Aanbieder(_) => Self::Aanbieder,
            Rol::Coordinator => Self::Coordinator,
            Rol::Analist => Self::Analist,
        }
    }
}

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voor {
    /// Anyone.
    Iedereen,
    /// A token or session of one of these roles.
    Rollen(&'static [Rolnaam]),
    /// As [`Voor::Rollen`], but a page: who is not logged in is sent to `/inloggen`.
    Pagina(&'static [Rolnaam]),
    /// A form that anyone may send, from our own pages.
    Formulier,
}

/// Who asks; in the request's extensions behind the guard.
#[derive(Debug, Clone)]
pub struct Wie(pub Option<Houder>);

impl Wie {
    /// The KvK number, for an aanbieder.
    pub fn kvk(&self) -> Option<&str> {
        match self.0.as_ref().map(|houder| &houder.rol) {
            Some(Rol::Aanbieder(kvk)) => Some(kvk),
            _ => None,
        }
    }

    /// The role.
    pub fn rol(&self) -> Option<Rolnaam> {
        self.0.as_ref().map(|houder| Rolnaam::of(&houder.rol))
    }

    /// How the register's log names who did it.
    pub fn naam(&self) -> String {
        match self.0.as_ref() {
            None => "iedereen".to_owned(),
            Some(houder) => match &houder.rol {
                Rol::Aanbieder(kvk) => format!("aanbieder {kvk}, token {}", houder.token),
                rol => format!("{} {}", rol.naam(), houder.token),
            },
        }
    }
}

/// The guard before a route.
pub async fn guard(
    State((staat, voor)): State<(Staat, Voor)>,
    mut request: Request,
    next: Next,
) -> Response {
    // A body may not be shared between threads, so what is looked at is copied out of the request.
    let (methode, headers) = (request.method().clone(), request.headers().clone());
    match admit(&staat, voor, &methode, &headers).await {
        Ok(wie) => {
            request.extensions_mut().insert(wie);
            next.run(request).await
        }
        Err(ToegangFout::Geen | ToegangFout::Onbekend) if matches!(voor, Voor::Pagina(_)) => {
            to_login()
        }
        Err(fout) => Problem::from(fout).into_response(),
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
    staat: &Staat,
    voor: Voor,
    methode: &Method,
    headers: &HeaderMap,
) -> Result<Wie, ToegangFout> {
    let reading = methode == Method::GET || methode == Method::HEAD;
    let page = matches!(voor, Voor::Pagina(_) | Voor::Formulier);
    if page && !reading && !own_origin(headers, staat.adres.as_deref()) {
        return Err(ToegangFout::Herkomst);
    }
    let houder = identify(staat, headers, page || reading).await;
    let rollen = match voor {
        Voor::Iedereen | Voor::Formulier => {
            return match houder {
                Ok(houder) => Ok(Wie(Some(houder))),
                Err(ToegangFout::Geen) => Ok(Wie(None)),
                // A stale cookie must not keep anyone from a public page; a wrong token is told so.
                Err(ToegangFout::Onbekend) if !headers.contains_key(AUTHORIZATION) => Ok(Wie(None)),
                Err(fout) => Err(fout),
            };
        }
        Voor::Rollen(rollen) | Voor::Pagina(rollen) => rollen,
    };
    let houder = houder?;
    if rollen.contains(&Rolnaam::of(&houder.rol)) {
        Ok(Wie(Some(houder)))
    } else {
        Err(ToegangFout::Rol)
    }
}

async fn identify(
    staat: &Staat,
    headers: &HeaderMap,
    sessie_mag: bool,
) -> Result<Houder, ToegangFout> {
    let token = match bearer(headers)? {
        Some(token) => token,
        None if sessie_mag => match session_id(headers) {
            Some(id) => staat.sessies.token(&id).ok_or(ToegangFout::Onbekend)?,
            None => return Err(ToegangFout::Geen),
        },
        None => return Err(ToegangFout::Geen),
    };
    staat
        .lake
        .houder(&token.0)
        .await?
        .ok_or(ToegangFout::Onbekend)
}

/// A credential on its way to the register; does not print itself.
#[derive(Clone)]
pub struct Toegangscode(String);

impl fmt::Debug for Toegangscode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Toegangscode(…)")
    }
}

impl Toegangscode {
    /// From a form; spaces around it come with copying.
    pub fn typed(tekst: &str) -> Self {
        Self(tekst.trim().to_owned())
    }

    /// Whose it is.
    ///
    /// # Errors
    /// When the register fails.
    pub async fn houder(&self, staat: &Staat) -> Result<Option<Houder>, LakeFout> {
        if plausible(&self.0) {
            staat.lake.houder(&self.0).await
        } else {
            Ok(None)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<Toegangscode>, ToegangFout> {
    let mut alle = headers.get_all(AUTHORIZATION).iter();
    let Some(waarde) = alle.next() else {
        return Ok(None);
    };
    if alle.next().is_some() {
        return Err(ToegangFout::Onbekend);
    }
    let tekst = waarde.to_str().map_err(|_| ToegangFout::Onbekend)?;
    let (schema, token) = tekst.split_once(' ').ok_or(ToegangFout::Onbekend)?;
    if !schema.eq_ignore_ascii_case("bearer") || !plausible(token) {
        return Err(ToegangFout::Onbekend);
    }
    Ok(Some(Toegangscode(token.to_owned())))
}

/// Keeps nonsense away from the register: no token is that long.
fn plausible(token: &str) -> bool {
    (1..=256).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a form was sent from our own pages. Browsers send `Origin` with every POST; one without it is refused.
fn own_origin(headers: &HeaderMap, adres: Option<&str>) -> bool {
    let Some(herkomst) = headers.get(ORIGIN).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    match adres {
        Some(adres) => herkomst.eq_ignore_ascii_case(adres.trim_end_matches('/')),
        None => {
            let gastheer = herkomst.split_once("://").map(|(_, rest)| rest);
            gastheer.is_some() && gastheer == headers.get(HOST).and_then(|v| v.to_str().ok())
        }
    }
}

const COOKIE_NAAM: &str = "omgang_sessie";
/// How long one stays logged in.
const DUUR: Duration = Duration::from_secs(8 * 60 * 60);
/// Beyond this many, the one that expires first makes place.
const MEESTE: usize = 10_000;

/// The sessions of pages. In memory: after a restart one logs in again.
#[derive(Debug, Default)]
pub struct Sessies {
    /// By the hash of the cookie's value, so that a memory dump holds no cookie.
    open: Mutex<HashMap<[u8; 32], Sessie>>,
}

#[derive(Debug)]
struct Sessie {
    token: Toegangscode,
    tot: Instant,
}

impl Sessies {
    /// Starts a session; the answer is the cookie to set.
    pub fn start(&self, token: Toegangscode, veilig: bool) -> Option<HeaderValue> {
        let mut toeval = [0_u8; 32];
        getrandom::fill(&mut toeval).ok()?;
        let id = HEXLOWER.encode(&toeval);
        let nu = Instant::now();
        let mut open = self.open.lock().expect("no one panics while holding it");
        open.retain(|_, sessie| sessie.tot > nu);
        if open.len() >= MEESTE
            && let Some(eerste) = open
                .iter()
                .min_by_key(|(_, sessie)| sessie.tot)
                .map(|(sleutel, _)| *sleutel)
        {
            open.remove(&eerste);
        }
        open.insert(
            Sha256::digest(id.as_bytes()).into(),
            Sessie {
                token,
                tot: nu + DUUR,
            },
        );
        HeaderValue::from_str(&cookie(&id, DUUR.as_secs(), veilig)).ok()
    }

    /// Ends the session of this request; the answer is the cookie that clears the browser's.
    pub fn stop(&self, headers: &HeaderMap, veilig: bool) -> Option<HeaderValue> {
        if let Some(id) = session_id(headers) {
            self.open
                .lock()
                .expect("no one panics while holding it")
                .remove(&<[u8; 32]>::from(Sha256::digest(id.as_bytes())));
        }
        HeaderValue::from_str(&cookie("", 0, veilig)).ok()
    }

    fn token(&self, id: &str) -> Option<Toegangscode> {
        let open = self.open.lock().expect("no one panics while holding it");
        let sessie = open.get(&<[u8; 32]>::from(Sha256::digest(id.as_bytes())))?;
        (sessie.tot > Instant::now()).then(|| sessie.token.clone())
    }
}

fn cookie(id: &str, seconden: u64, veilig: bool) -> String {
    let secure = if veilig { "; Secure" } else { "" };
    format!("{COOKIE_NAAM}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconden}{secure}")
}

fn session_id(headers: &HeaderMap) -> Option<String> {
    let koeken = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let waarde = koeken
        .flat_map(|v| v.split(';'))
        .find_map(|deel| deel.trim().strip_prefix(COOKIE_NAAM)?.strip_prefix('='))?;
    (waarde.len() == 64).then(|| waarde.to_owned())
}
