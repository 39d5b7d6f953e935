//! What an analyst may ask, in which forms the answer comes, and what is refused.

use analysis::query::{AnswerFormat, Tabellen, format, query};

fn tables() -> Tabellen {
    let indicators = analysis::Pipeline::load("omgang")
        .expect("the pipeline is compiled in")
        .metadata();
    Tabellen::published(&[], &indicators, 2020).expect("2020 has reference tables")
}

#[tokio::test]
async fn one_select_comes_as_csv_json_and_table() {
    let sql = "SELECT niveau, count(*) AS aantal FROM gebieden GROUP BY niveau ORDER BY aantal DESC LIMIT 2";
    let answer = query(sql, &tables()).await.expect("a plain question");
    let text =
        |vorm| String::from_utf8(format(&answer, vorm).expect("plain values")).expect("UTF-8");
    assert_eq!(
        text(AnswerFormat::Csv),
        "niveau,aantal\ngemeente,355\njeugdregio,42\n"
    );
    assert!(text(AnswerFormat::Json).contains("\"aantal\": 355"));
    assert!(text(AnswerFormat::Tabel).contains("| gemeente"));
}

/// HOSTILE 31: what an analyst is given to open is never a formula, not even a name of their own choosing.
#[tokio::test]
async fn an_answer_as_csv_holds_no_formula() {
    let sql = "SELECT '=1+1' AS \"@x\", -1 AS n, -0.5 AS d, CAST(NULL AS VARCHAR) AS leeg";
    let answer = query(sql, &tables()).await.expect("a plain question");
    assert_eq!(
        String::from_utf8(format(&answer, AnswerFormat::Csv).expect("plain values"))
            .expect("UTF-8"),
        "'@x,n,d,leeg\n'=1+1,-1,-0.5,\n"
    );
}

#[tokio::test]
async fn an_empty_answer_keeps_its_header() {
    let answer = query("SELECT indicator, waarde FROM cijfers", &tables())
        .await
        .expect("a plain question");
    assert_eq!(
        format(&answer, AnswerFormat::Csv).expect("no values"),
        b"indicator,waarde\n"
    );
}

#[tokio::test]
async fn whatever_changes_or_reads_files_is_refused() {
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO cijfers SELECT * FROM cijfers",
        "COPY cijfers TO '/tmp/x.csv'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * FROM '/etc/passwd'",
        "DROP TABLE cijfers",
    ] {
        assert!(query(sql, &tables()).await.is_err(), "{sql}");
    }
}
