//! What a definition may not hold is refused, with a message that names it.

use schema::Definitie;

const FILE: &str = include_str!("../../../../schemas/omgang/2020.toml");

fn codes(list: &str) -> Option<String> {
    let map = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/omgang/codes");
    std::fs::read_to_string(map.join(format!("{list}.csv"))).ok()
}

/// The definition of 2020 with the first occurrence of `old` replaced.
fn with(old: &str, new: &str) -> Result<Definitie, String> {
    assert!(FILE.contains(old), "the definition no longer holds {old:?}");
    Definitie::parse("omgang/2020", &FILE.replacen(old, new, 1), codes).map_err(|e| e.to_string())
}

#[track_caller]
fn refused(old: &str, new: &str, reason: &str) {
    let error = with(old, new).expect_err("it must be refused");
    assert!(error.contains(reason), "{error}");
}

#[test]
fn the_file_itself_is_accepted() {
    with("formaat = 1", "formaat = 1").unwrap();
}

#[test]
fn unknown_keys_are_refused_at_every_depth() {
    refused(
        "formaat = 1",
        "formaat = 1\nonbekende_sleutel = 1",
        "onbekende_sleutel",
    );
    refused("[klok]", "[klok]\npauze = \"2021-04-02\"", "pauze");
    refused(
        "sleutel = [\"traject_id\"]",
        "sleutel = [\"traject_id\"]\nkleur = \"rood\"",
        "kleur",
    );
    refused(
        "type = \"pseudoniem\"",
        "type = \"pseudoniem\"\nkleur = \"rood\"",
        "kleur",
    );
    refused(
        "soort = \"verplicht\"",
        "soort = \"verplicht\"\nmax = 3",
        "max",
    );
    refused(
        "soort = \"leeftijd\", op",
        "soort = \"leeftijd\", bij = \"x\", op",
        "bij",
    );
    refused("[regel.tekst]", "[regel.tekst]\nkleur = \"rood\"", "kleur");
}

#[test]
fn unknown_kinds_are_refused() {
    refused("formaat = 1", "formaat = 2", "format 2");
    refused("type = \"geheel\"", "type = \"kommagetal\"", "kommagetal");
    refused(
        "type = \"pseudoniem\"",
        "type = \"pseudoniem\"\nlengte = 3",
        "lengte",
    );
    refused(
        "soort = \"verplicht\"",
        "soort = \"verplichte\"",
        "verplichte",
    );
    refused("ernst = \"fout\"", "ernst = \"ramp\"", "ramp");
}

#[test]
fn dangling_references_are_refused() {
    refused("codelijst = \"kader\"", "codelijst = \"kadr\"", "kadr");
    refused(
        "sleutel = [\"traject_id\"]",
        "sleutel = [\"traject_nr\"]",
        "traject_nr",
    );
    refused("naar = \"voorziening\"", "naar = \"locatie\"", "locatie");
    refused(
        "velden = [\"startdatum\", \"aanmelddatum\"]",
        "velden = [\"startdag\"]",
        "startdag",
    );
    refused("bron = \"traject\"", "bron = \"trajekt\"", "trajekt");
    refused("in_op = \"aanmelddatum\"", "in_op = \"kader\"", "no date");
    refused("van = \"startdatum\"", "van = \"gestart\"", "gestart");
    refused("op = \"aanmelddatum\"", "op = \"kader\"", "no date");
    refused(
        "fout = [{ kader = \"\" }",
        "fout = [{ kaders = \"\" }",
        "kaders",
    );
    refused(
        "tabel = \"wachtlijst\"\nernst",
        "tabel = \"wachtrij\"\nernst",
        "wachtrij",
    );
}

#[test]
fn what_occurs_twice_is_refused() {
    refused(
        "naam = \"gezin_id\"",
        "naam = \"jeugdige_id\"",
        "jeugdige_id",
    );
    refused(
        "label = \"Datum start\"",
        "label = \"Datum intake\"",
        "Datum intake",
    );
    refused("code = \"DATE\"", "code = \"REQUIRED\"", "occurs twice");
    refused(
        "naam = \"voorziening\"",
        "naam = \"wachtlijst\"",
        "wachtlijst",
    );
}

#[test]
fn words_may_not_be_missing_or_hold_unknown_names() {
    refused(
        "titel = \"Verplicht veld is leeg\"",
        "titel = \" \"",
        "`titel` is empty",
    );
    refused(
        "bericht = \"{veld} is leeg.\"",
        "bericht = \"{waarde} is leeg.\"",
        "{waarde}",
    );
    refused(
        "label = \"Trajectnummer\"",
        "label = \"\"",
        "`label` is empty",
    );
}

#[test]
fn a_rule_without_examples_is_refused() {
    refused(
        "fout = [{ kader = \"\" }, { aanmelddatum = \"\" }]",
        "",
        "REQUIRED",
    );
    refused("goed = [{}]", "goed = []", "REQUIRED");
    refused("fase = \"bron\"\n", "", "BSN_SUSPECTED");
}

#[test]
fn numbers_out_of_range_are_refused() {
    refused("max = 0.3", "max = 30.0", "VEEL_STANDAARDDATUMS");
    refused("factor = 2.0", "factor = 0.5", "JAAR_FACTOR");
    refused(
        "bevriezen = \"2027-05-01\"",
        "bevriezen = \"2027-08-01\"",
        "backwards",
    );
}

#[test]
fn words_of_the_field_of_work_have_one_meaning() {
    let twice = "zegt_niets = [\"ouder\", ";
    refused("zegt_niets = [", twice, "holds `ouder` twice");
    refused(
        "kiest_niets = [",
        "kiest_niets = [\"Beëindigd\", ",
        "not one word",
    );
    refused(
        "algemene_codes = [",
        "algemene_codes = [\"bestaat_niet\", ",
        "in no code list",
    );
    refused("[koppelwoorden]", "[koppelwoorden]\nkleur = 1", "kleur");
}

#[test]
fn what_is_made_by_the_reader_must_be_made_of_something() {
    let longest = "afleiding = { soort = \"langste_in_stand\" }";
    let beside = format!("naam = \"minuten\"\n{longest}");
    refused(
        "naam = \"minuten\"",
        &beside,
        "that a rule of kind `stand` counts",
    );
    let codes = "naam = \"minuten\"\nvreemde_codes = { \"08\" = \"Acht.\" }";
    refused("naam = \"minuten\"", codes, "a field with a code list");
}

#[test]
fn a_code_list_that_is_broken_is_refused() {
    let parse = |kader: &str| {
        let met = |list: &str| {
            if list == "kader" {
                Some(kader.to_owned())
            } else {
                codes(list)
            }
        };
        Definitie::parse("omgang/2020", FILE, met)
            .unwrap_err()
            .to_string()
    };
    let header = "code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\n";
    assert!(parse(header).contains("no codes in 2020"));
    assert!(parse(&format!("{header}a,A,x,,,,,\na,B,x,,,,,\n")).contains("occurs twice"));
    assert!(parse(&format!("{header}a,A,x,,,2021,,\n")).contains("no codes in 2020"));
    assert!(parse(&format!("{header}a,,x,,,,,\n")).contains("`label` is empty"));
    assert!(
        parse("code,label,definitie,cbs,ijw,vanaf,tot,synoniemen,kleur\na,A,x,,,,,,\n")
            .contains("kleur")
    );
}

#[test]
fn the_rule_hash_covers_what_decides_a_verdict_and_nothing_else() {
    let basis = with("formaat = 1", "formaat = 1").unwrap();
    let words = with("titel = \"Verplicht veld is leeg\"", "titel = \"Leeg\"").unwrap();
    assert_eq!(words.regelhash, basis.regelhash);
    assert_ne!(words.hash, basis.hash);
    for (old, new) in [
        (
            "assert = \"startdatum >= aanmelddatum\"",
            "assert = \"startdatum > aanmelddatum\"",
        ),
        ("verplicht = true", "verplicht = false"),
        ("minimaal = 20", "minimaal = 21"),
        ("mag_ontbreken = true", "mag_ontbreken = false"),
    ] {
        // The first `verplicht` belongs to the key, which must be required: take another one.
        let base_text = if old == "verplicht = true" {
            "codelijst = \"kader\"\nverplicht = true"
        } else {
            old
        };
        let new_text = base_text.replace(old, new);
        assert_ne!(
            with(base_text, &new_text).unwrap().regelhash,
            basis.regelhash,
            "{old}"
        );
    }
}
