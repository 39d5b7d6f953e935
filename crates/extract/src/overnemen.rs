//! Last year's koppeling as the start of this one.
//!
//! Owns which of its answers still hold: the column must be in the file, the field and the code in this year's
//! definition. A person's answer goes before a proposal. What no longer holds is said, never dropped silently.

use std::collections::{BTreeMap, BTreeSet};

use schema::{Definitie, Tabel, Veldtype};

use crate::koppeling::{Koppeling, LEEG, OVERSLAAN, Tabelkoppeling};
use crate::voorstel::{Kolomvoorstel, OpenVraag, Voorstel, Waardevoorstel};

impl Voorstel {
    /// Lays last year's answers over the proposal; gives what was taken over and what no longer holds, in Dutch.
    pub fn neem_over(&mut self, vorige: &Koppeling, definitie: &Definitie) -> Vec<String> {
        let mut zinnen = Vec::new();
        if self.koppeling.aanbieder.is_none() {
            self.koppeling.aanbieder.clone_from(&vorige.aanbieder);
        }
        let mut gebruikt = vec![false; vorige.tabellen.len()];
        // A column that a question names is in the file, though it was not placed yet.
        let genoemd: BTreeSet<String> = self.open.iter().filter(|o| o.bron.is_none()).flat_map(|o| o.kandidaten.iter().cloned()).collect();
        for (index, nieuw) in self.koppeling.tabellen.iter_mut().enumerate() {
            let (Some(tabel), Some(oud)) = (definitie.tabel(&nieuw.naam), counterpart(nieuw, &vorige.tabellen, &mut gebruikt)) else {
                continue;
            };
            if !oud.is_read() {
                nieuw.lezen.clone_from(&oud.lezen);
                continue;
            }
            if nieuw.lezen.is_some() && is_same_place(nieuw, oud) {
                nieuw.lezen.clone_from(&oud.lezen);
                self.open.append(&mut self.uitgesteld.remove(&index).unwrap_or_default());
            }
            let mut overname = Overname { tabel, definitie, genoemd: &genoemd, zinnen: &mut zinnen, kolommen: 0, waarden: 0 };
            overname.columns(nieuw, oud);
            overname.answers(nieuw, oud);
            let (kolommen, waarden) = (overname.kolommen, overname.waarden);
            zinnen.push(format!("{}: {kolommen} kolommen en {waarden} woorden zijn overgenomen van vorig jaar.", tabel.titel));
            record(&mut self.kolommen, &mut self.waarden, nieuw, oud);
        }
        for (oud, _) in vorige.tabellen.iter().zip(&gebruikt).filter(|(_, gebruikt)| !**gebruikt) {
            zinnen.push(format!("De tabel {} van vorig jaar is niet gevonden in dit bestand.", oud.naam));
        }
        for (naam, rijen) in &vorige.rijen {
            let elders = self.koppeling.tabellen.iter().any(|t| t.naam == *naam);
            if let Some(tabel) = definitie.tabel(naam).filter(|_| !elders) {
                let velden = |rij: &BTreeMap<String, String>| rij.clone().into_iter().filter(|(v, _)| tabel.veld(v).is_some()).collect();
                self.koppeling.rijen.insert(naam.clone(), rijen.iter().map(velden).collect());
                zinnen.push(format!("{}: {} rijen zijn overgenomen van vorig jaar. Kijk of ze nog kloppen.", tabel.titel, rijen.len()));
                self.koppeling.notities.slot.clear();
            }
        }
        let koppeling = &self.koppeling;
        self.open.retain(|vraag| is_open(koppeling, vraag));
        zinnen
    }
}

/// Last year's answers about the same table: of the same sheet or file where there are several.
fn counterpart<'a>(nieuw: &Tabelkoppeling, oude: &'a [Tabelkoppeling], gebruikt: &mut [bool]) -> Option<&'a Tabelkoppeling> {
    let zelfde: Vec<usize> = (0..oude.len()).filter(|&i| oude[i].naam == nieuw.naam).collect();
    let plek = |i: &&usize| is_same_place(nieuw, &oude[**i]);
    let gelijk = |i: &&usize| placed(&oude[**i]).filter(|(veld, kolom)| nieuw.kolommen.get(*veld).is_some_and(|k| k == kolom)).count();
    // A sheet that is new this year is most like the one whose columns it has.
    let elders = || zelfde.iter().rev().filter(|i| oude[**i].is_read()).max_by_key(gelijk);
    let gekozen = *zelfde.iter().find(plek).or_else(elders)?;
    gebruikt[gekozen] = true;
    Some(&oude[gekozen])
}

/// Sheets keep their name from year to year, files do not.
fn is_same_place(nieuw: &Tabelkoppeling, oud: &Tabelkoppeling) -> bool {
    oud.blad == nieuw.blad && (oud.bestand == nieuw.bestand || nieuw.blad.is_some())
}

/// The fields and their columns, whichever way round they were written down.
fn placed(oud: &Tabelkoppeling) -> impl Iterator<Item = (&str, &str)> {
    let direct = oud.kolommen.iter().filter(|(_, kolom)| !kolom.is_empty()).map(|(veld, kolom)| (veld.as_str(), kolom.as_str()));
    let geplaatst = oud.te_plaatsen.iter().filter(|(_, veld)| !veld.is_empty() && *veld != OVERSLAAN);
    direct.chain(geplaatst.map(|(kolom, veld)| (veld.rsplit_once('.').map_or(veld.as_str(), |(_, naam)| naam), kolom.as_str())))
}

struct Overname<'a> {
    tabel: &'a Tabel,
    definitie: &'a Definitie,
    genoemd: &'a BTreeSet<String>,
    zinnen: &'a mut Vec<String>,
    kolommen: usize,
    waarden: usize,
}

impl Overname<'_> {
    fn columns(&mut self, nieuw: &mut Tabelkoppeling, oud: &Tabelkoppeling) {
        let in_bestand = |nieuw: &Tabelkoppeling, kolom: &str| {
            self.genoemd.contains(kolom)
                || nieuw.kolommen.values().any(|k| k == kolom)
                || nieuw.te_plaatsen.contains_key(kolom)
                || nieuw.overslaan.iter().any(|k| k == kolom)
        };
        for (veld, kolom) in placed(oud) {
            if self.tabel.veld(veld).is_none() {
                self.zinnen.push(format!("{}: het veld {veld} wordt dit jaar niet meer gevraagd.", self.tabel.titel));
            } else if !in_bestand(nieuw, kolom) {
                self.zinnen.push(format!("{}: de kolom '{kolom}' van vorig jaar staat niet in dit bestand.", self.tabel.titel));
            } else {
                place(nieuw, veld, kolom);
                self.kolommen += 1;
            }
        }
        let weg = oud.overslaan.iter().chain(oud.te_plaatsen.iter().filter(|(_, v)| *v == OVERSLAAN).map(|(k, _)| k));
        for kolom in weg {
            if nieuw.te_plaatsen.remove(kolom).is_some() {
                nieuw.overslaan.push(kolom.clone());
            }
        }
    }

    fn answers(&mut self, nieuw: &mut Tabelkoppeling, oud: &Tabelkoppeling) {
        let bekend = |veld: &String| self.tabel.veld(veld).is_some();
        for (veld, waarde) in oud.vast.iter().filter(|(veld, _)| bekend(veld)) {
            if nieuw.kolommen.get(veld).is_none_or(String::is_empty) {
                nieuw.kolommen.remove(veld);
                nieuw.vast.insert(veld.clone(), waarde.clone());
            }
        }
        let gekoppeld = |nieuw: &Tabelkoppeling, veld: &String| nieuw.kolommen.get(veld).is_some_and(|k| !k.is_empty());
        for (veld, vorm) in oud.datumvorm.iter().filter(|(_, vorm)| !vorm.is_empty()) {
            match nieuw.datumvorm.get(veld) {
                Some(gezien) if !gezien.is_empty() && gezien != vorm => self.zinnen.push(format!(
                    "{}: de datums van {veld} staan nu als {gezien}, vorig jaar als {vorm}. Dit jaar lezen we {gezien}.",
                    self.tabel.titel
                )),
                Some(_) => drop(nieuw.datumvorm.insert(veld.clone(), vorm.clone())),
                None => {}
            }
        }
        for (veld, vorm) in oud.getalvorm.iter().filter(|(veld, _)| bekend(veld)) {
            if gekoppeld(nieuw, veld) {
                nieuw.getalvorm.insert(veld.clone(), vorm.clone());
            }
        }
        for (veld, soort) in oud.afgeleid.iter().filter(|(veld, _)| bekend(veld)) {
            if gekoppeld(nieuw, veld) {
                nieuw.afgeleid.insert(veld.clone(), soort.clone());
            }
        }
        for (veld, stelsel) in oud.codestelsel.iter().filter(|(veld, s)| !s.is_empty() && bekend(veld)) {
            if gekoppeld(nieuw, veld) {
                nieuw.codestelsel.insert(veld.clone(), stelsel.clone());
            }
        }
        for (veld, waarden) in &oud.waarden {
            if gekoppeld(nieuw, veld) {
                self.words(nieuw, veld, waarden);
            }
        }
    }

    /// A person's words for codes; a code that is gone leaves the question open.
    fn words(&mut self, nieuw: &mut Tabelkoppeling, veld: &str, waarden: &BTreeMap<String, String>) {
        let Some(veldtype) = self.tabel.veld(veld).map(|v| &v.veldtype) else { return };
        for (woord, code) in waarden.iter().filter(|(_, code)| !code.is_empty()) {
            let bestaat = match veldtype {
                Veldtype::Code { lijst } => code == LEEG || self.definitie.codelijsten[lijst].code(code).is_some(),
                _ => true,
            };
            if bestaat {
                nieuw.waarden.entry(veld.to_owned()).or_default().insert(woord.clone(), code.clone());
                self.waarden += 1;
            } else {
                self.zinnen.push(format!("{}: de code {code} van {veld} bestaat dit jaar niet meer. Kies opnieuw.", self.tabel.titel));
            }
        }
    }
}

/// Gives a column to a field; another field that had it becomes open, another column of this field too.
fn place(nieuw: &mut Tabelkoppeling, veld: &str, kolom: &str) {
    nieuw.te_plaatsen.remove(kolom);
    nieuw.overslaan.retain(|k| k != kolom);
    for (ander, gekozen) in &mut nieuw.kolommen {
        if ander != veld && gekozen == kolom {
            gekozen.clear();
        }
    }
    let eerder = nieuw.kolommen.insert(veld.to_owned(), kolom.to_owned());
    if let Some(eerder) = eerder.filter(|eerder| !eerder.is_empty() && eerder != kolom) {
        nieuw.te_plaatsen.insert(eerder, String::new());
    }
}

/// What was taken over is certain; the lists say so.
fn record(kolommen: &mut Vec<Kolomvoorstel>, waarden: &mut Vec<Waardevoorstel>, nieuw: &Tabelkoppeling, oud: &Tabelkoppeling) {
    for (veld, kolom) in placed(oud).filter(|(veld, kolom)| nieuw.kolommen.get(*veld).is_some_and(|k| k == kolom)) {
        let pad = format!("{}.{veld}", nieuw.naam);
        kolommen.retain(|k| k.veld != pad && k.bron != kolom);
        kolommen.push(Kolomvoorstel { bron: kolom.to_owned(), veld: pad, zekerheid: 1.0 });
    }
    for (veld, woorden) in &oud.waarden {
        let pad = format!("{}.{veld}", nieuw.naam);
        let gekozen = nieuw.waarden.get(veld);
        for (woord, code) in woorden.iter().filter(|(woord, code)| gekozen.and_then(|g| g.get(*woord)) == Some(code)) {
            waarden.retain(|w| !(w.veld == pad && w.bron == *woord));
            waarden.push(Waardevoorstel { veld: pad.clone(), bron: woord.clone(), code: code.clone(), zekerheid: 1.0 });
        }
    }
}

/// Whether a question still has no answer in the koppeling.
fn is_open(koppeling: &Koppeling, vraag: &OpenVraag) -> bool {
    let (tabel, veld) = vraag.veld.as_deref().and_then(|pad| pad.split_once('.')).unwrap_or_default();
    koppeling.tabellen.iter().filter(|t| tabel.is_empty() || t.naam == tabel).any(|t| {
        let leeg = |deel: &BTreeMap<String, String>, sleutel: &str| deel.get(sleutel).is_some_and(String::is_empty);
        let bron = vraag.bron.as_deref();
        let van_hier = |plek: &str| t.blad.as_deref().or(t.bestand.as_deref()) == Some(plek);
        if vraag.plek.as_deref().is_some_and(|plek| !van_hier(plek)) {
            return false;
        }
        if !t.is_read() {
            return t.lezen.as_deref() == Some("") && bron.is_some_and(van_hier);
        }
        leeg(&t.kolommen, veld)
            || leeg(&t.datumvorm, veld)
            || leeg(&t.codestelsel, veld)
            || bron.is_some_and(|bron| leeg(&t.te_plaatsen, bron) || t.waarden.get(veld).is_some_and(|w| leeg(w, bron)))
    })
}
