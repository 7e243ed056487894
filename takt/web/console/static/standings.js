// @ts-check
/** How companies stand: what is proposed against some, everybody's colour with its interval, and one company in full. */
import { Loading, Trouble } from "/static/door.js";
import { html, signal, useSignal } from "/static/html.js";
import { formatDateTime, formatNumber, t, tn } from "/static/text.js";
import { Dialog, Empty, Icon, Verified, toast } from "/static/ui.js";
import { api } from "./api.js";
import { trouble } from "./decide.js";
import { lookAgain } from "./numbers.js";
import * as state from "./state.js";
import { age } from "./words.js";

/** @typedef {import("./api.js").Judged} Judged */
/** @typedef {import("./api.js").Measure} Measure */

const NOTE_CHARS_MAX = 2000;

/** What is about to be decided. */
const asked = signal(/** @type {{ one: Measure, decision: "confirm" | "drop" | "lift" } | null} */ (null));

const COLOURS = () => /** @type {Record<string, string>} */ ({ GREEN: t("Good"), YELLOW: t("Unclear"), RED: t("Bad"), UNKNOWN: t("Unknown") });

/** @param {Measure} one */
const kindWord = (one) =>
  ({
    warning: t("Warning"),
    starting: tn("May not write first for {n} day", "May not write first for {n} days", one.days ?? 0),
    sending: tn("May not send for {n} day", "May not send for {n} days", one.days ?? 0),
    lock: t("Locked until it is lifted"),
  })[one.kind] ?? one.kind;

const stateWord = (/** @type {string} */ word) =>
  ({ proposed: t("proposed"), in_force: t("in force"), dropped: t("dropped"), lifted: t("lifted"), over: t("over") })[word] ?? word;

/** @param {number} share */
const percent = (share) => `${(share * 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 })} %`;

/** @param {Judged} judged */
const said = (judged) =>
  tn("{low} to {high} harm, {n} message, limit {limit}", "{low} to {high} harm, {n} messages, limit {limit}", Math.round(judged.messages), {
    low: percent(judged.low),
    high: percent(judged.high),
    limit: percent(judged.red_above),
  });

/** A colour with the interval it rests on; never the rate alone. @param {{ judged: Judged | null, quality?: string }} props */
const Colour = ({ judged, quality = judged?.quality ?? "UNKNOWN" }) =>
  html`<span class=${`chip ${{ GREEN: "success", YELLOW: "warning", RED: "danger" }[quality] ?? ""}`}>${COLOURS()[quality] ?? quality}</span>
    <span class="quiet tabular">
      ${judged ? said(judged) : t("nothing counted yet")}
    </span>`;

/** How many different people a company may write to first within a day. @param {number | null} people */
const reachWord = (people) =>
  people === null
    ? t("May write to as many people first as it likes.")
    : t("May write to {n} people first within 24 hours.", { n: formatNumber(people) });

export function Standings() {
  const named = state.open.value;
  const loaded = state.loaded.value.standings;
  let inside = named ? html`<${One} />` : html`<${All} />`;
  if (loaded === "loading") inside = html`<${Loading} label=${t("Loading …")} />`;
  else if (loaded === "error") inside = html`<${Trouble} text=${t("The list could not be loaded.")} retry=${state.look} />`;
  return html`<section class="page standings" aria-labelledby="page-title">
      <header class="pane-head">
        <h1 id="page-title" tabindex="-1">${named && state.stood.value ? state.stood.value.company.name : t("Standing")}</h1>
        ${named && html`<a class="button" href=${state.addressOf("standings")} onClick=${(/** @type {MouseEvent} */ event) => (event.preventDefault(), state.go("standings"))}>${t("All companies")}</a>`}
      </header>
      ${inside}
    </section>
    ${asked.value && html`<${Decide} ...${asked.value} />`}`;
}

function All() {
  const all = state.standings.value;
  const open = state.measures.value;
  return html`
    ${
      open.length > 0 &&
      html`<h2>${tn("{n} measure waits for you", "{n} measures wait for you", open.length)}</h2>
        <ul class="cards">${open.map((one) => html`<${MeasureCard} key=${one.measure} one=${one} />`)}</ul>`
    }
    ${all.length === 0 && html`<${Empty} icon="gauge" title=${t("No company yet")} text=${t("Companies appear here by themselves.")} />`}
    <h2>${t("Companies")}</h2>
    <ul class="cards">
      ${all.map(
        (one) => html`<li class="card" key=${one.waba}>
          <div>
            <h3>
              <a href=${state.addressOf("standings", one.waba)} onClick=${(/** @type {MouseEvent} */ event) => (event.preventDefault(), state.go("standings", one.waba))}>${one.name}</a>${one.verified && html` <${Verified} />`}
            </h3>
            <p><${Colour} judged=${one.standing} /></p>
            <p class="quiet">${reachWord(one.people_max)}${one.measure && html` · <strong>${t("restricted")}</strong>`}</p>
          </div>
        </li>`,
      )}
    </ul>`;
}

/** @param {{ one: Measure }} props */
const MeasureCard = ({ one }) =>
  html`<li class="card">
    <div>
      <h3>${one.company.name}: ${kindWord(one)}</h3>
      <p class="quiet">${stateWord(one.state)} · ${age(one.age_s)} · ${t("objections until {date}", { date: formatDateTime(one.objection_until) })}</p>
      ${one.figures.messages !== undefined && html`<p class="tabular">${said(/** @type {Judged} */ (one.figures))}</p>`}
      ${
        one.objection &&
        html`<blockquote class="said">${one.objection.text}</blockquote>
          ${one.objection.answer_due_at && html`<p class="quiet">${t("To be answered until {date}", { date: formatDateTime(one.objection.answer_due_at) })}</p>`}`
      }
      ${one.note && html`<p class="quiet">${one.decided_by}: ${one.note}</p>`}
    </div>
    <div class="buttons">
      ${
        one.state === "proposed" &&
        html`<button type="button" class="button danger" onClick=${() => (asked.value = { one, decision: "confirm" })}>${t("Confirm")}</button>
          <button type="button" class="button" onClick=${() => (asked.value = { one, decision: "drop" })}>${t("Drop")}</button>`
      }
      ${
        one.state === "in_force" &&
        html`${one.objection?.answer_due_at && html`<button type="button" class="button danger" onClick=${() => (asked.value = { one, decision: "confirm" })}>${t("Confirm")}</button>`}
          <button type="button" class="button" onClick=${() => (asked.value = { one, decision: "lift" })}>${t("Lift")}</button>`
      }
    </div>
  </li>`;

/** @param {{ one: Measure, decision: "confirm" | "drop" | "lift" }} props */
function Decide({ one, decision }) {
  const note = useSignal("");
  const wrong = useSignal("");
  const close = () => (asked.value = null);
  const titles = { confirm: t("Confirm this measure?"), drop: t("Drop this measure?"), lift: t("Lift this measure?") };
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      await api.decideMeasure(one.measure, { decision, note: note.value.trim() });
    } catch (error) {
      wrong.value = trouble(error);
      return;
    }
    close();
    toast(t("Done. The company is told."));
    await lookAgain();
  };
  const footer = html`<button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="submit" form="measure-form" class="button primary">${t("Decide")}</button>`;
  return html`<${Dialog} title=${titles[decision]} onClose=${close} footer=${footer}>
    <form id="measure-form" class="stack" onSubmit=${send}>
      <p>${one.company.name}: ${kindWord(one)}</p>
      <div class="field">
        <label for="measure-note">${t("Reason, for the record")}</label>
        <textarea id="measure-note" class="input" rows="3" maxlength=${NOTE_CHARS_MAX} value=${note.value} onInput=${(/** @type {any} */ event) => (note.value = event.target.value)} />
      </div>
      ${wrong.value && html`<p role="alert" class="banner danger"><${Icon} name="circle-alert" />${wrong.value}</p>`}
    </form>
  </${Dialog}>`;
}

function One() {
  const one = state.stood.value;
  if (one === null) return html`<${Loading} label=${t("Loading …")} />`;
  if (one === undefined) return html`<${Empty} icon="gauge" title=${t("There is no such company")} text=${t("It may have another number.")} />`;
  const { reach } = one;
  return html`
    <p><${Colour} judged=${one.standing} /></p>
    ${one.owner.waba !== one.company.waba && html`<p>${t("Owned by {name}: both stand together.", one.owner)}</p>`}
    <p>
      ${
        reach.people_max === null
          ? reachWord(null)
          : t("{n} of {max} people written to first within 24 hours", { n: formatNumber(reach.people ?? 0), max: formatNumber(reach.people_max) })
      }
      ${reach.cut_until && html` <strong>${t("Cut until {date}: templates were filed wrongly", { date: formatDateTime(reach.cut_until) })}</strong>`}
    </p>
    ${
      one.measures.length > 0 &&
      html`<h2>${t("Measures")}</h2>
        <ul class="cards">${one.measures.map((each) => html`<${MeasureCard} key=${each.measure} one=${each} />`)}</ul>`
    }
    <h2>${t("Numbers")}</h2>
    <ul class="cards">
      ${one.senders.map(
        (each) => html`<li class="card" key=${each.sender}>
          <div>
            <h3>${each.name}</h3>
            <p><${Colour} judged=${each.standing} quality=${each.quality} /></p>
            <p class="quiet tabular"><${Counts} of=${each.last_28_days} /></p>
          </div>
        </li>`,
      )}
    </ul>
    <${Domains} waba=${one.company.waba} domains=${one.domains} />
    <h2>${t("Templates in use")}</h2>
    <ul class="cards">
      ${one.templates.map(
        (each) => html`<li class="card" key=${each.template}>
          <div>
            <h3>${each.name} <span class="quiet mono">${each.language}</span></h3>
            <p><${Colour} judged=${each.standing} quality=${each.quality} /></p>
            <p class="quiet tabular">
              ${each.status} · ${t("{k} of {n} messages blocked or reported, pauses at {m}", { k: each.trial.against, n: each.trial.messages, m: each.trial.pauses_at })}
              ${each.pacing && html` · ${t("goes to {n} people first", { n: each.pacing.room })}`}
            </p>
          </div>
        </li>`,
      )}
    </ul>`;
}

/** Where the company's links lead. @param {{ waba: string, domains: string[] }} props */
function Domains({ waba, domains }) {
  const wrong = useSignal("");
  const carryOut = async (/** @type {() => Promise<unknown>} */ act) => {
    try {
      await act();
      wrong.value = "";
      await state.look();
    } catch (error) {
      wrong.value = trouble(error);
    }
  };
  const add = async (/** @type {any} */ event) => {
    event.preventDefault();
    const field = event.target.elements.domain;
    const said = field.value;
    await carryOut(() => api.addDomain(waba, said.trim()));
    if (!wrong.value && field.value === said) field.value = "";
    if (event.target.contains(document.activeElement)) field.focus();
  };
  return html`<h2>${t("Domains of its links")}</h2>
    <p class="quiet">${t("A link to any other domain counts beside what else the filter finds.")}</p>
    <ul class="cards" aria-label=${t("Domains of its links")}>
      ${domains.map(
        (domain) => html`<li class="card" key=${domain}>
          <span class="mono">${domain}</span>
          <div class="buttons">
            <button type="button" class="button" aria-label=${t("Remove {domain}", { domain })} onClick=${() => carryOut(() => api.dropDomain(waba, domain))}>${t("Remove")}</button>
          </div>
        </li>`,
      )}
    </ul>
    <form class="stack" onSubmit=${add}>
      <div class="field">
        <label for="domain">${t("Another domain")}</label>
        <input id="domain" name="domain" class="input" required maxlength="253" autocapitalize="none" spellcheck=${false} placeholder="shop.example" />
      </div>
      ${wrong.value && html`<p role="alert" class="banner danger"><${Icon} name="circle-alert" />${wrong.value}</p>`}
      <div class="buttons"><button type="submit" class="button">${t("Add domain")}</button></div>
    </form>`;
}

/** What was counted in 28 days, in words. @param {{ of: Record<string, number> }} props */
const Counts = ({ of }) =>
  t("28 days: {delivered} delivered, {read} read, {replied} answered, {interested} interested, {not_interested} not interested, {muted} muted, {stopped} stopped, {blocked} blocked, {reported} reported", of);
