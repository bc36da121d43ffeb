/** A place on earth, WGS 84, in degrees. */
export type Position = readonly [lon: number, lat: number];

/** The mean sphere that the server measures on. */
export const EARTH_M = 6_371_008.8;

const RADIAN = Math.PI / 180;

/** Seven digits are about a centimetre, and what the server stores. */
export const rounded = ([lon, lat]: Position): Position => [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];

export const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];

/** Metres by great circle. */
export function distance(a: Position, b: Position): number {
  const dLat = (b[1] - a[1]) * RADIAN;
  const dLon = (b[0] - a[0]) * RADIAN;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * RADIAN) * Math.cos(b[1] * RADIAN) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The place `metres` away towards `bearing`, in radians clockwise from north. */
export function away([lon, lat]: Position, bearing: number, metres: number): Position {
  const angle = metres / EARTH_M;
  const from = lat * RADIAN;
  const to = Math.asin(Math.sin(from) * Math.cos(angle) + Math.cos(from) * Math.sin(angle) * Math.cos(bearing));
  const dLon = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(from), Math.cos(angle) - Math.sin(from) * Math.sin(to));
  return [lon + dLon / RADIAN, to / RADIAN];
}

/** Metres east and north of `origin`, on a plane that is true enough for a city. */
export function flat(origin: Position, [lon, lat]: Position): readonly [x: number, y: number] {
  const metres = EARTH_M * RADIAN;
  return [(lon - origin[0]) * metres * Math.cos(origin[1] * RADIAN), (lat - origin[1]) * metres];
}
