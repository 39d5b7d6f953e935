//! Pictures that carry their uncertainty: the curve behind a figure, and the funnel around the gebieden of a level.
//!
//! Owns which gebieden stand in them and what is said under them. A gemeente has none: its numbers are too small for a
//! curve, and in a funnel of all gemeenten nobody finds one; of twelve provincies a funnel says no more than their dot plot. Leaves lines and marks to `chart`.

use askama::Template;
use schema::Niveau;
use schema::cijfer::Reason;
use serde::Serialize;

use super::PageView;
use crate::block_plan::ComparePlan;
use crate::chart::Drawing;
use crate::chart::curve_chart::{CurveChart, CurveSeries};
use crate::chart::funnel_chart::{FunnelChart, FunnelDot};
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::publicatie::PublishedGebied;
use crate::published_tables::AreaCurve;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// A picture, what is said of it, and the table of the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/picture.html")]
pub struct Picture {
    /// Heading.
    pub titel: String,
    /// The drawing.
    pub drawing: Drawing,
    /// What it shows.
    pub caption: String,
    /// Where it says how to read it.
    pub explanation: String,
    /// The page with its numbers, where they stand elsewhere.
    pub side_by_side: String,
    /// The file with its numbers; empty where there is none.
    pub file: String,
    /// Names above the table.
    pub columns: Vec<String>,
    /// The table; none where the numbers stand elsewhere.
    pub rows: Vec<Vec<String>>,
}

/// Days between the rows of the table beside a curve.
const TABLE_STEP: u32 = 28;

/// The curve that an indicator is read from, of the page's gebied beside that of the country.
pub(super) fn curve(id: &str, view: PageView<'_>) -> Option<Picture> {
    let indicator = view.index.indicator(id)?;
    let own = view.index.curve(id, &view.gebied.code)?;
    let land = view.index.curve(id, &view.index.land().code);
    let land = land.filter(|_| !view.is_land());
    let plan = view.index.page_plan().curve_words(indicator);
    let own_words = read_from(id, view.gebied, &plan.lees, view);
    let land_words = read_from(id, view.index.land(), &plan.lees, view);
    let (own_name, land_name) = (&view.gebied.naam, &view.index.land().naam);
    let mut readings = wording::drawing::one_value(own_name, &own_words);
    if land.is_some() {
        readings.push(' ');
        readings.push_str(&wording::drawing::one_value(land_name, &land_words));
    }
    let chart_id = format!("v-{id}");
    let drawn = wording::drawing::chart_title(&plan.titel, own_name);
    let description = format!("{readings} {}", wording::drawing::CURVE_TABLE);
    let chart = CurveChart {
        id: &chart_id,
        titel: &drawn,
        description: &description,
        own: CurveSeries {
            naam: own_name,
            curve: own,
        },
        land: land.map(|curve| CurveSeries {
            naam: land_name,
            curve,
        }),
        at_risk: &plan.nog,
    };
    let (columns, rows) = table(own, land, [own_name, land_name], &plan.nog);
    Some(Picture {
        drawing: Drawing::new(chart.svg(), &drawn, &description),
        caption: format!(
            "{readings} {}",
            wording::drawing::curve_caption(&plan.deel, own_name, land.is_some())
        ),
        explanation: format!("{}uitleg/index.html#verloop", view.root),
        side_by_side: String::new(),
        file: view.file("curven.csv"),
        columns,
        rows,
        titel: plan.titel,
    })
}

/// What is read from the curve of a gebied, in words.
fn read_from(id: &str, gebied: &PublishedGebied, pattern: &str, view: PageView<'_>) -> String {
    let fact = view.index.rows(gebied).total(id);
    match fact.map(Fact::toestand) {
        Some(Visibility::Missing(Some(Reason::NotReached))) => {
            wording::drawing::HALF_NOT_REACHED.to_owned()
        }
        Some(Visibility::Shown) => {
            let format = view.index.indicator(id).map(|one| view.index.format(one));
            let value = format.and_then(|format| format.fact_long(fact?));
            pattern.replace("{waarde}", &value.unwrap_or_default())
        }
        other => {
            let reason = other.and_then(Visibility::reason);
            wording::figure::reason(reason, gebied.niveau).to_owned()
        }
    }
}

/// Both curves every four weeks.
fn table(
    own: &AreaCurve,
    land: Option<&AreaCurve>,
    names: [&str; 2],
    at_risk: &str,
) -> (Vec<String>, Vec<Vec<String>>) {
    let curves: Vec<(&AreaCurve, &str)> =
        [Some(own), land].into_iter().flatten().zip(names).collect();
    let mut columns = vec![wording::drawing::WEEK.to_owned()];
    for (_, name) in &curves {
        let margin = wording::drawing::MARGIN;
        columns.push((*name).to_owned());
        columns.push(wording::drawing::in_legend(name, margin));
        columns.push(wording::drawing::in_legend(name, &at_risk.to_lowercase()));
    }
    let last = curves.iter().filter_map(|(curve, _)| curve.weeks.last());
    let last = last.map(|week| week.day).max().unwrap_or(0);
    let rows = (0..=last / TABLE_STEP).map(|place| {
        let day = place * TABLE_STEP;
        let mut row = vec![(day / 7).to_string()];
        for (curve, _) in &curves {
            let dash = || wording::figure::DASH.to_owned();
            let week = curve.on(day);
            let percent = dutch_format::whole_percent;
            row.push(week.map_or_else(dash, |week| percent(week.share)));
            let limits = week.and_then(|week| week.limits);
            row.push(limits.map_or_else(dash, |(low, high)| {
                wording::figure::between(&percent(low), &percent(high))
            }));
            row.push(week.map_or_else(dash, |week| dutch_format::count(week.at_risk)));
        }
        row
    });
    (columns, rows.collect())
}

/// The funnel of the gebieden that the page's is compared with, where they are all of a level.
pub(super) fn funnel(plan: &ComparePlan, title: &str, view: PageView<'_>) -> Option<Picture> {
    let niveau = view
        .peers
        .niveau
        .filter(|niveau| *niveau == Niveau::Jeugdregio)?;
    let funnel = view.index.funnel(&plan.indicator, niveau)?;
    let indicator = view.published(&plan.indicator, plan.scope())?;
    let format = view.index.format(indicator);
    let facts: Vec<(&PublishedGebied, Option<Fact<'_>>)> = view
        .peers
        .members
        .iter()
        .map(|gebied| (*gebied, view.index.rows(gebied).total(&plan.indicator)))
        .collect();
    let dots: Vec<FunnelDot> = facts
        .iter()
        .filter_map(|(gebied, fact)| {
            let fact = (*fact)?;
            Some(FunnelDot {
                naam: gebied.naam.clone(),
                own: gebied.code == view.gebied.code,
                size: fact.denominator()?,
                value: fact.value()?,
                words: format.fact_short(fact)?,
            })
        })
        .collect();
    let own = dots.iter().find(|dot| dot.own);
    if dots.is_empty() || (own.is_none() && !view.is_land()) {
        return None;
    }
    let outside: Vec<&str> = dots
        .iter()
        .filter(|dot| funnel.outside(dot.size, dot.value))
        .map(|dot| dot.naam.as_str())
        .collect();
    let names = |wanted: fn(Visibility) -> bool| -> Vec<&str> {
        let of = |fact: Option<Fact<'_>>| fact.map_or(Visibility::Missing(None), Fact::toestand);
        let found = facts.iter().filter(|(_, fact)| wanted(of(*fact)));
        found.map(|(gebied, _)| gebied.naam.as_str()).collect()
    };
    let hidden = names(Visibility::is_hidden);
    let absent = names(|toestand| matches!(toestand, Visibility::Missing(_)));
    let kind = wording::page::plural(niveau);
    let own_name = own.map(|dot| dot.naam.as_str());
    let caption = [
        wording::drawing::funnel_caption(&view.peers.naam, own_name, &indicator.noemer),
        wording::drawing::outside(kind, &outside),
        wording::drawing::not_in_picture(wording::figure::PRIVACY, &hidden),
        wording::drawing::not_in_picture(wording::figure::NO_FIGURE, &absent),
    ];
    let caption: Vec<&str> = caption
        .iter()
        .map(String::as_str)
        .filter(|one| !one.is_empty())
        .collect();
    let middle = wording::drawing::in_legend(&view.index.land().naam, &format.long(funnel.middle));
    let description = own
        .map(|dot| wording::drawing::one_value(&dot.naam, &dot.words))
        .into_iter()
        .chain([
            wording::drawing::one_value(&view.index.land().naam, &format.short(funnel.middle)),
            wording::drawing::in_the_funnel(dots.len() - outside.len(), dots.len()),
            wording::drawing::SAME_IN_TABLE.to_owned(),
        ]);
    let description = description.collect::<Vec<String>>().join(" ");
    let drawn = wording::drawing::chart_title(title, &view.peers.naam);
    let id = plan.anchor();
    let chart = FunnelChart {
        id: &format!("t-{id}"),
        titel: &drawn,
        description: &description,
        maat: &format,
        funnel,
        dots: &dots,
        middle: &middle,
    };
    Some(Picture {
        titel: wording::drawing::funnel_title(title),
        drawing: Drawing::new(chart.svg(), &drawn, &description),
        caption: caption.join(" "),
        explanation: format!("{}uitleg/index.html#trechter", view.root),
        side_by_side: format!("{}{}/index.html#{id}", view.root, view.peers.folder()),
        file: view.file("trechters.csv"),
        ..Picture::default()
    })
}

/// The pictures of one comparison: the curves it and the figures beside it are read from, and its funnel.
pub(super) fn pictures(plan: &ComparePlan, title: &str, view: PageView<'_>) -> Vec<Picture> {
    if plan.scope() != FigureScope::Whole {
        return Vec::new();
    }
    let curves = [&plan.indicator].into_iter().chain(&plan.bij);
    let curves = curves.filter_map(|id| curve(id, view));
    curves.chain(funnel(plan, title, view)).collect()
}

/// What stands in place of the curve of a figure that is read from one; nothing where there is nothing to say.
pub(super) fn without_curve(plan: &ComparePlan, view: PageView<'_>) -> String {
    let has_own = view
        .index
        .curve(&plan.indicator, &view.gebied.code)
        .is_some();
    let land = view.index.curve(&plan.indicator, &view.index.land().code);
    let indicator = view.index.indicator(&plan.indicator);
    match (land, indicator) {
        (Some(_), Some(indicator)) if !has_own && view.gebied.niveau != Niveau::Gemeente => {
            let records = view.index.format(indicator).records().to_owned();
            wording::drawing::no_curve(&view.gebied.naam, &records)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_row_every_four_weeks_and_a_dash_after_the_end() {
        let curve = |weeks: u32| AreaCurve {
            indicator: "a".into(),
            gebied: "JZ01".into(),
            weeks: (0..=weeks)
                .map(|week| crate::published_tables::CurveWeek {
                    day: week * 7,
                    share: 0.05 * f64::from(week),
                    limits: (week > 0).then_some((0.0, 0.5)),
                    at_risk: 40,
                })
                .collect(),
        };
        let (columns, rows) = table(
            &curve(4),
            Some(&curve(8)),
            ["Eigen", "Nederland"],
            "Wachtten nog",
        );
        assert_eq!(columns.len(), 7);
        assert_eq!(columns[3], "Eigen: wachtten nog");
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[1],
            ["4", "20%", "0% tot 50%", "40", "20%", "0% tot 50%", "40"]
        );
        assert_eq!(rows[2][1..4], ["–", "–", "–"]);
    }
}
