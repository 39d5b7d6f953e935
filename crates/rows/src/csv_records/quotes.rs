//! What stands between quotes, made into the text it is.
//!
//! Owns two quotes for one, and Excel's guard. In place: cells keep lying in one buffer. Leaves where a cell begins and ends
//! to `scan`.

/// Makes two quotes into one in place, and fills what is left over with a plain letter so that all of it stays UTF-8.
pub(super) fn unescape(
    buffer: &mut [u8],
    quote: u8,
    cells: &mut [(u32, u32)],
    with_quotes: &[usize],
) {
    for &index in with_quotes {
        let (van, tot) = (cells[index].0 as usize, cells[index].1 as usize);
        // Quotes inside a cell that has none around it stand for themselves.
        if van == 0 || buffer[van - 1] != quote {
            continue;
        }
        let (mut lees, mut write) = (van, van);
        while lees < tot {
            buffer[write] = buffer[lees];
            lees += if buffer[lees] == quote && lees + 1 < tot && buffer[lees + 1] == quote {
                2
            } else {
                1
            };
            write += 1;
        }
        buffer[write..tot].fill(b'x');
        cells[index].1 = write as u32;
    }
}

/// Takes a text out of the guard that keeps Excel from changing it: `="00207"` is 00207.
pub(super) fn take_out_of_guard(buffer: &[u8], cell: &mut (u32, u32)) -> bool {
    let content = buffer[cell.0 as usize..cell.1 as usize]
        .strip_prefix(b"=\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    let pending_quote = content.is_some_and(|text| !text.contains(&b'"'));
    if pending_quote {
        *cell = (cell.0 + 2, cell.1 - 1);
    }
    pending_quote
}
