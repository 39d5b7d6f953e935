//! A fingerprint of what one rule found, so that an answer to a signaal holds until the data change.
//!
//! Owns what it is made of: the same in the aanbieder's own file, its pakket and the service. So canonical rows and
//! not those of a file, and no identifiers, which become pseudonyms on the way.

use schema::hash::hex;
use schema::{Oordeel, Regel, Tabel, VeldType};
use sha2::{Digest, Sha256};

use crate::rule_hit::{Filling, Hit};
use crate::tally::Tally;

/// Names what the rule `code` found in this judgement: equal while its count, its rows and, as far as they are
/// listed, the values it looked at are. Absent when the rule is silent or no signaal.
pub fn toelichting_key(oordeel: &Oordeel, code: &str) -> Option<String> {
    oordeel.vingerafdrukken.get(code).cloned()
}

/// The fingerprint of what a rule found in all tables.
pub(crate) fn fingerprint(
    regel: &Regel,
    tabellen: &[Tabel],
    tallies: &[Tally],
    per_regel: usize,
) -> String {
    let mut hash = Sha256::new();
    add(&mut hash, &regel.code);
    for (tabel, tally) in tabellen
        .iter()
        .zip(tallies)
        .filter(|(_, tally)| tally.total > 0)
    {
        add(&mut hash, &tabel.naam);
        add(&mut hash, &tally.total.to_string());
        add(&mut hash, &tally.row_mark.to_string());
    }
    let hits = tabellen
        .iter()
        .zip(tallies)
        .flat_map(|(tabel, tally)| tally.list.iter().map(move |v| (tabel, v)));
    hits.take(per_regel)
        .for_each(|(tabel, hit)| add_hit(&mut hash, tabel, hit));
    hex(&hash.finalize())[..32].to_owned()
}

fn add_hit(hash: &mut Sha256, tabel: &Tabel, hit: &Hit) {
    let veld = hit.veld.map(|v| &tabel.velden[v]);
    let own = veld.is_some_and(|v| v.veldtype == VeldType::Pseudoniem);
    let found = hit.gevonden.as_deref().filter(|_| !own).unwrap_or_default();
    let row = hit.rij.map_or_else(String::new, |row| row.to_string());
    for part in [
        tabel.naam.as_str(),
        veld.map_or("", |v| v.naam.as_str()),
        &row,
        found,
        &hit.mark.to_string(),
    ] {
        add(hash, part);
    }
    for (name, filling) in &hit.names {
        add(hash, name);
        match filling {
            Filling::Tekst(text) => add(hash, text),
            Filling::Row(row) => add(hash, &row.to_string()),
        }
    }
}

/// Adds a part and where it ends.
fn add(hash: &mut Sha256, part: &str) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

/// A number for a value that a finding of a record rule is about. It goes into fingerprints that aanbieders keep beside
/// their answers, so it stays as it is, for ever: with another one every answer would be asked anew.
pub(crate) fn mark(value: &[u8]) -> u64 {
    const A: u64 = 0x9E37_79B9_7F4A_7C15;
    const B: u64 = 0xC2B2_AE3D_27D4_EB4F;
    const C: u64 = 0x1656_67B1_9E37_79F9;
    const D: u64 = 0x27D4_EB2F_1656_67C5;
    // Both halves of a product: every bit of the factors reaches the middle.
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let mut state = (A ^ value.len() as u64, B);
    let mut add = |block: [u8; 16]| {
        let block = u128::from_le_bytes(block);
        let (x, y) = (block as u64, (block >> 64) as u64);
        state = (
            fold(state.0 ^ x, C ^ y),
            fold(state.1 ^ y.rotate_left(32), D ^ x),
        );
    };
    let (blocks, rest) = value.as_chunks::<16>();
    blocks.iter().copied().for_each(&mut add);
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    add(last);
    fold(state.1 ^ C, state.0.rotate_left(17) ^ B)
}

#[cfg(test)]
mod tests {
    use super::mark;

    /// Answers of earlier years carry these.
    #[test]
    fn a_mark_stays_what_it_was() {
        let marks = [
            "",
            "2020-01-01",
            "0123456789abcdef",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        ]
        .map(|value| mark(value.as_bytes()));
        assert_eq!(
            marks,
            [
                0x2365_369f_0d20_cb3b,
                0xd81d_94d9_24fc_e31f,
                0xc96f_e1ca_0f57_2879,
                0x09df_b4bd_ab3d_2f80,
            ]
        );
    }
}
