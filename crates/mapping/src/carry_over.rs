//! Last year's koppeling as the start of this one.
//!
//! Owns which of its answers still hold: the column must be in the file, the field and the code in this year's
//! definition. A person's answer goes before a proposal. What no longer holds is said, never dropped silently.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, Veldtype};

use crate::evidence::Kennis;
use crate::koppeling::{Koppeling, LEEG, OVERSLAAN, Tabelkoppeling};
use crate::propose::values::propose_values;
use crate::propose::{Kolomvoorstel, OpenVraag, Voorstel, Waardevoorstel};

impl Voorstel {
    /// Lays last year's answers over the proposal; gives what was taken over and what no longer holds, in Dutch.
    pub fn neem_over(&mut self, vorige: &Koppeling, definitie: &Definitie) -> Vec<String> {
        let mut zinnen = Vec::new();
        if self.koppeling.aanbieder.is_none() {
            self.koppeling.aanbieder.clone_from(&vorige.aanbieder);
        }
        let kennis = Kennis::new(definitie);
        let mut gebruikt = vec![false; vorige.tabellen.len()];
        let mut tabellen = std::mem::take(&mut self.koppeling.tabellen);
        for (index, nieuw) in tabellen.iter_mut().enumerate() {
            let (Some(tabel), Some(oud)) = (
                definitie.tabel(&nieuw.naam),
                counterpart(nieuw, &vorige.tabellen, &mut gebruikt),
            ) else {
                continue;
            };
            if !oud.is_read() {
                nieuw.lezen.clone_from(&oud.lezen);
                continue;
            }
            if nieuw.lezen.is_some() && is_same_place(nieuw, oud) {
                nieuw.lezen.clone_from(&oud.lezen);
                self.open
                    .append(&mut self.uitgesteld.remove(&index).unwrap_or_default());
            }
            let mut overname = Overname {
                tabel,
                kennis: &kennis,
                index,
                voorstel: self,
                zinnen: &mut zinnen,
                kolommen: 0,
                waarden: 0,
            };
            overname.columns(nieuw, oud);
            overname.answers(nieuw, oud);
            let (kolommen, waarden) = (overname.kolommen, overname.waarden);
            zinnen.push(format!(
                "{}: {kolommen} kolommen en {waarden} woorden zijn overgenomen van vorig jaar.",
                tabel.titel
            ));
            record(&mut self.kolommen, &mut self.waarden, nieuw, oud);
        }
        self.koppeling.tabellen = tabellen;
        self.kolommen.retain(|k| {
            self.koppeling
                .tabellen
                .iter()
                .any(|t| holds(t, &k.veld, &k.bron))
        });
        for (oud, _) in vorige
            .tabellen
            .iter()
            .zip(&gebruikt)
            .filter(|(_, gebruikt)| !**gebruikt)
        {
            zinnen.push(format!(
                "De tabel {} van vorig jaar is niet gevonden in dit bestand.",
                oud.naam
            ));
        }
        for (naam, rijen) in &vorige.rijen {
            let elders = self.koppeling.tabellen.iter().any(|t| t.naam == *naam);
            if let Some(tabel) = definitie.tabel(naam).filter(|_| !elders) {
                let velden = |rij: &BTreeMap<String, String>| {
                    rij.clone()
                        .into_iter()
                        .filter(|(v, _)| tabel.veld(v).is_some())
                        .collect()
                };
                self.koppeling
                    .rijen
                    .insert(naam.clone(), rijen.iter().map(velden).collect());
                zinnen.push(format!(
                    "{}: {} rijen zijn overgenomen van vorig jaar. Kijk of ze nog kloppen.",
                    tabel.titel,
                    rijen.len()
                ));
                self.koppeling.notities.slot.clear();
            }
        }
        let koppeling = &self.koppeling;
        self.open.retain(|vraag| is_open(koppeling, vraag));
        zinnen
    }
}

/// Last year's answers about the same table: of the same sheet or file where there are several.
fn counterpart<'a>(
    nieuw: &Tabelkoppeling,
    oude: &'a [Tabelkoppeling],
    gebruikt: &mut [bool],
) -> Option<&'a Tabelkoppeling> {
    let zelfde: Vec<usize> = (0..oude.len())
        .filter(|&i| oude[i].naam == nieuw.naam)
        .collect();
    let plek = |i: &&usize| is_same_place(nieuw, &oude[**i]);
    let gelijk = |i: &&usize| {
        placed(&oude[**i])
            .filter(|(veld, kolom)| nieuw.kolommen.get(*veld).is_some_and(|k| k == kolom))
            .count()
    };
    // A sheet that is new this year is most like the one whose columns it has.
    let elders = || {
        zelfde
            .iter()
            .rev()
            .filter(|i| oude[**i].is_read())
            .max_by_key(gelijk)
    };
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
    let direct = oud
        .kolommen
        .iter()
        .filter(|(_, kolom)| !kolom.is_empty())
        .map(|(veld, kolom)| (veld.as_str(), kolom.as_str()));
    let geplaatst = oud
        .te_plaatsen
        .iter()
        .filter(|(_, veld)| !veld.is_empty() && *veld != OVERSLAAN);
    direct.chain(geplaatst.map(|(kolom, veld)| {
        (
            veld.rsplit_once('.')
                .map_or(veld.as_str(), |(_, naam)| naam),
            kolom.as_str(),
        )
    }))
}

struct Overname<'a> {
    tabel: &'a Tabel,
    kennis: &'a Kennis<'a>,
    index: usize,
    voorstel: &'a mut Voorstel,
    zinnen: &'a mut Vec<String>,
    kolommen: usize,
    waarden: usize,
}

impl Overname<'_> {
    fn columns(&mut self, nieuw: &mut Tabelkoppeling, oud: &Tabelkoppeling) {
        for (naam, kolom) in placed(oud) {
            if let Some(veld) = self.tabel.veld(naam) {
                if self.voorstel.bronnen[self.index]
                    .kolommen
                    .iter()
                    .any(|k| k.naam == kolom)
                {
                    self.place(nieuw, oud, (veld, kolom));
                    self.kolommen += 1;
                } else {
                    self.zinnen.push(format!(
                        "{}: de kolom '{kolom}' van vorig jaar staat niet in dit bestand.",
                        self.tabel.titel
                    ));
                }
            } else {
                self.zinnen.push(format!(
                    "{}: het veld {naam} wordt dit jaar niet meer gevraagd.",
                    self.tabel.titel
                ));
            }
        }
        let weg = oud.overslaan.iter().chain(
            oud.te_plaatsen
                .iter()
                .filter(|(_, v)| *v == OVERSLAAN)
                .map(|(k, _)| k),
        );
        for kolom in weg {
            if nieuw.te_plaatsen.remove(kolom).is_some() {
                nieuw.overslaan.push(kolom.clone());
            }
        }
    }

    /// Gives a column to a field, and asks about its values where the proposal did not look at it for this field.
    /// Last year may have used it for two fields; a field that had it by the proposal alone is open again.
    fn place(
        &mut self,
        nieuw: &mut Tabelkoppeling,
        oud: &Tabelkoppeling,
        (veld, kolom): (&Veld, &str),
    ) {
        nieuw.te_plaatsen.remove(kolom);
        nieuw.overslaan.retain(|k| k != kolom);
        if nieuw.kolommen.get(&veld.naam).is_some_and(|k| k == kolom) {
            return;
        }
        let samen = |naam: &str| placed(oud).any(|(v, k)| v == naam && k == kolom);
        let verdrongen: Vec<String> = nieuw
            .kolommen
            .iter()
            .filter(|(naam, k)| *k == kolom && !samen(naam))
            .map(|(naam, _)| naam.clone())
            .collect();
        for naam in &verdrongen {
            self.forget(nieuw, naam);
            nieuw.kolommen.remove(naam);
            if let Some(ander) = self.tabel.veld(naam).filter(|ander| ander.verplicht) {
                nieuw.kolommen.insert(naam.clone(), String::new());
                let vraag = format!(
                    "In welke kolom staat '{}'? Of zet een vaste waarde onder [tabel.vast].",
                    ander.label
                );
                self.ask(nieuw, ("kolommen", naam), (None, Some(naam)), vraag);
            }
        }
        self.forget(nieuw, &veld.naam);
        let eerder = nieuw
            .kolommen
            .insert(veld.naam.clone(), kolom.to_owned())
            .filter(|eerder| !eerder.is_empty());
        if let Some(eerder) = eerder.filter(|eerder| !nieuw.kolommen.values().any(|k| k == eerder))
        {
            let vraag = format!(
                "Wat staat er in de kolom '{eerder}'? Vul een veld in, of \"{OVERSLAAN}\"."
            );
            nieuw.te_plaatsen.insert(eerder.clone(), String::new());
            self.ask(
                nieuw,
                ("te_plaatsen", &eerder),
                (Some(&eerder), None),
                vraag,
            );
        }
        let afgeleid = oud
            .afgeleid
            .get(&veld.naam)
            .filter(|_| veld.afleiding.is_some());
        nieuw
            .afgeleid
            .extend(afgeleid.map(|soort| (veld.naam.clone(), soort.clone())));
        if let Some(gezien) = self.voorstel.bronnen[self.index]
            .kolommen
            .iter()
            .find(|k| k.naam == kolom)
            .cloned()
        {
            let van = self.voorstel.open.len();
            propose_values(
                self.kennis,
                (self.tabel, veld, &gezien, afgeleid.is_some()),
                self.index,
                nieuw,
                self.voorstel,
            );
            self.voorstel.name_place(van, self.index, nieuw);
        }
    }

    /// What was proposed and asked about the column a field had.
    fn forget(&mut self, nieuw: &mut Tabelkoppeling, naam: &str) {
        for deel in [
            &mut nieuw.datumvorm,
            &mut nieuw.getalvorm,
            &mut nieuw.afgeleid,
            &mut nieuw.codestelsel,
        ] {
            deel.remove(naam);
        }
        nieuw.waarden.remove(naam);
        let pad = format!("{}.{naam}", nieuw.naam);
        self.voorstel.waarden.retain(|w| w.veld != pad);
        self.voorstel
            .open
            .retain(|vraag| vraag.veld.as_ref() != Some(&pad) || !is_about(vraag, nieuw));
        self.voorstel.koppeling.notities.forget(self.index, naam);
    }

    fn ask(
        &mut self,
        nieuw: &Tabelkoppeling,
        plek: (&'static str, &str),
        (bron, naam): (Option<&str>, Option<&str>),
        vraag: String,
    ) {
        let van = self.voorstel.open.len();
        self.voorstel.koppeling.notities.above(
            self.index,
            plek.0,
            plek.1,
            "",
            format!("OPEN: {vraag}"),
        );
        let veld = naam.map(|naam| format!("{}.{naam}", nieuw.naam));
        let bron = bron.map(str::to_owned);
        self.voorstel.open.push(OpenVraag {
            bron,
            veld,
            plek: None,
            kandidaten: Vec::new(),
            past_niet: Vec::new(),
            vraag,
        });
        self.voorstel.name_place(van, self.index, nieuw);
    }

    fn answers(&mut self, nieuw: &mut Tabelkoppeling, oud: &Tabelkoppeling) {
        let bekend = |veld: &String| self.tabel.veld(veld).is_some();
        for (veld, waarde) in oud.vast.iter().filter(|(veld, _)| bekend(veld)) {
            if nieuw.kolommen.get(veld).is_none_or(String::is_empty) {
                nieuw.kolommen.remove(veld);
                nieuw.vast.insert(veld.clone(), waarde.clone());
            } else {
                self.zinnen.push(format!(
                    "{}: {veld} had vorig jaar een vaste waarde, en heeft nu een kolom.",
                    self.tabel.titel
                ));
            }
        }
        let gekoppeld = |nieuw: &Tabelkoppeling, veld: &str| {
            nieuw.kolommen.get(veld).is_some_and(|k| !k.is_empty())
        };
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
        let soort = |veld: &str| {
            self.tabel
                .veld(veld)
                .map(|v| &v.veldtype)
                .filter(|_| gekoppeld(nieuw, veld))
        };
        let is_getal =
            |veld: &str| matches!(soort(veld), Some(Veldtype::Geheel | Veldtype::Decimaal));
        let getalvormen: Vec<_> = oud
            .getalvorm
            .iter()
            .filter(|(veld, _)| is_getal(veld))
            .collect();
        let is_code = |veld: &str| matches!(soort(veld), Some(Veldtype::Code { .. }));
        let stelsels: Vec<_> = oud
            .codestelsel
            .iter()
            .filter(|(veld, s)| !s.is_empty() && is_code(veld))
            .collect();
        let afgeleid = |veld: &str| {
            soort(veld).is_some() && self.tabel.veld(veld).is_some_and(|v| v.afleiding.is_some())
        };
        let afgeleiden: Vec<_> = oud
            .afgeleid
            .iter()
            .filter(|(veld, _)| afgeleid(veld))
            .collect();
        let met_woorden = |veld: &str| {
            matches!(
                soort(veld),
                Some(Veldtype::Code { .. } | Veldtype::JaNee | Veldtype::Gemeente)
            )
        };
        let woorden: Vec<_> = oud
            .waarden
            .iter()
            .filter(|(veld, _)| met_woorden(veld))
            .collect();
        nieuw.getalvorm.extend(
            getalvormen
                .into_iter()
                .map(|(veld, vorm)| (veld.clone(), vorm.clone())),
        );
        nieuw.codestelsel.extend(
            stelsels
                .into_iter()
                .map(|(veld, stelsel)| (veld.clone(), stelsel.clone())),
        );
        nieuw.afgeleid.extend(
            afgeleiden
                .into_iter()
                .map(|(veld, soort)| (veld.clone(), soort.clone())),
        );
        for (veld, waarden) in woorden {
            self.words(nieuw, veld, waarden);
        }
    }

    /// A person's words for codes; a code that is gone leaves the question open.
    fn words(
        &mut self,
        nieuw: &mut Tabelkoppeling,
        veld: &str,
        waarden: &BTreeMap<String, String>,
    ) {
        let Some(veldtype) = self.tabel.veld(veld).map(|v| &v.veldtype) else {
            return;
        };
        for (woord, code) in waarden.iter().filter(|(_, code)| !code.is_empty()) {
            let bestaat = match veldtype {
                Veldtype::Code { lijst } => {
                    code == LEEG
                        || self.kennis.definitie.codelijsten[lijst]
                            .code(code)
                            .is_some()
                }
                _ => true,
            };
            if bestaat {
                nieuw
                    .waarden
                    .entry(veld.to_owned())
                    .or_default()
                    .insert(woord.clone(), code.clone());
                self.waarden += 1;
            } else {
                self.zinnen.push(format!(
                    "{}: de code {code} van {veld} bestaat dit jaar niet meer. Kies opnieuw.",
                    self.tabel.titel
                ));
            }
        }
    }
}

/// What was taken over is certain; the lists say so.
fn record(
    kolommen: &mut Vec<Kolomvoorstel>,
    waarden: &mut Vec<Waardevoorstel>,
    nieuw: &Tabelkoppeling,
    oud: &Tabelkoppeling,
) {
    for (veld, kolom) in
        placed(oud).filter(|(veld, kolom)| nieuw.kolommen.get(*veld).is_some_and(|k| k == kolom))
    {
        let pad = format!("{}.{veld}", nieuw.naam);
        kolommen.retain(|k| k.veld != pad || k.bron != kolom);
        kolommen.push(Kolomvoorstel {
            bron: kolom.to_owned(),
            veld: pad,
            zekerheid: 1.0,
        });
    }
    for (veld, woorden) in &oud.waarden {
        let pad = format!("{}.{veld}", nieuw.naam);
        let gekozen = nieuw.waarden.get(veld);
        for (woord, code) in woorden
            .iter()
            .filter(|(woord, code)| gekozen.and_then(|g| g.get(*woord)) == Some(code))
        {
            waarden.retain(|w| !(w.veld == pad && w.bron == *woord));
            waarden.push(Waardevoorstel {
                veld: pad.clone(),
                bron: woord.clone(),
                code: code.clone(),
                zekerheid: 1.0,
            });
        }
    }
}

/// Whether a field (`tabel.veld`) has this column there.
fn holds(tabel: &Tabelkoppeling, pad: &str, kolom: &str) -> bool {
    pad.split_once('.').is_some_and(|(naam, veld)| {
        naam == tabel.naam && tabel.kolommen.get(veld).is_some_and(|k| k == kolom)
    })
}

/// Whether a question is about this part of the koppeling, where it says which.
fn is_about(vraag: &OpenVraag, tabel: &Tabelkoppeling) -> bool {
    vraag.plek.is_none() || vraag.plek.as_deref() == tabel.plek()
}

/// Whether a question still has no answer in the koppeling.
fn is_open(koppeling: &Koppeling, vraag: &OpenVraag) -> bool {
    let (tabel, veld) = vraag
        .veld
        .as_deref()
        .and_then(|pad| pad.split_once('.'))
        .unwrap_or_default();
    koppeling
        .tabellen
        .iter()
        .filter(|t| tabel.is_empty() || t.naam == tabel)
        .any(|t| {
            let leeg = |deel: &BTreeMap<String, String>, sleutel: &str| {
                deel.get(sleutel).is_some_and(String::is_empty)
            };
            let bron = vraag.bron.as_deref();
            if !is_about(vraag, t) {
                return false;
            }
            if !t.is_read() {
                return t.lezen.as_deref() == Some("") && bron == t.plek();
            }
            leeg(&t.kolommen, veld)
                || leeg(&t.datumvorm, veld)
                || leeg(&t.codestelsel, veld)
                || bron.is_some_and(|bron| {
                    leeg(&t.te_plaatsen, bron) || t.waarden.get(veld).is_some_and(|w| leeg(w, bron))
                })
        })
}
