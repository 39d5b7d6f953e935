//! Moments in words, by the clock on the reader's wall.

use chrono::{DateTime, Timelike, Utc};
use schema::dutch_time::datum_nl;
use schema::dutch_time::local;

/// `21 november 2026, 14.05 uur`.
pub(crate) fn moment_nl(moment: DateTime<Utc>) -> String {
    let here = local(moment);
    format!(
        "{}, {}.{:02} uur",
        datum_nl(here.date()),
        here.hour(),
        here.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_on_the_wall() {
        assert_eq!(
            moment_nl("2021-10-31T00:59:00Z".parse().unwrap()),
            "31 oktober 2021, 2.59 uur"
        );
        assert_eq!(
            moment_nl("2020-12-31T23:30:00Z".parse().unwrap()),
            "1 januari 2021, 0.30 uur"
        );
    }
}
