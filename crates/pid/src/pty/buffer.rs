//! Bytes on their way.

use std::os::fd::AsFd;
use xns_sys::{Result, fd};

/// What a terminal or a pipe that poll(2) calls writable takes without waiting: poll does not say how much that is, and one who waits
/// in a write hears no signal.
const PIECE: usize = 1024;

/// What has been read and not yet been written.
pub(super) struct Buffer {
    bytes: [u8; 4096],
    start: usize,
    end: usize,
}

impl Buffer {
    pub(super) const fn new() -> Self {
        Buffer { bytes: [0; 4096], start: 0, end: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The byte that was put in last, also when it has been written since.
    pub(super) fn last(&self) -> Option<u8> {
        self.end.checked_sub(1).map(|last| self.bytes[last])
    }

    /// For an empty one: reads what there is. 0 is the end of the file.
    pub(super) fn fill(&mut self, from: impl AsFd) -> Result<usize> {
        let count = fd::read(from, &mut self.bytes)?;
        // At the end of the file the last byte is still known.
        if count > 0 {
            (self.start, self.end) = (0, count);
        }
        Ok(count)
    }

    /// For an empty one: puts these in, which are few.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        (self.start, self.end) = (0, bytes.len());
    }

    /// Writes a piece.
    pub(super) fn write(&mut self, to: impl AsFd) -> Result<()> {
        let piece = &self.bytes[self.start..self.end.min(self.start + PIECE)];
        self.start += fd::write(to, piece)?;
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.start = self.end;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out_in_pieces() {
        let (read, write) = fd::pipe().unwrap();
        let mut buffer = Buffer::new();
        assert!(buffer.is_empty() && buffer.last().is_none());
        fd::write_all(&write, &[7; 1500]).unwrap();
        assert_eq!(buffer.fill(&read), Ok(1500));
        let (out, back) = fd::pipe().unwrap();
        buffer.write(&back).unwrap();
        assert!(!buffer.is_empty());
        buffer.write(&back).unwrap();
        assert!(buffer.is_empty());
        assert_eq!(buffer.last(), Some(7));
        let mut all = [0; 4096];
        assert_eq!(fd::read(&out, &mut all), Ok(1500));
        drop(write);
        assert_eq!((buffer.fill(&read), buffer.last()), (Ok(0), Some(7)));
    }
}
