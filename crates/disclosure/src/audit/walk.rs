//! A walk over tables that would have been published alike.
//!
//! Owns one step: a record or two become something else, and stay so when every published number keeps near enough to
//! the published one and no two sets become one that are published as different numbers. Each table is come upon about
//! as often as it would have been published so (Metropolis, with the chance that the key draws the published number),
//! but for a pull towards tables that leave aimed-at numbers open. It makes a fixed number of steps and never looks at a
//! clock. Leaves what to aim at to [`super::certificate`] and judging to [`super::check_certificate`].

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::check_certificate::MarkPairs;
use super::numbers::{NumberMap, Placed, WalkKind, Window};
use super::proposal::{Dice, Pools, propose, scattered};
use super::table::{ExactTable, OtherTable};

/// What a step towards an aimed-at number is worth, in thousandths of a nat.
const PULL: i64 = 4_000;
/// What it costs to be further from a published number than can be, per one further, where that is allowed for a while:
/// in the beginning of a pursuit, and how much more in the end.
const STRAIN: [i64; 2] = [300, 3_000];
/// So often something is drawn anew that does not bring an aim nearer.
const TRIES: usize = 8;
/// So many records are looked at for one that counts in a number.
const SEEN: usize = 64;
/// So many records more there could be.
const SPARE: usize = 8;

/// A number to leave open: it, or what a part leaves of it, and where to bring it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) whole: Placed,
    pub(super) part: Option<Placed>,
    /// Up to at least this, or down to at most this.
    pub(super) goal: i32,
    pub(super) upward: bool,
}

impl Aim {
    fn short(&self, counts: impl Fn(u32) -> i32) -> i64 {
        let value = counts(self.whole.place) - self.part.map_or(0, |part| counts(part.place));
        let short = if self.upward {
            self.goal - value
        } else {
            value - self.goal
        };
        i64::from(short.max(0))
    }

    /// How often a record counts in it.
    fn value_of(&self, map: &NumberMap, kind: Option<&WalkKind>) -> i32 {
        kind.filter(|kind| map.lives_in(kind, self.whole.number.area))
            .map_or(0, |kind| self.value_anywhere(map, kind))
    }

    /// How often it would if it lived there.
    fn value_anywhere(&self, map: &NumberMap, kind: &WalkKind) -> i32 {
        let part = self.part.is_some_and(|part| map.counts(kind, &part));
        i32::from(map.counts(kind, &self.whole)) - i32::from(part)
    }
}

/// A record, what it was, and what it is.
type Change = (u32, Option<WalkKind>, Option<WalkKind>);

/// What a walk is given, the same for all walks over a table.
pub(super) struct Ground<'a> {
    pub(super) table: &'a ExactTable,
    pub(super) map: &'a NumberMap,
    pub(super) marks: &'a MarkPairs,
    /// Per record whether it must stay, and in the same measures.
    pub(super) bound: &'a [bool],
    /// What each number is in the true table.
    pub(super) counts: &'a [i32],
    /// Which records each number counts, as a sum over them.
    pub(super) sets: &'a [u64],
}

/// A table in the making.
pub(super) struct Walk<'a> {
    ground: &'a Ground<'a>,
    /// What each record is now, and then each of those that could be added.
    now: Vec<Option<WalkKind>>,
    /// Records that may change.
    free: Vec<u32>,
    is_free: Vec<bool>,
    pools: Pools,
    counts: Vec<i32>,
    sets: Vec<u64>,
    /// Per set what it can be published as, and how many numbers are that set.
    same: HashMap<u64, (i32, i32, u32), BuildHasherDefault<Spread>>,
    aims: Vec<Aim>,
    /// Per number the aims that it is in.
    aims_of: HashMap<u32, Vec<u32>, BuildHasherDefault<Spread>>,
    watched: Vec<bool>,
    delta: Vec<i32>,
    is_touched: Vec<bool>,
    touched: Vec<u32>,
    /// Per distance from the published number how likely it is drawn.
    likely: Vec<i64>,
    dice: Dice,
    /// What was changed since a pursuit began; while it lasts published numbers may be too far off.
    journal: Option<Vec<[Change; 2]>>,
    /// By how much they are, together, and which.
    strain: i64,
    far: BTreeSet<u32>,
    /// What it costs, per one further.
    cost: i64,
}

impl<'a> Walk<'a> {
    /// A walk from the true table, over records of aanbieders that are not `still`.
    pub(super) fn new(ground: &'a Ground<'a>, still: &[bool], seed: u64) -> Self {
        let table = ground.table;
        let mut now: Vec<Option<WalkKind>> = table
            .records
            .iter()
            .map(|r| Some(WalkKind::new(&r.kind)))
            .collect();
        now.resize(table.records.len() + SPARE, None);
        let is_free = (0..now.len()).map(|place| {
            let record = table.records.get(place);
            record.is_none_or(|r| !r.fixed && !still[r.aanbieder as usize])
        });
        let is_free: Vec<bool> = is_free.collect();
        let free = (0..).zip(&is_free).filter(|(_, free)| **free);
        let free: Vec<u32> = free.map(|(place, _)| place).collect();
        let within = table.within;
        let likely = (0..=within).map(|far| {
            let chance = (within + 1 - far) as f64 / (within + 1) as f64;
            (chance.ln() * 1_000.0).round() as i64
        });
        let windows = &ground.map.windows;
        let mut walk = Self {
            ground,
            now,
            pools: Pools::new(table, &free),
            free,
            is_free,
            counts: ground.counts.to_vec(),
            sets: ground.sets.to_vec(),
            same: HashMap::default(),
            aims: Vec::new(),
            aims_of: HashMap::default(),
            watched: windows.iter().map(Option::is_some).collect(),
            delta: vec![0; windows.len()],
            is_touched: vec![false; windows.len()],
            touched: Vec::new(),
            likely: likely.collect(),
            dice: Dice::new(scattered(seed)),
            journal: None,
            strain: 0,
            far: BTreeSet::new(),
            cost: 0,
        };
        for (place, window) in windows.iter().enumerate() {
            if let Some(window) = window {
                walk.put(walk.sets[place], *window, walk.counts[place]);
            }
        }
        walk
    }

    /// Takes these as the numbers to leave open.
    pub(super) fn aim(&mut self, aims: Vec<Aim>) {
        self.aims = aims;
        self.aims_of.clear();
        for (k, aim) in (0..).zip(&self.aims) {
            for place in [Some(aim.whole), aim.part]
                .into_iter()
                .flatten()
                .map(|number| number.place)
            {
                self.watched[place as usize] = true;
                self.aims_of.entry(place).or_default().push(k);
            }
        }
    }

    /// Makes so many steps anywhere.
    pub(super) fn wander(&mut self, steps: usize) {
        for _ in 0..steps {
            let record = self.dice.of(&self.free).copied();
            let pair = record.and_then(|record| Some((record, self.partner(record)?)));
            if let Some(changes) = pair.and_then(|(one, two)| self.draw(one, two)) {
                self.attempt(&changes);
            }
        }
    }

    /// Makes so many steps towards what is aimed at.
    pub(super) fn hunt(&mut self, steps: usize) {
        for _ in 0..steps {
            self.approach();
        }
    }

    /// Makes so many steps towards what is aimed at, until it is reached, and undoes them all where it is not. On the
    /// way published numbers may be too far off.
    pub(super) fn pursue(&mut self, steps: usize) -> bool {
        self.journal = Some(Vec::new());
        let mut found = false;
        for step in 0..steps {
            self.cost = STRAIN[0] + STRAIN[1] * step as i64 / steps as i64;
            found = self.strain == 0 && self.aims.iter().all(|aim| self.reached(aim));
            if found {
                break;
            }
            self.approach();
        }
        let journal = self.journal.take().unwrap_or_default();
        if !found {
            for changes in journal.iter().rev() {
                self.clear();
                let back = changes.map(|(record, old, new)| (record, new, old));
                for (_, old, new) in &back {
                    self.touch(old.as_ref(), new.as_ref());
                }
                self.take(&back);
            }
            self.strain = 0;
            self.far.clear();
        }
        found
    }

    /// A step around one of the aims: mostly one that brings it nearer.
    fn approach(&mut self) {
        let Some(&(mut aim)) = self.dice.of(&self.aims) else {
            return;
        };
        if !self.far.is_empty() && self.dice.below(4) > 0 {
            aim = self.back();
        }
        let nearer = !self.reached(&aim) && self.dice.below(4) > 0;
        let Some((record, partner)) = self.around(&aim, nearer) else {
            return;
        };
        for _ in 0..TRIES {
            let Some(changes) = self.draw(record, partner) else {
                continue;
            };
            let moved = changes.iter().map(|(_, old, new)| {
                let value = |kind: &Option<WalkKind>| aim.value_of(self.ground.map, kind.as_ref());
                value(new) - value(old)
            });
            let moved: i32 = moved.sum();
            if !nearer || moved != 0 && (moved > 0) == aim.upward {
                self.attempt(&changes);
                return;
            }
        }
    }

    /// Back to its window one of the published numbers that are too far off.
    fn back(&mut self) -> Aim {
        let which = self.dice.below(self.far.len());
        let place = *self.far.iter().nth(which).expect("it is one of them");
        let window = self.ground.map.windows[place as usize].expect("it is published");
        let upward = self.counts[place as usize] < window.lowest;
        Aim {
            whole: Placed {
                number: self.ground.map.address(self.ground.table, place),
                place,
            },
            part: None,
            goal: if upward {
                window.lowest
            } else {
                window.highest
            },
            upward,
        }
    }

    /// Two records around an aim: to bring it nearer, one that is to come into it and one that is like those in it, or
    /// one that is to leave it and another.
    fn around(&mut self, aim: &Aim, nearer: bool) -> Option<(u32, u32)> {
        let (area, measure) = (aim.whole.number.area, aim.whole.number.measure);
        let map = self.ground.map;
        let is_in = |now: &[Option<WalkKind>], record: u32| {
            aim.value_of(map, now[record as usize].as_ref()) > 0
        };
        if nearer && !aim.upward {
            for _ in 0..SEEN {
                let record = match self.dice.below(2) {
                    0 => self.pools.in_area(&mut self.dice, area)?,
                    _ => self.pools.in_measure(&mut self.dice, measure)?,
                };
                if is_in(&self.now, record) {
                    return Some((record, self.partner(record)?));
                }
            }
            return None;
        }
        let record = match self.dice.below(8) {
            0 => *self.dice.of(&self.free)?,
            1 => self.spare(),
            _ => {
                let mut record = self.pools.in_area(&mut self.dice, area)?;
                for _ in 0..TRIES {
                    if nearer && is_in(&self.now, record) {
                        record = self.pools.in_area(&mut self.dice, area)?;
                    }
                }
                record
            }
        };
        if !nearer {
            return Some((record, self.partner(record)?));
        }
        let alike = |kind: &Option<WalkKind>| {
            kind.as_ref()
                .is_some_and(|kind| aim.value_anywhere(map, kind) > 0)
        };
        let mut partner = self
            .pools
            .in_measure(&mut self.dice, aim.whole.number.measure)?;
        for _ in 0..TRIES {
            if !alike(&self.now[partner as usize]) {
                partner = self
                    .pools
                    .in_measure(&mut self.dice, aim.whole.number.measure)?;
            }
        }
        Some((record, partner))
    }

    fn reached(&self, aim: &Aim) -> bool {
        aim.short(|place| self.counts[place as usize]) == 0
    }

    /// How the table differs from the true one; `None` where it would not have been published so.
    pub(super) fn table(&self) -> Option<OtherTable> {
        if self.strain > 0 {
            return None;
        }
        let table = self.ground.table;
        let breakdowns = table.breakdowns.len();
        let (true_ones, added) = self.now.split_at(table.records.len());
        let told = |kind: &WalkKind| kind.told(breakdowns);
        let now = (0..).zip(true_ones.iter().map(|kind| kind.as_ref().map(told)));
        let changed = now.filter(|(place, kind): &(u32, _)| {
            kind.as_ref() != Some(&table.records[*place as usize].kind)
        });
        Some(OtherTable {
            changed: changed.collect(),
            added: added.iter().flatten().map(told).collect(),
        })
    }

    /// A record to change with another.
    fn partner(&mut self, record: u32) -> Option<u32> {
        match &self.now[record as usize] {
            Some(kind) if self.dice.below(32) > 0 => {
                let around = &self.ground.map.around[kind.gemeente as usize];
                self.pools.partner(&mut self.dice, kind, around)
            }
            Some(_) => Some(self.spare()),
            None => self.dice.of(&self.free).copied(),
        }
    }

    /// A record that could be added.
    fn spare(&mut self) -> u32 {
        (self.now.len() - 1 - self.dice.below(SPARE)) as u32
    }

    /// Draws what two records become.
    fn draw(&mut self, record: u32, partner: u32) -> Option<[Change; 2]> {
        let (one, two) = (self.now[record as usize], self.now[partner as usize]);
        let breakdowns = self.ground.table.breakdowns.len();
        let (a, b) = propose(&mut self.dice, one, two, breakdowns)?;
        let changes = [(record, one, a), (partner, two, b.unwrap_or(two))];
        (record != partner).then_some(changes)
    }

    /// Changes records where that may be.
    fn attempt(&mut self, changes: &[Change; 2]) {
        if !changes
            .iter()
            .all(|(record, old, new)| self.may_be(*record, *old, *new))
        {
            return;
        }
        self.clear();
        for (_, old, new) in changes {
            self.touch(old.as_ref(), new.as_ref());
        }
        let Some((gain, strain)) = self.gain() else {
            return;
        };
        if gain + self.dice.luck() >= 0 && self.take(changes) {
            self.strain += strain;
            if let Some(journal) = &mut self.journal {
                journal.push(*changes);
                for &place in &self.touched {
                    let window = self.ground.map.windows[place as usize];
                    if window.is_some_and(|w| excess(&w, self.counts[place as usize]) > 0) {
                        self.far.insert(place);
                    } else {
                        self.far.remove(&place);
                    }
                }
            }
        }
    }

    fn may_be(&self, record: u32, old: Option<WalkKind>, new: Option<WalkKind>) -> bool {
        if old == new {
            return true;
        }
        let bound = self
            .ground
            .bound
            .get(record as usize)
            .is_some_and(|bound| *bound);
        let profile = |kind: Option<WalkKind>| kind.map(|kind| kind.profile);
        let breakdowns = self.ground.table.breakdowns.len();
        self.is_free[record as usize]
            && !(bound && profile(old) != profile(new))
            && new.is_none_or(|kind| {
                self.ground
                    .marks
                    .go_together(kind.profile, &kind.codes[..breakdowns])
            })
    }

    fn clear(&mut self) {
        for place in self.touched.drain(..) {
            self.delta[place as usize] = 0;
            self.is_touched[place as usize] = false;
        }
    }

    fn touch(&mut self, old: Option<&WalkKind>, new: Option<&WalkKind>) {
        let (watched, delta) = (&self.watched, &mut self.delta);
        let (is_touched, touched) = (&mut self.is_touched, &mut self.touched);
        self.ground
            .map
            .each_difference(old, new, &mut |place, change| {
                let k = place as usize;
                if watched[k] {
                    delta[k] += change;
                    if !std::mem::replace(&mut is_touched[k], true) {
                        touched.push(place);
                    }
                }
            });
    }

    /// How much likelier the table becomes, and by how much more it is strained; `None` where it may not be.
    fn gain(&self) -> Option<(i64, i64)> {
        let (mut gain, mut strain) = (0, 0);
        for &place in &self.touched {
            let k = place as usize;
            if self.delta[k] == 0 {
                continue;
            }
            if let Some(window) = &self.ground.map.windows[k] {
                let (before, after) = (self.counts[k], self.counts[k] + self.delta[k]);
                let further = excess(window, after) - excess(window, before);
                if further > 0 && self.journal.is_none() {
                    return None;
                }
                strain += further;
                gain += self.likely(window, after) - self.likely(window, before);
            }
        }
        if !self.aims_of.is_empty() {
            gain += PULL * self.nearer();
        }
        Some((gain - self.cost * strain, strain))
    }

    /// How much nearer what is aimed at comes.
    fn nearer(&self) -> i64 {
        let before = |place: u32| self.counts[place as usize];
        let after = |place: u32| before(place) + self.delta[place as usize];
        let mut nearer = 0;
        for &place in &self.touched {
            for &aim in self.aims_of.get(&place).into_iter().flatten() {
                let aim = &self.aims[aim as usize];
                // Once, where both its numbers are touched.
                if aim.whole.place == place || !self.is_touched[aim.whole.place as usize] {
                    nearer += aim.short(before) - aim.short(after);
                }
            }
        }
        nearer
    }

    fn likely(&self, window: &Window, count: i32) -> i64 {
        let (lowest, highest) = window.shown;
        let far = (lowest - count).max(count - highest).max(0) as usize;
        self.likely[far.min(self.likely.len() - 1)]
    }

    /// Changes these records, unless two sets become one that are published as different numbers.
    fn take(&mut self, changes: &[Change]) -> bool {
        self.take_sets_away();
        for &(record, old, new) in changes {
            self.change(record, old, new);
        }
        let differ = self.put_sets();
        if !differ {
            self.take_sets_away();
            for &(record, old, new) in changes {
                self.change(record, new, old);
            }
            self.put_sets();
        }
        differ
    }

    /// Counts a record as something else.
    fn change(&mut self, record: u32, old: Option<WalkKind>, new: Option<WalkKind>) {
        self.now[record as usize] = new;
        let who = scattered(u64::from(record) + 1);
        let (counts, sets, watched) = (&mut self.counts, &mut self.sets, &self.watched);
        self.ground
            .map
            .each_difference(old.as_ref(), new.as_ref(), &mut |place, change| {
                let k = place as usize;
                if watched[k] {
                    counts[k] += change;
                    sets[k] =
                        sets[k].wrapping_add(if change > 0 { who } else { who.wrapping_neg() });
                }
            });
    }

    /// Takes the sets of all touched numbers out of what is the same.
    fn take_sets_away(&mut self) {
        for &place in &self.touched {
            let k = place as usize;
            if let (Some(window), 1..) = (self.ground.map.windows[k], self.counts[k])
                && let Some(same) = self.same.get_mut(&key(self.sets[k], &window))
            {
                same.2 -= 1;
                if same.2 == 0 {
                    self.same.remove(&key(self.sets[k], &window));
                }
            }
        }
    }

    /// Puts the sets of all touched numbers in; whether none is published as another number already.
    fn put_sets(&mut self) -> bool {
        let mut differ = true;
        for k in 0..self.touched.len() {
            let place = self.touched[k] as usize;
            if let Some(window) = self.ground.map.windows[place] {
                differ &= self.put(self.sets[place], window, self.counts[place]);
            }
        }
        differ
    }

    fn put(&mut self, set: u64, window: Window, count: i32) -> bool {
        if count == 0 {
            return true;
        }
        let (lowest, highest) = window.shown;
        let same = self
            .same
            .entry(key(set, &window))
            .or_insert((lowest, highest, 0));
        same.2 += 1;
        let both = (same.0.max(lowest), same.1.min(highest));
        if both.0 <= both.1 {
            (same.0, same.1) = both;
        }
        both.0 <= both.1
    }
}

/// How far a count is out of its window.
fn excess(window: &Window, count: i32) -> i64 {
    i64::from((window.lowest - count).max(count - window.highest).max(0))
}

/// What the same set has, of one unit.
fn key(set: u64, window: &Window) -> u64 {
    set ^ scattered(u64::from(window.unit) + 1)
}

/// Hashes what is spread already.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = scattered(self.0 ^ u64::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = scattered(u64::from(number) + 1);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
