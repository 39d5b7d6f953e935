//! The list of codes, both ways: every refusal in the sources of the readers has a code of the list, and every code is given.

use std::collections::BTreeSet;
use std::path::Path;

use rows::WEIGERINGEN;

/// The first text after each place where a refusal is made.
fn given(bron: &str, uit: &mut BTreeSet<String>) {
    for begin in ["Weigering::new(", "Self::new(", ".fout("] {
        for (plek, _) in bron.match_indices(begin) {
            let na = bron[plek + begin.len()..].trim_start();
            // Where the code comes in by name, it is made elsewhere.
            if let Some((code, _)) = na.strip_prefix('"').and_then(|na| na.split_once('"')) {
                uit.insert(code.to_owned());
            }
        }
    }
}

/// Looks through a folder of sources and those in it.
fn sources(folder: &Path, uit: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, uit);
        } else {
            given(&std::fs::read_to_string(path).unwrap(), uit);
        }
    }
}

#[test]
fn every_refusal_is_listed_and_every_listed_code_is_given() {
    let mut gegeven = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["rows", "sheets", "mapping", "pakket"] {
        sources(&crates.join(name).join("src"), &mut gegeven);
    }
    let lijst: Vec<&str> = WEIGERINGEN.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        gegeven.iter().map(String::as_str).collect::<Vec<_>>(),
        lijst,
        "source and list, by code"
    );
    for (code, uitleg) in WEIGERINGEN {
        assert!(
            code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
            "{code}"
        );
        assert!(
            uitleg.ends_with('.') && uitleg.len() > 15,
            "{code}: {uitleg}"
        );
    }
}
