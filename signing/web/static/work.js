// Solves ALTCHA's challenge (PBKDF2 under a counter) and puts the solution into the form: on the
// letter's page from the first touch of the form on, on the page "One moment" at once.
// Without this script, or in a browser without Web Crypto, the form waits instead.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const AT_ONCE = 8; // the browser derives keys beside the page, on as many cores as it has

async function derive({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array(nonce.length / 2 + 4);
  password.set(bytes(nonce));
  new DataView(password.buffer).setUint32(nonce.length / 2, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
}

async function solve(challenge) {
  const { parameters } = challenge;
  const begun = Date.now();
  for (let counter = 0; ; counter += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, i) => derive(parameters, counter + i));
    const keys = await Promise.all(tries);
    const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (found >= 0) {
      const solution = { counter: counter + found, derivedKey: keys[found], time: Date.now() - begun };
      return btoa(JSON.stringify({ challenge, solution }));
    }
  }
}

function put(form, solution) {
  const field = form.elements.altcha ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name: "altcha", value: solution });
}

async function workWhileTyping(form) {
  const answer = await fetch(form.dataset.work);
  if (answer.ok) put(form, await solve(await answer.json()));
}

async function workAtOnce(form) {
  form.querySelector(".working").hidden = false;
  put(form, await solve(JSON.parse(form.dataset.challenge)));
  form.requestSubmit();
}

if (globalThis.crypto?.subtle) {
  const waiting = document.querySelector("form[data-challenge]");
  const form = document.querySelector("form[data-work]");
  if (waiting) workAtOnce(waiting).catch(() => {});
  form?.addEventListener("focusin", () => workWhileTyping(form).catch(() => {}), { once: true });
}
