//! The little of HTML that a generated page needs: escaping, and texts with names between braces.
//!
//! Owns that nothing from a definition can become markup.

/// Text as it may stand in an element or a quoted attribute.
pub(super) fn escape(tekst: &str) -> String {
    let mut uit = String::with_capacity(tekst.len());
    for teken in tekst.chars() {
        match teken {
            '&' => uit.push_str("&amp;"),
            '<' => uit.push_str("&lt;"),
            '>' => uit.push_str("&gt;"),
            '"' => uit.push_str("&quot;"),
            '\'' => uit.push_str("&#39;"),
            _ => uit.push(teken),
        }
    }
    uit
}

/// A text of a rule: names between braces become `<var>`, texts between backticks `<code>`.
pub(super) fn regeltekst(tekst: &str) -> String {
    let met_namen = escape(tekst).replace('{', "<var>").replace('}', "</var>");
    let mut uit = String::new();
    for (index, deel) in met_namen.split('`').enumerate() {
        match index % 2 {
            0 => uit.push_str(deel),
            _ => uit.push_str(&format!("<code>{deel}</code>")),
        }
    }
    uit
}

#[cfg(test)]
mod tests {
    use super::{escape, regeltekst};

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            escape(r#"<a href="x">'&"#),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"
        );
        assert_eq!(
            regeltekst("{veld} met `uitvraag pak` & <b>"),
            "<var>veld</var> met <code>uitvraag pak</code> &amp; &lt;b&gt;"
        );
    }
}
