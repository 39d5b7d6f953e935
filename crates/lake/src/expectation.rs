//! Of whom a levering is expected in which year.
//!
//! Owns the werkgebied and what the coördinator found out about who will not deliver. Leaves counting the respons to
//! `respons`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::aanbieder::{Aanbieder, require_aanbieder, set_aanbieder};
use crate::error::LakeError;
use crate::lake::Lake;
use crate::log::note;
use crate::stamp::Stamp;

/// That an aanbieder is expected to deliver in a year, and where it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number.
    pub kvk: String,
    /// What is known about it.
    pub stand: Expectancy,
    /// Where it works: codes of gemeenten, jeugdregio's or provincies, or `NL00`.
    pub werkgebied: Vec<String>,
}

/// What the coördinator knows of an expected aanbieder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expectancy {
    /// A levering is expected.
    #[default]
    Verwacht,
    /// It stopped: nothing will come.
    Gestopt,
    /// It said it will not deliver.
    Geweigerd,
}

impl Expectancy {
    /// The name in the register.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verwacht => "verwacht",
            Self::Gestopt => "gestopt",
            Self::Geweigerd => "geweigerd",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Verwacht, Self::Gestopt, Self::Geweigerd]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

impl Lake {
    /// Adds aanbieders and says how each is expected, all of them or none.
    pub async fn set_list(
        &self,
        list: &[(Aanbieder, Expectation)],
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        for (aanbieder, expectation) in list {
            set_aanbieder(&mut tx, aanbieder, stamp).await?;
            set_expectation(&mut tx, expectation, stamp).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Says that (or how) an aanbieder is expected; replaces what stood for that uitvraag and year.
    pub async fn set_expectation(
        &self,
        expectation: &Expectation,
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        set_expectation(&mut tx, expectation, stamp).await?;
        Ok(tx.commit().await?)
    }

    /// Who is expected, by KvK number.
    pub async fn expectations(
        &self,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Vec<Expectation>, LakeError> {
        expectations(&mut *self.reader().await?, uitvraag, jaar).await
    }
}

async fn set_expectation(
    tx: &mut SqliteConnection,
    expectation: &Expectation,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    let Expectation {
        uitvraag,
        jaar,
        kvk,
        stand: state,
        werkgebied,
    } = expectation;
    require_aanbieder(&mut *tx, kvk).await?;
    sqlx::query(
        "INSERT INTO verwachting (uitvraag, jaar, kvk, stand) VALUES ($1, $2, $3, $4)
         ON CONFLICT (uitvraag, jaar, kvk) DO UPDATE SET stand = excluded.stand",
    )
    .bind(uitvraag)
    .bind(jaar)
    .bind(kvk)
    .bind(state.name())
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM werkgebied WHERE uitvraag = $1 AND jaar = $2 AND kvk = $3")
        .bind(uitvraag)
        .bind(jaar)
        .bind(kvk)
        .execute(&mut *tx)
        .await?;
    for gebied in werkgebied.iter().collect::<BTreeSet<_>>() {
        sqlx::query("INSERT INTO werkgebied (uitvraag, jaar, kvk, gebied) VALUES ($1, $2, $3, $4)")
            .bind(uitvraag)
            .bind(jaar)
            .bind(kvk)
            .bind(gebied)
            .execute(&mut *tx)
            .await?;
    }
    note(
        tx,
        None,
        &format!("verwachting {kvk} {uitvraag}/{jaar}: {}", state.name()),
        stamp,
    )
    .await
}

/// Who is expected, by KvK number.
pub(crate) async fn expectations(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<Expectation>, LakeError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT kvk, stand FROM verwachting WHERE uitvraag = $1 AND jaar = $2 ORDER BY kvk",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(&mut *connection)
    .await?;
    let gebieden: Vec<(String, String)> = sqlx::query_as(
        "SELECT kvk, gebied FROM werkgebied WHERE uitvraag = $1 AND jaar = $2 ORDER BY kvk, gebied",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(&mut *connection)
    .await?;
    let mut werkgebied: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kvk, gebied) in gebieden {
        werkgebied.entry(kvk).or_default().push(gebied);
    }
    let make = |(kvk, state): (String, String)| {
        let state = Expectancy::parse(&state)
            .ok_or_else(|| LakeError::RegisterDamaged(format!("stand {state}")))?;
        let werkgebied = werkgebied.remove(&kvk).unwrap_or_default();
        Ok(Expectation {
            uitvraag: uitvraag.to_owned(),
            jaar,
            kvk,
            stand: state,
            werkgebied,
        })
    };
    rows.into_iter().map(make).collect()
}
