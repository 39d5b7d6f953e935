//! The two sheets of the report itself: the summary, and every finding in a list.
//!
//! Owns what they say and in what order, and that a limit is never silent. Leaves cells to `bladtekst`, and the
//! aanbieder's own sheets to `sheet`.

use std::collections::HashMap;

use schema::bevinding::gelijk_deel;
use schema::tekst::duizendtal;
use schema::{Bevinding, Definitie, Ernst, Oordeel, Plaats, RegelTelling};

use super::places::{Doelblad, Plek, woord};
use super::shared_strings::{Bladtekst, Teksten};
use super::styles::{Eigen, Stijlen};
use crate::cell_name::{RIJEN, celnaam};
use crate::workbook::own_sheets::{KENMERK, KENMERK_LIJST};

/// Findings without a cell that the summary lists; the list has all.
const LOS: usize = 1000;
/// Rows of the list above the findings.
const LIJSTKOP: u32 = 2;

/// All the summary tells of.
pub(super) struct Overzicht<'a> {
    pub(super) oordeel: &'a Oordeel,
    pub(super) definitie: &'a Definitie,
    /// Per finding.
    pub(super) plekken: &'a [Option<Plek>],
    pub(super) doelen: &'a [Doelblad],
    /// Names of the summary and the list.
    pub(super) namen: (&'a str, &'a str),
    /// Most links in the list.
    pub(super) koppelingen: usize,
    /// What could not be shown, as Dutch sentences.
    pub(super) zinnen: Vec<String>,
}

/// The formats that are used.
struct Vormen {
    titel: u32,
    kop: u32,
    tekst: u32,
    getal: u32,
    koppeling: u32,
    ernst: [u32; 3],
}

impl Vormen {
    fn new(stijlen: &mut Stijlen) -> Self {
        let mut vorm = |soort| stijlen.eigen(soort);
        Self {
            titel: vorm(Eigen::Titel),
            kop: vorm(Eigen::Kop),
            tekst: vorm(Eigen::Tekst),
            getal: vorm(Eigen::Getal),
            koppeling: vorm(Eigen::Koppeling),
            ernst: ERNSTEN.map(|ernst| vorm(Eigen::Ernst(ernst))),
        }
    }

    fn ernst(&self, ernst: Ernst) -> u32 {
        self.ernst[ERNSTEN.iter().position(|e| *e == ernst).unwrap_or(0)]
    }
}

const ERNSTEN: [Ernst; 3] = [Ernst::Fout, Ernst::Signaal, Ernst::Opmerking];

impl Overzicht<'_> {
    /// Both sheets: the summary and the list.
    pub(super) fn bladen(
        mut self,
        stijlen: &mut Stijlen,
        teksten: &mut Teksten,
    ) -> (Vec<u8>, Vec<u8>) {
        let vormen = Vormen::new(stijlen);
        let (lijst, meer) = self.list(&vormen, teksten);
        self.zinnen.extend(meer);
        let eerste = self.first_findings();
        (self.summary(&vormen, teksten, &eerste), lijst)
    }

    /// Per rule the number of its first finding.
    fn first_findings(&self) -> HashMap<&str, usize> {
        let mut uit = HashMap::new();
        for (nummer, bevinding) in self.oordeel.bevindingen.iter().enumerate() {
            uit.entry(bevinding.code.as_str()).or_insert(nummer);
        }
        uit
    }

    fn summary(&self, v: &Vormen, t: &mut Teksten, eerste: &HashMap<&str, usize>) -> Vec<u8> {
        let mut blad = Bladtekst::default();
        blad.rij().tekst(t, v.titel, KENMERK);
        blad.rij().tekst(
            t,
            v.titel,
            &format!("{}. {}", self.definitie.titel, self.conclusion()),
        );
        blad.rij().tekst(t, v.titel, "Verbeter uw eigen bestand en controleer dat opnieuw. Wat u in dit rapport verandert, telt niet mee.");
        for zin in &self.zinnen {
            blad.rij().tekst(t, v.titel, zin);
        }
        blad.rij();
        for (ernst, uitleg) in ERNSTEN.iter().zip([
            "Verbeter dit eerst.",
            "Klopt dit? Bij het leveren wordt u gevraagd waarom.",
            "Hier hoeft u niets mee te doen.",
        ]) {
            blad.rij()
                .tekst(t, v.ernst(*ernst), woord(*ernst))
                .tekst(t, v.titel, uitleg);
        }
        blad.rij();
        blad.rij();
        for kop in [
            "Ernst",
            "Aantal",
            "Wat",
            "Waarom gevraagd",
            "Verwacht",
            "Zo herstelt u het",
            "Eerste cel",
            "In de lijst",
            "Regel",
        ] {
            blad.tekst(t, v.kop, kop);
        }
        for regel in self.oordeel.regels.iter().filter(|r| r.aantal > 0) {
            self.rule(
                &mut blad,
                v,
                t,
                regel,
                eerste.get(regel.code.as_str()).copied(),
            );
        }
        self.loose(&mut blad, v, t);
        self.not_judged(&mut blad, v, t);
        blad.xml(&[12, 11, 50, 50, 40, 50, 20, 14, 30], None, true)
    }

    fn conclusion(&self) -> String {
        let delen: Vec<String> = ERNSTEN
            .iter()
            .filter_map(|ernst| {
                let aantal: u64 = self
                    .oordeel
                    .regels
                    .iter()
                    .filter(|r| r.ernst == *ernst)
                    .map(|r| r.aantal)
                    .sum();
                let (een, meer) = match ernst {
                    Ernst::Fout => ("fout", "fouten"),
                    Ernst::Signaal => ("signaal", "signalen"),
                    Ernst::Opmerking => ("opmerking", "opmerkingen"),
                };
                (aantal > 0).then(|| {
                    format!(
                        "{} {}",
                        duizendtal(aantal),
                        if aantal == 1 { een } else { meer }
                    )
                })
            })
            .collect();
        match delen.as_slice() {
            [] => "Er is niets gevonden.".to_owned(),
            [een] => format!("Gevonden: {een}."),
            [begin @ .., laatste] => format!("Gevonden: {} en {laatste}.", begin.join(", ")),
        }
    }

    fn rule(
        &self,
        blad: &mut Bladtekst,
        v: &Vormen,
        t: &mut Teksten,
        regel: &RegelTelling,
        eerste: Option<usize>,
    ) {
        let tekst = self.definitie.regel(&regel.code).map(|r| &r.tekst);
        let bevinding = eerste.map(|nummer| &self.oordeel.bevindingen[nummer]);
        let wat = tekst
            .map(|t| t.titel.as_str())
            .or(bevinding.map(|b| b.bericht.as_str()))
            .unwrap_or_default();
        blad.rij()
            .tekst(t, v.ernst(regel.ernst), woord(regel.ernst))
            .getal(v.getal, Some(regel.aantal));
        blad.tekst(t, v.tekst, wat)
            .tekst(t, v.tekst, tekst.map_or("", |t| &t.reden));
        blad.tekst(t, v.tekst, bevinding.map_or("", |b| &b.verwacht))
            .tekst(t, v.tekst, bevinding.map_or("", |b| &b.herstel));
        let met_cel = || {
            let lijst = self.oordeel.bevindingen.iter().zip(self.plekken);
            lijst
                .skip(eerste.unwrap_or(0))
                .take_while(|(b, _)| b.code == regel.code)
                .find_map(|(_, plek)| *plek)
        };
        match eerste.and_then(|_| met_cel()) {
            Some(plek) => self.link(blad, v, t, plek),
            None => blad.tekst(t, v.tekst, ""),
        };
        let rij = eerste
            .and_then(|n| u32::try_from(n).ok())
            .map(|n| n + LIJSTKOP + 1)
            .filter(|rij| *rij <= RIJEN);
        match rij {
            Some(rij) => blad.koppeling(
                t,
                v.koppeling,
                &format!("vanaf rij {rij}"),
                self.namen.1,
                &celnaam(rij, 0),
            ),
            None => blad.tekst(t, v.tekst, ""),
        };
        blad.tekst(t, v.tekst, &regel.code);
    }

    fn link<'b>(
        &self,
        blad: &'b mut Bladtekst,
        v: &Vormen,
        t: &mut Teksten,
        plek: Plek,
    ) -> &'b mut Bladtekst {
        let naam = &self.doelen[plek.blad].naam;
        let cel = celnaam(plek.rij, plek.kolom.unwrap_or(0));
        let tekst = plek.kolom.map_or_else(
            || format!("{naam} rij {}", plek.rij),
            |_| format!("{naam}!{cel}"),
        );
        blad.koppeling(t, v.koppeling, &tekst, naam, &cel)
    }

    /// Findings that no cell shows.
    fn loose(&self, blad: &mut Bladtekst, v: &Vormen, t: &mut Teksten) {
        let zonder_cel = |plek: &Option<Plek>| plek.is_none_or(|plek| plek.kolom.is_none());
        let aantal = self.plekken.iter().filter(|plek| zonder_cel(plek)).count();
        if aantal == 0 || self.doelen.is_empty() {
            return;
        }
        blad.rij();
        blad.rij().tekst(
            t,
            v.titel,
            "Zonder eigen cel: dit gaat over een hele rij, een kolom of het bestand.",
        );
        if aantal > LOS {
            let zin = format!(
                "Hier staan de eerste {}. Alle {} staan op het blad {}.",
                duizendtal(LOS as u64),
                duizendtal(aantal as u64),
                self.namen.1
            );
            blad.rij().tekst(t, v.titel, &zin);
        }
        blad.rij();
        for kop in [
            "Ernst",
            "",
            "Wat",
            "Waar",
            "Verwacht",
            "Zo herstelt u het",
            "Naar de rij",
        ] {
            blad.tekst(t, v.kop, kop);
        }
        let los = self
            .oordeel
            .bevindingen
            .iter()
            .zip(self.plekken)
            .filter(|(_, plek)| zonder_cel(plek));
        for (bevinding, plek) in los.take(LOS) {
            let Bevinding {
                ernst,
                bericht,
                verwacht,
                herstel,
                plaats,
                ..
            } = bevinding;
            blad.rij()
                .tekst(t, v.ernst(*ernst), woord(*ernst))
                .tekst(t, v.tekst, "");
            blad.tekst(t, v.tekst, bericht)
                .tekst(t, v.tekst, &in_words(plaats))
                .tekst(t, v.tekst, verwacht)
                .tekst(t, v.tekst, herstel);
            if let Some(plek) = plek {
                self.link(blad, v, t, *plek);
            }
        }
    }

    fn not_judged(&self, blad: &mut Bladtekst, v: &Vormen, t: &mut Teksten) {
        if self.oordeel.niet_beoordeeld.is_empty() {
            return;
        }
        blad.rij();
        blad.rij().tekst(t, v.titel, "Niet beoordeeld");
        for regel in &self.oordeel.niet_beoordeeld {
            let titel = self
                .definitie
                .regel(&regel.code)
                .map_or("", |r| &r.tekst.titel);
            blad.rij()
                .tekst(t, v.tekst, "")
                .tekst(t, v.tekst, "")
                .tekst(t, v.tekst, titel)
                .tekst(t, v.tekst, &regel.waarom);
        }
    }

    /// Every finding, one a row; with what had to be left out.
    fn list(&self, v: &Vormen, t: &mut Teksten) -> (Vec<u8>, Vec<String>) {
        let mut blad = Bladtekst::default();
        let mut zinnen = Vec::new();
        blad.rij().tekst(t, v.titel, KENMERK_LIJST);
        blad.rij();
        let koppen = [
            "Ernst",
            "Cel",
            "Bestand",
            "Rij",
            "Kolom",
            "Gevonden",
            "Wat",
            "Verwacht",
            "Zo herstelt u het",
            "Regel",
        ];
        koppen.iter().for_each(|kop| {
            blad.tekst(t, v.kop, kop);
        });
        let mut per_regel: HashMap<&str, usize> = HashMap::new();
        for (bevinding, _) in self
            .oordeel
            .bevindingen
            .iter()
            .zip(self.plekken)
            .filter(|(_, plek)| plek.is_some())
        {
            *per_regel.entry(&bevinding.code).or_default() += 1;
        }
        let grens = gelijk_deel(per_regel.values().copied(), self.koppelingen);
        let mut gezien: HashMap<&str, usize> = HashMap::new();
        let (mut zonder_koppeling, mut geschreven) = (0_u64, 0_u64);
        for (bevinding, plek) in self.oordeel.bevindingen.iter().zip(self.plekken) {
            if blad.nummer() >= RIJEN {
                break;
            }
            geschreven += 1;
            blad.rij()
                .tekst(t, v.ernst(bevinding.ernst), woord(bevinding.ernst));
            let gezien = gezien.entry(&bevinding.code).or_default();
            *gezien += usize::from(plek.is_some());
            match plek {
                Some(plek) if *gezien <= grens => {
                    self.link(&mut blad, v, t, *plek);
                }
                _ => {
                    zonder_koppeling += u64::from(plek.is_some());
                    blad.tekst(t, 0, bevinding.plaats.cel.as_deref().unwrap_or_default());
                }
            }
            self.item(&mut blad, t, bevinding);
        }
        let geteld: u64 = self.oordeel.regels.iter().map(|r| r.aantal).sum();
        if geteld > geschreven {
            let (lijst, weg) = (self.namen.1, duizendtal(geteld - geschreven));
            zinnen.push(format!("Het blad {lijst} heeft van elke regel de eerste bevindingen; {weg} staan er niet bij. De aantallen hieronder zijn volledig."));
        }
        if zonder_koppeling > 0 {
            let aantal = duizendtal(zonder_koppeling);
            zinnen.push(format!(
                "Bij {aantal} bevindingen op het blad {} staat de cel zonder link: Excel kan er niet meer aan.",
                self.namen.1
            ));
        }
        (
            blad.xml(
                &[12, 22, 24, 9, 24, 26, 50, 40, 50, 30],
                Some(LIJSTKOP),
                false,
            ),
            zinnen,
        )
    }

    fn item(&self, blad: &mut Bladtekst, t: &mut Teksten, bevinding: &Bevinding) {
        let Bevinding {
            code,
            plaats,
            gevonden,
            bericht,
            verwacht,
            herstel,
            ..
        } = bevinding;
        let of_leeg = |tekst: &Option<String>| tekst.clone().unwrap_or_default();
        blad.tekst(t, 0, &of_leeg(&plaats.bestand))
            .getal(0, plaats.rij)
            .tekst(t, 0, &of_leeg(&plaats.kolom));
        blad.tekst(t, 0, &of_leeg(gevonden))
            .tekst(t, 0, bericht)
            .tekst(t, 0, verwacht)
            .tekst(t, 0, herstel)
            .tekst(t, 0, code);
    }
}

/// A place that is no cell.
fn in_words(plaats: &Plaats) -> String {
    let delen = [
        plaats.bestand.clone(),
        plaats.blad.as_ref().map(|b| format!("blad {b}")),
        plaats.rij.map(|r| format!("rij {r}")),
        plaats.kolom.as_ref().map(|k| format!("kolom {k}")),
    ];
    let delen: Vec<String> = delen.into_iter().flatten().collect();
    if delen.is_empty() {
        "het hele bestand".to_owned()
    } else {
        delen.join(", ")
    }
}
