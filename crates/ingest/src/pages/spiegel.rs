//! `/spiegel/2020/gemeente/utrecht`: an address that a person can write down, for the page of a gebied in the newest
//! publication of a year.
//!
//! Owns the way from such an address to the page, and back to the address. The code of the gebied leads there too.
//! Leaves how a name is spelled to `gebied_names`. The page itself is a file of the publication.

use axum::extract::{Path, State};
use axum::response::Response;
use schema::gebieden::{Gebied, Niveau};

use crate::App;
use crate::gebied_names::{addressed, spelled};
use crate::problem::{Problem, ProblemKind};
use crate::publicaties::{address, canonical, redirect};
use crate::wording;

/// The address of the page of a gebied in a year.
pub(crate) fn readable_address(jaar: i32, gebied: &Gebied) -> String {
    let name = spelled(&gebied.naam);
    format!("/spiegel/{jaar}/{}/{name}", gebied.niveau.name())
}

/// Leads to the page.
pub(crate) async fn find(
    State(app): State<App>,
    Path((jaar, niveau, name)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_SPIEGEL);
    let jaar: i32 = canonical(&jaar).ok_or_else(unknown)?;
    let niveau = Niveau::parse(&niveau).ok_or_else(unknown)?;
    let gebied = addressed(jaar, niveau, &name).ok_or_else(unknown)?;
    let page = format!("spiegel/{}/", gebied.code);
    for definitie in app.definities.iter().filter(|d| d.jaar == jaar) {
        let uitvraag = &definitie.uitvraag;
        let Some(newest) = app.lake.last_version(uitvraag, jaar).await? else {
            continue;
        };
        let index = format!("{page}index.html");
        let file = app.lake.open_published(uitvraag, jaar, newest, &index);
        if file.await?.is_some() {
            return Ok(redirect(&address(uitvraag, jaar, newest, &page)));
        }
    }
    Err(unknown())
}
