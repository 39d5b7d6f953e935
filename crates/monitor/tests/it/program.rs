//! The program itself: exit codes, and that data and talk stay apart.

use std::process::{Command, Output};

use crate::stage::{Stage, utf8};

fn run(stage: &Stage, args: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_omgangsmonitor"))
        .args(["--config", utf8(&stage.path("c.toml"))])
        .args(args)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// `config` shows what is in force, a variable before the file.
#[test]
fn config_prints_what_is_in_force() {
    let stage = Stage::with("[figures]\nnotice = \"Oefening\"\nwait_norm_days = 70\n");
    let out = run(
        &stage,
        &["config"],
        &[("OMGANG__FIGURES__WAIT_NORM_DAYS", "9")],
    );
    assert_eq!(out.status.code(), Some(0));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(
        text.contains("\nnotice = \"Oefening\"\n") && text.contains("\nwait_norm_days = 9\n"),
        "{text}"
    );
    assert!(
        out.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// What could not be done is exit 2, a sentence on stderr, and nothing that could be taken for data.
#[test]
fn an_error_is_exit_2_and_talk() {
    let stage = Stage::new();
    for (args, variables, why) in [
        (
            &["config"][..],
            &[("OMGANG__FIGURES__TRESHOLD", "9")][..],
            "treshold",
        ),
        (&["run", "omgang", "--year", "2020"], &[], "admin freeze"),
        (&["admin", "freeze", "omgang/2020"], &[], "--early"),
    ] {
        let out = run(&stage, args, variables);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let talk = String::from_utf8(out.stderr).unwrap();
        assert!(talk.starts_with("error: ") && talk.contains(why), "{talk}");
        assert!(out.stdout.is_empty(), "{args:?}");
    }
}

/// A freeze says the id of its momentopname on stdout, for a script, and the rest on stderr.
#[test]
fn data_go_to_stdout_and_talk_to_stderr() {
    let stage = Stage::expecting();
    let out = run(&stage, &["admin", "freeze", "omgang/2020", "--early"], &[]);
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "omgang-2020-1\n");
    assert!(
        String::from_utf8(out.stderr)
            .unwrap()
            .contains("0 leveringen are in")
    );
}

/// A service that is killed with the test that started it.
#[cfg(unix)]
struct Service(std::process::Child);

#[cfg(unix)]
impl Drop for Service {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// One service per data directory; it tells its address where asked, and a stop signal ends it cleanly.
#[cfg(unix)]
#[test]
fn one_service_holds_a_data_directory_until_it_is_told_to_stop() {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::{Duration, Instant};

    let stage = Stage::new();
    let address = stage.path("address");
    let settings = format!("[server]\nlisten = \"127.0.0.1:0\"\naddress_file = {address:?}\n");
    stage.configure(&settings);
    let serve = Command::new(env!("CARGO_BIN_EXE_omgangsmonitor"))
        .args(["--config", utf8(&stage.path("c.toml")), "serve"])
        .env("OMGANG_LOG", "error")
        .spawn();
    let mut service = Service(serve.unwrap());
    let begin = Instant::now();
    let address = loop {
        match std::fs::read_to_string(&address) {
            Ok(text) if text.ends_with('\n') => break text.trim().to_owned(),
            _ => assert!(
                begin.elapsed() < Duration::from_mins(2),
                "no address was written"
            ),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut page = String::new();
    let mut connection = TcpStream::connect(&address).unwrap();
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    connection.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let second = run(&stage, &["serve"], &[]);
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another service is running"));
    let asked = Command::new("kill")
        .arg(service.0.id().to_string())
        .status();
    assert!(asked.unwrap().success());
    assert_eq!(service.0.wait().unwrap().code(), Some(0));
}
