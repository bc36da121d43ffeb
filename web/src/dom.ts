type Attributes = Record<string, string | boolean | EventListener>;

/** An element with its attributes (`onclick` and the like listen) and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** A drawing in a box of 24, for the eyes only. */
export function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Sets a field as if its reader had: whoever listens to the form hears of it. */
export function setField(field: HTMLInputElement | null | undefined, value: string): void {
  if (!field || field.value === value) return;
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

export const stillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Does it once nothing has asked for it for a while. */
export function later(milliseconds: number, what: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(what, milliseconds);
  };
}
