//! "Wat nu?": what an aanbieder can do about a year today, and by when, in Dutch.
//!
//! Owns the words, the same in exporter, portal and API, and that they follow the calendar: before the year is over,
//! while one can deliver, after the due day, after the freeze, after the publication, and with uitstel. Leaves whether
//! a year is frozen or published to the register, and the states to `levering`.

use chrono::{Datelike, NaiveDate};

use crate::Toestand;
use crate::definitie::Calendar;
use crate::levering::datum_nl;

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
            YearStage::Late => format!(
                ", zo snel mogelijk. De laatste dag om te leveren was {submit_by}. Vanaf {} kan het niet meer.",
                datum_nl(self.calendar.bevriezen)
            ),
            YearStage::Uitstel(day) => {
                format!(
                    ". U hebt uitstel: het kan nog tot en met {}.",
                    datum_nl(day)
                )
            }
            YearStage::Reopened => {
                ", zo snel mogelijk. De gegevens zijn weer open, maar worden opnieuw bevroren."
                    .to_owned()
            }
        }
    }

    /// When the figures are there.
    fn figures(&self) -> String {
        let planned = datum_nl(self.calendar.publiceren);
        if self.published {
            "De cijfers zijn gepubliceerd.".to_owned()
        } else if self.today > self.calendar.publiceren {
            format!("De cijfers zouden op {planned} verschijnen. Dat is nog niet gebeurd.")
        } else {
            format!("De cijfers verschijnen op {planned}.")
        }
    }

    /// What to do about a levering in this state.
    pub fn next_step(&self, toestand: Toestand) -> String {
        let by_when = self.by_when();
        if self.frozen && !toestand.is_settled() && toestand != Toestand::Ingediend {
            return self.too_late();
        }
        match toestand {
            Toestand::Geopend => format!("Verstuur de bestanden met `uitvraag lever`{by_when}"),
            Toestand::Ontvangen => {
                "De bestanden zijn binnen. De controle loopt; kijk over een minuut opnieuw."
                    .to_owned()
            }
            Toestand::Afgekeurd => format!(
                "Er staan fouten in de levering. Verbeter uw bestand en lever opnieuw{by_when}"
            ),
            Toestand::TeBevestigen => format!("Beantwoord de signalen en onderteken{by_when}"),
            Toestand::Akkoord => format!("Alles is in orde. Onderteken de levering{by_when}"),
            Toestand::Ingediend => self.done(),
            Toestand::Gepubliceerd => "U bent klaar. De cijfers zijn gepubliceerd.".to_owned(),
            Toestand::Vervangen if self.nothing_counts && self.frozen => self.too_late(),
            Toestand::Vervangen if self.nothing_counts => format!(
                "De levering die hiervoor in de plaats kwam, is ingetrokken. Er telt nu niets mee. Lever opnieuw{by_when}"
            ),
            Toestand::Vervangen => "Een nieuwere levering telt. U hoeft niets te doen.".to_owned(),
            Toestand::Ingetrokken => {
                format!("Deze levering telt niet mee. Lever opnieuw{by_when}")
            }
            Toestand::Verlopen => {
                "Deze levering is niet op tijd afgemaakt. Neem contact op met de coördinator."
                    .to_owned()
            }
            Toestand::Gewist => "De gegevens zijn gewist. U hoeft niets te doen.".to_owned(),
        }
    }

    /// What to do where there is no levering that counts, nor one on its way. `before` says that there was one.
    pub fn without_levering(&self, before: bool) -> String {
        let jaar = self.jaar;
        if self.frozen {
            let why = if self.published {
                "de cijfers zijn gepubliceerd"
            } else {
                "de gegevens zijn bevroren"
            };
            return format!(
                "Leveren over {jaar} kan niet meer: {why}. Van u telt er niets mee. Neem contact op met de coördinator als dat niet klopt."
            );
        }
        let deliver = match self.stage() {
            YearStage::Early => format!(
                "Het jaar {jaar} is nog niet voorbij. U kunt uw bestand al wel controleren. Lever uw gegevens na 31 december {jaar}{}",
                self.by_when()
            ),
            _ => format!("Lever uw gegevens over {jaar}{}", self.by_when()),
        };
        if before {
            format!("Er telt nu geen levering van u mee. {deliver}")
        } else {
            deliver
        }
    }

    /// What everybody reads who may deliver: until when.
    pub fn delivering(&self) -> String {
        let submit_by = datum_nl(self.calendar.inleveren);
        if self.frozen && self.published {
            return "Leveren kan niet meer: de cijfers zijn gepubliceerd.".to_owned();
        }
        if self.frozen {
            return "Leveren kan niet meer: de gegevens zijn bevroren.".to_owned();
        }
        match self.stage() {
            YearStage::Early => format!(
                "Het jaar {} is nog niet voorbij. Leveren kan daarna, tot en met {submit_by}.",
                self.jaar
            ),
            YearStage::Open | YearStage::Uitstel(_) => {
                format!("Leveren kan tot en met {submit_by}.")
            }
            YearStage::Late => format!(
                "U moest leveren voor of op {submit_by}. Bent u te laat? Lever dan zo snel mogelijk. Vanaf {} kan het niet meer.",
                datum_nl(self.calendar.bevriezen)
            ),
            YearStage::Reopened => {
                "Leveren kan weer, maar niet lang. Lever zo snel mogelijk.".to_owned()
            }
        }
    }

    /// Signed.
    fn done(&self) -> String {
        let figures = self.figures();
        if self.frozen {
            return format!("U bent klaar. De gegevens zijn bevroren. {figures}");
        }
        let until = match self.stage() {
            YearStage::Uitstel(day) => format!("Tot en met {}", datum_nl(day)),
            YearStage::Reopened => "Zolang de gegevens open zijn,".to_owned(),
            _ => format!("Tot {}", datum_nl(self.calendar.bevriezen)),
        };
        format!("U bent klaar. {figures} {until} kunt u nog een betere levering indienen.")
    }

    /// What is not signed does not count any more.
    fn too_late(&self) -> String {
        let why = if self.published {
            "De cijfers van dit jaar zijn gepubliceerd."
        } else {
            "De gegevens van dit jaar zijn bevroren."
        };
        format!("{why} Deze levering telt niet mee. Neem contact op met de coördinator.")
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
