//! Writes a whole publication of practice figures into a folder, to look at: `cargo run -p report --example example -- DIR`.

#![expect(clippy::unwrap_used, reason = "shares its figures with the tests")]

#[path = "../tests/it/fixture/mod.rs"]
#[expect(dead_code, reason = "some of it is for the tests")]
mod fixture;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("usage: example DIR")?);
    let mut publicatie = fixture::publicatie();
    let write = |path: &str, content: Vec<u8>| {
        let target = dir.join(path);
        std::fs::create_dir_all(target.parent().expect("every path has a folder"))?;
        std::fs::write(target, content)
    };
    for paper in report::papers(&publicatie, &|_| true, &|| {})? {
        publicatie.papers.insert(paper.path.clone(), paper.size);
        write(&paper.path, paper.content)?;
    }
    report::write(&publicatie, &mut |path, content| write(path, content))?;
    for (path, content) in report::workbooks(&publicatie)? {
        write(&path, content)?;
    }
    Ok(())
}
