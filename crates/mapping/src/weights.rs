//! The weights of the matching: how sure each sign makes, all in one table.
//!
//! Owns every number by which headers, values and sheets are matched, with its reason. They were set on practice exports
//! and hold together: what is certain lies above [`SURE`], what is worth a question between [`CONCEIVABLE`] and that,
//! what is nothing below. Leaves how the signs are found to `header_likeness`, `code_words`, `field_evidence`, `placement` and `gemeente`.

/// Below this nothing is chosen, by `koppel` as little as by a reader with a koppeling: the aanbieder is asked. Nine in
/// ten is where a wrong choice costs more than a question.
pub(crate) const SURE: f64 = 0.9;

// A header beside the names of a field.

/// The name of a field that its definition gives it: nothing is surer.
pub(crate) const HEADER_OWN: f64 = 1.0;
/// A synonym: chosen by hand, and still somebody else's word.
pub(crate) const HEADER_SYNONYM: f64 = 0.97;
/// A name that may be the field and may be something else: a question, whatever the values say.
pub(crate) const HEADER_PERHAPS: f64 = 0.74;
/// The same letters with other blanks between them.
pub(crate) const HEADER_COMPACT: f64 = 0.94;
/// From here a header is a name of the field, spelling and order of words apart.
pub(crate) const EQUAL: f64 = 0.93;
/// The same single word, once small words are gone: `datum` says less than two words do.
pub(crate) const HEADER_ONE_WORD: f64 = 0.88;
/// The begin of every word: `Aantal omg.` may be another word, so it stays below [`MENTIONS`].
pub(crate) const HEADER_ABBREVIATED: f64 = 0.58;
/// A name of two words or more, and words that add nothing: just not sure enough to choose unasked.
pub(crate) const HEADER_WITH_NEUTRAL: f64 = 0.88;
/// The same for a name of one word.
pub(crate) const HEADER_WITH_NEUTRAL_ONE: f64 = 0.8;
/// A word beside the name that may mean anything keeps it from being sure, whatever the values say.
pub(crate) const HEADER_WITH_UNKNOWN: f64 = 0.75;
/// From here a header holds a name of the field: worth a question, whatever else it says.
pub(crate) const MENTIONS: f64 = 0.6;

/// A name of several words inside a header: this, and more the less the header says beside it.
pub(crate) const INSIDE: (f64, f64) = (0.66, 0.14);
/// The same for a name of one word, which is in more headers by chance.
pub(crate) const INSIDE_ONE: (f64, f64) = (0.5, 0.2);
/// A long word inside another, `aanmelddatumtraject`: this, and more the larger its part.
pub(crate) const INSIDE_WORD: (f64, f64) = (0.6, 0.2);
/// Shorter than this part of the other a word is compared no further: chance likeness.
pub(crate) const COMPARABLE: f64 = 0.6;
/// From this likeness of letters on it is a slip of the pen.
pub(crate) const SLIP: f64 = 0.85;
/// What such a slip makes, and more the fewer letters differ: a question, never a choice.
pub(crate) const SLIP_SCORE: f64 = 0.76;
/// From this likeness on it may be meant.
pub(crate) const VAGUE: f64 = 0.7;
/// What that makes, as a part of the likeness: never a name ([`MENTIONS`]).
pub(crate) const VAGUE_PART: f64 = 0.65;
/// One letter wrong in a short word: worth a question, no more.
pub(crate) const SHORT_SLIP: f64 = 0.62;
/// From this likeness a word beside the name is a word of the name, misspelled.
pub(crate) const SAME_WORD: f64 = 0.8;

// A header and the values below it together.

/// Below this share of values that fit, the values speak against the header.
pub(crate) const AGAINST: f64 = 0.3;
/// A header that names the field against values that do not fit: a question, hardly more for a better header.
pub(crate) const CONTRADICTED: (f64, f64) = (0.45, 0.1);
/// A vague header against values that do not fit: at most this, and less the fewer fit.
pub(crate) const CONTRADICTED_VAGUE: (f64, f64) = (0.55, 0.5);
/// From here values that fit confirm a header.
pub(crate) const CONFIRMED_FROM: f64 = 0.88;
/// What it is then at least, before the share of values that fit is counted.
pub(crate) const CONFIRMED: f64 = 0.92;
/// How much of that stands whatever the share, and how much goes with it.
pub(crate) const CONFIRMED_PARTS: (f64, f64) = (0.85, 0.15);
/// What values that few other fields have add to a header.
pub(crate) const TELLING: f64 = 0.14;
/// To what they can raise it at most.
pub(crate) const TELLING_MOST: f64 = 0.95;
/// Such values under a header that says little: parts of both.
pub(crate) const TELLING_PARTS: (f64, f64) = (0.45, 0.4);
/// Values of the right type only: a header keeps this part, and the rest goes with the share that fits.
pub(crate) const TYPED_PARTS: (f64, f64) = (0.9, 0.1);
/// Values alone, under a header nobody knows: worth a question.
pub(crate) const VALUES_ALONE: f64 = 0.5;
/// The share that too many different values give a coded field: a list of codes is short.
pub(crate) const TOO_MANY_VALUES: f64 = 0.1;
/// Distinct values from which a column is no list of codes.
pub(crate) const DISTINCT_CODES: usize = 300;
/// Above this share of dates a column holds no numbers of people.
pub(crate) const MOSTLY_DATES: f64 = 0.9;
/// Below this share of texts that are short enough, a field of text is contradicted.
pub(crate) const SHORT_ENOUGH: f64 = 0.9;
/// From this share of days a column is a question while a date is missing.
pub(crate) const DAYS: f64 = 0.8;
/// From this share of numbers on a column is a question while a number is missing.
pub(crate) const NUMBERS: f64 = 0.9;
/// From this share of known words on it is one while a coded field is missing.
pub(crate) const WORDS_FIT: f64 = 0.5;

// Columns for fields, sheets for tables.

/// Two columns this close for one field, or two fields for one column, are a question.
pub(crate) const TIE: f64 = 0.02;
/// From here a column that was not placed is worth a question.
pub(crate) const CONCEIVABLE: f64 = 0.45;
/// From here a column is all but sure: enough to know a table by.
pub(crate) const ALMOST: f64 = 0.7;
/// What a field counts for in knowing a table: what must be there says more than what may.
pub(crate) const FIELD_WEIGHT: (f64, f64) = (1.0, 0.5);
/// What a sheet or file called after the table adds: half a required field.
pub(crate) const SHEET_NAME: f64 = 0.5;
/// The same among canonical headers, where every header is certain: it must outdo one field more or less.
pub(crate) const SHEET_NAME_CANONICAL: f64 = 1.5;
/// From here a column that became nothing is named as perhaps meant.
pub(crate) const PERHAPS_MEANT: f64 = 0.6;

// A word beside the words of a code list.

/// A code with other spelling.
pub(crate) const WORD_CODE: f64 = 0.99;
/// The label of a code.
pub(crate) const WORD_LABEL: f64 = 0.98;
/// A synonym of a code.
pub(crate) const WORD_SYNONYM: f64 = 0.95;
/// Above this a word is a list's own code or label, which goes before another code's synonym.
pub(crate) const WORD_OWN: f64 = 0.97;
/// The same letters with other blanks between them.
pub(crate) const WORD_COMPACT: f64 = 0.92;
/// Own to one code and a synonym of another: chosen, and only just.
pub(crate) const WORD_OWN_OF_SEVERAL: f64 = 0.9;
/// What likeness of letters counts for: never enough to choose.
pub(crate) const WORD_ALIKE: f64 = 0.75;
/// A known word among words that add nothing: asked, with this code first.
pub(crate) const WORD_INSIDE: f64 = 0.87;
/// The same among words that may mean something.
pub(crate) const WORD_INSIDE_OTHERS: f64 = 0.7;
/// From this likeness of long words on it is a slip of the pen.
pub(crate) const WORD_SLIP: f64 = 0.87;
/// What such a slip makes, as a part of the likeness: one letter in fifteen is still chosen.
pub(crate) const WORD_SLIP_PART: f64 = 0.93;
/// A word that denies, beside one that does not, is at most this.
pub(crate) const WORD_DENIED: f64 = 0.6;
/// From here a code is named in a question.
pub(crate) const WORD_NAMED: f64 = 0.42;
/// A code of iJw that stands for one code only: a standard between systems, chosen.
pub(crate) const SYSTEM_IJW: f64 = 0.9;
/// A code of the CBS, whose lists change and are used loosely: asked.
pub(crate) const SYSTEM_CBS: f64 = 0.85;

// A cell beside the gemeenten.

/// A code without `GM` or its zeros: a number that may be something else.
pub(crate) const GEMEENTE_BARE_CODE: f64 = 0.95;
/// A name of this year.
pub(crate) const GEMEENTE_NAME: f64 = 0.97;
/// A name of another year.
pub(crate) const GEMEENTE_OTHER_YEAR: f64 = 0.9;
/// A name with other blanks.
pub(crate) const GEMEENTE_COMPACT: f64 = 0.92;
/// Above this likeness a gemeente is named in a question.
pub(crate) const GEMEENTE_NAMED: f64 = 0.7;

// How dates are written.

/// Below this share of dates a column holds none.
pub(crate) const DATES_FROM: f64 = 0.5;
/// Day numbers of a workbook, or forms that all give the same days: proven, and still worth a look.
pub(crate) const FORM_LIKELY: f64 = 0.9;
