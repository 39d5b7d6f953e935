//! One figure: a sentence, a dot plot among its peers, what it rests on, its breakdowns, and the way to what it means
//! and to the table behind the drawing.

use askama::Template;
use schema::indicator::{Kind, VerdictRule};
use schema::{Indicator, Niveau};
use serde::Serialize;

use super::cell::{self, FigureCell};
use super::picture::{self, Picture};
use super::{PageView, distribution, title};
use crate::beside_nederland::Wording;
use crate::block_plan::ComparePlan;
use crate::chart::Drawing;
use crate::chart::dot_chart::{ChartPoint, DotChart, ReferenceLine};
use crate::figure_format::FigureFormat;
use crate::figure_scope::FigureScope;
use crate::publicatie::PublishedGebied;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/compare.html")]
pub struct CompareBlock {
    /// Anchor, unique on the page.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// The sentence.
    pub wording: Wording,
    /// Whether it has a verdict of its own beside the country.
    pub judged: bool,
    /// What the own value would have been with the others; may be empty.
    pub bounds: String,
    /// How it is easily misread; may be empty.
    pub misverstand: String,
    /// Figures beside it.
    pub bij: Vec<Beside>,
    /// The drawing; empty when there is nothing to draw.
    pub drawing: Drawing,
    /// How to read the drawing.
    pub caption: String,
    /// The curves and the funnel.
    pub pictures: Vec<Picture>,
    /// Why there is no curve; empty where there is one or none belongs.
    pub without_curve: String,
    /// Who delivered, and of how much it is known.
    pub footing: String,
    /// Where it says what it means.
    pub meaning: String,
    /// What the peers are together.
    pub groep: String,
    /// Where they stand in a table.
    pub side_by_side: String,
    /// The file with their figures.
    pub file: String,
    /// The breakdowns that were left out, a sentence each.
    pub left_out: Vec<String>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Title of the indicator.
    pub titel: String,
    /// Where it says what it means.
    pub meaning: String,
    /// Its value here.
    pub own: FigureCell,
    /// Its value in the country; absent on the country's page.
    pub land: Option<FigureCell>,
}

impl CompareBlock {
    /// The block; nothing where the figure is not published at the level of the page.
    pub fn new(plan: &ComparePlan, view: PageView<'_>) -> Option<Self> {
        let indicator = view.published(&plan.indicator, plan.scope())?;
        let format = view.index.format(indicator);
        let own = view.rijen.cell(&plan.indicator, plan.scope());
        if !view.belongs(own) {
            return None;
        }
        let header = title(&plan.titel, indicator);
        let id = plan.anchor();
        // Others alone are no mirror: they stand in their table.
        let has_own = view.is_land() || own.and_then(Fact::value).is_some();
        let (drawing, caption) = if has_own {
            drawing(&id, &header, plan, &format, view)
        } else {
            Default::default()
        };
        let (left_out, uitsplitsingen) = match plan.scope() {
            FigureScope::Whole => broken_down(indicator, view),
            FigureScope::Category { .. } => Default::default(),
        };
        Some(Self {
            wording: Wording::new(
                plan,
                &format,
                own,
                view.land(plan),
                view.told_with(indicator),
            ),
            judged: matches!(indicator.judged, Some(VerdictRule::From(_))),
            bounds: own.map(|fact| format.bounds(fact)).unwrap_or_default(),
            misverstand: plan.misverstand.clone(),
            bij: plan.bij.iter().filter_map(|id| beside(id, view)).collect(),
            drawing,
            caption,
            pictures: picture::pictures(plan, &header, view),
            without_curve: if has_own {
                picture::without_curve(plan, view)
            } else {
                String::new()
            },
            footing: footing(own, indicator.kind, &format),
            meaning: view.meaning(&plan.indicator),
            groep: view.peers.naam.clone(),
            side_by_side: format!("{}{}/index.html#{id}", view.root, view.peers.folder()),
            file: format!(
                "{}{}/{}.csv",
                view.root,
                view.peers.folder(),
                plan.indicator
            ),
            rounding: distribution::rounding(indicator),
            left_out,
            uitsplitsingen,
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            titel: header,
            id,
        })
    }
}

/// Under the figure: its margin, what it rests on, who delivered, and of how much it is known.
fn footing(own: Option<Fact<'_>>, kind: Kind, format: &FigureFormat) -> String {
    let margin = cell::interval(own, format);
    let mut sentences = Vec::new();
    if !margin.is_empty() {
        sentences.push(wording::figure::margin(&margin));
    }
    sentences.push(cell::footing(own, format));
    let counts = own.and_then(|fact| fact.numerator().zip(fact.denominator()));
    let counts = counts.filter(|(part, whole)| kind == Kind::Share && *part > 0.0 && *whole > 1.0);
    if let Some((part, whole)) = counts {
        sentences.push(wording::figure::share_of(
            &format.counted(part),
            &format.counted(whole),
        ));
    }
    if let Some(n) = own.and_then(Fact::n) {
        sentences.push(wording::figure::based_on(&format.counted_records(n)));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// From so many values on it is said where the middle half of them lies.
const ENOUGH_FOR_A_MIDDLE: usize = 8;

/// A sentence for each breakdown that was left out, and the breakdowns with at least one own value; what is hidden
/// here altogether needs no empty table.
fn broken_down(
    indicator: &Indicator,
    view: PageView<'_>,
) -> (Vec<String>, Vec<distribution::Breakdown>) {
    let mut parts = distribution::parts(indicator, None, view);
    let chosen = &view.index.page_plan().uitgesplitst;
    parts.retain(|part| chosen.is_empty() || chosen.contains(&part.veld));
    let left_out = parts.iter().filter(|part| part.left_out);
    let left_out = left_out.map(|part| part.why_empty.clone()).collect();
    parts.retain(|part| !part.rijen.is_empty());
    (left_out, parts)
}

fn beside(id: &str, view: PageView<'_>) -> Option<Beside> {
    let indicator = view.published(id, FigureScope::Whole)?;
    let format = view.index.format(indicator);
    let own = view.rijen.total(id);
    let land = view.index.rows(view.index.land()).total(id);
    Some(Beside {
        titel: indicator.titel.clone(),
        meaning: view.meaning(id),
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

/// The drawing and how to read it.
fn drawing(
    id: &str,
    header: &str,
    plan: &ComparePlan,
    format: &FigureFormat,
    view: PageView<'_>,
) -> (Drawing, String) {
    let points: Vec<ChartPoint> = view
        .peers
        .members
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
    let title = wording::drawing::chart_title(header, &view.peers.naam);
    let description = description(&points, &lines);
    let chart = DotChart {
        id: &format!("g-{id}"),
        titel: &title,
        description: &description,
        maat: format,
        points: &points,
        lines: &lines,
    };
    (
        Drawing::new(chart.svg(), &title, &description),
        caption(&points, format, view),
    )
}

fn point(
    fact: Option<Fact<'_>>,
    gebied: &PublishedGebied,
    format: &FigureFormat,
    view: PageView<'_>,
) -> ChartPoint {
    let interval = cell::interval(fact, format);
    let cell = FigureCell::bare(fact, format);
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
        kort: cell.words().to_owned(),
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
        woorden: match format.known_part_alone(fact) {
            Some(part) => wording::figure::with_part(&format.fact_short(fact)?, &part),
            None => format.fact_short(fact)?,
        },
        land,
    })
}

/// The drawing in words, for who doesn't see it.
fn description(points: &[ChartPoint], lines: &[ReferenceLine]) -> String {
    let mut sentences: Vec<String> = points
        .iter()
        .filter(|point| point.own)
        .map(|point| wording::drawing::one_value(&point.naam, &point.woorden))
        .collect();
    sentences.extend(
        lines
            .iter()
            .map(|line| wording::drawing::one_value(&line.naam, &line.woorden)),
    );
    let mut shown: Vec<(f64, &str)> = points
        .iter()
        .filter_map(|point| Some((point.waarde?, point.kort.as_str())))
        .collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some((_, lowest)), Some((_, highest))) = (shown.first(), shown.last()) {
        sentences.push(wording::drawing::range(
            shown.len(),
            points.len(),
            lowest,
            highest,
        ));
    }
    let count = |is: fn(Visibility) -> bool| points.iter().filter(|p| is(p.toestand)).count();
    let hidden = count(Visibility::is_hidden);
    let absent = count(|toestand| matches!(toestand, Visibility::Missing(_)));
    if hidden > 0 {
        sentences.push(wording::drawing::hidden_ones(hidden));
    }
    if absent > 0 {
        sentences.push(wording::drawing::absent_ones(absent));
    }
    sentences.push(wording::drawing::SAME_IN_TABLE.to_owned());
    sentences.join(" ")
}

fn caption(points: &[ChartPoint], format: &FigureFormat, view: PageView<'_>) -> String {
    let mut values: Vec<f64> = points.iter().filter_map(|point| point.waarde).collect();
    values.sort_by(f64::total_cmp);
    let own = points
        .iter()
        .any(|point| point.own && point.waarde.is_some());
    let own = own.then_some(view.gebied.naam.as_str());
    let margins = points
        .iter()
        .any(|point| point.onder.or(point.boven).is_some());
    let how_to_read = wording::drawing::how_to_read(&view.peers.naam, margins, own);
    if values.len() < ENOUGH_FOR_A_MIDDLE {
        return how_to_read;
    }
    let first = view.peers.members.first();
    let kind = first.map_or(wording::page::GEBIEDEN, |gebied| {
        wording::page::plural(gebied.niveau)
    });
    let Some((low, high)) = middle_half(&values) else {
        return how_to_read;
    };
    let zero = format.short(0.0);
    let middle = match (format.short(low), format.short(high)) {
        (low_words, high_words) if low_words == high_words => {
            let is_zero = high_words == zero;
            let value = if is_zero {
                format.zero()
            } else {
                format.long(high)
            };
            wording::drawing::half_is(kind, &value)
        }
        (low_words, _) if low_words == zero => {
            wording::drawing::middle_half_at_most(kind, &format.long(high))
        }
        (low_words, _) => wording::drawing::middle_half(kind, &low_words, &format.long(high)),
    };
    format!("{how_to_read} {middle}")
}

/// The quartiles (type 7) of published values in order.
fn middle_half(in_order: &[f64]) -> Option<(f64, f64)> {
    let quartile = |part: f64| {
        let place = part * (in_order.len() - 1) as f64;
        let lower = place.floor() as usize;
        let above = (lower + 1).min(in_order.len() - 1);
        in_order[lower] + (place - lower as f64) * (in_order[above] - in_order[lower])
    };
    (!in_order.is_empty()).then(|| (quartile(0.25), quartile(0.75)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn quartiles_are_type_7() {
        assert_eq!(
            super::middle_half(&[1.0, 2.0, 3.0, 4.0]),
            Some((1.75, 3.25))
        );
        assert_eq!(super::middle_half(&[]), None);
    }
}
