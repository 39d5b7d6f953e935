//! Guards: rules over sets find what comparing every row with every other finds, also where hardly anything stays in
//! memory; and a scratch file that fails is an error, never a finding.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::LazyLock;

use check::{CheckFout, Controle, Klad, Opties, PakketHerkomst};
use chrono::{Days, Months, NaiveDate};
use proptest::prelude::*;
use schema::{Bevinding, Definitie, Oordeel};

use crate::hulp::{Rij, aantal, batch, opties, pseudoniem};

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

/// A traject with what rules over sets look at. Days count from 1 May 2019; no leap day lies within a thousand days of
/// birthdays, which may be kept on two days.
#[derive(Debug, Clone)]
struct Proef {
    nummer: usize,
    kind: usize,
    vorm: usize,
    gemeente: usize,
    aangemeld: u64,
    gestart: Option<u64>,
    geeindigd: Option<u64>,
    leeftijd: Option<u32>,
}

const VORMEN: [&str; 2] = ["omgangshuis", "ambulant_thuis"];
const GEMEENTEN: [&str; 2] = ["GM0344", "GM0363"];
const PEILDATUM: &str = "2020-03-31";

fn dag(dagen: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2019, 5, 1).unwrap() + Days::new(dagen)
}

fn tekst(dagen: Option<u64>) -> String {
    dagen.map_or_else(String::new, |dagen| dag(dagen).to_string())
}

impl Proef {
    fn rij(&self) -> Rij {
        let mut rij = OMGANG.tabel("traject").unwrap().voorbeeld.clone();
        let velden = [
            ("traject_id", pseudoniem(self.nummer)),
            ("jeugdige_id", pseudoniem(self.kind)),
            ("vorm", VORMEN[self.vorm].to_owned()),
            ("gemeente", GEMEENTEN[self.gemeente].to_owned()),
            ("aanmelddatum", tekst(Some(self.aangemeld))),
            ("startdatum", tekst(self.gestart)),
            ("einddatum", tekst(self.geeindigd)),
            (
                "leeftijd_bij_aanmelding",
                self.leeftijd
                    .map_or_else(String::new, |jaren| jaren.to_string()),
            ),
        ];
        rij.extend(velden.map(|(veld, waarde)| (veld.to_owned(), waarde)));
        rij
    }

    fn periode(&self) -> Option<(u64, u64)> {
        self.gestart
            .map(|van| (van, self.geeindigd.unwrap_or(u64::MAX)))
            .filter(|(van, tot)| van < tot)
    }

    /// First and last birth date.
    fn geboren(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (jaren, dag) = (self.leeftijd?, dag(self.aangemeld));
        Some((
            dag - Months::new(12 * (jaren + 1)) + Days::new(1),
            dag - Months::new(12 * jaren),
        ))
    }

    fn wacht_op(&self, peildatum: NaiveDate) -> bool {
        let uit = [self.gestart, self.geeindigd].into_iter().flatten().min();
        dag(self.aangemeld) <= peildatum && uit.is_none_or(|uit| dag(uit) > peildatum)
    }
}

/// A row that is found, and the one it is compared with.
type Paar = (usize, usize);

fn duplicates(proeven: &[Proef]) -> Vec<Paar> {
    let eerder = |i: usize| {
        proeven[..i]
            .iter()
            .position(|p| p.nummer == proeven[i].nummer)
    };
    (0..proeven.len())
        .filter_map(|i| Some((i, eerder(i)?)))
        .collect()
}

fn overlaps(proeven: &[Proef]) -> Vec<Paar> {
    let volgorde = |i: usize| (proeven[i].periode().map(|p| p.0), i);
    let langste_eerder = |i: usize| {
        let (van, _) = proeven[i].periode()?;
        let samen =
            |j: &usize| (proeven[*j].kind, proeven[*j].vorm) == (proeven[i].kind, proeven[i].vorm);
        let mut eerder: Vec<usize> = (0..proeven.len())
            .filter(samen)
            .filter(|&j| proeven[j].periode().is_some() && volgorde(j) < volgorde(i))
            .collect();
        eerder.sort_by_key(|&j| volgorde(j));
        let tot = |j: usize| proeven[j].periode().unwrap().1;
        let langst = eerder
            .iter()
            .map(|&j| tot(j))
            .max()
            .filter(|&tot| van < tot)?;
        eerder.into_iter().find(|&j| tot(j) == langst)
    };
    (0..proeven.len())
        .filter_map(|i| Some((i, langste_eerder(i)?)))
        .collect()
}

fn contradict(a: &Proef, b: &Proef) -> bool {
    let samen = |(a, b): ((NaiveDate, NaiveDate), (NaiveDate, NaiveDate))| a.0 <= b.1 && b.0 <= a.1;
    a.kind == b.kind
        && a.geboren()
            .zip(b.geboren())
            .is_some_and(|geboren| !samen(geboren))
}

/// All rows that contradict another one, but the first of each child.
fn ages(proeven: &[Proef]) -> Vec<usize> {
    let betwist = |i: &usize| proeven.iter().any(|p| contradict(p, &proeven[*i]));
    let eerder = |i: usize| {
        (0..i)
            .filter(betwist)
            .any(|j| proeven[j].kind == proeven[i].kind)
    };
    (0..proeven.len())
        .filter(betwist)
        .filter(|&i| eerder(i))
        .collect()
}

/// Judges in batches of seven, with so many bytes in memory.
fn judge(proeven: &[Proef], klad: Klad, per_regel: usize) -> Result<Oordeel, CheckFout> {
    let mut controle = Controle::new(
        &OMGANG,
        Opties {
            per_regel,
            ..opties(&OMGANG)
        },
    )
    .unwrap()
    .met_klad(klad);
    let tabel = OMGANG.tabel("traject").unwrap();
    for deel in proeven.chunks(7) {
        controle.partij(
            "traject",
            &batch(tabel, &deel.iter().map(Proef::rij).collect::<Vec<_>>()),
        )?;
    }
    let wachtlijst = Rij::from_iter(
        [
            ("peildatum", PEILDATUM),
            ("voorziening_id", "V1"),
            ("gemeente", GEMEENTEN[0]),
            ("kader", "vrijwillig"),
            ("wachtenden", "2"),
        ]
        .map(|(veld, waarde)| (veld.to_owned(), waarde.to_owned())),
    );
    controle.partij(
        "wachtlijst",
        &batch(OMGANG.tabel("wachtlijst").unwrap(), &[wachtlijst]),
    )?;
    controle.afronden(&PakketHerkomst::new(&OMGANG))
}

fn in_memory(ruimte: usize) -> Klad {
    Klad::new(|| Ok(Cursor::new(Vec::new()))).ruimte(ruimte)
}

fn found<'o>(oordeel: &'o Oordeel, code: &'o str) -> impl Iterator<Item = &'o Bevinding> {
    oordeel.bevindingen.iter().filter(move |b| b.code == code)
}

/// The rows of findings that name another row.
fn pairs(oordeel: &Oordeel, code: &str) -> Vec<Paar> {
    let ander = |b: &Bevinding| {
        b.bericht
            .trim_end_matches('.')
            .rsplit(' ')
            .next()
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    found(oordeel, code)
        .map(|b| (b.plaats.rij.unwrap() as usize - 2, ander(b) - 2))
        .collect()
}

fn proef() -> impl Strategy<Value = Proef> {
    let dagen = 0_u64..650;
    let einden = (
        proptest::option::of(dagen.clone()),
        proptest::option::of(dagen.clone()),
    );
    (
        0_usize..60,
        0_usize..15,
        0_usize..2,
        0_usize..2,
        dagen,
        einden,
        proptest::option::of(5_u32..9),
    )
        .prop_map(
            |(nummer, kind, vorm, gemeente, aangemeld, (gestart, geeindigd), leeftijd)| {
                // No day on which the age of a child born on a leap day is in doubt.
                let schrikkel = |dagen: u64| (300..=306).contains(&dagen);
                Proef {
                    nummer,
                    kind,
                    vorm,
                    gemeente,
                    aangemeld: if schrikkel(aangemeld) { 307 } else { aangemeld },
                    gestart,
                    geeindigd,
                    leeftijd,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn sets_are_judged_as_by_comparing_every_row_with_every_other(
        proeven in proptest::collection::vec(proef(), 0..120),
        per_regel in prop_oneof![Just(3_usize), Just(1000)],
    ) {
        let uit = judge(&proeven, in_memory(0), per_regel).unwrap();
        let (dubbel, overlap, leeftijden) = (duplicates(&proeven), overlaps(&proeven), ages(&proeven));
        for (code, verwacht) in [("DUPLICATE_ID", &dubbel), ("OVERLAP", &overlap)] {
            prop_assert_eq!(aantal(&uit, code), verwacht.len() as u64, "{}", code);
            prop_assert_eq!(&pairs(&uit, code)[..], &verwacht[..verwacht.len().min(per_regel)], "{}", code);
        }
        for bevinding in found(&uit, "DUPLICATE_ID") {
            let rij = &proeven[bevinding.plaats.rij.unwrap() as usize - 2];
            prop_assert_eq!(bevinding.gevonden.clone(), Some(pseudoniem(rij.nummer)));
        }
        prop_assert_eq!(aantal(&uit, "LEEFTIJD_ONVERENIGBAAR"), leeftijden.len() as u64);
        let paren = pairs(&uit, "LEEFTIJD_ONVERENIGBAAR");
        prop_assert!(paren.iter().all(|&(rij, ander)| contradict(&proeven[rij], &proeven[ander])));
        let rijen: Vec<usize> = paren.into_iter().map(|(rij, _)| rij).collect();
        prop_assert_eq!(&rijen[..], &leeftijden[..leeftijden.len().min(per_regel)]);
        // One row was reported: two wait in the first gemeente on one day. Of the other quarters there is none.
        let wachtend = |g: usize, dag: &str| proeven.iter().filter(|p| p.gemeente == g && p.wacht_op(dag.parse().unwrap())).count();
        let dagen = BTreeSet::from([PEILDATUM, "2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]);
        let verschilt = |(g, dag): &(usize, &str)| wachtend(*g, dag) != if (*g, *dag) == (0, PEILDATUM) { 2 } else { 0 };
        let verschillen = dagen.iter().flat_map(|dag| [(0, *dag), (1, *dag)]).filter(verschilt).count();
        prop_assert_eq!(aantal(&uit, "WACHTLIJST_WIJKT_AF"), verschillen as u64);
        for ruimte in [40_000, 64 << 20] {
            let anders = judge(&proeven, in_memory(ruimte), per_regel).unwrap();
            prop_assert_eq!(serde_json::to_string(&anders).unwrap(), serde_json::to_string(&uit).unwrap());
        }
    }
}

fn some(aantal: usize) -> Vec<Proef> {
    let proef = |i| Proef {
        nummer: i,
        kind: i,
        vorm: 0,
        gemeente: 0,
        aangemeld: 1,
        gestart: Some(2),
        geeindigd: Some(3),
        leeftijd: Some(7),
    };
    (0..aantal).map(proef).collect()
}

#[test]
fn a_small_levering_never_asks_for_a_scratch_file() {
    let nooit = Klad::new(|| -> io::Result<Cursor<Vec<u8>>> {
        panic!("a scratch file for two hundred rows")
    });
    judge(&some(200), nooit, 10).unwrap();
}

#[test]
fn a_scratch_file_that_cannot_be_made_is_an_error() {
    let vol = Klad::new(|| -> io::Result<Cursor<Vec<u8>>> {
        Err(io::ErrorKind::PermissionDenied.into())
    })
    .ruimte(0);
    assert!(
        matches!(judge(&some(20), vol, 10), Err(CheckFout::Klad(e)) if e.kind() == io::ErrorKind::PermissionDenied)
    );
}

/// A disk that fails after so many writes, or when it is read.
#[derive(Debug)]
struct Kapot {
    schijf: Cursor<Vec<u8>>,
    schrijven: usize,
}

impl Write for Kapot {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.schrijven = self
            .schrijven
            .checked_sub(1)
            .ok_or(io::ErrorKind::StorageFull)?;
        self.schijf.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Kapot {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl Seek for Kapot {
    fn seek(&mut self, naar: SeekFrom) -> io::Result<u64> {
        self.schijf.seek(naar)
    }
}

#[test]
fn a_disk_that_fails_is_an_error_and_no_finding() {
    for (schrijven, fout) in [
        (3, io::ErrorKind::StorageFull),
        (usize::MAX, io::ErrorKind::UnexpectedEof),
    ] {
        let klad = Klad::new(move || {
            Ok(Kapot {
                schijf: Cursor::default(),
                schrijven,
            })
        })
        .ruimte(0);
        let kreeg = judge(&some(20), klad, 10);
        assert!(
            matches!(&kreeg, Err(CheckFout::Klad(e)) if e.kind() == fout),
            "{kreeg:?}"
        );
    }
}
