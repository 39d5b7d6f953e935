//! Layouts that people use: each is read as the plain file is, is asked, or is refused by its name.
//!
//! Owns odd ways to write one small table of trajecten. Leaves odd packages to the tests of `sheets`.

use std::collections::BTreeMap;

use mapping::{Koppeling, Proposal, propose, survey};
use rows::FileRefusal;
use sheets::SourceFile;

use crate::hand_made::{WorkbookParts, cell};
use crate::support::{OptionalTextRow, lees, omgang};

const HEADER: &str = "Cliëntnr;Kind;Locatie;Gemeente;Leeftijd bij aanmelding;Kader;Verwijzer;Omgang met;Vorm;Begeleiding door;\
                      Financiering;Datum aanmelding;Start zorg;Aantal contacten;Minuten;Kosten;Einde zorg;Reden einde";

const ROWS: [&str; 4] = [
    "T101;K01;V1;Lingewaard;7;Gedwongen kader;Rechtbank;Ouder;Omgangshuis;Jeugdhulpverlener;Subsidie;14-10-2019;16-12-2019;6;420;1512,50;23-07-2020;Volgens plan",
    "T102;K02;V1;Renkum;4;Vrijwillig kader;Wijkteam;Ouder;Omgangshuis;Beide;Subsidie;20-01-2020;02-03-2020;9;810;1800,00;30-10-2020;Volgens plan",
    "T103;K03;V2;Doesburg;9;Gedwongen kader;RvdK;Ouder;Ambulant op locatie;Jeugdhulpverlener;Subsidie;13-02-2020;20-04-2020;5;300;950,25;;",
    "T104;K04;V2;Zevenaar;3;Vrijwillig kader;CJG;Grootouder;Ambulant op locatie;Beide;Subsidie;28-02-2020;11-05-2020;8;640;1230,00;;",
];

/// The columns of dates.
const DATES: [usize; 3] = [11, 12, 16];

fn cells(line: &str) -> Vec<&str> {
    line.split(';').collect()
}

fn csv<'a>(lines: impl IntoIterator<Item = &'a str>) -> SourceFile {
    let lines: Vec<&str> = lines.into_iter().collect();
    SourceFile::from_bytes("a.csv", lines.join("\r\n").into_bytes())
}

fn all() -> impl Iterator<Item = &'static str> {
    std::iter::once(HEADER).chain(ROWS)
}

fn proposed(file: &SourceFile) -> Result<Proposal, FileRefusal> {
    let definitie = omgang();
    Ok(propose(&[survey(file, &definitie)?], &definitie))
}

fn trajecten(file: SourceFile, koppeling: &Koppeling) -> Vec<OptionalTextRow> {
    let (mut tables, _) = lees(&[file], Some(koppeling)).unwrap();
    tables.remove("traject").unwrap()
}

/// What stands in the plain file.
fn plain() -> Vec<OptionalTextRow> {
    static PLAIN: std::sync::LazyLock<Vec<OptionalTextRow>> = std::sync::LazyLock::new(|| {
        let file = csv(all());
        let proposal = proposed(&file).unwrap();
        assert_eq!(proposal.open, []);
        trajecten(file, &proposal.koppeling)
    });
    PLAIN.clone()
}

/// Reads a file without a question, and gives what was said of it.
fn reads_as_plain(name: &str, file: SourceFile) -> Vec<String> {
    let proposal = proposed(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let questions: Vec<&String> = proposal.open.iter().map(|o| &o.vraag).collect();
    assert!(questions.is_empty(), "{name}: {questions:?}");
    let rows = trajecten(file, &proposal.koppeling);
    assert_eq!(rows, plain(), "{name}");
    proposal.aannames
}

fn refusal(file: &SourceFile) -> (&'static str, String, Option<u64>) {
    let refusal = proposed(file).expect_err("it is refused");
    (refusal.code(), refusal.to_string(), refusal.place().rij)
}

/// Every cell of every line, rewritten; the column is given along.
fn rewritten(make: impl Fn(usize, usize, &str) -> String) -> Vec<String> {
    let line = |(row, line): (usize, &'static str)| {
        let cells = cells(line).into_iter().enumerate();
        let cells: Vec<String> = cells.map(|(k, text)| make(row, k, text)).collect();
        cells.join(";")
    };
    all().enumerate().map(line).collect()
}

/// `14-10-2019` in another way of writing, from day, month and year.
fn with_dates(make: impl Fn(&str, &str, &str) -> String) -> Vec<String> {
    rewritten(
        |row, k, text| match text.split('-').collect::<Vec<_>>()[..] {
            [day, month, year] if row > 0 && DATES.contains(&k) => make(day, month, year),
            _ => text.to_owned(),
        },
    )
}

fn midnight(day: &str, month: &str, year: &str) -> i64 {
    let day: chrono::NaiveDate = format!("{year}-{month}-{day}").parse().unwrap();
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
}

#[test]
fn odd_texts_are_read_as_the_plain_one() {
    let commas = |line: &str| {
        let cell = |text: &str| {
            if text.contains(',') {
                format!("\"\"{text}\"\"")
            } else {
                text.to_owned()
            }
        };
        let cells: Vec<String> = cells(line).into_iter().map(cell).collect();
        cells.join(",")
    };
    let wrapped: Vec<String> = all().map(|line| format!("\"{}\"", commas(line))).collect();
    let with_tail: Vec<String> = wrapped.iter().map(|line| format!("{line};;;")).collect();
    let mut only_rows = wrapped.clone();
    only_rows[0] = commas(HEADER);
    let lines: Vec<&str> = all().collect();
    let header_again = format!("\u{feff}{HEADER}");
    let mut twice = lines[..3].to_vec();
    twice.push(&header_again);
    twice.extend(&lines[3..]);
    let single = rewritten(|_, _, text| format!("'{text}'"));
    let padded = rewritten(|row, _, text| {
        if row == 0 {
            format!(" {text}")
        } else {
            format!(" \"{text}\" ")
        }
    });
    let trimmed: Vec<&str> = all().map(|line| line.trim_end_matches(';')).collect();
    let explained = "eigen nummer;code;locatie;naam of code;in jaren;kies uit lijst;wie verwees;wie komt;kies;wie begeleidt;kies;dd-mm-jjjj;dd-mm-jjjj;\
         aantal;totaal in minuten;in euro;dd-mm-jjjj;kies";
    let help: Vec<&str> = [HEADER, explained].into_iter().chain(ROWS).collect();
    let texts = |lines: &[String]| csv(lines.iter().map(String::as_str));
    for (name, file, said) in [
        ("whole lines", texts(&wrapped), "Hele regels"),
        ("whole lines with a tail", texts(&with_tail), "Hele regels"),
        (
            "whole lines but for the header",
            texts(&only_rows),
            "Hele regels",
        ),
        (
            "glued, with a mark between",
            csv(twice),
            "herhaling van de kopregel",
        ),
        ("single quotes", texts(&single), "enkele aanhalingstekens"),
        ("blanks around quotes", texts(&padded), ""),
        ("the last cells left out", csv(trimmed), "2 rijen korter"),
        (
            "an explanation below the header",
            csv(help),
            "legt de kolommen uit",
        ),
    ] {
        let sentences = reads_as_plain(name, file);
        assert!(
            sentences.iter().any(|s| s.contains(said)),
            "{name}: {sentences:?}"
        );
    }
}

#[test]
fn dates_are_read_as_they_are_written() {
    for (name, lines) in [
        (
            "AM",
            with_dates(|d, m, y| format!("{m}/{d}/{y} 12:00:00 AM")),
        ),
        (
            "p.m.",
            with_dates(|d, m, y| format!("{m}/{d}/{y} 3:15 p.m.")),
        ),
        (
            "seconds",
            with_dates(|d, m, y| midnight(d, m, y).to_string()),
        ),
        (
            "milliseconds",
            with_dates(|d, m, y| (midnight(d, m, y) * 1000).to_string()),
        ),
        (
            "an hour before midnight",
            with_dates(|d, m, y| (midnight(d, m, y) * 1000 - 3_600_000).to_string()),
        ),
        (
            ".NET",
            with_dates(|d, m, y| format!("/Date({})/", midnight(d, m, y) * 1000)),
        ),
        (
            ".NET with a zone",
            with_dates(|d, m, y| format!("/Date({}+0100)/", midnight(d, m, y) * 1000)),
        ),
    ] {
        reads_as_plain(name, csv(lines.iter().map(String::as_str)));
    }
    // However few of them are dates, the others are words.
    let ends = ["23-07-2020", "loopt nog", "loopt nog", "loopt nog"];
    let words = rewritten(|row, k, text| match row {
        1.. if k == 16 => ends[row - 1].to_owned(),
        _ => text.to_owned(),
    });
    let proposal = proposed(&csv(words.iter().map(String::as_str))).unwrap();
    let forms = &proposal.koppeling.tabellen[0].datumvorm;
    assert_eq!(
        forms.get("einddatum").map(String::as_str),
        Some("dd-mm-jjjj")
    );
    let none = with_dates(|d, m, y| {
        if (d, m, y) == ("30", "10", "2020") {
            "0".to_owned()
        } else {
            format!("{d}-{m}-{y}")
        }
    });
    let file = csv(none.iter().map(String::as_str));
    let proposal = proposed(&file).unwrap();
    let (tables, summary) = lees(&[file], Some(&proposal.koppeling)).unwrap();
    assert_eq!(tables["traject"][1]["einddatum"], None);
    assert!(
        summary
            .aannames
            .iter()
            .any(|s| s.contains("'0' is gelezen als leeg"))
    );
}

#[test]
fn what_cannot_be_read_is_refused_by_its_name() {
    let in_the_middle = [ROWS[0], ROWS[1], HEADER, ROWS[2], ROWS[3]];
    let at_the_bottom = [ROWS[0], ROWS[1], ROWS[2], ROWS[3], HEADER];
    let turned: Vec<String> = (0..18)
        .map(|k| {
            all()
                .map(|line| cells(line)[k])
                .collect::<Vec<_>>()
                .join(";")
        })
        .collect();
    let swapped = |line: &str| {
        let mut cells = cells(line);
        cells.swap(0, 1);
        cells.join(";")
    };
    let blocks = [
        HEADER.to_owned(),
        ROWS[0].to_owned(),
        swapped(HEADER),
        swapped(ROWS[1]),
    ];
    let other_table = [
        HEADER,
        ROWS[0],
        "",
        "Voorziening-id;Soort;Gemeente;Naam",
        "V1;huis;Ede;De Brug",
    ];
    let swallowed = [
        format!("{HEADER};Notities"),
        format!("{};\"begin", ROWS[0]),
        format!("{};rustig", ROWS[1]),
        format!("{};eind\"", ROWS[2]),
        format!("{};rustig", ROWS[3]),
    ];
    let texts = |lines: &[String]| csv(lines.iter().map(String::as_str));
    for (file, code, part, row) in [
        (
            csv(in_the_middle),
            "DATA_ABOVE_HEADER",
            "staan 2 rijen met gegevens",
            Some(1),
        ),
        (
            csv(at_the_bottom),
            "DATA_ABOVE_HEADER",
            "staan 4 rijen met gegevens",
            Some(1),
        ),
        (texts(&turned), "HEADER_MISSING", "Transponeren", None),
        (
            texts(&blocks),
            "SECOND_TABLE",
            "In rij 3 begint een tweede tabel",
            Some(3),
        ),
        (csv(other_table), "SECOND_TABLE", "In rij 4", Some(4)),
        (texts(&swallowed), "QUOTE", "staan 2 hele rijen", Some(2)),
    ] {
        let (found, sentence, at) = refusal(&file);
        assert_eq!((found, at), (code, row), "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    // The same with a koppeling that was made before.
    let koppeling = proposed(&csv(all())).unwrap().koppeling;
    for (file, code) in [
        (csv(in_the_middle), "DATA_ABOVE_HEADER"),
        (texts(&blocks), "SECOND_TABLE"),
    ] {
        let refusal = lees(&[file], Some(&koppeling))
            .err()
            .expect("it is refused");
        assert_eq!(refusal.code(), code);
    }
    let two = rewritten(|row, k, text| {
        if (row, k) == (1, 3) {
            "Nieuwegein/Utrecht".to_owned()
        } else {
            text.to_owned()
        }
    });
    let proposal = proposed(&csv(two.iter().map(String::as_str))).unwrap();
    assert!(
        proposal
            .open
            .iter()
            .any(|o| o.bron.as_deref() == Some("Nieuwegein/Utrecht")),
        "{:?}",
        proposal.open
    );
}

/// Rows of cells as those of a sheet; a number where one stands.
fn sheet_rows(lines: &[Vec<String>]) -> String {
    let letters = |k: usize| schema::bevinding::column_letters(k);
    let row = |(r, line): (usize, &Vec<String>)| {
        let cells = line.iter().enumerate().filter(|(_, text)| !text.is_empty());
        let cells: String = cells
            .map(|(k, text)| {
                let place = format!("{}{}", letters(k), r + 1);
                if text.parse::<f64>().is_ok() {
                    format!("<c r=\"{place}\"><v>{text}</v></c>")
                } else {
                    cell(&place, text)
                }
            })
            .collect();
        format!("<row r=\"{}\">{cells}</row>", r + 1)
    };
    lines.iter().enumerate().map(row).collect()
}

fn sheet(lines: &[Vec<String>], merged: &[&str]) -> SourceFile {
    let areas: Vec<String> = merged
        .iter()
        .map(|area| format!("<mergeCell ref=\"{area}\"/>"))
        .collect();
    let areas = areas.concat();
    let parts = WorkbookParts::new(&sheet_rows(lines));
    let parts = parts.replace(
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        &format!("</sheetData><mergeCells>{areas}</mergeCells>"),
    );
    SourceFile::from_bytes("a.xlsx", parts.zip())
}

fn as_cells(line: &str) -> Vec<String> {
    cells(line)
        .into_iter()
        .map(|c| {
            c.replace("1512,50", "1512.5")
                .replace(",25", ".25")
                .replace(",00", "")
        })
        .collect()
}

#[test]
fn a_header_of_two_rows_is_one() {
    // Dates and the end in groups: `Aanmelding` above `datum`.
    let groups = |k: usize, text: &str| match k {
        11 => ("Aanmelding".to_owned(), "datum".to_owned()),
        12 => ("Start".to_owned(), "datum".to_owned()),
        16 => ("Einde".to_owned(), "datum".to_owned()),
        17 => (String::new(), "reden".to_owned()),
        _ => (text.to_owned(), String::new()),
    };
    let names: Vec<(String, String)> = cells(HEADER)
        .into_iter()
        .enumerate()
        .map(|(k, t)| groups(k, t))
        .collect();
    let (top, sub): (Vec<String>, Vec<String>) = names.into_iter().unzip();
    let lines: Vec<Vec<String>> = [top, sub]
        .into_iter()
        .chain(ROWS.iter().map(|l| as_cells(l)))
        .collect();
    let merged = ["A1:A2", "B1:B2", "C1:C2", "Q1:R1"];
    let said = reads_as_plain("merged", sheet(&lines, &merged));
    assert!(said.iter().any(|s| s.contains("rij 1 en 2")), "{said:?}");
    let text: Vec<String> = lines[..2]
        .iter()
        .map(|l| l.join(";"))
        .chain(ROWS.map(str::to_owned))
        .collect();
    reads_as_plain("as a CSV", csv(text.iter().map(String::as_str)));
}

/// Report tools make a column wide by merging cells of each row; a column that lost its name is not lost itself.
#[test]
fn wide_cells_are_read_and_nameless_columns_are_said() {
    let wide = |line: Vec<String>| {
        let mut line = line;
        line.insert(1, String::new());
        line
    };
    let mut lines: Vec<Vec<String>> = vec![wide(as_cells(HEADER))];
    lines.extend(ROWS.iter().map(|l| wide(as_cells(l))));
    reads_as_plain(
        "wide",
        sheet(&lines, &["A1:B1", "A2:B2", "A3:B3", "A4:B4", "A5:B5"]),
    );
    let mut lines: Vec<Vec<String>> = all().map(as_cells).collect();
    lines[0].truncate(14);
    let proposal = proposed(&sheet(&lines, &[])).unwrap();
    let said = proposal.aannames.join("\n");
    assert!(
        said.contains("'(kolom O)', '(kolom P)', '(kolom Q)', '(kolom R)'"),
        "{said}"
    );
}

/// Day numbers without a format, in a workbook that counts from 1904, may have come from one that does not.
#[test]
fn days_from_1904_without_a_format_are_asked() {
    let mut lines: Vec<Vec<String>> = all().map(as_cells).collect();
    for line in &mut lines[1..] {
        for k in DATES
            .into_iter()
            .filter(|k| !line[*k].is_empty())
            .collect::<Vec<_>>()
        {
            let parts: Vec<&str> = line[k].split('-').collect();
            line[k] = (midnight(parts[0], parts[1], parts[2]) / 86_400 + 24_107).to_string();
        }
    }
    let parts = WorkbookParts::new(&sheet_rows(&lines));
    let parts = parts.replace(
        "xl/workbook.xml",
        "<workbookPr/>",
        "<workbookPr date1904=\"1\"/>",
    );
    let file = SourceFile::from_bytes("a.xlsx", parts.zip());
    let mut koppeling = proposed(&file).unwrap().koppeling;
    let forms = &mut koppeling.tabellen[0].datumvorm;
    assert_eq!(forms.values().filter(|form| form.is_empty()).count(), 3);
    for form in forms.values_mut() {
        "excelgetal vanaf 1904".clone_into(form);
    }
    assert_eq!(trajecten(file, &koppeling), plain());
}

/// Sixty-one children became eight first names: a child is known by its family, its name and its birth date.
#[test]
fn children_side_by_side_each_become_a_row() {
    let header =
        "Gezin;Kind 1;geb.;Kind 2;geb.;Gemeente;Datum aanmelding;Start zorg;Aantal contacten";
    let rows = [
        "G100;Saar;20-04-15;Noa;23-10-08;Epe;17-11-20;08-12-20;5",
        "G101;Saar;30-08-08;;;Lochem;31-10-20;29-11-20;15",
        "G102;Sem;12-09-12;Saar;23-01-14;Lochem;30-07-19;25-10-19;6",
        "Totaal;;;;;;;;26",
    ];
    let read = |rows: &[&str]| {
        let file = csv(std::iter::once(header).chain(rows.iter().copied()));
        let proposal = proposed(&file).unwrap();
        let koppeling = Koppeling::parse(&proposal.koppeling.to_toml()).unwrap();
        (trajecten(file, &koppeling), proposal)
    };
    let (found, proposal) = read(&rows);
    let said = proposal.aannames.join("\n");
    assert!(
        said.contains("'Kind 1', 'geb.' staan 2 keer naast elkaar"),
        "{said}"
    );
    let of = |row: &OptionalTextRow, veld: &str| row.get(veld).cloned().flatten();
    let seen: Vec<(Option<String>, Option<String>, Option<String>)> = found
        .iter()
        .map(|row| {
            (
                of(row, "gezin_id"),
                of(row, "jeugdige_id"),
                of(row, "leeftijd_bij_aanmelding"),
            )
        })
        .collect();
    let expected = [
        ("G100", "g100 saar 2015 04 20", "5"),
        ("G100", "g100 noa 2008 10 23", "12"),
        ("G101", "g101 saar 2008 08 30", "12"),
        ("G102", "g102 sem 2012 09 12", "6"),
        ("G102", "g102 saar 2014 01 23", "5"),
    ]
    .map(|(a, b, c)| (Some(a.to_owned()), Some(b.to_owned()), Some(c.to_owned())));
    assert_eq!(seen, expected);
    let keys: std::collections::BTreeSet<_> =
        found.iter().map(|row| of(row, "traject_id")).collect();
    assert_eq!(keys.len(), 5, "each has a key of its own");
    assert!(
        proposal
            .open
            .iter()
            .all(|o| o.bron.as_deref() != Some("Kind 2")),
        "{:?}",
        proposal.open
    );
    // In another place in the row it is the same child.
    let moved = ["G100;Noa;23-10-08;Saar;20-04-15;Epe;17-11-20;08-12-20;5"];
    let (found, _) = read(&[moved[0], rows[1], rows[2]]);
    assert_eq!(
        of(&found[0], "jeugdige_id"),
        Some("g100 noa 2008 10 23".to_owned())
    );
    // What stands side by side and is nobody stays as it is.
    let phones = BTreeMap::from([("Telefoon 1", "a"), ("Telefoon 2", "b")]);
    let lines = rewritten(|row, k, text| match (row, k) {
        (0, 17) => format!(
            "{text};{}",
            phones.keys().copied().collect::<Vec<_>>().join(";")
        ),
        (_, 17) => format!(
            "{text};{}",
            phones.values().copied().collect::<Vec<_>>().join(";")
        ),
        _ => text.to_owned(),
    });
    let proposal = proposed(&csv(lines.iter().map(String::as_str))).unwrap();
    assert_eq!(
        proposal.koppeling.tabellen[0].naast_elkaar,
        Vec::<Vec<String>>::new()
    );
}
