//! `publish`: what may go out, once, and what can be made again.

use crate::stage::{BRUG, NOORD, Stage};

/// Two nulopgaven, frozen.
fn frozen() -> Stage {
    let stage = Stage::expecting();
    stage.nulopgave(BRUG);
    stage.nulopgave(NOORD);
    stage.does("admin freeze omgang/2020 --early");
    stage
}

/// A run is published once; a second time only where somebody means it, and never over an earlier version.
#[test]
fn a_run_is_published_once_unless_again_is_said() {
    let stage = frozen();
    let refused = stage.refuses("publish omgang --year 2020");
    assert!(
        refused.contains("omgangsmonitor run omgang --year 2020"),
        "{refused}"
    );
    stage.does("run omgang --year 2020");
    stage.publishes("");
    let refused = stage.refuses("publish omgang --year 2020");
    assert!(
        refused.contains("version 1") && refused.contains("--again"),
        "{refused}"
    );
    assert_eq!(stage.versions(), [1]);
    let refused = stage.refuses("publish omgang --year 2020 --again");
    assert!(refused.contains("--reden"), "{refused}");
    stage.publishes("--again --reden=Correctie");
    assert_eq!(stage.versions(), [1, 2]);
    // The reason is part of what is made again.
    stage.does("publish omgang --year 2020 --verify 2");
    let folder = stage.path("data/publicaties/omgang/2020/2");
    for file in ["herkomst.json", "index.html"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains("Correctie"), "{file}");
    }
}

/// A wrong address to ask is mended by publishing the same figures again; what went out before is made again with who
/// published it then.
#[test]
fn who_publishes_is_what_the_settings_say_when_it_is_published() {
    let stage = frozen();
    stage.configure("[publisher]\nname = \"Zorgbureau\"\ncontact = \"fout@zorg.example\"\n");
    stage.does("run omgang --year 2020");
    stage.publishes("");
    stage.configure("[publisher]\nname = \"Zorgbureau\"\ncontact = \"vragen@zorg.example\"\n");
    stage.publishes("--again --reden=Adres");
    let text = |version: u32, file: &str| {
        let folder = format!("data/publicaties/omgang/2020/{version}");
        std::fs::read_to_string(stage.path(&folder).join(file)).unwrap()
    };
    for file in [
        "index.html",
        "uitleg/index.html",
        "catalogus.ttl",
        "herkomst.json",
    ] {
        let (old, new) = (text(1, file), text(2, file));
        assert!(old.contains("fout@zorg.example"), "{file}");
        assert!(
            new.contains("vragen@zorg.example") && !new.contains("fout@zorg.example"),
            "{file}"
        );
    }
    for version in [1, 2] {
        stage.does(&format!("publish omgang --year 2020 --verify {version}"));
    }
}

/// Children that were erased after the run are in its figures: it is no longer published, not with --again either.
#[test]
fn a_run_of_before_an_erasure_is_not_published() {
    let stage = frozen();
    stage.does("run omgang --year 2020");
    stage.publishes("");
    let erased = stage.nulopgave_of(BRUG);
    stage.does(&format!("admin erase {erased}"));
    for command in [
        "publish omgang --year 2020",
        "publish omgang --year 2020 --again",
    ] {
        let refused = stage.refuses(command);
        assert!(
            refused.contains(&erased.to_string()) && refused.contains("run omgang"),
            "{refused}"
        );
    }
    assert_eq!(stage.versions(), [1]);
    stage.does("run omgang --year 2020");
    stage.publishes("--reden=Gewist");
    assert_eq!(stage.versions(), [1, 2]);
    // Version 1 holds what was erased since, so it cannot be made again; version 2 can.
    assert!(
        !stage
            .monitor("publish omgang --year 2020 --verify 1")
            .unwrap()
    );
    assert!(
        stage
            .monitor("publish omgang --year 2020 --verify 2")
            .unwrap()
    );
}

/// What goes out is the newest momentopname; figures that were made of an older one since are refused.
#[test]
fn figures_of_another_momentopname_are_not_published() {
    let stage = frozen();
    stage.does("run omgang --year 2020");
    stage.does("admin freeze omgang/2020 --early");
    let refused = stage.refuses("publish omgang --year 2020");
    assert!(
        refused.contains("no run of momentopname omgang-2020-2"),
        "{refused}"
    );
    stage.does("run omgang --year 2020");
    stage.does("run omgang --year 2020 --momentopname omgang-2020-1");
    let refused = stage.refuses("publish omgang --year 2020");
    assert!(
        refused.contains("another momentopname than omgang-2020-2"),
        "{refused}"
    );
    assert!(stage.versions().is_empty());
}

/// A publication is made again from its own momentopname and settings, and compared byte for byte.
#[test]
fn a_publication_can_be_verified_after_a_newer_freeze() {
    let stage = frozen();
    let refused = stage.refuses("publish omgang --year 2020 --verify");
    assert!(refused.contains("no such publication"), "{refused}");
    stage.does("run omgang --year 2020");
    stage.publishes("");
    stage.does("admin freeze omgang/2020 --early");
    stage.configure("[figures]\nwait_norm_days = 20\n");
    stage.does("publish omgang --year 2020 --verify");
    assert!(
        stage
            .refuses("publish omgang --year 2020 --verify 2")
            .contains("no such publication")
    );
    let page = stage.path("data/publicaties/omgang/2020/1/index.html");
    let mut open = std::fs::metadata(&page).unwrap().permissions();
    #[expect(
        clippy::permissions_set_readonly_false,
        reason = "a file in a folder of this test alone"
    )]
    open.set_readonly(false);
    std::fs::set_permissions(&page, open).unwrap();
    std::fs::write(&page, "").unwrap();
    assert!(
        !stage
            .monitor("publish omgang --year 2020 --verify")
            .unwrap()
    );
}
