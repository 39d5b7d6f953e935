//! The life of a levering through the router: from announcement to receipt, and back.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use schema::pakket::{Antwoord, Ontvangstbewijs, Toelichting};
use serde_json::json;

use crate::invoer::{met_fout, met_signaal, pakket, schoon};
use crate::omgeving::{KVK, Omgeving};

/// Verified by another hand than the one that signed, with the published key set alone.
async fn verify(omgeving: &Omgeving, jws: &str) -> Ontvangstbewijs {
    let set: jsonwebtoken::jwk::JwkSet =
        serde_json::from_slice(&omgeving.get("", "/v1/sleutels").await.body).unwrap();
    let kop = jsonwebtoken::decode_header(jws).unwrap();
    assert_eq!(kop.alg, Algorithm::EdDSA);
    let jwk = set.find(&kop.kid.unwrap()).unwrap();
    let mut validatie = Validation::new(Algorithm::EdDSA);
    validatie.required_spec_claims.clear();
    validatie.validate_exp = false;
    jsonwebtoken::decode(jws, &DecodingKey::from_jwk(jwk).unwrap(), &validatie)
        .unwrap()
        .claims
}

#[tokio::test]
async fn a_clean_levering_is_signed_and_gets_a_receipt_that_verifies() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let geopend = omgeving.open(&omgeving.aanbieder, &zending).await;
    assert_eq!(geopend.status, 201);
    let levering = geopend.json();
    let id = levering["id"].as_str().unwrap().to_owned();
    assert_eq!(geopend.header("location"), format!("/v1/leveringen/{id}"));
    assert_eq!(geopend.header("api-version"), "1.0.0");
    assert_eq!(levering["toestand"], "geopend");
    assert_eq!(levering["uiterlijk"], "2027-04-01");

    let id = omgeving.lever(&omgeving.aanbieder, &zending).await;
    let levering = omgeving.verdict(&omgeving.aanbieder, &id).await;
    assert_eq!(levering["toestand"], "akkoord", "{levering}");
    assert_eq!(levering["rijen"], json!({ "traject": 1, "voorziening": 1 }));
    assert_eq!(levering["ontvangstbewijs"], json!(null));

    let ingediend = omgeving.teken(&omgeving.aanbieder, &id).await;
    assert_eq!(ingediend.status, 200, "{}", ingediend.text());
    assert_eq!(ingediend.json()["toestand"], "ingediend");
    assert_eq!(
        ingediend.json()["ondertekenaar"],
        "Anna de Vries, directeur"
    );

    let bewijs = omgeving
        .get(
            &omgeving.aanbieder,
            &format!("/v1/leveringen/{id}/ontvangstbewijs"),
        )
        .await;
    assert_eq!(bewijs.header("content-type"), "application/jose");
    let claims = verify(&omgeving, &bewijs.text()).await;
    assert_eq!(claims.levering, id);
    assert_eq!(claims.aanbieder, KVK);
    assert_eq!(claims.iat, omgeving.nu().timestamp());
    assert_eq!(claims.regels, omgeving.definitie.regelhash);
    assert_eq!(
        claims.bestanden["traject"],
        zending.pakket.resources[0].hash
    );
    assert_eq!(claims.rijen["traject"], 1);

    // A replay, an hour later, of opening and of signing: the same levering, the same receipt.
    omgeving.zet_klok("2021-02-01T13:00:00Z");
    let weer = omgeving.open(&omgeving.aanbieder, &zending).await;
    assert_eq!(
        (weer.status.as_u16(), weer.json()["id"].as_str().unwrap()),
        (200, id.as_str())
    );
    assert_eq!(
        omgeving.teken(&omgeving.aanbieder, &id).await.json(),
        ingediend.json()
    );
    let nogmaals = omgeving
        .get(
            &omgeving.aanbieder,
            &format!("/v1/leveringen/{id}/ontvangstbewijs"),
        )
        .await;
    assert_eq!(nogmaals.text(), bewijs.text());
}

/// HOSTILE 72: fifty at once, one levering and one receipt.
#[tokio::test]
async fn concurrent_replays_give_one_levering_and_one_receipt() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let mut ids = std::collections::BTreeSet::new();
    let mut nieuw = 0;
    let mut lopend = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (router, json, sleutel) = (omgeving.router.clone(), zending.json(), zending.sleutel());
        let token = omgeving.aanbieder.clone();
        lopend.spawn(async move {
            let request = crate::omgeving::vraag("POST", "/v1/leveringen", &token)
                .header("content-type", "application/json")
                .header("idempotency-key", sleutel)
                .body(axum::body::Body::from(json))
                .unwrap();
            let antwoord = tower::ServiceExt::oneshot(router, request).await.unwrap();
            let status = antwoord.status().as_u16();
            let body = http_body_util::BodyExt::collect(antwoord.into_body())
                .await
                .unwrap()
                .to_bytes();
            (
                status,
                serde_json::from_slice::<serde_json::Value>(&body).unwrap(),
            )
        });
    }
    while let Some(klaar) = lopend.join_next().await {
        let (status, levering) = klaar.unwrap();
        assert!(status == 200 || status == 201, "{levering}");
        nieuw += usize::from(status == 201);
        ids.insert(levering["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((ids.len(), nieuw), (1, 1));

    let id = omgeving.lever(&omgeving.aanbieder, &zending).await;
    omgeving.verdict(&omgeving.aanbieder, &id).await;
    let (een, twee) = tokio::join!(
        omgeving.teken(&omgeving.aanbieder, &id),
        omgeving.teken(&omgeving.aanbieder, &id)
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
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &met_signaal(&omgeving.definitie))
        .await;
    assert_eq!(levering["toestand"], "te_bevestigen", "{levering}");
    assert_eq!(levering["open_signalen"], json!(["WACHT_LANG"]));
    let id = levering["id"].as_str().unwrap();
    let geweigerd = omgeving.teken(&omgeving.aanbieder, id).await;
    geweigerd.is_problem(409, "NOT_READY");
    assert_eq!(geweigerd.json()["open_signalen"], json!(["WACHT_LANG"]));

    let pad = format!("/v1/leveringen/{id}/toelichtingen");
    let antwoord = |code: &str, woorden: &str| json!([{ "code": code, "antwoord": "klopt", "woorden": woorden }]);
    for (inhoud, code) in [
        (antwoord("START_VOOR_AANMELDING", ""), "TOELICHTING"),
        (antwoord("BESTAAT_NIET", ""), "TOELICHTING"),
        (antwoord("WACHT_LANG", &"x".repeat(2001)), "TOELICHTING"),
        (antwoord("WACHT_LANG", "a\u{202e}b"), "TOELICHTING"),
        (antwoord("WACHT_LANG", "kind 111222333"), "BSN_SUSPECTED"),
        (
            json!([{ "code": "WACHT_LANG", "antwoord": "misschien" }]),
            "JSON_INVALID",
        ),
        (
            json!([{ "code": "WACHT_LANG", "antwoord": "klopt" }, { "code": "WACHT_LANG", "antwoord": "anders" }]),
            "TOELICHTING",
        ),
    ] {
        omgeving
            .json("PUT", &omgeving.aanbieder, &pad, &inhoud)
            .await
            .is_problem(422, code);
    }
    let bewaard = omgeving
        .json(
            "PUT",
            &omgeving.aanbieder,
            &pad,
            &antwoord("WACHT_LANG", "Dat klopt."),
        )
        .await;
    assert_eq!(bewaard.json()["toestand"], "akkoord", "{}", bewaard.text());
    assert_eq!(omgeving.teken(&omgeving.aanbieder, id).await.status, 200);
}

/// An answer is not asked again unless the data change.
#[tokio::test]
async fn answers_are_carried_over_while_the_findings_stay_the_same() {
    let omgeving = Omgeving::new().await;
    let eerste = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &met_signaal(&omgeving.definitie))
        .await;
    let pad = format!(
        "/v1/leveringen/{}/toelichtingen",
        eerste["id"].as_str().unwrap()
    );
    let antwoord =
        json!([{ "code": "WACHT_LANG", "antwoord": "klopt", "woorden": "Lang gezocht." }]);
    omgeving
        .json("PUT", &omgeving.aanbieder, &pad, &antwoord)
        .await;

    // Another value in a field that the signaal is not about.
    let lang = [
        ("aanmelddatum", "2019-04-14"),
        ("intakedatum", "2019-05-06"),
    ];
    let anders = pakket(
        &omgeving.definitie,
        &[&[&lang[..], &[("gesprekken", "7")]].concat()],
    );
    let tweede = omgeving.lever_en_wacht(&omgeving.aanbieder, &anders).await;
    assert_ne!(tweede["id"], eerste["id"]);
    assert_eq!(tweede["toestand"], "akkoord", "{tweede}");

    // The signaal on two rows instead of one: asked anew.
    let tweede_rij = [
        &lang[..],
        &[
            ("traject_id", "cg5w5kvxl26yotk35vbciu257e"),
            ("jeugdige_id", "eivg73jft67meddm7fvga27eea"),
        ],
    ]
    .concat();
    let meer = pakket(&omgeving.definitie, &[&lang, &tweede_rij]);
    let derde = omgeving.lever_en_wacht(&omgeving.aanbieder, &meer).await;
    assert_eq!(derde["toestand"], "te_bevestigen", "{derde}");
}

#[tokio::test]
async fn answers_may_travel_with_the_pakket() {
    let omgeving = Omgeving::new().await;
    let toelichting = Toelichting {
        code: "WACHT_LANG".to_owned(),
        antwoord: Antwoord::Klopt,
        woorden: String::new(),
    };
    let zending = met_signaal(&omgeving.definitie).met_toelichting(toelichting);
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    assert_eq!(levering["toestand"], "akkoord", "{levering}");
}

#[tokio::test]
async fn a_fout_blocks_signing_and_says_which() {
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &met_fout(&omgeving.definitie))
        .await;
    assert_eq!(levering["toestand"], "afgekeurd", "{levering}");
    let geweigerd = omgeving
        .teken(&omgeving.aanbieder, levering["id"].as_str().unwrap())
        .await;
    geweigerd.is_problem(409, "NOT_READY");
    assert_eq!(geweigerd.json()["fouten"], json!(["START_VOOR_AANMELDING"]));
}

#[tokio::test]
async fn one_must_sign_with_a_name_and_a_function() {
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let pad = format!(
        "/v1/leveringen/{}/indienen",
        levering["id"].as_str().unwrap()
    );
    for (naam, functie) in [
        ("", "directeur"),
        ("Anna", " "),
        ("Anna\u{1b}[31m", "directeur"),
        ("Anna 111222333", "directeur"),
    ] {
        let antwoord = omgeving
            .json(
                "POST",
                &omgeving.aanbieder,
                &pad,
                &json!({ "naam": naam, "functie": functie }),
            )
            .await;
        antwoord.is_problem(422, "SIGNER");
    }
    omgeving
        .json(
            "POST",
            &omgeving.aanbieder,
            &pad,
            &json!({ "naam": "Anna" }),
        )
        .await
        .is_problem(422, "JSON_INVALID");
    let te_vroeg = omgeving
        .open(&omgeving.aanbieder, &met_signaal(&omgeving.definitie))
        .await
        .json();
    omgeving
        .teken(&omgeving.aanbieder, te_vroeg["id"].as_str().unwrap())
        .await
        .is_problem(409, "STATE");
}

/// A later levering replaces the earlier one whole, and only when it is itself signed.
#[tokio::test]
async fn a_newer_levering_replaces_when_signed() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let eerste = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    let eerste = eerste["id"].as_str().unwrap();
    omgeving.teken(token, eerste).await;
    let tweede = omgeving
        .lever_en_wacht(
            token,
            &pakket(&omgeving.definitie, &[&[("gesprekken", "7")]]),
        )
        .await;
    let tweede = tweede["id"].as_str().unwrap();
    assert_eq!(
        omgeving.verdict(token, eerste).await["toestand"],
        "ingediend"
    );
    omgeving.teken(token, tweede).await;
    assert_eq!(
        omgeving.verdict(token, eerste).await["toestand"],
        "vervangen"
    );
    // The receipt of what was replaced stays: it proves what was delivered then.
    assert_eq!(
        omgeving
            .get(token, &format!("/v1/leveringen/{eerste}/ontvangstbewijs"))
            .await
            .status,
        200
    );
    let lijst = omgeving.get(token, "/v1/leveringen?jaar=2020").await.json();
    let staten: Vec<&str> = lijst
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["toestand"].as_str().unwrap())
        .collect();
    assert_eq!(staten, ["ingediend", "vervangen"]);
    assert_eq!(
        omgeving.get(token, "/v1/leveringen?jaar=2019").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn one_may_take_back_until_the_freeze() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let levering = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    omgeving.teken(token, id).await;
    let pad = format!("/v1/leveringen/{id}/intrekken");
    let ingetrokken = omgeving.json("POST", token, &pad, &json!({})).await;
    assert_eq!(
        ingetrokken.json()["toestand"],
        "ingetrokken",
        "{}",
        ingetrokken.text()
    );
    assert_eq!(
        omgeving.json("POST", token, &pad, &json!({})).await.status,
        200,
        "twice is as once"
    );

    let tweede = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    let tweede = tweede["id"].as_str().unwrap();
    assert_ne!(tweede, id, "what was taken back may be delivered anew");
    omgeving.teken(token, tweede).await;
    omgeving
        .lake
        .bevries("omgang", 2020, &lake::Stempel::new("test", omgeving.nu()))
        .await
        .unwrap();
    omgeving
        .json(
            "POST",
            token,
            &format!("/v1/leveringen/{tweede}/intrekken"),
            &json!({}),
        )
        .await
        .is_problem(409, "FROZEN");
    // Nothing new after the freeze; a replay of what was delivered gives the same answer as ever.
    omgeving
        .open(token, &met_signaal(&omgeving.definitie))
        .await
        .is_problem(409, "FROZEN");
    assert_eq!(
        omgeving
            .open(token, &schoon(&omgeving.definitie))
            .await
            .json()["id"],
        tweede
    );
    let nul = json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    omgeving
        .json("POST", &omgeving.ander, "/v1/nulopgaven", &nul)
        .await
        .is_problem(409, "FROZEN");
    let stempel = lake::Stempel::new("test", omgeving.nu());
    let tot = omgeving.nu() + chrono::TimeDelta::days(7);
    omgeving
        .lake
        .geef_uitstel(KVK, "omgang", 2020, tot, "ziekte", &stempel)
        .await
        .unwrap();
    assert_eq!(
        omgeving
            .open(token, &met_signaal(&omgeving.definitie))
            .await
            .status,
        201,
        "but for a logged exception"
    );
}

#[tokio::test]
async fn a_nulopgave_is_signed_and_cannot_hide_a_levering() {
    let omgeving = Omgeving::new().await;
    let nul = json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    let getekend = omgeving
        .json("POST", &omgeving.ander, "/v1/nulopgaven", &nul)
        .await;
    assert_eq!(getekend.status, 201, "{}", getekend.text());
    let levering = getekend.json();
    assert_eq!(
        (
            levering["toestand"].as_str(),
            levering["nulopgave"].as_bool()
        ),
        (Some("ingediend"), Some(true))
    );
    let bewijs = omgeving
        .get(
            &omgeving.ander,
            levering["ontvangstbewijs"].as_str().unwrap(),
        )
        .await;
    let claims = verify(&omgeving, &bewijs.text()).await;
    assert!(claims.nulopgave && claims.rijen.is_empty());
    assert_eq!(claims.levering, levering["id"].as_str().unwrap());
    let weer = omgeving
        .json("POST", &omgeving.ander, "/v1/nulopgaven", &nul)
        .await;
    assert_eq!(
        (weer.status.as_u16(), weer.json()["id"].clone()),
        (200, levering["id"].clone())
    );

    let met_rijen = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    omgeving
        .teken(&omgeving.aanbieder, met_rijen["id"].as_str().unwrap())
        .await;
    let geweigerd = omgeving
        .json("POST", &omgeving.aanbieder, "/v1/nulopgaven", &nul)
        .await;
    geweigerd.is_problem(409, "NIL_CONFLICT");
    let anders = json!({ "uitvraag": "omgang", "jaar": 1999, "naam": "Bob", "functie": "hoofd" });
    omgeving
        .json("POST", &omgeving.aanbieder, "/v1/nulopgaven", &anders)
        .await
        .is_problem(422, "PERIOD");
}

/// After erasure the row stays and what needs data says that it is gone.
#[tokio::test]
async fn what_was_erased_is_gone() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    let id = levering["id"].as_str().unwrap();
    omgeving
        .lake
        .wissen(
            id.parse().unwrap(),
            &lake::Stempel::new("test", omgeving.nu()),
        )
        .await
        .unwrap();
    assert_eq!(
        omgeving.verdict(&omgeving.aanbieder, id).await["toestand"],
        "gewist"
    );
    omgeving
        .get(
            &omgeving.aanbieder,
            &format!("/v1/leveringen/{id}/bevindingen"),
        )
        .await
        .is_problem(410, "GONE");
    omgeving
        .open(&omgeving.aanbieder, &zending)
        .await
        .is_problem(410, "GONE");
    omgeving
        .teken(&omgeving.aanbieder, id)
        .await
        .is_problem(410, "GONE");
}

/// After the freeze no text invites to deliver, and a pakket that was replaced or taken back opens no door.
#[tokio::test]
async fn after_the_freeze_nothing_invites_to_deliver() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let stempel = lake::Stempel::new("test", omgeving.nu());
    let oud = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    omgeving.teken(token, oud["id"].as_str().unwrap()).await;
    let nieuw = omgeving
        .lever_en_wacht(
            token,
            &pakket(&omgeving.definitie, &[&[("gesprekken", "7")]]),
        )
        .await;
    omgeving.teken(token, nieuw["id"].as_str().unwrap()).await;
    let open = omgeving
        .lever_en_wacht(token, &met_signaal(&omgeving.definitie))
        .await;
    omgeving
        .lake
        .bevries("omgang", 2020, &stempel)
        .await
        .unwrap();
    omgeving
        .open(token, &schoon(&omgeving.definitie))
        .await
        .is_problem(409, "FROZEN");
    let stap = |levering: serde_json::Value| levering["volgende_stap"].as_str().unwrap().to_owned();
    let van = |id: &serde_json::Value| format!("/v1/leveringen/{}", id.as_str().unwrap());
    let ingediend = stap(omgeving.get(token, &van(&nieuw["id"])).await.json());
    assert!(
        ingediend.contains("bevroren") && !ingediend.contains("indienen"),
        "{ingediend}"
    );
    let onaf = stap(omgeving.get(token, &van(&open["id"])).await.json());
    assert!(
        onaf.contains("telt niet mee") && !onaf.contains("uiterlijk"),
        "{onaf}"
    );
    let lijst = omgeving.get(token, "/v1/leveringen").await.json();
    assert!(!lijst.to_string().contains("uiterlijk "), "{lijst}");
    assert!(
        omgeving
            .get("", "/")
            .await
            .text()
            .contains("Leveren kan niet meer")
    );
}

/// A, then B, then B is taken back: nothing counts, and A no longer says that nothing needs doing. A may come back.
#[tokio::test]
async fn going_back_to_an_earlier_levering() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let a = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    let a = a["id"].as_str().unwrap();
    omgeving.teken(token, a).await;
    let b = omgeving
        .lever_en_wacht(
            token,
            &pakket(&omgeving.definitie, &[&[("gesprekken", "7")]]),
        )
        .await;
    let b = b["id"].as_str().unwrap();
    omgeving.teken(token, b).await;
    assert!(
        omgeving
            .get(token, &format!("/v1/leveringen/{a}"))
            .await
            .text()
            .contains("Een nieuwere levering telt.")
    );
    omgeving
        .json(
            "POST",
            token,
            &format!("/v1/leveringen/{b}/intrekken"),
            &json!({}),
        )
        .await;
    let vervangen = omgeving
        .get(token, &format!("/v1/leveringen/{a}"))
        .await
        .text();
    assert!(vervangen.contains("Er telt nu niets mee."), "{vervangen}");
    let weer = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    assert_ne!(weer["id"], a);
    assert_eq!(
        omgeving
            .teken(token, weer["id"].as_str().unwrap())
            .await
            .json()["toestand"],
        "ingediend"
    );
}

/// A wrong token would replace another's levering: a pakket made with another key is signed only when that is meant.
#[tokio::test]
async fn a_levering_with_another_key_is_signed_only_when_that_is_meant() {
    let omgeving = Omgeving::new().await;
    let token = &omgeving.aanbieder;
    let eigen = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    omgeving.teken(token, eigen["id"].as_str().unwrap()).await;
    let mut vreemd = pakket(&omgeving.definitie, &[&[("gesprekken", "7")]]);
    vreemd.pakket.pseudoniem = "hmac-sha256.1.zzzz9999".to_owned();
    let vreemd = omgeving.lever_en_wacht(token, &vreemd).await;
    assert_eq!(
        vreemd["aanbieder_naam"], "De Brug",
        "who it is for can be seen before signing"
    );
    let id = vreemd["id"].as_str().unwrap();
    omgeving
        .teken(token, id)
        .await
        .is_problem(409, "KEY_CHANGED");
    assert_eq!(
        omgeving.verdict(token, eigen["id"].as_str().unwrap()).await["toestand"],
        "ingediend"
    );
    let bewust = json!({ "naam": "Anna", "functie": "directeur", "andere_sleutel": true });
    let getekend = omgeving
        .json(
            "POST",
            token,
            &format!("/v1/leveringen/{id}/indienen"),
            &bewust,
        )
        .await;
    assert_eq!(
        getekend.json()["toestand"],
        "ingediend",
        "{}",
        getekend.text()
    );
}
