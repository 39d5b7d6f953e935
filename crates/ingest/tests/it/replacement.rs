//! Before one signs: what changes, and what must be meant when a levering takes the place of one with more in it.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::input::{RowOverlay, TestPakket, pakket};
use crate::pages::{OWN, form, login, page};

/// Trajecten of as many children, the first field of each changed by `change`.
fn trajecten(app: &TestApp, letters: &str, change: RowOverlay<'_>) -> TestPakket {
    let number = |letter: char| format!("{letter}aaaaaaaaaaaaaaaaaaaaaaaaa");
    let numbers: Vec<String> = letters.chars().map(number).collect();
    let rows: Vec<Vec<(&str, &str)>> = numbers
        .iter()
        .enumerate()
        .map(|(place, number)| {
            let ids = ["traject_id", "jeugdige_id", "gezin_id"].map(|veld| (veld, number.as_str()));
            let more = if place == 0 { change } else { &[] };
            ids.into_iter().chain(more.iter().copied()).collect()
        })
        .collect();
    let rows: Vec<RowOverlay<'_>> = rows.iter().map(Vec::as_slice).collect();
    pakket(&app.definitie, &rows)
}

/// Delivers, and answers whatever is asked, so that it can be signed.
async fn ready(app: &TestApp, test_pakket: &TestPakket) -> String {
    let token = &app.aanbieder;
    let levering = app.deliver_and_wait(token, test_pakket).await;
    let id = levering["id"].as_str().unwrap().to_owned();
    let open = levering["open_signalen"].as_array().unwrap();
    if open.is_empty() {
        assert_eq!(levering["toestand"], "akkoord", "{levering:#}");
    } else {
        let answer = |code: &Value| json!({ "code": code, "antwoord": "klopt" });
        let answers: Vec<Value> = open.iter().map(answer).collect();
        let path = format!("/v1/leveringen/{id}/toelichtingen");
        let kept = app.json("PUT", token, &path, &json!(answers)).await;
        assert_eq!(kept.json()["toestand"], "akkoord", "{}", kept.text());
    }
    id
}

async fn sign(app: &TestApp, id: &str, confirmed: &[&str]) -> crate::app::TestResponse {
    let who = json!({ "naam": "Anna", "functie": "directeur", "bevestig": confirmed });
    let path = format!("/v1/leveringen/{id}/indienen");
    app.json("POST", &app.aanbieder, &path, &who).await
}

async fn preview(app: &TestApp, id: &str) -> Value {
    let path = format!("/v1/leveringen/{id}/proef");
    let response = app.get(&app.aanbieder, &path).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[tokio::test]
async fn before_signing_one_sees_what_changes() {
    let app = TestApp::new().await;
    let first = ready(&app, &trajecten(&app, "abcde", &[])).await;
    let nothing = preview(&app, &first).await;
    assert_eq!(nothing["rijen"]["traject"], 5);
    assert_eq!(
        (&nothing["vergelijkingen"], &nothing["bevestig"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(sign(&app, &first, &[]).await.status, 200);

    // a is changed in two fields, d and e are gone, f is new.
    let change = [("gesprekken", "7"), ("contacten", "3")];
    let second = ready(&app, &trajecten(&app, "abcf", &change)).await;
    let seen = preview(&app, &second).await;
    let comparison = &seen["vergelijkingen"][0];
    assert_eq!(comparison["met"], "geldende_levering");
    assert_eq!(comparison["levering"], first);
    let traject = &comparison["tabellen"][0];
    assert_eq!(
        traject["zin"],
        "Trajecten: 4, dat waren er 5. Nieuw: 1. Verdwenen: 2. Veranderd: 1 (Aantal contacten: 1, Aantal gesprekken: 1)."
    );
    assert_eq!(
        (&traject["nieuw"], &traject["weg"], &traject["veranderd"]),
        (&json!(1), &json!(2), &json!(1))
    );
    assert_eq!(
        comparison["tabellen"][1]["zin"],
        "Voorzieningen: 1, dat waren er 1. Er is niets veranderd."
    );
    assert_eq!(seen["bevestig"], json!([]));
    // On the page, in the same words.
    let cookie = login(&app, &app.aanbieder).await;
    let text = page(&app, &cookie, &format!("/mijn-leveringen/{second}"))
        .await
        .text();
    assert!(
        text.contains("Vergeleken met uw levering die nu meetelt")
            && text.contains(traject["zin"].as_str().unwrap()),
        "{text}"
    );
    // It is the aanbieder's: nobody else sees it.
    let path = format!("/v1/leveringen/{second}/proef");
    app.get(&app.other, &path)
        .await
        .is_problem(404, "NOT_FOUND");
    app.get(&app.coordinator, &path)
        .await
        .is_problem(403, "FORBIDDEN_ROLE");
}

/// 190 rows were once replaced by 70 without a word, by the command that the unattended run itself advised.
#[tokio::test]
async fn less_than_half_is_signed_only_when_that_is_said_by_its_name() {
    let app = TestApp::new().await;
    let first = ready(&app, &trajecten(&app, "abcde", &[])).await;
    sign(&app, &first, &[]).await;
    let second = ready(&app, &trajecten(&app, "ab", &[])).await;
    for wrong in [&[][..], &["minder_tabellen"], &["andere_sleutel"]] {
        let refused = sign(&app, &second, wrong).await;
        refused.is_problem(409, "REPLACEMENT_UNCONFIRMED");
        let asked = &refused.json()["bevestig"][0];
        assert_eq!(asked["naam"], "minder_rijen");
        assert_eq!(
            asked["zin"],
            "In deze levering staat minder dan de helft van wat nu telt. Trajecten: 2 in plaats van 5."
        );
    }
    // A bare yes is no name.
    sign(&app, &second, &["ja"])
        .await
        .is_problem(422, "JSON_INVALID");
    assert_eq!(
        preview(&app, &second).await["bevestig"][0]["naam"],
        "minder_rijen"
    );
    let standing = app.verdict(&app.aanbieder, &first).await;
    assert_eq!(standing["toestand"], "ingediend");
    let signed = sign(&app, &second, &["minder_rijen"]).await;
    assert_eq!(signed.json()["toestand"], "ingediend", "{}", signed.text());
}

#[tokio::test]
async fn the_page_asks_it_too_and_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let first = ready(&app, &trajecten(&app, "abcde", &[])).await;
    sign(&app, &first, &[]).await;
    let second = ready(&app, &trajecten(&app, "ab", &[])).await;
    let cookie = login(&app, &app.aanbieder).await;
    let path = format!("/mijn-leveringen/{second}");
    let box_of = "name=\"bevestig\" value=\"minder_rijen\" required";
    assert!(page(&app, &cookie, &path).await.text().contains(box_of));
    let submit =
        async |velden: &str| form(&app, &format!("{path}/indienen"), &cookie, OWN, velden).await;
    let refused = submit("naam=Anna+de+Vries&functie=hoofd+zorg").await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    for part in [
        "value=\"Anna de Vries\"",
        "value=\"hoofd zorg\"",
        "Trajecten: 2 in plaats van 5",
        box_of,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let signed = submit("naam=Anna+de+Vries&functie=hoofd+zorg&bevestig=minder_rijen").await;
    assert_eq!(signed.status, 303, "{}", signed.text());
}

/// Rows of another key can't be recognised: that is said, and their numbers are still compared.
#[tokio::test]
async fn with_another_key_only_the_numbers_are_compared() {
    let app = TestApp::new().await;
    let first = ready(&app, &trajecten(&app, "abc", &[])).await;
    sign(&app, &first, &[]).await;
    let mut foreign = trajecten(&app, "abc", &[("gesprekken", "7")]);
    foreign.pakket.pseudoniem = "hmac-sha256.1.zzzz9999".to_owned();
    let second = ready(&app, &foreign).await;
    let seen = preview(&app, &second).await;
    let tables = &seen["vergelijkingen"][0]["tabellen"];
    let said = tables[0]["zin"].as_str().unwrap();
    assert!(
        said.starts_with("Trajecten: 3, dat waren er 3.") && said.contains("andere sleutel"),
        "{said}"
    );
    assert_eq!(tables[0]["nieuw"], Value::Null);
    assert_eq!(seen["bevestig"][0]["naam"], "andere_sleutel");
}

/// Last year's levering stands beside it too.
#[tokio::test]
async fn last_year_is_compared_with() {
    let app = TestApp::new().await;
    let first = ready(&app, &trajecten(&app, "abc", &[])).await;
    sign(&app, &first, &[]).await;
    app.set_clock("2022-02-01T12:00:00Z");
    let year = schema::Definitie::load("omgang/2021").unwrap();
    let mut this_year = pakket(&year, &[&[]]);
    this_year.pakket.leverdatum = "2022-02-01".parse().unwrap();
    let levering = app.deliver_and_wait(&app.aanbieder, &this_year).await;
    let seen = preview(&app, levering["id"].as_str().unwrap()).await;
    let comparison = &seen["vergelijkingen"][0];
    assert_eq!(
        (&comparison["met"], &comparison["jaar"], &comparison["kop"]),
        (
            &json!("vorig_jaar"),
            &json!(2020),
            &json!("Vergeleken met uw levering over 2020")
        )
    );
    assert_eq!(comparison["tabellen"][0]["weg"], 3);
    assert_eq!(seen["bevestig"], json!([]));
}
