//! What the targets share: a file through the lenient door, and what must hold whatever is in it.

use std::sync::LazyLock;

use judging::{Judging, SourceReport, Subject};
use mapping::{BatchReader, Koppeling, propose, survey};
use rows::FileRefusal;
use schema::Definitie;
use sheets::SourceFile;

#[path = "../seed.rs"]
pub mod seed;

/// The definition by which all is read.
pub static OMGANG: LazyLock<Definitie> =
    LazyLock::new(|| Definitie::load("omgang/2020").expect("a definition of our own"));

/// A judgement to begin with.
pub fn judging(subject: Subject) -> Judging {
    Judging::new(&OMGANG, "2021-02-01".parse().expect("a day"), subject, None)
        .expect("rules of our own")
}

/// A refusal names the file, and fits on one line.
pub fn judge(refusal: &FileRefusal) {
    assert!(
        refusal.place().bestand.is_some() || refusal.code().starts_with("MAPPING"),
        "{refusal} names no file"
    );
    let sentence = refusal.to_string();
    assert!(
        sentence.len() < 2000 && sentence.ends_with('.'),
        "{sentence}"
    );
}

/// Reads and judges all of a file, as `uitvraag controleer` does.
pub fn check(file: &SourceFile, koppeling: Option<&Koppeling>) {
    let door = || -> Result<(), FileRefusal> {
        let mut reader = BatchReader::open(std::slice::from_ref(file), &OMGANG, koppeling)?;
        let mut judging = judging(Subject::OwnFiles { everything: false });
        let mut rows = 0;
        while let Some(batch) = reader.next_batch()? {
            rows += batch.batch.num_rows();
            judging
                .batch(&batch.tabel, &batch.batch)
                .expect("what is read is canonical text");
        }
        let summary = reader.finish();
        let source = SourceReport {
            bevindingen: summary.bevindingen,
            counts: summary.counts,
            herkomst: summary.herkomst.as_ref(),
            waiting: summary.waiting,
        };
        let oordeel = judging
            .finish(source)
            .expect("there is no scratch file")
            .oordeel;
        assert_eq!(
            oordeel.rijen.values().sum::<u64>(),
            rows as u64,
            "every row is judged once"
        );
        serde_json::to_string(&oordeel).expect("a judgement can be written");
        Ok(())
    };
    if let Err(refusal) = door() {
        judge(&refusal);
    }
}

/// Explores a file; true when that could be done.
pub fn explore(file: &SourceFile) -> bool {
    survey(file, &OMGANG)
        .map_err(|refusal| judge(&refusal))
        .is_ok()
}

/// Proposes a koppeling, and reads the file by it, as `uitvraag koppel` and then `check` do.
pub fn propose_for(file: &SourceFile) {
    let Ok(survey) = survey(file, &OMGANG) else {
        return;
    };
    let koppeling = propose(&[survey], &OMGANG).koppeling;
    let back = Koppeling::parse(&koppeling.to_toml()).expect("what is written reads back");
    back.verify(&OMGANG).expect("what is proposed holds");
    check(file, Some(&back));
}

/// A workbook of which part number `part` is this.
pub fn workbook(part: u8, content: &[u8], packed: bool) -> Vec<u8> {
    use std::io::Write;
    let method = if packed {
        zip::CompressionMethod::Deflated
    } else {
        zip::CompressionMethod::Stored
    };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (number, (name, text)) in seed::PARTS.iter().enumerate() {
        zip.start_file(*name, options).expect("in memory");
        zip.write_all(if number == usize::from(part) {
            content
        } else {
            text.as_bytes()
        })
        .expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}
