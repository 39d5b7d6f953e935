//! A file only its owner can read.
//!
//! Owns making one and proving that it still is one: the mode on Unix, the list of who may do what (ACL) on Windows. That
//! list is set and read with Windows' own `run_access_tool`, before anything secret is in the file. Where it can't be read, the
//! file counts as open: nobody is told it is safe on a guess.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A new, empty file that others can't read. Never an existing one.
///
/// # Errors
/// When there is one already, or it can't be made private; it is gone again then.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(windows)]
    if let Err(error) = windows::close_off(path).and_then(|()| match windows::is_private(path)? {
        true => Ok(()),
        false => Err(io::Error::other("others can still read it")),
    }) {
        drop(file);
        let _ = std::fs::remove_file(path);
        return Err(error);
    }
    Ok(file)
}

/// Whether nobody but the owner (and who administers the computer) can read the file.
///
/// # Errors
/// When it isn't there, or nobody can tell.
pub fn is_private(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        const OTHERS: u32 = 0o077;
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path)?);
        Ok(mode & OTHERS == 0)
    }
    #[cfg(windows)]
    return std::fs::metadata(path).and_then(|_| windows::is_private(path));
    #[cfg(not(any(unix, windows)))]
    return std::fs::metadata(path).map(|_| true);
}

#[cfg(any(windows, test))]
mod access_list {
    //! A list of who may do what, in the text form `icacls /save` writes (SDDL).

    /// Who may read a private file besides one person: the owner, the system, and who administers the computer.
    const ADMINISTRATORS: [&str; 8] = [
        "OW",
        "SY",
        "BA",
        "CO",
        "S-1-3-4",
        "S-1-5-18",
        "S-1-5-32-544",
        "S-1-3-0",
    ];

    /// Whether the list lets in no more than one person, the system and administrators.
    pub(super) fn is_private(text: &str) -> bool {
        let Some((_, list)) = text.split_once("D:") else {
            return false;
        };
        let list = list.split("S:").next().unwrap_or_default();
        let mut persons: Vec<&str> = Vec::new();
        for regel in list.split('(').skip(1) {
            let parts: Vec<&str> = regel
                .split(')')
                .next()
                .unwrap_or_default()
                .split(';')
                .collect();
            let &[kind, _, _, _, _, who] = parts.as_slice() else {
                return false;
            };
            match kind {
                "D" => {}
                "A" if ADMINISTRATORS.contains(&who) => {}
                "A" if is_person(who) => persons.push(who),
                _ => return false,
            }
        }
        persons.dedup();
        // No entry at all would be everybody (no list) or nobody: neither is what we made.
        persons.len() <= 1 && list.contains("(A;")
    }

    /// Accounts of people have numbers from 1000; below it are groups such as all users of a domain.
    fn is_person(who: &str) -> bool {
        let number = who
            .strip_prefix("S-1-5-21-")
            .or_else(|| who.strip_prefix("S-1-12-1-"))
            .and_then(|rest| rest.rsplit('-').next());
        number
            .and_then(|n| n.parse::<u32>().ok())
            .is_some_and(|n| n >= 1000)
    }

    #[cfg(test)]
    mod tests {
        use super::is_private;

        #[test]
        fn one_person_and_who_administers_may_read() {
            assert!(is_private("D:P(A;;FA;;;OW)"));
            assert!(is_private(
                "D:PAI(A;;FA;;;S-1-5-21-1-2-3-1001)(A;;FA;;;SY)(A;;FA;;;BA)"
            ));
            assert!(is_private(
                "D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)S:AI(AU;ID;FA;;;WD)"
            ));
        }

        #[test]
        fn anybody_else_makes_it_open() {
            for who in [
                "WD",
                "BU",
                "AU",
                "IU",
                "S-1-1-0",
                "S-1-5-32-545",
                "S-1-5-21-1-2-3-513",
                "DU",
            ] {
                assert!(
                    !is_private(&format!("D:P(A;;FA;;;OW)(A;;FR;;;{who})")),
                    "{who}"
                );
            }
            assert!(!is_private(
                "D:P(A;;FA;;;S-1-5-21-1-2-3-1001)(A;;FR;;;S-1-5-21-1-2-3-1002)"
            ));
        }

        #[test]
        fn what_cannot_be_read_counts_as_open() {
            for text in [
                "",
                "D:",
                "D:NO_ACCESS_CONTROL",
                "O:BAG:BA",
                "D:(A;;FA;OW)",
                "D:(XA;;FX;;;OW;(x))",
            ] {
                assert!(!is_private(text), "{text}");
            }
        }
    }
}

#[cfg(windows)]
mod windows {
    //! `run_access_tool`: by its full path, so that nothing of that name elsewhere is run.

    use std::io;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use super::access_list;

    /// OWNER RIGHTS: whoever owns the file.
    const OWNER: &str = "*S-1-3-4";

    /// Leaves the owner alone on the list.
    pub fn close_off(path: &Path) -> io::Result<()> {
        run_access_tool(
            path,
            &[
                "/inheritance:r".as_ref(),
                "/grant:r".as_ref(),
                format!("{OWNER}:F").as_ref(),
            ],
        )
    }

    /// Whether the list, as Windows writes it out, is private.
    pub fn is_private(path: &Path) -> io::Result<bool> {
        let list = std::env::temp_dir().join(format!(
            "uitvraag-{}-{}.acl",
            std::process::id(),
            path.as_os_str().len()
        ));
        let loaded = run_access_tool(path, &["/save".as_ref(), list.as_os_str()])
            .and_then(|()| std::fs::read(&list));
        let _ = std::fs::remove_file(&list);
        let units: Vec<u16> = loaded?
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Ok(access_list::is_private(&String::from_utf16_lossy(&units)))
    }

    fn run_access_tool(path: &Path, options: &[&std::ffi::OsStr]) -> io::Result<()> {
        let windows = std::env::var_os("SystemRoot")
            .map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
        let program = windows.join("System32").join("icacls.exe");
        let outcome = Command::new(program)
            .arg(path)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if outcome.success() {
            Ok(())
        } else {
            Err(io::Error::other("icacls failed"))
        }
    }
}
