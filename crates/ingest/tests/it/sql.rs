//! `POST /v1/sql`: who may ask, in which forms, and how a refusal is told. The source answers fixed words.

use std::fs::File;
use std::future::Future;
use std::io::{Seek, SeekFrom, Write};
use std::pin::Pin;

use axum::body::Body;
use axum::http::Request;
use ingest::{SqlError, SqlQuestion, SqlSource};
use serde_json::json;

use crate::app::{TestApp, TestResponse};

/// Answers with its question, or with the error that is named in it.
pub(crate) struct FixedSql;

impl SqlSource for FixedSql {
    fn answer(
        &self,
        question: SqlQuestion,
    ) -> Pin<Box<dyn Future<Output = Result<File, SqlError>> + Send + '_>> {
        let words = || "words".to_owned();
        let outcome = match question.sql.as_str() {
            "statement" => Err(SqlError::Statement(words())),
            "not allowed" => Err(SqlError::NotAllowed(words())),
            "limit" => Err(SqlError::Limit(words())),
            "busy" => Err(SqlError::Busy),
            "failed" => Err(SqlError::Failed(words())),
            sql => {
                let mut file = tempfile::tempfile().unwrap();
                let repeated = sql.repeat(40_000);
                write!(
                    file,
                    "{} {} {repeated}",
                    question.who,
                    question.format.name()
                )
                .unwrap();
                file.seek(SeekFrom::Start(0)).unwrap();
                Ok(file)
            }
        };
        Box::pin(std::future::ready(outcome))
    }
}

async fn ask(app: &TestApp, token: &str, sql: &str, path: &str, accept: &str) -> TestResponse {
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("accept", accept)
        .body(Body::from(json!({ "sql": sql }).to_string()))
        .unwrap();
    app.send(request).await
}

#[tokio::test]
async fn an_analyst_gets_an_answer_in_the_form_that_was_asked() {
    let app = TestApp::new().await;
    for (path, accept, form, kind) in [
        ("/v1/sql", "*/*", "json", "application/json"),
        ("/v1/sql", "text/csv", "csv", "text/csv; charset=utf-8"),
        (
            "/v1/sql?formaat=arrow",
            "text/csv",
            "arrow",
            "application/vnd.apache.arrow.stream",
        ),
        (
            "/v1/sql",
            "application/vnd.apache.parquet",
            "parquet",
            "application/vnd.apache.parquet",
        ),
    ] {
        let response = ask(&app, &app.analyst, "SELECT 1", path, accept).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.header("content-type"), kind);
        assert_eq!(response.header("cache-control"), "no-store");
        // Whole, however often it is read from disk, and asked in the name of the token.
        let text = response.text();
        assert_eq!(response.header("content-length"), text.len().to_string());
        assert!(text.starts_with(&format!("analist 4 {form} SELECT 1")) && text.len() > 300_000);
    }
    ask(
        &app,
        &app.analyst,
        "SELECT 1",
        "/v1/sql?formaat=xlsx",
        "*/*",
    )
    .await
    .is_problem(400, "PARAMETER");
}

#[tokio::test]
async fn a_refusal_has_a_code_and_says_once_what_is_wrong() {
    let app = TestApp::new().await;
    for (sql, status, code) in [
        ("statement", 422, "SQL_STATEMENT"),
        ("not allowed", 403, "SQL_NOT_ALLOWED"),
        ("limit", 422, "SQL_LIMIT"),
        ("busy", 429, "SQL_BUSY"),
        ("failed", 500, "INTERNAL"),
    ] {
        let response = ask(&app, &app.analyst, sql, "/v1/sql", "text/csv").await;
        response.is_problem(status, code);
        let detail = response.json()["detail"].as_str().unwrap().to_owned();
        // Of what is our fault nothing is told.
        let told = usize::from(status != 429 && status != 500);
        assert_eq!(detail.matches("words").count(), told, "{detail}");
    }
}

#[tokio::test]
async fn nobody_else_may_ask() {
    let app = TestApp::new().await;
    for token in [&app.aanbieder, &app.coordinator] {
        ask(&app, token, "SELECT 1", "/v1/sql", "*/*")
            .await
            .is_problem(403, "FORBIDDEN_ROLE");
    }
    ask(&app, "", "SELECT 1", "/v1/sql", "*/*")
        .await
        .is_problem(401, "UNAUTHENTICATED");
}
