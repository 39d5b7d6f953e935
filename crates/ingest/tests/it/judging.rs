//! Judgements that fail: a panic, a crash, a disk. One pakket never stops the others, and none is tried for ever.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use ingest::Pace;
use lake::{ATTEMPTS, Access, Lake, LeveringId, Stamp};
use serde_json::Value;

use crate::app::{Judging, TestApp};
use crate::input::{TestPakket, clean};
use crate::pages::{login, page};

const STUCK: &str = "dit lukt ons nog niet, wij kijken ernaar";

/// Which judgements fail, and how often each was begun.
#[derive(Clone, Default)]
struct Trouble {
    panics: Arc<Mutex<HashSet<LeveringId>>>,
    /// Disk errors that are still to come.
    disk_errors: Arc<Mutex<usize>>,
    begun: Arc<Mutex<HashMap<LeveringId, u32>>>,
}

impl Trouble {
    fn judging(&self) -> Judging {
        let trouble = self.clone();
        Judging {
            before: Some(Arc::new(move |id| trouble.strike(id))),
            pace: quick(),
        }
    }

    fn strike(&self, id: LeveringId) -> std::io::Result<()> {
        *self.begun.lock().unwrap().entry(id).or_default() += 1;
        let panics = self.panics.lock().unwrap().contains(&id);
        assert!(!panics, "a judgement that panics");
        let mut left = self.disk_errors.lock().unwrap();
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn begun(&self, id: LeveringId) -> u32 {
        self.begun.lock().unwrap().get(&id).copied().unwrap_or(0)
    }
}

fn quick() -> Pace {
    Pace {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(40),
        look: Duration::from_millis(50),
    }
}

/// A pakket of its own.
fn test_pakket(app: &TestApp, mark: &str) -> TestPakket {
    let mut test_pakket = clean(&app.definitie);
    test_pakket.pakket.name = format!("omgang-2020-{mark}");
    test_pakket
}

async fn show(app: &TestApp, id: LeveringId) -> Value {
    let token = &app.coordinator;
    app.get(token, &format!("/v1/leveringen/{id}")).await.json()
}

async fn until_stuck(app: &TestApp, id: LeveringId) {
    for _ in 0..500 {
        let levering = show(app, id).await;
        assert_eq!(levering["toestand"], "ontvangen");
        if levering["volgende_stap"].as_str().unwrap().contains(STUCK) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never given up");
}

/// Sends a pakket of which the judgement fails from the first time on.
async fn deliver_fatal(app: &TestApp, trouble: &Trouble) -> LeveringId {
    let token = &app.aanbieder;
    let fatal = test_pakket(app, "fatal");
    let opened = app.open(token, &fatal).await.json();
    let id: LeveringId = opened["id"].as_str().unwrap().parse().unwrap();
    trouble.panics.lock().unwrap().insert(id);
    for (tabel, bytes) in &fatal.bestanden {
        let sent = app
            .patch(token, &id.to_string(), tabel, "0", bytes.clone())
            .await;
        assert_eq!(sent.status, 204);
    }
    id
}

/// A panic ends one attempt: others are judged, after three it is said on page and API, a restart begins no fourth,
/// and `admin judge retry` in another process lets it go.
#[tokio::test]
async fn a_judgement_that_panics_stops_nobody_and_is_given_up() {
    let trouble = Trouble::default();
    let app = TestApp::judged(trouble.judging()).await;
    let fatal = deliver_fatal(&app, &trouble).await;
    for mark in ["one", "two", "three"] {
        let fine = test_pakket(&app, mark);
        let judged = app.deliver_and_wait(&app.aanbieder, &fine).await;
        assert_eq!(judged["toestand"], "akkoord");
    }
    until_stuck(&app, fatal).await;
    assert_eq!(trouble.begun(fatal), ATTEMPTS);
    let cookie = login(&app, &app.aanbieder).await;
    let shown = page(&app, &cookie, &format!("/mijn-leveringen/{fatal}")).await;
    assert!(shown.text().contains(STUCK), "{}", shown.text());
    let app = app.restart_judged(trouble.judging()).await;
    until_stuck(&app, fatal).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(trouble.begun(fatal), ATTEMPTS, "a restart is no new chance");
    // The cause is mended; a beheerder says so from a process beside the service.
    trouble.panics.lock().unwrap().clear();
    let job = Lake::open(app.dir(), Access::Task).await.unwrap();
    let stamp = Stamp::new("beheerder", app.nu());
    job.retry_judging(fatal, &stamp).await.unwrap();
    let judged = app.verdict(&app.aanbieder, &fatal.to_string()).await;
    assert_eq!(judged["toestand"], "akkoord");
}

/// A disk error is no attempt: tried more often than three times, and judged when the disk is well.
#[tokio::test]
async fn a_disk_error_while_judging_is_tried_again_until_it_is_over() {
    let trouble = Trouble::default();
    let app = TestApp::judged(trouble.judging()).await;
    let errors = 3 * ATTEMPTS as usize;
    *trouble.disk_errors.lock().unwrap() = errors;
    let fine = test_pakket(&app, "disk");
    let judged = app.deliver_and_wait(&app.aanbieder, &fine).await;
    assert_eq!(judged["toestand"], "akkoord");
    let id = judged["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(trouble.begun(id) as usize, errors + 1);
}

/// The same with a real failure: the folder for a table cannot be made, because a file is in its place.
#[tokio::test]
async fn a_table_that_cannot_be_written_is_tried_again() {
    let pace = quick();
    let app = TestApp::judged(Judging { before: None, pace }).await;
    let blocked = app.dir().join("lake/omgang");
    std::fs::write(&blocked, "in the way").unwrap();
    let fine = test_pakket(&app, "blocked");
    let id = app.lever(&app.aanbieder, &fine).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waiting = show(&app, id.parse().unwrap()).await;
    assert_eq!(waiting["toestand"], "ontvangen");
    let step = waiting["volgende_stap"].as_str().unwrap();
    assert!(!step.contains(STUCK), "a disk error is never given up");
    std::fs::remove_file(&blocked).unwrap();
    let judged = app.verdict(&app.aanbieder, &id).await;
    assert_eq!(judged["toestand"], "akkoord");
}

/// A levering released from quarantine beside the service is judged without a restart.
#[tokio::test]
async fn what_is_released_beside_the_service_is_judged() {
    let trouble = Trouble::default();
    let app = TestApp::judged(trouble.judging()).await;
    // Held up until it is in quarantine.
    *trouble.disk_errors.lock().unwrap() = usize::MAX;
    let fine = test_pakket(&app, "released");
    let id = app.lever(&app.aanbieder, &fine).await;
    let levering: LeveringId = id.parse().unwrap();
    let raw = app.dir().join(format!("raw/{id}/pakket.json"));
    let kept = std::fs::read(&raw).unwrap();
    std::fs::remove_file(&raw).unwrap();
    let stamp = Stamp::new("beheerder", app.nu());
    let job = Lake::open(app.dir(), Access::Task).await.unwrap();
    assert_eq!(job.quarantine_damaged(&stamp).await.unwrap(), [levering]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    *trouble.disk_errors.lock().unwrap() = 0;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(show(&app, levering).await["toestand"], "ontvangen");
    std::fs::write(&raw, kept).unwrap();
    job.release(levering, &stamp).await.unwrap();
    let judged = app.verdict(&app.aanbieder, &id).await;
    assert_eq!(judged["toestand"], "akkoord");
}

/// A received file that our disk damaged is no bad pakket: it goes into quarantine, and is neither refused nor erased.
#[tokio::test]
async fn a_damaged_disk_is_no_refusal() {
    let trouble = Trouble::default();
    let app = TestApp::judged(trouble.judging()).await;
    *trouble.disk_errors.lock().unwrap() = usize::MAX;
    let fine = test_pakket(&app, "rotten");
    let id = app.lever(&app.aanbieder, &fine).await;
    let raw = app.dir().join(format!("raw/{id}/traject.csv.zst"));
    let mut bytes = std::fs::read(&raw).unwrap();
    bytes[0] ^= 0xff;
    std::fs::write(&raw, bytes).unwrap();
    *trouble.disk_errors.lock().unwrap() = 0;
    let levering: LeveringId = id.parse().unwrap();
    for _ in 0..500 {
        let found = app.lake.levering(levering).await.unwrap().unwrap();
        if found.quarantaine.is_some() {
            assert_eq!(found.toestand.name(), "ontvangen");
            assert!(raw.exists());
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not in quarantine: {}", show(&app, levering).await);
}

const CRASH: &str = "OMGANG_TEST_CRASH";

/// A judgement that takes the whole service down: three starts end in it, the fourth runs, and the leveringen that
/// were judged beside it are judged, not given up with it.
#[tokio::test]
async fn a_crash_loop_ends_after_three() {
    if let Ok(told) = std::env::var(CRASH) {
        return serve_until_judged(&told).await;
    }
    let slow = Pace {
        look: Duration::from_hours(1),
        ..Pace::default()
    };
    let app = TestApp::judged(Judging {
        before: None,
        pace: slow,
    })
    .await;
    // Past the service, so that nobody submits them to the judge.
    let mut ids = Vec::new();
    for mark in ["fatal", "one", "two", "three"] {
        let sent = test_pakket(&app, mark);
        let opened = app.open(&app.aanbieder, &sent).await.json();
        let id: LeveringId = opened["id"].as_str().unwrap().parse().unwrap();
        for (tabel, bytes) in &sent.bestanden {
            let bytes = Bytes::from(bytes.clone());
            app.lake.append(id, tabel, 0, bytes).await.unwrap();
        }
        let stamp = Stamp::new("test", app.nu());
        app.lake.received(id, &stamp).await.unwrap();
        ids.push(id);
    }
    let told = std::iter::once(app.dir().display().to_string())
        .chain(ids.iter().map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(" ");
    let TestApp {
        router,
        lake,
        map: dir,
        ..
    } = app;
    drop(router);
    lake.close().await;
    drop(lake);
    for start in 1..=ATTEMPTS + 1 {
        let run = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "judging::a_crash_loop_ends_after_three",
                "--nocapture",
            ])
            .env(CRASH, &told)
            .output()
            .unwrap();
        let survived = run.status.success();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(survived, start > ATTEMPTS, "start {start}: {said}");
    }
    drop(dir);
}

/// In a process of its own: serves what waits, until all but the fatal one are judged.
async fn serve_until_judged(told: &str) {
    let mut words = told.split(' ');
    let dir = PathBuf::from(words.next().unwrap());
    let ids: Vec<LeveringId> = words.map(|id| id.parse().unwrap()).collect();
    let (fatal, fine) = ids.split_first().unwrap();
    let deadly = *fatal;
    let judging = Judging {
        before: Some(Arc::new(move |id| {
            if id == deadly {
                std::process::abort();
            }
            // Long enough to be under way when the other one ends it all.
            std::thread::sleep(Duration::from_millis(50));
            Ok(())
        })),
        pace: quick(),
    };
    // The directory is the parent's to remove.
    let keep = Arc::new(tempfile::tempdir().unwrap());
    let app = TestApp::in_dir(Path::new(&dir), keep, judging).await;
    for id in fine {
        let judged = app.verdict(&app.coordinator, &id.to_string()).await;
        assert_eq!(judged["toestand"], "akkoord");
    }
    until_stuck(&app, *fatal).await;
}

/// Ready while writes succeed, not while they fail, and again after.
#[tokio::test]
async fn readyz_says_whether_writes_succeed() {
    let app = TestApp::new().await;
    let ready = async || {
        let request = axum::http::Request::builder().uri("/readyz");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        // An answer holds for a second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        answer.status.as_u16()
    };
    assert_eq!(ready().await, 200);
    let intern = app.dir().join("intern");
    std::fs::remove_dir_all(&intern).unwrap();
    std::fs::write(&intern, "in the way").unwrap();
    assert_eq!(ready().await, 503);
    std::fs::remove_file(&intern).unwrap();
    std::fs::create_dir(&intern).unwrap();
    assert_eq!(ready().await, 200);
}
