// The program itself, with a city of its own: wards loaded, mail caught.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = new URL('../../..', import.meta.url).pathname;
const PROGRAM = process.env.WARDWATCH ?? join(HERE, 'target/debug/wardwatch');
/** In the middle of `data/wards.geojson`, which every city here has loaded. */
export const WARD = '10';

const free = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Waits until something comes, for twenty seconds. */
export async function until(what, look) {
  for (let i = 0; i < 200; i++) {
    const found = await look();
    if (found) return found;
    await pause(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** `more` are options of `serve`. */
export async function openCity(...more) {
  const dir = mkdtempSync(join(tmpdir(), 'wardwatch-'));
  const port = await free();
  const url = `http://127.0.0.1:${port}`;
  const run = (...args) => execFileSync(PROGRAM, [...args, '--data-dir', dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  run('boundaries', 'import', join(HERE, 'data/wards.geojson'), '--layer', 'wards', '--id-property', 'ward', '--city-name', 'Alder Falls');
  run('gazetteer', 'import', join(HERE, 'data/streets.geojson'));
  const key = run('keys', 'api', '--role', 'staff', '--name', 'desk').split(/\s+/).find((word) => word.startsWith('ww_'));
  const args = ['serve', '--data-dir', dir, '--listen', `127.0.0.1:${port}`, '--public-url', url, '--trusted-proxies', '127.0.0.1', '--new-for-days', '0', ...more];
  const program = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await until('the program', () => fetch(`${url}/healthz`).then((answer) => answer.ok, () => false));
  const mails = async (to) => (await (await fetch(`${url}/dev/mail.json`)).json()).mails.filter((mail) => mail.to.includes(to));
  const { features } = await (await fetch(`${url}/api/v1/boundaries/wards`)).json();
  const at = middle(features.find((ward) => ward.id === WARD));
  return {
    url,
    at,
    /** In the middle of the whole city. */
    middle: middle({ geometry: { type: 'Polygon', coordinates: features.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === 'Polygon' ? 0 : 1)) } }),
    mails,
    run,
    /** What somebody reports at that place. */
    pothole: (more = {}) => ({ category: 'Pothole', description: 'A deep hole', address: '12 Falls St', lon: at[0], lat: at[1], ...more }),
    /** Sends a form as a page does. */
    form: (path, body) => fetch(url + path, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }),
    /** The newest mail to somebody whose subject has these words. */
    mail: (to, words) => until(`a mail to ${to}: ${words}`, async () => (await mails(to)).find((mail) => mail.subject.includes(words))),
    post: async (path, body, token = key) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? null : answer.json();
    },
    async close() {
      program.kill('SIGTERM');
      await new Promise((resolve) => { program.once('exit', resolve); });
      rmSync(dir, { recursive: true });
    },
  };
}

/** A place well inside a ward: the middle of its box, which wards of this city hold. */
function middle({ geometry }) {
  const flat = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2);
  const between = (k) => (Math.min(...flat.map((at) => at[k])) + Math.max(...flat.map((at) => at[k]))) / 2;
  return [between(0), between(1)];
}

/** The six digits of a mail, the number of an issue aside. */
export const codeOf = (mail) => /\b(\d{6})\b/.exec(mail.text.replace(/\d\d-\d{6}/g, ''))[1];
/** The first link of a mail that leads to a page of this name. */
export const linkOf = (mail, name) => new RegExp(`http://\\S+/${name}/[\\w-]+`).exec(mail.text)[0];
