//! What an analyst may ask, of what, in which forms the answer comes, and what is refused with which words.

use std::collections::BTreeMap;

use analysis::query::{
    AnswerFormat, AnswerRows, NESTING, PublishedTables, QueryLimits, QueryRefusal, RELATIONS,
    RefusalCause, STACK, SqlAsked, format, query, session,
};
use schema::cijfer::{Confidential, Status};
use schema::{Cijfer, Niveau};

fn figure(jaar: i32, value: f64) -> Cijfer {
    Cijfer {
        uitvraag: "omgang".into(),
        jaar,
        indicator: "gebruik_jeugdigen".into(),
        niveau: Niveau::Nederland,
        gebied: "NL00".into(),
        uitsplitsing: "totaal".into(),
        categorie: "totaal".into(),
        waarde: Some(value),
        onder: None,
        boven: None,
        oordeel: None,
        teller: None,
        noemer: None,
        n: None,
        status: Status::A,
        onder_998: None,
        boven_998: None,
        minstens: None,
        hoogstens: None,
        reden: None,
        dekking_records: None,
        dekking_aanbieders: None,
        vertrouwelijk: Confidential::F,
        respons: None,
        momentopname: format!("omgang-{jaar}-1").into(),
    }
}

fn publication(jaar: i32, version: i32, newest: bool, value: f64) -> PublishedTables {
    let parquet = analysis::cijfers::to_parquet(&[figure(jaar, value)]).expect("plain figures");
    PublishedTables {
        uitvraag: "omgang".to_owned(),
        jaar,
        versie: Some(version),
        nieuwste: newest,
        regel: Some("vijftallen".to_owned()),
        momentopname: format!("omgang-{jaar}-1"),
        gemaakt: "2022-01-01T00:00:00Z".to_owned(),
        hash: "sha256:00".to_owned(),
        tables: BTreeMap::from([("cijfers".to_owned(), parquet)]),
    }
}

/// Asks three publications, as the process for it does: on a large stack.
fn ask_within(sql: &str, limits: QueryLimits) -> Result<AnswerRows, QueryRefusal> {
    let asked = SqlAsked::of(sql);
    ask_so(asked, limits)
}

fn ask_so(asked: SqlAsked, limits: QueryLimits) -> Result<AnswerRows, QueryRefusal> {
    let asking = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let published = vec![
                publication(2020, 1, false, 10.0),
                publication(2020, 2, true, 15.0),
                publication(2021, 1, true, 20.0),
            ];
            let relations = session(published, &limits).await.expect("publications");
            query(&asked, &relations, &limits).await
        })
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread
        .spawn(asking)
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn ask(sql: &str) -> Result<AnswerRows, QueryRefusal> {
    ask_within(sql, QueryLimits::default())
}

fn csv(sql: &str) -> String {
    let answer = ask(sql).unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
    let bytes = format(&answer, AnswerFormat::Csv).expect("plain values");
    String::from_utf8(bytes).expect("UTF-8")
}

fn refused(sql: &str) -> QueryRefusal {
    ask(sql).err().unwrap_or_else(|| panic!("answered: {sql}"))
}

#[test]
fn one_select_comes_in_every_form() {
    let sql = "SELECT niveau, count(*) AS aantal FROM gebieden WHERE jaar = 2020 \
               GROUP BY niveau ORDER BY aantal DESC LIMIT 2";
    let answer = ask(sql).expect("a plain question");
    let text =
        |vorm| String::from_utf8(format(&answer, vorm).expect("plain values")).expect("UTF-8");
    assert_eq!(
        text(AnswerFormat::Csv),
        "niveau,aantal\ngemeente,355\njeugdregio,42\n"
    );
    assert!(text(AnswerFormat::Json).contains("\"aantal\": 355"));
    assert!(text(AnswerFormat::Tabel).contains("| gemeente"));
    let parquet = format(&answer, AnswerFormat::Parquet).expect("plain values");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let stream = format(&answer, AnswerFormat::Arrow).expect("plain values");
    assert_eq!(stream[..4], [0xff; 4], "the sign before a message of Arrow");
}

/// HOSTILE 31: what an analyst is given to open is never a formula, not even a name of their own choosing.
#[test]
fn an_answer_as_csv_holds_no_formula() {
    assert_eq!(
        csv("SELECT '=1+1' AS \"@x\", -1 AS n, -0.5 AS d, CAST(NULL AS VARCHAR) AS leeg"),
        "'@x,n,d,leeg\n'=1+1,-1,-0.5,\n"
    );
}

#[test]
fn an_empty_answer_keeps_its_header() {
    assert_eq!(
        csv("SELECT indicator, waarde FROM cijfers WHERE jaar = 1900"),
        "indicator,waarde\n"
    );
}

#[test]
fn every_version_is_there_and_the_newest_is_marked() {
    assert_eq!(
        csv("SELECT jaar, versie, nieuwste, waarde FROM cijfers ORDER BY jaar, versie"),
        "jaar,versie,nieuwste,waarde\n2020,1,false,10.0\n2020,2,true,15.0\n2021,1,true,20.0\n"
    );
    assert_eq!(
        csv("SELECT sum(waarde) AS som FROM cijfers WHERE nieuwste"),
        "som\n35.0\n"
    );
    assert_eq!(
        csv("SELECT jaar, versie, nieuwste FROM publicaties ORDER BY jaar, versie LIMIT 1"),
        "jaar,versie,nieuwste\n2020,1,false\n"
    );
}

/// A publication from before there were curves has none, which is no error.
#[test]
fn every_relation_has_its_columns_also_when_nothing_of_it_was_published() {
    for name in RELATIONS {
        ask(&format!("SELECT * FROM {name} LIMIT 1"))
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    }
    assert_eq!(csv("SELECT count(*) AS n FROM curven"), "n\n0\n");
    let columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'curven'";
    assert!(csv(columns).contains("at_risk\n") && csv(columns).contains("versie\n"));
}

#[test]
fn a_gebied_has_its_parents_and_numbers_per_year() {
    assert_eq!(
        csv(
            "SELECT naam, provincie, jeugdregio, grootteklasse, inwoners > 300000 AS veel FROM gebieden \
             WHERE jaar = 2020 AND gebied IN ('GM0344', 'JZ22', 'NL00') ORDER BY gebied"
        ),
        "naam,provincie,jeugdregio,grootteklasse,veel\nUtrecht,PV26,JZ22,>100.000,true\n\
         Utrecht Stad,PV26,,,true\nNederland,,,,true\n"
            .replace(
                "Utrecht Stad",
                &schema::Gebieden::get().name(2020, "JZ22").expect("a regio")
            )
    );
    let sums = "SELECT sum(inwoners) AS som FROM gebieden WHERE jaar = 2020 AND niveau = ";
    assert_eq!(
        csv(&format!("{sums}'gemeente'")),
        csv(&format!("{sums}'nederland'"))
    );
}

#[test]
fn an_indicator_says_its_unit_decimals_method_direction_and_levels() {
    let answer = csv("SELECT count(*) AS alle, \
                      sum(CASE WHEN eenheid = '' OR methode = '' OR richting = '' OR niveaus = '' OR aard = '' \
                          OR decimalen IS NULL THEN 1 ELSE 0 END) AS leeg FROM indicatoren");
    let (all, empty) = answer
        .lines()
        .nth(1)
        .and_then(|line| line.split_once(','))
        .expect("a row");
    assert!(all.parse::<u32>().expect("a number") > 20, "{answer}");
    assert_eq!(empty, "0");
    let codes = "SELECT count(*) > 10 AS veel FROM codes WHERE jaar = 2020 AND label <> ''";
    assert_eq!(csv(codes), "veel\ntrue\n");
}

/// Whatever writes, changes a setting or reads elsewhere is refused before the engine sees it.
#[test]
fn whatever_changes_or_reads_files_is_refused() {
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
        "INSERT INTO cijfers SELECT * FROM cijfers",
        "UPDATE cijfers SET waarde = 1",
        "DELETE FROM cijfers",
        "TRUNCATE cijfers",
        "COPY cijfers TO '/tmp/x.csv'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "COPY cijfers FROM '/etc/passwd'",
        "COPY cijfers FROM PROGRAM 'id'",
        "SET datafusion.execution.batch_size = 1",
        "RESET datafusion.execution.batch_size",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM \"file:///etc/passwd\"",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
        "SELECT * INTO t FROM cijfers",
        "WITH w AS (DELETE FROM cijfers RETURNING *) SELECT * FROM w",
        "WITH w AS (SELECT 1) INSERT INTO cijfers SELECT * FROM w",
        "EXPLAIN INSERT INTO cijfers SELECT * FROM cijfers",
        "EXPLAIN ANALYZE DELETE FROM cijfers",
        "SELECT * FROM cijfers FOR UPDATE",
        "DROP TABLE cijfers",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "BEGIN",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE cijfers",
        "",
        ";",
    ] {
        let refusal = refused(sql);
        assert!(
            matches!(
                refusal.cause,
                RefusalCause::NotAllowed | RefusalCause::Statement
            ),
            "{sql}: {refusal:?}"
        );
        assert!(!refusal.message.contains("root:"), "{sql}: {refusal:?}");
    }
    // Functions by which a PostgreSQL would read files or the world.
    for sql in [
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT dblink('host=localhost', 'SELECT 1')",
        "SELECT getenv('HOME')",
    ] {
        assert_eq!(refused(sql).cause, RefusalCause::Statement, "{sql}");
    }
}

/// What is allowed stays allowed.
#[test]
fn reading_is_allowed_in_all_its_ways() {
    for sql in [
        "select 1;",
        "WITH w AS (SELECT 1 AS a) SELECT a FROM w",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t",
        "SELECT * FROM public.cijfers c JOIN gebieden g ON g.gebied = c.gebied AND g.jaar = c.jaar",
        "SELECT gebied, rank() OVER (PARTITION BY jaar ORDER BY waarde) FROM cijfers",
        "VALUES (1), (2)",
        "SELECT * FROM generate_series(1, 3)",
        "SELECT unnest([1, 2])",
        "EXPLAIN SELECT * FROM cijfers",
        "SHOW TABLES",
        "SHOW COLUMNS FROM cijfers",
        "DESCRIBE cijfers",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY waarde) FROM cijfers",
        "SELECT typname FROM pg_catalog.pg_type WHERE oid = 25",
        "SELECT version(), current_schema()",
        "SELECT waarde::int FROM cijfers",
    ] {
        ask(sql).unwrap_or_else(|refusal| panic!("{sql}: {refusal}"));
    }
}

/// Three thousand terms, brackets in brackets and endless text end in words, on the stack there is.
#[test]
fn what_nests_too_deep_or_is_too_long_is_refused() {
    let terms = |count: usize| format!("SELECT {}1", "1+".repeat(count));
    assert!(ask(&terms(NESTING - 10)).is_ok());
    let deep = [
        terms(3_000),
        terms(30_000),
        format!("SELECT {}1{}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("SELECT {}1", "NOT ".repeat(3_000)),
        format!("SELECT {}1", "- ".repeat(3_000)),
        format!("SELECT 1 {}", "UNION SELECT 1 ".repeat(3_000)),
        format!("SELECT 1 FROM cijfers{}", ", cijfers".repeat(3_000)),
        format!("SELECT '{}'", "x".repeat(70_000)),
        format!("SELECT {}'a'", "'a' || ".repeat(3_000)),
        format!(
            "SELECT {}1{}",
            "CASE WHEN true THEN ".repeat(3_000),
            " END".repeat(3_000)
        ),
    ];
    for sql in &deep {
        let refusal = refused(sql);
        // The parser itself stops at some of them, and then calls the rest no part of the statement.
        let cause = refusal.cause;
        assert!(
            matches!(cause, RefusalCause::Limit | RefusalCause::Statement),
            "{}: {refusal}",
            &sql[..60]
        );
    }
}

#[test]
fn too_many_rows_or_bytes_are_refused_and_never_cut_off() {
    let few = QueryLimits {
        rows: 10,
        ..QueryLimits::default()
    };
    let series = "SELECT * FROM generate_series(1, 10)";
    assert!(ask_within(series, few).is_ok());
    let refusal = ask_within("SELECT * FROM generate_series(1, 11)", few).expect_err("11 rows");
    assert!(refusal.message.contains("limit on rows"), "{refusal}");
    let small = QueryLimits {
        memory_mib: 8,
        ..QueryLimits::default()
    };
    for sql in [
        "SELECT a.value, b.value FROM generate_series(1, 3000) a, generate_series(1, 3000) b",
        "SELECT count(*) FROM (SELECT DISTINCT value * 7919 % 9000011 AS mixed FROM generate_series(1, 9000000)) t",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
    ] {
        let few = QueryLimits {
            rows: 1_000_000,
            ..small
        };
        let refusal = ask_within(sql, few).expect_err(sql);
        assert_eq!(refusal.cause, RefusalCause::Limit, "{sql}: {refusal}");
    }
}

/// An error says once what is wrong, without the engine's prefixes.
#[test]
fn an_error_says_once_what_is_wrong() {
    for (sql, part) in [
        ("SELEC 1", "SELEC"),
        ("SELECT x FROM cijfers", "No field named x"),
        (
            "SELECT * FROM cijvers",
            "there is no table `cijvers`; there are cijfers, curven",
        ),
        ("SELECT 1 / 0", "ivi"),
        ("SELECT nergens(1)", "nergens"),
        ("SELECT CAST('a' AS INT)", "Cannot cast"),
    ] {
        let message = refused(sql).message;
        assert!(message.contains(part), "{sql}: {message}");
        for noise in [
            "Error",
            "error:",
            "ParserError",
            "caused by",
            "backtrace",
            "DataFusion",
            "datafusion.",
        ] {
            assert!(!message.contains(noise), "{sql}: {message}");
        }
        assert!(!message.contains('\n'), "{sql}: {message}");
    }
}

/// A value that a program sends beside its statement is read as what it is compared with, and is never SQL.
#[test]
fn a_parameter_is_a_value_of_its_place() {
    let ask = |sql: &str, values: &[Option<&str>]| {
        let asked = SqlAsked {
            parameters: values.iter().map(|v| v.map(str::to_owned)).collect(),
            ..SqlAsked::of(sql)
        };
        let answer = ask_so(asked, QueryLimits::default())?;
        let bytes = format(&answer, AnswerFormat::Csv).expect("plain values");
        Ok::<_, QueryRefusal>(String::from_utf8(bytes).expect("UTF-8"))
    };
    let sql = "SELECT waarde FROM cijfers WHERE jaar = $1 AND versie = $2 AND gebied = $3";
    let found = ask(sql, &[Some("2020"), Some("2"), Some("NL00")]);
    assert_eq!(found.as_deref(), Ok("waarde\n15.0\n"));
    let evil = ask(sql, &[Some("2020"), Some("2"), Some("' OR 1=1 --")]);
    assert_eq!(evil.as_deref(), Ok("waarde\n"));
    assert_eq!(
        ask(sql, &[Some("2020"), None, None]).as_deref(),
        Ok("waarde\n")
    );
    assert!(ask(sql, &[Some("2020")]).is_err());
    assert!(ask(sql, &[Some("x"), Some("2"), Some("NL00")]).is_err());
}

#[test]
fn the_columns_of_an_answer_are_told_without_the_answer() {
    let asked = SqlAsked {
        only_columns: true,
        ..SqlAsked::of("SELECT gebied, waarde FROM cijfers WHERE jaar = $1")
    };
    let answer = ask_so(asked, QueryLimits::default()).expect("a plain question");
    let names: Vec<String> = answer[0]
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(
        (names.join(" ").as_str(), answer[0].num_rows()),
        ("gebied waarde", 0)
    );
}

/// No function that the engine comes with reads a file or the world.
#[test]
fn no_function_reads_files() {
    let names = csv("SELECT DISTINCT routine_name FROM information_schema.routines");
    assert!(names.lines().count() > 100, "{names}");
    // Which file a row came from and its place there: here a name in memory.
    let of_memory = ["input_file_name", "file_row_index"];
    for name in names.lines().filter(|name| !of_memory.contains(name)) {
        for word in [
            "read", "file", "path", "http", "env", "exec", "load", "parquet", "csv_", "scan",
            "copy",
        ] {
            assert!(!name.contains(word), "{name}");
        }
    }
}
