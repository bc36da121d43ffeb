// Says of each message on standard input, one JSON object a line, whether the library of Standard
// Webhooks believes it: {"secret", "headers", "body"} in, {"ok"} or {"ok", "why"} out.

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../var/receivers/", import.meta.url));
const { Webhook } = require("standardwebhooks");

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  let verdict = { ok: true };
  try {
    new Webhook(secret).verify(body, headers);
  } catch (why) {
    verdict = { ok: false, why: String(why.message) };
  }
  process.stdout.write(JSON.stringify(verdict) + "\n");
}
