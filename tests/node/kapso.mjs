// The client @kapso/whatsapp-cloud-api at the other end of a pipe. The first line is its configuration; every line
// after it is a call, {"call": "messages.sendText", "input": {…}}, and is answered by a line of
// {"answer": …} or {"refused": …}. The argument is the folder in which the packages lie.
//
// Bytes go as {"base64": "…"} in both directions.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const installed = createRequire(`${process.argv[2]}/`);
const { WhatsAppClient } = installed("@kapso/whatsapp-cloud-api");
const webhooks = installed("@kapso/whatsapp-cloud-api/server");

const RESOURCES = ["messages", "media", "templates", "phoneNumbers", "flows", "calls"];

const unpacked = (_, value) => (typeof value?.base64 === "string" ? Buffer.from(value.base64, "base64") : value);
const packed = (_, value) =>
  value instanceof ArrayBuffer ? { base64: Buffer.from(value).toString("base64") } : value;

let client;

const ours = {
  configure: (config) => void (client = new WhatsAppClient(config)),
  methods: () => RESOURCES.flatMap((name) => methodsOf(client[name], name)),
  request: ({ method, path, ...options }) => client.request(method, path, { responseType: "json", ...options }),
  fetch: async ({ url }) => (await client.fetch(url)).json(),
  verifySignature: webhooks.verifySignature,
  normalizeWebhook: (text) => webhooks.normalizeWebhook(JSON.parse(text)),
};

function methodsOf(resource, path) {
  const own = Object.entries(resource)
    .filter(([key, value]) => !/client|transport|Sender|Hashes/.test(key) && value && typeof value === "object")
    .flatMap(([key, value]) => Object.keys(value).map((name) => `${path}.${key}.${name}`));
  const shared = Object.getOwnPropertyNames(Object.getPrototypeOf(resource))
    .filter((name) => name !== "constructor" && !name.startsWith("_"))
    .map((name) => `${path}.${name}`);
  return [...shared, ...own];
}

async function run({ call, input }) {
  if (call in ours) return ours[call](input);
  const path = call.split(".");
  const name = path.pop();
  const owner = path.reduce((place, key) => place[key], client);
  return owner[name](input);
}

const refusal = (fault) =>
  fault.name === "GraphApiError"
    ? { ...fault.toJSON(), raw: undefined }
    : { name: fault.name, message: `${fault.message} ${fault.cause ?? ""}` };

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = { answer: (await run(JSON.parse(line, unpacked))) ?? null };
  } catch (fault) {
    said = { refused: refusal(fault) };
  }
  process.stdout.write(`${JSON.stringify(said, packed)}\n`);
}
