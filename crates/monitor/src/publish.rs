//! `omgangsmonitor publish`: writes what of a run may leave, once, and can make it again.
//!
//! Owns what belongs to a publication and comparing two of them. Leaves hiding to `disclosure`, data files to
//! `analysis`, pages to `report` and storing to `lake`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use analysis::Pipeline;
use analysis::publicatie::Standing;
use anyhow::{Context, Result, bail};
use chrono::{NaiveDate, Utc};
use clap::Args;
use disclosure::Released;
use disclosure::audit::Group;
use lake::{Access, Lake, Momentopname, NewPublicatie, ProtectionRule, Stamp};
use report::publicatie::{Attachment, DefinitieFacts, Labels, PublishedGebied};
use report::published_tables::{AreaCurve, LevelFunnel};
use schema::{Cijfer, Publisher};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::attack::{PublicKnowledge, PublishedFiles};
use crate::config::Config;
use crate::output;
use crate::page_plan::page_plan;
use crate::prove::{exact_counts, keep_tables, told};
use crate::rounding_key::rounding_key;
use crate::run::{
    CIJFERS, RunSummary, compute, configuration, curves_name, find_momentopname, keep_summary,
    read_summary, released_name, tell_what_is_missing,
};
use crate::withstand_attack::{Attacked, ToPublish, cost, withstand};
use crate::wording;

/// Publishes the newest run of a year, or verifies a publication.
#[derive(Debug, Args)]
pub struct Publish {
    /// The uitvraag
    uitvraag: String,
    /// Reporting year
    #[arg(long)]
    year: i32,
    /// Makes this version again from its momentopname and compares it, byte for byte
    #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "0")]
    verify: Option<u32>,
    /// Publishes a run that was published before once more
    #[arg(long)]
    again: bool,
    /// Makes the PDF of these gebieden alone, and of the country; else of all
    #[arg(long, value_name = "CODE", conflicts_with = "verify")]
    pdf: Vec<String>,
    /// Why there is a new version of a year that was published before, in Dutch: readers see it
    #[arg(long, value_name = "TEXT", conflicts_with = "verify")]
    reden: Option<String>,
}

/// The most characters of a reason: a sentence or two.
const LONGEST_REASON: usize = 500;

/// Name and version of this software, as it stands in a publication.
const SOFTWARE: &str = concat!("omgangsmonitor ", env!("CARGO_PKG_VERSION"));

impl Publish {
    /// Carries out the command; false when a verification found a difference.
    pub async fn run(&self, config: &Config) -> Result<bool> {
        let lake = Lake::open(&config.data.dir, Access::Task).await?;
        let succeeded = match self.verify {
            None => self.publish(&lake, config.publisher()).await.map(|()| true),
            Some(version) => self.verify(&lake, version).await,
        };
        lake.close().await;
        succeeded
    }

    async fn publish(&self, lake: &Lake, publisher: Publisher) -> Result<()> {
        let moment = find_momentopname(lake, &self.uitvraag, self.year, None).await?;
        let known = PublicKnowledge::of(&self.uitvraag, self.year)?;
        let KeptRun {
            summary: mut report,
            released,
            exact,
        } = KeptRun::read(lake, &moment, &known.pipeline).await?;
        lake.may_publish(&moment.id, &report.gewist)
            .await?
            .with_context(|| self.run_again())?;
        self.refuse_stale(&report)?;
        // Who publishes is no part of the figures: a wrong address is mended by publishing them again.
        report.instellingen.publisher = publisher;
        let version = lake.next_version(&self.uitvraag, self.year).await?;
        let reason = reason(version, self.reden.as_deref())?;
        tell_what_is_missing(lake, &moment).await?;
        let stamp = Stamp::new("omgangsmonitor publish", Utc::now());
        let earlier = self.earlier(lake, version);
        let of = ToPublish {
            moment: &moment,
            key: &report.afrondsleutel,
            released: &released,
            exact: &exact,
            counts: &exact_counts(lake, &moment.id).await?,
        };
        let attacked = withstand(&known, of, earlier)?;
        tell_protection(&attacked);
        let edition = Edition {
            version,
            reason,
            datum: stamp.nu.date_naive(),
        };
        let wants_paper = |path: &str| self.wants_paper(path);
        let protected = (&attacked.released, &attacked.left_out);
        let files = make(&known, &moment, &edition, &report, protected, &wants_paper)?;
        for code in &self.pdf {
            let path = format!("spiegel/{code}/cijfers.pdf");
            if !files.iter().any(|(made, _)| *made == path) {
                bail!("--pdf: {code} is no gebied with a page of its own");
            }
        }
        let publicatie = lake
            .publish(
                NewPublicatie {
                    momentopname: &moment.id,
                    erased: &report.gewist,
                    versie: version,
                    bestanden: files,
                },
                &stamp,
            )
            .await?;
        keep_tables(lake, &moment.id, attacked.tables).await?;
        report.gepubliceerd = Some(version);
        keep_summary(lake, &report).await?;
        output::talk(&format!(
            "{} files, version {version}, from momentopname {}",
            publicatie.paden.len(),
            moment.id
        ));
        output::data(
            &lake
                .dir()
                .join(format!(
                    "publicaties/{}/{}/{version}",
                    self.uitvraag, self.year
                ))
                .display()
                .to_string(),
        );
        Ok(())
    }

    /// Whether the PDF at this path is asked for.
    fn wants_paper(&self, path: &str) -> bool {
        let Some(of_gebied) = path.strip_prefix("spiegel/") else {
            return true;
        };
        let code = of_gebied.split('/').next();
        self.pdf.is_empty() || self.pdf.iter().any(|wanted| Some(wanted.as_str()) == code)
    }

    /// The publications of the same year that came before, which an attacker has too.
    fn earlier(&self, lake: &Lake, version: u32) -> Vec<PublishedFiles> {
        let folder = lake
            .dir()
            .join(format!("publicaties/{}/{}", self.uitvraag, self.year));
        let mut earlier = Vec::new();
        for version in 1..version {
            match PublishedFiles::read(&folder.join(version.to_string())) {
                Ok(files) => earlier.push(files),
                Err(error) => output::talk(&format!(
                    "warning: version {version} is not read in the attack: {error:#}"
                )),
            }
        }
        earlier
    }

    /// What helps when the run is not what may be published.
    fn run_again(&self) -> String {
        format!(
            "run `omgangsmonitor run {} --year {}` again",
            self.uitvraag, self.year
        )
    }

    /// Refuses a run that was published already. Whether it still is what the momentopname holds, the register says.
    fn refuse_stale(&self, report: &RunSummary) -> Result<()> {
        match report.gepubliceerd.filter(|_| !self.again) {
            Some(version) => bail!(
                "this run was published as version {version}: {}, or publish it once more with --again",
                self.run_again()
            ),
            None => Ok(()),
        }
    }

    async fn verify(&self, lake: &Lake, version: u32) -> Result<bool> {
        let publicatie = match version {
            0 => lake.last_publicatie(&self.uitvraag, self.year).await?,
            _ => lake.publicatie(&self.uitvraag, self.year, version).await?,
        };
        let publicatie = publicatie.with_context(|| {
            format!(
                "there is no such publication of {}/{}",
                self.uitvraag, self.year
            )
        })?;
        let moment = find_momentopname(
            lake,
            &self.uitvraag,
            self.year,
            Some(&publicatie.momentopname),
        )
        .await?;
        for levering in moment.erased() {
            output::talk(&format!(
                "levering {levering} was erased since: its rows are missing now"
            ));
        }
        let provenance = self.provenance(lake, publicatie.versie).await?;
        let mut report = read_summary(lake, &moment).await?;
        if let Some(publisher) = said(&provenance, "uitgever") {
            report.instellingen.publisher = publisher;
        }
        let key = rounding_key(lake, false).await?;
        if key.id() != report.afrondsleutel {
            bail!(
                "this publication was rounded with key {}, and the key of this installation is {}: it can't be made again",
                report.afrondsleutel,
                key.id()
            );
        }
        let outcome = compute(lake, &moment, &report.instellingen, &key).await?;
        report.weggelaten = outcome.rounded_omitted;
        report.ontwerpeffecten = outcome.design_effects;
        let known = PublicKnowledge::of(&self.uitvraag, self.year)?;
        // What an attack or a proof left out then stays out: looked for again by a better search it would be another version.
        let left_out = said::<RoundingTrace>(&provenance, "afronding").unwrap_or_default();
        let left_out = left_out.uitsplitsingen_weggelaten;
        let released = outcome.released.without(&left_out);
        let edition = Edition {
            version: publicatie.versie,
            reason: said(&provenance, "reden"),
            datum: publicatie.gemaakt.date_naive(),
        };
        let stood = |path: &str| publicatie.paden.iter().any(|stored| stored == path);
        let protected = (&released, &left_out);
        let again = make(&known, &moment, &edition, &report, protected, &stood)?;
        let mut differences = Vec::new();
        let mut known: Vec<&String> = publicatie
            .paden
            .iter()
            .filter(|p| *p != "SHA256SUMS")
            .collect();
        for (path, bytes) in &again {
            known.retain(|p| *p != path);
            let stored = lake
                .lees_publicatie(&self.uitvraag, self.year, publicatie.versie, path)
                .await?;
            if stored.as_deref() != Some(bytes) {
                differences.push(path.clone());
            }
        }
        differences.extend(known.into_iter().cloned());
        let software: Option<String> = said(&provenance, "software");
        Ok(tell(&edition, software.as_deref(), &again, &differences))
    }

    /// The `herkomst.json` of a version.
    async fn provenance(&self, lake: &Lake, version: u32) -> Result<Vec<u8>> {
        let bytes = lake.lees_publicatie(&self.uitvraag, self.year, version, "herkomst.json");
        Ok(bytes.await?.unwrap_or_default())
    }
}

/// With the same software the bytes decide; with newer software the figures do.
fn tell(
    edition: &Edition,
    software: Option<&str>,
    again: &[(String, Vec<u8>)],
    differences: &[String],
) -> bool {
    let version = edition.version;
    let likeness = Likeness::of(software, differences);
    match likeness {
        Likeness::Same => output::talk(&format!(
            "version {version} was made again: {} files, byte for byte the same",
            again.len()
        )),
        Likeness::SameFigures => output::talk(&format!(
            "version {version} was made by other software; every figure is the same, {} files look different",
            differences.len()
        )),
        Likeness::Other => {
            output::talk(&format!(
                "version {version} is not what is made now; {} files differ:",
                differences.len()
            ));
            differences
                .iter()
                .take(20)
                .for_each(|path| output::talk(&format!("  {path}")));
        }
    }
    likeness != Likeness::Other
}

/// Which version of a year a publication is.
struct Edition {
    version: u32,
    /// Why it was made after an earlier one.
    reason: Option<String>,
    /// Day on which it was made.
    datum: NaiveDate,
}

/// The reason of a version: every one but the first has one, that readers are told.
fn reason(version: u32, said: Option<&str>) -> Result<Option<String>> {
    let said = said.map(str::trim).filter(|said| !said.is_empty());
    match (version, said) {
        (1, None) => Ok(None),
        (1, Some(_)) => bail!("this is the first version of this year: it needs no --reden"),
        (_, None) => bail!(
            "version {} of this year is out: say why there is a new one with --reden \"…\"",
            version - 1
        ),
        (_, Some(said)) => {
            if said.chars().count() > LONGEST_REASON || said.chars().any(schema::text::invisible) {
                bail!("--reden is one line of at most {LONGEST_REASON} characters");
            }
            Ok(Some(said.to_owned()))
        }
    }
}

/// How a publication that was made again is like the one that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Byte for byte.
    Same,
    /// Other software made it: files look different, no figure does.
    SameFigures,
    /// What stands is not what is made.
    Other,
}

impl Likeness {
    /// Of a publication by this software, of which these files differ.
    fn of(software: Option<&str>, differing: &[String]) -> Self {
        if differing.is_empty() {
            return Self::Same;
        }
        let other_software = software.is_some_and(|software| software != SOFTWARE);
        if other_software && !differing.iter().any(|path| path == "cijfers.csv") {
            Self::SameFigures
        } else {
            Self::Other
        }
    }
}

/// What `herkomst.json` says of the rounding of a publication.
#[derive(Debug, Default, Deserialize)]
struct RoundingTrace {
    #[serde(default)]
    uitsplitsingen_weggelaten: BTreeSet<Group>,
}

/// What the `herkomst.json` of a publication says of itself.
fn said<T: DeserializeOwned>(provenance: &[u8], what: &str) -> Option<T> {
    let mut provenance: serde_json::Value = serde_json::from_slice(provenance).ok()?;
    serde_json::from_value(provenance.get_mut(what)?.take()).ok()
}

/// Says what the attack came to, and what protection costs.
fn tell_protection(attacked: &Attacked) {
    output::talk(attacked.report.to_string().trim_end());
    output::talk(&told(&attacked.proof));
    for group in &attacked.left_out {
        output::talk(&format!(
            "left out for all gebieden: {} by {} at {}",
            group.indicator,
            group.uitsplitsing,
            group.niveau.name()
        ));
    }
    for (niveau, (shown, hidden)) in cost(attacked.released.rows()) {
        output::talk(&format!("{niveau}: {shown} figures shown, {hidden} hidden"));
    }
}

/// A run as it waits to be published.
struct KeptRun {
    summary: RunSummary,
    /// What may leave.
    released: Released,
    /// The exact figures, for the attack alone.
    exact: Vec<Cijfer>,
}

impl KeptRun {
    /// The run of this momentopname.
    async fn read(lake: &Lake, moment: &Momentopname, pipeline: &Pipeline) -> Result<Self> {
        let summary = read_summary(lake, moment).await?;
        let bytes = lake
            .lees_intern(CIJFERS)
            .await?
            .context("there are no figures: run `omgangsmonitor run` first")?;
        let mut exact = analysis::cijfers::from_parquet(bytes)?;
        exact.retain(|c| c.uitvraag == moment.uitvraag && c.jaar == moment.jaar);
        if exact.iter().any(|c| c.momentopname != moment.id) {
            bail!(
                "the figures are of another momentopname than {}: run `omgangsmonitor run` again",
                moment.id
            );
        }
        let released = lake
            .lees_intern(&released_name(&moment.id))
            .await?
            .context("there are no protected figures: run `omgangsmonitor run` again")?;
        let curves = lake
            .lees_intern(&curves_name(&moment.id))
            .await?
            .context("there are no protected curves: run `omgangsmonitor run` again")?;
        let released = Released::kept(
            analysis::cijfers::from_parquet(released)?,
            serde_json::from_slice(&curves).context("the protected curves can't be read")?,
            &pipeline.metadata(),
        )?;
        Ok(Self {
            summary,
            released,
            exact,
        })
    }
}

/// Every file of a publication, of what may leave and the breakdowns that are hidden in it.
fn make(
    known: &PublicKnowledge,
    moment: &Momentopname,
    edition: &Edition,
    report: &RunSummary,
    (released, left_out): (&Released, &BTreeSet<Group>),
    wants_paper: &dyn Fn(&str) -> bool,
) -> Result<Vec<(String, Vec<u8>)>> {
    let definitie = &known.definitie;
    let indicators = known.pipeline.metadata();
    let mut files = analysis::publicatie::files(&analysis::publicatie::PublicatieInput {
        definitie,
        pipeline: &known.pipeline,
        cijfers: released,
        left_out,
        versie: edition.version,
        publisher: &report.instellingen.publisher,
        reason: edition.reason.as_deref(),
        momentopname: &moment.id,
        leveringen_in: moment
            .leveringen
            .iter()
            .filter(|l| !l.gewist)
            .map(spoor)
            .collect(),
        leveringen_out: excluded(moment),
        configuration: &configuration(&report.instellingen),
        rule: ProtectionRule::Fives.name(),
        rounding_key: &report.afrondsleutel,
        weggelaten: &report.weggelaten,
        design_effects: &report.ontwerpeffecten,
        software: SOFTWARE,
    })?;
    let attachments = files.iter().map(|(path, bytes)| Attachment {
        pad: path.clone(),
        omschrijving: describe(path).to_owned(),
        bytes: Some(bytes.len() as u64),
    });
    let table = |name: &str| {
        let found = files.iter().find(|(path, _)| path == name);
        found.map(|(_, bytes)| bytes.as_slice()).unwrap_or_default()
    };
    let mut publicatie = report::ReportPublicatie {
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        versie: edition.version.to_string(),
        reason: edition.reason.clone(),
        datum: edition.datum,
        titel: "Omgangsmonitor".to_owned(),
        publisher: report.instellingen.publisher.clone(),
        momentopname: moment.id.clone(),
        definitie: DefinitieFacts::from(definitie),
        software: SOFTWARE.to_owned(),
        waarschuwing: report.instellingen.waarschuwing.clone(),
        indicatoren: indicators,
        cijfers: released.rows().to_vec(),
        curves: AreaCurve::read(table("curven.csv"))?,
        funnels: LevelFunnel::read(table("trechters.csv"))?,
        gebieden: PublishedGebied::van_jaar(definitie.jaar),
        labels: Labels::van(definitie),
        page_plan: page_plan(&definitie.uitvraag)?,
        papers: BTreeMap::new(),
        bestanden: attachments.collect(),
    };
    let made = AtomicUsize::new(0);
    let papers = report::papers(&publicatie, wants_paper, &|| {
        let made = made.fetch_add(1, Ordering::Relaxed) + 1;
        if made.is_multiple_of(50) {
            output::talk(&format!("{made} PDFs made"));
        }
    })?;
    for paper in papers {
        publicatie.papers.insert(paper.path.clone(), paper.size);
        files.push((paper.path, paper.content));
    }
    files.extend(report::pages(&publicatie)?);
    files.extend(report::workbooks(&publicatie)?);
    Ok(files)
}

fn spoor(levering: &lake::MomentLevering) -> analysis::publicatie::LeveringTrace {
    let standing = if levering.nulopgave {
        Standing::Nulopgave
    } else {
        Standing::Ingediend
    };
    analysis::publicatie::LeveringTrace {
        levering: levering.id.to_string(),
        bestanden: levering
            .bestanden
            .iter()
            .map(|b| (b.tabel.clone(), b.hash.clone()))
            .collect(),
        toestand: standing,
    }
}

/// What was frozen and is not in the figures.
fn excluded(moment: &Momentopname) -> Vec<analysis::publicatie::LeveringTrace> {
    let quarantine = moment
        .uitgesloten
        .iter()
        .map(|id| (*id, Standing::Quarantaine));
    let erased = moment.erased().into_iter().map(|id| (id, Standing::Gewist));
    let spoor =
        |(id, toestand): (lake::LeveringId, Standing)| analysis::publicatie::LeveringTrace {
            levering: id.to_string(),
            bestanden: BTreeMap::new(),
            toestand,
        };
    quarantine.chain(erased).map(spoor).collect()
}

/// What a data file is, for the list of files.
fn describe(path: &str) -> &'static str {
    match path {
        "cijfers.csv" => wording::FIGURES_CSV,
        "cijfers.parquet" => wording::FIGURES_PARQUET,
        "curven.csv" | "curven.parquet" => wording::COURSE,
        "trechters.csv" | "trechters.parquet" => wording::FUNNEL,
        "catalogus.ttl" => wording::CATALOGUE,
        "datapackage.json" => wording::DATAPACKAGE,
        "herkomst.json" => wording::PROVENANCE,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same software must give the same bytes; with other software the figures decide, and who does not say what
    /// made it gets no benefit of the doubt.
    #[test]
    fn bytes_decide_with_the_same_software_and_figures_with_another() {
        let page = ["index.html".to_owned()];
        let both = ["cijfers.csv".to_owned(), "index.html".to_owned()];
        for (software, differing, likeness) in [
            (Some(SOFTWARE), &[][..], Likeness::Same),
            (None, &[], Likeness::Same),
            (Some(SOFTWARE), &page, Likeness::Other),
            (None, &page, Likeness::Other),
            (Some("omgangsmonitor 0.0.9"), &page, Likeness::SameFigures),
            (Some("omgangsmonitor 0.0.9"), &both, Likeness::Other),
        ] {
            assert_eq!(
                Likeness::of(software, differing),
                likeness,
                "{software:?} {differing:?}"
            );
        }
    }

    /// A correction says why; a first version corrects nothing.
    #[test]
    fn every_version_but_the_first_has_a_reason() {
        assert_eq!(reason(1, None).unwrap(), None);
        assert_eq!(
            reason(2, Some(" Fout. ")).unwrap().as_deref(),
            Some("Fout.")
        );
        let long = "a".repeat(LONGEST_REASON + 1);
        for (version, refused) in [
            (1, Some("Fout.")),
            (2, None),
            (2, Some(" ")),
            (2, Some("a\nb")),
            (3, Some(long.as_str())),
        ] {
            let error = reason(version, refused).unwrap_err().to_string();
            assert!(error.contains("--reden"), "{error}");
        }
    }

    #[test]
    fn who_made_it_is_what_the_provenance_says() {
        assert_eq!(
            said::<String>(br#"{"software": "omgangsmonitor 1"}"#, "software").as_deref(),
            Some("omgangsmonitor 1")
        );
        for nothing in [&b""[..], b"{}", b"[1]", b"{\"software\": 1}"] {
            assert_eq!(said::<String>(nothing, "software"), None);
        }
    }
}
