//! Findings that follow from a question that is still open: they are counted apart, and told once it has its answer.
//!
//! Owns which findings those are: all of the cells of the field, and of every rule that points at it. Leaves asking to
//! `mapping`.

use schema::Definitie;

use crate::tally::Tally;

/// Takes the findings away that wait for these fields (table and field, by position); how many of each.
pub(crate) fn set_aside(
    definitie: &Definitie,
    tallies: &mut [Vec<Tally>],
    fields: &[(usize, usize)],
) -> Vec<u64> {
    let mut counts = vec![0; fields.len()];
    for (regel, tables) in definitie.regels.iter().zip(tallies) {
        for (&(t, v), count) in fields.iter().zip(&mut counts) {
            let name = &definitie.tabellen[t].velden[v].naam;
            let tally = &mut tables[t];
            *count += if regel.velden.contains(name) || tally.is_about(v) {
                std::mem::take(tally).total
            } else {
                tally.take_cells(v)
            };
        }
    }
    counts
}
