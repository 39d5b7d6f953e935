//! Start-up: each way in which register and files can disagree.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use lake::{
    Grondigheid, Herstelverslag, Lake, LakeFout, LeveringId, NieuwePublicatie, Refusal, Toegang,
};
use schema::Toestand;
use schema::bevinding::Verdict;

use crate::hulp::{
    JAAR, KVK, Proef, UITVRAAG, beoordeel, bestanden, geopend, ingediend, inhoud, ontvangen, op,
    paden_van, proef, schrijf_tabellen, stuur, zet_aanbieder,
};

/// Stops the service and starts it again.
async fn herstart(proef: Proef, grondigheid: Grondigheid) -> (Proef, Herstelverslag) {
    let pad = proef.lake.dir().to_owned();
    proef.lake.sluit().await;
    drop(proef.lake);
    let lake = Lake::open(&pad, Toegang::Dienst).await.unwrap();
    let verslag = lake.herstel(grondigheid, &op(50)).await.unwrap();
    (
        Proef {
            lake,
            dir: proef.dir,
        },
        verslag,
    )
}

/// Freezes what is in force and publishes it under this version.
async fn publish(lake: &Lake, version: u32) {
    let moment = lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    let files = vec![("index.html".to_owned(), b"een".to_vec())];
    let publication = NieuwePublicatie {
        momentopname: &moment.id,
        versie: version,
        bestanden: files,
    };
    lake.publiceer(publication, &op(6)).await.unwrap();
}

fn schrijf(dir: &Path, pad: &str, tekst: &str) {
    let pad = dir.join(pad);
    fs::create_dir_all(pad.parent().unwrap()).unwrap();
    fs::write(pad, tekst).unwrap();
}

/// When all is well nothing is touched, and what waits for the judge is named.
#[tokio::test]
async fn nothing_to_mend() {
    let proef = proef().await;
    let klaar = ingediend(&proef.lake, KVK, "a").await;
    let wacht = ontvangen(&proef.lake, KVK, "b").await;
    geopend(&proef.lake, KVK, "c").await;
    let voor = bestanden(proef.lake.dir());
    let (proef, verslag) = herstart(proef, Grondigheid::Hash).await;
    assert_eq!(
        verslag,
        Herstelverslag {
            te_beoordelen: vec![wacht.id],
            ..Herstelverslag::default()
        }
    );
    assert_eq!(bestanden(proef.lake.dir()), voor);
    assert_eq!(proef.lake.levering(klaar.id).await.unwrap().unwrap(), klaar);
    // A second look finds the same.
    assert_eq!(
        proef
            .lake
            .herstel(Grondigheid::Hash, &op(51))
            .await
            .unwrap(),
        verslag
    );
    // And the one that waited can be judged.
    beoordeel(&proef.lake, &wacht, Verdict::Akkoord)
        .await
        .unwrap();
}

/// Temporary files, Parquet of a judgement that never ended, the begin of an opening: removed.
#[tokio::test]
async fn leftovers_are_removed() {
    let proef = proef().await;
    let wacht = ontvangen(&proef.lake, KVK, "a").await;
    let dir = proef.lake.dir().to_owned();
    schrijf_tabellen(&proef.lake, &wacht);
    let vreemd = LeveringId::nieuw(op(1).nu);
    let rommel = [
        format!("lake/omgang/traject/jaar=2020/{vreemd}.parquet.00.tmp"),
        format!("raw/{}/pakket.json.00.tmp", wacht.id),
        format!("raw/{vreemd}/pakket.json"),
        "intern/x/cijfers.parquet.00.tmp".to_owned(),
        "publicaties/omgang/2020/1.00.tmp/index.html".to_owned(),
    ];
    for pad in &rommel {
        schrijf(&dir, pad, "half");
    }
    let (proef, verslag) = herstart(proef, Grondigheid::Lengte).await;
    assert_eq!(
        verslag.verwijderd.len(),
        rommel.len() + 2,
        "{:?}",
        verslag.verwijderd
    );
    assert_eq!(
        (verslag.verplaatst, verslag.in_quarantaine),
        (vec![], vec![])
    );
    assert_eq!(bestanden(proef.lake.dir()), paden_van(wacht.id, false));
    assert!(!dir.join(format!("raw/{vreemd}")).exists());
}

/// What could be someone's data but is unknown is set aside, not destroyed.
#[tokio::test]
async fn unknown_data_is_set_aside() {
    let proef = proef().await;
    let bekend = ingediend(&proef.lake, KVK, "a").await;
    publish(&proef.lake, 8).await;
    let dir = proef.lake.dir().to_owned();
    // Older than what the register knows: newer would make the register an old one.
    let vreemd = LeveringId::nieuw(op(-1).nu);
    schrijf(&dir, &format!("raw/{vreemd}/pakket.json"), "{}");
    schrijf(&dir, &format!("raw/{vreemd}/traject.csv.zst"), "bytes");
    schrijf(&dir, &format!("raw/{}/vreemd.txt", bekend.id), "x");
    schrijf(&dir, "raw/los.txt", "x");
    schrijf(
        &dir,
        &format!("lake/omgang/traject/jaar=2020/{vreemd}.parquet"),
        "PAR1",
    );
    schrijf(
        &dir,
        "publicaties/omgang/2020/7/index.html",
        "nooit genoemd",
    );
    let (proef, verslag) = herstart(proef, Grondigheid::Lengte).await;
    assert_eq!(verslag.verwijderd, Vec::<String>::new());
    assert_eq!(verslag.verplaatst.len(), 5, "{:?}", verslag.verplaatst);
    let mut verwacht = paden_van(bekend.id, true);
    verwacht.extend([
        format!("quarantaine/{vreemd}/pakket.json"),
        format!("quarantaine/{vreemd}/traject.csv.zst"),
        format!("quarantaine/{}-vreemd.txt", bekend.id),
        "quarantaine/los.txt".to_owned(),
        format!("quarantaine/{vreemd}.parquet"),
        "quarantaine/publicatie/index.html".to_owned(),
        "publicaties/omgang/2020/8/SHA256SUMS".to_owned(),
        "publicaties/omgang/2020/8/index.html".to_owned(),
    ]);
    assert_eq!(bestanden(proef.lake.dir()), verwacht);
    assert_eq!(
        proef
            .lake
            .levering(bekend.id)
            .await
            .unwrap()
            .unwrap()
            .quarantaine,
        None
    );
}

/// A file gone, cut or changed: that levering goes into quarantine, the others do not, the service starts.
#[tokio::test]
async fn a_damaged_levering_goes_into_quarantine() {
    type Schade = (&'static str, Grondigheid, fn(&Path));
    let kapot: [Schade; 5] = [
        (
            "bestand traject.csv.zst ontbreekt of is onleesbaar",
            Grondigheid::Lengte,
            |raw| {
                fs::remove_file(raw.join("traject.csv.zst")).unwrap();
            },
        ),
        (
            "bestand traject.csv.zst heeft een andere lengte",
            Grondigheid::Lengte,
            |raw| {
                fs::write(raw.join("traject.csv.zst"), "kort").unwrap();
            },
        ),
        (
            "bestand wachtlijst.csv.zst heeft een andere inhoud",
            Grondigheid::Hash,
            |raw| {
                let mut bytes = fs::read(raw.join("wachtlijst.csv.zst")).unwrap();
                bytes[3] ^= 0x10;
                fs::write(raw.join("wachtlijst.csv.zst"), bytes).unwrap();
            },
        ),
        (
            "bestand pakket.json heeft een andere inhoud",
            Grondigheid::Hash,
            |raw| {
                fs::write(raw.join("pakket.json"), "{}").unwrap();
            },
        ),
        (
            "bestand traject.csv.zst ontbreekt of is onleesbaar",
            Grondigheid::Lengte,
            |raw| {
                fs::rename(raw.join("traject.csv.zst"), raw.join("../../elders")).unwrap();
                std::os::unix::fs::symlink(raw.join("../../elders"), raw.join("traject.csv.zst"))
                    .unwrap();
            },
        ),
    ];
    for (reden, grondigheid, maak_kapot) in kapot {
        let proef = proef().await;
        zet_aanbieder(&proef.lake, "10000001").await;
        let goed = ingediend(&proef.lake, "10000001", "b").await;
        let levering = ontvangen(&proef.lake, KVK, "a").await;
        maak_kapot(&proef.lake.dir().join("raw").join(levering.id.to_string()));
        let (proef, verslag) = herstart(proef, grondigheid).await;
        assert_eq!(verslag.in_quarantaine, [levering.id], "{reden}");
        assert_eq!(verslag.te_beoordelen, [], "{reden}");
        let levering = proef.lake.levering(levering.id).await.unwrap().unwrap();
        assert_eq!(levering.quarantaine.as_deref(), Some(reden));
        assert_eq!(levering.toestand, Toestand::Ontvangen);
        assert!(matches!(
            beoordeel(&proef.lake, &levering, Verdict::Akkoord).await,
            Err(LakeFout::Refused(Refusal::Quarantined(_)))
        ));
        assert_eq!(
            proef
                .lake
                .levering(goed.id)
                .await
                .unwrap()
                .unwrap()
                .quarantaine,
            None
        );
        // It is said once.
        assert_eq!(
            proef
                .lake
                .herstel(grondigheid, &op(51))
                .await
                .unwrap()
                .in_quarantaine,
            []
        );
    }
}

/// Bytes beyond what the register knows are cut off; bytes that are gone are asked for again.
#[tokio::test]
async fn an_upload_goes_on_where_it_is_durable() {
    let proef = proef().await;
    let levering = geopend(&proef.lake, KVK, "a").await;
    let bytes = inhoud("a")[0].1.clone();
    proef
        .lake
        .append(
            levering.id,
            "traject",
            0,
            Bytes::copy_from_slice(&bytes[..50]),
        )
        .await
        .unwrap();
    proef
        .lake
        .append(
            levering.id,
            "wachtlijst",
            0,
            Bytes::copy_from_slice(&inhoud("a")[1].1[..50]),
        )
        .await
        .unwrap();
    let raw = proef.lake.dir().join("raw").join(levering.id.to_string());
    let mut te_veel = bytes[..50].to_vec();
    te_veel.extend_from_slice(b"nooit erkend");
    fs::write(raw.join("traject.csv.zst"), te_veel).unwrap();
    fs::remove_file(raw.join("wachtlijst.csv.zst")).unwrap();
    let (proef, verslag) = herstart(proef, Grondigheid::Hash).await;
    assert_eq!(verslag, Herstelverslag::default());
    assert_eq!(
        proef
            .lake
            .uploadstand(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        50
    );
    assert_eq!(
        proef
            .lake
            .uploadstand(levering.id, "wachtlijst")
            .await
            .unwrap()
            .offset,
        0
    );
    stuur(&proef.lake, levering.id, "a").await;
    assert_eq!(fs::read(raw.join("traject.csv.zst")).unwrap(), bytes);
    proef.lake.ontvangen(levering.id, &op(52)).await.unwrap();
}

/// All bytes were durable but the answer was never given: it is received at start-up.
#[tokio::test]
async fn a_complete_levering_is_received_at_start() {
    let proef = proef().await;
    let levering = geopend(&proef.lake, KVK, "a").await;
    stuur(&proef.lake, levering.id, "a").await;
    let (proef, verslag) = herstart(proef, Grondigheid::Lengte).await;
    assert_eq!(verslag.te_beoordelen, [levering.id]);
    assert_eq!(
        proef
            .lake
            .levering(levering.id)
            .await
            .unwrap()
            .unwrap()
            .toestand,
        Toestand::Ontvangen
    );
}

/// Erased data that came back with a restored disk go again.
#[tokio::test]
async fn erased_data_stay_erased() {
    let proef = proef().await;
    let levering = ingediend(&proef.lake, KVK, "a").await;
    proef.lake.wissen(levering.id, &op(5)).await.unwrap();
    let dir = proef.lake.dir().to_owned();
    for pad in paden_van(levering.id, true) {
        schrijf(&dir, &pad, "terug");
    }
    let (proef, verslag) = herstart(proef, Grondigheid::Lengte).await;
    assert_eq!(verslag.verwijderd.len(), 3);
    assert!(bestanden(proef.lake.dir()).is_empty());
}

/// A publication whose files changed is named.
#[tokio::test]
async fn a_damaged_publication_is_named() {
    let proef = proef().await;
    proef.lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    let bestanden = vec![("index.html".to_owned(), b"een".to_vec())];
    let nieuw = NieuwePublicatie {
        momentopname: "omgang-2020-1",
        versie: 1,
        bestanden,
    };
    proef.lake.publiceer(nieuw, &op(6)).await.unwrap();
    assert_eq!(
        proef
            .lake
            .herstel(Grondigheid::Hash, &op(7))
            .await
            .unwrap()
            .beschadigde_publicaties,
        Vec::<String>::new()
    );
    fs::write(
        proef
            .lake
            .dir()
            .join("publicaties/omgang/2020/1/index.html"),
        "nee",
    )
    .unwrap();
    let verslag = proef.lake.herstel(Grondigheid::Hash, &op(7)).await.unwrap();
    assert_eq!(
        verslag.beschadigde_publicaties,
        ["publicaties/omgang/2020/1"]
    );
}

/// Only the service reconciles: a job could take what is under way for a leftover.
#[tokio::test]
async fn a_job_does_not_reconcile() {
    let proef = proef().await;
    let taak = Lake::open(proef.lake.dir(), Toegang::Taak).await.unwrap();
    assert!(matches!(
        taak.herstel(Grondigheid::Lengte, &op(1)).await,
        Err(LakeFout::AlleenDienst)
    ));
}
