// @ts-check
/** One contract: its terms, by which cards when, legal data, mandates and top-ups by themselves, and how it came to be so. */
import { AmountField, amountWish, microsOf } from "/static/amount.js";
import { html, useSignal } from "/static/html.js";
import { DocumentForm, buyerFields, mandateFields, sellerFields } from "/static/legal_form.js";
import { monthFrom } from "/static/months.js";
import { formatDate, formatDateTime, formatMoney, t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Fetched, Table } from "./money_parts.js";
import { changeWord, fieldWord, monthDocumentWord, stageWord, taxWord, whyNot } from "./money_words.js";

/** @typedef {import("./api.js").Agreed} Agreed */
/** @typedef {{ one: Agreed, change: (after: Promise<any>, said: string) => Promise<void> }} Part */

/** @param {{ company: string, back: () => void }} props */
export function Contract({ company, back }) {
  return html`<p><button type="button" class="button" onClick=${back}><${Icon} name="arrow-left" />${t("All contracts")}</button></p>
    <${Fetched} wanted=${company} fetch=${() => api.contract(company)}>
      ${(/** @type {Agreed} */ one, /** @type {() => Promise<any>} */ load) => {
        const change = async (/** @type {Promise<any>} */ after, /** @type {string} */ said) => {
          await after;
          await load();
          toast(said);
        };
        const part = { one, change };
        return html`<div class="stack contract">
          <h2>${one.name}</h2>
          <${Terms} ...${part} /><${Cards} ...${part} /><${Partners} ...${part} /><${Legal} ...${part} /><${Mandates} ...${part} /><${History} one=${one} />
        </div>`;
      }}
    </${Fetched}>`;
}

/** @param {Part} part */
function Terms({ one, change }) {
  const open = useSignal(false);
  const money = (/** @type {number} */ micros) => formatMoney(micros, one.currency);
  return html`<section class="card stack" aria-labelledby="terms-title">
    <div class="card-head"><h3 id="terms-title">${t("Terms")}</h3>
      <button type="button" class="button" onClick=${() => (open.value = true)}><${Icon} name="square-pen" />${t("Change the limit")}</button></div>
    <dl class="fact-list">
      <div><dt>${t("Pays")}</dt><dd>${one.limit_micros ? t("afterwards, up to {money}", { money: money(one.limit_micros) }) : t("in advance")} <span class="quiet">${stageWord(one.stage)}</span></dd></div>
      <div><dt>${t("Document of a month paid ahead")}</dt><dd>${monthDocumentWord(one.month_document)} <${Choice} one=${one} change=${change} /></dd></div>
      <div><dt>${t("Balance")}</dt><dd>${money(one.balance_micros)}, ${t("{money} of it reserved", { money: money(one.held_micros) })}</dd></div>
      <div><dt>${t("Rate card")}</dt><dd>${t("{card}, version {version}", one)}</dd></div>
      <div><dt>${t("Tax")}</dt><dd>${taxWord(one.tax)}</dd></div>
      <div><dt>${t("Currency, clocks")}</dt><dd>${one.currency}, ${one.time_zone} <span class="quiet">${t("both for good")}</span></dd></div>
      <div><dt>${t("When the balance cannot be asked")}</dt><dd>${t("nothing goes out")}</dd></div>
      <div><dt>${t("Since")}</dt><dd>${formatDate(one.since)}</dd></div>
    </dl>
    ${open.value && html`<${Limit} one=${one} change=${change} close=${() => (open.value = false)} />`}
  </section>`;
}

/** Whether a month paid ahead gets a statement or a final invoice; what each means is said before it is chosen. @param {Part} part */
function Choice({ one, change }) {
  const open = useSignal(false);
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const chosen = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("month_document"));
    try {
      await change(api.setMonthDocument(one.company, chosen), t("Saved."));
      open.value = false;
    } catch (error) {
      wrong.value = whyNot(error);
    }
  };
  return html`<button type="button" class="link" onClick=${() => (open.value = true)}>${t("Change the document")}</button>
    ${
      open.value &&
      html`<${Dialog} title=${t("Document of a month paid ahead")} onClose=${() => (open.value = false)} footer=${html`
        <button type="button" class="button" onClick=${() => (open.value = false)}>${t("Cancel")}</button>
        <button type="submit" form="document-form" class="button primary">${t("Save")}</button>`}>
        <form id="document-form" class="stack" onSubmit=${send}>
          ${Object.entries(MONTH_DOCUMENTS).map(
            ([name, told]) => html`<div key=${name} class="stack">
              <label class="choice"><input type="radio" name="month_document" value=${name} defaultChecked=${name === one.month_document} aria-describedby=${`document-${name}`} />${monthDocumentWord(name)}</label>
              <p id=${`document-${name}`} class="quiet">${told()}</p>
            </div>`,
          )}
          <p>${t("It holds for all months that have no document yet; what was issued stays.")} ${one.limit_micros ? t("This company pays afterwards and gets an invoice either way; the choice matters once it pays in advance.") : ""}</p>
          <p class="quiet">${t("Which one is right is for a tax adviser to say.")}</p>
          <p class="field-error" role="alert">${wrong.value}</p>
        </form>
      </${Dialog}>`
    }`;
}

/** What each document of a month means for the company. @type {Record<string, () => string>} */
const MONTH_DOCUMENTS = {
  statement: () => t("Shows what was used and is no invoice: the advance invoices of its top-ups are its invoices."),
  final: () => t("An invoice over the whole month that takes the advance invoices off (§ 14 (5) UStG). What no advance covers is to be paid; while a top-up has no advance invoice yet, the month waits."),
};

/** @param {Part & { close: () => void }} props */
function Limit({ one, change, close }) {
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const micros = microsOf(String(given.get("limit") ?? ""));
    const note = String(given.get("note") ?? "").trim();
    if (micros === null) {
      wrong.value = amountWish();
      return;
    }
    if (micros > one.limit_micros && !note) {
      wrong.value = t("More credit needs a reason, and a second person.");
      return;
    }
    try {
      if (micros > one.limit_micros) {
        await api.proposeBooking({ company: one.company, sort: "limit", amount_micros: micros, note });
        toast(t("Proposed. Somebody else must sign it."));
      } else await change(api.setLimit(one.company, micros), t("Saved."));
      close();
    } catch (error) {
      wrong.value = whyNot(error);
    }
  };
  return html`<${Dialog} title=${t("Change the limit")} onClose=${close} footer=${html`
    <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="submit" form="limit-form" class="button primary">${t("Save")}</button>`}>
    <form id="limit-form" class="stack" onSubmit=${send} novalidate>
      <${AmountField} id="limit-amount" name="limit" label=${t("How much may be owed")} currency=${one.currency} value=${one.limit_micros} hint=${t("0: it pays in advance. Less is so at once, more needs a second person.")} />
      <div class="field"><label for="limit-note">${t("Why")}</label><input id="limit-note" name="note" class="input" maxlength="500" autocomplete="off" /></div>
      <p class="field-error" role="alert">${wrong.value}</p>
    </form>
  </${Dialog}>`;
}

/** @param {Part} part */
function Cards({ one, change }) {
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    try {
      await change(api.assignCard(one.company, { card: given.get("card"), month: given.get("month") }), t("Saved."));
    } catch (error) {
      wrong.value = whyNot(error);
    }
  };
  const day = (/** @type {string | null} */ at) => (at ? formatDate(at) : "–");
  const columns = [
    { word: t("Rate card"), of: (/** @type {Agreed["cards"][0]} */ turn) => turn.card },
    { word: t("From"), of: (/** @type {Agreed["cards"][0]} */ turn) => day(turn.from) },
    { word: t("To"), of: (/** @type {Agreed["cards"][0]} */ turn) => day(turn.to) },
    { word: t("Who"), of: (/** @type {Agreed["cards"][0]} */ turn) => turn.by ?? t("at registration") },
  ];
  return html`<section class="card stack" aria-labelledby="turns-title">
    <h3 id="turns-title">${t("Rate cards of the contract")}</h3>
    <${Table} label=${t("Rate cards of the contract")} columns=${columns} rows=${one.cards} name=${(/** @type {Agreed["cards"][0]} */ turn) => turn.from} />
    <${Fetched} wanted="cards" fetch=${api.cards}>
      ${(/** @type {{ rate_cards: import("./api.js").Card[] }} */ told) => html`<form class="search-form" onSubmit=${send}>
        <div class="field"><label for="turn-card">${t("Another card")}</label>
          <select id="turn-card" name="card" class="input">${[...new Set(told.rate_cards.filter((card) => card.currency === one.currency).map((card) => card.card))].map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select></div>
        <div class="field"><label for="turn-month">${t("From the first of")}</label>
          <input id="turn-month" name="month" class="input" type="month" min=${monthFrom(1)} defaultValue=${monthFrom(1)} required /></div>
        <button type="submit" class="button">${t("Assign")}</button>
      </form>`}
    </${Fetched}>
    <p class="field-error" role="alert">${wrong.value}</p>
  </section>`;
}

/** @param {Part} part */
function Partners({ one, change }) {
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const partner = String(given.get("partner") ?? "").trim() || null;
    try {
      await change(api.moveClient(one.company, { partner, month: given.get("month") }), t("Saved."));
    } catch (error) {
      wrong.value = whyNot(error);
    }
  };
  /** @typedef {Agreed["partners"][0]} Turn */
  const day = (/** @type {string | null} */ at) => (at ? formatDate(at) : "–");
  const columns = [
    { word: t("Sells to it"), of: (/** @type {Turn} */ turn) => turn.name ?? t("the operator") },
    { word: t("From"), of: (/** @type {Turn} */ turn) => day(turn.from) },
    { word: t("To"), of: (/** @type {Turn} */ turn) => day(turn.to) },
  ];
  return html`<section class="card stack" aria-labelledby="partners-title">
    <h3 id="partners-title">${t("Whose client it is")}</h3>
    <${Table} label=${t("Whose client it is")} columns=${columns} rows=${one.partners} name=${(/** @type {Turn} */ turn) => turn.from} />
    <form class="search-form" onSubmit=${send}>
      <div class="field"><label for="move-partner">${t("Partner’s id; empty: the operator")}</label>
        <input id="move-partner" name="partner" class="input" inputmode="numeric" autocomplete="off" /></div>
      <div class="field"><label for="move-month">${t("From the first of")}</label>
        <input id="move-month" name="month" class="input" type="month" min=${monthFrom(1)} defaultValue=${monthFrom(1)} required /></div>
      <button type="submit" class="button">${t("Move")}</button>
    </form>
    <p class="field-error" role="alert">${wrong.value}</p>
  </section>`;
}

/** @param {Part} part */
function Legal({ one, change }) {
  const kept = one.legal;
  const confirmed = kept?.vat_checked_at ? { vat_checked_at: kept.vat_checked_at, vat_proof: kept.vat_proof } : {};
  const save = (/** @type {any} */ { vat_checked_on, vat_proof, ...legal }) => {
    const same = legal.vat_id === kept?.legal.vat_id;
    const answer = vat_checked_on ? { vat_checked_at: `${vat_checked_on}T12:00:00+00:00`, vat_proof: vat_proof ?? "" } : same ? confirmed : {};
    return change(api.setLegal(one.company, { legal, ...answer }), t("Saved."));
  };
  const fields = [
    ...buyerFields(true),
    { path: "vat_checked_on", label: t("VAT id confirmed on"), type: /** @type {"date"} */ ("date"), hint: t("By the authorities, asked by hand") },
    { path: "vat_proof", label: t("Their answer"), max: 200 },
  ];
  const shown = { company: true, language: "de", due_days: 14, ...kept?.legal, vat_checked_on: kept?.vat_checked_at?.slice(0, 10), vat_proof: kept?.vat_proof };
  return html`<section class="card stack" aria-labelledby="legal-title">
    <h3 id="legal-title">${t("Legal data")}</h3>
    ${one.wish && html`<${Wish} one=${one} change=${change} />`}
    <p class="quiet">${kept ? t("Version {version}, by {who}. What was issued keeps what it was issued with.", { version: kept.version, who: kept.set_by }) : t("Not set yet: no invoice can be written.")}</p>
    <${DocumentForm} id="legal" fields=${fields} document=${shown} save=${save} button=${t("Save legal data")} />
  </section>`;
}

/** @param {Pick<Part, "one" | "change">} props */
function Wish({ one, change }) {
  const wish = /** @type {NonNullable<Agreed["wish"]>} */ (one.wish);
  const decide = (/** @type {boolean} */ accept) =>
    change(api.decideLegal(one.company, accept), accept ? t("Accepted.") : t("Declined.")).catch((error) => toast(whyNot(error)));
  return html`<div class="banner warning"><${Icon} name="clock" /><div class="stack">
    <p>${t("{who} asks for this:", { who: wish.by })}</p>
    <ul>${wish.changes.map((told) => html`<li key=${told.field}>${fieldWord(told.field)}: ${told.was || "–"} → ${told.becomes || "–"}</li>`)}</ul>
    <p class="buttons"><button type="button" class="button primary" onClick=${() => decide(true)}>${t("Accept")}</button>
      <button type="button" class="button" onClick=${() => decide(false)}>${t("Decline")}</button></p>
  </div></div>`;
}

/** @param {Part} part */
function Mandates({ one, change }) {
  const end = (/** @type {Agreed["mandates"][0]} */ mandate) =>
    change(api.endMandate(one.company, mandate.id), t("Taken back.")).catch((error) => toast(whyNot(error)));
  const auto = one.plan.auto_top_up;
  const money = (/** @type {number} */ micros) => formatMoney(micros, one.currency);
  const columns = [
    { word: t("Reference"), of: (/** @type {Agreed["mandates"][0]} */ held) => held.reference },
    { word: t("Holder"), of: (/** @type {Agreed["mandates"][0]} */ held) => html`${held.holder}<span class="below quiet">${held.iban} · ${held.scheme}</span>` },
    { word: t("Signed on"), of: (/** @type {Agreed["mandates"][0]} */ held) => formatDate(`${held.signed_on}T12:00:00Z`) },
    { word: t("Last collection"), of: (/** @type {Agreed["mandates"][0]} */ held) => (held.used_on ? formatDate(`${held.used_on}T12:00:00Z`) : "–") },
    { word: t("State"), of: (/** @type {Agreed["mandates"][0]} */ held) => held.usable ? html`<button type="button" class="button" onClick=${() => end(held)}>${t("Take back")}<span class="unseen"> ${held.reference}</span></button>` : t("over") },
  ];
  return html`<section class="card stack" aria-labelledby="mandates-title">
    <h3 id="mandates-title">${t("Direct debits")}</h3>
    ${one.mandates.length === 0 ? html`<p class="quiet">${t("No mandate yet.")}</p>` : html`<${Table} label=${t("Mandates")} columns=${columns} rows=${one.mandates} name=${(/** @type {Agreed["mandates"][0]} */ held) => held.id} />`}
    <p>${auto ? t("Below {below}, {amount} are collected by themselves, at most {most} a month.", { below: money(auto.below_micros), amount: money(auto.net_micros), most: money(auto.month_max_micros) }) : t("No top-ups by themselves.")}</p>
    <details><summary>${t("A new mandate")}</summary>
      <${DocumentForm} key=${one.mandates.length} id="mandate" fields=${mandateFields()} document=${{ scheme: "CORE" }} save=${(/** @type {any} */ given) => change(api.signMandate(one.company, given), t("Kept."))} button=${t("Keep the mandate")} />
    </details>
  </section>`;
}

/** @param {{ one: Agreed }} props */
const History = ({ one }) => html`<section class="card stack" aria-labelledby="history-title">
  <h3 id="history-title">${t("What was changed")}</h3>
  ${one.history.length === 0 && html`<p class="quiet">${t("Nothing yet.")}</p>`}
  <ol class="history stack">
    ${one.history.map((told, place) => html`<li key=${place}>
      <span>${changeWord(told, one.currency)}</span>
      <span class="quiet">${told.who} · <time dateTime=${told.at}>${formatDateTime(told.at)}</time></span>
    </li>`)}
  </ol>
</section>`;

/** The operator's own legal data. */
export const OwnLegal = () => html`<section class="card stack" aria-labelledby="own-title">
  <h2 id="own-title">${t("Our legal data")}</h2>
  <p class="quiet">${t("It stands on every document that is issued from now on.")}</p>
  <${Fetched} wanted="own" fetch=${api.ownLegal}>
    ${(/** @type {{ legal: any }} */ told, /** @type {() => void} */ again) =>
      html`<${DocumentForm} id="own" fields=${sellerFields()} document=${told.legal ?? { outside: "O" }} button=${t("Save legal data")} save=${async (/** @type {any} */ legal) => {
        await api.setOwnLegal(legal);
        toast(t("Saved."));
        again();
      }} />`}
  </${Fetched}>
</section>`;
