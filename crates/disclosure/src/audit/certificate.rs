//! Looks for certificates: for every number that must stay open, another table that would have been published alike.
//!
//! Owns the search. It puts records into atoms of the number or takes them out, and mends, a record at a time, the
//! published numbers that this breaks. It makes a fixed number of moves, and never looks at a clock, so that the same
//! table gives the same certificates. Leaves judging them to [`super::check_certificate`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::table::{Attacker, Certificate, ExactTable, Group, SensitiveNumber};

/// Numbers from 1 up to this are sensitive.
const SMALL: i64 = 4;
/// True numbers are no further than this from the published one.
const NEAR: i64 = 4;
/// So many times a table is begun anew for one goal.
const ROUNDS: usize = 6;
/// So many moves make up a table at most.
const DEPTH: usize = 60;
/// So many atoms are looked at for one move.
const BREADTH: usize = 200;
/// So many moves long an atom is not changed back.
const HELD: usize = 6;

/// What the search found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Certificates {
    /// The certificates. Together they cover everything but what is unproven.
    pub certificates: Vec<Certificate>,
    /// How many targets they cover.
    pub covered: usize,
    /// What has no certificate: it may be safe, and is not shown to be.
    pub unproven: Vec<SensitiveNumber>,
    /// The groups that tell of what is unproven, each with how much of it: what to leave out. A target of which no
    /// row tells is in none of them.
    pub leave_out: Vec<(Group, usize)>,
}

/// Looks for a certificate of everything that must stay open to this attacker.
pub fn certify(table: &ExactTable, attacker: Attacker<'_>) -> Certificates {
    let mut search = Search::new(table, attacker);
    let targets = search.targets();
    let mut of_number: BTreeMap<u32, Vec<SensitiveNumber>> = BTreeMap::new();
    for &target in &targets {
        let numbers = match target {
            SensitiveNumber::Count { number } => vec![number],
            SensitiveNumber::Rest { part, whole } => vec![part, whole],
        };
        for number in numbers {
            of_number.entry(number).or_default().push(target);
        }
    }
    let mut covered: BTreeSet<SensitiveNumber> = BTreeSet::new();
    let mut certificates = Vec::new();
    for &target in &targets {
        if covered.contains(&target) {
            continue;
        }
        let tables = search.find(target);
        let touched = tables.iter().flat_map(|table| table.moved.keys());
        let touched = touched.filter_map(|number| of_number.get(number)).flatten();
        let mut covers: Vec<SensitiveNumber> = touched
            .copied()
            .filter(|target| spread(&tables, *target) >= attacker.least())
            .filter(|target| covered.insert(*target))
            .collect();
        covers.sort_unstable();
        if !tables.is_empty() {
            let tables = tables.into_iter().map(|table| table.changes);
            certificates.push(Certificate {
                tables: tables.collect(),
                covers,
            });
        }
    }
    let unproven: Vec<SensitiveNumber> = targets.difference(&covered).copied().collect();
    Certificates {
        certificates,
        covered: covered.len(),
        leave_out: leave_out(table, &unproven),
        unproven,
    }
}

/// How far apart the tables and the true one make a target.
fn spread(tables: &[OtherTable], target: SensitiveNumber) -> i64 {
    let distances = tables.iter().map(|table| {
        let moved = |number: u32| table.moved.get(&number).copied().unwrap_or(0);
        match target {
            SensitiveNumber::Count { number } => moved(number),
            SensitiveNumber::Rest { part, whole } => moved(whole) - moved(part),
        }
    });
    let (least, most) = distances.fold((0, 0), |(least, most), d| (d.min(least), d.max(most)));
    most - least
}

fn leave_out(table: &ExactTable, unproven: &[SensitiveNumber]) -> Vec<(Group, usize)> {
    let mut counted: BTreeMap<u32, usize> = BTreeMap::new();
    for target in unproven {
        // What is left of a whole is told by the part.
        let (SensitiveNumber::Count { number } | SensitiveNumber::Rest { part: number, .. }) =
            *target;
        for &group in &table.numbers[number as usize].groups {
            *counted.entry(group).or_default() += 1;
        }
    }
    let counted = counted.into_iter();
    counted
        .map(|(group, count)| (table.groups[group as usize].clone(), count))
        .collect()
}

/// One other table.
struct OtherTable {
    changes: Vec<(u32, i64)>,
    moved: BTreeMap<u32, i64>,
}

/// One other table in the making.
struct Search<'a> {
    table: &'a ExactTable,
    attacker: Attacker<'a>,
    /// Per number the atoms that count in it.
    members: Vec<Vec<u32>>,
    sums: Vec<i64>,
    /// How far each number may go down and up.
    room: Vec<(i64, i64)>,
    /// Per changed atom how many records more.
    changes: BTreeMap<u32, i64>,
    /// Per number how much more it is.
    moved: Vec<i64>,
    /// The numbers of which that may not be 0.
    touched: Vec<u32>,
    /// The numbers that are too far from the published one.
    broken: BTreeSet<u32>,
    /// What breaking a number costs, where that is not 1.
    weights: HashMap<u32, i64>,
    /// Until which step a changed atom must not be changed back, and which way it went.
    held: HashMap<u32, (usize, i64)>,
}

impl<'a> Search<'a> {
    fn new(table: &'a ExactTable, attacker: Attacker<'a>) -> Self {
        let mut sums = vec![0; table.numbers.len()];
        let mut members = vec![Vec::new(); table.numbers.len()];
        for (place, atom) in (0..).zip(&table.atoms) {
            for &(number, times) in &atom.numbers {
                sums[number as usize] += atom.records * times;
                members[number as usize].push(place);
            }
        }
        let numbers = table.numbers.iter().zip(&sums);
        let room = numbers.map(|(number, sum)| match number.published {
            Some(published) => ((published - NEAR).max(0) - sum, published + NEAR - sum),
            None => (-sum, i64::MAX / 4),
        });
        Self {
            table,
            attacker,
            room: room.collect(),
            members,
            sums,
            changes: BTreeMap::new(),
            moved: vec![0; table.numbers.len()],
            touched: Vec::new(),
            broken: BTreeSet::new(),
            weights: HashMap::new(),
            held: HashMap::new(),
        }
    }

    /// What is small, and so must stay open. To an insider that is what others count, where it counts itself.
    fn targets(&self) -> BTreeSet<SensitiveNumber> {
        let mut own = vec![0; self.sums.len()];
        for (place, atom) in self.table.atoms.iter().enumerate() {
            let knows = self.attacker.knows(place);
            for &(number, times) in atom.numbers.iter().filter(|_| knows > 0) {
                own[number as usize] += knows * times;
            }
        }
        let is_open = |sum: i64, own: i64| {
            let is_read = matches!(self.attacker, Attacker::Anybody) || own > 0;
            is_read && (1..=SMALL).contains(&(sum - own))
        };
        let counts = (0..).zip(self.sums.iter().zip(&own));
        let counts = counts.filter(|(_, (sum, own))| is_open(**sum, **own));
        let rests = self.table.inclusions.iter().filter(|(part, whole)| {
            let rest = |of: &[i64]| of[*whole as usize] - of[*part as usize];
            is_open(rest(&self.sums), rest(&own))
        });
        counts
            .map(|(number, _)| SensitiveNumber::Count { number })
            .chain(rests.map(|&(part, whole)| SensitiveNumber::Rest { part, whole }))
            .collect()
    }

    /// A table in which the target is far enough off; else one in which it is less and one in which it is more. None
    /// where it came upon neither.
    fn find(&mut self, target: SensitiveNumber) -> Vec<OtherTable> {
        let least = self.attacker.least();
        for way in [1, -1] {
            if let Some(found) = self.find_one(target, way * least) {
                return vec![found];
            }
        }
        // What is known to lie between its two neighbours is not known to within one.
        let apart = match least {
            2 => self.find_one(target, 1).zip(self.find_one(target, -1)),
            _ => None,
        };
        apart.map_or_else(Vec::new, |(more, less)| vec![more, less])
    }

    fn find_one(&mut self, target: SensitiveNumber, goal: i64) -> Option<OtherTable> {
        for round in 0..ROUNDS {
            if self.mend(target, goal, round) && self.sets_differ() {
                let moved = self.touched.iter().map(|&n| (n, self.moved[n as usize]));
                return Some(OtherTable {
                    changes: self.changed(),
                    moved: moved.collect(),
                });
            }
        }
        None
    }

    /// Moves records, one at a time, until the target is as far off as the goal and no published number is too far off;
    /// whether that came about. What stays broken weighs more with every move that does not help.
    fn mend(&mut self, target: SensitiveNumber, goal: i64, round: usize) -> bool {
        self.clear();
        let mut target_weight = 1;
        for step in 0..DEPTH {
            let short = self.short(target, goal, 0, 0);
            let (members, change): (&[u32], i64) = if short > 0 {
                (self.within(target), goal.signum())
            } else if let Some(number) = self.pick_broken(step) {
                let too_high = self.moved[number as usize] > 0;
                (
                    &self.members[number as usize],
                    if too_high { -1 } else { 1 },
                )
            } else {
                return true;
            };
            let mut best: Option<(i64, u32, u32)> = None;
            // Other members in every round and step, where there are many.
            let stride = members.len().div_ceil(BREADTH).max(1);
            let begin = (round * 7 + step) % stride;
            for &atom in members.iter().skip(begin).step_by(stride) {
                let undoes = self
                    .held
                    .get(&atom)
                    .is_some_and(|&(until, before)| step < until && before != change);
                if undoes || !self.can_change(atom, change) {
                    continue;
                }
                let longer = self.short(target, goal, atom, change) - short;
                let cost = self.cost(atom, change) + target_weight * longer;
                // Of moves that cost the same another one every time.
                let turn = scatter(atom, step + round * DEPTH);
                if best.is_none_or(|best| (cost, turn, atom) < best) {
                    best = Some((cost, turn, atom));
                }
            }
            let Some((cost, _, atom)) = best else {
                return false;
            };
            self.change(atom, change);
            self.held.insert(atom, (step + HELD, change));
            if cost >= 0 {
                target_weight += i64::from(self.short(target, goal, 0, 0) > 0);
                for &number in &self.broken {
                    *self.weights.entry(number).or_insert(1) += 1;
                }
            }
        }
        false
    }

    /// By how much the target is not yet far enough off, were an atom changed.
    fn short(&self, target: SensitiveNumber, goal: i64, atom: u32, change: i64) -> i64 {
        let more = match target {
            _ if change == 0 => 0,
            SensitiveNumber::Count { number } => self.times(atom, number),
            SensitiveNumber::Rest { part, whole } => {
                self.times(atom, whole) - self.times(atom, part)
            }
        };
        let distance = goal.signum() * (self.distance(target) + change * more);
        (goal.abs() - distance).max(0)
    }

    /// The atoms that count in a target; of what is left of a whole, those of the whole.
    fn within(&self, target: SensitiveNumber) -> &[u32] {
        let (SensitiveNumber::Count { number } | SensitiveNumber::Rest { whole: number, .. }) =
            target;
        &self.members[number as usize]
    }

    /// The broken number to mend: by turns the one with the fewest atoms, which leaves the least choice, and others.
    fn pick_broken(&self, step: usize) -> Option<u32> {
        let mut broken = self.broken.iter().copied();
        if step % 3 == 2 {
            return broken.nth(step % self.broken.len().max(1));
        }
        broken.min_by_key(|&number| self.members[number as usize].len())
    }

    /// How much worse (or better) the broken numbers get, by weight.
    fn cost(&self, atom: u32, step: i64) -> i64 {
        let numbers = &self.table.atoms[atom as usize].numbers;
        let costs = numbers.iter().map(|&(number, times)| {
            let longer = self.excess(number, step * times) - self.excess(number, 0);
            match longer {
                0 => 0,
                _ => longer * self.weights.get(&number).unwrap_or(&1),
            }
        });
        costs.sum()
    }

    /// How far a number is out of its room, with so many more.
    fn excess(&self, number: u32, more: i64) -> i64 {
        let moved = self.moved[number as usize] + more;
        let (down, up) = self.room[number as usize];
        (down - moved).max(moved - up).max(0)
    }

    fn can_change(&self, atom: u32, change: i64) -> bool {
        let records = self.table.atoms[atom as usize].records;
        let before = self.changes.get(&atom).unwrap_or(&0);
        records + before + change >= self.attacker.knows(atom as usize)
    }

    fn change(&mut self, atom: u32, change: i64) {
        *self.changes.entry(atom).or_default() += change;
        for &(number, times) in &self.table.atoms[atom as usize].numbers {
            if self.moved[number as usize] == 0 {
                self.touched.push(number);
            }
            self.moved[number as usize] += change * times;
            if self.excess(number, 0) > 0 {
                self.broken.insert(number);
            } else {
                self.broken.remove(&number);
            }
        }
    }

    fn changed(&self) -> Vec<(u32, i64)> {
        let changes = self.changes.iter().map(|(&atom, &change)| (atom, change));
        changes.filter(|(_, change)| *change != 0).collect()
    }

    fn clear(&mut self) {
        self.changes.clear();
        for number in self.touched.drain(..) {
            self.moved[number as usize] = 0;
        }
        self.broken.clear();
        self.weights.clear();
        self.held.clear();
    }

    fn distance(&self, target: SensitiveNumber) -> i64 {
        let moved = |number: u32| self.moved[number as usize];
        match target {
            SensitiveNumber::Count { number } => moved(number),
            SensitiveNumber::Rest { part, whole } => moved(whole) - moved(part),
        }
    }

    /// What a number is in the other table.
    fn made(&self, number: u32) -> i64 {
        self.sums[number as usize] + self.moved[number as usize]
    }

    /// How often a record of an atom counts in a number.
    fn times(&self, atom: u32, number: u32) -> i64 {
        let numbers = &self.table.atoms[atom as usize].numbers;
        let place = numbers.binary_search_by_key(&number, |&(n, _)| n);
        place.map_or(0, |place| numbers[place].1)
    }

    /// Whether no two numbers became one set that are published as different numbers.
    fn sets_differ(&self) -> bool {
        let records = |atom: u32| {
            self.table.atoms[atom as usize].records + self.changes.get(&atom).unwrap_or(&0)
        };
        let turned = self
            .changes
            .iter()
            .filter(|&(&atom, change)| (records(atom) > 0) != (records(atom) - *change > 0));
        let touched: BTreeSet<u32> = turned
            .flat_map(|(&atom, _)| &self.table.atoms[atom as usize].numbers)
            .map(|&(number, _)| number)
            .collect();
        let set = |number: u32| {
            let members = self.members[number as usize].iter().copied();
            members.filter(|&atom| records(atom) > 0)
        };
        touched.iter().all(|&number| {
            let one = &self.table.numbers[number as usize];
            let Some(atom) = set(number).next() else {
                return true;
            };
            let twins = self.table.atoms[atom as usize].numbers.iter();
            let mut twins = twins.map(|&(twin, _)| (twin, &self.table.numbers[twin as usize]));
            twins.all(|(twin, two)| {
                let apart = one
                    .published
                    .zip(two.published)
                    .is_some_and(|(a, b)| a != b);
                !apart
                    || one.unit != two.unit
                    || self.made(number) != self.made(twin)
                    || !set(number).eq(set(twin))
            })
        })
    }
}

/// An order of the atoms that is another one with every turn, and the same in every run.
fn scatter(atom: u32, turn: usize) -> u32 {
    let mixed = (u64::from(atom) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ ((turn as u64) << 17));
    (mixed >> 32) as u32
}
