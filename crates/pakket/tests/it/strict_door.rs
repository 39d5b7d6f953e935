//! The strict door: HOSTILE inputs about text and structure, each with its code, place and no value echoed.

use arrow_array::cast::AsArray;
use pakket::strict_door;
use rows::FileRefusal;
use schema::Tabel;

use crate::support::{SmallReads, omgang};

fn tabel() -> Tabel {
    omgang().tabel("voorziening").unwrap().clone()
}

/// Reads all; gives the texts of the first column, or the refusal.
fn lees(bytes: &[u8], step: usize) -> Result<Vec<Option<String>>, FileRefusal> {
    let mut out = Vec::new();
    for batch in strict_door::open(
        &tabel(),
        SmallReads::new(bytes, step),
        strict_door::RecordLimits::default(),
    )? {
        let batch = batch?;
        let column = batch.column(0).as_string::<i32>();
        out.extend(column.iter().map(|w| w.map(str::to_owned)));
    }
    Ok(out)
}

const HEADER: &str = "voorziening_id,vorm,vestiging,kader";

/// A good file with this as its first cell.
fn with_cell(cell: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{HEADER}\nV1,omgangshuis,GM0344,beide\n").into_bytes();
    bytes.extend_from_slice(cell);
    bytes.extend_from_slice(b",omgangshuis,GM0344,beide\n");
    bytes
}

#[test]
fn good_files_are_taken_however_they_are_cut() {
    let regels = [
        "V1,omgangshuis,GM0344,beide",
        "\"V \"\"2\"\"\",omgangshuis,GM0344,beide",
        "\"V\n3\",,GM0344,beide",
        "Véé4,omgangshuis,,beide",
    ];
    for line_ending in ["\n", "\r\n", "\r"] {
        for bom in ["", "\u{feff}"] {
            for closing in ["", line_ending] {
                let file = format!(
                    "{bom}{HEADER}{line_ending}{}{closing}",
                    regels.join(line_ending)
                );
                for step in 1..=17 {
                    let loaded = lees(file.as_bytes(), step).unwrap();
                    let expected = ["V1", "V \"2\"", "V\n3", "Véé4"].map(|w| Some(w.to_owned()));
                    assert_eq!(loaded, expected, "{line_ending:?} stap {step}");
                }
            }
        }
    }
}

#[test]
fn an_empty_cell_is_null_and_order_is_free() {
    let file = "kader,voorziening_id,vestiging,vorm\n,V1,GM0344,omgangshuis\n";
    assert_eq!(lees(file.as_bytes(), 100).unwrap(), [None]);
}

#[test]
fn hostile_files_are_refused_with_their_code() {
    let utf16 = |little: bool, bom: bool| -> Vec<u8> {
        let text = format!(
            "{}{HEADER}\nV1,omgangshuis,GM0344,beide\n",
            if bom { "\u{feff}" } else { "" }
        );
        text.encode_utf16()
            .flat_map(|e| {
                if little {
                    e.to_le_bytes()
                } else {
                    e.to_be_bytes()
                }
            })
            .collect()
    };
    let header = |header: &str| format!("{header}\nV1,omgangshuis,GM0344,beide\n").into_bytes();
    let row = |row: &str| format!("{HEADER}\nV1,omgangshuis,GM0344,beide\n{row}\n").into_bytes();
    let breed = vec![b','; 1_000_000];
    let mut empty_lines = format!("{HEADER}\n").into_bytes();
    empty_lines.resize(empty_lines.len() + 1_100_000, b'\n');
    let cases: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
        (
            "H2 utf-16le",
            utf16(true, true),
            "ENCODING_UNSUPPORTED",
            None,
        ),
        (
            "H2 utf-16be",
            utf16(false, true),
            "ENCODING_UNSUPPORTED",
            None,
        ),
        (
            "H3 utf-16le without bom",
            utf16(true, false),
            "ENCODING",
            None,
        ),
        (
            "H3 utf-16be without bom",
            utf16(false, false),
            "ENCODING",
            None,
        ),
        (
            "H4 windows-1252",
            with_cell(b"Caf\xe9"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H5 mixed",
            with_cell(b"\xc3\xa9\xe9"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H6 truncated at the end",
            [with_cell(b"V2"), b"\xc3".to_vec()].concat(),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H7 overlong",
            with_cell(b"\xc0\x80"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H7 surrogate",
            with_cell(b"\xed\xa0\x80"),
            "ENCODING_INVALID",
            None,
        ),
        ("H8 nul in a cell", with_cell(b"a\0b"), "CONTROL_CHAR", None),
        ("H8 only nul", vec![0; 64], "CONTROL_CHAR", None),
        ("H9 escape", with_cell(b"\x1b[31m"), "CONTROL_CHAR", None),
        (
            "H9 c1",
            with_cell("\u{85}".as_bytes()),
            "CONTROL_CHAR",
            None,
        ),
        ("H9 delete", with_cell(b"\x7f"), "CONTROL_CHAR", None),
        (
            "H11 zero width in a header",
            header("voorziening_id\u{200b},vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H11 bom in a header",
            header("voorziening_id,\u{feff}vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H14 right to left",
            with_cell("a\u{202e}b".as_bytes()),
            "CONTROL_CHAR",
            None,
        ),
        (
            "H14 isolate",
            with_cell("a\u{2066}b".as_bytes()),
            "CONTROL_CHAR",
            None,
        ),
        (
            "H15 zalgo",
            with_cell("e\u{301}".repeat(60_000).as_bytes()),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H15 quoted zalgo",
            with_cell(format!("\"{}\"", "e\u{301}".repeat(60_000)).as_bytes()),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H16 turkish header",
            header("voorz\u{131}ening_id,vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H17 unclosed quote",
            row("\"V2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H17 unclosed quote, long",
            row(&format!("\"V2{}", ",x\n".repeat(100_000))),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H18 quote in the middle",
            row("V\"2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H18 text after a quote",
            row("\"V\"2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H18 backslash",
            row("\"V\\\"2\",omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H20 short row",
            row("V2,omgangshuis,GM0344"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H20 long row",
            row("V2,omgangshuis,GM0344,beide,x"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H20 trailing comma",
            row("V2,omgangshuis,GM0344,beide,"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H21 semicolon",
            header("voorziening_id;vorm;vestiging;kader"),
            "DELIMITER",
            Some(1),
        ),
        (
            "H21 tab",
            header("voorziening_id\tvorm\tvestiging\tkader"),
            "DELIMITER",
            Some(1),
        ),
        (
            "H21 bar",
            header("voorziening_id|vorm|vestiging|kader"),
            "DELIMITER",
            Some(1),
        ),
        ("H21 sep", header("sep=;"), "DELIMITER", Some(1)),
        (
            "H22 missing",
            header("voorziening_id,vorm,vestiging"),
            "HEADER_MISSING",
            Some(1),
        ),
        (
            "H22 twice",
            header("voorziening_id,vorm,vorm,kader"),
            "HEADER_DUPLICATE",
            Some(1),
        ),
        (
            "H22 unknown",
            header("voorziening_id,vorm,vestiging,kader,extra"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H22 other case",
            header("Voorziening_id,vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H22 trailing space",
            header("voorziening_id ,vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H22 no header",
            b"V1,omgangshuis,GM0344,beide\n".to_vec(),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        ("H23 empty", Vec::new(), "EMPTY", None),
        ("H23 only line ends", b"\n\n\r\n".to_vec(), "EMPTY", None),
        ("H23 only a bom", b"\xef\xbb\xbf".to_vec(), "EMPTY", None),
        ("H24 a million columns", breed, "TOO_MANY_COLUMNS", Some(1)),
        ("H25 blank lines", empty_lines, "BLANK_ROWS", None),
        (
            "H26 ctrl-z",
            [with_cell(b"V2"), b"\x1a".to_vec()].concat(),
            "CONTROL_CHAR",
            None,
        ),
        ("H26 footer", row("Totaal: 2"), "ROW_WIDTH", Some(3)),
        (
            "H61 bsn in a text",
            with_cell(b"V 123456782"),
            "BSN_SUSPECTED",
            Some(3),
        ),
        (
            "H61 bsn in groups",
            with_cell(b"1234.56.782"),
            "BSN_SUSPECTED",
            Some(3),
        ),
        (
            "H61 bsn as header",
            header("bsn,vorm,vestiging,kader"),
            "BSN_SUSPECTED",
            Some(1),
        ),
    ];
    for (name, bytes, code, at_row) in cases {
        for step in if bytes.len() > 10_000 {
            vec![65_536]
        } else {
            vec![1, 7, 65_536]
        } {
            let refusal = lees(&bytes, step)
                .err()
                .unwrap_or_else(|| panic!("{name} is taken"));
            assert_eq!(refusal.code(), code, "{name}: {refusal}");
            assert_eq!(
                refusal.place().bestand.as_deref(),
                Some("voorziening.csv"),
                "{name}"
            );
            if at_row.is_some() {
                assert_eq!(refusal.place().rij, at_row, "{name}");
            }
            assert!(!refusal.to_string().contains("123456782"), "{name} echoes");
        }
    }
}

/// H-60 and H-63: a column of BSNs is refused, a column of random nine-digit numbers is not.
#[test]
fn a_column_is_judged_by_its_rate() {
    let traject = omgang().tabel("traject").unwrap().clone();
    let required: Vec<&str> = traject
        .velden
        .iter()
        .filter(|v| v.verplicht)
        .map(|v| v.naam.as_str())
        .collect();
    let file = |numbers: &[u32], vorm: fn(u32) -> String| {
        let mut text = required.join(",");
        for number in numbers {
            let cells = required.iter().map(|v| match *v {
                "jeugdige_id" => vorm(*number),
                veld => traject.voorbeeld[veld].clone(),
            });
            text = format!("{text}\n{}", cells.collect::<Vec<_>>().join(","));
        }
        text
    };
    let oordeel = |text: String| -> Option<&'static str> {
        let reader = strict_door::open(
            &traject,
            text.as_bytes(),
            strict_door::RecordLimits::default(),
        )
        .unwrap();
        reader.filter_map(Result::err).map(|w| w.code()).next()
    };
    let random: Vec<u32> = (0..400u32)
        .map(|i| 100_000_007 + i * 2_117_123 % 899_999_993)
        .collect();
    let bsns: Vec<u32> = random
        .iter()
        .copied()
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::eleven_test(*n))
        .take(40)
        .collect();
    let eight: Vec<u32> = (10_000_000..99_000_000)
        .step_by(1_234_567)
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::eleven_test(*n))
        .take(40)
        .collect();
    assert_eq!(oordeel(file(&random, |n| n.to_string())), None);
    assert_eq!(
        oordeel(file(&bsns, |n| n.to_string())),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(file(&eight, |n| n.to_string())),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(file(&eight, |n| format!("0{n}"))),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(file(&bsns, |n| format!(
            "{}.{:02}.{:03}",
            n / 100_000,
            n / 1000 % 100,
            n % 1000
        ))),
        Some("BSN_SUSPECTED")
    );
}

/// H-62: a bare hash can be turned back into a BSN in seconds.
#[test]
fn a_bare_hash_is_no_pseudonym() {
    let traject = omgang().tabel("traject").unwrap().clone();
    let required: Vec<&str> = traject
        .velden
        .iter()
        .filter(|v| v.verplicht)
        .map(|v| v.naam.as_str())
        .collect();
    for length in [32, 40, 64, 128] {
        let cells = required.iter().map(|v| {
            if *v == "jeugdige_id" {
                "0f".repeat(length / 2)
            } else {
                traject.voorbeeld[*v].clone()
            }
        });
        let text = format!(
            "{}\n{}\n",
            required.join(","),
            cells.collect::<Vec<_>>().join(",")
        );
        let mut reader = strict_door::open(
            &traject,
            text.as_bytes(),
            strict_door::RecordLimits::default(),
        )
        .unwrap();
        let refusal = reader.next().unwrap().unwrap_err();
        assert_eq!(refusal.code(), "PSEUDONYM_LABEL");
        assert_eq!(refusal.place().cel.as_deref(), Some("B2"));
        assert!(
            reader.next().is_none(),
            "after a refusal there is nothing more"
        );
    }
}

/// H-24: memory follows the limits, not the file.
#[test]
fn limits_hold() {
    let limits = strict_door::RecordLimits {
        rijen: 3,
        ..strict_door::RecordLimits::default()
    };
    let text = format!("{HEADER}\n{}", "V1,omgangshuis,GM0344,beide\n".repeat(4));
    let error = strict_door::open(&tabel(), text.as_bytes(), limits)
        .unwrap()
        .find_map(Result::err)
        .unwrap();
    assert_eq!(error.code(), "TOO_MANY_ROWS");
    let limits = strict_door::RecordLimits {
        bytes: 50,
        ..strict_door::RecordLimits::default()
    };
    assert_eq!(
        strict_door::open(&tabel(), text.as_bytes(), limits)
            .err()
            .unwrap()
            .code(),
        "TOO_LARGE"
    );
}
