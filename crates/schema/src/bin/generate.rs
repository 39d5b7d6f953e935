//! `make generate`: writes what follows from each definition to `schemas/<uitvraag>/generated/<jaar>/`.

use std::path::Path;

use schema::{Definitie, artefacten};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam)?;
        let map = schemas
            .join(&definitie.uitvraag)
            .join("generated")
            .join(definitie.jaar.to_string());
        std::fs::create_dir_all(&map)?;
        for (bestand, inhoud) in artefacten::artefacts_of(&definitie)? {
            let pad = map.join(&bestand);
            // An unchanged file keeps its time, so that nothing is compiled again.
            if std::fs::read(&pad).is_ok_and(|oud| oud == inhoud) {
                continue;
            }
            std::fs::write(&pad, inhoud)?;
            say(&format!("{naam}: wrote {bestand}"));
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a tool that says what it wrote")]
fn say(regel: &str) {
    println!("{regel}");
}
