//! Whether every line of a koppeling can do what it says.
//!
//! Owns refusing, with a sentence, what would otherwise be passed over in silence: an unknown name, a value that fits
//! no field, an answer for a field that has no column. Leaves the format to `koppeling`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schema::gebieden::gemeente_number;
use schema::{Definitie, Tabel, Veld, VeldType};

use crate::dates::DateForm;
use crate::gemeente::{GemeenteFinder, GemeenteMatch};
use crate::koppeling::{BIRTH_DATE, EMPTY, NO, NONE_OF_THESE, SKIP, TabelKoppeling, YES};
use crate::numbers::DecimalSign;
use crate::units::{Period, TimeUnit};
use crate::wording;

/// Proves one table of a koppeling; the sentence names the first line that is wrong.
pub(crate) fn verify(
    part: &TabelKoppeling,
    tabel: &Tabel,
    definitie: &Definitie,
) -> Result<(), String> {
    let trial = Trial {
        part,
        tabel,
        definitie,
    };
    if part
        .lezen
        .as_deref()
        .is_some_and(|reading| !["", YES, NO].contains(&reading))
    {
        return Err(wording::koppeling::yes_or_no(&tabel.naam, &YES, &NO));
    }
    let mut groups = part.naast_elkaar.iter().map(Vec::len);
    if let Some(first) = groups.next()
        && (first == 0 || groups.len() == 0 || groups.any(|columns| columns != first))
    {
        return Err(wording::koppeling::side_by_side_lists(&tabel.naam));
    }
    if part
        .welke_gevraagd
        .as_deref()
        .is_some_and(|answer| !["", NONE_OF_THESE].contains(&answer))
    {
        return Err(wording::koppeling::none_of_these(
            &tabel.naam,
            &NONE_OF_THESE,
        ));
    }
    trial.columns()?;
    trial.forms()?;
    part.vast
        .iter()
        .try_for_each(|(name, value)| trial.fixed(trial.veld(name)?, value))?;
    part.waarden
        .iter()
        .try_for_each(|(name, words)| trial.words(trial.veld(name)?, words))
}

struct Trial<'a> {
    part: &'a TabelKoppeling,
    tabel: &'a Tabel,
    definitie: &'a Definitie,
}

impl<'a> Trial<'a> {
    fn veld(&self, name: &str) -> Result<&'a Veld, String> {
        self.tabel
            .veld(name)
            .ok_or_else(|| format!("`{}` heeft geen veld `{name}`", self.tabel.naam))
    }

    /// Every field exists and has one source.
    fn columns(&self) -> Result<(), String> {
        self.part
            .kolommen
            .keys()
            .try_for_each(|name| self.veld(name).map(drop))?;
        for (column, veld) in self
            .part
            .te_plaatsen
            .iter()
            .filter(|(_, v)| !v.is_empty() && *v != SKIP)
        {
            // `traject.kader` and `kader` both name the field.
            let name = veld
                .strip_prefix(&self.tabel.naam)
                .and_then(|rest| rest.strip_prefix('.'))
                .unwrap_or(veld);
            self.veld(name)?;
            if let Some(other) = self.part.column_of(name).filter(|other| other != column) {
                return Err(wording::koppeling::two_columns(&name, &other, &column));
            }
        }
        Ok(())
    }

    /// A line about what stands in the column of a field.
    fn about_column(
        &self,
        part: &str,
        name: &str,
        past: impl Fn(&Veld) -> bool,
    ) -> Result<(), String> {
        let veld = self.veld(name)?;
        if !past(veld) {
            return Err(format!(
                "[tabel.{part}] doet niets bij `{name}`, want '{}' is {}. Haal die regel weg",
                veld.label,
                kind(veld)
            ));
        }
        if self.part.column_of(name).is_none() && !self.part.kolommen.contains_key(name) {
            return Err(format!(
                "[tabel.{part}] doet niets bij `{name}`, want dat veld heeft geen kolom. Haal die regel weg"
            ));
        }
        Ok(())
    }

    fn forms(&self) -> Result<(), String> {
        let part = self.part;
        for (name, kind) in &part.afgeleid {
            if kind != BIRTH_DATE {
                return Err(format!(
                    "`{kind}` bij `{name}` is onbekend; kies `{BIRTH_DATE}`"
                ));
            }
            self.about_column("afgeleid", name, |veld| veld.afleiding.is_some())?;
        }
        for (name, vorm) in &part.datumvorm {
            if !vorm.is_empty() && DateForm::parse(vorm).is_none() {
                let choice: Vec<&str> = DateForm::names().map(DateForm::name).collect();
                return Err(format!(
                    "datumvorm `{vorm}` bij `{name}` is onbekend; kies uit {}",
                    choice.join(", ")
                ));
            }
            self.about_column("datumvorm", name, |veld| {
                veld.veldtype == VeldType::Datum || part.afgeleid.contains_key(name)
            })?;
        }
        for (name, vorm) in &part.getalvorm {
            if DecimalSign::parse(vorm).is_none() {
                let [comma, punt] = DecimalSign::ALL.map(DecimalSign::name);
                return Err(format!(
                    "getalvorm `{vorm}` bij `{name}` is onbekend; kies {comma} of {punt}"
                ));
            }
            self.about_column("getalvorm", name, |veld| {
                matches!(veld.veldtype, VeldType::Whole | VeldType::Decimal)
            })?;
        }
        self.units()?;
        for (name, system) in &part.codestelsel {
            if !matches!(system.as_str(), "" | "cbs" | "ijw" | "eigen") {
                return Err(format!(
                    "codestelsel `{system}` bij `{name}` is onbekend; kies cbs, ijw of eigen"
                ));
            }
            self.about_column("codestelsel", name, |veld| {
                matches!(veld.veldtype, VeldType::Code { .. })
            })?;
        }
        Ok(())
    }

    /// The unit of a number, and the time it counts over.
    fn units(&self) -> Result<(), String> {
        for (name, unit) in &self.part.eenheid {
            if !unit.is_empty() && TimeUnit::parse(unit).is_none() {
                let units = TimeUnit::ALL.map(TimeUnit::name);
                return Err(wording::koppeling::unknown_unit(&unit, &name, units));
            }
            self.about_column("eenheid", name, TimeUnit::matters_for)?;
        }
        for (name, period) in &self.part.periode {
            if !period.is_empty() && Period::parse(period).is_none() {
                let periods = Period::ALL.map(Period::name);
                return Err(wording::koppeling::unknown_period(&period, &name, periods));
            }
            let jaar = self.definitie.jaar;
            self.about_column("periode", name, |veld| Period::matters_for(veld, jaar))?;
            let veld = self.veld(name)?;
            if veld.verplicht && self.part.counts_longer(name) {
                return Err(wording::koppeling::required_counts_longer(
                    &name,
                    &veld.label,
                ));
            }
        }
        Ok(())
    }

    /// A value that is the same in every row: as it travels, for a field without a column.
    fn fixed(&self, veld: &Veld, value: &str) -> Result<(), String> {
        let name = &veld.naam;
        if let Some(column) = self.part.source_of(name) {
            return Err(wording::koppeling::column_and_fixed_value(&name, &column));
        }
        let good = match &veld.veldtype {
            VeldType::Code { list } => self.definitie.codelijsten[list].code(value).is_some(),
            VeldType::YesNo => VeldType::YES_NO.contains(&value),
            VeldType::Datum => {
                value.len() == 10 && NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok()
            }
            VeldType::Whole => value.parse::<i64>().is_ok(),
            VeldType::Decimal => value.parse::<f64>().is_ok_and(f64::is_finite),
            VeldType::Gemeente => gemeente_number(value.as_bytes()).is_some(),
            VeldType::Pseudoniem | VeldType::Tekst { .. } => !value.is_empty(),
        };
        good.then_some(())
            .ok_or_else(|| wording::koppeling::fixed_value_wrong(&value, &name, &self.choice(veld)))
    }

    /// Own words and what they stand for.
    fn words(&self, veld: &Veld, words: &BTreeMap<String, String>) -> Result<(), String> {
        let name = &veld.naam;
        match veld.veldtype {
            VeldType::Code { .. } | VeldType::YesNo | VeldType::Gemeente => {}
            VeldType::Datum | VeldType::Whole | VeldType::Decimal => {
                if let Some(other) = words.values().find(|w| !["", EMPTY].contains(&w.as_str())) {
                    return Err(wording::koppeling::only_empty(
                        &name,
                        &EMPTY,
                        &other,
                        &veld.label,
                        &kind(veld),
                    ));
                }
                return self.about_column(&format!("waarden.{name}"), name, |_| true);
            }
            VeldType::Pseudoniem | VeldType::Tekst { .. } => {
                return Err(wording::koppeling::words_useless(
                    &name,
                    &veld.label,
                    &kind(veld),
                ));
            }
        }
        let good = |code: &str| match &veld.veldtype {
            VeldType::Code { list } => self.definitie.codelijsten[list].code(code).is_some(),
            VeldType::YesNo => VeldType::YES_NO.contains(&code),
            // A name is understood as well as a code.
            _ => !matches!(
                GemeenteFinder::before(self.definitie.jaar).find(code),
                GemeenteMatch::Open(_)
            ),
        };
        match words
            .values()
            .find(|code| !code.is_empty() && *code != EMPTY && !good(code))
        {
            Some(code) => Err(wording::koppeling::unknown_code(
                &code,
                &name,
                &self.choice(veld),
            )),
            None => self.about_column(&format!("waarden.{name}"), name, |_| true),
        }
    }

    /// What may be filled in.
    fn choice(&self, veld: &Veld) -> String {
        match &veld.veldtype {
            VeldType::Code { list } => {
                let codes: Vec<&str> = self.definitie.codelijsten[list]
                    .codes
                    .iter()
                    .map(|c| c.code.as_str())
                    .collect();
                format!("kies uit {}", codes.join(", "))
            }
            VeldType::YesNo => "kies ja of nee".to_owned(),
            VeldType::Gemeente => wording::koppeling::GIVE_GEMEENTE_CODE.to_owned(),
            VeldType::Datum => wording::koppeling::GIVE_DATE.to_owned(),
            VeldType::Whole => wording::koppeling::GIVE_WHOLE_NUMBER.to_owned(),
            VeldType::Decimal => wording::koppeling::GIVE_NUMBER.to_owned(),
            VeldType::Pseudoniem | VeldType::Tekst { .. } => {
                wording::koppeling::GIVE_SOMETHING.to_owned()
            }
        }
    }
}

/// What a field holds, in a sentence.
fn kind(veld: &Veld) -> &'static str {
    match veld.veldtype {
        VeldType::Code { .. } => wording::koppeling::CHOICE_OF_LIST,
        VeldType::YesNo => "ja of nee",
        VeldType::Datum => "een datum",
        VeldType::Whole | VeldType::Decimal => "een getal",
        VeldType::Gemeente => "een gemeente",
        VeldType::Pseudoniem => "een eigen nummer",
        VeldType::Tekst { .. } => "een tekst",
    }
}
