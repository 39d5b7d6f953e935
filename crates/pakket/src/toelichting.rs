//! What an answer to a signaal may be, at the command, on the page and in the service alike.
//!
//! Owns when words are wanted and what may stand in them. Leaves the sentences to who asks.

use rows::bsn;
use schema::pakket::Answer;
use schema::text::invisible;

/// The longest words, in characters.
pub const LONGEST_WORDS: usize = 2_000;

/// Why an answer can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerObjection {
    /// "Anders" says nothing without words.
    NoWords,
    /// More than [`LONGEST_WORDS`] characters.
    TooLong,
    /// Characters that do not show themselves.
    Invisible,
    /// Something that looks like a BSN.
    Bsn,
}

/// What speaks against this answer.
pub fn objection(answer: Answer, words: &str) -> Option<AnswerObjection> {
    if answer == Answer::Anders && words.trim().is_empty() {
        return Some(AnswerObjection::NoWords);
    }
    objection_to_words(words)
}

/// What speaks against these words, whatever the answer.
fn objection_to_words(words: &str) -> Option<AnswerObjection> {
    if words.chars().count() > LONGEST_WORDS {
        return Some(AnswerObjection::TooLong);
    }
    if !is_visible(words) {
        return Some(AnswerObjection::Invisible);
    }
    bsn::in_text(words).then_some(AnswerObjection::Bsn)
}

/// Text that shows itself as it is: no control characters but line breaks and tabs, no direction overrides.
pub fn is_visible(text: &str) -> bool {
    !text
        .chars()
        .any(|c| invisible(c) && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HOSTILE 9 and 14.
    #[test]
    fn words_show_themselves() {
        assert!(is_visible("Dat klopt.\nWij hadden één extra groep."));
        for text in ["a\u{1b}[31m", "a\u{0}", "a\u{202e}b", "\u{feff}a"] {
            assert!(!is_visible(text), "{text:?}");
        }
    }

    #[test]
    fn only_another_answer_wants_words() {
        use AnswerObjection::{Bsn, NoWords, TooLong};
        assert_eq!(objection(Answer::Klopt, ""), None);
        assert_eq!(objection(Answer::Anders, " \n"), Some(NoWords));
        assert_eq!(objection(Answer::Anders, "Een extra groep."), None);
        let long = "a".repeat(LONGEST_WORDS);
        assert_eq!(objection(Answer::Klopt, &long), None);
        assert_eq!(objection(Answer::Klopt, &(long + "é")), Some(TooLong));
        assert_eq!(objection(Answer::Klopt, "kind 111222333"), Some(Bsn));
    }
}
