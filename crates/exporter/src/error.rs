//! What could not be done, and what to do about it.
//!
//! Owns the one error type of the binary and its form on stderr: `error:` says what failed, `cause:` why, `tip:` what
//! to do now. Leaves findings about data to `render`: wrong data is no error. Values from a levering never end
//! up in these texts; file names and counts do.

use crate::wording;
use std::fmt;
use std::io;
use std::path::Path;

/// How a command ended when it could do its work; also the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// No fout stands: exit 0.
    Good,
    /// Fouten were found or questions are open: exit 1.
    Open,
}

/// The answer of every command.
pub(crate) type CommandResult = Result<RunEnd, Failure>;

/// Something could not be done: exit 2, unless it is a refusal of the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    bericht: String,
    oorzaken: Vec<String>,
    tip: Option<String>,
    /// The file was judged and refused: exit 1.
    refused: bool,
}

impl Failure {
    /// What failed, as a sentence without a full stop at the end of a longer story.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            bericht: message.into(),
            oorzaken: Vec::new(),
            tip: None,
            refused: false,
        }
    }

    /// What failed while reading or writing `pad`.
    pub(crate) fn file(message: &str, path: &Path, cause: &io::Error) -> Self {
        Self::new(format!("{message}: {}", path.display())).cause(io_nl(cause))
    }

    /// Why; the nearest reason first.
    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.oorzaken.push(cause.to_string());
        self
    }

    /// What the reader can do now.
    pub(crate) fn tip(mut self, tip: impl Into<String>) -> Self {
        self.tip = Some(tip.into());
        self
    }

    /// Marks a refusal of the offered data: the command did its work, the answer is no.
    pub(crate) fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    /// What failed.
    pub(crate) fn message(&self) -> &str {
        &self.bericht
    }

    /// Why, the nearest reason first.
    pub(crate) fn causes(&self) -> &[String] {
        &self.oorzaken
    }

    /// What the reader can do now.
    pub(crate) fn what_now(&self) -> Option<&str> {
        self.tip.as_deref()
    }

    /// The exit code that goes with it.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.refused { 1 } else { 2 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fout: {}", self.bericht)?;
        for cause in &self.oorzaken {
            write!(f, "\n  oorzaak: {cause}")?;
        }
        if let Some(tip) = &self.tip {
            write!(f, "\n  tip: {tip}")?;
        }
        Ok(())
    }
}

/// An operating-system error in Dutch, where it is one that people meet.
pub(crate) fn io_nl(failure: &io::Error) -> String {
    match failure.kind() {
        io::ErrorKind::NotFound => wording::files::NOT_FOUND.to_owned(),
        // Windows answers so too when another program has the file open that is to be replaced.
        io::ErrorKind::PermissionDenied if cfg!(windows) => {
            wording::files::NO_RIGHTS_OR_OPEN.to_owned()
        }
        io::ErrorKind::PermissionDenied => wording::files::NO_RIGHTS.to_owned(),
        io::ErrorKind::AlreadyExists => "het bestaat al".to_owned(),
        io::ErrorKind::StorageFull => wording::files::DISK_FULL.to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => wording::files::READ_ONLY.to_owned(),
        io::ErrorKind::IsADirectory => wording::files::IS_FOLDER.to_owned(),
        io::ErrorKind::NotADirectory => wording::files::NOT_A_FOLDER.to_owned(),
        io::ErrorKind::ConnectionRefused => wording::files::NO_CONNECTION.to_owned(),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => wording::server::CONNECTION_BROKEN.to_owned(),
        io::ErrorKind::InvalidFilename => wording::files::BAD_NAME.to_owned(),
        io::ErrorKind::TimedOut => wording::server::SERVER_SILENT.to_owned(),
        _ if is_in_use(failure) => wording::files::OPEN_ELSEWHERE.to_owned(),
        _ => failure.to_string(),
    }
}

/// Whether another program has the file, on Windows: ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
pub(crate) fn is_in_use(failure: &io::Error) -> bool {
    cfg!(windows) && matches!(failure.raw_os_error(), Some(32 | 33))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_cause_and_way_out_on_lines_of_their_own() {
        let failure = Failure::file(
            "kan het bestand niet lezen",
            Path::new("a b.csv"),
            &io::Error::from(io::ErrorKind::NotFound),
        )
        .tip("Controleer de naam.");
        assert_eq!(
            failure.to_string(),
            "fout: kan het bestand niet lezen: a b.csv\n  oorzaak: dat bestand of die map bestaat niet\n  tip: Controleer de naam."
        );
        assert_eq!((failure.exit_code(), failure.refused().exit_code()), (2, 1));
    }
}
