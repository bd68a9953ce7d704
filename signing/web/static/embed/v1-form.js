/* <letter-form letter="slug" locale="fr" from="code"><a href="…?from=code">…</a></letter-form>: docs/partners.md
The link becomes a button that opens the form below it; where that fails, it is a link again. */
{
const script = document.querySelector('script[src*="/embed/v1-form."]')?.src;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {display:block; max-inline-size:34em; font-family:var(--letter-font, inherit)}
:host([hidden]), [hidden] {display:none !important}
button {padding:.6em 1.2em; border:2px solid var(--letter-accent, #0b5c4a); border-radius:.4em; font:inherit; font-weight:650; color:var(--letter-on-accent, #fff); background:var(--letter-accent, #0b5c4a); cursor:pointer}
button:focus-visible {outline:3px solid; outline-offset:3px}
iframe {display:block; inline-size:100%; margin-block-start:1em; border:0}`);

const make = (name, more) => Object.assign(document.createElement(name), more);

const start = (host) => {
	const of = (name) => host.getAttribute(name);
	const link = () => host.querySelector("a");
	const origin = new URL(of("origin") || script || link().href).origin;
	const button = make("button", { type: "button", part: "button", hidden: true });
	const frame = make("iframe", { part: "frame", height: 640, referrerPolicy: "no-referrer", hidden: true });
	const baked = make("slot"), stop = new AbortController();
	let isThere;
	button.setAttribute("aria-expanded", false);
	frame.sandbox = "allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts";
	host.shadowRoot.replaceChildren(baked, button);

	const asLink = (is) => {
		baked.hidden = !is;
		button.hidden = is;
	};

	const show = (is) => {
		button.setAttribute("aria-expanded", is);
		frame.hidden = !is;
		if (!is) button.focus();
		else if (isThere) frame.focus();
		else ask();
	};

	const giveUp = () => {
		if (isThere) return;
		const held = host.matches(":focus-within");
		asLink(true);
		frame.remove();
		if (held) link()?.focus();
	};

	const ask = () => {
		if (frame.src) return;
		const tag = of("locale") || link().pathname.split("/")[1];
		frame.src = `${origin}/embed/${of("letter")}/${tag}/sign/from/${of("from")}`;
		button.after(frame); // with its address: an empty one in this sandbox is warned of
		setTimeout(giveUp, 2e4);
	};

	baked.addEventListener("slotchange", () => {
		const words = link()?.textContent.trim();
		button.textContent = frame.title = words;
		if (link()?.lang) button.lang = link().lang;
		asLink(!words || !of("letter") || !of("from"));
	});
	button.addEventListener("click", () => show(frame.hidden));
	frame.addEventListener("load", () => {
		frame.contentWindow.postMessage(0, origin);
		setTimeout(giveUp, 3e3);
	});
	if (of("loading") == "intent")
		for (const sign of ["pointerenter", "focusin"]) host.addEventListener(sign, ask, stop);
	addEventListener("message", ({ source, origin: from, data }) => {
		if (source !== frame.contentWindow || from !== origin || !Number.isInteger(data)) return;
		if (data < 0) return show(false);
		frame.height = Math.min(Math.max(data, 128), 6400);
		if (!isThere && !frame.hidden && host.shadowRoot.activeElement == button) frame.focus();
		isThere = true;
	}, stop); // till stop.signal
	return () => stop.abort();
};

customElements.get("letter-form") || customElements.define("letter-form", class extends HTMLElement {
	constructor() { super().attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet]; }
	connectedCallback() { this.stop = start(this); }
	disconnectedCallback() { this.stop(); }
});
}
