//! A fingerprint of what one rule found, so that an answer to a signaal holds until the data change.
//!
//! Owns what it is made of: the same in the aanbieder's own file, its pakket and the service. So canonical rows and
//! not those of a file, and no identifiers, which become pseudonyms on the way.

use schema::hash::hex;
use schema::{Oordeel, Regel, Tabel, Veldtype};
use sha2::{Digest, Sha256};

use crate::vondst::{Bak, Invulling, Vondst};

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
