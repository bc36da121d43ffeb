import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { around, DESK, fingers, launch, PHONE, straight, until, visitMap } from './browser.mjs';
import { openTown, wardsMissing } from './town.mjs';

let town, browser;
before(async () => { town = await openTown(); browser = await launch(); });
after(async () => { await browser?.close(); await town?.close(); });

const area = (page) => page.evaluate(() => document.querySelector('[name=area]').value);
const geometry = async (page) => JSON.parse(await area(page));
const sum = (page) => page.textContent('.draw-sum');
const flaw = (page) => page.textContent('.draw-flaw');
const said = (page) => page.textContent('.draw-said [aria-live].visually-hidden');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const tool = (page, name) => page.locator('.draw-tools label', { hasText: name });

/** Opens the page for drawing with a mouse that knows places of the map, in pixels. */
async function sit(options = {}) {
  const visited = await visitMap(browser, `${town.url}/draw`, options);
  const { page, map } = visited;
  // The page may have been scrolled since to reach a button.
  const at = async (...path) => {
    await map.scrollIntoViewIfNeeded();
    const { x: left, y: top } = await map.boundingBox();
    return path.map(([x, y]) => [left + x, top + y]);
  };
  const click = async (...places) => { for (const [x, y] of await at(...places)) await page.mouse.click(x, y); };
  const pull = async (path) => {
    const [first, ...rest] = await at(...path);
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const place of rest) await page.mouse.move(...place);
    await page.mouse.up();
  };
  return { ...visited, at, click, pull };
}

const SQUARE = [[200, 150], [450, 150], [450, 400], [200, 400]];

async function end({ context, errors }) {
  assert.deepEqual(errors, []);
  await context.close();
}

describe('with a mouse', () => {
  test('four clicks and one on the first corner make an area, which is said in words and sent', async () => {
    const desk = await sit();
    const { page } = desk;
    assert.equal(await sum(page), 'Nothing drawn yet');
    await desk.click(...SQUARE);
    assert.match(await sum(page), /^4 corners, about \d+ km²$/);
    await desk.click([201, 152]);
    const { type, coordinates: [ring] } = await geometry(page);
    assert.equal(type, 'Polygon');
    assert.equal(ring.length, 5);
    assert.deepEqual(ring[0], ring[4]);
    assert.equal(await said(page), `Shape finished. ${await sum(page)}`);
    assert.match(await page.textContent('.draw-extent'), /km from west to east/);
    await button(page, 'Continue').click();
    await page.waitForURL(/\/watch/, { waitUntil: 'commit' });
    const [, body] = town.posted.findLast(([path]) => path === '/watch');
    assert.deepEqual([...new URLSearchParams(body).keys()], ['area'], 'the tools send nothing of their own');
    await desk.context.close();
  });

  test('a corner is dragged, an edge gets one more, a chosen one is put elsewhere and deleted; all is undone', async () => {
    const desk = await sit();
    const { page } = desk;
    await desk.click(...SQUARE);
    await button(page, 'Finish shape').click();
    const states = [await area(page)];
    await desk.pull([[450, 400], [460, 410], [500, 440]]);
    states.push(await area(page));
    await desk.pull([[325, 150], [325, 120], [325, 90]]);
    assert.equal((await geometry(page)).coordinates[0].length, 6);
    states.push(await area(page));
    await desk.click([200, 400], [150, 450]);
    states.push(await area(page));
    await desk.click([150, 450]);
    await button(page, 'Delete corner').click();
    assert.equal((await geometry(page)).coordinates[0].length, 5);
    assert.equal(new Set(states).size, 4);
    for (const state of states.toReversed()) {
      await button(page, 'Undo').click();
      assert.equal(await area(page), state);
    }
    for (const state of states.slice(1)) {
      await button(page, 'Redo').click();
      assert.equal(await area(page), state);
    }
    await end(desk);
  });

  test('lines that cross are told of at once, nothing is lost, and the form waits', async () => {
    const desk = await sit();
    const { page } = desk;
    await desk.click([200, 150], [450, 400], [450, 150]);
    assert.equal(await flaw(page), '');
    await desk.click([200, 400]);
    await button(page, 'Finish shape').click();
    assert.match(await flaw(page), /lines cross/);
    assert.equal(await area(page), '');
    await button(page, 'Continue').click();
    assert.equal(await page.evaluate(() => document.activeElement.className), 'draw-flaw');
    assert.match(await sum(page), /^4 corners/);
    await desk.pull([[200, 400], [300, 200], [320, 110]]);
    assert.equal(await flaw(page), '');
    assert.notEqual(await area(page), '');
    await end(desk);
  });

  test('two corners, a speck and a continent are refused, each in its own sentence', async () => {
    const desk = await sit();
    const { page } = desk;
    await desk.click([200, 150], [300, 150]);
    await button(page, 'Continue').click();
    assert.match(await flaw(page), /at least three corners/);
    await button(page, 'Clear all').click();
    await tool(page, 'Circle').click();
    await desk.click([300, 300]);
    await page.fill('#draw-radius', '10');
    assert.match(await flaw(page), /too small/);
    await page.fill('#draw-radius', '20000');
    assert.match(await flaw(page), /too large to watch; 500 km² is the most/);
    assert.equal(await area(page), '');
    await page.fill('#draw-radius', '500');
    assert.equal(await flaw(page), '');
    await end(desk);
  });

  test('a circle has metres: by its rim, its field, its slider, and another middle', async () => {
    const desk = await sit();
    const { page } = desk;
    await tool(page, 'Circle').click();
    await page.fill('#draw-radius', '900');
    await desk.click([300, 300]);
    assert.equal((await geometry(page)).properties.radius_m, 900);
    assert.match(await sum(page), /^Circle of 900 m, about 2\.5 km²$/);
    const metresPerPixel = 78271.517 / 2 ** await zoomOf(page) * Math.cos(41.88 * Math.PI / 180);
    await desk.pull([[300 + 900 / metresPerPixel, 300], [380, 300], [420, 300]]);
    const { radius_m } = (await geometry(page)).properties;
    assert.ok(radius_m > 1_500, `${radius_m} m`);
    assert.equal(await page.inputValue('#draw-radius'), String(radius_m));
    await page.locator('.draw-radius [type=range]').fill('100');
    assert.equal((await geometry(page)).properties.radius_m, 500);
    await desk.click([350, 330]);
    assert.equal((await geometry(page)).properties.radius_m, 500);
    await end(desk);
  });

  test('a stroke of the hand becomes at most sixty corners without tails', async () => {
    const desk = await sit();
    const { page } = desk;
    await tool(page, 'Freehand').click();
    await desk.pull(around(320, 280, 140, 160));
    const { coordinates: [ring] } = await geometry(page);
    assert.ok(ring.length > 12 && ring.length <= 61, `${ring.length} corners`);
    assert.equal(await flaw(page), '');
    assert.equal(await page.isChecked('.draw-tools [value=corners]'), true);
    await end(desk);
  });

  test('a hole, a second part and a circle beside them are one MultiPolygon', async () => {
    const desk = await sit();
    const { page } = desk;
    await desk.click(...SQUARE);
    await button(page, 'Finish shape').click();
    await button(page, 'Cut a hole').click();
    await desk.click([100, 100]);
    assert.match(await said(page), /A hole begins inside/);
    await desk.click([280, 230], [370, 230], [320, 320]);
    await button(page, 'Finish shape').click();
    assert.equal((await geometry(page)).coordinates.length, 2);
    await button(page, 'Another part').click();
    await desk.click([520, 200], [600, 200], [560, 280]);
    await button(page, 'Finish shape').click();
    assert.equal((await geometry(page)).type, 'MultiPolygon');
    await tool(page, 'Circle').click();
    await desk.click([560, 430]);
    const { coordinates } = await geometry(page);
    assert.deepEqual(coordinates.map((part) => part.map((ring) => ring.length)), [[5, 4], [4], [65]]);
    assert.match(await sum(page), /^3 parts, about/);
    await end(desk);
  });

  test('parts that lie over each other are told of', async () => {
    const desk = await sit();
    const { page } = desk;
    await desk.click(...SQUARE);
    await button(page, 'Another part').click();
    await desk.click([400, 200], [550, 200], [550, 300]);
    await button(page, 'Finish shape').click();
    assert.match(await flaw(page), /lie over each other/);
    await end(desk);
  });

  test('what the page brings is shown, and can be changed', async () => {
    const value = '{"type":"Polygon","coordinates":[[[-87.66,41.87],[-87.64,41.87],[-87.64,41.89],[-87.66,41.89],[-87.66,41.87]]]}';
    town.change = (page) => page.replace('name="area"', `name="area" value='${value}'`);
    const desk = await sit();
    town.change = null;
    const { page, box } = desk;
    assert.match(await sum(page), /^4 corners, about 3\.7 km²$/);
    assert.equal(await area(page), value);
    await button(page, 'Next corner').click();
    assert.match(await said(page), /^Corner 1 of 4 chosen/);
    await desk.click([box.width / 2, box.height / 2]);
    assert.equal((await geometry(page)).coordinates[0].length, 5);
    assert.notEqual(await area(page), value);
    await end(desk);
  });

  test('the wards of the city are beneath', { skip: wardsMissing }, async () => {
    const desk = await sit();
    const { page, box } = desk;
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
      return [...seen];
    });
    assert.ok(box.width > 600 && colours.includes('251,250,246') && colours.includes('95,113,128'), 'land and a line of a ward');
    await end(desk);
  });
});

/** The zoom, read off the scale: the page shows nobody its map. */
async function zoomOf(page) {
  const { metres, width } = await page.evaluate(() => {
    const bar = document.querySelector('.chart-scale-inner');
    const [, number, unit] = /([\d.]+) (k?m)/.exec(bar.textContent);
    return { metres: Number(number) * (unit === 'km' ? 1000 : 1), width: parseFloat(bar.style.width) };
  });
  return Math.log2(78271.517 * Math.cos(41.88 * Math.PI / 180) / (metres / width));
}

describe('with the keyboard alone', () => {
  const presses = async (page, ...keys) => {
    for (const key of keys) await page.keyboard.press(key, { delay: 20 });
    await page.waitForTimeout(250); // the map glides for as long after an arrow key
  };

  test('Enter adds a corner at the crosshair, arrows move the map, Shift and Enter finish', async () => {
    const desk = await sit({ reducedMotion: 'reduce' });
    const { page, map } = desk;
    while (!(await map.evaluate((one) => one === document.activeElement))) await page.keyboard.press('Tab');
    await presses(page, 'Enter', 'Shift+Enter');
    assert.match(await flaw(page), /at least three corners/);
    await presses(page, 'ArrowRight');
    await presses(page, 'Enter', 'ArrowDown');
    await presses(page, 'Enter', 'ArrowLeft');
    await presses(page, 'Enter');
    assert.match(await sum(page), /^4 corners/);
    await presses(page, 'Backspace');
    assert.match(await sum(page), /^3 corners/);
    await presses(page, 'Control+Shift+z', 'Shift+Enter');
    assert.equal((await geometry(page)).coordinates[0].length, 5);
    assert.match(await said(page), /^Shape finished/);
    await end(desk);
  });

  test('N chooses a corner, arrows move it and not the map, one undo takes all steps back, Delete deletes', async () => {
    const desk = await sit();
    const { page, map } = desk;
    await desk.click(...SQUARE);
    await button(page, 'Finish shape').focus();
    await page.keyboard.press('Enter');
    assert.equal(await map.evaluate((one) => one === document.activeElement), true, 'the focus goes on at the map');
    const before = await area(page);
    await presses(page, 'n', 'n', 'ArrowRight', 'ArrowRight', 'ArrowUp');
    assert.match(await sum(page), /^4 corners/);
    const moved = (await geometry(page)).coordinates[0].filter((corner) => !before.includes(JSON.stringify(corner)));
    assert.equal(moved.length, 1, 'one corner has moved');
    await presses(page, 'Control+z');
    assert.equal(await area(page), before);
    await presses(page, 'p', 'Delete');
    assert.equal((await geometry(page)).coordinates[0].length, 4);
    await presses(page, 'n', 'Escape', 'ArrowRight');
    assert.equal((await geometry(page)).coordinates[0].length, 4);
    await end(desk);
  });

  test('tools, radius and every button are reached with Tab', async () => {
    const desk = await sit();
    const { page } = desk;
    await page.focus('.draw-tools [value=corners]');
    await presses(page, 'ArrowRight', 'ArrowRight');
    assert.equal(await page.isChecked('.draw-tools [value=circle]'), true);
    while (await page.evaluate(() => document.activeElement.id !== 'draw-radius')) await page.keyboard.press('Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('750');
    await button(page, 'Put the middle here').focus();
    await presses(page, 'Enter');
    assert.equal((await geometry(page)).properties.radius_m, 750);
    const reached = new Set();
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement.textContent || document.activeElement.type));
    }
    for (const name of ['Undo', 'Redo', 'Another part', 'Cut a hole', 'Clear all', 'Continue']) assert.ok(reached.has(name), name);
    assert.ok(!reached.has('Next corner'), 'a circle has none');
    await end(desk);
  });
});

describe('with fingers', () => {
  async function hold() {
    const phone = await sit(PHONE);
    const hand = await fingers(phone.page);
    return { ...phone, hand, tap: async (...places) => { for (const [x, y] of await phone.at(...places)) await hand.tap(x, y); } };
  }
  const TRIANGLE = [[90, 90], [260, 110], [180, 300]];

  test('taps make an area, and a finger moves its corner', async () => {
    const phone = await hold();
    const { page, hand, at } = phone;
    await phone.tap(...TRIANGLE);
    await button(page, 'Finish shape').tap();
    const before = await area(page);
    assert.equal((await geometry(page)).coordinates[0].length, 4);
    await hand.drag(straight(...await at([180, 300], [230, 330])));
    assert.notEqual(await area(page), before);
    assert.equal((await geometry(page)).coordinates[0].length, 4);
    await phone.tap([90, 90]);
    assert.match(await said(page), /chosen/);
    await phone.tap([60, 60]);
    assert.match(await said(page), /^Moved/);
    await end(phone);
  });

  test('two fingers pinch while an area is drawn, and draw nothing', async () => {
    const phone = await hold();
    const { page, hand, at } = phone;
    await phone.tap(...TRIANGLE.slice(0, 2));
    const before = await zoomOf(page);
    const [left, leftmost, right, rightmost] = await at([150, 200], [70, 200], [200, 200], [290, 200]);
    await hand.drag(straight(left, leftmost), straight(right, rightmost));
    await page.waitForTimeout(400); // the map settles
    assert.ok(await zoomOf(page) > before + 0.5, `${before} → ${await zoomOf(page)}`);
    assert.match(await sum(page), /^2 corners/);
    await tool(page, 'Freehand').tap();
    const [first, further, furthest, second, apart, wide] = await at([100, 100], [110, 130], [120, 160], [220, 200], [90, 160], [260, 200]);
    await hand.touch('touchStart', [first]);
    await hand.touch('touchMove', [further]);
    await hand.touch('touchMove', [furthest]);
    await hand.touch('touchStart', [furthest, second]);
    await hand.touch('touchMove', [apart, wide]);
    await hand.touch('touchEnd', []);
    await hand.frame();
    assert.equal(await sum(page), 'Nothing drawn yet');
    await end(phone);
  });

  test('a finger draws freehand, and the page stays where it is', async () => {
    const phone = await hold();
    const { page, hand, at, box } = phone;
    await tool(page, 'Freehand').tap();
    const scrolled = await page.evaluate(() => scrollY);
    const [[x, y]] = await at([box.width / 2, 180]);
    await hand.drag(around(x, y, 90));
    const { coordinates: [ring] } = await geometry(page);
    assert.ok(ring.length > 8, `${ring.length} corners`);
    assert.equal(await page.evaluate(() => scrollY), scrolled);
    await end(phone);
  });

  test('the map moves beneath the crosshair, and a button adds the corners', async () => {
    const phone = await hold();
    const { page, hand, at } = phone;
    for (const [dx, dy] of [[0, 0], [-90, 0], [0, -90]]) {
      if (dx || dy) {
        const path = straight(...await at([180, 200], [180 + dx, 200 + dy]));
        await hand.drag([...path, ...Array(10).fill(path.at(-1))]);
        await page.waitForTimeout(300); // what is left of the swing
      }
      await button(page, 'Add corner here').tap();
      await page.locator('.chart').scrollIntoViewIfNeeded();
    }
    assert.match(await sum(page), /^3 corners, about/);
    await end(phone);
  });
});

test('every target is at least 44 pixels, and 320 pixels are wide enough', async () => {
  const narrow = await sit({ ...DESK, viewport: { width: 320, height: 640 } });
  const { page } = narrow;
  await narrow.click([60, 60], [200, 80], [120, 200]);
  await button(page, 'Finish shape').click();
  await button(page, 'Next corner').click();
  await tool(page, 'Circle').click();
  const small = await page.evaluate(() => [...document.querySelectorAll('.draw button, .draw label, .draw input:not([type=radio])')]
    .map((one) => [one.textContent || one.type, one.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (height < 44 || width < 44) && height > 30).map(([name, { width, height }]) => `${name} ${width}×${height}`));
  assert.deepEqual(small, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await end(narrow);
});

test('the whole city is seen, however narrow its frame, until somebody moves the map', async () => {
  // 45 km from side to side, and 4 from top to bottom.
  const wide = 45_000;
  town.change = (page) => page.replace(/data-bounds="[^"]*"/, 'data-bounds="-87.93,41.86,-87.39,41.90"');
  const phone = await visitMap(browser, `${town.url}/draw`, PHONE);
  town.change = null;
  const { page, map } = phone;
  const painted = () => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  const shown = async () => {
    await painted();
    const [text, width] = await page.locator('.chart-scale-inner').evaluate((bar) => [bar.textContent, parseFloat(bar.style.width)]);
    const [, count, unit] = /([\d.]+) (k?m)/.exec(text);
    const metres = Number(count) * (unit === 'km' ? 1_000 : 1);
    return (metres / width) * (await map.boundingBox()).width;
  };
  const holds = (metres) => metres > wide && metres < wide * 1.4;
  await until(shown, holds);
  await page.setViewportSize({ width: 320, height: 844 });
  await until(shown, holds);
  // As where the form begins with a ward, and the map is not seen yet.
  const island = page.locator('[data-island=draw]');
  await island.evaluate((one) => { one.style.display = 'none'; });
  await page.setViewportSize({ width: 700, height: 844 });
  await painted();
  await island.evaluate((one) => { one.style.display = ''; });
  await until(shown, holds);
  await page.locator('.chart-zoom button').first().click();
  const near = await until(shown, (metres) => metres < wide * 0.8);
  await page.setViewportSize({ width: 390, height: 844 });
  await until(shown, (metres) => metres < near);
  await end(phone);
});

test('the map shows where the focus is', async () => {
  const desk = await sit();
  const { page, map } = desk;
  await page.focus('.draw-tools input');
  while (!(await map.evaluate((one) => one === document.activeElement))) await page.keyboard.press('Tab');
  assert.equal(await map.evaluate((one) => getComputedStyle(one, '::after').borderTopWidth), '4px');
  await end(desk);
});
