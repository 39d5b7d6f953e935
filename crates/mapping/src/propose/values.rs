//! The values of a placed column: which code each stands for, how its dates are written, which gemeente is meant.
//!
//! Owns the questions about values and their remarks. Leaves columns to `propose`, likeness to `code_words`.

use schema::{Tabel, Veld, Veldtype};

use crate::code_words::{Codewoorden, Keuze, Stelsel, is_leeg_woord, ja_nee};
use crate::date_evidence::Vormoordeel;
use crate::dates::Datumvorm;
use crate::evidence::Kennis;
use crate::gemeente::Vondst;
use crate::koppeling::Tabelkoppeling;
use crate::propose::{OpenVraag, Voorstel, Waardevoorstel, rounded};
use crate::survey::Kolomverkenning;
use crate::weights::ZEKER;

/// Gemeenten that are written out one by one; more would make the koppeling unreadable.
const GEMEENTEN: usize = 60;
/// CBS codes that stand for nothing in this uitvraag and deserve a word.
const CBS_OPMERKINGEN: [(&str, &str, &str); 1] = [(
    "verwijzer",
    "08",
    "Code 08 van het CBS is alleen voor jeugdreclassering: dat hoort bij het strafrecht, niet bij omgang.",
)];

/// Proposes what the values of a column stand for.
pub(crate) fn propose_values(
    kennis: &Kennis<'_>,
    (tabel, veld, kolom, afgeleid): (&Tabel, &Veld, &Kolomverkenning, bool),
    index: usize,
    koppeling: &mut Tabelkoppeling,
    voorstel: &mut Voorstel,
) {
    let pad = format!("{}.{}", tabel.naam, veld.naam);
    let mut plek = Plek {
        pad,
        veld,
        kolom,
        index,
        koppeling,
        voorstel,
    };
    match &veld.veldtype {
        _ if afgeleid => plek.dates(),
        Veldtype::Datum => plek.dates(),
        Veldtype::Code { .. } => {
            let woorden = kennis
                .woorden(&tabel.naam, &veld.naam)
                .expect("every code field has its words");
            plek.codes(woorden);
        }
        Veldtype::Gemeente => plek.gemeenten(kennis),
        Veldtype::JaNee => plek.yes_or_no(),
        _ => {}
    }
}

struct Plek<'a> {
    pad: String,
    veld: &'a Veld,
    kolom: &'a Kolomverkenning,
    index: usize,
    koppeling: &'a mut Tabelkoppeling,
    voorstel: &'a mut Voorstel,
}

impl Plek<'_> {
    fn values(&self) -> Vec<String> {
        let mut waarden: Vec<String> = self.kolom.waarden.iter().map(|(w, _)| w.clone()).collect();
        waarden.sort();
        waarden
    }

    fn ask(
        &mut self,
        deel: &'static str,
        waarde: &str,
        bron: Option<String>,
        kandidaten: Vec<String>,
        vraag: String,
    ) {
        self.voorstel.koppeling.notities.above(
            self.index,
            deel,
            &self.veld.naam,
            waarde,
            format!("OPEN: {vraag}"),
        );
        self.voorstel.open.push(OpenVraag {
            bron,
            veld: Some(self.pad.clone()),
            plek: None,
            kandidaten,
            past_niet: Vec::new(),
            vraag,
        });
    }

    fn dates(&mut self) {
        let naam = self.veld.naam.clone();
        match self.kolom.datums.oordeel() {
            // Read in one way only, whatever the koppeling says.
            Vormoordeel::Vorm(Datumvorm::Iso, _) => {}
            Vormoordeel::Vorm(vorm, _) => {
                self.koppeling.datumvorm.insert(naam, vorm.naam().to_owned());
            }
            Vormoordeel::Vraag(vormen) => self.ask_form(&vormen, |namen| format!("Ze passen bij {}.", namen.join(" en bij "))),
            Vormoordeel::Gemengd(vormen) => {
                let tekens: Vec<String> = self.kolom.datums.tekens().map(|teken| format!("'{teken}'")).collect();
                self.ask_form(&vormen, |namen| {
                    format!(
                        "Ze zijn geschreven met {}, en niet bij elk daarvan blijkt wat de dag is. Kies {}. \
                         Verschilt het per rij? Maak dan eerst uw bestand gelijk.",
                        tekens.join(" en met "),
                        namen.join(" of ")
                    )
                });
            }
            Vormoordeel::Verwisseld(vorm) => self.ask_form(&[vorm, Datumvorm::Omgewisseld], |namen| {
                format!(
                    "Na de 12e van de maand zijn het teksten, tot en met de 12e echte datums. Vaak heeft een rekenprogramma daarin \
                     dag en maand verwisseld: vergelijk er een met uw systeem. Kies {} als de echte datums kloppen, anders {}.",
                    namen[0], namen[1]
                )
            }),
            Vormoordeel::Geen => {}
        }
    }

    /// Asks in which of these forms the dates are written.
    fn ask_form(&mut self, vormen: &[Datumvorm], uitleg: impl FnOnce(&[String]) -> String) {
        let kandidaten: Vec<String> = vormen.iter().map(|v| v.naam().to_owned()).collect();
        let vraag = format!(
            "Hoe staan de datums in de kolom '{}'? {}",
            self.kolom.naam,
            uitleg(&kandidaten)
        );
        self.koppeling
            .datumvorm
            .insert(self.veld.naam.clone(), String::new());
        self.ask(
            "datumvorm",
            "",
            Some(self.kolom.naam.clone()),
            kandidaten,
            vraag,
        );
    }

    fn choose(&mut self, bron: &str, code: &str, zekerheid: f64, schrijf: bool) {
        let zekerheid = rounded(zekerheid);
        self.voorstel.waarden.push(Waardevoorstel {
            veld: self.pad.clone(),
            bron: bron.to_owned(),
            code: code.to_owned(),
            zekerheid,
        });
        if !schrijf {
            return;
        }
        self.koppeling
            .waarden
            .entry(self.veld.naam.clone())
            .or_default()
            .insert(bron.to_owned(), code.to_owned());
        if zekerheid < ZEKER {
            let tekst = format!("{:.0} % zeker: kijk dit na", zekerheid * 100.0);
            self.voorstel.koppeling.notities.beside(
                self.index,
                "waarden",
                &self.veld.naam,
                bron,
                tekst,
            );
        }
    }

    fn leave_open(&mut self, bron: &str, kandidaten: Vec<String>, keuze: &str, opmerking: &str) {
        let vraag = format!(
            "Wat betekent '{bron}' in de kolom '{}'?{opmerking} {keuze}",
            self.kolom.naam
        );
        self.koppeling
            .waarden
            .entry(self.veld.naam.clone())
            .or_default()
            .insert(bron.to_owned(), String::new());
        self.ask("waarden", bron, Some(bron.to_owned()), kandidaten, vraag);
    }

    fn codes(&mut self, woorden: &Codewoorden) {
        let stelsel = woorden.stelsel(self.kolom.waarden.iter().map(|(w, _)| w.as_str()));
        match stelsel {
            Some(Stelsel::Cbs) => {
                self.koppeling
                    .codestelsel
                    .insert(self.veld.naam.clone(), "cbs".to_owned());
            }
            Some(vreemd @ (Stelsel::Ijw | Stelsel::CbsZonderNul)) => {
                self.ask_system(woorden, vreemd)
            }
            None => {}
        }
        for waarde in self.values() {
            let cijfers = waarde.len() <= 2 && waarde.bytes().all(|b| b.is_ascii_digit());
            let keuze = match (woorden.zoek(&waarde), stelsel) {
                (gekozen @ Keuze::Code(..), _) => gekozen,
                (_, Some(Stelsel::Cbs)) if cijfers => woorden.vertaal(&waarde, Stelsel::Cbs),
                // Answered in one go by the code system.
                (_, Some(_)) if cijfers => continue,
                (open, _) => open,
            };
            match keuze {
                Keuze::Code(code, zekerheid) => {
                    self.choose(&waarde, &code, zekerheid, code != waarde)
                }
                Keuze::Open(_) if is_leeg_woord(&waarde) => {}
                Keuze::Open(kandidaten) => self.ask_code(woorden, &waarde, kandidaten, stelsel),
            }
        }
    }

    fn ask_system(&mut self, woorden: &Codewoorden, stelsel: Stelsel) {
        let (naam, wat) = match stelsel {
            Stelsel::Ijw => ("ijw", "codes van iJw (berichtenverkeer)"),
            Stelsel::Cbs | Stelsel::CbsZonderNul => {
                ("cbs", "codes van het CBS zonder de nul ervoor")
            }
        };
        let vraag = format!(
            "De kolom '{}' lijkt {wat} te bevatten. Klopt dat, vul dan \"{naam}\" in: {}. Zijn het eigen codes, vul dan \"eigen\" in \
             en schrijf onder [tabel.waarden.{}] wat ze betekenen.",
            self.kolom.naam,
            woorden.vertaling(stelsel),
            self.veld.naam
        );
        self.koppeling
            .codestelsel
            .insert(self.veld.naam.clone(), String::new());
        self.ask(
            "codestelsel",
            "",
            Some(self.kolom.naam.clone()),
            vec![naam.to_owned()],
            vraag,
        );
    }

    fn ask_code(
        &mut self,
        woorden: &Codewoorden,
        waarde: &str,
        kandidaten: Vec<String>,
        stelsel: Option<Stelsel>,
    ) {
        let remark = CBS_OPMERKINGEN.iter().find(|(veld, code, _)| {
            stelsel.is_some() && *veld == self.veld.naam && *code == waarde
        });
        let opmerking = remark.map_or_else(String::new, |(_, _, tekst)| format!(" {tekst}"));
        let alle = woorden.alle_codes();
        let keuze = if kandidaten.is_empty() {
            format!("Kies uit: {}, leeg.", alle.join(", "))
        } else {
            format!("Misschien: {}.", kandidaten.join(", "))
        };
        let kandidaten = if kandidaten.is_empty() {
            alle.to_vec()
        } else {
            kandidaten
        };
        self.leave_open(waarde, kandidaten, &keuze, &opmerking);
    }

    fn yes_or_no(&mut self) {
        for waarde in self
            .values()
            .into_iter()
            .filter(|w| ja_nee(w).is_none() && !is_leeg_woord(w))
        {
            self.leave_open(
                &waarde,
                vec!["ja".to_owned(), "nee".to_owned()],
                "Kies uit: ja, nee, leeg.",
                "",
            );
        }
    }

    fn gemeenten(&mut self, kennis: &Kennis<'_>) {
        let waarden = self.values();
        let schrijf_alle = waarden.len() <= GEMEENTEN;
        for waarde in waarden {
            match kennis.gemeenten.zoek(&waarde) {
                Vondst::Code {
                    code, zekerheid, ..
                } => {
                    let schrijf = code != waarde && (schrijf_alle || zekerheid < ZEKER);
                    self.choose(&waarde, &code, zekerheid, schrijf);
                }
                Vondst::VreemdeCode => {}
                Vondst::Open(_) if is_leeg_woord(&waarde) => {}
                Vondst::Open(kandidaten) => {
                    let namen: Vec<String> = kandidaten
                        .iter()
                        .map(|c| kennis.gemeenten.describe(c))
                        .collect();
                    let keuze = if namen.is_empty() {
                        "Vul de CBS-code van de gemeente in, zoals GM0344.".to_owned()
                    } else {
                        format!("Misschien: {}.", namen.join(", "))
                    };
                    self.leave_open(&waarde, kandidaten, &keuze, "");
                }
            }
        }
    }
}
