//! Aanbieders, tokens, keys and the response.

use lake::{Aanbieder, LakeFout, Rol, Stand, Uitkomst, Verwachting};
use schema::Toestand;

use crate::hulp::{
    JAAR, KVK, UITVRAAG, declare_nothing, geopend, ingediend, op, proef, zet_aanbieder,
};

fn verwachting(kvk: &str, stand: Stand, werkgebied: &[&str]) -> Verwachting {
    let werkgebied = werkgebied.iter().map(|g| (*g).to_owned()).collect();
    Verwachting {
        uitvraag: UITVRAAG.to_owned(),
        jaar: JAAR,
        kvk: kvk.to_owned(),
        stand,
        werkgebied,
    }
}

/// A token works until it is revoked, and the register never holds it.
#[tokio::test]
async fn a_token_is_kept_as_a_hash() {
    let proef = proef().await;
    let lake = &proef.lake;
    let rol = Rol::Aanbieder(KVK.to_owned());
    let geheim = lake.maak_token(&rol, "eerste", &op(1)).await.unwrap();
    let ander = lake
        .maak_token(&Rol::Coordinator, "kantoor", &op(1))
        .await
        .unwrap();
    assert_ne!(geheim, ander);
    assert!(geheim.toon().len() >= 50 && !format!("{geheim:?}").contains(geheim.toon()));
    let houder = lake.houder(geheim.toon()).await.unwrap().unwrap();
    assert_eq!(
        (houder.rol.clone(), houder.omschrijving.as_str()),
        (rol, "eerste")
    );
    assert_eq!(
        lake.houder(ander.toon()).await.unwrap().unwrap().rol,
        Rol::Coordinator
    );
    for vreemd in [
        "",
        "omg_",
        &geheim.toon().to_uppercase(),
        &geheim.toon()[..50],
    ] {
        assert!(lake.houder(vreemd).await.unwrap().is_none());
    }
    assert!(lake.trek_token_in(houder.token, &op(2)).await.unwrap());
    assert!(!lake.trek_token_in(houder.token, &op(3)).await.unwrap());
    assert!(lake.houder(geheim.toon()).await.unwrap().is_none());
    let tokens = lake.tokens().await.unwrap();
    assert_eq!(
        tokens.iter().map(|t| t.ingetrokken).collect::<Vec<_>>(),
        [Some(op(2).nu), None]
    );
    let onbekend = lake
        .maak_token(&Rol::Aanbieder("99999999".to_owned()), "x", &op(1))
        .await;
    assert!(matches!(onbekend, Err(LakeFout::OnbekendeAanbieder)));
    lake.sluit().await;
    for bestand in ["register.sqlite", "register.sqlite-wal"] {
        let Ok(bytes) = std::fs::read(lake.dir().join(bestand)) else {
            continue;
        };
        let gezocht = geheim.toon().as_bytes();
        assert!(
            !bytes
                .windows(gezocht.len())
                .any(|venster| venster == gezocht),
            "{bestand} holds the token"
        );
    }
}

/// A key id stands for one key, for ever.
#[tokio::test]
async fn a_key_id_is_one_key() {
    let proef = proef().await;
    proef
        .lake
        .bewaar_sleutel("k1", &[1; 32], &op(1))
        .await
        .unwrap();
    proef
        .lake
        .bewaar_sleutel("k1", &[1; 32], &op(2))
        .await
        .unwrap();
    proef
        .lake
        .bewaar_sleutel("k2", &[2; 32], &op(3))
        .await
        .unwrap();
    assert!(matches!(
        proef.lake.bewaar_sleutel("k1", &[3; 32], &op(4)).await,
        Err(LakeFout::Ongeldig(_))
    ));
    let sleutels = proef.lake.sleutels().await.unwrap();
    assert_eq!(
        sleutels
            .iter()
            .map(|s| (s.kid.as_str(), s.publiek[0]))
            .collect::<Vec<_>>(),
        [("k1", 1), ("k2", 2)]
    );
}

/// A KvK number has 8 digits; a name can change; who is not known cannot be expected.
#[tokio::test]
async fn aanbieders_are_known_by_kvk() {
    let proef = proef().await;
    for kvk in ["1234567", "123456789", "1234567a", ""] {
        let fout = proef
            .lake
            .zet_aanbieder(
                &Aanbieder {
                    kvk: kvk.to_owned(),
                    naam: String::new(),
                },
                &op(1),
            )
            .await;
        assert!(matches!(fout, Err(LakeFout::Ongeldig(_))), "{kvk}");
    }
    let nieuw = Aanbieder {
        kvk: KVK.to_owned(),
        naam: "Nieuwe naam".to_owned(),
    };
    proef.lake.zet_aanbieder(&nieuw, &op(1)).await.unwrap();
    assert_eq!(proef.lake.aanbieder(KVK).await.unwrap().unwrap(), nieuw);
    let fout = proef
        .lake
        .zet_verwachting(&verwachting("99999999", Stand::Verwacht, &[]), &op(1))
        .await;
    assert!(matches!(fout, Err(LakeFout::OnbekendeAanbieder)));
}

/// An exception to the clock is one per aanbieder and year, and logged with its reason.
#[tokio::test]
async fn uitstel_is_logged() {
    let proef = proef().await;
    assert_eq!(proef.lake.uitstel(KVK, UITVRAAG, JAAR).await.unwrap(), None);
    proef
        .lake
        .geef_uitstel(KVK, UITVRAAG, JAAR, op(90).nu, "ziek", &op(1))
        .await
        .unwrap();
    proef
        .lake
        .geef_uitstel(KVK, UITVRAAG, JAAR, op(99).nu, "nog ziek", &op(2))
        .await
        .unwrap();
    assert_eq!(
        proef.lake.uitstel(KVK, UITVRAAG, JAAR).await.unwrap(),
        Some(op(99).nu)
    );
    let log = proef.lake.gebeurtenissen(None).await.unwrap();
    assert!(
        log.iter().any(|g| g.wat.contains("ziek")) && log.last().unwrap().wat.contains("nog ziek")
    );
}

/// The response has an outcome for everyone expected, and per gebied by shared gemeenten.
#[tokio::test]
async fn the_response_counts_everyone_expected() {
    let proef = proef().await;
    let lake = &proef.lake;
    // Utrecht is GM0344, in jeugdregio and provincie; Groningen is GM0014.
    let utrecht = schema::Gebieden::get().gemeente(JAAR, "GM0344").unwrap();
    for (kvk, stand, werkgebied) in [
        ("10000001", Stand::Verwacht, vec!["GM0344"]),
        (
            "10000002",
            Stand::Verwacht,
            vec![utrecht.jeugdregio_code.as_str()],
        ),
        ("10000003", Stand::Gestopt, vec!["PV26"]),
        ("10000004", Stand::Geweigerd, vec!["GM0014"]),
        ("10000005", Stand::Verwacht, vec!["NL00"]),
    ] {
        zet_aanbieder(lake, kvk).await;
        lake.zet_verwachting(&verwachting(kvk, stand, &werkgebied), &op(1))
            .await
            .unwrap();
    }
    let levering = ingediend(lake, "10000001", "a").await;
    declare_nothing(lake, "10000002", "j", &op(2))
        .await
        .unwrap();
    geopend(lake, "10000005", "b").await;
    ingediend(lake, KVK, "c").await;
    let respons = lake.respons(UITVRAAG, JAAR).await.unwrap();
    let uitkomsten: Vec<_> = respons
        .regels
        .iter()
        .map(|r| (r.kvk.as_str(), r.uitkomst, r.verwacht))
        .collect();
    assert_eq!(
        uitkomsten,
        [
            ("10000001", Uitkomst::Geleverd, true),
            ("10000002", Uitkomst::Nulopgave, true),
            ("10000003", Uitkomst::Gestopt, true),
            ("10000004", Uitkomst::Geweigerd, true),
            ("10000005", Uitkomst::Onbekend, true),
            (KVK, Uitkomst::Geleverd, false),
        ]
    );
    assert_eq!(respons.regels[0].levering, Some(levering.id));
    assert_eq!(respons.regels[4].laatste, Some(Toestand::Geopend));
    let in_gebied = |gebied: &str| {
        respons
            .in_gebied(gebied)
            .iter()
            .map(|r| r.kvk.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(in_gebied("NL00").len(), 5);
    assert_eq!(
        in_gebied("GM0344"),
        ["10000001", "10000002", "10000003", "10000005"]
    );
    assert_eq!(in_gebied("PV20"), ["10000004", "10000005"]);
    assert_eq!(in_gebied("GM9999"), Vec::<&str>::new());
    assert_eq!(respons.aandeel("NL00"), Some(0.4));
    assert_eq!(respons.aandeel("GM0344"), Some(0.5));
    assert_eq!(respons.aandeel("GM9999"), None);
    assert_eq!(respons.aantal("NL00", Uitkomst::Gestopt), 1);
    // The quick way over all gebieden agrees with the plain one.
    let aandelen = respons.aandelen();
    assert!(aandelen.len() > 355 + 42 + 12);
    for (gebied, aandeel) in &aandelen {
        assert_eq!(respons.aandeel(gebied), Some(*aandeel), "{gebied}");
    }
    assert_eq!(lake.verwachtingen(UITVRAAG, JAAR).await.unwrap().len(), 5);
    // Saying it again replaces the werkgebied.
    lake.zet_verwachting(
        &verwachting("10000004", Stand::Verwacht, &["GM0344", "GM0344"]),
        &op(3),
    )
    .await
    .unwrap();
    let opnieuw = lake.respons(UITVRAAG, JAAR).await.unwrap();
    assert_eq!(
        (
            opnieuw.aantal("PV20", Uitkomst::Onbekend),
            opnieuw.in_gebied("GM0344").len()
        ),
        (1, 5)
    );
}

/// An import is all or nothing: a wrong second row leaves no first one behind.
#[tokio::test]
async fn a_list_is_taken_whole_or_not_at_all() {
    let proef = proef().await;
    let rij = |kvk: &str| {
        let werkgebied = vec!["NL00".to_owned()];
        let verwachting = lake::Verwachting {
            uitvraag: "omgang".to_owned(),
            jaar: 2020,
            kvk: kvk.to_owned(),
            stand: lake::Stand::Verwacht,
            werkgebied,
        };
        (
            lake::Aanbieder {
                kvk: kvk.to_owned(),
                naam: "De Brug".to_owned(),
            },
            verwachting,
        )
    };
    let voor = proef.lake.aanbieders().await.unwrap();
    assert!(
        proef
            .lake
            .zet_lijst(&[rij("10000001"), rij("kort")], &crate::hulp::op(1))
            .await
            .is_err()
    );
    assert_eq!(proef.lake.aanbieders().await.unwrap(), voor);
    proef
        .lake
        .zet_lijst(&[rij("10000001"), rij("10000002")], &crate::hulp::op(2))
        .await
        .unwrap();
    assert_eq!(
        proef
            .lake
            .verwachtingen("omgang", 2020)
            .await
            .unwrap()
            .len(),
        2
    );
}
