// Every page of the program, by what it is called here: where it is in a city that `made` something.
// Whoever adds a page adds a line.
import { codeOf, linkOf, WARD } from './program.mjs';

export const PAGES = {
  home: () => '/',
  wards: () => '/wards',
  ward: () => `/wards/${WARD}`,
  watch: () => '/watch/new',
  placed: ({ at }) => `/watch/new?lon=${at[0]}&lat=${at[1]}`,
  code: ({ watch }) => `/watch/new/${watch}`,
  issue: ({ number }) => `/issues/${number}`,
  browse: () => '/issues',
  chosen: () => `/issues?ward=${WARD}&category=Pothole&status=open&q=hole&bbox=-180,-80,180,80`,
  wrong: () => '/issues?status=lost',
  embed: () => '/embed',
  report: () => '/report/new',
  reportWhat: ({ at }) => `/report/new?lon=${at[0]}&lat=${at[1]}&act=where`,
  reportSimilar: ({ at }) => `/report/new?lon=${at[0]}&lat=${at[1]}&category=Pothole&act=where`,
  reportDetails: ({ at }) => `/report/new?lon=${at[0]}&lat=${at[1]}&category=Pothole&another=1&act=what`,
  reportCheck: ({ at }) => `/report/new?lon=${at[0]}&lat=${at[1]}&category=Pothole&another=1&detailed=1&act=what`,
  find: () => '/find?q=mill+and+alder',
  unfound: () => '/find?q=no+such+street',
  wardOf: () => '/wards?q=alder+ave',
  signIn: () => '/signin',
  sent: () => '/signin?sent=1',
  mine: ({ token }) => `/watch/${token}`,
  part: ({ number }) => `/issues/${number}`,
  account: () => '/account',
  inbox: () => '/inbox',
  desk: () => '/desk',
  drawn: ({ token, area }) => `/watch/${token}/area/${area}`,
  named: ({ token, area }) => `/watch/${token}/public/${area}`,
  areas: () => '/areas',
  area: ({ publicArea }) => publicArea,
  accessibility: () => '/accessibility',
  privacy: () => '/privacy',
  data: () => '/data',
  offline: () => '/offline',
  missing: () => '/issues/26-999999',
};

/** Those whose map has to be painted first. */
export const MAPS = ['watch', 'placed', 'report', 'browse', 'chosen', 'embed', 'drawn'];

/** Those of somebody who has signed in: here a resident who is staff, too. */
export const SIGNED_IN = ['part', 'account', 'inbox', 'desk'];

/** Somebody reports a pothole, follows it, and lets others follow the area around it. */
export async function make(city) {
  city.run('staff', 'add', 'ada@example.org', '--role', 'staff');
  const { number, follow } = await city.post('/api/v1/issues', city.pothole({ email: 'ada@example.org' }));
  const code = codeOf(await city.mail('ada@example.org', 'report'));
  const { token } = await city.post(`/api/v1/watches/${follow.watch}/confirm`, { code });
  const drawn = { type: 'Feature', geometry: { type: 'Point', coordinates: city.at }, properties: { radius_m: 400 } };
  const { watch: area } = await city.post('/api/v1/watches', { name: 'Home', rhythm: 'at_once', target: { area: drawn } }, token);
  await city.form(`/watch/${token}/public/${area.id}`, 'act=show&name=Friends+of+the+Falls');
  const publicArea = /\/areas\/[\w-]+/.exec(await (await fetch(`${city.url}/areas`)).text())[0];
  await city.post('/api/v1/issues', city.pothole({ address: '14 Falls St' }));
  await city.mail('ada@example.org', '14 Falls St');
  return { at: city.at, number, watch: follow.watch, token, area: area.id, publicArea, signedIn: await signIn(city, 'ada@example.org') };
}

/** Options of a browser in which somebody has signed in. */
export async function signIn(city, email) {
  await city.form('/signin', `email=${encodeURIComponent(email)}`);
  const entered = await city.form(new URL(linkOf(await city.mail(email, 'sign in'), 'signin')).pathname, '');
  const [, value] = /wardwatch=([^;]+)/.exec(entered.headers.get('set-cookie'));
  const cookie = { name: 'wardwatch', value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Lax' };
  return { storageState: { cookies: [cookie], origins: [] } };
}
