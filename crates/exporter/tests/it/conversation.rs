//! Koppelen at a terminal: every question is asked there, until `controleer` has none left.

use crate::support::TestFolder;
use crate::terminal::Terminal;

const MESSY: &str = "\
Dossiernr;Kindnummer;Locatie;Gemeente;Leeftijd;Kader;Verwijzer;Omgang met;Vorm;Begeleiding door;Bekostiging;Datum aanmelding;Start zorg;\
Startdatum;Datum einde;Reden einde;Aantal contacten;Minuten;Kamer
D1;K1;V1;Utrecht;7;vrijwillig;Huisarts;Ouder;Omgangshuis;prof;regio;01-02-2020;03-04-2020;04-05-2020;in zorg;;8;600;blauw
D2;K2;V1;Tilburg;8;gedwongen;Zomaar iemand;Ouder;Omgangshuis;prof;regio;02-03-2020;05-06-2020;06-07-2020;08-09-2020;volgens plan;12;900;rood
D3;K3;V1;Utrecht;9;vrijwillig;Zomaar iemand;Ouder;Omgangshuis;prof;regio;03-04-2020;06-07-2020;07-08-2020;in zorg;;11;660;blauw
";

const PROPOSE: [&str; 6] = [
    "koppel",
    "export.csv",
    "--uitvraag",
    "omgang/2020",
    "--uit",
    "koppeling.toml",
];

/// What this person answers: how the question begins, and the choice.
const ANSWERS: [(&str, &str); 5] = [
    (
        "In welke kolom staat 'Datum start'?",
        "de kolom 'Start zorg'",
    ),
    ("Hoe staan de datums in", "dd-mm-jjjj"),
    ("Wat betekent 'Zomaar iemand' in", "niets"),
    ("Betekent 'in zorg' in", "ja"),
    ("Vraagt de uitvraag deze kolom?", "geen van deze"),
];

/// The last question on the screen.
fn last_question(screen: &str) -> &str {
    screen.rsplit("\n\n").next().unwrap_or_default()
}

/// The number before the choice that this person takes.
fn number(screen: &str) -> String {
    let question = last_question(screen);
    let known = ANSWERS
        .iter()
        .find(|(begin, _)| question.trim_start().starts_with(begin));
    let (_, choice) = known.unwrap_or_else(|| panic!("not expected: {question}"));
    let line = question.lines().find(|line| {
        let mut parts = line.trim().splitn(2, "  ");
        parts.next().is_some_and(|n| n.parse::<u8>().is_ok())
            && parts.next().is_some_and(|label| label.starts_with(choice))
    });
    let line = line.unwrap_or_else(|| panic!("no {choice}: {question}"));
    line.trim().split(' ').next().unwrap().to_owned()
}

/// Answers from the prompt of this number on, until the command ends.
fn answer_all(mut terminal: Terminal, mut prompt: usize) -> String {
    while terminal.sees_before("Uw antwoord", prompt, "ga verder met") {
        let number = number(&terminal.screen());
        terminal.types(&number);
        prompt += 1;
    }
    let (code, screen) = terminal.finish();
    assert_eq!(code, Some(0), "{screen}");
    screen
}

#[test]
fn a_conversation_goes_on_where_it_stopped_until_nothing_is_open() {
    let folder = TestFolder::new();
    folder.write("export.csv", MESSY);
    let mut terminal = Terminal::start(&folder, &PROPOSE);
    for (prompt, typed) in [(1, "t"), (2, "99")] {
        terminal.sees("Uw antwoord", prompt);
        terminal.types(typed);
    }
    terminal.sees("Uw antwoord", 3);
    terminal.types(&number(&terminal.screen()));
    terminal.sees("Uw antwoord", 4);
    terminal.types("");
    terminal.sees("Uw antwoord", 5);
    terminal.types("s");
    let (code, screen) = terminal.finish();
    assert_eq!(code, Some(1), "{screen}");
    for told in [
        "Dit is de eerste vraag.",
        "Dat begrijpen we niet.",
        "Gestopt.",
    ] {
        assert!(screen.contains(told), "{told}: {screen}");
    }
    let half = folder.lees("koppeling.toml");
    assert!(half.contains("startdatum = \"Start zorg\""), "{half}");
    folder.write(
        "koppeling.toml",
        half.replace("uitvraag =", "# van mij\nuitvraag ="),
    );

    let screen = answer_all(Terminal::start(&folder, &PROPOSE), 1);
    println!("{screen}");
    assert!(
        screen.contains("U gaat verder met koppeling.toml."),
        "{screen}"
    );
    assert!(
        !screen.contains("Datum start'?"),
        "that was answered: {screen}"
    );
    let full = folder.lees("koppeling.toml");
    assert!(
        full.contains("# van mij") && !full.contains("\n# OPEN:"),
        "{full}"
    );
    assert!(
        !folder.files().iter().any(|file| file.contains("vorige")),
        "{:?}",
        folder.files()
    );
    let check = folder.run(&[
        "controleer",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "koppeling.toml",
        "--leverdatum",
        "2021-03-01",
    ]);
    let all = check.everything();
    assert!(!all.contains("Open vragen"), "{all}");
}

#[test]
fn who_wants_no_questions_gets_the_file() {
    let folder = TestFolder::new();
    folder.write("export.csv", MESSY);
    let quiet = [&PROPOSE[..], &["--niet-vragen"]].concat();
    let (code, screen) = Terminal::start(&folder, &quiet).finish();
    assert_eq!(code, Some(1), "{screen}");
    assert!(!screen.contains("Uw antwoord"), "{screen}");
    assert!(
        folder.lees("koppeling.toml").contains("# OPEN:"),
        "{screen}"
    );
}
