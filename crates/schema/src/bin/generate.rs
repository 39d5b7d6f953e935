//! `make generate`: writes what follows from each definition to `schema_dir/<uitvraag>/generated/<jaar>/`.

use std::path::Path;

use schema::{Definitie, artefacts};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for name in Definitie::names() {
        let definitie = Definitie::load(&name)?;
        let map = schema_dir
            .join(&definitie.uitvraag)
            .join("generated")
            .join(definitie.jaar.to_string());
        std::fs::create_dir_all(&map)?;
        for (file, content) in artefacts::artefacts_of(&definitie)? {
            let path = map.join(&file);
            // An unchanged file keeps its time, so that nothing is compiled again.
            if std::fs::read(&path).is_ok_and(|old| old == content) {
                continue;
            }
            std::fs::write(&path, content)?;
            say(&format!("{name}: wrote {file}"));
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a tool that says what it wrote")]
fn say(regel: &str) {
    println!("{regel}");
}
