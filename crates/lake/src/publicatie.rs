//! Publications: immutable sets of files, written whole or not at all.
//!
//! Owns their place on disk, their row in the register and reading them back by a path from outside. Leaves the
//! content to `report` and `monitor`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use schema::Toestand;

use crate::fout::LakeFout;
use crate::lake::{Lake, SCHRIJFSLOT, Stempel, Tijd, blokkerend, ms, open_slot, tijd};
use crate::levering::{naar_json, uit_json};
use crate::lezen::eis;
use crate::momentopname::Momentopname;
use crate::pad::{Map, OPENBAAR, relatief, tijdelijke_naam};
use crate::rules::may_publish;
use crate::stap::{noteer, stap};
use crate::token::sha256;

/// What is needed to publish.
#[derive(Debug, Clone)]
pub struct NieuwePublicatie<'a> {
    /// The momentopname it was made from.
    pub momentopname: &'a str,
    /// Version: [`Lake::volgende_versie`].
    pub versie: u32,
    /// Every file: path with `/` between names, and bytes. `SHA256SUMS` is added where it is not among them.
    pub bestanden: Vec<(String, Vec<u8>)>,
}

/// A publication in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publicatie {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version, from 1.
    pub versie: u32,
    /// The momentopname it was made from.
    pub momentopname: String,
    /// When it was made.
    pub gemaakt: Tijd,
    /// `sha256:<hex>` over its `SHA256SUMS`.
    pub hash: String,
    /// Paths of its files, sorted.
    pub paden: Vec<String>,
}

/// The content of `SHA256SUMS` over these files (itself aside): one line per file, sorted by path.
pub fn sha256sums(bestanden: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut regels: Vec<(&str, String)> = bestanden
        .iter()
        .filter(|(pad, _)| pad != SOMMEN)
        .map(|(pad, bytes)| (pad.as_str(), format!("{}  {pad}\n", sha256(bytes))))
        .collect();
    regels.sort();
    regels
        .into_iter()
        .map(|(_, regel)| regel)
        .collect::<String>()
        .into_bytes()
}

const SOMMEN: &str = "SHA256SUMS";

/// Paths and bytes.
type Bestandenset = Vec<(String, Vec<u8>)>;

#[derive(sqlx::FromRow)]
struct Rij {
    uitvraag: String,
    jaar: i32,
    versie: i64,
    momentopname: String,
    gemaakt: i64,
    hash: String,
    paden: String,
}

impl Rij {
    fn publicatie(self) -> Result<Publicatie, LakeFout> {
        Ok(Publicatie {
            uitvraag: self.uitvraag,
            jaar: self.jaar,
            versie: u32::try_from(self.versie)
                .map_err(|_| LakeFout::RegisterBeschadigd("a version".to_owned()))?,
            momentopname: self.momentopname,
            gemaakt: tijd(self.gemaakt)?,
            hash: self.hash,
            paden: uit_json(&self.paden)?,
        })
    }
}

impl Lake {
    /// The version the next publication of this uitvraag and year gets.
    pub async fn volgende_versie(&self, uitvraag: &str, jaar: i32) -> Result<u32, LakeFout> {
        Ok(self
            .laatste_publicatie(uitvraag, jaar)
            .await?
            .map_or(1, |laatste| laatste.versie + 1))
    }

    /// Writes a publication durably, names it in the register and sets its leveringen to gepubliceerd, in that order
    /// and the last two in one transaction.
    pub async fn publiceer(
        &self,
        nieuw: NieuwePublicatie<'_>,
        stempel: &Stempel,
    ) -> Result<Publicatie, LakeFout> {
        let momentopname = self
            .momentopname(nieuw.momentopname)
            .await?
            .ok_or(LakeFout::OnbekendeMomentopname)?;
        let (publicatie, bestanden) = samenstellen(nieuw, &momentopname, stempel)?;
        let map = self.kern.map.clone();
        let slot = blokkerend(move || {
            let slot = open_slot(&map, SCHRIJFSLOT)?;
            slot.lock()
                .map_err(LakeFout::io("waiting for the write lock"))?;
            Ok(slot)
        })
        .await?;
        if self
            .publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie)
            .await?
            .is_some()
        {
            return Err(LakeFout::PublicatieBestaat);
        }
        self.begin_publication(&publicatie).await?;
        let map = self.kern.map.clone();
        let doel = map.publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
        // The lock goes along: were nobody waiting any more, the writing would still end under it.
        let slot = blokkerend(move || schrijf(&map, &doel, &bestanden).map(|()| slot)).await?;
        self.leg_publicatie_vast(&publicatie, &momentopname, stempel)
            .await?;
        drop(slot);
        Ok(publicatie)
    }

    /// Notes that these files are about to be put in place, so that finding them without their row in the register is
    /// no sign of an older register. The note goes when the publication is in; after a failure it stays for the next.
    async fn begin_publication(&self, publicatie: &Publicatie) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        sqlx::query(
            "INSERT INTO publicatie_begonnen (uitvraag, jaar, versie) VALUES ($1, $2, $3)
             ON CONFLICT (uitvraag, jaar, versie) DO NOTHING",
        )
        .bind(&publicatie.uitvraag)
        .bind(publicatie.jaar)
        .bind(i64::from(publicatie.versie))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn leg_publicatie_vast(
        &self,
        publicatie: &Publicatie,
        momentopname: &Momentopname,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        may_publish(&mut tx, &momentopname.id).await??;
        sqlx::query(
            "INSERT INTO publicatie (uitvraag, jaar, versie, momentopname, gemaakt, hash, paden)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&publicatie.uitvraag)
        .bind(publicatie.jaar)
        .bind(i64::from(publicatie.versie))
        .bind(&publicatie.momentopname)
        .bind(ms(publicatie.gemaakt))
        .bind(&publicatie.hash)
        .bind(naar_json(&publicatie.paden))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM publicatie_begonnen WHERE uitvraag = $1 AND jaar = $2 AND versie = $3",
        )
        .bind(&publicatie.uitvraag)
        .bind(publicatie.jaar)
        .bind(i64::from(publicatie.versie))
        .execute(&mut *tx)
        .await?;
        for deel in &momentopname.leveringen {
            let levering = eis(&mut tx, deel.id).await?;
            // One that was replaced or erased since the freeze is in the publication, but no longer counts.
            if levering.toestand == Toestand::Ingediend {
                stap(&mut tx, &levering, Toestand::Gepubliceerd, stempel).await?;
            }
        }
        let Publicatie {
            uitvraag,
            jaar,
            versie,
            momentopname,
            ..
        } = publicatie;
        noteer(
            &mut tx,
            None,
            &format!("publicatie {uitvraag}/{jaar}/{versie} van {momentopname}"),
            stempel,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Every publication, oldest first.
    pub async fn publicaties(&self) -> Result<Vec<Publicatie>, LakeFout> {
        let rijen: Vec<Rij> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             ORDER BY uitvraag, jaar, versie",
        )
        .fetch_all(&mut *self.lezer().await?)
        .await?;
        rijen.into_iter().map(Rij::publicatie).collect()
    }

    /// One publication.
    pub async fn publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
        versie: u32,
    ) -> Result<Option<Publicatie>, LakeFout> {
        let rij: Option<Rij> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             WHERE uitvraag = $1 AND jaar = $2 AND versie = $3",
        )
        .bind(uitvraag)
        .bind(jaar)
        .bind(i64::from(versie))
        .fetch_optional(&mut *self.lezer().await?)
        .await?;
        rij.map(Rij::publicatie).transpose()
    }

    /// The newest publication of this uitvraag and year.
    pub async fn laatste_publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Publicatie>, LakeFout> {
        let rij: Option<Rij> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             WHERE uitvraag = $1 AND jaar = $2 ORDER BY versie DESC LIMIT 1",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_optional(&mut *self.lezer().await?)
        .await?;
        rij.map(Rij::publicatie).transpose()
    }

    /// One file of a publication. `pad` may come from anyone: only a path the register names is read.
    pub async fn lees_publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
        versie: u32,
        pad: &str,
    ) -> Result<Option<Vec<u8>>, LakeFout> {
        let Ok(deel) = relatief(pad) else {
            return Ok(None);
        };
        let Some(publicatie) = self.publicatie(uitvraag, jaar, versie).await? else {
            return Ok(None);
        };
        if publicatie
            .paden
            .binary_search_by(|bekend| bekend.as_str().cmp(pad))
            .is_err()
        {
            return Ok(None);
        }
        let bestand = self
            .kern
            .map
            .publicatie(&publicatie.uitvraag, jaar, versie)
            .join(deel);
        blokkerend(move || {
            std::fs::read(bestand)
                .map(Some)
                .map_err(LakeFout::io("reading a published file"))
        })
        .await
    }
}

/// Completes the set with its sums and describes it.
fn samenstellen(
    nieuw: NieuwePublicatie<'_>,
    momentopname: &Momentopname,
    stempel: &Stempel,
) -> Result<(Publicatie, Bestandenset), LakeFout> {
    let mut bestanden = nieuw.bestanden;
    if !bestanden.iter().any(|(pad, _)| pad == SOMMEN) {
        bestanden.push((SOMMEN.to_owned(), sha256sums(&bestanden)));
    }
    bestanden.sort();
    let paden: BTreeSet<String> = bestanden.iter().map(|(pad, _)| pad.clone()).collect();
    if paden.len() != bestanden.len() {
        return Err(LakeFout::Ongeldig("two files of one name".to_owned()));
    }
    let sommen = bestanden.iter().find(|(pad, _)| pad == SOMMEN);
    let publicatie = Publicatie {
        uitvraag: momentopname.uitvraag.clone(),
        jaar: momentopname.jaar,
        versie: nieuw.versie,
        momentopname: momentopname.id.clone(),
        gemaakt: tijd(ms(stempel.nu))?,
        hash: format!(
            "sha256:{}",
            sommen.map(|(_, bytes)| sha256(bytes)).unwrap_or_default()
        ),
        paden: paden.into_iter().collect(),
    };
    Ok((publicatie, bestanden))
}

/// Writes the whole set beside its place, then puts it there in one step.
fn schrijf(map: &Map, doel: &Path, bestanden: &[(String, Vec<u8>)]) -> Result<(), LakeFout> {
    let mut relatieven = Vec::with_capacity(bestanden.len());
    for (pad, bytes) in bestanden {
        relatieven.push((relatief(pad)?, bytes));
    }
    let tijdelijk = tijdelijke_naam(doel);
    let schrijf = || {
        let ouder = doel.parent().ok_or(io::ErrorKind::InvalidInput)?;
        map.maak(&tijdelijk)?;
        let mut mappen = BTreeSet::from([tijdelijk.clone()]);
        for (relatief, bytes) in relatieven {
            let pad = tijdelijk.join(relatief);
            if let Some(map_van) = pad.parent()
                && mappen.insert(map_van.to_owned())
            {
                map.maak(map_van)?;
            }
            map.schrijf_los(&pad, bytes, OPENBAAR)?;
        }
        mappen.iter().try_for_each(|pad| map.opslag.sync_map(pad))?;
        map.vergeet(&tijdelijk);
        if doel.symlink_metadata().is_ok() {
            // Left by a publish that never reached the register: nobody ever saw it.
            map.naar_quarantaine(doel, "publicatie")?;
        }
        map.opslag.hernoem(&tijdelijk, doel)?;
        map.opslag.sync_map(ouder)
    };
    let geschreven = schrijf();
    if geschreven.is_err() {
        // Best effort: start-up removes what stays behind.
        map.verwijder_boom(&tijdelijk).ok();
    }
    geschreven.map_err(LakeFout::io("writing a publication"))
}
