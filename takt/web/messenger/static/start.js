// @ts-check
/** Beginning a chat: the directory of companies, and the profile page an invite link leads to. */
import { html, useEffect, useId, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Avatar, Empty, Icon, IconButton, Verified } from "/static/ui.js";
import { ApiError, api } from "./api.js";
import { ask, setBlocked } from "./dialogs.js";
import { sayFailure } from "./failure.js";
import { pictureOf } from "./media.js";
import { Facts, Identity, Origin, kindName, purpose } from "./profile.js";
import { back, chatPath, go, invitePath } from "./router.js";
import { beginThread, putSender, putThread, senderOf, threads, wide } from "./state.js";
import { fetchSender } from "./sync.js";

/** @typedef {import("./api.js").Sender} Sender */

/** Where a press on a company leads: into its chat if there is one, else to its profile. @param {Sender} sender */
const pathTo = (sender) => (threads.value.get(sender.id)?.accepted ? chatPath(sender.id) : invitePath(sender.id));

export function Start() {
  const senders = useSignal(/** @type {Sender[] | null} */ (null));
  const failed = useSignal(false);
  const search = useSignal("");
  useEffect(() => {
    api.senders().then(
      (found) => (senders.value = found),
      () => (failed.value = true),
    );
  }, []);
  const wanted = search.value.trim().toLocaleLowerCase();
  const found = (senders.value ?? []).filter(({ name, business, about }) =>
    [name, business, about ?? ""].some((text) => text.toLocaleLowerCase().includes(wanted)),
  );
  return html`<section class="pane page" aria-label=${t("Start a chat")}>
    <header class="bar">
      <${IconButton} icon="arrow-left" label=${t("Back")} onClick=${() => back("/")} />
      <h1>${t("Start a chat")}</h1>
    </header>
    <div class="scroll">
      <div class="column">
        <p class="quiet">${t("These companies use this messenger. None of them learns of you until you write.")}</p>
        <div class="search">
          <${Icon} name="search" />
          <input
            type="search"
            class="input"
            aria-label=${t("Search companies")}
            placeholder=${t("Search companies")}
            value=${search.value}
            onInput=${(/** @type {any} */ event) => (search.value = event.target.value)}
          />
        </div>
        ${failed.value && html`<p role="status">${t("The directory cannot be reached right now.")}</p>`}
        ${senders.value && found.length === 0 && html`<p class="quiet" role="status">${t("No company by this name.")}</p>`}
        <ul class="directory">
          ${found.map(
            (sender) =>
              html`<li key=${sender.id}>
                <a class="row" href=${pathTo(sender)}>
                  <${Avatar} name=${sender.name} picture=${pictureOf(sender)} business />
                  <span class="who"><strong>${sender.name}</strong>${sender.verified && html`<${Verified} />`}</span>
                  <span class="under"><span class="preview">${sender.about || sender.business}</span></span>
                  <span class="chip">${sender.blocked ? t("Blocked") : kindName(sender)}</span>
                </a>
              </li>`,
          )}
        </ul>
      </div>
    </div>
  </section>`;
}

/** The page behind an invite link. @param {{ id: string }} props */
export function Invite({ id }) {
  const problem = useSignal("");
  useEffect(() => {
    problem.value = "";
    fetchSender(id).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.status === 404 ? "gone" : "unreachable";
    });
  }, [id]);
  const sender = senderOf(id);
  const bar = html`<header class="bar">
    <${IconButton} icon="arrow-left" label=${t("Back")} onClick=${() => back("/")} />
    <span class="quiet">${t("Company profile")}</span>
  </header>`;
  if (!sender) {
    const title = problem.value === "gone" ? t("This company is not here") : t("No connection");
    const text =
      problem.value === "gone"
        ? t("The link may be old, or the company has left this messenger.")
        : t("Please try again when you are online.");
    const body = problem.value
      ? html`<${Empty} heading=${wide.value ? "h2" : "h1"} icon=${problem.value === "gone" ? "building-2" : "wifi-off"} title=${title} text=${text} />`
      : html`<div class="waiting"><span class="spinner" role="status" aria-label=${t("Loading")} /></div>`;
    return html`<section class="pane page" aria-label=${t("Company profile")}>${bar}${body}</section>`;
  }
  return html`<section class="pane page" aria-label=${t("Company profile")}>
    ${bar}
    <div class="scroll">
      <div class="column invite">
        <${Identity} sender=${sender} heading="h1" />
        <${Facts} sender=${sender} />
        ${sender.blocked ? html`<${Unblock} sender=${sender} />` : html`<${Choice} sender=${sender} />`}
      </div>
    </div>
  </section>`;
}

/** @param {{ sender: Sender }} props */
const Unblock = ({ sender }) =>
  html`<div class="card stack">
    <p>${t("You have blocked {name}.", sender)}</p>
    <button type="button" class="button wide" onClick=${() => setBlocked(sender, false)}>
      ${t("Unblock {name}", sender)}
    </button>
  </div>`;

/** A purpose that needs no tick: it belongs to every chat, or was allowed before. @param {{ name: string, children?: any }} props */
const Given = ({ name, children }) =>
  html`<li class=${name === "service" ? "given" : "given before"}>
    <${Icon} name=${name === "service" ? "message-circle" : "check"} />
    <span>
      <span class="label with-icon"><${Icon} name=${purpose(name).icon} />${purpose(name).name()}</span>
      ${children}
    </span>
  </li>`;

/**
 * What the company may send: service belongs to every chat, everything else has to be ticked.
 * @param {{ sender: Sender }} props
 */
function Choice({ sender }) {
  const id = useId();
  const ticked = useSignal(/** @type {string[]} */ ([]));
  const busy = useSignal(false);
  const others = sender.purposes.filter((name) => name !== "service");
  const allowed = others.filter((name) => sender.consent[name]?.granted);
  const extra = others.filter((name) => !sender.consent[name]?.granted);
  const toggle = (/** @type {string} */ name) => {
    const rest = ticked.value.filter((each) => each !== name);
    ticked.value = rest.length < ticked.value.length ? rest : [...rest, name];
  };
  const next = async () => {
    busy.value = true;
    try {
      for (const name of ["service", ...ticked.value]) putSender(await api.consent(sender.id, name, true));
      if (threads.value.has(sender.id)) putThread(await api.accept(sender.id));
      else beginThread(senderOf(sender.id) ?? sender);
      go(chatPath(sender.id), { replace: true });
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  return html`<section class="card stack" aria-labelledby=${id}>
      <h2 id=${id}>${t("What may {name} send you?", sender)}</h2>
      <ul class="permissions">
        <${Given} name="service"><span class="quiet">${t("Answers to what you write; part of every chat")}</span></${Given}>
        ${allowed.map((name) => html`<${Given} key=${name} name=${name}><${Origin} consent=${sender.consent[name]} /></${Given}>`)}
        ${extra.map(
          (name) =>
            html`<li key=${name}>
              <label class="choice">
                <input type="checkbox" checked=${ticked.value.includes(name)} onChange=${() => toggle(name)} />
                <span>
                  <span class="label with-icon"><${Icon} name=${purpose(name).icon} />${purpose(name).name()}</span>
                  <span class="quiet">${purpose(name).text()}</span>
                </span>
              </label>
            </li>`,
        )}
      </ul>
      <button type="button" class="button primary wide" disabled=${busy.value} onClick=${next}>
        ${
          ticked.value.length > 0
            ? t("Continue with what I ticked")
            : allowed.length > 0
              ? t("Continue")
              : t("Continue with service only")
        }
      </button>
      <p class="quiet">${t("You can change this at any time in the chat's details.")}</p>
    </section>
    <div class="buttons center">
      <button type="button" class="button plain" onClick=${() => setBlocked(sender, true)}>
        <${Icon} name="ban" />${t("Block")}
      </button>
      <button type="button" class="button plain" onClick=${() => ask({ kind: "report", sender })}>
        <${Icon} name="flag" />${t("Report")}
      </button>
    </div>`;
}
