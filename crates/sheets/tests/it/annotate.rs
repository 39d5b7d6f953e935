//! The report: the aanbieder's own workbook comes back with nothing changed but the found cells.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader as _, Xlsx};
use mapping::verken;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, ExcelDateTime, Format,
    Note, Table, Workbook,
};
use schema::bevinding::verdict_of;
use schema::{Bevinding, Ernst, Oordeel, Plaats, RegelTelling};
use sheets::Bestand;
use sheets::annotate::{self, Grenzen};

use crate::hand_made::Delen;
use crate::support::{fixture, omgang};

fn bevinding(ernst: Ernst, bestand: &str, blad: Option<&str>, cel: &str) -> Bevinding {
    let rij = cel
        .trim_start_matches(|c: char| c.is_ascii_alphabetic())
        .parse()
        .ok();
    Bevinding {
        code: format!("PROEF_{ernst:?}").to_uppercase(),
        ernst,
        tabel: "traject".to_owned(),
        veld: "startdatum".to_owned(),
        plaats: Plaats {
            bestand: Some(bestand.to_owned()),
            blad: blad.map(str::to_owned),
            rij,
            kolom: Some("Start zorg".to_owned()),
            cel: Some(blad.map_or_else(|| cel.to_owned(), |b| format!("{b}!{cel}"))),
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
        .map(|((ernst, code), aantal)| RegelTelling {
            code,
            ernst,
            aantal,
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
fn delen(xlsx: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(xlsx)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut deel = zip.by_index(i).unwrap();
            let mut inhoud = Vec::new();
            deel.read_to_end(&mut inhoud).unwrap();
            (deel.name().unwrap().into_owned(), inhoud)
        })
        .collect()
}

fn tekst(delen: &BTreeMap<String, Vec<u8>>, naam: &str) -> String {
    String::from_utf8(
        delen
            .get(naam)
            .unwrap_or_else(|| panic!("{naam} in {:?}", delen.keys()))
            .clone(),
    )
    .unwrap()
}

fn attr(tag: &BytesStart<'_>, naam: &str) -> Option<String> {
    tag.try_get_attribute(naam)
        .unwrap()
        .map(|a| a.value.into_owned())
}

/// Cells by name: format, and all else that is in the cell. Cells without `r` are numbered on.
fn cellen(xml: &str) -> BTreeMap<String, (usize, String)> {
    let mut lezer = Reader::from_str(xml);
    let mut uit = BTreeMap::new();
    let (mut rij, mut kolom) = (0, 0);
    let mut huidig: Option<(String, usize, usize)> = None;
    loop {
        let event = lezer.read_event().unwrap();
        let plek = lezer.buffer_position() as usize;
        match &event {
            Event::Eof => return uit,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "row" => {
                rij = attr(tag, "r").map_or(rij + 1, |r| r.parse().unwrap());
                kolom = 0;
            }
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "c" => {
                let naam = attr(tag, "r").unwrap_or_else(|| {
                    format!("{}{rij}", schema::bevinding::column_letters(kolom))
                });
                kolom += 1;
                let stijl = attr(tag, "s").map_or(0, |s| s.parse().unwrap());
                if matches!(event, Event::Empty(_)) {
                    uit.insert(naam, (stijl, String::new()));
                } else {
                    huidig = Some((naam, stijl, plek));
                }
            }
            Event::End(tag) if tag.local_name().into_inner() == "c" => {
                let (naam, stijl, van) = huidig.take().unwrap();
                uit.insert(naam, (stijl, xml[van..plek].to_owned()));
            }
            _ => {}
        }
    }
}

/// The cell formats, whole.
fn formaten(stijlen: &str) -> Vec<String> {
    let begin = stijlen.find("<cellXfs").unwrap();
    let blok = &stijlen[begin..begin + stijlen[begin..].find("</cellXfs>").unwrap()];
    let mut uit: Vec<String> = blok.split("<xf ").skip(1).map(str::to_owned).collect();
    // A trailing closing tag belongs to the list, not to the format.
    uit.iter_mut().for_each(|xf| *xf = xf.trim().to_owned());
    uit
}

/// Attributes and children of a format, but its fill.
fn zonder_vulling(xf: &str) -> Vec<String> {
    let los = xf.replace("/>", " />").replace('>', " >");
    let mut delen: Vec<String> = los
        .split_whitespace()
        .filter(|d| !d.starts_with("fillId") && !d.starts_with("applyFill"))
        .map(str::to_owned)
        .collect();
    delen.sort();
    delen
}

/// Everything people and their programs put in a workbook.
fn eigen_werkmap() -> Vec<u8> {
    let mut boek = Workbook::new();
    let datum = Format::new()
        .set_num_format("dd-mm-yyyy")
        .set_border(rust_xlsxwriter::FormatBorder::Thin)
        .set_bold();
    let eerste = boek.add_worksheet().set_name("Trajecten 2020").unwrap();
    for (k, kop) in ["Nummer", "Start zorg", "Kosten", "Som"].iter().enumerate() {
        eerste.write_string(0, k as u16, *kop).unwrap();
    }
    for rij in 1..6_u32 {
        eerste.write_string(rij, 0, format!("0000{rij}")).unwrap();
        eerste
            .write_datetime_with_format(
                rij,
                1,
                ExcelDateTime::from_ymd(2020, 2, rij as u8).unwrap(),
                &datum,
            )
            .unwrap();
        eerste.write_number(rij, 2, 12.5 * f64::from(rij)).unwrap();
        eerste
            .write_formula(
                rij,
                3,
                rust_xlsxwriter::Formula::new(format!("=C{}*2", rij + 1)).set_result("25"),
            )
            .unwrap();
    }
    eerste.set_column_width(1, 23).unwrap();
    eerste
        .set_column_format(5, &Format::new().set_num_format("0.000"))
        .unwrap();
    eerste
        .merge_range(9, 0, 10, 2, "samen", &Format::new().set_italic())
        .unwrap();
    eerste
        .insert_note(1, 1, &Note::new("Zelf bedacht").set_author("Piet"))
        .unwrap();
    eerste.insert_note(2, 0, &Note::new("Ook van ons")).unwrap();
    let rood = Format::new().set_font_color(Color::Red);
    eerste
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
    eerste
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
    let tweede = boek.add_worksheet().set_name("Piet's <lijst>").unwrap();
    tweede.add_table(0, 0, 3, 1, &Table::new()).unwrap();
    tweede.write_string(2, 1, "in een tabel").unwrap();
    tweede.set_active(true);
    tweede.set_print_area(0, 0, 3, 1).unwrap();
    let verborgen = boek.add_worksheet().set_name("Controle").unwrap();
    verborgen.write_string(0, 0, "keuze").unwrap();
    verborgen.set_hidden(true);
    boek.define_name("Tarief", "='Trajecten 2020'!$C$2")
        .unwrap();
    boek.define_name("'Trajecten 2020'!Lokaal", "='Trajecten 2020'!$A$1")
        .unwrap();
    boek.save_to_buffer().unwrap()
}

const EIGEN: [(Ernst, &str, &str); 9] = [
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

fn eigen_rapport() -> (Vec<u8>, Vec<u8>) {
    let boek = eigen_werkmap();
    let bevindingen = EIGEN
        .iter()
        .map(|(ernst, blad, cel)| bevinding(*ernst, "eigen.xlsx", Some(blad), cel))
        .collect();
    let uit = annotate::maak(
        &[Bestand::from_bytes("eigen.xlsx", boek.clone())],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    (boek, uit)
}

/// All values and formulas, read by another hand.
fn waarden(xlsx: &[u8], blad: &str) -> (Vec<Vec<Data>>, Vec<Vec<String>>) {
    let mut boek: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.to_vec())).unwrap();
    let (waarden, formules) = (
        boek.worksheet_range(blad).unwrap(),
        boek.worksheet_formula(blad).unwrap(),
    );
    let raster = |tot: (u32, u32)| (0..=tot.0).flat_map(move |r| (0..=tot.1).map(move |k| (r, k)));
    let tot = (12, 5);
    let uit = raster(tot)
        .map(|plek| waarden.get_value(plek).cloned().unwrap_or(Data::Empty))
        .collect::<Vec<_>>();
    let formules = raster(tot)
        .map(|plek| formules.get_value(plek).cloned().unwrap_or_default())
        .collect::<Vec<_>>();
    (
        uit.chunks(6).map(<[Data]>::to_vec).collect(),
        formules.chunks(6).map(<[String]>::to_vec).collect(),
    )
}

#[test]
fn values_formulas_names_and_order_of_sheets_stay() {
    let (voor, na) = eigen_rapport();
    let mut oud: Xlsx<_> = Xlsx::new(Cursor::new(voor.clone())).unwrap();
    let mut nieuw: Xlsx<_> = Xlsx::new(Cursor::new(na.clone())).unwrap();
    let namen = oud.sheet_names();
    assert_eq!(nieuw.sheet_names()[..2], ["Controle 2", "Bevindingen"]);
    assert_eq!(nieuw.sheet_names()[2..], namen[..]);
    for naam in &namen {
        assert_eq!(waarden(&voor, naam), waarden(&na, naam), "{naam}");
        assert_eq!(
            oud.merge_cells_by_sheet_name(naam).unwrap(),
            nieuw.merge_cells_by_sheet_name(naam).unwrap(),
            "{naam}"
        );
    }
    assert_eq!(oud.defined_names(), nieuw.defined_names());
    let werkboek = tekst(&delen(&na), "xl/workbook.xml");
    assert!(
        werkboek.contains("localSheetId=\"2\"") && werkboek.contains("localSheetId=\"3\""),
        "{werkboek}"
    );
    assert!(
        !werkboek.contains("localSheetId=\"0\"") && !werkboek.contains("activeTab"),
        "{werkboek}"
    );
    assert!(werkboek.contains("state=\"hidden\""), "{werkboek}");
}

#[test]
fn only_found_cells_change_and_only_their_fill() {
    let (voor, na) = eigen_rapport();
    let (voor, na) = (delen(&voor), delen(&na));
    let (oude_xf, nieuwe_xf) = (
        formaten(&tekst(&voor, "xl/styles.xml")),
        formaten(&tekst(&na, "xl/styles.xml")),
    );
    assert_eq!(
        nieuwe_xf[..oude_xf.len() - 1],
        oude_xf[..oude_xf.len() - 1],
        "the formats there were keep their numbers"
    );
    for (blad, gevonden) in [
        ("sheet1", vec!["B2", "C3", "D4", "F3", "A8", "A10", "G40"]),
        ("sheet2", vec!["B3"]),
        ("sheet3", vec![]),
    ] {
        let deel = format!("xl/worksheets/{blad}.xml");
        let (oud, nieuw) = (cellen(&tekst(&voor, &deel)), cellen(&tekst(&na, &deel)));
        for (cel, (stijl, inhoud)) in &nieuw {
            let (oude_stijl, oude_inhoud) = oud.get(cel).cloned().unwrap_or_default();
            assert_eq!(*inhoud, oude_inhoud, "{blad} {cel}");
            if !gevonden.contains(&cel.as_str()) {
                assert_eq!(*stijl, oude_stijl, "{blad} {cel}");
                continue;
            }
            assert!(
                *stijl >= oude_xf.len(),
                "{blad} {cel} has no format of its own"
            );
            if oud.contains_key(cel) {
                assert_eq!(
                    zonder_vulling(&nieuwe_xf[*stijl]),
                    zonder_vulling(&oude_xf[oude_stijl]),
                    "{blad} {cel}"
                );
            }
        }
        assert!(
            oud.keys()
                .chain(
                    gevonden
                        .iter()
                        .map(|g| (*g).to_owned())
                        .collect::<Vec<_>>()
                        .iter()
                )
                .all(|cel| nieuw.contains_key(cel))
        );
        assert_eq!(
            nieuw.len(),
            oud.len() + gevonden.iter().filter(|g| !oud.contains_key(**g)).count()
        );
    }
    // The format of an empty cell is that of its column.
    let sheet1 = cellen(&tekst(&na, "xl/worksheets/sheet1.xml"));
    let kolomvorm = formaten(&tekst(&na, "xl/styles.xml"))[sheet1["F3"].0].clone();
    assert!(!kolomvorm.contains("numFmtId=\"0\""), "{kolomvorm}");
}

#[test]
fn parts_without_findings_are_the_same_bytes() {
    let (voor, na) = eigen_rapport();
    let (voor, na) = (delen(&voor), delen(&na));
    let anders: Vec<&str> = voor
        .iter()
        .filter(|(naam, inhoud)| na.get(*naam) != Some(inhoud))
        .map(|(naam, _)| naam.as_str())
        .collect();
    let mag = [
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
    assert_eq!(anders, mag);
    // Outside the cells a sheet changes in three things only.
    let buiten = |xml: &str| -> String {
        let (voor, rest) = xml.split_once("<sheetData>").unwrap();
        let (_, na) = rest.split_once("</sheetData>").unwrap();
        format!("{voor}|{na}")
            .replace(" tabSelected=\"1\"", "")
            .replace("A1:F11", "A1:G40")
    };
    let (oud, nieuw) = (
        buiten(&tekst(&voor, "xl/worksheets/sheet1.xml")),
        buiten(&tekst(&na, "xl/worksheets/sheet1.xml")),
    );
    assert_eq!(oud, nieuw);
    let nieuw = buiten(&tekst(&na, "xl/worksheets/sheet2.xml"));
    let plek = nieuw
        .find("<legacyDrawing")
        .expect("the sheet shows its notes");
    assert!(plek < nieuw.find("<tableParts").unwrap(), "{nieuw}");
}

#[test]
fn one_note_a_cell_tells_what_and_how_and_keeps_theirs() {
    let (_, na) = eigen_rapport();
    let na = delen(&na);
    let notities = tekst(&na, "xl/comments1.xml");
    assert_eq!(notities.matches("ref=\"B2\"").count(), 1, "{notities}");
    assert!(
        notities.contains("Zelf bedacht") && notities.contains("Ook van ons"),
        "{notities}"
    );
    for stuk in [
        "Fout: De start ligt vóór de aanmelding.",
        "Signaal: ",
        "Gevonden: =1+1",
        "Verwacht: Een dag",
        "Zo herstelt u het: Kijk",
    ] {
        assert!(notities.contains(stuk), "{stuk}: {notities}");
    }
    // A covered cell of a merged area shows its note on the cell that is seen.
    assert!(
        notities.contains("ref=\"A10\"") && !notities.contains("ref=\"B11\""),
        "{notities}"
    );
    let vormen = tekst(&na, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(
        vormen.matches("ObjectType=\"Note\"").count(),
        notities.matches("<comment ").count()
    );
    let tweede = tekst(&na, "xl/worksheets/_rels/sheet2.xml.rels");
    assert!(
        tweede.contains("/comments\"")
            && tweede.contains("/vmlDrawing\"")
            && tweede.contains("/table\""),
        "{tweede}"
    );
}

/// Every cell of a sheet as text.
fn teksten(xlsx: &[u8], blad: &str) -> Vec<String> {
    let mut boek: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.to_vec())).unwrap();
    let bereik = boek.worksheet_range(blad).unwrap();
    bereik
        .used_cells()
        .map(|(_, _, waarde)| waarde.to_string())
        .collect()
}

#[test]
fn the_summary_counts_explains_and_leads_to_the_cells() {
    let (_, na) = eigen_rapport();
    let overzicht = teksten(&na, "Controle 2");
    for stuk in [
        "Controle door uitvraag",
        "Fout",
        "5",
        "Trajecten 2020!B2",
        "Kijk de datum na.",
    ] {
        assert!(overzicht.iter().any(|t| t == stuk), "{stuk}: {overzicht:?}");
    }
    assert!(
        overzicht
            .iter()
            .any(|t| t.contains("5 fouten, 3 signalen en 1 opmerking")),
        "{overzicht:?}"
    );
    let lijst = teksten(&na, "Bevindingen");
    assert_eq!(lijst.iter().filter(|t| *t == "PROEF_FOUT").count(), 5);
    assert!(
        lijst.iter().any(|t| t == "'=1+1") && !lijst.iter().any(|t| t == "=1+1"),
        "{lijst:?}"
    );
    let delen = delen(&na);
    let (wijzers, koppelingen) = (
        tekst(&delen, "xl/worksheets/uitvraag2.xml"),
        "location=\"'Piet''s &lt;lijst&gt;'!B3\"",
    );
    assert!(wijzers.contains(koppelingen), "{wijzers}");
    assert!(
        wijzers.contains("<autoFilter ref=\"A2:J11\"/>"),
        "{wijzers}"
    );
}

#[test]
fn the_same_judgement_gives_the_same_bytes() {
    let bestand = [Bestand::from_bytes("eigen.xlsx", eigen_werkmap())];
    let lijst = oordeel(
        EIGEN
            .iter()
            .map(|(ernst, blad, cel)| bevinding(*ernst, "eigen.xlsx", Some(blad), cel))
            .collect(),
    );
    let maak = || annotate::maak(&bestand, &lijst, &omgang()).unwrap();
    assert!(maak() == maak());
}

/// Written by a program that uses prefixes, leaves cell names out and has no shared texts.
#[test]
fn a_workbook_with_prefixes_and_without_cell_names() {
    let rijen = "<x:row><x:c t=\"inlineStr\"><x:is><x:t>Kop</x:t></x:is></x:c><x:c/></x:row><x:row><x:c><x:v>7</x:v></x:c>\
                 <x:c s=\"1\"><x:v>43000</x:v></x:c></x:row><x:row r=\"5\"/>";
    let blad = format!(
        "<?xml version=\"1.0\"?><x:worksheet xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:sheetData>{rijen}</x:sheetData></x:worksheet>"
    );
    let relaties =
        " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let zip = Delen::new("")
        .met("xl/worksheets/sheet1.xml", blad)
        .vervang("xl/workbook.xml", relaties, "")
        .vervang("xl/workbook.xml", "<sheet ", &format!("<sheet{relaties} "));
    let zip = zip.zip();
    let cellen_gevonden = ["B2", "D2", "C1", "A4", "B5", "A9"];
    let bevindingen = cellen_gevonden
        .map(|cel| bevinding(Ernst::Fout, "a.xlsx", Some("Export"), cel))
        .into();
    let uit = annotate::maak(
        &[Bestand::from_bytes("a.xlsx", zip)],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    let blad = tekst(&delen(&uit), "xl/worksheets/sheet1.xml");
    let gelezen = cellen(&blad);
    assert_eq!(gelezen["B2"].1, "<x:v>43000</x:v></x:c>");
    for cel in cellen_gevonden {
        assert!(gelezen[cel].0 > 1, "{cel}: {blad}");
    }
    assert_eq!(
        (gelezen["A1"].0, gelezen["B1"].0, gelezen["A2"].0),
        (0, 0, 0),
        "{blad}"
    );
    assert!(blad.contains("</x:sheetData><x:legacyDrawing "), "{blad}");
    let rijen: Vec<&str> = blad
        .match_indices("<x:row")
        .map(|(plek, _)| &blad[plek..plek + 15])
        .collect();
    assert_eq!(rijen.len(), 5, "{blad}");
    let werkboek = tekst(&delen(&uit), "xl/workbook.xml");
    assert_eq!(
        werkboek.matches(relaties).count(),
        3,
        "every sheet says what r means: {werkboek}"
    );
    let overzicht = teksten(&uit, "Controle");
    assert!(overzicht.iter().any(|t| t == "Export!B2"), "{overzicht:?}");
}

/// A workbook that is built in no known way is made anew from what was read, and that is said.
#[test]
fn what_cannot_come_back_as_it_was_is_told() {
    let kapot =
        Delen::new("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>007</t></is></c></row>")
            .met("[Content_Types].xml", "<a/>");
    let bestand = Bestand::from_bytes("a.xlsx", kapot.zip());
    let uit = annotate::maak(
        &[bestand],
        &oordeel(vec![bevinding(Ernst::Fout, "a.xlsx", Some("Export"), "A1")]),
        &omgang(),
    )
    .unwrap();
    assert_eq!(teksten(&uit, "Export"), ["007"]);
    assert!(
        teksten(&uit, "Controle")
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
            plaats: Plaats {
                bestand: Some("export.csv".into()),
                ..Plaats::default()
            },
            ..bevinding(Ernst::Opmerking, "", None, "A1")
        },
    ];
    let uit = annotate::maak(
        &[Bestand::from_bytes("export.csv", csv.into())],
        &oordeel(bevindingen),
        &omgang(),
    )
    .unwrap();
    let mut boek: Xlsx<_> = Xlsx::new(Cursor::new(uit.clone())).unwrap();
    let bereik = boek.worksheet_range("export").unwrap();
    let cel = |rij, kolom| bereik.get_value((rij, kolom)).cloned();
    let tekstcel = |t: &str| Some(Data::String(t.to_owned()));
    assert_eq!(
        (cel(1, 0), cel(2, 0), cel(2, 1)),
        (tekstcel("nr"), tekstcel("007"), tekstcel("=SUM(A1)"))
    );
    assert_eq!(
        (cel(2, 2), cel(4, 0), cel(4, 1)),
        (
            tekstcel("1.234,50"),
            tekstcel(" 008 "),
            tekstcel("regel\n2")
        )
    );
    let delen = delen(&uit);
    let blad = cellen(&tekst(&delen, "xl/worksheets/blad1.xml"));
    assert!(blad["B3"].0 > 2 && blad["C5"].0 > 2 && blad["A3"].0 <= 2);
    let xf = formaten(&tekst(&delen, "xl/styles.xml"))[blad["B3"].0].clone();
    assert!(
        xf.contains("numFmtId=\"49\"") && xf.contains("quotePrefix=\"1\""),
        "{xf}"
    );
    let overzicht = teksten(&uit, "Controle");
    assert!(
        overzicht.iter().any(|t| t == "export!B3")
            && overzicht.iter().any(|t| t.starts_with("Zonder eigen cel")),
        "{overzicht:?}"
    );
}

#[test]
fn json_objects_stand_below_their_names() {
    let json = "{\"trajecten\": [{\"nr\": \"01\", \"Start zorg\": \"x\"}, {\"nr\": \"02\", \"Start zorg\": \"y\"}]}";
    let mut een = bevinding(Ernst::Fout, "uit.json", Some("trajecten"), "A2");
    een.plaats.cel = None;
    let uit = annotate::maak(
        &[Bestand::from_bytes("uit.json", json.into())],
        &oordeel(vec![een]),
        &omgang(),
    )
    .unwrap();
    assert_eq!(
        teksten(&uit, "trajecten"),
        ["nr", "Start zorg", "01", "x", "02", "y"]
    );
    let blad = cellen(&tekst(&delen(&uit), "xl/worksheets/blad1.xml"));
    assert!(blad["B3"].0 > 2 && blad["B2"].0 <= 2, "{blad:?}");
}

#[test]
fn several_files_stand_side_by_side() {
    let bestanden = [
        Bestand::from_bytes("a.csv", "x,y\n1,2\n".into()),
        Bestand::from_bytes("eigen.xlsx", eigen_werkmap()),
    ];
    let bevindingen = vec![
        bevinding(Ernst::Fout, "eigen.xlsx", Some("Trajecten 2020"), "B2"),
        bevinding(Ernst::Fout, "a.csv", None, "B2"),
    ];
    let uit = annotate::maak(&bestanden, &oordeel(bevindingen), &omgang()).unwrap();
    let boek: Xlsx<_> = Xlsx::new(Cursor::new(uit)).unwrap();
    assert_eq!(
        boek.sheet_names(),
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
    let mut geheel = oordeel(bevindingen);
    geheel.regels[0].aantal = 70_500;
    let grenzen = Grenzen {
        notities: 700,
        koppelingen: 900,
        ..Grenzen::default()
    };
    let uit = annotate::maak_binnen(
        &[Bestand::from_bytes("a.csv", csv.into())],
        &geheel,
        &omgang(),
        grenzen,
    )
    .unwrap();
    let overzicht = teksten(&uit, "Controle");
    for stuk in [
        "500 gekleurde cellen hebben geen notitie",
        "69.300 staan er niet bij",
        "Bij 300 bevindingen",
        "70.500 fouten",
    ] {
        assert!(
            overzicht.iter().any(|t| t.contains(stuk)),
            "{stuk}: {overzicht:?}"
        );
    }
    let delen = delen(&uit);
    let blad = cellen(&tekst(&delen, "xl/worksheets/blad1.xml"));
    assert!(
        (2..1_202).all(|rij| blad[&format!("B{rij}")].0 > 2),
        "every cell is coloured"
    );
    let notities = tekst(&delen, "xl/comments1.xml");
    assert_eq!(notities.matches("<comment ").count(), 700);
    assert!(notities.contains("Dit komt vaker voor") && !notities.contains("Zo herstelt u het"));
    let lijst = tekst(&delen, "xl/worksheets/uitvraag2.xml");
    assert_eq!(lijst.matches("<hyperlink ").count(), 900);
}

#[test]
fn a_file_with_more_rows_than_a_sheet_shows_those_with_findings() {
    let mut csv = String::from("a,b\n");
    csv.push_str(&"1,2\n".repeat(1_000));
    let bevindingen = vec![
        bevinding(Ernst::Fout, "a.csv", None, "B1000"),
        bevinding(Ernst::Fout, "a.csv", None, "A5"),
    ];
    let grenzen = Grenzen {
        rijen: 1_000,
        ..Grenzen::default()
    };
    let uit = annotate::maak_binnen(
        &[Bestand::from_bytes("a.csv", csv.into())],
        &oordeel(bevindingen),
        &omgang(),
        grenzen,
    )
    .unwrap();
    let mut boek: Xlsx<_> = Xlsx::new(Cursor::new(uit.clone())).unwrap();
    let bereik = boek.worksheet_range("a").unwrap();
    assert_eq!(bereik.height(), 12);
    assert_eq!(bereik.get_value((11, 0)).unwrap().to_string(), "1000");
    let blad = cellen(&tekst(&delen(&uit), "xl/worksheets/blad1.xml"));
    assert!(blad["C12"].0 > 2 && blad["B6"].0 > 2, "{blad:?}");
    assert!(
        teksten(&uit, "Controle")
            .iter()
            .any(|t| t.contains("1.001 rijen")),
        "{:?}",
        teksten(&uit, "Controle")
    );
}

/// The service has no file: there the judgement alone is a workbook.
#[test]
fn a_judgement_without_files_is_a_workbook_too() {
    let uit = annotate::lijst(
        &oordeel(vec![bevinding(Ernst::Fout, "traject.csv", None, "B2")]),
        &omgang(),
    )
    .unwrap();
    let boek: Xlsx<_> = Xlsx::new(Cursor::new(uit.clone())).unwrap();
    assert_eq!(boek.sheet_names(), ["Controle", "Bevindingen"]);
    assert!(teksten(&uit, "Bevindingen").iter().any(|t| t == "B2"));
    let niets = annotate::lijst(&oordeel(Vec::new()), &omgang()).unwrap();
    assert!(
        teksten(&niets, "Controle")
            .iter()
            .any(|t| t.contains("Er is niets gevonden."))
    );
}

/// People mend in the report itself and offer that: its own sheets are no data, and its notes are no danger.
#[test]
fn a_report_can_be_read_again() {
    let bestand = fixture("omgangshuis_noord.xlsx");
    let verkend = verken(&bestand, &omgang()).unwrap();
    let blad = verkend.tabellen[0].blad.clone();
    let mut een = bevinding(Ernst::Fout, "omgangshuis_noord.xlsx", blad.as_deref(), "B5");
    een.gevonden = Some("123456782".to_owned());
    let uit = annotate::maak(&[bestand], &oordeel(vec![een]), &omgang()).unwrap();
    let opnieuw = verken(
        &Bestand::from_bytes("omgangshuis_noord.xlsx", uit),
        &omgang(),
    )
    .unwrap();
    assert_eq!(opnieuw.tabellen.len(), verkend.tabellen.len());
    assert!(
        opnieuw
            .aannames
            .iter()
            .any(|a| a.contains("eerdere controle")),
        "{:?}",
        opnieuw.aannames
    );
}
