//! Which column of a sheet is which field.
//!
//! Owns the choice: a header that is a name of the field and values that do not contradict it, or a likeness that is
//! sure; everything else is only possible. Leaves likeness to `headers`, evidence to `evidence`, asking to
//! `propose::columns`.

use std::collections::BTreeMap;

use schema::Tabel;

use crate::evidence::{Kennis, can_be_asked, values_tell};
use crate::headers::{Kopwoord, name_fits, weigh};
use crate::survey::Tabelverkenning;
use crate::weights::{
    BIJNA, DENKBAAR, FIELD_WEIGHT, GELIJK, GELIJKSPEL, NOEMT, SHEET_NAME, TEGEN, VALUES_ALONE,
    ZEKER,
};

/// How the columns of a sheet fit a table.
pub(crate) struct Plaatsing<'a> {
    pub(crate) tabel: &'a Tabel,
    pub(crate) bestand: &'a str,
    pub(crate) bron: &'a Tabelverkenning,
    /// Per field that was placed: column, certainty, derived or not.
    pub(crate) velden: BTreeMap<usize, (usize, f64, bool)>,
    /// Per column: the fields it may be, best first.
    pub(crate) mogelijk: Vec<Vec<Mogelijk>>,
    /// Fields for which columns tie.
    pub(crate) gelijkspel: BTreeMap<usize, Vec<usize>>,
    pub(crate) score: f64,
    /// Fields that have a column, or all but have one.
    pub(crate) herkend: usize,
    /// Required fields among those, also where columns tie for them.
    pub(crate) verplicht: usize,
    /// Whether it is this table at all is a question.
    pub(crate) twijfel: bool,
}

/// The table a sheet fits best, if it looks like one at all.
pub(crate) fn best<'a>(
    kennis: &'a Kennis<'_>,
    bestand: &'a str,
    bron: &'a Tabelverkenning,
) -> Option<Plaatsing<'a>> {
    let plaatsingen = kennis
        .definitie
        .tabellen
        .iter()
        .map(|t| place(kennis, t, bestand, bron));
    plaatsingen
        .filter(|p| p.herkend >= 2)
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

/// A field that a column may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mogelijk {
    pub(crate) veld: usize,
    pub(crate) zekerheid: f64,
    /// The header is a name of the field, spelling apart.
    pub(crate) op_naam: bool,
    /// The header names the field and the values do not fit it.
    pub(crate) strijdig: bool,
    pub(crate) afgeleid: bool,
}

/// A field for a column that is sure enough to be chosen.
struct Paar {
    zekerheid: f64,
    veld: usize,
    kolom: usize,
    afgeleid: bool,
}

fn place<'a>(
    kennis: &'a Kennis<'_>,
    tabel: &'a Tabel,
    bestand: &'a str,
    bron: &'a Tabelverkenning,
) -> Plaatsing<'a> {
    let mogelijk: Vec<Vec<Mogelijk>> = bron
        .kolommen
        .iter()
        .enumerate()
        .map(|(k, _)| fields_for(kennis, tabel, bron, k))
        .collect();
    let mut paren: Vec<Paar> = Vec::new();
    for (kolom, velden) in mogelijk.iter().enumerate() {
        let leeg = |k: usize| bron.kolommen[k].gevuld == 0;
        // An empty column is no answer where a filled one may be it.
        let vervangen = |m: &Mogelijk| {
            leeg(kolom)
                && mogelijk
                    .iter()
                    .enumerate()
                    .any(|(k, v)| !leeg(k) && v.iter().any(|a| a.veld == m.veld))
        };
        for m in velden
            .iter()
            .filter(|m| is_sure(m, velden) && !vervangen(m))
        {
            paren.push(Paar {
                zekerheid: m.zekerheid,
                veld: m.veld,
                kolom,
                afgeleid: m.afgeleid,
            });
        }
    }
    paren.sort_by(|a, b| {
        b.zekerheid
            .total_cmp(&a.zekerheid)
            .then(a.veld.cmp(&b.veld))
            .then(a.kolom.cmp(&b.kolom))
    });
    let mut velden: BTreeMap<usize, (usize, f64, bool)> = BTreeMap::new();
    let mut gelijkspel: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut bezet = vec![false; bron.kolommen.len()];
    for paar in &paren {
        let (v, k) = (paar.veld, paar.kolom);
        if bezet[k] || velden.contains_key(&v) || gelijkspel.contains_key(&v) {
            continue;
        }
        let even_goed = |p: &&Paar| {
            p.veld == v
                && p.kolom != k
                && !bezet[p.kolom]
                && paar.zekerheid - p.zekerheid < GELIJKSPEL
        };
        let rivalen: Vec<usize> = paren
            .iter()
            .filter(even_goed)
            .filter(|p| !fits_better(&paren, p, &velden))
            .map(|p| p.kolom)
            .collect();
        if rivalen.is_empty() {
            velden.insert(v, (k, paar.zekerheid, paar.afgeleid));
            bezet[k] = true;
        } else {
            gelijkspel.insert(v, std::iter::once(k).chain(rivalen).collect());
        }
    }
    let gewicht = |v: usize| {
        if tabel.velden[v].verplicht {
            FIELD_WEIGHT.0
        } else {
            FIELD_WEIGHT.1
        }
    };
    let naam = bron.blad.as_deref().unwrap_or(bestand);
    // What is all but sure tells the table as well: only which column it is, is asked.
    let mut bijna: BTreeMap<usize, f64> = BTreeMap::new();
    for m in mogelijk
        .iter()
        .filter_map(|m| m.first())
        .filter(|m| m.zekerheid >= BIJNA && !velden.contains_key(&m.veld))
    {
        bijna.insert(m.veld, m.zekerheid);
    }
    let zeker = velden
        .iter()
        .map(|(v, (_, z, _))| z * gewicht(*v))
        .sum::<f64>();
    let haast = bijna.iter().map(|(v, z)| z * gewicht(*v)).sum::<f64>();
    let score = zeker
        + haast
        + if name_fits(tabel, naam) {
            SHEET_NAME
        } else {
            0.0
        };
    let herkend = velden.len() + bijna.len();
    let bekend =
        |v: &usize| velden.contains_key(v) || bijna.contains_key(v) || gelijkspel.contains_key(v);
    let verplicht = (0..tabel.velden.len())
        .filter(|v| tabel.velden[*v].verplicht && bekend(v))
        .count();
    Plaatsing {
        tabel,
        bestand,
        bron,
        velden,
        mogelijk,
        gelijkspel,
        score,
        herkend,
        verplicht,
        twijfel: false,
    }
}

/// The fields a column may be, best first; of equals the one that is required.
fn fields_for(
    kennis: &Kennis<'_>,
    tabel: &Tabel,
    bron: &Tabelverkenning,
    k: usize,
) -> Vec<Mogelijk> {
    let kolom = &bron.kolommen[k];
    let kop = Kopwoord::new(&kolom.naam);
    let mut uit: Vec<Mogelijk> = Vec::new();
    for (v, veld) in tabel.velden.iter().enumerate() {
        let past = kennis.namen(&tabel.naam, &veld.naam).past(&kop);
        let op_naam = past.zekerheid >= GELIJK;
        let (bewijs, onderscheidend) = kennis.evidence(tabel, veld, kolom, past.afgeleid);
        let tegen = bewijs.is_some_and(|deel| deel < TEGEN);
        // Under the field's own name a few odd words are asked one by one.
        let bewijs =
            bewijs.filter(|_| !(tegen && op_naam && !past.afgeleid && can_be_asked(veld, kolom)));
        let mut zekerheid = weigh(past.zekerheid, bewijs, onderscheidend);
        if zekerheid < VALUES_ALONE && values_tell(kennis, tabel, veld, kolom) {
            zekerheid = VALUES_ALONE;
        }
        if zekerheid >= DENKBAAR {
            let strijdig = bewijs.is_some_and(|deel| deel < TEGEN) && past.zekerheid >= NOEMT;
            uit.push(Mogelijk {
                veld: v,
                zekerheid,
                op_naam,
                strijdig,
                afgeleid: past.afgeleid,
            });
        }
    }
    let verplicht = |m: &Mogelijk| tabel.velden[m.veld].verplicht;
    uit.sort_by(|a, b| {
        b.zekerheid
            .total_cmp(&a.zekerheid)
            .then(verplicht(b).cmp(&verplicht(a)))
    });
    uit
}

/// Whether a column is this field without asking: by its name, or by a likeness that no other field has.
fn is_sure(m: &Mogelijk, velden: &[Mogelijk]) -> bool {
    if m.strijdig {
        return false;
    }
    let enige = || {
        velden
            .iter()
            .all(|ander| ander.veld == m.veld || ander.zekerheid < m.zekerheid - GELIJKSPEL)
    };
    m.op_naam || (m.zekerheid >= ZEKER && enige())
}

/// Whether the column of `paar` fits another free field better: then it is no rival here.
fn fits_better(paren: &[Paar], paar: &Paar, velden: &BTreeMap<usize, (usize, f64, bool)>) -> bool {
    let beter =
        |p: &Paar| p.kolom == paar.kolom && p.veld != paar.veld && p.zekerheid > paar.zekerheid;
    paren
        .iter()
        .any(|p| beter(p) && !velden.contains_key(&p.veld))
}
