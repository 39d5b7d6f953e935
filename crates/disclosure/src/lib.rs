//! A set of figures into a protected set: what could point at a child is left blank and signed.
//!
//! Owns what is sensitive ([`gevoelig`], [`distribution`]) and what must go with it ([`secondary`]). A first form: no count of children
//! under the threshold is published, be it teller, noemer, what lies between them or the number a figure rests on, nor
//! the same number through another indicator, nor the last open part of a total. Suppression over linked hierarchies
//! and its audit grow here. Leaves computing to `analysis` and signs to `report`.

pub mod audit;
mod distribution;
mod measure;
mod primary;
mod secondary;

use schema::cijfer::{Confidential, Status};
use schema::{Cijfer, Indicator};

use measure::Measures;

/// The threshold, and what each indicator counts.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// Counts of 1 up to but not including this are hidden.
    minimum: i64,
    kinds: Measures,
}

impl Threshold {
    /// The default threshold.
    pub const DEFAULT: u32 = 5;

    /// A threshold for the figures of these indicators. A figure of an indicator that is not among them is judged as
    /// if everything in it counted children.
    pub fn new(minimum: u32, indicators: &[Indicator]) -> Self {
        Self {
            minimum: i64::from(minimum),
            kinds: Measures::new(indicators),
        }
    }

    /// The number below which a count is hidden.
    pub fn minimum(&self) -> i64 {
        self.minimum
    }

    /// Whether this is a number of children that may not be known.
    fn is_small(&self, count: f64) -> bool {
        count > 0.0 && count < self.minimum as f64
    }
}

/// Hides what is sensitive, and what would give it away.
pub fn protect(mut cijfers: Vec<Cijfer>, threshold: &Threshold) -> Vec<Cijfer> {
    let mut marks: Vec<Confidential> = cijfers
        .iter()
        .map(|cijfer| primary::judge(cijfer, threshold))
        .collect();
    distribution::judge(&cijfers, threshold, &mut marks);
    secondary::extend(&cijfers, threshold, &mut marks);
    for (cijfer, mark) in cijfers.iter_mut().zip(marks) {
        if mark != Confidential::F {
            hide(cijfer, mark, threshold);
        }
    }
    cijfers
}

/// Blanks every number of a row, and signs it.
fn hide(cijfer: &mut Cijfer, mark: Confidential, threshold: &Threshold) {
    if primary::too_few(cijfer, threshold) {
        cijfer.status = Status::L;
    }
    cijfer.vertrouwelijk = mark;
    cijfer.blank();
}
