//! Guards: however the rows are cut into batches, and in whatever order the tables come, the judgement is equal.

use std::sync::LazyLock;

use check::{Judge, Options, PakketOrigin};
use proptest::prelude::*;
use schema::{Definitie, Oordeel, Tabel, VeldType};

use crate::support::{TextRow, batch, options, pseudonym};

/// Values that a field may meet, good and bad.
fn values(definitie: &Definitie, tabel: &Tabel, veld: usize) -> Vec<String> {
    let mut out: Vec<&str> = vec![""];
    let own: Vec<String>;
    match &tabel.velden[veld].veldtype {
        VeldType::Pseudoniem => {
            own = (0..12).map(pseudonym).collect();
            out.extend(own.iter().map(String::as_str));
            out.push("107000");
        }
        VeldType::Tekst { .. } => out.extend([
            "V1",
            "V2",
            "V3",
            "45J66",
            "een heel lange tekst die nergens in past",
        ]),
        VeldType::Whole => out.extend(["0", "1", "3", "7", "8", "14", "400", "-2", "veel"]),
        VeldType::Decimal => out.extend(["0", "12.50", "99999.00", "-3", "1,5"]),
        VeldType::Datum => {
            out.extend([
                "2018-05-07",
                "2019-12-31",
                "2020-01-01",
                "2020-02-03",
                "2020-03-31",
                "2020-06-30",
                "2020-12-31",
                "2022-01-01",
                "31-12-2020",
            ]);
        }
        VeldType::Code { list } => {
            out.extend(
                definitie.codelijsten[list]
                    .codes
                    .iter()
                    .take(4)
                    .map(|c| c.code.as_str()),
            );
            out.extend(["onbekend", "iets anders"]);
        }
        VeldType::Gemeente => out.extend(["GM0344", "GM0363", "GM1979", "Utrecht"]),
        VeldType::YesNo => out.extend(["ja", "nee", "J"]),
    }
    out.into_iter().map(str::to_owned).collect()
}

/// Rows of a table from choices: mostly the example, here and there something else.
fn rows(definitie: &Definitie, tabel: &Tabel, choices: &[Vec<(usize, usize)>]) -> Vec<TextRow> {
    let row = |choices: &Vec<(usize, usize)>| {
        let mut row = tabel.voorbeeld.clone();
        for &(veld, value) in choices {
            let veld = veld % tabel.velden.len();
            let values = values(definitie, tabel, veld);
            row.insert(
                tabel.velden[veld].naam.clone(),
                values[value % values.len()].clone(),
            );
        }
        row
    };
    choices.iter().map(row).collect()
}

/// Judges in batches of these sizes, taking the tables turn by turn, starting with the one at `first`.
fn judge(
    definitie: &Definitie,
    tabellen: &[(&Tabel, Vec<TextRow>)],
    sizes: &[usize],
    first: usize,
) -> Oordeel {
    let few = Options {
        per_regel: 5,
        ..options(definitie)
    };
    let mut judge = Judge::new(definitie, few).unwrap();
    let mut over: Vec<(&Tabel, &[TextRow])> =
        tabellen.iter().map(|(t, r)| (*t, r.as_slice())).collect();
    over.rotate_left(first % tabellen.len());
    for (tabel, _) in &over {
        judge.batch(&tabel.naam, &batch(tabel, &[])).unwrap();
    }
    for size in sizes.iter().cycle() {
        for (tabel, rows) in &mut over {
            let (nu, later) = rows.split_at((*size).min(rows.len()));
            judge.batch(&tabel.naam, &batch(tabel, nu)).unwrap();
            *rows = later;
        }
        if over.iter().all(|(_, rows)| rows.is_empty()) {
            break;
        }
    }
    judge.finish(&PakketOrigin::new(definitie)).unwrap()
}

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_batching_gives_an_equal_judgement(
        choices in proptest::collection::vec(proptest::collection::vec((0_usize..64, 0_usize..64), 0..8), 1..90),
        sizes in proptest::collection::vec(1_usize..40, 1..6),
        first in 0_usize..3,
    ) {
        let definitie = &*OMGANG;
        let tabellen: Vec<(&Tabel, Vec<TextRow>)> =
            definitie.tabellen.iter().enumerate().map(|(t, tabel)| (tabel, rows(definitie, tabel, &choices[..choices.len() / (t + 1)]))).collect();
        let heel = judge(definitie, &tabellen, &[1000], 0);
        let pieces = judge(definitie, &tabellen, &sizes, first);
        prop_assert_eq!(serde_json::to_string(&heel).unwrap(), serde_json::to_string(&pieces).unwrap());
        for telling in &heel.regels {
            let shown = heel.bevindingen.iter().filter(|b| b.code == telling.code).count() as u64;
            prop_assert_eq!(shown, telling.aantal.min(5), "{}", &telling.code);
        }
    }
}
