//! What there is to say when all has been read: assumptions, open questions, findings of phase `bron`.
//!
//! Owns the sentences about what conversion met. A value of the aanbieder's own appears only in what the aanbieder
//! alone sees (assumptions and questions), never in a finding.

use rows::bsn::hidden;
use schema::balance::SheetBalance;
use schema::{Bevinding, Definitie, Origin, Place, RegelTelling};

use crate::balance;
use crate::convert::column::{Conversion, VeldColumn};
use crate::convert::table::RunningTable;
use crate::convert::translate::Mark;
use crate::findings::finding;
use crate::numbers::DecimalSign;
use crate::provenance::Provenance;

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
    };
    for running in done {
        out.open.extend(running.task.open.iter().cloned());
        let (balance, questions) = balance::of_table(running);
        balances.push(balance);
        out.open.extend(questions);
        out.skipped(running);
        for column in &running.task.kolommen {
            out.column(running, column);
        }
        for (column, _) in &running.task.leeftijd_values {
            out.birth_dates(column);
        }
        for (veld, system) in &running.task.foreign_codes {
            out.finding(running, "FOREIGN_CODES", veld);
            let name = match system.as_str() {
                "ijw" => "iJw",
                "cbs" => "het CBS",
                _ => continue,
            };
            out.aannames
                .push(format!("De codes van {name} in '{veld}' zijn vertaald."));
        }
    }
    let SummaryWriter {
        bevindingen,
        aannames: assumptions,
        open,
        ..
    } = out;
    let sjabloon = done.iter().any(|b| b.task.sjabloon);
    SourceSummary {
        counts: counts(&bevindingen),
        bevindingen,
        aannames: without_bsns(assumptions),
        open: without_bsns(open),
        balans: balances,
        herkomst: Box::new(book),
        sjabloon,
    }
}

fn without_bsns(sentences: Vec<String>) -> Vec<String> {
    let sentence = |text: String| hidden(&text).into_owned();
    sentences.into_iter().map(sentence).collect()
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
                .push(format!("Kolom '{header}': {words} {is} gelezen als leeg."));
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
            self.aannames.push(format!(
                "Kolom '{header}': de gemeenten zijn gevonden op hun naam in {}.",
                self.definitie.jaar
            ));
            self.finding(running, "GEMEENTE_BY_NAME", &column.veld);
        }
        if !column.marked(Mark::Rounded).is_empty() {
            self.aannames.push(format!(
                "Kolom '{header}': bedragen zijn afgerond op centen."
            ));
        }
        if let (Some(seen), None) = &column.points {
            self.aannames.push(format!(
                "Kolom '{header}': de punt in '{seen}' is gelezen als teken tussen duizendtallen."
            ));
        }
        if !column.marked(Mark::Converted).is_empty() {
            self.aannames.push(format!(
                "Kolom '{header}': tijden in UTC zijn omgerekend naar de dag in Nederland."
            ));
        }
        let no_date = column.marked(Mark::NoDate);
        if !no_date.is_empty() {
            let days = named(no_date.iter().map(|(w, _, _)| *w));
            let is = if no_date.len() == 1 { "is" } else { "zijn" };
            self.aannames
                .push(format!("Kolom '{header}': {days} {is} gelezen als leeg. Zo'n datum betekent in veel systemen dat er geen is."));
        }
        if column.marked(Mark::Proves).is_empty() && !column.marked(Mark::Ambiguous).is_empty() {
            let vorm = match &column.conversion {
                Conversion::Datum {
                    vorm: Some(vorm), ..
                } => vorm.name(),
                _ => "dd-mm-jjjj",
            };
            self.aannames.push(format!("Kolom '{header}': uit de datums blijkt niet wat de dag is. Ze zijn gelezen als {vorm}."));
            self.finding(running, "DATE_FORMAT_ASSUMED", &column.veld);
        }
        if let (Some(thousand), Some(decimal)) = &column.points {
            let hoe = if running.task.sjabloon {
                "Schrijf de getallen zonder punten, met een komma voor de decimalen.".to_owned()
            } else {
                number_question(&column.veld)
            };
            self.open.push(format!(
                "In de kolom '{header}' staan '{thousand}' en '{decimal}'. Staat de punt tussen duizendtallen of voor decimalen? {hoe}"
            ));
        }
        if !running.task.sjabloon {
            self.questions(column);
        }
    }

    fn questions(&mut self, column: &VeldColumn) {
        let header = &column.kop;
        // A word that the koppeling asks about is asked as one, also among days and numbers.
        let (words, open): (Vec<_>, Vec<_>) = column
            .marked(Mark::Open)
            .into_iter()
            .partition(|(value, ..)| column.conversion.asks_for_word(value));
        for (value, _, count) in words.iter().take(QUESTIONS) {
            self.open.push(format!("{VALUE_QUESTION}'{value}' in de kolom '{header}' ({count} keer)? Vul het in de koppeling in."));
        }
        if words.len() > QUESTIONS {
            self.open.push(format!(
                "In de kolom '{header}' staan nog {} andere onbekende waarden.",
                words.len() - QUESTIONS
            ));
        }
        if open.is_empty() {
            return;
        }
        if let Conversion::Datum { .. } = column.conversion {
            let question = format!(
                "Hoe staan de datums in de kolom '{header}'? Vul in de koppeling de datumvorm in."
            );
            if !self.open.contains(&question) {
                self.open.push(question);
            }
            return;
        }
        let (value, ..) = open[0];
        self.open.push(format!(
            "Is '{value}' in de kolom '{header}' meer dan duizend? {}",
            number_question(&column.veld)
        ));
    }

    fn birth_dates(&mut self, column: &VeldColumn) {
        let open = column.marked(Mark::Open).into_iter();
        let days = open.filter(|(value, ..)| !column.conversion.asks_for_word(value));
        let unreadable: u64 = days.map(|(_, _, n)| n).sum();
        if unreadable > 0 {
            self.open.push(format!(
                "Hoe staan de geboortedatums in de kolom '{}'? {unreadable} zijn niet te lezen. Vul de datumvorm in.",
                column.kop
            ));
        }
    }
}

/// How the koppeling says what the signs in numbers are.
fn number_question(veld: &str) -> String {
    let [comma, punt] = DecimalSign::ALL.map(DecimalSign::name);
    format!(
        "Zet in de koppeling onder [tabel.getalvorm]: {veld} = \"{comma}\" of {veld} = \"{punt}\"."
    )
}

fn named<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let list: Vec<String> = values
        .take(NAMED)
        .map(|w| format!("'{}'", w.trim()))
        .collect();
    list.join(", ")
}
