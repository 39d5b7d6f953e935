//! Keys and pseudonyms: stable, told apart per field, kept to oneself.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use pakket::{PseudonymKey, PseudonymKeyError};

use crate::support::omgang;

const KNOWN: &str = "omgangsmonitor-sleutel-1 aeba-gbaf-ayda-qcik-bmga-2dqp-cais-cews-";

fn batch(columns: &[(&str, &[Option<&str>])]) -> RecordBatch {
    RecordBatch::try_from_iter(
        columns
            .iter()
            .map(|(name, w)| (*name, Arc::new(StringArray::from(w.to_vec())) as ArrayRef)),
    )
    .unwrap()
}

#[test]
fn a_key_is_made_once_and_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sleutel.txt");
    let key = PseudonymKey::create(&path).unwrap();
    assert!(matches!(
        PseudonymKey::create(&path),
        Err(PseudonymKeyError::Exists(_))
    ));
    assert_eq!(PseudonymKey::read(&path).unwrap().label(), key.label());
    assert!(key.label().starts_with("hmac-sha256.1."));
    assert_eq!(
        format!("{key:?}"),
        format!("Sleutel({})", key.label()),
        "Debug does not show the key"
    );
    assert_ne!(
        PseudonymKey::create(&dir.path().join("tweede.txt"))
            .unwrap()
            .label(),
        key.label()
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sleutel.txt");
    PseudonymKey::create(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(
        PseudonymKey::read(&path),
        Err(PseudonymKeyError::TooOpen(_))
    ));
}

#[test]
fn the_text_form_survives_copying_and_catches_slips() {
    let dir = tempfile::tempdir().unwrap();
    let key = PseudonymKey::create(&dir.path().join("a")).unwrap();
    let text = key.export();
    for vorm in [
        text.clone(),
        text.to_uppercase(),
        text.replace('-', "-\n "),
        format!("# kopie\n  {text}\n"),
    ] {
        let vorm = vorm.replace("omgangsmonitor-\n sleutel-\n 1", "omgangsmonitor-sleutel-1");
        assert_eq!(
            PseudonymKey::import(&vorm).unwrap().label(),
            key.label(),
            "{vorm}"
        );
    }
    let begin = KNOWN.split(' ').next().unwrap().len() + 1;
    let mut misses = 0;
    for place in begin..text.len() {
        let mut letters: Vec<char> = text.chars().collect();
        if letters[place].is_ascii_alphanumeric() {
            letters[place] = if letters[place] == 'a' { 'b' } else { 'a' };
            misses +=
                usize::from(PseudonymKey::import(&letters.iter().collect::<String>()).is_ok());
        }
    }
    assert_eq!(misses, 0, "a wrong letter is noticed");
    for text in ["", "iets anders", KNOWN] {
        assert!(matches!(
            PseudonymKey::import(text),
            Err(PseudonymKeyError::Unreadable)
        ));
    }
}

#[test]
fn pseudonyms_are_stable_and_told_apart_per_field() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let key = PseudonymKey::create(&dir.path().join("a")).unwrap();
    let input = batch(&[
        ("traject_id", &[Some("1"), Some("2"), None]),
        ("jeugdige_id", &[Some("1"), Some("1"), Some("caf\u{e9}")]),
        ("gezin_id", &[None, Some("1"), Some("cafe\u{301}")]),
        ("kader", &[Some("vrijwillig"), None, None]),
    ]);
    let out = key.with_pseudonyms(traject, &input);
    let column = |name: &str| out.column_by_name(name).unwrap().as_string::<i32>().clone();
    let (traject_id, jeugdige_id, gezin_id) = (
        column("traject_id"),
        column("jeugdige_id"),
        column("gezin_id"),
    );
    assert_eq!(traject_id.value(0).len(), 26);
    assert!(
        traject_id
            .value(0)
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
    );
    assert!(traject_id.is_null(2) && gezin_id.is_null(0));
    assert_eq!(jeugdige_id.value(0), jeugdige_id.value(1));
    assert_ne!(
        traject_id.value(0),
        jeugdige_id.value(0),
        "the same number in another field is another pseudonym"
    );
    assert_eq!(column("kader").value(0), "vrijwillig");
    // The same letter written in two ways is the same value.
    let parse = key.with_pseudonyms(traject, &batch(&[("jeugdige_id", &[Some("cafe\u{301}")])]));
    assert_eq!(
        parse.column(0).as_string::<i32>().value(0),
        jeugdige_id.value(2)
    );
    let others = PseudonymKey::create(&dir.path().join("b"))
        .unwrap()
        .with_pseudonyms(traject, &input);
    assert_ne!(
        others.column(0).as_string::<i32>().value(0),
        traject_id.value(0)
    );
    let back = PseudonymKey::import(&key.export())
        .unwrap()
        .with_pseudonyms(traject, &input);
    assert_eq!(back, out, "a restored key gives the same pseudonyms");
}
