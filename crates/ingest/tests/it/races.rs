//! What two do at once, through the router and from a second process beside it: no answer is given that the register
//! does not keep. Every pair of acts is raced in `lake`; here are the three that were lost at the door.

use std::sync::Arc;

use lake::{Aanbieder, Access, Lake, Stamp, TokenRole};
use schema::Toestand;
use serde_json::json;
use tokio::task::JoinSet;

use crate::app::TestApp;
use crate::input::{TestPakket, clean};

/// Aanbieders with a levering that is ready to be signed: KvK number, token and id of the levering.
async fn ready_to_sign(app: &TestApp, how_many: u32) -> Vec<(String, String, String)> {
    let stamp = Stamp::new("test", app.nu());
    let mut ready = Vec::new();
    for number in 0..how_many {
        let kvk = format!("200000{number:02}");
        let name = format!("Aanbieder {number}");
        let aanbieder = Aanbieder {
            kvk: kvk.clone(),
            naam: name,
        };
        let lake = &app.lake;
        lake.set_aanbieder(&aanbieder, &stamp).await.unwrap();
        let role = TokenRole::Aanbieder(kvk.clone());
        let token = lake.make_token(&role, "test", &stamp).await.unwrap();
        let token = token.reveal().to_owned();
        let mut test_pakket = clean(&app.definitie);
        test_pakket.pakket.aanbieder = None;
        let levering = app.deliver_and_wait(&token, &test_pakket).await;
        assert_eq!(levering["toestand"], "akkoord", "{levering}");
        ready.push((kvk, token, levering["id"].as_str().unwrap().to_owned()));
    }
    ready
}

/// A signed levering with rows was replaced by "nothing to report", said at the same moment: in 28 of 60 runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_nulopgave_never_replaces_what_is_signed_at_the_same_moment() {
    let app = Arc::new(TestApp::new().await);
    let ready = ready_to_sign(&app, 30).await;
    let mut runs = JoinSet::new();
    for (kvk, token, id) in ready {
        let app = Arc::clone(&app);
        runs.spawn(async move {
            let nulopgave =
                json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
            let (signed, nothing) = tokio::join!(
                app.character(&token, &id),
                app.json("POST", &token, "/v1/nulopgaven", &nulopgave)
            );
            assert_eq!(signed.status, 200, "{}", signed.text());
            if nothing.status != 201 {
                nothing.is_problem(409, "NIL_CONFLICT");
            }
            let counts = app.lake.in_force(&kvk, "omgang", 2020).await.unwrap();
            let counts = counts.unwrap();
            assert_eq!(
                counts.id.to_string(),
                id,
                "the nulopgave came first, or not at all"
            );
            assert_eq!(counts.toestand, Toestand::Ingediend);
        });
    }
    runs.join_all().await;
}

/// An ontvangstbewijs given while `admin freeze` was reading files stood in no momentopname: in 7 of 29 runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receipt_given_while_freezing_stands_in_the_momentopname() {
    for _ in 0..4 {
        let app = Arc::new(TestApp::new().await);
        let ready = ready_to_sign(&app, 12).await;
        let beside = Lake::open(app.dir(), Access::Task).await.unwrap();
        let stamp = Stamp::new("beheerder", app.nu());
        let mut runs = JoinSet::new();
        for (number, (_, token, id)) in ready.into_iter().enumerate() {
            let app = Arc::clone(&app);
            runs.spawn(async move {
                let a_while = std::time::Duration::from_millis(3 * number as u64);
                tokio::time::sleep(a_while).await;
                let signed = app.character(&token, &id).await;
                if signed.status != 200 {
                    signed.is_problem(409, "FROZEN");
                    return None;
                }
                Some(id)
            });
        }
        let freeze = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            beside.freeze("omgang", 2020, &stamp).await.unwrap()
        });
        let mut receipts: Vec<String> = runs.join_all().await.into_iter().flatten().collect();
        let moment = freeze.await.unwrap();
        let mut held: Vec<String> = moment.leveringen.iter().map(|l| l.id.to_string()).collect();
        receipts.sort();
        held.sort();
        assert_eq!(receipts, held);
    }
}

/// 120 at once gave 70 where 20 are allowed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opening_at_once_is_bounded_all_the_same() {
    let app = Arc::new(TestApp::new().await);
    let pakket = |number: u32| -> TestPakket {
        let mut test_pakket = clean(&app.definitie);
        test_pakket.pakket.name = format!("omgang-2020-{number}");
        let rows = format!("voorziening_id\nV{number}\n");
        test_pakket.set("voorziening", rows.as_bytes(), 1);
        test_pakket
    };
    let mut runs = JoinSet::new();
    for number in 0..60 {
        let (app, test_pakket) = (Arc::clone(&app), pakket(number));
        runs.spawn(async move { app.open(&app.aanbieder, &test_pakket).await });
    }
    let answers = runs.join_all().await;
    let opened = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(opened, 20);
    for refused in answers.iter().filter(|a| a.status != 201) {
        refused.is_problem(429, "TOO_MANY_OPEN");
    }
}
