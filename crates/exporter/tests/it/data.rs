//! `koppel`, `check` and `pak` on files: what a person sees, and what is and is not written.

use std::collections::BTreeMap;
use std::fs;

use calamine::{Reader, Xlsx};
use insta::assert_snapshot;
use parquet::file::reader::{FileReader, SerializedFileReader};
use schema::{Definitie, Oordeel, Pakket, Verdict};

use crate::support::{CommandOutput, TestFolder};

pub(crate) type TextRow = BTreeMap<String, String>;

/// Rows after the definition's own example, each changed a little.
pub(crate) fn trajecten(changes: &[&[(&str, &str)]]) -> Vec<TextRow> {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let example = &definitie.tabel("traject").unwrap().voorbeeld;
    let row = |(i, change): (usize, &&[(&str, &str)])| {
        let mut row = example.clone();
        row.insert("traject_id".to_owned(), format!("T{i}"));
        row.insert("jeugdige_id".to_owned(), format!("K{i}"));
        row.extend(
            change
                .iter()
                .map(|(veld, value)| ((*veld).to_owned(), (*value).to_owned())),
        );
        row
    };
    changes.iter().enumerate().map(row).collect()
}

/// The rows as a CSV with canonical headers.
pub(crate) fn csv(rows: &[TextRow]) -> String {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: Vec<&str> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&velden).unwrap();
    for row in rows {
        writer
            .write_record(
                velden
                    .iter()
                    .map(|v| row.get(*v).map_or("", String::as_str)),
            )
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

const GOOD: &[&[(&str, &str)]] = &[&[], &[], &[]];
pub(crate) const DAY: [&str; 2] = ["--leverdatum", "2021-03-01"];
pub(crate) const UITVRAAG: [&str; 2] = ["--uitvraag", "omgang/2020"];

pub(crate) fn check(folder: &TestFolder, more: &[&str]) -> CommandOutput {
    folder.run(&[&["controleer", "traject.csv"], &UITVRAAG[..], &DAY, more].concat())
}

pub(crate) fn pack(folder: &TestFolder, out: &str, more: &[&str]) -> CommandOutput {
    folder.run(
        &[
            &["pak", "traject.csv"],
            &UITVRAAG[..],
            &DAY,
            &["--uit", out, "--sleutel", "sleutel.toml"],
            more,
        ]
        .concat(),
    )
}

pub(crate) fn met(rows: &[TextRow]) -> TestFolder {
    let folder = TestFolder::new();
    folder.write("traject.csv", csv(rows));
    folder
}

fn content(folder: &TestFolder, dir: &str) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder.path(dir))
        .unwrap()
        .map(|b| b.unwrap().path());
    files
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}

/// Lengths differ with the key, which is made anew each time.
fn without_size(text: &str) -> String {
    let regels = text
        .lines()
        .map(|r| match (r.find(".csv.zst, "), r.find(" bytes)")) {
            (Some(begin), Some(end)) => format!("{}[N]{}\n", &r[..begin + 10], &r[end..]),
            _ => format!("{r}\n"),
        });
    regels.collect()
}

#[test]
fn a_good_file_is_told_to_be_good() {
    let folder = met(&trajecten(GOOD));
    assert_snapshot!("controleer_goed", check(&folder, &[]).everything());
}

#[test]
fn errors_are_counted_placed_and_explained() {
    let failure: &[&[(&str, &str)]] = &[
        &[("startdatum", "2019-01-01"), ("intakedatum", "")],
        &[("kader", "vrijwilig")],
        &[("aanmelddatum", "31-02-2020")],
        &[("einddatum", "2021-06-01")],
    ];
    let folder = met(&trajecten(failure));
    let result = check(&folder, &["--rapport", "fouten.xlsx"]);
    assert_snapshot!("controleer_fouten", result.everything());
    let mut book: Xlsx<_> = calamine::open_workbook(folder.path("fouten.xlsx")).unwrap();
    let bevindingen = book.worksheet_range("Bevindingen").unwrap();
    let cells: Vec<String> = bevindingen.rows().map(|r| r[1].to_string()).collect();
    assert!(cells.iter().any(|c| c.ends_with('3')), "{cells:?}");
    assert!(book.worksheet_range("Controle").unwrap().height() > 1);
    let own = book.worksheet_range("traject").unwrap();
    let cell = |place| {
        own.get_value(place)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    assert!(
        (0..40).any(|k| cell((2, k)) == "vrijwilig")
            && (0..40).any(|k| cell((3, k)) == "31-02-2020"),
        "{own:?}"
    );
}

/// The list in the terminal and in JSON is the same whether or not a report with everything was asked.
#[test]
fn a_report_has_every_finding_and_changes_nothing_else() {
    let failure: &[(&str, &str)] = &[
        ("kader", "vrijwilig"),
        ("startdatum", "2019-01-01"),
        ("intakedatum", ""),
    ];
    let folder = met(&trajecten(&vec![failure; 1_200]));
    let (without, met) = (
        check(&folder, &["--json"]),
        check(&folder, &["--json", "--rapport", "fouten.xlsx"]),
    );
    assert_eq!((without.code, &without.stdout), (1, &met.stdout));
    let oordeel: Oordeel = serde_json::from_str(&met.stdout).unwrap();
    assert!(oordeel.afgekapt);
    let mut book: Xlsx<_> = calamine::open_workbook(folder.path("fouten.xlsx")).unwrap();
    let counted: u64 = oordeel.regels.iter().map(|r| r.aantal).sum();
    assert_eq!(
        book.worksheet_range("Bevindingen").unwrap().height() as u64,
        counted + 2
    );
    let first = fs::read(folder.path("fouten.xlsx")).unwrap();
    check(&folder, &["--rapport", "fouten.xlsx"]);
    assert!(
        first == fs::read(folder.path("fouten.xlsx")).unwrap(),
        "the same judgement gives the same bytes"
    );
}

#[test]
fn a_report_never_takes_the_place_of_the_own_file() {
    let folder = met(&trajecten(GOOD));
    fs::rename(folder.path("traject.csv"), folder.path("traject.xlsx")).unwrap();
    let before = fs::read(folder.path("traject.xlsx")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path("traject.xlsx"), folder.path("anders.xlsx")).unwrap();
    let names: &[&str] = if cfg!(unix) {
        &["traject.xlsx", "./traject.xlsx", "anders.xlsx"]
    } else {
        &["traject.xlsx", "./traject.xlsx"]
    };
    for name in names {
        let result = folder.run(
            &[
                &["controleer", "traject.xlsx"],
                &UITVRAAG[..],
                &DAY,
                &["--rapport", name],
            ]
            .concat(),
        );
        assert_eq!(result.code, 2, "{}", result.everything());
        assert!(result.stderr.contains("overschrijven"), "{}", result.stderr);
        assert!(
            before == fs::read(folder.path("traject.xlsx")).unwrap(),
            "{name}"
        );
    }
    let no_excel = folder.run(
        &[
            &["controleer", "traject.xlsx"],
            &UITVRAAG[..],
            &DAY,
            &["--rapport", "fouten.csv"],
        ]
        .concat(),
    );
    assert!(
        no_excel.code == 2 && no_excel.stderr.contains(".xlsx"),
        "{}",
        no_excel.everything()
    );
}

/// A pakket has no file of the aanbieder's own: there the report is the judgement alone.
#[test]
fn a_pakket_gets_a_report_too() {
    let folder = met(&trajecten(&[&[], &[("leeftijd_bij_aanmelding", "19")]]));
    assert_eq!(pack(&folder, "pakket", &[]).code, 0);
    assert_eq!(
        folder
            .run(&["controleer", "pakket", "--rapport", "fouten.xlsx"])
            .code,
        0
    );
    let book: Xlsx<_> = calamine::open_workbook(folder.path("fouten.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["Controle", "Bevindingen"]);
}

#[test]
fn json_is_the_judgement_and_nothing_else_on_stdout() {
    let folder = met(&trajecten(&[
        &[("startdatum", "2019-01-01"), ("intakedatum", "")],
        &[],
    ]));
    let result = check(&folder, &["--json"]);
    assert_eq!(result.code, 1);
    let oordeel: Oordeel = serde_json::from_str(&result.stdout).unwrap();
    assert_eq!(oordeel.verdict, Verdict::Afgekeurd);
    assert_eq!(oordeel.rijen["traject"], 2);
    let bevinding = oordeel
        .bevindingen
        .iter()
        .find(|b| b.code == "START_VOOR_AANMELDING")
        .unwrap();
    assert_eq!(
        (bevinding.plaats.rij, bevinding.plaats.bestand.as_deref()),
        (Some(2), Some("traject.csv"))
    );
    let whole: serde_json::Value = serde_json::from_str(&result.stdout).unwrap();
    for key in [
        "code", "ernst", "bestand", "blad", "rij", "kolom", "cel", "gevonden", "verwacht",
        "herstel",
    ] {
        assert!(whole["bevindingen"][0].get(key).is_some(), "{key}");
    }
}

#[test]
fn parquet_has_a_row_for_every_row() {
    let folder = met(&trajecten(GOOD));
    assert_eq!(check(&folder, &["--parquet", "uit"]).code, 0);
    let reader =
        SerializedFileReader::new(fs::File::open(folder.path("uit/traject.parquet")).unwrap())
            .unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 3);
    let columns = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .num_columns();
    assert_eq!(
        columns,
        Definitie::load("omgang/2020")
            .unwrap()
            .tabel("traject")
            .unwrap()
            .velden
            .len()
    );
}

#[test]
fn a_pakket_is_whole_pseudonymous_and_the_same_every_time() {
    let folder = met(&trajecten(GOOD));
    let first = pack(&folder, "een", &["--kvk", "12345678"]);
    assert_eq!(first.code, 0, "{}", first.everything());
    assert!(
        first.stderr.contains("Er is een nieuwe sleutel gemaakt"),
        "{}",
        first.stderr
    );
    assert_snapshot!(
        "pak",
        without_size(&pack(&folder, "twee", &["--kvk", "12345678"]).everything())
    );
    assert_eq!(content(&folder, "een"), content(&folder, "twee"));
    let pakket: Pakket = serde_json::from_str(&folder.lees("een/pakket.json")).unwrap();
    assert_eq!(
        (pakket.name.as_str(), pakket.aanbieder.as_deref()),
        ("omgang-2020-12345678", Some("12345678"))
    );
    assert!(
        pakket.pseudoniem.starts_with("hmac-sha256.1."),
        "{}",
        pakket.pseudoniem
    );
    let text =
        zstd::decode_all(fs::File::open(folder.path("een/traject.csv.zst")).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    for (i, row) in reader.records().enumerate() {
        let row = row.unwrap();
        assert_eq!((row[0].len(), row[1].len()), (26, 26));
        assert!(
            !row.iter()
                .any(|w| w == format!("T{i}") || w == format!("K{i}"))
        );
    }
    assert!(
        !folder.files().iter().any(|b| b.contains(".uitvraag-")),
        "{:?}",
        folder.files()
    );
}

#[test]
fn a_pakket_is_judged_as_the_own_file_was() {
    let folder = met(&trajecten(&[&[], &[("leeftijd_bij_aanmelding", "19")]]));
    let result = pack(&folder, "pakket", &[]);
    assert_eq!(result.code, 0, "{}", result.everything());
    assert_snapshot!(
        "controleer_pakket",
        folder.run(&["controleer", "pakket"]).everything()
    );
    let json = folder.run(&["controleer", "pakket", "--json"]);
    let oordeel: Oordeel = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(oordeel.verdict, Verdict::TeBevestigen);
}

#[test]
fn an_error_stops_the_pakket_and_leaves_nothing_behind() {
    let folder = met(&trajecten(&[&[
        ("startdatum", "2019-01-01"),
        ("intakedatum", ""),
    ]]));
    let result = pack(&folder, "pakket", &[]);
    assert_snapshot!("pak_fout", result.everything());
    assert_eq!(folder.files(), ["traject.csv"]);
}

/// Nine digits that pass the elfproef, one after another.
/// A table that may not be absent has no rule of its own: without this, a pakket without trajecten looked fine.
#[test]
fn a_pakket_without_a_required_table_is_not_made() {
    let folder = TestFolder::new();
    folder.write(
        "voorziening.csv",
        "voorziening_id,vorm,vestiging,kader\nV1,omgangshuis,GM0014,beide\n",
    );
    let fixed = [
        &["pak", "voorziening.csv"],
        &UITVRAAG[..],
        &DAY,
        &["--uit", "pakket", "--sleutel", "sleutel.toml"],
    ];
    let result = folder.run(&fixed.concat());
    assert_eq!(result.code, 1);
    assert!(
        result.everything().contains("de tabel Trajecten ontbreekt"),
        "{}",
        result.everything()
    );
    assert_eq!(folder.files(), ["voorziening.csv"]);
}

fn bsns() -> impl Iterator<Item = String> {
    (111_111_100_u32..)
        .filter(|n| {
            let cijfers: Vec<i64> = n.to_string().bytes().map(|b| i64::from(b - b'0')).collect();
            (0..8)
                .map(|i| cijfers[i] * (9 - i as i64))
                .sum::<i64>()
                .wrapping_sub(cijfers[8])
                % 11
                == 0
        })
        .map(|n| n.to_string())
}

#[test]
fn a_bsn_is_refused_before_anything_is_written() {
    let mut rows = trajecten(&[&[] as &[(&str, &str)]; 40]);
    for (row, bsn) in rows.iter_mut().zip(bsns()) {
        row.insert("jeugdige_id".to_owned(), bsn);
    }
    let folder = met(&rows);
    for result in [
        pack(&folder, "pakket", &[]),
        check(&folder, &["--parquet", "uit"]),
    ] {
        assert_eq!(result.code, 1, "{}", result.everything());
        assert!(
            result.everything().contains("burgerservicenummer"),
            "{}",
            result.everything()
        );
    }
    assert!(
        folder.files().iter().all(|b| b == "traject.csv"),
        "{:?}",
        folder.files()
    );
}

#[test]
fn an_earlier_pakket_makes_way_but_nothing_else_does() {
    let folder = met(&trajecten(GOOD));
    assert_eq!(pack(&folder, "pakket", &[]).code, 0);
    folder.write("pakket/toelichtingen.toml", "# van mij\n");
    folder.write("traject.csv", csv(&trajecten(&[&[]])));
    assert_eq!(pack(&folder, "pakket", &[]).code, 0);
    let pakket: Pakket = serde_json::from_str(&folder.lees("pakket/pakket.json")).unwrap();
    assert_eq!(
        (
            pakket.resources[0].rijen,
            folder.lees("pakket/toelichtingen.toml").as_str()
        ),
        (1, "# van mij\n")
    );
    folder.write("pakket/vakantie.jpg", "x");
    assert_snapshot!(
        "pak_andere_bestanden",
        pack(&folder, "pakket", &[]).everything()
    );
    fs::remove_file(folder.path("pakket/vakantie.jpg")).unwrap();
    folder.write("pakket/ontvangstbewijs.jws", "x");
    assert_snapshot!(
        "pak_al_ingediend",
        pack(&folder, "pakket", &[]).everything()
    );
}

#[test]
fn an_escape_sequence_never_reaches_the_terminal() {
    for evil in ["\u{1b}[31mrood", "vrij\u{202e}willig", "\u{9b}2J"] {
        let folder = met(&trajecten(&[&[("kader", evil)]]));
        for result in [check(&folder, &[]), check(&folder, &["--json"])] {
            assert_eq!(result.code, 1, "{}", result.everything());
            assert!(
                !result
                    .everything()
                    .contains(['\u{1b}', '\u{202e}', '\u{9b}'])
            );
        }
    }
}

#[test]
fn a_refused_file_names_its_place_in_text_and_json() {
    let folder = TestFolder::new();
    let good = csv(&trajecten(GOOD));
    let broken: String = good
        .lines()
        .enumerate()
        .map(|(i, r)| {
            if i == 2 {
                format!("{r},te veel,te veel\n")
            } else {
                format!("{r}\n")
            }
        })
        .collect();
    folder.write("traject.csv", broken);
    let result = check(&folder, &[]);
    assert_snapshot!("controleer_geweigerd", result.everything());
    let json = check(&folder, &["--json"]);
    let oordeel: Oordeel = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (
            json.code,
            oordeel.verdict,
            oordeel.bevindingen[0].plaats.rij
        ),
        (1, Verdict::Afgekeurd, Some(3))
    );
}

#[test]
fn a_proposal_is_shown_written_and_never_loses_an_earlier_one() {
    let folder = TestFolder::new();
    folder.write(
        "export.csv",
        "Cliëntnr;Kind;Locatie;Gemeente;Geb.datum;Kader;Verwijzer;Omgang met;Vorm;Begeleiding door;Financiering;Datum aanmelding;Start zorg;Einde zorg;Reden einde\n\
         1;K1;V1;Lingewaard;02-04-2010;Gedwongen kader;Wijkteam;Ouder;Ambulant op locatie;Jeugdhulpverlener;Subsidie;02-08-2019;16-09-2019;06-07-2020;Volgens plan\n\
         2;K2;V1;Renkum;13-03-2011;Vrijwillig kader;Zomaar iemand;Ouder;Bij ouder thuis;Beide;Subsidie;30-09-2020;14-10-2020;;\n",
    );
    let propose = [
        "koppel",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--uit",
        "koppeling.toml",
    ];
    let first = folder.run(&propose);
    assert_snapshot!("koppel", first.everything());
    assert_eq!(first.code, 1);
    let proposal = folder.lees("koppeling.toml");
    assert!(proposal.contains("OPEN"), "{proposal}");
    folder.write("koppeling.toml", format!("{proposal}\n# van mij\n"));
    folder.run(&propose);
    assert_eq!(
        (
            folder.lees("koppeling.toml"),
            folder.lees("koppeling.toml.vorige")
        ),
        (proposal.clone(), format!("{proposal}\n# van mij\n"))
    );
    let json = folder.run(&[
        "koppel",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--json",
    ]);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    for key in ["kolommen", "waarden", "open"] {
        assert!(value[key].is_array(), "{key}");
    }
    let open = folder.run(&[
        "pak",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "koppeling.toml",
        "--uit",
        "pakket",
        "--leverdatum",
        "2021-03-01",
    ]);
    assert_eq!(open.code, 1, "{}", open.everything());
    assert!(!folder.path("pakket").exists());
}

/// The four practice extracts go through the whole binary.
#[test]
fn practice_extracts_are_proposed_and_judged() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/extracts");
    for name in [
        "de_brug_2020.csv",
        "jeugdhulp_west.csv",
        "zorggroep_zuid.csv",
        "omgangshuis_noord.xlsx",
    ] {
        let folder = TestFolder::new();
        folder.write(name, fs::read(format!("{dir}/{name}")).unwrap());
        let propose = folder.run(&[
            "koppel",
            name,
            "--uitvraag",
            "omgang/2020",
            "--uit",
            "koppeling.toml",
        ]);
        assert!(propose.code <= 1, "{name}: {}", propose.everything());
        let oordeel = folder.run(&[
            "controleer",
            name,
            "--uitvraag",
            "omgang/2020",
            "--koppeling",
            "koppeling.toml",
            "--json",
        ]);
        assert!(oordeel.code <= 1, "{name}: {}", oordeel.stderr);
        let oordeel: Oordeel = serde_json::from_str(&oordeel.stdout).unwrap();
        assert!(oordeel.rijen["traject"] > 50, "{name}: {:?}", oordeel.rijen);
    }
}

#[test]
fn findings_come_as_csv_without_formulas() {
    let folder = met(&trajecten(&[&[("kader", "=HYPERLINK(1)")], &[]]));
    let result = check(&folder, &["--csv", "-"]);
    assert_eq!(result.code, 1);
    assert_eq!(check(&folder, &["--csv", "fouten.csv"]).code, 1);
    assert_eq!(folder.lees("fouten.csv"), result.stdout);
    let mut reader = csv::Reader::from_reader(result.stdout.as_bytes());
    let rows: Vec<TextRow> = reader.deserialize().map(|row| row.unwrap()).collect();
    let kader = rows.iter().find(|r| r["code"] == "CODE_UNKNOWN").unwrap();
    assert_eq!(
        (
            kader["cel"].as_str(),
            kader["kolom"].as_str(),
            kader["gevonden"].as_str()
        ),
        ("G2", "kader", "'=HYPERLINK(1)")
    );
    let json: Oordeel = serde_json::from_str(&check(&folder, &["--json"]).stdout).unwrap();
    assert_eq!(rows.len(), json.bevindingen.len());
}

/// A thousand rows with one cause take one line, with the exact number, whatever is listed.
#[test]
fn one_cause_in_a_thousand_rows_is_one_line() {
    let mut rows = trajecten(&vec![&[] as &[(&str, &str)]; 3000]);
    for (i, row) in rows.iter_mut().enumerate() {
        if i % 2 == 0 {
            row.insert("verwijzer".to_owned(), "GI-zuid".to_owned());
        }
        if i % 3 == 0 {
            row.insert("startdatum".to_owned(), format!("{}-4-2020", i % 28 + 1));
        }
        if i % 3 == 1 {
            row.insert("gemeente".to_owned(), "GM1979".to_owned());
        }
    }
    rows[7].insert("verwijzer".to_owned(), "huis\u{200b}arts!".to_owned());
    rows[9].insert("verwijzer".to_owned(), "04".to_owned());
    let folder = TestFolder::new();
    // A column nobody asks for, near one that is not there.
    folder.write("traject.csv", csv(&rows).replacen(",kader,", ",kadre,", 1));
    assert_snapshot!(
        "controleer_oorzaken",
        check(&folder, &["--max", "3"]).everything()
    );
    let oordeel: Oordeel = serde_json::from_str(&check(&folder, &["--json"]).stdout).unwrap();
    let found_cause = oordeel
        .oorzaken
        .iter()
        .find(|o| o.eerste.gevonden.as_deref() == Some("GI-zuid"))
        .unwrap();
    assert_eq!(
        (found_cause.aantal, found_cause.eerste.plaats.cel.as_deref()),
        (1500, Some("J2"))
    );
}
