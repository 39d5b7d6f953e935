//! The words of a finding: a rule's texts with their placeholders filled.
//!
//! Owns `{naam}` and how numbers are written for a Dutch reader. Never puts a value of a row in a sentence: that
//! stands in `gevonden` alone, where the service can leave it out.

/// The text with every `{naam}` replaced; a name without a value stays as it stands.
pub(crate) fn fill(tekst: &str, waarde: impl Fn(&str) -> Option<String>) -> String {
    let mut uit = String::with_capacity(tekst.len() + 32);
    let mut rest = tekst;
    while let Some((voor, naam, na)) = split(rest) {
        uit.push_str(voor);
        match waarde(naam) {
            Some(waarde) => uit.push_str(&waarde),
            None => {
                uit.push('{');
                uit.push_str(naam);
                uit.push('}');
            }
        }
        rest = na;
    }
    uit.push_str(rest);
    uit
}

/// The text before the first placeholder, its name, and the text after it.
fn split(tekst: &str) -> Option<(&str, &str, &str)> {
    let (voor, rest) = tekst.split_once('{')?;
    let (naam, na) = rest.split_once('}')?;
    Some((voor, naam, na))
}

/// A share as a percentage, with a decimal where it would otherwise look no larger than `max`.
pub(crate) fn percentage(aandeel: f64, max: f64) -> String {
    let heel = (aandeel * 100.0).round();
    if heel > (max * 100.0).round() || (aandeel * 100.0 - heel).abs() < 1e-9 {
        return format!("{heel} %");
    }
    format!("{:.1} %", (aandeel * 1000.0).ceil() / 10.0).replace('.', ",")
}

/// A number as a Dutch reader writes it.
pub(crate) fn number(n: f64) -> String {
    n.to_string().replace('.', ",")
}

/// `a, b en c`, or with `of`.
pub(crate) fn enumerate(delen: &[String], voegwoord: &str) -> String {
    match delen {
        [] => String::new(),
        [een] => een.clone(),
        [voor @ .., laatste] => format!("{} {voegwoord} {laatste}", voor.join(", ")),
    }
}

/// A value as it is shown: never endless.
pub(crate) fn shown(waarde: &str) -> Box<str> {
    const LANGST: usize = 100;
    match waarde.char_indices().nth(LANGST) {
        None => waarde.into(),
        Some((at, _)) => format!("{}…", &waarde[..at]).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_what_is_known_and_leaves_the_rest() {
        let uit = fill(
            "{veld} staat in rij {eerder}. {onbekend} { los",
            |naam| match naam {
                "veld" => Some("Kader".to_owned()),
                "eerder" => Some("7".to_owned()),
                _ => None,
            },
        );
        assert_eq!(uit, "Kader staat in rij 7. {onbekend} { los");
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
        let delen = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(enumerate(&delen, "of"), "a, b of c");
        assert_eq!(enumerate(&delen[..1], "of"), "a");
    }
}
