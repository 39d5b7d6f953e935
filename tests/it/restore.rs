//! What a beheerder does after a loss, with the real program: refused with a sentence that helps, folder put back,
//! started, and everything counts again.

use std::fs;

use anyhow::{Context, Result, ensure};
use stage::{Stage, run, succeed};

/// Serves and stops; the server must have come up.
fn serves(stage: &Stage) -> Result<()> {
    stage.serve(None)?.stop()
}

/// The server does not come up; gives what it said.
fn refuses(stage: &Stage) -> Result<String> {
    let log = stage.dir.join("server.log");
    fs::remove_file(&log)?;
    ensure!(stage.serve(None).is_err(), "it started");
    let said = fs::read_to_string(log)?;
    ensure!(said.contains("Nothing was changed"), "{said}");
    ensure!(
        !stage.dir.join("quarantaine").exists(),
        "something was moved"
    );
    Ok(said)
}

/// Lines of stdout of an `admin` command, without a header.
fn admin(stage: &Stage, words: &[&str], header: usize) -> Result<Vec<String>> {
    let out = succeed(stage.monitor().arg("admin").args(words))?;
    let text = String::from_utf8(out.stdout)?;
    Ok(text.lines().skip(header).map(str::to_owned).collect())
}

/// What a freeze takes in: levering, table, rows and hash.
fn counted(stage: &Stage) -> Result<Vec<String>> {
    let moment = stage.freeze()?;
    admin(stage, &["momentopname", &moment], 1)
}

#[test]
fn after_a_loss_everything_counts_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = Stage::of_this_build(dir.path())?;
    stage.practice(12, 300, 5)?;
    stage.import()?;
    let server = stage.serve(None)?;
    for aanbieder in stage.aanbieders()? {
        aanbieder
            .deliver(&stage, &server.url)
            .with_context(|| aanbieder.map.clone())?;
    }
    server.stop()?;
    let before = counted(&stage)?;
    ensure!(before.len() > 10, "hardly anything was delivered");
    a_folder_away(&stage, &before)?;
    the_register_away(&stage)?;
    serves(&stage)?;
    ensure!(counted(&stage)? == before);
    Ok(())
}

fn a_folder_away(stage: &Stage, before: &[String]) -> Result<()> {
    let (lake, away) = (stage.dir.join("lake"), stage.dir.join("away"));
    fs::rename(&lake, &away)?;
    let said = refuses(stage)?;
    ensure!(said.contains("what is in lake"), "{said}");
    ensure!(said.contains("admin quarantine release --all"), "{said}");
    ensure!(admin(stage, &["quarantine", "list"], 1)?.is_empty());
    // Taken for lost: then it starts, and nothing of it counts.
    let lost = admin(stage, &["quarantine", "damaged"], 0)?;
    serves(stage)?;
    ensure!(counted(stage)?.len() < before.len());
    let held = run(stage
        .monitor()
        .args(["admin", "quarantine", "release", "--all"]))?;
    ensure!(!held.status.success(), "released without files");
    // Found after all.
    fs::remove_dir_all(&lake)?;
    fs::rename(&away, &lake)?;
    serves(stage)?;
    let listed = admin(stage, &["quarantine", "list"], 1)?;
    ensure!(
        listed.len() == lost.len() && listed.iter().all(|row| row.ends_with(',')),
        "{listed:?}"
    );
    ensure!(admin(stage, &["quarantine", "release", "--all"], 0)? == lost);
    ensure!(admin(stage, &["quarantine", "list"], 1)?.is_empty());
    ensure!(counted(stage)? == before);
    Ok(())
}

fn the_register_away(stage: &Stage) -> Result<()> {
    let (register, away) = (stage.dir.join("register.sqlite"), stage.dir.join("away"));
    fs::rename(&register, &away)?;
    let said = refuses(stage)?;
    ensure!(said.contains("empty or older than the files"), "{said}");
    let import = run(stage.monitor().args(["admin", "token", "list"]))?;
    ensure!(
        !import.status.success(),
        "a job wrote into an empty register"
    );
    ensure!(!register.exists(), "an empty register was made");
    fs::rename(&away, &register)?;
    Ok(())
}
