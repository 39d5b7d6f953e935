//! Numbers that are BSNs in every form, and contents of files that look like them and are not; made from seeds.
//!
//! Shared by the tests of every door. The numbers pass the elfproef and are otherwise random: nobody's.

use rows::bsn::eleven_test;

/// A row of random numbers that is the same every time.
pub(crate) struct Seeds(u64);

impl Seeds {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.below(list.len() as u64)).expect("a list is short")]
    }

    /// A BSN of nine digits.
    pub(crate) fn bsn(&mut self) -> u32 {
        loop {
            let number =
                u32::try_from(self.between(100_000_000, 999_999_999)).expect("nine digits");
            if eleven_test(number) {
                return number;
            }
        }
    }

    /// A BSN that begins with a zero.
    pub(crate) fn short_bsn(&mut self) -> u32 {
        loop {
            let number = u32::try_from(self.between(10_000_000, 99_999_999)).expect("eight digits");
            if eleven_test(number) {
                return number;
            }
        }
    }

    fn hex(&mut self, length: usize) -> String {
        let digit = |number| char::from_digit(number, 16).expect("below sixteen");
        (0..length)
            .map(|_| digit(u32::try_from(self.below(16)).expect("below sixteen")))
            .collect()
    }

    fn uuid(&mut self) -> String {
        let parts = [8, 4, 4, 4, 12].map(|n| self.hex(n));
        parts.join("-")
    }

    fn date(&mut self) -> (u64, u64, u64) {
        (
            self.between(1950, 2021),
            self.between(1, 12),
            self.between(1, 28),
        )
    }
}

const WORDS: [&str; 10] = [
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen",
];

/// Every form in which one BSN is seen by itself, with its name.
pub(crate) fn forms(number: u32) -> Vec<(&'static str, String)> {
    let digits: Vec<char> = format!("{number:09}").chars().collect();
    let whole: String = digits.iter().collect();
    let part = |van: usize, tot: usize| &whole[van..tot];
    let threes = |sign: &str| [part(0, 3), part(3, 6), part(6, 9)].join(sign);
    let official = |sign: &str| [part(0, 4), part(4, 6), part(6, 9)].join(sign);
    let singly = |sign: &str| {
        digits
            .iter()
            .map(char::to_string)
            .collect::<Vec<_>>()
            .join(sign)
    };
    let as_digits = |first: u32| -> String {
        let shift = |c: &char| char::from_u32(first + c.to_digit(10).expect("a digit"));
        digits.iter().filter_map(shift).collect()
    };
    let words = |sign: &str| {
        let word = |c: &char| WORDS[c.to_digit(10).expect("a digit") as usize];
        digits.iter().map(word).collect::<Vec<_>>().join(sign)
    };
    vec![
        ("in a row", whole.clone()),
        ("with dots", official(".")),
        ("with dots in threes", threes(".")),
        ("with spaces", threes(" ")),
        ("with unbreakable spaces", threes("\u{a0}")),
        ("with narrow spaces", threes("\u{202f}")),
        ("with slashes", threes("/")),
        ("with backslashes", threes("\\")),
        ("with dashes", threes("-")),
        ("with long dashes", threes("\u{2013}")),
        ("with dashes and blanks", threes(" - ")),
        ("with underscores", threes("_")),
        ("with apostrophes", threes("'")),
        ("in middle dots", official("\u{b7}")),
        ("digit by digit", singly(" ")),
        ("digit by digit with dots", singly(".")),
        ("digit by digit with dashes", singly("-")),
        ("full width", as_digits(0xff10)),
        ("Arabic", as_digits(0x0660)),
        ("bold", as_digits(0x1_d7ce)),
        ("with joiners", singly("\u{200d}")),
        ("with soft hyphens", threes("\u{ad}")),
        ("in words", words(" ")),
        ("in words with commas", words(", ")),
        ("in words, glued", words("")),
        ("behind letters", format!("bsn{whole}")),
        ("before letters", format!("{whole}a")),
        ("as a VAT number", format!("NL{whole}B01")),
        ("as a decimal number", format!("{whole}.0")),
    ]
}

/// What stands around a BSN in a text that someone typed.
pub(crate) fn in_sentence(seeds: &mut Seeds, form: &str) -> String {
    match seeds.below(7) {
        0 => form.to_owned(),
        1 => format!("bsn {form}"),
        2 => format!("Zie dossier 7, {form}."),
        3 => format!("kind ({form}) is verhuisd"),
        4 => format!("Moeder belde op 12-03-2020; {form} klopt"),
        5 => format!("BSN:{form}"),
        _ => format!("{form} is van het kind"),
    }
}

/// One text that looks like a BSN and is none: a clock, a GUID, the name of a file, an amount, …
pub(crate) fn innocent_text(seeds: &mut Seeds) -> String {
    let (year, month, day) = seeds.date();
    let (hour, minute, second) = (seeds.below(24), seeds.below(60), seeds.below(60));
    let (millis, nano) = (seeds.below(1000), seeds.below(1_000_000_000));
    let digits = |seeds: &mut Seeds, count: u32| {
        let limit = 10_u64.pow(count);
        format!("{:0width$}", seeds.below(limit), width = count as usize)
    };
    match seeds.below(34) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{day:02}-{month:02}-{year} {hour:02}:{minute:02}"),
        2 => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nano:09}"),
        3 => {
            format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{nano:09} +01:00")
        }
        4 => format!("{hour:02}:{minute:02}:{second:02}.{millis:03}"),
        5 => format!("export_{year}{month:02}{day:02}_{hour:02}{minute:02}{second:02}.csv"),
        6 => format!(
            "clienten_{year}{month:02}{day:02}_{hour:02}{minute:02}{second:02}{millis:03}.csv"
        ),
        7 => format!(
            "export {year}-{month:02}-{day:02} {hour:02}.{minute:02}.{second:02}.{millis:03}.xlsx"
        ),
        8 => format!("{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}{millis:03}"),
        9 => seeds.uuid(),
        10 => format!("{{{}}}", seeds.uuid().to_uppercase()),
        11 => format!("trajecten-{}.csv", seeds.uuid()),
        12 => seeds.hex(32),
        13 => seeds.hex(40),
        14 => format!("sha256:{}", seeds.hex(64)),
        15 => format!("06-{}", digits(seeds, 8)),
        16 => format!("bel 06 {} {}", digits(seeds, 4), digits(seeds, 4)),
        17 => format!(
            "+31 6 {} {} {}",
            digits(seeds, 2),
            digits(seeds, 3),
            digits(seeds, 3)
        ),
        18 => format!("+31 {}", seeds.between(600_000_000, 699_999_999)),
        19 => format!("0031 (0){}", seeds.between(200_000_000, 699_999_999)),
        20 => format!(
            "030-{} {} {}",
            digits(seeds, 3),
            digits(seeds, 2),
            digits(seeds, 2)
        ),
        21 => format!("{} AB {}", seeds.between(1000, 9999), seeds.between(1, 400)),
        22 => format!(
            "{}{}{}",
            seeds.between(40, 54),
            seeds.one_of(&["A", "B", "C"]),
            digits(seeds, 2)
        ),
        23 => format!(
            "NL{} {} {} {} {}",
            digits(seeds, 2),
            seeds.one_of(&["INGB", "RABO", "ABNA"]),
            digits(seeds, 4),
            digits(seeds, 4),
            digits(seeds, 2)
        ),
        24 => format!(
            "NL{}{}{}",
            digits(seeds, 2),
            seeds.one_of(&["INGB", "RABO", "ABNA"]),
            digits(seeds, 10)
        ),
        25 => format!("KvK {}", seeds.between(10_000_000, 89_999_999)),
        26 => format!("vestiging {}", digits(seeds, 12)),
        27 => format!("€ {},{}", seeds.between(1, 999_999), digits(seeds, 2)),
        28 => format!(
            "€ {}.{}.{},{}",
            seeds.between(1, 999),
            digits(seeds, 3),
            digits(seeds, 3),
            digits(seeds, 2)
        ),
        29 => format!("{}.{:09}", seeds.below(90), nano),
        30 => format!("{year}-{month:02}-{millis:03}"),
        31 => format!("WMO{year}/{}", digits(seeds, 5)),
        32 => format!(
            "{}.{}.{}.{}",
            seeds.below(256),
            seeds.below(256),
            seeds.below(256),
            seeds.below(256)
        ),
        _ => format!(
            "Gesprek op {day}-{month}-{year} van {hour}.{minute:02} tot {}.{minute:02}, {} keer",
            hour + 1,
            seeds.below(30)
        ),
    }
}

/// One column of numbers that are no BSNs, with its name.
pub(crate) fn innocent_column(seeds: &mut Seeds) -> (&'static str, Vec<String>) {
    let rows = seeds.between(3, 400);
    let first = seeds.between(10_000_000, 999_000_000);
    let count = |seeds: &mut Seeds, make: &mut dyn FnMut(&mut Seeds, u64) -> String| {
        (0..rows).map(|row| make(seeds, row)).collect::<Vec<_>>()
    };
    match seeds.below(14) {
        0 => (
            "counts up",
            count(seeds, &mut |_, row| (first + row).to_string()),
        ),
        1 => (
            "counts up from 100000001",
            count(seeds, &mut |_, row| (100_000_001 + row).to_string()),
        ),
        2 => (
            "counts up by ten",
            count(seeds, &mut |_, row| (first + 10 * row).to_string()),
        ),
        3 => ("counts up with gaps", {
            let mut number = first;
            count(seeds, &mut |seeds, _| {
                number += seeds.between(1, 40);
                number.to_string()
            })
        }),
        4 => (
            "random",
            count(seeds, &mut |seeds, _| {
                seeds.between(100_000_000, 999_999_999).to_string()
            }),
        ),
        5 => (
            "telephone",
            count(seeds, &mut |seeds, _| {
                format!("06{:08}", seeds.below(100_000_000))
            }),
        ),
        6 => (
            "telephone without its zero",
            count(seeds, &mut |seeds, _| {
                seeds.between(610_000_000, 659_999_999).to_string()
            }),
        ),
        7 => (
            "KvK",
            count(seeds, &mut |seeds, _| {
                seeds.between(10_000_000, 89_999_999).to_string()
            }),
        ),
        8 => (
            "date in a row",
            count(seeds, &mut |seeds, _| {
                let (year, month, day) = seeds.date();
                format!("{year}{month:02}{day:02}")
            }),
        ),
        9 => (
            "nanoseconds",
            count(seeds, &mut |seeds, _| {
                let (year, month, day) = seeds.date();
                format!(
                    "{year}-{month:02}-{day:02}T10:11:12.{:09}",
                    seeds.below(1_000_000_000)
                )
            }),
        ),
        10 => ("hash", count(seeds, &mut |seeds, _| seeds.hex(64))),
        11 => ("GUID", count(seeds, &mut |seeds, _| seeds.uuid())),
        12 => (
            "with a letter",
            count(seeds, &mut |seeds, _| {
                format!("K-{}", seeds.between(100_000_000, 999_999_999))
            }),
        ),
        _ => (
            "year and number",
            count(seeds, &mut |seeds, row| {
                format!("{}-{row:05}", seeds.between(2015, 2021))
            }),
        ),
    }
}
