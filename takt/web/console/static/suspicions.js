// @ts-check
/** What the filter found in messages of companies: to let out or to refuse; and senders that are watched or frozen. */
import { html, useSignal } from "/static/html.js";
import { formatDateTime, t, tn } from "/static/text.js";
import { Icon, Verified, toast } from "/static/ui.js";
import { api } from "./api.js";
import { trouble } from "./decide.js";
import { ListPage, lookAgain } from "./numbers.js";
import * as state from "./state.js";
import { ruleWord } from "./words.js";

/** @typedef {import("./api.js").Suspicion} Suspicion */
/** @typedef {import("./api.js").Watched} Watched */

export function Suspicions() {
  const { data, senders } = state.suspicions.value;
  return html`<${ListPage}
    page="suspicions"
    title=${t("Messages that read like fraud")}
    count=${tn("{n} message", "{n} messages", data.length)}
    items=${[...data, ...senders]}
    empty=${["shield-check", t("Nothing waits"), t("What companies send and reads like fraud appears here by itself.")]}
  >
    ${senders.map((one) => html`<${SenderCard} key=${one.sender} one=${one} />`)}
    ${data.map((one) => html`<${MessageCard} key=${one.message} one=${one} />`)}
  </${ListPage}>`;
}

/** Does something once, then looks anew. @param {() => Promise<unknown>} act @param {string} done */
async function carryOut(act, done) {
  try {
    await act();
    toast(done);
    await lookAgain();
  } catch (error) {
    toast(trouble(error));
  }
}

/** @param {{ one: Suspicion | Watched }} props */
const Whose = ({ one }) =>
  html`<p class="quiet company">${one.company?.name}${one.company?.verified && html` <${Verified} />`} · ${one.name}</p>`;

/** @param {{ one: Suspicion }} props */
function MessageCard({ one }) {
  const busy = useSignal(false);
  const decide = (/** @type {"clear" | "confirm"} */ decision) => async () => {
    if (busy.value) return;
    busy.value = true;
    const done = decision === "clear" ? t("Found to be well.") : t("Taken for fraud.");
    await carryOut(() => api.decideSuspicion(one.message, decision), done);
    busy.value = false;
  };
  return html`<li class="card">
    <div>
      <${Whose} one=${one} />
      <blockquote class="said">${one.text}</blockquote>
      <p class="quiet">${one.held ? t("Held: it is in no inbox yet.") : t("It has been delivered.")} ${formatDateTime(one.found_at)}</p>
      <ul class="plain">
        ${one.findings.map(({ rule, evidence }) => html`<li key=${rule}>${ruleWord(rule)}${evidence && html`: <q>${evidence}</q>`}</li>`)}
      </ul>
      ${one.words.length > 0 && html`<p>${t("What counted most:")} ${one.words.map((word) => html`<q key=${word}>${word}</q>${" "}`)}</p>`}
    </div>
    <div class="buttons">
      <button type="button" class="button" onClick=${decide("clear")}><${Icon} name="check" />${t("It is well")}</button>
      <button type="button" class="button danger" onClick=${decide("confirm")}><${Icon} name="x" />${t("It is fraud")}</button>
    </div>
  </li>`;
}

/** @param {{ one: Watched }} props */
function SenderCard({ one }) {
  const set = (/** @type {"" | "watched" | "frozen"} */ watch) => () =>
    carryOut(() => api.setWatch(one.sender, watch), watch === "frozen" ? t("It sends nothing now.") : t("It may send again."));
  const frozen = one.watch === "frozen";
  return html`<li class="card">
    <div>
      <h2>${frozen ? t("{name} is frozen", { name: one.name }) : t("{name} is watched", { name: one.name })}</h2>
      <${Whose} one=${one} />
      <p class="quiet">${frozen ? t("It sends nothing until somebody decides.") : t("Its messages are read before they go out.")}</p>
      ${one.appeal && html`<p>${t("The company says:")} <q>${one.appeal}</q></p>`}
    </div>
    <div class="buttons">
      <button type="button" class="button" onClick=${set("")}><${Icon} name="check" />${t("Let it be")}</button>
      ${!frozen && html`<button type="button" class="button danger" onClick=${set("frozen")}><${Icon} name="x" />${t("Freeze it")}</button>`}
    </div>
  </li>`;
}
