// @ts-check
/** The company's contract for finance: what was agreed, its legal data, and mandates for direct debits. */
import { html, useEffect, useSignal } from "/static/html.js";
import { DocumentForm, buyerFields, mandateFields } from "/static/legal_form.js";
import { formatDate, formatMoney, t } from "/static/text.js";
import { Icon, toast } from "/static/ui.js";
import { api } from "./api.js";

/** @typedef {{ one: import("./api.js").Agreed, mandates: import("./api.js").Mandate[] }} Told */

/** @param {{ changed: () => void }} props `changed`: mandates are others now */
export function Contract({ changed }) {
  const told = useSignal(/** @type {Told | null} */ (null));
  const load = () =>
    Promise.all([api.contract(), api.mandates()]).then(
      ([one, mandates]) => {
        told.value = { one, mandates: mandates.data };
      },
      () => toast(t("The contract could not be loaded.")),
    );
  useEffect(() => {
    load();
  }, []);
  const found = told.value;
  if (!found) return null;
  const { one } = found;
  return html`<section class="card stack" aria-labelledby="contract-title">
    <h2 id="contract-title">${t("Contract")}</h2>
    <dl class="fact-list">
      <div><dt>${t("You pay")}</dt><dd>${one.limit_micros ? t("afterwards, up to {money}", { money: formatMoney(one.limit_micros, one.currency) }) : t("in advance")}</dd></div>
      <div><dt>${t("Rate card")}</dt><dd>${one.cards.map((turn) => html`<div>${t("{card} from {day}", { card: turn.card, day: formatDate(turn.from) })}</div>`)}</dd></div>
      <div><dt>${t("Currency, clocks")}</dt><dd>${one.currency}, ${one.time_zone}</dd></div>
      <div><dt>${t("Days to pay")}</dt><dd>${one.legal?.legal.due_days ?? 14}</dd></div>
    </dl>
    <details><summary>${t("Legal data and language of invoices")}</summary><${Legal} one=${one} load=${load} /></details>
    <details><summary>${t("Direct debits")}</summary><${Mandates} all=${found.mandates} done=${() => { load(); changed(); }} /></details>
  </section>`;
}

/** @param {{ one: import("./api.js").Agreed, load: () => Promise<void> }} props */
function Legal({ one, load }) {
  const save = async (/** @type {any} */ legal) => {
    const after = await api.askLegal({ legal: { due_days: 14, ...legal } });
    toast(after.wish ? t("Asked for. The operator looks at it.") : t("Saved."));
    await load();
  };
  return html`
    ${one.wish && html`<p class="banner info"><${Icon} name="clock" />${t("What you asked for on {day} waits for the operator.", { day: formatDate(one.wish.at) })}</p>`}
    <p class="quiet">${t("Address, e-mail, contact, reference and language change at once; name, country, VAT id and kind of customer once the operator agrees.")}</p>
    <${DocumentForm} id="own-legal" fields=${buyerFields(false)} document=${{ company: true, language: "de", ...one.legal?.legal, ...one.wish?.legal }} save=${save} button=${t("Save")} />`;
}

/** @param {{ all: import("./api.js").Mandate[], done: () => void }} props */
function Mandates({ all, done }) {
  const end = (/** @type {string} */ id) =>
    api.endMandate(id).then(done, () => toast(t("This did not work. Please try again.")));
  const sign = async (/** @type {any} */ given) => {
    await api.signMandate(given);
    toast(t("Kept."));
    done();
  };
  return html`<ul class="stack">
      ${all.map(
        (held) => html`<li key=${held.id} class="card-head">
          <span><strong>${held.reference}</strong><br />${held.holder} · ${held.iban} · ${t("signed on {day}", { day: formatDate(`${held.signed_on}T12:00:00Z`) })}</span>
          ${held.usable ? html`<button type="button" class="button" onClick=${() => end(held.id)}>${t("Take back")}<span class="unseen"> ${held.reference}</span></button>` : html`<span class="quiet">${t("over")}</span>`}
        </li>`,
      )}
    </ul>
    <p class="quiet">${t("With a mandate top-ups can be collected from your account, by themselves if you wish so.")}</p>
    <${DocumentForm} key=${all.length} id="own-mandate" fields=${mandateFields()} document=${{ scheme: "CORE" }} save=${sign} button=${t("Give this mandate")} />`;
}
