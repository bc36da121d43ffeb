// Pictures of the islands, to be looked at: `npm run shots -- FOLDER`.
import { mkdirSync } from 'node:fs';
import { DESK, launch, PHONE, visitMap } from './browser.mjs';
import { openTown } from './town.mjs';

const folder = process.argv[2] ?? 'shots';
mkdirSync(folder, { recursive: true });
const town = await openTown({ issueCount: 3_000 });
const browser = await launch();
const corners = [[0.3, 0.3], [0.62, 0.25], [0.75, 0.6], [0.4, 0.72]];
for (const [device, options] of [['phone', PHONE], ['desk', DESK]]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const name of ['draw', 'browse', 'pin']) {
      const { page, context, map, errors } = await visitMap(browser, `${town.url}/${name}`, { ...options, colorScheme });
      if (name === 'draw') {
        const box = await map.boundingBox();
        for (const [x, y] of corners) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
        await page.getByRole('button', { name: 'Finish shape' }).click();
      }
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${folder}/${name}-${device}-${colorScheme}.png`, fullPage: device === 'phone' });
      if (errors.length) console.log(name, device, colorScheme, errors);
      await context.close();
    }
  }
}
await browser.close();
await town.close();
