//! Rows in which children of one family stand side by side, made into a row per child.
//!
//! Owns recognising such columns (`Kind 1`, `geb.`, `Kind 2`, `geb.`), making the rows, and the number of a child: what
//! its family is called with its own name or birth date, never the place in the row, which is another one next year.
//! Also columns that the koppeling joins (`Gezin + Kind 1`). Leaves which field a column becomes to `placement` and `read_plan`.

use std::collections::{BTreeMap, BTreeSet};

use rows::invisible_characters::trimmed;
use schema::{Definitie, Tabel, Veld, VeldType};
use sheets::{Block, BlockWriter, Cell};

use crate::convert::canonical_value::date;
use crate::dates::DateForm;
use crate::header_likeness::{HeaderWord, VeldNames};
use crate::normalise::normal;
use crate::qualifiers::Qualifiers;
use crate::weights::EQUAL;
use crate::wording;

/// What stands between the columns that are joined, in a koppeling.
pub(crate) const JOINS: &str = " + ";

/// Most children side by side.
const MOST: usize = 20;

/// Columns side by side for more children, as a sheet has them.
#[derive(Debug, Clone)]
pub(crate) struct ChildrenBeside {
    /// Per child its columns, in the same order.
    pub(crate) groups: Vec<Vec<String>>,
    /// Fields that get their number from joined columns, with those columns.
    pub(crate) numbers: Vec<(String, Vec<String>)>,
}

impl ChildrenBeside {
    /// What stands side by side in a sheet with these columns, if anything does.
    pub(crate) fn of(headers: &[String], definitie: &Definitie) -> Option<Self> {
        let numbered: Vec<(String, usize)> = headers.iter().map(|h| numbered(h)).collect();
        let mut places: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
        for (k, (base, number)) in numbered.iter().enumerate() {
            places.entry(base).or_default().entry(*number).or_insert(k);
        }
        let goes_on = |columns: &BTreeMap<usize, usize>| {
            columns.len() >= 2 && columns.keys().copied().eq(1..=columns.len())
        };
        places.retain(|base, columns| !base.is_empty() && goes_on(columns));
        let tabel = definitie.tabellen.iter().find_map(|tabel| {
            let child = child_field(tabel, &places, definitie)?;
            Some((tabel, child))
        });
        let (tabel, child) = tabel?;
        let children = places.values().map(BTreeMap::len).max()?;
        places.retain(|_, columns| columns.len() == children);
        let mut first: Vec<usize> = places.values().map(|columns| columns[&1]).collect();
        first.sort_unstable();
        if children > MOST || first.is_empty() {
            return None;
        }
        let column = |k: usize, child: usize| places[&*numbered[k].0][&child];
        let groups = (1..=children).map(|child| {
            let columns = first.iter().map(|k| headers[column(*k, child)].clone());
            columns.collect()
        });
        let groups: Vec<Vec<String>> = groups.collect();
        let numbers = numbers(headers, &groups, (tabel, child), definitie);
        Some(Self { groups, numbers })
    }

    /// What is to be said of it.
    pub(crate) fn sentence(&self) -> String {
        let first = self.groups[0].join("', '");
        wording::file::columns_side_by_side(&first, &self.groups.len())
    }

    /// Columns of the second child and further.
    pub(crate) fn is_repeat(&self, header: &str) -> bool {
        self.groups[1..].iter().flatten().any(|name| name == header)
    }

    /// Whether a column is a part of a number.
    pub(crate) fn is_part(&self, header: &str) -> bool {
        let parts = self.numbers.iter().flat_map(|(_, parts)| parts);
        parts.into_iter().any(|part| part == header)
    }
}

/// A header without its number, in normal form, and the number: `Kind 2` and `geb. (2)` are the second.
fn numbered(header: &str) -> (String, usize) {
    let words = normal(header);
    let mut number = None;
    let mut rest = Vec::new();
    for word in words.split(' ') {
        let digits = word.strip_suffix('e').unwrap_or(word);
        match digits.parse::<usize>() {
            Ok(found @ 1..=MOST) if number.is_none() => number = Some(found),
            _ => rest.push(word),
        }
    }
    (rest.join(" "), number.unwrap_or(1))
}

fn names_field(veld: &Veld, header: &str, definitie: &Definitie) -> Option<bool> {
    let qualifiers = Qualifiers::of(definitie);
    let past = VeldNames::new(veld, qualifiers).past(&HeaderWord::new(header, qualifiers));
    (past.zekerheid >= EQUAL).then_some(past.afgeleid)
}

/// The field that numbers what stands side by side: the one that a repeated column names. Where only something that it is
/// derived from is repeated (a birth date), the first that numbers somebody and must be there.
fn child_field<'d>(
    tabel: &'d Tabel,
    places: &BTreeMap<&str, BTreeMap<usize, usize>>,
    definitie: &Definitie,
) -> Option<&'d Veld> {
    let mut numbering = tabel
        .velden
        .iter()
        .filter(|v| v.veldtype == VeldType::Pseudoniem && !tabel.sleutel.contains(&v.naam));
    let named = |veld: &&Veld| {
        let mut bases = places.keys();
        bases.any(|base| names_field(veld, base, definitie) == Some(false))
    };
    let by_name = numbering.clone().find(named);
    by_name.or_else(|| {
        let derived = |veld: &Veld| {
            let mut bases = places.keys();
            bases.any(|base| names_field(veld, base, definitie) == Some(true))
        };
        let any_derived = tabel.velden.iter().any(derived);
        numbering.find(|veld| any_derived && veld.verplicht)
    })
}

/// The fields that get their number from joined columns: who stands side by side, and the table's own key.
fn numbers(
    headers: &[String],
    groups: &[Vec<String>],
    (tabel, child): (&Tabel, &Veld),
    definitie: &Definitie,
) -> Vec<(String, Vec<String>)> {
    let repeated: BTreeSet<&String> = groups.iter().flatten().collect();
    let column_of = |veld: &Veld| {
        let mut others = headers.iter().filter(|h| !repeated.contains(h));
        others.find(|h| names_field(veld, h, definitie) == Some(false))
    };
    let own: Vec<String> = groups[0]
        .iter()
        .filter(|header| {
            let (name, _) = numbered(header);
            let derived = |veld: &Veld| names_field(veld, &name, definitie) == Some(true);
            names_field(child, &name, definitie) == Some(false) || tabel.velden.iter().any(derived)
        })
        .cloned()
        .collect();
    let family = tabel.velden.iter().find_map(|veld| {
        let other = veld.veldtype == VeldType::Pseudoniem
            && veld.naam != child.naam
            && !tabel.sleutel.contains(&veld.naam);
        column_of(veld).filter(|_| other)
    });
    let joined = |first: Option<&String>| {
        let parts: Vec<String> = first.cloned().into_iter().chain(own.clone()).collect();
        // A first name alone is that of many.
        (parts.len() >= 2).then_some(parts)
    };
    let mut out = Vec::new();
    let number = joined(family);
    out.extend(number.map(|parts| (child.naam.clone(), parts)));
    for key in &tabel.sleutel {
        let Some(veld) = tabel
            .veld(key)
            .filter(|v| v.veldtype == VeldType::Pseudoniem)
        else {
            continue;
        };
        out.extend(joined(column_of(veld).or(family)).map(|parts| (key.clone(), parts)));
    }
    out
}

/// Makes a block of rows into what the koppeling says they hold.
pub(crate) struct Unfold {
    /// Columns of the source.
    pub(crate) width: usize,
    /// Per child its columns; empty where every row is one.
    pub(crate) groups: Vec<Vec<usize>>,
    /// Columns that are added: what is joined in each.
    pub(crate) joined: Vec<Vec<JoinedPart>>,
}

/// A column of the source that is a part of a joined one.
pub(crate) struct JoinedPart {
    pub(crate) column: usize,
    /// Holds dates: the same day is the same, however it is written next year.
    pub(crate) is_date: bool,
    /// How the dates are written, where that is known.
    pub(crate) form: Option<DateForm>,
}

impl Unfold {
    /// What is made of a sheet with these columns, where this stands side by side on it.
    pub(crate) fn of(headers: &[String], side: Option<&ChildrenBeside>) -> Self {
        let place = |name: &String| headers.iter().position(|header| header == name);
        let places = |names: &Vec<String>| names.iter().filter_map(place).collect::<Vec<_>>();
        let groups = side.map_or(&[][..], |side| &side.groups);
        let mut joined: Vec<Vec<usize>> = Vec::new();
        for (_, parts) in side.iter().flat_map(|side| &side.numbers) {
            let parts = places(parts);
            if !joined.contains(&parts) {
                joined.push(parts);
            }
        }
        let part = |column: usize| JoinedPart {
            column,
            is_date: false,
            form: None,
        };
        Self {
            width: headers.len(),
            groups: groups.iter().map(places).collect(),
            joined: joined
                .into_iter()
                .map(|parts| parts.into_iter().map(part).collect())
                .collect(),
        }
    }

    /// The columns as they are called afterwards.
    pub(crate) fn names(&self, headers: &[String]) -> Vec<String> {
        let name = |parts: &Vec<JoinedPart>| {
            let names: Vec<&str> = parts.iter().map(|p| headers[p.column].as_str()).collect();
            names.join(JOINS)
        };
        let joined = self.joined.iter().map(name);
        headers.iter().cloned().chain(joined).collect()
    }

    /// Whether a column of the source is used here.
    pub(crate) fn uses(&self, column: usize) -> bool {
        let joined = self.joined.iter().flatten().map(|part| part.column);
        let mut used = self.groups.iter().flatten().copied().chain(joined);
        used.any(|k| k == column)
    }

    /// The column of the source in which a column shows: of a joined one its last part.
    pub(crate) fn shows_in(&self, column: usize) -> usize {
        let joined = column
            .checked_sub(self.width)
            .and_then(|k| self.joined.get(k));
        joined
            .and_then(|parts| parts.last())
            .map_or(column, |part| part.column)
    }

    /// Whether a block stays as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.groups.is_empty() && self.joined.is_empty()
    }

    /// Makes the rows; `jaar` is the reporting year.
    pub(crate) fn apply(&self, block: &mut Block, jaar: i32) {
        if self.is_plain() {
            return;
        }
        let mut out = BlockWriter::new(self.width + self.joined.len());
        for row in 0..block.len() {
            let filled = |group: &&Vec<usize>| {
                let mut columns = group.iter();
                columns.any(|k| !trimmed(block.text(row, *k)).is_empty())
            };
            let mut groups: Vec<&Vec<usize>> = self.groups.iter().filter(filled).collect();
            // A row without anybody is a row all the same.
            if groups.is_empty() {
                groups.extend(self.groups.first());
            }
            if groups.is_empty() {
                self.write(block, row, None, jaar, &mut out);
            }
            for group in groups {
                self.write(block, row, Some(group), jaar, &mut out);
            }
        }
        *block = out.finish();
    }

    fn write(
        &self,
        block: &Block,
        row: usize,
        group: Option<&Vec<usize>>,
        jaar: i32,
        out: &mut BlockWriter,
    ) {
        // Everybody's columns are read in the place of the first one's.
        let source = |k: usize| match (group, self.groups.first()) {
            (Some(group), Some(first)) => match first.iter().position(|f| *f == k) {
                Some(place) => Some(group[place]),
                None => (!self.groups.iter().flatten().any(|g| *g == k)).then_some(k),
            },
            _ => Some(k),
        };
        out.begin_row(block.row_number(row));
        for k in 0..self.width {
            out.push(source(k).map_or(Cell::Empty, |k| block.cell(row, k)));
        }
        for parts in &self.joined {
            let texts = parts.iter().filter_map(|part| {
                let text = trimmed(block.text(row, source(part.column)?));
                let day = part.is_date.then(|| date(text, part.form, jaar).0);
                Some(normal(day.flatten().as_deref().unwrap_or(text)))
                    .filter(|text| !text.is_empty())
            });
            let texts: Vec<String> = texts.collect();
            // One of them alone is the number of several.
            let number = if texts.len() >= 2 {
                texts.join(" ")
            } else {
                String::new()
            };
            out.push(Cell::Text(&number));
        }
    }
}
