import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fingers, launch, PHONE, straight, until, visit, visitMap } from './browser.mjs';
import { openTown } from './town.mjs';

let town, browser;
before(async () => { town = await openTown(); browser = await launch(); });
after(async () => { await browser?.close(); await town?.close(); });

async function end({ context, errors }) {
  assert.deepEqual(errors, []);
  await context.close();
}

const field = (page, name) => page.evaluate((name) => document.querySelector(`[name=${name}]`).value, name);

describe('how much it would be', () => {
  test('the whole form is asked about once it rests, and an error leaves what was said', async () => {
    town.previews.length = 0;
    const visited = await visit(browser, `${town.url}/volume`);
    const { page } = visited;
    await until(() => page.textContent('output'), (text) => text === 'About 1 a week');
    await page.selectOption('#ward', 'wards:13');
    await page.check('[value=closed]');
    await page.check('[value=Pothole]');
    await page.fill('#include', 'glass\n\nbroken lamp ');
    await until(() => page.textContent('output'), (text) => text === 'About 2 a week');
    assert.deepEqual(town.previews, [
      { target: { wards: [{ layer: 'wards', ward: '12' }] }, filter: { kinds: ['opened'] } },
      { target: { wards: [{ layer: 'wards', ward: '13' }] }, filter: { kinds: ['opened', 'closed'], categories: ['Pothole'], keywords: { include: ['glass', 'broken lamp'] } } },
    ]);
    town.previewFails = true;
    await page.uncheck('[value=closed]');
    await until(() => town.previews.length, (count) => count === 3);
    town.previewFails = false;
    assert.equal(await page.textContent('output'), 'About 2 a week');
    await page.check('[name=target][value=area]');
    await until(() => page.textContent('output'), (text) => text === '');
    assert.equal(visited.errors.filter((error) => !error.includes('503')).length, 0);
    await visited.context.close();
  });

  test('“around me” fills the place, and the ward there is asked about', async () => {
    town.previews.length = 0;
    const visited = await visit(browser, `${town.url}/volume`, { geolocation: { longitude: -87.65, latitude: 41.88 }, permissions: ['geolocation'] });
    const { page } = visited;
    await page.check('[value=my_ward]');
    await page.getByRole('button', { name: 'Around me' }).click();
    await until(() => town.previews.at(-1)?.target, (target) => target?.my_ward_at?.lat === 41.88);
    assert.equal(await field(page, 'lon'), '-87.65');
    assert.equal(await page.getByText('Found.').count(), 1);
    await end(visited);
  });

  test('who keeps their place to themselves is told what else there is', async () => {
    const visited = await visit(browser, `${town.url}/volume`);
    await visited.page.getByRole('button', { name: 'Around me' }).click();
    await visited.page.getByText('Type an address instead.').waitFor();
    await end(visited);
  });
});

describe('a pin', () => {
  test('nothing is chosen until the map is moved; a tap, a drag and the keys choose', async () => {
    const visited = await visitMap(browser, `${town.url}/pin`, PHONE);
    const { page, box } = visited;
    const hand = await fingers(page);
    assert.equal(await field(page, 'lon'), '');
    await hand.tap(box.x + 80, box.y + 90);
    const first = await until(() => field(page, 'lon'), (lon) => lon !== '');
    const middle = [box.x + box.width / 2, box.y + 150];
    await hand.drag(straight(middle, [middle[0] - 60, middle[1]]));
    const second = await until(() => field(page, 'lon'), (lon) => lon !== first);
    assert.ok(Number(second) > Number(first));
    await page.focus('.chart');
    await page.keyboard.press('ArrowUp');
    const lat = await field(page, 'lat');
    await until(() => field(page, 'lat'), (now) => Number(now) > Number(lat));
    assert.match(await page.textContent('.pin-said'), /The pin is set/);
    await end(visited);
  });

  test('Enter takes what is beneath; the button goes to where one is', async () => {
    const visited = await visitMap(browser, `${town.url}/pin`, { geolocation: { longitude: -87.66, latitude: 41.9 }, permissions: ['geolocation'] });
    const { page } = visited;
    await page.focus('.chart');
    await page.keyboard.press('Enter');
    assert.ok(Math.abs(Number(await field(page, 'lon')) + 87.66) < 0.001);
    await page.getByRole('button', { name: 'Around me' }).click();
    await until(() => field(page, 'lat'), (lat) => Math.abs(Number(lat) - 41.9) < 1e-5);
    await end(visited);
  });

  test('a window that changes its size chooses nothing', async () => {
    const visited = await visitMap(browser, `${town.url}/pin`);
    const { page } = visited;
    for (const [width, height] of [[844, 390], [390, 844], [1280, 800]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(300);
    }
    assert.equal(await field(page, 'lon'), '');
    await page.getByRole('button', { name: 'Put the pin here' }).click();
    const lon = await field(page, 'lon');
    assert.ok(Math.abs(Number(lon) + 87.66) < 0.001);
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForTimeout(300);
    assert.equal(await field(page, 'lon'), lon);
    await end(visited);
  });

  test('what is typed after it was set may be an address that is meant instead, until it is set again', async () => {
    const visited = await visitMap(browser, `${town.url}/pin`);
    const { page } = visited;
    await page.focus('.chart');
    await page.keyboard.press('ArrowRight');
    const lon = await until(() => field(page, 'lon'), (lon) => lon !== '');
    await page.fill('[name=address]', '100 W Alder St');
    assert.deepEqual([await field(page, 'lon'), await field(page, 'asked'), await field(page, 'named')], [lon, 'pin', 'pin']);
    await page.fill('[name=address]', '');
    assert.deepEqual([await field(page, 'lon'), await field(page, 'named')], [lon, ''], 'no address means nothing');
    await page.fill('[name=address]', '100 W Alder St');
    await page.getByRole('button', { name: 'Put the pin here' }).click();
    assert.deepEqual([await field(page, 'lon'), await field(page, 'named')], [lon, '']);
    assert.equal(await page.locator('.chart-frame.is-set').count(), 1);
    await end(visited);
  });

  test('a place that is there already is where it begins', async () => {
    town.change = (page) => page.replace('name="lon"', 'name="lon" value="-87.63"').replace('name="lat"', 'name="lat" value="41.87"');
    const visited = await visitMap(browser, `${town.url}/pin`);
    town.change = null;
    assert.equal(await field(visited.page, 'lon'), '-87.63');
    assert.equal(await visited.page.locator('.chart-frame.is-set').count(), 1);
    await end(visited);
  });
});

/** How many pixels of the map have a colour. */
const pixels = (page, colour) => page.evaluate((colour) => {
  let count = 0;
  for (const canvas of document.querySelectorAll('.chart canvas')) {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (`${data[i]},${data[i + 1]},${data[i + 2]}` === colour) count++;
  }
  return count;
}, colour);
const INK = '19,33,44';

describe('the map beside the list', () => {
  test('an item that is pointed at or focused rings its point, and a point its item', async () => {
    const visited = await visitMap(browser, `${town.url}/browse`);
    const { page } = visited;
    await until(() => town.asked.length, (count) => count > 0);
    await page.waitForTimeout(300);
    const before = await pixels(page, INK);
    await page.hover('[data-issue="26-000002"]');
    await until(() => pixels(page, INK), (count) => count > before + 60);
    await page.focus('[data-issue="26-000003"] a');
    await until(() => pixels(page, INK), (count) => count > before + 60);
    await end(visited);
  });

  test('a click on a number comes nearer, on a point opens its issue', async () => {
    const [one] = town.issues;
    const [west, south, east, north] = [one.lon - 0.0004, one.lat - 0.0003, one.lon + 0.0004, one.lat + 0.0003];
    town.change = (page) => page.replace('data-bounds="-87.72,41.82,-87.58,41.94"', `data-bounds="${west},${south},${east},${north}"`);
    const visited = await visitMap(browser, `${town.url}/browse`);
    town.change = null;
    const { page, box } = visited;
    await page.waitForTimeout(500);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await until(() => page.locator('[data-issue="26-000001"].is-lit').count(), (count) => count === 1);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForURL(`${town.url}/issues/26-000001`, { waitUntil: 'commit' });
    await visited.context.close();
  });

  test('a tap shows a line that leads there', async () => {
    const [one] = town.issues;
    town.change = (page) => page.replace('data-bounds="-87.72,41.82,-87.58,41.94"', `data-bounds="${one.lon - 0.0004},${one.lat - 0.0003},${one.lon + 0.0004},${one.lat + 0.0003}"`);
    const visited = await visitMap(browser, `${town.url}/browse`, PHONE);
    town.change = null;
    const { page, box } = visited;
    await page.waitForTimeout(500);
    await (await fingers(page)).tap(box.x + box.width / 2, box.y + box.height / 2);
    const link = page.locator('.browse-card a');
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), '/issues/26-000001');
    assert.match(await link.textContent(), /Pothole.*100 W Alder St · Received/);
    await page.getByRole('button', { name: 'Close' }).tap();
    assert.equal(await page.locator('.browse-card').isVisible(), false);
    await end(visited);
  });

  test('what is known already is not asked again, and the list is offered for what is seen', async () => {
    const visited = await visitMap(browser, `${town.url}/browse`);
    const { page, map } = visited;
    await page.waitForTimeout(400);
    town.asked.length = 0;
    await map.focus();
    await page.keyboard.press('+');
    await page.locator('[data-browse-here]').waitFor();
    await page.waitForTimeout(500);
    assert.equal(town.asked.length, 0);
    assert.match(await page.getAttribute('[data-browse-here]', 'href'), /status=open&bbox=-87\.\d+%2C41/);
    await end(visited);
  });

  test('a door that counts for itself is told the zoom', async () => {
    town.change = (page) => page.replace('data-geojson="/api/v1/issues.geojson?status=open"', 'data-grid data-geojson="/api/v1/counted.geojson"');
    town.asked.length = 0;
    const visited = await visitMap(browser, `${town.url}/browse`);
    town.change = null;
    assert.match(await until(() => town.asked.at(-1), Boolean), /zoom=1\d$/);
    await end(visited);
  });
});

test('a hundred thousand issues are read page by page and shown within seconds', async () => {
  const city = await openTown({ issueCount: 100_000 });
  city.change = (page) => page.replace('-87.72,41.82,-87.58,41.94', '-87.8,41.7,-87.5,42.05');
  const visited = await visitMap(browser, `${city.url}/browse`);
  const { page } = visited;
  await until(() => city.asked.length, (count) => count >= 20);
  const [took] = await page.evaluate(async () => {
    const map = document.querySelector('.chart');
    map.focus();
    const start = performance.now();
    map.dispatchEvent(new KeyboardEvent('keydown', { key: '+', bubbles: true }));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return [performance.now() - start];
  });
  assert.ok(took < 2_000, `${took} ms`);
  assert.match(city.asked[1], /cursor=5000/);
  await end(visited);
  await city.close();
});

describe('news as they happen', () => {
  const news = (number, kind = 'opened', more = {}) => ({ number, kind, at: '2026-06-01T10:00:00Z', status: 'received', category: 'Tree Debris', address: '5 Oak St', ...more });
  const items = (page) => page.$$eval('ol > li', (all) => all.map((one) => one.dataset.issue));

  test('they wait behind a button, and what is listed stays where it is until then', async () => {
    const visited = await visit(browser, `${town.url}/live`);
    const { page } = visited;
    await until(() => town.listeners.size, (count) => count > 0);
    town.say(news('26-000777'));
    town.say(news('26-000002', 'closed', { status: 'closed' }));
    const button = page.getByRole('button', { name: 'Show 2 new' });
    await button.waitFor();
    assert.deepEqual(await items(page), ['26-000001', '26-000002']);
    assert.equal(await page.textContent('[role=status]'), '1 new report', 'the second one is not announced yet');
    await button.click();
    assert.deepEqual(await items(page), ['26-000002', '26-000777', '26-000001']);
    const first = page.locator('ol > li').first();
    assert.equal(await first.locator('a').getAttribute('href'), '/issues/26-000002');
    assert.equal(await first.locator('.status').textContent(), 'Closed');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/issues/26-000002');
    assert.equal(await page.locator('.live-new').isVisible(), false);
    await end(visited);
  });

  test('what is no news to this list passes it by', async () => {
    town.change = (page) => page.replace('data-island="live"', 'data-island="live" data-only="opened"');
    town.listeners.clear();
    const visited = await visit(browser, `${town.url}/live`);
    town.change = null;
    const { page } = visited;
    await until(() => town.listeners.size, (count) => count > 0);
    town.say(news('26-000002', 'closed', { status: 'closed' }));
    town.say(news('26-000777'));
    town.say(news('26-000777', 'commented'));
    await page.getByRole('button', { name: 'Show 1 new' }).click();
    assert.deepEqual(await items(page), ['26-000777', '26-000001', '26-000002']);
    await end(visited);
  });

  test('what is taken off the site goes, also from what waits', async () => {
    const visited = await visit(browser, `${town.url}/live`);
    const { page } = visited;
    await page.waitForTimeout(200);
    town.say(news('26-000777'));
    await page.getByRole('button', { name: 'Show 1 new' }).waitFor();
    town.say({ number: '26-000777', kind: 'hidden', at: '2026-06-01T10:00:00Z' });
    town.say({ number: '26-000001', kind: 'hidden', at: '2026-06-01T10:00:00Z' });
    await until(() => items(page), (all) => all.length === 1);
    assert.equal(await page.locator('.live-new').isVisible(), false);
    await end(visited);
  });
});
