// @ts-check
/** What was refused, whoever it was for: found by company, number and time. */
import { Loading, Trouble } from "/static/door.js";
import { batch, html, useEffect, useSignal } from "/static/html.js";
import { categoryWord } from "/static/template_words.js";
import { formatDateTime, t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { ApiError } from "/static/calls.js";
import { api } from "./api.js";
import { AtOnce } from "./at_once.js";
import { MessageLink } from "./message_link.js";
import { phoneOf } from "./words.js";

const DAYS = /** @type {[string, () => string][]} */ ([
  ["1", () => t("24 hours")],
  ["7", () => t("7 days")],
  ["30", () => t("30 days")],
  ["", () => t("One day")],
]);
const DAY_MS = 86_400_000;

/** Today by the clock of whoever looks. */
const today = () => new Date().toLocaleDateString("sv");

/** The stretch of time that is asked for: up to now, or one day. @param {string} days @param {string} day */
function stretch(days, day) {
  const from = new Date(`${day || today()}T00:00`);
  const since = days ? Date.now() - Number(days) * DAY_MS : from.getTime();
  const until = days ? Date.now() + 1000 : new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1).getTime();
  return { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

export function Refusals() {
  const companies = useSignal(/** @type {import("./api.js").Company[]} */ ([]));
  const asked = useSignal({ company: "", to: "", days: "7", day: "" });
  const found = useSignal(/** @type {import("./api.js").RefusedPage | "wrong" | "failed" | null} */ (null));
  /** What `found` answers: until it is what is asked, the old lines stay, and can still be opened. */
  const answered = useSignal(/** @type {object | null} */ (null));
  const load = (before = "") => {
    const { company, to, days, day } = asked.value;
    const now = asked.value;
    const already = before && found.value && typeof found.value === "object" ? found.value.data : [];
    if (typeof found.value === "string") found.value = null;
    const show = (/** @type {typeof found.value} */ told) => {
      if (now !== asked.value) return;
      batch(() => {
        found.value = told;
        answered.value = now;
      });
    };
    api.refused({ company, to, ...stretch(days, day), ...(before && { before }) }).then(
      (page) => show({ ...page, data: [...already, ...page.data] }),
      (error) => show(error instanceof ApiError && error.status === 400 ? "wrong" : "failed"),
    );
  };
  useEffect(() => {
    api.companies().then((all) => (companies.value = all.data), () => {});
  }, []);
  useEffect(() => load(), [asked.value]);
  const change = (/** @type {any} */ event) => (asked.value = { ...asked.value, [event.currentTarget.name]: event.currentTarget.value.trim() });
  return html`<section class="stack" aria-labelledby="refused-title">
    <h2 id="refused-title">${t("Refused")}</h2>
    <div class="filters refusals" role="group" aria-label=${t("Filter")}>
      <div class="field">
        <label for="refused-company">${t("Company")}</label>
        <select id="refused-company" name="company" class="input" onChange=${change}>
          <option value="">${t("All")}</option>
          ${companies.value.map((one) => html`<option key=${one.waba} value=${one.waba}>${one.name}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="refused-to">${t("Telephone number")}</label>
        <input id="refused-to" name="to" class="input tabular" type="tel" autocomplete="off" onChange=${change} />
      </div>
      <div class="field">
        <label for="refused-days">${t("Time")}</label>
        <select id="refused-days" name="days" class="input" value=${asked.value.days} onChange=${change}>
          ${DAYS.map(([key, word]) => html`<option key=${key} value=${key} selected=${key === asked.value.days}>${word()}</option>`)}
        </select>
      </div>
      ${
        asked.value.days === "" &&
        html`<div class="field">
          <label for="refused-day">${t("Day")}</label>
          <input id="refused-day" name="day" class="input" type="date" value=${asked.value.day || today()} onChange=${change} />
        </div>`
      }
    </div>
    <div class="found" aria-busy=${String(found.value !== null && asked.value !== answered.value)}>
      <${Found} found=${found.value} load=${load} />
    </div>
  </section>`;
}

/** @param {{ found: import("./api.js").RefusedPage | "wrong" | "failed" | null, load: (before?: string) => void }} props */
function Found({ found, load }) {
  if (found === null) return html`<${Loading} label=${t("Loading …")} />`;
  if (found === "failed") return html`<${Trouble} text=${t("The list could not be loaded.")} retry=${() => load()} />`;
  if (found === "wrong") return html`<${Empty} icon="search" title=${t("This cannot be looked for")} text=${t("Give a telephone number in digits, with the code of its country, and a shorter time if there is too much.")} />`;
  if (found.data.length === 0) return html`<${Empty} icon="check" title=${t("Nothing was refused")} text=${t("In this time no message was refused that you ask for.")} />`;
  return html`<ul class="lines" aria-labelledby="refused-title">
    ${found.data.map((one) => html`<li key=${one.message}><${Line} one=${one} /></li>`)}
    ${found.before && html`<li><button type="button" class="button wide" onClick=${() => load(found.before ?? "")}>${t("Show more")}</button></li>`}
  </ul>`;
}

/** @param {{ one: import("./api.js").Refused }} props */
const Line = ({ one }) => html`<${MessageLink}
  message=${one.message}
  tags=${html`<span class="chip">${categoryWord(one.category)}</span><${AtOnce} one=${one} /><span class="chip danger"><${Icon} name="ban" /><span class="mono">${one.reason.code}</span></span>`}
>
  <strong>${one.name || one.sender}</strong> → <span class="tabular">${phoneOf(one.to)}</span>
  <p>${one.reason.text}</p>
  <p class="quiet">${one.company} · <time dateTime=${one.at}>${formatDateTime(one.at)}</time></p>
</${MessageLink}>`;
