//! Every page: well-formed, accessible in what a machine can see, and every link leads somewhere.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use report::pages;
use schema::Niveau;

use crate::fixture;
use crate::html::Pagina;

fn gelezen(bestanden: &[(String, Vec<u8>)]) -> BTreeMap<String, Pagina> {
    bestanden
        .iter()
        .filter(|(pad, _)| pad.ends_with(".html"))
        .map(|(pad, html)| (pad.clone(), Pagina::lees(pad, html)))
        .collect()
}

#[test]
fn every_page_is_well_formed_and_accessible() {
    for publicatie in [fixture::klein(), fixture::leeg(fixture::klein().gebieden)] {
        for (pad, pagina) in gelezen(&pages(&publicatie).unwrap()) {
            assert_eq!(pagina.gebreken, Vec::<String>::new(), "{pad}");
            assert_eq!(pagina.dubbele_ids, Vec::<String>::new(), "{pad}");
            assert_eq!(
                pagina.koppen.iter().filter(|graad| **graad == 1).count(),
                1,
                "{pad}: one h1"
            );
            let sprongen = pagina
                .koppen
                .windows(2)
                .filter(|paar| paar[1] > paar[0] + 1)
                .count();
            assert_eq!(
                sprongen, 0,
                "{pad}: headings skip a level: {:?}",
                pagina.koppen
            );
            for (element, aantal) in [
                ("main", 1),
                ("header", 1),
                ("footer", 1),
                ("script", 0),
                ("img", 0),
            ] {
                assert_eq!(
                    pagina.elementen.get(element).copied().unwrap_or(0),
                    aantal,
                    "{pad}: {element}"
                );
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_file_or_a_place_on_a_page() {
    let publicatie = fixture::klein();
    let bestanden = pages(&publicatie).unwrap();
    let paginas = gelezen(&bestanden);
    let bekend = |pad: &str| {
        bestanden.iter().any(|(ander, _)| ander == pad)
            || publicatie
                .bestanden
                .iter()
                .any(|bijlage| bijlage.pad == pad)
    };
    for (pad, pagina) in &paginas {
        for link in &pagina.links {
            let (doel, anker) = link.split_once('#').unwrap_or((link, ""));
            let volledig = if doel.is_empty() {
                pad.clone()
            } else {
                opgelost(pad, doel)
            };
            assert!(
                bekend(&volledig),
                "{pad}: {link} leads to {volledig}, which is not there"
            );
            if !anker.is_empty() {
                assert!(
                    paginas[&volledig].ids.contains(anker),
                    "{pad}: {link} leads to no place on {volledig}"
                );
            }
        }
    }
}

fn opgelost(pad: &str, link: &str) -> String {
    let mut delen = PathBuf::new();
    for deel in Path::new(pad).parent().unwrap().join(link).components() {
        match deel {
            Component::ParentDir => assert!(delen.pop(), "{pad}: {link} leaves the publication"),
            Component::Normal(naam) => delen.push(naam),
            _ => panic!("{pad}: {link}"),
        }
    }
    delen.to_str().unwrap().to_owned()
}

#[test]
fn the_whole_country_has_a_page_for_each_regio_and_gemeente() {
    let publicatie = fixture::publicatie();
    let bestanden: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let telling = |begin: &str| {
        bestanden
            .keys()
            .filter(|pad| {
                pad.starts_with(&format!("spiegel/{begin}")) && pad.ends_with("index.html")
            })
            .count()
    };
    assert_eq!((telling("JZ"), telling("GM"), telling("PV")), (42, 355, 12));
    let start = std::str::from_utf8(&bestanden["index.html"]).unwrap();
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
    let meting = std::str::from_utf8(&bestanden["0-meting/index.html"]).unwrap();
    let grafiek = tekening(meting, "g-wachten_gestart_mediaan");
    assert_eq!(
        grafiek.matches(r#"class="naam""#).count(),
        42,
        "each jeugdregio once"
    );
}

/// The SVG with this id.
fn tekening<'a>(html: &'a str, id: &str) -> &'a str {
    let begin = html
        .find(&format!("aria-labelledby=\"{id}-t"))
        .unwrap_or_else(|| panic!("no drawing {id}"));
    let rest = &html[begin..];
    let einde = rest.find("<figcaption>").unwrap();
    &rest[..einde]
}

#[test]
fn a_drawing_has_one_mark_for_each_jeugdregio_and_one_diamond() {
    let mut publicatie = fixture::klein();
    let regios: Vec<String> = publicatie
        .gebieden
        .iter()
        .filter(|gebied| gebied.niveau == Niveau::Jeugdregio)
        .map(|gebied| gebied.code.clone())
        .collect();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.indicator == "duur_mediaan" && cijfer.gebied == regios[1])
    {
        cijfer.vertrouwelijk = schema::cijfer::Vertrouwelijk::D;
    }
    let bestanden: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html =
        std::str::from_utf8(&bestanden[&format!("spiegel/{}/index.html", regios[0])]).unwrap();
    let svg = tekening(html, "g-duur_mediaan");
    assert_eq!(
        svg.matches(r#"<path class="merk""#).count(),
        1,
        "the own one is a diamond"
    );
    assert_eq!(
        svg.matches("<circle").count(),
        regios.len() - 2,
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

#[test]
fn the_stroom_adds_up_in_words_and_bars() {
    let publicatie = fixture::klein();
    let bestanden: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&bestanden["spiegel/PV26/index.html"]).unwrap();
    let svg = tekening(html, "g-stroom");
    assert_eq!(svg.matches("<rect").count(), 4);
    let waarde = |id: &str| {
        publicatie
            .cijfers
            .iter()
            .find(|c| c.indicator == id && c.gebied == "PV26")
            .and_then(|c| c.waarde)
            .unwrap()
    };
    let [begin, bij, af, eind] =
        ["stroom_begin", "stroom_in", "stroom_uit", "stroom_eind"].map(waarde);
    assert!(
        html.contains(&format!("{begin} + {bij} \u{2212} {af} = {eind}")),
        "the sum stands under the bars"
    );
}

#[test]
fn a_break_in_the_series_is_said_from_2022_on() {
    let met_jaar = |jaar: i32| {
        let mut publicatie = fixture::leeg(fixture::klein().gebieden);
        publicatie.jaar = jaar;
        let bestanden: BTreeMap<String, Vec<u8>> =
            pages(&publicatie).unwrap().into_iter().collect();
        String::from_utf8(bestanden["spiegel/GM0344/index.html"].clone()).unwrap()
    };
    assert!(!met_jaar(2021).contains("Trendbreuk"));
    assert!(met_jaar(2022).contains("Trendbreuk"));
}

#[test]
fn an_indicator_the_plan_does_not_name_still_has_a_place() {
    let publicatie = fixture::klein();
    let bestanden: BTreeMap<String, Vec<u8>> = pages(&publicatie).unwrap().into_iter().collect();
    let html = std::str::from_utf8(&bestanden["spiegel/PV26/index.html"]).unwrap();
    assert!(html.contains("<h2 id=\"kwaliteit\">Kwaliteit</h2>"));
    assert!(html.contains("Dagen tussen einde van het jaar en levering"));
}

/// A gebied of which nobody spoke says that nothing is known, and never that nobody was helped.
#[test]
fn where_nobody_delivered_the_page_says_so() {
    let mut publicatie = fixture::klein();
    let gebied = "GM0344";
    publicatie
        .cijfers
        .retain(|c| c.gebied != gebied || c.uitsplitsing == "totaal");
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == gebied) {
        cijfer.respons = Some(0.0);
        if cijfer.indicator == "respons_aanbieders" {
            (cijfer.waarde, cijfer.teller) = (Some(0.0), Some(0.0));
        } else {
            (
                cijfer.waarde,
                cijfer.onder,
                cijfer.boven,
                cijfer.teller,
                cijfer.noemer,
            ) = (None, None, None, None, None);
            (cijfer.n, cijfer.oordeel) = (None, None);
            (cijfer.status, cijfer.vertrouwelijk) =
                (schema::cijfer::Status::M, schema::cijfer::Vertrouwelijk::F);
        }
    }
    let pagina = |publicatie: &report::Publicatie| {
        let bestanden: BTreeMap<String, Vec<u8>> = pages(publicatie).unwrap().into_iter().collect();
        String::from_utf8(bestanden[&format!("spiegel/{gebied}/index.html")].clone()).unwrap()
    };
    let html = pagina(&publicatie);
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
    assert!(pagina(&publicatie).contains("we kennen geen aanbieder die daar werkt"));
}
