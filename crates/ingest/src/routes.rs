//! Every route in one table, with whom it is for.
//!
//! Owns the table; the router, the guard before each route and the test that walks route × role × tenant are made
//! from it. Leaves what a route does to its handler.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, head, options, patch, post, put};
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::answers_per_client::counted;
use crate::auth::RoleName::{Aanbieder, Analist, Coordinator};
use crate::auth::{Audience, guard};
use crate::middleware::for_any_site;
use crate::{
    catalogue, cijfers, compare_versions, health, indicators_and_gebieden, leveringen, nulopgaven,
    openapi, own_figures, pages, publicaties, receipt_keys, respons, sql, uitvragen,
};

/// One route.
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with the names of its parts between braces.
    pub pad: &'static str,
    /// Whom it is for.
    pub before: Audience,
    traffic: Traffic,
    handler: fn() -> MethodRouter<App>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.pad, self.before)
    }
}

const fn route(
    method: &'static str,
    path: &'static str,
    before: Audience,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route {
        method,
        pad: path,
        before,
        traffic: Traffic::Own,
        handler,
    }
}

/// A route with published data: for everyone, and for scripts on other sites.
const fn public(path: &'static str, traffic: Traffic, handler: fn() -> MethodRouter<App>) -> Route {
    Route {
        method: "GET",
        pad: path,
        before: EVERYONE,
        traffic,
        handler,
    }
}

/// How answers travel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Traffic {
    /// To our own pages and to who has a token.
    Own,
    /// To any site, as they are: a file compresses itself.
    File,
    /// To any site, compressed on their way.
    Made,
}

const EVERYONE: Audience = Audience::Everyone;
const DELIVERING: Audience = Audience::Roles(&[Aanbieder]);
const VIEWING: Audience = Audience::Roles(&[Aanbieder, Coordinator]);
const COORDINATING: Audience = Audience::Roles(&[Coordinator]);
const ASKING: Audience = Audience::Roles(&[Analist]);
const PAGE_AANBIEDER: Audience = Audience::Page(&[Aanbieder]);
const PAGE_COORDINATOR: Audience = Audience::Page(&[Coordinator]);

/// All routes.
pub const ROUTES: &[Route] = &[
    route("GET", "/healthz", EVERYONE, || get(health::healthz)),
    route("GET", "/readyz", EVERYONE, || get(health::readyz)),
    public("/v1/openapi.json", Traffic::Made, || get(openapi::document)),
    route("GET", "/v1/uitvragen", EVERYONE, || get(uitvragen::list)),
    route("GET", "/v1/uitvragen/{uitvraag}/{jaar}", EVERYONE, || {
        get(uitvragen::een)
    }),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/sjabloon",
        EVERYONE,
        || get(uitvragen::sjabloon),
    ),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/codeboek",
        EVERYONE,
        || get(uitvragen::codeboek),
    ),
    route(
        "GET",
        "/v1/uitvragen/{uitvraag}/{jaar}/datapackage",
        EVERYONE,
        || get(uitvragen::datapackage),
    ),
    route("GET", "/v1/sleutels", EVERYONE, || get(receipt_keys::keys)),
    route(
        "GET",
        "/v1/eigen-cijfers/{uitvraag}/{jaar}",
        DELIVERING,
        || get(own_figures::own_figures),
    ),
    route("POST", "/v1/leveringen", DELIVERING, || {
        post(leveringen::open::open)
    }),
    route("OPTIONS", "/v1/leveringen", EVERYONE, || {
        options(leveringen::upload::capabilities)
    }),
    route("GET", "/v1/leveringen", VIEWING, || {
        get(leveringen::show::list)
    }),
    route("GET", "/v1/leveringen/{id}", VIEWING, || {
        get(leveringen::show::een)
    }),
    route(
        "OPTIONS",
        "/v1/leveringen/{id}/bestanden/{tabel}",
        DELIVERING,
        || options(leveringen::upload::file_capabilities),
    ),
    route(
        "HEAD",
        "/v1/leveringen/{id}/bestanden/{tabel}",
        DELIVERING,
        || head(leveringen::upload::upload_progress),
    ),
    route(
        "PATCH",
        "/v1/leveringen/{id}/bestanden/{tabel}",
        DELIVERING,
        || patch(leveringen::upload::received),
    ),
    route("GET", "/v1/leveringen/{id}/bevindingen", VIEWING, || {
        get(leveringen::bevindingen::bevindingen)
    }),
    route(
        "PUT",
        "/v1/leveringen/{id}/toelichtingen",
        DELIVERING,
        || put(leveringen::toelichtingen::explain),
    ),
    route("GET", "/v1/leveringen/{id}/proef", DELIVERING, || {
        get(leveringen::preview::preview)
    }),
    route("POST", "/v1/leveringen/{id}/indienen", DELIVERING, || {
        post(leveringen::sign::submit)
    }),
    route("POST", "/v1/leveringen/{id}/intrekken", DELIVERING, || {
        post(leveringen::withdraw::withdraw)
    }),
    route(
        "GET",
        "/v1/leveringen/{id}/ontvangstbewijs",
        VIEWING,
        || get(leveringen::ontvangstbewijs::ontvangstbewijs),
    ),
    route("POST", "/v1/nulopgaven", DELIVERING, || {
        post(nulopgaven::nulopgave)
    }),
    route("GET", "/v1/respons", COORDINATING, || get(respons::respons)),
    route("POST", "/v1/sql", ASKING, || post(sql::sql)),
    public("/v1/cijfers", Traffic::Made, || get(cijfers::cijfers)),
    public("/v1/indicatoren", Traffic::Made, || {
        get(indicators_and_gebieden::indicators)
    }),
    public("/v1/gebieden", Traffic::Made, || {
        get(indicators_and_gebieden::gebieden)
    }),
    public("/v1/publicaties", Traffic::Made, || get(publicaties::list)),
    public("/v1/catalogus", Traffic::Made, || get(catalogue::catalogue)),
    public(
        "/v1/publicaties/{uitvraag}/{jaar}/{versie}/",
        Traffic::File,
        || get(publicaties::front_page),
    ),
    public(
        "/v1/publicaties/{uitvraag}/{jaar}/{versie}/wijzigingen",
        Traffic::Made,
        || get(compare_versions::changes),
    ),
    public(
        "/v1/publicaties/{uitvraag}/{jaar}/{versie}/{*pad}",
        Traffic::File,
        || get(publicaties::file),
    ),
    route("GET", "/spiegel/{jaar}/{niveau}/{naam}", EVERYONE, || {
        get(pages::spiegel::find)
    }),
    route(
        "GET",
        "/wijzigingen/{uitvraag}/{jaar}/{versie}",
        EVERYONE,
        || get(pages::version_changes::show),
    ),
    route("GET", "/groep", EVERYONE, || get(pages::own_group::show)),
    route("GET", "/zoek", EVERYONE, || get(pages::search::show)),
    route("GET", "/", EVERYONE, || get(pages::welcome::show)),
    route("GET", "/stijl.css", EVERYONE, || get(pages::style)),
    route("GET", "/controleren", EVERYONE, || get(pages::check::show)),
    route("GET", "/inloggen", EVERYONE, || get(pages::login::show)),
    route("POST", "/inloggen", Audience::Form, || {
        post(pages::login::log_in)
    }),
    route("POST", "/uitloggen", Audience::Form, || {
        post(pages::login::log_out)
    }),
    route("GET", "/mijn-leveringen", PAGE_AANBIEDER, || {
        get(pages::my_leveringen::show)
    }),
    route(
        "POST",
        pages::deliver_forms::DELIVERY,
        PAGE_AANBIEDER,
        || post(pages::deliver_forms::pakket),
    ),
    route("POST", "/mijn-leveringen/nulopgave", PAGE_AANBIEDER, || {
        post(pages::deliver_forms::nulopgave)
    }),
    route(
        "GET",
        "/mijn-cijfers/{uitvraag}/{jaar}",
        PAGE_AANBIEDER,
        || get(pages::own_figures::show),
    ),
    route("GET", "/mijn-leveringen/{id}", PAGE_AANBIEDER, || {
        get(pages::levering::show)
    }),
    route(
        "POST",
        "/mijn-leveringen/{id}/toelichtingen",
        PAGE_AANBIEDER,
        || post(pages::levering::explain),
    ),
    route(
        "POST",
        "/mijn-leveringen/{id}/indienen",
        PAGE_AANBIEDER,
        || post(pages::levering::submit),
    ),
    route(
        "POST",
        "/mijn-leveringen/{id}/intrekken",
        PAGE_AANBIEDER,
        || post(pages::levering::withdraw),
    ),
    route("GET", "/coordinator", PAGE_COORDINATOR, || {
        get(pages::coordinator::show)
    }),
];

/// The router: each route behind its guard.
pub(crate) fn build(app: &App) -> Router<App> {
    ROUTES.iter().fold(Router::new(), |router, route| {
        let guarded =
            (route.handler)().route_layer(from_fn_with_state((app.clone(), route.before), guard));
        let counted = || from_fn_with_state(app.clone(), counted);
        let open = match route.traffic {
            Traffic::Own => guarded,
            Traffic::File => for_any_site(guarded.route_layer(counted())),
            // Counted outside of what compresses: that holds memory too.
            Traffic::Made => for_any_site(
                guarded
                    .route_layer(CompressionLayer::new())
                    .route_layer(counted()),
            ),
        };
        router.route(route.pad, open)
    })
}
