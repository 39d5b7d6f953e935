//! `audit`, and the key that every published number hangs on.

use crate::stage::{BRUG, NOORD, Stage};

/// Two nulopgaven, frozen, run and published.
fn published() -> Stage {
    let stage = Stage::expecting();
    stage.nulopgave(BRUG);
    stage.nulopgave(NOORD);
    stage.does("admin freeze omgang/2020 --early");
    stage.does("run omgang --year 2020");
    stage.publishes("");
    stage
}

/// A publication is named by its folder, its year or its version; from one of nobody nothing follows.
#[test]
fn a_publication_is_attacked_by_its_name_or_its_folder() {
    let stage = published();
    let folder = stage.path("data/publicaties/omgang/2020/1");
    let folder = folder.to_str().unwrap();
    for name in ["omgang/2020", "omgang/2020/1", folder] {
        assert!(stage.args(&["audit", name]).unwrap(), "{name}");
        assert!(stage.args(&["audit", name, "--json"]).unwrap(), "{name}");
    }
    assert!(
        stage
            .args(&["audit", "omgang/2020", "--with", folder])
            .unwrap()
    );
    for nothing in ["omgang/2021", "omgang/2020/7", "nowhere"] {
        let refused = stage.refuses(&format!("audit {nothing}"));
        assert!(refused.contains(nothing), "{refused}");
    }
    let refused = stage.refuses("audit omgang/2020 --insider 11111111");
    assert!(
        refused.contains("11111111") && refused.contains("no levering"),
        "{refused}"
    );
}

/// A proof needs the exact counts of the run, and keeps what it found beside them.
#[test]
fn a_proof_keeps_its_tables_beside_the_counts() {
    let stage = published();
    let prove = "audit omgang/2020 --prove";
    assert!(
        stage.monitor(prove).unwrap(),
        "of nobody there is nothing to prove"
    );
    let moment = &stage.momentopnamen()[0];
    let kept = stage.path(&format!("data/intern/{moment}.certificaten.parquet"));
    assert!(kept.is_file());
    let counts = stage.path(&format!("data/intern/{moment}.telling.parquet"));
    std::fs::remove_file(counts).unwrap();
    let refused = stage.refuses(prove);
    assert!(refused.contains("omgangsmonitor run"), "{refused}");
    stage.refuses("audit omgang/2020 --prove --insider 11111111");
}

/// With another key the same children get other numbers: it is never made in silence.
#[test]
fn a_lost_rounding_key_is_told_and_renewed_only_on_demand() {
    let stage = published();
    let key = stage.path("data/sleutels/afronding.json");
    let before = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let refused = stage.refuses("run omgang --year 2020");
    assert!(
        refused.contains("afronding.json")
            && refused.contains("omgang/2020 version 1")
            && refused.contains("--new-rounding-key"),
        "{refused}"
    );
    let refused = stage.refuses("publish omgang --year 2020 --verify");
    assert!(refused.contains("is lost"), "{refused}");
    assert!(!key.exists());
    stage.does("run omgang --year 2020 --new-rounding-key");
    assert_ne!(std::fs::read(&key).unwrap(), before);
    // The run that version 1 was made from is gone with the key; the new one was rounded with another.
    stage.publishes("--reden=Sleutel");
    assert!(
        !stage
            .monitor("publish omgang --year 2020 --verify 1")
            .unwrap()
    );
}

/// Before anything was published a key is made without a word: nothing hangs on it yet.
#[test]
fn the_first_run_makes_the_key() {
    let stage = Stage::expecting();
    stage.nulopgave(BRUG);
    stage.does("admin freeze omgang/2020 --early");
    let key = stage.path("data/sleutels/afronding.json");
    assert!(!key.exists());
    stage.does("run omgang --year 2020");
    let made = std::fs::read(&key).unwrap();
    stage.does("run omgang --year 2020");
    assert_eq!(std::fs::read(&key).unwrap(), made);
    std::fs::remove_file(&key).unwrap();
    stage.does("run omgang --year 2020");
    assert_ne!(std::fs::read(&key).unwrap(), made);
}
