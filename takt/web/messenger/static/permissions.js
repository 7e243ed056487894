// @ts-check
/** Who may send me what: every company in one place, stopping and resuming, history, export, and being erased. */
import { html, useEffect, useId, useMemo, useRef, useSignal } from "/static/html.js";
import { newest } from "/static/newest.js";
import { formatDate, formatDateTime, t, tn } from "/static/text.js";
import { Dialog, Empty, Icon, IconButton, Switch, Verified, toast } from "/static/ui.js";
import { sayFailure } from "./failure.js";
import { permits } from "./permits.js";
import { Asked } from "./requests.js";
import { back, chatPath } from "./router.js";
import { asked, requests, senderOf, threads } from "./state.js";
import { fetchSender, fetchThreads, leave } from "./sync.js";

/** @typedef {import("./permits.js").Company} Company */
/** @typedef {import("./permits.js").Allowed} Allowed */
/** @typedef {import("/static/html.js").Signal<import("./permits.js").PermissionsPage | null>} Shown */
/** @typedef {(page: import("./permits.js").PermissionsPage) => void} Change */

export function Permissions() {
  const shown = /** @type {Shown} */ (useSignal(null));
  const failed = useSignal(false);
  const erasing = useSignal(/** @type {Company | "account" | null} */ (null));
  const asked = useMemo(newest, []);
  const underWay = useRef(false);
  const load = async () => {
    const last = asked();
    underWay.current = true;
    const found = await permits.show().catch(() => null);
    if (!last()) return;
    underWay.current = false;
    failed.value = found === null;
    if (found) shown.value = found;
  };
  /** Shows what a change came to; an answer that does not know of it yet is asked for again. */
  const change = (/** @type {import("./permits.js").PermissionsPage} */ page) => {
    shown.value = page;
    if (underWay.current) load();
  };
  useEffect(() => void load(), [requests.value]);
  const page = shown.value;
  return html`<section class="pane page" aria-label=${t("Permissions")}>
    <header class="bar">
      <${IconButton} icon="arrow-left" label=${t("Back")} onClick=${() => back("/settings")} />
      <h1>${t("Who may send me what")}</h1>
    </header>
    <div class="scroll">
      <div class="column permits">
        ${failed.value && html`<p role="status">${t("This cannot be reached right now.")}</p>`}
        ${page && html`<${Everybody} shown=${shown} change=${change} /><${Waiting} />`}
        ${
          page &&
          page.companies.length === 0 &&
          html`<${Empty} icon="shield-check" title=${t("Nobody so far")} text=${t("No company has anything to do with you yet.")} />`
        }
        ${page?.companies.map(
          (company) =>
            html`<${CompanyCard} key=${company.company} company=${company} shown=${shown} change=${change} erase=${() => (erasing.value = company)} />`,
        )}
        ${page && html`<${Account} page=${page} erase=${() => (erasing.value = "account")} />`}
      </div>
    </div>
    ${
      erasing.value &&
      html`<${EraseDialog}
        company=${erasing.value === "account" ? null : erasing.value}
        close=${() => (erasing.value = null)}
        done=${load}
      />`
    }
  </section>`;
}

/** One switch for all companies. @param {{ shown: Shown, change: Change }} props */
function Everybody({ shown, change }) {
  const id = useId();
  const busy = useSignal(false);
  const set = async (/** @type {boolean} */ stopped) => {
    busy.value = true;
    try {
      change(await permits.stopEverybody(stopped));
      toast(stopped ? t("Advertising of all companies is stopped.") : t("Companies may ask you again."));
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  return html`<div class="setting card">
    <span>
      <span class="label with-icon" id=${`${id}n`}><${Icon} name="ban" />${t("Stop all advertising")}</span>
      <span class="quiet" id=${`${id}t`}>
        ${t("Of every company, at once. Answers to you and messages about your orders still arrive.")}
      </span>
    </span>
    <${Switch}
      checked=${shown.value?.stopped_everybody ?? false}
      labelledby=${`${id}n`}
      describedby=${`${id}t`}
      disabled=${busy.value}
      onChange=${set}
    />
  </div>`;
}

/** Requests that wait for an answer. */
const Waiting = () =>
  requests.value.length > 0 &&
  html`<section class="stack" aria-label=${t("Open requests")}>
    <h2>${t("Open requests")}</h2>
    ${requests.value.map(
      (request) =>
        html`<div class="card stack" key=${request.id}>
          <h3>${request.company}</h3>
          <${Asked} request=${request} />
          <button type="button" class="button" onClick=${() => (asked.value = request.id)}>${t("Answer")}</button>
        </div>`,
    )}
  </section>`;

/** @param {{ company: Company, shown: Shown, change: Change, erase: () => void }} props */
function CompanyCard({ company, shown, change, erase }) {
  const busy = useSignal(false);
  const set = async (/** @type {string} */ purpose, /** @type {boolean} */ granted) => {
    busy.value = true;
    try {
      const next = await permits.set(company.company, purpose, granted);
      const page = shown.value;
      if (page) change({ ...page, companies: page.companies.map((one) => (one.company === next.company ? next : one)) });
      for (const { id } of company.senders) if (senderOf(id)) fetchSender(id).catch(() => undefined); // asked again when opened
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  const { written, purposes } = company;
  return html`<article class="card stack" aria-label=${company.name}>
    <header>
      <h2>${company.name} ${company.verified && html`<${Verified} />`}</h2>
      <p class="quiet">
        ${
          written.ever > 0
            ? `${tn("{n} message", "{n} messages", written.ever)} · ${tn("{n} within 30 days", "{n} within 30 days", written.last_30_days)} · ${t("last on {date}", { date: formatDate(written.last_at ?? "") })}`
            : t("Never wrote to you")
        }
      </p>
    </header>
    <ul class="permissions">
      ${purposes.map((one) => html`<${PurposeRow} key=${one.purpose} one=${one} busy=${busy.value} set=${set} />`)}
    </ul>
    <div class="actions">
      ${
        company.stopped_all
          ? html`<button type="button" class="button" disabled=${busy.value} onClick=${() => set("*", true)}>
              ${t("Resume as before")}
            </button>`
          : html`<button type="button" class="button" disabled=${busy.value} onClick=${() => set("*", false)}>
              <${Icon} name="ban" />${t("Stop everything of {name}", company)}
            </button>`
      }
      ${company.senders
        .filter(({ id }) => threads.value.has(id))
        .map(({ id, name }) => html`<a class="button plain" key=${id} href=${chatPath(id)}>${t("Chat with {name}", { name })}</a>`)}
    </div>
    <${History} company=${company} />
    <div class="actions">
      <a class="button plain" href=${permits.proof(company.company)} target="_blank" rel="noopener">
        <${Icon} name="file-text" />${t("Proof to print")}
      </a>
      <button type="button" class="button plain danger" onClick=${erase}><${Icon} name="trash-2" />${t("Erase me at {name}", company)}</button>
    </div>
  </article>`;
}

/** On which basis a company writes, in a few words. @param {Allowed} one */
const basis = (one) => {
  const values = { date: one.since ? formatDate(one.since) : "", source: one.source ?? "" };
  if (one.basis === "customer") return t("Without your consent: as an existing customer, since {date}", values);
  if (one.basis === "list") return t("From a list of the company's, since {date}. You did not confirm it here.", values);
  if (one.basis) return t("You allowed it on {date} ({source})", values);
  if (one.reason === "consent_expired") {
    const ended = one.valid_until && new Date(one.valid_until) <= new Date() ? one.valid_until : "";
    return ended ? t("Lapsed on {date}", { date: formatDate(ended) }) : t("Lapsed: not used for long");
  }
  if (one.act === "decline") return t("You declined it on {date}", values);
  return one.since ? t("You stopped it on {date} ({source})", values) : t("Never allowed");
};

/** @param {{ one: Allowed, busy: boolean, set: (purpose: string, granted: boolean) => void }} props */
function PurposeRow({ one, busy, set }) {
  const id = useId();
  return html`<li class="setting">
    <span>
      <span class="label" id=${`${id}n`}>${one.name}</span>
      <span class="quiet" id=${`${id}t`}>
        ${basis(one)}${one.last_use && ` · ${t("last used on {date}", { date: formatDate(one.last_use) })}`}
        ${one.granted && one.valid_until && ` · ${t("until {date}", { date: formatDate(one.valid_until) })}`}
      </span>
      ${one.wording && html`<span class="quiet wording">${one.wording}</span>`}
    </span>
    <${Switch}
      checked=${one.granted}
      labelledby=${`${id}n`}
      describedby=${`${id}t`}
      disabled=${busy}
      onChange=${(/** @type {boolean} */ granted) => set(one.purpose, granted)}
    />
  </li>`;
}

/** @param {{ company: Company }} props */
const History = ({ company }) =>
  company.history.length > 0 &&
  html`<details>
    <summary>${t("History")} (${company.history.length})</summary>
    <ol class="history">
      ${company.history.map(
        ({ id, at, says, method, terms, purpose }) =>
          html`<li key=${id}>
            <time datetime=${at}>${formatDateTime(at)}</time>
            <span>${terms.purpose ?? (purpose === "*" ? t("Everything") : purpose)}: ${says} · ${method}</span>
          </li>`,
      )}
    </ol>
  </details>`;

/** @param {{ page: import("./permits.js").PermissionsPage, erase: () => void }} props */
const Account = ({ page, erase }) =>
  html`<section class="card stack" aria-label=${t("Everything on record")}>
    <h2>${t("Everything on record")}</h2>
    <p class="quiet">
      ${
        page.chain.whole
          ? tn("{n} record, in an unbroken chain.", "{n} records, in an unbroken chain.", page.chain.records)
          : t("The chain of records is broken. Please tell the people who run this messenger.")
      }
    </p>
    <div class="actions">
      <a class="button" href=${permits.exported("html")} download><${Icon} name="file-text" />${t("Save to read")}</a>
      <a class="button" href=${permits.exported("json")} download="takt-permissions.json"><${Icon} name="download" />${t("Save as JSON")}</a>
      <button type="button" class="button danger" onClick=${erase}><${Icon} name="trash-2" />${t("Erase my account")}</button>
    </div>
  </section>`;

/** The question before something is gone for good, then what was done. @param {{ company: Company | null, close: () => void, done: () => void }} props */
function EraseDialog({ company, close, done }) {
  const busy = useSignal(false);
  const certificate = useSignal(/** @type {any} */ (null));
  const erase = async () => {
    busy.value = true;
    try {
      certificate.value = await permits.erase(company?.company);
      await fetchThreads();
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  const end = () => {
    if (certificate.value && !company) return leave();
    if (certificate.value) done();
    close();
  };
  const title = company ? t("Erase me at {name}", company) : t("Erase my account");
  const footer = certificate.value
    ? html`<button type="button" class="button primary" onClick=${end}>${t("Done")}</button>`
    : html`<button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
        <button type="button" class="button danger primary" disabled=${busy.value} onClick=${erase}>${t("Erase for good")}</button>`;
  return html`<${Dialog} title=${title} onClose=${end} footer=${footer}>
    ${
      certificate.value
        ? html`<${Certificate} certificate=${certificate.value} />`
        : html`<p>
              ${
                company
                  ? t("All messages between you and {name} go, on both sides, with everything they say of you. Nothing more may come.", company)
                  : t("Your messages, chats, devices and your number go, here and with every company. You are signed out everywhere.")
              }
            </p>
            <p class="quiet">${t("Kept: bills without your name, and the proof of what you allowed and stopped. This cannot be undone.")}</p>`
    }
  </${Dialog}>`;
}

/** @param {{ certificate: any }} props */
const Certificate = ({ certificate }) => {
  const file = `data:application/json,${encodeURIComponent(JSON.stringify(certificate, null, 2))}`;
  return html`<p role="status">
      ${tn("It is done: {n} message erased.", "It is done: {n} messages erased.", certificate.deleted.messages)}
    </p>
    <p class="quiet">${t("The certificate names nobody. Keep it if you want to prove this later.")}</p>
    <p><code class="hash">${certificate.certificate}</code></p>
    <a class="button" href=${file} download="takt-certificate.json"><${Icon} name="download" />${t("Save the certificate")}</a>`;
};
