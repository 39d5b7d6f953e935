//! Aanbieders, and of whom a levering is expected in which year.
//!
//! Owns names, the werkgebied and what the coördinator found out about who will not deliver. Leaves counting the
//! response to `respons`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd, ms, tijd};
use crate::rules::may_extend;
use crate::stap::noteer;

/// An aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Aanbieder {
    /// KvK number, 8 digits.
    pub kvk: String,
    /// Name.
    pub naam: String,
}

/// That an aanbieder is expected to deliver in a year, and where it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verwachting {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number.
    pub kvk: String,
    /// What is known about it.
    pub stand: Stand,
    /// Where it works: codes of gemeenten, jeugdregio's or provincies, or `NL00`.
    pub werkgebied: Vec<String>,
}

/// What the coördinator knows of an expected aanbieder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// A levering is expected.
    #[default]
    Verwacht,
    /// It stopped: nothing will come.
    Gestopt,
    /// It said it will not deliver.
    Geweigerd,
}

impl Stand {
    /// The name in the register.
    pub fn naam(self) -> &'static str {
        match self {
            Self::Verwacht => "verwacht",
            Self::Gestopt => "gestopt",
            Self::Geweigerd => "geweigerd",
        }
    }

    /// The one of this name.
    pub fn parse(naam: &str) -> Option<Self> {
        [Self::Verwacht, Self::Gestopt, Self::Geweigerd]
            .into_iter()
            .find(|s| s.naam() == naam)
    }
}

impl Lake {
    /// Adds an aanbieder, or gives it another name.
    pub async fn zet_aanbieder(
        &self,
        aanbieder: &Aanbieder,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        zet_aanbieder(&mut tx, aanbieder, stempel).await?;
        Ok(tx.commit().await?)
    }

    /// Adds aanbieders and says how each is expected, all of them or none.
    pub async fn zet_lijst(
        &self,
        lijst: &[(Aanbieder, Verwachting)],
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        for (aanbieder, verwachting) in lijst {
            zet_aanbieder(&mut tx, aanbieder, stempel).await?;
            zet_verwachting(&mut tx, verwachting, stempel).await?;
        }
        Ok(tx.commit().await?)
    }

    /// One aanbieder.
    pub async fn aanbieder(&self, kvk: &str) -> Result<Option<Aanbieder>, LakeFout> {
        let vraag = sqlx::query_as("SELECT kvk, naam FROM aanbieder WHERE kvk = $1").bind(kvk);
        Ok(vraag.fetch_optional(&mut *self.lezer().await?).await?)
    }

    /// All aanbieders, by KvK number.
    pub async fn aanbieders(&self) -> Result<Vec<Aanbieder>, LakeFout> {
        let vraag = sqlx::query_as("SELECT kvk, naam FROM aanbieder ORDER BY kvk");
        Ok(vraag.fetch_all(&mut *self.lezer().await?).await?)
    }

    /// Says that (or how) an aanbieder is expected; replaces what stood for that uitvraag and year.
    pub async fn zet_verwachting(
        &self,
        verwachting: &Verwachting,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        zet_verwachting(&mut tx, verwachting, stempel).await?;
        Ok(tx.commit().await?)
    }

    /// Who is expected, by KvK number.
    pub async fn verwachtingen(
        &self,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Vec<Verwachting>, LakeFout> {
        verwachtingen(&mut *self.lezer().await?, uitvraag, jaar).await
    }

    /// Lets one aanbieder deliver after the clock, until `tot`; logged with the reason.
    pub async fn geef_uitstel(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
        tot: Tijd,
        reden: &str,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        may_extend(tot, reden, stempel.nu)?;
        let mut tx = self.transactie().await?;
        eis_aanbieder(&mut tx, kvk).await?;
        sqlx::query(
            "INSERT INTO uitstel (kvk, uitvraag, jaar, tot, reden) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (kvk, uitvraag, jaar) DO UPDATE SET tot = excluded.tot, reden = excluded.reden",
        )
        .bind(kvk)
        .bind(uitvraag)
        .bind(jaar)
        .bind(ms(tot))
        .bind(reden)
        .execute(&mut *tx)
        .await?;
        let wat = format!(
            "uitstel {kvk} {uitvraag}/{jaar} tot {}: {reden}",
            tot.format("%Y-%m-%d %H:%M")
        );
        noteer(&mut tx, None, &wat, stempel).await?;
        Ok(tx.commit().await?)
    }

    /// Until when this aanbieder may deliver by exception.
    pub async fn uitstel(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Tijd>, LakeFout> {
        let vraag = sqlx::query_scalar(
            "SELECT tot FROM uitstel WHERE kvk = $1 AND uitvraag = $2 AND jaar = $3",
        );
        let tot: Option<i64> = vraag
            .bind(kvk)
            .bind(uitvraag)
            .bind(jaar)
            .fetch_optional(&mut *self.lezer().await?)
            .await?;
        tot.map(tijd).transpose()
    }
}

async fn zet_aanbieder(
    tx: &mut SqliteConnection,
    aanbieder: &Aanbieder,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    if aanbieder.kvk.len() != 8 || !aanbieder.kvk.bytes().all(|b| b.is_ascii_digit()) {
        return Err(LakeFout::Ongeldig("a KvK number has 8 digits".to_owned()));
    }
    let oud: Option<String> = sqlx::query_scalar("SELECT naam FROM aanbieder WHERE kvk = $1")
        .bind(&aanbieder.kvk)
        .fetch_optional(&mut *tx)
        .await?;
    if oud.as_deref() == Some(&aanbieder.naam) {
        return Ok(());
    }
    sqlx::query("INSERT INTO aanbieder (kvk, naam) VALUES ($1, $2) ON CONFLICT (kvk) DO UPDATE SET naam = excluded.naam")
        .bind(&aanbieder.kvk)
        .bind(&aanbieder.naam)
        .execute(&mut *tx)
        .await?;
    noteer(
        tx,
        None,
        &format!("aanbieder {} vastgelegd", aanbieder.kvk),
        stempel,
    )
    .await
}

async fn zet_verwachting(
    tx: &mut SqliteConnection,
    verwachting: &Verwachting,
    stempel: &Stempel,
) -> Result<(), LakeFout> {
    let Verwachting {
        uitvraag,
        jaar,
        kvk,
        stand,
        werkgebied,
    } = verwachting;
    eis_aanbieder(&mut *tx, kvk).await?;
    sqlx::query(
        "INSERT INTO verwachting (uitvraag, jaar, kvk, stand) VALUES ($1, $2, $3, $4)
         ON CONFLICT (uitvraag, jaar, kvk) DO UPDATE SET stand = excluded.stand",
    )
    .bind(uitvraag)
    .bind(jaar)
    .bind(kvk)
    .bind(stand.naam())
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
    noteer(
        tx,
        None,
        &format!("verwachting {kvk} {uitvraag}/{jaar}: {}", stand.naam()),
        stempel,
    )
    .await
}

/// Refuses a KvK number that no aanbieder has.
pub(crate) async fn eis_aanbieder(
    verbinding: &mut SqliteConnection,
    kvk: &str,
) -> Result<(), LakeFout> {
    let bekend: Option<i64> = sqlx::query_scalar("SELECT 1 FROM aanbieder WHERE kvk = $1")
        .bind(kvk)
        .fetch_optional(verbinding)
        .await?;
    bekend.map(|_| ()).ok_or(LakeFout::OnbekendeAanbieder)
}

/// Who is expected, by KvK number.
pub(crate) async fn verwachtingen(
    verbinding: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<Verwachting>, LakeFout> {
    let rijen: Vec<(String, String)> = sqlx::query_as(
        "SELECT kvk, stand FROM verwachting WHERE uitvraag = $1 AND jaar = $2 ORDER BY kvk",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(&mut *verbinding)
    .await?;
    let gebieden: Vec<(String, String)> = sqlx::query_as(
        "SELECT kvk, gebied FROM werkgebied WHERE uitvraag = $1 AND jaar = $2 ORDER BY kvk, gebied",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(&mut *verbinding)
    .await?;
    let mut werkgebied: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kvk, gebied) in gebieden {
        werkgebied.entry(kvk).or_default().push(gebied);
    }
    let maak = |(kvk, stand): (String, String)| {
        let stand = Stand::parse(&stand)
            .ok_or_else(|| LakeFout::RegisterBeschadigd(format!("stand {stand}")))?;
        let werkgebied = werkgebied.remove(&kvk).unwrap_or_default();
        Ok(Verwachting {
            uitvraag: uitvraag.to_owned(),
            jaar,
            kvk,
            stand,
            werkgebied,
        })
    };
    rijen.into_iter().map(maak).collect()
}
