//! One figure: a row of the long table `cijfers`, before and after protection.
//!
//! Owns the columns, their order and their allowed values (SDMX code lists). Leaves computing to `analysis` and
//! hiding to `disclosure`.

use serde::{Deserialize, Serialize};

/// One figure of one indicator for one gebied and one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cijfer {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Indicator id, as in `duur_mediaan`.
    pub indicator: String,
    /// `nederland`, `provincie`, `jeugdregio`, `gemeente` or `grootteklasse`.
    pub niveau: String,
    /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
    pub gebied: String,
    /// `totaal`, or the field the figure is broken down by.
    pub uitsplitsing: String,
    /// `totaal`, or the code within the breakdown.
    pub categorie: String,
    /// The value, in the indicator's unit; empty where it cannot be computed or may not be shown.
    pub waarde: Option<f64>,
    /// Lower limit of the 95 % interval.
    pub onder: Option<f64>,
    /// Upper limit of the 95 % interval.
    pub boven: Option<f64>,
    /// Compared with Nederland at 99.8 %: `hoger`, `lager`, `niet_anders`, or empty.
    pub oordeel: Option<String>,
    /// Numerator, where the figure is a count, a share or a ratio.
    pub teller: Option<f64>,
    /// Denominator, where the figure is a share or a ratio.
    pub noemer: Option<f64>,
    /// Number of records (children or trajecten) the figure rests on.
    pub n: Option<i64>,
    /// SDMX OBS_STATUS.
    pub status: Status,
    /// SDMX CONF_STATUS.
    pub vertrouwelijk: Vertrouwelijk,
    /// Share of the expected aanbieders of the gebied that delivered, 0 to 1.
    pub respons: Option<f64>,
    /// The momentopname the figure was made from.
    pub momentopname: String,
}

/// SDMX OBS_STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Normal.
    A,
    /// Provisional.
    P,
    /// Missing: cannot be computed.
    M,
    /// Too few to say anything of.
    L,
}

/// SDMX CONF_STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Vertrouwelijk {
    /// Free to publish.
    F,
    /// Hidden of itself (primary).
    C,
    /// Hidden to protect another (secondary).
    D,
}

impl Status {
    /// The letter in the table.
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::P => "P",
            Self::M => "M",
            Self::L => "L",
        }
    }
}

impl Vertrouwelijk {
    /// The letter in the table.
    pub fn letter(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

impl Cijfer {
    /// The columns of the table `cijfers`, in order.
    pub const KOLOMMEN: [&'static str; 18] = [
        "uitvraag",
        "jaar",
        "indicator",
        "niveau",
        "gebied",
        "uitsplitsing",
        "categorie",
        "waarde",
        "onder",
        "boven",
        "oordeel",
        "teller",
        "noemer",
        "n",
        "status",
        "vertrouwelijk",
        "respons",
        "momentopname",
    ];

    /// The CBS sign that stands in a page or table where there is no number, or beside it: `.` for hidden or
    /// missing, `*` for provisional, nothing otherwise.
    pub fn teken(&self) -> &'static str {
        match (self.vertrouwelijk, self.status) {
            (Vertrouwelijk::C | Vertrouwelijk::D, _) | (_, Status::M | Status::L) => ".",
            (Vertrouwelijk::F, Status::P) => "*",
            (Vertrouwelijk::F, Status::A) => "",
        }
    }
}
