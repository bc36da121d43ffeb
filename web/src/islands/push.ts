/**
 * News on this device, by web push.
 *
 * ```html
 * <form>
 *   <div data-island="push" data-key="/api/v1/push/key" hidden>
 *     <label class="tick"><input type="checkbox" data-push-toggle>Tell me on this device</label>
 *     <input type="hidden" name="push">
 *     <p class="hint" data-ios-hint hidden>Add this site to your home screen first …</p>
 *   </div>
 *   <script type="application/json" data-words="push">{ PushWords }</script>
 * </form>
 * ```
 *
 * Shown where the browser can; on an iPhone or iPad outside the home screen, where it cannot yet,
 * `[data-ios-hint]` is shown instead of the box. Ticking it asks for permission, subscribes, and fills
 * `push` with `{"endpoint": …, "keys": {"p256dh": …, "auth": …}}`, firing `change`; unticking empties
 * it. A refusal is explained, and unticks it. Where the form is for this alone, its own button
 * `<button data-push-add>` stands in place of the box: it does the same, and then sends the form.
 * Needs the service worker (`<html data-sw>`).
 */
import { make, setField } from '../dom.ts';
import { wordsOf } from '../words.ts';

export interface PushWords {
  asking: string;
  ready: string;
  /** The reader has said no, now or earlier: how to allow it in the browser's settings. */
  denied: string;
  /** It did not work, which has nothing to do with permission; try again. */
  failed: string;
}

export function start(island: HTMLElement): void {
  const box = island.querySelector<HTMLInputElement>('[data-push-toggle]');
  const add = island.querySelector<HTMLButtonElement>('[data-push-add]');
  const iosHint = island.querySelector<HTMLElement>('[data-ios-hint]');
  const asks = box?.closest('label') ?? box ?? add;
  if (!asks) return;
  if (isIosPage()) {
    asks.remove();
    iosHint?.removeAttribute('hidden');
    island.hidden = !iosHint;
    return;
  }
  if (!('PushManager' in window && 'Notification' in window && 'serviceWorker' in navigator)) return;
  island.hidden = false;
  const say = wordsOf<PushWords>(island);
  const field = island.querySelector<HTMLInputElement>('[name=push]');
  const said = make('p', { class: 'hint', role: 'status' });
  island.append(said);
  /** Whether the field has what the server reads. */
  const fill = async (): Promise<boolean> => {
    said.textContent = say('asking');
    const outcome = await subscribe(island.dataset['key'] ?? '/api/v1/push/key');
    const given = typeof outcome === 'object';
    if (box) box.checked = given;
    said.textContent = say(given ? 'ready' : outcome);
    setField(field, given ? JSON.stringify(outcome) : '');
    return given;
  };
  box?.addEventListener('change', () => {
    if (box.checked) return void fill();
    said.textContent = '';
    setField(field, '');
  });
  add?.addEventListener('click', async (event) => {
    event.preventDefault();
    if (await fill()) add.form?.requestSubmit(add);
  });
}

/** Safari there offers push to what has been put on the home screen, and to nothing else. */
function isIosPage(): boolean {
  const ios = /iPad|iPhone|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  return ios && !matchMedia('(display-mode: standalone)').matches;
}

interface Subscription { endpoint: string; keys: { p256dh: string; auth: string } }

async function subscribe(keyUrl: string): Promise<Subscription | 'denied' | 'failed'> {
  try {
    if ((await Notification.requestPermission()) !== 'granted') return 'denied';
    const answer = await fetch(keyUrl);
    const { key } = (await answer.json()) as { key: string };
    const { pushManager } = await navigator.serviceWorker.ready;
    const { endpoint, keys } = (await subscribeWith(pushManager, key)).toJSON();
    return { endpoint: endpoint!, keys: { p256dh: keys!['p256dh']!, auth: keys!['auth']! } };
  } catch (error) {
    console.warn(error);
    return 'failed';
  }
}

/** A subscription with a key that the server has changed since is of no use: it is made anew. */
async function subscribeWith(manager: PushManager, applicationServerKey: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    const old = await manager.getSubscription();
    if (!(old && error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
    await old.unsubscribe();
    return manager.subscribe(options);
  }
}
