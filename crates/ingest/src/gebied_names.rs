//! Gebieden by the names people know them by.
//!
//! Owns how a name is spelled in an address, which gebied an address means, and looking for gebieden by a name, a part
//! of one, one of another year or one that is nearly right. Leaves the names themselves to `schema`, and which pages there are
//! to the callers.

use std::collections::BTreeMap;

use schema::gebieden::{Gebied, Gebieden, NICKNAMES, Niveau};
use schema::likeness::typing_errors;
use unicode_normalization::UnicodeNormalization;

/// The levels of which every gebied has a page of its own, in the order in which they are shown.
const LEVELS: [Niveau; 3] = [Niveau::Gemeente, Niveau::Jeugdregio, Niveau::Provincie];
/// Longer is no name: the longest has 46 characters with its signs.
pub(crate) const LONGEST: usize = 100;
/// How many names are offered where none is found.
const OFFERED: usize = 5;

/// How the name that was found belongs to the gebied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameKind {
    /// It is its name in this year.
    Own,
    /// It is its name in another year.
    OtherYear(String),
    /// It was a gemeente that has become a part of it.
    Absorbed(String),
    /// It is what the gebied became a part of later.
    Successor(String),
}

/// A gebied that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GebiedHit {
    /// The gebied.
    pub(crate) gebied: Gebied,
    /// The name it was found by.
    pub(crate) name: NameKind,
}

/// What looking for a name gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SearchOutcome {
    /// Names that it is, begins or is a part of; the likeliest first.
    Found(Vec<GebiedHit>),
    /// None; these come nearest.
    Alike(Vec<Gebied>),
    /// There is no name to look for.
    NoName,
}

/// The one gebied of this level that an address means: by its code, or by a name that no other has.
pub(crate) fn addressed(jaar: i32, niveau: Niveau, name: &str) -> Option<Gebied> {
    let all = Gebieden::get().list(jaar, niveau).into_iter();
    let mut fitting = all.filter(|gebied| {
        gebied.code.eq_ignore_ascii_case(name) || spelled(&gebied.naam) == spelled(name)
    });
    // A name that two gebieden have leads to neither: their codes do.
    let found = fitting.next();
    found.filter(|_| fitting.next().is_none())
}

/// A name in an address: lower case, without accents, a dash for what is no letter or digit.
pub(crate) fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    for character in name.nfkd().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            spelled.push(character);
        } else if character.is_ascii() && !spelled.is_empty() && !spelled.ends_with('-') {
            spelled.push('-');
        }
    }
    spelled.trim_end_matches('-').to_owned()
}

/// Looks for gebieden of a year by what someone typed. A level in front (`gemeente Utrecht`) leaves the others out.
pub(crate) fn search(jaar: i32, typed: &str) -> SearchOutcome {
    if typed.chars().count() > LONGEST {
        return SearchOutcome::NoName;
    }
    let typed = spelled(typed);
    let of_level = |niveau: &Niveau| {
        Some((
            *niveau,
            typed.strip_prefix(niveau.name())?.strip_prefix('-')?,
        ))
    };
    let (levels, name) = match LEVELS.iter().find_map(of_level) {
        Some((niveau, rest)) => (vec![niveau], rest),
        None => (LEVELS.to_vec(), typed.as_str()),
    };
    if name.is_empty() {
        return SearchOutcome::NoName;
    }
    let spaced = name.replace('-', " ");
    let nickname = NICKNAMES.iter().find(|(nickname, _)| *nickname == spaced);
    let official = nickname.map(|(_, official)| official.replace(' ', "-"));
    let wanted = official.as_deref().unwrap_or(name);
    let known = known_names(jaar, &levels);
    let mut found: BTreeMap<&str, (usize, &GebiedHit)> = BTreeMap::new();
    for (spelled, hit) in &known {
        let code = hit.gebied.code.as_str();
        let by_code = code.eq_ignore_ascii_case(wanted).then_some(0);
        let Some(distance) = by_code.or_else(|| fit(spelled, wanted)) else {
            continue;
        };
        let best = found.entry(code).or_insert((distance, hit));
        if (distance, &hit.name) < (best.0, &best.1.name) {
            *best = (distance, hit);
        }
    }
    if found.is_empty() {
        return SearchOutcome::Alike(alike(&known, wanted));
    }
    let mut found: Vec<(usize, &GebiedHit)> = found.into_values().collect();
    found.sort_by_cached_key(|(distance, hit)| {
        let level = levels.iter().position(|level| *level == hit.gebied.niveau);
        (*distance, hit.name.clone(), level, hit.gebied.naam.clone())
    });
    SearchOutcome::Found(found.into_iter().map(|(_, hit)| hit.clone()).collect())
}

/// How well a name fits what is wanted: 0 is the same, 3 somewhere within it.
fn fit(name: &str, wanted: &str) -> Option<usize> {
    if name == wanted {
        return Some(0);
    }
    match name.find(wanted)? {
        0 => Some(1),
        place if name[..place].ends_with('-') => Some(2),
        _ => Some(3),
    }
}

/// The gebieden with a name nearest to this one.
fn alike(known: &[(String, GebiedHit)], wanted: &str) -> Vec<Gebied> {
    let mut near: Vec<(usize, &Gebied)> = known
        .iter()
        .filter_map(|(name, hit)| Some((typing_errors(name, wanted, usize::MAX)?, &hit.gebied)))
        .collect();
    near.sort_by_key(|(errors, gebied)| (*errors, &gebied.naam));
    let mut offered: Vec<Gebied> = Vec::new();
    for (_, gebied) in near {
        if offered.len() < OFFERED && !offered.contains(gebied) {
            offered.push(gebied.clone());
        }
    }
    offered
}

/// Every name by which a gebied of these levels can be found in a year, as it is spelled.
fn known_names(jaar: i32, levels: &[Niveau]) -> Vec<(String, GebiedHit)> {
    let all = Gebieden::get();
    let mut known = Vec::new();
    let mut add = |name: &str, gebied: &Gebied, kind: NameKind| {
        let gebied = gebied.clone();
        known.push((spelled(name), GebiedHit { gebied, name: kind }));
    };
    for gebied in levels.iter().flat_map(|niveau| all.list(jaar, *niveau)) {
        add(&gebied.naam, &gebied, NameKind::Own);
        for other in all.jaren().filter(|other| *other != jaar) {
            if let Some(name) = all
                .name(other, &gebied.code)
                .filter(|name| *name != gebied.naam)
            {
                add(&name, &gebied, NameKind::OtherYear(name.clone()));
            }
        }
    }
    if levels.contains(&Niveau::Gemeente) {
        for change in &all.reclassifications {
            for gemeente in all.successors(jaar, &change.oude_code) {
                if all.gemeente(jaar, &change.oude_code).is_none() {
                    let kind = NameKind::Absorbed(change.oude_naam.clone());
                    add(&change.oude_naam, &gebied_of(gemeente), kind);
                }
            }
            let earlier = all.gemeente(jaar, &change.oude_code);
            if let Some(gemeente) = earlier.filter(|_| change.oude_naam != change.nieuwe_naam) {
                let kind = NameKind::Successor(change.nieuwe_naam.clone());
                add(&change.nieuwe_naam, &gebied_of(gemeente), kind);
            }
        }
    }
    known
}

fn gebied_of(gemeente: &schema::Gemeente) -> Gebied {
    Gebied {
        niveau: Niveau::Gemeente,
        code: gemeente.gemeentecode.clone(),
        naam: gemeente.gemeentenaam.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_spelled_as_one_would_in_an_address() {
        for (name, address) in [
            ("Utrecht", "utrecht"),
            ("'s-Gravenhage", "s-gravenhage"),
            ("Súdwest-Fryslân", "sudwest-fryslan"),
            ("Bergen (NH.)", "bergen-nh"),
            ("", ""),
        ] {
            assert_eq!(spelled(name), address);
        }
    }

    /// No two gebieden of a level share an address, and every one is found by its own.
    #[test]
    fn every_gebied_has_an_address_of_its_own() {
        for jaar in Gebieden::get().jaren() {
            for niveau in Niveau::ALL {
                let all = Gebieden::get().list(jaar, niveau);
                let addresses: BTreeSet<String> = all.iter().map(|g| spelled(&g.naam)).collect();
                assert_eq!(addresses.len(), all.len(), "{jaar} {niveau:?}");
            }
            let utrecht = |niveau, name| addressed(jaar, niveau, name).map(|found| found.code);
            assert_eq!(
                utrecht(Niveau::Gemeente, "utrecht").as_deref(),
                Some("GM0344")
            );
            assert_eq!(
                utrecht(Niveau::Gemeente, "gm0344").as_deref(),
                Some("GM0344")
            );
            assert_eq!(
                utrecht(Niveau::Provincie, "Utrecht").as_deref(),
                Some("PV26")
            );
            assert_eq!(utrecht(Niveau::Gemeente, "").as_deref(), None);
        }
    }

    /// What someone types, and the codes that are found, the likeliest first.
    fn codes(typed: &str) -> Vec<String> {
        match search(2020, typed) {
            SearchOutcome::Found(hits) => hits.into_iter().map(|hit| hit.gebied.code).collect(),
            other => panic!("{typed}: {other:?}"),
        }
    }

    #[test]
    fn a_name_a_part_of_one_and_a_nickname_are_found() {
        for (typed, found) in [
            ("Zwolle", &["GM0193"][..]),
            ("gemeente Stichtse", &["GM1904"]),
            ("provincie utrecht", &["PV26"]),
            ("sudwest", &["GM1900"]),
            ("SÚDWEST fryslân", &["GM1900"]),
            ("Den Haag", &["GM0518"]),
            ("gm0344", &["GM0344"]),
            ("op zoom", &["GM0748"]),
        ] {
            let codes = codes(typed);
            assert_eq!(codes[0], found[0], "{typed}: {codes:?}");
            assert!(found.len() > 1 || codes.len() == 1, "{typed}: {codes:?}");
        }
        assert_eq!(codes("utrecht")[..2], ["GM0344", "PV26"]);
        // Names that begin so, before those that end so, as Steenbergen does.
        assert_eq!(codes("bergen")[..3], ["GM0893", "GM0373", "GM0748"]);
        assert!(codes("bergen").contains(&"GM0851".to_owned()));
    }

    /// Who knows the name of before or after a herindeling finds the gebied of this year, and is told why.
    #[test]
    fn names_of_other_years_are_found() {
        let found = |jaar, typed| match search(jaar, typed) {
            SearchOutcome::Found(hits) => hits
                .into_iter()
                .map(|hit| (hit.gebied.naam, hit.name))
                .collect::<Vec<_>>(),
            other => panic!("{typed}: {other:?}"),
        };
        assert_eq!(
            found(2021, "Appingedam"),
            [(
                "Eemsdelta".to_owned(),
                NameKind::Absorbed("Appingedam".to_owned())
            )]
        );
        let parts = found(2020, "Eemsdelta");
        let names: BTreeSet<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Appingedam", "Delfzijl", "Loppersum"].into());
        assert!(matches!(parts[0].1, NameKind::Successor(_)));
        assert_eq!(
            found(2020, "Rijk van Nijmegen")[0],
            (
                "Nijmegen".to_owned(),
                NameKind::OtherYear("Rijk van Nijmegen".to_owned())
            )
        );
    }

    #[test]
    fn a_slip_of_the_pen_gives_what_comes_nearest() {
        for (typed, meant) in [("utrehct", "GM0344"), ("Amsterdan", "GM0363")] {
            match search(2020, typed) {
                SearchOutcome::Alike(offered) => {
                    assert_eq!(offered[0].code, meant, "{typed}");
                    assert_eq!(offered.len(), OFFERED);
                }
                other => panic!("{typed}: {other:?}"),
            }
        }
        let too_long = "a".repeat(LONGEST + 1);
        for nothing in ["", " ", "'", "gemeente ", "日本", &too_long] {
            let nothing_found = search(2020, nothing);
            let no_name = matches!(nothing_found, SearchOutcome::NoName);
            // The word alone is a name nobody has.
            assert!(
                no_name || nothing == "gemeente ",
                "{nothing}: {nothing_found:?}"
            );
        }
    }
}
