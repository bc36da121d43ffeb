import { rounded, same, type Position } from './position.ts';
import { signedArea, type Ring } from './ring.ts';
import { addPart, EMPTY, ringsOf, type Part, type Sketch } from './sketch.ts';

type Json = Record<string, unknown>;

/** A closed ring, the outside anticlockwise and holes clockwise (RFC 7946, §3.1.6). */
function written(ring: Ring, hole: boolean): Position[] {
  const turned = signedArea(ring) > 0 === hole ? ring.toReversed() : [...ring];
  return [...turned, turned[0]!].map(rounded);
}

/**
 * The area as the server reads it: a circle alone as a Feature with `radius_m`, anything else as a
 * Polygon or MultiPolygon, in which circles have corners. Empty for an empty sketch.
 */
export function toGeoJson({ parts }: Sketch): string {
  const [first] = parts;
  if (!first) return '';
  if (parts.length === 1 && first.kind === 'circle') {
    const geometry = { type: 'Point', coordinates: rounded(first.centre) };
    return JSON.stringify({ type: 'Feature', properties: { radius_m: first.radius_m }, geometry });
  }
  const polygons = parts.map((part) => ringsOf(part).map((ring, i) => written(ring, i > 0)));
  const one = polygons.length === 1;
  return JSON.stringify({ type: one ? 'Polygon' : 'MultiPolygon', coordinates: one ? polygons[0] : polygons });
}

/** What a field holds already; `null` when nothing of it can be drawn with. */
export function fromGeoJson(text: string): Sketch | null {
  try {
    const parts = partsOf(JSON.parse(text) as Json, null);
    return parts.length ? parts.reduce(addPart, EMPTY) : null;
  } catch {
    return null;
  }
}

function partsOf(json: Json, radius: unknown): Part[] {
  switch (json['type']) {
    case 'FeatureCollection':
      return (json['features'] as Json[]).flatMap((one) => partsOf(one, null));
    case 'GeometryCollection':
      return (json['geometries'] as Json[]).flatMap((one) => partsOf(one, null));
    case 'Feature':
      return partsOf(json['geometry'] as Json, (json['properties'] as Json | null)?.['radius_m']);
    case 'Point':
      if (typeof radius !== 'number') throw new TypeError('a point without radius_m is no area');
      return [{ kind: 'circle', centre: place(json['coordinates']), radius_m: radius }];
    case 'Polygon':
      return [polygon(json['coordinates'])];
    case 'MultiPolygon':
      return (json['coordinates'] as unknown[]).map(polygon);
    default:
      throw new TypeError('no area');
  }
}

const polygon = (rings: unknown): Part => ({ kind: 'polygon', rings: (rings as unknown[][]).map(opened) });

function opened(ring: unknown[]): Ring {
  const corners = ring.map(place);
  return corners.length > 1 && same(corners[0]!, corners.at(-1)!) ? corners.slice(0, -1) : corners;
}

function place(at: unknown): Position {
  const [lon, lat] = at as [unknown, unknown];
  if (typeof lon !== 'number' || typeof lat !== 'number') throw new TypeError('no position');
  return [lon, lat];
}
