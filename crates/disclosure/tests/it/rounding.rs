//! The draw: unbiased, the same for the same records, and no more than a step away.

use disclosure::{BASE, RecordSet, RoundingKey, SLACK};
use proptest::prelude::*;

fn key(seed: u8) -> RoundingKey {
    RoundingKey::new(&[seed; 32])
}

proptest! {
    /// What is published is a multiple of five less than five away; a multiple of five stays itself.
    #[test]
    fn a_published_number_is_a_neighbouring_five(seed: u8, count in 0..100_000_i64, keys: u64) {
        let published = key(seed).round(RecordSet { count, keys });
        prop_assert_eq!(published % BASE, 0);
        prop_assert!((published - count).abs() <= SLACK);
        prop_assert!(count % BASE != 0 || published == count);
    }

    /// The same records give the same number, in whatever order and parts they were added up.
    #[test]
    fn the_same_records_give_the_same_number(keys in prop::collection::vec(0..1_u64 << 36, 0..40), cut in 0..40_usize) {
        let set = |keys: &[u64]| {
            keys.iter().fold(RecordSet::default(), |mut set, &keys| {
                set.add(RecordSet { count: 1, keys });
                set
            })
        };
        let (one, other) = keys.split_at(cut.min(keys.len()));
        let mut together = set(other);
        together.add(set(one));
        prop_assert_eq!(key(1).round(together), key(1).round(set(&keys)));
    }
}

/// The upper neighbour comes with chance (n mod 5) / 5, so that nothing is skewed: over 20,000 draws of each rest the share
/// lies within four standard deviations.
#[test]
fn the_draw_is_unbiased() {
    let draws = 20_000_u64;
    for rest in 1..BASE {
        let count = 40 + rest;
        let up = (0..draws)
            .filter(|&keys| key(3).round(RecordSet { count, keys }) > count)
            .count();
        let chance = rest as f64 / BASE as f64;
        let deviation = (chance * (1.0 - chance) / draws as f64).sqrt();
        let share = up as f64 / draws as f64;
        assert!((share - chance).abs() < 4.0 * deviation, "{rest}: {share}");
    }
}

/// Another key is another draw, and a key is named without being told.
#[test]
fn a_key_has_a_name_and_draws_of_its_own() {
    assert_eq!(key(1).id(), key(1).id());
    assert_ne!(key(1).id(), key(2).id());
    assert_eq!(key(1).id().len(), 16);
    let draws = |key: &RoundingKey| -> Vec<i64> {
        (0..200)
            .map(|keys| key.round(RecordSet { count: 2, keys }))
            .collect()
    };
    assert_ne!(draws(&key(1)), draws(&key(2)));
    assert_eq!(
        format!("{:?}", key(1)),
        format!("RoundingKey({})", key(1).id())
    );
}
