//! `codeboek.html`: the whole definition as one page that anyone can read, print and search.
//!
//! Owns what a reader sees of fields, code lists with their CBS counterpart, rules with reason and examples, and the
//! gemeenten of the year. One file: own style, no script, no font or picture from elsewhere; readable at 320 px. What it
//! looks like stands in the template. Leaves the words to the definition.

use askama::Template;
use askama::filters::{Html, escape};

use crate::bevinding::Ernst;
use crate::definitie::{
    Code, Definitie, Derivation, FieldOverlay, Phase, Regel, RegelKind, Tabel, VeldType,
};
use crate::dutch_time::datum_nl;
use crate::gebieden::{Gebieden, Gemeente, Reclassification};

const STYLE: &str = include_str!("codeboek.css");

#[derive(Template)]
#[template(path = "codeboek.html")]
struct Codeboek<'a> {
    definitie: &'a Definitie,
    gemeenten: Vec<&'a Gemeente>,
    /// What happened to gemeenten that are not there this year.
    vanished: Vec<&'a Reclassification>,
}

pub(super) fn page(definitie: &Definitie) -> String {
    let (gebieden, jaar) = (Gebieden::get(), definitie.jaar);
    let gemeenten = gebieden
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values());
    let vanished = gebieden
        .reclassifications
        .iter()
        .filter(|h| gebieden.gemeente(jaar, &h.oude_code).is_none());
    let codeboek = Codeboek {
        definitie,
        gemeenten: gemeenten.collect(),
        vanished: vanished.collect(),
    };
    codeboek
        .render()
        .expect("writing to memory does not fail, and nothing in the template does")
}

/// The labels of the fields that make a row unique.
fn key_labels(tabel: &Tabel) -> String {
    let labels: Vec<&str> = tabel
        .sleutel
        .iter()
        .filter_map(|s| tabel.veld(s))
        .map(|v| v.label.as_str())
        .collect();
    labels.join(", ")
}

fn label<'a>(tabel: &'a Tabel, veld: &'a str) -> &'a str {
    tabel.veld(veld).map_or(veld, |v| v.label.as_str())
}

/// What a code is called in other systems.
fn elsewhere(code: &Code) -> Vec<String> {
    [("CBS", &code.cbs), ("iJw", &code.ijw)]
        .into_iter()
        .filter_map(|(system, number)| Some(format!("{system} {}", number.as_ref()?)))
        .collect()
}

/// What a rule is about.
fn about(definitie: &Definitie, regel: &Regel) -> String {
    match (&regel.tabel, regel.fase) {
        (_, Phase::Bron) => "uw eigen bestand".to_owned(),
        (Some(name), _) => definitie
            .tabel(name)
            .map_or_else(|| name.clone(), |t| format!("tabel {}", t.titel)),
        (None, _) => "alle tabellen".to_owned(),
    }
}

/// The example rows of a rule, by what they show.
fn examples(regel: &Regel) -> [(&'static str, &[FieldOverlay]); 3] {
    [
        ("Vorig jaar", &regel.vorige),
        ("Goed", &regel.goed),
        ("Niet goed", &regel.fout),
    ]
}

/// Example rows, with those that are the same and follow each other together.
fn alike(rows: &[FieldOverlay]) -> impl Iterator<Item = &[FieldOverlay]> {
    rows.chunk_by(|a, b| a == b)
}

/// A text of a rule as HTML: names between braces become `<var>`, texts between backticks `<code>`, and nothing else
/// becomes markup.
fn marked_up(text: &str) -> String {
    let Ok(escaped) = escape(text, Html);
    let named = escaped
        .to_string()
        .replace('{', "<var>")
        .replace('}', "</var>");
    let mut out = String::new();
    for (index, part) in named.split('`').enumerate() {
        match index % 2 {
            0 => out.push_str(part),
            _ => out.extend(["<code>", part, "</code>"]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::marked_up;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            marked_up("{veld} met `uitvraag pak` & <b>"),
            "<var>veld</var> met <code>uitvraag pak</code> &#38; &#60;b&#62;"
        );
    }
}
