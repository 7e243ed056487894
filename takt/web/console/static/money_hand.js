// @ts-check
/** Bookings by hand: one person proposes, another one signs, and that books it. */
import { AmountField, amountWish, microsOf } from "/static/amount.js";
import { html, useSignal } from "/static/html.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Empty, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Chip } from "./money_contracts.js";
import { CompanyField, Fetched, Table } from "./money_parts.js";
import { BOOKING_STATES, SORTS, sortWord, whyNot } from "./money_words.js";

/** @typedef {import("./api.js").Booking} Booking */

const NOTE_CHARS_MAX = 500;
/** What is given back is named, and its amount is what that was. */
const OF = /** @type {Record<string, string | undefined>} */ ({ refund: "message", reversal: "entry" });

export function ByHand() {
  const rounds = useSignal(0);
  const again = () => (rounds.value += 1);
  return html`
    <${Propose} done=${again} />
    <${Fetched} wanted=${String(rounds.value)} fetch=${api.bookings}>
      ${(/** @type {{ data: Booking[] }} */ told) =>
        told.data.length === 0
          ? html`<${Empty} icon="square-pen" title=${t("Nothing was booked by hand")} text=${t("Most bookings make themselves.")} />`
          : html`<${Table} label=${t("Bookings by hand")} columns=${columns(again)} rows=${told.data} name=${(/** @type {Booking} */ one) => one.id} />`}
    </${Fetched}>
  `;
}

/** @param {() => void} again @returns {import("./money_parts.js").Column<Booking>[]} */
const columns = (again) => [
  { word: t("What"), of: (one) => html`<strong>${sortWord(one.sort)}</strong><span class="below">${one.note}</span>` },
  { word: t("Company"), of: (one) => one.name },
  { word: t("State"), of: (one) => html`<${Chip} all=${BOOKING_STATES} state=${one.state} />` },
  { word: t("Amount"), end: true, of: (one) => html`<strong>${formatMoney(one.amount_micros, one.currency)}</strong>` },
  { word: t("Proposed"), of: (one) => html`${one.proposed_by}<span class="below quiet"><time dateTime=${one.proposed_at}>${formatDateTime(one.proposed_at)}</time></span>` },
  { word: t("Second person"), of: (one) => html`<${Second} one=${one} again=${again} />` },
];

/** @param {{ one: Booking, again: () => void }} props */
function Second({ one, again }) {
  if (one.state !== "proposed") return one.signed_by ?? "–";
  const act = async (/** @type {"sign" | "withdraw"} */ what) => {
    try {
      await api.actOnBooking(one.id, what);
      toast(what === "sign" ? t("Signed and booked.") : t("Withdrawn."));
    } catch (error) {
      toast(whyNot(error));
    }
    again();
  };
  const of = html`<span class="unseen"> ${sortWord(one.sort)}, ${one.name}</span>`;
  return html`<span class="buttons">
    ${
      one.may_sign
        ? html`<button type="button" class="button primary" onClick=${() => act("sign")}><${Icon} name="check" />${t("Sign")}${of}</button>`
        : html`<span class="quiet">${t("Somebody else must sign.")}</span>`
    }
    <button type="button" class="button" onClick=${() => act("withdraw")}>${t("Withdraw")}${of}</button>
  </span>`;
}

/** @param {{ done: () => void }} props */
function Propose({ done }) {
  const wrong = useSignal({ amount: "", all: "" });
  const sort = useSignal(SORTS[0]);
  const busy = useSignal(false);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const given = Object.fromEntries(new FormData(form));
    const of = OF[String(given.sort)];
    const amount_micros = of ? null : microsOf(String(given.amount));
    wrong.value = { amount: of || amount_micros ? "" : amountWish(), all: "" };
    if (!given.company || !String(given.note).trim()) wrong.value = { ...wrong.value, all: t("Please choose a company and say why.") };
    if (wrong.value.amount || wrong.value.all || busy.value) return;
    busy.value = true;
    try {
      await api.proposeBooking({ company: given.company, sort: given.sort, ...(of ? { [of]: String(given.of).trim() } : { amount_micros }), note: String(given.note).trim() });
      form.reset();
      toast(t("Proposed. Somebody else must sign it."));
      done();
    } catch (error) {
      wrong.value = { amount: "", all: whyNot(error) };
    }
    busy.value = false;
  };
  return html`<section class="stack" aria-labelledby="propose-title">
    <h2 id="propose-title">${t("Propose a booking")}</h2>
    <p class="quiet">${t("It is booked once another person has signed it; no program can do either.")}</p>
    <form class="search-form" onSubmit=${send} novalidate>
      <${CompanyField} id="hand-company" none=${t("Please choose")} />
      <div class="field">
        <label for="hand-sort">${t("What")}</label>
        <select id="hand-sort" name="sort" class="input" onChange=${(/** @type {any} */ event) => (sort.value = event.currentTarget.value)}>${SORTS.map((one) => html`<option key=${one} value=${one}>${sortWord(one)}</option>`)}</select>
      </div>
      ${
        OF[sort.value]
          ? html`<div class="field wide"><label for="hand-of">${sort.value === "refund" ? t("Id of the message") : t("Id of the entry")}</label>
              <input id="hand-of" name="of" class="input mono" maxlength="256" autocomplete="off" /></div>`
          : html`<${AmountField} id="hand-amount" name="amount" label=${t("Amount, net")} currency=${t("currency of the contract")} wrong=${wrong.value.amount} />`
      }
      <div class="field wide">
        <label for="hand-note">${t("Why")}</label>
        <input id="hand-note" name="note" class="input" maxlength=${NOTE_CHARS_MAX} autocomplete="off" />
      </div>
      <button type="submit" class="button primary" aria-disabled=${busy.value}>${t("Propose")}</button>
    </form>
    <p class="field-error" role="alert">${wrong.value.all}</p>
  </section>`;
}
