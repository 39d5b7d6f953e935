//! Pakketten for the tests, made from the definition's own examples.

use std::collections::BTreeMap;
use std::io::Write;

use axum::body::Body;
use chrono::NaiveDate;
use schema::pakket::{PakketFile, Toelichting};
use schema::{Definitie, Pakket};
use serde_json::Value;

use crate::app::{KVK, TestApp, TestResponse, request};

/// What differs from the example row.
pub(crate) type RowOverlay<'a> = &'a [(&'a str, &'a str)];

/// A pakket: the manifest and the files beside it.
#[derive(Clone)]
pub(crate) struct TestPakket {
    pub pakket: Pakket,
    pub bestanden: BTreeMap<String, Vec<u8>>,
}

/// A pakket with these trajecten (each the example with an overlay) and one voorziening.
pub(crate) fn pakket(definitie: &Definitie, trajecten: &[RowOverlay<'_>]) -> TestPakket {
    let mut test_pakket = TestPakket {
        pakket: Pakket {
            name: format!("omgang-2020-{KVK}"),
            aanbieder: Some(KVK.to_owned()),
            uitvraag: definitie.uitvraag.clone(),
            jaar: definitie.jaar,
            leverdatum: NaiveDate::from_ymd_opt(2021, 2, 1).unwrap(),
            definitie: definitie.hash.clone(),
            regels: definitie.regelhash.clone(),
            pseudoniem: "hmac-sha256.1.k3y5abcd".to_owned(),
            exporter: "uitvraag 0.1.0".to_owned(),
            balans: None,
            resources: Vec::new(),
            toelichtingen: Vec::new(),
        },
        bestanden: BTreeMap::new(),
    };
    test_pakket.set(
        "traject",
        &csv(definitie, "traject", trajecten),
        trajecten.len() as u64,
    );
    test_pakket.set("voorziening", &csv(definitie, "voorziening", &[&[]]), 1);
    test_pakket
}

/// A pakket without any fout or signaal.
pub(crate) fn clean(definitie: &Definitie) -> TestPakket {
    pakket(definitie, &[&[]])
}

/// A pakket with one signaal: WACHT_LANG.
pub(crate) fn met_signaal(definitie: &Definitie) -> TestPakket {
    pakket(
        definitie,
        &[&[
            ("aanmelddatum", "2019-04-14"),
            ("intakedatum", "2019-05-06"),
        ]],
    )
}

/// A pakket with one fout: START_VOOR_AANMELDING.
pub(crate) fn with_error(definitie: &Definitie) -> TestPakket {
    pakket(
        definitie,
        &[&[("intakedatum", ""), ("startdatum", "2020-02-02")]],
    )
}

/// The canonical CSV of a table.
pub(crate) fn csv(definitie: &Definitie, tabel: &str, rows: &[RowOverlay<'_>]) -> Vec<u8> {
    let tabel = definitie.tabel(tabel).unwrap();
    let names: Vec<&str> = tabel.velden.iter().map(|v| v.naam.as_str()).collect();
    let mut text = names.join(",") + "\n";
    for overlay in rows {
        let values = names.iter().map(|name| {
            let own = overlay.iter().find(|(n, _)| n == name).map(|(_, w)| *w);
            own.or_else(|| tabel.voorbeeld.get(*name).map(String::as_str))
                .unwrap_or_default()
        });
        text += &(values.collect::<Vec<_>>().join(",") + "\n");
    }
    text.into_bytes()
}

pub(crate) fn zstd(content: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    schema::hash::sha256(bytes)
}

impl TestPakket {
    /// Sets the file of a table.
    pub(crate) fn set(&mut self, tabel: &str, csv: &[u8], rows: u64) {
        self.set_packed(tabel, zstd(csv), csv.len() as u64, rows);
    }

    /// Sets the file of a table as it travels.
    pub(crate) fn set_packed(&mut self, tabel: &str, bytes: Vec<u8>, unpacked: u64, rows: u64) {
        self.pakket.resources.retain(|b| b.name != tabel);
        self.pakket.resources.push(PakketFile {
            name: tabel.to_owned(),
            path: format!("{tabel}.csv.zst"),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes: bytes.len() as u64,
            bytes_uitgepakt: unpacked,
            hash: sha256(&bytes),
            rijen: rows,
        });
        self.bestanden.insert(tabel.to_owned(), bytes);
    }

    pub(crate) fn met_toelichting(mut self, toelichting: Toelichting) -> Self {
        self.pakket.toelichtingen.push(toelichting);
        self
    }

    pub(crate) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.pakket).unwrap()
    }

    pub(crate) fn key(&self) -> String {
        sha256(&self.json())
    }
}

impl TestApp {
    pub(crate) async fn open(&self, token: &str, test_pakket: &TestPakket) -> TestResponse {
        self.open_raw(token, &test_pakket.key(), test_pakket.json())
            .await
    }

    pub(crate) async fn open_raw(&self, token: &str, key: &str, json: Vec<u8>) -> TestResponse {
        let request = request("POST", "/v1/leveringen", token)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.send(request.body(Body::from(json)).unwrap()).await
    }

    pub(crate) async fn patch(
        &self,
        token: &str,
        id: &str,
        tabel: &str,
        offset: &str,
        chunk: impl Into<Body>,
    ) -> TestResponse {
        let request = request(
            "PATCH",
            &format!("/v1/leveringen/{id}/bestanden/{tabel}"),
            token,
        )
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream");
        self.send(request.body(chunk.into()).unwrap()).await
    }

    pub(crate) async fn head(&self, token: &str, id: &str, tabel: &str) -> TestResponse {
        let request = request(
            "HEAD",
            &format!("/v1/leveringen/{id}/bestanden/{tabel}"),
            token,
        )
        .header("tus-resumable", "1.0.0");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Opens and sends everything; gives the id.
    pub(crate) async fn lever(&self, token: &str, test_pakket: &TestPakket) -> String {
        let opened = self.open(token, test_pakket).await;
        assert!(opened.status.is_success(), "{}", opened.text());
        let id = opened.json()["id"].as_str().unwrap().to_owned();
        for (tabel, bytes) in &test_pakket.bestanden {
            let response = self.patch(token, &id, tabel, "0", bytes.clone()).await;
            assert_eq!(response.status, 204, "{}", response.text());
        }
        id
    }

    /// Opens, sends and waits for the verdict.
    pub(crate) async fn deliver_and_wait(&self, token: &str, test_pakket: &TestPakket) -> Value {
        let id = self.lever(token, test_pakket).await;
        self.verdict(token, &id).await
    }

    pub(crate) async fn character(&self, token: &str, id: &str) -> TestResponse {
        let who = serde_json::json!({ "naam": "Anna de Vries", "functie": "directeur" });
        self.json(
            "POST",
            token,
            &format!("/v1/leveringen/{id}/indienen"),
            &who,
        )
        .await
    }
}
