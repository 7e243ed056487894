// @ts-check
/** The queue of templates. */
import { Loading, Trouble } from "/static/door.js";
import { html } from "/static/html.js";
import { categoryWord } from "/static/template_words.js";
import { formatDateTime, t, tn } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { Detail } from "./review.js";
import * as state from "./state.js";
import { age, statusTone, statusWord, titleOf } from "./words.js";

export function Reviews() {
  const chosen = state.open.value;
  return html`<div class=${`panes ${chosen ? "with-detail" : ""}`}>
    <h1 class="unseen">${t("Templates")}</h1>
    <section class="list-pane" aria-labelledby="queue-title">
      <header class="pane-head">
        <h2 id="queue-title">${t("For review")}</h2>
        <p class="quiet" role="status">${tn("{n} template", "{n} templates", state.total.value)}</p>
      </header>
      <${Filters} />
      <${Queue} />
    </section>
    <section class="detail-pane" id="detail" aria-label=${t("Template")} tabindex="-1">
      ${chosen ? html`<${Detail} key=${chosen} />` : html`<${Empty} icon="shield-check" title=${t("Choose a template")} text=${t("Its preview, what the check found and its history appear here.")} />`}
    </section>
  </div>`;
}

const STATES = /** @type {[string, () => string][]} */ ([
  ["waiting", () => t("Waiting for a decision")],
  ["all", () => t("All")],
  ...["PENDING", "IN_APPEAL", "APPROVED", "FLAGGED", "PAUSED", "LOCKED", "LIMIT_EXCEEDED", "REJECTED", "DISABLED", "ARCHIVED"].map((key) => [key, () => statusWord(key)]),
]);

function Filters() {
  const { state: status, company, category } = state.filters.value;
  return html`<div class="filters" role="group" aria-label=${t("Filter")}>
    <${Select} name="state" label=${t("State")} value=${status} options=${STATES.map(([key, word]) => [key, word()])} />
    <${Select} name="company" label=${t("Company")} value=${company}
      options=${[["", t("All")], ...state.companies.value.map((one) => [one.waba, one.name])]} />
    <${Select} name="category" label=${t("Category")} value=${category}
      options=${[["", t("All")], ...["marketing", "utility", "authentication"].map((key) => [key, categoryWord(key)])]} />
  </div>`;
}

/** @param {{ name: string, label: string, value: string, options: [string, string][] }} props */
const Select = ({ name, label, value, options }) =>
  html`<div class="field">
    <label for=${`filter-${name}`}>${label}</label>
    <select id=${`filter-${name}`} class="input" value=${value} onChange=${(/** @type {any} */ event) => state.filter({ [name]: event.currentTarget.value })}>
      ${options.map(([key, word]) => html`<option key=${key} value=${key} selected=${key === value}>${word}</option>`)}
    </select>
  </div>`;

function Queue() {
  const all = state.queue.value;
  const loaded = state.loaded.value.reviews;
  if (loaded === "loading" && all.length === 0) return html`<${Loading} label=${t("Loading …")} />`;
  if (loaded === "error") return html`<${Trouble} text=${t("The list could not be loaded.")} retry=${state.look} />`;
  if (all.length === 0) {
    const idle = state.filters.value.state === "waiting";
    return html`<${Empty} icon=${idle ? "check" : "search"} title=${idle ? t("Nothing waits") : t("Nothing found")} text=${idle ? t("Templates that need a person appear here by themselves.") : ""} />`;
  }
  return html`<ul class="rows" id="queue">
    ${all.map((one) => html`<li key=${one.template}><${Row} one=${one} /></li>`)}
    ${state.after.value && html`<li><button type="button" class="button wide" onClick=${state.more}>${t("Show more")}</button></li>`}
  </ul>`;
}

/** @param {{ one: import("./api.js").Review }} props */
function Row({ one }) {
  const grave = one.check?.findings.filter((each) => each.weight !== "note").length ?? 0;
  const show = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go("reviews", one.template);
  };
  return html`<a class="row" href=${state.addressOf("reviews", one.template)} data-key=${one.template}
    aria-current=${one.template === state.open.value ? "page" : undefined} onClick=${show}>
    <strong class="name">${titleOf(one.name)}</strong>
    <time class="when" dateTime=${one.submitted_at} title=${formatDateTime(one.submitted_at)}>${age(one.age_s)}</time>
    <span class="quiet company">${one.company.name}</span>
    <span class="tags">
      <${Status} status=${one.status} />
      <span class="chip">${categoryWord(one.category)}</span>
      ${grave > 0 && html`<span class="chip danger"><${Icon} name="triangle-alert" />${tn("{n} finding", "{n} findings", grave)}</span>`}
    </span>
  </a>`;
}

/** @param {{ status: string }} props */
export function Status({ status }) {
  const [tone, icon] = statusTone(status);
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${statusWord(status)}</span>`;
}
