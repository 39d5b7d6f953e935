//! Aanbieders, tokens, keys and the response.

use lake::{Aanbieder, Expectancy, Expectation, LakeError, Outcome, TokenRole};
use schema::Toestand;

use crate::support::{
    JAAR, KVK, UITVRAAG, declare_nothing, on, opened, set_aanbieder, submitted, test_lake,
};

fn expectation(kvk: &str, state: Expectancy, werkgebied: &[&str]) -> Expectation {
    let werkgebied = werkgebied.iter().map(|g| (*g).to_owned()).collect();
    Expectation {
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        kvk: kvk.to_owned(),
        stand: state,
        werkgebied,
    }
}

/// A token works until it is revoked, and the register never holds it.
#[tokio::test]
async fn a_token_is_kept_as_a_hash() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let role = TokenRole::Aanbieder(KVK.to_owned());
    let secret = lake.make_token(&role, "eerste", &on(1)).await.unwrap();
    let other = lake
        .make_token(&TokenRole::Coordinator, "kantoor", &on(1))
        .await
        .unwrap();
    assert_ne!(secret, other);
    assert!(secret.reveal().len() >= 50 && !format!("{secret:?}").contains(secret.reveal()));
    let holder = lake.holder(secret.reveal()).await.unwrap().unwrap();
    assert_eq!(
        (holder.rol.clone(), holder.omschrijving.as_str()),
        (role, "eerste")
    );
    assert_eq!(
        lake.holder(other.reveal()).await.unwrap().unwrap().rol,
        TokenRole::Coordinator
    );
    for foreign in [
        "",
        "omg_",
        &secret.reveal().to_uppercase(),
        &secret.reveal()[..50],
    ] {
        assert!(lake.holder(foreign).await.unwrap().is_none());
    }
    assert!(lake.trek_token_in(holder.token, &on(2)).await.unwrap());
    assert!(!lake.trek_token_in(holder.token, &on(3)).await.unwrap());
    assert!(lake.holder(secret.reveal()).await.unwrap().is_none());
    let tokens = lake.tokens().await.unwrap();
    assert_eq!(
        tokens.iter().map(|t| t.ingetrokken).collect::<Vec<_>>(),
        [Some(on(2).nu), None]
    );
    let unknown = lake
        .make_token(&TokenRole::Aanbieder("99999999".to_owned()), "x", &on(1))
        .await;
    assert!(matches!(unknown, Err(LakeError::UnknownAanbieder)));
    lake.close().await;
    for file in ["register.sqlite", "register.sqlite-wal"] {
        let Ok(bytes) = std::fs::read(lake.dir().join(file)) else {
            continue;
        };
        let wanted = secret.reveal().as_bytes();
        assert!(
            !bytes.windows(wanted.len()).any(|window| window == wanted),
            "{file} holds the token"
        );
    }
}

/// A key id stands for one key, for ever.
#[tokio::test]
async fn a_key_id_is_one_key() {
    let test_lake = test_lake().await;
    test_lake
        .lake
        .store_key("k1", &[1; 32], &on(1))
        .await
        .unwrap();
    test_lake
        .lake
        .store_key("k1", &[1; 32], &on(2))
        .await
        .unwrap();
    test_lake
        .lake
        .store_key("k2", &[2; 32], &on(3))
        .await
        .unwrap();
    assert!(matches!(
        test_lake.lake.store_key("k1", &[3; 32], &on(4)).await,
        Err(LakeError::Invalid(_))
    ));
    let keys = test_lake.lake.keys().await.unwrap();
    assert_eq!(
        keys.iter()
            .map(|s| (s.kid.as_str(), s.public[0]))
            .collect::<Vec<_>>(),
        [("k1", 1), ("k2", 2)]
    );
}

/// A KvK number has 8 digits; a name can change; who is not known cannot be expected.
#[tokio::test]
async fn aanbieders_are_known_by_kvk() {
    let test_lake = test_lake().await;
    for kvk in ["1234567", "123456789", "1234567a", ""] {
        let error = test_lake
            .lake
            .set_aanbieder(
                &Aanbieder {
                    kvk: kvk.to_owned(),
                    naam: String::new(),
                },
                &on(1),
            )
            .await;
        assert!(matches!(error, Err(LakeError::Invalid(_))), "{kvk}");
    }
    let new = Aanbieder {
        kvk: KVK.to_owned(),
        naam: "Nieuwe naam".to_owned(),
    };
    test_lake.lake.set_aanbieder(&new, &on(1)).await.unwrap();
    assert_eq!(test_lake.lake.aanbieder(KVK).await.unwrap().unwrap(), new);
    let error = test_lake
        .lake
        .set_expectation(&expectation("99999999", Expectancy::Verwacht, &[]), &on(1))
        .await;
    assert!(matches!(error, Err(LakeError::UnknownAanbieder)));
}

/// An exception to the clock is one per aanbieder and year, and logged with its reason.
#[tokio::test]
async fn uitstel_is_logged() {
    let test_lake = test_lake().await;
    assert_eq!(
        test_lake.lake.uitstel(KVK, UITVRAAG, JAAR).await.unwrap(),
        None
    );
    test_lake
        .lake
        .grant_uitstel(KVK, UITVRAAG, JAAR, on(90).nu, "ziek", &on(1))
        .await
        .unwrap();
    test_lake
        .lake
        .grant_uitstel(KVK, UITVRAAG, JAAR, on(99).nu, "nog ziek", &on(2))
        .await
        .unwrap();
    assert_eq!(
        test_lake.lake.uitstel(KVK, UITVRAAG, JAAR).await.unwrap(),
        Some(on(99).nu)
    );
    let log = test_lake.lake.events(None).await.unwrap();
    assert!(
        log.iter().any(|g| g.wat.contains("ziek")) && log.last().unwrap().wat.contains("nog ziek")
    );
}

/// The response has an outcome for everyone expected, and per gebied by shared gemeenten.
#[tokio::test]
async fn the_response_counts_everyone_expected() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    // Utrecht is GM0344, in jeugdregio and provincie; Groningen is GM0014.
    let utrecht = schema::Gebieden::get().gemeente(JAAR, "GM0344").unwrap();
    for (kvk, state, werkgebied) in [
        ("10000001", Expectancy::Verwacht, vec!["GM0344"]),
        (
            "10000002",
            Expectancy::Verwacht,
            vec![utrecht.jeugdregio_code.as_str()],
        ),
        ("10000003", Expectancy::Gestopt, vec!["PV26"]),
        ("10000004", Expectancy::Geweigerd, vec!["GM0014"]),
        ("10000005", Expectancy::Verwacht, vec!["NL00"]),
    ] {
        set_aanbieder(lake, kvk).await;
        lake.set_expectation(&expectation(kvk, state, &werkgebied), &on(1))
            .await
            .unwrap();
    }
    let levering = submitted(lake, "10000001", "a").await;
    declare_nothing(lake, "10000002", "j", &on(2))
        .await
        .unwrap();
    opened(lake, "10000005", "b").await;
    submitted(lake, KVK, "c").await;
    let respons = lake.respons(UITVRAAG, JAAR).await.unwrap();
    let outcomes: Vec<_> = respons
        .regels
        .iter()
        .map(|r| (r.kvk.as_str(), r.uitkomst, r.verwacht))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("10000001", Outcome::Geleverd, true),
            ("10000002", Outcome::Nulopgave, true),
            ("10000003", Outcome::Gestopt, true),
            ("10000004", Outcome::Geweigerd, true),
            ("10000005", Outcome::Onbekend, true),
            (KVK, Outcome::Geleverd, false),
        ]
    );
    assert_eq!(respons.regels[0].levering, Some(levering.id));
    assert_eq!(respons.regels[4].laatste, Some(Toestand::Geopend));
    assert_eq!(lake.expectations(UITVRAAG, JAAR).await.unwrap().len(), 5);
    // Saying it again replaces the werkgebied.
    lake.set_expectation(
        &expectation("10000004", Expectancy::Verwacht, &["GM0344", "GM0344"]),
        &on(3),
    )
    .await
    .unwrap();
    let again = lake.respons(UITVRAAG, JAAR).await.unwrap();
    let werkgebied = |kvk: &str| {
        let regel = again.regels.iter().find(|r| r.kvk == kvk).unwrap();
        (regel.uitkomst, regel.werkgebied.clone())
    };
    assert_eq!(
        werkgebied("10000004"),
        (Outcome::Onbekend, vec!["GM0344".to_owned()])
    );
}

/// An import is all or nothing: a wrong second row leaves no first one behind.
#[tokio::test]
async fn a_list_is_taken_whole_or_not_at_all() {
    let test_lake = test_lake().await;
    let row = |kvk: &str| {
        let werkgebied = vec!["NL00".to_owned()];
        let expectation = lake::Expectation {
            uitvraag: "omgang".to_owned(),
            jaar: 2020,
            kvk: kvk.to_owned(),
            stand: lake::Expectancy::Verwacht,
            werkgebied,
        };
        (
            lake::Aanbieder {
                kvk: kvk.to_owned(),
                naam: "De Brug".to_owned(),
            },
            expectation,
        )
    };
    let before = test_lake.lake.aanbieders().await.unwrap();
    assert!(
        test_lake
            .lake
            .set_list(&[row("10000001"), row("kort")], &crate::support::on(1))
            .await
            .is_err()
    );
    assert_eq!(test_lake.lake.aanbieders().await.unwrap(), before);
    test_lake
        .lake
        .set_list(&[row("10000001"), row("10000002")], &crate::support::on(2))
        .await
        .unwrap();
    assert_eq!(
        test_lake
            .lake
            .expectations("omgang", 2020)
            .await
            .unwrap()
            .len(),
        2
    );
}
