//! OpenDocument spreadsheets: the same as a workbook of Excel, cell by cell, and nothing repeated beyond bounds.

use mapping::Koppeling;
use rows::FileRefusal;
use sheets::SourceFile;

use crate::hand_made::{ods, ods_cell, ods_rows, ods_sheet};
use crate::support::{OptionalTextRow, lees};

const KOPPELING: &str = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
    traject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\naanmelddatum = \"Datum aanmelding\"\n";

fn loaded(
    file: SourceFile,
    koppeling: &str,
) -> Result<(Vec<OptionalTextRow>, Vec<String>), FileRefusal> {
    let (mut tabellen, summary) = lees(&[file], Some(&Koppeling::parse(koppeling).unwrap()))?;
    Ok((
        tabellen.remove("traject").unwrap_or_default(),
        summary.aannames,
    ))
}

fn rows(tabellen: &str) -> Result<(Vec<OptionalTextRow>, Vec<String>), FileRefusal> {
    loaded(
        SourceFile::from_bytes("export.ods", ods(tabellen).zip()),
        KOPPELING,
    )
}

fn datum(cell: &str) -> Option<String> {
    rows(&ods_sheet(&ods_rows(cell))).unwrap().0[0]["aanmelddatum"].clone()
}

/// One workbook, saved by LibreOffice both ways: formulas, hidden rows, text in pieces, a row far below.
#[test]
fn an_ods_reads_like_the_same_xlsx() {
    let koppeling = format!(
        "{KOPPELING}leeftijd_bij_aanmelding = \"Leeftijd\"\nkosten = \"Kosten\"\nproductcode = \"Productcode\"\n\
         contacten = \"Contacten\"\n[tabel.datumvorm]\naanmelddatum = \"dd-mm-jjjj\"\n"
    );
    let lees = |name: &str| {
        let dir =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/workbooks");
        loaded(SourceFile::from_path(&dir.join(name)), &koppeling).unwrap()
    };
    let ((xlsx, said), (ods, said_ods)) = (lees("raar.xlsx"), lees("raar.ods"));
    assert_eq!(xlsx, ods);
    assert_eq!(said, said_ods);
    assert_eq!(ods.len(), 9);
    let column = |veld: &str| -> Vec<&str> {
        ods.iter()
            .map(|r| r[veld].as_deref().unwrap_or("-"))
            .collect()
    };
    assert_eq!(
        column("traject_id"),
        ["107000", "D 2", "D3", "D4", "D5", "D5", "D5", "D5", "D6"]
    );
    assert_eq!(
        column("jeugdige_id")[..3],
        ["K1", "K2", "K3"],
        "blanks of every kind are taken off"
    );
    assert_eq!(
        column("aanmelddatum")[..4],
        ["2020-02-29", "2020-03-01", "2019-12-25", "2020-05-03"]
    );
    assert_eq!(
        column("leeftijd_bij_aanmelding"),
        ["7", "8", "9", "10", "10", "10", "10", "10", "0"]
    );
    assert_eq!(column("kosten")[..4], ["1512.1", "0.1", "-", "12.5"]);
    assert_eq!(
        column("productcode")[1..3],
        ["45J66", "a & b <c>  d\nregel 2"],
        "pieces of one text are joined"
    );
    assert_eq!(
        column("contacten"),
        ["5", "2", "3", "1", "1", "1", "1", "1", "0"]
    );
    let said = said.join("\n");
    for sentence in [
        "een formule (G4)",
        "(F) is verborgen",
        "een rij met gegevens is verborgen, misschien door een filter (rij 7)",
        "'Keuzes' is verborgen",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

#[test]
fn stored_values_count_not_what_is_shown() {
    let cell = |attributes: &str, shown: &str| {
        format!("<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>")
    };
    for (attributes, shown, expected) in [
        (
            "office:value-type=\"date\" office:date-value=\"2020-04-14\"",
            "14 apr",
            "2020-04-14",
        ),
        (
            "office:value-type=\"date\" office:date-value=\"2020-04-14T09:30:00\"",
            "14-4-20",
            "2020-04-14",
        ),
        // A hair under midnight, as a formula leaves it.
        (
            "office:value-type=\"date\" office:date-value=\"2020-04-13T23:59:59.999999999\"",
            "14-4-20",
            "2020-04-14",
        ),
        (
            "office:value-type=\"float\" office:value=\"7\"",
            "7,00",
            "7",
        ),
        (
            "office:value-type=\"float\" office:value=\"1E3\"",
            "1000",
            "1000",
        ),
        (
            "office:value-type=\"currency\" office:currency=\"EUR\" office:value=\"12.5\"",
            "€ 12,50",
            "12.5",
        ),
        (
            "office:value-type=\"percentage\" office:value=\"0.5\"",
            "50%",
            "0.5",
        ),
        (
            "office:value-type=\"boolean\" office:boolean-value=\"true\"",
            "WAAR",
            "ja",
        ),
        (
            "office:value-type=\"time\" office:time-value=\"PT10H30M00S\"",
            "10:30",
            "PT10H30M00S",
        ),
        (
            "office:value-type=\"string\" office:string-value=\"heel\"",
            "getoond",
            "heel",
        ),
        (
            "office:value-type=\"string\"",
            "a<text:s text:c=\"2\"/>b <text:span>c</text:span>\n  d&amp;e",
            "a  b c d&e",
        ),
        (
            "office:value-type=\"string\"",
            "een</text:p><text:p>twee",
            "een\ntwee",
        ),
        (
            "office:value-type=\"string\"",
            "x</text:p><office:annotation><text:p>opmerking</text:p></office:annotation><text:p>y",
            "x\ny",
        ),
        ("", "zonder soort", "zonder soort"),
    ] {
        assert_eq!(
            datum(&cell(attributes, shown)).as_deref(),
            Some(expected),
            "{attributes} {shown}"
        );
    }
}

/// What LibreOffice repeats comes back as often; what it repeats without end, empty, costs nothing.
#[test]
fn repeated_rows_and_cells() {
    let row = |count: u32, cells: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{count}\">{cells}</table:table-row>")
    };
    let empty = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    let duplicate = "<table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>X</text:p></table:table-cell>";
    let content = format!(
        "{}{}{}{}{}",
        ods_rows(&ods_cell("2020-01-05")),
        row(3000, empty),
        row(3, &format!("{duplicate}{}", ods_cell("2020-02-01"))),
        row(
            1,
            &format!(
                "<table:covered-table-cell/>{}{}",
                ods_cell("K9"),
                ods_cell("2020-03-01")
            )
        ),
        row(1_045_572, empty)
    );
    let (rows, _) = rows(&ods_sheet(&content)).unwrap();
    let datums: Vec<&str> = rows
        .iter()
        .map(|r| r["aanmelddatum"].as_deref().unwrap())
        .collect();
    assert_eq!(
        datums,
        [
            "2020-01-05",
            "2020-02-01",
            "2020-02-01",
            "2020-02-01",
            "2020-03-01"
        ]
    );
    assert_eq!(rows[1]["jeugdige_id"].as_deref(), Some("X"));
    let file = SourceFile::from_bytes("export.ods", ods(&ods_sheet(&content)).zip());
    let (_, summary) = lees(&[file], Some(&Koppeling::parse(KOPPELING).unwrap())).unwrap();
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(4), Some("aanmelddatum"))
            .cel
            .as_deref(),
        Some("Export!C3006")
    );
}

#[test]
fn what_is_no_cell_of_the_sheet_is_passed_over() {
    let sheet = |name: &str, rows: &str| format!("<table:table {name}>{rows}</table:table>");
    let rest = ods_rows(&ods_cell("2020-01-05"));
    let content = format!(
        "<table:tracked-changes><table:cell-content-change><table:change-track-table-cell><text:p>oud</text:p></table:change-track-table-cell>\
         </table:cell-content-change></table:tracked-changes>{}{}",
        sheet(
            "table:name=\"Export\"",
            &format!(
                "<table:shapes><draw:frame><draw:text-box><text:p>tekening</text:p></draw:text-box></draw:frame></table:shapes>\
             <table:table-header-rows><table:table-row-group>{rest}</table:table-row-group></table:table-header-rows>"
            )
        ),
        sheet(
            "table:name=\"Lijst\" table:style-name=\"weg\"",
            &format!(
                "<table:table-row>{}</table:table-row>",
                ods_cell("vrijwillig")
            )
        )
    );
    let (rows, assumptions) = rows(&content).unwrap();
    assert_eq!(rows.len(), 1);
    assert!(
        assumptions
            .iter()
            .any(|a| a.contains("Het blad 'Lijst' is verborgen")),
        "{assumptions:?}"
    );
}
