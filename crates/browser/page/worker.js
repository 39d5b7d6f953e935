// Runs beside the page: owns the module and the memory it shares with it. One question at a time.
"use strict";

const BEZIG = 0;
const KLAAR = 1;
let module;

// The files, the description and its length, straight into the module's memory.
async function schrijf(vraag, bestanden) {
  const beschrijving = new TextEncoder().encode(JSON.stringify(vraag));
  const grootte = bestanden.reduce((som, bestand) => som + bestand.size, 0);
  const lengte = grootte + beschrijving.length + 4;
  const begin = module.room(lengte) >>> 0;
  const ruimte = new Uint8Array(module.memory.buffer, begin, lengte);
  let plek = 0;
  for (const bestand of bestanden) {
    for (const lezer = bestand.stream().getReader(); ;) {
      const { done, value } = await lezer.read();
      if (done) break;
      ruimte.set(value, plek);
      plek += value.length;
    }
  }
  if (plek !== grootte) throw new DOMException("the file changed", "NotReadableError");
  ruimte.set(beschrijving, plek);
  new DataView(ruimte.buffer, begin + lengte - 4).setUint32(0, beschrijving.length, true);
}

function antwoord() {
  const begin = module.answer() >>> 0;
  return new Uint8Array(module.memory.buffer, begin, module.answer_length()).slice();
}

async function beantwoord({ nummer, vraag, bestanden }) {
  const start = performance.now();
  await schrijf(vraag, bestanden);
  const gelezen = performance.now();
  let gemeld = gelezen;
  let stand = module.begin();
  while (stand === BEZIG) {
    stand = module.step();
    const nu = performance.now();
    if (nu - gemeld > 100) {
      gemeld = nu;
      postMessage({ nummer, rijen: module.rows() });
    }
  }
  const bytes = antwoord();
  const duur = { lezen: gelezen - start, rekenen: performance.now() - gelezen };
  if (stand === KLAAR) postMessage({ nummer, bytes, duur }, [bytes.buffer]);
  else postMessage({ nummer, fout: new TextDecoder().decode(bytes) });
}

onmessage = async ({ data }) => {
  try {
    if (data.module) module = (await WebAssembly.instantiate(data.module, {})).exports;
    else await beantwoord(data);
  } catch (fout) {
    postMessage({ nummer: data.nummer, kapot: fout.name });
  }
};
