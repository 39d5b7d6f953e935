//! Signalen answered: at a terminal, in a file, in the pakket, and not again while the data are the same.

use insta::assert_snapshot;
use schema::Pakket;
use schema::pakket::Antwoord;

use crate::gegevens::{DAG, Rij, UITVRAAG, controleer, csv, met, pak, trajecten};
use crate::hulp::Werkmap;
use crate::nepserver::{Nepserver, Oordeelt, SIGNAAL, VINGERAFDRUK};
#[cfg(unix)]
use crate::terminal::Terminal;

/// Two signalen: one child of 19 and two that waited long.
fn rijen() -> Vec<Rij> {
    let lang: &[(&str, &str)] = &[("aanmelddatum", "2018-12-03"), ("intakedatum", "")];
    trajecten(&[&[("leeftijd_bij_aanmelding", "19")], lang, &[], lang])
}

const AAN_TERMINAL: [&str; 7] = [
    "controleer",
    "traject.csv",
    UITVRAAG[0],
    UITVRAAG[1],
    DAG[0],
    DAG[1],
    "--beantwoord",
];

fn pakket(werk: &Werkmap, map: &str) -> Pakket {
    serde_json::from_str(&werk.lees(&format!("{map}/pakket.json"))).unwrap()
}

fn codes(pakket: &Pakket) -> Vec<(&str, Antwoord, &str)> {
    pakket
        .toelichtingen
        .iter()
        .map(|t| (t.code.as_str(), t.antwoord, t.woorden.as_str()))
        .collect()
}

/// Answers both questions.
#[cfg(unix)]
fn beantwoord(werk: &Werkmap) -> String {
    let mut terminal = Terminal::start(werk, &AAN_TERMINAL);
    terminal.ziet("Uw antwoord", 1);
    terminal.typt("9");
    terminal.ziet("Uw antwoord", 2);
    terminal.typt("4");
    terminal.ziet("Leg het kort uit", 1);
    terminal.typt("");
    terminal.ziet("Leg het kort uit", 2);
    terminal.typt("kind 111222333");
    terminal.ziet("Leg het kort uit", 3);
    terminal.typt("Wachtlijst van een ander huis overgenomen");
    terminal.ziet("Uw antwoord", 3);
    terminal.typt("klopt");
    terminal.ziet("Toelichting, zonder namen", 1);
    terminal.typt("");
    let (code, scherm) = terminal.klaar();
    assert_eq!(code, Some(0), "{scherm}");
    scherm
}

#[cfg(unix)]
#[test]
fn every_signaal_is_asked_once_at_a_terminal() {
    let werk = met(&rijen());
    // What the terminal itself adds (echo, moving lines) is not ours to hold fast.
    let scherm = beantwoord(&werk);
    let vanaf = scherm.find("Vraag 1 van 2").unwrap();
    assert_snapshot!("beantwoord_scherm", &scherm[vanaf..]);
    assert_snapshot!("beantwoord_bestand", werk.lees("toelichtingen.toml"));
    let weer = Terminal::start(&werk, &AAN_TERMINAL);
    let (code, scherm) = weer.klaar();
    assert_eq!(code, Some(0));
    assert!(!scherm.contains("Uw antwoord"), "{scherm}");
    assert!(scherm.contains("Alle signalen zijn beantwoord"), "{scherm}");
}

#[cfg(unix)]
#[test]
fn who_stops_half_way_has_lost_nothing() {
    let na_een = |einde: fn(&mut Terminal)| {
        let werk = met(&rijen());
        let mut terminal = Terminal::start(&werk, &AAN_TERMINAL);
        terminal.ziet("Uw antwoord", 1);
        terminal.typt("1");
        terminal.ziet("Toelichting", 1);
        terminal.typt("Dat klopt echt");
        terminal.ziet("Uw antwoord", 2);
        einde(&mut terminal);
        let (code, _) = terminal.klaar();
        let bewaard = werk.lees("toelichtingen.toml");
        assert!(
            bewaard.contains("antwoord = \"klopt\"\nwoorden = \"Dat klopt echt\""),
            "{bewaard}"
        );
        let weer = Terminal::start(&werk, &AAN_TERMINAL);
        weer.ziet("Vraag 1 van 1", 1);
        weer.breek_af();
        weer.klaar();
        assert_eq!(werk.lees("toelichtingen.toml"), bewaard);
        code
    };
    assert_eq!(na_een(Terminal::einde), Some(0));
    assert_eq!(na_een(|terminal| terminal.typt("s")), Some(0));
    assert_eq!(
        na_een(|terminal| terminal.breek_af()),
        None,
        "stopped by the signal"
    );
}

/// The reason was chosen, the words were not: that is an answer.
#[cfg(unix)]
#[test]
fn a_reason_counts_before_the_words_are_typed() {
    let werk = met(&rijen());
    let mut terminal = Terminal::start(&werk, &AAN_TERMINAL);
    terminal.ziet("Uw antwoord", 1);
    terminal.typt("3");
    terminal.ziet("Toelichting", 1);
    terminal.breek_af();
    terminal.klaar();
    assert!(
        werk.lees("toelichtingen.toml")
            .contains("antwoord = \"wordt_hersteld\"")
    );
}

#[test]
fn without_a_terminal_the_file_is_pointed_at() {
    let werk = met(&rijen());
    assert_snapshot!(
        "beantwoord_geen_terminal",
        controleer(&werk, &["--beantwoord"]).alles()
    );
    assert_eq!(werk.bestanden(), ["traject.csv"]);
    // The way in a file: questions are written, filled in, and not asked again.
    let eerste = controleer(&werk, &["--toelichtingen", "antwoorden.toml"]);
    assert_eq!(eerste.code, 0, "{}", eerste.alles());
    assert!(
        eerste.stderr.contains("Beantwoorde signalen: 0 van 2"),
        "{}",
        eerste.stderr
    );
    let vragen = werk.lees("antwoorden.toml");
    werk.schrijf(
        "antwoorden.toml",
        vragen.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    );
    let weer = controleer(&werk, &["--toelichtingen", "antwoorden.toml"]);
    assert!(
        weer.stderr
            .contains("Alle signalen zijn beantwoord, in antwoorden.toml"),
        "{}",
        weer.stderr
    );
    assert_eq!(
        pak(&werk, "pakket", &["--toelichtingen", "antwoorden.toml"]).code,
        0
    );
    assert_eq!(pakket(&werk, "pakket").toelichtingen.len(), 2);
}

/// The whole way: asked here, packed, delivered; the service asks nothing.
#[cfg(unix)]
#[test]
fn answers_travel_in_the_pakket_and_are_answers_to_the_service() {
    let werk = met(&rijen());
    beantwoord(&werk);
    let uitslag = pak(&werk, "pakket", &[]);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
    assert!(
        uitslag
            .stderr
            .contains("Antwoorden uit toelichtingen.toml die meegaan: 2."),
        "{}",
        uitslag.stderr
    );
    assert!(
        !uitslag.stderr.contains("zonder antwoord"),
        "{}",
        uitslag.stderr
    );
    let verwacht = [
        (
            "WACHT_LANG",
            Antwoord::Anders,
            "Wachtlijst van een ander huis overgenomen",
        ),
        ("LEEFTIJD_18_PLUS", Antwoord::Klopt, ""),
    ];
    assert_eq!(codes(&pakket(&werk, "pakket")), verwacht);
    // The pakket is judged over pseudonyms and other rows, and the answers still are about the same data.
    let weer = werk.draai(&[
        "controleer",
        "pakket",
        "--toelichtingen",
        "toelichtingen.toml",
    ]);
    assert!(
        weer.stderr.contains("Alle signalen zijn beantwoord"),
        "{}",
        weer.alles()
    );
    let server = Nepserver::start(Oordeelt::TeBevestigen, &[]);
    werk.schrijf("token.txt", "geheim-token\n");
    let lever = [
        "lever",
        "pakket",
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
        "--onderteken",
        "J. de Vries, directeur",
    ];
    let geleverd = werk.draai(&lever);
    assert_eq!(
        (geleverd.code, server.indieningen()),
        (0, 1),
        "{}",
        geleverd.alles()
    );
    assert!(server.antwoorden().is_empty(), "nothing was asked");
}

#[cfg(unix)]
#[test]
fn an_answer_holds_as_long_as_the_data_do() {
    let werk = met(&rijen());
    beantwoord(&werk);
    // Another child waited long: one of the two answers is about other data now.
    let mut anders = rijen();
    anders[2].insert("aanmelddatum".to_owned(), "2018-12-03".to_owned());
    anders[2].insert("intakedatum".to_owned(), String::new());
    werk.schrijf("traject.csv", csv(&anders));
    let uitslag = pak(&werk, "pakket", &[]);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
    assert!(
        uitslag
            .stderr
            .contains("Uw antwoord op WACHT_LANG gaat niet mee"),
        "{}",
        uitslag.stderr
    );
    assert_eq!(
        codes(&pakket(&werk, "pakket")),
        [("LEEFTIJD_18_PLUS", Antwoord::Klopt, "")]
    );
    // Asked again with the old answer beside it; Enter twice keeps it, now over these data.
    let mut terminal = Terminal::start(&werk, &AAN_TERMINAL);
    terminal.ziet(
        "Eerder, over andere gegevens, antwoordde u: anders Wachtlijst",
        1,
    );
    terminal.typt("");
    terminal.ziet("dezelfde als eerder", 1);
    terminal.typt("");
    assert_eq!(terminal.klaar().0, Some(0));
    assert_eq!(pak(&werk, "pakket", &[]).code, 0);
    assert_eq!(pakket(&werk, "pakket").toelichtingen.len(), 2);
}

/// A folder that held an earlier pakket still holds its answers.
#[test]
fn an_answer_over_other_data_is_not_sent_and_is_asked_again() {
    let werk = Werkmap::new();
    crate::hulp::nep_pakket(&werk, "pakket", 1000);
    werk.schrijf("token.txt", "geheim-token\n");
    let vraag = |sleutel: &str| {
        format!(
            "[[toelichting]]\ncode = \"{SIGNAAL}\"\nantwoord = \"klopt\"\nwoorden = \"vorige maand\"\nsleutel = \"{sleutel}\"\n"
        )
    };
    werk.schrijf("pakket/toelichtingen.toml", vraag("van-een-ander-pakket"));
    let server = Nepserver::start(Oordeelt::TeBevestigen, &[]);
    let lever = [
        "lever",
        "pakket",
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
    ];
    assert_eq!(werk.draai(&lever).code, 1);
    assert!(server.antwoorden().is_empty());
    let nu = werk.lees("pakket/toelichtingen.toml");
    assert!(
        nu.contains("# Eerder, over andere gegevens: klopt, vorige maand\n")
            && nu.contains("antwoord = \"\""),
        "{nu}"
    );
    assert!(
        nu.contains(&format!("sleutel = \"{VINGERAFDRUK}\"")),
        "{nu}"
    );
    werk.schrijf("pakket/toelichtingen.toml", vraag(VINGERAFDRUK));
    assert_eq!(werk.draai(&lever).code, 0);
    assert_eq!(server.antwoorden().len(), 1);
}

/// One child twice at the same time, and another one: each with a row of its own beside it.
fn overlappend() -> Vec<Rij> {
    let kind =
        |kind: &'static str| -> Vec<(&'static str, &'static str)> { vec![("jeugdige_id", kind)] };
    let (a, b) = (kind("A"), kind("B"));
    trajecten(&[&a, &a, &b, &b])
}

/// What was found in one row stood above the others as if it held for them: row 5 seemed to overlap row 2.
#[cfg(unix)]
#[test]
fn a_question_says_of_each_place_what_was_found_there() {
    let werk = met(&overlappend());
    let terminal = Terminal::start(&werk, &AAN_TERMINAL);
    terminal.ziet("Uw antwoord", 1);
    terminal.breek_af();
    let (_, scherm) = terminal.klaar();
    let kop = scherm.split_once("Vraag 1 van").unwrap().1;
    for (rij, ander) in [(3, 2), (5, 4)] {
        let regel = kop
            .lines()
            .find(|regel| regel.contains(&format!("{rij} (startdatum)")))
            .unwrap_or_else(|| panic!("{kop}"));
        assert!(
            regel.ends_with(&format!("tegelijk loopt: rij {ander}.")),
            "{regel}"
        );
    }
    assert_eq!(
        kop.matches("tegelijk loopt: rij").count(),
        2,
        "not as a sentence about all of them: {kop}"
    );
}

/// The key was renewed and the comments were not: whoever answered read counts and cells of other data.
#[test]
fn the_comments_of_a_question_are_of_the_data_it_asks_about() {
    let werk = met(&rijen());
    controleer(&werk, &["--toelichtingen", "t.toml"]);
    let toen = werk.lees("t.toml");
    assert!(
        toen.contains("(2 keer)")
            && toen.contains("# Bijvoorbeeld V3: ")
            && toen.contains("# Bijvoorbeeld V5: "),
        "{toen}"
    );
    werk.schrijf(
        "t.toml",
        toen.replace("\n# Wachttijd", "\n# Piet zoekt dit uit\n# Wachttijd"),
    );
    let mut minder = rijen();
    minder.remove(1);
    werk.schrijf("traject.csv", csv(&minder));
    controleer(&werk, &["--toelichtingen", "t.toml"]);
    let nu = werk.lees("t.toml");
    assert!(
        nu.contains("# Piet zoekt dit uit\n# Wachttijd van meer dan een jaar (1 keer)\n"),
        "{nu}"
    );
    assert!(
        nu.contains("# Bijvoorbeeld V4: ") && !nu.contains("V3") && !nu.contains("V5"),
        "{nu}"
    );
    // An answered one too.
    werk.schrijf(
        "t.toml",
        nu.replace("antwoord = \"\"", "antwoord = \"klopt\""),
    );
    werk.schrijf("traject.csv", csv(&rijen()));
    controleer(&werk, &["--toelichtingen", "t.toml"]);
    let weer = werk.lees("t.toml");
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
    let werk = met(&rijen());
    let mut terminal = Terminal::start(&werk, &AAN_TERMINAL);
    terminal.ziet("Uw antwoord", 1);
    terminal.typt("1");
    terminal.ziet("Toelichting", 1);
    terminal.typt("Dat is zo");
    terminal.ziet("Uw antwoord", 2);
    terminal.typt("");
    let (_, scherm) = terminal.klaar();
    let bewaard = werk.lees("toelichtingen.toml");
    assert!(!bewaard.contains("# Eerder"), "{bewaard}");
    assert!(
        scherm.contains("Beantwoord de rest met --beantwoord."),
        "{scherm}"
    );
    let in_bestand = controleer(&werk, &["--toelichtingen", "toelichtingen.toml"]);
    assert!(
        in_bestand
            .stderr
            .contains("Beantwoord de rest daar, of met --beantwoord."),
        "{}",
        in_bestand.stderr
    );
}
