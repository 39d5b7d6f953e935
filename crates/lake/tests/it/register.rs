//! Opening the data directory: the lock, migrations, rights.

use std::os::unix::fs::PermissionsExt;

use lake::{Access, JudgedLevering, Lake, LakeError};
use schema::Oordeel;
use schema::bevinding::{Place, Verdict};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::support::{KVK, judge, on, opened, received, set_aanbieder, submitted, test_lake};

/// Two services on one directory: the second refuses. A job may always.
#[tokio::test]
async fn the_second_service_refuses() {
    let test_lake = test_lake().await;
    assert!(matches!(
        Lake::open(test_lake.lake.dir(), Access::Service).await,
        Err(LakeError::AlreadyOpen)
    ));
    let task = Lake::open(test_lake.lake.dir(), Access::Task)
        .await
        .unwrap();
    assert_eq!(task.aanbieders().await.unwrap().len(), 1);
    // What the job writes, the service sees.
    set_aanbieder(&task, "87654321").await;
    assert_eq!(test_lake.lake.aanbieders().await.unwrap().len(), 2);
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    Lake::open(&dir, Access::Service).await.unwrap();
}

/// What was written is there after opening again, and migrating again does nothing.
#[tokio::test]
async fn opening_again_finds_everything() {
    let test_lake = test_lake().await;
    let levering = submitted(&test_lake.lake, KVK, "a").await;
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let lake = Lake::open(&dir, Access::Service).await.unwrap();
    assert_eq!(lake.levering(levering.id).await.unwrap().unwrap(), levering);
    lake.ready().await.unwrap();
}

/// A register of a newer program is refused, not guessed at.
#[tokio::test]
async fn a_newer_register_is_refused() {
    let test_lake = test_lake().await;
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let mut connection = SqliteConnection::connect_with(&options(&dir))
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    assert!(matches!(
        Lake::open(&dir, Access::Service).await,
        Err(LakeError::Migration(_))
    ));
}

fn options(dir: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(dir.join("register.sqlite"))
}

/// The register itself forbids two leveringen that count for one aanbieder and year, whatever the code does.
#[tokio::test]
async fn the_register_forbids_two_that_count() {
    let test_lake = test_lake().await;
    submitted(&test_lake.lake, KVK, "a").await;
    let other = opened(&test_lake.lake, KVK, "b").await;
    let mut connection = SqliteConnection::connect_with(&options(test_lake.lake.dir()))
        .await
        .unwrap();
    let error = sqlx::query("UPDATE levering SET toestand = 'ingediend' WHERE id = $1")
        .bind(other.id.to_string())
        .execute(&mut connection)
        .await
        .unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());
}

/// Nobody but the service's own user may read the register and what was received.
#[tokio::test]
async fn the_data_are_the_services_alone() {
    let test_lake = test_lake().await;
    let levering = submitted(&test_lake.lake, KVK, "a").await;
    let mode = |part: &str| {
        test_lake
            .lake
            .dir()
            .join(part)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("register.sqlite"), 0o600);
    assert_eq!(mode("register.sqlite-wal"), 0o600);
    assert_eq!(mode("raw"), 0o700);
    assert_eq!(mode(&format!("raw/{}/pakket.json", levering.id)), 0o600);
    assert_eq!(
        mode(&format!(
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
        let path = dir.path().to_owned();
        taken.spawn(async move { Lake::open(&path, Access::Task).await.map(drop) });
    }
    for outcome in taken.join_all().await {
        outcome.unwrap();
    }
}

/// An internal file is replaced whole, and only plain names are one.
#[tokio::test]
async fn internal_files_are_written_whole() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    assert_eq!(lake.lees_intern("cijfers.parquet").await.unwrap(), None);
    lake.write_internal("omgang-2020-1/cijfers.parquet", b"een".to_vec())
        .await
        .unwrap();
    let path = lake
        .write_internal("omgang-2020-1/cijfers.parquet", b"twee".to_vec())
        .await
        .unwrap();
    assert_eq!(
        path,
        lake.dir().join("intern/omgang-2020-1/cijfers.parquet")
    );
    assert_eq!(
        lake.lees_intern("omgang-2020-1/cijfers.parquet")
            .await
            .unwrap()
            .unwrap(),
        b"twee"
    );
    for name in ["../register.sqlite", "/etc/passwd", "", "a//b"] {
        assert!(
            matches!(
                lake.write_internal(name, Vec::new()).await,
                Err(LakeError::InvalidPath)
            ),
            "{name}"
        );
    }
    assert_eq!(crate::support::files(lake.dir()).len(), 1);
}

/// What an older program refused is told from its counts once, when the register is brought to this version.
#[tokio::test]
async fn an_older_register_learns_what_was_refused() {
    let test_lake = test_lake().await;
    let refused = received(&test_lake.lake, KVK, "a").await;
    let oordeel = Oordeel::refused(
        "MANIFEST",
        "traject",
        Place::default(),
        "Anders.".to_owned(),
    );
    let judged = JudgedLevering::new(&oordeel, Vec::new(), "r");
    test_lake
        .lake
        .judged(refused.id, judged, &on(3))
        .await
        .unwrap();
    let rejected = received(&test_lake.lake, KVK, "b").await;
    judge(&test_lake.lake, &rejected, Verdict::Afgekeurd)
        .await
        .unwrap();
    let dir = test_lake.lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let mut connection = SqliteConnection::connect_with(&options(&dir))
        .await
        .unwrap();
    for query in [
        "ALTER TABLE levering DROP COLUMN weigering",
        "DELETE FROM _sqlx_migrations WHERE version = 5",
    ] {
        sqlx::query(query).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let lake = Lake::open(&dir, Access::Service).await.unwrap();
    let refusal = async |id| {
        let levering = lake.levering(id).await.unwrap().unwrap();
        levering.refused().map(str::to_owned)
    };
    assert_eq!(refusal(refused.id).await.as_deref(), Some("MANIFEST"));
    assert_eq!(refusal(rejected.id).await, None);
}
