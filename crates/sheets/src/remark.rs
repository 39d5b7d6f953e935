//! What was assumed about a file, to be said afterwards.
//!
//! Owns the shape of a remark and the words about encodings. Leaves the words of the rule with its code to the
//! definition.

use rows::encoding::TextEncoding;

/// Something that was assumed about the file.
#[derive(Debug, Clone)]
pub struct Opmerking {
    /// Code of the rule of phase `bron`; empty where it is only said.
    pub code: &'static str,
    /// What was assumed, as a Dutch sentence.
    pub sentence: String,
}

/// What to say of an encoding that is not plain UTF-8.
pub(crate) fn remark(encoding: TextEncoding) -> Option<Opmerking> {
    let code = if encoding == TextEncoding::Utf8Bom {
        "BOM"
    } else {
        "ENCODING_ASSUMED"
    };
    encoding.assumption().map(|sentence| Opmerking {
        code,
        sentence: sentence.to_owned(),
    })
}
