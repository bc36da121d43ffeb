// Every task of a resident by keys alone; wherever the focus goes it is seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, visit } from '../browser.mjs';
import { codeOf, linkOf, openCity, WARD } from './program.mjs';

let city, browser, people = 0;
before(async () => { city = await openCity(); browser = await launch(); });
after(async () => { await browser?.close(); await city?.close(); });

const person = () => `keys${++people}@example.org`;

/** What has the focus: its name as it is read out, and whether an eye sees that; on the next page, if one is coming. */
const focused = (page) => look(page).catch(async () => {
  await page.waitForLoadState();
  return look(page);
});
const look = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  return { name: name.replace(/\s+/g, ' ').trim(), ring, body: at === document.body };
});

/** Goes on with the tabulator until something of this name has the focus. */
async function reach(page, name) {
  const passed = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    if (!at.body) assert.ok(at.ring, `the focus is seen on “${at.name}”`);
    if (typeof name === 'string' ? at.name === name : name.test(at.name)) return;
    passed.push(at.name);
  }
  assert.fail(`no way to ${name}, but: ${passed.join(' | ')}`);
}

async function press(page, name) {
  await reach(page, name);
  await page.keyboard.press('Enter');
}

async function fill(page, name, text) {
  await reach(page, name);
  await page.keyboard.type(text);
}

async function confirmByCode(page, email) {
  await page.waitForURL(/\/watch\/new\/[\w-]{36}/);
  await fill(page, /^The six digits/, codeOf(await city.mail(email, 'confirm')));
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=You are watching');
}

test('a ward is found and followed, its watch changed, and stopped', async () => {
  const email = person();
  const { page, context } = await visit(browser, city.url);
  await press(page, /^Find your ward/);
  await press(page, `Ward ${WARD}`);
  await fill(page, /^Get news of this ward/, email);
  await page.keyboard.press('Enter');
  await confirmByCode(page, email);
  await press(page, 'See and change all that you watch');
  await press(page, /^Change/);
  await reach(page, /^You are told/);
  // From once a day over once an hour to at once.
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await press(page, new RegExp(`^Save – Ward ${WARD}`));
  await page.waitForSelector('[role=status]');
  await city.post('/api/v1/issues', city.pothole());
  await page.goto(linkOf(await city.mail(email, 'Pothole reported'), 'u'));
  await press(page, 'Stop this watch');
  await page.waitForSelector('text=You will not be told');
  await context.close();
});

test('an issue is followed, voted for and commented on; whoever did it signs out, and in', async () => {
  const email = person();
  const { number } = await city.post('/api/v1/issues', city.pothole({ address: '9 Mill St' }));
  const { page, context } = await visit(browser, `${city.url}/issues/${number}`);
  await fill(page, /^Your email address/, email);
  await page.keyboard.press('Enter');
  await confirmByCode(page, email);
  await page.goto(`${city.url}/issues/${number}`);
  await press(page, 'It bothers me too');
  await page.waitForSelector('text=It is counted');
  await fill(page, /^Add a comment/, 'It took my hubcap.');
  await press(page, 'Comment');
  await page.waitForSelector('text=Your comment is shown.');
  await press(page, 'Sign out');
  await page.waitForLoadState();
  await page.goto(`${city.url}/signin`);
  await fill(page, /^Your email address/, email);
  await page.keyboard.press('Enter');
  await page.waitForURL(/sent=1/);
  await page.goto(linkOf(await city.mail(email, 'sign in'), 'signin'));
  await press(page, 'Sign in');
  await page.waitForSelector('text=What you watch');
  await context.close();
});
