//! The sums of a group of statements by the name of their measure, as the exact or the rounded counts have them.
//!
//! Owns looking a measure up in a cell, and which counts are in view ([`View`]). Leaves adding up to [`crate::cube`] and
//! what is made of it to [`crate::formulas`].

use std::collections::HashMap;

use disclosure::audit::CellCount;
use disclosure::rules::{CURVE_FLOOR, Contributions};
use disclosure::{RecordSet, RoundingKey, SLACK};

use crate::AnalysisError;
use crate::cube::{Cube, Series};
use crate::gebied_tree::AreaTree;

/// A curve says something where so many are at risk.
pub(crate) const READABLE_CURVE: i64 = 10;

/// The sums of all statements of one group, by name of the measure.
#[derive(Debug, Default)]
pub struct CellMeasures {
    cubes: Vec<Cube>,
    plek: HashMap<String, (usize, usize)>,
}

/// Which counts the formulas see.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// The exact ones, for `intern/` alone.
    Exact,
    /// Those rounded by this key. Days, sums and who brought them stay exact, under rules of their own.
    Protected(&'a RoundingKey),
}

impl View<'_> {
    /// A count of records, as this view has it.
    pub fn count(self, set: RecordSet) -> i64 {
        match self {
            Self::Exact => set.count,
            Self::Protected(key) => key.round(set),
        }
    }

    /// How far a true count may be from the one in view.
    pub(crate) fn slack(self) -> i64 {
        match self {
            Self::Exact => 0,
            Self::Protected(_) => SLACK,
        }
    }

    /// How many must be at risk where a curve is read.
    pub(crate) fn curve_floor(self) -> i64 {
        match self {
            Self::Exact => READABLE_CURVE,
            Self::Protected(_) => CURVE_FLOOR,
        }
    }
}

impl CellMeasures {
    /// Brings the statements of a group together.
    ///
    /// # Errors
    /// When two statements give a measure of the same name.
    pub fn new(group: &str, cubes: Vec<Cube>) -> Result<Self, AnalysisError> {
        let mut place = HashMap::new();
        for (k, cube) in cubes.iter().enumerate() {
            for (m, name) in cube.measures().enumerate() {
                if place.insert(name.to_owned(), (k, m)).is_some() {
                    return Err(AnalysisError::Pipeline(
                        group.to_owned(),
                        format!("measure `{name}` is given twice"),
                    ));
                }
            }
        }
        Ok(Self { cubes, plek: place })
    }

    /// Names of all measures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.plek.keys().map(String::as_str)
    }

    /// A measure in a cell as a view has it; 0 where the statement does not know that breakdown.
    pub fn number(
        &self,
        view: View<'_>,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> i64 {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return 0;
        };
        let cube = &self.cubes[k];
        let Some(categorie) = cube.categorie(uitsplitsing, code) else {
            return 0;
        };
        let set = cube.records(m, gebied, categorie);
        if cube.counts_records(m) {
            view.count(set)
        } else {
            set.count
        }
    }

    /// Every count of records that is not 0, in the gebieden of the tree.
    pub(crate) fn each_count(&self, areas: &AreaTree, mut each: impl FnMut(CellCount<'_>)) {
        for cube in &self.cubes {
            let names = cube.measures().enumerate();
            let counting: Vec<(usize, &str)> =
                names.filter(|(k, _)| cube.counts_records(*k)).collect();
            for (gebied, node) in (0..).zip(&areas.gebieden) {
                for (categorie, (uitsplitsing, code)) in cube.category_names().enumerate() {
                    for &(measure, name) in &counting {
                        let count = cube.records(measure, gebied, categorie).count;
                        if count != 0 {
                            each(CellCount {
                                measure: name,
                                gebied: &node.code,
                                uitsplitsing,
                                categorie: code,
                                count,
                            });
                        }
                    }
                }
            }
        }
    }

    /// What the aanbieders brought to a sum, or to the count of a whole gebied.
    pub fn contributions(
        &self,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> Option<Contributions> {
        let &(k, m) = self.plek.get(measure)?;
        let cube = &self.cubes[k];
        Some(cube.contributions(m, gebied, cube.categorie(uitsplitsing, code)?))
    }

    /// The records of a measure in a whole gebied, per aanbieder.
    pub fn parts(&self, measure: &str, gebied: u32) -> Vec<(&str, RecordSet)> {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return Vec::new();
        };
        self.cubes[k].parts(m, gebied)
    }

    /// The records that a measure counts in a cell.
    pub(crate) fn records(
        &self,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> RecordSet {
        let Some(&(k, m)) = self.plek.get(measure) else {
            return RecordSet::default();
        };
        let cube = &self.cubes[k];
        cube.categorie(uitsplitsing, code)
            .map_or_else(RecordSet::default, |categorie| {
                cube.records(m, gebied, categorie)
            })
    }

    /// The records that a measure counts in a gebied by code of a breakdown, in the order of its codes.
    pub(crate) fn by_code(
        &self,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
    ) -> impl Iterator<Item = RecordSet> {
        let of = self.plek.get(measure).map(|&(k, m)| (&self.cubes[k], m));
        let codes = of.and_then(|(cube, _)| cube.categorieen(uitsplitsing));
        codes.unwrap_or_default().filter_map(move |categorie| {
            let (cube, m) = of?;
            Some(cube.records(m, gebied, categorie))
        })
    }

    /// Whether a measure counts records of people, so that it is rounded before it leaves.
    pub(crate) fn is_count(&self, measure: &str) -> bool {
        self.plek
            .get(measure)
            .is_some_and(|&(k, m)| self.cubes[k].counts_records(m))
    }

    pub(crate) fn reeks(
        &self,
        measure: &str,
        gebied: u32,
        uitsplitsing: &str,
        code: &str,
    ) -> Option<&Series> {
        let &(k, m) = self.plek.get(measure)?;
        let cube = &self.cubes[k];
        cube.reeks(m, gebied, cube.categorie(uitsplitsing, code)?)
    }

    /// Whether any statement counts anything in this gebied.
    pub fn counts_in(&self, gebied: u32) -> bool {
        self.cubes.iter().any(|cube| {
            (0..cube.measures().len()).any(|measure| cube.records(measure, gebied, 0).count != 0)
        })
    }

    /// Whether every measure of the formula has this breakdown.
    pub fn has_dimension(&self, measure: &str, uitsplitsing: &str) -> bool {
        self.plek
            .get(measure)
            .is_some_and(|&(k, _)| self.cubes[k].dimensions().any(|d| d == uitsplitsing))
    }
}
