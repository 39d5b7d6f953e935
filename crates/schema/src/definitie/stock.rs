//! Stock: how many rows of a table are in stock on a day.
//!
//! Owns the days on which a stock is asked and when a row is in it. `check` compares what was reported by this, a table
//! that an aanbieder does not keep is counted by this, and so are practice data. Leaves which fields hold the days to
//! the rule of kind `stand`.

use chrono::NaiveDate;

use super::Definitie;

impl Definitie {
    /// The days on which a stock is asked: the quarter ends of the reporting year.
    pub fn peildata(&self) -> [NaiveDate; 4] {
        quarter_ends(self.jaar)
    }
}

/// The last days of the quarters of a year.
pub fn quarter_ends(jaar: i32) -> [NaiveDate; 4] {
    [(3, 31), (6, 30), (9, 30), (12, 31)].map(|(month, day)| {
        NaiveDate::from_ymd_opt(jaar, month, day)
            .expect("every year that chrono knows has these days")
    })
}

/// Whether a row is in stock at the end of a day: it came in on or before it, and did not go out on or before it. What
/// never came in is not in stock; what never went out still is. For days in any form that compares as days do.
pub fn in_stock<T: PartialOrd>(day: &T, came_in: Option<&T>, went_out: Option<&T>) -> bool {
    came_in.is_some_and(|came_in| came_in <= day) && went_out.is_none_or(|went_out| went_out > day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_is_asked_at_the_end_of_every_quarter() {
        let days = quarter_ends(2020).map(|day| day.to_string());
        assert_eq!(
            days,
            ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]
        );
    }

    /// The day itself: what came in on it is there, what went out on it is not.
    #[test]
    fn a_row_is_in_stock_from_its_first_day_up_to_its_last() {
        let stock = |came_in, went_out| in_stock(&31, came_in, went_out);
        assert!(stock(Some(&31), None) && stock(Some(&1), Some(&32)));
        assert!(!stock(Some(&32), None) && !stock(Some(&1), Some(&31)));
        assert!(!stock(None, None) && !stock(None, Some(&40)));
        assert!(!stock(Some(&31), Some(&31)), "in and out on one day");
    }

    #[test]
    fn days_may_be_text_as_iso_dates_compare() {
        let (day, before, after) = ("2020-03-31", "2020-03-30", "2020-04-01");
        assert!(in_stock(&day, Some(&before), Some(&after)));
        assert!(!in_stock(&day, Some(&after), None));
    }
}
