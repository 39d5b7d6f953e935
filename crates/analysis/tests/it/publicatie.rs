//! The data files of a publication: complete, described, repeatable, and silent about who delivered.

use std::collections::BTreeMap;

use analysis::publicatie::{LeveringTrace, PublicatieInput, Standing, files};
use analysis::{Configuration, Pipeline};
use disclosure::Released;
use schema::{Cijfer, Definitie};

fn publication() -> Vec<(String, Vec<u8>)> {
    let definitie = Definitie::load("omgang/2020").expect("the definition is compiled in");
    let spoor = |levering: &str| LeveringTrace {
        levering: levering.to_owned(),
        bestanden: BTreeMap::new(),
        toestand: Standing::Ingediend,
    };
    let omitted = BTreeMap::from([
        ("duur_mediaan".to_owned(), 5),
        ("stroom_in".to_owned(), 0),
        ("wachten_oorzaak".to_owned(), 10),
    ]);
    files(&PublicatieInput {
        definitie: &definitie,
        pipeline: &Pipeline::load("omgang").expect("it is compiled in"),
        cijfers: &Released::default(),
        versie: 1,
        publisher: &schema::Publisher::default(),
        reason: None,
        momentopname: "m1",
        leveringen_in: vec![spoor("L2"), spoor("L1")],
        leveringen_out: vec![],
        configuration: &Configuration::default(),
        left_out: &std::collections::BTreeSet::new(),
        design_effects: &std::collections::BTreeMap::from([("gebruik_trajecten".to_owned(), 1.2)]),
        rule: "vijftallen",
        rounding_key: "0123456789abcdef",
        weggelaten: &omitted,
        software: "0.1.0",
    })
    .expect("a publication of nothing is one too")
}

fn json(files: &[(String, Vec<u8>)], path: &str) -> serde_json::Value {
    let (_, bytes) = files
        .iter()
        .find(|(p, _)| p == path)
        .expect("the file is there");
    serde_json::from_slice(bytes).expect("JSON")
}

#[test]
fn the_same_figures_give_the_same_bytes() {
    assert_eq!(publication(), publication());
}

#[test]
fn the_datapackage_describes_every_column_and_the_files_beside_it() {
    let files = publication();
    let pakket = json(&files, "datapackage.json");
    for resource in pakket["resources"].as_array().expect("resources") {
        let (_, bytes) = files
            .iter()
            .find(|(path, _)| path == resource["path"].as_str().expect("a path"))
            .expect("the file exists");
        assert_eq!(resource["bytes"].as_u64(), Some(bytes.len() as u64));
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        for field in fields {
            let described = field["description"].as_str().is_some_and(|d| !d.is_empty());
            assert!(described, "{field}");
        }
        let velden: Vec<&str> = fields
            .iter()
            .map(|v| v["name"].as_str().expect("a name"))
            .collect();
        if resource["format"] == "csv" {
            let header = velden.join(",");
            assert!(bytes.starts_with(header.as_bytes()), "{header}");
        }
        if resource["name"]
            .as_str()
            .is_some_and(|n| n.starts_with("cijfers"))
        {
            assert_eq!(velden, Cijfer::COLUMN_NAMES);
        }
    }
}

#[test]
fn provenance_sorts_leveringen_and_names_the_rounding_key() {
    let provenance = json(&publication(), "herkomst.json");
    assert_eq!(provenance["leveringen_in"][0]["levering"], "L1");
    assert_eq!(provenance["leveringen_in"][0]["toestand"], "ingediend");
    assert_eq!(provenance["weggelaten"]["duur_mediaan"], 5);
    assert_eq!(provenance["afronding"]["sleutel"], "0123456789abcdef");
    assert_eq!(
        provenance["hashes"]["pijplijn"].as_str().map(str::len),
        Some(64)
    );
}
