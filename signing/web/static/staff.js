// What the staff area does quicker with a script; everything works without it.

// <… id="x" data-live="5"> is fetched anew with its page every 5 seconds while it is in sight.
for (const part of document.querySelectorAll("[data-live]")) keepLive(part, 1000 * part.dataset.live);

function keepLive(part, pause) {
  setTimeout(async () => {
    if (document.hidden || part.contains(document.activeElement)) return keepLive(part, pause);
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (!answer.ok || answer.redirected || !fresh) return;
      for (const opened of part.querySelectorAll("details[id][open]"))
        fresh.querySelector(`#${opened.id}`)?.setAttribute("open", "");
      part.replaceWith(fresh);
      if (fresh.dataset.live) keepLive(fresh, 1000 * fresh.dataset.live);
    } catch {
      keepLive(part, pause * 2);
    }
  }, pause);
}

// <form data-unsaved> asks before what was typed is left behind.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let isTyped = Boolean(document.querySelector(".summary"));
  form.addEventListener("input", () => (isTyped = true));
  form.addEventListener("submit", () => (isTyped = false));
  addEventListener("beforeunload", (event) => isTyped && event.preventDefault());
}

// <form data-look="/path"> shows in #look what the server makes of it, a moment after each word.
for (const form of document.querySelectorAll("form[data-look]")) keepLooking(form);

function keepLooking(form) {
  let later, asked = 0;
  form.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(async () => {
      const mine = ++asked, body = new URLSearchParams(new FormData(form));
      body.set("part", "1");
      const answer = await fetch(form.dataset.look, { method: "POST", body }).catch(() => null);
      if (answer?.ok && !answer.redirected && mine === asked) {
        document.getElementById("look").innerHTML = await answer.text();
      }
    }, 500);
  });
}

// <form data-keys>: a single key presses what carries it as `data-key`, while the focus is inside
// (WCAG 2.1.4) and on nothing that takes letters itself.
for (const box of document.querySelectorAll("form[data-keys]")) {
  box.querySelector("[data-shown-with-script]")?.removeAttribute("hidden");
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const key = event.key.toLowerCase();
    const meant = /^[a-z0-9]$/.test(key) && box.querySelector(`[data-key="${key}"]`);
    if (!meant) return;
    event.preventDefault();
    meant.click();
    if (meant.type === "radio") meant.focus();
  });
}

// <button data-copy="id" data-copied="Copied"> copies that field's value, or that element's text.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(from.value ?? from.innerText.trim());
    button.textContent = button.dataset.copied;
  });
}

// <input data-narrows="boxes">: of a long list of boxes, those that hold what is typed, or are ticked.
for (const input of document.querySelectorAll("[data-narrows]")) {
  const boxes = document.getElementById(input.dataset.narrows).children;
  input.hidden = false;
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  input.addEventListener("input", () => {
    const typed = input.value.trim().toLocaleLowerCase();
    for (const box of boxes)
      box.hidden = !box.textContent.toLocaleLowerCase().includes(typed) && !box.querySelector(":checked");
  });
}

// <input type="color" data-colour-of="id"> and that text field follow each other.
for (const picker of document.querySelectorAll("[data-colour-of]")) {
  const typed = document.getElementById(picker.dataset.colourOf);
  picker.hidden = false;
  picker.addEventListener("input", () => (typed.value = picker.value));
  typed.addEventListener("input", () => /^#[0-9a-f]{6}$/i.test(typed.value) && (picker.value = typed.value));
}

// <button data-print> opens the browser's own dialogue.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// On a phone the tabs are one line that scrolls: where one is stands in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]"))
  tab.scrollIntoView({ block: "nearest", inline: "nearest" });
