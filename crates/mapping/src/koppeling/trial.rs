//! Whether every line of a koppeling can do what it says.
//!
//! Owns refusing, with a sentence, what would otherwise be passed over in silence: an unknown name, a value that fits
//! no field, an answer for a field that has no column. Leaves the format to `koppeling`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schema::{Definitie, Tabel, Veld, Veldtype};

use crate::dates::Datumvorm;
use crate::gemeente::{Gemeentezoeker, Vondst};
use crate::koppeling::{GEBOORTEDATUM, JA, LEEG, NEE, OVERSLAAN, Tabelkoppeling};
use crate::numbers::Getalvorm;

/// Proves one table of a koppeling; the sentence names the first line that is wrong.
pub(crate) fn verify(
    deel: &Tabelkoppeling,
    tabel: &Tabel,
    definitie: &Definitie,
) -> Result<(), String> {
    let proef = Proef {
        deel,
        tabel,
        definitie,
    };
    if deel
        .lezen
        .as_deref()
        .is_some_and(|lezen| !["", JA, NEE].contains(&lezen))
    {
        return Err(format!(
            "bij lezen in de tabel `{}` hoort {JA} of {NEE}",
            tabel.naam
        ));
    }
    proef.columns()?;
    proef.forms()?;
    deel.vast
        .iter()
        .try_for_each(|(naam, waarde)| proef.fixed(proef.veld(naam)?, waarde))?;
    deel.waarden
        .iter()
        .try_for_each(|(naam, woorden)| proef.words(proef.veld(naam)?, woorden))
}

struct Proef<'a> {
    deel: &'a Tabelkoppeling,
    tabel: &'a Tabel,
    definitie: &'a Definitie,
}

impl<'a> Proef<'a> {
    fn veld(&self, naam: &str) -> Result<&'a Veld, String> {
        self.tabel
            .veld(naam)
            .ok_or_else(|| format!("`{}` heeft geen veld `{naam}`", self.tabel.naam))
    }

    /// Every field exists and has one source.
    fn columns(&self) -> Result<(), String> {
        self.deel
            .kolommen
            .keys()
            .try_for_each(|naam| self.veld(naam).map(drop))?;
        for (kolom, veld) in self
            .deel
            .te_plaatsen
            .iter()
            .filter(|(_, v)| !v.is_empty() && *v != OVERSLAAN)
        {
            // `traject.kader` and `kader` both name the field.
            let naam = veld
                .strip_prefix(&self.tabel.naam)
                .and_then(|rest| rest.strip_prefix('.'))
                .unwrap_or(veld);
            self.veld(naam)?;
            if let Some(ander) = self.deel.bron_van(naam).filter(|ander| ander != kolom) {
                return Err(format!(
                    "`{naam}` heeft twee kolommen: '{ander}' en '{kolom}'. Laat er één staan"
                ));
            }
        }
        Ok(())
    }

    /// A line about what stands in the column of a field.
    fn about_column(
        &self,
        deel: &str,
        naam: &str,
        past: impl Fn(&Veld) -> bool,
    ) -> Result<(), String> {
        let veld = self.veld(naam)?;
        if !past(veld) {
            return Err(format!(
                "[tabel.{deel}] doet niets bij `{naam}`, want '{}' is {}. Haal die regel weg",
                veld.label,
                kind(veld)
            ));
        }
        if self.deel.bron_van(naam).is_none() && !self.deel.kolommen.contains_key(naam) {
            return Err(format!(
                "[tabel.{deel}] doet niets bij `{naam}`, want dat veld heeft geen kolom. Haal die regel weg"
            ));
        }
        Ok(())
    }

    fn forms(&self) -> Result<(), String> {
        let deel = self.deel;
        for (naam, soort) in &deel.afgeleid {
            if soort != GEBOORTEDATUM {
                return Err(format!(
                    "`{soort}` bij `{naam}` is onbekend; kies `{GEBOORTEDATUM}`"
                ));
            }
            self.about_column("afgeleid", naam, |veld| veld.afleiding.is_some())?;
        }
        for (naam, vorm) in &deel.datumvorm {
            if !vorm.is_empty() && Datumvorm::parse(vorm).is_none() {
                let keuze: Vec<&str> = Datumvorm::names().map(Datumvorm::naam).collect();
                return Err(format!(
                    "datumvorm `{vorm}` bij `{naam}` is onbekend; kies uit {}",
                    keuze.join(", ")
                ));
            }
            self.about_column("datumvorm", naam, |veld| {
                veld.veldtype == Veldtype::Datum || deel.afgeleid.contains_key(naam)
            })?;
        }
        for (naam, vorm) in &deel.getalvorm {
            if Getalvorm::parse(vorm).is_none() {
                let [komma, punt] = Getalvorm::ALLE.map(Getalvorm::naam);
                return Err(format!(
                    "getalvorm `{vorm}` bij `{naam}` is onbekend; kies {komma} of {punt}"
                ));
            }
            self.about_column("getalvorm", naam, |veld| {
                matches!(veld.veldtype, Veldtype::Geheel | Veldtype::Decimaal)
            })?;
        }
        for (naam, stelsel) in &deel.codestelsel {
            if !matches!(stelsel.as_str(), "" | "cbs" | "ijw" | "eigen") {
                return Err(format!(
                    "codestelsel `{stelsel}` bij `{naam}` is onbekend; kies cbs, ijw of eigen"
                ));
            }
            self.about_column("codestelsel", naam, |veld| {
                matches!(veld.veldtype, Veldtype::Code { .. })
            })?;
        }
        Ok(())
    }

    /// A value that is the same in every row: as it travels, for a field without a column.
    fn fixed(&self, veld: &Veld, waarde: &str) -> Result<(), String> {
        let naam = &veld.naam;
        if let Some(kolom) = self.deel.bron_van(naam) {
            return Err(format!(
                "`{naam}` heeft de kolom '{kolom}' en ook een vaste waarde onder [tabel.vast]. Laat er één staan"
            ));
        }
        let goed = match &veld.veldtype {
            Veldtype::Code { lijst } => self.definitie.codelijsten[lijst].code(waarde).is_some(),
            Veldtype::JaNee => ["ja", "nee"].contains(&waarde),
            Veldtype::Datum => {
                waarde.len() == 10 && NaiveDate::parse_from_str(waarde, "%Y-%m-%d").is_ok()
            }
            Veldtype::Geheel => waarde.parse::<i64>().is_ok(),
            Veldtype::Decimaal => waarde.parse::<f64>().is_ok_and(f64::is_finite),
            Veldtype::Gemeente => {
                waarde.starts_with("GM")
                    && !matches!(
                        Gemeentezoeker::voor(self.definitie.jaar).zoek(waarde),
                        Vondst::Open(_)
                    )
            }
            Veldtype::Pseudoniem | Veldtype::Tekst { .. } => !waarde.is_empty(),
        };
        goed.then_some(()).ok_or_else(|| {
            format!(
                "`{waarde}` kan niet bij `{naam}` onder [tabel.vast]; {}",
                self.choice(veld)
            )
        })
    }

    /// Own words and what they stand for.
    fn words(&self, veld: &Veld, woorden: &BTreeMap<String, String>) -> Result<(), String> {
        let naam = &veld.naam;
        if !matches!(
            veld.veldtype,
            Veldtype::Code { .. } | Veldtype::JaNee | Veldtype::Gemeente
        ) {
            return Err(format!(
                "[tabel.waarden.{naam}] doet niets, want '{}' is {}. Betekent een woord daar niets? Maak die cellen leeg, en haal deze \
                 regels weg",
                veld.label,
                kind(veld)
            ));
        }
        let goed = |code: &str| match &veld.veldtype {
            Veldtype::Code { lijst } => self.definitie.codelijsten[lijst].code(code).is_some(),
            Veldtype::JaNee => ["ja", "nee"].contains(&code),
            // A name is understood as well as a code.
            _ => !matches!(
                Gemeentezoeker::voor(self.definitie.jaar).zoek(code),
                Vondst::Open(_)
            ),
        };
        match woorden
            .values()
            .find(|code| !code.is_empty() && *code != LEEG && !goed(code))
        {
            Some(code) => Err(format!(
                "`{code}` is geen code van `{naam}`; {}",
                self.choice(veld)
            )),
            None => self.about_column(&format!("waarden.{naam}"), naam, |_| true),
        }
    }

    /// What may be filled in.
    fn choice(&self, veld: &Veld) -> String {
        match &veld.veldtype {
            Veldtype::Code { lijst } => {
                let codes: Vec<&str> = self.definitie.codelijsten[lijst]
                    .codes
                    .iter()
                    .map(|c| c.code.as_str())
                    .collect();
                format!("kies uit {}", codes.join(", "))
            }
            Veldtype::JaNee => "kies ja of nee".to_owned(),
            Veldtype::Gemeente => "vul de code van de gemeente in, zoals GM0344".to_owned(),
            Veldtype::Datum => "schrijf de datum zoals 2020-12-31".to_owned(),
            Veldtype::Geheel => "schrijf een heel getal, zoals 12".to_owned(),
            Veldtype::Decimaal => "schrijf een getal met een punt, zoals 12.50".to_owned(),
            Veldtype::Pseudoniem | Veldtype::Tekst { .. } => {
                "vul iets in, of haal de regel weg".to_owned()
            }
        }
    }
}

/// What a field holds, in a sentence.
fn kind(veld: &Veld) -> &'static str {
    match veld.veldtype {
        Veldtype::Code { .. } => "een keuze uit een lijst",
        Veldtype::JaNee => "ja of nee",
        Veldtype::Datum => "een datum",
        Veldtype::Geheel | Veldtype::Decimaal => "een getal",
        Veldtype::Gemeente => "een gemeente",
        Veldtype::Pseudoniem => "een eigen nummer",
        Veldtype::Tekst { .. } => "een tekst",
    }
}
