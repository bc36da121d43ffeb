// A problem is reported by whoever has no JavaScript.

/** From the front page to the page that says that it was sent; gives the number of the issue. */
export async function report(page, city, picture) {
  const button = (name) => page.getByRole('button', { name, exact: true });
  await page.goto(city.url);
  await page.getByRole('link', { name: 'Report something' }).click();
  // Each press on the map brings it closer: the city, a part of it, some streets.
  for (let i = 0; i < 3; i++) await page.locator('input[type=image]').click({ position: { x: 144, y: 144 } });
  await page.getByText('The pin is set.').waitFor();
  await page.getByLabel('Address or place').fill('By the fountain');
  await button('Continue').last().click();
  await page.getByLabel('Pothole').check();
  await button('Continue').last().click();
  if (await button('Mine is another').count()) await button('Mine is another').click();
  await page.getByLabel('What should the city know?').fill('It took my front wheel.');
  await button('Continue').last().click();
  await page.locator('input[type=file]').setInputFiles({ name: 'hole.jpg', mimeType: 'image/jpeg', buffer: picture });
  await button('Send report').click();
  await page.getByRole('heading', { name: /^Report .* is sent$/ }).waitFor();
  return /\d\d-\d{6}/.exec(await page.textContent('h1'))[0];
}
