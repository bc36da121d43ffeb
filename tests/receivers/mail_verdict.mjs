// What receivers make of the mails in a folder: one JSON line per .eml file, in the order of their names.
//
//   mail_verdict.mjs FOLDER [RECORD NAME]
//
// RECORD is a file with the text of the TXT record that holds the key, NAME where in DNS it stands, as in
// wardwatch._domainkey.city.example; no DNS is asked. Without them signatures are not looked at.
//
//   {"mail": "….eml", "score": 0.1, "rules": {"RULE": 0.1},   what SpamAssassin says without a network
//    "html": ["rule at 12:3: message"],                       what html-validate says
//    "dkimpy": "pass", "opendkim": "pass", "mailauth": "pass", "dmarc": "pass"}

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const require = createRequire(new URL("../../var/receivers/", import.meta.url));
const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), "mail-verdict-"));

// Attributes that HTML has given up and mail programs have not: Outlook on Windows lays tables out by
// them and by nothing else.
const asOutlookReads = (...names) => ({
  attributes: Object.fromEntries(names.map((name) => [name, { deprecated: false }])),
});

const RULES = {
  root: true,
  extends: ["html-validate:recommended"],
  elements: [
    "html5",
    {
      table: asOutlookReads("width", "cellpadding", "cellspacing", "border"),
      td: asOutlookReads("align"),
    },
  ],
  rules: {
    // As in our pages.
    "doctype-style": ["error", { style: "lowercase" }],
    // Many mail programs throw the style sheet away, or all of it that they do not know.
    "no-inline-style": "off",
    // Every parser puts the <tbody> in by itself.
    "prefer-tbody": "off",
    // For the results of search engines; a mail's title is its subject.
    "long-title": "off",
  },
};

// Whether these rules still find what is wrong; else they would say of every page that it is well.
const BROKEN = '<!doctype html><html lang="en"><head><title>x</title></head><body><p><div></p><img src="x"></body></html>';

async function checkPages(mails) {
  const { HtmlValidate } = require("html-validate");
  const validator = new HtmlValidate(RULES);
  const complaints = async (page, name) => {
    const report = await validator.validateString(page, name);
    const all = report.results.flatMap((result) => result.messages);
    return all.map((one) => `${one.ruleId} at ${one.line}:${one.column}: ${one.message}`);
  };
  if ((await complaints(BROKEN, "broken.html")).length < 2) throw new Error("html-validate finds nothing");
  for (const mail of mails) mail.verdict.html = await complaints(pageOf(mail.raw), mail.name);
}

/** The HTML part: ours are in quoted-printable or base64, and in UTF-8. */
function pageOf(raw) {
  const text = raw.toString("latin1");
  const parts = text.split(/\r\n--wardwatch-[^\r]*\r\n/);
  const part = parts.find((one) => /^Content-Type: text\/html/im.test(one.split("\r\n\r\n", 1)[0]));
  if (!part) throw new Error("no HTML part");
  const [head] = part.split("\r\n\r\n", 1);
  const body = part.slice(head.length + 4);
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(body, "base64").toString();
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return Buffer.from(body, "latin1").toString();
  const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

// What every spam filter takes for spam, so that it can be tried: GTUBE.
const SPAM = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

/** By the rules that come with the package, not by those that a nightly job may have fetched since; with
 *  nobody's settings and nothing learned, so that the same mail gets the same score everywhere. */
async function spamassassin(mails) {
  const options = ["-L", "-t", "-x", "-C", "/usr/share/spamassassin", "-p", "/dev/null"];
  const settings = ["report_safe 0", "use_bayes 0", "add_header all Verdict _SCORE_ _TESTSSCORES(,)_"];
  const spam = join(scratch, "spam.eml");
  writeFileSync(spam, `Subject: buy\r\n\r\n${SPAM}\r\n`);
  const files = [...mails.map((mail) => mail.file), spam];
  const { stdout } = await run("spamassassin", [...options, ...settings.map((one) => `--cf=${one}`), ...files], {
    encoding: "latin1",
    env: { ...process.env, HOME: scratch, LC_ALL: "C" },
    maxBuffer: 1 << 28,
  });
  // The mails come back one behind the other, each beginning with the headers it was given.
  const first = "X-Spam-Checker-Version: ";
  const answers = stdout.split(new RegExp(`^(?=${first})`, "m")).filter((one) => one.startsWith(first));
  if (answers.length !== files.length) throw new Error(`SpamAssassin answered to ${answers.length} of ${files.length}`);
  const verdicts = answers.map((answer) => {
    const [, score, rules] = /^X-Spam-Verdict: (\S+) (.*(?:\r?\n[ \t].*)*)/m.exec(answer);
    const each = rules.replace(/\s+/g, "").split(",").map((rule) => rule.split("="));
    return { score: Number(score), rules: Object.fromEntries(each.map(([rule, points]) => [rule, Number(points)])) };
  });
  if (!(verdicts.pop().score > 100)) throw new Error("SpamAssassin does not know spam when it sees it");
  verdicts.forEach((verdict, at) => Object.assign(mails[at].verdict, verdict));
}

async function dkimpy(mails, record, name) {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const python = fileURLToPath(new URL("../../var/receivers/bin/python", import.meta.url));
  const files = mails.map((mail) => mail.file);
  const { stdout } = await run(python, [join(folder, "dkim_check.py"), record, name, ...files], { maxBuffer: 1 << 24 });
  const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
  answers.forEach((answer, at) => {
    mails[at].verdict.dkimpy = answer.verified ? "pass" : answer.why ?? "fail";
  });
}

async function opendkim(mails, record, name) {
  const [keys, settings] = [join(scratch, "keys"), join(scratch, "opendkim.conf")];
  writeFileSync(keys, `${name} ${readFileSync(record, "utf8").trim()}\n`);
  writeFileSync(settings, `Mode v\nTestPublicKeys ${keys}\n`);
  // It ends with 0 whatever it finds, and says what that was.
  const { stdout, stderr } = await run("opendkim", ["-x", settings, "-t", mails.map((mail) => mail.file).join(",")]);
  const lines = (stdout + stderr).split("\n");
  for (const mail of mails) {
    const line = lines.find((one) => one.startsWith(`opendkim: ${mail.file}: `)) ?? "it said nothing";
    mail.verdict.opendkim = line.endsWith(" succeeded") ? "pass" : line;
  }
}

/** Through a server that may not send for us, as a forwarder's: the signature alone has to carry it. */
async function mailauth(mails, record, name) {
  const { authenticate } = require("mailauth");
  const domain = name.split("._domainkey.")[1];
  const records = {
    [name]: readFileSync(record, "utf8").trim(),
    [domain]: "v=spf1 -all",
    [`_dmarc.${domain}`]: "v=DMARC1; p=reject; adkim=s; aspf=s",
  };
  const resolver = async (asked, kind) => {
    if (kind === "TXT" && records[asked]) return [[records[asked]]];
    throw Object.assign(new Error("there is no such record"), { code: "ENOTFOUND" });
  };
  const server = { ip: "192.0.2.8", helo: "forwarder.example", sender: `bounces@${domain}`, mta: "mx.example" };
  for (const mail of mails) {
    const found = await authenticate(mail.raw, { ...server, resolver, minBitLength: 2048, disableBimi: true });
    const [signature] = found.dkim.results;
    mail.verdict.mailauth = signature.status.comment ?? signature.status.result;
    mail.verdict.dmarc = found.dmarc.status.result;
  }
}

async function main([folder, record, name]) {
  const names = readdirSync(folder).filter((one) => one.endsWith(".eml")).sort();
  if (!names.length) throw new Error(`there are no .eml files in ${folder}`);
  const mails = names.map((one) => {
    const file = join(folder, one);
    return { name: basename(one, ".eml"), file, raw: readFileSync(file), verdict: { mail: one } };
  });
  await checkPages(mails);
  const checks = [spamassassin(mails)];
  if (record) checks.push(dkimpy(mails, record, name), opendkim(mails, record, name), mailauth(mails, record, name));
  await Promise.all(checks);
  for (const { verdict } of mails) console.log(JSON.stringify(verdict));
}

try {
  await main(process.argv.slice(2));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
