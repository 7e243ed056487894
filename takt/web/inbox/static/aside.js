// @ts-check
/** Beside the chat: who the person is and what may be sent, or the explanation of one message. */
import { Loading, Trouble } from "/static/door.js";
import { html, useEffect, useSignal } from "/static/html.js";
import { categoryWord } from "/static/template_words.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Avatar, Dialog, Icon, IconButton, toast } from "/static/ui.js";
import { api } from "./api.js";
import { second, windowAt, windowSpan } from "./clock.js";
import * as desk from "./desk.js";
import { side, wide } from "./place.js";
import { figureWords, ruleWords } from "./figures.js";
import { Refusal } from "./parts.js";

/** @typedef {import("./api.js").Card} Card */

export function Aside() {
  const card = desk.card.value;
  const shown = side.value;
  if (!card || (!wide.value && !shown)) return null;
  const explains = shown?.kind === "explain";
  const title = explains ? t("Explanation") : t("About this chat");
  const content = explains
    ? html`<${Explanation} key=${shown.id} id=${shown.id} />`
    : html`<${Person} card=${card} />`;
  const close = () => (side.value = null);
  if (!wide.value) return html`<${Dialog} title=${title} kind="drawer" onClose=${close}>${content}</${Dialog}>`;
  return html`<aside class="aside" aria-label=${title}>
    ${
      explains &&
      html`<header>
        <h2>${title}</h2>
        <${IconButton} icon="x" label=${t("Close")} onClick=${close} />
      </header>`
    }
    ${content}
  </aside>`;
}

/** @param {{ card: Card }} props */
function Person({ card }) {
  const sender = desk.senderOf(card);
  const number = `+${card.wa_id}`;
  const copy = async () => {
    await navigator.clipboard?.writeText(number);
    toast(t("Copied"));
  };
  return html`<div class="person">
    <div class="face">
      <${Avatar} name=${card.name} size="large" />
      <h3>${card.name}</h3>
      <p class="number">
        <span class="tabular">${number}</span>
        <${IconButton} icon="copy" label=${t("Copy the number")} onClick=${copy} />
      </p>
      ${card.blocked && html`<span class="chip danger"><${Icon} name="ban" />${t("Has blocked you")}</span>`}
    </div>
    ${!card.blocked && html`<${WindowCard} until=${card.window_until} templates=${sender?.kind === "outreach"} />`}
    ${
      sender &&
      html`<section class="fact-card">
        <h4>${t("You write with")}</h4>
        <p class="sender"><${Icon} name=${sender.kind === "support" ? "headset" : "megaphone"} /><strong>${sender.name}</strong></p>
        <p class="quiet tabular">${sender.phone}</p>
        <p class="quiet">
          ${
            sender.kind === "support"
              ? t("A support sender answers: it may write for 24 hours after each message of the person.")
              : t("An outreach sender may also begin a chat, with an approved template. Marketing needs the person's opt-in.")
          }
        </p>
      </section>`
    }
  </div>`;
}

/** @param {{ until: string | null, templates: boolean }} props */
function WindowCard({ until, templates }) {
  const { state, left_s } = windowAt(until, second.value);
  const open = left_s > 0;
  const look = { open: "success", closing: "warning", closed: "danger", never: "" }[state];
  return html`<section class=${`fact-card window ${look}`}>
    <h4><${Icon} name=${open ? "clock" : "lock"} />${t("Reply window")}</h4>
    <p class="big tabular" aria-hidden="true">${open ? windowSpan(left_s) : t("Closed")}</p>
    <p>
      ${
        open
          ? t("Open until {time}. Free text is possible.", { time: formatDateTime(until ?? "") })
          : t("It opens for 24 hours when the person writes.")
      }
      ${!open && templates && ` ${t("Until then only approved templates go out.")}`}
    </p>
  </section>`;
}

const VERDICTS = /** @type {Record<string, { icon: string, look: string, word: () => string }>} */ ({
  passed: { icon: "circle-check", look: "passed", word: () => t("Passed") },
  denied: { icon: "circle-x", look: "denied", word: () => t("Denied") },
  not_needed: { icon: "minus", look: "skipped", word: () => t("Not needed") },
});

/** The rules one message went through, in their order. @param {{ id: string }} props */
function Explanation({ id }) {
  const state = useSignal(/** @type {any} */ ({ kind: "loading" }));
  const load = () => {
    state.value = { kind: "loading" };
    api.explain(id).then(
      (told) => (state.value = { kind: "ready", told }),
      () => (state.value = { kind: "error" }),
    );
  };
  useEffect(load, [id]);
  if (state.value.kind === "loading") return html`<${Loading} label=${t("Loading explanation …")} />`;
  if (state.value.kind === "error") {
    return html`<${Trouble} text=${t("The explanation could not be loaded.")} retry=${load} />`;
  }
  return html`<${Verdict} told=${state.value.told} />`;
}

/** @param {{ told: any }} props */
function Verdict({ told }) {
  const { reason, rule, figure, next_at, forecast, remedy, price } = told;
  return html`<div class="explanation">
    ${
      told.verdict === "waiting" &&
      html`<p class="verdict"><${Icon} name="clock" />${t("Waits until {time}.", { time: formatDateTime(next_at) })}</p>`
    }
    ${
      reason
        ? html`<${Refusal} reason=${{ ...reason, rule, figure, next_at, forecast, remedy }} />`
        : html`<p class="verdict">
            <${Icon} name="circle-check" />${t("All rules agreed, so this message went out.")}
          </p>`
    }
    <h3>${t("The rules, in their order")}</h3>
    <ol class="rules">
      ${told.rules.map((/** @type {any} */ one) => html`<${RuleLine} key=${one.rule} rule=${one} />`)}
    </ol>
    <dl class="proof">
      <div>
        <dt>${t("Decided")}</dt>
        <dd><time dateTime=${told.decided_at}>${formatDateTime(told.decided_at)}</time></dd>
      </div>
      ${price && html`<${Paid} price=${price} />`}
    </dl>
  </div>`;
}

/** @param {{ price: any }} props */
const Paid = ({ price }) =>
  html`
    <div>
      <dt>${t("Price")}</dt>
      <dd class="tabular">${price.micros > 0 ? formatMoney(price.micros, price.currency) : t("Free")}</dd>
    </div>
    <div>
      <dt>${t("Category")}</dt>
      <dd>${categoryWord(price.category)}</dd>
    </div>
    <div>
      <dt>${t("Rate card")}</dt>
      <dd>${t("{card}, version {version}, line {line}", { card: price.card, version: price.version, line: price.rule + 1 })}</dd>
    </div>
  `;

/** @param {{ rule: any }} props */
function RuleLine({ rule }) {
  const verdict = VERDICTS[rule.verdict] ?? VERDICTS.not_needed;
  return html`<li class=${verdict.look}>
    <${Icon} name=${verdict.icon} />
    <div>
      <strong>${ruleWords(rule.rule)}</strong>
      <p><span class="word">${verdict.word()}</span>${rule.figure && html` · <span class="tabular">${figureWords(rule.figure)}</span>`}</p>
      ${rule.reason && html`<p>${rule.reason.text}</p>`}
    </div>
  </li>`;
}
