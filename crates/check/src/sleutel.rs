//! A fingerprint of what one rule found, so that an answer to a signaal holds until the data change.
//!
//! Owns what it is made of: the same in the aanbieder's own file, its pakket and the service. So canonical rows and
//! not those of a file, and no identifiers, which become pseudonyms on the way.

use schema::hash::hex;
use schema::{Oordeel, Regel, Tabel, Veldtype};
use sha2::{Digest, Sha256};

use crate::tally::Bak;
use crate::vondst::{Invulling, Vondst};

/// Names what the rule `code` found in this judgement: equal while its count, its rows and, as far as they are
/// listed, the values it looked at are. Absent when the rule is silent or no signaal.
pub fn toelichting_sleutel(oordeel: &Oordeel, code: &str) -> Option<String> {
    oordeel.vingerafdrukken.get(code).cloned()
}

/// The fingerprint of what a rule found in all tables.
pub(crate) fn fingerprint(
    regel: &Regel,
    tabellen: &[Tabel],
    bakken: &[Bak],
    per_regel: usize,
) -> String {
    let mut hash = Sha256::new();
    add(&mut hash, &regel.code);
    for (tabel, bak) in tabellen
        .iter()
        .zip(bakken)
        .filter(|(_, bak)| bak.totaal > 0)
    {
        add(&mut hash, &tabel.naam);
        add(&mut hash, &bak.totaal.to_string());
        add(&mut hash, &bak.rijmerk.to_string());
    }
    let vondsten = tabellen
        .iter()
        .zip(bakken)
        .flat_map(|(tabel, bak)| bak.lijst.iter().map(move |v| (tabel, v)));
    vondsten
        .take(per_regel)
        .for_each(|(tabel, vondst)| add_vondst(&mut hash, tabel, vondst));
    hex(&hash.finalize())[..32].to_owned()
}

fn add_vondst(hash: &mut Sha256, tabel: &Tabel, vondst: &Vondst) {
    let veld = vondst.veld.map(|v| &tabel.velden[v]);
    let eigen = veld.is_some_and(|v| v.veldtype == Veldtype::Pseudoniem);
    let gevonden = vondst
        .gevonden
        .as_deref()
        .filter(|_| !eigen)
        .unwrap_or_default();
    let rij = vondst.rij.map_or_else(String::new, |rij| rij.to_string());
    for deel in [
        tabel.naam.as_str(),
        veld.map_or("", |v| v.naam.as_str()),
        &rij,
        gevonden,
        &vondst.merk.to_string(),
    ] {
        add(hash, deel);
    }
    for (naam, invulling) in &vondst.namen {
        add(hash, naam);
        match invulling {
            Invulling::Tekst(tekst) => add(hash, tekst),
            Invulling::Rij(rij) => add(hash, &rij.to_string()),
        }
    }
}

/// Adds a part and where it ends.
fn add(hash: &mut Sha256, deel: &str) {
    hash.update((deel.len() as u64).to_le_bytes());
    hash.update(deel);
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
