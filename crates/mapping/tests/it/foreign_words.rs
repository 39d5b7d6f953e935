//! The program knows no uitvraag: what tables, fields and code lists are called stands in definitions only.

use std::collections::BTreeSet;
use std::path::Path;

use mapping::{propose, survey_all};
use schema::Definitie;
use sheets::SourceFile;

/// Names of tables, fields and lists that are everyday words too, or a type of field: they say nothing of one uitvraag.
const EVERYDAY: [&str; 3] = ["gemeente", "minuten", "vorm"];

/// The texts between quotes in a source, but for comments and tests.
fn literals(source: &str) -> Vec<String> {
    let product = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut out = Vec::new();
    for line in product.lines() {
        let line = line.trim();
        if !line.starts_with("//") {
            out.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    out
}

fn sources(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            out.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn no_source_names_a_table_field_or_list_of_an_uitvraag() {
    let mut names = BTreeSet::new();
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        names.extend(definitie.codelijsten.keys().cloned());
        for tabel in &definitie.tabellen {
            names.insert(tabel.naam.clone());
            names.extend(tabel.velden.iter().map(|veld| veld.naam.clone()));
        }
    }
    names.retain(|name| !EVERYDAY.contains(&name.as_str()));
    assert!(names.contains("traject") && names.contains("langste_wachttijd_dagen"));
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for name in [
        "rows", "sheets", "mapping", "check", "judging", "pakket", "browser",
    ] {
        sources(&crates.join(name).join("src"), &mut files);
    }
    assert!(files.len() > 100, "the sources were found");
    let mut known = Vec::new();
    for (path, text) in &files {
        for literal in literals(text) {
            let words = literal.split(|c: char| !c.is_alphanumeric() && c != '_');
            known.extend(
                words
                    .filter(|word| names.contains(&word.to_lowercase()))
                    .map(|word| format!("{path}: {word}")),
            );
        }
    }
    assert!(known.is_empty(), "{}", known.join("\n"));
}

/// Of an uitvraag without words of its field of work, every column is placed by what its own fields are called.
#[test]
fn an_uitvraag_about_something_else_is_mapped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/schemas/muziek");
    let text = std::fs::read_to_string(folder.join("2020.toml")).unwrap();
    let codes =
        |list: &str| std::fs::read_to_string(folder.join("codes").join(format!("{list}.csv"))).ok();
    let definitie = Definitie::parse("muziek/2020", &text, codes).unwrap();
    assert!(definitie.mapping_words.neutral.is_empty());
    let loans = "Uitleennr;Lenernummer;Instrumentcode;Woongemeente;Soort les;Van;Tot\n\
                 L001;K001;I1;Utrecht;aan huis;29-02-2020;22-03-2020\n\
                 L002;K002;I2;Rotterdam;op school;29-02-2020;\n";
    let file = SourceFile::from_bytes("uitleen.csv", loans.as_bytes().to_vec());
    let proposal = propose(&survey_all(&[file], &definitie).unwrap(), &definitie);
    let placed: Vec<&str> = proposal.kolommen.iter().map(|k| k.bron.as_str()).collect();
    assert_eq!(placed.len(), 7, "{placed:?}");
    assert!(proposal.open.is_empty(), "{:?}", proposal.open);
}
