//! Encoding and text: 1 to 16.

use super::Verwacht::{Bevinding, Gezegd, Goed, Weigering};
use super::{GEHEIM, Lijst, OVERAL, cel, goed, koppen, kopregel, met_cel, met_kop, rij, trajecten};

pub fn vul(lijst: &mut Lijst) {
    encodings(lijst);
    broken_bytes(lijst);
    control_characters(lijst);
    line_ends(lijst);
    look_alikes(lijst);
    turned_and_long(lijst);
}

fn utf16(tekst: &[u8], le: bool, bom: bool) -> Vec<u8> {
    let tekst = String::from_utf8(tekst.to_vec()).unwrap();
    let eenheden = bom
        .then_some(0xfeff)
        .into_iter()
        .chain(tekst.encode_utf16().collect::<Vec<_>>());
    eenheden
        .flat_map(|e| if le { e.to_le_bytes() } else { e.to_be_bytes() })
        .collect()
}

fn encodings(lijst: &mut Lijst) {
    let bom = [b"\xef\xbb\xbf".to_vec(), goed()].concat();
    lijst.beide(1, "UTF-8 with a mark", bom, Bevinding("BOM", OVERAL), Goed);
    for (le, naam) in [(true, "UTF-16LE"), (false, "UTF-16BE")] {
        let met = utf16(&goed(), le, true);
        lijst.beide(
            2,
            format!("{naam} with a mark"),
            met,
            Gezegd("UTF-16"),
            Weigering("ENCODING_UNSUPPORTED", OVERAL),
        );
        let zonder = utf16(&goed(), le, false);
        lijst.beide(
            3,
            format!("{naam} without a mark"),
            zonder,
            Weigering("ENCODING", OVERAL),
            Weigering("ENCODING", OVERAL),
        );
        let mut oneven = utf16(&goed(), le, true);
        oneven.pop();
        let fout = Weigering("ENCODING_INVALID", OVERAL);
        lijst.beide(
            3,
            format!("{naam} of an odd length"),
            oneven,
            fout,
            Weigering("ENCODING_UNSUPPORTED", OVERAL),
        );
    }
    for (byte, naam) in [
        (0xe9, "é"),
        (0x80, "the euro sign"),
        (0x92, "a curled quote"),
        (0xeb, "ë"),
        (0xa0, "a hard space"),
    ] {
        let bytes = met_cel("productcode", [b"45J", &[byte][..], b" 6"].concat());
        let strikt = Weigering("ENCODING_INVALID", cel(3, "productcode"));
        lijst.beide(
            4,
            format!("Windows-1252 with {naam}"),
            bytes,
            Gezegd("Windows-1252"),
            strikt,
        );
    }
    for byte in [0x81, 0x8d, 0x8f, 0x90, 0x9d] {
        let bytes = met_cel("productcode", [b"45J", &[byte][..], b" 6"].concat());
        let fout = || Weigering("ENCODING_INVALID", cel(3, "productcode"));
        lijst.beide(
            4,
            format!("{byte:#x}, which is nothing in Windows-1252"),
            bytes,
            Weigering("ENCODING_INVALID", OVERAL),
            fout(),
        );
    }
    let gemengd = [
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
        ("both in one cell", met_cel("productcode", b"\xc3\xa9\xe9 ")),
        (
            "a UTF-8 mark and Windows-1252",
            [
                b"\xef\xbb\xbf".to_vec(),
                met_cel("productcode", b"caf\xe9 x"),
            ]
            .concat(),
        ),
        (
            "the letters of an old DOS file",
            met_cel("productcode", b"Cli\x89nt"),
        ),
    ];
    for (nummer, (naam, bytes)) in gemengd.into_iter().enumerate() {
        let waar = if nummer == 1 { 2 } else { 3 };
        lijst.beide(
            5,
            naam,
            bytes,
            Weigering("ENCODING_INVALID", OVERAL),
            Weigering("ENCODING_INVALID", rij(waar)),
        );
    }
    let half = [goed(), utf16(&goed(), true, false)].concat();
    lijst.beide(
        5,
        "UTF-8 and then UTF-16",
        half,
        Weigering("ENCODING", OVERAL),
        Weigering("CONTROL_CHAR", rij(4)),
    );
}

fn broken_bytes(lijst: &mut Lijst) {
    for teken in ["é", "€", "😀"] {
        for over in 1..teken.len() {
            let mut bytes = goed();
            bytes.pop();
            bytes.extend_from_slice(&teken.as_bytes()[..over]);
            let naam = format!("cut off after {over} bytes of {teken}");
            lijst.beide(
                6,
                naam,
                bytes,
                Weigering("ENCODING_INVALID", OVERAL),
                Weigering("ENCODING_INVALID", rij(3)),
            );
        }
    }
    let gebroken: [(&str, &[u8]); 9] = [
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
    for (naam, bytes) in gebroken {
        let strikt = Weigering("ENCODING_INVALID", cel(3, "productcode"));
        lijst.beide(
            7,
            naam,
            met_cel("productcode", bytes),
            Weigering("ENCODING_INVALID", OVERAL),
            strikt,
        );
    }
}

fn control_characters(lijst: &mut Lijst) {
    let stuur = || Weigering("CONTROL_CHAR", cel(3, "productcode"));
    lijst.beide(
        8,
        "NUL in a cell",
        met_cel("productcode", [GEHEIM.as_bytes(), b"\0"].concat()),
        stuur(),
        stuur(),
    );
    let in_kop = met_kop(&kopregel().replace("kader", "ka\0der"));
    lijst.beide(
        8,
        "NUL in a header",
        in_kop,
        Weigering("CONTROL_CHAR", rij(1)),
        Weigering("CONTROL_CHAR", rij(1)),
    );
    for lengte in [1, 64, 100_000] {
        let naam = format!("{lengte} NUL bytes and nothing else");
        lijst.beide(
            8,
            naam,
            vec![0; lengte],
            Weigering("ENCODING", OVERAL),
            Weigering("CONTROL_CHAR", rij(1)),
        );
    }
    for byte in (1..0x20)
        .filter(|b| !matches!(b, b'\t' | b'\n' | b'\r'))
        .chain([0x7f])
    {
        let bytes = met_cel("productcode", [GEHEIM.as_bytes(), &[byte]].concat());
        lijst.beide(
            9,
            format!("control character {byte:#04x}"),
            bytes,
            stuur(),
            stuur(),
        );
    }
    for punt in ['\u{80}', '\u{85}', '\u{9b}', '\u{9f}'] {
        let bytes = met_cel("productcode", format!("{GEHEIM}{punt}"));
        lijst.beide(
            9,
            format!("control character U+{:04X}", punt as u32),
            bytes,
            stuur(),
            stuur(),
        );
    }
    for (naam, reeks) in [
        ("colour", "\x1b[31m"),
        ("window title", "\x1b]0;x\x07"),
        ("clear screen", "\x1b[2J"),
        ("C1 colour", "\u{9b}31m"),
    ] {
        lijst.beide(
            9,
            format!("terminal sequence: {naam}"),
            met_cel("productcode", format!("{reeks}x")),
            stuur(),
            stuur(),
        );
        let kop = met_kop(&kopregel().replace("kader", &format!("{reeks}kader")));
        let fout = || Weigering("CONTROL_CHAR", rij(1));
        lijst.beide(
            9,
            format!("terminal sequence in a header: {naam}"),
            kop,
            fout(),
            fout(),
        );
    }
}

fn line_ends(lijst: &mut Lijst) {
    let tekst = String::from_utf8(goed()).unwrap();
    let regels: Vec<&str> = tekst.lines().collect();
    let vormen = [
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
        ("blank lines below", tekst.clone() + "\n\n\r\n"),
        ("blank lines between", regels.join("\n\n")),
    ];
    for (naam, vorm) in vormen {
        lijst.beide(
            10,
            format!("line ends: {naam}"),
            vorm.into_bytes(),
            Goed,
            Goed,
        );
    }
    for (naam, teken) in [("U+2028", '\u{2028}'), ("U+0085 is refused", '\u{85}')] {
        let bytes = regels.join(&teken.to_string()).into_bytes();
        let (eigen, pakket) = if teken == '\u{85}' {
            (
                Weigering("CONTROL_CHAR", rij(1)),
                Weigering("CONTROL_CHAR", rij(1)),
            )
        } else {
            (
                Weigering("HEADER_DUPLICATE", rij(1)),
                Weigering("HEADER_UNKNOWN", rij(1)),
            )
        };
        lijst.beide(10, format!("line ends: {naam}"), bytes, eigen, pakket);
    }
}

fn look_alikes(lijst: &mut Lijst) {
    let onzichtbaar = [
        ('\u{feff}', "mark"),
        ('\u{200b}', "zero width space"),
        ('\u{200c}', "non-joiner"),
        ('\u{200d}', "joiner"),
        ('\u{ad}', "soft hyphen"),
        ('\u{2060}', "word joiner"),
    ];
    for (teken, naam) in onzichtbaar {
        let code = met_cel("kader", format!("vrij{teken}willig"));
        lijst.beide(
            11,
            format!("{naam} in a code"),
            code,
            Gezegd("vrijwillig"),
            Bevinding("CODE_UNKNOWN", cel(3, "kader")),
        );
        let kop = met_kop(&kopregel().replace(",kader", &format!(",ka{teken}der")));
        lijst.beide(
            11,
            format!("{naam} in a header"),
            kop,
            Goed,
            Weigering("HEADER_UNKNOWN", rij(1)),
        );
    }
    let nfd = "Cafe\u{301}";
    lijst.beide(
        12,
        "a text in parts (NFD)",
        met_cel("productcode", nfd),
        Goed,
        Goed,
    );
    let kop_nfd = met_kop(&kopregel().replace("vorm", "vo\u{308}rm"));
    lijst.beide(
        12,
        "a header with an accent it has not",
        kop_nfd,
        Goed,
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
    let vreemd = [
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
    for (naam, veld, waarde, code) in vreemd {
        let veld: &'static str = koppen().into_iter().find(|k| *k == veld).unwrap();
        lijst.beide(
            13,
            naam,
            met_cel(veld, waarde),
            Gezegd(waarde),
            Bevinding(code, cel(3, veld)),
        );
    }
    for (naam, waarde) in [
        ("Turkish İ", "VRİJWİLLİG"),
        ("Turkish ı", "vrıjwıllıg"),
        ("capitals", "VRIJWILLIG"),
        ("sharp s", "gedwongenß"),
        ("ligature ﬁ", "vrĳwillig"),
        ("long s", "gedwongen\u{17f}"),
    ] {
        let bytes = met_cel("kader", waarde);
        lijst.beide(
            16,
            format!("{naam} in a code"),
            bytes,
            Gezegd(waarde),
            Bevinding("CODE_UNKNOWN", cel(3, "kader")),
        );
    }
}

fn turned_and_long(lijst: &mut Lijst) {
    for teken in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
        let stuur = || Weigering("CONTROL_CHAR", cel(3, "productcode"));
        let bytes = met_cel("productcode", format!("{GEHEIM}{teken}"));
        lijst.beide(
            14,
            format!("U+{:04X} in a text", teken as u32),
            bytes,
            stuur(),
            stuur(),
        );
    }
    let kop = met_kop(&kopregel().replace("kader", "ka\u{202e}der"));
    lijst.beide(
        14,
        "U+202E in a header",
        kop,
        Weigering("CONTROL_CHAR", rij(1)),
        Weigering("CONTROL_CHAR", rij(1)),
    );
    lijst.eigen(
        14,
        "U+202E in the name of the file",
        "traject\u{202e}vsc.csv",
        goed(),
        Goed,
    );
    lijst.eigen(
        14,
        "ESC in the name of the file",
        "traject\x1b[31m.csv",
        goed(),
        Goed,
    );
    lijst.eigen(
        14,
        "a line end in the name of the file",
        "traject\nGeen fouten.csv",
        goed(),
        Goed,
    );
    let lang = || Weigering("FIELD_TOO_LONG", cel(3, "productcode"));
    for (naam, aantal) in [("70 KB", 35_000_usize), ("10 MB", 5_000_000)] {
        let maak = move || met_cel("productcode", format!("a{}", "\u{301}".repeat(aantal)));
        lijst.groot(
            15,
            format!("{naam} of accents on one letter"),
            maak,
            lang(),
            lang(),
        );
    }
    let net = || met_cel("productcode", "a".repeat(65_536));
    lijst.groot(
        15,
        "64 KiB of text",
        net,
        Bevinding("FIELD_TOO_LONG", cel(3, "productcode")),
        Bevinding("FIELD_TOO_LONG", cel(3, "productcode")),
    );
    lijst.groot(
        15,
        "64 KiB and one byte",
        || met_cel("productcode", "a".repeat(65_537)),
        lang(),
        lang(),
    );
}
