//! Guards: the rule language says what SQL says, row by row, and refuses what is not of it.

use std::sync::LazyLock;

use check::Judge;
use check::rule_language::Expression;
use proptest::prelude::*;
use schema::Definitie;

use crate::sentences::{rows, sentences};
use crate::support::{TextRow, batch, options, pseudonym, row, sample_definitie};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn columns_and_rows_agree(sentences in proptest::collection::vec(sentences(), 8), rows in rows()) {
        let definitie = definitie();
        let tabel = definitie.tabel("rij").unwrap();
        let texts: Vec<TextRow> = rows.iter().map(|r| r.canonical().into_iter().map(|(k, v)| (k.to_owned(), v)).collect()).collect();
        let typed = Judge::new(definitie, options(definitie)).unwrap().batch("rij", &batch(tabel, &texts)).unwrap();
        for sentence in sentences {
            let sql = sentence.sql();
            let expr = Expression::parse(definitie, tabel, &sql).map_err(|e| TestCaseError::fail(format!("{sql}: {e}")))?;
            let columns = expr.evaluate(&typed);
            for (i, row) in rows.iter().enumerate() {
                prop_assert_eq!(columns[i], sentence.over(row), "{} over {:?}", sql, row);
            }
        }
    }
}

fn definitie() -> &'static Definitie {
    static SAMPLE: LazyLock<Definitie> = LazyLock::new(|| sample_definitie(""));
    &SAMPLE
}

/// What one row makes of an expression.
fn over(velden: &[(&str, &str)], text: &str) -> Option<bool> {
    let definitie = definitie();
    let tabel = definitie.tabel("rij").unwrap();
    let mut r = row(velden);
    r.insert("nummer".to_owned(), pseudonym(0));
    let typed = Judge::new(definitie, options(definitie))
        .unwrap()
        .batch("rij", &batch(tabel, &[r]))
        .unwrap();
    Expression::parse(definitie, tabel, text)
        .unwrap_or_else(|e| panic!("{text}: {e}"))
        .evaluate(&typed)[0]
}

#[test]
fn precedence_is_that_of_sql() {
    let velden = [("a", "2"), ("b", "3"), ("bedrag", "0.60")];
    assert_eq!(over(&velden, "a + b * 2 = 8"), Some(true));
    assert_eq!(over(&velden, "a - b - 1 = -2"), Some(true));
    assert_eq!(over(&velden, "NOT a = 3 AND b = 3 OR FALSE"), Some(true));
    assert_eq!(over(&velden, "TRUE OR TRUE AND FALSE"), Some(true));
    assert_eq!(over(&velden, "a BETWEEN 1 AND 3 AND b = 3"), Some(true));
}

#[test]
fn fractions_are_exact() {
    // As floats 0.20 * 3 lies above 0.60.
    assert_eq!(
        over(&[("a", "3"), ("bedrag", "0.60")], "bedrag < 0.20 * a"),
        Some(false)
    );
    assert_eq!(
        over(&[("a", "3"), ("bedrag", "0.60")], "bedrag = 0.2 * a"),
        Some(true)
    );
    assert_eq!(
        over(
            &[("bedrag", "9999999999.99")],
            "bedrag * 100 = 999999999999"
        ),
        Some(true)
    );
}

#[test]
fn days_and_cases() {
    let velden = [
        ("begin", "2020-01-01"),
        ("eind", "2020-12-31"),
        ("kleur", "rood"),
    ];
    assert_eq!(over(&velden, "eind - begin = 365"), Some(true));
    assert_eq!(over(&velden, "begin >= '2020-01-01'"), Some(true));
    assert_eq!(
        over(
            &velden,
            "CASE kleur WHEN 'groen' THEN 1 WHEN 'rood' THEN 2 END = 2"
        ),
        Some(true)
    );
    assert_eq!(
        over(&velden, "CASE WHEN kleur = 'groen' THEN TRUE END"),
        None
    );
    assert_eq!(over(&velden, "\"kleur\" IN ('rood')"), Some(true));
}

/// A list may hold fields: once it was read as a list of constants of the last one.
#[test]
fn lists_hold_fields_too() {
    let velden = [
        ("kleur", "rood"),
        ("rand", "groen"),
        ("tekst", "x"),
        ("woord", "y"),
        ("a", "1"),
        ("b", "2"),
    ];
    assert_eq!(over(&velden, "'rood' IN (kleur, rand)"), Some(true));
    assert_eq!(over(&velden, "'x' IN (tekst, woord)"), Some(true));
    assert_eq!(over(&velden, "2 IN (b, a)"), Some(true));
    assert_eq!(over(&velden, "a NOT IN (b, 3)"), Some(true));
    assert_eq!(over(&[("kleur", "blauw")], "'rood' IN (kleur, rand)"), None);
}

#[test]
fn what_is_not_of_the_language_is_refused() {
    let definitie = definitie();
    let tabel = definitie.tabel("rij").unwrap();
    let cases = [
        ("a / 2 = 1", "division"),
        ("a % 2 = 1", "division"),
        ("onzin = 1", "no field"),
        ("A = 1", "no field"),
        ("rij.a = 1", "not part"),
        ("abs(a) = 1", "function `abs`"),
        ("now() > begin", "function `now`"),
        ("a = 'x'", "different types"),
        ("kleur = 1", "different types"),
        ("kleur = maat", "different types"),
        ("kleur = 'paars'", "no code `paars`"),
        ("plaats = 'GM9999'", "no gemeente"),
        ("kleur < 'rood'", "no order"),
        ("tekst < 'x'", "no order"),
        ("tekst LIKE '%x'", "not part"),
        ("a = NULL", "IS NULL"),
        ("a", "no condition"),
        ("a + 1", "no condition"),
        ("begin + 1 > eind", "two numbers, or two dates"),
        ("begin = '31-12-2020'", "no date"),
        ("begin > DATE '2020-02-30'", "no date"),
        ("a = 1e3", "plain number"),
        ("a = 0.12345", "plain number"),
        ("bedrag * a > 0", "64 bits"),
        ("CAST(a AS TEXT) = 'x'", "not part"),
        ("a IN (SELECT 1)", "not part"),
        ("EXISTS (SELECT 1)", "not part"),
        ("a = 1; DROP TABLE x", "unexpected"),
        ("a = 1 b", "unexpected"),
        ("a ==", ""),
        ("", ""),
        (
            "CASE WHEN TRUE THEN 1 ELSE begin END = 1",
            "different types",
        ),
        (
            "CASE WHEN TRUE THEN kleur ELSE tekst END = 'rood'",
            "no texts",
        ),
    ];
    for (text, reason) in cases {
        let error = Expression::parse(definitie, tabel, text).expect_err(text);
        assert!(error.contains(reason), "{text}: {error}");
    }
    assert!(
        Expression::parse(definitie, tabel, &"(".repeat(3000)).is_err(),
        "depth is bounded"
    );
    assert!(
        Expression::parse(definitie, tabel, &"a = 1 AND ".repeat(1000)).is_err(),
        "length is bounded"
    );
}
