//! Answers that need not be given again.
//!
//! Owns carrying answers over to a next levering whose findings are the same. Leaves keeping them to `lake`.

use check::toelichting_key;
use lake::{Lake, LakeError, Levering, LeveringFilter, open_signalen};
use schema::Oordeel;
use schema::pakket::Toelichting;

/// The answers of earlier leveringen of the same year that still fit: what that signaal found bears the same
/// fingerprint. The newest answer goes first; what travelled with the pakket goes before all.
///
/// # Errors
/// When the register fails.
pub(super) async fn carried_over(
    lake: &Lake,
    levering: &Levering,
    oordeel: &Oordeel,
) -> Result<Vec<Toelichting>, LakeError> {
    let mut open = open_signalen(&oordeel.regels, &levering.toelichtingen);
    let mut over = Vec::new();
    if open.is_empty() {
        return Ok(over);
    }
    let filter = LeveringFilter {
        kvk: Some(&levering.kvk),
        uitvraag: Some(&levering.uitvraag),
        jaar: Some(levering.jaar),
        toestand: None,
    };
    for earlier in lake.leveringen(filter).await? {
        if earlier.id == levering.id || earlier.toelichtingen.is_empty() || open.is_empty() {
            continue;
        }
        let Some(then) = lake.oordeel(earlier.id).await? else {
            continue;
        };
        for toelichting in &earlier.toelichtingen {
            let is_open = open.iter().position(|code| *code == toelichting.code);
            let key = toelichting_key(oordeel, &toelichting.code);
            if let Some(place) = is_open
                && key.is_some()
                && key == toelichting_key(&then, &toelichting.code)
            {
                over.push(toelichting.clone());
                open.swap_remove(place);
            }
        }
    }
    Ok(over)
}
