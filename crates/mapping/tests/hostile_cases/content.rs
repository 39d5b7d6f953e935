//! What is in the cells: 57 to 69, as far as one file can show it.

use super::Verwacht::{Bevinding, GeenBsn, Gezegd, Goed, Weigering};
use super::{
    BSN, Lijst, OVERAL, Verwacht, cel, goed, kopregel, met_cel, met_kop, rij, rij_tekst, trajecten,
};

pub fn vul(lijst: &mut Lijst) {
    days_that_never_were(lijst);
    days_in_other_forms(lijst);
    impossible_stories(lijst);
    bsns_in_columns(lijst);
    bsns_elsewhere(lijst);
    numbers_that_are_no_bsn(lijst);
    hashes(lijst);
    doubles(lijst);
}

fn days_that_never_were(lijst: &mut Lijst) {
    let fout = || Bevinding("DATE", cel(3, "aanmelddatum"));
    let dagen = [
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
    for dag in dagen {
        lijst.beide(
            57,
            format!("the day {dag}"),
            met_cel("aanmelddatum", dag),
            fout(),
            fout(),
        );
    }
    for dag in [
        "2020-02-03T00:00:00",
        "2020-02-03 10:15",
        "2020-02-03T10:00:00Z",
        "2020-02-03 23:59:59",
    ] {
        lijst.beide(
            57,
            format!("the moment {dag}"),
            met_cel("aanmelddatum", dag),
            Goed,
            fout(),
        );
    }
    for dag in [
        "2020-02-03 24:00",
        "2020-02-03T23:59:60",
        "2020-02-03 99:99",
    ] {
        lijst.beide(
            57,
            format!("the moment {dag}"),
            met_cel("aanmelddatum", dag),
            fout(),
            fout(),
        );
    }
}

fn days_in_other_forms(lijst: &mut Lijst) {
    let strikt = || Bevinding("DATE", cel(3, "aanmelddatum"));
    for dag in [
        "03-04-2020",
        "3/2/2020",
        "03.02.2020",
        "03-02-20",
        "3-2-'20",
        "02/25/2020",
        "20200203",
        "03022020",
    ] {
        let eigen = if dag == "3-2-'20" {
            strikt()
        } else {
            Gezegd("Hoe staan de datums")
        };
        lijst.beide(
            58,
            format!("the day {dag}"),
            met_cel("aanmelddatum", dag),
            eigen,
            strikt(),
        );
    }
    for dag in [
        "3 februari 2020",
        "3 feb 2020",
        "3 FEB. 2020",
        "03-feb-2020",
    ] {
        lijst.beide(
            58,
            format!("the day {dag}"),
            met_cel("aanmelddatum", dag),
            Goed,
            strikt(),
        );
    }
}

/// What it is about, the values that tell it, and the rule it breaks.
type Verhaal = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

fn impossible_stories(lijst: &mut Lijst) {
    let verhalen: [Verhaal; 10] = [
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
    for (naam, anders, code) in verhalen {
        let anders: Vec<(&str, &[u8])> = anders.iter().map(|(v, w)| (*v, w.as_bytes())).collect();
        let bytes = trajecten(&[&[], &anders]);
        lijst.beide(
            59,
            naam,
            bytes,
            Bevinding(code, rij(3)),
            Bevinding(code, rij(3)),
        );
    }
}

/// Numbers that pass the elfproef: nine digits, the first other than zero.
fn bsns(aantal: usize) -> Vec<String> {
    let geldig = |n: &u32| {
        let cijfers: Vec<i64> = n.to_string().bytes().map(|b| i64::from(b - b'0')).collect();
        let som: i64 = cijfers[..8]
            .iter()
            .zip((2..=9).rev())
            .map(|(c, gewicht)| c * gewicht)
            .sum::<i64>()
            - cijfers[8];
        som % 11 == 0
    };
    (100_000_019..900_000_000_u32)
        .step_by(3_456_789)
        .flat_map(|n| n..n + 11)
        .filter(geldig)
        .take(aantal)
        .map(|n| n.to_string())
        .collect()
}

/// The same with a first zero, which a spreadsheet loses.
fn short_bsns(aantal: usize) -> Vec<String> {
    let geldig = |n: &u32| {
        let cijfers: Vec<i64> = n.to_string().bytes().map(|b| i64::from(b - b'0')).collect();
        let som: i64 = cijfers[..7]
            .iter()
            .zip((2..=8).rev())
            .map(|(c, gewicht)| c * gewicht)
            .sum::<i64>()
            - cijfers[7];
        som % 11 == 0
    };
    (10_000_019..90_000_000_u32)
        .step_by(345_678)
        .flat_map(|n| n..n + 11)
        .filter(geldig)
        .take(aantal)
        .map(|n| n.to_string())
        .collect()
}

/// A row per value, in this column.
fn kolom(veld: &str, waarden: &[String]) -> Vec<u8> {
    let mut uit = kopregel().into_bytes();
    for (nummer, waarde) in waarden.iter().enumerate() {
        uit.push(b'\n');
        uit.extend(rij_tekst(nummer, &[(veld, waarde.as_bytes())]));
    }
    uit
}

/// Writes nine digits in another way.
type Schrijfwijze = fn(&str) -> String;

fn bsns_in_columns(lijst: &mut Lijst) {
    let vormen: [(&str, Schrijfwijze); 9] = [
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
    for (naam, vorm) in vormen {
        for veld in ["traject_id", "jeugdige_id", "gezin_id", "voorziening_id"] {
            let waarden: Vec<String> = bsns(25).iter().map(|n| vorm(n)).collect();
            let eigen = Bevinding("BSN_SUSPECTED", OVERAL);
            lijst.beide(
                60,
                format!("BSNs {naam} in {veld}"),
                kolom(veld, &waarden),
                eigen,
                Weigering("BSN_SUSPECTED", OVERAL),
            );
        }
    }
    for veld in ["traject_id", "jeugdige_id", "voorziening_id"] {
        let eigen = Bevinding("BSN_SUSPECTED", OVERAL);
        let naam = format!("BSNs without their zero in {veld}");
        lijst.beide(
            60,
            naam,
            kolom(veld, &short_bsns(25)),
            eigen,
            Weigering("BSN_SUSPECTED", OVERAL),
        );
    }
    let gemengd: Vec<String> = bsns(12)
        .into_iter()
        .chain((0..60).map(|i| format!("K{i}")))
        .collect();
    let eigen = Bevinding("BSN_SUSPECTED", OVERAL);
    lijst.beide(
        60,
        "BSNs among other numbers",
        kolom("jeugdige_id", &gemengd),
        eigen,
        Weigering("BSN_SUSPECTED", OVERAL),
    );
    let ongebruikt: String = bsns(25).iter().enumerate().fold(
        format!("{},Schoenmaat", kopregel()),
        |tekst, (nummer, bsn)| {
            format!(
                "{tekst}\n{},{bsn}",
                String::from_utf8(rij_tekst(nummer, &[])).unwrap()
            )
        },
    );
    let eigen = Bevinding("BSN_SUSPECTED", OVERAL);
    lijst.beide(
        60,
        "BSNs in a column nobody asked for",
        ongebruikt.into_bytes(),
        eigen,
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
}

fn bsns_elsewhere(lijst: &mut Lijst) {
    let eigen = || Bevinding("BSN_SUSPECTED", OVERAL);
    let strikt = || Weigering("BSN_SUSPECTED", cel(3, "productcode"));
    for tekst in [
        BSN.to_owned(),
        format!("kind {BSN}"),
        format!("bsn:{BSN}"),
        "1112.22.333".to_owned(),
        "111 222 333".to_owned(),
        "(111-222-333)".to_owned(),
        format!("x{BSN}x"),
        format!("{BSN} 45J66"),
    ] {
        lijst.beide(
            61,
            format!("{tekst:?} in a text"),
            met_cel("productcode", &tekst),
            eigen(),
            strikt(),
        );
    }
    for kop in [
        "bsn",
        "BSN kind",
        "burgerservicenummer",
        "Burgerservicenr",
        "sofinummer",
        &format!("kind {BSN}"),
        "bsn_nummer",
    ] {
        let extra = format!("{},{kop}", kopregel());
        let bytes = String::from_utf8(met_kop(&extra))
            .unwrap()
            .replace("1512.00\n", "1512.00,1\n")
            .into_bytes();
        lijst.beide(
            61,
            format!("the header {kop}"),
            bytes,
            eigen(),
            Weigering("BSN_SUSPECTED", rij(1)),
        );
    }
    for naam in [
        format!("export {BSN}.csv"),
        format!("{BSN}.csv"),
        "bsn 1112.22.333.csv".to_owned(),
    ] {
        lijst.eigen(61, format!("the file {naam}"), &naam, goed(), eigen());
    }
    // What is no part of the table is not read and never leaves; the number of an organisation passes as well.
    let boven = [format!("Overzicht van {BSN}\n").into_bytes(), goed()].concat();
    lijst.beide(
        61,
        "a BSN in the title above",
        boven,
        Goed,
        Weigering("BSN_SUSPECTED", rij(1)),
    );
    let onder = [
        goed(),
        format!("Uitgedraaid voor kind {BSN}\n").into_bytes(),
    ]
    .concat();
    lijst.beide(
        61,
        "a BSN in the remark below",
        onder,
        Bevinding("ROWS_SKIPPED", rij(4)),
        Weigering("ROW_WIDTH", rij(4)),
    );
    let opmerkingen = bsns(25).iter().enumerate().fold(
        format!("{},Opmerking", kopregel()),
        |tekst, (nummer, bsn)| {
            format!(
                "{tekst}\n{},zie {bsn}.",
                String::from_utf8(rij_tekst(nummer, &[])).unwrap()
            )
        },
    );
    lijst.beide(
        61,
        "BSNs in texts nobody asked for",
        opmerkingen.into_bytes(),
        eigen(),
        Weigering("HEADER_UNKNOWN", rij(1)),
    );
}

fn numbers_that_are_no_bsn(lijst: &mut Lijst) {
    let willekeurig = |aantal: u64, begin: u64| {
        (0..aantal)
            .map(|i| (begin + i * 2_117_123 % 800_000_000).to_string())
            .collect::<Vec<_>>()
    };
    for (aantal, veld) in [
        (20, "jeugdige_id"),
        (300, "jeugdige_id"),
        (3000, "traject_id"),
        (300, "gezin_id"),
        (300, "voorziening_id"),
    ] {
        let strikt = if veld == "voorziening_id" {
            Goed
        } else {
            Bevinding("PSEUDONYM_LABEL", OVERAL)
        };
        let naam = format!("{aantal} random numbers of nine digits in {veld}");
        lijst.groot(
            63,
            naam,
            move || kolom(veld, &willekeurig(aantal, 100_000_007)),
            GeenBsn,
            strikt,
        );
    }
    let lijst_van = |waarden: &[&str]| waarden.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let gewoon: [(&str, Vec<String>); 5] = [
        (
            "telephone numbers",
            lijst_van(&["0612345678", "06-12345678", "+31612345678"]),
        ),
        ("days", lijst_van(&["20200203", "03022020", "2020-02-03"])),
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
    for (naam, waarden) in gewoon {
        lijst.beide(
            63,
            naam,
            kolom("jeugdige_id", &waarden),
            GeenBsn,
            Bevinding("PSEUDONYM_LABEL", OVERAL),
        );
    }
    let volgend: Vec<String> = (0..200).map(|i| (123_456_000 + i).to_string()).collect();
    lijst.beide(
        63,
        "numbers in a row",
        kolom("jeugdige_id", &volgend),
        GeenBsn,
        Bevinding("PSEUDONYM_LABEL", OVERAL),
    );
}

fn hashes(lijst: &mut Lijst) {
    for (naam, lengte) in [
        ("MD5", 32),
        ("SHA-1", 40),
        ("SHA-256", 64),
        ("SHA-512", 128),
    ] {
        for veld in ["jeugdige_id", "traject_id", "gezin_id"] {
            let hash = "0123456789abcdef".repeat(8)[..lengte].to_owned();
            let strikt = || -> Verwacht { Weigering("PSEUDONYM_LABEL", cel(3, veld)) };
            lijst.beide(
                62,
                format!("{naam} in {veld}"),
                met_cel(veld, &hash),
                Goed,
                strikt(),
            );
            if veld == "jeugdige_id" {
                lijst.beide(
                    62,
                    format!("{naam} in capitals"),
                    met_cel(veld, hash.to_uppercase()),
                    Goed,
                    strikt(),
                );
            }
        }
    }
}

fn doubles(lijst: &mut Lijst) {
    let bytes = trajecten(&[&[], &[("traject_id", b"aaaa5kvxl26yotk35vbciu257a")]]);
    let dubbel = || Bevinding("DUPLICATE_ID", OVERAL);
    lijst.beide(65, "a traject twice", bytes, dubbel(), dubbel());
    let bytes = trajecten(&[&[], &[("leeftijd_bij_aanmelding", b"2")]]);
    let oneens = || Bevinding("LEEFTIJD_ONVERENIGBAAR", OVERAL);
    lijst.beide(66, "a child of two ages", bytes, oneens(), oneens());
}
