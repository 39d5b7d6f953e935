//! Whether the data of a year are frozen, for one aanbieder or for all.
//!
//! Owns that one rule and what it is decided by. Leaves what may not be done then to `rules`, and the act of freezing to
//! `freeze`.

use chrono::NaiveDate;
use schema::definitie::Calendar;
use schema::dutch_time;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::register_columns::time;
use crate::stamp::Time;

/// What decides whether the data of a year are frozen, for one aanbieder or for all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Freeze {
    /// The freeze day of the definition.
    day: NaiveDate,
    /// There is a momentopname that was not taken back.
    momentopname: bool,
    /// Figures were published.
    pub(crate) published: bool,
    /// When the year was last unfrozen.
    lifted: Option<Time>,
    /// Until when this aanbieder has uitstel.
    uitstel: Option<Time>,
}

impl Freeze {
    /// Frozen is: from the freeze day (as the calendar in the Netherlands has it) or from the momentopname, whichever
    /// is first. Only an uitstel of this aanbieder lifts it, or that the year was unfrozen, which ends at the next
    /// freeze: the freeze day if that was still to come, else the next momentopname.
    pub(crate) fn holds(&self, now: Time) -> bool {
        if self.uitstel.is_some_and(|until| now <= until) {
            return false;
        }
        let reached = |moment: Time| dutch_time::local(moment).date() >= self.day;
        let by_day = reached(now) && !self.lifted.is_some_and(reached);
        self.published || self.momentopname || by_day
    }

    pub(crate) async fn of(
        connection: &mut SqliteConnection,
        kvk: Option<&str>,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
    ) -> Result<Self, LakeError> {
        let (momentopname, published, lifted, uitstel): (i64, i64, Option<i64>, Option<i64>) =
            sqlx::query_as(
                "SELECT
                   EXISTS (SELECT 1 FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL),
                   EXISTS (SELECT 1 FROM publicatie WHERE uitvraag = $1 AND jaar = $2),
                   (SELECT wanneer FROM ontdooiing WHERE uitvraag = $1 AND jaar = $2),
                   (SELECT tot FROM uitstel WHERE uitvraag = $1 AND jaar = $2 AND kvk = $3)",
            )
            .bind(uitvraag)
            .bind(jaar)
            .bind(kvk)
            .fetch_one(connection)
            .await?;
        Ok(Self {
            day: calendar.bevriezen,
            momentopname: momentopname != 0,
            published: published != 0,
            lifted: lifted.map(time).transpose()?,
            uitstel: uitstel.map(time).transpose()?,
        })
    }
}

/// Whether the data of a year are frozen: for this aanbieder, or for who has no uitstel.
pub(crate) async fn is_frozen(
    connection: &mut SqliteConnection,
    kvk: Option<&str>,
    uitvraag: &str,
    jaar: i32,
    calendar: &Calendar,
    now: Time,
) -> Result<bool, LakeError> {
    let freeze = Freeze::of(connection, kvk, uitvraag, jaar, calendar).await?;
    Ok(freeze.holds(now))
}

impl Lake {
    /// Whether the data of a year are frozen: for this aanbieder, or for who has no uitstel.
    pub async fn is_frozen(
        &self,
        kvk: Option<&str>,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
        now: Time,
    ) -> Result<bool, LakeError> {
        is_frozen(
            &mut *self.reader().await?,
            kvk,
            uitvraag,
            jaar,
            calendar,
            now,
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> Time {
        moment.parse().unwrap()
    }

    /// 1 May in the Netherlands begins two hours before it does in UTC.
    fn year() -> Freeze {
        Freeze {
            day: NaiveDate::from_ymd_opt(2021, 5, 1).unwrap(),
            momentopname: false,
            published: false,
            lifted: None,
            uitstel: None,
        }
    }

    const BEFORE: &str = "2021-04-30T21:59:59Z";
    const FROM: &str = "2021-04-30T22:00:00Z";
    const LATER: &str = "2021-05-20T12:00:00Z";

    /// The whole table: before and after the freeze day × momentopname × uitstel × unfrozen × published.
    #[test]
    fn frozen_is_from_the_day_or_the_momentopname_unless_lifted() {
        let moments = [BEFORE, FROM, LATER];
        for now in moments.map(at) {
            for momentopname in [false, true] {
                for published in [false, true] {
                    for lifted in [None, Some(BEFORE), Some(FROM)] {
                        for uitstel in [None, Some(BEFORE), Some(FROM), Some(LATER)] {
                            let freeze = Freeze {
                                momentopname,
                                published,
                                lifted: lifted.map(at),
                                uitstel: uitstel.map(at),
                                ..year()
                            };
                            let has_uitstel = uitstel.is_some_and(|until| at(until) >= now);
                            let past_the_day = now >= at(FROM) && lifted != Some(FROM);
                            let expected =
                                !has_uitstel && (momentopname || published || past_the_day);
                            assert_eq!(freeze.holds(now), expected, "{now} {freeze:?}");
                        }
                    }
                }
            }
        }
    }

    /// The same in the words of a coördinator, so that the table above is not its own proof.
    #[test]
    fn what_a_coordinator_expects_of_the_freeze() {
        let open = |freeze: Freeze, now: &str| !freeze.holds(at(now));
        assert!(open(year(), BEFORE), "until the last second of 30 April");
        assert!(!open(year(), FROM), "1 May has begun in the Netherlands");
        let early = Freeze {
            momentopname: true,
            ..year()
        };
        assert!(!open(early, "2021-01-01T00:00:00Z"), "frozen early");
        let early_by_mistake = Freeze {
            lifted: Some(at("2021-01-02T00:00:00Z")),
            ..year()
        };
        assert!(open(early_by_mistake, BEFORE), "taken back in January");
        assert!(!open(early_by_mistake, FROM), "the next freeze is the day");
        let reopened = Freeze {
            lifted: Some(at("2021-05-02T00:00:00Z")),
            ..year()
        };
        assert!(open(reopened, LATER), "until the next momentopname");
        let frozen_again = Freeze {
            momentopname: true,
            ..reopened
        };
        assert!(!open(frozen_again, LATER));
        let with_uitstel = Freeze {
            uitstel: Some(at(LATER)),
            ..frozen_again
        };
        assert!(open(with_uitstel, LATER), "up to and with the last moment");
        assert!(!open(with_uitstel, "2021-05-20T12:00:01Z"));
    }
}
