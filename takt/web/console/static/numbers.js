// @ts-check
/** What waits about numbers: display names to decide, codes to deliver. */
import { Loading, Trouble } from "/static/door.js";
import { html, signal, useSignal } from "/static/html.js";
import { formatSpan, formatTime, t, tn } from "/static/text.js";
import { Dialog, Empty, Icon, Verified, toast } from "/static/ui.js";
import { api } from "./api.js";
import { trouble } from "./decide.js";
import * as state from "./state.js";
import { age, methodWord, phoneOf } from "./words.js";

/** @typedef {import("./api.js").Name} Name */
/** @typedef {import("./api.js").Code} Code */

const REASON_CHARS_MAX = 200;

/** The name that is about to be rejected. */
const refused = signal(/** @type {Name | null} */ (null));

/**
 * A page of one list.
 * @param {{ page: "names" | "codes" | "suspicions", title: string, count: string, empty: [string, string, string], items: any[], children: any }} props
 */
export function ListPage({ page, title, count, empty: [icon, none, when], items, children }) {
  const loaded = state.loaded.value[page];
  let inside = html`<ul class="cards">${children}</ul>`;
  if (loaded === "loading") inside = html`<${Loading} label=${t("Loading …")} />`;
  else if (loaded === "error") inside = html`<${Trouble} text=${t("The list could not be loaded.")} retry=${state.look} />`;
  else if (items.length === 0) inside = html`<${Empty} icon=${icon} title=${none} text=${when} />`;
  return html`<section class="page" aria-labelledby="page-title">
    <header class="pane-head">
      <h1 id="page-title" tabindex="-1">${title}</h1>
      <p class="quiet" role="status">${loaded === "ready" ? count : ""}</p>
    </header>
    ${inside}
  </section>`;
}

export function Names() {
  const all = state.names.value;
  return html`<${ListPage}
      page="names"
      title=${t("Display names")}
      count=${tn("{n} name", "{n} names", all.length)}
      items=${all}
      empty=${["tag", t("No name waits"), t("Names that companies wish for appear here by themselves.")]}
    >
      ${all.map((one) => html`<${NameCard} key=${`${one.sender} ${one.name}`} one=${one} />`)}
    </${ListPage}>
    ${refused.value && html`<${RejectName} one=${refused.value} />`}`;
}

/** @param {{ company: import("./api.js").Company, phone_number: string }} props */
const Whose = ({ company, phone_number }) =>
  html`<p class="quiet company">
    ${company.name}${company.verified && html` <${Verified} />`} · <span class="tabular">${phoneOf(phone_number)}</span>
  </p>`;

/** Looks at what is left after something was decided; whoever had the focus on what is gone begins at the title. */
export async function lookAgain() {
  await state.look();
  if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (document.querySelector("#page-title"))?.focus();
}

/** @param {Name} one @param {"APPROVED" | "REJECTED"} decision @param {string} [reason] */
async function decideName(one, decision, reason) {
  await api.decideName(one.sender, { decision, name: one.name, ...(reason ? { reason } : {}) });
  const done = decision === "APPROVED" ? t("Approved. The company is told.") : t("Rejected. The company is told.");
  toast(`${one.name}: ${done}`);
}

/** @param {{ one: Name }} props */
function NameCard({ one }) {
  const busy = useSignal(false);
  const approve = async () => {
    if (busy.value) return;
    busy.value = true;
    await decideName(one, "APPROVED").then(lookAgain, (error) => toast(trouble(error)));
    busy.value = false;
  };
  return html`<li class="card">
    <div>
      <h2>${one.name}</h2>
      <${Whose} ...${one} />
      <p class="quiet">${one.now ? t("Until now: {name}", { name: one.now }) : t("The number's first name")}</p>
    </div>
    <div class="buttons">
      <button type="button" class="button primary" aria-label=${t("Approve {name}", { name: one.name })} onClick=${approve}>
        <${Icon} name="check" />${t("Approve")}
      </button>
      <button type="button" class="button danger" aria-label=${t("Reject {name}", { name: one.name })} onClick=${() => (refused.value = one)}>
        <${Icon} name="x" />${t("Reject")}
      </button>
    </div>
  </li>`;
}

/** @param {{ one: Name }} props */
function RejectName({ one }) {
  const wrong = useSignal("");
  const close = () => (refused.value = null);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    if (!reason) {
      wrong.value = t("Please say why.");
      return;
    }
    try {
      await decideName(one, "REJECTED", reason);
    } catch (error) {
      wrong.value = trouble(error);
      return;
    }
    close();
    lookAgain();
  };
  return html`<${Dialog}
    title=${t("Reject {name}", { name: one.name })}
    onClose=${close}
    footer=${html`
      <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
      <button type="submit" form="reject-name" class="button primary danger"><${Icon} name="x" />${t("Reject")}</button>
    `}
  >
    <form id="reject-name" class="field" onSubmit=${send} novalidate>
      <label for="name-reason">${t("Reason")}</label>
      <input id="name-reason" name="reason" class="input" maxlength=${REASON_CHARS_MAX} required autocomplete="off"
        aria-invalid=${wrong.value ? "true" : undefined} aria-describedby="name-hint name-error" />
      <p class="quiet" id="name-hint">${t("The company reads it.")}</p>
      <p class="field-error" id="name-error" role="alert">${wrong.value && html`<${Icon} name="circle-alert" />${wrong.value}`}</p>
    </form>
  </${Dialog}>`;
}

export function Codes() {
  const all = state.codes.value;
  return html`<${ListPage}
    page="codes"
    title=${t("Verification codes")}
    count=${tn("{n} code", "{n} codes", all.length)}
    items=${all}
    empty=${["key-round", t("No code waits"), t("Codes that companies ask for appear here, to be delivered to their numbers.")]}
  >
    ${all.map((one) => html`<${CodeCard} key=${`${one.sender} ${one.code}`} one=${one} />`)}
  </${ListPage}>`;
}

/** @param {{ one: Code }} props */
function CodeCard({ one }) {
  const copy = () =>
    (navigator.clipboard?.writeText(one.code) ?? Promise.reject()).then(
      () => toast(t("The code is copied.")),
      () => toast(t("The code could not be copied.")),
    );
  const left_s = (Date.parse(one.expires_at) - Date.parse(one.asked_at)) / 1000 - one.age_s;
  return html`<li class="card">
    <div>
      <h2 class="tabular">${phoneOf(one.phone_number)}</h2>
      <p class="quiet company">${one.company.name}${one.company.verified && html` <${Verified} />`}</p>
      <p class="quiet">
        ${methodWord(one.code_method)} · <span class="mono">${one.language}</span>${" · "}${t("asked for {age}", { age: age(one.age_s) })}${" · "}${t("valid for {span}, until {time}", { span: formatSpan(left_s), time: formatTime(one.expires_at) })}
      </p>
    </div>
    <div class="code-line">
      <output class="code" aria-label=${t("Code")}>${one.code}</output>
      <button type="button" class="button" aria-label=${t("Copy the code for {phone}", { phone: phoneOf(one.phone_number) })} onClick=${copy}>
        <${Icon} name="copy" />${t("Copy")}
      </button>
    </div>
  </li>`;
}
