//! Each rule about state, asked through the act that obeys it. The table of what frozen is stands beside the rule.

use chrono::{DateTime, Utc};
use lake::{Geopend, Lake, LakeFout, Levering, LeveringId, Nulopgave, Refusal, Signing, Stempel};
use schema::Toestand;

use crate::hulp::{
    JAAR, KVK, Proef, UITVRAAG, akkoord, antwoord, bestanden, declare_nothing, geopend,
    give_uitstel, ingediend, klok, ondertekenaar, op, open_als, pakket, proef, sign, stuur,
};

/// The first moment of the freeze day in the Netherlands, where it is summer time.
fn freeze_day() -> Stempel {
    at("2021-04-14T22:00:00Z")
}

fn at(moment: &str) -> Stempel {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    Stempel::new("test", moment)
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Result<T, LakeFout>) -> Refusal {
    match outcome {
        Err(LakeFout::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn frozen(lake: &Lake, kvk: &str, now: &Stempel) -> bool {
    let klok = klok();
    lake.is_frozen(Some(kvk), UITVRAAG, JAAR, &klok, now.nu)
        .await
        .unwrap()
}

async fn open_at(lake: &Lake, name: &str, now: &Stempel) -> Result<Geopend, LakeFout> {
    let pakket = pakket(name);
    let json = serde_json::to_vec(&pakket).unwrap();
    let nieuw = lake::NieuweLevering {
        kvk: KVK,
        pakket: &pakket,
        pakket_json: &json,
        sleutel: name,
        klok: &klok(),
    };
    lake.open_levering(&nieuw, now).await
}

/// One answer for opening, signing, a nulopgave and taking back; what was there is still answered.
#[tokio::test]
async fn from_the_freeze_day_nothing_counts_or_stops_counting() {
    let Proef { lake, dir: _dir } = proef().await;
    let signed = ingediend(&lake, KVK, "signed").await;
    let ready = akkoord(&lake, KVK, "ready").await;
    let before = at("2021-04-14T21:59:59Z");
    assert!(!frozen(&lake, KVK, &before).await && frozen(&lake, KVK, &freeze_day()).await);
    let day = freeze_day();
    assert_eq!(refusal(open_at(&lake, "new", &day).await), Refusal::Frozen);
    assert!(matches!(
        open_at(&lake, "ready", &day).await,
        Ok(Geopend::Bestaand(_))
    ));
    assert_eq!(
        refusal(sign(&lake, ready.id, "jws", &day).await),
        Refusal::Frozen
    );
    assert_eq!(
        lake.may_sign(&ready, &klok(), day.nu).await.unwrap(),
        Err(Refusal::Frozen)
    );
    assert_eq!(
        refusal(lake.intrekken(signed.id, &klok(), &day).await),
        Refusal::Frozen
    );
    assert_eq!(signed.may_be_withdrawn(true), Err(Refusal::Frozen));
    assert_eq!(signed.may_be_withdrawn(false), Ok(()));
    crate::hulp::zet_aanbieder(&lake, "10000001").await;
    assert_eq!(
        refusal(declare_nothing(&lake, "10000001", "jws", &day).await),
        Refusal::Frozen
    );
    give_uitstel(&lake, KVK, &day).await;
    assert!(!frozen(&lake, KVK, &day).await && frozen(&lake, "10000001", &day).await);
    lake.intrekken(signed.id, &klok(), &day).await.unwrap();
    sign(&lake, ready.id, "jws", &day).await.unwrap();
}

/// After `unfreeze` one can deliver again until the next freeze: the day, if that is still to come.
#[tokio::test]
async fn unfreezing_opens_the_year_until_the_next_freeze() {
    let Proef { lake, dir: _dir } = proef().await;
    ingediend(&lake, KVK, "a").await;
    let unfreeze = |now: Stempel| {
        let lake = lake.clone();
        async move { lake.unfreeze_year(UITVRAAG, JAAR, &klok(), &now).await }
    };
    assert_eq!(refusal(unfreeze(op(5)).await), Refusal::NotFrozen);
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    lake.bevries(UITVRAAG, JAAR, &op(6)).await.unwrap();
    lake.ontdooi("omgang-2020-2", &op(7)).await.unwrap();
    assert!(frozen(&lake, KVK, &op(7)).await, "the other one stands");
    assert_eq!(unfreeze(op(8)).await.unwrap(), ["omgang-2020-1"]);
    assert!(!frozen(&lake, KVK, &op(8)).await);
    // That was in January: the freeze day is the next freeze.
    let day = freeze_day();
    assert!(frozen(&lake, KVK, &day).await);
    assert_eq!(unfreeze(day.clone()).await.unwrap(), Vec::<String>::new());
    let later = at("2021-04-20T12:00:00Z");
    assert!(!frozen(&lake, KVK, &later).await);
    assert_eq!(refusal(unfreeze(later.clone()).await), Refusal::NotFrozen);
    let moment = lake.bevries(UITVRAAG, JAAR, &later).await.unwrap();
    assert!(frozen(&lake, KVK, &later).await);
    lake.ontdooi(&moment.id, &later).await.unwrap();
    assert!(!frozen(&lake, KVK, &later).await, "past the freeze day too");
    let moment = lake.bevries(UITVRAAG, JAAR, &later).await.unwrap();
    let nieuw = lake::NieuwePublicatie {
        momentopname: &moment.id,
        versie: 1,
        bestanden: vec![("index.html".to_owned(), b"x".to_vec())],
    };
    lake.publiceer(nieuw, &later).await.unwrap();
    assert_eq!(refusal(unfreeze(later).await), Refusal::Published);
}

/// Freezing ends delivering for everybody, so what speaks against it is said first.
#[tokio::test]
async fn freezing_in_time_says_what_speaks_against_it() {
    let Proef { lake, dir: _dir } = proef().await;
    let klok = klok();
    let too_soon = |day, none_signed, unfinished| Refusal::TooSoonToFreeze {
        day,
        none_signed,
        unfinished,
    };
    let freeze = async |now: &Stempel| lake.freeze_in_time(UITVRAAG, JAAR, &klok, now).await;
    assert_eq!(
        refusal(freeze(&op(1)).await),
        too_soon(Some(klok.bevriezen), true, 0)
    );
    ingediend(&lake, KVK, "a").await;
    let open = geopend(&lake, KVK, "b").await;
    assert_eq!(
        refusal(freeze(&freeze_day()).await),
        too_soon(None, false, 1)
    );
    lake.intrekken(open.id, &klok, &op(5)).await.unwrap();
    assert_eq!(
        refusal(freeze(&at("2021-04-14T21:59:59Z")).await),
        too_soon(Some(klok.bevriezen), false, 0)
    );
    assert_eq!(lake.momentopnamen(UITVRAAG, JAAR).await.unwrap().len(), 0);
    assert_eq!(freeze(&freeze_day()).await.unwrap().leveringen.len(), 1);
}

/// A levering made with another key than the one that counts takes its place only when that is meant.
#[tokio::test]
async fn another_key_must_be_meant() {
    let Proef { lake, dir: _dir } = proef().await;
    ingediend(&lake, KVK, "a").await;
    let mut foreign = pakket("b");
    foreign.pseudoniem = "hmac-sha256.1.zzzz".to_owned();
    let levering = open_als(&lake, KVK, &foreign, "b")
        .await
        .unwrap()
        .levering();
    stuur(&lake, levering.id, "b").await;
    let levering = lake.ontvangen(levering.id, &op(2)).await.unwrap();
    let verdict = schema::bevinding::Verdict::Akkoord;
    let levering = crate::hulp::beoordeel(&lake, &levering, verdict)
        .await
        .unwrap();
    let asked = lake.may_sign(&levering, &klok(), op(4).nu).await.unwrap();
    assert_eq!(asked, Err(Refusal::OtherKey));
    assert_eq!(
        refusal(sign(&lake, levering.id, "jws", &op(4)).await),
        Refusal::OtherKey
    );
    let signing = Signing {
        signer: &ondertekenaar(),
        klok: &klok(),
        receipt: &|signed: &Levering| format!("{} {:?}", signed.id, signed.ingediend),
    };
    let signed = lake
        .indienen(levering.id, &signing, true, &op(4))
        .await
        .unwrap();
    assert_eq!(signed.toestand, Toestand::Ingediend);
    // The receipt is made of the levering as it is once signed.
    assert_eq!(
        lake.ontvangstbewijs(levering.id).await.unwrap().unwrap(),
        format!("{} {:?}", levering.id, Some(op(4).nu))
    );
}

/// Where there were rows last year, a nulopgave is explained; the words are kept only then.
#[tokio::test]
async fn a_nulopgave_after_a_year_with_rows_is_explained() {
    let Proef { lake, dir: _dir } = proef().await;
    let before = ingediend(&lake, KVK, "a").await;
    let (signer, klok) = (ondertekenaar(), klok());
    let declare = async |jaar: i32, toelichting: Option<&str>| {
        let nulopgave = Nulopgave {
            kvk: KVK,
            uitvraag: UITVRAAG,
            jaar,
            main_table: "traject",
            toelichting,
            signing: Signing {
                signer: &signer,
                klok: &klok,
                receipt: &|_| "jws".to_owned(),
            },
        };
        lake.nulopgave(&nulopgave, &op(5)).await
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
    let Proef { lake, dir: _dir } = proef().await;
    for number in 0..20 {
        geopend(&lake, KVK, &format!("a-{number}")).await;
    }
    let too_many = open_als(&lake, KVK, &pakket("more"), "more").await;
    assert_eq!(refusal(too_many), Refusal::TooManyOpen { allowed: 20 });
    assert_eq!(bestanden(lake.dir()).len(), 20);
    let again = open_als(&lake, KVK, &pakket("a-7"), "a-7").await.unwrap();
    assert!(matches!(again, Geopend::Bestaand(_)));
    let id = again.levering().id;
    lake.intrekken(id, &klok(), &op(5)).await.unwrap();
    geopend(&lake, KVK, "more").await;
}

/// What has damaged files takes no step but to be erased or to expire.
#[tokio::test]
async fn quarantine_stops_every_step_of_the_aanbieder() {
    let Proef { lake, dir: _dir } = proef().await;
    let ready = akkoord(&lake, KVK, "a").await;
    let raw = lake.dir().join("raw").join(ready.id.to_string());
    std::fs::write(raw.join("traject.csv.zst"), b"x").unwrap();
    lake.herstel(lake::Grondigheid::Lengte, &op(5))
        .await
        .unwrap();
    let quarantined = |id: LeveringId| Refusal::Quarantined(id);
    assert_eq!(
        refusal(sign(&lake, ready.id, "jws", &op(6)).await),
        quarantined(ready.id)
    );
    assert_eq!(
        refusal(lake.toelichten(ready.id, &[antwoord("X")], &op(6)).await),
        quarantined(ready.id)
    );
    assert_eq!(
        refusal(lake.intrekken(ready.id, &klok(), &op(6)).await),
        quarantined(ready.id)
    );
    lake.wissen(ready.id, &op(7)).await.unwrap();
}

/// Who has uitstel and signs after a freeze signs later than it, whatever the clocks of the two say.
#[tokio::test]
async fn a_receipt_is_never_older_than_the_momentopname_it_is_not_in() {
    let Proef { lake, dir: _dir } = proef().await;
    let inside = ingediend(&lake, KVK, "a").await;
    let late = akkoord(&lake, KVK, "b").await;
    give_uitstel(&lake, KVK, &op(1)).await;
    let moment = lake.bevries(UITVRAAG, JAAR, &op(3)).await.unwrap();
    assert_eq!(moment.gemaakt, inside.ingediend.unwrap(), "signed at op(4)");
    let signed = sign(&lake, late.id, "jws", &op(2)).await.unwrap();
    assert!(signed.ingediend.unwrap() > moment.gemaakt);
}
