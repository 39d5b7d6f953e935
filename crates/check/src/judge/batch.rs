//! The rules over the cells and rows of one batch.
//!
//! Owns which rows break them, and what a finding shows of such a row. Leaves the order of work to `judge`.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type};
use arrow_array::{Array, ArrayRef};

use crate::batch_view::BatchView;
use crate::compile::{Record, VeldState};
use crate::finding_words::shown;
use crate::rule_hit::{Filling, Hit};
use crate::rule_language::bits;
use crate::rule_language::eval::{WINDOW, Window, known_bits};
use crate::shared_cause::Ground;
use crate::tally::Hits;
use crate::toelichting_key::mark;
use crate::typing::{Typed, empty_rows};

/// What an age is derived from, in the words of a finding.
const BIRTH_DATE: &str = "De geboortedatum";

/// The rules over the cells of one field; `not_computed` are rows in which it is not empty for want of a source.
pub(super) fn judge_cells(
    veld: &VeldState,
    v: usize,
    typed: &Typed,
    view: &BatchView<'_>,
    delivery_day: i32,
    not_computed: &[(usize, Option<&str>)],
    hits: &mut Hits,
) {
    for &regel in &veld.source_invalid {
        for (row, text) in not_computed
            .iter()
            .filter_map(|(row, text)| Some((*row, (*text)?)))
        {
            hits.in_cells(regel, view.tabel, v, 1);
            let names = vec![("veld", Filling::Tekst(BIRTH_DATE.to_owned()))];
            hits.add(regel, view.tabel, || Hit {
                gevonden: Some(shown(text)),
                names,
                ..cell(view, v, row)
            });
        }
    }
    let mut add = |regels: &[usize], rows: &[u64], ground: Option<Ground>| {
        for &regel in regels {
            hits.add_rows(regel, view.tabel, rows, |i| cell(view, v, i));
            hits.in_cells(regel, view.tabel, v, bits::count(rows));
            if let Some(ground) = ground.filter(|_| rows.iter().any(|&word| word != 0)) {
                hits.causes(regel, view.tabel, v)
                    .count(ground, view, v, rows, |i| cell(view, v, i));
            }
        }
    };
    if let Some(invalid) = &typed.invalid {
        add(&veld.invalid, invalid, veld.type_parser.cause());
    }
    if typed.empty > 0 && !veld.verplicht.is_empty() {
        let mut empty = view.raw[v].map_or_else(|| bits::ones(view.rijen), empty_rows);
        let said = |text: Option<&str>| text.is_none() || !veld.source_invalid.is_empty();
        for (row, _) in not_computed
            .iter()
            .filter(|(row, text)| *row < view.rijen && said(*text))
        {
            empty[row / 64] &= !(1 << (row % 64));
        }
        add(&veld.verplicht, &empty, Some(Ground::Veld));
    }
    if !veld.negative.is_empty() && typed.array.null_count() < view.rijen {
        add(
            &veld.negative,
            &negative_rows(&typed.array),
            Some(Ground::Waarde),
        );
    }
    if !veld.after_levering.is_empty() && typed.array.null_count() < view.rijen {
        let days = typed.array.as_primitive::<Date32Type>().values();
        add(
            &veld.after_levering,
            &known(
                &typed.array,
                bits::mask(days.len(), |i| days[i] > delivery_day),
            ),
            Some(Ground::Waarde),
        );
    }
}

fn negative_rows(array: &ArrayRef) -> Vec<u64> {
    let negative = match array.as_primitive_opt::<Int32Type>() {
        Some(numbers) => bits::mask(array.len(), |i| numbers.values()[i] < 0),
        None => {
            let amounts = array.as_primitive::<Decimal128Type>().values();
            bits::mask(array.len(), |i| amounts[i] < 0)
        }
    };
    known(array, negative)
}

/// The rows of `rijen` for which the array has a value.
fn known(array: &ArrayRef, rows: Vec<u64>) -> Vec<u64> {
    match array.nulls() {
        Some(nulls) => bits::and(rows, &known_bits(nulls, 0, array.len())),
        None => rows,
    }
}

/// The rules over one row each. A rule is silent where a value it uses breaks its type: that was said already.
pub(super) fn judge_rows(
    records: &[Record],
    typed: &[Typed],
    view: &BatchView<'_>,
    hits: &mut Hits,
) {
    let mut violations: Vec<Vec<u64>> = vec![Vec::new(); records.len()];
    for begin in (0..view.rijen).step_by(WINDOW) {
        let window = Window::new(view.kolommen, begin, WINDOW.min(view.rijen - begin));
        for (record, rows) in records.iter().zip(&mut violations) {
            let mut error = record.assert.over(&window).is_false;
            if let Some(when) = &record.when {
                error = bits::and(error, &when.over(&window).is_true);
            }
            rows.extend(error);
        }
    }
    for (record, mut rows) in records.iter().zip(violations) {
        for invalid in record
            .velden
            .iter()
            .filter_map(|&v| typed[v].invalid.as_ref())
        {
            rows = bits::and_not(rows, invalid);
        }
        if rows.iter().all(|&word| word == 0) {
            continue;
        }
        let hit = |i| match record.veld {
            Some(veld) => Hit {
                mark: marked(view, &record.mark_velden, i),
                ..cell(view, veld, i)
            },
            None => Hit {
                rij: Some(view.row(i)),
                ..Hit::default()
            },
        };
        hits.add_rows(record.regel, view.tabel, &rows, hit);
        if record.signaal {
            hits.mark(record.regel, view.tabel, view.begin, &rows);
        }
        // A rule about one cell has one cause where the value is the same; of two cells either may be wrong.
        if let (Some(veld), [_]) = (record.veld, record.velden.as_slice()) {
            hits.causes(record.regel, view.tabel, veld).count(
                Ground::Waarde,
                view,
                veld,
                &rows,
                hit,
            );
        }
    }
}

/// A number for what stands in these fields of a row.
fn marked(view: &BatchView<'_>, velden: &[usize], row: usize) -> u64 {
    velden.iter().fold(0, |so_far, &veld| {
        so_far.rotate_left(17) ^ mark(view.text(veld, row).as_bytes())
    })
}

fn cell(view: &BatchView<'_>, veld: usize, row: usize) -> Hit {
    Hit {
        rij: Some(view.row(row)),
        veld: Some(veld),
        gevonden: view.found(veld, row),
        ..Hit::default()
    }
}
