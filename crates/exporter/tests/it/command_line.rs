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
    let attempts: [&[&str]; 9] = [
        &[],
        &["controler", "x.csv"],
        &["controleer"],
        &["koppel", "x.csv"],
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

/// Who skips the first step is told it, whole: it was named without its options.
#[test]
fn own_headers_are_told_the_command_that_maps_them() {
    let folder = TestFolder::new();
    folder.write("mijn lijst.csv", "Nr;Kind;Aangemeld\nT1;K1;2020-01-05\n");
    let tip = "tip: uitvraag koppel \"mijn lijst.csv\" --uitvraag omgang/2020 --uit koppeling.toml";
    for more in [&["controleer"][..], &["pak", "--uit", "pakket"]] {
        let args = [more, &["mijn lijst.csv", "--uitvraag", "omgang/2020"]].concat();
        let result = folder.run(&args);
        assert_eq!(result.code, 1, "{}", result.everything());
        assert!(result.stderr.contains(tip), "{}", result.everything());
    }
    // With a config the koppeling stands in there, and no file was typed that a tip could name.
    folder.write(
        "uitvraag.toml",
        "uitvraag = \"omgang/2020\"\n[bron.bestanden]\npatronen = [\"mijn lijst.csv\"]\n",
    );
    let result = folder.run(&["controleer", "--config", "uitvraag.toml"]);
    assert_eq!(result.code, 1, "{}", result.everything());
    assert!(
        !result.stderr.contains("tip: uitvraag koppel"),
        "{}",
        result.everything()
    );
}

/// Three equal sheets gave every line and every assumption three times, with nothing to tell them apart.
#[test]
fn what_is_equal_on_equal_sheets_is_told_once() {
    let folder = TestFolder::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["Zuid", "Noord"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let row = [name, "K1", "Utrecht", "2020-01-05"];
        for (column, (header, cell)) in (0..).zip(
            ["Trajectnummer", "Kind", "Gemeente", "Datum aanmelding"]
                .into_iter()
                .zip(row),
        ) {
            sheet.write_string(0, column, header).unwrap();
            sheet.write_string(1, column, cell).unwrap();
        }
    }
    folder.write("twee.xlsx", workbook.save_to_buffer().unwrap());
    let propose = [
        "koppel",
        "twee.xlsx",
        "--uitvraag",
        "omgang/2020",
        "--uit",
        "koppeling.toml",
    ];
    let told = folder.run(&propose).stdout;
    assert_eq!(
        told.matches("Gemeente → traject.gemeente").count(),
        1,
        "{told}"
    );
    assert_eq!(told.matches("Utrecht → GM0344").count(), 1, "{told}");
    let check = [
        "controleer",
        "twee.xlsx",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "koppeling.toml",
    ];
    let told = folder.run(&check).stderr;
    let sentence = "de gemeenten zijn gevonden op hun naam in 2020.";
    assert_eq!(told.matches(sentence).count(), 1, "{told}");
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
