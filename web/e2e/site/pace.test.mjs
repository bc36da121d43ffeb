// A resident on a phone gets from the front page to a confirmed watch with six taps and within a minute, at
// the pace of a person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, PHONE } from '../browser.mjs';
import { codeOf, openCity } from './program.mjs';

/** To read a page before the first tap, to find the next thing to tap, and to type a letter: slow readers' times, in seconds. */
const PACE = { page: 4, tap: 1.5, letter: 0.35 };

let city, browser;
before(async () => { city = await openCity(); browser = await launch(); });
after(async () => { await browser?.close(); await city?.close(); });

/** Somebody who reads, taps and types, whose taps and seconds are counted. */
function person(page) {
  const counted = { taps: 0, seconds: 0 };
  const tap = async (what) => {
    counted.taps += 1;
    counted.seconds += PACE.tap;
    await what.tap();
  };
  return {
    counted,
    tap,
    read: () => { counted.seconds += PACE.page; },
    type: async (field, text) => {
      await tap(field);
      counted.seconds += PACE.letter * text.length;
      await page.keyboard.type(text);
    },
  };
}

test('from the front page to a confirmed watch: six taps, and under a minute', async () => {
  const context = await browser.newContext({ ...PHONE, locale: 'en' });
  const page = await context.newPage();
  const resident = person(page);
  const began = Date.now();
  await page.goto(city.url);
  resident.read();
  await resident.tap(page.getByRole('link', { name: 'Find your ward' }));
  resident.read();
  await resident.tap(page.getByRole('link', { name: 'Ward 10', exact: true }));
  resident.read();
  await resident.type(page.getByLabel('Your email address'), 'ada@example.org');
  await resident.tap(page.getByRole('button', { name: 'Subscribe', exact: true }));
  await page.waitForURL(/\/watch\/new\/[\w-]{36}/);
  resident.read();
  // The mail is opened in another program, where its code is seen in the notice of the mail.
  const code = codeOf(await city.mail('ada@example.org', 'confirm'));
  resident.counted.seconds += 10;
  await resident.type(page.getByLabel('The six digits'), code);
  await resident.tap(page.getByRole('button', { name: 'Confirm', exact: true }));
  await page.waitForSelector('text=You are watching');
  const { taps, seconds } = resident.counted;
  const all = seconds + (Date.now() - began) / 1000;
  console.log(`${taps} taps, ${all.toFixed(0)} s`);
  assert.ok(taps <= 6, `${taps} taps`);
  assert.ok(all < 60, `${all} s`);
  await context.close();
});
