//! BSNs in every form, and what looks like one.

use std::collections::BTreeMap;

use rows::bsn::{self, ColumnScan, ScanKind, SplitTest};

use crate::bsn_corpus::{Seeds, forms, in_sentence, innocent_column, innocent_text};

/// HOSTILE 60 and 61: every form, in sentences; 10,000 of them.
#[test]
fn a_bsn_is_seen_in_every_form() {
    let mut seeds = Seeds::new(1);
    let mut missed = Vec::new();
    let mut per_form: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut count = 0;
    while count < 10_000 {
        let number = seeds.bsn();
        for (name, form) in forms(number) {
            let text = in_sentence(&mut seeds, &form);
            count += 1;
            let (planted, found) = per_form.entry(name).or_default();
            *planted += 1;
            if bsn::in_text(&text) {
                *found += 1;
            } else {
                missed.push(format!("{name}: {text}"));
            }
        }
    }
    println!("BSNs in sentences, planted {count}; by form (planted, found): {per_form:?}");
    assert!(
        missed.is_empty(),
        "{} of {count}: {:#?}",
        missed.len(),
        &missed[..missed.len().min(12)]
    );
}

/// What only looks like one: 40,000 texts, of which none may be refused.
#[test]
fn a_clock_or_a_uuid_is_no_bsn() {
    let mut seeds = Seeds::new(2);
    let refused: Vec<String> = (0..40_000)
        .map(|_| innocent_text(&mut seeds))
        .filter(|text| bsn::in_text(text))
        .collect();
    println!("innocent texts, of 40,000 refused: {}", refused.len());
    assert!(
        refused.is_empty(),
        "{} of 40,000: {:#?}",
        refused.len(),
        &refused[..refused.len().min(12)]
    );
}

/// HOSTILE 63: 1 in 11 passes by chance, in columns of every kind.
#[test]
fn columns_of_other_numbers_are_not_refused() {
    let mut seeds = Seeds::new(3);
    for _ in 0..1_000 {
        let (name, cells) = innocent_column(&mut seeds);
        for kind in [
            ScanKind::Identifiers,
            ScanKind::OwnNumbers,
            ScanKind::Amounts,
        ] {
            let mut scan = ColumnScan::new(kind);
            let by_itself = cells.iter().filter(|cell| scan.look(cell)).count();
            // One number behind a letter is a form, and so is not for a column of one's own numbers.
            assert!(
                by_itself == 0 || name == "with a letter",
                "{name}: {cells:?}"
            );
            assert!(!scan.test().suspicious(), "{name}: {cells:?}");
        }
    }
}

/// Forms that numbers take by chance are judged by the rate of the column.
#[test]
fn a_column_of_bsns_is_seen_in_every_form() {
    let mut seeds = Seeds::new(4);
    let shapes: [fn(u32) -> String; 9] = [
        |n| n.to_string(),
        |n| format!("0{n}"),
        |n| format!("{n}.0"),
        |n| format!("{n},00"),
        |n| format!("'{n:09}"),
        |n| format!("{}/{:03}/{:03}", n / 1_000_000, n / 1000 % 1000, n % 1000),
        |n| format!("{},{:03},{:03}", n / 1_000_000, n / 1000 % 1000, n % 1000),
        |n| format!("{}.{:08}E8", n / 100_000_000, n % 100_000_000),
        |n| format!("{:04}-{:05}", n / 100_000, n % 100_000),
    ];
    for (number, shape) in shapes.iter().enumerate() {
        for kind in [
            ScanKind::Identifiers,
            ScanKind::OwnNumbers,
            ScanKind::Amounts,
            ScanKind::Words,
        ] {
            let mut scan = ColumnScan::new(kind);
            for _ in 0..12 {
                scan.look(&shape(seeds.bsn()));
            }
            assert!(scan.test().suspicious(), "shape {number} as {kind:?}");
        }
        if number == 0 || number == 1 {
            let mut scan = ColumnScan::new(ScanKind::Amounts);
            (0..12).for_each(|_| {
                let _ = scan.look(&shape(seeds.short_bsn()));
            });
            assert!(scan.test().suspicious(), "a short one in shape {number}");
        }
    }
}

fn row(cells: &[u64]) -> Vec<String> {
    cells.iter().map(u64::to_string).collect()
}

/// A BSN over two or three cells, in any order, without the zeros that a number loses.
#[test]
fn a_bsn_over_cells_is_seen_by_its_rate() {
    let mut seeds = Seeds::new(5);
    let cuts: [fn(u64) -> Vec<u64>; 6] = [
        |n| vec![12, n / 100_000, n % 100_000],
        |n| vec![n % 10_000, 7, n / 10_000],
        |n| vec![n / 1_000_000, n % 1_000_000],
        |n| vec![n / 1000, 4, 30, n % 1000],
        |n| vec![n / 1_000_000, n / 1000 % 1000, n % 1000],
        |n| vec![n % 1000, 10, n / 1_000_000, n / 1000 % 1000],
    ];
    for (number, cut) in cuts.iter().enumerate() {
        let mut test = SplitTest::default();
        for _ in 0..20 {
            let cells = row(&cut(u64::from(seeds.bsn())));
            test.look(cells.iter().map(String::as_str));
        }
        assert!(test.suspicious(), "cut {number}");
    }
}

/// Counts that belong together make nine digits too.
#[test]
fn counts_beside_each_other_are_no_bsn() {
    for seed in 0..120 {
        let mut seeds = Seeds::new(100 + seed);
        let mut test = SplitTest::default();
        let (most, step) = (10_u64.pow(1 + (seed % 6) as u32), 1 + seed % 60);
        for place in 0..1_000 {
            let contacts = seeds.below(most);
            let cells = row(&[
                contacts,
                seeds.below(200),
                contacts * step,
                place,
                place * 12,
                100_000 + place,
                seeds.below(1_000_000),
                contacts + 100,
            ]);
            test.look(cells.iter().map(String::as_str));
        }
        assert!(!test.suspicious(), "seed {seed}");
    }
}

/// HOSTILE 62.
#[test]
fn a_bare_hash_is_known_with_and_without_its_name() {
    for length in [32, 40, 64, 128] {
        let hash = "0123456789abcdefABCDEF".repeat(6)[..length].to_owned();
        for text in [
            hash.clone(),
            format!("0x{hash}"),
            format!("sha:{hash}"),
            format!("{{MD5}}{hash}"),
        ] {
            assert!(bsn::is_bare_hash(&text), "{text}");
        }
        assert!(!bsn::is_bare_hash(&hash[1..]));
    }
    assert!(!bsn::is_bare_hash("g".repeat(32).as_str()));
}
