//! Every hostile file through both doors, as a library: one documented code, the right place, a Dutch sentence, no
//! value told on, no panic, and an end in sight.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use check::{Controle, Opties, PER_REGEL, PakketHerkomst};
use mapping::Lezer;
use pakket::strict;
use rows::Weigering;
use schema::{Ernst, Oordeel, Plaats};
use sheets::Bestand;

use crate::hostile_cases::{self as gevallen, BSN, GEHEIM, Geval, Verwacht, Waar};
use crate::support::{lees, omgang};

/// Gives at most so many bytes at a time.
struct Hapjes<'a> {
    bytes: &'a [u8],
    stap: usize,
}

impl<'a> Hapjes<'a> {
    fn new(bytes: &'a [u8], stap: usize) -> Self {
        Self { bytes, stap }
    }
}

impl std::io::Read for Hapjes<'_> {
    fn read(&mut self, doel: &mut [u8]) -> std::io::Result<usize> {
        let n = self.stap.min(doel.len()).min(self.bytes.len());
        doel[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}

/// Far beyond what any case takes: time is measured elsewhere, this only ends what hangs.
const EINDELOOS: Duration = Duration::from_secs(120);

/// What a door answered.
pub(crate) enum Antwoord {
    Weigering(Weigering),
    Oordeel {
        oordeel: Oordeel,
        gezegd: Vec<String>,
        open: Vec<String>,
    },
}

fn opties(ruwe_ids: bool) -> Opties {
    Opties {
        leverdatum: "2021-02-01".parse().unwrap(),
        per_regel: PER_REGEL,
        ruwe_ids,
    }
}

/// As `uitvraag controleer` does.
pub(crate) fn own_door(bestand: Bestand) -> Result<Antwoord, Weigering> {
    let definitie = omgang();
    let mut lezer = Lezer::open(&[bestand], &definitie, None)?;
    let mut controle = Controle::new(&definitie, opties(true)).unwrap();
    while let Some(partij) = lezer.volgende()? {
        controle.partij(&partij.tabel, &partij.batch).unwrap();
    }
    let verslag = lezer.afronden();
    let oordeel = controle
        .afronden(verslag.herkomst.as_ref())
        .unwrap()
        .merge(verslag.bevindingen, verslag.tellingen);
    Ok(Antwoord::Oordeel {
        oordeel,
        gezegd: verslag.aannames,
        open: verslag.open,
    })
}

/// As the service does with one table of a pakket.
fn pakket_door(bytes: &[u8]) -> Result<Antwoord, Weigering> {
    let definitie = omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let mut controle = Controle::new(&definitie, opties(false)).unwrap();
    let lezer = strict::open(tabel, bytes, strict::Limieten::default())?;
    for batch in lezer {
        controle.partij("traject", &batch?).unwrap();
    }
    let oordeel = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
    Ok(Antwoord::Oordeel {
        oordeel,
        gezegd: Vec::new(),
        open: Vec::new(),
    })
}

/// What is wrong with the answer, if anything.
fn judge(verwacht: &Verwacht, antwoord: &Antwoord) -> Result<(), String> {
    match (verwacht, antwoord) {
        (Verwacht::Weigering(code, waar), Antwoord::Weigering(weigering)) => {
            sentence(&weigering.to_string())?;
            if weigering.code() != *code {
                return Err(format!(
                    "refused as {} ({weigering}) instead of {code}",
                    weigering.code()
                ));
            }
            if weigering.plaats().bestand.is_none() {
                return Err(format!("{weigering} names no file"));
            }
            place(waar, [weigering.plaats()].into_iter())
        }
        (_, Antwoord::Weigering(weigering)) => Err(format!(
            "refused: {} {weigering} {:?}",
            weigering.code(),
            weigering.plaats()
        )),
        (Verwacht::Weigering(code, _), Antwoord::Oordeel { oordeel, open, .. }) => Err(format!(
            "taken instead of refused as {code}: {:?} {open:?}",
            errors(oordeel)
        )),
        (Verwacht::Bevinding(code, waar), Antwoord::Oordeel { oordeel, .. }) => {
            if !oordeel
                .regels
                .iter()
                .any(|r| r.code == *code && r.aantal > 0)
            {
                return Err(format!("{code} is not found; {:?}", errors(oordeel)));
            }
            place(
                waar,
                oordeel
                    .bevindingen
                    .iter()
                    .filter(|b| b.code == *code)
                    .map(|b| &b.plaats),
            )
        }
        (
            Verwacht::Gezegd(deel),
            Antwoord::Oordeel {
                oordeel,
                gezegd,
                open,
            },
        ) => {
            let gevonden = oordeel
                .bevindingen
                .iter()
                .filter(|b| b.ernst == Ernst::Fout)
                .map(|b| b.bericht.clone());
            let alles: Vec<String> = gezegd.iter().chain(open).cloned().chain(gevonden).collect();
            alles
                .iter()
                .any(|zin| zin.contains(deel))
                .then_some(())
                .ok_or(format!("nobody says {deel:?}: {alles:?}"))
        }
        (Verwacht::GeenBsn, Antwoord::Oordeel { oordeel, .. }) => {
            let vermoed = oordeel.regels.iter().any(|r| r.code == "BSN_SUSPECTED");
            (!vermoed).then_some(()).ok_or("taken for BSNs".to_owned())
        }
        (Verwacht::Goed, Antwoord::Oordeel { oordeel, open, .. }) => {
            let fouten = errors(oordeel);
            (fouten.is_empty() && open.is_empty())
                .then_some(())
                .ok_or(format!("not good: {fouten:?} {open:?}"))
        }
    }
}

fn errors(oordeel: &Oordeel) -> Vec<(String, Plaats)> {
    oordeel
        .bevindingen
        .iter()
        .filter(|b| b.ernst == Ernst::Fout)
        .map(|b| (b.code.clone(), b.plaats.clone()))
        .take(5)
        .collect()
}

/// Someone stands where it should.
fn place<'a>(waar: &Waar, plaatsen: impl Iterator<Item = &'a Plaats>) -> Result<(), String> {
    let plaatsen: Vec<&Plaats> = plaatsen.collect();
    let past = |plaats: &&&Plaats| {
        waar.rij.is_none_or(|rij| plaats.rij == Some(rij))
            && waar
                .kolom
                .is_none_or(|kolom| plaats.kolom.as_deref() == Some(kolom))
    };
    plaatsen.iter().find(past).map(|_| ()).ok_or(format!(
        "not at {waar:?} but at {:?}",
        plaatsen.iter().take(3).collect::<Vec<_>>()
    ))
}

/// One Dutch sentence or a few, that fit on a screen and tell no value on.
fn sentence(zin: &str) -> Result<(), String> {
    const WOORDEN: [&str; 12] = [
        "een", "het", "de", "is", "staat", "hier", "niet", "deze", "rij", "dit", "te", "over",
    ];
    let woorden = zin
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| WOORDEN.contains(&w.to_lowercase().as_str()));
    let vorm = zin.starts_with(|c: char| c.is_uppercase()) && zin.ends_with('.') && zin.len() < 400;
    let stil = !zin.contains(GEHEIM) && !zin.contains(BSN) && !zin.chars().any(char::is_control);
    (woorden && vorm && stil)
        .then_some(())
        .ok_or(format!("no sentence for an aanbieder: {zin}"))
}

/// Runs the cases; gives what went wrong, and says which took longest.
#[expect(
    clippy::print_stderr,
    reason = "with --nocapture one sees which files take long"
)]
pub(crate) fn run(
    deur: &str,
    gevallen: &[Geval],
    ga: impl Fn(&Geval) -> Option<(Verwacht, Result<Antwoord, Weigering>)>,
) {
    let mut fouten = Vec::new();
    let mut tijden: Vec<(Duration, String)> = Vec::new();
    for geval in gevallen {
        let begin = Instant::now();
        let Ok(gegaan) = catch_unwind(AssertUnwindSafe(|| ga(geval))) else {
            fouten.push(format!("{:>3} {}: a panic", geval.nummer, geval.naam));
            continue;
        };
        let Some((verwacht, antwoord)) = gegaan else {
            continue;
        };
        let duur = begin.elapsed();
        let antwoord = antwoord.unwrap_or_else(Antwoord::Weigering);
        if let Err(fout) = judge(&verwacht, &antwoord) {
            fouten.push(format!("{:>3} {}: {fout}", geval.nummer, geval.naam));
        }
        if duur > EINDELOOS {
            fouten.push(format!("{:>3} {} takes {duur:?}", geval.nummer, geval.naam));
        }
        tijden.push((duur, geval.naam.clone()));
    }
    tijden.sort();
    let traagst: Vec<_> = tijden.iter().rev().take(5).collect();
    eprintln!("{deur}: {} files, slowest {traagst:?}", tijden.len());
    assert!(
        fouten.is_empty(),
        "{} of {}:\n{}",
        fouten.len(),
        tijden.len(),
        fouten.join("\n")
    );
}

#[test]
fn hostile_files_at_the_own_door() {
    run("own door", &gevallen::alle(), |geval| {
        let bestand = Bestand::from_bytes(geval.bestand.clone(), (geval.maak)());
        Some((geval.eigen.clone(), own_door(bestand)))
    });
}

#[test]
fn hostile_files_at_the_door_for_pakketten() {
    run("pakket door", &gevallen::alle(), |geval| {
        Some((geval.pakket.clone()?, pakket_door(&(geval.maak)())))
    });
}

/// A case that is there twice guards nothing.
#[test]
fn no_hostile_file_is_there_twice() {
    let gevallen = gevallen::alle();
    let mut namen: Vec<_> = gevallen.iter().map(|g| (g.nummer, &g.naam)).collect();
    namen.sort();
    assert!(namen.windows(2).all(|paar| paar[0] != paar[1]), "{namen:?}");
    assert!(namen.len() >= 250, "{} cases", namen.len());
}

/// 6 and 10: however the bytes come in, the strict door says the same.
#[test]
fn hostile_files_in_pieces_give_the_same_answer() {
    let definitie = omgang();
    let tabel = definitie.tabel("traject").unwrap();
    let lees = |bytes: &[u8], stap: usize| -> Result<Vec<_>, String> {
        let weiger = |w: Weigering| format!("{} {:?}", w.code(), w.plaats());
        let lezer = strict::open(tabel, Hapjes::new(bytes, stap), strict::Limieten::default())
            .map_err(weiger)?;
        lezer.map(|batch| batch.map_err(weiger)).collect()
    };
    for geval in gevallen::alle()
        .iter()
        .filter(|g| g.nummer <= 26 && g.pakket.is_some())
    {
        let bytes = (geval.maak)();
        if bytes.len() > 4096 {
            continue;
        }
        let heel = lees(&bytes, usize::MAX);
        for stap in 1..=17 {
            assert_eq!(
                lees(&bytes, stap),
                heel,
                "{} in pieces of {stap}",
                geval.naam
            );
        }
    }
}

/// 10: whatever ends a line, the rows are equal.
#[test]
fn all_line_ends_give_equal_rows() {
    let gevallen = gevallen::alle();
    let rijen = |geval: &Geval| {
        lees(&[Bestand::from_bytes("traject.csv", (geval.maak)())], None)
            .unwrap()
            .0
    };
    let mut vormen = gevallen
        .iter()
        .filter(|g| g.nummer == 10 && g.eigen == Verwacht::Goed)
        .map(rijen);
    let eerste = vormen.next().unwrap();
    assert_eq!(eerste["traject"].len(), 2);
    vormen.for_each(|vorm| assert_eq!(vorm, eerste));
}
