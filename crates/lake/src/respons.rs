//! The response: who was expected and what became of it, in the whole country and per gebied.
//!
//! Owns the outcome per expected aanbieder and which aanbieders work in a gebied. Leaves showing it to `ingest` and
//! `analysis`.

use std::collections::{BTreeMap, BTreeSet};

pub use schema::Uitkomst;
use schema::gebieden::NEDERLAND;
use schema::{Gebieden, Toestand};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use crate::aanbieder::{self, Verwachting, verwachtingen};
use crate::fout::LakeFout;
use crate::lake::Lake;
use crate::levering::{LeveringId, levering_id, toestand};

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
    pub uitkomst: Uitkomst,
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
    pub(crate) fn zonder(&mut self, levering: LeveringId) {
        if self.levering == Some(levering) {
            self.levering = None;
            self.onbruikbaar = Some(levering);
            self.uitkomst = Uitkomst::Onbekend;
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

impl Respons {
    /// The expected aanbieders that work in `gebied` (`NL00`, `PVxx`, `JZxx`, `GMxxxx` or a grootteklasse): their
    /// werkgebied shares a gemeente with it.
    pub fn in_gebied(&self, gebied: &str) -> Vec<&ResponsRegel> {
        let verwacht = self.regels.iter().filter(|r| r.verwacht);
        if gebied == NEDERLAND {
            return verwacht.collect();
        }
        let binnen = gemeenten_van(self.jaar, gebied);
        let werkt_er = |regel: &&ResponsRegel| {
            regel
                .werkgebied
                .iter()
                .any(|deel| deel == gebied || !gemeenten_van(self.jaar, deel).is_disjoint(&binnen))
        };
        verwacht.filter(werkt_er).collect()
    }

    /// How many expected aanbieders that work in `gebied` had this outcome.
    pub fn aantal(&self, gebied: &str, uitkomst: Uitkomst) -> usize {
        self.in_gebied(gebied)
            .iter()
            .filter(|r| r.uitkomst == uitkomst)
            .count()
    }

    /// Share of the expected aanbieders of `gebied` that delivered; `None` where nobody was expected.
    pub fn aandeel(&self, gebied: &str) -> Option<f64> {
        aandeel_van(&self.in_gebied(gebied))
    }

    /// The share for every gebied of the year at once: `NL00`, each provincie, jeugdregio, gemeente and
    /// grootteklasse where anybody was expected.
    pub fn aandelen(&self) -> BTreeMap<String, f64> {
        let mut per_gebied: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for regel in self.regels.iter().filter(|r| r.verwacht) {
            let gemeenten: BTreeSet<&str> = regel
                .werkgebied
                .iter()
                .flat_map(|deel| gemeenten_van(self.jaar, deel))
                .collect();
            let bekend = gemeenten
                .iter()
                .filter_map(|code| Gebieden::get().gemeente(self.jaar, code));
            let mut gebieden: BTreeSet<&str> = bekend
                .flat_map(|gemeente| gemeente.gebieden().map(|(_, code)| code))
                .collect();
            gebieden.insert(NEDERLAND);
            gebieden.extend(regel.werkgebied.iter().map(String::as_str));
            for gebied in gebieden {
                let (respons, verwacht) = per_gebied.entry(gebied.to_owned()).or_default();
                *verwacht += 1;
                *respons += usize::from(regel.uitkomst.is_respons());
            }
        }
        per_gebied
            .into_iter()
            .map(|(gebied, (respons, verwacht))| (gebied, deel(respons, verwacht)))
            .collect()
    }
}

fn aandeel_van(regels: &[&ResponsRegel]) -> Option<f64> {
    let respons = regels.iter().filter(|r| r.uitkomst.is_respons()).count();
    (!regels.is_empty()).then(|| deel(respons, regels.len()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of aanbieders are far below 2^52"
)]
fn deel(respons: usize, verwacht: usize) -> f64 {
    respons as f64 / verwacht as f64
}

/// The gemeenten of a gebied in a year; none for a code that is no gebied then.
fn gemeenten_van(jaar: i32, gebied: &str) -> BTreeSet<&'static str> {
    Gebieden::get()
        .gemeenten_in(jaar, gebied)
        .map(|gemeente| gemeente.gemeentecode.as_str())
        .collect()
}

impl Lake {
    /// The response as it stands now.
    pub async fn respons(&self, uitvraag: &str, jaar: i32) -> Result<Respons, LakeFout> {
        respons(&mut *self.lezer().await?, uitvraag, jaar).await
    }
}

/// What the register says of the leveringen of one aanbieder.
#[derive(Default)]
struct Stand {
    levering: Option<LeveringId>,
    nulopgave: bool,
    laatste: Option<Toestand>,
    in_quarantaine: bool,
}

/// The response, on a connection that may be in a transaction.
pub(crate) async fn respons(
    verbinding: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Respons, LakeFout> {
    let mut standen = standen(verbinding, uitvraag, jaar).await?;
    let verwachtingen = verwachtingen(verbinding, uitvraag, jaar).await?;
    let namen: Vec<(String, String)> = sqlx::query_as("SELECT kvk, naam FROM aanbieder")
        .fetch_all(&mut *verbinding)
        .await?;
    let namen: BTreeMap<String, String> = namen.into_iter().collect();
    let regel = |verwachting: Option<Verwachting>, kvk: String, stand: Stand| {
        let verwacht = verwachting.is_some();
        let (bekend, werkgebied) = verwachting
            .map_or((aanbieder::Stand::Verwacht, Vec::new()), |v| {
                (v.stand, v.werkgebied)
            });
        let uitkomst = match (stand.levering, bekend) {
            (Some(_), _) if stand.nulopgave => Uitkomst::Nulopgave,
            (Some(_), _) => Uitkomst::Geleverd,
            (None, aanbieder::Stand::Gestopt) => Uitkomst::Gestopt,
            (None, aanbieder::Stand::Geweigerd) => Uitkomst::Geweigerd,
            (None, aanbieder::Stand::Verwacht) => Uitkomst::Onbekend,
        };
        let naam = namen.get(&kvk).cloned().unwrap_or_default();
        let (levering, laatste) = (stand.levering, stand.laatste);
        let mut regel = ResponsRegel {
            kvk,
            naam,
            werkgebied,
            uitkomst,
            levering,
            laatste,
            verwacht,
            onbruikbaar: None,
        };
        if let Some(levering) = stand.levering.filter(|_| stand.in_quarantaine) {
            regel.zonder(levering);
        }
        regel
    };
    let mut regels = Vec::new();
    for verwachting in verwachtingen {
        let kvk = verwachting.kvk.clone();
        let stand = standen.remove(&kvk).unwrap_or_default();
        regels.push(regel(Some(verwachting), kvk, stand));
    }
    let onverwacht = standen
        .into_iter()
        .filter(|(_, stand)| stand.levering.is_some());
    regels.extend(onverwacht.map(|(kvk, stand)| regel(None, kvk, stand)));
    regels.sort_by(|a, b| a.kvk.cmp(&b.kvk));
    Ok(Respons {
        uitvraag: uitvraag.to_owned(),
        jaar,
        regels,
    })
}

async fn standen(
    verbinding: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<BTreeMap<String, Stand>, LakeFout> {
    let rijen: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT kvk, id, toestand, nulopgave, CASE WHEN quarantaine IS NULL THEN 0 ELSE 1 END
         FROM levering WHERE uitvraag = $1 AND jaar = $2 ORDER BY volgnummer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(verbinding)
    .await?;
    let mut standen: BTreeMap<String, Stand> = BTreeMap::new();
    for (kvk, id, naam, nulopgave, in_quarantaine) in rijen {
        let stand = standen.entry(kvk).or_default();
        let toestand = toestand(&naam)?;
        stand.laatste = Some(toestand);
        if matches!(toestand, Toestand::Ingediend | Toestand::Gepubliceerd) {
            stand.levering = Some(levering_id(&id)?);
            stand.nulopgave = nulopgave != 0;
            stand.in_quarantaine = in_quarantaine != 0;
        }
    }
    Ok(standen)
}
