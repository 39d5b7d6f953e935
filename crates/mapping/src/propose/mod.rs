//! Proposes a koppeling: per column and per value what it chose and how sure it is; the rest stays open.
//!
//! Owns which sheet is which table, and the proposal as a whole. Leaves columns to `placement`, what is asked about
//! them to `columns`, values to `values`, and the text to `koppeling::toml`.

mod columns;
pub(crate) mod unknown_columns;
pub(crate) mod values;

use std::collections::{BTreeMap, BTreeSet};

use schema::definitie::RegelKind;
use schema::{Definitie, Tabel, Veld, VeldType};
use serde::Serialize;

use self::columns::ask_columns;
use self::values::propose_values;
use crate::field_evidence::Evidence;
use crate::koppeling::{BIRTH_DATE, Koppeling, NO, TabelKoppeling, YES};
use crate::placement::{Placement, best};
use crate::source_findings::place_name;
use crate::survey::{Survey, TabelSurvey};
use crate::weights::SURE;
use crate::wording;

/// A proposed koppeling. Serialises as `uitvraag koppel --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    /// The koppeling, with every open question in it.
    #[serde(skip)]
    pub koppeling: Koppeling,
    /// What was assumed, as Dutch sentences.
    #[serde(skip)]
    pub aannames: Vec<String>,
    /// The columns that were placed.
    pub kolommen: Vec<ColumnProposal>,
    /// The values that were placed.
    pub waarden: Vec<ValueProposal>,
    /// What could not be placed.
    pub open: Vec<OpenQuestion>,
    /// Per part of the koppeling that may not belong at all: what is asked once it does.
    #[serde(skip)]
    pub(crate) uitgesteld: BTreeMap<usize, Vec<OpenQuestion>>,
    /// Parts of the koppeling (by index) that give a table together with others.
    #[serde(skip)]
    gedeeld: BTreeSet<usize>,
    /// What stands in the sheet of each part.
    #[serde(skip)]
    pub(crate) bronnen: Vec<TabelSurvey>,
}

/// A column that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnProposal {
    /// Header in the file.
    pub bron: String,
    /// `tabel.veld`.
    pub veld: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A value that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueProposal {
    /// `tabel.veld`.
    pub veld: String,
    /// Value in the file.
    pub bron: String,
    /// The code it stands for.
    pub code: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A question for the aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenQuestion {
    /// Column or value in the file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bron: Option<String>,
    /// `tabel.veld` it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veld: Option<String>,
    /// Sheet or file it is about, where the table stands in more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plek: Option<String>,
    /// What it may be.
    pub kandidaten: Vec<String>,
    /// Values that do not fit what the header says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub past_niet: Vec<String>,
    /// Per column that was not recognised, a few of its values to know it by.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub voorbeelden: BTreeMap<String, Vec<String>>,
    /// The question as a Dutch sentence.
    #[serde(skip)]
    pub vraag: String,
}

/// Proposes a koppeling for files that were looked through.
pub fn propose(surveys: &[Survey], definitie: &Definitie) -> Proposal {
    let evidence = Evidence::new(definitie);
    let mut assumptions = surveys.iter().flat_map(|v| v.aannames.clone()).collect();
    let placements = choose_tables(surveys, &evidence, &mut assumptions);
    let mut proposal = Proposal::empty(definitie);
    proposal.aannames = assumptions;
    proposal.bronnen = placements.iter().map(|p| p.bron.clone()).collect();
    let shared = |p: &Placement<'_>| {
        placements
            .iter()
            .filter(|other| other.tabel.naam == p.tabel.naam)
            .count()
            > 1
    };
    proposal.gedeeld = (0..placements.len())
        .filter(|index| shared(&placements[*index]))
        .collect();
    for placement in &placements {
        Drafter {
            evidence: &evidence,
            placement,
            proposal: &mut proposal,
            index: 0,
        }
        .draw_up();
    }
    mention_absent(&placements, definitie, &mut proposal.koppeling);
    proposal
}

impl Proposal {
    /// One in which nothing is placed.
    pub(crate) fn empty(definitie: &Definitie) -> Self {
        let mut koppeling = Koppeling {
            uitvraag: definitie.name(),
            ..Koppeling::default()
        };
        let velden = definitie.tabellen.iter().flat_map(|t| &t.velden);
        koppeling.notities.volgorde = velden.map(|v| v.naam.clone()).collect();
        Self {
            koppeling,
            aannames: Vec::new(),
            kolommen: Vec::new(),
            waarden: Vec::new(),
            open: Vec::new(),
            uitgesteld: BTreeMap::new(),
            gedeeld: BTreeSet::new(),
            bronnen: Vec::new(),
        }
    }

    /// Where a table stands in more places, a question says which it is about.
    pub(crate) fn name_place(&mut self, van: usize, index: usize, part: &TabelKoppeling) {
        if !self.gedeeld.contains(&index) {
            return;
        }
        for question in &mut self.open[van..] {
            question.vraag = format!(
                "{}: {}",
                place_name(
                    part.bestand.as_deref().unwrap_or_default(),
                    part.blad.as_deref()
                ),
                question.vraag
            );
            question.plek = part.place().map(str::to_owned);
        }
    }
}

/// Which sheet is which table.
fn choose_tables<'a>(
    surveys: &'a [Survey],
    evidence: &'a Evidence<'_>,
    assumptions: &mut Vec<String>,
) -> Vec<Placement<'a>> {
    let mut chosen: Vec<Placement<'a>> = Vec::new();
    for survey in surveys {
        for source in survey.tabellen.iter().filter(|t| !t.hidden) {
            let location = place_name(&survey.bestand, source.blad.as_deref());
            match best(evidence, &survey.bestand, source) {
                Some(placement) if source.rijen > 0 => chosen.push(placement),
                Some(_) => assumptions.push(wording::proposal::no_rows(&location)),
                None => assumptions.push(wording::proposal::resembles_nothing(&location)),
            }
        }
    }
    let mut out: Vec<Placement<'a>> = Vec::new();
    for tabel in &evidence.definitie.tabellen {
        let (mut own, rest): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|p| p.tabel.naam == tabel.naam);
        chosen = rest;
        tell_apart(&mut own, assumptions);
        out.append(&mut own);
    }
    out
}

/// Sheets of one table: the same columns in any order are one thing (a sheet per quarter); other columns are read by
/// a part of their own, and where too little of the table is in them, that is a question.
fn tell_apart(own: &mut [Placement<'_>], assumptions: &mut Vec<String>) {
    let Some(best) = own
        .iter()
        .reduce(|best, p| if p.score > best.score { p } else { best })
    else {
        return;
    };
    let headers = |p: &Placement<'_>| {
        p.bron
            .kolommen
            .iter()
            .map(|k| k.naam.clone())
            .collect::<BTreeSet<_>>()
    };
    let (example, required, title) = (headers(best), best.verplicht, &best.tabel.titel);
    let example_place = best.bron.blad.as_deref().unwrap_or(best.bestand).to_owned();
    let mut same = 0;
    for p in own.iter_mut() {
        if headers(p) == example {
            same += 1;
            continue;
        }
        p.doubt = p.verplicht * 2 <= required;
        let location = place_name(p.bestand, p.bron.blad.as_deref());
        assumptions.push(if p.doubt {
            wording::proposal::resembles_somewhat(&location, &title)
        } else {
            wording::proposal::other_columns(&location, &example_place, &title)
        });
    }
    if same > 1 {
        assumptions.push(wording::proposal::same_columns(&same, &title));
    }
}

/// Writes one table of the koppeling.
struct Drafter<'a, 'b> {
    evidence: &'a Evidence<'a>,
    placement: &'a Placement<'a>,
    proposal: &'b mut Proposal,
    index: usize,
}

impl Drafter<'_, '_> {
    fn draw_up(&mut self) {
        let placement = self.placement;
        self.index = self.proposal.koppeling.tabellen.len();
        let van = self.proposal.open.len();
        let mut koppeling = TabelKoppeling {
            naam: placement.tabel.naam.clone(),
            bestand: Some(placement.bestand.to_owned()),
            blad: placement.bron.blad.clone(),
            kopregel: Some(placement.bron.kopregel).filter(|k| *k > 0),
            naast_elkaar: placement
                .bron
                .side_by_side
                .as_ref()
                .map_or_else(Vec::new, |side| side.groups.clone()),
            ..TabelKoppeling::default()
        };
        for (v, veld) in placement.tabel.velden.iter().enumerate() {
            if let Some((k, certainty, derived)) = placement.velden.get(&v) {
                let column = &placement.bron.kolommen[*k];
                koppeling
                    .kolommen
                    .insert(veld.naam.clone(), column.naam.clone());
                if *derived {
                    koppeling
                        .afgeleid
                        .insert(veld.naam.clone(), BIRTH_DATE.to_owned());
                }
                self.doubt("kolommen", &veld.naam, "", *certainty);
                let path = format!("{}.{}", placement.tabel.naam, veld.naam);
                self.proposal.kolommen.push(ColumnProposal {
                    bron: column.naam.clone(),
                    veld: path,
                    zekerheid: rounded(*certainty),
                });
                propose_values(
                    self.evidence,
                    (placement.tabel, veld, column, *derived),
                    self.index,
                    &mut koppeling,
                    self.proposal,
                );
            }
        }
        ask_columns(
            self.evidence,
            placement,
            self.index,
            &mut koppeling,
            self.proposal,
        );
        self.proposal.name_place(van, self.index, &koppeling);
        self.proposal.koppeling.tabellen.push(koppeling);
        if placement.doubt {
            self.ask_whether(van);
        }
    }

    /// Asks whether the sheet belongs at all. What it holds is asked once it does.
    fn ask_whether(&mut self, van: usize) {
        let (file, sheet) = (self.placement.bestand, self.placement.bron.blad.as_deref());
        let question = wording::proposal::belongs_to(
            &sheet.map_or_else(
                || format!("bestand '{file}'"),
                |sheet| format!("blad '{sheet}'"),
            ),
            &self.placement.tabel.titel,
        );
        let later = self.proposal.open.split_off(van);
        self.proposal.uitgesteld.insert(self.index, later);
        self.proposal.koppeling.tabellen[self.index].lezen = Some(String::new());
        self.proposal.koppeling.notities.above(
            self.index,
            "lezen",
            "",
            "",
            format!("OPEN: {question}"),
        );
        let candidates = [YES, NO].map(str::to_owned).to_vec();
        let source = Some(sheet.unwrap_or(file).to_owned());
        self.proposal.open.push(OpenQuestion {
            bron: source,
            veld: None,
            plek: None,
            kandidaten: candidates,
            past_niet: Vec::new(),
            voorbeelden: BTreeMap::new(),
            vraag: question,
        });
    }

    fn doubt(&mut self, part: &'static str, key: &str, value: &str, certainty: f64) {
        if certainty < SURE {
            let text = wording::proposal::certain(&(certainty * 100.0));
            self.proposal
                .koppeling
                .notities
                .beside(self.index, part, key, value, text);
        }
    }
}

/// Two decimals: more would pretend.
pub(crate) fn rounded(certainty: f64) -> f64 {
    (certainty * 100.0).round() / 100.0
}

/// For a table that is not there and may be written out by hand: an example in the closing remarks.
fn mention_absent(placements: &[Placement<'_>], definitie: &Definitie, koppeling: &mut Koppeling) {
    for tabel in definitie
        .tabellen
        .iter()
        .filter(|t| t.mag_ontbreken && !placements.iter().any(|p| p.tabel.naam == t.naam))
    {
        let referring = definitie.regels.iter().find_map(|r| match &r.soort {
            RegelKind::Verwijzing { veld, naar: to } if *to == tabel.naam => {
                Some((r.tabel.as_deref(), veld))
            }
            _ => None,
        });
        let Some((van, veld)) = referring else {
            continue;
        };
        let column = placements
            .iter()
            .filter(|p| van.is_none_or(|van| van == p.tabel.naam))
            .find_map(|p| {
                let v = p.tabel.velden.iter().position(|f| f.naam == *veld)?;
                Some(&p.bron.kolommen[p.velden.get(&v)?.0])
            });
        let known: Vec<&str> = column
            .into_iter()
            .flat_map(|k| k.waarden.iter().take(3).map(|(w, _)| w.as_str()))
            .collect();
        let closing = &mut koppeling.notities.closing;
        closing.push(wording::proposal::table_absent(&tabel.titel));
        let key = tabel.sleutel.first().map_or("", String::as_str);
        for value in if known.is_empty() { vec![""] } else { known } {
            closing.push(format!("[[{}]]", tabel.naam));
            for veld in &tabel.velden {
                let filling = if veld.naam == key { value } else { "" };
                closing.push(format!(
                    "{} = {filling:?}  # {}",
                    veld.naam,
                    hint(veld, tabel, definitie)
                ));
            }
        }
    }
}

/// What may be filled in for a field.
fn hint(veld: &Veld, tabel: &Tabel, definitie: &Definitie) -> String {
    let choice = match &veld.veldtype {
        VeldType::Code { list } => definitie.codelijsten[list]
            .codes
            .iter()
            .map(|c| c.code.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        VeldType::YesNo => "ja, nee".to_owned(),
        _ => format!(
            "zoals {}",
            tabel.voorbeeld.get(&veld.naam).map_or("", String::as_str)
        ),
    };
    let required = if veld.verplicht { " (verplicht)" } else { "" };
    format!("{}{required}: {choice}", veld.label)
}
