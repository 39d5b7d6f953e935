//! What the program says: stdout is data, stderr is talk.

use anyhow::Result;
use schema::SafeCsv;
use schema::safe_csv::CsvCell;

/// A line of data.
#[expect(clippy::print_stdout, reason = "the one place that writes to stdout")]
pub fn data(text: &str) {
    println!("{text}");
}

/// A line of talk.
#[expect(clippy::print_stderr, reason = "the one place that writes to stderr")]
pub fn talk(text: &str) {
    eprintln!("{text}");
}

/// Bytes of data, as they are.
pub fn bytes(content: &[u8]) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(content)?;
    out.flush()?;
    Ok(())
}

/// What stands in a file, as data.
pub fn copy(file: &mut std::fs::File) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    std::io::copy(file, &mut out)?;
    out.flush()?;
    Ok(())
}

/// A table of data as CSV.
pub fn csv(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    bytes(&csv_text(header, rows)?)
}

/// A table as CSV, of which a spreadsheet takes no cell for a formula: names and reasons come from people.
pub fn csv_text(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut csv = SafeCsv::new(header.iter().copied());
    for row in rows {
        csv.row(row.iter().map(|cell| CsvCell::text(cell)));
    }
    Ok(csv.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an aanbieder is called is typed by somebody, and opened in Excel by somebody else.
    #[test]
    fn no_cell_is_a_formula() {
        let names = [
            "=1+1",
            "+31 6",
            "-x",
            "@home",
            "\tx",
            "\rx",
            "De Brug, Noord",
        ];
        let rows = names
            .iter()
            .map(|name| vec!["1".to_owned(), (*name).to_owned()]);
        let text = csv_text(&["nr", "naam"], rows).unwrap();
        let read: Vec<String> = csv::Reader::from_reader(text.as_slice())
            .records()
            .map(|row| row.unwrap()[1].to_owned())
            .collect();
        for (name, read) in names.iter().zip(&read) {
            let expected = if *name == "De Brug, Noord" {
                (*name).to_owned()
            } else {
                format!("'{name}")
            };
            assert_eq!(*read, expected);
        }
    }
}
