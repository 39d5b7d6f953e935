//! The reference tables hold what CBS says, and the joins over them are right.

use schema::gebieden;
use schema::{Gebieden, Jeugdigen, Niveau};

#[test]
fn every_year_has_its_number_of_gemeenten_and_42_jeugdregios() {
    let gebieden = Gebieden::get();
    let expected = [
        (2020, 355),
        (2021, 352),
        (2022, 345),
        (2023, 342),
        (2024, 342),
        (2025, 342),
        (2026, 342),
    ];
    assert_eq!(
        gebieden.jaren().collect::<Vec<_>>(),
        expected.map(|(jaar, _)| jaar)
    );
    for (jaar, count) in expected {
        assert_eq!(
            gebieden.gemeenten(jaar).unwrap().len(),
            count,
            "gemeenten in {jaar}"
        );
        assert_eq!(gebieden.list(jaar, Niveau::Gemeente).len(), count);
        assert_eq!(
            gebieden.list(jaar, Niveau::Jeugdregio).len(),
            42,
            "jeugdregio's in {jaar}"
        );
        assert_eq!(
            gebieden.list(jaar, Niveau::Provincie).len(),
            12,
            "provincies in {jaar}"
        );
    }
}

#[test]
fn inhabitants_add_up_to_the_published_totals() {
    let expected = [
        (2020, 17_407_585),
        (2021, 17_475_415),
        (2022, 17_590_672),
        (2023, 17_811_291),
        (2024, 17_942_942),
        (2025, 18_044_027),
    ];
    let gebieden = Gebieden::get();
    for (jaar, inwoners) in expected {
        for niveau in Niveau::ALL {
            let sum: u64 = gebieden
                .list(jaar, niveau)
                .iter()
                .map(|g| gebieden.inwoners(jaar, &g.code).unwrap())
                .sum();
            assert_eq!(sum, inwoners, "{niveau:?} in {jaar}");
        }
    }
    assert_eq!(gebieden.inwoners(2026, "NL00"), None);
    assert_eq!(gebieden.list(2026, Niveau::Grootteklasse), []);
    assert_eq!(gebieden.eenouderhuishoudens(2020, "NL00"), Some(589_975));
    assert_eq!(gebieden.eenouderhuishoudens(2021, "NL00"), None);
}

#[test]
fn a_split_gemeente_names_all_its_successors() {
    let names = |jaar, code| {
        Gebieden::get()
            .successors(jaar, code)
            .iter()
            .map(|g| g.gemeentenaam.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(2021, "GM0788"),
        ["Boxtel", "Oisterwijk", "Tilburg", "Vught"]
    );
    assert_eq!(names(2021, "GM0003"), ["Eemsdelta"]);
    assert_eq!(names(2023, "GM0457"), ["Amsterdam"]);
    assert!(names(2021, "GM9999").is_empty());
}

#[test]
fn every_successor_lives_and_every_ended_code_has_gone() {
    let gebieden = Gebieden::get();
    let begin_2020 = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    for reclassification in &gebieden.reclassifications {
        let later = reclassification.datum > begin_2020;
        assert_eq!(
            gebieden
                .gemeente(2020, &reclassification.oude_code)
                .is_some(),
            later,
            "{reclassification:?}"
        );
        assert!(
            gebieden
                .gemeente(2026, &reclassification.oude_code)
                .is_none(),
            "{reclassification:?}"
        );
        assert!(
            !gebieden
                .successors(2026, &reclassification.oude_code)
                .is_empty(),
            "{reclassification:?}"
        );
        let new = gebieden.gemeente(
            if later { 2026 } else { 2020 },
            &reclassification.nieuwe_code,
        );
        let next = gebieden
            .reclassifications
            .iter()
            .find(|h| h.oude_code == reclassification.nieuwe_code);
        let name = new.map(|g| &g.gemeentenaam).or(next.map(|h| &h.oude_naam));
        assert_eq!(
            name,
            Some(&reclassification.nieuwe_naam),
            "{reclassification:?}"
        );
        assert!(
            next.is_none_or(|h| h.datum > reclassification.datum),
            "{reclassification:?}"
        );
    }
    let vanished = gebieden
        .gemeenten(2020)
        .unwrap()
        .keys()
        .filter(|code| gebieden.gemeente(2026, code).is_none());
    for code in vanished {
        assert!(
            !gebieden.successors(2026, code).is_empty(),
            "{code} ended without a successor"
        );
    }
}

/// A file from an old system still says Loenen, Haren or Graafstroom: those lead to what they are now, through as many
/// herindelingen as there were.
#[test]
fn a_gemeente_that_ended_before_the_first_year_has_its_successor() {
    let nu = |jaar, code| {
        Gebieden::get()
            .successors(jaar, code)
            .iter()
            .map(|g| g.gemeentenaam.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(nu(2020, "GM0329"), ["Stichtse Vecht"]);
    assert_eq!(nu(2020, "GM0017"), ["Groningen"]);
    assert_eq!(nu(2020, "GM1987"), ["Midden-Groningen"]);
    assert_eq!(nu(2020, "GM0053"), ["Het Hogeland", "Westerkwartier"]);
    assert_eq!(nu(2020, "GM0693"), ["Molenlanden"]);
    assert_eq!(nu(2020, "GM0282"), ["Berg en Dal"]);
    assert_eq!(nu(2020, "GM0055").len(), 4);
}

#[test]
fn a_gemeente_that_ends_within_the_year_is_valid_for_that_year() {
    let gebieden = Gebieden::get();
    assert_eq!(
        gebieden.gemeente(2022, "GM0457").unwrap().gemeentenaam,
        "Weesp"
    );
    assert_eq!(
        gebieden.gemeente(2022, "GM0457").unwrap().jeugdregio_code,
        "JZ16"
    );
    assert!(gebieden.gemeente(2023, "GM0457").is_none());
}

#[test]
fn a_gemeente_knows_every_level_it_belongs_to() {
    let gebieden = Gebieden::get();
    let niveaus = gebieden.niveaus(2020, "GM0344");
    let codes: Vec<&str> = niveaus.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes, ["NL00", "PV26", "JZ22", "GM0344", ">100.000"]);
    let names: Vec<String> = codes
        .iter()
        .map(|code| gebieden.name(2020, code).unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Nederland",
            "Utrecht",
            "Utrecht Stad",
            "Utrecht",
            "Gemeenten boven 100.000 inwoners"
        ]
    );
    assert!(gebieden.niveaus(2020, "GM9999").is_empty());
    assert_eq!(gebieden.name(2020, "JZ40"), None);
    assert_eq!(gebieden.name(2020, "onzin"), None);
}

#[test]
fn a_jeugdregio_keeps_its_code_when_its_name_changes() {
    let name = |jaar, code| Gebieden::get().name(jaar, code).unwrap();
    assert_eq!(
        (name(2020, "JZ28"), name(2021, "JZ28")),
        ("Arnhem".to_owned(), "Centraal Gelderland".to_owned())
    );
    assert_eq!(name(2020, "PV21"), "Fryslân");
}

#[test]
fn gebieden_of_a_level_cover_every_gemeente_once() {
    let gebieden = Gebieden::get();
    for niveau in Niveau::ALL {
        let sum: usize = gebieden
            .list(2020, niveau)
            .iter()
            .map(|g| gebieden.gemeenten_in(2020, &g.code).count())
            .sum();
        assert_eq!(sum, 355, "{niveau:?}");
        assert_eq!(Niveau::parse(niveau.name()), Some(niveau));
    }
    let classes: Vec<String> = gebieden
        .list(2020, Niveau::Grootteklasse)
        .into_iter()
        .map(|g| g.code)
        .collect();
    assert_eq!(classes, ["<50.000", "50.000-100.000", ">100.000"]);
}

#[test]
fn a_table_of_jeugdigen_is_read_and_added_up() {
    let jeugdigen = Jeugdigen::parse(
        "gemeentecode,jaar,jeugdigen\nGM0344,2020,70000\nGM0394,2020,36000\n".as_bytes(),
    )
    .unwrap();
    assert_eq!(jeugdigen.count(2020, "GM0344"), Some(70_000));
    assert_eq!(jeugdigen.count(2020, "JZ22"), Some(70_000));
    assert_eq!(
        jeugdigen.count(2020, "NL00"),
        None,
        "a sum with a missing gemeente is not known"
    );
    assert_eq!(jeugdigen.count(2021, "GM0344"), None);
}

#[test]
fn a_broken_table_of_jeugdigen_is_refused() {
    let error = |csv: &str| Jeugdigen::parse(csv.as_bytes()).unwrap_err().to_string();
    assert!(error("gemeentecode,jaar,jeugdigen\nGM9999,2020,1\n").contains("line 2"));
    assert!(
        error("gemeentecode,jaar,jeugdigen\nGM0344,2020,1\nGM0344,2020,2\n").contains("line 3")
    );
    assert!(error("gemeentecode,jaar,jeugdigen\nGM0344,2020,-1\n").contains("not valid"));
    assert!(error("gemeentecode,jaar,jeugdigen,extra\nGM0344,2020,1,2\n").contains("not valid"));
}

/// One code, however a file spells it; and nothing that only looks like one.
#[test]
fn a_gemeente_code_is_recognised_in_every_spelling() {
    for spelled in [
        "GM0344", "gm344", "Gm0344", "gM 344", "0344", "344", "344.0", " 344 ",
    ] {
        assert_eq!(
            gebieden::spelled_gemeente_code(spelled).as_deref(),
            Some("GM0344"),
            "{spelled:?}"
        );
    }
    for other in [
        "", "GM", "34 4", "12345", "344.5", "PV26", "GMGM0344", "٣٤٤",
    ] {
        assert_eq!(gebieden::spelled_gemeente_code(other), None, "{other:?}");
    }
    assert_eq!(gebieden::gemeente_number(b"GM0344"), Some(344));
    assert_eq!(gebieden::gemeente_number(b"GM9999"), Some(9999));
    for other in ["gm0344", "GM344", "GM03440", "GM03a4", "0344", ""] {
        assert_eq!(gebieden::gemeente_number(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn a_code_that_ended_keeps_its_last_name() {
    let gebieden = Gebieden::get();
    assert_eq!(gebieden.last_name("GM0344"), Some("Utrecht"));
    assert_eq!(gebieden.last_name("GM0457"), Some("Weesp"));
    assert!(gebieden.gemeente(2026, "GM0457").is_none());
    assert_eq!(gebieden.last_name("GM9999"), None);
    for ended in &gebieden.reclassifications {
        assert!(
            gebieden.last_name(&ended.oude_code).is_some(),
            "{}",
            ended.oude_code
        );
    }
}

#[test]
fn nobody_works_in_a_class_or_in_a_place_of_another_year() {
    let gebieden = Gebieden::get();
    for code in ["NL00", "PV26", "JZ22", "GM0344"] {
        assert!(gebieden.is_werkgebied(2020, code), "{code}");
    }
    for code in [">100.000", "JZ99", "GM9999", "GM", "", "onzin"] {
        assert!(!gebieden.is_werkgebied(2020, code), "{code}");
    }
    assert!(gebieden.is_werkgebied(2022, "GM0457") && !gebieden.is_werkgebied(2023, "GM0457"));
    assert!(!gebieden.is_werkgebied(1900, "NL00"));
}
