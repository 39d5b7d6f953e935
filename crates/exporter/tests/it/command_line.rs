//! Help, typing mistakes, and the commands that need no data.

use insta::assert_snapshot;

use crate::support::TestFolder;

#[test]
fn help_is_dutch_and_shows_the_whole_way() {
    let folder = TestFolder::new();
    assert_snapshot!("help", folder.run(&["--help"]).everything());
    for command in [
        "sjabloon",
        "codeboek",
        "koppel",
        "controleer",
        "pak",
        "lever",
        "nulopgave",
        "status",
        "sleutel",
    ] {
        let result = folder.run(&[command, "--help"]);
        assert_eq!(result.code, 0);
        for english in [
            "Usage",
            "Options",
            "Arguments",
            "Print",
            "possible values",
            "default:",
        ] {
            assert!(
                !result.stdout.contains(english),
                "{command}: {english}\n{}",
                result.stdout
            );
        }
        assert_snapshot!(format!("help_{command}"), result.stdout);
        assert_eq!(folder.run(&["help", command]).stdout, result.stdout);
    }
}

#[test]
fn english_names_do_the_same() {
    let folder = TestFolder::new();
    for (in_dutch, english) in [
        ("sjabloon", "template"),
        ("codeboek", "codebook"),
        ("koppel", "map"),
        ("controleer", "check"),
        ("pak", "pack"),
        ("lever", "push"),
        ("sleutel", "key"),
    ] {
        assert_eq!(
            folder.run(&[in_dutch, "--help"]).stdout,
            folder.run(&[english, "--help"]).stdout
        );
    }
}

#[test]
fn typing_mistakes_are_explained_in_dutch() {
    let folder = TestFolder::new();
    let attempts: [&[&str]; 8] = [
        &[],
        &["controler", "x.csv"],
        &["controleer"],
        &["controleer", "x.csv", "--uitvrag", "omgang/2020"],
        &["controleer", "x.csv", "--uitvraag", "omgang/1999"],
        &[
            "controleer",
            "bestaat niet.csv",
            "--uitvraag",
            "omgang/2020",
        ],
        &[
            "pak",
            "x.csv",
            "--uitvraag",
            "omgang/2020",
            "--uit",
            "p",
            "--kvk",
            "123",
        ],
        &["status"],
    ];
    let text: Vec<String> = attempts
        .iter()
        .map(|args| {
            format!(
                "$ uitvraag {}\n{}",
                args.join(" "),
                folder.run(args).everything()
            )
        })
        .collect();
    assert_snapshot!("typefouten", text.join("\n"));
}

#[test]
fn what_is_asked_can_be_read_at_the_terminal() {
    let folder = TestFolder::new();
    assert_snapshot!(
        "codeboek_veld",
        folder
            .run(&["codeboek", "vorm", "--uitvraag", "omgang/2020"])
            .everything()
    );
    assert_snapshot!(
        "codeboek_onbekend",
        folder
            .run(&["codeboek", "bsn", "--uitvraag", "omgang/2020"])
            .everything()
    );
    assert_eq!(
        folder.run(&["codeboek", "--uitvraag", "omgang/2020"]).code,
        0
    );
}

/// A finding said "look the code up in the codeboek", which told no code of any gemeente.
#[test]
fn the_codeboek_tells_the_code_of_a_gemeente() {
    let folder = TestFolder::new();
    let codeboek = |what: &str| {
        folder
            .run(&["codeboek", what, "--uitvraag", "omgang/2020"])
            .stdout
    };
    for what in ["Haarlemmermeer", "haarlemmermeer", "GM0394", "gm0394"] {
        assert_eq!(
            codeboek(what),
            "  GM0394  Haarlemmermeer (Noord-Holland)\n",
            "{what}"
        );
    }
    assert_eq!(
        codeboek("Haren"),
        "  GM0014  Groningen (was GM0017 Haren)\n"
    );
    let all = codeboek("gemeente");
    assert!(
        all.contains("traject.gemeente")
            && all.contains("\n  GM0394  Haarlemmermeer (Noord-Holland)\n"),
        "{all}"
    );
    assert_eq!(
        all.lines()
            .filter(|regel| regel.starts_with("  GM"))
            .count(),
        355
    );
    assert_eq!(
        codeboek("bergen").lines().count(),
        6,
        "{}",
        codeboek("bergen")
    );
}

#[test]
fn sjabloon_and_codeboek_are_written_whole() {
    let folder = TestFolder::new();
    assert_snapshot!(
        "sjabloon",
        folder
            .run(&["sjabloon", "--uitvraag", "omgang/2020"])
            .everything()
    );
    assert_snapshot!(
        "codeboek_bestand",
        folder
            .run(&["codeboek", "--uitvraag", "omgang/2020", "--uit", "c.html"])
            .everything()
    );
    assert_eq!(folder.files(), ["c.html", "omgang-2020-sjabloon.xlsx"]);
    assert!(
        std::fs::read(folder.path("omgang-2020-sjabloon.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
    assert!(folder.lees("c.html").starts_with("<!"));
}
