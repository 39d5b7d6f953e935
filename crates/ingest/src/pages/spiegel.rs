//! `/spiegel/2020/gemeente/utrecht`: an address that a person can write down, for the page of a gebied in the newest
//! publication of a year.
//!
//! Owns how a name is spelled in an address. The code of the gebied leads there too. The page itself is a file of the
//! publication.

use axum::extract::{Path, State};
use axum::response::Response;
use schema::gebieden::{Gebied, Gebieden, Niveau};
use unicode_normalization::UnicodeNormalization;

use crate::App;
use crate::problem::{Problem, ProblemKind};
use crate::publicaties::{address, canonical, redirect};
use crate::wording;

/// Leads to the page.
pub(crate) async fn find(
    State(app): State<App>,
    Path((jaar, niveau, name)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_SPIEGEL);
    let jaar: i32 = canonical(&jaar).ok_or_else(unknown)?;
    let niveau = Niveau::parse(&niveau).ok_or_else(unknown)?;
    let gebied = gebied(jaar, niveau, &name).ok_or_else(unknown)?;
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

fn gebied(jaar: i32, niveau: Niveau, name: &str) -> Option<Gebied> {
    let all = Gebieden::get().list(jaar, niveau).into_iter();
    let mut fitting = all.filter(|gebied| {
        gebied.code.eq_ignore_ascii_case(name) || spelled(&gebied.naam) == spelled(name)
    });
    // A name that two gebieden have leads to neither: their codes do.
    let found = fitting.next();
    found.filter(|_| fitting.next().is_none())
}

/// A name in an address: lower case, without accents, a dash for what is no letter or digit.
fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    for character in name.nfkd().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            spelled.push(character);
        } else if character.is_ascii() && !spelled.is_empty() && !spelled.ends_with('-') {
            spelled.push('-');
        }
    }
    spelled.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_spelled_as_one_would_in_an_address() {
        for (name, address) in [
            ("Utrecht", "utrecht"),
            ("'s-Gravenhage", "s-gravenhage"),
            ("Súdwest-Fryslân", "sudwest-fryslan"),
            ("Bergen (NH.)", "bergen-nh"),
            ("", ""),
        ] {
            assert_eq!(spelled(name), address);
        }
    }

    /// No two gebieden of a level share an address, and every one is found by its own.
    #[test]
    fn every_gebied_has_an_address_of_its_own() {
        for jaar in Gebieden::get().jaren() {
            for niveau in Niveau::ALL {
                let all = Gebieden::get().list(jaar, niveau);
                let addresses: BTreeSet<String> = all.iter().map(|g| spelled(&g.naam)).collect();
                assert_eq!(addresses.len(), all.len(), "{jaar} {niveau:?}");
            }
            let utrecht = |niveau, name| gebied(jaar, niveau, name).map(|found| found.code);
            assert_eq!(
                utrecht(Niveau::Gemeente, "utrecht").as_deref(),
                Some("GM0344")
            );
            assert_eq!(
                utrecht(Niveau::Gemeente, "gm0344").as_deref(),
                Some("GM0344")
            );
            assert_eq!(
                utrecht(Niveau::Provincie, "Utrecht").as_deref(),
                Some("PV26")
            );
            assert_eq!(utrecht(Niveau::Gemeente, "").as_deref(), None);
        }
    }
}
