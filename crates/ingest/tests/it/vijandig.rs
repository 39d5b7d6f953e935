//! Every hostile file as the trajecten of a pakket, through the service: the code of the table, in its state, its API
//! and its words; no value told on, and nothing left of what was refused.

use pakket::strict::{self, Limieten};
use schema::Definitie;
use serde_json::Value;

use crate::gevallen::{self, BSN, GEHEIM, Geval, Verwacht};
use crate::invoer::schoon;
use crate::omgeving::Omgeving;

/// As many rows as the strict reader sees: the manifest tells the truth about what it can.
fn rows(definitie: &Definitie, bytes: &[u8]) -> u64 {
    let Ok(lezer) = strict::open(
        definitie.tabel("traject").unwrap(),
        bytes,
        Limieten::default(),
    ) else {
        return 1;
    };
    lezer
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
fn judge(verwacht: &Verwacht, levering: &Value) -> Result<(), String> {
    let tekst = levering.to_string();
    let toestand = levering["toestand"].as_str().unwrap();
    let gehoord = || format!("{toestand} {:?}", codes(levering));
    let klopt = match verwacht {
        Verwacht::Weigering(code, _) => {
            let gezegd = levering["volgende_stap"].as_str().unwrap().contains(code);
            toestand == "gewist" && codes(levering) == [*code] && gezegd
        }
        // A fout or a signaal: judged all the same.
        Verwacht::Bevinding(code, _) => {
            ["afgekeurd", "te_bevestigen"].contains(&toestand) && codes(levering).contains(code)
        }
        // A file without rows, or whose references the other table does not have, is no refusal.
        Verwacht::Gezegd(_) | Verwacht::GeenBsn | Verwacht::Goed => toestand != "gewist",
    };
    let stil = !tekst.contains(GEHEIM) && !tekst.contains(BSN);
    (klopt && stil)
        .then_some(())
        .ok_or_else(|| format!("expected {verwacht:?}, heard {}", gehoord()))
}

async fn through(omgeving: &Omgeving, geval: &Geval) -> Value {
    let bytes = (geval.maak)();
    let mut zending = schoon(&omgeving.definitie);
    zending.zet("traject", &bytes, rows(&omgeving.definitie, &bytes));
    omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_at_the_file_door() {
    let omgeving = Omgeving::new().await;
    let mut fouten = Vec::new();
    let gevallen = gevallen::alle();
    let mut aantal = 0;
    // A file of no bytes at all cannot be announced.
    for geval in gevallen.iter().filter(|g| !(g.maak)().is_empty()) {
        let Some(verwacht) = &geval.pakket else {
            continue;
        };
        aantal += 1;
        let levering = through(&omgeving, geval).await;
        if let Err(fout) = judge(verwacht, &levering) {
            fouten.push(format!("{:>3} {}: {fout}", geval.nummer, geval.naam));
        }
    }
    assert!(
        fouten.is_empty(),
        "{} of {aantal}:\n{}",
        fouten.len(),
        fouten.join("\n")
    );
    let gebleven = omgeving
        .get(&omgeving.aanbieder, "/v1/leveringen")
        .await
        .json();
    let gewist = gebleven
        .as_array()
        .unwrap()
        .iter()
        .filter(|l| l["toestand"] == "gewist")
        .count();
    assert!(gewist >= 200, "{gewist} of {aantal} were refused");
    // Of the others only the newest is kept whole: what was refused has left nothing but its row.
    let bewaard = gebleven.as_array().unwrap().len() - gewist;
    assert!(
        omgeving
            .files()
            .iter()
            .filter(|pad| pad.ends_with("/pakket.json"))
            .count()
            <= bewaard
    );
}
