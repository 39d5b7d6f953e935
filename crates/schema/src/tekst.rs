//! What every writer of text must do alike: numbers for a Dutch reader, and no text that a spreadsheet runs.
//!
//! Owns the two rules. Leaves layout, quoting and limits to the writer.

/// A number as a Dutch reader expects it: `1.234.567`.
pub fn duizendtal(getal: u64) -> String {
    let cijfers = getal.to_string();
    let mut uit = String::with_capacity(cijfers.len() + cijfers.len() / 3);
    for (i, cijfer) in cijfers.chars().enumerate() {
        if i > 0 && (cijfers.len() - i).is_multiple_of(3) {
            uit.push('.');
        }
        uit.push(cijfer);
    }
    uit
}

/// Whether a spreadsheet could take this text for a formula: every export puts an apostrophe in front of it
/// (HOSTILE 31), also where spaces or the full-width signs come first.
pub fn is_formule(tekst: &str) -> bool {
    const BEGIN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    tekst.trim_start_matches([' ', '\u{a0}']).starts_with(BEGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_get_a_point() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(duizendtal), ["0", "999", "1.000", "1.234.567"]);
    }

    #[test]
    fn every_way_to_start_a_formula_is_seen() {
        for formule in ["=1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{a0}=1", "＝1", "＋1", "－1", "＠A"] {
            assert!(is_formule(formule), "{formule:?}");
        }
        assert!(!is_formule("begeleide omgang") && !is_formule("1-2") && !is_formule(""));
    }
}
