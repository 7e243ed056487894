// @ts-check
/** The questions asked before something ends: report, block, delete; and the answer to "why am I seeing this?". */
import { html, useEffect, useId, useSignal } from "/static/html.js";
import { formatDateTime, locale, t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { sayFailure } from "./failure.js";
import { ask, setBlocked } from "./dialogs.js";
import { purpose, setConsent } from "./profile.js";
import { go } from "./router.js";
import { forgetThread, putSender, senderOf } from "./state.js";

/** @typedef {import("./api.js").Sender} Sender */
/** @typedef {import("./api.js").Message} Message */

/** @param {{ open: import("./dialogs.js").Question, onClose: () => void }} props */
export function Questions({ open, onClose: close }) {
  if (open.kind === "report") return html`<${ReportDialog} sender=${open.sender} close=${close} />`;
  if (open.kind === "blocked") return html`<${BlockedDialog} sender=${open.sender} close=${close} />`;
  if (open.kind === "delete") return html`<${DeleteDialog} sender=${open.sender} close=${close} />`;
  return html`<${WhyDialog} sender=${open.sender} message=${open.message} close=${close} />`;
}

const REASONS = () => [
  { reason: "not_asked", text: t("I never asked for this") },
  { reason: "too_many", text: t("Too many messages") },
  { reason: "spam", text: t("Unwanted advertising") },
  { reason: "fraud", text: t("Fraud or a false identity") },
  { reason: "other", text: t("Something else") },
];

/** @param {{ sender: Sender, close: () => void }} props */
function ReportDialog({ sender, close }) {
  const reason = useSignal("");
  const note = useSignal("");
  const blocked = useSignal(true);
  const busy = useSignal(false);
  const id = useId();
  const send = async () => {
    busy.value = true;
    const report = { reason: reason.value, ...(note.value.trim() ? { note: note.value.trim() } : {}) };
    try {
      putSender(await api.report(sender.id, report, blocked.value));
      toast(blocked.value ? t("Thank you. {name} is reported and blocked.", sender) : t("Thank you. {name} is reported.", sender));
      close();
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  const footer = html`<button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="button" class="button danger primary" disabled=${!reason.value || busy.value} onClick=${send}>
      ${t("Send report")}
    </button>`;
  return html`<${Dialog} title=${t("Report {name}", sender)} onClose=${close} footer=${footer}>
    <fieldset class="choices">
      <legend class="quiet">${t("What is wrong? The people who run this messenger read every report.")}</legend>
      ${REASONS().map(
        (each) =>
          html`<label class="choice" key=${each.reason}>
            <input
              type="radio"
              name=${id}
              checked=${reason.value === each.reason}
              onChange=${() => (reason.value = each.reason)}
            />
            ${each.text}
          </label>`,
      )}
    </fieldset>
    <div class="field">
      <label for=${`${id}n`}>${t("Anything to add? (optional)")}</label>
      <textarea
        id=${`${id}n`}
        class="input"
        rows="2"
        maxlength="500"
        value=${note.value}
        onInput=${(/** @type {any} */ event) => (note.value = event.target.value)}
      />
    </div>
    <label class="choice">
      <input type="checkbox" checked=${blocked.value} onChange=${() => (blocked.value = !blocked.value)} />
      ${t("Block {name} as well", sender)}
    </label>
  </${Dialog}>`;
}

const CAUSES = () => [
  { reason: "not_needed", text: t("I do not need it any more") },
  { reason: "not_asked", text: t("I never asked for this") },
  { reason: "spam", text: t("Unwanted advertising") },
  { reason: "offensive", text: t("Insulting or indecent") },
  { reason: "code_not_asked", text: t("A code that I did not ask for") },
  { reason: "other", text: t("Something else") },
];

/** Why somebody was blocked, asked afterwards: blocking itself needs no reason. @param {{ sender: Sender, close: () => void }} props */
function BlockedDialog({ sender, close }) {
  const tell = (/** @type {string} */ reason) => async () => {
    close();
    try {
      putSender(await api.blockedFor(sender.id, reason));
      toast(t("Thank you."));
    } catch (error) {
      sayFailure(error);
    }
  };
  return html`<${Dialog} title=${t("Why did you block {name}?", sender)} onClose=${close}>
    <p class="quiet">${t("{name} learns how many gave a reason, not who.", sender)}</p>
    <p class="quiet">${t("Advertising from other numbers of its company stops, too.")}</p>
    <div class="stack tight">
      ${CAUSES().map(
        ({ reason, text }) => html`<button type="button" class="button wide" key=${reason} onClick=${tell(reason)}>${text}</button>`,
      )}
    </div>
  </${Dialog}>`;
}

/** @param {{ sender: Sender, close: () => void }} props */
function DeleteDialog({ sender, close }) {
  const busy = useSignal(false);
  const remove = async () => {
    busy.value = true;
    try {
      await api.deleteThread(sender.id);
      close();
      forgetThread(sender.id);
      go("/", { replace: true });
      toast(t("The chat with {name} is deleted.", sender));
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  const footer = html`<button type="button" class="button" onClick=${close}>${t("Keep chat")}</button>
    <button type="button" class="button danger primary" disabled=${busy.value} onClick=${remove}>
      ${t("Delete chat")}
    </button>`;
  return html`<${Dialog} title=${t("Delete the chat with {name}?", sender)} onClose=${close} footer=${footer}>
    <ul class="consequences">
      <li><${Icon} name="trash-2" />${t("All messages disappear from your account, on every device.")}</li>
      <li><${Icon} name="hand" />${t("{name} loses the right to write to you until you write first.", sender)}</li>
      <li><${Icon} name="undo-2" />${t("This cannot be taken back.")}</li>
    </ul>
  </${Dialog}>`;
}

const BASES = () =>
  /** @type {Record<string, string>} */ ({
    window: t("You wrote to this company"),
    consent: t("You allowed it"),
    customer: t("You bought something there"),
    transaction: t("It belongs to something you ordered"),
  });

const VERDICTS = () =>
  /** @type {Record<string, { icon: string, text: string }>} */ ({
    passed: { icon: "circle-check", text: t("Passed") },
    denied: { icon: "circle-x", text: t("Denied") },
  });

/** @param {{ sender: Sender, message: Message, close: () => void }} props */
function WhyDialog({ sender, message, close }) {
  const why = useSignal(/** @type {import("./api.js").Why | null} */ (null));
  const failed = useSignal(false);
  useEffect(() => {
    api.why(message.id, locale()).then(
      (found) => (why.value = found),
      () => (failed.value = true),
    );
  }, []);
  const body = why.value
    ? html`<${Answer} why=${why.value} sender=${sender} close=${close} />`
    : failed.value
      ? html`<p>${t("The answer could not be fetched. Please try again when you are connected.")}</p>`
      : html`<div class="waiting"><span class="spinner" role="status" aria-label=${t("Loading")} /></div>`;
  const stop = why.value?.stop?.purpose;
  const footer =
    stop &&
    html`<button type="button" class="button" onClick=${close}>${t("Close")}</button>
      <button
        type="button"
        class="button danger"
        onClick=${() => {
          close();
          setConsent(senderOf(sender.id) ?? sender, stop, false);
        }}
      >
        <${Icon} name="hand" />${t("Stop: {purpose}", { purpose: purpose(stop).name() })}
      </button>`;
  return html`<${Dialog} title=${t("Why am I seeing this?")} onClose=${close} footer=${footer}>${body}</${Dialog}>`;
}

/** What changes it, and what that does; a stop stands below the whole answer. */
const CHANGES = () =>
  /** @type {Record<string, { text: string, run: (sender: Sender) => void }>} */ ({
    quiet: { text: t("Quiet time"), run: () => go("/settings") },
    block: { text: t("Block"), run: (sender) => setBlocked(sender, true) },
    delete: { text: t("Delete chat"), run: (sender) => ask({ kind: "delete", sender }) },
  });

/** @param {{ why: import("./api.js").Why, sender: Sender, close: () => void }} props */
const Answer = ({ why, sender, close }) => {
  const { basis, sentences, rules, behalf, paid, counted, controls } = why;
  const verdicts = VERDICTS();
  const changes = CHANGES();
  const change = (/** @type {string} */ kind) => () => {
    close();
    changes[kind].run(sender);
  };
  const checks = rules.filter(({ verdict }) => verdict !== "not_needed");
  return html`
    <div class="sentences">${sentences.map((sentence, index) => html`<p key=${index}>${sentence}</p>`)}</div>
    ${
      basis &&
      html`<dl class="facts card-soft">
        <div>
          <dt><${Icon} name="scale" />${t("The reason it was allowed")}</dt>
          <dd>${BASES()[basis.kind] ?? basis.kind}</dd>
        </div>
        ${
          basis.at &&
          html`<div>
            <dt><${Icon} name="clock" />${t("Since")}</dt>
            <dd>${formatDateTime(basis.at)}</dd>
          </div>`
        }
        ${
          basis.source &&
          html`<div>
            <dt><${Icon} name="file-text" />${t("Where it comes from")}</dt>
            <dd>${basis.source}</dd>
          </div>`
        }
        ${
          basis.record &&
          html`<div>
            <dt><${Icon} name="link" />${t("Record")}</dt>
            <dd class="mono">${basis.record}</dd>
          </div>`
        }
      </dl>`
    }
    <section class="told" aria-labelledby="why-whose">
      <h3 id="why-whose">${t("On whose behalf, and who paid")}</h3>
      <p>${behalf} ${paid}</p>
    </section>
    <section class="told" aria-labelledby="why-counted">
      <h3 id="why-counted">${t("What counted")}</h3>
      <ul>${counted.map((one) => html`<li key=${one}>${one}</li>`)}</ul>
    </section>
    <section class="told" aria-labelledby="why-change">
      <h3 id="why-change">${t("How to change it")}</h3>
      <ul class="changes">
        ${controls.map(
          ({ kind, text }) =>
            html`<li key=${kind}>
              <span>${text}</span>
              ${changes[kind] && html`<button type="button" class="button" onClick=${change(kind)}>${changes[kind].text}</button>`}
            </li>`,
        )}
      </ul>
    </section>
    ${
      checks.length > 0 &&
      html`<details class="checks">
        <summary>${t("Every check this message went through")}</summary>
        <ul>
          ${checks.map(
            ({ rule, verdict, text }) =>
              html`<li key=${rule} class=${verdict}>
                <span role="img" aria-label=${verdicts[verdict]?.text ?? verdict}>
                  <${Icon} name=${verdicts[verdict]?.icon ?? "minus"} />
                </span>
                <span>${text}</span>
              </li>`,
          )}
        </ul>
      </details>`
    }
  `;
};
