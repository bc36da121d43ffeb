// The only script that every page loads. What a page asks for with `data-island` comes after it.
const islands = import.meta.glob<{ start(element: HTMLElement): void }>('./islands/*.ts');

for (const element of document.querySelectorAll<HTMLElement>('[data-island]')) {
  const load = islands[`./islands/${element.dataset['island']}.ts`];
  // The page works without its islands, so one that cannot start is marked and leaves it alone.
  load?.()
    .then((island) => island.start(element))
    .catch((error: unknown) => {
      element.dataset['failed'] = '';
      console.error(error);
    });
}

if ('serviceWorker' in navigator && 'sw' in document.documentElement.dataset) {
  navigator.serviceWorker.register('/sw.js').catch(console.error);
}
