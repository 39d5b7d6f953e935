//! What may be published of protected figures: what an attack on them finds is left out, and no more than that.
//!
//! Owns which breakdowns go, for all gebieden alike, until nothing about single children follows. Leaves the attack to
//! [`crate::attack`] and hiding to `disclosure`.

use std::collections::{BTreeMap, BTreeSet};

use analysis::Pipeline;
use anyhow::{Result, bail};
use disclosure::Released;
use disclosure::audit::Group;
use disclosure::audit::{AuditReport, Followed};
use schema::Cijfer;

use crate::attack::{PublicKnowledge, PublishedFiles};

/// What may leave after the attack, and what it had to be left without.
pub(crate) struct Attacked {
    /// The table.
    pub(crate) released: Released,
    /// The last attack, which found nothing.
    pub(crate) report: AuditReport,
    /// The breakdowns that are hidden in it.
    pub(crate) left_out: BTreeSet<Group>,
}

/// So many times breakdowns are left out, and the rest is attacked again.
const ROUNDS: usize = 20;

/// Attacks what is to be published, with every earlier publication of the same year in hand, and leaves out the breakdowns
/// from which a number follows, for all gebieden, until none does; then puts back what it can be without. `key` is the id
/// of the key by which it was rounded, `attacker` what everybody knows of this uitvraag and year.
///
/// # Errors
/// When a number follows whatever is left out, or when the attack could not show that none does.
pub(crate) fn withstand(
    attacker: &PublicKnowledge,
    moment: &lake::Momentopname,
    key: &str,
    released: &Released,
    exact: &[Cijfer],
    earlier: Vec<PublishedFiles>,
) -> Result<Attacked> {
    let mut siege = Siege::new(attacker, moment, key, released, exact, earlier)?;
    let mut left_out = BTreeSet::new();
    for _ in 0..ROUNDS {
        let report = siege.attack(&left_out)?;
        if !report.found() {
            return Ok(Attacked {
                report: siege.put_back(&mut left_out, report)?,
                released: released.without(&left_out),
                left_out,
            });
        }
        // First what counts the same children; where that is gone, what adds up with it.
        let same = siege.telling(&report, Pipeline::same_as);
        let linked = siege.telling(&report, Pipeline::linked_to);
        let Some(telling) = [same, linked].into_iter().find(|t| !t.is_subset(&left_out)) else {
            bail!("single children follow from these figures, so nothing is published\n{report}");
        };
        left_out.extend(telling);
    }
    bail!("leaving out breakdowns did not end after {ROUNDS} attacks, so nothing is published")
}

/// The figures, and all that an attacker has.
struct Siege<'a> {
    attacker: &'a PublicKnowledge,
    /// What is to be published first, then what was.
    publications: Vec<PublishedFiles>,
    released: &'a Released,
    exact: &'a [Cijfer],
    /// What follows from the earlier publications alone: it was told then, and leaving out takes nothing back.
    told: BTreeSet<[String; 4]>,
}

impl<'a> Siege<'a> {
    fn new(
        attacker: &'a PublicKnowledge,
        moment: &lake::Momentopname,
        key: &str,
        released: &'a Released,
        exact: &'a [Cijfer],
        earlier: Vec<PublishedFiles>,
    ) -> Result<Self> {
        let told = if earlier.is_empty() {
            BTreeSet::new()
        } else {
            let report = attacker.attack(&earlier, None, None);
            report.followed.iter().map(place).collect()
        };
        let mut publications = vec![PublishedFiles::new(moment, key, released.rows())];
        publications.extend(earlier);
        Ok(Self {
            attacker,
            publications,
            released,
            exact,
            told,
        })
    }

    /// What follows from the figures without these breakdowns.
    fn attack(&mut self, left_out: &BTreeSet<Group>) -> Result<AuditReport> {
        self.publications[0].rows = self.released.without(left_out).rows().to_vec();
        let mut report = self
            .attacker
            .attack(&self.publications, Some(self.exact), None);
        report
            .followed
            .retain(|found| !self.told.contains(&place(found)));
        if !report.finished() {
            bail!(
                "the attack on these figures could not finish, so nothing is published\n{report}"
            );
        }
        Ok(report)
    }

    /// Takes out of what is left out what can stand there all the same: whole figures before breakdowns, and halves
    /// before single ones, for most can. `report` is that of the attack on the rest; gives that of the last that found nothing.
    fn put_back(
        &mut self,
        left_out: &mut BTreeSet<Group>,
        mut report: AuditReport,
    ) -> Result<AuditReport> {
        let mut valued: Vec<Group> = left_out.iter().cloned().collect();
        valued.sort_by_key(|group| group.uitsplitsing != Cijfer::TOTAL);
        let mut waiting: Vec<Vec<Group>> = if valued.is_empty() {
            Vec::new()
        } else {
            vec![valued]
        };
        while let Some(some) = waiting.pop() {
            let tried: BTreeSet<Group> = left_out
                .iter()
                .filter(|group| !some.contains(group))
                .cloned()
                .collect();
            let without = self.attack(&tried)?;
            if !without.found() {
                *left_out = tried;
                report = without;
            } else if some.len() > 1 {
                let (first, second) = some.split_at(some.len() / 2);
                waiting.extend([second.to_vec(), first.to_vec()]);
            }
        }
        Ok(report)
    }

    /// The breakdowns that tell of what an attack found: of every column that `tells` of one whose count was found.
    fn telling<'b>(
        &'b self,
        report: &'b AuditReport,
        tells: impl Fn(&'b Pipeline, &'b str) -> BTreeSet<&'b str>,
    ) -> BTreeSet<Group> {
        let pipeline = &self.attacker.pipeline;
        let mut groups = BTreeSet::new();
        for found in &report.followed {
            let of = tells(pipeline, &found.measure);
            let stands = |indicator: &str| {
                self.released.rows().iter().any(|row| {
                    row.indicator == indicator
                        && row.niveau == found.niveau
                        && row.uitsplitsing == found.uitsplitsing
                })
            };
            for computed in &pipeline.indicatoren {
                let counts = computed.computation.measures();
                let id = &computed.indicator.id;
                if counts.iter().any(|measure| of.contains(measure)) && stands(id) {
                    groups.insert(Group {
                        indicator: id.clone(),
                        niveau: found.niveau,
                        uitsplitsing: found.uitsplitsing.clone(),
                    });
                }
            }
        }
        groups
    }
}

/// Which number was found, whatever publication it was found in.
fn place(found: &Followed) -> [String; 4] {
    let of = [
        &found.measure,
        &found.gebied,
        &found.uitsplitsing,
        &found.categorie,
    ];
    of.map(Clone::clone)
}

/// What protection costs, of figures that are to be published: per niveau how many stand there and how many are hidden.
pub(crate) fn cost(rows: &[Cijfer]) -> BTreeMap<&'static str, (usize, usize)> {
    let mut levels: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    for row in rows {
        let (shown, hidden) = levels.entry(row.niveau.name()).or_default();
        match row.status {
            schema::cijfer::Status::Q => *hidden += 1,
            _ if row.waarde.is_some() => *shown += 1,
            _ => {}
        }
    }
    levels
}
