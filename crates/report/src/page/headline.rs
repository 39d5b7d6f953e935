//! One sentence at the top of a page, with the way to the figure in full.

use serde::Serialize;

/// A sentence at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Headline {
    /// Where the figure stands in full, or what it means where the page has no more of it.
    pub href: String,
    /// Up to the stressed words.
    pub before: String,
    /// The stressed words; may be empty.
    pub emphasis: String,
    /// Their name in the style sheet.
    pub class: &'static str,
    /// What follows.
    pub after: String,
}
