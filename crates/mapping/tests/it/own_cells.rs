//! Findings tell what stands in the own cell and the own number of the row, and never a birth date.

use std::collections::BTreeSet;

use check::{Judge, Options, PER_REGEL};
use mapping::{BatchReader, Koppeling, tell_own_cells};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use schema::{Bevinding, Oordeel};
use sheets::SourceFile;

use crate::support::omgang;

const KOPPELING: &str = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
    traject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\naanmelddatum = \"Datum aanmelding\"\nkosten = \"Kosten\"\n\
    leeftijd_bij_aanmelding = \"Geboren\"\n[tabel.afgeleid]\nleeftijd_bij_aanmelding = \"geboortedatum\"\n\
    [tabel.datumvorm]\naanmelddatum = \"dd-mm-jjjj\"\nleeftijd_bij_aanmelding = \"dd-mm-jjjj\"\n";

const HEADERS: [&str; 5] = ["Dossiernr", "Kind", "Datum aanmelding", "Kosten", "Geboren"];

/// The judgement over a file, with what stands in its cells.
fn told(file: SourceFile) -> Oordeel {
    told_by(KOPPELING, file)
}

fn told_by(koppeling: &str, file: SourceFile) -> Oordeel {
    let definitie = omgang();
    let koppeling = Koppeling::parse(koppeling).unwrap();
    let files = [file];
    let mut reader = BatchReader::open(&files, &definitie, Some(&koppeling)).unwrap();
    let options = Options {
        leverdatum: "2021-02-01".parse().unwrap(),
        per_regel: PER_REGEL,
        raw_ids: true,
    };
    let mut judge = Judge::new(&definitie, options).unwrap();
    while let Some(batch) = reader.next_batch().unwrap() {
        judge.batch(&batch.tabel, &batch.batch).unwrap();
    }
    let mut oordeel = judge.finish(reader.finish().herkomst.as_ref()).unwrap();
    tell_own_cells(&files, &definitie, Some(&koppeling), &mut [&mut oordeel]).unwrap();
    oordeel
}

/// Number and found value of the findings of a field with a value.
fn found<'o>(oordeel: &'o Oordeel, veld: &str) -> Vec<(&'o str, &'o str)> {
    let of_veld = |b: &&Bevinding| b.veld == veld && b.gevonden.is_some();
    let both = |b: &'o Bevinding| Some((b.plaats.nummer.as_deref()?, b.gevonden.as_deref()?));
    let findings = oordeel.bevindingen.iter().filter(of_veld);
    // More than one rule may speak of a cell.
    let found: BTreeSet<_> = findings.filter_map(both).collect();
    found.into_iter().collect()
}

#[test]
fn a_csv_s_finding_tells_the_text_of_its_cell() {
    let csv = "Dossiernr;Kind;Datum aanmelding;Kosten;Geboren\n\
        D1;K1; 3-5-2031 ;-12,50;01-02-1950\n\
        D2;K2;05-05-2020;100;01-02-2012\n\
        D3;K3;4 mei 2032;-€ 1.200,00;31-13-2012\n";
    let oordeel = told(SourceFile::from_bytes("export.csv", csv.into()));
    assert_eq!(
        found(&oordeel, "aanmelddatum"),
        [("D1", "3-5-2031"), ("D3", "4 mei 2032")]
    );
    assert_eq!(
        found(&oordeel, "kosten"),
        [("D1", "-12,50"), ("D3", "-€ 1.200,00")]
    );
    let text = serde_json::to_string(&oordeel).unwrap();
    assert!(!text.contains("1950"), "a birth date: {text}");
    assert!(found(&oordeel, "leeftijd_bij_aanmelding").contains(&("D1", "81")));
}

/// One value in many cells that are written otherwise is told as it was read: no sentence holds for all of them else.
#[test]
fn a_cause_is_told_as_its_cells_are_where_they_are_alike() {
    let csv = |days: [&str; 3]| {
        let row = |(n, day): (usize, &&str)| format!("D{n};K{n};{day};10;01-02-2012\n");
        let rows: String = days.iter().enumerate().map(row).collect();
        let csv = format!("{}\n{rows}", HEADERS.join(";"));
        let oordeel = told(SourceFile::from_bytes("export.csv", csv.into_bytes()));
        let causes = oordeel.oorzaken.iter();
        let cause = causes
            .clone()
            .find(|o| o.eerste.veld == "aanmelddatum" && o.aantal == 3);
        let cause = cause.unwrap();
        let covered = oordeel.bevindingen.iter().filter(|b| cause.covers(b));
        (cause.eerste.gevonden.clone().unwrap(), covered.count())
    };
    assert_eq!(csv(["3-5-2031"; 3]), ("3-5-2031".to_owned(), 3));
    assert_eq!(
        csv(["3-5-2031", "03-05-2031", "3 mei 2031"]),
        ("2031-05-03".to_owned(), 3)
    );
}

#[test]
fn a_workbook_s_finding_tells_what_its_cell_shows() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Export").unwrap();
    sheet.write_row(0, 0, HEADERS).unwrap();
    sheet.write_row(1, 0, ["D1", "K1"]).unwrap();
    let format = Format::new().set_num_format("dd-mm-yyyy");
    let day = |year| ExcelDateTime::from_ymd(year, 5, 3).unwrap();
    sheet
        .write_datetime_with_format(1, 2, day(2031), &format)
        .unwrap();
    sheet.write_number(1, 3, -12.5).unwrap();
    sheet
        .write_datetime_with_format(1, 4, day(1950), &format)
        .unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let oordeel = told(SourceFile::from_bytes("export.xlsx", bytes));
    assert_eq!(found(&oordeel, "aanmelddatum"), [("D1", "03-05-2031")]);
    assert_eq!(found(&oordeel, "kosten"), [("D1", "-12,5")]);
    assert!(found(&oordeel, "leeftijd_bij_aanmelding").contains(&("D1", "81")));
}

/// Children side by side have no number of their own on the sheet: their family has.
#[test]
fn a_finding_about_a_child_of_a_family_tells_the_number_of_the_family() {
    let koppeling = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n\
        naast_elkaar = [[\"Kind 1\"], [\"Kind 2\"]]\n[tabel.kolommen]\ntraject_id = \"Gezin + Kind 1\"\n\
        jeugdige_id = \"Gezin + Kind 1\"\nkosten = \"Kosten\"\ngemeente = \"Gemeente\"\naanmelddatum = \"Datum aanmelding\"\n";
    let csv = "Gezin;Kind 1;Kind 2;Kosten;Gemeente;Datum aanmelding\n\
        G1;Noa;Saar;-5;Utrecht;2020-01-05\nG2;Daan;;7;Utrecht;2020-01-06\nG3;Liv;;-9;Utrecht;2020-01-07\n";
    let file = || SourceFile::from_bytes("export.csv", csv.into());
    let with_id = format!("{koppeling}gezin_id = \"Gezin\"\n");
    for koppeling in [koppeling, &with_id] {
        let oordeel = told_by(koppeling, file());
        assert_eq!(found(&oordeel, "kosten"), [("G1", "-5"), ("G3", "-9")]);
        let about = oordeel.bevindingen.iter().filter(|b| b.veld == "kosten");
        let numbers: Vec<_> = about.map(|b| b.plaats.nummer.as_deref()).collect();
        assert_eq!(numbers, [Some("G1"), Some("G1"), Some("G3")]);
    }
    // Nor is one kept beside a pakket that was made of a name.
    let own = |text: &str| {
        let koppeling = Koppeling::parse(text).unwrap();
        let reader = BatchReader::open(&[file()], &omgang(), Some(&koppeling)).unwrap();
        reader.own_numbers().get("traject").cloned()
    };
    assert_eq!(own(koppeling), None);
    assert_eq!(own(&with_id).as_deref(), Some("gezin_id"));
    let of_names = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
        traject_id = \"Kind 1 + Datum aanmelding\"\njeugdige_id = \"Kind 1\"\n";
    assert_eq!(own(of_names), None);
    let plain = SourceFile::from_bytes("export.csv", format!("{}\n", HEADERS.join(";")).into());
    let reader = BatchReader::open(
        &[plain],
        &omgang(),
        Some(&Koppeling::parse(KOPPELING).unwrap()),
    );
    assert_eq!(reader.unwrap().own_numbers()["traject"], "traject_id");
}
