//! A picture of a page as a file of its own: as SVG, as PNG, and as a page for a frame on another site.
//!
//! Owns taking a drawing out of a page that was made by this crate, and what a picture that stands alone must say besides:
//! its title, and how to cite it. Leaves the drawing to `chart`, and addresses and keeping to whoever asks.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use crate::chart::{PAPER_STYLE, PaperFrame, filled_lines, text};
use crate::wording;

/// Pixels of a PNG to a unit of the drawing: sharp on a screen of twice as many.
const SHARPNESS: f32 = 2.0;
/// Room around what is drawn.
const MARGIN: u32 = 12;
/// The height of a line of the title, and of the source.
const TITLE_LINE: u32 = 22;
const SOURCE_LINE: u32 = 16;
/// About how wide a letter of each is.
const TITLE_LETTER: u32 = 8;
const SOURCE_LETTER: u32 = 6;

/// One picture of a page.
#[derive(Debug)]
pub struct PagePicture<'p> {
    id: &'p str,
    /// The element as it stands in the page.
    svg: &'p str,
    /// Escaped, as in the page.
    title: &'p str,
    citation: &'p str,
}

impl<'p> PagePicture<'p> {
    /// The picture of this anchor; nothing where the page has none.
    pub fn find(page: &'p str, id: &'p str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if id.is_empty() || !id.chars().all(plain) {
            return None;
        }
        let announced = page.find(&format!(r#" aria-labelledby="{id}-t {id}-d""#))?;
        let begin = page[..announced].rfind("<svg")?;
        let svg = element(&page[begin..])?;
        let between = |text: &'p str, before: &str, after: &str| -> Option<&'p str> {
            let (_, rest) = text.split_once(before)?;
            Some(rest.split_once(after)?.0)
        };
        Some(Self {
            id,
            svg,
            title: between(svg, &format!(r#"<title id="{id}-t">"#), "</title>")?,
            citation: between(
                page,
                r#"<meta name="dcterms.bibliographicCitation" content=""#,
                "\"/>",
            )?,
        })
    }

    /// As a file that needs nothing around it.
    pub fn svg(&self) -> String {
        let frame = PaperFrame::of(self.svg);
        let title = broken(self.title, (frame.width / TITLE_LETTER) as usize);
        let source = broken(self.citation, (frame.width / SOURCE_LETTER) as usize);
        let lines = |lines: &[String]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let top = MARGIN + TITLE_LINE * lines(&title) + MARGIN;
        let drawn = frame.height.ceil() as u32;
        let bottom = top + drawn + MARGIN;
        let width = frame.width + 2 * MARGIN;
        let height = bottom + SOURCE_LINE * lines(&source) + MARGIN;
        let id = self.id;
        let mut out = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{id}-t {id}-d" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><style>{PAPER_STYLE}</style><rect width="{width}" height="{height}" fill="{GROUND}"/>"#
        );
        let mut write_lines = |lines: &[String], first: u32, step: u32, style: &str| {
            for (line, place) in lines.iter().zip(0..) {
                let y = first + step * place;
                write!(out, r#"<text x="{MARGIN}" y="{y}" {style}>{line}</text>"#)
                    .expect("writing to a String cannot fail");
            }
        };
        let bold = r##"font-size="16" font-weight="600" fill="#1b2430""##;
        let small = r##"font-size="11.5" fill="#4c5766""##;
        write_lines(&title, MARGIN + 14, TITLE_LINE, bold);
        write_lines(&source, bottom + SOURCE_LINE, SOURCE_LINE, small);
        write!(
            out,
            r#"<g transform="translate({MARGIN} {top})">{}</g></svg>"#,
            frame.inside(self.svg)
        )
        .expect("writing to a String cannot fail");
        out
    }

    /// As pixels; nothing where the drawing can't be read.
    pub fn png(&self) -> Option<Vec<u8>> {
        let options = usvg::Options {
            fontdb: Arc::clone(&FONTS),
            font_family: FAMILY.to_owned(),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(&self.svg(), &options).ok()?;
        let size = tree.size().to_int_size().scale_by(SHARPNESS)?;
        let mut pixels = Pixmap::new(size.width(), size.height())?;
        let scale = Transform::from_scale(SHARPNESS, SHARPNESS);
        resvg::render(&tree, scale, &mut pixels.as_mut());
        pixels.encode_png().ok()
    }

    /// As a page for a frame: `root` is the way from it to the root of the publication, `own` its whole address.
    pub fn page(&self, root: &str, own: &str) -> String {
        let Self {
            id,
            svg,
            title,
            citation,
        } = self;
        // A map keeps its size, and scrolls; the others are as wide as their place.
        let plane = if svg.contains(r#"class="tegelkaart""#) {
            format!(r#"class="tabelvlak" role="region" aria-label="{title}" tabindex="0""#)
        } else {
            r#"class="tekenvlak""#.to_owned()
        };
        let mut address = String::new();
        text(&mut address, own);
        let mut frame = String::new();
        text(
            &mut frame,
            &format!(
                r#"<iframe src="{address}" title="{title}" width="100%" height="480" loading="lazy"></iframe>"#
            ),
        );
        let (context, how) = (wording::page::IN_CONTEXT, wording::page::EMBED);
        format!(
            r#"<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{title}</title>
<link rel="stylesheet" href="{root}stijl.css"/>
</head>
<body>
<main class="maat los">
<h1>{title}</h1>
<figure class="beeld">
<div {plane}>{svg}</div>
</figure>
<p class="klein">{citation} <a href="../index.html" target="_top">{context}</a></p>
<details class="klein"><summary>{how}</summary><p><code>{frame}</code></p></details>
</main>
</body>
</html>
<!-- {id} -->
"#
        )
    }
}

/// The colour behind it.
const GROUND: &str = "#fff";
/// What our letters are called where no other are known.
const FAMILY: &str = "Paper Sans";

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../font/paper-sans-regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../font/paper-sans-semibold.ttf").to_vec());
    Arc::new(fonts)
});

/// The first element of a text that begins with `<svg`, with all in it.
fn element(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut place = 0;
    loop {
        let rest = &text[place..];
        let close = rest.find("</svg>")?;
        match rest.find("<svg") {
            Some(open) if open < close => {
                depth += 1;
                place += open + "<svg".len();
            }
            _ => {
                depth = depth.checked_sub(1)?;
                place += close + "</svg>".len();
                if depth == 0 {
                    return Some(&text[..place]);
                }
            }
        }
    }
}

/// A text in lines of at most so many letters, broken at spaces.
fn broken(text: &str, most: usize) -> Vec<String> {
    filled_lines(text.split(' ').map(|word| (" ", word)), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_ends_where_it_ends() {
        let text = "<svg a><svg b></svg><svg c></svg></svg><svg d></svg>";
        assert_eq!(
            element(text),
            Some("<svg a><svg b></svg><svg c></svg></svg>")
        );
        assert_eq!(element("<svg a>"), None);
    }

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(broken("een twee drie", 8), ["een twee", "drie"]);
        assert_eq!(broken("heellangwoord", 3), ["heellangwoord"]);
    }
}
