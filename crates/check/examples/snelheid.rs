//! How fast a levering is judged: a million made-up trajecten, phase by phase.
//!
//! `cargo run --release -p check --example snelheid -- [ROWS]`. The rows are clean; a last round has every cell of
//! every row wrong. Processor time where Linux gives it, so that a busy machine measures the same. With `geheugen` or
//! `geheugen-fout` behind it: one round of all rules, over rows that are made as it goes, and the most memory it took.
#![expect(clippy::print_stdout, reason = "a measurement prints its numbers")]

use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{Controle, Klad, Opties, PakketHerkomst};
use schema::{Definitie, Oordeel, Soort, Tabel, Veldtype};

const PARTIJ: usize = 16_384;

fn main() {
    let rijen: usize = std::env::args()
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
            batches(traject, rijen, hoe == "geheugen-fout"),
        );
        println!(
            "{} findings listed; {}",
            oordeel.bevindingen.len(),
            piek().unwrap_or_default()
        );
        return;
    }
    let schoon: Vec<RecordBatch> = batches(traject, rijen, false).collect();
    println!(
        "{rijen} rows of {} columns in batches of {PARTIJ}",
        traject.velden.len()
    );
    measure(
        "typing alone",
        &with_rules(&definitie, is_type),
        schoon.iter().cloned(),
    );
    measure(
        "typing and rules per row",
        &with_rules(&definitie, |s| is_type(s) || is_row(s)),
        schoon.iter().cloned(),
    );
    measure(
        "all but one child's ages",
        &with_rules(&definitie, |s| {
            !matches!(s, Soort::LeeftijdVerenigbaar { .. })
        }),
        schoon.iter().cloned(),
    );
    measure(
        "all but overlap",
        &with_rules(&definitie, |s| !matches!(s, Soort::Overlap { .. })),
        schoon.iter().cloned(),
    );
    measure(
        "all but stock",
        &with_rules(&definitie, |s| !matches!(s, Soort::Stand { .. })),
        schoon.iter().cloned(),
    );
    measure(
        "all but references",
        &with_rules(&definitie, |s| !matches!(s, Soort::Verwijzing { .. })),
        schoon.iter().cloned(),
    );
    measure(
        "all but shares",
        &with_rules(&definitie, |s| {
            !matches!(s, Soort::Aandeel { .. } | Soort::AandeelCode { .. })
        }),
        schoon.iter().cloned(),
    );
    measure("all rules", &definitie, schoon.iter().cloned());
    drop(schoon);
    let oordeel = measure(
        "all rules, every cell wrong",
        &definitie,
        batches(traject, rijen, true)
            .collect::<Vec<_>>()
            .into_iter(),
    );
    println!(
        "{} findings of {} rules, {} listed",
        totaal(&oordeel),
        oordeel.regels.len(),
        oordeel.bevindingen.len()
    );
}

fn is_type(soort: &Soort) -> bool {
    matches!(
        soort,
        Soort::Verplicht {}
            | Soort::Datum {}
            | Soort::Getal {}
            | Soort::Code {}
            | Soort::Lengte {}
            | Soort::Pseudoniem {}
            | Soort::Gemeente {}
    )
}

fn is_row(soort: &Soort) -> bool {
    matches!(
        soort,
        Soort::Record { .. } | Soort::NietNegatief { .. } | Soort::DatumNaLevering {}
    )
}

fn with_rules(definitie: &Definitie, keep: impl Fn(&Soort) -> bool) -> Definitie {
    let mut minder = definitie.clone();
    minder.regels.retain(|regel| keep(&regel.soort));
    minder
}

fn totaal(oordeel: &Oordeel) -> u64 {
    oordeel.regels.iter().map(|r| r.aantal).sum()
}

/// The most memory this process had, as Linux tells it.
fn piek() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find(|regel| regel.starts_with("VmHWM"))
        .map(str::to_owned)
}

fn measure(
    wat: &str,
    definitie: &Definitie,
    partijen: impl Iterator<Item = RecordBatch>,
) -> Oordeel {
    let opties = Opties {
        leverdatum: definitie.klok.inleveren,
        per_regel: check::PER_REGEL,
        ruwe_ids: false,
    };
    let klok = Klok::start();
    let mut controle = Controle::new(definitie, opties)
        .expect("the rules are usable")
        .met_klad(Klad::new(tempfile::tempfile));
    for partij in partijen {
        controle.partij("traject", &partij).expect("canonical text");
    }
    let gelezen = klok.seconds();
    let oordeel = controle
        .afronden(&PakketHerkomst::new(definitie))
        .expect("the scratch file works");
    let geheel = klok.seconds();
    println!(
        "{wat:<28} {geheel:>6.3} s, of which the end {:.3} s; {} findings",
        geheel - gelezen,
        totaal(&oordeel)
    );
    oordeel
}

/// Processor time of this process, or else the clock on the wall.
struct Klok {
    wand: Instant,
    processor: Option<f64>,
}

impl Klok {
    fn start() -> Self {
        Self {
            wand: Instant::now(),
            processor: Self::processor(),
        }
    }

    fn processor() -> Option<f64> {
        let nanoseconden: f64 = std::fs::read_to_string("/proc/self/schedstat")
            .ok()?
            .split(' ')
            .next()?
            .parse()
            .ok()?;
        Some(nanoseconden / 1e9)
    }

    fn seconds(&self) -> f64 {
        match (self.processor, Self::processor()) {
            (Some(begin), Some(nu)) => nu - begin,
            _ => self.wand.elapsed().as_secs_f64(),
        }
    }
}

fn batches(tabel: &Tabel, rijen: usize, fout: bool) -> impl Iterator<Item = RecordBatch> {
    let velden: Vec<Field> = tabel
        .velden
        .iter()
        .map(|v| Field::new(&v.naam, DataType::Utf8, true))
        .collect();
    let schema = Arc::new(Schema::new(velden));
    let partij = move |begin: usize| {
        let eind = rijen.min(begin + PARTIJ);
        let kolommen = tabel.velden.iter().map(|veld| {
            let waarden = (begin..eind).map(|i| {
                if fout {
                    Some("fout!".to_owned())
                } else {
                    value(veld, i)
                }
            });
            Arc::new(waarden.collect::<StringArray>()) as ArrayRef
        });
        RecordBatch::try_new(Arc::clone(&schema), kolommen.collect()).expect("equal lengths")
    };
    (0..rijen).step_by(PARTIJ).map(partij)
}

/// A plausible value: one child in five has two trajecten, one in four has not ended.
fn value(veld: &schema::Veld, i: usize) -> Option<String> {
    let kies = mix(i as u64, veld.naam.len() as u64);
    let kind = if i % 5 == 4 { i - 1 } else { i };
    let dag = |na: u64| Some(iso(18_262 + (mix(kind as u64, 7) % 200) as i64 + na as i64));
    let open = i.is_multiple_of(4);
    match (veld.naam.as_str(), &veld.veldtype) {
        ("jeugdige_id" | "gezin_id", _) => Some(pseudoniem(kind as u64)),
        (_, Veldtype::Pseudoniem) => Some(pseudoniem(1 << 40 | i as u64)),
        ("productcode", _) => Some(
            if i.is_multiple_of(2) {
                "45J66"
            } else {
                "54001"
            }
            .to_owned(),
        ),
        (_, Veldtype::Tekst { .. }) => Some(format!("V{}", i % 12)),
        ("leeftijd_bij_aanmelding", _) => Some((mix(kind as u64, 3) % 17).to_string()),
        ("contacten", _) => Some((8 + kies % 8).to_string()),
        ("minuten", _) => Some("900".to_owned()),
        ("weekendcontacten", _) => Some((kies % 5).to_string()),
        (_, Veldtype::Geheel) => (!kies.is_multiple_of(3)).then(|| (kies % 20).to_string()),
        (_, Veldtype::Decimaal) => Some(format!("{}.{:02}", 1000 + kies % 2000, kies % 100)),
        ("aanmelddatum", _) => dag(0),
        ("intakedatum", _) => dag(14),
        ("startdatum", _) => dag(30),
        ("einddatum", _) => {
            if open {
                None
            } else {
                dag(60 + kies % 80)
            }
        }
        ("reden_einde" | "vervolg", Veldtype::Code { .. }) if open => None,
        ("reden_einde", _) => Some("volgens_plan".to_owned()),
        ("vervolg", _) => Some("lichtere_hulp".to_owned()),
        ("kader", _) => Some("vrijwillig".to_owned()),
        ("vorm", _) => {
            Some(["omgangshuis", "ambulant_locatie", "ambulant_thuis"][i % 3].to_owned())
        }
        (_, Veldtype::Gemeente) => {
            Some(["GM0344", "GM0363", "GM0599", "GM0518", "GM0014"][kies as usize % 5].to_owned())
        }
        ("verwijzer", _) => Some(
            ["jeugdbeschermer", "rechter", "sociaal_wijkteam", "ouders"][kies as usize % 4]
                .to_owned(),
        ),
        ("bekostiging", _) => {
            Some(["inkoop_gemeente", "inkoop_regio", "subsidie"][kies as usize % 3].to_owned())
        }
        ("begeleiding", _) => {
            Some(["professional", "professional_en_vrijwilliger"][kies as usize % 2].to_owned())
        }
        ("omgang_met", _) => {
            Some(["ouder", "grootouder", "broer_of_zus"][kies as usize % 3].to_owned())
        }
        ("wettelijk_kader", _) => Some("jeugdwet".to_owned()),
        ("aanleiding", _) => {
            Some(["familierechter", "ouderschapsplan"][kies as usize % 2].to_owned())
        }
        ("verblijf", _) => Some(
            ["bij_ouder", "pleeggezin", "gezinshuis_of_woongroep"][kies as usize % 3].to_owned(),
        ),
        ("intensiteit", _) => Some(["licht", "midden", "intensief"][kies as usize % 3].to_owned()),
        ("rapportage_aan", _) => {
            Some(["verwijzer", "rechter_gezinsvoogd_en_ouders"][kies as usize % 2].to_owned())
        }
        _ => None,
    }
}

fn mix(a: u64, b: u64) -> u64 {
    (a ^ b.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 29
}

fn pseudoniem(n: u64) -> String {
    let mut rest = u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) | 1;
    let mut tekens: Vec<u8> = Vec::with_capacity(26);
    for _ in 0..25 {
        tekens.push(b"abcdefghijklmnopqrstuvwxyz234567"[(rest % 32) as usize]);
        rest /= 32;
    }
    tekens.push(b'a');
    String::from_utf8(tekens).expect("ASCII")
}

fn iso(dag: i64) -> String {
    let datum =
        chrono::NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date") + chrono::TimeDelta::days(dag);
    datum.to_string()
}
