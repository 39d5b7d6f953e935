//! Checks other tables by adding up whole numbers, and says what they leave unproven.
//!
//! Owns its own reading of the exact table, and shares nothing with the search: what it accepts is safe whatever the
//! search did. It accepts a table when every record in it is one that could be (its marks go together in true records), every published number is as near to what the table makes of it as to the true one, and sets that
//! are published as different numbers are different sets. Then it takes from what is sensitive all that the accepted
//! tables and the true one leave open.

use std::collections::{BTreeMap, HashMap};

use super::table::{
    Attacker, CountedCell, ExactRecord, ExactTable, NO_CODE, NumberAddress, OtherTable, RecordKind,
    SensitiveNumber,
};

/// Numbers from 1 up to this are sensitive.
const SMALL: i64 = 4;

/// Why a table is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// A record that is not there, is named twice, or hangs together with others.
    #[error("record {0} is not there, named twice, or can't be changed")]
    Record(u32),
    /// A record that nobody knows to be possible.
    #[error("record {0} has marks that do not go together in any true record")]
    Unlikely(usize),
    /// A number that would have been published otherwise.
    #[error("{number:?} would be {made}, and is published as {lowest} to {highest}")]
    Published {
        /// Which.
        number: NumberAddress,
        /// What the table makes of it.
        made: i64,
        /// The lowest it can be published as.
        lowest: i64,
        /// The highest.
        highest: i64,
    },
    /// Different published numbers of one set.
    #[error("{0:?} would be the same set as another number, and is published as a different one")]
    SameSet(NumberAddress),
}

/// A number that must stay open, and how far it has been shown to.
#[derive(Debug, Clone, Copy)]
struct OpenNumber {
    /// Place of the number, or of the whole.
    whole: u32,
    /// Place of the part that is taken off.
    part: Option<u32>,
    /// How much less it has been than in the true table.
    least: i64,
    /// How much more.
    most: i64,
}

/// What a table adds up to: per number how many, and a sum over who they are.
#[derive(Debug, Clone, Default)]
struct Sums {
    counts: Vec<i64>,
    sets: Vec<u64>,
}

/// Takes other tables in, one at a time.
pub struct CertificateChecker<'a> {
    table: &'a ExactTable,
    /// Per measure the place of its first number, and per breakdown of the table where its codes begin in a gebied.
    begin: Vec<usize>,
    cells: Vec<usize>,
    codes: Vec<Vec<Option<usize>>>,
    /// Per gemeente (by place) the areas around it, itself included.
    around: Vec<Vec<u32>>,
    /// How many numbers there are.
    numbers: usize,
    /// Per person how many records it has: of several none may go, or count in other measures.
    records: HashMap<u32, usize>,
    marks: MarkPairs,
    truth: Sums,
    open: BTreeMap<Attacker, Vec<OpenNumber>>,
    sensitive: usize,
}

impl<'a> CertificateChecker<'a> {
    /// Adds up the true table and finds what is sensitive in it.
    ///
    /// # Errors
    /// When the true table itself would not have been published so.
    pub fn new(table: &'a ExactTable) -> Result<Self, CertificateRefusal> {
        let mut around = vec![Vec::new(); table.areas.len()];
        for (place, area) in (0..).zip(&table.areas) {
            for &gemeente in &area.gemeenten {
                around[gemeente as usize].push(place);
            }
        }
        let mut checker = Self {
            table,
            begin: Vec::new(),
            cells: Vec::new(),
            codes: Vec::new(),
            around,
            numbers: 0,
            records: HashMap::new(),
            marks: MarkPairs::new(table),
            truth: Sums::default(),
            open: BTreeMap::new(),
            sensitive: 0,
        };
        for record in &table.records {
            *checker.records.entry(record.person).or_default() += 1;
        }
        for measure in &table.measures {
            let mut cells = 1;
            let mut codes = vec![None; table.breakdowns.len()];
            for &breakdown in &measure.breakdowns {
                let of = &table.breakdowns[breakdown as usize];
                codes[breakdown as usize] = Some(cells);
                cells += of.codes.len() + usize::from(!of.complete);
            }
            checker.begin.push(checker.numbers);
            checker.cells.push(cells);
            checker.codes.push(codes);
            checker.numbers += cells * table.areas.len();
        }
        checker.truth = checker.add_up(&OtherTable::default(), &|_| true);
        checker.agrees(&checker.truth)?;
        checker.find_sensitive();
        Ok(checker)
    }

    /// Accepts a table, or says why not.
    ///
    /// # Errors
    /// With the first thing that is not as it must be; then the table shows nothing.
    pub fn check(&mut self, other: &OtherTable) -> Result<(), CertificateRefusal> {
        let mut touched = vec![false; self.table.aanbieders.len()];
        let mut named = vec![false; self.table.records.len()];
        for (place, kind) in &other.changed {
            let stays = |record: &&ExactRecord| {
                let profile = kind.as_ref().map(|kind| kind.profile);
                self.records[&record.person] == 1 || profile == Some(record.kind.profile)
            };
            let record = self.table.records.get(*place as usize);
            let record = record.filter(|record| !record.fixed).filter(stays);
            let record = record.ok_or(CertificateRefusal::Record(*place))?;
            if std::mem::replace(&mut named[*place as usize], true) {
                return Err(CertificateRefusal::Record(*place));
            }
            touched[record.aanbieder as usize] = true;
        }
        let changed = other.changed.iter().filter_map(|(_, kind)| kind.as_ref());
        for (place, kind) in changed.chain(&other.added).enumerate() {
            if !is_possible(self.table, &self.marks, kind) {
                return Err(CertificateRefusal::Unlikely(place));
            }
        }
        let sums = self.add_up(other, &|_| true);
        self.agrees(&sums)?;
        for (attacker, numbers) in &mut self.open {
            if matches!(attacker, Attacker::Insider(aanbieder) if touched[*aanbieder as usize]) {
                continue;
            }
            let least = least_apart(*attacker);
            let counts = &sums.counts;
            for number in numbers.iter_mut() {
                let moved = number.value(counts) - number.value(&self.truth.counts);
                number.least = number.least.min(moved);
                number.most = number.most.max(moved);
            }
            numbers.retain(|number| number.most - number.least < least);
        }
        Ok(())
    }

    /// How many numbers are sensitive, over all attackers.
    pub fn sensitive(&self) -> usize {
        self.sensitive
    }

    /// How many of them no accepted table leaves open.
    pub fn open(&self) -> usize {
        self.open.values().map(Vec::len).sum()
    }

    /// What no accepted table leaves open, with the least and the most that it was more than the true number.
    pub fn unproven(&self) -> impl Iterator<Item = (Attacker, SensitiveNumber, (i64, i64))> {
        self.open.iter().flat_map(move |(&attacker, numbers)| {
            numbers.iter().map(move |number| {
                let whole = self.address(number.whole as usize);
                let sensitive = match number.part {
                    None => SensitiveNumber::Count { number: whole },
                    Some(part) => SensitiveNumber::Rest {
                        part: self.address(part as usize),
                        whole,
                    },
                };
                (attacker, sensitive, (number.least, number.most))
            })
        })
    }

    /// Everything of 1 to 4 that somebody could learn.
    fn find_sensitive(&mut self) {
        let mut all: Vec<OpenNumber> = Vec::new();
        let mut add = |whole: usize, part: Option<usize>| {
            all.push(OpenNumber {
                whole: whole as u32,
                part: part.map(|part| part as u32),
                least: 0,
                most: 0,
            });
        };
        for number in 0..self.truth.counts.len() {
            add(number, None);
            let NumberAddress {
                measure,
                area,
                cell,
            } = self.address(number);
            let whole = |cell| NumberAddress {
                measure,
                area,
                cell,
            };
            if let CountedCell::Code(breakdown, _) = cell {
                let filled = whole(CountedCell::Filled(breakdown));
                add(
                    self.place(filled).expect("its breakdown is there"),
                    Some(number),
                );
            }
            for &(_, of) in self.table.parts.iter().filter(|(part, _)| *part == measure) {
                let once = |place: u32| self.table.measures[place as usize].once;
                let whole = NumberAddress {
                    measure: of,
                    area,
                    cell,
                };
                // Children are no part of their trajecten: they are no more, but another set.
                if let Some(whole) = self.place(whole).filter(|_| once(measure) == once(of)) {
                    add(whole, Some(number));
                }
            }
        }
        let small = |value: i64| (1..=SMALL).contains(&value);
        let truth = &self.truth.counts;
        let anybody = all.iter().filter(|number| small(number.value(truth)));
        self.open
            .insert(Attacker::Anybody, anybody.copied().collect());
        for aanbieder in 0..self.table.aanbieders.len() as u32 {
            let of = |record: usize| self.table.records[record].aanbieder == aanbieder;
            let own = self.add_up(&OtherTable::default(), &of).counts;
            let learns = |number: &&OpenNumber| {
                let own = number.value(&own);
                own > 0 && small(number.value(truth) - own)
            };
            let numbers = all.iter().filter(learns).copied().collect();
            self.open.insert(Attacker::Insider(aanbieder), numbers);
        }
        self.sensitive = self.open.values().map(Vec::len).sum();
    }

    /// Whether these sums would have been published as the true ones were.
    fn agrees(&self, sums: &Sums) -> Result<(), CertificateRefusal> {
        let mut same: HashMap<(u32, u64), (i64, i64)> = HashMap::new();
        for published in &self.table.published {
            let number = published.number;
            let Some(place) = self.place(number) else {
                continue;
            };
            let (mut lowest, mut highest) = (published.lowest, published.highest);
            let made = sums.counts[place];
            let within = self.table.within;
            if made < lowest - within || made > highest + within {
                return Err(CertificateRefusal::Published {
                    number,
                    made,
                    lowest,
                    highest,
                });
            }
            // Of nobody the published number is 0 already: it is that near.
            if made > 0 {
                let unit = self.table.measures[number.measure as usize].unit;
                let before = same
                    .entry((unit, sums.sets[place]))
                    .or_insert((lowest, highest));
                lowest = lowest.max(before.0);
                highest = highest.min(before.1);
                if lowest > highest {
                    return Err(CertificateRefusal::SameSet(number));
                }
                *before = (lowest, highest);
            }
        }
        Ok(())
    }

    /// Adds up what the records, of these places, are in a table.
    fn add_up(&self, other: &OtherTable, of: &dyn Fn(usize) -> bool) -> Sums {
        let mut sums = Sums {
            counts: vec![0; self.numbers],
            sets: vec![0; self.numbers],
        };
        let changed: HashMap<usize, Option<&RecordKind>> = other
            .changed
            .iter()
            .map(|(place, kind)| (*place as usize, kind.as_ref()))
            .collect();
        // Numbers that a person counts in once, whichever of its records puts it there.
        let mut once: Vec<(u32, usize)> = Vec::new();
        let records = self.table.records.iter().enumerate();
        for (place, record) in records.filter(|(place, _)| of(*place)) {
            let kind = changed.get(&place).copied().unwrap_or(Some(&record.kind));
            let Some(kind) = kind else { continue };
            self.each_number(kind, &mut |number, by_person| {
                if record.fixed && by_person {
                    once.push((record.person, number));
                } else {
                    sums.add(number, place as u64);
                }
            });
        }
        once.sort_unstable();
        once.dedup();
        for (person, number) in once {
            sums.add(number, u64::from(person) | 1 << 40);
        }
        for (place, kind) in other.added.iter().enumerate() {
            self.each_number(kind, &mut |number, _| {
                sums.add(number, place as u64 | 1 << 41);
            });
        }
        sums
    }

    /// Every number that a record of this kind counts in, and whether people count once in it.
    fn each_number(&self, kind: &RecordKind, tell: &mut impl FnMut(usize, bool)) {
        for &measure in &self.table.profiles[kind.profile as usize] {
            let once = self.table.measures[measure as usize].once;
            let measure = measure as usize;
            for &area in &self.around[kind.gemeente as usize] {
                let begin = self.begin[measure] + area as usize * self.cells[measure];
                tell(begin, once);
                for (breakdown, codes) in self.codes[measure].iter().enumerate() {
                    let (Some(codes), code) = (codes, kind.codes[breakdown]) else {
                        continue;
                    };
                    if code != NO_CODE {
                        let breakdown = &self.table.breakdowns[breakdown];
                        tell(begin + codes + code as usize, once);
                        if !breakdown.complete {
                            tell(begin + codes + breakdown.codes.len(), once);
                        }
                    }
                }
            }
        }
    }

    /// Where a number stands; `None` where its measure has no such breakdown. All that have a code of a breakdown that is
    /// complete are the total.
    fn place(&self, number: NumberAddress) -> Option<usize> {
        let measure = number.measure as usize;
        let cell = match number.cell {
            CountedCell::Total => 0,
            CountedCell::Code(breakdown, code) => {
                self.codes[measure][breakdown as usize]? + code as usize
            }
            CountedCell::Filled(breakdown) => {
                let codes = self.codes[measure][breakdown as usize]?;
                let breakdown = &self.table.breakdowns[breakdown as usize];
                if breakdown.complete {
                    0
                } else {
                    codes + breakdown.codes.len()
                }
            }
        };
        Some(self.begin[measure] + number.area as usize * self.cells[measure] + cell)
    }

    /// Which number stands there.
    fn address(&self, place: usize) -> NumberAddress {
        let measure = self.begin.partition_point(|begin| *begin <= place) - 1;
        let within = place - self.begin[measure];
        let (area, cell) = (within / self.cells[measure], within % self.cells[measure]);
        let mut found = CountedCell::Total;
        for &breakdown in &self.table.measures[measure].breakdowns {
            let begin = self.codes[measure][breakdown as usize].expect("it has this breakdown");
            if cell >= begin {
                let code = cell - begin;
                let codes = self.table.breakdowns[breakdown as usize].codes.len();
                found = if code < codes {
                    CountedCell::Code(breakdown, code as u8)
                } else {
                    CountedCell::Filled(breakdown)
                };
            }
        }
        NumberAddress {
            measure: measure as u32,
            area: area as u32,
            cell: found,
        }
    }
}

impl Sums {
    fn add(&mut self, number: usize, who: u64) {
        self.counts[number] += 1;
        self.sets[number] = self.sets[number].wrapping_add(scattered(who));
    }
}

impl OpenNumber {
    fn value(&self, counts: &[i64]) -> i64 {
        let part = self.part.map_or(0, |part| counts[part as usize]);
        counts[self.whole as usize] - part
    }
}

/// How far apart what a number can be must lie, the true number included.
fn least_apart(attacker: Attacker) -> i64 {
    match attacker {
        Attacker::Anybody => 2,
        Attacker::Insider(_) => 1,
    }
}

/// Spreads a number over 64 bits, so that sums of different ones differ (the finaliser of SplitMix64).
fn scattered(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Which marks of a record go together: two codes (or none) of two breakdowns that some true record has both, and a code
/// and a profile when, measure by measure, some true record that counts in it, or does not, has that code.
#[derive(Debug, Clone)]
pub(super) struct MarkPairs {
    /// Per breakdown the number of its first code, and of none.
    codes: Vec<(usize, usize)>,
    marks: usize,
    seen: Vec<bool>,
    /// Per profile and mark.
    fits: Vec<bool>,
}

impl MarkPairs {
    pub(super) fn new(table: &ExactTable) -> Self {
        let mut marks = 0;
        let mut codes = Vec::new();
        for breakdown in &table.breakdowns {
            let none = marks + breakdown.codes.len();
            codes.push((marks, none));
            marks = none + 1;
        }
        let mut pairs = Self {
            codes,
            marks,
            seen: vec![false; marks * marks],
            fits: vec![false; marks * table.profiles.len()],
        };
        for record in &table.records {
            let (profile, codes) = (record.kind.profile as usize, &record.kind.codes);
            for (breakdown, &code) in codes.iter().enumerate() {
                let mark = pairs.mark(breakdown, code);
                pairs.fits[profile * marks + mark] = true;
                for (other, &code) in codes.iter().enumerate().skip(breakdown) {
                    let other = pairs.mark(other, code);
                    pairs.seen[mark * marks + other] = true;
                }
            }
        }
        let counts_in: Vec<Vec<bool>> = table
            .profiles
            .iter()
            .map(|profile| {
                let mut all = vec![false; table.measures.len()];
                for &measure in profile {
                    all[measure as usize] = true;
                }
                all
            })
            .collect();
        for mark in 0..marks {
            // Per measure whether a record with this mark is out of it, and in it.
            let mut known = vec![[false; 2]; table.measures.len()];
            for (profile, counts_in) in counts_in.iter().enumerate() {
                if pairs.fits[profile * marks + mark] {
                    for (known, &is_in) in known.iter_mut().zip(counts_in) {
                        known[usize::from(is_in)] = true;
                    }
                }
            }
            for (profile, counts_in) in counts_in.iter().enumerate() {
                let mut each = known.iter().zip(counts_in);
                pairs.fits[profile * marks + mark] =
                    each.all(|(known, &is_in)| known[usize::from(is_in)]);
            }
        }
        pairs
    }

    /// Whether all these marks go together.
    pub(super) fn go_together(&self, profile: u32, codes: &[u8]) -> bool {
        codes.iter().enumerate().all(|(breakdown, &code)| {
            let mark = self.mark(breakdown, code);
            let row = &self.seen[mark * self.marks..][..self.marks];
            let mut others = codes.iter().enumerate().skip(breakdown);
            self.fits[profile as usize * self.marks + mark]
                && others.all(|(other, &code)| row[self.mark(other, code)])
        })
    }

    fn mark(&self, breakdown: usize, code: u8) -> usize {
        let (first, none) = self.codes[breakdown];
        if code == NO_CODE {
            none
        } else {
            first + code as usize
        }
    }
}

/// Whether a record of this kind can be in this table.
fn is_possible(table: &ExactTable, marks: &MarkPairs, kind: &RecordKind) -> bool {
    let gemeente = table.areas.get(kind.gemeente as usize);
    let known = kind.codes.iter().zip(&table.breakdowns);
    let mut known = known.map(|(&code, of)| code == NO_CODE || usize::from(code) < of.codes.len());
    gemeente.is_some_and(|area| area.gemeenten == [kind.gemeente])
        && kind.codes.len() == table.breakdowns.len()
        && (kind.profile as usize) < table.profiles.len()
        && known.all(|known| known)
        && marks.go_together(kind.profile, &kind.codes)
}
