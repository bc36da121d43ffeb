// What holds on every page of the program, in every language: accessibility, reflow, the policy, and what
// comes over the wire.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { DESK, launch, PHONE, visit } from '../browser.mjs';
import { make, MAPS, PAGES } from './pages.mjs';
import { openCity } from './program.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WHOLE = process.env.WHOLE === '1';
const LANGUAGES = WHOLE ? ['en', 'es', 'pl', 'zh'] : ['en', 'pl'];

let city, browser, pages;
before(async () => {
  city = await openCity();
  browser = await launch();
  const made = await make(city);
  pages = Object.fromEntries(Object.entries(PAGES).map(([name, path]) => [name, path(made)]));
});
after(async () => { await browser?.close(); await city?.close(); });

describe('accessibility', () => {
  for (const name of Object.keys(PAGES)) {
    for (const [device, options] of [['phone', PHONE], ['desk', DESK]]) {
      test(`${name}, ${device}`, async () => {
        for (const locale of LANGUAGES) for (const colorScheme of ['light', 'dark']) {
          const { page, context, errors } = await visit(browser, city.url + pages[name], { ...options, colorScheme, locale });
          if (MAPS.includes(name)) await page.waitForSelector('[data-ready]', { state: 'attached' });
          await page.evaluate(axe);
          const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: values }), RULES);
          assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], `${locale}, ${colorScheme}`);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
          const said = errors.filter((error) => !(name === 'missing' && error.includes('404')) && !(name === 'wrong' && error.includes('422')));
          assert.deepEqual(said, [], 'nothing is refused by the policy, nothing fails');
          await context.close();
        }
      });
    }
  }

  test('on 320 pixels nothing has to be moved sideways', async () => {
    for (const path of Object.values(pages)) {
      const { page, context } = await visit(browser, city.url + path, { viewport: { width: 320, height: 640 }, locale: 'pl' });
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
