//! CSV: 17 to 32.

use super::Verwacht::{Bevinding, Gezegd, Goed, Weigering};
use super::{
    GEHEIM, Lijst, OVERAL, Waar, cel, goed, koppen, kopregel, met_cel, met_kop, rij, rij_tekst,
    trajecten,
};

pub fn vul(lijst: &mut Lijst) {
    quotes(lijst);
    widths(lijst);
    delimiters(lijst);
    headers(lijst);
    nothing_in_it(lijst);
    too_much(lijst);
    rows_that_are_no_data(lijst);
    numbers(lijst);
    empty_words(lijst);
    formulas(lijst);
}

fn quotes(lijst: &mut Lijst) {
    let open = |staart: usize| {
        move || {
            let mut bytes = met_cel("productcode", format!("\"{GEHEIM}"));
            while bytes.len() < staart {
                bytes.extend(rij_tekst(bytes.len() / 200, &[]));
                bytes.push(b'\n');
            }
            bytes
        }
    };
    let (kort, lang) = (
        || Weigering("QUOTE", rij(3)),
        || Weigering("FIELD_TOO_LONG", rij(3)),
    );
    lijst.groot(17, "a quote that is never closed", open(0), kort(), kort());
    for staart in [100_000, 1_000_000, 16_000_000] {
        lijst.groot(
            17,
            format!("a quote that swallows {staart} bytes"),
            open(staart),
            lang(),
            lang(),
        );
    }
    let bijna = [trajecten(&[&[], &[]]), b"\"".to_vec()].concat();
    lijst.beide(
        17,
        "a quote as the last byte",
        bijna,
        Weigering("QUOTE", rij(4)),
        Weigering("QUOTE", rij(4)),
    );
    let kop = met_kop(&format!("\"{}", kopregel()));
    lijst.beide(
        17,
        "a quote before the header",
        kop,
        Weigering("QUOTE", rij(1)),
        Weigering("QUOTE", rij(1)),
    );
    let gek: [(&str, &str); 4] = [
        ("a quote inside a bare cell", "4\"5"),
        ("a quote at the end of a bare cell", "45\""),
        ("a space before the quote", " \"45\""),
        ("a backslash before the quote", "\"4\\\"5\""),
    ];
    for (naam, waarde) in gek {
        lijst.beide(
            18,
            naam,
            met_cel("productcode", waarde),
            Goed,
            Weigering("QUOTE", rij(3)),
        );
    }
    for (naam, waarde) in [
        ("text after the closing quote", "\"4\"5"),
        ("a space after the quote", "\"45\" "),
    ] {
        lijst.beide(
            18,
            naam,
            met_cel("productcode", waarde),
            Weigering("QUOTE", cel(3, "productcode")),
            Weigering("QUOTE", rij(3)),
        );
    }
    for (naam, waarde) in [
        ("doubled quotes", "\"4\"\"5\""),
        ("only doubled quotes", "\"\"\"\"\"\""),
        ("an empty quoted cell", "\"\""),
        ("a backslash", "4\\5"),
        ("a single quote", "4'5"),
        ("a comma in quotes", "\"4,5\""),
    ] {
        lijst.beide(18, naam, met_cel("productcode", waarde), Goed, Goed);
    }
    for (naam, waarde) in [
        ("LF", "\"4\n5\""),
        ("CRLF", "\"4\r\n5\""),
        ("CR", "\"4\r5\""),
    ] {
        let bytes = trajecten(&[
            &[],
            &[("productcode", waarde.as_bytes())],
            &[("aanmelddatum", b"2020-02-30")],
        ]);
        let waar = || Bevinding("DATE", cel(4, "aanmelddatum"));
        lijst.beide(
            19,
            format!("{naam} inside quotes, a fault below"),
            bytes,
            waar(),
            waar(),
        );
    }
}

fn widths(lijst: &mut Lijst) {
    let breed = |staart: &str| {
        [
            goed(),
            rij_tekst(7, &[]),
            staart.as_bytes().to_vec(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    let smal = |weg: usize| {
        let rij = String::from_utf8(rij_tekst(7, &[])).unwrap();
        let cellen: Vec<&str> = rij.split(',').collect();
        [
            goed(),
            cellen[..cellen.len() - weg].join(",").into_bytes(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    let fout = || Weigering("ROW_WIDTH", rij(4));
    for (naam, bytes) in [
        ("one cell more", breed(",x")),
        ("two cells more", breed(",,x")),
        ("two hundred cells more", breed(&",x".repeat(200))),
    ] {
        lijst.beide(20, naam, bytes, fout(), fout());
    }
    for (naam, bytes) in [("one cell less", smal(1)), ("half a row", smal(15))] {
        lijst.beide(20, naam, bytes, fout(), fout());
    }
    let komma = trajecten(&[&[], &[], &[("kosten", b"1.512,00")]]);
    lijst.beide(20, "a decimal comma without quotes", komma, fout(), fout());
    let (eigen, strikt) = (Bevinding("ROWS_SKIPPED", rij(4)), fout());
    lijst.beide(
        20,
        "a lone word",
        [goed(), b"einde\n".to_vec()].concat(),
        eigen,
        strikt,
    );
    let leeg = String::from_utf8(goed()).unwrap().replace('\n', ",,,\n");
    lijst.beide(
        20,
        "empty columns to the right",
        leeg.into_bytes(),
        Goed,
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
    lijst.beide(
        20,
        "empty cells to the right of one row",
        breed(",,"),
        Goed,
        fout(),
    );
}

fn delimiters(lijst: &mut Lijst) {
    let met = |teken: &str| String::from_utf8(goed()).unwrap().replace(',', teken);
    for (naam, teken) in [("semicolons", ";"), ("tabs", "\t"), ("bars", "|")] {
        lijst.beide(
            21,
            naam,
            met(teken).into_bytes(),
            Bevinding("DELIMITER_ASSUMED", OVERAL),
            Weigering("DELIMITER", rij(1)),
        );
        let sep = format!("sep={teken}\n{}", met(teken)).into_bytes();
        lijst.beide(
            21,
            format!("sep= and {naam}"),
            sep,
            Bevinding("SEP_LINE", OVERAL),
            Weigering("DELIMITER", rij(1)),
        );
    }
    for (naam, teken) in [
        ("colons", ":"),
        ("blanks", " "),
        ("tildes", "~"),
        ("carets", "^"),
        ("the unit separator", "\u{1f}"),
    ] {
        let bytes = met(teken).into_bytes();
        let (eigen, pakket) = if teken == "\u{1f}" {
            (
                Weigering("CONTROL_CHAR", rij(1)),
                Weigering("CONTROL_CHAR", rij(1)),
            )
        } else {
            (
                Weigering("DELIMITER", OVERAL),
                Weigering("HEADER_UNKNOWN", rij(1)),
            )
        };
        lijst.beide(21, naam, bytes, eigen, pakket);
    }
    let vals = format!("sep=;\n{}", met(",")).into_bytes();
    lijst.beide(
        21,
        "sep= that is not so",
        vals,
        Weigering("HEADER_UNKNOWN", OVERAL),
        Weigering("DELIMITER", rij(1)),
    );
    let half = [
        met(",").into_bytes(),
        rij_tekst(7, &[])
            .iter()
            .map(|b| if *b == b',' { b';' } else { *b })
            .collect(),
        b"\n".to_vec(),
    ]
    .concat();
    lijst.beide(
        21,
        "another delimiter half-way",
        half,
        Weigering("ROW_WIDTH", rij(4)),
        Weigering("ROW_WIDTH", rij(4)),
    );
}

fn headers(lijst: &mut Lijst) {
    let zonder = goed()
        .split_inclusive(|b| *b == b'\n')
        .skip(1)
        .collect::<Vec<_>>()
        .concat();
    lijst.beide(
        22,
        "no header",
        zonder,
        Weigering("HEADER_UNKNOWN", OVERAL),
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
    let dubbel = || Weigering("HEADER_DUPLICATE", rij(1));
    lijst.beide(
        22,
        "a header twice",
        met_kop(&kopregel().replace("minuten", "gesprekken")),
        dubbel(),
        dubbel(),
    );
    let omgekeerd = |regel: &str| regel.split(',').rev().collect::<Vec<_>>().join(",");
    let tekst = String::from_utf8(goed()).unwrap();
    let rijen: Vec<String> = tekst.lines().map(omgekeerd).collect();
    lijst.beide(
        22,
        "the columns turned round",
        rijen.join("\n").into_bytes(),
        Goed,
        Goed,
    );
    let extra = tekst
        .lines()
        .enumerate()
        .map(|(i, regel)| format!("{regel},{}\n", if i == 0 { "Schoenmaat" } else { GEHEIM }));
    let strikt = Weigering("HEADER_UNKNOWN", rij(1));
    lijst.beide(
        22,
        "a column nobody asked for",
        extra.collect::<String>().into_bytes(),
        Gezegd("Schoenmaat"),
        strikt,
    );
    let anders = [
        ("in capitals", kopregel().to_uppercase()),
        ("with blanks around", kopregel().replace(',', " , ")),
        ("with blanks for underscores", kopregel().replace('_', " ")),
        (
            "in quotes with blanks",
            koppen()
                .iter()
                .map(|k| format!("\" {k}\""))
                .collect::<Vec<_>>()
                .join(","),
        ),
    ];
    for (naam, kop) in anders {
        lijst.beide(
            22,
            format!("headers {naam}"),
            met_kop(&kop),
            Goed,
            Weigering("HEADER_UNKNOWN", rij(1)),
        );
    }
    for veld in ["gemeente", "traject_id", "aanmelddatum"] {
        let index = koppen().iter().position(|k| *k == veld).unwrap();
        let weg = |regel: &str| {
            regel
                .split(',')
                .enumerate()
                .filter(|(i, _)| *i != index)
                .map(|(_, c)| c)
                .collect::<Vec<_>>()
                .join(",")
        };
        let bytes = tekst
            .lines()
            .map(|r| weg(r) + "\n")
            .collect::<String>()
            .into_bytes();
        lijst.beide(
            22,
            format!("no column {veld}"),
            bytes,
            Bevinding("REQUIRED", OVERAL),
            Weigering("HEADER_MISSING", rij(1)),
        );
    }
    lijst.beide(
        22,
        "a header without a name",
        met_kop(&kopregel().replace("minuten", "")),
        Gezegd("kolom"),
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
    let lang = Weigering("FIELD_TOO_LONG", rij(1));
    lijst.beide(
        22,
        "a header of 70 KB",
        met_kop(&kopregel().replace("minuten", &"m".repeat(70_000))),
        lang.clone(),
        lang,
    );
}

fn nothing_in_it(lijst: &mut Lijst) {
    let leeg = || Weigering("EMPTY", OVERAL);
    for (naam, bytes) in [
        ("no bytes", &b""[..]),
        ("one line end", b"\n"),
        ("only line ends", b"\r\n\r\n\n"),
        ("only blanks", b"  \t \n  "),
        ("only a mark", b"\xef\xbb\xbf"),
        ("a mark and line ends", b"\xef\xbb\xbf\n\n"),
    ] {
        lijst.beide(23, naam, bytes.to_vec(), leeg(), leeg());
    }
    lijst.beide(23, "only commas", b",,,,\n,,,,\n".to_vec(), leeg(), leeg());
    lijst.beide(
        23,
        "only sep=",
        b"sep=;\n".to_vec(),
        leeg(),
        Weigering("DELIMITER", rij(1)),
    );
    lijst.beide(
        23,
        "a header and no rows",
        kopregel().into_bytes(),
        leeg(),
        Goed,
    );
    lijst.beide(
        23,
        "a header and blank lines",
        format!("{}\n\n\n", kopregel()).into_bytes(),
        leeg(),
        Goed,
    );
    lijst.beide(
        23,
        "half a mark",
        b"\xef\xbb".to_vec(),
        Weigering("ENCODING_INVALID", OVERAL),
        Weigering("ENCODING_INVALID", OVERAL),
    );
}

fn too_much(lijst: &mut Lijst) {
    let kolommen = |n: usize| move || met_kop(&format!("{}{}", kopregel(), ",x".repeat(n)));
    let fout = |rij: Waar| Weigering("TOO_MANY_COLUMNS", rij);
    lijst.groot(
        24,
        "2,000 columns",
        kolommen(2000),
        fout(rij(1)),
        fout(rij(1)),
    );
    lijst.groot(
        24,
        "1,000,000 columns",
        kolommen(1_000_000),
        fout(rij(1)),
        fout(rij(1)),
    );
    let kommas = |n: usize| move || [goed(), vec![b','; n], b"\n".to_vec()].concat();
    lijst.groot(
        24,
        "a row of 16 MB of commas",
        kommas(16_000_000),
        fout(rij(4)),
        fout(rij(4)),
    );
    let letters = || [goed(), vec![b'x'; 16_000_000], b"\n".to_vec()].concat();
    let lang = || Weigering("FIELD_TOO_LONG", rij(4));
    lijst.groot(24, "a row of 16 MB of letters", letters, lang(), lang());
    let breed = || {
        [
            goed(),
            vec!["a".repeat(60_000); 200].join(",").into_bytes(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    lijst.groot(
        24,
        "200 cells of 60 KB in one row",
        breed,
        fout(rij(4)),
        fout(rij(4)),
    );
    for (naam, einde) in [("LF", &b"\n"[..]), ("CRLF", b"\r\n"), ("CR", b"\r")] {
        let maak = move || [goed(), einde.repeat(1_200_000)].concat();
        let veel = || Weigering("BLANK_ROWS", OVERAL);
        lijst.groot(
            25,
            format!("1,200,000 blank lines of {naam}"),
            maak,
            veel(),
            veel(),
        );
    }
    let lege_rijen = || {
        [
            goed(),
            [vec![b','; koppen().len() - 1], b"\n".to_vec()]
                .concat()
                .repeat(30_000),
        ]
        .concat()
    };
    lijst.groot(
        25,
        "30,000 rows of commas",
        lege_rijen,
        Gezegd("nog 29995"),
        Bevinding("REQUIRED", rij(4)),
    );
    let fouten = || {
        let anders: [(&str, &[u8]); 3] = [
            ("aanmelddatum", b"2020-02-30"),
            ("minuten", b"veel"),
            ("kader", b"?!"),
        ];
        let mut bytes = kopregel().into_bytes();
        for nummer in 0..20_000 {
            bytes.push(b'\n');
            bytes.extend(rij_tekst(nummer, &anders));
        }
        bytes
    };
    let datum = || Bevinding("DATE", cel(2, "aanmelddatum"));
    lijst.groot(
        32,
        "three errors in each of 20,000 rows",
        fouten,
        datum(),
        datum(),
    );
}

fn rows_that_are_no_data(lijst: &mut Lijst) {
    let onder = |staart: &[u8]| [goed(), staart.to_vec()].concat();
    let gezegd = || Bevinding("ROWS_SKIPPED", rij(4));
    lijst.beide(
        26,
        "Ctrl-Z at the end",
        onder(b"\x1a"),
        Goed,
        Weigering("CONTROL_CHAR", rij(4)),
    );
    lijst.beide(
        26,
        "Ctrl-Z on a line of its own",
        onder(b"\x1a\r\n"),
        Weigering("CONTROL_CHAR", rij(4)),
        Weigering("CONTROL_CHAR", rij(4)),
    );
    let totaal = format!("Totaal{}2\n", ",".repeat(koppen().len() - 1));
    lijst.beide(
        26,
        "a row with the total",
        onder(totaal.as_bytes()),
        gezegd(),
        Bevinding("REQUIRED", rij(4)),
    );
    lijst.beide(
        26,
        "a remark below",
        onder(b"Uitgedraaid op 3 maart door de administratie\n"),
        gezegd(),
        Weigering("ROW_WIDTH", rij(4)),
    );
    lijst.beide(
        26,
        "the header once more",
        onder(format!("{}\n", kopregel()).as_bytes()),
        gezegd(),
        Bevinding("CODE_UNKNOWN", cel(4, "kader")),
    );
    let boven = [b"Overzicht trajecten 2020\n\n".to_vec(), goed()].concat();
    lijst.beide(
        26,
        "a title above",
        boven,
        Goed,
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
}

fn numbers(lijst: &mut Lijst) {
    let fout = |veld: &'static str| Bevinding("NUMBER", cel(3, veld));
    for (naam, waarde) in [
        ("comma", "\"1512,00\""),
        ("points and comma", "\"1.512,00\""),
        ("commas and point", "\"1,512.00\""),
        ("euro sign", "€ 1512"),
        ("blanks", "1 512"),
        ("three decimals", "1512.004"),
    ] {
        lijst.beide(
            27,
            format!("an amount with {naam}"),
            met_cel("kosten", waarde),
            Goed,
            fout("kosten"),
        );
    }
    for (naam, waarde) in [
        ("either way", "\"1,512\""),
        ("two points too few", "1.51.2"),
        ("two commas", "\"1,5,12\""),
        ("a minus behind", "12-"),
        ("brackets", "(12)"),
    ] {
        lijst.beide(
            27,
            format!("an amount to be read {naam}"),
            met_cel("kosten", waarde),
            fout("kosten"),
            fout("kosten"),
        );
    }
    let onzin = [
        "1e308",
        "1e999",
        "-1e999",
        "1e3",
        "NaN",
        "Inf",
        "-Infinity",
        "0x10",
        "0b11",
        "1_000",
        "１２",
        "١٢",
        "½",
        "2³",
        "∞",
        "12.5",
        "twaalf",
        "12u",
        "1..2",
        "--1",
        "9999999999999999999999999999999999999999",
        "2147483648",
        "-2147483649",
        "18446744073709551616",
    ];
    for waarde in onzin {
        lijst.beide(
            28,
            format!("the number {waarde}"),
            met_cel("minuten", waarde),
            fout("minuten"),
            fout("minuten"),
        );
    }
    lijst.beide(28, "the number -0", met_cel("minuten", "-0"), Goed, Goed);
    lijst.beide(
        28,
        "the number +5",
        met_cel("minuten", "+5"),
        Goed,
        fout("minuten"),
    );
    for waarde in ["344", "0344", "GM344", "gm0344"] {
        lijst.beide(
            29,
            format!("the gemeente as {waarde}"),
            met_cel("gemeente", waarde),
            Goed,
            Bevinding("GEMEENTE_UNKNOWN", cel(3, "gemeente")),
        );
    }
    let geen = || Bevinding("GEMEENTE_UNKNOWN", cel(3, "gemeente"));
    lijst.beide(
        29,
        "the gemeente as 34",
        met_cel("gemeente", "34"),
        Goed,
        geen(),
    );
    lijst.beide(
        29,
        "the gemeente as 99999",
        met_cel("gemeente", "99999"),
        Gezegd("99999"),
        geen(),
    );
    for waarde in ["GM3440", "GM0000"] {
        lijst.beide(
            29,
            format!("the gemeente as {waarde}"),
            met_cel("gemeente", waarde),
            geen(),
            geen(),
        );
    }
}

fn empty_words(lijst: &mut Lijst) {
    for waarde in ["NULL", "n.v.t.", "-", "#N/B", "nvt", "N/A", "(leeg)"] {
        let einde = trajecten(&[&[], &[("intakedatum", waarde.as_bytes())]]);
        lijst.beide(
            30,
            format!("{waarde} for no date"),
            einde,
            Gezegd("leeg"),
            Bevinding("DATE", cel(3, "intakedatum")),
        );
    }
    for (naam, waarde) in [
        ("a blank", " "),
        ("a hard space", "\u{a0}"),
        ("a tab", "\t"),
        ("a zero width space", "\u{200b}"),
    ] {
        let bytes = trajecten(&[&[], &[("intakedatum", waarde.as_bytes())]]);
        lijst.beide(
            30,
            format!("{naam} for no date"),
            bytes,
            Goed,
            Bevinding("DATE", cel(3, "intakedatum")),
        );
    }
    for waarde in ["99", "?", "onbekend", "xx", "0"] {
        let bytes = trajecten(&[&[], &[("intakedatum", waarde.as_bytes())]]);
        let fout = || Bevinding("DATE", cel(3, "intakedatum"));
        lijst.beide(30, format!("{waarde} for no date"), bytes, fout(), fout());
    }
}

fn formulas(lijst: &mut Lijst) {
    let formules = [
        "=HYPERLINK(1)",
        "+cmd|'/C calc'!A0",
        "@SUM(1)",
        "-2+3",
        "＝1+1",
        "=1+1",
        "\t=1+1",
        "%0A=1",
        "|calc",
    ];
    for formule in formules {
        let vrij = met_cel("productcode", formule);
        lijst.beide(31, format!("{formule:?} as a text"), vrij, Goed, Goed);
        let code = met_cel("kader", formule);
        lijst.beide(
            31,
            format!("{formule:?} as a code"),
            code,
            Gezegd(formule),
            Bevinding("CODE_UNKNOWN", cel(3, "kader")),
        );
    }
}
