//! A folder added to the program's own definitions. A test program of its own: what is added stays for all tests in it.

use std::path::Path;

use schema::{Definitie, SCHEMAS};

const FOREIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/foreign/schemas");

/// Everything that follows from a definition follows from this one.
#[test]
fn an_added_uitvraag_has_its_definition_and_its_artefacts() {
    SCHEMAS.add(Path::new(FOREIGN)).unwrap();
    let definitie = Definitie::load("muziek/2020").unwrap();
    assert_eq!(definitie.tabellen.len(), 2);
    assert!(Definitie::names().contains(&"muziek/2020".to_owned()));
    let sjabloon = schema::artefact("muziek", 2020, "sjabloon.xlsx").unwrap();
    assert_eq!(sjabloon, schema::artefacts::sjabloon(&definitie).unwrap());
    let again = schema::artefact("muziek", 2020, "sjabloon.xlsx").unwrap();
    assert!(std::ptr::eq(sjabloon, again), "made once");
    for absent in ["sjabloon.ods", "../2020.toml", ""] {
        assert_eq!(schema::artefact("muziek", 2020, absent), None, "{absent}");
    }
    assert_eq!(schema::artefact("muziek", 2021, "sjabloon.xlsx"), None);
    assert_eq!(schema::artefact("omgang", 2020, "sjabloon.ods"), None);
}
