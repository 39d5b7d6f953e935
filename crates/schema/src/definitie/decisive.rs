//! What decides a verdict, as one text, and its hash.
//!
//! Owns what counts as decisive: types, code lists, gemeenten, requiredness and rules; not the words around them. The text
//! is JSON in the words of the definition's own file, in its order. No name of this program is in it, so that the same
//! definition has the same hash in every version of the program.

use serde::Serialize;

use super::{Definitie, Phase, Regel, RegelKind, Tabel, Veld, VeldType};
use crate::bevinding::Ernst;
use crate::hash::sha256_hex;

/// Field names are those of the file: part of the contract.
#[derive(Serialize)]
struct DecisiveDefinitie<'a> {
    uitvraag: &'a str,
    jaar: i32,
    versie: u32,
    tabel: Vec<DecisiveTabel<'a>>,
    codelijst: Vec<DecisiveCodelijst<'a>>,
    gemeenten: Vec<&'a str>,
    regel: Vec<DecisiveRegel<'a>>,
}

#[derive(Serialize)]
struct DecisiveTabel<'a> {
    naam: &'a str,
    sleutel: &'a [String],
    mag_ontbreken: bool,
    veld: Vec<DecisiveVeld<'a>>,
}

#[derive(Serialize)]
struct DecisiveVeld<'a> {
    naam: &'a str,
    #[serde(flatten)]
    veldtype: &'a VeldType,
    verplicht: bool,
}

#[derive(Serialize)]
struct DecisiveCodelijst<'a> {
    naam: &'a str,
    codes: Vec<&'a str>,
}

#[derive(Serialize)]
struct DecisiveRegel<'a> {
    code: &'a str,
    tabel: Option<&'a str>,
    ernst: Ernst,
    fase: Phase,
    velden: &'a [String],
    #[serde(flatten)]
    soort: &'a RegelKind,
}

/// SHA-256 (hex) of [`text`].
pub(super) fn hash(definitie: &Definitie) -> String {
    sha256_hex(text(definitie).as_bytes())
}

/// All that decides a verdict, as JSON.
fn text(definitie: &Definitie) -> String {
    let decisive = DecisiveDefinitie {
        uitvraag: &definitie.uitvraag,
        jaar: definitie.jaar,
        versie: definitie.versie,
        tabel: definitie.tabellen.iter().map(of_tabel).collect(),
        codelijst: definitie
            .codelijsten
            .iter()
            .map(|(name, list)| DecisiveCodelijst {
                naam: name,
                codes: list.codes.iter().map(|c| c.code.as_str()).collect(),
            })
            .collect(),
        gemeenten: crate::gebieden::codes_of(definitie.jaar).collect(),
        regel: definitie.regels.iter().map(of_regel).collect(),
    };
    serde_json::to_string(&decisive).expect("texts, numbers and lists of them are JSON")
}

fn of_tabel(tabel: &Tabel) -> DecisiveTabel<'_> {
    DecisiveTabel {
        naam: &tabel.naam,
        sleutel: &tabel.sleutel,
        mag_ontbreken: tabel.mag_ontbreken,
        veld: tabel.velden.iter().map(of_veld).collect(),
    }
}

fn of_veld(veld: &Veld) -> DecisiveVeld<'_> {
    DecisiveVeld {
        naam: &veld.naam,
        veldtype: &veld.veldtype,
        verplicht: veld.verplicht,
    }
}

fn of_regel(regel: &Regel) -> DecisiveRegel<'_> {
    DecisiveRegel {
        code: &regel.code,
        tabel: regel.tabel.as_deref(),
        ernst: regel.ernst,
        fase: regel.fase,
        velden: &regel.velden,
        soort: &regel.soort,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is in a rule or a field for people, and decides nothing.
    const WORDS: [&str; 12] = [
        "tekst",
        "goed",
        "fout",
        "vorige",
        "label",
        "definitie",
        "herkomst",
        "synoniemen",
        "misschien",
        "gevoelig",
        "afleiding",
        "vreemde_codes",
    ];

    const SMALL: &str = r#"
formaat = 1
uitvraag = "proef"
jaar = 1900
versie = 3
titel = "Proef"
inleiding = "Proef."
[klok]
inleveren = "1901-01-01"
bevriezen = "1901-02-01"
publiceren = "1901-03-01"
[[tabel]]
naam = "boek"
titel = "Boeken"
definitie = "Een boek."
sleutel = ["nummer"]
voorbeeld = { nummer = "1", soort = "a", prijs = "1.00", nieuw = "ja" }
[[tabel.veld]]
naam = "nummer"
type = "tekst"
lengte = 8
verplicht = true
label = "Nummer"
definitie = "Nummer."
herkomst = "Proef."
[[tabel.veld]]
naam = "soort"
type = "code"
codelijst = "soort"
label = "Soort"
definitie = "Soort."
herkomst = "Proef."
[[tabel.veld]]
naam = "prijs"
type = "decimaal"
label = "Prijs"
definitie = "Prijs."
herkomst = "Proef."
[[tabel.veld]]
naam = "nieuw"
type = "ja_nee"
label = "Nieuw"
definitie = "Nieuw."
herkomst = "Proef."
[[regel]]
code = "VEEL_DUUR"
tabel = "boek"
ernst = "signaal"
velden = ["prijs"]
soort = "aandeel"
expr = "prijs > 10"
max = 0.3
minimaal = 20
goed = [{}]
fout = [{ prijs = "11.00" }]
[regel.tekst]
titel = "Duur"
bericht = "Duur."
verwacht = "Goedkoop."
herstel = "Kijk na."
reden = "Proef."
"#;

    /// The text of version 1 of the format. A change here gives every definition another hash: every pakket on its way
    /// would be called that of another version.
    #[test]
    fn the_text_is_that_of_every_version_of_the_program() {
        let codes = "code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\na,A,x,,,,,\nb,B,x,,,,,\n";
        let definitie = Definitie::parse("proef/1900", SMALL, |_| Some(codes.to_owned())).unwrap();
        let expected = concat!(
            r#"{"uitvraag":"proef","jaar":1900,"versie":3,"tabel":[{"naam":"boek","sleutel":["nummer"],"mag_ontbreken":false,"#,
            r#""veld":[{"naam":"nummer","type":"tekst","lengte":8,"verplicht":true},"#,
            r#"{"naam":"soort","type":"code","codelijst":"soort","verplicht":false},"#,
            r#"{"naam":"prijs","type":"decimaal","verplicht":false},{"naam":"nieuw","type":"ja_nee","verplicht":false}]}],"#,
            r#""codelijst":[{"naam":"soort","codes":["a","b"]}],"gemeenten":[],"#,
            r#""regel":[{"code":"VEEL_DUUR","tabel":"boek","ernst":"signaal","fase":"pakket","velden":["prijs"],"#,
            r#""soort":"aandeel","expr":"prijs > 10","max":0.3,"minimaal":20}]}"#
        );
        assert_eq!(text(&definitie), expected);
        assert_eq!(definitie.regelhash, sha256_hex(expected.as_bytes()));
    }

    /// Every key and value of the published files that decides is there as the file has it; what the file leaves out is
    /// there as its default.
    #[test]
    fn the_text_is_in_the_words_of_the_file() {
        for name in Definitie::names() {
            let file = crate::SCHEMAS.text(&format!("{name}.toml")).unwrap();
            let file: Value = serde_json::to_value(file.parse::<toml::Table>().unwrap()).unwrap();
            let text: Value =
                serde_json::from_str(&text(&Definitie::load(&name).unwrap())).unwrap();
            for (written, told) in pairs(&file["regel"], &text["regel"]) {
                same_words(written, told);
            }
            for (written, told) in pairs(&file["tabel"], &text["tabel"]) {
                for (written, told) in pairs(&written["veld"], &told["veld"]) {
                    same_words(written, told);
                }
                assert_eq!(written["sleutel"], told["sleutel"]);
            }
        }
    }

    fn pairs<'a>(a: &'a Value, b: &'a Value) -> impl Iterator<Item = (&'a Value, &'a Value)> {
        let (a, b) = (a.as_array().unwrap(), b.as_array().unwrap());
        assert_eq!(a.len(), b.len());
        a.iter().zip(b)
    }

    fn same_words(written: &Value, told: &Value) {
        let (written, told) = (written.as_object().unwrap(), told.as_object().unwrap());
        for (key, value) in written {
            if !WORDS.contains(&key.as_str()) {
                assert_eq!(told.get(key), Some(value), "{key} of {written:?}");
            }
        }
        let defaults = [Value::Null, json!("pakket"), json!([]), json!(false)];
        for (key, value) in told {
            if !written.contains_key(key) {
                assert!(defaults.contains(value), "{key} of {told:?}");
            }
        }
    }
}
