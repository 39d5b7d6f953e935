//! Writes a koppeling as a person would: in the order of the questions, with a word of explanation and the
//! doubts beside the answers.
//!
//! Owns the text of `koppeling.toml` and its comments. Leaves what stands in it to `koppeling` and `propose`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::koppeling::{Koppeling, TabelKoppeling};
use crate::wording;

/// Comments, by what they stand beside. Two koppelingen that differ in comments only are equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// Table (by index), section, key, and for values the value.
    boven: BTreeMap<(usize, &'static str, String, String), Vec<String>>,
    behind: BTreeMap<(usize, &'static str, String, String), String>,
    /// Closing remarks, such as an example of rows one may add.
    pub(crate) closing: Vec<String>,
    /// The order in which a table's fields are written.
    pub(crate) volgorde: Vec<String>,
}

impl PartialEq for Notes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Notes {}

impl Notes {
    pub(crate) fn above(
        &mut self,
        tabel: usize,
        part: &'static str,
        key_name: &str,
        value: &str,
        regel: impl Into<String>,
    ) {
        self.boven
            .entry((tabel, part, key_name.to_owned(), value.to_owned()))
            .or_default()
            .push(regel.into());
    }

    /// What was said of one table, for the place where it comes to stand.
    pub(crate) fn moved(&self, from: usize, to: usize) -> Self {
        let place = |(_, part, key, value): &(usize, &'static str, String, String)| {
            (to, *part, key.clone(), value.clone())
        };
        let above = self.boven.iter().filter(|(at, _)| at.0 == from);
        let behind = self.behind.iter().filter(|(at, _)| at.0 == from);
        Self {
            boven: above.map(|(at, text)| (place(at), text.clone())).collect(),
            behind: behind.map(|(at, text)| (place(at), text.clone())).collect(),
            closing: Vec::new(),
            volgorde: self.volgorde.clone(),
        }
    }

    /// Drops what was said of one line.
    pub(crate) fn drop_above(&mut self, tabel: usize, part: &'static str) {
        self.boven
            .retain(|place, _| place.0 != tabel || place.1 != part);
    }

    /// Drops what was said of a field in a table.
    pub(crate) fn forget(&mut self, tabel: usize, key_name: &str) {
        self.boven
            .retain(|place, _| place.0 != tabel || place.2 != key_name);
        self.behind
            .retain(|place, _| place.0 != tabel || place.2 != key_name);
    }

    /// What stands above a line, as comments, and what behind it. An answer takes away the question.
    pub(super) fn around(
        &self,
        tabel: usize,
        part: &'static str,
        (key_name, value): (&str, &str),
        is_answered: bool,
    ) -> (String, String) {
        let place = (tabel, part, key_name.to_owned(), value.to_owned());
        let mut above = String::new();
        for line in self.boven.get(&place).into_iter().flatten() {
            if !is_answered || !line.starts_with(OPEN) {
                comment(&mut above, line);
            }
        }
        let behind = self.behind.get(&place);
        let behind = behind.map(|text| format!("  # {}", one_line(text)));
        (above, behind.unwrap_or_default())
    }

    pub(crate) fn beside(
        &mut self,
        tabel: usize,
        part: &'static str,
        key_name: &str,
        value: &str,
        text: impl Into<String>,
    ) {
        self.behind.insert(
            (tabel, part, key_name.to_owned(), value.to_owned()),
            text.into(),
        );
    }
}

/// How the comment above a question begins.
const OPEN: &str = "OPEN:";
/// How the next lines of a comment begin.
const GOES_ON: &str = "#  ";

/// Comments without the question among them.
pub(super) fn without_question(comments: &str) -> String {
    let mut out = String::new();
    let mut in_question = false;
    for line in comments.split_inclusive('\n') {
        let text = line.trim_start();
        let begins = text
            .strip_prefix("# ")
            .is_some_and(|text| text.starts_with(OPEN));
        in_question = begins || (in_question && text.starts_with(GOES_ON));
        if !in_question {
            out.push_str(line);
        }
    }
    out
}

pub(crate) fn write(koppeling: &Koppeling) -> String {
    let mut out = String::from(wording::koppeling::INTRODUCTION);
    let _ = writeln!(out, "\nuitvraag = {}", text(&koppeling.uitvraag));
    if let Some(aanbieder) = &koppeling.aanbieder {
        out.push_str("\n[aanbieder]\n");
        if let Some(kvk) = &aanbieder.kvk {
            let _ = writeln!(out, "kvk = {}", text(kvk));
        }
    } else {
        out.push_str(wording::koppeling::KVK_OPTIONAL);
    }
    for (index, tabel) in koppeling.tabellen.iter().enumerate() {
        write_table(&mut out, index, tabel, &koppeling.notities);
    }
    for (name, rows) in &koppeling.rijen {
        for row in rows {
            let _ = writeln!(out, "\n[[{}]]", key(name));
            for (veld, value) in row {
                let _ = writeln!(out, "{} = {}", key(veld), text(value));
            }
        }
    }
    if !koppeling.notities.closing.is_empty() {
        out.push('\n');
        koppeling
            .notities
            .closing
            .iter()
            .for_each(|regel| comment(&mut out, regel));
    }
    out
}

pub(super) fn write_table(out: &mut String, index: usize, tabel: &TabelKoppeling, notes: &Notes) {
    let _ = writeln!(
        out,
        "\n\n# ---- {} ----\n[[tabel]]\nnaam = {}",
        one_line(&tabel.naam),
        text(&tabel.naam)
    );
    if let Some(file) = &tabel.bestand {
        let _ = writeln!(out, "bestand = {}", text(file));
    }
    if let Some(sheet) = &tabel.blad {
        let _ = writeln!(out, "blad = {}", text(sheet));
    }
    if let Some(header_row) = tabel.kopregel {
        let _ = writeln!(out, "{}", wording::koppeling::header_row(&header_row));
    }
    if let Some(reading) = &tabel.lezen {
        write_line(out, index, "lezen", ("", ""), ("lezen", reading), notes);
    }
    if !tabel.naast_elkaar.is_empty() {
        let group = |columns: &Vec<String>| {
            let columns: Vec<String> = columns.iter().map(|k| text(k)).collect();
            format!("[{}]", columns.join(", "))
        };
        let groups: Vec<String> = tabel.naast_elkaar.iter().map(group).collect();
        let _ = writeln!(
            out,
            "{}",
            wording::koppeling::side_by_side(&groups.join(", "))
        );
    }
    write_lists(out, index, tabel, notes);
    for (part, explanation, content) in sections(tabel) {
        if content.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n# {explanation}\n[tabel.{part}]");
        for (key_name, value) in ordered(content, notes) {
            write_line(out, index, part, (key_name, ""), (key_name, value), notes);
        }
    }
    for (veld, values) in ordered(&tabel.waarden, notes) {
        let _ = writeln!(
            out,
            "\n# {}\n[tabel.waarden.{}]",
            words_explanation(veld),
            key(veld)
        );
        for (source, code) in values {
            write_line(out, index, "waarden", (veld, source), (source, code), notes);
        }
    }
}

/// The parts of a table that are a list of lines: name, explanation, lines.
pub(super) fn sections(
    tabel: &TabelKoppeling,
) -> [(&'static str, &'static str, &BTreeMap<String, String>); 9] {
    [
        (
            "kolommen",
            "Welk veld komt uit welke kolom?",
            &tabel.kolommen,
        ),
        (
            "te_plaatsen",
            wording::koppeling::NOT_RECOGNISED_FILL,
            &tabel.te_plaatsen,
        ),
        ("vast", wording::koppeling::SAME_IN_EVERY_ROW, &tabel.vast),
        ("datumvorm", wording::koppeling::DATES_SO, &tabel.datumvorm),
        (
            "getalvorm",
            wording::koppeling::NUMBERS_SO,
            &tabel.getalvorm,
        ),
        ("eenheid", wording::koppeling::UNIT_SO, &tabel.eenheid),
        ("periode", wording::koppeling::PERIOD_SO, &tabel.periode),
        ("afgeleid", wording::koppeling::CONVERTED, &tabel.afgeleid),
        (
            "codestelsel",
            wording::koppeling::CODES_OF,
            &tabel.codestelsel,
        ),
    ]
}

/// The explanation above the words of a field.
pub(super) fn words_explanation(veld: &str) -> String {
    wording::koppeling::words_for(&one_line(veld))
}

/// The columns that no field is read from.
fn write_lists(out: &mut String, index: usize, tabel: &TabelKoppeling, notes: &Notes) {
    let lists: [(&'static str, &str, &[String]); 3] = [
        (
            "overslaan",
            wording::koppeling::NOT_ASKED_COLUMNS,
            &tabel.overslaan,
        ),
        (
            "te_kiezen",
            wording::koppeling::IN_QUESTION_BELOW,
            &tabel.te_kiezen,
        ),
        (
            "niet_herkend",
            wording::koppeling::NOT_RECOGNISED,
            &tabel.niet_herkend,
        ),
    ];
    for (name, explanation, columns) in lists {
        if !columns.is_empty() {
            let list: Vec<String> = columns.iter().map(|k| text(k)).collect();
            let _ = writeln!(out, "# {explanation}\n{name} = [{}]", list.join(", "));
        }
    }
    if let Some(answer) = &tabel.welke_gevraagd {
        write_line(
            out,
            index,
            "welke_gevraagd",
            ("", ""),
            ("welke_gevraagd", answer),
            notes,
        );
    }
}

fn write_line(
    out: &mut String,
    index: usize,
    part: &'static str,
    place: (&str, &str),
    regel: (&str, &str),
    notes: &Notes,
) {
    let (above, behind) = notes.around(index, part, place, !regel.1.is_empty());
    let _ = writeln!(out, "{above}{} = {}{behind}", key(regel.0), text(regel.1));
}

/// Fields in the order of the definition, others after them by name.
fn ordered<'a, T>(content: &'a BTreeMap<String, T>, notes: &Notes) -> Vec<(&'a String, &'a T)> {
    let rang = |veld: &String| {
        notes
            .volgorde
            .iter()
            .position(|v| v == veld)
            .unwrap_or(usize::MAX)
    };
    let mut list: Vec<(&String, &T)> = content.iter().collect();
    list.sort_by_key(|(veld, _)| rang(veld));
    list
}

/// A comment, over as many lines as it needs.
fn comment(out: &mut String, regel: &str) {
    const WIDTH: usize = 110;
    let mut column = 0;
    for word in one_line(regel).split(' ') {
        if column == 0 || column + word.chars().count() > WIDTH {
            if column > 0 {
                out.push('\n');
            }
            out.push_str(if column > 0 { GOES_ON } else { "#" });
            column = 1;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + word.chars().count();
    }
    out.push('\n');
}

/// A comment ends at the line's end, whatever stands in a value.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn key(key_name: &str) -> String {
    let bare = !key_name.is_empty()
        && key_name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare {
        key_name.to_owned()
    } else {
        text(key_name)
    }
}
