// @ts-check
/** What the bank told and nobody could place: why, and a person's decision whose it is. */
import { html, useEffect, useSignal } from "/static/html.js";
import { formatDate, formatMoney, t } from "/static/text.js";
import { Dialog, Empty, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { CompanyField, Fetched } from "./money_parts.js";
import { PAYMENT_STATES, doubtWord, whyNot } from "./money_words.js";

/** @typedef {import("./api.js").Unsure} Unsure */
/** @typedef {import("./api.js").Payment} Payment */

const NOTE_CHARS_MAX = 500;

/** What waits of it: less what paid an invoice already. @param {Unsure} one */
const waiting = (one) => formatMoney(one.settled_micros ? one.amount_micros + one.charges_micros - one.settled_micros : one.amount_micros, one.currency);

export function Suspense() {
  const asked = useSignal(/** @type {{ one: Unsure, aside: boolean } | null} */ (null));
  const rounds = useSignal(0);
  return html`
    <p class="quiet">${t("Only what is certain is booked by itself. What is listed here waits for you, and touches no balance before.")}</p>
    <${Fetched} wanted=${String(rounds.value)} fetch=${api.suspense}>
      ${(/** @type {{ data: Unsure[] }} */ told) =>
        told.data.length === 0
          ? html`<${Empty} icon="circle-check" title=${t("Nothing is unclear")} text=${t("Everything that the bank told is booked or set aside.")} />`
          : html`<ul class="cards">${told.data.map((one) => html`<${Card} key=${one.key} one=${one} ask=${(/** @type {boolean} */ aside) => (asked.value = { one, aside })} />`)}</ul>`}
    </${Fetched}>
    ${asked.value && html`<${Decide} ...${asked.value} close=${() => (asked.value = null)} done=${() => (rounds.value += 1)} />`}
  `;
}

/** @param {{ one: Unsure, ask: (aside: boolean) => void }} props */
const Card = ({ one, ask }) => html`<li class="card">
  <div>
    <h2 class="tabular">${waiting(one)} <span class="quiet">${one.name || t("without a name")}</span></h2>
    <p><span class="chip warning"><${Icon} name="triangle-alert" />${doubtWord(one.doubt ?? "")}</span></p>
    ${one.settled_micros > 0 && html`<p>${t("{money} of it paid the invoice.", { money: formatMoney(one.settled_micros, one.currency) })}</p>`}
    <p>${one.remittance || t("without a text")}</p>
    <p class="quiet">${formatDate(`${one.booked_on}T12:00:00Z`)}${one.iban && html` · <span class="mono">${one.iban}</span>`}${one.why && ` · ${one.why}`}</p>
  </div>
  <div class="buttons">
    <button type="button" class="button primary" onClick=${() => ask(false)}><${Icon} name="link" />${t("Assign")}</button>
    <button type="button" class="button" onClick=${() => ask(true)}>${t("Set aside")}</button>
  </div>
</li>`;

/** @param {{ one: Unsure, aside: boolean, close: () => void, done: () => void }} props */
function Decide({ one, aside, close, done }) {
  const company = useSignal("");
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const note = String(given.get("note") ?? "").trim();
    if (!aside && !company.value) {
      wrong.value = t("Please choose a company.");
      return;
    }
    try {
      const payment = given.get("payment") || undefined;
      await api.decideSuspense(one.key, aside ? { aside, note } : { company: company.value, payment, note });
    } catch (error) {
      wrong.value = whyNot(error);
      return;
    }
    close();
    toast(aside ? t("Set aside.") : t("Booked."));
    done();
  };
  return html`<${Dialog} title=${aside ? t("Set aside {money}?", { money: waiting(one) }) : t("Whose are {money}?", { money: waiting(one) })} onClose=${close} footer=${html`
    <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="submit" form="place-money" class="button primary">${aside ? t("Set aside") : t("Assign")}</button>`}>
    <form id="place-money" class="stack" onSubmit=${send}>
      <p>${doubtWord(one.doubt ?? "")}</p>
      <p class="quiet">${one.remittance}</p>
      ${aside && html`<p>${t("It is no payment of a company, such as interest or a fee of the bank.")}</p>`}
      ${
        !aside &&
        html`<${CompanyField} id="place-company" chosen=${company.value} none=${t("Please choose")} onChange=${(/** @type {string} */ waba) => (company.value = waba)} />
          <${PaymentField} company=${company.value} />`
      }
      <div class="field">
        <label for="place-note">${t("Note, for the record")}</label>
        <textarea id="place-note" name="note" class="input" rows="2" maxlength=${NOTE_CHARS_MAX}></textarea>
      </div>
      <p class="field-error" role="alert">${wrong.value}</p>
    </form>
  </${Dialog}>`;
}

/** Which of the company's payments it is; else it tops its balance up. @param {{ company: string }} props */
function PaymentField({ company }) {
  const found = useSignal(/** @type {Payment[]} */ ([]));
  useEffect(() => {
    let current = true;
    found.value = [];
    if (company) api.payments({ company }).then((told) => current && (found.value = told.data), () => current && toast(t("It could not be loaded.")));
    return () => {
      current = false;
    };
  }, [company]);
  return html`<div class="field">
    <label for="place-payment">${t("Payment")}</label>
    <select id="place-payment" name="payment" class="input" key=${company}>
      <option value="">${t("none of these: a top-up of the balance")}</option>
      ${found.value.map(
        (one) =>
          html`<option key=${one.id} value=${one.id}>${one.document ?? one.reference} · ${formatMoney(one.gross_micros, one.currency)} · ${PAYMENT_STATES[one.state]?.[2]() ?? one.state}</option>`,
      )}
    </select>
  </div>`;
}
