//! Start-up refuses what is more than damage to single leveringen, before anything is changed; and the way back.
//!
//! Seen: started once without `lake/`, the service put all 56 leveringen into quarantine, and no command brought them
//! back; without the `-wal` it began with an empty register, put three publications away and said that all agreed.

use std::fs;
use std::path::{Path, PathBuf};

use lake::{
    Access, Lake, LakeError, LeveringId, NewLevering, NewPublicatie, StartRefusal, Thoroughness,
};
use schema::bevinding::Verdict;

use crate::support::{
    JAAR, TestLake, UITVRAAG, calendar, content, control, fast_dir, files, give_uitstel, judge, on,
    opened, pakket, set_aanbieder, submitted, test_lake,
};

/// A closed data directory with this many signed leveringen, and where it is.
async fn delivered(leveringen: usize) -> (tempfile::TempDir, PathBuf, Vec<LeveringId>) {
    let TestLake { lake, dir } = test_lake().await;
    let mut ids = Vec::new();
    for number in 0..leveringen {
        let kvk = format!("{}", 10_000_000 + number);
        set_aanbieder(&lake, &kvk).await;
        ids.push(submitted(&lake, &kvk, &format!("m{number}")).await.id);
    }
    let path = lake.dir().to_owned();
    stop(lake).await;
    (dir, path, ids)
}

/// Closing alone does not let go of the lock.
async fn stop(lake: Lake) {
    lake.close().await;
    drop(lake);
}

async fn start(dir: &Path) -> Result<Lake, LakeError> {
    let lake = Lake::open(dir, Access::Service).await?;
    match lake.recover(Thoroughness::Lengte, &on(50)).await {
        Ok(_) => Ok(lake),
        Err(error) => {
            stop(lake).await;
            Err(error)
        }
    }
}

/// Starts, is refused, and has changed nothing; gives the sentence.
async fn refused(dir: &Path) -> (StartRefusal, String) {
    let before = files(dir);
    let Err(LakeError::StartRefused(refusal)) = start(dir).await else {
        panic!("it started");
    };
    assert_eq!(files(dir), before, "nothing may be moved");
    let sentence = refusal.to_string();
    assert!(sentence.contains("Nothing was changed"), "{sentence}");
    (refusal, sentence)
}

async fn in_quarantine(dir: &Path) -> usize {
    let lake = Lake::open(dir, Access::Task).await.unwrap();
    let count = lake.quarantined().await.unwrap().len();
    stop(lake).await;
    count
}

/// A folder away, or there but empty as an unmounted disk: refused, and all counts again once it is back.
#[tokio::test]
async fn a_folder_that_the_register_names_must_be_there() {
    let (_keep, dir, ids) = delivered(12).await;
    let traject = "lake/omgang/traject";
    for (folder, empty) in [
        ("raw", false),
        ("raw", true),
        ("lake", false),
        ("lake", true),
        (traject, false),
        (traject, true),
    ] {
        let away = dir.join("away");
        fs::rename(dir.join(folder), &away).unwrap();
        if empty {
            fs::create_dir(dir.join(folder)).unwrap();
        }
        let (refusal, sentence) = refused(&dir).await;
        let folders = vec![folder.to_owned()];
        assert_eq!(refusal, StartRefusal::FoldersGone { folders });
        assert!(
            sentence.contains("admin quarantine release --all"),
            "{sentence}"
        );
        assert_eq!(in_quarantine(&dir).await, 0);
        if dir.join(folder).exists() {
            fs::remove_dir(dir.join(folder)).unwrap();
        }
        fs::rename(&away, dir.join(folder)).unwrap();
        let lake = start(&dir).await.unwrap();
        for id in &ids {
            let levering = lake.levering(*id).await.unwrap().unwrap();
            assert_eq!(levering.quarantaine, None);
        }
        stop(lake).await;
    }
}

/// Publications away: refused as well.
#[tokio::test]
async fn publications_must_be_there() {
    let (_keep, dir, _) = delivered(2).await;
    publish(&dir, 3).await;
    fs::rename(dir.join("publicaties"), dir.join("away")).unwrap();
    let (refusal, _) = refused(&dir).await;
    let folders = vec!["publicaties".to_owned()];
    assert_eq!(refusal, StartRefusal::FoldersGone { folders });
}

async fn publish(dir: &Path, versions: u32) {
    let lake = start(dir).await.unwrap();
    let moment = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    for version in 1..=versions {
        let files = vec![("index.html".to_owned(), b"een".to_vec())];
        let publication = NewPublicatie {
            momentopname: &moment.id,
            erased: &[],
            versie: version,
            bestanden: files,
        };
        lake.publish(publication, &on(6)).await.unwrap();
    }
    stop(lake).await;
}

/// The register as another file, or none: what a copy without its `-wal`, or an old one, comes to.
#[tokio::test]
async fn a_register_older_than_the_files_is_refused() {
    let (_keep, dir, _) = delivered(3).await;
    let register = dir.join("register.sqlite");
    let yesterday = fs::read(&register).unwrap();
    publish(&dir, 1).await;
    let published = fs::read(&register).unwrap();
    let lake = start(&dir).await.unwrap();
    set_aanbieder(&lake, "20000000").await;
    deliver_later(&lake, "20000000").await;
    stop(lake).await;
    let today = fs::read(&register).unwrap();
    // What the file holds when all is still in the -wal: a header, and no table.
    let scratch = fast_dir();
    let headed = scratch.path().join("register.sqlite");
    make_header_only(&headed).await;
    let header = fs::read(&headed).unwrap();
    for (name, bytes, newer) in [
        ("gone", None, 13),
        ("zero bytes", Some(Vec::new()), 13),
        ("without its -wal", Some(header), 13),
        ("before the publication", Some(yesterday), 4),
        ("before the last levering", Some(published), 3),
    ] {
        match &bytes {
            None => fs::remove_file(&register).unwrap(),
            Some(bytes) => fs::write(&register, bytes).unwrap(),
        }
        let (refusal, sentence) = refused(&dir).await;
        let StartRefusal::OlderRegister { newer: found } = refusal else {
            panic!("{name}: {sentence}");
        };
        assert_eq!(found.len(), newer, "{name}: {found:?}");
        assert!(sentence.contains("register.sqlite-wal"), "{sentence}");
        // The file is as it was put there: its -wal, found after all, still fits.
        assert_eq!(fs::read(&register).ok(), bytes, "{name}");
        assert!(!dir.join("quarantaine").exists());
    }
    fs::write(&register, today).unwrap();
    let lake = start(&dir).await.unwrap();
    assert_eq!(lake.publicaties().await.unwrap().len(), 1);
}

/// A levering that is newer than any other here.
async fn deliver_later(lake: &Lake, kvk: &str) {
    let pakket = pakket("new");
    let pakket_json = serde_json::to_vec(&pakket).unwrap();
    let offered = NewLevering {
        kvk,
        pakket: &pakket,
        pakket_json: &pakket_json,
        sleutel: "new",
        klok: &calendar(),
    };
    // What was published here is frozen.
    give_uitstel(lake, kvk, &on(19)).await;
    let opened = lake.open_levering(&offered, &on(20)).await.unwrap();
    let id = opened.levering().id;
    control(lake, id, "new").await;
    let received = lake.received(id, &on(21)).await.unwrap();
    judge(lake, &received, Verdict::Akkoord).await.unwrap();
}

async fn make_header_only(path: &Path) {
    use sqlx::{Connection, sqlite};
    let options = sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(sqlite::SqliteJournalMode::Wal);
    let connection = sqlite::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// A job does not write into an empty register beside full folders either.
#[tokio::test]
async fn a_job_refuses_an_empty_register_beside_files() {
    let (_keep, dir, _) = delivered(1).await;
    fs::remove_file(dir.join("register.sqlite")).unwrap();
    assert!(matches!(
        Lake::open(&dir, Access::Task).await,
        Err(LakeError::StartRefused(StartRefusal::OlderRegister { .. }))
    ));
    assert!(!dir.join("register.sqlite").exists());
}

/// A table of a levering that the register still has as being received: the register was copied before the rest.
#[tokio::test]
async fn a_table_of_an_opened_levering_makes_the_register_older() {
    let test_lake = test_lake().await;
    set_aanbieder(&test_lake.lake, "10000000").await;
    let levering = opened(&test_lake.lake, "10000000", "a").await;
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let table = format!("lake/omgang/traject/jaar=2020/{}.parquet", levering.id);
    fs::create_dir_all(dir.join(&table).parent().unwrap()).unwrap();
    fs::write(dir.join(&table), "PAR1").unwrap();
    let newer = vec![table];
    assert_eq!(refused(&dir).await.0, StartRefusal::OlderRegister { newer });
}

/// Up to three, or up to one in ten, are single leveringen; beyond both it is the whole.
#[tokio::test]
async fn many_misfits_are_refused_and_few_are_not() {
    for (all, damaged, starts) in [(5, 3, true), (12, 4, false), (41, 4, true), (40, 4, true)] {
        let (_keep, dir, ids) = delivered(all).await;
        for id in &ids[..damaged] {
            fs::remove_file(dir.join(format!("raw/{id}/traject.csv.zst"))).unwrap();
        }
        if starts {
            stop(start(&dir).await.unwrap()).await;
            assert_eq!(in_quarantine(&dir).await, damaged, "{damaged} of {all}");
            continue;
        }
        let (refusal, sentence) = refused(&dir).await;
        assert!(
            sentence.starts_with(&format!("{damaged} of {all} ")),
            "{sentence}"
        );
        let StartRefusal::Misfits { misfits, .. } = refusal else {
            panic!("{sentence}");
        };
        assert_eq!(misfits.len(), damaged);
        assert_eq!(in_quarantine(&dir).await, 0);
        // Lost for good, says a beheerder: then they do not count, and the rest does.
        let job = Lake::open(&dir, Access::Task).await.unwrap();
        let put = job.quarantine_damaged(&on(51)).await.unwrap();
        assert_eq!(put, ids[..damaged]);
        job.close().await;
        stop(start(&dir).await.unwrap()).await;
        assert_eq!(in_quarantine(&dir).await, damaged);
    }
}

/// What an older version put into quarantine comes back once the files are back: released by a job, after verifying.
#[tokio::test]
async fn what_was_put_into_quarantine_can_be_released() {
    let (_keep, dir, ids) = delivered(5).await;
    let away = dir.join("away");
    fs::rename(dir.join("lake"), &away).unwrap();
    let job = Lake::open(&dir, Access::Task).await.unwrap();
    assert_eq!(job.quarantine_damaged(&on(51)).await.unwrap(), ids);
    // Nothing that counts is missing now.
    stop(start(&dir).await.unwrap()).await;
    assert!(
        job.damage(ids[0])
            .await
            .unwrap()
            .unwrap()
            .contains("ontbreekt")
    );
    assert!(matches!(
        job.release(ids[0], &on(52)).await,
        Err(LakeError::Refused(lake::Refusal::Quarantined(_)))
    ));
    fs::remove_dir(dir.join("lake")).unwrap();
    fs::rename(&away, dir.join("lake")).unwrap();
    for levering in job.quarantined().await.unwrap() {
        assert_eq!(job.damage(levering.id).await.unwrap(), None);
        job.release(levering.id, &on(53)).await.unwrap();
    }
    assert_eq!(job.quarantined().await.unwrap(), []);
    stop(start(&dir).await.unwrap()).await;
}

/// Lost for good while it was being received: asked for again, and the service starts.
#[tokio::test]
async fn lost_uploads_are_asked_for_again() {
    let test_lake = test_lake().await;
    set_aanbieder(&test_lake.lake, "10000000").await;
    let levering = opened(&test_lake.lake, "10000000", "a").await;
    let bytes = content("a")[0].1.clone();
    test_lake
        .lake
        .append(levering.id, "traject", 0, bytes.into())
        .await
        .unwrap();
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    fs::remove_dir_all(dir.join("raw")).unwrap();
    refused(&dir).await;
    let job = Lake::open(&dir, Access::Task).await.unwrap();
    assert_eq!(job.quarantine_damaged(&on(51)).await.unwrap(), []);
    job.close().await;
    let lake = start(&dir).await.unwrap();
    control(&lake, levering.id, "a").await;
    lake.received(levering.id, &on(52)).await.unwrap();
}

/// A publish that broke off between the files and the register is no sign of an older register.
#[tokio::test]
async fn a_publication_that_broke_off_is_set_aside() {
    let (_keep, dir, _) = delivered(1).await;
    publish(&dir, 1).await;
    let lake = start(&dir).await.unwrap();
    // The moment of the crash: noted and in place, not in the register.
    let clash = dir.join("publicaties/omgang/2020/2");
    let moment = lake.momentopnamen(UITVRAAG, JAAR).await.unwrap();
    fs::create_dir(&clash).unwrap();
    fs::write(clash.join("index.html"), "half").unwrap();
    stop(lake).await;
    refused(&dir).await;
    fs::rename(&clash, dir.join("away")).unwrap();
    let lake = start(&dir).await.unwrap();
    note_begun(&dir).await;
    stop(lake).await;
    fs::rename(dir.join("away"), &clash).unwrap();
    let lake = start(&dir).await.unwrap();
    assert!(!clash.exists() && dir.join("quarantaine/publicatie/index.html").exists());
    let publication = NewPublicatie {
        momentopname: &moment[0],
        erased: &[],
        versie: 2,
        bestanden: vec![("index.html".to_owned(), b"heel".to_vec())],
    };
    lake.publish(publication, &on(60)).await.unwrap();
}

async fn note_begun(dir: &Path) {
    use sqlx::{Connection, sqlite};
    let options = sqlite::SqliteConnectOptions::new().filename(dir.join("register.sqlite"));
    let mut connection = sqlite::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::query("INSERT INTO publicatie_begonnen VALUES ('omgang', 2020, 2)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// What a start with a wrong register set aside goes back by name and hash, once the right register is there.
#[tokio::test]
async fn what_was_set_aside_goes_back() {
    let (_keep, dir, ids) = delivered(2).await;
    publish(&dir, 2).await;
    let before = files(&dir);
    let aside = dir.join("quarantaine");
    fs::create_dir(&aside).unwrap();
    let raw = dir.join(format!("raw/{}", ids[0]));
    fs::rename(raw, aside.join(ids[0].to_string())).unwrap();
    // As they were set aside before: two tables of one levering under one name and a number.
    for (number, tabel) in ["traject", "wachtlijst"].into_iter().enumerate() {
        let table = dir.join(format!("lake/omgang/{tabel}/jaar=2020/{}.parquet", ids[0]));
        fs::rename(table, aside.join(format!("{}.parquet-{number}", ids[0]))).unwrap();
    }
    for version in [1, 2] {
        let publication = dir.join(format!("publicaties/omgang/2020/{version}"));
        fs::rename(publication, aside.join(format!("publicatie-{version}"))).unwrap();
    }
    fs::write(aside.join("unknown.txt"), "x").unwrap();
    refused(&dir).await;
    let job = Lake::open(&dir, Access::Task).await.unwrap();
    assert_eq!(job.put_back(&on(51)).await.unwrap().len(), 5);
    job.close().await;
    fs::remove_file(aside.join("unknown.txt")).unwrap();
    assert_eq!(files(&dir), before);
    let lake = Lake::open(&dir, Access::Service).await.unwrap();
    let found = lake.recover(Thoroughness::Hash, &on(52)).await.unwrap();
    assert_eq!(found, lake::RecoverySummary::default());
}

/// A freeze with a folder away is refused: it would put all leveringen into quarantine, and freeze nothing.
#[tokio::test]
async fn a_freeze_without_a_folder_is_refused() {
    let (_keep, dir, _) = delivered(2).await;
    fs::rename(dir.join("lake"), dir.join("away")).unwrap();
    let job = Lake::open(&dir, Access::Task).await.unwrap();
    assert!(matches!(
        job.freeze(UITVRAAG, JAAR, &on(5)).await,
        Err(LakeError::StartRefused(StartRefusal::FoldersGone { .. }))
    ));
    assert_eq!(job.quarantined().await.unwrap(), []);
    assert!(job.momentopnamen(UITVRAAG, JAAR).await.unwrap().is_empty());
}
