/// <reference lib="webworker" />
/**
 * The service worker: shows what is pushed, and a page of its own when the network is gone.
 *
 * It keeps /offline and the assets that this page names, and nothing else: what a person is shown of
 * their watches is never stored.
 *
 * A push carries `{ title, body, url, tag, actions: [{ action, title, url? }] }`. An action without a
 * `url` of its own leads to the same page, at `#follow` or `#mute`.
 */
export {};
declare const self: ServiceWorkerGlobalScope;

const CACHE = 'offline';
const OFFLINE = '/offline';

interface Action { action: string; title: string; url?: string }
interface Note { title: string; body?: string; url?: string; tag?: string; actions?: Action[] }

self.addEventListener('install', (event) => event.waitUntil(keepOffline().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** Stores the offline page with whatever assets it names. */
async function keepOffline(): Promise<void> {
  const page = await fetch(OFFLINE, { cache: 'reload' });
  if (!page.ok) throw new Error(`${OFFLINE} answered ${page.status}`);
  const assets = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
  const cache = await caches.open(CACHE);
  await cache.put(OFFLINE, page);
  await cache.addAll([...new Set(assets)]);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode === 'navigate' && request.method === 'GET') {
    event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  } else if (new URL(request.url).pathname.startsWith('/assets/')) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});

const kept = async (what: RequestInfo): Promise<Response> => (await caches.match(what)) ?? Response.error();

self.addEventListener('push', (event) => {
  const note = event.data?.json() as Note | undefined;
  if (note?.title) event.waitUntil(show(note));
});

/** One with a tag that is shown already takes its place, and is heard anew. */
function show({ title, body = '', url = '/', tag = '', actions = [] }: Note): Promise<void> {
  const links = Object.fromEntries(actions.map((one) => [one.action, one.url ?? `${url}#${one.action}`]));
  const options = {
    body, tag, renotify: tag !== '', icon: '/icon-192.png', badge: '/badge-96.png', data: { link: url, links },
    actions: actions.map(({ action, title }) => ({ action, title })),
  };
  return self.registration.showNotification(title, options);
}

self.addEventListener('notificationclick', (event) => {
  const { link, links } = event.notification.data as { link: string; links: Record<string, string> };
  event.notification.close();
  event.waitUntil(open(links[event.action] ?? link));
});

/** Goes to the window that shows it, or opens one. Only pages of this site are opened. */
async function open(link: string): Promise<void> {
  const url = new URL(link, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((one) => one.url === url.href);
  await (there ? there.focus() : self.clients.openWindow(url.href));
}

// The browser has changed its address, and what was sent to the old one no longer comes.
self.addEventListener('pushsubscriptionchange', (event) => {
  const change = event as ExtendableEvent & { oldSubscription?: PushSubscription; newSubscription?: PushSubscription };
  change.waitUntil(renew(change.oldSubscription, change.newSubscription));
});

/**
 * Tells the server the new address, with the old one, which only its owner knows:
 * `POST /push/renew` with `{ old, endpoint, keys }`.
 */
async function renew(old?: PushSubscription, given?: PushSubscription): Promise<void> {
  if (!old) return;
  const key = old.options.applicationServerKey;
  const fresh = given ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = fresh.toJSON();
  const body = JSON.stringify({ old: old.endpoint, endpoint, keys });
  await fetch('/push/renew', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
