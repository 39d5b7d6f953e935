//! Rows of a query in the same order every time, so that a finding names the same row on every run.
//!
//! Owns whether a query says its order itself, and asking the database for one where it does not. Leaves how a column is
//! compared to each database.

/// The query with an order by all of its columns, each told to the database by `column` (from 1); `None` where it has an
/// order of its own, or is nothing that can be ordered. `alias` is what stands behind the query, in brackets.
pub(super) fn ordered(
    query: &str,
    columns: usize,
    alias: &str,
    column: impl Fn(usize) -> String,
) -> Option<String> {
    let words = top_words(query);
    let first = words.first()?;
    let select = ["SELECT", "WITH", "VALUES"].contains(&first.as_str());
    let has_order = words.windows(2).any(|pair| pair == ["ORDER", "BY"]);
    if !select || has_order || may_write(query) {
        return None;
    }
    let inner = query.trim_end().trim_end_matches(';');
    if inner.contains(';') {
        // Something stands behind the end: no bracket can be put around that.
        return None;
    }
    let order: Vec<String> = (1..=columns).map(column).collect();
    // A comment at the end must not take the bracket along.
    Some(format!(
        "SELECT * FROM (\n{inner}\n) {alias} ORDER BY {}",
        order.join(", ")
    ))
}

/// Whether a word that changes data stands in it: such a query goes as it is, so that the database says why it may not.
fn may_write(query: &str) -> bool {
    const WRITES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];
    query
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| WRITES.iter().any(|write| word.eq_ignore_ascii_case(write)))
}

/// The words that stand in no bracket, text or comment, in capitals.
fn top_words(query: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0_usize;
    let mut rest = query.chars().peekable();
    while let Some(character) = rest.next() {
        let next = rest.peek().copied();
        match (character, next) {
            ('-', Some('-')) => while rest.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut star = false;
                for c in rest.by_ref().skip(1) {
                    if star && c == '/' {
                        break;
                    }
                    star = c == '*';
                }
            }
            // A doubled quote ends one text and begins the next.
            ('\'' | '"' | '`', _) => for _ in rest.by_ref().take_while(|c| *c != character) {},
            ('(', _) => depth += 1,
            (')', _) => depth = depth.saturating_sub(1),
            (c, _) if depth == 0 && (c.is_alphanumeric() || c == '_') => {
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_uppercase());
                }
                continue;
            }
            _ => {}
        }
        if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(query: &str) -> Option<String> {
        ordered(query, 2, "", |number| number.to_string())
    }

    #[test]
    fn only_a_query_without_an_order_gets_one() {
        assert_eq!(
            order("SELECT a, b FROM t; ").as_deref(),
            Some("SELECT * FROM (\nSELECT a, b FROM t\n)  ORDER BY 1, 2")
        );
        for own in [
            "WITH weg AS (DELETE FROM t RETURNING a) SELECT a FROM weg",
            "SELECT a FROM t ORDER BY a",
            "select a from t\norder\tby a desc",
            "WITH x AS (SELECT 1) SELECT * FROM x /* en */ ORDER /* dan */ BY 1",
            "SELECT a FROM t; -- klaar",
            "PRAGMA table_info(t)",
            "",
        ] {
            assert_eq!(order(own), None, "{own}");
        }
        for other in [
            "SELECT row_number() OVER (ORDER BY a) FROM t",
            "SELECT 'ORDER BY' FROM t",
            "SELECT \"order\" FROM t -- ORDER BY a",
            "WITH x AS (SELECT * FROM t ORDER BY a) SELECT * FROM x",
        ] {
            assert!(order(other).is_some(), "{other}");
        }
    }
}
