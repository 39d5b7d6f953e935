//! Opening a levering: idempotency, and which manifests are refused.

use lake::{LakeError, Opening};
use schema::Toestand;

use crate::support::{
    KVK, calendar, control, files, on, open_as, opened, pakket, set_aanbieder, submitted, test_lake,
};

/// Same content, same levering: also when fifty ask at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_content_is_one_levering() {
    let test_lake = test_lake().await;
    let mut taken = tokio::task::JoinSet::new();
    for number in 0..50 {
        let lake = test_lake.lake.clone();
        // Half of them with a key of their own: the content decides.
        let key = if number % 2 == 0 {
            "vast".to_owned()
        } else {
            format!("los-{number}")
        };
        taken.spawn(async move { open_as(&lake, KVK, &pakket("a"), &key).await.unwrap() });
    }
    let outcomes = taken.join_all().await;
    assert_eq!(
        outcomes
            .iter()
            .filter(|u| matches!(u, Opening::New(_)))
            .count(),
        1
    );
    let id = outcomes[0].clone().levering().id;
    assert!(outcomes.into_iter().all(|u| u.levering().id == id));
    assert_eq!(
        files(test_lake.lake.dir()).into_iter().collect::<Vec<_>>(),
        [format!("raw/{id}/pakket.json")]
    );
    assert_eq!(
        std::fs::read_dir(test_lake.lake.dir().join("raw"))
            .unwrap()
            .count(),
        1,
        "losers leave no directory"
    );
}

/// Same key, other bytes: a conflict. Another aanbieder has keys of its own.
#[tokio::test]
async fn the_same_key_with_other_content_is_refused() {
    let test_lake = test_lake().await;
    opened(&test_lake.lake, KVK, "a").await;
    assert!(matches!(
        open_as(&test_lake.lake, KVK, &pakket("b"), "a").await,
        Err(LakeError::Conflict)
    ));
    set_aanbieder(&test_lake.lake, "87654321").await;
    assert!(matches!(
        open_as(&test_lake.lake, "87654321", &pakket("b"), "a").await,
        Ok(Opening::New(_))
    ));
    assert!(matches!(
        open_as(&test_lake.lake, "11111111", &pakket("b"), "a").await,
        Err(LakeError::UnknownAanbieder)
    ));
}

/// A replay finds the levering in the state it is in now, also after erasure; what was taken back may come again.
#[tokio::test]
async fn a_replay_finds_what_became_of_it() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let first = submitted(lake, KVK, "a").await;
    let Opening::Existing(weer) = open_as(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("a second one")
    };
    assert_eq!((weer.id, weer.toestand), (first.id, Toestand::Ingediend));
    lake.withdraw(first.id, &calendar(), &on(5)).await.unwrap();
    let Opening::New(again) = open_as(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("no new one")
    };
    assert_ne!(again.id, first.id);
    control(lake, again.id, "a").await;
    lake.received(again.id, &on(6)).await.unwrap();
    lake.erase(again.id, &on(7)).await.unwrap();
    let Opening::Existing(erased) = open_as(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("revived")
    };
    assert_eq!((erased.id, erased.toestand), (again.id, Toestand::Gewist));
}

/// A, then B instead, then A after all: on the same day A is the same bytes, and its key must not lead to the first A.
#[tokio::test]
async fn what_was_replaced_may_come_back() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let a = submitted(lake, KVK, "a").await;
    let b = submitted(lake, KVK, "b").await;
    let Opening::New(weer) = open_as(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("the replaced one")
    };
    assert!(weer.id != a.id && weer.id != b.id);
    assert_eq!(
        lake.in_force(KVK, "omgang", 2020)
            .await
            .unwrap()
            .map(|l| l.id),
        Some(b.id),
        "until it is signed"
    );
}

/// What could become a strange path or an endless file is no manifest.
#[tokio::test]
async fn a_manifest_with_strange_names_is_refused() {
    let test_lake = test_lake().await;
    let mut cases = Vec::new();
    for name in ["../x", "a/b", "", "TRAJECT", "traject\0"] {
        let mut pakket = pakket("a");
        pakket.resources[0].name = name.to_owned();
        cases.push(pakket);
    }
    let mut duplicate = pakket("a");
    duplicate.resources[1].name = "traject".to_owned();
    let mut empty = pakket("a");
    empty.resources.clear();
    let mut nulopgave = pakket("a");
    nulopgave.resources[0].bytes = 0;
    let mut hash = pakket("a");
    hash.resources[0].hash = "sha256:kort".to_owned();
    let mut uitvraag = pakket("a");
    uitvraag.uitvraag = "../omgang".to_owned();
    cases.extend([duplicate, empty, nulopgave, hash, uitvraag]);
    for pakket in &cases {
        let outcome = open_as(&test_lake.lake, KVK, pakket, "a").await;
        assert!(
            matches!(outcome, Err(LakeError::Invalid(_))),
            "{:?}",
            pakket.resources.first()
        );
    }
    assert!(files(test_lake.lake.dir()).is_empty());
}
