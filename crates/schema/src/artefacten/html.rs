//! The texts of a rule in a generated page: names between braces, code between backticks.
//!
//! Owns that no part of them can become markup. Leaves escaping to `quick-xml`.

use quick_xml::escape::escape;

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
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            escape(r#"<a href="x">'&"#),
            "&lt;a href=&quot;x&quot;&gt;&apos;&amp;"
        );
        assert_eq!(
            regeltekst("{veld} met `uitvraag pak` & <b>"),
            "<var>veld</var> met <code>uitvraag pak</code> &amp; &lt;b&gt;"
        );
    }
}
