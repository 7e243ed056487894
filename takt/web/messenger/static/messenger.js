// @ts-check
/** Everything behind the sign-in: the panes, what stands in the way, the window's title. */
import { effect, html } from "/static/html.js";
import { t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { About } from "./about.js";
import { Chat } from "./chat.js";
import { Dialogs } from "./dialogs.js";
import { later } from "./later.js";
import { ChatList } from "./list.js";
import { Menus } from "./menu.js";
import { route } from "./router.js";
import { asked, connection, language, me, outbox, outdated, senderOf, unreadTotal, wide } from "./state.js";
import { watchAttention } from "./sync.js";

export { begin, enter } from "./sync.js";

const Start = later(() => import("./start.js").then((found) => found.Start));
const Invite = later(() => import("./start.js").then((found) => found.Invite));
const Permissions = later(() => import("./permissions.js").then((found) => found.Permissions));
const Requests = later(() => import("./requests.js").then((found) => found.Requests));
const Settings = later(() => import("./settings.js").then((found) => found.Settings));

/** The signed-in page. */
export function Messenger() {
  const { name, sender, about } = route.value;
  const listShown = wide.value || name === "list" || name === "settings";
  return html`<div class="frame">
      <${Banner} />
      <main id="main" tabindex="-1" class=${`panes ${wide.value ? "two" : "one"}`}>
        ${listShown && html`<${ChatList} />`}
        ${name === "chat" && html`<${Chat} key=${sender} id=${sender} />`}
        ${name === "start" && html`<${Start} />`} ${name === "permissions" && html`<${Permissions} />`}
        ${name === "invite" && html`<${Invite} key=${sender} id=${sender} />`}
        ${wide.value && (name === "list" || name === "settings") && html`<${Nothing} />`}
        <${Menus} />
      </main>
    </div>
    ${about && html`<${About} key=${sender} id=${sender} />`} ${name === "settings" && html`<${Settings} />`}
    <${Dialogs} /> ${asked.value && html`<${Requests} />`}`;
}

const Nothing = () =>
  html`<section class="pane nothing-open" aria-label=${t("Chat")}>
    <${Empty}
      icon="message-circle"
      title=${t("Choose a chat")}
      text=${t("Every company here had to ask you. Open a chat's details to see what it may send, and to stop it.")}
    />
  </section>`;

/** What stands in the way right now: no network, no server, a newer release. */
function Banner() {
  const waiting = outbox.value.length > 0;
  const words = {
    offline: waiting ? t("You are offline. Your messages go out when you are back.") : t("You are offline."),
    reconnecting: t("Reconnecting …"),
    connecting: "",
    live: "",
  }[connection.value];
  return html`<div role="status" class="banners">
    ${words && html`<p class="banner warning"><${Icon} name="wifi-off" />${words}</p>`}
    ${
      outdated.value &&
      html`<p class="banner">
        ${t("A newer version is ready.")}
        <button type="button" class="button plain" onClick=${() => outdated.value && location.reload()}>${t("Load it")}</button>
      </p>`
    }
  </div>`;
}

/** The window's title and the app's badge carry the number of unread messages. */
function watchTitle() {
  effect(() => {
    const unread = unreadTotal.value;
    const { name, sender } = route.value;
    const here = { chat: senderOf(sender)?.name, invite: senderOf(sender)?.name, start: t("Start a chat"), settings: t("Settings"), permissions: t("Permissions"), list: t("Chats") }[name];
    const title = language.value && me.value && here ? `${here} · Takt` : "Takt";
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    navigator.setAppBadge?.(unread).catch(() => undefined); // only installed apps have a badge
  });
}

watchTitle();
watchAttention();
