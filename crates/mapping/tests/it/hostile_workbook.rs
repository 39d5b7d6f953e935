//! Hostile workbooks, numbers 33 to 49: each refused with its code and place, or taken as it says, in bounded time.
//!
//! Owns the table of files, of the same shape as the others (`tests/vijandig`); they stand here because they need a
//! writer of zips. Leaves the judging of answers to `vijandig`.

use std::time::{Duration, Instant};

use sheets::Bestand;

use crate::hand_made::{Delen, cel, ods, ods_blad, ods_cel};
use crate::hostile::{own_door, run};
use crate::hostile_cases::{BSN, GEHEIM, Geval, OVERAL, Verwacht, Waar, rij};

/// A table of cases.
#[derive(Default)]
struct Tabel(Vec<Geval>);

impl Tabel {
    fn geval(
        &mut self,
        nummer: u16,
        naam: &str,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
        eigen: Verwacht,
    ) {
        // The name lies: what it is shows from its first bytes.
        let bestand = if nummer.is_multiple_of(2) {
            "traject.xlsx"
        } else {
            "Levering 2020 (definitief).XLSX"
        };
        self.0.push(Geval {
            nummer,
            naam: naam.to_owned(),
            bestand: bestand.to_owned(),
            maak: Box::new(maak),
            eigen,
            pakket: None,
        });
    }

    fn weiger(
        &mut self,
        nummer: u16,
        naam: &str,
        code: &'static str,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.geval(nummer, naam, maak, Verwacht::Weigering(code, OVERAL));
    }

    fn weiger_op(
        &mut self,
        nummer: u16,
        naam: &str,
        code: &'static str,
        waar: Waar,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.geval(nummer, naam, maak, Verwacht::Weigering(code, waar));
    }

    fn zegt(
        &mut self,
        nummer: u16,
        naam: &str,
        deel: &'static str,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.geval(nummer, naam, maak, Verwacht::Gezegd(deel));
    }

    fn goed(
        &mut self,
        nummer: u16,
        naam: &str,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.geval(nummer, naam, maak, Verwacht::Goed);
    }
}

/// Header and example row of the trajecten; some fields as a cell of one's own, whose `r` is filled in for `@`.
fn rijen(anders: &[(&str, &str)]) -> String {
    let definitie = crate::support::omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let plek = |k: usize, r: u32| format!("{}{r}", schema::bevinding::column_letters(k));
    let mut kop = String::new();
    let mut data = String::new();
    for (k, veld) in tabel.velden.iter().enumerate() {
        kop.push_str(&cel(&plek(k, 1), &veld.naam));
        match anders.iter().find(|(naam, _)| *naam == veld.naam) {
            Some((_, eigen)) => data.push_str(&eigen.replace('@', &plek(k, 2))),
            None if tabel.voorbeeld[&veld.naam].is_empty() => {}
            None => data.push_str(&cel(&plek(k, 2), &tabel.voorbeeld[&veld.naam])),
        }
    }
    format!("<row r=\"1\">{kop}</row><row r=\"2\">{data}</row>")
}

fn goed() -> Delen {
    Delen::new(&rijen(&[]))
}

fn met(veld: &'static str, cel: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || Delen::new(&rijen(&[(veld, cel)])).zip()
}

/// With something behind the rows of the sheet.
fn achter(tekst: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || {
        goed()
            .vervang(BLAD, "</sheetData>", &format!("</sheetData>{tekst}"))
            .zip()
    }
}

fn rij_erbij(tekst: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || {
        goed()
            .vervang(BLAD, "</sheetData>", &format!("{tekst}</sheetData>"))
            .zip()
    }
}

fn deel(naam: &'static str, inhoud: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || goed().met(naam, inhoud).zip()
}

fn in_deel(
    naam: &'static str,
    van: &'static str,
    door: &'static str,
) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || goed().vervang(naam, van, door).zip()
}

const BLAD: &str = "xl/worksheets/sheet1.xml";
const BOEK: &str = "xl/workbook.xml";
const LACH: &str = "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";

/// A second sheet with these rows, hidden or not.
fn tweede(rijen: &str, staat: &str) -> Delen {
    let blad = format!("<worksheet><sheetData>{rijen}</sheetData></worksheet>");
    let soort = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    goed()
        .met("xl/worksheets/sheet2.xml", blad)
        .vervang(BOEK, "</sheets>", &format!("<sheet name=\"Tweede\" sheetId=\"2\" {staat} r:id=\"rId2\"/></sheets>"))
        .vervang(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            &format!("<Relationship Id=\"rId2\" Type=\"{soort}\" Target=\"worksheets/sheet2.xml\"/></Relationships>"),
        )
}

/// The same rows as OpenDocument; one field as a cell of one's own.
fn ods_rijen(anders: &[(&str, &str)]) -> String {
    let definitie = crate::support::omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let kop: String = tabel.velden.iter().map(|v| ods_cel(&v.naam)).collect();
    let data: String = tabel
        .velden
        .iter()
        .map(|v| match anders.iter().find(|(naam, _)| *naam == v.naam) {
            Some((_, eigen)) => (*eigen).to_owned(),
            None => ods_cel(&tabel.voorbeeld[&v.naam]),
        })
        .collect();
    format!("<table:table-row>{kop}</table:table-row><table:table-row>{data}</table:table-row>")
}

fn ods_met(veld: &'static str, cel: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_blad(&ods_rijen(&[(veld, cel)]))).zip()
}

fn ods_erbij(rijen: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_blad(&format!("{}{rijen}", ods_rijen(&[])))).zip()
}

fn ods_deel(naam: &'static str, inhoud: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_blad(&ods_rijen(&[]))).met(naam, inhoud).zip()
}

/// Overwrites bytes wherever they stand: what no writer of zips would do.
fn patch(mut zip: Vec<u8>, van: &[u8], door: &[u8]) -> Vec<u8> {
    while let Some(plek) = zip.windows(van.len()).position(|w| w == van) {
        zip[plek..plek + van.len()].copy_from_slice(door);
    }
    zip
}

/// Sets the unpacked size in every local header and every entry of the directory.
fn lie_about_size(mut zip: Vec<u8>, maat: u32) -> Vec<u8> {
    for (kop, plek) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let plekken: Vec<usize> = zip
            .windows(4)
            .enumerate()
            .filter(|(_, w)| *w == kop)
            .map(|(i, _)| i)
            .collect();
        for begin in plekken {
            zip[begin + plek..begin + plek + 4].copy_from_slice(&maat.to_le_bytes());
        }
    }
    zip
}

fn containers(t: &mut Tabel) {
    let bom = || "<row r=\"1\"/>".repeat(1 << 19);
    t.weiger(
        33,
        "a bomb in a sheet nobody asks for",
        "ZIP_RATIO",
        move || {
            goed()
                .met("xl/worksheets/sheet9.xml", format!("<a>{}</a>", bom()))
                .zip()
        },
    );
    t.weiger(33, "a bomb in the shared strings", "ZIP_RATIO", || {
        goed()
            .met(
                "xl/sharedStrings.xml",
                format!("<sst>{}</sst>", "<si/>".repeat(1 << 20)),
            )
            .zip()
    });
    t.weiger(33, "a bomb of blanks in the styles", "ZIP_RATIO", || {
        goed()
            .met(
                "xl/styles.xml",
                format!("<s>{}</s>", "<a>   </a>".repeat(1 << 19)),
            )
            .zip()
    });
    t.weiger(33, "a bomb in the content of an ods", "ZIP_RATIO", || {
        ods(&"<table:shapes/>".repeat(1 << 19)).zip()
    });
    t.weiger(33, "a bomb in a picture", "ZIP_RATIO", || {
        goed().met("xl/media/image1.png", vec![0; 6 << 20]).zip()
    });
    for (naam, code) in [
        ("xl/inner.zip", "ZIP_STRUCTURE"),
        ("xl/INNER.ZIP", "ZIP_STRUCTURE"),
        ("xl/a.7z", "ZIP_STRUCTURE"),
        ("xl/a.gz", "ZIP_STRUCTURE"),
    ] {
        t.weiger(34, &format!("a zip inside: {naam}"), code, move || {
            goed().met(naam, "PK").zip()
        });
    }
    t.weiger(
        34,
        "two entries over the same bytes",
        "ZIP_STRUCTURE",
        || {
            // The second entry of the directory points at the first part.
            let mut zip = goed().zip();
            let plekken: Vec<usize> = zip
                .windows(4)
                .enumerate()
                .filter(|(_, w)| *w == b"PK\x01\x02")
                .map(|(i, _)| i)
                .collect();
            let eerste: [u8; 4] = zip[plekken[0] + 42..plekken[0] + 46].try_into().unwrap();
            zip[plekken[1] + 42..plekken[1] + 46].copy_from_slice(&eerste);
            zip
        },
    );
    for maat in [0, 1, u32::MAX - 1] {
        t.weiger(
            35,
            &format!("says it unpacks to {maat} bytes"),
            "ZIP_STRUCTURE",
            move || lie_about_size(goed().zip(), maat),
        );
    }
    t.weiger(35, "cut off in the middle", "ZIP_STRUCTURE", || {
        let zip = goed().zip();
        zip[..zip.len() / 2].to_vec()
    });
    t.weiger(35, "without the end record", "ZIP_STRUCTURE", || {
        let zip = goed().zip();
        zip[..zip.len() - 22].to_vec()
    });
    t.weiger(36, "a million entries, it says", "ZIP_STRUCTURE", || {
        let mut zip = goed().zip();
        let plek = zip.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
        zip[plek + 8..plek + 12].copy_from_slice(&[0xff; 4]);
        zip
    });
    t.weiger(36, "really many entries", "ZIP_STRUCTURE", || {
        goed().met_veel(10_050).zip()
    });
    t.weiger(36, "the same part twice", "ZIP_STRUCTURE", || {
        patch(
            goed()
                .met("xl/aaaa.xml", "<a/>")
                .met("xl/aaab.xml", "<b/>")
                .zip(),
            b"xl/aaab.xml",
            b"xl/aaaa.xml",
        )
    });
    t.weiger(
        36,
        "the same part but for its case",
        "ZIP_STRUCTURE",
        || goed().met("XL/Workbook.xml", "<a/>").zip(),
    );
    for naam in [
        "../../etc/x",
        "/etc/passwd",
        "C:\\x.xml",
        "C:x",
        "xl\\..\\x",
        "xl/../../x",
        "xl/a\0b.xml",
    ] {
        t.weiger(
            36,
            &format!("an entry called {}", naam.replace('\0', "NUL")),
            "ZIP_STRUCTURE",
            move || patch(goed().met(&naam.replace('\0', "~"), "x").zip(), b"~", b"\0"),
        );
    }
}

fn sheets(t: &mut Tabel) {
    t.goed(
        37,
        "one cell in the far corner",
        rij_erbij("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"),
    );
    t.goed(37, "rows and cells out of order", || {
        let tekst = rijen(&[]);
        let plek = tekst.find("<row r=\"2\">").unwrap();
        Delen::new(&format!("{}{}", &tekst[plek..], &tekst[..plek])).zip()
    });
    for plek in [
        "XFE2",
        "A1048577",
        "ZZZZZZZ1",
        "A0",
        "1A",
        "A-1",
        "",
        "A99999999999999",
    ] {
        let code = if matches!(plek, "XFE2" | "A1048577") {
            "SHEET_DIMENSION"
        } else {
            "XLSX_INVALID"
        };
        t.weiger(37, &format!("a cell at '{plek}'"), code, move || {
            goed()
                .vervang(
                    BLAD,
                    "</sheetData>",
                    &format!("<row r=\"3\"><c r=\"{plek}\"><v>1</v></c></row></sheetData>"),
                )
                .zip()
        });
    }
    t.weiger_op(
        37,
        "a cell that stands there twice",
        "CELL_DUPLICATE",
        rij(2),
        rij_erbij("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"),
    );
    t.weiger_op(
        37,
        "a cell longer than a cell can be",
        "FIELD_TOO_LONG",
        rij(3),
        || {
            goed()
                .vervang(
                    BLAD,
                    "</sheetData>",
                    &format!(
                        "<row r=\"3\">{}</row></sheetData>",
                        cel("A3", &"é".repeat(32_768))
                    ),
                )
                .zip()
        },
    );
    t.weiger(37, "an ods row beyond the sheet", "SHEET_DIMENSION", ods_erbij("<table:table-row table:number-rows-repeated=\"1048577\"/><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.weiger(37, "an ods cell beyond the sheet", "SHEET_DIMENSION", ods_erbij("<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.weiger(37, "an ods row repeated a million times over", "SHEET_DIMENSION", ods_erbij("<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.weiger(37, "a number of repeats that is none", "SHEET_DIMENSION", ods_erbij("<table:table-row table:number-rows-repeated=\"4294967295\"><table:table-cell table:number-columns-repeated=\"4294967295\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.weiger(
        37,
        "a long text shown a million times",
        "SHEET_DIMENSION",
        || {
            let cellen: String = (1..10_000)
                .map(|r| format!("<row r=\"{r}\"><c r=\"A{r}\" t=\"s\"><v>0</v></c></row>"))
                .collect();
            Delen::new(&cellen)
                .met(
                    "xl/sharedStrings.xml",
                    format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000)),
                )
                .zip()
        },
    );
    t.goed(37, "a million empty ods rows with data behind them", || {
        let leeg = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        let tekst = ods_rijen(&[]);
        let plek = tekst.find("</table:table-row>").unwrap() + 18;
        ods(&ods_blad(&format!("{}{leeg}{}", &tekst[..plek], &tekst[plek..]))).zip()
    });
    t.weiger(
        38,
        "four billion strings, it says",
        "ZIP_STRUCTURE",
        deel(
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"4294967295\"><si><t>x</t></si></sst>",
        ),
    );
    t.weiger(
        38,
        "more strings than fit a number",
        "ZIP_STRUCTURE",
        deel(
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"99999999999999999999999\"><si><t>x</t></si></sst>",
        ),
    );
    for index in ["7", "-1", "4294967296", "x"] {
        t.weiger_op(
            38,
            &format!("string number {index}"),
            "XLSX_INVALID",
            rij(2),
            move || {
                Delen::new(&rijen(&[(
                    "kader",
                    &format!("<c r=\"@\" t=\"s\"><v>{index}</v></c>"),
                )]))
                .zip()
            },
        );
    }
    t.weiger_op(
        38,
        "a kind of cell that is none",
        "XLSX_INVALID",
        rij(2),
        met("kader", "<c r=\"@\" t=\"zzz\"><v>1</v></c>"),
    );
    t.weiger(
        38,
        "two sheets in one part",
        "XLSX_INVALID",
        in_deel(
            BOEK,
            "</sheets>",
            "<sheet name=\"B\" sheetId=\"2\" r:id=\"rId1\"/></sheets>",
        ),
    );
    t.weiger(
        38,
        "a sheet whose part is not there",
        "XLSX_INVALID",
        in_deel("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet7.xml"),
    );
    t.weiger(
        39,
        "everything merged",
        "MERGED_CELLS",
        achter("<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>"),
    );
    t.weiger_op(
        39,
        "two cells merged in a row",
        "MERGED_CELLS",
        rij(2),
        achter("<mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>"),
    );
    t.goed(
        39,
        "a merged area beside the table",
        achter("<mergeCells><mergeCell ref=\"AZ1:BB9\"/></mergeCells>"),
    );
    t.weiger(
        39,
        "merged beyond the sheet",
        "XLSX_INVALID",
        achter("<mergeCells><mergeCell ref=\"A1:XFE1\"/></mergeCells>"),
    );
    t.weiger(
        39,
        "merged from back to front",
        "XLSX_INVALID",
        achter("<mergeCells><mergeCell ref=\"C3:A1\"/></mergeCells>"),
    );
    t.weiger(39, "a million merged areas", "SHEET_DIMENSION", || {
        let gebieden: String = (3..100_010)
            .map(|r| format!("<mergeCell ref=\"A{r}:B{r}\"/>"))
            .collect();
        goed()
            .vervang(
                BLAD,
                "</sheetData>",
                &format!("</sheetData><mergeCells>{gebieden}</mergeCells>"),
            )
            .zip()
    });
    t.weiger(39, "a million styles", "XML_LIMIT", || {
        let stijlen: String = (0..70_000)
            .map(|i| format!("<xf numFmtId=\"{i}\"/>"))
            .collect();
        goed()
            .met(
                "xl/styles.xml",
                format!("<styleSheet><cellXfs>{stijlen}</cellXfs></styleSheet>"),
            )
            .zip()
    });
    t.weiger(39, "a million names", "XML_LIMIT", || {
        let namen: String = (0..70_000)
            .map(|i| format!("<definedName name=\"n{i}\">1</definedName>"))
            .collect();
        goed()
            .vervang(
                BOEK,
                "</workbook>",
                &format!("<definedNames>{namen}</definedNames></workbook>"),
            )
            .zip()
    });
    t.weiger_op(
        39,
        "merged cells in an ods",
        "MERGED_CELLS",
        rij(2),
        ods_met(
            "kader",
            "<table:table-cell table:number-rows-spanned=\"3\" office:value-type=\"string\"><text:p>vrijwillig</text:p></table:table-cell>",
        ),
    );
}

fn xml(t: &mut Tabel) {
    for naam in [
        BOEK,
        BLAD,
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "[Content_Types].xml",
    ] {
        t.weiger(
            40,
            &format!("a billion laughs in {naam}"),
            "XML_DTD",
            move || goed().voor(naam, LACH).zip(),
        );
    }
    t.weiger(
        40,
        "a doctype in lower case",
        "XML_DTD",
        in_deel(BOEK, "<workbook ", "<!doctype x><workbook "),
    );
    t.weiger(40, "a doctype in an ods", "XML_DTD", || {
        ods("")
            .vervang(
                "content.xml",
                "<office:document-content",
                "<!DOCTYPE x [<!ENTITY a \"b\">]><office:document-content",
            )
            .zip()
    });
    t.weiger(
        40,
        "an entity nobody declared",
        "XLSX_INVALID",
        met(
            "kader",
            "<c r=\"@\" t=\"inlineStr\"><is><t>&lol;</t></is></c>",
        ),
    );
    t.weiger(
        41,
        "an entity that is a file",
        "XML_DTD",
        in_deel(
            BLAD,
            "<worksheet ",
            "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet ",
        ),
    );
    t.goed(41, "a sheet that lies elsewhere", in_deel("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId8\" Type=\"http://x/externalLink\" TargetMode=\"External\" Target=\"http://169.254.169.254/\"/></Relationships>"));
    t.weiger(
        41,
        "the workbook lies elsewhere",
        "XLSX_INVALID",
        in_deel(
            "_rels/.rels",
            "Target=\"xl/workbook.xml\"",
            "Target=\"/etc/passwd\"",
        ),
    );
    let diep = |open: &'static str, dicht: &'static str| {
        move || {
            goed()
                .met(
                    "xl/theme/theme1.xml",
                    format!("<a>{}{}</a>", open.repeat(100_000), dicht.repeat(100_000)),
                )
                .zip()
        }
    };
    t.weiger(
        42,
        "a hundred thousand deep",
        "XML_LIMIT",
        diep("<b>", "</b>"),
    );
    t.weiger(
        42,
        "a hundred thousand deep in the sheet",
        "XML_LIMIT",
        || {
            goed()
                .vervang(
                    BLAD,
                    "<sheetData>",
                    &format!("<sheetData>{}", "<b>".repeat(100_000)),
                )
                .zip()
        },
    );
    t.weiger(42, "an attribute of two megabytes", "XML_LIMIT", || {
        goed()
            .met(
                "xl/theme/theme1.xml",
                format!("<a b=\"{}\"/>", "x".repeat(2 << 20)),
            )
            .zip()
    });
    t.weiger(42, "a text of two megabytes", "XML_LIMIT", || {
        goed()
            .met(
                "xl/theme/theme1.xml",
                format!("<a>{}</a>", "x".repeat(2 << 20)),
            )
            .zip()
    });
    t.weiger(
        42,
        "tags that never close",
        "ZIP_STRUCTURE",
        deel("xl/theme/theme1.xml", "<a><b></a"),
    );
    t.weiger(
        42,
        "tags that close each other",
        "XLSX_INVALID",
        in_deel(BLAD, "</sheetData>", "</sheetDatum>"),
    );
    t.weiger(
        42,
        "a sheet that is no XML",
        "ZIP_STRUCTURE",
        deel(BLAD, "<worksheet"),
    );
    t.weiger(42, "UTF-16", "XML_ENCODING", || {
        goed()
            .met("xl/theme/theme1.xml", vec![0xff, 0xfe, b'<', 0, b'a', 0])
            .zip()
    });
    t.weiger(42, "bytes that are no UTF-8", "XLSX_INVALID", || {
        goed()
            .met(
                BLAD,
                [
                    b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>"
                        .as_slice(),
                    &[0xc0, 0x80],
                    b"</t></is></c></row></sheetData></worksheet>",
                ]
                .concat(),
            )
            .zip()
    });
}

fn kinds(t: &mut Tabel) {
    let ole = || {
        [
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].as_slice(),
            &[0; 600],
        ]
        .concat()
    };
    t.weiger(43, "old Excel, or one with a password", "FORMAT", ole);
    t.weiger(43, "binary Excel", "FORMAT", deel("xl/workbook.bin", "x"));
    t.weiger(43, "a page of HTML", "FORMAT", || {
        b"<html><table><tr><td>traject_id</td></tr></table></html>".to_vec()
    });
    t.weiger(43, "XML of Excel 2003", "FORMAT", || {
        b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>"
            .to_vec()
    });
    t.weiger(43, "flat OpenDocument", "FORMAT", || {
        b"<?xml version=\"1.0\"?>\n<office:document office:mimetype=\"x\"/>".to_vec()
    });
    t.weiger(
        43,
        "an ods with a password",
        "FORMAT",
        ods_deel(
            "META-INF/manifest.xml",
            "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
        ),
    );
    t.weiger(
        43,
        "an ods with a password, as of late",
        "FORMAT",
        ods_deel("encrypted-package", "x"),
    );
    t.weiger(
        43,
        "a text of LibreOffice",
        "FORMAT",
        ods_deel("mimetype", "application/vnd.oasis.opendocument.text"),
    );
    t.weiger(43, "a Word file", "FORMAT", || {
        Delen::leeg()
            .met("word/document.xml", "<a/>")
            .met("[Content_Types].xml", "<a/>")
            .zip()
    });
    t.weiger(43, "just a zip", "FORMAT", || {
        Delen::leeg().met("a.csv", "a,b").zip()
    });
    t.weiger(43, "a PDF", "FORMAT", || b"%PDF-1.7 x".to_vec());
    t.goed(43, "an ods that is called .xlsx", || {
        ods(&ods_blad(&ods_rijen(&[]))).zip()
    });
    t.weiger(43, "an ods that breaks off", "ODS_INVALID", || {
        ods("")
            .vervang("content.xml", "</office:spreadsheet>", "</office:text>")
            .zip()
    });
    for naam in [
        "xl/vbaProject.bin",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml",
        "xl/macrosheets/sheet1.xml",
        "Basic/Standard/Module1.xml",
        "Scripts/python/x.py",
        "xl/run.exe",
    ] {
        t.weiger(44, &format!("holds {naam}"), "ACTIVE_CONTENT", move || {
            goed().met(naam, "<a/>").zip()
        });
    }
    t.weiger(
        44,
        "a link to another program",
        "ACTIVE_CONTENT",
        deel(
            "xl/externalLinks/externalLink1.xml",
            "<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"/C calc\"/></externalLink>",
        ),
    );
    t.weiger(
        44,
        "the same with a prefix",
        "ACTIVE_CONTENT",
        deel(
            "xl/externalLinks/externalLink1.xml",
            "<x:externalLink><x:ddeLink ddeService=\"cmd\"/></x:externalLink>",
        ),
    );
    t.weiger(44, "a link to another program in an ods", "ACTIVE_CONTENT", || {
        ods("<table:dde-links><table:dde-link><office:dde-source office:dde-application=\"soffice\"/></table:dde-link></table:dde-links>")
            .zip()
    });
    t.weiger(44, "a macro behind an event in an ods", "ACTIVE_CONTENT", || {
        ods("<office:event-listeners><script:event-listener script:event-name=\"dom:load\"/></office:event-listeners>").zip()
    });
}

fn cells(t: &mut Tabel) {
    t.zegt(
        45,
        "a hidden row",
        "een rij met gegevens is verborgen, misschien door een filter (rij 2)",
        in_deel(BLAD, "<row r=\"2\">", "<row r=\"2\" hidden=\"1\">"),
    );
    t.zegt(
        45,
        "a hidden column",
        "de kolom 'kader' (G) is verborgen",
        in_deel(
            BLAD,
            "<sheetData>",
            "<cols><col min=\"7\" max=\"7\" hidden=\"1\"/></cols><sheetData>",
        ),
    );
    t.zegt(
        45,
        "a hidden row in an ods",
        "een rij met gegevens is verborgen",
        || {
            let tekst = ods_rijen(&[]).replacen(
                "</table:table-row><table:table-row>",
                "</table:table-row><table:table-row table:visibility=\"filter\">",
                1,
            );
            ods(&ods_blad(&tekst)).zip()
        },
    );
    t.zegt(
        45,
        "a hidden sheet with a list",
        "'Tweede' is verborgen",
        || {
            tweede(
                &format!("<row r=\"1\">{}</row>", cel("A1", "vrijwillig")),
                "state=\"hidden\"",
            )
            .zip()
        },
    );
    t.weiger(45, "a hidden sheet with trajecten", "HIDDEN_DATA", || {
        tweede(&rijen(&[]), "state=\"hidden\"").zip()
    });
    t.weiger(
        45,
        "a very hidden sheet with trajecten",
        "HIDDEN_DATA",
        || tweede(&rijen(&[]), "state=\"veryHidden\"").zip(),
    );
    t.weiger_op(
        45,
        "a BSN in words on a hidden sheet",
        "BSN_SUSPECTED",
        rij(3),
        || {
            tweede(
                &format!(
                    "<row r=\"3\">{}</row>",
                    cel("B3", &format!("zie dossier {BSN}"))
                ),
                "state=\"hidden\"",
            )
            .zip()
        },
    );
    t.weiger(
        45,
        "a column of BSNs on another sheet",
        "BSN_SUSPECTED",
        || {
            let bsns = [
                "123456782",
                "111222333",
                "100000009",
                "100000010",
                "100000022",
                "100000034",
                "100000046",
                "100000058",
                "100000071",
                "100000083",
            ];
            let rijen: String = (1..)
                .zip(bsns)
                .map(|(r, b)| format!("<row r=\"{r}\"><c r=\"A{r}\"><v>{b}</v></c></row>"))
                .collect();
            tweede(&rijen, "").zip()
        },
    );
    t.weiger(
        45,
        "a BSN in a title above the table",
        "BSN_SUSPECTED",
        || {
            let tekst = rijen(&[])
                .replace("r=\"2\"", "r=\"4\"")
                .replace("r=\"1\"", "r=\"3\"");
            let schuif = tekst
                .replace("2\" t=\"inlineStr\"", "4\" t=\"inlineStr\"")
                .replace("1\" t=\"inlineStr\"", "3\" t=\"inlineStr\"");
            Delen::new(&format!(
                "<row r=\"1\">{}</row>{schuif}",
                cel("A1", &format!("Kind {BSN}"))
            ))
            .zip()
        },
    );
    t.weiger(45, "a BSN in a comment of an ods", "BSN_SUSPECTED", ods_met("kader", "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>zie 111222333</text:p></office:annotation><text:p>vrijwillig</text:p></table:table-cell>"));
    t.weiger(45, "a BSN that was deleted in an ods", "BSN_SUSPECTED", || {
        ods(&format!(
            "<table:tracked-changes><table:deletion><text:p>zie {BSN}</text:p></table:deletion></table:tracked-changes>{}",
            ods_blad(&ods_rijen(&[]))
        ))
        .zip()
    });
    t.weiger(
        45,
        "a BSN in the properties of an ods",
        "BSN_SUSPECTED",
        ods_deel(
            "meta.xml",
            "<office:meta><dc:title>zie 111222333</dc:title></office:meta>",
        ),
    );
    t.zegt(
        46,
        "a formula with its answer",
        "een formule (G2)",
        met(
            "kader",
            "<c r=\"@\" t=\"str\"><f>A1</f><v>vrijwillig</v></c>",
        ),
    );
    t.weiger_op(
        46,
        "a formula without an answer",
        "FORMULA",
        rij(2),
        met("kader", "<c r=\"@\"><f>TODAY()</f></c>"),
    );
    t.weiger_op(
        46,
        "a formula with an empty answer",
        "FORMULA",
        rij(2),
        met("kader", "<c r=\"@\"><f>TODAY()</f><v></v></c>"),
    );
    for fout in ["#REF!", "#N/A", "#DIV/0!", "#NAME?"] {
        t.weiger_op(
            46,
            &format!("the error {fout}"),
            "FORMULA",
            crate::hostile_cases::cel(2, "kader"),
            move || {
                Delen::new(&rijen(&[(
                    "kader",
                    &format!("<c r=\"@\" t=\"e\"><f>A1</f><v>{fout}</v></c>"),
                )]))
                .zip()
            },
        );
    }
    t.weiger_op(46, "an error in an ods", "FORMULA", crate::hostile_cases::cel(2, "kader"), ods_met("kader", "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#DEEL/0!</text:p></table:table-cell>"));
    t.weiger_op(
        46,
        "an ods formula without an answer",
        "FORMULA",
        rij(2),
        ods_met("kader", "<table:table-cell table:formula=\"of:=TODAY()\"/>"),
    );
    t.goed(
        46,
        "an error beside the table",
        rij_erbij("<row r=\"2\"><c r=\"AZ2\" t=\"e\"><v>#REF!</v></c></row>"),
    );
    t.goed(
        46,
        "a link that runs a program, as text",
        met(
            "productcode",
            "<c r=\"@\" t=\"inlineStr\"><is><t>=cmd|'/C calc'!A0</t></is></c>",
        ),
    );
}

fn values(t: &mut Tabel) {
    t.goed(
        47,
        "a date as a number",
        met("aanmelddatum", "<c r=\"@\" s=\"1\"><v>43864</v></c>"),
    );
    t.goed(
        47,
        "a date with its time",
        met("aanmelddatum", "<c r=\"@\" s=\"1\"><v>43864.75</v></c>"),
    );
    t.goed(
        47,
        "a date as ISO",
        met(
            "aanmelddatum",
            "<c r=\"@\" t=\"d\"><v>2020-02-03T00:00:00</v></c>",
        ),
    );
    t.zegt(47, "the calendar of 1904", "datums vanaf 1904", || {
        Delen::new(&rijen(&[(
            "aanmelddatum",
            "<c r=\"@\" s=\"1\"><v>42402</v></c>",
        )]))
        .vervang(BOEK, "<workbookPr/>", "<workbookPr date1904=\"1\"/>")
        .zip()
    });
    for (naam, getal) in [
        ("29 February 1900", "60"),
        ("a day before the first", "-5"),
        ("a day after the last", "2958466"),
        ("no day at all", "1E300"),
    ] {
        t.geval(
            47,
            naam,
            move || {
                Delen::new(&rijen(&[(
                    "aanmelddatum",
                    &format!("<c r=\"@\" s=\"1\"><v>{getal}</v></c>"),
                )]))
                .zip()
            },
            Verwacht::Bevinding("DATE", rij(2)),
        );
    }
    t.weiger_op(
        47,
        "a number that is none",
        "XLSX_INVALID",
        rij(2),
        met("aanmelddatum", "<c r=\"@\"><v>gisteren</v></c>"),
    );
    t.goed(47, "a date of an ods", ods_met("aanmelddatum", "<table:table-cell office:value-type=\"date\" office:date-value=\"2020-02-03T00:00:00\"><text:p>3 feb</text:p></table:table-cell>"));
    t.goed(
        48,
        "a number kept as text",
        met(
            "minuten",
            "<c r=\"@\" t=\"inlineStr\"><is><t>1260</t></is></c>",
        ),
    );
    t.goed(
        48,
        "with the apostrophe before it",
        met(
            "traject_id",
            "<c r=\"@\" t=\"inlineStr\"><is><t>'107000</t></is></c>",
        ),
    );
    t.goed(
        48,
        "one with a decimal",
        met("contacten", "<c r=\"@\"><v>14.0</v></c>"),
    );
    t.goed(
        48,
        "blanks of all kinds around a code",
        met("kader", "<c r=\"@\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> \u{a0}vrijwillig\t </t></is></c>"),
    );
    t.goed(
        48,
        "a code in pieces",
        met("kader", "<c r=\"@\" t=\"inlineStr\"><is><r><t>vrij</t></r><rPh><t>zzz</t></rPh><r><t>willig</t></r></is></c>"),
    );
    t.weiger_op(
        48,
        "an identifier with E+",
        "NUMBER",
        crate::hostile_cases::cel(2, "traject_id"),
        met(
            "traject_id",
            "<c r=\"@\" t=\"inlineStr\"><is><t>1,23E+08</t></is></c>",
        ),
    );
    t.weiger_op(
        48,
        "an identifier that lost its digits",
        "NUMBER",
        crate::hostile_cases::cel(2, "traject_id"),
        met("traject_id", "<c r=\"@\"><v>1.2345678901234568E+19</v></c>"),
    );
    t.weiger_op(
        48,
        "an identifier that became a date",
        "NUMBER",
        crate::hostile_cases::cel(2, "traject_id"),
        met("traject_id", "<c r=\"@\" s=\"1\"><v>43864</v></c>"),
    );
    t.weiger_op(48, "a percentage for a number", "NUMBER", crate::hostile_cases::cel(2, "minuten"), || {
        Delen::new(&rijen(&[("minuten", "<c r=\"@\" s=\"2\"><v>0.5</v></c>")]))
            .met(
                "xl/styles.xml",
                "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>",
            )
            .zip()
    });
    t.weiger_op(48, "a length of time for a number", "NUMBER", crate::hostile_cases::cel(2, "minuten"), || {
        Delen::new(&rijen(&[("minuten", "<c r=\"@\" s=\"2\"><v>5</v></c>")]))
            .met(
                "xl/styles.xml",
                "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>",
            )
            .zip()
    });
    t.weiger_op(
        48,
        "a length of time, OpenDocument",
        "NUMBER",
        crate::hostile_cases::cel(2, "minuten"),
        ods_met(
            "minuten",
            "<table:table-cell office:value-type=\"time\" office:time-value=\"PT01H30M00S\"><text:p>01:30</text:p></table:table-cell>",
        ),
    );
    t.weiger_op(
        48,
        "a character that turns the text round",
        "CONTROL_CHAR",
        rij(2),
        || {
            Delen::new(&rijen(&[(
                "productcode",
                &format!("<c r=\"@\" t=\"inlineStr\"><is><t>{GEHEIM}\u{202e}</t></is></c>"),
            )]))
            .zip()
        },
    );
    t.weiger_op(
        48,
        "a control character, escaped",
        "CONTROL_CHAR",
        rij(2),
        met(
            "productcode",
            "<c r=\"@\" t=\"inlineStr\"><is><t>a_x0007_b</t></is></c>",
        ),
    );
    t.zegt(
        49,
        "another sheet",
        "Op blad 'Tweede' staat geen tabel",
        || tweede(&format!("<row r=\"1\">{}</row>", cel("A1", "kladblok")), "").zip(),
    );
    t.goed(
        49,
        "a sheet by another name",
        in_deel(BOEK, "\"Export\"", "\"Feuille 1 &amp; été\""),
    );
    t.goed(49, "empty sheets around it", || tweede("", "").zip());
    let kenmerk = |uitvraag: &'static str| {
        move || {
            goed()
                .met(
                    "docProps/custom.xml",
                    format!("<Properties><property name=\"uitvraag\"><vt:lpwstr>{uitvraag}</vt:lpwstr></property></Properties>"),
                )
                .zip()
        }
    };
    t.weiger(
        49,
        "a sjabloon of a later year",
        "SCHEMA_VERSION",
        kenmerk("omgang/2021"),
    );
    t.weiger(
        49,
        "a sjabloon of a year to come",
        "SCHEMA_VERSION",
        kenmerk("omgang/2099"),
    );
    t.weiger(
        49,
        "a sjabloon of something else",
        "SCHEMA_VERSION",
        kenmerk("../../etc/passwd"),
    );
}

/// All of them.
fn alle() -> Vec<Geval> {
    let mut tabel = Tabel::default();
    containers(&mut tabel);
    sheets(&mut tabel);
    xml(&mut tabel);
    kinds(&mut tabel);
    cells(&mut tabel);
    values(&mut tabel);
    tabel.0
}

#[test]
fn hostile_workbooks_at_the_own_door() {
    let gevallen = alle();
    assert!(gevallen.len() >= 150, "{} cases", gevallen.len());
    run("workbooks", &gevallen, |geval| {
        let bestand = Bestand::from_bytes(geval.bestand.clone(), (geval.maak)());
        Some((geval.eigen.clone(), own_door(bestand)))
    });
}

/// A cell is named as the aanbieder sees it: with its sheet.
#[test]
fn a_refusal_names_sheet_and_cell() {
    let zip = met("kader", "<c r=\"@\" t=\"e\"><v>#REF!</v></c>")();
    let weigering = own_door(Bestand::from_bytes("a.xlsx", zip)).err().unwrap();
    let plaats = weigering.plaats();
    assert_eq!(
        (plaats.cel.as_deref(), plaats.blad.as_deref(), plaats.rij),
        (Some("Export!G2"), Some("Export"), Some(2))
    );
}

/// Nothing is ever fetched: a socket that anything in the file points at stays silent.
#[test]
fn nothing_outside_the_file_is_reached() {
    let oor = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    oor.set_nonblocking(true).unwrap();
    let adres = format!("http://{}/x", oor.local_addr().unwrap());
    let extern_deel = format!(
        "<Relationship Id=\"rId9\" Type=\"http://x/externalLink\" TargetMode=\"External\" Target=\"{adres}\"/></Relationships>"
    );
    let xlsx = goed()
        .vervang(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            &extern_deel,
        )
        .vervang(
            BLAD,
            "<worksheet ",
            &format!("<?xml-stylesheet href=\"{adres}\"?><worksheet xmlns:x=\"{adres}\" "),
        )
        .met(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            format!("<Relationships>{extern_deel}"),
        )
        .met(
            "xl/connections.xml",
            format!("<connections><connection><webPr url=\"{adres}\"/></connection></connections>"),
        );
    let bron = format!(
        "<table:table table:name=\"B\"><table:table-source xlink:href=\"{adres}\"/></table:table>{}",
        ods_blad(&ods_rijen(&[]))
    );
    for (naam, bytes) in [("a.xlsx", xlsx.zip()), ("a.ods", ods(&bron).zip())] {
        assert!(own_door(Bestand::from_bytes(naam, bytes)).is_ok(), "{naam}");
    }
    assert_eq!(
        oor.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
}

/// What is repeated in the file costs as much as what may come of it, not as much as it says.
#[test]
fn a_bomb_of_repeats_ends_soon() {
    let begin = Instant::now();
    let rij = "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell></table:table-row>";
    let zip = ods(&ods_blad(&format!("{}{rij}", ods_rijen(&[])))).zip();
    assert!(own_door(Bestand::from_bytes("a.ods", zip)).is_err());
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}, unoptimised and beside other tests",
        begin.elapsed()
    );
}
