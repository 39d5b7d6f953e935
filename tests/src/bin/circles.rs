//! Names the files of one crate that import each other; without any, says so.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints its answer"
)]
fn main() -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = std::fs::read_dir(root.join("crates")).context("no folder crates")?;
    let mut folders: Vec<_> = crates
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    folders.push(root.join("tests"));
    folders.sort();
    let mut good = true;
    for folder in folders {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let found = stage::circles::find(&folder.join("src"))?;
        if found.is_empty() {
            continue;
        }
        good = false;
        eprintln!("{name} has {} circles of files:", found.len());
        for circle in found {
            let files: Vec<String> = circle
                .iter()
                .map(|file| {
                    file.strip_prefix(&folder)
                        .unwrap_or(file)
                        .display()
                        .to_string()
                })
                .collect();
            eprintln!("    {}", files.join(", "));
        }
    }
    if !good {
        return Ok(ExitCode::FAILURE);
    }
    println!("no two files of a crate import each other");
    Ok(ExitCode::SUCCESS)
}
