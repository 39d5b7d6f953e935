//! The page's messages, as the worker sends them, without a browser: koppelen by clicking, a key, a pakket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use browser::{MappingTalk, Progress, start};
use mapping::{Conversation, propose, survey_all};
use pakket::{PseudonymKey, tar};
use schema::Definitie;
use serde_json::{Value, json};
use sheets::SourceFile;

const WORKBOOK: &[u8] = include_bytes!("../../../tests/fixtures/workbooks/gezinnen.xlsx");
const UITVRAAG: &str = "omgang/2020";

/// What the module keeps between two messages.
#[derive(Default)]
struct Worker {
    talk: Option<MappingTalk>,
}

impl Worker {
    fn ask(&mut self, mut question: Value, files: &[(&str, &[u8])]) -> Result<Vec<u8>, String> {
        let mut message = Vec::new();
        let mut parts = Vec::new();
        for (name, bytes) in files {
            message.extend_from_slice(bytes);
            parts.push(json!({ "naam": name, "lengte": bytes.len() }));
        }
        if !parts.is_empty() {
            question["bestanden"] = parts.into();
        }
        let description = question.to_string();
        message.extend_from_slice(description.as_bytes());
        message.extend_from_slice(&u32::try_from(description.len()).unwrap().to_le_bytes());
        let (mut job, mut progress) = start(message, &mut self.talk);
        while let Some(busy) = job {
            (job, progress) = busy.step();
        }
        match progress {
            Progress::Done(answer) => Ok(answer),
            Progress::Failed(sentence) => Err(sentence),
            Progress::Busy(rows) => panic!("it stopped after {rows} rows"),
        }
    }

    fn json(&mut self, question: Value, files: &[(&str, &[u8])]) -> Value {
        serde_json::from_slice(&self.ask(question, files).unwrap()).unwrap()
    }

    fn step(&mut self, step: impl Into<Value>) -> Value {
        self.json(json!({ "opdracht": "antwoord", "stap": step.into() }), &[])
    }
}

/// What a person who knows the workbook answers, where the first choice is not it.
const KNOWN: [(&str, &str); 5] = [
    (
        "In welke kolom staat 'Voorziening'",
        "in elke rij hetzelfde",
    ),
    ("In welke kolom staat 'Vorm'", "in elke rij hetzelfde"),
    (
        "In welke kolom staat 'Begeleiding door'",
        "in elke rij hetzelfde",
    ),
    ("Wat is 'Begeleiding door'", "Onbekend"),
    ("Wat betekent 'loopt'", "niets"),
];

const BOOK: [(&str, &[u8]); 1] = [("gezinnen.xlsx", WORKBOOK)];

/// Answers until nothing is asked; gives the last view, and how many answers it took.
fn answer_all(worker: &mut Worker, mut view: Value) -> (Value, usize) {
    for count in 0.. {
        let Some(question) = view["vraag"].as_object() else {
            return (view, count);
        };
        let words = question["vraag"].as_str().unwrap();
        let choices = question["keuzes"].as_array().unwrap();
        let known = KNOWN.iter().find(|(asked, _)| words.contains(asked));
        let place = known.and_then(|(_, label)| {
            let mut choices = choices.iter();
            choices.position(|choice| choice["keuze"].as_str().unwrap().contains(label))
        });
        let step = if choices.is_empty() {
            json!({ "getypt": " De Ark " })
        } else {
            json!({ "keuze": place.unwrap_or(0) })
        };
        let next = worker.step(step);
        assert_eq!(next["bezwaar"], Value::Null, "{words}");
        view = next;
    }
    unreachable!("it counts on until nothing is asked")
}

fn begin(worker: &mut Worker) -> Value {
    worker.json(json!({ "opdracht": "koppel", "uitvraag": UITVRAAG }), &BOOK)
}

/// What the page asks, in which words and with which koppeling, is what the terminal does.
#[test]
fn the_page_asks_what_the_terminal_asks() {
    let definitie = Definitie::load(UITVRAAG).unwrap();
    let files = [SourceFile::from_bytes("gezinnen.xlsx", WORKBOOK.to_vec())];
    let surveys = survey_all(&files, &definitie).unwrap();
    let text = propose(&surveys, &definitie).koppeling.to_toml();
    let mut terminal = Conversation::new(&surveys, &definitie, &text).unwrap();
    let mut worker = Worker::default();
    let mut view = begin(&mut worker);
    let mut count = 0;
    while let Some(question) = terminal.question() {
        assert_eq!(view["vraag"]["vraag"], question.question.as_str());
        assert_eq!(view["vraag"]["hulp"], json!(question.help));
        assert_eq!(view["te_vragen"], terminal.to_ask());
        assert_eq!(view["koppeling"], terminal.text());
        count += 1;
        match question.choices.last() {
            Some(choice) if count % 4 != 0 => {
                terminal.answer(&choice.answer).unwrap();
                view = worker.step(json!({ "keuze": question.choices.len() - 1 }));
            }
            _ => {
                terminal.later();
                view = worker.step("later");
            }
        }
    }
    assert!(count > 8, "{count} questions");
    assert_eq!(view["vraag"], Value::Null);
    assert_eq!(view["open"], terminal.open());
    assert_eq!(view["koppeling"], terminal.text());
}

#[test]
fn a_step_back_takes_the_answer_back() {
    let mut worker = Worker::default();
    let first = begin(&mut worker);
    let none_before = worker.step("terug");
    assert_eq!(none_before["bezwaar"], "dit is de eerste vraag");
    let unknown = worker.step(json!({ "keuze": 99 }));
    assert_eq!(unknown["bezwaar"], "die keuze is er niet");
    assert_eq!(unknown["vraag"], first["vraag"]);
    for step in [json!({ "keuze": 0 }), json!("later")] {
        let next = worker.step(step);
        assert_ne!(next["vraag"], first["vraag"]);
        assert_eq!(worker.step("terug")["vraag"], first["vraag"]);
    }
    // Going on with what was saved asks the rest.
    let half = worker.step(json!({ "keuze": 0 }));
    let (whole, _) = answer_all(&mut worker, half.clone());
    let go_on =
        json!({ "opdracht": "koppel", "uitvraag": UITVRAAG, "koppeling": whole["koppeling"] });
    let again = worker.json(go_on, &BOOK);
    assert_eq!(
        (&again["open"], &again["koppeling"]),
        (&json!(0), &whole["koppeling"])
    );
}

/// From the messy workbook to a pakket that the strict door takes: every child is in it, under its pseudonym.
#[test]
fn a_messy_workbook_becomes_a_pakket() {
    let mut worker = Worker::default();
    let view = begin(&mut worker);
    let (view, count) = answer_all(&mut worker, view);
    assert!(count <= 15, "{count} answers");
    assert_eq!(view["open"], 0);
    let koppeling = view["koppeling"].as_str().unwrap();
    let key = worker.json(
        json!({ "opdracht": "nieuwe_sleutel" }),
        &[("toeval", &key_bytes())],
    );
    let key_file = key["sleutel"].as_str().unwrap();
    assert_eq!(
        PseudonymKey::import(key_file).unwrap().label(),
        key["kenmerk"].as_str().unwrap()
    );
    let order = |key: &str, koppeling: Option<&str>| {
        json!({
            "opdracht": "pak", "uitvraag": UITVRAAG, "leverdatum": "2021-03-01", "koppeling": koppeling,
            "kvk": "12345678", "sleutel": key,
        })
    };
    let archive = worker.ask(order(key_file, Some(koppeling)), &BOOK).unwrap();
    let again = worker.ask(order(key_file, Some(koppeling)), &BOOK).unwrap();
    assert_eq!(archive, again, "the same bytes every time");
    let files = unpack(&archive);
    let manifest: schema::Pakket = serde_json::from_slice(&files[0].1).unwrap();
    assert_eq!(files[0].0, "pakket.json");
    assert_eq!(manifest.name, "omgang-2020-12345678");
    assert_eq!(manifest.pseudoniem, key["kenmerk"].as_str().unwrap());
    for (resource, (name, packed)) in manifest.resources.iter().zip(&files[1..]) {
        assert_eq!(
            (&resource.path, resource.hash.as_str()),
            (name, &*schema::hash::sha256(packed))
        );
    }
    let csv = String::from_utf8(zstd::decode_all(&files[1].1[..]).unwrap()).unwrap();
    assert_eq!((manifest.resources[0].rijen, csv.lines().count()), (61, 62));
    assert!(
        !csv.contains("Saar") && !csv.contains("G100"),
        "own numbers and names are gone"
    );
    let children: std::collections::BTreeSet<&str> = csv
        .lines()
        .skip(1)
        .map(|row| row.split(',').nth(1).unwrap())
        .collect();
    assert_eq!(children.len(), 61, "each child has its own pseudonym");
}

/// While something stands in the way there is no pakket, and the page says what.
#[test]
fn what_stands_in_the_way_is_said() {
    let mut worker = Worker::default();
    let key = worker.json(
        json!({ "opdracht": "nieuwe_sleutel" }),
        &[("toeval", &key_bytes())],
    );
    let key = key["sleutel"].as_str().unwrap().to_owned();
    let view = begin(&mut worker);
    let open = view["koppeling"].as_str().unwrap().to_owned();
    let order = |key: &str, kvk: Value| {
        json!({
            "opdracht": "pak", "uitvraag": UITVRAAG, "leverdatum": "2021-03-01", "koppeling": open,
            "kvk": kvk, "sleutel": key,
        })
    };
    for (question, words) in [
        (order(&key, Value::Null), "Er is geen pakket gemaakt"),
        (order("geen sleutel", Value::Null), "Dit is geen sleutel"),
        (
            order(&key.replace('a', "b"), Value::Null),
            "Dit is geen sleutel",
        ),
        (order(&key, json!("1234")), "8 cijfers"),
        (
            json!({ "opdracht": "sleutel", "sleutel": "" }),
            "Dit is geen sleutel",
        ),
    ] {
        let files: &[(&str, &[u8])] = if question["opdracht"] == "pak" {
            &BOOK
        } else {
            &[]
        };
        let sentence = worker.ask(question, files).unwrap_err();
        assert!(sentence.contains(words), "{sentence}");
    }
    for bytes in [&[0; 32][..], &[1, 2, 3], &[7; 33]] {
        let made = worker.ask(
            json!({ "opdracht": "nieuwe_sleutel" }),
            &[("toeval", bytes)],
        );
        assert!(made.is_err(), "{} bytes", bytes.len());
    }
    let nobody = Worker::default().ask(json!({ "opdracht": "antwoord", "stap": "later" }), &[]);
    assert!(nobody.is_err());
}

/// Bytes as a browser draws them, but the same every time.
fn key_bytes() -> [u8; 32] {
    std::array::from_fn(|n| (n * 37 % 251) as u8)
}

fn unpack(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut rest = archive;
    loop {
        let head = rest[..tar::BLOCK].try_into().unwrap();
        let tar::TarHead::File { name, length } = tar::read_head(head).unwrap() else {
            return files;
        };
        let length = usize::try_from(length).unwrap();
        files.push((name, rest[tar::BLOCK..tar::BLOCK + length].to_vec()));
        rest = &rest[tar::BLOCK + length.next_multiple_of(tar::BLOCK)..];
    }
}
