//! SQL in a process of its own: its limits, what it can reach, and how unprotected figures are asked.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use analysis::query::{AnswerFormat, QueryLimits, QueryRefusal, RefusalCause, SqlAsked};
use monitor::sql_process::{SqlQuestioner, SqlTask, answer, published};

use crate::stage::{Stage, utf8};

/// A stage with one publication.
fn stage() -> Stage {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    stage.publish_table("omgang-2020-1", 1, &[("omgang-2020-1", 2020)]);
    stage
}

fn task(stage: &Stage, sql: &str) -> SqlTask {
    SqlTask {
        asked: SqlAsked::of(sql),
        format: AnswerFormat::Csv,
        limits: QueryLimits::default(),
        data: monitor::config::Data::default(),
        published: stage.lake(async |lake| published(lake, |_| true).await.unwrap()),
        unprotected: false,
    }
}

fn run(task: &SqlTask) -> Result<String, QueryRefusal> {
    let questioner = SqlQuestioner {
        who: "test".to_owned(),
        way: "query",
    };
    let mut text = String::new();
    let mut file = answer(task, &questioner, &AtomicBool::new(false))?;
    file.read_to_string(&mut text).unwrap();
    Ok(text)
}

/// What would bring a program down ends in words, within its time, and the next question is answered.
#[test]
fn what_goes_beyond_a_limit_ends_in_words() {
    let stage = stage();
    let sum = |count: usize| format!("SELECT {}1 AS n", "1+".repeat(count));
    for (sql, limit) in [
        (sum(3_000), "nesting"),
        (sum(30_000), "nesting"),
        (
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t WHERE n > 1".to_owned(),
            "",
        ),
        (
            "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.value + b.value = 1".to_owned(),
            "",
        ),
        ("SELECT length(repeat('x', 2000000000)) + length(repeat('y', 2000000000))".to_owned(), ""),
        ("SELECT * FROM generate_series(1, 2000)".to_owned(), "rows"),
    ] {
        let mut task = task(&stage, &sql);
        task.limits = QueryLimits {
            // What never ends is stopped by the clock at the latest; the others must not be.
            seconds: if limit.is_empty() { 4 } else { 30 },
            memory_mib: 64,
            rows: 1_000,
        };
        let begin = Instant::now();
        let refusal = run(&task).expect_err(&sql[..20]);
        assert_eq!(refusal.cause, RefusalCause::Limit, "{}: {refusal}", &sql[..20]);
        assert!(refusal.message.contains(limit), "{}: {refusal}", &sql[..20]);
        assert!(begin.elapsed() < Duration::from_mins(10), "{}", &sql[..20]);
    }
    let found = run(&task(&stage, "SELECT jaar, versie, nieuwste FROM cijfers"));
    assert_eq!(found.as_deref(), Ok("jaar,versie,nieuwste\n2020,1,true\n"));
}

#[test]
fn a_question_nobody_waits_for_is_stopped() {
    let stage = stage();
    let sql = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.value + b.value = 1";
    let questioner = SqlQuestioner {
        who: "test".to_owned(),
        way: "query",
    };
    let begin = Instant::now();
    assert!(answer(&task(&stage, sql), &questioner, &AtomicBool::new(true)).is_err());
    assert!(begin.elapsed() < Duration::from_mins(10));
}

/// Whatever is tried, no file of this machine comes out: not the system's, and not the unprotected figures.
#[test]
fn no_file_can_be_read() {
    let stage = stage();
    stage.does("run omgang --year 2020");
    let data = stage.path("data");
    let intern = data.join("intern/cijfers.parquet");
    assert!(intern.exists());
    for place in [
        "/etc/passwd".to_owned(),
        utf8(&intern).to_owned(),
        format!("file://{}", utf8(&intern)),
        "memory:///0/cijfers.parquet".to_owned(),
        utf8(&data.join("register.sqlite")).to_owned(),
    ] {
        for sql in [
            format!("SELECT * FROM '{place}'"),
            format!("SELECT * FROM \"{place}\""),
            format!("CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{place}'"),
            format!("COPY (SELECT 1) TO '{place}'"),
            format!("SELECT * FROM read_parquet('{place}')"),
            format!("SELECT * FROM parquet_metadata('{place}')"),
            format!("SELECT pg_read_file('{place}')"),
            format!("WITH t AS (SELECT * FROM '{place}') SELECT * FROM t"),
            format!("EXPLAIN SELECT * FROM '{place}'"),
            format!("DESCRIBE '{place}'"),
            format!("SELECT * FROM cijfers WHERE EXISTS (SELECT 1 FROM \"{place}\")"),
        ] {
            let refusal = run(&task(&stage, &sql)).expect_err(&sql);
            let cause = refusal.cause;
            assert!(
                matches!(cause, RefusalCause::NotAllowed | RefusalCause::Statement),
                "{sql}: {refusal:?}"
            );
        }
    }
}

fn program(stage: &Stage, args: &[&str], typed: &str) -> (bool, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_omgangsmonitor"))
        .args(["--config", utf8(&stage.path("c.toml"))])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.success(), text(out.stdout), text(out.stderr))
}

/// A question, a line in the log without the statement, and a mark on every row.
#[test]
fn unprotected_figures_are_confirmed_noted_and_marked() {
    let stage = stage();
    stage.does("run omgang --year 2020");
    let args = ["query", "--intern", "--format", "csv", "SELECT 7 AS geheim"];
    for typed in ["", "ja\n", "INTERN\n"] {
        let (done, data, talk) = program(&stage, &args, typed);
        assert!(
            !done && data.is_empty() && talk.contains("not confirmed"),
            "{typed}: {talk}"
        );
    }
    let log = stage.path("data").join("intern/vragen.log");
    assert!(!log.exists());
    let (done, data, talk) = program(&stage, &args, "intern\n");
    assert!(done, "{talk}");
    assert_eq!(data, "onbeveiligd,geheim\nniet doorgeven,7\n");
    assert!(
        talk.contains("NOT protected") && talk.contains("unprotected figures asked"),
        "{talk}"
    );
    let noted = std::fs::read_to_string(&log).unwrap();
    assert_eq!(noted.lines().count(), 1);
    assert!(
        !noted.contains("geheim") && !talk.contains("geheim"),
        "{noted}{talk}"
    );
    // The published figures bear no mark.
    let (done, data, _) = program(&stage, &["query", "--format", "csv", "SELECT 7 AS n"], "");
    assert_eq!((done, data.as_str()), (true, "n\n7\n"));
}
