//! `GET /v1/catalogus`: the newest publication of every year as a data catalogue reads them, by DCAT-AP-NL 3.0.
//!
//! Owns putting the catalogues of the publications together. Each is `catalogus.ttl` as it was published, with its own place
//! as the base of its addresses. Leaves what is said of a publication to the one who published it, and who that is to `schema`.

use std::fmt::Write;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use schema::publisher::{LANGUAGE, LICENCE};

use crate::App;
use crate::problem::Problem;
use crate::publicaties::address;
use crate::published_file::{SHORT, TURTLE};
use crate::streamed_answer::{tag, tagged};

/// The catalogue of a publication, within it.
const FILE: &str = "catalogus.ttl";

/// The catalogue over those of the publications.
const BEGINNING: &str = include_str!("catalogue.ttl");

/// The newest publication of every uitvraag and year, as Turtle.
#[utoipa::path(get, path = "/v1/catalogus", tag = "publicaties", params(("if-none-match" = Option<String>, Header, description = "ETags that are known")),
    responses((status = 200, description = "DCAT-AP-NL 3.0", body = String, content_type = "text/turtle"), (status = 304, description = "Not changed"), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn catalogue(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut text = BEGINNING.to_owned();
    writeln!(
        text,
        "{}<> dct:language {LANGUAGE} ; dct:license {LICENCE} .",
        app.publisher.turtle()
    )
    .expect("writing to a String cannot fail");
    for (uitvraag, jaar, version) in app.lake.last_versions().await? {
        let file = app.lake.lees_publicatie(&uitvraag, jaar, version, FILE);
        // One that was published by software of before has none.
        let Some(part) = file.await?.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            continue;
        };
        let place = address(&uitvraag, jaar, version, FILE);
        write!(
            text,
            "<> dcat:catalog <{place}#catalogus> ; dcat:dataset <{place}#dataset> .\n\n@base <{place}> .\n{part}\n@base </v1/catalogus> .\n"
        )
        .expect("writing to a String cannot fail");
    }
    let tag = tag(&text);
    Ok(tagged(&headers, &tag, SHORT, || {
        ([(CONTENT_TYPE, TURTLE)], text).into_response()
    }))
}
