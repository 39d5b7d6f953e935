//! One part of the koppeling beside the sheet it is about.
//!
//! Owns finding that sheet among those that were looked through, which columns are still free, and which fields they may
//! be. Leaves likeness to `placement`, what is open to `open_lines`.

use schema::{Tabel, Veld, VeldType};

use crate::field_evidence::{Evidence, values_fit};
use crate::koppeling::{Koppeling, TabelKoppeling};
use crate::placement::{Possible, fit};
use crate::read_plan::find_column;
use crate::survey::{ColumnSurvey, Survey, TabelSurvey};
use crate::unfold_siblings::JOINS;

/// The sheet of a part, with what its columns may be.
pub(super) struct SheetView<'a> {
    pub(super) bestand: &'a str,
    pub(super) sheet: &'a TabelSurvey,
    pub(super) tabel: &'a Tabel,
    headers: Vec<String>,
    possible: Vec<Vec<Possible>>,
}

impl<'a> SheetView<'a> {
    pub(super) fn new(
        evidence: &Evidence<'_>,
        tabel: &'a Tabel,
        file: &'a str,
        sheet: &'a TabelSurvey,
    ) -> Self {
        let headers = sheet.kolommen.iter().map(|k| k.naam.clone()).collect();
        Self {
            possible: fit(evidence, tabel, file, sheet).possible,
            bestand: file,
            sheet,
            tabel,
            headers,
        }
    }

    /// The column of this name, spelling apart.
    pub(super) fn column(&self, name: &str) -> Option<&'a ColumnSurvey> {
        find_column(&self.headers, name).map(|k| &self.sheet.kolommen[k])
    }

    /// The column a field is read from, where the sheet has it.
    pub(super) fn source(&self, part: &TabelKoppeling, veld: &str) -> Option<&'a ColumnSurvey> {
        part.source_of(veld).and_then(|name| self.column(name))
    }

    /// Whether a column is read for a field, by itself or as a part of a number.
    pub(super) fn is_used(&self, part: &TabelKoppeling, column: &ColumnSurvey) -> bool {
        self.tabel.velden.iter().any(|veld| {
            part.source_of(&veld.naam).is_some_and(|name| {
                let is_it = |name: &str| {
                    self.column(name)
                        .is_some_and(|found| found.naam == column.naam)
                };
                is_it(name) || name.split(JOINS).any(is_it)
            })
        })
    }

    /// The filled columns that nothing is read from, left to right.
    pub(super) fn free_columns(&self, part: &TabelKoppeling) -> Vec<&'a ColumnSurvey> {
        let columns = self.sheet.kolommen.iter();
        columns
            .filter(|column| column.filled > 0 && !self.is_used(part, column))
            .collect()
    }

    /// The fields without a column or a fixed value, in the order of the definition.
    pub(super) fn free_fields(&self, part: &TabelKoppeling) -> Vec<&'a Veld> {
        let is_free = |veld: &&Veld| {
            self.source(part, &veld.naam).is_none() && !part.vast.contains_key(&veld.naam)
        };
        self.tabel.velden.iter().filter(is_free).collect()
    }

    fn possible(&self, column: &ColumnSurvey) -> &[Possible] {
        find_column(&self.headers, &column.naam).map_or(&[], |k| &self.possible[k])
    }

    /// What a column may be to a field, by its header and values.
    pub(super) fn likeness(&self, column: &ColumnSurvey, veld: &Veld) -> Option<Possible> {
        let mut possible = self.possible(column).iter();
        possible
            .find(|m| self.tabel.velden[m.veld].naam == veld.naam)
            .copied()
    }

    /// The free columns that may be a field: the likeliest first, then those of which only the values fit; for a number
    /// also the columns of other numbers.
    pub(super) fn columns_for(
        &self,
        evidence: &Evidence<'_>,
        part: &TabelKoppeling,
        veld: &Veld,
    ) -> Vec<&'a ColumnSurvey> {
        let score = |column: &ColumnSurvey| {
            let by_values = || values_fit(evidence, self.tabel, veld, column).then_some(0.0);
            self.likeness(column, veld)
                .map(|m| m.zekerheid)
                .or_else(by_values)
        };
        let columns = self.free_columns(part).into_iter();
        let mut scored: Vec<(f64, &ColumnSurvey)> = columns
            .filter_map(|column| Some((score(column)?, column)))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut out: Vec<&ColumnSurvey> = scored.into_iter().map(|(_, column)| column).collect();
        // Who keeps one number per child has it for the traject as well.
        if veld.veldtype == VeldType::Pseudoniem {
            let velden = self.tabel.velden.iter();
            let numbers = velden.filter(|other| other.veldtype == VeldType::Pseudoniem);
            for column in numbers.filter_map(|other| self.source(part, &other.naam)) {
                if !out.iter().any(|known| known.naam == column.naam) {
                    out.push(column);
                }
            }
        }
        out
    }

    /// The free fields that a column may be: the likeliest first, then those that its values fit.
    pub(super) fn fields_for(
        &self,
        evidence: &Evidence<'_>,
        part: &TabelKoppeling,
        column: &ColumnSurvey,
    ) -> Vec<&'a Veld> {
        let free = self.free_fields(part);
        let is_free = |veld: &&Veld| free.iter().any(|f| f.naam == veld.naam);
        let named = self.possible(column).iter();
        let named: Vec<&Veld> = named
            .map(|m| &self.tabel.velden[m.veld])
            .filter(is_free)
            .collect();
        if !named.is_empty() {
            return named;
        }
        let fits = |veld: &&Veld| values_fit(evidence, self.tabel, veld, column);
        free.iter().copied().filter(fits).collect()
    }
}

/// The sheet that a part of the koppeling is about: that of its name, or the only one.
pub(super) fn sheet_of<'a>(
    surveys: &'a [Survey],
    koppeling: &Koppeling,
    part: &TabelKoppeling,
) -> Option<(&'a str, &'a TabelSurvey)> {
    let same = koppeling.tabellen.iter().map(|t| &t.bestand);
    let one_source = surveys.len() == 1 && same.clone().all(|name| name == &part.bestand);
    let named = |survey: &&Survey| Some(&survey.bestand) == part.bestand.as_ref();
    let survey = surveys
        .iter()
        .find(named)
        .or_else(|| surveys.first().filter(|_| one_source))?;
    let mut visible = survey.tabellen.iter().filter(|t| !t.hidden);
    let sheet = match (&part.blad, &survey.tabellen[..]) {
        (None, _) => visible.next(),
        (Some(_), [only]) => Some(only),
        (Some(name), all) => all.iter().find(|t| t.blad.as_ref() == Some(name)),
    };
    sheet.map(|sheet| (survey.bestand.as_str(), sheet))
}

/// Where a part is, in words: its sheet, or its file.
pub(super) fn place_of(part: &TabelKoppeling) -> String {
    match (&part.blad, &part.bestand) {
        (Some(sheet), _) => format!("blad '{sheet}'"),
        (None, Some(file)) => format!("bestand '{file}'"),
        (None, None) => "uw bestand".to_owned(),
    }
}
