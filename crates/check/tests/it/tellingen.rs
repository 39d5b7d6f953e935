//! Guards: counts are exact whatever the listing, a finding keeps its place, a mistake of the caller is an error.

use std::sync::Arc;

use arrow_array::{Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{CheckFout, Controle, Opties, PakketHerkomst, RegelFout, toelichting_sleutel};
use schema::Verdict;

use crate::hulp::{Rij, aantal, batch, oordeel, opties, proef, pseudoniem, record, rij};

fn rows(n: usize, velden: &[(&str, &str)]) -> Vec<Rij> {
    (0..n)
        .map(|i| {
            let mut r = rij(velden);
            r.insert("nummer".to_owned(), pseudoniem(i));
            r
        })
        .collect()
}

#[test]
fn totals_are_exact_where_the_list_is_cut() {
    let definitie = proef(&record("A_KLEIN", "a < 5", None));
    let grens = Opties {
        per_regel: 7,
        ..opties(&definitie)
    };
    let uit = oordeel(
        &definitie,
        grens,
        &[(
            "rij",
            rows(1000, &[("a", "5"), ("begin", "x"), ("eind", "y")]),
        )],
    );
    assert_eq!(
        (aantal(&uit, "A_KLEIN"), aantal(&uit, "DATUM")),
        (1000, 2000)
    );
    assert!(uit.afgekapt);
    assert_eq!(uit.bevindingen.len(), 14);
    // The first ones in the order of row and field, not all of one column.
    let datums: Vec<_> = uit
        .bevindingen
        .iter()
        .filter(|b| b.code == "DATUM")
        .map(|b| b.plaats.cel.clone().unwrap())
        .collect();
    assert_eq!(datums, ["E2", "F2", "E3", "F3", "E4", "F4", "E5"]);
    assert_eq!(uit.verdict, Verdict::Afgekeurd);
    // Most frequent first.
    assert_eq!(
        uit.regels
            .iter()
            .map(|r| r.code.as_str())
            .collect::<Vec<_>>(),
        ["DATUM", "A_KLEIN"]
    );
}

#[test]
fn nothing_listed_still_counts() {
    let definitie = proef("");
    let grens = Opties {
        per_regel: 0,
        ..opties(&definitie)
    };
    let uit = oordeel(&definitie, grens, &[("rij", rows(3, &[("a", "x")]))]);
    assert_eq!(
        (aantal(&uit, "GETAL"), uit.bevindingen.len(), uit.afgekapt),
        (3, 0, true)
    );
}

#[test]
fn a_finding_names_its_cell_and_what_was_meant() {
    let definitie = proef("");
    let velden = [
        ("nummer", "aaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("kleur", "Groen"),
        ("plaats", "0344"),
        ("actief", "J"),
        ("tekst", "negenteken"),
    ];
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("rij", vec![rij(&velden)])],
    );
    let een = |code: &str, veld: &str| {
        uit.bevindingen
            .iter()
            .find(|b| b.code == code && b.veld == veld)
            .unwrap()
    };
    let kleur = een("CODE", "kleur");
    assert_eq!(kleur.plaats.bestand.as_deref(), Some("rij.csv"));
    assert_eq!(
        (
            kleur.plaats.rij,
            kleur.plaats.cel.as_deref(),
            kleur.plaats.kolom.as_deref()
        ),
        (Some(2), Some("G2"), Some("kleur"))
    );
    assert_eq!(kleur.gevonden.as_deref(), Some("Groen"));
    assert_eq!(kleur.bericht, "Kleur is geen code.");
    assert_eq!(kleur.verwacht, "rood, groen, blauw, geen_van_deze_kleuren");
    assert_eq!(kleur.herstel, "Kies. Bedoelt u groen?");
    assert_eq!(een("CODE", "actief").herstel, "Kies. Bedoelt u ja?");
    assert_eq!(
        een("GEMEENTE", "plaats").herstel,
        "Zoek op. Bedoelt u GM0344 (Utrecht)?"
    );
    assert_eq!(een("LENGTE", "tekst").verwacht, "8 tekens.");
}

#[test]
fn a_duplicate_names_the_first_row() {
    let regel = "[[regel]]\ncode = \"DUBBEL\"\nernst = \"fout\"\nsoort = \"uniek\"\ngoed = [{}]\nfout = [{}]\n\
        tekst = { titel = \"t\", bericht = \"{sleutel}: al in {eerder}.\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }";
    let definitie = proef(regel);
    let mut rijen = rows(5, &[]);
    rijen[3] = rijen[1].clone();
    rijen[4] = rijen[1].clone();
    let uit = oordeel(&definitie, opties(&definitie), &[("rij", rijen)]);
    let plaatsen: Vec<_> = uit
        .bevindingen
        .iter()
        .map(|b| (b.plaats.rij, b.bericht.as_str()))
        .collect();
    assert_eq!(
        plaatsen,
        [
            (Some(5), "Nummer: al in rij 3."),
            (Some(6), "Nummer: al in rij 3.")
        ]
    );
}

#[test]
fn raw_identifiers_are_not_judged_as_pseudonyms() {
    let definitie = proef("");
    let rijen = vec![rij(&[("nummer", "C-107"), ("a", "1")])];
    assert_eq!(
        aantal(
            &oordeel(&definitie, opties(&definitie), &[("rij", rijen.clone())]),
            "PSEUDONIEM"
        ),
        1
    );
    let ruw = Opties {
        ruwe_ids: true,
        ..opties(&definitie)
    };
    let uit = oordeel(&definitie, ruw, &[("rij", rijen)]);
    assert_eq!((uit.verdict, uit.bevindingen.len()), (Verdict::Akkoord, 0));
    assert_eq!(
        uit.niet_beoordeeld
            .iter()
            .map(|n| n.code.as_str())
            .collect::<Vec<_>>(),
        ["PSEUDONIEM"]
    );
}

#[test]
fn the_fingerprint_follows_the_data() {
    let definitie = proef(
        &record("A_KLEIN", "a < 5", Some("b > 0"))
            .replace("ernst = \"fout\"", "ernst = \"signaal\""),
    );
    let judge = |rijen| oordeel(&definitie, opties(&definitie), &[("rij", rijen)]);
    let klein = [("a", "5"), ("b", "1")];
    let een = judge(rows(3, &klein));
    let sleutel = toelichting_sleutel(&een, "A_KLEIN").unwrap();
    assert_eq!(sleutel.len(), 32);
    assert_eq!(
        toelichting_sleutel(&een.clone().masked(&definitie), "A_KLEIN"),
        Some(sleutel.clone()),
        "masked alike"
    );
    assert_ne!(
        toelichting_sleutel(&judge(rows(4, &klein)), "A_KLEIN"),
        Some(sleutel.clone()),
        "one more"
    );
    let mut verplaatst = rows(4, &klein);
    verplaatst[0].remove("a");
    assert_ne!(
        toelichting_sleutel(&judge(verplaatst), "A_KLEIN"),
        Some(sleutel.clone()),
        "other rows"
    );
    let anders = judge(rows(3, &[("a", "5"), ("b", "2")]));
    assert_ne!(
        toelichting_sleutel(&anders, "A_KLEIN"),
        Some(sleutel.clone()),
        "another value beside the cell"
    );
    let mut veel = rows(3000, &klein);
    let duizenden = toelichting_sleutel(&judge(veel.clone()), "A_KLEIN");
    veel[2998].remove("a");
    veel.extend(rows(3001, &klein).pop());
    assert_ne!(
        toelichting_sleutel(&judge(veel), "A_KLEIN"),
        duizenden,
        "another row beyond the listing"
    );
    assert_eq!(toelichting_sleutel(&een, "DATUM"), None);
}

/// An answer given over the own file must fit the pakket that is made of it: other identifiers, other places.
#[test]
fn the_fingerprint_is_the_same_before_and_after_pseudonyms() {
    struct Elders;
    impl schema::Herkomst for Elders {
        fn plaats(&self, _tabel: &str, rij: Option<u64>, veld: Option<&str>) -> schema::Plaats {
            schema::Plaats {
                rij: rij.map(|rij| rij + 17),
                kolom: veld.map(|v| format!("Onze {v}")),
                ..schema::Plaats::default()
            }
        }
    }
    let definitie =
        proef(&record("A_KLEIN", "a < 5", None).replace("ernst = \"fout\"", "ernst = \"signaal\""));
    let pakket = rows(3, &[("a", "5")]);
    let mut eigen = pakket.clone();
    eigen
        .iter_mut()
        .enumerate()
        .for_each(|(i, rij)| drop(rij.insert("nummer".to_owned(), format!("C-{i}"))));
    let mut controle = Controle::new(
        &definitie,
        Opties {
            ruwe_ids: true,
            ..opties(&definitie)
        },
    )
    .unwrap();
    controle
        .partij("rij", &batch(definitie.tabel("rij").unwrap(), &eigen))
        .unwrap();
    let lokaal = toelichting_sleutel(&controle.afronden(&Elders).unwrap(), "A_KLEIN");
    let dienst = oordeel(&definitie, opties(&definitie), &[("rij", pakket)]).masked(&definitie);
    assert!(lokaal.is_some());
    assert_eq!(lokaal, toelichting_sleutel(&dienst, "A_KLEIN"));
}

#[test]
fn a_caller_that_errs_is_told() {
    let definitie = proef("");
    let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
    let tabel = definitie.tabel("rij").unwrap();
    let goed = batch(tabel, &rows(1, &[]));
    assert!(matches!(
        controle.partij("kolom", &goed),
        Err(CheckFout::OnbekendeTabel(_))
    ));
    let kolom = |naam: &str, soort| Field::new(naam, soort, true);
    let vreemd = Schema::new(vec![kolom("vreemd", DataType::Utf8)]);
    let vreemd = RecordBatch::try_new(
        Arc::new(vreemd),
        vec![Arc::new(StringArray::from(vec!["x"]))],
    )
    .unwrap();
    assert!(matches!(
        controle.partij("rij", &vreemd),
        Err(CheckFout::OnbekendeKolom { .. })
    ));
    let getal = Schema::new(vec![kolom("a", DataType::Int32)]);
    let getal =
        RecordBatch::try_new(Arc::new(getal), vec![Arc::new(Int32Array::from(vec![1]))]).unwrap();
    assert!(matches!(
        controle.partij("rij", &getal),
        Err(CheckFout::Kolomtype { .. })
    ));
    let dubbel = Schema::new(vec![kolom("a", DataType::Utf8), kolom("a", DataType::Utf8)]);
    let waarden: Arc<StringArray> = Arc::new(StringArray::from(vec!["1"]));
    let dubbel = RecordBatch::try_new(Arc::new(dubbel), vec![waarden.clone(), waarden]).unwrap();
    assert!(matches!(
        controle.partij("rij", &dubbel),
        Err(CheckFout::DubbeleKolom { .. })
    ));
    controle.partij("rij", &goed).unwrap();
    let getypt = controle.partij("rij", &batch(tabel, &[])).unwrap();
    assert!(matches!(
        controle.vorige("rij", &getypt),
        Err(CheckFout::VorigeTeLaat(_))
    ));
    assert_eq!(
        controle
            .afronden(&PakketHerkomst::new(&definitie))
            .unwrap()
            .rijen["rij"],
        1
    );
}

#[test]
fn a_definition_that_errs_is_refused() {
    let fout = |regels: &str| Controle::new(&proef(regels), opties(&proef(""))).unwrap_err();
    assert!(matches!(
        fout(&record("X", "a / 2 > 1", None)),
        RegelFout::Expressie { .. }
    ));
    assert!(matches!(
        fout(&record("X", "TRUE", Some("c = 1"))),
        RegelFout::Expressie { .. }
    ));
    let tekst = include_str!("../fixtures/proef.toml")
        .replace("soort = \"datum\"", "soort = \"datum_na_levering\"");
    let kaal = schema::Definitie::parse("proef/2020", &tekst, |_| {
        Some("code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\na,a,a,,,,,\n".to_owned())
    });
    assert!(matches!(
        Controle::new(&kaal.unwrap(), opties(&proef(""))),
        Err(RegelFout::Ongedekt { .. })
    ));
}
