// Draws the icons of the web app from the mark: `node e2e/icons.mjs`, after the mark has changed.
import { readFileSync } from 'node:fs';
import { launch } from './browser.mjs';

const mark = readFileSync(new URL('../public/icon.svg', import.meta.url), 'utf8');
const inner = mark.replace(/^<svg[^>]*>|<\/svg>$/g, '');
const square = inner.replace('rx="8"', '');
// What a launcher cuts a circle out of has its drawing within the middle four fifths.
const maskable = `<rect width="32" height="32" fill="#0d3b54"/><g transform="translate(16 16) scale(.72) translate(-16 -16)">${square}</g>`;
const badge = inner.replace(/<rect[^>]*>/, '').replace(/#9fd3ea|#f2711c|#ff8a3d/g, '#fff');
const browser = await launch();
const page = await browser.newPage();
for (const [name, size, drawing] of [['icon-192', 192, inner], ['icon-512', 512, inner], ['icon-maskable-512', 512, maskable], ['badge-96', 96, badge]]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style><svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 32 32">${drawing}</svg>`);
  await page.screenshot({ path: new URL(`../public/${name}.png`, import.meta.url).pathname, omitBackground: true });
}
await browser.close();
