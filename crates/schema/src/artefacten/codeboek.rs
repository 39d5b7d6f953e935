//! `codeboek.html`: the whole definition as one page that anyone can read, print and search.
//!
//! Owns what a reader sees of fields, code lists with their CBS counterpart, rules with reason and examples, and the
//! gemeenten of the year. One file: own style, no script, no font or picture from elsewhere; readable at 320 px.
//! Leaves the words to the definition.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::html::regeltekst;
use crate::bevinding::Ernst;
use crate::definitie::{
    Afleiding, Codelijst, Definitie, Fase, Overlay, Regel, Soort, Tabel, Veld, Veldtype,
};
use crate::gebieden::Gebieden;
use crate::levering::datum_nl;

const STIJL: &str = include_str!("codeboek.css");

pub(super) fn page(definitie: &Definitie) -> String {
    let mut uit = String::with_capacity(256 * 1024);
    let titel = escape(&definitie.titel);
    uit.push_str("<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n");
    uit.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    put(
        &mut uit,
        format_args!(
            "<title>Codeboek: {titel}</title>\n<style>\n{STIJL}</style>\n</head>\n<body>\n"
        ),
    );
    uit.push_str("<a class=\"overslaan\" href=\"#inhoud\">Naar de inhoud</a>\n");
    put(
        &mut uit,
        format_args!(
            "<header>\n<h1>Codeboek: {titel}</h1>\n<p>{}</p>\n",
            version(definitie)
        ),
    );
    contents(&mut uit, definitie);
    uit.push_str("</header>\n<main id=\"inhoud\">\n");
    introduction(&mut uit, definitie);
    for tabel in &definitie.tabellen {
        table(&mut uit, definitie, tabel);
    }
    code_lists(&mut uit, definitie);
    rules(&mut uit, definitie);
    gemeenten(&mut uit, definitie);
    uit.push_str("</main>\n<footer>\n<p>Gemeenten en jeugdregio's: bron CBS (CC BY 4.0). ");
    put(
        &mut uit,
        format_args!(
            "Kenmerk van de regels: <code>{}</code></p>\n</footer>\n</body>\n</html>\n",
            definitie.regelhash
        ),
    );
    uit
}

/// Writing to a `String` cannot fail.
fn put(uit: &mut String, tekst: std::fmt::Arguments<'_>) {
    let _ = uit.write_fmt(tekst);
}

fn version(definitie: &Definitie) -> String {
    format!(
        "Naam <code>{}</code>, versie {} van de definitie.",
        escape(definitie.naam()),
        definitie.versie
    )
}

fn contents(uit: &mut String, definitie: &Definitie) {
    uit.push_str(
        "<nav aria-label=\"Inhoud\">\n<ul>\n<li><a href=\"#wat\">Wat vragen we?</a></li>\n",
    );
    for tabel in &definitie.tabellen {
        put(
            uit,
            format_args!(
                "<li><a href=\"#{}\">Tabel {}</a></li>\n",
                tabel.naam,
                escape(&tabel.titel)
            ),
        );
    }
    uit.push_str("<li><a href=\"#codelijsten\">Codelijsten</a></li>\n<li><a href=\"#regels\">Regels</a></li>\n");
    put(
        uit,
        format_args!(
            "<li><a href=\"#gemeenten\">Gemeenten in {}</a></li>\n</ul>\n</nav>\n",
            definitie.jaar
        ),
    );
}

fn introduction(uit: &mut String, definitie: &Definitie) {
    put(
        uit,
        format_args!(
            "<h2 id=\"wat\">Wat vragen we?</h2>\n<p>{}</p>\n",
            escape(definitie.inleiding.trim())
        ),
    );
    let klok = &definitie.klok;
    let dagen = [
        (
            "Inleveren",
            format!("tot en met {}", datum_nl(klok.inleveren)),
        ),
        (
            "Verbeteren",
            format!(
                "tot {}; daarna liggen de gegevens vast",
                datum_nl(klok.bevriezen)
            ),
        ),
        ("Publicatie", datum_nl(klok.publiceren)),
    ];
    uit.push_str("<h3>Belangrijke dagen</h3>\n<dl class=\"twee\">\n");
    for (wat, wanneer) in dagen {
        put(uit, format_args!("<dt>{wat}</dt><dd>{wanneer}</dd>\n"));
    }
    uit.push_str("</dl>\n<h3>Zo schrijft u de waarden</h3>\n<ul>\n");
    for regel in [
        "Datum: jaar, maand, dag, zoals 2020-04-14. In uw eigen bestand mag het anders: het programma zet datums om.",
        "Getal: alleen cijfers. Bedrag: een punt en hoogstens twee decimalen, zoals 1512.00.",
        "Code: precies zoals in de codelijst.",
        "Leeg: laat het veld leeg. Vul niets in zoals n.v.t. of 99.",
    ] {
        put(uit, format_args!("<li>{}</li>\n", escape(regel)));
    }
    uit.push_str("</ul>\n");
}

fn table(uit: &mut String, definitie: &Definitie, tabel: &Tabel) {
    put(
        uit,
        format_args!(
            "<h2 id=\"{}\">Tabel {}</h2>\n<p>{}</p>\n",
            tabel.naam,
            escape(&tabel.titel),
            escape(&tabel.definitie)
        ),
    );
    let sleutel: Vec<&str> = tabel
        .sleutel
        .iter()
        .filter_map(|s| tabel.veld(s))
        .map(|v| v.label.as_str())
        .collect();
    put(
        uit,
        format_args!(
            "<p>Naam in het pakket: <code>{}.csv</code>. Uniek per rij: {}.",
            tabel.naam,
            escape(sleutel.join(", "))
        ),
    );
    uit.push_str(if tabel.mag_ontbreken {
        " Deze tabel mag ontbreken.</p>\n"
    } else {
        " Deze tabel is verplicht.</p>\n"
    });
    if !tabel.synoniemen.is_empty() {
        put(
            uit,
            format_args!(
                "<p>We herkennen deze tabel ook aan: {}.</p>\n",
                escape(tabel.synoniemen.join(", "))
            ),
        );
    }
    for veld in &tabel.velden {
        field(uit, definitie, tabel, veld);
    }
}

fn field(uit: &mut String, definitie: &Definitie, tabel: &Tabel, veld: &Veld) {
    let merk = if veld.verplicht {
        "verplicht"
    } else {
        "mag leeg"
    };
    let kop = format!("{}-{}", tabel.naam, veld.naam);
    put(
        uit,
        format_args!(
            "<section class=\"veld\" aria-labelledby=\"{kop}\">\n<h3 id=\"{kop}\">{}</h3>\n",
            escape(&veld.label)
        ),
    );
    put(
        uit,
        format_args!(
            "<p><span class=\"merk\">{merk}</span></p>\n<p>{}</p>\n<dl class=\"twee\">\n",
            escape(&veld.definitie)
        ),
    );
    put(
        uit,
        format_args!("<dt>Naam</dt><dd><code>{}</code></dd>\n", veld.naam),
    );
    put(
        uit,
        format_args!("<dt>Soort</dt><dd>{}</dd>\n", kind(definitie, veld)),
    );
    put(
        uit,
        format_args!("<dt>Waarom</dt><dd>{}</dd>\n", escape(&veld.herkomst)),
    );
    if let Some(waarde) = tabel.voorbeeld.get(&veld.naam) {
        put(
            uit,
            format_args!(
                "<dt>Voorbeeld</dt><dd><code>{}</code></dd>\n",
                escape(waarde)
            ),
        );
    }
    if veld.gevoelig {
        uit.push_str("<dt>Privacy</dt><dd>Gevoelig. De dienst toont deze waarde nooit.</dd>\n");
    }
    uit.push_str("</dl>\n");
    if let Some(Afleiding::Leeftijd { op, synoniemen }) = &veld.afleiding {
        let op = tabel.veld(op).map_or(op.as_str(), |v| v.label.as_str());
        put(
            uit,
            format_args!(
                "<p>Het programma rekent dit uit als het deze kolom vindt: {}. ",
                escape(synoniemen.join(", "))
            ),
        );
        put(
            uit,
            format_args!("De leeftijd is die op: {}.</p>\n", escape(op)),
        );
    }
    words(uit, "Kolomkoppen die we herkennen", &veld.synoniemen);
    uit.push_str("</section>\n");
}

fn words(uit: &mut String, titel: &str, woorden: &[String]) {
    if !woorden.is_empty() {
        put(
            uit,
            format_args!(
                "<details><summary>{titel}</summary><p>{}</p></details>\n",
                escape(woorden.join(", "))
            ),
        );
    }
}

fn kind(definitie: &Definitie, veld: &Veld) -> String {
    match &veld.veldtype {
        Veldtype::Pseudoniem => "pseudoniem van 26 tekens, gemaakt door het programma".to_owned(),
        Veldtype::Tekst { lengte } => format!("tekst van hoogstens {lengte} tekens"),
        Veldtype::Geheel => "heel getal".to_owned(),
        Veldtype::Decimaal => "bedrag met hoogstens 12 cijfers, waarvan 2 decimalen".to_owned(),
        Veldtype::Datum => "datum".to_owned(),
        Veldtype::Code { lijst } => {
            format!("code uit de lijst <a href=\"#lijst-{lijst}\">{lijst}</a>")
        }
        Veldtype::Gemeente => format!(
            "CBS-code van een <a href=\"#gemeenten\">gemeente in {}</a>",
            definitie.jaar
        ),
        Veldtype::JaNee => "<code>ja</code> of <code>nee</code>".to_owned(),
    }
}

fn code_lists(uit: &mut String, definitie: &Definitie) {
    uit.push_str("<h2 id=\"codelijsten\">Codelijsten</h2>\n");
    uit.push_str("<p>CBS is de code van Beleidsinformatie Jeugd (versie 7). iJw is de code uit het berichtenverkeer. ");
    uit.push_str("Let op: CBS en iJw gebruiken andere nummers voor hetzelfde.</p>\n");
    for lijst in definitie.codelijsten.values() {
        code_list(uit, lijst);
    }
}

fn code_list(uit: &mut String, lijst: &Codelijst) {
    put(
        uit,
        format_args!(
            "<h3 id=\"lijst-{0}\">{0}</h3>\n<dl class=\"twee codes\">\n",
            lijst.naam
        ),
    );
    for code in &lijst.codes {
        put(uit, format_args!("<dt><code>{}</code></dt>\n", code.code));
        put(
            uit,
            format_args!(
                "<dd><p><strong>{}</strong>. {}</p>\n",
                escape(&code.label),
                escape(&code.definitie)
            ),
        );
        let vreemd = [("CBS", &code.cbs), ("iJw", &code.ijw)];
        let vreemd: Vec<String> = vreemd
            .iter()
            .filter_map(|(stelsel, v)| Some(format!("{stelsel} {}", escape(v.as_deref()?))))
            .collect();
        if !vreemd.is_empty() {
            put(
                uit,
                format_args!(
                    "<p><span class=\"merk\">{}</span></p>\n",
                    vreemd.join("</span> <span class=\"merk\">")
                ),
            );
        }
        words(uit, "Woorden die we herkennen", &code.synoniemen);
        uit.push_str("</dd>\n");
    }
    uit.push_str("</dl>\n");
}

fn rules(uit: &mut String, definitie: &Definitie) {
    uit.push_str(
        "<h2 id=\"regels\">Regels</h2>\n<p>Een <strong>fout</strong> moet u eerst verbeteren. ",
    );
    uit.push_str("Een <strong>signaal</strong> is een vraag: klopt het? Dan legt u het kort uit. ");
    uit.push_str("Een <strong>opmerking</strong> is alleen ter informatie.</p>\n");
    for (ernst, titel) in [
        (Ernst::Fout, "Fouten"),
        (Ernst::Signaal, "Signalen"),
        (Ernst::Opmerking, "Opmerkingen"),
    ] {
        put(uit, format_args!("<h3>{titel}</h3>\n"));
        for regel in definitie.regels.iter().filter(|r| r.ernst == ernst) {
            rule(uit, definitie, regel);
        }
    }
}

fn rule(uit: &mut String, definitie: &Definitie, regel: &Regel) {
    let tekst = &regel.tekst;
    let waar = match (&regel.tabel, regel.fase) {
        (_, Fase::Bron) => "uw eigen bestand".to_owned(),
        (Some(naam), _) => definitie
            .tabel(naam)
            .map_or_else(|| naam.clone(), |t| format!("tabel {}", t.titel)),
        (None, _) => "alle tabellen".to_owned(),
    };
    put(
        uit,
        format_args!(
            "<section class=\"regel\" aria-labelledby=\"regel-{}\">\n",
            regel.code
        ),
    );
    put(
        uit,
        format_args!(
            "<h4 id=\"regel-{}\">{}</h4>\n<p><code>{}</code>, over {}</p>\n",
            regel.code,
            escape(&tekst.titel),
            regel.code,
            escape(&waar)
        ),
    );
    uit.push_str("<dl class=\"twee\">\n");
    for (kop, woorden) in [
        ("Wat we zien", &tekst.bericht),
        ("Wat we verwachten", &tekst.verwacht),
        ("Wat u kunt doen", &tekst.herstel),
        ("Waarom", &tekst.reden),
    ] {
        put(
            uit,
            format_args!("<dt>{kop}</dt><dd>{}</dd>\n", regeltekst(woorden)),
        );
    }
    if let Soort::Record { assert, when } = &regel.soort {
        put(
            uit,
            format_args!("<dt>Precies</dt><dd><code>{}</code></dd>\n", escape(assert)),
        );
        if let Some(when) = when {
            put(
                uit,
                format_args!("<dt>Geldt als</dt><dd><code>{}</code></dd>\n", escape(when)),
            );
        }
    }
    uit.push_str("</dl>\n");
    examples(uit, regel);
    uit.push_str("</section>\n");
}

fn examples(uit: &mut String, regel: &Regel) {
    if regel.goed.is_empty() {
        return;
    }
    uit.push_str("<details><summary>Voorbeelden</summary>\n<p>Elke rij is de voorbeeldrij van de tabel, met deze waarden anders.</p>\n");
    for (titel, rijen) in [
        ("Vorig jaar", &regel.vorige),
        ("Goed", &regel.goed),
        ("Niet goed", &regel.fout),
    ] {
        if !rijen.is_empty() {
            put(uit, format_args!("<p><strong>{titel}</strong></p>\n<ul>\n"));
            let mut rest = rijen.as_slice();
            while let Some(eerste) = rest.first() {
                let gelijk = rest.iter().take_while(|r| *r == eerste).count();
                let keer = if gelijk > 1 {
                    format!("{gelijk} keer: ")
                } else {
                    String::new()
                };
                put(uit, format_args!("<li>{keer}{}</li>\n", overlay(eerste)));
                rest = &rest[gelijk..];
            }
            uit.push_str("</ul>\n");
        }
    }
    uit.push_str("</details>\n");
}

fn overlay(overlay: &Overlay) -> String {
    let delen: Vec<String> = overlay
        .iter()
        .map(|(veld, waarde)| match waarde.as_str() {
            "" => format!("<code>{veld}</code> leeg"),
            waarde => format!("<code>{veld}</code> = <code>{}</code>", escape(waarde)),
        })
        .collect();
    if delen.is_empty() {
        "de voorbeeldrij zelf".to_owned()
    } else {
        delen.join(", ")
    }
}

fn gemeenten(uit: &mut String, definitie: &Definitie) {
    let (gebieden, jaar) = (Gebieden::get(), definitie.jaar);
    put(
        uit,
        format_args!(
            "<h2 id=\"gemeenten\">Gemeenten in {jaar}</h2>\n<details><summary>Toon alle gemeenten met hun code</summary>\n"
        ),
    );
    uit.push_str("<div class=\"breed\" role=\"region\" tabindex=\"0\" aria-labelledby=\"gemeenten\">\n<table>\n<thead><tr>");
    uit.push_str("<th scope=\"col\">Code</th><th scope=\"col\">Gemeente</th><th scope=\"col\">Jeugdregio</th></tr></thead>\n<tbody>\n");
    for gemeente in gebieden
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values())
    {
        let (naam, regio) = (escape(&gemeente.gemeentenaam), escape(&gemeente.jeugdregio));
        put(
            uit,
            format_args!(
                "<tr><td><code>{}</code></td><td>{naam}</td><td>{regio}</td></tr>\n",
                gemeente.gemeentecode
            ),
        );
    }
    uit.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    let verdwenen: Vec<_> = gebieden
        .herindelingen
        .iter()
        .filter(|h| gebieden.gemeente(jaar, &h.oude_code).is_none())
        .collect();
    if !verdwenen.is_empty() {
        put(
            uit,
            format_args!("<h3>Gemeenten die er in {jaar} niet meer zijn</h3>\n<ul>\n"),
        );
        for h in verdwenen {
            let (oud, nieuw) = (escape(&h.oude_naam), escape(&h.nieuwe_naam));
            put(
                uit,
                format_args!(
                    "<li>{oud} (<code>{}</code>) ging naar {nieuw} (<code>{}</code>)</li>\n",
                    h.oude_code, h.nieuwe_code
                ),
            );
        }
        uit.push_str("</ul>\n");
    }
}
