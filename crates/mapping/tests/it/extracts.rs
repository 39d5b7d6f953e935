//! The four exports of tests/fixtures/extracts through koppel and reader: every row equals the truth.

use mapping::Koppeling;

use crate::support::{fixture, lees, proposal};

/// Proposes, answers the questions by editing the text as a person would, reads, and compares row by row.
fn whole_way(name: &str, open: &[&str], answers: &[(&str, &str)]) {
    let file = fixture(name);
    let proposal = proposal(&file);
    let questions: Vec<String> = proposal
        .open
        .iter()
        .map(|o| {
            format!(
                "{}|{}",
                o.veld.as_deref().unwrap_or(""),
                o.bron.as_deref().unwrap_or("")
            )
        })
        .collect();
    let text = proposal.koppeling.to_toml();
    assert_eq!(questions, open, "{text}");

    let mut answered = text.clone();
    for (question, answer) in answers {
        assert!(
            answered.contains(question),
            "{question} staat niet in\n{text}"
        );
        answered = answered.replace(question, answer);
    }
    let koppeling = Koppeling::parse(&answered).unwrap();
    let (tabellen, summary) = lees(&[file], Some(&koppeling)).unwrap();
    assert_eq!(summary.open, Vec::<String>::new());
    let errors: Vec<_> = summary
        .bevindingen
        .iter()
        .filter(|b| b.ernst == schema::Ernst::Fout)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");

    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path("truth.json")).unwrap()).unwrap();
    let truth = truth[name].as_array().unwrap();
    let rows = &tabellen["traject"];
    assert_eq!(rows.len(), truth.len());
    for (number, (row, location)) in rows.iter().zip(truth).enumerate() {
        for (veld, value) in location.as_object().unwrap() {
            let own = if veld == "traject" {
                "traject_id"
            } else {
                veld
            };
            let expected = match value {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            assert_eq!(row[own], expected, "rij {number}, veld {veld}");
        }
        // The birth date itself never comes along.
        assert!(
            !row.values().flatten().any(|w| w.contains("-200")
                || w.contains("-201") && w.len() == 10 && !w.starts_with("20"))
        );
    }
}

fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/extracts")
        .join(name)
}

#[test]
fn the_bridge() {
    whole_way("de_brug_2020.csv", &[], &[]);
}

#[test]
fn youth_care_west() {
    whole_way("jeugdhulp_west.csv", &[], &[]);
}

#[test]
fn visiting_house_north() {
    whole_way("omgangshuis_noord.xlsx", &[], &[]);
}

/// Codes of iJw are never mapped of themselves: one question, one word as the answer.
#[test]
fn care_group_south() {
    whole_way(
        "zorggroep_zuid.csv",
        &["traject.reden_einde|Reden einde"],
        &[("reden_einde = \"\"", "reden_einde = \"ijw\"")],
    );
}

#[test]
fn cells_are_named_as_in_the_file() {
    let file = fixture("omgangshuis_noord.xlsx");
    let koppeling = proposal(&file).koppeling;
    let (_, summary) = lees(&[file], Some(&koppeling)).unwrap();
    let place = summary
        .herkomst
        .place("traject", Some(0), Some("aanmelddatum"));
    assert_eq!(place.cel.as_deref(), Some("Export!L5"));
    assert_eq!(place.kolom.as_deref(), Some("Aangemeld op"));
    let place = summary
        .herkomst
        .place("wachtlijst", Some(0), Some("wachtenden"));
    assert_eq!(
        place.bestand.as_deref(),
        Some("(afgeleid uit de trajecten)")
    );
}
