//! What a manifest may say, and what is answered when it may not.

use axum::body::Body;
use serde_json::{Value, json};

use crate::invoer::{Zending, schoon, sha256};
use crate::omgeving::{ANDER, Omgeving, vraag};

/// Opens a pakket after a change to its JSON.
async fn with(omgeving: &Omgeving, change: impl FnOnce(&mut Value)) -> crate::omgeving::Antwoord {
    let mut json = serde_json::to_value(&schoon(&omgeving.definitie).pakket).unwrap();
    change(&mut json);
    let bytes = serde_json::to_vec(&json).unwrap();
    omgeving
        .open_raw(&omgeving.aanbieder, &sha256(&bytes), bytes)
        .await
}

#[tokio::test]
async fn a_manifest_that_cannot_be_is_refused() {
    let omgeving = Omgeving::new().await;
    type Change = fn(&mut Value);
    let gevallen: [(Change, u16, &str); 22] = [
        (|p| p["aanbieder"] = json!(ANDER), 403, "PROVIDER_MISMATCH"),
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
                p["toelichtingen"] = json!([{ "code": "WACHT_LANG", "antwoord": "klopt", "woorden": "bsn 111222333" }])
            },
            422,
            "BSN_SUSPECTED",
        ),
    ];
    for (i, (change, status, code)) in gevallen.into_iter().enumerate() {
        let antwoord = with(&omgeving, change).await;
        assert_eq!(
            (antwoord.status.as_u16(), antwoord.code().as_str()),
            (status, code),
            "case {i}: {}",
            antwoord.text()
        );
        assert!(
            !antwoord.text().contains("111222333") && !antwoord.text().contains("evil"),
            "case {i} echoes"
        );
    }
    assert_eq!(
        omgeving.files(),
        Vec::<String>::new(),
        "a refusal leaves nothing behind"
    );
    let lijst = omgeving
        .get(&omgeving.aanbieder, "/v1/leveringen")
        .await
        .json();
    assert_eq!(lijst, json!([]));
}

/// The service never judges by other rules than it says: it names its own and where they are.
#[tokio::test]
async fn an_older_pakket_is_shown_the_way_to_the_current_definition() {
    let omgeving = Omgeving::new().await;
    let antwoord = with(&omgeving, |p| p["regels"] = json!("0".repeat(64)))
        .await
        .json();
    assert_eq!(antwoord["definitie"], "/v1/uitvragen/omgang/2020");
    assert_eq!(antwoord["regels"], omgeving.definitie.regelhash.as_str());
    let definitie = omgeving
        .get("", antwoord["definitie"].as_str().unwrap())
        .await
        .json();
    assert_eq!(definitie["regels"], omgeving.definitie.regelhash.as_str());
}

/// A pakket made just after midnight in the Netherlands is not from the future.
#[tokio::test]
async fn today_is_a_day_in_the_netherlands() {
    let omgeving = Omgeving::new().await;
    omgeving.zet_klok("2021-02-01T23:30:00Z");
    assert_eq!(
        with(&omgeving, |p| p["leverdatum"] = json!("2021-02-02"))
            .await
            .status,
        201
    );
    with(&omgeving, |p| p["leverdatum"] = json!("2021-02-03"))
        .await
        .is_problem(422, "DELIVERY_DATE");
}

/// HOSTILE 50-53 and 78-80: bodies that are no manifest.
#[tokio::test]
async fn bodies_that_are_no_manifest_are_refused() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let goed = schoon(&omgeving.definitie).json();
    let met = |soort: &'static str, codering: &'static str, body: Vec<u8>| {
        let mut request =
            vraag("POST", "/v1/leveringen", token).header("idempotency-key", "sleutel-een");
        if !soort.is_empty() {
            request = request.header("content-type", soort);
        }
        if !codering.is_empty() {
            request = request.header("content-encoding", codering);
        }
        request.body(Body::from(body)).unwrap()
    };
    for soort in [
        "",
        "text/html",
        "multipart/form-data",
        "application/jsonx",
        "application/octet-stream",
    ] {
        omgeving
            .send(met(soort, "", goed.clone()))
            .await
            .is_problem(415, "MEDIA_TYPE");
    }
    for codering in ["gzip", "br", "zstd", "gzip, gzip", "deflate"] {
        omgeving
            .send(met("application/json", codering, goed.clone()))
            .await
            .is_problem(415, "CONTENT_ENCODING");
    }
    let groot = [goed.clone(), vec![b' '; 1024 * 1024]].concat();
    omgeving
        .send(met("application/json", "", groot))
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    omgeving
        .send(met("application/json", "", b"[".repeat(100_000)))
        .await
        .is_problem(422, "JSON_INVALID");
    for slecht in [&b""[..], b"{", b"null", b"[]", b"\xff\xfe{}", b"{}{}"] {
        omgeving
            .send(met("application/json", "", slecht.to_vec()))
            .await
            .is_problem(422, "JSON_INVALID");
    }
    let tekst = String::from_utf8(goed.clone()).unwrap();
    let dubbel = tekst.replacen('{', "{\"aanbieder\":\"87654321\",", 1);
    omgeving
        .send(met("application/json", "", dubbel.into_bytes()))
        .await
        .is_problem(422, "JSON_INVALID");
    assert_eq!(
        omgeving
            .send(met("application/json; charset=utf-8", "identity", goed))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn an_idempotency_key_names_one_pakket() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let een = schoon(&omgeving.definitie);
    let mut ander: Zending = een.clone();
    ander.pakket.exporter = "uitvraag 0.2.0".to_owned();
    omgeving
        .open_raw(token, "kort", een.json())
        .await
        .is_problem(400, "IDEMPOTENCY_KEY");
    omgeving
        .open_raw(token, "dossier-111222333", een.json())
        .await
        .is_problem(422, "BSN_SUSPECTED");
    assert_eq!(
        omgeving
            .open_raw(token, "sleutel-een", een.json())
            .await
            .status,
        201
    );
    assert_eq!(
        omgeving
            .open_raw(token, "sleutel-een", een.json())
            .await
            .status,
        200
    );
    omgeving
        .open_raw(token, "sleutel-een", ander.json())
        .await
        .is_problem(409, "IDEMPOTENCY_CONFLICT");
    // The key is the aanbieder's own: another one may use the same.
    let mut van_ander = een.clone();
    van_ander.pakket.aanbieder = Some(ANDER.to_owned());
    assert_eq!(
        omgeving
            .open_raw(&omgeving.ander, "sleutel-een", van_ander.json())
            .await
            .status,
        201
    );
}

/// HOSTILE 88: opening without ever sending is bounded per aanbieder, and others don't notice.
#[tokio::test]
async fn unfinished_leveringen_are_bounded_per_aanbieder() {
    let omgeving = Omgeving::new().await;
    for i in 0..20 {
        let mut zending = schoon(&omgeving.definitie);
        zending.zet(
            "voorziening",
            format!("voorziening_id\nV{i}\n").as_bytes(),
            1,
        );
        assert_eq!(
            omgeving.open(&omgeving.aanbieder, &zending).await.status,
            201
        );
    }
    let nog_een = schoon(&omgeving.definitie);
    omgeving
        .open(&omgeving.aanbieder, &nog_een)
        .await
        .is_problem(429, "TOO_MANY_OPEN");
    let mut bestaand = schoon(&omgeving.definitie);
    bestaand.zet("voorziening", b"voorziening_id\nV7\n", 1);
    assert_eq!(
        omgeving.open(&omgeving.aanbieder, &bestaand).await.status,
        200,
        "going on with one is no new one"
    );
    let mut van_ander = nog_een;
    van_ander.pakket.aanbieder = None;
    assert_eq!(omgeving.open(&omgeving.ander, &van_ander).await.status, 201);
}
