//! A sheet of cells held in memory, sparsely: for workbooks and JSON, whose readers can't be paused.
//!
//! Owns one text buffer with the filled cells in order, and handing them on in blocks. One cell far out costs
//! one cell. Leaves reading the container to `workbook` and `json`.

use std::sync::Arc;

use rows::Weigering;
use rows::records::BLOKRIJEN;

use crate::block::Block;
use crate::cell::{Cell, Kind};
use crate::oddities::Bijzonder;

/// Most cells of a sheet.
const CELLEN: usize = 60_000_000;
/// Most bytes of text of a sheet.
const BYTES: usize = 2 << 30;

/// A sheet of cells.
#[derive(Debug, Default)]
pub struct Raster {
    /// Name of the sheet or list.
    pub naam: Option<String>,
    /// Whether the sheet is hidden.
    pub verborgen: bool,
    /// Whether cells have names (`F17`): so in a workbook, not in JSON.
    pub heeft_cellen: bool,
    /// What is odd about its cells.
    pub bijzonder: Bijzonder,
    tekst: String,
    cellen: Vec<Cel>,
}

#[derive(Debug, Clone, Copy)]
struct Cel {
    /// From 1.
    rij: u32,
    van: u32,
    tot: u32,
    /// From 0.
    kolom: u16,
    kind: Kind,
}

impl Raster {
    /// An empty sheet.
    pub fn new(naam: Option<String>, verborgen: bool, heeft_cellen: bool) -> Self {
        Self {
            naam,
            verborgen,
            heeft_cellen,
            ..Self::default()
        }
    }

    /// Adds a filled cell; rows come in order, columns in any order within a row.
    ///
    /// # Errors
    /// When there are too many of them.
    pub fn push(&mut self, rij: u32, kolom: u32, cell: Cell<'_>) -> Result<(), Weigering> {
        let tekst = cell.text();
        let van = self.tekst.len();
        let (Ok(kolom), true) = (
            u16::try_from(kolom),
            self.cellen.len() < CELLEN && van + tekst.len() <= BYTES,
        ) else {
            return Err(Weigering::new(
                "SHEET_DIMENSION",
                "Het werkblad is te groot. Lever het als CSV.",
            )
            .op_blad(self.naam.as_deref()));
        };
        self.tekst.push_str(tekst);
        let plek = |n: usize| u32::try_from(n).expect("bounded by BYTES");
        self.cellen.push(Cel {
            rij,
            van: plek(van),
            tot: plek(self.tekst.len()),
            kolom,
            kind: cell.kind(),
        });
        Ok(())
    }

    /// Puts rows and columns in order: files may have them otherwise.
    pub fn finish(mut self) -> Self {
        if !self.cellen.is_sorted_by_key(|c| (c.rij, c.kolom)) {
            self.cellen.sort_by_key(|c| (c.rij, c.kolom));
        }
        self
    }

    /// The first cell that was filled twice; only after [`Self::finish`].
    pub fn double(&self) -> Option<(u32, u32)> {
        let plek = self
            .cellen
            .windows(2)
            .position(|paar| (paar[0].rij, paar[0].kolom) == (paar[1].rij, paar[1].kolom))?;
        Some((self.cellen[plek].rij, u32::from(self.cellen[plek].kolom)))
    }

    /// Whether anything stands in this cell.
    pub fn is_filled(&self, rij: u32, kolom: u32) -> bool {
        self.cellen
            .binary_search_by_key(&(rij, kolom), |c| (c.rij, u32::from(c.kolom)))
            .is_ok()
    }

    /// Whether no cell is filled.
    pub fn is_empty(&self) -> bool {
        self.cellen.is_empty()
    }

    /// The filled cells in order: row (from 1), column (from 0), text.
    pub fn teksten(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        self.cellen.iter().map(|c| {
            (
                c.rij,
                u32::from(c.kolom),
                &self.tekst[c.van as usize..c.tot as usize],
            )
        })
    }

    /// The rows that hold anything, with their filled cells by column.
    pub fn rijen(&self) -> impl Iterator<Item = (u32, Vec<(u32, &str)>)> {
        self.cellen.chunk_by(|a, b| a.rij == b.rij).map(|rij| {
            let cel = |c: &Cel| {
                let tekst = &self.tekst[c.van as usize..c.tot as usize];
                (u32::from(c.kolom), tekst)
            };
            (rij[0].rij, rij.iter().map(cel).collect())
        })
    }

    /// The first rows that hold anything, with their numbers.
    pub fn begin(&self, hoeveel: usize) -> Vec<(u64, Vec<String>)> {
        /// A header this wide has no end in view: what lies further is no part of a table.
        const BREEDST: usize = 1024;
        let mut uit: Vec<(u64, Vec<String>)> = Vec::new();
        for (rij, kolom, tekst) in self
            .teksten()
            .filter(|(_, kolom, _)| (*kolom as usize) < BREEDST)
        {
            if uit
                .last()
                .is_none_or(|(laatste, _)| *laatste != u64::from(rij))
            {
                if uit.len() == hoeveel {
                    break;
                }
                uit.push((u64::from(rij), Vec::new()));
            }
            let cellen = &mut uit.last_mut().expect("just pushed").1;
            cellen.resize(kolom as usize, String::new());
            cellen.push(tekst.to_owned());
        }
        uit
    }
}

/// Reads the rows of a sheet below a header.
pub struct Rasterlezer {
    raster: Arc<Raster>,
    positie: usize,
    /// Rows that are passed over, in order.
    zonder: Vec<u32>,
}

/// A block is handed on from this many bytes of text: a few rows may hold very much.
const BLOKBYTES: usize = 8 << 20;

impl Rasterlezer {
    /// The rows below row `kopregel`.
    pub fn new(raster: Arc<Raster>, kopregel: u64) -> Self {
        let positie = raster
            .cellen
            .partition_point(|c| u64::from(c.rij) <= kopregel);
        Self {
            raster,
            positie,
            zonder: Vec::new(),
        }
    }

    /// Passes over these rows, which are given in order.
    pub fn without(&mut self, rijen: Vec<u32>) {
        self.zonder = rijen;
    }

    /// Fills `uit` with the next rows; cells beyond `breedte` are no part of the table. False at the end.
    pub fn blok(&mut self, breedte: usize, uit: &mut Block) -> bool {
        let (bytes, mut cellen, mut rijen) = uit.rows.room();
        let mut kinds = std::mem::take(&mut uit.kinds);
        kinds.clear();
        let mut tekst = String::from_utf8(bytes).expect("an emptied buffer");
        while let Some(cel) = self.raster.cellen.get(self.positie) {
            let rij = u64::from(cel.rij);
            if rijen.last() != Some(&rij) {
                if rijen.len() == BLOKRIJEN || tekst.len() > BLOKBYTES {
                    break;
                }
                if usize::from(cel.kolom) >= breedte || self.zonder.binary_search(&cel.rij).is_ok()
                {
                    self.positie += 1;
                    continue;
                }
                rijen.push(rij);
                cellen.resize(rijen.len() * breedte, (0, 0));
            }
            if (usize::from(cel.kolom)) < breedte {
                let van = tekst.len();
                tekst.push_str(&self.raster.tekst[cel.van as usize..cel.tot as usize]);
                let plek = |n: usize| u32::try_from(n).expect("a block is part of a bounded sheet");
                let at = (rijen.len() - 1) * breedte + usize::from(cel.kolom);
                cellen[at] = (plek(van), plek(tekst.len()));
                if cel.kind != Kind::Text {
                    kinds.resize(kinds.len().max(at), Kind::Text);
                    kinds.push(cel.kind);
                }
            }
            self.positie += 1;
        }
        let heeft_rijen = !rijen.is_empty();
        if !kinds.is_empty() {
            kinds.resize(cellen.len(), Kind::Text);
        }
        uit.rows.fill(tekst, cellen, breedte, rijen);
        (uit.kinds, uit.width) = (kinds, breedte);
        heeft_rijen
    }
}
