//! Files by a pattern.
//!
//! Owns which files fit, which of them are taken, and fitting a mapping that was made with the files of another day.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use glob::{MatchOptions, Pattern};
use mapping::Koppeling;

use crate::fout::Fout;
use crate::instellingen::{Bestanden, Welke};

/// `*` stops at a folder, and hidden files are no exports. Capitals make another name, except to Windows.
const OPTIES: MatchOptions = MatchOptions {
    case_sensitive: !cfg!(windows),
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// The files to read: per pattern the newest, or all by name.
pub fn kies(bestanden: &Bestanden) -> Result<Vec<PathBuf>, Fout> {
    let mut uit = Vec::new();
    for patroon in &bestanden.patronen {
        let mut passend = fitting(patroon)?;
        if passend.is_empty() {
            return Err(Fout::new(format!("geen enkel bestand past bij {patroon}"))
                .tip("Controleer de map en het patroon, en of het systeem vannacht een export heeft gemaakt."));
        }
        match bestanden.welke {
            Welke::Nieuwste => {
                let (_, nieuwste) = passend.pop().expect("not empty");
                uit.push(nieuwste);
            }
            Welke::Alle => {
                passend.sort_by(|a, b| a.1.cmp(&b.1));
                uit.extend(passend.into_iter().map(|(_, pad)| pad));
            }
        }
    }
    let mut eerder: Vec<&PathBuf> = Vec::new();
    let eens = uit.iter().filter(|pad| {
        let nieuw = !eerder.contains(pad);
        eerder.push(pad);
        nieuw
    });
    let eens: Vec<PathBuf> = eens.cloned().collect();
    Ok(eens)
}

/// The files that fit, oldest first.
fn fitting(patroon: &str) -> Result<Vec<(SystemTime, PathBuf)>, Fout> {
    let paden = glob::glob_with(patroon, OPTIES).map_err(|e| {
        Fout::new(format!("het patroon klopt niet: {patroon}"))
            .oorzaak(e.msg)
            .tip("Gebruik *, ? en [abc]; ** staat voor alle mappen.")
    })?;
    let mut uit = Vec::new();
    for pad in paden {
        let pad = pad.map_err(|e| Fout::bestand("kan de map niet lezen", e.path(), e.error()))?;
        let meta = pad
            .metadata()
            .map_err(|e| Fout::bestand("kan het bestand niet openen", &pad, &e))?;
        if meta.is_file() {
            uit.push((meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), pad));
        }
    }
    uit.sort();
    Ok(uit)
}

/// A mapping names the files it was made with. Where one of those is not there today, the files that fit the same
/// pattern take its place.
pub fn rebind(koppeling: &mut Koppeling, patronen: &[String], namen: &[&str]) {
    let patronen: Vec<Pattern> = patronen
        .iter()
        .filter_map(|p| Pattern::new(&Path::new(p).file_name()?.to_string_lossy()).ok())
        .collect();
    let delen = std::mem::take(&mut koppeling.tabellen);
    for deel in delen {
        let nu: Vec<&&str> = match &deel.bestand {
            Some(naam) if !namen.contains(&naam.as_str()) => {
                let passend = patronen.iter().filter(|p| p.matches_with(naam, OPTIES));
                let mut passend =
                    passend.map(|p| namen.iter().filter(|n| p.matches_with(n, OPTIES)).collect());
                // Two patterns that fit leave it open: then the reader says that the file is not there.
                passend
                    .next()
                    .filter(|_| passend.next().is_none())
                    .unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if nu.is_empty() {
            koppeling.tabellen.push(deel);
            continue;
        }
        for naam in nu {
            let nieuw = mapping::Tabelkoppeling {
                bestand: Some((*naam).to_owned()),
                ..deel.clone()
            };
            if !koppeling.tabellen.contains(&nieuw) {
                koppeling.tabellen.push(nieuw);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::time::Duration;

    fn in_map(namen: &[(&str, u64)]) -> tempfile::TempDir {
        let map = tempfile::tempdir().unwrap();
        for (naam, seconden) in namen {
            fs::write(map.path().join(naam), "x").unwrap();
            let tijd = SystemTime::UNIX_EPOCH + Duration::from_secs(*seconden);
            File::options()
                .write(true)
                .open(map.path().join(naam))
                .unwrap()
                .set_modified(tijd)
                .unwrap();
        }
        map
    }

    fn namen(map: &Path, patronen: &[&str], welke: Welke) -> Result<Vec<String>, Fout> {
        let patronen = patronen
            .iter()
            .map(|p| map.join(p).display().to_string())
            .collect();
        let paden = kies(&Bestanden { patronen, welke })?;
        Ok(paden
            .iter()
            .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
            .collect())
    }

    #[test]
    fn the_newest_is_the_one_changed_last_whatever_its_name() {
        let map = in_map(&[
            ("t_9.csv", 100),
            ("t_1.csv", 300),
            ("t_5.csv", 200),
            (".t_7.csv", 900),
            ("v.csv", 1),
        ]);
        assert_eq!(
            namen(map.path(), &["t_*.csv"], Welke::Nieuwste).unwrap(),
            ["t_1.csv"]
        );
        assert_eq!(
            namen(map.path(), &["t_*.csv", "v.csv"], Welke::Nieuwste).unwrap(),
            ["t_1.csv", "v.csv"]
        );
        assert_eq!(
            namen(map.path(), &["t_*.csv", "*.csv"], Welke::Alle).unwrap(),
            ["t_1.csv", "t_5.csv", "t_9.csv", "v.csv"]
        );
    }

    #[test]
    fn no_file_is_said_with_the_pattern() {
        let map = in_map(&[]);
        let fout = namen(map.path(), &["t_*.csv"], Welke::Nieuwste).unwrap_err();
        assert!(
            fout.to_string().contains("t_*.csv") && fout.exitcode() == 2,
            "{fout}"
        );
    }

    #[test]
    fn a_mapping_made_yesterday_fits_the_file_of_today() {
        let tekst = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\nbestand = \"t_gisteren.csv\"\n";
        let bestand = |namen: &[&str], patronen: &[&str]| {
            let mut koppeling = Koppeling::parse(tekst).unwrap();
            rebind(
                &mut koppeling,
                &patronen.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>(),
                namen,
            );
            koppeling
                .tabellen
                .iter()
                .map(|t| t.bestand.clone().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            bestand(
                &["t_vandaag.csv", "v_vandaag.csv"],
                &["/a/t_*.csv", "/a/v_*.csv"]
            ),
            ["t_vandaag.csv"]
        );
        assert_eq!(
            bestand(&["t_1.csv", "t_2.csv"], &["/a/t_*.csv"]),
            ["t_1.csv", "t_2.csv"]
        );
        assert_eq!(
            bestand(&["t_gisteren.csv", "t_2.csv"], &["/a/t_*.csv"]),
            ["t_gisteren.csv"]
        );
        assert_eq!(
            bestand(&["t_1.csv"], &["/a/t_*.csv", "/a/*.csv"]),
            ["t_gisteren.csv"]
        );
    }
}
