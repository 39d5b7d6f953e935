//! The page plan: which figure stands where, and what is said of it. Data, `pipelines/<uitvraag>/opzet.toml`.
//!
//! Owns the format and the built-in plan for `omgang`. An indicator the plan does not name still gets a place, in a
//! plain table of its group, so that a new indicator or a second uitvraag needs no Rust.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ReportFout;

const OMGANG: &str = include_str!("../../../pipelines/omgang/opzet.toml");

/// A page plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opzet {
    /// What is measured, in one sentence for the first page.
    #[serde(default)]
    pub inleiding: String,
    /// The first year: its country page is called 0-meting.
    #[serde(default)]
    pub nulmeting: Option<i32>,
    /// What a plain count counts, for the sentence about n, as in `waarnemingen`.
    #[serde(default)]
    pub telling: String,
    /// Id of the indicator with the share of aanbieders that delivered.
    #[serde(default)]
    pub respons: String,
    /// Id of the indicator that is 0 where nobody was helped.
    #[serde(default)]
    pub omvang: String,
    /// Said where that indicator is 0; `{gebied}` and `{jaar}` are filled in.
    #[serde(default)]
    pub niemand: String,
    /// What the publication is about, in one word, as in `Spiegelrapportage omgangsvoorzieningen`.
    #[serde(default)]
    pub onderwerp: String,
    /// Where the figures come from and where they count; `{jaar}` is filled in.
    #[serde(default)]
    pub bron: String,
    /// Said of a gebied of which nothing may be shown; `{gebied}` is filled in.
    #[serde(default)]
    pub weinig: String,
    /// Ids of the figures shown large at the top.
    #[serde(default)]
    pub kerncijfers: Vec<String>,
    /// The word for a unit on a page, where the metadata's won't do; may be empty.
    #[serde(default)]
    pub eenheid: BTreeMap<String, String>,
    /// For a unit that is a class: its values in words.
    #[serde(default)]
    pub klasse: BTreeMap<String, Vec<(f64, String)>>,
    /// The breakdowns under a comparison; the others are in the files. Empty: all of them.
    #[serde(default)]
    pub uitgesplitst: Vec<String>,
    /// The breakdowns in the order in which they stand; the others follow by name.
    #[serde(default)]
    pub volgorde: Vec<String>,
    /// Singular of a unit.
    #[serde(default)]
    pub enkelvoud: BTreeMap<String, String>,
    /// Name of a breakdown.
    #[serde(default)]
    pub uitsplitsing: BTreeMap<String, String>,
    /// Labels of codes that are in no code list.
    #[serde(default)]
    pub codes: BTreeMap<String, Vec<(String, String)>>,
    /// Breaks in the series.
    #[serde(default)]
    pub trendbreuk: Vec<Trendbreuk>,
    /// The parts of a page, in order.
    #[serde(default)]
    pub sectie: Vec<Sectie>,
}

/// A break in the series, said on every page from that year on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trendbreuk {
    /// First reporting year after the break.
    pub vanaf: i32,
    /// What changed and what that means for comparing.
    pub tekst: String,
}

/// One part of a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sectie {
    /// Group of the indicators; also the anchor.
    pub groep: String,
    /// Heading.
    pub titel: String,
    /// What the reader finds here.
    #[serde(default)]
    pub inleiding: String,
    /// The blocks, in order.
    #[serde(default)]
    pub blok: Vec<Blok>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum Blok {
    /// One figure in a sentence and a dot plot.
    Vergelijk(Vergelijk),
    /// Several questions that are easily taken for one another, side by side, then each as a comparison.
    Vragen(Vragen),
    /// Figures in a table.
    Tabel(Tabel),
    /// A share or count per code.
    Verdeling(Verdeling),
    /// A stock, what came, what went, and the stock after.
    Stroom(Stroom),
    /// What people thought, beside what was counted; on the country page only.
    Meningen(Meningen),
}

/// One figure in a sentence and a dot plot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vergelijk {
    /// Id.
    pub indicator: String,
    /// Breakdown, where the figure is one category of it.
    #[serde(default = "totaal")]
    pub uitsplitsing: String,
    /// That category.
    #[serde(default = "totaal")]
    pub categorie: String,
    /// Heading, where the indicator's title won't do.
    #[serde(default)]
    pub titel: String,
    /// Subject of the sentence, with a capital, as in `De wachttijd`.
    pub onderwerp: String,
    /// Whether the subject is plural.
    #[serde(default)]
    pub meervoud: bool,
    /// Whether the sentence also stands at the top of the page.
    #[serde(default)]
    pub kop: bool,
    /// How it is easily misread.
    #[serde(default)]
    pub misverstand: String,
    /// Ids of figures that belong beside it.
    #[serde(default)]
    pub bij: Vec<String>,
}

fn totaal() -> String {
    "totaal".to_owned()
}

/// Questions side by side.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vragen {
    /// Heading.
    pub titel: String,
    /// Why they are apart.
    #[serde(default)]
    pub toelichting: String,
    /// The questions.
    pub vraag: Vec<Vraag>,
}

/// One question and its figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vraag {
    /// The question.
    pub vraag: String,
    /// The figure that answers it.
    pub cijfer: Vergelijk,
}

/// Figures in a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tabel {
    /// Caption.
    pub titel: String,
    /// Ids.
    pub indicatoren: Vec<String>,
}

/// A share or count per code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdeling {
    /// Id.
    pub indicator: String,
    /// The breakdown to show; absent: every one it has.
    #[serde(default)]
    pub uitsplitsing: Option<String>,
    /// Heading, where the indicator's title won't do.
    #[serde(default)]
    pub titel: String,
    /// What to keep in mind.
    #[serde(default)]
    pub toelichting: String,
}

/// A stock, what came, what went, and the stock after.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stroom {
    /// Heading.
    pub titel: String,
    /// The four parts: stock, in, out, stock.
    pub begin: Stroomdeel,
    /// What came.
    pub bij: Stroomdeel,
    /// What went.
    pub af: Stroomdeel,
    /// The stock after.
    pub eind: Stroomdeel,
}

/// One part of a stroom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stroomdeel {
    /// Id.
    pub indicator: String,
    /// Under the bar; `{jaar}` and `{vorig}` are filled in.
    pub kort: String,
    /// In the sentence.
    pub lang: String,
}

/// What people thought.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meningen {
    /// Heading.
    pub titel: String,
    /// Who was asked, and why it is no measurement.
    pub toelichting: String,
    /// Name above the column of opinions.
    pub wie: String,
    /// One line each.
    pub regel: Vec<Mening>,
}

/// One opinion beside what was counted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mening {
    /// What they answered.
    pub antwoord: String,
    /// Share that answered so, 0 to 1.
    pub aandeel: f64,
    /// What was counted, in words.
    #[serde(default)]
    pub geteld: String,
    /// The figures that are added up for it; `indicator` or `indicator/uitsplitsing/categorie`.
    #[serde(default)]
    pub cijfers: Vec<String>,
}

impl Opzet {
    /// Reads a plan.
    ///
    /// # Errors
    /// When a key is unknown or missing.
    pub fn lees(tekst: &str) -> Result<Self, ReportFout> {
        Ok(toml::from_str(tekst)?)
    }

    /// The built-in plan of an uitvraag; an empty one, which shows every figure in plain tables, where there is none.
    ///
    /// # Errors
    /// Never for the built-in ones; they are checked by this crate's tests.
    pub fn van(uitvraag: &str) -> Result<Self, ReportFout> {
        match uitvraag {
            "omgang" => Self::lees(OMGANG),
            _ => Ok(Self::default()),
        }
    }

    /// The breaks that touch a year.
    pub fn trendbreuken(&self, jaar: i32) -> impl Iterator<Item = &str> {
        self.trendbreuk
            .iter()
            .filter(move |breuk| jaar >= breuk.vanaf)
            .map(|breuk| breuk.tekst.as_str())
    }

    /// Every id the plan shows somewhere.
    pub fn genoemd(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = vec![&self.respons, &self.omvang];
        ids.extend(self.kerncijfers.iter().map(String::as_str));
        for blok in self.sectie.iter().flat_map(|sectie| &sectie.blok) {
            blok.noem(&mut ids);
        }
        ids.retain(|id| !id.is_empty());
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The comparisons whose sentence stands at the top.
    pub fn koppen(&self) -> Vec<&Vergelijk> {
        let mut koppen = self.vergelijkingen();
        koppen.retain(|vergelijk| vergelijk.kop);
        koppen
    }

    /// Every comparison: the figures that are drawn among their peers.
    pub fn vergelijkingen(&self) -> Vec<&Vergelijk> {
        let mut alle = Vec::new();
        for blok in self.sectie.iter().flat_map(|sectie| &sectie.blok) {
            match blok {
                Blok::Vergelijk(vergelijk) => alle.push(vergelijk),
                Blok::Vragen(vragen) => alle.extend(vragen.vraag.iter().map(|vraag| &vraag.cijfer)),
                Blok::Tabel(_) | Blok::Verdeling(_) | Blok::Stroom(_) | Blok::Meningen(_) => {}
            }
        }
        alle
    }
}

impl Blok {
    fn noem<'a>(&'a self, ids: &mut Vec<&'a str>) {
        match self {
            Self::Vergelijk(een) => een.noem(ids),
            Self::Vragen(vragen) => vragen.vraag.iter().for_each(|vraag| vraag.cijfer.noem(ids)),
            Self::Tabel(tabel) => ids.extend(tabel.indicatoren.iter().map(String::as_str)),
            Self::Verdeling(verdeling) => ids.push(&verdeling.indicator),
            Self::Stroom(stroom) => ids.extend(
                [&stroom.begin, &stroom.bij, &stroom.af, &stroom.eind]
                    .map(|deel| deel.indicator.as_str()),
            ),
            Self::Meningen(_) => {}
        }
    }
}

impl Vergelijk {
    fn noem<'a>(&'a self, ids: &mut Vec<&'a str>) {
        ids.push(&self.indicator);
        ids.extend(self.bij.iter().map(String::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_plan_is_valid_and_names_the_three_waiting_questions() {
        let opzet = Opzet::van("omgang").unwrap();
        let genoemd = opzet.genoemd();
        for id in [
            "wachten_gestart_mediaan",
            "wachten_nu_mediaan",
            "wachten_km_mediaan",
            "stroom_eind",
        ] {
            assert!(genoemd.contains(&id), "{id} has no place in the plan");
        }
        assert!(!opzet.koppen().is_empty());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(Opzet::lees("inleding = 'typfout'").is_err());
        assert!(Opzet::lees("[[sectie]]\ngroep='a'\ntitel='A'\n[[sectie.blok]]\nsoort='tabel'\ntitel='T'\nindicatoren=[]\nx=1").is_err());
    }

    #[test]
    fn a_trend_break_is_said_from_its_year_on() {
        let opzet = Opzet::van("omgang").unwrap();
        assert_eq!(opzet.trendbreuken(2021).count(), 0);
        assert_eq!(opzet.trendbreuken(2022).count(), 1);
    }
}
