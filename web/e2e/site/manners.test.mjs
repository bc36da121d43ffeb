// What holds on every page of the program, in every language: accessibility, reflow, the policy, and what
// comes over the wire.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { DESK, launch, PHONE, visit } from '../browser.mjs';
import { codeOf, linkOf, openCity, WARD } from './program.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WHOLE = process.env.WHOLE === '1';
const LANGUAGES = WHOLE ? ['en', 'es', 'pl', 'zh'] : ['en', 'pl'];

let city, browser, pages;
/** A browser in which somebody has signed in. */
let signedIn;
before(async () => {
  city = await openCity();
  browser = await launch();
  const report = { category: 'Pothole', description: 'A deep hole', address: '12 Falls St', lon: city.at[0], lat: city.at[1], email: 'ada@example.org' };
  const { number, follow } = await city.post('/api/v1/issues', report);
  const code = codeOf(await city.mail('ada@example.org', 'report'));
  const { token } = await city.post(`/api/v1/watches/${follow.watch}/confirm`, { code });
  const drawn = { type: 'Feature', geometry: { type: 'Point', coordinates: city.at }, properties: { radius_m: 400 } };
  const { watch } = await city.post('/api/v1/watches', { name: 'Home', rhythm: 'at_once', target: { area: drawn } }, token);
  const form = (path, body) => fetch(city.url + path, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
  await form(`/watch/${token}/public/${watch.id}`, 'act=show&name=Friends+of+the+Falls');
  const area = /\/areas\/[\w-]+/.exec(await (await fetch(`${city.url}/areas`)).text())[0];
  await city.post('/api/v1/issues', { ...report, email: undefined, address: '14 Falls St' });
  await city.mail('ada@example.org', '14 Falls St');
  await form('/signin', 'email=ada%40example.org');
  const entered = await form(new URL(linkOf(await city.mail('ada@example.org', 'sign in'), 'signin')).pathname, '');
  const [, value] = /wardwatch=([^;]+)/.exec(entered.headers.get('set-cookie'));
  const cookie = { name: 'wardwatch', value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' };
  signedIn = { storageState: { cookies: [cookie], origins: [] } };
  pages = {
    home: '/', wards: '/wards', ward: `/wards/${WARD}`, watch: '/watch/new',
    placed: `/watch/new?lon=${city.at[0]}&lat=${city.at[1]}`, code: `/watch/new/${follow.watch}`, issue: `/issues/${number}`,
    signIn: '/signin', sent: '/signin?sent=1', offline: '/offline', missing: '/issues/26-999999', mine: `/watch/${token}`,
    account: '/account', inbox: '/inbox', areas: '/areas', area, drawn: `/watch/${token}/area/${watch.id}`, named: `/watch/${token}/public/${watch.id}`,
  };
});
after(async () => { await browser?.close(); await city?.close(); });

describe('accessibility', () => {
  for (const name of ['home', 'wards', 'ward', 'watch', 'placed', 'code', 'issue', 'signIn', 'sent', 'offline', 'missing', 'mine', 'account', 'inbox', 'areas', 'area', 'drawn', 'named']) {
    for (const [device, options] of [['phone', PHONE], ['desk', DESK]]) {
      test(`${name}, ${device}`, async () => {
        for (const locale of LANGUAGES) for (const colorScheme of ['light', 'dark']) {
          const { page, context, errors } = await visit(browser, city.url + pages[name], { ...options, ...signedIn, colorScheme, locale });
          if (['watch', 'placed', 'drawn'].includes(name)) await page.waitForSelector('[data-ready]', { state: 'attached' });
          await page.evaluate(axe);
          const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: values }), RULES);
          assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], `${locale}, ${colorScheme}`);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
          const said = errors.filter((error) => name !== 'missing' || !error.includes('404'));
          assert.deepEqual(said, [], 'nothing is refused by the policy, nothing fails');
          await context.close();
        }
      });
    }
  }

  test('on 320 pixels nothing has to be moved sideways', async () => {
    for (const path of Object.values(pages)) {
      const { page, context } = await visit(browser, city.url + path, { ...signedIn, viewport: { width: 320, height: 640 }, locale: 'pl' });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, path);
      await context.close();
    }
  });
});

/** All that a page asks for, in bytes over the wire, and from whom. */
async function weigh(path) {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('ServiceWorker.enable').catch(() => null);
  let bytes = 0;
  const hosts = new Set();
  session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  session.on('Network.requestWillBeSent', ({ request }) => { if (!request.url.startsWith('data:')) hosts.add(new URL(request.url).host); });
  await page.goto(city.url + path, { waitUntil: 'networkidle' });
  await context.close();
  return { kib: bytes / 1024, hosts: [...hosts] };
}

describe('over the wire', () => {
  for (const [name, most] of [['home', 45], ['issue', 45], ['watch', 180], ['ward', 60]]) {
    test(`${name} asks nobody else, for at most ${most} KiB`, async () => {
      const { kib, hosts } = await weigh(pages[name]);
      console.log(`${name}: ${kib.toFixed(1)} KiB`);
      assert.deepEqual(hosts, [new URL(city.url).host]);
      assert.ok(kib <= most, `${kib} KiB`);
    });
  }
});
