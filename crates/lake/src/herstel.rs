//! Start-up: register and files are brought into agreement.
//!
//! Owns what happens to leveringen whose files are gone or damaged (that one goes into quarantine, the service
//! starts), that a beheerder can release them, and receipts that a crash interrupted. Leaves whether the service may
//! start at all to `agreement`, files nobody names to `opruimen`, and judging what is still to be judged to the caller.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use schema::Toestand;

use crate::agreement::{refuse_many_misfits, refuse_missing_folders};
use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, blokkerend};
use crate::levering::{Filter, Levering, LeveringId};
use crate::lezen::eis;
use crate::openen::vingerafdruk;
use crate::opruimen::{Feiten, Rondgang};
use crate::pad::Map;
use crate::refusal::Refusal;
use crate::stap::noteer;
use crate::tabel::TabelBestand;

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grondigheid {
    /// Present and as long as the register says.
    Lengte,
    /// Also read whole and compared with their SHA-256.
    Hash,
}

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Herstelverslag {
    /// Leveringen that are in and wait for the judge.
    pub te_beoordelen: Vec<LeveringId>,
    /// Leveringen put into quarantine now.
    pub in_quarantaine: Vec<LeveringId>,
    /// Number of leveringen that were in quarantine already and still are.
    pub eerder_in_quarantaine: usize,
    /// Files and directories nobody names, moved to `quarantaine/`; relative paths of where they were.
    pub verplaatst: Vec<String>,
    /// Leftovers removed: temporary files, unnamed derived files, data of erased leveringen; relative paths.
    pub verwijderd: Vec<String>,
    /// Publications (relative paths) whose files are not as the register says.
    pub beschadigde_publicaties: Vec<String>,
}

impl Herstelverslag {
    fn meld(&self) {
        let (te_beoordelen, in_quarantaine) = (self.te_beoordelen.len(), self.in_quarantaine.len());
        let (verplaatst, verwijderd) = (self.verplaatst.len(), self.verwijderd.len());
        let eerder_in_quarantaine = self.eerder_in_quarantaine;
        if in_quarantaine + eerder_in_quarantaine + self.beschadigde_publicaties.len() == 0 {
            tracing::info!(
                te_beoordelen,
                verplaatst,
                verwijderd,
                "register and files agree"
            );
        } else {
            let beschadigde_publicaties = self.beschadigde_publicaties.len();
            tracing::warn!(
                te_beoordelen,
                in_quarantaine,
                eerder_in_quarantaine,
                beschadigde_publicaties,
                verplaatst,
                verwijderd,
                "register and files do not agree: what is damaged does not count"
            );
        }
    }
}

impl Lake {
    /// Reconciles register and files; for the service, before it takes requests. Refuses, before anything is moved or
    /// put into quarantine, when the damage is more than single leveringen ([`crate::StartRefusal`]).
    pub async fn herstel(
        &self,
        grondigheid: Grondigheid,
        stempel: &Stempel,
    ) -> Result<Herstelverslag, LakeFout> {
        self.eis_dienst()?;
        let feiten = self.feiten().await?;
        refuse_missing_folders(&self.kern.map, &feiten)?;
        let (misfits, all) = self.misfits(&feiten, grondigheid).await?;
        refuse_many_misfits(&misfits, all)?;
        let map = self.kern.map.clone();
        let mut verslag = blokkerend(move || {
            Rondgang::new(&map, &feiten)
                .loop_rond(grondigheid)
                .map_err(LakeFout::io("reconciling register and files"))
        })
        .await?;
        for levering in self.leveringen(Filter::default()).await?.into_iter().rev() {
            verslag.eerder_in_quarantaine += usize::from(levering.quarantaine.is_some());
            if levering.toestand == Toestand::Geopend {
                self.herstel_ontvangst(&levering, stempel).await?;
            } else if let Some(wrong) = misfits.get(&levering.id)
                && !self
                    .put_into_quarantine(levering.id, wrong, stempel)
                    .await?
            {
                verslag.in_quarantaine.push(levering.id);
            }
        }
        verslag.te_beoordelen = self.te_beoordelen().await?;
        verslag.meld();
        Ok(verslag)
    }

    /// The leveringen that do not fit their files, with what is wrong, and how many have files at all. What is in
    /// quarantine was found out before.
    async fn misfits(
        &self,
        feiten: &Feiten,
        grondigheid: Grondigheid,
    ) -> Result<(BTreeMap<LeveringId, String>, usize), LakeFout> {
        let mut misfits = BTreeMap::new();
        let mut all = 0;
        for levering in feiten.leveringen.values() {
            if levering.nulopgave || levering.toestand == Toestand::Gewist {
                continue;
            }
            all += 1;
            if levering.quarantaine.is_some() {
                continue;
            }
            if let Some(wrong) = self.schade(levering, grondigheid).await? {
                misfits.insert(levering.id, wrong);
            } else if !self.lost_bytes(levering).await?.is_empty() {
                misfits.insert(levering.id, "bytes that were received are gone".to_owned());
            }
        }
        Ok((misfits, all))
    }

    /// The tables of a levering that is being received of which the disk has fewer bytes than were acknowledged.
    async fn lost_bytes(&self, levering: &Levering) -> Result<Vec<String>, LakeFout> {
        let mut lost = Vec::new();
        if levering.toestand != Toestand::Geopend {
            return Ok(lost);
        }
        for bestand in &levering.bestanden {
            if self.received_length(levering.id, &bestand.tabel).await? < bestand.offset {
                lost.push(bestand.tabel.clone());
            }
        }
        Ok(lost)
    }

    /// Bytes of a file that is being received, as the disk has it.
    async fn received_length(&self, id: LeveringId, tabel: &str) -> Result<u64, LakeFout> {
        let pad = self.kern.map.raw_bestand(id, tabel);
        blokkerend(move || match std::fs::metadata(pad) {
            Ok(gegevens) => Ok(gegevens.len()),
            Err(fout) if fout.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(fout) => Err(LakeFout::io("looking at a received file")(fout)),
        })
        .await
    }

    /// A levering that was being received: bytes that are gone are asked for again, and one that was complete but
    /// not yet answered is received after all.
    async fn herstel_ontvangst(
        &self,
        levering: &Levering,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let lost = self.lost_bytes(levering).await?;
        for tabel in &lost {
            self.begin_opnieuw(levering.id, tabel, stempel).await?;
        }
        if !lost.is_empty() || levering.bestanden.iter().any(|b| b.offset < b.bytes) {
            return Ok(());
        }
        match self.ontvangen(levering.id, stempel).await {
            // A difference makes the client send that file again.
            Ok(_) | Err(LakeFout::HashVerschilt { .. }) => Ok(()),
            Err(fout) => Err(fout),
        }
    }

    /// Looks whether the files of a levering are as they should be, and puts it into quarantine if not. True for one
    /// that is well, or that was in quarantine before. With a whole folder gone (a disk that is not mounted) nothing is
    /// put into quarantine: that is refused.
    pub async fn controleer_bestanden(
        &self,
        id: LeveringId,
        grondigheid: Grondigheid,
        stempel: &Stempel,
    ) -> Result<bool, LakeFout> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeFout::OnbekendeLevering(id))?;
        if levering.quarantaine.is_some() {
            return Ok(true);
        }
        let Some(reden) = self.schade(&levering, grondigheid).await? else {
            return Ok(true);
        };
        refuse_missing_folders(&self.kern.map, &self.feiten().await?)?;
        self.put_into_quarantine(id, &reden, stempel).await
    }

    /// True when it was erased in the meantime: then its files went on purpose.
    async fn put_into_quarantine(
        &self,
        id: LeveringId,
        reden: &str,
        stempel: &Stempel,
    ) -> Result<bool, LakeFout> {
        tracing::error!(levering = %id, reden, "levering in quarantine");
        let mut tx = self.transactie().await?;
        if eis(&mut tx, id).await?.toestand == Toestand::Gewist {
            return Ok(true);
        }
        sqlx::query("UPDATE levering SET quarantaine = $1 WHERE id = $2")
            .bind(reden)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        noteer(
            &mut tx,
            Some(id),
            &format!("in quarantaine: {reden}"),
            stempel,
        )
        .await?;
        tx.commit().await?;
        Ok(false)
    }

    /// Takes a levering out of quarantine, after a beheerder put its files right (they are verified).
    pub async fn vrijgeven(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeFout::OnbekendeLevering(id))?;
        if self.schade(&levering, Grondigheid::Hash).await?.is_some() {
            return Err(Refusal::Quarantined(id).into());
        }
        let mut tx = self.transactie().await?;
        let vrij = sqlx::query(
            "UPDATE levering SET quarantaine = NULL WHERE id = $1 AND quarantaine IS NOT NULL",
        )
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if vrij.rows_affected() == 1 {
            noteer(&mut tx, Some(id), "uit quarantaine", stempel).await?;
        }
        let levering = eis(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// The leveringen in quarantine, oldest first.
    pub async fn quarantined(&self) -> Result<Vec<Levering>, LakeFout> {
        let mut leveringen = self.leveringen(Filter::default()).await?;
        leveringen.retain(|levering| levering.quarantaine.is_some());
        leveringen.reverse();
        Ok(leveringen)
    }

    /// What is wrong with the files of a levering now, read whole; `None` when they fit.
    pub async fn damage(&self, id: LeveringId) -> Result<Option<String>, LakeFout> {
        let levering = self
            .levering(id)
            .await?
            .ok_or(LakeFout::OnbekendeLevering(id))?;
        self.schade(&levering, Grondigheid::Hash).await
    }

    /// Puts every levering whose files do not fit into quarantine, on the word of a beheerder: after a loss for good
    /// the service starts again, and those stop counting. Lost bytes of one that is being received are asked for again.
    pub async fn quarantine_damaged(&self, stempel: &Stempel) -> Result<Vec<LeveringId>, LakeFout> {
        let mut damaged = Vec::new();
        for levering in self.leveringen(Filter::default()).await?.into_iter().rev() {
            for tabel in self.lost_bytes(&levering).await? {
                self.begin_opnieuw(levering.id, &tabel, stempel).await?;
                let map = self.kern.map.clone();
                let again = "making a place for bytes that come again";
                let id = levering.id;
                blokkerend(move || map.maak(&map.raw(id)).map_err(LakeFout::io(again))).await?;
            }
            if levering.quarantaine.is_some() {
                continue;
            }
            if let Some(wrong) = self.schade(&levering, Grondigheid::Hash).await?
                && !self
                    .put_into_quarantine(levering.id, &wrong, stempel)
                    .await?
            {
                damaged.push(levering.id);
            }
        }
        Ok(damaged)
    }

    /// What is wrong with the files of a levering, in words for the coördinator.
    async fn schade(
        &self,
        levering: &Levering,
        grondigheid: Grondigheid,
    ) -> Result<Option<String>, LakeFout> {
        // Before receipt nothing was promised, after erasure nothing is left, and a nulopgave never had files.
        if levering.nulopgave
            || levering.ontvangen.is_none()
            || levering.toestand == Toestand::Gewist
        {
            return Ok(None);
        }
        let inhoud: Option<String> =
            sqlx::query_scalar("SELECT inhoud FROM levering WHERE id = $1")
                .bind(levering.id.to_string())
                .fetch_one(&mut *self.lezer().await?)
                .await?;
        let tabellen = self.tabellen(levering.id).await?;
        let map = self.kern.map.clone();
        let levering = levering.clone();
        blokkerend(move || {
            let verwacht = verwachte_bestanden(&map, &levering, inhoud, &tabellen);
            Ok(verwacht
                .iter()
                .find_map(|verwacht| verwacht.schade(grondigheid)))
        })
        .await
    }
}

/// A file as the register knows it.
struct Verwacht<'a> {
    naam: String,
    pad: std::path::PathBuf,
    bytes: Option<u64>,
    hash: std::borrow::Cow<'a, str>,
}

fn verwachte_bestanden<'a>(
    map: &Map,
    levering: &'a Levering,
    inhoud: Option<String>,
    tabellen: &'a [TabelBestand],
) -> Vec<Verwacht<'a>> {
    let pakket = Verwacht {
        naam: "pakket.json".to_owned(),
        pad: map.raw(levering.id).join("pakket.json"),
        bytes: None,
        hash: format!("sha256:{}", inhoud.unwrap_or_default()).into(),
    };
    let raw = levering.bestanden.iter().map(|bestand| Verwacht {
        naam: format!("{}.csv.zst", bestand.tabel),
        pad: map.raw_bestand(levering.id, &bestand.tabel),
        bytes: Some(bestand.bytes),
        hash: bestand.hash.as_str().into(),
    });
    std::iter::once(pakket)
        .chain(raw)
        .chain(tabellen.iter().map(verwacht_parquet))
        .collect()
}

fn verwacht_parquet(tabel: &TabelBestand) -> Verwacht<'_> {
    Verwacht {
        naam: format!("{}.parquet", tabel.tabel),
        pad: tabel.pad.clone(),
        bytes: Some(tabel.bytes),
        hash: tabel.hash.as_str().into(),
    }
}

/// What is wrong with a Parquet file, read whole.
pub(crate) fn parquet_schade(tabel: &TabelBestand) -> Option<String> {
    verwacht_parquet(tabel).schade(Grondigheid::Hash)
}

impl Verwacht<'_> {
    fn schade(&self, grondigheid: Grondigheid) -> Option<String> {
        let lengte = lengte_van(&self.pad);
        let naam = &self.naam;
        let Ok(lengte) = lengte else {
            return Some(format!("bestand {naam} ontbreekt of is onleesbaar"));
        };
        if self.bytes.is_some_and(|bytes| bytes != lengte) {
            return Some(format!("bestand {naam} heeft een andere lengte"));
        }
        if grondigheid == Grondigheid::Lengte {
            return None;
        }
        match vingerafdruk(&self.pad) {
            Ok((_, hash)) if hash == self.hash => None,
            Ok(_) => Some(format!("bestand {naam} heeft een andere inhoud")),
            Err(_) => Some(format!("bestand {naam} ontbreekt of is onleesbaar")),
        }
    }
}

/// Length of an ordinary file; a symlink is none.
fn lengte_van(pad: &Path) -> io::Result<u64> {
    let gegevens = pad.symlink_metadata()?;
    if gegevens.is_file() {
        Ok(gegevens.len())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

impl Lake {
    /// What the register says there should be.
    pub(crate) async fn feiten(&self) -> Result<Feiten, LakeFout> {
        let mut feiten = Feiten::default();
        for levering in self.leveringen(Filter::default()).await? {
            for tabel in self.tabellen(levering.id).await? {
                if levering.quarantaine.is_none() {
                    feiten.counted.push(tabel.pad.clone());
                }
                feiten.parquet.insert(tabel.pad);
            }
            feiten.leveringen.insert(levering.id, levering);
        }
        for publicatie in self.publicaties().await? {
            let pad =
                self.kern
                    .map
                    .publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
            feiten.publicaties.insert(pad, publicatie);
        }
        Ok(feiten)
    }
}
