// @ts-check
/**
 * What the company pays: today and in a month, by what it was for; from any figure down to the messages behind it and
 * the rule that priced each; closed months with their lines, and all of it as a file.
 */
import { Loading, Trouble } from "/static/door.js";
import { html, signal, useEffect, useMemo, useSignal } from "/static/html.js";
import { monthFrom, monthWords } from "/static/months.js";
import { newest } from "/static/newest.js";
import { categoryWord } from "/static/template_words.js";
import { formatDate, formatDateTime, formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Avatar, Empty, Icon, IconButton } from "/static/ui.js";
import { api } from "./api.js";
import { Budget } from "./budget.js";
import { Clients } from "./clients.js";
import { Contract } from "./contract.js";
import * as desk from "./desk.js";
import { Invoices } from "./invoices.js";
import { costs as month, goToCosts, leave, overlay } from "./place.js";

/** @typedef {import("./api.js").Costs} Costs */
/** @typedef {Record<string, string | number>} Only which messages are looked at */

const SIDES = /** @type {const} */ (["category", "market", "template", "sender", "day"]);
const SIDE_WORDS = {
  category: () => t("Category"),
  market: () => t("Country"),
  template: () => t("Template"),
  sender: () => t("Sender"),
  day: () => t("Day"),
};

/** By what the costs are summed. */
const side = signal(/** @type {(typeof SIDES)[number]} */ ("category"));

/** Who may see what the company pays. @param {string} role */
export const seesCosts = (role) => role === "finance" || role === "developer" || role === "marketer";

/** @param {string} name a category, or a kind of line that is none */
const forWords = (name) =>
  name === "fee" ? t("Recurring fee") : name === "commitment" ? t("Minimum spend") : name === "marketing_lite" ? t("Marketing (own path)") : categoryWord(name);

/** @param {string} key @param {string} name */
function sideWords(key, name) {
  if (side.value === "category") return forWords(key);
  if (side.value === "day") return formatDate(`${key}T12:00:00Z`);
  return name || t("without a template");
}

export function CostsPage() {
  const named = month.value || monthFrom();
  const told = useSignal(/** @type {Costs | "failed" | null} */ (null));
  const only = useSignal(/** @type {Only | null} */ (null));
  const mandated = useSignal(0); // how often mandates changed: the budget asks for them anew
  const asked = useMemo(newest, []);
  const load = () => {
    const last = asked();
    told.value = null;
    only.value = null;
    api.costs(named).then(
      (found) => last() && (told.value = found),
      () => last() && (told.value = "failed"),
    );
  };
  useEffect(load, [named]);
  const found = told.value;
  return html`<main class="costs" aria-labelledby="costs-title">
    <${Head} />
    <div class="costs-body">
      <nav class="month" aria-label=${t("Month")}>
        <${IconButton} icon="chevron-left" label=${t("The month before")} onClick=${() => goToCosts(monthFrom(-1, named))} />
        <h2 aria-live="polite">${monthWords(named)}</h2>
        <${IconButton} icon="chevron-right" label=${t("The month after")} disabled=${named >= monthFrom()} onClick=${() => goToCosts(monthFrom(1, named))} />
      </nav>
      ${found === null && html`<${Loading} label=${t("Loading …")} />`}
      ${found === "failed" && html`<${Trouble} text=${t("The costs could not be loaded.")} retry=${load} />`}
      ${found && found !== "failed" && html`<${Figures} of=${found} current=${named === monthFrom()} />
        <${Sides} of=${found} only=${only} />
        <${Lines} of=${found} only=${only} />
        ${only.value && html`<${Messages} named=${named} only=${only} />`}`}
      ${found && found !== "failed" && desk.me.value?.role === "finance" && html`<${Budget} key=${`budget ${mandated.value}`} currency=${found.currency} changed=${load} />`}
      <${Clients} named=${named} />
      <${Invoices} />
      ${desk.me.value?.role === "finance" && html`<${Contract} changed=${() => (mandated.value += 1)} />`}
      <${Months} named=${named} />
    </div>
  </main>`;
}

function Head() {
  const who = desk.me.value;
  if (!who) return null;
  return html`<header class="list-head">
    ${who.role === "finance" ? html`<${Avatar} name=${who.business.name} business size="small" />` : html`<${IconButton} icon="arrow-left" label=${t("Back to the inbox")} onClick=${leave} />`}
    <div class="titles">
      <h1 id="costs-title">${t("Costs")}</h1>
      <p class="quiet">${who.business.name} · ${who.name}</p>
    </div>
    <${IconButton} icon="settings" label=${t("Settings")} onClick=${() => (overlay.value = "settings")} />
  </header>`;
}

/** @param {{ of: Costs, current: boolean }} props */
function Figures({ of, current }) {
  const money = (/** @type {number} */ micros) => formatMoney(micros, of.currency);
  return html`<dl class="cost-figures">
    ${current && html`<div><dt>${t("Today")}</dt><dd>${money(of.today.micros)}</dd><dd class="quiet">${tn("{n} message", "{n} messages", of.today.units)}</dd></div>`}
    <div><dt>${t("This month")}</dt><dd>${money(of.total.micros)}</dd><dd class="quiet">${tn("{n} message", "{n} messages", of.total.units)}</dd></div>
    ${current && of.budget_micros !== null && html`<div><dt>${t("Budget of the month")}</dt><dd>${money(of.budget_micros)}</dd><dd class="quiet">${of.hard_stop ? t("{money} left; then nothing goes out", { money: money(Math.max(0, of.budget_micros - of.total.micros)) }) : t("{money} left; beyond it you are told", { money: money(Math.max(0, of.budget_micros - of.total.micros)) })}</dd></div>`}
    <div><dt>${t("Available")}</dt><dd>${money(of.available_micros)}</dd><dd class="quiet">${t("{money} reserved", { money: money(of.held_micros) })}</dd></div>
  </dl>`;
}

/** @param {{ of: Costs, only: import("/static/html.js").Signal<Only | null> }} props */
function Sides({ of, only }) {
  const rows = of.by[side.value];
  const most = Math.max(1, ...rows.map((one) => one.micros));
  const shown = side.value === "day" ? [...rows].sort((a, b) => a.key.localeCompare(b.key)) : rows;
  return html`<section class="card stack" aria-labelledby="sides-title">
    <div class="card-head">
      <h2 id="sides-title">${t("What it was for")}</h2>
      <div class="segments" role="group" aria-label=${t("Summed by")}>
        ${SIDES.map(
          (one) =>
            html`<button type="button" key=${one} aria-pressed=${side.value === one} onClick=${() => (side.value = one)}>${SIDE_WORDS[one]()}</button>`,
        )}
      </div>
    </div>
    ${
      rows.length === 0
        ? html`<${Empty} icon="coins" title=${t("Nothing was used in this month")} text="" />`
        : html`<ul class="bars">
            ${shown.map(
              (one) => html`<li key=${one.key}>
                <button type="button" disabled=${side.value === "day"} onClick=${() => (only.value = { [side.value]: one.key })}>
                  <span class="bar-name">${sideWords(one.key, one.name)}</span>
                  <span class="quiet tabular">${formatNumber(one.units)}</span>
                  <span class="tabular">${formatMoney(one.micros, of.currency)}</span>
                  <span class="bar" style=${`--share: ${(100 * one.micros) / most}%`} aria-hidden="true"></span>
                </button>
              </li>`,
            )}
          </ul>`
    }
  </section>`;
}

/** @param {{ of: Costs, only: import("/static/html.js").Signal<Only | null> }} props */
function Lines({ of, only }) {
  if (of.lines.length === 0) return null;
  return html`<div class="card stack">
    <h2 id="lines-title">${t("By which price")}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="lines-title">
      <table class="cost-table">
        <thead><tr><th scope="col">${t("Rule")}</th><th scope="col">${t("Step")}</th><th scope="col">${t("Messages")}</th><th scope="col">${t("Price each")}</th><th scope="col">${t("Amount")}</th></tr></thead>
        <tbody>
          ${of.lines.map(
            (one) => html`<tr key=${`${one.card} ${one.version} ${one.rule} ${one.tier} ${one.unit_price_micros}`}>
              <th scope="row"><button type="button" class="link" onClick=${() => (only.value = { card: one.card, version: one.version, rule: one.rule })}>
                ${t("{card}, version {version}, line {line}", { card: one.card, version: one.version, line: one.rule })}
              </button></th>
              <td>${one.tier}</td>
              <td>${formatNumber(one.units)}</td>
              <td>${formatMoney(one.unit_price_micros, of.currency)}</td>
              <td>${formatMoney(one.micros, of.currency)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

/** @param {{ named: string, only: import("/static/html.js").Signal<Only | null> }} props */
function Messages({ named, only }) {
  const told = useSignal(/** @type {import("./api.js").Behind | "failed" | null} */ (null));
  const wanted = JSON.stringify(only.value);
  const asked = useMemo(newest, []);
  const load = () => {
    const last = asked();
    told.value = null;
    api.costMessages({ month: named, ...only.value }).then(
      (found) => last() && (told.value = found),
      () => last() && (told.value = "failed"),
    );
  };
  useEffect(() => {
    load();
    document.getElementById("behind-title")?.focus();
  }, [wanted, named]);
  const found = told.value;
  return html`<section class="card stack" aria-labelledby="behind-title">
    <div class="card-head">
      <h2 id="behind-title" tabindex="-1">${t("The messages behind it")}</h2>
      <${IconButton} icon="x" label=${t("Close")} onClick=${() => (only.value = null)} />
    </div>
    ${found === null && html`<${Loading} label=${t("Loading …")} />`}
    ${found === "failed" && html`<${Trouble} text=${t("The messages could not be loaded.")} retry=${load} />`}
    ${
      found &&
      found !== "failed" &&
      html`<ul class="behind">
          ${found.data.map((one) => html`<li key=${`${one.message} ${one.refund}`}><${Message} one=${one} /></li>`)}
        </ul>
        ${found.more && html`<p class="quiet">${t("The newest are shown; the file below has all of them.")}</p>`}`
    }
  </section>`;
}

/** @param {{ one: import("./api.js").Used }} props */
const Message = ({ one }) => html`<details>
  <summary>
    <span><time dateTime=${one.delivered_at}>${formatDateTime(one.delivered_at)}</time> <span class="quiet">${forWords(one.category)}, ${one.market}</span></span>
    <span class="tabular">${formatMoney(one.amount_micros, one.currency)}</span>
  </summary>
  <dl class="fact-list">
    <div><dt>${t("Rate card")}</dt><dd>${t("{card}, version {version}, line {line}", { card: one.card, version: one.version, line: one.rule })}</dd></div>
    ${one.ordinal && html`<div><dt>${t("Place in the count")}</dt><dd>${formatNumber(one.ordinal)}${one.tier && ` (${one.tier})`}</dd></div>`}
    ${one.refund && html`<div><dt>${t("Reason")}</dt><dd>${t("Given back")}</dd></div>`}
    ${one.late && html`<div><dt>${t("Reason")}</dt><dd>${t("Delivered late")}</dd></div>`}
    <div><dt>${t("Message")}</dt><dd class="mono">${one.message}</dd></div>
  </dl>
  ${one.rule_document && html`<p class="quiet">${t("The rule as the rate card says it:")}</p><pre tabindex="0">${JSON.stringify(one.rule_document, null, 2)}</pre>`}
</details>`;

/** @param {{ named: string }} props */
function Months({ named }) {
  const told = useSignal(/** @type {{ data: import("./api.js").Closed[] } | "failed" | null} */ (null));
  useEffect(() => {
    api.months().then(
      (found) => (told.value = found),
      () => (told.value = "failed"),
    );
  }, []);
  const found = told.value;
  return html`<section class="card stack" aria-labelledby="months-title">
    <h2 id="months-title">${t("Closed months")}</h2>
    <p>
      <a class="button" href=${api.usageAddress(named, "csv")} download><${Icon} name="download" />${t("{month} as CSV", { month: monthWords(named) })}</a>
      <a class="button" href=${api.usageAddress(named, "parquet")} download><${Icon} name="download" />${t("{month} as Parquet", { month: monthWords(named) })}</a>
    </p>
    ${found === "failed" && html`<p class="quiet">${t("The closed months could not be loaded.")}</p>`}
    ${found && found !== "failed" && found.data.length === 0 && html`<p class="quiet">${t("None yet: a month is closed three days after its end.")}</p>`}
    ${found && found !== "failed" && found.data.map((one) => html`<${Closed} key=${one.month} one=${one} />`)}
  </section>`;
}

const STATES = /** @type {Record<string, () => string>} */ ({
  empty: () => t("nothing to pay"),
  frozen: () => t("lines fixed"),
  carried: () => t("more given back than used: part of a later month"),
  issued: () => t("document issued"),
});

/** @param {{ one: import("./api.js").Closed }} props */
const Closed = ({ one }) => html`<details>
  <summary>
    <span><strong>${monthWords(one.month)}</strong> <span class="quiet">${STATES[one.state]?.() ?? one.state}</span></span>
    <span class="tabular">${formatMoney(one.used_micros, one.currency)}</span>
  </summary>
  <div class="scroll" tabindex="0" role="region" aria-label=${monthWords(one.month)}>
    <table class="cost-table">
      <thead><tr><th scope="col">${t("For")}</th><th scope="col">${t("Service")}</th><th scope="col">${t("Quantity")}</th><th scope="col">${t("Price each")}</th><th scope="col">${t("Amount")}</th></tr></thead>
      <tbody>
        ${one.lines.map(
          (line, place) => html`<tr key=${place}>
            <th scope="row">${forWords(line.category)}${line.market ? `, ${line.market}` : ""}${line.name ? ` ${line.name}` : ""}</th>
            <td>${formatDate(`${line.from}T12:00:00Z`)} – ${formatDate(`${line.to}T12:00:00Z`)}</td>
            <td>${formatNumber(line.quantity)}</td>
            <td>${formatMoney(line.unit_price_micros, one.currency)}</td>
            <td>${formatMoney(line.amount_micros, one.currency)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
</details>`;
