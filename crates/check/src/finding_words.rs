//! The words of a finding: a rule's texts with their placeholders filled.
//!
//! Owns `{naam}` and how numbers are written for a Dutch reader. Never puts a value of a row in a sentence: that
//! stands in `gevonden` alone, where the service can leave it out.

/// The text with every `{naam}` replaced; a name without a value stays as it stands.
pub(crate) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, name, after)) = split(rest) {
        out.push_str(before);
        match value(name) {
            Some(value) => out.push_str(&value),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text before the first placeholder, its name, and the text after it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// A share as a percentage, with a decimal where it would otherwise look no larger than `max`.
pub(crate) fn percentage(share: f64, max: f64) -> String {
    let heel = (share * 100.0).round();
    if heel > (max * 100.0).round() || (share * 100.0 - heel).abs() < 1e-9 {
        return format!("{heel} %");
    }
    format!("{:.1} %", (share * 1000.0).ceil() / 10.0).replace('.', ",")
}

/// A number as a Dutch reader writes it.
pub(crate) fn number(n: f64) -> String {
    n.to_string().replace('.', ",")
}

/// `a, b en c`, or with `of`.
pub(crate) fn enumerate(parts: &[String], conjunction: &str) -> String {
    match parts {
        [] => String::new(),
        [een] => een.clone(),
        [before @ .., last] => format!("{} {conjunction} {last}", before.join(", ")),
    }
}

/// A value as it is shown: never endless.
pub(crate) fn shown(value: &str) -> Box<str> {
    const LONGEST: usize = 100;
    match value.char_indices().nth(LONGEST) {
        None => value.into(),
        Some((at, _)) => format!("{}…", &value[..at]).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_what_is_known_and_leaves_the_rest() {
        let out = fill(
            "{veld} staat in rij {eerder}. {onbekend} { los",
            |name| match name {
                "veld" => Some("Kader".to_owned()),
                "eerder" => Some("7".to_owned()),
                _ => None,
            },
        );
        assert_eq!(out, "Kader staat in rij 7. {onbekend} { los");
    }

    #[test]
    fn a_share_above_its_maximum_looks_so() {
        assert_eq!(percentage(0.31, 0.3), "31 %");
        assert_eq!(percentage(0.3001, 0.3), "30,1 %");
        assert_eq!(percentage(1.0, 0.25), "100 %");
        assert_eq!(percentage(0.5, 0.5), "50 %");
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        assert_eq!(&*shown("kort"), "kort");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), 101);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        let parts = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(enumerate(&parts, "of"), "a, b of c");
        assert_eq!(enumerate(&parts[..1], "of"), "a");
    }
}
