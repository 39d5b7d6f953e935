//! Every hostile file as the trajecten of a pakket, through the service: the code of the table, in its state, its API
//! and its words; no value told on, and nothing left of what was refused.

use pakket::strict_door::{self, RecordLimits};
use schema::Definitie;
use serde_json::Value;

use crate::app::TestApp;
use crate::cases::{self, BSN, ExpectedAnswer, HostileCase, SECRET};
use crate::input::clean;

/// As many rows as the strict reader sees: the manifest tells the truth about what it can.
fn rows(definitie: &Definitie, bytes: &[u8]) -> u64 {
    let Ok(reader) = strict_door::open(
        definitie.tabel("traject").unwrap(),
        bytes,
        RecordLimits::default(),
    ) else {
        return 1;
    };
    reader
        .map_while(Result::ok)
        .map(|batch| batch.num_rows() as u64)
        .sum()
}

fn codes(levering: &Value) -> Vec<&str> {
    levering["regels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["code"].as_str().unwrap())
        .collect()
}

/// What is wrong with the answer, if anything.
fn judge(expected: &ExpectedAnswer, levering: &Value) -> Result<(), String> {
    let text = levering.to_string();
    let toestand = levering["toestand"].as_str().unwrap();
    let heard = || format!("{toestand} {:?}", codes(levering));
    let is_right = match expected {
        ExpectedAnswer::FileRefusal(code, _) => {
            let said = levering["volgende_stap"].as_str().unwrap().contains(code);
            toestand == "gewist" && codes(levering) == [*code] && said
        }
        // A fout or a signaal: judged all the same.
        ExpectedAnswer::Bevinding(code, _) => {
            ["afgekeurd", "te_bevestigen"].contains(&toestand) && codes(levering).contains(code)
        }
        // A file without rows, or whose references the other table does not have, is no refusal.
        ExpectedAnswer::Said(_) | ExpectedAnswer::NoBsn | ExpectedAnswer::Good => {
            toestand != "gewist"
        }
    };
    let silent = !text.contains(SECRET) && !text.contains(BSN);
    (is_right && silent)
        .then_some(())
        .ok_or_else(|| format!("expected {expected:?}, heard {}", heard()))
}

async fn through(app: &TestApp, case: &HostileCase) -> Value {
    let bytes = (case.make)();
    let mut test_pakket = clean(&app.definitie);
    test_pakket.set("traject", &bytes, rows(&app.definitie, &bytes));
    app.deliver_and_wait(&app.aanbieder, &test_pakket).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_at_the_file_door() {
    let app = TestApp::new().await;
    let mut errors = Vec::new();
    let cases = cases::all();
    let mut count = 0;
    // A file of no bytes at all cannot be announced.
    for case in cases.iter().filter(|g| !(g.make)().is_empty()) {
        let Some(expected) = &case.pakket else {
            continue;
        };
        count += 1;
        let levering = through(&app, case).await;
        if let Err(error) = judge(expected, &levering) {
            errors.push(format!("{:>3} {}: {error}", case.number, case.naam));
        }
    }
    assert!(
        errors.is_empty(),
        "{} of {count}:\n{}",
        errors.len(),
        errors.join("\n")
    );
    let remaining = app.get(&app.aanbieder, "/v1/leveringen").await.json();
    let erased = remaining
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["toestand"] == "gewist")
        .count();
    assert!(erased >= 200, "{erased} of {count} were refused");
    // Of the others only the newest is kept whole: what was refused has left nothing but its row.
    let stored = remaining.as_array().unwrap().len() - erased;
    assert!(
        app.files()
            .iter()
            .filter(|path| path.ends_with("/pakket.json"))
            .count()
            <= stored
    );
}
