//! Every pair of different acts at once, through two handles on one data directory as `serve` and `admin` have them:
//! whatever wins, the register keeps its promises.
//!
//! The register is held shut while both begin, so that each has looked at it before either has written: who asked a
//! rule before its transaction acts on an answer that is no longer true. The log is the witness: it is replayed step
//! by step, and each step must have been allowed at that point.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lake::{Access, Lake, LakeError, LeveringFilter, LeveringId, LogEntry, NewPublicatie};
use schema::Toestand;
use schema::bevinding::Verdict;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use tokio::task::JoinSet;

use crate::support::{
    JAAR, UITVRAAG, answer, approved, approved_with, calendar, control, declare_nothing, fast_dir,
    files, give_uitstel, judge, on, open_as, opened, pakket, received, set_aanbieder, sign,
    submitted,
};

/// The file of a publication that says which leveringen its figures are made of.
const FIGURES: &str = "figures.txt";

/// Leveringen that may be open at a time.
const OPEN_ALLOWED: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Open,
    Receive,
    Judge,
    Answer,
    Sign,
    Nulopgave,
    Withdraw,
    Extend,
    Expire,
    Freeze,
    Unfreeze,
    Erase,
    Publish,
}

const ACTS: [Act; 13] = [
    Act::Open,
    Act::Receive,
    Act::Judge,
    Act::Answer,
    Act::Sign,
    Act::Nulopgave,
    Act::Withdraw,
    Act::Extend,
    Act::Expire,
    Act::Freeze,
    Act::Unfreeze,
    Act::Erase,
    Act::Publish,
];

/// An aanbieder with a levering in each state in which there is something to do.
#[derive(Clone)]
struct Party {
    kvk: String,
    complete: LeveringId,
    received: LeveringId,
    asked: LeveringId,
    ready: LeveringId,
    /// As `ready`, but with less than half of its rows.
    shrunk: LeveringId,
    signed: Option<LeveringId>,
}

/// What became of the year before the race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Year {
    Open,
    Frozen,
    /// Frozen, and everybody has uitstel.
    Extended,
}

/// A data directory to copy, and who is in it.
struct World {
    dir: tempfile::TempDir,
    parties: Vec<Party>,
    year: Year,
}

impl World {
    async fn new(year: Year) -> Self {
        let dir = fast_dir();
        let lake = Lake::open(dir.path(), Access::Service).await.unwrap();
        let mut parties = Vec::new();
        for number in 0..4 {
            let kvk = format!("1000000{number}");
            set_aanbieder(&lake, &kvk).await;
            // Half of them have something that counts. The first is almost at its limit.
            let signed = match number % 2 {
                0 => None,
                _ => Some(submitted(&lake, &kvk, "signed").await.id),
            };
            let complete = opened(&lake, &kvk, "complete").await.id;
            control(&lake, complete, "complete").await;
            let arrived = received(&lake, &kvk, "received").await.id;
            let asked = received(&lake, &kvk, "asked").await;
            let asked = judge(&lake, &asked, Verdict::TeBevestigen).await.unwrap();
            let ready = approved(&lake, &kvk, "ready").await.id;
            let shrunk = approved_with(&lake, &kvk, "shrunk", &[("traject", 1)])
                .await
                .id;
            if number == 0 {
                for more in 0..OPEN_ALLOWED - 2 {
                    opened(&lake, &kvk, &format!("open-{more}")).await;
                }
            }
            parties.push(Party {
                kvk,
                complete,
                received: arrived,
                asked: asked.id,
                ready,
                shrunk,
                signed,
            });
        }
        if year != Year::Open {
            lake.freeze(UITVRAAG, JAAR, &on(10)).await.unwrap();
        }
        if year == Year::Extended {
            for party in &parties {
                give_uitstel(&lake, &party.kvk, &on(11)).await;
            }
        }
        lake.close().await;
        Self { dir, parties, year }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Refused is fine, broken is not.
fn or_refused<T>(outcome: Result<T, LakeError>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(
            LakeError::Refused(_)
            | LakeError::UnknownMomentopname
            | LakeError::Incomplete { .. }
            | LakeError::PublicatieExists,
        ) => None,
        Err(fault) => panic!("{fault:?}"),
    }
}

impl Act {
    /// Does it for every aanbieder; gives what was answered with a receipt.
    async fn run(self, lake: &Lake, parties: &[Party]) -> Vec<LeveringId> {
        match self {
            Self::Expire => drop(or_refused(lake.expire(UITVRAAG, JAAR, &on(20)).await)),
            Self::Freeze => drop(or_refused(lake.freeze(UITVRAAG, JAAR, &on(25)).await)),
            Self::Unfreeze => drop(or_refused(
                lake.unfreeze_year(UITVRAAG, JAAR, &calendar(), &on(20))
                    .await,
            )),
            Self::Publish => {
                let moment = lake.momentopname("omgang-2020-1").await.unwrap();
                let Some(moment) = moment else {
                    return Vec::new();
                };
                let whole = moment.leveringen.iter().filter(|l| !l.gewist);
                let figures: Vec<String> = whole.map(|l| l.id.to_string()).collect();
                let version = lake.next_version(UITVRAAG, JAAR).await.unwrap();
                let new = NewPublicatie {
                    momentopname: &moment.id,
                    erased: &moment.erased(),
                    versie: version,
                    bestanden: vec![(FIGURES.to_owned(), figures.join(" ").into_bytes())],
                };
                or_refused(lake.publish(new, &on(20)).await);
            }
            _ => {
                let mut runs = JoinSet::new();
                for party in parties {
                    let (lake, party) = (lake.clone(), party.clone());
                    runs.spawn(async move { self.run_for(&lake, &party).await });
                }
                return runs.join_all().await.into_iter().flatten().collect();
            }
        }
        Vec::new()
    }

    async fn run_for(self, lake: &Lake, party: &Party) -> Vec<LeveringId> {
        let Party {
            kvk,
            complete,
            received,
            asked,
            ready,
            shrunk,
            signed,
        } = party;
        let now = on(20);
        match self {
            Self::Open => {
                for number in 0..3 {
                    let name = format!("new-{number}");
                    or_refused(open_as(lake, kvk, &pakket(&name), &name).await);
                }
            }
            Self::Receive => drop(or_refused(lake.received(*complete, &now).await)),
            Self::Judge => {
                let levering = lake.levering(*received).await.unwrap().unwrap();
                or_refused(judge(lake, &levering, Verdict::Akkoord).await);
            }
            Self::Answer => {
                let answers = [answer("WACHT_LANG"), answer("DUUR_LANG")];
                or_refused(lake.explain(*asked, &answers, &now).await);
            }
            Self::Sign => {
                // Nothing is confirmed: the shrunk one never takes the place of a whole one.
                let mut receipts = Vec::new();
                for id in [shrunk, ready, shrunk] {
                    let signed = or_refused(sign(lake, *id, "signed", &now).await);
                    receipts.extend(signed.map(|levering| levering.id));
                }
                return receipts;
            }
            Self::Nulopgave => {
                let declared = or_refused(declare_nothing(lake, kvk, "nothing", &now).await);
                return declared.into_iter().map(|d| d.levering().id).collect();
            }
            Self::Withdraw => {
                for id in signed
                    .iter()
                    .chain([ready, shrunk, asked, received, complete])
                {
                    or_refused(lake.withdraw(*id, &calendar(), &now).await);
                }
            }
            Self::Extend => give_uitstel(lake, kvk, &now).await,
            Self::Erase => {
                for id in signed.iter().chain([ready, shrunk, asked, received]) {
                    or_refused(lake.erase(*id, &now).await);
                }
            }
            Self::Expire | Self::Freeze | Self::Unfreeze | Self::Publish => {
                unreachable!("not of one aanbieder")
            }
        }
        Vec::new()
    }
}

/// The log, replayed: what stood at each step.
struct Replay {
    whose: BTreeMap<LeveringId, (String, bool)>,
    /// Those with less than half of the rows of the others.
    shrunk: BTreeSet<LeveringId>,
    states: BTreeMap<LeveringId, Toestand>,
    standing: BTreeSet<String>,
    published: BTreeSet<String>,
    /// Of which leveringen the figures are, by publication.
    figures: BTreeMap<String, BTreeSet<LeveringId>>,
    uitstel: BTreeSet<String>,
    replaced: Option<LeveringId>,
}

impl Replay {
    fn in_force(&self) -> BTreeSet<LeveringId> {
        let counts = |s: &Toestand| matches!(s, Toestand::Ingediend | Toestand::Gepubliceerd);
        let states = self.states.iter().filter(|(_, state)| counts(state));
        states.map(|(id, _)| *id).collect()
    }

    fn assert_open(&self, kvk: &str, what: &str) {
        let open = self.standing.is_empty() || self.uitstel.contains(kvk);
        assert!(open, "{what} by {kvk} while frozen");
    }

    /// A levering went from one state to another, or was opened.
    fn step(&mut self, id: LeveringId, from: Option<Toestand>, to: Toestand) {
        let (kvk, nulopgave) = self.whose[&id].clone();
        assert_eq!(self.states.get(&id).copied(), from, "{id} was not {from:?}");
        match from {
            Some(from) => assert!(from.may_become(to), "{from:?} to {to:?}"),
            None => {
                assert_eq!(to, Toestand::Geopend);
                self.assert_open(&kvk, "opened");
            }
        }
        if to == Toestand::Ingediend {
            self.assert_open(&kvk, "signed");
            let mut others = self.in_force().into_iter();
            assert!(!others.any(|o| self.whose[&o].0 == kvk), "two of {kvk}");
            if let Some(replaced) = self.replaced {
                assert!(
                    !nulopgave || self.whose[&replaced].1,
                    "a levering with rows was replaced by a nulopgave"
                );
                assert!(
                    !self.shrunk.contains(&id)
                        || self.whose[&replaced].1
                        || self.shrunk.contains(&replaced),
                    "a whole levering was replaced by a shrunk one, and nobody confirmed it"
                );
            }
        }
        if (from, to) == (Some(Toestand::Ingediend), Toestand::Ingetrokken) {
            self.assert_open(&kvk, "withdrawn");
        }
        self.states.insert(id, to);
        self.replaced = (to == Toestand::Vervangen).then_some(id);
        let open = self.states.iter().filter(|(id, state)| {
            let (whose, nulopgave) = &self.whose[id];
            **state == Toestand::Geopend && *whose == kvk && !nulopgave
        });
        assert!(open.count() <= OPEN_ALLOWED, "too many open of {kvk}");
    }

    /// Something else happened.
    fn note(&mut self, what: &str, held: &BTreeMap<String, BTreeSet<LeveringId>>) {
        let words: Vec<&str> = what.split(' ').collect();
        match words.as_slice() {
            ["momentopname", id, "bevroren"] => {
                assert_eq!(self.in_force(), held[*id], "what counts is what is held");
                self.standing.insert((*id).to_owned());
            }
            ["momentopname", id, "ontdooid"] => {
                assert!(!self.published.contains(*id), "{id} was published");
                assert!(self.standing.remove(*id));
            }
            ["publicatie", which, "van", id] => {
                assert!(self.standing.contains(*id), "{id} was taken back");
                for levering in &self.figures[*which] {
                    let state = self.states[levering];
                    assert_ne!(state, Toestand::Gewist, "{levering} is in the figures");
                }
                self.published.insert((*id).to_owned());
            }
            ["uitstel", kvk, ..] => drop(self.uitstel.insert((*kvk).to_owned())),
            _ => {}
        }
    }
}

/// What each momentopname holds, those taken back too.
async fn held(register: &mut SqliteConnection) -> BTreeMap<String, BTreeSet<LeveringId>> {
    let rows = sqlx::query(
        "SELECT m.id, l.levering FROM momentopname m LEFT JOIN momentopname_levering l ON l.momentopname = m.id",
    );
    let mut held: BTreeMap<String, BTreeSet<LeveringId>> = BTreeMap::new();
    for row in rows.fetch_all(register).await.unwrap() {
        let of = held.entry(row.get(0)).or_default();
        let levering: Option<String> = row.get(1);
        of.extend(levering.map(|id| id.parse::<LeveringId>().unwrap()));
    }
    held
}

/// Of which leveringen the figures of each publication are.
async fn figures(lake: &Lake) -> BTreeMap<String, BTreeSet<LeveringId>> {
    let mut figures = BTreeMap::new();
    for publicatie in lake.publicaties().await.unwrap() {
        let (uitvraag, jaar, version) = (publicatie.uitvraag, publicatie.jaar, publicatie.versie);
        let file = lake.lees_publicatie(&uitvraag, jaar, version, FIGURES);
        let ids = String::from_utf8(file.await.unwrap().unwrap()).unwrap();
        let ids = ids.split_whitespace().map(|id| id.parse().unwrap());
        figures.insert(format!("{uitvraag}/{jaar}/{version}"), ids.collect());
    }
    figures
}

async fn assert_promises(lake: &Lake, parties: &[Party], receipts: &[LeveringId]) {
    let options = register(lake.dir());
    let mut register = SqliteConnection::connect_with(&options).await.unwrap();
    let held = held(&mut register).await;
    let leveringen = lake.leveringen(LeveringFilter::default()).await.unwrap();
    let log: Vec<LogEntry> = lake.events(None).await.unwrap();
    let whose = leveringen
        .iter()
        .map(|l| (l.id, (l.kvk.clone(), l.nulopgave)));
    let mut replay = Replay {
        whose: whose.collect(),
        shrunk: parties.iter().map(|party| party.shrunk).collect(),
        states: BTreeMap::new(),
        standing: BTreeSet::new(),
        published: BTreeSet::new(),
        figures: figures(lake).await,
        uitstel: BTreeSet::new(),
        replaced: None,
    };
    let mut signed = BTreeSet::new();
    for event in &log {
        match (event.levering, event.naar) {
            (Some(id), Some(to)) => {
                replay.step(id, event.van, to);
                if to == Toestand::Ingediend {
                    signed.insert(id);
                }
            }
            _ => replay.note(&event.wat, &held),
        }
    }
    let states: BTreeMap<_, _> = leveringen.iter().map(|l| (l.id, l.toestand)).collect();
    assert_eq!(states, replay.states, "the log agrees with the states");
    let with_receipt = leveringen.iter().filter(|l| l.has_ontvangstbewijs);
    let with_receipt: BTreeSet<_> = with_receipt.map(|l| l.id).collect();
    assert_eq!(with_receipt, signed, "a receipt is of what was signed");
    assert!(receipts.iter().all(|id| signed.contains(id)));
    // By the clock as by the log: what counts and was signed before a momentopname stands in it.
    let left_out: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM levering l JOIN momentopname m ON m.uitvraag = l.uitvraag AND m.jaar = l.jaar
         WHERE l.toestand IN ('ingediend', 'gepubliceerd') AND m.ontdooid IS NULL AND l.ingediend <= m.gemaakt
         AND NOT EXISTS (SELECT 1 FROM momentopname_levering h WHERE h.momentopname = m.id AND h.levering = l.id)",
    )
    .fetch_one(&mut register)
    .await
    .unwrap();
    assert_eq!(left_out, 0, "receipts in no momentopname");
    register.close().await.unwrap();
    let files = files(lake.dir());
    for levering in leveringen.iter().filter(|l| l.toestand == Toestand::Gewist) {
        let id = levering.id.to_string();
        assert!(!files.iter().any(|f| f.contains(&id)), "erased {id}");
    }
}

/// One pair, on a copy of the world. Who waits for the register looks less and less often whether it is free, so
/// `first`, which begins later, mostly goes before `second`.
async fn race(world: &World, first: Act, second: Act) {
    let dir = fast_dir();
    copy(world.dir.path(), dir.path());
    let service = Lake::open(dir.path(), Access::Service).await.unwrap();
    let beside = Lake::open(dir.path(), Access::Task).await.unwrap();
    // Only the service receives.
    let (one, other) = match second {
        Act::Receive => (beside, service.clone()),
        _ => (service.clone(), beside),
    };
    let mut register = SqliteConnection::connect_with(&register(dir.path()))
        .await
        .unwrap();
    let begin = |act: Act, lake: &Lake| {
        let (lake, parties) = (lake.clone(), world.parties.clone());
        tokio::spawn(async move { act.run(&lake, &parties).await })
    };
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut register)
        .await
        .unwrap();
    let held_up = begin(second, &other);
    tokio::time::sleep(Duration::from_millis(235)).await;
    let ahead = begin(first, &one);
    tokio::time::sleep(Duration::from_millis(50)).await;
    sqlx::query("COMMIT").execute(&mut register).await.unwrap();
    let mut receipts = ahead.await.unwrap();
    receipts.extend(held_up.await.unwrap());
    assert_promises(&service, &world.parties, &receipts).await;
    register.close().await.unwrap();
    one.close().await;
    other.close().await;
}

fn register(dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(dir.join("register.sqlite"))
}

/// Checked in a handler and acted on in a transaction, a rule was lost in 28 of 60 runs. Each is asked inside now.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_pair_of_acts_at_once_keeps_every_promise() {
    let mut races = Vec::new();
    for year in [Year::Open, Year::Frozen, Year::Extended] {
        let world = Arc::new(World::new(year).await);
        for (first, second) in ACTS.into_iter().flat_map(|a| ACTS.map(|b| (a, b))) {
            if first != second {
                races.push((Arc::clone(&world), first, second));
            }
        }
    }
    let mut lost = Vec::new();
    for few in races.chunks(12) {
        let started = few.iter().cloned().map(|(world, first, second)| {
            let which = format!("{first:?} before {second:?}, {:?}", world.year);
            let run = async move { race(&world, first, second).await };
            (which, tokio::spawn(run))
        });
        for (which, run) in started.collect::<Vec<_>>() {
            if run.await.is_err() {
                lost.push(which);
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

/// 120 at once gave 70 where 20 are allowed; here from two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn opening_at_once_stays_within_the_limit() {
    let dir = fast_dir();
    let service = Lake::open(dir.path(), Access::Service).await.unwrap();
    let beside = Lake::open(dir.path(), Access::Task).await.unwrap();
    set_aanbieder(&service, "10000000").await;
    let mut runs = JoinSet::new();
    for number in 0..60 {
        let lake = if number % 2 == 0 { &service } else { &beside }.clone();
        let name = format!("a-{number}");
        runs.spawn(async move {
            or_refused(open_as(&lake, "10000000", &pakket(&name), &name).await).is_some()
        });
    }
    let opened = runs.join_all().await.into_iter().filter(|opened| *opened);
    assert_eq!(opened.count(), OPEN_ALLOWED);
    assert_eq!(
        files(dir.path()).len(),
        OPEN_ALLOWED,
        "what was refused leaves nothing"
    );
}

/// A levering that is signed while the freeze reads files is verified too before it is frozen.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_signed_while_freezing_is_verified() {
    for round in 0..5 {
        let world = World::new(Year::Open).await;
        let service = Lake::open(world.dir.path(), Access::Service).await.unwrap();
        for party in &world.parties {
            for table in service.tabellen(party.ready).await.unwrap() {
                std::fs::write(table.pad, b"damaged").unwrap();
            }
        }
        let beside = Lake::open(world.dir.path(), Access::Task).await.unwrap();
        let parties = world.parties.clone();
        let signing = service.clone();
        let signing = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(round)).await;
            Act::Sign.run(&signing, &parties).await
        });
        let moment = beside.freeze(UITVRAAG, JAAR, &on(25)).await.unwrap();
        signing.await.unwrap();
        for party in &world.parties {
            let taken_in = moment.leveringen.iter().any(|l| l.id == party.ready);
            assert!(!taken_in, "damaged, and yet in the momentopname");
        }
    }
}
