//! Another uitvraag, of which nothing is compiled in: its figures, and what a pipeline must say to be loaded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use analysis::Pipeline;
use analysis::pipeline::PIPELINES;
use datafusion::prelude::SessionContext;
use schema::SCHEMAS;

use crate::support;

/// Makes `muziek` known, as both binaries do at their start.
fn add_music() {
    static ADDED: OnceLock<()> = OnceLock::new();
    ADDED.get_or_init(|| {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/foreign"));
        SCHEMAS.add(&folder.join("schemas")).expect("a good folder");
        PIPELINES
            .add(&folder.join("pipelines"))
            .expect("a good folder");
    });
}

/// Six loans in Utrecht, two in Rotterdam, of three kinds of instruments; five came back.
const TABLES: [&str; 3] = [
    "CREATE TABLE instrument AS SELECT * FROM (VALUES
       ('a', 'I1', 'snaar', '250'), ('a', 'I2', 'blaas', '300'), ('a', 'I3', 'slag', NULL))
     AS t (aanbieder, instrument_id, soort, dagwaarde)",
    "CREATE TABLE uitleen AS SELECT * FROM (VALUES
       ('a', 'u1', 'l1', 'I1', 'GM0344', 'school', '2020-03-01', '2020-03-11'),
       ('a', 'u2', 'l2', 'I1', 'GM0344', 'school', '2020-03-01', '2020-03-21'),
       ('a', 'u3', 'l3', 'I2', 'GM0344', 'thuis',  '2020-03-01', '2020-03-31'),
       ('a', 'u4', 'l4', 'I2', 'GM0344', 'thuis',  '2019-12-01', '2019-12-24'),
       ('a', 'u5', 'l5', 'I3', 'GM0344', 'school', '2020-12-01', '2021-01-31'),
       ('a', 'u6', 'l1', 'I1', 'GM0344', 'school', '2021-01-01', NULL),
       ('a', 'u7', 'l6', 'I1', 'GM0599', 'thuis',  '2019-12-01', '2020-01-10'),
       ('a', 'u8', 'l7', 'I2', 'GM0599', 'onbekend', '2020-06-01', NULL))
     AS t (aanbieder, uitleen_id, lener_id, instrument_id, gemeente, les, uitgeleend, teruggebracht)",
    "CREATE TABLE verwacht_invoer AS SELECT 'a' AS aanbieder, 'NL00' AS werkgebied, 'geleverd' AS uitkomst,
       NULL AS omvang_vorig_jaar",
];

/// Counted by hand: u4 was back before the year, u6 came after it, so six loans; u5 was not back on 31 December.
#[tokio::test]
async fn a_foreign_uitvraag_has_its_figures_without_a_line_of_rust() {
    add_music();
    let ctx = SessionContext::new();
    for table in TABLES {
        ctx.sql(table).await.expect("the table can be made");
    }
    let figures = support::run(&ctx, "muziek/2020", None).await.cijfers;
    let value = |indicator: &str, gebied: &str, categorie: &str| {
        let mut found = figures
            .iter()
            .filter(|c| c.indicator == indicator && c.gebied == gebied && c.categorie == categorie);
        let figure = found.next().expect("a row");
        assert!(found.next().is_none(), "one row");
        figure.waarde
    };
    assert_eq!(value("uitleen_lopend", "NL00", "totaal"), Some(6.0));
    assert_eq!(value("uitleen_lopend", "GM0344", "school"), Some(3.0));
    assert_eq!(value("uitleen_lopend", "GM0599", "totaal"), Some(2.0));
    assert_eq!(value("uitleen_lopend", "GM0014", "totaal"), Some(0.0));
    assert_eq!(value("uitleen_soort", "NL00", "snaar"), Some(0.5));
    assert_eq!(value("uitleen_soort", "NL00", "slag"), Some(1.0 / 6.0));
    // 10, 20, 30 and 40 days.
    assert_eq!(value("uitleen_duur_mediaan", "NL00", "totaal"), Some(25.0));
    assert_eq!(value("uitleen_duur_mediaan", "GM0014", "totaal"), None);
    let inhabitants = schema::Gebieden::get()
        .inwoners(2020, "NL00")
        .expect("known");
    assert_eq!(
        value("uitleen_per_10000_inwoners", "NL00", "totaal"),
        Some(6.0 * (10_000.0 / inhabitants as f64))
    );
    assert!(figures.iter().all(|c| c.uitvraag == "muziek"));
}

/// Two aanbieders that share a gemeente: each has what it brought, exact, and nothing per inwoner.
#[tokio::test]
async fn an_aanbieder_has_figures_of_its_own() {
    add_music();
    let ctx = SessionContext::new();
    for table in TABLES {
        let shared = table
            .replace("'a', 'u1'", "'b', 'u1'")
            .replace("'a', 'u7'", "'b', 'u7'")
            .replace(
                "('a', 'I3', 'slag', NULL)",
                "('a', 'I3', 'slag', NULL), ('b', 'I1', 'snaar', '250')",
            );
        ctx.sql(&shared).await.expect("the table can be made");
    }
    let own = support::run(&ctx, "muziek/2020", None).await.own_figures;
    let numbers: Vec<&str> = own.keys().map(String::as_str).collect();
    assert_eq!(numbers, ["a", "b"]);
    let value = |kvk: &str, indicator: &str, categorie: &str| {
        let mut found = own[kvk]
            .cijfers
            .iter()
            .filter(|c| c.indicator == indicator && c.categorie == categorie);
        let figure = found.next();
        assert!(found.next().is_none(), "one row");
        figure.and_then(|figure| figure.waarde)
    };
    assert_eq!(value("a", "uitleen_lopend", "totaal"), Some(4.0));
    assert_eq!(value("b", "uitleen_lopend", "totaal"), Some(2.0));
    assert_eq!(value("b", "uitleen_lopend", "school"), Some(1.0));
    // u1 took 10 days and u7 40.
    assert_eq!(value("b", "uitleen_duur_mediaan", "totaal"), Some(25.0));
    assert_eq!(value("a", "uitleen_per_10000_inwoners", "totaal"), None);
    assert!(
        own["b"]
            .indicatoren
            .iter()
            .all(|i| i.id != "uitleen_per_10000_inwoners")
    );
}

/// Protection follows from what the pipeline declares: six loans become 5 or 10, and two become 0 or 5.
#[tokio::test]
async fn a_foreign_uitvraag_is_protected_by_what_it_declares() {
    add_music();
    let ctx = SessionContext::new();
    for table in TABLES {
        ctx.sql(table).await.expect("the table can be made");
    }
    let released = support::run(&ctx, "muziek/2020", None).await.released;
    let value = |gebied: &str| {
        let mut rows = released.rows().iter();
        let row = rows.find(|c| {
            c.indicator == "uitleen_lopend" && c.gebied == gebied && c.categorie == "totaal"
        });
        row.expect("a row").waarde.expect("a count is shown")
    };
    assert!([5.0, 10.0].contains(&value("NL00")));
    assert!([0.0, 5.0].contains(&value("GM0599")));
    let hidden = |row: &&schema::Cijfer| row.indicator == "uitleen_soort" && row.gebied == "NL00";
    let mut shares = released.rows().iter().filter(hidden);
    assert!(shares.all(|row| row.status == schema::cijfer::Status::Q && row.teller.is_none()));
    let broken_down = |row: &schema::Cijfer| row.gebied == "GM0344" && row.categorie != "totaal";
    assert!(!released.rows().iter().any(broken_down));
}

/// The pipeline of `muziek` with one text in `indicators.toml` replaced.
fn changed(old: &str, new: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/foreign/pipelines/muziek"
    );
    let read = |name: &str| std::fs::read_to_string(Path::new(folder).join(name)).expect("there");
    let (toml, sql) = (read("indicators.toml"), read("uitleen.sql"));
    assert_eq!(toml.matches(old).count(), 1, "{old}");
    let toml = toml.replace(old, new);
    let files = BTreeMap::from([
        ("indicators.toml".to_owned(), toml.as_str()),
        ("uitleen.sql".to_owned(), sql.as_str()),
    ]);
    match Pipeline::parse("muziek", &files) {
        Ok(_) => "accepted".to_owned(),
        Err(refused) => refused.to_string(),
    }
}

/// What is not declared can't be protected, and is never taken for free.
#[test]
fn an_indicator_without_a_kind_is_refused_by_name() {
    assert_eq!(changed("aard = \"per\"", "aard = \"per\""), "accepted");
    let refused = changed("aard = \"per\"\n", "");
    assert!(
        refused.contains("uitleen_per_10000_inwoners") && refused.contains("aard"),
        "{refused}"
    );
    let refused = changed("aard = \"per\"", "aard = \"vrij\"");
    assert!(
        refused.contains("uitleen_per_10000_inwoners") && refused.contains("vrij"),
        "{refused}"
    );
}

/// What protection needs has no default, and a link names what there is.
#[test]
fn a_pipeline_without_levels_base_or_links_is_refused() {
    for (key, text) in [
        ("alleen_totaal", "alleen_totaal = [\"gemeente\"]"),
        ("basismaat", "basismaat = \"uitleen_lopend\""),
        (
            "verband",
            "[[verband]]\ndeel = \"uitleen_terug\"\ngeheel = \"uitleen_lopend\"",
        ),
    ] {
        let refused = changed(text, "");
        assert!(refused.contains(key), "{key}: {refused}");
    }
    let refused = changed("deel = \"uitleen_terug\"", "deel = \"uitleen_weg\"");
    assert!(refused.contains("uitleen_weg"), "{refused}");
    let refused = changed(
        "alleen_totaal = [\"gemeente\"]",
        "alleen_totaal = [\"wijk\"]",
    );
    assert!(refused.contains("wijk"), "{refused}");
}

#[test]
fn a_formula_gives_only_numbers_of_its_own_kinds() {
    for (old, new) in [
        ("aard = \"kwantiel\"", "aard = \"aantal\""),
        ("aard = \"aantal\"", "aard = \"geld\""),
        ("aard = \"per\"", "aard = \"openbaar\""),
        ("aard = \"verdeling\"", "aard = \"aandeel\""),
    ] {
        let refused = changed(old, new);
        assert!(refused.contains("formula"), "{new}: {refused}");
    }
}

/// What is compared has one verdict, its own or that of a figure that has one.
#[test]
fn a_figure_that_does_not_say_how_it_is_judged_is_refused() {
    for (old, new, said) in [
        ("oordeel = { vanaf = 14.0 }", "", "give it an `oordeel`"),
        (
            "oordeel = { vanaf = 14.0 }",
            "oordeel = { vanaf = 0.0 }",
            "must be above 0",
        ),
        (
            "oordeel = { vanaf = 14.0 }",
            "oordeel = { bij = \"uitleen_lopend\" }",
            "leaves its verdict to `uitleen_lopend`",
        ),
        (
            "interval = \"orde\"",
            "interval = \"geen\"",
            "never compared",
        ),
        // With what is not there nothing is compared: without a word every verdict would be gone.
        (
            "oordeel = { vanaf = 14.0 }",
            "oordeel = { vanaf = 14.0 }\nniet_bij = [\"nederland\"]",
            "absent there",
        ),
    ] {
        let refused = changed(old, new);
        assert!(
            refused.contains("uitleen_duur_mediaan") && refused.contains(said),
            "{new}: {refused}"
        );
    }
    let judged_with = changed(
        "oordeel = { vanaf = 14.0 }",
        "oordeel = { bij = \"uitleen_soort\" }",
    );
    assert_eq!(judged_with, "accepted");
}

#[test]
fn a_pipeline_that_does_not_fit_itself_is_refused() {
    let refused = changed(
        "groep = \"uitleen\"\ntitel = \"Wat",
        "groep = \"x\"\ntitel = \"Wat",
    );
    assert!(refused.contains("group `x`, which has no SQL"), "{refused}");
    let refused = changed("p = 0.5", "q = 0.5");
    assert!(refused.contains("uitleen_duur_mediaan"), "{refused}");
    assert!(
        Pipeline::parse("muziek", &BTreeMap::new())
            .expect_err("no file at all")
            .to_string()
            .contains("indicators.toml is missing")
    );
    assert!(matches!(
        Pipeline::load("nergens"),
        Err(analysis::AnalysisError::NoPipeline(_))
    ));
}

/// Runs `muziek` over nothing, with one text of its SQL replaced.
async fn run_changed(old: &str, new: &str) -> String {
    add_music();
    let mut pipeline = Pipeline::load("muziek").expect("it was added");
    let statements = pipeline.groups.get_mut("uitleen").expect("its one group");
    assert!(statements.iter().any(|sql| sql.contains(old)), "{old}");
    for sql in statements {
        *sql = sql.replace(old, new);
    }
    let definitie = schema::Definitie::load("muziek/2020").expect("it was added");
    let inputs = analysis::Inputs {
        definitie: &definitie,
        momentopname: analysis::MomentopnameInput::default(),
        verwacht: Vec::new(),
        configuration: analysis::Configuration::default(),
        key: &support::key(),
    };
    match analysis::run_with(&inputs, &pipeline).await {
        Ok(_) => "ran".to_owned(),
        Err(refused) => refused.to_string(),
    }
}

/// The two ways between SQL and metadata: nothing is missing, and nothing is computed for nobody.
#[tokio::test]
async fn a_statement_gives_exactly_what_the_indicators_take() {
    assert_eq!(run_changed("AS dagen", "AS dagen").await, "ran");
    for (old, new, expected) in [
        (
            "AS uitleen_terug",
            "AS uitleen_weg",
            "gives no column `uitleen_terug`",
        ),
        (
            "TRUE AS uitleen_lopend",
            "TRUE AS uitleen_lopend, TRUE AS voor_niemand",
            "no indicator takes column `voor_niemand`",
        ),
        (
            "gemeente, les, soort",
            "gemeente, soort",
            "`uitleen_lopend` is not broken down by `les`",
        ),
        (
            "TRUE AS uitleen_lopend",
            "TRUE AS uitleen_lopend, 'x' AS kleur",
            "column `kleur` has no list of codes",
        ),
        (
            "SUM(sleutel) AS sleutel",
            "SUM(sleutel) AS keys",
            "needs `aanbieder`, `aantal` and `sleutel`",
        ),
        (
            "FROM lening",
            "FROM geen_tabel",
            "statement 1 of uitleen.sql does not run",
        ),
    ] {
        let refused = run_changed(old, new).await;
        assert!(refused.contains(expected), "{new}: {refused}");
    }
}
