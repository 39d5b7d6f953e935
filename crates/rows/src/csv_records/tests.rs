use proptest::prelude::*;

use super::*;
use crate::encoding::TextEncoding;
use crate::encoding::tests::SmallReads;

fn read(bytes: &[u8], step: usize, dialect: Dialect, width: usize) -> Vec<Vec<String>> {
    let stream = TextStream::new(SmallReads { bytes, step }, TextEncoding::Utf8).unwrap();
    let mut regels = Regels::new(stream, dialect, RecordLimits::default());
    let mut block = RowBlock::default();
    let mut rows = Vec::new();
    while regels.block(width, &mut block).unwrap() {
        rows.extend(
            (0..block.len()).map(|row| block.row(row).map(str::to_owned).collect::<Vec<_>>()),
        );
    }
    rows
}

/// Short and long, and full of what means something in a CSV.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z0-9,;\"\r\n=é -]{0,12}", 1 => "[a-z,\"\n]{50,200}", 1 => Just(String::new())]
}

proptest! {
    /// What another program wrote comes back as it was, however it is cut, quoted and ended.
    #[test]
    fn what_the_csv_crate_writes_is_read(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 1..40),
        step in 1_usize..300,
        separator in prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
        crlf: bool,
        everything: bool,
        strict: bool,
    ) {
        let style = if everything { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().delimiter(separator).quote_style(style).terminator(end).from_writer(Vec::new());
        // A row of nothing is passed over, and a cell like `="7"` is taken out of Excel's guard: each has tests of its own.
        let rows: Vec<Vec<String>> =
            rows.into_iter().filter(|row| row.iter().all(|cell| !cell.contains('=')) && row.iter().any(|cell| !cell.is_empty())).collect();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        prop_assert_eq!(read(&bytes, step, Dialect { separator, strict }, 3), rows);
    }

    #[test]
    fn ends_of_cells_are_found_wherever_they_are(bytes in prop::collection::vec(prop_oneof![6 => any::<u8>(), 1 => Just(b'\n'), 1 => Just(b',')], 0..300)) {
        let special = [b',', b'\r', b'\n', b'"'];
        let expected: Vec<usize> = (0..bytes.len()).filter(|&i| special.contains(&bytes[i])).collect();
        let (mut scan64, mut from, mut found) = (Scan64::default(), 0, Vec::new());
        loop {
            let place = scan64.next(&bytes, from, special);
            if place == bytes.len() {
                break;
            }
            found.push(place);
            from = place + 1;
        }
        prop_assert_eq!(found, expected);
    }
}
