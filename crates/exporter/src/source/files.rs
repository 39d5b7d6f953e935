//! Files by a pattern.
//!
//! Owns which files fit, which of them are taken, and fitting a mapping that was made with the files of another day.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use glob::{MatchOptions, Pattern};
use mapping::Koppeling;

use crate::error::Failure;
use crate::settings::{Files, Newest};
use crate::wording;

/// `*` stops at a folder, and hidden files are no exports. Capitals make another name, except to Windows.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: !cfg!(windows),
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// The files to read: per pattern the newest, or all by name.
pub(super) fn choose(files: &Files) -> Result<Vec<PathBuf>, Failure> {
    let mut out = Vec::new();
    for patroon in &files.patronen {
        let mut fitting = fitting(patroon)?;
        if fitting.is_empty() {
            return Err(
                Failure::new(format!("geen enkel bestand past bij {patroon}"))
                    .tip(wording::settings::CHECK_PATTERN),
            );
        }
        match files.welke {
            Newest::Nieuwste => {
                let (_, newest) = fitting.pop().expect("not empty");
                out.push(newest);
            }
            Newest::Alle => {
                fitting.sort_by(|a, b| a.1.cmp(&b.1));
                out.extend(fitting.into_iter().map(|(_, path)| path));
            }
        }
    }
    let mut earlier: Vec<&PathBuf> = Vec::new();
    let once = out.iter().filter(|path| {
        let new = !earlier.contains(path);
        earlier.push(path);
        new
    });
    let once: Vec<PathBuf> = once.cloned().collect();
    Ok(once)
}

/// The files that fit, oldest first.
fn fitting(patroon: &str) -> Result<Vec<(SystemTime, PathBuf)>, Failure> {
    let paths = glob::glob_with(patroon, OPTIONS).map_err(|e| {
        Failure::new(wording::settings::wrong_pattern(&patroon))
            .cause(e.msg)
            .tip(wording::settings::PATTERN_SIGNS)
    })?;
    let mut out = Vec::new();
    for path in paths {
        let path = path
            .map_err(|e| Failure::file(wording::files::FOLDER_UNREADABLE, e.path(), e.error()))?;
        let metadata = path
            .metadata()
            .map_err(|e| Failure::file(wording::files::FILE_NOT_OPENED, &path, &e))?;
        if metadata.is_file() {
            out.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), path));
        }
    }
    out.sort();
    Ok(out)
}

/// A mapping names the files it was made with. Where one of those is not there today, the files that fit the same
/// pattern take its place.
pub(super) fn rebind(koppeling: &mut Koppeling, patterns: &[String], names: &[&str]) {
    let patterns: Vec<Pattern> = patterns
        .iter()
        .filter_map(|p| Pattern::new(&Path::new(p).file_name()?.to_string_lossy()).ok())
        .collect();
    let parts = std::mem::take(&mut koppeling.tabellen);
    for part in parts {
        let nu: Vec<&&str> = match &part.bestand {
            Some(name) if !names.contains(&name.as_str()) => {
                let fitting = patterns.iter().filter(|p| p.matches_with(name, OPTIONS));
                let mut fitting = fitting.map(|p| {
                    names
                        .iter()
                        .filter(|n| p.matches_with(n, OPTIONS))
                        .collect()
                });
                // Two patterns that fit leave it open: then the reader says that the file is not there.
                fitting
                    .next()
                    .filter(|_| fitting.next().is_none())
                    .unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if nu.is_empty() {
            koppeling.tabellen.push(part);
            continue;
        }
        for name in nu {
            let new = mapping::TabelKoppeling {
                bestand: Some((*name).to_owned()),
                ..part.clone()
            };
            if !koppeling.tabellen.contains(&new) {
                koppeling.tabellen.push(new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;

    fn in_map(names: &[(&str, u64)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, seconds) in names {
            crate::atomic_file::write_whole(&dir.path().join(name), b"x").unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(*seconds);
            File::options()
                .write(true)
                .open(dir.path().join(name))
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
        dir
    }

    fn names(dir: &Path, patterns: &[&str], newest_or_all: Newest) -> Result<Vec<String>, Failure> {
        let patterns = patterns
            .iter()
            .map(|p| dir.join(p).display().to_string())
            .collect();
        let paths = choose(&Files {
            patronen: patterns,
            welke: newest_or_all,
        })?;
        Ok(paths
            .iter()
            .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
            .collect())
    }

    #[test]
    fn the_newest_is_the_one_changed_last_whatever_its_name() {
        let dir = in_map(&[
            ("t_9.csv", 100),
            ("t_1.csv", 300),
            ("t_5.csv", 200),
            (".t_7.csv", 900),
            ("v.csv", 1),
        ]);
        assert_eq!(
            names(dir.path(), &["t_*.csv"], Newest::Nieuwste).unwrap(),
            ["t_1.csv"]
        );
        assert_eq!(
            names(dir.path(), &["t_*.csv", "v.csv"], Newest::Nieuwste).unwrap(),
            ["t_1.csv", "v.csv"]
        );
        assert_eq!(
            names(dir.path(), &["t_*.csv", "*.csv"], Newest::Alle).unwrap(),
            ["t_1.csv", "t_5.csv", "t_9.csv", "v.csv"]
        );
    }

    #[test]
    fn no_file_is_said_with_the_pattern() {
        let dir = in_map(&[]);
        let failure = names(dir.path(), &["t_*.csv"], Newest::Nieuwste).unwrap_err();
        assert!(
            failure.to_string().contains("t_*.csv") && failure.exit_code() == 2,
            "{failure}"
        );
    }

    #[test]
    fn a_mapping_made_yesterday_fits_the_file_of_today() {
        let text = "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\nbestand = \"t_gisteren.csv\"\n";
        let file = |names: &[&str], patterns: &[&str]| {
            let mut koppeling = Koppeling::parse(text).unwrap();
            rebind(
                &mut koppeling,
                &patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>(),
                names,
            );
            koppeling
                .tabellen
                .iter()
                .map(|t| t.bestand.clone().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            file(
                &["t_vandaag.csv", "v_vandaag.csv"],
                &["/a/t_*.csv", "/a/v_*.csv"]
            ),
            ["t_vandaag.csv"]
        );
        assert_eq!(
            file(&["t_1.csv", "t_2.csv"], &["/a/t_*.csv"]),
            ["t_1.csv", "t_2.csv"]
        );
        assert_eq!(
            file(&["t_gisteren.csv", "t_2.csv"], &["/a/t_*.csv"]),
            ["t_gisteren.csv"]
        );
        assert_eq!(
            file(&["t_1.csv"], &["/a/t_*.csv", "/a/*.csv"]),
            ["t_gisteren.csv"]
        );
    }
}
