//! Keys and pseudonyms: stable, told apart per field, kept to oneself.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use pakket::{Sleutel, SleutelFout};

use crate::support::omgang;

const BEKEND: &str = "omgangsmonitor-sleutel-1 aeba-gbaf-ayda-qcik-bmga-2dqp-cais-cews-";

fn batch(kolommen: &[(&str, &[Option<&str>])]) -> RecordBatch {
    RecordBatch::try_from_iter(
        kolommen
            .iter()
            .map(|(naam, w)| (*naam, Arc::new(StringArray::from(w.to_vec())) as ArrayRef)),
    )
    .unwrap()
}

#[test]
fn a_key_is_made_once_and_read_back() {
    let map = tempfile::tempdir().unwrap();
    let pad = map.path().join("sleutel.txt");
    let sleutel = Sleutel::create(&pad).unwrap();
    assert!(matches!(
        Sleutel::create(&pad),
        Err(SleutelFout::Bestaat(_))
    ));
    assert_eq!(Sleutel::read(&pad).unwrap().label(), sleutel.label());
    assert!(sleutel.label().starts_with("hmac-sha256.1."));
    assert_eq!(
        format!("{sleutel:?}"),
        format!("Sleutel({})", sleutel.label()),
        "Debug does not show the key"
    );
    assert_ne!(
        Sleutel::create(&map.path().join("tweede.txt"))
            .unwrap()
            .label(),
        sleutel.label()
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let map = tempfile::tempdir().unwrap();
    let pad = map.path().join("sleutel.txt");
    Sleutel::create(&pad).unwrap();
    assert_eq!(
        std::fs::metadata(&pad).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&pad, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Sleutel::read(&pad), Err(SleutelFout::TeOpen(_))));
}

#[test]
fn the_text_form_survives_copying_and_catches_slips() {
    let map = tempfile::tempdir().unwrap();
    let sleutel = Sleutel::create(&map.path().join("a")).unwrap();
    let tekst = sleutel.export();
    for vorm in [
        tekst.clone(),
        tekst.to_uppercase(),
        tekst.replace('-', "-\n "),
        format!("# kopie\n  {tekst}\n"),
    ] {
        let vorm = vorm.replace("omgangsmonitor-\n sleutel-\n 1", "omgangsmonitor-sleutel-1");
        assert_eq!(
            Sleutel::import(&vorm).unwrap().label(),
            sleutel.label(),
            "{vorm}"
        );
    }
    let begin = BEKEND.split(' ').next().unwrap().len() + 1;
    let mut missers = 0;
    for plek in begin..tekst.len() {
        let mut letters: Vec<char> = tekst.chars().collect();
        if letters[plek].is_ascii_alphanumeric() {
            letters[plek] = if letters[plek] == 'a' { 'b' } else { 'a' };
            missers += usize::from(Sleutel::import(&letters.iter().collect::<String>()).is_ok());
        }
    }
    assert_eq!(missers, 0, "a wrong letter is noticed");
    for tekst in ["", "iets anders", BEKEND] {
        assert!(matches!(
            Sleutel::import(tekst),
            Err(SleutelFout::Onleesbaar)
        ));
    }
}

#[test]
fn pseudonyms_are_stable_and_told_apart_per_field() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let map = tempfile::tempdir().unwrap();
    let sleutel = Sleutel::create(&map.path().join("a")).unwrap();
    let invoer = batch(&[
        ("traject_id", &[Some("1"), Some("2"), None]),
        ("jeugdige_id", &[Some("1"), Some("1"), Some("caf\u{e9}")]),
        ("gezin_id", &[None, Some("1"), Some("cafe\u{301}")]),
        ("kader", &[Some("vrijwillig"), None, None]),
    ]);
    let uit = sleutel.pseudonimiseer(traject, &invoer);
    let kolom = |naam: &str| uit.column_by_name(naam).unwrap().as_string::<i32>().clone();
    let (traject_id, jeugdige_id, gezin_id) =
        (kolom("traject_id"), kolom("jeugdige_id"), kolom("gezin_id"));
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
    assert_eq!(kolom("kader").value(0), "vrijwillig");
    // The same letter written in two ways is the same value.
    let ontleed =
        sleutel.pseudonimiseer(traject, &batch(&[("jeugdige_id", &[Some("cafe\u{301}")])]));
    assert_eq!(
        ontleed.column(0).as_string::<i32>().value(0),
        jeugdige_id.value(2)
    );
    let andere = Sleutel::create(&map.path().join("b"))
        .unwrap()
        .pseudonimiseer(traject, &invoer);
    assert_ne!(
        andere.column(0).as_string::<i32>().value(0),
        traject_id.value(0)
    );
    let terug = Sleutel::import(&sleutel.export())
        .unwrap()
        .pseudonimiseer(traject, &invoer);
    assert_eq!(terug, uit, "a restored key gives the same pseudonyms");
}
