//! How fast a levering is judged: a million made-up trajecten, phase by phase.
//!
//! `cargo run --release -p check --example snelheid -- [ROWS]`. The rows are clean; a last round has every cell of
//! every row wrong. Processor time where Linux gives it, so that a busy machine measures the same. With `cache` or
//! `geheugen-fout` behind it: one round of all rules, over rows that are made as it goes, and the most memory it took.
#![expect(clippy::print_stdout, reason = "a measurement prints its numbers")]

use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{Judge, Options, PakketOrigin, Spill};
use schema::{Definitie, Oordeel, RegelKind, Tabel, VeldType};

const BATCH: usize = 16_384;

fn main() {
    let rows: usize = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000_000);
    let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
    let traject = definitie
        .tabel("traject")
        .expect("every levering has trajecten");
    if let Some(hoe @ ("geheugen" | "geheugen-fout")) = std::env::args().nth(2).as_deref() {
        let oordeel = measure(
            hoe,
            &definitie,
            batches(traject, rows, hoe == "geheugen-fout"),
        );
        println!(
            "{} findings listed; {}",
            oordeel.bevindingen.len(),
            peak().unwrap_or_default()
        );
        return;
    }
    let clean: Vec<RecordBatch> = batches(traject, rows, false).collect();
    println!(
        "{rows} rows of {} columns in batches of {BATCH}",
        traject.velden.len()
    );
    measure(
        "typing alone",
        &with_rules(&definitie, is_type),
        clean.iter().cloned(),
    );
    measure(
        "typing and rules per row",
        &with_rules(&definitie, |s| is_type(s) || is_row(s)),
        clean.iter().cloned(),
    );
    measure(
        "all but one child's ages",
        &with_rules(&definitie, |s| {
            !matches!(s, RegelKind::LeeftijdVerenigbaar { .. })
        }),
        clean.iter().cloned(),
    );
    measure(
        "all but overlap",
        &with_rules(&definitie, |s| !matches!(s, RegelKind::Overlap { .. })),
        clean.iter().cloned(),
    );
    measure(
        "all but stock",
        &with_rules(&definitie, |s| !matches!(s, RegelKind::Stand { .. })),
        clean.iter().cloned(),
    );
    measure(
        "all but references",
        &with_rules(&definitie, |s| !matches!(s, RegelKind::Verwijzing { .. })),
        clean.iter().cloned(),
    );
    measure(
        "all but shares",
        &with_rules(&definitie, |s| {
            !matches!(s, RegelKind::Aandeel { .. } | RegelKind::AandeelCode { .. })
        }),
        clean.iter().cloned(),
    );
    measure("all rules", &definitie, clean.iter().cloned());
    drop(clean);
    let oordeel = measure(
        "all rules, every cell wrong",
        &definitie,
        batches(traject, rows, true).collect::<Vec<_>>().into_iter(),
    );
    println!(
        "{} findings of {} rules, {} listed",
        total(&oordeel),
        oordeel.regels.len(),
        oordeel.bevindingen.len()
    );
}

fn is_type(kind: &RegelKind) -> bool {
    matches!(
        kind,
        RegelKind::Verplicht {}
            | RegelKind::Datum {}
            | RegelKind::Getal {}
            | RegelKind::Code {}
            | RegelKind::Lengte {}
            | RegelKind::Pseudoniem {}
            | RegelKind::Gemeente {}
    )
}

fn is_row(kind: &RegelKind) -> bool {
    matches!(
        kind,
        RegelKind::Record { .. } | RegelKind::NietNegatief { .. } | RegelKind::DatumNaLevering {}
    )
}

fn with_rules(definitie: &Definitie, keep: impl Fn(&RegelKind) -> bool) -> Definitie {
    let mut minder = definitie.clone();
    minder.regels.retain(|regel| keep(&regel.soort));
    minder
}

fn total(oordeel: &Oordeel) -> u64 {
    oordeel.regels.iter().map(|r| r.aantal).sum()
}

/// The most memory this process had, as Linux tells it.
fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find(|regel| regel.starts_with("VmHWM"))
        .map(str::to_owned)
}

fn measure(
    what: &str,
    definitie: &Definitie,
    batches: impl Iterator<Item = RecordBatch>,
) -> Oordeel {
    let options = Options {
        leverdatum: definitie.klok.inleveren,
        per_regel: check::PER_REGEL,
        raw_ids: false,
    };
    let clock = Stopwatch::start();
    let mut judge = Judge::new(definitie, options)
        .expect("the rules are usable")
        .with_spill(Spill::new(tempfile::tempfile));
    for batch in batches {
        judge.batch("traject", &batch).expect("canonical text");
    }
    let loaded = clock.seconds();
    let oordeel = judge
        .finish(&PakketOrigin::new(definitie))
        .expect("the scratch file works");
    let whole = clock.seconds();
    println!(
        "{what:<28} {whole:>6.3} s, of which the end {:.3} s; {} findings",
        whole - loaded,
        total(&oordeel)
    );
    oordeel
}

/// Processor time of this process, or else the clock on the wall.
struct Stopwatch {
    wand: Instant,
    processor: Option<f64>,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            wand: Instant::now(),
            processor: Self::processor(),
        }
    }

    fn processor() -> Option<f64> {
        let nanoseconds: f64 = std::fs::read_to_string("/proc/self/schedstat")
            .ok()?
            .split(' ')
            .next()?
            .parse()
            .ok()?;
        Some(nanoseconds / 1e9)
    }

    fn seconds(&self) -> f64 {
        match (self.processor, Self::processor()) {
            (Some(begin), Some(nu)) => nu - begin,
            _ => self.wand.elapsed().as_secs_f64(),
        }
    }
}

fn batches(tabel: &Tabel, rows: usize, error: bool) -> impl Iterator<Item = RecordBatch> {
    let velden: Vec<Field> = tabel
        .velden
        .iter()
        .map(|v| Field::new(&v.naam, DataType::Utf8, true))
        .collect();
    let schema = Arc::new(Schema::new(velden));
    let batch = move |begin: usize| {
        let end = rows.min(begin + BATCH);
        let columns = tabel.velden.iter().map(|veld| {
            let values = (begin..end).map(|i| {
                if error {
                    Some("fout!".to_owned())
                } else {
                    value(veld, i)
                }
            });
            Arc::new(values.collect::<StringArray>()) as ArrayRef
        });
        RecordBatch::try_new(Arc::clone(&schema), columns.collect()).expect("equal lengths")
    };
    (0..rows).step_by(BATCH).map(batch)
}

/// A plausible value: one child in five has two trajecten, one in four has not ended.
fn value(veld: &schema::Veld, i: usize) -> Option<String> {
    let choose = mix(i as u64, veld.naam.len() as u64);
    let kind = if i % 5 == 4 { i - 1 } else { i };
    let day = |after: u64| {
        Some(iso(18_262
            + (mix(kind as u64, 7) % 200) as i64
            + after as i64))
    };
    let open = i.is_multiple_of(4);
    match (veld.naam.as_str(), &veld.veldtype) {
        ("jeugdige_id" | "gezin_id", _) => Some(pseudonym(kind as u64)),
        (_, VeldType::Pseudoniem) => Some(pseudonym(1 << 40 | i as u64)),
        ("productcode", _) => Some(
            if i.is_multiple_of(2) {
                "45J66"
            } else {
                "54001"
            }
            .to_owned(),
        ),
        (_, VeldType::Tekst { .. }) => Some(format!("V{}", i % 12)),
        ("leeftijd_bij_aanmelding", _) => Some((mix(kind as u64, 3) % 17).to_string()),
        ("contacten", _) => Some((8 + choose % 8).to_string()),
        ("minuten", _) => Some("900".to_owned()),
        ("weekendcontacten", _) => Some((choose % 5).to_string()),
        (_, VeldType::Whole) => (!choose.is_multiple_of(3)).then(|| (choose % 20).to_string()),
        (_, VeldType::Decimal) => Some(format!("{}.{:02}", 1000 + choose % 2000, choose % 100)),
        ("aanmelddatum", _) => day(0),
        ("intakedatum", _) => day(14),
        ("startdatum", _) => day(30),
        ("einddatum", _) => {
            if open {
                None
            } else {
                day(60 + choose % 80)
            }
        }
        ("reden_einde" | "vervolg", VeldType::Code { .. }) if open => None,
        ("reden_einde", _) => Some("volgens_plan".to_owned()),
        ("vervolg", _) => Some("lichtere_hulp".to_owned()),
        ("kader", _) => Some("vrijwillig".to_owned()),
        ("vorm", _) => {
            Some(["omgangshuis", "ambulant_locatie", "ambulant_thuis"][i % 3].to_owned())
        }
        (_, VeldType::Gemeente) => {
            Some(["GM0344", "GM0363", "GM0599", "GM0518", "GM0014"][choose as usize % 5].to_owned())
        }
        ("verwijzer", _) => Some(
            ["jeugdbeschermer", "rechter", "sociaal_wijkteam", "ouders"][choose as usize % 4]
                .to_owned(),
        ),
        ("bekostiging", _) => {
            Some(["inkoop_gemeente", "inkoop_regio", "subsidie"][choose as usize % 3].to_owned())
        }
        ("begeleiding", _) => {
            Some(["professional", "professional_en_vrijwilliger"][choose as usize % 2].to_owned())
        }
        ("omgang_met", _) => {
            Some(["ouder", "grootouder", "broer_of_zus"][choose as usize % 3].to_owned())
        }
        ("wettelijk_kader", _) => Some("jeugdwet".to_owned()),
        ("aanleiding", _) => {
            Some(["familierechter", "ouderschapsplan"][choose as usize % 2].to_owned())
        }
        ("verblijf", _) => Some(
            ["bij_ouder", "pleeggezin", "gezinshuis_of_woongroep"][choose as usize % 3].to_owned(),
        ),
        ("intensiteit", _) => {
            Some(["licht", "midden", "intensief"][choose as usize % 3].to_owned())
        }
        ("rapportage_aan", _) => {
            Some(["verwijzer", "rechter_gezinsvoogd_en_ouders"][choose as usize % 2].to_owned())
        }
        _ => None,
    }
}

fn mix(a: u64, b: u64) -> u64 {
    (a ^ b.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 29
}

fn pseudonym(n: u64) -> String {
    let mut rest = u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) | 1;
    let mut characters: Vec<u8> = Vec::with_capacity(26);
    for _ in 0..25 {
        characters.push(b"abcdefghijklmnopqrstuvwxyz234567"[(rest % 32) as usize]);
        rest /= 32;
    }
    characters.push(b'a');
    String::from_utf8(characters).expect("ASCII")
}

fn iso(day: i64) -> String {
    let datum =
        chrono::NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date") + chrono::TimeDelta::days(day);
    datum.to_string()
}
