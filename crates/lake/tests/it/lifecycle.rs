//! The life of a levering: every pair of states, and what hangs on a step.

use lake::{
    JudgedLevering, Lake, LakeError, Levering, LeveringFilter, LeveringId, NewPublicatie, Opening,
    Refusal,
};
use schema::Toestand;
use schema::bevinding::Verdict;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::support::{
    JAAR, KVK, UITVRAAG, answer, approved, calendar, control, declare_nothing, files, give_uitstel,
    judge, on, oordeel, open_as, opened, pakket, paths_of, received, sign, submitted, test_lake,
};

/// A levering in this state, by the shortest way.
async fn bring_to(lake: &Lake, toestand: Toestand) -> LeveringId {
    let levering = match toestand {
        Toestand::Geopend => opened(lake, KVK, "a").await,
        Toestand::Ontvangen => received(lake, KVK, "a").await,
        Toestand::Afgekeurd => verdict(lake, Verdict::Afgekeurd).await,
        Toestand::TeBevestigen => verdict(lake, Verdict::TeBevestigen).await,
        Toestand::Akkoord => approved(lake, KVK, "a").await,
        Toestand::Ingediend => submitted(lake, KVK, "a").await,
        Toestand::Gepubliceerd | Toestand::Vervangen => {
            let levering = submitted(lake, KVK, "a").await;
            attempt(lake, &levering, toestand).await;
            levering
        }
        Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
            let levering = approved(lake, KVK, "a").await;
            attempt(lake, &levering, toestand).await;
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
    let levering = received(lake, KVK, "a").await;
    judge(lake, &levering, verdict).await.unwrap()
}

/// Tries everything that could bring a levering to `naar`.
async fn attempt(lake: &Lake, levering: &Levering, to: Toestand) {
    let id = levering.id;
    match to {
        Toestand::Geopend => drop(open_as(lake, KVK, &pakket("a"), "a").await),
        Toestand::Ontvangen => {
            if levering.toestand == Toestand::Geopend {
                control(lake, id, "a").await;
            }
            drop(lake.received(id, &on(9)).await);
        }
        Toestand::Afgekeurd => drop(judge(lake, levering, Verdict::Afgekeurd).await),
        Toestand::TeBevestigen => drop(judge(lake, levering, Verdict::TeBevestigen).await),
        Toestand::Akkoord => {
            drop(judge(lake, levering, Verdict::Akkoord).await);
            drop(
                lake.explain(id, &[answer("WACHT_LANG"), answer("DUUR_LANG")], &on(9))
                    .await,
            );
        }
        Toestand::Ingediend => drop(sign(lake, id, "jws2", &on(9)).await),
        Toestand::Gepubliceerd => {
            let moment = lake.freeze(UITVRAAG, JAAR, &on(9)).await.unwrap();
            let version = lake.next_version(UITVRAAG, JAAR).await.unwrap();
            let files = vec![("index.html".to_owned(), b"cijfers".to_vec())];
            lake.publish(
                NewPublicatie {
                    momentopname: &moment.id,
                    erased: &[],
                    versie: version,
                    bestanden: files,
                },
                &on(9),
            )
            .await
            .unwrap();
        }
        Toestand::Vervangen => {
            let mark = format!(
                "nieuwer-{}",
                lake.leveringen(LeveringFilter::default())
                    .await
                    .unwrap()
                    .len()
            );
            // What was published is frozen.
            give_uitstel(lake, KVK, &on(9)).await;
            submitted(lake, KVK, &mark).await;
        }
        Toestand::Ingetrokken => drop(lake.withdraw(id, &calendar(), &on(9)).await),
        Toestand::Verlopen => drop(lake.expire(UITVRAAG, JAAR, &on(9)).await),
        Toestand::Gewist => drop(lake.erase(id, &on(9)).await),
    }
}

/// All 121 pairs: the lake takes exactly the steps of the state machine, and logs each.
#[tokio::test]
async fn every_pair_of_states_follows_the_design() {
    for van in Toestand::ALL {
        for to in Toestand::ALL {
            let test_lake = test_lake().await;
            let id = bring_to(&test_lake.lake, van).await;
            let levering = test_lake.lake.levering(id).await.unwrap().unwrap();
            let before = test_lake.lake.events(Some(id)).await.unwrap().len();
            attempt(&test_lake.lake, &levering, to).await;
            let log = test_lake.lake.events(Some(id)).await.unwrap();
            let set = log[before..]
                .iter()
                .any(|g| g.van == Some(van) && g.naar == Some(to));
            assert_eq!(set, van.may_become(to), "{van:?} to {to:?}");
            let nu = test_lake.lake.levering(id).await.unwrap().unwrap().toestand;
            assert_eq!(nu, if set { to } else { van }, "{van:?} to {to:?}");
        }
    }
}

/// The log says who did what and when, step by step.
#[tokio::test]
async fn the_log_holds_every_step() {
    use Toestand::{Akkoord, Geopend, Ingediend, Ontvangen};

    let test_lake = test_lake().await;
    let levering = submitted(&test_lake.lake, KVK, "a").await;
    let log = test_lake.lake.events(Some(levering.id)).await.unwrap();
    let steps: Vec<_> = log
        .iter()
        .map(|g| (g.van, g.naar.unwrap(), g.wanneer))
        .collect();
    let expected = [
        (None, Geopend, on(1).nu),
        (Some(Geopend), Ontvangen, on(2).nu),
        (Some(Ontvangen), Akkoord, on(3).nu),
        (Some(Akkoord), Ingediend, on(4).nu),
    ];
    assert_eq!(steps, expected);
    assert!(log.iter().all(|g| g.wie == "test"));
}

/// A newer levering counts only when it is signed, and then the older one no longer does: in one step.
#[tokio::test]
async fn signing_replaces_the_levering_that_counted() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let old = submitted(lake, KVK, "oud").await;
    let new = approved(lake, KVK, "nieuw").await;
    assert_eq!(
        lake.in_force(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        old.id
    );
    sign(lake, new.id, "jws", &on(5)).await.unwrap();
    assert_eq!(
        lake.in_force(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        new.id
    );
    assert_eq!(
        lake.levering(old.id).await.unwrap().unwrap().toestand,
        Toestand::Vervangen
    );
    // The receipt of the older one stays: it was given.
    assert_eq!(lake.ontvangstbewijs(old.id).await.unwrap().unwrap(), "jws");
}

/// Signing twice gives one receipt: the first.
#[tokio::test]
async fn a_second_signature_changes_nothing() {
    let test_lake = test_lake().await;
    let levering = approved(&test_lake.lake, KVK, "a").await;
    let (stamp_one, stamp_two) = (on(5), on(6));
    let (a, b) = tokio::join!(
        sign(&test_lake.lake, levering.id, "jws-1", &stamp_one),
        sign(&test_lake.lake, levering.id, "jws-2", &stamp_two)
    );
    assert!(a.is_ok() != b.is_ok());
    let jws = test_lake
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
    let test_lake = test_lake().await;
    let levering = verdict(&test_lake.lake, Verdict::TeBevestigen).await;
    assert_eq!(levering.open_signalen(), ["WACHT_LANG", "DUUR_LANG"]);
    let half = test_lake
        .lake
        .explain(levering.id, &[answer("WACHT_LANG")], &on(4))
        .await
        .unwrap();
    assert_eq!(
        (half.toestand, half.open_signalen()),
        (Toestand::TeBevestigen, vec!["DUUR_LANG".to_owned()])
    );
    let error = sign(&test_lake.lake, levering.id, "jws", &on(5))
        .await
        .unwrap_err();
    assert!(
        matches!(error, LakeError::Refused(Refusal::OpenSignalen { codes }) if codes == ["DUUR_LANG"])
    );
    let heel = test_lake
        .lake
        .explain(levering.id, &[answer("DUUR_LANG")], &on(6))
        .await
        .unwrap();
    assert_eq!(heel.toestand, Toestand::Akkoord);
    assert_eq!(heel.toelichtingen.len(), 2);
}

/// Answers that travelled with the pakket count at once.
#[tokio::test]
async fn answers_in_the_pakket_make_it_approved() {
    let test_lake = test_lake().await;
    let mut pakket = pakket("a");
    pakket.toelichtingen = vec![
        answer("WACHT_LANG"),
        answer("DUUR_LANG"),
        answer("KWAM_NIET_VOOR"),
    ];
    let levering = open_as(&test_lake.lake, KVK, &pakket, "a")
        .await
        .unwrap()
        .levering();
    control(&test_lake.lake, levering.id, "a").await;
    let levering = test_lake.lake.received(levering.id, &on(2)).await.unwrap();
    let levering = judge(&test_lake.lake, &levering, Verdict::TeBevestigen)
        .await
        .unwrap();
    assert_eq!(levering.toestand, Toestand::Akkoord);
    let log = test_lake.lake.events(Some(levering.id)).await.unwrap();
    assert!(
        log.iter().any(|g| g.naar == Some(Toestand::TeBevestigen)),
        "both steps are in the log"
    );
}

/// A signed levering can be taken back until the freeze day, and not once a momentopname holds it.
#[tokio::test]
async fn the_freeze_ends_taking_back() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = submitted(lake, KVK, "a").await;
    let other = approved(lake, KVK, "b").await;
    let mut late = on(9);
    late.nu = calendar().bevriezen.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let error = lake
        .withdraw(levering.id, &calendar(), &late)
        .await
        .unwrap_err();
    assert!(matches!(error, LakeError::Refused(Refusal::Frozen)));
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    let error = lake
        .withdraw(levering.id, &calendar(), &on(6))
        .await
        .unwrap_err();
    assert!(matches!(error, LakeError::Refused(Refusal::Frozen)));
    // An unsigned one may be taken back at any time.
    assert_eq!(
        lake.withdraw(other.id, &calendar(), &late)
            .await
            .unwrap()
            .toestand,
        Toestand::Ingetrokken
    );
}

/// A nulopgave counts as a levering and is replaced by one, but never replaces one; a second one is the first.
#[tokio::test]
async fn a_nulopgave_lives_like_a_levering() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let old = submitted(lake, KVK, "a").await;
    let error = declare_nothing(lake, KVK, "nul", &on(5)).await.unwrap_err();
    assert!(matches!(
        error,
        LakeError::Refused(Refusal::NulopgaveBesideLevering { levering }) if levering == old.id
    ));
    lake.withdraw(old.id, &calendar(), &on(5)).await.unwrap();
    let first = declare_nothing(lake, KVK, "nul", &on(5)).await.unwrap();
    let first = first.levering();
    assert!(first.nulopgave && first.toestand == Toestand::Ingediend && first.has_ontvangstbewijs);
    let second = declare_nothing(lake, KVK, "nul", &on(6)).await.unwrap();
    assert_eq!(second, Opening::Existing(first.clone()));
    let new = submitted(lake, KVK, "b").await;
    assert_eq!(
        lake.levering(first.id).await.unwrap().unwrap().toestand,
        Toestand::Vervangen
    );
    assert_eq!(
        lake.in_force(KVK, UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap()
            .id,
        new.id
    );
    let log = lake.events(Some(first.id)).await.unwrap();
    for pair in log.windows(2) {
        assert!(
            pair[0].naar.unwrap().may_become(pair[1].naar.unwrap()),
            "no step is skipped"
        );
    }
}

/// Erasing removes rows, findings and words, and keeps that it was there.
#[tokio::test]
async fn erasing_leaves_the_receipt_and_nothing_else() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = verdict(lake, Verdict::TeBevestigen).await;
    lake.explain(
        levering.id,
        &[answer("WACHT_LANG"), answer("DUUR_LANG")],
        &on(4),
    )
    .await
    .unwrap();
    sign(lake, levering.id, "jws", &on(5)).await.unwrap();
    assert_eq!(files(lake.dir()), paths_of(levering.id, true));
    let erased = lake.erase(levering.id, &on(6)).await.unwrap();
    assert_eq!(erased.toestand, Toestand::Gewist);
    assert!(erased.toelichtingen.iter().all(|t| t.woorden.is_empty()));
    assert!(lake.oordeel(levering.id).await.unwrap().is_none());
    assert!(lake.pakket(levering.id).await.unwrap().is_none());
    assert_eq!(
        lake.ontvangstbewijs(levering.id).await.unwrap().unwrap(),
        "jws"
    );
    assert!(files(lake.dir()).is_empty());
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
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let done = submitted(lake, KVK, "a").await;
    let half = opened(lake, KVK, "b").await;
    let almost = approved(lake, KVK, "c").await;
    assert_eq!(lake.expire(UITVRAAG, 2021, &on(7)).await.unwrap(), []);
    assert_eq!(
        lake.expire(UITVRAAG, JAAR, &on(8)).await.unwrap(),
        [half.id, almost.id]
    );
    let over = lake
        .leveringen(LeveringFilter {
            toestand: Some(Toestand::Ingediend),
            ..LeveringFilter::default()
        })
        .await
        .unwrap();
    assert_eq!(over.iter().map(|l| l.id).collect::<Vec<_>>(), [done.id]);
}

/// A judgement comes back as it was given, with its exact counts, and once.
#[tokio::test]
async fn a_levering_is_judged_once() {
    let test_lake = test_lake().await;
    let levering = approved(&test_lake.lake, KVK, "a").await;
    assert_eq!(levering.rijen["traject"], 3);
    assert_eq!(levering.regelhash, "regels");
    assert_eq!(
        test_lake.lake.oordeel(levering.id).await.unwrap().unwrap(),
        crate::support::oordeel(Verdict::Akkoord)
    );
    let error = judge(&test_lake.lake, &levering, Verdict::Afgekeurd)
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        LakeError::Refused(Refusal::State {
            from: Toestand::Akkoord,
            to: Toestand::Afgekeurd
        })
    ));
    // The files that the first judgement named are still there.
    assert_eq!(files(test_lake.lake.dir()), paths_of(levering.id, true));
}

/// What was erased stood on in SQLite's log and in its free pages. Who reads meanwhile holds the log up, and no longer.
#[tokio::test]
async fn what_is_erased_is_in_no_page_and_no_log() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = verdict(lake, Verdict::TeBevestigen).await;
    let words = "woorden die nergens anders staan ".repeat(40);
    let mut toelichting = answer("WACHT_LANG");
    toelichting.woorden.clone_from(&words);
    lake.explain(levering.id, &[toelichting], &on(4))
        .await
        .unwrap();
    let stands = || {
        let holds = |name: &str| {
            let bytes = std::fs::read(lake.dir().join(name)).unwrap_or_default();
            bytes.windows(33).any(|w| w == &words.as_bytes()[..33])
        };
        holds("register.sqlite") || holds("register.sqlite-wal")
    };
    assert!(stands());
    let options = SqliteConnectOptions::new().filename(lake.dir().join("register.sqlite"));
    let mut reader = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT count(*) FROM levering")
        .fetch_one(&mut reader)
        .await
        .unwrap();
    lake.erase(levering.id, &on(5)).await.unwrap();
    assert!(!lake.wipe_log().await.unwrap(), "someone reads");
    reader.close().await.unwrap();
    assert!(lake.wipe_log().await.unwrap());
    assert!(!stands());
}

/// Answers that are carried over count in the transaction of the verdict: nobody ever sees a question that has its answer.
/// They are no help to what is afgekeurd.
#[tokio::test]
async fn the_verdict_and_answers_carried_over_are_one_step() {
    let (long, other) = ("WACHT_LANG", "DUUR_LANG");
    for (verdict, carried, toestand, open, kept) in [
        (
            Verdict::TeBevestigen,
            &[long, other][..],
            Toestand::Akkoord,
            &[][..],
            2,
        ),
        (
            Verdict::TeBevestigen,
            &[long],
            Toestand::TeBevestigen,
            &[other],
            1,
        ),
        (Verdict::Afgekeurd, &[long], Toestand::Afgekeurd, &[], 0),
    ] {
        let test_lake = test_lake().await;
        let lake = &test_lake.lake;
        let levering = received(lake, KVK, "a").await;
        let oordeel = oordeel(verdict);
        let judged = JudgedLevering {
            carried_over: carried.iter().map(|code| answer(code)).collect(),
            ..JudgedLevering::new(&oordeel, Vec::new(), "r")
        };
        let levering = lake.judged(levering.id, judged, &on(3)).await.unwrap();
        assert_eq!(levering.toestand, toestand, "{carried:?}");
        assert_eq!(levering.open_signalen(), open, "{carried:?}");
        assert_eq!(levering.toelichtingen.len(), kept, "{carried:?}");
    }
}
