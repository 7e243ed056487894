// @ts-check
/**
 * The policy's rules and the numbers behind them, for people. The server says both in one fixed form that logs and
 * programs read too; what is not known here is shown as it came.
 */
import { formatDateTime, formatMoney, locale, t, tn } from "/static/text.js";

const RULES = /** @type {Record<string, () => string>} */ ({
  sender_live: () => t("Sender and company live"),
  measure: () => t("No restriction of the company"),
  number_registered: () => t("Registered number"),
  pilot_scope: () => t("Pilot members"),
  recipient_known: () => t("Known number"),
  not_blocked: () => t("No block by the person"),
  not_blocked_by_company: () => t("Not on the own block list"),
  sender_kind: () => t("Kind of sender"),
  window_or_template: () => t("Reply window or template"),
  template_parameters: () => t("Template variables"),
  flow: () => t("Form in the message"),
  marketing_path: () => t("Way for marketing"),
  identity: () => t("Same person as before"),
  media: () => t("Pictures and files"),
  reaction: () => t("Message reacted to"),
  marketing_consent: () => t("Consent to marketing"),
  category: () => t("Category as declared"),
  owner_stop: () => t("No stop of the same owner"),
  owner_block: () => t("No block of another number"),
  filter: () => t("Nothing suspected"),
  reach: () => t("People written to first"),
  quiet_hours: () => t("Quiet hours"),
  not_muted: () => t("Chat not muted"),
  caps: () => t("Most advertising for one person"),
  pressure: () => t("Worth the person's patience"),
  held_out: () => t("Not in the comparison group"),
  pacing: () => t("Pace of a new template"),
  pair_rate: () => t("Pace to this person"),
  throughput: () => t("Pace of the sender"),
  money: () => t("Balance"),
  budget: () => t("Budget of the month"),
  partner: () => t("Partner's payment"),
  delivery: () => t("Delivery in time"),
});

/** A rule's name in words. @param {string} rule */
export const ruleWords = (rule) => RULES[rule]?.() ?? rule.replaceAll("_", " ");

/** @param {string} text 2026-11-22 18:00 */
const day = (text) => formatDateTime(`${text.replace(" ", "T")}Z`);

/** The time of day to the second. @param {string} time 18:00:00, of today in UTC */
const clock = (time) => new Date(`${new Date().toISOString().slice(0, 11)}${time}Z`).toLocaleTimeString(locale(), { hourCycle: "h23" });

/** @param {string} amount 0.113100 @param {string} currency */
const money = (amount, currency) => formatMoney(Math.round(Number(amount) * 1_000_000), currency);

/** @param {string} day sunday, holiday */
const dayWord = (day) =>
  ({
    monday: t("Mondays"),
    tuesday: t("Tuesdays"),
    wednesday: t("Wednesdays"),
    thursday: t("Thursdays"),
    friday: t("Fridays"),
    saturday: t("Saturdays"),
    sunday: t("Sundays"),
    holiday: t("public holidays"),
  })[day] ?? day;

/** @param {string} of 12 of 250 @param {string} among */
const reachWords = (of, among) => {
  const count = of.replace(" of ", "/");
  return among
    ? t("{count} within 24 hours, this person among them", { count })
    : t("{count} within 24 hours", { count });
};

const DAY = "(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d) UTC";
const MONEY = "(-?[\\d.]+) ([A-Z]{3})";

/** Each form of a number, and how a person reads it. @type {[RegExp, (...found: string[]) => string][]} */
const FIGURES = [
  [/^sender live, business live$/, () => t("Sender and company are live")],
  [/^sender live, business pilot$/, () => t("Sender is live, company in its pilot")],
  [/^member$/, () => t("Member")],
  [/^not a member$/, () => t("Not a member")],
  [/^known$/, () => t("Known")],
  [/^not on this messenger$/, () => t("Unknown here")],
  [/^not blocked$/, () => t("Not blocked")],
  [RegExp(`^blocked ${DAY}$`), (at) => t("Blocked since {time}", { time: day(at) })],
  [/^outreach sender$/, () => t("Outreach sender")],
  [RegExp(`^chat deleted ${DAY}$`), (at) => t("Chat deleted {time}", { time: day(at) })],
  [
    RegExp(`^support sender, (.+), (\\d+) of (\\d+) unanswered$`),
    (window, n, max) => t("Support sender, {window}, {n} of {max} unanswered", { window: figureWords(window), n, max }),
  ],
  [/^registered$/, () => t("Registered")],
  [/^not registered$/, () => t("Not registered")],
  [/^not on the block list$/, () => t("Not on it")],
  [/^on the block list$/, () => t("On it")],
  [/^flow published$/, () => t("Form published")],
  [/^category (\w+)$/, (name) => t("Category {name}", { name })],
  [/^the hash fits$/, () => t("The same")],
  [/^another hash$/, () => t("Somebody else")],
  [/^all media are there$/, () => t("All there")],
  [/^a message of this chat$/, () => t("In this chat")],
  [/^no open window$/, () => t("no open window")],
  [RegExp(`^window until ${DAY}$`), (at) => t("window until {time}", { time: day(at) })],
  [/^template approved$/, () => t("Template approved")],
  [/^parameters fit the template$/, () => t("All variables filled in")],
  [/^no opt-in on record$/, () => t("No opt-in on record")],
  [RegExp(`^opted in ${DAY} by (.+)$`), (at) => t("Opted in {time}", { time: day(at) })],
  [RegExp(`^stopped ${DAY} by (.+)$`), (at) => t("Stopped {time}", { time: day(at) })],
  [
    /^next at (\d\d:\d\d:\d\d) UTC$/,
    (at) => t("next at {time}", { time: clock(at) }),
  ],
  [/^(\d+) messages\/s$/, (n) => tn("At most {n} message a second", "At most {n} messages a second", Number(n))],
  [
    RegExp(`^costs ${MONEY}, available ${MONEY}$`),
    (price, currency, rest, other) =>
      t("Costs {price}, available {rest}", { price: money(price, currency), rest: money(rest, other) }),
  ],
  [/^the partner pays its share$/, () => t("The partner pays its share")],
  [/^the partner cannot pay its share$/, () => t("The partner cannot pay its share")],
  [
    RegExp(`^costs ${MONEY}, left of the budget ${MONEY}$`),
    (price, currency, rest, other) =>
      t("Costs {price}, left of the budget {rest}", { price: money(price, currency), rest: money(rest, other) }),
  ],
  [
    /^all senders: (\d+ of \d+) in 24 hours, (\d+ of \d+) in 7 days; this sender: (\d+ of \d+) and (\d+ of \d+)$/,
    (...four) => {
      const [day, week, ownDay, ownWeek] = four.map((of) => of.replace(" of ", "/"));
      return t("All senders: {day} in 24 hours, {week} in 7 days. This sender: {ownDay} and {ownWeek}", {
        day,
        week,
        ownDay,
        ownWeek,
      });
    },
  ],
  [
    /^(?:\w{3} (\d\d:\d\d) in ([\w/+-]+)(?: and .+?)?)(?:; allowed (\d\d:\d\d)-(\d\d:\d\d)(?: but not on ([\w ]+))?)?(?:; own quiet time (\d\d:\d\d)-(\d\d:\d\d))?$/,
    (time, zone, from, to, days, ownFrom, ownTo) =>
      [
        t("{time} in {zone}", { time, zone: zone.replaceAll("_", " ") }),
        from && t("advertising from {from} to {to}", { from, to }),
        days && t("not on {days}", { days: days.split(" or ").map(dayWord).join(", ") }),
        ownFrom && t("own quiet time {from} to {to}", { from: ownFrom, to: ownTo }),
      ]
        .filter(Boolean)
        .join("; "),
  ],
  [RegExp(`^measure \\w+(?: until ${DAY})?$`), (at) => (at ? t("Restricted until {time}", { time: day(at) }) : t("Restricted"))],
  [RegExp(`^stopped another company of the owner ${DAY}$`), (at) => t("Stopped another company of the owner {time}", { time: day(at) })],
  [/^read, and well$/, () => t("Read, and found well")],
  [/^sender watched$/, () => t("Is read by a person before it goes out")],
  [/^sender (?:frozen|condemned)$/, () => t("Suspected of fraud")],
  [/^(\d+ of \d+) people written to first within 24 hours(, this person among them)?$/, reachWords],
  [/^(\d+) of the first (\d+) messages sent$/, (n, max) => t("{n} of the first {max} messages sent", { n, max })],
  [/^not muted$/, () => t("Not muted")],
  [/^muted$/, () => t("Muted")],
  [/^declared (\w+), detected (\w+)$/, (declared, detected) => t("Declared {declared}, detected {detected}", { declared, detected })],
  [RegExp(`^accepted ${DAY}$`), (at) => t("Accepted {time}", { time: day(at) })],
];

/** A rule's number in the reader's words and own time. @param {string} figure @returns {string} */
export function figureWords(figure) {
  for (const [form, words] of FIGURES) {
    const found = form.exec(figure);
    if (found) return words(...found.slice(1));
  }
  return figure.replace(RegExp(DAY, "g"), (_, at) => day(at));
}
