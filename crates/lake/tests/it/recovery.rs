//! Start-up: each way in which register and files can disagree.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use lake::{
    Access, Lake, LakeError, LeveringId, NewPublicatie, RecoverySummary, Refusal, Thoroughness,
};
use schema::Toestand;
use schema::bevinding::Verdict;

use crate::support::{
    JAAR, KVK, TestLake, UITVRAAG, content, control, files, judge, on, opened, paths_of, received,
    set_aanbieder, submitted, test_lake, write_tabellen,
};

/// Stops the service and starts it again.
async fn restart(test_lake: TestLake, thoroughness: Thoroughness) -> (TestLake, RecoverySummary) {
    let path = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let lake = Lake::open(&path, Access::Service).await.unwrap();
    let report = lake.recover(thoroughness, &on(50)).await.unwrap();
    (
        TestLake {
            lake,
            dir: test_lake.dir,
        },
        report,
    )
}

/// Freezes what is in force and publishes it under this version.
async fn publish(lake: &Lake, version: u32) {
    let moment = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    let files = vec![("index.html".to_owned(), b"een".to_vec())];
    let publication = NewPublicatie {
        momentopname: &moment.id,
        erased: &[],
        versie: version,
        bestanden: files,
    };
    lake.publish(publication, &on(6)).await.unwrap();
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// When all is well nothing is touched, and what waits for the judge is named.
#[tokio::test]
async fn nothing_to_mend() {
    let test_lake = test_lake().await;
    let done = submitted(&test_lake.lake, KVK, "a").await;
    let wait = received(&test_lake.lake, KVK, "b").await;
    opened(&test_lake.lake, KVK, "c").await;
    let before = files(test_lake.lake.dir());
    let (test_lake, report) = restart(test_lake, Thoroughness::Hash).await;
    assert_eq!(
        report,
        RecoverySummary {
            to_judge: vec![wait.id],
            ..RecoverySummary::default()
        }
    );
    assert_eq!(files(test_lake.lake.dir()), before);
    assert_eq!(
        test_lake.lake.levering(done.id).await.unwrap().unwrap(),
        done
    );
    // A second look finds the same.
    assert_eq!(
        test_lake
            .lake
            .recover(Thoroughness::Hash, &on(51))
            .await
            .unwrap(),
        report
    );
    // And the one that waited can be judged.
    judge(&test_lake.lake, &wait, Verdict::Akkoord)
        .await
        .unwrap();
}

/// Temporary files, Parquet of a judgement that never ended, the begin of an opening: removed.
#[tokio::test]
async fn leftovers_are_removed() {
    let test_lake = test_lake().await;
    let wait = received(&test_lake.lake, KVK, "a").await;
    let dir = test_lake.lake.dir().to_owned();
    write_tabellen(&test_lake.lake, &wait);
    let foreign = LeveringId::new(on(1).nu);
    let junk = [
        format!("lake/omgang/traject/jaar=2020/{foreign}.parquet.00.tmp"),
        format!("raw/{}/pakket.json.00.tmp", wait.id),
        format!("raw/{foreign}/pakket.json"),
        "intern/x/cijfers.parquet.00.tmp".to_owned(),
        "publicaties/omgang/2020/1.00.tmp/index.html".to_owned(),
    ];
    for path in &junk {
        write(&dir, path, "half");
    }
    let (test_lake, report) = restart(test_lake, Thoroughness::Lengte).await;
    assert_eq!(report.removed.len(), junk.len() + 2, "{:?}", report.removed);
    assert_eq!((report.moved, report.in_quarantine), (vec![], vec![]));
    assert_eq!(files(test_lake.lake.dir()), paths_of(wait.id, false));
    assert!(!dir.join(format!("raw/{foreign}")).exists());
}

/// What could be someone's data but is unknown is set aside, not destroyed.
#[tokio::test]
async fn unknown_data_is_set_aside() {
    let test_lake = test_lake().await;
    let known = submitted(&test_lake.lake, KVK, "a").await;
    publish(&test_lake.lake, 8).await;
    let dir = test_lake.lake.dir().to_owned();
    // Older than what the register knows: newer would make the register an old one.
    let foreign = LeveringId::new(on(-1).nu);
    write(&dir, &format!("raw/{foreign}/pakket.json"), "{}");
    write(&dir, &format!("raw/{foreign}/traject.csv.zst"), "bytes");
    write(&dir, &format!("raw/{}/vreemd.txt", known.id), "x");
    write(&dir, "raw/los.txt", "x");
    write(
        &dir,
        &format!("lake/omgang/traject/jaar=2020/{foreign}.parquet"),
        "PAR1",
    );
    write(
        &dir,
        "publicaties/omgang/2020/7/index.html",
        "nooit genoemd",
    );
    let (test_lake, report) = restart(test_lake, Thoroughness::Lengte).await;
    assert_eq!(report.removed, Vec::<String>::new());
    assert_eq!(report.moved.len(), 5, "{:?}", report.moved);
    let mut expected = paths_of(known.id, true);
    expected.extend([
        format!("quarantaine/{foreign}/pakket.json"),
        format!("quarantaine/{foreign}/traject.csv.zst"),
        format!("quarantaine/{}-vreemd.txt", known.id),
        "quarantaine/los.txt".to_owned(),
        format!("quarantaine/{foreign}.parquet"),
        "quarantaine/publicatie/index.html".to_owned(),
        "publicaties/omgang/2020/8/SHA256SUMS".to_owned(),
        "publicaties/omgang/2020/8/index.html".to_owned(),
    ]);
    assert_eq!(files(test_lake.lake.dir()), expected);
    assert_eq!(
        test_lake
            .lake
            .levering(known.id)
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
    type Damage = (&'static str, Thoroughness, fn(&Path));
    let broken: [Damage; 5] = [
        (
            "bestand traject.csv.zst ontbreekt of is onleesbaar",
            Thoroughness::Lengte,
            |raw| {
                fs::remove_file(raw.join("traject.csv.zst")).unwrap();
            },
        ),
        (
            "bestand traject.csv.zst heeft een andere lengte",
            Thoroughness::Lengte,
            |raw| {
                fs::write(raw.join("traject.csv.zst"), "kort").unwrap();
            },
        ),
        (
            "bestand wachtlijst.csv.zst heeft een andere inhoud",
            Thoroughness::Hash,
            |raw| {
                let mut bytes = fs::read(raw.join("wachtlijst.csv.zst")).unwrap();
                bytes[3] ^= 0x10;
                fs::write(raw.join("wachtlijst.csv.zst"), bytes).unwrap();
            },
        ),
        (
            "bestand pakket.json heeft een andere inhoud",
            Thoroughness::Hash,
            |raw| {
                fs::write(raw.join("pakket.json"), "{}").unwrap();
            },
        ),
        (
            "bestand traject.csv.zst ontbreekt of is onleesbaar",
            Thoroughness::Lengte,
            |raw| {
                fs::rename(raw.join("traject.csv.zst"), raw.join("../../elders")).unwrap();
                std::os::unix::fs::symlink(raw.join("../../elders"), raw.join("traject.csv.zst"))
                    .unwrap();
            },
        ),
    ];
    for (reason, thoroughness, break_it) in broken {
        let test_lake = test_lake().await;
        set_aanbieder(&test_lake.lake, "10000001").await;
        let good = submitted(&test_lake.lake, "10000001", "b").await;
        let levering = received(&test_lake.lake, KVK, "a").await;
        break_it(
            &test_lake
                .lake
                .dir()
                .join("raw")
                .join(levering.id.to_string()),
        );
        let (test_lake, report) = restart(test_lake, thoroughness).await;
        assert_eq!(report.in_quarantine, [levering.id], "{reason}");
        assert_eq!(report.to_judge, [], "{reason}");
        let levering = test_lake.lake.levering(levering.id).await.unwrap().unwrap();
        assert_eq!(levering.quarantaine.as_deref(), Some(reason));
        assert_eq!(levering.toestand, Toestand::Ontvangen);
        assert!(matches!(
            judge(&test_lake.lake, &levering, Verdict::Akkoord).await,
            Err(LakeError::Refused(Refusal::Quarantined(_)))
        ));
        assert_eq!(
            test_lake
                .lake
                .levering(good.id)
                .await
                .unwrap()
                .unwrap()
                .quarantaine,
            None
        );
        // It is said once.
        assert_eq!(
            test_lake
                .lake
                .recover(thoroughness, &on(51))
                .await
                .unwrap()
                .in_quarantine,
            []
        );
    }
}

/// Bytes beyond what the register knows are cut off; bytes that are gone are asked for again.
#[tokio::test]
async fn an_upload_goes_on_where_it_is_durable() {
    let test_lake = test_lake().await;
    let levering = opened(&test_lake.lake, KVK, "a").await;
    let bytes = content("a")[0].1.clone();
    test_lake
        .lake
        .append(
            levering.id,
            "traject",
            0,
            Bytes::copy_from_slice(&bytes[..50]),
        )
        .await
        .unwrap();
    test_lake
        .lake
        .append(
            levering.id,
            "wachtlijst",
            0,
            Bytes::copy_from_slice(&content("a")[1].1[..50]),
        )
        .await
        .unwrap();
    let raw = test_lake
        .lake
        .dir()
        .join("raw")
        .join(levering.id.to_string());
    let mut too_many = bytes[..50].to_vec();
    too_many.extend_from_slice(b"nooit erkend");
    fs::write(raw.join("traject.csv.zst"), too_many).unwrap();
    fs::remove_file(raw.join("wachtlijst.csv.zst")).unwrap();
    let (test_lake, report) = restart(test_lake, Thoroughness::Hash).await;
    assert_eq!(report, RecoverySummary::default());
    assert_eq!(
        test_lake
            .lake
            .upload_progress(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        50
    );
    assert_eq!(
        test_lake
            .lake
            .upload_progress(levering.id, "wachtlijst")
            .await
            .unwrap()
            .offset,
        0
    );
    control(&test_lake.lake, levering.id, "a").await;
    assert_eq!(fs::read(raw.join("traject.csv.zst")).unwrap(), bytes);
    test_lake.lake.received(levering.id, &on(52)).await.unwrap();
}

/// All bytes were durable but the answer was never given: it is received at start-up.
#[tokio::test]
async fn a_complete_levering_is_received_at_start() {
    let test_lake = test_lake().await;
    let levering = opened(&test_lake.lake, KVK, "a").await;
    control(&test_lake.lake, levering.id, "a").await;
    let (test_lake, report) = restart(test_lake, Thoroughness::Lengte).await;
    assert_eq!(report.to_judge, [levering.id]);
    assert_eq!(
        test_lake
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
    let test_lake = test_lake().await;
    let levering = submitted(&test_lake.lake, KVK, "a").await;
    test_lake.lake.erase(levering.id, &on(5)).await.unwrap();
    let dir = test_lake.lake.dir().to_owned();
    for path in paths_of(levering.id, true) {
        write(&dir, &path, "terug");
    }
    let (test_lake, report) = restart(test_lake, Thoroughness::Lengte).await;
    assert_eq!(report.removed.len(), 3);
    assert!(files(test_lake.lake.dir()).is_empty());
}

/// A publication whose files changed is named.
#[tokio::test]
async fn a_damaged_publication_is_named() {
    let test_lake = test_lake().await;
    test_lake.lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    let files = vec![("index.html".to_owned(), b"een".to_vec())];
    let new = NewPublicatie {
        momentopname: "omgang-2020-1",
        erased: &[],
        versie: 1,
        bestanden: files,
    };
    test_lake.lake.publish(new, &on(6)).await.unwrap();
    assert_eq!(
        test_lake
            .lake
            .recover(Thoroughness::Hash, &on(7))
            .await
            .unwrap()
            .damaged_publicaties,
        Vec::<String>::new()
    );
    fs::write(
        test_lake
            .lake
            .dir()
            .join("publicaties/omgang/2020/1/index.html"),
        "nee",
    )
    .unwrap();
    let report = test_lake
        .lake
        .recover(Thoroughness::Hash, &on(7))
        .await
        .unwrap();
    assert_eq!(report.damaged_publicaties, ["publicaties/omgang/2020/1"]);
}

/// Only the service reconciles: a job could take what is under way for a leftover.
#[tokio::test]
async fn a_job_does_not_reconcile() {
    let test_lake = test_lake().await;
    let task = Lake::open(test_lake.lake.dir(), Access::Task)
        .await
        .unwrap();
    assert!(matches!(
        task.recover(Thoroughness::Lengte, &on(1)).await,
        Err(LakeError::ServiceOnly)
    ));
}
