//! A truth value keeps its type from the cell of the source to the column: a key, never a word that is read again.

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use check::{Judge, Options, PER_REGEL};
use mapping::BatchReader;
use schema::Definitie;
use sheets::SourceFile;

/// The column `overbrugging` of this file, as it is read, and as it is typed.
fn column(file: SourceFile) -> (ArrayRef, ArrayRef) {
    let definitie = Definitie::load("omgang/2021").unwrap();
    let mut reader = BatchReader::open(&[file], &definitie, None).unwrap();
    let options = Options {
        leverdatum: chrono::NaiveDate::from_ymd_opt(2022, 2, 1).unwrap(),
        per_regel: PER_REGEL,
        raw_ids: true,
    };
    let mut judge = Judge::new(&definitie, options).unwrap();
    let mut columns = Vec::new();
    while let Some(next) = reader.next_batch().unwrap() {
        if next.tabel == "traject" && next.batch.num_rows() > 0 {
            let typed = judge.batch(&next.tabel, &next.batch).unwrap();
            let of = |batch: &arrow_array::RecordBatch| {
                batch.column_by_name("overbrugging").unwrap().clone()
            };
            columns.push((of(&next.batch), of(&typed)));
        }
    }
    columns.pop().unwrap()
}

#[test]
fn true_and_false_travel_as_keys() {
    let rows = [Some(true), Some(false), None, Some(true)];
    let records: Vec<String> = (0..)
        .zip(rows)
        .map(|(number, truth)| {
            let truth = truth.map_or("null".to_owned(), |truth| truth.to_string());
            format!(r#"{{"traject_id":"t{number}","kader":"vrijwillig","overbrugging":{truth}}}"#)
        })
        .collect();
    let text = format!(r#"{{"traject":[{}]}}"#, records.join(","));
    let (read, typed) = column(SourceFile::from_bytes("export.json", text.into_bytes()));
    let keyed = read.as_dictionary::<UInt16Type>();
    let words: Vec<_> = keyed.values().as_string::<i32>().iter().collect();
    assert_eq!(words, [Some("nee"), Some("ja")]);
    let keys: Vec<_> = keyed.keys().iter().collect();
    assert_eq!(keys, [Some(1), Some(0), None, Some(1)]);
    assert_eq!(typed.as_boolean().iter().collect::<Vec<_>>(), rows);
}

#[test]
fn words_become_the_same_keys_and_what_is_none_stays_to_be_named() {
    let text = "traject_id;kader;overbrugging\nt1;vrijwillig;ja\nt2;vrijwillig;N\nt3;vrijwillig;\nt4;vrijwillig;misschien\n";
    let (read, typed) = column(SourceFile::from_bytes("traject.csv", text.into()));
    let keyed = read.as_dictionary::<UInt16Type>();
    let words: Vec<_> = keyed.values().as_string::<i32>().iter().collect();
    assert_eq!(words, [Some("nee"), Some("ja"), Some("misschien")]);
    let keys: Vec<_> = keyed.keys().iter().collect();
    assert_eq!(keys, [Some(1), Some(0), None, Some(2)]);
    let truths: Vec<_> = typed.as_boolean().iter().collect();
    assert_eq!(truths, [Some(true), Some(false), None, None]);
}
