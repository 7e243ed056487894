// @ts-check
/** The policy: what applies, what is proposed, and how it came to be. */
import { ApiError } from "/static/calls.js";
import { Loading, Trouble } from "/static/door.js";
import { html, useSignal } from "/static/html.js";
import { formatDateTime, t } from "/static/text.js";
import { Empty, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Editor } from "./policy_editor.js";
import { PreviewOf } from "./policy_preview.js";
import { NEW, policy, proposal } from "./policy_state.js";
import { actWord, fieldWord, proposalWord, valueWord } from "./policy_words.js";
import * as state from "./state.js";

/** @typedef {import("./api.js").Proposal} Proposal */

export function Policy() {
  const loaded = state.loaded.value.policy;
  const chosen = state.open.value;
  let inside;
  if (loaded === "error") inside = html`<${Trouble} text=${t("The policy could not be loaded.")} retry=${state.look} />`;
  else if (!policy.value) inside = html`<${Loading} label=${t("Loading …")} />`;
  else if (chosen === NEW) inside = html`<${Editor} from=${policy.value.policy} />`;
  else if (chosen) inside = html`<${One} key=${chosen} />`;
  else inside = html`<${Overview} all=${policy.value} />`;
  return html`<section class="page policy" aria-labelledby="page-title">${inside}</section>`;
}

/** A link within the console. @param {{ to: string | null, class?: string, children?: any }} props */
export function Go({ to, class: classes, children }) {
  const show = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go("policy", to);
  };
  return html`<a class=${classes} href=${state.addressOf("policy", to)} onClick=${show}>${children}</a>`;
}

/** @param {{ all: import("./api.js").Policy }} props */
const Overview = ({ all }) => html`
  <header class="pane-head">
    <h1 id="page-title" tabindex="-1">${t("Policy")}</h1>
    <${Go} to=${NEW} class="button primary"><${Icon} name="square-pen" />${t("Propose a change")}</${Go}>
  </header>
  <p class="lead">
    ${all.version === 0 ? t("The usual policy applies: nobody has changed it yet.") : t("Version {n} applies.", { n: all.version })}
  </p>
  <section aria-labelledby="proposals-title">
    <h2 id="proposals-title">${t("Proposals")}</h2>
    ${
      all.proposals.length === 0
        ? html`<${Empty} icon="scale" heading="h3" title=${t("Nothing is proposed")} text=${t("A change is previewed before it can apply.")} />`
        : html`<ul class="lines">${all.proposals.map((one) => html`<li key=${one.proposal}><${Line} one=${one} /></li>`)}</ul>`
    }
  </section>
  <section aria-labelledby="versions-title">
    <h2 id="versions-title">${t("Versions")}</h2>
    <ol class="lines">
      ${all.versions.map((one, place) => html`<li key=${one.version}><${Version} one=${one} before=${all.versions[place + 1]} now=${all.version} /></li>`)}
      <li class="line"><div><strong>${t("Version {n}", { n: 0 })}</strong><p class="quiet">${t("What holds before anybody wrote a policy")}</p></div>
        ${all.version > 0 && html`<${Back} version=${0} />`}</li>
    </ol>
  </section>
`;

/** @param {{ one: import("./api.js").Brief }} props */
const Line = ({ one }) =>
  html`<${Go} to=${one.proposal} class="line">
    <div>
      <strong>${one.note || t("Change without a note")}</strong>
      <p class="quiet">${one.author} · <time dateTime=${one.at}>${formatDateTime(one.at)}</time></p>
    </div>
    <span class="tags"><${Standing} one=${one} /></span>
  </${Go}>`;

/** @param {{ one: import("./api.js").Brief }} props */
function Standing({ one }) {
  const tone = { open: "info", applied: "success", withdrawn: "" }[one.state] ?? "";
  const icon = { open: "clock", applied: "check", withdrawn: "x" }[one.state] ?? "clock";
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${proposalWord(one.state)}</span>
    ${one.state === "open" && one.previewed && !one.within && !one.signed && html`<span class="chip warning"><${Icon} name="users" />${t("Needs a second person")}</span>`}
    ${one.state === "open" && one.signed && html`<span class="chip success"><${Icon} name="user-check" />${t("Agreed: {name}", { name: one.signed })}</span>`}
    ${one.version !== null && html`<span class="chip">${t("Version {n}", { n: one.version })}</span>`}`;
}

/** @param {{ one: import("./api.js").Version, before?: import("./api.js").Version, now: number }} props */
const Version = ({ one, now }) =>
  html`<div class="line">
    <div>
      <strong>${t("Version {n}", { n: one.version })}</strong>
      ${one.version === now && html` <span class="chip success"><${Icon} name="check" />${t("Applies")}</span>`}
      <p class="quiet">${one.who} · <time dateTime=${one.applies_at}>${formatDateTime(one.applies_at)}</time></p>
      ${one.changes.length > 0 && html`<details><summary>${t("What it changed")}</summary><${Changes} all=${one.changes} /></details>`}
    </div>
    ${one.version !== now && html`<${Back} version=${one.version} />`}
  </div>`;

/** @param {{ version: number }} props */
function Back({ version }) {
  const busy = useSignal(false);
  const bring = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      const made = await api.propose({ version, note: t("Back to version {n}", { n: version }) });
      state.go("policy", made.proposal);
    } catch (error) {
      toast(trouble(error));
    }
    busy.value = false;
  };
  return html`<button type="button" class="button" onClick=${bring}><${Icon} name="undo-2" />${t("Propose to go back to version {n}", { n: version })}</button>`;
}

/** What differs, in words. @param {{ all: import("./api.js").Change[] }} props */
export const Changes = ({ all }) =>
  all.length === 0
    ? html`<p class="quiet">${t("Nothing differs from what applies.")}</p>`
    : html`<ul class="changes">
        ${all.map(
          ({ path, from, to }) =>
            html`<li key=${path}>
              <span>${fieldWord(path)}</span>
              <span><del><span class="unseen">${t("before:")} </span>${valueWord(from, path)}</del> → <ins><span class="unseen">${t("after:")} </span>${valueWord(to, path)}</ins></span>
            </li>`,
        )}
      </ul>`;

function One() {
  const one = proposal.value;
  const editing = useSignal(false);
  if (one === undefined) return html`<${Empty} icon="search" heading="h1" title=${t("There is no such proposal")} />`;
  if (one === null) return html`<${Loading} label=${t("Loading …")} />`;
  if (editing.value) return html`<${Editor} from=${one.policy} change=${one} onDone=${() => (editing.value = false)} />`;
  return html`
    <header class="pane-head">
      <div>
        <${Go} to=${null} class="back-link"><${Icon} name="arrow-left" />${t("Policy")}</${Go}>
        <h1 id="page-title" tabindex="-1">${one.note || t("Change without a note")}</h1>
        <p class="quiet">${one.author} · <time dateTime=${one.at}>${formatDateTime(one.at)}</time></p>
      </div>
      <span class="tags"><${Standing} one=${one} /></span>
    </header>
    <section aria-labelledby="changes-title">
      <h2 id="changes-title">${t("What would change")}</h2>
      <${Changes} all=${one.changes} />
      <details><summary>${t("The whole document")}</summary><pre class="document" tabindex="0">${JSON.stringify(one.policy, null, 2)}</pre></details>
    </section>
    <${PreviewOf} one=${one} again=${() => act(one, "preview", "")} />
    <section aria-labelledby="record-title">
      <h2 id="record-title">${t("Record")}</h2>
      <ol class="history">
        ${one.acts.map(
          (each, place) =>
            html`<li key=${place}>
              <strong>${each.who}: ${actWord(each.kind)}</strong>
              <time class="quiet" dateTime=${each.at}>${formatDateTime(each.at)}</time>
              <span class="quiet mono">${each.document.slice(0, 12)}${each.version !== null ? ` · ${t("Version {n}", { n: each.version })}` : ""}</span>
              ${each.note && html`<p class="note">${each.note}</p>`}
            </li>`,
        )}
      </ol>
    </section>
    ${one.state === "open" && html`<${Buttons} one=${one} edit=${() => (editing.value = true)} />`}
  `;
}

/** @param {Proposal} one @param {"preview" | "sign" | "apply" | "withdraw"} what @param {string} done */
async function act(one, what, done) {
  try {
    const told = await api.actOn(one.proposal, what, { document: one.document });
    if (state.open.value === one.proposal) proposal.value = told;
    if (done) toast(done);
    await state.look();
  } catch (error) {
    toast(trouble(error));
    await state.look();
  }
}

/** @param {{ one: Proposal, edit: () => void }} props */
function Buttons({ one, edit }) {
  const { sign, apply } = one.can;
  const why = apply ?? null;
  return html`<div class="decisions" role="group" aria-label=${t("Decision")} aria-describedby="why-not">
    <p id="why-not" class="quiet" role="status">${why ? why.text : t("The preview shows that annoyance stays within the budget, or a second person agreed.")}
      ${why?.fault === "second_person" && sign ? ` ${sign.text}` : ""}</p>
    <button type="button" class="button primary" disabled=${apply !== null} onClick=${() => act(one, "apply", t("The policy applies from now on."))}>
      <${Icon} name="check" />${t("Apply")}
    </button>
    ${
      why?.fault === "second_person" &&
      html`<button type="button" class="button" disabled=${sign !== null} onClick=${() => act(one, "sign", t("You agreed."))}>
        <${Icon} name="user-check" />${t("Agree as a second person")}
      </button>`
    }
    <button type="button" class="button" onClick=${edit}><${Icon} name="square-pen" />${t("Change")}</button>
    <button type="button" class="button danger" onClick=${() => act(one, "withdraw", t("The proposal is withdrawn."))}>
      <${Icon} name="x" />${t("Withdraw")}
    </button>
  </div>`;
}

/** @param {unknown} error */
export function trouble(error) {
  if (!(error instanceof ApiError) || error.status === 0) return t("The server was not reached. Please try again.");
  if (error.status === 429) return t("One preview is being made and one waits already. Please try again in some minutes.");
  return error.message || t("This is not possible now. Please look at it again.");
}
