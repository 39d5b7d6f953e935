//! Each rule about state, asked through the act that obeys it. The table of what frozen is stands beside the rule.

use chrono::{DateTime, Utc};
use lake::{
    Lake, LakeError, Levering, LeveringId, Loss, Nulopgave, Opening, Refusal, RowChange, Signing,
    Stamp,
};
use schema::{Confirmation, Toestand};

use crate::support::{
    JAAR, KVK, TestLake, UITVRAAG, answer, approved, approved_with, calendar, control,
    declare_nothing, files, give_uitstel, on, open_as, opened, pakket, sign, signatory, submitted,
    test_lake,
};

/// The first moment of the freeze day in the Netherlands, where it is summer time.
fn freeze_day() -> Stamp {
    at("2021-04-14T22:00:00Z")
}

fn at(moment: &str) -> Stamp {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    Stamp::new("test", moment)
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Result<T, LakeError>) -> Refusal {
    match outcome {
        Err(LakeError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn frozen(lake: &Lake, kvk: &str, now: &Stamp) -> bool {
    let calendar = calendar();
    lake.is_frozen(Some(kvk), UITVRAAG, JAAR, &calendar, now.nu)
        .await
        .unwrap()
}

async fn open_at(lake: &Lake, name: &str, now: &Stamp) -> Result<Opening, LakeError> {
    let pakket = pakket(name);
    let json = serde_json::to_vec(&pakket).unwrap();
    let new = lake::NewLevering {
        kvk: KVK,
        pakket: &pakket,
        pakket_json: &json,
        sleutel: name,
        klok: &calendar(),
    };
    lake.open_levering(&new, now).await
}

/// One answer for opening, signing, a nulopgave and taking back; what was there is still answered.
#[tokio::test]
async fn from_the_freeze_day_nothing_counts_or_stops_counting() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let signed = submitted(&lake, KVK, "signed").await;
    let ready = approved(&lake, KVK, "ready").await;
    let before = at("2021-04-14T21:59:59Z");
    assert!(!frozen(&lake, KVK, &before).await && frozen(&lake, KVK, &freeze_day()).await);
    let day = freeze_day();
    assert_eq!(refusal(open_at(&lake, "new", &day).await), Refusal::Frozen);
    assert!(matches!(
        open_at(&lake, "ready", &day).await,
        Ok(Opening::Existing(_))
    ));
    assert_eq!(
        refusal(sign(&lake, ready.id, "jws", &day).await),
        Refusal::Frozen
    );
    assert_eq!(
        lake.may_sign(&ready, &calendar(), day.nu).await.unwrap(),
        Err(Refusal::Frozen)
    );
    assert_eq!(
        refusal(lake.withdraw(signed.id, &calendar(), &day).await),
        Refusal::Frozen
    );
    assert_eq!(signed.may_be_withdrawn(true), Err(Refusal::Frozen));
    assert_eq!(signed.may_be_withdrawn(false), Ok(()));
    crate::support::set_aanbieder(&lake, "10000001").await;
    assert_eq!(
        refusal(declare_nothing(&lake, "10000001", "jws", &day).await),
        Refusal::Frozen
    );
    give_uitstel(&lake, KVK, &day).await;
    assert!(!frozen(&lake, KVK, &day).await && frozen(&lake, "10000001", &day).await);
    lake.withdraw(signed.id, &calendar(), &day).await.unwrap();
    sign(&lake, ready.id, "jws", &day).await.unwrap();
}

/// After `unfreeze` one can deliver again until the next freeze: the day, if that is still to come.
#[tokio::test]
async fn unfreezing_opens_the_year_until_the_next_freeze() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    submitted(&lake, KVK, "a").await;
    let unfreeze = |now: Stamp| {
        let lake = lake.clone();
        async move { lake.unfreeze_year(UITVRAAG, JAAR, &calendar(), &now).await }
    };
    assert_eq!(refusal(unfreeze(on(5)).await), Refusal::NotFrozen);
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    lake.freeze(UITVRAAG, JAAR, &on(6)).await.unwrap();
    lake.unfreeze("omgang-2020-2", &on(7)).await.unwrap();
    assert!(frozen(&lake, KVK, &on(7)).await, "the other one stands");
    assert_eq!(unfreeze(on(8)).await.unwrap(), ["omgang-2020-1"]);
    assert!(!frozen(&lake, KVK, &on(8)).await);
    // That was in January: the freeze day is the next freeze.
    let day = freeze_day();
    assert!(frozen(&lake, KVK, &day).await);
    assert_eq!(unfreeze(day.clone()).await.unwrap(), Vec::<String>::new());
    let later = at("2021-04-20T12:00:00Z");
    assert!(!frozen(&lake, KVK, &later).await);
    assert_eq!(refusal(unfreeze(later.clone()).await), Refusal::NotFrozen);
    let moment = lake.freeze(UITVRAAG, JAAR, &later).await.unwrap();
    assert!(frozen(&lake, KVK, &later).await);
    lake.unfreeze(&moment.id, &later).await.unwrap();
    assert!(!frozen(&lake, KVK, &later).await, "past the freeze day too");
    let moment = lake.freeze(UITVRAAG, JAAR, &later).await.unwrap();
    let new = lake::NewPublicatie {
        momentopname: &moment.id,
        erased: &[],
        versie: 1,
        bestanden: vec![("index.html".to_owned(), b"x".to_vec())],
    };
    lake.publish(new, &later).await.unwrap();
    assert_eq!(refusal(unfreeze(later).await), Refusal::Published);
}

/// Freezing ends delivering for everybody, so what speaks against it is said first.
#[tokio::test]
async fn freezing_in_time_says_what_speaks_against_it() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let calendar = calendar();
    let too_soon = |day, none_signed, unfinished| Refusal::TooSoonToFreeze {
        day,
        none_signed,
        unfinished,
    };
    let freeze = async |now: &Stamp| lake.freeze_in_time(UITVRAAG, JAAR, &calendar, now).await;
    assert_eq!(
        refusal(freeze(&on(1)).await),
        too_soon(Some(calendar.bevriezen), true, 0)
    );
    submitted(&lake, KVK, "a").await;
    let open = opened(&lake, KVK, "b").await;
    assert_eq!(
        refusal(freeze(&freeze_day()).await),
        too_soon(None, false, 1)
    );
    lake.withdraw(open.id, &calendar, &on(5)).await.unwrap();
    assert_eq!(
        refusal(freeze(&at("2021-04-14T21:59:59Z")).await),
        too_soon(Some(calendar.bevriezen), false, 0)
    );
    assert_eq!(lake.momentopnamen(UITVRAAG, JAAR).await.unwrap().len(), 0);
    assert_eq!(freeze(&freeze_day()).await.unwrap().leveringen.len(), 1);
}

/// A levering made with another key than the one that counts takes its place only when that is meant.
#[tokio::test]
async fn another_key_must_be_meant() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    submitted(&lake, KVK, "a").await;
    let mut foreign = pakket("b");
    foreign.pseudoniem = "hmac-sha256.1.zzzz".to_owned();
    let levering = open_as(&lake, KVK, &foreign, "b").await.unwrap().levering();
    control(&lake, levering.id, "b").await;
    let levering = lake.received(levering.id, &on(2)).await.unwrap();
    let verdict = schema::bevinding::Verdict::Akkoord;
    let levering = crate::support::judge(&lake, &levering, verdict)
        .await
        .unwrap();
    let asked = lake
        .may_sign(&levering, &calendar(), on(4).nu)
        .await
        .unwrap();
    let other_key = Refusal::Unconfirmed(vec![Loss {
        what: Confirmation::AndereSleutel,
        tabellen: Vec::new(),
    }]);
    assert_eq!(asked, Err(other_key.clone()));
    assert_eq!(
        refusal(sign(&lake, levering.id, "jws", &on(4)).await),
        other_key
    );
    let signing = Signing {
        signer: &signatory(),
        klok: &calendar(),
        receipt: &|signed: &Levering| format!("{} {:?}", signed.id, signed.ingediend),
    };
    let signed = lake
        .submit(
            levering.id,
            &signing,
            &[Confirmation::AndereSleutel],
            &on(4),
        )
        .await
        .unwrap();
    assert_eq!(signed.toestand, Toestand::Ingediend);
    // The receipt is made of the levering as it is once signed.
    assert_eq!(
        lake.ontvangstbewijs(levering.id).await.unwrap().unwrap(),
        format!("{} {:?}", levering.id, Some(on(4).nu))
    );
}

/// 190 rows were once replaced by 70 without a word. Half is still fine; less than that, or a table that lost all its
/// rows, is said by its name.
#[tokio::test]
async fn replacing_much_by_little_must_be_meant() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let (signer, calendar) = (signatory(), calendar());
    let submit = async |id: LeveringId, confirmed: &[Confirmation]| {
        let signing = Signing {
            signer: &signer,
            klok: &calendar,
            receipt: &|_| "jws".to_owned(),
        };
        lake.submit(id, &signing, confirmed, &on(4)).await
    };
    let ready =
        async |mark: &str, rows: &[(&str, u64)]| approved_with(&lake, KVK, mark, rows).await.id;
    let change = |tabel: &str, was, becomes| RowChange {
        tabel: tabel.to_owned(),
        was,
        becomes,
    };
    let loss = |what, tabellen| Loss { what, tabellen };
    let (fewer_rows, fewer_tables) = (Confirmation::MinderRijen, Confirmation::MinderTabellen);
    let first = ready("a", &[("traject", 190), ("wachtlijst", 5)]).await;
    submit(first, &[]).await.unwrap();

    let half = ready("b", &[("traject", 95), ("wachtlijst", 3)]).await;
    submit(half, &[]).await.unwrap();

    let less = ready("c", &[("traject", 47), ("wachtlijst", 9)]).await;
    let needed = Refusal::Unconfirmed(vec![loss(fewer_rows, vec![change("traject", 95, 47)])]);
    assert_eq!(refusal(submit(less, &[]).await), needed);
    // Confirming something else is no confirmation.
    let other = [fewer_tables, Confirmation::AndereSleutel];
    assert_eq!(refusal(submit(less, &other).await), needed);
    let levering = lake.levering(less).await.unwrap().unwrap();
    let asked = lake.may_sign(&levering, &calendar, on(4).nu).await.unwrap();
    assert_eq!(asked, Err(needed));
    submit(less, &[fewer_rows]).await.unwrap();

    let both = ready("d", &[("traject", 1)]).await;
    let (rows, tables) = (change("traject", 47, 1), change("wachtlijst", 9, 0));
    assert_eq!(
        refusal(submit(both, &[]).await),
        Refusal::Unconfirmed(vec![
            loss(fewer_rows, vec![rows]),
            loss(fewer_tables, vec![tables.clone()])
        ])
    );
    assert_eq!(
        refusal(submit(both, &[fewer_rows]).await),
        Refusal::Unconfirmed(vec![loss(fewer_tables, vec![tables])])
    );
    submit(both, &[fewer_rows, fewer_tables]).await.unwrap();
}

/// Where there were rows last year, a nulopgave is explained; the words are kept only then.
#[tokio::test]
async fn a_nulopgave_after_a_year_with_rows_is_explained() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let before = submitted(&lake, KVK, "a").await;
    let (signer, calendar) = (signatory(), calendar());
    let declare = async |jaar: i32, toelichting: Option<&str>| {
        let nulopgave = Nulopgave {
            kvk: KVK,
            uitvraag: UITVRAAG,
            jaar,
            main_table: "traject",
            toelichting,
            signing: Signing {
                signer: &signer,
                klok: &calendar,
                receipt: &|_| "jws".to_owned(),
            },
        };
        lake.nulopgave(&nulopgave, &on(5)).await
    };
    assert_eq!(
        refusal(declare(JAAR + 1, None).await),
        Refusal::NulopgaveUnexplained {
            levering: before.id,
            rows: 3
        }
    );
    let explained = declare(JAAR + 1, Some("Gestopt."))
        .await
        .unwrap()
        .levering();
    assert_eq!(explained.toelichtingen[0].woorden, "Gestopt.");
    let other = declare(JAAR + 3, Some("Zomaar.")).await.unwrap().levering();
    assert!(other.toelichtingen.is_empty());
}

/// Past the limit nothing is opened and nothing is kept; going on with one, or with another aanbieder, is no new one.
#[tokio::test]
async fn open_leveringen_are_bounded() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    for number in 0..20 {
        opened(&lake, KVK, &format!("a-{number}")).await;
    }
    let too_many = open_as(&lake, KVK, &pakket("more"), "more").await;
    assert_eq!(refusal(too_many), Refusal::TooManyOpen { allowed: 20 });
    assert_eq!(files(lake.dir()).len(), 20);
    let again = open_as(&lake, KVK, &pakket("a-7"), "a-7").await.unwrap();
    assert!(matches!(again, Opening::Existing(_)));
    let id = again.levering().id;
    lake.withdraw(id, &calendar(), &on(5)).await.unwrap();
    opened(&lake, KVK, "more").await;
}

/// What has damaged files takes no step but to be erased or to expire.
#[tokio::test]
async fn quarantine_stops_every_step_of_the_aanbieder() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let ready = approved(&lake, KVK, "a").await;
    let raw = lake.dir().join("raw").join(ready.id.to_string());
    std::fs::write(raw.join("traject.csv.zst"), b"x").unwrap();
    lake.recover(lake::Thoroughness::Lengte, &on(5))
        .await
        .unwrap();
    let quarantined = |id: LeveringId| Refusal::Quarantined(id);
    assert_eq!(
        refusal(sign(&lake, ready.id, "jws", &on(6)).await),
        quarantined(ready.id)
    );
    assert_eq!(
        refusal(lake.explain(ready.id, &[answer("X")], &on(6)).await),
        quarantined(ready.id)
    );
    assert_eq!(
        refusal(lake.withdraw(ready.id, &calendar(), &on(6)).await),
        quarantined(ready.id)
    );
    lake.erase(ready.id, &on(7)).await.unwrap();
}

/// Who has uitstel and signs after a freeze signs later than it, whatever the clocks of the two say.
#[tokio::test]
async fn a_receipt_is_never_older_than_the_momentopname_it_is_not_in() {
    let TestLake { lake, dir: _dir } = test_lake().await;
    let inside = submitted(&lake, KVK, "a").await;
    let late = approved(&lake, KVK, "b").await;
    give_uitstel(&lake, KVK, &on(1)).await;
    let moment = lake.freeze(UITVRAAG, JAAR, &on(3)).await.unwrap();
    assert_eq!(moment.gemaakt, inside.ingediend.unwrap(), "signed at op(4)");
    let signed = sign(&lake, late.id, "jws", &on(2)).await.unwrap();
    assert!(signed.ingediend.unwrap() > moment.gemaakt);
}
