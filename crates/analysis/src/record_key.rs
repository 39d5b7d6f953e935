//! The key of a record: a number by which it is known which records a count is made of.
//!
//! Owns the columns `sleutel` (of the row, from the key fields of its table) and `<veld>_sleutel` (of whom a pseudonym
//! stands for), and how they are made: the first 36 bits of an XXH3 over aanbieder and fields, so that a sum over 100
//! million records still fits 64 bits. Two records share a key by chance alone, which joins two draws and nothing else.
//! Leaves the draws to `disclosure`.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, AsArray, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast,
    col, ident,
};
use schema::{Tabel, VeldType};
use twox_hash::XxHash3_128;

/// Bits of a key that count.
const BITS: u32 = 36;

/// Between two fields, so that no two rows read alike.
const SEPARATOR: u8 = 0x1F;

/// The key columns of a table, and the fields each is made of after `aanbieder`.
pub(crate) fn columns(tabel: &Tabel) -> Vec<(String, Vec<String>)> {
    let pseudonyms = tabel.velden.iter().filter(|veld| {
        veld.veldtype == VeldType::Pseudoniem && tabel.sleutel != [veld.naam.as_str()]
    });
    let own = ("sleutel".to_owned(), tabel.sleutel.clone());
    std::iter::once(own)
        .chain(pseudonyms.map(|veld| (format!("{}_sleutel", veld.naam), vec![veld.naam.clone()])))
        .collect()
}

/// The key over `aanbieder` and these columns; empty where one of them is.
pub(crate) fn expression(velden: &[String]) -> Expr {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> =
        LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(RecordKey::new())));
    let text = |name: &str| cast(ident(name), DataType::Utf8View);
    let parts = std::iter::once(cast(col("aanbieder"), DataType::Utf8View))
        .chain(velden.iter().map(|veld| text(veld)))
        .collect();
    FUNCTION.call(parts)
}

/// The key of the first of these pseudonyms that is filled.
pub(crate) fn first_filled(pseudonyms: &[String]) -> Expr {
    let keys = pseudonyms
        .iter()
        .map(|veld| ident(format!("{veld}_sleutel")));
    coalesce(keys.collect())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct RecordKey {
    signature: Signature,
}

impl RecordKey {
    fn new() -> Self {
        Self {
            signature: Signature::variadic(vec![DataType::Utf8View], Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for RecordKey {
    fn name(&self) -> &'static str {
        "record_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let texts: Vec<&StringViewArray> = arrays.iter().map(AsArray::as_string_view).collect();
        let mut bytes = Vec::new();
        let keys = (0..args.number_rows).map(|row| {
            bytes.clear();
            for text in &texts {
                if text.is_null(row) {
                    return None;
                }
                bytes.extend_from_slice(text.value(row).as_bytes());
                bytes.push(SEPARATOR);
            }
            let hash = XxHash3_128::oneshot(&bytes);
            i64::try_from(hash >> (u128::BITS - BITS)).ok()
        });
        Ok(ColumnarValue::Array(Arc::new(keys.collect::<Int64Array>())))
    }
}
