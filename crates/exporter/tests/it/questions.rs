//! Signalen answered: at a terminal, in a file, in the pakket, and not again while the data are the same.

use insta::assert_snapshot;
use schema::Pakket;
use schema::pakket::Answer;

use crate::data::{DAY, TextRow, UITVRAAG, check, csv, met, pack, trajecten};
use crate::service::{KVK, SIGN, Service};
use crate::support::TestFolder;
#[cfg(unix)]
use crate::terminal::Terminal;

/// Two signalen: one child of 19 and two that waited long.
fn rows() -> Vec<TextRow> {
    let long: &[(&str, &str)] = &[("aanmelddatum", "2018-12-03"), ("intakedatum", "")];
    trajecten(&[&[("leeftijd_bij_aanmelding", "19")], long, &[], long])
}

const AT_TERMINAL: [&str; 7] = [
    "controleer",
    "traject.csv",
    UITVRAAG[0],
    UITVRAAG[1],
    DAY[0],
    DAY[1],
    "--beantwoord",
];

fn pakket(folder: &TestFolder, dir: &str) -> Pakket {
    serde_json::from_str(&folder.lees(&format!("{dir}/pakket.json"))).unwrap()
}

fn codes(pakket: &Pakket) -> Vec<(&str, Answer, &str)> {
    pakket
        .toelichtingen
        .iter()
        .map(|t| (t.code.as_str(), t.antwoord, t.woorden.as_str()))
        .collect()
}

/// Answers both questions.
#[cfg(unix)]
fn answered(folder: &TestFolder) -> String {
    let mut terminal = Terminal::start(folder, &AT_TERMINAL);
    terminal.sees("Uw antwoord", 1);
    terminal.types("9");
    terminal.sees("Uw antwoord", 2);
    terminal.types("4");
    terminal.sees("Leg het kort uit", 1);
    terminal.types("");
    terminal.sees("Leg het kort uit", 2);
    terminal.types("kind 111222333");
    terminal.sees("Leg het kort uit", 3);
    terminal.types("Wachtlijst van een ander huis overgenomen");
    terminal.sees("Uw antwoord", 3);
    terminal.types("klopt");
    terminal.sees("Toelichting, zonder namen", 1);
    terminal.types("");
    let (code, screen) = terminal.finish();
    assert_eq!(code, Some(0), "{screen}");
    screen
}

#[cfg(unix)]
#[test]
fn every_signaal_is_asked_once_at_a_terminal() {
    let folder = met(&rows());
    // What the terminal itself adds (echo, moving lines) is not ours to hold fast.
    let screen = answered(&folder);
    let from = screen.find("Vraag 1 van 2").unwrap();
    assert_snapshot!("beantwoord_scherm", &screen[from..]);
    assert_snapshot!("beantwoord_bestand", folder.lees("toelichtingen.toml"));
    let weer = Terminal::start(&folder, &AT_TERMINAL);
    let (code, screen) = weer.finish();
    assert_eq!(code, Some(0));
    assert!(!screen.contains("Uw antwoord"), "{screen}");
    assert!(screen.contains("Alle signalen zijn beantwoord"), "{screen}");
}

#[cfg(unix)]
#[test]
fn who_stops_half_way_has_lost_nothing() {
    let after_one = |end: fn(&mut Terminal)| {
        let folder = met(&rows());
        let mut terminal = Terminal::start(&folder, &AT_TERMINAL);
        terminal.sees("Uw antwoord", 1);
        terminal.types("1");
        terminal.sees("Toelichting", 1);
        terminal.types("Dat klopt echt");
        terminal.sees("Uw antwoord", 2);
        end(&mut terminal);
        let (code, _) = terminal.finish();
        let stored = folder.lees("toelichtingen.toml");
        assert!(
            stored.contains("antwoord = \"klopt\"\nwoorden = \"Dat klopt echt\""),
            "{stored}"
        );
        let weer = Terminal::start(&folder, &AT_TERMINAL);
        weer.sees("Vraag 1 van 1", 1);
        weer.interrupt();
        weer.finish();
        assert_eq!(folder.lees("toelichtingen.toml"), stored);
        code
    };
    assert_eq!(after_one(Terminal::end), Some(0));
    assert_eq!(after_one(|terminal| terminal.types("s")), Some(0));
    assert_eq!(
        after_one(|terminal| terminal.interrupt()),
        None,
        "stopped by the signal"
    );
}

/// The reason was chosen, the words were not: that is an answer.
#[cfg(unix)]
#[test]
fn a_reason_counts_before_the_words_are_typed() {
    let folder = met(&rows());
    let mut terminal = Terminal::start(&folder, &AT_TERMINAL);
    terminal.sees("Uw antwoord", 1);
    terminal.types("3");
    terminal.sees("Toelichting", 1);
    terminal.interrupt();
    terminal.finish();
    assert!(
        folder
            .lees("toelichtingen.toml")
            .contains("antwoord = \"wordt_hersteld\"")
    );
}

#[test]
fn without_a_terminal_the_file_is_pointed_at() {
    let folder = met(&rows());
    assert_snapshot!(
        "beantwoord_geen_terminal",
        check(&folder, &["--beantwoord"]).everything()
    );
    assert_eq!(folder.files(), ["traject.csv"]);
    // The way in a file: questions are written, filled in, and not asked again.
    let first = check(&folder, &["--toelichtingen", "antwoorden.toml"]);
    assert_eq!(first.code, 0, "{}", first.everything());
    assert!(
        first.stderr.contains("Beantwoorde signalen: 0 van 2"),
        "{}",
        first.stderr
    );
    let questions = folder.lees("antwoorden.toml");
    folder.write(
        "antwoorden.toml",
        questions.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    );
    let weer = check(&folder, &["--toelichtingen", "antwoorden.toml"]);
    assert!(
        weer.stderr
            .contains("Alle signalen zijn beantwoord, in antwoorden.toml"),
        "{}",
        weer.stderr
    );
    assert_eq!(
        pack(&folder, "pakket", &["--toelichtingen", "antwoorden.toml"]).code,
        0
    );
    assert_eq!(pakket(&folder, "pakket").toelichtingen.len(), 2);
}

/// The whole way: asked here, packed, delivered; the service asks nothing.
#[cfg(unix)]
#[test]
fn answers_travel_in_the_pakket_and_are_answers_to_the_service() {
    let folder = met(&rows());
    answered(&folder);
    let result = pack(&folder, "pakket", &[]);
    assert_eq!(result.code, 0, "{}", result.everything());
    assert!(
        result
            .stderr
            .contains("Antwoorden uit toelichtingen.toml die meegaan: 2."),
        "{}",
        result.stderr
    );
    assert!(
        !result.stderr.contains("zonder antwoord"),
        "{}",
        result.stderr
    );
    let expected = [
        (
            "WACHT_LANG",
            Answer::Anders,
            "Wachtlijst van een ander huis overgenomen",
        ),
        ("LEEFTIJD_18_PLUS", Answer::Klopt, ""),
    ];
    assert_eq!(codes(&pakket(&folder, "pakket")), expected);
    // The pakket is judged over pseudonyms and other rows, and the answers still are about the same data.
    let weer = folder.run(&[
        "controleer",
        "pakket",
        "--toelichtingen",
        "toelichtingen.toml",
    ]);
    assert!(
        weer.stderr.contains("Alle signalen zijn beantwoord"),
        "{}",
        weer.everything()
    );
    let service = Service::start();
    let folder = folder.with_token(&service);
    let server = ["--server", &service.url, "--token-bestand", "token.txt"];
    let delivered = folder.run(&[&["lever", "pakket"], &server[..], &SIGN].concat());
    assert_eq!(
        (delivered.code, service.submissions()),
        (0, 1),
        "{}",
        delivered.everything()
    );
    let asked = |line: &String| line.ends_with("/toelichtingen");
    assert!(!service.requests().iter().any(asked), "nothing was asked");
}

#[cfg(unix)]
#[test]
fn an_answer_holds_as_long_as_the_data_do() {
    let folder = met(&rows());
    answered(&folder);
    // Another child waited long: one of the two answers is about other data now.
    let mut others = rows();
    others[2].insert("aanmelddatum".to_owned(), "2018-12-03".to_owned());
    others[2].insert("intakedatum".to_owned(), String::new());
    folder.write("traject.csv", csv(&others));
    let result = pack(&folder, "pakket", &[]);
    assert_eq!(result.code, 0, "{}", result.everything());
    assert!(
        result
            .stderr
            .contains("Uw antwoord op WACHT_LANG gaat niet mee"),
        "{}",
        result.stderr
    );
    assert_eq!(
        codes(&pakket(&folder, "pakket")),
        [("LEEFTIJD_18_PLUS", Answer::Klopt, "")]
    );
    // Asked again with the old answer beside it; Enter twice keeps it, now over these data.
    let mut terminal = Terminal::start(&folder, &AT_TERMINAL);
    terminal.sees(
        "Eerder, over andere gegevens, antwoordde u: anders Wachtlijst",
        1,
    );
    terminal.types("");
    terminal.sees("dezelfde als eerder", 1);
    terminal.types("");
    assert_eq!(terminal.finish().0, Some(0));
    assert_eq!(pack(&folder, "pakket", &[]).code, 0);
    assert_eq!(pakket(&folder, "pakket").toelichtingen.len(), 2);
}

/// A folder that held an earlier pakket still holds its answers.
#[test]
fn an_answer_over_other_data_is_not_sent_and_is_asked_again() {
    let service = Service::start();
    let long: &[(&str, &str)] = &[("aanmelddatum", "2018-12-03"), ("intakedatum", "")];
    let folder = met(&trajecten(&[long])).with_token(&service);
    let packed = pack(&folder, "pakket", &["--kvk", KVK]);
    assert_eq!(packed.code, 0, "{}", packed.everything());
    let question = |key: &str| {
        format!(
            "[[toelichting]]\ncode = \"WACHT_LANG\"\nantwoord = \"klopt\"\nwoorden = \"vorige maand\"\nsleutel = \"{key}\"\n"
        )
    };
    folder.write(
        "pakket/toelichtingen.toml",
        question("van-een-ander-pakket"),
    );
    let server = ["--server", &service.url, "--token-bestand", "token.txt"];
    let lever = [&["lever", "pakket"], &server[..]].concat();
    assert_eq!(folder.run(&lever).code, 1);
    assert!(service.answers().is_empty());
    let nu = folder.lees("pakket/toelichtingen.toml");
    assert!(
        nu.contains("# Eerder, over andere gegevens: klopt, vorige maand\n")
            && nu.contains("antwoord = \"\""),
        "{nu}"
    );
    let (_, key) = nu.split_once("sleutel = \"").unwrap();
    let (key, _) = key.split_once('"').unwrap();
    assert_ne!(key, "van-een-ander-pakket");
    folder.write("pakket/toelichtingen.toml", question(key));
    assert_eq!(folder.run(&lever).code, 0);
    assert_eq!(service.answers().len(), 1);
}

/// One child twice at the same time, and another one: each with a row of its own beside it.
fn overlapping() -> Vec<TextRow> {
    let kind =
        |kind: &'static str| -> Vec<(&'static str, &'static str)> { vec![("jeugdige_id", kind)] };
    let (a, b) = (kind("A"), kind("B"));
    trajecten(&[&a, &a, &b, &b])
}

/// What was found in one row stood above the others as if it held for them: row 5 seemed to overlap row 2.
#[cfg(unix)]
#[test]
fn a_question_says_of_each_place_what_was_found_there() {
    let folder = met(&overlapping());
    let terminal = Terminal::start(&folder, &AT_TERMINAL);
    terminal.sees("Uw antwoord", 1);
    terminal.interrupt();
    let (_, screen) = terminal.finish();
    let header = screen.split_once("Vraag 1 van").unwrap().1;
    for (row, other) in [(3, 2), (5, 4)] {
        let regel = header
            .lines()
            .find(|regel| regel.contains(&format!("{row} (startdatum)")))
            .unwrap_or_else(|| panic!("{header}"));
        assert!(
            regel.ends_with(&format!("tegelijk loopt: rij {other}.")),
            "{regel}"
        );
    }
    assert_eq!(
        header.matches("tegelijk loopt: rij").count(),
        2,
        "not as a sentence about all of them: {header}"
    );
}

/// The key was renewed and the comments were not: whoever answered read counts and cells of other data.
#[test]
fn the_comments_of_a_question_are_of_the_data_it_asks_about() {
    let folder = met(&rows());
    check(&folder, &["--toelichtingen", "t.toml"]);
    let then = folder.lees("t.toml");
    assert!(
        then.contains("(2 keer)")
            && then.contains("# Bijvoorbeeld V3: ")
            && then.contains("# Bijvoorbeeld V5: "),
        "{then}"
    );
    folder.write(
        "t.toml",
        then.replace("\n# Wachttijd", "\n# Piet zoekt dit uit\n# Wachttijd"),
    );
    let mut minder = rows();
    minder.remove(1);
    folder.write("traject.csv", csv(&minder));
    check(&folder, &["--toelichtingen", "t.toml"]);
    let nu = folder.lees("t.toml");
    assert!(
        nu.contains("# Piet zoekt dit uit\n# Wachttijd van meer dan een jaar (1 keer)\n"),
        "{nu}"
    );
    assert!(
        nu.contains("# Bijvoorbeeld V4: ") && !nu.contains("V3") && !nu.contains("V5"),
        "{nu}"
    );
    // An answered one too.
    folder.write(
        "t.toml",
        nu.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    );
    folder.write("traject.csv", csv(&rows()));
    check(&folder, &["--toelichtingen", "t.toml"]);
    let weer = folder.lees("t.toml");
    assert!(
        weer.contains("Wachttijd van meer dan een jaar (2 keer)")
            && weer.contains("# Eerder, over andere gegevens: klopt"),
        "{weer}"
    );
}

/// A fresh answer was its own "Eerder, over andere gegevens"; the rest was said to stand in a file without it.
#[cfg(unix)]
#[test]
fn a_fresh_answer_has_no_earlier_one_and_the_rest_is_asked_where_it_is() {
    let folder = met(&rows());
    let mut terminal = Terminal::start(&folder, &AT_TERMINAL);
    terminal.sees("Uw antwoord", 1);
    terminal.types("1");
    terminal.sees("Toelichting", 1);
    terminal.types("Dat is zo");
    terminal.sees("Uw antwoord", 2);
    terminal.types("");
    let (_, screen) = terminal.finish();
    let stored = folder.lees("toelichtingen.toml");
    assert!(!stored.contains("# Eerder"), "{stored}");
    assert!(
        screen.contains("Beantwoord de rest met --beantwoord."),
        "{screen}"
    );
    let in_file = check(&folder, &["--toelichtingen", "toelichtingen.toml"]);
    assert!(
        in_file
            .stderr
            .contains("Beantwoord de rest daar, of met --beantwoord."),
        "{}",
        in_file.stderr
    );
}
