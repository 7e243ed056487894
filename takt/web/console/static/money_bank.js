// @ts-check
/** The bank: the operator's account, statements that are brought in, and orders to collect that are taken there. */
import { html, useSignal } from "/static/html.js";
import { formatDateTime, formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Empty, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Fetched, Table, fault } from "./money_parts.js";
import { whyNot } from "./money_words.js";

/** @typedef {import("./api.js").OwnAccount} OwnAccount */
/** @typedef {import("./api.js").Imported} Imported */
/** @typedef {import("./api.js").Collection} Collection */

/** Nobody is asked to send more than the server takes. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;
const EUR = "EUR"; // direct debits are SEPA's

export const Bank = () => html`<${Statements} /><${Collections} /><${Account} />`;

function Statements() {
  const rounds = useSignal(0);
  const busy = useSignal(false);
  const wrong = useSignal("");
  const report = useSignal(/** @type {import("./api.js").Report | null} */ (null));
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files?.[0];
    if (!file || busy.value) {
      if (!file) wrong.value = t("Please choose a file.");
      return;
    }
    wrong.value = "";
    report.value = null;
    if (file.size > FILE_BYTES_MAX) {
      wrong.value = t("The file is too large: at most 32 MiB at once.");
      return;
    }
    busy.value = true;
    try {
      report.value = await api.importStatements(file);
      form.reset();
      rounds.value += 1;
    } catch (error) {
      wrong.value = fault(error);
    }
    busy.value = false;
  };
  return html`<section class="stack" aria-labelledby="statements-title">
    <h2 id="statements-title">${t("Statements")}</h2>
    <form class="search-form" onSubmit=${send}>
      <div class="field wide">
        <label for="statement-file">${t("File of the bank (camt.053)")}</label>
        <input id="statement-file" name="file" type="file" class="input" accept=".xml,application/xml,text/xml" aria-describedby="statement-wrong" />
      </div>
      <button type="submit" class="button primary" aria-disabled=${busy.value}><${Icon} name="plus" />${busy.value ? t("Reading …") : t("Bring in")}</button>
    </form>
    <p id="statement-wrong" class="field-error" role="alert">${wrong.value}</p>
    <div role="status">${report.value && html`<${Told} report=${report.value} />`}</div>
    <${Fetched} wanted=${String(rounds.value)} fetch=${api.statements}>
      ${(/** @type {{ data: Imported[] }} */ told) =>
        told.data.length === 0
          ? html`<p class="quiet">${t("None yet.")}</p>`
          : html`<${Table} label=${t("Statements")} columns=${statementColumns()} rows=${told.data} name=${(/** @type {Imported} */ one, /** @type {number} */ place) => `${one.ident} ${place}`} />`}
    </${Fetched}>
  </section>`;
}

/** @param {{ report: import("./api.js").Report }} props */
const Told = ({ report }) => html`
  <p class="banner info"><${Icon} name="info" /><span>
    ${tn("{n} statement taken in.", "{n} statements taken in.", report.statements)}
    ${" "}${t("{booked} booked, {suspense} to be clarified, {known} known before.", { booked: formatNumber(report.booked), suspense: formatNumber(report.suspense), known: formatNumber(report.known_before) })}
    ${report.imported_before > 0 && ` ${tn("{n} was here before and changed nothing.", "{n} were here before and changed nothing.", report.imported_before)}`}
  </span></p>
  ${report.not_balanced.length > 0 && html`<p class="banner danger"><${Icon} name="triangle-alert" />${t("Not taken, since opening balance and transactions do not lead to the closing balance: {names}", { names: report.not_balanced.join(", ") })}</p>`}
  ${report.other_accounts.length > 0 && html`<p class="banner warning"><${Icon} name="triangle-alert" />${t("Not taken, since it is not our account: {names}", { names: report.other_accounts.join(", ") })}</p>`}
`;

/** @type {() => import("./money_parts.js").Column<Imported>[]} */
const statementColumns = () => [
  { word: t("Bank statement"), of: (one) => html`<strong>${one.ident}</strong><span class="below quiet mono">${one.iban}</span>` },
  { word: t("Transactions"), end: true, of: (one) => html`${formatNumber(one.transactions)}<span class="below quiet">${t("{n} new", { n: formatNumber(one.fresh) })}</span>` },
  { word: t("Closing balance"), end: true, of: (one) => (one.closing_micros === null ? "–" : formatMoney(one.closing_micros, one.currency)) },
  { word: t("Brought in"), of: (one) => html`<time dateTime=${one.imported_at}>${formatDateTime(one.imported_at)}</time><span class="below quiet">${one.imported_by}</span>` },
];

function Collections() {
  const rounds = useSignal(0);
  const collect = async () => {
    try {
      const { data } = await api.collect();
      toast(data.length ? tn("{n} order made: take it to the bank.", "{n} orders made: take them to the bank.", data.length) : t("Nothing is due within five bank days."));
      rounds.value += 1;
    } catch (error) {
      toast(whyNot(error));
    }
  };
  return html`<section class="stack" aria-labelledby="collections-title">
    <div class="month-line">
      <h2 id="collections-title">${t("Direct debits")}</h2>
      <button type="button" class="button" onClick=${collect}><${Icon} name="file-text" />${t("Make orders of what is due")}</button>
    </div>
    <${Fetched} wanted=${String(rounds.value)} fetch=${api.collections}>
      ${(/** @type {{ data: Collection[] }} */ told) =>
        told.data.length === 0
          ? html`<p class="quiet">${t("No order yet.")}</p>`
          : html`<${Table} label=${t("Orders to collect")} columns=${orderColumns()} rows=${told.data} name=${(/** @type {Collection} */ one) => one.ident} />`}
    </${Fetched}>
  </section>`;
}

/** @type {() => import("./money_parts.js").Column<Collection>[]} */
const orderColumns = () => [
  { word: t("Order"), of: (one) => html`<strong class="mono">${one.ident}</strong><span class="below quiet">${one.scheme}</span>` },
  { word: t("Payments"), end: true, of: (one) => formatNumber(one.payments) },
  { word: t("Sum"), end: true, of: (one) => html`<strong>${formatMoney(one.sum_micros, EUR)}</strong>` },
  { word: t("Made"), of: (one) => html`<time dateTime=${one.made_at}>${formatDateTime(one.made_at)}</time><span class="below quiet">${one.made_by}</span>` },
  { word: t("Files"), of: (one) => html`<span class="files"><a href=${api.collectionAddress(one.ident)} download=${`${one.ident}.xml`} aria-label=${t("Download order {ident}", one)}><${Icon} name="download" />pain.008</a></span>` },
];

function Account() {
  const rounds = useSignal(0);
  return html`<section class="stack" aria-labelledby="account-title">
    <h2 id="account-title">${t("Our account")}</h2>
    <${Fetched} wanted=${String(rounds.value)} fetch=${api.ownAccount}>
      ${(/** @type {OwnAccount} */ told) => html`<${AccountForm} told=${told} done=${() => (rounds.value += 1)} />`}
    </${Fetched}>
  </section>`;
}

/** @param {{ told: OwnAccount, done: () => void }} props */
function AccountForm({ told, done }) {
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = [...new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))].filter(([, text]) => String(text).trim() !== "");
    try {
      await api.setOwnAccount(Object.fromEntries(given));
    } catch (error) {
      wrong.value = fault(error);
      return;
    }
    wrong.value = "";
    toast(t("Saved."));
    done();
  };
  const field = (/** @type {keyof OwnAccount} */ name, /** @type {string} */ label, /** @type {number} */ most, kind = "") => html`<div class=${`field ${kind}`}>
    <label for=${`own-${name}`}>${label}</label>
    <input id=${`own-${name}`} name=${name} class="input" maxlength=${most} defaultValue=${told[name] ?? ""} autocomplete="off" spellcheck=${false} />
  </div>`;
  return html`
    ${!told.iban && html`<${Empty} icon="building-2" title=${t("No account is named yet")} text=${t("Without one, nobody can pay by transfer or be collected from.")} />`}
    <form class="search-form" onSubmit=${send}>
      ${field("iban", "IBAN", 60, "wide")} ${field("holder", t("Holder"), 70)} ${field("bic", "BIC", 11)} ${field("creditor_id", t("Creditor identifier (for direct debits)"), 40)}
      <button type="submit" class="button">${t("Save")}</button>
    </form>
    <p class="field-error" role="alert">${wrong.value}</p>
  `;
}
