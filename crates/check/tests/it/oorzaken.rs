//! Guards: what has one cause in many rows is told once, with its exact count, and what is not told apart is said.

use check::Opties;
use schema::{Oordeel, Oorzaak};

use crate::hulp::{Rij, aantal, oordeel, opties, proef, pseudoniem, record, rij};

fn met(n: usize, velden: impl Fn(usize) -> Vec<(&'static str, String)>) -> Vec<Rij> {
    let maak = |i: usize| {
        let velden = velden(i);
        let mut rij = rij(&velden
            .iter()
            .map(|(k, v)| (*k, v.as_str()))
            .collect::<Vec<_>>());
        rij.entry("nummer".to_owned())
            .or_insert_with(|| pseudoniem(i));
        rij
    };
    (0..n).map(maak).collect()
}

/// Count, value, way of writing, first cell.
type Kort<'a> = (u64, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn van<'a>(uit: &'a Oordeel, code: &str) -> Vec<Kort<'a>> {
    let kort = |o: &'a Oorzaak| {
        (
            o.aantal,
            o.eerste.gevonden.as_deref(),
            o.vorm.as_deref(),
            o.eerste.plaats.cel.as_deref(),
        )
    };
    uit.oorzaken
        .iter()
        .filter(|o| o.eerste.code == code)
        .map(kort)
        .collect()
}

#[test]
fn the_same_unknown_code_is_one_cause_however_short_the_list() {
    let definitie = proef("");
    let rijen = met(2500, |i| {
        vec![
            (
                "kleur",
                if i % 3 == 0 { "groenn" } else { "paars" }.to_owned(),
            ),
            ("maat", format!("m{i}")),
        ]
    });
    for per_regel in [0, 10, 1000] {
        let uit = oordeel(
            &definitie,
            Opties {
                per_regel,
                ..opties(&definitie)
            },
            &[("rij", rijen.clone())],
        );
        assert_eq!(aantal(&uit, "CODE"), 5000);
        let oorzaken = van(&uit, "CODE");
        assert_eq!(
            oorzaken,
            [
                (1666, Some("paars"), None, Some("G3")),
                (834, Some("groenn"), None, Some("G2"))
            ]
        );
        assert!(
            uit.oorzaken[1].eerste.herstel.ends_with("Bedoelt u groen?"),
            "{}",
            uit.oorzaken[1].eerste.herstel
        );
        let listed = uit
            .bevindingen
            .iter()
            .filter(|b| uit.oorzaken[0].omvat(b))
            .count();
        assert_eq!(
            listed,
            uit.bevindingen
                .iter()
                .filter(|b| b.gevonden.as_deref() == Some("paars"))
                .count()
        );
        assert!(
            uit.oorzaken_afgekapt,
            "the other 2,500 values are more than are told apart"
        );
    }
}

#[test]
fn a_column_in_another_way_of_writing_is_one_cause() {
    let definitie = proef("");
    let rijen = met(400, |i| {
        let begin = if i < 390 {
            format!("{}-{}-2020", i % 28 + 1, i % 12 + 1)
        } else {
            "2020-02-30".to_owned()
        };
        vec![
            ("begin", begin),
            ("a", format!("{i} min")),
            ("bedrag", "veel".to_owned()),
        ]
    });
    let uit = oordeel(&definitie, opties(&definitie), &[("rij", rijen)]);
    let datums = [
        (390, Some("1-1-2020"), Some("9-9-9999"), Some("E2")),
        (10, Some("2020-02-30"), None, Some("E392")),
    ];
    assert_eq!(van(&uit, "DATUM"), datums);
    // Up to 99 and above: the number of digits from three on is not what differs.
    assert_eq!(
        van(&uit, "GETAL")
            .iter()
            .map(|o| (o.0, o.2))
            .collect::<Vec<_>>(),
        [(400, None), (300, Some("9999 min")), (100, Some("9 min"))]
    );
    let uit_een = |code: &str| {
        uit.oorzaken
            .iter()
            .filter(|o| o.eerste.code == code)
            .map(|o| o.aantal)
            .sum::<u64>()
    };
    assert_eq!(
        (uit_een("DATUM"), uit_een("GETAL")),
        (aantal(&uit, "DATUM"), aantal(&uit, "GETAL"))
    );
    assert!(!uit.oorzaken_afgekapt);
}

#[test]
fn a_missing_column_and_a_repeated_key_are_one_cause_each() {
    let regels = "[[regel]]\ncode = \"DUBBEL\"\nernst = \"fout\"\nsoort = \"uniek\"\ngoed = [{}]\nfout = [{}]\n\
        tekst = { titel = \"t\", bericht = \"b\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }";
    let definitie = proef(regels);
    let rijen = met(50, |i| {
        if i < 10 {
            vec![("nummer", pseudoniem(99))]
        } else {
            Vec::new()
        }
    });
    let uit = oordeel(&definitie, opties(&definitie), &[("rij", rijen.clone())]);
    assert_eq!(
        van(&uit, "DUBBEL")
            .iter()
            .map(|o| (o.0, o.3))
            .collect::<Vec<_>>(),
        [(9, Some("A3"))]
    );
    let mut zonder = rijen;
    zonder.iter_mut().for_each(|rij| drop(rij.remove("nummer")));
    zonder
        .iter_mut()
        .for_each(|rij| drop(rij.insert("a".to_owned(), "1".to_owned())));
    let uit = oordeel(&definitie, opties(&definitie), &[("rij", zonder)]);
    let verplicht = uit
        .oorzaken
        .iter()
        .find(|o| o.eerste.gevonden.is_none())
        .unwrap();
    assert_eq!(verplicht.aantal, 50);
    assert!(
        verplicht
            .eerste
            .herstel
            .starts_with("Deze kolom staat niet in uw bestand."),
        "{}",
        verplicht.eerste.herstel
    );
}

#[test]
fn a_default_value_in_one_cell_is_one_cause_and_two_cells_are_none() {
    let regels = record("A_KLEIN", "a < 5", None) + &record("A_ONDER_B", "a < b", None);
    let definitie = proef(&regels);
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[(
            "rij",
            met(40, |_| vec![("a", "99".to_owned()), ("b", "1".to_owned())]),
        )],
    );
    assert_eq!(van(&uit, "A_KLEIN").len(), 1);
    assert_eq!(
        (aantal(&uit, "A_ONDER_B"), van(&uit, "A_ONDER_B").len()),
        (40, 0)
    );
}

/// In the service a sensitive value is left out, and its cause with it: only a count would be left.
#[test]
fn masking_takes_causes_along() {
    let definitie = proef("");
    let mut gevoelig = definitie.clone();
    let tabel = gevoelig
        .tabellen
        .iter_mut()
        .find(|t| t.naam == "rij")
        .unwrap();
    tabel
        .velden
        .iter_mut()
        .find(|v| v.naam == "kleur")
        .unwrap()
        .gevoelig = true;
    let uit = oordeel(
        &gevoelig,
        opties(&gevoelig),
        &[(
            "rij",
            met(3, |_| {
                vec![("kleur", "paars".to_owned()), ("maat", "xl".to_owned())]
            }),
        )],
    );
    assert_eq!(uit.oorzaken.len(), 2);
    let gemaskeerd = uit.masked(&gevoelig);
    assert_eq!(
        gemaskeerd
            .oorzaken
            .iter()
            .map(|o| o.eerste.veld.as_str())
            .collect::<Vec<_>>(),
        ["maat"]
    );
    assert!(
        !serde_json::to_string(&gemaskeerd)
            .unwrap()
            .contains("paars")
    );
}
