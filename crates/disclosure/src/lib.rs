//! A set of figures into a protected set: what could point at a child is left blank and signed.
//!
//! Owns what is sensitive ([`gevoelig`], [`verdeling`]) and what must go with it ([`samenhang`]). A first form: no count of children
//! under the threshold is published, be it teller, noemer, what lies between them or the number a figure rests on, nor
//! the same number through another indicator, nor the last open part of a total. Suppression over linked hierarchies
//! and its audit grow here. Leaves computing to `analysis` and signs to `report`.

mod aard;
mod gevoelig;
mod samenhang;
mod verdeling;

use schema::cijfer::{Status, Vertrouwelijk};
use schema::{Cijfer, Indicator};

use aard::Aarden;

/// The threshold, and what each indicator counts.
#[derive(Debug, Clone)]
pub struct Drempel {
    /// Counts of 1 up to but not including this are hidden.
    minimum: i64,
    aarden: Aarden,
}

impl Drempel {
    /// The default threshold.
    pub const STANDAARD: u32 = 5;

    /// A threshold for the figures of these indicators. A figure of an indicator that is not among them is judged as
    /// if everything in it counted children.
    pub fn new(minimum: u32, indicatoren: &[Indicator]) -> Self {
        Self {
            minimum: i64::from(minimum),
            aarden: Aarden::new(indicatoren),
        }
    }

    /// The number below which a count is hidden.
    pub fn minimum(&self) -> i64 {
        self.minimum
    }

    /// Whether this is a number of children that may not be known.
    fn is_small(&self, aantal: f64) -> bool {
        aantal > 0.0 && aantal < self.minimum as f64
    }
}

/// Hides what is sensitive, and what would give it away.
pub fn protect(mut cijfers: Vec<Cijfer>, drempel: &Drempel) -> Vec<Cijfer> {
    let mut borden: Vec<Vertrouwelijk> = cijfers
        .iter()
        .map(|cijfer| gevoelig::judge(cijfer, drempel))
        .collect();
    verdeling::judge(&cijfers, drempel, &mut borden);
    samenhang::extend(&cijfers, drempel, &mut borden);
    for (cijfer, bord) in cijfers.iter_mut().zip(borden) {
        if bord != Vertrouwelijk::F {
            hide(cijfer, bord, drempel);
        }
    }
    cijfers
}

/// Blanks every number of a row, and signs it.
fn hide(cijfer: &mut Cijfer, bord: Vertrouwelijk, drempel: &Drempel) {
    if gevoelig::too_few(cijfer, drempel) {
        cijfer.status = Status::L;
    }
    cijfer.vertrouwelijk = bord;
    cijfer.blank();
}
