//! Aanbieders: their KvK numbers and names.
//!
//! Leaves of whom a levering is expected to `expectation`.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::log::note;
use crate::stamp::Stamp;

/// An aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Aanbieder {
    /// KvK number, 8 digits.
    pub kvk: String,
    /// Name.
    pub naam: String,
}

impl Lake {
    /// Adds an aanbieder, or gives it another name.
    pub async fn set_aanbieder(
        &self,
        aanbieder: &Aanbieder,
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        set_aanbieder(&mut tx, aanbieder, stamp).await?;
        Ok(tx.commit().await?)
    }

    /// One aanbieder.
    pub async fn aanbieder(&self, kvk: &str) -> Result<Option<Aanbieder>, LakeError> {
        let query = sqlx::query_as("SELECT kvk, naam FROM aanbieder WHERE kvk = $1").bind(kvk);
        Ok(query.fetch_optional(&mut *self.reader().await?).await?)
    }

    /// All aanbieders, by KvK number.
    pub async fn aanbieders(&self) -> Result<Vec<Aanbieder>, LakeError> {
        let query = sqlx::query_as("SELECT kvk, naam FROM aanbieder ORDER BY kvk");
        Ok(query.fetch_all(&mut *self.reader().await?).await?)
    }
}

pub(crate) async fn set_aanbieder(
    tx: &mut SqliteConnection,
    aanbieder: &Aanbieder,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    if aanbieder.kvk.len() != 8 || !aanbieder.kvk.bytes().all(|b| b.is_ascii_digit()) {
        return Err(LakeError::Invalid("a KvK number has 8 digits".to_owned()));
    }
    let old: Option<String> = sqlx::query_scalar("SELECT naam FROM aanbieder WHERE kvk = $1")
        .bind(&aanbieder.kvk)
        .fetch_optional(&mut *tx)
        .await?;
    if old.as_deref() == Some(&aanbieder.naam) {
        return Ok(());
    }
    sqlx::query("INSERT INTO aanbieder (kvk, naam) VALUES ($1, $2) ON CONFLICT (kvk) DO UPDATE SET naam = excluded.naam")
        .bind(&aanbieder.kvk)
        .bind(&aanbieder.naam)
        .execute(&mut *tx)
        .await?;
    note(
        tx,
        None,
        &format!("aanbieder {} vastgelegd", aanbieder.kvk),
        stamp,
    )
    .await
}

/// Refuses a KvK number that no aanbieder has.
pub(crate) async fn require_aanbieder(
    connection: &mut SqliteConnection,
    kvk: &str,
) -> Result<(), LakeError> {
    let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM aanbieder WHERE kvk = $1")
        .bind(kvk)
        .fetch_optional(connection)
        .await?;
    known.map(|_| ()).ok_or(LakeError::UnknownAanbieder)
}
