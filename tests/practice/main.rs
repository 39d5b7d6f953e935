//! Practice data: extracts of many aanbieders as their own systems would export them, with the truth beside them.
//!
//! Owns the layout of the practice folder. [`world`] draws the children, [`shapes`] writes them as files. Nothing
//! here is a figure about real children; the shares are written down in [`shares`], the differences in [`planted`], and
//! `README.md` beside this file tells what a figure should find.
//!
//! ```text
//! OUT/aanbieders.csv            who there are; can be imported with `admin aanbieders import`
//! OUT/<map>/<export>            one or more files in the shape of that aanbieder's system
//! OUT/waarheid/<map>.json       the canonical value of every row, in the file's order
//! OUT/waarheid.json             what is planted, the parts that aanbieders play, true totals per regio and year
//! ```

mod aanbieders;
mod canonical;
mod columns;
mod course;
mod draw;
mod headers;
mod places;
mod planted;
mod shapes;
mod shares;
mod truth;
mod words;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use self::aanbieders::{PracticeAanbieder, PracticeOutcome};
use self::course::PracticeTraject;
use self::planted::{FIRST_YEAR, SECOND_YEAR};
use self::shapes::ExportShape;
use self::truth::TruthTally;
use self::world::World;

/// Makes practice extracts in the shapes of real exports.
#[derive(Debug, Parser)]
struct Practice {
    /// Number of trajecten in 2020, over all aanbieders that deliver together
    #[arg(long, default_value_t = 15_000)]
    trajecten: usize,
    /// Number of aanbieders
    #[arg(long, default_value_t = 60)]
    aanbieders: usize,
    /// Reporting year, 2020 or 2021: two years of one world, with the same children and numbers
    #[arg(long, default_value_t = FIRST_YEAR, value_parser = clap::value_parser!(i32).range(FIRST_YEAR as i64..=SECOND_YEAR as i64))]
    jaar: i32,
    /// Same seed, same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Every aanbieder in this shape; without it the shapes take turns
    #[arg(long, value_enum)]
    vorm: Option<ExportShape>,
    /// No rows that raise a signaal, no onbekend, and every field kept by everybody
    #[arg(long)]
    schoon: bool,
    /// Folder to write to; made when absent
    #[arg(long)]
    out: PathBuf,
}

fn main() -> Result<()> {
    Practice::parse().write()
}

impl Practice {
    /// Draws the practice world and writes it.
    fn write(&self) -> Result<()> {
        let world = World::new(self.seed, self.aanbieders, self.trajecten, self.schoon);
        fs::create_dir_all(self.out.join("waarheid"))
            .with_context(|| format!("could not make {}", self.out.display()))?;
        write_list(&self.out, &world.aanbieders, self.jaar)?;
        let mut tally = TruthTally::new(&world.aanbieders);
        for aanbieder in &world.aanbieders {
            let courses = world.courses(aanbieder);
            for jaar in [FIRST_YEAR, SECOND_YEAR] {
                let trajecten = world.in_jaar(aanbieder, &courses, jaar);
                tally.add(aanbieder, &trajecten, jaar);
                if jaar == self.jaar && aanbieder.outcome(jaar) == PracticeOutcome::Delivers {
                    self.write_extract(aanbieder, &trajecten)?;
                }
            }
        }
        let truth = serde_json::to_vec_pretty(&tally.finish(self.seed, self.schoon))?;
        Ok(fs::write(self.out.join("waarheid.json"), truth)?)
    }

    fn write_extract(
        &self,
        aanbieder: &PracticeAanbieder,
        trajecten: &[PracticeTraject],
    ) -> Result<()> {
        let vorm = self
            .vorm
            .unwrap_or_else(|| ExportShape::take_turns(aanbieder.turn));
        let dir = self.out.join(&aanbieder.map);
        fs::create_dir_all(&dir)?;
        let truth = vorm
            .write(&dir, aanbieder, trajecten, self.jaar)
            .with_context(|| format!("could not write the extract of {}", aanbieder.map))?;
        if let Some(truth) = truth {
            let path = self
                .out
                .join("waarheid")
                .join(format!("{}.json", aanbieder.map));
            fs::write(path, serde_json::to_vec_pretty(&truth)?)?;
        }
        Ok(())
    }
}

/// Those who are in the list of the year, with what becomes of them.
fn write_list(out: &Path, aanbieders: &[PracticeAanbieder], jaar: i32) -> Result<()> {
    let mut csv = csv::Writer::from_path(out.join("aanbieders.csv"))?;
    csv.write_record(["kvk", "naam", "werkgebied", "uitkomst", "map", "levert"])?;
    for aanbieder in aanbieders {
        let Some((outcome, delivers)) = aanbieder.outcome(jaar).names() else {
            continue;
        };
        csv.write_record([
            &aanbieder.kvk,
            &aanbieder.naam,
            &aanbieder.werkgebied.join(" "),
            outcome,
            &aanbieder.map,
            delivers,
        ])?;
    }
    csv.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Every file below the folder, by its path in it.
    fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    found.insert(name, fs::read(path).unwrap());
                }
            }
        }
        found
    }

    fn written(seed: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let args = [
            "practice",
            "--aanbieders",
            "20",
            "--trajecten",
            "200",
            "--seed",
            seed,
            "--out",
            out,
        ];
        Practice::parse_from(args).write().unwrap();
        files(folder.path())
    }

    /// A test that fails on practice data fails again: same seed, same bytes, workbooks included.
    #[test]
    fn same_seed_gives_the_same_files() {
        let first = written("7");
        assert_eq!(first, written("7"));
        assert_ne!(first, written("8"));
    }

    /// Twenty aanbieders show every shape, and each extract has its truth.
    #[test]
    fn every_shape_takes_its_turn_and_has_its_truth() {
        let files = written("7");
        for name in [
            "clienten_export.csv",
            "ecd-export.csv",
            "trajecten.csv",
            "overzicht.xlsx",
            "export.json",
            "omgang.txt",
            "traject.csv",
        ] {
            let of = |path: &&PathBuf| path.file_name().is_some_and(|file| file == name);
            let extract = files.keys().find(of).unwrap_or_else(|| panic!("no {name}"));
            let folder = extract.parent().unwrap().to_str().unwrap();
            assert!(files.contains_key(&Path::new("waarheid").join(format!("{folder}.json"))));
        }
    }
}
