//! The numbers of the protection that whoever reads figures reckons with too.
//!
//! Owns them, for who protects (`disclosure`) and for who adds up what is published (`ingest`). Leaves the rule itself to
//! `disclosure`.

/// Published counts are multiples of this, each less than this from the real one.
pub const ROUNDED_TO: i64 = 5;
/// A share is given from this published denominator.
pub const SHARE_FLOOR: i64 = 20;
