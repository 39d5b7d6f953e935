//! BSNs in every column of a pakket, in every form; and contents that only look like them.

use std::collections::BTreeMap;

use pakket::strict_door;
use schema::{Tabel, VeldType};

use crate::bsn_corpus::{Seeds, forms, innocent_column, innocent_text};
use crate::support::omgang;

type Overlay = BTreeMap<String, String>;

fn csv(tabel: &Tabel, rows: &[Overlay]) -> String {
    let names: Vec<&str> = tabel.velden.iter().map(|v| v.naam.as_str()).collect();
    let mut text = names.join(",");
    for overlay in rows {
        let cell = |name: &&str| {
            let value = overlay.get(*name).or_else(|| tabel.voorbeeld.get(*name));
            format!("\"{}\"", value.map_or("", String::as_str))
        };
        text = format!(
            "{text}\n{}",
            names.iter().map(cell).collect::<Vec<_>>().join(",")
        );
    }
    text
}

/// The code with which a file of this table is refused, if it is, and the words.
fn refusal(tabel: &Tabel, text: &str) -> Option<(&'static str, String)> {
    let refused = |r: rows::FileRefusal| (r.code(), format!("{r:?}"));
    match strict_door::open(tabel, text.as_bytes(), strict_door::RecordLimits::default()) {
        Ok(mut reader) => reader.find_map(Result::err).map(refused),
        Err(refusal) => Some(refused(refusal)),
    }
}

/// HOSTILE 60, 61: 20 to a column, by their rate; and singly where nothing else has nine digits.
#[test]
fn a_bsn_is_refused_in_every_column_and_form() {
    let definitie = omgang();
    let mut seeds = Seeds::new(11);
    let (mut missed, mut count) = (Vec::new(), 0);
    for tabel in &definitie.tabellen {
        for veld in &tabel.velden {
            let form_names: Vec<&str> = forms(0).iter().map(|(name, _)| *name).collect();
            for (place, form) in form_names.iter().enumerate() {
                let singly = match veld.veldtype {
                    VeldType::Pseudoniem | VeldType::Whole | VeldType::Decimal => false,
                    _ => !veld.naam.ends_with("_id"),
                };
                let rows: Vec<Overlay> = (0..if singly { 1 } else { 20 })
                    .map(|_| {
                        let value = forms(seeds.bsn())[place].1.clone();
                        [(veld.naam.clone(), value)].into()
                    })
                    .collect();
                count += rows.len();
                let outcome = refusal(tabel, &csv(tabel, &rows));
                let value = &rows[0][&veld.naam];
                match outcome {
                    Some((code, words)) if code == "BSN_SUSPECTED" || code == "CONTROL_CHAR" => {
                        assert!(!words.contains(value.as_str()), "echoed: {words}");
                    }
                    other => missed.push(format!("{}.{} {form}: {other:?}", tabel.naam, veld.naam)),
                }
            }
        }
    }
    assert!(count > 5_000, "{count}");
    assert!(
        missed.is_empty(),
        "{} missed: {:#?}",
        missed.len(),
        &missed[..missed.len().min(20)]
    );
}

/// 20 BSNs in the number of contacts were taken, signed and kept; so were those divided over two counts.
#[test]
fn a_bsn_among_counts_is_refused_whole_and_in_parts() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let mut seeds = Seeds::new(12);
    let whole: Vec<Overlay> = (0..20)
        .map(|_| [("contacten".to_owned(), seeds.bsn().to_string())].into())
        .collect();
    let parts: Vec<Overlay> = (0..20)
        .map(|_| {
            let bsn = seeds.bsn();
            [
                ("minuten".to_owned(), (bsn / 10_000).to_string()),
                ("contacten".to_owned(), (bsn % 10_000).to_string()),
            ]
            .into()
        })
        .collect();
    for rows in [whole, parts] {
        let outcome = refusal(traject, &csv(traject, &rows)).map(|(code, _)| code);
        assert_eq!(outcome, Some("BSN_SUSPECTED"));
    }
}

/// 2,500 files with clocks, counts, dates, codes and numbers of one's own: none is refused for a BSN in it.
#[test]
fn what_only_looks_like_a_bsn_is_taken() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let mut seeds = Seeds::new(13);
    let mut refused = Vec::new();
    for number in 0..2_500 {
        let (name, cells) = innocent_column(&mut seeds);
        let cells = &cells[..cells.len().min(60)];
        let veld = [
            "contacten",
            "minuten",
            "kosten",
            "jeugdige_id",
            "voorziening_id",
        ][number % 5];
        // A bare hash is no pseudonym, and what has a letter before it no count.
        let other = match name {
            "hash" => veld.ends_with("_id"),
            "with a letter" => !veld.ends_with("_id"),
            _ => false,
        };
        if other {
            continue;
        }
        let rows: Vec<Overlay> = cells
            .iter()
            .map(|cell| {
                let text = innocent_text(&mut seeds);
                let other = if number % 2 == 0 {
                    "productcode"
                } else {
                    "startdatum"
                };
                let amount = seeds.below(4_000);
                [
                    (veld.to_owned(), cell.clone()),
                    (other.to_owned(), text),
                    ("gesprekken".to_owned(), (amount / 60).to_string()),
                    ("weekendcontacten".to_owned(), (amount % 50).to_string()),
                ]
                .into()
            })
            .collect();
        if let Some((code, words)) = refusal(traject, &csv(traject, &rows)) {
            refused.push(format!("{veld} {name}: {code} {words}"));
        }
    }
    assert!(
        refused.is_empty(),
        "{} refused: {:#?}",
        refused.len(),
        &refused[..refused.len().min(10)]
    );
}

/// A frame that readers pass over is found wherever it stands; a file without one is none.
#[test]
fn a_frame_that_is_passed_over_is_found() {
    // Two frames as zstd writes them: "abc" raw in one block, and a run of one byte.
    let raw = [
        0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, b'a', b'b', b'c',
    ];
    let run = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 9, 0x4b, 0, 0, b'x'];
    let hidden = [&[0x5a, 0x2a, 0x4d, 0x18, 9, 0, 0, 0][..], b"111222333"].concat();
    let met = |parts: &[&[u8]]| {
        let file = std::io::Cursor::new(parts.concat());
        pakket::zstd_frames::has_hidden_frame(file).unwrap()
    };
    for parts in [
        &[&raw[..]][..],
        &[&raw, &run],
        &[],
        &[&raw[..7]],
        &[b"none"],
    ] {
        assert!(!met(parts), "{parts:?}");
    }
    for parts in [
        &[&hidden[..]][..],
        &[&hidden, &raw],
        &[&raw, &hidden, &run],
        &[&run, &hidden],
    ] {
        assert!(met(parts), "{parts:?}");
    }
}
