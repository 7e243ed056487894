// @ts-check
/** A company writes for the first time: who it is, and whether to go on. */
import { html, useSignal } from "/static/html.js";
import { t, tn } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "./api.js";
import { ask, setBlocked } from "./dialogs.js";
import { sayFailure } from "./failure.js";
import { mediaAddress } from "./media.js";
import { Note } from "./notes.js";
import { Fact, Facts, Identity, purpose } from "./profile.js";
import { noteRead } from "./receipts.js";
import { chatOf, putThread, wide } from "./state.js";

/** @typedef {import("./api.js").Sender} Sender */

/** Before a new company's first message: who is this, and do I want it? @param {{ sender: Sender }} props */
export function FirstContact({ sender }) {
  const busy = useSignal(false);
  const messages = chatOf(sender.id).value.messages.filter(({ type }) => type !== "stopped");
  const go = async () => {
    busy.value = true;
    try {
      putThread(await api.accept(sender.id));
      noteRead(sender.id);
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  const names = sender.purposes.map((name) => purpose(name, sender).name());
  return html`<div class="scroll">
      <div class="column first-contact">
        <${Identity} sender=${sender} heading=${wide.value ? "h3" : "h2"} />
        <div class="stack tight">
          <p class="lead">${t("{name} writes to you for the first time.", sender)}</p>
          <p class="quiet lead-on">${t("Until you continue, the company does not learn that you saw this.")}</p>
        </div>
        ${
          messages.length > 0 &&
          html`<details class="card-soft peek">
            <summary>${tn("Look at the message first", "Look at the {n} messages first", messages.length)}</summary>
            <ol>
              ${messages.map((message) => html`<li key=${message.cursor}>
                  <takt-message message=${message} author=${sender.name} media=${mediaAddress} />
                  ${message.basis && html`<${Note} message=${message} sender=${sender} />`}
                </li>`)}
            </ol>
          </details>`
        }
        <section class="card" aria-label=${t("Who is this?")}>
          <${Facts} sender=${sender}>
            <${Fact} icon="tag" name=${t("Registered to send")}>${names.join(", ")}</${Fact}>
          </${Facts}>
        </section>
      </div>
    </div>
    <div class="decide">
      <button type="button" class="button primary" disabled=${busy.value} onClick=${go}>${t("Continue")}</button>
      <button type="button" class="button danger" onClick=${() => setBlocked(sender, true)}>
        <${Icon} name="ban" />${t("Block")}
      </button>
      <button type="button" class="button danger" onClick=${() => ask({ kind: "report", sender })}>
        <${Icon} name="flag" />${t("Report")}
      </button>
    </div>`;
}
