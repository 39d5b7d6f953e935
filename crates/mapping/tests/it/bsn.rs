//! BSNs at the lenient door: in every column of an own file, in its names; and files in which only clocks, GUIDs and
//! numbers of one's own stand.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mapping::{Koppeling, propose, survey};
use sheets::SourceFile;

use crate::bsn_corpus::{Seeds, forms, in_sentence, innocent_column, innocent_text};
use crate::hand_made::{WorkbookParts, cell, ods, ods_cell, ods_rows, ods_sheet, rows};
use crate::support::{lees, omgang};

/// Whether reading a file says that there are BSNs in it; `told` may not be told on.
fn is_refused(file: &SourceFile, koppeling: &Koppeling, told: &[String]) -> bool {
    match lees(std::slice::from_ref(file), Some(koppeling)) {
        Err(refusal) => {
            let words = format!("{refusal:?}");
            assert!(
                !told.iter().any(|value| words.contains(value.as_str())),
                "{words}"
            );
            refusal.code() == "BSN_SUSPECTED"
        }
        Ok((_, summary)) => {
            let is_bsn = summary.counts.iter().any(|t| t.code == "BSN_SUSPECTED");
            let found = summary
                .bevindingen
                .iter()
                .filter(|b| b.code == "BSN_SUSPECTED");
            let words = format!("{:?}", found.collect::<Vec<_>>());
            assert!(
                !told.iter().any(|value| words.contains(value.as_str())),
                "{words}"
            );
            is_bsn
        }
    }
}

/// A koppeling that places some columns and leaves one over.
const KOPPELING: &str = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\ntraject_id = \"Traject\"\njeugdige_id = \"Kind\"\ngezin_id = \"Gezin\"\nvoorziening_id = \"Locatie\"\nproductcode = \"Product\"\nverwijzer = \"Verwijzer\"\nstartdatum = \"Start\"\neinddatum = \"Eind\"\ncontacten = \"Contacten\"\nminuten = \"Minuten\"\nkosten = \"Kosten\"\n";
const COLUMNS: [&str; 12] = [
    "Traject",
    "Kind",
    "Gezin",
    "Locatie",
    "Product",
    "Verwijzer",
    "Start",
    "Eind",
    "Contacten",
    "Minuten",
    "Kosten",
    "Over",
];

/// A file of so many rows, with these values in one column.
fn file(name: &str, column: usize, values: &[String]) -> SourceFile {
    with_columns(name, &[(column, values)])
}

/// The same with values in several columns; the first has the most.
fn with_columns(name: &str, columns: &[(usize, &[String])]) -> SourceFile {
    let mut text = COLUMNS.join(";") + "\n";
    for row in 0..columns[0].1.len() {
        let count = (row % 20).to_string();
        let ids = [format!("T{row}"), format!("K{row}"), format!("G{row}")];
        let mut cells: Vec<&str> = vec![
            &ids[0],
            &ids[1],
            &ids[2],
            "L1",
            "45A48",
            "huisarts",
            "2020-03-01",
            "2020-09-01",
            &count,
            "720",
            "1250.50",
            "niets",
        ];
        for (column, values) in columns {
            if let Some(value) = values.get(row) {
                cells[*column] = value;
            }
        }
        let quoted: Vec<String> = cells.iter().map(|c| format!("\"{c}\"")).collect();
        writeln!(text, "{}", quoted.join(";")).unwrap();
    }
    SourceFile::from_bytes(name, text.into_bytes())
}

#[test]
fn a_bsn_is_found_in_every_column_and_form() {
    let koppeling = Koppeling::parse(KOPPELING).unwrap();
    let mut seeds = Seeds::new(21);
    let names: Vec<&str> = forms(0).iter().map(|(name, _)| *name).collect();
    let (mut missed, mut count) = (Vec::new(), 0);
    let mut per_form: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (column, header) in COLUMNS.iter().enumerate() {
        for (place, form) in names.iter().enumerate() {
            let singly = *header == "Product";
            let values: Vec<String> = (0..if singly { 1 } else { 20 })
                .map(|_| forms(seeds.bsn())[place].1.clone())
                .collect();
            count += values.len();
            let (planted, found) = per_form.entry(form).or_default();
            *planted += values.len();
            if is_refused(&file("export.csv", column, &values), &koppeling, &values) {
                *found += values.len();
            } else {
                missed.push(format!("{header} {form}: {}", values[0]));
            }
        }
    }
    println!(
        "BSNs in {} columns, planted {count}; by form (planted, in a file that is refused): {per_form:?}",
        COLUMNS.len()
    );
    assert!(count > 5_000, "{count}");
    assert!(
        missed.is_empty(),
        "{} missed: {:#?}",
        missed.len(),
        &missed[..missed.len().min(30)]
    );
}

/// HOSTILE 61: in the name of a file or a column, and in what comes back of it.
#[test]
fn a_bsn_in_a_name_is_found_and_not_told_on() {
    let koppeling = Koppeling::parse(KOPPELING).unwrap();
    let mut seeds = Seeds::new(22);
    for _ in 0..2 {
        for (name, form) in forms(seeds.bsn()) {
            if name.contains("slash") {
                continue;
            }
            let sentence = in_sentence(&mut seeds, &form).replace('"', "");
            let told = [form];
            let named = file(&format!("{sentence}.csv"), 8, &["3".to_owned()]);
            assert!(
                is_refused(&named, &koppeling, &told),
                "file {name}: {sentence}"
            );
            let text = COLUMNS
                .join(";")
                .replace("Over", &format!("\"{sentence}\""));
            let bytes = format!("{text}\nT1;K1;G1;L1;45A48;huisarts;2020-03-01;;3;720;1250.50;x\n");
            let headed = SourceFile::from_bytes("export.csv", bytes.into_bytes());
            assert!(
                is_refused(&headed, &koppeling, &told),
                "header {name}: {sentence}"
            );
        }
    }
}

/// 2,400 columns, eight to a file: placed and left over, all of what only looks like a BSN; so does the name.
#[test]
fn what_only_looks_like_a_bsn_is_read() {
    let koppeling = Koppeling::parse(KOPPELING).unwrap();
    let mut seeds = Seeds::new(23);
    let mut refused = Vec::new();
    for _ in 0..300 {
        let columns = [1, 3, 5, 6, 8, 9, 10, 11].map(|column| {
            let (kind, mut cells) = innocent_column(&mut seeds);
            let count = [8, 9, 10].contains(&column);
            // What has a letter before it is no count.
            if column == 6 || (count && kind == "with a letter") {
                cells = cells
                    .iter()
                    .map(|_| innocent_text(&mut seeds).replace('"', ""))
                    .collect();
            }
            cells.truncate(40);
            (column, cells)
        });
        let mut columns: Vec<(usize, &[String])> =
            columns.iter().map(|(n, cells)| (*n, &cells[..])).collect();
        columns.sort_by_key(|(_, cells)| std::cmp::Reverse(cells.len()));
        let name = innocent_text(&mut seeds).replace(['"', '/'], "-");
        let source = with_columns(&format!("{name}.csv"), &columns);
        if is_refused(&source, &koppeling, &[]) {
            refused.push(format!("{name}: {columns:?}"));
        }
    }
    println!(
        "innocent files of 8 columns, of 300 refused: {}",
        refused.len()
    );
    assert!(
        refused.is_empty(),
        "{} refused: {:#?}",
        refused.len(),
        &refused[..refused.len().min(2)]
    );
}

/// A column that programs fill with the moment of the last change is none, nor is a file named by date and time.
#[test]
fn exports_named_and_dated_by_programs_are_taken() {
    let definitie = omgang();
    let mut seeds = Seeds::new(24);
    for _ in 0..60 {
        let mut clock = |limit| seeds.below(limit);
        let name = format!(
            "clienten_202101{:02}_{:02}{:02}{:02}{:03}.csv",
            1 + clock(28),
            clock(24),
            clock(60),
            clock(60),
            clock(1000)
        );
        let mut text = "Dossiernr;Laatst gewijzigd;Datum aanmelding\n".to_owned();
        for row in 0..30 {
            writeln!(
                text,
                "D{row};2021-01-{:02}T{:02}:{:02}:11.{:09};2020-01-05",
                1 + clock(28),
                clock(24),
                clock(60),
                clock(1_000_000_000)
            )
            .unwrap();
        }
        let source = SourceFile::from_bytes(&name, text.into_bytes());
        let survey = survey(&source, &definitie).unwrap();
        let seen = survey.bevindingen.iter().any(|b| b.code == "BSN_SUSPECTED");
        let koppeling = propose(std::slice::from_ref(&survey), &definitie).koppeling;
        assert!(!seen && !is_refused(&source, &koppeling, &[]), "{name}");
    }
}

/// LibreOffice writes its moments with nanoseconds: 12 in 100 saves were refused, and nobody could take it away. Excel
/// writes GUIDs and labels.
#[test]
fn what_programs_write_about_a_workbook_is_no_bsn() {
    let definitie = omgang();
    let mut seeds = Seeds::new(25);
    for _ in 0..60 {
        let mut moment = || {
            let (hour, nano) = (seeds.below(24), seeds.below(1_000_000_000));
            format!(
                "2021-01-{:02}T{hour:02}:{:02}:07.{nano:09}",
                1 + seeds.below(28),
                seeds.below(60)
            )
        };
        let about = format!(
            "<m:d><m:creation-date>{}</m:creation-date><dc:date>{}Z</dc:date><m:editing-duration>PT3H7M9.{:09}S</m:editing-duration><m:generator>LibreOffice/7.0.4.2$Linux_X86_64 LibreOffice_project/dcf040e67528d9187c66b2379df5ea4407429775</m:generator></m:d>",
            moment(),
            moment(),
            seeds.below(1_000_000_000)
        );
        let ods = ods(&ods_sheet(&ods_rows(&ods_cell("2020-01-05"))))
            .met("meta.xml", about)
            .zip();
        let mut hex = |length| {
            let digits = (0..length).map(|_| char::from_digit(seeds.below(16) as u32, 16));
            digits.flatten().collect::<String>()
        };
        let uuid = [hex(8), hex(4), hex(4), hex(4), hex(12)].join("-");
        let custom = format!(
            "<p:properties><p:property fmtid=\"{{{uuid}}}\" pid=\"2\" name=\"MSIP_Label_{uuid}_SetDate\"><v>2021-01-04T09:11:12Z</v></p:property></p:properties>"
        );
        let xlsx = WorkbookParts::new(&rows(&cell("C2", "2020-01-05")))
            .met("docProps/custom.xml", custom)
            .zip();
        for (name, bytes) in [("a.ods", ods), ("a.xlsx", xlsx)] {
            let survey = survey(&SourceFile::from_bytes(name, bytes), &definitie).unwrap();
            assert!(
                !survey.bevindingen.iter().any(|b| b.code == "BSN_SUSPECTED"),
                "{name}"
            );
        }
    }
}
