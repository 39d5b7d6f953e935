//! The list of codes: a code and its variant find each other, a sentence is one, and every code is given by a reader.

use std::collections::BTreeSet;
use std::path::Path;

use rows::{FileRefusal, RefusalCode};

#[test]
fn a_code_and_its_variant_find_each_other() {
    let mut names = Vec::new();
    for code in RefusalCode::ALL {
        assert_eq!(RefusalCode::parse(code.name()), Some(*code));
        let refusal = FileRefusal::new(*code, "Zo niet.");
        assert_eq!((refusal.kind(), refusal.code()), (*code, code.name()));
        names.push(code.name());
    }
    assert!(names.is_sorted_by(|a, b| a < b), "by code, each once");
    for other in ["", "row_width", "ROW", "ROW_WIDTH "] {
        assert_eq!(RefusalCode::parse(other), None, "{other}");
    }
}

#[test]
fn a_code_and_its_meaning_can_be_read() {
    for code in RefusalCode::ALL {
        let (name, meaning) = (code.name(), code.meaning());
        assert!(
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
            "{name}"
        );
        assert!(
            meaning.ends_with('.') && meaning.len() > 15,
            "{name}: {meaning}"
        );
    }
}

/// The variants that are named in the sources of a folder, tests apart.
fn given(folder: &Path, out: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            given(&path, out);
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let named = source.split("RefusalCode::").skip(1);
        out.extend(named.filter_map(|rest| {
            let name = rest.split(|c: char| !c.is_alphanumeric()).next()?;
            Some(name.to_owned())
        }));
    }
}

#[test]
fn every_code_is_given() {
    let mut found = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["rows", "sheets", "mapping", "pakket"] {
        given(&crates.join(name).join("src"), &mut found);
    }
    for code in RefusalCode::ALL {
        assert!(
            found.contains(&format!("{code:?}")),
            "nobody gives {code:?}"
        );
    }
}
