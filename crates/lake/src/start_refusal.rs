//! Why the service does not start on a data directory, in sentences that help a beheerder on.
//!
//! Leaves finding it out to `older_register` and `start_check`.

/// Why the service does not start. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartRefusal {
    /// The files know of something newer than anything in the register.
    #[error(
        "the register is empty or older than the files: it does not know {}. Nothing was changed. Put back the \
         register.sqlite that belongs to these files, together with its register.sqlite-wal where there was one, and \
         start again; {WAY_BACK}. If that register is lost for good, move what it does not know out of raw/, lake/ and \
         publicaties/ first",
        some_of(newer)
    )]
    OlderRegister {
        /// Relative paths.
        newer: Vec<String>,
    },
    /// The register names what should be in these folders.
    #[error(
        "the register names what is in {}, and that is missing or empty. Nothing was changed. Put it back (or mount \
         the disk it is on) and start again; {WAY_BACK}. {FOR_GOOD}",
        some_of(folders)
    )]
    FoldersGone {
        /// Relative paths.
        folders: Vec<String>,
    },
    /// Too many leveringen for damage to single ones.
    #[error(
        "{} of {all} leveringen do not fit their files: {}. Nothing was changed. Put raw/ and lake/ back as they were \
         when this register was copied, and start again; {WAY_BACK}. {FOR_GOOD}",
        misfits.len(),
        some_of(misfits)
    )]
    Misfits {
        /// Id and what is wrong with it.
        misfits: Vec<String>,
        /// Number of leveringen that have files.
        all: usize,
    },
}

const WAY_BACK: &str = "what an earlier start put into quarantine comes back with \
                        `omgangsmonitor admin quarantine release --all`";
const FOR_GOOD: &str =
    "What is lost for good stops counting with `omgangsmonitor admin quarantine damaged`";

/// The first three, and how many more.
fn some_of(things: &[String]) -> String {
    let named = things
        .iter()
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match things.len().saturating_sub(3) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
