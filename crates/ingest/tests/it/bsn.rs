//! BSNs at the service: 10,000 of them, in every form and everywhere that something is kept. What is refused is gone.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use schema::VeldType;
use schema::pakket::{Answer, Toelichting};
use serde_json::{Value, json};

use crate::app::{TestApp, TestResponse};
use crate::bsn_corpus::{Seeds, forms, in_sentence};
use crate::input::{TestPakket, clean, csv, met_signaal, sha256};

/// What was planted, and where each begins: ten thousand are looked for at once.
#[derive(Default)]
struct Planted {
    values: Vec<String>,
    begins: HashMap<[u8; 9], Vec<usize>>,
}

impl Planted {
    fn add(&mut self, value: &str) -> String {
        let begin = *value.as_bytes().first_chunk().unwrap();
        self.begins
            .entry(begin)
            .or_default()
            .push(self.values.len());
        self.values.push(value.to_owned());
        value.to_owned()
    }

    /// What was planted and stands in these bytes.
    fn told_on(&self, bytes: impl AsRef<[u8]>) -> Option<&String> {
        let bytes = bytes.as_ref();
        bytes.windows(9).enumerate().find_map(|(place, begin)| {
            let like = self.begins.get(begin)?;
            let mut like = like.iter().map(|number| &self.values[*number]);
            like.find(|value| bytes[place..].starts_with(value.as_bytes()))
        })
    }
}

/// Every byte under the data directory, file by file: raw pakketten, Parquet, register, its log.
fn bytes_under(dir: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes_under(&path, out);
            continue;
        }
        // Gone since it was listed: so are its bytes.
        if let Ok(bytes) = std::fs::read(&path) {
            let content = if path.extension().is_some_and(|end| end == "zst") {
                zstd::decode_all(&bytes[..]).unwrap_or_default()
            } else {
                Vec::new()
            };
            out.push((path.display().to_string(), [bytes, content].concat()));
        }
    }
}

/// Waits, no longer than a minute, until nothing that was planted stands anywhere on disk.
async fn nothing_is_left(app: &TestApp, planted: &Planted) {
    let mut left = Vec::new();
    for _ in 0..60 {
        let mut files = Vec::new();
        bytes_under(app.dir(), &mut files);
        left = files
            .iter()
            .filter_map(|(name, bytes)| Some((name.clone(), planted.told_on(bytes)?.clone())))
            .collect();
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("left after a minute: {left:?}");
}

/// A pakket with these values in one column of the trajecten.
fn with_column(app: &TestApp, veld: &str, values: &[String]) -> TestPakket {
    let quoted: Vec<String> = values.iter().map(|v| format!("\"{v}\"")).collect();
    let rows: Vec<Vec<(&str, &str)>> = quoted.iter().map(|v| vec![(veld, v.as_str())]).collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let mut pakket = clean(&app.definitie);
    pakket.set(
        "traject",
        &csv(&app.definitie, "traject", &rows),
        values.len() as u64,
    );
    pakket
}

fn refused(response: &TestResponse, planted: &Planted) {
    let text = response.text();
    assert!(response.status.is_client_error(), "{text}");
    assert_eq!(planted.told_on(&text), None, "{text}");
}

/// HOSTILE 60 and 61, at the service: columns.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_bsns_in_columns_are_refused_and_gone() {
    let app = TestApp::new().await;
    let mut seeds = Seeds::new(31);
    let mut planted = Planted::default();
    let traject = app.definitie.tabel("traject").unwrap().clone();
    let names: Vec<&str> = forms(0).iter().map(|(name, _)| *name).collect();
    for number in 0..3 * names.len() {
        let veld = &traject.velden[number % traject.velden.len()];
        let place = number % names.len();
        let values: Vec<String> = (0..116)
            .map(|_| planted.add(&forms(seeds.bsn())[place].1))
            .collect();
        let levering = app
            .deliver_and_wait(&app.aanbieder, &with_column(&app, &veld.naam, &values))
            .await;
        let text = levering.to_string();
        let code = &levering["regels"][0]["code"];
        let known = code == "BSN_SUSPECTED" || code == "CONTROL_CHAR";
        assert!(
            known && levering["toestand"] == "gewist",
            "{} {}: {text}",
            veld.naam,
            names[place]
        );
        assert_eq!(planted.told_on(&text), None);
        let page = app.get(&app.aanbieder, "/v1/leveringen").await.text();
        assert!(planted.told_on(&page).is_none());
    }
    assert!(planted.values.len() > 10_000, "{}", planted.values.len());
    nothing_is_left(&app, &planted).await;
}

/// Divided over two counts, and in the table that is read last, when others were written already.
#[tokio::test(flavor = "multi_thread")]
async fn bsns_in_parts_and_in_the_last_table_are_refused_and_gone() {
    let app = TestApp::new().await;
    let mut seeds = Seeds::new(32);
    let mut planted = Planted::default();
    let parts: Vec<[String; 2]> = (0..40)
        .map(|_| {
            let bsn = seeds.bsn();
            [bsn / 10_000, bsn % 10_000].map(|part| part.to_string())
        })
        .collect();
    let rows: Vec<Vec<(&str, &str)>> = parts
        .iter()
        .map(|[first, last]| vec![("minuten", first.as_str()), ("contacten", last.as_str())])
        .collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let mut pakket = clean(&app.definitie);
    pakket.set("traject", &csv(&app.definitie, "traject", &rows), 40);
    let levering = app.deliver_and_wait(&app.aanbieder, &pakket).await;
    assert_eq!(levering["regels"][0]["code"], "BSN_SUSPECTED", "{levering}");
    for (_, form) in forms(seeds.bsn()) {
        let value = planted.add(&form);
        let mut pakket = clean(&app.definitie);
        let cell = format!("\"{value}\"");
        pakket.set(
            "voorziening",
            &csv(&app.definitie, "voorziening", &[&[("vorm", &cell)]]),
            1,
        );
        let levering = app.deliver_and_wait(&app.aanbieder, &pakket).await;
        assert_eq!(levering["toestand"], "gewist", "{levering}");
    }
    nothing_is_left(&app, &planted).await;
}

/// HOSTILE 61: the manifest, its answers, the key, who signs, a nulopgave, and answers by themselves.
#[tokio::test(flavor = "multi_thread")]
async fn bsns_beside_the_rows_are_refused_and_never_kept() {
    let app = TestApp::new().await;
    let mut seeds = Seeds::new(33);
    let mut planted = Planted::default();
    let ready = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let ready = format!("/v1/leveringen/{}", ready["id"].as_str().unwrap());
    let answerable = app
        .deliver_and_wait(&app.other, &other(met_signaal(&app.definitie)))
        .await;
    let answerable = format!("/v1/leveringen/{}", answerable["id"].as_str().unwrap());
    for _ in 0..40 {
        for (_, form) in forms(seeds.bsn()) {
            let text = in_sentence(&mut seeds, &planted.add(&form));
            for field in ["name", "exporter", "definitie", "pseudoniem"] {
                let mut manifest = serde_json::to_value(&clean(&app.definitie).pakket).unwrap();
                manifest[field] = json!(text);
                opens(&app, &manifest, &planted).await;
            }
            let answer = Toelichting {
                code: "WACHT_LANG".to_owned(),
                antwoord: Answer::Anders,
                woorden: text.clone(),
            };
            let answered = clean(&app.definitie).met_toelichting(answer.clone());
            opens(
                &app,
                &serde_json::to_value(&answered.pakket).unwrap(),
                &planted,
            )
            .await;
            let path = format!("{answerable}/toelichtingen");
            refused(
                &app.json("PUT", &app.other, &path, &json!([answer])).await,
                &planted,
            );
            let path = format!("{ready}/indienen");
            for (name, job) in [
                (text.as_str(), "directeur"),
                ("Anna de Vries", text.as_str()),
            ] {
                let who = json!({ "naam": name, "functie": job });
                refused(
                    &app.json("POST", &app.aanbieder, &path, &who).await,
                    &planted,
                );
            }
            let nil = json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Anna de Vries",
                "functie": "directeur", "toelichting": text });
            refused(
                &app.json("POST", &app.aanbieder, "/v1/nulopgaven", &nil)
                    .await,
                &planted,
            );
        }
    }
    for key in [
        "111222333",
        "klant-1112.22.333",
        "klant:111-222-333",
        "1-1-1-2-2-2-3-3-3",
    ] {
        planted.add(key);
        let response = app
            .open_raw(&app.aanbieder, key, clean(&app.definitie).json())
            .await;
        response.is_problem(
            422,
            if key.len() < 8 {
                "IDEMPOTENCY_KEY"
            } else {
                "BSN_SUSPECTED"
            },
        );
    }
    nothing_is_left(&app, &planted).await;
}

async fn opens(app: &TestApp, manifest: &Value, planted: &Planted) {
    let bytes = serde_json::to_vec(manifest).unwrap();
    let response = app.open_raw(&app.aanbieder, &sha256(&bytes), bytes).await;
    refused(&response, planted);
}

fn other(mut pakket: TestPakket) -> TestPakket {
    pakket.pakket.aanbieder = Some(crate::app::OTHER.to_owned());
    pakket
}

/// A frame that every reader passes over would be kept unread, whatever stands in it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_passed_over_in_unpacking_is_refused_and_gone() {
    let app = TestApp::new().await;
    let mut planted = Planted::default();
    let value = planted.add("dossier 111222333 van het kind");
    let length = u32::try_from(value.len()).unwrap().to_le_bytes();
    let hidden = [&[0x50, 0x2a, 0x4d, 0x18][..], &length, value.as_bytes()].concat();
    let good = clean(&app.definitie);
    let (packed, resource) = (&good.bestanden["traject"], &good.pakket.resources[0]);
    for bytes in [
        [&hidden[..], packed].concat(),
        [packed, &hidden[..]].concat(),
    ] {
        let mut pakket = clean(&app.definitie);
        pakket.set_packed("traject", bytes, resource.bytes_uitgepakt, 1);
        let levering = app.deliver_and_wait(&app.aanbieder, &pakket).await;
        assert_eq!(levering["toestand"], "gewist", "{levering}");
        assert_eq!(levering["regels"][0]["code"], "COMPRESSION");
    }
    nothing_is_left(&app, &planted).await;
}

/// One number that passes by chance is kept among counts; what is told of it does not show it.
#[tokio::test(flavor = "multi_thread")]
async fn one_number_by_chance_is_judged_and_not_told_on() {
    let app = TestApp::new().await;
    let counts = app.definitie.tabel("traject").unwrap().velden.iter();
    let counts = counts.filter(|v| matches!(v.veldtype, VeldType::Whole | VeldType::Decimal));
    for veld in counts {
        let levering = app
            .deliver_and_wait(
                &app.aanbieder,
                &with_column(&app, &veld.naam, &["111222333".to_owned()]),
            )
            .await;
        assert_ne!(levering["toestand"], "gewist", "{levering}");
        let path = format!(
            "/v1/leveringen/{}/bevindingen",
            levering["id"].as_str().unwrap()
        );
        let told = app.get(&app.aanbieder, &path).await.text();
        assert!(!told.contains("111222333"), "{told}");
    }
}
