//! The balance of what is read: every row and column that came in is read, passed over for a reason, or asked.
//!
//! Owns counting what stands in a sheet by itself, apart from the reader, so that what the reader lost is found; and the
//! questions about what nobody accounts for. Leaves reading to `convert`, the reasons to `schema::balance`.

use std::collections::BTreeSet;

use rows::FileRefusal;
use rows::csv_records::Skipped;
use rows::invisible_characters::trimmed;
use schema::balance::{BalanceCount, PassedOver, SheetBalance};
use sheets::SourceFile;
use sheets::open_file::Sheet;

use crate::convert::table::RunningTable;
use crate::incoming_counts::ColumnFate;
use crate::read_plan::{Sources, Task};
use crate::source_findings::place_name;
use crate::table_layout::is_nameless;
use crate::wording;

/// The balance of a table that was read, and what is asked about what nobody accounts for.
pub(crate) fn of_table(running: &RunningTable) -> (SheetBalance, Vec<String>) {
    let task = &running.task;
    let incoming = &task.incoming;
    let mut questions = Vec::new();
    let location = place_name(&task.bestand, task.blad.as_deref());
    let mut rows = BalanceCount {
        gelezen: running.read,
        gevraagd: incoming.data_above.len() as u64,
        ..BalanceCount::default()
    };
    rows.pass_over(PassedOver::Kopregel, incoming.header);
    rows.pass_over(PassedOver::BovenDeKop, incoming.titles);
    rows.pass_over(PassedOver::Voorbeeld, task.examples);
    for (reason, count) in running.skipped.counts() {
        let reason = match reason {
            Skipped::Empty => continue,
            Skipped::Total => PassedOver::Totaal,
            Skipped::Footnote => PassedOver::Opmerking,
            Skipped::Header => PassedOver::KopHerhaald,
        };
        rows.pass_over(reason, count);
    }
    let lost = incoming
        .rows
        .map_or(0, |all| all.saturating_sub(rows.accounted()));
    rows.gevraagd += lost + running.swallowed.1;
    rows.gekomen = rows.accounted();
    if let [first, ..] = incoming.data_above[..] {
        questions.push(wording::file::looks_like_data_above(&location, &first));
    }
    if lost > 0 {
        questions.push(wording::file::beside_the_columns(&location, &lost));
    }
    if let (Some(row), count) = running.swallowed {
        questions.push(wording::file::rows_in_one_cell(&location, &row, &count));
    }
    let columns = columns(running, &location, &mut questions);
    let balance = SheetBalance {
        bestand: task.bestand.clone(),
        blad: task.blad.clone(),
        rijen: rows,
        kolommen: columns,
    };
    (balance, questions)
}

fn columns(running: &RunningTable, location: &str, questions: &mut Vec<String>) -> BalanceCount {
    let task = &running.task;
    let mut beyond = task.incoming.beyond;
    let mut out = BalanceCount {
        gelezen: task.read_columns,
        ..BalanceCount::default()
    };
    for (column, filled) in task.unused.iter().zip(&running.filled) {
        match task.fates.get(column) {
            _ if *filled == 0 => out.pass_over(PassedOver::Leeg, 1),
            Some(ColumnFate::Passed(reason)) => out.pass_over(*reason, 1),
            Some(ColumnFate::Asked(question)) => {
                out.gevraagd += 1;
                questions.extend(question.clone());
            }
            None if is_nameless(&task.headers[*column]) => beyond += 1,
            None => out.pass_over(PassedOver::GeenVeld, 1),
        }
    }
    out.gevraagd += beyond;
    out.gekomen = out.accounted();
    if beyond > 0 {
        questions.push(wording::file::columns_without_name(&location, &beyond));
    }
    out
}

/// The balance of the sheets and files that no table is read from. `asked` says whether one of them is a question.
///
/// # Errors
/// When a file breaks off, or is malformed.
pub(crate) fn of_unread(
    sources: &Sources<'_>,
    taken: &[Task],
    asked: impl Fn(&SourceFile, &Sheet) -> bool,
) -> Result<Vec<SheetBalance>, FileRefusal> {
    let mut out = Vec::new();
    for (file, opened) in sources.bestanden.iter().zip(sources.geopend) {
        for sheet in &opened.sheets {
            let is_read = |t: &Task| t.bestand == file.naam && t.blad == sheet.naam;
            if taken.iter().any(is_read) {
                continue;
            }
            let (mut rows, mut columns) = (0, BTreeSet::new());
            sheet.each_row(file, &mut |_, cells| {
                let filled = cells.iter().filter(|(_, text)| !trimmed(text).is_empty());
                let filled: Vec<u32> = filled.map(|(column, _)| *column).collect();
                rows += u64::from(!filled.is_empty());
                columns.extend(filled);
                Ok::<(), FileRefusal>(())
            })?;
            if rows == 0 {
                continue;
            }
            let tally = |count: u64| {
                let mut tally = BalanceCount {
                    gekomen: count,
                    ..BalanceCount::default()
                };
                if asked(file, sheet) {
                    tally.gevraagd = count;
                } else {
                    tally.pass_over(PassedOver::AnderBlad, count);
                }
                tally
            };
            out.push(SheetBalance {
                bestand: file.naam.clone(),
                blad: sheet.naam.clone(),
                rijen: tally(rows),
                kolommen: tally(columns.len() as u64),
            });
        }
    }
    Ok(out)
}
