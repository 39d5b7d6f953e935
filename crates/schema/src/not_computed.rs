//! Rows in which a field is empty although the column it is derived from is not: how a batch says so.
//!
//! Owns the note in the metadata of the field, written by the reader of an own file and read by the judge: so that
//! nobody is told to fill in what is filled in, and what can't be read is told as what it is. A pakket has none.

/// Name of the note in the metadata of the field.
pub const NOT_COMPUTED: &str = "onberekend";

/// The note over these rows of the batch: with what stands in the source where that can't be read, without it where
/// another field is why nothing was derived.
pub fn write(rows: &[(usize, Option<String>)]) -> String {
    let regel = |(row, text): &(usize, Option<String>)| match text {
        Some(text) => format!("{row}={}", text.replace(['\n', '\r'], " ")),
        None => row.to_string(),
    };
    rows.iter().map(regel).collect::<Vec<_>>().join("\n")
}

/// The rows of a note, in their order. A line that is no row is passed over.
pub fn read(note: &str) -> Vec<(usize, Option<&str>)> {
    let row = |regel| match str::split_once(regel, '=') {
        Some((row, text)) => Some((row.parse().ok()?, Some(text))),
        None => Some((regel.parse().ok()?, None)),
    };
    note.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let rows = [
            (0, Some("31-13-2010".to_owned())),
            (7, None),
            (9, Some("a=b".to_owned())),
        ];
        let back: Vec<(usize, Option<String>)> = read(&write(&rows))
            .into_iter()
            .map(|(r, t)| (r, t.map(str::to_owned)))
            .collect();
        assert_eq!(back, rows);
        assert_eq!(
            read(&write(&[(1, Some("twee\nregels".to_owned()))])),
            [(1, Some("twee regels"))]
        );
        assert_eq!(read("onzin"), []);
    }
}
