//! Findings of phase `bron`: the words of the definition, filled in.
//!
//! Owns making a finding from a rule's code. What the definition has no rule for is not found, except a BSN:
//! that is one in every uitvraag.

use schema::{Bevinding, Definitie, Ernst, Plaats};

/// A finding by the rule with this code, about `(tabel, veld)`; `None` where the definition has no such rule.
pub(crate) fn finding(
    definitie: &Definitie,
    code: &str,
    plaats: Plaats,
    over: (&str, &str),
) -> Option<Bevinding> {
    let regel = definitie.regel(code)?;
    let veld = definitie.tabel(over.0).and_then(|t| t.veld(over.1));
    let waar = match (veld, &plaats.kolom) {
        (Some(veld), _) => veld.label.clone(),
        (None, Some(kolom)) => format!("de kolom '{kolom}'"),
        (None, None) => "het bestand".to_owned(),
    };
    let vul = |tekst: &str| tekst.replace("{veld}", &waar);
    Some(Bevinding {
        code: code.to_owned(),
        ernst: regel.ernst,
        tabel: over.0.to_owned(),
        veld: over.1.to_owned(),
        plaats,
        gevonden: None,
        bericht: vul(&regel.tekst.bericht),
        verwacht: vul(&regel.tekst.verwacht),
        herstel: vul(&regel.tekst.herstel),
    })
}

/// The finding that there are BSNs in `waar`.
pub(crate) fn bsn_finding(
    definitie: &Definitie,
    plaats: Plaats,
    over: (&str, &str),
    waar: &str,
) -> Bevinding {
    let bericht = format!("In {waar} staan waarschijnlijk burgerservicenummers.");
    match finding(definitie, "BSN_SUSPECTED", plaats.clone(), over) {
        Some(bevinding) => Bevinding {
            bericht,
            ..bevinding
        },
        None => Bevinding {
            code: "BSN_SUSPECTED".to_owned(),
            ernst: Ernst::Fout,
            tabel: over.0.to_owned(),
            veld: over.1.to_owned(),
            plaats,
            gevonden: None,
            bericht,
            verwacht: "Geen BSN, nergens in het bestand.".to_owned(),
            herstel: "Haal de BSN's uit het bestand en gebruik uw eigen nummers.".to_owned(),
        },
    }
}
