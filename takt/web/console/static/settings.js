// @ts-check
/** What somebody at the console sets for themselves, and the list of shortcuts. */
import { Language, Theme, roleWord } from "/static/door.js";
import { html } from "/static/html.js";
import { t } from "/static/text.js";
import { Avatar, Dialog, Icon, Switch, toast } from "/static/ui.js";
import { setShortcuts, shortcutsOn } from "./keys.js";
import * as state from "./state.js";

const close = () => {
  state.overlay.value = null;
};

export function Settings() {
  const who = state.me.value;
  if (!who) return null;
  const speak = (/** @type {string} */ locale) =>
    state.setLocale(locale).catch(() => toast(t("The language could not be changed.")));
  const out = () => state.signOut().catch(() => toast(t("Signing out did not work. Please try again.")));
  return html`<${Dialog} title=${t("Settings")} onClose=${close}>
    <p class="me"><${Avatar} name=${who.name} /><span><strong>${who.name}</strong><span class="quiet">${roleWord(who.role)}</span></span></p>
    <${Language} value=${who.locale} onChange=${speak} />
    <${Theme} />
    <button type="button" class="button" onClick=${() => (state.overlay.value = "shortcuts")}>
      <${Icon} name="keyboard" />${t("Keyboard shortcuts")}
    </button>
    <button type="button" class="button" onClick=${out}><${Icon} name="log-out" />${t("Sign out")}</button>
  </${Dialog}>`;
}

/** @type {() => [string[], string][]} */
const shortcuts = () => [
  [["j", "k"], t("Next and previous template")],
  [["a"], t("Approve the open template, at once")],
  [["r"], t("Reject the open template; the reason is asked for")],
  [["Esc"], t("One step back")],
  [["?"], t("Show this list")],
];

export function Shortcuts() {
  return html`<${Dialog} title=${t("Keyboard shortcuts")} onClose=${close}>
    <div class="setting">
      <span>
        <strong id="single-keys">${t("Single keys")}</strong>
        <span class="quiet" id="single-keys-hint">${t("Switch them off if keys are pressed by accident or by speech input.")}</span>
      </span>
      <${Switch} checked=${shortcutsOn.value} labelledby="single-keys" describedby="single-keys-hint" onChange=${setShortcuts} />
    </div>
    <dl class="shortcuts">
      ${shortcuts().map(
        ([keys, words]) =>
          html`<div key=${words} class=${keys[0] !== "Esc" && !shortcutsOn.value ? "off" : ""}>
            <dt>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt>
            <dd>${words}</dd>
          </div>`,
      )}
    </dl>
  </${Dialog}>`;
}
