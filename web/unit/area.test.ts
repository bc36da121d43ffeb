import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalFlaw, flaw } from '../src/geo/flaw.ts';
import { fromGeoJson, toGeoJson } from '../src/geo/geojson.ts';
import { areaOf, extentOf } from '../src/geo/measure.ts';
import { away, distance, type Position } from '../src/geo/position.ts';
import { contains, crosses, loop, signedArea, simplified, type Ring } from '../src/geo/ring.ts';
import * as sketch from '../src/geo/sketch.ts';

const CHICAGO: Position = [-87.65, 41.88];
const LIMITS = { corners: 500, parts: 20, km2: 500 };

/** A place some metres east and north of the middle of Chicago. */
const at = (east: number, north: number): Position => away(away(CHICAGO, Math.PI / 2, east), 0, north);
const square = (east: number, north: number, side: number): Ring =>
  [at(east, north), at(east + side, north), at(east + side, north + side), at(east, north + side)];
const drawn = (...rings: Ring[]): sketch.Sketch => rings.reduce((all, ring) => sketch.addPart(all, { kind: 'polygon', rings: [ring] }), sketch.EMPTY);

test('a square of 400 m has 0.16 km² and reaches 400 m each way', () => {
  const area = drawn(square(0, 0, 400));
  assert.ok(Math.abs(areaOf(area) - 160_000) < 200, String(areaOf(area)));
  const { width, height } = extentOf(area);
  assert.ok(Math.abs(width - 400) < 1 && Math.abs(height - 400) < 1);
});

test('a circle is as large as its metres say, in Chicago and in Tromsø', () => {
  for (const centre of [CHICAGO, [18.95, 69.65] as const]) {
    const ring = sketch.circleRing(centre, 300);
    assert.ok(ring.every((corner) => Math.abs(distance(centre, corner) - 300) < 0.05));
    assert.ok(Math.abs(signedArea(ring) / (Math.PI * 300 ** 2) - 1) < 0.01);
  }
});

test('a bow tie crosses itself, and so does a line that touches or runs back over itself', () => {
  assert.equal(crosses([at(0, 0), at(100, 100), at(100, 0), at(0, 100)], true), true);
  assert.equal(crosses([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]], true), true);
  assert.equal(crosses([[0, 0], [2, 0], [1, 0], [1, 1]], true), true);
  assert.equal(crosses(square(0, 0, 100), true), false);
});

test('what still grows is not blamed for the line that would close it', () => {
  const c: Ring = [at(0, 0), at(300, 0), at(300, 50), at(50, 50), at(50, 250), at(300, 250), at(300, 20)];
  let open = sketch.openPart(sketch.EMPTY, c[0]!);
  for (const corner of c.slice(1, 6)) open = sketch.addCorner(open, corner);
  assert.equal(flaw(open, LIMITS), null);
  assert.equal(flaw(sketch.addCorner(open, c[6]!), LIMITS), 'crosses');
  assert.equal(finalFlaw(sketch.openPart(sketch.EMPTY, c[0]!), LIMITS), 'few');
});

test('each limit is told by its name', () => {
  assert.equal(flaw(drawn(square(0, 0, 20)), LIMITS), 'small');
  assert.equal(flaw(drawn(square(0, 0, 30_000)), LIMITS), 'large');
  assert.equal(flaw(drawn(sketch.circleRing(CHICAGO, 900)), { ...LIMITS, corners: 60 }), 'corners');
  assert.equal(flaw(drawn(...[0, 1, 2].map((i) => square(i * 200, 0, 100))), { ...LIMITS, parts: 2 }), 'parts');
  assert.equal(flaw(drawn(square(0, 0, 200), square(100, 100, 200)), LIMITS), 'overlap');
  assert.equal(flaw(drawn(square(0, 0, 200), square(50, 50, 100)), LIMITS), 'overlap');
});

test('a hole lies inside its part, and a part may lie in a hole', () => {
  const holed = sketch.addHole(drawn(square(0, 0, 400)), square(100, 100, 200))!;
  assert.equal(flaw(holed, LIMITS), null);
  assert.ok(Math.abs(areaOf(holed) - 120_000) < 200);
  assert.equal(flaw(sketch.addPart(holed, { kind: 'polygon', rings: [square(150, 150, 100)] }), LIMITS), null);
  assert.equal(flaw(sketch.addHole(holed, square(10, 10, 150))!, LIMITS), 'hole');
  assert.equal(flaw(sketch.addHole(drawn(square(0, 0, 400)), square(300, 300, 200))!, LIMITS), 'hole');
  assert.equal(sketch.addHole(holed, square(150, 150, 20)), null, 'no hole in a hole');
  assert.equal(sketch.openHole(drawn(square(0, 0, 400)), at(-50, 0)), null);
});

test('a corner comes, moves and goes', () => {
  const area = drawn(square(0, 0, 400));
  const first = { part: 0, ring: 0, corner: 0 };
  assert.deepEqual(sketch.ringAt(sketch.moveCorner(area, first, at(-9, -9)), first)[0], at(-9, -9));
  const five = sketch.insertCorner(area, first, at(200, -50));
  assert.deepEqual(sketch.ringAt(five, first)[1], at(200, -50));
  const three = sketch.deleteCorner(sketch.deleteCorner(five, first), first);
  assert.equal(sketch.ringAt(three, first).length, 3);
  assert.deepEqual(sketch.deleteCorner(three, first), sketch.EMPTY, 'a triangle less a corner is no area');
  assert.equal(sketch.allCorners(five).length, 5);
});

test('a hand-drawn loop has few corners and no tails', () => {
  const stroke = Array.from({ length: 400 }, (_, i) => at(500 * Math.cos(i / 60), 400 * Math.sin(i / 60)));
  const ring = simplified(loop(stroke), 4, 60);
  assert.ok(ring.length <= 60 && ring.length > 15, String(ring.length));
  assert.equal(crosses(ring, true), false);
  assert.ok(Math.abs(Math.abs(signedArea(ring)) / (Math.PI * 500 * 400) - 1) < 0.03);
});

test('a hand that goes on exactly where it began draws its first lines once', () => {
  const once = Array.from({ length: 48 }, (_, i) => at(300 * Math.sin((2 * Math.PI * i) / 48), 300 * Math.cos((2 * Math.PI * i) / 48)));
  assert.equal(crosses(simplified(loop([...once, ...once.slice(0, 3)]), 4, 60), true), false);
});

test('simplifying keeps a square a square, and never more than three corners of a line', () => {
  const corners = square(0, 0, 400);
  const dense = corners.flatMap((a, i) => {
    const b = corners[(i + 1) % 4]!;
    return Array.from({ length: 25 }, (_, k): Position => [a[0] + ((b[0] - a[0]) * k) / 25, a[1] + ((b[1] - a[1]) * k) / 25]);
  });
  assert.deepEqual(simplified(dense, 1, 60), corners);
  assert.equal(simplified(Array.from({ length: 50 }, (_, i) => at(i * 10, 0)), 5, 60).length, 3);
});

test('GeoJSON goes out closed and anticlockwise, holes the other way, and comes back', () => {
  const holed = sketch.addHole(drawn(square(0, 0, 400).toReversed()), square(100, 100, 200))!;
  const written = JSON.parse(toGeoJson(holed)) as { type: string; coordinates: Position[][] };
  assert.equal(written.type, 'Polygon');
  assert.ok(signedArea(written.coordinates[0]!.slice(1)) > 0 && signedArea(written.coordinates[1]!.slice(1)) < 0);
  assert.deepEqual(written.coordinates[0]![0], written.coordinates[0]!.at(-1));
  assert.ok(written.coordinates.flat(2).every((n) => Math.round(n * 1e7) / 1e7 === n));
  assert.equal(toGeoJson(fromGeoJson(toGeoJson(holed))!), toGeoJson(holed));
});

test('a circle alone keeps its metres; beside another part it has 64 corners', () => {
  const circle: sketch.Part = { kind: 'circle', centre: CHICAGO, radius_m: 250 };
  const alone = sketch.addPart(sketch.EMPTY, circle);
  assert.equal(toGeoJson(alone), '{"type":"Feature","properties":{"radius_m":250},"geometry":{"type":"Point","coordinates":[-87.65,41.88]}}');
  assert.deepEqual(fromGeoJson(toGeoJson(alone)), alone);
  const both = JSON.parse(toGeoJson(sketch.addPart(alone, { kind: 'polygon', rings: [square(900, 0, 100)] }))) as { type: string; coordinates: Position[][][] };
  assert.equal(both.type, 'MultiPolygon');
  assert.deepEqual(both.coordinates.map((part) => part[0]!.length), [65, 5]);
});

test('what is no area is not drawn', () => {
  for (const text of ['', '{', '{"type":"Point","coordinates":[1,2]}', '{"type":"LineString","coordinates":[[1,2],[3,4]]}', '{"type":"Polygon","coordinates":[["a"]]}']) {
    assert.equal(fromGeoJson(text), null);
  }
});

test('inside is inside, also of a dented ring', () => {
  const dented: Ring = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  assert.equal(contains(dented, [1, 1]), true);
  assert.equal(contains(dented, [2, 3]), false);
});
