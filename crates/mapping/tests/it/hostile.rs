//! Every hostile file through both doors, as a library: one documented code, the right place, a Dutch sentence, no
//! value told on, no panic, and an end in sight.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use check::{Judge, Options, PER_REGEL, PakketOrigin};
use mapping::BatchReader;
use pakket::strict_door;
use rows::FileRefusal;
use schema::{Ernst, Oordeel, Place};
use sheets::SourceFile;

use crate::hostile_cases::{self as cases, BSN, ExpectedAnswer, HostileCase, Location, SECRET};
use crate::support::{lees, omgang};

/// Gives at most so many bytes at a time.
struct SmallReads<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl<'a> SmallReads<'a> {
    fn new(bytes: &'a [u8], step: usize) -> Self {
        Self { bytes, step }
    }
}

impl std::io::Read for SmallReads<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let n = self.step.min(target.len()).min(self.bytes.len());
        target[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}

/// Far beyond what any case takes: time is measured elsewhere, this only ends what hangs.
const ENDLESS: Duration = Duration::from_mins(2);

/// What a door answered.
pub(crate) enum DoorAnswer {
    FileRefusal(FileRefusal),
    Oordeel {
        oordeel: Oordeel,
        said: Vec<String>,
        open: Vec<String>,
    },
}

fn options(raw_ids: bool) -> Options {
    Options {
        leverdatum: "2021-02-01".parse().unwrap(),
        per_regel: PER_REGEL,
        raw_ids,
    }
}

/// As `uitvraag controleer` does.
pub(crate) fn own_door(file: SourceFile) -> Result<DoorAnswer, FileRefusal> {
    let definitie = omgang();
    let mut reader = BatchReader::open(&[file], &definitie, None)?;
    let mut judge = Judge::new(&definitie, options(true)).unwrap();
    while let Some(batch) = reader.next_batch()? {
        judge.batch(&batch.tabel, &batch.batch).unwrap();
    }
    let summary = reader.finish();
    let oordeel = judge
        .finish(summary.herkomst.as_ref())
        .unwrap()
        .merge(summary.bevindingen, summary.counts);
    Ok(DoorAnswer::Oordeel {
        oordeel,
        said: summary.aannames,
        open: summary.open,
    })
}

/// As the service does with one table of a pakket.
fn pakket_door(bytes: &[u8]) -> Result<DoorAnswer, FileRefusal> {
    let definitie = omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let mut judge = Judge::new(&definitie, options(false)).unwrap();
    let reader = strict_door::open(tabel, bytes, strict_door::RecordLimits::default())?;
    for batch in reader {
        judge.batch("traject", &batch?).unwrap();
    }
    let oordeel = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
    Ok(DoorAnswer::Oordeel {
        oordeel,
        said: Vec::new(),
        open: Vec::new(),
    })
}

/// What is wrong with the answer, if anything.
fn judge(expected: &ExpectedAnswer, answer: &DoorAnswer) -> Result<(), String> {
    match (expected, answer) {
        (ExpectedAnswer::FileRefusal(code, location), DoorAnswer::FileRefusal(refusal)) => {
            sentence(&refusal.to_string())?;
            if refusal.code() != *code {
                return Err(format!(
                    "refused as {} ({refusal}) instead of {code}",
                    refusal.code()
                ));
            }
            if refusal.place().bestand.is_none() {
                return Err(format!("{refusal} names no file"));
            }
            place(location, [refusal.place()].into_iter())
        }
        (_, DoorAnswer::FileRefusal(refusal)) => Err(format!(
            "refused: {} {refusal} {:?}",
            refusal.code(),
            refusal.place()
        )),
        (ExpectedAnswer::FileRefusal(code, _), DoorAnswer::Oordeel { oordeel, open, .. }) => {
            Err(format!(
                "taken instead of refused as {code}: {:?} {open:?}",
                errors(oordeel)
            ))
        }
        (ExpectedAnswer::Bevinding(code, location), DoorAnswer::Oordeel { oordeel, .. }) => {
            if !oordeel
                .regels
                .iter()
                .any(|r| r.code == *code && r.aantal > 0)
            {
                return Err(format!("{code} is not found; {:?}", errors(oordeel)));
            }
            place(
                location,
                oordeel
                    .bevindingen
                    .iter()
                    .filter(|b| b.code == *code)
                    .map(|b| &b.plaats),
            )
        }
        (
            ExpectedAnswer::Said(part),
            DoorAnswer::Oordeel {
                oordeel,
                said,
                open,
            },
        ) => {
            let found = oordeel
                .bevindingen
                .iter()
                .filter(|b| b.ernst == Ernst::Fout)
                .map(|b| b.bericht.clone());
            let everything: Vec<String> = said.iter().chain(open).cloned().chain(found).collect();
            everything
                .iter()
                .any(|sentence| sentence.contains(part))
                .then_some(())
                .ok_or(format!("nobody says {part:?}: {everything:?}"))
        }
        (ExpectedAnswer::NoBsn, DoorAnswer::Oordeel { oordeel, .. }) => {
            let suspected = oordeel.regels.iter().any(|r| r.code == "BSN_SUSPECTED");
            (!suspected)
                .then_some(())
                .ok_or("taken for BSNs".to_owned())
        }
        (ExpectedAnswer::Good, DoorAnswer::Oordeel { oordeel, open, .. }) => {
            let error_findings = errors(oordeel);
            (error_findings.is_empty() && open.is_empty())
                .then_some(())
                .ok_or(format!("not good: {error_findings:?} {open:?}"))
        }
    }
}

fn errors(oordeel: &Oordeel) -> Vec<(String, Place)> {
    oordeel
        .bevindingen
        .iter()
        .filter(|b| b.ernst == Ernst::Fout)
        .map(|b| (b.code.clone(), b.plaats.clone()))
        .take(5)
        .collect()
}

/// Someone stands where it should.
fn place<'a>(location: &Location, places: impl Iterator<Item = &'a Place>) -> Result<(), String> {
    let places: Vec<&Place> = places.collect();
    let past = |place: &&&Place| {
        location.rij.is_none_or(|row| place.rij == Some(row))
            && location
                .kolom
                .is_none_or(|column| place.kolom.as_deref() == Some(column))
    };
    places.iter().find(past).map(|_| ()).ok_or(format!(
        "not at {location:?} but at {:?}",
        places.iter().take(3).collect::<Vec<_>>()
    ))
}

/// One Dutch sentence or a few, that fit on a screen and tell no value on.
fn sentence(sentence: &str) -> Result<(), String> {
    const WORDS: [&str; 12] = [
        "een", "het", "de", "is", "staat", "hier", "niet", "deze", "rij", "dit", "te", "over",
    ];
    let words = sentence
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| WORDS.contains(&w.to_lowercase().as_str()));
    let vorm = sentence.starts_with(|c: char| c.is_uppercase())
        && sentence.ends_with('.')
        && sentence.len() < 400;
    let silent = !sentence.contains(SECRET)
        && !sentence.contains(BSN)
        && !sentence.chars().any(char::is_control);
    (words && vorm && silent)
        .then_some(())
        .ok_or(format!("no sentence for an aanbieder: {sentence}"))
}

/// Runs the cases; gives what went wrong, and says which took longest.
#[expect(
    clippy::print_stderr,
    reason = "with --nocapture one sees which files take long"
)]
pub(crate) fn run(
    door: &str,
    cases: &[HostileCase],
    run: impl Fn(&HostileCase) -> Option<(ExpectedAnswer, Result<DoorAnswer, FileRefusal>)>,
) {
    let mut error_findings = Vec::new();
    let mut times: Vec<(Duration, String)> = Vec::new();
    for case in cases {
        let begin = Instant::now();
        let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| run(case))) else {
            error_findings.push(format!("{:>3} {}: a panic", case.number, case.naam));
            continue;
        };
        let Some((expected, answer)) = outcome else {
            continue;
        };
        let duration = begin.elapsed();
        let answer = answer.unwrap_or_else(DoorAnswer::FileRefusal);
        if let Err(error) = judge(&expected, &answer) {
            error_findings.push(format!("{:>3} {}: {error}", case.number, case.naam));
        }
        if duration > ENDLESS {
            error_findings.push(format!(
                "{:>3} {} takes {duration:?}",
                case.number, case.naam
            ));
        }
        times.push((duration, case.naam.clone()));
    }
    times.sort();
    let slowest: Vec<_> = times.iter().rev().take(5).collect();
    eprintln!("{door}: {} files, slowest {slowest:?}", times.len());
    assert!(
        error_findings.is_empty(),
        "{} of {}:\n{}",
        error_findings.len(),
        times.len(),
        error_findings.join("\n")
    );
}

#[test]
fn hostile_files_at_the_own_door() {
    run("own door", &cases::all(), |case| {
        let file = SourceFile::from_bytes(case.bestand.clone(), (case.make)());
        Some((case.own.clone(), own_door(file)))
    });
}

#[test]
fn hostile_files_at_the_door_for_pakketten() {
    run("pakket door", &cases::all(), |case| {
        Some((case.pakket.clone()?, pakket_door(&(case.make)())))
    });
}

/// A case that is there twice guards nothing.
#[test]
fn no_hostile_file_is_there_twice() {
    let cases = cases::all();
    let mut names: Vec<_> = cases.iter().map(|g| (g.number, &g.naam)).collect();
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    assert!(names.len() >= 250, "{} cases", names.len());
}

/// 6 and 10: however the bytes come in, the strict door says the same.
#[test]
fn hostile_files_in_pieces_give_the_same_answer() {
    let definitie = omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let lees = |bytes: &[u8], step: usize| -> Result<Vec<_>, String> {
        let refuse = |w: FileRefusal| format!("{} {:?}", w.code(), w.place());
        let reader = strict_door::open(
            tabel,
            SmallReads::new(bytes, step),
            strict_door::RecordLimits::default(),
        )
        .map_err(refuse)?;
        reader.map(|batch| batch.map_err(refuse)).collect()
    };
    for case in cases::all()
        .iter()
        .filter(|g| g.number <= 26 && g.pakket.is_some())
    {
        let bytes = (case.make)();
        if bytes.len() > 4096 {
            continue;
        }
        let heel = lees(&bytes, usize::MAX);
        for step in 1..=17 {
            assert_eq!(
                lees(&bytes, step),
                heel,
                "{} in pieces of {step}",
                case.naam
            );
        }
    }
}

/// 10: whatever ends a line, the rows are equal.
#[test]
fn all_line_ends_give_equal_rows() {
    let cases = cases::all();
    let rows = |case: &HostileCase| {
        lees(
            &[SourceFile::from_bytes("traject.csv", (case.make)())],
            None,
        )
        .unwrap()
        .0
    };
    let mut forms = cases
        .iter()
        .filter(|g| g.number == 10 && g.own == ExpectedAnswer::Good)
        .map(rows);
    let first = forms.next().unwrap();
    assert_eq!(first["traject"].len(), 2);
    forms.for_each(|vorm| assert_eq!(vorm, first));
}
