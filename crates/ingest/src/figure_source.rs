//! Where published figures come from: only protected ones exist here.
//!
//! Owns the door through which `monitor` hands them in: a table per publication, and what the indicators mean. Leaves
//! filters to `figure_filter` and what is answered to the handlers.

use std::pin::Pin;
use std::sync::Arc;

use lake::ProtectionRule;
use schema::Cijfer;
use schema::indicator::Indicator;

use crate::answer_origin::AnswerOrigin;
use crate::figure_filter::FilterValues;

/// The figures of one publication.
#[derive(Debug)]
pub struct FigureTable {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version of the publication.
    pub versie: u32,
    /// Hash of the publication.
    pub hash: String,
    /// By which rule its counts were protected.
    pub rule: ProtectionRule,
    /// The figures, in the order of the published table.
    pub cijfers: Vec<Cijfer>,
    /// Every value that occurs in a column that can be filtered on.
    pub(crate) values: FilterValues,
}

impl FigureTable {
    /// The figures of this publication.
    pub fn new(publicatie: &lake::Publicatie, rule: ProtectionRule, cijfers: Vec<Cijfer>) -> Self {
        Self {
            uitvraag: publicatie.uitvraag.clone(),
            jaar: publicatie.jaar,
            versie: publicatie.versie,
            hash: publicatie.hash.clone(),
            rule,
            values: FilterValues::of(&cijfers),
            cijfers,
        }
    }

    /// What an answer out of this table says of it.
    pub(crate) fn origin(&self) -> AnswerOrigin<'_> {
        AnswerOrigin {
            uitvraag: &self.uitvraag,
            jaar: self.jaar,
            versie: self.versie,
            rule: self.rule,
        }
    }
}

/// What a [`FigureSource`] answers with.
pub type FigureAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, FigureError>> + Send + 'a>>;

/// Writes a value of an indicator, in this unit, as the pages of a publication do.
pub type FigureWriter = Arc<dyn Fn(&Indicator, &str, f64) -> String + Send + Sync>;

/// Where published figures come from.
pub trait FigureSource: Send + Sync {
    /// The newest publication of every uitvraag and year, in that order.
    fn newest(&self) -> FigureAnswer<'_, Vec<Arc<FigureTable>>>;

    /// One publication, also one that is no longer the newest; `None` where there is none.
    fn version(
        &self,
        uitvraag: String,
        jaar: i32,
        version: u32,
    ) -> FigureAnswer<'_, Option<Arc<FigureTable>>>;

    /// What the figures of an uitvraag mean.
    ///
    /// # Errors
    /// When they could not be read.
    fn indicators(&self, uitvraag: &str) -> Result<Vec<Indicator>, FigureError>;

    /// How the pages of a publication of this uitvraag write a value.
    ///
    /// # Errors
    /// When that could not be read.
    fn writer(&self, uitvraag: &str) -> Result<FigureWriter, FigureError>;
}

/// Why there were no figures to give.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The published tables could not be read.
    #[error("the published figures could not be read: {0}")]
    Unreadable(String),
}
