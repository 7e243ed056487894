// @ts-check
/** One template with all that helps to decide about it. */
import "/static/bubble.js";
import { Loading } from "/static/door.js";
import { html } from "/static/html.js";
import { categoryWord, reasonWord } from "/static/template_words.js";
import { formatDateTime, t } from "/static/text.js";
import { Icon, IconButton, Verified } from "/static/ui.js";
import { DECISIONS, decide, possible } from "./decide.js";
import { Status } from "./reviews.js";
import * as state from "./state.js";
import { WITHOUT_WORDS, age, byWord, moveWord, qualityWord, ruleWord, statusWord, titleOf, weightWord } from "./words.js";

/** @typedef {import("./api.js").Review} Review */

const WEIGHTS = /** @type {Record<string, [string, string]>} */ ({
  forbidden: ["danger", "ban"],
  doubt: ["warning", "triangle-alert"],
  note: ["info", "info"],
});

export function Detail() {
  const one = state.review.value;
  if (!one) return html`<${Loading} label=${t("Loading …")} />`;
  return html`
    <div class="detail" role="group" aria-labelledby="template-title" tabindex="0">
      <header class="detail-head">
        <${IconButton} icon="arrow-left" class="back" label=${t("Back to the list")} onClick=${() => state.go("reviews")} />
        <div>
          <h2 id="template-title">${titleOf(one.name)}</h2>
          <p class="quiet company">
            ${one.company.name}${one.company.verified && html` <${Verified} />`} · ${age(one.age_s)}${" · "}<span class="mono">${one.language}</span>
          </p>
        </div>
        <div class="tags">
          <${Status} status=${one.status} />
          <span class="chip">${categoryWord(one.category)}</span>
        </div>
      </header>
      <div class="columns">
        <${Preview} one=${one} />
        <div class="stack facts">
          <${Findings} one=${one} />
          <${Facts} one=${one} />
          <${History} one=${one} />
        </div>
      </div>
    </div>
    <${Decisions} one=${one} />
  `;
}

/** The message as people would see it. @param {{ one: Review }} props */
const Preview = ({ one }) =>
  html`<section aria-labelledby="preview-title">
    <h3 id="preview-title">${t("Preview with its examples")}</h3>
    <div class="preview">
      <takt-message
        lang=${one.language.split("_")[0]}
        message=${{ type: "template", mine: false, at: one.submitted_at, text: one.preview.body, content: one.preview, category: one.category }}
      />
    </div>
  </section>`;

/** @param {{ one: Review }} props */
function Findings({ one }) {
  const found = one.check?.findings ?? [];
  return html`<section aria-labelledby="findings-title">
    <h3 id="findings-title">${t("Automatic check")}</h3>
    ${!one.check && html`<p class="quiet">${t("Not looked at yet.")}</p>`}
    ${one.check && found.length === 0 && html`<p class="quiet"><${Icon} name="check" /> ${t("Nothing found.")}</p>`}
    <ul class="findings">
      ${found.map(({ rule, weight, evidence, advice }) => {
        const [tone, icon] = WEIGHTS[weight] ?? ["", "info"];
        return html`<li key=${rule} class="finding">
          <span class=${`chip ${tone}`}><${Icon} name=${icon} />${weightWord(weight)}</span>
          <div>
            <strong>${ruleWord(rule)}</strong>
            ${evidence && !WITHOUT_WORDS.includes(rule) && html`<p>${t("Seen:")} <q>${evidence}</q></p>`}
            ${advice && html`<p class="quiet" lang="en">${advice}</p>`}
          </div>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** @param {{ one: Review }} props */
function Facts({ one }) {
  const facts = [
    [t("Submitted"), formatDateTime(one.submitted_at)],
    [t("Quality"), qualityWord(one.quality)],
    one.pauses > 0 && [t("Pauses"), String(one.pauses)],
    one.paused_until && [t("Paused until"), formatDateTime(one.paused_until)],
    one.rejected_reason !== "NONE" && [t("Reason"), reasonWord(one.rejected_reason)],
    one.previous_category && [t("Category before"), categoryWord(one.previous_category)],
    one.correct_category && [t("Right category"), categoryWord(one.correct_category)],
    one.category_at && [t("New category from"), formatDateTime(one.category_at)],
  ].filter(Boolean);
  return html`<section aria-labelledby="facts-title">
    <h3 id="facts-title">${t("About it")}</h3>
    <dl class="fact-list">
      ${/** @type {string[][]} */ (facts).map(([name, words]) => html`<div key=${name}><dt>${name}</dt><dd>${words}</dd></div>`)}
      <div><dt>${t("Name")}</dt><dd class="mono">${one.name}</dd></div>
    </dl>
  </section>`;
}

/** @param {{ one: Review }} props */
const History = ({ one }) =>
  html`<section aria-labelledby="history-title">
    <h3 id="history-title">${t("History")}</h3>
    <ol class="history">
      ${one.history.map(
        (line) =>
          html`<li key=${`${line.at} ${line.move} ${line.to}`}>
            <strong>${byWord(line.by)}: ${moveWord(line.move)}</strong>
            <time class="quiet" dateTime=${line.at}>${formatDateTime(line.at)}</time>
            <span class="quiet">
              ${line.from && line.from !== line.to && html`${statusWord(line.from)} → `}${statusWord(line.to)}${line.reason !== "NONE" && ` · ${reasonWord(line.reason)}`}
            </span>
            ${line.note && html`<p class="note" lang=${line.by === "check" ? "en" : undefined}>${line.note}</p>`}
          </li>`,
      )}
    </ol>
  </section>`;

/** @param {{ one: Review }} props */
function Decisions({ one }) {
  const all = possible(one.status);
  if (all.length === 0) return html`<p class="decisions quiet">${t("Nothing can be decided about it now.")}</p>`;
  return html`<div class="decisions" role="group" aria-label=${t("Decision")}>
    ${all.map((each) => {
      const { icon, look, word } = DECISIONS[each];
      const key = { approve: "a", reject: "r" }[/** @type {string} */ (each)];
      return html`<button type="button" key=${each} class=${`button ${look}`} aria-keyshortcuts=${key} onClick=${() => decide(each)}>
        <${Icon} name=${icon} />${word()}
      </button>`;
    })}
  </div>`;
}
