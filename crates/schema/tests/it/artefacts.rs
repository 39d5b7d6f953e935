//! What is published beside a definition follows from it, byte for byte.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use schema::{Definitie, artefact, artefacts};

fn generated(definitie: &Definitie) -> PathBuf {
    let schema_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    schema_dir
        .join(&definitie.uitvraag)
        .join("generated")
        .join(definitie.jaar.to_string())
}

#[test]
fn nothing_has_drifted() {
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        let made = artefacts::artefacts_of(&definitie).unwrap();
        for (file, content) in &made {
            let on_disk = std::fs::read(generated(&definitie).join(file)).unwrap_or_default();
            assert!(
                on_disk == *content,
                "{name}: {file} is not what the definition says; run `make generate`"
            );
            assert!(
                artefact(&definitie.uitvraag, definitie.jaar, file) == Some(content.as_slice()),
                "{file} is not compiled in"
            );
        }
        let mut present: Vec<String> = std::fs::read_dir(generated(&definitie))
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        present.sort();
        let expected: Vec<String> = made.into_iter().map(|(file, _)| file).collect();
        assert_eq!(present, expected, "{name}: a stale file lies in generated/");
    }
}

#[test]
fn making_is_deterministic() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let first = artefacts::sjabloon(&definitie).unwrap();
    // A zip keeps times in steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(artefacts::sjabloon(&definitie).unwrap() == first);
}

#[test]
fn an_unknown_artefact_is_none() {
    assert!(artefact("omgang", 1999, "sjabloon.xlsx").is_none());
    assert!(artefact("omgang", 2020, "../../2020.toml").is_none());
}

/// A part of the workbook as text.
fn part(workbook: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_sjabloon_says_its_version_and_hides_only_its_lists() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let workbook = artefacts::sjabloon(&definitie).unwrap();
    let properties = part(&workbook, "docProps/custom.xml");
    assert!(properties.contains("name=\"uitvraag\""), "{properties}");
    assert!(properties.contains("omgang/2020"));
    assert!(properties.contains("name=\"definitieversie\""));
    let sheets = part(&workbook, "xl/workbook.xml");
    for sheet in ["Lees mij", "Trajecten", "Wachtlijst", "Voorzieningen"] {
        assert!(sheets.contains(&format!("name=\"{sheet}\"")), "{sheets}");
    }
    assert_eq!(sheets.matches("state=\"hidden\"").count(), 1);
    assert!(
        sheets.contains(&format!(
            "name=\"{}\" sheetId=\"5\" state=\"hidden\"",
            artefacts::LIST_SHEET
        )),
        "{sheets}"
    );
}

#[test]
fn every_coded_field_of_the_sjabloon_has_a_list_to_choose_from() {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let workbook = artefacts::sjabloon(&definitie).unwrap();
    for (index, tabel) in definitie.tabellen.iter().enumerate() {
        let sheet = part(&workbook, &format!("xl/worksheets/sheet{}.xml", index + 2));
        let coded = tabel.velden.iter().filter(|v| {
            use schema::VeldType::{Code, Gemeente, YesNo};
            matches!(v.veldtype, Code { .. } | Gemeente | YesNo)
        });
        assert_eq!(
            sheet.matches("type=\"list\"").count(),
            coded.count(),
            "{}",
            tabel.naam
        );
        assert!(
            !sheet.contains("<formula1>\""),
            "a list stands in the rule itself, where it stops at 255 characters"
        );
    }
}

#[test]
fn the_codeboek_holds_every_field_code_and_rule() {
    for name in Definitie::names() {
        let definitie = Definitie::load(&name).unwrap();
        let page = artefacts::codeboek(&definitie);
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                assert!(
                    page.contains(&format!("id=\"{}-{}\"", tabel.naam, veld.naam)),
                    "{}",
                    veld.naam
                );
            }
        }
        for list in definitie.codelijsten.values() {
            assert!(page.contains(&format!("id=\"lijst-{}\"", list.naam)));
            assert!(
                list.codes
                    .iter()
                    .all(|c| page.contains(&format!("<dt><code>{}</code></dt>", c.code)))
            );
        }
        for regel in &definitie.regels {
            assert!(
                page.contains(&format!("id=\"regel-{}\"", regel.code)),
                "{}",
                regel.code
            );
        }
        assert!(
            !page.contains("<script") && !page.contains("http://") && !page.contains("https://"),
            "it must stand alone"
        );
    }
}

#[test]
fn every_link_in_the_codeboek_arrives_and_no_id_occurs_twice() {
    let page = artefacts::codeboek(&Definitie::load("omgang/2021").unwrap());
    let after = |begin: &str| -> Vec<&str> {
        page.split(begin)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    };
    let mut ids = after(" id=\"");
    for target in after("href=\"#")
        .into_iter()
        .chain(after("aria-labelledby=\""))
    {
        assert!(ids.contains(&target), "nothing has id {target}");
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
