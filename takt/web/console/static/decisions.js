// @ts-check
/** Why a message went out or not, for the operator: looked up by its id, or by the number of its person. */
import { Loading, Trouble } from "/static/door.js";
import { html, useEffect, useSignal } from "/static/html.js";
import { categoryWord } from "/static/template_words.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { ApiError } from "/static/calls.js";
import { api } from "./api.js";
import { AtOnce } from "./at_once.js";
import { MessageLink } from "./message_link.js";
import { formatFine, modeWord } from "./policy_words.js";
import { Refusals } from "./refused.js";
import * as state from "./state.js";
import { phoneOf } from "./words.js";

/** @typedef {import("./api.js").Decision} Decision */

const NAMED_CHARS_MAX = 256;

export function Decisions() {
  const of = state.open.value ?? "";
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const asked = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("of")).trim();
    state.go("decisions", asked || null);
  };
  return html`<section class="page policy" aria-labelledby="page-title">
    <header class="pane-head"><h1 id="page-title" tabindex="-1">${t("Decisions")}</h1></header>
    <form class="inline-form" role="search" onSubmit=${send}>
      <div class="field">
        <label for="decision-of">${t("Message id or telephone number")}</label>
        <input id="decision-of" name="of" class="input mono" maxlength=${NAMED_CHARS_MAX} value=${of} autocomplete="off" spellcheck=${false} />
      </div>
      <button type="submit" class="button primary"><${Icon} name="search" />${t("Look up")}</button>
    </form>
    ${of ? html`<${Found} key=${of} of=${of} />` : html`<p class="quiet">${t("What every rule said about a message, and by which version of the policy.")}</p><${Refusals} />`}
  </section>`;
}

/** @param {{ of: string }} props */
function Found({ of }) {
  const found = useSignal(/** @type {import("./api.js").Looked | "none" | "failed" | null} */ (null));
  const load = () => {
    found.value = null;
    api.decisions(of).then(
      (told) => (found.value = told),
      (error) => (found.value = error instanceof ApiError && error.status >= 400 && error.status < 500 ? "none" : "failed"),
    );
  };
  useEffect(load, [of]);
  const told = found.value;
  if (told === null) return html`<${Loading} label=${t("Loading …")} />`;
  if (told === "failed") return html`<${Trouble} text=${t("It could not be looked up.")} retry=${load} />`;
  if (told === "none") return html`<${Empty} icon="search" title=${t("Nothing found")} text=${t("There is no such message, and nobody has this number.")} />`;
  return told.decision ? html`<${One} one=${told.decision} />` : html`<${Messages} all=${told.messages} />`;
}

/** @param {{ all: import("./api.js").Listed[] }} props */
const Messages = ({ all }) =>
  all.length === 0
    ? html`<${Empty} icon="inbox" title=${t("No message to this number")} />`
    : html`<ul class="lines">
        ${all.map((one) => html`<li key=${one.message}><${Line} one=${one} /></li>`)}
      </ul>`;

/** @param {{ one: import("./api.js").Listed }} props */
const Line = ({ one }) => html`<${MessageLink}
  message=${one.message}
  tags=${html`<span class="chip">${categoryWord(one.category)}</span><${AtOnce} one=${one} /><${Came} status=${one.status} />`}
>
  <strong>${one.name || one.sender}</strong> <span class="quiet">${one.company}</span>
  <p class="quiet"><time dateTime=${one.at}>${formatDateTime(one.at)}</time></p>
</${MessageLink}>`;

const CAME = /** @type {Record<string, [string, string, () => string]>} */ ({
  waiting: ["warning", "clock", () => t("Waiting")],
  accepted: ["info", "check", () => t("Went out")],
  delivered: ["success", "check-check", () => t("Delivered")],
  read: ["success", "check-check", () => t("Read")],
  failed: ["danger", "ban", () => t("Refused")],
});

/** @param {{ status: string }} props */
function Came({ status }) {
  const [tone, icon, word] = CAME[status] ?? ["", "info", () => status];
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${word()}</span>`;
}

const VERDICTS = /** @type {Record<string, [string, () => string]>} */ ({
  passed: ["circle-check", () => t("Passed")],
  denied: ["circle-x", () => t("Denied")],
  not_needed: ["minus", () => t("Not needed")],
});

const TERMS = /** @type {[keyof import("./api.js").Weighed["terms"], () => string][]} */ ([
  ["price", () => t("Price")],
  ["gain", () => t("Gain")],
  ["loss", () => t("Loss")],
  ["charge", () => t("Annoyance")],
  ["tiring", () => t("Tiring")],
  ["bonus", () => t("Bonus")],
]);

/** What admission decided, each time it did; terms are told where a score decided. @param {{ all: import("./api.js").Weighed[] }} props */
const WeighedOnes = ({ all }) => html`<div class="stack">
  <h2 id="weighed-title">${t("How advertising was weighed")}</h2>
  <ul class="weighed" aria-labelledby="weighed-title">
    ${all.map(
      (one) =>
        html`<li key=${one.at}>
          <strong>${one.held_out ? t("Comparison group") : modeWord(one.mode)}</strong>
          <p class="quiet">
            ${formatDateTime(one.at)} · ${t("model {n}", { n: one.model })} · ${t("let out with a chance of {share} %", { share: formatFine(100 * one.propensity) })} · ${one.let_out ? t("went out") : t("did not go out")}${one.explored && ` · ${t("by lot")}`}
          </p>
          ${one.mode === "priced" && html`<p>${TERMS.map(([name, word]) => `${word()} ${formatFine(one.terms[name])}`).join(" · ")}</p>`}
        </li>`,
    )}
  </ul>
</div>`;

/** @param {{ one: Decision }} props */
const One = ({ one }) => html`
  <header class="detail-head">
    <div>
      <h2>${one.name || one.sender} → <span class="tabular">${phoneOf(one.to)}</span></h2>
      <p class="quiet">${one.company} · <time dateTime=${one.decided_at}>${formatDateTime(one.decided_at)}</time></p>
    </div>
    <div class="tags"><span class="chip">${categoryWord(one.category)}</span><${AtOnce} one=${one} /><${Came} status=${one.status} /></div>
  </header>
  ${
    one.reason &&
    html`<div class="banner warning"><${Icon} name="ban" /><p>${one.reason.text} ${one.forecast} ${one.remedy}</p></div>`
  }
  <dl class="fact-list">
    <div><dt>${t("Policy")}</dt><dd>${t("Version {n}", { n: one.policy })}</dd></div>
    ${one.model !== null && html`<div><dt>${t("Model")}</dt><dd>${t("Version {n}", { n: one.model })}</dd></div>`}
    ${one.reason && html`<div><dt>${t("Reason")}</dt><dd class="mono">${one.reason.code} ${one.reason.name}</dd></div>`}
    ${one.figure && html`<div><dt>${t("Number behind it")}</dt><dd lang="en">${one.figure}</dd></div>`}
    ${one.next_at && html`<div><dt>${t("Possible from")}</dt><dd>${formatDateTime(one.next_at)}</dd></div>`}
    ${one.consent && html`<div><dt>${t("Record of consent")}</dt><dd class="mono">${one.consent}</dd></div>`}
    ${one.price && html`<div><dt>${t("Price")}</dt><dd>${formatMoney(one.price.micros, one.price.currency)}</dd></div>`}
    <div><dt>${t("Message")}</dt><dd class="mono">${one.message}</dd></div>
  </dl>
  ${one.weighed.length > 0 && html`<${WeighedOnes} all=${one.weighed} />`}
  <div class="stack">
    <h2 id="rules-title">${t("What every rule said")}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="rules-title">
      <table class="figures rules">
        <thead><tr><th scope="col">${t("Rule")}</th><th scope="col">${t("Said")}</th><th scope="col">${t("Number")}</th></tr></thead>
        <tbody>
          ${one.rules.map(({ rule, verdict, figure }) => {
            const [icon, word] = VERDICTS[verdict] ?? VERDICTS.not_needed;
            return html`<tr key=${rule} class=${verdict}>
              <th scope="row" class="mono">${rule}</th>
              <td><span class=${`chip ${verdict === "denied" ? "danger" : verdict === "passed" ? "success" : ""}`}><${Icon} name=${icon} />${word()}</span></td>
              <td lang="en">${figure}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </div>
`;
