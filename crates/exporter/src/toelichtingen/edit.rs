//! Changing one answer in `toelichtingen.toml` and nothing else.
//!
//! Owns what changes in the text of one question, so that remarks, order and other answers stay as a person wrote them.
//! Leaves reading and asking to the module above.

use toml_edit::{DocumentMut, Item, RawString, Table, Value};

use super::is_explanation;

/// Gives a question an answer over the data of this name; what was answered over other data, if another, stays as a
/// comment.
pub(super) fn answer(
    text: &str,
    code: &str,
    nu: (&str, &str),
    key: Option<&str>,
    before: Option<(&str, &str)>,
) -> String {
    edit(text, code, |question| {
        if let Some((reply, words)) = before.filter(|before| *before != nu) {
            keep_earlier(question, reply, words);
        }
        put(question, "antwoord", Some(nu.0));
        put(question, "woorden", Some(nu.1));
        put(question, "sleutel", key);
    })
}

/// Opens a question again over the data of this name; its answer stays as a comment.
pub(super) fn reopen(text: &str, code: &str, key: Option<&str>) -> String {
    edit(text, code, |question| {
        let [reply, words] = ["antwoord", "woorden"].map(|key| text_of(question, key).to_owned());
        keep_earlier(question, &reply, &words);
        put(question, "antwoord", Some(""));
        put(question, "woorden", Some(""));
        put(question, "sleutel", key);
    })
}

/// Gives an open question the name of the data it is asked over now.
pub(super) fn rename(text: &str, code: &str, key: Option<&str>) -> String {
    edit(text, code, |question| put(question, "sleutel", key))
}

/// Renews the comments above a question that an earlier run wrote; those of a person stay, and who took ours away gets
/// none back.
pub(super) fn explain(text: &str, code: &str, explanation: &str) -> String {
    edit(text, code, |question| {
        let above = raw(question.decor().prefix()).to_owned();
        let begin = above.rfind("\n\n").map_or(0, |at| at + 2);
        let (before, comments) = above.split_at(begin);
        if !comments.lines().any(is_explanation) {
            return;
        }
        let mut renewed = before.to_owned();
        let mut told = false;
        for line in comments.split_inclusive('\n') {
            match (is_explanation(line), told) {
                (false, _) => renewed.push_str(line),
                (true, true) => {}
                (true, false) => {
                    renewed.push_str(explanation);
                    told = true;
                }
            }
        }
        question.decor_mut().set_prefix(renewed);
    })
}

/// The text with a change to the question of this code; text without that question stays as it is.
fn edit(text: &str, code: &str, change: impl FnOnce(&mut Table)) -> String {
    // Lines end as the person's editor likes it.
    let Ok(mut document) = text.replace("\r\n", "\n").parse::<DocumentMut>() else {
        return text.to_owned();
    };
    let questions = document.get_mut("toelichting");
    let question = questions
        .and_then(Item::as_array_of_tables_mut)
        .and_then(|questions| questions.iter_mut().find(|q| text_of(q, "code") == code));
    let Some(question) = question else {
        return text.to_owned();
    };
    change(question);
    let changed = document.to_string();
    if text.contains("\r\n") {
        changed.replace('\n', "\r\n")
    } else {
        changed
    }
}

fn text_of<'a>(question: &'a Table, key: &str) -> &'a str {
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
fn keep_earlier(question: &mut Table, reply: &str, words: &str) {
    let parts = [reply, words].map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
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

    const TEXT: &str = "# van mij\n[[toelichting]]\ncode = 'A' # eerste\nwoorden = \"\"\"\nveel\nregels\"\"\"\nantwoord = 'klopt'\n\n[[toelichting]]\ncode = \"B\"\n# slot\n";

    #[test]
    fn only_the_values_change() {
        let out = answer(
            TEXT,
            "A",
            ("wordt_hersteld", "ooit"),
            Some("s1"),
            Some(("klopt", "veel\nregels")),
        );
        assert_eq!(
            out,
            "# van mij\n[[toelichting]]\n# Eerder, over andere gegevens: klopt, veel regels\ncode = 'A' # eerste\n\
             woorden = \"ooit\"\nantwoord = \"wordt_hersteld\"\nsleutel = \"s1\"\n\n[[toelichting]]\ncode = \"B\"\n# slot\n"
        );
        let out = answer(TEXT, "B", ("klopt", ""), None, None);
        assert!(
            out.ends_with("code = \"B\"\nantwoord = \"klopt\"\nwoorden = \"\"\n# slot\n"),
            "{out}"
        );
        assert_eq!(answer(TEXT, "C", ("klopt", ""), None, None), TEXT);
    }

    /// Notepad ends lines its own way.
    #[test]
    fn line_ends_stay_those_of_the_person() {
        let windows = TEXT.replace('\n', "\r\n");
        let given = ("klopt", "zo is het");
        assert_eq!(
            answer(&windows, "B", given, Some("s"), None),
            answer(TEXT, "B", given, Some("s"), None).replace('\n', "\r\n")
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
        let fresh = answer(TEXT, "B", ("klopt", ""), Some("s"), None);
        let fresh = answer(&fresh, "B", ("klopt", "zo is het"), Some("s"), None);
        assert!(!fresh.contains("# Eerder"), "{fresh}");
        let old = Some(("klopt", "veel regels"));
        let new = answer(TEXT, "A", ("anders", ""), Some("s"), old);
        let new = answer(&new, "A", ("anders", "iets"), Some("s"), old);
        assert_eq!(
            new.matches("# Eerder, over andere gegevens: klopt, veel regels\n")
                .count(),
            1,
            "{new}"
        );
    }

    /// Counts and places of a question stayed those of the data it was first asked over.
    #[test]
    fn comments_are_renewed_and_those_of_a_person_stay() {
        let old = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (10 keer)\n# Waarom dit gevraagd wordt: zo.\n# nog nakijken\n\
                   # Bijvoorbeeld G6: lang.\n[[toelichting]]\ncode = \"B\"\n";
        let new = explain(
            old,
            "B",
            "# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n",
        );
        let expected = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n# nog nakijken\n\
                        [[toelichting]]\ncode = \"B\"\n";
        assert_eq!(new, expected);
        assert_eq!(explain(old, "A", "# x\n"), old, "there was none of ours");
        assert_eq!(explain(old, "C", "# x\n"), old);
    }
}
