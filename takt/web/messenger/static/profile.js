// @ts-check
/** Who a company is and what it may send: the pieces that card, invite page and drawer share. */
import { html, useId, useSignal } from "/static/html.js";
import { link } from "/static/rich.js";
import { formatDate, t } from "/static/text.js";
import { Avatar, Icon, Switch, Verified, toast } from "/static/ui.js";
import { api } from "./api.js";
import { sayFailure } from "./failure.js";
import { pictureOf } from "./media.js";
import { putSender } from "./state.js";

/** @typedef {import("./api.js").Sender} Sender */

/** @type {Record<string, { icon: string, name: () => string, text: () => string }>} */
const PURPOSES = {
  service: {
    icon: "headset",
    name: () => t("Service"),
    text: () => t("Answers to what you write"),
  },
  utility: {
    icon: "package",
    name: () => t("Orders and appointments"),
    text: () => t("Confirmations, deliveries, reminders you asked for"),
  },
  marketing: {
    icon: "megaphone",
    name: () => t("Offers and news"),
    text: () => t("Advertising, only if you switch it on"),
  },
  authentication: {
    icon: "key-round",
    name: () => t("Security codes"),
    text: () => t("Codes for signing in, when you ask for one"),
  },
};

/** @param {string} purpose @param {Sender} [sender] who asks for it, maybe in words of its own */
export const purpose = (purpose, sender) => {
  const own = sender?.purpose_names?.[purpose];
  const known = PURPOSES[purpose] ?? { icon: "tag", name: () => purpose, text: () => t("A purpose this company has registered") };
  return own ? { ...known, name: () => own } : known;
};

/** @param {Sender} sender */
export const kindName = ({ kind }) => (kind === "support" ? t("Customer service") : t("Service and offers"));

/**
 * Name, verified mark and what kind of sender it is, in the middle.
 * @param {{ sender: Sender, heading?: "h1" | "h2" | "h3" }} props
 */
export const Identity = ({ sender, heading: Heading = "h2" }) =>
  html`<div class="identity">
    <${Avatar} name=${sender.name} picture=${pictureOf(sender)} business size="large" />
    <${Heading}>${sender.name} ${sender.verified && html`<${Verified} />`}</${Heading}>
    ${sender.business !== sender.name && html`<p class="quiet">${sender.business}</p>`}
    ${
      sender.verified
        ? html`<span class="chip success"><${Icon} name="shield-check" />${t("Verified company")}</span>`
        : html`<span class="chip warning"><${Icon} name="triangle-alert" />${t("Not verified")}</span>`
    }
  </div>`;

/** An imprint as it was entered, its addresses as links. @param {{ text: string }} props */
const Imprint = ({ text }) =>
  html`${text.split(/(https?:\/\/[^\s,;]+|[^\s@,;:]+@[^\s@,;]+\.[^\s@,;.]+)/u).map((part, index) => {
    if (index % 2 === 0) return part;
    const address = part.includes("://") ? part : `mailto:${part}`;
    const { href, target, rel } = link(address, part);
    return html`<a href=${href} target=${target} rel=${rel}>${part}</a>`;
  })}`;

/** What the company says of itself and what it is to us; more facts as children. @param {{ sender: Sender, children?: any }} props */
export const Facts = ({ sender, children }) =>
  html`<dl class="facts">
    ${(sender.profile.about || sender.about) && html`<${Fact} icon="info" name=${t("About")}>${sender.profile.about || sender.about}</${Fact}>`}
    <${Described} profile=${sender.profile} />
    <${Fact} icon=${sender.kind === "support" ? "headset" : "megaphone"} name=${kindName(sender)}>
      ${
        sender.kind === "support"
          ? t("Can only write after you have written. If you stay silent or delete the chat, it has to stop.")
          : t("May also start a chat with you, within what you allow.")
      }
    </${Fact}>
    <${Fact} icon="phone" name=${t("Number")}>${sender.phone}</${Fact}>
    ${sender.username && html`<${Fact} icon="contact" name=${t("Username")}>@${sender.username}</${Fact}>`}
    <${Fact} icon="building-2" name=${t("Imprint")}>
      <span class="lines"><${Imprint} text=${sender.imprint || t("No imprint given")} /></span>
    </${Fact}>
    ${children}
  </dl>`;

/** What the company's own profile adds. @param {{ profile: Sender["profile"] }} props */
const Described = ({ profile: { description, address, email, websites } }) => html`
  ${description && html`<${Fact} icon="file-text" name=${t("Description")}><span class="lines">${description}</span></${Fact}>`}
  ${address && html`<${Fact} icon="map-pin" name=${t("Address")}><span class="lines">${address}</span></${Fact}>`}
  ${email && html`<${Fact} icon="mail" name=${t("E-mail")}><${Imprint} text=${email} /></${Fact}>`}
  ${
    websites.length > 0 &&
    html`<${Fact} icon="globe" name=${t("Website")}><span class="lines"><${Imprint} text=${websites.join("\n")} /></span></${Fact}>`
  }
`;

/** @param {{ icon: string, name: string, children?: any }} props */
export const Fact = ({ icon, name, children }) =>
  html`<div>
    <dt><${Icon} name=${icon} />${name}</dt>
    <dd>${children}</dd>
  </div>`;

/** When and how a consent came about, in one line. @param {{ consent: import("./api.js").Consent | undefined }} props */
export const Origin = ({ consent }) => {
  if (!consent?.at) return html`<span class="quiet">${consent?.granted ? t("Allowed") : t("Not allowed so far")}</span>`;
  const values = { date: formatDate(consent.at), source: consent.source };
  const words = consent.granted
    ? consent.source
      ? t("Allowed on {date} · {source}", values)
      : t("Allowed on {date}", values)
    : consent.source
      ? t("Stopped on {date} · {source}", values)
      : t("Stopped on {date}", values);
  return html`<span class="quiet">${words}</span>`;
};

/** A switch per purpose, with date and source of the consent behind it. @param {{ sender: Sender }} props */
export const Permissions = ({ sender }) =>
  html`<ul class="permissions">
    ${sender.purposes.map((name) => html`<${Permission} key=${name} sender=${sender} name=${name} />`)}
  </ul>`;

/** @param {{ sender: Sender, name: string }} props */
function Permission({ sender, name }) {
  const id = useId();
  const busy = useSignal(false);
  const consent = sender.consent[name];
  const { icon, name: title, text } = purpose(name, sender);
  const change = async (/** @type {boolean} */ granted) => {
    busy.value = true;
    await setConsent(sender, name, granted);
    busy.value = false;
  };
  return html`<li class="setting">
    <span>
      <span class="label with-icon" id=${`${id}n`}><${Icon} name=${icon} />${title()}</span>
      <span class="quiet" id=${`${id}t`}>${text()}</span>
      <${Origin} consent=${consent} />
    </span>
    <${Switch}
      checked=${consent?.granted ?? false}
      labelledby=${`${id}n`}
      describedby=${`${id}t`}
      disabled=${busy.value}
      onChange=${change}
    />
  </li>`;
}

/**
 * Grants or withdraws consent and says so, with a way back.
 * @param {Sender} sender
 * @param {string} name the purpose
 * @param {boolean} granted
 * @param {boolean} [again] is this the way back?
 */
export async function setConsent(sender, name, granted, again = false) {
  try {
    putSender(await api.consent(sender.id, name, granted));
  } catch (error) {
    return sayFailure(error);
  }
  const values = { name: sender.name, purpose: purpose(name, sender).name() };
  const words = granted ? t("Allowed: {purpose} from {name}", values) : t("Stopped: {purpose} from {name}", values);
  const undo = { text: t("Undo"), run: () => setConsent(sender, name, !granted, true) };
  toast(words, again ? undefined : undo);
}
