//! The four exports of tests/fixtures/extracten through koppel and reader: every row equals the truth.

use mapping::Koppeling;

use crate::support::{fixture, lees, voorstel};

/// Proposes, answers the questions by editing the text as a person would, reads, and compares row by row.
fn whole_way(naam: &str, open: &[&str], antwoorden: &[(&str, &str)]) {
    let bestand = fixture(naam);
    let voorstel = voorstel(&bestand);
    let vragen: Vec<String> = voorstel
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
    let tekst = voorstel.koppeling.to_toml();
    assert_eq!(vragen, open, "{tekst}");

    let mut beantwoord = tekst.clone();
    for (vraag, antwoord) in antwoorden {
        assert!(beantwoord.contains(vraag), "{vraag} staat niet in\n{tekst}");
        beantwoord = beantwoord.replace(vraag, antwoord);
    }
    let koppeling = Koppeling::parse(&beantwoord).unwrap();
    let (tabellen, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    assert_eq!(verslag.open, Vec::<String>::new());
    let fouten: Vec<_> = verslag
        .bevindingen
        .iter()
        .filter(|b| b.ernst == schema::Ernst::Fout)
        .collect();
    assert!(fouten.is_empty(), "{fouten:?}");

    let waarheid: serde_json::Value =
        serde_json::from_slice(&std::fs::read(pad("truth.json")).unwrap()).unwrap();
    let waarheid = waarheid[naam].as_array().unwrap();
    let rijen = &tabellen["traject"];
    assert_eq!(rijen.len(), waarheid.len());
    for (nummer, (rij, waar)) in rijen.iter().zip(waarheid).enumerate() {
        for (veld, waarde) in waar.as_object().unwrap() {
            let eigen = if veld == "traject" {
                "traject_id"
            } else {
                veld
            };
            let verwacht = match waarde {
                serde_json::Value::Null => None,
                serde_json::Value::String(tekst) => Some(tekst.clone()),
                ander => Some(ander.to_string()),
            };
            assert_eq!(rij[eigen], verwacht, "rij {nummer}, veld {veld}");
        }
        // The birth date itself never comes along.
        assert!(
            !rij.values().flatten().any(|w| w.contains("-200")
                || w.contains("-201") && w.len() == 10 && !w.starts_with("20"))
        );
    }
}

fn pad(naam: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/extracten")
        .join(naam)
}

#[test]
fn de_brug() {
    whole_way("de_brug_2020.csv", &[], &[]);
}

#[test]
fn jeugdhulp_west() {
    whole_way("jeugdhulp_west.csv", &[], &[]);
}

#[test]
fn omgangshuis_noord() {
    whole_way("omgangshuis_noord.xlsx", &[], &[]);
}

/// Codes of iJw are never mapped of themselves: one question, one word as the answer.
#[test]
fn zorggroep_zuid() {
    whole_way(
        "zorggroep_zuid.csv",
        &["traject.reden_einde|Reden einde"],
        &[("reden_einde = \"\"", "reden_einde = \"ijw\"")],
    );
}

#[test]
fn cells_are_named_as_in_the_file() {
    let bestand = fixture("omgangshuis_noord.xlsx");
    let koppeling = voorstel(&bestand).koppeling;
    let (_, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    let plaats = verslag
        .herkomst
        .plaats("traject", Some(0), Some("aanmelddatum"));
    assert_eq!(plaats.cel.as_deref(), Some("Export!L5"));
    assert_eq!(plaats.kolom.as_deref(), Some("Aangemeld op"));
    let plaats = verslag
        .herkomst
        .plaats("wachtlijst", Some(0), Some("wachtenden"));
    assert_eq!(
        plaats.bestand.as_deref(),
        Some("(afgeleid uit de trajecten)")
    );
}
