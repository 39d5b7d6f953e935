//! The response: who was expected and what became of it.
//!
//! Owns the outcome per expected aanbieder. Leaves the shares per gebied to `analysis`, and showing it to `ingest`.

use std::collections::BTreeMap;

pub use schema::Outcome;
use schema::Toestand;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::expectation::{self, Expectation, expectations};
use crate::lake::Lake;
use crate::levering_id::LeveringId;
use crate::register_columns::{levering_id, toestand};

/// One expected aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsRegel {
    /// KvK number.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// Where it works.
    pub werkgebied: Vec<String>,
    /// What became of it.
    pub uitkomst: Outcome,
    /// The levering (or nulopgave) that counts.
    pub levering: Option<LeveringId>,
    /// State of its newest levering, counting or not; `None` when there never was one.
    pub laatste: Option<Toestand>,
    /// False for an aanbieder that delivered without being expected: it is no part of the denominator.
    pub verwacht: bool,
    /// A signed levering that does not count, because its files are damaged or its data were erased.
    #[serde(default)]
    pub onbruikbaar: Option<LeveringId>,
}

impl ResponsRegel {
    /// Takes back that this levering counts: nothing was computed from it. Who signed a levering did not stop or refuse.
    pub(crate) fn without(&mut self, levering: LeveringId) {
        if self.levering == Some(levering) {
            self.levering = None;
            self.onbruikbaar = Some(levering);
            self.uitkomst = Outcome::Onbekend;
        }
    }
}

/// The response of one uitvraag and year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respons {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Every expected aanbieder, and those that delivered unexpected, by KvK number.
    pub regels: Vec<ResponsRegel>,
}

impl Lake {
    /// The response as it stands now.
    pub async fn respons(&self, uitvraag: &str, jaar: i32) -> Result<Respons, LakeError> {
        respons(&mut *self.reader().await?, uitvraag, jaar).await
    }
}

/// What the register says of the leveringen of one aanbieder.
#[derive(Default)]
struct RegisterState {
    levering: Option<LeveringId>,
    nulopgave: bool,
    laatste: Option<Toestand>,
    in_quarantine: bool,
}

/// The response, on a connection that may be in a transaction.
pub(crate) async fn respons(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Respons, LakeError> {
    let mut states = states(connection, uitvraag, jaar).await?;
    let expectations = expectations(connection, uitvraag, jaar).await?;
    let names: Vec<(String, String)> = sqlx::query_as("SELECT kvk, naam FROM aanbieder")
        .fetch_all(&mut *connection)
        .await?;
    let names: BTreeMap<String, String> = names.into_iter().collect();
    let regel = |expectation: Option<Expectation>, kvk: String, state: RegisterState| {
        let expected = expectation.is_some();
        let (known, werkgebied) = expectation
            .map_or((expectation::Expectancy::Verwacht, Vec::new()), |v| {
                (v.stand, v.werkgebied)
            });
        let outcome = match (state.levering, known) {
            (Some(_), _) if state.nulopgave => Outcome::Nulopgave,
            (Some(_), _) => Outcome::Geleverd,
            (None, expectation::Expectancy::Gestopt) => Outcome::Gestopt,
            (None, expectation::Expectancy::Geweigerd) => Outcome::Geweigerd,
            (None, expectation::Expectancy::Verwacht) => Outcome::Onbekend,
        };
        let name = names.get(&kvk).cloned().unwrap_or_default();
        let (levering, last) = (state.levering, state.laatste);
        let mut regel = ResponsRegel {
            kvk,
            naam: name,
            werkgebied,
            uitkomst: outcome,
            levering,
            laatste: last,
            verwacht: expected,
            onbruikbaar: None,
        };
        if let Some(levering) = state.levering.filter(|_| state.in_quarantine) {
            regel.without(levering);
        }
        regel
    };
    let mut regels = Vec::new();
    for expectation in expectations {
        let kvk = expectation.kvk.clone();
        let state = states.remove(&kvk).unwrap_or_default();
        regels.push(regel(Some(expectation), kvk, state));
    }
    let unexpected = states
        .into_iter()
        .filter(|(_, state)| state.levering.is_some());
    regels.extend(unexpected.map(|(kvk, state)| regel(None, kvk, state)));
    regels.sort_by(|a, b| a.kvk.cmp(&b.kvk));
    Ok(Respons {
        uitvraag: uitvraag.to_owned(),
        jaar,
        regels,
    })
}

async fn states(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<BTreeMap<String, RegisterState>, LakeError> {
    let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT kvk, id, toestand, nulopgave, CASE WHEN quarantaine IS NULL THEN 0 ELSE 1 END
         FROM levering WHERE uitvraag = $1 AND jaar = $2 ORDER BY volgnummer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(connection)
    .await?;
    let mut states: BTreeMap<String, RegisterState> = BTreeMap::new();
    for (kvk, id, name, nulopgave, in_quarantine) in rows {
        let state = states.entry(kvk).or_default();
        let toestand = toestand(&name)?;
        state.laatste = Some(toestand);
        if toestand.counts() {
            state.levering = Some(levering_id(&id)?);
            state.nulopgave = nulopgave != 0;
            state.in_quarantine = in_quarantine != 0;
        }
    }
    Ok(states)
}
