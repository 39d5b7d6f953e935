//! One aanbieder with a small pakket, and the short way to every state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta};
use lake::{
    Aanbieder, Geopend, Lake, LakeFout, Levering, LeveringId, NieuweLevering, Nulopgave,
    Ondertekenaar, Signing, Stempel, TabelBestand, Toegang,
};
use schema::bevinding::{Ernst, Oordeel, RegelTelling, Verdict};
use schema::definitie::Klok;
use schema::pakket::{Antwoord, Bestand, Pakket, Toelichting};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub const KVK: &str = "12345678";
pub const UITVRAAG: &str = "omgang";
pub const JAAR: i32 = 2020;

/// A data directory of its own, with one aanbieder.
pub struct Proef {
    pub lake: Lake,
    pub dir: TempDir,
}

pub async fn proef() -> Proef {
    let dir = vlugge_map();
    let lake = Lake::open(&dir.path().join("data"), Toegang::Dienst)
        .await
        .unwrap();
    zet_aanbieder(&lake, KVK).await;
    Proef { lake, dir }
}

/// A temporary directory, in memory where there is such a thing: these tests sync thousands of times.
pub fn vlugge_map() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub async fn zet_aanbieder(lake: &Lake, kvk: &str) {
    let aanbieder = Aanbieder {
        kvk: kvk.to_owned(),
        naam: format!("Omgangshuis {kvk}"),
    };
    lake.zet_aanbieder(&aanbieder, &op(0)).await.unwrap();
}

/// A stamp so many minutes after a fixed moment.
pub fn op(minuut: i64) -> Stempel {
    let begin = DateTime::from_timestamp(1_610_000_000, 0).unwrap();
    Stempel::new("test", begin + TimeDelta::minutes(minuut))
}

/// A clock that has not run out at any [`op`].
pub fn klok() -> Klok {
    let dag = |maand, dag| NaiveDate::from_ymd_opt(2021, maand, dag).unwrap();
    Klok {
        inleveren: dag(4, 1),
        bevriezen: dag(4, 15),
        publiceren: dag(5, 1),
    }
}

pub fn ondertekenaar() -> Ondertekenaar {
    Ondertekenaar {
        naam: "J. Jansen".to_owned(),
        functie: "directeur".to_owned(),
    }
}

pub fn sha(bytes: &[u8]) -> String {
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
    )
}

/// Two tables whose bytes depend on `merk`.
pub fn inhoud(merk: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "traject",
            format!("traject {merk} ").repeat(40).into_bytes(),
        ),
        (
            "wachtlijst",
            format!("wachtlijst {merk} ").repeat(15).into_bytes(),
        ),
    ]
}

pub fn pakket(merk: &str) -> Pakket {
    let bestand = |(tabel, bytes): (&str, Vec<u8>)| Bestand {
        name: tabel.to_owned(),
        path: format!("{tabel}.csv.zst"),
        format: "csv".to_owned(),
        compression: "zstd".to_owned(),
        encoding: "utf-8".to_owned(),
        bytes: bytes.len() as u64,
        bytes_uitgepakt: 1000,
        hash: sha(&bytes),
        rijen: 3,
    };
    Pakket {
        name: format!("omgang-2020-{merk}"),
        aanbieder: None,
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        leverdatum: NaiveDate::from_ymd_opt(2021, 1, 7).unwrap(),
        definitie: "d".repeat(64),
        regels: "r".repeat(64),
        pseudoniem: "hmac-sha256.1.abcd".to_owned(),
        exporter: "0.1.0".to_owned(),
        resources: inhoud(merk).into_iter().map(bestand).collect(),
        toelichtingen: Vec::new(),
    }
}

pub async fn open_als(
    lake: &Lake,
    kvk: &str,
    pakket: &Pakket,
    sleutel: &str,
) -> Result<Geopend, lake::LakeFout> {
    let json = serde_json::to_vec(pakket).unwrap();
    lake.open_levering(
        &NieuweLevering {
            kvk,
            pakket,
            pakket_json: &json,
            sleutel,
            klok: &klok(),
        },
        &op(1),
    )
    .await
}

pub async fn geopend(lake: &Lake, kvk: &str, merk: &str) -> Levering {
    open_als(lake, kvk, &pakket(merk), merk)
        .await
        .unwrap()
        .levering()
}

pub async fn ontvangen(lake: &Lake, kvk: &str, merk: &str) -> Levering {
    let levering = geopend(lake, kvk, merk).await;
    stuur(lake, levering.id, merk).await;
    lake.ontvangen(levering.id, &op(2)).await.unwrap()
}

/// Sends whatever is still missing.
pub async fn stuur(lake: &Lake, id: LeveringId, merk: &str) {
    for (tabel, bytes) in inhoud(merk) {
        let offset = lake.uploadstand(id, tabel).await.unwrap().offset;
        let rest = Bytes::copy_from_slice(&bytes[usize::try_from(offset).unwrap()..]);
        lake.append(id, tabel, offset, rest).await.unwrap();
    }
}

pub fn rijen(aantal: i32) -> RecordBatch {
    let velden = vec![
        Field::new("traject_id", DataType::Utf8, true),
        Field::new("leeftijd", DataType::Int32, true),
    ];
    let ids: StringArray = (0..aantal).map(|i| Some(format!("t{i}"))).collect();
    let leeftijden: Int32Array = (0..aantal)
        .map(|i| (i % 7 != 0).then_some(i % 18))
        .collect();
    RecordBatch::try_new(
        Arc::new(Schema::new(velden)),
        vec![Arc::new(ids), Arc::new(leeftijden)],
    )
    .unwrap()
}

/// Writes both tables as the judge would.
pub fn schrijf_tabellen(lake: &Lake, levering: &Levering) -> Vec<TabelBestand> {
    let batch = rijen(3);
    let schrijf = |bestand: &lake::Bestandstand| {
        let mut schrijver = lake
            .tabel_schrijver(levering, &bestand.tabel, &batch.schema())
            .unwrap();
        schrijver.schrijf(&batch).unwrap();
        schrijver.sluit().unwrap()
    };
    levering.bestanden.iter().map(schrijf).collect()
}

pub fn oordeel(verdict: Verdict) -> Oordeel {
    let regel = |code: &str, ernst| RegelTelling {
        code: code.to_owned(),
        ernst,
        aantal: 2,
    };
    let regels = match verdict {
        Verdict::Akkoord => vec![regel("VELD_LEEG", Ernst::Opmerking)],
        Verdict::TeBevestigen => vec![
            regel("WACHT_LANG", Ernst::Signaal),
            regel("DUUR_LANG", Ernst::Signaal),
        ],
        Verdict::Afgekeurd => vec![regel("DATUM", Ernst::Fout)],
    };
    Oordeel {
        verdict,
        rijen: BTreeMap::from([("traject".to_owned(), 3), ("wachtlijst".to_owned(), 3)]),
        regels,
        bevindingen: Vec::new(),
        afgekapt: true,
        niet_beoordeeld: Vec::new(),
        oorzaken: Vec::new(),
        oorzaken_afgekapt: false,
        meer_bestanden: false,
        vingerafdrukken: Default::default(),
    }
}

pub async fn beoordeel(
    lake: &Lake,
    levering: &Levering,
    verdict: Verdict,
) -> Result<Levering, lake::LakeFout> {
    let tabellen = schrijf_tabellen(lake, levering);
    lake.beoordeeld(levering.id, &oordeel(verdict), tabellen, "regels", &op(3))
        .await
}

pub fn antwoord(code: &str) -> Toelichting {
    Toelichting {
        code: code.to_owned(),
        antwoord: Antwoord::Klopt,
        woorden: "zo is het".to_owned(),
    }
}

pub async fn akkoord(lake: &Lake, kvk: &str, merk: &str) -> Levering {
    let levering = ontvangen(lake, kvk, merk).await;
    beoordeel(lake, &levering, Verdict::Akkoord).await.unwrap()
}

pub async fn ingediend(lake: &Lake, kvk: &str, merk: &str) -> Levering {
    let levering = akkoord(lake, kvk, merk).await;
    sign(lake, levering.id, "jws", &op(4)).await.unwrap()
}

/// Signs, with `jws` for a receipt.
pub async fn sign(
    lake: &Lake,
    id: LeveringId,
    jws: &str,
    stempel: &Stempel,
) -> Result<Levering, LakeFout> {
    let signing = Signing {
        signer: &ondertekenaar(),
        klok: &klok(),
        receipt: &|_| jws.to_owned(),
    };
    lake.indienen(id, &signing, false, stempel).await
}

/// Signs that there is nothing to report, with `jws` for a receipt.
pub async fn declare_nothing(
    lake: &Lake,
    kvk: &str,
    jws: &str,
    stempel: &Stempel,
) -> Result<Geopend, LakeFout> {
    let signing = Signing {
        signer: &ondertekenaar(),
        klok: &klok(),
        receipt: &|_| jws.to_owned(),
    };
    let nulopgave = Nulopgave {
        kvk,
        uitvraag: UITVRAAG,
        jaar: JAAR,
        main_table: "traject",
        toelichting: None,
        signing,
    };
    lake.nulopgave(&nulopgave, stempel).await
}

/// Lets one aanbieder deliver after the freeze.
pub async fn give_uitstel(lake: &Lake, kvk: &str, stempel: &Stempel) {
    let until = op(500_000).nu;
    lake.geef_uitstel(kvk, UITVRAAG, JAAR, until, "ziekte", stempel)
        .await
        .unwrap();
}

/// Every file below the data directory, the register and the locks aside.
pub fn bestanden(dir: &Path) -> BTreeSet<String> {
    let mut gevonden = BTreeSet::new();
    let mut mappen = vec![dir.to_owned()];
    while let Some(map) = mappen.pop() {
        for ding in std::fs::read_dir(map).unwrap() {
            let pad = ding.unwrap().path();
            if pad.is_dir() {
                mappen.push(pad);
                continue;
            }
            let naam = pad.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            if !naam.starts_with("register.sqlite") && !naam.ends_with(".slot") {
                gevonden.insert(naam);
            }
        }
    }
    gevonden
}

/// The files that belong to a levering whose tables count.
pub fn paden_van(id: LeveringId, met_parquet: bool) -> BTreeSet<String> {
    let mut paden = BTreeSet::from([format!("raw/{id}/pakket.json")]);
    for tabel in ["traject", "wachtlijst"] {
        paden.insert(format!("raw/{id}/{tabel}.csv.zst"));
        if met_parquet {
            paden.insert(format!("lake/omgang/{tabel}/jaar=2020/{id}.parquet"));
        }
    }
    paden
}
