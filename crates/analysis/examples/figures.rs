//! Computes the figures of a folder of Parquet files, for measuring and for checking by another program:
//! `cargo run -p analysis --example figures -- <folder with traject/, wachtlijst/, voorziening/> <out.parquet>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use analysis::{Configuratie, Invoer, Momentopname};

fn files(map: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paden = std::fs::read_dir(map)?
        .map(|regel| regel.map(|r| r.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paden.retain(|pad| pad.extension().is_some_and(|e| e == "parquet"));
    paden.sort();
    Ok(paden)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [map, uit] = args.as_slice() else {
        return Err("usage: figures <folder> <out.parquet>".into());
    };
    let definitie = schema::Definitie::load("omgang/2020")?;
    let mut bestanden = BTreeMap::new();
    for tabel in &definitie.tabellen {
        bestanden.insert(tabel.naam.clone(), files(&map.join(&tabel.naam))?);
    }
    let invoer = Invoer {
        definitie: &definitie,
        momentopname: Momentopname {
            id: "meting".to_owned(),
            bestanden,
        },
        verwacht: Vec::new(),
        configuratie: Configuratie::default(),
    };
    let begin = Instant::now();
    let uitkomst = analysis::run(&invoer).await?;
    let berekend = begin.elapsed();
    std::fs::write(uit, analysis::cijfers::to_parquet(&uitkomst.cijfers)?)?;
    #[expect(
        clippy::print_stdout,
        reason = "this example exists to print its measurements"
    )]
    {
        println!(
            "{} figures in {:.2} s, written after {:.2} s",
            uitkomst.cijfers.len(),
            berekend.as_secs_f64(),
            begin.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
