//! How a publication is cited: of whom, which year and version, by whom, and where it is found.
//!
//! Owns the order. The address is that of this version, and is left out where none is set. Leaves the words to `wording`.

use std::fmt::Write;

use schema::Niveau;
use schema::dutch_time::datum_nl;

use crate::publicatie::{PublishedGebied, ReportPublicatie};
use crate::{dutch_format, wording};

/// The line to copy, for the figures of a gebied or for all of them.
pub(crate) fn citation(publicatie: &ReportPublicatie, gebied: Option<&PublishedGebied>) -> String {
    let mut line = wording::page::cite(
        &publicatie.titel,
        publicatie.jaar,
        &publicatie.versie,
        &datum_nl(publicatie.datum),
    );
    if let Some(gebied) = gebied {
        line.push_str(&wording::page::cite_figures(&kind_and_name(gebied)));
    }
    line.push_str(&wording::page::cite_publisher(&publicatie.publisher.name));
    if let Some(root) = &publicatie.publisher.address {
        let (uitvraag, jaar) = (&publicatie.uitvraag, publicatie.jaar);
        let page = match gebied {
            None => String::new(),
            Some(gebied) if gebied.niveau == Niveau::Nederland => "0-meting/".to_owned(),
            Some(gebied) => format!("spiegel/{}/", gebied.code),
        };
        let root = root.trim_end_matches('/');
        let version = &publicatie.versie;
        write!(
            line,
            " {root}/v1/publicaties/{uitvraag}/{jaar}/{version}/{page}"
        )
        .expect("writing to a String cannot fail");
    }
    line
}

/// `Jeugdregio Eemland`, and `Nederland` as it is.
pub(crate) fn kind_and_name(gebied: &PublishedGebied) -> String {
    match gebied.niveau {
        Niveau::Nederland => gebied.naam.clone(),
        niveau => format!(
            "{} {}",
            dutch_format::capitalise(niveau.name()),
            gebied.naam
        ),
    }
}
