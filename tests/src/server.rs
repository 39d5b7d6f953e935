//! The real server, started and stopped.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::Stage;

/// A running `omgangsmonitor serve`; killed when dropped.
pub struct TestServer {
    child: Child,
    /// Its address, as in `http://127.0.0.1:41234`.
    pub url: String,
}

impl Stage {
    /// Starts the server on a port of the system's choice (or the given one) and waits until it answers.
    pub fn serve(&self, listen: Option<&str>) -> Result<TestServer> {
        let address: PathBuf = self.dir.join("adres.txt");
        if address.exists() {
            std::fs::remove_file(&address)?;
        }
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("server.log"))?;
        let mut command = self.monitor();
        command
            .args(["serve"])
            .env("OMGANG__SERVER__LISTEN", listen.unwrap_or("127.0.0.1:0"))
            .env("OMGANG__SERVER__ADDRESS_FILE", &address);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let begin = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                bail!(
                    "the server stopped with {status}; see {}",
                    self.dir.join("server.log").display()
                );
            }
            if let Ok(text) = std::fs::read_to_string(&address)
                && let Some(text) = text.strip_suffix('\n')
            {
                return Ok(TestServer {
                    child,
                    url: format!("http://{text}"),
                });
            }
            if begin.elapsed() > Duration::from_mins(1) {
                child.kill()?;
                bail!(
                    "the server did not listen within a minute; see {}",
                    self.dir.join("server.log").display()
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl TestServer {
    /// Ends it at once, as a power cut would (`kill -9`).
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (`SIGTERM`) and waits for it.
    pub fn stop(mut self) -> Result<()> {
        let done = std::process::Command::new("kill")
            .arg(self.child.id().to_string())
            .status()?;
        if !done.success() {
            bail!("the server could not be asked to stop");
        }
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server stopped with {status}");
        }
        Ok(())
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> Result<()> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Already ended is fine.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
