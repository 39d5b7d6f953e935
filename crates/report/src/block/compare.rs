//! One figure: a sentence, a dot plot among its peers, its response, and one click away what it means, the table
//! behind the drawing and its breakdowns.

use askama::Template;
use schema::{Indicator, Niveau};

use super::cell::{self, FigureCell, IndicatorCard};
use super::{PageView, distribution, title};
use crate::chart::dot_chart::{ChartPoint, DotChart, ReferenceLine};
use crate::figure_format::FigureFormat;
use crate::figure_index::{Fact, FigureScope, Visibility};
use crate::page_plan::ComparePlan;
use crate::publicatie::PublishedGebied;
use crate::standing::Wording;
use crate::wording;

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
    /// What the own value would have been with the others; may be empty.
    pub bounds: String,
    /// How it is easily misread; may be empty.
    pub misverstand: String,
    /// Figures beside it.
    pub bij: Vec<Beside>,
    /// The drawing; empty when there is nothing to draw.
    pub drawing: String,
    /// How to read the drawing.
    pub caption: String,
    /// Who delivered, and of how much it is known.
    pub footing: String,
    /// Number of records the own value rests on; may be empty.
    pub based_on: String,
    /// What it means.
    pub card: IndicatorCard,
    /// What the peers are together.
    pub groep: String,
    /// The table behind the drawing.
    pub peers: Vec<Peer>,
    /// Breakdowns of the own value.
    pub uitsplitsingen: Vec<distribution::Breakdown>,
    /// That its parts need not add up; may be empty.
    pub rounding: &'static str,
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
    /// Of how many records it is known.
    pub known: String,
}

impl CompareBlock {
    /// The block; nothing where the figure is not published at the level of the page.
    pub fn new(plan: &ComparePlan, view: PageView<'_>) -> Option<Self> {
        let indicator = view.published(&plan.indicator, plan.scope())?;
        let format = view.index.format(indicator);
        let records = view.index.page_plan().records_of(indicator);
        let own = view.rijen.cell(&plan.indicator, plan.scope());
        let header = title(&plan.titel, indicator);
        let id = anchor(plan);
        let (drawing, caption) = drawing(&id, &header, plan, &format, view);
        let uitsplitsingen = match plan.scope() {
            FigureScope::Whole => broken_down(indicator, view),
            FigureScope::Category { .. } => Vec::new(),
        };
        Some(Self {
            wording: Wording::new(plan, &format, records, own, view.land(plan)),
            interval: cell::interval(own, &format),
            bounds: own.map(|fact| format.bounds(fact)).unwrap_or_default(),
            misverstand: plan.misverstand.clone(),
            bij: plan.bij.iter().filter_map(|id| beside(id, view)).collect(),
            drawing,
            caption,
            footing: cell::footing(own, records),
            based_on: own
                .and_then(Fact::n)
                .map(|n| wording::based_on(&format.counted(n as f64), records))
                .unwrap_or_default(),
            card: IndicatorCard::new(indicator, &format, own),
            groep: view.groep.to_owned(),
            peers: peers(plan, &format, view),
            rounding: distribution::rounding(indicator),
            uitsplitsingen,
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            titel: header,
            id,
        })
    }
}

/// Where the block stands on its page.
pub(crate) fn anchor(plan: &ComparePlan) -> String {
    match plan.scope() {
        FigureScope::Whole => plan.indicator.clone(),
        FigureScope::Category { categorie, .. } => format!("{}-{categorie}", plan.indicator),
    }
}

/// The breakdowns with at least one own value; what is hidden altogether needs no empty table.
fn broken_down(indicator: &Indicator, view: PageView<'_>) -> Vec<distribution::Breakdown> {
    let mut parts = distribution::parts(indicator, None, view);
    let chosen = &view.index.page_plan().uitgesplitst;
    parts.retain(|part| {
        let asked = chosen.is_empty() || chosen.contains(&part.veld);
        asked && part.rijen.iter().any(|row| row.own.reden.is_empty())
    });
    parts
}

fn beside(id: &str, view: PageView<'_>) -> Option<Beside> {
    let indicator = view.published(id, FigureScope::Whole)?;
    let format = view.index.format(indicator);
    let own = view.rijen.total(id);
    let land = view.index.rows(view.index.land()).total(id);
    Some(Beside {
        card: IndicatorCard::new(indicator, &format, own),
        own: FigureCell::long(own, &format),
        land: (!view.is_land()).then(|| FigureCell::long(land, &format)),
    })
}

fn fact_of<'w>(
    plan: &ComparePlan,
    gebied: &PublishedGebied,
    view: PageView<'w>,
) -> Option<Fact<'w>> {
    let rows = view.index.rows(gebied);
    rows.cell(&plan.indicator, plan.scope())
}

fn peers(plan: &ComparePlan, format: &FigureFormat, view: PageView<'_>) -> Vec<Peer> {
    view.peers
        .iter()
        .map(|gebied| {
            let fact = fact_of(plan, gebied, view);
            Peer {
                naam: gebied.naam.clone(),
                href: format!("{}{}/index.html", view.spiegels, gebied.code),
                own: gebied.code == view.gebied.code,
                cel: FigureCell::bare(fact, format),
                interval: cell::interval(fact, format),
                n: cell::n(fact, format),
                respons: cell::respons(fact),
                known: cell::known(fact),
            }
        })
        .collect()
}

/// The drawing and how to read it.
fn drawing(
    id: &str,
    header: &str,
    plan: &ComparePlan,
    format: &FigureFormat,
    view: PageView<'_>,
) -> (String, String) {
    let points: Vec<ChartPoint> = view
        .peers
        .iter()
        .map(|gebied| point(fact_of(plan, gebied, view), gebied, format, view))
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
    let title = wording::chart_title(header, view.groep);
    let description = description(&points, &lines);
    let chart = DotChart {
        id: &format!("g-{id}"),
        titel: &title,
        description: &description,
        maat: format,
        points: &points,
        lines: &lines,
    };
    (chart.svg(), caption(&points, format, view))
}

fn point(
    fact: Option<Fact<'_>>,
    gebied: &PublishedGebied,
    format: &FigureFormat,
    view: PageView<'_>,
) -> ChartPoint {
    let interval = cell::interval(fact, format);
    let cell = FigureCell::long(fact, format);
    let words = match (cell.reden.is_empty(), interval.is_empty()) {
        (true, false) => format!("{} ({interval})", cell.tekst),
        _ => cell.words().to_owned(),
    };
    ChartPoint {
        naam: gebied.naam.clone(),
        own: gebied.code == view.gebied.code,
        toestand: fact.map_or(Visibility::Missing(None), Fact::toestand),
        waarde: fact.and_then(Fact::value),
        onder: fact.and_then(Fact::lower),
        boven: fact.and_then(Fact::above),
        kort: FigureCell::bare(fact, format).words().to_owned(),
        woorden: words,
    }
}

fn line(fact: Fact<'_>, gebied: &PublishedGebied, format: &FigureFormat) -> Option<ReferenceLine> {
    let land = gebied.niveau == Niveau::Nederland;
    Some(ReferenceLine {
        naam: if land {
            gebied.naam.clone()
        } else {
            super::column_name(gebied)
        },
        waarde: fact.value()?,
        woorden: format.fact_short(fact)?,
        land,
    })
}

/// The drawing in words, for who doesn't see it.
fn description(points: &[ChartPoint], lines: &[ReferenceLine]) -> String {
    let mut sentences: Vec<String> = points
        .iter()
        .filter(|point| point.own)
        .map(|point| wording::one_value(&point.naam, &point.woorden))
        .collect();
    sentences.extend(
        lines
            .iter()
            .map(|line| wording::one_value(&line.naam, &line.woorden)),
    );
    let mut shown: Vec<(f64, &str)> = points
        .iter()
        .filter_map(|point| Some((point.waarde?, point.kort.as_str())))
        .collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some((_, lowest)), Some((_, highest))) = (shown.first(), shown.last()) {
        sentences.push(wording::range(shown.len(), points.len(), lowest, highest));
    }
    let count = |is: fn(Visibility) -> bool| points.iter().filter(|p| is(p.toestand)).count();
    let hidden = count(|toestand| toestand == Visibility::Hidden);
    let absent = count(|toestand| matches!(toestand, Visibility::Missing(_)));
    if hidden > 0 {
        sentences.push(wording::hidden_ones(hidden));
    }
    if absent > 0 {
        sentences.push(wording::absent_ones(absent));
    }
    sentences.push(wording::SAME_IN_TABLE.to_owned());
    sentences.join(" ")
}

fn caption(points: &[ChartPoint], format: &FigureFormat, view: PageView<'_>) -> String {
    let shown: Vec<f64> = points.iter().filter_map(|point| point.waarde).collect();
    if shown.is_empty() {
        return wording::nothing_to_draw(view.groep);
    }
    let own = points
        .iter()
        .any(|point| point.own && point.waarde.is_some());
    let own = own.then_some(view.gebied.naam.as_str());
    let intervals = points
        .iter()
        .any(|point| point.onder.or(point.boven).is_some());
    let mut sentences = vec![wording::how_to_read(view.groep, intervals, own)];
    if shown.len() >= 8
        && let Some((low, high)) = middle_half(&shown)
    {
        let kind = view
            .peers
            .first()
            .map_or(wording::GEBIEDEN, |gebied| wording::plural(gebied.niveau));
        sentences.push(wording::middle_half(
            kind,
            &format.short(low),
            &format.long(high),
        ));
    }
    sentences.join(" ")
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
