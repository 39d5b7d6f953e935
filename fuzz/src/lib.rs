//! What the targets share: a file through the lenient door, and what must hold whatever is in it.

use std::sync::LazyLock;

use judging::{Judging, SourceReport, Subject};
use mapping::{Koppeling, Lezer, stel_voor, verken};
use rows::{WEIGERINGEN, Weigering};
use sheets::Bestand;
use schema::Definitie;

#[path = "../zaad.rs"]
pub mod zaad;

/// The definition by which all is read.
pub static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").expect("a definition of our own"));

/// A judgement to begin with.
pub fn judging(subject: Subject) -> Judging {
    Judging::new(&OMGANG, "2021-02-01".parse().expect("a day"), subject, None).expect("rules of our own")
}

/// A refusal has a code of the list, names the file, and fits on one line.
pub fn judge(weigering: &Weigering) {
    assert!(WEIGERINGEN.iter().any(|(code, _)| *code == weigering.code()), "{}", weigering.code());
    assert!(weigering.plaats().bestand.is_some() || weigering.code().starts_with("MAPPING"), "{weigering} names no file");
    let zin = weigering.to_string();
    assert!(zin.len() < 2000 && zin.ends_with('.'), "{zin}");
}

/// Reads and judges all of a file, as `uitvraag controleer` does.
pub fn controleer(bestand: &Bestand, koppeling: Option<&Koppeling>) {
    let door = || -> Result<(), Weigering> {
        let mut lezer = Lezer::open(std::slice::from_ref(bestand), &OMGANG, koppeling)?;
        let mut judging = judging(Subject::OwnFiles { everything: false });
        let mut rijen = 0;
        while let Some(partij) = lezer.volgende()? {
            rijen += partij.batch.num_rows();
            judging.batch(&partij.tabel, &partij.batch).expect("what is read is canonical text");
        }
        let verslag = lezer.afronden();
        let source = SourceReport { bevindingen: verslag.bevindingen, tellingen: verslag.tellingen, herkomst: verslag.herkomst.as_ref() };
        let oordeel = judging.finish(source).expect("there is no scratch file").oordeel;
        assert_eq!(oordeel.rijen.values().sum::<u64>(), rijen as u64, "every row is judged once");
        serde_json::to_string(&oordeel).expect("a judgement can be written");
        Ok(())
    };
    if let Err(weigering) = door() {
        judge(&weigering);
    }
}

/// Explores a file; true when that could be done.
pub fn explore(bestand: &Bestand) -> bool {
    verken(bestand, &OMGANG).map_err(|weigering| judge(&weigering)).is_ok()
}

/// Proposes a koppeling, and reads the file by it, as `uitvraag koppel` and then `controleer` do.
pub fn koppel(bestand: &Bestand) {
    let Ok(verkenning) = verken(bestand, &OMGANG) else { return };
    let koppeling = stel_voor(&[verkenning], &OMGANG).koppeling;
    let terug = Koppeling::parse(&koppeling.to_toml()).expect("what is written reads back");
    terug.verify(&OMGANG).expect("what is proposed holds");
    controleer(bestand, Some(&terug));
}

/// A workbook of which part number `deel` is this.
pub fn werkmap(deel: u8, inhoud: &[u8], ingepakt: bool) -> Vec<u8> {
    use std::io::Write;
    let methode = if ingepakt { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let opties = zip::write::SimpleFileOptions::default().compression_method(methode);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (nummer, (naam, tekst)) in zaad::DELEN.iter().enumerate() {
        zip.start_file(*naam, opties).expect("in memory");
        zip.write_all(if nummer == usize::from(deel) { inhoud } else { tekst.as_bytes() }).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}
