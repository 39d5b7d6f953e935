//! koppeling.toml as a person reads it: snapshots of what is proposed, and what is refused.

use mapping::{Koppeling, KoppelingError};

use crate::support::{fixture, omgang, proposal};

#[test]
fn a_proposal_reads_well() {
    insta::assert_snapshot!(
        "zuid",
        proposal(&fixture("zorggroep_zuid.csv")).koppeling.to_toml()
    );
    insta::assert_snapshot!(
        "noord",
        proposal(&fixture("omgangshuis_noord.xlsx"))
            .koppeling
            .to_toml()
    );
}

#[test]
fn what_is_written_reads_back() {
    for name in [
        "zorggroep_zuid.csv",
        "omgangshuis_noord.xlsx",
        "de_brug_2020.csv",
        "jeugdhulp_west.csv",
    ] {
        let koppeling = proposal(&fixture(name)).koppeling;
        let back = Koppeling::parse(&koppeling.to_toml()).unwrap();
        assert_eq!(back, koppeling, "{name}");
        assert_eq!(
            Koppeling::parse(&back.to_toml()).unwrap(),
            koppeling,
            "{name}: without its comments"
        );
        back.verify(&omgang()).unwrap();
    }
}

#[test]
fn odd_names_and_values_survive() {
    let text = "uitvraag = \"omgang/2020\"\n[aanbieder]\nkvk = \"12345678\"\n\
        [[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\nkader = 'Kader \"x\" \\ y'\n\
        [tabel.waarden.kader]\n\"a\\tb = # c\" = \"vrijwillig\"\n\"\" = \"leeg\"\n\
        [[voorziening]]\nvoorziening_id = \"V1\"\nplaatsen = 12\nweekend = true\n";
    let koppeling = Koppeling::parse(text).unwrap();
    assert_eq!(koppeling.rijen["voorziening"][0]["weekend"], "ja");
    assert_eq!(
        koppeling.aanbieder.as_ref().unwrap().kvk.as_deref(),
        Some("12345678")
    );
    assert_eq!(Koppeling::parse(&koppeling.to_toml()).unwrap(), koppeling);
}

#[test]
fn unknown_keys_and_names_are_refused() {
    let begin = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n";
    for (rest, word) in [
        ("kopregels = 1\n", "kopregels"),
        ("[tabel.kolom]\nkader = \"x\"\n", "kolom"),
        ("[tabel.kolommen]\nkadre = \"x\"\n", "kadre"),
        ("[tabel.waarden.kader]\nx = \"dwang\"\n", "dwang"),
        ("[tabel.datumvorm]\naanmelddatum = \"dmy\"\n", "dmy"),
        ("[tabel.codestelsel]\nreden_einde = \"icd\"\n", "icd"),
        (
            "[tabel.afgeleid]\nleeftijd_bij_aanmelding = \"geboorte\"\n",
            "geboorte",
        ),
        ("[[vestigingen]]\nnaam = \"x\"\n", "vestigingen"),
        ("[[voorziening]]\nnaampje = \"x\"\n", "naampje"),
        ("[iets]\nx = 1\n", "iets"),
        ("naam = \"weer\"\n", "regel"),
        ("lezen = \"misschien\"\n", "ja of nee"),
    ] {
        let error = Koppeling::parse(&format!("{begin}{rest}"))
            .and_then(|k| k.verify(&omgang()).map(|()| k))
            .unwrap_err();
        assert!(error.to_string().contains(word), "{rest}: {error}");
    }
    let other = Koppeling::parse("uitvraag = \"omgang/2021\"\n").unwrap();
    assert!(matches!(
        other.verify(&omgang()),
        Err(KoppelingError::OtherUitvraag(..))
    ));
}

/// A line that does nothing was once swallowed: who wrote it believed it worked.
#[test]
fn lines_that_do_nothing_are_refused_with_what_to_do() {
    let begin = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n";
    let verify = |rest: &str| {
        Koppeling::parse(&format!("{begin}{rest}"))
            .unwrap()
            .verify(&omgang())
            .map_err(|e| e.to_string())
    };
    let end = "[tabel.kolommen]\neinddatum = \"Eind\"\nkader = \"K\"\n";
    for (rest, sentence) in [
        (
            "[tabel.waarden.einddatum]\nheden = \"2020-12-31\"\n",
            "een woord bij `einddatum` kan alleen leeg betekenen, niet `2020-12-31`, want 'Datum einde' is een datum",
        ),
        ("[tabel.waarden.verwijzer]\nx = \"rechter\"\n", "geen kolom"),
        (
            "[tabel.vast]\nkader = \"vrijwillig\"\n",
            "heeft de kolom 'K' en ook een vaste waarde",
        ),
        (
            "[tabel.te_plaatsen]\nL = \"traject.kader\"\n",
            "heeft twee kolommen: 'K' en 'L'",
        ),
        (
            "[tabel.datumvorm]\nkader = \"dd-mm-jjjj\"\n",
            "want 'Kader' is een keuze uit een lijst",
        ),
        (
            "[tabel.datumvorm]\nstartdatum = \"dd-mm-jjjj\"\n",
            "geen kolom",
        ),
        (
            "[tabel.getalvorm]\neinddatum = \"1.234,56\"\n",
            "is een datum",
        ),
        ("[tabel.codestelsel]\neinddatum = \"cbs\"\n", "is een datum"),
        (
            "[tabel.afgeleid]\neinddatum = \"geboortedatum\"\n",
            "is een datum",
        ),
    ] {
        let error = verify(&format!("{end}{rest}")).unwrap_err();
        assert!(error.contains(sentence), "{rest}: {error}");
    }
    for (veld, error, sentence, good) in [
        (
            "aanleiding",
            "eigen verzoek",
            "kies uit ouderschapsplan",
            "eigen_verzoek",
        ),
        ("gemeente", "Utrecht", "zoals GM0344", "GM0344"),
        (
            "aanmelddatum",
            "31-12-2019",
            "zoals 2020-12-31",
            "2019-12-31",
        ),
        ("contacten", "4,5", "een heel getal", "4"),
        ("kosten", "12,50", "met een punt", "12.50"),
        ("voorziening_id", "", "vul iets in", "V1"),
    ] {
        let fixed = |value: &str| verify(&format!("[tabel.vast]\n{veld} = \"{value}\"\n"));
        let message = fixed(error).unwrap_err();
        assert!(
            message.contains(sentence) && message.contains(veld),
            "{veld}: {message}"
        );
        fixed(good).unwrap();
    }
    // A column that was left out first and chosen later is no contradiction.
    verify(&format!(
        "overslaan = [\"K\"]\n{end}[tabel.waarden.kader]\nOTS = \"gedwongen\"\n"
    ))
    .unwrap();
}

/// Found by fuzzing: a name nobody would give once broke the comment above it.
#[test]
fn any_name_reads_back() {
    let koppeling =
        Koppeling::parse("uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"tra\\u0000ject\"\n[tabel.waarden.\"ka\\nder\"]\nV = \"x\"\n")
            .unwrap();
    let back = Koppeling::parse(&koppeling.to_toml()).unwrap();
    assert_eq!(back.tabellen, koppeling.tabellen);
}
