//! Last year beside this one: what `--vorig` compares and takes over, as a person meets it.

use schema::Definitie;

use crate::hulp::{Uitslag, Werkmap};
use crate::nepserver::{Nepserver, Oordeelt};

/// Own headers and own words; the last column is one that no uitvraag asks.
const KOP: &str = "traject_id;jeugdige_id;Locatie;Gemeente;Leeftijd;Kader;Verwijzer;Contact met;Vorm;begeleiding;Bekostiging;Datum aanmelding;Start zorg;Einde zorg;Reden einde;Intern";

fn rij(zaak: usize, door: &str, start: &str, eind: &str) -> String {
    let reden = if eind.is_empty() { "" } else { "volgens_plan" };
    format!(
        "Z{zaak};K{zaak};V1;Utrecht;7;gedwongen;{door};ouder;omgangshuis;professional;inkoop_regio;2020-01-06;{start};{eind};{reden};x"
    )
}

fn werk(bestand: &str, rijen: &[String], werk: &Werkmap) {
    werk.schrijf(bestand, format!("{KOP}\n{}\n", rijen.join("\n")));
}

fn koppel(werk: &Werkmap, bestand: &str, jaar: i32, meer: &[&str]) -> Uitslag {
    werk.draai(
        &[
            &["koppel", bestand, "--uitvraag", &format!("omgang/{jaar}")],
            meer,
        ]
        .concat(),
    )
}

/// The koppeling of 2020, with a person's answer about a word that nobody knows.
fn answered(werk: &Werkmap) {
    let voorstel = koppel(werk, "2020.csv", 2020, &["--uit", "k2020.toml"]);
    assert_eq!(
        voorstel.code,
        1,
        "the word `onze poli` is a question:\n{}",
        voorstel.alles()
    );
    let tekst = werk.lees("k2020.toml");
    let beantwoord: Vec<String> = tekst
        .lines()
        .map(|regel| match regel.split_once(" = \"\"") {
            Some((wat, _)) if wat.contains("onze poli") => {
                format!("{wat} = \"medisch_specialist\"")
            }
            Some((wat, _)) if !wat.starts_with('#') => panic!("an unexpected question: {wat}"),
            _ => regel.to_owned(),
        })
        .collect();
    werk.schrijf("k2020.toml", beantwoord.join("\n"));
}

fn pak_2020(werk: &Werkmap) {
    let uit = werk.draai(&[
        "pak",
        "2020.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "k2020.toml",
        "--uit",
        "pakket-2020",
        "--sleutel",
        "s.toml",
        "--leverdatum",
        "2021-03-01",
    ]);
    assert_eq!(uit.code, 0, "{}", uit.alles());
}

fn two_years() -> Werkmap {
    let map = Werkmap::new();
    let toen = [
        rij(1, "onze poli", "2020-02-03", ""),
        rij(2, "rechter", "2020-03-02", ""),
        rij(3, "rechter", "2020-03-02", "2020-09-01"),
    ];
    werk("2020.csv", &toen, &map);
    answered(&map);
    pak_2020(&map);
    map
}

#[test]
fn the_answers_of_last_year_are_the_start_of_this_one() {
    let map = two_years();
    werk(
        "2021.csv",
        &[
            rij(1, "onze poli", "2020-02-03", ""),
            rij(2, "rechter", "2020-03-02", ""),
        ],
        &map,
    );
    let zonder = koppel(&map, "2021.csv", 2021, &["--uit", "los.toml", "--json"]);
    assert!(zonder.stdout.contains("onze poli"), "{}", zonder.stdout);
    let met = koppel(
        &map,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "pakket-2020"],
    );
    let tekst = map.lees("k2021.toml");
    assert!(
        tekst.contains("\"onze poli\" = \"medisch_specialist\""),
        "{tekst}"
    );
    assert!(!tekst.contains("OPEN: Wat betekent 'onze poli'"), "{tekst}");
    assert!(
        met.stderr.contains("overgenomen van vorig jaar"),
        "{}",
        met.stderr
    );
    assert!(tekst.contains("uitvraag = \"omgang/2021\""));
}

#[test]
fn a_column_that_is_gone_and_a_place_that_is_none_are_said() {
    let map = two_years();
    let anders = format!(
        "{}\n{}\n",
        KOP.replace("Contact met", "Wie ziet het kind"),
        rij(1, "rechter", "2020-02-03", "")
    );
    map.schrijf("2021.csv", anders);
    let met = koppel(
        &map,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "k2020.toml"],
    );
    assert!(
        met.stderr
            .contains("de kolom 'Contact met' van vorig jaar staat niet in dit bestand"),
        "{}",
        met.stderr
    );
    let nergens = koppel(&map, "2021.csv", 2021, &["--vorig", "nergens"]);
    assert_eq!(nergens.code, 2);
    assert!(
        nergens
            .stderr
            .contains("kan de koppeling van vorig jaar niet lezen"),
        "{}",
        nergens.stderr
    );
}

/// The own numbers are compared under the own key, and what vanished is told by dates, not by a pseudonym.
#[test]
fn what_vanished_since_last_year_is_found_at_the_aanbieder() {
    let map = two_years();
    werk(
        "2021.csv",
        &[
            rij(1, "rechter", "2020-02-03", ""),
            rij(3, "rechter", "2020-03-02", ""),
        ],
        &map,
    );
    koppel(
        &map,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "pakket-2020"],
    );
    let vast = [
        "controleer",
        "2021.csv",
        "--uitvraag",
        "omgang/2021",
        "--koppeling",
        "k2021.toml",
        "--leverdatum",
        "2022-03-01",
        "--json",
    ];
    let oordeel = |meer: &[&str]| -> serde_json::Value {
        let uit = map.draai(&[&vast[..], meer].concat());
        serde_json::from_str(&uit.stdout).unwrap_or_else(|_| panic!("{}", uit.alles()))
    };
    let aantal = |oordeel: &serde_json::Value, code: &str| {
        oordeel["regels"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["code"] == code)
            .map_or(0, |r| r["aantal"].as_u64().unwrap())
    };
    let zonder = oordeel(&[]);
    assert_eq!(
        (aantal(&zonder, "VERDWENEN"), aantal(&zonder, "HEROPEND")),
        (0, 0)
    );
    let met = oordeel(&["--vorig", "pakket-2020", "--sleutel", "s.toml"]);
    assert_eq!(
        (aantal(&met, "VERDWENEN"), aantal(&met, "HEROPEND")),
        (1, 1),
        "{met:#}"
    );
    let weg = met["bevindingen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["code"] == "VERDWENEN")
        .unwrap();
    assert!(
        weg["gevonden"].as_str().unwrap().contains("2020-03-02"),
        "{weg:#}"
    );
    // Not last year's pakket.
    let definitie = Definitie::load("omgang/2020").unwrap();
    let verkeerd = map.draai(&[&vast[..], &["--vorig", "2020.csv"]].concat());
    assert_eq!(verkeerd.code, 2, "{}", verkeerd.alles());
    let jaar = map.draai(&[
        "controleer",
        "2020.csv",
        "--uitvraag",
        &definitie.naam(),
        "--koppeling",
        "k2020.toml",
        "--vorig",
        "pakket-2020",
    ]);
    assert!(
        jaar.code == 2 && jaar.stderr.contains("niet het pakket van vorig jaar"),
        "{}",
        jaar.alles()
    );
}

/// The same out of `uitvraag.toml`: `koppel`, `controleer` and `lever` all compare with the pakket it names.
#[test]
fn the_settings_name_the_pakket_of_last_year() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let map = two_years();
    werk(
        "2021.csv",
        &[
            rij(1, "onze poli", "2020-02-03", ""),
            rij(3, "rechter", "2020-03-02", ""),
        ],
        &map,
    );
    map.schrijf("token.txt", "geheim-token\n");
    let instellingen = |vorig: &str| {
        format!(
            "uitvraag = \"omgang/2021\"\nkvk = \"12345678\"\nkoppeling = \"k2021.toml\"\nsleutel = \"s.toml\"\n{vorig}\n\
             [server]\nadres = \"{}\"\ntoken_bestand = \"token.txt\"\n[bron.bestanden]\npatronen = [\"2021.csv\"]\n",
            server.url
        )
    };
    map.schrijf("uitvraag.toml", instellingen("vorig = \"pakket-2020\""));
    let config = ["--config", "uitvraag.toml"];
    let dag = ["--leverdatum", "2022-03-01"];
    assert!(
        map.draai(&[&["koppel"], &config[..]].concat())
            .stderr
            .contains("overgenomen van vorig jaar")
    );
    let gecontroleerd = map.draai(&[&["controleer"], &config[..], &dag, &["--json"]].concat());
    let oordeel: serde_json::Value = serde_json::from_str(&gecontroleerd.stdout)
        .unwrap_or_else(|_| panic!("{}", gecontroleerd.alles()));
    let aantal = |code: &str| {
        oordeel["regels"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["code"] == code)
            .map(|r| r["aantal"].clone())
    };
    assert_eq!(
        (aantal("VERDWENEN"), aantal("HEROPEND")),
        (Some(1.into()), Some(1.into())),
        "{}",
        gecontroleerd.alles()
    );
    let lever = || {
        map.draai(
            &[
                &["lever"],
                &config[..],
                &dag,
                &["--log", "json", "--geduld-ms", "5"],
            ]
            .concat(),
        )
    };
    let regels = |uitslag: &Uitslag| {
        let log = uitslag
            .stderr
            .lines()
            .map(|r| serde_json::from_str::<serde_json::Value>(r).unwrap());
        log.into_iter()
            .find(|r| r["gebeurtenis"] == "gecontroleerd")
            .map(|r| r["regels"].clone())
            .unwrap_or_else(|| panic!("{}", uitslag.alles()))
    };
    let geleverd = lever();
    assert_eq!(
        (
            &regels(&geleverd)["VERDWENEN"],
            &regels(&geleverd)["HEROPEND"]
        ),
        (&1.into(), &1.into()),
        "{}",
        geleverd.alles()
    );
    assert!(
        geleverd.stderr.contains("\"wat\":\"vorig\""),
        "{}",
        geleverd.stderr
    );

    // Made from a sjabloon it has no koppeling: then there is nothing to take over.
    std::fs::remove_file(map.pad("pakket-2020/koppeling.toml")).unwrap();
    let zonder = map.draai(&[&["koppel"], &config[..]].concat());
    assert!(
        zonder.code < 2 && !zonder.stderr.contains("overgenomen"),
        "{}",
        zonder.alles()
    );

    // Made with another key, trajecten cannot be compared: that is said beforehand.
    map.schrijf(
        "uitvraag.toml",
        instellingen("vorig = \"pakket-2020\"").replace("s.toml", "ander.toml"),
    );
    assert_eq!(
        map.draai(&["sleutel", "maak", "--sleutel", "ander.toml"])
            .code,
        0
    );
    let anders = map.draai(&[&["lever"], &config[..], &["--vooraf", "--log", "tekst"]].concat());
    assert!(
        anders.code == 0 && anders.stderr.contains("let op  vorig: het pakket in"),
        "{}",
        anders.alles()
    );
    // What is not last year's pakket stops it before anything is read or sent.
    map.schrijf("uitvraag.toml", instellingen("vorig = \"nergens\""));
    let nergens = lever();
    assert!(
        nergens.code == 2 && !nergens.stderr.contains("bron_gelezen"),
        "{}",
        nergens.alles()
    );
}

/// The export itself is never moved aside for a koppeling of its name.
#[test]
fn a_koppeling_never_takes_the_place_of_what_is_read() {
    let map = Werkmap::new();
    werk("export.csv", &[rij(1, "rechter", "2020-02-03", "")], &map);
    let eerst = map.lees("export.csv");
    let geweigerd = koppel(&map, "export.csv", 2020, &["--uit", "./export.csv"]);
    assert_eq!(geweigerd.code, 2, "{}", geweigerd.alles());
    assert!(
        geweigerd
            .stderr
            .contains("dat zou uw eigen bestand overschrijven"),
        "{}",
        geweigerd.stderr
    );
    assert!(
        geweigerd.stderr.contains("--uit koppeling.toml"),
        "{}",
        geweigerd.stderr
    );
    assert_eq!(map.lees("export.csv"), eerst);
    assert!(!map.pad("export.csv.vorige").exists());
}

/// Nothing is read of files that can't be told apart, and none is packed that the koppeling leaves out.
#[test]
fn files_outside_the_koppeling_or_of_one_name_make_no_pakket() {
    let map = Werkmap::new();
    for naam in ["a/export.csv", "b/export.csv", "b/meer.csv"] {
        map.schrijf(
            naam,
            format!("{KOP}\n{}\n", rij(1, "rechter", "2020-02-03", "")),
        );
    }
    let dubbel = koppel(
        &map,
        "a/export.csv",
        2020,
        &["b/export.csv", "--uit", "k.toml"],
    );
    assert!(
        dubbel.code == 1
            && dubbel
                .stderr
                .contains("twee bestanden met de naam 'export.csv'"),
        "{}",
        dubbel.alles()
    );
    assert!(!map.pad("k.toml").exists());
    koppel(&map, "a/export.csv", 2020, &["--uit", "k.toml"]);
    let pak = map.draai(&[
        "pak",
        "a/export.csv",
        "b/meer.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "k.toml",
        "--uit",
        "pakket",
    ]);
    assert!(
        pak.code == 1
            && pak
                .stderr
                .contains("Bestand 'meer.csv' staat niet in de koppeling"),
        "{}",
        pak.alles()
    );
    assert!(!map.pad("pakket").exists());
}
