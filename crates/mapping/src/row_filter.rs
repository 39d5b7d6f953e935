//! Rows that are no data: blank ones, totals, footnotes, the header once more.
//!
//! Owns telling them from data, and remembering which were passed over so that it can be said. In doubt a row is
//! data: then `check` names what is missing in it.

use std::collections::BTreeMap;

use rows::characters::trimmed;
use rows::records::Overgeslagen;
use sheets::Block;

use crate::normalise::normal;

/// Row numbers that are named; the rest is counted.
const GENOEMD: usize = 5;

/// Which rows were passed over.
#[derive(Debug, Default)]
pub(crate) struct Overslag {
    per_reden: BTreeMap<Overgeslagen, (u64, Vec<u64>)>,
}

impl Overslag {
    pub(crate) fn add(&mut self, rij: u64, reden: Overgeslagen) {
        let (aantal, genoemd) = self.per_reden.entry(reden).or_default();
        *aantal += 1;
        if genoemd.len() < GENOEMD {
            genoemd.push(rij);
        }
    }

    pub(crate) fn aantal(&self) -> u64 {
        self.per_reden.values().map(|(n, _)| n).sum()
    }

    /// The first row that was passed over.
    pub(crate) fn eerste(&self) -> Option<u64> {
        self.per_reden
            .values()
            .filter_map(|(_, rijen)| rijen.first())
            .min()
            .copied()
    }

    /// What was passed over, as Dutch sentences.
    pub(crate) fn zinnen(&self, waar: &str) -> Vec<String> {
        let zin = |(reden, (aantal, rijen)): (&Overgeslagen, &(u64, Vec<u64>))| {
            let wat = match (reden, aantal) {
                (Overgeslagen::Leeg, 1) => "een lege rij",
                (Overgeslagen::Leeg, _) => "lege rijen",
                (Overgeslagen::Totaal, 1) => "een rij met een totaal",
                (Overgeslagen::Totaal, _) => "rijen met een totaal",
                (Overgeslagen::Voetnoot, 1) => "een rij met een losse opmerking",
                (Overgeslagen::Voetnoot, _) => "rijen met een losse opmerking",
                (Overgeslagen::Kop, 1) => "een herhaling van de kopregel",
                (Overgeslagen::Kop, _) => "herhalingen van de kopregel",
            };
            let nummers: Vec<String> = rijen.iter().map(u64::to_string).collect();
            let meer = if *aantal > rijen.len() as u64 {
                format!(" en nog {}", aantal - rijen.len() as u64)
            } else {
                String::new()
            };
            let werkwoord = if *aantal == 1 { "is" } else { "zijn" };
            format!(
                "{waar}: {wat} {werkwoord} overgeslagen (rij {}{meer}).",
                nummers.join(", ")
            )
        };
        self.per_reden.iter().map(zin).collect()
    }
}

/// Takes the rows that are no data out of a block. `sleutels` are the columns of the table's key, `tekstkolommen`
/// those that hold something else than a number in a real row; both may be unknown (empty).
pub(crate) fn sift(
    blok: &mut Block,
    koppen: &[String],
    sleutels: &[usize],
    tekstkolommen: &[usize],
    overslag: &mut Overslag,
) {
    let mut keep = vec![true; blok.len()];
    for (rij, keep) in keep.iter_mut().enumerate() {
        if let Some(reden) = judge(blok, rij, koppen, sleutels, tekstkolommen) {
            overslag.add(blok.rijnummer(rij), reden);
            *keep = false;
        }
    }
    blok.retain(&keep);
}

fn judge(
    blok: &Block,
    rij: usize,
    koppen: &[String],
    sleutels: &[usize],
    tekstkolommen: &[usize],
) -> Option<Overgeslagen> {
    let eerste = blok.cel(rij, 0);
    // The common case first: a full row that begins with something that is no word for a total.
    let tweede_gevuld = koppen.len() < 2 || !blok.cel(rij, 1).is_empty();
    if !eerste.is_empty() && tweede_gevuld && !is_total(eerste) && eerste != koppen[0] {
        return None;
    }
    let gevuld: Vec<&str> = blok
        .rij(rij)
        .map(trimmed)
        .filter(|c| !c.is_empty())
        .collect();
    let eerste_gevulde = match gevuld[..] {
        [] => return Some(Overgeslagen::Leeg),
        [eerste, ..] => eerste,
    };
    // A second column of the same name got a number behind it, and one without a name has got one here.
    let is_kop = |(cel, kop): (&str, &String)| {
        cel.is_empty()
            || kop
                .strip_prefix(cel)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    };
    if gevuld.len() >= 2 && blok.rij(rij).map(trimmed).zip(koppen).all(is_kop) {
        return Some(Overgeslagen::Kop);
    }
    if is_total(eerste_gevulde) && gevuld.len() * 10 <= koppen.len() * 7 {
        return Some(Overgeslagen::Totaal);
    }
    let losse_tekst = eerste_gevulde.contains(' ')
        || eerste_gevulde.starts_with('*')
        || eerste_gevulde.len() > 24;
    if gevuld.len() == 1 && koppen.len() >= 4 && losse_tekst {
        return Some(Overgeslagen::Voetnoot);
    }
    let leeg = |kolommen: &[usize]| {
        kolommen
            .iter()
            .all(|k| trimmed(blok.cel(rij, *k)).is_empty())
    };
    let getal = |cel: &&str| {
        cel.bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b' '))
    };
    let alleen_getallen = gevuld.iter().all(getal);
    let som = !sleutels.is_empty()
        && !tekstkolommen.is_empty()
        && leeg(sleutels)
        && leeg(tekstkolommen)
        && alleen_getallen;
    som.then_some(Overgeslagen::Totaal)
}

pub(crate) fn is_total(cel: &str) -> bool {
    let kaal = cel.trim_start();
    let begint = kaal
        .as_bytes()
        .get(..3)
        .is_some_and(|begin| TOTALEN.iter().any(|t| begin.eq_ignore_ascii_case(t)));
    if !begint || cel.len() > 60 {
        return false;
    }
    let woord = normal(cel);
    let eerste_woord = woord.split(' ').next().unwrap_or_default();
    matches!(
        eerste_woord,
        "totaal"
            | "totalen"
            | "total"
            | "subtotaal"
            | "eindtotaal"
            | "som"
            | "gemiddelde"
            | "gemiddeld"
    ) || matches!(woord.as_str(), "aantal" | "grand total" | "sum")
}

/// How the words for a total begin: most rows are told from them by this alone.
const TOTALEN: [&[u8]; 8] = [
    b"tot", b"sub", b"ein", b"som", b"gem", b"aan", b"gra", b"sum",
];
