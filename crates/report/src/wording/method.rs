//! How figures are calculated: for the page with the explanation alone, where names of methods may stand.

use schema::indicator::Interval;

/// How the margin of a figure was made; empty where it has none.
pub fn margin(interval: Interval) -> &'static str {
    match interval {
        Interval::Geen => "",
        Interval::Wilson => "Wilson, voor een aandeel",
        Interval::Poisson => "Poisson (exact onder 10, daarboven Byar), voor een aantal",
        Interval::Orde => "volgorde van de waarnemingen, voor een mediaan of kwantiel",
        Interval::KaplanMeier => {
            "Greenwood (log-log), bij een schatting die lopende gevallen meetelt (Kaplan en Meier; Brookmeyer en Crowley)"
        }
        Interval::AalenJohansen => {
            "log-log, bij een schatting die wachtenden meetelt (Aalen en Johansen)"
        }
    }
}
