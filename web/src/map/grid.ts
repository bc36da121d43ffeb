/** An issue on the map, or as many as a server has counted in one place. Metres of Web Mercator. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly count: number;
  /** Empty where it stands for several. */
  readonly number: string;
  readonly category: string;
  readonly address: string;
  readonly status: string;
}

/** Spots that are too near to each other to be told apart. */
export interface Cluster {
  readonly x: number;
  readonly y: number;
  readonly count: number;
  readonly spots: readonly Spot[];
}

export type Extent = readonly [west: number, south: number, east: number, north: number];

/**
 * Joins the spots within an extent by the cells of a grid, in one pass over them: a hundred thousand
 * are a matter of milliseconds. The grid begins at the same place always, so that clusters stay where
 * they are when the map moves.
 */
export function clusters(spots: Iterable<Spot>, [west, south, east, north]: Extent, cell: number): Cluster[] {
  const cells = new Map<string, Spot[]>();
  for (const spot of spots) {
    if (spot.x < west || spot.x > east || spot.y < south || spot.y > north) continue;
    const key = `${Math.floor(spot.x / cell)} ${Math.floor(spot.y / cell)}`;
    const here = cells.get(key);
    if (here) here.push(spot);
    else cells.set(key, [spot]);
  }
  return [...cells.values()].map(joined);
}

function joined(spots: Spot[]): Cluster {
  const count = spots.reduce((sum, spot) => sum + spot.count, 0);
  const mean = (of: (spot: Spot) => number) => spots.reduce((sum, spot) => sum + of(spot) * spot.count, 0) / count;
  return { x: mean((spot) => spot.x), y: mean((spot) => spot.y), count, spots };
}

/** Whether `outer` holds all of `inner`, in degrees or in metres. */
export const covers = (outer: Extent, inner: Extent): boolean =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

/** An extent somewhat wider, in whole ten-thousandths of a degree, so that small moves ask nothing. */
export function widened([west, south, east, north]: Extent): Extent {
  const [dx, dy] = [(east - west) * 0.15, (north - south) * 0.15];
  const down = (n: number) => Math.floor(n * 1e4) / 1e4;
  const up = (n: number) => Math.ceil(n * 1e4) / 1e4;
  return [down(Math.max(-180, west - dx)), down(Math.max(-85, south - dy)), up(Math.min(180, east + dx)), up(Math.min(85, north + dy))];
}
