//! Proposes a koppeling: per column and per value what it chose and how sure it is; the rest stays open.
//!
//! Owns the choice and its threshold: below it nothing is chosen, only candidates are named. Leaves likeness of
//! headers to `kop`, of values to `waarden`, values per field to `voorstel_waarden`, and the text to `schrijf`.

use std::collections::BTreeMap;

use schema::definitie::Soort;
use schema::{Definitie, Tabel, Veld, Veldtype};
use serde::Serialize;

use crate::gemeente::Gemeentezoeker;
use crate::kop::{Kopwoord, Veldnamen, name_fits, weigh};
use crate::koppeling::{GEBOORTEDATUM, Koppeling, Tabelkoppeling};
use crate::verkenning::{Kolomverkenning, Tabelverkenning, Verkenning};
use crate::voorstel_waarden::propose_values;
use crate::waarden::{Codewoorden, DREMPEL, ja_nee};

/// A proposed koppeling. Serialises as `uitvraag koppel --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Voorstel {
    /// The koppeling, with every open question in it.
    #[serde(skip)]
    pub koppeling: Koppeling,
    /// What was assumed, as Dutch sentences.
    #[serde(skip)]
    pub aannames: Vec<String>,
    /// The columns that were placed.
    pub kolommen: Vec<Kolomvoorstel>,
    /// The values that were placed.
    pub waarden: Vec<Waardevoorstel>,
    /// What could not be placed.
    pub open: Vec<OpenVraag>,
}

/// A column that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kolomvoorstel {
    /// Header in the file.
    pub bron: String,
    /// `tabel.veld`.
    pub veld: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A value that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waardevoorstel {
    /// `tabel.veld`.
    pub veld: String,
    /// Value in the file.
    pub bron: String,
    /// The code it stands for.
    pub code: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A question for the aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenVraag {
    /// Column or value in the file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bron: Option<String>,
    /// `tabel.veld` it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veld: Option<String>,
    /// What it may be.
    pub kandidaten: Vec<String>,
    /// The question as a Dutch sentence.
    #[serde(skip)]
    pub vraag: String,
}

/// Two columns this close for one field are a question.
const GELIJKSPEL: f64 = 0.02;
/// From here a column that was not placed is worth a question.
const DENKBAAR: f64 = 0.45;

/// From this share of days a column is a question while a date is missing.
const DAGEN: f64 = 0.8;

/// Proposes a koppeling for files that were looked through.
pub fn stel_voor(verkenningen: &[Verkenning], definitie: &Definitie) -> Voorstel {
    let kennis = Kennis::new(definitie);
    let mut voorstel = Voorstel {
        koppeling: Koppeling { uitvraag: definitie.naam(), ..Koppeling::default() },
        aannames: verkenningen.iter().flat_map(|v| v.aannames.clone()).collect(),
        kolommen: Vec::new(),
        waarden: Vec::new(),
        open: Vec::new(),
    };
    voorstel.koppeling.notities.volgorde = definitie.tabellen.iter().flat_map(|t| t.velden.iter().map(|v| v.naam.clone())).collect();
    let plaatsingen = choose_tables(verkenningen, &kennis, &mut voorstel.aannames);
    for plaatsing in &plaatsingen {
        Opsteller { kennis: &kennis, plaatsing, voorstel: &mut voorstel, index: 0 }.draw_up();
    }
    mention_absent(&plaatsingen, definitie, &mut voorstel.koppeling);
    voorstel
}

/// What the definition knows, prepared for comparing.
pub(crate) struct Kennis<'a> {
    pub(crate) definitie: &'a Definitie,
    namen: BTreeMap<(String, String), Veldnamen>,
    woorden: BTreeMap<(String, String), Codewoorden>,
    pub(crate) gemeenten: std::sync::Arc<Gemeentezoeker>,
}

impl<'a> Kennis<'a> {
    pub(crate) fn new(definitie: &'a Definitie) -> Self {
        let mut namen = BTreeMap::new();
        let mut woorden = BTreeMap::new();
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                let plek = (tabel.naam.clone(), veld.naam.clone());
                namen.insert(plek.clone(), Veldnamen::new(veld));
                if let Veldtype::Code { lijst } = &veld.veldtype {
                    woorden.insert(plek, Codewoorden::new(&definitie.codelijsten[lijst], veld));
                }
            }
        }
        Self { definitie, namen, woorden, gemeenten: Gemeentezoeker::voor(definitie.jaar) }
    }

    pub(crate) fn woorden(&self, tabel: &str, veld: &str) -> Option<&Codewoorden> {
        self.woorden.get(&(tabel.to_owned(), veld.to_owned()))
    }

    /// The share of a column's values that fit a field, if they can say anything; and whether a good fit says more
    /// than "of the right type".
    fn evidence(&self, tabel: &Tabel, veld: &Veld, kolom: &Kolomverkenning, afgeleid: bool) -> (Option<f64>, bool) {
        if kolom.gevuld == 0 {
            return (None, false);
        }
        let deel = |n: u64| Some(n as f64 / kolom.gevuld as f64);
        let over_waarden = |past: &dyn Fn(&str) -> bool| {
            let (goed, alle) = kolom.waarden.iter().fold((0, 0), |(goed, alle), (w, n)| (goed + if past(w) { *n } else { 0 }, alle + n));
            (alle > 0).then(|| goed as f64 / alle as f64)
        };
        match &veld.veldtype {
            _ if afgeleid => (Some(kolom.datums.aandeel()), true),
            Veldtype::Datum => (Some(kolom.datums.aandeel()), false),
            Veldtype::Geheel => (deel(kolom.gehele_getallen), false),
            Veldtype::Decimaal => (deel(kolom.getallen), false),
            Veldtype::JaNee => (over_waarden(&|w| ja_nee(w).is_some()), true),
            Veldtype::Gemeente => {
                let cijfers = kolom.gehele_getallen * 2 > kolom.gevuld;
                (over_waarden(&|w| self.gemeenten.knows(w)), !cijfers)
            }
            Veldtype::Code { .. } => {
                let woorden = self.woorden(&tabel.naam, &veld.naam).expect("every code field has its words");
                if kolom.meer_waarden || kolom.waarden.len() > 300 {
                    return (Some(0.1), false);
                }
                let stelsel = woorden.stelsel(kolom.waarden.iter().map(|(w, _)| w.as_str()));
                let past = |w: &str| woorden.knows(w) || (stelsel.is_some() && w.len() <= 2);
                let verschillend = kolom.waarden.iter().filter(|(w, _)| woorden.knows(w)).count();
                // Words that are nearly known are no evidence against.
                let deel = over_waarden(&past).filter(|deel| verschillend > 0 || stelsel.is_some() || *deel > 0.0 || !few_words(kolom));
                (deel, verschillend >= 2)
            }
            Veldtype::Pseudoniem => {
                let zinnen = kolom.waarden.iter().filter(|(w, _)| w.split_whitespace().count() > 3).count();
                let geen_nummer =
                    (kolom.datums.aandeel() > 0.9 && kolom.gehele_getallen < kolom.gevuld) || zinnen * 2 > kolom.waarden.len();
                (geen_nummer.then_some(0.0), false)
            }
            Veldtype::Tekst { lengte } => (over_waarden(&|w| w.chars().count() <= *lengte).filter(|d| *d < 0.9), false),
        }
    }
}

/// A column of few words that recur: what a coded column looks like.
fn few_words(kolom: &Kolomverkenning) -> bool {
    kolom.waarden.len() <= 25 && kolom.getallen * 2 < kolom.gevuld && kolom.datums.aandeel() < 0.5
}

/// How the columns of a sheet fit a table.
pub(crate) struct Plaatsing<'a> {
    pub(crate) tabel: &'a Tabel,
    pub(crate) bestand: &'a str,
    pub(crate) bron: &'a Tabelverkenning,
    /// Per field that was placed: column, certainty, derived or not.
    pub(crate) velden: BTreeMap<usize, (usize, f64, bool)>,
    /// Per column: the fields it may be, best first.
    mogelijk: Vec<Vec<(usize, f64)>>,
    /// Fields for which columns tie.
    gelijkspel: BTreeMap<usize, Vec<usize>>,
    score: f64,
}

fn place<'a>(kennis: &'a Kennis<'_>, tabel: &'a Tabel, bestand: &'a str, bron: &'a Tabelverkenning) -> Plaatsing<'a> {
    let mut paren: Vec<(f64, usize, usize, bool)> = Vec::new();
    let mut mogelijk = vec![Vec::new(); bron.kolommen.len()];
    let koppen: Vec<Kopwoord> = bron.kolommen.iter().map(|k| Kopwoord::new(&k.naam)).collect();
    for (v, veld) in tabel.velden.iter().enumerate() {
        let namen = &kennis.namen[&(tabel.naam.clone(), veld.naam.clone())];
        for (k, kolom) in bron.kolommen.iter().enumerate() {
            let past = namen.past(&koppen[k]);
            let (bewijs, onderscheidend) = kennis.evidence(tabel, veld, kolom, past.afgeleid);
            let zekerheid = weigh(past.zekerheid, bewijs, onderscheidend);
            if zekerheid >= DREMPEL {
                paren.push((zekerheid, v, k, past.afgeleid));
            }
            if zekerheid >= DENKBAAR {
                mogelijk[k].push((v, zekerheid));
            }
        }
    }
    mogelijk.iter_mut().for_each(|m| m.sort_by(|a, b| b.1.total_cmp(&a.1)));
    paren.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut velden: BTreeMap<usize, (usize, f64, bool)> = BTreeMap::new();
    let mut gelijkspel: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut bezet = vec![false; bron.kolommen.len()];
    for &(zekerheid, v, k, afgeleid) in &paren {
        if bezet[k] || velden.contains_key(&v) || gelijkspel.contains_key(&v) {
            continue;
        }
        let rivalen: Vec<usize> = paren
            .iter()
            .filter(|p| p.1 == v && p.2 != k && !bezet[p.2] && zekerheid - p.0 < GELIJKSPEL && !fits_better(&paren, p, &velden))
            .map(|p| p.2)
            .collect();
        if rivalen.is_empty() {
            velden.insert(v, (k, zekerheid, afgeleid));
            bezet[k] = true;
        } else {
            gelijkspel.insert(v, std::iter::once(k).chain(rivalen).collect());
        }
    }
    let gewicht = |v: usize| if tabel.velden[v].verplicht { 1.0 } else { 0.5 };
    let naam = bron.blad.as_deref().unwrap_or(bestand);
    let score = velden.iter().map(|(v, (_, z, _))| z * gewicht(*v)).sum::<f64>() + if name_fits(tabel, naam) { 0.5 } else { 0.0 };
    Plaatsing { tabel, bestand, bron, velden, mogelijk, gelijkspel, score }
}

/// Whether the column of `paar` fits another free field better: then it is no rival here.
fn fits_better(
    paren: &[(f64, usize, usize, bool)],
    paar: &(f64, usize, usize, bool),
    velden: &BTreeMap<usize, (usize, f64, bool)>,
) -> bool {
    paren.iter().any(|p| p.2 == paar.2 && p.1 != paar.1 && p.0 > paar.0 && !velden.contains_key(&p.1))
}

/// Which sheet is which table.
fn choose_tables<'a>(verkenningen: &'a [Verkenning], kennis: &'a Kennis<'_>, aannames: &mut Vec<String>) -> Vec<Plaatsing<'a>> {
    let mut gekozen: Vec<Plaatsing<'a>> = Vec::new();
    for verkenning in verkenningen {
        for bron in verkenning.tabellen.iter().filter(|t| !t.verborgen) {
            let plaatsingen = kennis.definitie.tabellen.iter().map(|t| place(kennis, t, &verkenning.bestand, bron));
            let beste = plaatsingen.filter(|p| p.velden.len() >= 2).max_by(|a, b| a.score.total_cmp(&b.score));
            let waar = bron.blad.as_ref().map_or_else(|| format!("Bestand '{}'", verkenning.bestand), |b| format!("Blad '{b}'"));
            match beste {
                Some(plaatsing) if bron.rijen > 0 => gekozen.push(plaatsing),
                Some(_) => aannames.push(format!("{waar} heeft geen rijen. Het is niet gebruikt.")),
                None => aannames.push(format!("{waar} lijkt op geen tabel van de uitvraag. Het is niet gebruikt.")),
            }
        }
    }
    let mut uit: Vec<Plaatsing<'a>> = Vec::new();
    for tabel in &kennis.definitie.tabellen {
        let (mut eigen, rest): (Vec<_>, Vec<_>) = gekozen.into_iter().partition(|p| p.tabel.naam == tabel.naam);
        gekozen = rest;
        let Some(beste) = eigen.iter().map(|p| p.score).max_by(f64::total_cmp) else { continue };
        let koppen = |p: &Plaatsing<'_>| p.bron.kolommen.iter().map(|k| k.naam.clone()).collect::<Vec<_>>();
        let voorbeeld = eigen.iter().find(|p| p.score >= beste).map(koppen).unwrap_or_default();
        // A sheet per quarter has the same columns throughout; anything else is another thing.
        eigen.retain(|p| {
            let zelfde = koppen(p) == voorbeeld;
            if !zelfde {
                let waar = p.bron.blad.as_deref().unwrap_or(p.bestand);
                aannames.push(format!("'{waar}' lijkt ook op {}, maar heeft andere kolommen. Het is niet gebruikt.", tabel.titel));
            }
            zelfde
        });
        if eigen.len() > 1 {
            aannames.push(format!("{} stuks met dezelfde kolommen zijn samen de tabel {}.", eigen.len(), tabel.titel));
        }
        uit.extend(eigen);
    }
    uit
}

/// Writes one table of the koppeling.
struct Opsteller<'a, 'b> {
    kennis: &'a Kennis<'a>,
    plaatsing: &'a Plaatsing<'a>,
    voorstel: &'b mut Voorstel,
    index: usize,
}

impl Opsteller<'_, '_> {
    fn draw_up(&mut self) {
        let plaatsing = self.plaatsing;
        self.index = self.voorstel.koppeling.tabellen.len();
        let mut koppeling = Tabelkoppeling {
            naam: plaatsing.tabel.naam.clone(),
            bestand: Some(plaatsing.bestand.to_owned()),
            blad: plaatsing.bron.blad.clone(),
            kopregel: Some(plaatsing.bron.kopregel).filter(|k| *k > 0),
            ..Tabelkoppeling::default()
        };
        for (v, veld) in plaatsing.tabel.velden.iter().enumerate() {
            if let Some((k, zekerheid, afgeleid)) = plaatsing.velden.get(&v) {
                let kolom = &plaatsing.bron.kolommen[*k];
                koppeling.kolommen.insert(veld.naam.clone(), kolom.naam.clone());
                if *afgeleid {
                    koppeling.afgeleid.insert(veld.naam.clone(), GEBOORTEDATUM.to_owned());
                }
                self.doubt("kolommen", &veld.naam, "", *zekerheid);
                let pad = format!("{}.{}", plaatsing.tabel.naam, veld.naam);
                self.voorstel.kolommen.push(Kolomvoorstel { bron: kolom.naam.clone(), veld: pad, zekerheid: rounded(*zekerheid) });
                propose_values(self.kennis, (plaatsing.tabel, veld, kolom, *afgeleid), self.index, &mut koppeling, self.voorstel);
            } else if veld.verplicht || plaatsing.gelijkspel.contains_key(&v) {
                self.ask_column(v, &mut koppeling);
            }
        }
        self.place_rest(&mut koppeling);
        self.voorstel.koppeling.tabellen.push(koppeling);
    }

    fn doubt(&mut self, deel: &'static str, sleutel: &str, waarde: &str, zekerheid: f64) {
        if zekerheid < 0.9 {
            let tekst = format!("{:.0} % zeker: kijk dit na", zekerheid * 100.0);
            self.voorstel.koppeling.notities.beside(self.index, deel, sleutel, waarde, tekst);
        }
    }

    /// A field that needs a column and has none, or too many.
    fn ask_column(&mut self, v: usize, koppeling: &mut Tabelkoppeling) {
        let plaatsing = self.plaatsing;
        let veld = &plaatsing.tabel.velden[v];
        let naam = |k: usize| plaatsing.bron.kolommen[k].naam.clone();
        let mut kandidaten: Vec<String> = plaatsing.gelijkspel.get(&v).into_iter().flatten().map(|k| naam(*k)).collect();
        if kandidaten.is_empty() {
            let mut lijkend: Vec<(f64, usize)> = Vec::new();
            for (k, mogelijk) in plaatsing.mogelijk.iter().enumerate() {
                lijkend.extend(mogelijk.iter().filter(|(veld, _)| *veld == v).map(|(_, z)| (*z, k)));
            }
            lijkend.sort_by(|a, b| b.0.total_cmp(&a.0));
            kandidaten.extend(lijkend.iter().take(4).map(|(_, k)| naam(*k)));
            if veld.veldtype == Veldtype::Pseudoniem {
                let andere = plaatsing.velden.iter().filter(|(v, _)| plaatsing.tabel.velden[**v].veldtype == Veldtype::Pseudoniem);
                kandidaten.extend(andere.map(|(_, (k, _, _))| naam(*k)));
            }
            kandidaten.dedup();
        }
        koppeling.kolommen.insert(veld.naam.clone(), String::new());
        let keuze = if kandidaten.is_empty() { String::new() } else { format!(" Misschien: {}.", kandidaten.join(", ")) };
        let vraag = format!("In welke kolom staat '{}'?{keuze} Of zet een vaste waarde onder [tabel.vast].", veld.label);
        self.voorstel.koppeling.notities.above(self.index, "kolommen", &veld.naam, "", format!("OPEN: {vraag}"));
        let pad = format!("{}.{}", plaatsing.tabel.naam, veld.naam);
        self.voorstel.open.push(OpenVraag { bron: None, veld: Some(pad), kandidaten, vraag });
    }

    /// Columns that were not placed: a question where they may be something, left out otherwise.
    fn place_rest(&mut self, koppeling: &mut Tabelkoppeling) {
        let plaatsing = self.plaatsing;
        let gebruikt = |k: usize| {
            plaatsing.velden.values().any(|(kolom, _, _)| *kolom == k) || plaatsing.gelijkspel.values().flatten().any(|kolom| *kolom == k)
        };
        for (k, kolom) in plaatsing.bron.kolommen.iter().enumerate().filter(|(k, _)| !gebruikt(*k)) {
            let vrij = plaatsing.mogelijk[k].iter().filter(|(v, _)| !plaatsing.velden.contains_key(v)).take(4);
            let pad = |v: usize| format!("{}.{}", plaatsing.tabel.naam, plaatsing.tabel.velden[v].naam);
            let mut kandidaten: Vec<String> = vrij.map(|(v, _)| pad(*v)).collect();
            // Under a header nobody knows, days may still be the days that are missing.
            if kandidaten.is_empty() && kolom.gevuld > 0 && kolom.datums.aandeel() > DAGEN {
                let vrije_dag = |v: &usize| plaatsing.tabel.velden[*v].veldtype == Veldtype::Datum && !plaatsing.velden.contains_key(v);
                kandidaten = (0..plaatsing.tabel.velden.len()).filter(vrije_dag).map(pad).collect();
            }
            if kandidaten.is_empty() || kolom.gevuld == 0 {
                koppeling.overslaan.push(kolom.naam.clone());
                continue;
            }
            koppeling.te_plaatsen.insert(kolom.naam.clone(), String::new());
            let vraag = format!("Wat staat er in de kolom '{}'? Misschien: {}. Of vul in: overslaan.", kolom.naam, kandidaten.join(", "));
            self.voorstel.koppeling.notities.above(self.index, "te_plaatsen", &kolom.naam, "", format!("OPEN: {vraag}"));
            self.voorstel.open.push(OpenVraag { bron: Some(kolom.naam.clone()), veld: None, kandidaten, vraag });
        }
    }
}

/// Two decimals: more would pretend.
pub(crate) fn rounded(zekerheid: f64) -> f64 {
    (zekerheid * 100.0).round() / 100.0
}

/// For a table that is not there and may be written out by hand: an example in the closing remarks.
fn mention_absent(plaatsingen: &[Plaatsing<'_>], definitie: &Definitie, koppeling: &mut Koppeling) {
    for tabel in definitie.tabellen.iter().filter(|t| t.mag_ontbreken && !plaatsingen.iter().any(|p| p.tabel.naam == t.naam)) {
        let verwijzend = definitie.regels.iter().find_map(|r| match &r.soort {
            Soort::Verwijzing { veld, naar } if *naar == tabel.naam => Some((r.tabel.as_deref(), veld)),
            _ => None,
        });
        let Some((van, veld)) = verwijzend else { continue };
        let kolom = plaatsingen.iter().filter(|p| van.is_none_or(|van| van == p.tabel.naam)).find_map(|p| {
            let v = p.tabel.velden.iter().position(|f| f.naam == *veld)?;
            Some(&p.bron.kolommen[p.velden.get(&v)?.0])
        });
        let bekend: Vec<&str> = kolom.into_iter().flat_map(|k| k.waarden.iter().take(3).map(|(w, _)| w.as_str())).collect();
        let slot = &mut koppeling.notities.slot;
        slot.push(format!("Uw bestand heeft geen tabel {}. U mag die hier opschrijven. Haal dan de hekjes weg:", tabel.titel));
        let sleutel = tabel.sleutel.first().map_or("", String::as_str);
        for waarde in if bekend.is_empty() { vec![""] } else { bekend } {
            slot.push(format!("[[{}]]", tabel.naam));
            for veld in &tabel.velden {
                let invulling = if veld.naam == sleutel { waarde } else { "" };
                slot.push(format!("{} = {invulling:?}  # {}", veld.naam, hint(veld, tabel, definitie)));
            }
        }
    }
}

/// What may be filled in for a field.
fn hint(veld: &Veld, tabel: &Tabel, definitie: &Definitie) -> String {
    let keuze = match &veld.veldtype {
        Veldtype::Code { lijst } => definitie.codelijsten[lijst].codes.iter().map(|c| c.code.as_str()).collect::<Vec<_>>().join(", "),
        Veldtype::JaNee => "ja, nee".to_owned(),
        _ => format!("zoals {}", tabel.voorbeeld.get(&veld.naam).map_or("", String::as_str)),
    };
    format!("{}: {keuze}", veld.label)
}
