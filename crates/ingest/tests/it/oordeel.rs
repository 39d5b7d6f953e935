//! The service's judgement: the same as at the aanbieder, and what becomes of a weigering.

use check::{Judge, Options, PakketOrigin};
use pakket::strict_door::{self, RecordLimits};
use schema::{Definitie, Oordeel};

use crate::app::TestApp;
use crate::input::{RowOverlay, TestPakket, clean, csv, pakket, with_error, zstd};

/// What the exporter finds in its own pakket, masked as the service does.
fn local(definitie: &Definitie, test_pakket: &TestPakket) -> Oordeel {
    let options = Options {
        leverdatum: test_pakket.pakket.leverdatum,
        per_regel: check::PER_REGEL,
        raw_ids: false,
    };
    let mut judge = Judge::new(definitie, options).unwrap();
    for tabel in &definitie.tabellen {
        let Some(bytes) = test_pakket.bestanden.get(&tabel.naam) else {
            continue;
        };
        let reader = strict_door::open(
            tabel,
            zstd::Decoder::new(bytes.as_slice()).unwrap(),
            RecordLimits::default(),
        )
        .unwrap();
        judge
            .batch(
                &tabel.naam,
                &arrow_array::RecordBatch::new_empty(reader.schema()),
            )
            .unwrap();
        for batch in reader {
            judge.batch(&tabel.naam, &batch.unwrap()).unwrap();
        }
    }
    judge
        .finish(&PakketOrigin::new(definitie))
        .unwrap()
        .masked(definitie)
}

async fn bevindingen(app: &TestApp, id: &str) -> crate::app::TestResponse {
    app.get(&app.aanbieder, &format!("/v1/leveringen/{id}/bevindingen"))
        .await
}

/// Every failing example of every rule about one row, through the door: equal, byte for byte.
#[tokio::test]
async fn findings_equal_those_at_the_aanbieder_byte_for_byte() {
    let app = TestApp::new().await;
    let definitie = &app.definitie;
    let mut rows: Vec<Vec<(String, String)>> = Vec::new();
    for regel in definitie
        .regels
        .iter()
        .filter(|r| r.tabel.as_deref() == Some("traject"))
    {
        for example in &regel.fout {
            let velden = serde_json::to_value(example)
                .ok()
                .and_then(|v| v.as_object().cloned())
                .unwrap_or_default();
            let overlay = velden
                .iter()
                .filter_map(|(n, w)| Some((n.clone(), w.as_str()?.to_owned())));
            rows.push(
                overlay
                    .filter(|(n, _)| definitie.tabel("traject").unwrap().veld(n).is_some())
                    .collect(),
            );
        }
    }
    assert!(rows.len() > 20, "the definition has failing examples");
    let borrowed: Vec<Vec<(&str, &str)>> = rows
        .iter()
        .map(|r| r.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect())
        .collect();
    let overlays: Vec<RowOverlay<'_>> = borrowed.iter().map(Vec::as_slice).collect();
    let test_pakket = pakket(definitie, &overlays);
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    assert_eq!(levering["toestand"], "afgekeurd");
    let expected = local(definitie, &test_pakket);
    assert!(
        expected.regels.len() > 15,
        "{} rules spoke",
        expected.regels.len()
    );
    let service = bevindingen(&app, levering["id"].as_str().unwrap()).await;
    assert_eq!(service.text(), serde_json::to_string(&expected).unwrap());
    assert_eq!(
        levering["regels"],
        serde_json::to_value(&expected.regels).unwrap()
    );
}

/// Values of sensitive fields stay at the aanbieder: not in the answer, not in the register, not in a log.
#[tokio::test]
async fn sensitive_values_never_reach_the_register() {
    let app = TestApp::new().await;
    let secret = "jan-jansen-van-de-dam";
    let test_pakket = pakket(
        &app.definitie,
        &[&[
            ("jeugdige_id", secret),
            ("voorziening_id", "huis-zonder-rij"),
        ]],
    );
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    assert_eq!(levering["toestand"], "afgekeurd");
    let response = bevindingen(&app, levering["id"].as_str().unwrap()).await;
    assert!(
        response.text().contains("PSEUDONYM_LABEL") && !response.text().contains(secret),
        "{}",
        response.text()
    );
    app.lake.close().await;
    for entry in std::fs::read_dir(app.dir()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
}

#[tokio::test]
async fn findings_come_as_csv_without_formulas() {
    let app = TestApp::new().await;
    let test_pakket = pakket(&app.definitie, &[&[("kader", "=HYPERLINK(1)")]]);
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    let path = format!(
        "/v1/leveringen/{}/bevindingen",
        levering["id"].as_str().unwrap()
    );
    let csv = app
        .get(&app.aanbieder, &format!("{path}?formaat=csv"))
        .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        csv.text()
            .starts_with("code,ernst,tabel,veld,bestand,rij,kolom,cel,gevonden,")
    );
    assert!(
        csv.text().contains(",'=HYPERLINK(1),") && !csv.text().contains(",=HYPERLINK"),
        "{}",
        csv.text()
    );
    let request = crate::app::request("GET", &path, &app.aanbieder).header("accept", "text/csv");
    assert_eq!(
        app.send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .text(),
        csv.text()
    );
    app.get(&app.aanbieder, &format!("{path}?formaat=pdf"))
        .await
        .is_problem(400, "PARAMETER");
}

/// The workbook holds the findings that JSON holds, as text, and a reader of ours knows it is no data.
#[tokio::test]
async fn findings_come_as_a_workbook() {
    let app = TestApp::new().await;
    let test_pakket = pakket(&app.definitie, &[&[("kader", "=HYPERLINK(1)")]]);
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    let path = format!(
        "/v1/leveringen/{}/bevindingen",
        levering["id"].as_str().unwrap()
    );
    let xlsx = app
        .get(&app.aanbieder, &format!("{path}?formaat=xlsx"))
        .await;
    assert_eq!(
        xlsx.header("content-type"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    assert_eq!(
        xlsx.header("content-disposition"),
        format!(
            "attachment; filename=\"bevindingen-{}.xlsx\"",
            levering["id"].as_str().unwrap()
        )
    );
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(xlsx.body.clone())).unwrap();
    let mut parts = String::new();
    for number in 0..zip.len() {
        let mut part = zip.by_index(number).unwrap();
        if part.name().unwrap().ends_with(".xml") {
            std::io::Read::read_to_string(&mut part, &mut parts).unwrap();
        }
    }
    let oordeel = app.get(&app.aanbieder, &path).await.json();
    for bevinding in oordeel["bevindingen"].as_array().unwrap() {
        let message = bevinding["bericht"]
            .as_str()
            .unwrap()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        assert!(parts.contains(&message), "{message}");
    }
    assert!(
        parts.contains("=HYPERLINK(1)") && !parts.contains("<f>HYPERLINK(1)"),
        "a value is text"
    );
    let request = crate::app::request("GET", &path, &app.aanbieder)
        .header("accept", xlsx.header("content-type"));
    assert_eq!(
        app.send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .body,
        xlsx.body
    );
}

/// HOSTILE: of a weigering nothing is kept but the row in the register, which names the code; API and page say in
/// Dutch what was wrong. No value is echoed.
#[tokio::test]
async fn what_is_refused_is_removed_and_said() {
    let app = TestApp::new().await;
    let definitie = &app.definitie;
    let good = csv(definitie, "traject", &[&[]]);
    let text = String::from_utf8(good.clone()).unwrap();
    let header = text.lines().next().unwrap();
    let row = text.lines().nth(1).unwrap();
    let bom: Vec<u8> = zstd(&vec![b'x'; 10_000_000]);
    let window = {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.long_distance_matching(true).unwrap();
        std::io::Write::write_all(&mut encoder, &good).unwrap();
        encoder.finish().unwrap()
    };
    let n = good.len() as u64;
    let cases: Vec<(&str, Vec<u8>, u64, u64)> = vec![
        (
            "ROW_WIDTH",
            zstd(format!("{header}\n{row}\nte,kort\n").as_bytes()),
            0,
            2,
        ),
        (
            "HEADER_UNKNOWN",
            zstd(format!("{header},naam\n{row},x\n").as_bytes()),
            0,
            1,
        ),
        (
            "ENCODING_INVALID",
            zstd(&[header.as_bytes(), b"\n\xe9,\n"].concat()),
            0,
            1,
        ),
        (
            "BSN_SUSPECTED",
            zstd(&csv(
                definitie,
                "traject",
                &[&[("productcode", "kind 111222333")]],
            )),
            0,
            1,
        ),
        (
            "PSEUDONYM_LABEL",
            zstd(&csv(
                definitie,
                "traject",
                &[&[("jeugdige_id", "d41d8cd98f00b204e9800998ecf8427e")]],
            )),
            0,
            1,
        ),
        ("EMPTY", zstd(b"\n"), 0, 1),
        ("COMPRESSION", b"dit is geen zstd".to_vec(), 100, 1),
        ("COMPRESSION", window, n, 1),
        ("SIZE_MISMATCH", bom, 1000, 1),
        ("MANIFEST", zstd(&good), n + 1, 1),
        ("MANIFEST", zstd(&good), n, 7),
    ];
    for (i, (code, bytes, unpacked, count)) in cases.into_iter().enumerate() {
        let mut test_pakket = clean(definitie);
        let actual = if unpacked == 0 {
            zstd::decode_all(bytes.as_slice()).unwrap().len() as u64
        } else {
            unpacked
        };
        test_pakket.set_packed("traject", bytes, actual, count);
        let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
        assert_eq!(levering["toestand"], "gewist", "case {i}: {levering}");
        assert_eq!(
            levering["regels"],
            serde_json::json!([{ "code": code, "ernst": "fout", "aantal": 1 }]),
            "case {i}"
        );
        let step = levering["volgende_stap"].as_str().unwrap();
        assert!(
            step.starts_with("Wij hebben deze levering geweigerd") && step.contains(code),
            "case {i}: {step}"
        );
        let response = bevindingen(&app, levering["id"].as_str().unwrap()).await;
        response.is_problem(410, "GONE");
        assert_eq!(response.json()["weigering"], code);
        // The same once more is refused at the door.
        app.open(&app.aanbieder, &test_pakket)
            .await
            .is_problem(410, "GONE");
    }
    // The row says so the moment it is judged; the files go right after.
    app.gone(|_| true).await;
}

/// A crash between refusing and erasing: the next start finishes it.
#[tokio::test]
async fn a_refusal_cut_short_is_finished_at_start() {
    let app = TestApp::new().await;
    let mut test_pakket = clean(&app.definitie);
    test_pakket.set(
        "traject",
        &csv(
            &app.definitie,
            "traject",
            &[&[("productcode", "kind 111222333")]],
        ),
        1,
    );
    let id = app.open(&app.aanbieder, &test_pakket).await.json()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let stamp = lake::Stamp::new("test", app.nu());
    for (tabel, bytes) in &test_pakket.bestanden {
        app.lake
            .append(id, tabel, 0, bytes.clone().into())
            .await
            .unwrap();
    }
    app.lake.received(id, &stamp).await.unwrap();
    let oordeel = Oordeel {
        verdict: schema::Verdict::Afgekeurd,
        rijen: std::collections::BTreeMap::new(),
        regels: vec![schema::RegelTelling {
            code: "BSN_SUSPECTED".to_owned(),
            ernst: schema::Ernst::Fout,
            aantal: 1,
        }],
        bevindingen: Vec::new(),
        afgekapt: false,
        niet_beoordeeld: Vec::new(),
        oorzaken: Vec::new(),
        oorzaken_afgekapt: false,
        meer_bestanden: false,
        vingerafdrukken: Default::default(),
    };
    app.lake
        .judged(
            id,
            lake::JudgedLevering {
                refusal: Some("BSN_SUSPECTED"),
                ..lake::JudgedLevering::new(&oordeel, Vec::new(), &app.definitie.regelhash)
            },
            &stamp,
        )
        .await
        .unwrap();
    assert!(!app.files().is_empty());
    let app = app.restart().await;
    app.gone(|_| true).await;
}

/// Which objects were stored, and nothing else.
#[tokio::test]
async fn what_is_stored_afterwards() {
    let app = TestApp::new().await;
    assert_eq!(app.files(), Vec::<String>::new());
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let good = [
        "lake/omgang/traject/jaar=2020/<id>.parquet",
        "lake/omgang/voorziening/jaar=2020/<id>.parquet",
        "raw/<id>/pakket.json",
        "raw/<id>/traject.csv.zst",
        "raw/<id>/voorziening.csv.zst",
    ];
    assert_eq!(app.files(), good);
    app.character(&app.aanbieder, levering["id"].as_str().unwrap())
        .await;
    assert_eq!(app.files(), good);

    // Rejected: its tables never become visible.
    let rejected = TestApp::new().await;
    rejected
        .deliver_and_wait(&rejected.aanbieder, &with_error(&rejected.definitie))
        .await;
    rejected.gone(|path| path.contains("lake/")).await;
}

#[tokio::test]
async fn findings_are_there_only_after_judging() {
    let app = TestApp::new().await;
    let opened = app
        .open(&app.aanbieder, &clean(&app.definitie))
        .await
        .json();
    bevindingen(&app, opened["id"].as_str().unwrap())
        .await
        .is_problem(404, "NOT_FOUND");
}
