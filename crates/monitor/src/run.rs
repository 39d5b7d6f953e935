//! `omgangsmonitor run`: from a momentopname to the unprotected figures in `intern/cijfers.parquet`.
//!
//! Owns finding the momentopname and keeping what a run gave. Leaves computing to `analysis`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use clap::Args;
use disclosure::RoundingKey;
use lake::{Access, Lake, LeveringFilter, LeveringId, Momentopname};
use schema::{Cijfer, Definitie, Gebieden, Jeugdigen, Publisher, Toestand};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::output;
use crate::rounding_key::rounding_key;

/// Computes the figures of a frozen year.
#[derive(Debug, Args)]
pub struct Run {
    /// The pipeline, which has the name of its uitvraag
    pipeline: String,
    /// Reporting year
    #[arg(long)]
    year: i32,
    /// Id of the momentopname; without it the newest
    #[arg(long)]
    momentopname: Option<String>,
    /// Ends no longer come in: the figures are not provisional any more
    #[arg(long)]
    r#final: bool,
    /// Makes a new rounding key where the old one is lost: the same children then get other numbers than before
    #[arg(long)]
    new_rounding_key: bool,
}

/// The settings that decide what a run gives; kept with it, so that a publication can be made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSettings {
    /// Norm for the wait, in days.
    pub norm_dagen: u32,
    /// Whether the figures are provisional.
    pub voorlopig: bool,
    /// Jeugdigen 0-17 per gemeente, where loaded.
    pub jeugdigen: Option<BTreeMap<String, u64>>,
    /// Said at the top of every page.
    pub waarschuwing: Option<String>,
    /// Who published it last, or would have when it was made.
    #[serde(default)]
    pub publisher: Publisher,
}

/// What a run leaves beside the figures, for `publish`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// The momentopname it was made from.
    pub momentopname: String,
    /// The settings.
    pub instellingen: RunSettings,
    /// Per indicator the records left out, rounded.
    pub weggelaten: BTreeMap<String, i64>,
    /// Per indicator of which the records hang together its design effect.
    pub ontwerpeffecten: BTreeMap<String, f64>,
    /// Id of the key that counts were rounded with.
    pub afrondsleutel: String,
    /// Leveringen of the momentopname that were erased when it was made.
    #[serde(default)]
    pub gewist: Vec<LeveringId>,
    /// The version it was published as, where it was.
    #[serde(default)]
    pub gepubliceerd: Option<u32>,
}

/// Where the unprotected figures of all years stand, within `intern/`.
pub const CIJFERS: &str = "cijfers.parquet";

/// Where what of a run may leave waits for `publish`, within `intern/`.
pub fn released_name(momentopname: &str) -> String {
    format!("{momentopname}.parquet")
}

/// Where the curves of it wait, within `intern/`.
pub fn curves_name(momentopname: &str) -> String {
    format!("{momentopname}.curven.json")
}

/// Where the exact counts of it wait, within `intern/`.
pub fn counts_name(momentopname: &str) -> String {
    format!("{momentopname}.telling.parquet")
}

impl Run {
    /// Carries out the command.
    pub async fn run(&self, config: &Config) -> Result<()> {
        let lake = Lake::open(&config.data.dir, Access::Task).await?;
        let moment = find_momentopname(
            &lake,
            &self.pipeline,
            self.year,
            self.momentopname.as_deref(),
        )
        .await?;
        let settings = RunSettings::of(config, self.year, !self.r#final)?;
        tell_what_is_missing(&lake, &moment).await?;
        let key = rounding_key(&lake, self.new_rounding_key).await?;
        let outcome = compute(&lake, &moment, &settings, &key).await?;
        let count = outcome.cijfers.len();
        keep(&lake, &moment, settings, outcome, &key).await?;
        lake.close().await;
        output::talk(&format!(
            "{count} figures of {} from momentopname {}",
            moment.uitvraag, moment.id
        ));
        output::data(
            &config
                .data
                .dir
                .join("intern")
                .join(CIJFERS)
                .display()
                .to_string(),
        );
        Ok(())
    }
}

impl RunSettings {
    fn of(config: &Config, jaar: i32, provisional: bool) -> Result<Self> {
        let jeugdigen = match &config.figures.youth_file {
            None => None,
            Some(path) => {
                let file = std::fs::File::open(path)
                    .with_context(|| format!("could not read {}", path.display()))?;
                let tabel = Jeugdigen::parse(file).map_err(anyhow::Error::from);
                Some(
                    tabel
                        .and_then(|tabel| jeugdigen_of(&tabel, jaar))
                        .with_context(|| format!("{} is not valid", path.display()))?,
                )
            }
        };
        Ok(Self {
            norm_dagen: config.figures.wait_norm_days,
            voorlopig: provisional,
            jeugdigen,
            waarschuwing: config.figures.notice.clone(),
            publisher: config.publisher(),
        })
    }
}

/// Per gemeente of the year; one without a figure is left out.
fn jeugdigen_of(tabel: &Jeugdigen, jaar: i32) -> Result<BTreeMap<String, u64>> {
    let gemeenten = Gebieden::get()
        .gemeenten(jaar)
        .into_iter()
        .flat_map(BTreeMap::keys);
    let per_gemeente: BTreeMap<String, u64> = gemeenten
        .filter_map(|code| Some((code.clone(), tabel.count(jaar, code)?)))
        .collect();
    if per_gemeente.is_empty() {
        bail!("it has no rows for {jaar}");
    }
    Ok(per_gemeente)
}

/// The named momentopname, or the newest of this uitvraag and year.
pub async fn find_momentopname(
    lake: &Lake,
    uitvraag: &str,
    jaar: i32,
    id: Option<&str>,
) -> Result<Momentopname> {
    let id = match id {
        Some(id) => id.to_owned(),
        None => {
            let last = lake.momentopnamen(uitvraag, jaar).await?.pop();
            last.with_context(|| format!("{uitvraag}/{jaar} was not frozen yet: run `omgangsmonitor admin freeze {uitvraag}/{jaar}`"))?
        }
    };
    let moment = lake
        .momentopname(&id)
        .await?
        .with_context(|| format!("there is no momentopname {id}"))?;
    if moment.uitvraag != uitvraag || moment.jaar != jaar {
        bail!(
            "momentopname {id} is of {}/{}, not of {uitvraag}/{jaar}",
            moment.uitvraag,
            moment.jaar
        );
    }
    Ok(moment)
}

/// Says which leveringen the figures will be without, and that there are newer ones than the momentopname.
pub async fn tell_what_is_missing(lake: &Lake, moment: &Momentopname) -> Result<()> {
    let mut in_force = Vec::new();
    for toestand in [Toestand::Ingediend, Toestand::Gepubliceerd] {
        let filter = LeveringFilter {
            uitvraag: Some(&moment.uitvraag),
            jaar: Some(moment.jaar),
            toestand: Some(toestand),
            kvk: None,
        };
        in_force.extend(lake.leveringen(filter).await?.into_iter().map(|l| l.id));
    }
    for warning in what_is_missing(moment, &in_force) {
        output::talk(&format!("warning: {warning}"));
    }
    Ok(())
}

/// What the figures of a momentopname will be without, where these leveringen are in force now.
fn what_is_missing(moment: &Momentopname, in_force: &[LeveringId]) -> Vec<String> {
    let mut missing = Vec::new();
    for levering in moment.erased() {
        missing.push(format!(
            "levering {levering} was erased since the freeze: it counts as no response"
        ));
    }
    for levering in &moment.uitgesloten {
        missing.push(format!(
            "levering {levering} was in quarantine at the freeze: it counts as no response"
        ));
    }
    let frozen = |id: &LeveringId| {
        moment.uitgesloten.contains(id) || moment.leveringen.iter().any(|l| l.id == *id)
    };
    let newer = in_force.iter().filter(|id| !frozen(id)).count();
    if newer > 0 {
        missing.push(format!(
            "{newer} leveringen were signed since {}: `omgangsmonitor admin freeze {}/{}` takes them in",
            moment.id, moment.uitvraag, moment.jaar
        ));
    }
    missing
}

/// The unprotected figures of a momentopname, whose files must be what was judged.
pub async fn compute(
    lake: &Lake,
    moment: &Momentopname,
    settings: &RunSettings,
    key: &RoundingKey,
) -> Result<analysis::RunOutput> {
    let damaged = lake.damaged(moment).await?;
    if !damaged.is_empty() {
        let regels: Vec<String> = damaged
            .iter()
            .map(|(id, damage)| format!("levering {id}: {damage}"))
            .collect();
        bail!(
            "files of {} are damaged, so no figures can be made of it: {}\nhint: put the files back, or freeze again: then those leveringen stay out",
            moment.id,
            regels.join("; ")
        );
    }
    let definitie = Definitie::load(&format!("{}/{}", moment.uitvraag, moment.jaar))?;
    let files = definitie
        .tabellen
        .iter()
        .map(|tabel| (tabel.naam.clone(), moment.files(&tabel.naam)))
        .collect();
    let last_year = last_year(lake, moment, &definitie).await?;
    let expected = moment
        .respons
        .regels
        .iter()
        .filter(|r| r.verwacht)
        .map(|r| analysis::ExpectedAanbieder {
            aanbieder: r.kvk.clone(),
            werkgebied: r.werkgebied.clone(),
            uitkomst: r.uitkomst,
            volume_last_year: last_year.get(&r.kvk).copied(),
        });
    let inputs = analysis::Inputs {
        definitie: &definitie,
        momentopname: analysis::MomentopnameInput {
            id: moment.id.clone(),
            bestanden: files,
        },
        verwacht: expected.collect(),
        configuration: configuration(settings),
        key,
    };
    Ok(analysis::run(&inputs).await?)
}

/// Per aanbieder the rows of the first table that it delivered a year earlier, where that year was frozen; to the nearest
/// five, for it is published as the weight of the response.
async fn last_year(
    lake: &Lake,
    moment: &Momentopname,
    definitie: &Definitie,
) -> Result<BTreeMap<String, u64>> {
    let frozen = lake
        .momentopnamen(&moment.uitvraag, moment.jaar - 1)
        .await?;
    let (Some(id), Some(tabel)) = (frozen.last(), definitie.tabellen.first()) else {
        return Ok(BTreeMap::new());
    };
    let earlier = lake
        .momentopname(id)
        .await?
        .with_context(|| format!("there is no momentopname {id}"))?;
    let delivered = earlier.leveringen.iter();
    Ok(delivered
        .filter_map(|l| Some((l.kvk.clone(), (l.rijen.get(&tabel.naam)? + 2) / 5 * 5)))
        .collect())
}

/// The settings as `analysis` takes them.
pub fn configuration(settings: &RunSettings) -> analysis::Configuration {
    analysis::Configuration {
        norm_dagen: settings.norm_dagen,
        voorlopig: settings.voorlopig,
        jeugdigen: settings.jeugdigen.clone(),
    }
}

/// Where the report of a run stands, within `intern/`.
pub fn summary_name(momentopname: &str) -> String {
    format!("{momentopname}.json")
}

/// Puts the figures in the table of all years, in place of what stood there for this uitvraag and year.
async fn keep(
    lake: &Lake,
    moment: &Momentopname,
    settings: RunSettings,
    outcome: analysis::RunOutput,
    key: &RoundingKey,
) -> Result<()> {
    let mut all: Vec<Cijfer> = match lake.lees_intern(CIJFERS).await? {
        Some(bytes) => analysis::cijfers::from_parquet(bytes)?,
        None => Vec::new(),
    };
    all.retain(|c| c.uitvraag != moment.uitvraag || c.jaar != moment.jaar);
    all.extend(outcome.cijfers);
    analysis::cijfers::sort(&mut all);
    lake.write_internal(CIJFERS, analysis::cijfers::to_parquet(&all)?)
        .await?;
    let released = analysis::cijfers::to_parquet(outcome.released.rows())?;
    lake.write_internal(&released_name(&moment.id), released)
        .await?;
    let curves = serde_json::to_vec(outcome.released.curves())?;
    lake.write_internal(&curves_name(&moment.id), curves)
        .await?;
    lake.write_internal(&counts_name(&moment.id), outcome.counts.to_parquet()?)
        .await?;
    let own = outcome.own_figures.iter();
    let own = own.map(|(kvk, figures)| Ok((kvk.clone(), serde_json::to_vec(figures)?)));
    let own: BTreeMap<String, Vec<u8>> = own.collect::<Result<_>>()?;
    lake.keep_own_figures(&moment.uitvraag, moment.jaar, own)
        .await?;
    let report = RunSummary {
        momentopname: moment.id.clone(),
        afrondsleutel: key.id().to_owned(),
        instellingen: settings,
        weggelaten: outcome.rounded_omitted,
        ontwerpeffecten: outcome.design_effects,
        gewist: moment.erased(),
        gepubliceerd: None,
    };
    keep_summary(lake, &report).await
}

/// The report of the run of this momentopname.
pub async fn read_summary(lake: &Lake, moment: &Momentopname) -> Result<RunSummary> {
    let bytes = lake.lees_intern(&summary_name(&moment.id)).await?;
    let bytes = bytes.with_context(|| {
        format!(
            "there is no run of momentopname {}: run `omgangsmonitor run {} --year {}`",
            moment.id, moment.uitvraag, moment.jaar
        )
    })?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("the report of the run of {} is not valid", moment.id))
}

/// Keeps the report of a run.
pub async fn keep_summary(lake: &Lake, report: &RunSummary) -> Result<()> {
    lake.write_internal(
        &summary_name(&report.momentopname),
        serde_json::to_vec_pretty(report)?,
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use lake::{MomentLevering, Respons};

    use super::*;

    fn levering(id: LeveringId, erased: bool) -> MomentLevering {
        MomentLevering {
            id,
            kvk: "12345678".to_owned(),
            nulopgave: false,
            regelhash: String::new(),
            pseudoniem: String::new(),
            rijen: BTreeMap::new(),
            bestanden: Vec::new(),
            toelichtingen: Vec::new(),
            gewist: erased,
        }
    }

    /// Who publishes knows what the figures are without: erased, in quarantine, and signed since; nothing else is said.
    #[test]
    fn what_figures_are_without_is_said() {
        let now = chrono::Utc::now();
        let [kept, erased, damaged, later] = [(); 4].map(|()| LeveringId::new(now));
        let mut moment = Momentopname {
            id: "omgang-2020-1".to_owned(),
            uitvraag: "omgang".to_owned(),
            jaar: 2020,
            gemaakt: now,
            leveringen: vec![levering(kept, false)],
            uitgesloten: Vec::new(),
            respons: Respons {
                uitvraag: "omgang".to_owned(),
                jaar: 2020,
                regels: Vec::new(),
            },
        };
        assert!(what_is_missing(&moment, &[kept]).is_empty());
        moment.leveringen.push(levering(erased, true));
        moment.uitgesloten.push(damaged);
        let said = what_is_missing(&moment, &[kept, damaged, later]);
        assert!(
            said[0].contains(&erased.to_string()) && said[0].contains("erased"),
            "{said:?}"
        );
        assert!(
            said[1].contains(&damaged.to_string()) && said[1].contains("quarantine"),
            "{said:?}"
        );
        assert!(
            said[2].starts_with("1 leveringen were signed since omgang-2020-1"),
            "{said:?}"
        );
        assert_eq!(said.len(), 3);
    }
}
