//! A folder of uitvragen beside those that are compiled in.

use std::path::Path;

use schema::{Source, SourceError};

const FOREIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/foreign/schemas");

static COMPILED: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../schemas");

fn new_source() -> &'static Source {
    Box::leak(Box::new(Source::new(&COMPILED)))
}

#[test]
fn an_added_folder_is_known_beside_what_is_compiled_in() {
    let source = new_source();
    assert_eq!(source.file("muziek/2020.toml"), None);
    source.add(Path::new(FOREIGN)).unwrap();
    assert!(
        source
            .text("muziek/codes/les.csv")
            .unwrap()
            .contains("school")
    );
    assert_eq!(source.uitvragen(), ["gebieden", "muziek", "omgang"]);
    let names: Vec<&str> = source.files_in("muziek").map(|(name, _)| name).collect();
    assert_eq!(names, ["2020.toml"], "code lists stand a folder deeper");
    assert!(
        source
            .files_in("omgang")
            .any(|(name, _)| name == "2020.toml")
    );
    assert_eq!(source.files_in("nergens").count(), 0);
}

#[test]
fn what_is_compiled_in_can_not_be_replaced() {
    let map = tempfile::tempdir().unwrap();
    std::fs::create_dir(map.path().join("omgang")).unwrap();
    let source = new_source();
    let refused = source.add(map.path()).unwrap_err();
    assert!(matches!(&refused, SourceError::CompiledIn(_, name) if name == "omgang"));
    assert!(refused.to_string().contains("`omgang`"), "{refused}");
}

#[test]
fn a_folder_is_added_once_and_must_be_there() {
    let source = new_source();
    let refused = source.add(Path::new("/nergens/schemas")).unwrap_err();
    assert!(matches!(refused, SourceError::Read(..)), "{refused}");
    source.add(Path::new(FOREIGN)).unwrap();
    let refused = source.add(Path::new(FOREIGN)).unwrap_err();
    assert!(matches!(refused, SourceError::Twice(_)), "{refused}");
}
