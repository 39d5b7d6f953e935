//! A curve: what part was out by each week, with the band of its margin, and under the axis how many were still in.
//!
//! Owns scale and lines. The curve of the page's gebied is a thick line with a band, that of the country a dashed one. It
//! ends where too few are left to go on, which is not where nothing happens any more.

use std::fmt::Write;

use super::{
    LEGEND_LINE, PLANE_WIDTH, coordinate, grid_line, legend, open, open_plane, text, text_at,
};
use crate::dutch_format;
use crate::published_tables::{AreaCurve, CurveWeek};
use crate::wording;

const PLOT_HEIGHT: f64 = 190.0;
const LINE: f64 = 17.0;
/// Weeks between the ticks of the axis: the first that gives at most [`MOST_TICKS`].
const STEPS: [u32; 6] = [2, 4, 8, 13, 26, 52];
const MOST_TICKS: u32 = 6;
const WEEK: u32 = 7;

/// One of the curves.
#[derive(Debug, Clone, Copy)]
pub struct CurveSeries<'a> {
    /// Whose it is.
    pub naam: &'a str,
    /// The curve.
    pub curve: &'a AreaCurve,
}

/// All the drawing shows.
#[derive(Debug, Clone)]
pub struct CurveChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words, for who doesn't see it.
    pub description: &'a str,
    /// The curve of the page's gebied.
    pub own: CurveSeries<'a>,
    /// That of the country, on another page than its own.
    pub land: Option<CurveSeries<'a>>,
    /// Above the numbers under the axis: what they count.
    pub at_risk: &'a str,
}

impl CurveChart<'_> {
    fn series(&self) -> impl Iterator<Item = (&'static str, CurveSeries<'_>)> {
        let land = self.land.map(|land| ("land", land));
        [("eigen", self.own)].into_iter().chain(land)
    }

    /// The last day that is drawn.
    fn last(&self) -> u32 {
        let days = self
            .series()
            .filter_map(|(_, series)| series.curve.weeks.last());
        days.map(|week| week.day).max().unwrap_or(0).max(WEEK)
    }

    /// The days that have a tick.
    pub fn ticks(&self) -> Vec<u32> {
        let weeks = self.last() / WEEK;
        let fits = |step: &&u32| weeks / **step < MOST_TICKS;
        let step = STEPS.iter().find(fits).copied().unwrap_or(104);
        (0..=weeks / step)
            .map(|place| place * step * WEEK)
            .collect()
    }

    /// The drawing.
    pub fn svg(&self) -> String {
        let top = 10.0 + LEGEND_LINE * self.series().count() as f64;
        let axis = top + PLOT_HEIGHT;
        let rows = self.series().count() as f64;
        let height = axis + LINE * (2.5 + 2.0 * rows);
        let mut out = String::with_capacity(4_000);
        open(
            &mut out,
            self.id,
            "verloop",
            height,
            self.titel,
            self.description,
        );
        for percent in [0, 25, 50, 75, 100] {
            let class = match percent {
                0 => "nul",
                50 => "helft",
                _ => "raster",
            };
            let y = axis - PLOT_HEIGHT * f64::from(percent) / 100.0;
            grid_line(
                &mut out,
                class,
                y,
                &dutch_format::percent(f64::from(percent) / 100.0),
            );
        }
        let span = f64::from(self.last()) * 1.04;
        open_plane(&mut out, top, PLOT_HEIGHT);
        band(&mut out, &self.own.curve.weeks, span);
        let backwards: Vec<_> = self.series().collect();
        for (class, series) in backwards.into_iter().rev() {
            write!(out, r#"<path class="{class}" d=""#).expect("writing to a String cannot fail");
            steps(
                &mut out,
                series.curve.weeks.iter().map(|week| (week.day, week.share)),
                span,
            );
            out.push_str(r#""/>"#);
        }
        out.push_str("</svg>");
        for (place, (class, series)) in self.series().enumerate() {
            legend(&mut out, class, place, series.naam);
        }
        self.axis(&mut out, axis, span);
        out.push_str("</svg>");
        out
    }

    /// Under the axis: the weeks, and of each curve how many were still in.
    fn axis(&self, out: &mut String, axis: f64, span: f64) {
        let ticks = self.ticks();
        let x = |day: u32| f64::from(day) / span * 100.0;
        let anchor = |day: u32| if day == 0 { "begin" } else { "midden" };
        for &day in &ticks {
            let words = if ticks.last() == Some(&day) {
                wording::drawing::weeks(day / WEEK)
            } else {
                (day / WEEK).to_string()
            };
            text_at(out, anchor(day), x(day), axis + LINE, &words);
        }
        let mut y = axis + 2.3 * LINE;
        write!(out, r#"<text class="kop" y="{y:.0}">"#).expect("writing to a String cannot fail");
        text(out, self.at_risk);
        out.push_str("</text>");
        for (class, series) in self.series() {
            write!(out, r#"<g class="{class}">"#).expect("writing to a String cannot fail");
            y += LINE;
            text_at(out, "naam", 0.0, y, series.naam);
            y += LINE;
            for &day in &ticks {
                if let Some(week) = series.curve.on(day) {
                    text_at(
                        out,
                        anchor(day),
                        x(day),
                        y,
                        &dutch_format::count(week.at_risk),
                    );
                }
            }
            out.push_str("</g>");
        }
    }
}

/// The margin as a closed path: along the upper limits and back along the lower ones.
fn band(out: &mut String, weeks: &[CurveWeek], span: f64) {
    let limits: Vec<(u32, (f64, f64))> = weeks
        .iter()
        .filter_map(|week| Some((week.day, week.limits?)))
        .collect();
    let Some((last, _)) = limits.last().copied() else {
        return;
    };
    let upper = limits.iter().map(|(day, (_, high))| (*day, *high));
    // Backwards a step goes up at the day on which it begins.
    let lower: Vec<(u32, f64)> = limits.iter().map(|(day, (low, _))| (*day, *low)).collect();
    let mut ends = vec![last];
    ends.extend(lower.iter().rev().map(|(day, _)| *day));
    out.push_str(r#"<path class="marge" d=""#);
    steps(out, upper, span);
    for (begin, (_, low)) in ends.iter().skip(1).zip(lower.iter().rev()) {
        out.push('V');
        coordinate(out, height(*low));
        out.push('H');
        coordinate(out, f64::from(*begin) / span * PLANE_WIDTH);
    }
    out.push_str(r#"z"/>"#);
}

/// A line that keeps its height until the next point.
fn steps(out: &mut String, points: impl Iterator<Item = (u32, f64)>, span: f64) {
    let mut before: Option<f64> = None;
    for (day, share) in points {
        out.push_str(if before.is_none() { "M" } else { "H" });
        coordinate(out, f64::from(day) / span * PLANE_WIDTH);
        if before != Some(share) {
            out.push_str(if before.is_none() { " " } else { "V" });
            coordinate(out, height(share));
        }
        before = Some(share);
    }
}

fn height(share: f64) -> f64 {
    PLOT_HEIGHT * (1.0 - share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(weeks: u32) -> AreaCurve {
        AreaCurve {
            indicator: "a".into(),
            gebied: "JZ01".into(),
            weeks: (0..=weeks)
                .map(|week| CurveWeek {
                    day: week * WEEK,
                    share: f64::from(week) * 0.01,
                    limits: (week > 1).then_some((0.0, f64::from(week) * 0.02)),
                    at_risk: i64::from(1200 - week * 5),
                })
                .collect(),
        }
    }

    fn chart<'a>(own: &'a AreaCurve, land: &'a AreaCurve) -> CurveChart<'a> {
        CurveChart {
            id: "v",
            titel: "Titel",
            description: "Tekst",
            own: CurveSeries {
                naam: "Eigen",
                curve: own,
            },
            land: Some(CurveSeries {
                naam: "Nederland",
                curve: land,
            }),
            at_risk: "Nog op de lijst",
        }
    }

    #[test]
    fn two_curves_one_band_and_the_numbers_that_are_still_in() {
        let (own, land) = (curve(30), curve(60));
        let svg = chart(&own, &land).svg();
        assert_eq!(svg.matches(r#"<path class="marge""#).count(), 1);
        assert_eq!(svg.matches(r#"<path class="eigen""#).count(), 1);
        assert_eq!(svg.matches(r#"<path class="land""#).count(), 1);
        assert!(svg.contains(">Eigen</text>") && svg.contains(">Nederland</text>"));
        // Every 13 weeks; the own curve ends after week 30.
        assert_eq!(
            chart(&own, &land).ticks(),
            [0, 13, 26, 39, 52].map(|week| week * WEEK)
        );
        for (number, times) in [
            ("1.200", 2),
            ("1.135", 2),
            ("1.070", 2),
            ("1.005", 1),
            ("940", 1),
        ] {
            assert_eq!(
                svg.matches(&format!(">{number}</text>")).count(),
                times,
                "{number}"
            );
        }
    }

    #[test]
    fn a_curve_is_a_line_of_steps() {
        let mut out = String::new();
        steps(&mut out, [(0, 0.0), (7, 0.0), (14, 0.5)].into_iter(), 14.0);
        assert_eq!(out, "M0 190H500H1000V95");
    }
}
