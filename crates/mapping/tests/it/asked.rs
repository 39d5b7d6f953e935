//! What `koppel` is not sure of it asks: no column and no value is silently wrong, and none silently left out.
//!
//! Every case was once taken for sure or dropped. A file is complete but for the column under test.

use mapping::{Koppeling, Proposal};
use sheets::SourceFile;

use crate::support::{lees, proposal};

/// A sound column per field: name and what the rows hold.
const GOOD: [(&str, &str, [&str; 4]); 17] = [
    ("traject_id", "Dossiernr", ["D1", "D2", "D3", "D4"]),
    ("jeugdige_id", "Kindnummer", ["K1", "K2", "K3", "K4"]),
    ("voorziening_id", "Voorziening", ["V1", "V1", "V1", "V1"]),
    (
        "gemeente",
        "Gemeente",
        ["Utrecht", "Tilburg", "Utrecht", "Groningen"],
    ),
    ("leeftijd_bij_aanmelding", "Leeftijd", ["7", "8", "9", "3"]),
    ("kader", "Kader", ["V", "G", "V", "G"]),
    (
        "verwijzer",
        "Verwijzer",
        ["Huisarts", "RvdK", "GI", "Wijkteam"],
    ),
    (
        "omgang_met",
        "Omgang met",
        ["Ouder", "Opa/oma", "Ouder", "Broer/zus"],
    ),
    (
        "vorm",
        "Vorm",
        [
            "Omgangshuis",
            "Omgangshuis",
            "Ambulant elders",
            "Omgangshuis",
        ],
    ),
    (
        "begeleiding",
        "Begeleiding door",
        ["prof", "vrijw", "beide", "prof"],
    ),
    (
        "bekostiging",
        "Bekostiging",
        ["regio", "gemeente", "subsidie", "regio"],
    ),
    (
        "aanmelddatum",
        "Datum aanmelding",
        ["2020-01-05", "2020-01-25", "2020-02-05", "2020-03-01"],
    ),
    (
        "startdatum",
        "Startdatum",
        ["2020-02-05", "2020-02-25", "2020-03-05", "2020-04-01"],
    ),
    (
        "einddatum",
        "Einddatum",
        ["2020-08-05", "2020-09-25", "2020-10-05", "2020-11-01"],
    ),
    (
        "reden_einde",
        "Reden einde",
        ["volgens plan", "in overleg", "volgens plan", "in overleg"],
    ),
    ("contacten", "Aantal contacten", ["8", "12", "11", "3"]),
    ("minuten", "Minuten", ["600", "900", "660", "120"]),
];

/// The sound file with the column of a field replaced, or with one more where the field is not among them.
fn file(veld: &str, header: &str, values: &[&str]) -> SourceFile {
    let mut columns: Vec<(String, Vec<String>)> = Vec::new();
    let others = (
        header.to_owned(),
        (0..4)
            .map(|i| values[i % values.len()].to_owned())
            .collect::<Vec<_>>(),
    );
    for (name, column, cells) in GOOD {
        let good = (column.to_owned(), cells.map(str::to_owned).to_vec());
        columns.push(if name == veld { others.clone() } else { good });
    }
    if GOOD.iter().all(|(name, ..)| *name != veld) {
        columns.push(others);
    }
    let row = |cells: Vec<&str>| cells.join("|");
    let mut text = row(columns.iter().map(|(header, _)| header.as_str()).collect()) + "\n";
    for i in 0..4 {
        text.push_str(&(row(columns.iter().map(|(_, cells)| cells[i].as_str()).collect()) + "\n"));
    }
    SourceFile::from_bytes("export.csv", text.into_bytes())
}

fn column_of<'a>(proposal: &'a Proposal, veld: &str) -> Option<&'a str> {
    proposal
        .kolommen
        .iter()
        .find(|k| k.veld == format!("traject.{veld}"))
        .map(|k| k.bron.as_str())
}

/// The questions that name a column, and what of it was said not to fit.
fn questions_about<'a>(proposal: &'a Proposal, header: &str) -> Vec<&'a mapping::OpenQuestion> {
    let is_about = |o: &&mapping::OpenQuestion| {
        o.bron.as_deref() == Some(header) || o.kandidaten.iter().any(|k| k == header)
    };
    proposal.open.iter().filter(is_about).collect()
}

/// The field's own name wins from a synonym, where that column may be a field that nothing else is.
#[test]
fn an_exact_name_wins_where_the_other_column_is_needed_elsewhere() {
    let header = |name: &str| match name {
        "Dossiernr" => "trajectnummer".to_owned(),
        "Kindnummer" => "clientnummer".to_owned(),
        other => other.to_owned(),
    };
    let (mut head, mut rows) = (Vec::new(), vec![Vec::new(); 4]);
    for (_, column, cells) in GOOD {
        head.push(header(column));
        rows.iter_mut()
            .zip(cells)
            .for_each(|(row, cell)| row.push(cell.to_owned()));
    }
    let lines: Vec<String> = [head]
        .into_iter()
        .chain(rows)
        .map(|row| row.join("|"))
        .collect();
    let found = proposal(&SourceFile::from_bytes(
        "export.csv",
        lines.join("\n").into_bytes(),
    ));
    assert_eq!(column_of(&found, "traject_id"), Some("trajectnummer"));
    let asked = questions_about(&found, "clientnummer");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].veld.as_deref(), Some("traject.jeugdige_id"));
    assert_eq!(found.open.len(), 1, "{:?}", found.open);
}

#[test]
fn the_sound_file_is_not_asked_about() {
    let proposal = proposal(&file("kosten", "Kosten", &["12,50", "1000", "3,75"]));
    assert_eq!(proposal.open, [], "{}", proposal.koppeling.to_toml());
    assert_eq!(proposal.kolommen.len(), 18);
}

/// A header that names a field, over values that do not fit, was left out as "hiernaar vraagt de uitvraag niet".
#[test]
fn a_named_column_with_values_that_do_not_fit_is_asked() {
    for (veld, header, values, seen) in [
        (
            "einddatum",
            "Einddatum",
            &["200911", "201029"][..],
            "200911",
        ),
        ("einddatum", "einddatum", &["200911", "201029"], "200911"),
        ("minuten", "Minuten", &["10:00", "15:00"], "10:00"),
        ("minuten", "Minuten", &["600 min", "900 min"], "600 min"),
        (
            "minuten",
            "Minuten begeleiding",
            &["10:00", "15:00"],
            "10:00",
        ),
        ("contacten", "Aantal contacten", &["8x", "12x"], "8x"),
        (
            "contacten",
            "Aantal contacten",
            &["ca. 8", "ca. 12"],
            "ca. 8",
        ),
        ("kosten", "Kosten", &["onbekend bedrag", "12x"], "12x"),
        ("kosten", "Bedrag", &["682,--", "700,--"], "682,--"),
        ("kosten", "Bedrag", &["682.20-", "700.10-"], "682.20-"),
        ("intakedatum", "Datum intake", &["wk 3", "wk 4"], "wk 3"),
    ] {
        let proposal = proposal(&file(veld, header, values));
        let text = proposal.koppeling.to_toml();
        assert_eq!(
            column_of(&proposal, veld),
            None,
            "{header} {values:?}\n{text}"
        );
        let questions = questions_about(&proposal, header);
        assert_eq!(
            questions.len(),
            1,
            "{header} {values:?}: one question\n{text}"
        );
        assert!(
            questions[0].past_niet.iter().any(|w| w == seen),
            "{header}: shows what does not fit: {:?}",
            questions[0]
        );
        assert!(
            questions[0].vraag.contains("past niet bij"),
            "{}",
            questions[0].vraag
        );
        assert!(
            !proposal.koppeling.tabellen[0]
                .overslaan
                .contains(&header.to_owned()),
            "{header}"
        );
        // As long as it is open, the reader asks too.
        let (_, summary) = lees(
            &[file(veld, header, values)],
            Some(&Koppeling::parse(&text).unwrap()),
        )
        .unwrap();
        assert!(
            summary.open.iter().any(|v| v.contains(header)),
            "{header}: {:?}",
            summary.open
        );
    }
}

/// A comma before three digits was no number at all, so that the column fell away: now the reader asks what it is.
#[test]
fn numbers_that_can_be_read_in_two_ways_are_asked() {
    for (veld, header, values) in [
        ("minuten", "minuten", ["1,600", "2,900"]),
        ("kosten", "Kosten", ["1,682", "2,023"]),
    ] {
        let file = file(veld, header, &values);
        let proposal = proposal(&file);
        assert_eq!(column_of(&proposal, veld), Some(header));
        let (_, summary) = lees(&[file], Some(&proposal.koppeling)).unwrap();
        assert!(
            summary.open.iter().any(|v| v.contains(header)),
            "{header}: {:?}",
            summary.open
        );
    }
}

/// The aanbieder's own words under the field's own name: each word is asked, the column is not left out.
#[test]
fn own_words_under_a_known_header_are_asked_one_by_one() {
    for (veld, header, values, open) in [
        (
            "reden_einde",
            "Reden einde",
            &["samen besloten", "tijd om"][..],
            &["samen besloten", "tijd om"][..],
        ),
        (
            "reden_einde",
            "Reden einde",
            &["overmacht", "tijd om", "samen op", "los"],
            &["los", "samen op", "tijd om"],
        ),
        (
            "intensiteit",
            "Intensiteit",
            &["1", "2", "3"],
            &["1", "2", "3"],
        ),
        (
            "reden_einde",
            "Reden einde",
            &["afgesloten", "beëindigd", "gestopt"],
            &["afgesloten", "beëindigd", "gestopt"],
        ),
        ("kader", "Kader", &["vrijwilliger", "G"], &["vrijwilliger"]),
        (
            "kader",
            "Kader",
            &["gedwonge kader", "V"],
            &["gedwonge kader"],
        ),
        (
            "verwijzer",
            "Verwijzer",
            &["ouder (advocaat)", "GI"],
            &["ouder (advocaat)"],
        ),
        (
            "gemeente",
            "Gemeente",
            &["Hengelo (G)", "Utrecht"],
            &["Hengelo (G)"],
        ),
        (
            "gemeente",
            "Gemeente",
            &["Rijswijk (G)", "Rijswijk (Z)", "Utrecht (L)"],
            &["Rijswijk (G)", "Rijswijk (Z)", "Utrecht (L)"],
        ),
        (
            "gemeente",
            "Gemeente",
            &["Wagenigen", "Utrecht"],
            &["Wagenigen"],
        ),
    ] {
        let proposal = proposal(&file(veld, header, values));
        assert_eq!(
            column_of(&proposal, veld),
            Some(header),
            "{}",
            proposal.koppeling.to_toml()
        );
        let path = format!("traject.{veld}");
        let asked: Vec<&str> = proposal
            .open
            .iter()
            .filter(|o| o.veld.as_deref() == Some(path.as_str()))
            .filter_map(|o| o.bron.as_deref())
            .collect();
        assert_eq!(asked, open, "{veld}");
        // The reader is exactly as strict: it asks what is still open, and nothing more.
        let (_, summary) = lees(&[file(veld, header, values)], Some(&proposal.koppeling)).unwrap();
        assert_eq!(summary.open.len(), open.len(), "{:?}", summary.open);
    }
}

/// Someone else's, of another time, or only alike: all were taken at 81 to 89 percent.
#[test]
fn a_header_that_is_only_alike_is_asked() {
    let gemeenten = &["Utrecht", "Tilburg", "Groningen"][..];
    let verwijzers = &["Huisarts", "RvdK", "GI"][..];
    for (veld, header, values) in [
        ("gemeente", "Gemeente aanbieder", gemeenten),
        ("gemeente", "Gemeente ouder", gemeenten),
        ("gemeente", "Gemeente vader", gemeenten),
        ("gemeente", "Gemeente school", gemeenten),
        ("gemeente", "Gemeente vestiging", gemeenten),
        ("gemeente", "Gemeente omgangshuis", gemeenten),
        ("gemeente", "Gemeente uitwonende ouder", gemeenten),
        ("gemeente", "Gemeente van herkomst vader", gemeenten),
        ("gemeente", "Moedergemeente", gemeenten),
        ("gemeente", "Gemeente contactpersoon", gemeenten),
        ("gemeente", "Woonplaats kind", gemeenten),
        ("verwijzer", "Vorige verwijzer", verwijzers),
        ("verwijzer", "Verwijzer doorgezet", verwijzers),
        ("verwijzer", "Verwijzer 2", verwijzers),
        (
            "bekostiging",
            "Bekostiging 2021",
            &["regio", "gemeente", "subsidie"],
        ),
        (
            "bekostiging",
            "Bekostiging vorig jaar",
            &["regio", "gemeente", "subsidie"],
        ),
        (
            "begeleiding",
            "Begeleider vorig traject",
            &["prof", "vrijw", "beide"],
        ),
        (
            "begeleiding",
            "Niet-begeleid door",
            &["prof", "vrijw", "beide"],
        ),
        (
            "leeftijd_bij_aanmelding",
            "Geboortedatum moeder",
            &["13-03-1985", "20-03-1985"],
        ),
        ("leeftijd_bij_aanmelding", "Leeftijd vader", &["35", "41"]),
        ("minuten", "Minuten 2019", &["600", "900"]),
        (
            "einddatum",
            "Einddatum indicatie",
            &["2020-08-05", "2020-09-25"],
        ),
        (
            "einddatum",
            "Geplande einddatum",
            &["2020-08-05", "2020-09-25"],
        ),
        (
            "startdatum",
            "Startdatum vorig traject",
            &["2019-08-05", "2019-09-25"],
        ),
    ] {
        let proposal = proposal(&file(veld, header, values));
        let text = proposal.koppeling.to_toml();
        assert!(
            !proposal.kolommen.iter().any(|k| k.bron == header),
            "{header} was taken: {:?}",
            proposal.kolommen
        );
        assert_eq!(
            questions_about(&proposal, header).len(),
            1,
            "{header}: one question\n{text}"
        );
    }
}

/// Spelling, the order of words and words that say nothing do not make a question.
#[test]
fn other_ways_to_write_a_name_stay_sure() {
    for (veld, header, values) in [
        ("gemeente", "GEMEENTE (kind)", &["Utrecht", "Tilburg"][..]),
        ("gemeente", "Gemeente cliënt", &["Utrecht", "Tilburg"]),
        ("kosten", "Kosten 2020", &["12,50", "100"]),
        ("minuten", "Minuten totaal 2020", &["600", "900"]),
        ("startdatum", "Datum start zorgtraject", &["2020-02-05"]),
        (
            "startdatum",
            "startdatum_hulp",
            &["2020-02-05", "2020-03-05"],
        ),
        (
            "aanmelddatum",
            "Aanmelding, datum van",
            &["2020-02-05", "2020-03-05"],
        ),
        ("einddatum", "Einddatum traject kind", &["2020-08-05"]),
        (
            "verwijzer",
            "Verwijzer traject",
            &["Huisarts", "RvdK", "GI"],
        ),
        ("kader", "Kader hulpverlening", &["gedwongen", "vrijwillig"]),
        (
            "begeleiding",
            "Wie begeleidt de omgang",
            &["prof", "vrijw", "beide"],
        ),
    ] {
        let proposal = proposal(&file(veld, header, values));
        assert_eq!(
            column_of(&proposal, veld),
            Some(header),
            "{}",
            proposal.koppeling.to_toml()
        );
        assert_eq!(proposal.open, [], "{header}");
    }
}

/// `Woonplaats kind` beside `Gemeente aanbieder`: the second was taken, the first offered for who pays only.
#[test]
fn both_columns_that_may_be_it_are_named() {
    let text = "Dossiernr|Kindnummer|Woonplaats kind|Kader|Datum aanmelding|Gemeente aanbieder\n\
        D1|K1|Utrecht|V|2020-01-05|Tilburg\nD2|K2|Groningen|G|2020-02-25|Breda\n";
    let proposal = proposal(&SourceFile::from_bytes(
        "export.csv",
        text.as_bytes().to_vec(),
    ));
    let question = proposal
        .open
        .iter()
        .find(|o| o.veld.as_deref() == Some("traject.gemeente"))
        .unwrap();
    assert_eq!(
        question.kandidaten,
        ["Gemeente aanbieder", "Woonplaats kind"]
    );
    assert!(
        question
            .vraag
            .contains("'aanbieder' in 'Gemeente aanbieder'"),
        "{}",
        question.vraag
    );
}

/// An export full of short forms: thirteen questions for eight, and the one date that was needed had no candidate.
#[test]
fn nothing_is_asked_twice() {
    let text = "Hulpverleningsnr.|Kindcode|Vestiging|WPB|Geb. dat.|Soort kader|Contact met|Betaald door|Aanm.|1e omgang|Uit zorg per|# omg.|Min.\n\
        D1|K1|V2|Tilburg|8 jun 2014|GK|zusje|Regio|8 aug 2019|26 aug 2019|23 jul 2020|11|660\n\
        D2|K2|V1|Utrecht|24 jan 2015|VK|vader|Subs.|22 mei 2020|28 jul 2020|18 nov 2020|10|600\n\
        D3|K3|V1|Breda|16 sep 2011|VK|vader|Gemeente|26 jun 2020|31 aug 2020|15 nov 2020|4|360\n";
    let proposal = proposal(&SourceFile::from_bytes(
        "export.csv",
        text.as_bytes().to_vec(),
    ));
    let open: Vec<(&str, &str, Vec<&str>)> = proposal
        .open
        .iter()
        .map(|o| {
            (
                o.veld.as_deref().unwrap_or(""),
                o.bron.as_deref().unwrap_or(""),
                o.kandidaten.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    let over = |veld: &str| {
        open.iter()
            .find(|(v, b, _)| *v == veld && b.is_empty())
            .map(|(_, _, k)| k.clone())
    };
    for (veld, header) in [
        ("traject_id", "Hulpverleningsnr."),
        ("aanmelddatum", "Aanm."),
        ("startdatum", "1e omgang"),
        ("einddatum", "Uit zorg per"),
    ] {
        assert_eq!(column_of(&proposal, veld), Some(header), "{open:?}");
    }
    assert_eq!(
        over("traject.bekostiging"),
        Some(vec!["Betaald door"]),
        "{open:?}"
    );
    for (_, header, _) in GOOD {
        assert!(open.iter().filter(|(_, b, _)| *b == header).count() <= 1);
    }
    assert_eq!(questions_about(&proposal, "# omg.").len(), 1, "{open:?}");
    assert!(
        !open.iter().any(|(_, _, k)| k.contains(&"Vestiging")),
        "it is placed already: {open:?}"
    );
}

/// A list of causes under `Reden` was left out of the wachtlijst: the words say what it is.
#[test]
fn words_of_a_list_tell_the_field() {
    let text = "Peildatum|Locatie|Gemeente|Kader|Aantal wachtenden|Reden\n\
        2020-03-31|V1|Utrecht|V|3|Personeelstekort\n2020-06-30|V1|Utrecht|V|2|Beschikking\n2020-09-30|V1|Utrecht|V|2|Personeelstekort\n";
    let proposal = proposal(&SourceFile::from_bytes(
        "wachtlijst.csv",
        text.as_bytes().to_vec(),
    ));
    let questions = questions_about(&proposal, "Reden");
    assert_eq!(questions.len(), 1, "{}", proposal.koppeling.to_toml());
    assert_eq!(questions[0].kandidaten[0], "wachtlijst.oorzaak");
}

/// Two columns by names of one field: the surer name was used, and the other fell away with a remark.
#[test]
fn a_second_column_of_a_field_is_asked() {
    let file = file("kosten", "Gemeentenaam", &["Utrecht", "Tilburg"]);
    let proposal = proposal(&file);
    let [question] = &proposal.open[..] else {
        panic!("{:?}", proposal.open)
    };
    assert_eq!(question.veld.as_deref(), Some("traject.gemeente"));
    assert_eq!(question.kandidaten, ["Gemeente", "Gemeentenaam"]);
    // Once it is answered, the other column is accounted for.
    let text = proposal.koppeling.to_toml();
    let answered = text.replace("\ngemeente = \"\"", "\ngemeente = \"Gemeente\"");
    let (_, summary) = lees(&[file], Some(&Koppeling::parse(&answered).unwrap())).unwrap();
    assert_eq!(summary.open, [""; 0], "{answered}");
}

/// Last year's answer to a question about a column still closes it.
#[test]
fn an_answer_of_last_year_closes_the_question() {
    let this_year = file("gemeente", "Gemeente school", &["Utrecht", "Tilburg"]);
    let mut new = proposal(&this_year);
    let previous = new
        .koppeling
        .to_toml()
        .replace("gemeente = \"\"", "gemeente = \"Gemeente school\"");
    let sentences = new.carry_over(
        &Koppeling::parse(&previous).unwrap(),
        &crate::support::omgang(),
    );
    assert_eq!(
        new.koppeling.tabellen[0].kolommen["gemeente"], "Gemeente school",
        "{sentences:?}"
    );
    assert_eq!(new.open, [], "{sentences:?}");
}

/// One column for two fields: the second once took the first one's column and left its words unanswered.
#[test]
fn a_column_that_fed_two_fields_last_year_feeds_both() {
    let this_year = file(
        "kader",
        "Maatregel",
        &["OTS", "vrijwillig", "OTS", "voogdij"],
    );
    let mut new = proposal(&this_year);
    let mut previous = new.koppeling.clone();
    let tabel = &mut previous.tabellen[0];
    for veld in ["kader", "aanleiding"] {
        tabel
            .kolommen
            .insert(veld.to_owned(), "Maatregel".to_owned());
    }
    tabel.te_plaatsen.clear();
    tabel.overslaan.clear();
    let words = |pairs: [(&str, &str); 3]| {
        pairs
            .into_iter()
            .map(|(w, c)| (w.to_owned(), c.to_owned()))
            .collect()
    };
    tabel.waarden.insert(
        "kader".to_owned(),
        words([
            ("OTS", "gedwongen"),
            ("vrijwillig", "vrijwillig"),
            ("voogdij", "gedwongen"),
        ]),
    );
    let aanleiding = [
        ("OTS", "ondertoezichtstelling"),
        ("vrijwillig", "leeg"),
        ("voogdij", "uithuisplaatsing_of_voogdij"),
    ];
    tabel
        .waarden
        .insert("aanleiding".to_owned(), words(aanleiding));
    previous.verify(&crate::support::omgang()).unwrap();
    let sentences = new.carry_over(&previous, &crate::support::omgang());
    assert_eq!(
        (&new.open[..], new.koppeling.open()),
        (&[][..], 0),
        "{sentences:?}\n{}",
        new.koppeling.to_toml()
    );
    assert_eq!(
        new.koppeling.tabellen[0].kolommen,
        previous.tabellen[0].kolommen
    );
    assert_eq!(
        new.koppeling.tabellen[0].waarden["aanleiding"],
        previous.tabellen[0].waarden["aanleiding"]
    );
    for veld in ["kader", "aanleiding"] {
        assert_eq!(column_of(&new, veld), Some("Maatregel"));
    }
    new.koppeling.verify(&crate::support::omgang()).unwrap();
}

/// In a column that a person chose, the words of this year are asked as in one the program knew.
#[test]
fn new_words_in_a_column_a_person_chose_are_asked() {
    let previous_jaar = proposal(&file(
        "gemeente",
        "Gemeente school",
        &["Utrecht", "Tilburg"],
    ))
    .koppeling
    .to_toml();
    let previous = Koppeling::parse(
        &previous_jaar.replace("gemeente = \"\"", "gemeente = \"Gemeente school\""),
    )
    .unwrap();
    let mut new = proposal(&file(
        "gemeente",
        "Gemeente school",
        &["Utrecht", "Dorp aan Zee"],
    ));
    new.carry_over(&previous, &crate::support::omgang());
    let [question] = &new.open[..] else {
        panic!("{:?}", new.open)
    };
    assert_eq!(
        (question.veld.as_deref(), question.bron.as_deref()),
        (Some("traject.gemeente"), Some("Dorp aan Zee"))
    );
    let text = new.koppeling.to_toml();
    assert!(
        text.contains("# OPEN: Wat betekent 'Dorp aan Zee'") && new.koppeling.open() == 1,
        "{text}"
    );
}

/// What a person's answer pushes aside is asked, with a line in the text that says so: never an open end without a question.
#[test]
fn what_last_year_pushes_aside_is_asked() {
    let this_year = file("minuten", "Minuten", &["600", "900"]);
    let mut new = proposal(&this_year);
    let previous = new
        .koppeling
        .to_toml()
        .replace("kader = \"Kader\"", "kader = \"Vorm\"")
        .replace("\nvorm = \"Vorm\"", "");
    new.carry_over(
        &Koppeling::parse(&previous).unwrap(),
        &crate::support::omgang(),
    );
    let questions: Vec<&str> = new.open.iter().map(|o| o.vraag.as_str()).collect();
    assert!(
        questions
            .iter()
            .any(|v| v.starts_with("In welke kolom staat 'Vorm'?")),
        "{questions:?}"
    );
    assert!(
        questions
            .iter()
            .any(|v| v.starts_with("Wat staat er in de kolom 'Kader'?")),
        "{questions:?}"
    );
    let text = new.koppeling.to_toml();
    assert_eq!(
        text.matches("\n# OPEN:").count(),
        new.koppeling.open(),
        "{text}"
    );
    assert_eq!(new.open.len(), new.koppeling.open(), "{text}");
}

/// What has another name this year is asked again, and nothing else.
#[test]
fn a_renamed_column_is_asked_again_and_the_rest_is_taken_over_unasked() {
    let (veld, was, is) = ("contacten", "Aantal contacten", "Samenkomsten");
    let values = ["8", "12", "11", "3"];
    let previous = proposal(&file(veld, was, &values));
    assert_eq!(previous.open, [], "last year was complete");
    let mut new = proposal(&file(veld, is, &values));
    let sentences = new.carry_over(&previous.koppeling, &crate::support::omgang());
    let is_asked = |q: &mapping::OpenQuestion| {
        q.veld.as_deref() == Some("traject.contacten") && q.kandidaten.iter().any(|k| k == is)
    };
    assert!(new.open.iter().any(is_asked), "{:#?}", new.open);
    let is_about = |q: &mapping::OpenQuestion| {
        q.veld.as_deref() == Some("traject.contacten") || q.vraag.contains(&format!("'{is}'"))
    };
    assert!(new.open.iter().all(is_about), "{:#?}", new.open);
    let (old, now) = (&previous.koppeling.tabellen[0], &new.koppeling.tabellen[0]);
    for (name, column) in old.kolommen.iter().filter(|(name, _)| *name != veld) {
        assert_eq!(now.kolommen.get(name), Some(column), "{name}");
    }
    assert_eq!(now.kolommen.get(veld).map(String::as_str), Some(""));
    let told = format!("de kolom '{was}' van vorig jaar staat niet in dit bestand");
    assert!(sentences.iter().any(|s| s.contains(&told)), "{sentences:?}");
}
