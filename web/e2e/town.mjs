// A small server with the manners of the true one: its security headers, its doors' answers.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';

const here = new URL('.', import.meta.url).pathname;
const dist = join(here, '../dist');
const WARDS = new URL('../../../shared/data/boundaries/chicago/wards_2015_2023__simplified.geojson', import.meta.url);

const CSP = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data: blob:",
  "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
].join('; ');
const TYPES = {
  '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json',
  '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.md': 'text/markdown', '.html': 'text/html; charset=utf-8',
};

export const wardsMissing = existsSync(WARDS) ? false : 'passed over: ../shared/data is not here';

/** The city's wards as the door gives them: the key as `id`, a name, the whole shape. */
function wards() {
  if (wardsMissing) return { type: 'FeatureCollection', features: [] };
  const { features } = JSON.parse(readFileSync(WARDS, 'utf8'));
  return {
    type: 'FeatureCollection',
    features: features.map(({ properties, geometry }) => ({ type: 'Feature', id: String(properties.ward), properties: { layer: 'wards', version: 1, name: String(properties.ward) }, geometry })),
  };
}

const STATUSES = ['received', 'received', 'acknowledged', 'in_progress', 'on_hold', 'closed'];
const CATEGORIES = ['Pothole', 'Street Light Out', 'Graffiti Removal', 'Tree Debris'];

/** Issues strewn over the city, always the same. */
export function issues(count) {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, (_, i) => ({
    number: `26-${String(i + 1).padStart(6, '0')}`, category: CATEGORIES[i % 4], status: STATUSES[i % 6], address: `${100 + i} W Alder St`,
    lon: -87.65 + (random() + random() + random() - 1.5) * 0.09, lat: 41.88 + (random() + random() + random() - 1.5) * 0.1,
  }));
}

const featureOf = ({ lon, lat, ...properties }) => ({ type: 'Feature', id: properties.number, properties, geometry: { type: 'Point', coordinates: [lon, lat] } });

const manifest = () => JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));

/** A fixture in the frame that every page has. */
function framed(name, head) {
  const body = readFileSync(join(here, 'fixtures', `${name}.html`), 'utf8');
  const [, title] = /<h1[^>]*>(.*?)<\/h1>/.exec(body);
  const wide = body.includes('data-island="draw"') || body.includes('data-island="browse"') ? ' class="wide"' : '';
  return `<!doctype html>
<html lang="en" ${head.sw ? 'data-sw' : ''}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title} · Springfield</title><link rel="icon" href="/icon.svg"><link rel="manifest" href="/app.webmanifest">
<link rel="stylesheet" href="/assets/wardwatch.css"><script type="module" src="/${manifest()['src/app.ts'].file}"></script></head>
<body><a class="skip" href="#main">Skip to content</a>
<header class="bar"><a class="brand" href="/"><img src="/icon.svg" alt="" width="32" height="32">Springfield</a></header>
<main id="main" tabindex="-1"${wide}>${body}</main><footer><p>What the city does, block by block.</p></footer></body></html>`;
}

function fileOf(path) {
  if (path === '/assets/wardwatch.css') return join(here, '../site/wardwatch.css');
  if (/^\/assets\/public-sans(-ext)?\.woff2$/.test(path)) return join(here, '../demo', path.slice('/assets/'.length));
  const root = path.startsWith('/assets/') ? dist : join(dist, 'root');
  const file = join(root, normalize(path));
  return file.startsWith(root) && extname(file) && existsSync(file) ? file : null;
}

/**
 * Opens the town. `town.previews` are the bodies that were asked about, `town.say(news)` tells the
 * stream, `town.renewed` what the service worker has told, `town.violations` what the policy refused.
 */
export async function openTown({ issueCount = 600, pmtiles = null } = {}) {
  const all = issues(issueCount);
  const city = JSON.stringify(wards());
  const town = { previews: [], asked: [], posted: [], listeners: new Set(), head: { sw: false }, issues: all };
  const json = (response, value, headers = {}) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const doors = {
    '/api/v1/boundaries/wards': (_, response) => json(response, city),
    '/api/v1/issues.geojson': (url, response) => {
      town.asked.push(url.search);
      const [west, south, east, north] = url.searchParams.get('bbox').split(',').map(Number);
      const found = all.filter(({ lon, lat }) => lon >= west && lon <= east && lat >= south && lat <= north);
      const [from, limit] = [Number(url.searchParams.get('cursor') ?? 0), Number(url.searchParams.get('limit'))];
      const next = new URL(url);
      next.searchParams.set('cursor', String(from + limit));
      const more = from + limit < found.length ? { link: `<${next.pathname}${next.search}>; rel="next"` } : {};
      json(response, { type: 'FeatureCollection', features: found.slice(from, from + limit).map(featureOf) }, more);
    },
    '/api/v1/counted.geojson': (url, response) => {
      town.asked.push(url.search);
      const point = { type: 'Point', coordinates: [-87.65, 41.88] };
      json(response, { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { count: 98_765 }, geometry: point }] });
    },
    '/api/v1/push/key': (_, response) => json(response, { key: 'BNNL5ZaTfK81qhXOx23-wewhigUeFb632jN6LvRWCFH1ubQr77FE_9qV1FuojuRmHP42zmf34rXgW80OvUVDgTk' }),
    '/api/v1/stream': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(':\n\n');
      town.listeners.add(response);
    },
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://town');
    response.setHeader('content-security-policy', CSP);
    if (request.method === 'POST') {
      const body = await textOf(request);
      town.posted.push([url.pathname, body]);
      if (url.pathname !== '/api/v1/watches/preview') return json(response, {});
      town.previews.push(JSON.parse(body));
      return town.previewFails ? response.writeHead(503).end() : json(response, { summary: `About ${town.previews.length} a week` });
    }
    if (doors[url.pathname]) return doors[url.pathname](url, response);
    if (url.pathname.startsWith('/tiles/')) {
      town.asked.push(url.pathname);
      return response.writeHead(200, { 'content-type': TYPES['.png'] }).end(readFileSync(join(dist, 'root/icon-512.png')));
    }
    if (url.pathname === '/city.pmtiles' && pmtiles) return ranged(request, response, pmtiles);
    const file = fileOf(url.pathname);
    if (file) return response.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(readFileSync(file));
    const name = url.pathname.split('/')[1] || 'plain';
    if (!existsSync(join(here, 'fixtures', `${name}.html`))) return response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.');
    const page = framed(name, town.head);
    return response.writeHead(200, { 'content-type': TYPES['.html'] }).end(town.change?.(page) ?? page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  town.url = `http://127.0.0.1:${server.address().port}`;
  town.say = (news) => town.listeners.forEach((one) => one.write(`event: issue\nid: 1\ndata: ${JSON.stringify(news)}\n\n`));
  town.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return town;
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function ranged(request, response, bytes) {
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? 'bytes=0-999999999');
  const part = bytes.subarray(Number(from), Number(to) + 1);
  response.writeHead(206, { 'content-type': 'application/octet-stream', 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}` }).end(part);
}
