//! Guards: the rule language of `check` says what SQL says. The same text goes through DataFusion over the same typed
//! rows, and every row gets the same verdict: true, false or unknown.
//!
//! Two things are known to differ and are kept out: DataFusion reads fractions as floats unless told otherwise, and
//! sums of two 32-bit columns wrap there, where `check` computes in 64 bits.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema};
use check::expr::Expressie;
use check::{Controle, Opties};
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;
use schema::{Definitie, Soort, Tabel, Veldtype};
use tokio::runtime::Runtime;

#[path = "../../../check/tests/it/zinnen.rs"]
mod zinnen;

/// Rows of a table as canonical text, typed by `check`.
fn typed(definitie: &Definitie, tabel: &Tabel, rijen: &[Vec<(String, String)>]) -> RecordBatch {
    let velden: Vec<Field> = tabel.velden.iter().map(|veld| Field::new(&veld.naam, DataType::Utf8, true)).collect();
    let kolom = |veld: &schema::Veld| {
        let waarden = rijen.iter().map(|rij| rij.iter().find(|(naam, _)| *naam == veld.naam).map(|(_, waarde)| waarde.as_str()));
        Arc::new(waarden.map(|waarde| waarde.filter(|w| !w.is_empty())).collect::<StringArray>()) as ArrayRef
    };
    let tekst = RecordBatch::try_new(Arc::new(Schema::new(velden)), tabel.velden.iter().map(kolom).collect()).expect("equal lengths");
    let opties = Opties { leverdatum: definitie.klok.inleveren, per_regel: 0, ruwe_ids: false };
    Controle::new(definitie, opties).expect("usable rules").partij(&tabel.naam, &tekst).expect("canonical text")
}

/// What DataFusion makes of these conditions over these rows.
fn in_datafusion(runtime: &Runtime, tabel: &str, batch: &RecordBatch, zinnen: &[String]) -> Result<Vec<Vec<Option<bool>>>, String> {
    let config = SessionConfig::new().set_bool("datafusion.sql_parser.parse_float_as_decimal", true).with_target_partitions(1);
    let ctx = SessionContext::new_with_config(config);
    ctx.register_batch(tabel, batch.clone()).map_err(|e| e.to_string())?;
    let kolommen: Vec<String> = zinnen.iter().enumerate().map(|(i, zin)| format!("({zin}) AS uitkomst_{i}")).collect();
    let sql = format!("SELECT {} FROM {tabel}", kolommen.join(", "));
    let antwoord = runtime.block_on(async { ctx.sql(&sql).await?.collect().await }).map_err(|e| format!("{e} in {sql}"))?;
    let heel = concat_batches(&antwoord.first().ok_or("no answer")?.schema(), &antwoord).map_err(|e| e.to_string())?;
    let uitkomst = |kolom: &ArrayRef| {
        let kolom = cast(kolom, &DataType::Boolean).map_err(|e| e.to_string())?;
        Ok(kolom.as_boolean().iter().collect())
    };
    heel.columns().iter().map(uitkomst).collect()
}

fn same_verdicts(runtime: &Runtime, definitie: &Definitie, tabel: &Tabel, batch: &RecordBatch, zinnen: &[String]) -> Result<(), TestCaseError> {
    let daar = in_datafusion(runtime, &tabel.naam, batch, zinnen).map_err(TestCaseError::fail)?;
    for (zin, daar) in zinnen.iter().zip(daar) {
        let hier = Expressie::parse(definitie, tabel, zin).map_err(|e| TestCaseError::fail(format!("{zin}: {e}")))?.evaluate(batch);
        for (rij, (hier, daar)) in hier.iter().zip(&daar).enumerate() {
            prop_assert_eq!(hier, daar, "row {} of {:?}: {}", rij, batch.slice(rij, 1), zin);
        }
    }
    Ok(())
}

fn proef() -> Definitie {
    let codes = |lijst: &str| {
        let codes = if lijst == "kleur" { ["rood", "groen", "blauw", "geen_van_deze_kleuren"] } else { ["s", "m", "l", "onbekend"] };
        let regels: String = codes.iter().map(|code| format!("{code},{code},Een code.,,,,,\n")).collect();
        Some(format!("code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\n{regels}"))
    };
    Definitie::parse("proef/2020", include_str!("../../../check/tests/fixtures/proef.toml"), codes).expect("the fixture is valid")
}

/// A canonical value of a field, by choice.
fn value(definitie: &Definitie, veld: &schema::Veld, keuze: usize) -> String {
    let uit = |waarden: &[&str]| waarden[keuze % waarden.len()].to_owned();
    match &veld.veldtype {
        Veldtype::Pseudoniem => uit(&["", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "baaaaaaaaaaaaaaaaaaaaaaaaa"]),
        Veldtype::Tekst { .. } => uit(&["", "45J66", "54001", "V1"]),
        Veldtype::Geheel => uit(&["", "-1", "0", "1", "7", "12", "13", "17", "18", "22", "23", "120", "1201"]),
        Veldtype::Decimaal => uit(&["", "-0.01", "0.00", "0.20", "1.40", "2.60", "5.00", "35.00", "35.01", "600.00"]),
        Veldtype::Datum => {
            uit(&["", "2018-12-31", "2019-12-31", "2020-01-01", "2020-03-31", "2020-06-30", "2020-12-30", "2020-12-31", "2021-01-01", "2021-12-31"])
        }
        Veldtype::Code { lijst } => {
            let codes = &definitie.codelijsten[lijst].codes;
            codes.get(keuze % (codes.len() + 1)).map(|code| code.code.clone()).unwrap_or_default()
        }
        Veldtype::Gemeente => uit(&["", "GM0344", "GM0363", "GM0014"]),
        Veldtype::JaNee => uit(&["", "ja", "nee"]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_sentences_agree(zinnen in proptest::collection::vec(zinnen::zinnen(), 1..20), rijen in zinnen::rijen()) {
        let (definitie, runtime) = (proef(), Runtime::new().expect("a runtime"));
        let tabel = definitie.tabel("rij").expect("the fixture has it");
        let binnen_bereik = |n: Option<i32>| n.map(|n| n.clamp(-1_000_000, 1_000_000));
        let rijen: Vec<Vec<(String, String)>> = rijen
            .into_iter()
            .map(|rij| zinnen::Rij { a: binnen_bereik(rij.a), b: binnen_bereik(rij.b), ..rij })
            .map(|rij| rij.canonical().into_iter().map(|(veld, waarde)| (veld.to_owned(), waarde)).collect())
            .collect();
        let zinnen: Vec<String> = zinnen.iter().map(zinnen::Zin::sql).collect();
        same_verdicts(&runtime, &definitie, tabel, &typed(&definitie, tabel, &rijen), &zinnen)?;
    }

    /// Every condition of every published definition, over rows around its limits.
    #[test]
    fn published_rules_agree(keuzes in proptest::collection::vec(proptest::collection::vec(0_usize..64, 40), 20..200)) {
        let runtime = Runtime::new().expect("a runtime");
        for naam in Definitie::names() {
            let definitie = Definitie::load(&naam).expect("it is published");
            for tabel in &definitie.tabellen {
                let rij = |keuzes: &Vec<usize>| {
                    let velden = tabel.velden.iter().zip(keuzes);
                    velden.map(|(veld, keuze)| (veld.naam.clone(), value(&definitie, veld, *keuze))).collect()
                };
                let rijen: Vec<Vec<(String, String)>> = keuzes.iter().map(rij).collect();
                let eigen = definitie.regels.iter().filter(|regel| regel.tabel.as_ref().is_none_or(|naam| *naam == tabel.naam));
                let zinnen: Vec<String> = eigen.flat_map(|regel| conditions(&regel.soort)).collect();
                if !zinnen.is_empty() {
                    same_verdicts(&runtime, &definitie, tabel, &typed(&definitie, tabel, &rijen), &zinnen)?;
                }
            }
        }
    }
}

fn conditions(soort: &Soort) -> Vec<String> {
    match soort {
        Soort::Record { assert, when } => [Some(assert.clone()), when.clone()].into_iter().flatten().collect(),
        Soort::Aandeel { expr, .. } => vec![expr.clone()],
        _ => Vec::new(),
    }
}
