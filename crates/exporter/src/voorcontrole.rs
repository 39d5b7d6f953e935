//! What is looked at before a delivery that goes by itself: so that a night's work does not fail on its last step.
//!
//! Owns the list of things, in the order in which one would mend them, each with its answer. Nothing is changed, and no
//! data of this year are read. Leaves doing to `commands::bezorg`.

use std::path::{Path, PathBuf};

use schema::Definitie;
use serde_json::json;

use crate::bron;
use crate::dienst::Dienst;
use crate::fout::{Fout, io_nl};
use crate::instellingen::{Bron, Instellingen, Tls};
use crate::logboek::{self, Gebeurtenis};
use crate::reading::read_koppeling;
use crate::uitvoer::omvang;
use crate::vorig::Vorig;
use crate::{sleutelplek, toelichtingen};

/// Below this a disk is as good as full.
const MINSTENS: u64 = 256 << 20;

/// How one thing stands.
pub enum Uitkomst {
    /// In order, and what was seen.
    Goed(String),
    /// It goes on, but somebody should know.
    LetOp(String),
    /// It cannot go on.
    Fout(Fout),
}

impl From<Result<String, Fout>> for Uitkomst {
    fn from(uitslag: Result<String, Fout>) -> Self {
        uitslag.map_or_else(Self::Fout, Self::Goed)
    }
}

/// Looks at everything and tells it; gives the first thing that stands in the way.
pub fn run(
    instellingen: &Instellingen,
    definitie: &Definitie,
    dienst: &Result<Dienst, Fout>,
) -> Option<Fout> {
    let mut uitkomsten = vec![
        ("koppeling", mapping(instellingen, definitie)),
        ("toelichtingen", answers(instellingen).into()),
        ("sleutel", key(instellingen).into()),
        ("schijf", disk(instellingen).into()),
        ("bron", source(&instellingen.bron)),
    ];
    uitkomsten.extend(
        instellingen
            .vorig
            .as_deref()
            .map(|map| ("vorig", previous(map, instellingen, definitie))),
    );
    match dienst {
        Err(fout) => uitkomsten.push(("server", Uitkomst::Fout(fout.clone()))),
        Ok(dienst) => uitkomsten.extend(service(dienst, definitie)),
    }
    if let Some(pad) = instellingen
        .server
        .as_ref()
        .and_then(|s| s.token_bestand.as_deref())
    {
        uitkomsten.push(("tokenbestand", readable_by_others(pad)));
    }
    let mut eerste = None;
    for (wat, uitkomst) in uitkomsten {
        tell(wat, &uitkomst);
        if let Uitkomst::Fout(fout) = uitkomst {
            eerste.get_or_insert(fout);
        }
    }
    eerste
}

fn tell(wat: &str, uitkomst: &Uitkomst) {
    let (woord, niveau, bericht) = match uitkomst {
        Uitkomst::Goed(bericht) => ("goed", "info", bericht.clone()),
        Uitkomst::LetOp(bericht) => ("let_op", "let_op", bericht.clone()),
        Uitkomst::Fout(fout) => (
            "fout",
            "fout",
            fout.to_string().trim_start_matches("fout: ").to_owned(),
        ),
    };
    let regel = format!("{:<7} {wat}: {bericht}", woord.replace('_', " "));
    logboek::meld(
        Gebeurtenis::Voorcontrole,
        &regel,
        &[
            ("wat", json!(wat)),
            ("uitkomst", json!(woord)),
            ("niveau", json!(niveau)),
        ],
    );
}

fn mapping(instellingen: &Instellingen, definitie: &Definitie) -> Uitkomst {
    let Some(pad) = &instellingen.koppeling else {
        return Uitkomst::Goed("geen; de kolommen heten zoals in het sjabloon".to_owned());
    };
    match read_koppeling(pad, definitie).map(|koppeling| koppeling.open()) {
        Err(fout) => Uitkomst::Fout(fout),
        Ok(0) => Uitkomst::Goed(pad.display().to_string()),
        Ok(open) => Uitkomst::LetOp(format!(
            "in {} staan nog open vragen: {open}. Zo gaat er niets de deur uit",
            pad.display()
        )),
    }
}

fn answers(instellingen: &Instellingen) -> Result<String, Fout> {
    let gelezen = toelichtingen::read(&instellingen.toelichtingen)?;
    Ok(format!(
        "{} antwoorden in {}",
        gelezen.gegeven.len(),
        instellingen.toelichtingen.display()
    ))
}

/// A delivery that goes by itself never makes a key: a new one by mistake would make every traject look new.
fn key(instellingen: &Instellingen) -> Result<String, Fout> {
    let pad = sleutelplek::plek(instellingen.sleutel.as_deref())?;
    if !pad.exists() {
        return Err(Fout::new(format!("er is geen sleutel: {}", pad.display()))
            .tip("Zet een reservekopie terug met `uitvraag sleutel zet-terug`. Hebt u nog nooit geleverd? Maak er een met `uitvraag sleutel maak`."));
    }
    Ok(format!(
        "{} in {}",
        sleutelplek::read(&pad)?.label(),
        pad.display()
    ))
}

fn previous(map: &Path, instellingen: &Instellingen, definitie: &Definitie) -> Uitkomst {
    match Vorig::of_own_files(Some(map), definitie, instellingen.sleutel.as_deref()) {
        Err(fout) => Uitkomst::Fout(fout),
        Ok(Some(vorig)) if !vorig.zelfde_sleutel() => Uitkomst::LetOp(format!(
            "het pakket in {} is met een andere sleutel gemaakt; trajecten worden niet vergeleken",
            map.display()
        )),
        Ok(_) => Uitkomst::Goed(format!(
            "het pakket van {} in {}",
            definitie.jaar - 1,
            map.display()
        )),
    }
}

fn disk(instellingen: &Instellingen) -> Result<String, Fout> {
    let map = existing(&instellingen.uitbak);
    let vrij = fs4::available_space(&map)
        .map_err(|e| Fout::bestand("kan niet zien of er ruimte is op de schijf", &map, &e))?;
    if vrij < MINSTENS {
        return Err(Fout::new(format!(
            "er is te weinig ruimte op de schijf van {}: nog {}",
            instellingen.uitbak.display(),
            omvang(vrij)
        ))
        .tip(format!(
            "Maak minstens {} vrij, of kies met uitbak een andere schijf.",
            omvang(MINSTENS)
        )));
    }
    Ok(format!("{} vrij", omvang(vrij)))
}

/// The nearest folder that is there already.
fn existing(pad: &Path) -> PathBuf {
    pad.ancestors()
        .find(|p| p.is_dir())
        .unwrap_or(Path::new("/"))
        .to_owned()
}

fn source(bron: &Bron) -> Uitkomst {
    let gezien = match bron::bereikbaar(bron) {
        Ok(gezien) => gezien,
        Err(fout) => return Uitkomst::Fout(fout),
    };
    match bron.postgresql.as_ref().filter(|p| p.tls == Some(Tls::Uit)) {
        Some(p) => Uitkomst::LetOp(format!(
            "{gezien}; de verbinding met {} is niet versleuteld",
            p.host
        )),
        None => Uitkomst::Goed(gezien),
    }
}

fn service(dienst: &Dienst, definitie: &Definitie) -> Vec<(&'static str, Uitkomst)> {
    let adres = dienst.adres();
    let regels = match dienst.regels(&definitie.uitvraag, definitie.jaar) {
        Ok(regels) => regels,
        Err(fout) => {
            let bericht = match fout.probleem() {
                Some(p) if p.status == 404 => {
                    format!("de server vraagt {} niet: {adres}", definitie.naam())
                }
                _ => format!("de server is niet te bereiken: {adres}"),
            };
            return vec![("server", Uitkomst::Fout(fout.als_fout(&bericht)))];
        }
    };
    let gelijk = if regels == definitie.regelhash {
        Ok(format!(
            "de regels van {} zijn die van de server",
            definitie.naam()
        ))
    } else {
        Err(Fout::new(format!(
            "de server controleert {} met andere regels dan deze versie van uitvraag",
            definitie.naam()
        ))
        .tip("Haal de nieuwste versie van uitvraag op."))
    };
    let token = dienst.leveringen(Some(definitie.jaar)).map(|l| {
        format!(
            "de server kent ons; leveringen over {}: {}",
            definitie.jaar,
            l.len()
        )
    });
    let token = token.map_err(|e| e.als_fout("de server neemt het token niet aan"));
    vec![
        ("server", Uitkomst::Goed(adres.to_owned())),
        ("token", token.into()),
        ("regels", gelijk.into()),
    ]
}

fn readable_by_others(pad: &Path) -> Uitkomst {
    let hoe = if cfg!(windows) {
        r#"icacls "{}" /inheritance:r /grant:r *S-1-3-4:F"#
    } else {
        "chmod 600 {}"
    };
    match pakket::private_file::is_private(pad) {
        Ok(true) => Uitkomst::Goed("alleen voor de eigenaar".to_owned()),
        Ok(false) => {
            let naam = pad.display().to_string();
            Uitkomst::LetOp(format!(
                "anderen kunnen {naam} lezen; geef: {}",
                hoe.replace("{}", &naam)
            ))
        }
        Err(e) => Uitkomst::LetOp(io_nl(&e)),
    }
}
