//! What the program says: stdout is data, stderr is talk.

use anyhow::Result;
use schema::SafeCsv;
use schema::safe_csv::Cell;

/// A line of data.
#[expect(clippy::print_stdout, reason = "the one place that writes to stdout")]
pub fn data(tekst: &str) {
    println!("{tekst}");
}

/// A line of talk.
#[expect(clippy::print_stderr, reason = "the one place that writes to stderr")]
pub fn talk(tekst: &str) {
    eprintln!("{tekst}");
}

/// Bytes of data, as they are.
pub fn bytes(inhoud: &[u8]) -> Result<()> {
    use std::io::Write;
    let mut uit = std::io::stdout().lock();
    uit.write_all(inhoud)?;
    uit.flush()?;
    Ok(())
}

/// A table of data as CSV.
pub fn csv(kop: &[&str], rijen: impl Iterator<Item = Vec<String>>) -> Result<()> {
    let mut csv = SafeCsv::new(kop.iter().copied());
    for rij in rijen {
        csv.row(rij.iter().map(|cell| Cell::text(cell)));
    }
    bytes(&csv.finish())
}
