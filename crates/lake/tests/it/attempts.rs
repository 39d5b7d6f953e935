//! Attempts to judge: counted before they begin, taken back after a disk error, given up after three.

use lake::{ATTEMPTS, Grondigheid, Lake, LakeFout, Toegang};
use schema::bevinding::Verdict;

use crate::hulp::{KVK, beoordeel, ontvangen, op, proef};

/// A crash between attempt and verdict counts: after three starts that ended in one, it is not taken up again.
#[tokio::test]
async fn a_crash_between_attempt_and_verdict_is_counted() {
    let proef = proef().await;
    let fatal = ontvangen(&proef.lake, KVK, "a").await;
    let other = ontvangen(&proef.lake, KVK, "b").await;
    let dir = proef.lake.dir().to_owned();
    let mut lake = proef.lake;
    for attempt in 1..=ATTEMPTS {
        let begun = lake.begin_judging(fatal.id, &op(3)).await.unwrap().unwrap();
        assert_eq!(begun.attempts, attempt);
        // The crash: nothing is said, the next start finds it.
        lake.sluit().await;
        drop(lake);
        lake = Lake::open(&dir, Toegang::Dienst).await.unwrap();
        let found = lake.herstel(Grondigheid::Lengte, &op(4)).await.unwrap();
        // What failed comes last, and in the end not at all.
        let expected = if attempt < ATTEMPTS {
            vec![other.id, fatal.id]
        } else {
            vec![other.id]
        };
        assert_eq!(found.te_beoordelen, expected);
    }
    assert_eq!(lake.begin_judging(fatal.id, &op(5)).await.unwrap(), None);
    let stuck = lake.stuck_judgements().await.unwrap();
    assert_eq!(stuck.iter().map(|l| l.id).collect::<Vec<_>>(), [fatal.id]);
    assert!(stuck[0].judging_is_stuck());
    // A beheerder lets it go, from a process beside the service.
    let job = Lake::open(&dir, Toegang::Taak).await.unwrap();
    assert!(matches!(
        job.retry_judging(other.id, &op(6)).await,
        Err(LakeFout::NotStuck(_))
    ));
    let again = job.retry_judging(fatal.id, &op(6)).await.unwrap();
    assert!(!again.judging_is_stuck());
    assert_eq!(lake.te_beoordelen().await.unwrap(), [fatal.id, other.id]);
    assert_eq!(lake.stuck_judgements().await.unwrap(), []);
}

/// A disk error says nothing of the levering: however often it comes, no attempt is used up.
#[tokio::test]
async fn a_disk_error_is_no_attempt() {
    let proef = proef().await;
    let levering = ontvangen(&proef.lake, KVK, "a").await;
    for _ in 0..10 {
        let begun = proef.lake.begin_judging(levering.id, &op(3)).await.unwrap();
        assert_eq!(begun.unwrap().attempts, 1);
        proef.lake.undo_attempt(levering.id).await.unwrap();
    }
    assert_eq!(proef.lake.te_beoordelen().await.unwrap(), [levering.id]);
}

/// What has a verdict, or is in quarantine, is not begun.
#[tokio::test]
async fn only_what_waits_is_begun() {
    let proef = proef().await;
    let judged = ontvangen(&proef.lake, KVK, "a").await;
    beoordeel(&proef.lake, &judged, Verdict::Akkoord)
        .await
        .unwrap();
    let damaged = ontvangen(&proef.lake, KVK, "b").await;
    let raw = proef
        .lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", damaged.id));
    std::fs::remove_file(raw).unwrap();
    proef.lake.quarantine_damaged(&op(4)).await.unwrap();
    for id in [judged.id, damaged.id] {
        assert_eq!(proef.lake.begin_judging(id, &op(5)).await.unwrap(), None);
    }
}
