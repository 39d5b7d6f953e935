//! Guards: what has one cause in many rows is told once, with its exact count, and what is not told apart is said.

use check::Options;
use schema::{Cause, Oordeel};

use crate::support::{TextRow, count, oordeel, options, pseudonym, record, row, sample_definitie};

fn met(n: usize, velden: impl Fn(usize) -> Vec<(&'static str, String)>) -> Vec<TextRow> {
    let make = |i: usize| {
        let velden = velden(i);
        let mut row = row(&velden
            .iter()
            .map(|(k, v)| (*k, v.as_str()))
            .collect::<Vec<_>>());
        row.entry("nummer".to_owned())
            .or_insert_with(|| pseudonym(i));
        row
    };
    (0..n).map(make).collect()
}

/// Count, value, way of writing, first cell.
type ShortCause<'a> = (u64, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn van<'a>(out: &'a Oordeel, code: &str) -> Vec<ShortCause<'a>> {
    let short = |o: &'a Cause| {
        (
            o.aantal,
            o.eerste.gevonden.as_deref(),
            o.vorm.as_deref(),
            o.eerste.plaats.cel.as_deref(),
        )
    };
    out.oorzaken
        .iter()
        .filter(|o| o.eerste.code == code)
        .map(short)
        .collect()
}

#[test]
fn the_same_unknown_code_is_one_cause_however_short_the_list() {
    let definitie = sample_definitie("");
    let rows = met(2500, |i| {
        vec![
            (
                "kleur",
                if i % 3 == 0 { "groenn" } else { "paars" }.to_owned(),
            ),
            ("maat", format!("m{i}")),
        ]
    });
    for per_regel in [0, 10, 1000] {
        let out = oordeel(
            &definitie,
            Options {
                per_regel,
                ..options(&definitie)
            },
            &[("rij", rows.clone())],
        );
        assert_eq!(count(&out, "CODE"), 5000);
        let causes = van(&out, "CODE");
        assert_eq!(
            causes,
            [
                (1666, Some("paars"), None, Some("G3")),
                (834, Some("groenn"), None, Some("G2"))
            ]
        );
        assert!(
            out.oorzaken[1].eerste.herstel.ends_with("Bedoelt u groen?"),
            "{}",
            out.oorzaken[1].eerste.herstel
        );
        let listed = out
            .bevindingen
            .iter()
            .filter(|b| out.oorzaken[0].covers(b))
            .count();
        assert_eq!(
            listed,
            out.bevindingen
                .iter()
                .filter(|b| b.gevonden.as_deref() == Some("paars"))
                .count()
        );
        assert!(
            out.oorzaken_afgekapt,
            "the other 2,500 values are more than are told apart"
        );
    }
}

#[test]
fn a_column_in_another_way_of_writing_is_one_cause() {
    let definitie = sample_definitie("");
    let rows = met(400, |i| {
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
    let out = oordeel(&definitie, options(&definitie), &[("rij", rows)]);
    let datums = [
        (390, Some("1-1-2020"), Some("9-9-9999"), Some("E2")),
        (10, Some("2020-02-30"), None, Some("E392")),
    ];
    assert_eq!(van(&out, "DATUM"), datums);
    // Up to 99 and above: the number of digits from three on is not what differs.
    assert_eq!(
        van(&out, "GETAL")
            .iter()
            .map(|o| (o.0, o.2))
            .collect::<Vec<_>>(),
        [(400, None), (300, Some("9999 min")), (100, Some("9 min"))]
    );
    let out_of_one = |code: &str| {
        out.oorzaken
            .iter()
            .filter(|o| o.eerste.code == code)
            .map(|o| o.aantal)
            .sum::<u64>()
    };
    assert_eq!(
        (out_of_one("DATUM"), out_of_one("GETAL")),
        (count(&out, "DATUM"), count(&out, "GETAL"))
    );
    assert!(!out.oorzaken_afgekapt);
}

#[test]
fn a_missing_column_and_a_repeated_key_are_one_cause_each() {
    let regels = "[[regel]]\ncode = \"DUBBEL\"\nernst = \"fout\"\nsoort = \"uniek\"\ngoed = [{}]\nfout = [{}]\n\
        tekst = { titel = \"t\", bericht = \"b\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }";
    let definitie = sample_definitie(regels);
    let rows = met(50, |i| {
        if i < 10 {
            vec![("nummer", pseudonym(99))]
        } else {
            Vec::new()
        }
    });
    let out = oordeel(&definitie, options(&definitie), &[("rij", rows.clone())]);
    assert_eq!(
        van(&out, "DUBBEL")
            .iter()
            .map(|o| (o.0, o.3))
            .collect::<Vec<_>>(),
        [(9, Some("A3"))]
    );
    let mut without = rows;
    for row in &mut without {
        row.remove("nummer");
        row.insert("a".to_owned(), "1".to_owned());
    }
    let out = oordeel(&definitie, options(&definitie), &[("rij", without)]);
    let required = out
        .oorzaken
        .iter()
        .find(|o| o.eerste.gevonden.is_none())
        .unwrap();
    assert_eq!(required.aantal, 50);
    assert!(
        required
            .eerste
            .herstel
            .starts_with("Deze kolom staat niet in uw bestand."),
        "{}",
        required.eerste.herstel
    );
}

#[test]
fn a_default_value_in_one_cell_is_one_cause_and_two_cells_are_none() {
    let regels = record("A_KLEIN", "a < 5", None) + &record("A_ONDER_B", "a < b", None);
    let definitie = sample_definitie(&regels);
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[(
            "rij",
            met(40, |_| vec![("a", "99".to_owned()), ("b", "1".to_owned())]),
        )],
    );
    assert_eq!(van(&out, "A_KLEIN").len(), 1);
    assert_eq!(
        (count(&out, "A_ONDER_B"), van(&out, "A_ONDER_B").len()),
        (40, 0)
    );
}

/// In the service a sensitive value is left out, and its cause with it: only a count would be left.
#[test]
fn masking_takes_causes_along() {
    let definitie = sample_definitie("");
    let mut sensitive = definitie.clone();
    let tabel = sensitive
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
    let out = oordeel(
        &sensitive,
        options(&sensitive),
        &[(
            "rij",
            met(3, |_| {
                vec![("kleur", "paars".to_owned()), ("maat", "xl".to_owned())]
            }),
        )],
    );
    assert_eq!(out.oorzaken.len(), 2);
    let masked = out.masked(&sensitive);
    assert_eq!(
        masked
            .oorzaken
            .iter()
            .map(|o| o.eerste.veld.as_str())
            .collect::<Vec<_>>(),
        ["maat"]
    );
    assert!(!serde_json::to_string(&masked).unwrap().contains("paars"));
}
