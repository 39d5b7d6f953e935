//! Works out a typed tree over the columns of one window of rows.
//!
//! Owns the loops. Every lane is read at most once per window, whatever the number of rules over it; windows keep
//! the memory of all temporaries bounded, however large a batch is.

use std::borrow::Cow;
use std::cell::OnceCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::DataType;

use super::bits::{self, Drie};
use super::boom::{Lane, Log, Vergelijking};

/// Rows worked out at a time: all lanes of a table stay in cache.
pub(crate) const VENSTER: usize = 4096;

/// A run of rows of a typed batch, with what has been read of it.
pub(crate) struct Venster<'a> {
    kolommen: &'a [ArrayRef],
    begin: usize,
    pub(crate) rijen: usize,
    lanes: Vec<OnceCell<Vec<i64>>>,
    gevuld: Vec<OnceCell<Vec<u64>>>,
}

/// Values of a lane and the rows for which they are known.
struct Waarden<'v> {
    waarden: Vast<'v>,
    bekend: Cow<'v, [u64]>,
}

/// One value for all rows, or one for each.
enum Vast<'v> {
    Een(i64),
    Elk(Cow<'v, [i64]>),
}

impl Vast<'_> {
    fn at(&self, i: usize) -> i64 {
        match self {
            Self::Een(n) => *n,
            Self::Elk(values) => values[i],
        }
    }
}

impl<'a> Venster<'a> {
    /// The rows `begin..begin + rijen` of typed columns.
    pub(crate) fn new(kolommen: &'a [ArrayRef], begin: usize, rijen: usize) -> Self {
        let cellen = kolommen.len();
        Self {
            kolommen,
            begin,
            rijen,
            lanes: std::iter::repeat_with(OnceCell::new).take(cellen).collect(),
            gevuld: std::iter::repeat_with(OnceCell::new).take(cellen).collect(),
        }
    }

    /// Works out a condition.
    pub(crate) fn log(&self, log: &Log) -> Drie {
        match log {
            Log::Vast(value) => Drie::constant(self.rijen, *value),
            Log::Veld(veld) => {
                let values = self.kolommen[*veld].as_boolean().values();
                Drie::known(
                    window_bits(values, self.begin, self.rijen),
                    self.gevuld(*veld),
                )
            }
            Log::Vergelijk(op, a, b) => self.vergelijk(*op, a, b),
            Log::In(lane, waarden) => self.in_lijst(lane, waarden),
            Log::TekstIn(veld, teksten) => {
                let kolom = self.kolommen[*veld].as_string::<i32>();
                let gelijk = bits::mask(self.rijen, |i| {
                    teksten.iter().any(|t| t == kolom.value(self.begin + i))
                });
                Drie::known(gelijk, self.gevuld(*veld))
            }
            Log::TekstGelijk(a, b) => {
                let (ka, kb) = (
                    self.kolommen[*a].as_string::<i32>(),
                    self.kolommen[*b].as_string::<i32>(),
                );
                let gelijk = bits::mask(self.rijen, |i| {
                    ka.value(self.begin + i) == kb.value(self.begin + i)
                });
                Drie::known(
                    gelijk,
                    &bits::and(self.gevuld(*a).to_vec(), self.gevuld(*b)),
                )
            }
            Log::Gelijk(a, b) => {
                let (a, b) = (self.log(a), self.log(b));
                let beide = bits::and(
                    bits::or(a.waar.clone(), &a.onwaar),
                    &bits::or(b.waar.clone(), &b.onwaar),
                );
                let gelijk = bits::or(bits::and(a.waar, &b.waar), &bits::and(a.onwaar, &b.onwaar));
                Drie::known(gelijk, &beide)
            }
            Log::VeldLeeg(veld) => {
                self.certain(bits::and_not(bits::ones(self.rijen), self.gevuld(*veld)))
            }
            Log::LaneLeeg(lane) => self.certain(bits::and_not(
                bits::ones(self.rijen),
                &self.lane(lane).bekend,
            )),
            Log::Onbekend(log) => {
                let value = self.log(log);
                self.certain(bits::and_not(
                    bits::ones(self.rijen),
                    &bits::or(value.waar, &value.onwaar),
                ))
            }
            Log::Is(log, true) => self.certain(self.log(log).waar),
            Log::Is(log, false) => self.certain(self.log(log).onwaar),
            Log::Niet(log) => self.log(log).not(),
            Log::En(delen) => self.fold(delen, true),
            Log::Of(delen) => self.fold(delen, false),
            Log::Als(takken, anders) => self.als_log(takken, anders),
        }
    }

    /// True where `waar` is set, false elsewhere.
    fn certain(&self, waar: Vec<u64>) -> Drie {
        Drie::known(waar, &bits::ones(self.rijen))
    }

    fn fold(&self, delen: &[Log], en: bool) -> Drie {
        let mut uitkomst = Drie::constant(self.rijen, Some(en));
        for deel in delen {
            let value = self.log(deel);
            uitkomst = if en {
                uitkomst.and(&value)
            } else {
                uitkomst.or(&value)
            };
        }
        uitkomst
    }

    fn vergelijk(&self, op: Vergelijking, a: &Lane, b: &Lane) -> Drie {
        if let Some(waar) = self.vergelijk_i32(op, a, b) {
            return waar;
        }
        let (a, b) = (self.lane(a), self.lane(b));
        let bekend = bits::and(a.bekend.into_owned(), &b.bekend);
        let waar = match (&a.waarden, &b.waarden) {
            (Vast::Een(a), Vast::Een(b)) if op.holds(a.cmp(b)) => bits::ones(self.rijen),
            (Vast::Een(_), Vast::Een(_)) => vec![0; bits::words(self.rijen)],
            (Vast::Een(a), Vast::Elk(b)) => compare_constant(op.swapped(), b, *a),
            (Vast::Elk(a), Vast::Een(b)) => compare_constant(op, a, *b),
            (Vast::Elk(a), Vast::Elk(b)) => compare(op, a, b),
        };
        Drie::known(waar, &bekend)
    }

    /// Dates and whole numbers straight from their columns: the bulk of all comparisons, at half the width.
    fn vergelijk_i32(&self, op: Vergelijking, a: &Lane, b: &Lane) -> Option<Drie> {
        let (op, veld, ander) = match (a, b) {
            (Lane::Veld(a), b) => (op, *a, b),
            (a, Lane::Veld(b)) => (op.swapped(), *b, a),
            _ => return None,
        };
        let links = self.narrow(veld)?;
        match ander {
            Lane::Vast(n) => {
                let waar = compare_constant(op, links, i32::try_from(*n).ok()?);
                Some(Drie::known(waar, self.gevuld(veld)))
            }
            Lane::Veld(ander) => {
                let waar = compare(op, links, self.narrow(*ander)?);
                Some(Drie::known(
                    waar,
                    &bits::and(self.gevuld(veld).to_vec(), self.gevuld(*ander)),
                ))
            }
            _ => None,
        }
    }

    fn narrow(&self, veld: usize) -> Option<&'a [i32]> {
        let kolom: &'a ArrayRef = &self.kolommen[veld];
        let values: &'a [i32] = match kolom.data_type() {
            DataType::Int32 => kolom.as_primitive::<Int32Type>().values(),
            DataType::Date32 => kolom.as_primitive::<Date32Type>().values(),
            _ => return None,
        };
        Some(&values[self.begin..self.begin + self.rijen])
    }

    fn in_lijst(&self, lane: &Lane, waarden: &[i64]) -> Drie {
        let lane = self.lane(lane);
        let in_lijst = match waarden {
            // Keys of a short code list: one bit each.
            [first, .., last] if *first >= 0 && *last < 64 => {
                let set = waarden.iter().fold(0_u64, |set, w| set | (1 << w));
                bits::mask(self.rijen, |i| {
                    let w = lane.waarden.at(i);
                    (0..64).contains(&w) && (set >> w) & 1 == 1
                })
            }
            _ => bits::mask(self.rijen, |i| {
                waarden.binary_search(&lane.waarden.at(i)).is_ok()
            }),
        };
        Drie::known(in_lijst, &lane.bekend)
    }

    fn als_log(&self, takken: &[(Log, Log)], anders: &Log) -> Drie {
        let mut open = bits::ones(self.rijen);
        let mut uitkomst = Drie::constant(self.rijen, None);
        for (conditie, resultaat) in takken {
            let hier = bits::and(self.log(conditie).waar, &open);
            open = bits::and_not(open, &hier);
            let value = self.log(resultaat);
            uitkomst.waar = bits::or(uitkomst.waar, &bits::and(value.waar, &hier));
            uitkomst.onwaar = bits::or(uitkomst.onwaar, &bits::and(value.onwaar, &hier));
        }
        let value = self.log(anders);
        Drie {
            waar: bits::or(uitkomst.waar, &bits::and(value.waar, &open)),
            onwaar: bits::or(uitkomst.onwaar, &bits::and(value.onwaar, &open)),
        }
    }

    fn lane(&self, lane: &Lane) -> Waarden<'_> {
        match lane {
            Lane::Veld(veld) => Waarden {
                waarden: Vast::Elk(Cow::Borrowed(self.breed(*veld))),
                bekend: Cow::Borrowed(self.gevuld(*veld)),
            },
            Lane::Vast(n) => Waarden {
                waarden: Vast::Een(*n),
                bekend: Cow::Owned(bits::ones(self.rijen)),
            },
            Lane::Leeg => Waarden {
                waarden: Vast::Een(0),
                bekend: Cow::Owned(vec![0; bits::words(self.rijen)]),
            },
            // Accepted expressions fit 64 bits for every known value; what stands under a NULL may not.
            Lane::Plus(a, b) => self.reken(a, b, i64::wrapping_add),
            Lane::Min(a, b) => self.reken(a, b, i64::wrapping_sub),
            Lane::Keer(a, b) => self.reken(a, b, i64::wrapping_mul),
            Lane::Als(takken, anders) => self.als_lane(takken, anders),
        }
    }

    fn reken(&self, a: &Lane, b: &Lane, bewerking: impl Fn(i64, i64) -> i64) -> Waarden<'_> {
        let (a, b) = (self.lane(a), self.lane(b));
        let bekend = bits::and(a.bekend.into_owned(), &b.bekend);
        let waarden = match (&a.waarden, &b.waarden) {
            (Vast::Een(a), Vast::Een(b)) => Vast::Een(bewerking(*a, *b)),
            (Vast::Elk(a), Vast::Een(b)) => {
                Vast::Elk(a.iter().map(|a| bewerking(*a, *b)).collect())
            }
            (Vast::Een(a), Vast::Elk(b)) => {
                Vast::Elk(b.iter().map(|b| bewerking(*a, *b)).collect())
            }
            (Vast::Elk(a), Vast::Elk(b)) => Vast::Elk(
                a.iter()
                    .zip(b.iter())
                    .map(|(a, b)| bewerking(*a, *b))
                    .collect(),
            ),
        };
        Waarden {
            waarden,
            bekend: Cow::Owned(bekend),
        }
    }

    fn als_lane(&self, takken: &[(Log, Lane)], anders: &Lane) -> Waarden<'_> {
        let mut open = bits::ones(self.rijen);
        let mut waarden = vec![0; self.rijen];
        let mut bekend = vec![0; bits::words(self.rijen)];
        let mut kies = |hier: &[u64], lane: &Lane| {
            let value = self.lane(lane);
            bits::positions(hier).for_each(|i| waarden[i] = value.waarden.at(i));
            bekend
                .iter_mut()
                .zip(hier)
                .zip(value.bekend.iter())
                .for_each(|((b, h), v)| *b |= h & v);
        };
        for (conditie, resultaat) in takken {
            let hier = bits::and(self.log(conditie).waar, &open);
            open = bits::and_not(open, &hier);
            kies(&hier, resultaat);
        }
        kies(&open, anders);
        Waarden {
            waarden: Vast::Elk(Cow::Owned(waarden)),
            bekend: Cow::Owned(bekend),
        }
    }

    /// The rows for which a field has a value.
    pub(crate) fn gevuld(&self, veld: usize) -> &[u64] {
        self.gevuld[veld].get_or_init(|| match self.kolommen[veld].nulls() {
            Some(nulls) => known_bits(nulls, self.begin, self.rijen),
            None => bits::ones(self.rijen),
        })
    }

    fn breed(&self, veld: usize) -> &[i64] {
        self.lanes[veld].get_or_init(|| wide(&self.kolommen[veld], self.begin, self.rijen))
    }
}

/// The values of a column as 64-bit numbers; what stands under a NULL is arbitrary.
pub(crate) fn wide(kolom: &ArrayRef, begin: usize, rijen: usize) -> Vec<i64> {
    let venster = begin..begin + rijen;
    match kolom.data_type() {
        DataType::Int32 => kolom.as_primitive::<Int32Type>().values()[venster]
            .iter()
            .map(|&v| v.into())
            .collect(),
        DataType::Date32 => kolom.as_primitive::<Date32Type>().values()[venster]
            .iter()
            .map(|&v| v.into())
            .collect(),
        // 12 digits: every known value fits.
        DataType::Decimal128(..) => kolom.as_primitive::<Decimal128Type>().values()[venster]
            .iter()
            .map(|&v| v as i64)
            .collect(),
        DataType::Dictionary(key, _) if **key == DataType::UInt8 => {
            kolom.as_dictionary::<UInt8Type>().keys().values()[venster]
                .iter()
                .map(|&v| v.into())
                .collect()
        }
        DataType::Dictionary(..) => kolom.as_dictionary::<UInt16Type>().keys().values()[venster]
            .iter()
            .map(|&v| v.into())
            .collect(),
        DataType::Boolean => venster
            .map(|i| i64::from(kolom.as_boolean().value(i)))
            .collect(),
        other => unreachable!("no lane is made of a column of type {other}"),
    }
}

pub(crate) fn known_bits(nulls: &NullBuffer, begin: usize, rijen: usize) -> Vec<u64> {
    window_bits(nulls.inner(), begin, rijen)
}

/// Bits `begin..begin + rijen` of a buffer, with zeros past the end.
fn window_bits(buffer: &BooleanBuffer, begin: usize, rijen: usize) -> Vec<u64> {
    let venster = buffer.slice(begin, rijen);
    let mut words: Vec<u64> = venster.bit_chunks().iter_padded().collect();
    words.truncate(bits::words(rijen));
    words
}

fn compare_constant<T: Ord + Copy>(op: Vergelijking, a: &[T], b: T) -> Vec<u64> {
    // One loop per operator: the choice stays out of the loop, and the loop vectorises.
    match op {
        Vergelijking::Gelijk => bits::mask(a.len(), |i| a[i] == b),
        Vergelijking::Ongelijk => bits::mask(a.len(), |i| a[i] != b),
        Vergelijking::Kleiner => bits::mask(a.len(), |i| a[i] < b),
        Vergelijking::HoogstensGelijk => bits::mask(a.len(), |i| a[i] <= b),
        Vergelijking::Groter => bits::mask(a.len(), |i| a[i] > b),
        Vergelijking::MinstensGelijk => bits::mask(a.len(), |i| a[i] >= b),
    }
}

fn compare<T: Ord + Copy>(op: Vergelijking, a: &[T], b: &[T]) -> Vec<u64> {
    let b = &b[..a.len()];
    match op {
        Vergelijking::Gelijk => bits::mask(a.len(), |i| a[i] == b[i]),
        Vergelijking::Ongelijk => bits::mask(a.len(), |i| a[i] != b[i]),
        Vergelijking::Kleiner => bits::mask(a.len(), |i| a[i] < b[i]),
        Vergelijking::HoogstensGelijk => bits::mask(a.len(), |i| a[i] <= b[i]),
        Vergelijking::Groter => bits::mask(a.len(), |i| a[i] > b[i]),
        Vergelijking::MinstensGelijk => bits::mask(a.len(), |i| a[i] >= b[i]),
    }
}
