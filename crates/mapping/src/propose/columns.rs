//! The questions about columns: which one a field comes from, and what a column holds that was not placed.
//!
//! Owns asking each thing once, with what may be meant and what speaks against it. A header that is a name of a field
//! is never left out without a word. Leaves choosing to `placement`, values to `propose::values`.

use std::collections::{BTreeMap, BTreeSet};

use rows::bsn;
use schema::{Veld, Veldtype};

use crate::code_words::is_leeg_woord;
use crate::date_evidence::Datumbewijs;
use crate::evidence::Kennis;
use crate::headers::Kopwoord;
use crate::koppeling::Tabelkoppeling;
use crate::numbers::{may_be_number, may_be_whole};
use crate::placement::{Mogelijk, Plaatsing};
use crate::propose::{OpenVraag, Voorstel};
use crate::survey::Kolomverkenning;
use crate::weights::{DAGEN, DATES_FROM};

/// Columns or fields that a question names.
const GENOEMD: usize = 4;
/// Values that a question shows.
const GETOOND: usize = 3;

/// Asks which column a field comes from, where that is needed, and what the other columns hold.
pub(crate) fn ask_columns(
    kennis: &Kennis<'_>,
    plaatsing: &Plaatsing<'_>,
    index: usize,
    koppeling: &mut Tabelkoppeling,
    voorstel: &mut Voorstel,
) {
    let mut vrager = Vrager {
        kennis,
        plaatsing,
        index,
        koppeling,
        voorstel,
    };
    let per_veld = vrager.candidates();
    let alleen_hier: BTreeSet<usize> = per_veld
        .values()
        .filter(|k| k.eigen)
        .flat_map(|k| k.kolommen.iter().copied())
        .collect();
    let in_gelijkspel: BTreeSet<usize> = plaatsing.gelijkspel.values().flatten().copied().collect();
    let gebruikt: BTreeSet<usize> = plaatsing.velden.values().map(|(k, _, _)| *k).collect();
    for (v, kandidaten) in &per_veld {
        vrager.ask_field(*v, kandidaten);
    }
    for k in 0..plaatsing.bron.kolommen.len() {
        if !alleen_hier.contains(&k) && !in_gelijkspel.contains(&k) && !gebruikt.contains(&k) {
            vrager.ask_column(k);
        }
    }
}

/// The columns a field may come from.
struct Kandidaten {
    kolommen: Vec<usize>,
    /// None of them is a better match for another field: nothing else is asked about them.
    eigen: bool,
}

struct Vrager<'a, 'b> {
    kennis: &'a Kennis<'a>,
    plaatsing: &'a Plaatsing<'a>,
    index: usize,
    koppeling: &'b mut Tabelkoppeling,
    voorstel: &'b mut Voorstel,
}

impl Vrager<'_, '_> {
    fn veld(&self, v: usize) -> &Veld {
        &self.plaatsing.tabel.velden[v]
    }

    fn kolom(&self, k: usize) -> &Kolomverkenning {
        &self.plaatsing.bron.kolommen[k]
    }

    fn pad(&self, v: usize) -> String {
        format!("{}.{}", self.plaatsing.tabel.naam, self.veld(v).naam)
    }

    fn is_free(&self, v: usize) -> bool {
        !self.plaatsing.velden.contains_key(&v)
    }

    /// The free fields a column may be, best first; none where it was placed.
    fn vrij(&self, k: usize) -> Vec<Mogelijk> {
        if self
            .plaatsing
            .velden
            .values()
            .any(|(kolom, _, _)| *kolom == k)
        {
            return Vec::new();
        }
        self.plaatsing.mogelijk[k]
            .iter()
            .filter(|m| self.is_free(m.veld))
            .copied()
            .collect()
    }

    /// Under a header nobody knows, days may still be the days that are missing.
    fn is_unknown_day(&self, k: usize) -> bool {
        let kolom = self.kolom(k);
        let vrij = !self
            .plaatsing
            .velden
            .values()
            .any(|(gebruikt, _, _)| *gebruikt == k);
        vrij && self.vrij(k).is_empty() && kolom.gevuld > 0 && kolom.datums.aandeel() > DAGEN
    }

    /// Per field that is asked, the columns it may come from.
    fn candidates(&self) -> BTreeMap<usize, Kandidaten> {
        let mut uit = BTreeMap::new();
        let alle = || 0..self.plaatsing.bron.kolommen.len();
        for v in (0..self.plaatsing.tabel.velden.len()).filter(|v| self.is_free(*v)) {
            if let Some(gelijk) = self.plaatsing.gelijkspel.get(&v) {
                uit.insert(
                    v,
                    Kandidaten {
                        kolommen: gelijk.clone(),
                        eigen: true,
                    },
                );
                continue;
            }
            if !self.veld(v).verplicht {
                continue;
            }
            let lijkend = |alleen_beste: bool| {
                let passend = |k: usize| {
                    let vrij = self.vrij(k);
                    let plek = vrij
                        .iter()
                        .position(|m| m.veld == v && (alleen_beste || !m.strijdig))?;
                    let plek = Some(plek).filter(|plek| !alleen_beste || *plek == 0)?;
                    (self.kolom(k).gevuld > 0).then(|| (vrij[plek].zekerheid, k))
                };
                let mut lijst: Vec<(f64, usize)> = alle().filter_map(passend).collect();
                lijst.sort_by(|a, b| b.0.total_cmp(&a.0));
                lijst
                    .into_iter()
                    .take(GENOEMD)
                    .map(|(_, k)| k)
                    .collect::<Vec<_>>()
            };
            let beste = lijkend(true);
            let eigen = !beste.is_empty();
            let mut kolommen = if eigen { beste } else { lijkend(false) };
            if kolommen.is_empty() && self.veld(v).veldtype == Veldtype::Datum {
                kolommen.extend(alle().filter(|k| self.is_unknown_day(*k)).take(GENOEMD));
            }
            uit.insert(v, Kandidaten { kolommen, eigen });
        }
        uit
    }

    /// A field that needs a column and has none, or too many.
    fn ask_field(&mut self, v: usize, gevonden: &Kandidaten) {
        let veld = self.veld(v);
        let naam = |k: &usize| self.kolom(*k).naam.clone();
        let mut kandidaten: Vec<String> = gevonden.kolommen.iter().map(naam).collect();
        let elders = !gevonden.eigen && !kandidaten.is_empty();
        if kandidaten.is_empty() && veld.veldtype == Veldtype::Pseudoniem {
            let velden = &self.plaatsing.tabel.velden;
            let andere = self
                .plaatsing
                .velden
                .iter()
                .filter(|(v, _)| velden[**v].veldtype == Veldtype::Pseudoniem);
            kandidaten.extend(andere.map(|(_, (k, _, _))| naam(k)));
        }
        let keuze = if kandidaten.is_empty() {
            String::new()
        } else {
            format!(" Misschien: {}.", kandidaten.join(", "))
        };
        let mut zin = format!("In welke kolom staat '{}'?{keuze}", veld.label);
        let mut past_niet = Vec::new();
        for k in &gevonden.kolommen {
            if let Some(m) = self.plaatsing.mogelijk[*k].iter().find(|m| m.veld == v) {
                let (waarschuwing, gezien) = self.against(*k, m);
                zin.push_str(&waarschuwing);
                past_niet.extend(gezien);
            }
        }
        zin.push_str(" Of zet een vaste waarde onder [tabel.vast].");
        if elders {
            zin.push_str(" Vult u het hieronder bij de kolom in? Dan is dat genoeg.");
        }
        let (naam, pad) = (veld.naam.clone(), self.pad(v));
        self.koppeling.kolommen.insert(naam.clone(), String::new());
        self.voorstel.koppeling.notities.above(
            self.index,
            "kolommen",
            &naam,
            "",
            format!("OPEN: {zin}"),
        );
        self.voorstel.open.push(OpenVraag {
            bron: None,
            veld: Some(pad),
            plek: None,
            kandidaten,
            past_niet,
            vraag: zin,
        });
    }

    /// A column that was not placed: a question where it may be something, left out otherwise.
    fn ask_column(&mut self, k: usize) {
        let vrij = self.vrij(k);
        let kolom = self.kolom(k);
        let naam = kolom.naam.clone();
        let mut kandidaten: Vec<String> = vrij
            .iter()
            .take(GENOEMD)
            .map(|m| self.pad(m.veld))
            .collect();
        if self.is_unknown_day(k) {
            let vrije_dag =
                |v: &usize| self.veld(*v).veldtype == Veldtype::Datum && self.is_free(*v);
            kandidaten = (0..self.plaatsing.tabel.velden.len())
                .filter(vrije_dag)
                .map(|v| self.pad(v))
                .collect();
        }
        if kandidaten.is_empty() || kolom.gevuld == 0 {
            self.mention_double(k);
            self.koppeling.overslaan.push(naam);
            return;
        }
        let (waarschuwing, past_niet) =
            vrij.first().map(|m| self.against(k, m)).unwrap_or_default();
        let vraag = format!(
            "Wat staat er in de kolom '{naam}'? Misschien: {}.{waarschuwing} Of vul in: overslaan.",
            kandidaten.join(", ")
        );
        self.koppeling
            .te_plaatsen
            .insert(naam.clone(), String::new());
        self.voorstel.koppeling.notities.above(
            self.index,
            "te_plaatsen",
            &naam,
            "",
            format!("OPEN: {vraag}"),
        );
        self.voorstel.open.push(OpenVraag {
            bron: Some(naam),
            veld: None,
            plek: None,
            kandidaten,
            past_niet,
            vraag,
        });
    }

    /// What speaks against a column for a field, with a few of the values that do.
    fn against(&self, k: usize, m: &Mogelijk) -> (String, Vec<String>) {
        let (kolom, veld) = (self.kolom(k), self.veld(m.veld));
        if m.strijdig {
            let gezien = misfits(veld, kolom, m.afgeleid, self.kennis.definitie.jaar);
            let zoals = if gezien.is_empty() {
                String::new()
            } else {
                format!(
                    ", zoals {}",
                    gezien
                        .iter()
                        .map(|w| format!("'{w}'"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            };
            return (
                format!(
                    " Let op: wat in '{}' staat, past niet bij {}{zoals}.",
                    kolom.naam, veld.label
                ),
                gezien,
            );
        }
        let kop = Kopwoord::new(&kolom.naam);
        let woord = self
            .kennis
            .namen(&self.plaatsing.tabel.naam, &veld.naam)
            .changing_word(&kop);
        let zin = woord.map(|w| {
            format!(
                " Let op: '{w}' in '{}' kan betekenen dat het om iets anders gaat.",
                kolom.naam
            )
        });
        (zin.unwrap_or_default(), Vec::new())
    }

    /// A column by the name of a field that another column already gives: left out, but said.
    fn mention_double(&mut self, k: usize) {
        let Some(m) = self.plaatsing.mogelijk[k].iter().find(|m| m.op_naam) else {
            return;
        };
        let Some((ander, _, _)) = self.plaatsing.velden.get(&m.veld) else {
            return;
        };
        let zin = format!(
            "De kolom '{}' past ook bij {}. Gebruikt is de kolom '{}'. Is dat verkeerd om? Verander het dan in de koppeling.",
            self.kolom(k).naam,
            self.veld(m.veld).label,
            self.kolom(*ander).naam
        );
        self.voorstel.aannames.push(zin);
    }
}

/// A few values that do not fit a field, to recognise the column by. Never a birth date, a number of a person or a
/// text.
fn misfits(veld: &Veld, kolom: &Kolomverkenning, afgeleid: bool, jaar: i32) -> Vec<String> {
    if afgeleid || veld.gevoelig {
        return Vec::new();
    }
    let past = |waarde: &str| match &veld.veldtype {
        Veldtype::Datum => {
            let mut bewijs = Datumbewijs::default();
            bewijs.zie(waarde, 1, jaar);
            bewijs.aandeel() > DATES_FROM
        }
        Veldtype::Geheel => may_be_whole(waarde),
        Veldtype::Decimaal => may_be_number(waarde),
        _ => false,
    };
    let toonbaar =
        |w: &&str| !is_leeg_woord(w) && w.chars().count() <= 24 && !bsn::in_tekst(w) && !past(w);
    kolom
        .waarden
        .iter()
        .map(|(w, _)| w.as_str())
        .filter(toonbaar)
        .take(GETOOND)
        .map(str::to_owned)
        .collect()
}
