// @ts-check
/** The operator's console: puts the pages together and keeps title and session in view. */
import { signedOut } from "/static/calls.js";
import { Loading, SignIn, Trouble } from "/static/door.js";
import { effect, html, render } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon, IconButton, Toasts } from "/static/ui.js";
import { Ask, asked, forgetDecisions } from "./decide.js";
import { listenToKeys } from "./keys.js";
import { Money } from "./money.js";
import { Codes, Names } from "./numbers.js";
import { Decisions } from "./decisions.js";
import { Policy } from "./policy.js";
import { Counter } from "./money_parts.js";
import { Reviews } from "./reviews.js";
import { Settings, Shortcuts } from "./settings.js";
import { Standings } from "./standings.js";
import * as state from "./state.js";
import { Suspicions } from "./suspicions.js";

/** @typedef {import("./state.js").Page} Page */

const PAGES = /** @type {Record<Page, { icon: string, word: () => string, view: any }>} */ ({
  reviews: { icon: "file-text", word: () => t("Templates"), view: Reviews },
  names: { icon: "tag", word: () => t("Names"), view: Names },
  codes: { icon: "key-round", word: () => t("Codes"), view: Codes },
  suspicions: { icon: "flag", word: () => t("Suspicions"), view: Suspicions },
  policy: { icon: "scale", word: () => t("Policy"), view: Policy },
  standings: { icon: "gauge", word: () => t("Standing"), view: Standings },
  money: { icon: "coins", word: () => t("Money"), view: Money },
  decisions: { icon: "search", word: () => t("Decisions"), view: Decisions },
});

function App() {
  const who = state.me.value;
  if (state.unreachable.value) return html`<main class="door"><${Trouble} text=${t("The server was not reached.")} retry=${() => state.begin(true)} /></main>`;
  if (who === undefined) return html`<main class="door"><${Loading} label=${t("Loading …")} /></main>`;
  if (who === null) return html`<${Door} /><${Toasts} />`;
  return html`
    <a class="skip" href="#main">${t("Skip to the content")}</a>
    <${Bar} />
    <div role="status">
      ${state.behind.value && html`<p class="banner warning"><${Icon} name="wifi-off" />${t("No connection. What you see may be old.")}</p>`}
    </div>
    <main id="main" tabindex="-1"><${PAGES[state.page.value].view} /></main>
    ${asked.value && html`<${Ask} ...${asked.value} />`}
    ${state.overlay.value === "settings" && html`<${Settings} />`}
    ${state.overlay.value === "shortcuts" && html`<${Shortcuts} />`}
    <${Toasts} />
  `;
}

const Door = () =>
  html`<${SignIn}
    domain="console"
    icon="shield-check"
    title=${t("Sign in to the console")}
    closed=${t("The console is not open to your role.")}
    people=${state.people.value}
    signIn=${state.signIn}
  />`;

const Bar = () =>
  html`<header class="bar">
    <nav aria-label=${t("Pages")}>
      ${Object.entries(PAGES).map(([key, { icon, word }]) => html`<${Tab} key=${key} page=${key} icon=${icon} word=${word()} />`)}
    </nav>
    <${IconButton} icon="keyboard" class="keys" label=${t("Keyboard shortcuts")} onClick=${() => (state.overlay.value = "shortcuts")} />
    <${IconButton} icon="settings" label=${t("Settings")} onClick=${() => (state.overlay.value = "settings")} />
  </header>`;

/** @param {{ page: Page, icon: string, word: string }} props */
function Tab({ page, icon, word }) {
  const n = page === "decisions" ? 0 : page === "money" ? state.moneyWaits() : state.waiting.value[page];
  const show = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go(page);
  };
  return html`<a href=${state.addressOf(page)} aria-current=${state.page.value === page ? "page" : undefined} onClick=${show}>
    <${Icon} name=${icon} /><span>${word}</span>
    <${Counter} n=${n} />
  </a>`;
}

effect(() => {
  const who = state.me.value;
  const { reviews, names, codes, suspicions, policy, standings } = state.waiting.value;
  const n = who ? reviews + names + codes + suspicions + policy + standings + state.moneyWaits() : 0;
  const place = who ? `${PAGES[state.page.value].word()} · ` : "";
  document.title = `${n ? `(${n}) ` : ""}${place}${t("Console")} · Takt`;
});
effect(() => {
  if (signedOut.value && state.me.peek()) state.leave();
});
effect(() => {
  if (state.me.value === null) forgetDecisions();
});
listenToKeys();
state.watch();
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
render(html`<${App} />`, root);
state.begin(root.dataset.session !== "none");
