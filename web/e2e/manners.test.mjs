// What holds on every page: the security policy, accessibility, and what comes over the wire.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { DESK, launch, PHONE, until, visit } from './browser.mjs';
import { openTown, wardsMissing } from './town.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PAGES = ['plain', 'offline', 'draw', 'pin', 'browse', 'live', 'volume'];
const MAPS = ['draw', 'pin', 'browse'];

let town, browser;
before(async () => { town = await openTown(); browser = await launch(); });
after(async () => { await browser?.close(); await town?.close(); });

async function opened(name, options) {
  const visited = await visit(browser, `${town.url}/${name}`, options);
  if (MAPS.includes(name)) await visited.page.waitForSelector('[data-ready]', { state: 'attached' });
  return visited;
}

/** Something drawn and chosen, so that every button of the tool is there. */
async function draw(page) {
  const { x, y } = await page.locator('.chart').boundingBox();
  for (const [dx, dy] of [[60, 60], [200, 80], [200, 230], [70, 210]]) await page.mouse.click(x + dx, y + dy);
  await page.getByRole('button', { name: 'Finish shape' }).click();
  await page.getByRole('button', { name: 'Next corner' }).click();
}

describe('accessibility', () => {
  for (const [device, options] of [['phone', PHONE], ['desk', DESK]]) {
    for (const colorScheme of ['light', 'dark']) {
      for (const name of PAGES) {
        test(`${name}, ${device}, ${colorScheme}`, async () => {
          const { page, context, errors } = await opened(name, { ...options, colorScheme });
          if (name === 'draw') await draw(page);
          await page.evaluate(axe);
          const { violations } = await page.evaluate((values) => axe.run(document, { runOnly: values }), RULES);
          assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), []);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
          assert.deepEqual(errors, [], 'nothing is refused by the policy, nothing fails');
          await context.close();
        });
      }
    }
  }

  test('forced colours keep the map readable and every button bounded', async () => {
    const { page, context } = await opened('draw', { forcedColors: 'active' });
    await draw(page);
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(i * 4, i * 4 + 3).join())).size;
    });
    assert.ok(colours > 20, `${colours} colours`);
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.draw .btn')].every((one) => parseFloat(getComputedStyle(one).borderTopWidth) >= 1)), true);
    await context.close();
  });

  test('the map follows when the colours change', { skip: wardsMissing }, async () => {
    const { page, context } = await opened('draw', { colorScheme: 'light' });
    /** The colour that most of what is painted has. */
    const land = () => page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const found = new Map();
      for (let i = 0; i < data.length; i += 4) {
        const colour = data.slice(i, i + 4).join();
        if (data[i + 3] === 255) found.set(colour, (found.get(colour) ?? 0) + 1);
      }
      return [...found].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'none';
    });
    const before = await until(land, (colour) => colour !== 'none');
    await page.emulateMedia({ colorScheme: 'dark' });
    await until(land, (colour) => !['none', before].includes(colour));
    await context.close();
  });
});

describe('on the wire', () => {
  const KIB = 1_024;
  /** What a page loads of ours, as a server sends it. */
  async function weight(name) {
    const context = await browser.newContext(DESK);
    const page = await context.newPage();
    const sizes = [];
    page.on('response', async (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/assets/') && /-[\w-]{8}\.(js|css)$/.test(pathname)) sizes.push(response.body().then((body) => [pathname, brotliCompressSync(body).length]));
    });
    await page.goto(`${town.url}/${name}`);
    if (MAPS.includes(name)) await page.waitForSelector('[data-ready]', { state: 'attached' });
    await page.waitForLoadState('networkidle');
    const all = await Promise.all(sizes);
    await context.close();
    return all.reduce((sum, [, bytes]) => sum + bytes, 0);
  }

  test('a page without islands loads 2 KiB at most', async (t) => {
    const bytes = await weight('plain');
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes > 100 && bytes <= 2 * KIB, `${bytes} bytes`);
  });

  for (const [name, most] of [['draw', 150], ['browse', 150], ['pin', 150], ['volume', 8], ['live', 6]]) {
    test(`${name} loads ${most} KiB at most`, async (t) => {
      const bytes = await weight(name);
      t.diagnostic(`${bytes} bytes`);
      assert.ok(bytes <= most * KIB, `${bytes} bytes`);
    });
  }
});
