//!
//! Owns the order of both. The attack proves harm: what it finds is true of everybody who reads the publication. That
//!
//! ```text
//! omgangsmonitor audit PUBLICATIE [--with EARLIER…] [--insider AANBIEDER] [--json]
//!
//! Structure { indicators, breakdowns, areas: areas_of(jaar), links, distinct }    what everybody may know
//! Publication { rows, rule, … }, one per publication, PUBLICATIE first            what stands there
//! let attack = Attack { structure: &…, publications: &…, insider, exact };
//! let report = attack.run();             // seconds
//! report.to_string() / serde_json        // for people, for programs
//! report.found() || !report.finished()   // exit code 1
//! ```
//!
//! `publish` gives `exact` too, the rows as they were before protection: then the report says how many small counts
//! there are, and counts an interval of 0 to 1 around a 1 as found. Without it only what is certain to be a count of 1
//! to 4 is counted.
//!
//! Not attacked: quantiles, means, curves and amounts of money; their own rules keep them apart from counts.

mod bounds;
mod cells;
mod links;
mod nesting;
mod observe;
mod publication;
mod report;
mod search;
mod system;

pub use bounds::{Bounds, CEILING, Outcome, Place, Relation};
pub use publication::{
    Area, Breakdown, CellOf, CountOf, IndicatorCounts, Link, Publication, PublishedRow, Rule, Sign,
    Structure, areas_of,
};
pub use report::{AuditReport, Ending, Followed, Profile, Tally, What};
pub use search::{Attack, Insider, OwnCount};
