//! What is in a file: sheets, header row, columns, what their values look like, and what was assumed.
//!
//! Owns the whole first look ([`survey`]); nothing is mapped yet. Leaves proposing to `propose`.

use std::collections::HashMap;

use rows::bsn::{self, ColumnTest, ScanKind};
use rows::invisible_characters::trimmed;
use rows::{FileRefusal, RefusalCode};
use schema::{Bevinding, Definitie, Place};
use sheets::open_file::{self, Sheet};
use sheets::{Block, Cell, SourceFile, refuse_doubles};

use crate::date_evidence::DateEvidence;
use crate::everyday_words::is_empty_word;
use crate::header_row::{HeaderEvidence, SEARCH_ROWS};
use crate::numbers::{
    ParsedNumber, PointMeaning, decimal, decimal_number, punt as point, whole, whole_number,
};
use crate::odd_cells;
use crate::row_filter::{KnownHeader, SkippedRows, sift};
use crate::source_findings::{BSN_SUSPECTED, bsn_finding, finding, short_rows};
use crate::table_layout::{HeaderRows, SheetLayout, is_nameless};
use crate::unfold_siblings::{ChildrenBeside, Unfold};
use crate::units::UnitEvidence;
use crate::unused_cells;
use crate::wording;

/// Distinct values of a column that are kept.
const VALUES: usize = 1000;

/// What was found in one file.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Name of the file.
    pub bestand: String,
    /// The tables in it: one for a CSV, one per sheet with a header for a workbook, one per list for JSON.
    pub tabellen: Vec<TabelSurvey>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Findings of phase `bron` that need no mapping, such as a suspected BSN.
    pub bevindingen: Vec<Bevinding>,
}

/// One table as it stands in the file.
#[derive(Debug, Clone)]
pub struct TabelSurvey {
    /// Sheet or list; empty for a CSV.
    pub blad: Option<String>,
    /// True where the sheet is hidden.
    pub hidden: bool,
    /// Row with the headers, from 1; 0 for JSON, which has none.
    pub kopregel: u64,
    /// Rows with data.
    pub rijen: u64,
    /// The columns, left to right; of what stands side by side those of the first, with what stands in all of them.
    pub kolommen: Vec<ColumnSurvey>,
    pub(crate) side_by_side: Option<ChildrenBeside>,
}

/// One column as it stands in the file.
#[derive(Debug, Clone)]
pub struct ColumnSurvey {
    /// Header, made unique.
    pub naam: String,
    /// Rows with a value.
    pub filled: u64,
    /// Distinct values with how often they occur, most frequent first; cut at a thousand.
    pub waarden: Vec<(String, u64)>,
    /// True when there are more distinct values than listed.
    pub more_values: bool,
    /// Values that are whole numbers.
    pub whole_numbers: u64,
    /// Values that are amounts or numbers.
    pub numbers: u64,
    pub(crate) datums: DateEvidence,
    pub(crate) signs: NumberSigns,
    pub(crate) units: UnitEvidence,
}

/// Which signs stand in the numbers of a column that are text: a value to show of each kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberSigns {
    /// The point may stand between thousands: `1.234`.
    pub(crate) thousand: Option<String>,
    /// The point stands before decimals: `12.5`.
    pub(crate) decimal: Option<String>,
    /// May be more than a thousand, read as a whole number and as any.
    pub(crate) doubtful_whole: Option<String>,
    pub(crate) doubtful: Option<String>,
}

impl NumberSigns {
    /// Looks at a value, read as a whole number and as any.
    fn look(&mut self, value: &str, whole: &ParsedNumber, any: &ParsedNumber) {
        let place = match point(value) {
            Some(PointMeaning::Thousand) => Some(&mut self.thousand),
            Some(PointMeaning::Decimal) => Some(&mut self.decimal),
            None => None,
        };
        let doubtful_whole =
            (*whole == ParsedNumber::Ambiguous).then_some(&mut self.doubtful_whole);
        let doubtful = (*any == ParsedNumber::Ambiguous).then_some(&mut self.doubtful);
        for seen in [place, doubtful_whole, doubtful].into_iter().flatten() {
            // Values come in any order; which one is shown is always the same.
            if seen.as_deref().is_none_or(|seen| value < seen) {
                *seen = Some(value.to_owned());
            }
        }
    }
}

impl ColumnSurvey {
    /// Its values, with how often each is there.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (&str, u64)> {
        self.waarden
            .iter()
            .map(|(value, count)| (value.as_str(), *count))
    }

    /// Whether most of its values look like names of people: words of letters with a capital, and no digit.
    pub(crate) fn holds_names(&self) -> bool {
        let name = |value: &str| {
            value.chars().next().is_some_and(char::is_uppercase)
                && value.chars().any(char::is_lowercase)
                && value
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.' | ','))
        };
        let (named, all) = self.waarden.iter().fold((0, 0), |(named, all), (w, n)| {
            (named + if name(trimmed(w)) { *n } else { 0 }, all + n)
        });
        named * 2 > all
    }
}

/// Looks through a whole file.
///
/// # Errors
/// When the file can't be taken at all: container, encoding, structure.
pub fn survey(file: &SourceFile, definitie: &Definitie) -> Result<Survey, FileRefusal> {
    let opened = open_file::open(file)?;
    let evidence = HeaderEvidence::new(definitie);
    let mut out = Survey {
        bestand: file.naam.clone(),
        tabellen: Vec::new(),
        aannames: Vec::new(),
        bevindingen: Vec::new(),
    };
    let place = Place {
        bestand: Some(file.naam.clone()),
        ..Place::default()
    };
    for opmerking in opened.opmerkingen {
        out.bevindingen
            .extend(finding(definitie, opmerking.code, place.clone(), ("", "")));
        out.aannames.push(opmerking.sentence);
    }
    if bsn::in_text(&file.naam) {
        out.bevindingen.push(bsn_finding(
            definitie,
            place.clone(),
            ("", ""),
            wording::file::NAME_OF_FILE,
        ));
    }
    for sheet in &opened.sheets {
        explore_sheet(file, sheet, &evidence, definitie, &mut out)
            .map_err(|w| w.in_file(&file.naam).on_sheet(sheet.naam.as_deref()))?;
    }
    if opened.from_1904 {
        let columns = out.tabellen.iter_mut().flat_map(|t| &mut t.kolommen);
        columns.for_each(|column| column.datums.of_1904());
    }
    let suspected = out.bevindingen.iter().filter(|b| b.code == BSN_SUSPECTED);
    let sentences: Vec<String> = suspected.map(|b| b.bericht.clone()).collect();
    out.aannames.extend(sentences);
    out.aannames = out
        .aannames
        .iter()
        .map(|text| bsn::hidden(text).into_owned())
        .collect();
    if out.tabellen.is_empty() {
        let message = wording::file::NO_HEADER_ROW;
        return Err(FileRefusal::new(RefusalCode::HeaderMissing, message).in_file(&file.naam));
    }
    if out.tabellen.iter().all(|t| t.rijen == 0) {
        let message = wording::file::NO_ROWS_BELOW_HEADERS;
        return Err(FileRefusal::new(RefusalCode::Empty, message).in_file(&file.naam));
    }
    Ok(out)
}

/// Looks through files that are read together.
///
/// # Errors
/// When one of them can't be taken, or two have the same name.
pub fn survey_all(files: &[SourceFile], definitie: &Definitie) -> Result<Vec<Survey>, FileRefusal> {
    refuse_doubles(files)?;
    files.iter().map(|file| survey(file, definitie)).collect()
}

/// Looks through one sheet; none where no table stands on it.
pub(crate) fn survey_sheet(
    file: &SourceFile,
    sheet: &Sheet,
    definitie: &Definitie,
) -> Result<Option<TabelSurvey>, FileRefusal> {
    let mut out = Survey {
        bestand: file.naam.clone(),
        tabellen: Vec::new(),
        aannames: Vec::new(),
        bevindingen: Vec::new(),
    };
    explore_sheet(
        file,
        sheet,
        &HeaderEvidence::new(definitie),
        definitie,
        &mut out,
    )?;
    Ok(out.tabellen.pop())
}

fn explore_sheet(
    file: &SourceFile,
    sheet: &Sheet,
    evidence: &HeaderEvidence,
    definitie: &Definitie,
    out: &mut Survey,
) -> Result<(), FileRefusal> {
    let begin = sheet.begin(file, SEARCH_ROWS)?;
    let layout = SheetLayout::new(&begin, sheet.raster());
    let position = evidence.find_header(&begin);
    layout.judge(position, evidence)?;
    let Some(position) = position else {
        if let Some(raster) = sheet.raster() {
            unused_cells::judge(raster, |_, _| true)?;
        }
        if let (Some(name), false) = (&sheet.naam, begin.is_empty()) {
            out.aannames.push(wording::file::no_table_on_sheet(&name));
        }
        return Ok(());
    };
    let header = layout.header(position);
    let (header_row, headers) = (header.last, &header.headers);
    if let Some(raster) = sheet.raster() {
        odd_cells::judge_table(raster, header_row, headers, 0..headers.len())?;
        unused_cells::judge(raster, |row, column| {
            u64::from(row) < header_row || column as usize >= headers.len()
        })?;
    }
    let location = sheet.naam.as_ref().map_or_else(
        || format!("Bestand '{}'", file.naam),
        |b| format!("Blad '{b}'"),
    );
    out.aannames
        .extend(header_sentences(&location, &header, position));
    let place = Place {
        bestand: Some(file.naam.clone()),
        blad: sheet.naam.clone(),
        ..Place::default()
    };
    if sheet.naam.as_deref().is_some_and(bsn::in_text) {
        out.bevindingen.push(bsn_finding(
            definitie,
            place.clone(),
            ("", ""),
            wording::file::NAME_OF_SHEET,
        ));
    }
    let side_by_side = ChildrenBeside::of(headers, definitie);
    let unfold = Unfold::of(headers, side_by_side.as_ref());
    let headers = &unfold.names(headers);
    let mut tellers: Vec<ValueCounter> = headers.iter().map(|_| ValueCounter::default()).collect();
    let mut skipped = SkippedRows::default();
    let mut rows = 0;
    let known = KnownHeader::new(&header, definitie);
    let mut source = sheet.rows(file, header_row)?;
    let mut block = Block::default();
    while source.block(unfold.width, &mut block)? {
        sift(&mut block, &known, &[], &[], &mut skipped)?;
        unfold.apply(&mut block, definitie.jaar);
        rows += block.len() as u64;
        for (number, counter) in tellers.iter_mut().enumerate() {
            block
                .column(number)
                .for_each(|cell| counter.look(cell, definitie.jaar));
        }
    }
    source
        .skipped()
        .into_iter()
        .for_each(|(row, reason)| skipped.add(row, reason));
    out.aannames.extend(short_rows(&source, &file.naam));
    out.aannames.extend(skipped.sentences(&location));
    out.bevindingen
        .extend(suspected(definitie, headers, &tellers, &place, header_row));
    let counted = headers
        .iter()
        .zip(tellers)
        .map(|(name, counter)| counter.finish(name.clone(), definitie.jaar));
    let in_memory = sheet.raster().is_some();
    let columns = columns_that_are(counted, side_by_side.as_ref(), in_memory);
    out.aannames.extend(
        side_by_side
            .as_ref()
            .map(|s| format!("{location}: {}", s.sentence())),
    );
    let nameless = columns.iter().filter(|column| is_nameless(&column.naam));
    out.aannames.extend(nameless_columns(
        &location,
        nameless.map(|column| &column.naam),
    ));
    out.tabellen.push(TabelSurvey {
        blad: sheet.naam.clone(),
        hidden: sheet.hidden,
        kopregel: header.kopregel,
        rijen: rows,
        kolommen: columns,
        side_by_side,
    });
    Ok(())
}

/// Says how the header was found and read.
fn header_sentences(location: &str, header: &HeaderRows, position: usize) -> Vec<String> {
    let mut out = Vec::new();
    if position > 0 {
        out.push(wording::file::rows_above_headers(
            &location,
            &header.kopregel,
        ));
    }
    let sentences = header.sentences.iter();
    out.extend(sentences.map(|sentence| format!("{location}: {sentence}")));
    let renamed = header.renamed.iter();
    out.extend(renamed.map(|(name, now)| wording::file::column_repeated(&location, name, now)));
    out
}

/// A column without a name is one only where something stands in it; one that stands beside its like is a row of it.
fn columns_that_are(
    columns: impl Iterator<Item = ColumnSurvey>,
    side_by_side: Option<&ChildrenBeside>,
    in_memory: bool,
) -> Vec<ColumnSurvey> {
    columns
        .filter(|column| !in_memory || column.filled > 0 || !is_nameless(&column.naam))
        .filter(|column| side_by_side.is_none_or(|s| !s.is_repeat(&column.naam)))
        .collect()
}

/// Says which columns have no name.
fn nameless_columns<'a>(location: &str, names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    match &names[..] {
        [] => None,
        [name] => Some(wording::file::column_named(&location, &name)),
        more => Some(format!(
            "{location}: {} kolommen hebben geen naam. Ze heten hier {}.",
            more.len(),
            more.join(", ")
        )),
    }
}

/// The columns that hold BSNs, by their header or by what stands beneath it.
fn suspected<'a>(
    definitie: &'a Definitie,
    headers: &'a [String],
    counters: &'a [ValueCounter],
    place: &'a Place,
    header_row: u64,
) -> impl Iterator<Item = Bevinding> + use<'a> {
    let columns = headers
        .iter()
        .zip(counters)
        .filter(|(header, counter)| bsn::forbidden_header(header) || counter.probe.suspicious());
    columns.map(move |(header, _)| {
        let place = Place {
            kolom: Some(header.clone()),
            rij: Some(header_row).filter(|row| *row > 0),
            ..place.clone()
        };
        bsn_finding(definitie, place, ("", ""), &format!("de kolom '{header}'"))
    })
}

/// Counts what stands in a column.
#[derive(Default)]
struct ValueCounter {
    filled: u64,
    /// Distinct values, with how often they are there, and how often as a number.
    waarden: HashMap<String, (u64, u64)>,
    more: bool,
    whole_numbers: u64,
    numbers: u64,
    datums: DateEvidence,
    signs: NumberSigns,
    units: UnitEvidence,
    probe: ColumnTest,
}

impl ValueCounter {
    /// Counts a cell. A value that was met before is judged once, at the end.
    fn look(&mut self, cell: Cell<'_>, jaar: i32) {
        let value = trimmed(cell.text());
        if value.is_empty() {
            return;
        }
        let as_number = u64::from(matches!(cell, Cell::Number(_)));
        if let Some((times, numbers)) = self.waarden.get_mut(value) {
            *times += 1;
            *numbers += as_number;
            return;
        }
        self.probe.look_in_text(value);
        if self.waarden.len() < VALUES {
            self.waarden.insert(value.to_owned(), (1, as_number));
        } else {
            self.more = true;
            self.judge(value, (1, as_number), jaar);
        }
    }

    fn judge(&mut self, value: &str, (count, numbers): (u64, u64), jaar: i32) {
        if is_empty_word(value) {
            return;
        }
        self.filled += count;
        self.datums.look(value, count, jaar);
        if numbers > 0 {
            let whole = whole_number(value);
            self.numbers += numbers;
            self.whole_numbers += if matches!(whole, ParsedNumber::Tekst(_)) {
                numbers
            } else {
                0
            };
            self.units.look(&whole, &decimal_number(value), numbers);
        }
        let texts = count - numbers;
        if texts > 0 {
            // Also where they can be read in two ways.
            let (whole, any) = (whole(value, None), decimal(value, None));
            let may_be = |read: &ParsedNumber| match read {
                ParsedNumber::Unreadable => 0,
                _ => texts,
            };
            self.whole_numbers += may_be(&whole);
            self.numbers += may_be(&any);
            self.units.look(&whole, &any, texts);
            self.signs.look(value, &whole, &any);
        }
    }

    fn finish(mut self, name: String, jaar: i32) -> ColumnSurvey {
        let mut values: Vec<(String, u64)> = Vec::with_capacity(self.waarden.len());
        for (value, times) in std::mem::take(&mut self.waarden) {
            self.judge(&value, times, jaar);
            values.push((value, times.0));
        }
        // Nothing that may be a BSN is shown as an example, or asked about.
        if self.probe.suspicious() {
            values.clear();
        }
        values.retain(|(value, _)| !ScanKind::OwnNumbers.refuses(value));
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        ColumnSurvey {
            naam: name,
            filled: self.filled,
            waarden: values,
            more_values: self.more,
            whole_numbers: self.whole_numbers,
            numbers: self.numbers,
            datums: self.datums,
            signs: self.signs,
            units: self.units,
        }
    }
}
