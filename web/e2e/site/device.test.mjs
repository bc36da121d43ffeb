// A device that is told: what somebody else reports is sent by web push, opened as the browser would, and
// shown by the service worker.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, PHONE, until as still, visit } from '../browser.mjs';
import { signIn } from './pages.mjs';
import { openCity, until } from './program.mjs';
import { openPushService } from './push_service.mjs';
import { report } from './report.mjs';

let city, browser, service;
before(async () => {
  service = await openPushService();
  city = await openCity('--push-allow-hosts', service.host);
  browser = await launch();
});
after(async () => { await browser?.close(); await city?.close(); await service?.close(); });

/** A phone whose browser has a push service: ours, as the world's cannot be reached from here. */
async function phone(more = {}) {
  const { notes, subscription } = service.subscribe();
  const context = await browser.newContext({ ...PHONE, permissions: ['notifications', 'geolocation'], geolocation: { longitude: city.middle[0], latitude: city.middle[1] }, ...more });
  await context.addInitScript((given) => {
    PushManager.prototype.subscribe = async () => ({ toJSON: () => given });
    Notification.requestPermission = async () => 'granted';
  }, subscription);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let worker;
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => { worker = registrations.at(-1) ?? worker; });
  await session.send('ServiceWorker.enable');
  /** What the service hands to the browser, the browser hands to the worker. */
  const deliver = (note) => session.send('ServiceWorker.deliverPushMessage', { origin: city.url, registrationId: worker.registrationId, data: JSON.stringify(note) });
  const shown = () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title }) => title));
  return { context, page, notes, deliver, shown };
}

test('without giving any address it is told what is reported in another browser, and what becomes of it', async () => {
  await city.post('/api/v1/issues', city.pothole({ address: '3 Old St' })); // so that the city knows of potholes
  const { context, page, notes, deliver, shown } = await phone();
  await page.goto(`${city.url}/watch/new`);
  await page.waitForSelector('[data-island=draw][data-ready]', { state: 'attached' });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByRole('button', { name: 'Around me' }).first().tap();
  await page.waitForFunction(() => document.querySelector('[name=area]')?.value !== '');
  await page.locator('#what summary').tap();
  await page.getByLabel('Closed issues').check();
  await page.getByLabel('You are told at once.').check();
  await page.getByLabel('Tell me on this device').check();
  await page.waitForFunction(() => document.querySelector('[name=push]').value !== '');
  await page.getByRole('button', { name: 'Watch', exact: true }).last().tap();
  await page.waitForSelector('text=You are watching');

  const neighbour = await visit(browser, city.url, { javaScriptEnabled: false });
  const number = await report(neighbour.page, city, await neighbour.page.screenshot({ type: 'jpeg' }));
  const first = await until('a push', () => notes[0]);
  assert.match(first.title, /^Pothole reported/);
  assert.ok(first.url.endsWith(`/issues/${number}`), first.url);
  await deliver(first);
  await still(shown, (titles) => titles.join() === first.title);

  await city.post(`/api/v1/issues/${number}/events`, { kind: 'closed', text: 'Filled.' });
  const second = await until('another push', () => notes[1]);
  assert.match(second.title, /^Pothole closed/);
  await deliver(second);
  await still(shown, (titles) => titles.join() === second.title);
  await neighbour.context.close();
  await context.close();
});

test('who has signed in adds it by one button', async () => {
  city.run('staff', 'add', 'ada@example.org', '--role', 'staff');
  const { context, page } = await phone(await signIn(city, 'ada@example.org'));
  await page.goto(`${city.url}/account`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByText('No device shows you news yet.').waitFor();
  await page.getByRole('button', { name: 'Add this device', exact: true }).tap();
  await page.waitForURL(/done=add_device/);
  await page.getByText('This device is added.').waitFor();
  assert.equal(await page.getByText('No device shows you news yet.').count(), 0);
  await context.close();
});
