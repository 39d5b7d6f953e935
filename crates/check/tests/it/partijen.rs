//! Guards: however the rows are cut into batches, and in whatever order the tables come, the judgement is equal.

use std::sync::LazyLock;

use check::{Controle, Opties, PakketHerkomst};
use proptest::prelude::*;
use schema::{Definitie, Oordeel, Tabel, Veldtype};

use crate::hulp::{Rij, batch, opties, pseudoniem};

/// Values that a field may meet, good and bad.
fn values(definitie: &Definitie, tabel: &Tabel, veld: usize) -> Vec<String> {
    let mut uit: Vec<&str> = vec![""];
    let eigen: Vec<String>;
    match &tabel.velden[veld].veldtype {
        Veldtype::Pseudoniem => {
            eigen = (0..12).map(pseudoniem).collect();
            uit.extend(eigen.iter().map(String::as_str));
            uit.push("107000");
        }
        Veldtype::Tekst { .. } => uit.extend([
            "V1",
            "V2",
            "V3",
            "45J66",
            "een heel lange tekst die nergens in past",
        ]),
        Veldtype::Geheel => uit.extend(["0", "1", "3", "7", "8", "14", "400", "-2", "veel"]),
        Veldtype::Decimaal => uit.extend(["0", "12.50", "99999.00", "-3", "1,5"]),
        Veldtype::Datum => {
            uit.extend([
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
        Veldtype::Code { lijst } => {
            uit.extend(
                definitie.codelijsten[lijst]
                    .codes
                    .iter()
                    .take(4)
                    .map(|c| c.code.as_str()),
            );
            uit.extend(["onbekend", "iets anders"]);
        }
        Veldtype::Gemeente => uit.extend(["GM0344", "GM0363", "GM1979", "Utrecht"]),
        Veldtype::JaNee => uit.extend(["ja", "nee", "J"]),
    }
    uit.into_iter().map(str::to_owned).collect()
}

/// Rows of a table from choices: mostly the example, here and there something else.
fn rows(definitie: &Definitie, tabel: &Tabel, keuzes: &[Vec<(usize, usize)>]) -> Vec<Rij> {
    let rij = |keuzes: &Vec<(usize, usize)>| {
        let mut rij = tabel.voorbeeld.clone();
        for &(veld, waarde) in keuzes {
            let veld = veld % tabel.velden.len();
            let waarden = values(definitie, tabel, veld);
            rij.insert(
                tabel.velden[veld].naam.clone(),
                waarden[waarde % waarden.len()].clone(),
            );
        }
        rij
    };
    keuzes.iter().map(rij).collect()
}

/// Judges in batches of these sizes, taking the tables turn by turn, starting with the one at `eerst`.
fn judge(
    definitie: &Definitie,
    tabellen: &[(&Tabel, Vec<Rij>)],
    maten: &[usize],
    eerst: usize,
) -> Oordeel {
    let weinig = Opties {
        per_regel: 5,
        ..opties(definitie)
    };
    let mut controle = Controle::new(definitie, weinig).unwrap();
    let mut over: Vec<(&Tabel, &[Rij])> =
        tabellen.iter().map(|(t, r)| (*t, r.as_slice())).collect();
    over.rotate_left(eerst % tabellen.len());
    for (tabel, _) in &over {
        controle.partij(&tabel.naam, &batch(tabel, &[])).unwrap();
    }
    for maat in maten.iter().cycle() {
        for (tabel, rijen) in &mut over {
            let (nu, straks) = rijen.split_at((*maat).min(rijen.len()));
            controle.partij(&tabel.naam, &batch(tabel, nu)).unwrap();
            *rijen = straks;
        }
        if over.iter().all(|(_, rijen)| rijen.is_empty()) {
            break;
        }
    }
    controle.afronden(&PakketHerkomst::new(definitie)).unwrap()
}

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_batching_gives_an_equal_judgement(
        keuzes in proptest::collection::vec(proptest::collection::vec((0_usize..64, 0_usize..64), 0..8), 1..90),
        maten in proptest::collection::vec(1_usize..40, 1..6),
        eerst in 0_usize..3,
    ) {
        let definitie = &*OMGANG;
        let tabellen: Vec<(&Tabel, Vec<Rij>)> =
            definitie.tabellen.iter().enumerate().map(|(t, tabel)| (tabel, rows(definitie, tabel, &keuzes[..keuzes.len() / (t + 1)]))).collect();
        let heel = judge(definitie, &tabellen, &[1000], 0);
        let stukken = judge(definitie, &tabellen, &maten, eerst);
        prop_assert_eq!(serde_json::to_string(&heel).unwrap(), serde_json::to_string(&stukken).unwrap());
        for telling in &heel.regels {
            let getoond = heel.bevindingen.iter().filter(|b| b.code == telling.code).count() as u64;
            prop_assert_eq!(getoond, telling.aantal.min(5), "{}", &telling.code);
        }
    }
}
