// @ts-check
/** Decisions about a template: which there are, what each needs, and asking first where nothing can be undone. */
import { ApiError } from "/static/calls.js";
import { html, signal, useSignal } from "/static/html.js";
import { categoryWord, reasonWord } from "/static/template_words.js";
import { t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { judge, review } from "./state.js";
import { titleOf } from "./words.js";

/** @typedef {"approve" | "reject" | "recategorise" | "pause" | "disable" | "reinstate"} Decision */

const REASONS = ["SCAM", "ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "PROMOTIONAL", "INVALID_FORMAT", "TAG_CONTENT_MISMATCH"];
const CATEGORIES = ["marketing", "utility", "authentication"];
const NOTE_CHARS_MAX = 2000;

/** The decision that is being asked about, and the template it is about: the next one may be open before the answer is here. */
export const asked = signal(/** @type {{ one: import("./api.js").Review, decision: Decision } | null} */ (null));

/** What each decision is called, does and is possible for. @type {Record<Decision, { icon: string, look: string, word: () => string, effect: () => string, done: () => string, from: string[] }>} */
export const DECISIONS = {
  approve: {
    icon: "check", look: "primary", word: () => t("Approve"), effect: () => "", done: () => t("Approved. The company is told."),
    from: ["PENDING", "IN_APPEAL"],
  },
  reject: {
    icon: "x", look: "danger", word: () => t("Reject"),
    effect: () => t("The company hears the reason and cannot send the template. This cannot be undone here."),
    done: () => t("Rejected. The company is told."), from: ["PENDING", "IN_APPEAL"],
  },
  recategorise: {
    icon: "tag", look: "", word: () => t("Recategorise"),
    effect: () => t("A waiting template is approved in the other category. For one in use it changes after 24 hours; the company is told."),
    done: () => t("Moved to another category. The company is told."), from: ["PENDING", "APPROVED", "FLAGGED", "PAUSED"],
  },
  pause: {
    icon: "pause", look: "", word: () => t("Pause"),
    effect: () => t("Nobody can send it for 3 hours, the second time for 6. The third pause disables it."),
    done: () => t("Paused. The company is told."), from: ["APPROVED", "FLAGGED"],
  },
  disable: {
    icon: "ban", look: "danger", word: () => t("Disable"),
    effect: () => t("Nobody can send it any more. The company can appeal."),
    done: () => t("Disabled. The company is told."), from: ["APPROVED", "FLAGGED", "PAUSED", "LOCKED"],
  },
  reinstate: {
    icon: "undo-2", look: "primary", word: () => t("Reinstate"),
    effect: () => t("It is approved again and can be sent at once."),
    done: () => t("Reinstated. The company is told."), from: ["FLAGGED", "PAUSED", "LOCKED", "DISABLED", "REJECTED"],
  },
};

/** What can be decided about a template now. @param {string} status */
export const possible = (status) =>
  /** @type {Decision[]} */ (Object.keys(DECISIONS)).filter((each) => DECISIONS[each].from.includes(status));

/** Begins a decision about the open template: approving is done at once, the others ask first. @param {Decision} decision */
export function decide(decision) {
  const one = review.value;
  if (!one || !possible(one.status).includes(decision)) return;
  if (decision === "approve") carryOut(one, "approve", {}).catch((error) => toast(trouble(error)));
  else asked.value = { one, decision };
}

/** Leaves nothing of a session. */
export function forgetDecisions() {
  asked.value = null;
  under_way.clear();
}

/** @type {Set<string>} templates with a decision on its way: a key held down is one decision */
const under_way = new Set();

/**
 * Answers whether it is decided now; false: it is being decided already.
 * @param {import("./api.js").Review} one @param {Decision} decision @param {object} more
 */
async function carryOut(one, decision, more) {
  if (under_way.has(one.template)) return false;
  under_way.add(one.template);
  try {
    await judge(one, { decision, ...more });
    toast(`${titleOf(one.name)}: ${DECISIONS[decision].done()}`);
    return true;
  } finally {
    under_way.delete(one.template);
  }
}

/** @param {unknown} error */
export function trouble(error) {
  if (!(error instanceof ApiError) || error.status === 0) return t("The server was not reached. Please try again.");
  if (error.status === 409) return t("It has changed since. Please look at it again.");
  return t("This is not possible now. Please look at it again.");
}

/** The question before a decision. @param {{ one: import("./api.js").Review, decision: Decision }} props */
export function Ask({ one, decision }) {
  const { word, effect, icon, look } = DECISIONS[decision];
  const wrong = useSignal("");
  const chosen = useSignal("");
  const close = () => {
    if (asked.value?.one === one) asked.value = null;
  };
  const choose = (/** @type {string} */ key) => {
    chosen.value = key;
    wrong.value = "";
  };
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))].filter(([, text]) => text !== ""));
    if (decision === "reject" && !given.reason) wrong.value = t("Please choose a reason.");
    else if (decision === "recategorise" && !given.category) wrong.value = t("Please choose a category.");
    else {
      try {
        if (await carryOut(one, decision, given)) close();
      } catch (error) {
        wrong.value = trouble(error);
      }
    }
  };
  return html`<${Dialog}
    title=${`${word()}: ${titleOf(one.name)}`}
    class="ask"
    onClose=${close}
    footer=${html`
      <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
      <button type="submit" form="ask" class=${`button primary ${look}`}><${Icon} name=${icon} />${word()}</button>
    `}
  >
    <form id="ask" class="stack" onSubmit=${send} novalidate>
      <p class="quiet">${effect()}</p>
      ${decision === "reject" && html`<${Choice} name="reason" legend=${t("Reason")} keys=${REASONS} word=${reasonWord} choose=${choose} />`}
      ${decision === "recategorise" && html`<${Choice} name="category" legend=${t("Right category")} keys=${CATEGORIES.filter((each) => each !== one.category)} word=${categoryWord} choose=${choose} />`}
      <div class="field">
        <label for="note">${t("Note")}</label>
        <textarea id="note" name="note" class="input" rows="2" maxlength=${NOTE_CHARS_MAX} aria-describedby="note-hint"></textarea>
        <p class="quiet" id="note-hint">${chosen.value === "INVALID_FORMAT" ? t("The company reads it.") : t("It stays in the history; the company does not read it.")}</p>
      </div>
      ${
        chosen.value === "INVALID_FORMAT" &&
        html`<div class="field">
          <label for="advice">${t("What would be right")}</label>
          <textarea id="advice" name="advice" class="input" rows="2" maxlength=${NOTE_CHARS_MAX}></textarea>
        </div>`
      }
      <p class="field-error" role="alert">${wrong.value && html`<${Icon} name="circle-alert" />${wrong.value}`}</p>
    </form>
  </${Dialog}>`;
}

/** @param {{ name: string, legend: string, keys: string[], word: (key: string) => string, choose: (key: string) => void }} props */
const Choice = ({ name, legend, keys, word, choose }) =>
  html`<fieldset class="choices">
    <legend class="label">${legend}</legend>
    ${keys.map(
      (key) =>
        html`<label class="choice" key=${key}>
          <input type="radio" name=${name} value=${key} onChange=${() => choose(key)} />${word(key)}
        </label>`,
    )}
  </fieldset>`;
