//! What does not fit in the koppeling is read, asked or said: never dropped in silence.

use mapping::koppeling::NONE_OF_THESE;
use mapping::{Koppeling, Proposal, propose, survey_all};
use rows::FileRefusal;
use rust_xlsxwriter::Workbook;
use sheets::SourceFile;

use crate::support::{lees, omgang, proposal};

const HEADERS: [&str; 13] = [
    "Trajectnummer",
    "Kind",
    "Voorziening",
    "Gemeente",
    "Leeftijd",
    "Kader",
    "Verwijzer",
    "Omgang met",
    "Vorm",
    "Begeleiding",
    "Bekostiging",
    "Datum aanmelding",
    "Kosten",
];

/// Three rows below these headers; a column is known by its place among [`HEADERS`].
fn rows(headers: &[(usize, &str)], letter: char) -> Vec<Vec<String>> {
    let mut out = vec![
        headers
            .iter()
            .map(|(_, header)| (*header).to_owned())
            .collect::<Vec<_>>(),
    ];
    for n in 1..=3 {
        let values = [
            "V1",
            "Utrecht",
            "7",
            "vrijwillig",
            "huisarts",
            "ouder",
            "omgangshuis",
            "professional",
            "subsidie",
            "2020-02-25",
            "12",
        ];
        let cell = |k: usize| match k {
            0 => format!("{letter}{n}"),
            1 => format!("K{letter}{n}"),
            13 => format!("G{n}"),
            14 => "Noord".to_owned(),
            k => values[k - 2].to_owned(),
        };
        out.push(headers.iter().map(|(k, _)| cell(*k)).collect());
    }
    out
}

fn plain() -> Vec<(usize, &'static str)> {
    HEADERS.into_iter().enumerate().collect()
}

fn workbook(sheets: &[(&str, Vec<Vec<String>>)]) -> SourceFile {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (r, row) in rows.iter().enumerate() {
            for (k, cell) in row.iter().enumerate() {
                sheet
                    .write_string(u32::try_from(r).unwrap(), u16::try_from(k).unwrap(), cell)
                    .unwrap();
            }
        }
    }
    SourceFile::from_bytes("w.xlsx", workbook.save_to_buffer().unwrap())
}

fn csv(name: &str, rows: &[Vec<String>]) -> SourceFile {
    let text: String = rows.iter().map(|row| row.join(";") + "\n").collect();
    SourceFile::from_bytes(name, text.into_bytes())
}

fn together(files: &[SourceFile]) -> Proposal {
    propose(&survey_all(files, &omgang()).unwrap(), &omgang())
}

fn numbers(files: &[SourceFile], koppeling: &Koppeling) -> Vec<String> {
    let (tabellen, _) = lees(files, Some(koppeling)).unwrap();
    tabellen["traject"]
        .iter()
        .map(|r| r["traject_id"].clone().unwrap())
        .collect()
}

/// Other names for two columns, two columns changed places, one column less: all of them are the table.
#[test]
fn sheets_of_one_table_with_other_columns_are_all_read() {
    let mut others = plain();
    (others[0].1, others[3].1) = ("Dossiernr", "Woongemeente");
    let mut swapped = plain();
    swapped.swap(4, 9);
    let without = plain()[..12].to_vec();
    let sheets = [
        ("Noord", rows(&plain(), 'N')),
        ("Zuid", rows(&others, 'Z')),
        ("West", rows(&swapped, 'W')),
        ("Oost", rows(&without, 'O')),
    ];
    let file = workbook(&sheets);
    let proposal = proposal(&file);
    assert_eq!(
        proposal.koppeling.tabellen.len(),
        4,
        "{:?}",
        proposal.aannames
    );
    assert!(
        proposal
            .open
            .iter()
            .all(|o| o.plek.as_deref() == Some("Zuid") && o.vraag.starts_with("Blad 'Zuid': ")),
        "{:?}",
        proposal.open
    );
    assert!(
        proposal
            .aannames
            .iter()
            .any(|a| a.starts_with("Blad 'Zuid' heeft andere kolommen")),
        "{:?}",
        proposal.aannames
    );
    assert!(
        proposal
            .aannames
            .iter()
            .any(|a| a.starts_with("2 stuks met dezelfde kolommen")),
        "{:?}",
        proposal.aannames
    );
    let text = proposal
        .koppeling
        .to_toml()
        .replace("gemeente = \"\"", "gemeente = \"Woongemeente\"");
    let koppeling = Koppeling::parse(&text).unwrap();
    let files = [file];
    let loaded = numbers(&files, &koppeling);
    assert_eq!(
        loaded,
        [
            "N1", "N2", "N3", "Z1", "Z2", "Z3", "W1", "W2", "W3", "O1", "O2", "O3"
        ]
    );
    let (_, summary) = lees(&files, Some(&koppeling)).unwrap();
    assert_eq!(summary.open, Vec::<String>::new());
    assert!(
        !summary.aannames.iter().any(|a| a.contains("niet gelezen")),
        "{:?}",
        summary.aannames
    );
}

/// A summary shares a few headers: whether it belongs is one question, and both answers are kept.
#[test]
fn a_sheet_that_hardly_looks_like_the_table_is_one_question() {
    let summary_sheet = rows(&[(3, "Gemeente"), (5, "Kader"), (12, "Kosten")], 'X');
    let file = workbook(&[
        ("Trajecten", rows(&plain(), 'N')),
        ("Overzicht", summary_sheet),
    ]);
    let proposal = proposal(&file);
    let [question] = &proposal.open[..] else {
        panic!("{:?}", proposal.open)
    };
    assert_eq!(
        (question.bron.as_deref(), &question.kandidaten[..]),
        (Some("Overzicht"), &["ja".to_owned(), "nee".to_owned()][..])
    );
    let text = proposal.koppeling.to_toml();
    assert!(
        text.contains("# OPEN: Hoort blad 'Overzicht' bij Trajecten?")
            && text.contains("\nlezen = \"\"\n"),
        "{text}"
    );
    assert_eq!(proposal.koppeling.open(), 1);
    let files = [file];
    let (_, open) = lees(&files, Some(&Koppeling::parse(&text).unwrap())).unwrap();
    assert!(
        matches!(&open.open[..], [een] if een.starts_with("Blad 'Overzicht' lijkt op Trajecten.")),
        "{:?}",
        open.open
    );
    let no = Koppeling::parse(&text.replace("lezen = \"\"", "lezen = \"nee\"")).unwrap();
    no.verify(&omgang()).unwrap();
    let (tabellen, summary) = lees(&files, Some(&no)).unwrap();
    assert_eq!((tabellen["traject"].len(), summary.open.len()), (3, 0));
    assert!(
        !summary.aannames.iter().any(|a| a.contains("Overzicht")),
        "{:?}",
        summary.aannames
    );
    let yes = Koppeling::parse(&text.replace("lezen = \"\"", "lezen = \"ja\"")).unwrap();
    assert_eq!(numbers(&files, &no).len(), 3);
    assert!(
        lees(&files, Some(&yes))
            .unwrap()
            .1
            .open
            .iter()
            .any(|o| o.contains("Waar staat"))
    );
    // Next year the answer is not asked again.
    let mut weer = self::proposal(&files[0]);
    weer.carry_over(&no, &omgang());
    assert_eq!(
        (weer.open.len(), weer.koppeling.tabellen[1].lezen.as_deref()),
        (0, Some("nee"))
    );
}

/// A sheet, a column and a file that came after the koppeling was made.
#[test]
fn what_came_after_the_koppeling_is_asked_or_said() {
    let koppeling = proposal(&workbook(&[("Noord", rows(&plain(), 'N'))])).koppeling;
    let mut more = plain();
    more.extend([(13, "Gezinsnummer"), (14, "Team")]);
    let notes = vec![
        vec!["Van Jan".to_owned()],
        vec!["Graag nakijken".to_owned()],
    ];
    let file = workbook(&[
        ("Noord", rows(&more, 'N')),
        ("Zuid", rows(&plain(), 'Z')),
        ("Notities", notes),
    ]);
    let (tabellen, summary) = lees(&[file], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    let [south, gezin, team] = &summary.open[..] else {
        panic!("{:?}", summary.open)
    };
    assert!(
        south.starts_with(
            "Blad 'Zuid' staat niet in de koppeling en is niet gelezen, maar lijkt op Trajecten."
        ),
        "{south}"
    );
    assert!(
        south.contains("blad = \"Zuid\" en lezen = \"nee\""),
        "{south}"
    );
    assert!(
        gezin.contains("'Gezinsnummer'") && gezin.contains("gezin_id = \"Gezinsnummer\""),
        "{gezin}"
    );
    let said = |sentence: &str| summary.aannames.iter().any(|a| a == sentence);
    assert!(
        said("Blad 'Notities' staat niet in de koppeling en is niet gelezen."),
        "{:?}",
        summary.aannames
    );
    assert!(
        team.starts_with("Blad 'Noord': de kolom 'Team' staat niet in de koppeling."),
        "{team}"
    );
}

#[test]
fn a_file_outside_the_koppeling_is_a_question_and_says_nothing_else() {
    let een = csv("een.csv", &rows(&plain(), 'N'));
    let koppeling = proposal(&een).koppeling;
    let comma = SourceFile::from_bytes(
        "twee.csv",
        rows(&plain(), 'Z')
            .iter()
            .map(|r| r.join("\t") + "\n")
            .collect::<String>()
            .into_bytes(),
    );
    let (tabellen, summary) = lees(&[een, comma], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    assert!(
        matches!(&summary.open[..], [question] if question.contains("bestand = \"twee.csv\"")),
        "{:?}",
        summary.open
    );
    assert!(
        !summary.aannames.iter().any(|a| a.contains("een tab")),
        "how it is written is of no matter: {:?}",
        summary.aannames
    );
}

/// What a person answered about the columns that were not recognised is not asked again.
#[test]
fn an_answer_about_what_was_not_recognised_is_not_asked_again() {
    let mut more = plain();
    more.push((14, "Groep"));
    let file = csv("een.csv", &rows(&more, 'N'));
    let mut koppeling = proposal(&file).koppeling;
    assert_eq!(koppeling.tabellen[0].overslaan, [""; 0]);
    assert_eq!(koppeling.tabellen[0].niet_herkend, ["Groep"]);
    let (_, summary) = lees(std::slice::from_ref(&file), Some(&koppeling)).unwrap();
    assert!(
        summary
            .open
            .iter()
            .any(|question| question.contains("'Groep'")),
        "{:?}",
        summary.open
    );
    koppeling.tabellen[0].welke_gevraagd = Some(NONE_OF_THESE.to_owned());
    let (_, summary) = lees(&[file], Some(&koppeling)).unwrap();
    assert!(
        !summary
            .aannames
            .iter()
            .chain(&summary.open)
            .any(|a| a.contains("Groep")),
        "{:?}",
        summary.aannames
    );
}

/// Two branches, each with a list of its own.
#[test]
fn files_of_one_table_with_other_columns_are_all_read() {
    let mut others = plain();
    (others[0].1, others[1].1, others[3].1) = ("Dossier", "Jeugdige", "Gem.");
    let files = [
        csv("l1.csv", &rows(&plain(), 'N')),
        csv("l2.csv", &rows(&others, 'Z')),
    ];
    let proposal = together(&files);
    assert_eq!(proposal.open, [], "{}", proposal.koppeling.to_toml());
    assert_eq!(
        numbers(&files, &proposal.koppeling),
        ["N1", "N2", "N3", "Z1", "Z2", "Z3"]
    );
}

/// By its name alone a file is known in the koppeling: the first of two was once read twice.
#[test]
fn two_files_of_one_name_are_refused() {
    let files = [
        csv("export.csv", &rows(&plain(), 'N')),
        csv("export.csv", &rows(&plain(), 'Z')),
    ];
    let refused = |w: FileRefusal| {
        assert_eq!(w.code(), "FILE_TWICE");
        w.to_string()
    };
    let sentence = refused(survey_all(&files, &omgang()).unwrap_err());
    assert_eq!(
        sentence,
        "U geeft twee bestanden met de naam 'export.csv'. Geef ze elk een eigen naam."
    );
    assert_eq!(
        refused(lees(&files, None).map(|_| ()).unwrap_err()),
        sentence
    );
    let dir = std::env::temp_dir();
    let path = dir.join(format!("twee_keer_{}.csv", std::process::id()));
    std::fs::write(&path, "a,b\n").unwrap();
    let same = [
        SourceFile::from_path(&path),
        SourceFile::from_path(&dir.join(".").join(path.file_name().unwrap())),
    ];
    let sentence = refused(lees(&same, None).map(|_| ()).unwrap_err());
    std::fs::remove_file(&path).unwrap();
    assert!(
        sentence.contains("twee keer. Geef het één keer."),
        "{sentence}"
    );
}

/// The third of a name was once not mentioned, and the second twice.
#[test]
fn each_repeated_header_is_named() {
    let mut headers = plain();
    headers.extend([(14, "Datum"), (14, "Datum"), (14, "Datum")]);
    let said: Vec<String> = proposal(&csv("a.csv", &rows(&headers, 'N'))).aannames;
    let over: Vec<&String> = said
        .iter()
        .filter(|a| a.contains("staat er vaker"))
        .collect();
    assert_eq!(over.len(), 2, "{said:?}");
    assert!(
        over[0].ends_with("heet nu 'Datum (2)'.") && over[1].ends_with("heet nu 'Datum (3)'."),
        "{over:?}"
    );
}
