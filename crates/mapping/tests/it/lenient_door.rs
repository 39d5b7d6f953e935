//! The lenient door: an aanbieder's own file in any dialect and encoding gives the same rows, or is asked about.

use mapping::{Koppeling, stel_voor, verken};
use proptest::prelude::*;
use sheets::Bestand;

use crate::support::{lees, omgang, voorstel};

fn csv(tekst: &str) -> Bestand {
    Bestand::from_bytes("export.csv", tekst.as_bytes().to_vec())
}

fn encode(tekst: &str, codering: usize) -> Vec<u8> {
    let utf16 = |tekst: &str, le: bool| -> Vec<u8> {
        let eenheden = std::iter::once(0xfeff).chain(tekst.encode_utf16());
        eenheden
            .flat_map(|e| if le { e.to_le_bytes() } else { e.to_be_bytes() })
            .collect()
    };
    match codering {
        0 => tekst.as_bytes().to_vec(),
        1 => format!("\u{feff}{tekst}").into_bytes(),
        2 => utf16(tekst, true),
        3 => utf16(tekst, false),
        _ => encoding_rs::WINDOWS_1252.encode(tekst).0.into_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever the delimiter, quoting, line end or encoding: the same texts come out.
    #[test]
    fn every_dialect_and_encoding_gives_the_same_rows(
        cellen in proptest::collection::vec("[A-Za-zé€ë\"][A-Za-z éëüï;,|\"\t\n'=+@]{0,12}[A-Zz]", 2..12),
        scheiding in 0usize..4,
        regeleinde in 0usize..3,
        codering in 0usize..5,
        altijd in any::<bool>(),
    ) {
        let teken = [',', ';', '\t', '|'][scheiding];
        let regeleinde = ["\n", "\r\n", "\r"][regeleinde];
        let quote = |cel: &str| {
            let nodig = altijd || cel.contains([teken, '"', '\n', '\r']) || cel.starts_with('"');
            if nodig { format!("\"{}\"", cel.replace('"', "\"\"")) } else { cel.to_owned() }
        };
        let mut tekst = ["voorziening_id", "vorm", "vestiging", "kader"].map(&quote).join(&teken.to_string());
        for cel in &cellen {
            tekst.push_str(regeleinde);
            tekst.push_str(&[cel.as_str(), "omgangshuis", "GM0344", "beide"].map(&quote).join(&teken.to_string()));
        }
        let bestand = Bestand::from_bytes("voorziening.csv", encode(&tekst, codering));
        let (tabellen, _) = lees(&[bestand], None).map_err(|w| TestCaseError::fail(format!("{w} {:?}", w.code())))?;
        let gelezen: Vec<_> = tabellen["voorziening"].iter().map(|r| r["voorziening_id"].clone().unwrap()).collect();
        prop_assert_eq!(gelezen, cellen);
    }
}

const EERSTE: &str = "\
Cliëntnummer;Code kind;Team;Woongemeente;Geboren op;Dwang of vrijwillig;Aangemeld door;Bezoek van;Omgangsvorm;Uitvoerder;Financieringsvorm;Instroomdatum;Ingangsdatum;Afgesloten op;Afsluitreden;Aantal bezoeken;Opmerkingen
A-1;kind 1;Noord;Utrecht;12 mrt 2012;vrijwillig;wijkteam;vader;omgangshuis;vrijwilliger;subsidie;3-2-2020;14-4-2020;20-11-2020;doel bereikt;14;Belt liever 's avonds
A-2;kind 2;Noord;Den Haag;1 dec 2015;gedwongen;GI;oma;speeltuin;professional;regio;23-12-2019;1-2-2020;31-12-9999;;3;
A-3;kind 1;Zuid;Hengelo (O.);30 mei 2019;GEDWONGEN;kinderrechter;moeder;thuis;beide;gemeente;15-6-2020;-;-;n.v.t.;0;
Totaal;;;;;;;;;;;;;;;17;
";

/// Made by someone else: other headers and words, months in letters, a total row, words for nothing.
#[test]
fn another_aanbieders_words_go_through() {
    let bestand = csv(EERSTE);
    let voorstel = voorstel(&bestand);
    assert_eq!(voorstel.open, [], "{}", voorstel.koppeling.to_toml());
    let (tabellen, verslag) = lees(&[bestand], Some(&voorstel.koppeling)).unwrap();
    assert_eq!(verslag.open, Vec::<String>::new());
    let rijen = &tabellen["traject"];
    let kolom = |veld: &str| -> Vec<&str> {
        rijen
            .iter()
            .map(|r| r[veld].as_deref().unwrap_or("·"))
            .collect()
    };
    assert_eq!(kolom("traject_id"), ["A-1", "A-2", "A-3"]);
    assert_eq!(kolom("gemeente"), ["GM0344", "GM0518", "GM0164"]);
    assert_eq!(kolom("leeftijd_bij_aanmelding"), ["7", "4", "1"]);
    assert_eq!(kolom("kader"), ["vrijwillig", "gedwongen", "gedwongen"]);
    assert_eq!(
        kolom("verwijzer"),
        ["sociaal_wijkteam", "jeugdbeschermer", "rechter"]
    );
    assert_eq!(kolom("omgang_met"), ["ouder", "grootouder", "ouder"]);
    assert_eq!(
        kolom("vorm"),
        ["omgangshuis", "ambulant_elders", "ambulant_thuis"]
    );
    assert_eq!(
        kolom("aanmelddatum"),
        ["2020-02-03", "2019-12-23", "2020-06-15"]
    );
    assert_eq!(kolom("startdatum"), ["2020-04-14", "2020-02-01", "·"]);
    assert_eq!(kolom("einddatum"), ["2020-11-20", "·", "·"]);
    assert_eq!(kolom("reden_einde"), ["volgens_plan", "·", "·"]);
    assert_eq!(kolom("contacten"), ["14", "3", "0"]);
    // The free text is not asked for and does not come along.
    assert!(
        voorstel.koppeling.tabellen[0]
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
        verslag
            .aannames
            .iter()
            .any(|a| a.contains("totaal") && a.contains("rij 5")),
        "{:?}",
        verslag.aannames
    );
    assert!(verslag.bevindingen.iter().any(|b| b.code == "ROWS_SKIPPED"));
    assert!(
        verslag
            .bevindingen
            .iter()
            .any(|b| b.code == "GEMEENTE_BY_NAME")
    );
    assert!(
        verslag
            .bevindingen
            .iter()
            .any(|b| b.code == "DELIMITER_ASSUMED")
    );
    assert_eq!(
        verslag
            .herkomst
            .plaats("traject", Some(2), Some("vorm"))
            .cel
            .as_deref(),
        Some("I4")
    );
}

fn met_kolom(kop: &str, waarden: &[&str]) -> Bestand {
    let mut tekst = format!(
        "Dossiernr,Kind,Locatie,Gemeente,Leeftijd,Kader,Verwijzer,Omgang met,Vorm,Begeleider,Bekostiging,{kop}\n"
    );
    for (i, waarde) in waarden.iter().enumerate() {
        tekst.push_str(&format!(
            "D{i},K{i},V1,Utrecht,7,V,huisarts,ouder,OH,prof,regio,\"{waarde}\"\n"
        ));
    }
    csv(&tekst)
}

fn vragen(bestand: &Bestand) -> Vec<(Option<String>, Option<String>, Vec<String>)> {
    voorstel(bestand)
        .open
        .into_iter()
        .map(|o| (o.bron, o.veld, o.kandidaten))
        .collect()
}

/// H-58: day and month that could be each other are asked, unless the column proves it.
#[test]
fn ambiguous_dates_are_asked() {
    let bestand = met_kolom("Datum aanmelding", &["03-04-2020", "05-06-2020"]);
    let open = vragen(&bestand);
    assert_eq!(
        open,
        [(
            Some("Datum aanmelding".to_owned()),
            Some("traject.aanmelddatum".to_owned()),
            vec!["dd-mm-jjjj".to_owned(), "mm-dd-jjjj".to_owned()]
        )]
    );
    let tekst = voorstel(&bestand).koppeling.to_toml();
    let onbeantwoord = Koppeling::parse(&tekst).unwrap();
    assert!(
        !lees(std::slice::from_ref(&bestand), Some(&onbeantwoord))
            .unwrap()
            .1
            .open
            .is_empty()
    );
    let beantwoord =
        Koppeling::parse(&tekst.replace("aanmelddatum = \"\"", "aanmelddatum = \"dd-mm-jjjj\""))
            .unwrap();
    let (tabellen, verslag) = lees(&[bestand], Some(&beantwoord)).unwrap();
    assert_eq!(verslag.open, Vec::<String>::new());
    assert_eq!(
        tabellen["traject"][0]["aanmelddatum"].as_deref(),
        Some("2020-04-03")
    );
    assert!(
        verslag
            .bevindingen
            .iter()
            .any(|b| b.code == "DATE_FORMAT_ASSUMED")
    );
    assert_eq!(
        vragen(&met_kolom(
            "Datum aanmelding",
            &["03-04-2020", "25-06-2020"]
        )),
        []
    );
    assert_eq!(
        vragen(&met_kolom(
            "Datum aanmelding",
            &["03-25-2020", "05-06-2020"]
        )),
        []
    );
}

#[test]
fn two_digit_years_are_asked_unless_proven() {
    assert_eq!(
        vragen(&met_kolom("Datum aanmelding", &["03-04-20", "05-06-20"])).len(),
        1
    );
    let bestand = met_kolom("Datum aanmelding", &["31-12-19", "05-06-20"]);
    let koppeling = voorstel(&bestand).koppeling;
    assert_eq!(koppeling.tabellen[0].datumvorm["aanmelddatum"], "dd-mm-jj");
    let (tabellen, _) = lees(&[bestand], Some(&koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"][0]["aanmelddatum"].as_deref(),
        Some("2019-12-31")
    );
}

/// CBS codes of verwijzers: 02 to 05 map, 01 and 06 stand for several, 08 is not about omgang.
#[test]
fn cbs_codes_of_verwijzers() {
    let mut tekst = String::from("Dossiernr,Kind,Verwijzer,Datum aanmelding\n");
    for (i, code) in ["01", "02", "03", "04", "05", "06", "08"]
        .iter()
        .enumerate()
    {
        tekst.push_str(&format!("D{i},K{i},{code},2020-01-05\n"));
    }
    let bestand = csv(&tekst);
    let voorstel = voorstel(&bestand);
    let gekozen: Vec<_> = voorstel
        .waarden
        .iter()
        .filter(|w| w.veld == "traject.verwijzer")
        .map(|w| (w.bron.as_str(), w.code.as_str()))
        .collect();
    assert_eq!(
        gekozen,
        [
            ("02", "huisarts"),
            ("03", "jeugdarts"),
            ("04", "jeugdbeschermer"),
            ("05", "medisch_specialist")
        ]
    );
    let open: Vec<_> = voorstel
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
    let (_, verslag) = lees(&[bestand], Some(&voorstel.koppeling)).unwrap();
    assert_eq!(
        verslag
            .open
            .iter()
            .filter(|v| v.contains("'Verwijzer'"))
            .count(),
        3
    );
    assert!(
        verslag
            .bevindingen
            .iter()
            .any(|b| b.code == "FOREIGN_CODES")
    );
}

/// H-29: codes whose zeros are lost could be one's own numbers: asked, not guessed.
#[test]
fn single_digit_codes_are_asked() {
    let tekst =
        "Dossiernr,Kind,Datum aanmelding,Reden einde\nD1,K1,2020-01-05,1\nD2,K2,2020-01-05,3\n";
    let open = vragen(&csv(tekst));
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
    let tekst = "Dossiernr,Kind,Gemeente,Datum aanmelding\nD1,K1,Bergen,2020-01-05\nD2,K2,344,2020-01-05\nD3,K3,Bergen (NH.),2020-01-05\n";
    let bestand = csv(tekst);
    let voorstel = voorstel(&bestand);
    let open: Vec<_> = voorstel
        .open
        .iter()
        .filter(|o| o.veld.as_deref() == Some("traject.gemeente"))
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].kandidaten, ["GM0373", "GM0893"]);
    let (tabellen, verslag) = lees(&[bestand], Some(&voorstel.koppeling)).unwrap();
    let codes: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["gemeente"].as_deref().unwrap())
        .collect();
    assert_eq!(codes, ["Bergen", "GM0344", "GM0373"]);
    assert!(verslag.open.iter().any(|v| v.contains("Bergen")));
}

/// A column that could be several things is a question; one that is nothing is left out and said.
#[test]
fn columns_that_can_not_be_placed() {
    let tekst = "Dossiernr,Kind,Datum aanmelding,Datum,Schoenmaat\nD1,K1,2020-01-05,2020-02-01,33\nD2,K2,2020-01-25,2020-03-01,34\n";
    let voorstel = voorstel(&csv(tekst));
    assert!(
        voorstel.koppeling.tabellen[0]
            .overslaan
            .contains(&"Schoenmaat".to_owned())
    );
    assert!(
        !voorstel
            .kolommen
            .iter()
            .any(|k| k.bron == "Datum" || k.bron == "Schoenmaat")
    );
    // What the uitvraag needs and the file does not have is asked too.
    assert!(
        voorstel
            .open
            .iter()
            .any(|o| o.veld.as_deref() == Some("traject.kader"))
    );
}

#[test]
fn json_lists_of_objects() {
    let tekst = r#"[{"Dossiernummer": "D1", "Kind": "K1", "Kader": "V", "Datum aanmelding": "2020-01-05", "Minuten": 90, "Kosten": 12.5},
        {"Kind": "K2", "Dossiernummer": "D2", "Kader": null, "Minuten": 120}]"#;
    let bestand = Bestand::from_bytes("export.json", tekst.as_bytes().to_vec());
    let koppeling = voorstel(&bestand).koppeling;
    let (tabellen, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    let rijen = &tabellen["traject"];
    assert_eq!(rijen[0]["minuten"].as_deref(), Some("90"));
    assert_eq!(rijen[0]["kosten"].as_deref(), Some("12.5"));
    assert_eq!(rijen[1]["traject_id"].as_deref(), Some("D2"));
    assert_eq!(rijen[1]["kader"], None);
    let plaats = verslag.herkomst.plaats("traject", Some(1), Some("minuten"));
    assert_eq!(
        (plaats.rij, plaats.kolom.as_deref(), plaats.cel),
        (Some(2), Some("Minuten"), None)
    );
}

/// As systems give it: one object per line, or objects in objects; both were refused without a way out.
#[test]
fn json_of_real_systems() {
    let regels = "{\"trajectNummer\": \"00207\", \"kindId\": \"K0\", \"kader\": \"G\", \"aanmeldDatum\": \"2020-01-29\"}\n\
        {\"kindId\": \"K1\", \"trajectNummer\": \"00210\", \"kader\": null, \"aanmeldDatum\": \"2020-02-29\"}\n";
    let genest = r#"[{"dossier": {"nummer": "00207", "kind": "K0"}, "kader": {"code": "G"}, "datum": {"aanmelding": "2020-01-29"}},
        {"dossier": {"nummer": "00210", "kind": "K1"}, "kader": null, "datum": {"aanmelding": "2020-02-29"}}]"#;
    for (naam, tekst) in [("per regel", regels), ("genest", genest)] {
        let bestand = Bestand::from_bytes("export.json", tekst.as_bytes().to_vec());
        let voorstel = voorstel(&bestand);
        let tekst = voorstel.koppeling.to_toml();
        let beantwoord = tekst
            .replace("\njeugdige_id = \"\"", "\njeugdige_id = \"dossier.kind\"")
            .replace("\nkader = \"\"", "\nkader = \"kader.code\"");
        let (tabellen, _) =
            lees(&[bestand], Some(&Koppeling::parse(&beantwoord).unwrap())).unwrap();
        let rij = |n: usize, veld: &str| tabellen["traject"][n][veld].clone();
        assert_eq!(
            (rij(0, "traject_id"), rij(1, "jeugdige_id")),
            (Some("00207".to_owned()), Some("K1".to_owned())),
            "{naam}\n{beantwoord}"
        );
        assert_eq!(
            (rij(0, "kader"), rij(1, "kader")),
            (Some("gedwongen".to_owned()), None),
            "{naam}"
        );
        assert_eq!(
            rij(1, "aanmelddatum").as_deref(),
            Some("2020-02-29"),
            "{naam}"
        );
    }
}

#[test]
fn hostile_json_is_refused() {
    let diep = "[".repeat(100_000);
    let gevallen: Vec<(&str, String, &str)> = vec![
        ("H50 depth", diep, "JSON_DEPTH"),
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
    for (naam, tekst, code) in gevallen {
        let bestand = Bestand::from_bytes("export.json", tekst.into_bytes());
        let weigering = verken(&bestand, &omgang())
            .err()
            .unwrap_or_else(|| panic!("{naam} is taken"));
        assert_eq!(weigering.code(), code, "{naam}: {weigering}");
        assert_eq!(weigering.plaats().bestand.as_deref(), Some("export.json"));
    }
}

/// H-60, H-61, H-63 on an own file: found before anything is written, wherever it stands.
#[test]
fn bsns_are_found_wherever_they_stand() {
    let bsns: Vec<u32> = (100_000_000..200_000_000)
        .step_by(3_456_789)
        .flat_map(|n| n..n + 11)
        .filter(|n| pakket::bsn::elfproef(*n))
        .take(25)
        .collect();
    let willekeurig: Vec<u32> = (0..300u32)
        .map(|i| 100_000_007 + i * 2_117_123 % 899_999_993)
        .collect();
    let bestand = |naam: &str, kop: &str, nummers: &[u32]| {
        let mut tekst = format!("Dossiernr,{kop},Datum aanmelding\n");
        nummers
            .iter()
            .enumerate()
            .for_each(|(i, n)| tekst.push_str(&format!("D{i},{n},2020-01-05\n")));
        Bestand::from_bytes(naam, tekst.into_bytes())
    };
    let gevonden = |bestand: Bestand| {
        let definitie = omgang();
        let verkenning = verken(&bestand, &definitie).unwrap();
        let koppeling = stel_voor(std::slice::from_ref(&verkenning), &definitie).koppeling;
        let (_, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
        let in_verkenning = verkenning
            .bevindingen
            .iter()
            .any(|b| b.code == "BSN_SUSPECTED");
        let in_verslag = verslag
            .bevindingen
            .iter()
            .filter(|b| b.code == "BSN_SUSPECTED")
            .all(|b| b.gevonden.is_none());
        assert!(in_verslag, "a finding never shows the number");
        let geteld = verslag
            .tellingen
            .iter()
            .any(|t| t.code == "BSN_SUSPECTED" && t.ernst == schema::Ernst::Fout);
        assert_eq!(in_verkenning, geteld, "both looks agree");
        geteld
    };
    assert!(gevonden(bestand("export.csv", "Kind", &bsns)));
    assert!(
        gevonden(bestand("export.csv", "Schoenmaat", &bsns)),
        "also in a column that is left out"
    );
    assert!(gevonden(bestand("export.csv", "BSN", &[1, 2, 3])));
    assert!(gevonden(bestand(
        "export 123456782.csv",
        "Kind",
        &[1, 2, 3]
    )));
    assert!(gevonden(bestand(
        "export.csv",
        "Kind 123456782",
        &[1, 2, 3]
    )));
    assert!(
        !gevonden(bestand("export.csv", "Kind", &willekeurig)),
        "random numbers pass one time in eleven"
    );
}

/// What can't be taken at all is refused with a code, also by the lenient door.
#[test]
fn own_files_that_are_refused() {
    let gevallen: Vec<(&str, Vec<u8>, &str)> = vec![
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
    for (naam, bytes, code) in gevallen {
        let bestand = Bestand::from_bytes("export.csv", bytes);
        let definitie = omgang();
        let weigering = match verken(&bestand, &definitie) {
            Err(weigering) => weigering,
            Ok(verkenning) => {
                let koppeling = stel_voor(&[verkenning], &definitie).koppeling;
                lees(&[bestand], Some(&koppeling))
                    .err()
                    .unwrap_or_else(|| panic!("{naam} is taken"))
            }
        };
        assert_eq!(weigering.code(), code, "{naam}: {weigering}");
    }
}

/// Without a koppeling canonical names and labels are enough; other names are refused with what to do.
#[test]
fn canonical_headers_need_no_koppeling() {
    let definitie = omgang();
    let traject = definitie.tabel("traject").unwrap();
    let voorbeeld = |koppen: Vec<&str>| {
        let waarden: Vec<_> = traject
            .velden
            .iter()
            .map(|v| traject.voorbeeld[&v.naam].clone())
            .collect();
        csv(&format!("{}\n{}\n", koppen.join(","), waarden.join(",")))
    };
    for koppen in [
        traject
            .velden
            .iter()
            .map(|v| v.naam.as_str())
            .collect::<Vec<_>>(),
        traject.velden.iter().map(|v| v.label.as_str()).collect(),
    ] {
        let (tabellen, verslag) = lees(&[voorbeeld(koppen)], None).unwrap();
        for (veld, waarde) in &traject.voorbeeld {
            assert_eq!(
                tabellen["traject"][0][veld].as_ref(),
                Some(waarde),
                "{veld}"
            );
        }
        assert!(verslag.open.is_empty());
    }
    // An own export that shares most of its names all the same: one answer, not a finding per row.
    let eigen = "Dossiernr|Kindnummer|Voorziening|Gemeente|Leeftijd bij aanmelding|Kader|Verwijzer|Omgang met|Vorm|Startdatum\n\
        00207|K0|V2|Groningen|8|G|GI|Oma|Ambulant elders|29-01-2020\n";
    let weigering = lees(&[csv(eigen)], None).err().unwrap();
    assert_eq!(weigering.code(), "HEADER_UNKNOWN");
    assert!(
        weigering.to_string().contains("niet het sjabloon")
            && weigering.to_string().contains("uitvraag koppel"),
        "{weigering}"
    );
    let weigering = lees(&[csv(EERSTE)], None).err().unwrap();
    assert_eq!(weigering.code(), "HEADER_UNKNOWN");
    assert!(weigering.to_string().contains("uitvraag koppel"));
}

/// Rows that the koppeling itself holds, and a fixed value.
#[test]
fn rows_written_in_the_koppeling() {
    let bestand = csv("Dossiernr,Kind\nD1,K1\n");
    let tekst = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\ntraject_id = \"Dossiernr\"\njeugdige_id = \"Kind\"\n\
        [tabel.vast]\nwettelijk_kader = \"jeugdwet\"\n[[voorziening]]\nvoorziening_id = \"V1\"\nvorm = \"Omgangshuis\"\nvestiging = \"Utrecht\"\nkader = \"beide\"\nweekend = true\n";
    let (tabellen, verslag) = lees(&[bestand], Some(&Koppeling::parse(tekst).unwrap())).unwrap();
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
        verslag
            .herkomst
            .plaats("voorziening", Some(0), None)
            .bestand
            .as_deref(),
        Some("koppeling.toml")
    );
}

/// H-19: a line end inside quotes does not move the row numbers.
#[test]
fn row_numbers_are_those_of_a_spreadsheet() {
    let tekst =
        "sep=;\nDossiernr;Kind;Datum aanmelding\nD1;\"K\n1\";2020-01-05\n\nD2;K2;2020-01-06\n";
    let bestand = csv(tekst);
    let koppeling = voorstel(&bestand).koppeling;
    let (_, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    assert_eq!(
        verslag.herkomst.plaats("traject", Some(0), None).rij,
        Some(3)
    );
    assert_eq!(
        verslag
            .herkomst
            .plaats("traject", Some(1), Some("aanmelddatum"))
            .cel
            .as_deref(),
        Some("C5")
    );
    assert!(verslag.bevindingen.iter().any(|b| b.code == "SEP_LINE"));
}

fn kosten(bestand: Bestand, koppeling: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let koppeling = Koppeling::parse(koppeling).unwrap();
    koppeling.verify(&omgang()).unwrap();
    let (tabellen, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    let kolom = tabellen["traject"]
        .iter()
        .map(|r| r["kosten"].clone().unwrap_or_default())
        .collect();
    // The other columns are not what these tests are about.
    let open = verslag
        .open
        .into_iter()
        .filter(|vraag| !vraag.starts_with("Waar staat"))
        .collect();
    (kolom, open, verslag.aannames)
}

const KOSTEN: &str = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\ntraject_id = \"Nr\"\nkosten = \"Bedrag\"\n";

/// A JSON number of 1.125 once became 1125 euro: its point is a decimal one, whatever a Dutch text would mean by it.
#[test]
fn a_number_in_json_is_no_dutch_text() {
    let bestand = Bestand::from_bytes(
        "export.json",
        br#"[{"Nr":"A","Bedrag":1.125},{"Nr":"B","Bedrag":113.025},{"Nr":"C","Bedrag":1250}]"#
            .to_vec(),
    );
    assert_eq!(kosten(bestand, KOSTEN).0, ["1.13", "113.03", "1250"]);
}

/// What the koppeling says of the signs in people's numbers says nothing of numbers: under `1.234,56` the 12.5 of JSON was
/// none. The text beside it is read as said, and what is a number of one's own keeps its digits.
#[test]
fn a_number_stays_one_whatever_the_koppeling_says() {
    let bestand = || {
        Bestand::from_bytes(
            "export.json",
            br#"[{"Nr":12.345,"Bedrag":12.5},{"Nr":"B","Bedrag":"1.234,5"},{"Nr":"C","Bedrag":1.234}]"#
                .to_vec(),
        )
    };
    let komma = format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1.234,56\"\n");
    let (bedragen, open, _) = kosten(bestand(), &komma);
    assert_eq!(
        (bedragen, open.len()),
        (
            vec!["12.5".to_owned(), "1234.5".to_owned(), "1.23".to_owned()],
            0
        )
    );
    let koppeling = Koppeling::parse(KOSTEN).unwrap();
    let (tabellen, _) = lees(&[bestand()], Some(&koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"][0]["traject_id"].as_deref(),
        Some("12.345")
    );
}

/// `113.025` beside `99.5`: what the point is has to be asked, and the answer holds.
#[test]
fn points_of_two_kinds_in_one_column_are_asked() {
    let bestand = || csv("Nr;Bedrag\nA;113.025\nB;99.5\nC;1023.300\n");
    let (_, open, _) = kosten(bestand(), KOSTEN);
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(
        open[0].contains("'113.025' en '99.5'") && open[0].contains("kosten = \"1,234.56\""),
        "{open:?}"
    );
    let beantwoord = format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1,234.56\"\n");
    let (bedragen, open, _) = kosten(bestand(), &beantwoord);
    assert_eq!(
        (bedragen, open.len()),
        (
            vec!["113.03".to_owned(), "99.5".to_owned(), "1023.3".to_owned()],
            0
        )
    );
    let (duizenden, open, aannames) = kosten(csv("Nr;Bedrag\nA;1.250\nB;12,50\n"), KOSTEN);
    assert_eq!(
        (duizenden, open.len()),
        (vec!["1250".to_owned(), "12.5".to_owned()], 0)
    );
    assert!(
        aannames.iter().any(|a| a.contains("'1.250'")),
        "what was assumed is said: {aannames:?}"
    );
}

/// `1,600` is a thousand to one program and less than two to another.
#[test]
fn a_comma_before_three_digits_is_asked() {
    let (_, open, _) = kosten(csv("Nr;Bedrag\nA;\"1,600\"\n"), KOSTEN);
    assert!(open.len() == 1 && open[0].contains("'1,600'"), "{open:?}");
    let komma = kosten(
        csv("Nr;Bedrag\nA;\"1,600\"\n"),
        &format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1.234,56\"\n"),
    );
    assert_eq!((komma.0, komma.1.len()), (vec!["1.6".to_owned()], 0));
    let onbekend =
        Koppeling::parse(&format!("{KOSTEN}[tabel.getalvorm]\nkosten = \"1234\"\n")).unwrap();
    assert!(onbekend.verify(&omgang()).is_err());
}

/// What a browser writes for midnight here is an hour of the day before, in UTC.
#[test]
fn a_moment_in_utc_is_the_day_it_was_here() {
    let koppeling = KOSTEN.replace("kosten = \"Bedrag\"", "aanmelddatum = \"Aangemeld\"");
    let bestand = csv("Nr;Aangemeld\nA;2020-01-28T23:00:00.000Z\nB;2020-02-03T09:30:00.000Z\n");
    let (tabellen, verslag) =
        lees(&[bestand], Some(&Koppeling::parse(&koppeling).unwrap())).unwrap();
    let dagen: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["aanmelddatum"].as_deref().unwrap())
        .collect();
    assert_eq!(dagen, ["2020-01-29", "2020-02-03"]);
    assert!(
        verslag.aannames.iter().any(|a| a.contains("UTC")),
        "{:?}",
        verslag.aannames
    );
}

/// Found by fuzzing: a koppeling that places no column at all once broke the reader off.
#[test]
fn a_table_without_columns_still_has_rows() {
    let koppeling =
        Koppeling::parse("uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n").unwrap();
    let (tabellen, verslag) =
        lees(&[csv("Dossiernr;Kind\nD1;K1\nD2;K2\n")], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 2);
    assert!(!verslag.open.is_empty());
    assert_eq!(koppeling.open(), 0);
}

/// A column of BSNs is one in any disguise; numbers of one's own in the same disguise are not.
#[test]
fn bsns_in_disguise_are_found_among_identifiers() {
    let elfproef = |getal: u32| pakket::bsn::elfproef(getal);
    let bsns: Vec<u32> = (111_222_000..).filter(|n| elfproef(*n)).take(40).collect();
    let eigen: Vec<u32> = (111_222_000..).step_by(7).take(40).collect();
    for vorm in ["K-#", "#.0", "BSN#", "\"=\"\"#\"\"\"", "klant #"] {
        let file = |getallen: &[u32]| {
            let rijen: String = getallen
                .iter()
                .map(|n| format!("{};\n", vorm.replace('#', &n.to_string())))
                .collect();
            csv(&format!("Nr;Bedrag\n{rijen}"))
        };
        let koppeling = Koppeling::parse(&KOSTEN.replace("kosten = \"Bedrag\"\n", "")).unwrap();
        let gevonden = |bestand: Bestand| {
            let (_, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
            verslag.tellingen.iter().any(|t| t.code == "BSN_SUSPECTED")
        };
        assert!(gevonden(file(&bsns)), "{vorm}");
        assert!(!gevonden(file(&eigen)), "{vorm}");
    }
}

/// Exports keep Excel from eating the zeros of a number with `="00207"`. The number was taken with guard and all, and
/// had another pseudonym than last year.
#[test]
fn a_number_in_the_guard_of_excel_is_the_number() {
    let tekst = "=\"voorziening_id\";vorm;vestiging;kader\n=\"00207\";omgangshuis;GM0344;beide\n\"=\"\"00208\"\"\";omgangshuis;=\"344\";beide\n\
                 =207;omgangshuis;GM0344;beide\n=\"\";omgangshuis;GM0344;beide\n";
    let (tabellen, verslag) = lees(&[csv(tekst)], None).unwrap();
    let nummers: Vec<_> = tabellen["voorziening"]
        .iter()
        .map(|r| r["voorziening_id"].as_deref())
        .collect();
    assert_eq!(nummers, [Some("00207"), Some("00208"), Some("=207"), None]);
    assert_eq!(
        tabellen["voorziening"][1]["vestiging"].as_deref(),
        Some("GM0344")
    );
    let zin = "Bestand 'export.csv': in 4 cellen staat een waarde als =\"…\". Alleen de tekst ertussen is gelezen.";
    assert!(
        verslag.aannames.contains(&zin.to_owned()),
        "{:?}",
        verslag.aannames
    );
}

/// The question about a column, where there is one; and the koppeling with that answer.
fn datumvraag(datums: &[&str], antwoord: &str) -> (Option<String>, Vec<Option<String>>) {
    let mut tekst = "Dossiernr;Kind;Gemeente;Leeftijd;Kader;Vorm;Datum aanmelding\n".to_owned();
    for (i, datum) in datums.iter().enumerate() {
        tekst.push_str(&format!("D-{i};K{i};Utrecht;7;V;OH;{datum}\n"));
    }
    let bestand = csv(&tekst);
    let voorstel = voorstel(&bestand);
    let vraag = voorstel
        .open
        .iter()
        .find(|o| o.bron.as_deref() == Some("Datum aanmelding"))
        .map(|o| o.vraag.clone());
    let mut koppeling = voorstel.koppeling;
    koppeling.tabellen[0]
        .datumvorm
        .insert("aanmelddatum".to_owned(), antwoord.to_owned());
    let (tabellen, _) = lees(&[bestand], Some(&koppeling)).unwrap();
    (
        vraag,
        tabellen["traject"]
            .iter()
            .map(|r| r["aanmelddatum"].clone())
            .collect(),
    )
}

/// Two systems in one column: what the dashes prove says nothing about the strokes.
#[test]
fn two_ways_of_writing_dates_are_asked_about() {
    let (vraag, gelezen) = datumvraag(&["13-11-2019", "01/04/2020"], "dd-mm-jjjj");
    let vraag = vraag.unwrap();
    assert!(
        vraag.contains("geschreven met '-' en met '/'")
            && vraag.contains("Kies dd-mm-jjjj of mm-dd-jjjj."),
        "{vraag}"
    );
    assert_eq!(
        gelezen,
        [Some("2019-11-13".to_owned()), Some("2020-04-01".to_owned())]
    );
    assert_eq!(
        datumvraag(&["13-11-2019", "21/04/2020", "01/04/2020"], "dd-mm-jjjj").0,
        None
    );
}

/// Opened by a program of another country: what it could read it turned round, what it could not stayed text.
#[test]
fn dates_that_a_program_swapped_are_asked_about() {
    let datums = ["04/13/2020", "2020-01-04", "2020-02-04"];
    let (vraag, gelezen) = datumvraag(&datums, "omgewisseld");
    let vraag = vraag.unwrap();
    assert!(
        vraag.contains("Kies mm-dd-jjjj als de echte datums kloppen, anders omgewisseld."),
        "{vraag}"
    );
    assert_eq!(
        gelezen,
        [
            Some("2020-04-13".to_owned()),
            Some("2020-04-01".to_owned()),
            Some("2020-04-02".to_owned())
        ]
    );
    let (_, gelezen) = datumvraag(&datums, "mm-dd-jjjj");
    assert_eq!(gelezen[1].as_deref(), Some("2020-01-04"));
}

/// A name from before the first year of the uitvraag becomes its own code, for the check to say what it is now.
#[test]
fn a_gemeente_of_long_ago_keeps_its_code() {
    let tekst = "voorziening_id;vorm;vestiging;kader\nV1;omgangshuis;Loenen;beide\nV2;omgangshuis;Ten Boer;beide\n";
    let (tabellen, _) = lees(&[csv(tekst)], None).unwrap();
    let codes: Vec<_> = tabellen["voorziening"]
        .iter()
        .map(|r| r["vestiging"].as_deref().unwrap())
        .collect();
    assert_eq!(codes, ["GM0329", "GM0009"]);
}

/// Of whoever is called `onbekend` there is more than one: as a number it would make one child of them.
#[test]
fn words_for_no_number_are_no_number() {
    let tekst = "traject_id,jeugdige_id,gezin_id,gemeente,kader\nT1,onbekend,0,GM0344,vrijwillig\nT2,?,geen,GM0344,vrijwillig\nT3,K0,x,GM0344,vrijwillig\n";
    let (tabellen, verslag) = lees(&[csv(tekst)], None).unwrap();
    let kolom = |veld: &str| {
        tabellen["traject"]
            .iter()
            .map(|r| r[veld].as_deref())
            .collect::<Vec<_>>()
    };
    assert_eq!(kolom("jeugdige_id"), [None, None, Some("K0")]);
    assert_eq!(kolom("gezin_id"), [None, None, Some("x")]);
    assert!(
        verslag
            .aannames
            .iter()
            .any(|a| a == "Kolom 'jeugdige_id': '?', 'onbekend' zijn gelezen als leeg."),
        "{:?}",
        verslag.aannames
    );
}

/// What Excel cut down before the file was saved as CSV is refused, as it is in a workbook.
#[test]
fn numbers_that_lost_their_digits_are_refused() {
    let tekst = "traject_id;jeugdige_id;gemeente;kader\nT1;12;GM0344;vrijwillig\nT2;1,23457E+11;GM0344;vrijwillig\n";
    let weigering = lees(&[csv(tekst)], None).err().unwrap();
    let plaats = weigering.plaats();
    assert_eq!(
        (weigering.code(), plaats.rij, plaats.kolom.as_deref()),
        ("NUMBER", Some(3), Some("jeugdige_id"))
    );
    assert!(lees(&[csv(&tekst.replace("1,23457E+11", "K1,23457E+11"))], None).is_ok());
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
        let tekst = format!(
            "traject_id,jeugdige_id,gemeente,kader,startdatum,einddatum\nT1,K1,GM0344,vrijwillig,2020-02-01,{datum}\n"
        );
        let (tabellen, verslag) = lees(&[csv(&tekst)], None).unwrap();
        assert_eq!(tabellen["traject"][0]["einddatum"], None, "{datum}");
        assert!(
            verslag
                .aannames
                .iter()
                .any(|a| a.contains("gelezen als leeg")),
            "{datum} {:?}",
            verslag.aannames
        );
    }
    let tekst = "traject_id,jeugdige_id,gemeente,kader,startdatum,einddatum\nT1,K1,GM0344,vrijwillig,2020-02-01,1900-01-02\n";
    assert_eq!(
        lees(&[csv(tekst)], None).unwrap().0["traject"][0]["einddatum"].as_deref(),
        Some("1900-01-02")
    );
}

/// The header once more, though the first column has no name and another stands there twice.
#[test]
fn a_header_in_the_middle_is_no_row() {
    let kop = ";Trajectnummer;Kind;Gemeente;Kader;Notitie;Notitie\n";
    let tekst = format!("{kop};T1;K1;Utrecht;vrijwillig;a;b\n{kop};T2;K2;Utrecht;vrijwillig;;\n");
    let (tabellen, verslag) =
        lees(&[csv(&tekst)], Some(&voorstel(&csv(&tekst)).koppeling)).unwrap();
    assert_eq!(
        tabellen["traject"]
            .iter()
            .map(|r| r["traject_id"].as_deref().unwrap())
            .collect::<Vec<_>>(),
        ["T1", "T2"]
    );
    assert!(
        verslag
            .aannames
            .iter()
            .any(|a| a.contains("een herhaling van de kopregel")),
        "{:?}",
        verslag.aannames
    );
}
