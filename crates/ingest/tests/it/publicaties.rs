//! Publications as written, and nothing beside them.

use lake::{NewPublicatie, Stamp};

use crate::app::{TestApp, request};

async fn published() -> TestApp {
    let app = TestApp::new().await;
    let stamp = Stamp::new("test", app.nu());
    let moment = app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
    let file = |path: &str, content: &str| (path.to_owned(), content.as_bytes().to_vec());
    let files = vec![
        file("index.html", "<!doctype html><title>0</title>"),
        file(
            "0-meting/index.html",
            "<!doctype html><title>0-meting</title>",
        ),
        file("spiegel/JZ13/index.html", "<!doctype html>"),
        file("cijfers.csv", "a,b\n"),
        file("stijl.css", "p{}"),
    ];
    app.lake
        .publish(
            NewPublicatie {
                momentopname: &moment.id,
                erased: &[],
                versie: 1,
                bestanden: files,
            },
            &stamp,
        )
        .await
        .unwrap();
    app
}

#[tokio::test]
async fn files_come_as_they_were_written() {
    let app = published().await;
    let basis = "/v1/publicaties/omgang/2020/1/";
    let before = app.get("", basis).await;
    assert_eq!(
        (before.status.as_u16(), before.text().as_str()),
        (200, "<!doctype html><title>0</title>")
    );
    assert_eq!(before.header("content-type"), "text/html; charset=utf-8");
    assert!(
        before
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert_eq!(
        app.get("", &format!("{basis}0-meting/")).await.text(),
        "<!doctype html><title>0-meting</title>"
    );
    let without = app.get("", &format!("{basis}0-meting")).await;
    assert_eq!(
        (without.status.as_u16(), without.header("location").as_str()),
        (308, "0-meting/"),
        "relative links need the slash"
    );
    assert_eq!(
        app.get("", &format!("{basis}spiegel/JZ13"))
            .await
            .header("location"),
        "JZ13/"
    );
    let csv = app.get("", &format!("{basis}cijfers.csv")).await;
    assert_eq!(
        (
            csv.header("content-type").as_str(),
            csv.header("content-disposition").as_str()
        ),
        ("text/csv; charset=utf-8", "attachment")
    );
    let list = app.get("", "/v1/publicaties").await.json();
    assert_eq!(list[0]["adres"], basis);
}

#[tokio::test]
async fn a_known_etag_saves_the_bytes() {
    let app = published().await;
    let path = "/v1/publicaties/omgang/2020/1/index.html";
    let etag = app.get("", path).await.header("etag");
    let met = |value: String| {
        request("GET", path, "")
            .header("if-none-match", value)
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let same = app.send(met(etag.clone())).await;
    assert_eq!(
        (same.status.as_u16(), same.body.len(), same.header("etag")),
        (304, 0, etag)
    );
    assert_eq!(app.send(met("\"anders\"".to_owned())).await.status, 200);
}

#[tokio::test]
async fn the_artefacts_of_an_uitvraag_are_handed_out() {
    let app = TestApp::new().await;
    let list = app.get("", "/v1/uitvragen").await.json();
    assert_eq!(list[0]["titel"], app.definitie.titel.as_str());
    for (name, begin, kind) in [
        (
            "sjabloon",
            &b"PK"[..],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("codeboek", b"<!doctype html>", "text/html; charset=utf-8"),
        ("datapackage", b"{", "application/json"),
    ] {
        let response = app
            .get("", &format!("/v1/uitvragen/omgang/2020/{name}"))
            .await;
        assert_eq!(
            (
                response.status.as_u16(),
                response.header("content-type").as_str()
            ),
            (200, kind),
            "{name}"
        );
        assert!(
            response
                .body
                .to_ascii_lowercase()
                .starts_with(&begin.to_ascii_lowercase()),
            "{name}"
        );
        app.get("", &format!("/v1/uitvragen/omgang/1999/{name}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// HOSTILE 84: only paths the register names.
#[tokio::test]
async fn nothing_beside_a_publication_can_be_read() {
    let app = published().await;
    for path in [
        "omgang/2020/1/bestaat-niet.html",
        "omgang/2020/1/..%2f..%2f..%2f..%2fregister.sqlite",
        "omgang/2020/1/%2e%2e/%2e%2e/register.sqlite",
        "omgang/2020/1//etc/passwd",
        "omgang/2020/1/index.html%00",
        "omgang/2020/2/index.html",
        "omgang/2020/01/index.html",
        "omgang/2020/+1/index.html",
        "omgang/2019/1/index.html",
        "..%2fomgang/2020/1/index.html",
    ] {
        app.get("", &format!("/v1/publicaties/{path}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}
