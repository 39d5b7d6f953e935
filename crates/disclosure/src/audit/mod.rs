//! What follows from a publication: the attack that anybody could make.
//!
//! Owns the order of it. The attack proves harm: what it finds is true, and everybody who reads the publication can find
//! it. That it finds nothing proves little: that a number stays open is proven by [`crate::certificate`].
//!
//! ```text
//! omgangsmonitor audit PUBLICATIE [--with EARLIER…] [--insider AANBIEDER] [--json]
//!
//! let structure = Structure { indicators, breakdowns, areas: areas_of(jaar), links, distinct };
//! let publications = [Publication { name, rule, rows, leveringen, key }, …];   // PUBLICATIE first
//! let report = Attack { structure: &structure, publications: &publications, insider, exact }.run();
//! report.to_string(), serde_json::to_string(&report)                      // for people, for programs
//! report.found() || !report.finished()                                    // exits with 1
//! ```
//!
//! `publish` gives `exact` too, the rows as they were before protection: then the report says how many small counts
//! there are, and takes a 1 that is known to be 0 or 1 for found. Without it only what is certain to be a count of 1 to
//! 4 is.
//!
//! Not attacked: quantiles, means, curves and amounts of money; their own rules keep them apart from counts. Nor does
//! the attack combine relations: it looks at one at a time, so more may follow than it finds.

pub(crate) mod bounds;
mod cells;
mod links;
mod nesting;
pub(crate) mod observe;
mod publication;
mod report;
mod search;
pub(crate) mod system;

pub use bounds::{BoundedNumbers, CEILING, NumberPlace, Propagation, SumRelation};
pub use publication::{
    Area, BreakdownCodes, CellOf, CountOf, Group, IndicatorCounts, Link, Publication, PublishedRow,
    Rule, Sign, Structure, areas_of,
};
pub use report::{AttackEnding, AuditReport, Followed, LevelTally, Profile, What};
pub use search::{Attack, CellCount, Insider};
pub(crate) use search::{SMALL, own_counts};
