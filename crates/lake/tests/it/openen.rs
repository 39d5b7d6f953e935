//! Opening a levering: idempotency, and which manifests are refused.

use lake::{Geopend, LakeFout};
use schema::Toestand;

use crate::hulp::{
    KVK, bestanden, geopend, ingediend, klok, op, open_als, pakket, proef, stuur, zet_aanbieder,
};

/// Same content, same levering: also when fifty ask at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_content_is_one_levering() {
    let proef = proef().await;
    let mut taken = tokio::task::JoinSet::new();
    for nummer in 0..50 {
        let lake = proef.lake.clone();
        // Half of them with a key of their own: the content decides.
        let sleutel = if nummer % 2 == 0 {
            "vast".to_owned()
        } else {
            format!("los-{nummer}")
        };
        taken.spawn(async move { open_als(&lake, KVK, &pakket("a"), &sleutel).await.unwrap() });
    }
    let uitkomsten = taken.join_all().await;
    assert_eq!(
        uitkomsten
            .iter()
            .filter(|u| matches!(u, Geopend::Nieuw(_)))
            .count(),
        1
    );
    let id = uitkomsten[0].clone().levering().id;
    assert!(uitkomsten.into_iter().all(|u| u.levering().id == id));
    assert_eq!(
        bestanden(proef.lake.dir()).into_iter().collect::<Vec<_>>(),
        [format!("raw/{id}/pakket.json")]
    );
    assert_eq!(
        std::fs::read_dir(proef.lake.dir().join("raw"))
            .unwrap()
            .count(),
        1,
        "losers leave no directory"
    );
}

/// Same key, other bytes: a conflict. Another aanbieder has keys of its own.
#[tokio::test]
async fn the_same_key_with_other_content_is_refused() {
    let proef = proef().await;
    geopend(&proef.lake, KVK, "a").await;
    assert!(matches!(
        open_als(&proef.lake, KVK, &pakket("b"), "a").await,
        Err(LakeFout::Conflict)
    ));
    zet_aanbieder(&proef.lake, "87654321").await;
    assert!(matches!(
        open_als(&proef.lake, "87654321", &pakket("b"), "a").await,
        Ok(Geopend::Nieuw(_))
    ));
    assert!(matches!(
        open_als(&proef.lake, "11111111", &pakket("b"), "a").await,
        Err(LakeFout::OnbekendeAanbieder)
    ));
}

/// A replay finds the levering in the state it is in now, also after erasure; what was taken back may come again.
#[tokio::test]
async fn a_replay_finds_what_became_of_it() {
    let proef = proef().await;
    let lake = &proef.lake;
    let eerste = ingediend(lake, KVK, "a").await;
    let Geopend::Bestaand(weer) = open_als(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("a second one")
    };
    assert_eq!((weer.id, weer.toestand), (eerste.id, Toestand::Ingediend));
    lake.intrekken(eerste.id, &klok(), &op(5)).await.unwrap();
    let Geopend::Nieuw(opnieuw) = open_als(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("no new one")
    };
    assert_ne!(opnieuw.id, eerste.id);
    stuur(lake, opnieuw.id, "a").await;
    lake.ontvangen(opnieuw.id, &op(6)).await.unwrap();
    lake.wissen(opnieuw.id, &op(7)).await.unwrap();
    let Geopend::Bestaand(gewist) = open_als(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("revived")
    };
    assert_eq!((gewist.id, gewist.toestand), (opnieuw.id, Toestand::Gewist));
}

/// A, then B instead, then A after all: on the same day A is the same bytes, and its key must not lead to the first A.
#[tokio::test]
async fn what_was_replaced_may_come_back() {
    let proef = proef().await;
    let lake = &proef.lake;
    let a = ingediend(lake, KVK, "a").await;
    let b = ingediend(lake, KVK, "b").await;
    let Geopend::Nieuw(weer) = open_als(lake, KVK, &pakket("a"), "a").await.unwrap() else {
        panic!("the replaced one")
    };
    assert!(weer.id != a.id && weer.id != b.id);
    assert_eq!(
        lake.in_kracht(KVK, "omgang", 2020)
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
    let proef = proef().await;
    let mut gevallen = Vec::new();
    for naam in ["../x", "a/b", "", "TRAJECT", "traject\0"] {
        let mut pakket = pakket("a");
        pakket.resources[0].name = naam.to_owned();
        gevallen.push(pakket);
    }
    let mut dubbel = pakket("a");
    dubbel.resources[1].name = "traject".to_owned();
    let mut leeg = pakket("a");
    leeg.resources.clear();
    let mut nul = pakket("a");
    nul.resources[0].bytes = 0;
    let mut hash = pakket("a");
    hash.resources[0].hash = "sha256:kort".to_owned();
    let mut uitvraag = pakket("a");
    uitvraag.uitvraag = "../omgang".to_owned();
    gevallen.extend([dubbel, leeg, nul, hash, uitvraag]);
    for pakket in &gevallen {
        let uitkomst = open_als(&proef.lake, KVK, pakket, "a").await;
        assert!(
            matches!(uitkomst, Err(LakeFout::Ongeldig(_))),
            "{:?}",
            pakket.resources.first()
        );
    }
    assert!(bestanden(proef.lake.dir()).is_empty());
}
