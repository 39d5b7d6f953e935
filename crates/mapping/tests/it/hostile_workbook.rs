//! Hostile workbooks, numbers 33 to 49: each refused with its code and place, or taken as it says, in bounded time.
//!
//! Owns the table of files, of the same shape as the others (`tests/vijandig`); they stand here because they need a
//! writer of zips. Leaves the judging of answers to `vijandig`.

use sheets::SourceFile;

use crate::hand_made::{WorkbookParts, cell, ods, ods_cell, ods_sheet};
use crate::hostile::{own_door, run};
use crate::hostile_cases::{ANYWHERE, BSN, ExpectedAnswer, HostileCase, Location, SECRET, row};

/// A table of cases.
#[derive(Default)]
struct CaseTable(Vec<HostileCase>);

impl CaseTable {
    fn case(
        &mut self,
        number: u16,
        name: &str,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
        own: ExpectedAnswer,
    ) {
        // The name lies: what it is shows from its first bytes.
        let file = if number.is_multiple_of(2) {
            "traject.xlsx"
        } else {
            "Levering 2020 (definitief).XLSX"
        };
        self.0.push(HostileCase {
            number,
            naam: name.to_owned(),
            bestand: file.to_owned(),
            make: Box::new(make),
            own,
            pakket: None,
        });
    }

    fn refuse(
        &mut self,
        number: u16,
        name: &str,
        code: &'static str,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.case(
            number,
            name,
            make,
            ExpectedAnswer::FileRefusal(code, ANYWHERE),
        );
    }

    fn refuse_at(
        &mut self,
        number: u16,
        name: &str,
        code: &'static str,
        location: Location,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.case(
            number,
            name,
            make,
            ExpectedAnswer::FileRefusal(code, location),
        );
    }

    fn says(
        &mut self,
        number: u16,
        name: &str,
        part: &'static str,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.case(number, name, make, ExpectedAnswer::Said(part));
    }

    fn good(
        &mut self,
        number: u16,
        name: &str,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.case(number, name, make, ExpectedAnswer::Good);
    }

    /// Taken, and this is said or asked.
    fn said(
        &mut self,
        number: u16,
        name: &str,
        words: &'static str,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.case(number, name, make, ExpectedAnswer::Said(words));
    }
}

/// Header and example row of the trajecten; some fields as a cell of one's own, whose `r` is filled in for `@`.
fn rows(others: &[(&str, &str)]) -> String {
    let definitie = crate::support::omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let place = |k: usize, r: u32| format!("{}{r}", schema::bevinding::column_letters(k));
    let mut header = String::new();
    let mut data = String::new();
    for (k, veld) in tabel.velden.iter().enumerate() {
        header.push_str(&cell(&place(k, 1), &veld.naam));
        match others.iter().find(|(name, _)| *name == veld.naam) {
            Some((_, own)) => data.push_str(&own.replace('@', &place(k, 2))),
            None if tabel.voorbeeld[&veld.naam].is_empty() => {}
            None => data.push_str(&cell(&place(k, 2), &tabel.voorbeeld[&veld.naam])),
        }
    }
    format!("<row r=\"1\">{header}</row><row r=\"2\">{data}</row>")
}

fn good() -> WorkbookParts {
    WorkbookParts::new(&rows(&[]))
}

fn met(veld: &'static str, cell: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || WorkbookParts::new(&rows(&[(veld, cell)])).zip()
}

/// With something behind the rows of the sheet.
fn behind(text: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || {
        good()
            .replace(SHEET, "</sheetData>", &format!("</sheetData>{text}"))
            .zip()
    }
}

fn extra_row(text: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || {
        good()
            .replace(SHEET, "</sheetData>", &format!("{text}</sheetData>"))
            .zip()
    }
}

fn part(name: &'static str, content: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || good().met(name, content).zip()
}

fn in_part(
    name: &'static str,
    van: &'static str,
    door: &'static str,
) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || good().replace(name, van, door).zip()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const BOOK: &str = "xl/workbook.xml";
const LAUGHS: &str = "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";

/// A second sheet with these rows, hidden or not.
fn second(rows: &str, app: &str) -> WorkbookParts {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    good()
        .met("xl/worksheets/sheet2.xml", sheet)
        .replace(BOOK, "</sheets>", &format!("<sheet name=\"Tweede\" sheetId=\"2\" {app} r:id=\"rId2\"/></sheets>"))
        .replace(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            &format!("<Relationship Id=\"rId2\" Type=\"{kind}\" Target=\"worksheets/sheet2.xml\"/></Relationships>"),
        )
}

/// The same rows as OpenDocument; one field as a cell of one's own.
fn ods_rows(others: &[(&str, &str)]) -> String {
    let definitie = crate::support::omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let header: String = tabel.velden.iter().map(|v| ods_cell(&v.naam)).collect();
    let data: String = tabel
        .velden
        .iter()
        .map(|v| match others.iter().find(|(name, _)| *name == v.naam) {
            Some((_, own)) => (*own).to_owned(),
            None => ods_cell(&tabel.voorbeeld[&v.naam]),
        })
        .collect();
    format!("<table:table-row>{header}</table:table-row><table:table-row>{data}</table:table-row>")
}

fn ods_met(veld: &'static str, cell: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_sheet(&ods_rows(&[(veld, cell)]))).zip()
}

fn ods_extra(rows: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_sheet(&format!("{}{rows}", ods_rows(&[])))).zip()
}

fn ods_part(name: &'static str, content: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || ods(&ods_sheet(&ods_rows(&[]))).met(name, content).zip()
}

/// Overwrites bytes wherever they stand: what no writer of zips would do.
fn patch(mut zip: Vec<u8>, van: &[u8], door: &[u8]) -> Vec<u8> {
    while let Some(place) = zip.windows(van.len()).position(|w| w == van) {
        zip[place..place + van.len()].copy_from_slice(door);
    }
    zip
}

/// Sets the unpacked size in every local header and every entry of the directory.
fn lie_about_size(mut zip: Vec<u8>, size: u32) -> Vec<u8> {
    for (header, place) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let places: Vec<usize> = zip
            .windows(4)
            .enumerate()
            .filter(|(_, w)| *w == header)
            .map(|(i, _)| i)
            .collect();
        for begin in places {
            zip[begin + place..begin + place + 4].copy_from_slice(&size.to_le_bytes());
        }
    }
    zip
}

fn containers(t: &mut CaseTable) {
    let bom = || "<row r=\"1\"/>".repeat(1 << 19);
    t.refuse(
        33,
        "a bomb in a sheet nobody asks for",
        "ZIP_RATIO",
        move || {
            good()
                .met("xl/worksheets/sheet9.xml", format!("<a>{}</a>", bom()))
                .zip()
        },
    );
    t.refuse(33, "a bomb in the shared strings", "ZIP_RATIO", || {
        good()
            .met(
                "xl/sharedStrings.xml",
                format!("<sst>{}</sst>", "<si/>".repeat(1 << 20)),
            )
            .zip()
    });
    t.refuse(33, "a bomb of blanks in the styles", "ZIP_RATIO", || {
        good()
            .met(
                "xl/styles.xml",
                format!("<s>{}</s>", "<a>   </a>".repeat(1 << 19)),
            )
            .zip()
    });
    t.refuse(33, "a bomb in the content of an ods", "ZIP_RATIO", || {
        ods(&"<table:shapes/>".repeat(1 << 19)).zip()
    });
    t.refuse(33, "a bomb in a picture", "ZIP_RATIO", || {
        good().met("xl/media/image1.png", vec![0; 6 << 20]).zip()
    });
    for (name, code) in [
        ("xl/inner.zip", "ZIP_STRUCTURE"),
        ("xl/INNER.ZIP", "ZIP_STRUCTURE"),
        ("xl/a.7z", "ZIP_STRUCTURE"),
        ("xl/a.gz", "ZIP_STRUCTURE"),
    ] {
        t.refuse(34, &format!("a zip inside: {name}"), code, move || {
            good().met(name, "PK").zip()
        });
    }
    t.refuse(
        34,
        "two entries over the same bytes",
        "ZIP_STRUCTURE",
        || {
            // The second entry of the directory points at the first part.
            let mut zip = good().zip();
            let places: Vec<usize> = zip
                .windows(4)
                .enumerate()
                .filter(|(_, w)| *w == b"PK\x01\x02")
                .map(|(i, _)| i)
                .collect();
            let first: [u8; 4] = zip[places[0] + 42..places[0] + 46].try_into().unwrap();
            zip[places[1] + 42..places[1] + 46].copy_from_slice(&first);
            zip
        },
    );
    for size in [0, 1, u32::MAX - 1] {
        t.refuse(
            35,
            &format!("says it unpacks to {size} bytes"),
            "ZIP_STRUCTURE",
            move || lie_about_size(good().zip(), size),
        );
    }
    t.refuse(35, "cut off in the middle", "ZIP_STRUCTURE", || {
        let zip = good().zip();
        zip[..zip.len() / 2].to_vec()
    });
    t.refuse(35, "without the end record", "ZIP_STRUCTURE", || {
        let zip = good().zip();
        zip[..zip.len() - 22].to_vec()
    });
    t.refuse(36, "a million entries, it says", "ZIP_STRUCTURE", || {
        let mut zip = good().zip();
        let place = zip.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
        zip[place + 8..place + 12].copy_from_slice(&[0xff; 4]);
        zip
    });
    t.refuse(36, "really many entries", "ZIP_STRUCTURE", || {
        good().with_many(10_050).zip()
    });
    t.refuse(36, "the same part twice", "ZIP_STRUCTURE", || {
        patch(
            good()
                .met("xl/aaaa.xml", "<a/>")
                .met("xl/aaab.xml", "<b/>")
                .zip(),
            b"xl/aaab.xml",
            b"xl/aaaa.xml",
        )
    });
    t.refuse(
        36,
        "the same part but for its case",
        "ZIP_STRUCTURE",
        || good().met("XL/Workbook.xml", "<a/>").zip(),
    );
    for name in [
        "../../etc/x",
        "/etc/passwd",
        "C:\\x.xml",
        "C:x",
        "xl\\..\\x",
        "xl/../../x",
        "xl/a\0b.xml",
    ] {
        t.refuse(
            36,
            &format!("an entry called {}", name.replace('\0', "NUL")),
            "ZIP_STRUCTURE",
            move || patch(good().met(&name.replace('\0', "~"), "x").zip(), b"~", b"\0"),
        );
    }
}

fn sheets(t: &mut CaseTable) {
    t.said(
        37,
        "one cell in the far corner",
        "zonder naam, rechts van de tabel: 1",
        extra_row("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"),
    );
    t.good(37, "rows and cells out of order", || {
        let text = rows(&[]);
        let place = text.find("<row r=\"2\">").unwrap();
        WorkbookParts::new(&format!("{}{}", &text[place..], &text[..place])).zip()
    });
    for place in [
        "XFE2",
        "A1048577",
        "ZZZZZZZ1",
        "A0",
        "1A",
        "A-1",
        "",
        "A99999999999999",
    ] {
        let code = if matches!(place, "XFE2" | "A1048577") {
            "SHEET_DIMENSION"
        } else {
            "XLSX_INVALID"
        };
        t.refuse(37, &format!("a cell at '{place}'"), code, move || {
            good()
                .replace(
                    SHEET,
                    "</sheetData>",
                    &format!("<row r=\"3\"><c r=\"{place}\"><v>1</v></c></row></sheetData>"),
                )
                .zip()
        });
    }
    t.refuse_at(
        37,
        "a cell that stands there twice",
        "CELL_DUPLICATE",
        row(2),
        extra_row("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"),
    );
    t.refuse_at(
        37,
        "a cell longer than a cell can be",
        "FIELD_TOO_LONG",
        row(3),
        || {
            good()
                .replace(
                    SHEET,
                    "</sheetData>",
                    &format!(
                        "<row r=\"3\">{}</row></sheetData>",
                        cell("A3", &"é".repeat(32_768))
                    ),
                )
                .zip()
        },
    );
    t.refuse(37, "an ods row beyond the sheet", "SHEET_DIMENSION", ods_extra("<table:table-row table:number-rows-repeated=\"1048577\"/><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.refuse(37, "an ods cell beyond the sheet", "SHEET_DIMENSION", ods_extra("<table:table-row><table:table-cell table:number-columns-repeated=\"16384\"/><table:table-cell office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.refuse(37, "an ods row repeated a million times over", "SHEET_DIMENSION", ods_extra("<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.refuse(37, "a number of repeats that is none", "SHEET_DIMENSION", ods_extra("<table:table-row table:number-rows-repeated=\"4294967295\"><table:table-cell table:number-columns-repeated=\"4294967295\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>"));
    t.refuse(
        37,
        "a long text shown a million times",
        "SHEET_DIMENSION",
        || {
            let cells = (1..10_000)
                .map(|r| format!("<row r=\"{r}\"><c r=\"A{r}\" t=\"s\"><v>0</v></c></row>"))
                .collect::<Vec<_>>()
                .concat();
            WorkbookParts::new(&cells)
                .met(
                    "xl/sharedStrings.xml",
                    format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000)),
                )
                .zip()
        },
    );
    t.good(37, "a million empty ods rows with data behind them", || {
        let empty = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        let text = ods_rows(&[]);
        let place = text.find("</table:table-row>").unwrap() + 18;
        ods(&ods_sheet(&format!("{}{empty}{}", &text[..place], &text[place..]))).zip()
    });
    t.refuse(
        38,
        "four billion strings, it says",
        "ZIP_STRUCTURE",
        part(
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"4294967295\"><si><t>x</t></si></sst>",
        ),
    );
    t.refuse(
        38,
        "more strings than fit a number",
        "ZIP_STRUCTURE",
        part(
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"99999999999999999999999\"><si><t>x</t></si></sst>",
        ),
    );
    for index in ["7", "-1", "4294967296", "x"] {
        t.refuse_at(
            38,
            &format!("string number {index}"),
            "XLSX_INVALID",
            row(2),
            move || {
                WorkbookParts::new(&rows(&[(
                    "kader",
                    &format!("<c r=\"@\" t=\"s\"><v>{index}</v></c>"),
                )]))
                .zip()
            },
        );
    }
    t.refuse_at(
        38,
        "a kind of cell that is none",
        "XLSX_INVALID",
        row(2),
        met("kader", "<c r=\"@\" t=\"zzz\"><v>1</v></c>"),
    );
    t.refuse(
        38,
        "two sheets in one part",
        "XLSX_INVALID",
        in_part(
            BOOK,
            "</sheets>",
            "<sheet name=\"B\" sheetId=\"2\" r:id=\"rId1\"/></sheets>",
        ),
    );
    t.refuse(
        38,
        "a sheet whose part is not there",
        "XLSX_INVALID",
        in_part("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet7.xml"),
    );
    t.refuse(
        39,
        "everything merged",
        "MERGED_CELLS",
        behind("<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>"),
    );
    t.refuse_at(
        39,
        "two cells merged in a row",
        "MERGED_CELLS",
        row(2),
        behind("<mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>"),
    );
    t.good(
        39,
        "a merged area beside the table",
        behind("<mergeCells><mergeCell ref=\"AZ1:BB9\"/></mergeCells>"),
    );
    t.refuse(
        39,
        "merged beyond the sheet",
        "XLSX_INVALID",
        behind("<mergeCells><mergeCell ref=\"A1:XFE1\"/></mergeCells>"),
    );
    t.refuse(
        39,
        "merged from back to front",
        "XLSX_INVALID",
        behind("<mergeCells><mergeCell ref=\"C3:A1\"/></mergeCells>"),
    );
    t.refuse(39, "a million merged areas", "SHEET_DIMENSION", || {
        let gebieden = (3..100_010)
            .map(|r| format!("<mergeCell ref=\"A{r}:B{r}\"/>"))
            .collect::<Vec<_>>()
            .concat();
        good()
            .replace(
                SHEET,
                "</sheetData>",
                &format!("</sheetData><mergeCells>{gebieden}</mergeCells>"),
            )
            .zip()
    });
    t.refuse(39, "a million styles", "XML_LIMIT", || {
        let styles = (0..70_000)
            .map(|i| format!("<xf numFmtId=\"{i}\"/>"))
            .collect::<Vec<_>>()
            .concat();
        good()
            .met(
                "xl/styles.xml",
                format!("<styleSheet><cellXfs>{styles}</cellXfs></styleSheet>"),
            )
            .zip()
    });
    t.refuse(39, "a million names", "XML_LIMIT", || {
        let names = (0..70_000)
            .map(|i| format!("<definedName name=\"n{i}\">1</definedName>"))
            .collect::<Vec<_>>()
            .concat();
        good()
            .replace(
                BOOK,
                "</workbook>",
                &format!("<definedNames>{names}</definedNames></workbook>"),
            )
            .zip()
    });
    t.refuse_at(
        39,
        "merged cells in an ods",
        "MERGED_CELLS",
        row(2),
        ods_met(
            "kader",
            "<table:table-cell table:number-rows-spanned=\"3\" office:value-type=\"string\"><text:p>vrijwillig</text:p></table:table-cell>",
        ),
    );
}

fn xml(t: &mut CaseTable) {
    for name in [
        BOOK,
        SHEET,
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "[Content_Types].xml",
    ] {
        t.refuse(
            40,
            &format!("a billion laughs in {name}"),
            "XML_DTD",
            move || good().before(name, LAUGHS).zip(),
        );
    }
    t.refuse(
        40,
        "a doctype in lower case",
        "XML_DTD",
        in_part(BOOK, "<workbook ", "<!doctype x><workbook "),
    );
    t.refuse(40, "a doctype in an ods", "XML_DTD", || {
        ods("")
            .replace(
                "content.xml",
                "<office:document-content",
                "<!DOCTYPE x [<!ENTITY a \"b\">]><office:document-content",
            )
            .zip()
    });
    t.refuse(
        40,
        "an entity nobody declared",
        "XLSX_INVALID",
        met(
            "kader",
            "<c r=\"@\" t=\"inlineStr\"><is><t>&lol;</t></is></c>",
        ),
    );
    t.refuse(
        41,
        "an entity that is a file",
        "XML_DTD",
        in_part(
            SHEET,
            "<worksheet ",
            "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><worksheet ",
        ),
    );
    t.good(41, "a sheet that lies elsewhere", in_part("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId8\" Type=\"http://x/externalLink\" TargetMode=\"External\" Target=\"http://169.254.169.254/\"/></Relationships>"));
    t.refuse(
        41,
        "the workbook lies elsewhere",
        "XLSX_INVALID",
        in_part(
            "_rels/.rels",
            "Target=\"xl/workbook.xml\"",
            "Target=\"/etc/passwd\"",
        ),
    );
    let deep = |open: &'static str, closed: &'static str| {
        move || {
            good()
                .met(
                    "xl/styles.xml",
                    format!("<a>{}{}</a>", open.repeat(100_000), closed.repeat(100_000)),
                )
                .zip()
        }
    };
    t.refuse(
        42,
        "a hundred thousand deep",
        "XML_LIMIT",
        deep("<b>", "</b>"),
    );
    t.refuse(
        42,
        "a hundred thousand deep in the sheet",
        "XML_LIMIT",
        || {
            good()
                .replace(
                    SHEET,
                    "<sheetData>",
                    &format!("<sheetData>{}", "<b>".repeat(100_000)),
                )
                .zip()
        },
    );
    t.refuse(42, "an attribute of two megabytes", "XML_LIMIT", || {
        good()
            .met(
                "xl/styles.xml",
                format!("<a b=\"{}\"/>", "x".repeat(2 << 20)),
            )
            .zip()
    });
    t.refuse(42, "a text of two megabytes", "XML_LIMIT", || {
        good()
            .met("xl/styles.xml", format!("<a>{}</a>", "x".repeat(2 << 20)))
            .zip()
    });
    t.refuse(
        42,
        "tags that never close",
        "ZIP_STRUCTURE",
        part("xl/styles.xml", "<a><b></a"),
    );
    t.refuse(
        42,
        "tags that close each other",
        "XLSX_INVALID",
        in_part(SHEET, "</sheetData>", "</sheetDatum>"),
    );
    t.refuse(
        42,
        "a sheet that is no XML",
        "ZIP_STRUCTURE",
        part(SHEET, "<worksheet"),
    );
    t.refuse(42, "UTF-16", "XML_ENCODING", || {
        good()
            .met("xl/styles.xml", vec![0xff, 0xfe, b'<', 0, b'a', 0])
            .zip()
    });
    t.refuse(42, "bytes that are no UTF-8", "XLSX_INVALID", || {
        good()
            .met(
                SHEET,
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

fn kinds(t: &mut CaseTable) {
    let embedded_object = || {
        [
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].as_slice(),
            &[0; 600],
        ]
        .concat()
    };
    t.refuse(
        43,
        "old Excel, or one with a password",
        "FORMAT",
        embedded_object,
    );
    t.refuse(43, "binary Excel", "FORMAT", part("xl/workbook.bin", "x"));
    t.refuse(43, "a page of HTML", "FORMAT", || {
        b"<html><table><tr><td>traject_id</td></tr></table></html>".to_vec()
    });
    t.refuse(43, "XML of Excel 2003", "FORMAT", || {
        b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>"
            .to_vec()
    });
    t.refuse(43, "flat OpenDocument", "FORMAT", || {
        b"<?xml version=\"1.0\"?>\n<office:document office:mimetype=\"x\"/>".to_vec()
    });
    t.refuse(
        43,
        "an ods with a password",
        "FORMAT",
        ods_part(
            "META-INF/manifest.xml",
            "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
        ),
    );
    t.refuse(
        43,
        "an ods with a password, as of late",
        "FORMAT",
        ods_part("encrypted-package", "x"),
    );
    t.refuse(
        43,
        "a text of LibreOffice",
        "FORMAT",
        ods_part("mimetype", "application/vnd.oasis.opendocument.text"),
    );
    t.refuse(43, "a Word file", "FORMAT", || {
        WorkbookParts::empty()
            .met("word/document.xml", "<a/>")
            .met("[Content_Types].xml", "<a/>")
            .zip()
    });
    t.refuse(43, "just a zip", "FORMAT", || {
        WorkbookParts::empty().met("a.csv", "a,b").zip()
    });
    t.refuse(43, "a PDF", "FORMAT", || b"%PDF-1.7 x".to_vec());
    t.good(43, "an ods that is called .xlsx", || {
        ods(&ods_sheet(&ods_rows(&[]))).zip()
    });
    t.refuse(43, "an ods that breaks off", "ODS_INVALID", || {
        ods("")
            .replace("content.xml", "</office:spreadsheet>", "</office:text>")
            .zip()
    });
    for name in [
        "xl/vbaProject.bin",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml",
        "xl/macrosheets/sheet1.xml",
        "Basic/Standard/Module1.xml",
        "Scripts/python/x.py",
        "xl/run.exe",
    ] {
        t.refuse(44, &format!("holds {name}"), "ACTIVE_CONTENT", move || {
            good().met(name, "<a/>").zip()
        });
    }
    t.refuse(
        44,
        "a link to another program",
        "ACTIVE_CONTENT",
        part(
            "xl/externalLinks/externalLink1.xml",
            "<externalLink><ddeLink ddeService=\"cmd\" ddeTopic=\"/C calc\"/></externalLink>",
        ),
    );
    t.refuse(
        44,
        "the same with a prefix",
        "ACTIVE_CONTENT",
        part(
            "xl/externalLinks/externalLink1.xml",
            "<x:externalLink><x:ddeLink ddeService=\"cmd\"/></x:externalLink>",
        ),
    );
    t.refuse(44, "a link to another program in an ods", "ACTIVE_CONTENT", || {
        ods("<table:dde-links><table:dde-link><office:dde-source office:dde-application=\"soffice\"/></table:dde-link></table:dde-links>")
            .zip()
    });
    t.refuse(44, "a macro behind an event in an ods", "ACTIVE_CONTENT", || {
        ods("<office:event-listeners><script:event-listener script:event-name=\"dom:load\"/></office:event-listeners>").zip()
    });
}

fn cells(t: &mut CaseTable) {
    t.says(
        45,
        "a hidden row",
        "een rij met gegevens is verborgen, misschien door een filter (rij 2)",
        in_part(SHEET, "<row r=\"2\">", "<row r=\"2\" hidden=\"1\">"),
    );
    t.says(
        45,
        "a hidden column",
        "de kolom 'kader' (G) is verborgen",
        in_part(
            SHEET,
            "<sheetData>",
            "<cols><col min=\"7\" max=\"7\" hidden=\"1\"/></cols><sheetData>",
        ),
    );
    t.says(
        45,
        "a hidden row in an ods",
        "een rij met gegevens is verborgen",
        || {
            let text = ods_rows(&[]).replacen(
                "</table:table-row><table:table-row>",
                "</table:table-row><table:table-row table:visibility=\"filter\">",
                1,
            );
            ods(&ods_sheet(&text)).zip()
        },
    );
    t.says(
        45,
        "a hidden sheet with a list",
        "'Tweede' is verborgen",
        || {
            second(
                &format!("<row r=\"1\">{}</row>", cell("A1", "vrijwillig")),
                "state=\"hidden\"",
            )
            .zip()
        },
    );
    t.refuse(45, "a hidden sheet with trajecten", "HIDDEN_DATA", || {
        second(&rows(&[]), "state=\"hidden\"").zip()
    });
    t.refuse(
        45,
        "a very hidden sheet with trajecten",
        "HIDDEN_DATA",
        || second(&rows(&[]), "state=\"veryHidden\"").zip(),
    );
    t.refuse_at(
        45,
        "a BSN in words on a hidden sheet",
        "BSN_SUSPECTED",
        row(3),
        || {
            second(
                &format!(
                    "<row r=\"3\">{}</row>",
                    cell("B3", &format!("zie dossier {BSN}"))
                ),
                "state=\"hidden\"",
            )
            .zip()
        },
    );
    t.refuse(
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
            let rows = (1..)
                .zip(bsns)
                .map(|(r, b)| format!("<row r=\"{r}\"><c r=\"A{r}\"><v>{b}</v></c></row>"))
                .collect::<Vec<_>>()
                .concat();
            second(&rows, "").zip()
        },
    );
    t.refuse(
        45,
        "a BSN in a title above the table",
        "BSN_SUSPECTED",
        || {
            let text = rows(&[])
                .replace("r=\"2\"", "r=\"4\"")
                .replace("r=\"1\"", "r=\"3\"");
            let shift = text
                .replace("2\" t=\"inlineStr\"", "4\" t=\"inlineStr\"")
                .replace("1\" t=\"inlineStr\"", "3\" t=\"inlineStr\"");
            WorkbookParts::new(&format!(
                "<row r=\"1\">{}</row>{shift}",
                cell("A1", &format!("Kind {BSN}"))
            ))
            .zip()
        },
    );
    t.refuse(45, "a BSN in a comment of an ods", "BSN_SUSPECTED", ods_met("kader", "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>zie 111222333</text:p></office:annotation><text:p>vrijwillig</text:p></table:table-cell>"));
    t.refuse(45, "a BSN that was deleted in an ods", "BSN_SUSPECTED", || {
        ods(&format!(
            "<table:tracked-changes><table:deletion><text:p>zie {BSN}</text:p></table:deletion></table:tracked-changes>{}",
            ods_sheet(&ods_rows(&[]))
        ))
        .zip()
    });
    t.refuse(
        45,
        "a BSN in the properties of an ods",
        "BSN_SUSPECTED",
        ods_part(
            "meta.xml",
            "<office:meta><dc:title>zie 111222333</dc:title></office:meta>",
        ),
    );
    t.says(
        46,
        "a formula with its answer",
        "een formule (G2)",
        met(
            "kader",
            "<c r=\"@\" t=\"str\"><f>A1</f><v>vrijwillig</v></c>",
        ),
    );
    t.refuse_at(
        46,
        "a formula without an answer",
        "FORMULA",
        row(2),
        met("kader", "<c r=\"@\"><f>TODAY()</f></c>"),
    );
    t.refuse_at(
        46,
        "a formula with an empty answer",
        "FORMULA",
        row(2),
        met("kader", "<c r=\"@\"><f>TODAY()</f><v></v></c>"),
    );
    for error in ["#REF!", "#N/A", "#DIV/0!", "#NAME?"] {
        t.refuse_at(
            46,
            &format!("the error {error}"),
            "FORMULA",
            crate::hostile_cases::cell(2, "kader"),
            move || {
                WorkbookParts::new(&rows(&[(
                    "kader",
                    &format!("<c r=\"@\" t=\"e\"><f>A1</f><v>{error}</v></c>"),
                )]))
                .zip()
            },
        );
    }
    t.refuse_at(46, "an error in an ods", "FORMULA", crate::hostile_cases::cell(2, "kader"), ods_met("kader", "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#DEEL/0!</text:p></table:table-cell>"));
    t.refuse_at(
        46,
        "an ods formula without an answer",
        "FORMULA",
        row(2),
        ods_met("kader", "<table:table-cell table:formula=\"of:=TODAY()\"/>"),
    );
    t.said(
        46,
        "an error beside the table",
        "zonder naam, rechts van de tabel: 1",
        extra_row("<row r=\"2\"><c r=\"AZ2\" t=\"e\"><v>#REF!</v></c></row>"),
    );
    t.good(
        46,
        "a link that runs a program, as text",
        met(
            "productcode",
            "<c r=\"@\" t=\"inlineStr\"><is><t>=cmd|'/C calc'!A0</t></is></c>",
        ),
    );
}

fn values(t: &mut CaseTable) {
    t.good(
        47,
        "a date as a number",
        met("aanmelddatum", "<c r=\"@\" s=\"1\"><v>43864</v></c>"),
    );
    t.good(
        47,
        "a date with its time",
        met("aanmelddatum", "<c r=\"@\" s=\"1\"><v>43864.75</v></c>"),
    );
    t.good(
        47,
        "a date as ISO",
        met(
            "aanmelddatum",
            "<c r=\"@\" t=\"d\"><v>2020-02-03T00:00:00</v></c>",
        ),
    );
    t.says(47, "the calendar of 1904", "datums vanaf 1904", || {
        WorkbookParts::new(&rows(&[(
            "aanmelddatum",
            "<c r=\"@\" s=\"1\"><v>42402</v></c>",
        )]))
        .replace(BOOK, "<workbookPr/>", "<workbookPr date1904=\"1\"/>")
        .zip()
    });
    for (name, number) in [
        ("29 February 1900", "60"),
        ("a day before the first", "-5"),
        ("a day after the last", "2958466"),
        ("no day at all", "1E300"),
    ] {
        t.case(
            47,
            name,
            move || {
                WorkbookParts::new(&rows(&[(
                    "aanmelddatum",
                    &format!("<c r=\"@\" s=\"1\"><v>{number}</v></c>"),
                )]))
                .zip()
            },
            ExpectedAnswer::Bevinding("DATE", row(2)),
        );
    }
    t.refuse_at(
        47,
        "a number that is none",
        "XLSX_INVALID",
        row(2),
        met("aanmelddatum", "<c r=\"@\"><v>gisteren</v></c>"),
    );
    t.good(47, "a date of an ods", ods_met("aanmelddatum", "<table:table-cell office:value-type=\"date\" office:date-value=\"2020-02-03T00:00:00\"><text:p>3 feb</text:p></table:table-cell>"));
    t.good(
        48,
        "a number kept as text",
        met(
            "minuten",
            "<c r=\"@\" t=\"inlineStr\"><is><t>1260</t></is></c>",
        ),
    );
    t.good(
        48,
        "with the apostrophe before it",
        met(
            "traject_id",
            "<c r=\"@\" t=\"inlineStr\"><is><t>'107000</t></is></c>",
        ),
    );
    t.good(
        48,
        "one with a decimal",
        met("contacten", "<c r=\"@\"><v>14.0</v></c>"),
    );
    t.good(
        48,
        "blanks of all kinds around a code",
        met("kader", "<c r=\"@\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> \u{a0}vrijwillig\t </t></is></c>"),
    );
    t.good(
        48,
        "a code in pieces",
        met("kader", "<c r=\"@\" t=\"inlineStr\"><is><r><t>vrij</t></r><rPh><t>zzz</t></rPh><r><t>willig</t></r></is></c>"),
    );
    t.refuse_at(
        48,
        "an identifier with E+",
        "NUMBER",
        crate::hostile_cases::cell(2, "traject_id"),
        met(
            "traject_id",
            "<c r=\"@\" t=\"inlineStr\"><is><t>1,23E+08</t></is></c>",
        ),
    );
    t.refuse_at(
        48,
        "an identifier that lost its digits",
        "NUMBER",
        crate::hostile_cases::cell(2, "traject_id"),
        met("traject_id", "<c r=\"@\"><v>1.2345678901234568E+19</v></c>"),
    );
    t.refuse_at(
        48,
        "an identifier that became a date",
        "NUMBER",
        crate::hostile_cases::cell(2, "traject_id"),
        met("traject_id", "<c r=\"@\" s=\"1\"><v>43864</v></c>"),
    );
    t.refuse_at(48, "a percentage for a number", "NUMBER", crate::hostile_cases::cell(2, "minuten"), || {
        WorkbookParts::new(&rows(&[("minuten", "<c r=\"@\" s=\"2\"><v>0.5</v></c>")]))
            .met(
                "xl/styles.xml",
                "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>",
            )
            .zip()
    });
    t.refuse_at(48, "a length of time for a number", "NUMBER", crate::hostile_cases::cell(2, "minuten"), || {
        WorkbookParts::new(&rows(&[("minuten", "<c r=\"@\" s=\"2\"><v>5</v></c>")]))
            .met(
                "xl/styles.xml",
                "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>",
            )
            .zip()
    });
    t.refuse_at(
        48,
        "a length of time, OpenDocument",
        "NUMBER",
        crate::hostile_cases::cell(2, "minuten"),
        ods_met(
            "minuten",
            "<table:table-cell office:value-type=\"time\" office:time-value=\"PT01H30M00S\"><text:p>01:30</text:p></table:table-cell>",
        ),
    );
    t.refuse_at(
        48,
        "a character that turns the text round",
        "CONTROL_CHAR",
        row(2),
        || {
            WorkbookParts::new(&rows(&[(
                "productcode",
                &format!("<c r=\"@\" t=\"inlineStr\"><is><t>{SECRET}\u{202e}</t></is></c>"),
            )]))
            .zip()
        },
    );
    t.refuse_at(
        48,
        "a control character, escaped",
        "CONTROL_CHAR",
        row(2),
        met(
            "productcode",
            "<c r=\"@\" t=\"inlineStr\"><is><t>a_x0007_b</t></is></c>",
        ),
    );
    t.says(
        49,
        "another sheet",
        "Op blad 'Tweede' staat geen tabel",
        || {
            second(
                &format!("<row r=\"1\">{}</row>", cell("A1", "kladblok")),
                "",
            )
            .zip()
        },
    );
    t.good(
        49,
        "a sheet by another name",
        in_part(BOOK, "\"Export\"", "\"Feuille 1 &amp; été\""),
    );
    t.good(49, "empty sheets around it", || second("", "").zip());
    let marker = |uitvraag: &'static str| {
        move || {
            good()
                .met(
                    "docProps/custom.xml",
                    format!("<Properties><property name=\"uitvraag\"><vt:lpwstr>{uitvraag}</vt:lpwstr></property></Properties>"),
                )
                .zip()
        }
    };
    t.refuse(
        49,
        "a sjabloon of a later year",
        "SCHEMA_VERSION",
        marker("omgang/2021"),
    );
    t.refuse(
        49,
        "a sjabloon of a year to come",
        "SCHEMA_VERSION",
        marker("omgang/2099"),
    );
    t.refuse(
        49,
        "a sjabloon of something else",
        "SCHEMA_VERSION",
        marker("../../etc/passwd"),
    );
}

/// All of them.
fn all() -> Vec<HostileCase> {
    let mut tabel = CaseTable::default();
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
    let cases = all();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    run("workbooks", &cases, |case| {
        let file = SourceFile::from_bytes(case.bestand.clone(), (case.make)());
        Some((case.own.clone(), own_door(file)))
    });
}

/// A cell is named as the aanbieder sees it: with its sheet.
#[test]
fn a_refusal_names_sheet_and_cell() {
    let zip = met("kader", "<c r=\"@\" t=\"e\"><v>#REF!</v></c>")();
    let refusal = own_door(SourceFile::from_bytes("a.xlsx", zip))
        .err()
        .unwrap();
    let place = refusal.place();
    assert_eq!(
        (place.cel.as_deref(), place.blad.as_deref(), place.rij),
        (Some("Export!G2"), Some("Export"), Some(2))
    );
}

/// Nothing is ever fetched: a socket that anything in the file points at stays silent.
#[test]
fn nothing_outside_the_file_is_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/x", listener.local_addr().unwrap());
    let external_part = format!(
        "<Relationship Id=\"rId9\" Type=\"http://x/externalLink\" TargetMode=\"External\" Target=\"{address}\"/></Relationships>"
    );
    let xlsx = good()
        .replace(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            &external_part,
        )
        .replace(
            SHEET,
            "<worksheet ",
            &format!("<?xml-stylesheet href=\"{address}\"?><worksheet xmlns:x=\"{address}\" "),
        )
        .met(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            format!("<Relationships>{external_part}"),
        )
        .met(
            "xl/connections.xml",
            format!(
                "<connections><connection><webPr url=\"{address}\"/></connection></connections>"
            ),
        );
    let source = format!(
        "<table:table table:name=\"B\"><table:table-source xlink:href=\"{address}\"/></table:table>{}",
        ods_sheet(&ods_rows(&[]))
    );
    for (name, bytes) in [("a.xlsx", xlsx.zip()), ("a.ods", ods(&source).zip())] {
        assert!(
            own_door(SourceFile::from_bytes(name, bytes)).is_ok(),
            "{name}"
        );
    }
    assert_eq!(
        listener.accept().unwrap_err().kind(),
        std::io::ErrorKind::WouldBlock
    );
}

/// What is repeated in the file costs as much as what may come of it, not as much as it says.
#[test]
fn a_bomb_of_repeats_ends_soon() {
    let row = "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell></table:table-row>";
    let zip = ods(&ods_sheet(&format!("{}{row}", ods_rows(&[])))).zip();
    let refusal = own_door(SourceFile::from_bytes("a.ods", zip)).err();
    assert_eq!(refusal.map(|r| r.code()), Some("SHEET_DIMENSION"));
}
