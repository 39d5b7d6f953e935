//! A service in one thread for what a real one cannot be asked: connections that break, answers that do not come or are
//! wrong.
//!
//! Owns bytes and states of one levering, a list of disturbances, and a log of what was asked.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use schema::Pakket;
use serde_json::{Value, json};

mod responses;

use responses::{jwks, levering, levering_van, oordeel, receipt};

/// Something that goes wrong once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storing {
    /// The connection breaks after so many bytes of a PATCH; what came is kept.
    Cut(usize),
    /// The last PATCH arrives damaged: the file starts anew.
    Damaged,
    /// All bytes are in, but the service missed that it was the end.
    EndMissed,
    /// A PATCH is answered with 409.
    Conflict,
    /// The whole PATCH is taken, but no answer comes.
    SilentAfterPatch,
    /// The levering is opened, but no answer comes.
    SilentAfterOpen,
    /// The signature is taken, but no answer comes in time.
    SlowAfterSubmit,
    /// The nulopgave is taken, but no answer comes.
    SilentAfterNulopgave,
    /// Busy.
    Busy,
}

/// What the service will say of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judges {
    Akkoord,
    Afgekeurd,
}

#[derive(Default)]
pub(super) struct FakeState {
    pub(super) faults: VecDeque<Storing>,
    pub(super) judges: Option<Judges>,
    pub(super) pakket: Option<Pakket>,
    pub(super) keys: Vec<String>,
    pub(super) bestanden: BTreeMap<String, Vec<u8>>,
    pub(super) toestand: &'static str,
    pub(super) ondertekenaar: Option<String>,
    pub(super) submissions: usize,
    pub(super) nulopgave: bool,
    pub(super) forged: bool,
    pub(super) logboek: Vec<String>,
    /// Leveringen so far; each new key is a new one.
    pub(super) number: usize,
    /// States of the ones before.
    pub(super) old_ones: BTreeMap<String, &'static str>,
}

pub(crate) struct FakeServer {
    pub url: String,
    stand: Arc<Mutex<FakeState>>,
}

const ID: &str = "0190a1b2-levering";

/// The current levering.
pub(super) fn id(state: &FakeState) -> String {
    if state.number < 2 {
        ID.to_owned()
    } else {
        format!("{ID}-{}", state.number)
    }
}

impl FakeServer {
    pub(crate) fn start(judges: Judges, faults: &[Storing]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = FakeState {
            faults: faults.iter().copied().collect(),
            judges: Some(judges),
            ..FakeState::default()
        };
        let state = Arc::new(Mutex::new(state));
        let part = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let part = Arc::clone(&part);
                thread::spawn(move || serve(&connection, &part));
            }
        });
        Self { url, stand: state }
    }

    /// Signs receipts with another key than it publishes.
    pub(crate) fn forged(self) -> Self {
        self.stand.lock().unwrap().forged = true;
        self
    }

    pub(crate) fn event_log(&self) -> Vec<String> {
        self.stand.lock().unwrap().logboek.clone()
    }

    pub(crate) fn content(&self, tabel: &str) -> Vec<u8> {
        self.stand
            .lock()
            .unwrap()
            .bestanden
            .get(tabel)
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn submissions(&self) -> usize {
        self.stand.lock().unwrap().submissions
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.stand.lock().unwrap().keys.clone()
    }

    pub(crate) fn toestand(&self) -> &'static str {
        self.stand.lock().unwrap().toestand
    }

    /// How many leveringen there are.
    pub(crate) fn leveringen(&self) -> usize {
        self.stand.lock().unwrap().number
    }

    pub(crate) fn faults_left(&self) -> usize {
        self.stand.lock().unwrap().faults.len()
    }
}

struct FakeRequest {
    method: String,
    pad: String,
    headers: BTreeMap<String, String>,
}

/// One connection, one request.
fn serve(connection: &TcpStream, state: &Mutex<FakeState>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let Some(request) = read_head(&mut reader) else {
        return;
    };
    let length: usize = request
        .headers
        .get("content-length")
        .and_then(|l| l.parse().ok())
        .unwrap_or(0);
    state
        .lock()
        .unwrap()
        .logboek
        .push(format!("{} {}", request.method, request.pad));
    if request.headers.get("authorization").map(String::as_str) != Some("Bearer geheim-token")
        && request.pad != "/v1/sleutels"
        && !request.pad.starts_with("/v1/uitvragen/")
    {
        return answer(
            connection,
            401,
            "application/problem+json",
            "",
            br#"{"title":"geen toegang","code":"TOKEN"}"#,
        );
    }
    let cut = match (
        request.method.as_str(),
        state.lock().unwrap().faults.front(),
    ) {
        ("PATCH", Some(Storing::Cut(n))) => Some(*n),
        _ => None,
    };
    let mut body = vec![0; cut.unwrap_or(length).min(length)];
    reader.read_exact(&mut body).unwrap();
    if let Some(response) = respond(&request, &body, state, cut.is_some()) {
        if response.slow {
            thread::sleep(Duration::from_secs(3));
        }
        answer(
            connection,
            response.status,
            response.soort,
            &response.headers,
            &response.body,
        );
    }
}

fn read_head(reader: &mut BufReader<TcpStream>) -> Option<FakeRequest> {
    let mut regel = String::new();
    reader.read_line(&mut regel).ok()?;
    let mut words = regel.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut regel = String::new();
        reader.read_line(&mut regel).ok()?;
        let Some((header, value)) = regel.trim().split_once(':') else {
            break;
        };
        headers.insert(header.to_lowercase(), value.trim().to_owned());
    }
    Some(FakeRequest {
        method,
        pad: path,
        headers,
    })
}

struct FakeResponse {
    status: u16,
    soort: &'static str,
    headers: String,
    body: Vec<u8>,
    slow: bool,
}

fn json_response(status: u16, body: &Value) -> FakeResponse {
    FakeResponse {
        status,
        soort: "application/json",
        headers: String::new(),
        body: body.to_string().into_bytes(),
        slow: false,
    }
}

fn empty(status: u16, headers: String) -> FakeResponse {
    FakeResponse {
        status,
        soort: "text/plain",
        headers,
        body: Vec::new(),
        slow: false,
    }
}

fn answer(mut connection: &TcpStream, status: u16, kind: &str, headers: &str, body: &[u8]) {
    let header = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    let _ = connection
        .write_all(header.as_bytes())
        .and_then(|()| connection.write_all(body));
}

fn respond(
    request: &FakeRequest,
    body: &[u8],
    state: &Mutex<FakeState>,
    is_cut: bool,
) -> Option<FakeResponse> {
    let mut state = state.lock().unwrap();
    let part: Vec<&str> = request.pad.trim_start_matches("/v1/").split('/').collect();
    if state.faults.front() == Some(&Storing::Busy) {
        state.faults.pop_front();
        return Some(json_response(
            503,
            &json!({"title": "druk", "code": "BUSY"}),
        ));
    }
    let current = id(&state);
    match (request.method.as_str(), part.as_slice()) {
        ("GET", ["uitvragen", uitvraag, jaar]) => {
            match schema::Definitie::load(&format!("{uitvraag}/{jaar}")) {
                Ok(definitie) => Some(json_response(
                    200,
                    &json!({"uitvraag": uitvraag, "regels": definitie.regelhash}),
                )),
                Err(_) => Some(json_response(
                    404,
                    &json!({"title": "niet gevonden", "code": "NOT_FOUND"}),
                )),
            }
        }
        ("POST", ["leveringen", number, "intrekken"]) => {
            match state.old_ones.get_mut(*number) {
                Some(toestand) => *toestand = "ingetrokken",
                None => state.toestand = "ingetrokken",
            }
            Some(json_response(200, &levering_van(&state, number)))
        }
        ("GET", ["leveringen", old]) if state.old_ones.contains_key(*old) => {
            Some(json_response(200, &levering_van(&state, old)))
        }
        ("POST", ["leveringen"]) => open(&mut state, request, body),
        ("GET", ["sleutels"]) => Some(json_response(200, &jwks())),
        ("GET", ["leveringen"]) => Some(json_response(200, &json!([levering(&state)]))),
        ("GET", [path]) if path.starts_with("leveringen?") => {
            let list = if state.toestand.is_empty() {
                json!([])
            } else {
                json!([levering(&state)])
            };
            Some(json_response(200, &list))
        }
        ("GET", ["leveringen", number]) if *number == current => {
            if state.toestand == "ontvangen" {
                state.toestand = match state.judges {
                    Some(Judges::Afgekeurd) => "afgekeurd",
                    _ => "akkoord",
                };
            }
            Some(json_response(200, &levering(&state)))
        }
        (_, ["leveringen", number, "bestanden", tabel]) if *number == current => {
            upload(&mut state, request, tabel, body, is_cut)
        }
        ("GET", ["leveringen", number, "bevindingen"]) if *number == current => Some(
            json_response(200, &serde_json::to_value(oordeel(&state)).unwrap()),
        ),
        ("POST", ["leveringen", number, "indienen"]) if *number == current => {
            Some(sign(&mut state, body))
        }
        ("POST", ["nulopgaven"]) => nulopgave(&mut state, body),
        ("GET", ["leveringen", number, "ontvangstbewijs"]) if *number == current => {
            let body = receipt(&state).into_bytes();
            Some(FakeResponse {
                status: 200,
                soort: "application/jose",
                headers: String::new(),
                body,
                slow: false,
            })
        }
        _ => Some(json_response(
            404,
            &json!({"title": "niet gevonden", "code": "NOT_FOUND"}),
        )),
    }
}

fn open(state: &mut FakeState, request: &FakeRequest, body: &[u8]) -> Option<FakeResponse> {
    let key = request.headers["idempotency-key"].clone();
    let new = state.keys.last() != Some(&key);
    state.keys.push(key);
    if new {
        if !state.toestand.is_empty() {
            let (old, toestand) = (id(state), state.toestand);
            state.old_ones.insert(old, toestand);
        }
        state.number += 1;
        state.ondertekenaar = None;
        let pakket: Pakket = serde_json::from_slice(body).unwrap();
        state.bestanden = pakket
            .resources
            .iter()
            .map(|b| (b.name.clone(), Vec::new()))
            .collect();
        state.pakket = Some(pakket);
        state.toestand = "geopend";
    }
    if state.faults.front() == Some(&Storing::SilentAfterOpen) {
        state.faults.pop_front();
        return None;
    }
    Some(json_response(201, &levering(state)))
}

fn upload(
    state: &mut FakeState,
    request: &FakeRequest,
    tabel: &str,
    body: &[u8],
    is_cut: bool,
) -> Option<FakeResponse> {
    let expected = state
        .pakket
        .as_ref()
        .unwrap()
        .resources
        .iter()
        .find(|b| b.name == tabel)
        .unwrap()
        .bytes;
    let here = state.bestanden[tabel].len() as u64;
    if request.method == "HEAD" {
        return Some(empty(
            200,
            format!("Upload-Offset: {here}\r\nUpload-Length: {expected}\r\n"),
        ));
    }
    let offset: u64 = request.headers["upload-offset"].parse().unwrap();
    let storing = state.faults.front().copied();
    if storing == Some(Storing::Conflict) || offset != here {
        if storing == Some(Storing::Conflict) {
            state.faults.pop_front();
        }
        return Some(json_response(
            409,
            &json!({"title": "andere plek", "code": "OFFSET"}),
        ));
    }
    state
        .bestanden
        .get_mut(tabel)
        .unwrap()
        .extend_from_slice(body);
    if storing == Some(Storing::Damaged) {
        state.faults.pop_front();
        state.bestanden.get_mut(tabel).unwrap().clear();
        return Some(json_response(
            422,
            &json!({"title": "anders", "code": "HASH_MISMATCH"}),
        ));
    }
    if storing == Some(Storing::EndMissed) {
        state.faults.pop_front();
        return Some(empty(
            204,
            format!("Upload-Offset: {}\r\n", state.bestanden[tabel].len()),
        ));
    }
    let pakket = state.pakket.as_ref().unwrap();
    let done = pakket.resources.iter().all(|b| {
        let content = &state.bestanden[&b.name];
        content.len() as u64 == b.bytes && b.hash == schema::hash::sha256(content)
    });
    if done {
        state.toestand = "ontvangen";
    }
    if is_cut || storing == Some(Storing::SilentAfterPatch) {
        state.faults.pop_front();
        return None;
    }
    Some(empty(
        204,
        format!("Upload-Offset: {}\r\n", state.bestanden[tabel].len()),
    ))
}

fn sign(state: &mut FakeState, body: &[u8]) -> FakeResponse {
    let who: Value = serde_json::from_slice(body).unwrap();
    if state.toestand != "akkoord" {
        return json_response(
            409,
            &json!({"title": "kan nu niet", "code": "STATE", "detail": "De levering kan nu niet worden ondertekend."}),
        );
    }
    state.submissions += 1;
    state.toestand = "ingediend";
    state.ondertekenaar = Some(format!(
        "{}, {}",
        who["naam"].as_str().unwrap(),
        who["functie"].as_str().unwrap()
    ));
    let mut response = json_response(200, &levering(state));
    if state.faults.front() == Some(&Storing::SlowAfterSubmit) {
        state.faults.pop_front();
        response.slow = true;
    }
    response
}

fn nulopgave(state: &mut FakeState, body: &[u8]) -> Option<FakeResponse> {
    let who: Value = serde_json::from_slice(body).unwrap();
    state.nulopgave = true;
    state.submissions += 1;
    state.toestand = "ingediend";
    state.ondertekenaar = Some(format!(
        "{}, {}",
        who["naam"].as_str().unwrap(),
        who["functie"].as_str().unwrap()
    ));
    if state.faults.front() == Some(&Storing::SilentAfterNulopgave) {
        state.faults.pop_front();
        return None;
    }
    Some(json_response(201, &levering(state)))
}
