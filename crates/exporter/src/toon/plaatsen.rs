//! The findings of one rule: what has one cause in a sentence, the rest place by place.
//!
//! Owns what is said once (a text that all findings of a field share) and what per line, and that a cut listing says
//! so. Leaves the sentences to the definition and to `schema`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schema::tekst::duizendtal;
use schema::{Bevinding, Definitie, Ernst, Oordeel, Oorzaak, RegelTelling};

use super::plaats;
use crate::uitvoer::{kort, veilig};

/// One of the texts of a finding.
type Deel = fn(&Bevinding) -> &str;

/// One rule, with at most `max` lines of causes and places. Gives how many findings are not in them.
pub fn write_regel(
    uit: &mut String,
    oordeel: &Oordeel,
    regel: &RegelTelling,
    definitie: &Definitie,
    max: usize,
) -> u64 {
    let naam = match regel.ernst {
        Ernst::Fout => "fout",
        Ernst::Signaal => "signaal",
        Ernst::Opmerking => "opmerking",
    };
    let keer = if regel.aantal > 1 {
        format!(" ({} keer)", duizendtal(regel.aantal))
    } else {
        String::new()
    };
    let mut inhoud = String::new();
    let rest = write_inhoud(&mut inhoud, oordeel, regel, definitie, max);
    if !inhoud.is_empty() {
        let _ = write!(uit, "\n{naam} {}{keer}\n{inhoud}", veilig(&regel.code));
    }
    rest
}

/// The same without the line that names the rule; nothing where there is nothing to show.
pub fn write_inhoud(
    uit: &mut String,
    oordeel: &Oordeel,
    regel: &RegelTelling,
    definitie: &Definitie,
    max: usize,
) -> u64 {
    let alle: Vec<&Oorzaak> = oordeel
        .oorzaken
        .iter()
        .filter(|o| o.eerste.code == regel.code)
        .collect();
    let oorzaken = &alle[..alle.len().min(max)];
    let lijst = oordeel.bevindingen.iter().filter(|b| b.code == regel.code);
    let los: Vec<&Bevinding> = lijst
        .clone()
        .filter(|b| !oorzaken.iter().any(|o| o.omvat(b)))
        .take(max - oorzaken.len())
        .collect();
    let rest = regel
        .aantal
        .saturating_sub(oorzaken.iter().map(|o| o.aantal).sum::<u64>() + los.len() as u64);
    if oorzaken.is_empty() && los.is_empty() {
        return rest;
    }
    let reden = definitie
        .regel(&regel.code)
        .map(|regel| regel.tekst.reden.as_str());
    let mut schrijver = Schrijver {
        uit,
        reden,
        gezegd: BTreeSet::new(),
        met_bestand: oordeel.meer_bestanden,
    };
    let mut velden: Vec<(&str, &str)> = Vec::new();
    for bevinding in oorzaken
        .iter()
        .map(|o| &o.eerste)
        .chain(los.iter().copied())
    {
        let veld = (bevinding.tabel.as_str(), bevinding.veld.as_str());
        if !velden.contains(&veld) {
            velden.push(veld);
        }
    }
    for veld in velden {
        let van_veld = |b: &Bevinding| (b.tabel.as_str(), b.veld.as_str()) == veld;
        let oorzaken: Vec<&Oorzaak> = oorzaken
            .iter()
            .copied()
            .filter(|o| van_veld(&o.eerste))
            .collect();
        let los: Vec<&Bevinding> = los.iter().copied().filter(|b| van_veld(b)).collect();
        let alle: Vec<&Bevinding> = alle
            .iter()
            .map(|o| &o.eerste)
            .chain(lijst.clone())
            .filter(|b| van_veld(b))
            .collect();
        let label = definitie
            .tabel(veld.0)
            .and_then(|tabel| tabel.veld(veld.1))
            .map_or("", |veld| veld.label.as_str());
        schrijver.veld(label, &alle, &oorzaken, &los);
    }
    if rest > 0 {
        let _ = writeln!(schrijver.uit, "  … en nog {}", duizendtal(rest));
    }
    rest
}

/// What was said of a rule so far.
struct Schrijver<'a> {
    uit: &'a mut String,
    /// Why it is asked, while that was not said.
    reden: Option<&'a str>,
    /// Texts, whatever the field: what a rule says of one field, it says of the next in the same words.
    gezegd: BTreeSet<String>,
    met_bestand: bool,
}

impl Schrijver<'_> {
    /// One field: what all its findings share first, also those not shown, then a line per cause and per place.
    fn veld(
        &mut self,
        label: &str,
        alle: &[&Bevinding],
        oorzaken: &[&Oorzaak],
        los: &[&Bevinding],
    ) {
        let delen: [(&str, Deel); 3] = [
            ("", |b| &b.bericht),
            ("verwacht: ", |b| &b.verwacht),
            ("herstel:  ", |b| &b.herstel),
        ];
        let gedeeld = delen.map(|(kop, deel)| {
            let gedeeld = shared(alle, deel);
            let elders = if label.is_empty() {
                gedeeld.to_owned()
            } else {
                gedeeld.replace(label, "…")
            };
            if !gedeeld.is_empty() && (self.gezegd.insert(elders) || kop.is_empty()) {
                self.line("  ", kop, gedeeld);
            }
            gedeeld.len()
        });
        if let Some(reden) = self.reden.take() {
            self.line("  ", "waarom:   ", reden);
        }
        // What one finding says besides.
        let eigen = |b: &Bevinding| {
            let rest = delen
                .iter()
                .zip(gedeeld)
                .map(|((_, deel), al)| deel(b)[al..].trim().to_owned());
            rest.filter(|tekst| !tekst.is_empty()).collect::<Vec<_>>()
        };
        for oorzaak in oorzaken {
            let zinnen = [vec![oorzaak.zin(self.met_bestand)], eigen(&oorzaak.eerste)].concat();
            self.line("    ", "", &zinnen.join(" "));
        }
        for bevinding in los {
            let mut zinnen: Vec<String> = vec![plaats(bevinding, self.met_bestand)];
            zinnen.extend(
                bevinding
                    .gevonden
                    .iter()
                    .map(|gevonden| format!("gevonden: {}", shown(bevinding, gevonden))),
            );
            zinnen.extend(eigen(bevinding).iter().map(|zin| veilig(zin)));
            let _ = writeln!(self.uit, "    {}", zinnen.join("  "));
        }
    }

    fn line(&mut self, inspringing: &str, kop: &str, tekst: &str) {
        let _ = writeln!(self.uit, "{inspringing}{kop}{}", veilig(tekst));
    }
}

/// What was found: a cell's value is cut where it is too long to read, our own words about no row are not.
fn shown(bevinding: &Bevinding, gevonden: &str) -> String {
    if bevinding.plaats.rij.is_some() {
        kort(gevonden)
    } else {
        veilig(gevonden)
    }
}

/// The whole sentences with which this text of all findings begins.
fn shared<'a>(alle: &[&'a Bevinding], deel: Deel) -> &'a str {
    let Some(eerste) = alle.first().map(|b| deel(b)) else {
        return "";
    };
    let gelijk = |ander: &str| {
        eerste
            .bytes()
            .zip(ander.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let lengte = alle.iter().map(|b| gelijk(deel(b))).min().unwrap_or(0);
    if alle.iter().all(|b| deel(b).len() == lengte) {
        return eerste;
    }
    // Up to the last full stop that all have, so that nobody reads half a sentence.
    let einde = eerste
        .match_indices(['.', '?', '!'])
        .map(|(at, teken)| at + teken.len())
        .filter(|&at| at <= lengte);
    let einde = einde
        .filter(|&at| {
            alle.iter()
                .all(|b| deel(b)[at..].is_empty() || deel(b)[at..].starts_with(' '))
        })
        .max();
    &eerste[..einde.unwrap_or(0)]
}
