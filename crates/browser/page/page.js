// The page: what is chosen, what is asked of the worker, and the answer in words. Text from a file only ever becomes
// text on the page (textContent), never markup.
"use strict";

const WERKER = "{{werker}}";
const GROOTST = 1_500_000_000;
const PER_KEER = 100;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const ERNST = {
  fout: { naam: "fout", meervoud: "fouten", kop: "Fouten: verbeter deze eerst", klasse: "fout" },
  signaal: { naam: "signaal", meervoud: "signalen", kop: "Signalen: klopt dit?", klasse: "let-op" },
  opmerking: { naam: "opmerking", meervoud: "opmerkingen", kop: "Opmerkingen: hier hoeft u niets mee te doen", klasse: "rust" },
};
const VERDICT = {
  afgekeurd: { kop: "Er staan fouten in", nu: "Verbeter de fouten in uw eigen bestand en controleer het opnieuw." },
  te_bevestigen: { kop: "Geen fouten, wel signalen", nu: "Kijk de signalen na. Klopt het? Maak dan onderaan het pakket. Nadat u het levert, vragen wij bij elk signaal een antwoord." },
  akkoord: { kop: "Alles is in orde", nu: "U kunt leveren. Maak onderaan het pakket." },
};

const op = (id) => document.getElementById(id);
const getal = (n) => n.toLocaleString("nl-NL");

// An element with a class, text and children.
function maak(naam, { klasse, tekst, ...rest } = {}, ...kinderen) {
  const element = document.createElement(naam);
  if (klasse) element.className = klasse;
  if (tekst !== undefined) element.textContent = tekst;
  for (const [sleutel, waarde] of Object.entries(rest)) element.setAttribute(sleutel, waarde);
  element.append(...kinderen);
  return element;
}

// ---- The worker ----

let werker;
let wachtend = new Map();
let volgnummer = 0;
let voortgang = () => {};

async function laadModule() {
  const bytes = Uint8Array.from(atob(op("module").textContent), (teken) => teken.charCodeAt(0));
  const uitgepakt = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(uitgepakt).arrayBuffer());
}
const module = laadModule();

async function start() {
  const adres = URL.createObjectURL(new Blob([WERKER], { type: "text/javascript" }));
  werker = new Worker(adres);
  werker.onmessage = ({ data }) => {
    const vraag = wachtend.get(data.nummer);
    if (data.rijen !== undefined) return voortgang(data.rijen);
    wachtend.delete(data.nummer);
    if (data.bytes) return vraag?.goed(data);
    if (data.kapot) stop();
    return vraag?.fout(new Error(data.fout ?? gebroken(data.kapot)));
  };
  werker.postMessage({ module: await module });
}

function gebroken(naam) {
  if (naam === "NotReadableError" || naam === "NotFoundError") {
    return "Uw browser kan het bestand niet lezen. Is het veranderd of staat het open in Excel? Sluit het en kies het opnieuw.";
  }
  return "Dit bestand is te groot of te ongewoon voor de browser. Gebruik het programma uitvraag op uw computer.";
}

// Ends whatever is running; the next question gets a fresh worker.
function stop() {
  werker?.terminate();
  werker = undefined;
  const gestopt = wachtend;
  wachtend = new Map();
  for (const vraag of gestopt.values()) vraag.fout(new Error("gestopt"));
}

async function stel(vraag, bestanden = []) {
  if (bestanden.reduce((som, b) => som + b.size, 0) > GROOTST) {
    throw new Error("Dit is te groot voor de browser. Gebruik het programma uitvraag op uw computer: dat kan elke grootte aan.");
  }
  if (!werker) await start();
  const nummer = ++volgnummer;
  const delen = bestanden.map((b) => ({ naam: b.name, lengte: b.size }));
  const heel = bestanden.length ? { ...vraag, bestanden: delen } : vraag;
  return new Promise((goed, fout) => {
    wachtend.set(nummer, { goed, fout });
    werker.postMessage({ nummer, vraag: heel, bestanden });
  });
}

const lees = ({ bytes }) => JSON.parse(new TextDecoder().decode(bytes));

// ---- What is chosen ----

let bestanden = [];
let uitvragen = [];

function kies(nieuw) {
  const koppelingen = nieuw.filter((b) => b.name.toLowerCase().endsWith(".toml"));
  if (koppelingen.length) neemKoppeling(koppelingen[0]);
  const gegevens = nieuw.filter((b) => !koppelingen.includes(b));
  if (!gegevens.length) return;
  bestanden = gegevens;
  // What stands on the page is of other files now.
  sluitUitslag();
  sluitGesprek();
  if (op("koppeling").value === voorgesteld) neemTekst("");
  op("gekozen").replaceChildren(...bestanden.map((b) => maak("li", { tekst: `${b.name} (${omvang(b.size)})` })));
  meld(`${bestanden.length === 1 ? "1 bestand" : `${bestanden.length} bestanden`} gekozen.`);
}

// Puts a koppeling on the page, without the question of the one before it.
function neemTekst(tekst) {
  op("koppeling").value = tekst;
  op("koppeling-deel").open = tekst !== "";
  somOp("koppeling-aannames", []);
  sluitGesprek();
}

async function neemKoppeling(bestand) {
  const tekst = (await bestand.text()).replace(/^\ufeff/, "");
  // A key looks alike from outside; it never stands on the page.
  if (tekst.includes("omgangsmonitor-sleutel-")) return doe("", () => neemSleutel(tekst));
  neemTekst(tekst);
  const naam = /^\s*uitvraag\s*=\s*"([^"]+)"/m.exec(op("koppeling").value)?.[1];
  if (uitvragen.some((u) => u.naam === naam)) op("uitvraag").value = naam;
  meld(`De koppeling ${bestand.name} is gelezen.`);
}

function omvang(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [deler, eenheid] = bytes < 1_000_000 ? [1000, "kB"] : [1_000_000, "MB"];
  return `${(bytes / deler).toLocaleString("nl-NL", { maximumFractionDigits: 1 })} ${eenheid}`;
}

function vandaag() {
  const nu = new Date();
  return [nu.getFullYear(), nu.getMonth() + 1, nu.getDate()].map((deel) => String(deel).padStart(2, "0")).join("-");
}

// ---- What is said ----

function meld(tekst) {
  op("stand").textContent = tekst;
}

function klaag(tekst) {
  op("fout").textContent = tekst;
  op("fout").hidden = !tekst;
}

function bezig(aan) {
  for (const id of ["controleer", "voorstel"]) op(id).disabled = aan;
  op("stop").hidden = !aan;
  op("vraag").toggleAttribute("aria-busy", aan);
}

// Runs one piece of work: says what goes on, and why it did not work out.
async function doe(tekst, werk) {
  klaag("");
  meld(tekst);
  bezig(true);
  voortgang = (rijen) => meld(`${tekst} ${getal(rijen)} rijen gelezen.`);
  try {
    await werk();
  } catch (fout) {
    meld(fout.message === "gestopt" ? "Gestopt." : "");
    if (fout.message !== "gestopt") klaag(fout.message);
  } finally {
    bezig(false);
  }
}

function volledig() {
  const mist = (!bestanden.length && "Kies eerst een bestand.") || (!op("uitvraag").value && "Kies eerst de uitvraag.")
    || (!op("leverdatum").value && "Vul eerst de dag in waarop u levert.");
  if (mist) klaag(mist);
  return !mist;
}

// ---- The koppeling ----

// The koppeling as it was proposed here: while nobody worked on it, it goes with the files it was made for.
let voorgesteld = "";

// The koppeling as the conversation left it: where somebody typed in it since, the conversation begins anew from there.
let besproken = "";

// Begins the conversation, with the koppeling that stands on the page or a proposed one.
async function begin(reden = "") {
  const tekst = op("koppeling").value.trim() ? op("koppeling").value : null;
  const stand = lees(await stel({ opdracht: "koppel", uitvraag: op("uitvraag").value, koppeling: tekst }, bestanden));
  if (tekst === null) {
    voorgesteld = stand.koppeling;
    somOp("koppeling-aannames", stand.aannames);
  }
  op("koppeling-deel").open = true;
  const ontbreekt = stand.ontbreekt.map((plek) => `De koppeling noemt ${plek}, maar dat is er nu niet bij. `).join("");
  await toonVraag(stand, reden + ontbreekt);
}

// A click or a typed answer: the koppeling changes, and the next question stands there.
async function antwoord(stap) {
  if (op("koppeling").value !== besproken) return begin("U veranderde de koppeling zelf. ");
  await toonVraag(lees(await stel({ opdracht: "antwoord", stap })));
}

// Shows where the conversation is. When nothing is open, checking goes on by itself.
async function toonVraag(stand, vooraf = "") {
  op("koppeling").value = stand.koppeling;
  // As the field gives it back: it has its own idea of line ends.
  besproken = op("koppeling").value;
  op("gesprek-bezwaar").textContent = stand.bezwaar ? `Dat kan niet: ${stand.bezwaar}. Kies opnieuw.` : "";
  op("gesprek-bezwaar").hidden = !stand.bezwaar;
  if (stand.bezwaar) return meld("");
  if (stand.vraag) return stelVraag(stand, vooraf);
  sluitGesprek();
  if (!stand.open) {
    meld(`${vooraf}Alles is gekoppeld. Uw bestand wordt nu gecontroleerd.`);
    return controleer();
  }
  meld(`${vooraf}Voor later gelaten: ${stand.open === 1 ? "1 vraag" : `${stand.open} vragen`}. Kies Koppel, vraag voor vraag om verder te gaan.`);
  op("voorstel").focus();
}

function stelVraag({ vraag, te_vragen }, vooraf) {
  sluitUitslag();
  op("gesprek").hidden = false;
  op("gesprek-kop").textContent = vraag.vraag;
  const hierna = te_vragen - 1;
  op("gesprek-na").textContent = hierna < 1 ? "Dit is voorlopig de laatste vraag." : `Hierna ${hierna === 1 ? "is er nog 1 vraag" : `zijn er nog ${hierna} vragen`}.`;
  op("gesprek-hulp").replaceChildren(...vraag.hulp.map((tekst) => maak("li", { tekst })));
  op("gesprek-hulp").hidden = !vraag.hulp.length;
  op("gesprek-keuzes").replaceChildren(...vraag.keuzes.map(({ keuze, gevolg }, nummer) => {
    const knop = maak("button", { klasse: "keuze", type: "button" }, maak("strong", { tekst: keuze }), ...(gevolg ? [maak("span", { tekst: gevolg })] : []));
    knop.addEventListener("click", () => zet({ keuze: nummer }));
    return maak("li", {}, knop);
  }));
  op("gesprek-keuzes").hidden = !vraag.keuzes.length;
  op("gesprek-typen").hidden = !vraag.vrij;
  op("gesprek-tekst").value = "";
  if (vraag.vrij) op("gesprek-tekst-naam").textContent = `${vraag.keuzes.length ? "Of typ" : "Typ"} ${vraag.vrij}`;
  meld(vooraf);
  op("gesprek-kop").focus();
}

// One step at a time: a second click while the first is worked on is none.
function zet(stap) {
  if (!wachtend.size) doe("", () => antwoord(stap));
}

function sluitUitslag() {
  for (const id of ["uitslag", "pakket"]) op(id).hidden = true;
}

function sluitGesprek() {
  op("gesprek").hidden = true;
}

// Fills one of the lists above the koppeling; without sentences it is not there.
function somOp(id, zinnen) {
  op(id).hidden = !zinnen.length;
  op(id).querySelector("ul").replaceChildren(...zinnen.map((tekst) => maak("li", { tekst })));
}

// ---- The judgement ----

let laatste;

async function controleer() {
  const koppeling = op("koppeling").value.trim() ? op("koppeling").value : null;
  const vraag = { opdracht: "controleer", uitvraag: op("uitvraag").value, leverdatum: op("leverdatum").value, koppeling };
  const antwoord = await stel(vraag, bestanden);
  const uitslag = lees(antwoord);
  if (!koppeling && uitslag.regels[0]?.code === "HEADER_UNKNOWN") {
    sluitUitslag();
    return begin("Uw kolommen hebben andere namen dan de uitvraag. ");
  }
  laatste = { bytes: antwoord.bytes, vraag, bestanden, naam: bestanden[0].name.replace(/\.[^.]+$/, "") };
  toon(uitslag, uitvragen.find((u) => u.naam === vraag.uitvraag));
  const seconden = ((antwoord.duur.lezen + antwoord.duur.rekenen) / 1000).toLocaleString("nl-NL", { maximumFractionDigits: 2 });
  meld(`Klaar in ${seconden} seconden: ${op("uitslag-kop").textContent.toLowerCase()}.`);
  op("uitslag").dataset.lezen = antwoord.duur.lezen;
  op("uitslag").dataset.rekenen = antwoord.duur.rekenen;
  op("uitslag-kop").focus();
}

function toon(uitslag, woorden) {
  const open = uitslag.open ?? [];
  const slot = uitslag.verdict !== "afgekeurd" && open.length
    ? { kop: "Er zijn nog open vragen", nu: "Beantwoord ze eerst. Daarna kijkt deze pagina uw bestand opnieuw na." }
    : VERDICT[uitslag.verdict];
  op("uitslag-kop").textContent = slot.kop;
  // Of a file that could not be read there is nothing to colour.
  op("bewaar-xlsx").hidden = !Object.keys(uitslag.rijen).length;
  op("nu").textContent = slot.nu;
  op("pakket").hidden = uitslag.verdict === "afgekeurd" || open.length > 0;
  op("pakket-klaar").hidden = true;
  op("vragen-deel").hidden = !open.length || !op("koppeling").value.trim();
  const rijen = woorden.tabellen.filter((t) => t.naam in uitslag.rijen);
  op("gelezen").replaceChildren(...rijen.flatMap((t) => [maak("dt", { tekst: t.titel }), maak("dd", { tekst: `${getal(uitslag.rijen[t.naam])} rijen` })]));
  const delen = [];
  if (open.length) delen.push(lijst("Open vragen", open));
  const wachtend = uitslag.wachtend ?? [];
  if (wachtend.length) delen.push(lijst("Wacht op een antwoord", wachtend.map((w) => w.bericht)));
  const regels = uitslag.regels.filter((r) => r.aantal > 0);
  if (regels.length) delen.push(samenvatting(regels, woorden));
  if (uitslag.afgekapt) delen.push(maak("p", { tekst: "Niet elke plaats staat hieronder. De aantallen zijn volledig." }));
  const veel = uitslag.meer_bestanden ?? false;
  for (const [ernst, { kop }] of Object.entries(ERNST)) {
    const soort = regels.filter((r) => r.ernst === ernst);
    if (!soort.length) continue;
    delen.push(maak("h3", { tekst: kop }));
    for (const regel of soort) {
      const van = (lijst) => (lijst ?? []).filter((b) => b.code === regel.code);
      delen.push(kaart(regel, van(uitslag.bevindingen), van(uitslag.oorzaken), woorden, veel));
    }
  }
  const niet = uitslag.niet_beoordeeld ?? [];
  if (niet.length) delen.push(uitklap(`Niet beoordeeld (${niet.length})`, niet.map((r) => `${titel(woorden, r.code)}: ${r.waarom}`)));
  const aannames = uitslag.aannames ?? [];
  if (aannames.length) delen.push(uitklap(`Aangenomen bij het lezen (${aannames.length})`, aannames));
  op("inhoud-uitslag").replaceChildren(...delen);
  op("uitslag").hidden = false;
}

function titel(woorden, code) {
  return woorden.regels.find((r) => r.code === code)?.titel ?? "Het bestand is niet te lezen";
}

function lijst(kop, zinnen) {
  return maak("section", {}, maak("h3", { tekst: kop }), maak("ul", {}, ...zinnen.map((tekst) => maak("li", { tekst }))));
}

function uitklap(kop, zinnen) {
  return maak("details", {}, maak("summary", { tekst: kop }), maak("ul", {}, ...zinnen.map((tekst) => maak("li", { tekst }))));
}

function aantal(regel) {
  return `${getal(regel.aantal)} keer`;
}

function samenvatting(regels, woorden) {
  const rijen = regels.map((r) => maak("tr", {},
    maak("td", { "data-kop": "Soort" }, maak("span", { klasse: `label ${ERNST[r.ernst].klasse}`, tekst: ERNST[r.ernst].naam })),
    maak("td", { klasse: "getal", "data-kop": "Aantal", tekst: getal(r.aantal) }),
    maak("th", { scope: "row" }, maak("a", { href: `#regel-${r.code}`, tekst: titel(woorden, r.code) })),
  ));
  const kop = maak("tr", {}, maak("th", { scope: "col", tekst: "Soort" }), maak("th", { scope: "col", klasse: "getal", tekst: "Aantal" }), maak("th", { scope: "col", tekst: "Wat" }));
  return maak("table", { klasse: "smal" }, maak("caption", { tekst: "Samenvatting: wat het meest in de weg staat eerst" }), maak("thead", {}, kop), maak("tbody", {}, ...rijen));
}

// One rule: what all its findings share first, then the places.
function kaart(regel, bevindingen, oorzaken, woorden, metBestand) {
  const uit = maak("article", { klasse: "kaart", id: `regel-${regel.code}`, tabindex: "-1" });
  uit.append(maak("h4", {}, maak("span", { klasse: `label ${ERNST[regel.ernst].klasse}`, tekst: ERNST[regel.ernst].naam }), ` ${titel(woorden, regel.code)} `, maak("span", { klasse: "zacht", tekst: `(${aantal(regel)})` })));
  const gelijk = (deel) => bevindingen.length && bevindingen.every((b) => b[deel] === bevindingen[0][deel]) ? bevindingen[0][deel] : "";
  const vast = { bericht: gelijk("bericht"), verwacht: gelijk("verwacht"), herstel: gelijk("herstel") };
  if (vast.bericht) uit.append(maak("p", { tekst: vast.bericht }));
  if (vast.verwacht) uit.append(maak("p", {}, maak("strong", { tekst: "Verwacht: " }), vast.verwacht));
  if (vast.herstel) uit.append(maak("p", {}, maak("strong", { tekst: "Zo herstelt u het: " }), vast.herstel));
  const reden = woorden.regels.find((r) => r.code === regel.code)?.reden;
  if (reden) uit.append(maak("p", { klasse: "zacht" }, "Waarom wij dit vragen: ", reden));
  if (oorzaken.length) uit.append(maak("ul", {}, ...oorzaken.slice(0, 25).map((o) => maak("li", { tekst: oorzaak(o, metBestand) }))));
  if (oorzaken.length > 25) uit.append(maak("p", { klasse: "zacht", tekst: `En nog ${getal(oorzaken.length - 25)} oorzaken; ze staan allemaal in het JSON-bestand.` }));
  if (bevindingen.length) uit.append(plaatsen(bevindingen, vast, metBestand));
  return uit;
}

// One cause of many findings, in the words the program uses.
function oorzaak(o, metBestand) {
  const kolom = o.kolom ? ` in de kolom ${o.kolom}` : "";
  const plek = o.cel ?? (o.rij ? `rij ${o.rij}` : "");
  const eerste = plek ? `, de eerste keer in ${metBestand && o.bestand ? `${o.bestand} ` : ""}${plek}` : "";
  if (o.gevonden === null) return `${getal(o.aantal)} keer${kolom}${eerste}.`;
  if (o.vorm === undefined) return `\u201c${o.gevonden}\u201d staat ${getal(o.aantal)} keer${kolom}${eerste}.`;
  return `${getal(o.aantal)} keer${kolom} staat er iets zoals \u201c${o.gevonden}\u201d${eerste}.`;
}

function plaatsen(bevindingen, vast, metBestand) {
  const kolommen = [
    ["Waar", (b) => waar(b, metBestand), () => true],
    ["Nummer", (b) => b.nummer ?? "", (b) => b.nummer],
    ["Er staat", (b) => b.gevonden ?? "", (b) => b.gevonden],
    ["Bericht", (b) => b.bericht, (b) => !vast.bericht && b.bericht],
    ["Verwacht", (b) => b.verwacht, (b) => !vast.verwacht && b.verwacht],
    ["Herstel", (b) => b.herstel, (b) => !vast.herstel && b.herstel],
  ].filter(([, , nodig]) => bevindingen.some(nodig));
  const kop = maak("tr", {}, ...kolommen.map(([tekst]) => maak("th", { scope: "col", tekst })));
  const romp = maak("tbody");
  const knop = maak("button", { type: "button", klasse: "knop stil" });
  const meer = () => {
    const van = romp.rows.length;
    const rijen = bevindingen.slice(van, van + PER_KEER).map((b) =>
      maak("tr", {}, ...kolommen.map(([naam, tekst]) => maak("td", { "data-kop": naam, tekst: tekst(b) }))));
    romp.append(...rijen);
    const rest = bevindingen.length - romp.rows.length;
    knop.hidden = rest === 0;
    knop.textContent = `Toon er nog ${getal(Math.min(rest, PER_KEER))} van de ${getal(rest)}`;
    if (van) rijen[0]?.cells[0].setAttribute("tabindex", "-1");
    if (van) rijen[0]?.cells[0].focus();
  };
  knop.addEventListener("click", meer);
  meer();
  const een = bevindingen.length === 1;
  const naam = een ? "Toon de plaats" : `Toon ${getal(bevindingen.length)} plaatsen`;
  return maak("details", een ? { open: "" } : {}, maak("summary", { tekst: naam }), maak("div", { klasse: "rol" }, maak("table", { klasse: "smal" }, maak("thead", {}, kop), romp)), knop);
}

function waar(b, metBestand) {
  const plek = b.cel ?? (b.rij ? `rij ${b.rij}` : "");
  const kolom = b.kolom ? `${plek ? " " : ""}(${b.kolom})` : "";
  const blad = b.blad && !b.cel ? `blad ${b.blad} ` : "";
  const tekst = `${blad}${plek}${kolom}`.trim() || "het hele bestand";
  return metBestand && b.bestand ? `${b.bestand}: ${tekst}` : tekst;
}

// ---- The pakket ----

// The text of the key file that was chosen. The page forgets it when it is closed.
let sleutel = "";

async function neemSleutel(tekst) {
  sleutel = "";
  op("sleutel-kenmerk").textContent = "";
  const { kenmerk } = lees(await stel({ opdracht: "sleutel", sleutel: tekst }));
  sleutel = tekst;
  op("sleutel-kenmerk").textContent = `Gelezen: de sleutel met kenmerk ${kenmerk}.`;
  meld("De sleutel is gelezen.");
}

// The new key is not used before it was chosen from where it was saved: so it is certain that it was saved.
async function maakSleutel() {
  const toeval = crypto.getRandomValues(new Uint8Array(32));
  const nieuw = lees(await stel({ opdracht: "nieuwe_sleutel" }, [new File([toeval], "toeval")]));
  bewaar("sleutel.toml", "application/toml", nieuw.sleutel);
  meld("Uw sleutel staat bij uw downloads, als sleutel.toml. Bewaar een kopie op een veilige plek. Kies dat bestand nu hier, dan gaat u verder.");
  op("sleutel").focus();
}

async function maakPakket() {
  if (!sleutel) throw new Error("Kies eerst uw sleutel, of maak er een.");
  const vraag = { ...laatste.vraag, opdracht: "pak", sleutel, kvk: op("kvk").value || null };
  const { bytes } = await stel(vraag, laatste.bestanden);
  const naam = `pakket-${vraag.uitvraag.replace("/", "-")}.tar`;
  bewaar(naam, "application/x-tar", bytes);
  op("pakket-naam").textContent = naam;
  op("pakket-klaar").hidden = false;
  op("pakket-verder").hidden = !location.protocol.startsWith("http");
  meld(`Het pakket is bewaard als ${naam}.`);
}

// ---- Saving ----

function bewaar(naam, soort, inhoud) {
  const adres = URL.createObjectURL(new Blob([inhoud], { type: soort }));
  const link = maak("a", { href: adres, download: naam });
  link.click();
  setTimeout(() => URL.revokeObjectURL(adres), 60_000);
}

// ---- The page itself ----

function luister() {
  op("vraag").addEventListener("submit", (gebeurtenis) => {
    gebeurtenis.preventDefault();
    if (volledig()) doe("Bezig met controleren.", controleer);
  });
  op("stop").addEventListener("click", stop);
  op("voorstel").addEventListener("click", () => volledig() && doe("Bezig met de koppeling.", begin));
  op("beantwoord").addEventListener("click", () => doe("Bezig met de koppeling.", begin));
  op("gesprek-later").addEventListener("click", () => zet("later"));
  op("gesprek-terug").addEventListener("click", () => zet("terug"));
  op("gesprek-typen").addEventListener("submit", (gebeurtenis) => {
    gebeurtenis.preventDefault();
    zet({ getypt: op("gesprek-tekst").value });
  });
  op("bestanden").addEventListener("change", () => kies([...op("bestanden").files]));
  op("koppeling-bestand").addEventListener("change", () => op("koppeling-bestand").files[0] && neemKoppeling(op("koppeling-bestand").files[0]));
  for (const id of ["koppeling-bewaren", "gesprek-bewaren"]) op(id).addEventListener("click", () => bewaar("koppeling.toml", "application/toml", op("koppeling").value));
  op("bewaar-json").addEventListener("click", () => bewaar(`bevindingen-${laatste.naam}.json`, "application/json", laatste.bytes));
  op("bewaar-csv").addEventListener("click", () => doe("", async () => {
    const { bytes } = await stel({ opdracht: "csv" }, [new File([laatste.bytes], "oordeel.json")]);
    bewaar(`bevindingen-${laatste.naam}.csv`, "text/csv", bytes);
  }));
  op("bewaar-xlsx").addEventListener("click", () => doe("Bezig met het Excel-bestand.", async () => {
    const { bytes } = await stel({ ...laatste.vraag, rapport: true }, laatste.bestanden);
    bewaar(`fouten-${laatste.naam}.xlsx`, XLSX, bytes);
    meld("Het Excel-bestand is bewaard.");
  }));
  op("sleutel").addEventListener("change", () => op("sleutel").files[0] && doe("", async () => neemSleutel(await op("sleutel").files[0].text())));
  op("sleutel-nieuw").addEventListener("click", () => doe("", maakSleutel));
  op("pakket-vraag").addEventListener("submit", (gebeurtenis) => {
    gebeurtenis.preventDefault();
    doe("Bezig met het pakket.", maakPakket);
  });
  op("sjabloon").addEventListener("click", () => {
    if (!op("uitvraag").value) return klaag("Kies eerst de uitvraag.");
    doe("", async () => {
      const { bytes } = await stel({ opdracht: "artefact", uitvraag: op("uitvraag").value, naam: "sjabloon.xlsx" });
      bewaar(`sjabloon-${op("uitvraag").value.replace("/", "-")}.xlsx`, XLSX, bytes);
    });
  });
  const vak = op("sleepvak");
  for (const soort of ["dragover", "drop"]) document.addEventListener(soort, (gebeurtenis) => gebeurtenis.preventDefault());
  vak.addEventListener("dragover", () => vak.classList.add("boven"));
  vak.addEventListener("dragleave", () => vak.classList.remove("boven"));
  document.addEventListener("drop", (gebeurtenis) => {
    vak.classList.remove("boven");
    kies([...gebeurtenis.dataTransfer.files]);
  });
}

async function open() {
  op("leverdatum").value = vandaag();
  luister();
  await doe("De controle wordt klaargezet.", async () => {
    uitvragen = lees(await stel({ opdracht: "uitvragen" }));
    const keuzes = uitvragen.map((u) => maak("option", { value: u.naam, tekst: u.titel })).reverse();
    op("uitvraag").replaceChildren(maak("option", { value: "", tekst: "Kies de uitvraag" }), ...keuzes);
    if (uitvragen.length === 1) op("uitvraag").value = uitvragen[0].naam;
    meld("");
    document.documentElement.dataset.klaar = "ja";
  });
}
open();
