//! What there is to say when all has been read: assumptions, open questions, findings of phase `bron`.
//!
//! Owns the sentences about what conversion met. A value of the aanbieder's own appears only in what the aanbieder
//! alone sees (assumptions and questions), never in a finding.

use rows::bsn::hidden;
use schema::balance::SheetBalance;
use schema::bevinding::OpenVeld;
use schema::text::once;
use schema::{Bevinding, Definitie, Origin, Place, RegelTelling};

use crate::balance;
use crate::convert::canonical_value::Mark;
use crate::convert::column::{Conversion, UnitIn, VeldColumn};
use crate::convert::table::RunningTable;
use crate::numbers::DecimalSign;
use crate::provenance::Provenance;
use crate::source_findings::finding;
use crate::units::may_be_hours;
use crate::wording;

/// Values that are named in one sentence, and questions asked per column.
const NAMED: usize = 6;
const QUESTIONS: usize = 25;

/// How a question about one value begins. What it is about stands in the file as it is, and `check` may tell of it.
pub const VALUE_QUESTION: &str = "Wat betekent ";

/// What there is to say when all has been read.
pub struct SourceSummary {
    /// Findings of phase `bron`.
    pub bevindingen: Vec<Bevinding>,
    /// Their exact counts.
    pub counts: Vec<RegelTelling>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Questions that are still open, as Dutch sentences.
    pub open: Vec<String>,
    /// The fields those are about whose findings wait for the answer.
    pub waiting: Vec<OpenVeld>,
    /// What came in and what became of it, per sheet.
    pub balans: Vec<SheetBalance>,
    /// Where every canonical row and field stands in the files.
    pub herkomst: Box<dyn Origin>,
    /// True where a sjabloon was read.
    pub sjabloon: bool,
}

pub(crate) fn draw_up(
    definitie: &Definitie,
    done: &[RunningTable],
    book: Provenance,
    bevindingen: Vec<Bevinding>,
    (assumptions, mut balances): (Vec<String>, Vec<SheetBalance>),
) -> SourceSummary {
    let mut out = SummaryWriter {
        definitie,
        bevindingen,
        aannames: assumptions,
        open: Vec::new(),
        waiting: Vec::new(),
    };
    for running in done {
        out.open.extend(running.task.open.iter().cloned());
        let waiting = running.task.waiting.iter();
        waiting.for_each(|open| out.wait(open.clone()));
        let (balance, questions) = balance::of_table(running);
        balances.push(balance);
        out.open.extend(questions);
        out.skipped(running);
        for column in &running.task.kolommen {
            out.column(running, column);
        }
        for (column, _) in &running.task.leeftijd_values {
            out.birth_dates(running, column);
        }
        for (veld, system) in &running.task.foreign_codes {
            out.finding(running, "FOREIGN_CODES", veld);
            let name = match system.as_str() {
                "ijw" => "iJw",
                "cbs" => "het CBS",
                _ => continue,
            };
            out.aannames
                .push(wording::cells::codes_translated(&name, &veld));
        }
    }
    let SummaryWriter {
        bevindingen,
        aannames: assumptions,
        open,
        waiting,
        ..
    } = out;
    let sjabloon = done.iter().any(|b| b.task.sjabloon);
    SourceSummary {
        counts: counts(&bevindingen),
        bevindingen,
        // Of equal sheets the same is assumed.
        aannames: once(without_bsns(assumptions)).collect(),
        open: without_bsns(open),
        waiting: waiting.into_iter().map(without_bsns_in).collect(),
        balans: balances,
        herkomst: Box::new(book),
        sjabloon,
    }
}

fn without_bsns(sentences: Vec<String>) -> Vec<String> {
    let sentence = |text: String| hidden(&text).into_owned();
    sentences.into_iter().map(sentence).collect()
}

fn without_bsns_in(open: OpenVeld) -> OpenVeld {
    OpenVeld {
        vragen: without_bsns(open.vragen),
        kolom: open.kolom.map(|header| hidden(&header).into_owned()),
        ..open
    }
}

fn counts(bevindingen: &[Bevinding]) -> Vec<RegelTelling> {
    let mut counts: Vec<RegelTelling> = Vec::new();
    for bevinding in bevindingen {
        match counts.iter_mut().find(|t| t.code == bevinding.code) {
            Some(telling) => telling.aantal += 1,
            None => counts.push(RegelTelling {
                code: bevinding.code.clone(),
                ernst: bevinding.ernst,
                aantal: 1,
            }),
        }
    }
    counts
}

struct SummaryWriter<'a> {
    definitie: &'a Definitie,
    bevindingen: Vec<Bevinding>,
    aannames: Vec<String>,
    open: Vec<String>,
    waiting: Vec<OpenVeld>,
}

impl SummaryWriter<'_> {
    fn place(running: &RunningTable) -> Place {
        Place {
            bestand: Some(running.task.bestand.clone()),
            blad: running.task.blad.clone(),
            ..Place::default()
        }
    }

    fn finding(&mut self, running: &RunningTable, code: &str, veld: &str) {
        let column = running
            .task
            .kolommen
            .iter()
            .find(|k| k.veld == veld)
            .map(|k| k.kop.clone());
        let place = Place {
            kolom: column,
            ..Self::place(running)
        };
        self.bevindingen.extend(finding(
            self.definitie,
            code,
            place,
            (&running.task.tabel.naam, veld),
        ));
    }

    fn skipped(&mut self, running: &RunningTable) {
        if running.skipped.count() == 0 {
            return;
        }
        let location = running.task.blad.as_ref().map_or_else(
            || format!("Bestand '{}'", running.task.bestand),
            |b| format!("Blad '{b}'"),
        );
        self.aannames.extend(running.skipped.sentences(&location));
        let place = Place {
            rij: running.skipped.first(),
            ..Self::place(running)
        };
        self.bevindingen.extend(finding(
            self.definitie,
            "ROWS_SKIPPED",
            place,
            (&running.task.tabel.naam, ""),
        ));
    }

    fn column(&mut self, running: &RunningTable, column: &VeldColumn) {
        let header = &column.kop;
        let empty = column.marked(Mark::Empty);
        if !empty.is_empty() {
            let (words, is) = (
                named(empty.iter().map(|(w, _, _)| *w)),
                if empty.len() == 1 { "is" } else { "zijn" },
            );
            self.aannames
                .push(wording::cells::read_as_empty(&header, &words, &is));
        }
        let recognised = column.marked(Mark::Recognised);
        if !recognised.is_empty() {
            let pairs = recognised
                .iter()
                .take(NAMED)
                .map(|(w, c, _)| format!("'{w}' = {}", c.unwrap_or_default()));
            self.aannames.push(format!(
                "Kolom '{header}': herkend {}.",
                pairs.collect::<Vec<_>>().join(", ")
            ));
        }
        if !column.marked(Mark::ByName).is_empty() {
            self.aannames.push(wording::cells::gemeente_by_name(
                &header,
                &self.definitie.jaar,
            ));
            self.finding(running, "GEMEENTE_BY_NAME", &column.veld);
        }
        if !column.marked(Mark::Rounded).is_empty() {
            // Of whole numbers only hours are rounded; what they became is said of both.
            let told = match &column.conversion {
                Conversion::Whole { .. } => wording::cells::hours_rounded(&header),
                _ => wording::cells::amounts_rounded(&header),
            };
            self.aannames.push(told);
        }
        if let (Some(seen), None) = &column.points {
            self.aannames
                .push(wording::cells::dot_of_thousands(&header, &seen));
        }
        if !column.marked(Mark::Converted).is_empty() {
            self.aannames.push(wording::cells::utc_to_local(&header));
        }
        let no_date = column.marked(Mark::NoDate);
        if !no_date.is_empty() {
            let days = named(no_date.iter().map(|(w, _, _)| *w));
            let is = if no_date.len() == 1 { "is" } else { "zijn" };
            self.aannames
                .push(wording::cells::days_read_as_empty(&header, &days, &is));
        }
        if column.marked(Mark::Proves).is_empty() && !column.marked(Mark::Ambiguous).is_empty() {
            let vorm = match &column.conversion {
                Conversion::Datum {
                    vorm: Some(vorm), ..
                } => vorm.name(),
                _ => "dd-mm-jjjj",
            };
            self.aannames
                .push(wording::cells::day_unclear(&header, &vorm));
            self.finding(running, "DATE_FORMAT_ASSUMED", &column.veld);
        }
        if let (Some(thousand), Some(decimal)) = &column.points {
            let hoe = if running.task.sjabloon {
                wording::cells::WRITE_WITHOUT_DOTS.to_owned()
            } else {
                number_question(&column.veld)
            };
            let question =
                wording::cells::thousands_or_decimals(&header, &thousand, &decimal, &hoe);
            self.ask(running, column, question);
        }
        self.unit(running, column);
        if !running.task.sjabloon {
            self.questions(running, column);
        }
    }

    /// Asks something about the values of a column, for which the findings of its field wait.
    fn ask(&mut self, running: &RunningTable, column: &VeldColumn, question: String) {
        self.open.push(question.clone());
        self.wait_for(running, column, question);
    }

    fn wait_for(&mut self, running: &RunningTable, column: &VeldColumn, question: String) {
        self.wait(OpenVeld {
            tabel: running.task.tabel.naam.clone(),
            veld: column.veld.clone(),
            kolom: Some(column.kop.clone()),
            vragen: vec![question],
        });
    }

    /// Notes that a field waits; each field once, with all that is asked about it.
    fn wait(&mut self, open: OpenVeld) {
        let mut known = self.waiting.iter_mut();
        match known.find(|w| w.tabel == open.tabel && w.veld == open.veld) {
            Some(known) => known.vragen.extend(open.vragen),
            None => self.waiting.push(open),
        }
    }

    /// Says that hours were made minutes, or asks whether they are hours.
    fn unit(&mut self, running: &RunningTable, column: &VeldColumn) {
        let Conversion::Whole { unit, .. } = &column.conversion else {
            return;
        };
        let in_doubt = || {
            let veld = running.task.tabel.veld(&column.veld);
            let evidence = column.unit_evidence();
            veld.is_some_and(|veld| may_be_hours(self.definitie, veld, &column.kop, evidence))
        };
        match unit {
            UnitIn::Hours => {
                let told = wording::koppeling::hours_converted(&column.kop);
                self.aannames.push(told);
            }
            UnitIn::Unsaid if in_doubt() => {
                let question = wording::koppeling::hours_or_minutes(&column.kop, &column.veld);
                self.ask(running, column, question);
            }
            UnitIn::Same | UnitIn::Unsaid => {}
        }
    }

    fn questions(&mut self, running: &RunningTable, column: &VeldColumn) {
        let header = &column.kop;
        // A word that the koppeling asks about is asked as one, also among days and numbers.
        let (words, open): (Vec<_>, Vec<_>) = column
            .marked(Mark::Open)
            .into_iter()
            .partition(|(value, ..)| column.conversion.asks_for_word(value));
        for (value, _, count) in words.iter().take(QUESTIONS) {
            let question = wording::cells::value_unknown(&VALUE_QUESTION, &value, &header, &count);
            // One that the koppeling does not name is told in its cell as well: it may be a slip of the pen.
            if column.conversion.is_asked(value) {
                self.ask(running, column, question);
            } else {
                self.open.push(question);
            }
        }
        if words.len() > QUESTIONS {
            self.open.push(wording::cells::more_values_unknown(
                &header,
                &(words.len() - QUESTIONS),
            ));
        }
        if open.is_empty() {
            return;
        }
        if let Conversion::Datum { .. } = column.conversion {
            let question = wording::cells::date_format_of(&header);
            // Of two columns with one header it is asked once, and both wait.
            if !self.open.contains(&question) {
                self.open.push(question.clone());
            }
            self.wait_for(running, column, question);
            return;
        }
        let (value, ..) = open[0];
        let how = number_question(&column.veld);
        let question = wording::cells::more_than_thousand(&value, &header, &how);
        self.ask(running, column, question);
    }

    fn birth_dates(&mut self, running: &RunningTable, column: &VeldColumn) {
        let open = column.marked(Mark::Open).into_iter();
        let days = open.filter(|(value, ..)| !column.conversion.asks_for_word(value));
        let unreadable: u64 = days.map(|(_, _, n)| n).sum();
        if unreadable > 0 {
            let question = wording::cells::birth_date_format(&column.kop, &unreadable);
            self.ask(running, column, question);
        }
    }
}

/// How the koppeling says what the signs in numbers are.
fn number_question(veld: &str) -> String {
    let [comma, punt] = DecimalSign::ALL.map(DecimalSign::name);
    wording::cells::number_format(&veld, &comma, &punt)
}

fn named<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let list: Vec<String> = values
        .take(NAMED)
        .map(|w| format!("'{}'", w.trim()))
        .collect();
    list.join(", ")
}
