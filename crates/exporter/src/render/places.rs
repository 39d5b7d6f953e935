//! The findings of one rule: what has one cause in a sentence, the rest place by place.
//!
//! Owns what is said once (a text that all findings of a field share) and what per line, and that a cut listing says
//! so. Leaves the sentences to the definition and to `schema`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schema::text::grouped_thousands;
use schema::{Bevinding, Cause, Definitie, Ernst, Oordeel, RegelTelling};

use super::place;
use crate::output::{safe, short};

/// One of the texts of a finding.
type FindingText = fn(&Bevinding) -> &str;

/// One rule, with at most `max` lines of causes and places. Gives how many findings are not in them.
pub(super) fn write_regel(
    out: &mut String,
    oordeel: &Oordeel,
    regel: &RegelTelling,
    definitie: &Definitie,
    max: usize,
) -> u64 {
    let name = match regel.ernst {
        Ernst::Fout => "fout",
        Ernst::Signaal => "signaal",
        Ernst::Opmerking => "opmerking",
    };
    let times = if regel.aantal > 1 {
        format!(" ({} keer)", grouped_thousands(regel.aantal))
    } else {
        String::new()
    };
    let mut content = String::new();
    let rest = write_content(&mut content, oordeel, regel, definitie, max);
    if !content.is_empty() {
        let _ = write!(out, "\n{name} {}{times}\n{content}", safe(&regel.code));
    }
    rest
}

/// The same without the line that names the rule; nothing where there is nothing to show.
pub(super) fn write_content(
    out: &mut String,
    oordeel: &Oordeel,
    regel: &RegelTelling,
    definitie: &Definitie,
    max: usize,
) -> u64 {
    let all: Vec<&Cause> = oordeel
        .oorzaken
        .iter()
        .filter(|o| o.eerste.code == regel.code)
        .collect();
    let causes = &all[..all.len().min(max)];
    let list = oordeel.bevindingen.iter().filter(|b| b.code == regel.code);
    let loose: Vec<&Bevinding> = list
        .clone()
        .filter(|b| !causes.iter().any(|o| o.covers(b)))
        .take(max - causes.len())
        .collect();
    let rest = regel
        .aantal
        .saturating_sub(causes.iter().map(|o| o.aantal).sum::<u64>() + loose.len() as u64);
    if causes.is_empty() && loose.is_empty() {
        return rest;
    }
    let reason = definitie
        .regel(&regel.code)
        .map(|regel| regel.tekst.reden.as_str());
    let mut writer = PlacesWriter {
        uit: out,
        reden: reason,
        said: BTreeSet::new(),
        with_file: oordeel.meer_bestanden,
    };
    let mut velden: Vec<(&str, &str)> = Vec::new();
    for bevinding in causes
        .iter()
        .map(|o| &o.eerste)
        .chain(loose.iter().copied())
    {
        let veld = (bevinding.tabel.as_str(), bevinding.veld.as_str());
        if !velden.contains(&veld) {
            velden.push(veld);
        }
    }
    for veld in velden {
        let van_veld = |b: &Bevinding| (b.tabel.as_str(), b.veld.as_str()) == veld;
        let causes: Vec<&Cause> = causes
            .iter()
            .copied()
            .filter(|o| van_veld(&o.eerste))
            .collect();
        let loose: Vec<&Bevinding> = loose.iter().copied().filter(|b| van_veld(b)).collect();
        let all: Vec<&Bevinding> = all
            .iter()
            .map(|o| &o.eerste)
            .chain(list.clone())
            .filter(|b| van_veld(b))
            .collect();
        let label = definitie
            .tabel(veld.0)
            .and_then(|tabel| tabel.veld(veld.1))
            .map_or("", |veld| veld.label.as_str());
        writer.veld(label, &all, &causes, &loose);
    }
    if rest > 0 {
        let _ = writeln!(writer.uit, "  … en nog {}", grouped_thousands(rest));
    }
    rest
}

/// What was said of a rule so far.
struct PlacesWriter<'a> {
    uit: &'a mut String,
    /// Why it is asked, while that was not said.
    reden: Option<&'a str>,
    /// Texts, whatever the field: what a rule says of one field, it says of the next in the same words.
    said: BTreeSet<String>,
    with_file: bool,
}

impl PlacesWriter<'_> {
    /// One field: what all its findings share first, also those not shown, then a line per cause and per place.
    fn veld(&mut self, label: &str, all: &[&Bevinding], causes: &[&Cause], loose: &[&Bevinding]) {
        let parts: [(&str, FindingText); 3] = [
            ("", |b| &b.bericht),
            ("verwacht: ", |b| &b.verwacht),
            ("herstel:  ", |b| &b.herstel),
        ];
        let shared = parts.map(|(header, part)| {
            let shared = shared(all, part);
            let elders = if label.is_empty() {
                shared.to_owned()
            } else {
                shared.replace(label, "…")
            };
            if !shared.is_empty() && (self.said.insert(elders) || header.is_empty()) {
                self.line("  ", header, shared);
            }
            shared.len()
        });
        if let Some(reason) = self.reden.take() {
            self.line("  ", "waarom:   ", reason);
        }
        // What one finding says besides.
        let own = |b: &Bevinding| {
            let rest = parts
                .iter()
                .zip(shared)
                .map(|((_, part), skip)| part(b)[skip..].trim().to_owned());
            rest.filter(|text| !text.is_empty()).collect::<Vec<_>>()
        };
        for cause in causes {
            let sentences = [vec![cause.sentence(self.with_file)], own(&cause.eerste)].concat();
            self.line("    ", "", &sentences.join(" "));
        }
        for bevinding in loose {
            let mut sentences: Vec<String> = vec![place(bevinding, self.with_file)];
            sentences.extend(
                bevinding
                    .gevonden
                    .iter()
                    .map(|found| format!("gevonden: {}", shown(bevinding, found))),
            );
            sentences.extend(own(bevinding).iter().map(|sentence| safe(sentence)));
            let _ = writeln!(self.uit, "    {}", sentences.join("  "));
        }
    }

    fn line(&mut self, indent: &str, header: &str, text: &str) {
        let _ = writeln!(self.uit, "{indent}{header}{}", safe(text));
    }
}

/// What was found: a cell's value is cut where it is too long to read, our own words about no row are not.
fn shown(bevinding: &Bevinding, found: &str) -> String {
    if bevinding.plaats.rij.is_some() {
        short(found)
    } else {
        safe(found)
    }
}

/// The whole sentences with which this text of all findings begins.
fn shared<'a>(all: &[&'a Bevinding], part: FindingText) -> &'a str {
    let Some(first) = all.first().map(|b| part(b)) else {
        return "";
    };
    let equal = |other: &str| {
        first
            .bytes()
            .zip(other.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let length = all.iter().map(|b| equal(part(b))).min().unwrap_or(0);
    if all.iter().all(|b| part(b).len() == length) {
        return first;
    }
    // Up to the last full stop that all have, so that nobody reads half a sentence.
    let end = first
        .match_indices(['.', '?', '!'])
        .map(|(at, character)| at + character.len())
        .filter(|&at| at <= length);
    let end = end
        .filter(|&at| {
            all.iter()
                .all(|b| part(b)[at..].is_empty() || part(b)[at..].starts_with(' '))
        })
        .max();
    &first[..end.unwrap_or(0)]
}
