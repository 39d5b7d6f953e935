//! One aanbieder with a small pakket, and the short way to every state.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta};
use lake::{
    Aanbieder, Access, JudgedLevering, Lake, LakeError, Levering, LeveringId, NewLevering,
    Nulopgave, Opening, Signatory, Signing, Stamp, TabelFile,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use schema::bevinding::{Ernst, Oordeel, RegelTelling, Verdict};
use schema::definitie::Calendar;
use schema::pakket::{Answer, Pakket, PakketFile, Toelichting};
use tempfile::TempDir;

pub(crate) const KVK: &str = "12345678";
pub(crate) const UITVRAAG: &str = "omgang";
pub(crate) const JAAR: i32 = 2020;

/// A data directory of its own, with one aanbieder.
pub(crate) struct TestLake {
    pub lake: Lake,
    pub dir: TempDir,
}

pub(crate) async fn test_lake() -> TestLake {
    let dir = fast_dir();
    let lake = Lake::open(&dir.path().join("data"), Access::Service)
        .await
        .unwrap();
    set_aanbieder(&lake, KVK).await;
    TestLake { lake, dir }
}

/// A temporary directory, in memory where there is such a thing: these tests sync thousands of times.
pub(crate) fn fast_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub(crate) async fn set_aanbieder(lake: &Lake, kvk: &str) {
    let aanbieder = Aanbieder {
        kvk: kvk.to_owned(),
        naam: format!("Omgangshuis {kvk}"),
    };
    lake.set_aanbieder(&aanbieder, &on(0)).await.unwrap();
}

/// A stamp so many minutes after a fixed moment.
pub(crate) fn on(minute: i64) -> Stamp {
    let begin = DateTime::from_timestamp(1_610_000_000, 0).unwrap();
    Stamp::new("test", begin + TimeDelta::minutes(minute))
}

/// A clock that has not run out at any [`op`].
pub(crate) fn calendar() -> Calendar {
    let day = |month, day| NaiveDate::from_ymd_opt(2021, month, day).unwrap();
    Calendar {
        inleveren: day(4, 1),
        bevriezen: day(4, 15),
        publiceren: day(5, 1),
    }
}

pub(crate) fn signatory() -> Signatory {
    Signatory {
        naam: "J. Jansen".to_owned(),
        functie: "directeur".to_owned(),
    }
}

pub(crate) fn sha(bytes: &[u8]) -> String {
    schema::hash::sha256(bytes)
}

/// Two tables whose bytes depend on `mark`.
pub(crate) fn content(mark: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "traject",
            format!("traject {mark} ").repeat(40).into_bytes(),
        ),
        (
            "wachtlijst",
            format!("wachtlijst {mark} ").repeat(15).into_bytes(),
        ),
    ]
}

pub(crate) fn pakket(mark: &str) -> Pakket {
    let file = |(tabel, bytes): (&str, Vec<u8>)| PakketFile {
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
        name: format!("omgang-2020-{mark}"),
        aanbieder: None,
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        leverdatum: NaiveDate::from_ymd_opt(2021, 1, 7).unwrap(),
        definitie: "d".repeat(64),
        regels: "r".repeat(64),
        pseudoniem: "hmac-sha256.1.abcd".to_owned(),
        exporter: "0.1.0".to_owned(),
        balans: None,
        resources: content(mark).into_iter().map(file).collect(),
        toelichtingen: Vec::new(),
    }
}

pub(crate) async fn open_as(
    lake: &Lake,
    kvk: &str,
    pakket: &Pakket,
    key: &str,
) -> Result<Opening, lake::LakeError> {
    let json = serde_json::to_vec(pakket).unwrap();
    lake.open_levering(
        &NewLevering {
            kvk,
            pakket,
            pakket_json: &json,
            sleutel: key,
            klok: &calendar(),
        },
        &on(1),
    )
    .await
}

pub(crate) async fn opened(lake: &Lake, kvk: &str, mark: &str) -> Levering {
    open_as(lake, kvk, &pakket(mark), mark)
        .await
        .unwrap()
        .levering()
}

pub(crate) async fn received(lake: &Lake, kvk: &str, mark: &str) -> Levering {
    let levering = opened(lake, kvk, mark).await;
    control(lake, levering.id, mark).await;
    lake.received(levering.id, &on(2)).await.unwrap()
}

/// Sends whatever is still missing.
pub(crate) async fn control(lake: &Lake, id: LeveringId, mark: &str) {
    for (tabel, bytes) in content(mark) {
        let offset = lake.upload_progress(id, tabel).await.unwrap().offset;
        let rest = Bytes::copy_from_slice(&bytes[usize::try_from(offset).unwrap()..]);
        lake.append(id, tabel, offset, rest).await.unwrap();
    }
}

pub(crate) fn rows(count: i32) -> RecordBatch {
    let velden = vec![
        Field::new("traject_id", DataType::Utf8, true),
        Field::new("leeftijd", DataType::Int32, true),
    ];
    let ids: StringArray = (0..count).map(|i| Some(format!("t{i}"))).collect();
    let leeftijd_values: Int32Array = (0..count).map(|i| (i % 7 != 0).then_some(i % 18)).collect();
    RecordBatch::try_new(
        Arc::new(Schema::new(velden)),
        vec![Arc::new(ids), Arc::new(leeftijd_values)],
    )
    .unwrap()
}

/// The typed rows of a table as they lie on disk, without the two leading columns.
pub(crate) fn read_tabel(file: &TabelFile) -> impl Iterator<Item = RecordBatch> {
    let open = std::fs::File::open(&file.pad).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(open).unwrap();
    reader.build().unwrap().map(|batch| {
        let batch = batch.unwrap();
        batch
            .project(&(2..batch.num_columns()).collect::<Vec<_>>())
            .unwrap()
    })
}

/// Writes both tables as the judge would.
pub(crate) fn write_tabellen(lake: &Lake, levering: &Levering) -> Vec<TabelFile> {
    let batch = rows(3);
    let write = |file: &lake::FileState| {
        let mut writer = lake
            .tabel_writer(levering, &file.tabel, &batch.schema())
            .unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap()
    };
    levering.bestanden.iter().map(write).collect()
}

pub(crate) fn oordeel(verdict: Verdict) -> Oordeel {
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

pub(crate) async fn judge(
    lake: &Lake,
    levering: &Levering,
    verdict: Verdict,
) -> Result<Levering, lake::LakeError> {
    let tabellen = write_tabellen(lake, levering);
    let oordeel = oordeel(verdict);
    lake.judged(
        levering.id,
        JudgedLevering::new(&oordeel, tabellen, "regels"),
        &on(3),
    )
    .await
}

/// Ready to be signed, with so many rows per table.
pub(crate) async fn approved_with(
    lake: &Lake,
    kvk: &str,
    mark: &str,
    rows: &[(&str, u64)],
) -> Levering {
    let levering = received(lake, kvk, mark).await;
    let rows = rows.iter().map(|(tabel, n)| ((*tabel).to_owned(), *n));
    let oordeel = Oordeel {
        rijen: rows.collect(),
        ..oordeel(Verdict::Akkoord)
    };
    let tabellen = write_tabellen(lake, &levering);
    lake.judged(
        levering.id,
        JudgedLevering::new(&oordeel, tabellen, "regels"),
        &on(3),
    )
    .await
    .unwrap()
}

pub(crate) fn answer(code: &str) -> Toelichting {
    Toelichting {
        code: code.to_owned(),
        antwoord: Answer::Klopt,
        woorden: "zo is het".to_owned(),
    }
}

pub(crate) async fn approved(lake: &Lake, kvk: &str, mark: &str) -> Levering {
    let levering = received(lake, kvk, mark).await;
    judge(lake, &levering, Verdict::Akkoord).await.unwrap()
}

pub(crate) async fn submitted(lake: &Lake, kvk: &str, mark: &str) -> Levering {
    let levering = approved(lake, kvk, mark).await;
    sign(lake, levering.id, "jws", &on(4)).await.unwrap()
}

/// Signs, with `jws` for a receipt.
pub(crate) async fn sign(
    lake: &Lake,
    id: LeveringId,
    jws: &str,
    stamp: &Stamp,
) -> Result<Levering, LakeError> {
    let signing = Signing {
        signer: &signatory(),
        klok: &calendar(),
        receipt: &|_| jws.to_owned(),
    };
    lake.submit(id, &signing, &[], stamp).await
}

/// Signs that there is nothing to report, with `jws` for a receipt.
pub(crate) async fn declare_nothing(
    lake: &Lake,
    kvk: &str,
    jws: &str,
    stamp: &Stamp,
) -> Result<Opening, LakeError> {
    let signing = Signing {
        signer: &signatory(),
        klok: &calendar(),
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
    lake.nulopgave(&nulopgave, stamp).await
}

/// Lets one aanbieder deliver after the freeze.
pub(crate) async fn give_uitstel(lake: &Lake, kvk: &str, stamp: &Stamp) {
    let until = on(500_000).nu;
    lake.grant_uitstel(kvk, UITVRAAG, JAAR, until, "ziekte", stamp)
        .await
        .unwrap();
}

/// Every file below the data directory, the register and the locks aside.
pub(crate) fn files(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(folder) = dirs.pop() {
        for ding in std::fs::read_dir(folder).unwrap() {
            let path = ding.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap();
            let is_slot = path
                .extension()
                .is_some_and(|extension| extension == "slot");
            if !name.starts_with("register.sqlite") && !is_slot {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

/// The files that belong to a levering whose tables count.
pub(crate) fn paths_of(id: LeveringId, met_parquet: bool) -> BTreeSet<String> {
    let mut paths = BTreeSet::from([format!("raw/{id}/pakket.json")]);
    for tabel in ["traject", "wachtlijst"] {
        paths.insert(format!("raw/{id}/{tabel}.csv.zst"));
        if met_parquet {
            paths.insert(format!("lake/omgang/{tabel}/jaar=2020/{id}.parquet"));
        }
    }
    paths
}
