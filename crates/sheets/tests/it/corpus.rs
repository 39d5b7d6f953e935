//! Workbooks as the programs that people use write them: the same sheet by each, and every cell what it is.
//!
//! The files were made by the programs themselves (`tests/fixtures/workbooks/corpus`); a file that is added there is
//! read here too.

use std::path::{Path, PathBuf};

use sheets::open_file::{OpenedFile, open};
use sheets::{Block, Cell, SourceFile};

/// The same in every workbook of the corpus, below its header.
const ROWS: [[Cell<'static>; 6]; 3] = [
    [
        Cell::Text("00207"),
        Cell::Date("2020-03-02"),
        Cell::Number("1260"),
        Cell::Number("1512.5"),
        Cell::Truth(true),
        Cell::Text("Één & <twee>"),
    ],
    [
        Cell::Text("A-14"),
        Cell::Date("2020-02-29"),
        Cell::Number("0"),
        Cell::Number("-0.25"),
        Cell::Truth(false),
        Cell::Text(" met  blanks "),
    ],
    [
        Cell::Text("00208"),
        Cell::Empty,
        Cell::Number("90"),
        Cell::Empty,
        Cell::Empty,
        Cell::Text("regel 1\nregel 2"),
    ],
];

const HEADERS: [&str; 6] = [
    "Dossiernr",
    "Startdatum",
    "Minuten",
    "Kosten",
    "Begeleid",
    "Opmerking",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/workbooks/corpus")
}

fn opened(name: &str) -> (SourceFile, OpenedFile) {
    let file = SourceFile::from_path(&folder().join(name));
    let opened = open(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    (file, opened)
}

/// The workbooks that hold the sheet and nothing else.
fn plain_workbooks() -> Vec<String> {
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| {
        let name = entry.unwrap().file_name();
        name.into_string().unwrap()
    });
    let is_plain = |name: &String| {
        let workbook = [".xlsx", ".ods"].iter().any(|end| name.ends_with(end));
        workbook && !name.contains("doorgestreept") && !name.contains("zonder-tabel")
    };
    let mut names: Vec<String> = names.filter(is_plain).collect();
    names.sort();
    names
}

#[test]
fn every_program_s_workbook_reads_the_same() {
    let names = plain_workbooks();
    assert!(names.len() >= 14, "{names:?}");
    println!("workbooks of other programs, none refused: {}", names.len());
    for name in names {
        let (file, opened) = opened(&name);
        let sheet = &opened.sheets[0];
        assert_eq!(sheet.naam.as_deref(), Some("Export"), "{name}");
        assert_eq!(sheet.begin(&file, 1).unwrap()[0].1, HEADERS, "{name}");
        let mut block = Block::default();
        let mut rows = sheet.rows(&file, 1).unwrap();
        assert!(rows.block(HEADERS.len(), &mut block).unwrap(), "{name}");
        assert_eq!(block.len(), ROWS.len(), "{name}");
        for (row, cells) in ROWS.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let header = HEADERS[column];
                assert_eq!(block.cell(row, column), *cell, "{name}: {header} {row}");
            }
        }
        assert_eq!(opened.from_1904, name.ends_with("-1904.xlsx"), "{name}");
    }
}

/// A row of which every cell is struck out is known as such; one of which a single cell is, is not.
#[test]
fn a_row_that_is_struck_out_is_known() {
    for name in [
        "openpyxl-doorgestreept.xlsx",
        "libreoffice-doorgestreept.ods",
    ] {
        let (_, opened) = opened(name);
        let rows = opened.sheets[0].raster().unwrap().oddities.struck_rows();
        let struck: Vec<u32> = (1..=4).filter(|row| rows.contains(*row)).collect();
        assert_eq!(struck, [3], "{name}");
    }
}

/// It is refused by its name: whoever made the line meant that it does not count, a program would count it.
#[test]
fn a_row_that_is_struck_out_is_never_read_in_silence() {
    let koppeling = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
        traject_id = \"Dossiernr\"\nminuten = \"Minuten\"\n";
    let koppeling = mapping::Koppeling::parse(koppeling).unwrap();
    for name in [
        "openpyxl-doorgestreept.xlsx",
        "libreoffice-doorgestreept.ods",
    ] {
        let (file, _) = opened(name);
        let refusal = crate::support::lees(&[file], Some(&koppeling))
            .err()
            .unwrap();
        assert_eq!(refusal.code(), "STRUCK_OUT", "{name}");
        assert_eq!(refusal.place().rij, Some(3), "{name}");
    }
}

/// A chart, an empty sheet and a text beside the table: said or in the balance, and the table is read.
#[test]
fn a_sheet_without_a_table_stops_nothing() {
    let koppeling = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\nblad = \"Export\"\n[tabel.kolommen]\n\
        traject_id = \"Dossiernr\"\nminuten = \"Minuten\"\n";
    let koppeling = mapping::Koppeling::parse(koppeling).unwrap();
    let (file, _) = opened("xlsxwriter-zonder-tabel.xlsx");
    let (tabellen, summary) = crate::support::lees(&[file], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    let sentence = "Het blad 'Grafiek' is een grafiek. Het is niet gebruikt.";
    assert!(
        summary.aannames.iter().any(|s| s == sentence),
        "{:?}",
        summary.aannames
    );
    let sheets: Vec<_> = summary
        .balans
        .iter()
        .filter_map(|b| b.blad.as_deref())
        .collect();
    assert_eq!(sheets, ["Uitleg", "Export"]);
}
