//! The report: the aanbieder's own workbook comes back with nothing changed but the found cells.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader as _, Xlsx};
use mapping::survey;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, ExcelDateTime, Format,
    Note, Table, Workbook,
};
use schema::bevinding::verdict_of;
use schema::{Bevinding, Ernst, Oordeel, Place, RegelTelling};
use sheets::SourceFile;
use sheets::annotate::{self, AnnotateLimits};

use crate::hand_made::WorkbookParts;
use crate::support::{fixture, omgang};

fn bevinding(ernst: Ernst, file: &str, sheet: Option<&str>, cell: &str) -> Bevinding {
    let row = cell
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .parse()
        .ok();
    Bevinding {
        code: format!("PROEF_{ernst:?}").to_uppercase(),
        ernst,
        tabel: "traject".to_owned(),
        veld: "startdatum".to_owned(),
        plaats: Place {
            bestand: Some(file.to_owned()),
            blad: sheet.map(str::to_owned),
            rij: row,
            kolom: Some("Start zorg".to_owned()),
            cel: Some(sheet.map_or_else(|| cell.to_owned(), |b| format!("{b}!{cell}"))),
            nummer: None,
        },
        gevonden: Some("=1+1".to_owned()),
        bericht: "De start ligt vóór de aanmelding.".to_owned(),
        verwacht: "Een dag op of na de aanmelding.".to_owned(),
        herstel: "Kijk de datum na.".to_owned(),
    }
}

fn oordeel(bevindingen: Vec<Bevinding>) -> Oordeel {
    let mut regels: BTreeMap<(Ernst, String), u64> = BTreeMap::new();
    for b in &bevindingen {
        *regels.entry((b.ernst, b.code.clone())).or_default() += 1;
    }
    let regels: Vec<RegelTelling> = regels
        .into_iter()
        .map(|((ernst, code), count)| RegelTelling {
            code,
            ernst,
            aantal: count,
        })
        .collect();
    let mut bevindingen = bevindingen;
    bevindingen.sort_by_key(|b| b.ernst);
    let verdict = verdict_of(&regels);
    Oordeel {
        verdict,
        rijen: BTreeMap::new(),
        regels,
        bevindingen,
        afgekapt: false,
        niet_beoordeeld: Vec::new(),
        oorzaken: Vec::new(),
        oorzaken_afgekapt: false,
        meer_bestanden: false,
        vingerafdrukken: BTreeMap::new(),
    }
}

/// The parts of a workbook.
fn parts(xlsx: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(xlsx)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut part = zip.by_index(i).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn text(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(
        parts
            .get(name)
            .unwrap_or_else(|| panic!("{name} in {:?}", parts.keys()))
            .clone(),
    )
    .unwrap()
}

fn attr(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.try_get_attribute(name)
        .unwrap()
        .map(|a| a.value.into_owned())
}

/// Cells by name: format, and all else that is in the cell. Cells without `r` are numbered on.
fn cells(xml: &str) -> BTreeMap<String, (usize, String)> {
    let mut reader = Reader::from_str(xml);
    let mut out = BTreeMap::new();
    let (mut row, mut column) = (0, 0);
    let mut current: Option<(String, usize, usize)> = None;
    loop {
        let event = reader.read_event().unwrap();
        let place = reader.buffer_position() as usize;
        match &event {
            Event::Eof => return out,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "row" => {
                row = attr(tag, "r").map_or(row + 1, |r| r.parse().unwrap());
                column = 0;
            }
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "c" => {
                let name = attr(tag, "r").unwrap_or_else(|| {
                    format!("{}{row}", schema::bevinding::column_letters(column))
                });
                column += 1;
                let style = attr(tag, "s").map_or(0, |s| s.parse().unwrap());
                if matches!(event, Event::Empty(_)) {
                    out.insert(name, (style, String::new()));
                } else {
                    current = Some((name, style, place));
                }
            }
            Event::End(tag) if tag.local_name().into_inner() == "c" => {
                let (name, style, van) = current.take().unwrap();
                out.insert(name, (style, xml[van..place].to_owned()));
            }
            _ => {}
        }
    }
}

/// The cell formats, whole.
fn formats(styles: &str) -> Vec<String> {
    let begin = styles.find("<cellXfs").unwrap();
    let block = &styles[begin..begin + styles[begin..].find("</cellXfs>").unwrap()];
    let mut out: Vec<String> = block.split("<xf ").skip(1).map(str::to_owned).collect();
    // A trailing closing tag belongs to the list, not to the format.
    for cell_format in &mut out {
        *cell_format = cell_format.trim().to_owned();
    }
    out
}

/// Attributes and children of a format, but its fill.
fn without_fill(cell_format: &str) -> Vec<String> {
    let loose = cell_format.replace("/>", " />").replace('>', " >");
    let mut parts: Vec<String> = loose
        .split_whitespace()
        .filter(|d| !d.starts_with("fillId") && !d.starts_with("applyFill"))
        .map(str::to_owned)
        .collect();
    parts.sort();
    parts
}

/// Everything people and their programs put in a workbook.
fn own_workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let datum = Format::new()
        .set_num_format("dd-mm-yyyy")
        .set_border(rust_xlsxwriter::FormatBorder::Thin)
        .set_bold();
    let first = book.add_worksheet().set_name("Trajecten 2020").unwrap();
    for (k, header) in ["Nummer", "Start zorg", "Kosten", "Som"].iter().enumerate() {
        first.write_string(0, k as u16, *header).unwrap();
    }
    for row in 1..6_u32 {
        first.write_string(row, 0, format!("0000{row}")).unwrap();
        first
            .write_datetime_with_format(
                row,
                1,
                ExcelDateTime::from_ymd(2020, 2, row as u8).unwrap(),
                &datum,
            )
            .unwrap();
        first.write_number(row, 2, 12.5 * f64::from(row)).unwrap();
        first
            .write_formula(
                row,
                3,
                rust_xlsxwriter::Formula::new(format!("=C{}*2", row + 1)).set_result("25"),
            )
            .unwrap();
    }
    first.set_column_width(1, 23).unwrap();
    first
        .set_column_format(5, &Format::new().set_num_format("0.000"))
        .unwrap();
    first
        .merge_range(9, 0, 10, 2, "samen", &Format::new().set_italic())
        .unwrap();
    first
        .insert_note(1, 1, &Note::new("Zelf bedacht").set_author("Piet"))
        .unwrap();
    first.insert_note(2, 0, &Note::new("Ook van ons")).unwrap();
    let rood = Format::new().set_font_color(Color::Red);
    first
        .add_conditional_format(
            1,
            2,
            5,
            2,
            &ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::GreaterThan(20))
                .set_format(rood),
        )
        .unwrap();
    first
        .add_data_validation(
            1,
            0,
            5,
            0,
            &DataValidation::new()
                .allow_list_strings(&["a", "b"])
                .unwrap(),
        )
        .unwrap();
    let second = book.add_worksheet().set_name("Piet's <lijst>").unwrap();
    second.add_table(0, 0, 3, 1, &Table::new()).unwrap();
    second.write_string(2, 1, "in een tabel").unwrap();
    second.set_active(true);
    second.set_print_area(0, 0, 3, 1).unwrap();
    let hidden = book.add_worksheet().set_name("Controle").unwrap();
    hidden.write_string(0, 0, "keuze").unwrap();
    hidden.set_hidden(true);
    book.define_name("Tarief", "='Trajecten 2020'!$C$2")
        .unwrap();
    book.define_name("'Trajecten 2020'!Lokaal", "='Trajecten 2020'!$A$1")
        .unwrap();
    book.save_to_buffer().unwrap()
}

const OWN: [(Ernst, &str, &str); 9] = [
    (Ernst::Fout, "Trajecten 2020", "B2"),
    (Ernst::Signaal, "Trajecten 2020", "B2"),
    (Ernst::Signaal, "Trajecten 2020", "C3"),
    (Ernst::Opmerking, "Trajecten 2020", "D4"),
    // Not there: in a row that is, in a column with a format of its own, in a row that is not, below everything.
    (Ernst::Fout, "Trajecten 2020", "F3"),
    (Ernst::Fout, "Trajecten 2020", "A8"),
    (Ernst::Fout, "Trajecten 2020", "B11"),
    (Ernst::Fout, "Trajecten 2020", "G40"),
    (Ernst::Signaal, "Piet's <lijst>", "B3"),
];

fn own_report() -> (Vec<u8>, Vec<u8>) {
    let book = own_workbook();
    let bevindingen = OWN
        .iter()
        .map(|(ernst, sheet, cell)| bevinding(*ernst, "eigen.xlsx", Some(sheet), cell))
        .collect();
    let out = annotate::make(
        &[SourceFile::from_bytes("eigen.xlsx", book.clone())],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    (book, out)
}

/// All values and formulas, read by another hand.
fn values(xlsx: &[u8], sheet: &str) -> (Vec<Vec<Data>>, Vec<Vec<String>>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.to_vec())).unwrap();
    let (values, formulas) = (
        book.worksheet_range(sheet).unwrap(),
        book.worksheet_formula(sheet).unwrap(),
    );
    let raster = |tot: (u32, u32)| (0..=tot.0).flat_map(move |r| (0..=tot.1).map(move |k| (r, k)));
    let tot = (12, 5);
    let out = raster(tot)
        .map(|place| values.get_value(place).cloned().unwrap_or(Data::Empty))
        .collect::<Vec<_>>();
    let formulas = raster(tot)
        .map(|place| formulas.get_value(place).cloned().unwrap_or_default())
        .collect::<Vec<_>>();
    (
        out.chunks(6).map(<[Data]>::to_vec).collect(),
        formulas.chunks(6).map(<[String]>::to_vec).collect(),
    )
}

#[test]
fn values_formulas_names_and_order_of_sheets_stay() {
    let (before, after) = own_report();
    let mut old: Xlsx<_> = Xlsx::new(Cursor::new(before.clone())).unwrap();
    let mut new: Xlsx<_> = Xlsx::new(Cursor::new(after.clone())).unwrap();
    let names = old.sheet_names();
    assert_eq!(new.sheet_names()[..2], ["Controle 2", "Bevindingen"]);
    assert_eq!(new.sheet_names()[2..], names[..]);
    for name in &names {
        assert_eq!(values(&before, name), values(&after, name), "{name}");
        assert_eq!(
            old.merge_cells_by_sheet_name(name).unwrap(),
            new.merge_cells_by_sheet_name(name).unwrap(),
            "{name}"
        );
    }
    assert_eq!(old.defined_names(), new.defined_names());
    let book = text(&parts(&after), "xl/workbook.xml");
    assert!(
        book.contains("localSheetId=\"2\"") && book.contains("localSheetId=\"3\""),
        "{book}"
    );
    assert!(
        !book.contains("localSheetId=\"0\"") && !book.contains("activeTab"),
        "{book}"
    );
    assert!(book.contains("state=\"hidden\""), "{book}");
}

#[test]
fn only_found_cells_change_and_only_their_fill() {
    let (before, after) = own_report();
    let (before, after) = (parts(&before), parts(&after));
    let (old_format, new_format) = (
        formats(&text(&before, "xl/styles.xml")),
        formats(&text(&after, "xl/styles.xml")),
    );
    assert_eq!(
        new_format[..old_format.len() - 1],
        old_format[..old_format.len() - 1],
        "the formats there were keep their numbers"
    );
    for (sheet, found) in [
        ("sheet1", vec!["B2", "C3", "D4", "F3", "A8", "A10", "G40"]),
        ("sheet2", vec!["B3"]),
        ("sheet3", vec![]),
    ] {
        let part = format!("xl/worksheets/{sheet}.xml");
        let (old, new) = (cells(&text(&before, &part)), cells(&text(&after, &part)));
        for (cell, (style, content)) in &new {
            let (old_style, old_content) = old.get(cell).cloned().unwrap_or_default();
            assert_eq!(*content, old_content, "{sheet} {cell}");
            if !found.contains(&cell.as_str()) {
                assert_eq!(*style, old_style, "{sheet} {cell}");
                continue;
            }
            assert!(
                *style >= old_format.len(),
                "{sheet} {cell} has no format of its own"
            );
            if old.contains_key(cell) {
                assert_eq!(
                    without_fill(&new_format[*style]),
                    without_fill(&old_format[old_style]),
                    "{sheet} {cell}"
                );
            }
        }
        assert!(
            old.keys()
                .chain(
                    found
                        .iter()
                        .map(|g| (*g).to_owned())
                        .collect::<Vec<_>>()
                        .iter()
                )
                .all(|cell| new.contains_key(cell))
        );
        assert_eq!(
            new.len(),
            old.len() + found.iter().filter(|g| !old.contains_key(**g)).count()
        );
    }
    // The format of an empty cell is that of its column.
    let sheet1 = cells(&text(&after, "xl/worksheets/sheet1.xml"));
    let column_format = formats(&text(&after, "xl/styles.xml"))[sheet1["F3"].0].clone();
    assert!(!column_format.contains("numFmtId=\"0\""), "{column_format}");
}

#[test]
fn parts_without_findings_are_the_same_bytes() {
    let (before, after) = own_report();
    let (before, after) = (parts(&before), parts(&after));
    let others: Vec<&str> = before
        .iter()
        .filter(|(name, content)| after.get(*name) != Some(content))
        .map(|(name, _)| name.as_str())
        .collect();
    let allowed = [
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    ];
    assert_eq!(others, allowed);
    // Outside the cells a sheet changes in three things only.
    let outside = |xml: &str| -> String {
        let (before, rest) = xml.split_once("<sheetData>").unwrap();
        let (_, after) = rest.split_once("</sheetData>").unwrap();
        format!("{before}|{after}")
            .replace(" tabSelected=\"1\"", "")
            .replace("A1:F11", "A1:G40")
    };
    let (old, new) = (
        outside(&text(&before, "xl/worksheets/sheet1.xml")),
        outside(&text(&after, "xl/worksheets/sheet1.xml")),
    );
    assert_eq!(old, new);
    let new = outside(&text(&after, "xl/worksheets/sheet2.xml"));
    let place = new
        .find("<legacyDrawing")
        .expect("the sheet shows its notes");
    assert!(place < new.find("<tableParts").unwrap(), "{new}");
}

#[test]
fn one_note_a_cell_tells_what_and_how_and_keeps_theirs() {
    let (_, after) = own_report();
    let after = parts(&after);
    let notes = text(&after, "xl/comments1.xml");
    assert_eq!(notes.matches("ref=\"B2\"").count(), 1, "{notes}");
    assert!(
        notes.contains("Zelf bedacht") && notes.contains("Ook van ons"),
        "{notes}"
    );
    for piece in [
        "Fout: De start ligt vóór de aanmelding.",
        "Signaal: ",
        "Gevonden: =1+1",
        "Verwacht: Een dag",
        "Zo herstelt u het: Kijk",
    ] {
        assert!(notes.contains(piece), "{piece}: {notes}");
    }
    // A covered cell of a merged area shows its note on the cell that is seen.
    assert!(
        notes.contains("ref=\"A10\"") && !notes.contains("ref=\"B11\""),
        "{notes}"
    );
    let forms = text(&after, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(
        forms.matches("ObjectType=\"Note\"").count(),
        notes.matches("<comment ").count()
    );
    let second = text(&after, "xl/worksheets/_rels/sheet2.xml.rels");
    assert!(
        second.contains("/comments\"")
            && second.contains("/vmlDrawing\"")
            && second.contains("/table\""),
        "{second}"
    );
}

/// Every cell of a sheet as text.
fn texts(xlsx: &[u8], sheet: &str) -> Vec<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range
        .used_cells()
        .map(|(_, _, value)| value.to_string())
        .collect()
}

#[test]
fn the_summary_counts_explains_and_leads_to_the_cells() {
    let (_, after) = own_report();
    let summary_sheet = texts(&after, "Controle 2");
    for piece in [
        "Controle door uitvraag",
        "Fout",
        "5",
        "Trajecten 2020!B2",
        "Kijk de datum na.",
    ] {
        assert!(
            summary_sheet.iter().any(|t| t == piece),
            "{piece}: {summary_sheet:?}"
        );
    }
    assert!(
        summary_sheet
            .iter()
            .any(|t| t.contains("5 fouten, 3 signalen en 1 opmerking")),
        "{summary_sheet:?}"
    );
    let list = texts(&after, "Bevindingen");
    assert_eq!(list.iter().filter(|t| *t == "PROEF_FOUT").count(), 5);
    assert!(
        list.iter().any(|t| t == "'=1+1") && !list.iter().any(|t| t == "=1+1"),
        "{list:?}"
    );
    let parts = parts(&after);
    let (pointers, koppelingen) = (
        text(&parts, "xl/worksheets/uitvraag2.xml"),
        "location=\"'Piet''s &lt;lijst&gt;'!B3\"",
    );
    assert!(pointers.contains(koppelingen), "{pointers}");
    assert!(
        pointers.contains("<autoFilter ref=\"A2:K11\"/>"),
        "{pointers}"
    );
}

#[test]
fn the_same_judgement_gives_the_same_bytes() {
    let file = [SourceFile::from_bytes("eigen.xlsx", own_workbook())];
    let list = oordeel(
        OWN.iter()
            .map(|(ernst, sheet, cell)| bevinding(*ernst, "eigen.xlsx", Some(sheet), cell))
            .collect(),
    );
    let make = || annotate::make(&file, &list, &omgang()).unwrap();
    assert!(make() == make());
}

/// Written by a program that uses prefixes, leaves cell names out and has no shared texts.
#[test]
fn a_workbook_with_prefixes_and_without_cell_names() {
    let rows = "<x:row><x:c t=\"inlineStr\"><x:is><x:t>Kop</x:t></x:is></x:c><x:c/></x:row><x:row><x:c><x:v>7</x:v></x:c>\
                 <x:c s=\"1\"><x:v>43000</x:v></x:c></x:row><x:row r=\"5\"/>";
    let sheet = format!(
        "<?xml version=\"1.0\"?><x:worksheet xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:sheetData>{rows}</x:sheetData></x:worksheet>"
    );
    let relations =
        " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let zip = WorkbookParts::new("")
        .met("xl/worksheets/sheet1.xml", sheet)
        .replace("xl/workbook.xml", relations, "")
        .replace("xl/workbook.xml", "<sheet ", &format!("<sheet{relations} "));
    let zip = zip.zip();
    let cells_found = ["B2", "D2", "C1", "A4", "B5", "A9"];
    let bevindingen = cells_found
        .map(|cell| bevinding(Ernst::Fout, "a.xlsx", Some("Export"), cell))
        .into();
    let out = annotate::make(
        &[SourceFile::from_bytes("a.xlsx", zip)],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    let sheet = text(&parts(&out), "xl/worksheets/sheet1.xml");
    let loaded = cells(&sheet);
    assert_eq!(loaded["B2"].1, "<x:v>43000</x:v></x:c>");
    for cell in cells_found {
        assert!(loaded[cell].0 > 1, "{cell}: {sheet}");
    }
    assert_eq!(
        (loaded["A1"].0, loaded["B1"].0, loaded["A2"].0),
        (0, 0, 0),
        "{sheet}"
    );
    assert!(sheet.contains("</x:sheetData><x:legacyDrawing "), "{sheet}");
    let rows: Vec<&str> = sheet
        .match_indices("<x:row")
        .map(|(place, _)| &sheet[place..place + 15])
        .collect();
    assert_eq!(rows.len(), 5, "{sheet}");
    let book = text(&parts(&out), "xl/workbook.xml");
    assert_eq!(
        book.matches(relations).count(),
        3,
        "every sheet says what r means: {book}"
    );
    let summary_sheet = texts(&out, "Controle");
    assert!(
        summary_sheet.iter().any(|t| t == "Export!B2"),
        "{summary_sheet:?}"
    );
}

/// A workbook that is built in no known way is made anew from what was read, and that is said.
#[test]
fn what_cannot_come_back_as_it_was_is_told() {
    let broken = WorkbookParts::new(
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>007</t></is></c></row>",
    )
    .met("[Content_Types].xml", "<a/>");
    let file = SourceFile::from_bytes("a.xlsx", broken.zip());
    let out = annotate::make(
        &[file],
        &oordeel(vec![bevinding(Ernst::Fout, "a.xlsx", Some("Export"), "A1")]),
        &omgang(),
    )
    .unwrap();
    assert_eq!(texts(&out, "Export"), ["007"]);
    assert!(
        texts(&out, "Controle")
            .iter()
            .any(|t| t.contains("niet met uw eigen opmaak"))
    );
}

#[test]
fn a_csv_becomes_text_cell_by_cell() {
    let csv = "sep=;\nnr;naam;bedrag\n007;=SUM(A1);1.234,50\n\n 008 ;\"regel\n2\";\n";
    let bevindingen = vec![
        bevinding(Ernst::Fout, "export.csv", None, "B3"),
        bevinding(Ernst::Signaal, "export.csv", None, "C5"),
        Bevinding {
            plaats: Place {
                bestand: Some("export.csv".into()),
                ..Place::default()
            },
            ..bevinding(Ernst::Opmerking, "", None, "A1")
        },
    ];
    let out = annotate::make(
        &[SourceFile::from_bytes("export.csv", csv.into())],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(out.clone())).unwrap();
    let range = book.worksheet_range("export").unwrap();
    let cell = |row, column| range.get_value((row, column)).cloned();
    let text_cell = |t: &str| Some(Data::String(t.to_owned()));
    assert_eq!(
        (cell(1, 0), cell(2, 0), cell(2, 1)),
        (text_cell("nr"), text_cell("007"), text_cell("=SUM(A1)"))
    );
    assert_eq!(
        (cell(2, 2), cell(4, 0), cell(4, 1)),
        (
            text_cell("1.234,50"),
            text_cell(" 008 "),
            text_cell("regel\n2")
        )
    );
    let parts = parts(&out);
    let sheet = cells(&text(&parts, "xl/worksheets/blad1.xml"));
    assert!(sheet["B3"].0 > 2 && sheet["C5"].0 > 2 && sheet["A3"].0 <= 2);
    let cell_format = formats(&text(&parts, "xl/styles.xml"))[sheet["B3"].0].clone();
    assert!(
        cell_format.contains("numFmtId=\"49\"") && cell_format.contains("quotePrefix=\"1\""),
        "{cell_format}"
    );
    let summary_sheet = texts(&out, "Controle");
    assert!(
        summary_sheet.iter().any(|t| t == "export!B3")
            && summary_sheet
                .iter()
                .any(|t| t.starts_with("Zonder eigen cel")),
        "{summary_sheet:?}"
    );
}

#[test]
fn json_objects_are_below_their_names() {
    let json = "{\"trajecten\": [{\"nr\": \"01\", \"Start zorg\": \"x\"}, {\"nr\": \"02\", \"Start zorg\": \"y\"}]}";
    let mut een = bevinding(Ernst::Fout, "uit.json", Some("trajecten"), "A2");
    een.plaats.cel = None;
    let out = annotate::make(
        &[SourceFile::from_bytes("uit.json", json.into())],
        &oordeel(vec![een]),
        &omgang(),
    )
    .unwrap();
    assert_eq!(
        texts(&out, "trajecten"),
        ["nr", "Start zorg", "01", "x", "02", "y"]
    );
    let sheet = cells(&text(&parts(&out), "xl/worksheets/blad1.xml"));
    assert!(sheet["B3"].0 > 2 && sheet["B2"].0 <= 2, "{sheet:?}");
}

#[test]
fn several_files_are_side_by_side() {
    let files = [
        SourceFile::from_bytes("a.csv", "x,y\n1,2\n".into()),
        SourceFile::from_bytes("eigen.xlsx", own_workbook()),
    ];
    let bevindingen = vec![
        bevinding(Ernst::Fout, "eigen.xlsx", Some("Trajecten 2020"), "B2"),
        bevinding(Ernst::Fout, "a.csv", None, "B2"),
    ];
    let out = annotate::make(&files, &oordeel(bevindingen), &omgang()).unwrap();
    let book: Xlsx<_> = Xlsx::new(Cursor::new(out)).unwrap();
    assert_eq!(
        book.sheet_names(),
        [
            "Controle",
            "Bevindingen",
            "a",
            "eigen Trajecten 2020",
            "eigen Piet's <lijst>"
        ]
    );
}

/// More than Excel takes: told, never silent.
#[test]
fn limits_are_told_with_their_counts() {
    let csv: String = std::iter::once("a,b\n".to_owned())
        .chain((0..1_200).map(|i| format!("{i},x\n")))
        .collect();
    let bevindingen: Vec<Bevinding> = (0..1_200)
        .map(|i| bevinding(Ernst::Fout, "a.csv", None, &format!("B{}", i + 2)))
        .collect();
    let mut whole = oordeel(bevindingen);
    whole.regels[0].aantal = 70_500;
    let bounds = AnnotateLimits {
        notities: 700,
        koppelingen: 900,
        ..AnnotateLimits::default()
    };
    let out = annotate::make_within(
        &[SourceFile::from_bytes("a.csv", csv.into())],
        &whole,
        &omgang(),
        &[],
        bounds,
    )
    .unwrap();
    let summary_sheet = texts(&out, "Controle");
    for piece in [
        "500 gekleurde cellen hebben geen notitie",
        "69.300 staan er niet bij",
        "Bij 300 bevindingen",
        "70.500 fouten",
    ] {
        assert!(
            summary_sheet.iter().any(|t| t.contains(piece)),
            "{piece}: {summary_sheet:?}"
        );
    }
    let parts = parts(&out);
    let sheet = cells(&text(&parts, "xl/worksheets/blad1.xml"));
    assert!(
        (2..1_202).all(|row| sheet[&format!("B{row}")].0 > 2),
        "every cell is coloured"
    );
    let notes = text(&parts, "xl/comments1.xml");
    assert_eq!(notes.matches("<comment ").count(), 700);
    assert!(notes.contains("Dit komt vaker voor") && !notes.contains("Zo herstelt u het"));
    let list = text(&parts, "xl/worksheets/uitvraag2.xml");
    assert_eq!(list.matches("<hyperlink ").count(), 900);
}

#[test]
fn a_file_with_more_rows_than_a_sheet_shows_those_with_findings() {
    let mut csv = String::from("a,b\n");
    csv.push_str(&"1,2\n".repeat(1_000));
    let bevindingen = vec![
        bevinding(Ernst::Fout, "a.csv", None, "B1000"),
        bevinding(Ernst::Fout, "a.csv", None, "A5"),
    ];
    let bounds = AnnotateLimits {
        rijen: 1_000,
        ..AnnotateLimits::default()
    };
    let out = annotate::make_within(
        &[SourceFile::from_bytes("a.csv", csv.into())],
        &oordeel(bevindingen),
        &omgang(),
        &[],
        bounds,
    )
    .unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(out.clone())).unwrap();
    let range = book.worksheet_range("a").unwrap();
    assert_eq!(range.height(), 12);
    assert_eq!(range.get_value((11, 0)).unwrap().to_string(), "1000");
    let sheet = cells(&text(&parts(&out), "xl/worksheets/blad1.xml"));
    assert!(sheet["C12"].0 > 2 && sheet["B6"].0 > 2, "{sheet:?}");
    assert!(
        texts(&out, "Controle")
            .iter()
            .any(|t| t.contains("1.001 rijen")),
        "{:?}",
        texts(&out, "Controle")
    );
}

/// The service has no file: there the judgement alone is a workbook.
#[test]
fn a_judgement_without_files_is_a_workbook_too() {
    let out = annotate::list(
        &oordeel(vec![bevinding(Ernst::Fout, "traject.csv", None, "B2")]),
        &omgang(),
    )
    .unwrap();
    let book: Xlsx<_> = Xlsx::new(Cursor::new(out.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["Controle", "Bevindingen"]);
    assert!(texts(&out, "Bevindingen").iter().any(|t| t == "B2"));
    let nothing = annotate::list(&oordeel(Vec::new()), &omgang()).unwrap();
    assert!(
        texts(&nothing, "Controle")
            .iter()
            .any(|t| t.contains("Er is niets gevonden."))
    );
}

/// People mend in the report itself and offer that: its own sheets are no data, and its notes are no danger.
#[test]
fn a_report_can_be_read_again() {
    let file = fixture("omgangshuis_noord.xlsx");
    let surveyed = survey(&file, &omgang()).unwrap();
    let sheet = surveyed.tabellen[0].blad.clone();
    let mut een = bevinding(
        Ernst::Fout,
        "omgangshuis_noord.xlsx",
        sheet.as_deref(),
        "B5",
    );
    een.gevonden = Some("123456782".to_owned());
    let out = annotate::make(&[file], &oordeel(vec![een]), &omgang()).unwrap();
    let again = survey(
        &SourceFile::from_bytes("omgangshuis_noord.xlsx", out),
        &omgang(),
    )
    .unwrap();
    assert_eq!(again.tabellen.len(), surveyed.tabellen.len());
    assert!(
        again
            .aannames
            .iter()
            .any(|a| a.contains("eerdere controle")),
        "{:?}",
        again.aannames
    );
}
