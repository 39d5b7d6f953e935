//! A funnel: every gebied a dot by its size and its value, between the limits within which chance keeps them.
//!
//! Owns scale and marks. The page's own gebied is a diamond; each pair of limits has its own kind of line. Who has no value
//! is no dot: the words under the drawing name them.

use std::fmt::Write;

use super::{
    LEGEND_LINE, PLANE_WIDTH, coordinate, grid_line, legend, line_through, open, open_plane, text,
    text_at, ticks,
};
use crate::dutch_format;
use crate::figure_format::FigureFormat;
use crate::published_tables::{FunnelLimits, LevelFunnel};
use crate::wording;

const PLOT_HEIGHT: f64 = 230.0;
const UNDER: f64 = 24.0;

/// One gebied.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelDot {
    /// Its name.
    pub naam: String,
    /// Whether the page is about it.
    pub own: bool,
    /// Its denominator.
    pub size: f64,
    /// Its value.
    pub value: f64,
    /// The value in words.
    pub words: String,
}

/// All the drawing shows.
#[derive(Debug, Clone)]
pub struct FunnelChart<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words, for who doesn't see it.
    pub description: &'a str,
    /// How values are written.
    pub maat: &'a FigureFormat,
    /// The limits.
    pub funnel: &'a LevelFunnel,
    /// The gebieden that have a value.
    pub dots: &'a [FunnelDot],
    /// The line in the middle, in words.
    pub middle: &'a str,
}

/// From size and value to places.
struct Plane {
    top: f64,
    widest: f64,
    low: f64,
    high: f64,
}

impl Plane {
    /// Percents of the width.
    fn x(&self, size: f64) -> f64 {
        size / self.widest * 100.0
    }

    fn y(&self, value: f64) -> f64 {
        let part = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        PLOT_HEIGHT * (1.0 - part)
    }
}

/// The class of a pair of limits, what it is, and the pair at one size.
type Pair = (
    &'static str,
    &'static str,
    fn(&FunnelLimits) -> Option<(f64, f64)>,
);

const PAIRS: [Pair; 3] = [
    ("p95", wording::drawing::BY_CHANCE_95, |limits| {
        Some(limits.p95)
    }),
    ("p998", wording::drawing::BY_CHANCE_998, |limits| {
        Some(limits.p998)
    }),
    ("gewoon", wording::drawing::USUAL_998, |limits| limits.usual),
];

impl FunnelChart<'_> {
    fn pairs(&self) -> impl Iterator<Item = &'static Pair> {
        let limits = &self.funnel.limits;
        PAIRS
            .iter()
            .filter(|(_, _, of)| limits.iter().all(|point| of(point).is_some()))
    }

    /// The drawing; empty when no gebied has a value.
    pub fn svg(&self) -> String {
        if self.dots.is_empty() {
            return String::new();
        }
        let values = || {
            self.dots
                .iter()
                .map(|dot| dot.value)
                .chain([self.funnel.middle])
        };
        let highest = values().fold(0.0, f64::max);
        let limits = self.funnel.limits.iter().map(|point| point.p998.1);
        let top_value = limits.fold(highest, f64::max).min(highest * 1.3);
        let top_value = if self.maat.is_share() {
            top_value.min(1.0)
        } else {
            top_value
        };
        let (marks, step) = ticks(0.0, top_value.max(1e-6), 5.0);
        let widest = self.dots.iter().map(|dot| dot.size).fold(0.0, f64::max) * 1.06;
        let plane = Plane {
            top: 10.0 + LEGEND_LINE * (1 + self.pairs().count()) as f64,
            widest: widest.max(1.0),
            low: 0.0,
            high: marks.last().copied().unwrap_or(1.0),
        };
        let height = plane.top + PLOT_HEIGHT + UNDER;
        let mut out = String::with_capacity(3_000 + self.dots.len() * 110);
        open(
            &mut out,
            self.id,
            "trechter",
            height,
            self.titel,
            self.description,
        );
        for mark in marks {
            let class = if mark == 0.0 { "nul" } else { "raster" };
            let y = plane.top + plane.y(mark);
            grid_line(&mut out, class, y, &self.maat.tick(mark, step));
        }
        open_plane(&mut out, plane.top, PLOT_HEIGHT);
        for (class, _, of) in self.pairs() {
            self.lines(&mut out, &plane, class, *of);
        }
        write!(out, r#"<path class="land" d="M0 "#).expect("writing to a String cannot fail");
        coordinate(&mut out, plane.y(self.funnel.middle));
        write!(out, r#"H{PLANE_WIDTH}"/></svg>"#).expect("writing to a String cannot fail");
        legend(&mut out, "land", 0, self.middle);
        for (place, (class, words, _)) in self.pairs().enumerate() {
            legend(&mut out, class, place + 1, words);
        }
        for own in [false, true] {
            for dot in self.dots.iter().filter(|dot| dot.own == own) {
                mark_of(&mut out, &plane, dot);
            }
        }
        let (sizes, _) = ticks(0.0, widest, 4.0);
        for size in sizes.into_iter().filter(|size| *size <= widest) {
            let anchor = if size == 0.0 { "begin" } else { "midden" };
            let y = plane.top + PLOT_HEIGHT + 17.0;
            text_at(
                &mut out,
                anchor,
                plane.x(size),
                y,
                &dutch_format::number(size, 0),
            );
        }
        out.push_str("</svg>");
        out
    }

    /// The lower and the upper line of one pair.
    fn lines(
        &self,
        out: &mut String,
        plane: &Plane,
        class: &str,
        of: fn(&FunnelLimits) -> Option<(f64, f64)>,
    ) {
        write!(out, r#"<path class="{class}" d=""#).expect("writing to a String cannot fail");
        for upper in [false, true] {
            let points = self.funnel.limits.iter().filter_map(|point| {
                let (low, high) = of(point)?;
                let x = plane.x(point.size) / 100.0 * PLANE_WIDTH;
                Some((x, plane.y(if upper { high } else { low })))
            });
            line_through(out, &points.collect::<Vec<_>>());
        }
        out.push_str(r#""/>"#);
    }
}

fn mark_of(out: &mut String, plane: &Plane, dot: &FunnelDot) {
    let (x, y) = (plane.x(dot.size), plane.top + plane.y(dot.value));
    out.push_str(if dot.own {
        r#"<svg class="eigen" x=""#
    } else {
        r#"<circle r="3.5" cx=""#
    });
    coordinate(out, x);
    out.push_str(if dot.own { r#"%" y=""# } else { r#"%" cy=""# });
    coordinate(out, y);
    out.push_str(r#""><title>"#);
    text(out, &wording::drawing::in_legend(&dot.naam, &dot.words));
    out.push_str(if dot.own {
        r#"</title><path d="M0-8l8 8-8 8-8-8z"/></svg>"#
    } else {
        "</title></circle>"
    });
}

#[cfg(test)]
mod tests {
    use schema::Niveau;
    use schema::indicator::Kind;

    use super::*;

    fn svg(usual: Option<(f64, f64)>, dots: &[FunnelDot]) -> String {
        let limits = |size| FunnelLimits {
            size,
            p95: (0.3, 0.7),
            p998: (0.2, 0.8),
            usual,
        };
        let funnel = LevelFunnel {
            indicator: "a".into(),
            niveau: Niveau::Jeugdregio,
            middle: 0.5,
            limits: vec![limits(20.0), limits(100.0)],
        };
        let format = FigureFormat::of("aandeel", 0, Kind::Share, &crate::PagePlan::default());
        FunnelChart {
            id: "t",
            titel: "Titel",
            description: "Tekst",
            maat: &format,
            funnel: &funnel,
            dots,
            middle: "Nederland: 50%",
        }
        .svg()
    }

    fn dot(name: &str, value: f64) -> FunnelDot {
        FunnelDot {
            naam: name.into(),
            own: name == "Eigen",
            size: 50.0,
            value,
            words: dutch_format::percent(value),
        }
    }

    #[test]
    fn every_gebied_is_one_mark_and_every_pair_of_limits_has_its_own_line() {
        let dots = [dot("A", 0.4), dot("Eigen", 0.6), dot("B & C", 0.9)];
        let wide = svg(Some((0.1, 0.9)), &dots);
        assert_eq!(wide.matches("<circle").count(), 2);
        assert_eq!(wide.matches(r#"<svg class="eigen""#).count(), 1);
        assert!(wide.contains("B &amp; C: 90%"));
        for class in ["p95", "p998", "gewoon", "land"] {
            assert_eq!(
                wide.matches(&format!(r#"<path class="{class}""#)).count(),
                1,
                "{class}"
            );
            assert_eq!(
                wide.matches(&format!(r#"<g class="{class}">"#)).count(),
                1,
                "{class}"
            );
        }
        // Too few gebieden to say what is usual.
        assert!(!svg(None, &dots).contains("gewoon"));
        assert_eq!(svg(None, &[]), "");
    }
}
