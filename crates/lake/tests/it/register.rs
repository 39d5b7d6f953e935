//! Opening the data directory: the lock, migrations, rights.

use std::os::unix::fs::PermissionsExt;

use lake::{Lake, LakeFout, Toegang};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::hulp::{KVK, geopend, ingediend, proef, zet_aanbieder};

/// Two services on one directory: the second refuses. A job may always.
#[tokio::test]
async fn the_second_service_refuses() {
    let proef = proef().await;
    assert!(matches!(
        Lake::open(proef.lake.dir(), Toegang::Dienst).await,
        Err(LakeFout::AlGeopend)
    ));
    let taak = Lake::open(proef.lake.dir(), Toegang::Taak).await.unwrap();
    assert_eq!(taak.aanbieders().await.unwrap().len(), 1);
    // What the job writes, the service sees.
    zet_aanbieder(&taak, "87654321").await;
    assert_eq!(proef.lake.aanbieders().await.unwrap().len(), 2);
    let dir = proef.lake.dir().to_owned();
    proef.lake.sluit().await;
    drop(proef.lake);
    Lake::open(&dir, Toegang::Dienst).await.unwrap();
}

/// What was written is there after opening again, and migrating again does nothing.
#[tokio::test]
async fn opening_again_finds_everything() {
    let proef = proef().await;
    let levering = ingediend(&proef.lake, KVK, "a").await;
    let dir = proef.lake.dir().to_owned();
    proef.lake.sluit().await;
    drop(proef.lake);
    let lake = Lake::open(&dir, Toegang::Dienst).await.unwrap();
    assert_eq!(lake.levering(levering.id).await.unwrap().unwrap(), levering);
    lake.gereed().await.unwrap();
}

/// A register of a newer program is refused, not guessed at.
#[tokio::test]
async fn a_newer_register_is_refused() {
    let proef = proef().await;
    let dir = proef.lake.dir().to_owned();
    proef.lake.sluit().await;
    drop(proef.lake);
    let mut verbinding = SqliteConnection::connect_with(&opties(&dir)).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&mut verbinding)
    .await
    .unwrap();
    verbinding.close().await.unwrap();
    assert!(matches!(
        Lake::open(&dir, Toegang::Dienst).await,
        Err(LakeFout::Migratie(_))
    ));
}

fn opties(dir: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(dir.join("register.sqlite"))
}

/// The register itself forbids two leveringen that count for one aanbieder and year, whatever the code does.
#[tokio::test]
async fn the_register_forbids_two_that_count() {
    let proef = proef().await;
    ingediend(&proef.lake, KVK, "a").await;
    let ander = geopend(&proef.lake, KVK, "b").await;
    let mut verbinding = SqliteConnection::connect_with(&opties(proef.lake.dir()))
        .await
        .unwrap();
    let fout = sqlx::query("UPDATE levering SET toestand = 'ingediend' WHERE id = $1")
        .bind(ander.id.to_string())
        .execute(&mut verbinding)
        .await
        .unwrap_err();
    assert!(fout.as_database_error().unwrap().is_unique_violation());
}

/// Nobody but the service's own user may read the register and what was received.
#[tokio::test]
async fn the_data_are_the_services_alone() {
    let proef = proef().await;
    let levering = ingediend(&proef.lake, KVK, "a").await;
    let modus = |deel: &str| {
        proef
            .lake
            .dir()
            .join(deel)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(modus(""), 0o700);
    assert_eq!(modus("register.sqlite"), 0o600);
    assert_eq!(modus("register.sqlite-wal"), 0o600);
    assert_eq!(modus("raw"), 0o700);
    assert_eq!(modus(&format!("raw/{}/pakket.json", levering.id)), 0o600);
    assert_eq!(
        modus(&format!(
            "lake/omgang/traject/jaar=2020/{}.parquet",
            levering.id
        )),
        0o600
    );
}

/// A service and a job that open an empty directory at once both succeed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_may_migrate_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut taken = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let pad = dir.path().to_owned();
        taken.spawn(async move { Lake::open(&pad, Toegang::Taak).await.map(drop) });
    }
    for uitkomst in taken.join_all().await {
        uitkomst.unwrap();
    }
}

/// An internal file is replaced whole, and only plain names are one.
#[tokio::test]
async fn internal_files_are_written_whole() {
    let proef = proef().await;
    let lake = &proef.lake;
    assert_eq!(lake.lees_intern("cijfers.parquet").await.unwrap(), None);
    lake.schrijf_intern("omgang-2020-1/cijfers.parquet", b"een".to_vec())
        .await
        .unwrap();
    let pad = lake
        .schrijf_intern("omgang-2020-1/cijfers.parquet", b"twee".to_vec())
        .await
        .unwrap();
    assert_eq!(pad, lake.dir().join("intern/omgang-2020-1/cijfers.parquet"));
    assert_eq!(
        lake.lees_intern("omgang-2020-1/cijfers.parquet")
            .await
            .unwrap()
            .unwrap(),
        b"twee"
    );
    for naam in ["../register.sqlite", "/etc/passwd", "", "a//b"] {
        assert!(
            matches!(
                lake.schrijf_intern(naam, Vec::new()).await,
                Err(LakeFout::PadOngeldig)
            ),
            "{naam}"
        );
    }
    assert_eq!(crate::hulp::bestanden(lake.dir()).len(), 1);
}
