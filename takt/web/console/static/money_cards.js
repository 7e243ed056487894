// @ts-check
/** Rate cards: their versions with their documents; a new one shows what it would change before it is published. */
import { html, useSignal } from "/static/html.js";
import { monthFrom, monthWords } from "/static/months.js";
import { formatDateTime, formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Fetched, Table, fault } from "./money_parts.js";

/** @typedef {import("./api.js").Card} Card */
/** @typedef {import("./api.js").Effects} Effects */

const HASH_CHARS = 12;
const MONTHS_BACK = 12;

export function Cards() {
  const rounds = useSignal(0);
  return html`<${Fetched} wanted=${String(rounds.value)} fetch=${api.cards}>
    ${(/** @type {{ rate_cards: Card[] }} */ told) => html`
      <section aria-labelledby="versions-title">
        <h2 id="versions-title">${t("Versions")}</h2>
        <ul class="versions">${told.rate_cards.map((one) => html`<li key=${`${one.card} ${one.version}`}><${Version} one=${one} /></li>`)}</ul>
      </section>
      <${New} cards=${told.rate_cards} done=${() => (rounds.value += 1)} />
    `}
  </${Fetched}>`;
}

/** @param {string} card @param {number} version @returns {Promise<any>} */
async function documentOf(card, version) {
  const found = (await api.card(card)).rate_cards.find((/** @type {Card} */ one) => one.version === version);
  return "card" in found.document ? found.document : { card: found.card, currency: found.currency, ...found.document };
}

/** @param {{ one: Card }} props */
function Version({ one }) {
  const told = useSignal("");
  const open = () => {
    if (told.value) return;
    documentOf(one.card, one.version).then(
      (found) => (told.value = JSON.stringify(found, null, 2)),
      () => toast(t("It could not be loaded.")),
    );
  };
  return html`<details onToggle=${open}>
    <summary>
      <span><strong>${t("{card}, version {version}", one)}</strong> <span class="quiet">${one.currency}</span></span>
      <span class="quiet">${one.valid.to ? t("{from} to {to}", { from: formatDateTime(one.valid.from), to: formatDateTime(one.valid.to) }) : t("from {from} on", { from: formatDateTime(one.valid.from) })}</span>
    </summary>
    <p class="quiet">${t("Published {at}", { at: formatDateTime(one.published_at) })} · <span class="mono" title=${one.sha256}>${one.sha256.slice(0, HASH_CHARS)}…</span></p>
    ${told.value && html`<pre class="document" tabindex="0">${told.value}</pre>`}
  </details>`;
}

/** @param {{ cards: Card[], done: () => void }} props */
function New({ cards, done }) {
  const text = useSignal("");
  const month = useSignal(monthFrom(-1));
  const effects = useSignal(/** @type {{ of: string, told: Effects } | null} */ (null));
  const wrong = useSignal("");
  const busy = useSignal(false);
  const shown = effects.value?.of === text.value ? effects.value.told : null;

  const begin = (/** @type {Event} */ event) => {
    const [card, version] = /** @type {HTMLSelectElement} */ (event.currentTarget).value.split("@");
    if (card) documentOf(card, Number(version)).then((found) => (text.value = JSON.stringify(found, null, 2)), () => toast(t("It could not be loaded.")));
  };
  const carryOut = async (/** @type {(document: any) => Promise<void>} */ act) => {
    if (busy.value) return;
    wrong.value = "";
    busy.value = true;
    try {
      await act(JSON.parse(text.value));
    } catch (error) {
      wrong.value = error instanceof SyntaxError ? t("This is no JSON: {fault}", { fault: error.message }) : fault(error);
    }
    busy.value = false;
  };
  const look = () =>
    carryOut(async (document) => {
      const of = text.value;
      effects.value = { of, told: await api.effect({ document, month: month.value }) };
    });
  const publish = () =>
    carryOut(async (document) => {
      const told = await api.publishCard(document);
      toast(told.new ? t("{card}, version {version} is published.", told) : t("It was published already."));
      text.value = "";
      done();
    });
  return html`<section class="new-card" aria-labelledby="new-card-title">
    <h2 id="new-card-title">${t("A new version")}</h2>
    <p class="quiet">${t("What it would have changed is looked at first; then it can be published.")}</p>
    <div class="search-form">
      <div class="field">
        <label for="card-from">${t("Begin with")}</label>
        <select id="card-from" class="input" onChange=${begin}>
          <option value="">${t("an empty document")}</option>
          ${cards.map((one) => html`<option key=${`${one.card}@${one.version}`} value=${`${one.card}@${one.version}`}>${t("{card}, version {version}", one)}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="card-month">${t("Compared with")}</label>
        <select id="card-month" class="input" onChange=${(/** @type {any} */ event) => { month.value = event.currentTarget.value; effects.value = null; }}>
          ${[...Array(MONTHS_BACK).keys()].map((back) => monthFrom(-back)).map((one) => html`<option key=${one} value=${one} selected=${one === month.value}>${monthWords(one)}</option>`)}
        </select>
      </div>
    </div>
    <div class="field">
      <label for="card-document">${t("Document of the rate card (JSON)")}</label>
      <textarea
        id="card-document"
        class="input mono"
        rows="12"
        spellcheck=${false}
        aria-invalid=${wrong.value ? "true" : undefined}
        aria-describedby="card-wrong"
        value=${text.value}
        onInput=${(/** @type {any} */ event) => (text.value = event.currentTarget.value)}
      ></textarea>
      <p id="card-wrong" class="field-error" role="alert">${wrong.value}</p>
    </div>
    <p class="buttons">
      <button type="button" class="button" disabled=${!text.value.trim() || busy.value} onClick=${look}><${Icon} name="scale" />${busy.value ? t("Computing …") : t("What would change")}</button>
      <button type="button" class="button primary" disabled=${!shown || busy.value} onClick=${publish}><${Icon} name="check" />${t("Publish")}</button>
    </p>
    <div role="status">${shown && html`<${Effect} told=${shown} />`}</div>
  </section>`;
}

/** @typedef {Effects["companies"][number]} Company */

/** Paid more is a rise for the company, said by sign and icon, not by colour alone. @param {{ one: Company }} props */
function Change({ one }) {
  if (one.more_micros === null) return html`<span class="quiet">${t("another currency")}</span>`;
  if (one.more_micros === 0) return html`<span class="chip"><${Icon} name="minus" />${t("the same")}</span>`;
  const more = one.more_micros > 0;
  const money = formatMoney(Math.abs(one.more_micros), one.currency);
  return html`<span class=${`chip ${more ? "warning" : "success"}`}><${Icon} name=${more ? "arrow-up" : "arrow-down"} />${more ? t("{money} more", { money }) : t("{money} less", { money })}</span>`;
}

/** @type {() => import("./money_parts.js").Column<Company>[]} */
const columns = () => [
  { word: t("Company"), of: (one) => one.name },
  { word: t("Messages"), end: true, of: (one) => formatNumber(one.units) },
  { word: t("Paid"), end: true, of: (one) => formatMoney(one.before.micros, one.currency) },
  { word: t("By this card"), end: true, of: (one) => (one.after ? formatMoney(one.after.micros, one.currency) : "–") },
  { word: t("Difference"), end: true, of: (one) => html`<${Change} one=${one} />` },
];

/** @param {{ told: Effects }} props */
const Effect = ({ told }) => html`
  <h3>${t("{month} by this card", { month: monthWords(told.month) })}</h3>
  ${told.companies.length === 0 && html`<p>${t("Nothing was used in this month.")}</p>`}
  ${told.sums.map(
    (one) => html`<p key=${one.currency}>
      ${t("{after} instead of {before}.", { after: formatMoney(one.after_micros, one.currency), before: formatMoney(one.before_micros, one.currency) })}
      ${" "}${tn("{n} company pays more,", "{n} companies pay more,", one.more)} ${tn("{n} less,", "{n} less,", one.less)} ${tn("{n} the same.", "{n} the same.", one.same)}
    </p>`,
  )}
  ${told.companies.length > 0 && html`<${Table} label=${t("Who pays more or less")} columns=${columns()} rows=${told.companies} name=${(/** @type {Company} */ one) => one.company} />`}
`;
