//! The words follow from the oordeel, and stand where an editor finds them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
        "Dat hangt af van wie nog niet leverde, hier of elders",
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
        "Dat hangt af van wie nog niet leverde, hier of elders",
    ] {
        assert!(
            !sentences(&html).contains(&format!(">{word}</strong>")),
            "{word}"
        );
    }
}

/// One of something is not told in the plural.
#[test]
fn one_is_singular() {
    let mut publicatie = fixture::small();
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == "JZ20") {
        cijfer.dekking_aanbieders = Some("1".into());
        if cijfer.indicator == "kwaliteit_vertraging" || cijfer.indicator == "organisatie_plaatsen"
        {
            (cijfer.waarde, cijfer.n) = (Some(1.0), Some(1));
        }
    }
    let plurals = [
        "aanbieders",
        "trajecten",
        "kinderen",
        "voorzieningen",
        "plaatsen",
        "dagen",
        "gegevens",
        "provincies",
        "jeugdregio’s",
        "gemeenten",
    ];
    let mut read = 0;
    for (path, content) in pages(&publicatie).unwrap() {
        if Path::new(&path).extension().is_none_or(|e| e != "html") {
            continue;
        }
        read += 1;
        let html = String::from_utf8(content).unwrap().replace('\u{a0}', " ");
        for plural in plurals {
            for before in [" ", ">", "("] {
                let wrong = format!("{before}1 {plural}");
                assert!(!html.contains(&wrong), "{path}: {wrong}");
            }
        }
        assert!(!html.contains("van de 1 "), "{path}");
    }
    assert!(read > 20, "{read} pages");
}

/// The sources and templates of the crate, by path.
fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.insert(path, code);
            }
        }
    }
    assert!(found.len() > 30, "{} files", found.len());
    found
}

/// Lines that hold text for readers: of a template all, of Rust those with a literal.
fn lines(path: &Path, text: &str) -> Vec<String> {
    let template = path.extension().is_some_and(|e| e == "html");
    text.lines()
        .filter(|line| template || (!line.trim_start().starts_with("//") && line.contains('"')))
        .map(str::to_lowercase)
        .collect()
}

/// What is said of one uitvraag is data: another one gets the same pages without a line of Rust.
#[test]
fn no_sentence_knows_one_uitvraag() {
    for (path, text) in sources() {
        for line in lines(&path, &text) {
            for word in ["omgang", "traject", "kinder", "wachtlijst", "pleegouder"] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
    }
}

/// Sentences in Rust stand in `wording` alone, so that an editor reads them from top to bottom.
#[test]
fn sentences_in_rust_are_in_one_folder() {
    let rust = |path: &Path| path.extension().is_some_and(|e| e == "rs");
    for (path, text) in sources() {
        if !rust(&path) || path.components().any(|part| part.as_os_str() == "wording") {
            continue;
        }
        for line in lines(&path, &text) {
            for word in [
                " van ", " het ", " een ", " niet ", " geen ", " met ", " dat ",
            ] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
    }
}
