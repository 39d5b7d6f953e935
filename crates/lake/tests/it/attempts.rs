//! Attempts to judge: counted before they begin, taken back after a disk error, given up after three.

use lake::{ATTEMPTS, Access, Lake, LakeError, Thoroughness};
use schema::bevinding::Verdict;

use crate::support::{KVK, judge, on, received, test_lake};

/// A crash between attempt and verdict counts: after three starts that ended in one, it is not taken up again.
#[tokio::test]
async fn a_crash_between_attempt_and_verdict_is_counted() {
    let test_lake = test_lake().await;
    let fatal = received(&test_lake.lake, KVK, "a").await;
    let other = received(&test_lake.lake, KVK, "b").await;
    let dir = test_lake.lake.dir().to_owned();
    let mut lake = test_lake.lake;
    for attempt in 1..=ATTEMPTS {
        let begun = lake.begin_judging(fatal.id, &on(3)).await.unwrap().unwrap();
        assert_eq!(begun.attempts, attempt);
        // The crash: nothing is said, the next start finds it.
        lake.close().await;
        drop(lake);
        lake = Lake::open(&dir, Access::Service).await.unwrap();
        let found = lake.recover(Thoroughness::Lengte, &on(4)).await.unwrap();
        // What failed comes last, and in the end not at all.
        let expected = if attempt < ATTEMPTS {
            vec![other.id, fatal.id]
        } else {
            vec![other.id]
        };
        assert_eq!(found.to_judge, expected);
    }
    assert_eq!(lake.begin_judging(fatal.id, &on(5)).await.unwrap(), None);
    let stuck = lake.stuck_judgements().await.unwrap();
    assert_eq!(stuck.iter().map(|l| l.id).collect::<Vec<_>>(), [fatal.id]);
    assert!(stuck[0].judging_is_stuck());
    // A beheerder lets it go, from a process beside the service.
    let job = Lake::open(&dir, Access::Task).await.unwrap();
    assert!(matches!(
        job.retry_judging(other.id, &on(6)).await,
        Err(LakeError::NotStuck(_))
    ));
    let again = job.retry_judging(fatal.id, &on(6)).await.unwrap();
    assert!(!again.judging_is_stuck());
    assert_eq!(lake.to_judge().await.unwrap(), [fatal.id, other.id]);
    assert_eq!(lake.stuck_judgements().await.unwrap(), []);
}

/// A disk error says nothing of the levering: however often it comes, no attempt is used up.
#[tokio::test]
async fn a_disk_error_is_no_attempt() {
    let test_lake = test_lake().await;
    let levering = received(&test_lake.lake, KVK, "a").await;
    for _ in 0..10 {
        let begun = test_lake
            .lake
            .begin_judging(levering.id, &on(3))
            .await
            .unwrap();
        assert_eq!(begun.unwrap().attempts, 1);
        test_lake.lake.undo_attempt(levering.id).await.unwrap();
    }
    assert_eq!(test_lake.lake.to_judge().await.unwrap(), [levering.id]);
}

/// What has a verdict, or is in quarantine, is not begun.
#[tokio::test]
async fn only_what_waits_is_begun() {
    let test_lake = test_lake().await;
    let judged = received(&test_lake.lake, KVK, "a").await;
    judge(&test_lake.lake, &judged, Verdict::Akkoord)
        .await
        .unwrap();
    let damaged = received(&test_lake.lake, KVK, "b").await;
    let raw = test_lake
        .lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", damaged.id));
    std::fs::remove_file(raw).unwrap();
    test_lake.lake.quarantine_damaged(&on(4)).await.unwrap();
    for id in [judged.id, damaged.id] {
        assert_eq!(
            test_lake.lake.begin_judging(id, &on(5)).await.unwrap(),
            None
        );
    }
}
