//! Every sentence of every page: none is empty, double or broken, and one thing is called by one word.

use std::path::Path;

use report::{ReportPublicatie, pages};

use crate::fixture;

/// The words of the pipeline itself, where the fixture has made some up.
fn with_real_words() -> ReportPublicatie {
    let mut publicatie = fixture::small();
    let pipeline: toml::Table = include_str!("../../../../pipelines/omgang/indicators.toml")
        .parse()
        .unwrap();
    for indicator in &mut publicatie.indicatoren {
        let listed = pipeline["indicator"].as_array().unwrap();
        let Some(real) = listed
            .iter()
            .find(|one| one["id"].as_str() == Some(&indicator.id))
        else {
            continue;
        };
        let text = |name: &str| {
            let words = real.get(name).and_then(toml::Value::as_str);
            words.unwrap_or_default().to_owned()
        };
        indicator.titel = text("titel");
        indicator.definitie = text("definitie");
        indicator.teller = text("teller");
        indicator.noemer = text("noemer");
        indicator.kanttekening = text("kanttekening");
    }
    publicatie
}

/// What a reader reads, a line for each paragraph, cell or heading.
fn lines(html: &str) -> Vec<String> {
    const INLINE: [&str; 11] = [
        "a", "b", "i", "strong", "span", "code", "/a", "/b", "/i", "/strong", "/span",
    ];
    let body = &html[html.find("<body>").unwrap()..];
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap();
        let name = tag.split([' ', '\n']).next().unwrap();
        if !INLINE.contains(&name) && name != "/code" {
            text.push('\n');
        }
        text.push_str(words);
    }
    let whole = text
        .replace('\u{a0}', " ")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let trimmed = whole.lines().map(|line| line.trim().to_owned());
    trimmed.filter(|line| !line.is_empty()).collect()
}

/// What is wrong with a line; nothing where it is fine.
fn defect(line: &str) -> Option<&'static str> {
    let broken = [
        " .", " ,", "..", ",,", "( ", "()", "‘’", ":.", ": .", "{", "}", " ;",
    ];
    if line.len() > 1 && broken.iter().any(|sign| line.contains(sign)) {
        return Some("something is empty or not filled in");
    }
    let padded = format!(" {line}");
    let one_of_many = ["van de 1 ", " de 1 ", " alle 1 ", " geen van de 1"];
    if one_of_many.iter().any(|words| padded.contains(words)) {
        return Some("one in the plural");
    }
    let words: Vec<String> = line.split(' ').map(str::to_lowercase).collect();
    let double = |pair: &[String]| {
        pair[0] == pair[1] && pair[0].len() > 1 && pair[0].chars().all(char::is_alphabetic)
    };
    if words.windows(2).any(double) {
        return Some("a word stands twice");
    }
    let sentences: Vec<&str> = line
        .split(". ")
        .map(|one| one.trim_end_matches('.'))
        .collect();
    if sentences.windows(2).any(|pair| pair[0] == pair[1]) {
        return Some("a sentence stands twice");
    }
    None
}

#[test]
fn no_sentence_of_any_page_is_empty_double_or_broken() {
    let mut read = 0;
    for publicatie in [with_real_words(), fixture::empty(fixture::small().gebieden)] {
        for (path, content) in pages(&publicatie).unwrap() {
            if Path::new(&path).extension().is_none_or(|e| e != "html") {
                continue;
            }
            for line in lines(std::str::from_utf8(&content).unwrap()) {
                read += 1;
                assert_eq!(defect(&line), None, "{path}: {line}");
            }
        }
    }
    assert!(read > 5_000, "{read} lines");
    for wrong in [
        "Dat is 1 van de 1 aanbieders.",
        "In Nederland is dat .",
        "Het gebruik is is 5.",
        "Dit zien we niet. Dit zien we niet.",
        "Over {gebied} weten we niets.",
    ] {
        assert!(defect(wrong).is_some(), "{wrong}");
    }
}

/// A traject begins, on every page: who reads `gestart` beside it looks for another moment.
#[test]
fn what_begins_is_called_by_one_word() {
    let words = |text: &str| text.to_lowercase().contains("gestart");
    for (path, content) in pages(&with_real_words()).unwrap() {
        if Path::new(&path).extension().is_some_and(|e| e == "html") {
            for line in lines(std::str::from_utf8(&content).unwrap()) {
                // The name in the files is an id.
                let is_id = line.starts_with("wachten_") && !line.contains(' ');
                assert!(is_id || !words(&line), "{path}: {line}");
            }
        }
    }
}

/// Words of statistics stand on the page that explains them alone.
#[test]
fn words_of_statistics_are_on_the_page_that_explains_them() {
    for (path, content) in pages(&with_real_words()).unwrap() {
        if Path::new(&path).extension().is_none_or(|e| e != "html") || path.starts_with("uitleg/") {
            continue;
        }
        for line in lines(std::str::from_utf8(&content).unwrap()) {
            for word in [
                "significant",
                "percentiel",
                "kwantiel",
                "betrouwbaarheid",
                "kromme",
                "variantie",
            ] {
                assert!(!line.to_lowercase().contains(word), "{path}: {line}");
            }
        }
    }
}
