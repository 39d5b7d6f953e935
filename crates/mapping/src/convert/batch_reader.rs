//! Reads an aanbieder's files as canonical text batches, in one pass and flat in memory for CSV of any size.
//!
//! Owns the order of things: a table after the other, where the rows came from, the stock that is counted, when to stop.
//! Leaves what is to be read to `read_plan`, one table to `table`, the report at the end to `reading_summary`.

use std::collections::{BTreeMap, VecDeque};

use arrow_array::RecordBatch;
use rows::bsn;
use rows::{FileRefusal, RefusalCode};
use schema::balance::SheetBalance;
use schema::{Bevinding, Definitie, Place};
use sheets::open_file::{self, OpenedFile, Sheet};
use sheets::{SourceFile, refuse_doubles};

use crate::balance;
use crate::cell_watch::{CellWatch, number_field};
use crate::convert::by_headers::by_headers;
use crate::convert::by_koppeling::by_koppeling;
use crate::convert::table::RunningTable;
use crate::count_stock::StockCount;
use crate::koppeling::Koppeling;
use crate::provenance::{Piece, Provenance};
use crate::read_plan::{Sources, Task};
use crate::reading_summary::{self, SourceSummary};
use crate::source_findings::{bsn_finding, finding};
use crate::source_findings::{place_name, short_rows};
use crate::wording;

/// Reads files, table after table, in batches.
pub struct BatchReader {
    definitie: Definitie,
    taken: VecDeque<Task>,
    running: Option<RunningTable>,
    klaar: Vec<RunningTable>,
    stand: Option<StockCount>,
    book: Provenance,
    bevindingen: Vec<Bevinding>,
    aannames: Vec<String>,
    unread: Vec<SheetBalance>,
    /// Whether there is a koppeling, in which a question can be answered.
    asks: bool,
    bsn: bool,
    /// Rows of which the own cells are asked.
    watch: Option<CellWatch>,
}

/// Some rows of one table: all columns nullable text, named after canonical fields; codes as keys into their texts.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Canonical table.
    pub tabel: String,
    /// The rows.
    pub batch: RecordBatch,
}

/// The balance of what no table is read from. With a koppeling a sheet that looks like a table of it is a question.
fn unread(
    sources: &Sources<'_>,
    taken: &[Task],
    koppeling: Option<&Koppeling>,
) -> Result<Vec<SheetBalance>, FileRefusal> {
    let asked = |file: &SourceFile, sheet: &Sheet| {
        let named = |question: &String| {
            question.starts_with(&place_name(&file.naam, sheet.naam.as_deref()))
        };
        koppeling.is_some() && taken.iter().flat_map(|t| &t.open).any(named)
    };
    balance::of_unread(sources, taken, asked)
}

/// A batch is handed on from this many rows.
const BATCH_ROWS: usize = 8192;

impl BatchReader {
    /// Opens the files; without a koppeling canonical headers and labels are recognised.
    ///
    /// # Errors
    /// When a file can't be taken, a column of the koppeling is not there, or there is no table to be recognised.
    pub fn open(
        files: &[SourceFile],
        definitie: &Definitie,
        koppeling: Option<&Koppeling>,
    ) -> Result<Self, FileRefusal> {
        refuse_doubles(files)?;
        let mut opened: Vec<OpenedFile> = Vec::with_capacity(files.len());
        for file in files {
            opened.push(open_file::open(file)?);
        }
        let sources = Sources {
            bestanden: files,
            geopend: &opened,
        };
        let taken = match koppeling {
            Some(koppeling) => by_koppeling(&sources, definitie, koppeling)?,
            None => by_headers(&sources, definitie)?,
        };
        let unread = unread(&sources, &taken, koppeling)?;
        let stock =
            StockCount::new(definitie).filter(|s| !taken.iter().any(|t| t.tabel.naam == s.tabel));
        let mut reader = Self {
            definitie: definitie.clone(),
            taken: taken.into(),
            running: None,
            klaar: Vec::new(),
            stand: stock,
            book: Provenance::default(),
            bevindingen: Vec::new(),
            aannames: Vec::new(),
            unread,
            asks: koppeling.is_some(),
            bsn: false,
            watch: None,
        };
        for (file, opened) in files.iter().zip(opened) {
            reader.note_file(file, opened);
        }
        for task in reader.taken.make_contiguous() {
            reader.aannames.append(&mut task.aannames);
        }
        reader.judge_headers();
        Ok(reader)
    }

    /// Per table the field with the own number of a row, where every sheet of it has such a field: what is made of several
    /// columns, or stands for one child of a row, is none. To be asked before reading.
    pub fn own_numbers(&self) -> BTreeMap<String, String> {
        let mut fields: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for task in &self.taken {
            let field = number_field(task).map(|field| field.veld.as_str());
            let known = fields.entry(&task.tabel.naam).or_insert(field);
            *known = known.filter(|known| Some(*known) == field);
        }
        let own =
            |(tabel, field): (&str, Option<&str>)| Some((tabel.to_owned(), field?.to_owned()));
        fields.into_iter().filter_map(own).collect()
    }

    /// The same, looking out for the own cells of some rows.
    pub(crate) fn watching(self, watch: CellWatch) -> Self {
        Self {
            watch: Some(watch),
            ..self
        }
    }

    /// Whether nothing is looked out for any more.
    pub(crate) fn has_seen_all(&self) -> bool {
        self.watch.as_ref().is_none_or(CellWatch::is_done)
    }

    /// What was seen of the rows that were looked out for.
    pub(crate) fn into_watch(self) -> Option<CellWatch> {
        self.watch
    }

    fn note_file(&mut self, file: &SourceFile, opened: OpenedFile) {
        let place = Place {
            bestand: Some(file.naam.clone()),
            ..Place::default()
        };
        // How a file is written matters only where it is read.
        let loaded = self.taken.iter().any(|task| task.bestand == file.naam);
        for opmerking in opened.opmerkingen.into_iter().filter(|_| loaded) {
            self.bevindingen.extend(finding(
                &self.definitie,
                opmerking.code,
                place.clone(),
                ("", ""),
            ));
            self.aannames.push(opmerking.sentence);
        }
        let sheets = opened.sheets.iter().filter_map(|b| b.naam.as_deref());
        for (name, location) in std::iter::once((file.naam.as_str(), wording::file::NAME_OF_FILE))
            .chain(sheets.map(|b| (b, wording::file::NAME_OF_SHEET)))
        {
            if bsn::in_text(name) {
                self.suspect(place.clone(), ("", ""), location);
            }
        }
    }

    fn judge_headers(&mut self) {
        let mut suspicious = Vec::new();
        for task in &self.taken {
            for header in task.headers.iter().filter(|k| bsn::forbidden_header(k)) {
                let place = Place {
                    bestand: Some(task.bestand.clone()),
                    blad: task.blad.clone(),
                    rij: Some(task.kopregel).filter(|row| *row > 0),
                    kolom: Some(header.clone()),
                    ..Place::default()
                };
                suspicious.push((place, format!("de kolom '{header}'")));
            }
            if task.vast.values().any(|value| bsn::in_text(value)) {
                suspicious.push((Place::default(), wording::file::FIXED_VALUES.to_owned()));
            }
        }
        for (place, location) in suspicious {
            self.suspect(place, ("", ""), &location);
        }
    }

    fn suspect(&mut self, place: Place, over: (&str, &str), location: &str) {
        self.bsn = true;
        self.bevindingen
            .push(bsn_finding(&self.definitie, place, over, location));
    }

    /// The next rows; `None` when every table has been read.
    ///
    /// # Errors
    /// When a file breaks off or is malformed further on.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, FileRefusal> {
        loop {
            if self.running.is_none() {
                let Some(task) = self.taken.pop_front() else {
                    return Ok(self.last_part());
                };
                self.running = Some(RunningTable::new(task, &mut self.book, self.definitie.jaar));
            }
            let running = self.running.as_mut().expect("set just above");
            let more = running
                .task
                .bron
                .block(running.task.unfold.width, &mut running.blok);
            let more = more.map_err(|w| {
                let headers = running.task.headers.iter().map(String::as_str);
                w.below_header(headers)
                    .in_file(&running.task.bestand)
                    .on_sheet(running.task.blad.as_deref())
            })?;
            if more {
                self.take_in()?;
                self.refuse_lost_digits()?;
            }
            let rows = self.running.as_ref().map_or(0, |b| b.rijen);
            if rows >= BATCH_ROWS || (!more && rows > 0) {
                return Ok(Some(self.hand_on()));
            }
            if !more {
                self.finish_task()?;
            }
        }
    }

    /// Adds a block to the batch.
    fn take_in(&mut self) -> Result<(), FileRefusal> {
        let running = self.running.as_mut().expect("only called while reading");
        running.take_in().map_err(|refusal| {
            refusal
                .in_file(&running.task.bestand)
                .on_sheet(running.task.blad.as_deref())
        })?;
        self.bsn |= running.is_surely_suspect();
        if let Some(piece) = self.book.last(&running.task.tabel.naam) {
            piece.extend(running.blok.row_numbers());
        }
        if let Some(watch) = &mut self.watch {
            watch.look(running);
        }
        Ok(())
    }

    /// Refuses numbers that a spreadsheet cut down before it saved the file: several of them have become one.
    fn refuse_lost_digits(&self) -> Result<(), FileRefusal> {
        let Some(task) = self.running.as_ref().map(|running| &running.task) else {
            return Ok(());
        };
        let Some((column, row)) = task
            .kolommen
            .iter()
            .find_map(|column| Some((column, column.power_row?)))
        else {
            return Ok(());
        };
        let message = wording::file::POWER_OF_TEN_IN_TEXT;
        let refusal = FileRefusal::new(RefusalCode::Number, message)
            .at_row(row)
            .in_column(&column.kop, column.bron);
        Err(refusal
            .in_file(&task.bestand)
            .on_sheet(task.blad.as_deref()))
    }

    /// The batch as it is now.
    fn hand_on(&mut self) -> Batch {
        let running = self.running.as_mut().expect("only called while reading");
        let batch = running.batch();
        let tabel = running.task.tabel.naam.clone();
        if let Some(stock) = self.stand.as_mut().filter(|s| s.bron == tabel) {
            stock.count(&batch);
        }
        if let Some(watch) = &mut self.watch {
            watch.compare(&tabel, &batch);
        }
        Batch { tabel, batch }
    }

    /// Rounds off a table: what was passed over, and whether its columns are BSNs.
    fn finish_task(&mut self) -> Result<(), FileRefusal> {
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        if let n @ 1.. = running.task.bron.unpacked() {
            let cells = if n == 1 {
                "1 cel".to_owned()
            } else {
                format!("{n} cellen")
            };
            let sentence = wording::file::text_in_formula(&running.task.bestand, &cells);
            self.aannames.push(sentence);
        }
        self.aannames
            .extend(short_rows(&running.task.bron, &running.task.bestand));
        for (row, reason) in running.task.bron.skipped() {
            running.skipped.add(row, reason);
        }
        let first_tabel = self
            .definitie
            .tabellen
            .first()
            .is_some_and(|t| t.naam == running.task.tabel.naam);
        let one_more = self
            .taken
            .iter()
            .any(|t| t.tabel.naam == running.task.tabel.naam);
        if first_tabel && !one_more && self.book.rows(&running.task.tabel.naam) == 0 {
            let message = wording::file::NO_ROWS;
            return Err(FileRefusal::new(RefusalCode::Empty, message)
                .in_file(&running.task.bestand)
                .on_sheet(running.task.blad.as_deref()));
        }
        for (place, veld, location) in running.suspects() {
            let tabel = if veld.is_empty() {
                ""
            } else {
                running.task.tabel.naam.as_str()
            };
            self.suspect(place, (tabel, &veld), &location);
        }
        self.klaar.push(running);
        Ok(())
    }

    /// The stock that was counted, after all else.
    fn last_part(&mut self) -> Option<Batch> {
        let known = |source: &str| self.book.tabellen.contains_key(source);
        let stock = self.stand.take().filter(|stock| known(&stock.bron))?;
        let batch = stock.batch();
        let source = self
            .definitie
            .tabel(&stock.bron)
            .map_or(stock.bron.as_str(), |t| t.titel.as_str())
            .to_lowercase();
        let piece = Piece::new(wording::file::derived_from(&source), None, 0);
        self.book.tabellen.insert(stock.tabel.clone(), vec![piece]);
        let title = self
            .definitie
            .tabel(&stock.tabel)
            .map_or(stock.tabel.as_str(), |t| t.titel.as_str())
            .to_owned();
        self.aannames
            .push(wording::file::counted_from(&title, &source));
        self.bevindingen.extend(finding(
            &self.definitie,
            &stock.code(),
            Place::default(),
            (&stock.tabel, ""),
        ));
        Some(Batch {
            tabel: stock.tabel,
            batch,
        })
    }

    /// A BSN was seen in what has been read so far: stop, nothing may be written.
    pub fn bsn_suspected(&self) -> bool {
        self.bsn
    }

    /// What there is to say; call it when `volgende` has given `None`.
    pub fn finish(self) -> SourceSummary {
        let Self {
            definitie,
            klaar: done,
            book,
            bevindingen,
            aannames: assumptions,
            unread,
            asks,
            ..
        } = self;
        let mut summary =
            reading_summary::draw_up(&definitie, &done, book, bevindingen, (assumptions, unread));
        // Without a koppeling nobody answers: a value that is not known is a finding.
        if !asks {
            summary.waiting.clear();
        }
        summary
    }
}
