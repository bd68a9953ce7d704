// Passkeys: asks our server for a challenge, the browser for an answer, and sends it as a form.
// Without this script, or in a browser that knows no passkeys, the forms stay hidden.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const read = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials])
    for (const one of list || []) one.id = bytes(one.id);
  return options;
};

const written = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
  });
};

const run = async (form) => {
  const asked = await fetch(form.dataset.ask, {
    method: "POST", body: new URLSearchParams(new FormData(form)),
  });
  if (!asked.ok) throw new Error(String(asked.status));
  const publicKey = read(await asked.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.credential.value = written(credential);
  form.submit();
};

if (window.PublicKeyCredential)
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = form.querySelector("[role=alert]");
      wrong.hidden = true;
      run(form).catch(() => { wrong.hidden = false; });
    });
  }
