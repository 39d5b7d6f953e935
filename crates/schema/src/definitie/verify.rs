//! What must hold within a definition before anyone may use it.
//!
//! Owns every check between the parts: names that must be unique, references that must not dangle, words that must
//! not be empty, examples that must fit. A message names the rule, field or table, in English: its reader is who
//! writes the definition. Leaves the SQL texts to `check`, and taste (synonyms, B1) to this crate's tests.

use std::collections::BTreeSet;

use super::{Afleiding, Codelijst, Definitie, Fase, Overlay, Regel, Soort, Tabel, Veldtype};

pub(super) fn verify(definitie: &Definitie) -> Result<(), String> {
    if definitie.formaat != 1 {
        return Err(format!(
            "format {} is unknown; this version reads 1",
            definitie.formaat
        ));
    }
    let klok = &definitie.klok;
    if !(klok.inleveren <= klok.bevriezen && klok.bevriezen <= klok.publiceren) {
        return Err("the clock runs backwards: inleveren, bevriezen, publiceren".to_owned());
    }
    filled("titel", &definitie.titel)?;
    filled("inleiding", &definitie.inleiding)?;
    unique("table", definitie.tabellen.iter().map(|t| t.naam.as_str()))?;
    unique("rule", definitie.regels.iter().map(|r| r.code.as_str()))?;
    definitie.tabellen.iter().try_for_each(verify_tabel)?;
    definitie
        .codelijsten
        .values()
        .try_for_each(verify_codelijst)?;
    definitie
        .regels
        .iter()
        .try_for_each(|r| verify_regel(definitie, r).map_err(|e| format!("rule `{}`: {e}", r.code)))
}

fn verify_tabel(tabel: &Tabel) -> Result<(), String> {
    let naam = &tabel.naam;
    filled("titel of a table", &tabel.titel)?;
    filled("definitie of a table", &tabel.definitie)?;
    unique("field", tabel.velden.iter().map(|v| v.naam.as_str()))
        .map_err(|e| format!("table `{naam}`: {e}"))?;
    unique("label", tabel.velden.iter().map(|v| v.label.as_str()))
        .map_err(|e| format!("table `{naam}`: {e}"))?;
    for sleutel in &tabel.sleutel {
        let veld = tabel
            .veld(sleutel)
            .ok_or_else(|| format!("key `{sleutel}` is no field of `{naam}`"))?;
        if !veld.verplicht {
            return Err(format!("key `{sleutel}` of `{naam}` must be required"));
        }
    }
    for veld in &tabel.velden {
        for (wat, tekst) in [
            ("label", &veld.label),
            ("definitie", &veld.definitie),
            ("herkomst", &veld.herkomst),
        ] {
            filled(wat, tekst).map_err(|e| format!("field `{naam}.{}`: {e}", veld.naam))?;
        }
        if !tabel.voorbeeld.contains_key(&veld.naam) {
            return Err(format!("the example of `{naam}` lacks `{}`", veld.naam));
        }
        if let Some(Afleiding::Leeftijd { op, .. }) = &veld.afleiding {
            date_field(tabel, op)?;
        }
    }
    overlay_fits(tabel, &tabel.voorbeeld)
}

fn verify_codelijst(lijst: &Codelijst) -> Result<(), String> {
    let in_lijst = |e: String| format!("code list `{}`: {e}", lijst.naam);
    unique("code", lijst.codes.iter().map(|c| c.code.as_str())).map_err(in_lijst)?;
    unique("label", lijst.codes.iter().map(|c| c.label.as_str())).map_err(in_lijst)?;
    for code in &lijst.codes {
        filled("label", &code.label)
            .and_then(|()| filled("definitie", &code.definitie))
            .map_err(in_lijst)?;
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
    if (regel.fase == Fase::Bron) != matches!(regel.soort, Soort::Bron {}) {
        return Err("kind `bron` and phase `bron` belong together".to_owned());
    }
    verify_teksten(regel)?;
    let tabel = match &regel.tabel {
        Some(naam) => Some(
            definitie
                .tabel(naam)
                .ok_or_else(|| format!("there is no table `{naam}`"))?,
        ),
        None => None,
    };
    for veld in &regel.velden {
        has_field(definitie, tabel, veld)?;
    }
    verify_soort(definitie, tabel, &regel.soort)?;
    if regel.fase == Fase::Pakket {
        verify_voorbeelden(definitie, regel)
    } else {
        Ok(())
    }
}

fn verify_teksten(regel: &Regel) -> Result<(), String> {
    let tekst = &regel.tekst;
    let delen = [
        ("titel", &tekst.titel),
        ("bericht", &tekst.bericht),
        ("verwacht", &tekst.verwacht),
        ("herstel", &tekst.herstel),
        ("reden", &tekst.reden),
    ];
    for (wat, tekst) in delen {
        filled(wat, tekst)?;
        for naam in placeholders(tekst) {
            if naam != "veld" && !regel.soort.namen().contains(&naam) {
                return Err(format!(
                    "`{wat}` holds {{{naam}}}, which this kind of rule does not know"
                ));
            }
        }
    }
    Ok(())
}

/// The names between braces.
fn placeholders(tekst: &str) -> impl Iterator<Item = &str> {
    tekst
        .split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap_or_default())
}

fn verify_soort(definitie: &Definitie, tabel: Option<&Tabel>, soort: &Soort) -> Result<(), String> {
    let own = || tabel.ok_or_else(|| "this kind of rule needs a table".to_owned());
    match soort {
        Soort::Verwijzing { veld, naar } => {
            let doel = definitie
                .tabel(naar)
                .ok_or_else(|| format!("there is no table `{naar}`"))?;
            if doel.sleutel.len() != 1 {
                return Err(format!("the key of `{naar}` must be one field"));
            }
            has_field(definitie, tabel, veld)
        }
        Soort::NietNegatief { behalve } => behalve
            .iter()
            .try_for_each(|veld| has_field(definitie, tabel, veld)),
        Soort::TabelAfwezig {} if !own()?.mag_ontbreken => {
            Err("its table may not be absent".to_owned())
        }
        Soort::Aandeel { max, .. } => own().and_then(|_| share(*max)),
        Soort::AandeelCode { max, .. } => share(*max),
        Soort::LeeftijdVerenigbaar {
            groep,
            datum,
            leeftijd,
        } => {
            let tabel = own()?;
            field(tabel, groep)?;
            field(tabel, leeftijd)?;
            date_field(tabel, datum)
        }
        Soort::Overlap { groep, van, tot } => {
            let tabel = own()?;
            groep.iter().try_for_each(|veld| field(tabel, veld))?;
            date_field(tabel, van)?;
            date_field(tabel, tot)
        }
        Soort::Stand {
            aantal,
            peildatum,
            groep,
            bron,
            in_op,
            uit_op,
        } => {
            let tabel = own()?;
            let bron = definitie
                .tabel(bron)
                .ok_or_else(|| format!("there is no table `{bron}`"))?;
            field(tabel, aantal)?;
            date_field(tabel, peildatum)?;
            groep
                .iter()
                .try_for_each(|veld| field(tabel, veld).and_then(|()| field(bron, veld)))?;
            date_field(bron, in_op)?;
            uit_op.iter().try_for_each(|veld| date_field(bron, veld))
        }
        Soort::Verdwenen { tot, toon } => {
            let tabel = own()?;
            toon.iter().try_for_each(|veld| field(tabel, veld))?;
            date_field(tabel, tot)
        }
        Soort::Heropend { tot } => date_field(own()?, tot),
        Soort::StandVervolgt { van, tot } => {
            let tabel = own()?;
            date_field(tabel, van)?;
            date_field(tabel, tot)
        }
        Soort::JaarFactor { factor } if *factor <= 1.0 => {
            Err("`factor` must be above 1".to_owned())
        }
        Soort::Record { .. } | Soort::JaarFactor { .. } => own().map(|_| ()),
        _ => Ok(()),
    }
}

fn verify_voorbeelden(definitie: &Definitie, regel: &Regel) -> Result<(), String> {
    let tabel = regel
        .voorbeeldtabel(definitie)
        .ok_or_else(|| "there is no table for its examples".to_owned())?;
    let afwezig = matches!(regel.soort, Soort::TabelAfwezig {});
    if regel.goed.is_empty() || (regel.fout.is_empty() && !afwezig) {
        return Err("a passing and a failing example are needed".to_owned());
    }
    let vergelijkt = matches!(
        regel.soort,
        Soort::JaarFactor { .. }
            | Soort::Verdwenen { .. }
            | Soort::Heropend { .. }
            | Soort::StandVervolgt { .. }
    );
    if vergelijkt == regel.vorige.is_empty() {
        return Err("`vorige` belongs to rules that compare years, and only there".to_owned());
    }
    regel
        .goed
        .iter()
        .chain(&regel.fout)
        .chain(&regel.vorige)
        .try_for_each(|overlay| overlay_fits(tabel, overlay))
}

fn overlay_fits(tabel: &Tabel, overlay: &Overlay) -> Result<(), String> {
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
        .is_some_and(|v| v.veldtype == Veldtype::Datum);
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

fn filled(wat: &str, tekst: &str) -> Result<(), String> {
    if tekst.trim().is_empty() {
        Err(format!("`{wat}` is empty"))
    } else {
        Ok(())
    }
}

fn unique<'a>(wat: &str, namen: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut gezien = BTreeSet::new();
    for naam in namen {
        if !gezien.insert(naam) {
            return Err(format!("{wat} `{naam}` occurs twice"));
        }
    }
    Ok(())
}
