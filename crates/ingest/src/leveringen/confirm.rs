//! What an aanbieder says by name before a levering replaces the one that counts: the questions in words.
//!
//! Owns the questions, the same in API, page and command. Leaves when one is asked to `lake`, the words to `wording`.

use lake::{Loss, RowChange};
use schema::text::grouped_thousands;
use schema::{Confirmation, Definitie};
use serde::Serialize;
use serde_json::json;

use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// One thing that must be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct AskedConfirmation {
    /// The name by which it is confirmed, as in `minder_rijen`.
    pub naam: &'static str,
    /// What would be lost, in Dutch.
    pub zin: String,
    /// What one says by confirming, in Dutch.
    pub bevestiging: &'static str,
}

/// The questions that come with these losses; tables get their titles where there is a definition.
pub(crate) fn asked(losses: &[Loss], definitie: Option<&Definitie>) -> Vec<AskedConfirmation> {
    let title = |change: &RowChange| {
        definitie
            .and_then(|d| d.tabel(&change.tabel))
            .map_or_else(|| change.tabel.clone(), |tabel| tabel.titel.clone())
    };
    let one = |loss: &Loss| {
        let (sentence, meaning) = match loss.what {
            Confirmation::AndereSleutel => (
                wording::levering::OTHER_KEY.to_owned(),
                wording::levering::OTHER_KEY_MEANT,
            ),
            Confirmation::MinderRijen => {
                let tables = loss.tabellen.iter().map(|change| {
                    wording::levering::instead_of(&title(change), change.becomes, change.was)
                });
                (
                    wording::levering::fewer_rows(&tables.collect::<Vec<_>>().join("; ")),
                    wording::levering::FEWER_ROWS_MEANT,
                )
            }
            Confirmation::MinderTabellen => {
                let tables = loss.tabellen.iter().map(|change| {
                    format!("{} (nu {})", title(change), grouped_thousands(change.was))
                });
                (
                    wording::levering::fewer_tables(&tables.collect::<Vec<_>>().join(", ")),
                    wording::levering::FEWER_TABLES_MEANT,
                )
            }
        };
        AskedConfirmation {
            naam: loss.what.name(),
            zin: sentence,
            bevestiging: meaning,
        }
    };
    losses.iter().map(one).collect()
}

/// The answer to a signature that does not say what it means to lose.
pub(crate) fn unconfirmed(losses: &[Loss], definitie: Option<&Definitie>) -> Problem {
    let asked = asked(losses, definitie);
    let sentences: Vec<&str> = asked.iter().map(|a| a.zin.as_str()).collect();
    let names: Vec<&str> = asked.iter().map(|a| a.naam).collect();
    let detail = wording::levering::confirm_these(&sentences.join(" "), &names.join(", "));
    Problem::new(ProblemKind::REPLACEMENT_UNCONFIRMED, detail).with("bevestig", json!(asked))
}
