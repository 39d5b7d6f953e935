//! The frames of a zstd file: nothing may travel in it that is not unpacked.
//!
//! Owns walking over the frames without unpacking them, and refusing those that every reader passes over: they hold any
//! bytes at all, and would be kept unread. Owns a frame that holds its content as it is, for who has no compressor.
//! Leaves whether a frame unpacks to the decoder: what is no frame ends the walk.

use std::io::{self, Read, Seek, SeekFrom};

use crate::wording;

const FRAME: u32 = 0xfd2f_b528;
/// Sixteen numbers in a row begin a frame that is passed over.
const PASSED_OVER: u32 = 0x184d_2a50;

/// What to say of one.
pub const HIDDEN_FRAME: &str = wording::PART_SKIPPED;

/// Whether a file has a frame that is passed over in unpacking.
///
/// # Errors
/// When the file can't be read.
pub fn has_hidden_frame(mut file: impl Read + Seek) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let hidden = walk(&mut file);
    file.seek(SeekFrom::Start(0))?;
    match hidden {
        // Cut off: the decoder says so.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        hidden => hidden,
    }
}

fn walk(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    loop {
        match u32::from_le_bytes(bytes(file)?) {
            FRAME => pass_frame(file)?,
            number if number & !0xf == PASSED_OVER => return Ok(true),
            _ => return Ok(false),
        }
    }
}

/// Passes over a frame whose number has been read: header, blocks, checksum (RFC 8878, 3.1.1).
fn pass_frame(file: &mut (impl Read + Seek)) -> io::Result<()> {
    let [descriptor] = bytes(file)?;
    let single = descriptor & 0x20 != 0;
    let checksum = descriptor & 0x04 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content = match descriptor >> 6 {
        0 => i64::from(single),
        power => 1 << power,
    };
    file.seek_relative(i64::from(!single) + dictionary + content)?;
    loop {
        let [a, b, c] = bytes(file)?;
        let header = u32::from_le_bytes([a, b, c, 0]);
        let size = i64::from(header >> 3);
        // One byte that stands for many.
        file.seek_relative(if header >> 1 & 3 == 1 { 1 } else { size })?;
        if header & 1 == 1 {
            break;
        }
    }
    file.seek_relative(if checksum { 4 } else { 0 })
}

fn bytes<const COUNT: usize>(file: &mut impl Read) -> io::Result<[u8; COUNT]> {
    let mut out = [0; COUNT];
    file.read_exact(&mut out)?;
    Ok(out)
}

/// The longest content of a block (RFC 8878, 3.1.1.2.4).
const BLOCK: usize = 128 * 1024;

/// The content in one frame, as it is: every zstd reader unpacks it.
pub fn stored(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + content.len() / BLOCK * 3 + 16);
    out.extend_from_slice(&FRAME.to_le_bytes());
    // No checksum, no dictionary, no length; a window of 2^(10 + 7) bytes.
    out.extend_from_slice(&[0, 7 << 3]);
    let mut blocks = content.chunks(BLOCK).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0]);
    }
    while let Some(block) = blocks.next() {
        let size = u32::try_from(block.len()).expect("a block is at most 128 KiB");
        let last = u32::from(blocks.peek().is_none());
        out.extend_from_slice(&(size << 3 | last).to_le_bytes()[..3]);
        out.extend_from_slice(block);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unpacked by a program of another hand, for every length around the edge of a block.
    #[test]
    fn what_is_stored_unpacks() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let content: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let packed = stored(&content);
            assert_eq!(zstd::decode_all(&packed[..]).unwrap(), content, "{length}");
            assert!(!has_hidden_frame(std::io::Cursor::new(&packed)).unwrap());
        }
    }
}
