//! Writes what changed in a koppeling into its text, and nothing else.
//!
//! Owns that remarks, order and spelling of a person stay where they are: only the lines that changed are touched, a
//! question goes once it has its answer, new lines come behind the others. Leaves what changes to `conversation`, the
//! text of a new part to `toml`.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, DocumentMut, Item, RawString, Table, TableLike, Value};

use crate::koppeling::toml::{Notes, sections, without_question, words_explanation, write_table};
use crate::koppeling::{Koppeling, KoppelingError, TabelKoppeling};
use crate::wording;

/// The text with every line that differs between the two; `notes` hold the comments of new lines.
///
/// # Errors
/// When the text is no koppeling with a `[[tabel]]` for each of its tables.
pub(crate) fn write_changes(
    text: &str,
    before: &Koppeling,
    after: &Koppeling,
    notes: &Notes,
) -> Result<String, KoppelingError> {
    let windows = text.contains("\r\n");
    // Lines end as the person's editor likes it.
    let mut document: DocumentMut = text
        .replace("\r\n", "\n")
        .parse()
        .map_err(|e: toml_edit::TomlError| KoppelingError::Vorm(e.message().to_owned()))?;
    let pairs = before.tabellen.iter().zip(&after.tabellen);
    for (index, (old, new)) in pairs.enumerate().filter(|(_, (old, new))| old != new) {
        let part = document
            .get_mut("tabel")
            .and_then(Item::as_array_of_tables_mut)
            .and_then(|parts: &mut ArrayOfTables| parts.get_mut(index));
        let part = part.ok_or_else(|| {
            KoppelingError::Vorm(wording::koppeling::OWN_HEADER_PER_TABLE.to_owned())
        })?;
        let mut editor = Editor { part, index, notes };
        editor.changes(old, new);
    }
    let mut out = document.to_string();
    for (index, new) in after
        .tabellen
        .iter()
        .enumerate()
        .skip(before.tabellen.len())
    {
        if !out.ends_with('\n') {
            out.push('\n');
        }
        write_table(&mut out, index, new, notes);
    }
    Ok(if windows {
        out.replace('\n', "\r\n")
    } else {
        out
    })
}

/// Changes one `[[tabel]]`.
struct Editor<'a> {
    part: &'a mut Table,
    index: usize,
    notes: &'a Notes,
}

/// Lines of one kind, as they are and as they are to be.
type WasAndNow<'a> = (&'a BTreeMap<String, String>, &'a BTreeMap<String, String>);

impl Editor<'_> {
    fn changes(&mut self, old: &TabelKoppeling, new: &TabelKoppeling) {
        let answers = [
            ("lezen", &old.lezen, &new.lezen),
            ("welke_gevraagd", &old.welke_gevraagd, &new.welke_gevraagd),
        ];
        for (key, was, now) in answers {
            if let Some(now) = now.as_ref().filter(|_| was != now) {
                put(self.part, key, now, (String::new(), String::new()));
            }
        }
        for ((name, explanation, was), (.., now)) in sections(old).into_iter().zip(sections(new)) {
            if was != now {
                let list = child(self.part, name, explanation);
                lines(list, (was, now), |key, answered| {
                    self.notes.around(self.index, name, (key, ""), answered)
                });
                drop_if_empty(self.part, name);
            }
        }
        let none = BTreeMap::new();
        let fields = old.waarden.keys().chain(new.waarden.keys());
        let fields: std::collections::BTreeSet<&String> = fields.collect();
        for veld in fields {
            let was = old.waarden.get(veld).unwrap_or(&none);
            let now = new.waarden.get(veld).unwrap_or(&none);
            if was == now {
                continue;
            }
            let mut all = Table::new();
            all.set_implicit(true);
            let all = self.part.entry("waarden").or_insert(Item::Table(all));
            let Some(all) = all.as_table_like_mut() else {
                continue;
            };
            let list = child(all, veld, &words_explanation(veld));
            lines(list, (was, now), |word, answered| {
                self.notes
                    .around(self.index, "waarden", (veld, word), answered)
            });
            drop_if_empty(all, veld);
        }
    }
}

/// The list of this name; a new one has its explanation above it.
fn child<'t>(
    parent: &'t mut dyn TableLike,
    name: &str,
    explanation: &str,
) -> &'t mut dyn TableLike {
    let fresh = || {
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("\n# {explanation}\n"));
        Item::Table(table)
    };
    if parent
        .get(name)
        .is_none_or(|item| item.as_table_like().is_none())
    {
        parent.insert(name, fresh());
    }
    parent
        .get_mut(name)
        .and_then(Item::as_table_like_mut)
        .expect("it is there, or was put there")
}

fn drop_if_empty(parent: &mut dyn TableLike, name: &str) {
    let is_empty = parent
        .get(name)
        .and_then(Item::as_table_like)
        .is_some_and(TableLike::is_empty);
    if is_empty {
        parent.remove(name);
    }
}

fn lines(
    list: &mut dyn TableLike,
    (was, now): WasAndNow<'_>,
    notes: impl Fn(&str, bool) -> (String, String),
) {
    for key in was.keys().filter(|key| !now.contains_key(*key)) {
        remove(list, key);
    }
    for (key, value) in now
        .iter()
        .filter(|(key, value)| was.get(*key) != Some(value))
    {
        put(list, key, value, notes(key, !value.is_empty()));
    }
}

/// Gives a line its value. One that is there keeps its place and its remarks, but for the question that is answered.
fn put(list: &mut dyn TableLike, key: &str, text: &str, (above, behind): (String, String)) {
    let mut value = Value::from(text);
    if let Some(mut line) = list.key_mut(key) {
        let remarks = without_question(raw(line.leaf_decor().prefix()));
        line.leaf_decor_mut().set_prefix(remarks);
    }
    if let Some(line) = list.get_mut(key) {
        if let Some(old) = line.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *line = Item::Value(value);
        return;
    }
    value.decor_mut().set_suffix(behind);
    list.insert(key, Item::Value(value));
    if let Some(mut line) = list.key_mut(key) {
        line.leaf_decor_mut().set_prefix(above);
    }
}

/// Takes a line away; what a person wrote above it goes to the line behind it.
fn remove(list: &mut dyn TableLike, key: &str) {
    let keys: Vec<String> = list.iter().map(|(key, _)| key.to_owned()).collect();
    let next = keys.iter().skip_while(|k| *k != key).nth(1);
    let remarks = list
        .key(key)
        .map(|line| without_question(raw(line.leaf_decor().prefix())))
        .unwrap_or_default();
    if let Some(mut next) = next.and_then(|next| list.key_mut(next)) {
        let above = raw(next.leaf_decor().prefix()).to_owned();
        next.leaf_decor_mut().set_prefix(remarks + &above);
    }
    list.remove(key);
}

fn raw(decor: Option<&RawString>) -> &str {
    decor.and_then(RawString::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# van mij\nuitvraag = \"omgang/2020\"\n\n[[tabel]]\nnaam = 'traject' # mijn tabel\n\
        # OPEN: Vraagt de uitvraag een van deze?\n#   En zo verder.\n# nog nakijken\nwelke_gevraagd = \"\"\n\n\
        # Welk veld komt uit welke kolom?\n[tabel.kolommen]\ntraject_id = \"Nr\"  # 93 % zeker: kijk dit na\n\
        # OPEN: In welke kolom staat 'Kader'?\nkader = \"\"\n# vraag Jan\nvorm = \"\"\n\n[[tabel]]\nnaam = \"wachtlijst\"\n\n\
        [[voorziening]]\nvoorziening_id = \"V1\"\n# slot\n";

    fn changed(text: &str, notes: &Notes, change: impl FnOnce(&mut Koppeling)) -> String {
        let before = Koppeling::parse(text).unwrap();
        let mut after = before.clone();
        change(&mut after);
        let out = write_changes(text, &before, &after, notes).unwrap();
        assert_eq!(Koppeling::parse(&out).unwrap(), after, "{out}");
        out
    }

    fn answer(koppeling: &mut Koppeling) {
        let part = &mut koppeling.tabellen[0];
        part.welke_gevraagd = Some("geen van deze".to_owned());
        part.kolommen.insert("kader".into(), "Maatregel".into());
        part.kolommen.remove("vorm");
    }

    #[test]
    fn only_the_answers_change_and_their_questions_go() {
        let out = changed(TEXT, &Notes::default(), answer);
        let expected = TEXT
            .replace(
                "# OPEN: Vraagt de uitvraag een van deze?\n#   En zo verder.\n",
                "",
            )
            .replace(
                "welke_gevraagd = \"\"",
                "welke_gevraagd = \"geen van deze\"",
            )
            .replace("# OPEN: In welke kolom staat 'Kader'?\n", "")
            .replace("kader = \"\"", "kader = \"Maatregel\"")
            .replace("# vraag Jan\nvorm = \"\"\n", "");
        assert_eq!(out, expected);
    }

    #[test]
    fn line_ends_stay_those_of_the_person() {
        let windows = TEXT.replace('\n', "\r\n");
        let out = changed(&windows, &Notes::default(), answer);
        let plain = changed(TEXT, &Notes::default(), answer);
        assert_eq!(out, plain.replace('\n', "\r\n"));
    }

    #[test]
    fn new_lines_come_with_their_comments_in_their_own_table() {
        let mut notes = Notes::default();
        notes.above(0, "waarden", "kader", "ots", "OPEN: Wat betekent 'ots'?");
        notes.beside(0, "waarden", "kader", "vrijw", "91 % zeker: kijk dit na");
        let out = changed(TEXT, &notes, |koppeling| {
            let part = &mut koppeling.tabellen[0];
            part.datumvorm
                .insert("startdatum".into(), "dd-mm-jjjj".into());
            let words = part.waarden.entry("kader".into()).or_default();
            words.insert("ots".into(), String::new());
            words.insert("vrijw".into(), "vrijwillig".into());
        });
        let expected = "\n# Zo staan de datums in uw bestand.\n[tabel.datumvorm]\nstartdatum = \"dd-mm-jjjj\"\n\
            \n# Uw woorden voor kader: links uw woord, rechts de code.\n[tabel.waarden.kader]\n\
            # OPEN: Wat betekent 'ots'?\nots = \"\"\nvrijw = \"vrijwillig\"  # 91 % zeker: kijk dit na\n\n[[tabel]]\n";
        assert!(out.contains(expected), "{out}");
    }

    #[test]
    fn a_new_part_comes_last() {
        let out = changed(TEXT, &Notes::default(), |koppeling| {
            koppeling.tabellen.push(TabelKoppeling {
                naam: "traject".into(),
                blad: Some("Kopie".into()),
                lezen: Some("nee".into()),
                ..TabelKoppeling::default()
            });
        });
        assert!(out.starts_with(TEXT), "{out}");
        assert!(
            out.ends_with("blad = \"Kopie\"\nlezen = \"nee\"\n"),
            "{out}"
        );
    }
}
