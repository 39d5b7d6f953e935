//! The compiled-in definitions load and hold together.

use schema::Definitie;

#[test]
fn every_published_definition_loads() {
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        assert_eq!(definitie.naam(), naam);
    }
    assert!(Definitie::names().contains(&"omgang/2020".to_owned()));
}
