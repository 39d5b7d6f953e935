//! What is in the cells: 57 to 69, as far as one file can show it.

use super::ExpectedAnswer::{Bevinding, FileRefusal, Good, NoBsn, Said};
use super::{
    ANYWHERE, BSN, CaseList, ExpectedAnswer, cell, good, header_row, row, row_text, trajecten,
    with_cell, with_header,
};

pub(super) fn fill(list: &mut CaseList) {
    days_that_never_were(list);
    days_in_other_forms(list);
    impossible_stories(list);
    bsns_in_columns(list);
    bsns_elsewhere(list);
    numbers_that_are_no_bsn(list);
    hashes(list);
    doubles(list);
}

fn days_that_never_were(list: &mut CaseList) {
    let error = || Bevinding("DATE", cell(3, "aanmelddatum"));
    let days = [
        "2020-02-30",
        "2020-04-31",
        "2019-02-29",
        "1900-02-29",
        "0000-00-00",
        "2020-13-01",
        "2020-00-10",
        "2020-01-00",
        "2020-01-32",
        "20200230",
        "30-02-2020",
        "31-04-2020",
        "00-00-0000",
        "29-02-2019",
        "32 januari 2020",
        "31 februari 2020",
        "2020-02",
        "2020",
        "10000-01-01",
        "-2020-01-01",
        "2020-02-03T24:00:00Z01",
        "2020-W06-1",
        "2020-034",
        "gisteren",
        "2020‑02‑03",
    ];
    for day in days {
        list.both(
            57,
            format!("the day {day}"),
            with_cell("aanmelddatum", day),
            error(),
            error(),
        );
    }
    for day in [
        "2020-02-03T00:00:00",
        "2020-02-03 10:15",
        "2020-02-03T10:00:00Z",
        "2020-02-03 23:59:59",
    ] {
        list.both(
            57,
            format!("the moment {day}"),
            with_cell("aanmelddatum", day),
            Good,
            error(),
        );
    }
    for day in [
        "2020-02-03 24:00",
        "2020-02-03T23:59:60",
        "2020-02-03 99:99",
    ] {
        list.both(
            57,
            format!("the moment {day}"),
            with_cell("aanmelddatum", day),
            error(),
            error(),
        );
    }
}

fn days_in_other_forms(list: &mut CaseList) {
    let strict = || Bevinding("DATE", cell(3, "aanmelddatum"));
    for day in [
        "03-04-2020",
        "3/2/2020",
        "03.02.2020",
        "03-02-20",
        "3-2-'20",
        "02/25/2020",
        "20200203",
        "03022020",
    ] {
        let own = if day == "3-2-'20" {
            strict()
        } else {
            Said("Hoe staan de datums")
        };
        list.both(
            58,
            format!("the day {day}"),
            with_cell("aanmelddatum", day),
            own,
            strict(),
        );
    }
    for day in [
        "3 februari 2020",
        "3 feb 2020",
        "3 FEB. 2020",
        "03-feb-2020",
    ] {
        list.both(
            58,
            format!("the day {day}"),
            with_cell("aanmelddatum", day),
            Good,
            strict(),
        );
    }
}

/// What it is about, the values that tell it, and the rule it breaks.
type Story = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

fn impossible_stories(list: &mut CaseList) {
    let stories: [Story; 10] = [
        (
            "an end before the start",
            &[("einddatum", "2020-03-01")],
            "EINDE_VOOR_START",
        ),
        (
            "a start before the aanmelding",
            &[("startdatum", "2020-02-01"), ("intakedatum", "")],
            "START_VOOR_AANMELDING",
        ),
        (
            "an age of -1",
            &[("leeftijd_bij_aanmelding", "-1")],
            "LEEFTIJD_BUITEN_BEREIK",
        ),
        (
            "an age of 130",
            &[("leeftijd_bij_aanmelding", "130")],
            "LEEFTIJD_BUITEN_BEREIK",
        ),
        (
            "an age of 23",
            &[("leeftijd_bij_aanmelding", "23")],
            "LEEFTIJD_BUITEN_BEREIK",
        ),
        (
            "an aanmelding in the year 2999",
            &[("aanmelddatum", "2999-01-01")],
            "DATUM_NA_LEVERING",
        ),
        (
            "an aanmelding after the year",
            &[("aanmelddatum", "2021-01-02")],
            "AANMELDING_NA_JAAR",
        ),
        (
            "an end before the year",
            &[
                ("einddatum", "2019-12-31"),
                ("startdatum", "2019-03-01"),
                ("aanmelddatum", "2019-02-01"),
                ("intakedatum", ""),
            ],
            "EINDE_VOOR_JAAR",
        ),
        ("negative minutes", &[("minuten", "-5")], "NEGATIEF_GETAL"),
        (
            "more weekends than visits",
            &[("weekendcontacten", "99")],
            "WEEKEND_BOVEN_CONTACTEN",
        ),
    ];
    for (name, overrides, code) in stories {
        let overrides: Vec<(&str, &[u8])> =
            overrides.iter().map(|(v, w)| (*v, w.as_bytes())).collect();
        let bytes = trajecten(&[&[], &overrides]);
        list.both(
            59,
            name,
            bytes,
            Bevinding(code, row(3)),
            Bevinding(code, row(3)),
        );
    }
}

/// Numbers that pass the elfproef: nine digits, the first other than zero.
fn bsns(count: usize) -> Vec<String> {
    let valid = |n: &u32| {
        let cijfers: Vec<i64> = n.to_string().bytes().map(|b| i64::from(b - b'0')).collect();
        let sum: i64 = cijfers[..8]
            .iter()
            .zip((2..=9).rev())
            .map(|(c, weight)| c * weight)
            .sum::<i64>()
            - cijfers[8];
        sum % 11 == 0
    };
    (100_000_019..900_000_000_u32)
        .step_by(3_456_789)
        .flat_map(|n| n..n + 11)
        .filter(valid)
        .take(count)
        .map(|n| n.to_string())
        .collect()
}

/// The same with a first zero, which a spreadsheet loses.
fn short_bsns(count: usize) -> Vec<String> {
    let valid = |n: &u32| {
        let cijfers: Vec<i64> = n.to_string().bytes().map(|b| i64::from(b - b'0')).collect();
        let sum: i64 = cijfers[..7]
            .iter()
            .zip((2..=8).rev())
            .map(|(c, weight)| c * weight)
            .sum::<i64>()
            - cijfers[7];
        sum % 11 == 0
    };
    (10_000_019..90_000_000_u32)
        .step_by(345_678)
        .flat_map(|n| n..n + 11)
        .filter(valid)
        .take(count)
        .map(|n| n.to_string())
        .collect()
}

/// A row per value, in this column.
fn column(veld: &str, values: &[String]) -> Vec<u8> {
    let mut out = header_row().into_bytes();
    for (number, value) in values.iter().enumerate() {
        out.push(b'\n');
        out.extend(row_text(number, &[(veld, value.as_bytes())]));
    }
    out
}

/// Writes nine digits in another way.
type Spelling = fn(&str) -> String;

fn bsns_in_columns(list: &mut CaseList) {
    let forms: [(&str, Spelling); 9] = [
        ("plain", |n| n.to_owned()),
        ("with dots", |n| {
            format!("{}.{}.{}", &n[..4], &n[4..6], &n[6..])
        }),
        ("with blanks", |n| {
            format!("{} {} {}", &n[..3], &n[3..6], &n[6..])
        }),
        ("with hyphens", |n| {
            format!("{}-{}-{}", &n[..3], &n[3..6], &n[6..])
        }),
        ("with hard blanks", |n| {
            format!("{}\u{a0}{}\u{a0}{}", &n[..4], &n[4..6], &n[6..])
        }),
        ("with a zero before", |n| format!("0{n}")),
        ("with three zeros before", |n| format!("000{n}")),
        ("with an apostrophe", |n| format!("'{n}")),
        ("in quotes with blanks", |n| format!("\" {n} \"")),
    ];
    for (name, vorm) in forms {
        for veld in ["traject_id", "jeugdige_id", "gezin_id", "voorziening_id"] {
            let values: Vec<String> = bsns(25).iter().map(|n| vorm(n)).collect();
            let own = Bevinding("BSN_SUSPECTED", ANYWHERE);
            list.both(
                60,
                format!("BSNs {name} in {veld}"),
                column(veld, &values),
                own,
                FileRefusal("BSN_SUSPECTED", ANYWHERE),
            );
        }
    }
    for veld in ["traject_id", "jeugdige_id", "voorziening_id"] {
        let own = Bevinding("BSN_SUSPECTED", ANYWHERE);
        let name = format!("BSNs without their zero in {veld}");
        list.both(
            60,
            name,
            column(veld, &short_bsns(25)),
            own,
            FileRefusal("BSN_SUSPECTED", ANYWHERE),
        );
    }
    let mixed: Vec<String> = bsns(12)
        .into_iter()
        .chain((0..60).map(|i| format!("K{i}")))
        .collect();
    let own = Bevinding("BSN_SUSPECTED", ANYWHERE);
    list.both(
        60,
        "BSNs among other numbers",
        column("jeugdige_id", &mixed),
        own,
        FileRefusal("BSN_SUSPECTED", ANYWHERE),
    );
    let unused: String = bsns(25).iter().enumerate().fold(
        format!("{},Schoenmaat", header_row()),
        |text, (number, bsn)| {
            format!(
                "{text}\n{},{bsn}",
                String::from_utf8(row_text(number, &[])).unwrap()
            )
        },
    );
    let own = Bevinding("BSN_SUSPECTED", ANYWHERE);
    list.both(
        60,
        "BSNs in a column nobody asked for",
        unused.into_bytes(),
        own,
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
}

fn bsns_elsewhere(list: &mut CaseList) {
    let own = || Bevinding("BSN_SUSPECTED", ANYWHERE);
    let strict = || FileRefusal("BSN_SUSPECTED", cell(3, "productcode"));
    for text in [
        BSN.to_owned(),
        format!("kind {BSN}"),
        format!("bsn:{BSN}"),
        "1112.22.333".to_owned(),
        "111 222 333".to_owned(),
        "(111-222-333)".to_owned(),
        format!("x{BSN}x"),
        format!("{BSN} 45J66"),
    ] {
        list.both(
            61,
            format!("{text:?} in a text"),
            with_cell("productcode", &text),
            own(),
            strict(),
        );
    }
    for header in [
        "bsn",
        "BSN kind",
        "burgerservicenummer",
        "Burgerservicenr",
        "sofinummer",
        &format!("kind {BSN}"),
        "bsn_nummer",
    ] {
        let extra = format!("{},{header}", header_row());
        let bytes = String::from_utf8(with_header(&extra))
            .unwrap()
            .replace("1512.00\n", "1512.00,1\n")
            .into_bytes();
        list.both(
            61,
            format!("the header {header}"),
            bytes,
            own(),
            FileRefusal("BSN_SUSPECTED", row(1)),
        );
    }
    for name in [
        format!("export {BSN}.csv"),
        format!("{BSN}.csv"),
        "bsn 1112.22.333.csv".to_owned(),
    ] {
        list.own(61, format!("the file {name}"), &name, good(), own());
    }
    // What is no part of the table is not read and never leaves; the number of an organisation passes as well.
    let above = [format!("Overzicht van {BSN}\n").into_bytes(), good()].concat();
    list.both(
        61,
        "a BSN in the title above",
        above,
        Good,
        FileRefusal("BSN_SUSPECTED", row(1)),
    );
    let below = [
        good(),
        format!("Uitgedraaid voor kind {BSN}\n").into_bytes(),
    ]
    .concat();
    list.both(
        61,
        "a BSN in the remark below",
        below,
        Bevinding("ROWS_SKIPPED", row(4)),
        FileRefusal("ROW_WIDTH", row(4)),
    );
    let opmerkingen = bsns(25).iter().enumerate().fold(
        format!("{},Opmerking", header_row()),
        |text, (number, bsn)| {
            format!(
                "{text}\n{},zie {bsn}.",
                String::from_utf8(row_text(number, &[])).unwrap()
            )
        },
    );
    list.both(
        61,
        "BSNs in texts nobody asked for",
        opmerkingen.into_bytes(),
        own(),
        FileRefusal("HEADER_UNKNOWN", row(1)),
    );
}

fn numbers_that_are_no_bsn(list: &mut CaseList) {
    let random = |count: u64, begin: u64| {
        (0..count)
            .map(|i| (begin + i * 2_117_123 % 800_000_000).to_string())
            .collect::<Vec<_>>()
    };
    for (count, veld) in [
        (20, "jeugdige_id"),
        (300, "jeugdige_id"),
        (3000, "traject_id"),
        (300, "gezin_id"),
        (300, "voorziening_id"),
    ] {
        let strict = if veld == "voorziening_id" {
            Good
        } else {
            Bevinding("PSEUDONYM_LABEL", ANYWHERE)
        };
        let name = format!("{count} random numbers of nine digits in {veld}");
        list.large(
            63,
            name,
            move || column(veld, &random(count, 100_000_007)),
            NoBsn,
            strict,
        );
    }
    let list_of = |values: &[&str]| values.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let plain: [(&str, Vec<String>); 5] = [
        (
            "telephone numbers",
            list_of(&["0612345678", "06-12345678", "+31612345678"]),
        ),
        ("days", list_of(&["20200203", "03022020", "2020-02-03"])),
        (
            "numbers of ten digits",
            (0..50)
                .map(|i| (1_112_223_330_u64 + i).to_string())
                .collect(),
        ),
        (
            "numbers of seven digits",
            (0..50).map(|i| (1_112_223 + i).to_string()).collect(),
        ),
        (
            "letters and digits",
            (0..50).map(|i| format!("K{}", 10_000_000 + i)).collect(),
        ),
    ];
    for (name, values) in plain {
        list.both(
            63,
            name,
            column("jeugdige_id", &values),
            NoBsn,
            Bevinding("PSEUDONYM_LABEL", ANYWHERE),
        );
    }
    let following: Vec<String> = (0..200).map(|i| (123_456_000 + i).to_string()).collect();
    list.both(
        63,
        "numbers in a row",
        column("jeugdige_id", &following),
        NoBsn,
        Bevinding("PSEUDONYM_LABEL", ANYWHERE),
    );
}

fn hashes(list: &mut CaseList) {
    for (name, length) in [
        ("MD5", 32),
        ("SHA-1", 40),
        ("SHA-256", 64),
        ("SHA-512", 128),
    ] {
        for veld in ["jeugdige_id", "traject_id", "gezin_id"] {
            let hash = "0123456789abcdef".repeat(8)[..length].to_owned();
            let strict = || -> ExpectedAnswer { FileRefusal("PSEUDONYM_LABEL", cell(3, veld)) };
            list.both(
                62,
                format!("{name} in {veld}"),
                with_cell(veld, &hash),
                Good,
                strict(),
            );
            if veld == "jeugdige_id" {
                list.both(
                    62,
                    format!("{name} in capitals"),
                    with_cell(veld, hash.to_uppercase()),
                    Good,
                    strict(),
                );
            }
        }
    }
}

fn doubles(list: &mut CaseList) {
    let bytes = trajecten(&[&[], &[("traject_id", b"aaaa5kvxl26yotk35vbciu257a")]]);
    let duplicate = || Bevinding("DUPLICATE_ID", ANYWHERE);
    list.both(65, "a traject twice", bytes, duplicate(), duplicate());
    let bytes = trajecten(&[&[], &[("leeftijd_bij_aanmelding", b"2")]]);
    let disagree = || Bevinding("LEEFTIJD_ONVERENIGBAAR", ANYWHERE);
    list.both(66, "a child of two ages", bytes, disagree(), disagree());
}
