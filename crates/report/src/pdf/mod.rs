//! A page as a file for paper: PDF/A and PDF/UA in one, from the same structs as the page itself.
//!
//! Owns what stands on paper besides (how to cite) and that a name stays text: all goes to the
//! template as data, and what no font can show is shown as [`UNKNOWN`]. The layout is `page.typ`. Leaves figures and
//! sentences to `page`.

mod world;

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, available_parallelism};

use chrono::Datelike;
use rayon::ThreadPoolBuilder;
use schema::Niveau;
use serde::Serialize;
use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::ReportError;
use crate::page::country::Meting;
use crate::page::spiegel::Spiegel;
use crate::publicatie::{PaperSize, PublishedGebied};
use crate::report_index::ReportIndex;
use crate::wording;
use world::{PaperWorld, can_be_shown};

/// In place of a character that no font of ours has, or that would turn the line round.
const UNKNOWN: char = '¿';
/// The name of the file beside its page.
const NAME: &str = "cijfers.pdf";
/// Files after which typst forgets what it laid out before; the next one hardly has use of it.
const REMEMBERED: usize = 2;
/// Room for what stands in one another on a page, also without optimisation.
const STACK: usize = 32 * 1024 * 1024;

/// What stands on paper: a page, and what its reader would else find elsewhere.
#[derive(Serialize)]
struct Paper<P> {
    #[serde(flatten)]
    page: P,
    /// Whether to leave out what else stands on the site.
    tight: bool,
    /// Whether to set what is left closer.
    close: bool,
    /// The level of the gebied.
    niveau: Niveau,
    /// Where the newest version is found.
    address: String,
}

/// A page on paper.
pub struct PaperFile {
    /// Path from the publication's root.
    pub path: String,
    /// The PDF.
    pub content: Vec<u8>,
    /// How large it is.
    pub size: PaperSize,
}

/// The PDF of the country and of every gebied with a page, as far as its path is `wanted`; `made` is told of each.
///
/// # Errors
/// When one can't be made; see [`ReportError`].
pub fn files(
    index: &ReportIndex<'_>,
    wanted: &dyn Fn(&str) -> bool,
    made: &(dyn Fn() + Sync),
) -> Result<Vec<PaperFile>, ReportError> {
    let all = [index.land()].into_iter().chain(index.met_spiegel());
    let paths = all.map(|gebied| (gebied, path(gebied)));
    let wanted: Vec<_> = paths.filter(|(_, path)| wanted(path)).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, PaperFile)>, ReportError> {
        // typst divides its own work over the pool it runs in: in one that is shared, whoever waits for a part of one file
        // would begin another on the same stack.
        let desk = ThreadPoolBuilder::new().num_threads(1).stack_size(STACK);
        let desk = desk.build().map_err(|error| ReportError::Pdf {
            pad: NAME.to_owned(),
            reason: error.to_string(),
        })?;
        let mut files = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((gebied, path)) = wanted.get(place) else {
                return Ok(files);
            };
            let file = desk.install(|| file(index, gebied, path.clone()))?;
            typst::comemo::evict(REMEMBERED);
            made();
            files.push((place, file));
        }
    };
    let cores = available_parallelism().map_or(1, NonZero::get);
    let mut files: Vec<(usize, PaperFile)> = Vec::with_capacity(wanted.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            files.extend(worker.join().expect("a worker returns its error")?);
            Ok::<(), ReportError>(())
        })
    })?;
    files.sort_by_key(|(place, _)| *place);
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Where the PDF of a gebied stands.
pub(crate) fn path(gebied: &PublishedGebied) -> String {
    match gebied.niveau {
        Niveau::Nederland => format!("0-meting/{NAME}"),
        _ => format!("spiegel/{}/{NAME}", gebied.code),
    }
}

/// The PDF of one gebied.
fn file(
    index: &ReportIndex<'_>,
    gebied: &PublishedGebied,
    path: String,
) -> Result<PaperFile, ReportError> {
    let is_land = gebied.code == index.land().code;
    let mut data = if is_land {
        data(index, gebied, Meting::new(index))
    } else {
        data(index, gebied, Spiegel::new(index, gebied))
    };
    let publicatie = index.publicatie;
    // Of what, of when, which version, which gebied: that names a file for good.
    let ident = format!(
        "{} {} {} {}",
        publicatie.uitvraag, publicatie.jaar, publicatie.versie, gebied.code
    );
    let day = publicatie.datum;
    let made = Datetime::from_ymd_hms(day.year(), day.month() as u8, day.day() as u8, 0, 0, 0);
    let made = made.map(Timestamp::new_utc);
    let make = |data: &Value| {
        render(data.to_string().into_bytes(), &ident, made).map_err(|reason| ReportError::Pdf {
            pad: path.clone(),
            reason,
        })
    };
    let (mut content, mut pages) = make(&data)?;
    for less in ["tight", "close"] {
        if pages > most_pages(gebied.niveau) {
            data[less] = Value::Bool(true);
            (content, pages) = make(&data)?;
        }
    }
    let bytes = content.len() as u64;
    Ok(PaperFile {
        path,
        content,
        size: PaperSize { pages, bytes },
    })
}

/// More pages than that nobody reads: then a file is made once more, without what else stands on the site, and where that is
/// not enough once more with its lines closer.
fn most_pages(niveau: Niveau) -> usize {
    match niveau {
        Niveau::Gemeente => 4,
        Niveau::Provincie | Niveau::Jeugdregio | Niveau::Grootteklasse => 12,
        Niveau::Nederland => 24,
    }
}

/// What the template is given.
fn data<P: Serialize>(index: &ReportIndex<'_>, gebied: &PublishedGebied, page: P) -> Value {
    let publicatie = index.publicatie;
    let paper = Paper {
        page,
        tight: false,
        close: false,
        niveau: gebied.niveau,
        address: wording::page::address(gebied.niveau, &gebied.code, publicatie.jaar),
    };
    let mut value = serde_json::to_value(&paper).expect("text and whole numbers always serialise");
    show_all(&mut value);
    value
}

/// Replaces in every text what can't be shown.
fn show_all(value: &mut Value) {
    match value {
        Value::String(text) => {
            let fits = |c: char| c == '\n' || can_be_shown(c);
            if !text.chars().all(fits) {
                let shown = text.chars().map(|c| if fits(c) { c } else { UNKNOWN });
                *text = shown.collect();
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(show_all),
        Value::Object(parts) => parts.values_mut().for_each(show_all),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The PDF and its number of pages; or why it can't be made.
fn render(
    data: Vec<u8>,
    ident: &str,
    timestamp: Option<Timestamp>,
) -> Result<(Vec<u8>, usize), String> {
    let document = lay_out(data)?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_3a])
        .map_err(|error| error.message().to_string())?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        timestamp,
        standards,
        ..PdfOptions::default()
    };
    let content = typst_pdf::pdf(&document, &options).map_err(|errors| reasons(&errors))?;
    Ok((content, document.pages().len()))
}

fn lay_out(data: Vec<u8>) -> Result<PagedDocument, String> {
    let compiled = typst::compile::<PagedDocument>(&PaperWorld::new(data));
    compiled.output.map_err(|errors| reasons(&errors))
}

fn reasons(errors: &[SourceDiagnostic]) -> String {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    messages.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use typst::layout::{Frame, FrameItem};

    use super::*;

    /// The words of a frame in order.
    fn words(frame: &Frame, found: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => words(&group.frame, found),
                FrameItem::Text(text) => found.push_str(&text.text),
                _ => {}
            }
        }
    }

    fn page(name: &str, key_figure: &str) -> Value {
        let cell = json!({
            "tekst": key_figure, "reden": "", "voorlopig": true, "interval": "", "bounds": "", "part": "",
        });
        json!({
            "rand": {
                "titel": name, "product": name, "jaar": 2020, "versie": "1", "datum": "1 juni 2021",
                "waarschuwing": name, "bron": name, "trend_breaks": [name], "personen": "kinderen",
                "momentopname": "m", "definitie": 1, "definitie_hash": "d", "regelhash": "r", "software": "s",
                "reason": name, "citation": name, "publisher": name, "contact": name, "licence": "l",
            },
            "naam": name, "soort": "Gemeente", "niveau": "gemeente", "tight": false, "close": false, "inleiding": name, "same_area": [],
            "empty": null, "jeugdregio": {"naam": name}, "respons": {"tekst": name, "low": false},
            "kerncijfers": [{"titel": name, "own": cell, "land": null}],
            "headings": [{"titel": name, "headlines": [], "in_short": [{"titel": name}]}],
            "sections": [], "meanings": [], "address": name,
        })
    }

    /// Nothing in a name is markup, code, a reference or a turn of the line: it is said as it is written.
    #[test]
    fn a_name_is_text_and_a_number_stands_as_it_came() {
        let name = "#panic() $x$ @ref \\u{41} <b> *sterk* _schuin_ [x] // \u{202e}om ŷ";
        let mut value = page(name, "1.234,5 dagen");
        show_all(&mut value);
        let document = lay_out(value.to_string().into_bytes()).unwrap();
        let mut found = String::new();
        for page in document.pages() {
            words(&page.frame, &mut found);
        }
        let squeezed = |text: &str| text.replace([' ', '\u{a0}'], "");
        let found = squeezed(&found);
        let shown = squeezed("#panic() $x$ @ref \\u{41} <b> *sterk* _schuin_ [x] // ¿om ¿");
        assert!(found.matches(&shown).count() > 5, "{found}");
        assert!(found.contains("1.234,5dagen*"), "{found}");
    }

    /// The words of a page, as they are set.
    fn set(value: &Value) -> String {
        let document = lay_out(value.to_string().into_bytes()).unwrap();
        let mut found = String::new();
        for page in document.pages() {
            words(&page.frame, &mut found);
        }
        found.replace([' ', '\u{a0}'], "")
    }

    /// Paper says what the page says: of the country also the overview and the funnels, of a gemeente what its figures
    /// mean, however little room there is; and why there is a new version, and how to cite it.
    #[test]
    fn what_stands_on_the_page_stands_on_paper() {
        let picture = json!({
            "titel": "Trechterkop", "caption": "", "rows": [],
            "drawing": {"svg": "", "width": 450, "alternative": ""},
        });
        let mut land = page("Nederland", "1");
        land["niveau"] = json!("nederland");
        land["overview"] = json!({
            "chance": "Kanszin.", "orders": [["a", "b"]], "silent": [{"naam": "Stil"}], "without_aanbieder": [],
            "striking": [{"gebied": {"naam": "Opvallend"}, "counted": "2 keer", "figures": ["hoog"]}],
            "map": {"titel": "Kaartkop", "legend": "Tekens", "drawing": picture["drawing"]},
        });
        land["sections"] = json!([{
            "id": "s", "titel": "Duur", "inleiding": "", "absent": [],
            "blocks": [{"block": "funnels", "titel": "Trechters", "toelichting": "", "pictures": [picture]}],
        }]);
        let found = set(&land);
        for part in ["Kanszin.", "Opvallend", "Kaartkop", "Stil", "Trechterkop"] {
            assert!(found.contains(part), "{part}: {found}");
        }
        let mut gemeente = page("Utrecht", "1");
        gemeente["meanings"] = json!([{
            "id": "duur", "titel": "Duur",
            "indicators": [{"id": "duur", "titel": "Kop", "definitie": "Betekenis.", "kanttekening": ""}],
        }]);
        for less in ["", "tight", "close"] {
            if !less.is_empty() {
                gemeente[less] = json!(true);
            }
            let found = set(&gemeente);
            assert!(found.contains("Betekenis."), "{less}: {found}");
            assert!(found.contains("Dezeversievervangteeneerdere"), "{found}");
            assert!(found.contains("Zonoemtudebron."), "{found}");
        }
    }

    #[test]
    fn what_the_template_does_not_know_is_an_error_with_its_reason() {
        let error = lay_out(b"{}".to_vec()).unwrap_err();
        assert!(error.contains("rand"), "{error}");
    }

    #[test]
    fn the_world_holds_nothing_but_template_data_and_fonts() {
        use typst::World;
        use typst::syntax::{FileId, RootedPath, VirtualPath, VirtualRoot};

        let world = PaperWorld::new(Vec::new());
        for path in ["Cargo.toml", "/etc/passwd", "src/lib.rs"] {
            let path = VirtualPath::new(path).unwrap();
            let id = FileId::new(RootedPath::new(VirtualRoot::Project, path));
            assert!(world.file(id).is_err() && world.source(id).is_err());
        }
        assert!(world.today(None).is_none());
    }
}
