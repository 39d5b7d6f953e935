//! The dot plot: every gebied a dot with its interval, the own one a diamond, Nederland a line.
//!
//! Owns scale and marks. The order is the caller's (by code, never by value: no league table). A hidden gebied has
//! its own strip under the axis, "niet getoond (privacy)", and is never drawn as 0.

use std::fmt::Write;

use crate::figure_format::FigureFormat;
use crate::shown_figure::Visibility;
use crate::wording;

use super::{coordinate, grid_line, open, text, ticks};

const PLOT_HEIGHT: f64 = 190.0;
const STRIP: f64 = 40.0;
const LETTER: f64 = 5.6;
/// So many names fit under a drawing of 320 px.
const FEW: usize = 12;

/// One gebied.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPoint {
    /// Its name.
    pub naam: String,
    /// Whether the page is about it.
    pub own: bool,
    /// Whether it has a value.
    pub toestand: Visibility,
    /// The value.
    pub waarde: Option<f64>,
    /// Lower limit of its 95 % interval.
    pub onder: Option<f64>,
    /// Upper limit of its 95 % interval.
    pub boven: Option<f64>,
    /// The value in words.
    pub kort: String,
    /// Value and interval in words.
    pub woorden: String,
}

/// A line across, to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceLine {
    /// Whose value it is.
    pub naam: String,
    /// The value.
    pub waarde: f64,
    /// The value in words.
    pub woorden: String,
    /// Whether it is the country.
    pub land: bool,
}

/// All a dot plot shows.
#[derive(Debug, Clone)]
pub struct DotChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words, for who doesn't see it.
    pub description: &'a str,
    /// How values are written.
    pub maat: &'a FigureFormat,
    /// The gebieden, in the order in which they stand.
    pub points: &'a [ChartPoint],
    /// The lines.
    pub lines: &'a [ReferenceLine],
}

/// From value to height.
struct Scale {
    boven: f64,
    ticks: Vec<f64>,
    step: f64,
    low: f64,
    high: f64,
}

impl Scale {
    fn of(chart: &DotChart<'_>) -> Self {
        let values = chart.points.iter().filter_map(|point| point.waarde);
        let lines = chart.lines.iter().map(|line| line.waarde);
        let marks: Vec<f64> = values.chain(lines).collect();
        let own = chart.points.iter().filter(|point| point.own);
        let highest = own
            .filter_map(|point| point.boven)
            .chain(marks.iter().copied())
            .fold(0.0, f64::max);
        let limits = |of: fn(&ChartPoint) -> Option<f64>| chart.points.iter().filter_map(of);
        let above = limits(|point| point.boven).fold(highest, f64::max);
        let lowest = limits(|point| point.onder)
            .chain(marks.iter().copied())
            .fold(0.0, f64::min);
        // A few very wide intervals would press everything else flat: those run off the top.
        let mut top = above.min(highest * 1.5);
        if chart.maat.is_share() {
            top = top.min(1.0);
        }
        let (ticks, step) = ticks(lowest, if top > 0.0 { top } else { 1.0 }, 6.0);
        let (low, high) = (
            ticks.first().copied().unwrap_or(0.0),
            ticks.last().copied().unwrap_or(1.0),
        );
        Self {
            boven: 16.0 + 18.0 * chart.lines.len() as f64,
            ticks,
            step,
            low,
            high,
        }
    }

    fn y(&self, value: f64) -> f64 {
        let part = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.boven + PLOT_HEIGHT * (1.0 - part)
    }
}

impl DotChart<'_> {
    /// The drawing; empty when no gebied has a value.
    pub fn svg(&self) -> String {
        if self.points.iter().all(|point| point.waarde.is_none()) {
            return String::new();
        }
        let scale = Scale::of(self);
        let without = self.points.iter().any(|point| point.waarde.is_none());
        let bottom = scale.boven + PLOT_HEIGHT + if without { STRIP } else { 0.0 };
        let names = names_height(self.points.iter());
        let mut out = String::with_capacity(400 + self.points.len() * 200);
        open(
            &mut out,
            self.id,
            &self.class(names),
            bottom + names,
            self.titel,
            self.description,
        );
        self.axes(&mut out, &scale);
        let width = 100.0 / self.points.len() as f64;
        let middle = |place: usize| (place as f64 + 0.5) * width;
        let columns = |out: &mut String, own: bool| {
            let points = self.points.iter().enumerate();
            for (place, point) in points.filter(|(_, point)| point.own == own) {
                column(out, &scale, point, middle(place), bottom);
            }
        };
        columns(&mut out, false);
        self.lines(&mut out, &scale);
        columns(&mut out, true);
        if without {
            self.strip(&mut out, &scale);
        }
        out.push_str("</svg>");
        out
    }

    /// On a narrow screen many names do not fit: then only the own one stays, and the drawing may be that much
    /// lower, in steps of 24 px that the style sheet knows.
    fn class(&self, names: f64) -> String {
        if self.points.len() <= FEW {
            return "punten".to_owned();
        }
        let own = names_height(self.points.iter().filter(|point| point.own));
        format!(
            "punten veel lager{}",
            ((names - own) / 24.0).floor().clamp(0.0, 6.0)
        )
    }

    fn axes(&self, out: &mut String, scale: &Scale) {
        for &tick in &scale.ticks {
            let class = if tick == 0.0 { "nul" } else { "raster" };
            let words = self.maat.tick(tick, scale.step);
            grid_line(out, class, scale.y(tick), &words);
        }
    }

    /// Under the axis: who has no value, and why.
    fn strip(&self, out: &mut String, scale: &Scale) {
        let is = |wanted: fn(Visibility) -> bool| self.points.iter().any(|p| wanted(p.toestand));
        let hidden = is(Visibility::is_hidden);
        let absent = is(|toestand| matches!(toestand, Visibility::Missing(_)));
        let words = wording::drawing::strip(hidden, absent);
        if hidden {
            out.push_str(r#"<rect class="privacy" x="1" width="7" height="7" y=""#);
            coordinate(out, scale.boven + PLOT_HEIGHT + 9.5);
            out.push_str(r#""/>"#);
        }
        out.push_str(r#"<text class="strook" x=""#);
        out.push_str(if hidden { "14" } else { "0" });
        out.push_str(r#"" y=""#);
        coordinate(out, scale.boven + PLOT_HEIGHT + 17.0);
        out.push_str(r#"">"#);
        text(out, &words);
        out.push_str("</text>");
    }

    /// The lines across, and above the drawing what they are: beside a line the words would cover marks.
    fn lines(&self, out: &mut String, scale: &Scale) {
        for (place, line) in self.lines.iter().rev().enumerate() {
            let class = if line.land { "land" } else { "regio" };
            write!(out, r#"<g class="{class}"><line x2="100%" y1=""#)
                .expect("writing to a String cannot fail");
            coordinate(out, scale.y(line.waarde));
            out.push_str(r#"" y2=""#);
            coordinate(out, scale.y(line.waarde));
            let height = 8.0 + 18.0 * place as f64;
            write!(
                out,
                r#""/><line x2="22" y1="{height}" y2="{height}"/><text x="29" y="{}">"#,
                height + 4.0
            )
            .expect("writing to a String cannot fail");
            text(out, &line.naam);
            out.push(' ');
            text(out, &line.woorden);
            out.push_str("</text></g>");
        }
    }
}

/// The column of one gebied: its mark and its name.
fn column(out: &mut String, scale: &Scale, point: &ChartPoint, x: f64, bottom: f64) {
    out.push_str(r#"<svg x=""#);
    coordinate(out, x);
    out.push_str(if point.own {
        r#"%" class="eigen">"#
    } else {
        r#"%">"#
    });
    // What has no value stands in the strip, which says why.
    if point.waarde.is_some() {
        out.push_str("<title>");
        text(out, &point.naam);
        out.push_str(": ");
        text(out, &point.woorden);
        out.push_str("</title>");
    }
    if point.own {
        out.push_str(r#"<path class="baan" d="M0 "#);
        coordinate(out, scale.boven);
        out.push('V');
        coordinate(out, bottom);
        out.push_str(r#""/>"#);
    }
    match point.waarde {
        Some(value) => mark(out, scale, point, value),
        None => empty(out, scale, point.toestand),
    }
    // Turned by the style sheet.
    out.push_str(r#"<text x="-"#);
    coordinate(out, bottom + 8.0);
    out.push_str(r#"">"#);
    text(out, &short_name(&point.naam));
    out.push_str("</text></svg>");
}

/// Interval and dot; the own one is a diamond with its value above.
fn mark(out: &mut String, scale: &Scale, point: &ChartPoint, value: f64) {
    if point.onder.or(point.boven).is_some() {
        let above = point.boven.unwrap_or(value);
        out.push_str(r#"<path d="M0 "#);
        coordinate(out, scale.y(point.onder.unwrap_or(value)));
        out.push('V');
        coordinate(out, scale.y(above));
        out.push_str(r#""/>"#);
        if above > scale.high {
            // The interval goes on above the drawing.
            out.push_str(r#"<path class="verder" d="M-3 "#);
            coordinate(out, scale.boven + 4.0);
            out.push_str("l3 -4 l3 4\"/>");
        }
    }
    let y = scale.y(value);
    if point.own {
        out.push_str(r#"<path class="merk" d="M0 "#);
        coordinate(out, y - 7.0);
        out.push_str(r#"l7 7 l-7 7 l-7 -7z"/>"#);
    } else {
        out.push_str(r#"<circle r="3" cy=""#);
        coordinate(out, y);
        out.push_str(r#""/>"#);
    }
}

/// The mark of a gebied without a value: an open square for privacy, a cross for no figure.
fn empty(out: &mut String, scale: &Scale, toestand: Visibility) {
    let middle = scale.boven + PLOT_HEIGHT + 29.0;
    if toestand.is_hidden() {
        out.push_str(r#"<path class="privacy" d="M-3.5 "#);
        coordinate(out, middle - 3.5);
        out.push_str(r#"h7v7h-7z"/>"#);
    } else {
        out.push_str(r#"<path class="geen" d="M-3 "#);
        coordinate(out, middle - 3.0);
        out.push_str("l6 6 m0 -6 l-6 6\"/>");
    }
}

/// Room for the longest of these names.
fn names_height<'a>(points: impl Iterator<Item = &'a ChartPoint>) -> f64 {
    12.0 + LETTER
        * points
            .map(|point| short_name(&point.naam).chars().count())
            .max()
            .unwrap_or(0) as f64
}

/// The name under a column: what stands between brackets is left off, and very long ones are cut.
fn short_name(name: &str) -> String {
    const LONGEST: usize = 32;
    let without = name.split(" (").next().unwrap_or(name);
    if without.chars().count() <= LONGEST {
        return without.to_owned();
    }
    let mut short: String = without.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use schema::indicator::Kind;

    use super::*;

    fn point(name: &str, value: Option<f64>, toestand: Visibility) -> ChartPoint {
        ChartPoint {
            naam: name.into(),
            own: name == "Eigen",
            toestand,
            waarde: value,
            onder: value.map(|value| value * 0.8),
            boven: value.map(|value| value * 1.3),
            kort: String::new(),
            woorden: value.map_or(wording::figure::PRIVACY.into(), |value| value.to_string()),
        }
    }

    fn character(points: &[ChartPoint]) -> String {
        let format = FigureFormat::of("dagen", 0, Kind::Quantile, &crate::PagePlan::default());
        let lines = [ReferenceLine {
            naam: "Nederland".into(),
            waarde: 40.0,
            woorden: "40".into(),
            land: true,
        }];
        DotChart {
            id: "p",
            titel: "Titel",
            description: "Tekst",
            maat: &format,
            points,
            lines: &lines,
        }
        .svg()
    }

    #[test]
    fn each_gebied_is_one_mark_and_the_own_one_has_another_shape() {
        let svg = character(&[
            point("Eigen", Some(50.0), Visibility::Shown),
            point("A", Some(30.0), Visibility::Shown),
            point("B", Some(35.0), Visibility::Shown),
            point("C", None, Visibility::Hidden),
            point("D", None, Visibility::Missing(None)),
        ]);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert_eq!(svg.matches(r#"<path class="merk""#).count(), 1);
        assert_eq!(svg.matches(r#"<path class="privacy""#).count(), 1);
        assert_eq!(svg.matches(r#"<path class="geen""#).count(), 1);
        assert_eq!(svg.matches(r#"<path d="M0 "#).count(), 3);
        assert_eq!(svg.matches(r#" class="eigen">"#).count(), 1);
        assert!(svg.contains("niet getoond (privacy)"));
    }

    #[test]
    fn nothing_to_show_is_no_drawing() {
        assert_eq!(character(&[point("A", None, Visibility::Hidden)]), "");
    }

    #[test]
    fn a_very_wide_interval_runs_off_the_top() {
        let mut wide = point("A", Some(10.0), Visibility::Shown);
        (wide.onder, wide.boven) = (Some(1.0), Some(4000.0));
        assert!(
            character(&[wide, point("Eigen", Some(50.0), Visibility::Shown)])
                .contains(r#"class="verder""#)
        );
    }
}
