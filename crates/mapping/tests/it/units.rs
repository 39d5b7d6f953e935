//! Hours where minutes are asked, and numbers over a longer time than the year: asked, answered, and read so.

use mapping::{Conversation, Koppeling, SourceSummary, propose, survey_all};
use schema::balance::PassedOver;
use sheets::SourceFile;

use crate::support::{lees, omgang};

/// Five columns that are certain, and one more.
fn file(header: &str, values: [&str; 4]) -> SourceFile {
    long_file(header, values.map(str::to_owned))
}

fn long_file(header: &str, values: impl IntoIterator<Item = String>) -> SourceFile {
    let line = |(row, value): (usize, String)| {
        let day = row % 28 + 1;
        format!("T{row};K{row};Utrecht;2020-01-{day:02};vrijwillig;{value}\n")
    };
    let lines: String = values.into_iter().enumerate().map(line).collect();
    let text = format!("Trajectnummer;Kind;Gemeente;Datum aanmelding;Kader;{header}\n{lines}");
    SourceFile::from_bytes("lijst.csv", text.into_bytes())
}

/// Answers each question by the label of a choice, where one of these is among them, and else leaves it for later.
fn talk(file: &SourceFile, answers: &[&str]) -> (Vec<String>, String) {
    let definitie = omgang();
    let surveys = survey_all(std::slice::from_ref(file), &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    let mut asked = Vec::new();
    while let Some(question) = conversation.question() {
        asked.push(question.question.clone());
        let mut choices = question.choices.iter();
        let chosen = choices.find(|c| answers.iter().any(|a| c.label.starts_with(a)));
        match chosen {
            Some(choice) => conversation.answer(&choice.answer.clone()).unwrap(),
            None => conversation.later(),
        }
    }
    (asked, conversation.text().to_owned())
}

/// The minutes of every row, and what reading said.
fn read(file: &SourceFile, koppeling: &str) -> (Vec<Option<String>>, SourceSummary) {
    let koppeling = Koppeling::parse(koppeling).unwrap();
    let (tables, summary) = lees(std::slice::from_ref(file), Some(&koppeling)).unwrap();
    let rows = tables["traject"].iter();
    let minutes = rows.map(|row| row.get("minuten").cloned().flatten());
    (minutes.collect(), summary)
}

fn times(question: &str, asked: &[String]) -> usize {
    asked.iter().filter(|q| q.contains(question)).count()
}

#[test]
fn hours_are_asked_and_become_minutes() {
    for (header, values, answers) in [
        ("Minuten", ["10", "15,5", "0", "0,75"], &["uren"][..]),
        (
            "Uren",
            ["10", "15,5", "0", "0,75"],
            &["Minuten begeleiding", "uren"],
        ),
    ] {
        let file = file(header, values);
        let (asked, koppeling) = talk(&file, answers);
        let question = format!("Staan er uren of minuten in de kolom '{header}'?");
        assert_eq!(times(&question, &asked), 1, "{asked:#?}");
        assert!(
            koppeling.contains("[tabel.eenheid]\nminuten = \"uren\""),
            "{koppeling}"
        );
        let (minutes, summary) = read(&file, &koppeling);
        let expected = ["600", "930", "0", "45"].map(|m| Some(m.to_owned()));
        assert_eq!(minutes, expected, "{header}");
        let told = format!("Kolom '{header}': de uren zijn omgerekend naar minuten.");
        assert!(summary.aannames.contains(&told), "{:#?}", summary.aannames);
    }
}

#[test]
fn minutes_stay_minutes_and_large_numbers_are_not_asked() {
    let small = file("Minuten", ["10", "15", "0", "45"]);
    let (_, koppeling) = talk(&small, &["minuten"]);
    let (minutes, summary) = read(&small, &koppeling);
    assert_eq!(minutes, ["10", "15", "0", "45"].map(|m| Some(m.to_owned())));
    assert_eq!(times("uren of minuten", &summary.open), 0);
    let large = file("Minuten", ["600", "900", "0", "45"]);
    let (asked, _) = talk(&large, &[]);
    assert_eq!(times("uren of minuten", &asked), 0, "{asked:#?}");
}

/// Who writes the koppeling by hand, or has one of before the question was there, is asked by the reader.
#[test]
fn the_reader_asks_what_the_koppeling_does_not_say() {
    let file = file("Minuten totaal traject", ["10", "15", "11", "2"]);
    let (_, koppeling) = talk(&file, &["Minuten begeleiding", "uren", "alleen 2020"]);
    let (_, answered) = read(&file, &koppeling);
    let questions = ["uren of minuten", "of een langere tijd"];
    for question in questions {
        assert_eq!(times(question, &answered.open), 0, "{:#?}", answered.open);
    }
    let lines = koppeling.lines();
    let said =
        |line: &&str| !line.starts_with("minuten = \"uren\"") && !line.contains("dit jaar\"");
    let unsaid: Vec<&str> = lines.filter(said).collect();
    let (_, asked) = read(&file, &unsaid.join("\n"));
    for question in questions {
        assert_eq!(times(question, &asked.open), 1, "{:#?}", asked.open);
    }
}

/// The koppeling without what it says of units: the reader is asked what it would ask by itself.
fn without_unit(koppeling: &str) -> String {
    let lines = koppeling.lines().map(str::trim_start);
    let said = |line: &&str| {
        *line != "[tabel.eenheid]" && !line.starts_with("minuten = \"\"") && !line.contains("OPEN")
    };
    lines.filter(said).collect::<Vec<_>>().join("\n")
}

/// `koppel` counted over the first thousand distinct values, the reader over a hundred thousand: each asked what the
/// other did not.
#[test]
fn a_long_column_is_judged_by_all_its_numbers() {
    let hours = |n: usize| format!("{},{:02}", 1 + n / 100, n % 100);
    let minutes = |n: usize| format!("{}", 600 + n);
    let minutes_after_hours: Vec<String> = (0..1_100)
        .map(hours)
        .chain((0..1_500).map(minutes))
        .collect();
    let hours_after_minutes: Vec<String> = (0..1_100)
        .map(minutes)
        .chain((0..1_500).map(hours))
        .collect();
    for (values, expected) in [(minutes_after_hours, 0), (hours_after_minutes, 1)] {
        let file = long_file("Minuten", values);
        let (asked, koppeling) = talk(&file, &[]);
        assert_eq!(times("uren of minuten", &asked), expected, "{asked:#?}");
        let (_, summary) = read(&file, &without_unit(&koppeling));
        assert_eq!(
            times("uren of minuten", &summary.open),
            expected,
            "{:#?}",
            summary.open
        );
    }
}

/// A number further on than the reader remembers is counted as well.
#[test]
fn numbers_after_a_hundred_thousand_others_are_counted() {
    let words = (0..100_001).map(|n| format!("zie dossier {n}"));
    let file = long_file("Minuten", words.chain(["7,5".to_owned(), "12".to_owned()]));
    let koppeling = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n\
        [tabel.kolommen]\ntraject_id = \"Trajectnummer\"\nminuten = \"Minuten\"\n";
    let (_, summary) = read(&file, koppeling);
    let question = "Staan er uren of minuten in de kolom 'Minuten'?";
    assert_eq!(times(question, &summary.open), 1, "{:#?}", summary.open);
}

/// The sentence of amounts said cents of them; and hours were rounded to hundredths before they became minutes.
#[test]
fn hours_that_are_no_whole_minutes_are_told_as_those() {
    let file = file("Minuten", ["1,7583", "10", "0,33", "0,5"]);
    let (_, koppeling) = talk(&file, &["uren"]);
    let (minutes, summary) = read(&file, &koppeling);
    let expected = ["105", "600", "20", "30"].map(|m| Some(m.to_owned()));
    assert_eq!(minutes, expected);
    let told =
        "Kolom 'Minuten': uren die geen heel aantal minuten zijn, zijn afgerond op hele minuten.";
    assert_eq!(times(told, &summary.aannames), 1, "{:#?}", summary.aannames);
    assert_eq!(
        times("centen", &summary.aannames),
        0,
        "{:#?}",
        summary.aannames
    );
}

#[test]
fn a_column_over_a_longer_time_is_not_read_and_that_is_said() {
    let file = file("Minuten totaal traject", ["1000", "1500", "1100", "200"]);
    let (asked, koppeling) = talk(&file, &["Minuten begeleiding", "een langere tijd"]);
    assert_eq!(
        times("alleen 2020, of een langere tijd", &asked),
        1,
        "{asked:#?}"
    );
    assert_eq!(
        times("Wat staat er in de kolom 'Minuten totaal traject'", &asked),
        1
    );
    let (minutes, summary) = read(&file, &koppeling);
    assert!(minutes.iter().all(Option::is_none), "{minutes:?}");
    let told = "De kolom 'Minuten totaal traject' telt langer dan 2020 en is niet gelezen.";
    assert_eq!(times(told, &summary.aannames), 1, "{:#?}", summary.aannames);
    assert_eq!(times("Minuten", &summary.open), 0, "{:#?}", summary.open);
    let passed = &summary.balans[0].kolommen.overgeslagen;
    assert_eq!(passed.get(&PassedOver::Overslaan), Some(&1), "{passed:?}");
}

#[test]
fn an_answer_of_last_year_is_taken_over() {
    let definitie = omgang();
    let file = file("Minuten totaal traject", ["10", "15", "11", "2"]);
    let (_, last_year) = talk(&file, &["Minuten begeleiding", "uren", "alleen 2020"]);
    let surveys = survey_all(std::slice::from_ref(&file), &definitie).unwrap();
    let mut proposal = propose(&surveys, &definitie);
    proposal.carry_over(&Koppeling::parse(&last_year).unwrap(), &definitie);
    let part = &proposal.koppeling.tabellen[0];
    assert_eq!(part.eenheid["minuten"], "uren");
    assert_eq!(part.periode["minuten"], "dit jaar");
    assert!(proposal.open.iter().all(|q| !q.vraag.contains("Minuten")));
}

#[test]
fn what_is_no_answer_is_refused_with_the_choice() {
    let definitie = omgang();
    let start = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\nminuten = \"M\"\nleeftijd_bij_aanmelding = \"L\"\n";
    for (lines, part) in [
        (
            "[tabel.eenheid]\nminuten = \"dagen\"",
            "kies uren of minuten",
        ),
        (
            "[tabel.eenheid]\nleeftijd_bij_aanmelding = \"uren\"",
            "doet niets",
        ),
        (
            "[tabel.periode]\nminuten = \"2019\"",
            "kies \"dit jaar\" of \"langer\"",
        ),
        (
            "[tabel.periode]\nleeftijd_bij_aanmelding = \"langer\"",
            "doet niets",
        ),
    ] {
        let koppeling = Koppeling::parse(&format!("{start}{lines}\n")).unwrap();
        let error = koppeling.verify(&definitie).unwrap_err().to_string();
        assert!(error.contains(part), "{lines}: {error}");
    }
}
