//! The signalen, asked one by one at a terminal.
//!
//! Owns the conversation: the question with its count and a few places, a coded reason, and words. Keeps each answer
//! before it asks on, so that whoever stops half-way has lost nothing. Leaves the file to `toelichtingen`.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use schema::pakket::Antwoord;
use schema::{Definitie, Oordeel};

use crate::fout::Fout;
use crate::toelichtingen::{self, ANTWOORDEN, Eerder, Vraag, naam, signalen};
use crate::{toon, uitvoer};

/// Places shown with a question.
const VOORBEELDEN: usize = 3;

/// How many questions there are and how many have an answer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// Signalen.
    pub vragen: usize,
    /// Of which answered, over the data as they are.
    pub beantwoord: usize,
    /// Every question stands in the file, so that the rest can be answered there.
    pub in_bestand: bool,
}

/// How things stand, without asking.
pub fn state(pad: &Path, oordeel: &Oordeel) -> Result<Stand, Fout> {
    let al = toelichtingen::read(pad)?;
    Ok(Stand {
        vragen: signalen(oordeel).count(),
        beantwoord: al.geldig(oordeel).len(),
        in_bestand: signalen(oordeel).all(|regel| al.gevraagd.contains(&regel.code)),
    })
}

/// Refuses where nobody sits at the keyboard.
pub fn need_terminal() -> Result<(), Fout> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Fout::new("--beantwoord stelt vragen, maar er zit niemand aan het toetsenbord")
        .oorzaak("de invoer van deze opdracht is geen terminal")
        .tip("Laat de vragen in een bestand zetten met --toelichtingen toelichtingen.toml en vul ze daar in."))
}

/// Asks every signaal that has no answer over these data, and keeps each answer in the file at once.
pub fn ask(pad: &Path, definitie: &Definitie, oordeel: &Oordeel) -> Result<Stand, Fout> {
    let al = toelichtingen::read(pad)?;
    let open: Vec<Vraag<'_>> = signalen(oordeel)
        .filter(|regel| {
            al.voor(&regel.code, oordeel)
                .is_none_or(|(_, zelfde)| !zelfde)
        })
        .map(|regel| Vraag::new(regel, oordeel))
        .collect();
    let mut gesprek = Gesprek {
        invoer: io::stdin().lock(),
        pad,
        definitie,
        oordeel,
    };
    for (nummer, vraag) in (1..).zip(&open) {
        uitvoer::praat(&format!("\nVraag {nummer} van {}", open.len()));
        let vorig = al
            .voor(&vraag.regel.code, oordeel)
            .map(|(toelichting, _)| (toelichting.antwoord, toelichting.woorden.as_str()));
        if !gesprek.question(vraag, vorig)? {
            uitvoer::praat("\nGestopt. Wat u al beantwoordde is bewaard.");
            break;
        }
    }
    state(pad, oordeel)
}

/// What comes of one line of input.
enum Keuze {
    Antwoord(Antwoord),
    Later,
    Stop,
}

struct Gesprek<'a, R> {
    invoer: R,
    pad: &'a Path,
    definitie: &'a Definitie,
    oordeel: &'a Oordeel,
}

impl<R: BufRead> Gesprek<'_, R> {
    /// Asks one question; false when the person stops.
    fn question(&mut self, vraag: &Vraag<'_>, vorig: Eerder<'_>) -> Result<bool, Fout> {
        uitvoer::praat(&self.describe(vraag));
        if let Some((antwoord, woorden)) = vorig {
            uitvoer::praat(&format!(
                "  Eerder, over andere gegevens, antwoordde u: {} {woorden}",
                naam(antwoord)
            ));
        }
        let antwoord = match self.choice(vorig)? {
            Keuze::Antwoord(antwoord) => antwoord,
            Keuze::Later => return Ok(true),
            Keuze::Stop => return Ok(false),
        };
        let oude_woorden = vorig
            .filter(|(oud, _)| *oud == antwoord)
            .map_or("", |(_, woorden)| woorden);
        // Kept before the words are asked: who stops there has answered.
        if antwoord != Antwoord::Anders || !oude_woorden.is_empty() {
            self.keep(vraag, antwoord, oude_woorden, vorig)?;
        }
        loop {
            let vraagtekst = match (oude_woorden, antwoord) {
                ("", Antwoord::Anders) => "  Leg het kort uit, zonder namen: ",
                ("", _) => "  Toelichting, zonder namen (Enter = geen): ",
                _ => "  Toelichting (Enter = dezelfde als eerder): ",
            };
            let Some(regel) = self.line(vraagtekst)? else {
                return Ok(false);
            };
            let woorden = if regel.is_empty() {
                oude_woorden
            } else {
                regel.as_str()
            };
            if let Err(reden) = toelichtingen::fit(woorden) {
                uitvoer::praat(&format!("  Dat kan niet mee: {reden}."));
            } else if antwoord == Antwoord::Anders && woorden.is_empty() {
                uitvoer::praat("  Bij \"anders\" is uitleg nodig.");
            } else {
                self.keep(vraag, antwoord, woorden, vorig)?;
                uitvoer::praat("  Bewaard.");
                return Ok(true);
            }
        }
    }

    /// The question in words.
    fn describe(&self, vraag: &Vraag<'_>) -> String {
        let mut uit = toon::vraag(vraag.regel, self.oordeel, self.definitie, VOORBEELDEN);
        for (nummer, (_, naam, uitleg)) in (1..).zip(ANTWOORDEN) {
            uit += &format!("\n  {nummer}  {naam:<23} {uitleg}");
        }
        uit
    }

    fn choice(&mut self, vorig: Eerder<'_>) -> Result<Keuze, Fout> {
        let enter = if vorig.is_some() {
            "Enter = hetzelfde"
        } else {
            "Enter = later"
        };
        loop {
            let Some(regel) =
                self.line(&format!("  Uw antwoord (1 tot 4, {enter}, s = stoppen): "))?
            else {
                return Ok(Keuze::Stop);
            };
            let klein = regel.to_lowercase();
            let nummer = klein
                .parse::<usize>()
                .ok()
                .and_then(|n| ANTWOORDEN.get(n.checked_sub(1)?));
            let woord = || ANTWOORDEN.iter().find(|(_, naam, _)| *naam == klein);
            match (klein.as_str(), nummer.or_else(woord)) {
                (_, Some((antwoord, ..))) => return Ok(Keuze::Antwoord(*antwoord)),
                ("s" | "stop" | "stoppen", None) => return Ok(Keuze::Stop),
                ("", None) => {
                    return Ok(
                        vorig.map_or(Keuze::Later, |(antwoord, _)| Keuze::Antwoord(antwoord))
                    );
                }
                _ => uitvoer::praat("  Kies 1, 2, 3 of 4."),
            }
        }
    }

    fn keep(
        &self,
        vraag: &Vraag<'_>,
        antwoord: Antwoord,
        woorden: &str,
        vorig: Eerder<'_>,
    ) -> Result<(), Fout> {
        toelichtingen::put_answer(self.pad, self.definitie, vraag, (antwoord, woorden), vorig)
    }

    /// A line that was typed, without blanks around it; `None` where the input ends.
    fn line(&mut self, vraag: &str) -> Result<Option<String>, Fout> {
        loop {
            uitvoer::vraag(vraag);
            let mut regel = String::new();
            match self.invoer.read_line(&mut regel) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(regel.trim().to_owned())),
                Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                    uitvoer::praat("  Dat was niet te lezen. Typ het opnieuw.")
                }
                Err(e) => return Err(Fout::new("kan uw antwoord niet lezen").oorzaak(e)),
            }
        }
    }
}
