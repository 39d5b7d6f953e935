//! The year before beside this one: the service compares with what counts, and asks before it takes "nothing".

use schema::Definitie;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::input::{RowOverlay, TestPakket, pakket};

const OPEN: RowOverlay<'_> = &[("einddatum", ""), ("reden_einde", ""), ("vervolg", "")];
const OTHER_NUMBER: RowOverlay<'_> = &[("traject_id", "baaaaaaaaaaaaaaaaaaaaaaaaa")];

/// The pakket of 2021, delivered in 2022.
fn van_2021(trajecten: &[RowOverlay<'_>]) -> TestPakket {
    let mut test_pakket = pakket(&Definitie::load("omgang/2021").unwrap(), trajecten);
    test_pakket.pakket.leverdatum = "2022-02-01".parse().unwrap();
    test_pakket
}

/// A signed levering over 2020, and the service a year later.
async fn a_year_later(trajecten: &[RowOverlay<'_>]) -> TestApp {
    let app = TestApp::new().await;
    let token = app.aanbieder.clone();
    let then = app
        .deliver_and_wait(&token, &pakket(&app.definitie, trajecten))
        .await;
    let signed = app.character(&token, then["id"].as_str().unwrap()).await;
    assert_eq!(signed.status, 200, "{}", signed.text());
    app.set_clock("2022-02-01T12:00:00Z");
    app
}

fn codes(levering: &Value) -> Vec<&str> {
    levering["regels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn what_vanished_since_the_levering_that_counts_is_a_signaal() {
    let app = a_year_later(&[OPEN]).await;
    let nu = app
        .deliver_and_wait(&app.aanbieder, &van_2021(&[OTHER_NUMBER]))
        .await;
    assert!(codes(&nu).contains(&"VERDWENEN"), "{nu:#}");
    // Which one vanished stays with the aanbieder: the field is sensitive.
    let bevindingen = app
        .get(
            &app.aanbieder,
            &format!("/v1/leveringen/{}/bevindingen", nu["id"].as_str().unwrap()),
        )
        .await
        .json();
    let gone = bevindingen["bevindingen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["code"] == "VERDWENEN")
        .unwrap();
    assert_eq!(gone["gevonden"], Value::Null);
}

#[tokio::test]
async fn another_key_is_said_and_the_numbers_of_rows_are_compared_still() {
    let app = a_year_later(&[OPEN]).await;
    let mut test_pakket = van_2021(&[
        OTHER_NUMBER,
        &[("traject_id", "caaaaaaaaaaaaaaaaaaaaaaaaa")],
    ]);
    test_pakket.pakket.pseudoniem = "hmac-sha256.1.anderkey".to_owned();
    let nu = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    assert!(
        !codes(&nu).contains(&"VERDWENEN") && codes(&nu).contains(&"JAAR_FACTOR"),
        "{nu:#}"
    );
}

/// Somebody else's year before is not this aanbieder's.
#[tokio::test]
async fn without_a_year_before_nothing_is_compared() {
    let app = a_year_later(&[OPEN]).await;
    let mut test_pakket = van_2021(&[OTHER_NUMBER]);
    test_pakket.pakket.aanbieder = None;
    let nu = app.deliver_and_wait(&app.other, &test_pakket).await;
    assert!(
        !codes(&nu)
            .iter()
            .any(|c| ["VERDWENEN", "JAAR_FACTOR", "STAND_VERVOLGT"].contains(c)),
        "{nu:#}"
    );
}

/// HOSTILE 71: a nulopgave by mistake would take an aanbieder out of the figures unseen.
#[tokio::test]
async fn nothing_after_something_wants_an_explanation() {
    let app = a_year_later(&[OPEN]).await;
    let mut nulopgave =
        json!({ "uitvraag": "omgang", "jaar": 2021, "naam": "Bob", "functie": "hoofd" });
    let asked = app
        .json("POST", &app.aanbieder, "/v1/nulopgaven", &nulopgave)
        .await;
    asked.is_problem(409, "NIL_UNEXPLAINED");
    nulopgave["toelichting"] = json!("Wij zijn in januari gestopt met omgangsbegeleiding.");
    let signed = app
        .json("POST", &app.aanbieder, "/v1/nulopgaven", &nulopgave)
        .await;
    assert_eq!(signed.status, 201, "{}", signed.text());
    let id = signed.json()["id"].as_str().unwrap().parse().unwrap();
    let levering = app.lake.levering(id).await.unwrap().unwrap();
    assert_eq!(levering.toelichtingen.len(), 1);
    assert!(levering.toelichtingen[0].woorden.contains("gestopt"));
    // An aanbieder without a year before is not asked.
    nulopgave["toelichting"] = json!("");
    assert_eq!(
        app.json("POST", &app.other, "/v1/nulopgaven", &nulopgave)
            .await
            .status,
        201
    );
}
