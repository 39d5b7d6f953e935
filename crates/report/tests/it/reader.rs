//! What a policy officer who reads a page for the first time must not misread.

use std::collections::BTreeMap;
use std::path::Path;

use report::{ReportPublicatie, pages};
use schema::Cijfer;
use schema::cijfer::{Confidential, Reason, Status};
use schema::indicator::VerdictRule;

use crate::fixture;

fn page(publicatie: &ReportPublicatie, path: &str) -> String {
    let files: BTreeMap<String, Vec<u8>> = pages(publicatie).unwrap().into_iter().collect();
    String::from_utf8(files[path].clone()).unwrap()
}

fn spiegel(publicatie: &ReportPublicatie, gebied: &str) -> String {
    page(publicatie, &format!("spiegel/{gebied}/index.html"))
}

/// The figures of a gebied that this chooses, changed.
fn changed(
    gebied: &str,
    choose: impl Fn(&Cijfer) -> bool,
    change: impl Fn(&mut Cijfer),
) -> ReportPublicatie {
    let mut publicatie = fixture::small();
    let found: Vec<&mut Cijfer> = publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.gebied == gebied && choose(cijfer))
        .collect();
    assert!(!found.is_empty(), "no such figure of {gebied}");
    found.into_iter().for_each(change);
    publicatie
}

/// The page from this on, up to that.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let begin = html.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &html[begin..];
    &rest[..rest
        .find(to)
        .unwrap_or_else(|| panic!("no {to} after {from}"))]
}

fn leave_out(cijfer: &mut Cijfer) {
    cijfer.blank();
    (cijfer.status, cijfer.vertrouwelijk) = (Status::Q, Confidential::C);
    cijfer.reden = Some(Reason::LeftOut);
}

#[test]
fn a_breakdown_that_was_left_out_says_so_once() {
    let of_kader = |id: &'static str| {
        move |cijfer: &Cijfer| cijfer.indicator == id && cijfer.uitsplitsing == "kader"
    };
    let words =
        "Uitsplitsing ‘Kader’: die laten we voor alle jeugdregio’s weg, om kinderen te beschermen.";
    for id in ["toegang_kader", "gebruik_trajecten"] {
        let html = spiegel(&changed("JZ20", of_kader(id), leave_out), "JZ20");
        assert_eq!(html.matches(words).count(), 1, "{id}");
        assert!(
            !html.contains("<span class=\"geen\">voor alle"),
            "not in every cell too"
        );
    }
    let html = spiegel(
        &changed("JZ20", of_kader("toegang_kader"), leave_out),
        "JZ20",
    );
    let block = part(&html, "<h3>Kader</h3>", "</section>");
    assert!(
        !block.contains("geen cijfer") && !block.contains("<table"),
        "{block}"
    );
    // Where the whole figure was left out its sentence says so.
    let whole = |cijfer: &Cijfer| cijfer.indicator == "duur_mediaan";
    let html = spiegel(&changed("JZ20", whole, leave_out), "JZ20");
    assert!(html.contains("voor alle jeugdregio’s weggelaten (privacy)"));
}

/// Otherwise a reader wonders why the one shows more than the other.
#[test]
fn a_jeugdregio_of_one_gemeente_is_said_to_be_the_same() {
    let publicatie = fixture::small();
    let own = spiegel(&publicatie, "JZ22");
    assert!(own.contains("Jeugdregio Utrecht Stad is hetzelfde gebied als <a href=\"../GM0344/index.html\">gemeente Utrecht</a>"), "{}", part(&own, "<h1>", "<section"));
    let gemeente = spiegel(&publicatie, "GM0344");
    assert!(gemeente.contains("is hetzelfde gebied als <a href=\"../JZ22/index.html\">jeugdregio"));
    for other in ["JZ20", "GM0308", "PV26"] {
        assert!(
            !spiegel(&publicatie, other).contains("is hetzelfde gebied als"),
            "{other}"
        );
    }
}

#[test]
fn what_is_not_shown_stands_apart_from_what_is_not_compared() {
    const NOT_SHOWN: &str = "<h3>Geen cijfer, en waarom niet</h3>";
    const NOT_COMPARED: &str = "<h3>Wel een cijfer, maar niet vergeleken met Nederland</h3>";
    let mut publicatie = changed(
        "JZ20",
        |cijfer| cijfer.indicator == "duur_mediaan",
        |cijfer| {
            cijfer.blank();
            (cijfer.status, cijfer.vertrouwelijk) = (Status::Q, Confidential::C);
        },
    );
    let others = publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.gebied == "JZ20" && c.indicator == "uitkomst_volgens_plan");
    for cijfer in others {
        (cijfer.onder, cijfer.boven, cijfer.oordeel) = (None, None, None);
    }
    let html = spiegel(&publicatie, "JZ20");
    let not_shown = part(&html, NOT_SHOWN, "</ul>");
    let not_compared = part(&html, NOT_COMPARED, "</ul>");
    assert!(
        not_shown.contains("href=\"#duur_mediaan\"")
            && not_shown.contains("niet getoond (privacy)")
    );
    assert!(!not_shown.contains("uitkomst_volgens_plan"));
    assert!(not_compared.contains("href=\"#uitkomst_volgens_plan\""));
    assert!(not_compared.contains("Dit cijfer heeft geen marge. Daarom vergelijken we het niet."));
    assert!(!not_compared.contains("niet getoond"));
}

/// Who reads a page for the first time need not know who found a formula.
#[test]
fn names_of_methods_are_on_the_page_with_the_explanation_alone() {
    let names = [
        "Wilson",
        "Poisson",
        "Byar",
        "Greenwood",
        "Kaplan",
        "Aalen",
        "Johansen",
        "Brookmeyer",
        "log-log",
        "95%-interval",
    ];
    let mut explained = false;
    for (path, content) in pages(&fixture::small()).unwrap() {
        let text = String::from_utf8_lossy(&content);
        if path == "uitleg/index.html" {
            explained = names[..3].iter().all(|name| text.contains(name));
        } else if Path::new(&path).extension().is_some_and(|e| e == "html") {
            for name in names {
                assert!(!text.contains(name), "{path} speaks of {name}");
            }
        }
    }
    assert!(explained);
}

/// Nederland is published below half too: then nobody may read it as the total of the country.
#[test]
fn a_value_that_is_known_of_a_part_says_so_wherever_it_stands() {
    let known = |cijfer: &mut Cijfer| {
        cijfer.dekking_records = Some(0.18);
        cijfer.dekking_aanbieders = Some("8".into());
    };
    let places = |cijfer: &Cijfer| cijfer.indicator == "organisatie_plaatsen";
    let publicatie = changed("NL00", places, known);
    let words = "bekend bij 18% van de voorzieningen; het werkelijke aantal ligt hoger";
    for path in ["0-meting/index.html", "spiegel/JZ22/index.html"] {
        let html = page(&publicatie, path);
        let row = part(&html, "#organisatie_plaatsen\">", "</tr>");
        assert_eq!(row.matches(words).count(), 1, "{path}: {row}");
    }
    // In a sentence, at the top and in a drawing too.
    let duration = |cijfer: &Cijfer| cijfer.indicator == "duur_mediaan";
    let html = spiegel(&changed("NL00", duration, known), "JZ20");
    let words = "bekend bij 18% van de trajecten; voor de rest kan het anders zijn";
    assert!(part(&html, "class=\"kerncijfers\"", "</ul>").contains(words));
    let block = part(&html, "id=\"duur_mediaan\"", "</section>");
    assert!(part(block, "class=\"zin\"", "</p>").contains(words));
    assert!(part(block, "class=\"land\"", "</g>").contains("(bekend bij 18% van de trajecten)"));
    // From few of those that reacted is a part as well.
    let from_few = |cijfer: &mut Cijfer| {
        cijfer.dekking_records = Some(1.0);
        cijfer.dekking_aanbieders = Some("2".into());
    };
    let html = page(&changed("NL00", places, from_few), "0-meting/index.html");
    let row = part(&html, "#organisatie_plaatsen\">", "</tr>");
    assert!(
        row.contains("bekend van 2 van de 48 aanbieders die reageerden"),
        "{row}"
    );
}

#[test]
fn more_aanbieders_than_were_asked_come_from_elsewhere() {
    let respons = |cijfer: &Cijfer| {
        cijfer.indicator == "respons_aanbieders" && cijfer.uitsplitsing == "totaal"
    };
    let only_one = |cijfer: &mut Cijfer| {
        (cijfer.waarde, cijfer.teller, cijfer.noemer) = (Some(1.0), Some(1.0), Some(1.0));
    };
    let mut publicatie = changed("JZ20", respons, only_one);
    let words = "Daarnaast hielpen aanbieders van buiten dit gebied kinderen uit Eemland.";
    let one = "De enige gevraagde aanbieder leverde gegevens of had niets te melden.";
    let html = spiegel(&publicatie, "JZ20");
    assert!(html.contains(&format!("{one} {words}")));
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == "JZ20") {
        cijfer.dekking_aanbieders = Some("1".into());
    }
    let html = spiegel(&publicatie, "JZ20");
    assert!(html.contains(one) && !html.contains(words));
}

/// A published 0 is 0 to 4, and what rounds to nothing is not nothing.
#[test]
fn no_range_runs_from_nothing_to_nothing() {
    let mut publicatie = fixture::publicatie();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.gebied.starts_with("JZ"))
    {
        match cijfer.indicator.as_str() {
            "gebruik_per_10000_inwoners" => {
                (cijfer.waarde, cijfer.teller, cijfer.n) = (Some(0.0), Some(0.0), Some(0));
                (cijfer.onder, cijfer.boven) = (Some(0.0), Some(0.01));
            }
            "uitkomst_volgens_plan" => {
                (cijfer.waarde, cijfer.teller, cijfer.noemer) = (Some(0.0), Some(0.0), Some(40.0));
                (cijfer.onder, cijfer.boven) = (Some(0.0), Some(0.004));
            }
            _ => {}
        }
    }
    let html = spiegel(&publicatie, "JZ20");
    let text = html.replace('\u{a0}', " ");
    for nothing in [
        "tussen 0 ",
        "tussen 0%",
        "tussen 0,0",
        "0% tot 0%",
        "0,0 tot 0,0",
        "is 0%",
        "is 0,0",
        "geen kinderen",
    ] {
        assert!(!text.contains(nothing), "{nothing}");
    }
    assert!(
        text.contains("Bij de helft van de jeugdregio’s of meer is het minder dan 5 kinderen.")
    );
    assert!(text.contains("Bij de helft van de jeugdregio’s of meer is het minder dan 1%."));
    assert!(text.contains("Marge: minder dan 1%."));
    assert!(text.contains("42 van 42 met een cijfer, telkens minder dan 5"));
}

/// Of two aanbieders one is no 50%.
#[test]
fn a_public_share_of_a_few_is_told_by_its_counts() {
    let respons = |cijfer: &Cijfer| {
        cijfer.indicator == "respons_aanbieders" && cijfer.uitsplitsing == "totaal"
    };
    let one_of_two = |cijfer: &mut Cijfer| {
        (cijfer.waarde, cijfer.teller, cijfer.noemer) = (Some(0.5), Some(1.0), Some(2.0));
        cijfer.n = Some(2);
    };
    let html = spiegel(&changed("JZ20", respons, one_of_two), "JZ20");
    let row = part(&html, "#respons_aanbieders\">", "</tr>");
    assert!(row.contains("1 van de 2") && !row.contains("50%"), "{row}");
}

/// Two categories of one figure of JZ20, with these values and 99.8 % margins.
fn contrast(one: [f64; 3], other: [f64; 3]) -> ReportPublicatie {
    let mut publicatie = fixture::small();
    let whole = |c: &&Cijfer| {
        c.gebied == "JZ20" && c.indicator == "uitkomst_volgens_plan" && c.uitsplitsing == "totaal"
    };
    let pattern = publicatie.cijfers.iter().find(whole).unwrap().clone();
    for (code, [value, low, high]) in [("binnen_norm", one), ("boven_norm", other)] {
        publicatie.cijfers.push(Cijfer {
            uitsplitsing: "wachtklasse".into(),
            categorie: code.into(),
            waarde: Some(value),
            onder_998: Some(low),
            boven_998: Some(high),
            ..pattern.clone()
        });
    }
    publicatie
}

/// A difference that is sure but smaller than is worth a sentence is no finding, and a figure for which another speaks says so.
#[test]
fn only_a_difference_worth_a_sentence_is_told_at_the_top() {
    let waits = |c: &Cijfer| c.indicator == "wachten_gestart_mediaan";
    let judged = |judged: VerdictRule| {
        let mut publicatie = fixture::small();
        if matches!(judged, VerdictRule::With(_)) {
            publicatie = changed("JZ20", waits, |cijfer| cijfer.oordeel = None);
        }
        let mut indicators = publicatie.indicatoren.iter_mut();
        let indicator = indicators.find(|i| i.id == "wachten_gestart_mediaan");
        indicator.unwrap().judged = Some(judged);
        spiegel(&publicatie, "JZ20")
    };
    let link = "href=\"#wachten_gestart_mediaan\"";
    // 95 days against 77.
    let told = judged(VerdictRule::From(18.0));
    assert!(part(&told, "<h3>Wat opvalt</h3>", "</ul>").contains(link));
    let small = judged(VerdictRule::From(18.5));
    assert!(!part(&small, "<h3>Wat opvalt</h3>", "</ul>").contains(link));
    assert!(part(&small, "geen duidelijk verschil", "</p>").contains(link));
    let with = judged(VerdictRule::With("duur_mediaan".to_owned()));
    assert!(with.contains("Of dat echt anders is, staat bij ‘Duur (mediaan)’."));
}

/// That the outcome is worse after a long wait is a finding, though no gebied stands out by it.
#[test]
fn a_clear_difference_within_a_gebied_stands_out() {
    let words = "<strong class=\"oordeel geen\">verschilt duidelijk</strong> bij ‘Wachttijd vooraf’: 74% bij ‘Binnen de norm van 14 weken’, tegen 40% bij ‘Langer dan de norm’.";
    let html = spiegel(&contrast([0.74, 0.63, 0.82], [0.40, 0.2, 0.62]), "JZ20");
    let striking = part(&html, "<h3>Wat opvalt</h3>", "</ul>");
    assert!(
        striking.contains("href=\"#uitkomst_volgens_plan\"") && striking.contains(words),
        "{striking}"
    );
    assert_eq!(html.matches("verschilt duidelijk").count(), 1);
    for (one, other) in [
        // The margins meet.
        ([0.74, 0.63, 0.82], [0.40, 0.2, 0.64]),
        // Less than 10 points.
        ([0.74, 0.73, 0.75], [0.65, 0.64, 0.66]),
    ] {
        let html = spiegel(&contrast(one, other), "JZ20");
        assert!(!html.contains("verschilt duidelijk"));
    }
    // What is hidden is not told by a difference either.
    let mut hidden = contrast([0.74, 0.63, 0.82], [0.40, 0.2, 0.62]);
    hidden.cijfers.last_mut().unwrap().vertrouwelijk = Confidential::C;
    assert!(!spiegel(&hidden, "JZ20").contains("verschilt duidelijk"));
}
