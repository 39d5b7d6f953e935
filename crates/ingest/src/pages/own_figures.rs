//! `/mijn-cijfers/{uitvraag}/{jaar}`: what did we report, beside the published figures of the country?

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schema::{Cijfer, Definitie, OwnFigures, VeldType};

use super::figure_words::told;
use super::{Menu, page};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::figure_source::{FigureTable, FigureWriter};
use crate::own_figures::of_aanbieder;
use crate::problem::Problem;
use crate::uitvragen::find;
use crate::wording;

#[derive(Template)]
#[template(path = "own_figures.html")]
struct OwnFiguresPage {
    menu: Menu,
    uitvraag: String,
    titel: String,
    jaar: i32,
    voorlopig: bool,
    /// What is told where there are no figures.
    none_yet: Option<String>,
    published: bool,
    groups: Vec<OwnFigureGroup>,
}

/// The figures of one group.
struct OwnFigureGroup {
    titel: String,
    rijen: Vec<OwnFigureRow>,
}

/// One figure, own and published.
struct OwnFigureRow {
    titel: String,
    own: String,
    land: String,
}

/// The own figures of an aanbieder.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((uitvraag, jaar)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let definitie = find(&app, &uitvraag, &jaar)?;
    let kvk = caller.kvk().unwrap_or_default();
    let own = of_aanbieder(&app, &definitie.uitvraag, definitie.jaar, kvk).await?;
    let tables = app.cijfers.newest().await?;
    let land = published(&tables, definitie);
    let writer = app.cijfers.writer(&definitie.uitvraag)?;
    let groups = own
        .as_ref()
        .map_or_else(Vec::new, |own| by_group(definitie, own, &land, &writer));
    let page_data = OwnFiguresPage {
        menu: Menu::of(&caller),
        uitvraag: definitie.uitvraag.clone(),
        titel: definitie.titel.clone(),
        jaar: definitie.jaar,
        voorlopig: own.as_ref().is_some_and(|own| own.voorlopig),
        none_yet: own
            .is_none()
            .then(|| wording::page::no_own_figures(definitie.jaar)),
        published: !land.is_empty(),
        groups,
    };
    Ok(page(StatusCode::OK, &page_data))
}

/// The published figures of the country, newest version; none before the first publication.
fn published<'a>(tables: &'a [Arc<FigureTable>], definitie: &Definitie) -> Vec<&'a Cijfer> {
    let of_year = tables
        .iter()
        .filter(|table| table.uitvraag == definitie.uitvraag && table.jaar == definitie.jaar);
    let figures = of_year.flat_map(|table| &table.cijfers);
    figures
        .filter(|figure| figure.gebied == schema::gebieden::NEDERLAND)
        .collect()
}

fn by_group(
    definitie: &Definitie,
    own: &OwnFigures,
    land: &[&Cijfer],
    writer: &FigureWriter,
) -> Vec<OwnFigureGroup> {
    let published: BTreeMap<(&str, &str, &str), f64> = land
        .iter()
        .filter_map(|c| {
            Some((
                (
                    c.indicator.as_str(),
                    c.uitsplitsing.as_str(),
                    c.categorie.as_str(),
                ),
                c.waarde?,
            ))
        })
        .collect();
    let mut groups: Vec<OwnFigureGroup> = Vec::new();
    for indicator in &own.indicatoren {
        let is_whole = |categorie: &str| categorie == Cijfer::TOTAL;
        let of_indicator = own.cijfers.iter().filter(|f| f.indicator == indicator.id);
        // A breakdown beside a total stands in the file; codes without one are the figure itself.
        let has_total = of_indicator.clone().any(|f| is_whole(&f.categorie));
        for figure in of_indicator.filter(|f| !has_total || is_whole(&f.categorie)) {
            let key = (
                figure.indicator.as_str(),
                figure.uitsplitsing.as_str(),
                figure.categorie.as_str(),
            );
            let national = published.get(&key);
            let comparable = figure.eenheid == indicator.eenheid;
            let row = OwnFigureRow {
                titel: if has_total {
                    indicator.titel.clone()
                } else {
                    let label = label(definitie, &figure.uitsplitsing, &figure.categorie);
                    format!("{}: {label}", indicator.titel)
                },
                own: told(writer, figure.waarde, indicator, &figure.eenheid),
                land: told(
                    writer,
                    national.copied().filter(|_| comparable),
                    indicator,
                    &indicator.eenheid,
                ),
            };
            let title = capitalised(&indicator.groep);
            match groups.last_mut().filter(|last| last.titel == title) {
                Some(last) => last.rijen.push(row),
                None => groups.push(OwnFigureGroup {
                    titel: title,
                    rijen: vec![row],
                }),
            }
        }
    }
    groups
}

/// What a code of a field means.
fn label(definitie: &Definitie, veld: &str, code: &str) -> String {
    let fields = definitie.tabellen.iter().flat_map(|tabel| &tabel.velden);
    let lists = fields
        .filter(|field| field.naam == veld)
        .filter_map(|field| match &field.veldtype {
            VeldType::Code { list } => definitie.codelijsten.get(list),
            _ => None,
        });
    lists
        .flat_map(|list| &list.codes)
        .find(|known| known.code == code)
        .map_or_else(|| code.to_owned(), |known| known.label.clone())
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
