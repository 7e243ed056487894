// @ts-check
/** Writing a policy: fields for what is changed often, JSON for all of it, and what differs before anything is proposed. */
import { html, useEffect, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "./api.js";
import { Changes, Go, trouble } from "./policy.js";
import { at, policy, put } from "./policy_state.js";
import { DAYS, FIELDS, MODES, dayWord, modeWord } from "./policy_words.js";
import * as state from "./state.js";

const NOTE_CHARS_MAX = 500;
const CHECK_MS = 400;

/** @param {{ from: any, change?: import("./api.js").Proposal, onDone?: () => void }} props */
export function Editor({ from, change, onDone }) {
  const draft = useSignal(from);
  const text = useSignal(/** @type {string | null} */ (null));
  const wrong = useSignal("");
  const broken = useSignal(false); // what is written is no JSON, so nobody is asked about it
  const busy = useSignal(false);
  const found = useSignal(/** @type {import("./api.js").Change[] | null} */ (null));
  useCheck(draft.value, wrong, found);

  const set = (/** @type {string} */ path, /** @type {unknown} */ value) => {
    draft.value = put(draft.value, path, value);
    text.value = null;
    broken.value = false;
  };
  const write = (/** @type {string} */ written) => {
    text.value = written;
    try {
      draft.value = JSON.parse(written);
      broken.value = false;
    } catch {
      broken.value = true;
    }
  };
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (broken.value || busy.value || (text.value !== null && wrong.value)) return;
    busy.value = true;
    const note = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("note")).trim();
    try {
      const body = { policy: draft.value, note };
      const made = change ? await api.changeProposal(change.proposal, body) : await api.propose(body);
      onDone?.();
      if (!change) state.go("policy", made.proposal);
      await state.look();
    } catch (error) {
      wrong.value = trouble(error);
    }
    busy.value = false;
  };
  const fault = broken.value ? t("This is no JSON.") : wrong.value;
  return html`<form class="editor" onSubmit=${send} novalidate>
    <header class="pane-head">
      <div>
        ${!change && html`<${Go} to=${null} class="back-link"><${Icon} name="arrow-left" />${t("Policy")}</${Go}>`}
        <h1 id="page-title" tabindex="-1">${change ? t("Change the proposal") : t("Propose a change")}</h1>
      </div>
    </header>
    <div class="grid">
      ${FIELDS.filter(({ path }) => at(draft.value, path) !== undefined).map((field) => html`<${Field} key=${field.path} field=${field} value=${at(draft.value, field.path)} set=${set} />`)}
    </div>
    <details>
      <summary>${t("All of it, as JSON")}</summary>
      <div class="field">
        <label for="policy-json">${t("The whole document")}</label>
        <textarea id="policy-json" class="input document" rows="16" spellcheck=${false} value=${text.value ?? JSON.stringify(draft.value, null, 2)}
          onInput=${(/** @type {any} */ event) => write(event.currentTarget.value)} />
      </div>
    </details>
    <section aria-labelledby="differs-title">
      <h2 id="differs-title">${t("What would change")}</h2>
      <p class="field-error" role="alert">${fault && html`<${Icon} name="circle-alert" />${fault}`}</p>
      ${found.value && html`<${Changes} all=${found.value} />`}
    </section>
    <div class="field">
      <label for="policy-note">${t("Why")}</label>
      <input id="policy-note" name="note" class="input" maxlength=${NOTE_CHARS_MAX} autocomplete="off" aria-describedby="policy-note-hint" />
      <p class="quiet" id="policy-note-hint">${t("Everybody of the operator reads it.")}</p>
    </div>
    <div class="decisions">
      <button type="submit" class="button primary" disabled=${found.value?.length === 0}><${Icon} name="check" />${t("Propose and preview")}</button>
      ${onDone && html`<button type="button" class="button" onClick=${onDone}>${t("Cancel")}</button>`}
    </div>
  </form>`;
}

/**
 * Asks, a moment after the last change, whether the draft is a policy and what it changes; an answer about an older draft
 * counts no more.
 * @param {any} draft
 * @param {import("/static/html.js").Signal<string>} wrong
 * @param {import("/static/html.js").Signal<import("./api.js").Change[] | null>} found
 */
function useCheck(draft, wrong, found) {
  useEffect(() => {
    let current = true;
    const tell = (/** @type {import("./api.js").Change[] | null} */ changes, /** @type {string} */ said) => {
      if (!current) return;
      found.value = changes;
      wrong.value = said;
    };
    const ask = () => api.checkPolicy(draft).then(({ changes }) => tell(changes, ""), (error) => tell(null, trouble(error)));
    const soon = setTimeout(ask, CHECK_MS);
    return () => {
      current = false;
      clearTimeout(soon);
    };
  }, [draft, policy.value?.version]);
}

/** @param {{ field: import("./policy_words.js").Field, value: any, set: (path: string, value: unknown) => void }} props */
function Field({ field: { path, word, type }, value, set }) {
  const id = `policy-${path.replaceAll(".", "-")}`;
  if (type === "days") {
    const turn = (/** @type {string} */ day, /** @type {boolean} */ on) => set(path, DAYS.filter((one) => (one === day ? on : value.includes(one))));
    return html`<fieldset class="field days">
      <legend>${word()}</legend>
      ${DAYS.map(
        (day) =>
          html`<label key=${day} class="choice"><input type="checkbox" checked=${value.includes(day)}
            onChange=${(/** @type {any} */ event) => turn(day, event.currentTarget.checked)} />${dayWord(day)}</label>`,
      )}
    </fieldset>`;
  }
  if (type === "mode") {
    return html`<div class="field">
      <label for=${id}>${word()}</label>
      <select id=${id} class="input" value=${value} onChange=${(/** @type {any} */ event) => set(path, event.currentTarget.value)}>
        ${MODES.map((one) => html`<option key=${one} value=${one}>${modeWord(one)}</option>`)}
      </select>
    </div>`;
  }
  const read = (/** @type {string} */ given) => (type === "number" ? (given === "" ? null : Number(given)) : given);
  return html`<div class="field">
    <label for=${id}>${word()}</label>
    <input id=${id} class="input" type=${type === "time" ? "text" : type} step="any" maxlength=${type === "time" ? 5 : undefined} value=${value} onInput=${(/** @type {any} */ event) => set(path, read(event.currentTarget.value))} />
  </div>`;
}
