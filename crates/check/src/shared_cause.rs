//! What made many findings at once: one value, one way of writing, or nothing at all in one column.
//!
//! Owns the exact counts per cause while rows go by. What it remembers is bounded by [`DISTINCT`]; what comes
//! after that is not counted apart, and that is said. Leaves the words to `oordeel`. Costs nothing without findings.

use schema::bevinding::spelling;

use crate::batch_view::BatchView;
use crate::row_key::{HashedMap, hash128};
use crate::rule_hit::Hit;
use crate::rule_language::bits;

/// Causes of one rule in one field that are counted apart.
pub(crate) const DISTINCT: usize = 1024;

/// What findings of one rule in one field have in common when they have one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// The field: there is no value.
    Veld,
    /// The value.
    Waarde,
    /// How the value is written.
    Vorm,
}

/// The causes of one rule in one field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Causes {
    per_key: HashedMap<usize>,
    pub(crate) list: Vec<Telling>,
    /// Some findings had a cause that was not counted apart.
    pub(crate) full: bool,
    /// The value seen last, and its place in the list: the same often comes again.
    latest: Option<(Vec<u8>, usize)>,
}

/// One cause.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    pub(crate) aantal: u64,
    pub(crate) eerste: Hit,
    /// Values differ: what they share is how they are written.
    pub(crate) varying: bool,
}

impl Causes {
    /// Counts the findings in these rows of a batch.
    pub(crate) fn count(
        &mut self,
        ground: Ground,
        view: &BatchView<'_>,
        veld: usize,
        rows: &[u64],
        hit: impl Fn(usize) -> Hit,
    ) {
        let values = view.raw[veld].filter(|_| ground != Ground::Veld);
        let Some(values) = values else {
            if let Some(first) = bits::positions(rows).next() {
                self.add(0, bits::count(rows), || hit(first));
            }
            return;
        };
        for i in bits::positions(rows) {
            let value = values.value(i);
            if let Some((latest, at)) = &self.latest
                && latest == value.as_bytes()
            {
                self.list[*at].aantal += 1;
                continue;
            }
            let key = match ground {
                Ground::Vorm => hash128(spelling(value).as_bytes()),
                _ => hash128(value.as_bytes()),
            };
            if let Some(at) = self.add(key, 1, || hit(i)) {
                let telling = &mut self.list[at];
                telling.varying |=
                    ground == Ground::Vorm && telling.eerste.gevonden.as_deref() != Some(value);
                let mut latest = self.latest.take().map_or_else(Vec::new, |(bytes, _)| bytes);
                latest.clear();
                latest.extend_from_slice(value.as_bytes());
                self.latest = Some((latest, at));
            }
        }
    }

    /// Counts findings with this key; gives its place in the list, unless there are too many causes.
    pub(crate) fn add(
        &mut self,
        key: u128,
        count: u64,
        first: impl FnOnce() -> Hit,
    ) -> Option<usize> {
        if let Some(&at) = self.per_key.get(&key) {
            self.list[at].aantal += count;
            return Some(at);
        }
        if self.list.len() == DISTINCT {
            self.full = true;
            return None;
        }
        self.list.push(Telling {
            aantal: count,
            eerste: first(),
            varying: false,
        });
        self.per_key.insert(key, self.list.len() - 1);
        Some(self.list.len() - 1)
    }
}
