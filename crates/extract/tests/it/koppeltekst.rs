//! koppeling.toml as a person reads it: snapshots of what is proposed, and what is refused.

use extract::{Koppeling, KoppelingFout};

use crate::hulp::{fixture, omgang, voorstel};

#[test]
fn a_proposal_reads_well() {
    insta::assert_snapshot!("zuid", voorstel(&fixture("zorggroep_zuid.csv")).koppeling.to_toml());
    insta::assert_snapshot!("noord", voorstel(&fixture("omgangshuis_noord.xlsx")).koppeling.to_toml());
}

#[test]
fn what_is_written_reads_back() {
    for naam in ["zorggroep_zuid.csv", "omgangshuis_noord.xlsx", "de_brug_2020.csv", "jeugdhulp_west.csv"] {
        let koppeling = voorstel(&fixture(naam)).koppeling;
        let terug = Koppeling::parse(&koppeling.to_toml()).unwrap();
        assert_eq!(terug, koppeling, "{naam}");
        assert_eq!(Koppeling::parse(&terug.to_toml()).unwrap(), koppeling, "{naam}: without its comments");
        terug.verify(&omgang()).unwrap();
    }
}

#[test]
fn odd_names_and_values_survive() {
    let tekst = "uitvraag = \"omgang/2020\"\n[aanbieder]\nkvk = \"12345678\"\n\
        [[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\nkader = 'Kader \"x\" \\ y'\n\
        [tabel.waarden.kader]\n\"a\\tb = # c\" = \"vrijwillig\"\n\"\" = \"leeg\"\n\
        [[voorziening]]\nvoorziening_id = \"V1\"\nplaatsen = 12\nweekend = true\n";
    let koppeling = Koppeling::parse(tekst).unwrap();
    assert_eq!(koppeling.rijen["voorziening"][0]["weekend"], "ja");
    assert_eq!(koppeling.aanbieder.as_ref().unwrap().kvk.as_deref(), Some("12345678"));
    assert_eq!(Koppeling::parse(&koppeling.to_toml()).unwrap(), koppeling);
}

#[test]
fn unknown_keys_and_names_are_refused() {
    let begin = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n";
    for (rest, woord) in [
        ("kopregels = 1\n", "kopregels"),
        ("[tabel.kolom]\nkader = \"x\"\n", "kolom"),
        ("[tabel.kolommen]\nkadre = \"x\"\n", "kadre"),
        ("[tabel.waarden.kader]\nx = \"dwang\"\n", "dwang"),
        ("[tabel.datumvorm]\naanmelddatum = \"dmy\"\n", "dmy"),
        ("[tabel.codestelsel]\nreden_einde = \"icd\"\n", "icd"),
        ("[tabel.afgeleid]\nleeftijd_bij_aanmelding = \"geboorte\"\n", "geboorte"),
        ("[[vestigingen]]\nnaam = \"x\"\n", "vestigingen"),
        ("[[voorziening]]\nnaampje = \"x\"\n", "naampje"),
        ("[iets]\nx = 1\n", "iets"),
        ("naam = \"weer\"\n", "regel"),
    ] {
        let fout = Koppeling::parse(&format!("{begin}{rest}")).and_then(|k| k.verify(&omgang()).map(|()| k)).unwrap_err();
        assert!(fout.to_string().contains(woord), "{rest}: {fout}");
    }
    let ander = Koppeling::parse("uitvraag = \"omgang/2021\"\n").unwrap();
    assert!(matches!(ander.verify(&omgang()), Err(KoppelingFout::AndereUitvraag(..))));
}

/// Found by fuzzing: a name nobody would give once broke the comment above it.
#[test]
fn any_name_reads_back() {
    let koppeling =
        Koppeling::parse("uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"tra\\u0000ject\"\n[tabel.waarden.\"ka\\nder\"]\nV = \"x\"\n")
            .unwrap();
    let terug = Koppeling::parse(&koppeling.to_toml()).unwrap();
    assert_eq!(terug.tabellen, koppeling.tabellen);
}
