//! Pakketten for the tests, made from the definition's own examples.

use std::collections::BTreeMap;
use std::io::Write;

use axum::body::Body;
use chrono::NaiveDate;
use schema::pakket::{Bestand, Toelichting};
use schema::{Definitie, Pakket};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::omgeving::{Antwoord, KVK, Omgeving, vraag};

/// What differs from the example row.
pub type Overlay<'a> = &'a [(&'a str, &'a str)];

/// A pakket: the manifest and the files beside it.
#[derive(Clone)]
pub struct Zending {
    pub pakket: Pakket,
    pub bestanden: BTreeMap<String, Vec<u8>>,
}

/// A pakket with these trajecten (each the example with an overlay) and one voorziening.
pub fn pakket(definitie: &Definitie, trajecten: &[Overlay<'_>]) -> Zending {
    let mut zending = Zending {
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
            resources: Vec::new(),
            toelichtingen: Vec::new(),
        },
        bestanden: BTreeMap::new(),
    };
    zending.zet(
        "traject",
        &csv(definitie, "traject", trajecten),
        trajecten.len() as u64,
    );
    zending.zet("voorziening", &csv(definitie, "voorziening", &[&[]]), 1);
    zending
}

/// A pakket without any fout or signaal.
pub fn schoon(definitie: &Definitie) -> Zending {
    pakket(definitie, &[&[]])
}

/// A pakket with one signaal: WACHT_LANG.
pub fn met_signaal(definitie: &Definitie) -> Zending {
    pakket(
        definitie,
        &[&[
            ("aanmelddatum", "2019-04-14"),
            ("intakedatum", "2019-05-06"),
        ]],
    )
}

/// A pakket with one fout: START_VOOR_AANMELDING.
pub fn met_fout(definitie: &Definitie) -> Zending {
    pakket(
        definitie,
        &[&[("intakedatum", ""), ("startdatum", "2020-02-02")]],
    )
}

/// The canonical CSV of a table.
pub fn csv(definitie: &Definitie, tabel: &str, rijen: &[Overlay<'_>]) -> Vec<u8> {
    let tabel = definitie.tabel(tabel).unwrap();
    let namen: Vec<&str> = tabel.velden.iter().map(|v| v.naam.as_str()).collect();
    let mut tekst = namen.join(",") + "\n";
    for overlay in rijen {
        let waarden = namen.iter().map(|naam| {
            let eigen = overlay.iter().find(|(n, _)| n == naam).map(|(_, w)| *w);
            eigen
                .or_else(|| tabel.voorbeeld.get(*naam).map(String::as_str))
                .unwrap_or_default()
        });
        tekst += &(waarden.collect::<Vec<_>>().join(",") + "\n");
    }
    tekst.into_bytes()
}

pub fn zstd(inhoud: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.write_all(inhoud).unwrap();
    encoder.finish().unwrap()
}

pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", schema::definitie::hex(&Sha256::digest(bytes)))
}

impl Zending {
    /// Sets the file of a table.
    pub fn zet(&mut self, tabel: &str, csv: &[u8], rijen: u64) {
        self.zet_ingepakt(tabel, zstd(csv), csv.len() as u64, rijen);
    }

    /// Sets the file of a table as it travels.
    pub fn zet_ingepakt(&mut self, tabel: &str, bytes: Vec<u8>, uitgepakt: u64, rijen: u64) {
        self.pakket.resources.retain(|b| b.name != tabel);
        self.pakket.resources.push(Bestand {
            name: tabel.to_owned(),
            path: format!("{tabel}.csv.zst"),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes: bytes.len() as u64,
            bytes_uitgepakt: uitgepakt,
            hash: sha256(&bytes),
            rijen,
        });
        self.bestanden.insert(tabel.to_owned(), bytes);
    }

    pub fn met_toelichting(mut self, toelichting: Toelichting) -> Self {
        self.pakket.toelichtingen.push(toelichting);
        self
    }

    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.pakket).unwrap()
    }

    pub fn sleutel(&self) -> String {
        sha256(&self.json())
    }
}

impl Omgeving {
    pub async fn open(&self, token: &str, zending: &Zending) -> Antwoord {
        self.open_raw(token, &zending.sleutel(), zending.json())
            .await
    }

    pub async fn open_raw(&self, token: &str, sleutel: &str, json: Vec<u8>) -> Antwoord {
        let request = vraag("POST", "/v1/leveringen", token)
            .header("content-type", "application/json")
            .header("idempotency-key", sleutel);
        self.send(request.body(Body::from(json)).unwrap()).await
    }

    pub async fn patch(
        &self,
        token: &str,
        id: &str,
        tabel: &str,
        offset: &str,
        stuk: impl Into<Body>,
    ) -> Antwoord {
        let request = vraag(
            "PATCH",
            &format!("/v1/leveringen/{id}/bestanden/{tabel}"),
            token,
        )
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream");
        self.send(request.body(stuk.into()).unwrap()).await
    }

    pub async fn head(&self, token: &str, id: &str, tabel: &str) -> Antwoord {
        let request = vraag(
            "HEAD",
            &format!("/v1/leveringen/{id}/bestanden/{tabel}"),
            token,
        )
        .header("tus-resumable", "1.0.0");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Opens and sends everything; gives the id.
    pub async fn lever(&self, token: &str, zending: &Zending) -> String {
        let geopend = self.open(token, zending).await;
        assert!(geopend.status.is_success(), "{}", geopend.text());
        let id = geopend.json()["id"].as_str().unwrap().to_owned();
        for (tabel, bytes) in &zending.bestanden {
            let antwoord = self.patch(token, &id, tabel, "0", bytes.clone()).await;
            assert_eq!(antwoord.status, 204, "{}", antwoord.text());
        }
        id
    }

    /// Opens, sends and waits for the verdict.
    pub async fn lever_en_wacht(&self, token: &str, zending: &Zending) -> Value {
        let id = self.lever(token, zending).await;
        self.verdict(token, &id).await
    }

    pub async fn teken(&self, token: &str, id: &str) -> Antwoord {
        let wie = serde_json::json!({ "naam": "Anna de Vries", "functie": "directeur" });
        self.json(
            "POST",
            token,
            &format!("/v1/leveringen/{id}/indienen"),
            &wie,
        )
        .await
    }
}
