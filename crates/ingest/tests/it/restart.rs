//! After a crash: what was received is judged, receipts keep verifying.

use bytes::Bytes;
use lake::Stamp;

use crate::app::TestApp;
use crate::input::clean;

/// A levering left `ontvangen` by a crash is judged at the next start.
#[tokio::test]
async fn what_was_not_yet_judged_is_judged_at_start() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let id = app.open(&app.aanbieder, &test_pakket).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // Past the service, so that nobody submits it to the judge.
    for (tabel, bytes) in &test_pakket.bestanden {
        app.lake
            .append(id.parse().unwrap(), tabel, 0, Bytes::from(bytes.clone()))
            .await
            .unwrap();
    }
    app.lake
        .received(id.parse().unwrap(), &Stamp::new("test", app.nu()))
        .await
        .unwrap();
    let app = app.restart().await;
    assert_eq!(
        app.verdict(&app.aanbieder, &id).await["toestand"],
        "akkoord"
    );
}

#[tokio::test]
async fn the_receipt_key_is_the_same_after_a_restart_and_the_old_one_stays_after_a_new_one() {
    let app = TestApp::new().await;
    let first = app.get("", "/v1/sleutels").await.json();
    let app = app.restart().await;
    assert_eq!(app.get("", "/v1/sleutels").await.json(), first);
    std::fs::remove_file(app.dir().join("ontvangstsleutel.json")).unwrap();
    let app = app.restart().await;
    let set = app.get("", "/v1/sleutels").await.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[1], first["keys"][0]);
    for key in keys {
        assert_eq!(
            (key["kty"].as_str(), key["crv"].as_str(), key.get("d")),
            (Some("OKP"), Some("Ed25519"), None)
        );
    }
}
