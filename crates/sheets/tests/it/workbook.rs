//! Workbooks: what people make in Excel, and what someone makes to break a reader.

use mapping::{Koppeling, stel_voor, verken};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use sheets::Bestand;

use crate::hand_made::{Delen, cel, rijen};
use crate::support::{lees, omgang, voorstel};

const KOPPEN: [&str; 12] = [
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

fn fill(blad: &mut rust_xlsxwriter::Worksheet, rij: u32, nummer: u32) {
    let teksten = [
        "V1", "Utrecht", "", "V", "huisarts", "ouder", "OH", "prof", "regio",
    ];
    blad.write_number(rij, 0, f64::from(nummer)).unwrap();
    blad.write_string(rij, 1, format!("K{nummer}")).unwrap();
    for (k, tekst) in teksten.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        blad.write_string(rij, u16::try_from(k + 2).unwrap(), *tekst)
            .unwrap();
    }
    blad.write_number(rij, 4, 7).unwrap();
}

/// A title above, dates as Excel keeps them and as text, a sheet per half year, a total below, a hidden list.
#[test]
fn a_workbook_as_people_make_them() {
    let mut werkmap = Workbook::new();
    let datum = Format::new().set_num_format("dd-mm-yyyy");
    for (naam, van) in [("Half 1", 107_000), ("Half 2", 107_100)] {
        let blad = werkmap.add_worksheet().set_name(naam).unwrap();
        blad.write_string(0, 0, "Overzicht begeleide omgang")
            .unwrap();
        for (k, kop) in KOPPEN.iter().enumerate() {
            blad.write_string(3, u16::try_from(k).unwrap(), *kop)
                .unwrap();
        }
        for i in 0..3 {
            fill(blad, 4 + i, van + i);
        }
        blad.write_datetime_with_format(
            4,
            11,
            ExcelDateTime::from_ymd(2020, 2, 29).unwrap(),
            &datum,
        )
        .unwrap();
        blad.write_string(5, 11, "25-12-2019").unwrap();
        blad.write_string(6, 11, "3 mei 2020").unwrap();
        blad.write_string(7, 0, "Totaal").unwrap();
        blad.write_number(7, 4, 21).unwrap();
    }
    let lijst = werkmap
        .add_worksheet()
        .set_name("Keuzes")
        .unwrap()
        .set_hidden(true);
    lijst.write_string(0, 0, "vrijwillig").unwrap();
    werkmap
        .add_worksheet()
        .set_name("Toelichting")
        .unwrap()
        .write_string(0, 0, "Uit ons systeem")
        .unwrap();
    let bestand = Bestand::from_bytes("export.xlsx", werkmap.save_to_buffer().unwrap());

    let voorstel = voorstel(&bestand);
    assert_eq!(voorstel.open, []);
    let (tabellen, verslag) = lees(&[bestand], Some(&voorstel.koppeling)).unwrap();
    let rijen = &tabellen["traject"];
    let kolom =
        |veld: &str| -> Vec<&str> { rijen.iter().map(|r| r[veld].as_deref().unwrap()).collect() };
    assert_eq!(
        kolom("traject_id"),
        ["107000", "107001", "107002", "107100", "107101", "107102"]
    );
    assert_eq!(
        kolom("aanmelddatum")[..3],
        ["2020-02-29", "2019-12-25", "2020-05-03"]
    );
    assert_eq!(kolom("leeftijd_bij_aanmelding"), ["7"; 6]);
    assert_eq!(
        verslag
            .herkomst
            .plaats("traject", Some(4), Some("kader"))
            .cel
            .as_deref(),
        Some("Half 2!F6")
    );
    assert!(
        voorstel
            .aannames
            .iter()
            .any(|a| a.contains("dezelfde kolommen")),
        "{:?}",
        voorstel.aannames
    );
    assert!(
        voorstel.aannames.iter().any(|a| a.contains("verborgen")),
        "{:?}",
        voorstel.aannames
    );
}

fn aanmelddatum(zip: Vec<u8>) -> Option<String> {
    let tekst = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n\
        traject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\naanmelddatum = \"Datum aanmelding\"\n";
    let bestand = Bestand::from_bytes("export.xlsx", zip);
    lees(&[bestand], Some(&Koppeling::parse(tekst).unwrap()))
        .unwrap()
        .0["traject"][0]["aanmelddatum"]
        .clone()
}

/// H-47: both calendars, and days that never were.
#[test]
fn excel_dates_of_both_calendars() {
    let datum =
        |getal: &str| Delen::new(&rijen(&format!("<c r=\"C2\" s=\"1\"><v>{getal}</v></c>")));
    assert_eq!(
        aanmelddatum(datum("43569").zip()).as_deref(),
        Some("2019-04-14")
    );
    assert_eq!(
        aanmelddatum(datum("43569.75").zip()).as_deref(),
        Some("2019-04-14")
    );
    let vanaf_1904 = datum("42107").vervang(
        "xl/workbook.xml",
        "<workbookPr/>",
        "<workbookPr date1904=\"1\"/>",
    );
    assert_eq!(
        aanmelddatum(vanaf_1904.zip()).as_deref(),
        Some("2019-04-14")
    );
    for onmogelijk in ["60", "-5", "2958466"] {
        assert_eq!(
            aanmelddatum(datum(onmogelijk).zip()).as_deref(),
            Some(onmogelijk),
            "left for the check to name"
        );
    }
}

#[test]
fn hostile_workbooks_are_refused() {
    let goed = || Delen::new(&rijen(&cel("C2", "2020-01-05")));
    let blad = |inhoud: &str| Delen::new(inhoud);
    let bom = format!("<a>{}</a>", "<row r=\"1\"/>".repeat(1 << 20));
    let strings = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"1\" uniqueCount=\"4294967295\"><si><t>x</t></si></sst>";
    let diep = format!("<a>{}{}</a>", "<b>".repeat(200), "</b>".repeat(200));
    let mut dubbel = goed()
        .met("xl/aaaa.xml", "<a/>")
        .met("xl/aaab.xml", "<b/>")
        .zip();
    while let Some(plek) = dubbel.windows(11).position(|w| w == b"xl/aaab.xml") {
        dubbel[plek..plek + 11].copy_from_slice(b"xl/aaaa.xml");
    }
    let gevallen: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "H33 bomb",
            goed().met("xl/worksheets/sheet2.xml", bom).zip(),
            "ZIP_RATIO",
        ),
        (
            "H34 zip in zip",
            goed().met("xl/inner.zip", "PK").zip(),
            "ZIP_STRUCTURE",
        ),
        ("H36 duplicate", dubbel, "ZIP_STRUCTURE"),
        (
            "H36 same but for case",
            goed().met("XL/workbook.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H36 parent",
            goed().met("../evil.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H36 drive",
            goed().met("C:\\evil.xml", "<a/>").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H38 unique count",
            goed().met("xl/sharedStrings.xml", strings).zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H38 index out of range",
            blad(&rijen("<c r=\"C2\" t=\"s\"><v>7</v></c>")).zip(),
            "XLSX_INVALID",
        ),
        (
            "H40 doctype",
            goed()
                .vervang(
                    "xl/workbook.xml",
                    "<workbook ",
                    "<!DOCTYPE x [<!ENTITY a \"b\">]><workbook ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H40 doctype in rels",
            goed()
                .vervang(
                    "_rels/.rels",
                    "<Relationships ",
                    "<!DOCTYPE x><Relationships ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H41 external entity",
            goed()
                .vervang(
                    "xl/worksheets/sheet1.xml",
                    "<worksheet ",
                    "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet ",
                )
                .zip(),
            "XML_DTD",
        ),
        (
            "H42 depth",
            goed().met("xl/theme/theme1.xml", diep).zip(),
            "XML_LIMIT",
        ),
        (
            "H42 long attribute",
            goed()
                .met(
                    "xl/theme/theme1.xml",
                    format!("<a b=\"{}\"/>", "x".repeat(2 << 20)),
                )
                .zip(),
            "XML_LIMIT",
        ),
        (
            "H42 unclosed",
            goed().met("xl/theme/theme1.xml", "<a><b></a").zip(),
            "ZIP_STRUCTURE",
        ),
        (
            "H42 utf-16 xml",
            goed()
                .met("xl/theme/theme1.xml", vec![0xff, 0xfe, b'<', 0, b'a', 0])
                .zip(),
            "XML_ENCODING",
        ),
        (
            "H43 odt",
            Delen::leeg()
                .met("mimetype", "application/vnd.oasis.opendocument.text")
                .met("content.xml", "<a/>")
                .zip(),
            "FORMAT",
        ),
        (
            "H43 xlsb",
            goed().met("xl/workbook.bin", "x").zip(),
            "FORMAT",
        ),
        (
            "H43 another zip",
            Delen::leeg().met("a.txt", "x").zip(),
            "FORMAT",
        ),
        ("H43 cut off", goed().zip()[..600].to_vec(), "ZIP_STRUCTURE"),
        (
            "H44 macros",
            goed().met("xl/vbaProject.bin", "x").zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H44 embedded object",
            goed().met("xl/embeddings/oleObject1.bin", "x").zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H44 dde",
            goed()
                .met(
                    "xl/externalLinks/externalLink1.xml",
                    "<externalLink><ddeLink ddeService=\"cmd\"/></externalLink>",
                )
                .zip(),
            "ACTIVE_CONTENT",
        ),
        (
            "H46 formula without an answer",
            blad(&rijen("<c r=\"C2\"><f>TODAY()</f></c>")).zip(),
            "FORMULA",
        ),
        (
            "H14 right to left",
            blad(&rijen(&cel("C2", "a\u{202e}b"))).zip(),
            "CONTROL_CHAR",
        ),
        (
            "H61 bsn in the properties",
            goed()
                .met("docProps/core.xml", "<a><b>123456782</b></a>")
                .zip(),
            "BSN_SUSPECTED",
        ),
        (
            "H61 bsn in a comment",
            goed()
                .met("xl/comments1.xml", "<a><b>zie 123456782</b></a>")
                .zip(),
            "BSN_SUSPECTED",
        ),
    ];
    for (naam, zip, code) in gevallen {
        let bestand = Bestand::from_bytes("export.xlsx", zip);
        let weigering = verken(&bestand, &omgang())
            .err()
            .unwrap_or_else(|| panic!("{naam} is taken"));
        assert_eq!(weigering.code(), code, "{naam}: {weigering}");
        assert!(!weigering.to_string().contains("123456782"));
    }
}

/// H-37: one cell in the far corner costs one cell. H-46: a stored answer counts, an error stays visible.
#[test]
fn odd_cells_that_are_taken() {
    let hoek = format!(
        "{}<row r=\"1048576\">{}</row>",
        rijen(&cel("C2", "2020-01-05")),
        cel("XFD1048576", "ver weg")
    );
    assert_eq!(
        aanmelddatum(Delen::new(&hoek).zip()).as_deref(),
        Some("2020-01-05")
    );
    let antwoord = rijen("<c r=\"C2\" t=\"str\"><f>A1</f><v>2020-03-01</v></c>");
    assert_eq!(
        aanmelddatum(Delen::new(&antwoord).zip()).as_deref(),
        Some("2020-03-01")
    );
    let leeg = rijen("<c r=\"C2\" t=\"str\"><f>IF(1,\"\")</f><v></v></c>");
    assert_eq!(aanmelddatum(Delen::new(&leeg).zip()), None);
}

/// A BSN as the name of a sheet.
#[test]
fn a_bsn_as_sheet_name_is_found() {
    let zip = Delen::new(&rijen(&cel("C2", "2020-01-05")))
        .vervang("xl/workbook.xml", "Export", "123456782")
        .zip();
    let definitie = omgang();
    let verkenning = verken(&Bestand::from_bytes("export.xlsx", zip), &definitie).unwrap();
    assert!(
        verkenning
            .bevindingen
            .iter()
            .any(|b| b.code == "BSN_SUSPECTED")
    );
    assert!(
        stel_voor(&[verkenning], &definitie)
            .koppeling
            .tabellen
            .len()
            == 1
    );
}

/// The sjabloon: labels as headers, help above them, sheets that are left empty, hidden lists.
#[test]
fn a_filled_sjabloon_needs_no_koppeling() {
    let definitie = omgang();
    let mut werkmap = Workbook::new();
    werkmap
        .add_worksheet()
        .set_name("Lees mij")
        .unwrap()
        .write_string(0, 0, "Vul de bladen in.")
        .unwrap();
    for tabel in &definitie.tabellen {
        let blad = werkmap.add_worksheet().set_name(&tabel.titel).unwrap();
        blad.write_string(0, 0, &tabel.definitie).unwrap();
        for (k, veld) in tabel.velden.iter().enumerate() {
            let k = u16::try_from(k).unwrap();
            blad.write_string(1, k, format!("Voorbeeld: {}", tabel.voorbeeld[&veld.naam]))
                .unwrap();
            blad.write_string(2, k, &veld.label).unwrap();
            if tabel.naam == "traject" {
                let waarde = &tabel.voorbeeld[&veld.naam];
                // A dropdown gives the label of a code.
                let label = match &veld.veldtype {
                    schema::Veldtype::Code { lijst } => definitie.codelijsten[lijst]
                        .code(waarde)
                        .unwrap()
                        .label
                        .clone(),
                    _ => waarde.clone(),
                };
                blad.write_string(3, k, label).unwrap();
            }
        }
    }
    let lijsten = werkmap
        .add_worksheet()
        .set_name("Lijsten")
        .unwrap()
        .set_hidden(true);
    lijsten.write_string(0, 0, "vrijwillig").unwrap();
    let bestand = Bestand::from_bytes("sjabloon.xlsx", werkmap.save_to_buffer().unwrap());
    let (tabellen, verslag) = lees(&[bestand], None).unwrap();
    let traject = definitie.tabel("traject").unwrap();
    for veld in &traject.velden {
        let verwacht = &traject.voorbeeld[&veld.naam];
        let gelezen = tabellen["traject"][0][&veld.naam].as_ref();
        assert!(
            gelezen == Some(verwacht) || verwacht.starts_with(gelezen.unwrap().as_str()),
            "{}: {gelezen:?}",
            veld.naam
        );
    }
    assert_eq!(
        verslag
            .herkomst
            .plaats("traject", Some(0), Some("kader"))
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
    let pad = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemas/omgang/generated/2020/sjabloon.xlsx");
    let weigering = lees(&[Bestand::from_path(&pad)], None).err().unwrap();
    assert_eq!(weigering.code(), "EMPTY", "{weigering}");
}

/// A number that is shown as 00207 is 00207 to whoever reads the sheet; it was read as 207, and matched nothing next
/// year. What another format adds cannot be told from what stands there: that is said.
#[test]
fn zeros_that_a_format_shows_belong_to_the_number() {
    let mut werkmap = Workbook::new();
    let blad = werkmap.add_worksheet();
    for (k, kop) in ["voorziening_id", "vorm", "vestiging", "kader", "plaatsen"]
        .iter()
        .enumerate()
    {
        blad.write_string(0, u16::try_from(k).unwrap(), *kop)
            .unwrap();
    }
    for (rij, vorm) in (1..).zip(["00000", "0", "\"T\"0000"]) {
        let opmaak = Format::new().set_num_format(vorm);
        blad.write_number_with_format(rij, 0, 206 + rij, &opmaak)
            .unwrap();
        blad.write_string(rij, 1, "omgangshuis").unwrap();
        blad.write_number_with_format(rij, 2, 344, &Format::new().set_num_format("0000"))
            .unwrap();
        blad.write_string(rij, 3, "beide").unwrap();
        blad.write_number_with_format(rij, 4, 12, &opmaak).unwrap();
    }
    let bestand = Bestand::from_bytes("export.xlsx", werkmap.save_to_buffer().unwrap());
    let (tabellen, verslag) = lees(&[bestand], None).unwrap();
    let kolom = |veld: &str| {
        tabellen["voorziening"]
            .iter()
            .map(|r| r[veld].clone().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(kolom("voorziening_id"), ["00207", "208", "209"]);
    assert_eq!(kolom("vestiging"), ["GM0344"; 3]);
    assert_eq!(kolom("plaatsen"), ["12"; 3]);
    let zin = "de kolom 'voorziening_id' toont getallen met een eigen opmaak (de eerste is A4)";
    assert_eq!(
        verslag
            .aannames
            .iter()
            .filter(|a| a.contains("eigen opmaak"))
            .count(),
        1,
        "{:?}",
        verslag.aannames
    );
    assert!(
        verslag.aannames.iter().any(|a| a.contains(zin)),
        "{:?}",
        verslag.aannames
    );
}
