//! What must hold within a definition before anyone may use it.
//!
//! Owns every check between the parts: names that must be unique, references that must not dangle, words that must
//! not be empty, examples that must fit. A message names the rule, field or table, in English: its reader is who
//! writes the definition. Leaves the SQL texts to `check`, and taste (synonyms, B1) to this crate's tests.

use std::collections::BTreeSet;

use super::{
    Codelijst, Definitie, Derivation, FieldOverlay, Phase, Regel, RegelKind, Tabel, VeldType,
};

pub(super) fn verify(definitie: &Definitie) -> Result<(), String> {
    if definitie.formaat != 1 {
        return Err(format!(
            "format {} is unknown; this version reads 1",
            definitie.formaat
        ));
    }
    if !definitie.klok.is_in_order() {
        return Err("the clock runs backwards: inleveren, bevriezen, publiceren".to_owned());
    }
    filled("titel", &definitie.titel)?;
    filled("inleiding", &definitie.inleiding)?;
    unique("table", definitie.tabellen.iter().map(|t| t.naam.as_str()))?;
    unique("rule", definitie.regels.iter().map(|r| r.code.as_str()))?;
    for tabel in &definitie.tabellen {
        verify_tabel(tabel)?;
        verify_derivations(definitie, tabel).map_err(|e| format!("table `{}`: {e}", tabel.naam))?;
    }
    definitie
        .codelijsten
        .values()
        .try_for_each(verify_codelijst)?;
    definitie.mapping_words.verify(definitie)?;
    definitie
        .regels
        .iter()
        .try_for_each(|r| verify_regel(definitie, r).map_err(|e| format!("rule `{}`: {e}", r.code)))
}

fn verify_tabel(tabel: &Tabel) -> Result<(), String> {
    let name = &tabel.naam;
    filled("titel of a table", &tabel.titel)?;
    filled("definitie of a table", &tabel.definitie)?;
    unique("field", tabel.velden.iter().map(|v| v.naam.as_str()))
        .map_err(|e| format!("table `{name}`: {e}"))?;
    unique("label", tabel.velden.iter().map(|v| v.label.as_str()))
        .map_err(|e| format!("table `{name}`: {e}"))?;
    for key in &tabel.sleutel {
        let veld = tabel
            .veld(key)
            .ok_or_else(|| format!("key `{key}` is no field of `{name}`"))?;
        if !veld.verplicht {
            return Err(format!("key `{key}` of `{name}` must be required"));
        }
    }
    for veld in &tabel.velden {
        for (what, text) in [
            ("label", &veld.label),
            ("definitie", &veld.definitie),
            ("herkomst", &veld.herkomst),
        ] {
            filled(what, text).map_err(|e| format!("field `{name}.{}`: {e}", veld.naam))?;
        }
        if !tabel.voorbeeld.contains_key(&veld.naam) {
            return Err(format!("the example of `{name}` lacks `{}`", veld.naam));
        }
    }
    overlay_fits(tabel, &tabel.voorbeeld)
}

/// What a field is made from exists, and what is said of foreign codes is said of a code.
fn verify_derivations(definitie: &Definitie, tabel: &Tabel) -> Result<(), String> {
    for veld in &tabel.velden {
        match &veld.afleiding {
            Some(Derivation::Leeftijd { op: on, .. }) => date_field(tabel, on)?,
            Some(Derivation::LongestInStock {}) => {
                let counted = definitie.regels.iter().any(|regel| {
                    matches!(regel.soort, RegelKind::Stand { .. })
                        && regel.tabel.as_ref() == Some(&tabel.naam)
                });
                if !counted || veld.veldtype != VeldType::Whole {
                    return Err(format!(
                        "`{}` must be a whole number of a table that a rule of kind `stand` counts",
                        veld.naam
                    ));
                }
            }
            None => {}
        }
        if !veld.foreign_codes.is_empty() && !matches!(veld.veldtype, VeldType::Code { .. }) {
            return Err(format!(
                "`vreemde_codes` of `{}` belong to a field with a code list",
                veld.naam
            ));
        }
    }
    Ok(())
}

fn verify_codelijst(list: &Codelijst) -> Result<(), String> {
    let in_list = |e: String| format!("code list `{}`: {e}", list.naam);
    unique("code", list.codes.iter().map(|c| c.code.as_str())).map_err(in_list)?;
    unique("label", list.codes.iter().map(|c| c.label.as_str())).map_err(in_list)?;
    for code in &list.codes {
        filled("label", &code.label)
            .and_then(|()| filled("definitie", &code.definitie))
            .map_err(in_list)?;
    }
    Ok(())
}

fn verify_regel(definitie: &Definitie, regel: &Regel) -> Result<(), String> {
    if regel.code.is_empty()
        || !regel
            .code
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    {
        return Err("a code is made of A-Z, 0-9 and _".to_owned());
    }
    if (regel.fase == Phase::Bron) != matches!(regel.soort, RegelKind::Bron {}) {
        return Err("kind `bron` and phase `bron` belong together".to_owned());
    }
    verify_texts(regel)?;
    let tabel = match &regel.tabel {
        Some(name) => Some(
            definitie
                .tabel(name)
                .ok_or_else(|| format!("there is no table `{name}`"))?,
        ),
        None => None,
    };
    for veld in &regel.velden {
        has_field(definitie, tabel, veld)?;
    }
    verify_kind(definitie, tabel, &regel.soort)?;
    if regel.fase == Phase::Pakket {
        verify_examples(definitie, regel)
    } else {
        Ok(())
    }
}

fn verify_texts(regel: &Regel) -> Result<(), String> {
    let text = &regel.tekst;
    let parts = [
        ("titel", &text.titel),
        ("bericht", &text.bericht),
        ("verwacht", &text.verwacht),
        ("herstel", &text.herstel),
        ("reden", &text.reden),
    ];
    for (what, text) in parts {
        filled(what, text)?;
        for name in placeholders(text) {
            if name != "veld" && !regel.soort.names().contains(&name) {
                return Err(format!(
                    "`{what}` holds {{{name}}}, which this kind of rule does not know"
                ));
            }
        }
    }
    Ok(())
}

/// The names between braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap_or_default())
}

fn verify_kind(
    definitie: &Definitie,
    tabel: Option<&Tabel>,
    kind: &RegelKind,
) -> Result<(), String> {
    let own = || tabel.ok_or_else(|| "this kind of rule needs a table".to_owned());
    match kind {
        RegelKind::Verwijzing { veld, naar: to } => {
            let target = definitie
                .tabel(to)
                .ok_or_else(|| format!("there is no table `{to}`"))?;
            if target.sleutel.len() != 1 {
                return Err(format!("the key of `{to}` must be one field"));
            }
            has_field(definitie, tabel, veld)
        }
        RegelKind::NietNegatief { behalve } => behalve
            .iter()
            .try_for_each(|veld| has_field(definitie, tabel, veld)),
        RegelKind::TabelAfwezig {} if !own()?.mag_ontbreken => {
            Err("its table may not be absent".to_owned())
        }
        RegelKind::Aandeel { max, .. } => own().and_then(|_| share(*max)),
        RegelKind::AandeelCode { max, .. } => share(*max),
        RegelKind::LeeftijdVerenigbaar {
            groep: group,
            datum,
            leeftijd,
        } => {
            let tabel = own()?;
            field(tabel, group)?;
            field(tabel, leeftijd)?;
            date_field(tabel, datum)
        }
        RegelKind::Overlap {
            groep: group,
            van,
            tot,
        } => {
            let tabel = own()?;
            group.iter().try_for_each(|veld| field(tabel, veld))?;
            date_field(tabel, van)?;
            date_field(tabel, tot)
        }
        RegelKind::Stand {
            aantal: count,
            peildatum,
            groep: group,
            bron: source,
            in_op: entered_on,
            uit_op: left_on,
        } => {
            let tabel = own()?;
            let source = definitie
                .tabel(source)
                .ok_or_else(|| format!("there is no table `{source}`"))?;
            field(tabel, count)?;
            date_field(tabel, peildatum)?;
            group
                .iter()
                .try_for_each(|veld| field(tabel, veld).and_then(|()| field(source, veld)))?;
            date_field(source, entered_on)?;
            left_on.iter().try_for_each(|veld| date_field(source, veld))
        }
        RegelKind::Verdwenen { tot, toon: show } => {
            let tabel = own()?;
            show.iter().try_for_each(|veld| field(tabel, veld))?;
            date_field(tabel, tot)
        }
        RegelKind::Heropend { tot } => date_field(own()?, tot),
        RegelKind::StandVervolgt { van, tot } => {
            let tabel = own()?;
            date_field(tabel, van)?;
            date_field(tabel, tot)
        }
        RegelKind::JaarFactor { factor } if *factor <= 1.0 => {
            Err("`factor` must be above 1".to_owned())
        }
        RegelKind::Record { .. } | RegelKind::JaarFactor { .. } => own().map(|_| ()),
        _ => Ok(()),
    }
}

fn verify_examples(definitie: &Definitie, regel: &Regel) -> Result<(), String> {
    let tabel = regel
        .example_tabel(definitie)
        .ok_or_else(|| "there is no table for its examples".to_owned())?;
    let absent = matches!(regel.soort, RegelKind::TabelAfwezig {});
    if regel.goed.is_empty() || (regel.fout.is_empty() && !absent) {
        return Err("a passing and a failing example are needed".to_owned());
    }
    let compares = matches!(
        regel.soort,
        RegelKind::JaarFactor { .. }
            | RegelKind::Verdwenen { .. }
            | RegelKind::Heropend { .. }
            | RegelKind::StandVervolgt { .. }
    );
    if compares == regel.vorige.is_empty() {
        return Err("`vorige` belongs to rules that compare years, and only there".to_owned());
    }
    regel
        .goed
        .iter()
        .chain(&regel.fout)
        .chain(&regel.vorige)
        .try_for_each(|overlay| overlay_fits(tabel, overlay))
}

fn overlay_fits(tabel: &Tabel, overlay: &FieldOverlay) -> Result<(), String> {
    overlay.keys().try_for_each(|veld| field(tabel, veld))
}

fn field(tabel: &Tabel, veld: &str) -> Result<(), String> {
    tabel
        .veld(veld)
        .map(|_| ())
        .ok_or_else(|| format!("`{}` has no field `{veld}`", tabel.naam))
}

fn date_field(tabel: &Tabel, veld: &str) -> Result<(), String> {
    field(tabel, veld)?;
    let is_date = tabel
        .veld(veld)
        .is_some_and(|v| v.veldtype == VeldType::Datum);
    if is_date {
        Ok(())
    } else {
        Err(format!("`{}.{veld}` is no date", tabel.naam))
    }
}

/// In its own table, or in any for a rule about every table.
fn has_field(definitie: &Definitie, tabel: Option<&Tabel>, veld: &str) -> Result<(), String> {
    match tabel {
        Some(tabel) => field(tabel, veld),
        None if definitie.tabellen.iter().any(|t| t.veld(veld).is_some()) => Ok(()),
        None => Err(format!("no table has a field `{veld}`")),
    }
}

fn share(max: f64) -> Result<(), String> {
    if (0.0..1.0).contains(&max) {
        Ok(())
    } else {
        Err(format!("a share lies between 0 and 1, not {max}"))
    }
}

fn filled(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err(format!("`{what}` is empty"))
    } else {
        Ok(())
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{what} `{name}` occurs twice"));
        }
    }
    Ok(())
}
