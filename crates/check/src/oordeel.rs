//! The judgement as everyone reads it: counts, findings in their order and in words.
//!
//! Owns the order (rule, table, row, field; causes most frequent first) and what each placeholder of a rule's words
//! becomes.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use schema::bevinding::{NietBeoordeeld, gelijk_deel, schrijfwijze, verdict_of};
use schema::levering::datum_nl;
use schema::{
    Bevinding, Definitie, Ernst, Gebieden, Herkomst, Oordeel, Oorzaak, Regel, RegelTelling, Soort,
    Tabel, Veld, Veldtype,
};

use crate::PER_REGEL;
use crate::oorzaak::Telling;
use crate::sleutel::fingerprint;
use crate::suggestie::{self, Kandidaten};
use crate::tally::Bak;
use crate::tekst::fill;
use crate::vondst::{Invulling, Vondst};

/// Causes that are told per rule.
const OORZAKEN: usize = 100;

/// Most findings that are put in words, of all rules together: a report takes no more.
const SAMEN: usize = 1_000_000;

/// All that was found.
pub(crate) struct Slotsom<'a> {
    pub(crate) definitie: &'a Definitie,
    pub(crate) leverdatum: NaiveDate,
    pub(crate) per_regel: usize,
    pub(crate) rijen: &'a [Option<u64>],
    /// Per rule, per table.
    pub(crate) bakken: Vec<Vec<Bak>>,
    pub(crate) niet_beoordeeld: Vec<(usize, String)>,
    /// Per table, per field, whether its column is nowhere.
    pub(crate) ontbreekt: Vec<Vec<bool>>,
    pub(crate) herkomst: &'a dyn Herkomst,
    /// Per code list, and under the empty name for gemeenten, what somebody may have meant.
    pub(crate) kandidaten: RefCell<BTreeMap<String, Kandidaten>>,
    /// The same per value that was met: one value may have a thousand findings.
    pub(crate) bedoeld: RefCell<BTreeMap<(String, String), Option<String>>>,
}

/// Puts everything in order and in words.
pub(crate) fn make(mut slotsom: Slotsom<'_>) -> Oordeel {
    let definitie = slotsom.definitie;
    let totaal = |bakken: &[Bak]| bakken.iter().map(|b| b.totaal).sum::<u64>();
    let mut gesproken: Vec<usize> = (0..slotsom.bakken.len())
        .filter(|&r| totaal(&slotsom.bakken[r]) > 0)
        .collect();
    gesproken.sort_by_key(|&r| {
        (
            definitie.regels[r].ernst,
            Reverse(totaal(&slotsom.bakken[r])),
            definitie.regels[r].code.clone(),
        )
    });
    let telling = |&r: &usize| {
        let regel = &definitie.regels[r];
        RegelTelling {
            code: regel.code.clone(),
            ernst: regel.ernst,
            aantal: totaal(&slotsom.bakken[r]),
        }
    };
    let regels: Vec<RegelTelling> = gesproken.iter().map(telling).collect();
    let (mut bevindingen, mut oorzaken, mut oorzaken_afgekapt) = (Vec::new(), Vec::new(), false);
    let gevonden = gesproken
        .iter()
        .map(|&r| slotsom.bakken[r].iter().map(|b| b.lijst.len()).sum());
    let per_regel = slotsom.per_regel.min(gelijk_deel(gevonden, SAMEN));
    for &r in &gesproken {
        oorzaken_afgekapt |= slotsom.causes(r, &mut oorzaken);
        let vondsten = slotsom.bakken[r]
            .iter()
            .enumerate()
            .flat_map(|(t, bak)| bak.lijst.iter().map(move |v| (t, v)));
        for (t, vondst) in vondsten.take(per_regel) {
            bevindingen.push(slotsom.finding(&definitie.regels[r], t, vondst));
        }
    }
    let signalen = gesproken
        .iter()
        .filter(|&&r| definitie.regels[r].ernst == Ernst::Signaal);
    // The same whatever is listed: a report lists more.
    let per_regel = slotsom.per_regel.min(PER_REGEL);
    let vingerafdruk = |&r: &usize| {
        let regel = &definitie.regels[r];
        (
            regel.code.clone(),
            fingerprint(regel, &definitie.tabellen, &slotsom.bakken[r], per_regel),
        )
    };
    let vingerafdrukken = signalen.map(vingerafdruk).collect();
    let geteld: u64 = regels.iter().map(|r| r.aantal).sum();
    let tabellen = definitie.tabellen.iter().zip(slotsom.rijen);
    let rijen: BTreeMap<String, u64> = tabellen
        .filter_map(|(t, rijen)| Some((t.naam.clone(), (*rijen)?)))
        .collect();
    let bestanden: BTreeSet<String> = rijen
        .keys()
        .flat_map(|tabel| slotsom.herkomst.bestanden(tabel))
        .collect();
    slotsom.niet_beoordeeld.sort();
    slotsom.niet_beoordeeld.dedup();
    let niet_beoordeeld = slotsom.niet_beoordeeld.iter();
    Oordeel {
        verdict: verdict_of(&regels),
        rijen,
        afgekapt: geteld > bevindingen.len() as u64,
        regels,
        bevindingen,
        oorzaken,
        oorzaken_afgekapt,
        meer_bestanden: bestanden.len() > 1,
        vingerafdrukken,
        niet_beoordeeld: niet_beoordeeld
            .map(|(r, waarom)| NietBeoordeeld {
                code: definitie.regels[*r].code.clone(),
                waarom: waarom.clone(),
            })
            .collect(),
    }
}

impl Slotsom<'_> {
    /// Adds what made several findings of a rule at once, most frequent first; true where that is not all.
    fn causes(&self, r: usize, uit: &mut Vec<Oorzaak>) -> bool {
        let mut vol = false;
        let mut tellingen: Vec<(usize, &Telling)> = Vec::new();
        for (t, bak) in self.bakken[r].iter().enumerate() {
            for (_, oorzaken) in &bak.oorzaken {
                vol |= oorzaken.vol;
                tellingen.extend(
                    oorzaken
                        .lijst
                        .iter()
                        .filter(|telling| telling.aantal > 1)
                        .map(|telling| (t, telling)),
                );
            }
        }
        tellingen.sort_by_key(|(t, telling)| {
            (
                Reverse(telling.aantal),
                *t,
                telling.eerste.veld,
                telling.eerste.rij,
            )
        });
        vol |= tellingen.len() > OORZAKEN;
        for (t, telling) in tellingen.into_iter().take(OORZAKEN) {
            let eerste = self.finding(&self.definitie.regels[r], t, &telling.eerste);
            let vorm = eerste
                .gevonden
                .as_deref()
                .filter(|_| telling.wisselend)
                .map(schrijfwijze);
            uit.push(Oorzaak {
                aantal: telling.aantal,
                vorm,
                eerste,
            });
        }
        vol
    }

    fn finding(&self, regel: &Regel, t: usize, vondst: &Vondst) -> Bevinding {
        let tabel = &self.definitie.tabellen[t];
        let veld = vondst.veld.map(|v| &tabel.velden[v]);
        let woorden = |tekst: &str| fill(tekst, |naam| self.placeholder(naam, tabel, veld, vondst));
        let mut herstel = woorden(&regel.tekst.herstel);
        if matches!(regel.soort, Soort::Verplicht {})
            && vondst.veld.is_some_and(|v| self.ontbreekt[t][v])
        {
            herstel.insert_str(
                0,
                "Deze kolom staat niet in uw bestand. Voeg haar toe. Gebruikt u een koppeling? Koppel dan een kolom met een andere naam. ",
            );
        }
        if let Some(suggestie) = self.suggestion(regel, veld, vondst) {
            herstel.push(' ');
            herstel.push_str(&suggestie);
        }
        Bevinding {
            code: regel.code.clone(),
            ernst: regel.ernst,
            tabel: tabel.naam.clone(),
            veld: veld.map(|v| v.naam.clone()).unwrap_or_default(),
            plaats: self
                .herkomst
                .plaats(&tabel.naam, vondst.rij, veld.map(|v| v.naam.as_str())),
            gevonden: vondst
                .gevonden
                .as_deref()
                .map(|gevonden| self.shown(regel, vondst, gevonden)),
            bericht: woorden(&regel.tekst.bericht),
            verwacht: woorden(&regel.tekst.verwacht),
            herstel,
        }
    }

    /// What was found, as it is shown: our own words about a row that is not there say which gemeente a code is.
    fn shown(&self, regel: &Regel, vondst: &Vondst, gevonden: &str) -> String {
        if vondst.rij.is_some() || !matches!(regel.soort, Soort::Stand { .. }) {
            return gevonden.to_owned();
        }
        let gebieden = Gebieden::get();
        let deel = |deel: &str| match gebieden.gemeente(self.definitie.jaar, deel) {
            Some(gemeente) => format!("{deel} ({})", gemeente.gemeentenaam),
            None => deel.to_owned(),
        };
        gevonden
            .split(", ")
            .map(deel)
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn placeholder(
        &self,
        naam: &str,
        tabel: &Tabel,
        veld: Option<&Veld>,
        vondst: &Vondst,
    ) -> Option<String> {
        if let Some((_, invulling)) = vondst.namen.iter().find(|(n, _)| *n == naam) {
            return Some(match invulling {
                Invulling::Tekst(tekst) => tekst.clone(),
                Invulling::Rij(rij) => {
                    let plaats = |rij| {
                        self.herkomst
                            .plaats(&tabel.naam, rij, veld.map(|v| v.naam.as_str()))
                    };
                    Some(plaats(vondst.rij).verwijs(&plaats(Some(*rij))))
                        .filter(|waar| !waar.is_empty())
                        .unwrap_or("onbekend".to_owned())
                }
            });
        }
        let veldtype = veld.map(|v| &v.veldtype);
        match naam {
            "veld" => Some(veld.map_or(&tabel.titel, |v| &v.label).clone()),
            "tabel" => Some(tabel.titel.clone()),
            "jaar" => Some(self.definitie.jaar.to_string()),
            "leverdatum" => Some(datum_nl(self.leverdatum)),
            "lengte" => match veldtype? {
                Veldtype::Tekst { lengte } => Some(lengte.to_string()),
                _ => None,
            },
            "vorm" => Some(match veldtype? {
                Veldtype::Geheel => "Een heel getal, zoals 12.".to_owned(),
                _ => "Een bedrag met een punt en hoogstens twee cijfers erachter, zoals 1512.50."
                    .to_owned(),
            }),
            "codes" => match veldtype? {
                Veldtype::Code { lijst } => {
                    let codes = &self.definitie.codelijsten.get(lijst)?.codes;
                    Some(
                        codes
                            .iter()
                            .map(|c| c.code.as_str())
                            .collect::<Vec<_>>()
                            .join(", "),
                    )
                }
                _ => Some("ja, nee".to_owned()),
            },
            _ => None,
        }
    }

    /// A near miss, for a value that is in no list.
    fn suggestion(&self, regel: &Regel, veld: Option<&Veld>, vondst: &Vondst) -> Option<String> {
        let veld = veld.filter(|v| {
            !v.gevoelig && matches!(regel.soort, Soort::Code {} | Soort::Gemeente {})
        })?;
        let waarde = vondst.gevonden.as_deref()?;
        let lijst = match &veld.veldtype {
            Veldtype::Code { lijst } => lijst.as_str(),
            Veldtype::Gemeente => "",
            _ => return suggestie::ja_nee(waarde),
        };
        let mut bedoeld = self.bedoeld.borrow_mut();
        bedoeld
            .entry((lijst.to_owned(), waarde.to_owned()))
            .or_insert_with(|| self.meant(lijst, waarde))
            .clone()
    }

    fn meant(&self, lijst: &str, waarde: &str) -> Option<String> {
        let mut kandidaten = self.kandidaten.borrow_mut();
        if let Some(codes) = self.definitie.codelijsten.get(lijst) {
            return kandidaten
                .entry(lijst.to_owned())
                .or_insert_with(|| Kandidaten::codes(codes))
                .suggest(waarde);
        }
        let jaar = self.definitie.jaar;
        suggestie::gemeentecode(jaar, waarde).or_else(|| {
            kandidaten
                .entry(lijst.to_owned())
                .or_insert_with(|| Kandidaten::gemeenten(jaar))
                .suggest(waarde)
        })
    }
}
