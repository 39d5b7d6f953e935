//! Publications: immutable sets of files, written whole or not at all.
//!
//! Owns their place on disk, their row in the register and reading them back by a path from outside. Leaves the
//! content to `report` and `monitor`.

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd};

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

/// The content of `SHA256SUMS` over these files: one line per file, sorted by path.
pub fn sha256sums(bestanden: &[(String, Vec<u8>)]) -> Vec<u8> {
    unimplemented!()
}

impl Lake {
    /// The version the next publication of this uitvraag and year gets.
    pub async fn volgende_versie(&self, uitvraag: &str, jaar: i32) -> Result<u32, LakeFout> {
        unimplemented!()
    }

    /// Writes a publication durably, names it in the register and sets its leveringen to gepubliceerd, in that order
    /// and the last two in one transaction.
    pub async fn publiceer(&self, nieuw: NieuwePublicatie<'_>, stempel: &Stempel) -> Result<Publicatie, LakeFout> {
        unimplemented!()
    }

    /// Every publication, oldest first.
    pub async fn publicaties(&self) -> Result<Vec<Publicatie>, LakeFout> {
        unimplemented!()
    }

    /// One publication.
    pub async fn publicatie(&self, uitvraag: &str, jaar: i32, versie: u32) -> Result<Option<Publicatie>, LakeFout> {
        unimplemented!()
    }

    /// The newest publication of this uitvraag and year.
    pub async fn laatste_publicatie(&self, uitvraag: &str, jaar: i32) -> Result<Option<Publicatie>, LakeFout> {
        unimplemented!()
    }

    /// One file of a publication. `pad` may come from anyone: only a path the register names is read.
    pub async fn lees_publicatie(&self, uitvraag: &str, jaar: i32, versie: u32, pad: &str) -> Result<Option<Vec<u8>>, LakeFout> {
        unimplemented!()
    }
}
