//! Rows in which a field is empty although the column it is derived from is not: how a batch says so.
//!
//! Owns the note in the metadata of the field, written by the reader of an own file and read by the judge: so that
//! nobody is told to fill in what is filled in, and what can't be read is told as what it is. A pakket has none.

/// Name of the note in the metadata of the field.
pub const ONBEREKEND: &str = "onberekend";

/// The note over these rows of the batch: with what stands in the source where that can't be read, without it where
/// another field is why nothing was derived.
pub fn write(rijen: &[(usize, Option<String>)]) -> String {
    let regel = |(rij, tekst): &(usize, Option<String>)| match tekst {
        Some(tekst) => format!("{rij}={}", tekst.replace(['\n', '\r'], " ")),
        None => rij.to_string(),
    };
    rijen.iter().map(regel).collect::<Vec<_>>().join("\n")
}

/// The rows of a note, in their order. A line that is no row is passed over.
pub fn read(notitie: &str) -> Vec<(usize, Option<&str>)> {
    let rij = |regel| match str::split_once(regel, '=') {
        Some((rij, tekst)) => Some((rij.parse().ok()?, Some(tekst))),
        None => Some((regel.parse().ok()?, None)),
    };
    notitie.lines().filter_map(rij).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let rijen = [
            (0, Some("31-13-2010".to_owned())),
            (7, None),
            (9, Some("a=b".to_owned())),
        ];
        let terug: Vec<(usize, Option<String>)> = read(&write(&rijen))
            .into_iter()
            .map(|(r, t)| (r, t.map(str::to_owned)))
            .collect();
        assert_eq!(terug, rijen);
        assert_eq!(
            read(&write(&[(1, Some("twee\nregels".to_owned()))])),
            [(1, Some("twee regels"))]
        );
        assert_eq!(read("onzin"), []);
    }
}
