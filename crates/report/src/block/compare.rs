//! One figure: a sentence, a dot plot among its peers, its response, and one click away what it means, the table
//! behind the drawing and its breakdowns.

use askama::Template;
use schema::Indicator;

use super::{FigureCell, IndicatorCard, PageView, distribution, title};
use crate::chart::dot_chart::{ChartPoint, DotChart, ReferenceLine};
use crate::figure_index::{Fact, Visibility};
use crate::nl::FigureFormat;
use crate::page_plan;
use crate::publicatie::{PublishedGebied, plural};
use crate::wording::Wording;
use schema::Niveau;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "block/compare.html")]
pub struct CompareBlock {
    /// Anchor, unique on the page.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// The sentence.
    pub wording: Wording,
    /// Interval of the own value; may be empty.
    pub interval: String,
    /// Number of records the own value rests on; may be empty.
    pub n: String,
    /// What those records are.
    pub telling: String,
    /// How it is easily misread; may be empty.
    pub misverstand: String,
    /// Figures beside it.
    pub bij: Vec<Beside>,
    /// The drawing; empty when there is nothing to draw.
    pub drawing: String,
    /// How to read the drawing.
    pub caption: String,
    /// Response of the own gebied.
    pub respons: String,
    /// What it means.
    pub card: IndicatorCard,
    /// What the peers are together.
    pub groep: String,
    /// The table behind the drawing.
    pub peers: Vec<Peer>,
    /// Breakdowns of the own value.
    pub uitsplitsingen: Vec<distribution::Breakdown>,
    /// Name above the own column.
    pub own: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
}

/// A figure beside the main one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// What it means.
    pub card: IndicatorCard,
    /// Its value here.
    pub own: FigureCell,
    /// Its value in the country; absent on the country's page.
    pub land: Option<FigureCell>,
}

/// One row of the table behind the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub naam: String,
    /// Where its own page is.
    pub href: String,
    /// Whether the page is about it.
    pub own: bool,
    /// Its value.
    pub cel: FigureCell,
    /// Its interval.
    pub interval: String,
    /// Number of records.
    pub n: String,
    /// Response.
    pub respons: String,
}

impl CompareBlock {
    /// The block; nothing when the publication has no such figure.
    pub fn new(plan: &page_plan::ComparePlan, view: PageView<'_>) -> Option<Self> {
        let indicator = view
            .index
            .indicator(&plan.indicator)
            .filter(|_| view.knows(&plan.indicator))?;
        let format = view.index.format(indicator);
        let own = view
            .rijen
            .cell(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
        let together = peers(plan, &format, view);
        let header = title(&plan.titel, indicator);
        let id = anchor(plan);
        let (drawing, caption) = character(&id, &header, plan, &format, view);
        let heel = plan.uitsplitsing == "totaal";
        Some(Self {
            wording: Wording::van(plan, &format, own, view.land(plan)),
            interval: super::interval(own, &format),
            n: own
                .and_then(Fact::n)
                .map(crate::nl::count)
                .unwrap_or_default(),
            telling: view.index.publicatie.page_plan.telling.clone(),
            misverstand: plan.misverstand.clone(),
            bij: plan.bij.iter().filter_map(|id| beside(id, view)).collect(),
            drawing,
            caption,
            respons: super::respons(own),
            card: IndicatorCard::new(indicator, own),
            groep: view.groep.to_owned(),
            peers: together,
            uitsplitsingen: if heel {
                broken_down(indicator, view)
            } else {
                Vec::new()
            },
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            titel: header,
            id,
        })
    }
}

/// Where the block stands on its page.
pub(crate) fn anchor(plan: &page_plan::ComparePlan) -> String {
    if plan.uitsplitsing == "totaal" {
        plan.indicator.clone()
    } else {
        format!("{}-{}", plan.indicator, plan.categorie)
    }
}

/// The breakdowns with at least one own value; what is hidden altogether needs no empty table.
fn broken_down(indicator: &Indicator, view: PageView<'_>) -> Vec<distribution::Breakdown> {
    let mut parts = distribution::parts(indicator, None, view);
    let chosen = &view.index.publicatie.page_plan.uitgesplitst;
    parts.retain(|part| {
        let asked = chosen.is_empty() || chosen.contains(&part.veld);
        asked && part.rijen.iter().any(|row| row.own.reden.is_empty())
    });
    parts
}

fn beside(id: &str, view: PageView<'_>) -> Option<Beside> {
    let indicator = view.index.indicator(id).filter(|_| view.knows(id))?;
    let format = view.index.format(indicator);
    let own = view.rijen.total(id);
    let land = view.index.rows(view.index.land()).total(id);
    Some(Beside {
        card: IndicatorCard::new(indicator, own),
        own: FigureCell::long(own, &format),
        land: (!view.is_land()).then(|| FigureCell::beside_long(land, &format, own)),
    })
}

fn fact_of<'w>(
    plan: &page_plan::ComparePlan,
    gebied: &PublishedGebied,
    view: PageView<'w>,
) -> Option<Fact<'w>> {
    view.index
        .rows(gebied)
        .cell(&plan.indicator, &plan.uitsplitsing, &plan.categorie)
}

fn peers(plan: &page_plan::ComparePlan, format: &FigureFormat, view: PageView<'_>) -> Vec<Peer> {
    view.peers
        .iter()
        .map(|gebied| {
            let fact = fact_of(plan, gebied, view);
            Peer {
                naam: gebied.naam.clone(),
                href: format!("{}{}/index.html", view.spiegels, gebied.code),
                own: gebied.code == view.gebied.code,
                cel: FigureCell::bare(fact, format),
                interval: super::interval(fact, format),
                n: super::n(fact),
                respons: super::respons(fact),
            }
        })
        .collect()
}

/// The drawing and how to read it.
fn character(
    id: &str,
    header: &str,
    plan: &page_plan::ComparePlan,
    format: &FigureFormat,
    view: PageView<'_>,
) -> (String, String) {
    let points: Vec<ChartPoint> = view
        .peers
        .iter()
        .map(|gebied| punt(fact_of(plan, gebied, view), gebied, format, view))
        .collect();
    let wider: Vec<&PublishedGebied> = if view.is_land() {
        vec![view.gebied]
    } else {
        view.kolommen.to_vec()
    };
    let lines: Vec<ReferenceLine> = wider
        .iter()
        .filter(|gebied| {
            gebied.niveau != Niveau::Grootteklasse && gebied.niveau != Niveau::Provincie
        })
        .filter_map(|gebied| line(fact_of(plan, gebied, view)?, gebied, format))
        .collect();
    let caption_text = caption(&points, format, view);
    let title = format!("{header}: {}", view.groep);
    let description = description(&points, &lines, format);
    let chart = DotChart {
        id: &format!("g-{id}"),
        titel: &title,
        description: &description,
        maat: format,
        points: &points,
        lines: &lines,
    };
    (chart.svg(), caption_text)
}

fn punt(
    fact: Option<Fact<'_>>,
    gebied: &PublishedGebied,
    format: &FigureFormat,
    view: PageView<'_>,
) -> ChartPoint {
    let interval = super::interval(fact, format);
    let cell = FigureCell::long(fact, format);
    let words = match (cell.reden.is_empty(), interval.is_empty()) {
        (true, false) => format!("{} ({interval})", cell.tekst),
        _ => cell.words().to_owned(),
    };
    ChartPoint {
        naam: gebied.naam.clone(),
        own: gebied.code == view.gebied.code,
        toestand: fact.map_or(Visibility::Missing, Fact::toestand),
        waarde: fact.and_then(Fact::value),
        grenzen: fact.and_then(Fact::bounds),
        woorden: words,
    }
}

fn line(fact: Fact<'_>, gebied: &PublishedGebied, format: &FigureFormat) -> Option<ReferenceLine> {
    let value = fact.value()?;
    let land = gebied.niveau == Niveau::Nederland;
    Some(ReferenceLine {
        naam: if land {
            gebied.naam.clone()
        } else {
            super::column_name(gebied)
        },
        waarde: value,
        woorden: format.short(value, fact.denominator()),
        land,
    })
}

/// The drawing in words, for who doesn't see it.
fn description(points: &[ChartPoint], lines: &[ReferenceLine], format: &FigureFormat) -> String {
    let shown: Vec<f64> = points.iter().filter_map(|punt| punt.waarde).collect();
    let mut sentences: Vec<String> = points
        .iter()
        .filter(|punt| punt.own)
        .map(|punt| format!("{}: {}.", punt.naam, punt.woorden))
        .collect();
    sentences.extend(
        lines
            .iter()
            .map(|line| format!("{}: {}.", line.naam, line.woorden)),
    );
    if let Some((lowest, highest)) = extremes(&shown) {
        sentences.push(format!(
            "{} van {} met een cijfer, van {} tot {}.",
            shown.len(),
            points.len(),
            format.short(lowest, None),
            format.short(highest, None)
        ));
    }
    let hidden = points
        .iter()
        .filter(|punt| punt.toestand == Visibility::Privacy)
        .count();
    if hidden > 0 {
        sentences.push(format!("{hidden} niet getoond (privacy)."));
    }
    sentences.push("De tabel onder de tekening bevat dezelfde cijfers.".to_owned());
    sentences.join(" ")
}

fn caption(points: &[ChartPoint], format: &FigureFormat, view: PageView<'_>) -> String {
    let shown: Vec<f64> = points.iter().filter_map(|punt| punt.waarde).collect();
    let mut sentences = Vec::new();
    if shown.is_empty() {
        return format!("Van {} is er geen cijfer dat we kunnen tonen.", view.groep);
    }
    let own = if points.iter().any(|punt| punt.own && punt.waarde.is_some()) {
        format!(" De ruit is {}.", view.gebied.naam)
    } else {
        String::new()
    };
    let kind = view
        .peers
        .first()
        .map_or("gebieden", |gebied| plural(gebied.niveau));
    sentences.push(format!(
        "Elke punt is een van {}, met het 95%-interval als streep.{own}",
        view.groep
    ));
    if shown.len() >= 8
        && let Some((low, high)) = middle_half(&shown)
    {
        sentences.push(format!(
            "De middelste helft van de {kind} ligt tussen {} en {}.",
            format.short(low, None),
            format.long(high, None)
        ));
    }
    sentences.join(" ")
}

fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let lowest = values.iter().copied().reduce(f64::min)?;
    Some((lowest, values.iter().copied().fold(lowest, f64::max)))
}

/// The quartiles (type 7) of the published values.
fn middle_half(values: &[f64]) -> Option<(f64, f64)> {
    let mut in_order = values.to_vec();
    in_order.sort_by(f64::total_cmp);
    let quartile = |part: f64| {
        let place = part * (in_order.len() - 1) as f64;
        let lower = place.floor() as usize;
        let above = (lower + 1).min(in_order.len() - 1);
        in_order[lower] + (place - lower as f64) * (in_order[above] - in_order[lower])
    };
    (!values.is_empty()).then(|| (quartile(0.25), quartile(0.75)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn quartiles_are_type_7() {
        assert_eq!(
            super::middle_half(&[4.0, 1.0, 3.0, 2.0]),
            Some((1.75, 3.25))
        );
        assert_eq!(super::middle_half(&[]), None);
    }
}
