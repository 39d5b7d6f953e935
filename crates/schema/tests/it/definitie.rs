//! The published definitions load, hold together and say everything that is asked of them.

use std::collections::BTreeMap;

use schema::definitie::{Derivation, Phase, RegelKind, VeldType};
use schema::{Definitie, Gebieden, Tabel};

/// Every published definition.
fn all() -> Vec<Definitie> {
    Definitie::names()
        .iter()
        .map(|name| Definitie::load(name).unwrap())
        .collect()
}

/// What extract makes of a word: case, accents and punctuation gone.
fn bare(text: &str) -> String {
    let without_accent = |c: char| match c {
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'ï' | 'í' => 'i',
        'ó' | 'ö' => 'o',
        'ü' | 'ú' => 'u',
        'á' | 'à' | 'ä' => 'a',
        c => c,
    };
    text.to_lowercase()
        .chars()
        .map(without_accent)
        .filter(|c| c.is_alphanumeric() || matches!(c, '€' | '#'))
        .collect()
}

#[test]
fn both_years_are_published() {
    assert_eq!(Definitie::names(), ["omgang/2020", "omgang/2021"]);
    for definitie in all() {
        let names: Vec<&str> = definitie.tabellen.iter().map(|t| t.naam.as_str()).collect();
        assert_eq!(names, ["traject", "wachtlijst", "voorziening"]);
    }
}

#[test]
fn an_unknown_name_says_what_is_known() {
    let error = Definitie::load("omgang/1999").unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no definition of `omgang/1999`; known are omgang/2020, omgang/2021"
    );
    assert!(Definitie::load("../Cargo").is_err());
    assert!(Definitie::load("omgang/codes/kader").is_err());
}

#[test]
fn fields_are_those_of_the_domain() {
    let names = |tabel: &Tabel| {
        tabel
            .velden
            .iter()
            .map(|v| v.naam.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: BTreeMap<&str, String> = definitie
        .tabellen
        .iter()
        .map(|t| (t.naam.as_str(), names(t)))
        .collect();
    insta::assert_debug_snapshot!(velden, @r#"
    {
        "traject": "traject_id jeugdige_id gezin_id voorziening_id gemeente leeftijd_bij_aanmelding kader wettelijk_kader aanleiding verwijzer omgang_met verblijf vorm intensiteit begeleiding rapportage_aan bekostiging financier productcode aanmelddatum intakedatum startdatum einddatum reden_einde vervolg contacten gesprekken minuten weekendcontacten kosten",
        "voorziening": "voorziening_id vorm vestiging kader initiatief plaatsen weekend",
        "wachtlijst": "peildatum voorziening_id gemeente kader wachtenden langste_wachttijd_dagen oorzaak",
    }
    "#);
    let required: Vec<&str> = definitie.tabellen[0]
        .velden
        .iter()
        .filter(|v| v.verplicht)
        .map(|v| v.naam.as_str())
        .collect();
    let expected = "traject_id jeugdige_id voorziening_id gemeente leeftijd_bij_aanmelding kader verwijzer omgang_met vorm begeleiding \
                    bekostiging aanmelddatum";
    assert_eq!(required.join(" "), expected);
}

#[test]
fn codes_are_those_of_the_domain() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let lists: BTreeMap<&str, String> = definitie
        .codelijsten
        .iter()
        .map(|(name, list)| {
            let codes = list.codes.iter().map(|c| match (&c.cbs, &c.ijw) {
                (None, None) => c.code.clone(),
                (cbs, ijw) => format!(
                    "{}[{}/{}]",
                    c.code,
                    cbs.as_deref().unwrap_or(""),
                    ijw.as_deref().unwrap_or("")
                ),
            });
            (name.as_str(), codes.collect::<Vec<_>>().join(" "))
        })
        .collect();
    insta::assert_debug_snapshot!(lists);
}

#[test]
fn the_second_year_differs_where_it_says_so() {
    let (old, new) = (
        Definitie::load("omgang/2020").unwrap(),
        Definitie::load("omgang/2021").unwrap(),
    );
    let difference = |a: &Definitie, b: &Definitie| -> Vec<String> {
        let velden = |d: &Definitie| -> Vec<String> {
            let regel = |t: &Tabel| {
                let veld = |v: &schema::Veld| {
                    format!(
                        "{}.{} {:?} verplicht={}",
                        t.naam, v.naam, v.veldtype, v.verplicht
                    )
                };
                t.velden.iter().map(veld).collect::<Vec<_>>()
            };
            let codes = d
                .codelijsten
                .values()
                .flat_map(|l| l.codes.iter().map(|c| format!("{} {}", l.naam, c.code)));
            d.tabellen
                .iter()
                .flat_map(regel)
                .chain(codes)
                .chain(d.regels.iter().map(|r| r.code.clone()))
                .collect()
        };
        let in_a = velden(a);
        velden(b)
            .into_iter()
            .filter(|r| !in_a.contains(r))
            .collect()
    };
    insta::assert_debug_snapshot!((difference(&old, &new), difference(&new, &old)), @r#"
    (
        [
            "traject.aanleiding Code { list: \"aanleiding\" } verplicht=true",
            "traject.intensiteit Code { list: \"intensiteit\" } verplicht=true",
            "traject.overbrugging YesNo verplicht=false",
            "oorzaak tekort_begeleiders",
            "oorzaak tekort_ruimte",
        ],
        [
            "traject.aanleiding Code { list: \"aanleiding\" } verplicht=false",
            "traject.intensiteit Code { list: \"intensiteit\" } verplicht=false",
            "oorzaak schaarste_aanbod",
        ],
    )
    "#);
    assert!(new.versie > old.versie);
    assert_ne!(new.regelhash, old.regelhash);
}

#[test]
fn rules_are_those_of_the_domain() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let regels: Vec<String> = definitie
        .regels
        .iter()
        .map(|r| {
            format!(
                "{:?} {:?} {} {}",
                r.fase,
                r.ernst,
                r.code,
                r.tabel.as_deref().unwrap_or("*")
            )
            .to_lowercase()
        })
        .collect();
    insta::assert_debug_snapshot!(regels);
}

#[test]
fn every_table_has_an_example_of_its_own_that_is_complete_and_true_to_type() {
    for definitie in all() {
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                let value = tabel
                    .voorbeeld
                    .get(&veld.naam)
                    .map(String::as_str)
                    .unwrap_or_default();
                let past = match &veld.veldtype {
                    VeldType::Pseudoniem => {
                        value.len() == 26
                            && value
                                .bytes()
                                .all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
                    }
                    VeldType::Tekst { lengte: length } => {
                        !value.is_empty() && value.chars().count() <= *length
                    }
                    VeldType::Whole => value.parse::<i32>().is_ok(),
                    VeldType::Decimal => value.parse::<f64>().is_ok(),
                    VeldType::Datum => chrono::NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok(),
                    VeldType::Code { list } => definitie.codelijsten[list].code(value).is_some(),
                    VeldType::Gemeente => Gebieden::get().gemeente(definitie.jaar, value).is_some(),
                    VeldType::YesNo => ["ja", "nee"].contains(&value),
                };
                assert!(
                    past,
                    "{}: {}.{} = `{value}`",
                    definitie.name(),
                    tabel.naam,
                    veld.naam
                );
            }
        }
    }
}

#[test]
fn headers_are_unambiguous_within_a_table() {
    for definitie in all() {
        for tabel in &definitie.tabellen {
            let mut seen: BTreeMap<String, String> = BTreeMap::new();
            for veld in &tabel.velden {
                let derived = match &veld.afleiding {
                    Some(Derivation::Leeftijd {
                        synoniemen: synonyms,
                        ..
                    }) => synonyms.as_slice(),
                    _ => &[],
                };
                let headers = [&veld.naam, &veld.label]
                    .into_iter()
                    .chain(&veld.synoniemen)
                    .chain(derived);
                for header in headers {
                    assert!(
                        !bare(header).is_empty(),
                        "{}.{}: `{header}`",
                        tabel.naam,
                        veld.naam
                    );
                    let earlier = seen
                        .entry(bare(header))
                        .or_insert_with(|| veld.naam.clone());
                    assert_eq!(
                        *earlier, veld.naam,
                        "{}: `{header}` is a header of both",
                        tabel.naam
                    );
                }
            }
        }
    }
}

#[test]
fn words_are_unambiguous_within_a_code_list() {
    for definitie in all() {
        for list in definitie.codelijsten.values() {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for code in &list.codes {
                for word in [&code.code, &code.label]
                    .into_iter()
                    .chain(&code.synoniemen)
                {
                    assert!(
                        !bare(word).is_empty(),
                        "{}.{}: `{word}`",
                        list.naam,
                        code.code
                    );
                    let earlier = seen.entry(bare(word)).or_insert(&code.code);
                    assert_eq!(*earlier, code.code, "{}: `{word}` means both", list.naam);
                }
            }
        }
    }
}

#[test]
fn every_field_and_code_can_be_recognised() {
    for definitie in all() {
        for veld in definitie.tabellen.iter().flat_map(|t| &t.velden) {
            assert!(veld.synoniemen.len() >= 5, "{} has few headers", veld.naam);
        }
        for (name, list) in &definitie.codelijsten {
            for code in &list.codes {
                assert!(
                    code.synoniemen.len() >= 3,
                    "{name}.{} has few words",
                    code.code
                );
            }
        }
    }
}

#[test]
fn words_of_real_exports_are_known() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let expected = [
        ("verwijzer", "GI", "jeugdbeschermer"),
        ("verwijzer", "Rechtbank", "rechter"),
        ("verwijzer", "RvdK", "raad_voor_de_kinderbescherming"),
        ("verwijzer", "Centrum Jeugd en Gezin", "cjg"),
        ("verwijzer", "sociaal team", "sociaal_wijkteam"),
        ("verwijzer", "POH-jeugd", "huisarts"),
        ("verwijzer", "Eigen aanmelding", "ouders"),
        ("verwijzer", "geen", "ouders"),
        ("verwijzer", "Veilig Thuis", "anders"),
        ("kader", "G", "gedwongen"),
        ("kader", "V", "vrijwillig"),
        ("omgang_met", "siblings", "broer_of_zus"),
        ("omgang_met", "Opa/oma", "grootouder"),
        ("vorm", "OH", "omgangshuis"),
        ("vorm", "AL", "ambulant_locatie"),
        ("vorm", "AT", "ambulant_thuis"),
        ("vorm", "AE", "ambulant_elders"),
        ("begeleiding", "Beide", "professional_en_vrijwilliger"),
        ("begeleiding", "prof+vrijw", "professional_en_vrijwilliger"),
        ("bekostiging", "Jeugdwet regio", "inkoop_regio"),
        ("bekostiging", "subsidie preventie", "subsidie"),
        ("reden_einde", "Cliënt gestopt", "eenzijdig_client"),
    ];
    for (list, word, code) in expected {
        let found = definitie.codelijsten[list].codes.iter().find(|c| {
            [&c.code, &c.label]
                .into_iter()
                .chain(&c.synoniemen)
                .any(|s| bare(s) == bare(word))
        });
        assert_eq!(found.map(|c| c.code.as_str()), Some(code), "{list}: {word}");
    }
}

#[test]
fn only_fields_that_could_point_at_a_child_are_sensitive() {
    for definitie in all() {
        for veld in definitie.tabellen.iter().flat_map(|t| &t.velden) {
            let own_words = matches!(veld.veldtype, VeldType::Pseudoniem | VeldType::Tekst { .. });
            assert_eq!(veld.gevoelig, own_words, "{}", veld.naam);
        }
    }
}

#[test]
fn every_kind_of_rule_is_in_use() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let kinds: std::collections::BTreeSet<String> = definitie
        .regels
        .iter()
        .map(|r| {
            format!("{:?}", r.soort)
                .split([' ', '{'])
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(kinds.len(), 24, "{kinds:?}");
}

#[test]
fn examples_of_record_rules_name_the_fields_they_turn_on() {
    for definitie in all() {
        for regel in definitie.regels.iter().filter(|r| r.fase == Phase::Pakket) {
            if let RegelKind::Record { assert, .. } = &regel.soort {
                assert!(
                    regel.velden.iter().any(|v| assert.contains(v.as_str())),
                    "{}",
                    regel.code
                );
                assert!(
                    regel
                        .fout
                        .iter()
                        .all(|o| o.keys().any(|k| regel.velden.contains(k))),
                    "{}",
                    regel.code
                );
            }
        }
    }
}

#[test]
fn loading_is_fast_enough_for_every_start() {
    let begin = std::time::Instant::now();
    Definitie::load("omgang/2020").unwrap();
    let duration = begin.elapsed();
    // Unoptimised and beside other tests; a release build takes a few milliseconds.
    assert!(duration.as_millis() < 1_000, "{duration:?}");
}
