import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, until, visit } from './browser.mjs';
import { openTown } from './town.mjs';

let town, browser;
before(async () => { town = await openTown(); town.head.sw = true; browser = await launch(); });
after(async () => { await browser?.close(); await town?.close(); });

/** A page whose service worker is at work, and a way to push to it. */
async function settle(path = '/') {
  const context = await browser.newContext({ permissions: ['notifications'] });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let registration;
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => { registration = registrations.at(-1) ?? registration; });
  await session.send('ServiceWorker.enable');
  await page.goto(town.url + path);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const push = (note) => session.send('ServiceWorker.deliverPushMessage', { origin: town.url, registrationId: registration.registrationId, data: JSON.stringify(note) });
  const notifications = () => page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.map(({ title, body, tag, icon, data, actions }) => ({ title, body, tag, icon: new URL(icon).pathname, data, actions: actions.map((one) => one.title) }));
  });
  const shown = (...titles) => until(notifications, (all) => all.map((one) => one.title).sort().join() === titles.sort().join());
  return { context, page, push, shown };
}

const NOTE = {
  title: 'Pothole reported – 1200 W Alder St', body: '350 m northwest of “Home”', tag: 'issue-26-001234', url: 'https://watch.example.org/issues/26-001234',
  actions: [{ action: 'follow', title: 'Follow' }, { action: 'mute', title: 'Mute', url: 'https://watch.example.org/mute/abc' }],
};

describe('a push', () => {
  test('is shown with its links, and a newer one about the same takes its place', async () => {
    const { context, push, shown } = await settle();
    await push(NOTE);
    assert.deepEqual(await shown(NOTE.title), [{
      title: NOTE.title, body: NOTE.body, tag: NOTE.tag, icon: '/icon-192.png', actions: ['Follow', 'Mute'],
      data: { link: NOTE.url, links: { follow: `${NOTE.url}#follow`, mute: 'https://watch.example.org/mute/abc' } },
    }]);
    await push({ ...NOTE, title: 'Pothole closed – 1200 W Alder St', actions: [] });
    await push({ title: 'Your day in Springfield: 2 new', body: '', tag: 'digest-daily', url: '/inbox', actions: [] });
    await shown('Pothole closed – 1200 W Alder St', 'Your day in Springfield: 2 new');
    await context.close();
  });

  test('that was pressed opens its page, or the one of its action, and no page of others', async () => {
    const { context, push, shown } = await settle();
    await push({ ...NOTE, url: '/plain?issue=1', actions: [{ action: 'mute', title: 'Mute' }] });
    await shown(NOTE.title);
    const worker = context.serviceWorkers()[0];
    const press = (action) => worker.evaluate(async (action) => {
      const opened = [];
      self.clients.openWindow = async (url) => { opened.push(url); };
      const [notification] = await self.registration.getNotifications();
      const event = new NotificationEvent('notificationclick', { notification, action });
      self.dispatchEvent(event);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return opened;
    }, action);
    assert.deepEqual(await press(''), [`${town.url}/plain?issue=1`]);
    await push({ ...NOTE, url: '/plain?issue=1', actions: [{ action: 'mute', title: 'Mute' }] });
    await shown(NOTE.title);
    assert.deepEqual(await press('mute'), [`${town.url}/plain?issue=1#mute`]);
    await push(NOTE);
    await shown(NOTE.title);
    assert.deepEqual(await press(''), []);
    await context.close();
  });
});

test('without a network there is a page that says so, with its looks, and nothing else is kept', async () => {
  const { context, page } = await settle();
  await page.goto(`${town.url}/draw`);
  await context.setOffline(true);
  await page.goto(`${town.url}/watch/secret-token`);
  assert.equal(await page.textContent('h1'), 'You are offline');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('main')).display), 'grid', 'the stylesheet came with it');
  const kept = await page.evaluate(async () => (await (await caches.open('offline')).keys()).map((one) => new URL(one.url).pathname).sort());
  assert.equal(kept[kept.length - 1], '/offline');
  assert.ok(kept.slice(0, -1).every((path) => path.startsWith('/assets/')), kept.join());
  await context.setOffline(false);
  await page.goto(`${town.url}/draw`);
  assert.equal(await page.textContent('h1'), 'Choose the area to watch');
  await context.close();
});

describe('news on this device', () => {
  const tick = (page) => page.locator('[data-push-toggle]').click();

  test('a subscription goes into the form as the server reads it', async () => {
    const { context, page } = await settle();
    // There is no push service to ask here: what it would have given stands in its place.
    await page.addInitScript(() => {
      PushManager.prototype.subscribe = async (options) => ({ toJSON: () => ({ endpoint: 'https://push.example.org/1', expirationTime: null, keys: { auth: 'YQ', p256dh: options.applicationServerKey } }) });
      Notification.requestPermission = async () => 'granted';
    });
    await page.goto(`${town.url}/volume`);
    await tick(page);
    await page.getByText('This device will be told.').waitFor();
    const value = await page.evaluate(() => document.querySelector('[name=push]').value);
    assert.deepEqual(JSON.parse(value), { endpoint: 'https://push.example.org/1', keys: { p256dh: 'BNNL5ZaTfK81qhXOx23-wewhigUeFb632jN6LvRWCFH1ubQr77FE_9qV1FuojuRmHP42zmf34rXgW80OvUVDgTk', auth: 'YQ' } });
    await tick(page);
    assert.equal(await page.evaluate(() => document.querySelector('[name=push]').value), '');
    await context.close();
  });

  test('who says no is told how to say yes later', async () => {
    const { context, page } = await settle();
    await page.addInitScript(() => { Notification.requestPermission = async () => 'denied'; });
    await page.goto(`${town.url}/volume`);
    await tick(page);
    await page.getByText('Allow them in its settings').waitFor();
    assert.equal(await page.isChecked('[data-push-toggle]'), false);
    await context.close();
  });

  test('an iPhone outside its home screen is told to go there, a browser without push nothing', async () => {
    const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1';
    const phone = await visit(browser, `${town.url}/volume`, { userAgent: iphone });
    await phone.page.getByText('Put this site on your home screen first.').waitFor();
    assert.equal(await phone.page.locator('[data-push-toggle]').count(), 0);
    await phone.context.close();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => { delete window.PushManager; });
    await page.goto(`${town.url}/volume`);
    await page.waitForFunction(() => document.querySelector('output').textContent);
    assert.equal(await page.locator('[data-island=push]').isVisible(), false);
    await context.close();
  });
});
