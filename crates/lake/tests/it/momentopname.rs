//! Freezing: what is in, what stays out, and that it does not change.

use lake::{Access, Expectancy, Expectation, Lake, LakeError, NewPublicatie, Refusal};

use crate::support::{
    JAAR, KVK, UITVRAAG, approved, calendar, declare_nothing, give_uitstel, on, set_aanbieder,
    submitted, test_lake,
};

/// How many of the expected aanbieders reacted, and how many there are.
fn reacted(respons: &lake::Respons) -> (usize, usize) {
    let expected = || respons.regels.iter().filter(|regel| regel.verwacht);
    let reacted = expected().filter(|regel| regel.uitkomst.is_respons());
    (reacted.count(), expected().count())
}

/// Only what counts is frozen, and later leveringen change nothing.
#[tokio::test]
async fn a_momentopname_stands_still() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    for kvk in ["10000001", "10000002", "10000003"] {
        set_aanbieder(lake, kvk).await;
    }
    let een = submitted(lake, "10000001", "a").await;
    approved(lake, "10000002", "b").await;
    let nothing = declare_nothing(lake, "10000003", "j", &on(2))
        .await
        .unwrap();
    let id = nothing.levering().id;
    let expectation = Expectation {
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        kvk: "10000001".to_owned(),
        stand: Expectancy::Verwacht,
        werkgebied: vec!["NL00".to_owned()],
    };
    lake.set_expectation(&expectation, &on(1)).await.unwrap();
    let first = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    assert_eq!(first.id, "omgang-2020-1");
    assert_eq!(
        first
            .leveringen
            .iter()
            .map(|l| (l.id, l.nulopgave))
            .collect::<Vec<_>>(),
        [(een.id, false), (id, true)]
    );
    assert_eq!(reacted(&first.respons), (1, 1));
    let paths = first.files("traject");
    assert_eq!(paths.len(), 1);
    assert!(paths[0].is_absolute() && paths[0].is_file());
    assert!(first.files("onbekend").is_empty());

    give_uitstel(lake, "10000001", &on(5)).await;
    let twee = submitted(lake, "10000001", "nieuwer").await;
    let second = lake.freeze(UITVRAAG, JAAR, &on(6)).await.unwrap();
    assert_eq!(second.id, "omgang-2020-2");
    assert_eq!(second.leveringen[0].id, twee.id);
    assert_eq!(
        lake.momentopname("omgang-2020-1").await.unwrap().unwrap(),
        first
    );
    assert_eq!(
        lake.momentopnamen(UITVRAAG, JAAR).await.unwrap(),
        ["omgang-2020-1", "omgang-2020-2"]
    );
    assert!(lake.momentopname("omgang-2020-3").await.unwrap().is_none());
    // A job beside the service reads the same.
    let task = Lake::open(lake.dir(), Access::Task).await.unwrap();
    assert_eq!(
        task.momentopname("omgang-2020-2").await.unwrap().unwrap(),
        second
    );

    lake.erase(een.id, &on(7)).await.unwrap();
    let after_erasing = lake.momentopname("omgang-2020-1").await.unwrap().unwrap();
    assert_eq!(after_erasing.erased(), [een.id]);
    // What is erased is no response any more: an empty levering would read as nobody helped.
    assert_eq!(reacted(&after_erasing.respons).0, 0);
    assert_eq!(after_erasing.respons.regels[0].onbruikbaar, Some(een.id));
    assert!(after_erasing.files("traject").is_empty());
}

/// A levering whose file was damaged stays out, and is named.
#[tokio::test]
async fn a_damaged_levering_stays_out() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    set_aanbieder(lake, "10000001").await;
    for kvk in [KVK, "10000001"] {
        let werkgebied = vec!["NL00".to_owned()];
        let expectation = Expectation {
            uitvraag: UITVRAAG.to_owned(),
            jaar: JAAR,
            kvk: kvk.to_owned(),
            stand: Expectancy::Verwacht,
            werkgebied,
        };
        lake.set_expectation(&expectation, &on(1)).await.unwrap();
    }
    let good = submitted(lake, KVK, "a").await;
    let broken = submitted(lake, "10000001", "b").await;
    let path = lake.tabellen(broken.id).await.unwrap()[0].pad.clone();
    let good_bytes = std::fs::read(&path).unwrap();
    let mut bytes = good_bytes.clone();
    bytes[20] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let moment = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    assert_eq!(
        moment.leveringen.iter().map(|l| l.id).collect::<Vec<_>>(),
        [good.id]
    );
    assert_eq!(moment.uitgesloten, [broken.id]);
    assert_eq!(
        reacted(&moment.respons),
        (1, 2),
        "what stays out is no response"
    );
    assert_eq!(lake.respons(UITVRAAG, JAAR).await.unwrap(), moment.respons);
    let reason = lake
        .levering(broken.id)
        .await
        .unwrap()
        .unwrap()
        .quarantaine
        .unwrap();
    assert_eq!(reason, "bestand traject.parquet heeft een andere inhoud");
    assert!(matches!(
        lake.release(broken.id, &on(6)).await,
        Err(LakeError::Refused(Refusal::Quarantined(_)))
    ));
    std::fs::write(&path, good_bytes).unwrap();
    assert_eq!(
        lake.release(broken.id, &on(7)).await.unwrap().quarantaine,
        None
    );
    let heel = lake.freeze(UITVRAAG, JAAR, &on(8)).await.unwrap();
    assert_eq!((heel.leveringen.len(), reacted(&heel.respons)), (2, (2, 2)));
    assert_eq!(lake.damaged(&heel).await.unwrap(), []);
    // Damage after the freeze: the momentopname still names the file, so who computes must look.
    std::fs::write(&path, b"PAR1").unwrap();
    assert_eq!(
        lake.damaged(&heel).await.unwrap(),
        [(
            broken.id,
            "bestand traject.parquet heeft een andere lengte".to_owned()
        )]
    );
}

/// A freeze too early can be taken back while nothing was published from it; its id never comes back.
#[tokio::test]
async fn a_freeze_can_be_taken_back_until_it_is_published() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = submitted(lake, KVK, "a").await;
    let first = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    assert!(matches!(
        lake.withdraw(levering.id, &calendar(), &on(6)).await,
        Err(LakeError::Refused(Refusal::Frozen))
    ));
    lake.unfreeze(&first.id, &on(7)).await.unwrap();
    assert!(lake.momentopname(&first.id).await.unwrap().is_none());
    assert!(lake.momentopnamen(UITVRAAG, JAAR).await.unwrap().is_empty());
    assert!(matches!(
        lake.unfreeze(&first.id, &on(7)).await,
        Err(LakeError::UnknownMomentopname)
    ));
    let second = lake.freeze(UITVRAAG, JAAR, &on(8)).await.unwrap();
    assert_eq!(second.id, "omgang-2020-2");
    let files = vec![("index.html".to_owned(), b"x".to_vec())];
    lake.publish(
        NewPublicatie {
            momentopname: &second.id,
            erased: &[],
            versie: 1,
            bestanden: files,
        },
        &on(9),
    )
    .await
    .unwrap();
    assert!(matches!(
        lake.unfreeze(&second.id, &on(10)).await,
        Err(LakeError::Refused(Refusal::Published))
    ));
}
