//! How often the rule of comparison says *hoger* or *lager* where all gebieden are alike, and how often it finds a
//! difference that is there.

use std::collections::BTreeMap;

use analysis::statistics::cluster::{ClusterCount, count_effect, share_effect};
use analysis::statistics::interval::{count_bounds, exact_poisson, share_bounds};
use analysis::statistics::survival::{Crossing, Curve, survival_curve};
use analysis::statistics::verdict::verdict;
use analysis::statistics::{Bounds, Confidence};
use schema::Comparison;

/// How far a count rounded at random to fives may be from the true one.
const SLACK: f64 = 4.0;
/// Part of the gezinnen whose children do all alike, where they do.
const ALIKE: f64 = 0.8;
/// At risk at the least, where a curve is read.
const AT_RISK: i64 = 40;
const LEVEL: Confidence = Confidence::P998;

/// SplitMix64: enough for a simulation, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    /// A Poisson count, as arrivals within `mean`.
    fn poisson(&mut self, mean: f64) -> u32 {
        let mut time = 0.0;
        for count in 0.. {
            time -= (1.0 - self.share()).ln();
            if time > mean {
                return count;
            }
        }
        unreachable!("time runs out")
    }

    /// Exponential, in whole days.
    fn days(&mut self, mean: f64) -> i32 {
        (-mean * (1.0 - self.share()).ln()) as i32
    }

    /// To one of the two neighbouring multiples of five, in expectation the number itself.
    fn rounded(&mut self, count: u32) -> f64 {
        let rest = count % 5;
        let up = self.happens(f64::from(rest) / 5.0);
        f64::from(count - rest + if up { 5 } else { 0 })
    }
}

/// How many verdicts there were of one indicator at one niveau, and how many were not *niet te zeggen*.
#[derive(Default, Clone, Copy)]
struct Tally {
    verdicts: u32,
    clear: u32,
}

impl Tally {
    fn include(&mut self, other: Self) {
        self.verdicts += other.verdicts;
        self.clear += other.clear;
    }

    fn add(&mut self, bounds: Bounds, national: f64) {
        self.verdicts += 1;
        self.clear += u32::from(verdict(bounds, national) != Comparison::Undecided);
    }

    fn share(self) -> f64 {
        f64::from(self.clear) / f64::from(self.verdicts)
    }

    /// The upper 95 % limit of the share.
    fn at_most(self) -> f64 {
        let clear = exact_poisson(f64::from(self.clear), Confidence::P95);
        clear.boven.unwrap() / f64::from(self.verdicts)
    }
}

/// Children per gezin: most have one, some two or three.
fn gezin(random: &mut Random) -> u32 {
    match random.share() {
        s if s < 0.75 => 1,
        s if s < 0.93 => 2,
        _ => 3,
    }
}

/// Values of `size` children, by gezin; in a part `alike` of the gezinnen all have the value of the first.
fn children<T: Copy>(
    random: &mut Random,
    size: u32,
    alike: f64,
    mut value: impl FnMut(&mut Random) -> T,
) -> Vec<Vec<T>> {
    let mut families = Vec::new();
    let mut left = size;
    while left > 0 {
        let count = gezin(random).min(left);
        let together = random.happens(alike);
        let first = value(random);
        let next = |k| {
            if k == 0 || together {
                first
            } else {
                value(random)
            }
        };
        families.push((0..count).map(next).collect());
        left -= count;
    }
    families
}

/// The design effect of the share of children for which `counts` holds.
fn effect_of<T>(gebieden: &[Vec<Vec<T>>], counts: impl Fn(&T) -> bool) -> f64 {
    share_effect(gebieden.iter().flatten().map(|gezin| ClusterCount {
        size: gezin.len() as u32,
        numerator: gezin.iter().filter(|value| counts(value)).count() as u32,
        clusters: 1,
    }))
}

/// The curve of those who started, gave up and still wait, by their days since they were referred within the year.
fn referrals(kinds: &[Vec<i32>; 3]) -> Curve {
    let n = kinds.iter().map(Vec::len).sum();
    let [started, withdrawn, waiting] = kinds
        .each_ref()
        .map(|days| super::counts(days.iter().copied()));
    let entries = super::counts(vec![-1; n]);
    survival_curve(&entries, &[&started, &withdrawn], &waiting)
}

/// Cubes in which all gebieden are alike.
struct NullCubes {
    random: Random,
    slack: f64,
}

impl NullCubes {
    /// A share, the same everywhere.
    fn share(&mut self, sizes: &[u32], level: f64, alike: f64) -> Tally {
        let mut tally = Tally::default();
        let random = &mut self.random;
        let gebieden: Vec<Vec<Vec<bool>>> = sizes
            .iter()
            .map(|&size| children(random, size, alike, |random| random.happens(level)))
            .collect();
        let effect = effect_of(&gebieden, |yes| *yes);
        let counts: Vec<(u32, u32)> = gebieden
            .iter()
            .zip(sizes)
            .map(|(gebied, &n)| (gebied.iter().flatten().map(|&yes| u32::from(yes)).sum(), n))
            .collect();
        let all = counts
            .iter()
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let national = random.rounded(all.0) / random.rounded(all.1);
        for (x, n) in counts {
            let (x, n) = (random.rounded(x), random.rounded(n));
            if n >= 20.0 {
                let bounds = share_bounds(x, n, self.slack, LEVEL, effect);
                tally.add(bounds.unwrap(), national);
            }
        }
        tally
    }

    /// A rate per inhabitant (exact) of events that come one at a time, or by gezin.
    fn rate(&mut self, sizes: &[u32], by_gezin: bool) -> Tally {
        let mut tally = Tally::default();
        let random = &mut self.random;
        let mut clusters = Vec::new();
        let counts: Vec<u32> = sizes
            .iter()
            .map(|&size| {
                let mut count = 0;
                for _ in 0..random.poisson(f64::from(size)) {
                    let together = if by_gezin { gezin(random) } else { 1 };
                    clusters.push((together, 1));
                    count += together;
                }
                count
            })
            .collect();
        let effect = count_effect(clusters);
        let inhabitants: u32 = sizes.iter().sum();
        let national = random.rounded(counts.iter().sum()) / f64::from(inhabitants);
        for (count, size) in counts.into_iter().zip(sizes) {
            let bounds = count_bounds(random.rounded(count), self.slack, LEVEL, effect);
            tally.add(bounds.scaled(1.0 / f64::from(*size)), national);
        }
        tally
    }

    /// A quantile of exact days (exponential, of 60 in the mean), from a published n of `floor`.
    fn quantile(&mut self, sizes: &[u32], p: f64, floor: f64, alike: f64) -> Tally {
        let mut tally = Tally::default();
        let random = &mut self.random;
        let gebieden: Vec<Vec<Vec<i32>>> = sizes
            .iter()
            .map(|&size| children(random, size, alike, |random| random.days(60.0)))
            .collect();
        let all = super::counts(gebieden.iter().flatten().flatten().copied());
        let national = all.quantile_of(p).unwrap();
        let effect = effect_of(&gebieden, |&days| f64::from(days) <= national);
        for (gebied, &n) in gebieden.iter().zip(sizes) {
            if random.rounded(n) >= floor {
                let days = super::counts(gebied.iter().flatten().copied());
                let bounds = days.clustered_quantile_bounds(p, LEVEL, effect);
                tally.add(bounds, national);
            }
        }
        tally
    }

    /// The day on which half have started, where some give up and some still wait when the year ends.
    fn half_day(&mut self, sizes: &[u32]) -> Tally {
        let mut tally = Tally::default();
        let random = &mut self.random;
        let mut country = [Vec::new(), Vec::new(), Vec::new()];
        let mut curves = Vec::new();
        for &size in sizes {
            let mut kinds = [Vec::new(), Vec::new(), Vec::new()];
            for _ in 0..size {
                let until_end = (365.0 * random.share()) as i32;
                let days = [random.days(60.0), random.days(240.0), until_end];
                let first = (0..3).min_by_key(|&kind| days[kind]).unwrap();
                kinds[first].push(days[first]);
                country[first].push(days[first]);
            }
            curves.push(referrals(&kinds));
        }
        let Crossing::At(national) = referrals(&country).half_day(0, AT_RISK) else {
            panic!("of a country half starts");
        };
        for curve in curves {
            if matches!(curve.half_day(0, AT_RISK), Crossing::At(_)) {
                let bounds = curve.half_day_bounds(0, AT_RISK, LEVEL);
                tally.add(bounds, f64::from(national));
            }
        }
        tally
    }

    /// Sizes as uneven as those of gebieden: from `least` to some 25 times that.
    fn sizes(&mut self, count: usize, least: f64) -> Vec<u32> {
        (0..count)
            .map(|_| (least * (3.2 * self.random.share()).exp()) as u32)
            .collect()
    }
}

/// The tallies of so many cubes, per indicator and niveau.
fn tallies(cubes: u32, slack: f64) -> Vec<(String, Tally)> {
    let random = Random(20_201_129);
    let mut null = NullCubes { random, slack };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for _ in 0..cubes {
        for (niveau, count, least) in [("jeugdregio", 42, 30.0), ("gemeente", 60, 12.0)] {
            let sizes = null.sizes(count, least);
            let mut add = |name: String, tally: Tally| {
                let sum = tallies.entry(format!("{name} {niveau}")).or_default();
                sum.include(tally);
            };
            for level in [0.05, 0.2, 0.5, 0.9] {
                add(format!("share {level}"), null.share(&sizes, level, 0.0));
            }
            add("share in gezinnen".into(), null.share(&sizes, 0.3, ALIKE));
            add("rate".into(), null.rate(&sizes, false));
            add("rate in gezinnen".into(), null.rate(&sizes, true));
            add("median".into(), null.quantile(&sizes, 0.5, 35.0, 0.0));
            add(
                "median in gezinnen".into(),
                null.quantile(&sizes, 0.5, 35.0, ALIKE),
            );
            add("half day".into(), null.half_day(&sizes));
            add("p90".into(), null.quantile(&sizes, 0.9, 165.0, 0.0));
        }
    }
    tallies.into_iter().collect()
}

fn sum(tallies: &[(String, Tally)]) -> Tally {
    let mut sum = Tally::default();
    for (_, tally) in tallies {
        sum.include(*tally);
    }
    sum
}

#[test]
fn where_all_gebieden_are_alike_hardly_any_is_said_to_differ() {
    let tallies = tallies(200, SLACK);
    let all = sum(&tallies);
    assert!(all.verdicts > 150_000, "{}", all.verdicts);
    assert!(all.at_most() <= 0.0025, "{}", all.at_most());
    // What `--nocapture` shows is what may be told of the rule.
    for (name, tally) in tallies {
        let percent = 100.0 * tally.share();
        eprintln!("{name}: {percent:.3} % of {}", tally.verdicts);
        assert!(tally.share() <= 0.004, "{name}: {percent}");
    }
    let (share, at_most) = (100.0 * all.share(), 100.0 * all.at_most());
    eprintln!(
        "all: {share:.3} % of {}, at most {at_most:.3} %",
        all.verdicts
    );
}

/// The test above can fail: by limits that don't cover the rounding it would.
#[test]
fn limits_that_don_t_cover_the_rounding_say_too_much() {
    let all = sum(&tallies(20, 0.0));
    assert!(all.share() > 0.003, "{}", all.share());
}

/// The chance that a gebied with a true share of `level` is found to differ from the country's, every count rounded.
fn power(n: u32, national: f64, level: f64) -> f64 {
    let wanted = if level > national {
        Comparison::Higher
    } else {
        Comparison::Lower
    };
    let found = |x: f64| {
        let bounds = share_bounds(x, f64::from(n), SLACK, LEVEL, 1.0).unwrap();
        f64::from(u8::from(verdict(bounds, national) == wanted))
    };
    (0..=n)
        .map(|x| {
            let chance = super::choose(i64::from(n), i64::from(x))
                * level.powf(f64::from(x))
                * (1.0 - level).powf(f64::from(n - x));
            let rest = x % 5;
            let up = f64::from(rest) / 5.0;
            let below = f64::from(x - rest);
            chance * ((1.0 - up) * found(below) + up * found(below + 5.0))
        })
        .sum()
}

#[test]
fn a_difference_that_matters_is_found() {
    let mut tried = 0;
    let mut least = 1.0_f64;
    for (n, difference, goal) in [(240, 17, 0.85), (115, 25, 0.70)] {
        for national in (10..=90_i32).step_by(5) {
            for level in [national - difference, national + difference] {
                if (10..=90).contains(&level) {
                    let (national, level) = (f64::from(national) / 100.0, f64::from(level) / 100.0);
                    let found = power(n, national, level);
                    assert!(found >= goal, "{n} {national} {level}: {found}");
                    least = least.min(found);
                    tried += 1;
                }
            }
        }
    }
    eprintln!("a difference is found in {least:.3} of the cases at the least");
    assert_eq!(tried, 50);
    // A difference that is not there is not.
    assert!(power(240, 0.4, 0.4 + 1e-9) < 0.001);
}
