//! Publications: immutable sets of files, written whole or not at all.
//!
//! Owns their place on disk, their row in the register and reading them back by a path from outside. Leaves the
//! content to `report` and `monitor`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::PoisonError;

use schema::Toestand;
use schema::hash::{sha256, sha256_hex};

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering_id::LeveringId;
use crate::lock_files::{WRITE_LOCK, open_slot};
use crate::log::note;
use crate::momentopname::Momentopname;
use crate::paths::{DataRoot, PUBLIC, relative, temporary_name};
use crate::protection_rule::ProtectionRule;
use crate::read_levering::require;
use crate::register_columns::{from_json, ms, time, to_json};
use crate::rules::may_publish;
use crate::stamp::{Stamp, Time};
use crate::transitions::step;
use crate::wording;

/// What is needed to publish.
#[derive(Debug, Clone)]
pub struct NewPublicatie<'a> {
    /// The momentopname it was made from.
    pub momentopname: &'a str,
    /// Its leveringen that were erased before the figures were made, and so are not in them.
    pub erased: &'a [LeveringId],
    /// Version: [`Lake::next_version`].
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
    pub gemaakt: Time,
    /// `sha256:<hex>` over its `SHA256SUMS`.
    pub hash: String,
    /// Paths of its files, sorted.
    pub paden: Vec<String>,
}

/// The content of `SHA256SUMS` over these files (itself aside): one line per file, sorted by path.
pub fn sha256sums(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut regels: Vec<(&str, String)> = files
        .iter()
        .filter(|(path, _)| path != CHECKSUMS)
        .map(|(path, bytes)| (path.as_str(), format!("{}  {path}\n", sha256_hex(bytes))))
        .collect();
    regels.sort();
    regels
        .into_iter()
        .map(|(_, regel)| regel)
        .collect::<String>()
        .into_bytes()
}

/// The name of the file of hashes in a publication.
pub(crate) const CHECKSUMS: &str = "SHA256SUMS";

/// Paths and bytes.
type FileSet = Vec<(String, Vec<u8>)>;

#[derive(sqlx::FromRow)]
struct PublicatieRow {
    uitvraag: String,
    jaar: i32,
    versie: i64,
    momentopname: String,
    gemaakt: i64,
    hash: String,
    paden: String,
}

impl PublicatieRow {
    fn publicatie(self) -> Result<Publicatie, LakeError> {
        Ok(Publicatie {
            uitvraag: self.uitvraag,
            jaar: self.jaar,
            versie: u32::try_from(self.versie)
                .map_err(|_| LakeError::RegisterDamaged("a version".to_owned()))?,
            momentopname: self.momentopname,
            gemaakt: time(self.gemaakt)?,
            hash: self.hash,
            paden: from_json(&self.paden)?,
        })
    }
}

impl Lake {
    /// The version the next publication of this uitvraag and year gets.
    pub async fn next_version(&self, uitvraag: &str, jaar: i32) -> Result<u32, LakeError> {
        Ok(self
            .last_version(uitvraag, jaar)
            .await?
            .map_or(1, |last| last + 1))
    }

    /// The newest version of this uitvraag and year.
    pub async fn last_version(&self, uitvraag: &str, jaar: i32) -> Result<Option<u32>, LakeError> {
        let last: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(versie) FROM publicatie WHERE uitvraag = $1 AND jaar = $2",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_one(&mut *self.reader().await?)
        .await?;
        last.map(|version| {
            u32::try_from(version).map_err(|_| LakeError::RegisterDamaged("a version".to_owned()))
        })
        .transpose()
    }

    /// Writes a publication durably, names it in the register and sets its leveringen to gepubliceerd, in that order
    /// and the last two in one transaction. What is refused there, because it changed in the meantime, does not stay.
    pub async fn publish(
        &self,
        new: NewPublicatie<'_>,
        stamp: &Stamp,
    ) -> Result<Publicatie, LakeError> {
        let momentopname = self
            .momentopname(new.momentopname)
            .await?
            .ok_or(LakeError::UnknownMomentopname)?;
        let erased = new.erased;
        let (publicatie, files) = assemble(new, &momentopname, stamp)?;
        let root = self.core.map.clone();
        let lock = blocking(move || {
            let lock = open_slot(&root, WRITE_LOCK)?;
            lock.lock()
                .map_err(LakeError::io("waiting for the write lock"))?;
            Ok(lock)
        })
        .await?;
        if self
            .publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie)
            .await?
            .is_some()
        {
            return Err(LakeError::PublicatieExists);
        }
        self.begin_publication(&publicatie, erased).await?;
        let root = self.core.map.clone();
        let target = root.publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
        // The lock goes along: were nobody waiting any more, the writing would still end under it.
        let lock = blocking(move || write(&root, &target, &files).map(|()| lock)).await?;
        let recorded = self
            .record_publicatie(&publicatie, &momentopname, erased, stamp)
            .await;
        if let Err(LakeError::Refused(_)) = recorded {
            self.withdraw_files(&publicatie).await;
        }
        drop(lock);
        recorded.map(|()| publicatie)
    }

    /// Removes the files of a publication that was refused after they were written. Best effort: nobody reads what
    /// the register does not name, and start-up puts it away.
    async fn withdraw_files(&self, publicatie: &Publicatie) {
        let root = self.core.map.clone();
        let folder = root.publicatie(&publicatie.uitvraag, publicatie.jaar, publicatie.versie);
        let what = "removing a refused publication";
        if let Err(error) =
            blocking(move || root.remove_tree(&folder).map_err(LakeError::io(what))).await
        {
            tracing::warn!(%error, "left for start-up");
        }
    }

    /// Notes that these files are about to be put in place, so that finding them without their row in the register is
    /// no sign of an older register. The note goes when the publication is in; after a failure it stays for the next.
    async fn begin_publication(
        &self,
        publicatie: &Publicatie,
        erased: &[LeveringId],
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        // What is refused already need not be written first.
        may_publish(&mut tx, &publicatie.momentopname, erased).await??;
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

    async fn record_publicatie(
        &self,
        publicatie: &Publicatie,
        momentopname: &Momentopname,
        erased: &[LeveringId],
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        may_publish(&mut tx, &momentopname.id, erased).await??;
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
        .bind(to_json(&publicatie.paden))
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
        for part in &momentopname.leveringen {
            let levering = require(&mut tx, part.id).await?;
            // One that was replaced or erased since the freeze is in the publication, but no longer counts.
            if levering.toestand == Toestand::Ingediend {
                step(&mut tx, &levering, Toestand::Gepubliceerd, stamp).await?;
            }
        }
        let Publicatie {
            uitvraag,
            jaar,
            versie: version,
            momentopname,
            ..
        } = publicatie;
        note(
            &mut tx,
            None,
            &wording::publicatie_of(&uitvraag, &jaar, &version, &momentopname),
            stamp,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The newest version of each uitvraag and year that has one, in that order.
    pub async fn last_versions(&self) -> Result<Vec<(String, i32, u32)>, LakeError> {
        let query = "SELECT uitvraag, jaar, MAX(versie) FROM publicatie GROUP BY uitvraag, jaar ORDER BY uitvraag, jaar";
        let rows: Vec<(String, i32, u32)> = sqlx::query_as(query)
            .fetch_all(&mut *self.reader().await?)
            .await?;
        Ok(rows)
    }

    /// Every publication, oldest first.
    pub async fn publicaties(&self) -> Result<Vec<Publicatie>, LakeError> {
        let rows: Vec<PublicatieRow> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             ORDER BY uitvraag, jaar, versie",
        )
        .fetch_all(&mut *self.reader().await?)
        .await?;
        rows.into_iter().map(PublicatieRow::publicatie).collect()
    }

    /// One publication.
    pub async fn publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
        version: u32,
    ) -> Result<Option<Publicatie>, LakeError> {
        let row: Option<PublicatieRow> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             WHERE uitvraag = $1 AND jaar = $2 AND versie = $3",
        )
        .bind(uitvraag)
        .bind(jaar)
        .bind(i64::from(version))
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        row.map(PublicatieRow::publicatie).transpose()
    }

    /// The newest publication of this uitvraag and year.
    pub async fn last_publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Option<Publicatie>, LakeError> {
        let row: Option<PublicatieRow> = sqlx::query_as(
            "SELECT uitvraag, jaar, versie, momentopname, gemaakt, hash, paden FROM publicatie
             WHERE uitvraag = $1 AND jaar = $2 ORDER BY versie DESC LIMIT 1",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        row.map(PublicatieRow::publicatie).transpose()
    }

    /// By which rule the counts of a publication were protected; what is not there has the rule that promises least.
    ///
    /// # Errors
    /// When the register or the disk fails.
    pub async fn protection_rule(
        &self,
        uitvraag: &str,
        jaar: i32,
        version: u32,
    ) -> Result<ProtectionRule, LakeError> {
        let key = (uitvraag.to_owned(), jaar, version);
        let known = || self.core.shelf.rules.lock();
        if let Some(rule) = known().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(*rule);
        }
        let provenance = self.lees_publicatie(uitvraag, jaar, version, "herkomst.json");
        let Some(provenance) = provenance.await? else {
            return Ok(ProtectionRule::of_provenance(&[]));
        };
        let rule = ProtectionRule::of_provenance(&provenance);
        let mut known = known().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, rule);
        Ok(rule)
    }

    /// One file of a publication. `path` may come from anyone: only a path the register names is read.
    pub async fn lees_publicatie(
        &self,
        uitvraag: &str,
        jaar: i32,
        version: u32,
        path: &str,
    ) -> Result<Option<Vec<u8>>, LakeError> {
        let Ok(part) = relative(path) else {
            return Ok(None);
        };
        let Some(publicatie) = self.publicatie(uitvraag, jaar, version).await? else {
            return Ok(None);
        };
        if publicatie
            .paden
            .binary_search_by(|known| known.as_str().cmp(path))
            .is_err()
        {
            return Ok(None);
        }
        let file = self
            .core
            .map
            .publicatie(&publicatie.uitvraag, jaar, version)
            .join(part);
        blocking(move || {
            std::fs::read(file)
                .map(Some)
                .map_err(LakeError::io("reading a published file"))
        })
        .await
    }
}

/// Completes the set with its sums and describes it.
fn assemble(
    new: NewPublicatie<'_>,
    momentopname: &Momentopname,
    stamp: &Stamp,
) -> Result<(Publicatie, FileSet), LakeError> {
    let mut files = new.bestanden;
    if !files.iter().any(|(path, _)| path == CHECKSUMS) {
        files.push((CHECKSUMS.to_owned(), sha256sums(&files)));
    }
    files.sort();
    let paths: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
    if paths.len() != files.len() {
        return Err(LakeError::Invalid("two files of one name".to_owned()));
    }
    let checksums = files.iter().find(|(path, _)| path == CHECKSUMS);
    let publicatie = Publicatie {
        uitvraag: momentopname.uitvraag.clone(),
        jaar: momentopname.jaar,
        versie: new.versie,
        momentopname: momentopname.id.clone(),
        gemaakt: time(ms(stamp.nu))?,
        hash: checksums
            .map(|(_, bytes)| sha256(bytes))
            .unwrap_or_default(),
        paden: paths.into_iter().collect(),
    };
    Ok((publicatie, files))
}

/// Writes the whole set beside its place, then puts it there in one step.
fn write(root: &DataRoot, target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), LakeError> {
    let mut relatives = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        relatives.push((relative(path)?, bytes));
    }
    let temporary = temporary_name(target);
    let write = || {
        root.make(&temporary)?;
        let mut dirs = BTreeSet::from([temporary.clone()]);
        for (relative, bytes) in relatives {
            let path = temporary.join(relative);
            if let Some(dir_of) = path.parent()
                && dirs.insert(dir_of.to_owned())
            {
                root.make(dir_of)?;
            }
            root.write_loose(&path, bytes, PUBLIC)?;
        }
        dirs.iter()
            .try_for_each(|path| root.storage.sync_map(path))?;
        root.forget(&temporary);
        if target.symlink_metadata().is_ok() {
            // Left by a publish that never reached the register: nobody ever saw it.
            root.to_quarantine(target, "publicatie")?;
        }
        root.place(&temporary, target)
    };
    let written = write();
    if written.is_err() {
        // Best effort: start-up removes what stays behind.
        root.remove_tree(&temporary).ok();
    }
    written.map_err(LakeError::io("writing a publication"))
}
