//! An aanbieder's own figures: for it alone, and only as long as its levering counts.

use std::collections::BTreeMap;

use schema::indicator::{Direction, Interval, Kind};
use schema::{Indicator, OwnFigure, OwnFigures};

use crate::app::{KVK, OTHER, TestApp};
use crate::input::pakket;
use crate::pages::{login, page};

const PATH: &str = "/v1/eigen-cijfers/omgang/2020";

fn indicator(id: &str, group: &str, title: &str, unit: &str) -> Indicator {
    Indicator {
        id: id.to_owned(),
        groep: group.to_owned(),
        titel: title.to_owned(),
        definitie: String::new(),
        kind: Kind::Count,
        eenheid: unit.to_owned(),
        teller: String::new(),
        noemer: String::new(),
        velden: Vec::new(),
        uitsplitsingen: Vec::new(),
        absent_at: Vec::new(),
        interval: Interval::Geen,
        judged: None,
        richting: Direction::Geen,
        decimalen: 0,
        kanttekening: String::new(),
    }
}

fn figure(indicator: &Indicator, uitsplitsing: &str, categorie: &str, value: f64) -> OwnFigure {
    OwnFigure {
        indicator: indicator.id.clone(),
        uitsplitsing: uitsplitsing.to_owned(),
        categorie: categorie.to_owned(),
        eenheid: indicator.eenheid.clone(),
        waarde: Some(value),
        teller: None,
        noemer: None,
        n: Some(7),
    }
}

/// What a run keeps of one aanbieder.
pub(crate) fn own_figures(trajecten: f64) -> Vec<u8> {
    let count = indicator("gebruik_trajecten", "gebruik", "=Trajecten", "trajecten");
    let share = indicator("toegang_kader", "toegang", "Kader", "aandeel");
    let own = OwnFigures {
        uitvraag: "omgang".to_owned(),
        jaar: 2020,
        momentopname: "omgang-2020-1".to_owned(),
        voorlopig: true,
        cijfers: vec![
            figure(&count, "totaal", "totaal", trajecten),
            figure(&count, "kader", "vrijwillig", trajecten),
            figure(&share, "kader", "vrijwillig", 0.63),
        ],
        indicatoren: vec![count, share],
    };
    serde_json::to_vec(&own).unwrap()
}

/// The id of a levering that was delivered and signed.
async fn signed(app: &TestApp) -> String {
    let pakket = pakket(&app.definitie, &[&[]]);
    let levering = app.deliver_and_wait(&app.aanbieder, &pakket).await;
    let id = levering["id"].as_str().unwrap().to_owned();
    let signed = app.character(&app.aanbieder, &id).await;
    assert_eq!(signed.status, 200, "{}", signed.text());
    id
}

#[tokio::test]
async fn own_figures_are_for_their_aanbieder_alone() {
    let app = TestApp::new().await;
    let files = BTreeMap::from([
        (KVK.to_owned(), own_figures(1234.0)),
        (OTHER.to_owned(), own_figures(98.0)),
    ]);
    app.lake
        .keep_own_figures("omgang", 2020, files)
        .await
        .unwrap();
    // Nothing of it counts yet.
    app.get(&app.aanbieder, PATH)
        .await
        .is_problem(404, "NOT_FOUND");

    signed(&app).await;

    let own = app.get(&app.aanbieder, PATH).await;
    assert_eq!(own.status, 200, "{}", own.text());
    assert_eq!(own.json()["cijfers"][0]["waarde"], 1234.0);
    assert_eq!(own.header("cache-control"), "no-store");
    let csv = app
        .get(&app.aanbieder, &format!("{PATH}?formaat=csv"))
        .await;
    let text = csv.text();
    let rows: Vec<&str> = text.lines().collect();
    // A title is never a formula.
    assert_eq!(
        rows[1],
        "omgang,2020,gebruik_trajecten,'=Trajecten,trajecten,totaal,totaal,1234,,,7"
    );
    app.get(&app.aanbieder, &format!("{PATH}?formaat=xml"))
        .await
        .is_problem(400, "PARAMETER");
    // The other has no levering in force, and can ask for nothing but its own.
    app.get(&app.other, PATH).await.is_problem(404, "NOT_FOUND");
    app.get(&app.coordinator, PATH)
        .await
        .is_problem(403, "FORBIDDEN_ROLE");

    let session = login(&app, &app.aanbieder).await;
    let mine = page(&app, &session, "/mijn-leveringen").await.text();
    assert!(
        mine.contains("href=\"/mijn-cijfers/omgang/2020\""),
        "{mine}"
    );
    let html = page(&app, &session, "/mijn-cijfers/omgang/2020")
        .await
        .text();
    for words in [
        "<h2>Gebruik</h2>",
        "1234 trajecten van gebruik_trajecten",
        "Kader: Vrijwillig kader",
        "<td data-kop=\"Van u\" class=\"getal\">1 aandeel van toegang_kader</td>",
        "Ze zijn voorlopig.",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert!(!html.contains("98 trajecten"));
}

/// With the data of a levering its figures go too.
#[tokio::test]
async fn what_was_erased_has_no_figures() {
    let app = TestApp::new().await;
    let id = signed(&app).await;
    let files = BTreeMap::from([(KVK.to_owned(), own_figures(3.0))]);
    app.lake
        .keep_own_figures("omgang", 2020, files)
        .await
        .unwrap();
    let kept = app
        .dir()
        .join("intern/aanbieders/omgang/2020")
        .join(format!("{KVK}.json"));
    assert!(kept.exists());
    let stamp = lake::Stamp::new("test", app.nu());
    app.lake.erase(id.parse().unwrap(), &stamp).await.unwrap();
    assert!(!kept.exists());
    app.get(&app.aanbieder, PATH)
        .await
        .is_problem(404, "NOT_FOUND");
    // A later run leaves no file of who is not in it.
    let (mine, others) = (own_figures(3.0), own_figures(4.0));
    let both = BTreeMap::from([(KVK.to_owned(), mine), (OTHER.to_owned(), others.clone())]);
    app.lake
        .keep_own_figures("omgang", 2020, both)
        .await
        .unwrap();
    let one = BTreeMap::from([(OTHER.to_owned(), others)]);
    app.lake
        .keep_own_figures("omgang", 2020, one)
        .await
        .unwrap();
    assert!(!kept.exists());
}
