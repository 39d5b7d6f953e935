//! What is hidden stays hidden, in every file.

use report::pages;
use schema::Cijfer;
use schema::cijfer::{Status, Vertrouwelijk};

use crate::fixture;

/// Hides about a third of the figures, each with `waarden` still in its fields.
fn met_verborgen(waarden: impl Fn(&mut Cijfer)) -> report::Publicatie {
    let mut publicatie = fixture::klein();
    for (plaats, cijfer) in publicatie.cijfers.iter_mut().enumerate() {
        match plaats % 6 {
            0 => cijfer.vertrouwelijk = Vertrouwelijk::C,
            1 => cijfer.vertrouwelijk = Vertrouwelijk::D,
            2 if plaats % 18 == 2 => cijfer.status = Status::L,
            _ if cijfer.vertrouwelijk == Vertrouwelijk::F => continue,
            _ => {}
        }
        if cijfer.vertrouwelijk != Vertrouwelijk::F || cijfer.status == Status::L {
            waarden(cijfer);
        }
    }
    publicatie
}

fn leeg(cijfer: &mut Cijfer) {
    (
        cijfer.waarde,
        cijfer.onder,
        cijfer.boven,
        cijfer.teller,
        cijfer.noemer,
    ) = (None, None, None, None, None);
    (cijfer.n, cijfer.oordeel, cijfer.respons) = (None, None, None);
}

/// The strongest form of "nothing leaks": whatever stands in a hidden figure, the bytes are the same.
#[test]
fn no_file_depends_on_what_a_hidden_figure_holds() {
    let zonder = pages(&met_verborgen(leeg)).unwrap();
    let met = pages(&met_verborgen(|cijfer| {
        (cijfer.waarde, cijfer.onder, cijfer.boven) =
            (Some(98_765.25), Some(98_765.25), Some(98_765.25));
        (cijfer.teller, cijfer.noemer, cijfer.n) = (Some(98_765.0), Some(98_765.0), Some(98_765));
        (cijfer.oordeel, cijfer.respons) = (Some(schema::Comparison::Higher), Some(0.987_65));
    }))
    .unwrap();
    assert_eq!(zonder.len(), met.len());
    for ((pad, een), (_, ander)) in zonder.iter().zip(&met) {
        assert!(een == ander, "{pad} depends on a hidden figure");
        let tekst = String::from_utf8_lossy(ander);
        for spoor in ["98765", "98.765"] {
            assert!(
                pad.contains("lettertype") || !tekst.contains(spoor),
                "{pad} holds a hidden value"
            );
        }
    }
}

#[test]
fn the_order_of_the_figures_does_not_matter() {
    let publicatie = fixture::klein();
    let mut andersom = publicatie.clone();
    andersom.cijfers.reverse();
    assert!(pages(&publicatie).unwrap() == pages(&andersom).unwrap());
}

#[test]
fn a_code_that_could_leave_the_folder_is_refused() {
    let mut publicatie = fixture::leeg(fixture::klein().gebieden);
    publicatie.gebieden[3].code = "../weg".into();
    assert!(
        pages(&publicatie)
            .unwrap_err()
            .to_string()
            .contains("cannot be part of a path")
    );
}
