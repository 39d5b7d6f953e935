//! A definition's rules, proven usable and laid out per table.
//!
//! Owns the step from [`RegelKind`] to something that can look at rows: every name is resolved here, every expression
//! read, every field covered by a rule that says so when a value breaks its type.

use std::sync::Arc;

use arrow_schema::SchemaRef;
use schema::definitie::Phase;
use schema::{Definitie, Ernst, Regel, RegelKind, Tabel, VeldType};

use crate::error::RegelError;
use crate::expr::Expression;
use crate::options::Options;
use crate::rules::SetRegel;
use crate::rules::leeftijd::Leeftijd;
use crate::rules::overlap::Overlap;
use crate::rules::previous_year::{JaarFactor, Reopened, StockContinues, year_end_before};
use crate::rules::reference::ReferenceRule;
use crate::rules::share::{Limit, ShareCode, ShareRule};
use crate::rules::stock::Stock;
use crate::rules::unique::Unique;
use crate::text;
use crate::typing::{TypeParser, date};

/// A table under judgement.
#[derive(Debug)]
pub(crate) struct TabelState {
    pub(crate) schema: SchemaRef,
    pub(crate) velden: Vec<VeldState>,
    pub(crate) records: Vec<Record>,
    /// Rows so far; absent while the table has not been seen.
    pub(crate) rijen: Option<u64>,
}

/// A field under judgement: the rules, by position, that look at its cells.
#[derive(Debug)]
pub(crate) struct VeldState {
    pub(crate) type_parser: TypeParser,
    pub(crate) invalid: Vec<usize>,
    pub(crate) verplicht: Vec<usize>,
    /// The rules that a date breaks from which this field is derived.
    pub(crate) source_invalid: Vec<usize>,
    pub(crate) negative: Vec<usize>,
    pub(crate) after_levering: Vec<usize>,
    pub(crate) empty: Vec<usize>,
    /// Whether any row had text.
    pub(crate) filled: bool,
    /// Whether any batch had the column.
    pub(crate) present: bool,
}

/// A rule over one row.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) regel: usize,
    /// The field that names the cell.
    pub(crate) veld: Option<usize>,
    pub(crate) assert: Expression,
    pub(crate) when: Option<Expression>,
    /// The fields either part uses.
    pub(crate) velden: Vec<usize>,
    /// Its findings are answered: an answer holds as long as these fields do.
    pub(crate) signaal: bool,
    pub(crate) mark_velden: Vec<usize>,
}

/// All that looks at rows.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) tabellen: Vec<TabelState>,
    pub(crate) set_regels: Vec<Box<dyn SetRegel>>,
    /// Rules that these options leave out, with the reason.
    pub(crate) niet_beoordeeld: Vec<(usize, String)>,
}

/// Lays out the rules of a definition.
pub(crate) fn build(definitie: &Arc<Definitie>, options: &Options) -> Result<Compiled, RegelError> {
    let mut compiled = Compiled {
        tabellen: Vec::new(),
        set_regels: Vec::new(),
        niet_beoordeeld: Vec::new(),
    };
    for tabel in &definitie.tabellen {
        let velden = (0..tabel.velden.len())
            .map(|veld| field(definitie, options, tabel, veld))
            .collect::<Result<_, _>>()?;
        compiled.tabellen.push(TabelState {
            schema: crate::schema(definitie, tabel),
            velden,
            records: Vec::new(),
            rijen: None,
        });
    }
    for (index, regel) in judged(definitie) {
        let mut builder = Builder {
            definitie,
            options,
            index,
            regel,
            compiled: &mut compiled,
        };
        for (t, tabel) in definitie
            .tabellen
            .iter()
            .enumerate()
            .filter(|(_, tabel)| applies_to(regel, tabel))
        {
            builder.add(t, tabel)?;
        }
    }
    Ok(compiled)
}

/// The rules this crate judges, with their position.
fn judged(definitie: &Definitie) -> impl Iterator<Item = (usize, &Regel)> {
    definitie
        .regels
        .iter()
        .enumerate()
        .filter(|(_, r)| r.fase == Phase::Pakket && !matches!(r.soort, RegelKind::Bron {}))
}

fn applies_to(regel: &Regel, tabel: &Tabel) -> bool {
    regel.tabel.as_ref().is_none_or(|name| *name == tabel.naam)
}

/// The rules of some kind over a field, by position.
fn rules_over(
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &str,
    kind: impl Fn(&RegelKind) -> bool,
) -> Vec<usize> {
    let over = |r: &Regel| {
        applies_to(r, tabel)
            && (r.velden.is_empty() || r.velden.iter().any(|v| v == veld))
            && kind(&r.soort)
    };
    judged(definitie)
        .filter(|(_, r)| over(r))
        .map(|(i, _)| i)
        .collect()
}

fn field(
    definitie: &Definitie,
    options: &Options,
    tabel: &Tabel,
    veld: usize,
) -> Result<VeldState, RegelError> {
    let veld = &tabel.velden[veld];
    let name = veld.naam.as_str();
    let over = |kind: &dyn Fn(&RegelKind) -> bool| rules_over(definitie, tabel, name, kind);
    let invalid = over(&|kind| {
        matches!(
            (&veld.veldtype, kind),
            (VeldType::Pseudoniem, RegelKind::Pseudoniem {})
                | (VeldType::Tekst { .. }, RegelKind::Lengte {})
                | (VeldType::Whole | VeldType::Decimal, RegelKind::Getal {})
                | (VeldType::Datum, RegelKind::Datum {})
                | (VeldType::Code { .. } | VeldType::YesNo, RegelKind::Code {})
                | (VeldType::Gemeente, RegelKind::Gemeente {})
        )
    });
    let required = if veld.verplicht {
        over(&|s| matches!(s, RegelKind::Verplicht {}))
    } else {
        Vec::new()
    };
    if invalid.is_empty() || (veld.verplicht && required.is_empty()) {
        return Err(RegelError::Uncovered {
            tabel: tabel.naam.clone(),
            veld: name.to_owned(),
        });
    }
    let number = matches!(veld.veldtype, VeldType::Whole | VeldType::Decimal);
    let negative = over(&|s| {
        number
            && matches!(s, RegelKind::NietNegatief { behalve } if !behalve.iter().any(|b| b == name))
    });
    let after_levering =
        over(&|s| veld.veldtype == VeldType::Datum && matches!(s, RegelKind::DatumNaLevering {}));
    let empty = over(&|s| !veld.verplicht && matches!(s, RegelKind::VeldLeeg {}));
    let source_invalid = over(&|s| veld.afleiding.is_some() && matches!(s, RegelKind::Datum {}));
    let type_parser = TypeParser::new(definitie, &veld.veldtype, options.raw_ids)?;
    Ok(VeldState {
        type_parser,
        invalid,
        verplicht: required,
        source_invalid,
        negative,
        after_levering,
        empty,
        filled: false,
        present: false,
    })
}

/// Adds one rule to what looks at one table.
struct Builder<'a> {
    definitie: &'a Arc<Definitie>,
    options: &'a Options,
    index: usize,
    regel: &'a Regel,
    compiled: &'a mut Compiled,
}

impl Builder<'_> {
    fn add(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelError> {
        match &self.regel.soort {
            RegelKind::Record { assert, when } => self.record(t, tabel, assert, when.as_deref()),
            RegelKind::Uniek {} => self.unique(t, tabel),
            RegelKind::Verwijzing { veld, naar: to } => self.reference(t, tabel, veld, to),
            RegelKind::Aandeel {
                expr,
                max,
                minimaal: minimum,
            } => {
                let expr = self.expression(tabel, expr)?;
                let veld = self
                    .pointed(tabel)?
                    .or_else(|| expr.velden().first().copied());
                let limit = Limit {
                    max: *max,
                    minimaal: *minimum,
                };
                self.push(ShareRule {
                    regel: self.index,
                    tabel: t,
                    veld,
                    expr,
                    limit,
                    teller: 0,
                    noemer: 0,
                });
                Ok(())
            }
            RegelKind::AandeelCode {
                waarde: value,
                max,
                minimaal: minimum,
            } => {
                let limit = Limit {
                    max: *max,
                    minimaal: *minimum,
                };
                self.share_code(t, tabel, value, limit);
                Ok(())
            }
            RegelKind::LeeftijdVerenigbaar {
                groep: grouping,
                datum,
                leeftijd,
            } => self.leeftijd(t, tabel, grouping, datum, leeftijd),
            RegelKind::Overlap {
                groep: grouping,
                van,
                tot,
            } => self.overlap(t, tabel, grouping, van, tot),
            RegelKind::Stand { .. } => self.stock(t, tabel),
            RegelKind::JaarFactor { factor } => {
                self.push(JaarFactor {
                    regel: self.index,
                    tabel: t,
                    factor: *factor,
                    vorig: None,
                });
                Ok(())
            }
            RegelKind::Verdwenen { tot, toon: show } => self.reopening(t, tabel, tot, Some(show)),
            RegelKind::Heropend { tot } => self.reopening(t, tabel, tot, None),
            RegelKind::StandVervolgt { van, tot } => self.stock_continues(t, tabel, van, tot),
            RegelKind::Pseudoniem {} if self.options.raw_ids => {
                let why = "De nummers zijn nog niet versleuteld. Het programma doet dat als u het pakket maakt.";
                self.compiled
                    .niet_beoordeeld
                    .push((self.index, why.to_owned()));
                Ok(())
            }
            // Looked at per field, or at the end.
            RegelKind::Bron {}
            | RegelKind::Verplicht {}
            | RegelKind::Datum {}
            | RegelKind::Getal {}
            | RegelKind::Code {}
            | RegelKind::Lengte {}
            | RegelKind::Pseudoniem {}
            | RegelKind::Gemeente {}
            | RegelKind::TabelAfwezig {}
            | RegelKind::NietNegatief { .. }
            | RegelKind::VeldLeeg {}
            | RegelKind::DatumNaLevering {} => Ok(()),
        }
    }

    fn push(&mut self, regel: impl SetRegel + 'static) {
        self.compiled.set_regels.push(Box::new(regel));
    }

    fn error(&self, reason: String) -> RegelError {
        RegelError::Parameter {
            code: self.regel.code.clone(),
            reden: reason,
        }
    }

    /// The position of a field.
    fn veld(&self, tabel: &Tabel, name: &str) -> Result<usize, RegelError> {
        let at = tabel.velden.iter().position(|v| v.naam == name);
        at.ok_or_else(|| self.error(format!("table `{}` has no field `{name}`", tabel.naam)))
    }

    fn velden(&self, tabel: &Tabel, names: &[String]) -> Result<Vec<usize>, RegelError> {
        names.iter().map(|name| self.veld(tabel, name)).collect()
    }

    fn typed(&self, tabel: &Tabel, name: &str, veld_type: &VeldType) -> Result<usize, RegelError> {
        let at = self.veld(tabel, name)?;
        if tabel.velden[at].veldtype == *veld_type {
            return Ok(at);
        }
        Err(self.error(format!(
            "field `{name}` of `{}` is no {veld_type:?}",
            tabel.naam
        )))
    }

    /// The field the rule points at.
    fn pointed(&self, tabel: &Tabel) -> Result<Option<usize>, RegelError> {
        self.regel
            .velden
            .first()
            .map(|name| self.veld(tabel, name))
            .transpose()
    }

    fn expression(&self, tabel: &Tabel, text: &str) -> Result<Expression, RegelError> {
        Expression::parse(self.definitie, tabel, text).map_err(|reason| RegelError::Expression {
            code: self.regel.code.clone(),
            tekst: text.to_owned(),
            reden: reason,
        })
    }

    fn record(
        &mut self,
        t: usize,
        tabel: &Tabel,
        assert: &str,
        when: Option<&str>,
    ) -> Result<(), RegelError> {
        let assert = self.expression(tabel, assert)?;
        let when = when.map(|text| self.expression(tabel, text)).transpose()?;
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
        let mark_velden = velden
            .iter()
            .copied()
            .filter(|&v| signaal && tabel.velden[v].veldtype != VeldType::Pseudoniem)
            .collect();
        self.compiled.tabellen[t].records.push(Record {
            regel: self.index,
            veld,
            assert,
            when,
            velden,
            signaal,
            mark_velden,
        });
        Ok(())
    }

    fn unique(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelError> {
        let velden = self.velden(tabel, &tabel.sleutel)?;
        let Some(&first) = velden.first() else {
            return Err(self.error(format!("table `{}` has no key", tabel.naam)));
        };
        let labels: Vec<String> = velden
            .iter()
            .map(|&v| tabel.velden[v].label.clone())
            .collect();
        let veld = self.pointed(tabel)?.unwrap_or(first);
        let (een, key) = (labels.len() == 1, text::enumerate(&labels, "en"));
        self.push(Unique {
            regel: self.index,
            tabel: t,
            velden,
            veld,
            een,
            sleutel: key,
            rijen: Default::default(),
            texts: Default::default(),
        });
        Ok(())
    }

    fn reference(
        &mut self,
        t: usize,
        tabel: &Tabel,
        veld: &str,
        to: &str,
    ) -> Result<(), RegelError> {
        let target_at = self.definitie.tabellen.iter().position(|d| d.naam == to);
        let target_at = target_at.ok_or_else(|| self.error(format!("there is no table `{to}`")))?;
        if target_at == t || (self.regel.tabel.is_none() && tabel.veld(veld).is_none()) {
            return Ok(());
        }
        let target = &self.definitie.tabellen[target_at];
        let [key] = target.sleutel.as_slice() else {
            return Err(self.error(format!("the key of `{to}` is not one field")));
        };
        let (van, tot) = (self.veld(tabel, veld)?, self.veld(target, key)?);
        if tabel.velden[van].veldtype != target.velden[tot].veldtype {
            return Err(self.error(format!("`{veld}` and `{to}.{key}` have different types")));
        }
        self.push(ReferenceRule::new(self.index, (t, van), (target_at, tot)));
        Ok(())
    }

    fn share_code(&mut self, t: usize, tabel: &Tabel, value: &str, limit: Limit) {
        let mut velden = Vec::new();
        for (at, veld) in tabel.velden.iter().enumerate() {
            let VeldType::Code { list } = &veld.veldtype else {
                continue;
            };
            let meant = self.regel.velden.is_empty() || self.regel.velden.contains(&veld.naam);
            let key = self
                .definitie
                .codelijsten
                .get(list)
                .and_then(|l| l.codes.iter().position(|c| c.code == value));
            if let Some(key) = key.filter(|_| meant).and_then(|key| u8::try_from(key).ok()) {
                velden.push((at, key, 0));
            }
        }
        self.push(ShareCode {
            regel: self.index,
            tabel: t,
            waarde: value.to_owned(),
            limit,
            noemer: 0,
            velden,
        });
    }

    fn leeftijd(
        &mut self,
        t: usize,
        tabel: &Tabel,
        grouping: &str,
        datum: &str,
        leeftijd: &str,
    ) -> Result<(), RegelError> {
        let grouping = self.veld(tabel, grouping)?;
        let datum = self.typed(tabel, datum, &VeldType::Datum)?;
        let leeftijd = self.typed(tabel, leeftijd, &VeldType::Whole)?;
        let veld = self.pointed(tabel)?.unwrap_or(leeftijd);
        self.push(Leeftijd {
            regel: self.index,
            tabel: t,
            groep: grouping,
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
        grouping: &[String],
        van: &str,
        tot: &str,
    ) -> Result<(), RegelError> {
        let van = self.typed(tabel, van, &VeldType::Datum)?;
        let tot = self.typed(tabel, tot, &VeldType::Datum)?;
        let veld = self.pointed(tabel)?.unwrap_or(van);
        let grouping = self.velden(tabel, grouping)?;
        self.push(Overlap {
            regel: self.index,
            tabel: t,
            groep: grouping,
            van,
            tot,
            veld,
            rijen: Default::default(),
        });
        Ok(())
    }

    fn stock(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelError> {
        let RegelKind::Stand {
            aantal: count,
            peildatum,
            groep: grouping,
            bron: source,
            in_op: entered_on,
            uit_op: left_on,
        } = &self.regel.soort
        else {
            return Ok(());
        };
        let source_at = self
            .definitie
            .tabellen
            .iter()
            .position(|d| d.naam == *source)
            .filter(|&b| b != t);
        let source_at =
            source_at.ok_or_else(|| self.error(format!("there is no other table `{source}`")))?;
        let source_tabel = &self.definitie.tabellen[source_at];
        let (own, source_group) = (
            self.velden(tabel, grouping)?,
            self.velden(source_tabel, grouping)?,
        );
        for (&a, &b) in own.iter().zip(&source_group) {
            if tabel.velden[a].veldtype != source_tabel.velden[b].veldtype {
                return Err(self.error(format!(
                    "`{}` has different types in both tables",
                    tabel.velden[a].naam
                )));
            }
        }
        let left_on = left_on
            .iter()
            .map(|name| self.typed(source_tabel, name, &VeldType::Datum))
            .collect::<Result<_, _>>()?;
        let stock = Stock {
            regel: self.index,
            tabel: t,
            aantal: self.typed(tabel, count, &VeldType::Whole)?,
            peildatum: self.typed(tabel, peildatum, &VeldType::Datum)?,
            visible: own
                .iter()
                .copied()
                .filter(|&v| !tabel.velden[v].gevoelig)
                .collect(),
            groep: own,
            bron: source_at,
            source_group,
            in_op: self.typed(source_tabel, entered_on, &VeldType::Datum)?,
            uit_op: left_on,
            groups: Default::default(),
            names: Vec::new(),
            stock: Default::default(),
            reported: Vec::new(),
            quarters: self
                .definitie
                .peildata()
                .into_iter()
                .filter(|day| *day <= self.options.leverdatum)
                .map(date::days)
                .collect(),
            afgeleid: false,
        };
        self.push(stock);
        Ok(())
    }

    fn reopening(
        &mut self,
        t: usize,
        tabel: &Tabel,
        tot: &str,
        vanished: Option<&[String]>,
    ) -> Result<(), RegelError> {
        let tot = self.typed(tabel, tot, &VeldType::Datum)?;
        let key = self.velden(tabel, &tabel.sleutel)?;
        let Some(&first) = key.first() else {
            return Err(self.error(format!("table `{}` has no key", tabel.naam)));
        };
        let veld = self.pointed(tabel)?.unwrap_or(first);
        let raw = self.options.raw_ids
            && key
                .iter()
                .any(|&v| tabel.velden[v].veldtype == VeldType::Pseudoniem);
        let regel = Reopened {
            vanished: vanished.map(|_| self.index),
            reopened: vanished.is_none().then_some(self.index),
            toon: self.velden(tabel, vanished.unwrap_or_default())?,
            tabel: t,
            sleutel: key,
            tot,
            veld,
            year_end: year_end_before(self.definitie.jaar),
            raw,
            pseudonym_maker: None,
            andere_sleutel: false,
            definitie: Arc::clone(self.definitie),
            vorig: None,
        };
        self.push(regel);
        Ok(())
    }

    fn stock_continues(
        &mut self,
        t: usize,
        tabel: &Tabel,
        van: &str,
        tot: &str,
    ) -> Result<(), RegelError> {
        let (van, tot) = (
            self.typed(tabel, van, &VeldType::Datum)?,
            self.typed(tabel, tot, &VeldType::Datum)?,
        );
        let regel = StockContinues {
            regel: self.index,
            tabel: t,
            van,
            tot,
            veld: self.pointed(tabel)?.unwrap_or(van),
            year_end: year_end_before(self.definitie.jaar),
            definitie: Arc::clone(self.definitie),
            vorig: None,
            nu: 0,
        };
        self.push(regel);
        Ok(())
    }
}
