//! What is hidden stays hidden, in every file.

use report::pages;
use schema::Cijfer;
use schema::cijfer::{Confidential, Status};

use crate::fixture;

/// Hides about a third of the figures, each with `waarden` still in its fields.
fn with_hidden(values: impl Fn(&mut Cijfer)) -> report::ReportPublicatie {
    let mut publicatie = fixture::small();
    for (place, cijfer) in publicatie.cijfers.iter_mut().enumerate() {
        match place % 6 {
            0 => cijfer.vertrouwelijk = Confidential::C,
            1 => cijfer.status = Status::Q,
            _ => {}
        }
        let hidden = cijfer.vertrouwelijk != Confidential::F || cijfer.status == Status::Q;
        if hidden {
            values(cijfer);
        }
    }
    publicatie
}

fn empty(cijfer: &mut Cijfer) {
    cijfer.blank();
    (cijfer.respons, cijfer.dekking_records) = (None, None);
    cijfer.dekking_aanbieders = None;
}

/// The strongest form of "nothing leaks": whatever stands in a hidden figure, the bytes are the same.
#[test]
fn no_file_depends_on_what_a_hidden_figure_holds() {
    let without = pages(&with_hidden(empty)).unwrap();
    let met = pages(&with_hidden(|cijfer| {
        (cijfer.waarde, cijfer.onder, cijfer.boven) =
            (Some(98_765.25), Some(98_765.25), Some(98_765.25));
        (cijfer.teller, cijfer.noemer, cijfer.n) = (Some(98_765.0), Some(98_765.0), Some(98_765));
        (cijfer.onder_998, cijfer.boven_998) = (Some(98_765.25), Some(98_765.25));
        (cijfer.minstens, cijfer.hoogstens) = (Some(98_765.0), Some(98_765.0));
        (cijfer.oordeel, cijfer.respons) = (Some(schema::Comparison::Higher), Some(0.987_65));
        (cijfer.dekking_records, cijfer.dekking_aanbieders) =
            (Some(0.987_65), Some("98765".into()));
    }))
    .unwrap();
    assert_eq!(without.len(), met.len());
    for ((path, een), (_, other)) in without.iter().zip(&met) {
        assert!(een == other, "{path} depends on a hidden figure");
        let text = String::from_utf8_lossy(other);
        for spoor in ["98765", "98.765"] {
            assert!(
                path.contains("lettertype") || !text.contains(spoor),
                "{path} holds a hidden value"
            );
        }
    }
}

#[test]
fn the_order_of_the_figures_does_not_matter() {
    let publicatie = fixture::small();
    let mut reversed = publicatie.clone();
    reversed.cijfers.reverse();
    assert!(pages(&publicatie).unwrap() == pages(&reversed).unwrap());
}

#[test]
fn a_code_that_could_leave_the_folder_is_refused() {
    let mut publicatie = fixture::empty(fixture::small().gebieden);
    publicatie.gebieden[3].code = "../weg".into();
    assert!(
        pages(&publicatie)
            .unwrap_err()
            .to_string()
            .contains("cannot be part of a path")
    );
}
