/**
 * News as they happen, above what is read already.
 *
 * ```html
 * <ol class="issues" data-island="live" data-stream="/api/v1/stream?ward=12">
 *   <li data-issue="26-001234"> … </li> …
 * </ol>
 * <template data-live-item>
 *   <li class="card"><a data-fill-link><span class="what" data-fill="category"></span>
 *     <span class="status s-closed" data-if-status="closed">…Closed</span> …one for each status…
 *     <span class="where" data-fill="address"></span><time class="when" data-fill="at"></time></a></li>
 * </template>
 * <script type="application/json" data-words="live">{ LiveWords }</script>
 * ```
 *
 * An event of the stream fills a copy of the template: `data-fill` names a member (`at` is written as
 * the reader's language writes a time of day), `data-fill-link` gets the page as `href`, and
 * of `data-if-status` and `data-if-kind` only the fitting ones stay; what is filled with nothing goes.
 * Nothing moves beneath the reader: a button above the list says how many are new and shows them, an
 * issue that was listed already moving up. How many there are is announced once in ten seconds at
 * most. What is taken off the site (`hidden`) leaves the list. `data-only="opened"` names the kinds that
 * are news to this list; others pass it by.
 */
import { make } from '../dom.ts';
import { wordsOf, type Plural } from '../words.ts';
import '../live.css';

export interface LiveWords {
  /** The button: “Show {count} new”. */
  show_new: Plural;
  /** What is announced: “{count} new reports”. */
  said_new: Plural;
}

interface News { number: string; kind: string; at: string; status?: string; [member: string]: unknown }

/** How often a screen reader is interrupted, at most. */
const ANNOUNCE_MS = 10_000;
/** A tab that is left open overnight keeps no more than this. */
const MOST = 200;

export function start(list: HTMLElement): void {
  const template = document.querySelector<HTMLTemplateElement>('template[data-live-item]');
  const { stream } = list.dataset;
  if (!template || !stream) return;
  const say = wordsOf<LiveWords>(list);
  const only = list.dataset['only']?.split(' ');
  const isNews = ({ kind }: News): boolean => !only || only.includes(kind);
  const waiting = new Map<string, News>();
  const said = make('p', { class: 'visually-hidden', role: 'status' });
  const button = make('button', { type: 'button', class: 'btn quiet live-new', hidden: true, onclick: () => show() });
  list.before(said, button);
  let announced = 0;
  let timer = 0;
  const announce = () => {
    clearTimeout(timer);
    const wait = announced + ANNOUNCE_MS - Date.now();
    if (wait > 0) return void (timer = window.setTimeout(announce, wait));
    announced = Date.now();
    said.textContent = waiting.size ? say('said_new', { count: waiting.size }) : '';
  };
  const count = () => {
    button.hidden = waiting.size === 0;
    button.textContent = say('show_new', { count: waiting.size });
  };
  const show = () => {
    for (const news of waiting.values()) {
      itemOf(list, news.number)?.remove();
      list.prepend(filled(template, news));
    }
    waiting.clear();
    count();
    list.querySelector<HTMLElement>('a')?.focus();
  };
  const events = new EventSource(stream);
  events.addEventListener('issue', (event) => {
    const news = JSON.parse((event as MessageEvent<string>).data) as News;
    if (news.kind === 'hidden' || isNews(news)) waiting.delete(news.number);
    if (news.kind === 'hidden') itemOf(list, news.number)?.remove();
    else if (isNews(news)) waiting.set(news.number, news);
    if (waiting.size > MOST) waiting.delete(waiting.keys().next().value!);
    count();
    announce();
  });
}

const itemOf = (list: HTMLElement, number: string): Element | null => list.querySelector(`[data-issue="${CSS.escape(number)}"]`);

function filled(template: HTMLTemplateElement, news: News): HTMLElement {
  const item = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  item.dataset['issue'] = news.number;
  for (const name of ['status', 'kind'] as const) {
    for (const one of item.querySelectorAll<HTMLElement>(`[data-if-${name}]`)) {
      if (one.getAttribute(`data-if-${name}`) !== news[name]) one.remove();
    }
  }
  for (const link of item.querySelectorAll<HTMLAnchorElement>('[data-fill-link]')) link.href = `/issues/${encodeURIComponent(news.number)}`;
  for (const slot of item.querySelectorAll<HTMLElement>('[data-fill]')) fill(slot, news);
  return item;
}

function fill(slot: HTMLElement, news: News): void {
  const value = news[slot.dataset['fill']!];
  const text = typeof value === 'string' ? value : '';
  if (!text) return slot.remove();
  if (slot instanceof HTMLTimeElement) slot.dateTime = text;
  slot.textContent = slot.dataset['fill'] === 'at' ? timeOf(text) : text;
}

const timeOf = (at: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang || 'en', { hour: 'numeric', minute: '2-digit' }).format(new Date(at));
