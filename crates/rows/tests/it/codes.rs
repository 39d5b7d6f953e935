//! The list of codes, both ways: every refusal in the sources of the readers has a code of the list, and every code is given.

use std::collections::BTreeSet;
use std::path::Path;

use rows::REFUSALS;

/// The first text after each place where a refusal is made.
fn given(source: &str, out: &mut BTreeSet<String>) {
    for begin in ["FileRefusal::new(", "Self::new(", ".error("] {
        for (place, _) in source.match_indices(begin) {
            let after = source[place + begin.len()..].trim_start();
            // Where the code comes in by name, it is made elsewhere.
            if let Some((code, _)) = after
                .strip_prefix('"')
                .and_then(|after| after.split_once('"'))
            {
                out.insert(code.to_owned());
            }
        }
    }
}

/// Looks through a folder of sources and those in it.
fn sources(folder: &Path, out: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else {
            given(&std::fs::read_to_string(path).unwrap(), out);
        }
    }
}

#[test]
fn every_refusal_is_listed_and_every_listed_code_is_given() {
    let mut given_codes = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["rows", "sheets", "mapping", "pakket"] {
        sources(&crates.join(name).join("src"), &mut given_codes);
    }
    let list: Vec<&str> = REFUSALS.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        given_codes.iter().map(String::as_str).collect::<Vec<_>>(),
        list,
        "source and list, by code"
    );
    for (code, explanation) in REFUSALS {
        assert!(
            code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
            "{code}"
        );
        assert!(
            explanation.ends_with('.') && explanation.len() > 15,
            "{code}: {explanation}"
        );
    }
}
