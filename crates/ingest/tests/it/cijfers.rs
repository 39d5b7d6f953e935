//! `/v1/cijfers`: filters, pages, JSON and CSV. The source is five figures long.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn figures_by_filter() {
    let app = TestApp::new().await;
    let everything = app.get("", "/v1/cijfers").await.json();
    assert_eq!(everything["cijfers"].as_array().unwrap().len(), 5);
    assert_eq!(everything["volgende"], json!(null));
    let gebieden = |response: &serde_json::Value| -> Vec<String> {
        response["cijfers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["gebied"].as_str().unwrap().to_owned())
            .collect()
    };
    let youth = app
        .get(
            "",
            "/v1/cijfers?niveau=jeugdregio&jaar=2020&indicator=gebruik_trajecten",
        )
        .await
        .json();
    assert_eq!(gebieden(&youth), ["JZ13", "JZ14"]);
    let een = app
        .get(&app.analyst, "/v1/cijfers?gebied=NL00,GM0344")
        .await
        .json();
    assert_eq!(gebieden(&een), ["NL00", "GM0344"]);
    // A value that occurs nowhere is a typing error, and the answer says what there is.
    let unknown = app.get("", "/v1/cijfers?indicator=bestaat_niet").await;
    unknown.is_problem(400, "PARAMETER");
    assert!(
        unknown.text().contains("Bekend zijn: gebruik_trajecten."),
        "{}",
        unknown.text()
    );
    assert!(!unknown.text().contains("bestaat_niet"));
    app.get("", "/v1/cijfers?jaar=2019")
        .await
        .is_problem(400, "PARAMETER");
    assert_eq!(
        app.get("", "/v1/cijfers?gebied=NL00&niveau=gemeente")
            .await
            .json()["cijfers"],
        json!([])
    );
    for error in [
        "order_by=1",
        "jaar=x",
        "limit=0",
        "limit=1e3",
        "gebied=",
        "formaat=xml",
    ] {
        app.get("", &format!("/v1/cijfers?{error}"))
            .await
            .is_problem(400, "PARAMETER");
    }
}

/// Page after page gives every figure once, and only a token of the service's own is taken.
#[tokio::test]
async fn figures_page_by_page() {
    let app = TestApp::new().await;
    let mut path = "/v1/cijfers?uitvraag=omgang&limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let response = app.get("", &path).await;
        let page = response.json();
        seen.extend(
            page["cijfers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["gebied"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["volgende"].as_str() else {
            break;
        };
        assert_eq!(response.header("link"), format!("<{next}>; rel=\"next\""));
        path = next.to_owned();
    }
    assert_eq!(seen, ["NL00", "JZ13", "JZ14", "GM0344", "GM0321"]);
    for token in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "%00"] {
        app.get("", &format!("/v1/cijfers?na={token}"))
            .await
            .is_problem(400, "PAGE_TOKEN");
    }
}

#[tokio::test]
async fn figures_as_csv() {
    let app = TestApp::new().await;
    let csv = app
        .get("", "/v1/cijfers?formaat=csv&gebied=JZ13,GM0321")
        .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    insta::assert_snapshot!(csv.text());
    let request = crate::app::request("GET", "/v1/cijfers?gebied=JZ13,GM0321", "")
        .header("accept", "text/csv");
    assert_eq!(
        app.send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .text(),
        csv.text()
    );
}
