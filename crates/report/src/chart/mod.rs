//! Drawings as SVG inside the page.
//!
//! Owns geometry: a dot plot with intervals, a stroom of four bars, a curve with its band, a funnel, a bar in a table
//! cell. Positions along the width are percentages, so that a drawing fills 320 px as well as a page, with text that keeps its size. Colours live in
//! the style sheet, and shape says the same as colour. Whoever calls gives the words; every number drawn also stands
//! in a table beside it.

pub mod bar_chart;
pub mod curve_chart;
pub mod dot_chart;
pub mod flow_chart;
pub mod funnel_chart;
pub mod tile_map;

use std::fmt::{self, Write};

use serde::{Serialize, Serializer};

/// A drawing, and what is said of it to who doesn't see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    svg: String,
    alternative: String,
}

impl Drawing {
    /// From what a chart made, with its title and its description.
    pub fn new(svg: String, title: &str, description: &str) -> Self {
        Self {
            svg,
            alternative: format!("{title}. {description}"),
        }
    }

    /// Its anchor, by which it has a file of its own; empty where there is nothing to see.
    pub fn id(&self) -> &str {
        let announced = attribute(&self.svg, "aria-labelledby").unwrap_or_default();
        announced.split_once("-t ").map_or("", |(id, _)| id)
    }

    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.svg.is_empty()
    }
}

/// For a page that has the style sheet.
impl fmt::Display for Drawing {
    fn fmt(&self, target: &mut fmt::Formatter<'_>) -> fmt::Result {
        target.write_str(&self.svg)
    }
}

/// For paper: a whole file, with its own style.
impl Serialize for Drawing {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        PaperDrawing::of(self).serialize(target)
    }
}

/// A drawing that needs nothing around it.
#[derive(Serialize)]
struct PaperDrawing<'a> {
    svg: String,
    /// In the units of the drawing.
    width: u32,
    alternative: &'a str,
}

/// Room to the left of a drawing for the values on its axis.
const PAPER_MARGIN: u32 = 44;

impl<'a> PaperDrawing<'a> {
    fn of(drawing: &'a Drawing) -> Self {
        let frame = PaperFrame::of(&drawing.svg);
        let PaperFrame { width, height, .. } = frame;
        let svg = if drawing.is_empty() {
            String::new()
        } else {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><style>{PAPER_STYLE}</style>{}</svg>"#,
                frame.inside(&drawing.svg)
            )
        };
        Self {
            svg,
            width,
            alternative: &drawing.alternative,
        }
    }
}

/// The style of a drawing that has no style sheet around it.
pub(crate) const PAPER_STYLE: &str = include_str!("paper.css");

/// The room that a drawing takes where there is no page to give it a width.
pub(crate) struct PaperFrame {
    /// In the units of the drawing.
    pub(crate) width: u32,
    /// In the units of the drawing.
    pub(crate) height: f64,
    /// Of the width, for the values on the axis.
    left: u32,
}

impl PaperFrame {
    /// Of the outermost element of a drawing, which [`open`] wrote.
    pub(crate) fn of(svg: &str) -> Self {
        let class = attribute(svg, "class").unwrap_or_default();
        let without_axis = class.starts_with("stroom") || class == "tegelkaart";
        Self {
            width: match class {
                "punten" => 560,
                "tegelkaart" => 985,
                _ if class.starts_with("punten") => 985,
                _ if class.starts_with("stroom") => 340,
                _ => 450,
            },
            height: attribute(svg, "height")
                .and_then(|height| height.parse().ok())
                .unwrap_or_default(),
            left: if without_axis { 0 } else { PAPER_MARGIN },
        }
    }

    /// The drawing in its place, at the width that is left to it.
    pub(crate) fn inside(&self, svg: &str) -> String {
        format!(
            r#"<svg x="{}" width="{}" height="{}" overflow="visible">{svg}</svg>"#,
            self.left,
            self.width - self.left - 4,
            self.height
        )
    }
}

/// Pieces, each with the gap before it on a line, in lines of at most so many letters; a longer piece has a line of its own.
pub(crate) fn filled_lines<'t>(
    pieces: impl IntoIterator<Item = (&'t str, &'t str)>,
    most: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (gap, piece) in pieces {
        match lines.last_mut() {
            Some(line) if line.chars().count() + gap.len() + piece.chars().count() <= most => {
                line.push_str(gap);
                line.push_str(piece);
            }
            _ => lines.push(piece.to_owned()),
        }
    }
    lines
}

/// An attribute of the first element.
fn attribute<'s>(svg: &'s str, name: &str) -> Option<&'s str> {
    let (_, rest) = svg.split_once(&format!(r#" {name}=""#))?;
    rest.split('"').next()
}

/// Writes text with the five signs of XML escaped.
pub(crate) fn text(out: &mut String, raw: &str) {
    out.push_str(&quick_xml::escape::escape(raw));
}

/// Writes a position to a tenth, without trailing zeros: nobody sees less.
pub(crate) fn coordinate(out: &mut String, value: f64) {
    let begin = out.len();
    write!(out, "{value:.1}").expect("writing to a String cannot fail");
    let without_zeros = out[begin..]
        .trim_end_matches('0')
        .trim_end_matches('.')
        .len();
    out.truncate(begin + without_zeros);
    if &out[begin..] == "-0" {
        out.replace_range(begin.., "0");
    }
}

/// Opens an `<svg>` with its title and description, by which it is announced.
pub(crate) fn open(
    out: &mut String,
    id: &str,
    class: &str,
    height: f64,
    title: &str,
    description: &str,
) {
    write!(
        out,
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-t {id}-d" width="100%" height=""#
    )
    .expect("writing to a String cannot fail");
    coordinate(out, height);
    write!(out, r#"" overflow="visible"><title id="{id}-t">"#)
        .expect("writing to a String cannot fail");
    text(out, title);
    write!(out, r#"</title><desc id="{id}-d">"#).expect("writing to a String cannot fail");
    text(out, description);
    out.push_str("</desc>");
}

/// Width of the plane that [`open_plane`] stretches.
pub(crate) const PLANE_WIDTH: f64 = 1000.0;

/// Opens a plane of [`PLANE_WIDTH`] by `height` that is stretched to the width of the drawing: a path, unlike a circle or
/// a line, has no positions in percentages. What runs over its edges is cut.
pub(crate) fn open_plane(out: &mut String, top: f64, height: f64) {
    write!(
        out,
        r#"<svg class="vlak" width="100%" y="{top}" height="{height}" viewBox="0 0 {PLANE_WIDTH} {height}" preserveAspectRatio="none">"#
    )
    .expect("writing to a String cannot fail");
}

/// How far a line may run from a point of it, in the units of the drawing: nobody sees less.
const UNSEEN: f64 = 0.2;

/// Writes a line through these points of a plane, without those that lie on the way between their neighbours.
pub(crate) fn line_through(out: &mut String, points: &[(f64, f64)]) {
    let Some(first) = points.first() else {
        return;
    };
    let mut pen = |sign: char, (x, y): (f64, f64)| {
        out.push(sign);
        write!(out, "{x:.0} ").expect("writing to a String cannot fail");
        coordinate(out, y);
    };
    pen('M', *first);
    let mut from = 0;
    for to in 1..points.len() {
        let last = to + 1 == points.len();
        if last || !is_straight(&points[from..=to + 1]) {
            pen('L', points[to]);
            from = to;
        }
    }
}

/// Whether a line from the first to the last of these points passes all others by.
fn is_straight(points: &[(f64, f64)]) -> bool {
    let [(x1, y1), between @ .., (x2, y2)] = points else {
        return true;
    };
    between.iter().all(|(x, y)| {
        let on_line = y1 + (y2 - y1) * (x - x1) / (x2 - x1).max(f64::EPSILON);
        (on_line - y).abs() <= UNSEEN
    })
}

/// Writes a line of text at so many percents of the width.
pub(crate) fn text_at(out: &mut String, class: &str, x: f64, y: f64, words: &str) {
    write!(out, r#"<text class="{class}" x=""#).expect("writing to a String cannot fail");
    coordinate(out, x);
    out.push_str(r#"%" y=""#);
    coordinate(out, y);
    out.push_str(r#"">"#);
    text(out, words);
    out.push_str("</text>");
}

/// The height of a line of the legend above a drawing.
pub(crate) const LEGEND_LINE: f64 = 18.0;

/// Writes a line of the legend above a drawing: how a line looks, and what it is.
pub(crate) fn legend(out: &mut String, class: &str, place: usize, words: &str) {
    let height = 8.0 + LEGEND_LINE * place as f64;
    write!(
        out,
        r#"<g class="{class}"><path d="M0 {height}H22"/><text x="29" y="{}">"#,
        height + 4.0
    )
    .expect("writing to a String cannot fail");
    text(out, words);
    out.push_str("</text></g>");
}

/// Writes a line across with the value it stands for beside it.
pub(crate) fn grid_line(out: &mut String, class: &str, y: f64, words: &str) {
    write!(out, r#"<line class="{class}" x2="100%" y1=""#)
        .expect("writing to a String cannot fail");
    coordinate(out, y);
    out.push_str(r#"" y2=""#);
    coordinate(out, y);
    out.push_str(r#""/><text class="tik" y=""#);
    coordinate(out, y + 4.0);
    out.push_str(r#"">"#);
    text(out, words);
    out.push_str("</text>");
}

/// Ticks from 0 or below the lowest to above the highest, about `target` of them, at 1, 2 or 5 times a power of ten.
pub(crate) fn ticks(low: f64, high: f64, target: f64) -> (Vec<f64>, f64) {
    let range = (high - low).max(1e-9);
    let raw = range / target;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|step| *step >= raw)
        .unwrap_or(10.0 * power);
    let first = (low / step).floor() as i64;
    let last = (high / step - 1e-9).ceil() as i64;
    (
        (first..=last.max(first + 1))
            .map(|times| times as f64 * step)
            .collect(),
        step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_span_the_values() {
        assert_eq!(ticks(0.0, 93.0, 4.0), (vec![0.0, 50.0, 100.0], 50.0));
        assert_eq!(ticks(0.0, 20.0, 4.0).0, [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(ticks(0.0, 0.0, 4.0).0.len(), 2);
    }

    #[test]
    fn a_line_keeps_the_points_where_it_bends() {
        let mut out = String::new();
        let flat = [(0.0, 5.0), (100.4, 5.1), (200.0, 5.0)];
        line_through(&mut out, &flat);
        assert_eq!(out, "M0 5L200 5");
        out.clear();
        let bent = [(0.0, 0.0), (10.0, 0.0), (20.0, 9.0), (30.0, 18.0)];
        line_through(&mut out, &bent);
        assert_eq!(out, "M0 0L10 0L30 18");
        out.clear();
        // A slow bend: no point may be further off than is seen.
        let slow: Vec<(f64, f64)> = (0..100)
            .map(|x| (f64::from(x), f64::from(x * x) / 500.0))
            .collect();
        line_through(&mut out, &slow);
        assert!((5..8).contains(&out.matches('L').count()), "{out}");
        out.clear();
        line_through(&mut out, &[]);
        assert_eq!(out, "");
    }

    #[test]
    fn text_cannot_break_out_and_positions_are_short() {
        let mut out = String::new();
        text(&mut out, "<a b='c'>&\"");
        assert_eq!(out, "&lt;a b=&apos;c&apos;&gt;&amp;&quot;");
        let mut places = String::new();
        for value in [12.54, 3.0, -0.001, 100.0] {
            coordinate(&mut places, value);
            places.push(' ');
        }
        assert_eq!(places, "12.5 3 0 100 ");
    }
}
