//! Writes a whole publication of practice figures into a folder, to look at: `cargo run -p report --example voorbeeld -- DIR`.

#![expect(clippy::unwrap_used, reason = "shares its figures with the tests")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "some of it is for the tests")]
mod fixture;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let map = PathBuf::from(std::env::args().nth(1).ok_or("usage: voorbeeld DIR")?);
    let publicatie = fixture::publicatie();
    report::schrijf(&publicatie, &mut |pad, inhoud| {
        let doel = map.join(pad);
        std::fs::create_dir_all(doel.parent().expect("every path has a folder"))?;
        std::fs::write(doel, inhoud)
    })?;
    Ok(())
}
