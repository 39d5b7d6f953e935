//! What is open in a koppeling beside its files, one line at a time.
//!
//! Owns every kind of thing that can be asked, and finding them: an empty answer, a column or sheet that nobody accounts
//! for, a value that the reader could not read. What the reader asks is asked here by the same functions. Leaves which
//! lines are one question to `causes`, the words to `questions`.

use std::collections::BTreeMap;

use schema::{Tabel, Veld, VeldType};

use crate::code_words::CodeSystem;
use crate::conversation::part_view::SheetView;
use crate::convert::canonical_value::{Mark, code, date, gemeente, yes_or_no};
use crate::convert::own_words::Own;
use crate::dates::DateForm;
use crate::field_evidence::Evidence;
use crate::header_likeness::HeaderWord;
use crate::koppeling::{BIRTH_DATE, TabelKoppeling};
use crate::numbers::DecimalSign;
use crate::qualifiers::Qualifiers;
use crate::survey::ColumnSurvey;
use crate::units::{Period, may_be_hours};

/// A kind of thing that is open, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OpenLine {
    /// Whether the sheet of the part belongs at all.
    Belongs,
    /// Whether a sheet belongs that the koppeling does not name.
    NewSheet {
        /// Name of the file.
        bestand: String,
        /// Name of the sheet, where there are sheets.
        blad: Option<String>,
        /// The table it looks like.
        tabel: String,
    },
    /// The column of a field.
    Veld(String),
    /// What a column is that may be something.
    Column(String),
    /// What a column is that the koppeling does not know.
    NewColumn(String),
    /// Whether any of the columns is asked that were not recognised.
    Rest,
    /// The system of the codes of a field.
    CodeSystem(String),
    /// How the dates of a field are written.
    DateForm(String),
    /// How the numbers of a field are written.
    NumberForm(String),
    /// The unit of the numbers of a field.
    Unit(String),
    /// The time over which the numbers of a field count.
    Period(String),
    /// What a word of a field stands for.
    Word(String, String),
}

impl OpenLine {
    /// The field it is about, where its values are.
    pub(crate) fn about_values_of(&self) -> Option<&str> {
        match self {
            Self::CodeSystem(veld)
            | Self::DateForm(veld)
            | Self::NumberForm(veld)
            | Self::Unit(veld)
            | Self::Period(veld)
            | Self::Word(veld, _) => Some(veld),
            Self::Belongs
            | Self::NewSheet { .. }
            | Self::Veld(_)
            | Self::Column(_)
            | Self::NewColumn(_)
            | Self::Rest => None,
        }
    }
}

/// What is open in one part: columns first, then the values of those that have one.
pub(super) fn open_lines(
    evidence: &Evidence<'_>,
    part: &TabelKoppeling,
    view: &SheetView<'_>,
) -> Vec<OpenLine> {
    if !part.is_read() {
        let asked = part.lezen.as_deref() == Some("");
        return asked.then_some(OpenLine::Belongs).into_iter().collect();
    }
    let mut out = Vec::new();
    for veld in &view.tabel.velden {
        let asked = part.asks_column_of(veld);
        // One that is named and not there is asked as well.
        let named = part.source_of(&veld.naam).is_some();
        let has = part.vast.contains_key(&veld.naam) || view.source(part, &veld.naam).is_some();
        if (asked || named) && !has && !is_joined(part, view, veld) {
            out.push(OpenLine::Veld(veld.naam.clone()));
        }
    }
    let to_place = part.te_plaatsen.iter();
    let to_place = to_place.filter(|(column, veld)| veld.is_empty() && !part.knows_column(column));
    out.extend(to_place.map(|(column, _)| OpenLine::Column(column.clone())));
    out.extend(new_columns(evidence, part, view).map(OpenLine::NewColumn));
    if part.rest_is_open() {
        out.push(OpenLine::Rest);
    }
    for veld in &view.tabel.velden {
        if let Some(column) = view.source(part, &veld.naam) {
            of_values(evidence, part, (view.tabel, veld, column), &mut out);
        }
    }
    out
}

/// Whether a field is read from joined columns that are all there.
fn is_joined(part: &TabelKoppeling, view: &SheetView<'_>, veld: &Veld) -> bool {
    part.source_of(&veld.naam).is_some_and(|name| {
        name.split(crate::unfold_siblings::JOINS)
            .all(|name| view.column(name).is_some())
    })
}

/// The filled columns that the koppeling does not account for.
fn new_columns<'a>(
    evidence: &'a Evidence<'_>,
    part: &'a TabelKoppeling,
    view: &'a SheetView<'_>,
) -> impl Iterator<Item = String> + 'a {
    let qualifiers = Qualifiers::of(evidence.definitie);
    let accounted = move |name: &String| {
        let lists = [&part.overslaan, &part.te_kiezen, &part.niet_herkend];
        lists.iter().any(|list| list.contains(name))
            || part.te_plaatsen.contains_key(name)
            || part.longer_columns().any(|column| column == name)
            || part.naast_elkaar.iter().flatten().any(|k| k == name)
            || view
                .sheet
                .side_by_side
                .as_ref()
                .is_some_and(|side| side.is_part(name))
            || qualifiers.never_asked(&HeaderWord::new(name, qualifiers).parts)
    };
    let free = view.free_columns(part).into_iter();
    free.map(|column| column.naam.clone())
        .filter(move |name| !accounted(name))
}

/// What is open about the values of a field that has a column.
fn of_values(
    evidence: &Evidence<'_>,
    part: &TabelKoppeling,
    (tabel, veld, column): (&Tabel, &Veld, &ColumnSurvey),
    out: &mut Vec<OpenLine>,
) {
    let name = &veld.naam;
    let none = BTreeMap::new();
    let words = part.waarden.get(name).unwrap_or(&none);
    let own = Own::new(Some(words));
    let mut asked: Vec<String> = words
        .iter()
        .filter(|(_, code)| code.is_empty())
        .map(|(word, _)| word.clone())
        .collect();
    let derived = part
        .afgeleid
        .get(name)
        .is_some_and(|kind| kind == BIRTH_DATE);
    let values = || column.waarden.iter().map(|(value, _)| value.as_str());
    let mut ask_open = |read: &dyn Fn(&str) -> Mark| {
        asked.extend(
            values()
                .filter(|v| read(v) == Mark::Open)
                .map(str::to_owned),
        );
    };
    match &veld.veldtype {
        VeldType::Datum => dates(evidence, part, (veld, column), out),
        _ if derived => dates(evidence, part, (veld, column), out),
        VeldType::Code { .. } => {
            let system = part.codestelsel.get(name);
            let system_is_open = system.is_some_and(String::is_empty);
            if system_is_open {
                out.push(OpenLine::CodeSystem(name.clone()));
            }
            let system = system.and_then(|name| CodeSystem::parse(name));
            if let Some(words) = evidence.words(&tabel.naam, name) {
                // Numbers wait for the system they are codes of.
                let waits =
                    |value: &str| system_is_open && value.bytes().all(|b| b.is_ascii_digit());
                ask_open(&|value| {
                    if waits(value) {
                        Mark::Plain
                    } else {
                        code(value, words, &own, system).1
                    }
                });
            }
        }
        VeldType::Gemeente => ask_open(&|value| gemeente(value, &evidence.gemeenten, &own).1),
        VeldType::YesNo => ask_open(&|value| yes_or_no(value, &own).1),
        VeldType::Whole | VeldType::Decimal => {
            numbers(part, veld, column, out);
            units(evidence, part, (veld, column), out);
        }
        VeldType::Pseudoniem | VeldType::Tekst { .. } => {}
    }
    asked.sort();
    asked.dedup();
    out.extend(
        asked
            .into_iter()
            .map(|word| OpenLine::Word(name.clone(), word)),
    );
}

/// The form of dates: asked where the koppeling says so, or where it names none and the reader would ask.
fn dates(
    evidence: &Evidence<'_>,
    part: &TabelKoppeling,
    (veld, column): (&Veld, &ColumnSurvey),
    out: &mut Vec<OpenLine>,
) {
    let form = part.datumvorm.get(&veld.naam);
    let jaar = evidence.definitie.jaar;
    let needs_one = || {
        let mut values = column.waarden.iter();
        values.any(|(value, _)| date(value, None, jaar).1 == Mark::Open)
    };
    let is_open = match form.map(String::as_str) {
        Some("") => true,
        Some(name) => DateForm::parse(name).is_none(),
        None => needs_one(),
    };
    if is_open {
        out.push(OpenLine::DateForm(veld.naam.clone()));
    }
}

/// The signs in numbers: asked where the koppeling does not say which they are and the reader would ask.
fn numbers(part: &TabelKoppeling, veld: &Veld, column: &ColumnSurvey, out: &mut Vec<OpenLine>) {
    let doubtful = match veld.veldtype {
        VeldType::Whole => column.signs.doubtful_whole.is_some(),
        _ => column.signs.doubtful.is_some(),
    };
    let known = part.getalvorm.get(&veld.naam);
    let known = known.is_some_and(|name| DecimalSign::parse(name).is_some());
    let both = column.signs.thousand.is_some() && column.signs.decimal.is_some();
    if !known && (both || doubtful) {
        out.push(OpenLine::NumberForm(veld.naam.clone()));
    }
}

/// The unit of numbers and the time they count over: asked where the koppeling asks, or says nothing and it is in doubt.
fn units(
    evidence: &Evidence<'_>,
    part: &TabelKoppeling,
    (veld, column): (&Veld, &ColumnSurvey),
    out: &mut Vec<OpenLine>,
) {
    let (definitie, name) = (evidence.definitie, &veld.naam);
    let in_hours = || may_be_hours(definitie, veld, &column.naam, column.units);
    if part
        .eenheid
        .get(name)
        .map_or_else(in_hours, String::is_empty)
    {
        out.push(OpenLine::Unit(name.clone()));
    }
    let longer = || Period::is_in_doubt(definitie, veld, &column.naam);
    if part.periode.get(name).map_or_else(longer, String::is_empty) {
        out.push(OpenLine::Period(name.clone()));
    }
}
