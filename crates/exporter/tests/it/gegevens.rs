//! `koppel`, `controleer` and `pak` on files: what a person sees, and what is and is not written.

use std::collections::BTreeMap;
use std::fs;

use calamine::{Reader, Xlsx};
use insta::assert_snapshot;
use parquet::file::reader::{FileReader, SerializedFileReader};
use schema::{Definitie, Oordeel, Pakket, Verdict};

use crate::hulp::{Uitslag, Werkmap};

pub type Rij = BTreeMap<String, String>;

/// Rows after the definition's own example, each changed a little.
pub fn trajecten(wijzig: &[&[(&str, &str)]]) -> Vec<Rij> {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let voorbeeld = &definitie.tabel("traject").unwrap().voorbeeld;
    let rij = |(i, wijziging): (usize, &&[(&str, &str)])| {
        let mut rij = voorbeeld.clone();
        rij.insert("traject_id".to_owned(), format!("T{i}"));
        rij.insert("jeugdige_id".to_owned(), format!("K{i}"));
        rij.extend(
            wijziging
                .iter()
                .map(|(veld, waarde)| ((*veld).to_owned(), (*waarde).to_owned())),
        );
        rij
    };
    wijzig.iter().enumerate().map(rij).collect()
}

/// The rows as a CSV with canonical headers.
pub fn csv(rijen: &[Rij]) -> String {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: Vec<&str> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect();
    let mut schrijver = csv::Writer::from_writer(Vec::new());
    schrijver.write_record(&velden).unwrap();
    for rij in rijen {
        schrijver
            .write_record(
                velden
                    .iter()
                    .map(|v| rij.get(*v).map_or("", String::as_str)),
            )
            .unwrap();
    }
    String::from_utf8(schrijver.into_inner().unwrap()).unwrap()
}

const GOED: &[&[(&str, &str)]] = &[&[], &[], &[]];
pub const DAG: [&str; 2] = ["--leverdatum", "2021-03-01"];
pub const UITVRAAG: [&str; 2] = ["--uitvraag", "omgang/2020"];

pub fn controleer(werk: &Werkmap, meer: &[&str]) -> Uitslag {
    werk.draai(&[&["controleer", "traject.csv"], &UITVRAAG[..], &DAG, meer].concat())
}

pub fn pak(werk: &Werkmap, uit: &str, meer: &[&str]) -> Uitslag {
    werk.draai(
        &[
            &["pak", "traject.csv"],
            &UITVRAAG[..],
            &DAG,
            &["--uit", uit, "--sleutel", "sleutel.toml"],
            meer,
        ]
        .concat(),
    )
}

pub fn met(rijen: &[Rij]) -> Werkmap {
    let werk = Werkmap::new();
    werk.schrijf("traject.csv", csv(rijen));
    werk
}

fn inhoud(werk: &Werkmap, map: &str) -> BTreeMap<String, Vec<u8>> {
    let bestanden = fs::read_dir(werk.pad(map))
        .unwrap()
        .map(|b| b.unwrap().path());
    bestanden
        .map(|pad| {
            (
                pad.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&pad).unwrap(),
            )
        })
        .collect()
}

/// Lengths differ with the key, which is made anew each time.
fn zonder_omvang(tekst: &str) -> String {
    let regels = tekst
        .lines()
        .map(|r| match (r.find(".csv.zst, "), r.find(" bytes)")) {
            (Some(begin), Some(eind)) => format!("{}[N]{}\n", &r[..begin + 10], &r[eind..]),
            _ => format!("{r}\n"),
        });
    regels.collect()
}

#[test]
fn a_good_file_is_told_to_be_good() {
    let werk = met(&trajecten(GOED));
    assert_snapshot!("controleer_goed", controleer(&werk, &[]).alles());
}

#[test]
fn fouten_are_counted_placed_and_explained() {
    let fout: &[&[(&str, &str)]] = &[
        &[("startdatum", "2019-01-01"), ("intakedatum", "")],
        &[("kader", "vrijwilig")],
        &[("aanmelddatum", "31-02-2020")],
        &[("einddatum", "2021-06-01")],
    ];
    let werk = met(&trajecten(fout));
    let uitslag = controleer(&werk, &["--rapport", "fouten.xlsx"]);
    assert_snapshot!("controleer_fouten", uitslag.alles());
    let mut boek: Xlsx<_> = calamine::open_workbook(werk.pad("fouten.xlsx")).unwrap();
    let bevindingen = boek.worksheet_range("Bevindingen").unwrap();
    let cellen: Vec<String> = bevindingen.rows().map(|r| r[1].to_string()).collect();
    assert!(cellen.iter().any(|c| c.ends_with('3')), "{cellen:?}");
    assert!(boek.worksheet_range("Controle").unwrap().height() > 1);
    let eigen = boek.worksheet_range("traject").unwrap();
    let cel = |plek| {
        eigen
            .get_value(plek)
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    assert!(
        (0..40).any(|k| cel((2, k)) == "vrijwilig") && (0..40).any(|k| cel((3, k)) == "31-02-2020"),
        "{eigen:?}"
    );
}

/// The list in the terminal and in JSON is the same whether or not a report with everything was asked.
#[test]
fn a_report_has_every_finding_and_changes_nothing_else() {
    let fout: &[(&str, &str)] = &[
        ("kader", "vrijwilig"),
        ("startdatum", "2019-01-01"),
        ("intakedatum", ""),
    ];
    let werk = met(&trajecten(&vec![fout; 1_200]));
    let (zonder, met) = (
        controleer(&werk, &["--json"]),
        controleer(&werk, &["--json", "--rapport", "fouten.xlsx"]),
    );
    assert_eq!((zonder.code, &zonder.stdout), (1, &met.stdout));
    let oordeel: Oordeel = serde_json::from_str(&met.stdout).unwrap();
    assert!(oordeel.afgekapt);
    let mut boek: Xlsx<_> = calamine::open_workbook(werk.pad("fouten.xlsx")).unwrap();
    let geteld: u64 = oordeel.regels.iter().map(|r| r.aantal).sum();
    assert_eq!(
        boek.worksheet_range("Bevindingen").unwrap().height() as u64,
        geteld + 2
    );
    let eerste = fs::read(werk.pad("fouten.xlsx")).unwrap();
    controleer(&werk, &["--rapport", "fouten.xlsx"]);
    assert!(
        eerste == fs::read(werk.pad("fouten.xlsx")).unwrap(),
        "the same judgement gives the same bytes"
    );
}

#[test]
fn a_report_never_takes_the_place_of_the_own_file() {
    let werk = met(&trajecten(GOED));
    fs::rename(werk.pad("traject.csv"), werk.pad("traject.xlsx")).unwrap();
    let voor = fs::read(werk.pad("traject.xlsx")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(werk.pad("traject.xlsx"), werk.pad("anders.xlsx")).unwrap();
    let namen: &[&str] = if cfg!(unix) {
        &["traject.xlsx", "./traject.xlsx", "anders.xlsx"]
    } else {
        &["traject.xlsx", "./traject.xlsx"]
    };
    for naam in namen {
        let uitslag = werk.draai(
            &[
                &["controleer", "traject.xlsx"],
                &UITVRAAG[..],
                &DAG,
                &["--rapport", naam],
            ]
            .concat(),
        );
        assert_eq!(uitslag.code, 2, "{}", uitslag.alles());
        assert!(
            uitslag.stderr.contains("overschrijven"),
            "{}",
            uitslag.stderr
        );
        assert!(
            voor == fs::read(werk.pad("traject.xlsx")).unwrap(),
            "{naam}"
        );
    }
    let geen_excel = werk.draai(
        &[
            &["controleer", "traject.xlsx"],
            &UITVRAAG[..],
            &DAG,
            &["--rapport", "fouten.csv"],
        ]
        .concat(),
    );
    assert!(
        geen_excel.code == 2 && geen_excel.stderr.contains(".xlsx"),
        "{}",
        geen_excel.alles()
    );
}

/// A pakket has no file of the aanbieder's own: there the report is the judgement alone.
#[test]
fn a_pakket_gets_a_report_too() {
    let werk = met(&trajecten(&[&[], &[("leeftijd_bij_aanmelding", "19")]]));
    assert_eq!(pak(&werk, "pakket", &[]).code, 0);
    assert_eq!(
        werk.draai(&["controleer", "pakket", "--rapport", "fouten.xlsx"])
            .code,
        0
    );
    let boek: Xlsx<_> = calamine::open_workbook(werk.pad("fouten.xlsx")).unwrap();
    assert_eq!(boek.sheet_names(), ["Controle", "Bevindingen"]);
}

#[test]
fn json_is_the_judgement_and_nothing_else_on_stdout() {
    let werk = met(&trajecten(&[
        &[("startdatum", "2019-01-01"), ("intakedatum", "")],
        &[],
    ]));
    let uitslag = controleer(&werk, &["--json"]);
    assert_eq!(uitslag.code, 1);
    let oordeel: Oordeel = serde_json::from_str(&uitslag.stdout).unwrap();
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
    let geheel: serde_json::Value = serde_json::from_str(&uitslag.stdout).unwrap();
    for sleutel in [
        "code", "ernst", "bestand", "blad", "rij", "kolom", "cel", "gevonden", "verwacht",
        "herstel",
    ] {
        assert!(geheel["bevindingen"][0].get(sleutel).is_some(), "{sleutel}");
    }
}

#[test]
fn parquet_has_a_row_for_every_row() {
    let werk = met(&trajecten(GOED));
    assert_eq!(controleer(&werk, &["--parquet", "uit"]).code, 0);
    let lezer = SerializedFileReader::new(fs::File::open(werk.pad("uit/traject.parquet")).unwrap())
        .unwrap();
    assert_eq!(lezer.metadata().file_metadata().num_rows(), 3);
    let kolommen = lezer
        .metadata()
        .file_metadata()
        .schema_descr()
        .num_columns();
    assert_eq!(
        kolommen,
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
    let werk = met(&trajecten(GOED));
    let eerste = pak(&werk, "een", &["--kvk", "12345678"]);
    assert_eq!(eerste.code, 0, "{}", eerste.alles());
    assert!(
        eerste.stderr.contains("Er is een nieuwe sleutel gemaakt"),
        "{}",
        eerste.stderr
    );
    assert_snapshot!(
        "pak",
        zonder_omvang(&pak(&werk, "twee", &["--kvk", "12345678"]).alles())
    );
    assert_eq!(inhoud(&werk, "een"), inhoud(&werk, "twee"));
    let pakket: Pakket = serde_json::from_str(&werk.lees("een/pakket.json")).unwrap();
    assert_eq!(
        (pakket.name.as_str(), pakket.aanbieder.as_deref()),
        ("omgang-2020-12345678", Some("12345678"))
    );
    assert!(
        pakket.pseudoniem.starts_with("hmac-sha256.1."),
        "{}",
        pakket.pseudoniem
    );
    let tekst = zstd::decode_all(fs::File::open(werk.pad("een/traject.csv.zst")).unwrap()).unwrap();
    let mut lezer = csv::Reader::from_reader(tekst.as_slice());
    for (i, rij) in lezer.records().enumerate() {
        let rij = rij.unwrap();
        assert_eq!((rij[0].len(), rij[1].len()), (26, 26));
        assert!(
            !rij.iter()
                .any(|w| w == format!("T{i}") || w == format!("K{i}"))
        );
    }
    assert!(
        !werk.bestanden().iter().any(|b| b.contains(".uitvraag-")),
        "{:?}",
        werk.bestanden()
    );
}

#[test]
fn a_pakket_is_judged_as_the_own_file_was() {
    let werk = met(&trajecten(&[&[], &[("leeftijd_bij_aanmelding", "19")]]));
    let uitslag = pak(&werk, "pakket", &[]);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
    assert_snapshot!(
        "controleer_pakket",
        werk.draai(&["controleer", "pakket"]).alles()
    );
    let json = werk.draai(&["controleer", "pakket", "--json"]);
    let oordeel: Oordeel = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(oordeel.verdict, Verdict::TeBevestigen);
}

#[test]
fn a_fout_stops_the_pakket_and_leaves_nothing_behind() {
    let werk = met(&trajecten(&[&[
        ("startdatum", "2019-01-01"),
        ("intakedatum", ""),
    ]]));
    let uitslag = pak(&werk, "pakket", &[]);
    assert_snapshot!("pak_fout", uitslag.alles());
    assert_eq!(werk.bestanden(), ["traject.csv"]);
}

/// Nine digits that pass the elfproef, one after another.
/// A table that may not be absent has no rule of its own: without this, a pakket without trajecten looked fine.
#[test]
fn a_pakket_without_a_required_table_is_not_made() {
    let werk = Werkmap::new();
    werk.schrijf(
        "voorziening.csv",
        "voorziening_id,vorm,vestiging,kader\nV1,omgangshuis,GM0014,beide\n",
    );
    let vast = [
        &["pak", "voorziening.csv"],
        &UITVRAAG[..],
        &DAG,
        &["--uit", "pakket", "--sleutel", "sleutel.toml"],
    ];
    let uitslag = werk.draai(&vast.concat());
    assert_eq!(uitslag.code, 1);
    assert!(
        uitslag.alles().contains("de tabel Trajecten ontbreekt"),
        "{}",
        uitslag.alles()
    );
    assert_eq!(werk.bestanden(), ["voorziening.csv"]);
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
    let mut rijen = trajecten(&[&[] as &[(&str, &str)]; 40]);
    for (rij, bsn) in rijen.iter_mut().zip(bsns()) {
        rij.insert("jeugdige_id".to_owned(), bsn);
    }
    let werk = met(&rijen);
    for uitslag in [
        pak(&werk, "pakket", &[]),
        controleer(&werk, &["--parquet", "uit"]),
    ] {
        assert_eq!(uitslag.code, 1, "{}", uitslag.alles());
        assert!(
            uitslag.alles().contains("burgerservicenummer"),
            "{}",
            uitslag.alles()
        );
    }
    assert!(
        werk.bestanden().iter().all(|b| b == "traject.csv"),
        "{:?}",
        werk.bestanden()
    );
}

#[test]
fn an_earlier_pakket_makes_way_but_nothing_else_does() {
    let werk = met(&trajecten(GOED));
    assert_eq!(pak(&werk, "pakket", &[]).code, 0);
    werk.schrijf("pakket/toelichtingen.toml", "# van mij\n");
    werk.schrijf("traject.csv", csv(&trajecten(&[&[]])));
    assert_eq!(pak(&werk, "pakket", &[]).code, 0);
    let pakket: Pakket = serde_json::from_str(&werk.lees("pakket/pakket.json")).unwrap();
    assert_eq!(
        (
            pakket.resources[0].rijen,
            werk.lees("pakket/toelichtingen.toml").as_str()
        ),
        (1, "# van mij\n")
    );
    werk.schrijf("pakket/vakantie.jpg", "x");
    assert_snapshot!("pak_andere_bestanden", pak(&werk, "pakket", &[]).alles());
    fs::remove_file(werk.pad("pakket/vakantie.jpg")).unwrap();
    werk.schrijf("pakket/ontvangstbewijs.jws", "x");
    assert_snapshot!("pak_al_ingediend", pak(&werk, "pakket", &[]).alles());
}

#[test]
fn an_escape_sequence_never_reaches_the_terminal() {
    for kwaad in ["\u{1b}[31mrood", "vrij\u{202e}willig", "\u{9b}2J"] {
        let werk = met(&trajecten(&[&[("kader", kwaad)]]));
        for uitslag in [controleer(&werk, &[]), controleer(&werk, &["--json"])] {
            assert_eq!(uitslag.code, 1, "{}", uitslag.alles());
            assert!(!uitslag.alles().contains(['\u{1b}', '\u{202e}', '\u{9b}']));
        }
    }
}

#[test]
fn a_refused_file_names_its_place_in_text_and_json() {
    let werk = Werkmap::new();
    let goed = csv(&trajecten(GOED));
    let kapot: String = goed
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
    werk.schrijf("traject.csv", kapot);
    let uitslag = controleer(&werk, &[]);
    assert_snapshot!("controleer_geweigerd", uitslag.alles());
    let json = controleer(&werk, &["--json"]);
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
    let werk = Werkmap::new();
    werk.schrijf(
        "export.csv",
        "Cliëntnr;Kind;Locatie;Gemeente;Geb.datum;Kader;Verwijzer;Omgang met;Vorm;Begeleiding door;Financiering;Datum aanmelding;Start zorg;Einde zorg;Reden einde\n\
         1;K1;V1;Lingewaard;02-04-2010;Gedwongen kader;Wijkteam;Ouder;Ambulant op locatie;Jeugdhulpverlener;Subsidie;02-08-2019;16-09-2019;06-07-2020;Volgens plan\n\
         2;K2;V1;Renkum;13-03-2011;Vrijwillig kader;Zomaar iemand;Ouder;Bij ouder thuis;Beide;Subsidie;30-09-2020;14-10-2020;;\n",
    );
    let koppel = [
        "koppel",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--uit",
        "koppeling.toml",
    ];
    let eerste = werk.draai(&koppel);
    assert_snapshot!("koppel", eerste.alles());
    assert_eq!(eerste.code, 1);
    let voorstel = werk.lees("koppeling.toml");
    assert!(voorstel.contains("OPEN"), "{voorstel}");
    werk.schrijf("koppeling.toml", format!("{voorstel}\n# van mij\n"));
    werk.draai(&koppel);
    assert_eq!(
        (
            werk.lees("koppeling.toml"),
            werk.lees("koppeling.toml.vorige")
        ),
        (voorstel.clone(), format!("{voorstel}\n# van mij\n"))
    );
    let json = werk.draai(&[
        "koppel",
        "export.csv",
        "--uitvraag",
        "omgang/2020",
        "--json",
    ]);
    let waarde: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    for sleutel in ["kolommen", "waarden", "open"] {
        assert!(waarde[sleutel].is_array(), "{sleutel}");
    }
    let open = werk.draai(&[
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
    assert_eq!(open.code, 1, "{}", open.alles());
    assert!(!werk.pad("pakket").exists());
}

/// The four practice extracts go through the whole binary.
#[test]
fn practice_extracts_are_proposed_and_judged() {
    let map = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/extracten"
    );
    for naam in [
        "de_brug_2020.csv",
        "jeugdhulp_west.csv",
        "zorggroep_zuid.csv",
        "omgangshuis_noord.xlsx",
    ] {
        let werk = Werkmap::new();
        werk.schrijf(naam, fs::read(format!("{map}/{naam}")).unwrap());
        let koppel = werk.draai(&[
            "koppel",
            naam,
            "--uitvraag",
            "omgang/2020",
            "--uit",
            "koppeling.toml",
        ]);
        assert!(koppel.code <= 1, "{naam}: {}", koppel.alles());
        let oordeel = werk.draai(&[
            "controleer",
            naam,
            "--uitvraag",
            "omgang/2020",
            "--koppeling",
            "koppeling.toml",
            "--json",
        ]);
        assert!(oordeel.code <= 1, "{naam}: {}", oordeel.stderr);
        let oordeel: Oordeel = serde_json::from_str(&oordeel.stdout).unwrap();
        assert!(oordeel.rijen["traject"] > 50, "{naam}: {:?}", oordeel.rijen);
    }
}

#[test]
fn findings_come_as_csv_without_formulas() {
    let werk = met(&trajecten(&[&[("kader", "=HYPERLINK(1)")], &[]]));
    let uitslag = controleer(&werk, &["--csv", "-"]);
    assert_eq!(uitslag.code, 1);
    assert_eq!(controleer(&werk, &["--csv", "fouten.csv"]).code, 1);
    assert_eq!(werk.lees("fouten.csv"), uitslag.stdout);
    let mut lezer = csv::Reader::from_reader(uitslag.stdout.as_bytes());
    let rijen: Vec<Rij> = lezer.deserialize().map(|rij| rij.unwrap()).collect();
    let kader = rijen.iter().find(|r| r["code"] == "CODE_UNKNOWN").unwrap();
    assert_eq!(
        (
            kader["cel"].as_str(),
            kader["kolom"].as_str(),
            kader["gevonden"].as_str()
        ),
        ("G2", "kader", "'=HYPERLINK(1)")
    );
    let json: Oordeel = serde_json::from_str(&controleer(&werk, &["--json"]).stdout).unwrap();
    assert_eq!(rijen.len(), json.bevindingen.len());
}

/// A thousand rows with one cause take one line, with the exact number, whatever is listed.
#[test]
fn one_cause_in_a_thousand_rows_is_one_line() {
    let mut rijen = trajecten(&vec![&[] as &[(&str, &str)]; 3000]);
    for (i, rij) in rijen.iter_mut().enumerate() {
        if i % 2 == 0 {
            rij.insert("verwijzer".to_owned(), "GI-zuid".to_owned());
        }
        if i % 3 == 0 {
            rij.insert("startdatum".to_owned(), format!("{}-4-2020", i % 28 + 1));
        }
        if i % 3 == 1 {
            rij.insert("gemeente".to_owned(), "GM1979".to_owned());
        }
    }
    rijen[7].insert("verwijzer".to_owned(), "huis\u{200b}arts!".to_owned());
    rijen[9].insert("verwijzer".to_owned(), "04".to_owned());
    let werk = Werkmap::new();
    // A column nobody asks for, near one that is not there.
    werk.schrijf("traject.csv", csv(&rijen).replacen(",kader,", ",kadre,", 1));
    assert_snapshot!(
        "controleer_oorzaken",
        controleer(&werk, &["--max", "3"]).alles()
    );
    let oordeel: Oordeel = serde_json::from_str(&controleer(&werk, &["--json"]).stdout).unwrap();
    let gi = oordeel
        .oorzaken
        .iter()
        .find(|o| o.eerste.gevonden.as_deref() == Some("GI-zuid"))
        .unwrap();
    assert_eq!(
        (gi.aantal, gi.eerste.plaats.cel.as_deref()),
        (1500, Some("J2"))
    );
}
