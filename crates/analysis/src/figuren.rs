//! From sums and counts per day to figures: value, interval, numerator and denominator.
//!
//! Owns which formula and which interval an indicator gets, in every gebied and category. Leaves the formulas to
//! [`crate::statistiek`] and the comparison with Nederland to [`crate::run`].

use std::collections::HashMap;

use schema::cijfer::Status;

use crate::AnalyseFout;
use crate::kubus::{Codelijsten, Kubus, Reeksen};
use crate::ligging::{Gebied, Ligging};
use crate::pijplijn::{Berekend, Berekening, Klassegrens, Noemertabel, Wachtrijuitkomst};
use crate::statistiek::interval::{poisson, wilson};
use crate::statistiek::overleving::kromme;
use crate::statistiek::wachtrij::Wachtrij;
use crate::statistiek::{Dagtelling, Grenzen, Zekerheid};

/// The sums of all statements of one group, by name of the measure.
#[derive(Debug, Default)]
pub struct Maten {
    kubussen: Vec<Kubus>,
    plek: HashMap<String, (usize, usize)>,
}

/// What the formulas need beside the sums.
#[derive(Debug, Clone, Copy)]
pub struct Omgeving<'a> {
    /// The gebieden.
    pub ligging: &'a Ligging,
    /// Codes per breakdown.
    pub codelijsten: &'a Codelijsten,
    /// Days in the year.
    pub dagen_in_jaar: u32,
    /// The norm for waiting, in days.
    pub norm_dagen: u32,
}

/// A figure before it has its keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Figuur {
    /// Number of the gebied.
    pub gebied: u32,
    /// `totaal` or the field.
    pub uitsplitsing: String,
    /// `totaal` or the code.
    pub categorie: String,
    /// What came out.
    pub getal: Getal,
}

/// What a formula gives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Getal {
    /// The value; `None` = cannot be computed.
    pub waarde: Option<f64>,
    /// The interval that is shown.
    pub grenzen: Grenzen,
    /// The wider interval by which it is compared with Nederland; `None` where it is not compared.
    pub vergelijking: Option<Grenzen>,
    /// Numerator.
    pub teller: Option<f64>,
    /// Denominator.
    pub noemer: Option<f64>,
    /// Number of records it rests on.
    pub n: Option<i64>,
    /// Too few at risk to rest a curve on.
    pub te_weinig: bool,
}

/// One cell of one group.
#[derive(Clone, Copy)]
struct Cel<'a> {
    maten: &'a Maten,
    gebied: u32,
    uitsplitsing: &'a str,
    code: &'a str,
}

impl Maten {
    /// Brings the statements of a group together.
    ///
    /// # Errors
    /// When two statements give a measure of the same name.
    pub fn new(groep: &str, kubussen: Vec<Kubus>) -> Result<Self, AnalyseFout> {
        let mut plek = HashMap::new();
        for (k, kubus) in kubussen.iter().enumerate() {
            for (m, naam) in kubus.maten().iter().enumerate() {
                if plek.insert(naam.clone(), (k, m)).is_some() {
                    return Err(AnalyseFout::Pijplijn(
                        groep.to_owned(),
                        format!("measure `{naam}` is given twice"),
                    ));
                }
            }
        }
        Ok(Self { kubussen, plek })
    }

    /// Names of all measures.
    pub fn namen(&self) -> impl Iterator<Item = &str> {
        self.plek.keys().map(String::as_str)
    }

    /// The sum of a measure in a cell; 0 where the statement does not know that breakdown.
    pub fn som(&self, maat: &str, gebied: u32, uitsplitsing: &str, code: &str) -> i64 {
        let Some(&(k, m)) = self.plek.get(maat) else {
            return 0;
        };
        let kubus = &self.kubussen[k];
        kubus
            .categorie(uitsplitsing, code)
            .map_or(0, |categorie| kubus.som(m, gebied, categorie))
    }

    fn reeks(&self, maat: &str, gebied: u32, uitsplitsing: &str, code: &str) -> Option<&Reeksen> {
        let &(k, m) = self.plek.get(maat)?;
        let kubus = &self.kubussen[k];
        kubus.reeks(m, gebied, kubus.categorie(uitsplitsing, code)?)
    }

    /// Whether any statement counts anything in this gebied.
    pub fn counts_in(&self, gebied: u32) -> bool {
        self.kubussen
            .iter()
            .any(|kubus| (0..kubus.maten().len()).any(|maat| kubus.som(maat, gebied, 0) != 0))
    }

    /// Whether every measure of the formula has this breakdown.
    pub fn has_dimension(&self, maat: &str, uitsplitsing: &str) -> bool {
        self.plek
            .get(maat)
            .is_some_and(|&(k, _)| self.kubussen[k].dimensies().any(|d| d == uitsplitsing))
    }
}

/// All figures of one indicator, by niveau, gebied, uitsplitsing and categorie. Counts and shares of codes exist in every
/// cell, also where nothing is; what cannot be computed exists as a row in the totals alone. In a gebied that is
/// `stil` (by number) nothing can be.
pub fn figures(
    berekend: &Berekend,
    maten: &Maten,
    omgeving: Omgeving<'_>,
    stil: &[bool],
) -> Vec<Figuur> {
    let mut cellen = cells(berekend, omgeving.codelijsten);
    cellen.sort_unstable();
    let met_codes = matches!(berekend.berekening, Berekening::AandeelCode { .. });
    let mut figuren = Vec::with_capacity(cellen.len() * omgeving.ligging.gebieden.len());
    for &gebied in omgeving.ligging.ordered() {
        for (uitsplitsing, code) in &cellen {
            let cel = Cel {
                maten,
                gebied,
                uitsplitsing,
                code,
            };
            let getal = match stil.get(gebied as usize) {
                Some(true) => Getal::default(),
                _ => cel.compute(
                    &berekend.berekening,
                    &omgeving.ligging.gebieden[gebied as usize],
                    omgeving,
                ),
            };
            if getal.waarde.is_some() || met_codes || uitsplitsing == "totaal" {
                figuren.push(Figuur {
                    gebied,
                    uitsplitsing: uitsplitsing.clone(),
                    categorie: code.clone(),
                    getal,
                });
            }
        }
    }
    figuren
}

/// The breakdowns and codes in which an indicator exists.
fn cells(berekend: &Berekend, codelijsten: &Codelijsten) -> Vec<(String, String)> {
    let codes = |veld: &String| {
        let lijst = codelijsten.get(veld).map_or(&[][..], Vec::as_slice);
        lijst
            .iter()
            .map(|code| (veld.clone(), code.clone()))
            .collect::<Vec<_>>()
    };
    if let Berekening::AandeelCode { veld, .. } = &berekend.berekening {
        return codes(veld);
    }
    let totaal = [("totaal".to_owned(), "totaal".to_owned())];
    totaal
        .into_iter()
        .chain(berekend.indicator.uitsplitsingen.iter().flat_map(codes))
        .collect()
}

/// The status of a figure that is known to be provisional or not.
pub fn status(getal: &Getal, voorlopig: bool) -> Status {
    match (getal.waarde, getal.te_weinig, voorlopig) {
        (None, _, _) => Status::M,
        (Some(_), true, _) => Status::L,
        (Some(_), false, true) => Status::P,
        (Some(_), false, false) => Status::A,
    }
}

impl<'a> Cel<'a> {
    fn compute(self, berekening: &Berekening, gebied: &Gebied, omgeving: Omgeving<'_>) -> Getal {
        match berekening {
            Berekening::Aantal { maat, aantal } => self.count(maat, aantal.as_deref()),
            Berekening::Per { maat, tabel, per } => {
                self.rate(maat, reference(gebied, *tabel), *per)
            }
            Berekening::Aandeel { teller, noemer } => share(self.som(teller), self.som(noemer)),
            Berekening::AandeelCode { maat, veld } => {
                self.code_share(maat, veld, omgeving.codelijsten)
            }
            Berekening::Verhouding {
                teller,
                noemer,
                teller_deler,
                noemer_deler,
                aantal,
            } => {
                let n = aantal
                    .as_ref()
                    .map_or_else(|| self.som(noemer), |aantal| self.som(aantal));
                ratio(
                    self.som(teller) as f64 / teller_deler,
                    self.som(noemer) as f64 / noemer_deler,
                    n,
                )
            }
            Berekening::Kwantiel { maat, p } => self
                .dagen(maat)
                .map_or_else(Getal::default, |dagen| quantile(dagen, *p)),
            Berekening::KaplanMeier {
                gebeurtenissen,
                gecensureerd,
            } => self.survival(gebeurtenissen, gecensureerd),
            Berekening::Klasse { maat, grenzen } => self
                .dagen(maat)
                .map_or_else(Getal::default, |dagen| longest_class(dagen, grenzen)),
            Berekening::Wachtrij {
                instroom,
                uitstroom,
                wachtend,
                uitkomst,
            } => {
                let uit = uitstroom.iter().map(|maat| self.som(maat)).sum();
                queue(
                    self.som(instroom),
                    uit,
                    self.som(wachtend),
                    *uitkomst,
                    omgeving,
                )
            }
            Berekening::AandeelMetCodes { teller, noemer, .. } => {
                let geheel = self.maten.som(noemer, self.gebied, "totaal", "totaal");
                let deel = if self.uitsplitsing == "totaal" {
                    teller
                } else {
                    noemer
                };
                share(self.som(deel), geheel)
            }
        }
    }

    fn som(self, maat: &str) -> i64 {
        self.maten
            .som(maat, self.gebied, self.uitsplitsing, self.code)
    }

    fn reeks(self, maat: &str) -> Option<&'a Reeksen> {
        self.maten
            .reeks(maat, self.gebied, self.uitsplitsing, self.code)
    }

    fn dagen(self, maat: &str) -> Option<&'a Dagtelling> {
        self.reeks(maat).map(|reeks| &reeks.dagen)
    }

    fn count(self, maat: &str, aantal: Option<&str>) -> Getal {
        let x = self.som(maat);
        let n = aantal.map_or(x, |aantal| self.som(aantal));
        let grenzen = poisson(x.unsigned_abs(), Zekerheid::P95);
        Getal {
            waarde: Some(x as f64),
            grenzen,
            teller: Some(x as f64),
            n: Some(n),
            ..Getal::default()
        }
    }

    fn rate(self, maat: &str, noemer: Option<u64>, per: f64) -> Getal {
        let x = self.som(maat);
        let leeg = Getal {
            teller: Some(x as f64),
            noemer: noemer.map(|n| n as f64),
            n: Some(x),
            ..Getal::default()
        };
        let Some(noemer) = noemer.filter(|n| *n > 0) else {
            return leeg;
        };
        let factor = per / noemer as f64;
        let grenzen = |zekerheid| poisson(x.unsigned_abs(), zekerheid).scaled(factor);
        Getal {
            waarde: Some(x as f64 * factor),
            grenzen: grenzen(Zekerheid::P95),
            vergelijking: Some(grenzen(Zekerheid::P998)),
            ..leeg
        }
    }

    /// Among the records where the field is filled.
    fn code_share(self, maat: &str, veld: &str, codelijsten: &Codelijsten) -> Getal {
        let codes = codelijsten.get(veld).map_or(&[][..], Vec::as_slice);
        let noemer = codes
            .iter()
            .map(|code| self.maten.som(maat, self.gebied, veld, code))
            .sum();
        share(self.som(maat), noemer)
    }

    fn survival(self, gebeurtenissen: &[String], gecensureerd: &str) -> Getal {
        let leeg = Dagtelling::default();
        let mut intredes = Dagtelling::default();
        for maat in gebeurtenissen
            .iter()
            .map(String::as_str)
            .chain([gecensureerd])
        {
            if let Some(reeks) = self.reeks(maat) {
                intredes.add_all(&reeks.intrede);
            }
        }
        intredes.merge();
        let exits: Vec<&Dagtelling> = gebeurtenissen
            .iter()
            .map(|maat| self.dagen(maat).unwrap_or(&leeg))
            .collect();
        let kromme = kromme(&intredes, &exits, self.dagen(gecensureerd).unwrap_or(&leeg));
        let mediaan = kromme.mediaan();
        let te_weinig = mediaan.is_some_and(|dag| {
            kromme
                .kleinste_risico(dag)
                .is_some_and(|n| n < KLEINSTE_RISICO)
        });
        Getal {
            waarde: mediaan.map(f64::from),
            grenzen: kromme.mediaan_grenzen(Zekerheid::P95),
            vergelijking: Some(kromme.mediaan_grenzen(Zekerheid::P998)),
            n: Some(intredes.n()),
            te_weinig,
            ..Getal::default()
        }
    }
}

/// With fewer at risk a curve says nothing.
const KLEINSTE_RISICO: i64 = 10;

fn reference(gebied: &Gebied, tabel: Noemertabel) -> Option<u64> {
    match tabel {
        Noemertabel::Inwoners => gebied.noemers.inwoners,
        Noemertabel::Eenouderhuishoudens => gebied.noemers.eenouderhuishoudens,
        Noemertabel::Jeugdigen => gebied.noemers.jeugdigen,
    }
}

fn share(teller: i64, noemer: i64) -> Getal {
    let (x, n) = (teller as f64, noemer as f64);
    Getal {
        waarde: (noemer > 0).then(|| x / n),
        grenzen: wilson(x, n, Zekerheid::P95).unwrap_or_default(),
        vergelijking: wilson(x, n, Zekerheid::P998),
        teller: Some(x),
        noemer: Some(n),
        n: Some(noemer),
        te_weinig: false,
    }
}

fn ratio(teller: f64, noemer: f64, n: i64) -> Getal {
    let waarde = (noemer > 0.0).then(|| teller / noemer);
    Getal {
        waarde,
        teller: Some(teller),
        noemer: Some(noemer),
        n: Some(n),
        ..Getal::default()
    }
}

fn quantile(dagen: &Dagtelling, p: f64) -> Getal {
    let n = dagen.n();
    if n == 0 {
        return Getal {
            n: Some(0),
            ..Getal::default()
        };
    }
    Getal {
        waarde: dagen.kwantiel(p),
        grenzen: dagen.kwantiel_grenzen(p, Zekerheid::P95),
        vergelijking: Some(dagen.kwantiel_grenzen(p, Zekerheid::P998)),
        n: Some(n),
        ..Getal::default()
    }
}

fn longest_class(dagen: &Dagtelling, grenzen: &[Klassegrens]) -> Getal {
    let klasse = |dag: i32| {
        grenzen
            .iter()
            .find(|grens| grens.tot.is_none_or(|tot| dag <= tot))
            .map(|grens| grens.waarde)
    };
    Getal {
        waarde: dagen.langste().and_then(klasse),
        n: Some(dagen.n()),
        ..Getal::default()
    }
}

fn queue(
    instroom: i64,
    uitstroom: i64,
    wachtend: i64,
    uitkomst: Wachtrijuitkomst,
    omgeving: Omgeving<'_>,
) -> Getal {
    let weken = f64::from(omgeving.dagen_in_jaar) / 7.0;
    let rij = Wachtrij {
        instroom: instroom as f64 / weken,
        uitstroom: uitstroom as f64 / weken,
        wachtend: wachtend as f64,
        norm: f64::from(omgeving.norm_dagen) / 7.0,
    };
    let (waarde, teller, noemer) = match uitkomst {
        Wachtrijuitkomst::Belasting => (rij.belasting(), instroom, uitstroom),
        Wachtrijuitkomst::Wegwerktijd => (rij.wegwerktijd(), wachtend, uitstroom),
        Wachtrijuitkomst::NormWachtrij => (Some(rij.norm_wachtrij()), instroom, 0),
        Wachtrijuitkomst::Inhaalcapaciteit => (rij.inhaalcapaciteit(), instroom, wachtend),
    };
    let noemer = (uitkomst != Wachtrijuitkomst::NormWachtrij).then_some(noemer as f64);
    let n = match uitkomst {
        Wachtrijuitkomst::Belasting | Wachtrijuitkomst::NormWachtrij => instroom,
        Wachtrijuitkomst::Wegwerktijd | Wachtrijuitkomst::Inhaalcapaciteit => wachtend,
    };
    Getal {
        waarde,
        teller: Some(teller as f64),
        noemer,
        n: Some(n),
        ..Getal::default()
    }
}
