//! The definition of one uitvraag in one year, read from `schemas/<uitvraag>/<jaar>.toml` and its code lists.
//!
//! Owns the format: every key is known or refused, and what is loaded here has been proven consistent (each code
//! list exists, each rule points at fields that exist). Leaves the meaning of `assert` texts to `check`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bevinding::Ernst;

/// One uitvraag in one year: what is asked, and how it is judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitie {
    /// Version of the file format itself; 1.
    pub formaat: u32,
    /// Name of the uitvraag, as in `omgang`.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version of the definition; grows by one with each published change.
    pub versie: u32,
    /// Title for people.
    pub titel: String,
    /// What is asked of whom, in one paragraph.
    pub inleiding: String,
    /// The three dates every state refers to.
    pub klok: Klok,
    /// The tables of a levering, in the order in which they are shown.
    #[serde(rename = "tabel")]
    pub tabellen: Vec<Tabel>,
    /// All rules, in the order in which they are reported.
    #[serde(rename = "regel")]
    pub regels: Vec<Regel>,
    /// The code lists that the fields use, by name; filled from `codes/*.csv`.
    #[serde(skip)]
    pub codelijsten: BTreeMap<String, Codelijst>,
    /// SHA-256 (hex) over the definition file and its code lists.
    #[serde(skip)]
    pub hash: String,
    /// SHA-256 (hex) over the rules, fields and code lists alone: what decides a verdict.
    #[serde(skip)]
    pub regelhash: String,
}

/// Until when one may deliver, when the data freeze, and when the figures appear.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Klok {
    /// Last day to deliver.
    pub inleveren: NaiveDate,
    /// Day on which the data freeze.
    pub bevriezen: NaiveDate,
    /// Day of publication.
    pub publiceren: NaiveDate,
}

/// One table of a levering.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tabel {
    /// Name, as in `traject`; also the name of its CSV.
    pub naam: String,
    /// Title for people, as in `Trajecten`; also the sheet in the sjabloon.
    pub titel: String,
    /// What one row is.
    pub definitie: String,
    /// The fields that together are unique.
    pub sleutel: Vec<String>,
    /// Whether a levering may leave the whole table out.
    #[serde(default)]
    pub mag_ontbreken: bool,
    /// Sheet and file names under which providers keep this table.
    #[serde(default)]
    pub synoniemen: Vec<String>,
    /// One complete valid row (field name to canonical text), the base of every rule's examples.
    pub voorbeeld: BTreeMap<String, String>,
    /// The fields, in canonical order.
    #[serde(rename = "veld")]
    pub velden: Vec<Veld>,
}

/// One field of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, try_from = "RuwVeld")]
pub struct Veld {
    /// Name, as in `aanmelddatum`; also the canonical header.
    pub naam: String,
    /// What values may look like.
    pub veldtype: Veldtype,
    /// Whether every row needs a value.
    pub verplicht: bool,
    /// Header for people, as in `Datum aanmelding`.
    pub label: String,
    /// What the value means, in words.
    pub definitie: String,
    /// Why it is asked or where it comes from.
    pub herkomst: String,
    /// Headers under which providers keep this field.
    pub synoniemen: Vec<String>,
    /// True where a value could point at a child: then the service never shows it in a finding.
    pub gevoelig: bool,
}

/// How a field appears in the file, before it is checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuwVeld {
    naam: String,
    #[serde(rename = "type")]
    soort: String,
    lengte: Option<usize>,
    codelijst: Option<String>,
    #[serde(default)]
    verplicht: bool,
    label: String,
    definitie: String,
    #[serde(default)]
    herkomst: String,
    #[serde(default)]
    synoniemen: Vec<String>,
    #[serde(default)]
    gevoelig: bool,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Veldtype {
    /// A pseudonym made by the exporter: 26 characters base32.
    Pseudoniem,
    /// Free text of at most this many characters.
    Tekst {
        /// Longest text allowed, in characters.
        lengte: usize,
    },
    /// A whole number.
    Geheel,
    /// An amount of at most 12 digits, of which 2 decimals.
    Decimaal,
    /// A calendar date, ISO 8601.
    Datum,
    /// A code from the named list.
    Code {
        /// Name of the code list.
        lijst: String,
    },
    /// A CBS gemeentecode, as in `GM0344`, valid in the reporting year.
    Gemeente,
    /// `ja` or `nee`.
    JaNee,
}

impl TryFrom<RuwVeld> for Veld {
    type Error = String;

    fn try_from(ruw: RuwVeld) -> Result<Self, String> {
        let veldtype = match (ruw.soort.as_str(), ruw.lengte, ruw.codelijst) {
            ("pseudoniem", None, None) => Veldtype::Pseudoniem,
            ("tekst", Some(lengte), None) => Veldtype::Tekst { lengte },
            ("geheel", None, None) => Veldtype::Geheel,
            ("decimaal", None, None) => Veldtype::Decimaal,
            ("datum", None, None) => Veldtype::Datum,
            ("code", None, Some(lijst)) => Veldtype::Code { lijst },
            ("gemeente", None, None) => Veldtype::Gemeente,
            ("ja_nee", None, None) => Veldtype::JaNee,
            (soort, _, _) => {
                return Err(format!("field `{}`: type `{soort}` is unknown, or its `lengte` or `codelijst` does not fit", ruw.naam));
            }
        };
        Ok(Veld {
            naam: ruw.naam,
            veldtype,
            verplicht: ruw.verplicht,
            label: ruw.label,
            definitie: ruw.definitie,
            herkomst: ruw.herkomst,
            synoniemen: ruw.synoniemen,
            gevoelig: ruw.gevoelig,
        })
    }
}

/// A list of codes.
#[derive(Debug, Clone, Serialize)]
pub struct Codelijst {
    /// Name of the list.
    pub naam: String,
    /// The codes valid in the definition's year, in the order of the file.
    pub codes: Vec<Code>,
}

impl Codelijst {
    /// The code with this exact spelling.
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.code == code)
    }
}

/// One code of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Code {
    /// The code as it travels.
    pub code: String,
    /// The label for people.
    pub label: String,
    /// What it means; may be empty.
    pub definitie: String,
    /// The CBS code (Beleidsinformatie Jeugd v7) it maps to, where one exists.
    pub cbs: Option<String>,
    /// The iJw code (berichtenverkeer) for the same, where one exists. Its order differs from CBS's.
    pub ijw: Option<String>,
    /// Words under which providers write this code.
    pub synoniemen: Vec<String>,
}

/// A rule: what is looked for, how bad it is, and what to say of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Table")]
pub struct Regel {
    /// Stable code, as in `START_VOOR_AANMELDING`.
    pub code: String,
    /// The table it is about; absent = every table.
    pub tabel: Option<String>,
    /// How bad.
    pub ernst: Ernst,
    /// Where it is judged.
    pub fase: Fase,
    /// The fields it points at; the first one names the cell.
    pub velden: Vec<String>,
    /// What is looked for.
    pub soort: Soort,
    /// What to say of it.
    pub tekst: Regeltekst,
    /// Rows on which the rule is silent: overlays on the table's `voorbeeld`.
    pub goed: Vec<BTreeMap<String, String>>,
    /// Rows on which the rule fires: overlays on the table's `voorbeeld`.
    pub fout: Vec<BTreeMap<String, String>>,
}

/// The Dutch words of a rule.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Regeltekst {
    /// One line for a summary.
    pub titel: String,
    /// What was found. May hold `{gevonden}`, `{veld}` (the label) and rule-specific names.
    pub bericht: String,
    /// What was expected. May hold `{veld}` and rule-specific names.
    pub verwacht: String,
    /// How to mend it.
    pub herstel: String,
    /// Why it is asked.
    pub reden: String,
}

/// The keys of a rule that do not depend on its kind; what is left over belongs to [`Soort`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuwRegel {
    code: String,
    tabel: Option<String>,
    ernst: Ernst,
    #[serde(default)]
    fase: Fase,
    #[serde(default)]
    velden: Vec<String>,
    tekst: Regeltekst,
    #[serde(default)]
    goed: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    fout: Vec<BTreeMap<String, String>>,
}

impl TryFrom<toml::Table> for Regel {
    type Error = String;

    /// Serde cannot refuse unknown keys beside a flattened enum, so the keys are parted here.
    fn try_from(tabel: toml::Table) -> Result<Self, String> {
        const GEMEENSCHAPPELIJK: [&str; 8] = ["code", "tabel", "ernst", "fase", "velden", "tekst", "goed", "fout"];
        let naam = tabel.get("code").map_or_else(|| "without a code".to_owned(), |c| format!("`{c}`"));
        let (algemeen, eigen): (toml::Table, toml::Table) = tabel.into_iter().partition(|(k, _)| GEMEENSCHAPPELIJK.contains(&k.as_str()));
        let ruw: RuwRegel = algemeen.try_into().map_err(|e| format!("rule {naam}: {e}"))?;
        let soort: Soort = eigen.try_into().map_err(|e| format!("rule {naam}: {e}"))?;
        let RuwRegel { code, tabel, ernst, fase, velden, tekst, goed, fout } = ruw;
        Ok(Regel { code, tabel, ernst, fase, velden, soort, tekst, goed, fout })
    }
}

/// Where a rule is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fase {
    /// On the provider's own file, by `extract`.
    Bron,
    /// On the canonical tables, by `check`, on both sides.
    #[default]
    Pakket,
}

/// What a rule looks for. The engine knows these kinds and nothing about omgang.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum Soort {
    /// Judged by `extract` on the source file (encoding, BSN, foreign codes); only the texts stand here.
    Bron {},
    /// A required field is empty.
    Verplicht {},
    /// A date that is no ISO date.
    Datum {},
    /// A number that is no plain number, or does not fit its type.
    Getal {},
    /// A value that is not in the code list (or not `ja`/`nee`).
    Code {},
    /// A text longer than allowed.
    Lengte {},
    /// A value that is no pseudonym made by the exporter.
    Pseudoniem {},
    /// A gemeentecode that is not valid in the year; names the successors.
    Gemeente {},
    /// The key of the table occurs twice.
    Uniek {},
    /// `veld` refers to the key of another table, which does not hold the value.
    Verwijzing {
        /// The referring field.
        veld: String,
        /// The table referred to.
        naar: String,
    },
    /// A table that may be absent is absent.
    TabelAfwezig {},
    /// An optional field is empty in every row.
    VeldLeeg {},
    /// A date field lies after the delivery date.
    DatumNaLevering {},
    /// A SQL boolean expression over the fields of one row: NULL passes. See `check::expr`.
    Record {
        /// Must hold.
        assert: String,
        /// The rows it is asked of; absent = all.
        when: Option<String>,
    },
    /// Share of the rows for which `expr` holds, above `max` (0 to 1), with at least `minimaal` rows.
    Aandeel {
        /// SQL boolean expression.
        expr: String,
        /// Largest share that is silent.
        max: f64,
        /// Fewest rows for which the rule speaks.
        minimaal: u64,
    },
    /// Share of rows with code `waarde` in any coded field of the table, above `max`, with at least `minimaal` rows.
    AandeelCode {
        /// The code, as in `onbekend`.
        waarde: String,
        /// Largest share that is silent.
        max: f64,
        /// Fewest rows for which the rule speaks.
        minimaal: u64,
    },
    /// Rows of one group whose ages on their dates can't all belong to one birth date.
    LeeftijdVerenigbaar {
        /// The group, as in `jeugdige_id`.
        groep: String,
        /// The date on which the age was taken.
        datum: String,
        /// The age in whole years.
        leeftijd: String,
    },
    /// Two rows of one group overlap in time (`van` up to but not including `tot`; an empty `tot` is open).
    Overlap {
        /// The fields that make the group.
        groep: Vec<String>,
        /// First day.
        van: String,
        /// Last day.
        tot: String,
    },
    /// A reported stock (`aantal` on `peildatum`) differs from the rows of `bron` that are in stock that day:
    /// `in_op <= peildatum` and none of `uit_op` on or before it. Also when rows of `bron` are in stock in a
    /// group for which the table has no row at a peildatum on which it has rows at all.
    Stand {
        /// Field with the reported number.
        aantal: String,
        /// Field with the day.
        peildatum: String,
        /// The fields both tables share.
        groep: Vec<String>,
        /// Table to count in.
        bron: String,
        /// Date field of `bron` at which a row enters the stock.
        in_op: String,
        /// Date fields of `bron` at which a row leaves it.
        uit_op: Vec<String>,
    },
    /// Number of rows is at least `factor` times last year's, or last year's at least `factor` times this one's.
    JaarFactor {
        /// For example 2.0.
        factor: f64,
    },
    /// A row open at the end of last year (`van` filled or not, `tot` empty) that is absent now.
    Verdwenen {
        /// Last day; empty = open.
        tot: String,
    },
    /// A row that ended last year (`tot` filled) and is here again without that end.
    Heropend {
        /// Last day.
        tot: String,
    },
}

/// Why a definition could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DefinitieFout {
    /// There is no such uitvraag or year.
    #[error("there is no definition of `{0}`; known are {1}")]
    Onbekend(String, String),
    /// The file breaks the format.
    #[error("definition `{0}` is not valid: {1}")]
    Ongeldig(String, String),
}

impl Definitie {
    /// Loads the compiled-in definition named like `omgang/2020`.
    ///
    /// # Errors
    /// When there is none of that name, or when it breaks the format.
    pub fn load(naam: &str) -> Result<Self, DefinitieFout> {
        let pad = format!("{naam}.toml");
        let Some(bestand) = crate::BESTANDEN.get_file(&pad).filter(|_| naam.contains('/')) else {
            return Err(DefinitieFout::Onbekend(naam.to_owned(), Self::names().join(", ")));
        };
        let tekst = bestand.contents_utf8().ok_or_else(|| DefinitieFout::Ongeldig(naam.to_owned(), "not UTF-8".to_owned()))?;
        let uitvraag = naam.split('/').next().unwrap_or_default();
        let codes = |lijst: &str| {
            crate::BESTANDEN.get_file(format!("{uitvraag}/codes/{lijst}.csv")).and_then(|f| f.contents_utf8()).map(str::to_owned)
        };
        Self::parse(naam, tekst, codes)
    }

    /// Names of all compiled-in definitions, as in `omgang/2020`, in order.
    pub fn names() -> Vec<String> {
        let mut namen: Vec<String> = crate::BESTANDEN
            .dirs()
            .flat_map(include_dir::Dir::files)
            .filter_map(|f| f.path().to_str()?.strip_suffix(".toml").map(str::to_owned))
            .filter(|n| n.rsplit('/').next().is_some_and(|jaar| jaar.parse::<i32>().is_ok()))
            .collect();
        namen.sort();
        namen
    }

    /// Reads a definition from its text; `codes` gives the CSV text of a code list by name.
    ///
    /// # Errors
    /// When a key is unknown, a reference dangles or a code list is missing.
    pub fn parse(naam: &str, tekst: &str, codes: impl Fn(&str) -> Option<String>) -> Result<Self, DefinitieFout> {
        let ongeldig = |reden: String| DefinitieFout::Ongeldig(naam.to_owned(), reden);
        let mut definitie: Definitie = toml::from_str(tekst).map_err(|e| ongeldig(e.to_string()))?;
        let mut alles = Sha256::new();
        alles.update(tekst.as_bytes());
        for lijst in definitie.codelijst_namen() {
            let csv = codes(&lijst).ok_or_else(|| ongeldig(format!("code list `{lijst}` has no file")))?;
            alles.update(csv.as_bytes());
            definitie.codelijsten.insert(lijst.clone(), read_codelijst(&lijst, &csv, definitie.jaar).map_err(&ongeldig)?);
        }
        definitie.hash = hex(&alles.finalize());
        definitie.regelhash = definitie.judge_hash();
        definitie.verify().map_err(ongeldig)?;
        Ok(definitie)
    }

    /// The name by which it is loaded, as in `omgang/2020`.
    pub fn naam(&self) -> String {
        format!("{}/{}", self.uitvraag, self.jaar)
    }

    /// The table of this name.
    pub fn tabel(&self, naam: &str) -> Option<&Tabel> {
        self.tabellen.iter().find(|t| t.naam == naam)
    }

    /// The rule with this code.
    pub fn regel(&self, code: &str) -> Option<&Regel> {
        self.regels.iter().find(|r| r.code == code)
    }

    fn codelijst_namen(&self) -> Vec<String> {
        let mut namen: Vec<String> = self
            .tabellen
            .iter()
            .flat_map(|t| &t.velden)
            .filter_map(|v| match &v.veldtype {
                Veldtype::Code { lijst } => Some(lijst.clone()),
                _ => None,
            })
            .collect();
        namen.sort();
        namen.dedup();
        namen
    }

    /// Covers what decides a verdict: types, code lists, requiredness and rules; not the words around them.
    fn judge_hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {} {}\n", self.uitvraag, self.jaar, self.versie));
        for tabel in &self.tabellen {
            hash.update(format!("{} {:?} {}\n", tabel.naam, tabel.sleutel, tabel.mag_ontbreken));
            for veld in &tabel.velden {
                hash.update(format!("{} {:?} {}\n", veld.naam, veld.veldtype, veld.verplicht));
            }
        }
        for (naam, lijst) in &self.codelijsten {
            let codes: Vec<&str> = lijst.codes.iter().map(|c| c.code.as_str()).collect();
            hash.update(format!("{naam} {codes:?}\n"));
        }
        for regel in &self.regels {
            hash.update(format!(
                "{} {:?} {:?} {:?} {:?} {:?}\n",
                regel.code, regel.tabel, regel.ernst, regel.fase, regel.velden, regel.soort
            ));
        }
        hex(&hash.finalize())
    }

    fn verify(&self) -> Result<(), String> {
        if self.formaat != 1 {
            return Err(format!("format {} is unknown; this version reads 1", self.formaat));
        }
        for tabel in &self.tabellen {
            for sleutel in &tabel.sleutel {
                tabel.veld(sleutel).ok_or_else(|| format!("key `{sleutel}` is no field of `{}`", tabel.naam))?;
            }
            for veld in tabel.voorbeeld.keys() {
                tabel.veld(veld).ok_or_else(|| format!("the example of `{}` has no field `{veld}`", tabel.naam))?;
            }
        }
        let mut codes = std::collections::BTreeSet::new();
        for regel in &self.regels {
            if !codes.insert(regel.code.as_str()) {
                return Err(format!("rule `{}` occurs twice", regel.code));
            }
            let Some(naam) = &regel.tabel else { continue };
            let tabel = self.tabel(naam).ok_or_else(|| format!("rule `{}` is about table `{naam}`, which does not exist", regel.code))?;
            for veld in &regel.velden {
                tabel.veld(veld).ok_or_else(|| format!("rule `{}` points at `{veld}`, which `{naam}` does not have", regel.code))?;
            }
        }
        Ok(())
    }
}

impl Tabel {
    /// The field of this name.
    pub fn veld(&self, naam: &str) -> Option<&Veld> {
        self.velden.iter().find(|v| v.naam == naam)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRij {
    code: String,
    label: String,
    definitie: String,
    cbs: Option<String>,
    ijw: Option<String>,
    /// First year, empty = always.
    vanaf: Option<i32>,
    /// Last year, empty = still.
    tot: Option<i32>,
    /// Separated by `|`.
    synoniemen: String,
}

fn read_codelijst(naam: &str, tekst: &str, jaar: i32) -> Result<Codelijst, String> {
    let mut codes = Vec::new();
    for rij in csv::Reader::from_reader(tekst.as_bytes()).deserialize() {
        let rij: CodeRij = rij.map_err(|e| format!("code list `{naam}`: {e}"))?;
        if rij.vanaf.is_some_and(|vanaf| jaar < vanaf) || rij.tot.is_some_and(|tot| jaar > tot) {
            continue;
        }
        let synoniemen = rij.synoniemen.split('|').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        codes.push(Code { code: rij.code, label: rij.label, definitie: rij.definitie, cbs: rij.cbs, ijw: rij.ijw, synoniemen });
    }
    if codes.is_empty() {
        return Err(format!("code list `{naam}` has no codes in {jaar}"));
    }
    Ok(Codelijst { naam: naam.to_owned(), codes })
}

/// Lower-case hexadecimal, as hashes are written everywhere.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
