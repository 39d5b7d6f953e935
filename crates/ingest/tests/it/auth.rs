//! Route × role × tenant: every route of the table, with every credential.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use ingest::{Audience, ROUTES, RoleName, Route};
use lake::Stamp;

use crate::app::{KVK, TestApp, TestResponse};
use crate::input::clean;
use crate::own_figures::own_figures;

/// The path of a route with its parts filled in.
fn filled(route: &Route, id: &str) -> String {
    route
        .pad
        .replace("{id}", id)
        .replace("{tabel}", "traject")
        .replace("{uitvraag}", "omgang")
        .replace("{jaar}", "2020")
        .replace("{versie}", "1")
        .replace("{niveau}", "gemeente")
        .replace("{naam}", "utrecht")
        .replace("{*pad}", "index.html")
}

async fn ask(app: &TestApp, route: &Route, id: &str, token: Option<&str>) -> TestResponse {
    let mut request = Request::builder()
        .method(route.method)
        .uri(filled(route, id))
        .header("tus-resumable", "1.0.0");
    request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    if matches!(route.before, Audience::Page(_) | Audience::Form) {
        request = request
            .header("origin", "http://omgang.test")
            .header("host", "omgang.test");
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_route_is_for_the_roles_it_names() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    app.character(&app.aanbieder, id).await;
    let own = BTreeMap::from([(KVK.to_owned(), own_figures(3.0))]);
    app.lake
        .keep_own_figures("omgang", 2020, own)
        .await
        .unwrap();
    let carriers = [
        (None, None),
        (Some(RoleName::Aanbieder), Some(app.aanbieder.as_str())),
        (Some(RoleName::Coordinator), Some(app.coordinator.as_str())),
        (Some(RoleName::Analist), Some(app.analyst.as_str())),
    ];
    for route in ROUTES {
        for (role, token) in carriers {
            let response = ask(&app, route, id, token).await;
            let status = response.status.as_u16();
            let who = format!("{route:?} by {role:?}: {status}");
            match (route.before, role) {
                (Audience::Everyone | Audience::Form, _) => {
                    assert!(status != 401 && status != 403, "{who}");
                }
                (Audience::Roles(_), None) => assert_eq!(status, 401, "{who}"),
                (Audience::Page(_), None) => assert_eq!(
                    (status, response.header("location").as_str()),
                    (303, "/inloggen"),
                    "{who}"
                ),
                (Audience::Roles(roles) | Audience::Page(roles), Some(role))
                    if roles.contains(&role) =>
                {
                    assert!(status != 401 && status != 403 && status != 404, "{who}");
                }
                (Audience::Roles(_) | Audience::Page(_), Some(_)) => {
                    assert_eq!(status, 403, "{who}");
                }
            }
        }
        let unknown = ask(&app, route, id, Some("omg_bestaatniet")).await;
        match route.before {
            Audience::Page(_) => assert_eq!(unknown.status, 303, "{route:?}"),
            _ => assert_eq!(
                unknown.status, 401,
                "{route:?}: a wrong token is told so, also where none is needed"
            ),
        }
    }
}

/// Another aanbieder's levering does not exist: 404 and the very words of one that never was, on every route.
#[tokio::test]
async fn another_tenants_levering_does_not_exist() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    app.character(&app.aanbieder, id).await;
    let never = "01890000-0000-7000-8000-000000000000";
    let mut walked = 0;
    for route in ROUTES.iter().filter(|r| r.pad.contains("{id}")) {
        let other = ask(&app, route, id, Some(&app.other)).await;
        let none = ask(&app, route, never, Some(&app.other)).await;
        assert_eq!(other.status, 404, "{route:?}");
        assert_eq!(
            (other.text(), &other.headers),
            (none.text(), &none.headers),
            "{route:?}"
        );
        walked += 1;
    }
    assert!(walked >= 9);
    assert_eq!(app.get(&app.other, "/v1/leveringen").await.text(), "[]");
    assert_eq!(
        app.get(&app.coordinator, "/v1/leveringen")
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
    let app = TestApp::new().await;
    let long = "a".repeat(4096);
    for id in [
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%C0%AE%C0%AE",
        "CON",
        "01890000-0000-7000-8000-00000000000G",
        "%F0%9F%98%80",
        &long,
    ] {
        let response = app
            .get(&app.aanbieder, &format!("/v1/leveringen/{id}"))
            .await;
        assert!(
            [400, 404].contains(&response.status.as_u16()),
            "{id}: {}",
            response.status
        );
        assert!(["NOT_FOUND", "PARAMETER"].contains(&response.code().as_str()));
    }
}

#[tokio::test]
async fn a_revoked_token_is_no_token() {
    let app = TestApp::new().await;
    assert_eq!(app.get(&app.aanbieder, "/v1/leveringen").await.status, 200);
    let number = app
        .lake
        .holder(&app.aanbieder)
        .await
        .unwrap()
        .unwrap()
        .token;
    app.lake
        .trek_token_in(number, &Stamp::new("test", app.nu()))
        .await
        .unwrap();
    let response = app.get(&app.aanbieder, "/v1/leveringen").await;
    response.is_problem(401, "UNAUTHENTICATED");
    assert!(response.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn malformed_credentials_are_no_credentials() {
    let app = TestApp::new().await;
    let long = format!("Bearer {}", "x".repeat(300));
    let token = app.aanbieder.clone();
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        &long,
        &token,
        &format!("Bearer  {token}"),
        &format!("Bearer {token} x"),
    ] {
        let request = Request::builder()
            .uri("/v1/leveringen")
            .header("authorization", value)
            .body(Body::empty())
            .unwrap();
        app.send(request).await.is_problem(401, "UNAUTHENTICATED");
    }
    let twee = Request::builder()
        .uri("/v1/leveringen")
        .header("authorization", format!("Bearer {token}"));
    let twee = twee
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    app.send(twee).await.is_problem(401, "UNAUTHENTICATED");
    let small = Request::builder()
        .uri("/v1/leveringen")
        .header("authorization", format!("bearer {token}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        app.send(small).await.status,
        200,
        "the scheme's case does not matter"
    );
}

/// The table of routes and the API's own description name the same, both ways.
#[tokio::test]
async fn the_openapi_document_and_the_table_agree() {
    let app = TestApp::new().await;
    let document = app.get("", "/v1/openapi.json").await.json();
    let mut described = BTreeSet::new();
    let mut secured = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            if operation.get("security").is_some() {
                secured.insert(route.clone());
            }
            described.insert(route);
        }
    }
    let is_api = |r: &&Route| r.pad.starts_with("/v1/") || r.pad.ends_with('z');
    let tabel: BTreeSet<String> = ROUTES
        .iter()
        .filter(is_api)
        .map(|r| format!("{} {}", r.method, r.pad))
        .collect();
    assert_eq!(tabel, described);
    let with_role = |r: &&Route| is_api(r) && matches!(r.before, Audience::Roles(_));
    let roles: BTreeSet<String> = ROUTES
        .iter()
        .filter(with_role)
        .map(|r| format!("{} {}", r.method, r.pad))
        .collect();
    assert_eq!(roles, secured);
}

/// And nothing answers that is not in the table.
#[tokio::test]
async fn what_is_not_in_the_table_is_not_there() {
    let app = TestApp::new().await;
    for path in [
        "/v1",
        "/v1/sql/",
        "/metrics",
        "/admin",
        "/v1/leveringen/",
        "/v2/leveringen",
        "/.git/config",
        "//v1/leveringen",
    ] {
        app.get(&app.coordinator, path)
            .await
            .is_problem(404, "NOT_FOUND");
    }
    for method in ["DELETE", "PUT", "TRACE", "CONNECT", "VERZIN"] {
        let request = Request::builder()
            .method(method)
            .uri("/v1/leveringen")
            .body(Body::empty())
            .unwrap();
        app.send(request)
            .await
            .is_problem(405, "METHOD_NOT_ALLOWED");
    }
}

#[tokio::test]
async fn every_answer_has_the_safe_headers() {
    let app = TestApp::new().await;
    for path in [
        "/",
        "/v1/leveringen",
        "/bestaat-niet",
        "/v1/sleutels",
        "/healthz",
    ] {
        let response = app.get("", path).await;
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(response.header("referrer-policy"), "same-origin", "{path}");
        assert!(
            response
                .header("content-security-policy")
                .contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(response.header("api-version"), "1.0.0", "{path}");
    }
}
