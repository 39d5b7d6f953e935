//! How far two words are apart.
//!
//! Owns the one measure of a typing error: characters inserted, deleted, replaced, or swapped with their neighbour; and the
//! words after which likeness says nothing. Leaves to the callers how words are written before they are compared, and how far
//! apart is still near.

/// Words that turn the meaning of the others: `niet volgens plan` is like `volgens plan` and means the reverse.
pub const NEGATION: [&str; 7] = ["niet", "geen", "zonder", "non", "not", "ex", "nooit"];

/// The number of typing errors between two words, if at most `at_most`.
pub fn typing_errors(a: &str, b: &str, at_most: usize) -> Option<usize> {
    let longer = a.chars().count().abs_diff(b.chars().count());
    if longer > at_most {
        return None;
    }
    Some(strsim::osa_distance(a, b)).filter(|&errors| errors <= at_most)
}

#[cfg(test)]
mod tests {
    use super::typing_errors;

    #[test]
    fn a_swap_is_one_error_and_far_is_nothing() {
        assert_eq!(typing_errors("utrehct", "utrecht", 1), Some(1));
        assert_eq!(typing_errors("zuidt", "zuid", 2), Some(1));
        assert_eq!(typing_errors("één", "een", 2), Some(2));
        assert_eq!(typing_errors("utrecht", "zwolle", 2), None);
        assert_eq!(typing_errors("a", "abcd", 2), None);
    }
}
