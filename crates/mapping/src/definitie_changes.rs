//! What changed between two definitions of one uitvraag, in sentences for the person who fills it in.
//!
//! Owns comparing tables, fields and codes, and telling a code that was renamed from one that was split or dropped.
//! Leaves converting the values to `sjabloon`.

use schema::{Code, Codelijst, Definitie, Tabel, Veld, VeldType};

use crate::normalise::normal;
use crate::wording;

/// The new name of a code that is no longer in the list: the one new code that names the old one as its own word.
/// `None` where it was dropped or split.
pub(crate) fn renamed<'a>(
    old: &Code,
    old_list: &Codelijst,
    new_list: &'a Codelijst,
) -> Option<&'a Code> {
    if new_list.code(&old.code).is_some() {
        return None;
    }
    let words = [normal(&old.code), normal(&old.label)];
    let mentions = |code: &Code| {
        code.synoniemen
            .iter()
            .chain([&code.label])
            .any(|s| words.contains(&normal(s)))
    };
    let mut new_ones = new_list
        .codes
        .iter()
        .filter(|c| old_list.code(&c.code).is_none() && mentions(c));
    let first = new_ones.next()?;
    new_ones.next().is_none().then_some(first)
}

/// Everything that changed, one sentence each.
pub(crate) fn sentences(old: &Definitie, new: &Definitie) -> Vec<String> {
    let mut out = Vec::new();
    for tabel in &new.tabellen {
        match old.tabel(&tabel.naam) {
            None => out.push(wording::sjabloon::sheet_new(&tabel.titel)),
            Some(old_ones) => table(&mut out, (old, old_ones), (new, tabel)),
        }
    }
    for gone in old.tabellen.iter().filter(|t| new.tabel(&t.naam).is_none()) {
        out.push(wording::sjabloon::sheet_gone(&gone.titel));
    }
    out
}

fn table(
    out: &mut Vec<String>,
    (old, old_ones): (&Definitie, &Tabel),
    (new, tabel): (&Definitie, &Tabel),
) {
    let sheet = &tabel.titel;
    if old_ones.titel != tabel.titel {
        out.push(wording::sjabloon::sheet_renamed(&old_ones.titel, &sheet));
    }
    for veld in &tabel.velden {
        let Some(formerly) = old_ones.veld(&veld.naam) else {
            let closing = if veld.verplicht {
                wording::sjabloon::ADD_COLUMN
            } else {
                "Die mag ontbreken."
            };
            out.push(wording::sjabloon::column_new(&sheet, &veld.label, &closing));
            continue;
        };
        field(out, sheet, formerly, veld);
        if let (Some(was), Some(is)) = (codes(old, formerly), codes(new, veld)) {
            code_list(out, &format!("{sheet}, kolom '{}'", veld.label), was, is);
        }
    }
    for gone in old_ones
        .velden
        .iter()
        .filter(|v| tabel.veld(&v.naam).is_none())
    {
        out.push(wording::sjabloon::column_gone(&sheet, &gone.label));
    }
}

fn field(out: &mut Vec<String>, sheet: &str, formerly: &Veld, veld: &Veld) {
    if formerly.label != veld.label {
        out.push(wording::sjabloon::column_renamed(
            &sheet,
            &formerly.label,
            &veld.label,
        ));
    }
    if !formerly.verplicht && veld.verplicht {
        out.push(wording::sjabloon::column_required(&sheet, &veld.label));
    }
    if formerly.verplicht && !veld.verplicht {
        out.push(wording::sjabloon::column_optional(&sheet, &veld.label));
    }
    if std::mem::discriminant(&formerly.veldtype) != std::mem::discriminant(&veld.veldtype) {
        out.push(wording::sjabloon::column_kind(
            &sheet,
            &veld.label,
            &kind(&veld.veldtype),
        ));
    }
    if let (VeldType::Tekst { lengte: was }, VeldType::Tekst { lengte: length }) =
        (&formerly.veldtype, &veld.veldtype)
        && length < was
    {
        out.push(wording::sjabloon::column_length(
            &sheet,
            &veld.label,
            &length,
        ));
    }
}

fn kind(veld_type: &VeldType) -> &'static str {
    match veld_type {
        VeldType::Pseudoniem => "uw eigen nummer",
        VeldType::Tekst { .. } => "een tekst",
        VeldType::Whole => "een heel getal",
        VeldType::Decimal => "een bedrag",
        VeldType::Datum => "een datum",
        VeldType::Code { .. } => wording::sjabloon::CHOICE_OF_LIST,
        VeldType::Gemeente => "een gemeente",
        VeldType::YesNo => "ja of nee",
    }
}

fn codes<'a>(definitie: &'a Definitie, veld: &Veld) -> Option<&'a Codelijst> {
    match &veld.veldtype {
        VeldType::Code { list } => definitie.codelijsten.get(list),
        _ => None,
    }
}

fn code_list(out: &mut Vec<String>, location: &str, was: &Codelijst, is: &Codelijst) {
    let mut gone: Vec<&str> = Vec::new();
    let mut moved_on: Vec<&str> = Vec::new();
    for old in &was.codes {
        match (is.code(&old.code), renamed(old, was, is)) {
            (Some(new), _) if new.label != old.label => out.push(format!(
                "{location}: '{}' heet nu '{}'.",
                old.label, new.label
            )),
            (Some(_), _) => {}
            (None, Some(new)) => {
                moved_on.push(&new.code);
                out.push(format!(
                    "{location}: '{}' is nu '{}'. Dat is omgezet.",
                    old.label, new.label
                ));
            }
            (None, None) => gone.push(&old.label),
        }
    }
    let new: Vec<&str> = is
        .codes
        .iter()
        .filter(|c| was.code(&c.code).is_none() && !moved_on.contains(&c.code.as_str()))
        .map(|c| c.label.as_str())
        .collect();
    match (gone.is_empty(), new.is_empty()) {
        (true, true) => {}
        (true, false) => out.push(wording::sjabloon::choice_added(&location, &listed(&new))),
        (false, true) => out.push(wording::sjabloon::choice_gone(&location, &listed(&gone))),
        (false, false) => out.push(wording::sjabloon::choice_replaced(
            &location,
            &listed(&gone),
            &listed(&new),
        )),
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} en {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
