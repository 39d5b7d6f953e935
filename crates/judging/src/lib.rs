//! Source, definition and previous levering into one judgement.
//!
//! Owns how a judgement is put together, for exporter, browser and service alike: what is judged and how much of it is
//! listed, comparing with the levering of the year before, and joining what the reading found. Leaves the rules to
//! `check`, and reading, threads and what becomes of the typed rows to the callers: they hand in a batch at a time.

use arrow_array::{RecordBatch, StringArray};
pub use check::{CheckError, RegelError, Spill};
use check::{Judge, Options, PER_REGEL, PER_REGEL_RAPPORT, PakketOrigin};
use chrono::NaiveDate;
use schema::bevinding::{OpenVeld, WaitingFindings};
use schema::{Bevinding, Definitie, Oordeel, Origin, RegelTelling};

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An aanbieder's own files, with its own identifiers in them.
    OwnFiles {
        /// Every finding is wanted as well, for a report in the file itself.
        everything: bool,
    },
    /// The canonical tables of a pakket.
    Pakket,
}

/// A judgement under way.
pub struct Judging {
    judge: Judge,
    subject: Subject,
    /// Where a pakket's rows stand: in its own tables.
    places: PakketOrigin,
}

/// The levering of the year before.
pub struct Previous<'a> {
    /// The definition it was made by.
    pub definitie: &'a Definitie,
    /// Its day of delivery.
    pub leverdatum: NaiveDate,
    /// How its identifiers compare with those of now.
    pub identifiers: Identifiers,
}

/// Makes the pseudonyms of a field out of own identifiers.
pub type Pseudonyms = Box<dyn Fn(&str, &StringArray) -> StringArray + Send + Sync>;

/// How last year's pseudonyms compare with the identifiers that are judged.
pub enum Identifiers {
    /// As they stand: made with the same key.
    Same,
    /// Not at all: made with another key.
    OtherKey,
    /// Through this, which makes the pseudonyms of a field out of own identifiers.
    Through(Pseudonyms),
}

/// What reading the source found by itself.
pub struct SourceReport<'a> {
    /// Findings of phase `bron`.
    pub bevindingen: Vec<Bevinding>,
    /// Their exact counts.
    pub counts: Vec<RegelTelling>,
    /// Where every canonical row and field stands in the source.
    pub herkomst: &'a dyn Origin,
    /// Fields about which a question is open: what is found of them waits for the answer.
    pub waiting: Vec<OpenVeld>,
}

/// What came of own files.
pub struct JudgingOutcome {
    /// The judgement, as it is shown: the same with and without a report.
    pub oordeel: Oordeel,
    /// The same with every finding, where that was wanted.
    pub everything: Option<Oordeel>,
    /// What is not in it, for it follows from an open question.
    pub waiting: Vec<WaitingFindings>,
}

/// Why last year could not be compared with.
#[derive(Debug, thiserror::Error)]
pub enum PreviousError<E> {
    /// Its rows could not be read.
    #[error(transparent)]
    Read(E),
    /// Its definition can't be used.
    #[error(transparent)]
    Rules(#[from] RegelError),
    /// Its rows are not those of its definition.
    #[error(transparent)]
    Judge(#[from] CheckError),
}

impl Judging {
    /// Prepares a judgement. What does not stay in memory goes to `scratch`; without it all stays there.
    ///
    /// # Errors
    /// When a rule of the definition can't be used.
    pub fn new(
        definitie: &Definitie,
        leverdatum: NaiveDate,
        subject: Subject,
        scratch: Option<Spill>,
    ) -> Result<Self, RegelError> {
        let per_regel = match subject {
            Subject::OwnFiles { everything: true } => PER_REGEL_RAPPORT,
            _ => PER_REGEL,
        };
        let judge = Judge::new(
            definitie,
            Options {
                leverdatum,
                per_regel,
                raw_ids: matches!(subject, Subject::OwnFiles { .. }),
            },
        )?;
        Ok(Self {
            judge: match scratch {
                Some(scratch) => judge.with_spill(scratch),
                None => judge,
            },
            subject,
            places: PakketOrigin::new(definitie),
        })
    }

    /// Hands in the levering of the year before, table by table; before the first batch of this one.
    ///
    /// # Errors
    /// When its rows can't be read or typed. This judgement then knows half of it, and must be begun again without.
    pub fn compare_with<E>(
        &mut self,
        previous: Previous<'_>,
        tables: impl IntoIterator<Item = Result<(String, RecordBatch), E>>,
    ) -> Result<(), PreviousError<E>> {
        let options = Options {
            leverdatum: previous.leverdatum,
            per_regel: PER_REGEL,
            raw_ids: false,
        };
        let typing = Judge::new(previous.definitie, options)?;
        for table in tables {
            let (tabel, batch) = table.map_err(PreviousError::Read)?;
            let typed = typing.convert_types(&tabel, &batch)?;
            self.judge.previous(&tabel, &typed)?;
        }
        match previous.identifiers {
            Identifiers::Same => {}
            Identifiers::OtherKey => self.judge.other_key(),
            Identifiers::Through(make) => self.judge.compare_with(make),
        }
        Ok(())
    }

    /// Judges the next rows of a table and gives them back typed. A table without rows is told by a batch without rows.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition, or the scratch file fails.
    pub fn batch(&mut self, tabel: &str, batch: &RecordBatch) -> Result<RecordBatch, CheckError> {
        self.judge.batch(tabel, batch)
    }

    /// The judgement over own files, with what reading them found.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn finish(self, source: SourceReport<'_>) -> Result<JudgingOutcome, CheckError> {
        let (whole, counts) = self
            .judge
            .finish_without(source.herkomst, &source.waiting)?;
        let waiting = source.waiting.into_iter().zip(counts);
        let waiting = waiting
            .filter(|(_, count)| *count > 0)
            .map(|(veld, count)| WaitingFindings::new(veld, count));
        let (oordeel, everything) = match self.subject {
            Subject::OwnFiles { everything: true } => {
                let shown = whole.shortened(PER_REGEL);
                let (bevindingen, counts) = (source.bevindingen.clone(), source.counts.clone());
                (shown, Some(whole.merge(bevindingen, counts)))
            }
            _ => (whole, None),
        };
        Ok(JudgingOutcome {
            oordeel: oordeel.merge(source.bevindingen, source.counts),
            everything,
            waiting: waiting.collect(),
        })
    }

    /// The judgement over a pakket, with the places of its canonical tables.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn finish_pakket(self) -> Result<Oordeel, CheckError> {
        self.judge.finish(&self.places)
    }
}
