//! Names of columns that must not be there: those for a BSN, and those that hold one.
//!
//! Owns the words. Leaves the number in any form to [`super::in_text`], which names of files and sheets are held against too.

use super::in_text;

/// Whether a column may not be called this: by a name for the BSN, or with one in it.
pub fn forbidden_header(header: &str) -> bool {
    if in_text(header) {
        return true;
    }
    let name: String = header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let words = header
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| w.eq_ignore_ascii_case("bsn"));
    words
        || name.contains("burgerservicenummer")
        || name.contains("burgerservicenr")
        || name == "bsnnummer"
        || name == "bsnnr"
        || name == "sofinummer"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names() {
        for header in ["BSN", "bsn_jeugdige", "Burgerservicenummer", "BSN-nummer"] {
            assert!(forbidden_header(header), "{header}");
        }
        assert!(!forbidden_header("Absnede"));
        assert!(forbidden_header("kind 123456782"));
        assert!(!forbidden_header("kind 123456789"));
    }
}
