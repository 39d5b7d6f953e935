//! The words follow from the oordeel, on the page as in the sentence.

use std::collections::BTreeMap;

use report::pages;

use crate::fixture;

fn page_with(oordeel: Option<&str>) -> String {
    let mut publicatie = fixture::small();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.gebied == "JZ20")
    {
        cijfer.oordeel = oordeel.and_then(schema::Comparison::parse);
    }
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    String::from_utf8(files["spiegel/JZ20/index.html"].clone()).unwrap()
}

/// The sentences of a page, without the explanation at its foot that names them all.
fn sentences(html: &str) -> &str {
    &html[..html.find("id=\"over\"").unwrap()]
}

#[test]
fn each_oordeel_has_its_own_words_and_no_other() {
    let words = [
        "duidelijk hoger",
        "duidelijk lager",
        "Dat is niet te zeggen",
        "Dat hangt af van wie nog niet leverde",
    ];
    let oordelen = ["hoger", "lager", "niet_te_zeggen", "hangt_af_van_respons"];
    for (own, oordeel) in oordelen.into_iter().enumerate() {
        let html = page_with(Some(oordeel));
        for (place, word) in words.iter().enumerate() {
            let emphasis = format!(">{word}</strong>");
            assert_eq!(
                sentences(&html).contains(&emphasis),
                place == own,
                "{oordeel}: {word}"
            );
        }
    }
}

#[test]
fn without_an_oordeel_nothing_is_called_clear() {
    let html = page_with(None);
    for word in [
        "duidelijk hoger",
        "duidelijk lager",
        "Dat is niet te zeggen",
        "Dat hangt af van wie nog niet leverde",
    ] {
        assert!(
            !sentences(&html).contains(&format!(">{word}</strong>")),
            "{word}"
        );
    }
}
