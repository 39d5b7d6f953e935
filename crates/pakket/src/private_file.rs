//! A file only its owner can read.
//!
//! Owns making one and proving that it still is one: the mode on Unix, the list of who may do what (ACL) on Windows. That
//! list is set and read with Windows' own `icacls`, before anything secret is in the file. Where it can't be read, the
//! file counts as open: nobody is told it is safe on a guess.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A new, empty file that others can't read. Never an existing one.
///
/// # Errors
/// When there is one already, or it can't be made private; it is gone again then.
pub fn create(pad: &Path) -> io::Result<File> {
    let mut opties = OpenOptions::new();
    opties.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opties, 0o600);
    let bestand = opties.open(pad)?;
    #[cfg(windows)]
    if let Err(fout) = windows::close_off(pad).and_then(|()| match windows::is_private(pad)? {
        true => Ok(()),
        false => Err(io::Error::other("others can still read it")),
    }) {
        drop(bestand);
        let _ = std::fs::remove_file(pad);
        return Err(fout);
    }
    Ok(bestand)
}

/// Whether nobody but the owner (and who administers the computer) can read the file.
///
/// # Errors
/// When it isn't there, or nobody can tell.
pub fn is_private(pad: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(pad)?) & 0o077 == 0);
    #[cfg(windows)]
    return std::fs::metadata(pad).and_then(|_| windows::is_private(pad));
    #[cfg(not(any(unix, windows)))]
    return std::fs::metadata(pad).map(|_| true);
}

#[cfg(any(windows, test))]
mod sddl {
    //! A list of who may do what, in the text form `icacls /save` writes (SDDL).

    /// Who may read a private file besides one person: the owner, the system, and who administers the computer.
    const BEHEER: [&str; 8] = [
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
    pub fn is_private(tekst: &str) -> bool {
        let Some((_, lijst)) = tekst.split_once("D:") else {
            return false;
        };
        let lijst = lijst.split("S:").next().unwrap_or_default();
        let mut personen: Vec<&str> = Vec::new();
        for regel in lijst.split('(').skip(1) {
            let delen: Vec<&str> = regel
                .split(')')
                .next()
                .unwrap_or_default()
                .split(';')
                .collect();
            let &[soort, _, _, _, _, wie] = delen.as_slice() else {
                return false;
            };
            match soort {
                "D" => {}
                "A" if BEHEER.contains(&wie) => {}
                "A" if is_person(wie) => personen.push(wie),
                _ => return false,
            }
        }
        personen.dedup();
        // No entry at all would be everybody (no list) or nobody: neither is what we made.
        personen.len() <= 1 && lijst.contains("(A;")
    }

    /// Accounts of people have numbers from 1000; below it are groups such as all users of a domain.
    fn is_person(wie: &str) -> bool {
        let nummer = wie
            .strip_prefix("S-1-5-21-")
            .or_else(|| wie.strip_prefix("S-1-12-1-"))
            .and_then(|rest| rest.rsplit('-').next());
        nummer
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
            for wie in [
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
                    !is_private(&format!("D:P(A;;FA;;;OW)(A;;FR;;;{wie})")),
                    "{wie}"
                );
            }
            assert!(!is_private(
                "D:P(A;;FA;;;S-1-5-21-1-2-3-1001)(A;;FR;;;S-1-5-21-1-2-3-1002)"
            ));
        }

        #[test]
        fn what_cannot_be_read_counts_as_open() {
            for tekst in [
                "",
                "D:",
                "D:NO_ACCESS_CONTROL",
                "O:BAG:BA",
                "D:(A;;FA;OW)",
                "D:(XA;;FX;;;OW;(x))",
            ] {
                assert!(!is_private(tekst), "{tekst}");
            }
        }
    }
}

#[cfg(windows)]
mod windows {
    //! `icacls`: by its full path, so that nothing of that name elsewhere is run.

    use std::io;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    use super::sddl;

    /// OWNER RIGHTS: whoever owns the file.
    const EIGENAAR: &str = "*S-1-3-4";

    /// Leaves the owner alone on the list.
    pub fn close_off(pad: &Path) -> io::Result<()> {
        icacls(
            pad,
            &[
                "/inheritance:r".as_ref(),
                "/grant:r".as_ref(),
                format!("{EIGENAAR}:F").as_ref(),
            ],
        )
    }

    /// Whether the list, as Windows writes it out, is private.
    pub fn is_private(pad: &Path) -> io::Result<bool> {
        let lijst = std::env::temp_dir().join(format!(
            "uitvraag-{}-{}.acl",
            std::process::id(),
            pad.as_os_str().len()
        ));
        let gelezen = icacls(pad, &["/save".as_ref(), lijst.as_os_str()])
            .and_then(|()| std::fs::read(&lijst));
        let _ = std::fs::remove_file(&lijst);
        let eenheden: Vec<u16> = gelezen?
            .chunks_exact(2)
            .map(|paar| u16::from_le_bytes([paar[0], paar[1]]))
            .collect();
        Ok(sddl::is_private(&String::from_utf16_lossy(&eenheden)))
    }

    fn icacls(pad: &Path, opties: &[&std::ffi::OsStr]) -> io::Result<()> {
        let windows = std::env::var_os("SystemRoot")
            .map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
        let programma = windows.join("System32").join("icacls.exe");
        let uitkomst = Command::new(programma)
            .arg(pad)
            .args(opties)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if uitkomst.success() {
            Ok(())
        } else {
            Err(io::Error::other("icacls failed"))
        }
    }
}
