//! A definition's rules, proven usable and laid out per table.
//!
//! Owns the step from [`RegelKind`] to something that can look at rows: every name is resolved here, every expression
//! read, every field covered by a rule that says so when a value breaks its type. Leaves one rule over one table to
//! `builder`.

mod builder;

use std::sync::Arc;

use arrow_schema::SchemaRef;
use schema::definitie::Phase;
use schema::{Definitie, Regel, RegelKind, Tabel, VeldType};

use crate::error::RegelError;
use crate::judge_options::Options;
use crate::rule_language::Expression;
use crate::rules::SetRegel;
use crate::typing::TypeParser;
use builder::Builder;

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
