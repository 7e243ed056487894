// @ts-check
/** The drawer behind a chat's title: who this is, what it may send, and every way to end it. */
import { html, useEffect, useId } from "/static/html.js";
import { t } from "/static/text.js";
import { Dialog, Icon, Switch } from "/static/ui.js";
import { ask, setBlocked, setMuted } from "./dialogs.js";
import { Facts, Identity, Permissions } from "./profile.js";
import { back, chatPath } from "./router.js";
import { senderOf, threads } from "./state.js";
import { fetchSender } from "./sync.js";

/** @param {{ id: string }} props */
export function About({ id }) {
  useEffect(() => {
    fetchSender(id).catch(() => undefined); // what is known stands
  }, [id]);
  const sender = senderOf(id);
  if (!sender) return null;
  return html`<${Dialog} title=${t("Chat details")} kind="drawer" onClose=${() => back(chatPath(id))}>
    <${Identity} sender=${sender} />
    <section class="stack">
      <h3>${t("What {name} may send you", sender)}</h3>
      <${Permissions} sender=${sender} />
    </section>
    ${threads.value.has(id) && html`<${Silence} sender=${sender} />`}
    <section class="stack">
      <h3>${t("About this company")}</h3>
      <${Facts} sender=${sender} />
    </section>
    <section class="ends" aria-label=${t("Block, report, delete")}>
      <button type="button" class="button wide" onClick=${() => setBlocked(sender, !sender.blocked)}>
        <${Icon} name="ban" />${sender.blocked ? t("Unblock {name}", sender) : t("Block {name}", sender)}
      </button>
      <button type="button" class="button wide" onClick=${() => ask({ kind: "report", sender })}>
        <${Icon} name="flag" />${t("Report {name}", sender)}
      </button>
      ${
        threads.value.has(id) &&
        html`<button type="button" class="button danger wide" onClick=${() => ask({ kind: "delete", sender })}>
          <${Icon} name="trash-2" />${t("Delete chat")}
        </button>`
      }
    </section>
  </${Dialog}>`;
}

/** Whether messages of the chat are counted and told of. @param {{ sender: import("./api.js").Sender }} props */
function Silence({ sender }) {
  const id = useId();
  return html`<div class="setting">
    <span>
      <span class="label with-icon" id=${`${id}n`}><${Icon} name="bell-off" />${t("Mute")}</span>
      <span class="quiet" id=${`${id}t`}>${t("Messages come without a word and without a number. The company does not learn of it.")}</span>
    </span>
    <${Switch}
      checked=${sender.muted}
      labelledby=${`${id}n`}
      describedby=${`${id}t`}
      onChange=${(/** @type {boolean} */ muted) => setMuted(sender, muted)}
    />
  </div>`;
}
