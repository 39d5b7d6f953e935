//! Practice data: extracts of many aanbieders as their own systems would export them, with the truth beside them.
//!
//! Owns the layout of the practice folder. [`world`] draws the children, [`shapes`] writes them as files. Nothing
//! here is a figure about real children; the shares are written down in [`world`].
//!
//! ```text
//! OUT/aanbieders.csv            who there are; can be imported with `admin aanbieders import`
//! OUT/<map>/<export>            one or more files in the shape of that aanbieder's system
//! OUT/waarheid/<map>.json       the canonical value of every row, in the file's order
//! ```

mod shapes;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use self::shapes::Vorm;
use self::world::{Aanbieder, Uitkomst, Wereld};

/// Makes practice extracts in the shapes of real exports.
#[derive(Debug, Parser)]
struct Practice {
    /// Number of trajecten, over all aanbieders together
    #[arg(long, default_value_t = 15_000)]
    trajecten: usize,
    /// Number of aanbieders
    #[arg(long, default_value_t = 60)]
    aanbieders: usize,
    /// Reporting year
    #[arg(long, default_value_t = 2020)]
    jaar: i32,
    /// Same seed, same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Every aanbieder in this shape; without it the shapes take turns
    #[arg(long, value_enum)]
    vorm: Option<Vorm>,
    /// No rows that raise a signaal
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
        let mut wereld = Wereld::new(self.seed, self.jaar, self.schoon);
        let aanbieders = wereld.aanbieders(self.aanbieders, self.trajecten);
        fs::create_dir_all(self.out.join("waarheid"))
            .with_context(|| format!("could not make {}", self.out.display()))?;
        write_lijst(&self.out, &aanbieders)?;
        let leveraars = aanbieders.iter().filter(|a| a.uitkomst == Uitkomst::Levert);
        for (nummer, aanbieder) in leveraars.enumerate() {
            let vorm = self.vorm.unwrap_or_else(|| Vorm::take_turns(nummer));
            let trajecten = wereld.trajecten(aanbieder);
            let map = self.out.join(&aanbieder.map);
            fs::create_dir_all(&map)?;
            let waarheid = vorm
                .write(&map, aanbieder, &trajecten, self.jaar)
                .with_context(|| format!("could not write the extract of {}", aanbieder.map))?;
            if let Some(waarheid) = waarheid {
                fs::write(
                    self.out
                        .join("waarheid")
                        .join(format!("{}.json", aanbieder.map)),
                    serde_json::to_vec_pretty(&waarheid)?,
                )?;
            }
        }
        Ok(())
    }
}

fn write_lijst(out: &Path, aanbieders: &[Aanbieder]) -> Result<()> {
    let mut csv = csv::Writer::from_path(out.join("aanbieders.csv"))?;
    csv.write_record(["kvk", "naam", "werkgebied", "uitkomst", "map", "levert"])?;
    for aanbieder in aanbieders {
        let (uitkomst, levert) = aanbieder.uitkomst.namen();
        csv.write_record([
            &aanbieder.kvk,
            &aanbieder.naam,
            &aanbieder.jeugdregio,
            uitkomst,
            &aanbieder.map,
            levert,
        ])?;
    }
    csv.flush()?;
    Ok(())
}
