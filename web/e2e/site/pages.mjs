// Every page of the program, by what it is called here: where it is in a city that `made` something.
// Whoever adds a page adds a line.
import { codeOf, WARD } from './program.mjs';

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
  areas: () => '/areas',
  accessibility: () => '/accessibility',
  privacy: () => '/privacy',
  data: () => '/data',
  offline: () => '/offline',
  missing: () => '/issues/26-999999',
};

/** Those whose map has to be painted first. */
export const MAPS = ['watch', 'placed', 'report', 'browse', 'chosen', 'embed'];

/** Somebody reports a pothole and follows it: an issue, and what is theirs. */
export async function make(city) {
  const report = { category: 'Pothole', description: 'A deep hole', address: '12 Falls St', lon: city.at[0], lat: city.at[1], email: 'ada@example.org' };
  const { number, follow } = await city.post('/api/v1/issues', report);
  const code = codeOf(await city.mail('ada@example.org', 'report'));
  const { token } = await city.post(`/api/v1/watches/${follow.watch}/confirm`, { code });
  return { at: city.at, number, watch: follow.watch, token };
}
