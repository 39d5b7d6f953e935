//! A block of rows whose cells know what kind of value they are.
//!
//! Owns the kinds beside the block of text that `rows` fills. Where all is text, as in a CSV, there is nothing beside it:
//! that path costs what it cost. Leaves meaning to `mapping`.

use std::ops::Deref;

use rows::row_block::RowBlock;

use crate::cell::{Cell, CellKind};

/// Rows as they stand in the source, all of the same width.
#[derive(Debug, Default)]
pub struct Block {
    pub(crate) rows: RowBlock,
    /// Per cell, row by row; empty where all of it is text.
    pub(crate) kinds: Vec<CellKind>,
    pub(crate) width: usize,
}

/// Takes a row: its number, and its filled cells with their columns.
pub type RowTaker<'a, E> = dyn FnMut(u64, &[(u32, &str)]) -> Result<(), E> + 'a;

/// Writes a block of other rows, cell by cell.
#[derive(Debug, Default)]
pub struct BlockWriter {
    text: String,
    cells: Vec<(u32, u32)>,
    kinds: Vec<CellKind>,
    numbers: Vec<u64>,
    width: usize,
}

impl BlockWriter {
    /// For rows of this width.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Begins a row that has this number in the source; its cells follow.
    pub fn begin_row(&mut self, number: u64) {
        self.numbers.push(number);
    }

    /// The next cell.
    pub fn push(&mut self, cell: Cell<'_>) {
        let place = |n: usize| u32::try_from(n).expect("a block is far below 4 GiB");
        let from = self.text.len();
        self.text.push_str(cell.text());
        self.cells.push((place(from), place(self.text.len())));
        self.kinds.push(cell.kind());
    }

    /// The block.
    pub fn finish(mut self) -> Block {
        if self.kinds.iter().all(|kind| *kind == CellKind::Text) {
            self.kinds.clear();
        }
        let mut rows = RowBlock::default();
        rows.fill(self.text, self.cells, self.width, self.numbers);
        Block {
            rows,
            kinds: self.kinds,
            width: self.width,
        }
    }
}

impl Deref for Block {
    type Target = RowBlock;

    fn deref(&self) -> &RowBlock {
        &self.rows
    }
}

impl Block {
    /// Whether every cell is text, or empty.
    pub fn is_text(&self) -> bool {
        self.kinds.is_empty()
    }

    /// One cell.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let kind = self.kinds.get(row * self.width + column);
        Cell::of(
            kind.copied().unwrap_or_default(),
            self.rows.text(row, column),
        )
    }

    /// The cells of one column, top to bottom.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = Cell<'_>> + '_ {
        (0..self.rows.len()).map(move |row| self.cell(row, column))
    }

    /// Keeps the rows for which `keep` is true.
    pub fn retain(&mut self, keep: &[bool]) {
        self.rows.retain(keep);
        if !self.kinds.is_empty() {
            let mut at = keep
                .iter()
                .flat_map(|keep| std::iter::repeat_n(*keep, self.width));
            self.kinds.retain(|_| at.next().unwrap_or(false));
        }
    }
}
