//! `/v1/cijfers`: filters, pages, JSON and CSV. The source is five figures long.

use serde_json::json;

use crate::omgeving::Omgeving;

#[tokio::test]
async fn figures_by_filter() {
    let omgeving = Omgeving::new().await;
    let alles = omgeving.get("", "/v1/cijfers").await.json();
    assert_eq!(alles["cijfers"].as_array().unwrap().len(), 5);
    assert_eq!(alles["volgende"], json!(null));
    let gebieden = |antwoord: &serde_json::Value| -> Vec<String> {
        antwoord["cijfers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["gebied"].as_str().unwrap().to_owned())
            .collect()
    };
    let jeugd = omgeving
        .get(
            "",
            "/v1/cijfers?niveau=jeugdregio&jaar=2020&indicator=gebruik_trajecten",
        )
        .await
        .json();
    assert_eq!(gebieden(&jeugd), ["JZ13", "JZ14"]);
    let een = omgeving
        .get(&omgeving.analist, "/v1/cijfers?gebied=NL00,GM0344")
        .await
        .json();
    assert_eq!(gebieden(&een), ["NL00", "GM0344"]);
    // A value that occurs nowhere is a typing error, and the answer says what there is.
    let onbekend = omgeving.get("", "/v1/cijfers?indicator=bestaat_niet").await;
    onbekend.is_problem(400, "PARAMETER");
    assert!(
        onbekend.text().contains("Bekend zijn: gebruik_trajecten."),
        "{}",
        onbekend.text()
    );
    assert!(!onbekend.text().contains("bestaat_niet"));
    omgeving
        .get("", "/v1/cijfers?jaar=2019")
        .await
        .is_problem(400, "PARAMETER");
    assert_eq!(
        omgeving
            .get("", "/v1/cijfers?gebied=NL00&niveau=gemeente")
            .await
            .json()["cijfers"],
        json!([])
    );
    for fout in [
        "order_by=1",
        "jaar=x",
        "limit=0",
        "limit=1e3",
        "gebied=",
        "formaat=xml",
    ] {
        omgeving
            .get("", &format!("/v1/cijfers?{fout}"))
            .await
            .is_problem(400, "PARAMETER");
    }
}

/// Page after page gives every figure once, and only a token of the service's own is taken.
#[tokio::test]
async fn figures_page_by_page() {
    let omgeving = Omgeving::new().await;
    let mut pad = "/v1/cijfers?uitvraag=omgang&limit=2".to_owned();
    let mut gezien = Vec::new();
    loop {
        let antwoord = omgeving.get("", &pad).await;
        let pagina = antwoord.json();
        gezien.extend(
            pagina["cijfers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["gebied"].as_str().unwrap().to_owned()),
        );
        let Some(volgende) = pagina["volgende"].as_str() else {
            break;
        };
        assert_eq!(
            antwoord.header("link"),
            format!("<{volgende}>; rel=\"next\"")
        );
        pad = volgende.to_owned();
    }
    assert_eq!(gezien, ["NL00", "JZ13", "JZ14", "GM0344", "GM0321"]);
    for token in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "%00"] {
        omgeving
            .get("", &format!("/v1/cijfers?na={token}"))
            .await
            .is_problem(400, "PAGE_TOKEN");
    }
}

#[tokio::test]
async fn figures_as_csv() {
    let omgeving = Omgeving::new().await;
    let csv = omgeving
        .get("", "/v1/cijfers?formaat=csv&gebied=JZ13,GM0321")
        .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    insta::assert_snapshot!(csv.text());
    let request = crate::omgeving::vraag("GET", "/v1/cijfers?gebied=JZ13,GM0321", "")
        .header("accept", "text/csv");
    assert_eq!(
        omgeving
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .text(),
        csv.text()
    );
}
