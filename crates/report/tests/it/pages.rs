//! Every page: well-formed, accessible in what a machine can see, and every link leads somewhere.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use report::{pages, workbooks};
use schema::Niveau;

use crate::fixture;
use crate::html::ParsedPage;

fn loaded(files: &[(String, Vec<u8>)]) -> BTreeMap<String, ParsedPage> {
    files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|e| e == "html"))
        .map(|(path, html)| (path.clone(), ParsedPage::lees(path, html)))
        .collect()
}

#[test]
fn every_page_is_well_formed_and_accessible() {
    for publicatie in [fixture::small(), fixture::empty(fixture::small().gebieden)] {
        for (path, page) in loaded(&pages(&publicatie).unwrap()) {
            assert_eq!(page.defects, Vec::<String>::new(), "{path}");
            assert_eq!(page.double_ids, Vec::<String>::new(), "{path}");
            assert_eq!(page.elements.get("h1"), Some(&1), "{path}: one h1");
            let jumps = page
                .headers
                .windows(2)
                .filter(|pair| pair[1] > pair[0] + 1)
                .count();
            assert_eq!(
                jumps, 0,
                "{path}: headings skip a level: {:?}",
                page.headers
            );
            for (element, count) in [
                ("main", 1),
                ("header", 1),
                ("footer", 1),
                ("script", 0),
                ("img", 0),
            ] {
                assert_eq!(
                    page.elements.get(element).copied().unwrap_or(0),
                    count,
                    "{path}: {element}"
                );
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_place_on_a_page() {
    let publicatie = fixture::small();
    let mut files = pages(&publicatie).unwrap();
    files.extend(workbooks(&publicatie).unwrap());
    let parsed_pages = loaded(&files);
    let known = |path: &str| {
        files.iter().any(|(other, _)| other == path)
            || publicatie
                .bestanden
                .iter()
                .any(|attachment| attachment.pad == path)
    };
    // The service takes the rows of one figure out of the table of its group.
    let rows_of_figure = |path: &str| {
        let asked = path
            .strip_suffix(".csv")
            .and_then(|path| path.rsplit_once('/'));
        asked.is_some_and(|(folder, indicator)| {
            files.iter().any(|(other, content)| {
                folder.starts_with("vergelijk/")
                    && *other == format!("{folder}/cijfers.csv")
                    && String::from_utf8_lossy(content).contains(&format!("\n{indicator},"))
            })
        })
    };
    for (path, page) in &parsed_pages {
        // What the service makes when it is asked for: pictures alone, and figures by filter.
        let made = |link: &&String| {
            link.starts_with("beelden/") || link.starts_with("../../../../../../cijfers?")
        };
        for link in page.links.iter().filter(|link| !made(link)) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let complete = if target.is_empty() {
                path.clone()
            } else {
                resolved(path, target)
            };
            assert!(
                known(&complete) || rows_of_figure(&complete),
                "{path}: {link} leads to {complete}, which is not there"
            );
            if !anchor.is_empty() {
                assert!(
                    parsed_pages[&complete].ids.contains(anchor),
                    "{path}: {link} leads to no place on {complete}"
                );
            }
        }
    }
}

fn resolved(path: &str, link: &str) -> String {
    let mut parts = PathBuf::new();
    for part in Path::new(path).parent().unwrap().join(link).components() {
        match part {
            Component::ParentDir => assert!(parts.pop(), "{path}: {link} leaves the publication"),
            Component::Normal(name) => parts.push(name),
            _ => panic!("{path}: {link}"),
        }
    }
    parts.to_str().unwrap().to_owned()
}

#[test]
fn the_whole_country_has_a_page_for_each_jeugdregio_and_gemeente() {
    let publicatie = fixture::publicatie();
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let telling = |begin: &str| {
        files
            .keys()
            .filter(|path| {
                path.starts_with(&format!("spiegel/{begin}")) && path.ends_with("index.html")
            })
            .count()
    };
    assert_eq!((telling("JZ"), telling("GM"), telling("PV")), (42, 355, 12));
    let start = std::str::from_utf8(&files["index.html"]).unwrap();
    for gebied in publicatie
        .gebieden
        .iter()
        .filter(|gebied| matches!(gebied.niveau, Niveau::Jeugdregio | Niveau::Gemeente))
    {
        assert!(
            start.contains(&format!("spiegel/{}/index.html", gebied.code)),
            "{} cannot be found",
            gebied.naam
        );
    }
    let meting = std::str::from_utf8(&files["0-meting/index.html"]).unwrap();
    let chart = drawing(meting, "g-wachten_gestart_mediaan");
    assert_eq!(chart.matches("<svg x=").count(), 42, "each jeugdregio once");
}

/// The SVG with this id.
fn drawing<'a>(html: &'a str, id: &str) -> &'a str {
    let begin = html
        .find(&format!("aria-labelledby=\"{id}-t"))
        .unwrap_or_else(|| panic!("no drawing {id}"));
    let rest = &html[begin..];
    let end = rest.find("<figcaption>").unwrap();
    &rest[..end]
}

#[test]
fn a_drawing_has_one_mark_for_each_jeugdregio_and_one_diamond() {
    let mut publicatie = fixture::small();
    let jeugdregios: Vec<String> = publicatie
        .gebieden
        .iter()
        .filter(|gebied| gebied.niveau == Niveau::Jeugdregio)
        .map(|gebied| gebied.code.clone())
        .collect();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.indicator == "duur_mediaan" && cijfer.gebied == jeugdregios[1])
    {
        cijfer.vertrouwelijk = schema::cijfer::Confidential::C;
    }
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html =
        std::str::from_utf8(&files[&format!("spiegel/{}/index.html", jeugdregios[0])]).unwrap();
    let svg = drawing(html, "g-duur_mediaan");
    assert_eq!(
        svg.matches(r#"<path class="merk""#).count(),
        1,
        "the own one is a diamond"
    );
    assert_eq!(
        svg.matches("<circle").count(),
        jeugdregios.len() - 2,
        "the others are dots"
    );
    assert_eq!(
        svg.matches("1 niet getoond (privacy)").count(),
        1,
        "said in the description"
    );
    assert_eq!(
        svg.matches(r#"<g class="land">"#).count(),
        1,
        "the country is a line"
    );
}

/// The stroom of a page whose four numbers were published as these; those not given have no row there.
fn flow(gebied: &str, numbers: [Option<f64>; 4]) -> String {
    let mut publicatie = fixture::small();
    let ids = ["stroom_begin", "stroom_in", "stroom_uit", "stroom_eind"];
    for (id, number) in ids.into_iter().zip(numbers) {
        for cijfer in publicatie
            .cijfers
            .iter_mut()
            .filter(|c| c.indicator == id && c.gebied == gebied)
        {
            cijfer.waarde = number;
        }
    }
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&files[&format!("spiegel/{gebied}/index.html")]).unwrap();
    let begin = html.find("Van begin tot eind van het jaar").unwrap();
    html[begin..begin + html[begin..].find("</section>").unwrap()].to_owned()
}

#[test]
fn the_flow_says_that_rounded_numbers_need_not_add_up() {
    let fits = flow("PV26", [40.0, 65.0, 60.0, 45.0].map(Some));
    assert!(
        fits.contains("40 + 65 \u{2212} 60 = 45, in afgeronde aantallen."),
        "{fits}"
    );
    assert_eq!(fits.matches("<rect").count(), 4);
    let rounded = flow("PV26", [40.0, 65.0, 60.0, 50.0].map(Some));
    assert!(rounded.contains("komt niet precies uit op 50: elk aantal is apart afgerond"));
    assert_eq!(rounded.matches("<rect").count(), 4);
    let wrong = flow("PV26", [40.0, 65.0, 60.0, 90.0].map(Some));
    assert!(wrong.contains("sluiten niet op elkaar aan") && !wrong.contains("<svg"));
    let small = flow("PV26", [0.0; 4].map(Some));
    assert!(
        small.contains("te klein om te tekenen") && !small.contains("<svg"),
        "{small}"
    );
    let few = flow("PV26", [0.0, 5.0, 5.0, 0.0].map(Some));
    assert!(
        few.contains("minder dan 5\u{a0}trajecten") && few.contains("&lt; 5"),
        "{few}"
    );
}

#[test]
fn a_gemeente_has_what_came_and_went_and_is_told_why_no_more() {
    let html = flow("GM0344", [None, Some(65.0), Some(60.0), None]);
    assert_eq!(html.matches("<rect").count(), 2);
    assert_eq!(html.matches("<li>").count(), 2);
    assert!(html.contains("geven we voor dit gebied niet"), "{html}");
}

/// Breakdowns are published from the jeugdregio up: a gemeente has no empty tables, but is told where they are.
#[test]
fn a_gemeente_page_has_no_breakdowns() {
    let publicatie = fixture::small();
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&files["spiegel/GM0344/index.html"]).unwrap();
    assert!(!html.contains("Wie kregen hulp, en in welke vorm?"));
    assert!(!html.contains("id=\"toegang_kader-gedwongen\""));
    let neighbour = std::str::from_utf8(&files["spiegel/GM0308/index.html"]).unwrap();
    assert!(neighbour.contains("Uitsplitsingen geven we niet per gemeente"));
    let jeugdregio = std::str::from_utf8(&files["spiegel/JZ20/index.html"]).unwrap();
    assert!(jeugdregio.contains("Wie kregen hulp, en in welke vorm?"));
    assert!(jeugdregio.contains("De delen tellen daarom niet altijd op tot het totaal."));
}

/// Respons says who delivered anything; beside a table that did not come it would say that all is known.
#[test]
fn a_table_that_did_not_come_says_so_without_a_response() {
    let mut publicatie = fixture::small();
    publicatie.page_plan = report::PagePlan::default();
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == "JZ20") {
        cijfer.respons = Some(1.0);
    }
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&files["spiegel/JZ20/index.html"]).unwrap();
    let row = &html[html.find("#organisatie_plaatsen\">Plaatsen</a>").unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    assert!(
        row.contains("deze tabel is niet geleverd") && !row.contains("100%"),
        "{row}"
    );
}

#[test]
fn a_break_in_the_series_is_said_from_2022_on() {
    let met_jaar = |jaar: i32| {
        let mut publicatie = fixture::empty(fixture::small().gebieden);
        publicatie.jaar = jaar;
        let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
        String::from_utf8(files["spiegel/GM0344/index.html"].clone()).unwrap()
    };
    assert!(!met_jaar(2021).contains("Trendbreuk"));
    assert!(met_jaar(2022).contains("Trendbreuk"));
}

#[test]
fn an_indicator_the_plan_does_not_name_still_has_a_place() {
    let publicatie = fixture::small();
    let files: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&files["spiegel/PV26/index.html"]).unwrap();
    assert!(html.contains("<h2 id=\"kwaliteit\">Kwaliteit</h2>"));
    assert!(html.contains("Dagen tussen einde van het jaar en levering"));
}

/// A gebied of which nobody spoke says that nothing is known, and never that nobody was helped.
#[test]
fn where_nobody_delivered_the_page_says_so() {
    let mut publicatie = fixture::small();
    let gebied = "GM0344";
    publicatie
        .cijfers
        .retain(|c| c.gebied != gebied || c.uitsplitsing == "totaal");
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == gebied) {
        cijfer.respons = Some(0.0);
        if cijfer.indicator == "respons_aanbieders" {
            (cijfer.waarde, cijfer.teller) = (Some(0.0), Some(0.0));
        } else {
            cijfer.blank();
            (cijfer.status, cijfer.vertrouwelijk) =
                (schema::cijfer::Status::O, schema::cijfer::Confidential::F);
            cijfer.reden = Some(schema::cijfer::Reason::NobodyDelivered);
        }
    }
    let page = |publicatie: &report::ReportPublicatie| {
        let files: BTreeMap<String, Vec<u8>> = pages(publicatie).unwrap().into_iter().collect();
        String::from_utf8(files[&format!("spiegel/{gebied}/index.html")].clone()).unwrap()
    };
    let html = page(&publicatie);
    assert!(
        html.contains("Daarom weten we niet hoeveel kinderen daar hulp kregen."),
        "{html}"
    );
    assert!(!html.contains("hielpen in 2020 geen kinderen"));
    publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.gebied == gebied)
        .for_each(|c| c.respons = None);
    assert!(page(&publicatie).contains("we kennen geen aanbieder die daar werkt"));
}
