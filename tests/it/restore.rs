//! What a beheerder does after a loss, with the real program: refused with a sentence that helps, folder put back,
//! started, and everything counts again.

use std::fs;

use anyhow::{Context, Result, ensure};
use toneel::{Toneel, run, succeed};

/// Serves and stops; the server must have come up.
fn serves(toneel: &Toneel) -> Result<()> {
    toneel.serve(None)?.stop()
}

/// The server does not come up; gives what it said.
fn refuses(toneel: &Toneel) -> Result<String> {
    let log = toneel.dir.join("server.log");
    fs::remove_file(&log)?;
    ensure!(toneel.serve(None).is_err(), "it started");
    let said = fs::read_to_string(log)?;
    ensure!(said.contains("Nothing was changed"), "{said}");
    ensure!(
        !toneel.dir.join("quarantaine").exists(),
        "something was moved"
    );
    Ok(said)
}

/// Lines of stdout of an `admin` command, without a header.
fn admin(toneel: &Toneel, words: &[&str], header: usize) -> Result<Vec<String>> {
    let out = succeed(toneel.monitor().arg("admin").args(words))?;
    let text = String::from_utf8(out.stdout)?;
    Ok(text.lines().skip(header).map(str::to_owned).collect())
}

/// What a freeze takes in: levering, table, rows and hash.
fn counted(toneel: &Toneel) -> Result<Vec<String>> {
    let moment = toneel.freeze()?;
    admin(toneel, &["momentopname", &moment], 1)
}

#[test]
fn after_a_loss_everything_counts_again() -> Result<()> {
    let map = tempfile::tempdir()?;
    let toneel = Toneel::of_this_build(map.path())?;
    toneel.practice(12, 300, 5)?;
    toneel.import()?;
    let server = toneel.serve(None)?;
    for aanbieder in toneel.aanbieders()? {
        aanbieder
            .deliver(&toneel, &server.url)
            .with_context(|| aanbieder.map.clone())?;
    }
    server.stop()?;
    let before = counted(&toneel)?;
    ensure!(before.len() > 10, "hardly anything was delivered");
    a_folder_away(&toneel, &before)?;
    the_register_away(&toneel)?;
    serves(&toneel)?;
    ensure!(counted(&toneel)? == before);
    Ok(())
}

fn a_folder_away(toneel: &Toneel, before: &[String]) -> Result<()> {
    let (lake, away) = (toneel.dir.join("lake"), toneel.dir.join("away"));
    fs::rename(&lake, &away)?;
    let said = refuses(toneel)?;
    ensure!(said.contains("what is in lake"), "{said}");
    ensure!(said.contains("admin quarantine release --all"), "{said}");
    ensure!(admin(toneel, &["quarantine", "list"], 1)?.is_empty());
    // Taken for lost: then it starts, and nothing of it counts.
    let lost = admin(toneel, &["quarantine", "damaged"], 0)?;
    serves(toneel)?;
    ensure!(counted(toneel)?.len() < before.len());
    let held = run(toneel
        .monitor()
        .args(["admin", "quarantine", "release", "--all"]))?;
    ensure!(!held.status.success(), "released without files");
    // Found after all.
    fs::remove_dir_all(&lake)?;
    fs::rename(&away, &lake)?;
    serves(toneel)?;
    let listed = admin(toneel, &["quarantine", "list"], 1)?;
    ensure!(
        listed.len() == lost.len() && listed.iter().all(|row| row.ends_with(',')),
        "{listed:?}"
    );
    ensure!(admin(toneel, &["quarantine", "release", "--all"], 0)? == lost);
    ensure!(admin(toneel, &["quarantine", "list"], 1)?.is_empty());
    ensure!(counted(toneel)? == before);
    Ok(())
}

fn the_register_away(toneel: &Toneel) -> Result<()> {
    let (register, away) = (toneel.dir.join("register.sqlite"), toneel.dir.join("away"));
    fs::rename(&register, &away)?;
    let said = refuses(toneel)?;
    ensure!(said.contains("empty or older than the files"), "{said}");
    let import = run(toneel.monitor().args(["admin", "token", "list"]))?;
    ensure!(
        !import.status.success(),
        "a job wrote into an empty register"
    );
    ensure!(!register.exists(), "an empty register was made");
    fs::rename(&away, &register)?;
    Ok(())
}
