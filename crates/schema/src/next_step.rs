//! "Wat nu?": what an aanbieder can do about a year today, and by when, in Dutch.
//!
//! Owns the words, the same in exporter, portal and API, and that they follow the calendar: before the year is over,
//! while one can deliver, after the due day, after the freeze, after the publication, and with uitstel. Leaves whether
//! a year is frozen or published to the register, and the states to `toestand`.

use chrono::{Datelike, NaiveDate};

use crate::Toestand;
use crate::definitie::Calendar;
use crate::dutch_time::datum_nl;
use crate::wording;

/// How things stand for one aanbieder and one year, today.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The three dates of the year.
    pub calendar: &'a Calendar,
    /// The reporting year.
    pub jaar: i32,
    /// Today, in the Netherlands.
    pub today: NaiveDate,
    /// The data are frozen, and this aanbieder has no uitstel.
    pub frozen: bool,
    /// The figures of the year were published.
    pub published: bool,
    /// The last day on which this aanbieder may deliver by exception, while that is to come.
    pub uitstel: Option<NaiveDate>,
    /// No levering of this aanbieder counts.
    pub nothing_counts: bool,
}

/// How far the year is, for who may still deliver.
enum YearStage {
    /// The year is not over yet.
    Early,
    /// Until the due day.
    Open,
    /// The due day is past, the freeze is to come.
    Late,
    /// By exception, until and with this day.
    Uitstel(NaiveDate),
    /// The freeze day is past, but the year was opened again.
    Reopened,
}

impl Situation<'_> {
    fn stage(&self) -> YearStage {
        let Calendar {
            inleveren,
            bevriezen,
            ..
        } = *self.calendar;
        match self.uitstel {
            Some(day) if day > inleveren && self.today <= day => YearStage::Uitstel(day),
            _ if self.today >= bevriezen => YearStage::Reopened,
            _ if self.today > inleveren => YearStage::Late,
            _ if self.today.year() <= self.jaar => YearStage::Early,
            _ => YearStage::Open,
        }
    }

    /// The end of a sentence that asks to do something: by when.
    fn by_when(&self) -> String {
        let submit_by = datum_nl(self.calendar.inleveren);
        match self.stage() {
            YearStage::Early | YearStage::Open => format!(", uiterlijk {submit_by}."),
            YearStage::Late => {
                wording::next_step::deadline_passed(&submit_by, &datum_nl(self.calendar.bevriezen))
            }
            YearStage::Uitstel(day) => wording::next_step::uitstel(&datum_nl(day)),
            YearStage::Reopened => wording::next_step::REOPENED.to_owned(),
        }
    }

    /// When the figures are there.
    fn figures(&self) -> String {
        let planned = datum_nl(self.calendar.publiceren);
        if self.published {
            wording::next_step::PUBLISHED.to_owned()
        } else if self.today > self.calendar.publiceren {
            wording::next_step::not_yet_published(&planned)
        } else {
            wording::next_step::published_on(&planned)
        }
    }

    /// What to do about a levering in this state.
    pub fn next_step(&self, toestand: Toestand) -> String {
        let by_when = self.by_when();
        if self.frozen && !toestand.is_settled() && toestand != Toestand::Ingediend {
            return self.too_late();
        }
        match toestand {
            Toestand::Geopend => wording::next_step::send_files(&by_when),
            Toestand::Ontvangen => wording::next_step::BEING_CHECKED.to_owned(),
            Toestand::Afgekeurd => wording::next_step::mend_errors(&by_when),
            Toestand::TeBevestigen => wording::next_step::answer_signalen(&by_when),
            Toestand::Akkoord => wording::next_step::sign(&by_when),
            Toestand::Ingediend => self.done(),
            Toestand::Gepubliceerd => wording::next_step::DONE_PUBLISHED.to_owned(),
            Toestand::Vervangen if self.nothing_counts && self.frozen => self.too_late(),
            Toestand::Vervangen if self.nothing_counts => {
                wording::next_step::replacement_withdrawn(&by_when)
            }
            Toestand::Vervangen => wording::next_step::NEWER_COUNTS.to_owned(),
            Toestand::Ingetrokken => wording::next_step::deliver_again(&by_when),
            Toestand::Verlopen => wording::next_step::NOT_FINISHED.to_owned(),
            Toestand::Gewist => wording::next_step::ERASED.to_owned(),
        }
    }

    /// What to do where there is no levering that counts, nor one on its way. `before` says that there was one.
    pub fn without_levering(&self, before: bool) -> String {
        let jaar = self.jaar;
        if self.frozen {
            let why = if self.published {
                wording::next_step::FIGURES_PUBLISHED
            } else {
                wording::next_step::DATA_FROZEN
            };
            return wording::next_step::too_late(&jaar, &why);
        }
        let deliver = match self.stage() {
            YearStage::Early => wording::next_step::year_not_over(&jaar, &self.by_when()),
            _ => wording::next_step::deliver(&jaar, &self.by_when()),
        };
        if before {
            wording::next_step::nothing_counts(&deliver)
        } else {
            deliver
        }
    }

    /// What everybody reads who may deliver: until when.
    pub fn delivering(&self) -> String {
        let submit_by = datum_nl(self.calendar.inleveren);
        if self.frozen && self.published {
            return wording::next_step::CLOSED_PUBLISHED.to_owned();
        }
        if self.frozen {
            return wording::next_step::CLOSED_FROZEN.to_owned();
        }
        match self.stage() {
            YearStage::Early => wording::next_step::open_after_year(&self.jaar, &submit_by),
            YearStage::Open | YearStage::Uitstel(_) => {
                format!("Leveren kan tot en met {submit_by}.")
            }
            YearStage::Late => {
                wording::next_step::late(&submit_by, &datum_nl(self.calendar.bevriezen))
            }
            YearStage::Reopened => wording::next_step::OPEN_AGAIN.to_owned(),
        }
    }

    /// Signed.
    fn done(&self) -> String {
        let figures = self.figures();
        if self.frozen {
            return wording::next_step::done_frozen(&figures);
        }
        let until = match self.stage() {
            YearStage::Uitstel(day) => format!("Tot en met {}", datum_nl(day)),
            YearStage::Reopened => wording::next_step::WHILE_OPEN.to_owned(),
            _ => format!("Tot {}", datum_nl(self.calendar.bevriezen)),
        };
        wording::next_step::done(&figures, &until)
    }

    /// What is not signed does not count any more.
    fn too_late(&self) -> String {
        let why = if self.published {
            wording::next_step::YEAR_PUBLISHED
        } else {
            wording::next_step::YEAR_FROZEN
        };
        wording::next_step::does_not_count(&why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2021, month, day).unwrap()
    }

    fn calendar() -> Calendar {
        Calendar {
            inleveren: day(4, 1),
            bevriezen: day(4, 15),
            publiceren: day(6, 1),
        }
    }

    fn on(calendar: &Calendar, today: NaiveDate) -> Situation<'_> {
        Situation {
            calendar,
            jaar: 2020,
            today,
            frozen: today >= calendar.bevriezen,
            published: false,
            uitstel: None,
            nothing_counts: false,
        }
    }

    /// One day in each part of the year.
    #[test]
    fn what_one_can_do_is_true_on_the_day() {
        let calendar = calendar();
        let early = on(&calendar, NaiveDate::from_ymd_opt(2020, 12, 31).unwrap());
        assert_eq!(
            early.without_levering(false),
            "Het jaar 2020 is nog niet voorbij. U kunt uw bestand al wel controleren. Lever uw gegevens na 31 december 2020, uiterlijk 1 april 2021."
        );
        for today in [day(1, 1), day(4, 1)] {
            let open = on(&calendar, today);
            assert_eq!(
                open.without_levering(true),
                "Er telt nu geen levering van u mee. Lever uw gegevens over 2020, uiterlijk 1 april 2021."
            );
            assert_eq!(
                open.next_step(Toestand::Akkoord),
                "Alles is in orde. Onderteken de levering, uiterlijk 1 april 2021."
            );
        }
        for today in [day(4, 2), day(4, 14)] {
            let late = on(&calendar, today);
            assert_eq!(
                late.next_step(Toestand::TeBevestigen),
                "Beantwoord de signalen en onderteken, zo snel mogelijk. De laatste dag om te leveren was 1 april 2021. Vanaf 15 april 2021 kan het niet meer."
            );
            assert_eq!(
                late.next_step(Toestand::Ingediend),
                "U bent klaar. De cijfers verschijnen op 1 juni 2021. Tot 15 april 2021 kunt u nog een betere levering indienen."
            );
        }
        let frozen = on(&calendar, day(4, 15));
        assert_eq!(
            frozen.next_step(Toestand::Akkoord),
            "De gegevens van dit jaar zijn bevroren. Deze levering telt niet mee. Neem contact op met de coördinator."
        );
        assert_eq!(
            frozen.next_step(Toestand::Ingediend),
            "U bent klaar. De gegevens zijn bevroren. De cijfers verschijnen op 1 juni 2021."
        );
        let overdue = on(&calendar, day(6, 2));
        assert_eq!(
            overdue.next_step(Toestand::Ingediend),
            "U bent klaar. De gegevens zijn bevroren. De cijfers zouden op 1 juni 2021 verschijnen. Dat is nog niet gebeurd."
        );
        let published = Situation {
            published: true,
            ..overdue
        };
        assert_eq!(
            published.without_levering(false),
            "Leveren over 2020 kan niet meer: de cijfers zijn gepubliceerd. Van u telt er niets mee. Neem contact op met de coördinator als dat niet klopt."
        );
    }

    #[test]
    fn uitstel_and_opening_again_are_said() {
        let calendar = calendar();
        let uitstel = Situation {
            frozen: false,
            uitstel: Some(day(5, 20)),
            ..on(&calendar, day(5, 2))
        };
        assert_eq!(
            uitstel.next_step(Toestand::Akkoord),
            "Alles is in orde. Onderteken de levering. U hebt uitstel: het kan nog tot en met 20 mei 2021."
        );
        assert_eq!(
            uitstel.next_step(Toestand::Ingediend),
            "U bent klaar. De cijfers verschijnen op 1 juni 2021. Tot en met 20 mei 2021 kunt u nog een betere levering indienen."
        );
        let reopened = Situation {
            uitstel: None,
            ..uitstel
        };
        assert_eq!(
            reopened.without_levering(false),
            "Lever uw gegevens over 2020, zo snel mogelijk. De gegevens zijn weer open, maar worden opnieuw bevroren."
        );
        // The year was frozen before its day.
        let early = Situation {
            frozen: true,
            nothing_counts: true,
            ..on(&calendar, day(2, 1))
        };
        assert_eq!(early.next_step(Toestand::Vervangen), early.too_late());
    }

    /// No text names a day that is past as one to come, nor invites to what cannot be done.
    #[test]
    fn nothing_invites_to_what_cannot_be_done() {
        let calendar = calendar();
        let texts = |situation: &Situation<'_>| {
            let states = Toestand::ALL.map(|toestand| situation.next_step(toestand));
            let others = [situation.without_levering(true), situation.delivering()];
            states.into_iter().chain(others).collect::<Vec<String>>()
        };
        for today in [day(4, 15), day(5, 1), day(6, 30)] {
            for published in [false, true] {
                let frozen = Situation {
                    published,
                    ..on(&calendar, today)
                };
                for text in texts(&frozen) {
                    for invitation in ["uiterlijk", "Lever ", "onderteken", "kunt u nog"] {
                        assert!(!text.contains(invitation), "{today}: {text}");
                    }
                    let planned = text.contains("verschijnen op 1 juni 2021");
                    assert!(!(planned && today > calendar.publiceren), "{text}");
                }
            }
        }
        for text in texts(&on(&calendar, day(4, 2))) {
            assert!(!text.contains("uiterlijk"), "the due day is past: {text}");
        }
    }
}
