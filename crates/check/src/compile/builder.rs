//! One rule, resolved against one table: its names become positions, its expressions are read.
//!
//! Owns which of `rules` a kind becomes, with what it needs. Leaves which rules are judged, and the fields, to `compile`.

use std::sync::Arc;

use schema::{Definitie, Ernst, Regel, RegelKind, Tabel, VeldType};

use super::{Compiled, Record};
use crate::error::RegelError;
use crate::finding_words;
use crate::judge_options::Options;
use crate::rule_language::Expression;
use crate::rules::SetRegel;
use crate::rules::leeftijd::Leeftijd;
use crate::rules::overlap::Overlap;
use crate::rules::previous_year::{JaarFactor, Reopened, StockContinues, year_end_before};
use crate::rules::reference::ReferenceRule;
use crate::rules::share::{Limit, ShareCode, ShareRule};
use crate::rules::stock::Stock;
use crate::rules::unique::Unique;
use crate::typing::date;
use crate::wording;

/// Adds one rule to what looks at one table.
pub(super) struct Builder<'a> {
    pub(super) definitie: &'a Arc<Definitie>,
    pub(super) options: &'a Options,
    pub(super) index: usize,
    pub(super) regel: &'a Regel,
    pub(super) compiled: &'a mut Compiled,
}

impl Builder<'_> {
    pub(super) fn add(&mut self, t: usize, tabel: &Tabel) -> Result<(), RegelError> {
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
                let why = wording::NUMBERS_NOT_ENCRYPTED;
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
            .chain(
                when.iter()
                    .flat_map(super::super::rule_language::Expression::velden),
            )
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
        let (een, key) = (labels.len() == 1, finding_words::enumerate(&labels, "en"));
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
            other_key: false,
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
