//! `/v1/cijfers`: filters, pages, JSON and CSV. The source is five figures long.

use serde_json::json;

use crate::app::{OLDER_RULE, TestApp};

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
        assert_eq!(page["aantal"], 5);
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

/// The columns are a contract: by which rule the figures were protected stands in the name of the file and in a header.
#[tokio::test]
async fn a_csv_says_by_which_rule_it_was_protected() {
    let app = TestApp::new().await;
    for (version, name, rule) in [
        (2, "cijfers.csv", "vijftallen"),
        (OLDER_RULE, "oudere-regel-cijfers.csv", "drempel"),
    ] {
        for form in ["csv", "excel"] {
            let path = "/v1/cijfers?uitvraag=omgang&jaar=2020&gebied=JZ13";
            let place = format!("{path}&versie={version}&formaat={form}");
            let csv = app.get("", &place).await;
            let expected = format!("attachment; filename=\"{name}\"");
            assert_eq!(csv.header("content-disposition"), expected);
            let origin = format!("omgang/2020/{version};regel={rule}");
            assert_eq!(csv.header("publicaties"), origin);
        }
    }
}

/// What a Dutch spreadsheet opens has commas in its numbers.
#[tokio::test]
async fn figures_for_a_dutch_spreadsheet() {
    let app = TestApp::new().await;
    let csv = app.get("", "/v1/cijfers?formaat=excel&gebied=JZ14").await;
    let text = csv.text();
    assert!(text.starts_with("\u{feff}uitvraag;jaar;"), "{text}");
    assert!(text.contains(";33,333333333333336;"), "{text}");
}

/// A version is asked by name; of which uitvraag and year must be said, and there must be one.
#[tokio::test]
async fn figures_of_a_version() {
    let app = TestApp::new().await;
    let of = async |query: &str| app.get("", &format!("/v1/cijfers?{query}")).await;
    let value = async |query: &str| {
        let page = of(query).await.json();
        (
            page["publicaties"][0]["versie"].clone(),
            page["cijfers"][0]["waarde"].clone(),
        )
    };
    let basis = "uitvraag=omgang&jaar=2020&gebied=NL00";
    assert_eq!(value(basis).await, (json!(2), json!(100.0)));
    assert_eq!(
        value(&format!("{basis}&versie=nieuwste")).await,
        (json!(2), json!(100.0))
    );
    assert_eq!(
        value(&format!("{basis}&versie=1")).await,
        (json!(1), json!(99.0))
    );
    for error in [
        "versie=1",
        "versie=1&jaar=2020",
        "versie=1&uitvraag=omgang&jaar=2020,2021",
        "versie=3&uitvraag=omgang&jaar=2020",
        "versie=4294967296&uitvraag=omgang&jaar=2020",
        "versie=-1&uitvraag=omgang&jaar=2020",
        "versie=&uitvraag=omgang&jaar=2020",
    ] {
        of(error).await.is_problem(400, "PARAMETER");
    }
    let first = of("uitvraag=omgang&jaar=2020&versie=1&limit=2").await;
    let next = first.json()["volgende"].as_str().unwrap().to_owned();
    let second = app.get("", &next).await.json();
    assert_eq!(
        (
            &second["publicaties"][0]["versie"],
            &second["cijfers"][0]["gebied"]
        ),
        (&json!(1), &json!("JZ14"))
    );
    // The token of one version is none of another.
    let other = next.replace("versie=1", "versie=2");
    app.get("", &other).await.is_problem(400, "PAGE_TOKEN");
}

/// The same question has the same tag until there are other figures, and each form its own.
#[tokio::test]
async fn figures_that_are_known_are_not_sent_again() {
    let app = TestApp::new().await;
    let tag = async |query: &str| {
        app.get("", &format!("/v1/cijfers?{query}"))
            .await
            .header("etag")
    };
    let known = tag("gebied=NL00").await;
    assert!(known.starts_with("W/\""), "{known}");
    for other in [
        "gebied=JZ13",
        "gebied=NL00&formaat=csv",
        "gebied=NL00&limit=7",
        "gebied=NL00&jaar=2020&uitvraag=omgang&versie=1",
    ] {
        assert_ne!(tag(other).await, known, "{other}");
    }
    for (condition, status) in [
        (known.as_str(), 304),
        ("*", 304),
        ("\"x\"", 200),
        ("onzin", 200),
    ] {
        let request = crate::app::request("GET", "/v1/cijfers?gebied=NL00", "")
            .header("if-none-match", condition);
        let answer = app
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!(answer.status.as_u16(), status, "{condition}");
        assert_eq!(answer.header("etag"), known);
        assert_eq!(answer.header("cache-control"), "public, max-age=60");
    }
}

/// An answer that is made is compressed on its way; its tag stays weak.
#[tokio::test]
async fn figures_are_compressed_on_their_way() {
    let app = TestApp::new().await;
    let request = crate::app::request("GET", "/v1/cijfers", "").header("accept-encoding", "gzip");
    let answer = app
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(
        answer.header("vary").contains("accept-encoding")
            || answer.headers.get_all("vary").iter().count() > 1
    );
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&answer.body[..]),
        &mut text,
    )
    .unwrap();
    assert_eq!(text, app.get("", "/v1/cijfers").await.text());
}

/// What changed between two versions: a value, a gebied that came and one that went; the momentopname alone is nothing.
#[tokio::test]
async fn changes_between_versions() {
    let app = TestApp::new().await;
    let path = "/v1/publicaties/omgang/2020/2/wijzigingen";
    let answer = app.get("", path).await;
    let page = answer.json();
    assert_eq!((&page["versie"], &page["sinds"]), (&json!(2), &json!(1)));
    assert_eq!(
        page["aantallen"],
        json!({"nieuw": 1, "weg": 1, "anders": 1})
    );
    let told: Vec<String> = page["wijzigingen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            format!(
                "{} {} {} {}",
                change["soort"],
                change["kolommen"],
                change["oud"]["gebied"],
                change["nieuw"]["gebied"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "\"anders\" [\"waarde\"] \"NL00\" \"NL00\"",
            "\"nieuw\" [] null \"JZ13\"",
            "\"weg\" [] \"JZ12\" null",
        ]
    );
    // By which rule each was protected: where that differs, so do figures that nobody corrected.
    let rules = |page: &serde_json::Value| [page["regel"].clone(), page["regel_sinds"].clone()];
    assert_eq!(rules(&page), ["vijftallen", "vijftallen"]);
    let older = format!("/v1/publicaties/omgang/2020/2/wijzigingen?sinds={OLDER_RULE}");
    let older = app.get("", &older).await.json();
    assert_eq!(rules(&older), ["vijftallen", "drempel"]);
    let document = app.get("", "/v1/openapi.json").await.json();
    let described = &document["components"]["schemas"]["ChangePage"];
    for field in ["regel", "regel_sinds"] {
        assert_eq!(described["properties"][field]["type"], "string", "{field}");
        assert!(
            described["required"]
                .as_array()
                .unwrap()
                .contains(&json!(field))
        );
    }
    let first = app.get("", &format!("{path}?limit=2")).await;
    let next = first.json()["volgende"].as_str().unwrap().to_owned();
    assert_eq!(first.header("link"), format!("<{next}>; rel=\"next\""));
    let second = app.get("", &next).await.json();
    assert_eq!(second["wijzigingen"], json!([page["wijzigingen"][2]]));
    assert_eq!(second["volgende"], json!(null));
    let one = app
        .get("", &format!("{path}?gebied=NL00&sinds=1"))
        .await
        .json();
    assert_eq!(one["aantallen"], json!({"nieuw": 0, "weg": 0, "anders": 1}));
    let same = app.get("", &format!("{path}?sinds=2")).await.json();
    assert_eq!(same["wijzigingen"], json!([]));
    let request =
        crate::app::request("GET", path, "").header("if-none-match", answer.header("etag"));
    assert_eq!(
        app.send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .status,
        304
    );
    for error in [
        "sinds=0", "sinds=9", "sinds=x", "sinds=01", "limit=0", "versie=1", "jaar=x",
    ] {
        app.get("", &format!("{path}?{error}"))
            .await
            .is_problem(400, "PARAMETER");
    }
    app.get("", &format!("{path}?na=AAAA"))
        .await
        .is_problem(400, "PAGE_TOKEN");
    // The first version has none before it.
    let first = app
        .get("", "/v1/publicaties/omgang/2020/1/wijzigingen")
        .await;
    first.is_problem(400, "PARAMETER");
    for none in [
        "omgang/2020/3",
        "omgang/2019/1",
        "niets/2020/1",
        "omgang/2020/02",
    ] {
        let none = app
            .get("", &format!("/v1/publicaties/{none}/wijzigingen"))
            .await;
        none.is_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn what_the_keys_mean() {
    let app = TestApp::new().await;
    let indicators = app.get("", "/v1/indicatoren?uitvraag=omgang").await;
    let list = indicators.json();
    assert_eq!(list[0]["id"], "gebruik_trajecten");
    assert_eq!(
        (&list[0]["aard"], &list[0]["interval"], &list[0]["richting"]),
        (&json!("aantal"), &json!("poisson"), &json!("geen"))
    );
    assert_eq!(
        list[0]["niveaus"],
        json!(["nederland", "provincie", "jeugdregio", "gemeente"])
    );
    let all = app.get("", "/v1/gebieden?jaar=2020").await.json();
    let find = |code: &str| {
        all.as_array()
            .unwrap()
            .iter()
            .find(|g| g["code"] == code)
            .unwrap()
            .clone()
    };
    let utrecht = find("GM0344");
    assert_eq!(
        (&utrecht["naam"], &utrecht["niveau"]),
        (&json!("Utrecht"), &json!("gemeente"))
    );
    assert_eq!(utrecht["ligt_in"]["provincie"], "PV26");
    assert_eq!(utrecht["ligt_in"]["grootteklasse"], ">100.000");
    assert!(utrecht["inwoners"].as_u64().unwrap() > 300_000);
    assert_eq!(find("NL00")["gemeenten"], 355);
    assert_eq!(find("NL00")["ligt_in"], json!({}));
    let levels = app
        .get("", "/v1/gebieden?jaar=2020&niveau=provincie")
        .await
        .json();
    assert_eq!(levels.as_array().unwrap().len(), 12);
    for error in [
        "gebieden?jaar=1800",
        "gebieden?jaar=x",
        "gebieden?niveau=wijk",
        "gebieden?naam=x",
        "indicatoren?uitvraag=niets",
        "indicatoren?x=1",
    ] {
        app.get("", &format!("/v1/{error}"))
            .await
            .is_problem(400, "PARAMETER");
    }
    let request =
        crate::app::request("GET", "/v1/gebieden?jaar=2020", "").header("if-none-match", "*");
    assert_eq!(
        app.send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .status,
        304
    );
}

/// Every column of the table stands in the description of the API with its type, as it comes.
#[tokio::test]
async fn figures_are_as_they_are_described() {
    let app = TestApp::new().await;
    let document = app.get("", "/v1/openapi.json").await.json();
    let row = &document["components"]["schemas"]["Cijfer"];
    let figure = app.get("", "/v1/cijfers?limit=1").await.json()["cijfers"][0].clone();
    let figure = figure.as_object().unwrap();
    assert_eq!(row["properties"].as_object().unwrap().len(), figure.len());
    for (name, cell) in figure {
        let described = &row["properties"][name]["type"];
        let kind = match cell {
            serde_json::Value::Null => "null",
            serde_json::Value::String(_) => "string",
            serde_json::Value::Number(number) if number.is_f64() => "number",
            _ => "integer",
        };
        let kinds = described
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![described.clone()]);
        assert!(
            kinds.contains(&json!(kind)),
            "{name}: {kind} is not {described}"
        );
    }
    let page = &document["components"]["schemas"]["FigurePage"]["properties"]["cijfers"];
    assert_eq!(page["items"]["$ref"], "#/components/schemas/Cijfer");
}

/// HOSTILE 103: a query of any size or shape is answered in the service's own words, with nothing of it in them.
#[tokio::test]
async fn hostile_queries_are_refused_in_our_words() {
    let app = TestApp::new().await;
    let long = format!("gebied={}", "a,".repeat(4000));
    let many = "jaar=2020&".repeat(1000);
    for query in [
        long.as_str(),
        &many,
        "gebied=%00",
        "gebied=%ff%fe",
        "gebied=%3Cscript%3E",
        "niveau=gemeente%0d%0aX:1",
        "=",
        "&&&",
        "jaar=99999999999999999999",
        "limit=-1",
        "limit=18446744073709551616",
        "na=%F0%9F%98%80",
        "formaat=parquet",
        "versie=1;2",
    ] {
        for path in ["cijfers", "publicaties/omgang/2020/2/wijzigingen"] {
            let answer = app.get("", &format!("/v1/{path}?{query}")).await;
            let status = answer.status.as_u16();
            assert!([200, 400].contains(&status), "{query}: {status}");
            assert!(
                !answer.text().contains("<script>") && !answer.text().contains('\0'),
                "{query}"
            );
        }
    }
}
