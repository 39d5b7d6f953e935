//! Whole leveringen without a fault, made from the definition and a number, and faults to put in them.

use std::collections::BTreeMap;

use check::{Controle, PakketHerkomst};
use chrono::{Datelike, Days, NaiveDate};
use schema::{Definitie, Oordeel, Veldtype};

use crate::hulp::{Rij, batch, opties, pseudoniem};

/// Table to rows.
pub type Levering = BTreeMap<String, Vec<Rij>>;

/// Where a value stands: table, row from 0, field.
pub type Cel = (String, usize, String);

/// Numbers that follow from one number.
pub struct Getallen(pub u64);

impl Getallen {
    pub fn onder(&mut self, grens: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 33) % grens
    }
}

fn dag(jaar: i32, maand: u32, dag: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(jaar, maand, dag).unwrap()
}

/// Trajecten of `kinderen` children, one to three each, with the voorzieningen they name; with the stock they make
/// where `wachtlijst` is asked for. Nothing in it is a fout or a signaal.
pub fn schoon(definitie: &Definitie, seed: u64, kinderen: usize, wachtlijst: bool) -> Levering {
    let mut g = Getallen(seed);
    let vormen = ["omgangshuis", "ambulant_locatie", "ambulant_thuis"];
    let mut trajecten = Vec::new();
    for kind in 0..kinderen {
        let geboren = dag(2008, 1, 1) + Days::new(g.onder(3000));
        for (nummer, vorm) in vormen.iter().enumerate().take(1 + g.onder(3) as usize) {
            let mut rij = traject(definitie, &mut g, geboren);
            rij.insert("traject_id".to_owned(), pseudoniem(1 + trajecten.len()));
            rij.insert("jeugdige_id".to_owned(), pseudoniem(100_000 + kind));
            rij.insert("gezin_id".to_owned(), pseudoniem(200_000 + kind / 2));
            rij.insert("vorm".to_owned(), (*vorm).to_owned());
            rij.insert("productcode".to_owned(), format!("540{nummer}"));
            trajecten.push(rij);
        }
    }
    let voorzieningen = (1..=3).map(|n| {
        let mut rij = definitie.tabel("voorziening").unwrap().voorbeeld.clone();
        rij.insert("voorziening_id".to_owned(), format!("V{n}"));
        rij
    });
    let mut uit: Levering = [("voorziening".to_owned(), voorzieningen.collect())].into();
    if wachtlijst {
        uit.insert("wachtlijst".to_owned(), stand(&trajecten));
    }
    uit.insert("traject".to_owned(), trajecten);
    uit
}

fn traject(definitie: &Definitie, g: &mut Getallen, geboren: NaiveDate) -> Rij {
    let mut rij = definitie.tabel("traject").unwrap().voorbeeld.clone();
    let mut zet = |veld: &str, waarde: String| drop(rij.insert(veld.to_owned(), waarde));
    let aangemeld = dag(2020, 1, 6) + Days::new(g.onder(170));
    let (intake, start) = (
        aangemeld + Days::new(g.onder(20)),
        aangemeld + Days::new(20 + g.onder(80)),
    );
    let einde = start.max(dag(2020, 1, 2)) + Days::new(1 + g.onder(40));
    let verjaard = (aangemeld.month(), aangemeld.day()) >= (geboren.month(), geboren.day());
    zet(
        "leeftijd_bij_aanmelding",
        (aangemeld.year() - geboren.year() - i32::from(!verjaard)).to_string(),
    );
    zet("aanmelddatum", aangemeld.to_string());
    zet("intakedatum", intake.to_string());
    zet("voorziening_id", format!("V{}", 1 + g.onder(3)));
    zet(
        "gemeente",
        ["GM0344", "GM0363", "GM0321"][g.onder(3) as usize].to_owned(),
    );
    zet(
        "kader",
        ["vrijwillig", "gedwongen"][g.onder(2) as usize].to_owned(),
    );
    let verloop = g.onder(4);
    // Waiting, running, ended, or withdrawn.
    let (start, einde, reden) = match verloop {
        0 => (None, None, ""),
        1 => (Some(start), None, ""),
        2 => (Some(start), Some(einde), "volgens_plan"),
        _ => (None, Some(einde), "ingetrokken_voor_start"),
    };
    let tekst = |datum: Option<NaiveDate>| datum.map_or_else(String::new, |d| d.to_string());
    zet("startdatum", tekst(start));
    zet("einddatum", tekst(einde));
    zet("reden_einde", reden.to_owned());
    if verloop != 2 {
        zet("vervolg", String::new());
    }
    if start.is_none() {
        ["contacten", "weekendcontacten", "minuten", "kosten"]
            .iter()
            .for_each(|veld| zet(veld, "0".to_owned()));
    }
    rij
}

/// The rows of the stock, as it follows from the trajecten.
fn stand(trajecten: &[Rij]) -> Vec<Rij> {
    let mut uit = Vec::new();
    for peildatum in ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"] {
        let mut geteld: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        for rij in trajecten {
            let na = |veld: &str| rij[veld].is_empty() || rij[veld].as_str() > peildatum;
            let telt =
                rij["aanmelddatum"].as_str() <= peildatum && na("startdatum") && na("einddatum");
            *geteld
                .entry(["voorziening_id", "gemeente", "kader"].map(|veld| rij[veld].as_str()))
                .or_default() += usize::from(telt);
        }
        for ([voorziening, gemeente, kader], aantal) in geteld {
            let velden = [
                ("peildatum", peildatum.to_owned()),
                ("voorziening_id", voorziening.to_owned()),
                ("gemeente", gemeente.to_owned()),
                ("kader", kader.to_owned()),
                ("wachtenden", aantal.to_string()),
            ];
            uit.push(
                velden
                    .into_iter()
                    .map(|(veld, waarde)| (veld.to_owned(), waarde))
                    .collect(),
            );
        }
    }
    uit
}

/// What may go wrong with a value: nothing there, no value of its type, or a value that is right elsewhere.
pub fn fouten(definitie: &Definitie, tabel: &str, veld: &str) -> Vec<String> {
    let veld = definitie.tabel(tabel).unwrap().veld(veld).unwrap();
    let mut uit: Vec<&str> = vec!["", "fout!"];
    match &veld.veldtype {
        Veldtype::Pseudoniem => uit.push("107000"),
        Veldtype::Tekst { .. } => {
            uit.extend(["V9", "45J66", "een heel lange tekst die nergens in past"])
        }
        Veldtype::Geheel => uit.extend(["-1", "19", "99", "13", "400", "1,5"]),
        Veldtype::Decimaal => uit.extend(["-1.00", "99999.00", "1.234,56"]),
        Veldtype::Datum => uit.extend([
            "31-12-2020",
            "2020-02-30",
            "2017-05-01",
            "2019-12-31",
            "2020-01-01",
            "2020-06-15",
            "2099-12-31",
        ]),
        Veldtype::Code { lijst } => uit.extend(
            definitie.codelijsten[lijst]
                .codes
                .iter()
                .map(|c| c.code.as_str()),
        ),
        Veldtype::Gemeente => uit.extend(["GM1979", "0344", "Utrecht", "GM0014"]),
        Veldtype::JaNee => uit.extend(["J", "nee"]),
    }
    uit.into_iter().map(str::to_owned).collect()
}

/// The whole judgement.
pub fn oordeel(definitie: &Definitie, levering: &Levering) -> Oordeel {
    let mut controle = Controle::new(definitie, opties(definitie)).unwrap();
    for (tabel, rijen) in levering {
        controle
            .partij(tabel, &batch(definitie.tabel(tabel).unwrap(), rijen))
            .unwrap();
    }
    controle.afronden(&PakketHerkomst::new(definitie)).unwrap()
}
