// What residents do, from the front page to a mail and back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, fingers, launch, PHONE, until, visit, visitMap } from '../browser.mjs';
import { codeOf, linkOf, openCity, WARD } from './program.mjs';
import { report } from './report.mjs';

let city, browser, people = 0;
before(async () => { city = await openCity(); browser = await launch(); });
after(async () => { await browser?.close(); await city?.close(); });

/** An address that nobody had before, in a network of its own. */
const person = () => `person${++people}@example.org`;
const from = () => ({ extraHTTPHeaders: { 'x-forwarded-for': `198.51.100.${people + 1}` } });
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function typeCode(page, email) {
  await page.waitForURL(/\/watch\/new\/[\w-]{36}/);
  const question = await city.mail(email, 'confirm');
  await page.getByLabel('The six digits').fill(codeOf(question));
  await button(page, 'Confirm').click();
  await page.waitForSelector('text=You are watching');
}

async function end({ context, errors }) {
  // A form that comes back to be mended is a 422, which the browser writes down, too.
  const failed = errors.filter((error) => !error.includes('status of 422'));
  assert.deepEqual(failed, [], 'nothing is refused by the policy, nothing fails');
  await context.close();
}

describe('a ward', () => {
  test('is followed without JavaScript, by typing the code, and a report there comes as mail', async () => {
    const email = person();
    const visited = await visit(browser, city.url, { ...from(), javaScriptEnabled: false });
    const { page } = visited;
    await page.getByRole('link', { name: 'Find your ward' }).click();
    await page.getByRole('link', { name: `Ward ${WARD}`, exact: true }).click();
    await button(page, 'Subscribe').click();
    assert.match(await page.title(), /^Error: /);
    await page.getByRole('link', { name: 'Enter your email address.' }).click();
    await page.getByRole('heading', { name: 'Get news of this ward, once a day' }).waitFor();
    await page.getByLabel('Your email address').fill(email);
    await button(page, 'Subscribe').click();
    await typeCode(page, email);
    await page.getByRole('link', { name: 'See and change all that you watch' }).click();
    await page.getByText('Change', { exact: false }).first().click();
    await page.getByLabel('You are told at once.').check();
    await button(page, `Save – Ward ${WARD}`).click();
    await city.post('/api/v1/issues', city.pothole());
    const news = await city.mail(email, 'Pothole reported');
    assert.match(news.text, new RegExp(`You watch “Ward ${WARD}”`));
    await page.goto(linkOf(news, 'u'));
    await button(page, 'Stop this watch').click();
    await page.waitForSelector('text=You will not be told');
    await end(visited);
  });
});

/** Fills in the rest of the form, and confirms by the link of the mail. */
async function finish(page, email) {
  await page.getByLabel('You are told at once.').check();
  await page.getByLabel('Your email address').fill(email);
  await button(page, 'Watch').last().click();
  await page.waitForURL(/\/watch\/new\/[\w-]{36}/);
  const question = await city.mail(email, 'confirm');
  await page.goto(linkOf(question, 'confirm'));
  await button(page, 'Yes, tell me').click();
  await page.waitForSelector('text=You are watching');
  const { number } = await city.post('/api/v1/issues', city.pothole());
  const news = await city.mail(email, 'Pothole reported');
  assert.ok(news.text.includes(number), 'what was drawn holds the place');
  return number;
}

/** Corners around the middle of the map, which the form shows with the whole city in it. */
const CORNERS = [[.1, .2], [.75, .2], [.75, .9], [.1, .9]];

describe('an area is drawn', () => {
  test('by mouse', async () => {
    const email = person();
    const visited = await visitMap(browser, `${city.url}/watch/new`, { ...from(), ...DESK });
    const { page, box } = visited;
    for (const [x, y] of CORNERS) await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    await button(page, 'Finish shape').click();
    await page.waitForFunction(() => document.querySelector('[data-island=volume]').textContent !== '');
    await finish(page, email);
    await end(visited);
  });

  test('by fingers, on a phone', async () => {
    const email = person();
    const visited = await visitMap(browser, `${city.url}/watch/new`, { ...from(), ...PHONE });
    const { page, map } = visited;
    const hand = await fingers(page);
    for (const [x, y] of CORNERS) {
      await map.scrollIntoViewIfNeeded();
      const box = await map.boundingBox();
      await hand.tap(box.x + box.width * x, box.y + box.height * y);
    }
    await button(page, 'Finish shape').tap();
    await finish(page, email);
    await end(visited);
  });

  test('by keys alone', async () => {
    const email = person();
    const visited = await visitMap(browser, `${city.url}/watch/new`, { ...from(), ...DESK });
    const { page } = visited;
    // The map glides for a tenth of a second; whoever presses sooner cuts that short.
    const press = async (key, times = 1) => {
      for (let i = 0; i < times; i++) {
        await page.keyboard.press(key);
        if (key.startsWith('Arrow')) await page.waitForTimeout(250);
      }
    };
    for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.closest('.chart') !== null && document.activeElement.tabIndex === 0 && !document.activeElement.matches('button'))); i++) await press('Tab');
    await press('ArrowLeft', 3);
    await press('ArrowUp', 2);
    await press('Enter');
    await press('ArrowRight', 6);
    await press('Enter');
    await press('ArrowDown', 4);
    await press('Enter');
    await press('ArrowLeft', 6);
    await press('Enter');
    await press('Shift+Enter');
    assert.match(await page.textContent('.draw-sum'), /^4 corners/);
    for (let i = 0; i < 60 && (await page.evaluate(() => document.activeElement.id)) !== 'email'; i++) await press('Tab');
    await page.keyboard.type(email);
    await press('Enter');
    await typeCode(page, email);
    await end(visited);
  });
});

describe('an issue', () => {
  test('is followed, voted for and commented on; what becomes of it arrives; and its follower signs in, and leaves', async () => {
    const email = person();
    const { number } = await city.post('/api/v1/issues', city.pothole({ address: '7 Mill St' }));
    const visited = await visit(browser, `${city.url}/issues/${number}`, { ...from(), ...PHONE });
    const { page } = visited;
    await page.getByLabel('Your email address').fill(email);
    await button(page, 'Follow this issue').click();
    await typeCode(page, email);
    await page.goto(`${city.url}/issues/${number}`);
    await button(page, 'It bothers me too').click();
    await page.waitForSelector('text=It is counted');
    await page.getByLabel('Add a comment').fill('It took my hubcap.');
    await button(page, 'Comment').click();
    await page.waitForSelector('text=Your comment is shown.');
    assert.match(await page.textContent('.timeline'), /It took my hubcap\./);
    await city.post(`/api/v1/issues/${number}/events`, { kind: 'updated', status: 'in_progress', text: 'A crew is on its way.' });
    await city.mail(email, 'Pothole updated');
    await city.post(`/api/v1/issues/${number}/events`, { kind: 'closed', text: 'Filled.' });
    await city.mail(email, 'Pothole closed');

    await button(page, 'Sign out').click();
    await page.goto(`${city.url}/watch`);
    await page.getByLabel('Your email address').fill(email);
    await button(page, 'Send me the link').click();
    await page.goto(linkOf(await city.mail(email, 'sign in'), 'signin'));
    await button(page, 'Sign in').click();
    await page.waitForSelector('text=What you watch');
    await page.getByRole('link', { name: 'Delete', exact: false }).last().click();
    await page.getByRole('button', { name: 'Delete', exact: false }).click();
    await page.goto(`${city.url}/watch`);
    await page.waitForURL(/\/signin$/);
    await end(visited);
  });
});

describe('a report', () => {
  test('is where its address is, whatever the window did, unless its pin was set after that', async () => {
    const visited = await visitMap(browser, `${city.url}/report/new`, { ...from(), ...DESK });
    const { page } = visited;
    const place = async () => [await page.inputValue('[name=lon]'), await page.inputValue('[name=lat]')];
    const answer = await fetch(`${city.url}/report/new?address=Mill+St+and+Alder+Ave&act=where`);
    const [lon, lat] = [...(await answer.text()).matchAll(/name="(?:lon|lat)" value="([^"]+)"/g)].map(([, value]) => value);
    assert.ok(lon && lat);
    /** Types the address, and goes on; before or after that somebody does something to the map. */
    const go = async (before, after = () => null) => {
      await before();
      await page.getByLabel('Address or place').fill('Mill St and Alder Ave');
      await after();
      await button(page, 'Continue').last().click();
      await page.waitForSelector('text=What is the problem?');
      return place();
    };
    const drag = async () => {
      const map = page.locator('.chart');
      await map.scrollIntoViewIfNeeded();
      const { x, y } = await map.boundingBox();
      await page.mouse.move(x + 150, y + 100);
      await page.mouse.down();
      await page.mouse.move(x + 90, y + 60, { steps: 6 });
      await page.mouse.up();
      await until(place, ([lon]) => lon !== '');
      await page.waitForTimeout(600);
    };
    const again = async () => {
      await page.goto(`${city.url}/report/new`);
      await page.waitForSelector('[data-ready]', { state: 'attached' });
    };
    const turned = await go(async () => {
      await page.setViewportSize({ width: 844, height: 390 });
      await page.waitForTimeout(300);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForTimeout(300);
    });
    assert.deepEqual(turned, [lon, lat]);
    await again();
    assert.deepEqual(await go(drag), [lon, lat], 'typed after the pin was set');
    await again();
    let pin;
    const pinned = await go(() => null, async () => { await drag(); pin = await place(); });
    assert.deepEqual(pinned.map(Number), pin.map(Number), 'set after the address was typed');
    assert.notDeepEqual(pinned, [lon, lat]);
    await end(visited);
  });

  test('made in a second browser, without JavaScript and with a picture, reaches who watches there', async () => {
    await city.post('/api/v1/issues', city.pothole({ address: '3 Old St' })); // so that the city knows of potholes
    // The middle of the map is the middle of the city, wherever wards meet there.
    const wards = await (await fetch(`${city.url}/api/v1/boundaries/at?lon=${city.middle[0]}&lat=${city.middle[1]}`)).json();
    const ward = wards.wards[0].ward;
    const email = person();
    const first = await visit(browser, `${city.url}/wards/${ward}`, { ...from(), javaScriptEnabled: false });
    await first.page.getByLabel('Your email address').fill(email);
    await button(first.page, 'Subscribe').click();
    await typeCode(first.page, email);
    await first.page.getByRole('link', { name: 'See and change all that you watch' }).click();
    await first.page.getByText('Change', { exact: false }).first().click();
    await first.page.getByLabel('You are told at once.').check();
    await button(first.page, `Save – Ward ${ward}`).click();
    const second = await visit(browser, `${city.url}/report/new`, { ...from(), javaScriptEnabled: false });
    const picture = await second.page.screenshot({ type: 'jpeg' });
    await button(second.page, 'Continue').last().click();
    assert.match(await second.page.title(), /^Error: /, 'a report has a place');
    const number = await report(second.page, city, picture);
    assert.match(await second.page.textContent('main'), new RegExp(`Everybody who watches .*Ward ${ward}`));
    const news = await city.mail(email, 'Pothole reported');
    assert.ok(news.text.includes(number) && news.text.includes('It took my front wheel.'));
    await second.page.goto(`${city.url}/issues/${number}`);
    const shown = second.page.locator('.photos img').first();
    await shown.waitFor();
    assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0), 'the picture is shown');
    await end(first);
    await end(second);
  });
});
