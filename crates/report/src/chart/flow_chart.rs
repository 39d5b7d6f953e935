//! The stroom: stock, what came, what went, stock after, as four bars; or what came and what went alone.
//!
//! Owns the bars. The numbers were rounded apart, so the last bar may stand a little above or under where the others
//! end: then no line joins them. What is more than rounding is not drawn.

use std::fmt::Write;

use super::{coordinate, open, text};

const TOP: f64 = 24.0;
const PLOT_HEIGHT: f64 = 170.0;
const HEIGHT: f64 = TOP + PLOT_HEIGHT + 30.0;
/// Each of four numbers lies less than 5 from the true one.
const MOST_BY_ROUNDING: f64 = 20.0;

/// What the drawing shows.
#[derive(Debug, Clone)]
pub struct FlowDrawing<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What is shown.
    pub titel: &'a str,
    /// The same in words.
    pub description: &'a str,
    /// The numbers.
    pub numbers: FlowNumbers,
    /// For each bar the number above it and the words under it.
    pub words: &'a [(String, String)],
}

/// The numbers of a stroom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FlowNumbers {
    /// Stock, in, out, stock.
    Four([f64; 4]),
    /// In and out, where the stocks are not published.
    Two([f64; 2]),
}

impl FlowNumbers {
    /// What begin + in - uit is more than eind; nothing where the stocks are not there.
    pub fn residual(self) -> f64 {
        match self {
            Self::Four([begin, arriving, leaving, end]) => begin + arriving - leaving - end,
            Self::Two(_) => 0.0,
        }
    }

    /// Whether each of them was published as 0.
    pub fn all_few(self) -> bool {
        self.bars().iter().all(|(_, _, high)| *high < 0.5)
    }

    /// Whether rounding alone can make that much.
    pub fn fits(self) -> bool {
        self.residual().abs() < MOST_BY_ROUNDING
    }

    /// Class, lowest and highest value of each bar.
    fn bars(self) -> Vec<(&'static str, f64, f64)> {
        match self {
            Self::Four([begin, arriving, leaving, end]) => vec![
                ("stand", 0.0, begin),
                ("bij", begin, begin + arriving),
                (
                    "af",
                    (begin + arriving - leaving).max(0.0),
                    begin + arriving,
                ),
                ("stand", 0.0, end),
            ],
            Self::Two([arriving, leaving]) => vec![("bij", 0.0, arriving), ("af", 0.0, leaving)],
        }
    }

    /// The heights at which one bar goes on where the one before it ends.
    fn links(self) -> Vec<f64> {
        match self {
            Self::Four([begin, arriving, _, end]) => {
                let mut links = vec![begin, begin + arriving];
                if self.residual().abs() < 0.5 {
                    links.push(end);
                }
                links
            }
            Self::Two(_) => Vec::new(),
        }
    }
}

impl FlowDrawing<'_> {
    /// The drawing.
    pub fn svg(&self) -> String {
        let bars = self.numbers.bars();
        let highest = bars.iter().map(|bar| bar.2).fold(1.0, f64::max);
        let y = |value: f64| TOP + PLOT_HEIGHT * (1.0 - value / highest);
        let mut out = String::with_capacity(2_000);
        let class = match self.numbers {
            FlowNumbers::Four(_) => "stroom",
            FlowNumbers::Two(_) => "stroom twee",
        };
        open(
            &mut out,
            self.id,
            class,
            HEIGHT,
            self.titel,
            self.description,
        );
        let width = 100.0 / bars.len() as f64;
        for (place, ((class, low, high), (number, name))) in bars.iter().zip(self.words).enumerate()
        {
            let left = place as f64 * width;
            write!(out, r#"<g class="{class}"><rect width=""#)
                .expect("writing to a String cannot fail");
            coordinate(&mut out, width * 0.68);
            out.push_str(r#"%" x=""#);
            coordinate(&mut out, left + width * 0.16);
            out.push_str(r#"%" y=""#);
            coordinate(&mut out, y(*high));
            out.push_str(r#"" height=""#);
            coordinate(&mut out, (y(*low) - y(*high)).max(1.0));
            out.push_str(r#""/>"#);
            for (kind, height, word) in [
                ("getal", y(*high) - 7.0, number),
                ("naam", TOP + PLOT_HEIGHT + 20.0, name),
            ] {
                write!(out, r#"<text class="{kind}" text-anchor="middle" x=""#)
                    .expect("writing to a String cannot fail");
                coordinate(&mut out, left + width / 2.0);
                out.push_str(r#"%" y=""#);
                coordinate(&mut out, height);
                out.push_str(r#"">"#);
                text(&mut out, word);
                out.push_str("</text>");
            }
            out.push_str("</g>");
        }
        for (place, value) in self.numbers.links().into_iter().enumerate() {
            let left = (place as f64 + 0.84) * width;
            out.push_str(r#"<line class="schakel" x1=""#);
            coordinate(&mut out, left);
            out.push_str(r#"%" x2=""#);
            coordinate(&mut out, left + width * 0.32);
            out.push_str(r#"%" y1=""#);
            coordinate(&mut out, y(value));
            out.push_str(r#"" y2=""#);
            coordinate(&mut out, y(value));
            out.push_str(r#""/>"#);
        }
        out.push_str(r#"<line class="nul" x1="0" x2="100%" y1=""#);
        coordinate(&mut out, TOP + PLOT_HEIGHT);
        out.push_str(r#"" y2=""#);
        coordinate(&mut out, TOP + PLOT_HEIGHT);
        out.push_str(r#""/></svg>"#);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(numbers: FlowNumbers) -> String {
        let word = |number: &str, name: &str| (number.to_owned(), name.to_owned());
        FlowDrawing {
            id: "s",
            titel: "Stroom",
            description: "Woorden",
            numbers,
            words: &[
                word("40", "Eind 2019"),
                word("+ 65", "Begonnen"),
                word("\u{2212} 60", "Geëindigd"),
                word("45", "Eind 2020"),
            ],
        }
        .svg()
    }

    #[test]
    fn what_is_more_than_rounding_does_not_fit() {
        assert!(FlowNumbers::Four([40.0, 65.0, 60.0, 45.0]).fits());
        assert!(FlowNumbers::Four([40.0, 65.0, 60.0, 60.0]).fits());
        assert!(!FlowNumbers::Four([40.0, 65.0, 60.0, 65.0]).fits());
        assert!(FlowNumbers::Two([65.0, 10.0]).fits());
    }

    #[test]
    fn bars_are_joined_where_one_goes_on_where_the_other_ends() {
        let links = |svg: &str| svg.matches(r#"class="schakel""#).count();
        let exact = svg(FlowNumbers::Four([40.0, 65.0, 60.0, 45.0]));
        assert_eq!((exact.matches("<rect").count(), links(&exact)), (4, 3));
        assert!(exact.contains("+ 65") && exact.contains("\u{2212} 60"));
        let rounded = svg(FlowNumbers::Four([40.0, 65.0, 60.0, 50.0]));
        assert_eq!((rounded.matches("<rect").count(), links(&rounded)), (4, 2));
        let two = svg(FlowNumbers::Two([65.0, 60.0]));
        assert_eq!((two.matches("<rect").count(), links(&two)), (2, 0));
    }

    #[test]
    fn more_out_than_there_was_stays_on_the_paper() {
        let svg = svg(FlowNumbers::Four([0.0, 5.0, 10.0, 0.0]));
        assert!(
            !svg.contains(r#"height="-"#) && !svg.contains(r#"y="-"#),
            "{svg}"
        );
    }
}
