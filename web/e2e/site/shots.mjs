// Pictures of every page, to be looked at: `npm run site:shots -- FOLDER`, or only some: `… -- FOLDER home ward`.
import { mkdirSync } from 'node:fs';
import { DESK, launch, PHONE, visit } from '../browser.mjs';
import { make, MAPS, PAGES, SIGNED_IN } from './pages.mjs';
import { openCity } from './program.mjs';

const [folder = 'site-shots', ...wanted] = process.argv.slice(2);
const NARROW = { ...PHONE, viewport: { width: 320, height: 640 } };
const SIZES = { phone: PHONE, desk: DESK, ...(process.env.NARROW ? { narrow: NARROW } : {}) };

/** Some days of a city, so that no list is empty. */
async function live(city) {
  const kinds = [['Pothole', '12 Falls St'], ['Street Light Out', '400 Mill St'], ['Missed Pickup', '7 Alder Ave'], ['Graffiti Removal', '88 Bridge St']];
  for (let i = 0; i < 12; i++) {
    const [category, address] = kinds[i % kinds.length];
    const { number } = await city.post('/api/v1/issues', { category, address, description: 'Seen on the way to work.', lon: city.at[0] + i * 2e-4, lat: city.at[1] + (i % 5) * 2e-4 });
    if (i % 3 === 0) await city.post(`/api/v1/issues/${number}/events`, { kind: 'updated', status: 'in_progress', text: 'A crew is on its way.' });
    if (i % 4 === 1) await city.post(`/api/v1/issues/${number}/events`, { kind: 'closed', text: 'Done.' });
  }
}

mkdirSync(folder, { recursive: true });
const city = await openCity();
const browser = await launch();
try {
  await live(city);
  const made = await make(city);
  const names = Object.keys(PAGES).filter((name) => wanted.length === 0 || wanted.includes(name));
  for (const name of names) for (const [size, options] of Object.entries(SIZES)) for (const colorScheme of ['light', 'dark']) {
    const { page, context, errors } = await visit(browser, city.url + PAGES[name](made), { ...options, ...(SIGNED_IN.includes(name) ? made.signedIn : {}), colorScheme });
    if (MAPS.includes(name)) await page.waitForSelector('[data-ready]', { state: 'attached' });
    await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) console.log(`${name}, ${size}: wider than its window`);
    const said = errors.filter((error) => name !== 'missing' || !error.includes('404'));
    if (said.length) console.log(name, size, colorScheme, said);
    await context.close();
  }
  console.log(`${names.length} pages, in ${folder}`);
} finally {
  await browser.close();
  await city.close();
}
