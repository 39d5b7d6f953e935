//! Guards: rules over sets find what comparing every row with every other finds, also where hardly anything stays in
//! memory; and a scratch file that fails is an error, never a finding.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::LazyLock;

use check::{CheckError, Judge, Options, PakketOrigin, Spill};
use chrono::{Days, Months, NaiveDate};
use proptest::prelude::*;
use schema::{Bevinding, Definitie, Oordeel};

use crate::support::{TextRow, batch, count, options, pseudonym};

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

/// A traject with what rules over sets look at. Days count from 1 May 2019; no leap day lies within a thousand days of
/// birthdays, which may be kept on two days.
#[derive(Debug, Clone)]
struct SampleRow {
    number: usize,
    kind: usize,
    vorm: usize,
    gemeente: usize,
    registered: u64,
    started: Option<u64>,
    ended: Option<u64>,
    leeftijd: Option<u32>,
}

const FORMS: [&str; 2] = ["omgangshuis", "ambulant_thuis"];
const GEMEENTEN: [&str; 2] = ["GM0344", "GM0363"];
const PEILDATUM: &str = "2020-03-31";

fn day(days: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2019, 5, 1).unwrap() + Days::new(days)
}

fn text(days: Option<u64>) -> String {
    days.map_or_else(String::new, |days| day(days).to_string())
}

impl SampleRow {
    fn row(&self) -> TextRow {
        let mut row = OMGANG.tabel("traject").unwrap().voorbeeld.clone();
        let velden = [
            ("traject_id", pseudonym(self.number)),
            ("jeugdige_id", pseudonym(self.kind)),
            ("vorm", FORMS[self.vorm].to_owned()),
            ("gemeente", GEMEENTEN[self.gemeente].to_owned()),
            ("aanmelddatum", text(Some(self.registered))),
            ("startdatum", text(self.started)),
            ("einddatum", text(self.ended)),
            (
                "leeftijd_bij_aanmelding",
                self.leeftijd
                    .map_or_else(String::new, |jaren| jaren.to_string()),
            ),
        ];
        row.extend(velden.map(|(veld, value)| (veld.to_owned(), value)));
        row
    }

    fn period(&self) -> Option<(u64, u64)> {
        self.started
            .map(|van| (van, self.ended.unwrap_or(u64::MAX)))
            .filter(|(van, tot)| van < tot)
    }

    /// First and last birth date.
    fn born(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (jaren, day) = (self.leeftijd?, day(self.registered));
        Some((
            day - Months::new(12 * (jaren + 1)) + Days::new(1),
            day - Months::new(12 * jaren),
        ))
    }

    fn waits_on(&self, peildatum: NaiveDate) -> bool {
        let out = [self.started, self.ended].into_iter().flatten().min();
        day(self.registered) <= peildatum && out.is_none_or(|out| day(out) > peildatum)
    }
}

/// A row that is found, and the one it is compared with.
type RowPair = (usize, usize);

fn duplicates(probes: &[SampleRow]) -> Vec<RowPair> {
    let earlier = |i: usize| {
        probes[..i]
            .iter()
            .position(|p| p.number == probes[i].number)
    };
    (0..probes.len())
        .filter_map(|i| Some((i, earlier(i)?)))
        .collect()
}

fn overlaps(probes: &[SampleRow]) -> Vec<RowPair> {
    let order = |i: usize| (probes[i].period().map(|p| p.0), i);
    let longest_earlier = |i: usize| {
        let (van, _) = probes[i].period()?;
        let together =
            |j: &usize| (probes[*j].kind, probes[*j].vorm) == (probes[i].kind, probes[i].vorm);
        let mut earlier: Vec<usize> = (0..probes.len())
            .filter(together)
            .filter(|&j| probes[j].period().is_some() && order(j) < order(i))
            .collect();
        earlier.sort_by_key(|&j| order(j));
        let tot = |j: usize| probes[j].period().unwrap().1;
        let longest = earlier
            .iter()
            .map(|&j| tot(j))
            .max()
            .filter(|&tot| van < tot)?;
        earlier.into_iter().find(|&j| tot(j) == longest)
    };
    (0..probes.len())
        .filter_map(|i| Some((i, longest_earlier(i)?)))
        .collect()
}

fn contradict(a: &SampleRow, b: &SampleRow) -> bool {
    let together =
        |(a, b): ((NaiveDate, NaiveDate), (NaiveDate, NaiveDate))| a.0 <= b.1 && b.0 <= a.1;
    a.kind == b.kind && a.born().zip(b.born()).is_some_and(|born| !together(born))
}

/// All rows that contradict another one, but the first of each child.
fn ages(probes: &[SampleRow]) -> Vec<usize> {
    let disputed = |i: &usize| probes.iter().any(|p| contradict(p, &probes[*i]));
    let earlier = |i: usize| {
        (0..i)
            .filter(disputed)
            .any(|j| probes[j].kind == probes[i].kind)
    };
    (0..probes.len())
        .filter(disputed)
        .filter(|&i| earlier(i))
        .collect()
}

/// Judges in batches of seven, with so many bytes in memory.
fn judge(probes: &[SampleRow], spill: Spill, per_regel: usize) -> Result<Oordeel, CheckError> {
    let mut judge = Judge::new(
        &OMGANG,
        Options {
            per_regel,
            ..options(&OMGANG)
        },
    )
    .unwrap()
    .with_spill(spill);
    let tabel = OMGANG.tabel("traject").unwrap();
    for part in probes.chunks(7) {
        judge.batch(
            "traject",
            &batch(tabel, &part.iter().map(SampleRow::row).collect::<Vec<_>>()),
        )?;
    }
    let wachtlijst = TextRow::from_iter(
        [
            ("peildatum", PEILDATUM),
            ("voorziening_id", "V1"),
            ("gemeente", GEMEENTEN[0]),
            ("kader", "vrijwillig"),
            ("wachtenden", "2"),
        ]
        .map(|(veld, value)| (veld.to_owned(), value.to_owned())),
    );
    judge.batch(
        "wachtlijst",
        &batch(OMGANG.tabel("wachtlijst").unwrap(), &[wachtlijst]),
    )?;
    judge.finish(&PakketOrigin::new(&OMGANG))
}

fn in_memory(room: usize) -> Spill {
    Spill::new(|| Ok(Cursor::new(Vec::new()))).room(room)
}

fn found<'o>(oordeel: &'o Oordeel, code: &'o str) -> impl Iterator<Item = &'o Bevinding> {
    oordeel.bevindingen.iter().filter(move |b| b.code == code)
}

/// The rows of findings that name another row.
fn pairs(oordeel: &Oordeel, code: &str) -> Vec<RowPair> {
    let other = |b: &Bevinding| {
        b.bericht
            .trim_end_matches('.')
            .rsplit(' ')
            .next()
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    found(oordeel, code)
        .map(|b| (b.plaats.rij.unwrap() as usize - 2, other(b) - 2))
        .collect()
}

fn sample_row() -> impl Strategy<Value = SampleRow> {
    let days = 0_u64..650;
    let ends = (
        proptest::option::of(days.clone()),
        proptest::option::of(days.clone()),
    );
    (
        0_usize..60,
        0_usize..15,
        0_usize..2,
        0_usize..2,
        days,
        ends,
        proptest::option::of(5_u32..9),
    )
        .prop_map(
            |(number, kind, vorm, gemeente, registered, (started, ended), leeftijd)| {
                // No day on which the age of a child born on a leap day is in doubt.
                let leap = |days: u64| (300..=306).contains(&days);
                SampleRow {
                    number,
                    kind,
                    vorm,
                    gemeente,
                    registered: if leap(registered) { 307 } else { registered },
                    started,
                    ended,
                    leeftijd,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sets_are_judged_as_by_comparing_every_row_with_every_other(
        probes in proptest::collection::vec(sample_row(), 0..120),
        per_regel in prop_oneof![Just(3_usize), Just(1000)],
    ) {
        let out = judge(&probes, in_memory(0), per_regel).unwrap();
        let (duplicate, overlap, leeftijd_values) = (duplicates(&probes), overlaps(&probes), ages(&probes));
        for (code, expected) in [("DUPLICATE_ID", &duplicate), ("OVERLAP", &overlap)] {
            prop_assert_eq!(count(&out, code), expected.len() as u64, "{}", code);
            prop_assert_eq!(&pairs(&out, code)[..], &expected[..expected.len().min(per_regel)], "{}", code);
        }
        for bevinding in found(&out, "DUPLICATE_ID") {
            let row = &probes[bevinding.plaats.rij.unwrap() as usize - 2];
            prop_assert_eq!(bevinding.gevonden.clone(), Some(pseudonym(row.number)));
        }
        prop_assert_eq!(count(&out, "LEEFTIJD_ONVERENIGBAAR"), leeftijd_values.len() as u64);
        let pairs = pairs(&out, "LEEFTIJD_ONVERENIGBAAR");
        prop_assert!(pairs.iter().all(|&(row, other)| contradict(&probes[row], &probes[other])));
        let rows: Vec<usize> = pairs.into_iter().map(|(row, _)| row).collect();
        prop_assert_eq!(&rows[..], &leeftijd_values[..leeftijd_values.len().min(per_regel)]);
        // One row was reported: two wait in the first gemeente on one day. Of the other quarters there is none.
        let waiting = |g: usize, day: &str| probes.iter().filter(|p| p.gemeente == g && p.waits_on(day.parse().unwrap())).count();
        let days = BTreeSet::from([PEILDATUM, "2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]);
        let differs = |(g, day): &(usize, &str)| waiting(*g, day) != if (*g, *day) == (0, PEILDATUM) { 2 } else { 0 };
        let differences = days.iter().flat_map(|day| [(0, *day), (1, *day)]).filter(differs).count();
        prop_assert_eq!(count(&out, "WACHTLIJST_WIJKT_AF"), differences as u64);
        for room in [40_000, 64 << 20] {
            let otherwise = judge(&probes, in_memory(room), per_regel).unwrap();
            prop_assert_eq!(serde_json::to_string(&otherwise).unwrap(), serde_json::to_string(&out).unwrap());
        }
    }
}

fn some(count: usize) -> Vec<SampleRow> {
    let sample_row = |i| SampleRow {
        number: i,
        kind: i,
        vorm: 0,
        gemeente: 0,
        registered: 1,
        started: Some(2),
        ended: Some(3),
        leeftijd: Some(7),
    };
    (0..count).map(sample_row).collect()
}

#[test]
fn a_small_levering_never_asks_for_a_scratch_file() {
    let never = Spill::new(|| -> io::Result<Cursor<Vec<u8>>> {
        panic!("a scratch file for two hundred rows")
    });
    judge(&some(200), never, 10).unwrap();
}

#[test]
fn a_scratch_file_that_cannot_be_made_is_an_error() {
    let full = Spill::new(|| -> io::Result<Cursor<Vec<u8>>> {
        Err(io::ErrorKind::PermissionDenied.into())
    })
    .room(0);
    assert!(
        matches!(judge(&some(20), full, 10), Err(CheckError::Spill(e)) if e.kind() == io::ErrorKind::PermissionDenied)
    );
}

/// A disk that fails after so many writes, or when it is read.
#[derive(Debug)]
struct Broken {
    disk: Cursor<Vec<u8>>,
    writes: usize,
}

impl Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes = self
            .writes
            .checked_sub(1)
            .ok_or(io::ErrorKind::StorageFull)?;
        self.disk.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl Seek for Broken {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.disk.seek(to)
    }
}

#[test]
fn a_disk_that_fails_is_an_error_and_no_finding() {
    for (writes, error) in [
        (3, io::ErrorKind::StorageFull),
        (usize::MAX, io::ErrorKind::UnexpectedEof),
    ] {
        let spill = Spill::new(move || {
            Ok(Broken {
                disk: Cursor::default(),
                writes,
            })
        })
        .room(0);
        let got = judge(&some(20), spill, 10);
        assert!(
            matches!(&got, Err(CheckError::Spill(e)) if e.kind() == error),
            "{got:?}"
        );
    }
}
