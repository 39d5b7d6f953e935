//! Proposes a koppeling: per column and per value what it chose and how sure it is; the rest stays open.
//!
//! Owns which sheet is which table, and the proposal as a whole. Leaves columns to `placement`, what is asked about
//! them to `columns`, values to `values`, and the text to `koppeling::toml`.

mod columns;
pub(crate) mod values;

use std::collections::{BTreeMap, BTreeSet};

use schema::definitie::Soort;
use schema::{Definitie, Tabel, Veld, Veldtype};
use serde::Serialize;

use self::columns::ask_columns;
use self::values::propose_values;
use crate::evidence::Kennis;
use crate::koppeling::{GEBOORTEDATUM, JA, Koppeling, NEE, Tabelkoppeling};
use crate::placement::{Plaatsing, best};
use crate::survey::{Tabelverkenning, Verkenning};
use crate::weights::ZEKER;

/// A proposed koppeling. Serialises as `uitvraag koppel --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Voorstel {
    /// The koppeling, with every open question in it.
    #[serde(skip)]
    pub koppeling: Koppeling,
    /// What was assumed, as Dutch sentences.
    #[serde(skip)]
    pub aannames: Vec<String>,
    /// The columns that were placed.
    pub kolommen: Vec<Kolomvoorstel>,
    /// The values that were placed.
    pub waarden: Vec<Waardevoorstel>,
    /// What could not be placed.
    pub open: Vec<OpenVraag>,
    /// Per part of the koppeling that may not belong at all: what is asked once it does.
    #[serde(skip)]
    pub(crate) uitgesteld: BTreeMap<usize, Vec<OpenVraag>>,
    /// Parts of the koppeling (by index) that give a table together with others.
    #[serde(skip)]
    gedeeld: BTreeSet<usize>,
    /// What stands in the sheet of each part.
    #[serde(skip)]
    pub(crate) bronnen: Vec<Tabelverkenning>,
}

/// A column that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kolomvoorstel {
    /// Header in the file.
    pub bron: String,
    /// `tabel.veld`.
    pub veld: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A value that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waardevoorstel {
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
pub struct OpenVraag {
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
    /// The question as a Dutch sentence.
    #[serde(skip)]
    pub vraag: String,
}

/// Proposes a koppeling for files that were looked through.
pub fn stel_voor(verkenningen: &[Verkenning], definitie: &Definitie) -> Voorstel {
    let kennis = Kennis::new(definitie);
    let mut aannames = verkenningen
        .iter()
        .flat_map(|v| v.aannames.clone())
        .collect();
    let plaatsingen = choose_tables(verkenningen, &kennis, &mut aannames);
    let mut voorstel = Voorstel {
        koppeling: Koppeling {
            uitvraag: definitie.naam(),
            ..Koppeling::default()
        },
        aannames,
        kolommen: Vec::new(),
        waarden: Vec::new(),
        open: Vec::new(),
        uitgesteld: BTreeMap::new(),
        gedeeld: BTreeSet::new(),
        bronnen: plaatsingen.iter().map(|p| p.bron.clone()).collect(),
    };
    voorstel.koppeling.notities.volgorde = definitie
        .tabellen
        .iter()
        .flat_map(|t| t.velden.iter().map(|v| v.naam.clone()))
        .collect();
    let gedeeld = |p: &Plaatsing<'_>| {
        plaatsingen
            .iter()
            .filter(|ander| ander.tabel.naam == p.tabel.naam)
            .count()
            > 1
    };
    voorstel.gedeeld = (0..plaatsingen.len())
        .filter(|index| gedeeld(&plaatsingen[*index]))
        .collect();
    for plaatsing in &plaatsingen {
        Opsteller {
            kennis: &kennis,
            plaatsing,
            voorstel: &mut voorstel,
            index: 0,
        }
        .draw_up();
    }
    mention_absent(&plaatsingen, definitie, &mut voorstel.koppeling);
    voorstel
}

impl Voorstel {
    /// Where a table stands in more places, a question says which it is about.
    pub(crate) fn name_place(&mut self, van: usize, index: usize, deel: &Tabelkoppeling) {
        if !self.gedeeld.contains(&index) {
            return;
        }
        for vraag in &mut self.open[van..] {
            vraag.vraag = format!(
                "{}: {}",
                place_name(
                    deel.bestand.as_deref().unwrap_or_default(),
                    deel.blad.as_deref()
                ),
                vraag.vraag
            );
            vraag.plek = deel.plek().map(str::to_owned);
        }
    }
}

/// Which sheet is which table.
fn choose_tables<'a>(
    verkenningen: &'a [Verkenning],
    kennis: &'a Kennis<'_>,
    aannames: &mut Vec<String>,
) -> Vec<Plaatsing<'a>> {
    let mut gekozen: Vec<Plaatsing<'a>> = Vec::new();
    for verkenning in verkenningen {
        for bron in verkenning.tabellen.iter().filter(|t| !t.verborgen) {
            let waar = place_name(&verkenning.bestand, bron.blad.as_deref());
            match best(kennis, &verkenning.bestand, bron) {
                Some(plaatsing) if bron.rijen > 0 => gekozen.push(plaatsing),
                Some(_) => aannames.push(format!("{waar} heeft geen rijen. Het is niet gebruikt.")),
                None => aannames.push(format!(
                    "{waar} lijkt op geen tabel van de uitvraag. Het is niet gebruikt."
                )),
            }
        }
    }
    let mut uit: Vec<Plaatsing<'a>> = Vec::new();
    for tabel in &kennis.definitie.tabellen {
        let (mut eigen, rest): (Vec<_>, Vec<_>) = gekozen
            .into_iter()
            .partition(|p| p.tabel.naam == tabel.naam);
        gekozen = rest;
        tell_apart(&mut eigen, aannames);
        uit.append(&mut eigen);
    }
    uit
}

/// Sheets of one table: the same columns in any order are one thing (a sheet per quarter); other columns are read by
/// a part of their own, and where too little of the table is in them, that is a question.
fn tell_apart(eigen: &mut [Plaatsing<'_>], aannames: &mut Vec<String>) {
    let Some(beste) = eigen
        .iter()
        .reduce(|beste, p| if p.score > beste.score { p } else { beste })
    else {
        return;
    };
    let koppen = |p: &Plaatsing<'_>| {
        p.bron
            .kolommen
            .iter()
            .map(|k| k.naam.clone())
            .collect::<BTreeSet<_>>()
    };
    let (voorbeeld, verplicht, titel) = (koppen(beste), beste.verplicht, &beste.tabel.titel);
    let voorbeeldplek = beste
        .bron
        .blad
        .as_deref()
        .unwrap_or(beste.bestand)
        .to_owned();
    let mut zelfde = 0;
    for p in eigen.iter_mut() {
        if koppen(p) == voorbeeld {
            zelfde += 1;
            continue;
        }
        p.twijfel = p.verplicht * 2 <= verplicht;
        let waar = place_name(p.bestand, p.bron.blad.as_deref());
        aannames.push(if p.twijfel {
            format!("{waar} lijkt een beetje op {titel}. Of het erbij hoort, is een vraag aan u.")
        } else {
            format!("{waar} heeft andere kolommen dan '{voorbeeldplek}', en is ook {titel}. Het heeft een eigen deel in de koppeling.")
        });
    }
    if zelfde > 1 {
        aannames.push(format!(
            "{zelfde} stuks met dezelfde kolommen zijn samen de tabel {titel}."
        ));
    }
}

/// A sheet, or a file without sheets, as it is called at the begin of a sentence.
pub(crate) fn place_name(bestand: &str, blad: Option<&str>) -> String {
    blad.map_or_else(
        || format!("Bestand '{bestand}'"),
        |blad| format!("Blad '{blad}'"),
    )
}

/// Writes one table of the koppeling.
struct Opsteller<'a, 'b> {
    kennis: &'a Kennis<'a>,
    plaatsing: &'a Plaatsing<'a>,
    voorstel: &'b mut Voorstel,
    index: usize,
}

impl Opsteller<'_, '_> {
    fn draw_up(&mut self) {
        let plaatsing = self.plaatsing;
        self.index = self.voorstel.koppeling.tabellen.len();
        let van = self.voorstel.open.len();
        let mut koppeling = Tabelkoppeling {
            naam: plaatsing.tabel.naam.clone(),
            bestand: Some(plaatsing.bestand.to_owned()),
            blad: plaatsing.bron.blad.clone(),
            kopregel: Some(plaatsing.bron.kopregel).filter(|k| *k > 0),
            ..Tabelkoppeling::default()
        };
        for (v, veld) in plaatsing.tabel.velden.iter().enumerate() {
            if let Some((k, zekerheid, afgeleid)) = plaatsing.velden.get(&v) {
                let kolom = &plaatsing.bron.kolommen[*k];
                koppeling
                    .kolommen
                    .insert(veld.naam.clone(), kolom.naam.clone());
                if *afgeleid {
                    koppeling
                        .afgeleid
                        .insert(veld.naam.clone(), GEBOORTEDATUM.to_owned());
                }
                self.doubt("kolommen", &veld.naam, "", *zekerheid);
                let pad = format!("{}.{}", plaatsing.tabel.naam, veld.naam);
                self.voorstel.kolommen.push(Kolomvoorstel {
                    bron: kolom.naam.clone(),
                    veld: pad,
                    zekerheid: rounded(*zekerheid),
                });
                propose_values(
                    self.kennis,
                    (plaatsing.tabel, veld, kolom, *afgeleid),
                    self.index,
                    &mut koppeling,
                    self.voorstel,
                );
            }
        }
        ask_columns(
            self.kennis,
            plaatsing,
            self.index,
            &mut koppeling,
            self.voorstel,
        );
        self.voorstel.name_place(van, self.index, &koppeling);
        self.voorstel.koppeling.tabellen.push(koppeling);
        if plaatsing.twijfel {
            self.ask_whether(van);
        }
    }

    /// Asks whether the sheet belongs at all. What it holds is asked once it does.
    fn ask_whether(&mut self, van: usize) {
        let (bestand, blad) = (self.plaatsing.bestand, self.plaatsing.bron.blad.as_deref());
        let vraag = format!(
            "Hoort {} bij {}? Vul bij lezen in: ja of nee. Bij ja beantwoordt u ook de vragen over de kolommen daar.",
            blad.map_or_else(
                || format!("bestand '{bestand}'"),
                |blad| format!("blad '{blad}'")
            ),
            self.plaatsing.tabel.titel
        );
        let later = self.voorstel.open.split_off(van);
        self.voorstel.uitgesteld.insert(self.index, later);
        self.voorstel.koppeling.tabellen[self.index].lezen = Some(String::new());
        self.voorstel.koppeling.notities.above(
            self.index,
            "lezen",
            "",
            "",
            format!("OPEN: {vraag}"),
        );
        let kandidaten = [JA, NEE].map(str::to_owned).to_vec();
        let bron = Some(blad.unwrap_or(bestand).to_owned());
        self.voorstel.open.push(OpenVraag {
            bron,
            veld: None,
            plek: None,
            kandidaten,
            past_niet: Vec::new(),
            vraag,
        });
    }

    fn doubt(&mut self, deel: &'static str, sleutel: &str, waarde: &str, zekerheid: f64) {
        if zekerheid < ZEKER {
            let tekst = format!("{:.0} % zeker: kijk dit na", zekerheid * 100.0);
            self.voorstel
                .koppeling
                .notities
                .beside(self.index, deel, sleutel, waarde, tekst);
        }
    }
}

/// Two decimals: more would pretend.
pub(crate) fn rounded(zekerheid: f64) -> f64 {
    (zekerheid * 100.0).round() / 100.0
}

/// For a table that is not there and may be written out by hand: an example in the closing remarks.
fn mention_absent(plaatsingen: &[Plaatsing<'_>], definitie: &Definitie, koppeling: &mut Koppeling) {
    for tabel in definitie
        .tabellen
        .iter()
        .filter(|t| t.mag_ontbreken && !plaatsingen.iter().any(|p| p.tabel.naam == t.naam))
    {
        let verwijzend = definitie.regels.iter().find_map(|r| match &r.soort {
            Soort::Verwijzing { veld, naar } if *naar == tabel.naam => {
                Some((r.tabel.as_deref(), veld))
            }
            _ => None,
        });
        let Some((van, veld)) = verwijzend else {
            continue;
        };
        let kolom = plaatsingen
            .iter()
            .filter(|p| van.is_none_or(|van| van == p.tabel.naam))
            .find_map(|p| {
                let v = p.tabel.velden.iter().position(|f| f.naam == *veld)?;
                Some(&p.bron.kolommen[p.velden.get(&v)?.0])
            });
        let bekend: Vec<&str> = kolom
            .into_iter()
            .flat_map(|k| k.waarden.iter().take(3).map(|(w, _)| w.as_str()))
            .collect();
        let slot = &mut koppeling.notities.slot;
        slot.push(format!(
            "Uw bestand heeft geen tabel {}. U mag die hier opschrijven. Haal dan de hekjes weg:",
            tabel.titel
        ));
        let sleutel = tabel.sleutel.first().map_or("", String::as_str);
        for waarde in if bekend.is_empty() { vec![""] } else { bekend } {
            slot.push(format!("[[{}]]", tabel.naam));
            for veld in &tabel.velden {
                let invulling = if veld.naam == sleutel { waarde } else { "" };
                slot.push(format!(
                    "{} = {invulling:?}  # {}",
                    veld.naam,
                    hint(veld, tabel, definitie)
                ));
            }
        }
    }
}

/// What may be filled in for a field.
fn hint(veld: &Veld, tabel: &Tabel, definitie: &Definitie) -> String {
    let keuze = match &veld.veldtype {
        Veldtype::Code { lijst } => definitie.codelijsten[lijst]
            .codes
            .iter()
            .map(|c| c.code.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        Veldtype::JaNee => "ja, nee".to_owned(),
        _ => format!(
            "zoals {}",
            tabel.voorbeeld.get(&veld.naam).map_or("", String::as_str)
        ),
    };
    format!("{}: {keuze}", veld.label)
}
