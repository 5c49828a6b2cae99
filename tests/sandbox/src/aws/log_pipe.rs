//! What a process writes, line by line.
//!
//! A socket pair rather than a pipe: it can be read to its end at the moment when an invocation ends, without waiting for
//! the reactor, so that the lines of an invocation are in the record before its answer is.

use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use tokio::io::Interest;

/// The reading end of a process's standard output or standard error.
pub struct LogPipe {
    /// `stdout` or `stderr`.
    pub name: &'static str,
    socket: UnixStream,
    /// The same socket, for the reactor.
    watched: tokio::net::UnixStream,
    /// The beginning of a line whose end has not come yet.
    begun: Mutex<Vec<u8>>,
}

impl LogPipe {
    /// A reading end, and the writing end for the process.
    pub fn new(name: &'static str) -> std::io::Result<(Self, Stdio)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let watched = tokio::net::UnixStream::from_std(ours.try_clone()?)?;
        let pipe = Self { name, socket: ours, watched, begun: Mutex::default() };
        Ok((pipe, Stdio::from(OwnedFd::from(theirs))))
    }

    /// Reads what is there now. Returns whether more may come.
    pub fn drain(&self, mut line: impl FnMut(String)) -> bool {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chunk = [0; 4096];
        let open = loop {
            match (&self.socket).read(&mut chunk) {
                Ok(0) => break false,
                Ok(length) => begun.extend(&chunk[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => break error.kind() == std::io::ErrorKind::WouldBlock,
            }
        };
        while let Some(end) = begun.iter().position(|&byte| byte == b'\n') {
            let rest = begun.split_off(end + 1);
            line(String::from_utf8_lossy(&begun[..end]).into_owned());
            *begun = rest;
        }
        if !open && !begun.is_empty() {
            line(String::from_utf8_lossy(&begun).into_owned());
            begun.clear();
        }
        open
    }

    /// Reads until the process has ended.
    pub async fn follow(&self, mut line: impl FnMut(String)) {
        while self.watched.readable().await.is_ok() {
            let mut open = true;
            // Everything is read, which the reactor learns from an error of this kind.
            let _ = self.watched.try_io(Interest::READABLE, || {
                open = self.drain(&mut line);
                Err::<(), _>(std::io::Error::from(std::io::ErrorKind::WouldBlock))
            });
            if !open {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn lines_are_read_to_the_last_one() {
        let (pipe, stdio) = LogPipe::new("stdout").unwrap();
        let mut child =
            Command::new("/bin/sh").args(["-c", "printf 'one\\ntwo\\nthree'"]).stdout(stdio).spawn().unwrap();
        let mut lines = Vec::new();
        pipe.follow(|line| lines.push(line)).await;
        child.wait().unwrap();
        assert_eq!(lines, ["one", "two", "three"]);
    }
}
