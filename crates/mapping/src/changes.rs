//! What changed between two definitions of one uitvraag, in sentences for the person who fills it in.
//!
//! Owns comparing tables, fields and codes, and telling a code that was renamed from one that was split or dropped.
//! Leaves converting the values to `template`.

use schema::{Code, Codelijst, Definitie, Tabel, Veld, VeldType};

use crate::normalise::normal;

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
            None => out.push(format!("Het blad '{}' is nieuw.", tabel.titel)),
            Some(old_ones) => table(&mut out, (old, old_ones), (new, tabel)),
        }
    }
    for gone in old.tabellen.iter().filter(|t| new.tabel(&t.naam).is_none()) {
        out.push(format!(
            "Het blad '{}' is vervallen. Het is niet gebruikt.",
            gone.titel
        ));
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
        out.push(format!("Het blad '{}' heet nu '{sheet}'.", old_ones.titel));
    }
    for veld in &tabel.velden {
        let Some(formerly) = old_ones.veld(&veld.naam) else {
            let closing = if veld.verplicht {
                "Die is verplicht: voeg de kolom toe."
            } else {
                "Die mag ontbreken."
            };
            out.push(format!(
                "{sheet}: de kolom '{}' is nieuw. {closing}",
                veld.label
            ));
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
        out.push(format!(
            "{sheet}: de kolom '{}' is vervallen. Die is niet gebruikt.",
            gone.label
        ));
    }
}

fn field(out: &mut Vec<String>, sheet: &str, formerly: &Veld, veld: &Veld) {
    if formerly.label != veld.label {
        out.push(format!(
            "{sheet}: de kolom '{}' heet nu '{}'.",
            formerly.label, veld.label
        ));
    }
    if !formerly.verplicht && veld.verplicht {
        out.push(format!(
            "{sheet}: de kolom '{}' is nu verplicht.",
            veld.label
        ));
    }
    if formerly.verplicht && !veld.verplicht {
        out.push(format!(
            "{sheet}: de kolom '{}' mag nu leeg blijven.",
            veld.label
        ));
    }
    if std::mem::discriminant(&formerly.veldtype) != std::mem::discriminant(&veld.veldtype) {
        out.push(format!(
            "{sheet}: in de kolom '{}' hoort nu {}.",
            veld.label,
            kind(&veld.veldtype)
        ));
    }
    if let (VeldType::Tekst { lengte: was }, VeldType::Tekst { lengte: length }) =
        (&formerly.veldtype, &veld.veldtype)
        && length < was
    {
        out.push(format!(
            "{sheet}: in de kolom '{}' passen nu hoogstens {length} tekens.",
            veld.label
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
        VeldType::Code { .. } => "een keuze uit de lijst",
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
        (true, false) => out.push(format!(
            "{location}: u kunt nu ook kiezen voor {}.",
            listed(&new)
        )),
        (false, true) => out.push(format!(
            "{location}: {} bestaat niet meer. Kies iets anders.",
            listed(&gone)
        )),
        (false, false) => out.push(format!(
            "{location}: {} bestaat niet meer. Nieuw: {}. Kies daaruit.",
            listed(&gone),
            listed(&new)
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
