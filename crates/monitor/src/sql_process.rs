//! A question in SQL, answered by a process of its own that can be killed.
//!
//! Owns starting it, what it is given (the published files, and nothing else), what it may still do once it has read
//! them, its end, and the line in the log. The process is this same program with a hidden command. Leaves what may be
//! asked to `analysis`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use analysis::query::{
    AnswerFormat, PublishedTables, QueryLimits, QueryRefusal, RefusalCause, STACK, SqlAsked,
};
use anyhow::{Context, Result};
use lake::{Lake, Publicatie};
use rustix::process::{Resource, Rlimit, setrlimit};
use schema::hash::sha256_hex;
use serde::{Deserialize, Serialize};

use crate::config::Data;
use crate::output;

/// What the process is told, on its standard input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SqlTask {
    /// The question.
    pub asked: SqlAsked,
    /// How the answer is written.
    pub format: AnswerFormat,
    /// How much it may cost.
    pub limits: QueryLimits,
    /// Where definitions and pipelines are that are not compiled in.
    pub data: Data,
    /// What is asked.
    pub published: Vec<SqlPublication>,
    /// Whether these are the unprotected figures, which the answer then says of itself.
    pub unprotected: bool,
}

/// A publication by the files of its tables.
pub type SqlPublication = PublishedTables<PathBuf>;

/// The tables of a publication that can be asked; the first it must have.
const PUBLISHED: [&str; 3] = ["cijfers", "curven", "trechters"];

/// Every publication of this lake that fits, oldest first, the last version of each year marked.
///
/// # Errors
/// When the register can't be read, or a publication has no figures.
pub async fn published(
    lake: &Lake,
    fits: impl Fn(&Publicatie) -> bool,
) -> Result<Vec<SqlPublication>> {
    let all = lake.publicaties().await?;
    let mut last = BTreeMap::new();
    for p in &all {
        last.insert((p.uitvraag.as_str(), p.jaar), p.versie);
    }
    let dir = std::path::absolute(lake.dir())?;
    let mut found = Vec::new();
    for p in all.iter().filter(|p| fits(p)) {
        let folder = dir.join(format!(
            "publicaties/{}/{}/{}",
            p.uitvraag, p.jaar, p.versie
        ));
        let tables = PUBLISHED.map(|table| (table, format!("{table}.parquet")));
        let there = tables
            .into_iter()
            .filter(|(_, file)| p.paden.contains(file));
        let tables: BTreeMap<String, PathBuf> = there
            .map(|(table, file)| (table.to_owned(), folder.join(file)))
            .collect();
        if !tables.contains_key(PUBLISHED[0]) {
            anyhow::bail!(
                "publication {}/{}/{} has no cijfers.parquet",
                p.uitvraag,
                p.jaar,
                p.versie
            );
        }
        let rule = lake.protection_rule(&p.uitvraag, p.jaar, p.versie).await?;
        found.push(SqlPublication {
            uitvraag: p.uitvraag.clone(),
            jaar: p.jaar,
            versie: i32::try_from(p.versie).ok(),
            nieuwste: last.get(&(p.uitvraag.as_str(), p.jaar)) == Some(&p.versie),
            regel: Some(rule.name().to_owned()),
            momentopname: p.momentopname.clone(),
            gemaakt: p.gemaakt.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            hash: p.hash.clone(),
            tables,
        });
    }
    Ok(found)
}

/// Who asks by which way, for the log.
#[derive(Debug, Clone)]
pub struct SqlQuestioner {
    /// Who, as the register's log names them.
    pub who: String,
    /// `query`, `http` or `postgresql`.
    pub way: &'static str,
}

/// What stands in the log for a statement: its text may name a child's gemeente, or be a secret of who asks.
pub fn fingerprint(sql: &str) -> String {
    sha256_hex(sql.as_bytes())[..16].to_owned()
}

/// Has a question answered by a process of its own: its answer, at its begin. Blocks until it is there, until `stop`
/// is set, or until the time is up.
///
/// # Errors
/// When it was refused or came to its end before it was done.
pub fn answer(
    task: &SqlTask,
    questioner: &SqlQuestioner,
    stop: &AtomicBool,
) -> Result<File, QueryRefusal> {
    let begin = Instant::now();
    let outcome = run(task, stop);
    let result = match &outcome {
        Ok(_) => "answered",
        Err(refusal) => match refusal.cause {
            RefusalCause::Statement => "statement",
            RefusalCause::NotAllowed => "not allowed",
            RefusalCause::Limit => "limit",
            RefusalCause::Internal => "failed",
        },
    };
    let SqlQuestioner { who, way } = questioner;
    let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let statement = fingerprint(&task.asked.sql);
    if task.unprotected {
        tracing::warn!(
            who,
            way,
            statement,
            result,
            millis,
            "unprotected figures asked in SQL"
        );
    } else {
        tracing::info!(who, way, statement, result, millis, "SQL");
    }
    outcome
}

/// Time between two looks at a process.
const LOOK: Duration = Duration::from_millis(5);
/// Exit code of a process that says on standard error why there is no answer.
const REFUSED: u8 = 3;

fn run(task: &SqlTask, stop: &AtomicBool) -> Result<File, QueryRefusal> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        QueryRefusal::new(RefusalCause::Internal, format!("{what}: {error}"))
    };
    let mut answer = tempfile::tempfile().map_err(|e| failed("no file for the answer", &e))?;
    let mut words = tempfile::tempfile().map_err(|e| failed("no file for the answer", &e))?;
    let place = |file: &File| file.try_clone().map(Stdio::from);
    let input = serde_json::to_vec(task).map_err(|e| failed("the task", &e))?;
    let program = program().map_err(|e| failed("the program", &e))?;
    let started = place(&answer).and_then(|out| {
        Command::new(program)
            .arg(COMMAND)
            // Nothing of ours: no settings, no secrets of who started the service.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(place(&words)?)
            .spawn()
    });
    let mut child = started.map_err(|e| failed("the process does not start", &e))?;
    let deadline = Instant::now() + Duration::from_secs(task.limits.seconds.into());
    // It reads all before it does anything; should it end before, its exit says why.
    if let Some(mut pipe) = child.stdin.take() {
        drop(pipe.write_all(&input));
    }
    let status = wait(&mut child, deadline, stop).map_err(|e| failed("waiting", &e))?;
    let Some(status) = status else {
        return Err(QueryRefusal::too_slow(&task.limits));
    };
    if status.success() {
        answer
            .seek(SeekFrom::Start(0))
            .map_err(|e| failed("the answer", &e))?;
        return Ok(answer);
    }
    let mut said = String::new();
    let read = words.seek(SeekFrom::Start(0));
    drop(read.and_then(|_| words.take(64 * 1024).read_to_string(&mut said)));
    Err(refusal(status, &said, &task.limits))
}

/// Waits for the end; none when it had to be killed.
fn wait(
    child: &mut Child,
    deadline: Instant,
    stop: &AtomicBool,
) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline || stop.load(Ordering::Relaxed) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

/// Why a process gave no answer, from its words or its end.
fn refusal(status: ExitStatus, said: &str, limits: &QueryLimits) -> QueryRefusal {
    let own_words = said
        .lines()
        .rev()
        .find_map(|line| serde_json::from_str(line).ok());
    if let (Some(code), Some(refusal)) = (status.code(), own_words)
        && code == i32::from(REFUSED)
    {
        return refusal;
    }
    let memory = ["memory allocation", "capacity overflow"];
    match status.signal() {
        _ if said.contains("overflowed its stack") => QueryRefusal::new(
            RefusalCause::Limit,
            "stopped at the limit on nesting: the statement is too deep",
        ),
        _ if memory.iter().any(|words| said.contains(words)) => {
            QueryRefusal::too_much_memory(limits)
        }
        // SIGXCPU, SIGXFSZ.
        Some(24) => QueryRefusal::too_slow(limits),
        Some(25) => QueryRefusal::too_much_memory(limits),
        // SIGKILL that is not ours: the system ran out of memory.
        Some(9) => QueryRefusal::too_much_memory(limits),
        _ => QueryRefusal::new(
            RefusalCause::Internal,
            format!("the process that answers ended: {status}"),
        ),
    }
}

/// Name of the hidden command.
pub(crate) const COMMAND: &str = "sql-worker";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program to start in place of the running one: for tests, which are another program.
pub fn use_program(path: impl Into<PathBuf>) {
    PROGRAM.get_or_init(|| path.into());
}

fn program() -> std::io::Result<PathBuf> {
    PROGRAM
        .get()
        .cloned()
        .map_or_else(std::env::current_exe, Ok)
}

/// The process itself: reads its task, gives up what it no longer needs, answers and ends.
pub(crate) fn work() -> Result<bool> {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let Ok(outcome) = thread.spawn(work_here)?.join() else {
        anyhow::bail!("the question made the program panic");
    };
    if let Err(refusal) = outcome {
        output::talk(&serde_json::to_string(&refusal)?);
        std::process::exit(REFUSED.into());
    }
    Ok(true)
}

fn work_here() -> Result<(), QueryRefusal> {
    let failed = |e: anyhow::Error| QueryRefusal::new(RefusalCause::Internal, format!("{e:#}"));
    let mut task = read_task().map_err(failed)?;
    let published = std::mem::take(&mut task.published).into_iter();
    let tables: Result<Vec<_>> = published.map(read_tables).collect();
    let tables = tables.map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|e| failed(e.into()))?;
    let bytes = runtime.block_on(async {
        let relations = analysis::query::session(tables, &task.limits).await?;
        give_up(&task.limits).map_err(failed)?;
        let mut answer = analysis::query::query(&task.asked, &relations, &task.limits).await?;
        if task.unprotected {
            answer = analysis::query::marked(answer, "onbeveiligd", "niet doorgeven")?;
        }
        Ok::<_, QueryRefusal>(analysis::query::format(&answer, task.format)?)
    })?;
    output::bytes(&bytes).map_err(failed)
}

fn read_task() -> Result<SqlTask> {
    let task: SqlTask = serde_json::from_reader(std::io::stdin().lock())?;
    task.data.add_uitvragen()?;
    Ok(task)
}

fn read_tables(published: SqlPublication) -> Result<PublishedTables> {
    let (uitvraag, jaar) = (published.uitvraag.clone(), published.jaar);
    let is_published = published.versie.is_some();
    published.read(|table, path| {
        let bytes = std::fs::read(path);
        let bytes = bytes.with_context(|| format!("`{table}` of a publication can't be read"))?;
        if is_published {
            return Ok(bytes);
        }
        // One file holds the figures of every run.
        let mut figures = analysis::cijfers::from_parquet(bytes)?;
        figures.retain(|c| c.uitvraag == uitvraag && c.jaar == jaar);
        Ok(analysis::cijfers::to_parquet(&figures)?)
    })
}

/// Room beside what a question may take: the program itself and the stack.
const BESIDE: u64 = 1024 * 1024 * 1024;

/// Gives up opening files and connections, starting programs, leaving a core, and more memory and time than a question
/// may take. From here on the process can do nothing but compute and write its answer.
fn give_up(limits: &QueryLimits) -> Result<()> {
    let memory = u64::from(limits.memory_mib) * 1024 * 1024;
    for (resource, most) in [
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
        (Resource::Fsize, memory),
        // The rows, their sorted copy, and the answer as it is written.
        (Resource::As, 4 * memory + BESIDE),
        // Beside the clock of who started it, for when that one is gone.
        (Resource::Cpu, u64::from(limits.seconds) + 1),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit)
            .with_context(|| format!("the limit on {resource:?} can't be set"))?;
    }
    Ok(())
}
