// @ts-check
/** How the company stands: its numbers, whom it may still reach, what was taken against it, and what it says to that. */
import { Loading, Trouble } from "/static/door.js";
import { html, useEffect, useSignal } from "/static/html.js";
import { formatDateTime, formatNumber, t, tn } from "/static/text.js";
import { Icon, IconButton } from "/static/ui.js";
import { api } from "./api.js";
import * as desk from "./desk.js";
import { leave, overlay } from "./place.js";
import { Say, fault } from "./say.js";
import { Doubted } from "./standing_templates.js";

/** @typedef {import("./api.js").Stands} Stands */
/** @typedef {import("./api.js").Judged} Judged */
/** @typedef {import("./api.js").Measure} Measure */
/** @typedef {import("/static/html.js").Signal<Stands | "failed" | null>} Told */

const TONES = /** @type {Record<string, string>} */ ({ GREEN: "success", YELLOW: "warning", RED: "danger" });
const COLOURS = /** @type {Record<string, () => string>} */ ({
  GREEN: () => t("Good"),
  YELLOW: () => t("Unclear"),
  RED: () => t("Bad"),
  UNKNOWN: () => t("Not known yet"),
});
const STATES = /** @type {Record<string, () => string>} */ ({
  proposed: () => t("proposed, not in force"),
  in_force: () => t("in force"),
  dropped: () => t("dropped"),
  lifted: () => t("lifted"),
  over: () => t("over"),
});

/** @param {Measure} one */
const kindWord = (one) =>
  ({
    warning: t("Warning"),
    starting: tn("May not write first for {n} day", "May not write first for {n} days", one.days ?? 0),
    sending: tn("May not send for {n} day", "May not send for {n} days", one.days ?? 0),
    lock: t("Locked until it is lifted"),
  })[one.kind] ?? one.kind;

/** @param {number} share */
const percent = (share) => `${(share * 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 })} %`;

/** @param {Judged} judged */
const interval = (judged) =>
  tn("{low} to {high} harm, by {n} message; bad above {limit}", "{low} to {high} harm, by {n} messages; bad above {limit}", Math.round(judged.messages), {
    low: percent(judged.low),
    high: percent(judged.high),
    limit: percent(judged.red_above),
  });

export function StandingPage() {
  const told = useSignal(/** @type {Stands | "failed" | null} */ (null));
  const load = () => {
    told.value = null;
    api.standing().then(
      (found) => (told.value = found),
      () => (told.value = "failed"),
    );
  };
  useEffect(load, []);
  const found = told.value;
  return html`<main class="costs">
    <${Head} />
    <div class="costs-body standing" tabindex="0" role="region" aria-labelledby="standing-title">
      ${found === null && html`<${Loading} label=${t("Loading …")} />`}
      ${found === "failed" && html`<${Trouble} text=${t("The standing could not be loaded.")} retry=${load} />`}
      ${found && found !== "failed" && html`<${Reach} of=${found} />
        <${Measures} of=${found} told=${told} />
        ${found.watched.length > 0 && html`<${Watched} of=${found} told=${told} />`}
        ${found.templates.length > 0 && html`<${Doubted} of=${found} told=${told} />`}
        <${Senders} of=${found} />
        <${Domains} of=${found} told=${told} />`}
    </div>
  </main>`;
}

function Head() {
  const who = desk.me.value;
  if (!who) return null;
  return html`<header class="list-head">
    <${IconButton} icon="arrow-left" label=${who.role === "finance" ? t("Back to the costs") : t("Back to the inbox")} onClick=${leave} />
    <div class="titles">
      <h1 id="standing-title">${t("Standing")}</h1>
      <p class="quiet">${who.business.name} · ${who.name}</p>
    </div>
    <${IconButton} icon="settings" label=${t("Settings")} onClick=${() => (overlay.value = "settings")} />
  </header>`;
}

/** A colour in words, with the interval it rests on. @param {{ judged: Judged | null, quality?: string }} props */
const Colour = ({ judged, quality = judged?.quality ?? "UNKNOWN" }) => html`<p>
  <span class=${`chip ${TONES[quality] ?? ""}`}>${COLOURS[quality]?.() ?? quality}</span>${" "}
  <span class="quiet">${judged ? interval(judged) : t("nothing counted yet")}</span>
</p>`;

/** @param {{ of: Stands }} props */
function Reach({ of }) {
  const { reach, next } = of;
  const people = reach.people ?? 0;
  return html`<section class="card stack" aria-labelledby="reach-title">
    <h2 id="reach-title">${t("The company")}</h2>
    <${Colour} judged=${of.standing} />
    ${of.owner.waba !== of.company.waba && html`<p>${t("Stands together with {name}.", of.owner)}</p>`}
    <p>
      ${
        reach.people_max === null
          ? t("You may write first to as many people as you like.")
          : t("You may write first to {left} more people now: {n} of {max} within 24 hours.", { left: formatNumber(Math.max(0, reach.people_max - people)), n: formatNumber(people), max: formatNumber(reach.people_max) })
      }
    </p>
    ${next && html`<p class="quiet">${next.people_max === null ? t("The next step has no limit; it comes by use and good quality.") : t("The next step is {n} people; it comes by use and good quality.", { n: formatNumber(next.people_max) })}</p>`}
    ${reach.cut_until && html`<p class="banner warning"><${Icon} name="triangle-alert" />${t("Cut until {date}: templates were filed under the wrong category.", { date: formatDateTime(reach.cut_until) })}</p>`}
  </section>`;
}

/** @param {{ of: Stands, told: Told }} props */
const Measures = ({ of, told }) => html`<section class="card stack" aria-labelledby="measures-title">
  <h2 id="measures-title">${t("Measures")}</h2>
  ${of.measures.length === 0 && html`<p class="quiet">${t("None.")}</p>`}
  <ul class="cases">${of.measures.map((one) => html`<${Taken} key=${one.measure} one=${one} may=${of.may_act} told=${told} />`)}</ul>
</section>`;

/** @param {{ one: Measure, may: boolean, told: Told }} props */
function Taken({ one, may, told }) {
  const open = one.state === "proposed" || one.state === "in_force";
  const answered = one.objection && one.decided_at && one.decided_at > one.objection.at;
  const late = new Date(one.objection_until).getTime() <= Date.now();
  return html`<li class="stack tight">
    <h3>${kindWord(one)}</h3>
    <p>
      <span class=${`chip ${one.state === "in_force" ? "danger" : ""}`}>${STATES[one.state]?.() ?? one.state}</span>${" "}
      <span class="quiet">${t("since {date}", { date: formatDateTime(one.proposed_at) })}${one.until && ` · ${t("until {date}", { date: formatDateTime(one.until) })}`}</span>
    </p>
    ${one.figures.messages !== undefined && html`<p class="quiet">${interval(/** @type {Judged} */ (one.figures))}</p>`}
    ${one.note && html`<p>${answered ? t("Answer: {words}", { words: one.note }) : t("Reason: {words}", { words: one.note })}</p>`}
    ${
      one.objection &&
      html`<p>${t("You objected: {words}", { words: one.objection.text })}</p>
        ${one.objection.answer_due_at && html`<p class="quiet">${t("To be answered until {date}", { date: formatDateTime(one.objection.answer_due_at) })}</p>`}`
    }
    ${open && !one.objection && late && html`<p class="quiet">${t("The time to object is over.")}</p>`}
    ${
      open &&
      !one.objection &&
      !late &&
      html`<p class="quiet">${t("Objections until {date}", { date: formatDateTime(one.objection_until) })}</p>
        ${may && html`<${Say} id=${`object-${one.measure}`} label=${t("Why the measure is wrong")} act=${t("Object")} send=${(/** @type {string} */ words) => api.objectTo(one.measure, words)} told=${told} />`}`
    }
  </li>`;
}

/** @param {{ of: Stands, told: Told }} props */
const Watched = ({ of, told }) => html`<section class="card stack" aria-labelledby="watched-title">
  <h2 id="watched-title">${t("Numbers under suspicion")}</h2>
  <ul class="cases">
    ${of.watched.map(
      (one) => html`<li key=${one.sender} class="stack tight">
        <h3>${one.name}</h3>
        <p>
          <span class=${`chip ${one.watch === "frozen" ? "danger" : "warning"}`}>${one.watch === "frozen" ? t("frozen: sends nothing") : t("watched")}</span>${" "}
          ${one.since && html`<span class="quiet">${t("since {date}", { date: formatDateTime(one.since) })}</span>`}
        </p>
        <p class="quiet">${t("What it wrote looked like fraud or spam to the filter, or to a person of the operator.")}</p>
        ${
          one.appeal
            ? html`<p>${t("You appealed: {words}", { words: one.appeal })}</p><p class="quiet">${t("A person will look at it.")}</p>`
            : of.may_act && html`<${Say} id=${`appeal-${one.sender}`} label=${t("Why this number should be let be")} act=${t("Appeal")} send=${(/** @type {string} */ words) => api.appeal(one.sender, words)} told=${told} />`
        }
      </li>`,
    )}
  </ul>
</section>`;

/** @param {{ of: Stands }} props */
const Senders = ({ of }) => html`<section class="card stack" aria-labelledby="senders-title">
  <h2 id="senders-title">${t("Numbers")}</h2>
  <ul class="cases">
    ${of.senders.map(
      (one) => html`<li key=${one.sender} class="stack tight">
        <h3>${one.name}</h3>
        <${Colour} judged=${one.standing} quality=${one.quality} />
        <p class="quiet">${t("28 days: {delivered} delivered, {read} read, {replied} answered, {interested} interested", one.last_28_days)}</p>
        <p>${t("Against it: {not_interested} not interested, {muted} muted, {stopped} stopped, {blocked} blocked, {reported} reported", one.last_28_days)}</p>
      </li>`,
    )}
  </ul>
</section>`;

/** Where the company's links lead. @param {{ of: Stands, told: Told }} props */
function Domains({ of, told }) {
  const wrong = useSignal("");
  const carryOut = async (/** @type {() => Promise<Stands>} */ act) => {
    try {
      told.value = await act();
      wrong.value = "";
    } catch (error) {
      wrong.value = fault(error);
    }
    const field = document.getElementById("domain");
    if (document.activeElement === document.body || field?.closest("section")?.contains(document.activeElement)) field?.focus();
  };
  const add = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (document.getElementById("domain"));
    const said = field.value;
    await carryOut(() => api.addDomain(said.trim()));
    if (!wrong.value && field.value === said) field.value = "";
  };
  return html`<section class="card stack" aria-labelledby="domains-title">
    <h2 id="domains-title">${t("Domains of your links")}</h2>
    <p class="quiet">${t("A link to any other domain counts beside what else the filter finds.")}</p>
    ${of.domains.length === 0 && html`<p class="quiet">${t("None yet.")}</p>`}
    <ul class="invoices">
      ${of.domains.map(
        (domain) => html`<li key=${domain}>
          <span class="mono">${domain}</span>
          ${of.may_act && html`<button type="button" class="button" aria-label=${t("Remove {domain}", { domain })} onClick=${() => carryOut(() => api.dropDomain(domain))}>${t("Remove")}</button>`}
        </li>`,
      )}
    </ul>
    ${
      of.may_act &&
      html`<form class="stack tight" onSubmit=${add} novalidate>
        <div class="field">
          <label for="domain">${t("Another domain")}</label>
          <input id="domain" name="domain" class="input" maxlength="253" autocapitalize="none" spellcheck=${false} aria-describedby="domain-wrong" />
        </div>
        <p id="domain-wrong" class="field-error" role="alert">${wrong.value}</p>
        <div><button type="submit" class="button">${t("Add domain")}</button></div>
      </form>`
    }
  </section>`;
}
