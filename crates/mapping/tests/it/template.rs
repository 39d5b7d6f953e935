//! The sjabloon, from making it to reading it back, whatever people and programs do to it in between.

use std::collections::BTreeMap;

use mapping::SourceSummary;
use rows::FileRefusal;
use schema::balance::Balance;
use schema::{Definitie, VeldType};
use sheets::SourceFile;

use crate::hand_made::WorkbookParts;
use crate::support::OptionalTextRow;

/// The sjabloon as it is handed out, to be filled in.
struct FilledSjabloon {
    definitie: Definitie,
    parts: WorkbookParts,
}

impl FilledSjabloon {
    fn new(name: &str) -> Self {
        let definitie = Definitie::load(name).unwrap();
        let parts = WorkbookParts::van(
            schema::artefact(&definitie.uitvraag, definitie.jaar, "sjabloon.xlsx").unwrap(),
        );
        Self { definitie, parts }
    }

    /// The example of a table as people type it: labels, dates with dashes; some fields replaced.
    fn example(&self, tabel: &str, others: &[(&str, &str)]) -> Vec<String> {
        let tabel = self.definitie.tabel(tabel).unwrap();
        let value = |veld: &schema::Veld| {
            if let Some((_, value)) = others.iter().find(|(v, _)| *v == veld.naam) {
                return (*value).to_owned();
            }
            let value = tabel.voorbeeld[&veld.naam].as_str();
            match &veld.veldtype {
                VeldType::Code { list } => self.definitie.codelijsten[list]
                    .code(value)
                    .map_or("", |c| &c.label)
                    .to_owned(),
                VeldType::Pseudoniem => format!("{}-1", veld.naam),
                VeldType::Datum if !value.is_empty() => {
                    format!("{}-{}-{}", &value[8..], &value[5..7], &value[..4])
                }
                _ => value.to_owned(),
            }
        };
        tabel.velden.iter().map(value).collect()
    }

    /// The example of a table as it is handed out, with its marks; some fields replaced.
    fn given(&self, tabel: &str, others: &[(&str, &str)]) -> Vec<String> {
        let marks = [
            ("traject_id", "VOORBEELD-1"),
            ("jeugdige_id", "VOORBEELD-2"),
            ("gezin_id", "VOORBEELD-3"),
        ];
        let everything: Vec<(&str, &str)> = others
            .iter()
            .copied()
            .chain(marks)
            .chain([("voorziening_id", "VOORBEELD-V1")])
            .collect();
        self.example(tabel, &everything)
    }

    /// Puts a row of texts in a sheet (1 is `Lees mij`).
    fn row(mut self, sheet: usize, number: u32, values: &[String]) -> Self {
        let cell = |(k, value): (usize, &String)| {
            let letters = schema::bevinding::column_letters(k);
            format!(
                "<c r=\"{letters}{number}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{value}</t></is></c>"
            )
        };
        let cells: String = values
            .iter()
            .enumerate()
            .filter(|(_, w)| !w.is_empty())
            .map(cell)
            .collect();
        let name = format!("xl/worksheets/sheet{sheet}.xml");
        self.parts = self.parts.replace(
            &name,
            "</sheetData>",
            &format!("<row r=\"{number}\">{cells}</row></sheetData>"),
        );
        self
    }

    fn replace(mut self, part: &str, van: &str, door: &str) -> Self {
        self.parts = self.parts.replace(part, van, door);
        self
    }

    fn file(self) -> SourceFile {
        SourceFile::from_bytes("sjabloon.xlsx", self.parts.zip())
    }
}

fn lees(
    file: SourceFile,
    before: &str,
) -> Result<(BTreeMap<String, Vec<OptionalTextRow>>, SourceSummary), FileRefusal> {
    crate::support::read_for(&[file], &Definitie::load(before).unwrap(), None)
}

fn filled(name: &str) -> FilledSjabloon {
    let sjabloon = FilledSjabloon::new(name);
    let trajecten = sjabloon.example("traject", &[]);
    let voorzieningen = sjabloon.example("voorziening", &[]);
    sjabloon.row(2, 4, &trajecten).row(4, 4, &voorzieningen)
}

#[test]
fn filled_in_by_hand_it_goes_in_without_a_word() {
    let (tabellen, summary) = lees(filled("omgang/2021").file(), "omgang/2021").unwrap();
    let definitie = Definitie::load("omgang/2021").unwrap();
    for tabel in ["traject", "voorziening"] {
        for veld in &definitie.tabel(tabel).unwrap().velden {
            let expected = &definitie.tabel(tabel).unwrap().voorbeeld[&veld.naam];
            let loaded = tabellen[tabel][0][&veld.naam].as_deref();
            let this = matches!(veld.veldtype, VeldType::Pseudoniem | VeldType::Decimal);
            assert!(
                this || loaded == Some(expected),
                "{tabel}.{}: {loaded:?}",
                veld.naam
            );
        }
    }
    assert_eq!(tabellen["traject"].len(), 1);
    assert_eq!(summary.open, Vec::<String>::new());
    let others: Vec<&String> = summary
        .aannames
        .iter()
        .filter(|a| !a.contains("Wachtlijst") && !a.contains("wat de dag is"))
        .collect();
    assert_eq!(others, Vec::<&String>::new(), "nothing else was assumed");
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(0), Some("aanmelddatum"))
            .cel
            .as_deref(),
        Some("Trajecten!T4")
    );
}

/// Saved by another program, as another kind of file, the properties still tell what it is.
#[test]
fn saved_by_another_program_as_ods() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/workbooks/sjabloon-2021.ods");
    let (tabellen, summary) = lees(SourceFile::from_path(&path), "omgang/2021").unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    assert_eq!(
        (tabellen["wachtlijst"].len(), tabellen["voorziening"].len()),
        (1, 1)
    );
    assert_eq!(
        tabellen["traject"][0]["kader"].as_deref(),
        Some("vrijwillig")
    );
    assert_eq!(summary.open, Vec::<String>::new());
    let refusal = lees(SourceFile::from_path(&path), "omgang/2020")
        .err()
        .unwrap();
    assert_eq!(refusal.code(), "SCHEMA_VERSION");
}

#[test]
fn codes_and_labels_and_spelling_are_all_taken() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let rows = [
        ("kader", "vrijwillig"),
        ("kader", " Vrijwillig  kader\u{a0}"),
        ("kader", "VRIJWILLIG KADER"),
    ];
    let mut filled = filled("omgang/2021");
    for (number, others) in (5..).zip(rows) {
        filled = filled.row(2, number, &sjabloon.example("traject", &[others]));
    }
    let (tabellen, summary) = lees(filled.file(), "omgang/2021").unwrap();
    let kader_values: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["kader"].as_deref())
        .collect();
    assert_eq!(kader_values, [Some("vrijwillig"); 4]);
    assert_eq!(summary.open, Vec::<String>::new());
}

/// What no list knows is left for the check to name in its cell: who fills in a sjabloon has no koppeling to answer in.
#[test]
fn an_unknown_value_is_no_question() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let filled = filled("omgang/2021").row(
        2,
        5,
        &sjabloon.example("traject", &[("kader", "weet niet zeker")]),
    );
    let (tabellen, summary) = lees(filled.file(), "omgang/2021").unwrap();
    assert_eq!(
        tabellen["traject"][1]["kader"].as_deref(),
        Some("weet niet zeker")
    );
    assert_eq!(summary.open, Vec::<String>::new());
}

/// Sorted into the data or copied: as it was handed out it is the example, however a program wrote it back.
#[test]
fn the_example_is_never_data() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let others = [
        ("kosten", "1512,0"),
        ("traject_id", "voorbeeld-1"),
        ("gemeente", "utrecht"),
        ("gezin_id", ""),
    ];
    let file = filled("omgang/2021")
        .row(2, 5, &sjabloon.given("traject", &[]))
        .row(2, 6, &sjabloon.given("traject", &others))
        .row(2, 9, &sjabloon.example("traject", &[("traject_id", "T9")]))
        .row(4, 5, &sjabloon.given("voorziening", &[]))
        .file();
    let (tabellen, summary) = lees(file, "omgang/2021").unwrap();
    let numbers: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["traject_id"].as_deref().unwrap())
        .collect();
    assert_eq!(numbers, ["traject_id-1", "T9"]);
    assert_eq!(tabellen["voorziening"].len(), 1);
    for row in [5, 6] {
        assert!(summary.aannames.contains(&format!(
            "Blad 'Trajecten': rij {row} is het voorbeeld van het sjabloon. Die telt niet mee."
        )));
    }
    assert_eq!(
        summary.herkomst.place("traject", Some(1), None).rij,
        Some(9)
    );
}

/// Typed over the example, with one cell left as it was (often the family, which may stay empty): the row was passed
/// over as the example, and a child was lost without a word.
#[test]
fn a_row_that_is_partly_the_example_is_refused() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let cases = [
        (sjabloon.given("traject", &[("traject_id", "T5")]), "B5"),
        (
            sjabloon.given("traject", &[("kader", "jeugdbescherming")]),
            "A5",
        ),
        (
            sjabloon.example("traject", &[("gezin_id", "VOORBEELD-3")]),
            "C5",
        ),
        (
            sjabloon.example("traject", &[("voorziening_id", "VOORBEELD-V1")]),
            "D5",
        ),
    ];
    for (row, cell) in cases {
        let refusal = lees(filled("omgang/2021").row(2, 5, &row).file(), "omgang/2021")
            .err()
            .unwrap();
        let place = refusal.place();
        assert_eq!(
            (refusal.code(), place.rij),
            ("EXAMPLE_CHANGED", Some(5)),
            "{cell}"
        );
        assert_eq!(
            place.cel.as_deref(),
            Some(format!("Trajecten!{cell}").as_str())
        );
    }
    let above = filled("omgang/2021")
        .replace("xl/sharedStrings.xml", "VOORBEELD-1<", "T1<")
        .file();
    let refusal = lees(above, "omgang/2021").err().unwrap();
    assert_eq!(
        (refusal.code(), refusal.place().rij),
        ("EXAMPLE_CHANGED", Some(2))
    );
}

/// One sheet of it, saved as CSV, still has the example above its headers; typed over, that was lost as well.
#[test]
fn saved_as_csv_the_row_above_the_headers_counts_too() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let definitie = &sjabloon.definitie;
    let headers: Vec<String> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.label.clone())
        .collect();
    let csv = |above: Vec<String>| {
        let rows = [
            vec!["Uitleg".to_owned()],
            above,
            headers.clone(),
            sjabloon.example("traject", &[]),
        ];
        let text = rows
            .iter()
            .map(|row| {
                format!(
                    "{}{}\n",
                    row.join(";"),
                    ";".repeat(headers.len() - row.len())
                )
            })
            .collect::<Vec<_>>()
            .concat();
        lees(
            SourceFile::from_bytes("trajecten.csv", text.into_bytes()),
            "omgang/2021",
        )
    };
    assert_eq!(
        csv(sjabloon.given("traject", &[])).unwrap().0["traject"].len(),
        1
    );
    for (above, code) in [
        (
            sjabloon.given("traject", &[("traject_id", "T1")]),
            "EXAMPLE_CHANGED",
        ),
        (sjabloon.example("traject", &[]), "DATA_ABOVE_HEADER"),
    ] {
        let refusal = csv(above).err().unwrap();
        assert_eq!((refusal.code(), refusal.place().rij), (code, Some(2)));
    }
}

#[test]
fn only_the_example_is_nothing() {
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let row = sjabloon.given("traject", &[]);
    let refusal = lees(sjabloon.row(2, 4, &row).file(), "omgang/2021")
        .err()
        .unwrap();
    assert_eq!(refusal.code(), "EMPTY");
}

/// Filled in over the example, above the headers: it would be lost without a word.
#[test]
fn data_above_the_headers_is_refused() {
    let rows = FilledSjabloon::new("omgang/2021").example("traject", &[]);
    let over = |sjabloon: FilledSjabloon, text: &str| {
        sjabloon.replace("xl/worksheets/sheet2.xml", "<row r=\"2\"", text)
    };
    let sjabloon = over(
        filled("omgang/2021"),
        "<row r=\"99\" hidden=\"1\"/><row r=\"2\"",
    )
    .replace("xl/sharedStrings.xml", "VOORBEELD-1<", "T1<");
    let sjabloon = sjabloon
        .replace("xl/sharedStrings.xml", "VOORBEELD-2<", "K1<")
        .replace("xl/sharedStrings.xml", "VOORBEELD-3<", "G1<");
    let sjabloon = sjabloon.replace("xl/sharedStrings.xml", "VOORBEELD-V1<", "V1<");
    let refusal = lees(sjabloon.row(2, 5, &rows).file(), "omgang/2021")
        .err()
        .unwrap();
    assert_eq!(
        (
            refusal.code(),
            refusal.place().rij,
            refusal.place().blad.as_deref()
        ),
        ("DATA_ABOVE_HEADER", Some(2), Some("Trajecten"))
    );
}

/// Help rows taken out, rows put in above, the sheet renamed: the headers tell.
#[test]
fn headers_are_found_where_they_are() {
    let definitie = Definitie::load("omgang/2021").unwrap();
    let headers: Vec<String> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.label.clone())
        .collect();
    let sjabloon = FilledSjabloon::new("omgang/2021");
    let row = sjabloon.example("traject", &[]);
    for (header_row, name) in [(1, "Blad1"), (7, "Trajecten (2)"), (3, "Feuille 1")] {
        let sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData></sheetData></worksheet>";
        let mut bare = FilledSjabloon::new("omgang/2021").replace(
            "xl/workbook.xml",
            "name=\"Trajecten\"",
            &format!("name=\"{name}\""),
        );
        bare.parts = bare.parts.met("xl/worksheets/sheet2.xml", sheet);
        let title = if header_row > 1 {
            bare.row(2, 1, &["Onze lijst".to_owned()])
        } else {
            bare
        };
        let file = title
            .row(2, header_row, &headers)
            .row(2, header_row + 2, &row)
            .file();
        let (tabellen, summary) = lees(file, "omgang/2021").unwrap();
        assert_eq!(tabellen["traject"].len(), 1, "{name}");
        let cell = summary
            .herkomst
            .place("traject", Some(0), Some("kader"))
            .cel
            .unwrap();
        assert_eq!(cell, format!("{name}!G{}", header_row + 2));
    }
}

#[test]
fn last_years_sjabloon_is_converted_and_what_changed_is_said() {
    let parent = FilledSjabloon::new("omgang/2020");
    let wachtlijst = parent.example("wachtlijst", &[("oorzaak", "Te weinig aanbod")]);
    let file = filled("omgang/2020").row(3, 4, &wachtlijst).file();
    let (tabellen, summary) = lees(file, "omgang/2021").unwrap();
    assert_eq!(
        tabellen["traject"][0]["kader"].as_deref(),
        Some("vrijwillig")
    );
    assert_eq!(
        tabellen["wachtlijst"][0]["oorzaak"].as_deref(),
        Some("Te weinig aanbod"),
        "split: left for the check to name"
    );
    insta::assert_snapshot!(summary.aannames[..5].join("\n"));
}

#[test]
fn another_version_is_refused_with_a_way_out() {
    let property = |van: &'static str, door: &'static str| {
        let sjabloon = filled("omgang/2021").replace("docProps/custom.xml", van, door);
        sjabloon.replace("docProps/core.xml", "omgang/2021", "x")
    };
    let cases = [
        (
            "a later year",
            filled("omgang/2021"),
            "omgang/2020",
            "Gebruik `--uitvraag omgang/2021`",
        ),
        (
            "an unknown year",
            property("omgang/2021", "omgang/2035"),
            "omgang/2021",
            "Haal de nieuwste versie van het programma op",
        ),
        (
            "another uitvraag",
            property("omgang/2021", "wonen/2021"),
            "omgang/2021",
            "niet kent; wel kent het omgang/2020 en omgang/2021",
        ),
        (
            "a later version",
            property("<vt:lpwstr>2<", "<vt:lpwstr>9<"),
            "omgang/2021",
            "versie 9 van omgang/2021; dit programma kent tot en met versie 2",
        ),
    ];
    for (name, sjabloon, before, sentence) in cases {
        let refusal = lees(sjabloon.file(), before)
            .err()
            .unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(refusal.code(), "SCHEMA_VERSION", "{name}");
        assert!(refusal.to_string().contains(sentence), "{name}: {refusal}");
    }
    let (_, summary) = lees(
        property("<vt:lpwstr>2<", "<vt:lpwstr>1<").file(),
        "omgang/2021",
    )
    .unwrap();
    assert!(
        summary.aannames[0].contains("van versie 1 van omgang/2021; nu geldt versie 2"),
        "{:?}",
        summary.aannames
    );
}

/// Some programs drop the properties of a file: the first sheet says the same.
#[test]
fn without_properties_the_first_sheet_tells() {
    let mut sjabloon = filled("omgang/2020");
    sjabloon.parts = sjabloon.parts.met("docProps/custom.xml", "<Properties/>");
    let (_, summary) = lees(sjabloon.file(), "omgang/2021").unwrap();
    assert_eq!(
        summary.aannames[0],
        "Dit is het sjabloon van omgang/2020. Het is gelezen voor omgang/2021."
    );
}

#[test]
fn extra_sheets_are_said_and_not_read() {
    let own = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let mut sjabloon = filled("omgang/2021")
        .replace("xl/workbook.xml", "</sheets>", "<sheet name=\"Kladblok\" sheetId=\"99\" r:id=\"rId99\"/></sheets>")
        .replace("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId99\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet99.xml\"/></Relationships>");
    sjabloon.parts = sjabloon.parts.met("xl/worksheets/sheet99.xml", own);
    let (_, summary) = lees(sjabloon.file(), "omgang/2021").unwrap();
    assert!(summary.aannames.contains(
        &"Op blad 'Kladblok' staat geen tabel van de uitvraag. Het is niet gebruikt.".to_owned()
    ));
}

/// Who keeps birth dates and no ages: the last column takes them, and only the age goes on.
#[test]
fn a_birth_date_in_the_sjabloon_becomes_the_age() {
    let filled = |rows: &[(&str, &str)]| {
        let mut sjabloon = FilledSjabloon::new("omgang/2020");
        for (number, (age, born)) in (4..).zip(rows) {
            let own = format!("T{number}");
            let others = [("leeftijd_bij_aanmelding", *age), ("traject_id", &own)];
            let mut row = sjabloon.example("traject", &others);
            row.push((*born).to_owned());
            sjabloon = sjabloon.row(2, number, &row);
        }
        lees(sjabloon.file(), "omgang/2020").unwrap()
    };
    // The example is aangemeld on 3 February 2020.
    let rows = [
        ("", "03-02-2012"),
        ("", "04-02-2012"),
        ("9", ""),
        ("5", "01-01-2010"),
        ("", ""),
    ];
    let (tabellen, summary) = filled(&rows);
    let ages = tabellen["traject"].iter();
    let ages: Vec<_> = ages
        .map(|row| row["leeftijd_bij_aanmelding"].as_deref())
        .collect();
    assert_eq!(ages, [Some("8"), Some("7"), Some("9"), Some("10"), None]);
    let told = "'Leeftijd bij aanmelding' is uitgerekend uit de kolom 'Geboortedatum'. De geboortedatum gaat niet mee.";
    assert!(
        summary.aannames.iter().any(|a| a == told),
        "{:#?}",
        summary.aannames
    );
    let everything = format!("{tabellen:?}");
    assert!(
        !everything.contains("2012-02"),
        "a birth date: {everything}"
    );
    let place = summary
        .herkomst
        .place("traject", Some(4), Some("leeftijd_bij_aanmelding"));
    assert_eq!(place.kolom.as_deref(), Some("Leeftijd bij aanmelding"));

    // Without a typed age the birth date is its cell, and an unreadable one goes nowhere.
    let (tabellen, born) = filled(&[("", "31-02-2012"), ("", "04-03-2012")]);
    let place = born
        .herkomst
        .place("traject", Some(1), Some("leeftijd_bij_aanmelding"));
    assert_eq!(place.kolom.as_deref(), Some("Geboortedatum"));
    let everything = format!("{tabellen:?}");
    for part in ["02-2012", "03-2012", "2012-02", "2012-03"] {
        assert!(!everything.contains(part), "a birth date: {everything}");
    }

    let (_, without) = filled(&[("9", "")]);
    let told = without.aannames.iter().any(|a| a.contains("Geboortedatum"));
    assert!(!told, "{:#?}", without.aannames);
}

/// The cells are judged once, those of birth dates among them: what is said of them is said once, a cell in which nothing
/// can be read is refused, and a column of dates that are there counts as read.
#[test]
fn birth_dates_are_judged_with_the_other_cells() {
    let with = |born: &str| {
        let sjabloon = FilledSjabloon::new("omgang/2020");
        let mut row = sjabloon.example("traject", &[]);
        row.push(born.to_owned());
        sjabloon.row(2, 4, &row)
    };
    let sheet = "xl/worksheets/sheet2.xml";
    let columns = |born: &str| {
        let hidden = with(born).replace(sheet, "<row r=\"4\">", "<row r=\"4\" hidden=\"1\">");
        let (_, summary) = lees(hidden.file(), "omgang/2020").unwrap();
        let told = summary.aannames.iter().filter(|a| a.contains("verborgen"));
        assert_eq!(told.count(), 1, "{:#?}", summary.aannames);
        let all = Balance::of_all(&summary.balans);
        assert!(all.closes(), "{all:?}");
        all.kolommen.gelezen
    };
    assert_eq!(columns("03-02-2012"), columns("") + 1);
    let broken = with("kapot").replace(
        sheet,
        "t=\"inlineStr\"><is><t xml:space=\"preserve\">kapot</t></is></c>",
        "t=\"e\"><v>#REF!</v></c>",
    );
    assert_eq!(
        lees(broken.file(), "omgang/2020").err().unwrap().code(),
        "FORMULA"
    );
}
