//! Packages as their makers write them: what nobody reads is left, and what can't be read is told by its name.

use sheets::open_file::{OpenedFile, open};
use sheets::{Cell, SourceFile};

use crate::hand_made::{WorkbookParts, cell, rows};

fn good() -> WorkbookParts {
    WorkbookParts::new(&rows(&cell("C2", "2020-01-05")))
}

fn opened(zip: Vec<u8>) -> OpenedFile {
    open(&SourceFile::from_bytes("a.xlsx", zip)).unwrap()
}

fn refused(bytes: Vec<u8>) -> String {
    let Err(refusal) = open(&SourceFile::from_bytes("a.xlsx", bytes)) else {
        panic!("it is read")
    };
    assert_eq!(refusal.code(), "FORMAT");
    refusal.to_string()
}

fn begin(opened: &OpenedFile) -> Vec<(u64, Vec<String>)> {
    opened.sheets[0].raster().unwrap().begin(10)
}

/// A button with two lines, a Power Query, a label, what macOS puts beside a folder: each made "the file is damaged".
#[test]
fn parts_that_nobody_reads_are_left() {
    let expected = begin(&opened(good().zip()));
    let odd: [(&str, &[u8]); 7] = [
        (
            "xl/drawings/vmlDrawing1.vml",
            b"<xml><v:textbox><div>a<br>b</div></v:textbox></xml>",
        ),
        (
            "customXml/item1.xml",
            &[0xff, 0xfe, b'<', 0, b'a', 0, b'/', 0, b'>', 0],
        ),
        ("docMetadata/LabelInfo.xml", b"<clbl:labelList"),
        ("xl/theme/theme1.xml", b"<a><b></a"),
        (
            "__MACOSX/xl/worksheets/._sheet1.xml",
            b"\0\x05\x16\x07\0\x02",
        ),
        ("__MACOSX/._docProps/app.xml", b"\0\x05\x16\x07\0\x02"),
        ("xl/queries/query1.xml", b"<!DOCTYPE x><x/>"),
    ];
    for (name, content) in odd {
        let seen = opened(good().met(name, content).zip());
        assert_eq!(begin(&seen), expected, "{name}");
    }
}

/// What is against a part counts as soon as it is read, under whatever name.
#[test]
fn a_part_that_is_read_is_looked_through() {
    let moved = good()
        .replace(
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet1.xml",
            "theme/theme1.xml",
        )
        .met(
            "xl/theme/theme1.xml",
            "<!DOCTYPE x><worksheet><sheetData/></worksheet>",
        );
    let refusal = open(&SourceFile::from_bytes("a.xlsx", moved.zip()))
        .err()
        .unwrap();
    assert_eq!(refusal.code(), "XML_DTD");
}

/// A large sheet is looked through while it is read, a small one before; one that nobody reads as well. The same is found.
#[test]
fn what_is_in_a_large_sheet_is_found_as_in_a_small_one() {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let padded = |bytes: usize| {
        let padding = "<!-- of no use -->".repeat(bytes / 18);
        good().replace(SHEET, "</sheetData>", &format!("{padding}</sheetData>"))
    };
    let code = |parts: WorkbookParts| {
        let seen = open(&SourceFile::from_bytes("a.xlsx", parts.zip()));
        seen.map_or_else(|refusal| refusal.code(), |_| "")
    };
    let before_end = |parts: WorkbookParts, what: &str| {
        parts.replace(SHEET, "</sheetData>", &format!("{what}</sheetData>"))
    };
    let object = "<oleObjects><oleObject progId=\"x\"/></oleObjects>";
    for bytes in [0, 2_000_000] {
        assert_eq!(code(padded(bytes)), "");
        let forbidden = before_end(padded(bytes), "<!DOCTYPE x>");
        assert_eq!(code(forbidden), "XML_DTD", "{bytes}");
        assert_eq!(
            code(before_end(padded(bytes), object)),
            "ACTIVE_CONTENT",
            "{bytes}"
        );
        assert_eq!(
            code(before_end(padded(bytes), "\0")),
            "XML_ENCODING",
            "{bytes}"
        );
        let deep = before_end(padded(bytes), &"<a>".repeat(80));
        assert_eq!(code(deep), "XML_LIMIT", "{bytes}");
        let without_end = padded(bytes).replace(SHEET, "</worksheet>", "");
        assert_eq!(code(without_end), "ZIP_STRUCTURE", "{bytes}");
        let unread = before_end(padded(bytes), object).renamed(SHEET, "xl/worksheets/sheet9.xml");
        let unread = unread.met(SHEET, "<worksheet><sheetData/></worksheet>");
        assert_eq!(code(unread), "ACTIVE_CONTENT", "{bytes}");
        // Anything else against a part that nobody reads is no reason to refuse, however large it is.
        let unread =
            before_end(padded(bytes), "<!DOCTYPE x>").renamed(SHEET, "xl/worksheets/sheet9.xml");
        let filled = rows(&cell("C2", "2020-01-05"));
        let unread = unread.met(
            SHEET,
            format!("<worksheet><sheetData>{filled}</sheetData></worksheet>"),
        );
        assert_eq!(code(unread), "", "{bytes}");
    }
}

/// Relations are looked at before they are read, also where a folder's name is that of sheets or of what macOS leaves.
#[test]
fn relations_never_wait_to_be_looked_at() {
    const BOOK: &str = "__MACOSX/worksheets/workbook.xml";
    const RELATIONS: &str = "__MACOSX/worksheets/_rels/workbook.xml.rels";
    for bytes in [0, 2_000_000] {
        let padding = "<!-- of no use -->".repeat(bytes / 18);
        let relations = |what: &str| {
            good()
                .replace("_rels/.rels", "xl/workbook.xml", BOOK)
                .renamed("xl/workbook.xml", BOOK)
                .renamed("xl/_rels/workbook.xml.rels", RELATIONS)
                .replace(
                    RELATIONS,
                    "<Relationships ",
                    &format!("{what}{padding}<Relationships "),
                )
        };
        let refusal = |parts: WorkbookParts| {
            let seen = open(&SourceFile::from_bytes("a.xlsx", parts.zip()));
            seen.err().map(|refusal| refusal.code())
        };
        assert_eq!(
            refusal(relations("<!DOCTYPE x>")),
            Some("XML_DTD"),
            "{bytes}"
        );
    }
}

/// What a large sheet unpacks to is what the zip says of it, and sums up: else it is damaged.
#[test]
fn a_large_sheet_that_is_not_what_the_zip_says_is_damaged() {
    let padding = "<!-- of no use -->".repeat(120_000);
    let sheet = "xl/worksheets/sheet1.xml";
    let zip = good()
        .replace(sheet, "</sheetData>", &format!("{padding}</sheetData>"))
        .zip();
    let refusal = |bytes: Vec<u8>| {
        let seen = open(&SourceFile::from_bytes("a.xlsx", bytes));
        seen.err().map(|refusal| refusal.code())
    };
    assert_eq!(refusal(zip.clone()), None);
    // In the directory at the end: the checksum at 16, the unpacked size at 24, the name at 46.
    let entry = zip.windows(4).enumerate().find_map(|(at, four)| {
        let is_sheet = zip.get(at + 46..)?.starts_with(sheet.as_bytes());
        (four == b"PK\x01\x02" && is_sheet).then_some(at)
    });
    let entry = entry.unwrap();
    for (field, by) in [(16, 1), (24, 1), (24, 255)] {
        let mut changed = zip.clone();
        changed[entry + field] = changed[entry + field].wrapping_add(by);
        assert_eq!(refusal(changed), Some("ZIP_STRUCTURE"), "{field} {by}");
    }
}

#[test]
fn a_package_is_found_however_its_parts_are_called() {
    let expected = begin(&opened(good().zip()));
    let numbered = good()
        .replace("_rels/.rels", "xl/workbook.xml", "xl/workbook22.xml")
        .renamed("xl/workbook.xml", "xl/workbook22.xml")
        .renamed("xl/_rels/workbook.xml.rels", "xl/_rels/workbook22.xml.rels");
    let with_backslashes = [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
    ]
    .into_iter()
    .fold(good(), |parts, name| {
        parts.renamed(name, &name.replace('/', "\\"))
    });
    for parts in [numbered, with_backslashes] {
        assert_eq!(begin(&opened(parts.zip())), expected);
    }
}

/// A compound file with these names in its directory, in sector 1.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut out = vec![0; 1024];
    out[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    out[30] = 9;
    out[48] = 1;
    for name in names {
        let mut entry = vec![0; 128];
        for (place, unit) in name.encode_utf16().enumerate() {
            entry[place * 2..place * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        out.extend(entry);
    }
    out
}

#[test]
fn a_file_of_another_kind_is_told_by_its_name() {
    let sylk = b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"Dossiernr\"\r\nE\r\n".to_vec();
    let numbers = WorkbookParts::empty().met("Index/Document.iwa", "x").zip();
    for (bytes, part) in [
        (
            compound(&["Root Entry", "EncryptionInfo", "EncryptedPackage"]),
            "versleuteld",
        ),
        (
            compound(&["Root Entry", "Workbook"]),
            "oud Excel-bestand (.xls)",
        ),
        (compound(&["Root Entry", "WordDocument"]), "Word-document"),
        (compound(&[])[..512].to_vec(), "oud Office-bestand"),
        (sylk, "SYLK"),
        (numbers, "Numbers"),
    ] {
        let sentence = refused(bytes);
        assert!(sentence.contains(part), "{sentence}");
    }
    // A CSV that begins with the same letters is one.
    let csv = "ID;Plaats;Kind\r\nP1;Epe;K1\r\nP2;Ede;K2\r\n";
    assert!(open(&SourceFile::from_bytes("a.csv", csv.into())).is_ok());
}

/// 43849.99999999999 is 20-01-2020 for whoever looks at it, and a zero is no day.
#[test]
fn a_date_is_the_day_that_the_program_shows() {
    let date = |value: &str| {
        let date_cell = format!("<c r=\"C2\" s=\"1\"><v>{value}</v></c>");
        let seen = opened(WorkbookParts::new(&rows(&date_cell)).zip());
        let file = SourceFile::from_bytes("a.xlsx", Vec::new());
        let mut block = sheets::Block::default();
        assert!(
            seen.sheets[0]
                .rows(&file, 1)
                .unwrap()
                .block(3, &mut block)
                .unwrap()
        );
        let cell = block.cell(0, 2);
        (cell.text().to_owned(), matches!(cell, Cell::Date(_)))
    };
    assert_eq!(date("43849.99999999999"), ("2020-01-20".to_owned(), true));
    assert_eq!(date("43849.75"), ("2020-01-19".to_owned(), true));
    assert_eq!(date("0"), ("00-01-1900".to_owned(), false));
}
