//! Pictures that carry their uncertainty: curves with the numbers still in, funnels with their limits.

use std::collections::BTreeMap;

use report::picture_file::PagePicture;
use report::published_tables::{AreaCurve, CurveWeek, FunnelLimits, LevelFunnel};
use report::{ReportPublicatie, pages};
use schema::Niveau;
use schema::cijfer::{Confidential, Reason, Status};

use crate::fixture;

fn page(publicatie: &ReportPublicatie, path: &str) -> String {
    let files: BTreeMap<String, Vec<u8>> = pages(publicatie).unwrap().into_iter().collect();
    String::from_utf8(files[path].clone()).unwrap()
}

fn spiegel(publicatie: &ReportPublicatie, gebied: &str) -> String {
    page(publicatie, &format!("spiegel/{gebied}/index.html"))
}

/// The drawing of this class and id, up to the end of its figure.
fn drawing<'a>(html: &'a str, id: &str) -> &'a str {
    let begin = html.find(&format!("aria-labelledby=\"{id}-t"));
    let rest = &html[begin.unwrap_or_else(|| panic!("no drawing {id}"))..];
    &rest[..rest.find("</figure>").unwrap()]
}

fn curve(gebied: &str, weeks: u32) -> AreaCurve {
    AreaCurve {
        indicator: "wachten_km_mediaan".into(),
        gebied: gebied.into(),
        weeks: (0..=weeks)
            .map(|week| CurveWeek {
                day: 7 * week,
                share: f64::from(week) * 0.01,
                limits: Some((0.0, f64::from(week) * 0.02)),
                at_risk: 400 - 5 * i64::from(week),
            })
            .collect(),
    }
}

fn with_curves(of: &[&str]) -> ReportPublicatie {
    let mut publicatie = fixture::small();
    publicatie.curves = of.iter().map(|gebied| curve(gebied, 40)).collect();
    publicatie
}

#[test]
fn a_curve_stands_beside_that_of_the_country_with_who_was_still_waiting() {
    let mut publicatie = with_curves(&["NL00", "JZ20"]);
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.gebied == "JZ20" && c.indicator == "wachten_km_mediaan")
    {
        cijfer.blank();
        (cijfer.status, cijfer.vertrouwelijk) = (Status::M, Confidential::F);
        cijfer.reden = Some(Reason::NotReached);
    }
    // Without a value of its own there is no mirror, but its curve says how far it came.
    let html = spiegel(&publicatie, "JZ20");
    let svg = drawing(&html, "v-wachten_km_mediaan");
    assert!(svg.contains("Eemland: de helft is niet bereikt"), "{svg}");
    assert!(svg.contains("Nederland: de helft na "), "{svg}");
    assert_eq!(svg.matches("class=\"marge\"").count(), 1);
    // Every 8 weeks, of both curves.
    for number in ["400", "360", "320", "280", "240", "200"] {
        assert_eq!(
            svg.matches(&format!(">{number}</text>")).count(),
            2,
            "{number}"
        );
    }
    assert!(svg.contains("<th scope=\"row\">28</th><td>28%</td><td>0% tot 56%</td><td>260</td>"));
    // The country has its own alone.
    let land = page(&publicatie, "0-meting/index.html");
    let svg = drawing(&land, "v-wachten_km_mediaan");
    assert!(svg.contains("class=\"eigen\"") && !svg.contains("class=\"land\""));
}

#[test]
fn where_no_curve_is_published_the_page_says_so() {
    let html = spiegel(&with_curves(&["NL00"]), "JZ20");
    assert!(!html.contains("class=\"verloop\""));
    assert!(html.contains("Het verloop in de tijd tekenen we voor Eemland niet"));
    let gemeente = spiegel(&with_curves(&["NL00"]), "GM0308");
    assert!(!gemeente.contains("Het verloop in de tijd tekenen we"));
}

fn with_funnel(indicator: &str, p998: (f64, f64)) -> ReportPublicatie {
    let mut publicatie = fixture::publicatie();
    let limits = |size| FunnelLimits {
        size,
        p95: (p998.0 + 0.01, p998.1 - 0.01),
        p998,
        usual: None,
    };
    let mut funnel = LevelFunnel {
        indicator: indicator.into(),
        niveau: Niveau::Jeugdregio,
        middle: 0.6,
        limits: vec![limits(20.0), limits(400.0)],
    };
    publicatie.funnels = vec![funnel.clone()];
    funnel.niveau = Niveau::Gemeente;
    publicatie.funnels.push(funnel);
    publicatie
}

#[test]
fn a_funnel_has_every_gebied_that_has_a_figure_and_names_the_others() {
    let mut publicatie = with_funnel("uitkomst_volgens_plan", (0.0, 1.0));
    let found = publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.indicator == "uitkomst_volgens_plan" && c.gebied == "JZ22");
    for cijfer in found {
        cijfer.blank();
        (cijfer.status, cijfer.vertrouwelijk) = (Status::Q, Confidential::C);
    }
    let html = spiegel(&publicatie, "JZ20");
    let picture = drawing(&html, "t-uitkomst_volgens_plan");
    assert_eq!(picture.matches("<circle").count(), 40);
    assert_eq!(picture.matches("<svg class=\"eigen\"").count(), 1);
    assert!(
        picture.contains("Niet getoond (privacy): Utrecht Stad."),
        "{picture}"
    );
    assert!(picture.contains("Alle jeugdregio’s liggen binnen de buitenste lijnen."));
    assert!(picture.contains("De ruit is Eemland."));
    // The country's page has them all as dots; a hidden regio has no mirror; a gemeente has no funnel.
    let land = page(&publicatie, "0-meting/index.html");
    assert_eq!(
        drawing(&land, "t-uitkomst_volgens_plan")
            .matches("<circle")
            .count(),
        41
    );
    for without in ["JZ22", "GM0308"] {
        assert!(
            !spiegel(&publicatie, without).contains("class=\"trechter\""),
            "{without}"
        );
    }
}

#[test]
fn who_lies_outside_the_outermost_lines_is_named() {
    let publicatie = with_funnel("uitkomst_volgens_plan", (0.99, 1.0));
    let html = page(&publicatie, "0-meting/index.html");
    let picture = drawing(&html, "t-uitkomst_volgens_plan");
    assert!(
        picture.contains("Buiten de buitenste lijnen liggen ")
            && picture.contains(" en Midden-Limburg West."),
        "{picture}"
    );
    assert!(picture.contains("0 van 42 liggen binnen de buitenste lijnen."));
}

/// A figure of a table has its funnel in a block of its own on the page of the country, and its numbers on the page with all
/// regio's. The same drawing on each of their pages would be a quarter of them.
#[test]
fn a_figure_that_stands_in_a_table_has_its_funnel_too() {
    let publicatie = with_funnel("duur_langer", (0.0, 1.0));
    assert!(!spiegel(&publicatie, "JZ20").contains("t-duur_langer-t"));
    let html = page(&publicatie, "0-meting/index.html");
    let picture = drawing(&html, "t-duur_langer");
    assert!(picture.contains("../vergelijk/jeugdregios/index.html#duur_langer"));
    assert!(page(&publicatie, "vergelijk/jeugdregios/index.html").contains("id=\"duur_langer\""));
}

/// Every picture that a page offers as a file is there, with its title, how to cite it, and something to see.
#[test]
fn every_picture_that_is_offered_can_be_made() {
    let mut publicatie = with_curves(&["NL00", "JZ20"]);
    publicatie.publisher.address = Some("https://omgang.example".to_owned());
    let mut walked = 0;
    for path in [
        "0-meting/index.html",
        "0-meting/jeugdregios/duur_mediaan.html",
        "spiegel/JZ20/index.html",
        "spiegel/GM0308/index.html",
    ] {
        let html = page(&publicatie, path);
        for offer in html.split("<a href=\"beelden/").skip(1) {
            let name = offer.split('"').next().unwrap();
            let Some(id) = name.strip_suffix(".svg") else {
                continue;
            };
            let picture = PagePicture::find(&html, id).unwrap_or_else(|| panic!("{path}: {id}"));
            let svg = picture.svg();
            assert!(svg.contains("Uitgever:"), "{svg}");
            let framed = picture.page("../../../", "https://omgang.example/a.html");
            assert!(
                framed.contains("href=\"../../../stijl.css\"") && framed.contains("&lt;iframe")
            );
            // Drawing takes seconds without optimisation: of each kind one.
            if walked < 3 || id.starts_with("kaart") || id.starts_with("v-") {
                let png = picture.png().unwrap();
                assert!(png.starts_with(b"\x89PNG") && png.len() > 5_000, "{id}");
            }
            walked += 1;
        }
    }
    assert!(walked > 12, "{walked}");
    let html = page(&publicatie, "spiegel/JZ20/index.html");
    for none in ["", "g-", "g-duur_mediaan\"", "kort"] {
        assert!(PagePicture::find(&html, none).is_none(), "{none}");
    }
}
