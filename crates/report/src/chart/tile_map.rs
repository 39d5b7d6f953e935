//! A map of equal tiles: each jeugdregio where it is about, as large as any other, with its number and a sign in it.
//!
//! Owns where a tile lies (`tiles.csv`, laid out by hand so that neighbours stay neighbours) and how its name is broken.
//! A gebied without a place is not drawn: it stands in the table beside the map.

use std::fmt::Write;
use std::sync::OnceLock;

use super::{coordinate, filled_lines, open, text_at};

const COLUMNS: usize = 7;
const HEIGHT: f64 = 84.0;
/// The most characters of a line in a tile.
const LINE: usize = 15;

/// What stands in a tile.
#[derive(Debug)]
pub struct Tile<'a> {
    /// Code of the gebied.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its value in words.
    pub value: String,
    /// How it stands beside the country, as a sign; may be empty.
    pub sign: &'static str,
    /// The same for the style sheet.
    pub class: &'static str,
}

/// Row and column of every code.
fn places() -> &'static [(&'static str, usize, usize)] {
    static PLACES: OnceLock<Vec<(&str, usize, usize)>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let lines = include_str!("tiles.csv").lines().skip(1);
        let places = lines.filter_map(|line| {
            let mut cells = line.split(',');
            let code = cells.next()?;
            Some((
                code,
                cells.next()?.parse().ok()?,
                cells.next()?.parse().ok()?,
            ))
        });
        places.collect()
    })
}

/// The map; `id` is the beginning of its anchors.
pub fn svg(id: &str, title: &str, description: &str, tiles: &[Tile<'_>]) -> String {
    let mut out = String::new();
    let rows = places()
        .iter()
        .map(|(_, row, _)| row + 1)
        .max()
        .unwrap_or(0);
    open(
        &mut out,
        id,
        "tegelkaart",
        HEIGHT * rows as f64,
        title,
        description,
    );
    for tile in tiles {
        let place = places().iter().find(|(code, ..)| *code == tile.code);
        if let Some((_, row, column)) = place {
            draw(&mut out, tile, *row as f64, *column as f64);
        }
    }
    out.push_str("</svg>");
    out
}

fn draw(out: &mut String, tile: &Tile<'_>, row: f64, column: f64) {
    let width = 100.0 / COLUMNS as f64;
    let top = HEIGHT * row;
    let left = width * column;
    write!(
        out,
        r#"<rect class="tegel {}" rx="4" height="{}" x=""#,
        tile.class,
        HEIGHT - 4.0
    )
    .expect("writing to a String cannot fail");
    coordinate(out, left);
    out.push_str(r#"%" y=""#);
    coordinate(out, top + 2.0);
    out.push_str(r#"" width=""#);
    coordinate(out, width - 0.5);
    out.push_str(r#"%"/>"#);
    let middle = left + (width - 0.5) / 2.0;
    let lines = broken(tile.name);
    for (place, line) in lines.iter().enumerate() {
        text_at(out, "naam", middle, top + 18.0 + 14.0 * place as f64, line);
    }
    let words = match tile.sign {
        "" => tile.value.clone(),
        sign => format!("{} {sign}", tile.value),
    };
    text_at(out, "waarde", middle, top + HEIGHT - 12.0, &words);
}

/// A name in lines that fit a tile, broken at a space, or behind a hyphen where a word alone is too long.
fn broken(name: &str) -> Vec<String> {
    let pieces = name.split(' ').flat_map(|word| {
        let long = word.chars().count() > LINE;
        let pieces: Vec<&str> = if long {
            word.split_inclusive('-').collect()
        } else {
            vec![word]
        };
        let gaps = [" "].into_iter().chain(std::iter::repeat(""));
        gaps.zip(pieces)
    });
    filled_lines(pieces, LINE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use schema::{Gebieden, Niveau};

    use super::*;

    /// Every jeugdregio of every year has one place, and no two the same one.
    #[test]
    fn every_jeugdregio_has_a_place_of_its_own() {
        let codes: BTreeSet<&str> = places().iter().map(|(code, ..)| *code).collect();
        let spots: BTreeSet<(usize, usize)> = places()
            .iter()
            .map(|(_, row, column)| (*row, *column))
            .collect();
        assert_eq!((codes.len(), spots.len()), (places().len(), places().len()));
        assert!(places().iter().all(|(_, _, column)| *column < COLUMNS));
        for jaar in Gebieden::get().jaren() {
            let all = Gebieden::get().list(jaar, Niveau::Jeugdregio);
            let of_year: BTreeSet<&str> = all.iter().map(|gebied| gebied.code.as_str()).collect();
            assert_eq!(of_year, codes, "{jaar}");
            for gebied in &all {
                let lines = broken(&gebied.naam);
                assert!(lines.len() <= 3, "{lines:?}");
                assert!(
                    lines.iter().all(|line| line.chars().count() <= LINE),
                    "{lines:?}"
                );
            }
        }
    }

    /// A gebied without a place is left to the table.
    #[test]
    fn a_tile_shows_name_number_and_sign() {
        let tile = |code| Tile {
            code,
            name: "Alkmaar (Noord-Kennemerland)",
            value: "12".to_owned(),
            sign: "↑",
            class: "hoger",
        };
        let drawn = svg("k", "Titel", "Uitleg", &[tile("JZ06"), tile("JZ99")]);
        for part in [
            ">Alkmaar (Noord-<",
            ">Kennemerland)<",
            ">12 ↑<",
            "tegel hoger",
            "Titel",
            "Uitleg",
        ] {
            assert_eq!(drawn.matches(part).count(), 1, "{part}: {drawn}");
        }
    }
}
