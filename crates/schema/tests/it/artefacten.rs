//! What is published beside a definition follows from it, byte for byte.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use schema::{Definitie, artefact, artefacten};

fn generated(definitie: &Definitie) -> PathBuf {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    schemas
        .join(&definitie.uitvraag)
        .join("generated")
        .join(definitie.jaar.to_string())
}

#[test]
fn nothing_has_drifted() {
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        let gemaakt = artefacten::artefacts_of(&definitie).unwrap();
        for (bestand, inhoud) in &gemaakt {
            let op_schijf = std::fs::read(generated(&definitie).join(bestand)).unwrap_or_default();
            assert!(
                op_schijf == *inhoud,
                "{naam}: {bestand} is not what the definition says; run `make generate`"
            );
            assert!(
                artefact(&definitie.uitvraag, definitie.jaar, bestand) == Some(inhoud.as_slice()),
                "{bestand} is not compiled in"
            );
        }
        let mut aanwezig: Vec<String> = std::fs::read_dir(generated(&definitie))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        aanwezig.sort();
        let verwacht: Vec<String> = gemaakt.into_iter().map(|(bestand, _)| bestand).collect();
        assert_eq!(
            aanwezig, verwacht,
            "{naam}: a stale file lies in generated/"
        );
    }
}

#[test]
fn making_is_deterministic() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let eerste = artefacten::sjabloon(&definitie).unwrap();
    // A zip keeps times in steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(artefacten::sjabloon(&definitie).unwrap() == eerste);
}

#[test]
fn an_unknown_artefact_is_none() {
    assert!(artefact("omgang", 1999, "sjabloon.xlsx").is_none());
    assert!(artefact("omgang", 2020, "../../2020.toml").is_none());
}

/// A part of the workbook as text.
fn part(werkmap: &[u8], naam: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(werkmap)).unwrap();
    let mut tekst = String::new();
    zip.by_name(naam)
        .unwrap()
        .read_to_string(&mut tekst)
        .unwrap();
    tekst
}

#[test]
fn the_sjabloon_says_its_version_and_hides_only_its_lists() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let werkmap = artefacten::sjabloon(&definitie).unwrap();
    let eigenschappen = part(&werkmap, "docProps/custom.xml");
    assert!(
        eigenschappen.contains("name=\"uitvraag\""),
        "{eigenschappen}"
    );
    assert!(eigenschappen.contains("omgang/2020"));
    assert!(eigenschappen.contains("name=\"definitieversie\""));
    let bladen = part(&werkmap, "xl/workbook.xml");
    for blad in ["Lees mij", "Trajecten", "Wachtlijst", "Voorzieningen"] {
        assert!(bladen.contains(&format!("name=\"{blad}\"")), "{bladen}");
    }
    assert_eq!(bladen.matches("state=\"hidden\"").count(), 1);
    assert!(
        bladen.contains(&format!(
            "name=\"{}\" sheetId=\"5\" state=\"hidden\"",
            artefacten::LIJSTBLAD
        )),
        "{bladen}"
    );
}

#[test]
fn every_coded_field_of_the_sjabloon_has_a_dropdown() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let werkmap = artefacten::sjabloon(&definitie).unwrap();
    for (index, tabel) in definitie.tabellen.iter().enumerate() {
        let blad = part(&werkmap, &format!("xl/worksheets/sheet{}.xml", index + 2));
        let gecodeerd = tabel.velden.iter().filter(|v| {
            use schema::Veldtype::{Code, Gemeente, JaNee};
            matches!(v.veldtype, Code { .. } | Gemeente | JaNee)
        });
        assert_eq!(
            blad.matches("type=\"list\"").count(),
            gecodeerd.count(),
            "{}",
            tabel.naam
        );
        assert!(
            !blad.contains("<formula1>\""),
            "a list stands in the rule itself, where it stops at 255 characters"
        );
    }
}

#[test]
fn the_codeboek_holds_every_field_code_and_rule() {
    for naam in Definitie::names() {
        let definitie = Definitie::load(&naam).unwrap();
        let pagina = artefacten::codeboek(&definitie);
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                assert!(
                    pagina.contains(&format!("id=\"{}-{}\"", tabel.naam, veld.naam)),
                    "{}",
                    veld.naam
                );
            }
        }
        for lijst in definitie.codelijsten.values() {
            assert!(pagina.contains(&format!("id=\"lijst-{}\"", lijst.naam)));
            assert!(
                lijst
                    .codes
                    .iter()
                    .all(|c| pagina.contains(&format!("<dt><code>{}</code></dt>", c.code)))
            );
        }
        for regel in &definitie.regels {
            assert!(
                pagina.contains(&format!("id=\"regel-{}\"", regel.code)),
                "{}",
                regel.code
            );
        }
        assert!(
            !pagina.contains("<script")
                && !pagina.contains("http://")
                && !pagina.contains("https://"),
            "it must stand alone"
        );
    }
}

#[test]
fn every_link_in_the_codeboek_arrives_and_no_id_occurs_twice() {
    let pagina = artefacten::codeboek(&Definitie::load("omgang/2021").unwrap());
    let after = |begin: &str| -> Vec<&str> {
        pagina
            .split(begin)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    };
    let mut ids = after(" id=\"");
    for doel in after("href=\"#")
        .into_iter()
        .chain(after("aria-labelledby=\""))
    {
        assert!(ids.contains(&doel), "nothing has id {doel}");
    }
    let aantal = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), aantal);
}
