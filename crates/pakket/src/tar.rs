//! A pakket as one file: a tar (POSIX.1-1988, ustar) of the manifest and its tables.
//!
//! Owns the blocks of 512 bytes: writing them, and reading the head of an entry as strictly as a door should. Leaves
//! which names may stand in it, and how much, to who reads.

/// Bytes in a block; an entry begins at one.
pub const BLOCK: usize = 512;

/// What the head of an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TarHead {
    /// A file: the last part of its name, and its length.
    File {
        /// Name, without folders.
        name: String,
        /// Bytes of content.
        length: u64,
    },
    /// Something beside the files that tar programs write: a folder, or attributes. So many bytes to pass over.
    Beside(u64),
    /// The end of the archive.
    End,
}

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TarError {
    /// No tar, or a damaged one.
    #[error("this is no tar, or a damaged one")]
    Damaged,
    /// A link, a device, or another thing that is no file.
    #[error("there is something in the tar that is no file")]
    NoFile,
}

/// Where the parts of a head stand.
const NAME: std::ops::Range<usize> = 0..100;
const MODE: std::ops::Range<usize> = 100..108;
const LENGTH: std::ops::Range<usize> = 124..136;
const TIME: std::ops::Range<usize> = 136..148;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: std::ops::Range<usize> = 257..262;

/// Zeros after a content of this length, up to the next block.
pub fn padding(length: u64) -> u64 {
    length.wrapping_neg() % BLOCK as u64
}

/// Whether a file that begins so is a tar.
pub fn is_tar(begin: &[u8]) -> bool {
    begin.get(MAGIC) == Some(b"ustar")
}

/// Reads the head of an entry.
///
/// # Errors
/// When it is none, or of something that is no file.
pub fn read_head(block: &[u8; BLOCK]) -> Result<TarHead, TarError> {
    if block.iter().all(|byte| *byte == 0) {
        return Ok(TarHead::End);
    }
    if !is_tar(block) || octal(&block[CHECKSUM]) != Some(checksum(block)) {
        return Err(TarError::Damaged);
    }
    let length = octal(&block[LENGTH]).ok_or(TarError::Damaged)?;
    match block[KIND] {
        b'0' | 0 => {
            let name = text(&block[NAME]).ok_or(TarError::Damaged)?;
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            Ok(TarHead::File { name, length })
        }
        b'5' | b'x' | b'g' => Ok(TarHead::Beside(length)),
        _ => Err(TarError::NoFile),
    }
}

/// Adds a file to an archive.
pub fn add(archive: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut head = [0; BLOCK];
    let fields = [
        (NAME, name.to_owned()),
        (MODE, "0000644".to_owned()),
        (LENGTH, format!("{:011o}", content.len())),
        (TIME, "00000000000".to_owned()),
        (CHECKSUM, " ".repeat(CHECKSUM.len())),
        (MAGIC, "ustar".to_owned()),
    ];
    for (place, value) in fields {
        head[place.start..place.start + value.len()].copy_from_slice(value.as_bytes());
    }
    head[KIND] = b'0';
    // The version follows the magic word and its zero.
    head[MAGIC.end + 1..MAGIC.end + 3].copy_from_slice(b"00");
    let sum = format!("{:06o}\0 ", checksum(&head));
    head[CHECKSUM].copy_from_slice(sum.as_bytes());
    archive.extend_from_slice(&head);
    archive.extend_from_slice(content);
    close_block(archive);
}

/// Ends an archive.
pub fn finish(archive: &mut Vec<u8>) {
    archive.extend_from_slice(&[0; 2 * BLOCK]);
}

fn close_block(archive: &mut Vec<u8>) {
    let whole = archive.len().next_multiple_of(BLOCK);
    archive.resize(whole, 0);
}

/// The sum of the bytes, with blanks where the sum itself stands.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let own: u64 = block[CHECKSUM].iter().map(|byte| u64::from(*byte)).sum();
    sum - own + CHECKSUM.len() as u64 * u64::from(b' ')
}

/// A number in octal digits, with blanks and zeros around it.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = text(field)?.trim_matches(' ');
    let all = !digits.is_empty() && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    all.then(|| u64::from_str_radix(digits, 8).ok()).flatten()
}

/// The text up to the first zero.
fn text(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0);
    std::str::from_utf8(&field[..end.unwrap_or(field.len())]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head_of(archive: &[u8]) -> Result<TarHead, TarError> {
        read_head(archive[..BLOCK].try_into().unwrap())
    }

    #[test]
    fn an_archive_reads_back() {
        let mut archive = Vec::new();
        add(&mut archive, "pakket.json", b"{}");
        add(&mut archive, "traject.csv.zst", &[7; 600]);
        finish(&mut archive);
        let expected = TarHead::File {
            name: "pakket.json".to_owned(),
            length: 2,
        };
        assert_eq!(head_of(&archive), Ok(expected));
        assert!(is_tar(&archive));
        let second = 2 * BLOCK;
        let expected = TarHead::File {
            name: "traject.csv.zst".to_owned(),
            length: 600,
        };
        assert_eq!(head_of(&archive[second..]), Ok(expected));
        assert_eq!(padding(600), 424);
        assert_eq!(padding(1024), 0);
        let end = second + BLOCK + 600 + 424;
        assert_eq!(head_of(&archive[end..]), Ok(TarHead::End));
    }

    /// HOSTILE 36 and 84: a name is its last part, a link is no file, and a head that was changed is damaged.
    #[test]
    fn a_strange_entry_is_refused() {
        let mut archive = Vec::new();
        add(&mut archive, "../../etc/pakket.json", b"");
        let expected = TarHead::File {
            name: "pakket.json".to_owned(),
            length: 0,
        };
        assert_eq!(head_of(&archive), Ok(expected));
        let with = |at: usize, byte: u8| {
            let mut block: [u8; BLOCK] = archive[..BLOCK].try_into().unwrap();
            block[at] = byte;
            let sum = format!("{:06o}\0 ", checksum(&block));
            block[CHECKSUM].copy_from_slice(sum.as_bytes());
            read_head(&block)
        };
        for kind in [b'1', b'2', b'3', b'6', b'L', b'S'] {
            assert_eq!(with(KIND, kind), Err(TarError::NoFile), "{kind}");
        }
        assert_eq!(with(KIND, b'5'), Ok(TarHead::Beside(0)));
        for (at, byte) in [
            (LENGTH.start, b'-'),
            (LENGTH.start, 0x80),
            (NAME.start, 0xff),
        ] {
            assert_eq!(with(at, byte), Err(TarError::Damaged), "{at} {byte}");
        }
        let mut changed: [u8; BLOCK] = archive[..BLOCK].try_into().unwrap();
        changed[LENGTH.start + 5] = b'7';
        assert_eq!(read_head(&changed), Err(TarError::Damaged));
        assert_eq!(read_head(&[b'P'; BLOCK]), Err(TarError::Damaged));
    }
}
