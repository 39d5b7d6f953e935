//! A rule: what is looked for, how bad it is, what to say of it, and rows that show it.
//!
//! Owns the kinds of rules ([`RegelKind`]) with their parameters and the names a text may hold. Leaves the meaning of
//! `assert` texts and every judgement to `check`, and what rules of phase `bron` look for to `mapping`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bevinding::Ernst;

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
    pub fase: Phase,
    /// The fields it points at; the first one names the cell.
    pub velden: Vec<String>,
    /// What is looked for.
    pub soort: RegelKind,
    /// What to say of it.
    pub tekst: RegelText,
    /// Rows on which the rule is silent: overlays on the table's `voorbeeld`. Together they are the whole table
    /// of one levering; every other table holds its one `voorbeeld` row. A value `""` empties the field. A row
    /// has a key (and an identity, such as `jeugdige_id`) of its own unless the overlay names it.
    pub goed: Vec<FieldOverlay>,
    /// Rows on which the rule fires, read as `goed`. Empty only for [`RegelKind::TabelAfwezig`], whose failing
    /// example is the levering without that table.
    pub fout: Vec<FieldOverlay>,
    /// The rows of last year's levering that go with both examples; only for rules that compare years.
    pub vorige: Vec<FieldOverlay>,
}

/// Field name to canonical text, laid over a table's `voorbeeld` row.
pub type FieldOverlay = BTreeMap<String, String>;

impl Regel {
    /// The table its examples are rows of: its own, or the first one for a rule about every table.
    pub fn example_tabel<'d>(&self, definitie: &'d super::Definitie) -> Option<&'d super::Tabel> {
        match &self.tabel {
            Some(name) => definitie.tabel(name),
            None => definitie.tabellen.first(),
        }
    }
}

/// The Dutch words of a rule.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RegelText {
    /// One line for a summary.
    pub titel: String,
    /// What was found. May hold `{veld}` (the label) and the names of [`RegelKind::names`]; never a value of the row.
    pub bericht: String,
    /// What was expected. May hold the same names.
    pub verwacht: String,
    /// How to mend it. May hold the same names.
    pub herstel: String,
    /// Why it is asked.
    pub reden: String,
}

/// The keys of a rule that do not depend on its kind; what is left over belongs to [`RegelKind`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegel {
    code: String,
    tabel: Option<String>,
    ernst: Ernst,
    #[serde(default)]
    fase: Phase,
    #[serde(default)]
    velden: Vec<String>,
    tekst: RegelText,
    #[serde(default)]
    goed: Vec<FieldOverlay>,
    #[serde(default)]
    fout: Vec<FieldOverlay>,
    #[serde(default)]
    vorige: Vec<FieldOverlay>,
}

impl TryFrom<toml::Table> for Regel {
    type Error = String;

    /// Serde cannot refuse unknown keys beside a flattened enum, so the keys are parted here.
    fn try_from(tabel: toml::Table) -> Result<Self, String> {
        const COMMON: [&str; 9] = [
            "code", "tabel", "ernst", "fase", "velden", "tekst", "goed", "fout", "vorige",
        ];
        let name = tabel
            .get("code")
            .map_or_else(|| "without a code".to_owned(), |c| format!("`{c}`"));
        let (general, own): (toml::Table, toml::Table) = tabel
            .into_iter()
            .partition(|(k, _)| COMMON.contains(&k.as_str()));
        let raw: RawRegel = general
            .try_into()
            .map_err(|e| format!("rule {name}: {e}"))?;
        let kind: RegelKind = own.try_into().map_err(|e| format!("rule {name}: {e}"))?;
        let RawRegel {
            code,
            tabel,
            ernst,
            fase,
            velden,
            tekst: text,
            goed: good,
            fout: error,
            vorige: previous,
        } = raw;
        Ok(Regel {
            code,
            tabel,
            ernst,
            fase,
            velden,
            soort: kind,
            tekst: text,
            goed: good,
            fout: error,
            vorige: previous,
        })
    }
}

/// Where a rule is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// On the provider's own file, by `mapping`.
    Bron,
    /// On the canonical tables, by `check`, on both sides.
    #[default]
    Pakket,
}

/// What a rule looks for. The engine knows these kinds and nothing about omgang.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum RegelKind {
    /// VerdictRule by `mapping` on the source file (encoding, BSN, foreign codes); only the texts stand here.
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
    /// `veld` refers to the key of another table, which does not hold the value. Without a table of its own the
    /// rule is about every table, other than `naar`, that has the field. Silent where `naar` is absent.
    Verwijzing {
        /// The referring field.
        veld: String,
        /// The table referred to.
        naar: String,
    },
    /// A table that may be absent is absent.
    TabelAfwezig {},
    /// A whole or decimal number below zero. Points at the number itself.
    NietNegatief {
        /// Fields that another rule judges.
        #[serde(default)]
        behalve: Vec<String>,
    },
    /// An optional field is empty in every row of a table that has rows.
    VeldLeeg {},
    /// A date field lies after the delivery date.
    DatumNaLevering {},
    /// A SQL boolean expression over the fields of one row: NULL passes. See `check::rule_language`.
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
    /// group for which the table has no row at a peildatum on which it has rows at all, or at a quarter end.
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
    /// A row open at the end of last year (`tot` empty or after 31 December of that year) whose key is absent now.
    Verdwenen {
        /// Last day; empty = open.
        tot: String,
        /// Fields of last year's row that are shown, for an aanbieder does not know pseudonyms.
        #[serde(default)]
        toon: Vec<String>,
    },
    /// A row that ended last year (`tot` filled, on or before 31 December of that year) whose key is here again with
    /// an empty `tot`.
    Heropend {
        /// Last day.
        tot: String,
    },
    /// The rows in stock on 31 December of the year before (`van` on or before it, `tot` empty or after it) are not
    /// as many in this levering as in last year's.
    StandVervolgt {
        /// First day.
        van: String,
        /// Last day.
        tot: String,
    },
}

impl RegelKind {
    /// The names, besides `{veld}`, that the texts of a rule of this kind may hold between braces.
    ///
    /// `lengte` longest text · `vorm` what a number must look like, in words · `codes` the codes of the list ·
    /// `jaar` reporting year · `sleutel` labels of the key fields · `eerder` row of the first occurrence · `ander`
    /// row that contradicts this one · `naar` title of the table
    /// referred to · `tabel` title of the table · `leverdatum` as `12 maart 2021` · `aandeel` and `max` as `31 %`
    /// · `minimaal` a number · `waarde` the code · `geteld` the number counted in the other table · `factor`,
    /// `vorig` and `nu` numbers of rows last year and now.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Lengte {} => &["lengte"],
            Self::Getal {} => &["vorm"],
            Self::Code {} => &["codes"],
            Self::Gemeente {} => &["jaar"],
            Self::Uniek {} => &["sleutel", "eerder"],
            Self::Verwijzing { .. } => &["naar"],
            Self::TabelAfwezig {} => &["tabel"],
            Self::DatumNaLevering {} => &["leverdatum"],
            Self::Aandeel { .. } => &["aandeel", "max", "minimaal"],
            Self::AandeelCode { .. } => &["aandeel", "max", "minimaal", "waarde"],
            Self::LeeftijdVerenigbaar { .. } => &["ander"],
            Self::Overlap { .. } => &["eerder"],
            Self::Stand { .. } => &["geteld"],
            Self::JaarFactor { .. } => &["factor", "vorig", "nu"],
            Self::StandVervolgt { .. } => &["vorig", "nu"],
            _ => &[],
        }
    }
}
