//! A definition's rules, proven usable and laid out per table.
//!
//! Owns the step from [`Soort`] to something that can look at rows: every name is resolved here, every expression
//! read, every field covered by a rule that says so when a value breaks its type.

use std::sync::Arc;

use arrow_schema::SchemaRef;
use schema::definitie::Fase;
use schema::{Definitie, Ernst, Regel, Soort, Tabel, Veldtype};

use crate::expr::Expressie;
use crate::fout::RegelFout;
use crate::options::Opties;
use crate::regels::Setregel;
use crate::regels::aandeel::{Aandeel, AandeelCode, Grens};
use crate::regels::leeftijd::Leeftijd;
use crate::regels::overlap::Overlap;
use crate::regels::stand::Stand;
use crate::regels::uniek::Uniek;
use crate::regels::verwijzing::Verwijzing;
use crate::regels::vorig::{JaarFactor, StandVervolgt, Terugkeer, year_end_before};
use crate::tekst;
use crate::typering::{Typer, datum};

/// A table under judgement.
#[derive(Debug)]
pub(crate) struct TabelStaat {
    pub(crate) schema: SchemaRef,
    pub(crate) velden: Vec<VeldStaat>,
    pub(crate) records: Vec<Record>,
    /// Rows so far; absent while the table has not been seen.
    pub(crate) rijen: Option<u64>,
}

/// A field under judgement: the rules, by position, that look at its cells.
#[derive(Debug)]
pub(crate) struct VeldStaat {
    pub(crate) typer: Typer,
    pub(crate) ongeldig: Vec<usize>,
    pub(crate) verplicht: Vec<usize>,
    /// The rules that a date breaks from which this field is derived.
    pub(crate) bron_ongeldig: Vec<usize>,
    pub(crate) negatief: Vec<usize>,
    pub(crate) na_levering: Vec<usize>,
    pub(crate) leeg: Vec<usize>,
    /// Whether any row had text.
    pub(crate) gevuld: bool,
    /// Whether any batch had the column.
    pub(crate) aanwezig: bool,
}

/// A rule over one row.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) regel: usize,
    /// The field that names the cell.
    pub(crate) veld: Option<usize>,
    pub(crate) assert: Expressie,
    pub(crate) when: Option<Expressie>,
    /// The fields either part uses.
    pub(crate) velden: Vec<usize>,
    /// Its findings are answered: an answer holds as long as these fields do.
    pub(crate) signaal: bool,
    pub(crate) merkvelden: Vec<usize>,
}

/// All that looks at rows.
#[derive(Debug)]
pub(crate) struct Opbouw {
    pub(crate) tabellen: Vec<TabelStaat>,
    pub(crate) setregels: Vec<Box<dyn Setregel>>,
    /// Rules that these options leave out, with the reason.
    pub(crate) niet_beoordeeld: Vec<(usize, String)>,
}

/// Lays out the rules of a definition.
pub(crate) fn build(definitie: &Arc<Definitie>, opties: &Opties) -> Result<Opbouw, RegelFout> {
    let mut opbouw = Opbouw {
        tabellen: Vec::new(),
        setregels: Vec::new(),
        niet_beoordeeld: Vec::new(),
    };
    for tabel in &definitie.tabellen {
        let velden = (0..tabel.velden.len())
            .map(|veld| field(definitie, opties, tabel, veld))
            .collect::<Result<_, _>>()?;
        opbouw.tabellen.push(TabelStaat {
            schema: crate::schema(definitie, tabel),
            velden,
            records: Vec::new(),
            rijen: None,
        });
    }
    for (index, regel) in judged(definitie) {
        let mut bouwer = Bouwer {
            definitie,
            opties,
            index,
            regel,
            opbouw: &mut opbouw,
        };
        for (t, tabel) in definitie
            .tabellen
            .iter()
            .enumerate()
            .filter(|(_, tabel)| applies_to(regel, tabel))
        {
            bouwer.add(t, tabel)?;
        }
    }
    Ok(opbouw)
}

/// The rules this crate judges, with their position.
fn judged(definitie: &Definitie) -> impl Iterator<Item = (usize, &Regel)> {
    definitie
        .regels
        .iter()
        .enumerate()
        .filter(|(_, r)| r.fase == Fase::Pakket && !matches!(r.soort, Soort::Bron {}))
}

fn applies_to(regel: &Regel, tabel: &Tabel) -> bool {
    regel.tabel.as_ref().is_none_or(|naam| *naam == tabel.naam)
}

/// The rules of some kind over a field, by position.
fn rules_over(
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &str,
    soort: impl Fn(&Soort) -> bool,
) -> Vec<usize> {
    let over = |r: &Regel| {
        applies_to(r, tabel)
            && (r.velden.is_empty() || r.velden.iter().any(|v| v == veld))
            && soort(&r.soort)
    };
    judged(definitie)
        .filter(|(_, r)| over(r))
        .map(|(i, _)| i)
        .collect()
}

fn field(
    definitie: &Definitie,
    opties: &Opties,
    tabel: &Tabel,
    veld: usize,
) -> Result<VeldStaat, RegelFout> {
    let veld = &tabel.velden[veld];
    let naam = veld.naam.as_str();
    let over = |soort: &dyn Fn(&Soort) -> bool| rules_over(definitie, tabel, naam, soort);
    let ongeldig = over(&|soort| {
        matches!(
            (&veld.veldtype, soort),
            (Veldtype::Pseudoniem, Soort::Pseudoniem {})
                | (Veldtype::Tekst { .. }, Soort::Lengte {})
                | (Veldtype::Geheel | Veldtype::Decimaal, Soort::Getal {})
                | (Veldtype::Datum, Soort::Datum {})
                | (Veldtype::Code { .. } | Veldtype::JaNee, Soort::Code {})
                | (Veldtype::Gemeente, Soort::Gemeente {})
        )
    });
    let verplicht = if veld.verplicht {
        over(&|s| matches!(s, Soort::Verplicht {}))
    } else {
        Vec::new()
    };
    if ongeldig.is_empty() || (veld.verplicht && verplicht.is_empty()) {
        return Err(RegelFout::Ongedekt {
            tabel: tabel.naam.clone(),
            veld: naam.to_owned(),
        });
    }
    let getal = matches!(veld.veldtype, Veldtype::Geheel | Veldtype::Decimaal);
    let negatief = over(&|s| {
        getal && matches!(s, Soort::NietNegatief { behalve } if !behalve.iter().any(|b| b == naam))
    });
    let na_levering =
        over(&|s| veld.veldtype == Veldtype::Datum && matches!(s, Soort::DatumNaLevering {}));
    let leeg = over(&|s| !veld.verplicht && matches!(s, Soort::VeldLeeg {}));
    let bron_ongeldig = over(&|s| veld.afleiding.is_some() && matches!(s, Soort::Datum {}));
    let typer = Typer::new(definitie, &veld.veldtype, opties.ruwe_ids)?;
    Ok(VeldStaat {
        typer,
        ongeldig,
        verplicht,
        bron_ongeldig,
        negatief,
        na_levering,
        leeg,
        gevuld: false,
        aanwezig: false,
    })
}

/// Adds one rule to what looks at one table.
struct Bouwer<'a> {
    definitie: &'a Arc<Definitie>,
    opties: &'a Opties,
    index: usize,
    regel: &'a Regel,
    opbouw: &'a mut Opbouw,
}

impl Bouwer<'_> {
    fn add(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelFout> {
        match &self.regel.soort {
            Soort::Record { assert, when } => self.record(t, tabel, assert, when.as_deref()),
            Soort::Uniek {} => self.uniek(t, tabel),
            Soort::Verwijzing { veld, naar } => self.verwijzing(t, tabel, veld, naar),
            Soort::Aandeel {
                expr,
                max,
                minimaal,
            } => {
                let expr = self.expression(tabel, expr)?;
                let veld = self
                    .pointed(tabel)?
                    .or_else(|| expr.velden().first().copied());
                let grens = Grens {
                    max: *max,
                    minimaal: *minimaal,
                };
                self.push(Aandeel {
                    regel: self.index,
                    tabel: t,
                    veld,
                    expr,
                    grens,
                    teller: 0,
                    noemer: 0,
                });
                Ok(())
            }
            Soort::AandeelCode {
                waarde,
                max,
                minimaal,
            } => {
                let grens = Grens {
                    max: *max,
                    minimaal: *minimaal,
                };
                self.aandeel_code(t, tabel, waarde, grens);
                Ok(())
            }
            Soort::LeeftijdVerenigbaar {
                groep,
                datum,
                leeftijd,
            } => self.leeftijd(t, tabel, groep, datum, leeftijd),
            Soort::Overlap { groep, van, tot } => self.overlap(t, tabel, groep, van, tot),
            Soort::Stand { .. } => self.stand(t, tabel),
            Soort::JaarFactor { factor } => {
                self.push(JaarFactor {
                    regel: self.index,
                    tabel: t,
                    factor: *factor,
                    vorig: None,
                });
                Ok(())
            }
            Soort::Verdwenen { tot, toon } => self.terugkeer(t, tabel, tot, Some(toon)),
            Soort::Heropend { tot } => self.terugkeer(t, tabel, tot, None),
            Soort::StandVervolgt { van, tot } => self.stand_vervolgt(t, tabel, van, tot),
            Soort::Pseudoniem {} if self.opties.ruwe_ids => {
                let waarom = "De nummers zijn nog niet versleuteld. Het programma doet dat als u het pakket maakt.";
                self.opbouw
                    .niet_beoordeeld
                    .push((self.index, waarom.to_owned()));
                Ok(())
            }
            // Looked at per field, or at the end.
            Soort::Bron {}
            | Soort::Verplicht {}
            | Soort::Datum {}
            | Soort::Getal {}
            | Soort::Code {}
            | Soort::Lengte {}
            | Soort::Pseudoniem {}
            | Soort::Gemeente {}
            | Soort::TabelAfwezig {}
            | Soort::NietNegatief { .. }
            | Soort::VeldLeeg {}
            | Soort::DatumNaLevering {} => Ok(()),
        }
    }

    fn push(&mut self, regel: impl Setregel + 'static) {
        self.opbouw.setregels.push(Box::new(regel));
    }

    fn fout(&self, reden: String) -> RegelFout {
        RegelFout::Parameter {
            code: self.regel.code.clone(),
            reden,
        }
    }

    /// The position of a field.
    fn veld(&self, tabel: &Tabel, naam: &str) -> Result<usize, RegelFout> {
        let at = tabel.velden.iter().position(|v| v.naam == naam);
        at.ok_or_else(|| self.fout(format!("table `{}` has no field `{naam}`", tabel.naam)))
    }

    fn velden(&self, tabel: &Tabel, namen: &[String]) -> Result<Vec<usize>, RegelFout> {
        namen.iter().map(|naam| self.veld(tabel, naam)).collect()
    }

    fn typed(&self, tabel: &Tabel, naam: &str, veldtype: &Veldtype) -> Result<usize, RegelFout> {
        let at = self.veld(tabel, naam)?;
        if tabel.velden[at].veldtype == *veldtype {
            return Ok(at);
        }
        Err(self.fout(format!(
            "field `{naam}` of `{}` is no {veldtype:?}",
            tabel.naam
        )))
    }

    /// The field the rule points at.
    fn pointed(&self, tabel: &Tabel) -> Result<Option<usize>, RegelFout> {
        self.regel
            .velden
            .first()
            .map(|naam| self.veld(tabel, naam))
            .transpose()
    }

    fn expression(&self, tabel: &Tabel, tekst: &str) -> Result<Expressie, RegelFout> {
        Expressie::parse(self.definitie, tabel, tekst).map_err(|reden| RegelFout::Expressie {
            code: self.regel.code.clone(),
            tekst: tekst.to_owned(),
            reden,
        })
    }

    fn record(
        &mut self,
        t: usize,
        tabel: &Tabel,
        assert: &str,
        when: Option<&str>,
    ) -> Result<(), RegelFout> {
        let assert = self.expression(tabel, assert)?;
        let when = when
            .map(|tekst| self.expression(tabel, tekst))
            .transpose()?;
        let mut velden: Vec<usize> = assert
            .velden()
            .iter()
            .chain(when.iter().flat_map(|w| w.velden()))
            .copied()
            .collect();
        velden.sort_unstable();
        velden.dedup();
        let veld = self
            .pointed(tabel)?
            .or_else(|| assert.velden().first().copied());
        let signaal = self.regel.ernst == Ernst::Signaal;
        // Pseudonyms differ from the numbers they stand for, and an answer is the same for both.
        let merkvelden = velden
            .iter()
            .copied()
            .filter(|&v| signaal && tabel.velden[v].veldtype != Veldtype::Pseudoniem)
            .collect();
        self.opbouw.tabellen[t].records.push(Record {
            regel: self.index,
            veld,
            assert,
            when,
            velden,
            signaal,
            merkvelden,
        });
        Ok(())
    }

    fn uniek(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelFout> {
        let velden = self.velden(tabel, &tabel.sleutel)?;
        let Some(&eerste) = velden.first() else {
            return Err(self.fout(format!("table `{}` has no key", tabel.naam)));
        };
        let labels: Vec<String> = velden
            .iter()
            .map(|&v| tabel.velden[v].label.clone())
            .collect();
        let veld = self.pointed(tabel)?.unwrap_or(eerste);
        let (een, sleutel) = (labels.len() == 1, tekst::enumerate(&labels, "en"));
        self.push(Uniek {
            regel: self.index,
            tabel: t,
            velden,
            veld,
            een,
            sleutel,
            rijen: Default::default(),
            teksten: Default::default(),
        });
        Ok(())
    }

    fn verwijzing(
        &mut self,
        t: usize,
        tabel: &Tabel,
        veld: &str,
        naar: &str,
    ) -> Result<(), RegelFout> {
        let naar_at = self.definitie.tabellen.iter().position(|d| d.naam == naar);
        let naar_at = naar_at.ok_or_else(|| self.fout(format!("there is no table `{naar}`")))?;
        if naar_at == t || (self.regel.tabel.is_none() && tabel.veld(veld).is_none()) {
            return Ok(());
        }
        let doel = &self.definitie.tabellen[naar_at];
        let [sleutel] = doel.sleutel.as_slice() else {
            return Err(self.fout(format!("the key of `{naar}` is not one field")));
        };
        let (van, tot) = (self.veld(tabel, veld)?, self.veld(doel, sleutel)?);
        if tabel.velden[van].veldtype != doel.velden[tot].veldtype {
            return Err(self.fout(format!(
                "`{veld}` and `{naar}.{sleutel}` have different types"
            )));
        }
        self.push(Verwijzing::new(self.index, (t, van), (naar_at, tot)));
        Ok(())
    }

    fn aandeel_code(&mut self, t: usize, tabel: &Tabel, waarde: &str, grens: Grens) {
        let mut velden = Vec::new();
        for (at, veld) in tabel.velden.iter().enumerate() {
            let Veldtype::Code { lijst } = &veld.veldtype else {
                continue;
            };
            let bedoeld = self.regel.velden.is_empty() || self.regel.velden.contains(&veld.naam);
            let key = self
                .definitie
                .codelijsten
                .get(lijst)
                .and_then(|l| l.codes.iter().position(|c| c.code == waarde));
            if let Some(key) = key
                .filter(|_| bedoeld)
                .and_then(|key| u8::try_from(key).ok())
            {
                velden.push((at, key, 0));
            }
        }
        self.push(AandeelCode {
            regel: self.index,
            tabel: t,
            waarde: waarde.to_owned(),
            grens,
            noemer: 0,
            velden,
        });
    }

    fn leeftijd(
        &mut self,
        t: usize,
        tabel: &Tabel,
        groep: &str,
        datum: &str,
        leeftijd: &str,
    ) -> Result<(), RegelFout> {
        let groep = self.veld(tabel, groep)?;
        let datum = self.typed(tabel, datum, &Veldtype::Datum)?;
        let leeftijd = self.typed(tabel, leeftijd, &Veldtype::Geheel)?;
        let veld = self.pointed(tabel)?.unwrap_or(leeftijd);
        self.push(Leeftijd {
            regel: self.index,
            tabel: t,
            groep,
            datum,
            leeftijd,
            veld,
            rijen: Default::default(),
        });
        Ok(())
    }

    fn overlap(
        &mut self,
        t: usize,
        tabel: &Tabel,
        groep: &[String],
        van: &str,
        tot: &str,
    ) -> Result<(), RegelFout> {
        let van = self.typed(tabel, van, &Veldtype::Datum)?;
        let tot = self.typed(tabel, tot, &Veldtype::Datum)?;
        let veld = self.pointed(tabel)?.unwrap_or(van);
        let groep = self.velden(tabel, groep)?;
        self.push(Overlap {
            regel: self.index,
            tabel: t,
            groep,
            van,
            tot,
            veld,
            rijen: Default::default(),
        });
        Ok(())
    }

    fn stand(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelFout> {
        let Soort::Stand {
            aantal,
            peildatum,
            groep,
            bron,
            in_op,
            uit_op,
        } = &self.regel.soort
        else {
            return Ok(());
        };
        let bron_at = self
            .definitie
            .tabellen
            .iter()
            .position(|d| d.naam == *bron)
            .filter(|&b| b != t);
        let bron_at =
            bron_at.ok_or_else(|| self.fout(format!("there is no other table `{bron}`")))?;
        let brontabel = &self.definitie.tabellen[bron_at];
        let (eigen, bron_groep) = (self.velden(tabel, groep)?, self.velden(brontabel, groep)?);
        for (&a, &b) in eigen.iter().zip(&bron_groep) {
            if tabel.velden[a].veldtype != brontabel.velden[b].veldtype {
                return Err(self.fout(format!(
                    "`{}` has different types in both tables",
                    tabel.velden[a].naam
                )));
            }
        }
        let uit_op = uit_op
            .iter()
            .map(|naam| self.typed(brontabel, naam, &Veldtype::Datum))
            .collect::<Result<_, _>>()?;
        let stand = Stand {
            regel: self.index,
            tabel: t,
            aantal: self.typed(tabel, aantal, &Veldtype::Geheel)?,
            peildatum: self.typed(tabel, peildatum, &Veldtype::Datum)?,
            toonbaar: eigen
                .iter()
                .copied()
                .filter(|&v| !tabel.velden[v].gevoelig)
                .collect(),
            groep: eigen,
            bron: bron_at,
            bron_groep,
            in_op: self.typed(brontabel, in_op, &Veldtype::Datum)?,
            uit_op,
            groepen: Default::default(),
            namen: Vec::new(),
            voorraad: Default::default(),
            gemeld: Vec::new(),
            kwartalen: self
                .definitie
                .peildata()
                .into_iter()
                .filter(|dag| *dag <= self.opties.leverdatum)
                .map(datum::days)
                .collect(),
            afgeleid: false,
        };
        self.push(stand);
        Ok(())
    }

    fn terugkeer(
        &mut self,
        t: usize,
        tabel: &Tabel,
        tot: &str,
        verdwenen: Option<&[String]>,
    ) -> Result<(), RegelFout> {
        let tot = self.typed(tabel, tot, &Veldtype::Datum)?;
        let sleutel = self.velden(tabel, &tabel.sleutel)?;
        let Some(&eerste) = sleutel.first() else {
            return Err(self.fout(format!("table `{}` has no key", tabel.naam)));
        };
        let veld = self.pointed(tabel)?.unwrap_or(eerste);
        let ruw = self.opties.ruwe_ids
            && sleutel
                .iter()
                .any(|&v| tabel.velden[v].veldtype == Veldtype::Pseudoniem);
        let regel = Terugkeer {
            verdwenen: verdwenen.map(|_| self.index),
            heropend: verdwenen.is_none().then_some(self.index),
            toon: self.velden(tabel, verdwenen.unwrap_or_default())?,
            tabel: t,
            sleutel,
            tot,
            veld,
            jaareinde: year_end_before(self.definitie.jaar),
            ruw,
            versleutel: None,
            andere_sleutel: false,
            definitie: Arc::clone(self.definitie),
            vorig: None,
        };
        self.push(regel);
        Ok(())
    }

    fn stand_vervolgt(
        &mut self,
        t: usize,
        tabel: &Tabel,
        van: &str,
        tot: &str,
    ) -> Result<(), RegelFout> {
        let (van, tot) = (
            self.typed(tabel, van, &Veldtype::Datum)?,
            self.typed(tabel, tot, &Veldtype::Datum)?,
        );
        let regel = StandVervolgt {
            regel: self.index,
            tabel: t,
            van,
            tot,
            veld: self.pointed(tabel)?.unwrap_or(van),
            jaareinde: year_end_before(self.definitie.jaar),
            definitie: Arc::clone(self.definitie),
            vorig: None,
            nu: 0,
        };
        self.push(regel);
        Ok(())
    }
}
