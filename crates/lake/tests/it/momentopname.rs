//! Freezing: what is in, what stays out, and that it does not change.

use lake::{Lake, LakeFout, NieuwePublicatie, Refusal, Stand, Toegang, Uitkomst, Verwachting};

use crate::hulp::{
    JAAR, KVK, UITVRAAG, akkoord, declare_nothing, give_uitstel, ingediend, klok, op, proef,
    zet_aanbieder,
};

/// Only what counts is frozen, and later leveringen change nothing.
#[tokio::test]
async fn a_momentopname_stands_still() {
    let proef = proef().await;
    let lake = &proef.lake;
    for kvk in ["10000001", "10000002", "10000003"] {
        zet_aanbieder(lake, kvk).await;
    }
    let een = ingediend(lake, "10000001", "a").await;
    akkoord(lake, "10000002", "b").await;
    let nothing = declare_nothing(lake, "10000003", "j", &op(2))
        .await
        .unwrap();
    let id = nothing.levering().id;
    let verwachting = Verwachting {
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        kvk: "10000001".to_owned(),
        stand: Stand::Verwacht,
        werkgebied: vec!["NL00".to_owned()],
    };
    lake.zet_verwachting(&verwachting, &op(1)).await.unwrap();
    let eerste = lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    assert_eq!(eerste.id, "omgang-2020-1");
    assert_eq!(
        eerste
            .leveringen
            .iter()
            .map(|l| (l.id, l.nulopgave))
            .collect::<Vec<_>>(),
        [(een.id, false), (id, true)]
    );
    assert_eq!(eerste.respons.aantal("NL00", Uitkomst::Geleverd), 1);
    let paden = eerste.bestanden("traject");
    assert_eq!(paden.len(), 1);
    assert!(paden[0].is_absolute() && paden[0].is_file());
    assert!(eerste.bestanden("onbekend").is_empty());

    give_uitstel(lake, "10000001", &op(5)).await;
    let twee = ingediend(lake, "10000001", "nieuwer").await;
    let tweede = lake.bevries(UITVRAAG, JAAR, &op(6)).await.unwrap();
    assert_eq!(tweede.id, "omgang-2020-2");
    assert_eq!(tweede.leveringen[0].id, twee.id);
    assert_eq!(
        lake.momentopname("omgang-2020-1").await.unwrap().unwrap(),
        eerste
    );
    assert_eq!(
        lake.momentopnamen(UITVRAAG, JAAR).await.unwrap(),
        ["omgang-2020-1", "omgang-2020-2"]
    );
    assert!(lake.momentopname("omgang-2020-3").await.unwrap().is_none());
    // A job beside the service reads the same.
    let taak = Lake::open(lake.dir(), Toegang::Taak).await.unwrap();
    assert_eq!(
        taak.momentopname("omgang-2020-2").await.unwrap().unwrap(),
        tweede
    );

    lake.wissen(een.id, &op(7)).await.unwrap();
    let na_wissen = lake.momentopname("omgang-2020-1").await.unwrap().unwrap();
    assert_eq!(na_wissen.gewist(), [een.id]);
    // What is erased is no response any more: an empty levering would read as nobody helped.
    assert_eq!(na_wissen.respons.aandeel("NL00"), Some(0.0));
    assert_eq!(na_wissen.respons.regels[0].onbruikbaar, Some(een.id));
    assert!(na_wissen.bestanden("traject").is_empty());
}

/// A levering whose file was damaged stays out, and is named.
#[tokio::test]
async fn a_damaged_levering_stays_out() {
    let proef = proef().await;
    let lake = &proef.lake;
    zet_aanbieder(lake, "10000001").await;
    for kvk in [KVK, "10000001"] {
        let werkgebied = vec!["NL00".to_owned()];
        let verwachting = Verwachting {
            uitvraag: UITVRAAG.to_owned(),
            jaar: JAAR,
            kvk: kvk.to_owned(),
            stand: Stand::Verwacht,
            werkgebied,
        };
        lake.zet_verwachting(&verwachting, &op(1)).await.unwrap();
    }
    let goed = ingediend(lake, KVK, "a").await;
    let kapot = ingediend(lake, "10000001", "b").await;
    let pad = lake.tabellen(kapot.id).await.unwrap()[0].pad.clone();
    let goede_bytes = std::fs::read(&pad).unwrap();
    let mut bytes = goede_bytes.clone();
    bytes[20] ^= 1;
    std::fs::write(&pad, bytes).unwrap();
    let moment = lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    assert_eq!(
        moment.leveringen.iter().map(|l| l.id).collect::<Vec<_>>(),
        [goed.id]
    );
    assert_eq!(moment.uitgesloten, [kapot.id]);
    assert_eq!(
        moment.respons.aandeel("NL00"),
        Some(0.5),
        "what stays out is no response"
    );
    assert_eq!(lake.respons(UITVRAAG, JAAR).await.unwrap(), moment.respons);
    let reden = lake
        .levering(kapot.id)
        .await
        .unwrap()
        .unwrap()
        .quarantaine
        .unwrap();
    assert_eq!(reden, "bestand traject.parquet heeft een andere inhoud");
    assert!(matches!(
        lake.vrijgeven(kapot.id, &op(6)).await,
        Err(LakeFout::Refused(Refusal::Quarantined(_)))
    ));
    std::fs::write(&pad, goede_bytes).unwrap();
    assert_eq!(
        lake.vrijgeven(kapot.id, &op(7)).await.unwrap().quarantaine,
        None
    );
    let heel = lake.bevries(UITVRAAG, JAAR, &op(8)).await.unwrap();
    assert_eq!(
        (heel.leveringen.len(), heel.respons.aandeel("NL00")),
        (2, Some(1.0))
    );
    assert_eq!(lake.beschadigd(&heel).await.unwrap(), []);
    // Damage after the freeze: the momentopname still names the file, so who computes must look.
    std::fs::write(&pad, b"PAR1").unwrap();
    assert_eq!(
        lake.beschadigd(&heel).await.unwrap(),
        [(
            kapot.id,
            "bestand traject.parquet heeft een andere lengte".to_owned()
        )]
    );
}

/// A freeze too early can be taken back while nothing was published from it; its id never comes back.
#[tokio::test]
async fn a_freeze_can_be_taken_back_until_it_is_published() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = ingediend(lake, KVK, "a").await;
    let eerste = lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    assert!(matches!(
        lake.intrekken(levering.id, &klok(), &op(6)).await,
        Err(LakeFout::Refused(Refusal::Frozen))
    ));
    lake.ontdooi(&eerste.id, &op(7)).await.unwrap();
    assert!(lake.momentopname(&eerste.id).await.unwrap().is_none());
    assert!(lake.momentopnamen(UITVRAAG, JAAR).await.unwrap().is_empty());
    assert!(matches!(
        lake.ontdooi(&eerste.id, &op(7)).await,
        Err(LakeFout::OnbekendeMomentopname)
    ));
    let tweede = lake.bevries(UITVRAAG, JAAR, &op(8)).await.unwrap();
    assert_eq!(tweede.id, "omgang-2020-2");
    let bestanden = vec![("index.html".to_owned(), b"x".to_vec())];
    lake.publiceer(
        NieuwePublicatie {
            momentopname: &tweede.id,
            versie: 1,
            bestanden,
        },
        &op(9),
    )
    .await
    .unwrap();
    assert!(matches!(
        lake.ontdooi(&tweede.id, &op(10)).await,
        Err(LakeFout::Refused(Refusal::Published))
    ));
}
