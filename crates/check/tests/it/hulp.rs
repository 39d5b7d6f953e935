//! Batches from rows of text, and judgements over them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{Controle, Opties, PakketHerkomst};
use schema::{Definitie, Oordeel, Tabel};

/// Field name to text; what is not named is empty.
pub type Rij = BTreeMap<String, String>;

/// A canonical text batch of these rows, with the fields that occur in them.
pub fn batch(tabel: &Tabel, rijen: &[Rij]) -> RecordBatch {
    let velden = tabel
        .velden
        .iter()
        .filter(|v| rijen.iter().any(|rij| rij.contains_key(&v.naam)));
    let (mut fields, mut kolommen): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for veld in velden {
        fields.push(Field::new(&veld.naam, DataType::Utf8, true));
        let waarden = rijen
            .iter()
            .map(|rij| rij.get(&veld.naam).filter(|w| !w.is_empty()));
        kolommen.push(Arc::new(waarden.collect::<StringArray>()));
    }
    let opties = arrow_array::RecordBatchOptions::new().with_row_count(Some(rijen.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), kolommen, &opties).unwrap()
}

/// The options of a pakket delivered on 1 April of the next year. Not the definition's own clock: that may be moved,
/// and golden findings stay.
pub fn opties(definitie: &Definitie) -> Opties {
    Opties {
        leverdatum: chrono::NaiveDate::from_ymd_opt(definitie.jaar + 1, 4, 1).unwrap(),
        per_regel: check::PER_REGEL,
        ruwe_ids: false,
    }
}

/// Judges whole tables.
pub fn oordeel(definitie: &Definitie, opties: Opties, tabellen: &[(&str, Vec<Rij>)]) -> Oordeel {
    let mut controle = Controle::new(definitie, opties).unwrap();
    for (naam, rijen) in tabellen {
        controle
            .partij(naam, &batch(definitie.tabel(naam).unwrap(), rijen))
            .unwrap();
    }
    controle.afronden(&PakketHerkomst::new(definitie)).unwrap()
}

/// How often a rule spoke.
pub fn aantal(oordeel: &Oordeel, code: &str) -> u64 {
    oordeel
        .regels
        .iter()
        .find(|r| r.code == code)
        .map_or(0, |r| r.aantal)
}

/// A row from pairs.
pub fn rij(paren: &[(&str, &str)]) -> Rij {
    paren
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

/// The definition of every type of field, with more rules behind it.
pub fn proef(regels: &str) -> Definitie {
    let tekst = format!("{}\n{regels}", include_str!("../fixtures/proef.toml"));
    Definitie::parse("proef/2020", &tekst, codes).unwrap()
}

fn codes(lijst: &str) -> Option<String> {
    let codes: &[&str] = match lijst {
        "kleur" => &["rood", "groen", "blauw", "geen_van_deze_kleuren"],
        "maat" => &["s", "m", "l", "onbekend"],
        _ => return None,
    };
    let regels: String = codes
        .iter()
        .map(|code| format!("{code},{code},Een code.,,,,,\n"))
        .collect();
    Some(format!(
        "code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\n{regels}"
    ))
}

/// A record rule over `rij`.
pub fn record(code: &str, assert: &str, when: Option<&str>) -> String {
    let when = when.map(|w| format!("when = {w:?}\n")).unwrap_or_default();
    format!(
        "[[regel]]\ncode = {code:?}\ntabel = \"rij\"\nernst = \"fout\"\nsoort = \"record\"\ngoed = [{{}}]\nfout = [{{}}]\nassert = {assert:?}\n{when}\
         tekst = {{ titel = \"t\", bericht = \"b\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }}\n"
    )
}

/// A pseudonym of its own for each number.
pub fn pseudoniem(nummer: usize) -> String {
    let mut rest = nummer;
    let mut tekens = vec![b'a'; 26];
    for teken in tekens.iter_mut().take(13) {
        *teken = b"abcdefghijklmnopqrstuvwxyz234567"[rest % 32];
        rest /= 32;
    }
    String::from_utf8(tekens).unwrap()
}
