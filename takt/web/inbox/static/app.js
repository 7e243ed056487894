// @ts-check
/** The agents' inbox: puts the parts together and keeps title, session and connection in view. */
import { Loading, Trouble } from "/static/door.js";
import { computed, effect, html, render, untracked } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon, Toasts } from "/static/ui.js";
import { signedOut } from "./api.js";
import { forgetThreads } from "./thread.js";
import * as desk from "./desk.js";
import { keepFor } from "./kept.js";
import { listenToKeys } from "./keys.js";
import { CostsPage, seesCosts } from "./costs.js";
import { costs, follow, overlay, reopen, roomy, standing } from "./place.js";
import { Aside } from "./aside.js";
import { ChatPane } from "./chat.js";
import { ListPane } from "./list.js";
import { Settings, Shortcuts } from "./settings.js";
import { SignIn } from "./sign_in.js";
import { StandingPage } from "./standing.js";
import { forgetTemplates } from "./templates.js";

function App() {
  const who = desk.me.value;
  if (desk.unreachable.value) return html`<main class="door"><${Trouble} text=${t("The server was not reached.")} retry=${() => desk.open()} /></main>`;
  if (who === undefined) return html`<main class="door"><${Loading} label=${t("Loading …")} /></main>`;
  if (who === null) return html`<${SignIn} /><${Toasts} />`;
  if (standing.value && seesCosts(who.role))
    return html`<${StandingPage} />${overlay.value === "settings" && html`<${Settings} />`}<${Toasts} />`;
  if (who.role === "finance" || (costs.value !== null && seesCosts(who.role)))
    return html`<${CostsPage} />${overlay.value === "settings" && html`<${Settings} />`}<${Toasts} />`;
  const chat = desk.selected.value;
  return html`
    ${roomy.value && html`<a class="skip" href="#chat">${t("Skip to the chat")}</a>`}
    <${Connection} />
    <div class=${`desk ${chat ? "with-chat" : ""}`}>
      ${(roomy.value || !chat) && html`<${ListPane} />`}
      ${(roomy.value || chat) && html`<${ChatPane} />`}
      <${Aside} />
    </div>
    ${overlay.value === "settings" && html`<${Settings} />`}
    ${overlay.value === "shortcuts" && html`<${Shortcuts} />`}
    <${Toasts} />
  `;
}

/** Says when the page is behind; the first second of a hiccup is not worth a word. */
function Connection() {
  const lost = desk.connection.value === "reconnecting";
  return html`<div class="connection" role="status">
    ${
      lost &&
      html`<p class="banner warning">
        <${Icon} name="wifi-off" />${t("No connection. Reconnecting … Drafts and unsent messages are kept.")}
      </p>`
    }
  </div>`;
}

/** The title counts the chats that wait. */
function title() {
  const who = desk.me.value;
  const unread = desk.unreadChats.value;
  const open = desk.card.value?.name;
  const inbox = who && standing.value && seesCosts(who.role) ? t("Standing") : who && (who.role === "finance" || costs.value !== null) ? t("Costs") : t("Inbox");
  const place = who ? `${open ? `${open} · ` : ""}${inbox} · ${who.business.name}` : `${t("Inbox")} · Takt`;
  document.title = unread ? `(${unread}) ${place}` : place;
}

/** Whose desk it is; a new language leaves that as it is. */
const owner = computed(() => (desk.me.value ? `${desk.me.value.business.id}.${desk.me.value.name}` : null));

effect(title);
effect(() => {
  if (owner.value === null) {
    forgetThreads();
    forgetTemplates();
  } else {
    keepFor(owner.value);
    untracked(reopen);
  }
});
effect(() => {
  if (signedOut.value && desk.me.peek()) desk.leave();
});
follow();
listenToKeys();
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
render(html`<${App} />`, root);
desk.open(root.dataset.session !== "none");
