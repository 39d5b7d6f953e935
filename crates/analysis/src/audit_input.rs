//! What an attack on a publication reckons with: which columns its numbers count, and how they hang together.
//!
//! Owns reading that from the pipeline and the definition, for [`disclosure::audit`], which knows no indicator by name.
//! Leaves the attack to `disclosure` and where publications stand to `monitor`.

use std::collections::BTreeMap;

use disclosure::audit::{
    BreakdownCodes, CountOf, IndicatorCounts, Link, PublishedRow, Sign, Structure, areas_of,
};
use disclosure::rules::{MEAN_FLOOR, SHARE_FLOOR, quantile_floors};
use schema::cijfer::{Confidential, Reason, Status};
use schema::indicator::Kind;
use schema::{Cijfer, Definitie, VeldType};

use crate::Pipeline;
use crate::pipeline::{ColumnLink, Computation, Computed, QueueResult};

/// How the numbers of a publication hang together, as everybody may know.
pub fn structure(pipeline: &Pipeline, definitie: &Definitie) -> Structure {
    let mut breakdowns: BTreeMap<String, BreakdownCodes> = BTreeMap::new();
    for veld in definitie.tabellen.iter().flat_map(|tabel| &tabel.velden) {
        if let VeldType::Code { list } = &veld.veldtype
            && let Some(codelijst) = definitie.codelijsten.get(list)
        {
            breakdowns
                .entry(veld.naam.clone())
                .or_insert_with(|| BreakdownCodes {
                    codes: codelijst.codes.iter().map(|c| c.code.clone()).collect(),
                    complete: veld.verplicht,
                });
        }
    }
    for (name, codes) in &pipeline.klassen {
        let codes = BreakdownCodes {
            codes: codes.clone(),
            complete: pipeline.complete.contains(name),
        };
        breakdowns.insert(name.clone(), codes);
    }
    let link = |link: &ColumnLink| match link.clone() {
        ColumnLink::Sum(sum) => Link::Equal {
            sum: sum.som,
            equal: sum.gelijk,
        },
        ColumnLink::Part(part) => Link::Part {
            part: part.deel,
            whole: part.geheel,
        },
    };
    Structure {
        indicators: pipeline.indicatoren.iter().filter_map(counts).collect(),
        breakdowns,
        areas: areas_of(definitie.jaar),
        links: pipeline.links.iter().map(link).collect(),
        distinct: pipeline.distinct.clone(),
    }
}

/// What the numbers of an indicator count; `None` where they count no records of people.
fn counts(computed: &Computed) -> Option<IndicatorCounts> {
    let kind = computed.indicator.kind;
    // What is about the response counts aanbieders, or what they brought a year ago: no records of this one.
    let of_response = computed.indicator.velden.is_empty();
    if of_response || matches!(kind, Kind::Public | Kind::Places | Kind::Extreme) {
        return None;
    }
    let own = |measure: &String| Some(CountOf::own(measure));
    let none = (None, None, None, None);
    let (numerator, denominator, records, floor) = match &computed.computation {
        Computation::Aantal { maat, .. } => (own(maat), None, own(maat), None),
        Computation::Per { maat, .. } => (own(maat), None, own(maat), None),
        Computation::Aandeel { teller, noemer } => {
            let floor = own(noemer).map(|whole| (whole, SHARE_FLOOR));
            (own(teller), own(noemer), own(noemer), floor)
        }
        // What is expected counts nobody, and may be what is too small.
        Computation::CaseMix { teller, noemer, .. } => (own(teller), None, own(noemer), None),
        Computation::AandeelCode { maat, .. } => {
            let whole = CountOf::all_codes(maat);
            let floor = Some((whole.clone(), SHARE_FLOOR));
            (own(maat), Some(whole.clone()), Some(whole), floor)
        }
        Computation::Verhouding {
            teller,
            noemer,
            aantal,
            ..
        } => match kind {
            Kind::Ratio => (own(teller), own(noemer), own(noemer), None),
            _ => {
                let records = aantal.as_ref().map_or_else(|| own(noemer), own);
                let floor = records.clone().filter(|_| kind == Kind::Mean);
                let floor = floor.map(|records| (records, MEAN_FLOOR));
                (None, None, records, floor)
            }
        },
        Computation::Kwantiel { maat, p } => {
            let floor = own(maat).map(|records| (records, quantile_floors(*p).0));
            (None, None, own(maat), floor)
        }
        Computation::Incidentie {
            uitgang,
            andere,
            gecensureerd,
            ..
        } => {
            let measures = [uitgang]
                .into_iter()
                .chain(andere)
                .chain([gecensureerd])
                .cloned();
            let all = CountOf {
                measures: measures.collect(),
                ..CountOf::own("")
            };
            (None, None, Some(all), None)
        }
        Computation::Wachtrij {
            instroom,
            uitstroom,
            wachtend,
            uitkomst,
        } => {
            let (numerator, denominator, records) = match uitkomst {
                QueueResult::Belasting => (instroom, uitstroom.as_slice(), instroom),
                QueueResult::Wegwerktijd => (wachtend, uitstroom.as_slice(), wachtend),
                QueueResult::NormWachtrij => (instroom, &[][..], instroom),
                QueueResult::Inhaalcapaciteit => {
                    (instroom, std::slice::from_ref(wachtend), wachtend)
                }
            };
            // Several columns were rounded each, so their sum stands for no one number.
            let denominator = match denominator {
                [one] => own(one),
                _ => None,
            };
            (own(numerator), denominator, own(records), None)
        }
        Computation::Klasse { .. } | Computation::AandeelMetCodes { .. } => none,
    };
    Some(IndicatorCounts {
        id: computed.indicator.id.clone(),
        kind,
        numerator,
        denominator,
        records,
        present: None,
        floor,
    })
}

/// The rows of a publication as the attack reads them. One that is left out for all gebieden alike says nothing.
pub fn published(rows: &[Cijfer]) -> Vec<PublishedRow<'_>> {
    rows.iter()
        .filter(|row| row.reden != Some(Reason::LeftOut))
        .map(|row| PublishedRow {
            indicator: &row.indicator,
            gebied: &row.gebied,
            uitsplitsing: &row.uitsplitsing,
            categorie: &row.categorie,
            teller: row.teller,
            noemer: row.noemer,
            n: row.n,
            sign: match row.vertrouwelijk {
                Confidential::F => Sign::Shown,
                Confidential::C => Sign::Hidden,
            },
            computed: matches!(row.status, Status::A | Status::P | Status::Q),
        })
        .collect()
}
