//! Help, typing mistakes, and the commands that need no data.

use insta::assert_snapshot;

use crate::hulp::Werkmap;

#[test]
fn help_is_dutch_and_shows_the_whole_way() {
    let werk = Werkmap::new();
    assert_snapshot!("help", werk.draai(&["--help"]).alles());
    for opdracht in [
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
        let uitslag = werk.draai(&[opdracht, "--help"]);
        assert_eq!(uitslag.code, 0);
        for engels in [
            "Usage",
            "Options",
            "Arguments",
            "Print",
            "possible values",
            "default:",
        ] {
            assert!(
                !uitslag.stdout.contains(engels),
                "{opdracht}: {engels}\n{}",
                uitslag.stdout
            );
        }
        assert_snapshot!(format!("help_{opdracht}"), uitslag.stdout);
        assert_eq!(werk.draai(&["help", opdracht]).stdout, uitslag.stdout);
    }
}

#[test]
fn english_names_do_the_same() {
    let werk = Werkmap::new();
    for (nederlands, engels) in [
        ("sjabloon", "template"),
        ("codeboek", "codebook"),
        ("koppel", "map"),
        ("controleer", "check"),
        ("pak", "pack"),
        ("lever", "push"),
        ("sleutel", "key"),
    ] {
        assert_eq!(
            werk.draai(&[nederlands, "--help"]).stdout,
            werk.draai(&[engels, "--help"]).stdout
        );
    }
}

#[test]
fn typing_mistakes_are_explained_in_dutch() {
    let werk = Werkmap::new();
    let pogingen: [&[&str]; 8] = [
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
    let tekst: Vec<String> = pogingen
        .iter()
        .map(|args| {
            format!(
                "$ uitvraag {}\n{}",
                args.join(" "),
                werk.draai(args).alles()
            )
        })
        .collect();
    assert_snapshot!("typefouten", tekst.join("\n"));
}

#[test]
fn what_is_asked_can_be_read_at_the_terminal() {
    let werk = Werkmap::new();
    assert_snapshot!(
        "codeboek_veld",
        werk.draai(&["codeboek", "vorm", "--uitvraag", "omgang/2020"])
            .alles()
    );
    assert_snapshot!(
        "codeboek_onbekend",
        werk.draai(&["codeboek", "bsn", "--uitvraag", "omgang/2020"])
            .alles()
    );
    assert_eq!(
        werk.draai(&["codeboek", "--uitvraag", "omgang/2020"]).code,
        0
    );
}

/// A finding said "look the code up in the codeboek", which told no code of any gemeente.
#[test]
fn the_codeboek_tells_the_code_of_a_gemeente() {
    let werk = Werkmap::new();
    let codeboek = |wat: &str| {
        werk.draai(&["codeboek", wat, "--uitvraag", "omgang/2020"])
            .stdout
    };
    for wat in ["Haarlemmermeer", "haarlemmermeer", "GM0394", "gm0394"] {
        assert_eq!(
            codeboek(wat),
            "  GM0394  Haarlemmermeer (Noord-Holland)\n",
            "{wat}"
        );
    }
    assert_eq!(
        codeboek("Haren"),
        "  GM0014  Groningen (was GM0017 Haren)\n"
    );
    let alle = codeboek("gemeente");
    assert!(
        alle.contains("traject.gemeente")
            && alle.contains("\n  GM0394  Haarlemmermeer (Noord-Holland)\n"),
        "{alle}"
    );
    assert_eq!(
        alle.lines()
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
fn template_and_codebook_are_written_whole() {
    let werk = Werkmap::new();
    assert_snapshot!(
        "sjabloon",
        werk.draai(&["sjabloon", "--uitvraag", "omgang/2020"])
            .alles()
    );
    assert_snapshot!(
        "codeboek_bestand",
        werk.draai(&["codeboek", "--uitvraag", "omgang/2020", "--uit", "c.html"])
            .alles()
    );
    assert_eq!(werk.bestanden(), ["c.html", "omgang-2020-sjabloon.xlsx"]);
    assert!(
        std::fs::read(werk.pad("omgang-2020-sjabloon.xlsx"))
            .unwrap()
            .starts_with(b"PK")
    );
    assert!(werk.lees("c.html").starts_with("<!"));
}
