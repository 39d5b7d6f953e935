//! Route × role × tenant: every route of the table, with every credential.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use ingest::{ROUTES, Rolnaam, Route, Voor};
use lake::Stempel;

use crate::invoer::schoon;
use crate::omgeving::{Antwoord, Omgeving};

/// The path of a route with its parts filled in.
fn filled(route: &Route, id: &str) -> String {
    route
        .pad
        .replace("{id}", id)
        .replace("{tabel}", "traject")
        .replace("{uitvraag}", "omgang")
        .replace("{jaar}", "2020")
        .replace("{versie}", "1")
        .replace("{*pad}", "index.html")
}

async fn ask(omgeving: &Omgeving, route: &Route, id: &str, token: Option<&str>) -> Antwoord {
    let mut request = Request::builder()
        .method(route.methode)
        .uri(filled(route, id))
        .header("tus-resumable", "1.0.0");
    request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    if matches!(route.voor, Voor::Pagina(_) | Voor::Formulier) {
        request = request
            .header("origin", "http://omgang.test")
            .header("host", "omgang.test");
    }
    omgeving.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_route_is_for_the_roles_it_names() {
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    omgeving.teken(&omgeving.aanbieder, id).await;
    let dragers = [
        (None, None),
        (Some(Rolnaam::Aanbieder), Some(omgeving.aanbieder.as_str())),
        (
            Some(Rolnaam::Coordinator),
            Some(omgeving.coordinator.as_str()),
        ),
        (Some(Rolnaam::Analist), Some(omgeving.analist.as_str())),
    ];
    for route in ROUTES {
        for (rol, token) in dragers {
            let antwoord = ask(&omgeving, route, id, token).await;
            let status = antwoord.status.as_u16();
            let wie = format!("{route:?} by {rol:?}: {status}");
            match (route.voor, rol) {
                (Voor::Iedereen | Voor::Formulier, _) => {
                    assert!(status != 401 && status != 403, "{wie}")
                }
                (Voor::Rollen(_), None) => assert_eq!(status, 401, "{wie}"),
                (Voor::Pagina(_), None) => assert_eq!(
                    (status, antwoord.header("location").as_str()),
                    (303, "/inloggen"),
                    "{wie}"
                ),
                (Voor::Rollen(rollen) | Voor::Pagina(rollen), Some(rol))
                    if rollen.contains(&rol) =>
                {
                    assert!(status != 401 && status != 403 && status != 404, "{wie}");
                }
                (Voor::Rollen(_) | Voor::Pagina(_), Some(_)) => assert_eq!(status, 403, "{wie}"),
            }
        }
        let onbekend = ask(&omgeving, route, id, Some("omg_bestaatniet")).await;
        match route.voor {
            Voor::Pagina(_) => assert_eq!(onbekend.status, 303, "{route:?}"),
            _ => assert_eq!(
                onbekend.status, 401,
                "{route:?}: a wrong token is told so, also where none is needed"
            ),
        }
    }
}

/// Another aanbieder's levering does not exist: 404 and the very words of one that never was, on every route.
#[tokio::test]
async fn another_tenants_levering_does_not_exist() {
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    omgeving.teken(&omgeving.aanbieder, id).await;
    let nooit = "01890000-0000-7000-8000-000000000000";
    let mut gelopen = 0;
    for route in ROUTES.iter().filter(|r| r.pad.contains("{id}")) {
        let ander = ask(&omgeving, route, id, Some(&omgeving.ander)).await;
        let geen = ask(&omgeving, route, nooit, Some(&omgeving.ander)).await;
        assert_eq!(ander.status, 404, "{route:?}");
        assert_eq!(
            (ander.text(), &ander.headers),
            (geen.text(), &geen.headers),
            "{route:?}"
        );
        gelopen += 1;
    }
    assert!(gelopen >= 9);
    assert_eq!(
        omgeving.get(&omgeving.ander, "/v1/leveringen").await.text(),
        "[]"
    );
    assert_eq!(
        omgeving
            .get(&omgeving.coordinator, "/v1/leveringen")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// HOSTILE 84: an id is the one form the service gives, or nothing.
#[tokio::test]
async fn ids_that_are_none_are_not_found() {
    let omgeving = Omgeving::new().await;
    let lang = "a".repeat(4096);
    for id in [
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%C0%AE%C0%AE",
        "CON",
        "01890000-0000-7000-8000-00000000000G",
        "%F0%9F%98%80",
        &lang,
    ] {
        let antwoord = omgeving
            .get(&omgeving.aanbieder, &format!("/v1/leveringen/{id}"))
            .await;
        assert!(
            [400, 404].contains(&antwoord.status.as_u16()),
            "{id}: {}",
            antwoord.status
        );
        assert!(["NOT_FOUND", "PARAMETER"].contains(&antwoord.code().as_str()));
    }
}

#[tokio::test]
async fn a_revoked_token_is_no_token() {
    let omgeving = Omgeving::new().await;
    assert_eq!(
        omgeving
            .get(&omgeving.aanbieder, "/v1/leveringen")
            .await
            .status,
        200
    );
    let nummer = omgeving
        .lake
        .houder(&omgeving.aanbieder)
        .await
        .unwrap()
        .unwrap()
        .token;
    omgeving
        .lake
        .trek_token_in(nummer, &Stempel::new("test", omgeving.nu()))
        .await
        .unwrap();
    let antwoord = omgeving.get(&omgeving.aanbieder, "/v1/leveringen").await;
    antwoord.is_problem(401, "UNAUTHENTICATED");
    assert!(antwoord.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn malformed_credentials_are_no_credentials() {
    let omgeving = Omgeving::new().await;
    let lang = format!("Bearer {}", "x".repeat(300));
    let token = omgeving.aanbieder.clone();
    for waarde in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        &lang,
        &token,
        &format!("Bearer  {token}"),
        &format!("Bearer {token} x"),
    ] {
        let request = Request::builder()
            .uri("/v1/leveringen")
            .header("authorization", waarde)
            .body(Body::empty())
            .unwrap();
        omgeving
            .send(request)
            .await
            .is_problem(401, "UNAUTHENTICATED");
    }
    let twee = Request::builder()
        .uri("/v1/leveringen")
        .header("authorization", format!("Bearer {token}"));
    let twee = twee
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    omgeving.send(twee).await.is_problem(401, "UNAUTHENTICATED");
    let klein = Request::builder()
        .uri("/v1/leveringen")
        .header("authorization", format!("bearer {token}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        omgeving.send(klein).await.status,
        200,
        "the scheme's case does not matter"
    );
}

/// The table of routes and the API's own description name the same, both ways.
#[tokio::test]
async fn the_openapi_document_and_the_table_agree() {
    let omgeving = Omgeving::new().await;
    let document = omgeving.get("", "/v1/openapi.json").await.json();
    let mut beschreven = BTreeSet::new();
    let mut beveiligd = BTreeSet::new();
    for (pad, item) in document["paths"].as_object().unwrap() {
        for (methode, handeling) in item.as_object().unwrap() {
            let route = format!("{} {pad}", methode.to_uppercase());
            if handeling.get("security").is_some() {
                beveiligd.insert(route.clone());
            }
            beschreven.insert(route);
        }
    }
    let is_api = |r: &&Route| r.pad.starts_with("/v1/") || r.pad.ends_with("z");
    let tabel: BTreeSet<String> = ROUTES
        .iter()
        .filter(is_api)
        .map(|r| format!("{} {}", r.methode, r.pad))
        .collect();
    assert_eq!(tabel, beschreven);
    let met_rol = |r: &&Route| is_api(r) && matches!(r.voor, Voor::Rollen(_));
    let rollen: BTreeSet<String> = ROUTES
        .iter()
        .filter(met_rol)
        .map(|r| format!("{} {}", r.methode, r.pad))
        .collect();
    assert_eq!(rollen, beveiligd);
}

/// And nothing answers that is not in the table.
#[tokio::test]
async fn what_is_not_in_the_table_is_not_there() {
    let omgeving = Omgeving::new().await;
    for pad in [
        "/v1",
        "/v1/sql",
        "/metrics",
        "/admin",
        "/v1/leveringen/",
        "/v2/leveringen",
        "/.git/config",
        "//v1/leveringen",
    ] {
        omgeving
            .get(&omgeving.coordinator, pad)
            .await
            .is_problem(404, "NOT_FOUND");
    }
    for methode in ["DELETE", "PUT", "TRACE", "CONNECT", "VERZIN"] {
        let request = Request::builder()
            .method(methode)
            .uri("/v1/leveringen")
            .body(Body::empty())
            .unwrap();
        omgeving
            .send(request)
            .await
            .is_problem(405, "METHOD_NOT_ALLOWED");
    }
}

#[tokio::test]
async fn every_answer_has_the_safe_headers() {
    let omgeving = Omgeving::new().await;
    for pad in [
        "/",
        "/v1/leveringen",
        "/bestaat-niet",
        "/v1/sleutels",
        "/healthz",
    ] {
        let antwoord = omgeving.get("", pad).await;
        assert_eq!(
            antwoord.header("x-content-type-options"),
            "nosniff",
            "{pad}"
        );
        assert_eq!(antwoord.header("referrer-policy"), "same-origin", "{pad}");
        assert!(
            antwoord
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{pad}"
        );
        assert_eq!(antwoord.header("api-version"), "1.0.0", "{pad}");
    }
}
