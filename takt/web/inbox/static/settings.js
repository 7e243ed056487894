// @ts-check
/** What an agent sets for herself: language, light or dark, shortcuts; and the list of those. */
import { html } from "/static/html.js";
import { Language, Theme, roleWord } from "/static/door.js";
import { t } from "/static/text.js";
import { Avatar, Dialog, Icon, Switch, toast } from "/static/ui.js";
import * as desk from "./desk.js";
import { setShortcuts, shortcutsOn } from "./kept.js";
import { seesCosts } from "./costs.js";
import { clearAddress, goToCosts, goToStanding, overlay } from "./place.js";

const close = () => {
  overlay.value = null;
};

export function Settings() {
  const who = desk.me.value;
  if (!who) return null;
  const speak = (/** @type {string} */ locale) =>
    desk.setLocale(locale).catch(() => toast(t("The language could not be changed.")));
  const out = () => desk.signOut().then(clearAddress, () => toast(t("Signing out did not work. Please try again.")));
  return html`<${Dialog} title=${t("Settings")} onClose=${close}>
    <p class="me">
      <${Avatar} name=${who.name} />
      <span><strong>${who.name}</strong><span class="quiet">${roleWord(who.role)} · ${who.business.name}</span></span>
    </p>
    <${Language} value=${who.locale} onChange=${speak} />
    <${Theme} />
    ${who.role !== "finance" && html`<button type="button" class="button" onClick=${() => (overlay.value = "shortcuts")}>
      <${Icon} name="keyboard" />${t("Keyboard shortcuts")}
    </button>`}
    ${seesCosts(who.role) && who.role !== "finance" && html`<button type="button" class="button" onClick=${() => goToCosts()}><${Icon} name="coins" />${t("Costs")}</button>`}
    ${seesCosts(who.role) && html`<button type="button" class="button" onClick=${goToStanding}><${Icon} name="gauge" />${t("Standing")}</button>`}
    <button type="button" class="button" onClick=${out}><${Icon} name="log-out" />${t("Sign out")}</button>
  </${Dialog}>`;
}

/** @type {() => [string[], string, boolean][]} keys, meaning, whether it is a single key that can be switched off */
const shortcuts = () => [
  [["j", "k"], t("Next and previous chat"), true],
  [["↑", "↓"], t("The same, in the list; between messages, in the chat"), false],
  [["Enter"], t("Open the chat; send the answer"), false],
  [["r"], t("Write an answer"), true],
  [["t"], t("Choose a template"), true],
  [["i"], t("About this chat"), true],
  [["u"], t("Only unread, or all"), true],
  [["/"], t("Search"), true],
  [["Esc"], t("One step back"), false],
  [["?"], t("Show this list"), true],
];

export function Shortcuts() {
  return html`<${Dialog} title=${t("Keyboard shortcuts")} onClose=${close}>
    <div class="setting">
      <span>
        <strong id="single-keys">${t("Single keys")}</strong>
        <span class="quiet" id="single-keys-hint">${t("Switch them off if keys are pressed by accident or by speech input.")}</span>
      </span>
      <${Switch}
        checked=${shortcutsOn.value}
        labelledby="single-keys"
        describedby="single-keys-hint"
        onChange=${setShortcuts}
      />
    </div>
    <dl class="shortcuts">
      ${shortcuts().map(
        ([keys, words, single]) =>
          html`<div key=${words} class=${single && !shortcutsOn.value ? "off" : ""}>
            <dt>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt>
            <dd>${words}</dd>
          </div>`,
      )}
    </dl>
  </${Dialog}>`;
}
