//! The words follow from the oordeel, on the page as in the sentence.

use std::collections::BTreeMap;

use report::pages;

use crate::fixture;

fn pagina_met(oordeel: Option<&str>) -> String {
    let mut publicatie = fixture::klein();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.gebied == "JZ20")
    {
        cijfer.oordeel = oordeel.and_then(schema::Comparison::parse);
    }
    let bestanden: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    String::from_utf8(bestanden["spiegel/JZ20/index.html"].clone()).unwrap()
}

/// The sentences of a page, without the explanation at its foot that names all three.
fn zinnen(html: &str) -> &str {
    &html[..html.find("id=\"over\"").unwrap()]
}

#[test]
fn each_oordeel_has_its_own_words_and_no_other() {
    let woorden = [
        "duidelijk hoger",
        "duidelijk lager",
        "niet duidelijk anders",
    ];
    for (oordeel, eigen) in [("hoger", 0), ("lager", 1), ("niet_anders", 2)] {
        let html = pagina_met(Some(oordeel));
        for (plaats, woord) in woorden.iter().enumerate() {
            let nadruk = format!(">{woord}</strong>");
            assert_eq!(
                zinnen(&html).contains(&nadruk),
                plaats == eigen,
                "{oordeel}: {woord}"
            );
        }
    }
}

#[test]
fn without_an_oordeel_nothing_is_called_clear() {
    let html = pagina_met(None);
    for woord in [
        "duidelijk hoger",
        "duidelijk lager",
        "niet duidelijk anders",
    ] {
        assert!(
            !zinnen(&html).contains(&format!(">{woord}</strong>")),
            "{woord}"
        );
    }
}
