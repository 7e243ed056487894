// @ts-check
/** What finance wishes for the company's money: a budget, a warning when little is left, top-ups, by hand or by themselves. */
import { AmountField, amountWish, microsOf } from "/static/amount.js";
import { ApiError } from "/static/calls.js";
import { html, useEffect, useSignal } from "/static/html.js";
import { formatMoney, t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Transfer } from "./transfer.js";

/** @typedef {import("./api.js").Plan} Plan */
/** @typedef {import("./api.js").Mandate} Mandate */

const PAUSE_S = 3600;

/** What is wrong, in the server's words where a field is. @param {unknown} error */
const fault = (error) => (error instanceof ApiError && error.code === "invalid" ? error.message : t("This did not work. Please try again."));

/** @param {{ currency: string, changed: () => void }} props */
export function Budget({ currency, changed }) {
  const told = useSignal(/** @type {{ plan: Plan, mandates: Mandate[] } | null} */ (null));
  const open = useSignal(/** @type {"plan" | "pay" | null} */ (null));
  const close = () => (open.value = null);
  const load = () => {
    Promise.all([api.plan(), api.mandates()]).then(
      ([plan, mandates]) => (told.value = { plan, mandates: mandates.data.filter((one) => one.usable) }),
      () => toast(t("The budget could not be loaded.")),
    );
  };
  useEffect(load, []);
  const found = told.value;
  if (!found) return null;
  const { plan } = found;
  const money = (/** @type {number} */ micros) => formatMoney(micros, currency);
  return html`<section class="card stack" aria-labelledby="budget-title">
    <div class="card-head">
      <h2 id="budget-title">${t("Budget and top-ups")}</h2>
      <span class="tags">
        <button type="button" class="button" onClick=${() => (open.value = "pay")}><${Icon} name="wallet" />${t("Top up")}</button>
        <button type="button" class="button" onClick=${() => (open.value = "plan")}><${Icon} name="square-pen" />${t("Change")}</button>
      </span>
    </div>
    <ul class="stack tight">
      <li>${plan.budget_micros === null ? t("No budget for the month.") : plan.hard_stop ? t("Budget {money} a month; then nothing goes out.", { money: money(plan.budget_micros) }) : t("Budget {money} a month; you are told at 50, 80 and 100 %.", { money: money(plan.budget_micros) })}</li>
      <li>${plan.low_micros === null ? t("No warning of a low balance.") : t("You are told when less than {money} is left.", { money: money(plan.low_micros) })}</li>
      <li>${plan.auto_top_up === null ? t("No top-ups by themselves.") : t("Below {below}, {amount} are collected by themselves, at most {most} a month.", { below: money(plan.auto_top_up.below_micros), amount: money(plan.auto_top_up.net_micros), most: money(plan.auto_top_up.month_max_micros) })}</li>
    </ul>
    ${open.value === "plan" && html`<${Change} ...${found} currency=${currency} close=${close} done=${() => { load(); changed(); }} />`}
    ${open.value === "pay" && html`<${TopUp} currency=${currency} close=${close} />`}
  </section>`;
}

/** An amount of a form; undefined when the field is empty, null when it is none. @param {FormData} given @param {string} name */
function read(given, name) {
  const text = String(given.get(name) ?? "").trim();
  return text === "" ? undefined : microsOf(text);
}

/** @param {{ plan: Plan, mandates: Mandate[], currency: string, close: () => void, done: () => void }} props */
function Change({ plan, mandates, currency, close, done }) {
  const wrong = useSignal("");
  const auto = plan.auto_top_up;
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const [budget, low, below, net, most] = ["budget", "low", "below", "net", "most"].map((name) => read(given, name));
    if ([budget, low, below, net, most].includes(null)) {
      wrong.value = amountWish();
      return;
    }
    const wish = { budget_micros: budget, hard_stop: budget !== undefined && given.has("hard"), low_micros: low };
    const by = String(given.get("by") ?? "");
    const way = by ? { provider: "debit", mandate: by } : { provider: auto?.provider, mandate: auto?.mandate };
    const more = below === undefined ? {} : { auto_top_up: { below_micros: below, net_micros: net, month_max_micros: most, pause_s: auto?.pause_s ?? PAUSE_S, ...way } };
    if (below !== undefined && (net === undefined || most === undefined || !way.provider)) {
      wrong.value = t("Top-ups by themselves need threshold, amount, the most of a month, and a mandate.");
      return;
    }
    try {
      await api.setPlan({ ...wish, ...more });
    } catch (error) {
      wrong.value = fault(error);
      return;
    }
    close();
    toast(t("Saved."));
    done();
  };
  return html`<${Dialog} title=${t("Budget and top-ups")} onClose=${close} footer=${html`
    <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="submit" form="plan-form" class="button primary">${t("Save")}</button>`}>
    <form id="plan-form" class="stack" onSubmit=${send} novalidate>
      <${AmountField} id="plan-budget" name="budget" label=${t("Budget of the month")} currency=${currency} value=${plan.budget_micros} hint=${t("Empty: none. You are told at 50, 80 and 100 %.")} />
      <label class="choice"><input type="checkbox" name="hard" defaultChecked=${plan.hard_stop} />${t("Beyond the budget nothing goes out")}</label>
      <${AmountField} id="plan-low" name="low" label=${t("Tell me when less is left than")} currency=${currency} value=${plan.low_micros} />
      <fieldset class="stack">
        <legend class="label">${t("Top-ups by themselves")}</legend>
        ${
          mandates.length === 0 && !auto
            ? html`<p class="quiet">${t("They need a mandate for direct debits: give one below, at the contract.")}</p>`
            : html`<${AmountField} id="plan-below" name="below" label=${t("When less is left than")} currency=${currency} value=${auto?.below_micros} hint=${t("Empty: never.")} />
                <${AmountField} id="plan-net" name="net" label=${t("Amount, net")} currency=${currency} value=${auto?.net_micros} />
                <${AmountField} id="plan-most" name="most" label=${t("At most in a month, net")} currency=${currency} value=${auto?.month_max_micros} />
                ${
                  mandates.length > 0 &&
                  html`<div class="field">
                    <label for="plan-by">${t("Collected by")}</label>
                    <select id="plan-by" name="by" class="input">
                      ${mandates.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === auto?.mandate}>${one.holder} · ${one.iban}</option>`)}
                    </select>
                  </div>`
                }`
        }
      </fieldset>
      <p class="field-error" role="alert">${wrong.value}</p>
    </form>
  </${Dialog}>`;
}

/** @param {{ currency: string, close: () => void }} props */
function TopUp({ currency, close }) {
  const wrong = useSignal("");
  const busy = useSignal(false);
  const asked = useSignal(/** @type {import("./api.js").Asked | null} */ (null));
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    const net_micros = read(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)), "amount");
    if (!net_micros) {
      wrong.value = amountWish();
      return;
    }
    busy.value = true;
    try {
      asked.value = await api.topUp({ net_micros });
      wrong.value = "";
    } catch (error) {
      wrong.value = fault(error);
    }
    busy.value = false;
  };
  const one = asked.value;
  const footer = one
    ? html`<button type="button" class="button primary" onClick=${close}>${t("Close")}</button>`
    : html`<button type="button" class="button" onClick=${close}>${t("Cancel")}</button><button type="submit" form="pay-form" class="button primary" aria-disabled=${String(busy.value)}>${t("Ask for it")}</button>`;
  return html`<${Dialog} title=${t("Top up")} onClose=${close} footer=${footer}>
    <form id="pay-form" class="stack" onSubmit=${send} novalidate>
      ${!one && html`<${AmountField} id="pay-amount" name="amount" label=${t("Amount, net")} currency=${currency} hint=${t("Tax is added; the balance gets the net amount once the money is here.")} wrong=${wrong.value} />`}
    </form>
    <div role="status">
      ${
        one &&
        html`<${Transfer} payment=${one.id} holder=${one.pay?.holder} iban=${one.pay?.iban} reference=${one.reference} micros=${one.gross_micros} currency=${one.currency} />`
      }
    </div>
  </${Dialog}>`;
}
