//! A block of raw rows: one buffer of text and, per cell, where it begins and ends.
//!
//! Owns the shape every reader (CSV, workbook, JSON) hands on, so that mapping is written once and no cell is
//! an allocation of its own. Leaves meaning to `mapping`.

/// Rows as they stand in the source, all of the same width.
#[derive(Debug, Default)]
pub struct Blok {
    tekst: String,
    /// Start and end in `tekst`, row by row.
    cellen: Vec<(u32, u32)>,
    breedte: usize,
    /// Row number in the source, from 1, per row.
    rijen: Vec<u64>,
    ascii: bool,
}

impl Blok {
    /// Takes over text and cells; `cellen.len()` is `rijen.len() * breedte`.
    pub fn fill(
        &mut self,
        tekst: String,
        cellen: Vec<(u32, u32)>,
        breedte: usize,
        rijen: Vec<u64>,
    ) {
        debug_assert_eq!(
            cellen.len(),
            rijen.len() * breedte,
            "every row has all its cells"
        );
        self.ascii = tekst.is_ascii();
        self.tekst = tekst;
        self.cellen = cellen;
        self.breedte = breedte;
        self.rijen = rijen;
    }

    /// Gives its room back, emptied, to be filled anew.
    pub fn room(&mut self) -> (Vec<u8>, Vec<(u32, u32)>, Vec<u64>) {
        let mut room = (
            std::mem::take(&mut self.tekst).into_bytes(),
            std::mem::take(&mut self.cellen),
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
    pub fn rijnummer(&self, rij: usize) -> u64 {
        self.rijen[rij]
    }

    /// Source row numbers, top to bottom.
    pub fn rijnummers(&self) -> &[u64] {
        &self.rijen
    }

    /// One cell.
    pub fn cel(&self, rij: usize, kolom: usize) -> &str {
        let (van, tot) = self.cellen[rij * self.breedte + kolom];
        &self.tekst[van as usize..tot as usize]
    }

    /// The cells of one column, top to bottom.
    pub fn kolom(&self, kolom: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        let rijen = self.rijen.len();
        (0..rijen).map(move |rij| {
            let (van, tot) = self.cellen[rij * self.breedte + kolom];
            &self.tekst[van as usize..tot as usize]
        })
    }

    /// The cells of one row.
    pub fn rij(&self, rij: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.cellen[rij * self.breedte..(rij + 1) * self.breedte]
            .iter()
            .map(|&(van, tot)| &self.tekst[van as usize..tot as usize])
    }

    /// Keeps the rows for which `keep` is true.
    pub fn retain(&mut self, keep: &[bool]) {
        if keep.iter().all(|&k| k) {
            return;
        }
        let mut naar = 0;
        for (rij, keep) in keep.iter().enumerate() {
            if *keep {
                self.rijen[naar] = self.rijen[rij];
                self.cellen.copy_within(
                    rij * self.breedte..(rij + 1) * self.breedte,
                    naar * self.breedte,
                );
                naar += 1;
            }
        }
        self.rijen.truncate(naar);
        self.cellen.truncate(naar * self.breedte);
    }
}
