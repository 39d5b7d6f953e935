//! `admin freeze` and `unfreeze`: the end of delivering, and the way back while there is one.

use monitor::admin::lists;

use crate::stage::{BRUG, Stage, rows};

/// Nobody freezes an empty year by accident: without --early nothing happens, and it says why.
#[test]
fn a_freeze_that_something_speaks_against_needs_early() {
    let stage = Stage::expecting();
    let refused = stage.refuses("admin freeze omgang/2020");
    assert!(
        refused.contains("no levering is signed") && refused.contains("--early"),
        "{refused}"
    );
    assert!(stage.momentopnamen().is_empty());
    stage.does("admin freeze omgang/2020 --early");
    assert_eq!(stage.momentopnamen(), ["omgang-2020-1"]);
}

#[test]
fn only_an_uitvraag_that_there_is_is_frozen() {
    let stage = Stage::new();
    let refused = stage.refuses("admin freeze omgang/1999 --early");
    assert!(
        refused.contains("there is no uitvraag omgang/1999"),
        "{refused}"
    );
    assert!(refused.contains("omgang/2020, omgang/2021"), "{refused}");
}

/// A momentopname holds what was signed, a nulopgave as a row without a table.
#[test]
fn a_momentopname_lists_what_was_signed() {
    let stage = Stage::expecting();
    let levering = stage.nulopgave(BRUG).to_string();
    stage.does("admin freeze omgang/2020 --early");
    let list = stage.lake(async |lake| lists::momentopname(lake, "omgang-2020-1").await.unwrap());
    assert_eq!(rows(&list), [[BRUG, &levering, "", "0", ""]]);
    assert!(
        stage
            .refuses("admin momentopname omgang-2020-9")
            .contains("no momentopname omgang-2020-9")
    );
}

/// A freeze can be taken back once; its number is never used again.
#[test]
fn unfreeze_takes_a_freeze_back_for_good() {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    stage.does("admin unfreeze omgang-2020-1");
    assert!(stage.momentopnamen().is_empty());
    for gone in ["omgang-2020-1", "omgang-2020-2"] {
        let refused = stage.refuses(&format!("admin unfreeze {gone}"));
        assert!(
            refused.contains(gone) && refused.contains("unknown momentopname"),
            "{refused}"
        );
    }
    stage.does("admin freeze omgang/2020 --early");
    assert_eq!(stage.momentopnamen(), ["omgang-2020-2"]);
}

/// What was published stands: the freeze under it cannot be taken away.
#[test]
fn unfreeze_is_refused_once_figures_were_published() {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    stage.publish_table("omgang-2020-1", 1, &[]);
    let refused = stage.refuses("admin unfreeze omgang-2020-1");
    assert!(
        refused.contains("figures were published from it"),
        "{refused}"
    );
    assert_eq!(stage.momentopnamen(), ["omgang-2020-1"]);
}
