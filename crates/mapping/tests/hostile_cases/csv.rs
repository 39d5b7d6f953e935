//! CSV: 17 to 32.

use super::ExpectedAnswer::{Bevinding, FileRefusal, Good, Said};
use super::{
    ANYWHERE, CaseList, Location, SECRET, cell, good, header_row, headers, row, row_text,
    trajecten, with_cell, with_header,
};

pub(super) fn fill(list: &mut CaseList) {
    quotes(list);
    widths(list);
    delimiters(list);
    header_faults(list);
    nothing_in_it(list);
    too_much(list);
    rows_that_are_no_data(list);
    numbers(list);
    empty_words(list);
    formulas(list);
}

fn quotes(list: &mut CaseList) {
    let open = |tail: usize| {
        move || {
            let mut bytes = with_cell("productcode", format!("\"{SECRET}"));
            while bytes.len() < tail {
                bytes.extend(row_text(bytes.len() / 200, &[]));
                bytes.push(b'\n');
            }
            bytes
        }
    };
    let (short, long) = (
        || FileRefusal("QUOTE", row(3)),
        || FileRefusal("FIELD_TOO_LONG", row(3)),
    );
    list.large(
        17,
        "a quote that is never closed",
        open(0),
        short(),
        short(),
    );
    for tail in [100_000, 1_000_000, 16_000_000] {
        list.large(
            17,
            format!("a quote that swallows {tail} bytes"),
            open(tail),
            long(),
            long(),
        );
    }
    let almost = [trajecten(&[&[], &[]]), b"\"".to_vec()].concat();
    list.both(
        17,
        "a quote as the last byte",
        almost,
        FileRefusal("QUOTE", row(4)),
        FileRefusal("QUOTE", row(4)),
    );
    let header = with_header(&format!("\"{}", header_row()));
    list.both(
        17,
        "a quote before the header",
        header,
        FileRefusal("QUOTE", row(1)),
        FileRefusal("QUOTE", row(1)),
    );
    let odd: [(&str, &str); 4] = [
        ("a quote inside a bare cell", "4\"5"),
        ("a quote at the end of a bare cell", "45\""),
        ("a space before the quote", " \"45\""),
        ("a backslash before the quote", "\"4\\\"5\""),
    ];
    for (name, value) in odd {
        list.both(
            18,
            name,
            with_cell("productcode", value),
            Good,
            FileRefusal("QUOTE", row(3)),
        );
    }
    for (name, value) in [
        ("text after the closing quote", "\"4\"5"),
        ("a space after the quote", "\"45\" "),
    ] {
        list.both(
            18,
            name,
            with_cell("productcode", value),
            FileRefusal("QUOTE", cell(3, "productcode")),
            FileRefusal("QUOTE", row(3)),
        );
    }
    for (name, value) in [
        ("doubled quotes", "\"4\"\"5\""),
        ("only doubled quotes", "\"\"\"\"\"\""),
        ("an empty quoted cell", "\"\""),
        ("a backslash", "4\\5"),
        ("a single quote", "4'5"),
        ("a comma in quotes", "\"4,5\""),
    ] {
        list.both(18, name, with_cell("productcode", value), Good, Good);
    }
    for (name, value) in [
        ("LF", "\"4\n5\""),
        ("CRLF", "\"4\r\n5\""),
        ("CR", "\"4\r5\""),
    ] {
        let bytes = trajecten(&[
            &[],
            &[("productcode", value.as_bytes())],
            &[("aanmelddatum", b"2020-02-30")],
        ]);
        let location = || Bevinding("DATE", cell(4, "aanmelddatum"));
        list.both(
            19,
            format!("{name} inside quotes, a fault below"),
            bytes,
            location(),
            location(),
        );
    }
}

fn widths(list: &mut CaseList) {
    let breed = |tail: &str| {
        [
            good(),
            row_text(7, &[]),
            tail.as_bytes().to_vec(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    let narrow = |gone: usize| {
        let row = String::from_utf8(row_text(7, &[])).unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        [
            good(),
            cells[..cells.len() - gone].join(",").into_bytes(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    let error = || FileRefusal("ROW_WIDTH", row(4));
    for (name, bytes) in [
        ("one cell more", breed(",x")),
        ("two cells more", breed(",,x")),
        ("two hundred cells more", breed(&",x".repeat(200))),
    ] {
        list.both(20, name, bytes, error(), error());
    }
    for (name, bytes) in [("one cell less", narrow(1)), ("half a row", narrow(15))] {
        list.both(20, name, bytes, error(), error());
    }
    let comma = trajecten(&[&[], &[], &[("kosten", b"1.512,00")]]);
    list.both(
        20,
        "a decimal comma without quotes",
        comma,
        error(),
        error(),
    );
    let (own, strict) = (Bevinding("ROWS_SKIPPED", row(4)), error());
    list.both(
        20,
        "a lone word",
        [good(), b"einde\n".to_vec()].concat(),
        own,
        strict,
    );
    let empty = String::from_utf8(good()).unwrap().replace('\n', ",,,\n");
    list.both(
        20,
        "empty columns to the right",
        empty.into_bytes(),
        Good,
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
    list.both(
        20,
        "empty cells to the right of one row",
        breed(",,"),
        Good,
        error(),
    );
}

fn delimiters(list: &mut CaseList) {
    let met = |character: &str| String::from_utf8(good()).unwrap().replace(',', character);
    for (name, character) in [("semicolons", ";"), ("tabs", "\t"), ("bars", "|")] {
        list.both(
            21,
            name,
            met(character).into_bytes(),
            Bevinding("DELIMITER_ASSUMED", ANYWHERE),
            FileRefusal("DELIMITER", row(1)),
        );
        let sep = format!("sep={character}\n{}", met(character)).into_bytes();
        list.both(
            21,
            format!("sep= and {name}"),
            sep,
            Bevinding("SEP_LINE", ANYWHERE),
            FileRefusal("DELIMITER", row(1)),
        );
    }
    for (name, character) in [
        ("colons", ":"),
        ("blanks", " "),
        ("tildes", "~"),
        ("carets", "^"),
        ("the unit separator", "\u{1f}"),
    ] {
        let bytes = met(character).into_bytes();
        let (own, pakket) = if character == "\u{1f}" {
            (
                FileRefusal("CONTROL_CHAR", row(1)),
                FileRefusal("CONTROL_CHAR", row(1)),
            )
        } else {
            (
                FileRefusal("DELIMITER", ANYWHERE),
                FileRefusal("HEADER_UNKNOWN", row(1)),
            )
        };
        list.both(21, name, bytes, own, pakket);
    }
    let misleading = format!("sep=;\n{}", met(",")).into_bytes();
    list.both(
        21,
        "sep= that is not so",
        misleading,
        FileRefusal("HEADER_UNKNOWN", ANYWHERE),
        FileRefusal("DELIMITER", row(1)),
    );
    let half = [
        met(",").into_bytes(),
        row_text(7, &[])
            .iter()
            .map(|b| if *b == b',' { b';' } else { *b })
            .collect(),
        b"\n".to_vec(),
    ]
    .concat();
    list.both(
        21,
        "another delimiter half-way",
        half,
        FileRefusal("ROW_WIDTH", row(4)),
        FileRefusal("ROW_WIDTH", row(4)),
    );
}

fn header_faults(list: &mut CaseList) {
    let without = good()
        .split_inclusive(|b| *b == b'\n')
        .skip(1)
        .collect::<Vec<_>>()
        .concat();
    list.both(
        22,
        "no header",
        without,
        FileRefusal("HEADER_UNKNOWN", ANYWHERE),
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
    let duplicate = || FileRefusal("HEADER_DUPLICATE", row(1));
    list.both(
        22,
        "a header twice",
        with_header(&header_row().replace("minuten", "gesprekken")),
        duplicate(),
        duplicate(),
    );
    let reversed = |regel: &str| regel.split(',').rev().collect::<Vec<_>>().join(",");
    let text = String::from_utf8(good()).unwrap();
    let rows: Vec<String> = text.lines().map(reversed).collect();
    list.both(
        22,
        "the columns turned round",
        rows.join("\n").into_bytes(),
        Good,
        Good,
    );
    let extra = text
        .lines()
        .enumerate()
        .map(|(i, regel)| format!("{regel},{}\n", if i == 0 { "Schoenmaat" } else { SECRET }));
    let strict = FileRefusal("HEADER_UNKNOWN", row(1));
    list.both(
        22,
        "a column nobody asked for",
        extra.collect::<String>().into_bytes(),
        Said("Schoenmaat"),
        strict,
    );
    let overrides = [
        ("in capitals", header_row().to_uppercase()),
        ("with blanks around", header_row().replace(',', " , ")),
        (
            "with blanks for underscores",
            header_row().replace('_', " "),
        ),
        (
            "in quotes with blanks",
            headers()
                .iter()
                .map(|k| format!("\" {k}\""))
                .collect::<Vec<_>>()
                .join(","),
        ),
    ];
    for (name, header) in overrides {
        list.both(
            22,
            format!("headers {name}"),
            with_header(&header),
            Good,
            FileRefusal("HEADER_UNKNOWN", row(1)),
        );
    }
    for veld in ["gemeente", "traject_id", "aanmelddatum"] {
        let index = headers().iter().position(|k| *k == veld).unwrap();
        let gone = |regel: &str| {
            regel
                .split(',')
                .enumerate()
                .filter(|(i, _)| *i != index)
                .map(|(_, c)| c)
                .collect::<Vec<_>>()
                .join(",")
        };
        let bytes = text
            .lines()
            .map(|r| gone(r) + "\n")
            .collect::<String>()
            .into_bytes();
        list.both(
            22,
            format!("no column {veld}"),
            bytes,
            Bevinding("REQUIRED", ANYWHERE),
            FileRefusal("HEADER_MISSING", row(1)),
        );
    }
    list.both(
        22,
        "a header without a name",
        with_header(&header_row().replace("minuten", "")),
        Said("kolom"),
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
    let long = FileRefusal("FIELD_TOO_LONG", row(1));
    list.both(
        22,
        "a header of 70 KB",
        with_header(&header_row().replace("minuten", &"m".repeat(70_000))),
        long.clone(),
        long,
    );
}

fn nothing_in_it(list: &mut CaseList) {
    let empty = || FileRefusal("EMPTY", ANYWHERE);
    for (name, bytes) in [
        ("no bytes", &b""[..]),
        ("one line end", b"\n"),
        ("only line ends", b"\r\n\r\n\n"),
        ("only blanks", b"  \t \n  "),
        ("only a mark", b"\xef\xbb\xbf"),
        ("a mark and line ends", b"\xef\xbb\xbf\n\n"),
    ] {
        list.both(23, name, bytes.to_vec(), empty(), empty());
    }
    list.both(
        23,
        "only commas",
        b",,,,\n,,,,\n".to_vec(),
        empty(),
        empty(),
    );
    list.both(
        23,
        "only sep=",
        b"sep=;\n".to_vec(),
        empty(),
        FileRefusal("DELIMITER", row(1)),
    );
    list.both(
        23,
        "a header and no rows",
        header_row().into_bytes(),
        empty(),
        Good,
    );
    list.both(
        23,
        "a header and blank lines",
        format!("{}\n\n\n", header_row()).into_bytes(),
        empty(),
        Good,
    );
    list.both(
        23,
        "half a mark",
        b"\xef\xbb".to_vec(),
        FileRefusal("ENCODING_INVALID", ANYWHERE),
        FileRefusal("ENCODING_INVALID", ANYWHERE),
    );
}

fn too_much(list: &mut CaseList) {
    let columns = |n: usize| move || with_header(&format!("{}{}", header_row(), ",x".repeat(n)));
    let error = |row: Location| FileRefusal("TOO_MANY_COLUMNS", row);
    list.large(
        24,
        "2,000 columns",
        columns(2000),
        error(row(1)),
        error(row(1)),
    );
    list.large(
        24,
        "1,000,000 columns",
        columns(1_000_000),
        error(row(1)),
        error(row(1)),
    );
    let commas = |n: usize| move || [good(), vec![b','; n], b"\n".to_vec()].concat();
    list.large(
        24,
        "a row of 16 MB of commas",
        commas(16_000_000),
        error(row(4)),
        error(row(4)),
    );
    let letters = || [good(), vec![b'x'; 16_000_000], b"\n".to_vec()].concat();
    let long = || FileRefusal("FIELD_TOO_LONG", row(4));
    list.large(24, "a row of 16 MB of letters", letters, long(), long());
    let breed = || {
        [
            good(),
            vec!["a".repeat(60_000); 200].join(",").into_bytes(),
            b"\n".to_vec(),
        ]
        .concat()
    };
    list.large(
        24,
        "200 cells of 60 KB in one row",
        breed,
        error(row(4)),
        error(row(4)),
    );
    for (name, end) in [("LF", &b"\n"[..]), ("CRLF", b"\r\n"), ("CR", b"\r")] {
        let make = move || [good(), end.repeat(1_200_000)].concat();
        let many = || FileRefusal("BLANK_ROWS", ANYWHERE);
        list.large(
            25,
            format!("1,200,000 blank lines of {name}"),
            make,
            many(),
            many(),
        );
    }
    let empty_rows = || {
        [
            good(),
            [vec![b','; headers().len() - 1], b"\n".to_vec()]
                .concat()
                .repeat(30_000),
        ]
        .concat()
    };
    list.large(
        25,
        "30,000 rows of commas",
        empty_rows,
        Said("nog 29995"),
        Bevinding("REQUIRED", row(4)),
    );
    let errors = || {
        let overrides: [(&str, &[u8]); 3] = [
            ("aanmelddatum", b"2020-02-30"),
            ("minuten", b"veel"),
            ("kader", b"?!"),
        ];
        let mut bytes = header_row().into_bytes();
        for number in 0..20_000 {
            bytes.push(b'\n');
            bytes.extend(row_text(number, &overrides));
        }
        bytes
    };
    let datum = || Bevinding("DATE", cell(2, "aanmelddatum"));
    list.large(
        32,
        "three errors in each of 20,000 rows",
        errors,
        datum(),
        datum(),
    );
}

fn rows_that_are_no_data(list: &mut CaseList) {
    let below = |tail: &[u8]| [good(), tail.to_vec()].concat();
    let said = || Bevinding("ROWS_SKIPPED", row(4));
    list.both(
        26,
        "Ctrl-Z at the end",
        below(b"\x1a"),
        Good,
        FileRefusal("CONTROL_CHAR", row(4)),
    );
    list.both(
        26,
        "Ctrl-Z on a line of its own",
        below(b"\x1a\r\n"),
        FileRefusal("CONTROL_CHAR", row(4)),
        FileRefusal("CONTROL_CHAR", row(4)),
    );
    let total = format!("Totaal{}2\n", ",".repeat(headers().len() - 1));
    list.both(
        26,
        "a row with the total",
        below(total.as_bytes()),
        said(),
        Bevinding("REQUIRED", row(4)),
    );
    list.both(
        26,
        "a remark below",
        below(b"Uitgedraaid op 3 maart door de administratie\n"),
        said(),
        FileRefusal("ROW_WIDTH", row(4)),
    );
    list.both(
        26,
        "the header once more",
        below(format!("{}\n", header_row()).as_bytes()),
        said(),
        Bevinding("CODE_UNKNOWN", cell(4, "kader")),
    );
    let above = [b"Overzicht trajecten 2020\n\n".to_vec(), good()].concat();
    list.both(
        26,
        "a title above",
        above,
        Good,
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
}

fn numbers(list: &mut CaseList) {
    let error = |veld: &'static str| Bevinding("NUMBER", cell(3, veld));
    for (name, value) in [
        ("comma", "\"1512,00\""),
        ("points and comma", "\"1.512,00\""),
        ("commas and point", "\"1,512.00\""),
        ("euro sign", "€ 1512"),
        ("blanks", "1 512"),
        ("three decimals", "1512.004"),
    ] {
        list.both(
            27,
            format!("an amount with {name}"),
            with_cell("kosten", value),
            Good,
            error("kosten"),
        );
    }
    for (name, value) in [
        ("either way", "\"1,512\""),
        ("two points too few", "1.51.2"),
        ("two commas", "\"1,5,12\""),
        ("a minus behind", "12-"),
        ("brackets", "(12)"),
    ] {
        list.both(
            27,
            format!("an amount to be read {name}"),
            with_cell("kosten", value),
            error("kosten"),
            error("kosten"),
        );
    }
    let nonsense = [
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
    for value in nonsense {
        list.both(
            28,
            format!("the number {value}"),
            with_cell("minuten", value),
            error("minuten"),
            error("minuten"),
        );
    }
    list.both(28, "the number -0", with_cell("minuten", "-0"), Good, Good);
    list.both(
        28,
        "the number +5",
        with_cell("minuten", "+5"),
        Good,
        error("minuten"),
    );
    for value in ["344", "0344", "GM344", "gm0344"] {
        list.both(
            29,
            format!("the gemeente as {value}"),
            with_cell("gemeente", value),
            Good,
            Bevinding("GEMEENTE_UNKNOWN", cell(3, "gemeente")),
        );
    }
    let none = || Bevinding("GEMEENTE_UNKNOWN", cell(3, "gemeente"));
    list.both(
        29,
        "the gemeente as 34",
        with_cell("gemeente", "34"),
        Good,
        none(),
    );
    list.both(
        29,
        "the gemeente as 99999",
        with_cell("gemeente", "99999"),
        Said("99999"),
        none(),
    );
    for value in ["GM3440", "GM0000"] {
        list.both(
            29,
            format!("the gemeente as {value}"),
            with_cell("gemeente", value),
            none(),
            none(),
        );
    }
}

fn empty_words(list: &mut CaseList) {
    for value in ["NULL", "n.v.t.", "-", "#N/B", "nvt", "N/A", "(leeg)", "0"] {
        let end = trajecten(&[&[], &[("intakedatum", value.as_bytes())]]);
        list.both(
            30,
            format!("{value} for no date"),
            end,
            Said("leeg"),
            Bevinding("DATE", cell(3, "intakedatum")),
        );
    }
    for (name, value) in [
        ("a blank", " "),
        ("a hard space", "\u{a0}"),
        ("a tab", "\t"),
        ("a zero width space", "\u{200b}"),
    ] {
        let bytes = trajecten(&[&[], &[("intakedatum", value.as_bytes())]]);
        list.both(
            30,
            format!("{name} for no date"),
            bytes,
            Good,
            Bevinding("DATE", cell(3, "intakedatum")),
        );
    }
    for value in ["99", "?", "onbekend", "xx"] {
        let bytes = trajecten(&[&[], &[("intakedatum", value.as_bytes())]]);
        let error = || Bevinding("DATE", cell(3, "intakedatum"));
        list.both(30, format!("{value} for no date"), bytes, error(), error());
    }
}

fn formulas(list: &mut CaseList) {
    let formulas = [
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
    for formula in formulas {
        let free = with_cell("productcode", formula);
        list.both(31, format!("{formula:?} as a text"), free, Good, Good);
        let code = with_cell("kader", formula);
        list.both(
            31,
            format!("{formula:?} as a code"),
            code,
            Said(formula),
            Bevinding("CODE_UNKNOWN", cell(3, "kader")),
        );
    }
}
