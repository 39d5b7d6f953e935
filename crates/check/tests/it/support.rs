//! Batches from rows of text, and judgements over them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{Judge, Options, PakketOrigin};
use schema::{Definitie, Oordeel, Tabel};

/// Field name to text; what is not named is empty.
pub(crate) type TextRow = BTreeMap<String, String>;

/// A canonical text batch of these rows, with the fields that occur in them.
pub(crate) fn batch(tabel: &Tabel, rows: &[TextRow]) -> RecordBatch {
    let velden = tabel
        .velden
        .iter()
        .filter(|v| rows.iter().any(|row| row.contains_key(&v.naam)));
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for veld in velden {
        fields.push(Field::new(&veld.naam, DataType::Utf8, true));
        let values = rows
            .iter()
            .map(|row| row.get(&veld.naam).filter(|w| !w.is_empty()));
        columns.push(Arc::new(values.collect::<StringArray>()));
    }
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).unwrap()
}

/// The options of a pakket delivered on 1 April of the next year. Not the definition's own clock: that may be moved,
/// and golden findings stay.
pub(crate) fn options(definitie: &Definitie) -> Options {
    Options {
        leverdatum: chrono::NaiveDate::from_ymd_opt(definitie.jaar + 1, 4, 1).unwrap(),
        per_regel: check::PER_REGEL,
        raw_ids: false,
    }
}

/// Judges whole tables.
pub(crate) fn oordeel(
    definitie: &Definitie,
    options: Options,
    tabellen: &[(&str, Vec<TextRow>)],
) -> Oordeel {
    let mut judge = Judge::new(definitie, options).unwrap();
    for (name, rows) in tabellen {
        judge
            .batch(name, &batch(definitie.tabel(name).unwrap(), rows))
            .unwrap();
    }
    judge.finish(&PakketOrigin::new(definitie)).unwrap()
}

/// How often a rule spoke.
pub(crate) fn count(oordeel: &Oordeel, code: &str) -> u64 {
    oordeel
        .regels
        .iter()
        .find(|r| r.code == code)
        .map_or(0, |r| r.aantal)
}

/// A row from pairs.
pub(crate) fn row(pairs: &[(&str, &str)]) -> TextRow {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

/// The definition of every type of field, with more rules behind it.
pub(crate) fn sample_definitie(regels: &str) -> Definitie {
    let text = format!("{}\n{regels}", include_str!("../fixtures/trial.toml"));
    Definitie::parse("proef/2020", &text, codes).unwrap()
}

fn codes(list: &str) -> Option<String> {
    let codes: &[&str] = match list {
        "kleur" => &["rood", "groen", "blauw", "geen_van_deze_kleuren"],
        "maat" => &["s", "m", "l", "onbekend"],
        _ => return None,
    };
    let regels = codes
        .iter()
        .map(|code| format!("{code},{code},Een code.,,,,,\n"))
        .collect::<Vec<_>>()
        .concat();
    Some(format!(
        "code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\n{regels}"
    ))
}

/// A record rule over `rij`.
pub(crate) fn record(code: &str, assert: &str, when: Option<&str>) -> String {
    let when = when.map(|w| format!("when = {w:?}\n")).unwrap_or_default();
    format!(
        "[[regel]]\ncode = {code:?}\ntabel = \"rij\"\nernst = \"fout\"\nsoort = \"record\"\ngoed = [{{}}]\nfout = [{{}}]\nassert = {assert:?}\n{when}\
         tekst = {{ titel = \"t\", bericht = \"b\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }}\n"
    )
}

/// A pseudonym of its own for each number.
pub(crate) fn pseudonym(number: usize) -> String {
    let mut rest = number;
    let mut characters = vec![b'a'; 26];
    for character in characters.iter_mut().take(13) {
        *character = b"abcdefghijklmnopqrstuvwxyz234567"[rest % 32];
        rest /= 32;
    }
    String::from_utf8(characters).unwrap()
}
