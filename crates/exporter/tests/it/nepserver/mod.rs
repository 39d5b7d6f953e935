//! A service in one thread that does what the protocol says, except where a test asks for trouble.
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
use sha2::{Digest, Sha256};

mod antwoorden;

pub use antwoorden::{SIGNAAL, VINGERAFDRUK};
use antwoorden::{jwks, levering, levering_van, oordeel, receipt};

/// Something that goes wrong once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storing {
    /// The connection breaks after so many bytes of a PATCH; what came is kept.
    Knip(usize),
    /// The last PATCH arrives damaged: the file starts anew.
    Beschadigd,
    /// All bytes are in, but the service missed that it was the end.
    EindeGemist,
    /// A PATCH is answered with 409.
    Conflict,
    /// The whole PATCH is taken, but no answer comes.
    StilNaPatch,
    /// The levering is opened, but no answer comes.
    StilNaOpen,
    /// The signature is taken, but no answer comes in time.
    TraagNaIndienen,
    /// The nulopgave is taken, but no answer comes.
    StilNaNulopgave,
    /// Busy.
    Druk,
}

/// What the service will say of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oordeelt {
    Akkoord,
    TeBevestigen,
    Afgekeurd,
}

#[derive(Default)]
pub(super) struct Stand {
    pub(super) storingen: VecDeque<Storing>,
    pub(super) weiger: Option<(u16, &'static str, &'static str)>,
    pub(super) oordeelt: Option<Oordeelt>,
    pub(super) pakket: Option<Pakket>,
    pub(super) sleutels: Vec<String>,
    pub(super) bestanden: BTreeMap<String, Vec<u8>>,
    pub(super) toestand: String,
    pub(super) antwoorden: Vec<Value>,
    pub(super) ondertekenaar: Option<String>,
    pub(super) indieningen: usize,
    pub(super) nulopgave: bool,
    pub(super) vervalst: bool,
    pub(super) logboek: Vec<String>,
    /// Leveringen so far; each new key is a new one.
    pub(super) nummer: usize,
    /// States of the ones before.
    pub(super) oude: BTreeMap<String, String>,
}

pub struct Nepserver {
    pub url: String,
    stand: Arc<Mutex<Stand>>,
}

const ID: &str = "0190a1b2-levering";

/// The current levering.
pub(super) fn id(stand: &Stand) -> String {
    if stand.nummer < 2 {
        ID.to_owned()
    } else {
        format!("{ID}-{}", stand.nummer)
    }
}

impl Nepserver {
    pub fn start(oordeelt: Oordeelt, storingen: &[Storing]) -> Self {
        let luister = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", luister.local_addr().unwrap());
        let stand = Stand {
            storingen: storingen.iter().copied().collect(),
            oordeelt: Some(oordeelt),
            ..Stand::default()
        };
        let stand = Arc::new(Mutex::new(stand));
        let deel = Arc::clone(&stand);
        thread::spawn(move || {
            for verbinding in luister.incoming().flatten() {
                let deel = Arc::clone(&deel);
                thread::spawn(move || serve(verbinding, &deel));
            }
        });
        Self { url, stand }
    }

    /// Refuses every POST of a levering with this problem.
    pub fn weiger(self, status: u16, code: &'static str, detail: &'static str) -> Self {
        self.stand.lock().unwrap().weiger = Some((status, code, detail));
        self
    }

    /// Signs receipts with another key than it publishes.
    pub fn vervalst(self) -> Self {
        self.stand.lock().unwrap().vervalst = true;
        self
    }

    pub fn logboek(&self) -> Vec<String> {
        self.stand.lock().unwrap().logboek.clone()
    }

    pub fn inhoud(&self, tabel: &str) -> Vec<u8> {
        self.stand
            .lock()
            .unwrap()
            .bestanden
            .get(tabel)
            .cloned()
            .unwrap_or_default()
    }

    pub fn antwoorden(&self) -> Vec<Value> {
        self.stand.lock().unwrap().antwoorden.clone()
    }

    pub fn indieningen(&self) -> usize {
        self.stand.lock().unwrap().indieningen
    }

    pub fn sleutels(&self) -> Vec<String> {
        self.stand.lock().unwrap().sleutels.clone()
    }

    /// What the coördinator or the clock does to the current levering.
    pub fn zet_toestand(&self, toestand: &str) {
        self.stand.lock().unwrap().toestand = toestand.to_owned();
    }

    pub fn toestand(&self) -> String {
        self.stand.lock().unwrap().toestand.clone()
    }

    /// How many leveringen there are.
    pub fn leveringen(&self) -> usize {
        self.stand.lock().unwrap().nummer
    }

    /// States of the leveringen before the current one.
    pub fn oude(&self) -> Vec<String> {
        self.stand.lock().unwrap().oude.values().cloned().collect()
    }

    pub fn storingen_over(&self) -> usize {
        self.stand.lock().unwrap().storingen.len()
    }
}

struct Vraag {
    methode: String,
    pad: String,
    koppen: BTreeMap<String, String>,
}

/// One connection, one request.
fn serve(verbinding: TcpStream, stand: &Mutex<Stand>) {
    let mut lezer = BufReader::new(verbinding.try_clone().unwrap());
    let Some(vraag) = read_head(&mut lezer) else {
        return;
    };
    let lengte: usize = vraag
        .koppen
        .get("content-length")
        .and_then(|l| l.parse().ok())
        .unwrap_or(0);
    stand
        .lock()
        .unwrap()
        .logboek
        .push(format!("{} {}", vraag.methode, vraag.pad));
    if vraag.koppen.get("authorization").map(String::as_str) != Some("Bearer geheim-token")
        && vraag.pad != "/v1/sleutels"
        && !vraag.pad.starts_with("/v1/uitvragen/")
    {
        return answer(
            &verbinding,
            401,
            "application/problem+json",
            "",
            br#"{"title":"geen toegang","code":"TOKEN"}"#,
        );
    }
    let knip = match (
        vraag.methode.as_str(),
        stand.lock().unwrap().storingen.front(),
    ) {
        ("PATCH", Some(Storing::Knip(n))) => Some(*n),
        _ => None,
    };
    let mut body = vec![0; knip.unwrap_or(lengte).min(lengte)];
    lezer.read_exact(&mut body).unwrap();
    if let Some(antwoord) = respond(&vraag, &body, stand, knip.is_some()) {
        if antwoord.traag {
            thread::sleep(Duration::from_secs(3));
        }
        answer(
            &verbinding,
            antwoord.status,
            antwoord.soort,
            &antwoord.koppen,
            &antwoord.body,
        );
    }
}

fn read_head(lezer: &mut BufReader<TcpStream>) -> Option<Vraag> {
    let mut regel = String::new();
    lezer.read_line(&mut regel).ok()?;
    let mut woorden = regel.split_whitespace();
    let (methode, pad) = (woorden.next()?.to_owned(), woorden.next()?.to_owned());
    let mut koppen = BTreeMap::new();
    loop {
        let mut regel = String::new();
        lezer.read_line(&mut regel).ok()?;
        let Some((kop, waarde)) = regel.trim().split_once(':') else {
            break;
        };
        koppen.insert(kop.to_lowercase(), waarde.trim().to_owned());
    }
    Some(Vraag {
        methode,
        pad,
        koppen,
    })
}

struct Antwoord {
    status: u16,
    soort: &'static str,
    koppen: String,
    body: Vec<u8>,
    traag: bool,
}

fn json_antwoord(status: u16, body: &Value) -> Option<Antwoord> {
    Some(Antwoord {
        status,
        soort: "application/json",
        koppen: String::new(),
        body: body.to_string().into_bytes(),
        traag: false,
    })
}

fn leeg(status: u16, koppen: String) -> Option<Antwoord> {
    Some(Antwoord {
        status,
        soort: "text/plain",
        koppen,
        body: Vec::new(),
        traag: false,
    })
}

fn answer(mut verbinding: &TcpStream, status: u16, soort: &str, koppen: &str, body: &[u8]) {
    let kop = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {soort}\r\nContent-Length: {}\r\nConnection: close\r\n{koppen}\r\n",
        body.len()
    );
    let _ = verbinding
        .write_all(kop.as_bytes())
        .and_then(|()| verbinding.write_all(body));
}

fn respond(vraag: &Vraag, body: &[u8], stand: &Mutex<Stand>, geknipt: bool) -> Option<Antwoord> {
    let mut stand = stand.lock().unwrap();
    let deel: Vec<&str> = vraag.pad.trim_start_matches("/v1/").split('/').collect();
    if stand.storingen.front() == Some(&Storing::Druk) {
        stand.storingen.pop_front();
        return json_antwoord(503, &json!({"title": "druk", "code": "BUSY"}));
    }
    let huidig = id(&stand);
    match (vraag.methode.as_str(), deel.as_slice()) {
        ("GET", ["uitvragen", uitvraag, jaar]) => {
            match schema::Definitie::load(&format!("{uitvraag}/{jaar}")) {
                Ok(definitie) => json_antwoord(
                    200,
                    &json!({"uitvraag": uitvraag, "regels": definitie.regelhash}),
                ),
                Err(_) => {
                    json_antwoord(404, &json!({"title": "niet gevonden", "code": "NOT_FOUND"}))
                }
            }
        }
        ("POST", ["leveringen", nr, "intrekken"]) => {
            match stand.oude.get_mut(*nr) {
                Some(toestand) => *toestand = "ingetrokken".to_owned(),
                None => stand.toestand = "ingetrokken".to_owned(),
            }
            json_antwoord(200, &levering_van(&stand, nr))
        }
        ("GET", ["leveringen", oud]) if stand.oude.contains_key(*oud) => {
            json_antwoord(200, &levering_van(&stand, oud))
        }
        ("POST", ["leveringen"]) => open(&mut stand, vraag, body),
        ("GET", ["sleutels"]) => json_antwoord(200, &jwks()),
        ("GET", ["leveringen"]) => json_antwoord(200, &json!([levering(&stand)])),
        ("GET", [pad]) if pad.starts_with("leveringen?") => {
            let lijst = if stand.toestand.is_empty() {
                json!([])
            } else {
                json!([levering(&stand)])
            };
            json_antwoord(200, &lijst)
        }
        ("GET", ["leveringen", nr]) if *nr == huidig => {
            if stand.toestand == "ontvangen" {
                stand.toestand = match stand.oordeelt {
                    Some(Oordeelt::TeBevestigen) if !answered(&stand) => "te_bevestigen".to_owned(),
                    Some(Oordeelt::Afgekeurd) => "afgekeurd".to_owned(),
                    _ => "akkoord".to_owned(),
                };
            }
            json_antwoord(200, &levering(&stand))
        }
        (_, ["leveringen", nr, "bestanden", tabel]) if *nr == huidig => {
            upload(&mut stand, vraag, tabel, body, geknipt)
        }
        ("GET", ["leveringen", nr, "bevindingen"]) if *nr == huidig => {
            json_antwoord(200, &serde_json::to_value(oordeel(&stand)).unwrap())
        }
        ("PUT", ["leveringen", nr, "toelichtingen"]) if *nr == huidig => {
            stand.antwoorden = serde_json::from_slice(body).unwrap();
            stand.toestand = "akkoord".to_owned();
            json_antwoord(200, &levering(&stand))
        }
        ("POST", ["leveringen", nr, "indienen"]) if *nr == huidig => sign(&mut stand, body),
        ("POST", ["nulopgaven"]) => nulopgave(&mut stand, body),
        ("GET", ["leveringen", nr, "ontvangstbewijs"]) if *nr == huidig => {
            let body = receipt(&stand).into_bytes();
            Some(Antwoord {
                status: 200,
                soort: "application/jose",
                koppen: String::new(),
                body,
                traag: false,
            })
        }
        _ => json_antwoord(404, &json!({"title": "niet gevonden", "code": "NOT_FOUND"})),
    }
}

/// What travels in the pakket counts as an answer.
fn answered(stand: &Stand) -> bool {
    stand
        .pakket
        .iter()
        .flat_map(|p| &p.toelichtingen)
        .any(|t| t.code == SIGNAAL)
}

fn open(stand: &mut Stand, vraag: &Vraag, body: &[u8]) -> Option<Antwoord> {
    if let Some((status, code, detail)) = stand.weiger {
        return json_antwoord(
            status,
            &json!({"title": "geweigerd", "code": code, "detail": detail}),
        );
    }
    let sleutel = vraag.koppen["idempotency-key"].clone();
    let nieuw = stand.sleutels.last() != Some(&sleutel);
    stand.sleutels.push(sleutel);
    if nieuw {
        if !stand.toestand.is_empty() {
            let (oud, toestand) = (id(stand), stand.toestand.clone());
            stand.oude.insert(oud, toestand);
        }
        stand.nummer += 1;
        stand.ondertekenaar = None;
        let pakket: Pakket = serde_json::from_slice(body).unwrap();
        stand.bestanden = pakket
            .resources
            .iter()
            .map(|b| (b.name.clone(), Vec::new()))
            .collect();
        stand.pakket = Some(pakket);
        stand.toestand = "geopend".to_owned();
    }
    if stand.storingen.front() == Some(&Storing::StilNaOpen) {
        stand.storingen.pop_front();
        return None;
    }
    json_antwoord(201, &levering(stand))
}

fn upload(
    stand: &mut Stand,
    vraag: &Vraag,
    tabel: &str,
    body: &[u8],
    geknipt: bool,
) -> Option<Antwoord> {
    let verwacht = stand
        .pakket
        .as_ref()
        .unwrap()
        .resources
        .iter()
        .find(|b| b.name == tabel)
        .unwrap()
        .bytes;
    let hier = stand.bestanden[tabel].len() as u64;
    if vraag.methode == "HEAD" {
        return leeg(
            200,
            format!("Upload-Offset: {hier}\r\nUpload-Length: {verwacht}\r\n"),
        );
    }
    let offset: u64 = vraag.koppen["upload-offset"].parse().unwrap();
    let storing = stand.storingen.front().copied();
    if storing == Some(Storing::Conflict) || offset != hier {
        if storing == Some(Storing::Conflict) {
            stand.storingen.pop_front();
        }
        return json_antwoord(409, &json!({"title": "andere plek", "code": "OFFSET"}));
    }
    stand
        .bestanden
        .get_mut(tabel)
        .unwrap()
        .extend_from_slice(body);
    if storing == Some(Storing::Beschadigd) {
        stand.storingen.pop_front();
        stand.bestanden.get_mut(tabel).unwrap().clear();
        return json_antwoord(422, &json!({"title": "anders", "code": "HASH_MISMATCH"}));
    }
    if storing == Some(Storing::EindeGemist) {
        stand.storingen.pop_front();
        return leeg(
            204,
            format!("Upload-Offset: {}\r\n", stand.bestanden[tabel].len()),
        );
    }
    let pakket = stand.pakket.as_ref().unwrap();
    let klaar = pakket.resources.iter().all(|b| {
        let inhoud = &stand.bestanden[&b.name];
        inhoud.len() as u64 == b.bytes
            && b.hash == format!("sha256:{}", schema::definitie::hex(&Sha256::digest(inhoud)))
    });
    if klaar {
        stand.toestand = "ontvangen".to_owned();
    }
    if geknipt || storing == Some(Storing::StilNaPatch) {
        stand.storingen.pop_front();
        return None;
    }
    leeg(
        204,
        format!("Upload-Offset: {}\r\n", stand.bestanden[tabel].len()),
    )
}

fn sign(stand: &mut Stand, body: &[u8]) -> Option<Antwoord> {
    let wie: Value = serde_json::from_slice(body).unwrap();
    if stand.toestand != "akkoord" {
        return json_antwoord(
            409,
            &json!({"title": "kan nu niet", "code": "STATE", "detail": "De levering kan nu niet worden ondertekend."}),
        );
    }
    stand.indieningen += 1;
    stand.toestand = "ingediend".to_owned();
    stand.ondertekenaar = Some(format!(
        "{}, {}",
        wie["naam"].as_str().unwrap(),
        wie["functie"].as_str().unwrap()
    ));
    let mut antwoord = json_antwoord(200, &levering(stand))?;
    if stand.storingen.front() == Some(&Storing::TraagNaIndienen) {
        stand.storingen.pop_front();
        antwoord.traag = true;
    }
    Some(antwoord)
}

fn nulopgave(stand: &mut Stand, body: &[u8]) -> Option<Antwoord> {
    let wie: Value = serde_json::from_slice(body).unwrap();
    stand.nulopgave = true;
    stand.indieningen += 1;
    stand.toestand = "ingediend".to_owned();
    stand.ondertekenaar = Some(format!(
        "{}, {}",
        wie["naam"].as_str().unwrap(),
        wie["functie"].as_str().unwrap()
    ));
    if stand.storingen.front() == Some(&Storing::StilNaNulopgave) {
        stand.storingen.pop_front();
        return None;
    }
    json_antwoord(201, &levering(stand))
}
