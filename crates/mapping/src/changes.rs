//! What changed between two definitions of one uitvraag, in sentences for the person who fills it in.
//!
//! Owns comparing tables, fields and codes, and telling a code that was renamed from one that was split or dropped.
//! Leaves converting the values to `template`.

use schema::{Code, Codelijst, Definitie, Tabel, Veld, Veldtype};

use crate::normalise::normal;

/// The new name of a code that is no longer in the list: the one new code that names the old one as its own word.
/// `None` where it was dropped or split.
pub(crate) fn renamed<'a>(
    oud: &Code,
    oude_lijst: &Codelijst,
    nieuwe_lijst: &'a Codelijst,
) -> Option<&'a Code> {
    if nieuwe_lijst.code(&oud.code).is_some() {
        return None;
    }
    let woorden = [normal(&oud.code), normal(&oud.label)];
    let noemt = |code: &Code| {
        code.synoniemen
            .iter()
            .chain([&code.label])
            .any(|s| woorden.contains(&normal(s)))
    };
    let mut nieuwe = nieuwe_lijst
        .codes
        .iter()
        .filter(|c| oude_lijst.code(&c.code).is_none() && noemt(c));
    let eerste = nieuwe.next()?;
    nieuwe.next().is_none().then_some(eerste)
}

/// Everything that changed, one sentence each.
pub(crate) fn zinnen(oud: &Definitie, nieuw: &Definitie) -> Vec<String> {
    let mut uit = Vec::new();
    for tabel in &nieuw.tabellen {
        match oud.tabel(&tabel.naam) {
            None => uit.push(format!("Het blad '{}' is nieuw.", tabel.titel)),
            Some(oude) => table(&mut uit, (oud, oude), (nieuw, tabel)),
        }
    }
    for weg in oud
        .tabellen
        .iter()
        .filter(|t| nieuw.tabel(&t.naam).is_none())
    {
        uit.push(format!(
            "Het blad '{}' is vervallen. Het is niet gebruikt.",
            weg.titel
        ));
    }
    uit
}

fn table(
    uit: &mut Vec<String>,
    (oud, oude): (&Definitie, &Tabel),
    (nieuw, tabel): (&Definitie, &Tabel),
) {
    let blad = &tabel.titel;
    if oude.titel != tabel.titel {
        uit.push(format!("Het blad '{}' heet nu '{blad}'.", oude.titel));
    }
    for veld in &tabel.velden {
        let Some(vroeger) = oude.veld(&veld.naam) else {
            let slot = if veld.verplicht {
                "Die is verplicht: voeg de kolom toe."
            } else {
                "Die mag ontbreken."
            };
            uit.push(format!(
                "{blad}: de kolom '{}' is nieuw. {slot}",
                veld.label
            ));
            continue;
        };
        field(uit, blad, vroeger, veld);
        if let (Some(was), Some(is)) = (codes(oud, vroeger), codes(nieuw, veld)) {
            code_list(uit, &format!("{blad}, kolom '{}'", veld.label), was, is);
        }
    }
    for weg in oude.velden.iter().filter(|v| tabel.veld(&v.naam).is_none()) {
        uit.push(format!(
            "{blad}: de kolom '{}' is vervallen. Die is niet gebruikt.",
            weg.label
        ));
    }
}

fn field(uit: &mut Vec<String>, blad: &str, vroeger: &Veld, veld: &Veld) {
    if vroeger.label != veld.label {
        uit.push(format!(
            "{blad}: de kolom '{}' heet nu '{}'.",
            vroeger.label, veld.label
        ));
    }
    if !vroeger.verplicht && veld.verplicht {
        uit.push(format!(
            "{blad}: de kolom '{}' is nu verplicht.",
            veld.label
        ));
    }
    if vroeger.verplicht && !veld.verplicht {
        uit.push(format!(
            "{blad}: de kolom '{}' mag nu leeg blijven.",
            veld.label
        ));
    }
    if std::mem::discriminant(&vroeger.veldtype) != std::mem::discriminant(&veld.veldtype) {
        uit.push(format!(
            "{blad}: in de kolom '{}' hoort nu {}.",
            veld.label,
            kind(&veld.veldtype)
        ));
    }
    if let (Veldtype::Tekst { lengte: was }, Veldtype::Tekst { lengte }) =
        (&vroeger.veldtype, &veld.veldtype)
        && lengte < was
    {
        uit.push(format!(
            "{blad}: in de kolom '{}' passen nu hoogstens {lengte} tekens.",
            veld.label
        ));
    }
}

fn kind(veldtype: &Veldtype) -> &'static str {
    match veldtype {
        Veldtype::Pseudoniem => "uw eigen nummer",
        Veldtype::Tekst { .. } => "een tekst",
        Veldtype::Geheel => "een heel getal",
        Veldtype::Decimaal => "een bedrag",
        Veldtype::Datum => "een datum",
        Veldtype::Code { .. } => "een keuze uit de lijst",
        Veldtype::Gemeente => "een gemeente",
        Veldtype::JaNee => "ja of nee",
    }
}

fn codes<'a>(definitie: &'a Definitie, veld: &Veld) -> Option<&'a Codelijst> {
    match &veld.veldtype {
        Veldtype::Code { lijst } => definitie.codelijsten.get(lijst),
        _ => None,
    }
}

fn code_list(uit: &mut Vec<String>, waar: &str, was: &Codelijst, is: &Codelijst) {
    let mut weg: Vec<&str> = Vec::new();
    let mut overgegaan: Vec<&str> = Vec::new();
    for oud in &was.codes {
        match (is.code(&oud.code), renamed(oud, was, is)) {
            (Some(nieuw), _) if nieuw.label != oud.label => uit.push(format!(
                "{waar}: '{}' heet nu '{}'.",
                oud.label, nieuw.label
            )),
            (Some(_), _) => {}
            (None, Some(nieuw)) => {
                overgegaan.push(&nieuw.code);
                uit.push(format!(
                    "{waar}: '{}' is nu '{}'. Dat is omgezet.",
                    oud.label, nieuw.label
                ));
            }
            (None, None) => weg.push(&oud.label),
        }
    }
    let nieuw: Vec<&str> = is
        .codes
        .iter()
        .filter(|c| was.code(&c.code).is_none() && !overgegaan.contains(&c.code.as_str()))
        .map(|c| c.label.as_str())
        .collect();
    match (weg.is_empty(), nieuw.is_empty()) {
        (true, true) => {}
        (true, false) => uit.push(format!(
            "{waar}: u kunt nu ook kiezen voor {}.",
            listed(&nieuw)
        )),
        (false, true) => uit.push(format!(
            "{waar}: {} bestaat niet meer. Kies iets anders.",
            listed(&weg)
        )),
        (false, false) => uit.push(format!(
            "{waar}: {} bestaat niet meer. Nieuw: {}. Kies daaruit.",
            listed(&weg),
            listed(&nieuw)
        )),
    }
}

fn listed(namen: &[&str]) -> String {
    let namen: Vec<String> = namen.iter().map(|n| format!("'{n}'")).collect();
    match namen.split_last() {
        Some((laatste, rest)) if !rest.is_empty() => format!("{} en {laatste}", rest.join(", ")),
        _ => namen.concat(),
    }
}
