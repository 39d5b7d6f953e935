//! What an attack came to, for people and for programs.
//!
//! Owns the words and the fields. Leaves finding to [`super::search`].

use std::collections::BTreeMap;
use std::fmt;

use schema::Niveau;
use serde::Serialize;

/// So many of what was found are named in the text; the fields have all.
const NAMED: usize = 20;

/// What an attack came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditReport {
    /// The publication, and the earlier ones read with it.
    pub publications: Vec<String>,
    /// The aanbieder that attacked with its own counts; what follows is then what the others count.
    pub insider: Option<String>,
    /// How many numbers the attack knew of.
    pub numbers: usize,
    /// How many sums and inclusions tied them.
    pub relations: usize,
    /// How it ended.
    pub ending: AttackEnding,
    /// Indicators, gebieden and codes whose rows were not read, because nothing says what they are.
    pub unread: Vec<String>,
    /// Whether the exact numbers were at hand, so that every small count was recognised.
    pub knows_exact: bool,
    /// What was found, by level and breakdown.
    pub tallies: Vec<LevelTally>,
    /// Every number that follows, exactly or to within one.
    pub followed: Vec<Followed>,
    /// Single children of whom several attributes follow.
    pub profiles: Vec<Profile>,
}

/// How an attack ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackEnding {
    /// Nothing more follows from one relation at a time.
    Settled,
    /// It gave up: more may follow.
    Unfinished,
    /// The publication contradicts itself, or what was said of it is not so; nothing was looked for.
    Contradiction {
        /// The number for which nothing fits.
        number: String,
    },
}

/// Which number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Those in the cell.
    #[default]
    Count,
    /// Those of its whole that are not in it.
    Rest,
}

/// Counts of 1 to 4 at one level, in one breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelTally {
    /// Counts, or what they leave of their whole.
    pub what: What,
    /// Level.
    pub niveau: Niveau,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
    /// How many there are; 0 where the exact numbers were not at hand.
    pub small: usize,
    /// How many follow exactly.
    pub exactly: usize,
    /// How many follow exactly or to within one.
    pub within_one: usize,
    /// How many of those that follow exactly or to within one have a row in the publication.
    pub told: usize,
}

/// A number that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// The count, or what it leaves of its whole.
    pub what: What,
    /// In which publication.
    pub publication: String,
    /// What is counted, by measure; of several that always are the same number, one.
    pub measure: String,
    /// Level.
    pub niveau: Niveau,
    /// Gebied.
    pub gebied: String,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
    /// `totaal`, or the code.
    pub categorie: String,
    /// It is no less than this.
    pub lower: i64,
    /// It is no more than this.
    pub upper: i64,
    /// What it is, where the exact numbers were at hand.
    pub exact: Option<i64>,
    /// Whether the publication has a row for it.
    pub told: bool,
}

/// A single child, and what follows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// In which publication.
    pub publication: String,
    /// Where.
    pub gebied: String,
    /// The measure that counts it.
    pub measure: String,
    /// Its code in each breakdown.
    pub attributes: BTreeMap<String, String>,
}

impl AuditReport {
    /// How many counts of 1 to 4 follow exactly.
    pub fn exactly(&self, what: What) -> usize {
        self.of(what).map(|tally| tally.exactly).sum()
    }

    /// How many follow exactly or to within one.
    pub fn within_one(&self, what: What) -> usize {
        self.of(what).map(|tally| tally.within_one).sum()
    }

    /// How many counts of 1 to 4 there are; 0 where the exact numbers were not at hand.
    pub fn small(&self, what: What) -> usize {
        self.of(what).map(|tally| tally.small).sum()
    }

    /// Whether it found a number or a child.
    pub fn found(&self) -> bool {
        !self.followed.is_empty() || !self.profiles.is_empty()
    }

    /// Whether all was looked for that this attack looks for.
    pub fn finished(&self) -> bool {
        self.ending == AttackEnding::Settled
    }

    fn of(&self, what: What) -> impl Iterator<Item = &LevelTally> {
        self.tallies.iter().filter(move |tally| tally.what == what)
    }
}

impl LevelTally {
    /// Counts one number in: whether it is known to be small, and how far its bounds are apart where it was found.
    pub(super) fn add(&mut self, small: bool, width: Option<i64>, told: bool) {
        self.small += usize::from(small);
        self.exactly += usize::from(width == Some(0));
        self.within_one += usize::from(width.is_some());
        self.told += usize::from(width.is_some() && told);
    }
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attack on {}", self.publications[0])?;
        if let [_, earlier @ ..] = self.publications.as_slice()
            && !earlier.is_empty()
        {
            write!(f, ", read with {}", earlier.join(", "))?;
        }
        if let Some(insider) = &self.insider {
            write!(f, ", by {insider} with its own counts")?;
        }
        writeln!(
            f,
            ": {} numbers, {} relations",
            self.numbers, self.relations
        )?;
        match &self.ending {
            AttackEnding::Settled => {}
            AttackEnding::Unfinished => writeln!(
                f,
                "not finished: the bounds still moved when it gave up. What is below follows; it does not show that \
                 nothing else does."
            )?,
            AttackEnding::Contradiction { number } => writeln!(
                f,
                "not done: no number fits for {number}. Either a published number is wrong, or what is declared of it \
                 is. This shows nothing of what follows from the publication."
            )?,
        }
        if !self.unread.is_empty() {
            writeln!(f, "not read, so not attacked: {}", self.unread.join(", "))?;
        }
        if self.ending_is_contradiction() {
            return Ok(());
        }
        self.fmt_tallies(f)?;
        self.fmt_named(f)
    }
}

impl AuditReport {
    fn ending_is_contradiction(&self) -> bool {
        matches!(self.ending, AttackEnding::Contradiction { .. })
    }

    fn fmt_tallies(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, words) in [
            (What::Count, "counts of 1 to 4"),
            (What::Rest, "1 to 4 left of a whole by a part"),
        ] {
            let (exactly, within_one) = (self.exactly(what), self.within_one(what));
            write!(
                f,
                "{words}: {exactly} follow exactly, {within_one} to within one"
            )?;
            if self.knows_exact {
                write!(f, ", of {}", self.small(what))?;
            }
            writeln!(f)?;
            for tally in self.of(what).filter(|tally| tally.within_one > 0) {
                writeln!(
                    f,
                    "  {} {}: {} exactly, {} to within one ({} of them published)",
                    tally.niveau.name(),
                    tally.uitsplitsing,
                    tally.exactly,
                    tally.within_one,
                    tally.told
                )?;
            }
        }
        Ok(())
    }

    fn fmt_named(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for profile in self.profiles.iter().take(NAMED) {
            let attributes = profile.attributes.iter();
            let attributes: Vec<String> =
                attributes.map(|(b, code)| format!("{b} {code}")).collect();
            writeln!(
                f,
                "one child in {} ({}): {}",
                profile.gebied,
                profile.measure,
                attributes.join(", ")
            )?;
        }
        more(f, self.profiles.len(), "single children")?;
        for followed in self.followed.iter().take(NAMED) {
            let rest = match followed.what {
                What::Count => "",
                What::Rest => "all but ",
            };
            writeln!(
                f,
                "{rest}{} in {} ({} {}): {} to {}",
                followed.measure,
                followed.gebied,
                followed.uitsplitsing,
                followed.categorie,
                followed.lower,
                followed.upper
            )?;
        }
        more(f, self.followed.len(), "numbers")
    }
}

fn more(f: &mut fmt::Formatter<'_>, all: usize, what: &str) -> fmt::Result {
    match all.saturating_sub(NAMED) {
        0 => Ok(()),
        rest => writeln!(f, "and {rest} more {what}"),
    }
}
