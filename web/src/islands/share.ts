/**
 * Passes a page on: by what the device shares with, else by copying its link.
 *
 * ```html
 * <p data-island="share" data-url="https://…" data-title="Pothole" hidden><button type="button">Share</button></p>
 * <script type="application/json" data-words="share">{ ShareWords }</script>
 * ```
 *
 * Shown where the browser can do either. What was copied is said in a line behind it.
 */
import { make } from '../dom.ts';
import { wordsOf } from '../words.ts';

export interface ShareWords {
  copied: string;
  failed: string;
}

export function start(island: HTMLElement): void {
  const button = island.querySelector('button');
  const { url, title } = island.dataset;
  const shares = 'share' in navigator;
  if (!button || !url || !(shares || 'clipboard' in navigator)) return;
  const say = wordsOf<ShareWords>(island);
  const said = make('p', { class: 'hint', role: 'status' });
  island.after(said);
  island.hidden = false;
  button.addEventListener('click', async () => {
    if (shares) {
      // Whoever changes their mind has not failed.
      await navigator.share(title ? { url, title } : { url }).catch(() => undefined);
      return;
    }
    const copied = navigator.clipboard.writeText(url);
    said.textContent = await copied.then(() => say('copied'), () => say('failed'));
  });
}
