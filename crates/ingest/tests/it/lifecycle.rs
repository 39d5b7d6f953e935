//! The life of a levering through the router: from announcement to receipt, and back.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use schema::pakket::{Answer, Ontvangstbewijs, Toelichting};
use serde_json::json;

use crate::app::{KVK, TestApp};
use crate::input::{clean, met_signaal, pakket, with_error};

/// Verified by another hand than the one that signed, with the published key set alone.
async fn verify(app: &TestApp, jws: &str) -> Ontvangstbewijs {
    let set: jsonwebtoken::jwk::JwkSet =
        serde_json::from_slice(&app.get("", "/v1/sleutels").await.body).unwrap();
    let header = jsonwebtoken::decode_header(jws).unwrap();
    assert_eq!(header.alg, Algorithm::EdDSA);
    let jwk = set.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode(jws, &DecodingKey::from_jwk(jwk).unwrap(), &validation)
        .unwrap()
        .claims
}

#[tokio::test]
async fn a_clean_levering_is_signed_and_gets_a_receipt_that_verifies() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let opened = app.open(&app.aanbieder, &test_pakket).await;
    assert_eq!(opened.status, 201);
    let levering = opened.json();
    let id = levering["id"].as_str().unwrap().to_owned();
    assert_eq!(opened.header("location"), format!("/v1/leveringen/{id}"));
    assert_eq!(opened.header("api-version"), "1.0.0");
    assert_eq!(levering["toestand"], "geopend");
    assert_eq!(levering["uiterlijk"], "2027-04-01");

    let id = app.lever(&app.aanbieder, &test_pakket).await;
    let levering = app.verdict(&app.aanbieder, &id).await;
    assert_eq!(levering["toestand"], "akkoord", "{levering}");
    assert_eq!(levering["rijen"], json!({ "traject": 1, "voorziening": 1 }));
    assert_eq!(levering["ontvangstbewijs"], json!(null));

    let submitted = app.character(&app.aanbieder, &id).await;
    assert_eq!(submitted.status, 200, "{}", submitted.text());
    assert_eq!(submitted.json()["toestand"], "ingediend");
    assert_eq!(
        submitted.json()["ondertekenaar"],
        "Anna de Vries, directeur"
    );

    let receipt = app
        .get(
            &app.aanbieder,
            &format!("/v1/leveringen/{id}/ontvangstbewijs"),
        )
        .await;
    assert_eq!(receipt.header("content-type"), "application/jose");
    let claims = verify(&app, &receipt.text()).await;
    assert_eq!(claims.levering, id);
    assert_eq!(claims.aanbieder, KVK);
    assert_eq!(claims.iat, app.nu().timestamp());
    assert_eq!(claims.regels, app.definitie.regelhash);
    assert_eq!(
        claims.bestanden["traject"],
        test_pakket.pakket.resources[0].hash
    );
    assert_eq!(claims.rijen["traject"], 1);

    // A replay, an hour later, of opening and of signing: the same levering, the same receipt.
    app.set_clock("2021-02-01T13:00:00Z");
    let weer = app.open(&app.aanbieder, &test_pakket).await;
    assert_eq!(
        (weer.status.as_u16(), weer.json()["id"].as_str().unwrap()),
        (200, id.as_str())
    );
    assert_eq!(
        app.character(&app.aanbieder, &id).await.json(),
        submitted.json()
    );
    let once_more = app
        .get(
            &app.aanbieder,
            &format!("/v1/leveringen/{id}/ontvangstbewijs"),
        )
        .await;
    assert_eq!(once_more.text(), receipt.text());
}

/// HOSTILE 72: fifty at once, one levering and one receipt.
#[tokio::test]
async fn concurrent_replays_give_one_levering_and_one_receipt() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let mut ids = std::collections::BTreeSet::new();
    let mut new = 0;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (router, json, key) = (app.router.clone(), test_pakket.json(), test_pakket.key());
        let token = app.aanbieder.clone();
        running.spawn(async move {
            let request = crate::app::request("POST", "/v1/leveringen", &token)
                .header("content-type", "application/json")
                .header("idempotency-key", key)
                .body(axum::body::Body::from(json))
                .unwrap();
            let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
            let status = response.status().as_u16();
            let body = http_body_util::BodyExt::collect(response.into_body())
                .await
                .unwrap()
                .to_bytes();
            (
                status,
                serde_json::from_slice::<serde_json::Value>(&body).unwrap(),
            )
        });
    }
    while let Some(done) = running.join_next().await {
        let (status, levering) = done.unwrap();
        assert!(status == 200 || status == 201, "{levering}");
        new += usize::from(status == 201);
        ids.insert(levering["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((ids.len(), new), (1, 1));

    let id = app.lever(&app.aanbieder, &test_pakket).await;
    app.verdict(&app.aanbieder, &id).await;
    let (een, twee) = tokio::join!(
        app.character(&app.aanbieder, &id),
        app.character(&app.aanbieder, &id)
    );
    assert_eq!(
        (een.status.as_u16(), twee.status.as_u16()),
        (200, 200),
        "{} {}",
        een.text(),
        twee.text()
    );
}

#[tokio::test]
async fn a_signaal_wants_an_answer_before_signing() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &met_signaal(&app.definitie))
        .await;
    assert_eq!(levering["toestand"], "te_bevestigen", "{levering}");
    assert_eq!(levering["open_signalen"], json!(["WACHT_LANG"]));
    let id = levering["id"].as_str().unwrap();
    let refused = app.character(&app.aanbieder, id).await;
    refused.is_problem(409, "NOT_READY");
    assert_eq!(refused.json()["open_signalen"], json!(["WACHT_LANG"]));

    let path = format!("/v1/leveringen/{id}/toelichtingen");
    let response =
        |code: &str, words: &str| json!([{ "code": code, "antwoord": "klopt", "woorden": words }]);
    for (content, code) in [
        (response("START_VOOR_AANMELDING", ""), "TOELICHTING"),
        (response("BESTAAT_NIET", ""), "TOELICHTING"),
        (response("WACHT_LANG", &"x".repeat(2001)), "TOELICHTING"),
        (response("WACHT_LANG", "a\u{202e}b"), "TOELICHTING"),
        (response("WACHT_LANG", "kind 111222333"), "BSN_SUSPECTED"),
        (
            json!([{ "code": "WACHT_LANG", "antwoord": "misschien" }]),
            "JSON_INVALID",
        ),
        (
            json!([{ "code": "WACHT_LANG", "antwoord": "klopt" }, { "code": "WACHT_LANG", "antwoord": "anders" }]),
            "TOELICHTING",
        ),
    ] {
        app.json("PUT", &app.aanbieder, &path, &content)
            .await
            .is_problem(422, code);
    }
    let stored = app
        .json(
            "PUT",
            &app.aanbieder,
            &path,
            &response("WACHT_LANG", "Dat klopt."),
        )
        .await;
    assert_eq!(stored.json()["toestand"], "akkoord", "{}", stored.text());
    assert_eq!(app.character(&app.aanbieder, id).await.status, 200);
}

/// An answer is not asked again unless the data change.
#[tokio::test]
async fn answers_are_carried_over_while_the_findings_stay_the_same() {
    let app = TestApp::new().await;
    let first = app
        .deliver_and_wait(&app.aanbieder, &met_signaal(&app.definitie))
        .await;
    let path = format!(
        "/v1/leveringen/{}/toelichtingen",
        first["id"].as_str().unwrap()
    );
    let response =
        json!([{ "code": "WACHT_LANG", "antwoord": "klopt", "woorden": "Lang gezocht." }]);
    app.json("PUT", &app.aanbieder, &path, &response).await;

    // Another value in a field that the signaal is not about.
    let long = [
        ("aanmelddatum", "2019-04-14"),
        ("intakedatum", "2019-05-06"),
    ];
    let others = pakket(
        &app.definitie,
        &[&[&long[..], &[("gesprekken", "7")]].concat()],
    );
    let second = app.deliver_and_wait(&app.aanbieder, &others).await;
    assert_ne!(second["id"], first["id"]);
    assert_eq!(second["toestand"], "akkoord", "{second}");

    // The signaal on two rows instead of one: asked anew.
    let second_row = [
        &long[..],
        &[
            ("traject_id", "cg5w5kvxl26yotk35vbciu257e"),
            ("jeugdige_id", "eivg73jft67meddm7fvga27eea"),
        ],
    ]
    .concat();
    let more = pakket(&app.definitie, &[&long, &second_row]);
    let third = app.deliver_and_wait(&app.aanbieder, &more).await;
    assert_eq!(third["toestand"], "te_bevestigen", "{third}");
}

#[tokio::test]
async fn answers_may_travel_with_the_pakket() {
    let app = TestApp::new().await;
    let toelichting = Toelichting {
        code: "WACHT_LANG".to_owned(),
        antwoord: Answer::Klopt,
        woorden: String::new(),
    };
    let test_pakket = met_signaal(&app.definitie).met_toelichting(toelichting);
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    assert_eq!(levering["toestand"], "akkoord", "{levering}");
}

#[tokio::test]
async fn an_error_blocks_signing_and_says_which() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &with_error(&app.definitie))
        .await;
    assert_eq!(levering["toestand"], "afgekeurd", "{levering}");
    let refused = app
        .character(&app.aanbieder, levering["id"].as_str().unwrap())
        .await;
    refused.is_problem(409, "NOT_READY");
    assert_eq!(refused.json()["fouten"], json!(["START_VOOR_AANMELDING"]));
}

#[tokio::test]
async fn one_must_sign_with_a_name_and_a_function() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let path = format!(
        "/v1/leveringen/{}/indienen",
        levering["id"].as_str().unwrap()
    );
    for (name, job_title) in [
        ("", "directeur"),
        ("Anna", " "),
        ("Anna\u{1b}[31m", "directeur"),
        ("Anna 111222333", "directeur"),
    ] {
        let response = app
            .json(
                "POST",
                &app.aanbieder,
                &path,
                &json!({ "naam": name, "functie": job_title }),
            )
            .await;
        response.is_problem(422, "SIGNER");
    }
    app.json("POST", &app.aanbieder, &path, &json!({ "naam": "Anna" }))
        .await
        .is_problem(422, "JSON_INVALID");
    let too_early = app
        .open(&app.aanbieder, &met_signaal(&app.definitie))
        .await
        .json();
    app.character(&app.aanbieder, too_early["id"].as_str().unwrap())
        .await
        .is_problem(409, "STATE");
}

/// A later levering replaces the earlier one whole, and only when it is itself signed.
#[tokio::test]
async fn a_newer_levering_replaces_when_signed() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let first = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    let first = first["id"].as_str().unwrap();
    app.character(token, first).await;
    let second = app
        .deliver_and_wait(token, &pakket(&app.definitie, &[&[("gesprekken", "7")]]))
        .await;
    let second = second["id"].as_str().unwrap();
    assert_eq!(app.verdict(token, first).await["toestand"], "ingediend");
    app.character(token, second).await;
    assert_eq!(app.verdict(token, first).await["toestand"], "vervangen");
    // The receipt of what was replaced stays: it proves what was delivered then.
    assert_eq!(
        app.get(token, &format!("/v1/leveringen/{first}/ontvangstbewijs"))
            .await
            .status,
        200
    );
    let list = app.get(token, "/v1/leveringen?jaar=2020").await.json();
    let states: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["toestand"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["ingediend", "vervangen"]);
    assert_eq!(
        app.get(token, "/v1/leveringen?jaar=2019").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn one_may_take_back_until_the_freeze() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let levering = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    let id = levering["id"].as_str().unwrap();
    app.character(token, id).await;
    let path = format!("/v1/leveringen/{id}/intrekken");
    let withdrawn = app.json("POST", token, &path, &json!({})).await;
    assert_eq!(
        withdrawn.json()["toestand"],
        "ingetrokken",
        "{}",
        withdrawn.text()
    );
    assert_eq!(
        app.json("POST", token, &path, &json!({})).await.status,
        200,
        "twice is as once"
    );

    let second = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    let second = second["id"].as_str().unwrap();
    assert_ne!(second, id, "what was taken back may be delivered anew");
    app.character(token, second).await;
    app.lake
        .freeze("omgang", 2020, &lake::Stamp::new("test", app.nu()))
        .await
        .unwrap();
    app.json(
        "POST",
        token,
        &format!("/v1/leveringen/{second}/intrekken"),
        &json!({}),
    )
    .await
    .is_problem(409, "FROZEN");
    // Nothing new after the freeze; a replay of what was delivered gives the same answer as ever.
    app.open(token, &met_signaal(&app.definitie))
        .await
        .is_problem(409, "FROZEN");
    assert_eq!(
        app.open(token, &clean(&app.definitie)).await.json()["id"],
        second
    );
    let nulopgave =
        json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    app.json("POST", &app.other, "/v1/nulopgaven", &nulopgave)
        .await
        .is_problem(409, "FROZEN");
    let stamp = lake::Stamp::new("test", app.nu());
    let tot = app.nu() + chrono::TimeDelta::days(7);
    app.lake
        .grant_uitstel(KVK, "omgang", 2020, tot, "ziekte", &stamp)
        .await
        .unwrap();
    assert_eq!(
        app.open(token, &met_signaal(&app.definitie)).await.status,
        201,
        "but for a logged exception"
    );
}

#[tokio::test]
async fn a_nulopgave_is_signed_and_cannot_hide_a_levering() {
    let app = TestApp::new().await;
    let nulopgave =
        json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    let signed = app
        .json("POST", &app.other, "/v1/nulopgaven", &nulopgave)
        .await;
    assert_eq!(signed.status, 201, "{}", signed.text());
    let levering = signed.json();
    assert_eq!(
        (
            levering["toestand"].as_str(),
            levering["nulopgave"].as_bool()
        ),
        (Some("ingediend"), Some(true))
    );
    let receipt = app
        .get(&app.other, levering["ontvangstbewijs"].as_str().unwrap())
        .await;
    let claims = verify(&app, &receipt.text()).await;
    assert!(claims.nulopgave && claims.rijen.is_empty());
    assert_eq!(claims.levering, levering["id"].as_str().unwrap());
    let weer = app
        .json("POST", &app.other, "/v1/nulopgaven", &nulopgave)
        .await;
    assert_eq!(
        (weer.status.as_u16(), weer.json()["id"].clone()),
        (200, levering["id"].clone())
    );

    let with_rows = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    app.character(&app.aanbieder, with_rows["id"].as_str().unwrap())
        .await;
    let refused = app
        .json("POST", &app.aanbieder, "/v1/nulopgaven", &nulopgave)
        .await;
    refused.is_problem(409, "NIL_CONFLICT");
    let others = json!({ "uitvraag": "omgang", "jaar": 1999, "naam": "Bob", "functie": "hoofd" });
    app.json("POST", &app.aanbieder, "/v1/nulopgaven", &others)
        .await
        .is_problem(422, "PERIOD");
}

/// After erasure the row stays and what needs data says that it is gone.
#[tokio::test]
async fn what_was_erased_is_gone() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    let id = levering["id"].as_str().unwrap();
    app.lake
        .erase(id.parse().unwrap(), &lake::Stamp::new("test", app.nu()))
        .await
        .unwrap();
    assert_eq!(app.verdict(&app.aanbieder, id).await["toestand"], "gewist");
    app.get(&app.aanbieder, &format!("/v1/leveringen/{id}/bevindingen"))
        .await
        .is_problem(410, "GONE");
    app.open(&app.aanbieder, &test_pakket)
        .await
        .is_problem(410, "GONE");
    app.character(&app.aanbieder, id)
        .await
        .is_problem(410, "GONE");
}

/// After the freeze no text invites to deliver, and a pakket that was replaced or taken back opens no door.
#[tokio::test]
async fn after_the_freeze_nothing_invites_to_deliver() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let stamp = lake::Stamp::new("test", app.nu());
    let old = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    app.character(token, old["id"].as_str().unwrap()).await;
    let new = app
        .deliver_and_wait(token, &pakket(&app.definitie, &[&[("gesprekken", "7")]]))
        .await;
    app.character(token, new["id"].as_str().unwrap()).await;
    let open = app
        .deliver_and_wait(token, &met_signaal(&app.definitie))
        .await;
    app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
    app.open(token, &clean(&app.definitie))
        .await
        .is_problem(409, "FROZEN");
    let step = |levering: serde_json::Value| levering["volgende_stap"].as_str().unwrap().to_owned();
    let van = |id: &serde_json::Value| format!("/v1/leveringen/{}", id.as_str().unwrap());
    let submitted = step(app.get(token, &van(&new["id"])).await.json());
    assert!(
        submitted.contains("bevroren") && !submitted.contains("indienen"),
        "{submitted}"
    );
    let unfinished = step(app.get(token, &van(&open["id"])).await.json());
    assert!(
        unfinished.contains("telt niet mee") && !unfinished.contains("uiterlijk"),
        "{unfinished}"
    );
    let list = app.get(token, "/v1/leveringen").await.json();
    assert!(!list.to_string().contains("uiterlijk "), "{list}");
    assert!(
        app.get("", "/")
            .await
            .text()
            .contains("Leveren kan niet meer")
    );
}

/// A, then B, then B is taken back: nothing counts, and A no longer says that nothing needs doing. A may come back.
#[tokio::test]
async fn going_back_to_an_earlier_levering() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let a = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    let a = a["id"].as_str().unwrap();
    app.character(token, a).await;
    let b = app
        .deliver_and_wait(token, &pakket(&app.definitie, &[&[("gesprekken", "7")]]))
        .await;
    let b = b["id"].as_str().unwrap();
    app.character(token, b).await;
    assert!(
        app.get(token, &format!("/v1/leveringen/{a}"))
            .await
            .text()
            .contains("Een nieuwere levering telt.")
    );
    app.json(
        "POST",
        token,
        &format!("/v1/leveringen/{b}/intrekken"),
        &json!({}),
    )
    .await;
    let replaced = app.get(token, &format!("/v1/leveringen/{a}")).await.text();
    assert!(replaced.contains("Er telt nu niets mee."), "{replaced}");
    let weer = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    assert_ne!(weer["id"], a);
    assert_eq!(
        app.character(token, weer["id"].as_str().unwrap())
            .await
            .json()["toestand"],
        "ingediend"
    );
}

/// A wrong token would replace another's levering: a pakket made with another key is signed only when that is meant.
#[tokio::test]
async fn a_levering_with_another_key_is_signed_only_when_that_is_meant() {
    let app = TestApp::new().await;
    let token = &app.aanbieder;
    let own = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    app.character(token, own["id"].as_str().unwrap()).await;
    let mut foreign = pakket(&app.definitie, &[&[("gesprekken", "7")]]);
    foreign.pakket.pseudoniem = "hmac-sha256.1.zzzz9999".to_owned();
    let foreign = app.deliver_and_wait(token, &foreign).await;
    assert_eq!(
        foreign["aanbieder_naam"], "De Brug",
        "who it is for can be seen before signing"
    );
    let id = foreign["id"].as_str().unwrap();
    app.character(token, id)
        .await
        .is_problem(409, "REPLACEMENT_UNCONFIRMED");
    assert_eq!(
        app.verdict(token, own["id"].as_str().unwrap()).await["toestand"],
        "ingediend"
    );
    let deliberate =
        json!({ "naam": "Anna", "functie": "directeur", "bevestig": ["andere_sleutel"] });
    let signed = app
        .json(
            "POST",
            token,
            &format!("/v1/leveringen/{id}/indienen"),
            &deliberate,
        )
        .await;
    assert_eq!(signed.json()["toestand"], "ingediend", "{}", signed.text());
}
