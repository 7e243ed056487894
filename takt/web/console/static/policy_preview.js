// @ts-check
/** What a preview came to: on the record, in the twin, as a picture and as tables. */
import { html } from "/static/html.js";
import { formatDate, formatDateTime, formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { Frontier } from "./policy_frontier.js";
import { direction, directionWord, figureShown, figureWord, formatFine, quarterWord, sectionWord, share, signed } from "./policy_words.js";

/** @typedef {import("./api.js").Ahead} Ahead */
/** @typedef {import("./api.js").Recorded} Recorded */

/** @param {{ one: import("./api.js").Proposal, again: () => void }} props */
export function PreviewOf({ one, again }) {
  const made = one.preview;
  const fresh = made && made.document === one.document ? made : null;
  return html`<section aria-labelledby="preview-title" class="previewed">
    <h2 id="preview-title">${t("Preview")}</h2>
    <div role="status"><${State} made=${fresh} /></div>
    ${(!fresh || fresh.state === "failed" || fresh.state === "done") && one.state === "open" && html`<button type="button" class="button" onClick=${again}><${Icon} name="refresh-cw" />${fresh ? t("Preview again") : t("Preview")}</button>`}
    ${fresh?.result && html`<${Result} result=${fresh.result} />`}
  </section>`;
}

/** @param {{ made: import("./api.js").Preview | null }} props */
function State({ made }) {
  if (!made) return html`<p class="quiet">${t("Not previewed yet.")}</p>`;
  if (made.state === "asked") return html`<p class="banner info"><${Icon} name="clock" />${t("The preview waits for its turn.")}</p>`;
  if (made.state === "running") return html`<p class="banner info"><${Icon} name="clock" />${t("The preview is being made. This takes a minute or two.")}</p>`;
  if (made.state === "failed") return html`<p class="banner danger"><${Icon} name="circle-alert" />${t("The preview could not be made.")} <span lang="en">${made.fault}</span></p>`;
  return html`<p class=${`banner ${made.within ? "info" : "warning"}`}>
      <${Icon} name=${made.within ? "check" : "triangle-alert"} />
      ${made.within ? t("Annoyance stays within the budget, its whole interval.") : t("It is not shown that annoyance stays within the budget: applying needs a second person.")}
    </p>
    <p class="quiet">${t("Made on {when}, beside version {n}.", { when: formatDateTime(made.ended_at ?? made.asked_at), n: made.base })}</p>`;
}

/** @param {{ result: import("./api.js").Result }} props */
const Result = ({ result }) => html`
  ${result.ahead && html`<${InTwin} ahead=${result.ahead} />`}
  ${result.logged && html`<${Logged} logged=${result.logged} />`}
  ${result.recorded && html`<${OnRecord} recorded=${result.recorded} />`}
`;

/** @param {{ ahead: Ahead }} props */
const InTwin = ({ ahead }) => html`
  <section aria-labelledby="twin-title">
    <h3 id="twin-title">${t("In the twin, {n} weeks ahead", { n: ahead.weeks })}</h3>
    <p class="quiet">
      ${ahead.world === "own" ? t("The twin's people behave as yours did.") : t("The twin's people are the usual ones: there is too little on record to know yours.")}${" "}
      ${tn("{n} run of both policies with the same chance.", "{n} runs of both policies, each pair with the same chance.", ahead.seeds)}${" "}
      ${t("For a thousand people. Of ten intervals, nine should hold.")}
    </p>
    <${Frontier} ahead=${ahead} />
    <div class="scroll" tabindex="0" role="region" aria-label=${t("Figures of the twin")}>
      <${Compared} figures=${ahead.figures} />
    </div>
    ${ahead.budget !== null && html`<p>${t("Annoyance a week: {low} to {high}; the budget is {budget}.", { low: formatFine(ahead.annoyance.low), high: formatFine(ahead.annoyance.high), budget: formatFine(ahead.budget) })}</p>`}
    ${ahead.unjudged.length > 0 && html`<p class="banner warning"><${Icon} name="triangle-alert" />${t("Whatever the twin shows, these changes take a second person: {sections}.", { sections: ahead.unjudged.map(sectionWord).join(", ") })}</p>`}
    <${Arrivals} senders=${ahead.senders} label=${t("Which senders win and lose")} word=${quarterWord} />
  </section>
`;

/** By which share something changes, with its bounds. @param {{ change: import("./api.js").Interval }} props */
const Relative = ({ change }) =>
  html`<span class="relative"><strong>${share(change.mid)}</strong> <span class="quiet">${signed(change.low)} … ${share(change.high)}</span></span>`;

/** @param {{ name: string, change: import("./api.js").Interval }} props */
function Direction({ name, change }) {
  const found = direction(name, change);
  const [tone, icon] = { better: ["success", "arrow-up"], worse: ["danger", "arrow-down"], same: ["", "minus"], open: ["", "circle-question-mark"] }[found] ?? ["", "info"];
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${directionWord(found)}</span>`;
}

/** Figures under both policies. @param {{ figures: import("./api.js").Figure[] }} props */
const Compared = ({ figures }) => html`<table class="figures stacked">
  <thead><tr><th scope="col">${t("Figure")}</th><th scope="col">${t("Now")}</th><th scope="col">${t("Then")}</th><th scope="col">${t("Change, from … to …")}</th></tr></thead>
  <tbody>
    ${figures.map(
      ({ name, now, then, change }) =>
        html`<tr key=${name}>
          <th scope="row">${figureWord(name)}</th>
          <td>${figureShown(name, now)}</td>
          <td>${figureShown(name, then)}</td>
          <td><span class="change"><${Relative} change=${change} /> <${Direction} name=${name} change=${change} /></span></td>
        </tr>`,
    )}
  </tbody>
</table>`;

/** @param {{ senders: import("./api.js").Arrival[], label: string, word: (name: string) => string }} props */
const Arrivals = ({ senders, label, word }) =>
  senders.length > 0 &&
  html`<details>
    <summary>${label}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${label}>
      <table class="figures">
        <thead><tr><th scope="col">${t("Sender")}</th><th scope="col">${t("Messages that arrive, by how much more or less")}</th></tr></thead>
        <tbody>
          ${senders.map(({ name, change }) => html`<tr key=${name}><th scope="row">${word(name)}</th><td><${Relative} change=${change} /></td></tr>`)}
        </tbody>
      </table>
    </div>
  </details>`;

/** @param {{ recorded: Recorded }} props */
const OnRecord = ({ recorded }) => html`
  <section aria-labelledby="record-replay-title">
    <h3 id="record-replay-title">${t("On the record")}</h3>
    <p class="quiet">
      ${tn("{n} message", "{n} messages", recorded.messages)}, ${formatDate(recorded.since)} – ${formatDate(recorded.until)}:${" "}
      ${t("their facts were kept, and the rules ran over them again, once with each policy.")}
      ${!recorded.whole && t("There were more; these are the newest.")}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("Messages on the record")}>
      <table class="figures">
        <thead><tr><th scope="col">${t("What became of them")}</th><th scope="col">${t("Now")}</th><th scope="col">${t("Then")}</th></tr></thead>
        <tbody>
          <tr><th scope="row">${t("went out at once")}</th><td>${formatNumber(recorded.now.out)}</td><td>${formatNumber(recorded.then.out)}</td></tr>
          <tr><th scope="row">${t("went out later")}</th><td>${formatNumber(recorded.now.later)}</td><td>${formatNumber(recorded.then.later)}</td></tr>
          ${recorded.reasons.map(({ reason, text, now, then }) => html`<tr key=${reason}><th scope="row">${t("refused:")} ${text}</th><td>${formatNumber(now)}</td><td>${formatNumber(then)}</td></tr>`)}
          <tr><th scope="row">${t("Revenue")}</th><td>${formatMoney(recorded.now.revenue_micros, recorded.currency)}</td><td>${formatMoney(recorded.then.revenue_micros, recorded.currency)}</td></tr>
        </tbody>
      </table>
    </div>
    ${
      recorded.senders.length > 0 &&
      html`<details>
        <summary>${t("By sender")}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${t("Messages by sender")}>
          <table class="figures">
            <thead><tr><th scope="col">${t("Sender")}</th><th scope="col">${t("Went out, now")}</th><th scope="col">${t("Went out, then")}</th><th scope="col">${t("Refused, now")}</th><th scope="col">${t("Refused, then")}</th></tr></thead>
            <tbody>
              ${recorded.senders.map((one) => html`<tr key=${one.sender}><th scope="row">${one.name}</th><td>${formatNumber(one.now.out + one.now.later)}</td><td>${formatNumber(one.then.out + one.then.later)}</td><td>${formatNumber(one.now.refused)}</td><td>${formatNumber(one.then.refused)}</td></tr>`)}
            </tbody>
          </table>
        </div>
      </details>`
    }
  </section>
`;

/** @param {{ logged: import("./api.js").Logged }} props */
const Logged = ({ logged }) => html`
  <section aria-labelledby="logged-title">
    <h3 id="logged-title">${t("By the log of decisions")}</h3>
    <p class="quiet">${t("What the decisions of the policy that applies came to, weighed by how likely either policy makes them. It tells of the coming weeks, not of half a year.")}</p>
    <p>${
      logged.thin
        ? t("{n} decisions, of which {effective} count in effect: too few to tell anything.", { n: formatNumber(logged.decisions), effective: formatFine(logged.effective) })
        : t("{n} decisions, of which {effective} count in effect. {share} % of what would go out lies where nothing was ever tried.", { n: formatNumber(logged.decisions), effective: formatFine(logged.effective), share: formatFine(100 * logged.unexplored) })
    }</p>
    ${
      !logged.thin &&
      html`<div class="scroll" tabindex="0" role="region" aria-labelledby="logged-title"><${Compared} figures=${logged.figures} /></div>
        <${Arrivals} senders=${logged.senders} label=${t("Which senders would have won and lost")} word=${(/** @type {string} */ name) => name} />`
    }
  </section>
`;
