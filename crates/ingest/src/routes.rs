//! Every route in one table, with whom it is for.
//!
//! Owns the table; the router, the guard before each route and the test that walks route × role × tenant are made
//! from it. Leaves what a route does to its handler.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, head, patch, post, put};

use crate::Staat;
use crate::toegang::Rolnaam::{Aanbieder, Coordinator};
use crate::toegang::{Voor, guard};
use crate::{
    cijfers, gezondheid, leveringen, nulopgaven, openapi, paginas, publicaties, respons, sleutels,
    uitvragen,
};

/// One route.
pub struct Route {
    /// HTTP method.
    pub methode: &'static str,
    /// Path, with the names of its parts between braces.
    pub pad: &'static str,
    /// Whom it is for.
    pub voor: Voor,
    handler: fn() -> MethodRouter<Staat>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.methode, self.pad, self.voor)
    }
}

const fn route(
    methode: &'static str,
    pad: &'static str,
    voor: Voor,
    handler: fn() -> MethodRouter<Staat>,
) -> Route {
    Route {
        methode,
        pad,
        voor,
        handler,
    }
}

const IEDEREEN: Voor = Voor::Iedereen;
const LEVEREN: Voor = Voor::Rollen(&[Aanbieder]);
const INZIEN: Voor = Voor::Rollen(&[Aanbieder, Coordinator]);
const LEIDEN: Voor = Voor::Rollen(&[Coordinator]);
const PAGINA_AANBIEDER: Voor = Voor::Pagina(&[Aanbieder]);
const PAGINA_COORDINATOR: Voor = Voor::Pagina(&[Coordinator]);

/// All routes.
pub const ROUTES: &[Route] = &[
    route("GET", "/healthz", IEDEREEN, || get(gezondheid::healthz)),
    route("GET", "/readyz", IEDEREEN, || get(gezondheid::readyz)),
    route("GET", "/v1/openapi.json", IEDEREEN, || {
        get(openapi::document)
    }),
    route("GET", "/v1/uitvragen", IEDEREEN, || get(uitvragen::lijst)),
    route("GET", "/v1/uitvragen/{uitvraag}/{jaar}", IEDEREEN, || {
        get(uitvragen::een)
    }),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/sjabloon",
        IEDEREEN,
        || get(uitvragen::sjabloon),
    ),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/codeboek",
        IEDEREEN,
        || get(uitvragen::codeboek),
    ),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/datapackage",
        IEDEREEN,
        || get(uitvragen::datapackage),
    ),
    route("GET", "/v1/sleutels", IEDEREEN, || get(sleutels::sleutels)),
    route("POST", "/v1/leveringen", LEVEREN, || {
        post(leveringen::openen::openen)
    }),
    route("GET", "/v1/leveringen", INZIEN, || {
        get(leveringen::tonen::lijst)
    }),
    route("GET", "/v1/leveringen/{id}", INZIEN, || {
        get(leveringen::tonen::een)
    }),
    route(
        "HEAD",
        "/v1/leveringen/{id}/bestanden/{tabel}",
        LEVEREN,
        || head(leveringen::bestanden::stand),
    ),
    route(
        "PATCH",
        "/v1/leveringen/{id}/bestanden/{tabel}",
        LEVEREN,
        || patch(leveringen::bestanden::ontvangen),
    ),
    route("GET", "/v1/leveringen/{id}/bevindingen", INZIEN, || {
        get(leveringen::bevindingen::bevindingen)
    }),
    route("PUT", "/v1/leveringen/{id}/toelichtingen", LEVEREN, || {
        put(leveringen::toelichtingen::toelichten)
    }),
    route("POST", "/v1/leveringen/{id}/indienen", LEVEREN, || {
        post(leveringen::indienen::indienen)
    }),
    route("POST", "/v1/leveringen/{id}/intrekken", LEVEREN, || {
        post(leveringen::intrekken::intrekken)
    }),
    route("GET", "/v1/leveringen/{id}/ontvangstbewijs", INZIEN, || {
        get(leveringen::ontvangstbewijs::ontvangstbewijs)
    }),
    route("POST", "/v1/nulopgaven", LEVEREN, || {
        post(nulopgaven::nulopgave)
    }),
    route("GET", "/v1/respons", LEIDEN, || get(respons::respons)),
    route("GET", "/v1/cijfers", IEDEREEN, || get(cijfers::cijfers)),
    route("GET", "/v1/publicaties", IEDEREEN, || {
        get(publicaties::lijst)
    }),
    route(
        "GET",
        "/v1/publicaties/{uitvraag}/{jaar}/{versie}/",
        IEDEREEN,
        || get(publicaties::voorpagina),
    ),
    route(
        "GET",
        "/v1/publicaties/{uitvraag}/{jaar}/{versie}/{*pad}",
        IEDEREEN,
        || get(publicaties::bestand),
    ),
    route("GET", "/", IEDEREEN, || get(paginas::welkom::tonen)),
    route("GET", "/stijl.css", IEDEREEN, || get(paginas::stijl)),
    route("GET", "/controleren", IEDEREEN, || {
        get(paginas::controleren::tonen)
    }),
    route("GET", "/inloggen", IEDEREEN, || {
        get(paginas::inloggen::tonen)
    }),
    route("POST", "/inloggen", Voor::Formulier, || {
        post(paginas::inloggen::inloggen)
    }),
    route("POST", "/uitloggen", Voor::Formulier, || {
        post(paginas::inloggen::uitloggen)
    }),
    route("GET", "/mijn-leveringen", PAGINA_AANBIEDER, || {
        get(paginas::mijn_leveringen::tonen)
    }),
    route("GET", "/mijn-leveringen/{id}", PAGINA_AANBIEDER, || {
        get(paginas::levering::tonen)
    }),
    route(
        "POST",
        "/mijn-leveringen/{id}/toelichtingen",
        PAGINA_AANBIEDER,
        || post(paginas::levering::toelichten),
    ),
    route(
        "POST",
        "/mijn-leveringen/{id}/indienen",
        PAGINA_AANBIEDER,
        || post(paginas::levering::indienen),
    ),
    route(
        "POST",
        "/mijn-leveringen/{id}/intrekken",
        PAGINA_AANBIEDER,
        || post(paginas::levering::intrekken),
    ),
    route("GET", "/coordinator", PAGINA_COORDINATOR, || {
        get(paginas::coordinator::tonen)
    }),
];

/// The router: each route behind its guard.
pub fn build(staat: &Staat) -> Router<Staat> {
    ROUTES.iter().fold(Router::new(), |router, route| {
        let bewaakt =
            (route.handler)().route_layer(from_fn_with_state((staat.clone(), route.voor), guard));
        router.route(route.pad, bewaakt)
    })
}
