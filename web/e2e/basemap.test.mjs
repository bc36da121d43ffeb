import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, until, visitMap } from './browser.mjs';
import { pmtiles } from './pmtiles.mjs';
import { openTown } from './town.mjs';

let town, browser;
before(async () => { town = await openTown({ pmtiles: pmtiles({ earth: 'earth', water: 'lake' }) }); browser = await launch(); });
after(async () => { await browser?.close(); await town?.close(); });

/** The pin's page with an operator's map beneath. */
async function above(basemap, url) {
  town.change = (page) => page.replace('data-island="pin"', `data-island="pin" data-basemap="${basemap}" data-basemap-url="${url}" data-basemap-attribution="© OpenStreetMap contributors"`);
  const visited = await visitMap(browser, `${town.url}/pin`);
  town.change = null;
  assert.equal(await visited.page.locator('.chart-credit').textContent().then((text) => text.includes('© OpenStreetMap contributors')), true);
  return visited;
}

const pixel = (page) => page.evaluate(() => {
  for (const canvas of document.querySelectorAll('.chart canvas')) {
    const data = canvas.getContext('2d').getImageData(canvas.width / 2, 12, 1, 1).data;
    if (data[3]) return [...data].join();
  }
  return '';
});

test('vector tiles in one file are drawn in the colours of the page', async () => {
  const { page, context, errors } = await above('pmtiles', '/city.pmtiles');
  // The lake is a fifth of #0b6d94 over the land, #fbfaf6.
  const colour = await until(() => pixel(page), (rgba) => /^19\d,2[12]\d,22\d,255$/.test(rgba));
  await page.emulateMedia({ colorScheme: 'dark' });
  await until(() => pixel(page), (rgba) => rgba !== colour && rgba !== '');
  assert.deepEqual(errors, []);
  await context.close();
});

test('raster tiles come from where the operator says', async () => {
  const { context, errors } = await above('xyz', '/tiles/{z}/{x}/{y}.png');
  assert.ok(town.asked.some((path) => /^\/tiles\/\d+\/\d+\/\d+\.png$/.test(path)));
  assert.deepEqual(errors, []);
  await context.close();
});
