//! The life of a levering: every pair of states, and what hangs on a step.

use lake::{Filter, Geopend, Lake, LakeFout, Levering, LeveringId, NieuwePublicatie, Refusal};
use schema::Toestand;
use schema::bevinding::Verdict;

use crate::hulp::{
    JAAR, KVK, UITVRAAG, akkoord, antwoord, beoordeel, bestanden, declare_nothing, geopend,
    give_uitstel, ingediend, klok, ontvangen, op, open_als, paden_van, pakket, proef, sign, stuur,
};

/// A levering in this state, by the shortest way.
async fn breng_naar(lake: &Lake, toestand: Toestand) -> LeveringId {
    let levering = match toestand {
        Toestand::Geopend => geopend(lake, KVK, "a").await,
        Toestand::Ontvangen => ontvangen(lake, KVK, "a").await,
        Toestand::Afgekeurd => verdict(lake, Verdict::Afgekeurd).await,
        Toestand::TeBevestigen => verdict(lake, Verdict::TeBevestigen).await,
        Toestand::Akkoord => akkoord(lake, KVK, "a").await,
        Toestand::Ingediend => ingediend(lake, KVK, "a").await,
        Toestand::Gepubliceerd | Toestand::Vervangen => {
            let levering = ingediend(lake, KVK, "a").await;
            probeer(lake, &levering, toestand).await;
            levering
        }
        Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
            let levering = akkoord(lake, KVK, "a").await;
            probeer(lake, &levering, toestand).await;
            levering
        }
    };
    assert_eq!(
        lake.levering(levering.id).await.unwrap().unwrap().toestand,
        toestand
    );
    levering.id
}

async fn verdict(lake: &Lake, verdict: Verdict) -> Levering {
    let levering = ontvangen(lake, KVK, "a").await;
    beoordeel(lake, &levering, verdict).await.unwrap()
}

/// Tries everything that could bring a levering to `naar`.
async fn probeer(lake: &Lake, levering: &Levering, naar: Toestand) {
    let id = levering.id;
    match naar {
        Toestand::Geopend => drop(open_als(lake, KVK, &pakket("a"), "a").await),
        Toestand::Ontvangen => {
            if levering.toestand == Toestand::Geopend {
                stuur(lake, id, "a").await;
            }
            drop(lake.ontvangen(id, &op(9)).await);
        }
        Toestand::Afgekeurd => drop(beoordeel(lake, levering, Verdict::Afgekeurd).await),
        Toestand::TeBevestigen => drop(beoordeel(lake, levering, Verdict::TeBevestigen).await),
        Toestand::Akkoord => {
            drop(beoordeel(lake, levering, Verdict::Akkoord).await);
            drop(
                lake.toelichten(id, &[antwoord("WACHT_LANG"), antwoord("DUUR_LANG")], &op(9))
                    .await,
            );
        }
        Toestand::Ingediend => drop(sign(lake, id, "jws2", &op(9)).await),
        Toestand::Gepubliceerd => {
            let moment = lake.bevries(UITVRAAG, JAAR, &op(9)).await.unwrap();
            let versie = lake.volgende_versie(UITVRAAG, JAAR).await.unwrap();
            let bestanden = vec![("index.html".to_owned(), b"cijfers".to_vec())];
            lake.publiceer(
                NieuwePublicatie {
                    momentopname: &moment.id,
                    versie,
                    bestanden,
                },
                &op(9),
            )
            .await
            .unwrap();
        }
        Toestand::Vervangen => {
            let merk = format!(
                "nieuwer-{}",
                lake.leveringen(Filter::default()).await.unwrap().len()
            );
            // What was published is frozen.
            give_uitstel(lake, KVK, &op(9)).await;
            ingediend(lake, KVK, &merk).await;
        }
        Toestand::Ingetrokken => drop(lake.intrekken(id, &klok(), &op(9)).await),
        Toestand::Verlopen => drop(lake.verlopen(UITVRAAG, JAAR, &op(9)).await),
        Toestand::Gewist => drop(lake.wissen(id, &op(9)).await),
    }
}

/// All 121 pairs: the lake takes exactly the steps of the state machine, and logs each.
#[tokio::test]
async fn every_pair_of_states_follows_the_design() {
    for van in Toestand::ALLE {
        for naar in Toestand::ALLE {
            let proef = proef().await;
            let id = breng_naar(&proef.lake, van).await;
            let levering = proef.lake.levering(id).await.unwrap().unwrap();
            let voor = proef.lake.gebeurtenissen(Some(id)).await.unwrap().len();
            probeer(&proef.lake, &levering, naar).await;
            let log = proef.lake.gebeurtenissen(Some(id)).await.unwrap();
            let gezet = log[voor..]
                .iter()
                .any(|g| g.van == Some(van) && g.naar == Some(naar));
            assert_eq!(gezet, van.may_become(naar), "{van:?} to {naar:?}");
            let nu = proef.lake.levering(id).await.unwrap().unwrap().toestand;
            assert_eq!(nu, if gezet { naar } else { van }, "{van:?} to {naar:?}");
        }
    }
}

/// The log says who did what and when, step by step.
#[tokio::test]
async fn the_log_holds_every_step() {
    let proef = proef().await;
    let levering = ingediend(&proef.lake, KVK, "a").await;
    let log = proef.lake.gebeurtenissen(Some(levering.id)).await.unwrap();
    let stappen: Vec<_> = log
        .iter()
        .map(|g| (g.van, g.naar.unwrap(), g.wanneer))
        .collect();
    use Toestand::{Akkoord, Geopend, Ingediend, Ontvangen};
    let verwacht = [
        (None, Geopend, op(1).nu),
        (Some(Geopend), Ontvangen, op(2).nu),
        (Some(Ontvangen), Akkoord, op(3).nu),
        (Some(Akkoord), Ingediend, op(4).nu),
    ];
    assert_eq!(stappen, verwacht);
    assert!(log.iter().all(|g| g.wie == "test"));
}

/// A newer levering counts only when it is signed, and then the older one no longer does: in one step.
#[tokio::test]
async fn signing_replaces_the_levering_that_counted() {
    let proef = proef().await;
    let lake = &proef.lake;
    let oud = ingediend(lake, KVK, "oud").await;
    let nieuw = akkoord(lake, KVK, "nieuw").await;
    assert_eq!(
        lake.in_kracht(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        oud.id
    );
    sign(lake, nieuw.id, "jws", &op(5)).await.unwrap();
    assert_eq!(
        lake.in_kracht(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        nieuw.id
    );
    assert_eq!(
        lake.levering(oud.id).await.unwrap().unwrap().toestand,
        Toestand::Vervangen
    );
    // The receipt of the older one stays: it was given.
    assert_eq!(lake.ontvangstbewijs(oud.id).await.unwrap().unwrap(), "jws");
}

/// Signing twice gives one receipt: the first.
#[tokio::test]
async fn a_second_signature_changes_nothing() {
    let proef = proef().await;
    let levering = akkoord(&proef.lake, KVK, "a").await;
    let (stempel_een, stempel_twee) = (op(5), op(6));
    let (a, b) = tokio::join!(
        sign(&proef.lake, levering.id, "jws-1", &stempel_een),
        sign(&proef.lake, levering.id, "jws-2", &stempel_twee)
    );
    assert!(a.is_ok() != b.is_ok());
    let jws = proef
        .lake
        .ontvangstbewijs(levering.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(jws, if a.is_ok() { "jws-1" } else { "jws-2" });
}

/// Signing is refused while a signaal is unanswered, and says which.
#[tokio::test]
async fn an_unanswered_signaal_stops_signing() {
    let proef = proef().await;
    let levering = verdict(&proef.lake, Verdict::TeBevestigen).await;
    assert_eq!(levering.open_signalen(), ["WACHT_LANG", "DUUR_LANG"]);
    let half = proef
        .lake
        .toelichten(levering.id, &[antwoord("WACHT_LANG")], &op(4))
        .await
        .unwrap();
    assert_eq!(
        (half.toestand, half.open_signalen()),
        (Toestand::TeBevestigen, vec!["DUUR_LANG".to_owned()])
    );
    let fout = sign(&proef.lake, levering.id, "jws", &op(5))
        .await
        .unwrap_err();
    assert!(
        matches!(fout, LakeFout::Refused(Refusal::OpenSignalen { codes }) if codes == ["DUUR_LANG"])
    );
    let heel = proef
        .lake
        .toelichten(levering.id, &[antwoord("DUUR_LANG")], &op(6))
        .await
        .unwrap();
    assert_eq!(heel.toestand, Toestand::Akkoord);
    assert_eq!(heel.toelichtingen.len(), 2);
}

/// Answers that travelled with the pakket count at once.
#[tokio::test]
async fn answers_in_the_pakket_make_it_akkoord() {
    let proef = proef().await;
    let mut pakket = pakket("a");
    pakket.toelichtingen = vec![
        antwoord("WACHT_LANG"),
        antwoord("DUUR_LANG"),
        antwoord("KWAM_NIET_VOOR"),
    ];
    let levering = open_als(&proef.lake, KVK, &pakket, "a")
        .await
        .unwrap()
        .levering();
    stuur(&proef.lake, levering.id, "a").await;
    let levering = proef.lake.ontvangen(levering.id, &op(2)).await.unwrap();
    let levering = beoordeel(&proef.lake, &levering, Verdict::TeBevestigen)
        .await
        .unwrap();
    assert_eq!(levering.toestand, Toestand::Akkoord);
    let log = proef.lake.gebeurtenissen(Some(levering.id)).await.unwrap();
    assert!(
        log.iter().any(|g| g.naar == Some(Toestand::TeBevestigen)),
        "both steps are in the log"
    );
}

/// A signed levering can be taken back until the freeze day, and not once a momentopname holds it.
#[tokio::test]
async fn the_freeze_ends_taking_back() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = ingediend(lake, KVK, "a").await;
    let ander = akkoord(lake, KVK, "b").await;
    let mut laat = op(9);
    laat.nu = klok().bevriezen.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let fout = lake
        .intrekken(levering.id, &klok(), &laat)
        .await
        .unwrap_err();
    assert!(matches!(fout, LakeFout::Refused(Refusal::Frozen)));
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    let fout = lake
        .intrekken(levering.id, &klok(), &op(6))
        .await
        .unwrap_err();
    assert!(matches!(fout, LakeFout::Refused(Refusal::Frozen)));
    // An unsigned one may be taken back at any time.
    assert_eq!(
        lake.intrekken(ander.id, &klok(), &laat)
            .await
            .unwrap()
            .toestand,
        Toestand::Ingetrokken
    );
}

/// A nulopgave counts as a levering and is replaced by one, but never replaces one; a second one is the first.
#[tokio::test]
async fn a_nulopgave_lives_like_a_levering() {
    let proef = proef().await;
    let lake = &proef.lake;
    let oud = ingediend(lake, KVK, "a").await;
    let fout = declare_nothing(lake, KVK, "nul", &op(5)).await.unwrap_err();
    assert!(matches!(
        fout,
        LakeFout::Refused(Refusal::NulopgaveBesideLevering { levering }) if levering == oud.id
    ));
    lake.intrekken(oud.id, &klok(), &op(5)).await.unwrap();
    let eerste = declare_nothing(lake, KVK, "nul", &op(5)).await.unwrap();
    let eerste = eerste.levering();
    assert!(
        eerste.nulopgave && eerste.toestand == Toestand::Ingediend && eerste.heeft_ontvangstbewijs
    );
    let tweede = declare_nothing(lake, KVK, "nul", &op(6)).await.unwrap();
    assert_eq!(tweede, Geopend::Bestaand(eerste.clone()));
    let nieuw = ingediend(lake, KVK, "b").await;
    assert_eq!(
        lake.levering(eerste.id).await.unwrap().unwrap().toestand,
        Toestand::Vervangen
    );
    assert_eq!(
        lake.in_kracht(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        nieuw.id
    );
    let log = lake.gebeurtenissen(Some(eerste.id)).await.unwrap();
    for paar in log.windows(2) {
        assert!(
            paar[0].naar.unwrap().may_become(paar[1].naar.unwrap()),
            "no step is skipped"
        );
    }
}

/// Erasing removes rows, findings and words, and keeps that it was there.
#[tokio::test]
async fn erasing_leaves_the_receipt_and_nothing_else() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = verdict(lake, Verdict::TeBevestigen).await;
    lake.toelichten(
        levering.id,
        &[antwoord("WACHT_LANG"), antwoord("DUUR_LANG")],
        &op(4),
    )
    .await
    .unwrap();
    sign(lake, levering.id, "jws", &op(5)).await.unwrap();
    assert_eq!(bestanden(lake.dir()), paden_van(levering.id, true));
    let gewist = lake.wissen(levering.id, &op(6)).await.unwrap();
    assert_eq!(gewist.toestand, Toestand::Gewist);
    assert!(gewist.toelichtingen.iter().all(|t| t.woorden.is_empty()));
    assert!(lake.oordeel(levering.id).await.unwrap().is_none());
    assert!(lake.pakket(levering.id).await.unwrap().is_none());
    assert_eq!(
        lake.ontvangstbewijs(levering.id).await.unwrap().unwrap(),
        "jws"
    );
    assert!(bestanden(lake.dir()).is_empty());
    assert!(
        !lake
            .dir()
            .join("raw")
            .join(levering.id.to_string())
            .exists()
    );
}

/// Only the unfinished leveringen of that year expire.
#[tokio::test]
async fn expiry_takes_the_unfinished_alone() {
    let proef = proef().await;
    let lake = &proef.lake;
    let klaar = ingediend(lake, KVK, "a").await;
    let half = geopend(lake, KVK, "b").await;
    let bijna = akkoord(lake, KVK, "c").await;
    assert_eq!(lake.verlopen(UITVRAAG, 2021, &op(7)).await.unwrap(), []);
    assert_eq!(
        lake.verlopen(UITVRAAG, JAAR, &op(8)).await.unwrap(),
        [half.id, bijna.id]
    );
    let over = lake
        .leveringen(Filter {
            toestand: Some(Toestand::Ingediend),
            ..Filter::default()
        })
        .await
        .unwrap();
    assert_eq!(over.iter().map(|l| l.id).collect::<Vec<_>>(), [klaar.id]);
}

/// A judgement comes back as it was given, with its exact counts, and once.
#[tokio::test]
async fn a_levering_is_judged_once() {
    let proef = proef().await;
    let levering = akkoord(&proef.lake, KVK, "a").await;
    assert_eq!(levering.rijen["traject"], 3);
    assert_eq!(levering.regelhash, "regels");
    assert_eq!(
        proef.lake.oordeel(levering.id).await.unwrap().unwrap(),
        crate::hulp::oordeel(Verdict::Akkoord)
    );
    let fout = beoordeel(&proef.lake, &levering, Verdict::Afgekeurd)
        .await
        .unwrap_err();
    assert!(matches!(
        fout,
        LakeFout::Refused(Refusal::State {
            from: Toestand::Akkoord,
            to: Toestand::Afgekeurd
        })
    ));
    // The files that the first judgement named are still there.
    assert_eq!(bestanden(proef.lake.dir()), paden_van(levering.id, true));
}
