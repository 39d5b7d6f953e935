//! A block of raw rows: one buffer of text and, per cell, where it begins and ends.
//!
//! Owns the shape every reader (CSV, workbook, JSON) hands on, so that mapping is written once and no cell is
//! an allocation of its own. Leaves meaning to `mapping`.

/// Rows as they stand in the source, all of the same width.
#[derive(Debug, Default)]
pub struct RowBlock {
    tekst: String,
    /// Start and end in `tekst`, row by row.
    cells: Vec<(u32, u32)>,
    width: usize,
    /// Row number in the source, from 1, per row.
    rijen: Vec<u64>,
    ascii: bool,
}

impl RowBlock {
    /// Takes over text and cells; `cells.len()` is `rijen.len() * breedte`.
    pub fn fill(&mut self, text: String, cells: Vec<(u32, u32)>, width: usize, rows: Vec<u64>) {
        debug_assert_eq!(
            cells.len(),
            rows.len() * width,
            "every row has all its cells"
        );
        self.ascii = text.is_ascii();
        self.tekst = text;
        self.cells = cells;
        self.width = width;
        self.rijen = rows;
    }

    /// Gives its room back, emptied, to be filled anew.
    pub fn room(&mut self) -> (Vec<u8>, Vec<(u32, u32)>, Vec<u64>) {
        let mut room = (
            std::mem::take(&mut self.tekst).into_bytes(),
            std::mem::take(&mut self.cells),
            std::mem::take(&mut self.rijen),
        );
        room.0.clear();
        room.1.clear();
        room.2.clear();
        room
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rijen.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rijen.is_empty()
    }

    /// True where nothing in it needs Unicode normalising.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Source row number of row `rij` of this block.
    pub fn row_number(&self, row: usize) -> u64 {
        self.rijen[row]
    }

    /// Source row numbers, top to bottom.
    pub fn row_numbers(&self) -> &[u64] {
        &self.rijen
    }

    /// One cell.
    pub fn text(&self, row: usize, column: usize) -> &str {
        let (van, tot) = self.cells[row * self.width + column];
        &self.tekst[van as usize..tot as usize]
    }

    /// The cells of one column, top to bottom.
    pub fn texts(&self, column: usize) -> impl ExactSizeIterator<Item = &str> + Clone + '_ {
        let rows = self.rijen.len();
        (0..rows).map(move |row| {
            let (van, tot) = self.cells[row * self.width + column];
            &self.tekst[van as usize..tot as usize]
        })
    }

    /// The cells of one row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.cells[row * self.width..(row + 1) * self.width]
            .iter()
            .map(|&(van, tot)| &self.tekst[van as usize..tot as usize])
    }

    /// Keeps the rows for which `keep` is true.
    pub fn retain(&mut self, keep: &[bool]) {
        if keep.iter().all(|&k| k) {
            return;
        }
        let mut to = 0;
        for (row, keep) in keep.iter().enumerate() {
            if *keep {
                self.rijen[to] = self.rijen[row];
                self.cells
                    .copy_within(row * self.width..(row + 1) * self.width, to * self.width);
                to += 1;
            }
        }
        self.rijen.truncate(to);
        self.cells.truncate(to * self.width);
    }
}
