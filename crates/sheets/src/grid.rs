//! A sheet of cells held in memory, sparsely: for workbooks and JSON, whose readers can't be paused.
//!
//! Owns one text buffer with the filled cells in order, and handing them on in blocks. One cell far out costs
//! one cell. Leaves reading the container to `workbook` and `json`.

use std::sync::Arc;

use rows::csv_records::BLOCK_ROWS;
use rows::{FileRefusal, RefusalCode};

use crate::cell::{Cell, CellKind};
use crate::cell_block::Block;
use crate::oddities::Oddities;
use crate::wording;

/// Most cells of a sheet.
const CELLS: usize = 60_000_000;
/// Most bytes of text of a sheet.
const BYTES: usize = 2 << 30;
/// A header this wide has no end in view: what lies further is no part of a table.
const WIDEST: usize = 1024;

/// A sheet of cells.
#[derive(Debug, Default)]
pub struct Raster {
    /// Name of the sheet or list.
    pub naam: Option<String>,
    /// Whether the sheet is hidden.
    pub hidden: bool,
    /// Whether cells have names (`F17`): so in a workbook, not in JSON.
    pub has_cells: bool,
    /// What is odd about its cells.
    pub oddities: Oddities,
    tekst: String,
    cells: Vec<GridCell>,
}

#[derive(Debug, Clone, Copy)]
struct GridCell {
    /// From 1.
    rij: u32,
    van: u32,
    tot: u32,
    /// From 0.
    kolom: u16,
    kind: CellKind,
}

impl Raster {
    /// An empty sheet.
    pub fn new(name: Option<String>, hidden: bool, has_cells: bool) -> Self {
        Self {
            naam: name,
            hidden,
            has_cells,
            ..Self::default()
        }
    }

    /// Adds a filled cell; rows come in order, columns in any order within a row.
    ///
    /// # Errors
    /// When there are too many of them.
    pub fn push(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<(), FileRefusal> {
        let text = cell.text();
        let van = self.tekst.len();
        let (Ok(column), true) = (
            u16::try_from(column),
            self.cells.len() < CELLS && van + text.len() <= BYTES,
        ) else {
            return Err(FileRefusal::new(
                RefusalCode::SheetDimension,
                wording::workbook::SHEET_TOO_LARGE,
            )
            .on_sheet(self.naam.as_deref()));
        };
        self.tekst.push_str(text);
        let place = |n: usize| u32::try_from(n).expect("bounded by BYTES");
        self.cells.push(GridCell {
            rij: row,
            van: place(van),
            tot: place(self.tekst.len()),
            kolom: column,
            kind: cell.kind(),
        });
        Ok(())
    }

    /// Puts rows and columns in order: files may have them otherwise.
    pub fn finish(mut self) -> Self {
        if !self.cells.is_sorted_by_key(|c| (c.rij, c.kolom)) {
            self.cells.sort_by_key(|c| (c.rij, c.kolom));
        }
        self
    }

    /// The first cell that was filled twice; only after [`Self::finish`].
    pub fn double(&self) -> Option<(u32, u32)> {
        let place = self
            .cells
            .windows(2)
            .position(|pair| (pair[0].rij, pair[0].kolom) == (pair[1].rij, pair[1].kolom))?;
        Some((self.cells[place].rij, u32::from(self.cells[place].kolom)))
    }

    /// Whether anything stands in this cell.
    pub fn is_filled(&self, row: u32, column: u32) -> bool {
        self.cells
            .binary_search_by_key(&(row, column), |c| (c.rij, u32::from(c.kolom)))
            .is_ok()
    }

    /// Whether no cell is filled.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The filled cells in order: row (from 1), column (from 0), text.
    pub fn texts(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        self.cells.iter().map(|c| {
            (
                c.rij,
                u32::from(c.kolom),
                &self.tekst[c.van as usize..c.tot as usize],
            )
        })
    }

    /// The rows that hold anything, with their filled cells by column.
    pub fn rows(&self) -> impl Iterator<Item = (u32, Vec<(u32, &str)>)> {
        self.cells.chunk_by(|a, b| a.rij == b.rij).map(|row| {
            let cell = |c: &GridCell| {
                let text = &self.tekst[c.van as usize..c.tot as usize];
                (u32::from(c.kolom), text)
            };
            (row[0].rij, row.iter().map(cell).collect())
        })
    }

    /// Columns up to the last one that holds anything and can be part of a table.
    pub fn width(&self) -> usize {
        let columns = self.cells.iter().map(|c| usize::from(c.kolom));
        columns.filter(|c| *c < WIDEST).max().map_or(0, |c| c + 1)
    }

    /// Whether anything stands in each of so many columns, below this row.
    pub fn filled_columns(&self, row: u64, width: usize) -> Vec<bool> {
        let mut out = vec![false; width];
        let below = self.cells.partition_point(|c| u64::from(c.rij) <= row);
        for cell in &self.cells[below..] {
            if let Some(filled) = out.get_mut(usize::from(cell.kolom)) {
                *filled = true;
            }
        }
        out
    }

    /// The first rows that hold anything, with their numbers.
    pub fn begin(&self, how_many: usize) -> Vec<(u64, Vec<String>)> {
        let mut out: Vec<(u64, Vec<String>)> = Vec::new();
        for (row, column, text) in self
            .texts()
            .filter(|(_, column, _)| (*column as usize) < WIDEST)
        {
            if out.last().is_none_or(|(last, _)| *last != u64::from(row)) {
                if out.len() == how_many {
                    break;
                }
                out.push((u64::from(row), Vec::new()));
            }
            let cells = &mut out.last_mut().expect("just pushed").1;
            cells.resize(column as usize, String::new());
            cells.push(text.to_owned());
        }
        out
    }
}

/// Reads the rows of a sheet below a header.
pub struct GridReader {
    raster: Arc<Raster>,
    position: usize,
    /// Rows that are passed over, in order.
    without: Vec<u32>,
}

/// A block is handed on from this many bytes of text: a few rows may hold very much.
const BLOCK_BYTES: usize = 8 << 20;

impl GridReader {
    /// The rows below row `kopregel`.
    pub fn new(raster: Arc<Raster>, header_row: u64) -> Self {
        let position = raster
            .cells
            .partition_point(|c| u64::from(c.rij) <= header_row);
        Self {
            raster,
            position,
            without: Vec::new(),
        }
    }

    /// Passes over these rows, which are given in order.
    pub fn without(&mut self, rows: Vec<u32>) {
        self.without = rows;
    }

    /// Fills `uit` with the next rows; cells beyond `width` are no part of the table. False at the end.
    pub fn block(&mut self, width: usize, out: &mut Block) -> bool {
        let (bytes, mut cells, mut rows) = out.rows.room();
        let mut kinds = std::mem::take(&mut out.kinds);
        kinds.clear();
        let mut text = String::from_utf8(bytes).expect("an emptied buffer");
        while let Some(cell) = self.raster.cells.get(self.position) {
            let row = u64::from(cell.rij);
            if rows.last() != Some(&row) {
                if rows.len() == BLOCK_ROWS || text.len() > BLOCK_BYTES {
                    break;
                }
                if usize::from(cell.kolom) >= width || self.without.binary_search(&cell.rij).is_ok()
                {
                    self.position += 1;
                    continue;
                }
                rows.push(row);
                cells.resize(rows.len() * width, (0, 0));
            }
            if (usize::from(cell.kolom)) < width {
                let van = text.len();
                text.push_str(&self.raster.tekst[cell.van as usize..cell.tot as usize]);
                let place =
                    |n: usize| u32::try_from(n).expect("a block is part of a bounded sheet");
                let at = (rows.len() - 1) * width + usize::from(cell.kolom);
                cells[at] = (place(van), place(text.len()));
                if cell.kind != CellKind::Text {
                    kinds.resize(kinds.len().max(at), CellKind::Text);
                    kinds.push(cell.kind);
                }
            }
            self.position += 1;
        }
        let has_rows = !rows.is_empty();
        if !kinds.is_empty() {
            kinds.resize(cells.len(), CellKind::Text);
        }
        out.rows.fill(text, cells, width, rows);
        (out.kinds, out.width) = (kinds, width);
        has_rows
    }
}
