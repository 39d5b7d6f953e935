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

use crate::hulp::Werkmap;

/// A command at work in a terminal.
pub struct Terminal {
    kind: Child,
    meester: File,
    scherm: Arc<Mutex<String>>,
}

impl Terminal {
    /// Starts `uitvraag` with its input and its talk at a terminal of its own.
    pub fn start(werk: &Werkmap, args: &[&str]) -> Self {
        let meester = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&meester).unwrap();
        unlockpt(&meester).unwrap();
        let naam = ptsname(&meester, Vec::new()).unwrap();
        let slaaf = File::options()
            .read(true)
            .write(true)
            .open(std::ffi::OsStr::from_bytes(naam.as_bytes()))
            .unwrap();
        let kind = Command::new(env!("CARGO_BIN_EXE_uitvraag"))
            .args(args)
            .current_dir(werk.pad(""))
            .env_clear()
            .env("HOME", werk.pad("thuis"))
            .stdin(Stdio::from(slaaf.try_clone().unwrap()))
            .stderr(Stdio::from(slaaf))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let meester = File::from(meester);
        let scherm = Arc::new(Mutex::new(String::new()));
        let (mut lees, deel) = (meester.try_clone().unwrap(), Arc::clone(&scherm));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The other side gone is an error here, and the end.
            while let Ok(n @ 1..) = lees.read(&mut bytes) {
                deel.lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        Self {
            kind,
            meester,
            scherm,
        }
    }

    /// Waits until this text has been on the screen so many times.
    pub fn ziet(&self, tekst: &str, keer: usize) {
        let begin = Instant::now();
        while self.scherm.lock().unwrap().matches(tekst).count() < keer {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{tekst:?} never came: {}",
                self.scherm.lock().unwrap()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a line.
    pub fn typt(&mut self, regel: &str) {
        writeln!(self.meester, "{regel}").unwrap();
    }

    /// Ends the input, as Ctrl-D does.
    pub fn einde(&mut self) {
        self.meester.write_all(b"\x04").unwrap();
    }

    /// Stops the command, as Ctrl-C does. Not with the signal of Ctrl-C itself: tests that run in the background hand
    /// down that it is ignored.
    pub fn breek_af(&self) {
        kill_process(Pid::from_child(&self.kind), Signal::TERM).unwrap();
    }

    /// Exit code (none after a signal) and all that was on the screen.
    pub fn klaar(mut self) -> (Option<i32>, String) {
        let code = self.kind.wait().unwrap().code();
        thread::sleep(Duration::from_millis(50));
        let scherm = self.scherm.lock().unwrap().replace("\r\n", "\n");
        (code, scherm)
    }
}
