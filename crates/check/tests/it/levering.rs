//! Whole leveringen without a fault, made from the definition and a number, and faults to put in them.

use std::collections::BTreeMap;

use check::{Judge, PakketOrigin};
use chrono::{Datelike, Days, NaiveDate};
use schema::{Definitie, Oordeel, VeldType};

use crate::support::{TextRow, batch, options, pseudonym};

/// Table to rows.
pub(crate) type TestTables = BTreeMap<String, Vec<TextRow>>;

/// Where a value stands: table, row from 0, field.
pub(crate) type CellRef = (String, usize, String);

/// Numbers that follow from one number.
pub(crate) struct Numbers(pub u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 33) % limit
    }
}

fn day(jaar: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(jaar, month, day).unwrap()
}

/// Trajecten of `children` children, one to three each, with the voorzieningen they name; with the stock they make
/// where `wachtlijst` is asked for. Nothing in it is a fout or a signaal.
pub(crate) fn clean(
    definitie: &Definitie,
    seed: u64,
    children: usize,
    wachtlijst: bool,
) -> TestTables {
    let mut g = Numbers(seed);
    let forms = ["omgangshuis", "ambulant_locatie", "ambulant_thuis"];
    let mut trajecten = Vec::new();
    for kind in 0..children {
        let born = day(2008, 1, 1) + Days::new(g.below(3000));
        for (number, vorm) in forms.iter().enumerate().take(1 + g.below(3) as usize) {
            let mut row = traject(definitie, &mut g, born);
            row.insert("traject_id".to_owned(), pseudonym(1 + trajecten.len()));
            row.insert("jeugdige_id".to_owned(), pseudonym(100_000 + kind));
            row.insert("gezin_id".to_owned(), pseudonym(200_000 + kind / 2));
            row.insert("vorm".to_owned(), (*vorm).to_owned());
            row.insert("productcode".to_owned(), format!("540{number}"));
            trajecten.push(row);
        }
    }
    let voorzieningen = (1..=3).map(|n| {
        let mut row = definitie.tabel("voorziening").unwrap().voorbeeld.clone();
        row.insert("voorziening_id".to_owned(), format!("V{n}"));
        row
    });
    let mut out: TestTables = [("voorziening".to_owned(), voorzieningen.collect())].into();
    if wachtlijst {
        out.insert("wachtlijst".to_owned(), stock(&trajecten));
    }
    out.insert("traject".to_owned(), trajecten);
    out
}

fn traject(definitie: &Definitie, g: &mut Numbers, born: NaiveDate) -> TextRow {
    let mut row = definitie.tabel("traject").unwrap().voorbeeld.clone();
    let mut set = |veld: &str, value: String| drop(row.insert(veld.to_owned(), value));
    let registered = day(2020, 1, 6) + Days::new(g.below(170));
    let (intake, start) = (
        registered + Days::new(g.below(20)),
        registered + Days::new(20 + g.below(80)),
    );
    let end = start.max(day(2020, 1, 2)) + Days::new(1 + g.below(40));
    let had_birthday = (registered.month(), registered.day()) >= (born.month(), born.day());
    set(
        "leeftijd_bij_aanmelding",
        (registered.year() - born.year() - i32::from(!had_birthday)).to_string(),
    );
    set("aanmelddatum", registered.to_string());
    set("intakedatum", intake.to_string());
    set("voorziening_id", format!("V{}", 1 + g.below(3)));
    set(
        "gemeente",
        ["GM0344", "GM0363", "GM0321"][g.below(3) as usize].to_owned(),
    );
    set(
        "kader",
        ["vrijwillig", "gedwongen"][g.below(2) as usize].to_owned(),
    );
    let course = g.below(4);
    // Waiting, running, ended, or withdrawn.
    let (start, end, reason) = match course {
        0 => (None, None, ""),
        1 => (Some(start), None, ""),
        2 => (Some(start), Some(end), "volgens_plan"),
        _ => (None, Some(end), "ingetrokken_voor_start"),
    };
    let text = |datum: Option<NaiveDate>| datum.map_or_else(String::new, |d| d.to_string());
    set("startdatum", text(start));
    set("einddatum", text(end));
    set("reden_einde", reason.to_owned());
    if course != 2 {
        set("vervolg", String::new());
    }
    if start.is_none() {
        for veld in ["contacten", "weekendcontacten", "minuten", "kosten"] {
            set(veld, "0".to_owned());
        }
    }
    row
}

/// The rows of the stock, as it follows from the trajecten.
fn stock(trajecten: &[TextRow]) -> Vec<TextRow> {
    let mut out = Vec::new();
    for peildatum in ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"] {
        let mut counted: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        for row in trajecten {
            let after = |veld: &str| row[veld].is_empty() || row[veld].as_str() > peildatum;
            let counts = row["aanmelddatum"].as_str() <= peildatum
                && after("startdatum")
                && after("einddatum");
            *counted
                .entry(["voorziening_id", "gemeente", "kader"].map(|veld| row[veld].as_str()))
                .or_default() += usize::from(counts);
        }
        for ([voorziening, gemeente, kader], count) in counted {
            let velden = [
                ("peildatum", peildatum.to_owned()),
                ("voorziening_id", voorziening.to_owned()),
                ("gemeente", gemeente.to_owned()),
                ("kader", kader.to_owned()),
                ("wachtenden", count.to_string()),
            ];
            out.push(
                velden
                    .into_iter()
                    .map(|(veld, value)| (veld.to_owned(), value))
                    .collect(),
            );
        }
    }
    out
}

/// What may go wrong with a value: nothing there, no value of its type, or a value that is right elsewhere.
pub(crate) fn errors(definitie: &Definitie, tabel: &str, veld: &str) -> Vec<String> {
    let veld = definitie.tabel(tabel).unwrap().veld(veld).unwrap();
    let mut out: Vec<&str> = vec!["", "fout!"];
    match &veld.veldtype {
        VeldType::Pseudoniem => out.push("107000"),
        VeldType::Tekst { .. } => {
            out.extend(["V9", "45J66", "een heel lange tekst die nergens in past"]);
        }
        VeldType::Whole => out.extend(["-1", "19", "99", "13", "400", "1,5"]),
        VeldType::Decimal => out.extend(["-1.00", "99999.00", "1.234,56"]),
        VeldType::Datum => out.extend([
            "31-12-2020",
            "2020-02-30",
            "2017-05-01",
            "2019-12-31",
            "2020-01-01",
            "2020-06-15",
            "2099-12-31",
        ]),
        VeldType::Code { list } => out.extend(
            definitie.codelijsten[list]
                .codes
                .iter()
                .map(|c| c.code.as_str()),
        ),
        VeldType::Gemeente => out.extend(["GM1979", "0344", "Utrecht", "GM0014"]),
        VeldType::YesNo => out.extend(["J", "nee"]),
    }
    out.into_iter().map(str::to_owned).collect()
}

/// The whole judgement.
pub(crate) fn oordeel(definitie: &Definitie, levering: &TestTables) -> Oordeel {
    let mut judge = Judge::new(definitie, options(definitie)).unwrap();
    for (tabel, rows) in levering {
        judge
            .batch(tabel, &batch(definitie.tabel(tabel).unwrap(), rows))
            .unwrap();
    }
    judge.finish(&PakketOrigin::new(definitie)).unwrap()
}
