//! A run: every statement of the pipeline over one momentopname, and the long table that comes of it.
//!
//! Owns the order of things and what every row carries besides its number: respons, the comparison with Nederland,
//! status. Leaves counting to SQL, formulas to [`crate::figuren`], protection to `disclosure`.

use std::collections::{BTreeMap, HashMap};

use datafusion::prelude::SessionContext;
use schema::cijfer::Vertrouwelijk;
use schema::{Cijfer, Comparison, Definitie, Veldtype};

use crate::figuren::{Figuur, Maten, Omgeving, figures, status};
use crate::kubus::{Codelijsten, Kubus};
use crate::ligging::{Ligging, NEDERLAND};
use crate::pijplijn::{Berekend, Berekening};
use crate::statistiek::Grenzen;
use crate::{AnalyseFout, Invoer, Pijplijn, sessie};

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Uitkomst {
    /// The figures, unprotected, sorted by indicator, niveau, gebied, uitsplitsing and categorie.
    pub cijfers: Vec<Cijfer>,
    /// Per indicator that needs an optional field: the number of records that lacked it, for the country.
    pub weggelaten: BTreeMap<String, i64>,
}

/// Computes all figures.
///
/// # Errors
/// When a file cannot be read, or the pipeline and the data do not fit each other.
pub async fn run(invoer: &Invoer<'_>) -> Result<Uitkomst, AnalyseFout> {
    let pijplijn = Pijplijn::load(&invoer.definitie.uitvraag)?;
    run_with(invoer, &pijplijn).await
}

/// Computes all figures of a given pipeline, which may be a part of one.
///
/// # Errors
/// As [`run`].
pub async fn run_with(invoer: &Invoer<'_>, pijplijn: &Pijplijn) -> Result<Uitkomst, AnalyseFout> {
    let ligging = Ligging::new(
        invoer.definitie.jaar,
        invoer.configuratie.jeugdigen.as_ref(),
    )?;
    let codelijsten = code_lists(invoer.definitie, pijplijn);
    let ctx = sessie::open(invoer, pijplijn, &ligging).await?;
    let respons = response(invoer, &ligging);
    let omgeving = Omgeving {
        ligging: &ligging,
        codelijsten: &codelijsten,
        dagen_in_jaar: if chrono::NaiveDate::from_ymd_opt(invoer.definitie.jaar, 2, 29).is_some() {
            366
        } else {
            365
        },
        norm_dagen: invoer.configuratie.norm_dagen,
    };
    let mut groepen = Vec::new();
    for (groep, statements) in &pijplijn.groepen {
        let mut indicatoren: Vec<&Berekend> = pijplijn
            .indicatoren
            .iter()
            .filter(|b| &b.indicator.groep == groep)
            .collect();
        indicatoren.sort_by(|a, b| a.indicator.id.cmp(&b.indicator.id));
        let maten = group(&ctx, groep, statements, omgeving).await?;
        verify(groep, &maten, &indicatoren)?;
        groepen.push((indicatoren, maten));
    }
    let stil = silent(&groepen, &respons);
    let mut cijfers = Vec::new();
    let mut weggelaten = BTreeMap::new();
    for (indicatoren, maten) in &groepen {
        for berekend in indicatoren {
            if let Some(maat) = &berekend.weggelaten {
                weggelaten.insert(
                    berekend.indicator.id.clone(),
                    maten.som(maat, NEDERLAND, "totaal", "totaal"),
                );
            }
            let zonder: &[bool] = if of_response(berekend) { &[] } else { &stil };
            let figuren = figures(berekend, maten, omgeving, zonder);
            cijfers.extend(rows(invoer, berekend, &figuren, &ligging, &respons));
        }
    }
    crate::cijfers::sort(&mut cijfers);
    Ok(Uitkomst {
        cijfers,
        weggelaten,
    })
}

/// Runs the statements of one group.
async fn group(
    ctx: &SessionContext,
    groep: &str,
    statements: &[String],
    omgeving: Omgeving<'_>,
) -> Result<Maten, AnalyseFout> {
    let mut kubussen = Vec::new();
    for (nummer, statement) in statements.iter().enumerate() {
        let wat = || {
            AnalyseFout::engine(format!(
                "statement {} of {groep}.sql does not run",
                nummer + 1
            ))
        };
        let tabel = ctx.sql(statement).await.map_err(wat())?;
        let schema = std::sync::Arc::new(tabel.schema().as_arrow().clone());
        let mut batches = tabel.collect().await.map_err(wat())?;
        if batches.is_empty() {
            batches.push(arrow::array::RecordBatch::new_empty(schema));
        }
        let kubus = Kubus::new(groep, &batches, omgeving.codelijsten, omgeving.ligging)?;
        if kubus.onplaatsbaar > 0 {
            tracing::warn!(
                groep,
                aantal = kubus.onplaatsbaar,
                "records of a gemeente that is in no indeling of the year were left out"
            );
        }
        kubussen.push(kubus);
    }
    Maten::new(groep, kubussen)
}

/// Every column an indicator takes must exist, with the breakdowns it promises.
fn verify(groep: &str, maten: &Maten, indicatoren: &[&Berekend]) -> Result<(), AnalyseFout> {
    let namen: Vec<&str> = maten.namen().collect();
    for berekend in indicatoren {
        let id = &berekend.indicator.id;
        let fout = |wat: String| {
            AnalyseFout::Pijplijn(groep.to_owned(), format!("indicator `{id}`: {wat}"))
        };
        for maat in berekend
            .berekening
            .maten()
            .into_iter()
            .chain(berekend.weggelaten.as_deref())
        {
            if !namen.contains(&maat) {
                return Err(fout(format!("{groep}.sql gives no column `{maat}`")));
            }
        }
        for maat in berekend.berekening.maten() {
            if let Some(ontbreekt) = berekend
                .dimensies(maat)
                .find(|dimensie| !maten.has_dimension(maat, dimensie))
            {
                return Err(fout(format!(
                    "column `{maat}` is not broken down by `{ontbreekt}`"
                )));
            }
        }
    }
    if let Some(ongebruikt) = namen
        .iter()
        .find(|naam| !indicatoren.iter().any(|b| b.takes(naam)))
    {
        return Err(AnalyseFout::Pijplijn(
            groep.to_owned(),
            format!("no indicator takes column `{ongebruikt}` of {groep}.sql"),
        ));
    }
    Ok(())
}

impl Berekend {
    /// The breakdowns this column must have: those of the indicator, and the field whose codes it shares out.
    fn dimensies<'a>(&'a self, maat: &str) -> impl Iterator<Item = &'a String> {
        let veld = match &self.berekening {
            Berekening::AandeelCode { veld, .. } => Some(veld),
            Berekening::AandeelMetCodes { veld, noemer, .. } if noemer == maat => Some(veld),
            _ => None,
        };
        self.indicator.uitsplitsingen.iter().chain(veld)
    }

    fn takes(&self, maat: &str) -> bool {
        self.berekening.maten().contains(&maat) || self.weggelaten.as_deref() == Some(maat)
    }
}

/// The codes of every column a statement may be broken down by: the classes of the pipeline, then the fields and the
/// code lists of the definition.
fn code_lists(definitie: &Definitie, pijplijn: &Pijplijn) -> Codelijsten {
    let mut lijsten: Codelijsten = HashMap::new();
    let codes = |lijst: &schema::Codelijst| {
        lijst
            .codes
            .iter()
            .map(|c| c.code.clone())
            .collect::<Vec<_>>()
    };
    for veld in definitie.tabellen.iter().flat_map(|tabel| &tabel.velden) {
        if let Veldtype::Code { lijst } = &veld.veldtype
            && let Some(codelijst) = definitie.codelijsten.get(lijst)
        {
            lijsten
                .entry(veld.naam.clone())
                .or_insert_with(|| codes(codelijst));
        }
    }
    for (naam, codelijst) in &definitie.codelijsten {
        lijsten
            .entry(naam.clone())
            .or_insert_with(|| codes(codelijst));
    }
    lijsten.extend(pijplijn.klassen.clone());
    lijsten
}

/// Per gebied the share of its expected aanbieders that delivered or signed a nulopgave; `None` where none was expected.
fn response(invoer: &Invoer<'_>, ligging: &Ligging) -> Vec<Option<f64>> {
    let mut verwacht = vec![0_u32; ligging.gebieden.len()];
    let mut geleverd = vec![0_u32; ligging.gebieden.len()];
    for aanbieder in &invoer.verwacht {
        for gebied in ligging.touching(&aanbieder.werkgebied) {
            verwacht[gebied as usize] += 1;
            if aanbieder.uitkomst.is_respons() {
                geleverd[gebied as usize] += 1;
            }
        }
    }
    let aandeel = |(&v, &g): (&u32, &u32)| (v > 0).then(|| f64::from(g) / f64::from(v));
    verwacht.iter().zip(&geleverd).map(aandeel).collect()
}

/// Whether an indicator is about the response itself: it takes no field of any table.
fn of_response(berekend: &Berekend) -> bool {
    berekend.indicator.velden.is_empty()
}

/// Per gebied whether nobody spoke of it, so that nothing counted there means unknown and not none: no expected
/// aanbieder delivered, or none was expected and no record lies there. A nulopgave is response: then none is none.
fn silent(groepen: &[(Vec<&Berekend>, Maten)], respons: &[Option<f64>]) -> Vec<bool> {
    let over_kinderen =
        |groep: &&(Vec<&Berekend>, Maten)| !groep.0.iter().any(|berekend| of_response(berekend));
    let records = |gebied: u32| {
        groepen
            .iter()
            .filter(over_kinderen)
            .any(|(_, maten)| maten.counts_in(gebied))
    };
    let stil = |(gebied, respons): (u32, &Option<f64>)| {
        respons.map_or_else(|| !records(gebied), |aandeel| aandeel <= 0.0)
    };
    (0..).zip(respons).map(stil).collect()
}

/// The rows of one indicator.
fn rows(
    invoer: &Invoer<'_>,
    berekend: &Berekend,
    figuren: &[Figuur],
    ligging: &Ligging,
    respons: &[Option<f64>],
) -> Vec<Cijfer> {
    let landelijk: HashMap<(&str, &str), f64> = figuren
        .iter()
        .filter(|f| f.gebied == NEDERLAND)
        .filter_map(|f| {
            Some((
                (f.uitsplitsing.as_str(), f.categorie.as_str()),
                f.getal.waarde?,
            ))
        })
        .collect();
    let met_interval = berekend.indicator.interval != schema::indicator::Interval::Geen;
    // Who did not deliver makes a rate too low, here or in the country; a share or a duration it hardly moves.
    let volledig = |gebied: u32| respons[gebied as usize].is_some_and(|aandeel| aandeel >= 1.0);
    let is_rate = matches!(berekend.berekening, Berekening::Per { .. });
    let eerlijk = |gebied: u32| !is_rate || (volledig(gebied) && volledig(NEDERLAND));
    let row = |figuur: &Figuur| {
        let gebied = &ligging.gebieden[figuur.gebied as usize];
        let getal = &figuur.getal;
        let land = landelijk
            .get(&(figuur.uitsplitsing.as_str(), figuur.categorie.as_str()))
            .copied();
        let te_vergelijken = met_interval
            && getal.waarde.is_some()
            && figuur.gebied != NEDERLAND
            && eerlijk(figuur.gebied);
        let vergelijking = getal.vergelijking.filter(|_| te_vergelijken);
        Cijfer {
            uitvraag: invoer.definitie.uitvraag.clone(),
            jaar: invoer.definitie.jaar,
            indicator: berekend.indicator.id.clone(),
            niveau: gebied.niveau,
            gebied: gebied.code.clone(),
            uitsplitsing: figuur.uitsplitsing.clone(),
            categorie: figuur.categorie.clone(),
            waarde: getal.waarde,
            onder: getal
                .grenzen
                .onder
                .filter(|_| met_interval && getal.waarde.is_some()),
            boven: getal
                .grenzen
                .boven
                .filter(|_| met_interval && getal.waarde.is_some()),
            oordeel: vergelijking
                .zip(land)
                .map(|(grenzen, land)| compare(grenzen, land)),
            teller: getal.teller,
            noemer: getal.noemer,
            n: getal.n,
            status: status(getal, invoer.configuratie.voorlopig),
            vertrouwelijk: Vertrouwelijk::F,
            respons: respons[figuur.gebied as usize],
            momentopname: invoer.momentopname.id.clone(),
        }
    };
    figuren.iter().map(row).collect()
}

/// Different only if the 99.8 % interval leaves the value of Nederland out. A limit that is not reached excludes nothing.
fn compare(grenzen: Grenzen, landelijk: f64) -> Comparison {
    if grenzen.onder.is_some_and(|onder| onder > landelijk) {
        Comparison::Higher
    } else if grenzen.boven.is_some_and(|boven| boven < landelijk) {
        Comparison::Lower
    } else {
        Comparison::NotDifferent
    }
}

#[cfg(test)]
mod tests {
    use schema::Uitkomst as Response;

    use super::*;
    use crate::{Configuratie, Momentopname, Verwacht};

    fn limits(onder: Option<f64>, boven: Option<f64>) -> Grenzen {
        Grenzen { onder, boven }
    }

    /// A limit that is not reached excludes nothing, and a limit on the value itself leaves it in.
    #[test]
    fn a_figure_differs_only_where_its_limits_leave_the_country_out() {
        for (onder, boven, expected) in [
            (Some(11.0), Some(20.0), Comparison::Higher),
            (Some(1.0), Some(9.0), Comparison::Lower),
            (Some(9.0), Some(11.0), Comparison::NotDifferent),
            (Some(10.0), Some(11.0), Comparison::NotDifferent),
            (Some(9.0), Some(10.0), Comparison::NotDifferent),
            (None, Some(11.0), Comparison::NotDifferent),
            (Some(11.0), None, Comparison::Higher),
            (None, None, Comparison::NotDifferent),
        ] {
            assert_eq!(compare(limits(onder, boven), 10.0), expected);
        }
    }

    /// In Utrecht one of two delivered, in Rotterdam one had nothing to tell, in Groningen nobody was expected.
    #[test]
    fn response_is_counted_where_an_aanbieder_works() {
        let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
        let ligging = Ligging::new(2020, None).expect("2020 has an indeling");
        let expected = |code: &str, uitkomst| Verwacht {
            aanbieder: String::new(),
            werkgebied: vec![code.to_owned()],
            uitkomst,
            volume_last_year: None,
        };
        let invoer = Invoer {
            definitie: &definitie,
            momentopname: Momentopname::default(),
            verwacht: vec![
                expected("GM0344", Response::Geleverd),
                expected("JZ22", Response::Geweigerd),
                expected("GM0599", Response::Nulopgave),
            ],
            configuratie: Configuratie::default(),
        };
        let respons = response(&invoer, &ligging);
        let share = |niveau, code| {
            let number = ligging.nummer(niveau, code).expect("a gebied");
            respons[number as usize]
        };
        use schema::Niveau::{Gemeente, Jeugdregio, Nederland};
        assert_eq!(share(Gemeente, "GM0344"), Some(0.5));
        assert_eq!(share(Jeugdregio, "JZ22"), Some(0.5));
        assert_eq!(share(Gemeente, "GM0599"), Some(1.0));
        assert_eq!(share(Nederland, "NL00"), Some(2.0 / 3.0));
        assert_eq!(share(Gemeente, "GM0014"), None);
        // Nobody spoke of Groningen; of Utrecht somebody did, and of Rotterdam a nulopgave.
        let silent = silent(&[], &respons);
        let is_silent = |code| silent[ligging.nummer(Gemeente, code).expect("one") as usize];
        assert_eq!(
            ["GM0014", "GM0344", "GM0599"].map(is_silent),
            [true, false, false]
        );
    }
}
