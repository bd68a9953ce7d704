/* <letter-counter letter="slug" locale="fr"><a href="…">3 230 …</a></letter-counter>: docs/partners.md
The link becomes a live count; offline it stays. */
{
const script = document.querySelector('script[src*="/embed/v1."]')?.src;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {display:block; max-inline-size:24em; color:var(--letter-ink, inherit); font-family:var(--letter-font, inherit)}
:host([hidden]) {display:none}
b, progress {display:block; inline-size:100%}
b {font-size:2.5em; line-height:1.3}
a, progress {color:var(--letter-accent, inherit); accent-color:currentcolor}
p {margin:0 0 1em}
a {display:inline-block; padding:.5em 1em; border:2px solid; border-radius:.4em}
[role] {position:fixed; clip-path:inset(50%)}`);

const make = (name, part = name) => Object.assign(document.createElement(name), { part });

const start = (host) => {
	const of = (name) => host.getAttribute(name);
	const is = (what) => host.matches(what);
	const link = () => host.querySelector("a");
	const all = make("div"), baked = make("slot"), sentence = make("p", "sentence");
	const number = make("b", "number"), goal = make("p", "goal"), bar = make("progress");
	const languages = make("ul", "languages"), asOf = make("p", "as-of");
	const call = make("a", "call"), status = make("p", "status");
	status.role = "status";
	all.append(baked, status); // before it speaks
	host.shadowRoot.replaceChildren(all);

	const stop = new AbortController();
	let tag = (of("locale") || host.closest("[lang]")?.lang || "en").toLowerCase();
	let asking, timer, shown, said, date, next = 0, errors = 0, quiet = 0;

	const ask = async (signal, more = "") => {
		const url = new URL(`/embed/${of("letter")}/${tag}${more}.json`, of("origin") || script || link().href);
		const answer = await fetch(url, { signal, cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
		if (answer.ok) return answer.json();
		if (answer.status != 404 || tag == (tag = tag.split("-")[0])) throw answer;
		return ask(signal, more);
	};

	const show = ({ count, goal: aim, count_text: text, sentence: words, ...data }, parts) => {
		if (!/^https?:/.test(data.url)) throw 0;
		const [head, ...tail] = (words.includes(text) ? words : text + words).split(text);
		const held = is(":focus-within"), names = new Intl.DisplayNames(data.locale, { type: "language" });
		all.lang = data.locale;
		all.dir = data.dir;
		number.textContent = text;
		sentence.replaceChildren(...is("[compact]") ? [number] : [head, number, tail.join(text)]);
		goal.hidden = !aim || is("[compact], [no-goal]");
		goal.replaceChildren(bar, text + " / " + aim?.toLocaleString(data.locale, { useGrouping: true }));
		languages.hidden = !parts;
		languages.replaceChildren(...Object.entries(parts || {}).map(([one, n]) =>
			Object.assign(make("li", "language"), { textContent: names.of(one) + " · " + n.toLocaleString(data.locale) })));
		bar.max = aim || 1;
		bar.value = count;
		bar.ariaLabel = shown = words;
		call.textContent = data.call;
		call.href = data.url + (link()?.search || ""); // ?from=partner
		baked.replaceWith(sentence, goal, languages, asOf, call);
		if (held) call.focus();
		host.dispatchEvent(new CustomEvent("letter-count", { bubbles: true, detail: { count } }));
	};

	const look = async () => {
		const { signal } = asking = new AbortController(), now = performance.now();
		try {
			const data = await ask(signal);
			if (data.sentence != shown)
				show(data, is("[by-locale]") && (await ask(signal, "/by-locale")).by_locale);
			date = new Date().toLocaleString(data.locale);
			asOf.textContent = "";
			said ||= shown;
			if (said != shown && now > quiet) {
				status.textContent = said = shown;
				quiet = now + 6e4;
			}
			errors = 0;
		} catch {
			if (signal.aborted) return;
			errors++;
			asOf.textContent = date;
		}
		next = now + Math.min(3600, Math.max(10, +of("interval") || 14) * 2 ** errors) * (1e3 - Math.random() * 250);
		plan();
	};

	const plan = () => {
		clearTimeout(timer);
		asking?.abort();
		if (!stop.signal.aborted && !document.hidden && !(shown && is("[still]")))
			timer = setTimeout(look, next - performance.now());
	};

	document.addEventListener("visibilitychange", plan, stop); // till stop.signal
	addEventListener("online", () => plan(next = 0), stop);
	plan();
	return () => plan(stop.abort());
};

customElements.get("letter-counter") || customElements.define("letter-counter", class extends HTMLElement {
	constructor() { super().attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet]; }
	connectedCallback() { this.stop = start(this); }
	disconnectedCallback() { this.stop(); }
});
}
