//! Whole conversations: questions in, answers applied, nothing open left.

use std::collections::BTreeSet;

use sheets::SourceFile;

use super::*;
use crate::{BatchReader, SourceSummary, survey_all};

/// Every kind of line that can be open.
const KINDS: [&str; 12] = [
    "belongs",
    "new sheet",
    "field",
    "column",
    "new column",
    "rest",
    "code system",
    "date form",
    "number form",
    "unit",
    "period",
    "word",
];

/// A kind that is added must be named here, and then met below.
fn kind(line: &OpenLine) -> &'static str {
    match line {
        OpenLine::Belongs => "belongs",
        OpenLine::NewSheet { .. } => "new sheet",
        OpenLine::Veld(_) => "field",
        OpenLine::Column(_) => "column",
        OpenLine::NewColumn(_) => "new column",
        OpenLine::Rest => "rest",
        OpenLine::CodeSystem(_) => "code system",
        OpenLine::DateForm(_) => "date form",
        OpenLine::NumberForm(_) => "number form",
        OpenLine::Unit(_) => "unit",
        OpenLine::Period(_) => "period",
        OpenLine::Word(..) => "word",
    }
}

fn omgang() -> Definitie {
    Definitie::load("omgang/2020").unwrap()
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile::from_bytes(name, text.as_bytes().to_vec())
}

/// Answers with the first choice that is an answer, or a value to type; gives the questions and the answers.
fn play(conversation: &mut Conversation<'_>) -> Vec<(MappingQuestion, MappingAnswer)> {
    let mut told = Vec::new();
    while let Some(question) = conversation.question() {
        assert!(told.len() < 300, "no end: {question:?}");
        let mut answers = question.choices.iter().map(|choice| &choice.answer);
        let real = answers.find(|answer| !matches!(answer, MappingAnswer::Ask(_)));
        let typed = question.free_text.as_deref().map(|what| {
            let text = match what {
                _ if what.contains("gemeente") => "Utrecht",
                _ if what.contains("datum") => "31-01-2020",
                _ if what.contains("getal") => "7",
                _ => "V1",
            };
            MappingAnswer::Typed(text.to_owned())
        });
        let fixed = MappingAnswer::Ask(NextQuestion::FixedValue);
        let answer = real.cloned().or(typed).unwrap_or(fixed);
        conversation
            .answer(&answer)
            .unwrap_or_else(|e| panic!("{e}: {question:?} {answer:?}"));
        told.push((question, answer));
    }
    told
}

/// What the reader says once the koppeling is full.
fn read(files: &[SourceFile], text: &str) -> SourceSummary {
    let definitie = omgang();
    let koppeling = Koppeling::parse(text).unwrap();
    assert_eq!(koppeling.open(), 0, "{text}");
    let mut reader = BatchReader::open(files, &definitie, Some(&koppeling))
        .unwrap_or_else(|e| panic!("{e:?} {text}"));
    while reader.next_batch().unwrap().is_some() {}
    reader.finish()
}

const MESSY: &str = "\
Nr;Kind;Plaats;Kader;Reden;Aangemeld;Eind;Minuten;Wie;Notitie;Nieuw
T1;K1;Utrecht;vrijwillig;31;01-02-2020;03-04-2020;1.234;opa;bla;5
T2;K2;Utrecht;gedwongen;32;02-03-2020;nog in zorg;12.5;oma;zus;6
T3;K3;Tilburg;xyz;31;05-06-2020;07-08-2020;90;opa;zo;7
";

const KOPPELING: &str = "\
# van mij
uitvraag = \"omgang/2020\"

[[tabel]]
naam = \"traject\"
bestand = \"a.csv\"
niet_herkend = [\"Notitie\"]
welke_gevraagd = \"\"

[tabel.kolommen]
traject_id = \"Nr\"
# OPEN: In welke kolom staat 'Nummer van het kind'?
jeugdige_id = \"\"
gemeente = \"Plaats\"
kader = \"Kader\"
reden_einde = \"Reden\"
aanmelddatum = \"Aangemeld\"
einddatum = \"Eind\"
minuten = \"Minuten\"

[tabel.te_plaatsen]
Wie = \"\"  # vraag het Jan

[tabel.datumvorm]
aanmelddatum = \"\"

[tabel.codestelsel]
reden_einde = \"\"

[tabel.eenheid]
minuten = \"\"

[tabel.periode]
minuten = \"\"

[tabel.waarden.einddatum]
\"nog in zorg\" = \"\"

[[tabel]]
naam = \"traject\"
bestand = \"c.csv\"
lezen = \"\"
[tabel.kolommen]
traject_id = \"Nr\"
";

#[test]
fn every_kind_of_question_is_met_and_has_an_answer() {
    let definitie = omgang();
    let files = [
        file("a.csv", MESSY),
        file(
            "b.csv",
            &MESSY
                .replace("T1", "T4")
                .replace("T2", "T5")
                .replace("T3", "T6"),
        ),
        file(
            "c.csv",
            &MESSY
                .replace("T1", "T7")
                .replace("T2", "T8")
                .replace("T3", "T9"),
        ),
    ];
    let surveys = survey_all(&files, &definitie).unwrap();
    let mut conversation = Conversation::new(&surveys, &definitie, KOPPELING).unwrap();
    let lines = conversation.causes.iter().flat_map(|cause| &cause.lines);
    let met: BTreeSet<&str> = lines.map(|line| kind(&line.line)).collect();
    assert_eq!(met, BTreeSet::from(KINDS));
    play(&mut conversation);
    assert_eq!(conversation.open(), 0);
    let text = conversation.text().to_owned();
    assert!(!text.contains("OPEN:"), "{text}");
    assert!(
        text.starts_with("# van mij\n") && text.contains("# vraag het Jan"),
        "{text}"
    );
    let summary = read(&files, &text);
    assert!(summary.open.is_empty(), "{:?}\n{text}", summary.open);
}

/// Three equal sheets gave 33 questions, 11 of them distinct.
#[test]
fn one_cause_is_asked_once() {
    let definitie = omgang();
    let quarters: Vec<SourceFile> = (1..=3)
        .map(|n| {
            file(
                &format!("q{n}.csv"),
                &MESSY.replace("\nT", &format!("\nT{n}")),
            )
        })
        .collect();
    let one = survey_all(&quarters[..1], &definitie).unwrap();
    let all = survey_all(&quarters, &definitie).unwrap();
    let text = |surveys: &[Survey]| propose(surveys, &definitie).koppeling.to_toml();
    let mut alone = Conversation::new(&one, &definitie, &text(&one)).unwrap();
    let mut together = Conversation::new(&all, &definitie, &text(&all)).unwrap();
    let questions = |told: Vec<(MappingQuestion, MappingAnswer)>| -> Vec<String> {
        told.into_iter()
            .map(|(question, _)| question.question)
            .collect()
    };
    let (alone_asked, asked) = (questions(play(&mut alone)), questions(play(&mut together)));
    assert_eq!(asked, alone_asked);
    let distinct: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(distinct.len(), asked.len(), "{asked:#?}");
    let summary = read(&quarters, together.text());
    assert!(summary.open.is_empty(), "{:?}", summary.open);
}

#[test]
fn a_question_can_wait_and_an_answer_be_taken_back() {
    let definitie = omgang();
    let files = [file("a.csv", MESSY)];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    let (first, open) = (conversation.question().unwrap(), conversation.open());
    assert!(!conversation.back(), "there is nothing before the first");
    conversation.later();
    assert_eq!(
        (conversation.to_ask(), conversation.open()),
        (open - 1, open)
    );
    let second = conversation.question().unwrap();
    assert_ne!(second, first);
    let answer = second.choices[0].answer.clone();
    conversation.answer(&answer).unwrap();
    let after = conversation.text().to_owned();
    assert!(conversation.back());
    assert_eq!(conversation.question().unwrap(), second);
    assert_eq!(conversation.text(), text);
    conversation.answer(&answer).unwrap();
    assert_eq!(conversation.text(), after);
    assert!(conversation.back() && conversation.back());
    assert_eq!(conversation.question().unwrap(), first);
    assert!(
        conversation
            .answer(&MappingAnswer::DateForm("dd-mm-jjjj".into()))
            .is_err()
    );
    assert_eq!(conversation.question().unwrap(), first);
}

/// What follows from an answer comes next: the words of a column that was just placed.
#[test]
fn the_words_of_a_column_follow_its_field() {
    let definitie = omgang();
    let files = [file(
        "a.csv",
        &MESSY
            .replace("Kader", "Bejegening")
            .replace("vrijwillig", "ja hoor"),
    )];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    while let Some(question) = conversation.question() {
        if !question.question.contains("'Kader'") {
            conversation.later();
            continue;
        }
        let any = MappingAnswer::Ask(NextQuestion::AnyColumn);
        let column = MappingAnswer::Column("Bejegening".into());
        if !question
            .choices
            .iter()
            .any(|choice| choice.answer == column)
        {
            conversation.answer(&any).unwrap();
        }
        conversation.answer(&column).unwrap();
        break;
    }
    let next = conversation.question().unwrap();
    assert_eq!(
        next.question,
        "Wat betekent 'ja hoor' in de kolom 'Bejegening'?"
    );
    assert!(
        next.help.contains(&"'ja hoor' staat er 1 keer.".to_owned()),
        "{next:?}"
    );
}

#[test]
fn dates_are_asked_together_and_apart_where_they_differ() {
    let definitie = omgang();
    let files = [file("a.csv", &MESSY.replace("nog in zorg", "09-10-2020"))];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = KOPPELING
        .split("\n[tabel.waarden")
        .next()
        .unwrap()
        .replace("[tabel.datumvorm]", "[tabel.datumvorm]\neinddatum = \"\"");
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    let about_dates = |conversation: &mut Conversation<'_>| {
        while let Some(question) = conversation.question() {
            if question.question.starts_with("Hoe staan de datums") {
                return Some(question);
            }
            conversation.later();
        }
        None
    };
    let both = about_dates(&mut conversation).unwrap();
    assert_eq!(
        both.question,
        "Hoe staan de datums in de kolommen 'Aangemeld' en 'Eind'?"
    );
    let shown: Vec<&str> = both
        .choices
        .iter()
        .map(|c| c.consequence.as_str())
        .collect();
    assert_eq!(
        shown,
        [
            "'01-02-2020' is dan 1 februari 2020",
            "'01-02-2020' is dan 2 januari 2020",
            "u krijgt de vraag voor elke kolom"
        ]
    );
    conversation
        .answer(&MappingAnswer::Ask(NextQuestion::PerColumn))
        .unwrap();
    for (column, form) in [("Aangemeld", "dd-mm-jjjj"), ("Eind", "mm-dd-jjjj")] {
        let question = about_dates(&mut conversation).unwrap();
        assert_eq!(
            question.question,
            format!("Hoe staan de datums in de kolom '{column}'?")
        );
        conversation
            .answer(&MappingAnswer::DateForm(form.to_owned()))
            .unwrap();
    }
    let forms = &Koppeling::parse(conversation.text()).unwrap().tabellen[0].datumvorm;
    assert_eq!(
        (forms["aanmelddatum"].as_str(), forms["einddatum"].as_str()),
        ("dd-mm-jjjj", "mm-dd-jjjj")
    );
}

/// A column that is named and not there is asked, and its words stay.
#[test]
fn a_column_with_another_name_is_asked_again() {
    let definitie = omgang();
    let files = [file("a.csv", &MESSY.replace("Kader", "Bejegening"))];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = format!(
        "{}\n[tabel.waarden.kader]\nxyz = \"vrijwillig\"\n",
        KOPPELING
            .split("\n[[tabel]]\nnaam = \"traject\"\nbestand = \"c.csv\"")
            .next()
            .unwrap()
    );
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    while let Some(question) = conversation.question() {
        if question.question == "In welke kolom staat 'Kader'?" {
            let gone = "De kolom 'Kader' uit de koppeling staat niet in dit bestand.";
            assert!(
                question.help.iter().any(|line| line == gone),
                "{question:?}"
            );
            let column = MappingAnswer::Column("Bejegening".into());
            conversation.answer(&column).unwrap();
            let part = &Koppeling::parse(conversation.text()).unwrap().tabellen[0];
            assert_eq!(part.kolommen["kader"], "Bejegening");
            assert_eq!(part.waarden["kader"]["xyz"], "vrijwillig");
            return;
        }
        conversation.later();
    }
    panic!("never asked");
}

/// Who keeps one number per child could not say so: the column of the traject was no choice for the child.
#[test]
fn one_number_can_be_that_of_the_traject_and_of_the_child() {
    let definitie = omgang();
    let files = [file(
        "a.csv",
        "Clientnr;Woonplaats;Kader;Aangemeld op\nC1;Utrecht;vrijwillig;2020-01-31\n",
    )];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    while let Some(question) = conversation.question() {
        if question.question == "In welke kolom staat 'Nummer van het kind'?" {
            let labels: Vec<&str> = question.choices.iter().map(|c| c.label.as_str()).collect();
            assert!(labels[0].starts_with("de kolom 'Clientnr'"), "{labels:?}");
            assert!(!labels.contains(&"in elke rij hetzelfde"), "{labels:?}");
            let answer = question.choices[0].answer.clone();
            conversation.answer(&answer).unwrap();
        } else {
            conversation.later();
        }
    }
    let part = &conversation.state.koppeling.tabellen[0];
    for veld in ["traject_id", "jeugdige_id"] {
        assert_eq!(part.source_of(veld), Some("Clientnr"), "{veld}");
    }
}

/// Of houses with a sheet each one value was asked for all, and could not be said of each.
#[test]
fn a_field_can_be_said_of_each_sheet_or_file() {
    let definitie = omgang();
    let text = "Trajectnummer;Kind;Gemeente;Datum aanmelding\nT1;K1;Utrecht;2020-01-05\n";
    let files = [file("noord.csv", text), file("zuid.csv", text)];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    let about_place = |conversation: &mut Conversation<'_>| {
        while let Some(question) = conversation.question() {
            if question.question.contains("'Voorziening'") {
                return Some(question);
            }
            conversation.later();
        }
        None
    };
    let both = about_place(&mut conversation).unwrap();
    let open = conversation.open();
    let apart = both
        .choices
        .iter()
        .find(|c| c.label.starts_with("dat verschilt"));
    let apart = apart.unwrap().clone();
    assert_eq!(apart.label, "dat verschilt per bestand");
    conversation.answer(&apart.answer).unwrap();
    assert_eq!(conversation.open(), open + 1);
    for (file, code) in [("noord.csv", "V1"), ("zuid.csv", "V2")] {
        let one = about_place(&mut conversation).unwrap();
        assert!(
            one.choices
                .iter()
                .all(|c| !c.label.starts_with("dat verschilt"))
        );
        let fixed = MappingAnswer::Ask(NextQuestion::FixedValue);
        conversation.answer(&fixed).unwrap();
        let one = about_place(&mut conversation).unwrap();
        let about = format!("Dit gaat over bestand '{file}'.");
        assert!(one.help.contains(&about), "{:?}", one.help);
        conversation
            .answer(&MappingAnswer::Typed(code.to_owned()))
            .unwrap();
    }
    let koppeling = Koppeling::parse(conversation.text()).unwrap();
    let said = koppeling
        .tabellen
        .iter()
        .map(|part| part.vast["voorziening_id"].as_str());
    assert_eq!(said.collect::<Vec<_>>(), ["V1", "V2"]);
    assert!(about_place(&mut conversation).is_none());
    while conversation.back() {}
    assert_eq!(conversation.open(), open);
}

/// `Min. per bezoek` could become the minutes of a year by one key, with nothing said of a year.
#[test]
fn what_a_column_may_be_is_told_by_what_is_asked() {
    let definitie = omgang();
    let text = "Trajectnummer;Kind;Gemeente;Datum aanmelding;Min. per bezoek\nT1;K1;Utrecht;2020-01-05;90\n";
    let files = [file("lijst.csv", text)];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut conversation = Conversation::new(&surveys, &definitie, &text).unwrap();
    let question = loop {
        let question = conversation.question().expect("the column is asked");
        if question.question == "Wat staat er in de kolom 'Min. per bezoek'?" {
            break question;
        }
        conversation.later();
    };
    let minutes = question
        .choices
        .iter()
        .find(|c| c.label == "Minuten begeleiding");
    assert_eq!(
        minutes.unwrap().consequence,
        "Het aantal minuten dat u in 2020 de omgang begeleidde."
    );
}
