/**
 * How much a watch would be told, before it is made: “About 6 a week”.
 *
 * ```html
 * <form> …
 *   <output data-island="volume" data-url="/api/v1/watches/preview"></output>
 * </form>
 * ```
 *
 * Reads its form: `target` (radios: `area`, `ward`, `my_ward` or `issue`; without any, `area`),
 * `area` (GeoJSON text), `ward` (one or several, `12` or `LAYER:12`), `lon` and `lat` of `my_ward`,
 * `issue` (a number); `kind` and `category` (boxes that are ticked); `include` and `exclude` (words,
 * one a line), `phrase`. Half a second after the last change it asks, and shows `summary` of the
 * answer, which the server has put into words. What cannot be asked yet empties it; an error leaves
 * what it says. No words of its own.
 */
import { later } from '../dom.ts';
import { questionOf } from '../watch/question.ts';

export function start(output: HTMLElement): void {
  const form = output.closest('form');
  const { url } = output.dataset;
  if (!form || !url) return;
  output.setAttribute('aria-live', 'polite');
  let asked = '';
  let asking = new AbortController();
  const ask = async () => {
    const question = questionOf(new FormData(form));
    const body = question ? JSON.stringify(question) : '';
    if (body === asked) return;
    asked = body;
    asking.abort();
    asking = new AbortController();
    if (!body) return output.replaceChildren();
    try {
      output.textContent = await answer(url, body, asking.signal);
    } catch {
      // It is a courtesy: nothing to tell a resident about. The next change asks again.
    }
  };
  const soon = later(500, () => void ask());
  form.addEventListener('change', soon);
  form.addEventListener('input', soon);
  form.addEventListener('reset', soon);
  void ask();
}

async function answer(url: string, body: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { summary: string }).summary;
}
