//! What stands in one field of every row with a key, for the few rows that are found at the end.

use super::{SpillRun, SpillStore};
use crate::batch_view::BatchView;
use crate::finding_words::shown;

/// The texts of one field: 4 bytes a row beside the text itself.
#[derive(Debug, Default)]
pub(crate) struct SpilledTexts {
    bytes: SpillRun,
    /// Per row where its text ends, from where its batch begins.
    ends: SpillRun,
    /// Per batch its first row, and where its texts begin.
    batches: Vec<(u64, usize)>,
}

impl SpilledTexts {
    /// Adds field `veld` of the rows of a batch; of rows that are not `needed` nothing is kept.
    pub(crate) fn add(
        &mut self,
        view: &BatchView<'_>,
        veld: usize,
        needed: impl Fn(usize) -> bool,
    ) {
        let storage = &mut *view.storage.borrow_mut();
        let begin = self.bytes.len();
        self.batches.push((view.begin, begin));
        for i in 0..view.rijen {
            if needed(i) {
                self.bytes.append(view.text(veld, i).as_bytes(), storage);
            }
            let end = (self.bytes.len() - begin) as u32;
            self.ends.append(&end.to_le_bytes(), storage);
        }
    }

    /// The text of a row, as it is shown.
    pub(crate) fn get(&self, row: u64, storage: &mut SpillStore) -> Option<Box<str>> {
        let (first, begin) = *self.batches.get(
            self.batches
                .partition_point(|(first, _)| *first <= row)
                .checked_sub(1)?,
        )?;
        let mut end = |row: u64| {
            let mut end = [0; 4];
            self.ends.read(row as usize * 4, &mut end, storage);
            u32::from_le_bytes(end) as usize
        };
        let (van, tot) = (if row == first { 0 } else { end(row - 1) }, end(row));
        // Not in order where the scratch file failed.
        let mut text = vec![0; tot.checked_sub(van)?];
        self.bytes.read(begin + van, &mut text, storage);
        String::from_utf8(text)
            .ok()
            .filter(|text| !text.is_empty())
            .map(|text| shown(&text))
    }
}
