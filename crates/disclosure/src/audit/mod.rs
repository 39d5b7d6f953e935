//! What follows from a publication: the attack that anybody could make, and certificates of what nobody can conclude.
//!
//! Owns the order of both. The attack proves harm: what it finds is true, and everybody who reads the publication can
//! find it. That it finds nothing proves little. Certificates prove that numbers stay open: other tables of records that
//! could have been published just so, and that with the true one leave each sensitive number open by 2 or more (to an
//! aanbieder that knows its own records, by 1).
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
//! 4 is. Then it asks for certificates, for anybody and for every aanbieder by its own records:
//!
//! ```text
//! let table = records::exact_table(&structure, &publications, &records)?; // records: each as the pipeline counts it
//! let proof = certificate::certify(&table)?;                              // .tables, .sensitive, .unproven
//! leave_out(&structure, &publications[0], &proof.unproven)                // indicator × uitsplitsing × niveau
//! table.write(&mut file)?; table::write_tables(&mut other_file, &proof.tables)?;
//! ```
//!
//! A certificate is not one per number: a few dozen whole tables, each as likely to have been published so as the true
//! one, are apart in nearly every number; what they leave is pursued one by one. [`check_certificate`] adds up every
//! table from the records and takes nothing from the search; `tests/add_up.py` does so from the files.
//!
//! Not attacked: quantiles, means, curves and amounts of money; their own rules keep them apart from counts. Nor does
//! the attack combine relations: it looks at one at a time, so more may follow than it finds.

pub mod certificate;
pub mod check_certificate;
pub mod records;
pub mod table;

mod bounds;
mod cells;
mod leave_out;
mod links;
mod nesting;
mod numbers;
mod observe;
mod proposal;
mod publication;
mod report;
mod search;
mod system;
mod walk;

pub use bounds::{BoundedNumbers, CEILING, NumberPlace, Propagation, SumRelation};
pub use leave_out::leave_out;
pub use publication::{
    Area, BreakdownCodes, CellOf, CountOf, IndicatorCounts, Link, Publication, PublishedRow, Rule,
    Sign, Structure, areas_of,
};
pub use report::{AttackEnding, AuditReport, Followed, LevelTally, Profile, What};
pub use search::{Attack, Insider, OwnCount};
