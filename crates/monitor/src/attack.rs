//! What an attacker on publications has: what everybody may know, and the publications as they lie in their folders.
//!
//! Owns reading both into what `disclosure` attacks with, for the command `audit` and for what is to be published. Leaves
//! the attack to `disclosure`, and what numbers count to `analysis`.

use std::collections::BTreeSet;
use std::path::Path;

use analysis::audit_input::{published, structure};
use analysis::{Pipeline, older_publicatie};
use anyhow::{Context, Result, bail};
use disclosure::audit::{Attack, AuditReport, Insider, Publication, Rule, Structure};
use lake::ProtectionRule;
use schema::{Cijfer, Definitie};

/// A publication as it lies in its folder.
pub struct PublishedFiles {
    pub(crate) name: String,
    pub(crate) uitvraag: String,
    pub(crate) jaar: i32,
    pub(crate) momentopname: String,
    pub(crate) rule: ProtectionRule,
    /// The id of the key by which it was rounded.
    key: String,
    leveringen: String,
    pub(crate) rows: Vec<Cijfer>,
}

/// What everybody may know of the figures of an uitvraag in a year.
pub(crate) struct PublicKnowledge {
    pub(crate) definitie: Definitie,
    pub(crate) pipeline: Pipeline,
    pub(crate) structure: Structure,
}

impl PublicKnowledge {
    pub(crate) fn of(uitvraag: &str, jaar: i32) -> Result<Self> {
        let definitie = Definitie::load(&format!("{uitvraag}/{jaar}"))?;
        let pipeline = Pipeline::load(uitvraag)?;
        Ok(Self {
            structure: structure(&pipeline, &definitie),
            definitie,
            pipeline,
        })
    }

    /// Attacks the first of these publications, with the others in hand. `exact` are its figures before they were
    /// protected.
    pub(crate) fn attack(
        &self,
        publications: &[PublishedFiles],
        exact: Option<&[Cijfer]>,
        insider: Option<&Insider<'_>>,
    ) -> AuditReport {
        let exact = exact.map(published);
        let attack = Attack {
            structure: &self.structure,
            publications: &self.read(publications),
            insider,
            exact: exact.as_deref(),
        };
        attack.run()
    }

    /// Publications as the attack reads them.
    pub(crate) fn read<'a>(&self, publications: &'a [PublishedFiles]) -> Vec<Publication<'a>> {
        let areas = &self.structure.areas;
        let read = publications.iter().map(|one| Publication {
            name: one.name.clone(),
            rule: match one.rule {
                ProtectionRule::Fives => Rule::FIVES,
                ProtectionRule::Threshold => Rule::Threshold,
            },
            rows: published(&one.rows),
            leveringen: areas
                .iter()
                .map(|area| (area.gebied.clone(), one.leveringen.clone()))
                .collect(),
            key: one.key.clone(),
        });
        read.collect()
    }
}

impl PublishedFiles {
    /// Of rows that are to be published, rounded by the key of this id.
    pub fn new(moment: &lake::Momentopname, key: &str, rows: &[Cijfer]) -> Self {
        let leveringen = moment.leveringen.iter();
        let leveringen = leveringen.filter(|levering| !levering.gewist);
        Self {
            name: moment.id.clone(),
            uitvraag: moment.uitvraag.clone(),
            jaar: moment.jaar,
            momentopname: moment.id.clone(),
            rule: ProtectionRule::Fives,
            key: key.to_owned(),
            leveringen: in_one_text(leveringen.map(|levering| levering.id.to_string())),
            rows: rows.to_vec(),
        }
    }

    /// What stands in the folder of a publication.
    pub fn read(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).with_context(|| format!("could not read {}", path.display()))
        };
        let provenance = read("herkomst.json")?;
        let rule = ProtectionRule::of_provenance(&provenance);
        let provenance: serde_json::Value = serde_json::from_slice(&provenance)
            .with_context(|| format!("herkomst.json of {} is not valid", folder.display()))?;
        let rows = older_publicatie::published_figures(read("cijfers.parquet")?)
            .with_context(|| format!("the figures of {} can't be read", folder.display()))?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let leveringen = provenance["leveringen_in"].as_array().into_iter().flatten();
        let Some(jaar) = provenance["jaar"]
            .as_i64()
            .and_then(|jaar| jaar.try_into().ok())
        else {
            bail!("herkomst.json of {} names no year", folder.display());
        };
        Ok(Self {
            name: format!(
                "{}/{jaar}/{}",
                text(&provenance["uitvraag"]),
                provenance["versie"]
            ),
            uitvraag: text(&provenance["uitvraag"]),
            jaar,
            momentopname: text(&provenance["momentopname"]),
            rule,
            key: text(&provenance["afronding"]["sleutel"]),
            leveringen: in_one_text(leveringen.map(|levering| text(&levering["levering"]))),
            rows,
        })
    }
}

/// The same text for the same leveringen, in whatever order.
fn in_one_text(leveringen: impl Iterator<Item = String>) -> String {
    let sorted: BTreeSet<String> = leveringen.collect();
    sorted.into_iter().collect::<Vec<_>>().join(" ")
}
