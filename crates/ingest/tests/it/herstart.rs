//! After a crash: what was received is judged, receipts keep verifying.

use bytes::Bytes;
use lake::Stempel;

use crate::invoer::schoon;
use crate::omgeving::Omgeving;

/// A levering left `ontvangen` by a crash is judged at the next start.
#[tokio::test]
async fn what_was_left_unjudged_is_judged_at_start() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let id = omgeving.open(&omgeving.aanbieder, &zending).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // Past the service, so that nobody submits it to the judge.
    for (tabel, bytes) in &zending.bestanden {
        omgeving
            .lake
            .append(id.parse().unwrap(), tabel, 0, Bytes::from(bytes.clone()))
            .await
            .unwrap();
    }
    omgeving
        .lake
        .ontvangen(id.parse().unwrap(), &Stempel::new("test", omgeving.nu()))
        .await
        .unwrap();
    let omgeving = omgeving.restart().await;
    assert_eq!(
        omgeving.verdict(&omgeving.aanbieder, &id).await["toestand"],
        "akkoord"
    );
}

#[tokio::test]
async fn the_receipt_key_is_the_same_after_a_restart_and_the_old_one_stays_after_a_new_one() {
    let omgeving = Omgeving::new().await;
    let eerst = omgeving.get("", "/v1/sleutels").await.json();
    let omgeving = omgeving.restart().await;
    assert_eq!(omgeving.get("", "/v1/sleutels").await.json(), eerst);
    std::fs::remove_file(omgeving.dir().join("ontvangstsleutel.json")).unwrap();
    let omgeving = omgeving.restart().await;
    let set = omgeving.get("", "/v1/sleutels").await.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[1], eerst["keys"][0]);
    for key in keys {
        assert_eq!(
            (key["kty"].as_str(), key["crv"].as_str(), key.get("d")),
            (Some("OKP"), Some("Ed25519"), None)
        );
    }
}
