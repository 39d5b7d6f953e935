//! A fingerprint of what one rule found, so that an answer to a signaal holds until the data change.

use schema::Oordeel;
use schema::definitie::hex;
use sha2::{Digest, Sha256};

/// Names what the rule `code` found in this judgement: equal while its count and its listed findings (place and
/// words) are. Values are no part of it, so that a masked judgement has the same name. Absent when the rule is silent.
pub fn toelichting_sleutel(oordeel: &Oordeel, code: &str) -> Option<String> {
    let telling = oordeel.regels.iter().find(|r| r.code == code)?;
    let mut hash = Sha256::new();
    let mut add = |deel: &str| {
        hash.update((deel.len() as u64).to_le_bytes());
        hash.update(deel);
    };
    add(code);
    add(&telling.aantal.to_string());
    for bevinding in oordeel.bevindingen.iter().filter(|b| b.code == code) {
        let rij = bevinding.plaats.rij.map(|rij| rij.to_string()).unwrap_or_default();
        for deel in [&bevinding.tabel, &bevinding.veld, &rij, &bevinding.bericht, &bevinding.verwacht] {
            add(deel);
        }
    }
    Some(hex(&hash.finalize())[..32].to_owned())
}
