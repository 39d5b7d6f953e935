//! Computes the figures of a folder of Parquet files, for measuring and for checking by another program:
//! `cargo run -p analysis --example figures -- <folder with traject/, wachtlijst/, voorziening/> <out.parquet>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use analysis::{Configuration, Inputs, MomentopnameInput};

fn files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(dir)?
        .map(|regel| regel.map(|r| r.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "parquet"));
    paths.sort();
    Ok(paths)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [dir, out] = args.as_slice() else {
        return Err("usage: figures <folder> <out.parquet>".into());
    };
    let definitie = schema::Definitie::load("omgang/2020")?;
    let mut paths = BTreeMap::new();
    for tabel in &definitie.tabellen {
        paths.insert(tabel.naam.clone(), files(&dir.join(&tabel.naam))?);
    }
    let inputs = Inputs {
        definitie: &definitie,
        momentopname: MomentopnameInput {
            id: "meting".to_owned(),
            bestanden: paths,
        },
        verwacht: Vec::new(),
        configuration: Configuration::default(),
        key: &disclosure::RoundingKey::new(&[7; 32]),
    };
    let begin = Instant::now();
    let outcome = analysis::run(&inputs).await?;
    let computed = begin.elapsed();
    std::fs::write(out, analysis::cijfers::to_parquet(&outcome.cijfers)?)?;
    #[expect(
        clippy::print_stdout,
        reason = "this example exists to print its measurements"
    )]
    {
        println!(
            "{} figures in {:.2} s, written after {:.2} s",
            outcome.cijfers.len(),
            computed.as_secs_f64(),
            begin.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
