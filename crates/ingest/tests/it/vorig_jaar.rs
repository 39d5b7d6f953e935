//! The year before beside this one: the service compares with what counts, and asks before it takes "nothing".

use schema::Definitie;
use serde_json::{Value, json};

use crate::invoer::{Overlay, Zending, pakket};
use crate::omgeving::Omgeving;

const OPEN: Overlay<'_> = &[("einddatum", ""), ("reden_einde", ""), ("vervolg", "")];
const ANDER_NUMMER: Overlay<'_> = &[("traject_id", "baaaaaaaaaaaaaaaaaaaaaaaaa")];

/// The pakket of 2021, delivered in 2022.
fn van_2021(trajecten: &[Overlay<'_>]) -> Zending {
    let mut zending = pakket(&Definitie::load("omgang/2021").unwrap(), trajecten);
    zending.pakket.leverdatum = "2022-02-01".parse().unwrap();
    zending
}

/// A signed levering over 2020, and the service a year later.
async fn a_year_later(trajecten: &[Overlay<'_>]) -> Omgeving {
    let omgeving = Omgeving::new().await;
    let token = omgeving.aanbieder.clone();
    let toen = omgeving
        .lever_en_wacht(&token, &pakket(&omgeving.definitie, trajecten))
        .await;
    let getekend = omgeving.teken(&token, toen["id"].as_str().unwrap()).await;
    assert_eq!(getekend.status, 200, "{}", getekend.text());
    omgeving.zet_klok("2022-02-01T12:00:00Z");
    omgeving
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
    let omgeving = a_year_later(&[OPEN]).await;
    let nu = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &van_2021(&[ANDER_NUMMER]))
        .await;
    assert!(codes(&nu).contains(&"VERDWENEN"), "{nu:#}");
    // Which one vanished stays with the aanbieder: the field is sensitive.
    let bevindingen = omgeving
        .get(
            &omgeving.aanbieder,
            &format!("/v1/leveringen/{}/bevindingen", nu["id"].as_str().unwrap()),
        )
        .await
        .json();
    let weg = bevindingen["bevindingen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["code"] == "VERDWENEN")
        .unwrap();
    assert_eq!(weg["gevonden"], Value::Null);
}

#[tokio::test]
async fn another_key_is_said_and_the_numbers_of_rows_are_compared_still() {
    let omgeving = a_year_later(&[OPEN]).await;
    let mut zending = van_2021(&[
        ANDER_NUMMER,
        &[("traject_id", "caaaaaaaaaaaaaaaaaaaaaaaaa")],
    ]);
    zending.pakket.pseudoniem = "hmac-sha256.1.anderkey".to_owned();
    let nu = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    assert!(
        !codes(&nu).contains(&"VERDWENEN") && codes(&nu).contains(&"JAAR_FACTOR"),
        "{nu:#}"
    );
}

/// Somebody else's year before is not this aanbieder's.
#[tokio::test]
async fn without_a_year_before_nothing_is_compared() {
    let omgeving = a_year_later(&[OPEN]).await;
    let mut zending = van_2021(&[ANDER_NUMMER]);
    zending.pakket.aanbieder = None;
    let nu = omgeving.lever_en_wacht(&omgeving.ander, &zending).await;
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
    let omgeving = a_year_later(&[OPEN]).await;
    let mut nul = json!({ "uitvraag": "omgang", "jaar": 2021, "naam": "Bob", "functie": "hoofd" });
    let gevraagd = omgeving
        .json("POST", &omgeving.aanbieder, "/v1/nulopgaven", &nul)
        .await;
    gevraagd.is_problem(409, "NIL_UNEXPLAINED");
    nul["toelichting"] = json!("Wij zijn in januari gestopt met omgangsbegeleiding.");
    let getekend = omgeving
        .json("POST", &omgeving.aanbieder, "/v1/nulopgaven", &nul)
        .await;
    assert_eq!(getekend.status, 201, "{}", getekend.text());
    let id = getekend.json()["id"].as_str().unwrap().parse().unwrap();
    let levering = omgeving.lake.levering(id).await.unwrap().unwrap();
    assert_eq!(levering.toelichtingen.len(), 1);
    assert!(levering.toelichtingen[0].woorden.contains("gestopt"));
    // An aanbieder without a year before is not asked.
    nul["toelichting"] = json!("");
    assert_eq!(
        omgeving
            .json("POST", &omgeving.ander, "/v1/nulopgaven", &nul)
            .await
            .status,
        201
    );
}
