//! The lenient door: an aanbieder's own file in any dialect and encoding gives the same rows, or is asked about.

use mapping::{Koppeling, propose, survey};
use proptest::prelude::*;
use sheets::SourceFile;
use std::fmt::Write as _;

use crate::support::{lees, omgang, proposal};

fn csv(text: &str) -> SourceFile {
    SourceFile::from_bytes("export.csv", text.as_bytes().to_vec())
}

fn encode(text: &str, encoding: usize) -> Vec<u8> {
    let utf16 = |text: &str, little: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|e| {
                if little {
                    e.to_le_bytes()
                } else {
                    e.to_be_bytes()
                }
            })
            .collect()
    };
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => format!("\u{feff}{text}").into_bytes(),
        2 => utf16(text, true),
        3 => utf16(text, false),
        _ => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever the delimiter, quoting, line end or encoding: the same texts come out.
    #[test]
    fn every_dialect_and_encoding_gives_the_same_rows(
        // A short word such as `NB` may mean none, and is read as none on purpose.
        cells in proptest::collection::vec(
            "[A-Za-zé€ë\"][A-Za-z éëüï;,|\"\t\n'=+@]{0,12}[A-Zz]"
                .prop_filter("may mean none", |cell| cell.chars().count() > 4 || !cell.starts_with(['n', 'N', 'l', 'L', 'o', 'O', 'u', 'U', 'g', 'G'])),
            2..12,
        ),
        separator in 0usize..4,
        line_ending in 0usize..3,
        encoding in 0usize..5,
        altijd in any::<bool>(),
    ) {
        let character = [',', ';', '\t', '|'][separator];
        let line_ending = ["\n", "\r\n", "\r"][line_ending];
        let quote = |cell: &str| {
            let needed = altijd || cell.contains([character, '"', '\n', '\r']) || cell.starts_with('"');
            if needed { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
        };
        let mut text = ["voorziening_id", "vorm", "vestiging", "kader"].map(&quote).join(&character.to_string());
        for cell in &cells {
            text.push_str(line_ending);
            text.push_str(&[cell.as_str(), "omgangshuis", "GM0344", "beide"].map(&quote).join(&character.to_string()));
        }
        let source_file = SourceFile::from_bytes("voorziening.csv", encode(&text, encoding));
        let (tabellen, _) = lees(&[source_file], None).map_err(|w| TestCaseError::fail(format!("{w} {:?}", w.code())))?;
        let loaded: Vec<_> = tabellen["voorziening"].iter().map(|r| r["voorziening_id"].clone().unwrap()).collect();
        prop_assert_eq!(loaded, cells);
    }
}

const FIRST: &str = "\
Cliëntnummer;Code kind;Team;Woongemeente;Geboren op;Dwang of vrijwillig;Aangemeld door;Bezoek van;Omgangsvorm;Uitvoerder;Financieringsvorm;Instroomdatum;Ingangsdatum;Afgesloten op;Afsluitreden;Aantal bezoeken;Opmerkingen
A-1;kind 1;Noord;Utrecht;12 mrt 2012;vrijwillig;wijkteam;vader;omgangshuis;vrijwilliger;subsidie;3-2-2020;14-4-2020;20-11-2020;doel bereikt;14;Belt liever 's avonds
A-2;kind 2;Noord;Den Haag;1 dec 2015;gedwongen;GI;oma;speeltuin;professional;regio;23-12-2019;1-2-2020;31-12-9999;;3;
A-3;kind 1;Zuid;Hengelo (O.);30 mei 2019;GEDWONGEN;kinderrechter;moeder;thuis;beide;gemeente;15-6-2020;-;-;n.v.t.;0;
Totaal;;;;;;;;;;;;;;;17;
";

/// Made by someone else: other headers and words, months in letters, a total row, words for nothing.
#[test]
fn another_aanbieders_words_go_through() {
    let source_file = csv(FIRST);
    let proposal = proposal(&source_file);
    assert_eq!(proposal.open, [], "{}", proposal.koppeling.to_toml());
    let (tabellen, summary) = lees(&[source_file], Some(&proposal.koppeling)).unwrap();
    assert_eq!(summary.open, Vec::<String>::new());
    let rows = &tabellen["traject"];
    let column = |veld: &str| -> Vec<&str> {
        rows.iter()
            .map(|r| r[veld].as_deref().unwrap_or("·"))
            .collect()
    };
    assert_eq!(column("traject_id"), ["A-1", "A-2", "A-3"]);
    assert_eq!(column("gemeente"), ["GM0344", "GM0518", "GM0164"]);
    assert_eq!(column("leeftijd_bij_aanmelding"), ["7", "4", "1"]);
    assert_eq!(column("kader"), ["vrijwillig", "gedwongen", "gedwongen"]);
    assert_eq!(
        column("verwijzer"),
        ["sociaal_wijkteam", "jeugdbeschermer", "rechter"]
    );
    assert_eq!(column("omgang_met"), ["ouder", "grootouder", "ouder"]);
    assert_eq!(
        column("vorm"),
        ["omgangshuis", "ambulant_elders", "ambulant_thuis"]
    );
    assert_eq!(
        column("aanmelddatum"),
        ["2020-02-03", "2019-12-23", "2020-06-15"]
    );
    assert_eq!(column("startdatum"), ["2020-04-14", "2020-02-01", "·"]);
    assert_eq!(column("einddatum"), ["2020-11-20", "·", "·"]);
    assert_eq!(column("reden_einde"), ["volgens_plan", "·", "·"]);
    assert_eq!(column("contacten"), ["14", "3", "0"]);
    // The free text is not asked for and does not come along.
    assert!(
        proposal.koppeling.tabellen[0]
            .overslaan
            .contains(&"Opmerkingen".to_owned())
    );
    // Waiting on 30 June, 30 September and 31 December: A-3; on 31 March: A-1.
    let wachtlijst: Vec<_> = tabellen["wachtlijst"]
        .iter()
        .map(|r| {
            (
                r["peildatum"].clone().unwrap(),
                r["langste_wachttijd_dagen"].clone().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        wachtlijst,
        [
            ("2020-03-31", "57"),
            ("2020-06-30", "15"),
            ("2020-09-30", "107"),
            ("2020-12-31", "199")
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    // The total row is passed over and said.
    assert!(
        summary
            .aannames
            .iter()
            .any(|a| a.contains("totaal") && a.contains("rij 5")),
        "{:?}",
        summary.aannames
    );
    assert!(summary.bevindingen.iter().any(|b| b.code == "ROWS_SKIPPED"));
    assert!(
        summary
            .bevindingen
            .iter()
            .any(|b| b.code == "GEMEENTE_BY_NAME")
    );
    assert!(
        summary
            .bevindingen
            .iter()
            .any(|b| b.code == "DELIMITER_ASSUMED")
    );
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(2), Some("vorm"))
            .cel
            .as_deref(),
        Some("I4")
    );
}

fn with_column(header: &str, values: &[&str]) -> SourceFile {
    let mut text = format!(
        "Dossiernr,Kind,Locatie,Gemeente,Leeftijd,Kader,Verwijzer,Omgang met,Vorm,Begeleider,Bekostiging,{header}\n"
    );
    for (i, value) in values.iter().enumerate() {
        writeln!(
            text,
            "D{i},K{i},V1,Utrecht,7,V,huisarts,ouder,OH,prof,regio,\"{value}\""
        )
        .unwrap();
    }
    csv(&text)
}

fn questions(source_file: &SourceFile) -> Vec<(Option<String>, Option<String>, Vec<String>)> {
    proposal(source_file)
        .open
        .into_iter()
        .map(|o| (o.bron, o.veld, o.kandidaten))
        .collect()
}

/// H-58: day and month that could be each other are asked, unless the column proves it.
#[test]
fn ambiguous_dates_are_asked() {
    let source_file = with_column("Datum aanmelding", &["03-04-2020", "05-06-2020"]);
    let open = questions(&source_file);
    assert_eq!(
        open,
        [(
            Some("Datum aanmelding".to_owned()),
            Some("traject.aanmelddatum".to_owned()),
            vec!["dd-mm-jjjj".to_owned(), "mm-dd-jjjj".to_owned()]
        )]
    );
    let text = proposal(&source_file).koppeling.to_toml();
    let unanswered = Koppeling::parse(&text).unwrap();
    assert!(
        !lees(std::slice::from_ref(&source_file), Some(&unanswered))
            .unwrap()
            .1
            .open
            .is_empty()
    );
    let answered =
        Koppeling::parse(&text.replace("aanmelddatum = \"\"", "aanmelddatum = \"dd-mm-jjjj\""))
            .unwrap();
    let (tabellen, summary) = lees(&[source_file], Some(&answered)).unwrap();
    assert_eq!(summary.open, Vec::<String>::new());
    assert_eq!(
        tabellen["traject"][0]["aanmelddatum"].as_deref(),
        Some("2020-04-03")
    );
    assert!(
        summary
            .bevindingen
            .iter()
            .any(|b| b.code == "DATE_FORMAT_ASSUMED")
    );
    assert_eq!(
        questions(&with_column(
            "Datum aanmelding",
            &["03-04-2020", "25-06-2020"]
        )),
        []
    );
    assert_eq!(
        questions(&with_column(
            "Datum aanmelding",
            &["03-25-2020", "05-06-2020"]
        )),
        []
    );
}

#[test]
fn two_digit_years_are_asked_unless_proven() {
    assert_eq!(
        questions(&with_column("Datum aanmelding", &["03-04-20", "05-06-20"])).len(),
        1
    );
    let source_file = with_column("Datum aanmelding", &["31-12-19", "05-06-20"]);
    let koppeling = proposal(&source_file).koppeling;
    assert_eq!(koppeling.tabellen[0].datumvorm["aanmelddatum"], "dd-mm-jj");
    let (tabellen, _) = lees(&[source_file], Some(&koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"][0]["aanmelddatum"].as_deref(),
        Some("2019-12-31")
    );
}

/// CBS codes of verwijzers: 02 to 05 map, 01 and 06 stand for several, 08 is not about omgang.
#[test]
fn cbs_codes_of_verwijzers() {
    let mut text = String::from("Dossiernr,Kind,Verwijzer,Datum aanmelding\n");
    for (i, code) in ["01", "02", "03", "04", "05", "06", "08"]
        .iter()
        .enumerate()
    {
        writeln!(text, "D{i},K{i},{code},2020-01-05").unwrap();
    }
    let source_file = csv(&text);
    let proposal = proposal(&source_file);
    let chosen: Vec<_> = proposal
        .waarden
        .iter()
        .filter(|w| w.veld == "traject.verwijzer")
        .map(|w| (w.bron.as_str(), w.code.as_str()))
        .collect();
    assert_eq!(
        chosen,
        [
            ("02", "huisarts"),
            ("03", "jeugdarts"),
            ("04", "jeugdbeschermer"),
            ("05", "medisch_specialist")
        ]
    );
    let open: Vec<_> = proposal
        .open
        .iter()
        .filter(|o| o.veld.as_deref() == Some("traject.verwijzer"))
        .collect();
    assert_eq!(
        open.iter()
            .map(|o| o.bron.as_deref().unwrap())
            .collect::<Vec<_>>(),
        ["01", "06", "08"]
    );
    assert_eq!(
        open[0].kandidaten,
        [
            "rechter",
            "raad_voor_de_kinderbescherming",
            "cjg",
            "sociaal_wijkteam"
        ]
    );
    assert_eq!(open[1].kandidaten, ["advocaat", "ouders"]);
    assert!(open[2].vraag.contains("strafrecht"), "{}", open[2].vraag);
    let (_, summary) = lees(&[source_file], Some(&proposal.koppeling)).unwrap();
    assert_eq!(
        summary
            .open
            .iter()
            .filter(|v| v.contains("'Verwijzer'"))
            .count(),
        3
    );
    assert!(
        summary
            .bevindingen
            .iter()
            .any(|b| b.code == "FOREIGN_CODES")
    );
}

/// H-29: codes whose zeros are lost could be one's own numbers: asked, not guessed.
#[test]
fn single_digit_codes_are_asked() {
    let text =
        "Dossiernr,Kind,Datum aanmelding,Reden einde\nD1,K1,2020-01-05,1\nD2,K2,2020-01-05,3\n";
    let open = questions(&csv(text));
    assert!(
        open.contains(&(
            Some("Reden einde".to_owned()),
            Some("traject.reden_einde".to_owned()),
            vec!["cbs".to_owned()]
        )),
        "{open:?}"
    );
}

/// What could be two gemeenten is asked; a code without its zeros is not.
#[test]
fn gemeenten_by_name_and_number() {
    let text = "Dossiernr,Kind,Gemeente,Datum aanmelding\nD1,K1,Bergen,2020-01-05\nD2,K2,344,2020-01-05\nD3,K3,Bergen (NH.),2020-01-05\n";
    let source_file = csv(text);
    let proposal = proposal(&source_file);
    let open: Vec<_> = proposal
        .open
        .iter()
        .filter(|o| o.veld.as_deref() == Some("traject.gemeente"))
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].kandidaten, ["GM0373", "GM0893"]);
    let (tabellen, summary) = lees(&[source_file], Some(&proposal.koppeling)).unwrap();
    let codes: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["gemeente"].as_deref().unwrap())
        .collect();
    assert_eq!(codes, ["Bergen", "GM0344", "GM0373"]);
    assert!(summary.open.iter().any(|v| v.contains("Bergen")));
}

/// A column that could be several things is a question, and so is one whose numbers may be what is missing.
#[test]
fn columns_that_can_not_be_placed() {
    let text = "Dossiernr,Kind,Datum aanmelding,Datum,Schoenmaat\nD1,K1,2020-01-05,2020-02-01,33\nD2,K2,2020-01-25,2020-03-01,34\n";
    let proposal = proposal(&csv(text));
    assert_eq!(proposal.koppeling.tabellen[0].overslaan, [""; 0]);
    let question = |source: &str| {
        let of_column = proposal
            .open
            .iter()
            .find(|o| o.bron.as_deref() == Some(source));
        of_column.unwrap()
    };
    let seen = &question("Schoenmaat").voorbeelden["Schoenmaat"];
    assert_eq!(seen, &["33", "34"]);
    assert!(
        !proposal
            .kolommen
            .iter()
            .any(|k| k.bron == "Datum" || k.bron == "Schoenmaat")
    );
    // What the uitvraag needs and the file does not have is asked too.
    assert!(
        proposal
            .open
            .iter()
            .any(|o| o.veld.as_deref() == Some("traject.kader"))
    );
}

#[test]
fn json_lists_of_objects() {
    let text = r#"[{"Dossiernummer": "D1", "Kind": "K1", "Kader": "V", "Datum aanmelding": "2020-01-05", "Minuten": 90, "Kosten": 12.5},
        {"Kind": "K2", "Dossiernummer": "D2", "Kader": null, "Minuten": 120}]"#;
    let source_file = SourceFile::from_bytes("export.json", text.as_bytes().to_vec());
    let koppeling = proposal(&source_file).koppeling;
    let (tabellen, summary) = lees(&[source_file], Some(&koppeling)).unwrap();
    let rows = &tabellen["traject"];
    assert_eq!(rows[0]["minuten"].as_deref(), Some("90"));
    assert_eq!(rows[0]["kosten"].as_deref(), Some("12.5"));
    assert_eq!(rows[1]["traject_id"].as_deref(), Some("D2"));
    assert_eq!(rows[1]["kader"], None);
    let place = summary.herkomst.place("traject", Some(1), Some("minuten"));
    assert_eq!(
        (place.rij, place.kolom.as_deref(), place.cel),
        (Some(2), Some("Minuten"), None)
    );
}

/// As systems give it: one object per line, or objects in objects; both were refused without a way out.
#[test]
fn json_of_real_systems() {
    let regels = "{\"trajectNummer\": \"00207\", \"kindId\": \"K0\", \"kader\": \"G\", \"aanmeldDatum\": \"2020-01-29\"}\n\
        {\"kindId\": \"K1\", \"trajectNummer\": \"00210\", \"kader\": null, \"aanmeldDatum\": \"2020-02-29\"}\n";
    let nested = r#"[{"dossier": {"nummer": "00207", "kind": "K0"}, "kader": {"code": "G"}, "datum": {"aanmelding": "2020-01-29"}},
        {"dossier": {"nummer": "00210", "kind": "K1"}, "kader": null, "datum": {"aanmelding": "2020-02-29"}}]"#;
    for (name, text) in [("per regel", regels), ("genest", nested)] {
        let source_file = SourceFile::from_bytes("export.json", text.as_bytes().to_vec());
        let proposal = proposal(&source_file);
        let text = proposal.koppeling.to_toml();
        let answered = text
            .replace("\njeugdige_id = \"\"", "\njeugdige_id = \"dossier.kind\"")
            .replace("\nkader = \"\"", "\nkader = \"kader.code\"");
        let (tabellen, _) =
            lees(&[source_file], Some(&Koppeling::parse(&answered).unwrap())).unwrap();
        let row = |n: usize, veld: &str| tabellen["traject"][n][veld].clone();
        assert_eq!(
            (row(0, "traject_id"), row(1, "jeugdige_id")),
            (Some("00207".to_owned()), Some("K1".to_owned())),
            "{name}\n{answered}"
        );
        assert_eq!(
            (row(0, "kader"), row(1, "kader")),
            (Some("gedwongen".to_owned()), None),
            "{name}"
        );
        assert_eq!(
            row(1, "aanmelddatum").as_deref(),
            Some("2020-02-29"),
            "{name}"
        );
    }
}

#[test]
fn hostile_json_is_refused() {
    let deep = "[".repeat(100_000);
    let cases: Vec<(&str, String, &str)> = vec![
        ("H50 depth", deep, "JSON_DEPTH"),
        (
            "H50 depth in a value",
            format!("[{{\"a\": {}", "[{\"b\":".repeat(5)),
            "JSON_TYPE",
        ),
        (
            "H51 key twice",
            r#"[{"Kind": "A", "Kind": "B"}]"#.to_owned(),
            "JSON_DUPLICATE_KEY",
        ),
        (
            "H51 list twice",
            r#"{"a": [{"b": 1}], "a": []}"#.to_owned(),
            "JSON_DUPLICATE_KEY",
        ),
        (
            "H52 long number",
            format!("[{{\"a\": {}}}]", "9".repeat(10_000)),
            "NUMBER",
        ),
        ("H52 1e400", r#"[{"a": 1e400}]"#.to_owned(), "NUMBER"),
        (
            "H52 lone surrogate",
            r#"[{"a": "\ud800"}]"#.to_owned(),
            "ENCODING_INVALID",
        ),
        ("H52 nul", r#"[{"a": "\u0000"}]"#.to_owned(), "CONTROL_CHAR"),
        (
            "H53 trailing",
            r#"[{"a": 1}] x"#.to_owned(),
            "JSON_TRAILING",
        ),
        (
            "H53 two documents",
            r#"[{"a": 1}][{"a": 1}]"#.to_owned(),
            "JSON_TRAILING",
        ),
        (
            "H53 comment",
            "[{\"a\": 1} // x\n]".to_owned(),
            "JSON_INVALID",
        ),
        (
            "H53 cut off",
            r#"[{"a": 1}, {"a""#.to_owned(),
            "JSON_INVALID",
        ),
        (
            "H54 long text",
            format!("[{{\"a\": \"{}\"}}]", "x".repeat(100_000)),
            "FIELD_TOO_LONG",
        ),
        (
            "H55 nested list",
            r#"[{"a": {"b": [1]}}]"#.to_owned(),
            "JSON_TYPE",
        ),
        (
            "H50 depth in objects",
            format!("[{{\"a\": {}", "{\"b\":".repeat(9)),
            "JSON_DEPTH",
        ),
        ("H55 list of numbers", "[1, 2]".to_owned(), "JSON_TYPE"),
    ];
    for (name, text, code) in cases {
        let source_file = SourceFile::from_bytes("export.json", text.into_bytes());
        let refusal = survey(&source_file, &omgang())
            .err()
            .unwrap_or_else(|| panic!("{name} is taken"));
        assert_eq!(refusal.code(), code, "{name}: {refusal}");
        assert_eq!(refusal.place().bestand.as_deref(), Some("export.json"));
    }
}

/// H-60, H-61, H-63 on an own file: found before anything is written, wherever it stands.
#[test]
fn bsns_are_found_wherever_they_appear() {
    let bsns: Vec<u32> = (100_000_000..200_000_000)
        .step_by(3_456_789)
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::eleven_test(*n))
        .take(25)
        .collect();
    let random: Vec<u32> = (0..300u32)
        .map(|i| 100_000_007 + i * 2_117_123 % 899_999_993)
        .collect();
    let source_file = |name: &str, header: &str, indices: &[u32]| {
        let mut text = format!("Dossiernr,{header},Datum aanmelding\n");
        indices
            .iter()
            .enumerate()
            .for_each(|(i, n)| writeln!(text, "D{i},{n},2020-01-05").unwrap());
        SourceFile::from_bytes(name, text.into_bytes())
    };
    let found = |source_file: SourceFile| {
        let definitie = omgang();
        let survey = survey(&source_file, &definitie).unwrap();
        let koppeling = propose(std::slice::from_ref(&survey), &definitie).koppeling;
        let (_, summary) = lees(&[source_file], Some(&koppeling)).unwrap();
        let in_survey = survey.bevindingen.iter().any(|b| b.code == "BSN_SUSPECTED");
        let in_summary = summary
            .bevindingen
            .iter()
            .filter(|b| b.code == "BSN_SUSPECTED")
            .all(|b| b.gevonden.is_none());
        assert!(in_summary, "a finding never shows the number");
        let counted = summary
            .counts
            .iter()
            .any(|t| t.code == "BSN_SUSPECTED" && t.ernst == schema::Ernst::Fout);
        assert_eq!(in_survey, counted, "both looks agree");
        counted
    };
    assert!(found(source_file("export.csv", "Kind", &bsns)));
    assert!(
        found(source_file("export.csv", "Schoenmaat", &bsns)),
        "also in a column that is left out"
    );
    assert!(found(source_file("export.csv", "BSN", &[1, 2, 3])));
    assert!(found(source_file(
        "export 123456782.csv",
        "Kind",
        &[1, 2, 3]
    )));
    assert!(found(source_file(
        "export.csv",
        "Kind 123456782",
        &[1, 2, 3]
    )));
    assert!(
        !found(source_file("export.csv", "Kind", &random)),
        "random numbers pass one time in eleven"
    );
}

/// What can't be taken at all is refused with a code, also by the lenient door.
#[test]
fn own_files_that_are_refused() {
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "EMPTY"),
        ("only line ends", b"\n\n\n".to_vec(), "EMPTY"),
        ("header only", b"Dossiernr,Kind,Kader\n".to_vec(), "EMPTY"),
        ("one column", b"abc\ndef\n".to_vec(), "DELIMITER"),
        (
            "utf-16 without a mark",
            "Kind;Kader\nK1;V\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            "ENCODING",
        ),
        (
            "mixed",
            b"Kind;Kader\nC\xc3\xab;\xe9\n".to_vec(),
            "ENCODING_INVALID",
        ),
        (
            "escape",
            b"Kind;Kader\nK\x1b[1m;V\n".to_vec(),
            "CONTROL_CHAR",
        ),
        (
            "ragged",
            b"Dossiernr;Kind;Kader\nD1;K1;V\nD2;K2;V;x;y\n".to_vec(),
            "ROW_WIDTH",
        ),
        (
            "old excel",
            [
                &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
                &[0; 600],
            ]
            .concat(),
            "FORMAT",
        ),
        (
            "html",
            b"<html><table><tr><td>Kind</td></tr></table></html>".to_vec(),
            "FORMAT",
        ),
        ("pdf", b"%PDF-1.7 ...".to_vec(), "FORMAT"),
        ("gzip", vec![0x1f, 0x8b, 8, 0, 0, 0], "FORMAT"),
    ];
    for (name, bytes, code) in cases {
        let source_file = SourceFile::from_bytes("export.csv", bytes);
        let definitie = omgang();
        let refusal = match survey(&source_file, &definitie) {
            Err(refusal) => refusal,
            Ok(survey) => {
                let koppeling = propose(&[survey], &definitie).koppeling;
                lees(&[source_file], Some(&koppeling))
                    .err()
                    .unwrap_or_else(|| panic!("{name} is taken"))
            }
        };
        assert_eq!(refusal.code(), code, "{name}: {refusal}");
    }
}

/// Without a koppeling canonical names and labels are enough; other names are refused with what to do.
#[test]
fn canonical_headers_need_no_koppeling() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let example = |headers: Vec<&str>| {
        let values: Vec<_> = traject
            .velden
            .iter()
            .map(|v| traject.voorbeeld[&v.naam].clone())
            .collect();
        csv(&format!("{}\n{}\n", headers.join(","), values.join(",")))
    };
    for headers in [
        traject
            .velden
            .iter()
            .map(|v| v.naam.as_str())
            .collect::<Vec<_>>(),
        traject.velden.iter().map(|v| v.label.as_str()).collect(),
    ] {
        let (tabellen, summary) = lees(&[example(headers)], None).unwrap();
        for (veld, value) in &traject.voorbeeld {
            assert_eq!(tabellen["traject"][0][veld].as_ref(), Some(value), "{veld}");
        }
        assert!(summary.open.is_empty());
    }
    // An own export that shares most of its names all the same: one answer, not a finding per row.
    let own = "Dossiernr|Kindnummer|Voorziening|Gemeente|Leeftijd bij aanmelding|Kader|Verwijzer|Omgang met|Vorm|Startdatum\n\
        00207|K0|V2|Groningen|8|G|GI|Oma|Ambulant elders|29-01-2020\n";
    let refusal = lees(&[csv(own)], None).err().unwrap();
    assert_eq!(refusal.code(), "HEADER_UNKNOWN");
    assert!(
        refusal.to_string().contains("niet het sjabloon")
            && refusal.to_string().contains("uitvraag koppel"),
        "{refusal}"
    );
    let refusal = lees(&[csv(FIRST)], None).err().unwrap();
    assert_eq!(refusal.code(), "HEADER_UNKNOWN");
    assert!(refusal.to_string().contains("uitvraag koppel"));
}

/// Rows that the koppeling itself holds, and a fixed value.
#[test]
fn rows_written_in_the_koppeling() {
    let source_file = csv("Dossiernr,Kind\nD1,K1\n");
    let text = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\ntraject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\n\
        [tabel.vast]\nwettelijk_kader = \"jeugdwet\"\n[[voorziening]]\nvoorziening_id = \"V1\"\nvorm = \"Omgangshuis\"\nvestiging = \"Utrecht\"\nkader = \"beide\"\nweekend = true\n";
    let (tabellen, summary) = lees(&[source_file], Some(&Koppeling::parse(text).unwrap())).unwrap();
    assert_eq!(
        tabellen["traject"][0]["wettelijk_kader"].as_deref(),
        Some("jeugdwet")
    );
    let voorziening = &tabellen["voorziening"][0];
    assert_eq!(
        (
            voorziening["vestiging"].as_deref(),
            voorziening["weekend"].as_deref(),
            voorziening["vorm"].as_deref()
        ),
        (Some("GM0344"), Some("ja"), Some("omgangshuis"))
    );
    assert_eq!(
        summary
            .herkomst
            .place("voorziening", Some(0), None)
            .bestand
            .as_deref(),
        Some("koppeling.toml")
    );
}

/// H-19: a line end inside quotes does not move the row numbers.
#[test]
fn row_numbers_are_those_of_a_spreadsheet() {
    let text =
        "sep=;\nDossiernr;Kind;Datum aanmelding\nD1;\"K\n1\";2020-01-05\n\nD2;K2;2020-01-06\n";
    let source_file = csv(text);
    let koppeling = proposal(&source_file).koppeling;
    let (_, summary) = lees(&[source_file], Some(&koppeling)).unwrap();
    assert_eq!(
        summary.herkomst.place("traject", Some(0), None).rij,
        Some(3)
    );
    assert_eq!(
        summary
            .herkomst
            .place("traject", Some(1), Some("aanmelddatum"))
            .cel
            .as_deref(),
        Some("C5")
    );
    assert!(summary.bevindingen.iter().any(|b| b.code == "SEP_LINE"));
}

fn kosten(source_file: SourceFile, koppeling: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let koppeling = Koppeling::parse(koppeling).unwrap();
    koppeling.verify(&omgang()).unwrap();
    let (tabellen, summary) = lees(&[source_file], Some(&koppeling)).unwrap();
    let column = tabellen["traject"]
        .iter()
        .map(|r| r["kosten"].clone().unwrap_or_default())
        .collect();
    // The other columns are not what these tests are about.
    let open = summary
        .open
        .into_iter()
        .filter(|question| !question.starts_with("Waar staat"))
        .collect();
    (column, open, summary.aannames)
}

const KOSTEN: &str = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\ntraject_id = \"Nr\"\nkosten = \"Bedrag\"\n";

/// A JSON number of 1.125 once became 1125 euro: its point is a decimal one, whatever a Dutch text would mean by it.
#[test]
fn a_number_in_json_is_no_dutch_text() {
    let source_file = SourceFile::from_bytes(
        "export.json",
        br#"[{"Nr":"A","Bedrag":1.125},{"Nr":"B","Bedrag":113.025},{"Nr":"C","Bedrag":1250}]"#
            .to_vec(),
    );
    assert_eq!(kosten(source_file, KOSTEN).0, ["1.13", "113.03", "1250"]);
}

/// What the koppeling says of the signs in people's numbers says nothing of numbers: under `1.234,56` the 12.5 of JSON was
/// none. The text beside it is read as said, and what is a number of one's own keeps its digits.
#[test]
fn a_number_stays_one_whatever_the_koppeling_says() {
    let source_file = || {
        SourceFile::from_bytes(
            "export.json",
            br#"[{"Nr":12.345,"Bedrag":12.5},{"Nr":"B","Bedrag":"1.234,5"},{"Nr":"C","Bedrag":1.234}]"#
                .to_vec(),
        )
    };
    let comma = format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1.234,56\"\n");
    let (amounts, open, _) = kosten(source_file(), &comma);
    assert_eq!(
        (amounts, open.len()),
        (
            vec!["12.5".to_owned(), "1234.5".to_owned(), "1.23".to_owned()],
            0
        )
    );
    let koppeling = Koppeling::parse(KOSTEN).unwrap();
    let (tabellen, _) = lees(&[source_file()], Some(&koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"][0]["traject_id"].as_deref(),
        Some("12.345")
    );
}

/// `113.025` beside `99.5`: what the point is has to be asked, and the answer holds.
#[test]
fn points_of_two_kinds_in_one_column_are_asked() {
    let source_file = || csv("Nr;Bedrag\nA;113.025\nB;99.5\nC;1023.300\n");
    let (_, open, _) = kosten(source_file(), KOSTEN);
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(
        open[0].contains("'113.025' en '99.5'") && open[0].contains("kosten = \"1,234.56\""),
        "{open:?}"
    );
    let answered = format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1,234.56\"\n");
    let (amounts, open, _) = kosten(source_file(), &answered);
    assert_eq!(
        (amounts, open.len()),
        (
            vec!["113.03".to_owned(), "99.5".to_owned(), "1023.3".to_owned()],
            0
        )
    );
    let (thousands, open, assumptions) = kosten(csv("Nr;Bedrag\nA;1.250\nB;12,50\n"), KOSTEN);
    assert_eq!(
        (thousands, open.len()),
        (vec!["1250".to_owned(), "12.5".to_owned()], 0)
    );
    assert!(
        assumptions.iter().any(|a| a.contains("'1.250'")),
        "what was assumed is said: {assumptions:?}"
    );
}

/// `1,600` is a thousand to one program and less than two to another.
#[test]
fn a_comma_before_three_digits_is_asked() {
    let (_, open, _) = kosten(csv("Nr;Bedrag\nA;\"1,600\"\n"), KOSTEN);
    assert!(open.len() == 1 && open[0].contains("'1,600'"), "{open:?}");
    let comma = kosten(
        csv("Nr;Bedrag\nA;\"1,600\"\n"),
        &format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1.234,56\"\n"),
    );
    assert_eq!((comma.0, comma.1.len()), (vec!["1.6".to_owned()], 0));
    let unknown =
        Koppeling::parse(&format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1234\"\n")).unwrap();
    assert!(unknown.verify(&omgang()).is_err());
}

/// What a browser writes for midnight here is an hour of the day before, in UTC.
#[test]
fn a_moment_in_utc_is_the_day_it_was_here() {
    let koppeling = KOSTEN.replace("kosten = \"Bedrag\"", "aanmelddatum = \"Aangemeld\"");
    let source_file = csv("Nr;Aangemeld\nA;2020-01-28T23:00:00.000Z\nB;2020-02-03T09:30:00.000Z\n");
    let (tabellen, summary) =
        lees(&[source_file], Some(&Koppeling::parse(&koppeling).unwrap())).unwrap();
    let days: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["aanmelddatum"].as_deref().unwrap())
        .collect();
    assert_eq!(days, ["2020-01-29", "2020-02-03"]);
    assert!(
        summary.aannames.iter().any(|a| a.contains("UTC")),
        "{:?}",
        summary.aannames
    );
}

/// Found by fuzzing: a koppeling that places no column at all once broke the reader off.
#[test]
fn a_table_without_columns_still_has_rows() {
    let koppeling =
        Koppeling::parse("uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n").unwrap();
    let (tabellen, summary) =
        lees(&[csv("Dossiernr;Kind\nD1;K1\nD2;K2\n")], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 2);
    assert!(!summary.open.is_empty());
    assert_eq!(koppeling.open(), 0);
}

/// A column of BSNs is one in any disguise; numbers of one's own in the same disguise are not.
#[test]
fn bsns_in_disguise_are_found_among_identifiers() {
    let eleven_test = |number: u32| pakket::bsn::eleven_test(number);
    let bsns: Vec<u32> = (111_222_000..)
        .filter(|n| eleven_test(*n))
        .take(40)
        .collect();
    let own: Vec<u32> = (111_222_000..).step_by(7).take(40).collect();
    for vorm in ["K-#", "#.0", "BSN#", "\"=\"\"#\"\"\"", "klant #"] {
        let file = |numbers: &[u32]| {
            let rows = numbers
                .iter()
                .map(|n| format!("{};\n", vorm.replace('#', &n.to_string())))
                .collect::<Vec<_>>()
                .concat();
            csv(&format!("Nr;Bedrag\n{rows}"))
        };
        let koppeling = Koppeling::parse(&KOSTEN.replace("kosten = \"Bedrag\"\n", "")).unwrap();
        let found = |source_file: SourceFile| {
            let (_, summary) = lees(&[source_file], Some(&koppeling)).unwrap();
            summary.counts.iter().any(|t| t.code == "BSN_SUSPECTED")
        };
        assert!(found(file(&bsns)), "{vorm}");
        assert!(!found(file(&own)), "{vorm}");
    }
}

/// Exports keep Excel from eating the zeros of a number with `="00207"`. The number was taken with guard and all, and
/// had another pseudonym than last year.
#[test]
fn a_number_in_the_guard_of_excel_is_the_number() {
    let text = "=\"voorziening_id\";vorm;vestiging;kader\n=\"00207\";omgangshuis;GM0344;beide\n\"=\"\"00208\"\"\";omgangshuis;=\"344\";beide\n\
                 =207;omgangshuis;GM0344;beide\n=\"\";omgangshuis;GM0344;beide\n";
    let (tabellen, summary) = lees(&[csv(text)], None).unwrap();
    let indices: Vec<_> = tabellen["voorziening"]
        .iter()
        .map(|r| r["voorziening_id"].as_deref())
        .collect();
    assert_eq!(indices, [Some("00207"), Some("00208"), Some("=207"), None]);
    assert_eq!(
        tabellen["voorziening"][1]["vestiging"].as_deref(),
        Some("GM0344")
    );
    let sentence = "Bestand 'export.csv': in 4 cellen staat een waarde als =\"…\". Alleen de tekst ertussen is gelezen.";
    assert!(
        summary.aannames.contains(&sentence.to_owned()),
        "{:?}",
        summary.aannames
    );
}

/// The question about a column, where there is one; and the koppeling with that answer.
fn date_question(datums: &[&str], answer: &str) -> (Option<String>, Vec<Option<String>>) {
    let mut text = "Dossiernr;Kind;Gemeente;Leeftijd;Kader;Vorm;Datum aanmelding\n".to_owned();
    for (i, datum) in datums.iter().enumerate() {
        writeln!(text, "D-{i};K{i};Utrecht;7;V;OH;{datum}").unwrap();
    }
    let source_file = csv(&text);
    let proposal = proposal(&source_file);
    let question = proposal
        .open
        .iter()
        .find(|o| o.bron.as_deref() == Some("Datum aanmelding"))
        .map(|o| o.vraag.clone());
    let mut koppeling = proposal.koppeling;
    koppeling.tabellen[0]
        .datumvorm
        .insert("aanmelddatum".to_owned(), answer.to_owned());
    let (tabellen, _) = lees(&[source_file], Some(&koppeling)).unwrap();
    (
        question,
        tabellen["traject"]
            .iter()
            .map(|r| r["aanmelddatum"].clone())
            .collect(),
    )
}

/// Two systems in one column: what the dashes prove says nothing about the strokes.
#[test]
fn two_ways_of_writing_dates_are_asked_about() {
    let (question, loaded) = date_question(&["13-11-2019", "01/04/2020"], "dd-mm-jjjj");
    let question = question.unwrap();
    assert!(
        question.contains("geschreven met '-' en met '/'")
            && question.contains("Kies dd-mm-jjjj of mm-dd-jjjj."),
        "{question}"
    );
    assert_eq!(
        loaded,
        [Some("2019-11-13".to_owned()), Some("2020-04-01".to_owned())]
    );
    assert_eq!(
        date_question(&["13-11-2019", "21/04/2020", "01/04/2020"], "dd-mm-jjjj").0,
        None
    );
}

/// Opened by a program of another country: what it could read it turned round, what it could not stayed text.
#[test]
fn dates_that_a_program_swapped_are_asked_about() {
    let datums = ["04/13/2020", "2020-01-04", "2020-02-04"];
    let (question, loaded) = date_question(&datums, "omgewisseld");
    let question = question.unwrap();
    assert!(
        question.contains("Kies mm-dd-jjjj als de echte datums kloppen, anders omgewisseld."),
        "{question}"
    );
    assert_eq!(
        loaded,
        [
            Some("2020-04-13".to_owned()),
            Some("2020-04-01".to_owned()),
            Some("2020-04-02".to_owned())
        ]
    );
    let (_, loaded) = date_question(&datums, "mm-dd-jjjj");
    assert_eq!(loaded[1].as_deref(), Some("2020-01-04"));
}

/// A name from before the first year of the uitvraag becomes its own code, for the check to say what it is now.
#[test]
fn a_gemeente_of_long_ago_keeps_its_code() {
    let text = "voorziening_id;vorm;vestiging;kader\nV1;omgangshuis;Loenen;beide\nV2;omgangshuis;Ten Boer;beide\n";
    let (tabellen, _) = lees(&[csv(text)], None).unwrap();
    let codes: Vec<_> = tabellen["voorziening"]
        .iter()
        .map(|r| r["vestiging"].as_deref().unwrap())
        .collect();
    assert_eq!(codes, ["GM0329", "GM0009"]);
}

/// Of whoever is called `onbekend` there is more than one: as a number it would make one child of them.
#[test]
fn words_for_no_number_are_no_number() {
    let text = "traject_id,jeugdige_id,gezin_id,gemeente,kader\nT1,onbekend,0,GM0344,vrijwillig\nT2,?,geen,GM0344,vrijwillig\nT3,K0,x,GM0344,vrijwillig\n";
    let (tabellen, summary) = lees(&[csv(text)], None).unwrap();
    let column = |veld: &str| {
        tabellen["traject"]
            .iter()
            .map(|r| r[veld].as_deref())
            .collect::<Vec<_>>()
    };
    assert_eq!(column("jeugdige_id"), [None, None, Some("K0")]);
    assert_eq!(column("gezin_id"), [None, None, Some("x")]);
    assert!(
        summary
            .aannames
            .iter()
            .any(|a| a == "Kolom 'jeugdige_id': '?', 'onbekend' zijn gelezen als leeg."),
        "{:?}",
        summary.aannames
    );
}

/// What Excel cut down before the file was saved as CSV is refused, as it is in a workbook.
#[test]
fn numbers_that_lost_their_digits_are_refused() {
    let text = "traject_id;jeugdige_id;gemeente;kader\nT1;12;GM0344;vrijwillig\nT2;1,23457E+11;GM0344;vrijwillig\n";
    let refusal = lees(&[csv(text)], None).err().unwrap();
    let place = refusal.place();
    assert_eq!(
        (refusal.code(), place.rij, place.kolom.as_deref()),
        ("NUMBER", Some(3), Some("jeugdige_id"))
    );
    assert!(lees(&[csv(&text.replace("1,23457E+11", "K1,23457E+11"))], None).is_ok());
}

/// Dates by which systems mean that there is none.
#[test]
fn a_date_that_stands_for_none_is_read_as_empty() {
    for datum in [
        "1900-01-01",
        "01-01-1900",
        "0001-01-01",
        "1-1-0001 00:00:00",
        "30-12-1899",
        "1753-01-01",
        "31-12-9999",
    ] {
        let text = format!(
            "traject_id,jeugdige_id,gemeente,kader,startdatum,einddatum\nT1,K1,GM0344,vrijwillig,2020-02-01,{datum}\n"
        );
        let (tabellen, summary) = lees(&[csv(&text)], None).unwrap();
        assert_eq!(tabellen["traject"][0]["einddatum"], None, "{datum}");
        assert!(
            summary
                .aannames
                .iter()
                .any(|a| a.contains("gelezen als leeg")),
            "{datum} {:?}",
            summary.aannames
        );
    }
    let text = "traject_id,jeugdige_id,gemeente,kader,startdatum,einddatum\nT1,K1,GM0344,vrijwillig,2020-02-01,1900-01-02\n";
    assert_eq!(
        lees(&[csv(text)], None).unwrap().0["traject"][0]["einddatum"].as_deref(),
        Some("1900-01-02")
    );
}

/// The header once more, though the first column has no name and another stands there twice.
#[test]
fn a_header_in_the_middle_is_no_row() {
    let header = ";Trajectnummer;Kind;Gemeente;Kader;Notitie;Notitie\n";
    let text =
        format!("{header};T1;K1;Utrecht;vrijwillig;a;b\n{header};T2;K2;Utrecht;vrijwillig;;\n");
    let (tabellen, summary) = lees(&[csv(&text)], Some(&proposal(&csv(&text)).koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"]
            .iter()
            .map(|r| r["traject_id"].as_deref().unwrap())
            .collect::<Vec<_>>(),
        ["T1", "T2"]
    );
    assert!(
        summary
            .aannames
            .iter()
            .any(|a| a.contains("een herhaling van de kopregel")),
        "{:?}",
        summary.aannames
    );
}
