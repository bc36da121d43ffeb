import { point } from './chart.ts';
import { covers, type Extent, type Spot } from './grid.ts';

interface Feature {
  geometry: { coordinates: [number, number] } | null;
  properties: { number?: string; category?: string; address?: string; status?: string; count?: number };
}

/**
 * Issues as a door tells them, asked for by what is seen and kept by their number. The door answers
 * a page at a time; `Link: …; rel="next"` leads on. One that counts for itself (`counted`) is told
 * the zoom, too, and may answer points with a `count`, which hold for this view only.
 */
export class Feed {
  readonly spots = new Map<string, Spot>();
  readonly #covered: Extent[] = [];
  #asking = new AbortController();

  constructor(readonly url: string, readonly most: number, readonly counted: boolean, readonly came: () => void) {}

  /** Asks for what is not known yet of this extent, in degrees. */
  async look(extent: Extent, zoom: number): Promise<void> {
    if (this.#covered.some((known) => covers(known, extent))) return;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const url = new URL(this.url, location.href);
    url.searchParams.set('bbox', extent.join(','));
    url.searchParams.set('limit', String(Math.min(this.most, PAGE)));
    if (this.counted) url.searchParams.set('zoom', String(Math.round(zoom)));
    try {
      const whole = await this.#read(url, signal);
      if (whole && !this.counted) this.#covered.push(extent);
    } catch (error) {
      // What was seen stays; the next move of the map asks again.
      if (!signal.aborted) console.warn(error);
    }
  }

  /** Reads page by page; whether it came to the end. */
  async #read(first: URL, signal: AbortSignal): Promise<boolean> {
    let next: URL | null = first;
    for (let read = 0; next && read < this.most; read += PAGE) {
      const answer: Response = await fetch(next, { signal });
      if (!answer.ok) throw new Error(`${answer.status} of ${next.pathname}`);
      const { features } = (await answer.json()) as { features: Feature[] };
      if (this.counted && next === first) this.spots.clear();
      features.forEach((feature) => this.#keep(feature));
      this.came();
      next = nextOf(answer);
    }
    return !next;
  }

  #keep({ geometry, properties }: Feature): void {
    if (!geometry) return;
    const [lon, lat] = geometry.coordinates;
    const [x, y] = point([lon, lat]) as [number, number];
    const { number = '', category = '', address = '', status = '', count = 1 } = properties;
    this.spots.set(number || `${lon} ${lat}`, { x, y, count, number, category, address, status });
  }
}

/** The most that the door gives at once. */
const PAGE = 5_000;

function nextOf(answer: Response): URL | null {
  const link = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '');
  return link ? new URL(link[1]!, answer.url) : null;
}
