// @ts-check
/** Starts the messenger: the language first, then the sign-in page or, for whoever is signed in, the messenger itself. */
import { html, render, signal } from "/static/html.js";
import { t } from "/static/text.js";
import { Toasts } from "/static/ui.js";
import { watchReleases } from "./release.js";
import { followLinks } from "./router.js";
import { keptMe, messenger, speak, tabs } from "./session.js";
import { Brand, SignIn } from "./signin.js";
import { announcement, language, me } from "./state.js";

/** The signed-in page, once it is loaded. @type {import("/static/html.js").Signal<any>} */
const view = signal(null);

const App = () => html`<${Page} key=${language.value} />`;

function Page() {
  const View = me.value === null ? SignIn : me.value && view.value;
  if (!View) return html`<div class="splash" role="status" aria-label="Takt"><${Brand} /></div>`;
  return html`
    <a class="skip" href="#main">${t("Skip to the content")}</a>
    <${View} />
    <${Toasts} />
    <p class="unseen" role="status">${announcement.value}</p>
  `;
}

async function load() {
  const loaded = await messenger();
  view.value = loaded.Messenger;
  return loaded;
}

async function start() {
  const kept = keptMe();
  const session = document.querySelector('meta[name="session"]')?.getAttribute("content");
  const known = kept !== null || session === "yes";
  await Promise.all([speak(kept?.locale ?? document.documentElement.lang), known && load().then(({ begin }) => begin(kept))]);
  if (!known) me.value = null;
  const place = /** @type {HTMLElement} */ (document.getElementById("app"));
  place.replaceChildren(); // the page came with a picture of itself
  render(html`<${App} />`, place);
  tabs.onmessage = ({ data }) => data.wa_id !== me.value?.wa_id && location.reload();
  followLinks();
  if (!known) await load(); // while the person chooses
  watchReleases();
}

start();
