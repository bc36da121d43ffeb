// Every task of a resident by keys alone; wherever the focus goes it is seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, visit } from '../browser.mjs';
import { signIn } from './pages.mjs';
import { codeOf, linkOf, openCity, WARD } from './program.mjs';

let city, browser, people = 0;
before(async () => { city = await openCity(); browser = await launch(); });
after(async () => { await browser?.close(); await city?.close(); });

const person = () => `keys${++people}@example.org`;
/** Everybody is in a network of their own. */
const from = () => ({ extraHTTPHeaders: { 'x-forwarded-for': `198.51.100.${people + 1}` } });

/** What has the focus: its name as it is read out, and whether an eye sees that; on the next page, if one is coming. */
const focused = (page) => look(page).catch(async () => {
  await page.waitForLoadState();
  return look(page);
});
const look = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  // A map's ring lies above it.
  const above = getComputedStyle(at, '::after');
  const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none' || (above.content !== 'none' && parseFloat(above.borderTopWidth) > 0);
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
  assert.fail(`no way to ${name}, but: ${[...new Set(passed)].map((name) => name.slice(0, 40)).join(' | ')}`);
}

async function press(page, name) {
  await reach(page, name);
  await page.keyboard.press('Enter');
}

async function fill(page, name, text) {
  await reach(page, name);
  await page.keyboard.type(text);
}

async function confirmByCode(page, email, words = 'confirm') {
  await page.waitForURL(/\/watch\/new\/[\w-]{36}/);
  await fill(page, /^The six digits/, codeOf(await city.mail(email, words)));
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=You are watching');
}

test('a ward is found and followed, its watch changed, and stopped', async () => {
  const email = person();
  const { page, context } = await visit(browser, city.url, from());
  await press(page, /^Find your ward/);
  await press(page, `Ward ${WARD}`);
  await fill(page, 'Your email address', email);
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
  const { page, context } = await visit(browser, `${city.url}/issues/${number}`, from());
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

test('a problem is reported at an address, and its reporter is told what becomes of it', async () => {
  const email = person();
  await city.post('/api/v1/issues', city.pothole({ address: '3 Old St' })); // so that the city knows of potholes
  const { page, context } = await visit(browser, city.url, from());
  await press(page, /^Report something/);
  await fill(page, 'Address or place', 'Mill St and Alder Ave');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=What is the problem?');
  await reach(page, 'Pothole');
  await page.keyboard.press('Space');
  await press(page, 'Continue');
  await fill(page, /^What should the city know/, 'It took my front wheel.');
  await fill(page, /^Email address/, email);
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Check your report');
  await press(page, 'Send report');
  await page.waitForSelector('text=is sent');
  const [number] = /\d\d-\d{6}/.exec(await page.textContent('h1'));
  await press(page, 'Type the code');
  await confirmByCode(page, email, 'report');
  await city.post(`/api/v1/issues/${number}/events`, { kind: 'closed', text: 'Filled.' });
  await city.mail(email, 'Pothole closed');
  await context.close();
});

test('the city answers an issue, and closes it', async () => {
  const email = person();
  city.run('staff', 'add', email, '--role', 'staff');
  const { number } = await city.post('/api/v1/issues', city.pothole({ address: '21 Mill St' }));
  const { page, context } = await visit(browser, `${city.url}/desk`, { ...from(), ...await signIn(city, email) });
  await press(page, new RegExp(number));
  await fill(page, /^Your words/, 'A crew comes on Monday.');
  await press(page, 'Acknowledge');
  await page.waitForSelector('[role=status]');
  await press(page, 'Close');
  await page.waitForSelector('[role=status]');
  const { status, events } = await (await fetch(`${city.url}/api/v1/issues/${number}`)).json();
  assert.equal(status, 'closed');
  assert.ok(events.some(({ text }) => text === 'A crew comes on Monday.'), JSON.stringify(events));
  await context.close();
});

test('an area is let others follow; a neighbour does, and finds in the inbox what happened there', async () => {
  const [owner, neighbour] = [person(), person()];
  const drawn = { type: 'Feature', geometry: { type: 'Point', coordinates: city.at }, properties: { radius_m: 400 } };
  const { watch } = await city.post('/api/v1/watches', { name: 'Home', email: owner, rhythm: 'at_once', target: { area: drawn } });
  await city.post(`/api/v1/watches/${watch.id}/confirm`, { code: codeOf(await city.mail(owner, 'confirm')) });
  const mine = await visit(browser, `${city.url}/watch`, await signIn(city, owner));
  await press(mine.page, /^Let others see and follow this area/);
  await fill(mine.page, 'Public name', 'Friends of the Falls');
  await press(mine.page, 'Make it public');
  await mine.page.waitForSelector('[role=status]');
  await mine.context.close();

  const { page, context } = await visit(browser, `${city.url}/areas`, from());
  await press(page, 'Friends of the Falls');
  await fill(page, 'Your email address', neighbour);
  await page.keyboard.press('Enter');
  await confirmByCode(page, neighbour);
  await press(page, 'See and change all that you watch');
  await press(page, /^Change – /);
  await reach(page, /^You are told/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await press(page, /^Save – /);
  await page.waitForSelector('[role=status]');
  const { number } = await city.post('/api/v1/issues', city.pothole({ address: '5 Falls St' }));
  await city.mail(neighbour, '5 Falls St');
  await page.goto(`${city.url}/inbox`);
  await press(page, 'Mark all as seen');
  await page.waitForSelector('text=You have seen all of it.');
  await press(page, new RegExp(`^Mute – .*${number}`));
  await page.waitForSelector('[role=status]');
  await press(page, new RegExp(`^Pothole.*${number}`));
  await page.waitForSelector('text=We told you of this by mail');
  await context.close();
});
