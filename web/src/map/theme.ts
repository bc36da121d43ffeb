import { asArray } from 'ol/color.js';

const TOKENS = {
  around: '--m-around', land: '--m-land', ward: '--m-ward', text: '--m-text', area: '--m-area',
  issue: '--issue', wait: '--wait', ok: '--ok', accent: '--accent', card: '--card', ink: '--ink', line: '--line', focus: '--focus',
} as const;

/** The page's colours and its font, as the canvas needs them. */
export type Theme = Record<keyof typeof TOKENS, string> & { font: string };

/** Reads the tokens from the stylesheet: dark mode and a city's own colours reach the canvas. */
function read(element: HTMLElement): Theme {
  const probe = document.createElement('i');
  // Where the reader's own few colours are forced, the map keeps the page's: it would be all black.
  probe.style.setProperty('forced-color-adjust', 'none');
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.entries(TOKENS).map(([name, token]) => [name, colour(token)]);
  probe.remove();
  return { ...Object.fromEntries(colours), font: getComputedStyle(element).fontFamily } as Theme;
}

export function faint(colour: string, alpha: number): number[] {
  const [red = 0, green = 0, blue = 0] = asArray(colour);
  return [red, green, blue, alpha];
}

/** Calls `paint` now and whenever the page's colours change. */
export function onTheme(element: HTMLElement, paint: (theme: Theme) => void): void {
  const again = () => paint(read(element));
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', again);
  }
  const marks = new MutationObserver(again);
  marks.observe(document.documentElement, { attributeFilter: ['class', 'style', 'data-theme'] });
  again();
}
