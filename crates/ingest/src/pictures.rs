//! `…/beelden/<id>.svg`, `.png` and `.html`: a picture of a published page as a file, and as a page for a frame on another site.
//!
//! Owns which addresses those are, keeping what was made (at most [`KEPT`] bytes), and that this page alone may stand in a
//! frame. They follow from the page and are stored nowhere. Leaves making them to who fills in [`PictureMaker`].

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use lake::PublishedFile;

use crate::App;
use crate::problem::Problem;
use crate::published_file::{CSP, HTML, IMMUTABLE};
use crate::streamed_answer::{tag, tagged};

/// The folder of a page in which its pictures seem to stand.
const FOLDER: &str = "beelden/";
/// Bytes of pictures that are kept.
const KEPT: usize = 32 * 1024 * 1024;
/// A page to stand in any site's frame, with the style and the letters of the publication.
const FRAMED: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// What a picture is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureForm {
    /// A drawing.
    Svg,
    /// Pixels.
    Png,
    /// A page for a frame.
    Page,
}

/// Which picture is wanted.
#[derive(Debug)]
pub struct PictureQuestion<'q> {
    /// The page it stands on.
    pub page: &'q str,
    /// Its anchor.
    pub id: &'q str,
    /// What to make of it.
    pub form: PictureForm,
    /// The way from its address to the root of the publication.
    pub root: &'q str,
    /// Its whole address.
    pub address: &'q str,
}

/// Who makes a picture of a page stand alone.
pub trait PictureMaker: Send + Sync {
    /// The file; `None` where the page has no such picture.
    fn make(&self, question: &PictureQuestion<'_>) -> Option<Vec<u8>>;
}

/// An address of a picture.
#[derive(Debug, PartialEq, Eq)]
struct PicturePath<'p> {
    /// The folder of its page, with the slash.
    folder: &'p str,
    id: &'p str,
    form: PictureForm,
}

impl<'p> PicturePath<'p> {
    /// The pages on which it may stand: a map stands on that of its figure.
    fn pages(&self) -> Vec<String> {
        let mut names = vec!["index"];
        names.extend(self.id.strip_prefix("kaart-"));
        let folder = self.folder;
        let pages = names.iter().map(|name| format!("{folder}{name}.html"));
        pages.collect()
    }

    fn parse(path: &'p str) -> Option<Self> {
        let (place, name) = path.rsplit_once('/')?;
        let folder = path[..=place.len()].strip_suffix(FOLDER)?;
        let (id, ending) = name.rsplit_once('.')?;
        let form = match ending {
            "svg" => PictureForm::Svg,
            "png" => PictureForm::Png,
            "html" => PictureForm::Page,
            _ => return None,
        };
        Some(Self { folder, id, form })
    }
}

/// What was made, the last that was asked for at the end.
#[derive(Default)]
pub(crate) struct PictureCache(Mutex<VecDeque<(String, Bytes)>>);

impl PictureCache {
    fn find(&self, key: &str) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == key);
        found.map(|(_, bytes)| bytes.clone())
    }

    fn keep(&self, key: &str, bytes: &Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known != key);
        kept.push_back((key.to_owned(), bytes.clone()));
        let mut total: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        while total > KEPT
            && let Some((_, oldest)) = kept.pop_front()
        {
            total -= oldest.len();
        }
    }
}

/// The picture at this path of a publication, of which the address is `place` and that is saved as `name`; `None` where the
/// path is none of a picture, or there is none there.
pub(crate) async fn picture(
    app: &App,
    [uitvraag, path, place, name]: [&str; 4],
    jaar: i32,
    version: u32,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    let Some(wanted) = PicturePath::parse(path) else {
        return Ok(None);
    };
    let host = app.adres.as_deref().unwrap_or_default();
    let place = format!("{}{place}", host.trim_end_matches('/'));
    for page in wanted.pages() {
        let opened = app.lake.open_published(uitvraag, jaar, version, &page);
        let Some(page) = opened.await? else {
            continue;
        };
        let key = format!("{} {place}", page.sha256);
        let made = match app.picture_cache.find(&key) {
            Some(bytes) => Some(bytes),
            None => make(app, page, &wanted, path, &place).await?,
        };
        if let Some(bytes) = made {
            app.picture_cache.keep(&key, &bytes);
            return answer(headers, &key, name, wanted.form, bytes).map(Some);
        }
    }
    Ok(None)
}

/// Makes it from a page; `None` where the page has no such picture.
async fn make(
    app: &App,
    page: PublishedFile,
    wanted: &PicturePath<'_>,
    path: &str,
    place: &str,
) -> Result<Option<Bytes>, Problem> {
    let Some(maker) = app.pictures.clone() else {
        return Ok(None);
    };
    let (id, form, place) = (wanted.id.to_owned(), wanted.form, place.to_owned());
    let root = "../".repeat(path.matches('/').count());
    let made = tokio::task::spawn_blocking(move || {
        let mut html = String::new();
        let mut file = page.file;
        file.read_to_string(&mut html)?;
        std::io::Result::Ok(maker.make(&PictureQuestion {
            page: &html,
            id: &id,
            form,
            root: &root,
            address: &place,
        }))
    });
    let made = made.await.map_err(|error| failed(&error))?;
    let made = made.map_err(|error| failed(&error))?;
    Ok(made.map(Bytes::from))
}

/// The picture with what belongs to its kind.
fn answer(
    headers: &HeaderMap,
    key: &str,
    name: &str,
    form: PictureForm,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (kind, policy) = match form {
        PictureForm::Svg => ("image/svg+xml", CSP),
        PictureForm::Png => ("image/png", CSP),
        PictureForm::Page => (HTML, FRAMED),
    };
    let mut answer = tagged(headers, &tag(key), IMMUTABLE, || bytes.into_response());
    let out = answer.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if form != PictureForm::Page {
        let inline = HeaderValue::from_str(&format!("inline; filename=\"{name}\""));
        out.insert(CONTENT_DISPOSITION, inline.map_err(|error| failed(&error))?);
    }
    Ok(answer)
}

fn failed(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a picture could not be made");
    Problem::our_fault()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_stands_in_a_folder_of_its_page() {
        let parsed = PicturePath::parse("spiegel/GM0344/beelden/v-duur.png");
        let expected = PicturePath {
            folder: "spiegel/GM0344/",
            id: "v-duur",
            form: PictureForm::Png,
        };
        assert_eq!(parsed, Some(expected));
        for path in [
            "beelden",
            "beelden/a.csv",
            "0-meting/a.svg",
            "xbeelden/a.gif",
        ] {
            assert_eq!(PicturePath::parse(path), None, "{path}");
        }
    }

    /// Many pictures fill no memory, and what is asked for stays.
    #[test]
    fn the_oldest_goes_when_there_is_too_much() {
        let cache = PictureCache::default();
        let large = Bytes::from(vec![0; KEPT / 4]);
        for name in ["a", "b", "c", "d"] {
            cache.keep(name, &large);
        }
        cache.keep("a", &large);
        cache.keep("e", &large);
        assert!(cache.find("a").is_some() && cache.find("b").is_none());
    }
}
