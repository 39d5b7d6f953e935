//! Names of cells: `F17`, `$F$17`, `B2:C5`.
//!
//! Owns reading and writing them, and how large a sheet is. Leaves which cells there are to the readers.

/// Most rows of a sheet.
pub(crate) const RIJEN: u32 = 1_048_576;
/// Most columns of a sheet.
pub(crate) const KOLOMMEN: u32 = 16_384;

/// A cell: its row (from 1) and column (from 0).
pub(crate) type Celplek = (u32, u32);

/// `F17` as row (from 1) and column (from 0), also beyond those of a sheet.
pub(crate) fn parse(naam: &str) -> Option<(u64, u32)> {
    let plek = naam.bytes().position(|b| b.is_ascii_digit())?;
    let (letters, cijfers) = naam.split_at(plek);
    let mut kolom: u32 = 0;
    for letter in letters.bytes().filter(|b| *b != b'$') {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        kolom = kolom
            .checked_mul(26)?
            .checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let rij: u64 = cijfers.parse().ok()?;
    (rij > 0).then_some((rij, kolom.checked_sub(1)?))
}

/// The same, for a cell on a sheet.
pub(crate) fn celplek(naam: &str) -> Option<Celplek> {
    let (rij, kolom) = parse(naam)?;
    let rij = u32::try_from(rij).ok()?;
    (rij <= RIJEN && kolom < KOLOMMEN).then_some((rij, kolom))
}

/// `B2:C5` as its first and last cell, in whatever order they are named.
pub(crate) fn area(naam: &str) -> Option<(Celplek, Celplek)> {
    let (van, tot) = naam.split_once(':').unwrap_or((naam, naam));
    Some((celplek(van)?, celplek(tot)?))
}

/// Row and column as `F17`.
pub(crate) fn celnaam(rij: u32, kolom: u32) -> String {
    format!("{}{rij}", schema::bevinding::column_letters(kolom as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names() {
        assert_eq!(
            (celplek("A1"), celplek("$XFD$1048576"), celnaam(17, 5)),
            (Some((1, 0)), Some((RIJEN, KOLOMMEN - 1)), "F17".to_owned())
        );
        for fout in ["", "17", "A", "A0", "XFE1", "A1048577", "A1B", "AAAA1"] {
            assert_eq!(celplek(fout), None, "{fout}");
        }
        assert_eq!(parse("AAAA2000000"), Some((2_000_000, 18_278)));
        for fout in ["", "A", "1", "A0", "A-1", "é1", "AAAAAAAAAAAAAA1"] {
            assert_eq!(parse(fout), None, "{fout}");
        }
    }

    #[test]
    fn areas_have_names() {
        assert_eq!(area("B2:C5"), Some(((2, 1), (5, 2))));
        assert_eq!(area("B2"), Some(((2, 1), (2, 1))));
        assert_eq!(area("A1:XFE1"), None);
    }
}
