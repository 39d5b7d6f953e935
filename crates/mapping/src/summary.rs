//! What there is to say when all has been read: assumptions, open questions, findings of phase `bron`.
//!
//! Owns the sentences about what conversion met. A value of the aanbieder's own appears only in what the aanbieder
//! alone sees (assumptions and questions), never in a finding.

use schema::{Bevinding, Definitie, Herkomst, Plaats, RegelTelling};

use crate::convert::column::{Kolom, Merk, Omzet};
use crate::convert::table::Bezig;
use crate::findings::finding;
use crate::numbers::Getalvorm;
use crate::provenance::Boek;

/// Values that are named in one sentence, and questions asked per column.
const GENOEMD: usize = 6;
const VRAGEN: usize = 25;

/// How a question about one value begins. What it is about stands in the file as it is, and `check` may tell of it.
pub const WAARDEVRAAG: &str = "Wat betekent ";

/// What there is to say when all has been read.
pub struct Bronverslag {
    /// Findings of phase `bron`.
    pub bevindingen: Vec<Bevinding>,
    /// Their exact counts.
    pub tellingen: Vec<RegelTelling>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Questions that are still open, as Dutch sentences.
    pub open: Vec<String>,
    /// Where every canonical row and field stands in the files.
    pub herkomst: Box<dyn Herkomst>,
    /// True where a sjabloon was read.
    pub sjabloon: bool,
}

pub(crate) fn draw_up(
    definitie: &Definitie,
    klaar: &[Bezig],
    boek: Boek,
    bevindingen: Vec<Bevinding>,
    aannames: Vec<String>,
) -> Bronverslag {
    let mut uit = Schrijver {
        definitie,
        bevindingen,
        aannames,
        open: Vec::new(),
    };
    for bezig in klaar {
        uit.open.extend(bezig.taak.open.iter().cloned());
        uit.skipped(bezig);
        for kolom in &bezig.taak.kolommen {
            uit.column(bezig, kolom);
        }
        for (kolom, _) in &bezig.taak.leeftijden {
            uit.birth_dates(kolom);
        }
        for (veld, stelsel) in &bezig.taak.vreemde_codes {
            uit.finding(bezig, "FOREIGN_CODES", veld);
            let naam = match stelsel.as_str() {
                "ijw" => "iJw",
                "cbs" => "het CBS",
                _ => continue,
            };
            uit.aannames
                .push(format!("De codes van {naam} in '{veld}' zijn vertaald."));
        }
    }
    let Schrijver {
        bevindingen,
        aannames,
        open,
        ..
    } = uit;
    let sjabloon = klaar.iter().any(|b| b.taak.sjabloon);
    Bronverslag {
        tellingen: counts(&bevindingen),
        bevindingen,
        aannames,
        open,
        herkomst: Box::new(boek),
        sjabloon,
    }
}

fn counts(bevindingen: &[Bevinding]) -> Vec<RegelTelling> {
    let mut tellingen: Vec<RegelTelling> = Vec::new();
    for bevinding in bevindingen {
        match tellingen.iter_mut().find(|t| t.code == bevinding.code) {
            Some(telling) => telling.aantal += 1,
            None => tellingen.push(RegelTelling {
                code: bevinding.code.clone(),
                ernst: bevinding.ernst,
                aantal: 1,
            }),
        }
    }
    tellingen
}

struct Schrijver<'a> {
    definitie: &'a Definitie,
    bevindingen: Vec<Bevinding>,
    aannames: Vec<String>,
    open: Vec<String>,
}

impl Schrijver<'_> {
    fn place(bezig: &Bezig) -> Plaats {
        Plaats {
            bestand: Some(bezig.taak.bestand.clone()),
            blad: bezig.taak.blad.clone(),
            ..Plaats::default()
        }
    }

    fn finding(&mut self, bezig: &Bezig, code: &str, veld: &str) {
        let kolom = bezig
            .taak
            .kolommen
            .iter()
            .find(|k| k.veld == veld)
            .map(|k| k.kop.clone());
        let plaats = Plaats {
            kolom,
            ..Self::place(bezig)
        };
        self.bevindingen.extend(finding(
            self.definitie,
            code,
            plaats,
            (&bezig.taak.tabel.naam, veld),
        ));
    }

    fn skipped(&mut self, bezig: &Bezig) {
        if bezig.overslag.aantal() == 0 {
            return;
        }
        let waar = bezig.taak.blad.as_ref().map_or_else(
            || format!("Bestand '{}'", bezig.taak.bestand),
            |b| format!("Blad '{b}'"),
        );
        self.aannames.extend(bezig.overslag.zinnen(&waar));
        let plaats = Plaats {
            rij: bezig.overslag.eerste(),
            ..Self::place(bezig)
        };
        self.bevindingen.extend(finding(
            self.definitie,
            "ROWS_SKIPPED",
            plaats,
            (&bezig.taak.tabel.naam, ""),
        ));
    }

    fn column(&mut self, bezig: &Bezig, kolom: &Kolom) {
        let kop = &kolom.kop;
        let leeg = kolom.gemerkt(Merk::Leeg);
        if !leeg.is_empty() {
            let (woorden, is) = (
                named(leeg.iter().map(|(w, _, _)| *w)),
                if leeg.len() == 1 { "is" } else { "zijn" },
            );
            self.aannames
                .push(format!("Kolom '{kop}': {woorden} {is} gelezen als leeg."));
        }
        let herkend = kolom.gemerkt(Merk::Herkend);
        if !herkend.is_empty() {
            let paren = herkend
                .iter()
                .take(GENOEMD)
                .map(|(w, c, _)| format!("'{w}' = {}", c.unwrap_or_default()));
            self.aannames.push(format!(
                "Kolom '{kop}': herkend {}.",
                paren.collect::<Vec<_>>().join(", ")
            ));
        }
        if !kolom.gemerkt(Merk::OpNaam).is_empty() {
            self.aannames.push(format!(
                "Kolom '{kop}': de gemeenten zijn gevonden op hun naam in {}.",
                self.definitie.jaar
            ));
            self.finding(bezig, "GEMEENTE_BY_NAME", &kolom.veld);
        }
        if !kolom.gemerkt(Merk::Afgerond).is_empty() {
            self.aannames
                .push(format!("Kolom '{kop}': bedragen zijn afgerond op centen."));
        }
        if let (Some(gezien), None) = &kolom.punten {
            self.aannames.push(format!(
                "Kolom '{kop}': de punt in '{gezien}' is gelezen als teken tussen duizendtallen."
            ));
        }
        if !kolom.gemerkt(Merk::Omgerekend).is_empty() {
            self.aannames.push(format!(
                "Kolom '{kop}': tijden in UTC zijn omgerekend naar de dag in Nederland."
            ));
        }
        let geen_datum = kolom.gemerkt(Merk::GeenDatum);
        if !geen_datum.is_empty() {
            let dagen = named(geen_datum.iter().map(|(w, _, _)| *w));
            let is = if geen_datum.len() == 1 { "is" } else { "zijn" };
            self.aannames
                .push(format!("Kolom '{kop}': {dagen} {is} gelezen als leeg. Zo'n datum betekent in veel systemen dat er geen is."));
        }
        if kolom.gemerkt(Merk::Bewijst).is_empty() && !kolom.gemerkt(Merk::Dubbelzinnig).is_empty()
        {
            let vorm = match &kolom.omzet {
                Omzet::Datum { vorm: Some(vorm) } => vorm.naam(),
                _ => "dd-mm-jjjj",
            };
            self.aannames.push(format!("Kolom '{kop}': uit de datums blijkt niet wat de dag is. Ze zijn gelezen als {vorm}."));
            self.finding(bezig, "DATE_FORMAT_ASSUMED", &kolom.veld);
        }
        if let (Some(duizend), Some(decimaal)) = &kolom.punten {
            let hoe = if bezig.taak.sjabloon {
                "Schrijf de getallen zonder punten, met een komma voor de decimalen.".to_owned()
            } else {
                getalvraag(&kolom.veld)
            };
            self.open.push(format!(
                "In de kolom '{kop}' staan '{duizend}' en '{decimaal}'. Staat de punt tussen duizendtallen of voor decimalen? {hoe}"
            ));
        }
        if !bezig.taak.sjabloon {
            self.questions(kolom);
        }
    }

    fn questions(&mut self, kolom: &Kolom) {
        let open = kolom.gemerkt(Merk::Open);
        let kop = &kolom.kop;
        if open.is_empty() {
            return;
        }
        if matches!(kolom.omzet, Omzet::Datum { .. }) {
            let vraag = format!(
                "Hoe staan de datums in de kolom '{kop}'? Vul in de koppeling de datumvorm in."
            );
            if !self.open.contains(&vraag) {
                self.open.push(vraag);
            }
            return;
        }
        if matches!(kolom.omzet, Omzet::Geheel { .. } | Omzet::Decimaal { .. }) {
            let (waarde, ..) = open[0];
            self.open.push(format!(
                "Is '{waarde}' in de kolom '{kop}' meer dan duizend? {}",
                getalvraag(&kolom.veld)
            ));
            return;
        }
        for (waarde, _, aantal) in open.iter().take(VRAGEN) {
            self.open.push(format!("{WAARDEVRAAG}'{waarde}' in de kolom '{kop}' ({aantal} keer)? Vul het in de koppeling in."));
        }
        if open.len() > VRAGEN {
            self.open.push(format!(
                "In de kolom '{kop}' staan nog {} andere onbekende waarden.",
                open.len() - VRAGEN
            ));
        }
    }

    fn birth_dates(&mut self, kolom: &Kolom) {
        let onleesbaar: u64 = kolom.gemerkt(Merk::Open).iter().map(|(_, _, n)| n).sum();
        if onleesbaar > 0 {
            self.open.push(format!(
                "Hoe staan de geboortedatums in de kolom '{}'? {onleesbaar} zijn niet te lezen. Vul de datumvorm in.",
                kolom.kop
            ));
        }
    }
}

/// How the koppeling says what the signs in numbers are.
fn getalvraag(veld: &str) -> String {
    let [komma, punt] = Getalvorm::ALLE.map(Getalvorm::naam);
    format!(
        "Zet in de koppeling onder [tabel.getalvorm]: {veld} = \"{komma}\" of {veld} = \"{punt}\"."
    )
}

fn named<'a>(waarden: impl Iterator<Item = &'a str>) -> String {
    let lijst: Vec<String> = waarden
        .take(GENOEMD)
        .map(|w| format!("'{}'", w.trim()))
        .collect();
    lijst.join(", ")
}
