//! Changing one answer in `toelichtingen.toml` and nothing else.
//!
//! Owns what changes in the text of one question, so that remarks, order and other answers stay as a person wrote them.
//! Leaves reading and asking to the module above.

use toml_edit::{DocumentMut, Item, RawString, Table, Value};

use super::is_uitleg;

/// Gives a question an answer over the data of this name; what was answered over other data, if another, stays as a
/// comment.
pub fn answer(
    tekst: &str,
    code: &str,
    nu: (&str, &str),
    sleutel: Option<&str>,
    eerder: Option<(&str, &str)>,
) -> String {
    edit(tekst, code, |question| {
        if let Some((antwoord, woorden)) = eerder.filter(|eerder| *eerder != nu) {
            keep_earlier(question, antwoord, woorden);
        }
        put(question, "antwoord", Some(nu.0));
        put(question, "woorden", Some(nu.1));
        put(question, "sleutel", sleutel);
    })
}

/// Opens a question again over the data of this name; its answer stays as a comment.
pub fn reopen(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |question| {
        let [antwoord, woorden] = ["antwoord", "woorden"].map(|key| text(question, key).to_owned());
        keep_earlier(question, &antwoord, &woorden);
        put(question, "antwoord", Some(""));
        put(question, "woorden", Some(""));
        put(question, "sleutel", sleutel);
    })
}

/// Gives an open question the name of the data it is asked over now.
pub fn rename(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |question| put(question, "sleutel", sleutel))
}

/// Renews the comments above a question that an earlier run wrote; those of a person stay, and who took ours away gets
/// none back.
pub fn explain(tekst: &str, code: &str, uitleg: &str) -> String {
    edit(tekst, code, |question| {
        let above = raw(question.decor().prefix()).to_owned();
        let begin = above.rfind("\n\n").map_or(0, |at| at + 2);
        let (before, comments) = above.split_at(begin);
        if !comments.lines().any(is_uitleg) {
            return;
        }
        let mut renewed = before.to_owned();
        let mut told = false;
        for line in comments.split_inclusive('\n') {
            match (is_uitleg(line), told) {
                (false, _) => renewed.push_str(line),
                (true, true) => {}
                (true, false) => {
                    renewed.push_str(uitleg);
                    told = true;
                }
            }
        }
        question.decor_mut().set_prefix(renewed);
    })
}

/// The text with a change to the question of this code; text without that question stays as it is.
fn edit(tekst: &str, code: &str, change: impl FnOnce(&mut Table)) -> String {
    // Lines end as the person's editor likes it.
    let Ok(mut document) = tekst.replace("\r\n", "\n").parse::<DocumentMut>() else {
        return tekst.to_owned();
    };
    let questions = document.get_mut("toelichting");
    let question = questions
        .and_then(Item::as_array_of_tables_mut)
        .and_then(|questions| questions.iter_mut().find(|q| text(q, "code") == code));
    let Some(question) = question else {
        return tekst.to_owned();
    };
    change(question);
    let changed = document.to_string();
    if tekst.contains("\r\n") {
        changed.replace('\n', "\r\n")
    } else {
        changed
    }
}

fn text<'a>(question: &'a Table, key: &str) -> &'a str {
    question.get(key).and_then(Item::as_str).unwrap_or_default()
}

fn raw(decor: Option<&RawString>) -> &str {
    decor.and_then(RawString::as_str).unwrap_or_default()
}

/// Gives a key this value, if there is one: in its place, with the remark behind it, or at the end of the question.
fn put(question: &mut Table, key: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    let mut value = Value::from(value);
    if let Some(old) = question.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    question.insert(key, Item::Value(value));
}

/// Keeps an answer, if there is one, as a comment of one line above the code.
fn keep_earlier(question: &mut Table, antwoord: &str, woorden: &str) {
    let parts =
        [antwoord, woorden].map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let filled: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let Some(mut code) = question.key_mut("code").filter(|_| !filled.is_empty()) else {
        return;
    };
    let comment = format!("# Eerder, over andere gegevens: {}\n", filled.join(", "));
    let above = raw(code.leaf_decor().prefix()).to_owned();
    if !above.ends_with(&comment) {
        code.leaf_decor_mut().set_prefix(above + &comment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEKST: &str = "# van mij\n[[toelichting]]\ncode = 'A' # eerste\nwoorden = \"\"\"\nveel\nregels\"\"\"\nantwoord = 'klopt'\n\n[[toelichting]]\ncode = \"B\"\n# slot\n";

    #[test]
    fn only_the_values_change() {
        let uit = answer(
            TEKST,
            "A",
            ("wordt_hersteld", "ooit"),
            Some("s1"),
            Some(("klopt", "veel\nregels")),
        );
        assert_eq!(
            uit,
            "# van mij\n[[toelichting]]\n# Eerder, over andere gegevens: klopt, veel regels\ncode = 'A' # eerste\n\
             woorden = \"ooit\"\nantwoord = \"wordt_hersteld\"\nsleutel = \"s1\"\n\n[[toelichting]]\ncode = \"B\"\n# slot\n"
        );
        let uit = answer(TEKST, "B", ("klopt", ""), None, None);
        assert!(
            uit.ends_with("code = \"B\"\nantwoord = \"klopt\"\nwoorden = \"\"\n# slot\n"),
            "{uit}"
        );
        assert_eq!(answer(TEKST, "C", ("klopt", ""), None, None), TEKST);
    }

    /// Notepad ends lines its own way.
    #[test]
    fn line_ends_stay_those_of_the_person() {
        let windows = TEKST.replace('\n', "\r\n");
        let given = ("klopt", "zo is het");
        assert_eq!(
            answer(&windows, "B", given, Some("s"), None),
            answer(TEKST, "B", given, Some("s"), None).replace('\n', "\r\n")
        );
    }

    #[test]
    fn the_same_answer_again_only_gets_the_new_name() {
        let een = answer(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"oud\"\n",
            "A",
            ("klopt", ""),
            Some("nieuw"),
            Some(("klopt", "")),
        );
        assert_eq!(
            een,
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"nieuw\"\n"
        );
        assert_eq!(
            rename(&een, "A", Some("later")),
            een.replace("nieuw", "later")
        );
    }

    /// An answer is kept before its words are asked: those two are one answer, over the same data.
    #[test]
    fn an_answer_in_two_steps_is_not_its_own_predecessor() {
        let vers = answer(TEKST, "B", ("klopt", ""), Some("s"), None);
        let vers = answer(&vers, "B", ("klopt", "zo is het"), Some("s"), None);
        assert!(!vers.contains("# Eerder"), "{vers}");
        let oud = Some(("klopt", "veel regels"));
        let nieuw = answer(TEKST, "A", ("anders", ""), Some("s"), oud);
        let nieuw = answer(&nieuw, "A", ("anders", "iets"), Some("s"), oud);
        assert_eq!(
            nieuw
                .matches("# Eerder, over andere gegevens: klopt, veel regels\n")
                .count(),
            1,
            "{nieuw}"
        );
    }

    /// Counts and places of a question stayed those of the data it was first asked over.
    #[test]
    fn comments_are_renewed_and_those_of_a_person_stay() {
        let oud = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (10 keer)\n# Waarom dit gevraagd wordt: zo.\n# nog nakijken\n\
                   # Bijvoorbeeld G6: lang.\n[[toelichting]]\ncode = \"B\"\n";
        let nieuw = explain(
            oud,
            "B",
            "# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n",
        );
        let verwacht = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n# nog nakijken\n\
                        [[toelichting]]\ncode = \"B\"\n";
        assert_eq!(nieuw, verwacht);
        assert_eq!(explain(oud, "A", "# x\n"), oud, "there was none of ours");
        assert_eq!(explain(oud, "C", "# x\n"), oud);
    }
}
