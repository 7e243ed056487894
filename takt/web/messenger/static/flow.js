// @ts-check
/**
 * A form of a company, filled in screen by screen in a dialog. Screens are a stack: back takes the upper one away, and
 * what was answered stays. What the form ends with goes out as an ordinary message that quotes the one it came from.
 */
import { html, render, useLayoutEffect, useRef, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Dialog, Icon, toast } from "/static/ui.js";
import { ApiError, api } from "./api.js";
import { sayFailure } from "./failure.js";
import { empty, fault } from "./flow_check.js";
import { FlowPart, openAddress, shown } from "./flow_parts.js";
import { resolve } from "./flow_values.js";
import { send } from "./outbox.js";

/** @typedef {import("./flow_check.js").Part} Part */
/** A screen that is open, or lies under the one that is. @typedef {{ id: string, data: Record<string, any>, answers: Record<string, any> }} Page */

const INPUTS = /Input|Area|Group|Dropdown|Selector|Picker|OptIn/;

/**
 * Opens the form that `button` of `message` stands for; resolves when it is on the screen.
 * @param {{ message: import("./api.js").Message, button: Record<string, any> }} pressed
 */
export async function openFlow({ message, button }) {
  try {
    const opened = await api.flow(message.id);
    const first = { screen: opened.screen, data: opened.data };
    const begun = button.action === "data_exchange" || opened.action === "data_exchange";
    const start = begun ? await api.exchange(message.id, { action: "INIT", flow_token: opened.token }) : first;
    const place = document.createElement("div");
    document.body.append(place);
    const close = () => {
      render(null, place);
      place.remove();
    };
    render(html`<${FlowDialog} message=${message} opened=${opened} start=${start} onClose=${close} />`, place);
  } catch (error) {
    sayFailure(error);
  }
}

/** A file of an answer, brought to the server. @param {File} file */
async function bring(file) {
  const { id, mime_type } = await api.upload(file, file.name, () => undefined);
  return { id, mime_type, file_name: file.name };
}

/** @param {any} flow @param {string} id @returns {Record<string, any>} */
const screenOf = (flow, id) => flow.screens.find((/** @type {any} */ each) => each.id === id) ?? flow.screens[0];

/** Every input below, whether it is shown or not, with what its form fills in. @param {Part[]} children @param {any} initial @returns {[Part, any][]} */
const inputs = (children, initial = {}) =>
  children.flatMap((child) => {
    if (INPUTS.test(child.type)) return [[child, child["init-value"] ?? initial?.[child.name]]];
    const inner = [child.children, child.then, child.else, ...Object.values(child.cases ?? {})];
    return inner.filter(Array.isArray).flatMap((list) => inputs(list, child["init-values"] ?? initial));
  });

/** @param {any} flow @param {string} id @param {Record<string, any>} data @returns {Page} */
function newPage(flow, id, data) {
  const screen = screenOf(flow, id);
  const scope = { data, form: {}, screen: {} };
  const answers = inputs(screen.layout.children).map(([part, given]) => [part.name, resolve(given, scope) ?? empty(part)]);
  return { id: screen.id, data, answers: Object.fromEntries(answers) };
}

/** @param {{ message: import("./api.js").Message, opened: any, start: { screen: string, data: any }, onClose: () => void }} props */
function FlowDialog({ message, opened, start, onClose }) {
  const { flow, token } = opened;
  const pages = useSignal(/** @type {Page[]} */ ([newPage(flow, start.screen, start.data)]));
  const faults = useSignal(/** @type {Record<string, string>} */ ({}));
  const trouble = useSignal("");
  const busy = useSignal(false);
  const touched = useSignal(false);
  const leaving = useSignal(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const page = pages.value[pages.value.length - 1];
  const screen = screenOf(flow, page.id);
  const screens = Object.fromEntries(pages.value.map(({ id, data, answers }) => [id, { data, form: answers }]));
  const scope = { data: page.data, form: page.answers, screen: screens };
  const parts = shown(screen.layout.children, scope);
  const footer = parts.find(({ type }) => type === "Footer");
  const depth = pages.value.length;

  useLayoutEffect(() => {
    const dialog = place.current?.closest("dialog");
    dialog?.scrollTo(0, 0);
    dialog?.querySelector("h2")?.focus();
  }, [page.id, depth]);

  /** @param {Partial<Page>} change */
  const turn = (change) => (pages.value = [...pages.value.slice(0, -1), { ...pages.value[depth - 1], ...change }]);

  /** @param {{ screen: string, data: any, closing?: any }} next */
  const follow = (next) => {
    if (next.closing) return finish(next.closing);
    faults.value = {};
    trouble.value = next.data?.error_message ?? "";
    if (next.screen === page.id) turn({ data: { ...page.data, ...next.data } });
    else {
      const known = pages.value.findIndex(({ id }) => id === next.screen);
      if (known >= 0) pages.value = pages.value.slice(0, known + 1).map((each, index) => (index === known ? { ...each, data: { ...each.data, ...next.data } } : each));
      else pages.value = [...pages.value, newPage(flow, next.screen, next.data ?? {})];
    }
  };

  /** @param {string} action @param {any} data */
  const exchange = async (action, data) => {
    busy.value = true;
    try {
      follow(await api.exchange(message.id, { action, screen: page.id, data, flow_token: token }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble.value = error.message || t("The form cannot go on without a connection.");
    }
    busy.value = false;
  };

  /** @param {Record<string, any>} response */
  const finish = (response) => {
    send(message.sender, "interactive", { type: "nfm_reply", name: "flow", response: { ...response, flow_token: token } }, { context: message.id });
    onClose();
    toast(t("Your answers are on their way."));
  };

  /** @param {any} action */
  const act = (action) => {
    if (!action || busy.value) return;
    const payload = resolve(action.payload ?? {}, scope);
    if (action.name === "navigate") follow({ screen: action.next.name, data: payload });
    else if (action.name === "data_exchange") exchange("data_exchange", payload);
    else if (action.name === "complete") finish(payload);
    else if (action.name === "update_data") turn({ data: { ...page.data, ...payload } });
    else if (action.name === "open_url") openAddress(resolve(action.url, scope));
  };

  const go = () => {
    const found = parts.filter(({ type }) => INPUTS.test(type)).map((part) => [part.name, fault(part, page.answers[part.name])]);
    faults.value = Object.fromEntries(found.filter(([, sentence]) => sentence));
    const first = found.find(([, sentence]) => sentence);
    if (!first) return act(footer?.["on-click-action"]);
    /** @type {HTMLElement | null | undefined} */ (place.current?.querySelector(`[data-name="${CSS.escape(first[0])}"]`))?.focus();
  };

  const back = () => {
    if (screen.refresh_on_back && opened.endpoint) exchange("BACK", {});
    else {
      faults.value = {};
      trouble.value = "";
      pages.value = pages.value.slice(0, -1);
    }
  };

  const form = {
    scope,
    answers: page.answers,
    faults: faults.value,
    act,
    /** @param {Part} part @param {any} answer */
    answer: (part, answer) => {
      touched.value = true;
      const { answers } = pages.value[depth - 1]; // a file may have been on its way while others were given
      turn({ answers: { ...answers, [part.name]: answer } });
      if (faults.value[part.name]) faults.value = { ...faults.value, [part.name]: fault(part, answer) };
      const chosen = Array.isArray(answer) ? answer.length > answers[part.name].length : Boolean(answer);
      const action = part[chosen ? "on-select-action" : "on-unselect-action"];
      if (action) queueMicrotask(() => act(action));
    },
    /** @param {Part} part @param {FileList} files */
    upload: async (part, files) => {
      busy.value = true;
      try {
        form.answer(part, await Promise.all([...files].map(bring)));
      } catch (error) {
        sayFailure(error);
      }
      busy.value = false;
    },
  };

  const leave = () => (touched.value ? (leaving.value = true) : onClose());
  const buttons = html`
    ${
      depth > 1 &&
      html`<button type="button" class="button" disabled=${busy.value} onClick=${back}><${Icon} name="arrow-left" />${t("Back")}</button>`
    }
    ${
      footer &&
      html`<button type="submit" form="flow-form" class="button primary" disabled=${busy.value || footer.enabled === false}>${footer.label}</button>`
    }
  `;
  if (leaving.value) return html`<${Leaving} onStay=${() => (leaving.value = false)} onLeave=${onClose} />`;
  return html`<${Dialog} kind="sheet" class="flow" title=${screen.title || opened.name} onClose=${leave} footer=${buttons}>
    <form id="flow-form" ref=${place} class="flow-form" novalidate aria-busy=${String(busy.value)} onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      go();
    }}>
      ${trouble.value && html`<p class="banner danger" role="alert"><${Icon} name="circle-alert" />${trouble.value}</p>`}
      ${parts.map((part, index) => html`<${FlowPart} key=${`${page.id} ${part.name ?? index}`} part=${part} form=${form} />`)}
      ${footer && html`<p class="quiet flow-captions">${["left-caption", "center-caption", "right-caption"].map((name) => html`<span key=${name}>${footer[name]}</span>`)}</p>`}
    </form>
  </${Dialog}>`;
}

/** Asks before answers are thrown away. @param {{ onStay: () => void, onLeave: () => void }} props */
const Leaving = ({ onStay, onLeave }) => {
  const footer = html`<button type="button" class="button" onClick=${onStay}>${t("Keep filling in")}</button>
    <button type="button" class="button danger primary" onClick=${onLeave}>${t("Throw away")}</button>`;
  return html`<${Dialog} key="leaving" title=${t("Throw your answers away?")} onClose=${onStay} footer=${footer}>
    <p>${t("What you filled in so far is not sent.")}</p>
  </${Dialog}>`;
};
