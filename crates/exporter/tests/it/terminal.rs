//! A terminal with somebody at it: a real pseudo-terminal, so that the binary asks as it does for a person.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::TestFolder;

/// A command at work in a terminal.
pub(crate) struct Terminal {
    kind: Child,
    primary_end: File,
    screen: Arc<Mutex<String>>,
}

impl Terminal {
    /// Starts `uitvraag` with its input and its talk at a terminal of its own.
    pub(crate) fn start(folder: &TestFolder, args: &[&str]) -> Self {
        let primary_end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&primary_end).unwrap();
        unlockpt(&primary_end).unwrap();
        let name = ptsname(&primary_end, Vec::new()).unwrap();
        let replica_end = File::options()
            .read(true)
            .write(true)
            .open(std::ffi::OsStr::from_bytes(name.as_bytes()))
            .unwrap();
        let kind = Command::new(env!("CARGO_BIN_EXE_uitvraag"))
            .args(args)
            .current_dir(folder.path(""))
            .env_clear()
            .env("HOME", folder.path("thuis"))
            .stdin(Stdio::from(replica_end.try_clone().unwrap()))
            .stderr(Stdio::from(replica_end))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let primary_end = File::from(primary_end);
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut lees, part) = (primary_end.try_clone().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The other side gone is an error here, and the end.
            while let Ok(n @ 1..) = lees.read(&mut bytes) {
                part.lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        Self {
            kind,
            primary_end,
            screen,
        }
    }

    /// Waits until this text has been on the screen so many times.
    pub(crate) fn sees(&self, text: &str, times: usize) {
        let begin = Instant::now();
        while self.screen.lock().unwrap().matches(text).count() < times {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{text:?} never came: {}",
                self.screen.lock().unwrap()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for this text so many times; false where the other one comes first.
    pub(crate) fn sees_before(&self, text: &str, times: usize, other: &str) -> bool {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if screen.matches(text).count() >= times {
                return true;
            }
            if screen.contains(other) {
                return false;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{text:?} never came: {screen}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// All that was on the screen so far.
    pub(crate) fn screen(&self) -> String {
        self.screen.lock().unwrap().replace("\r\n", "\n")
    }

    /// Types a line.
    pub(crate) fn types(&mut self, regel: &str) {
        writeln!(self.primary_end, "{regel}").unwrap();
    }

    /// Ends the input, as Ctrl-D does.
    pub(crate) fn end(&mut self) {
        self.primary_end.write_all(b"\x04").unwrap();
    }

    /// Stops the command, as Ctrl-C does. Not with the signal of Ctrl-C itself: tests that run in the background hand
    /// down that it is ignored.
    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.kind), Signal::TERM).unwrap();
    }

    /// Exit code (none after a signal) and all that was on the screen.
    pub(crate) fn finish(mut self) -> (Option<i32>, String) {
        let code = self.kind.wait().unwrap().code();
        thread::sleep(Duration::from_millis(50));
        (code, self.screen())
    }
}
