// A real browser, and the hands of its user.
import { chromium } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
/** `more` are further flags. */
export const launch = (...more) => chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...more] });

export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 800 } };

/** Waits until something holds, and fails with what it was instead. */
export async function until(what, holds) {
  const end = Date.now() + 5_000;
  for (;;) {
    const now = await what();
    if (holds(now)) return now;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** A page that remembers every error, so that a test can end with none. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ ...DESK, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const ours = !message.text().startsWith('Canvas2D: Multiple readback'); // the tests read pixels
    if (['error', 'warning'].includes(message.type()) && ours) errors.push(message.text());
  });
  await page.goto(url);
  return { page, context, errors };
}

/** The same, once its map is painted. */
export async function visitMap(browser, url, options = {}) {
  const visited = await visit(browser, url, options);
  await visited.page.waitForSelector('[data-ready]', { state: 'attached' });
  const map = visited.page.locator('.chart');
  await map.scrollIntoViewIfNeeded();
  return { ...visited, map, box: await map.boundingBox() };
}

/** Fingers on the glass, at pixels of the page's window. */
export async function fingers(page) {
  const session = await page.context().newCDPSession(page);
  const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  const frame = () => page.evaluate(() => new Promise(requestAnimationFrame));
  return {
    async tap(x, y) {
      await touch('touchStart', [[x, y]]);
      await frame();
      await touch('touchEnd', []);
      await frame();
    },
    /** One path for each finger, all with as many points. */
    async drag(...paths) {
      await touch('touchStart', paths.map((path) => path[0]));
      for (let i = 1; i < paths[0].length; i++) {
        await touch('touchMove', paths.map((path) => path[i]));
        await frame();
      }
      await touch('touchEnd', []);
      await frame();
    },
    touch,
    frame,
  };
}

/** Points from here to there. */
export const straight = ([x, y], [toX, toY], steps = 8) =>
  Array.from({ length: steps + 1 }, (_, i) => [x + ((toX - x) * i) / steps, y + ((toY - y) * i) / steps]);

/** Points around a middle, all the way and a little further. */
export const around = (x, y, radius, steps = 48) =>
  Array.from({ length: steps + 3 }, (_, i) => [x + radius * Math.sin((2 * Math.PI * i) / steps), y - radius * Math.cos((2 * Math.PI * i) / steps)]);
