//! Which gebieden make up which.
//!
//! Owns the sums between levels that follow from the gemeenten of every gebied. Levels that do not nest are no error:
//! what lies wholly inside is added up, and the gemeenten that are left with it.

use std::collections::{BTreeMap, BTreeSet};

use schema::gebieden::Niveau;

use super::publication::{Area, Structure};

/// Per gebied and finer level: the gebieden (by place in [`Structure::areas`]) that together are it.
pub(super) fn area_sums(structure: &Structure) -> BTreeSet<(usize, Vec<usize>)> {
    let areas = &structure.areas;
    let own: BTreeMap<&str, usize> = gemeenten(areas)
        .map(|(place, area)| (area.gebied.as_str(), place))
        .collect();
    let mut sums = BTreeSet::new();
    for (whole, area) in areas.iter().enumerate() {
        if area.niveau == Niveau::Gemeente {
            continue;
        }
        let inside: BTreeSet<&str> = area.gemeenten.iter().map(String::as_str).collect();
        for niveau in Niveau::ALL.into_iter().filter(|n| *n != area.niveau) {
            let mut left = inside.clone();
            let mut parts = Vec::new();
            for (place, part) in areas.iter().enumerate() {
                if part.niveau == niveau && lies_in(part, &inside) {
                    parts.push(place);
                    for gemeente in &part.gemeenten {
                        left.remove(gemeente.as_str());
                    }
                }
            }
            let rest: Option<Vec<usize>> = left.iter().map(|g| own.get(g).copied()).collect();
            // Without a number of its own a gemeente can't stand in a sum.
            if let (false, Some(rest)) = (parts.is_empty(), rest) {
                parts.extend(rest);
                sums.insert((whole, parts));
            }
        }
    }
    sums
}

/// Every pair of gebieden of which the first lies in the second.
pub(super) fn areas_within(structure: &Structure) -> Vec<(usize, usize)> {
    let areas = &structure.areas;
    let mut pairs = Vec::new();
    for (whole, area) in areas.iter().enumerate() {
        let inside: BTreeSet<&str> = area.gemeenten.iter().map(String::as_str).collect();
        let parts = areas.iter().enumerate();
        let parts = parts.filter(|(part, other)| *part != whole && lies_in(other, &inside));
        pairs.extend(parts.map(|(part, _)| (part, whole)));
    }
    pairs
}

fn lies_in(area: &Area, gemeenten: &BTreeSet<&str>) -> bool {
    let mut own = area.gemeenten.iter();
    !area.gemeenten.is_empty() && own.all(|gemeente| gemeenten.contains(gemeente.as_str()))
}

fn gemeenten(areas: &[Area]) -> impl Iterator<Item = (usize, &Area)> {
    let all = areas.iter().enumerate();
    all.filter(|(_, area)| area.niveau == Niveau::Gemeente)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(niveau: Niveau, gebied: &str, gemeenten: &[&str]) -> Area {
        Area {
            niveau,
            gebied: gebied.to_owned(),
            gemeenten: gemeenten.iter().map(|&g| g.to_owned()).collect(),
        }
    }

    /// JZ2 crosses the border of both provincies: each has what lies in it wholly, and the gemeente that is left.
    #[test]
    fn levels_that_do_not_nest_add_up_with_the_gemeenten_that_are_left() {
        let areas = vec![
            area(Niveau::Nederland, "NL00", &["a", "b", "c", "d"]),
            area(Niveau::Provincie, "PV1", &["a", "b"]),
            area(Niveau::Provincie, "PV2", &["c", "d"]),
            area(Niveau::Jeugdregio, "JZ1", &["a"]),
            area(Niveau::Jeugdregio, "JZ2", &["b", "c"]),
            area(Niveau::Jeugdregio, "JZ3", &["d"]),
            area(Niveau::Gemeente, "a", &["a"]),
            area(Niveau::Gemeente, "b", &["b"]),
            area(Niveau::Gemeente, "c", &["c"]),
            area(Niveau::Gemeente, "d", &["d"]),
        ];
        let structure = Structure {
            areas,
            ..Structure::default()
        };
        let sums = area_sums(&structure);
        assert!(sums.contains(&(0, vec![1, 2])), "{sums:?}");
        assert!(sums.contains(&(0, vec![3, 4, 5])));
        assert!(sums.contains(&(1, vec![3, 7])));
        assert!(sums.contains(&(3, vec![6])));
        let within = areas_within(&structure);
        assert!(within.contains(&(4, 0)) && !within.contains(&(4, 1)));
        assert!(within.contains(&(3, 6)) && within.contains(&(6, 3)));
    }
}
