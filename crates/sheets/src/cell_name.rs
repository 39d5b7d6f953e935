//! Names of cells: `F17`, `$F$17`, `B2:C5`.
//!
//! Owns reading and writing them, and how large a sheet is. Leaves which cells there are to the readers.

/// Most rows of a sheet.
pub(crate) const ROWS: u32 = 1_048_576;
/// Most columns of a sheet.
pub(crate) const COLUMNS: u32 = 16_384;

/// A cell: its row (from 1) and column (from 0).
pub(crate) type CellAt = (u32, u32);

/// `F17` as row (from 1) and column (from 0), also beyond those of a sheet.
pub(crate) fn parse(name: &str) -> Option<(u64, u32)> {
    let place = name.bytes().position(|b| b.is_ascii_digit())?;
    let (letters, cijfers) = name.split_at(place);
    let mut column: u32 = 0;
    for letter in letters.bytes().filter(|b| *b != b'$') {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        column = column
            .checked_mul(26)?
            .checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let row: u64 = cijfers.parse().ok()?;
    (row > 0).then_some((row, column.checked_sub(1)?))
}

/// The same, for a cell on a sheet.
pub(crate) fn cell_at(name: &str) -> Option<CellAt> {
    let (row, column) = parse(name)?;
    let row = u32::try_from(row).ok()?;
    (row <= ROWS && column < COLUMNS).then_some((row, column))
}

/// `B2:C5` as its first and last cell, in whatever order they are named.
pub(crate) fn area(name: &str) -> Option<(CellAt, CellAt)> {
    let (van, tot) = name.split_once(':').unwrap_or((name, name));
    Some((cell_at(van)?, cell_at(tot)?))
}

/// Row and column as `F17`.
pub(crate) fn cell_name(row: u32, column: u32) -> String {
    format!(
        "{}{row}",
        schema::bevinding::column_letters(column as usize)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names() {
        assert_eq!(
            (cell_at("A1"), cell_at("$XFD$1048576"), cell_name(17, 5)),
            (Some((1, 0)), Some((ROWS, COLUMNS - 1)), "F17".to_owned())
        );
        for error in ["", "17", "A", "A0", "XFE1", "A1048577", "A1B", "AAAA1"] {
            assert_eq!(cell_at(error), None, "{error}");
        }
        assert_eq!(parse("AAAA2000000"), Some((2_000_000, 18_278)));
        for error in ["", "A", "1", "A0", "A-1", "é1", "AAAAAAAAAAAAAA1"] {
            assert_eq!(parse(error), None, "{error}");
        }
    }

    #[test]
    fn areas_have_names() {
        assert_eq!(area("B2:C5"), Some(((2, 1), (5, 2))));
        assert_eq!(area("B2"), Some(((2, 1), (2, 1))));
        assert_eq!(area("A1:XFE1"), None);
    }
}
