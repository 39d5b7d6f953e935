//! What may be published of protected figures: what an attack on them finds is left out, and no more than that; then what has
//! no proof that it stays open.
//!
//! Owns which breakdowns go, for all gebieden alike, until nothing about single children follows and every small number is
//! proven open. Leaves the attack to [`crate::attack`], the proof to [`crate::prove`] and hiding to `disclosure`.

use std::collections::{BTreeMap, BTreeSet};

use analysis::{CellCounts, CertificateTables, Pipeline};
use anyhow::{Result, bail};
use disclosure::Released;
use disclosure::audit::{AuditReport, Followed, Group};
use disclosure::certificate::{ProofReport, Unproven};
use schema::{Cijfer, Niveau};

use crate::attack::{PublicKnowledge, PublishedFiles};
use crate::prove::{self, prove};

/// What may leave after the attack, and what it had to be left without.
pub(crate) struct Attacked {
    /// The table.
    pub(crate) released: Released,
    /// The last attack, which found nothing.
    pub(crate) report: AuditReport,
    /// The breakdowns that are hidden in it.
    pub(crate) left_out: BTreeSet<Group>,
    /// The proof of all small numbers behind it: of none that stays behind one does not stand.
    pub(crate) proof: ProofReport,
    /// The tables that prove them.
    pub(crate) tables: CertificateTables,
}

/// So many times breakdowns are left out, and the rest is attacked or proven again.
const ROUNDS: usize = 20;
/// So many times it is tried to put back what was left out for want of a proof.
const TRIES: usize = 40;
/// Where no more numbers than these have none: with more every try takes long, and little can be put back.
const FEW: usize = 100;

/// The levels, so that what is left out at one keeps from saying what is unproven at those before it.
const FINEST_FIRST: [Niveau; 5] = [
    Niveau::Gemeente,
    Niveau::Jeugdregio,
    Niveau::Grootteklasse,
    Niveau::Provincie,
    Niveau::Nederland,
];

/// What is to be published, and all that is known here of what is behind it.
#[derive(Clone, Copy)]
pub(crate) struct ToPublish<'a> {
    /// The momentopname it was made from.
    pub(crate) moment: &'a lake::Momentopname,
    /// The id of the key by which it was rounded.
    pub(crate) key: &'a str,
    /// The protected figures.
    pub(crate) released: &'a Released,
    /// The same figures before they were protected.
    pub(crate) exact: &'a [Cijfer],
    /// Every exact count.
    pub(crate) counts: &'a CellCounts,
}

/// Attacks what is to be published, with every earlier publication of the same year in hand, and leaves out the breakdowns
/// from which a number follows, for all gebieden, until none does; then puts back what it can be without. Leaves out besides
/// what tells of a small number without a proof, and proves the rest again. `attacker` is what everybody knows of this
/// uitvraag and year.
///
/// # Errors
/// When a number follows whatever is left out, when the attack could not show that none does, or when a number stays without
/// proof whatever is left out, though no earlier publication told it.
pub(crate) fn withstand(
    attacker: &PublicKnowledge,
    of: ToPublish<'_>,
    earlier: Vec<PublishedFiles>,
) -> Result<Attacked> {
    let mut siege = Siege::new(attacker, of, earlier);
    let mut left_out = BTreeSet::new();
    let report = siege.leave_out_what_follows(&mut left_out)?;
    let mut report = siege.put_back(&mut left_out, report)?;
    let attacked = left_out.len();
    let mut tables = CertificateTables::default();
    let proof = siege.leave_out_what_is_unproven(&mut left_out, &mut tables)?;
    if left_out.len() > attacked {
        report = siege.attack(&left_out)?;
        if report.found() {
            bail!("single children follow from these figures, so nothing is published\n{report}");
        }
    }
    Ok(Attacked {
        released: of.released.without(&left_out),
        report,
        left_out,
        proof,
        tables,
    })
}

/// The figures, and all that an attacker has.
struct Siege<'a> {
    attacker: &'a PublicKnowledge,
    of: ToPublish<'a>,
    /// What is to be published first, then what was.
    publications: Vec<PublishedFiles>,
    /// What follows from the earlier publications alone: it was told then, and leaving out takes nothing back.
    told: BTreeSet<[String; 4]>,
    /// The breakdowns of which there are rows.
    stands: BTreeSet<Group>,
}

impl<'a> Siege<'a> {
    fn new(attacker: &'a PublicKnowledge, of: ToPublish<'a>, earlier: Vec<PublishedFiles>) -> Self {
        let told = if earlier.is_empty() {
            BTreeSet::new()
        } else {
            let report = attacker.attack(&earlier, None, None);
            report.followed.iter().map(place).collect()
        };
        let groups = of.released.rows().iter().map(|row| Group {
            indicator: row.indicator.to_string(),
            niveau: row.niveau,
            uitsplitsing: row.uitsplitsing.to_string(),
        });
        let stands = groups.collect();
        let mut publications = vec![PublishedFiles::new(of.moment, of.key, of.released.rows())];
        publications.extend(earlier);
        Self {
            attacker,
            of,
            publications,
            told,
            stands,
        }
    }

    /// Has of the first publication what is left without these breakdowns.
    fn leave_out(&mut self, groups: &BTreeSet<Group>) {
        self.publications[0].rows = self.of.released.without(groups).rows().to_vec();
    }

    /// Leaves out until nothing follows; the last attack, which found nothing.
    fn leave_out_what_follows(&mut self, left_out: &mut BTreeSet<Group>) -> Result<AuditReport> {
        for _ in 0..ROUNDS {
            let report = self.attack(left_out)?;
            if !report.found() {
                return Ok(report);
            }
            let numbers = report.followed.iter().map(|found| NumberAt {
                measure: &found.measure,
                niveau: found.niveau,
                uitsplitsing: &found.uitsplitsing,
            });
            let numbers: BTreeSet<NumberAt<'_>> = numbers.collect();
            // First what counts the same children; where that is gone, what adds up with it.
            let each = || numbers.iter().copied();
            let same = each().flat_map(|number| self.telling(number, Pipeline::same_as));
            let linked = each().flat_map(|number| self.telling(number, Pipeline::linked_to));
            let (same, linked) = (same.collect::<BTreeSet<_>>(), linked.collect());
            let Some(telling) = [same, linked].into_iter().find(|t| !t.is_subset(left_out)) else {
                bail!(
                    "single children follow from these figures, so nothing is published\n{report}"
                );
            };
            left_out.extend(telling);
        }
        bail!("leaving out breakdowns did not end after {ROUNDS} attacks, so nothing is published")
    }

    /// Leaves out what tells of numbers without a proof until every one has one; what was proven then.
    fn leave_out_what_is_unproven(
        &mut self,
        left_out: &mut BTreeSet<Group>,
        tables: &mut CertificateTables,
    ) -> Result<ProofReport> {
        let mut proof = self.prove(left_out, None, tables)?;
        if self.publications.len() > 1 && !proof.unproven.is_empty() {
            // What stays unproven with nothing of this one published was told by an earlier one: leaving out takes nothing back.
            let unproven = proof.unproven.iter().cloned().collect();
            let all = self.stands.clone();
            let told = self.prove(&all, Some(&unproven), &mut CertificateTables::default())?;
            proof.unproven.retain(|one| !told.unproven.contains(one));
        }
        let first: BTreeSet<Unproven> = proof.unproven.iter().cloned().collect();
        let few = (1..=FEW).contains(&first.len());
        let before = left_out.clone();
        for _ in 0..ROUNDS {
            if proof.unproven.is_empty() && !few {
                return Ok(proof);
            }
            if proof.unproven.is_empty() {
                self.put_back_proven(left_out, &before, &first)?;
                // The tables of before may not be such for what was put back.
                let again = self.prove(left_out, Some(&first), tables)?;
                proof.tables += again.tables;
                proof.unproven = again.unproven;
                return Ok(proof);
            }
            let unproven: BTreeSet<Unproven> = proof.unproven.iter().cloned().collect();
            let telling = self.telling_of_unproven(&unproven, left_out);
            if telling.is_empty() {
                bail!(
                    "these small numbers are not proven open whatever is left out, so nothing is published\n{}",
                    prove::told(&proof)
                );
            }
            left_out.extend(telling);
            // What was proven with more published stays proven with less.
            let again = if few {
                self.prove_once(left_out, &first)?
            } else {
                self.prove(left_out, Some(&unproven), tables)?
            };
            proof.tables += if few { 0 } else { again.tables };
            proof.unproven = again.unproven;
        }
        bail!("leaving out breakdowns did not end after {ROUNDS} proofs, so nothing is published")
    }

    /// Puts back what was left out after `before` and can stand there while all of `first` stay proven, in so many tries:
    /// what tells of one number hides a figure of all gebieden, and few of them have to go.
    fn put_back_proven(
        &mut self,
        left_out: &mut BTreeSet<Group>,
        before: &BTreeSet<Group>,
        first: &BTreeSet<Unproven>,
    ) -> Result<()> {
        let mut waiting = waiting(&*left_out - before);
        for _ in 0..TRIES {
            let Some(some) = waiting.pop() else {
                break;
            };
            let tried = without(left_out, &some);
            if self.prove_once(&tried, first)?.unproven.is_empty() {
                *left_out = tried;
            } else {
                waiting.extend(halves(&some));
            }
        }
        Ok(())
    }

    /// Whether these are proven without these breakdowns, keeping no table of it.
    fn prove_once(
        &mut self,
        left_out: &BTreeSet<Group>,
        only: &BTreeSet<Unproven>,
    ) -> Result<ProofReport> {
        self.prove(left_out, Some(only), &mut CertificateTables::default())
    }

    /// Proves the small numbers behind the figures without these breakdowns: all, or only these.
    fn prove(
        &mut self,
        left_out: &BTreeSet<Group>,
        only: Option<&BTreeSet<Unproven>>,
        tables: &mut CertificateTables,
    ) -> Result<ProofReport> {
        self.leave_out(left_out);
        let counts = self.of.counts;
        let (attacker, publications) = (self.attacker, &self.publications);
        prove(attacker, publications, counts, None, only, tables)
    }

    /// What is still published that tells of such numbers: at their own niveau or, where nothing stands there, at the next that
    /// is coarser. Of a total first what adds up with it, of a breakdown first what counts the same children.
    fn telling_of_unproven(
        &self,
        unproven: &BTreeSet<Unproven>,
        left_out: &BTreeSet<Group>,
    ) -> BTreeSet<Group> {
        // A measure that is made up of others stands under the names of all.
        let numbers = unproven.iter().flat_map(|one| {
            let measures = self.attacker.structure.measures_of(&one.measure);
            measures.into_iter().map(|measure| NumberAt {
                measure,
                niveau: one.niveau,
                uitsplitsing: &one.uitsplitsing,
            })
        });
        let numbers: BTreeSet<NumberAt<'_>> = numbers.collect();
        let mut all = BTreeSet::new();
        for number in numbers {
            let coarser = FINEST_FIRST.into_iter();
            let coarser = coarser.skip_while(|niveau| *niveau != number.niveau);
            let in_order = coarser.flat_map(|niveau| {
                let number = NumberAt { niveau, ..number };
                let same = self.telling(number, Pipeline::same_as);
                let linked = self.telling(number, Pipeline::linked_to);
                if number.uitsplitsing == Cijfer::TOTAL {
                    [&linked - &same, same]
                } else {
                    [same, linked]
                }
            });
            let mut still_there = in_order.map(|telling| &telling - left_out);
            all.extend(
                still_there
                    .find(|telling| !telling.is_empty())
                    .into_iter()
                    .flatten(),
            );
        }
        all
    }

    /// What follows from the figures without these breakdowns.
    fn attack(&mut self, left_out: &BTreeSet<Group>) -> Result<AuditReport> {
        self.leave_out(left_out);
        let mut report = self
            .attacker
            .attack(&self.publications, Some(self.of.exact), None);
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
        let mut waiting = waiting(left_out.clone());
        while let Some(some) = waiting.pop() {
            let tried = without(left_out, &some);
            let attacked = self.attack(&tried)?;
            if attacked.found() {
                waiting.extend(halves(&some));
            } else {
                *left_out = tried;
                report = attacked;
            }
        }
        Ok(report)
    }

    /// The breakdowns that tell of a number: of every column that `tells` of it.
    fn telling<'b>(
        &'b self,
        number: NumberAt<'b>,
        tells: impl Fn(&'b Pipeline, &'b str) -> BTreeSet<&'b str>,
    ) -> BTreeSet<Group> {
        let pipeline = &self.attacker.pipeline;
        let of = tells(pipeline, number.measure);
        let telling = pipeline.indicatoren.iter().filter(|computed| {
            let counts = computed.computation.measures();
            counts.iter().any(|measure| of.contains(measure))
        });
        let groups = telling.map(|computed| Group {
            indicator: computed.indicator.id.clone(),
            niveau: number.niveau,
            uitsplitsing: number.uitsplitsing.to_owned(),
        });
        groups.filter(|group| self.stands.contains(group)).collect()
    }
}

/// What is to be put back, by halves to begin with, for all of it together is what was found wanting: whole figures stand
/// before breakdowns.
fn waiting(left_out: BTreeSet<Group>) -> Vec<Vec<Group>> {
    let mut valued: Vec<Group> = left_out.into_iter().collect();
    valued.sort_by_key(|group| group.uitsplitsing != Cijfer::TOTAL);
    halves(&valued)
}

/// The halves of what could not be put back together, the first of them last.
fn halves(some: &[Group]) -> Vec<Vec<Group>> {
    if some.len() < 2 {
        return Vec::new();
    }
    let (first, second) = some.split_at(some.len() / 2);
    vec![second.to_vec(), first.to_vec()]
}

/// What is left out when these are put back.
fn without(left_out: &BTreeSet<Group>, some: &[Group]) -> BTreeSet<Group> {
    let left = left_out.iter().filter(|group| !some.contains(group));
    left.cloned().collect()
}

/// A number, whatever its gebied and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct NumberAt<'a> {
    measure: &'a str,
    niveau: Niveau,
    uitsplitsing: &'a str,
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
