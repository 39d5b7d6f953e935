//! What a statement asks of the session itself, before anything of it goes to the engine.
//!
//! Owns what programs say around their questions (`SET`, `BEGIN`, `SHOW` of a setting) and `COPY (…) TO STDOUT`. Whatever
//! it does not know is a question, and judged by the allow-list there.

use super::value::CopyForm;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PgStatement {
    /// Nothing stood there.
    Empty,
    /// Begins, ends or ends in vain a transaction, with the words that are answered.
    Begin,
    Commit,
    Rollback,
    /// Goes back to a savepoint: the transaction is open again.
    RollbackTo,
    /// Changes nothing here; answered with these words.
    Ignored(&'static str),
    /// Shows a setting of the session.
    Show(&'static str, &'static str),
    /// A question whose answer is copied out.
    Copy(String, CopyForm),
    /// `COPY` in any other form.
    OtherCopy,
    /// A question.
    Question(String),
}

/// The settings that programs ask for, and what they are: they can't be changed.
pub(super) const SETTINGS: [(&str, &str); 16] = [
    ("server_version", "16.0"),
    ("server_encoding", "UTF8"),
    ("client_encoding", "UTF8"),
    ("datestyle", "ISO, YMD"),
    ("intervalstyle", "iso_8601"),
    ("timezone", "UTC"),
    ("integer_datetimes", "on"),
    ("standard_conforming_strings", "on"),
    ("is_superuser", "off"),
    ("default_transaction_read_only", "on"),
    ("transaction_read_only", "on"),
    ("in_hot_standby", "off"),
    ("transaction_isolation", "repeatable read"),
    ("default_transaction_isolation", "repeatable read"),
    ("search_path", "public"),
    ("max_identifier_length", "63"),
];

impl PgStatement {
    pub(super) fn parse(sql: &str) -> Self {
        let bare = without_comments(sql).trim_end_matches([';', ' ', '\n', '\t', '\r']);
        let mut words = bare.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let first = words.next().unwrap_or_default().to_uppercase();
        match first.as_str() {
            "" if bare.is_empty() => Self::Empty,
            "BEGIN" | "START" => Self::Begin,
            "COMMIT" | "END" => Self::Commit,
            "ROLLBACK" if !bare.to_uppercase().contains(" TO ") => Self::Rollback,
            "ABORT" => Self::Rollback,
            "ROLLBACK" => Self::RollbackTo,
            "SAVEPOINT" => Self::Ignored("SAVEPOINT"),
            "RELEASE" => Self::Ignored("RELEASE"),
            "SET" => Self::Ignored("SET"),
            "RESET" => Self::Ignored("RESET"),
            "DISCARD" => Self::Ignored("DISCARD ALL"),
            "DEALLOCATE" => Self::Ignored("DEALLOCATE"),
            "UNLISTEN" => Self::Ignored("UNLISTEN"),
            "COPY" => copy(bare).unwrap_or(Self::OtherCopy),
            "SHOW" => {
                let asked = bare[4..].trim().to_lowercase();
                let asked = match asked.as_str() {
                    "transaction isolation level" => "transaction_isolation",
                    "time zone" => "timezone",
                    asked => asked,
                };
                let setting = SETTINGS.iter().find(|(name, _)| *name == asked);
                setting.map_or_else(
                    || Self::Question(sql.to_owned()),
                    |(name, value)| Self::Show(name, value),
                )
            }
            _ => Self::Question(sql.to_owned()),
        }
    }
}

/// The statements of a text, between the semicolons that stand outside quotes and comments; empty ones are none.
pub(super) fn pieces(sql: &str) -> Vec<&str> {
    let (mut pieces, mut begin, mut rest) = (Vec::new(), 0, sql);
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '\'' | '"' => rest[1..].find(c).map(|place| place + 2),
            '-' if rest.starts_with("--") => rest.find('\n').map(|place| place + 1),
            '/' if rest.starts_with("/*") => rest.find("*/").map(|place| place + 2),
            _ => Some(c.len_utf8()),
        };
        let here = sql.len() - rest.len();
        if c == ';' {
            pieces.push(&sql[begin..here]);
            begin = here + 1;
        }
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    pieces.push(&sql[begin..]);
    pieces.retain(|piece| PgStatement::parse(piece) != PgStatement::Empty);
    pieces
}

/// The statement from its first word on.
fn without_comments(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            return rest;
        };
        rest = after.trim_start();
    }
}

/// `COPY (question) TO STDOUT`, with the options that clients give.
fn copy(bare: &str) -> Option<PgStatement> {
    let inner = bare[4..].trim_start().strip_prefix('(')?;
    let end = closing(inner)?;
    let (question, rest) = (&inner[..end], &inner[end + 1..]);
    let words: Vec<String> = rest
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '='))
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect();
    let mut words = words.iter().map(String::as_str);
    if (words.next(), words.next()) != (Some("TO"), Some("STDOUT")) {
        return None;
    }
    let (mut form, mut header) = (CopyForm::Text, false);
    for word in words {
        match word {
            "WITH" | "FORMAT" | "TEXT" | "TRUE" => {}
            "BINARY" => form = CopyForm::Binary,
            "CSV" => form = CopyForm::Csv { header: false },
            "HEADER" => header = true,
            _ => return None,
        }
    }
    if let CopyForm::Csv { .. } = form {
        form = CopyForm::Csv { header };
    }
    Some(PgStatement::Copy(question.to_owned(), form))
}

/// Where the bracket closes that was opened before; brackets in quotes do not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => return Some(place),
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

/// How many parameters a statement has: the highest number behind a `$` outside quotes.
pub(super) fn parameters(sql: &str) -> usize {
    let (mut most, mut quote) = (0, None);
    for (place, c) in sql.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '$') => {
                let digits: String = sql[place + 1..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                most = most.max(digits.parse().unwrap_or(0));
            }
            _ => {}
        }
    }
    // A client may say there are more than a message can count.
    if most > 1_000 { 0 } else { most }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_around_questions_is_answered_here() {
        for (sql, expected) in [
            ("", PgStatement::Empty),
            (" -- niets\n;", PgStatement::Empty),
            ("BEGIN READ ONLY", PgStatement::Begin),
            ("start transaction", PgStatement::Begin),
            ("COMMIT;", PgStatement::Commit),
            ("rollback", PgStatement::Rollback),
            ("ROLLBACK TO SAVEPOINT a", PgStatement::RollbackTo),
            ("SET client_encoding TO 'UTF8'", PgStatement::Ignored("SET")),
            (
                "show Transaction_Isolation",
                PgStatement::Show("transaction_isolation", "repeatable read"),
            ),
            (
                "SHOW TABLES",
                PgStatement::Question("SHOW TABLES".to_owned()),
            ),
            ("COPY cijfers TO '/tmp/x'", PgStatement::OtherCopy),
            ("COPY (SELECT 1) TO PROGRAM 'id'", PgStatement::OtherCopy),
            (
                "COPY (SELECT 1) TO STDOUT (FORMAT csv, DELIMITER ';')",
                PgStatement::OtherCopy,
            ),
            ("COPY cijfers FROM STDIN", PgStatement::OtherCopy),
            (
                "/* a */ COPY (SELECT ')' AS \"(\", (1)) TO STDOUT (FORMAT binary);",
                PgStatement::Copy("SELECT ')' AS \"(\", (1)".to_owned(), CopyForm::Binary),
            ),
            (
                "copy (select 1) to stdout with csv header",
                PgStatement::Copy("select 1".to_owned(), CopyForm::Csv { header: true }),
            ),
        ] {
            assert_eq!(PgStatement::parse(sql), expected, "{sql}");
        }
    }

    #[test]
    fn a_text_falls_apart_at_semicolons_outside_quotes() {
        assert_eq!(
            pieces("SET a = ';'; SELECT \";\" -- ;\n, 1; /* ; */ ;"),
            ["SET a = ';'", " SELECT \";\" -- ;\n, 1"]
        );
        assert!(pieces(" ; -- niets").is_empty() && pieces("").is_empty());
        assert_eq!(pieces("SELECT 'nooit dicht; x"), ["SELECT 'nooit dicht; x"]);
    }

    #[test]
    fn parameters_are_counted_outside_quotes() {
        assert_eq!(
            parameters("SELECT $1, $3, '$9' FROM \"$8\" WHERE a = $2"),
            3
        );
        assert_eq!(parameters("SELECT 1"), 0);
        assert_eq!(parameters("SELECT $99999999999999999999"), 0);
    }
}
