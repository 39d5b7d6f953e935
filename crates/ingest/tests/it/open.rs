//! What a manifest may say, and what is answered when it may not.

use axum::body::Body;
use serde_json::{Value, json};

use crate::app::{OTHER, TestApp, request};
use crate::input::{TestPakket, clean, sha256};

/// Opens a pakket after a change to its JSON.
async fn with(app: &TestApp, change: impl FnOnce(&mut Value)) -> crate::app::TestResponse {
    let mut json = serde_json::to_value(&clean(&app.definitie).pakket).unwrap();
    change(&mut json);
    let bytes = serde_json::to_vec(&json).unwrap();
    app.open_raw(&app.aanbieder, &sha256(&bytes), bytes).await
}

type Change = fn(&mut Value);

#[tokio::test]
async fn a_manifest_that_cannot_be_is_refused() {
    let app = TestApp::new().await;
    let cases: [(Change, u16, &str); 22] = [
        (|p| p["aanbieder"] = json!(OTHER), 403, "PROVIDER_MISMATCH"),
        (|p| p["uitvraag"] = json!("iets"), 422, "SCHEMA_VERSION"),
        (|p| p["jaar"] = json!(2031), 422, "PERIOD"),
        (
            |p| p["regels"] = json!("0".repeat(64)),
            409,
            "DEFINITION_OUTDATED",
        ),
        (
            |p| p["leverdatum"] = json!("2021-02-02"),
            422,
            "DELIVERY_DATE",
        ),
        (
            |p| p["leverdatum"] = json!("2021-02-30"),
            422,
            "JSON_INVALID",
        ),
        (|p| p["pseudoniem"] = json!("geen"), 422, "KEY_LABEL"),
        (
            |p| p["pseudoniem"] = json!("sha256.1.abcdef"),
            422,
            "KEY_LABEL",
        ),
        (
            |p| p["exporter"] = json!("uitvraag 111222333"),
            422,
            "BSN_SUSPECTED",
        ),
        (|p| p["resources"] = json!([]), 422, "MANIFEST"),
        (
            |p| p["resources"][0]["name"] = json!("../../etc/passwd"),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][0]["path"] = json!("../traject.csv.zst"),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][1] = p["resources"][0].clone(),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][0]["compression"] = json!("gzip"),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][0]["hash"] = json!("sha256:00"),
            422,
            "MANIFEST",
        ),
        (|p| p["resources"][0]["bytes"] = json!(0), 422, "MANIFEST"),
        (
            |p| p["resources"][0]["bytes"] = json!(u64::MAX),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][0]["bytes_uitgepakt"] = json!(u64::MAX),
            422,
            "MANIFEST",
        ),
        (
            |p| p["resources"][0]["bytes"] = json!(-1),
            422,
            "JSON_INVALID",
        ),
        (
            |p| p["schema"] = json!("https://evil.example/schema.json"),
            422,
            "JSON_INVALID",
        ),
        (
            |p| p["toelichtingen"] = json!([{ "code": "REQUIRED", "antwoord": "klopt" }]),
            422,
            "TOELICHTING",
        ),
        (
            |p| {
                p["toelichtingen"] = json!([{ "code": "WACHT_LANG", "antwoord": "klopt", "woorden": "bsn 111222333" }]);
            },
            422,
            "BSN_SUSPECTED",
        ),
    ];
    for (i, (change, status, code)) in cases.into_iter().enumerate() {
        let response = with(&app, change).await;
        assert_eq!(
            (response.status.as_u16(), response.code().as_str()),
            (status, code),
            "case {i}: {}",
            response.text()
        );
        assert!(
            !response.text().contains("111222333") && !response.text().contains("evil"),
            "case {i} echoes"
        );
    }
    assert_eq!(
        app.files(),
        Vec::<String>::new(),
        "a refusal leaves nothing behind"
    );
    let list = app.get(&app.aanbieder, "/v1/leveringen").await.json();
    assert_eq!(list, json!([]));
}

/// The service never judges by other rules than it says: it names its own and where they are.
#[tokio::test]
async fn an_older_pakket_is_shown_the_way_to_the_current_definition() {
    let app = TestApp::new().await;
    let response = with(&app, |p| p["regels"] = json!("0".repeat(64)))
        .await
        .json();
    assert_eq!(response["definitie"], "/v1/uitvragen/omgang/2020");
    assert_eq!(response["regels"], app.definitie.regelhash.as_str());
    let definitie = app
        .get("", response["definitie"].as_str().unwrap())
        .await
        .json();
    assert_eq!(definitie["regels"], app.definitie.regelhash.as_str());
}

/// A pakket made just after midnight in the Netherlands is not from the future.
#[tokio::test]
async fn today_is_a_day_in_the_netherlands() {
    let app = TestApp::new().await;
    app.set_clock("2021-02-01T23:30:00Z");
    assert_eq!(
        with(&app, |p| p["leverdatum"] = json!("2021-02-02"))
            .await
            .status,
        201
    );
    with(&app, |p| p["leverdatum"] = json!("2021-02-03"))
        .await
        .is_problem(422, "DELIVERY_DATE");
}

/// HOSTILE 50-53 and 78-80: bodies that are no manifest.
#[tokio::test]
async fn bodies_that_are_no_manifest_are_refused() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let good = clean(&app.definitie).json();
    let met = |kind: &'static str, encoding: &'static str, body: Vec<u8>| {
        let mut request =
            request("POST", "/v1/leveringen", token).header("idempotency-key", "sleutel-een");
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        if !encoding.is_empty() {
            request = request.header("content-encoding", encoding);
        }
        request.body(Body::from(body)).unwrap()
    };
    for kind in [
        "",
        "text/html",
        "multipart/form-data",
        "application/jsonx",
        "application/octet-stream",
    ] {
        app.send(met(kind, "", good.clone()))
            .await
            .is_problem(415, "MEDIA_TYPE");
    }
    for encoding in ["gzip", "br", "zstd", "gzip, gzip", "deflate"] {
        app.send(met("application/json", encoding, good.clone()))
            .await
            .is_problem(415, "CONTENT_ENCODING");
    }
    let large = [good.clone(), vec![b' '; 1024 * 1024]].concat();
    app.send(met("application/json", "", large))
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    app.send(met("application/json", "", b"[".repeat(100_000)))
        .await
        .is_problem(422, "JSON_INVALID");
    for bad in [&b""[..], b"{", b"null", b"[]", b"\xff\xfe{}", b"{}{}"] {
        app.send(met("application/json", "", bad.to_vec()))
            .await
            .is_problem(422, "JSON_INVALID");
    }
    let text = String::from_utf8(good.clone()).unwrap();
    let duplicate = text.replacen('{', "{\"aanbieder\":\"87654321\",", 1);
    app.send(met("application/json", "", duplicate.into_bytes()))
        .await
        .is_problem(422, "JSON_INVALID");
    assert_eq!(
        app.send(met("application/json; charset=utf-8", "identity", good))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn an_idempotency_key_names_one_pakket() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let een = clean(&app.definitie);
    let mut other: TestPakket = een.clone();
    other.pakket.exporter = "uitvraag 0.2.0".to_owned();
    app.open_raw(token, "kort", een.json())
        .await
        .is_problem(400, "IDEMPOTENCY_KEY");
    app.open_raw(token, "dossier-111222333", een.json())
        .await
        .is_problem(422, "BSN_SUSPECTED");
    assert_eq!(
        app.open_raw(token, "sleutel-een", een.json()).await.status,
        201
    );
    assert_eq!(
        app.open_raw(token, "sleutel-een", een.json()).await.status,
        200
    );
    app.open_raw(token, "sleutel-een", other.json())
        .await
        .is_problem(409, "IDEMPOTENCY_CONFLICT");
    // The key is the aanbieder's own: another one may use the same.
    let mut of_other = een.clone();
    of_other.pakket.aanbieder = Some(OTHER.to_owned());
    assert_eq!(
        app.open_raw(&app.other, "sleutel-een", of_other.json())
            .await
            .status,
        201
    );
}

/// HOSTILE 88: opening without ever sending is bounded per aanbieder, and others don't notice.
#[tokio::test]
async fn unfinished_leveringen_are_bounded_per_aanbieder() {
    let app = TestApp::new().await;
    for i in 0..20 {
        let mut test_pakket = clean(&app.definitie);
        test_pakket.set(
            "voorziening",
            format!("voorziening_id\nV{i}\n").as_bytes(),
            1,
        );
        assert_eq!(app.open(&app.aanbieder, &test_pakket).await.status, 201);
    }
    let one_more = clean(&app.definitie);
    app.open(&app.aanbieder, &one_more)
        .await
        .is_problem(429, "TOO_MANY_OPEN");
    let mut existing = clean(&app.definitie);
    existing.set("voorziening", b"voorziening_id\nV7\n", 1);
    assert_eq!(
        app.open(&app.aanbieder, &existing).await.status,
        200,
        "going on with one is no new one"
    );
    let mut of_other = one_more;
    of_other.pakket.aanbieder = None;
    assert_eq!(app.open(&app.other, &of_other).await.status, 201);
}
