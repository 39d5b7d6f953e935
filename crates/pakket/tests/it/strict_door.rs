//! The strict door: HOSTILE inputs about text and structure, each with its code, place and no value echoed.

use arrow_array::cast::AsArray;
use pakket::strict;
use rows::Weigering;
use schema::Tabel;

use crate::support::{Hapjes, omgang};

fn tabel() -> Tabel {
    omgang().tabel("voorziening").unwrap().clone()
}

/// Reads all; gives the texts of the first column, or the refusal.
fn lees(bytes: &[u8], stap: usize) -> Result<Vec<Option<String>>, Weigering> {
    let mut uit = Vec::new();
    for batch in strict::open(
        &tabel(),
        Hapjes::new(bytes, stap),
        strict::Limieten::default(),
    )? {
        let batch = batch?;
        let kolom = batch.column(0).as_string::<i32>();
        uit.extend(kolom.iter().map(|w| w.map(str::to_owned)));
    }
    Ok(uit)
}

const KOP: &str = "voorziening_id,vorm,vestiging,kader";

/// A good file with this as its first cell.
fn met_cel(cel: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{KOP}\nV1,omgangshuis,GM0344,beide\n").into_bytes();
    bytes.extend_from_slice(cel);
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
    for regeleinde in ["\n", "\r\n", "\r"] {
        for bom in ["", "\u{feff}"] {
            for slot in ["", regeleinde] {
                let bestand = format!("{bom}{KOP}{regeleinde}{}{slot}", regels.join(regeleinde));
                for stap in 1..=17 {
                    let gelezen = lees(bestand.as_bytes(), stap).unwrap();
                    let verwacht = ["V1", "V \"2\"", "V\n3", "Véé4"].map(|w| Some(w.to_owned()));
                    assert_eq!(gelezen, verwacht, "{regeleinde:?} stap {stap}");
                }
            }
        }
    }
}

#[test]
fn an_empty_cell_is_null_and_order_is_free() {
    let bestand = "kader,voorziening_id,vestiging,vorm\n,V1,GM0344,omgangshuis\n";
    assert_eq!(lees(bestand.as_bytes(), 100).unwrap(), [None]);
}

#[test]
fn hostile_files_are_refused_with_their_code() {
    let utf16 = |le: bool, bom: bool| -> Vec<u8> {
        let tekst = format!(
            "{}{KOP}\nV1,omgangshuis,GM0344,beide\n",
            if bom { "\u{feff}" } else { "" }
        );
        tekst
            .encode_utf16()
            .flat_map(|e| if le { e.to_le_bytes() } else { e.to_be_bytes() })
            .collect()
    };
    let kop = |kop: &str| format!("{kop}\nV1,omgangshuis,GM0344,beide\n").into_bytes();
    let rij = |rij: &str| format!("{KOP}\nV1,omgangshuis,GM0344,beide\n{rij}\n").into_bytes();
    let breed = vec![b','; 1_000_000];
    let mut lege_regels = format!("{KOP}\n").into_bytes();
    lege_regels.resize(lege_regels.len() + 1_100_000, b'\n');
    let gevallen: Vec<(&str, Vec<u8>, &str, Option<u64>)> = vec![
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
            met_cel(b"Caf\xe9"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H5 mixed",
            met_cel(b"\xc3\xa9\xe9"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H6 truncated at the end",
            [met_cel(b"V2"), b"\xc3".to_vec()].concat(),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H7 overlong",
            met_cel(b"\xc0\x80"),
            "ENCODING_INVALID",
            None,
        ),
        (
            "H7 surrogate",
            met_cel(b"\xed\xa0\x80"),
            "ENCODING_INVALID",
            None,
        ),
        ("H8 nul in a cell", met_cel(b"a\0b"), "CONTROL_CHAR", None),
        ("H8 only nul", vec![0; 64], "CONTROL_CHAR", None),
        ("H9 escape", met_cel(b"\x1b[31m"), "CONTROL_CHAR", None),
        ("H9 c1", met_cel("\u{85}".as_bytes()), "CONTROL_CHAR", None),
        ("H9 delete", met_cel(b"\x7f"), "CONTROL_CHAR", None),
        (
            "H11 zero width in a header",
            kop("voorziening_id\u{200b},vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H11 bom in a header",
            kop("voorziening_id,\u{feff}vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H14 right to left",
            met_cel("a\u{202e}b".as_bytes()),
            "CONTROL_CHAR",
            None,
        ),
        (
            "H14 isolate",
            met_cel("a\u{2066}b".as_bytes()),
            "CONTROL_CHAR",
            None,
        ),
        (
            "H15 zalgo",
            met_cel("e\u{301}".repeat(60_000).as_bytes()),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H15 quoted zalgo",
            met_cel(format!("\"{}\"", "e\u{301}".repeat(60_000)).as_bytes()),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H16 turkish header",
            kop("voorz\u{131}ening_id,vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H17 unclosed quote",
            rij("\"V2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H17 unclosed quote, long",
            rij(&format!("\"V2{}", ",x\n".repeat(100_000))),
            "FIELD_TOO_LONG",
            Some(3),
        ),
        (
            "H18 quote in the middle",
            rij("V\"2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H18 text after a quote",
            rij("\"V\"2,omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H18 backslash",
            rij("\"V\\\"2\",omgangshuis,GM0344,beide"),
            "QUOTE",
            Some(3),
        ),
        (
            "H20 short row",
            rij("V2,omgangshuis,GM0344"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H20 long row",
            rij("V2,omgangshuis,GM0344,beide,x"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H20 trailing comma",
            rij("V2,omgangshuis,GM0344,beide,"),
            "ROW_WIDTH",
            Some(3),
        ),
        (
            "H21 semicolon",
            kop("voorziening_id;vorm;vestiging;kader"),
            "DELIMITER",
            Some(1),
        ),
        (
            "H21 tab",
            kop("voorziening_id\tvorm\tvestiging\tkader"),
            "DELIMITER",
            Some(1),
        ),
        (
            "H21 bar",
            kop("voorziening_id|vorm|vestiging|kader"),
            "DELIMITER",
            Some(1),
        ),
        ("H21 sep", kop("sep=;"), "DELIMITER", Some(1)),
        (
            "H22 missing",
            kop("voorziening_id,vorm,vestiging"),
            "HEADER_MISSING",
            Some(1),
        ),
        (
            "H22 twice",
            kop("voorziening_id,vorm,vorm,kader"),
            "HEADER_DUPLICATE",
            Some(1),
        ),
        (
            "H22 unknown",
            kop("voorziening_id,vorm,vestiging,kader,extra"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H22 other case",
            kop("Voorziening_id,vorm,vestiging,kader"),
            "HEADER_UNKNOWN",
            Some(1),
        ),
        (
            "H22 trailing space",
            kop("voorziening_id ,vorm,vestiging,kader"),
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
        ("H25 blank lines", lege_regels, "BLANK_ROWS", None),
        (
            "H26 ctrl-z",
            [met_cel(b"V2"), b"\x1a".to_vec()].concat(),
            "CONTROL_CHAR",
            None,
        ),
        ("H26 footer", rij("Totaal: 2"), "ROW_WIDTH", Some(3)),
        (
            "H61 bsn in a text",
            met_cel(b"V 123456782"),
            "BSN_SUSPECTED",
            Some(3),
        ),
        (
            "H61 bsn in groups",
            met_cel(b"1234.56.782"),
            "BSN_SUSPECTED",
            Some(3),
        ),
        (
            "H61 bsn as header",
            kop("bsn,vorm,vestiging,kader"),
            "BSN_SUSPECTED",
            Some(1),
        ),
    ];
    for (naam, bytes, code, op_rij) in gevallen {
        for stap in if bytes.len() > 10_000 {
            vec![65_536]
        } else {
            vec![1, 7, 65_536]
        } {
            let weigering = lees(&bytes, stap)
                .err()
                .unwrap_or_else(|| panic!("{naam} is taken"));
            assert_eq!(weigering.code(), code, "{naam}: {weigering}");
            assert_eq!(
                weigering.plaats().bestand.as_deref(),
                Some("voorziening.csv"),
                "{naam}"
            );
            if op_rij.is_some() {
                assert_eq!(weigering.plaats().rij, op_rij, "{naam}");
            }
            assert!(
                !weigering.to_string().contains("123456782"),
                "{naam} echoes"
            );
        }
    }
}

/// H-60 and H-63: a column of BSNs is refused, a column of random nine-digit numbers is not.
#[test]
fn a_column_is_judged_by_its_rate() {
    let traject = omgang().tabel("traject").unwrap().clone();
    let verplicht: Vec<&str> = traject
        .velden
        .iter()
        .filter(|v| v.verplicht)
        .map(|v| v.naam.as_str())
        .collect();
    let bestand = |nummers: &[u32], vorm: fn(u32) -> String| {
        let mut tekst = verplicht.join(",");
        for nummer in nummers {
            let cellen = verplicht.iter().map(|v| match *v {
                "jeugdige_id" => vorm(*nummer),
                veld => traject.voorbeeld[veld].clone(),
            });
            tekst = format!("{tekst}\n{}", cellen.collect::<Vec<_>>().join(","));
        }
        tekst
    };
    let oordeel = |tekst: String| -> Option<&'static str> {
        let lezer = strict::open(&traject, tekst.as_bytes(), strict::Limieten::default()).unwrap();
        lezer.filter_map(Result::err).map(|w| w.code()).next()
    };
    let willekeurig: Vec<u32> = (0..400u32)
        .map(|i| 100_000_007 + i * 2_117_123 % 899_999_993)
        .collect();
    let bsns: Vec<u32> = willekeurig
        .iter()
        .copied()
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::elfproef(*n))
        .take(40)
        .collect();
    let acht: Vec<u32> = (10_000_000..99_000_000)
        .step_by(1_234_567)
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::elfproef(*n))
        .take(40)
        .collect();
    assert_eq!(oordeel(bestand(&willekeurig, |n| n.to_string())), None);
    assert_eq!(
        oordeel(bestand(&bsns, |n| n.to_string())),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(bestand(&acht, |n| n.to_string())),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(bestand(&acht, |n| format!("0{n}"))),
        Some("BSN_SUSPECTED")
    );
    assert_eq!(
        oordeel(bestand(&bsns, |n| format!(
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
    let verplicht: Vec<&str> = traject
        .velden
        .iter()
        .filter(|v| v.verplicht)
        .map(|v| v.naam.as_str())
        .collect();
    for lengte in [32, 40, 64, 128] {
        let cellen = verplicht.iter().map(|v| {
            if *v == "jeugdige_id" {
                "0f".repeat(lengte / 2)
            } else {
                traject.voorbeeld[*v].clone()
            }
        });
        let tekst = format!(
            "{}\n{}\n",
            verplicht.join(","),
            cellen.collect::<Vec<_>>().join(",")
        );
        let mut lezer =
            strict::open(&traject, tekst.as_bytes(), strict::Limieten::default()).unwrap();
        let weigering = lezer.next().unwrap().unwrap_err();
        assert_eq!(weigering.code(), "PSEUDONYM_LABEL");
        assert_eq!(weigering.plaats().cel.as_deref(), Some("B2"));
        assert!(
            lezer.next().is_none(),
            "after a refusal there is nothing more"
        );
    }
}

/// H-24: memory follows the limits, not the file.
#[test]
fn limits_hold() {
    let limieten = strict::Limieten {
        rijen: 3,
        ..strict::Limieten::default()
    };
    let tekst = format!("{KOP}\n{}", "V1,omgangshuis,GM0344,beide\n".repeat(4));
    let fout = strict::open(&tabel(), tekst.as_bytes(), limieten)
        .unwrap()
        .find_map(Result::err)
        .unwrap();
    assert_eq!(fout.code(), "TOO_MANY_ROWS");
    let limieten = strict::Limieten {
        bytes: 50,
        ..strict::Limieten::default()
    };
    assert_eq!(
        strict::open(&tabel(), tekst.as_bytes(), limieten)
            .err()
            .unwrap()
            .code(),
        "TOO_LARGE"
    );
}
