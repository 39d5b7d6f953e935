//! Workbooks: what people make in Excel, and what someone makes to break a reader.

use mapping::{Koppeling, propose, survey};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use sheets::SourceFile;

use crate::hand_made::{WorkbookParts, cell, rows};
use crate::support::{lees, omgang, proposal};

const HEADERS: [&str; 12] = [
    "Dossiernr",
    "Kind",
    "Locatie",
    "Gemeente",
    "Leeftijd",
    "Kader",
    "Verwijzer",
    "Omgang met",
    "Vorm",
    "Begeleider",
    "Bekostiging",
    "Datum aanmelding",
];

fn fill(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, number: u32) {
    let texts = [
        "V1", "Utrecht", "", "V", "huisarts", "ouder", "OH", "prof", "regio",
    ];
    sheet.write_number(row, 0, f64::from(number)).unwrap();
    sheet.write_string(row, 1, format!("K{number}")).unwrap();
    for (k, text) in texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        sheet
            .write_string(row, u16::try_from(k + 2).unwrap(), *text)
            .unwrap();
    }
    sheet.write_number(row, 4, 7).unwrap();
}

/// A title above, dates as Excel keeps them and as text, a sheet per half year, a total below, a hidden list.
#[test]
fn a_workbook_as_people_make_them() {
    let mut workbook = Workbook::new();
    let datum = Format::new().set_num_format("dd-mm-yyyy");
    for (name, van) in [("Half 1", 107_000), ("Half 2", 107_100)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet
            .write_string(0, 0, "Overzicht begeleide omgang")
            .unwrap();
        for (k, header) in HEADERS.iter().enumerate() {
            sheet
                .write_string(3, u16::try_from(k).unwrap(), *header)
                .unwrap();
        }
        for i in 0..3 {
            fill(sheet, 4 + i, van + i);
        }
        sheet
            .write_datetime_with_format(
                4,
                11,
                ExcelDateTime::from_ymd(2020, 2, 29).unwrap(),
                &datum,
            )
            .unwrap();
        sheet.write_string(5, 11, "25-12-2019").unwrap();
        sheet.write_string(6, 11, "3 mei 2020").unwrap();
        sheet.write_string(7, 0, "Totaal").unwrap();
        sheet.write_number(7, 4, 21).unwrap();
    }
    let list = workbook
        .add_worksheet()
        .set_name("Keuzes")
        .unwrap()
        .set_hidden(true);
    list.write_string(0, 0, "vrijwillig").unwrap();
    workbook
        .add_worksheet()
        .set_name("Toelichting")
        .unwrap()
        .write_string(0, 0, "Uit ons systeem")
        .unwrap();
    let file = SourceFile::from_bytes("export.xlsx", workbook.save_to_buffer().unwrap());

    let proposal = proposal(&file);
    assert_eq!(proposal.open, []);
    let (tabellen, summary) = lees(&[file], Some(&proposal.koppeling)).unwrap();
    let rows = &tabellen["traject"];
    let column =
        |veld: &str| -> Vec<&str> { rows.iter().map(|r| r[veld].as_deref().unwrap()).collect() };
    assert_eq!(
        column("traject_id"),
        ["107000", "107001", "107002", "107100", "107101", "107102"]
    );
    assert_eq!(
        column("aanmelddatum")[..3],
        ["2020-02-29", "2019-12-25", "2020-05-03"]
    );
    assert_eq!(column("leeftijd_bij_aanmelding"), ["7"; 6]);
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(4), Some("kader"))
            .cel
            .as_deref(),
        Some("Half 2!F6")
    );
    assert!(
        proposal
            .aannames
            .iter()
            .any(|a| a.contains("dezelfde kolommen")),
        "{:?}",
        proposal.aannames
    );
    assert!(
        proposal.aannames.iter().any(|a| a.contains("verborgen")),
        "{:?}",
        proposal.aannames
    );
}

fn aanmelddatum(zip: Vec<u8>) -> Option<String> {
    let text = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
        traject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\naanmelddatum = \"Datum aanmelding\"\n";
    let file = SourceFile::from_bytes("export.xlsx", zip);
    lees(&[file], Some(&Koppeling::parse(text).unwrap()))
        .unwrap()
        .0["traject"][0]["aanmelddatum"]
        .clone()
}

/// H-47: both calendars, and days that never were.
#[test]
fn excel_dates_of_both_calendars() {
    let datum = |number: &str| {
        WorkbookParts::new(&rows(&format!("<c r=\"C2\" s=\"1\"><v>{number}</v></c>")))
    };
    assert_eq!(
        aanmelddatum(datum("43569").zip()).as_deref(),
        Some("2019-04-14")
    );
    assert_eq!(
        aanmelddatum(datum("43569.75").zip()).as_deref(),
        Some("2019-04-14")
    );
    let from_1904 = datum("42107").replace(
        "xl/workbook.xml",
        "<workbookPr/>",
        "<workbookPr date1904=\"1\"/>",
    );
    assert_eq!(aanmelddatum(from_1904.zip()).as_deref(), Some("2019-04-14"));
    for impossible in ["60", "-5", "2958466"] {
        assert_eq!(
            aanmelddatum(datum(impossible).zip()).as_deref(),
            Some(impossible),
            "left for the check to name"
        );
    }
}

#[test]
fn hostile_workbooks_are_refused() {
    let good = || WorkbookParts::new(&rows(&cell("C2", "2020-01-05")));
    let sheet = |content: &str| WorkbookParts::new(content);
    let bom = format!("<a>{}</a>", "<row r=\"1\"/>".repeat(1 << 20));
    let strings = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"1\" uniqueCount=\"4294967295\"><si><t>x</t></si></sst>";
    let deep = format!("<a>{}{}</a>", "<b>".repeat(200), "</b>".repeat(200));
    let mut duplicate = good()
        .met("xl/aaaa.xml", "<a/>")
        .met("xl/aaab.xml", "<b/>")
        .zip();
    while let Some(place) = duplicate.windows(11).position(|w| w == b"xl/aaab.xml") {
        duplicate[place..place + 11].copy_from_slice(b"xl/aaaa.xml");
    }
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "H33 bomb",
            good().met("xl/worksheets/sheet2.xml", bom).zip(),
            "ZIP_RATIO",
        ),
        (
            "H34 zip in zip",
            good().met("xl/inner.zip", "PK").zip(),
            "ZIP_STRUCTURE",
        ),
        ("H36 duplicate", duplicate, "ZIP_STRUCTURE"),
        (
            "H36 same but for case",
            good().met("XL/workbook.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H36 parent",
            good().met("../evil.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H36 drive",
            good().met("C:\\evil.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H38 unique count",
            good().met("xl/sharedStrings.xml", strings).zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H38 index out of range",
            sheet(&rows("<c r=\"C2\" t=\"s\"><v>7</v></c>")).zip(),
            "XLSX_INVALID",
        ),
        (
            "H40 doctype",
            good()
                .replace(
                    "xl/workbook.xml",
                    "<workbook ",
                    "<!DOCTYPE x [<!ENTITY a \"b\">]><workbook ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H40 doctype in rels",
            good()
                .replace(
                    "_rels/.rels",
                    "<Relationships ",
                    "<!DOCTYPE x><Relationships ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H41 external entity",
            good()
                .replace(
                    "xl/worksheets/sheet1.xml",
                    "<worksheet ",
                    "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H42 depth",
            good().met("xl/styles.xml", deep).zip(),
            "XML_LIMIT",
        ),
        (
            "H42 long attribute",
            good()
                .met(
                    "xl/styles.xml",
                    format!("<a b=\"{}\"/>", "x".repeat(2 << 20)),
                )
                .zip(),
            "XML_LIMIT",
        ),
        (
            "H42 unclosed",
            good().met("xl/styles.xml", "<a><b></a").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H42 utf-16 xml",
            good()
                .met("xl/styles.xml", vec![0xff, 0xfe, b'<', 0, b'a', 0])
                .zip(),
            "XML_ENCODING",
        ),
        (
            "H43 odt",
            WorkbookParts::empty()
                .met("mimetype", "application/vnd.oasis.opendocument.text")
                .met("content.xml", "<a/>")
                .zip(),
            "FORMAT",
        ),
        (
            "H43 xlsb",
            good().met("xl/workbook.bin", "x").zip(),
            "FORMAT",
        ),
        (
            "H43 another zip",
            WorkbookParts::empty().met("a.txt", "x").zip(),
            "FORMAT",
        ),
        ("H43 cut off", good().zip()[..600].to_vec(), "ZIP_STRUCTURE"),
        (
            "H44 macros",
            good().met("xl/vbaProject.bin", "x").zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H44 embedded object",
            good().met("xl/embeddings/oleObject1.bin", "x").zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H44 dde",
            good()
                .met(
                    "xl/externalLinks/externalLink1.xml",
                    "<externalLink><ddeLink ddeService=\"cmd\"/></externalLink>",
                )
                .zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H46 formula without an answer",
            sheet(&rows("<c r=\"C2\"><f>TODAY()</f></c>")).zip(),
            "FORMULA",
        ),
        (
            "H14 right to left",
            sheet(&rows(&cell("C2", "a\u{202e}b"))).zip(),
            "CONTROL_CHAR",
        ),
        (
            "H61 bsn in the properties",
            good()
                .met("docProps/core.xml", "<a><b>123456782</b></a>")
                .zip(),
            "BSN_SUSPECTED",
        ),
        (
            "H61 bsn in a comment",
            good()
                .met("xl/comments1.xml", "<a><b>zie 123456782</b></a>")
                .zip(),
            "BSN_SUSPECTED",
        ),
    ];
    for (name, zip, code) in cases {
        let file = SourceFile::from_bytes("export.xlsx", zip);
        let refusal = survey(&file, &omgang())
            .err()
            .unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(refusal.code(), code, "{name}: {refusal}");
        assert!(!refusal.to_string().contains("123456782"));
    }
}

/// H-37: one cell in the far corner costs one cell. H-46: a stored answer counts, an error stays visible.
#[test]
fn odd_cells_that_are_taken() {
    let corner = format!(
        "{}<row r=\"1048576\">{}</row>",
        rows(&cell("C2", "2020-01-05")),
        cell("XFD1048576", "ver weg")
    );
    assert_eq!(
        aanmelddatum(WorkbookParts::new(&corner).zip()).as_deref(),
        Some("2020-01-05")
    );
    let answer = rows("<c r=\"C2\" t=\"str\"><f>A1</f><v>2020-03-01</v></c>");
    assert_eq!(
        aanmelddatum(WorkbookParts::new(&answer).zip()).as_deref(),
        Some("2020-03-01")
    );
    let empty = rows("<c r=\"C2\" t=\"str\"><f>IF(1,\"\")</f><v></v></c>");
    assert_eq!(aanmelddatum(WorkbookParts::new(&empty).zip()), None);
}

/// A BSN as the name of a sheet.
#[test]
fn a_bsn_as_sheet_name_is_found() {
    let zip = WorkbookParts::new(&rows(&cell("C2", "2020-01-05")))
        .replace("xl/workbook.xml", "Export", "123456782")
        .zip();
    let definitie = omgang();
    let survey = survey(&SourceFile::from_bytes("export.xlsx", zip), &definitie).unwrap();
    assert!(survey.bevindingen.iter().any(|b| b.code == "BSN_SUSPECTED"));
    assert!(propose(&[survey], &definitie).koppeling.tabellen.len() == 1);
}

/// The sjabloon: labels as headers, help above them, sheets that are left empty, hidden lists.
#[test]
fn a_filled_sjabloon_needs_no_koppeling() {
    let definitie = omgang();
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .set_name("Lees mij")
        .unwrap()
        .write_string(0, 0, "Vul de bladen in.")
        .unwrap();
    for tabel in &definitie.tabellen {
        let sheet = workbook.add_worksheet().set_name(&tabel.titel).unwrap();
        sheet.write_string(0, 0, &tabel.definitie).unwrap();
        for (k, veld) in tabel.velden.iter().enumerate() {
            let k = u16::try_from(k).unwrap();
            sheet
                .write_string(1, k, format!("Voorbeeld: {}", tabel.voorbeeld[&veld.naam]))
                .unwrap();
            sheet.write_string(2, k, &veld.label).unwrap();
            if tabel.naam == "traject" {
                let value = &tabel.voorbeeld[&veld.naam];
                // A dropdown gives the label of a code.
                let label = match &veld.veldtype {
                    schema::VeldType::Code { list } => definitie.codelijsten[list]
                        .code(value)
                        .unwrap()
                        .label
                        .clone(),
                    _ => value.clone(),
                };
                sheet.write_string(3, k, label).unwrap();
            }
        }
    }
    let lists = workbook
        .add_worksheet()
        .set_name("Lijsten")
        .unwrap()
        .set_hidden(true);
    lists.write_string(0, 0, "vrijwillig").unwrap();
    let file = SourceFile::from_bytes("sjabloon.xlsx", workbook.save_to_buffer().unwrap());
    let (tabellen, summary) = lees(&[file], None).unwrap();
    let traject = definitie.tabel("traject").unwrap();
    for veld in &traject.velden {
        let expected = &traject.voorbeeld[&veld.naam];
        let loaded = tabellen["traject"][0][&veld.naam].as_ref();
        assert!(
            loaded == Some(expected) || expected.starts_with(loaded.unwrap().as_str()),
            "{}: {loaded:?}",
            veld.naam
        );
    }
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(0), Some("kader"))
            .cel
            .as_deref(),
        Some("Trajecten!G4")
    );
    assert!(
        !tabellen.contains_key("voorziening"),
        "an empty sheet is no table"
    );
    assert!(
        tabellen.contains_key("wachtlijst"),
        "an empty wachtlijst is counted from the trajecten"
    );
}

/// The sjabloon as it is made, not filled in.
#[test]
fn an_empty_sjabloon_is_refused_as_empty() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas/omgang/generated/2020/sjabloon.xlsx");
    let refusal = lees(&[SourceFile::from_path(&path)], None).err().unwrap();
    assert_eq!(refusal.code(), "EMPTY", "{refusal}");
}

/// A number that is shown as 00207 is 00207 to whoever reads the sheet; it was read as 207, and matched nothing next
/// year. What another format adds cannot be told from what stands there: that is said.
#[test]
fn zeros_that_a_format_shows_belong_to_the_number() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (k, header) in ["voorziening_id", "vorm", "vestiging", "kader", "plaatsen"]
        .iter()
        .enumerate()
    {
        sheet
            .write_string(0, u16::try_from(k).unwrap(), *header)
            .unwrap();
    }
    for (row, vorm) in (1..).zip(["00000", "0", "\"T\"0000"]) {
        let format = Format::new().set_num_format(vorm);
        sheet
            .write_number_with_format(row, 0, 206 + row, &format)
            .unwrap();
        sheet.write_string(row, 1, "omgangshuis").unwrap();
        sheet
            .write_number_with_format(row, 2, 344, &Format::new().set_num_format("0000"))
            .unwrap();
        sheet.write_string(row, 3, "beide").unwrap();
        sheet.write_number_with_format(row, 4, 12, &format).unwrap();
    }
    let file = SourceFile::from_bytes("export.xlsx", workbook.save_to_buffer().unwrap());
    let (tabellen, summary) = lees(&[file], None).unwrap();
    let column = |veld: &str| {
        tabellen["voorziening"]
            .iter()
            .map(|r| r[veld].clone().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(column("voorziening_id"), ["00207", "208", "209"]);
    assert_eq!(column("vestiging"), ["GM0344"; 3]);
    assert_eq!(column("plaatsen"), ["12"; 3]);
    let sentence =
        "de kolom 'voorziening_id' toont getallen met een eigen opmaak (de eerste is A4)";
    assert_eq!(
        summary
            .aannames
            .iter()
            .filter(|a| a.contains("eigen opmaak"))
            .count(),
        1,
        "{:?}",
        summary.aannames
    );
    assert!(
        summary.aannames.iter().any(|a| a.contains(sentence)),
        "{:?}",
        summary.aannames
    );
}
