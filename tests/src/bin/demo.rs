//! `make demo`: the whole job on practice data, through the real binaries and a real server.

#![expect(clippy::print_stdout, reason = "talks to the person who runs the demo")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Parser;
use stage::{AanbiederRow, Stage};

/// Plays the uitvraag of 2020, and that of 2021 after it, with practice aanbieders.
#[derive(Parser)]
struct Demo {
    /// Folder with the binaries
    #[arg(long)]
    bin: PathBuf,
    /// Folder to work in; emptied first
    #[arg(long)]
    dir: PathBuf,
    /// Number of aanbieders
    #[arg(long, default_value_t = 60)]
    aanbieders: usize,
    /// Number of trajecten in 2020 over all of them
    #[arg(long, default_value_t = 12_000)]
    trajecten: usize,
    /// Stop after 2020
    #[arg(long)]
    one_year: bool,
    /// Makes the PDF of every gebied, not of three
    #[arg(long)]
    all_pdfs: bool,
    /// Stop after publishing
    #[arg(long)]
    no_serve: bool,
    /// Address to serve the pages on
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
}

/// Lies in a demo folder, so that only such a folder is ever emptied.
const MARKER: &str = ".omgangsmonitor-demo";

fn main() -> Result<()> {
    let demo = Demo::parse();
    // Ctrl-C reaches the server too; this process stays to see it end.
    ctrlc::set_handler(|| {})?;
    prepare(&demo.dir)?;
    let stage = Stage {
        bin: demo.bin.canonicalize()?,
        dir: demo.dir.canonicalize()?,
        jaar: stage::FIRST_YEAR,
    };
    let clock = Instant::now();
    let server = stage.serve(Some(&demo.listen))?;
    say(clock, &format!("the service listens on {}", server.url));
    let mut years = vec![stage.clone()];
    if !demo.one_year {
        years.push(stage.next_year());
    }
    for year in &years {
        collect(year, &demo, &server.url, clock)?;
    }
    publish_all(&years, demo.all_pdfs)?;
    say(clock, "figures made and published");
    if demo.no_serve {
        return server.stop();
    }
    goodbye(&years, &server.url)?;
    server.wait()?;
    println!("\nStopped.");
    Ok(())
}

/// From the extracts of a year to the list of leveringen that counts.
fn collect(stage: &Stage, demo: &Demo, url: &str, clock: Instant) -> Result<()> {
    stage.practice(demo.aanbieders, demo.trajecten, 1)?;
    stage.import()?;
    let aanbieders = stage.aanbieders()?;
    say(
        clock,
        &format!(
            "practice extracts over {}, {} aanbieders expected",
            stage.jaar,
            aanbieders.len()
        ),
    );
    deliver_all(stage, url, &aanbieders)?;
    say(
        clock,
        "every aanbieder that delivers has answered and signed",
    );
    let momentopname = stage.freeze()?;
    say(clock, &format!("frozen as {momentopname}"));
    Ok(())
}

/// Figures one year after the other, since they go into one table; the pages of the years side by side.
fn publish_all(years: &[Stage], all_pdfs: bool) -> Result<()> {
    years.iter().try_for_each(Stage::make_figures)?;
    std::thread::scope(|scope| {
        let workers: Vec<_> = years
            .iter()
            .map(|year| {
                scope.spawn(move || {
                    if all_pdfs {
                        year.publish_with_all_papers()
                    } else {
                        year.publish()
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker returns its error"))
    })
}

fn prepare(dir: &Path) -> Result<()> {
    if dir.exists() {
        if !dir.join(MARKER).exists() && std::fs::read_dir(dir)?.next().is_some() {
            bail!("{} is not a demo folder; I do not empty it", dir.display());
        }
        std::fs::remove_dir_all(dir)
            .with_context(|| format!("could not empty {}", dir.display()))?;
    }
    std::fs::create_dir_all(dir)?;
    std::fs::write(dir.join(MARKER), "made by make demo; may be thrown away\n")?;
    std::fs::write(
        dir.join("omgangsmonitor.toml"),
        "[figures]\nnotice = \"Dit zijn oefengegevens. Geen van deze cijfers gaat over echte kinderen.\"\n",
    )?;
    Ok(())
}

/// Two at a time: as many as there are cores on a small machine.
fn deliver_all(stage: &Stage, url: &str, aanbieders: &[AanbiederRow]) -> Result<()> {
    let row = Mutex::new(aanbieders.iter());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    loop {
                        let next = row
                            .lock()
                            .expect("no worker panics while it holds the list")
                            .next();
                        let Some(aanbieder) = next else {
                            return Ok(());
                        };
                        aanbieder
                            .deliver(stage, url)
                            .with_context(|| format!("aanbieder {}", aanbieder.map))?;
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a worker returns its error"))
    })
}

fn goodbye(years: &[Stage], url: &str) -> Result<()> {
    let stage = years.first().context("a year was played")?;
    let aanbieders = stage.aanbieders()?;
    let first = aanbieders.first().context("there is no aanbieder")?;
    let token = std::fs::read_to_string(first.token(stage))?;
    println!();
    println!("  The figures      {url}/v1/publicaties/omgang/2020/1/index.html");
    println!("  0-meting         {url}/v1/publicaties/omgang/2020/1/0-meting/index.html");
    println!("  A regio          {url}/v1/publicaties/omgang/2020/1/spiegel/JZ39/index.html");
    for next in &years[1..] {
        println!(
            "  A year later     {url}/v1/publicaties/omgang/{}/1/index.html",
            next.jaar
        );
    }
    println!(
        "  An aanbieder     {url}/inloggen   token: {}",
        token.trim()
    );
    println!(
        "  The coördinator  {url}/inloggen   token: {}",
        stage.token("coordinator")?
    );
    println!(
        "  What is planted  {}",
        stage.folder("extracten").join("waarheid.json").display()
    );
    println!("  Files            {}", stage.dir.display());
    println!("\nCtrl-C stops.");
    Ok(())
}

fn say(clock: Instant, text: &str) {
    println!("{:6.1} s  {text}", clock.elapsed().as_secs_f64());
}
