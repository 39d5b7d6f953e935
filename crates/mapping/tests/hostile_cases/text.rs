//! Encoding and text: 1 to 16.

use super::ExpectedAnswer::{Bevinding, FileRefusal, Good, Said};
use super::{
    ANYWHERE, CaseList, SECRET, cell, good, header_row, headers, row, trajecten, with_cell,
    with_header,
};

pub(super) fn fill(list: &mut CaseList) {
    character_sets(list);
    broken_bytes(list);
    control_characters(list);
    line_ends(list);
    similar_letters(list);
    turned_and_long(list);
}

fn utf16(text: &[u8], little: bool, bom: bool) -> Vec<u8> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let units = bom
        .then_some(0xfeff)
        .into_iter()
        .chain(text.encode_utf16().collect::<Vec<_>>());
    units
        .flat_map(|e| {
            if little {
                e.to_le_bytes()
            } else {
                e.to_be_bytes()
            }
        })
        .collect()
}

fn character_sets(list: &mut CaseList) {
    let bom = [b"\xef\xbb\xbf".to_vec(), good()].concat();
    list.both(
        1,
        "UTF-8 with a mark",
        bom,
        Bevinding("BOM", ANYWHERE),
        Good,
    );
    for (little, name) in [(true, "UTF-16LE"), (false, "UTF-16BE")] {
        let met = utf16(&good(), little, true);
        list.both(
            2,
            format!("{name} with a mark"),
            met,
            Said("UTF-16"),
            FileRefusal("ENCODING_UNSUPPORTED", ANYWHERE),
        );
        let without = utf16(&good(), little, false);
        list.both(
            3,
            format!("{name} without a mark"),
            without,
            FileRefusal("ENCODING", ANYWHERE),
            FileRefusal("ENCODING", ANYWHERE),
        );
        let mut odd_length = utf16(&good(), little, true);
        odd_length.pop();
        let error = FileRefusal("ENCODING_INVALID", ANYWHERE);
        list.both(
            3,
            format!("{name} of an odd length"),
            odd_length,
            error,
            FileRefusal("ENCODING_UNSUPPORTED", ANYWHERE),
        );
    }
    for (byte, name) in [
        (0xe9, "é"),
        (0x80, "the euro sign"),
        (0x92, "a curled quote"),
        (0xeb, "ë"),
        (0xa0, "a hard space"),
    ] {
        let bytes = with_cell("productcode", [b"45J", &[byte][..], b" 6"].concat());
        let strict = FileRefusal("ENCODING_INVALID", cell(3, "productcode"));
        list.both(
            4,
            format!("Windows-1252 with {name}"),
            bytes,
            Said("Windows-1252"),
            strict,
        );
    }
    for byte in [0x81, 0x8d, 0x8f, 0x90, 0x9d] {
        let bytes = with_cell("productcode", [b"45J", &[byte][..], b" 6"].concat());
        let error = || FileRefusal("ENCODING_INVALID", cell(3, "productcode"));
        list.both(
            4,
            format!("{byte:#x}, which is nothing in Windows-1252"),
            bytes,
            FileRefusal("ENCODING_INVALID", ANYWHERE),
            error(),
        );
    }
    let mixed = [
        (
            "UTF-8 above, Windows-1252 below",
            trajecten(&[
                &[("productcode", "caf\u{e9}".as_bytes())],
                &[("productcode", b"caf\xe9 x")],
            ]),
        ),
        (
            "Windows-1252 above, UTF-8 below",
            trajecten(&[
                &[("productcode", b"caf\xe9 x")],
                &[("productcode", "caf\u{e9}".as_bytes())],
            ]),
        ),
        (
            "both in one cell",
            with_cell("productcode", b"\xc3\xa9\xe9 "),
        ),
        (
            "a UTF-8 mark and Windows-1252",
            [
                b"\xef\xbb\xbf".to_vec(),
                with_cell("productcode", b"caf\xe9 x"),
            ]
            .concat(),
        ),
        (
            "the letters of an old DOS file",
            with_cell("productcode", b"Cli\x89nt"),
        ),
    ];
    for (number, (name, bytes)) in mixed.into_iter().enumerate() {
        let location = if number == 1 { 2 } else { 3 };
        list.both(
            5,
            name,
            bytes,
            FileRefusal("ENCODING_INVALID", ANYWHERE),
            FileRefusal("ENCODING_INVALID", row(location)),
        );
    }
    let half = [good(), utf16(&good(), true, false)].concat();
    list.both(
        5,
        "UTF-8 and then UTF-16",
        half,
        FileRefusal("ENCODING", ANYWHERE),
        FileRefusal("CONTROL_CHAR", row(4)),
    );
}

fn broken_bytes(list: &mut CaseList) {
    for character in ["é", "€", "😀"] {
        for over in 1..character.len() {
            let mut bytes = good();
            bytes.pop();
            bytes.extend_from_slice(&character.as_bytes()[..over]);
            let name = format!("cut off after {over} bytes of {character}");
            list.both(
                6,
                name,
                bytes,
                FileRefusal("ENCODING_INVALID", ANYWHERE),
                FileRefusal("ENCODING_INVALID", row(3)),
            );
        }
    }
    let broken: [(&str, &[u8]); 9] = [
        ("an overlong NUL", b"\xc0\x80"),
        ("an overlong letter", b"\xc1\xbf"),
        ("overlong in three bytes", b"\xe0\x80\x80"),
        ("overlong in four bytes", b"\xf0\x80\x80\x80"),
        ("the first half of a surrogate", b"\xed\xa0\x80"),
        ("the second half of a surrogate", b"\xed\xbf\xbf"),
        ("a surrogate pair", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("beyond U+10FFFF", b"\xf4\x90\x80\x80"),
        ("a lead byte that never was", b"\xf5\x80\x80\x80"),
    ];
    for (name, bytes) in broken {
        let strict = FileRefusal("ENCODING_INVALID", cell(3, "productcode"));
        list.both(
            7,
            name,
            with_cell("productcode", bytes),
            FileRefusal("ENCODING_INVALID", ANYWHERE),
            strict,
        );
    }
}

fn control_characters(list: &mut CaseList) {
    let control = || FileRefusal("CONTROL_CHAR", cell(3, "productcode"));
    list.both(
        8,
        "NUL in a cell",
        with_cell("productcode", [SECRET.as_bytes(), b"\0"].concat()),
        control(),
        control(),
    );
    let in_header = with_header(&header_row().replace("kader", "ka\0der"));
    list.both(
        8,
        "NUL in a header",
        in_header,
        FileRefusal("CONTROL_CHAR", row(1)),
        FileRefusal("CONTROL_CHAR", row(1)),
    );
    for length in [1, 64, 100_000] {
        let name = format!("{length} NUL bytes and nothing else");
        list.both(
            8,
            name,
            vec![0; length],
            FileRefusal("ENCODING", ANYWHERE),
            FileRefusal("CONTROL_CHAR", row(1)),
        );
    }
    for byte in (1..0x20)
        .filter(|b| !matches!(b, b'\t' | b'\n' | b'\r'))
        .chain([0x7f])
    {
        let bytes = with_cell("productcode", [SECRET.as_bytes(), &[byte]].concat());
        list.both(
            9,
            format!("control character {byte:#04x}"),
            bytes,
            control(),
            control(),
        );
    }
    for punt in ['\u{80}', '\u{85}', '\u{9b}', '\u{9f}'] {
        let bytes = with_cell("productcode", format!("{SECRET}{punt}"));
        list.both(
            9,
            format!("control character U+{:04X}", punt as u32),
            bytes,
            control(),
            control(),
        );
    }
    for (name, reeks) in [
        ("colour", "\x1b[31m"),
        ("window title", "\x1b]0;x\x07"),
        ("clear screen", "\x1b[2J"),
        ("C1 colour", "\u{9b}31m"),
    ] {
        list.both(
            9,
            format!("terminal sequence: {name}"),
            with_cell("productcode", format!("{reeks}x")),
            control(),
            control(),
        );
        let header = with_header(&header_row().replace("kader", &format!("{reeks}kader")));
        let error = || FileRefusal("CONTROL_CHAR", row(1));
        list.both(
            9,
            format!("terminal sequence in a header: {name}"),
            header,
            error(),
            error(),
        );
    }
}

fn line_ends(list: &mut CaseList) {
    let text = String::from_utf8(good()).unwrap();
    let regels: Vec<&str> = text.lines().collect();
    let forms = [
        ("LF", regels.join("\n") + "\n"),
        ("CRLF", regels.join("\r\n") + "\r\n"),
        ("CR", regels.join("\r") + "\r"),
        ("no last line end", regels.join("\n")),
        (
            "mixed",
            format!("{}\r\n{}\r{}\n", regels[0], regels[1], regels[2]),
        ),
        (
            "LF and CR turned round",
            format!("{}\n\r{}\n\r{}", regels[0], regels[1], regels[2]),
        ),
        ("blank lines below", text.clone() + "\n\n\r\n"),
        ("blank lines between", regels.join("\n\n")),
    ];
    for (name, vorm) in forms {
        list.both(
            10,
            format!("line ends: {name}"),
            vorm.into_bytes(),
            Good,
            Good,
        );
    }
    for (name, character) in [("U+2028", '\u{2028}'), ("U+0085 is refused", '\u{85}')] {
        let bytes = regels.join(&character.to_string()).into_bytes();
        let (own, pakket) = if character == '\u{85}' {
            (
                FileRefusal("CONTROL_CHAR", row(1)),
                FileRefusal("CONTROL_CHAR", row(1)),
            )
        } else {
            (
                FileRefusal("HEADER_DUPLICATE", row(1)),
                FileRefusal("HEADER_UNKNOWN", row(1)),
            )
        };
        list.both(10, format!("line ends: {name}"), bytes, own, pakket);
    }
}

fn similar_letters(list: &mut CaseList) {
    let invisible = [
        ('\u{feff}', "mark"),
        ('\u{200b}', "zero width space"),
        ('\u{200c}', "non-joiner"),
        ('\u{200d}', "joiner"),
        ('\u{ad}', "soft hyphen"),
        ('\u{2060}', "word joiner"),
    ];
    for (character, name) in invisible {
        let code = with_cell("kader", format!("vrij{character}willig"));
        list.both(
            11,
            format!("{name} in a code"),
            code,
            Said("vrijwillig"),
            Bevinding("CODE_UNKNOWN", cell(3, "kader")),
        );
        let header = with_header(&header_row().replace(",kader", &format!(",ka{character}der")));
        list.both(
            11,
            format!("{name} in a header"),
            header,
            Good,
            FileRefusal("HEADER_UNKNOWN", row(1)),
        );
    }
    let decomposed = "Cafe\u{301}";
    list.both(
        12,
        "a text in parts (NFD)",
        with_cell("productcode", decomposed),
        Good,
        Good,
    );
    let header_decomposed = with_header(&header_row().replace("vorm", "vo\u{308}rm"));
    list.both(
        12,
        "a header with an accent it has not",
        header_decomposed,
        Good,
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
    let foreign = [
        (
            "Cyrillic М in a gemeente",
            "gemeente",
            "G\u{41c}0344",
            "GEMEENTE_UNKNOWN",
        ),
        (
            "Cyrillic е in a verwijzer",
            "verwijzer",
            "r\u{435}chter",
            "CODE_UNKNOWN",
        ),
        (
            "Greek ο in a vorm",
            "vorm",
            "\u{3bf}mgangshuis",
            "CODE_UNKNOWN",
        ),
        (
            "full-width digits in a gemeente",
            "gemeente",
            "GM\u{ff10}\u{ff13}\u{ff14}\u{ff14}",
            "GEMEENTE_UNKNOWN",
        ),
        (
            "Cyrillic а in a ja/nee word",
            "omgang_met",
            "oud\u{435}r",
            "CODE_UNKNOWN",
        ),
    ];
    for (name, veld, value, code) in foreign {
        let veld: &'static str = headers().into_iter().find(|k| *k == veld).unwrap();
        list.both(
            13,
            name,
            with_cell(veld, value),
            Said(value),
            Bevinding(code, cell(3, veld)),
        );
    }
    for (name, value) in [
        ("Turkish İ", "VRİJWİLLİG"),
        ("Turkish ı", "vrıjwıllıg"),
        ("capitals", "VRIJWILLIG"),
        ("sharp s", "gedwongenß"),
        ("ligature ﬁ", "vrĳwillig"),
        ("long s", "gedwongen\u{17f}"),
    ] {
        let bytes = with_cell("kader", value);
        list.both(
            16,
            format!("{name} in a code"),
            bytes,
            Said(value),
            Bevinding("CODE_UNKNOWN", cell(3, "kader")),
        );
    }
}

fn turned_and_long(list: &mut CaseList) {
    for character in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
        let control = || FileRefusal("CONTROL_CHAR", cell(3, "productcode"));
        let bytes = with_cell("productcode", format!("{SECRET}{character}"));
        list.both(
            14,
            format!("U+{:04X} in a text", character as u32),
            bytes,
            control(),
            control(),
        );
    }
    let header = with_header(&header_row().replace("kader", "ka\u{202e}der"));
    list.both(
        14,
        "U+202E in a header",
        header,
        FileRefusal("CONTROL_CHAR", row(1)),
        FileRefusal("CONTROL_CHAR", row(1)),
    );
    list.own(
        14,
        "U+202E in the name of the file",
        "traject\u{202e}vsc.csv",
        good(),
        Good,
    );
    list.own(
        14,
        "ESC in the name of the file",
        "traject\x1b[31m.csv",
        good(),
        Good,
    );
    list.own(
        14,
        "a line end in the name of the file",
        "traject\nGeen fouten.csv",
        good(),
        Good,
    );
    let long = || FileRefusal("FIELD_TOO_LONG", cell(3, "productcode"));
    for (name, count) in [("70 KB", 35_000_usize), ("10 MB", 5_000_000)] {
        let make = move || with_cell("productcode", format!("a{}", "\u{301}".repeat(count)));
        list.large(
            15,
            format!("{name} of accents on one letter"),
            make,
            long(),
            long(),
        );
    }
    let net = || with_cell("productcode", "a".repeat(65_536));
    list.large(
        15,
        "64 KiB of text",
        net,
        Bevinding("FIELD_TOO_LONG", cell(3, "productcode")),
        Bevinding("FIELD_TOO_LONG", cell(3, "productcode")),
    );
    list.large(
        15,
        "64 KiB and one byte",
        || with_cell("productcode", "a".repeat(65_537)),
        long(),
        long(),
    );
}
